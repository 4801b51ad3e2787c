"""Tells with NumPy alone whether a picture shows any of the classes, as the page does: by what travels in the
head's file (the lines about `nearness` in core/include/headstart/known.h say what is computed)."""

import json
import numpy as np

from head import transformed

RIDGE = 10
MARGIN_SHARE = 0.1
KEPT = 0.95  # of the person's own new pictures


class Judge:
    def __init__(self, path):
        with open(path, "rb") as file:
            header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
            data = file.read()
        kinds = {"F32": "<f4", "F16": "<f2"}

        def tensor(name):
            entry = header["known." + name]
            values = np.frombuffer(data[slice(*entry["data_offsets"])], kinds[entry["dtype"]])
            return values.reshape(entry["shape"]).astype(np.float64)

        metadata = header["__metadata__"]
        self.maps = json.loads(metadata.get("known_features", "[]"))  # none: what the head reads
        self.map_sizes = json.loads(metadata["known_map_sizes"])
        self.means, self.scales, self.basis = tensor("means"), tensor("scales"), tensor("basis")
        places, rests = tensor("coordinates"), tensor("rests")
        classes, self.folds = tensor("groups").astype(int).T
        self.judges = [
            Scatter(places[others], rests[others], classes[others], len(self.means))
            for others in (self.folds != fold for fold in range(self.folds.max() + 1))
        ]
        own = [self.judges[fold].nearness(place, rest) for fold, place, rest in zip(self.folds, places, rests)]
        self.own = np.array(own)
        self.width = max(1e-6, (np.quantile(own, 0.5) - np.quantile(own, 1 - KEPT)) / 3)

    def known(self, features):
        """0 to 1, below 0.5: none of these. `features`: of the maps, one after the other."""
        row = (transformed(features, "length", self.map_sizes) - self.means) * self.scales
        place = self.basis @ row
        rest = row @ row - place @ place
        rest = rest if rest > 1e-3 * (row @ row) else 0
        scores = np.array([judge.nearness(place, rest) for judge in self.judges])
        leads = np.sort(scores[self.folds] - self.own)[::-1]
        lead = leads[max(1, int((1 - KEPT) * (len(leads) + 1))) - 1]
        return 1 / (1 + np.exp(min(-lead / self.width, 700)))


class Scatter:
    """Classes as clouds around their means."""

    def __init__(self, places, rests, classes, feature_count):
        self.means = np.array([places[classes == c].mean(0) for c in range(classes.max() + 1)])
        self.mean = places.mean(0)
        total = np.cov(places.T, bias=True)
        within = np.cov((places - self.means[classes]).T, bias=True)
        spread = [(np.trace(scatter) + rests.mean()) / feature_count for scatter in (total, within)]
        identity = np.eye(len(self.mean))
        self.total = np.linalg.inv(total + RIDGE * spread[0] * identity)
        self.within = np.linalg.inv(within + RIDGE * spread[1] * identity)
        self.outside = (1 / spread[0] - 1 / spread[1]) / RIDGE

    def nearness(self, place, rest):
        apart = place - self.means
        nearest, second = np.sort(np.einsum("ci,ij,cj->c", apart, self.within, apart))[:2]
        from_all = (place - self.mean) @ self.total @ (place - self.mean) + rest * self.outside
        return from_all - nearest + MARGIN_SHARE * (second - nearest)
