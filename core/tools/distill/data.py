"""The photographs, decoded once into memory, and the fixed crops that teacher and student both see."""

import io
import os
import zipfile

import numpy
from PIL import Image

# Sources of class A (an open licence is stated) and B (known dataset terms). Class C is never trained on.
TRAINING_SOURCES = [
    "caltech101", "trashnet", "fod_a", "raccoon", "openimages_packt", "jetson_misc",
    "miniimagenet84", "tinyimagenet64", "voc", "imagenette224", "catsdogs", "imagenet1000",
    "dtd10", "imagenetmini_full", "bsds500", "stanford_cars", "camvid", "coco_a", "coco_b",
]  # fmt: skip
LABELLED_SOURCES = ["miniimagenet84", "tinyimagenet64"]
# Of each labelled source every sixth or tenth class is kept out of training, to measure on.
HELD_OUT_EVERY = {"miniimagenet84": 6, "tinyimagenet64": 10}
EVALUATION_SOURCES = ["intel_scenes100", "houses", "pacs_photo", "kangaroo", "excavator"]

SMALLEST_CROP_AREA = 0.3
LARGEST_CROP_ASPECT = 4 / 3


REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
SHARED = os.path.join(os.path.dirname(REPOSITORY), "shared")
DEFAULT_CACHE = os.path.join(os.path.expanduser("~"), ".cache", "headstart-distill")


def add_arguments(parser):
    """The options that every program of this folder has in common."""
    parser.add_argument("--photographs", default=os.path.join(SHARED, "distill"), help="folder of the zips")
    teacher = os.path.join(SHARED, "backbones", "mobilenet_v2_1.0_224.f32.safetensors")
    parser.add_argument("--teacher", default=teacher, help="backbone file of the teacher")
    parser.add_argument("--teacher-px", type=int, default=160, help="size at which the teacher sees a crop")
    parser.add_argument("--cache", default=DEFAULT_CACHE, help="folder of the teacher's answers and checkpoints")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--width", type=float, default=0.35, help="width multiplier of the student")
    parser.add_argument("--size", type=int, default=96, help="input size of the student in px")


class Photograph:
    """One decoded picture: RGB bytes [height, width, 3], its source and its class name or None."""

    __slots__ = ("pixels", "source", "label")

    def __init__(self, pixels, source, label):
        self.pixels, self.source, self.label = pixels, source, label


def read_source(folder, source):
    """Decodes every picture of one zip, in the order of their names."""
    photographs = []
    with zipfile.ZipFile(os.path.join(folder, source + ".zip")) as archive:
        for name in sorted(archive.namelist()):
            if not name.endswith(".jpg"):
                continue
            picture = Image.open(io.BytesIO(archive.read(name))).convert("RGB")
            label = name.split("/")[-2] if source in LABELLED_SOURCES else None
            photographs.append(Photograph(numpy.asarray(picture), source, label))
    return photographs


def held_out_labels(photographs, source):
    """The classes of one labelled source that training must not see."""
    labels = sorted({photograph.label for photograph in photographs if photograph.source == source})
    return set(labels[:: HELD_OUT_EVERY[source]][:16])


def split_held_out(photographs):
    """Separates (training, held out) pictures of labelled sources by class."""
    held = set()
    for source in LABELLED_SOURCES:
        held |= held_out_labels(photographs, source)
    training = [photograph for photograph in photographs if photograph.label not in held]
    return training, [photograph for photograph in photographs if photograph.label in held]


def read_training(folder):
    """Every picture to train on, the same order each time."""
    photographs = []
    for source in TRAINING_SOURCES:
        photographs += read_source(folder, source)
    return split_held_out(photographs)[0]


def label_indices(photographs):
    """Returns (class index per picture, -1 where unlabelled; the count of classes)."""
    labels = sorted({photograph.label for photograph in photographs if photograph.label})
    index = {label: position for position, label in enumerate(labels)}
    return numpy.array([index.get(photograph.label, -1) for photograph in photographs]), len(labels)


def crop_boxes(sizes, crop_index, seed):
    """Random-resized crops [picture_count, 4] as (left, top, right, bottom) and flips [picture_count].

    The same (seed, crop_index) always gives the same crops, so a teacher's answers can be computed ahead
    ("Knowledge distillation: a good teacher is patient and consistent", Beyer et al. 2022). Crop 0 of a
    picture covers most of it; later ones reach down to SMALLEST_CROP_AREA.
    """
    random = numpy.random.default_rng([seed, crop_index])
    count = len(sizes)
    smallest = 0.6 if crop_index == 0 else SMALLEST_CROP_AREA
    widths, heights = numpy.array(sizes, float).T
    area = random.uniform(smallest, 1, count)
    bound = numpy.log(LARGEST_CROP_ASPECT)
    aspect = numpy.exp(random.uniform(-bound, bound, count))
    # Relative to the largest square of the picture, and never larger than the picture.
    side = numpy.minimum(widths, heights)
    crop_widths = numpy.minimum(side * numpy.sqrt(area * aspect), widths)
    crop_heights = numpy.minimum(side * numpy.sqrt(area / aspect), heights)
    left = random.uniform(0, 1, count) * (widths - crop_widths)
    top = random.uniform(0, 1, count) * (heights - crop_heights)
    flips = random.random(count) < 0.5
    return numpy.stack([left, top, left + crop_widths, top + crop_heights], 1), flips


def centre_box(pixels):
    """The largest centred square, which is what a page cuts from a camera frame."""
    height, width = pixels.shape[:2]
    side = min(height, width)
    left, top = (width - side) / 2, (height - side) / 2
    return (left, top, left + side, top + side)


def resize(pixels, box, size_px, flip=False):
    """Cuts a box (fractions of pixels allowed) out of RGB bytes and resizes it to [size_px, size_px, 3]."""
    picture = Image.fromarray(pixels).resize((size_px, size_px), Image.BILINEAR, box=tuple(box))
    resized = numpy.asarray(picture)
    return resized[:, ::-1] if flip else resized
