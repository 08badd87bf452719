"""The books of whole runs: what is nested, what adds up, what may not happen, over all kinds of channel, access and transport."""

import math
from itertools import pairwise

import numpy as np
import pytest
from node_cases import bursts, simulation

LOSSY = {"type": "fixed", "rate": ["1 Mbit/s", "2 Mbit/s", "500 kbit/s"], "latency": "3 ms", "jitter": "1 ms", "loss": "25 %"}
BURSTY = LOSSY | {"loss": {"type": "gilbert_elliott", "good": "60 ms", "bad": "40 ms", "loss_bad": "90 %"}}
FADING = {"type": "radio", "bandwidth": "1 MHz", "tx_power": "-4 dBm", "latency": "3 ms", "loss": "10 %",
          "fading": {"type": "rayleigh", "coherence_time": "10 ms"}, "phy": {"type": "shannon", "min_efficiency": 0.5}}
NEAR = {"geometry": [[60, 80], [100, 0], [0, -100]], "downlink": {"type": "unicast", "rate": "2 Mbit/s"}}
ARQ = {"type": "arq", "mtu": "200 B", "retries": 2, "ack": {"size": "40 B", "loss": "20 %"}}
WAITING = ARQ | {"scheme": "stop_and_wait"}
FREE = {"type": "unreliable", "mtu": "200 B", "silence": "free"}
SPARSE = {"algorithm": {"type": "gd_sec", "xi": "100 L", "beta": 0.1}, "codec": {"type": "auto"}}

CASES = {
    "unreliable": {"channel": LOSSY, "transport": FREE},
    "burst on tdma": {"channel": LOSSY, "transport": ARQ, "access": "tdma"},
    "stop and wait": {"channel": LOSSY, "transport": WAITING},
    "stop and wait on tdma": {"channel": BURSTY, "transport": WAITING, "access": "tdma"},
    "bursty on fdma": {"channel": BURSTY, "transport": ARQ, "access": "fdma", "downlink": "ideal"},
    "fading, impatient": {"channel": FADING, "transport": ARQ | {"outage_limit": "10 ms"}, "access": "tdma"} | NEAR,
    "sparse": {"channel": LOSSY, "transport": ARQ, "access": "tdma"} | SPARSE,
    "sparse, silence free, open loop": {"channel": LOSSY, "transport": FREE, "feedback": "none"} | SPARSE,
    "sparse, fading": {"channel": FADING, "transport": WAITING | {"outage_limit": "10 ms"}} | SPARSE | NEAR,
}
cases = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
both = pytest.mark.parametrize("fidelity", ["burst", "packet"])


def ran(case, fidelity, **said):
    simulated = simulation(3, rounds=12, dimension=150, fidelity=fidelity, **{**case, **said})
    seen = bursts(simulated)
    return simulated, simulated.run(), seen


@both
@cases
def test_what_is_nested_and_what_adds_up(case, fidelity):
    simulated, recorder, _ = ran(case, fidelity)
    up = [row for row in recorder.transmissions if row.direction == "uplink"]
    down = [row for row in recorder.transmissions if row.direction == "downlink"]
    for row in up:
        assert 0 <= row.payload_bits <= row.coded_bits <= row.on_air_bits
        assert 0 <= row.retransmitted_bits <= row.on_air_bits
        assert row.acknowledged <= row.delivered <= row.packets
        assert row.delivered + row.packets_lost <= row.attempts  # a repeat of what was there arrives again
        assert row.start_s <= row.end_s
        assert row.attempts == 0 or row.on_air_bits > 0
        assert row.retransmitted_bits > 0 or row.attempts <= row.packets
    for row in recorder.rounds:
        assert row.uplink_payload_bits <= row.uplink_coded_bits <= row.uplink_on_air_bits
        assert row.uplink_retransmitted_bits <= row.uplink_on_air_bits
        assert row.workers_heard + row.workers_silent + row.workers_lost == (3 if row.round else 0)
    for before, after in pairwise(recorder.rounds):
        assert after.simulated_time_s > before.simulated_time_s and after.uplink_on_air_bits >= before.uplink_on_air_bits
    totals = [sum(getattr(row, f"{name}_bits") for row in up) for name in ("payload", "coded", "on_air", "retransmitted")]
    assert totals == list(simulated.books.uplink())  # nothing is in flight any more
    last = recorder.rounds[-1]
    assert sum(row.on_air_bits for row in down) == last.downlink_on_air_bits
    # what was still repeated when the last round ended came after its row
    assert all(total >= getattr(last, f"uplink_{name}_bits")
               for total, name in zip(totals, ("payload", "coded", "on_air", "retransmitted")))
    assert totals[:2] == [last.uplink_payload_bits, last.uplink_coded_bits]


