"""Where senders contend, a burst of which nothing was decoded has no answer: nothing goes on the air, and the sender waits."""

from dataclasses import replace

import numpy as np
import pytest

from wirelesssim.scenario import load
from wirelesssim.simulation.traffic import Traffic

FIXED = {"channel": {"type": "fixed", "rate": "1 Mbit/s"}}
PURE = {"type": "aloha", "retries": 0}
MEDIA = {
    "wifi": {"network": {"preset": "wifi-11a"}},
    "trigger": {"network": {"preset": "wifi-11ax"}, "access": {"type": "ofdma_trigger"}},
    "802.15.4": {"network": {"preset": "ieee802154"}},
    "lora": {"network": {"preset": "lora-sf7"}},
    "aloha": FIXED | {"access": PURE},
    "aloha, own reverse": FIXED | {"access": PURE | {"reverse": "own"}},
    "slotted aloha": FIXED | {"access": {"type": "slotted_aloha", "slot": "13 ms"}},
}
media = pytest.mark.parametrize("medium", MEDIA)
both = pytest.mark.parametrize("fidelity", ["burst", "packet"])


def made(sections, workers=1, rounds=1, bytes=40, fidelity="burst", **said):
    """A wired run of messages of `bytes`; `said` are sections on top of `sections`."""
    whole = {"name": "case", "workers": workers, "stop": {"rounds": rounds}, "fidelity": fidelity,
             "objective": {"type": "messages", "uplink": f"{bytes} B"}, **sections, **said}
    [settings] = load(whole).settings.values()
    return Traffic(settings)


def spoilt(simulation):
    """Let nothing of any burst be decoded; the answers that were asked for, and the ends of the bursts."""
    asked, ends = [], []

    def of(air):
        send = air.send

        def deaf(*what):
            sent = yield from send(*what)
            ends.append(air.env.now)
            return replace(sent, arrived=np.zeros_like(sent.arrived))

        def answer(*what):
            asked.append(what)
            yield air.env.timeout(0)

        air.send, air.answer, air.acknowledged = deaf, answer, lambda *what: asked.append(what)

    for worker in simulation.workers:
        of(worker.uplink.air)
    return asked, ends


def up(simulation):
    return [row for row in simulation.run().transmissions if row.direction == "uplink"]


@both
@media
@pytest.mark.parametrize("transport", [
    {"type": "arq", "retries": 2}, {"type": "arq", "retries": 2, "scheme": "stop_and_wait"},
    {"type": "unreliable", "mtu": "100 B"}], ids=["burst", "stop and wait", "receipt"])
def test_of_a_lost_burst_nothing_is_answered(medium, fidelity, transport):
    simulation = made(MEDIA[medium], workers=2, fidelity=fidelity, transport=transport)
    asked, ends = spoilt(simulation)
    rows = up(simulation)
    assert asked == [] and len(ends) == 2 * (1 if transport["type"] == "unreliable" else 3)
    for row in rows:
        frame = 320 + simulation.workers[0].transport.header
        assert row.acknowledged == row.delivered == 0 and row.on_air_bits == row.attempts * frame  # nothing of acknowledgements


# s from the end of a burst; the acknowledgement has 40 B but where said
WAITS = {
    # DIFS 34, fifteen slots of 9, 76 B at 6 Mb/s 20 + 4 ceil(630/24) = 128, ACK timeout 45 us
    "wifi": 342e-6,
    # AIFS 43, the same slots and frame (78 B: 646 bits, 27 symbols as well), ACK timeout 45 us
    "trigger": 351e-6,
    # seven backoff periods of 320, CCA 128, turning 192, (6 + 40 + 11) x 32 = 1824, macAckWaitDuration 864 us
    "802.15.4": 5248e-6,
    # the second window opens 2 s after, and is open for eight symbols of SF 12, 2^12/125 kHz each
    "lora": 2 + 8 * 4096 / 125e3,
    "aloha": 320e-6, "aloha, own reverse": 320e-6}


@media
def test_how_long_the_sender_waits(medium):
    """The transport's ack of 40 B; after an unreliable message the sender's part ends when the receipt should have been there."""
    simulation = made(MEDIA[medium], transport={"type": "unreliable", "mtu": "100 B", "ack": {"size": "40 B"}})
    _, ends = spoilt(simulation)
    [row] = up(simulation)
    if medium == "slotted aloha":  # a frame of 68 B, 0.544 ms, in the slot from 0; the receipt's slot begins at 13 ms
        assert ends == [pytest.approx(544e-6)] and row.end_s == pytest.approx(13e-3 + 320e-6)
    else:
        latency = simulation.workers[0].uplink.link.latency
        assert row.end_s - ends[0] == pytest.approx(WAITS[medium] + 2 * latency, abs=1e-9)


@media
def test_of_a_burst_that_came_in_part_something_is_answered(medium):
    """Two packets, of which the first is spoilt: one answer to the burst that has the other."""
    simulation = made(MEDIA[medium], bytes=100, transport={"type": "unreliable", "mtu": "100 B"})
    [worker] = simulation.workers
    send, told = worker.uplink.air.send, []

    def half(*what):
        sent = yield from send(*what)
        told.append(len(sent.arrived))
        return replace(sent, arrived=np.arange(len(sent.arrived)) > 0)

    worker.uplink.air.send = half
    [row] = up(simulation)
    assert told == [2] and (row.delivered, row.acknowledged) == (1, 1)


@both
@pytest.mark.parametrize("scheme", ["burst", "stop_and_wait"])
def test_transmissions_where_only_what_was_decoded_is_answered(scheme, fidelity):
    """A try of a packet succeeds, for the sender, with (1-p)(1-q) all the same: 5/((1-p)(1-q)) transmissions a message of five.

    p = 30 %, q = 40 %, one sender on a channel of pure ALOHA, 150 messages: |mean - 11.905| < 5 standard errors (6e-7).
    """
    simulation = made({"channel": {"type": "fixed", "rate": "1 Mbit/s", "loss": "30 %"}, "access": PURE}, rounds=150, bytes=500,
                      fidelity=fidelity, transport={"type": "arq", "scheme": scheme, "mtu": "128 B", "retries": 200,
                                                    "ack": {"size": "40 B", "loss": "40 %"}})
    rows = up(simulation)
    tries = np.array([row.attempts for row in rows])
    assert {row.packets for row in rows} == {5} and all(row.acknowledged == 5 for row in rows)
    assert abs(tries.mean() - 5 / (0.7 * 0.6)) < 5 * tries.std(ddof=1) / np.sqrt(len(rows))


@pytest.mark.parametrize("ghost", [False, True])
def test_a_gateway_says_nothing_to_a_worker_that_it_never_heard(ghost):
    """Three LoRa workers, one of them out of reach: it costs the gateway none of its duty cycle."""
    power = ["14 dBm", "14 dBm", "-60 dBm" if ghost else "14 dBm"]
    simulation = made({"network": {"preset": "lora-sf9"}}, workers=3, rounds=10, bytes=38,
                      geometry={"type": "ring", "radius": "300 m"}, channel={
                          "tx_power": power, "shadowing": {"type": "none"}, "fading": {"type": "none"}})
    gateway, spoken = simulation.workers[0].uplink.air.gateway, []
    send = gateway.send
    gateway.send = lambda way, devices: spoken.extend(devices) or send(way, devices)
    rows = up(simulation)
    last = simulation.workers[2].uplink.air
    assert (spoken.count(last) == 0) == ghost and len(spoken) >= 10 * (2 if ghost else 3)
    assert all((row.attempts, row.acknowledged) == (8, 0) for row in rows if ghost and row.worker == 2)
