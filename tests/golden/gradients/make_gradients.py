"""Makes gradients.safetensors: what PyTorch's autograd says about a small MobileNetV2, in float64.

    /usr/bin/python3 tests/golden/gradients/make_gradients.py

Weights and pictures come from a generator that the test repeats (SplitMix64), so that only the results are kept: for
each tensor the sum of its gradient, its length, and its scalar product with a further tensor of random numbers.
"""

import json
import math
import pathlib
import struct

import torch
import torch.nn.functional as functional

MASK = (1 << 64) - 1
GOLDEN_RATIO = 0x9E3779B97F4A7C15
SEED = 20261123
INPUT_SIZE = 37
PICTURES = 2
CLASSES = [2, 0]
CLASS_COUNT = 3
CLASS_WEIGHTS = [0.5, 1.0, 1.5]
STRIDES = [1, 2, 1, 2, 1, 1, 2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1]
STEM, WIDE, NARROW, LAST = 8, 24, 8, 16


class SplitMix:
    """Steele, Lea & Flood 2014; the same as tests/core/support/split_mix.h."""

    def __init__(self, seed, stream):
        self.state = (seed * GOLDEN_RATIO + stream) & MASK
        self.next()

    def next(self):
        self.state = (self.state + GOLDEN_RATIO) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def tensor(self, shape, bound):
        count = math.prod(shape)
        values = [(2 * ((self.next() >> 11) * 2.0**-53) - 1) * bound for _ in range(count)]
        # The program keeps float32: round here as it does.
        return torch.tensor(values, dtype=torch.float32).double().reshape(shape)


def tensor_shapes():
    """Names and shapes in the order of the network; weights, then biases."""
    shapes = [("stem.weight", (STEM, 3, 3, 3)), ("stem.bias", (STEM,))]
    for index in range(17):
        inner = WIDE
        if index == 0:
            inner = STEM
        else:
            shapes += [(f"blocks.{index}.expand.weight", (WIDE, 1, 1, NARROW)), (f"blocks.{index}.expand.bias", (WIDE,))]
        shapes += [(f"blocks.{index}.depthwise.weight", (3, 3, inner)), (f"blocks.{index}.depthwise.bias", (inner,))]
        shapes += [(f"blocks.{index}.project.weight", (NARROW, 1, 1, inner)), (f"blocks.{index}.project.bias", (NARROW,))]
    shapes += [("last.weight", (LAST, 1, 1, NARROW)), ("last.bias", (LAST,))]
    return shapes + [("head.weight", (CLASS_COUNT, LAST)), ("head.bias", (CLASS_COUNT,))]


def bound_of(name, shape):
    if name.endswith("bias"):
        return 0.5
    fan_in = 9 if "depthwise" in name else math.prod(shape[1:])
    return 1.3 * math.sqrt(3 / fan_in)


def same_padding(size, stride):
    out = -(-size // stride)
    total = max((out - 1) * stride + 3 - size, 0)
    return total // 2, total - total // 2


def convolve(maps, weights, bias, stride=1, groups=1):
    if weights.shape[2] == 3:
        top, bottom = same_padding(maps.shape[2], stride)
        left, right = same_padding(maps.shape[3], stride)
        maps = functional.pad(maps, (left, right, top, bottom))
    return functional.conv2d(maps, weights, bias, stride, groups=groups)


def logits_of(tensors, pictures):
    def layer(name, maps, stride=1):
        weights = tensors[name + ".weight"]
        depthwise = name.endswith("depthwise")
        weights = weights.permute(2, 0, 1).unsqueeze(1) if depthwise else weights.permute(0, 3, 1, 2)
        return convolve(maps, weights, tensors[name + ".bias"], stride, maps.shape[1] if depthwise else 1)

    maps = functional.relu6(layer("stem", pictures.permute(0, 3, 1, 2), 2))
    for index, stride in enumerate(STRIDES):
        before, prefix = maps, f"blocks.{index}."
        if index > 0:
            maps = functional.relu6(layer(prefix + "expand", maps))
        maps = functional.relu6(layer(prefix + "depthwise", maps, stride))
        maps = layer(prefix + "project", maps)
        if stride == 1 and before.shape[1] == maps.shape[1]:
            maps = maps + before
    features = functional.relu6(layer("last", maps)).mean((2, 3))
    return features @ tensors["head.weight"].T + tensors["head.bias"]


def write(path, arrays):
    header, data = {}, b""
    for name, values in arrays.items():
        packed = struct.pack(f"<{len(values)}d", *values)
        header[name] = {"dtype": "F64", "shape": [len(values)], "data_offsets": [len(data), len(data) + len(packed)]}
        data += packed
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def main():
    shapes = tensor_shapes()
    tensors = {name: SplitMix(SEED, stream).tensor(shape, bound_of(name, shape)) for stream, (name, shape) in enumerate(shapes)}
    for tensor in tensors.values():
        tensor.requires_grad_()
    pictures = SplitMix(SEED, 1000).tensor((PICTURES, INPUT_SIZE, INPUT_SIZE, 3), 1.0)
    logits = logits_of(tensors, pictures)
    weights = torch.tensor(CLASS_WEIGHTS, dtype=torch.float64)
    losses = functional.cross_entropy(logits, torch.tensor(CLASSES), weight=weights, reduction="none")
    loss = losses.sum() / PICTURES
    loss.backward()
    sums, lengths, products = [], [], []
    for stream, (name, shape) in enumerate(shapes):
        other = SplitMix(SEED, 2000 + stream).tensor(shape, 1.0)
        sums.append(tensors[name].grad.sum().item())
        lengths.append(tensors[name].grad.norm().item())
        products.append((tensors[name].grad * other).sum().item())
    write(
        pathlib.Path(__file__).with_name("gradients.safetensors"),
        {
            "logits": logits.flatten().tolist(),
            "loss": [loss.item()],
            "sums": sums,
            "lengths": lengths,
            "products": products,
        },
    )
    print(logits, loss.item())
    print("\n".join(f"{name} {size:.6g}" for (name, _), size in zip(shapes, lengths)))


if __name__ == "__main__":
    main()
