"""Folds batch norm into the convolutions of a checkpoint and writes the float16 backbone file.

    python3 export.py OUTPUT.safetensors

Batch norm's statistics are measured anew for the averaged weights at the full size. The file is then read
back and compared with the network it came from.
"""

import argparse

import numpy
import torch

import data
import evaluate
import mobilenet
import student
import train
import weights

LEAST_COSINE = 0.999
# The size at which the network is used. It sees pictures a third larger than those it was trained on: things
# in cut-out training crops are larger than in whole pictures (Touvron et al. 2019, "Fixing the train-test
# resolution discrepancy"). 160 px are too much.
SIZE_IN_USE = 128


def crops(photographs, arguments, count):
    """Training crops [n, 3, size, size] in 0..255, the same for a given seed, in batches of 64."""
    chosen = numpy.random.default_rng([arguments.seed, 5]).permutation(len(photographs))[:count]
    sizes = [photograph.pixels.shape[1::-1] for photograph in photographs]
    boxes, flips = data.crop_boxes(sizes, 0, arguments.seed)
    for part in numpy.array_split(chosen, max(1, count // 64)):
        pixels = [data.resize(photographs[i].pixels, boxes[i], arguments.size, flips[i]) for i in part]
        yield torch.from_numpy(numpy.stack(pixels)).permute(0, 3, 1, 2).float()


@torch.no_grad()
def measure_statistics(module, batches):
    """Sets batch norm's mean and variance to their averages over the batches."""
    for part in module.modules():
        if isinstance(part, torch.nn.BatchNorm2d):
            part.reset_running_stats()
            part.momentum = None  # a plain average
    module.train()
    for images in batches:
        module((images * (1 / 127.5) - 1).contiguous(memory_format=torch.channels_last))
    module.eval()


def metadata_of(module, arguments, pictures):
    """The strings that stand in the header of the file."""
    _, table = mobilenet.block_table(module.width)
    return {
        "format": "backbone/1",
        "name": f"headstart_mobilenet_v2_{arguments.width:g}_{arguments.size}",
        "architecture": "mobilenet_v2",
        "width_multiplier": f"{arguments.width:g}",
        "input_size": str(SIZE_IN_USE),
        "input_layout": "NHWC RGB",
        "input_scale": "1/127.5",
        "input_offset": "-1",
        "padding": "tf_same",
        "activation": "relu6",
        "block_strides": ",".join(str(stride) for _, _, _, stride in table),
        "embedding_dim": str(mobilenet.EMBEDDING_DIM),
        "conv_layout": "OHWI",
        "depthwise_layout": "HWC",
        "batch_norm": "folded",
        "trained_on": f"distilled from mobilenet_v2_1.0_224 on {pictures} crops of photographs; see builtin.md",
        "source": "trained by core/tools/distill of Headstart",
        "license": "Apache-2.0",
    }


def least_cosine(first, second):
    return torch.nn.functional.cosine_similarity(first, second).min().item()


@torch.no_grad()
def verify(path, module, folded, images):
    """Returns the largest error of folding and the least cosines of float16 against float32."""
    expected = evaluate.UnfoldedNetwork(module)(images)
    stored = mobilenet.FoldedMobileNet(path)
    float16 = stored(images)
    for name, values in folded.items():
        tensor = torch.from_numpy(values)
        if name.endswith("depthwise.weight"):
            tensor = tensor.permute(2, 0, 1).unsqueeze(1)
        elif name.endswith(".weight"):
            tensor = tensor.permute(0, 3, 1, 2)
        getattr(stored, stored.names[name]).copy_(tensor)
    float32 = stored(images)
    error = (float32 - expected).abs().max().item()
    centre = float32.mean(0)
    return error, least_cosine(float16, float32), least_cosine(float16 - centre, float32 - centre)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    data.add_arguments(parser)
    parser.add_argument("output", help="the file to write")
    arguments = parser.parse_args()
    torch.set_flush_denormal(True)
    state = torch.load(train.checkpoint_path(arguments))
    module = student.Student(arguments.width).to(memory_format=torch.channels_last)
    module.load_state_dict(state["averaged"])
    photographs = data.read_training(arguments.photographs)
    measure_statistics(module, crops(photographs, arguments, 6400))
    folded = student.folded_tensors(module)
    stored = {name: values.astype("float16") for name, values in folded.items()}
    weights.write(arguments.output, stored, metadata_of(module, arguments, state["pictures"]))
    images = next(crops(photographs, arguments, 256))
    error, cosine, centred_cosine = verify(arguments.output, module, folded, images)
    print(f"folded against batch norm: at most {error:.2e} apart")
    print(f"float16 against float32: cosine at least {cosine:.6f}, {centred_cosine:.6f} with the mean taken off")
    if cosine < LEAST_COSINE or error > 1e-3:
        raise SystemExit("the file does not give what the network gives")


if __name__ == "__main__":
    main()
