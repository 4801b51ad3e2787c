// On a board with TensorFlow Lite Micro (in the Arduino IDE: library "Chirale_TensorFlowLite"). Compiled by Headstart's own
// tests, but not run on a board.
#include <Chirale_TensorFlowLite.h>

#include "model.h"
#include "tensorflow/lite/micro/all_ops_resolver.h"
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/schema/schema_generated.h"

alignas(16) static uint8_t arena[HEADSTART_ARENA_BYTES];
static uint8_t picture[HEADSTART_SIDE * HEADSTART_SIDE * 3];
static tflite::MicroInterpreter *interpreter = nullptr;

// Your camera goes here: the square in the middle of its picture, HEADSTART_SIDE pixels wide and high, line by line from the
// top left, red, green and blue of each pixel from 0 to 255. This grey one only shows that all is in place.
void takePicture(uint8_t *rgb, size_t byteCount) {
  for (size_t i = 0; i < byteCount; i++) rgb[i] = 128;
}

void setup() {
  Serial.begin(115200);
  static tflite::AllOpsResolver operators;
  static tflite::MicroInterpreter made(tflite::GetModel(headstart_model), operators, arena, sizeof arena);
  if (made.AllocateTensors() != kTfLiteOk) {
    Serial.println("This board has too little memory for the model.");
    return;
  }
  interpreter = &made;
}

void loop() {
  if (interpreter == nullptr) return;
  takePicture(picture, sizeof picture);
  int8_t *in = interpreter->input(0)->data.int8;
  for (size_t i = 0; i < sizeof picture; i++) in[i] = static_cast<int8_t>(picture[i] - 128);
  if (interpreter->Invoke() != kTfLiteOk) return;
  const int8_t *out = interpreter->output(0)->data.int8;
  int best = 0;
  for (int i = 1; i < HEADSTART_CLASS_COUNT; i++) {
    if (out[i] > out[best]) best = i;
  }
  Serial.print(headstart_labels[best]);
  Serial.print(": ");
  Serial.print((out[best] + 128) * 100 / 256);
  Serial.println(" %");
}
