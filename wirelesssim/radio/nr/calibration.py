"""The Monte Carlo points behind the block error law, and how far the law lies from them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib.resources import files

import numpy as np

from .bler import GAP, ImplementationGap, code_block_threshold

__all__ = ["ErrorPoints", "error_points", "deviations", "ERROR_RATES"]

ERROR_RATES = (0.5, 0.1, 0.01)
_QUANTILES = np.array([0.0, 1.2815515655446004, 2.3263478740408408])  # Q(z) = 0.5, 0.1, 0.01


@dataclass(frozen=True, eq=False)
class ErrorPoints:
    """Simulated code blocks: arrays (n,), and `sinr_db` (n, 3) at which the error rate is 0.5, 0.1 and 0.01.

    `use`: "fit" (the law was fitted to these), "held" (not used), "short" (below 90 bits, not used). `source` a or b, as the
    file says.
    """

    source: np.ndarray
    modulation_order: np.ndarray
    size: np.ndarray
    coded_bits: np.ndarray
    graph: np.ndarray
    sinr_db: np.ndarray
    use: np.ndarray


def error_points() -> ErrorPoints:
    """The points that ship with the package, points/bler_awgn.csv; its first lines say what made them."""
    text = (files(__package__) / "points" / "bler_awgn.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    whole = {name: np.array([int(row[name]) for row in rows]) for name in ("modulation_order", "size", "coded_bits", "graph")}
    sinr_db = np.array([[float(row[name]) for name in ("snr_b50", "snr_b10", "snr_b01")] for row in rows])
    return ErrorPoints(source=np.array([row["source"] for row in rows]), use=np.array([row["use"] for row in rows]),
                       sinr_db=sinr_db, **whole)


def deviations(points: ErrorPoints, gap: ImplementationGap = GAP) -> np.ndarray:
    """Law less simulation in dB at error rates 0.5, 0.1 and 0.01, (n, 3); positive: the law asks for more SINR."""
    columns = (points.modulation_order, points.size, points.coded_bits, points.graph)
    return code_block_threshold(*(column[:, None] for column in columns), _QUANTILES, gap) - points.sinr_db
