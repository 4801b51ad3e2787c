#pragma once
namespace tflite {
class AllOpsResolver {};
}
