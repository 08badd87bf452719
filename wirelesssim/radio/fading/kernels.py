"""Sums of sinusoids on a uniform grid of instants, and of delayed taps, compiled.

Each step in time turns every phasor instead of asking for a cosine. A product of matrices stands here as a loop since a
library's rounding may change with its number of threads, and a gain must be the same bits in every run.
"""

from __future__ import annotations

import numpy as np

from ...compiled import compiled

__all__ = ["phasor_sums", "responses"]


@compiled(nogil=True, fastmath={"reassoc", "contract", "nsz"})
def phasor_sums(angular, phase, start, step, count):
    """SUM_n exp(j (angular[p, n] t_k + phase[p, n])) at t_k = start + k step, k < count; (count, paths) complex.

    `angular` (paths, N) rad/s, `phase` (paths, N) rad, `start`, `step` s. The rotation's rounding grows as count * 1e-16.
    """
    paths, size = angular.shape
    sums = np.empty((count, paths), dtype=np.complex128)
    x, y, turn_x, turn_y = np.empty(size), np.empty(size), np.empty(size), np.empty(size)
    for p in range(paths):
        for n in range(size):
            angle, turn = angular[p, n] * start + phase[p, n], angular[p, n] * step
            x[n], y[n], turn_x[n], turn_y[n] = np.cos(angle), np.sin(angle), np.cos(turn), np.sin(turn)
        for k in range(count):
            real = imaginary = 0.0
            for n in range(size):
                a, b = x[n], y[n]
                real += a
                imaginary += b
                x[n] = a * turn_x[n] - b * turn_y[n]
                y[n] = a * turn_y[n] + b * turn_x[n]
            sums[k, p] = complex(real, imaginary)
    return sums


@compiled(nogil=True, fastmath={"contract", "nsz"})
def responses(taps, steering):
    """SUM_l taps[k, l] steering[l, f], (count, bands) complex: `taps` (count, L), `steering` (L, bands)."""
    count, size = taps.shape
    bands = steering.shape[1]
    found = np.zeros((count, bands), dtype=np.complex128)
    for k in range(count):
        for l in range(size):
            tap = taps[k, l]
            for f in range(bands):
                found[k, f] += tap * steering[l, f]
    return found
