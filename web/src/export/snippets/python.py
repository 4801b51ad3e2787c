"""pip install opencv-python; then: python python.py picture.jpg"""

import sys

import cv2
import numpy

SIZE = 96  # headstart:size
LABELS = ["first", "second"]  # headstart:labels

network = cv2.dnn.readNetFromONNX("model.onnx")
picture = cv2.imread(sys.argv[1])

# The square in the middle, as Headstart cuts it.
height, width = picture.shape[:2]
side = min(height, width)
top, left = (height - side) // 2, (width - side) // 2
square = picture[top : top + side, left : left + side]

# Shrunk as Headstart does it, which cv2.resize does not: each pixel is a mean of those around it, in which
# nearer ones count more.
reach = max(1, side / SIZE)
middles = (numpy.arange(SIZE) + 0.5) * side / SIZE - 0.5
weights = numpy.maximum(0, reach - abs(numpy.arange(side) - middles[:, None]))
weights /= weights.sum(axis=1, keepdims=True)
square = numpy.einsum("yr,rcb,xc->yxb", weights, square, weights, optimize=True)
square = numpy.rint(square).astype(numpy.uint8)

# The file takes bytes as they are, red first.
network.setInput(cv2.dnn.blobFromImage(square, swapRB=True))
for label, probability in zip(LABELS, network.forward()[0]):
    print(f"{label} {probability:.3f}")
