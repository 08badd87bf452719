"""A small table that looks like a sweep, with answers that can be said in advance."""

import numpy as np
import pandas as pd

SPEED = {"GD": 1.0, "GD-SEC": 0.25, "GD-SOEC": 0.2}  # seconds a round


def rounds(variants=("GD", "GD-SEC"), replications=2, points=({},), steps=10, quadratic=False):
    """Accuracy is round/(steps + 1), error 10^-round; replication r is 1 % slower each; a round takes `SPEED` seconds."""
    tables = []
    for point in points:
        for variant in variants:
            for replication in range(replications):
                k = np.arange(steps + 1)
                time = k * SPEED[variant] * (1 + 0.01 * replication)
                tables.append(pd.DataFrame({
                    "variant": variant, "replication": replication, **point, "round": k, "simulated_time_s": time,
                    "objective": 1.0 + 10.0**-k, "error": 10.0**-k if quadratic else np.nan,
                    "accuracy": np.nan if quadratic else k / (steps + 1),
                    "uplink_payload_bits": 4e6 * time, "uplink_coded_bits": 6e6 * time,
                    "uplink_on_air_bits": 8e6 * time, "uplink_retransmitted_bits": 1e5 * time}))
    return pd.concat(tables, ignore_index=True)


def grid(**keys):
    """All combinations, one mapping each; `__` in a name stands for a dot."""
    points = [{}]
    for name, values in keys.items():
        points = [{**point, name.replace("__", "."): value} for point in points for value in values]
    return points
