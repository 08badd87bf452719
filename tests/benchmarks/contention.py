"""Wi-Fi contention: microseconds of wall time a delivered packet, and a round of 10 stations with 1 MB each.

    python tests/benchmarks/contention.py [--json FILE]

Medians of repetitions on one thread, compiled beforehand; the round includes SimPy and the tables. Counts are asserted, times
reported.
"""

import argparse
import json
import statistics
import time

from wirelesssim.network.wifi.alone import makespan, medium_alone, saturated

BAR = 4.4e6  # packets a second of wall time in a round: a thousand times ns-3's 4.4 k


def timed(action) -> tuple[float, object]:
    began = time.process_time()
    result = action()
    return time.process_time() - began, result


def saturation(stations: int, seconds: float) -> dict:
    runs = [timed(lambda: saturated(medium_alone(stations, access={"eifs": "none"}, seed=seed), seconds)) for seed in range(5)]
    for _, seen in runs:
        assert seen.uses > 0 and 0 < seen.delivered.sum() <= seen.uses  # no more than one frame a use
    return {"measure": f"saturated, N={stations}: us a delivered packet",
            "value": statistics.median(taken / seen.delivered.sum() for taken, seen in runs) * 1e6}


def round_of(stations: int, size: int) -> dict:
    packets, rates = stations * -(-size // 1472), []
    for seed in range(9):
        medium = medium_alone(stations, access={"eifs": "none"}, seed=seed)
        taken, _ = timed(lambda: makespan(medium, size))
        arrived = sum(int((medium.state.frames["fate"][:packets] == fate).sum()) for fate in (1, 2))
        assert arrived == packets  # every frame has a fate
        rates.append(packets / taken)
    return {"measure": f"round, N={stations}, {size / 1e6:g} MB each: packets a second (bar {BAR / 1e6:g} M)",
            "value": statistics.median(rates), "bar": BAR}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", help="write the figures here as well")
    options = parser.parse_args()
    saturated(medium_alone(2), 0.1)
    rows = [*(saturation(stations, 40.0) for stations in (1, 10, 100)), round_of(10, 1_000_000)]
    for row in rows:
        print(f"{row['measure']}: {row['value']:.4g}")
    if options.json:
        with open(options.json, "w") as file:
            json.dump(rows, file, indent=1)


if __name__ == "__main__":
    main()
