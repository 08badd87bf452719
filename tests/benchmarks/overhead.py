"""Overhead of the simulator over the same mathematics in a bare loop, and how it grows.

    python tests/benchmarks/overhead.py [--json FILE]

Ratios of medians of interleaved repetitions, one BLAS thread; absolute times move with the load of the machine.
"""

import argparse
import json
import statistics
import time

from threadpoolctl import threadpool_limits

from wirelesssim.learning.train import train
from wirelesssim.scenario import load
from wirelesssim.simulation import prepare, simulate

CASES = {
    "overhead, paper size: M=10, MNIST 2000 x 784, GD-SEC": (
        {"data": {"type": "mnist", "train": 2000, "test": 1000}, "objective": {"type": "softmax", "l2": 1e-3}, "workers": 10}, 100, 1.25),
    "overhead, M=1000, MNIST 4000 x 784, GD-SEC": (
        {"data": {"type": "mnist", "train": 4000, "test": 1000}, "objective": {"type": "softmax", "l2": 1e-3}, "workers": 1000}, 5, 2.0),
}


def scenario(sections: dict, rounds: int) -> dict:
    return sections | {
        "algorithm": "gd_sec", "stop": {"rounds": rounds}, "access": "tdma", "downlink": {"type": "multicast", "rate": "20 Mbit/s"},
        "channel": {"type": "fixed", "rate": "20 Mbit/s", "latency": "5 ms", "loss": "2 %"}, "compute": {"type": "fixed", "time": "10 ms"}}


def seconds(action) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def ratio(sections: dict, rounds: int, repetitions: int = 5) -> tuple[float, float]:
    """Median seconds of a simulation, and its ratio to the bare loop."""
    (settings,) = load(scenario(sections, rounds)).settings.values()
    ready = prepare(settings, 0)
    def bare():
        train(ready.problem, settings.algorithm, rounds, codec=settings.codec, optimum=ready.optimum)
    pairs = []
    with threadpool_limits(limits=1):
        simulate(settings), bare()
        for _ in range(repetitions):
            pairs.append((seconds(lambda: simulate(settings)), seconds(bare)))
    return statistics.median(a for a, _ in pairs), statistics.median(a / b for a, b in pairs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", help="write the figures here as well")
    options, rows = parser.parse_args(), []
    for name, (sections, rounds, bar) in CASES.items():
        taken, over = ratio(sections, rounds)
        rows.append({"measure": name, "seconds": taken, "ratio": over, "bar": bar})
        print(f"{name}: {taken:.2f} s for {rounds} rounds, {over:.2f} times the bare loop (bar {bar})")
    if options.json:
        with open(options.json, "w") as file:
            json.dump(rows, file, indent=1)


if __name__ == "__main__":
    main()
