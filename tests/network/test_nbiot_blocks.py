"""Transport blocks in a run: the fast path against its twin block by block, tones and narrowband of several, half duplex."""

import numpy as np
import pytest
from net_cases import Bench, books, same_law

from wirelesssim.model import build
from wirelesssim.network.air import BurstAir
from wirelesssim.network.nbiot.twin import TurnAir
from wirelesssim.radio import Channel, Geometry
from wirelesssim.radio.nbiot import TurnLink
from wirelesssim.rng import Streams
from wirelesssim.scenario import Settings, presets
from wirelesssim.simulation import simulate

RADIO = {"type": "radio", "carrier": "900 MHz", "path_loss": "free_space", "latency": "2 ms", "loss": "10 %"}
RAYLEIGH, CLARKE = {"type": "rayleigh", "coherence_time": "20 ms"}, {"type": "clarke", "doppler": "5 Hz"}
BURSTS = {"type": "gilbert_elliott", "good": "80 ms", "bad": "20 ms", "loss_bad": "60 %"}
NBIOT = {"bandwidth": "180 kHz", "phy": {"type": "nbiot", "tones": 12, "margin": "3 dB"}}
LTEM = {"bandwidth": "1.08 MHz", "phy": {"type": "ltem", "margin": "1 dB"}}
CHANNELS = {
    "nbiot, constant": RADIO | NBIOT | {"tx_power": "-33 dBm", "loss": BURSTS},
    "nbiot, rayleigh": RADIO | NBIOT | {"tx_power": "-35 dBm", "fading": RAYLEIGH},
    "ltem, clarke": RADIO | LTEM | {"tx_power": "-36 dBm", "fading": CLARKE}}


def message(channel, fidelity, seed):
    """The books of a message of 3 to 12 packets that starts anywhere in the first 0.1 s, 500 m away."""
    streams = Streams(seed, domain="radio")
    made = build(Channel, CHANNELS[channel])
    links = [TurnLink(link, made.phy.turns) for link in made.links(1, build(Geometry, [[300, 400]]), streams)]
    transport = {"type": "arq", "retries": 3, "outage_limit": "50 ms", "ack": {"loss": "30 %"}}
    bench = Bench(transport=transport, seed=seed, links=links)
    if fidelity == "packet":
        plain = bench.uplinks[0].air
        bench.uplinks[0].air = TurnAir(bench.env, links[0], 1.0, plain.outage_limit, bench.transport.ack.loss)
    draw = bench.streams("case")
    sent = bench.send(draw.integers(300, 4000, draw.integers(3, 13)), at=draw.uniform(0, 0.1), round=int(draw.integers(50)))
    bench.run()
    return books(sent)


def compare(runs, channel):
    """Kolmogorov-Smirnov on each of 14 numbers; false alarm 1e-5 a number, 4.2e-4 over the three channels."""
    burst = [message(channel, "burst", seed) for seed in range(runs)]
    same_law(burst, [message(channel, "packet", 10**6 + seed) for seed in range(runs)], 1e-5)
    assert 0.05 < np.mean([row["lost"] > 0 for row in burst]) and len({row["on_air"] for row in burst}) > 5


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_fast_path_agrees_with_its_twin(channel):
    compare(70, channel)


@pytest.mark.slow
@pytest.mark.parametrize("channel", CHANNELS)
def test_the_fast_path_agrees_with_its_twin_at_length(channel):
    compare(3000, channel)


def crowd(name, workers, fidelity, phy):
    """Workers at 500 m to 5 km in free space, over fading: three rounds of 300 B and an answer of 40 B."""
    sections = dict(presets.preset(name).sections)
    sections["channel"] = sections["channel"] | {
        "path_loss": {"type": "free_space"}, "shadowing": {"type": "none"}, "fading": RAYLEIGH, "worker_antenna_gain": "-65 dB",
        "phy": sections["channel"]["phy"] | phy}
    geometry = {"type": "positions", "places": [[500.0 + 4500 * place / workers, 0.0] for place in range(workers)]}
    return Settings.of({"workers": workers, "stop": {"rounds": 3}, "fidelity": fidelity,
                        "compute": {"type": "fixed", "time": "50 ms"},
                        "objective": {"type": "messages", "uplink": "300 B", "downlink": "40 B"}}
                       | sections | {"geometry": geometry})


@pytest.mark.parametrize("air", [BurstAir, TurnAir])
@pytest.mark.parametrize("name, phy, groups", [
    ("nb-iot", {"tones": 1}, 12), ("nb-iot", {"tones": 3}, 4), ("nb-iot", {"tones": 12}, 1), ("lte-m", {}, 2)])
def test_no_tone_twice_and_half_duplex(name, phy, groups, air, monkeypatch):
    """As many bursts at a time as there are groups of tones, never more; nobody sends while the model comes down to it."""
    spans, plain = [], air.send

    def watched(self, *what):
        start = self.env.now
        sent = yield from plain(self, *what)
        spans.append((start, self.env.now))
        return sent

    monkeypatch.setattr(air, "send", watched)
    recorder = simulate(crowd(name, 2 * groups + 3, "burst" if air is BurstAir else "packet", phy))
    assert len(spans) >= 3 * (2 * groups + 3) and len({round(end - start, 6) for start, end in spans}) > groups
    edges = sorted([(end, -1) for _, end in spans] + [(start, 1) for start, _ in spans])  # an end before a start at its instant
    assert np.cumsum([step for _, step in edges]).max() == groups
    down = [(row.start_s, row.end_s) for row in recorder.transmissions if row.direction == "downlink"]
    assert len(down) == 3 and all(end <= first or start >= last for first, last in spans for start, end in down)
