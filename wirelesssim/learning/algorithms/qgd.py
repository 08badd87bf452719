"""QGD: gradient descent with stochastically quantised gradients."""

from __future__ import annotations

from ...model import model
from ..algorithm import Algorithm
from .quantise import Levels
from .quantised_gradients import QuantisedMethod

__all__ = ["QuantisedGradientDescent"]


@model
class QuantisedGradientDescent(QuantisedMethod, Algorithm, name="qgd"):
    """QGD: theta <- theta - alpha SUM_m Q(grad f_m(theta)), Q the stochastic quantiser of QSGD with s = `levels`.

    Q(v)_i = ||v|| sign(v_i) l_i/s with l_i a whole number in 0..s, rounded at random so that E Q(v) = v. A worker sends
    ||v|| and d levels: 32 + d (1 + ceil log2(s + 1)) bits a message; a packet repeats the norm. The codec's `value_bits` is
    not used. E ||Q(v) - v||^2 <= min(d/s^2, sqrt(d)/s) ||v||^2: with unlike workers the noise does not vanish at theta*, so
    that a constant step ends at a plateau. The server has no memory: what does not arrive is as `server.missing` says,
    coordinate by coordinate (see `gd`).

    Default s = 7: 4 bits a coordinate, a width of the source's own experiments. One norm for the whole vector: its buckets,
    and Elias-coded levels, are left out.

    Source: Alistarh, Grubic, Li, Tomioka, Vojnovic, "QSGD: communication-efficient SGD via gradient quantization and
    encoding", NeurIPS 2017.
    """

    levels: Levels = 7
