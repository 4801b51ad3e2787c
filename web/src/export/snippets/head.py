"""Reads a head that Headstart saved and asks it, with NumPy alone."""

import json
import numpy as np


def read_head(path):
    """The exported head: class names, weight [class_count, feature_count], bias [class_count]."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    tensor = lambda name: np.frombuffer(
        data[slice(*header[name]["data_offsets"])], "<f4"
    ).reshape(header[name]["shape"])
    labels = json.loads(header["__metadata__"]["labels"])
    return labels, tensor("head.weight"), tensor("head.bias")


def predict(head, embedding):
    """Probabilities by class name, as the page shows them."""
    labels, weight, bias = head
    logits = weight.astype(np.float64) @ embedding + bias
    odds = np.exp(logits - logits.max())
    return dict(zip(labels, odds / odds.sum()))
