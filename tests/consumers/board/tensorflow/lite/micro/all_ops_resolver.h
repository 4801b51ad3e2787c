#pragma once
namespace tflite {
class AllOpsResolver {};
}  // namespace tflite
