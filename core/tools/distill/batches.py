"""Batches of crops with the teacher's answers to the same crops."""

import numpy
import torch

import data
import teacher


class Batches:
    """Hands out one rank's share of each batch, a pure function of the seed and the step."""

    def __init__(self, photographs, arguments, rank):
        self.photographs, self.arguments, self.rank = photographs, arguments, rank
        self.labels, self.class_count = data.label_indices(photographs)
        self.sizes = [photograph.pixels.shape[1::-1] for photograph in photographs]
        self.batch_count = len(photographs) // (arguments.batch * arguments.workers)
        self.crops = {}
        self.epoch = -1

    def _crop(self, crop_index):
        if crop_index not in self.crops:
            boxes, flips = data.crop_boxes(self.sizes, crop_index, self.arguments.seed)
            answers = teacher.open_answers(self.arguments.cache, crop_index, len(self.photographs))
            self.crops[crop_index] = boxes, flips, answers
        return self.crops[crop_index]

    def _begin_epoch(self, epoch, crop_count):
        random = numpy.random.default_rng([self.arguments.seed, 1000 + epoch])
        self.epoch, self.order = epoch, random.permutation(len(self.photographs))
        # Each picture goes through its crops in turn, from a place of its own.
        starts = numpy.random.default_rng([self.arguments.seed, 999]).integers(0, 1 << 20, len(self.photographs))
        self.crop_of = (starts + epoch) % crop_count

    def get(self, step, size_px, crop_count):
        """Returns pixels [n, 3, size_px, size_px] in -1..1, the teacher's records and class indices."""
        epoch, position = divmod(step, self.batch_count)
        if epoch != self.epoch:
            self._begin_epoch(epoch, crop_count)
        arguments = self.arguments
        begin = (position * arguments.workers + self.rank) * arguments.batch
        chosen = self.order[begin : begin + arguments.batch]
        random = numpy.random.default_rng([arguments.seed, step, self.rank])
        mirrored = random.random(len(chosen)) < 0.5
        pixels = numpy.empty((len(chosen), size_px, size_px, 3), numpy.uint8)
        records = numpy.empty((len(chosen), teacher.RECORD_LENGTH), numpy.float16)
        for row, index in enumerate(chosen):
            boxes, flips, answers = self._crop(self.crop_of[index])
            photograph = self.photographs[index]
            pixels[row] = data.resize(photograph.pixels, boxes[index], size_px, flips[index] ^ mirrored[row])
            records[row] = answers[index]
        images = torch.from_numpy(pixels).permute(0, 3, 1, 2).float()
        return self._jitter(images, random), torch.from_numpy(records).float(), mirrored, self.labels_of(chosen)

    def labels_of(self, chosen):
        return torch.from_numpy(self.labels[chosen])

    @staticmethod
    def _jitter(images, random):
        """Mild changes of brightness, contrast and white balance, which the teacher's answer should survive."""
        count = len(images)
        gain = random.uniform(0.75, 1.25, (count, 1, 1, 1)) * random.uniform(0.94, 1.06, (count, 3, 1, 1))
        shift = random.uniform(-0.15, 0.15, (count, 1, 1, 1))
        means = images.mean((1, 2, 3), keepdim=True)
        images = (images - means).mul_(torch.from_numpy(gain).float()).add_(means)
        images = images.mul_(1 / 127.5).add_(torch.from_numpy(shift - 1).float()).clamp_(-1, 1)
        return images.contiguous(memory_format=torch.channels_last)


def mirror_maps(maps, mirrored):
    """Mirrors the maps of those pictures that were mirrored after the teacher saw them."""
    chosen = torch.from_numpy(numpy.flatnonzero(mirrored))
    for values in maps.values():
        values[chosen] = values[chosen].flip(3)
    return maps
