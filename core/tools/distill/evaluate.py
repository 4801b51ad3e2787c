"""Few-shot accuracy of backbones: a class-balanced logistic regression on frozen embeddings.

    python3 evaluate.py BACKBONE.safetensors ... [--pictures FOLDER ...] [--untrained]

Measured on folders of class folders and on three private sets that training never sees: held-out classes of
the two labelled sources, and the sources of licence class C told apart by source.
"""

import argparse
import os

import numpy
import torch
from PIL import Image

import data
import mobilenet
import student

SHOTS, SEEDS = (5, 10, 20), 5
MOST_PER_CLASS = 100
L2_STRENGTH = 1e-3


class Pictures:
    """Pictures [n, height, width, 3] of differing sizes and their class indices."""

    def __init__(self, name, pixels_by_class):
        self.name = name
        self.pixels = [pixels for group in pixels_by_class for pixels in group]
        self.classes = numpy.concatenate([[index] * len(group) for index, group in enumerate(pixels_by_class)])


def read_folder(path):
    """Reads a folder of class folders."""
    groups = []
    for name in sorted(os.listdir(path)):
        folder = os.path.join(path, name)
        if not os.path.isdir(folder):
            continue
        files = sorted(file for file in os.listdir(folder) if file.lower().endswith((".jpg", ".jpeg", ".png")))
        groups.append([numpy.asarray(Image.open(os.path.join(folder, file)).convert("RGB")) for file in files])
    return Pictures(os.path.basename(os.path.normpath(path)), [group for group in groups if group])


def private_sets(folder):
    """The three sets that training never sees."""
    sets = []
    for source in data.LABELLED_SOURCES:
        photographs = data.split_held_out(data.read_source(folder, source))[1]
        labels = sorted({photograph.label for photograph in photographs})
        groups = [[p.pixels for p in photographs if p.label == label][:MOST_PER_CLASS] for label in labels]
        sets.append(Pictures(f"{source}, {len(labels)} held-out classes", groups))
    groups = [
        [photograph.pixels for photograph in data.read_source(folder, source)][:MOST_PER_CLASS]
        for source in data.EVALUATION_SOURCES
    ]
    return sets + [Pictures(f"{len(groups)} class C sources", groups)]


@torch.no_grad()
def embed(network, pictures, size_px):
    """Embeddings [n, 1280] of the centred squares; network takes pixels in 0..255."""
    rows = []
    for begin in range(0, len(pictures.pixels), 32):
        chosen = pictures.pixels[begin : begin + 32]
        pixels = numpy.stack([data.resize(one, data.centre_box(one), size_px) for one in chosen])
        images = torch.from_numpy(pixels).permute(0, 3, 1, 2).float().contiguous(memory_format=torch.channels_last)
        rows.append(network(images))
    return torch.cat(rows)


def fit_logistic(features, classes, class_count):
    """Returns (weights [classes, features], bias) by L-BFGS, with classes weighted alike."""
    weights = torch.zeros(class_count, features.shape[1], requires_grad=True)
    bias = torch.zeros(class_count, requires_grad=True)
    counts = torch.bincount(classes, minlength=class_count).float()
    row_weights = (1 / counts)[classes] / class_count
    solver = torch.optim.LBFGS([weights, bias], max_iter=100, line_search_fn="strong_wolfe")

    def loss():
        solver.zero_grad()
        each = torch.nn.functional.cross_entropy(features @ weights.T + bias, classes, reduction="none")
        value = (each * row_weights).sum() + 0.5 * L2_STRENGTH * weights.square().sum()
        value.backward()
        return value

    solver.step(loss)
    return weights.detach(), bias.detach()


def few_shot(embeddings, classes, shots, seed):
    """Accuracy on the rest after training on `shots` pictures per class, features standardised."""
    random = numpy.random.default_rng([seed, shots])
    training = numpy.concatenate(
        [random.permutation(numpy.flatnonzero(classes == one))[:shots] for one in range(classes.max() + 1)]
    )
    testing = numpy.setdiff1d(numpy.arange(len(classes)), training)
    mean = embeddings[training].mean(0)
    # One scale for all features: their differences in spread carry meaning.
    scale = (embeddings[training] - mean).square().sum(1).mean().sqrt() / 10
    features, labels = (embeddings - mean) / scale, torch.from_numpy(classes)
    weights, bias = fit_logistic(features[training], labels[training], int(classes.max()) + 1)
    guessed = (features[testing] @ weights.T + bias).argmax(1)
    return (guessed == labels[testing]).float().mean().item()


def accuracies(network, pictures, size_px):
    """Mean accuracy over the seeds, one per number of shots."""
    embeddings = embed(network, pictures, size_px)
    return [
        float(numpy.mean([few_shot(embeddings, pictures.classes, shots, seed) for seed in range(SEEDS)]))
        for shots in SHOTS
    ]


class UnfoldedNetwork(torch.nn.Module):
    """A student in training form, on pixels in 0..255."""

    def __init__(self, module):
        super().__init__()
        self.module = module.to(memory_format=torch.channels_last).eval()

    def forward(self, pixels):
        return self.module(pixels * (1 / 127.5) - 1)[0]


@torch.no_grad()
def untrained(arguments, pictures):
    """A network of random weights whose batch norm has seen these pictures: the floor."""
    torch.manual_seed(arguments.seed)
    network = UnfoldedNetwork(student.Student(arguments.width))
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = None  # a plain average over all batches
    network.train()
    order = numpy.random.default_rng(arguments.seed).permutation(len(pictures.pixels))
    shuffled = Pictures(pictures.name, [[pictures.pixels[index] for index in order]])
    embed(network, shuffled, arguments.size)
    return network.eval()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    data.add_arguments(parser)
    parser.add_argument("backbones", nargs="*", help="backbone files; the first is the reference")
    parser.add_argument("--pictures", nargs="*", default=[], help="folders of class folders to measure on as well")
    parser.add_argument("--untrained", action="store_true", help="measure random weights too")
    arguments = parser.parse_args()
    torch.set_flush_denormal(True)
    torch.set_num_threads(1)
    sets = [read_folder(path) for path in arguments.pictures] + private_sets(arguments.photographs)
    networks = []
    for path in arguments.backbones:
        network = mobilenet.FoldedMobileNet(path).to(memory_format=torch.channels_last)
        networks.append((os.path.basename(path), network, int(network.metadata["input_size"])))
    if arguments.untrained:
        networks.append(("untrained", untrained(arguments, sets[0]), arguments.size))
    for pictures in sets:
        reference = None
        for name, network, size_px in networks:
            measured = accuracies(network, pictures, size_px)
            reference = reference or measured
            ratio = numpy.mean([mine / best for mine, best in zip(measured, reference)])
            cells = " / ".join(f"{value:.3f}" for value in measured)
            print(f"{pictures.name} | {name} | {cells} | {100 * ratio:.0f} %", flush=True)


if __name__ == "__main__":
    main()
