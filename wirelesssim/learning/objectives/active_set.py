"""The minimum of a lasso problem: accelerated proximal gradient steps find its support, a direct solve finishes on it.

The l1 of the problem is approached from l1_max, where the minimum is 0, in steps of 0.7, so that the support grows from few
coordinates and is never much larger than it should be. On a support A with signs sigma the minimum solves

    (X_A^T X_A/n + l2 I) theta_A = X_A^T y/n - l1 sigma.

From a model with that support, Newton's direction is followed to its end, or to the crossing of zero where f is least, whose
coordinate leaves the support. The proximal steps in between let coordinates in. Each turn at the problem's own l1 ends with the
duality gap of `LassoProblem.gap`, and nothing else is the proof: how the model was found does not matter to it.

Sources: Beck and Teboulle, "A fast iterative shrinkage-thresholding algorithm", SIAM J. Imaging Sci. 2, 2009; O'Donoghue and
Candes, "Adaptive restart for accelerated gradient schemes", Found. Comput. Math. 15, 2015 (the gradient rule); Friedman, Hastie,
Tibshirani, J. Stat. Softw. 33, 2010 (the path of l1); Lee, Battle, Raina, Ng, "Efficient sparse coding algorithms", NeurIPS 2006
(the search along the direction).
"""

from __future__ import annotations

import numpy as np
from scipy import linalg, sparse

from .newton import TOLERANCE
from .problem import Optimum
from .spectrum import EXACT

__all__ = ["minimise"]

_PATH = 0.7  # the ratio of one l1 of the path to the one before
_TURNS, _STEPS, _PASSES = 100, 50, 50  # turns at the last l1, proximal steps and direct solves in each
_DAMPING = 1e-9  # epsilon of the largest diagonal entry: a factorisation of a thousand rows is stable from 1e-13 on
_AIM = 1e-15  # of f(0): the gap that ends the search


def minimise(problem) -> Optimum | None:
    """The minimum of a `LassoProblem`; None if the gap stays above `TOLERANCE` times max(1, f(0))."""
    theta = problem.start()
    height = problem.value(theta)
    best, proof, stalled = theta, problem.gap(theta), 0
    if proof > _AIM * height:
        theta = _follow(problem, theta)
    for _ in range(_TURNS):
        if not proof > _AIM * height or proof <= TOLERANCE * height and stalled > 2:
            break
        theta = _turn(problem, theta, problem.l1)
        gap = problem.gap(theta)
        stalled = 0 if gap < 0.5 * proof else stalled + 1
        if gap < proof:
            best, proof = theta, gap
    if not proof <= TOLERANCE * max(1.0, height):
        return None
    return Optimum(problem.value(best), best, proof, "active set")


def _follow(problem, theta: np.ndarray) -> np.ndarray:
    """A model near the minimum, by way of the minima for larger l1."""
    l1 = _PATH * problem.l1_max
    while l1 > problem.l1 > 0:
        theta, l1 = _turn(problem, theta, l1), _PATH * l1
    return theta


def _turn(problem, theta: np.ndarray, l1: float) -> np.ndarray:
    return _settle(problem, _accelerate(problem, theta, l1), l1)


def _accelerate(problem, theta: np.ndarray, l1: float) -> np.ndarray:
    """`_STEPS` steps of size 1/L with momentum, which restarts where it points uphill."""
    step, point, weight = 1.0 / problem.smoothness, theta, 1.0
    for _ in range(_STEPS):
        ahead = point - step * problem.gradient(point)
        there = ahead - np.clip(ahead, -step * l1, step * l1)
        if (point - there) @ (there - theta) > 0:
            weight = 1.0
        heavier = (1.0 + np.sqrt(1.0 + 4.0 * weight**2)) / 2.0
        point = there + (weight - 1.0) / heavier * (there - theta)
        theta, weight = there, heavier
    return theta


def _settle(problem, theta: np.ndarray, l1: float) -> np.ndarray:
    """The minimum over the support of `theta`, or over what is left of it; `theta` itself where the support is too large."""
    for _ in range(_PASSES):
        active = np.flatnonzero(theta)
        if not 0 < len(active) <= EXACT:
            return theta
        hessian = _hessian(problem, active)
        slope = problem.gradient(theta)[active] + l1 * np.sign(theta[active])
        direction = _newton(hessian, slope)
        length, left = _furthest(theta[active], direction, slope @ direction, direction @ hessian @ direction, l1)
        theta = theta.copy()
        theta[active] += length * direction
        if left is not None:
            theta[active[left]] = 0.0
        elif np.abs(slope).max() <= 1e-6 * l1:
            break
    return theta


def _hessian(problem, active: np.ndarray) -> np.ndarray:
    """X_A^T X_A/n + l2 I, (a, a)."""
    columns = problem.design.features[:, active]
    gram = columns.T @ columns
    return (gram.toarray() if sparse.issparse(gram) else gram) / problem.design.samples + problem.l2 * np.eye(len(active))


def _newton(hessian: np.ndarray, slope: np.ndarray) -> np.ndarray:
    """-(H + epsilon I)^-1 slope, (a,): along a direction in which H is singular it is long, and a coordinate leaves there."""
    damped = hessian + _DAMPING * hessian.diagonal().max() * np.eye(len(slope))
    return linalg.cho_solve(linalg.cho_factor(damped, overwrite_a=True), -slope)


def _furthest(theta, direction, slope, bend, l1) -> tuple[float, int | None]:
    """How far to go along `direction` (a,), and the place that is zero there: f's least value among the end, at 1, and crossings.

    f changes by slope t + bend t^2/2 while no sign does; beyond the crossing t_j it also turns by 2 l1 |direction_j| (t - t_j).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = np.where(direction == 0, np.inf, -theta / direction)
    places = np.flatnonzero((crossing > 0) & (crossing <= 1))
    places = places[np.argsort(crossing[places], kind="stable")]
    turns = 2 * l1 * np.abs(direction[places])
    ends = np.append(crossing[places], 1.0)
    before = np.cumsum(np.append(0.0, turns)), np.cumsum(np.append(0.0, turns * crossing[places]))
    change = slope * ends + bend * ends**2 / 2 + before[0] * ends - before[1]
    best = int(np.argmin(change))
    return float(ends[best]), None if best == len(places) else int(places[best])
