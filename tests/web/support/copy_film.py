"""Writes the frames of a camera's films (Y4M), one after the other: copy_film.py TO CODEC SECONDS_OF_EACH FROM..."""

import re
import sys

import cv2
import numpy

path, codec, seconds, *sources = sys.argv[1:]
writer = None
for source in sources:
    with open(source, "rb") as file:
        content = file.read()
    start = content.index(b"FRAME\n")
    width, height, rate = (int(part) for part in re.search(rb"W(\d+) H(\d+) F(\d+)", content[:start]).groups())
    size = width * height * 3 // 2
    frames = [content[at + 6 : at + 6 + size] for at in range(start, len(content), 6 + size)]
    writer = writer or cv2.VideoWriter(path, cv2.VideoWriter_fourcc(*codec), rate, (width, height))
    for index in range(round(rate * float(seconds))):
        planes = numpy.frombuffer(frames[index % len(frames)], numpy.uint8).reshape(height * 3 // 2, width)
        writer.write(cv2.cvtColor(planes, cv2.COLOR_YUV2BGR_I420))
writer.release()
