"""Reads a head that Headstart saved and asks it, with NumPy alone."""

import json
import numpy as np


def read_head(path):
    """The exported head: class names, weight [class_count, feature_count], bias [class_count], and what a
    "head/2" does to features first: "root" or "length", and how many of them each map has."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    tensor = lambda name: np.frombuffer(
        data[slice(*header[name]["data_offsets"])], "<f4"
    ).reshape(header[name]["shape"])
    metadata = header["__metadata__"]
    labels = json.loads(metadata["labels"])
    transform = metadata.get("transform"), json.loads(metadata.get("map_sizes", "[]"))
    return labels, tensor("head.weight"), tensor("head.bias"), transform


def transformed(embedding, kind, map_sizes):
    """Each map, or the square roots of its features, divided by its length."""
    features = np.asarray(embedding, np.float64)
    if kind == "root":
        features = np.sqrt(np.maximum(features, 0))
    maps = np.split(features, np.cumsum(map_sizes)[:-1])
    return np.concatenate([part / max(np.linalg.norm(part), 1e-6) for part in maps])


def predict(head, embedding):
    """Probabilities by class name, as the page shows them."""
    labels, weight, bias, (kind, map_sizes) = head
    if kind:
        embedding = transformed(embedding, kind, map_sizes)
    logits = weight.astype(np.float64) @ embedding + bias
    odds = np.exp(logits - logits.max())
    return dict(zip(labels, odds / odds.sum()))
