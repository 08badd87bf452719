"""Makes `drive.csv`: a synthetic minute of a car's uplink, measured nowhere.

    python scenarios/traces/make.py > scenarios/traces/drive.csv

Every 250 ms a rate of 200 kbit/s times exp(x), x a first-order autoregression with correlation exp(-0.25/2) from one row to the
next (2 s, some 28 m at 50 km/h) and standard deviation 0.8; from 40 s to 44 s a tunnel: no rate. Cut off at 800 kbit/s. Seed 7.
"""

import numpy as np


def rows() -> list[str]:
    """The lines of the file."""
    generator, step, memory = np.random.default_rng(7), 0.25, np.exp(-0.25 / 2)
    lines = ["# synthetic, seed 7: python scenarios/traces/make.py > scenarios/traces/drive.csv", "time_s,rate_kbit_s"]
    level = 0.0
    for k in range(240):
        level = memory * level + np.sqrt(1 - memory**2) * 0.8 * generator.standard_normal()
        rate = 0.0 if 40 <= k * step < 44 else min(200 * np.exp(level), 800.0)
        lines.append(f"{k * step:g},{rate:.1f}")
    return lines


if __name__ == "__main__":
    print("\n".join(rows()))
