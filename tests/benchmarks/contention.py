"""Wi-Fi contention: microseconds of wall time a delivered packet, and a round of 10 stations with 1 MB each; with hidden halves
transmissions a second, by the compiled loop and by its twin.

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


def hidden_halves(stations: int, seconds: float) -> dict:
    """Saturated stations in two halves that do not hear each other, which announce their frames; the twin for a tenth of it."""
    pairs = [(one, other) for one in range(stations // 2) for other in range(stations // 2, stations)]
    rates = {"burst": [], "packet": []}
    for seed in range(3):
        for fidelity, length in (("burst", seconds), ("packet", seconds / 10)):
            medium = medium_alone(stations, access={"rts_threshold": "500 B"}, seed=seed, fidelity=fidelity, hidden=pairs)
            taken, seen = timed(lambda: saturated(medium, length))
            assert 0 < seen.delivered.sum() <= seen.uses  # no more than one frame a transmission
            rates[fidelity].append(seen.uses / taken)
    fast, slow = (statistics.median(rates[fidelity]) for fidelity in ("burst", "packet"))
    return {"measure": f"hidden halves, N={stations}: transmissions a second ({fast / slow:.3g} times the twin's {slow:.3g})",
            "value": fast, "twin": slow}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", help="write the figures here as well")
    options = parser.parse_args()
    saturated(medium_alone(2), 0.1)
    saturated(medium_alone(2, hidden=[(0, 1)]), 0.1)
    rows = [*(saturation(stations, 40.0) for stations in (1, 10, 100)), round_of(10, 1_000_000),
            *(hidden_halves(stations, seconds) for stations, seconds in ((10, 10.0), (50, 4.0), (200, 2.0)))]
    for row in rows:
        print(f"{row['measure']}: {row['value']:.4g}")
    if options.json:
        with open(options.json, "w") as file:
            json.dump(rows, file, indent=1)


if __name__ == "__main__":
    main()
