"""Compiled passes over model-sized vectors. At d = 5e7 every temporary costs more than the gradient."""

from __future__ import annotations

from numba import njit

__all__ = ["apply_sent", "scaled_distance", "select_difference"]


@njit(cache=True, nogil=True)
def select_difference(gradient, memory, error, threshold, corrected, selected):
    """error <- Delta = gradient - memory (+ error, if `corrected`); the indices with |Delta_i| > threshold_i.

    `gradient`, `memory`, `error` (d,); `threshold` (d,), or (0,) for zero; `selected` (d,) receives the indices.
    Returns their number. One pass: 4 reads and 1 write an element.
    """
    count = 0
    limited = threshold.size > 0
    for i in range(gradient.size):
        delta = gradient[i] - memory[i]
        if corrected:
            delta += error[i]
        error[i] = delta
        limit = threshold[i] if limited else 0.0
        if not abs(delta) <= limit:  # a NaN is sent, and seen by the guard
            selected[count] = i
            count += 1
    return count


@njit(cache=True, nogil=True)
def apply_sent(indices, values, beta, memory, error, corrected):
    """memory += beta v and, if `corrected`, error -= v at the sent entries; `indices`, `values` (n,), the others (d,)."""
    for j in range(indices.size):
        i, value = indices[j], values[j]
        memory[i] += beta * value
        if corrected:
            error[i] -= value


@njit(cache=True, nogil=True)
def scaled_distance(factor, here, there, distance):
    """distance <- factor |here - there|, (d,) each; returned. One pass: 2 reads and 1 write an element."""
    for i in range(here.size):
        distance[i] = factor * abs(here[i] - there[i])
    return distance
