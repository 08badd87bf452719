"""Random media with hidden stations and their traffic, by the compiled loop or by its twin: bursts, and frames on the air."""

import numpy as np
import simpy
from contention_cases import random_traffic

from wirelesssim.network.wifi.alone import medium_alone
from wirelesssim.network.wifi.background import Poisson, Saturated
from wirelesssim.network.wifi.hidden.loop import HiddenLoop
from wirelesssim.network.wifi.hidden.medium import HiddenContention
from wirelesssim.network.wifi.signals import Steady
from wirelesssim.rng import Streams

OVERHEAD = 38  # bytes of a background frame besides its packet


class Changing:
    """Links that take turns with each other every `block` ns: `steady` and `other`."""

    def __init__(self, steady, other, block):
        self.links, self.block = (steady, other), block
        self.stations, self.adapts = steady.stations, steady.adapts

    def at(self, time):
        number = time // self.block
        modes, log_success, _ = self.links[number % 2].at(time)
        return modes, log_success, (number + 1) * self.block

    def usable(self, station, time):
        return self.links[0].usable(station, time)


def random_hearing(draw, stations, others):
    """(S, S): 1 to 12 workers of which each pair is hidden with one probability, a third of the graphs one way only; everyone
    hears the access point, and the background after it."""
    size = stations + 1 + others
    hearing = np.ones((size, size), dtype=bool)
    apart = draw.random((stations, stations)) < draw.choice([0.0, 0.2, 0.5, 1.0])
    if draw.random() < 2 / 3:
        apart = np.triu(apart, 1) | np.triu(apart, 1).T
    hearing[:stations, :stations] = ~apart
    return hearing


def random_hidden(seed, fidelity):
    """A medium whose stations, standard, rules, modes, noise, hearing and background are drawn from `seed`; its generator, and
    whether it has a background."""
    draw = np.random.default_rng([seed, 3])
    stations, others = int(draw.integers(1, 13)), int(draw.choice([0, 0, 0, 1, 2]))
    access = {"eifs": str(draw.choice(["standard", "none"])), "aggregation": bool(draw.random() < 0.7),
              "after_missed_block_ack": str(draw.choice(["bar", "retransmit"])), "retry_limit": int(draw.integers(1, 8)),
              "rts_threshold": str(draw.choice(["60 B", "700 B", "4000 B"])) if draw.random() < 0.5 else None}
    phy = {"standard": str(draw.choice(["a", "n", "ac", "ax"])),
           "rate": ["best", {"type": "arf", "up": 3, "down": 2}, {"type": "fixed", "mcs": 3}][int(draw.choice([0, 0, 1, 2]))]}
    windows = {"cw_min": int(draw.choice([15, 1, 1 if others else 0])), "cw_max": int(draw.choice([1023, 15]))}
    model = medium_alone(stations, phy, access, None, seed, rules=windows)
    rules, size = model.rules._replace(access_point=stations), stations + 1 + others
    links = []
    for _ in range(2):
        noise = np.where(draw.random(size) < 0.6, draw.exponential(3e-5, size), 0.0)
        modes = draw.integers(0, len(model.modes) - 1, size) if draw.random() < 0.6 else np.zeros(size, dtype=np.int64)
        links.append(Steady(modes, -noise[:, None] * np.linspace(0.3, 1.3, len(model.modes)), rules.up > 0))
    signals = Changing(*links, int(draw.integers(1e6, 2e7))) if draw.random() < 0.3 else links[0]
    hearing = random_hearing(draw, stations, others)
    if fidelity == "packet":
        medium = HiddenContention(simpy.Environment(), rules, model.modes, signals, hearing, [])
    else:
        medium = HiddenLoop(simpy.Environment(), rules, model.modes, signals, hearing, 100_000)
        if seed % 2:
            medium.table.frames = medium.table.frames[:8].copy()  # so that it has to grow
    for place in range(others):
        source = Saturated() if draw.random() < 0.3 else Poisson(rate="2 Mbit/s", size="500 B")
        medium.occupy(stations + 1 + place, source.batches(Streams(seed).counted("background", place), OVERHEAD))
    return medium, draw


def foreign(env, draw):
    """A process of somebody else's, at random instants of whole and of broken nanoseconds."""
    for gap in draw.exponential(3e-4, 200).tolist():
        yield env.timeout(round(gap, 9) if gap > 2e-4 else gap)


def on_air(medium):
    """Every frame that was on the air: kind, sender, receiver, start, end (ns)."""
    if isinstance(medium, HiddenContention):
        return [(one.kind, one.sender, one.to, one.start, one.end) for one in medium.log]
    return medium.state.trace[:int(medium.state.air["traced"][0])].tolist()


def outcome(seed, fidelity):
    """(what came of every burst, every frame on the air as kind, sender, receiver, start, end, counts of stations)."""
    medium, draw = random_hidden(seed, fidelity)
    log, foreigner = [], np.random.default_rng([seed, 4])
    random_traffic(medium, draw, seed, log)
    medium.env.process(foreign(medium.env, foreigner))
    medium.env.run()
    if fidelity == "packet":
        return sorted(log), on_air(medium), [(who.transmissions, who.failures) for who in medium.stations]
    return sorted(log), on_air(medium), medium.state.stations[["transmissions", "failures"]].tolist()
