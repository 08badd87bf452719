"""How far the model moved in the last rounds: what lazy methods compare a gradient's news with."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ..algorithm import Context
from .kernels import squared_distance

__all__ = ["against_smoothness", "lazy_hint", "lazy_limit", "per_step", "scaled", "square", "squared_move"]


def square(vector: np.ndarray) -> float:
    """||v||^2 of a (d,) array."""
    return float(vector @ vector)


def squared_move(theta: np.ndarray, previous: np.ndarray, context: Context) -> float:
    """||theta^k - theta^{k-1}||^2 of two (d,) models, computed once a round for all workers that hold the same two."""
    return context.once("squared move", (theta, previous), lambda: squared_distance(theta, previous))


def scaled(factor: float, squared: float) -> float:
    """factor^2 times a squared length: infinite beyond binary64, and 0 where nothing moved, whatever the factor."""
    return factor * squared * factor if squared else 0.0


def per_step(squared: float, context: Context) -> float:
    """(s/(alpha M))^2 times a squared move, in the units of a squared gradient; s is `context.xi_scale`, a factor on the norm.

    Where alpha has decayed below binary64, what moved before outweighs every gradient: infinite. A move below some 1e-162
    is none, since its square is not held.
    """
    whole = context.alpha * context.workers
    return scaled(context.xi_scale / whole if whole else math.inf, squared)


def against_smoothness(context: Context) -> str:
    """`alpha*L = ..., ` with which a lazy method's hint begins; empty where L is not known."""
    return f"alpha*L = {context.alpha * context.smoothness:.4g}, " if context.smoothness else ""


def lazy_hint(xi: float, depth: int, context: Context) -> str:
    """What most likely made one of the two LAG methods diverge."""
    return (f"{against_smoothness(context)}xi = {xi:.4g} over {depth} moves; try a smaller step_size if alpha*L > 1, else a "
            "smaller xi")


def lazy_limit(xi: float, depth: int, moves: Sequence[float], context: Context) -> float:
    """(s/(alpha M))^2 SUM_{j=1..D} (xi/D) ||theta^{k+1-j} - theta^{k-j}||^2: LAG's limit on what may be left unsaid.

    `moves` are the squared moves, newest first, as many as there were, the others being 0; D = `depth`; alpha is this round's;
    s and the limits of binary64 as in `per_step`.
    """
    return per_step(xi / depth * sum(moves[:depth]), context)
