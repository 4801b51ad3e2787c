"""pip install opencv-python; then: python python.py picture.jpg"""

import sys

import cv2

SIZE = 96  # headstart:size
LABELS = ["first", "second"]  # headstart:labels

network = cv2.dnn.readNetFromONNX("model.onnx")
picture = cv2.imread(sys.argv[1])

# The square in the middle, as Headstart cuts it.
height, width = picture.shape[:2]
side = min(height, width)
top, left = (height - side) // 2, (width - side) // 2
square = picture[top : top + side, left : left + side]
square = cv2.resize(square, (SIZE, SIZE), interpolation=cv2.INTER_AREA)

# The file takes bytes as they are, red first.
network.setInput(cv2.dnn.blobFromImage(square, swapRB=True))
for label, probability in zip(LABELS, network.forward()[0]):
    print(f"{label} {probability:.3f}")
