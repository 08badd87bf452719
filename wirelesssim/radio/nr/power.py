"""Uplink power: the open loop of TS 38.213, clause 7.1.1, and the SINR of a user's own resource blocks."""

from __future__ import annotations

import numpy as np

from ...errors import InputError, Problem

__all__ = ["uplink_power", "power_headroom", "block_sinr", "format_offset", "PATH_LOSS_FACTORS"]

PATH_LOSS_FACTORS = (0.0, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)  # alpha: TS 38.331, type Alpha


def wanted_power(blocks, mu: int, path_loss_db, p0_dbm: float, alpha: float, offset_db=0.0):
    """The power in dBm that the open loop asks for, before the device's limit:

        P0 + 10 log10(2^mu M_RB) + alpha PL + Delta_TF + f
    """
    if alpha not in PATH_LOSS_FACTORS:
        known = ", ".join(f"{factor:g}" for factor in PATH_LOSS_FACTORS)
        raise InputError(Problem(("alpha",), f"must be one of {known}, got {alpha!r}"))
    if not -202 - 16 <= p0_dbm <= 24 + 15:
        raise InputError(Problem(("p0",), f"must be from -218 to 39 dBm (nominal plus own part), got {p0_dbm:g} dBm"))
    blocks = np.asarray(blocks)
    if (blocks < 1).any():
        raise InputError(Problem(("blocks",), f"must be >= 1, got {blocks.min()}"))
    return p0_dbm + 10 * np.log10(2.0**mu * blocks) + alpha * np.asarray(path_loss_db, dtype=float) + offset_db


def uplink_power(blocks, mu: int, path_loss_db, max_power_dbm, p0_dbm: float, alpha: float, offset_db=0.0):
    """PUSCH transmit power in dBm, the whole of `blocks` M_RB resource blocks; arrays broadcast.

        P = min(P_CMAX, P0 + 10 log10(2^mu M_RB) + alpha PL + Delta_TF + f)                       [TS 38.213, 7.1.1]

    `mu` the numerology, `path_loss_db` PL (what the user measures, antennas included), `max_power_dbm` P_CMAX, `p0_dbm` P0 a
    block of 180 kHz (nominal plus own part: TS 38.331 allows -202 to 24 dBm and -16 to 15 dB), `alpha` one of
    `PATH_LOSS_FACTORS`, `offset_db` Delta_TF + f (`format_offset`, closed loop), dB. InputError for values that the standard
    lacks. Left out: a least power, sharing among carriers, the reduction (MPR) of P_CMAX at wide or high-order allocations.
    """
    return np.minimum(max_power_dbm, wanted_power(blocks, mu, path_loss_db, p0_dbm, alpha, offset_db))


def power_headroom(blocks, mu: int, path_loss_db, max_power_dbm, p0_dbm: float, alpha: float, offset_db=0.0):
    """P_CMAX less the power asked for, in dB: negative where the limit binds (type 1 report, TS 38.213, 7.7.1)."""
    return max_power_dbm - wanted_power(blocks, mu, path_loss_db, p0_dbm, alpha, offset_db)


def format_offset(bits_per_element, scale: float = 1.25):
    """Delta_TF in dB: 10 log10(2^(BPRE K_s) - 1), one layer, data alone (TS 38.213, 7.1.1).

    `bits_per_element` BPRE, > 0: bits of all code blocks over resource elements. `scale` K_s is 1.25 where deltaMCS is given;
    0 gives 0 dB.
    """
    bits = np.asarray(bits_per_element, dtype=float)
    return 10 * np.log10(np.exp2(scale * bits) - 1) if scale else np.zeros(bits.shape)


def block_sinr(power_dbm, gain, blocks, block_bandwidth, noise_density, interference_density=0.0):
    """Linear SINR on each of the user's own blocks: its power spread evenly over them, noise counted over them alone.

        sinr = (P / M_RB) gain / ((N + I) B_RB)

    `power_dbm` of the whole allocation; `gain` linear, with antennas and fading; `block_bandwidth` B_RB, 180 kHz 2^mu, in Hz;
    `noise_density`, `interference_density` W/Hz with the receiver's noise figure. Arrays broadcast.
    """
    power = 1e-3 * 10 ** (np.asarray(power_dbm, dtype=float) / 10)
    return power * gain / (np.asarray(blocks) * block_bandwidth * (noise_density + interference_density))
