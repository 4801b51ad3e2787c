"""MobileNetV2 with batch norm folded: the form in which backbones are stored and in which the teacher runs.

The table of blocks is table 2 of Sandler et al. 2018, "MobileNetV2: Inverted Residuals and Linear
Bottlenecks". Padding is TensorFlow's "same": at stride 2 and an even size nothing before and one after.
"""

import torch
import torch.nn.functional as functional

import weights

# (expansion, channels at width 1, repeats, stride of the first), one row per group of blocks.
GROUPS = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
EMBEDDING_DIM = 1280


def scaled_channels(channels, width):
    """The multiple of 8 next to channels * width, never more than 10 % below it."""
    wanted = channels * width
    rounded = max(8, int(wanted + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * wanted else rounded


def block_table(width):
    """Returns the stem's channels and one (in, expanded, out, stride) per block."""
    stem = scaled_channels(32, width)
    channels, blocks = stem, []
    for expansion, group_channels, repeats, first_stride in GROUPS:
        out = scaled_channels(group_channels, width)
        for index in range(repeats):
            blocks.append((channels, channels * expansion, out, first_stride if index == 0 else 1))
            channels = out
    return stem, blocks


def convolve_same(maps, weight, stride=1, bias=None):
    """A 3x3 (depthwise if the weight is [C, 1, 3, 3]) or 1x1 convolution padded as TensorFlow does."""
    padding = weight.shape[2] // 2
    groups = maps.shape[1] if weight.shape[1] == 1 else 1
    if stride == 2 and padding:
        height, width = maps.shape[2:]
        if height % 2 == 0 or width % 2 == 0:
            maps, padding = functional.pad(maps, (width % 2, 1, height % 2, 1)), 0
    return functional.conv2d(maps, weight, bias, stride, padding, groups=groups)


class FoldedMobileNet(torch.nn.Module):
    """Runs a backbone file: pixels [n, 3, h, w] in 0..255 to embeddings [n, embedding_dim]."""

    def __init__(self, path):
        super().__init__()
        tensors, self.metadata = weights.read(path)
        self.strides = [int(text) for text in self.metadata["block_strides"].replace(",", " ").strip("[] ").split()]
        self.names = {}
        for name, values in tensors.items():
            tensor = torch.from_numpy(values.astype("float32"))
            if name.endswith("depthwise.weight"):
                tensor = tensor.permute(2, 0, 1).unsqueeze(1)  # HWC -> [C, 1, 3, 3]
            elif name.endswith(".weight"):
                tensor = tensor.permute(0, 3, 1, 2)  # OHWI -> OIHW
            self.names[name] = name.replace(".", "_")
            self.register_buffer(self.names[name], tensor.contiguous())

    def _convolve(self, name, maps, stride=1):
        weight, bias = (getattr(self, self.names[name + suffix]) for suffix in (".weight", ".bias"))
        return convolve_same(maps, weight, stride, bias)

    def forward(self, pixels):
        return self.embed_with_maps(pixels, ())[0]

    def embed_with_maps(self, pixels, after_blocks):
        """Returns the embeddings and the maps [n, c, h, w] after the named blocks, in order."""
        kept = []
        maps = functional.relu6(self._convolve("stem", pixels * (1 / 127.5) - 1, 2))
        for index, stride in enumerate(self.strides):
            prefix = f"blocks.{index}."
            inner = maps
            if prefix + "expand.weight" in self.names:
                inner = functional.relu6(self._convolve(prefix + "expand", inner))
            inner = functional.relu6(self._convolve(prefix + "depthwise", inner, stride))
            inner = self._convolve(prefix + "project", inner)
            maps = maps + inner if stride == 1 and maps.shape[1] == inner.shape[1] else inner
            if index in after_blocks:
                kept.append(maps)
        return functional.relu6(self._convolve("last", maps)).mean((2, 3)), kept
