"""The student in training form: MobileNetV2 with batch norm, and the throw-away projections beside it."""

import torch
import torch.nn as nn

import fused
import mobilenet
import weights


class Block(nn.Module):
    """Expand + ReLU6, depthwise 3x3 + ReLU6, linear project; plus its input where the shapes agree."""

    def __init__(self, channels, expanded, out, stride):
        super().__init__()
        self.stride, self.residual = stride, stride == 1 and channels == out
        self.expand = None
        if expanded != channels:
            self.expand = nn.Conv2d(channels, expanded, 1, bias=False)
            self.expand_norm = fused.BatchNorm(expanded, clamp=True)
        self.depthwise = nn.Conv2d(expanded, expanded, 3, stride, groups=expanded, bias=False)
        self.depthwise_norm = fused.BatchNorm(expanded, clamp=True)
        self.project = nn.Conv2d(expanded, out, 1, bias=False)
        self.project_norm = fused.BatchNorm(out, clamp=False)

    def forward(self, maps):
        inner = maps
        if self.expand is not None:
            inner = self.expand_norm(self.expand(inner))
        inner = self.depthwise_norm(mobilenet.convolve_same(inner, self.depthwise.weight, self.stride))
        inner = self.project_norm(self.project(inner))
        return maps + inner if self.residual else inner


class Student(nn.Module):
    """Pixels [n, 3, h, w] in -1..1 to the embedding [n, 1280] and the maps after the wanted blocks."""

    def __init__(self, width):
        super().__init__()
        self.width = width
        stem, table = mobilenet.block_table(width)
        self.stem = nn.Conv2d(3, stem, 3, 2, bias=False)
        self.stem_norm = fused.BatchNorm(stem, clamp=True)
        self.blocks = nn.ModuleList(Block(*row) for row in table)
        self.last = nn.Conv2d(table[-1][2], mobilenet.EMBEDDING_DIM, 1, bias=False)
        self.last_norm = fused.BatchNorm(mobilenet.EMBEDDING_DIM, clamp=True)

    def forward(self, pixels, after_blocks=()):
        kept = {}
        maps = self.stem_norm(mobilenet.convolve_same(pixels, self.stem.weight, 2))
        for index, block in enumerate(self.blocks):
            maps = block(maps)
            if index in after_blocks:
                kept[index] = maps
        return self.last_norm(self.last(maps)).mean((2, 3)), kept


@torch.no_grad()
def start_from(student, path, pixels):
    """Takes up the network of a backbone file, so that training goes on from it.

    Batch norm had been folded away. Each gets back the mean and deviation that its convolution shows on `pixels`
    [n, 3, h, w] in -1..1 as its shift and scale, in the order of the layers: on these pixels the network then
    gives what the file's gives, and the convolutions' own lengths no longer matter.
    """
    tensors, metadata = weights.read(path)
    if float(metadata["width_multiplier"]) != student.width:
        raise SystemExit(f"{path} has width {metadata['width_multiplier']}, the student {student.width}")
    pairs = [("stem", student.stem, student.stem_norm)]
    for index, block in enumerate(student.blocks):
        for part in ("expand", "depthwise", "project"):
            if getattr(block, part) is not None:
                pairs.append((f"blocks.{index}.{part}", getattr(block, part), getattr(block, part + "_norm")))
    pairs.append(("last", student.last, student.last_norm))
    hooks = []
    for name, convolution, norm in pairs:
        values = torch.from_numpy(tensors[name + ".weight"].astype("float32"))
        is_depthwise = name.endswith("depthwise")
        # HWC -> [C, 1, 3, 3], or OHWI -> OIHW
        convolution.weight.copy_(values.permute(2, 0, 1).unsqueeze(1) if is_depthwise else values.permute(0, 3, 1, 2))
        bias = torch.from_numpy(tensors[name + ".bias"].astype("float32"))

        def set_scale(module, inputs, bias=bias):
            mean, variance = inputs[0].mean((0, 2, 3)), inputs[0].var((0, 2, 3), unbiased=False)
            module.weight.copy_(torch.sqrt(variance + module.eps))
            module.bias.copy_(mean + bias)

        hooks.append(norm.register_forward_pre_hook(set_scale))
    student(pixels)
    for hook in hooks:
        hook.remove()


class Projections(nn.Module):
    """What training adds and throws away: from the student's features to the teacher's, and to class scores."""

    def __init__(self, width, target_dim, map_channels, class_count):
        super().__init__()
        _, table = mobilenet.block_table(width)
        self.embedding = nn.Conv2d(mobilenet.EMBEDDING_DIM, target_dim, 1)
        self.classes = nn.Conv2d(mobilenet.EMBEDDING_DIM, class_count, 1)
        self.maps = nn.ModuleDict(
            {str(block): nn.Conv2d(table[block][2], channels, 1) for block, channels in map_channels.items()}
        )


def folded_tensors(student):
    """The tensors of a backbone file, float32, batch norm folded into the convolutions."""
    tensors = {}

    def fold(name, convolution, norm, layout):
        scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        weight = convolution.weight * scale.reshape(-1, 1, 1, 1)
        # [C, 1, 3, 3] -> HWC, or OIHW -> OHWI
        weight = weight[:, 0].permute(1, 2, 0) if layout == "HWC" else weight.permute(0, 2, 3, 1)
        tensors[name + ".weight"] = weight.detach().contiguous().numpy()
        tensors[name + ".bias"] = (norm.bias - norm.running_mean * scale).detach().numpy()

    fold("stem", student.stem, student.stem_norm, "OHWI")
    for index, block in enumerate(student.blocks):
        if block.expand is not None:
            fold(f"blocks.{index}.expand", block.expand, block.expand_norm, "OHWI")
        fold(f"blocks.{index}.depthwise", block.depthwise, block.depthwise_norm, "HWC")
        fold(f"blocks.{index}.project", block.project, block.project_norm, "OHWI")
    fold("last", student.last, student.last_norm, "OHWI")
    return tensors
