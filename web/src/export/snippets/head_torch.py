"""Reads a head that Headstart saved as a PyTorch module. Run by Headstart's own tests."""

import json

import torch


class Head(torch.nn.Module):
    """From what the head reads [count, feature_count] to probabilities [count, class_count]."""

    def __init__(self, path):
        super().__init__()
        with open(path, "rb") as file:
            header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
            data = bytearray(file.read())

        def tensor(name):
            begin, end = header[name]["data_offsets"]
            values = torch.frombuffer(data, dtype=torch.float32, offset=begin, count=(end - begin) // 4)
            return values.reshape(header[name]["shape"]).clone()

        metadata = header["__metadata__"]
        self.labels = json.loads(metadata["labels"])
        self.transform = metadata.get("transform")  # None, "length" or "root"
        self.map_sizes = json.loads(metadata.get("map_sizes", "[]"))
        layers = ["head.hidden", "head"] if "head.hidden.weight" in header else ["head"]
        self.layers = torch.nn.ModuleList()
        for name in layers:
            weight, bias = tensor(name + ".weight"), tensor(name + ".bias")
            layer = torch.nn.Linear(weight.shape[1], weight.shape[0])
            layer.weight.data, layer.bias.data = weight, bias
            self.layers.append(layer)

    def forward(self, features):
        if self.transform == "root":
            features = features.clamp(min=0).sqrt()
        if self.transform:
            maps = torch.split(features, self.map_sizes, dim=1)
            features = torch.cat([part / part.norm(dim=1, keepdim=True).clamp(min=1e-6) for part in maps], dim=1)
        for layer in self.layers[:-1]:
            features = layer(features).relu()
        return self.layers[-1](features).softmax(dim=1)
