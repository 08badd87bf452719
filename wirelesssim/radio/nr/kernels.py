"""Compiled look-ups in `NrTables`, for a slot loop. Same law as `bler`, read linearly between the columns."""

from __future__ import annotations

import math

from ...compiled import compiled

__all__ = ["code_error", "transport_error", "best_scheme"]


@compiled
def code_error(first_sinr, step, quantile, scheme, blocks, sinr_db):
    """Error rate of one code block of row `scheme` on `blocks` resource blocks at `sinr_db`; 1 below the first column.

    `first_sinr` and `step` (n, b + 1; dB) and `quantile` (n, b + 1, p) are those of `NrTables`; beyond the last column the last
    value holds. 1 where first_sinr is infinite.
    """
    place = (sinr_db - first_sinr[scheme, blocks]) / step[scheme, blocks]
    if not place >= 0.0:
        return 1.0
    last = quantile.shape[2] - 1
    if place >= last:
        z = quantile[scheme, blocks, last]
    else:
        left = int(place)
        part = place - left
        z = (1.0 - part) * quantile[scheme, blocks, left] + part * quantile[scheme, blocks, left + 1]
    return 0.5 * math.erfc(z / math.sqrt(2.0))


@compiled
def transport_error(first_sinr, step, quantile, code_blocks, scheme, blocks, sinr_db):
    """Error rate of the transport block, 1 - (1 - BLER)^C, of row `scheme` on `blocks` resource blocks at `sinr_db` (dB)."""
    failed = code_error(first_sinr, step, quantile, scheme, blocks, sinr_db)
    if failed >= 1.0:
        return 1.0
    return -math.expm1(code_blocks[scheme, blocks] * math.log1p(-failed))


@compiled
def best_scheme(offered, blocks, sinr_db):
    """Of the rows whose 10 % threshold on `blocks` resource blocks is not above `sinr_db`, that of the most bits; -1 if none.

    `offered` (n, b + 1; dB) is that of `NrTables`: of the rows in it the highest whose threshold is met carries the most.
    """
    for scheme in range(offered.shape[0] - 1, -1, -1):
        if offered[scheme, blocks] <= sinr_db:
            return scheme
    return -1
