"""What OpenCV's dnn says to pictures: FOLDER (model.onnx, pictures.rgb) SIDE; a JSON array of rows."""

import json
import sys

import cv2
import numpy

folder, side = sys.argv[1], int(sys.argv[2])
network = cv2.dnn.readNetFromONNX(f"{folder}/model.onnx")
pictures = numpy.fromfile(f"{folder}/pictures.rgb", numpy.uint8).reshape(-1, side, side, 3)
answers = []
for picture in pictures:
    # OpenCV's own pictures are blue first; blobFromImage swaps that back.
    network.setInput(cv2.dnn.blobFromImage(picture[:, :, ::-1], swapRB=True))
    answers.append(network.forward()[0].tolist())
print(json.dumps(answers))
