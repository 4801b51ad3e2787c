// The tensors of a TensorFlow Lite model under construction: what each step gives, the layers' numbers, and
// the way between float32 and other numbers.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "export/quantiser.h"
#include "export/tflite_file.h"

namespace headstart {

class TfliteTensors {
 public:
  // `constants`: what the layers' numbers are kept as, kFloat32 or kFloat16. `quantised`: maps and the
  // numbers of their layers are 8-bit; null for none. Both must outlive this.
  TfliteTensors(const ExportedModel& model, TfliteType constants, const QuantisedModel* quantised)
      : model_(model), constants_type_(constants), quantised_(quantised) {}

  TfliteFile& file() { return file_; }
  [[nodiscard]] const TfliteFile& file() const { return file_; }

  // Notes the tensor of the next step.
  void give(std::int32_t tensor) {
    tensors_.push_back(tensor);
    converted_.emplace_back();
  }
  [[nodiscard]] std::int32_t of(std::size_t step) const { return tensors_[step]; }

  // What a step reads, in the kind of numbers that it computes in.
  [[nodiscard]] std::int32_t input(const Step& step, std::size_t index);

  [[nodiscard]] bool is_whole(const Step& step) const {
    return quantised_ != nullptr && quantised_->is_whole[position_of(step)];
  }

  // Room for a step's result, or for one of another shape on the way to it; named as the step and `suffix`.
  [[nodiscard]] std::int32_t value(const Step& step, const char* suffix = "");
  [[nodiscard]] std::int32_t value(const Step& step, const char* suffix, const MapShape& shape);
  // As `value`, with the input's scale: padding changes no number.
  [[nodiscard]] std::int32_t padded(const Step& step, const MapShape& shape);

  // A layer's numbers, once for both looks.
  [[nodiscard]] std::int32_t weights(const Step& step, const WholeNumbers& shape);
  [[nodiscard]] std::int32_t biases(const Step& step);
  [[nodiscard]] std::int32_t numbers(const std::string& name, const WholeNumbers& shape,
                                     std::span<const float> values);
  [[nodiscard]] std::int32_t whole_numbers(const std::string& name, const WholeNumbers& shape,
                                           const WholeNumbers& values);

  // The last step's tensor in the numbers that the model ends with.
  [[nodiscard]] std::int32_t output();

 private:
  [[nodiscard]] std::size_t position_of(const Step& step) const {
    return static_cast<std::size_t>(&step - model_.steps.data());
  }
  [[nodiscard]] std::int32_t constant(const std::string& name, const WholeNumbers& shape,
                                      std::span<const float> values, TfliteType type);
  // The constant of that name, where there is one already; and one more.
  [[nodiscard]] std::optional<std::int32_t> kept(const std::string& name) const;
  std::int32_t keep(TfliteTensor constant);
  [[nodiscard]] bool holds_whole(std::size_t step) const;
  [[nodiscard]] std::int32_t converted(std::size_t from, bool to_whole);
  [[nodiscard]] std::optional<TfliteScales> scales_of(std::size_t step) const;

  const ExportedModel& model_;
  TfliteType constants_type_;
  const QuantisedModel* quantised_;
  TfliteFile file_;
  std::vector<std::int32_t> tensors_;                   // of each step
  std::vector<std::optional<std::int32_t>> converted_;  // of each, in the other kind of numbers
  std::vector<std::int32_t> constants_;
};

}  // namespace headstart
