"""What the tests of fading share: the reference points, and what long runs of Clarke fading at fd = 1 Hz count."""

import csv
from functools import cache
from pathlib import Path

import numpy as np

from wirelesssim.radio.fading import Clarke
from wirelesssim.rng import Streams

REFERENCE = Path(__file__).resolve().parents[2] / "wirelesssim" / "validation" / "points" / "fading_reference.csv"
STEP = 0.004  # s, at fd = 1 Hz: a tenth of the mean fade at -20 dB (0.040 s), so that few fades are missed
CHUNK = 25 * 256  # samples read at a time


def reference(law):
    """[(parameter or None, x, value)] of the closed form `law`."""
    with REFERENCE.open() as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    return [(float(row["parameter"]) if row["parameter"] else None, float(row["x"]), float(row["value"]))
            for row in rows if row["law"] == law]


@cache
def clarke_counts(levels_db, snrs_db, realisations, chunks):
    """Per realisation: crossings upwards per second and time below of each level, and the mean of log2(1 + s g).

    (realisations, levels) twice, (realisations, snrs); levels in dB over the mean power; a realisation lasts
    chunks * 25.6 s. Counted at instants STEP apart.
    """
    law, levels = Clarke(doppler=1.0, step=STEP / 0.423).tuned(), 10 ** (np.array(levels_db) / 10)
    snrs, streams = 10 ** (np.array(snrs_db) / 10), Streams(11, domain="crossings")
    crossings, below = np.zeros((realisations, len(levels))), np.zeros((realisations, len(levels)))
    capacity = np.zeros((realisations, len(snrs)))
    for worker in range(realisations):
        process, last = law.process(streams, worker), None
        for chunk in range(chunks):
            gains = process.gains(chunk * CHUNK, CHUNK)
            for i, level in enumerate(levels):
                under = gains < level
                crossings[worker, i] += np.sum(under[:-1] & ~under[1:]) + (last is not None and last < level <= gains[0])
                below[worker, i] += under.mean()
            for i, snr in enumerate(snrs):
                capacity[worker, i] += np.log2(1 + snr * gains[::25]).mean()
            last = gains[-1]
    return crossings / (chunks * CHUNK * STEP), below / chunks, capacity / chunks


def error(rows):
    """Standard error of the mean of independent rows, (n, ...) to (...)."""
    return rows.std(axis=0, ddof=1) / np.sqrt(len(rows))
