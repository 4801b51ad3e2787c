// A model in 8-bit whole numbers: fitted to a person's own pictures, and measured on them.
//
// real = scale * (number - zero_point). Maps have one scale each, weights one for each channel of the result,
// biases are 32-bit at input scale * weight scale (TensorFlow Lite's 8-bit quantization specification). What
// comes behind the maps, the means and the head, stays float32: little of the work, and most of what coarse
// numbers would blur.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "export/exported_model.h"
#include "export/step_runner.h"
#include "export/whole_steps.h"

namespace headstart {

struct Scale8 {
  float scale = 1;
  std::int32_t zero_point = 0;

  // The nearest number that it can hold.
  [[nodiscard]] std::int8_t number_of(float value) const;
  [[nodiscard]] float rounded(float value) const {
    return scale * static_cast<float>(number_of(value) - zero_point);
  }
  // All of them, millions for each picture; halves go to the even number.
  void round(std::span<float> values) const;
};

struct Weights8 {
  std::vector<std::int8_t> numbers;
  std::vector<float> scales;  // [out]

  // What the number at a place stands for, which is one of that channel's.
  [[nodiscard]] float real(std::size_t channel, std::size_t at) const {
    return scales[channel] * static_cast<float>(numbers[at]);
  }
};

// What goes into and comes out of the model: float32, or bytes less 128 and probabilities in 256 parts.
enum class QuantisedEnds : std::uint8_t { kReal, kWhole };

// What becomes of the maps of networks with curved activations: such maps hold small numbers that matter
// beside large ones, and 8 bits may be too few for both. Where they are real their layers' numbers are too:
// in half precision, because MediaPipe on a graphics processor takes no 8-bit numbers that are made real
// again.
enum class CurvedMaps : std::uint8_t { kWhole, kReal };

struct QuantisedModel {
  QuantisedEnds ends = QuantisedEnds::kReal;
  std::vector<bool> is_whole;                     // of each step: computed in whole numbers
  std::vector<Scale8> scales;                     // of those, and of what they read
  std::vector<Weights8> weights;                  // of each step that is its layer's first
  std::vector<std::vector<std::int32_t>> biases;  // of each step
  std::vector<Step> steps;                        // the same model with the numbers that are left
  std::vector<std::vector<float>> own_numbers;    // what these point into

  // Of a convolution in whole numbers; both looks share them.
  [[nodiscard]] const Weights8& weights_of(const Step& step) const;
};

// What a program with 8-bit numbers answers, in float: equal to a thousandth or so.
class QuantisedRunner {
 public:
  // `model` and `pool` must outlive it.
  QuantisedRunner(const QuantisedModel& model, const ComputePool& pool)
      : model_(model), runner_(model.steps, pool) {}
  // As StepRunner.
  Result<std::span<const float>> run(std::span<const std::uint8_t> picture);

 private:
  const QuantisedModel& model_;
  StepRunner runner_;
};

class Quantiser {
 public:
  // Of steps that were taken apart (whole_steps.h). `model` and `pool` must outlive it.
  Quantiser(const ExportedModel& model, const ComputePool& pool);

  // One of the person's pictures, [side, side, 3].
  Status calibrate(std::span<const std::uint8_t> picture);

  // What the model says before anything is rounded, as StepRunner.
  Result<std::span<const float>> run(std::span<const std::uint8_t> picture) { return runner_.run(picture); }

  // From what `calibrate` saw; at least one picture.
  [[nodiscard]] QuantisedModel quantise(QuantisedEnds ends, CurvedMaps curved) const;

 private:
  struct Range {
    float low = 0;  // 0 is always held exactly: padding is made of it
    float high = 0;

    void take(std::span<const float> values);
  };
  [[nodiscard]] std::vector<Range> common_ranges() const;
  void fit_to_activations(std::vector<Range>& ranges) const;
  // What the picture's numbers miss of the true ones where bytes go in: half a step where it lies between.
  [[nodiscard]] float missed_by_picture(const QuantisedModel& result, std::size_t from) const;
  void quantise_layer(QuantisedModel& result, std::size_t index) const;

  const ExportedModel& model_;
  StepRunner runner_;
  std::vector<Range> ranges_;
  std::vector<std::vector<float>> mean_patches_;  // of each convolution, summed over the pictures
  std::size_t picture_count_ = 0;
};

}  // namespace headstart