@cases
def test_totals_without_acknowledgements(case):
    """Where nothing outlasts a round, the last row has all: sums of the transmissions equal it, all four."""
    transport = {"type": "unreliable", "mtu": "200 B"}
    _, recorder, _ = ran(case, "burst", transport=transport, feedback="none")
    up, last = [row for row in recorder.transmissions if row.direction == "uplink"], recorder.rounds[-1]
    for name in ("payload_bits", "coded_bits", "on_air_bits", "retransmitted_bits"):
        assert sum(getattr(row, name) for row in up) == getattr(last, f"uplink_{name}")


@both
@cases
def test_every_attempt_is_booked(case, fidelity):
    """The rows against the bursts themselves: attempts, losses, deliveries, bits sent again. (Sampled messages make none.)"""
    simulated, recorder, seen = ran(case, fidelity)
    assert len(recorder.workers) == 12 * 3
    for row in (row for row in recorder.transmissions if row.direction == "uplink"):
        mine = [burst for burst in seen if burst[0] == row.worker and burst[1] == row.round]
        if not mine:
            assert case["transport"].get("scheme") == "stop_and_wait" and fidelity == "burst" and row.attempts
            continue
        tries = [(packet, bool(came)) for *_, packets, _, _, sent in mine for packet, came in zip(packets.tolist(), sent.arrived)]
        assert row.attempts == len(tries)
        assert row.packets_lost == sum(not came for _, came in tries)
        assert row.delivered == len({packet for packet, came in tries if came})
        first = {packet for packet, _ in tries}
        assert row.attempts - len(first) == sum(len(sent.arrived) for _, _, attempt, *_, sent in mine if attempt > 1)
        assert row.start_s <= mine[0][4] and mine[-1][5] <= row.end_s
        if "retries" in case["transport"]:
            assert max(attempt for _, _, attempt, *_ in mine) <= case["transport"]["retries"] + 1


@both
@cases
def test_seconds_sum_to_the_round(case, fidelity):
    """Where the worker's part was over when the round ended; a message that outlasts its round spends more."""
    _, recorder, _ = ran(case, fidelity)
    ends = {row.round: row.simulated_time_s for row in recorder.rounds}
    sender = {(row.round, row.worker): row.end_s for row in recorder.transmissions if row.direction == "uplink"}
    summed = 0
    for row in recorder.workers:
        duration = ends[row.round] - ends[row.round - 1]
        spent = row.compute_s + row.queue_s + row.access_s + row.on_air_s + row.retransmission_s + row.wait_s
        if sender.get((row.round, row.worker), 0.0) <= ends[row.round]:
            assert spent == pytest.approx(duration, rel=1e-9)
            summed += 1
        assert spent >= duration * (1 - 1e-9)
        assert min(row[2:8]) >= 0
    assert summed > 0


@both
@cases
def test_one_message_at_a_time(case, fidelity):
    """A worker's next message begins after its last one's end, and no message before its model came; TDMA is one at a time."""
    _, recorder, seen = ran(case, fidelity)
    began = {row.round + 1: row.simulated_time_s for row in recorder.rounds}
    for worker in range(3):
        own = [row for row in recorder.transmissions if row.direction == "uplink" and row.worker == worker]
        assert all(after.start_s >= before.end_s for before, after in pairwise(own))
        assert all(row.start_s >= began[row.round] + 0.01 * (1 - 1e-9) for row in own)  # a gradient takes 10 ms
    if case.get("access") == "tdma":
        spans = sorted((start, end) for *_, start, end, _ in seen)
        assert len(spans) >= 12 and all(start >= end for (_, end), (start, _) in pairwise(spans))


@both
@cases
def test_the_server_hears_what_arrived_and_not_before(case, fidelity):
    """A round ends at the latest arrival of its messages: never before a delivered packet's burst ended plus the latency."""
    _, recorder, seen = ran(case, fidelity)
    ends = {row.round: row.simulated_time_s for row in recorder.rounds}
    delivered = {}
    for worker, round, _, packets, _, end, sent in seen:
        for packet in packets[:len(sent.arrived)][sent.arrived].tolist():
            delivered.setdefault((round, worker, packet), end)
    assert all(ends[round] >= (end + 3e-3) * (1 - 1e-12) for (round, _, _), end in delivered.items())
    for row in recorder.rounds[1:]:
        own = [sent for sent in recorder.transmissions if sent.direction == "uplink" and sent.round == row.round]
        assert row.workers_heard + row.workers_silent >= sum(sent.delivered > 0 for sent in own)
        assert row.workers_lost == sum(sent.delivered == 0 for sent in own)


