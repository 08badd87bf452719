"""From outdoors to indoors: the loss of a wall and of what lies behind it (TR 38.901, 7.4.3.1).

        PL = PL_b + PL_tw + 0.5 d_2D-in + N(0, sigma_P^2)  [dB],        PL_tw = 5 - 10 log10 SUM_i p_i 10^(-L_i / 10)

p_i: share of a facade that is of material i, L_i its loss; 5 dB for waves that do not come at a right angle.
Left out: the single-frequency model for backward compatibility, and cars (7.4.3.2).
"""

from __future__ import annotations

import numpy as np

from ..rng import Streams
from ..units import from_db, to_db

__all__ = ["wall_loss", "indoor_depth", "indoor_draws", "INSIDE_LOSS", "WALL_DEVIATION"]

INSIDE_LOSS = 0.5  # dB per metre of d_2D-in, table 7.4.3-2
WALL_DEVIATION = {"low": 4.4, "high": 6.5}  # sigma_P in dB, table 7.4.3-2
# table 7.4.3-1: loss in dB, a + b f with f in GHz
_MATERIALS = {"glass": (2.0, 0.2), "infrared reflecting glass": (23.0, 0.3), "concrete": (5.0, 4.0)}
_FACADES = {"low": {"glass": 0.3, "concrete": 0.7},  # table 7.4.3-2
            "high": {"infrared reflecting glass": 0.7, "concrete": 0.3}}


def wall_loss(building: str, frequency: float) -> float:
    """PL_tw in dB of a `low` or `high` loss building at `frequency` (Hz)."""
    gain = 0.0
    for material, share in _FACADES[building].items():
        constant, slope = _MATERIALS[material]
        gain += share * from_db(-(constant + slope * frequency / 1e9))
    return 5.0 - float(to_db(gain))


def indoor_depth(uniforms, deepest: float):
    """d_2D-in (m): the lesser of two uniform draws on [0, `deepest`]; `uniforms` (..., 2) in [0, 1). Its mean is deepest/3."""
    return deepest * np.min(uniforms, axis=-1)


def indoor_draws(streams: Streams, worker: int) -> tuple[np.ndarray, float]:
    """What is drawn of one worker's building: two uniforms, (2,), and a standard normal deviate. It never changes."""
    draw = streams("penetration", worker)
    return draw.random(2), float(draw.standard_normal())
