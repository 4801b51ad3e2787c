// What a sketch sees of a board's library, declared after TensorFlow Lite Micro's documentation: enough to
// compile one, nothing to run.
#pragma once
#include <cstddef>
#include <cstdint>

struct Port {
  void begin(unsigned long baud);
  void print(const char* text);
  void print(int number);
  void println(const char* text);
};
extern Port Serial;
void setup();
void loop();
