"""The methods of the comparison and what is tuned of each: a box of parameters, walked by an equal number of points.

A point is a vector in the unit cube; each `Axis` turns one coordinate into one key of the `algorithm` section. All have
the step size and its decay among their axes. `start` is where the first point stands: a constant step of 1/L and the
method's defaults, or what is usual where they are no choice for every size of problem (j, the sign methods' step).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import qmc

__all__ = ["METHODS", "STOCHASTIC", "Axis", "Method", "first_points", "near_point"]


@dataclass(frozen=True)
class Axis:
    """One tuned key: logarithmic in [low, high], written by `form`; `whole` rounds; with `choices` one of these instead."""

    key: str
    low: float = 0.0
    high: float = 1.0
    start: Any = None
    form: str | None = None
    whole: bool = False
    choices: tuple = ()

    def value(self, place: float) -> Any:
        """The key's value at `place` in [0, 1)."""
        if self.choices:
            return self.choices[min(int(place * len(self.choices)), len(self.choices) - 1)]
        number = self.low * (self.high / self.low) ** place
        number = round(number) if self.whole else float(f"{number:.3g}")
        return number if self.form is None else self.form.format(number)

    @property
    def first(self) -> float:
        """The place of `start`."""
        if self.choices:
            return (self.choices.index(self.start) + 0.5) / len(self.choices)
        return math.log(self.start / self.low) / math.log(self.high / self.low)


@dataclass(frozen=True)
class Method:
    """A row of the tables: `title`, the `algorithm` section that is fixed, and the axes that are tuned."""

    title: str
    fixed: dict[str, Any]
    axes: tuple[Axis, ...]

    def section(self, point: np.ndarray) -> dict[str, Any]:
        """The `algorithm` section at a point of the unit cube."""
        tree: dict[str, Any] = {key: dict(item) if isinstance(item, dict) else item for key, item in self.fixed.items()}
        for axis, place in zip(self.axes, point):
            branch, (*path, leaf) = tree, axis.key.split(".")
            for name in path:
                branch = branch.setdefault(name, {})
            branch[leaf] = axis.value(place)
        if tree["decay"]["type"] == "constant":
            del tree["decay"]
        return tree


def first_points(method: Method, count: int, seed: int) -> np.ndarray:
    """The start and count - 1 points of a scrambled Sobol sequence, (count, number of axes)."""
    sobol = qmc.Sobol(len(method.axes), seed=np.random.default_rng(seed))
    spread = sobol.random_base2(max(1, math.ceil(math.log2(max(count, 2)))))
    return np.vstack([[axis.first for axis in method.axes], spread])[:count]


def near_point(best: np.ndarray, width: float, random: np.random.Generator) -> np.ndarray:
    """`best` with about half of its coordinates, one at least, moved by a normal number times `width`, folded into [0, 1)."""
    move = random.random(len(best)) < 0.5
    move[random.integers(len(best))] = True
    moved = np.abs(best + width * random.standard_normal(len(best)) * move)  # folded at 0
    return np.clip(np.where(moved > 1, 2 - moved, moved), 0.0, 1.0 - 1e-9)


def _step(low: float = 0.05, high: float = 1.98, start: float = 1.0, form: str | None = "{}/L") -> tuple[Axis, ...]:
    """Step size and decay; three fifths of the cube are a constant step."""
    decays = ("constant", "constant", "constant", "inverse", "inverse_root")
    return (Axis("step_size", low, high, start, form), Axis("decay.type", start="constant", choices=decays),
            Axis("decay.after", 10, 3000, 100, whole=True))


def _curvature(low: float, high: float, start: float, key: str = "xi") -> Axis:
    return Axis(key, low, high, start, "{} L")


_BETA = Axis("beta", 0.005, 1.0, 0.1)
_J = Axis("j", 0.5, 50.0, 5.0, "{} %")
_LEVELS = Axis("levels", start=7, choices=(1, 3, 7, 15, 31, 127, 511))
_BATCH = Axis("batch", start=32, choices=(8, 32, 128))
_LOCAL = Axis("local_steps", 1, 32, 5, whole=True)


def _method(title: str, name: str, *axes: Axis, step: tuple[Axis, ...] | None = None, **fixed: Any) -> Method:
    return Method(title, {"type": name, **fixed}, (*(step or _step()), *axes))


METHODS = {
    "gd": _method("GD", "gd"),
    "gd_sec": _method("GD-SEC", "gd_sec", _curvature(0.1, 200, 5), _BETA),
    "gd_soec": _method("GD-SOEC", "gd_soec", _curvature(0.05, 50, 1), Axis("beta", 0.05, 1.0, 1.0)),
    "no_state": _method("no state", "no_state", _curvature(0.1, 200, 5)),
    "cgd": _method("CGD", "cgd", _curvature(0.05, 50, 1)),
    "chb": _method("CHB", "chb", Axis("epsilon", 1e-3, 10, 0.1), Axis("momentum", 0.05, 0.95, 0.4)),
    "lag_wk": _method("LAG-WK", "lag_wk", Axis("xi", 0.01, 100, 1.0)),
    "lag_ps": _method("LAG-PS", "lag_ps", Axis("xi", 0.1, 1000, 10.0)),
    "laq": _method("LAQ", "laq", Axis("bits", start=4, choices=(2, 3, 4, 6, 8, 12)), Axis("xi", 0.01, 10, 0.8)),
    "cyc_iag": _method("Cyc-IAG", "cyc_iag", step=_step(0.05, 20, 1.0)),
    "nounif_iag": _method("NoUnif-IAG", "nounif_iag", step=_step(0.05, 20, 1.0)),
    "qgd": _method("QGD", "qgd", _LEVELS),
    "top_j": _method("top-j, memory", "top_j", _J),
    "rand_j": _method("rand-j, memory", "rand_j", _J),
    "diana": _method("DIANA, QSGD", "diana", Axis("compressor.levels", start=7, choices=(1, 3, 7, 15, 31, 127)),
                     compressor={"type": "qsgd"}),
    "diana_rand": _method("DIANA, rand-j", "diana", Axis("compressor.j", 0.5, 50, 5, "{} %"), compressor={"type": "rand_j"}),
    "ef21": _method("EF21, top-j", "ef21", Axis("compressor.j", 0.5, 50, 5, "{} %"), compressor={"type": "top_j"}),
    "ef_signsgd": _method("EF-signSGD", "ef_signsgd", step=_step(0.002, 1.98)),
    "signsgd": _method("signSGD, vote", "signsgd", step=_step(1e-5, 1.0, 1e-3, None)),
    "fedavg": _method("FedAvg", "fedavg", _LOCAL),
    "fedprox": _method("FedProx", "fedprox", _LOCAL, Axis("mu", 1e-4, 1.0, 0.1)),
    "qsgd": _method("QSGD", "qsgd", _LEVELS, _BATCH),
    "sgd_sec": _method("SGD-SEC", "sgd_sec", _curvature(0.1, 200, 5), _BETA, _BATCH),
    "qsgd_sec": _method("QSGD-SEC", "qsgd_sec", _curvature(0.1, 200, 5), _BETA, _BATCH,
                        Axis("levels", start=127, choices=(7, 31, 127))),
}
STOCHASTIC = ("qsgd", "sgd_sec", "qsgd_sec")  # minibatches: only where the target is an accuracy, see README.md
