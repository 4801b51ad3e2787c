// What layers and activations are called, in messages and in the files that leave. Without a default, so that
// the compiler asks for the name of a new one.
#include "network/network.h"

namespace headstart {

const char* layer_kind_name(LayerKind kind) {
  switch (kind) {
    case LayerKind::kConvolution:
      return "convolution";
    case LayerKind::kDepthwiseConvolution:
      return "depthwise_convolution";
    case LayerKind::kAdd:
      return "add";
    case LayerKind::kMultiply:
      return "multiply";
    case LayerKind::kScale:
      return "scale";
    case LayerKind::kGlobalAveragePool:
      return "global_average_pool";
    case LayerKind::kAveragePool:
      return "average_pool";
    case LayerKind::kMaxPool:
      return "max_pool";
    case LayerKind::kActivation:
      return "activation";
    case LayerKind::kConcatenate:
      break;
  }
  return "concatenate";
}

const char* activation_name(Activation activation) {
  switch (activation) {
    case Activation::kLinear:
      return "linear";
    case Activation::kRelu:
      return "relu";
    case Activation::kRelu6:
      return "relu6";
    case Activation::kHardSwish:
      return "hard_swish";
    case Activation::kHardSigmoid:
      return "hard_sigmoid";
    case Activation::kSigmoid:
      return "sigmoid";
    case Activation::kSwish:
      break;
  }
  return "swish";
}

}  // namespace headstart
