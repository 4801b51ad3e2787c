"""Muon for the 1x1 convolutions, Adam for everything else, and their schedule."""

import math

import torch


def orthogonalised(matrix, steps=4):
    """The nearest matrix with all singular values about 1, by a quintic Newton-Schulz iteration.

    Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks"; the coefficients are theirs.
    """
    a, b, c = 3.4445, -4.7750, 2.0315
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if tall else matrix
    x = x / (x.norm() + 1e-7)
    for _ in range(steps):
        gram = x @ x.T
        x = torch.addmm(x, torch.addmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x.T if tall else x


class Muon:
    """Updates weights [out, in, 1, 1] that batch norm makes scale-free.

    Every weight keeps the norm sqrt(out), and an update has that norm times the learning rate: the rate is
    the relative change per step.
    """

    def __init__(self, weights, momentum=0.95):
        self.weights, self.momentum = weights, momentum
        self.averages = [torch.zeros_like(weight) for weight in weights]
        self.normalise()

    @torch.no_grad()
    def normalise(self):
        for weight in self.weights:
            weight.mul_(math.sqrt(weight.shape[0]) / weight.norm())

    @torch.no_grad()
    def step(self, rate):
        for weight, average in zip(self.weights, self.averages):
            average.lerp_(weight.grad, 1 - self.momentum)
            looked_ahead = weight.grad.lerp(average, self.momentum)
            update = orthogonalised(looked_ahead[:, :, 0, 0])
            scale = math.sqrt(max(1, update.shape[0] / update.shape[1]))
            weight[:, :, 0, 0].sub_(update, alpha=rate * scale)
        self.normalise()

    def state_dict(self):
        return self.averages

    def load_state_dict(self, averages):
        for mine, loaded in zip(self.averages, averages):
            mine.copy_(loaded)


class Optimiser:
    """Both optimisers over a student and its projections."""

    MUON_RATE, ADAM_RATE = 0.02, 2e-3

    def __init__(self, student, projections):
        pointwise = [p for p in student.parameters() if p.dim() == 4 and p.shape[2] == 1]
        chosen = {id(p) for p in pointwise}
        others = [p for p in student.parameters() if id(p) not in chosen] + list(projections.parameters())
        self.muon = Muon(pointwise)
        self.adam = torch.optim.AdamW(others, lr=self.ADAM_RATE, betas=(0.9, 0.98), weight_decay=0.0)

    def step(self, factor):
        self.muon.step(self.MUON_RATE * factor)
        for group in self.adam.param_groups:
            group["lr"] = self.ADAM_RATE * factor
        self.adam.step()

    def state_dict(self):
        return {"muon": self.muon.state_dict(), "adam": self.adam.state_dict()}

    def load_state_dict(self, state):
        self.muon.load_state_dict(state["muon"])
        self.adam.load_state_dict(state["adam"])


def rate_factor(done, warm_up=0.015):
    """From 0 up to 1 while warming up, then down a half cosine; done is the part of the budget used, 0..1."""
    if done < warm_up:
        return max(done / warm_up, 0.02)
    return 0.5 * (1 + math.cos(math.pi * min(1, (done - warm_up) / (1 - warm_up))))


def size_px(done, final_px):
    """Small pictures first, since they cost less: two thirds of the size, then five sixths, then all of it."""
    if done < 0.65:
        return final_px * 2 // 3
    return final_px * 5 // 6 if done < 0.88 else final_px
