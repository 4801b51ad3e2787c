"""The .tflite file with TensorFlow Lite in Python; phones ask it in the same way. Not run by Headstart's own tests.

pip install ai-edge-litert pillow numpy; then: python phone.py picture.jpg
"""

import sys

import numpy
from ai_edge_litert.interpreter import Interpreter
from PIL import Image, ImageOps

SIZE = 96  # headstart:size
LABELS = ["first", "second"]  # headstart:labels

# The square in the middle, cut and shrunk as Headstart does it. MediaPipe needs it made, too: it leaves pixels out
# where it shrinks a picture itself, and answers become others.
picture = ImageOps.exif_transpose(Image.open(sys.argv[1])).convert("RGB")
square = ImageOps.fit(picture, (SIZE, SIZE), Image.BILINEAR)
numbers = numpy.asarray(square, numpy.float32)[None] / 127.5 - 1

model = Interpreter("model.tflite")
model.allocate_tensors()
model.set_tensor(model.get_input_details()[0]["index"], numbers)
model.invoke()
for label, probability in zip(LABELS, model.get_tensor(model.get_output_details()[0]["index"])[0]):
    print(f"{label} {probability:.3f}")
