"""Computes the teacher's answers for fixed crops ahead of training and keeps them in a folder.

For each crop of each picture: the embedding [1280] and two maps, averaged down to what a student at 96 px
has: after block 12 [6, 6, 96] and after block 16 [3, 3, 320]. All float16, one file per crop index.
"""

import argparse
import os
import subprocess
import threading
import time

import numpy
import torch
import torch.nn.functional as functional

import data
import mobilenet
import progress

MAPS = {12: (96, 6), 16: (320, 3)}  # block: (channels, size)
RECORD_LENGTH = mobilenet.EMBEDDING_DIM + sum(channels * size * size for channels, size in MAPS.values())


def answer_path(folder, crop_index):
    return os.path.join(folder, f"teacher_{crop_index:02d}.f16")


def is_complete(folder, crop_index):
    return os.path.exists(answer_path(folder, crop_index) + ".done")


def open_answers(folder, crop_index, photograph_count):
    """The answers to one crop of every picture, [photograph_count, RECORD_LENGTH], mapped from the file."""
    path = answer_path(folder, crop_index)
    return numpy.memmap(path, numpy.float16, "r", shape=(photograph_count, RECORD_LENGTH))


def split_record(records):
    """Takes float tensors [n, RECORD_LENGTH] apart into the embedding and {block: map [n, c, h, w]}."""
    embedding, position, maps = records[:, : mobilenet.EMBEDDING_DIM], mobilenet.EMBEDDING_DIM, {}
    for block, (channels, size) in MAPS.items():
        length = channels * size * size
        maps[block] = records[:, position : position + length].reshape(-1, channels, size, size)
        position += length
    return embedding, maps


class TorchTeacher:
    """The teacher in torch: needs nothing else, and is slow."""

    def __init__(self, path):
        self.model = mobilenet.FoldedMobileNet(path).to(memory_format=torch.channels_last).eval()

    @torch.no_grad()
    def embed_with_maps(self, pixels):
        """RGB bytes [n, size, size, 3] to embeddings [n, 1280] and maps [n, c, h, w]."""
        return self.model.embed_with_maps(torch.from_numpy(pixels).permute(0, 3, 1, 2).float(), tuple(MAPS))


class CoreTeacher:
    """The teacher on the project's own core (core/tools/embed_crops.cpp): the same numbers, several times faster."""

    def __init__(self, program, path, size_px):
        names = [f"blocks.{block}" for block in MAPS]
        self.process = subprocess.Popen(
            [program, path, str(size_px), *names], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        # A map's side is the input's, rounded up at each stride.
        self.shapes = [(-(-size_px // 16), 96), (-(-size_px // 32), 320)]

    BATCH = 8  # the program reads whole batches

    def embed_with_maps(self, pixels):
        count = len(pixels)
        pixels = numpy.concatenate([pixels, numpy.zeros((-count % self.BATCH, *pixels.shape[1:]), numpy.uint8)])
        writer = threading.Thread(target=self._write, args=(pixels,))
        writer.start()
        length = mobilenet.EMBEDDING_DIM + sum(side * side * channels for side, channels in self.shapes)
        content = self.process.stdout.read(4 * length * len(pixels))
        writer.join()
        if len(content) != 4 * length * len(pixels):
            raise SystemExit("the teacher ended before its last answer")
        rows = torch.from_numpy(numpy.frombuffer(content, numpy.float32).reshape(len(pixels), length).copy())
        maps, position = [], mobilenet.EMBEDDING_DIM
        for side, channels in self.shapes:
            part = rows[:, position : position + side * side * channels]
            maps.append(part.reshape(len(pixels), side, side, channels).permute(0, 3, 1, 2))
            position += side * side * channels
        return rows[:count, : mobilenet.EMBEDDING_DIM], [values[:count] for values in maps]

    def _write(self, pixels):
        self.process.stdin.write(pixels.tobytes())
        self.process.stdin.flush()


def answer(model, pixels):
    """Runs the teacher on RGB bytes [n, size, size, 3]; returns records [n, RECORD_LENGTH]."""
    embedding, maps = model.embed_with_maps(pixels)
    parts = [embedding]
    for (_, size), values in zip(MAPS.values(), maps):
        parts.append(functional.adaptive_avg_pool2d(values, size).flatten(1))
    return torch.cat(parts, 1).half().numpy()


def compute_crop(model, photographs, folder, crop_index, arguments):
    """Fills the file of one crop index, going on where an earlier run stopped."""
    os.makedirs(folder, exist_ok=True)
    path, count = answer_path(folder, crop_index), len(photographs)
    if not os.path.exists(path):
        numpy.memmap(path, numpy.float16, "w+", shape=(count, RECORD_LENGTH)).flush()
    answers = numpy.memmap(path, numpy.float16, "r+", shape=(count, RECORD_LENGTH))
    sizes = [photograph.pixels.shape[1::-1] for photograph in photographs]
    boxes, flips = data.crop_boxes(sizes, crop_index, arguments.seed)
    started = last_told = time.monotonic()
    for begin in range(0, count, arguments.batch):
        end = min(begin + arguments.batch, count)
        if answers[end - 1].any():
            continue
        pixels = numpy.stack([
            data.resize(photographs[index].pixels, boxes[index], arguments.teacher_px, flips[index])
            for index in range(begin, end)
        ])  # fmt: skip
        answers[begin:end] = answer(model, pixels)
        if time.monotonic() - last_told > 20:
            last_told = time.monotonic()
            progress.tell(f"teacher, crop {crop_index}", end, count, started)
    answers.flush()
    open(path + ".done", "w").close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    data.add_arguments(parser)
    parser.add_argument("--crops", type=int, default=3, help="crops per picture in all")
    parser.add_argument("--first", type=int, default=0, help="the crop to begin with")
    parser.add_argument("--every", type=int, default=1, help="step between crops, for several processes")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--embedder", help="the program embed_crops of a native build: several times faster than torch")
    arguments = parser.parse_args()
    torch.set_flush_denormal(True)
    if arguments.embedder:
        model = CoreTeacher(arguments.embedder, arguments.teacher, arguments.teacher_px)
    else:
        model = TorchTeacher(arguments.teacher)
    photographs = data.read_training(arguments.photographs)
    print(f"{len(photographs)} pictures to train on", flush=True)
    for crop_index in range(arguments.first, arguments.crops, arguments.every):
        if not is_complete(arguments.cache, crop_index):
            compute_crop(model, photographs, arguments.cache, crop_index, arguments)


if __name__ == "__main__":
    main()
