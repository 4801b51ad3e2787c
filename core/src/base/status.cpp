#include "headstart/status.h"

namespace headstart {

const char* error_code_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::kBadArgument:
      return "bad-argument";
    case ErrorCode::kBadFile:
      return "bad-file";
    case ErrorCode::kBadVersion:
      return "bad-version";
    case ErrorCode::kTooFewSamples:
      return "too-few-samples";
    case ErrorCode::kNotTrained:
      return "not-trained";
    case ErrorCode::kCancelled:
      return "cancelled";
    case ErrorCode::kUnavailable:
      return "unavailable";
    case ErrorCode::kUnsupported:
      return "unsupported";
    case ErrorCode::kOutOfMemory:
      return "out-of-memory";
    case ErrorCode::kInternal:
      break;
  }
  return "internal";
}

}  // namespace headstart
