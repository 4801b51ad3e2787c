#pragma once
#include <cstddef>
#include <cstdint>

enum TfLiteStatus { kTfLiteOk, kTfLiteError };
union TfLitePtrUnion {
  std::int8_t* int8;
  float* f;
};
struct TfLiteTensor {
  TfLitePtrUnion data;
};
namespace tflite {
struct Model;
class AllOpsResolver;
class MicroInterpreter {
 public:
  MicroInterpreter(const Model* model, const AllOpsResolver& operators, std::uint8_t* arena,
                   std::size_t arena_size);
  TfLiteStatus AllocateTensors();
  TfLiteStatus Invoke();
  TfLiteTensor* input(std::size_t index);
  TfLiteTensor* output(std::size_t index);
};
}  // namespace tflite
