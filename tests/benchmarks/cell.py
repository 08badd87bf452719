"""A round of many workers in one NR cell: seconds, memory, and how both grow.

    python tests/benchmarks/cell.py [--json FILE] [--workers N]

CPU seconds of one run after one that compiled; the messages have 20 values. What bounds it: each message is some 12 events and
25 calls of SimPy and the transport (1.3 s of 10,000); a slot looks at each waiting user, who has a report, and may give up
(0.7 s); and under fading each waiting user's channel is computed in each of its blocks (the rest).
"""

import argparse
import json
import resource
import time

from wirelesssim.scenario import load
from wirelesssim.simulation import Simulation

CASES = {  # name -> fading, duplex, scheduler, bar in seconds for 10,000 workers
    "no fading, FDD, round robin": ("none", "fdd", "round_robin", 3.0),
    "Rayleigh blocks of 20 ms, TDD, proportional fair": ({"type": "rayleigh"}, "tdd", "proportional_fair", 5.0),
    "Clarke at 3 km/h, TDD, proportional fair": ({"type": "clarke", "speed": "3 km/h"}, "tdd", "proportional_fair", 10.0),
}


def scenario(workers: int, fading, duplex: str, scheduler: str) -> dict:
    return {"name": "cell", "workers": workers, "stop": {"rounds": 1}, "algorithm": {"type": "gd", "step_size": "0.5/L"},
            "objective": {"type": "quadratic", "dimension": 20, "condition": 10}, "geometry": {"type": "disc", "radius": "100 m"},
            "channel": {"type": "radio", "phy": {"type": "nr", "duplex": duplex}, "fading": fading},
            "access": {"type": "ofdma", "scheduler": scheduler}, "transport": "arq"}


def measure(workers: int, *case) -> dict:
    """CPU seconds of a round, seconds that it simulates, uplink blocks, and the process's largest memory so far in MB."""
    (settings,) = load(scenario(workers, *case)).settings.values()
    made = Simulation(settings)
    began = time.process_time()
    recorder = made.run()
    taken = time.process_time() - began
    blocks = int(made.workers[0].uplink.air.cell.state.counts[3])
    assert blocks >= workers and recorder.rounds[-1].workers_heard == workers
    return {"workers": workers, "cpu_s": taken, "simulated_s": recorder.rounds[-1].simulated_time_s, "blocks": blocks,
            "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", help="write the figures here as well")
    parser.add_argument("--workers", type=int, default=10_000)
    options, rows = parser.parse_args(), []
    for name, (*case, bar) in CASES.items():
        measure(4, *case)
        for workers in (options.workers // 10, options.workers):
            rows.append({"measure": name, "bar": bar} | measure(workers, *case))
            print("{measure}, {workers} workers: {cpu_s:.2f} s for {simulated_s:.2f} s, {blocks} blocks, {memory_mb:.0f} MB"
                  .format(**rows[-1]) + (f" (bar {bar:g} s)" if workers == 10_000 else ""), flush=True)
    if options.json:
        with open(options.json, "w") as file:
            json.dump(rows, file, indent=1)


if __name__ == "__main__":
    main()
