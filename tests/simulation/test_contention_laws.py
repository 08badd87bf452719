"""Laws of whole runs on media without turns: ALOHA in both forms and LoRaWAN, with acknowledgements and the model on the medium."""

import numpy as np
import pytest

from wirelesssim.network.aloha.ether import Ether, SlottedEther
from wirelesssim.scenario import Settings
from wirelesssim.simulation import Simulation

LORA = {"channel": {"type": "radio", "carrier": "868.1 MHz", "bandwidth": "125 kHz", "tx_power": "14 dBm",
                    "downlink_tx_power": "14 dBm", "phy": "lora"},
        "access": {"type": "lorawan", "channels": ["868.1 MHz"]}, "geometry": {"type": "disc", "radius": "300 m"},
        "transport": {"type": "arq", "mtu": "100 B", "header": ["lorawan"], "ack": {"size": "21 B"}, "retries": 30}}
PURE = {"access": {"type": "aloha", "window": 20, "retries": 40}}
SLOTS = {"access": {"type": "slotted_aloha", "window": 8, "retries": 40}}
MEDIA = {"pure": PURE, "own reverse channel": {"access": PURE["access"] | {"reverse": "own"}}, "slotted": SLOTS, "lorawan": LORA}


def simulation(rounds=5, workers=4, dimension=60, **sections):
    return Simulation(Settings.of({
        "workers": workers, "stop": {"rounds": rounds}, "objective": {"type": "quadratic", "dimension": dimension},
        "algorithm": {"type": "gd"}, "codec": {"type": "dense"}, "channel": {"type": "fixed", "rate": "1 Mbit/s", "latency": "1 ms"},
        "transport": {"type": "arq", "mtu": "100 B", "header": "28 B", "retries": 30},
        "downlink": {"type": "multicast"}} | sections))


@pytest.mark.parametrize("medium", MEDIA)
@pytest.mark.parametrize("downlink", ["multicast", "unicast"])
def test_what_arrives_at_last_is_what_a_perfect_channel_brings(medium, downlink):
    """Enough repeats, nothing lost for good: the same objective in every round as over a dedicated channel, bit for bit."""
    made = simulation(downlink={"type": downlink}, **MEDIA[medium]).run()
    perfect = simulation(downlink="ideal").run()
    assert [row.objective for row in made.rounds] == [row.objective for row in perfect.rounds]
    assert made.rounds[-1].simulated_time_s > perfect.rounds[-1].simulated_time_s
    assert any(row.attempts > row.packets for row in made.transmissions)  # they did collide


@pytest.mark.parametrize("medium", MEDIA)
def test_nothing_vanishes(medium):
    """packets <= attempts, delivered <= packets, what is believed is true, and on-air bits are no fewer than those of all packets."""
    for row in simulation(**MEDIA[medium]).run().transmissions:
        assert row.packets_lost <= row.attempts and row.packets <= row.attempts and row.acknowledged <= row.delivered <= row.packets
        assert row.attempts - row.packets_lost >= row.delivered and row.start_s < row.end_s
        assert row.coded_bits <= row.on_air_bits - row.retransmitted_bits


@pytest.mark.parametrize("medium", MEDIA)
def test_a_round_has_all_of_a_workers_seconds(medium):
    recorder = simulation(**MEDIA[medium]).run()
    lasted = np.diff([row.simulated_time_s for row in recorder.rounds])
    for row in recorder.workers:
        spent = row.compute_s + row.queue_s + row.access_s + row.on_air_s + row.retransmission_s + row.wait_s
        assert spent == pytest.approx(lasted[row.round - 1], rel=1e-9) or spent > lasted[row.round - 1]
        assert min(row[2:-1]) >= 0


@pytest.mark.parametrize("medium", MEDIA)
def test_the_same_again(medium):
    """Same scenario and seed, same rows; another seed, others."""
    one, two = (simulation(**MEDIA[medium]).run() for _ in range(2))
    assert one.transmissions == two.transmissions and one.rounds == two.rounds
    other = simulation(seed=2, **MEDIA[medium]).run()
    assert [row.end_s for row in other.transmissions] != [row.end_s for row in one.transmissions]


@pytest.mark.parametrize("medium", MEDIA)
def test_without_loss_the_fidelities_agree_to_the_bit(medium):
    """Both go frame by frame; what differs is how a channel's own losses are drawn."""
    burst, packet = (simulation(fidelity=fidelity, **MEDIA[medium]).run() for fidelity in ("burst", "packet"))
    assert burst.transmissions == packet.transmissions


@pytest.mark.parametrize(("medium", "kind"), [("pure", Ether), ("slotted", SlottedEther)])
def test_what_is_received_met_nobody(medium, kind, monkeypatch):
    """Every frame that was spared was alone on the channel, the access point's included, as intervals tell."""
    frames = {}

    def begin(self, power=1.0, own=False, slot=-1, plain=kind.begin):
        frame = plain(self, power, own, slot)
        frames[id(frame)] = [frame, made.env.now, None, None, slot]
        return frame

    def end(self, frame, plain=kind.end):
        spared = plain(self, frame)
        frames[id(frame)][2:4] = made.env.now, spared
        return spared

    monkeypatch.setattr(kind, "begin", begin)
    monkeypatch.setattr(kind, "end", end)
    made = simulation(**MEDIA[medium])
    made.run()
    rows = list(frames.values())
    starts, ends = (np.array([row[column] for row in rows]) for column in (1, 2))
    overlaps = (starts[:, None] < ends - 1e-12) & (starts < ends[:, None] - 1e-12) & ~np.eye(len(rows), dtype=bool)
    if medium == "slotted":
        slots = np.array([row[4] for row in rows])
        assert (np.floor(starts / 0.8e-3 + 1e-6) == slots).all() and (ends - starts <= 0.8e-3 * (1 + 1e-9)).all()
        overlaps = (slots[:, None] == slots) & ~np.eye(len(rows), dtype=bool)
    spared = np.array([row[3] for row in rows])
    assert (spared == ~overlaps.any(axis=1)).all() and 0 < spared.sum() < len(rows)


def test_a_lone_worker_without_loss_takes_the_time_of_its_frames():
    """One worker, pure ALOHA, d = 60 in 32 bits: 243 B coded in 4 packets of at most 72 B of room; all times add up by hand:
    model and update each their bits at 1 Mbit/s, 1 ms of latency each."""
    made = simulation(rounds=1, workers=1, **PURE)
    bits = made.server.broadcaster.message.total_bits[2]
    recorder = made.run()
    up, = [row for row in recorder.transmissions if row.direction == "uplink"]
    assert recorder.rounds[-1].simulated_time_s == pytest.approx((bits + up.on_air_bits - 320) / 1e6 + 2e-3, rel=1e-12)
    assert up.end_s == pytest.approx(recorder.rounds[-1].simulated_time_s + 320e-6 + 1e-3, rel=1e-12)
