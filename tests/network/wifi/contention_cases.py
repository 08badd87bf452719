"""Random media and traffic, run by the compiled loop and by its twin: every frame's fate, every use of the medium."""

import numpy as np

from wirelesssim.network.draws.plain import tags
from wirelesssim.network.instants import nanoseconds
from wirelesssim.network.wifi.alone import medium_alone
from wirelesssim.network.wifi.batch import Batch
from wirelesssim.network.wifi.rules import BROADCAST
from wirelesssim.network.wifi.signals import Steady


def random_medium(seed, fidelity):
    """A medium of 1 to 6 stations and an access point whose standard, rules, modes and noise are drawn from `seed`."""
    draw = np.random.default_rng(seed)
    stations, standard = int(draw.integers(1, 7)), str(draw.choice(["a", "n", "ac", "ax"]))
    access = {"eifs": str(draw.choice(["standard", "none"])), "aggregation": bool(draw.random() < 0.7),
              "after_missed_block_ack": str(draw.choice(["bar", "retransmit"])), "retry_limit": int(draw.integers(1, 8)),
              "rts_threshold": "700 B" if draw.random() < 0.3 else None,
              "rules": "bianchi" if draw.random() < 0.15 else "standard"}
    rate = {"type": "arf", "up": 3, "down": 2} if draw.random() < 0.3 else "best"
    windows = {"cw_min": int(draw.choice([15, 1])), "cw_max": int(draw.choice([1023, 15]))}
    mcs = draw.integers(0, 8, stations) if draw.random() < 0.6 else np.full(stations, draw.integers(8))
    medium = medium_alone(stations, {"standard": standard, "rate": rate}, access, mcs.tolist(), seed, fidelity, trace=4000,
                          rules=windows)
    noise = np.where(draw.random(stations + 1) < 0.6, draw.exponential(3e-5, stations + 1), 0.0)
    steeper = np.linspace(0.3, 1.3, len(medium.modes))  # the higher the mode, the more errors
    medium.signals = Steady(medium.signals.modes, -noise[:, None] * steeper, medium.signals.adapts)
    return medium, draw


def random_traffic(medium, draw, seed, log):
    """Some bursts a station, ready at random instants or frame by frame; the access point's to one worker, or to all."""
    point = medium.rules.access_point
    for station in range(point + 1):
        bursts = []
        for _ in range(int(draw.integers(1, 6))):
            gap = float(draw.choice([0, 0, draw.exponential(2e-3), draw.exponential(1e-4)]))
            count = int(draw.integers(1, 25))
            to = int(draw.integers(BROADCAST, point)) if station == point else 0
            ready = np.cumsum(draw.exponential(4e5, count)).astype(np.int64) if draw.random() < 0.25 else None
            bursts.append((gap, count, to, ready))
        medium.env.process(_send(medium, station, bursts, seed, log))
        if draw.random() < 0.3:  # a second queue at the same station
            medium.env.process(_send(medium, station, [(float(draw.exponential(1e-3)), 2, 0, None)], seed + 1, log))


def _send(medium, station, bursts, seed, log):
    for number, (gap, count, to, ready) in enumerate(bursts):
        yield medium.env.timeout(gap)
        sizes = np.random.default_rng([seed, station, number]).integers(60, 1540, count)
        start = None if ready is None else nanoseconds(medium.env.now) + ready
        served = yield medium.transmit(station, Batch(sizes, tags(np.arange(count), seed, station, number), to, start))
        log.append((station, seed, number, nanoseconds(medium.env.now), *served.fates.tolist(), *served.times.tolist(),
                    *served.tries.tolist(), served.first, served.airtime, served.again, tuple(served.unanswered.tolist())))


def random_case(seed, fidelity):
    """(what came of every burst, every use of the medium as start, end, sum and number of senders, counts of stations)."""
    medium, draw = random_medium(seed, fidelity)
    if fidelity == "burst" and seed % 2:
        medium.state = medium.state._replace(frames=medium.state.frames[:8].copy())  # so that it has to grow
    log = []
    random_traffic(medium, draw, seed, log)
    medium.env.run()
    if fidelity == "packet":
        counts = [(who.transmissions, who.failures) for who in medium.stations]
        return sorted(log), [(start, end, sum(rows), len(rows)) for start, end, rows in medium.uses], counts
    state = medium.state
    trace = state.trace[:int(state.air["traced"][0])]
    uses = [tuple(int(use[name]) for name in ("start", "end", "stations", "number")) for use in trace]
    return sorted(log), uses, [(int(who["transmissions"]), int(who["failures"])) for who in state.stations]
