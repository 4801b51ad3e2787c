"""What the student is asked to match: the teacher's embedding, the relations in a batch, two maps, classes."""

import numpy
import torch
import torch.nn.functional as functional

import teacher

TARGET_DIM = 384
WEIGHTS = {"embedding": 1.5, "relations": 10.0, "map_12": 0.4, "map_16": 0.5, "classes": 0.2}


class Targets:
    """Centres the teacher's answers and keeps the principal directions of the embedding.

    All embeddings of a ReLU6 network lie in one corner, so their raw cosine says little: the mean is taken
    off. The directions keep their variances: dividing them by a root of it (whitening) lowered the few-shot
    accuracy of the teacher's own embedding, and spends the student's strength on directions that matter less.
    """

    def __init__(self, mean, basis, map_means, map_scales):
        self.mean, self.basis, self.map_means, self.map_scales = mean, basis, map_means, map_scales

    @classmethod
    def fit(cls, answers, seed, sample_count=12000):
        """Fits to a sample of the answers to one crop, [photograph_count, RECORD_LENGTH]."""
        chosen = numpy.random.default_rng([seed, 77]).permutation(len(answers))[:sample_count]
        sums, squares, embeddings = {}, {}, []
        for part in numpy.array_split(numpy.sort(chosen), 24):
            embedding, maps = teacher.split_record(torch.from_numpy(answers[part].astype("float32")))
            embeddings.append(embedding)
            for block, values in maps.items():
                sums[block] = sums.get(block, 0) + values.mean((0, 2, 3)).double() / 24
                squares[block] = squares.get(block, 0) + values.square().mean((0, 2, 3)).double() / 24
        embeddings = torch.cat(embeddings).double()
        mean = embeddings.mean(0)
        vectors = torch.linalg.eigh((embeddings - mean).T @ (embeddings - mean)).eigenvectors
        basis = vectors[:, -TARGET_DIM:].float().contiguous()
        means = {block: values.float().reshape(1, -1, 1, 1) for block, values in sums.items()}
        scales = {
            block: (squares[block] - sums[block] ** 2).clamp_min(1e-6).rsqrt().float().reshape(1, -1, 1, 1)
            for block in sums
        }
        return cls(mean.float(), basis, means, scales)

    def state(self):
        return vars(self)

    def of(self, records):
        """Returns (unit targets [n, TARGET_DIM], {block: standardised maps})."""
        embedding, maps = teacher.split_record(records)
        target = functional.normalize((embedding - self.mean) @ self.basis)
        return target, {
            block: (values - self.map_means[block]) * self.map_scales[block] for block, values in maps.items()
        }


def linear(convolution, features):
    """Applies a 1x1 convolution to [n, c]."""
    return functional.linear(features, convolution.weight[:, :, 0, 0], convolution.bias)


def compute(student, projections, pixels, target, target_maps, labels):
    """Returns {name: loss}; the sum weighted with WEIGHTS is what training lowers."""
    embedding, maps = student(pixels, tuple(teacher.MAPS))
    losses = {}
    predicted = functional.normalize(linear(projections.embedding, embedding))
    losses["embedding"] = 1 - (predicted * target).sum(1).mean()

    # Relational distillation on the embedding itself (Park et al. 2019, "Relational Knowledge Distillation"):
    # the cosines between the pictures of a batch, both sides centred.
    centred = functional.normalize(embedding - embedding.mean(0))
    own = functional.normalize(target - target.mean(0))
    difference = centred @ centred.T - own @ own.T
    count = len(pixels)
    losses["relations"] = difference.square().sum() / (count * (count - 1))

    for block, values in maps.items():
        wanted = target_maps[block]
        if wanted.shape[2:] != values.shape[2:]:
            wanted = functional.adaptive_avg_pool2d(wanted, values.shape[2:])
        got = projections.maps[str(block)](values)
        # Divided by what is left of the variance after pooling, so that 1 means nothing learnt.
        losses[f"map_{block}"] = (got - wanted).square().mean() / wanted.square().mean()

    labelled = labels >= 0
    if labelled.any():
        scores = linear(projections.classes, embedding[labelled])
        each = functional.cross_entropy(scores, labels[labelled], reduction="sum", label_smoothing=0.1)
        losses["classes"] = each / count
    else:
        losses["classes"] = embedding.sum() * 0
    return losses


def weighted_sum(losses):
    return sum(WEIGHTS[name] * value for name, value in losses.items())
