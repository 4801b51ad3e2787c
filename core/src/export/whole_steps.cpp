#include "export/whole_steps.h"

#include <utility>

namespace headstart {
namespace {

bool is_clamp(Activation activation) {
  return activation == Activation::kLinear || activation == Activation::kRelu ||
         activation == Activation::kRelu6;
}

class StepSplitter {
 public:
  explicit StepSplitter(ExportedModel& model) : model_(model) {}

  void run() {
    for (const Step& step : model_.steps) {
      Step moved = step;
      for (std::size_t& from : moved.inputs) from = now_at_[from];
      now_at_.push_back(is_whole_step(model_, step) ? take_apart(std::move(moved)) : put(std::move(moved)));
    }
    model_.steps = std::move(steps_);
  }

 private:
  std::size_t put(Step step) {
    steps_.push_back(std::move(step));
    return steps_.size() - 1;
  }

  std::span<const float> same(std::size_t count, float value) {
    model_.own_numbers.emplace_back(count, value);
    return model_.own_numbers.back();  // moving a vector leaves its numbers where they are
  }

  std::size_t take_apart(Step step) {
    if (step.kind == StepKind::kScale) step.kind = StepKind::kDepthwise;
    if (step.kind == StepKind::kActivation) return activate(step, step.inputs.front());
    if (is_clamp(step.activation) || has_gate_inside(step)) return put(std::move(step));
    Step whole = step;
    step.name += "/before_activation";
    step.activation = Activation::kLinear;
    return activate(whole, put(std::move(step)));
  }

  // What the step's activation makes of an earlier step's result.
  std::size_t activate(const Step& step, std::size_t from) {
    Step made = {.name = step.name,
                 .layer = step.layer,
                 .kind = StepKind::kActivation,
                 .inputs = {from},
                 .output = step.output,
                 .activation = step.activation};
    switch (step.activation) {
      case Activation::kHardSwish:
      case Activation::kSigmoid:
        return put(std::move(made));
      case Activation::kSwish: {
        Step gate = made;
        gate.name += "/gate";
        gate.activation = Activation::kSigmoid;
        made.inputs.push_back(put(std::move(gate)));
        made.kind = StepKind::kMultiply;
        made.activation = Activation::kLinear;
        return put(std::move(made));
      }
      case Activation::kLinear:
      case Activation::kRelu:
      case Activation::kRelu6:
      case Activation::kHardSigmoid:
        made.kind = StepKind::kDepthwise;
        made.weights = same(step.channel_count(), 1);
        made.biases = same(step.channel_count(), 0);
        return put(std::move(made));
    }
    return from;
  }

  ExportedModel& model_;
  std::vector<Step> steps_;
  std::vector<std::size_t> now_at_;  // of each step before
};

}  // namespace

bool is_convolution(const Step& step) {
  return step.kind == StepKind::kConvolution || step.kind == StepKind::kDepthwise;
}

bool has_gate_inside(const Step& step) {
  return step.activation == Activation::kHardSigmoid && is_convolution(step);
}

bool is_of_picture(std::span<const Step> steps, const Step& step) {
  if (step.kind == StepKind::kPicture || step.kind == StepKind::kMirror) return true;
  return step.kind == StepKind::kScale && steps[step.inputs.front()].kind == StepKind::kPicture;
}

bool is_whole_step(const ExportedModel& model, const Step& step) {
  const bool is_square = step.kind == StepKind::kMultiply && step.inputs[0] == step.inputs[1];
  return !step.is_vector && !is_square && !is_of_picture(model.steps, step);
}

std::vector<bool> curved_parts(const ExportedModel& model) {
  std::vector<bool> is_curved(model.steps.size());
  for (std::size_t i = 0; i < model.steps.size(); ++i) {
    const Step& step = model.steps[i];
    is_curved[i] =
        is_whole_step(model, step) && (step.kind == StepKind::kActivation || has_gate_inside(step));
  }
  for (bool changes = true; changes;) {
    changes = false;
    for (std::size_t i = 0; i < model.steps.size(); ++i) {
      if (!is_whole_step(model, model.steps[i])) continue;
      for (const std::size_t from : model.steps[i].inputs) {
        if (is_curved[i] == is_curved[from] || !is_whole_step(model, model.steps[from])) continue;
        is_curved[i] = is_curved[from] = changes = true;
      }
    }
  }
  return is_curved;
}

void take_apart_for_whole_numbers(ExportedModel& model) {
  StepSplitter(model).run();
}

}  // namespace headstart
