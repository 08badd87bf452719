"""Compiled passes over model-sized vectors. At d = 5e7 every temporary costs more than the gradient."""

from __future__ import annotations

from ...compiled import compiled

__all__ = ["apply_sent", "scaled_distance", "select_difference", "squared_distance", "weighted_distance"]


@compiled(nogil=True)
def select_difference(gradient, memory, error, threshold, corrected, selected):
    """error <- Delta = gradient - memory (+ error, if `corrected`); the indices with |Delta_i| > threshold_i.

    `gradient`, `error` (d,); `memory`, `threshold` (d,), or (0,) for zero; `selected` (d,) receives the indices.
    Returns their number. One pass: 4 reads and 1 write an element.
    """
    count = 0
    limited, remembered = threshold.size > 0, memory.size > 0
    for i in range(gradient.size):
        delta = gradient[i] - memory[i] if remembered else gradient[i]
        if corrected:
            delta += error[i]
        error[i] = delta
        limit = threshold[i] if limited else 0.0
        if not abs(delta) <= limit:  # a NaN is sent, and seen by the guard
            selected[count] = i
            count += 1
    return count


@compiled(nogil=True)
def apply_sent(indices, values, beta, memory, error, corrected):
    """memory += beta v and, if `corrected`, error -= v at the sent entries.

    `indices`, `values` (n,); `error` (d,); `memory` (d,), or (0,) where none is kept.
    """
    remembered = memory.size > 0
    for j in range(indices.size):
        i, value = indices[j], values[j]
        if remembered:
            memory[i] += beta * value
        if corrected:
            error[i] -= value


@compiled(nogil=True)
def scaled_distance(factor, here, there, distance):
    """distance <- factor |here - there|, (d,) each; returned. One pass: 2 reads and 1 write an element."""
    for i in range(here.size):
        distance[i] = factor * abs(here[i] - there[i])
    return distance


@compiled(nogil=True)
def weighted_distance(factor, weights, here, there, distance):
    """distance <- factor weights |here - there|, (d,) each; returned. One pass: 3 reads and 1 write an element."""
    for i in range(here.size):
        distance[i] = factor * weights[i] * abs(here[i] - there[i])
    return distance


@compiled(nogil=True)
def squared_distance(here, there):
    """||here - there||^2 of two (d,), summed in binary64 in order of index. One pass: 2 reads an element."""
    total = 0.0
    for i in range(here.size):
        apart = float(here[i]) - float(there[i])
        total += apart * apart
    return total