@both
@pytest.mark.parametrize("transport", [
    ARQ | {"retries": 0, "ack": {"loss": "50 %"}}, WAITING | {"retries": 1, "ack": {"loss": "60 %"}},
    {"type": "unreliable", "mtu": "200 B", "ack": {"loss": "50 %"}}], ids=str)
def test_the_servers_memory_is_the_sum_of_the_workers(transport, fidelity):
    """h == SUM h_m after 40 rounds of loss, but for what workers still doubt: messages whose acknowledgement was lost since
    they last heard one. To 1e-12 of the largest part; without the doubts it is not."""
    simulated = simulation(3, rounds=40, dimension=150, channel=LOSSY, transport=transport, fidelity=fidelity,
                           algorithm={"type": "gd_sec", "xi": "5 L", "beta": 0.1})
    simulated.run()
    held, scale = np.zeros(150), 0.0
    for worker in simulated.workers:
        held += worker.state.h
        scale = max(scale, np.abs(worker.state.h).max())
        for doubt in worker.settlement._doubtful:
            doubt.arrived.add_to(held, 0.1)
            doubt.believed.add_to(held, -0.1)
    assert np.abs(held - simulated.server.state.h).max() <= 1e-12 * scale
    assert any(row.delivered != row.acknowledged for row in simulated.recorder.transmissions)


def test_open_loop_memories_part():
    """With `feedback: none` nobody settles: h and SUM h_m differ by a visible part."""
    simulated = simulation(3, rounds=40, dimension=150, channel=LOSSY, transport={"type": "unreliable", "mtu": "200 B"},
                           feedback="none", algorithm={"type": "gd_sec", "xi": "5 L", "beta": 0.1})
    simulated.run()
    apart = sum(worker.state.h for worker in simulated.workers) - simulated.server.state.h
    assert np.abs(apart).max() > 1e-3 * np.abs(simulated.server.state.h).max()


@both
@pytest.mark.parametrize("limit", [0.0301, 0.047, 0.2, 0.2009, 0.31])
@pytest.mark.parametrize("case", [CASES["burst on tdma"], CASES["stop and wait"], CASES["unreliable"]],
                         ids=["tdma", "stop and wait", "unreliable"])
def test_a_limit_of_simulated_time_cuts(case, limit, fidelity):
    """Rows are those of the run without limit, up to the limit; what is in flight then is booked as far as it got."""
    _, whole, _ = ran(case, fidelity)
    simulated, cut, _ = ran(case, fidelity, stop={"simulated_time": limit})
    rounds = [row for row in whole.rounds if row.simulated_time_s < limit]
    assert cut.rounds == rounds and len(rounds) < 13
    assert simulated.env.now == limit
    key = lambda row: (row.direction, row.round, row.worker)  # noqa: E731
    full = {key(row): row for row in whole.transmissions}
    for row in cut.transmissions:
        assert row.start_s <= row.end_s <= limit
        other = full[key(row)]
        if other.end_s <= limit:
            assert row == other
        else:
            assert row.end_s == limit and row.start_s == other.start_s
            assert row.on_air_bits <= other.on_air_bits and row.delivered <= other.delivered
            assert row.payload_bits <= row.coded_bits <= row.on_air_bits
            assert row.direction == "uplink" or row.on_air_bits == row.delivered == row.attempts == 0
    begun = [row for row in whole.transmissions if row.start_s < limit]
    assert {key(row) for row in begun} <= {key(row) for row in cut.transmissions}


def test_a_limit_that_is_not_reached_changes_nothing():
    """With rounds and a limit far away, what is still repeated after the last round is booked as without the limit."""
    case = CASES["burst on tdma"]
    _, free, _ = ran(case, "burst")
    _, limited, _ = ran(case, "burst", stop={"rounds": 12, "simulated_time": 1e6})
    last = free.rounds[-1].simulated_time_s
    assert any(row.end_s > last for row in free.transmissions)
    assert limited.rounds == free.rounds and limited.transmissions == free.transmissions and limited.workers == free.workers
    _, between, _ = ran(case, "burst", stop={"rounds": 12, "simulated_time": last + 1e-4})
    assert max(row.end_s for row in between.transmissions) == last + 1e-4 < max(row.end_s for row in free.transmissions)


def test_a_packet_that_outlasts_everything_is_no_bits():
    """Cut in its first burst: a row with nothing sent, whose end is the cut."""
    recorder = simulation(stop={"simulated_time": 0.0169}).run()  # the burst is on the air from 15.924 to 17.772 ms
    up = [row for row in recorder.transmissions if row.direction == "uplink"]
    assert [(row.on_air_bits, row.payload_bits, row.attempts, row.delivered, row.packets, row.end_s) for row in up] == [
        (0, 0, 0, 0, 1, 0.0169)]
    assert math.isclose(up[0].start_s, 0.015924) and [row.round for row in recorder.rounds] == [0]
