"""Writes a film of plain colours, 640 x 480: make_film.py FILE CODEC FRAMES_PER_SECOND SECONDS_OF_EACH COLOUR..."""

import sys

import cv2
import numpy

path, codec, rate, seconds, *colours = sys.argv[1:]
writer = cv2.VideoWriter(path, cv2.VideoWriter_fourcc(*codec), int(rate), (640, 480))
for colour in colours:
    red, green, blue = (int(part) for part in colour.split(","))
    for step in range(round(int(rate) * float(seconds))):
        frame = numpy.full((480, 640, 3), (blue, green, red), numpy.uint8)
        cv2.rectangle(frame, (200 + step, 200), (320 + step, 290), (240, 240, 240), -1)
        writer.write(frame)
writer.release()
