"""Uplink power: the open loop of TS 38.213, clause 7.1.1, and the SINR of a user's own resource blocks."""

from __future__ import annotations

import numpy as np

from ...errors import InputError, Problem

__all__ = ["uplink_power", "block_sinr", "PATH_LOSS_FACTORS"]

PATH_LOSS_FACTORS = (0.0, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)  # alpha: TS 38.331, type Alpha


def uplink_power(blocks, mu: int, path_loss_db, max_power_dbm, p0_dbm: float, alpha: float):
    """PUSCH transmit power in dBm, the whole of `blocks` M_RB resource blocks; arrays broadcast.

        P = min(P_CMAX, P0 + 10 log10(2^mu M_RB) + alpha PL)                                      [TS 38.213, 7.1.1]

    `mu` the numerology, `path_loss_db` PL (what the user measures, antennas included), `max_power_dbm` P_CMAX, `p0_dbm` P0 a
    block of 180 kHz (nominal plus own part: TS 38.331 allows -202 to 24 dBm and -16 to 15 dB), `alpha` one of
    `PATH_LOSS_FACTORS`. The slot loop computes the same relative to full power (`gain_db`); `verify-models` and tests hold the
    two together. InputError for values that the standard lacks. Left out: Delta_TF of the format and f of the closed loop, a
    least power, sharing among carriers, the reduction (MPR) of P_CMAX at wide or high-order allocations.
    """
    if alpha not in PATH_LOSS_FACTORS:
        known = ", ".join(f"{factor:g}" for factor in PATH_LOSS_FACTORS)
        raise InputError(Problem(("alpha",), f"must be one of {known}, got {alpha!r}"))
    if not -202 - 16 <= p0_dbm <= 24 + 15:
        raise InputError(Problem(("p0",), f"must be from -218 to 39 dBm (nominal plus own part), got {p0_dbm:g} dBm"))
    blocks = np.asarray(blocks)
    if (blocks < 1).any():
        raise InputError(Problem(("blocks",), f"must be >= 1, got {blocks.min()}"))
    return np.minimum(max_power_dbm, p0_dbm + 10 * np.log10(2.0**mu * blocks) + alpha * np.asarray(path_loss_db, dtype=float))


def block_sinr(power_dbm, gain, blocks, block_bandwidth, noise_density, interference_density=0.0):
    """Linear SINR on each of the user's own blocks: its power spread evenly over them, noise counted over them alone.

        sinr = (P / M_RB) gain / ((N + I) B_RB)

    `power_dbm` of the whole allocation; `gain` linear, with antennas and fading; `block_bandwidth` B_RB, 180 kHz 2^mu, in Hz;
    `noise_density`, `interference_density` W/Hz with the receiver's noise figure. Arrays broadcast.
    """
    power = 1e-3 * 10 ** (np.asarray(power_dbm, dtype=float) / 10)
    return power * gain / (np.asarray(blocks) * block_bandwidth * (noise_density + interference_density))
