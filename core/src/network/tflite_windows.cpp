// The operators with a window: convolutions, pools, and the PAD before them.
#include <algorithm>
#include <utility>

#include "network/tflite_layers.h"

namespace headstart::tflite {

Error bad_operator(const Operator& op, const std::string& what) {
  return bad_file("TensorFlow Lite file: a " + op.name + " " + what);
}

Error unsupported_operator(const Operator& op, const std::string& what) {
  return unsupported("the network has an operator " + op.name + what +
                     ", for which this program has no layer");
}

// Strides, dilation and padding of a window on `input`.
Status LayerMaker::set_window(const Operator& op, const Value& input, std::size_t kernel_height,
                              std::size_t kernel_width, Layer& layer) const {
  const Options& options = op.options;
  if (options.stride_height != options.stride_width)
    return unsupported_operator(op, " with two different strides");
  if (options.dilation_height != 1 || options.dilation_width != 1)
    return unsupported_operator(op, " with dilation");
  if (options.stride_height < 1 || kernel_height < 1 || kernel_width < 1) {
    return bad_operator(op, "has no stride or no window");
  }
  if (options.is_same_padding && input.is_padded())
    return unsupported_operator(op, " that pads a padded map");
  layer.kernel_height = kernel_height;
  layer.kernel_width = kernel_width;
  layer.stride = static_cast<std::size_t>(options.stride_height);
  layer.inputs = {input.map};
  layer.padding = options.is_same_padding ? Padding{} : input.pad;
  const auto side = [&](PaddingKind kind, std::size_t size, std::size_t kernel, std::size_t before,
                        std::size_t after) {
    return pad_side(kind, size, kernel, layer.stride, before, after);
  };
  const MapShape& shape = input.shape;
  const PaddedSide same_rows = side(PaddingKind::kTfSame, shape.height, kernel_height, 0, 0);
  const PaddedSide same_columns = side(PaddingKind::kTfSame, shape.width, kernel_width, 0, 0);
  const PaddedSide rows =
      side(layer.padding.kind, shape.height, kernel_height, layer.padding.top, layer.padding.bottom);
  const PaddedSide columns =
      side(layer.padding.kind, shape.width, kernel_width, layer.padding.left, layer.padding.right);
  const auto equal = [](const PaddedSide& a, const PaddedSide& b) {
    return a.before == b.before && a.after == b.after && a.output == b.output;
  };
  // Keras pads by hand what SAME would pad: said as SAME it holds at other sizes too.
  if (equal(rows, same_rows) && equal(columns, same_columns)) layer.padding = {};
  layer.output.height = rows.output;
  layer.output.width = columns.output;
  return {};
}

Status LayerMaker::add_convolution(const Operator& op) {
  const auto input = value_of(op, 0, /*may_be_padded=*/true);
  if (!input) return input.error();
  auto weights = numbers_of(op, 1);
  if (!weights) return weights.error();
  const std::vector<std::size_t>& shape = constant_of(op, 1)->shape;
  const std::size_t channels = input.value().shape.channel_count;
  if (shape.size() != 4 || shape[3] == 0 || channels % shape[3] != 0) {
    return bad_operator(op, "has weights that do not fit its input");
  }
  DraftLayer made;
  made.layer.kind = LayerKind::kConvolution;
  made.layer.groups = channels / shape[3];
  if (const Status set = set_window(op, input.value(), shape[1], shape[2], made.layer); !set) return set;
  auto biases = biases_of(op, shape[0]);
  if (!biases) return biases.error();
  made.weights = std::move(weights).value();
  made.biases = std::move(biases).value();
  const MapShape output = {made.layer.output.height, made.layer.output.width, shape[0]};
  return finish(op, std::move(made), output);
}

Status LayerMaker::add_depthwise(const Operator& op) {
  const auto input = value_of(op, 0, /*may_be_padded=*/true);
  if (!input) return input.error();
  auto weights = numbers_of(op, 1);
  if (!weights) return weights.error();
  const std::vector<std::size_t>& shape = constant_of(op, 1)->shape;
  const std::size_t channels = input.value().shape.channel_count;
  if (shape.size() != 4 || shape[0] != 1 || shape[3] == 0 || shape[3] % channels != 0) {
    return bad_operator(op, "has weights that do not fit its input");
  }
  DraftLayer made;
  if (const Status set = set_window(op, input.value(), shape[1], shape[2], made.layer); !set) return set;
  auto biases = biases_of(op, shape[3]);
  if (!biases) return biases.error();
  made.biases = std::move(biases).value();
  if (shape[3] == channels) {
    made.layer.kind = LayerKind::kDepthwiseConvolution;
    made.weights = std::move(weights).value();
  } else {
    // Several results for each channel: a convolution in as many groups as channels, results first.
    made.layer.kind = LayerKind::kConvolution;
    made.layer.groups = channels;
    const std::size_t places = shape[1] * shape[2];
    made.weights.resize(weights.value().size());
    for (std::size_t place = 0; place < places; ++place) {
      for (std::size_t out = 0; out < shape[3]; ++out) {
        made.weights[out * places + place] = weights.value()[place * shape[3] + out];
      }
    }
  }
  const MapShape output = {made.layer.output.height, made.layer.output.width, shape[3]};
  return finish(op, std::move(made), output);
}

Status LayerMaker::add_pool(const Operator& op) {
  const auto input = value_of(op, 0, /*may_be_padded=*/true);
  if (!input) return input.error();
  const Value& map = input.value();
  const bool is_max = op.op == Op::kMaxPool;
  // Zeros around a map and places that do not count are the same to a maximum of what is not negative.
  if (map.is_padded() && !(is_max && map.is_not_negative))
    return unsupported_operator(op, " on a padded map");
  DraftLayer made;
  made.layer.kind = is_max ? LayerKind::kMaxPool : LayerKind::kAveragePool;
  if (const Status set =
          set_window(op, map, static_cast<std::size_t>(std::max(op.options.filter_height, 0)),
                     static_cast<std::size_t>(std::max(op.options.filter_width, 0)), made.layer);
      !set)
    return set;
  const MapShape output = {made.layer.output.height, made.layer.output.width, map.shape.channel_count};
  const bool is_whole = made.layer.kernel_height == map.shape.height &&
                        made.layer.kernel_width == map.shape.width && output.place_count() == 1;
  if (!is_max && is_whole && !op.options.is_same_padding) {
    made.layer = {};
    made.layer.kind = LayerKind::kGlobalAveragePool;
    made.layer.inputs = {map.map};
  }
  return finish(op, std::move(made), output);
}

Status LayerMaker::add_pad(const Operator& op) {
  auto input = value_of(op, 0);
  if (!input) return input.error();
  const auto sides = numbers_of(op, 1);
  if (!sides) return sides.error();
  constexpr std::size_t kSides = 8;  // before and after of batch, height, width, channels
  constexpr float kMost = 64;
  const std::vector<float>& side = sides.value();
  const auto fits = [](float value) { return value >= 0 && value <= kMost; };
  if (side.size() != kSides || !std::ranges::all_of(side, fits))
    return unsupported_operator(op, " of an unusual kind");
  if (side[0] + side[1] + side[6] + side[7] > 0) return unsupported_operator(op, " of channels");
  if (op.op == Op::kPadV2) {
    const auto filling = numbers_of(op, 2);
    if (!filling) return filling.error();
    if (filling.value().size() != 1 || filling.value()[0] != 0)
      return unsupported_operator(op, " with other than zeros");
  }
  Value value = std::move(input).value();
  value.pad.top = static_cast<std::size_t>(side[2]);
  value.pad.bottom = static_cast<std::size_t>(side[3]);
  value.pad.left = static_cast<std::size_t>(side[4]);
  value.pad.right = static_cast<std::size_t>(side[5]);
  return pass_on(op, std::move(value));
}

}  // namespace headstart::tflite
