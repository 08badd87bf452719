"""Simulated time of whole rounds by hand, to 1e-12 relative.

d = 50 in 32 bits is a frame of 1624 bits (1600 and 3 B of frame header), with 28 B of header U = D = 1848 bits on the air:
u = 1.848 ms up at 1 Mbit/s, d = 0.924 ms down at 2 Mbit/s; l = 5 ms latency, c = 10 ms a gradient. An acknowledgement of
320 bits comes back at the downlink's rate, a = 0.16 ms, or, without one, at the link's, a = 0.32 ms.
"""

import numpy as np
import pytest
from node_cases import air_bits, bursts, durations, lose, simulation
from scipy.stats import kstest

from wirelesssim.nodes.worker import Task

u, d, l, c, a = 1.848e-3, 0.924e-3, 5e-3, 10e-3, 0.16e-3  # noqa: E741
exact = dict(rel=1e-12)
both = pytest.mark.parametrize("fidelity", ["burst", "packet"])
TRANSPORTS = ["unreliable", "arq", {"type": "arq", "scheme": "stop_and_wait"}]


def rows(recorder, direction="uplink"):
    return [row for row in recorder.transmissions if row.direction == direction]


def spent(row):
    return row.compute_s + row.queue_s + row.access_s + row.on_air_s + row.retransmission_s + row.wait_s


@both
@pytest.mark.parametrize("transport", TRANSPORTS, ids=str)
def test_one_worker(fidelity, transport):
    """A round: d + l down, c, u + l up. The acknowledgement, 5.16 ms later, is in long before the next gradient."""
    assert air_bits(50).tolist() == [1848]
    recorder = simulation(rounds=4, fidelity=fidelity, transport=transport).run()
    assert durations(recorder) == pytest.approx([d + l + c + u + l] * 4, **exact)
    for row in recorder.workers:
        assert spent(row) == pytest.approx(d + l + c + u + l, **exact)
        assert (row.compute_s, row.on_air_s, row.wait_s) == pytest.approx((c, u, d + 2 * l), **exact)
    for k, row in enumerate(rows(recorder)):
        assert row.start_s == pytest.approx(k * (d + 2 * l + c + u) + d + l + c, **exact)
        assert row.end_s == pytest.approx(row.start_s + u + 2 * l + a, **exact)
    for k, row in enumerate(rows(recorder, "downlink")):
        assert (row.start_s, row.end_s) == pytest.approx((k * (d + 2 * l + c + u), k * (d + 2 * l + c + u) + d), **exact)


@both
@pytest.mark.parametrize("scheme", ["burst", "stop_and_wait"])
def test_packets_of_a_message(fidelity, scheme):
    """1000 coordinates are 3 packets: the burst takes their sum; stop-and-wait a round trip 2 l + a more for the first two."""
    sizes = air_bits(1000)
    assert len(sizes) == 3 and sizes[0] == 12_000  # the mtu, full
    recorder = simulation(dimension=1000, fidelity=fidelity, transport={"type": "arq", "scheme": scheme}).run()
    up = sizes.sum() / 1e6 + l + (2 * (2 * l + a) if scheme == "stop_and_wait" else 0)
    assert durations(recorder) == pytest.approx([sizes.sum() / 2e6 + l + c + up] * 3, **exact)


@pytest.mark.parametrize("downlink, arrivals", [
    ({"type": "ideal"}, [0, 0, 0]),
    ({"type": "multicast", "rate": "2 Mbit/s"}, [d + l, d + 2 * l, d + 3 * l]),
    ({"type": "multicast"}, [2 * d + l, 2 * d + 2 * l, 2 * d + 3 * l]),  # the slowest channel's 1 Mbit/s
    ({"type": "unicast", "rate": "2 Mbit/s"}, [d + l, 2 * d + 2 * l, 3 * d + 3 * l]),
    ({"type": "unicast"}, [d + l, d + d / 2 + 2 * l, d + d / 2 + 2 * d + 3 * l])], ids=str)
def test_downlinks(downlink, arrivals):
    """Three workers at 2, 4, 1 Mbit/s with latencies l, 2 l, 3 l: unicast in index order, multicast once at the slowest."""
    channel = {"type": "fixed", "rate": ["2 Mbit/s", "4 Mbit/s", "1 Mbit/s"], "latency": ["5 ms", "10 ms", "15 ms"]}
    recorder = simulation(3, rounds=1, downlink=downlink, channel=channel).run()
    assert [row.start_s for row in rows(recorder)] == pytest.approx([at + c for at in arrivals], **exact)
    up = [u / 2 + l, u / 4 + 2 * l, u + 3 * l]
    assert durations(recorder) == pytest.approx([max(at + c + back for at, back in zip(arrivals, up))], **exact)
    sent = rows(recorder, "downlink")
    expected = {"ideal": [], "multicast": [None], "unicast": [0, 1, 2]}[downlink["type"]]
    assert [row.worker for row in sent] == expected
    assert recorder.rounds[-1].downlink_on_air_bits == 1848 * len(expected)


@both
def test_tdma_makespan(fidelity):
    """Five workers ready together: one burst each in index order, M u in all; worker m queues m u."""
    recorder = simulation(5, access="tdma", fidelity=fidelity).run()
    assert durations(recorder) == pytest.approx([d + l + c + 5 * u + l] * 3, **exact)
    for row in recorder.workers:
        assert row.queue_s == pytest.approx(row.worker * u, rel=1e-9, abs=1e-15)
        assert spent(row) == pytest.approx(d + l + c + 5 * u + l, **exact)


def test_tdma_of_workers_that_are_ready_one_after_the_other():
    """Models by unicast every d < u, so a queue forms; worker 2 computes 40 ms longer and goes last, after an idle medium."""
    recorder = simulation(3, rounds=2, access="tdma", downlink={"type": "unicast", "rate": "2 Mbit/s"},
                          compute={"type": "fixed", "time": ["10 ms", "10 ms", "50 ms"]}).run()
    assert durations(recorder) == pytest.approx([3 * d + l + 5 * c + u + l] * 2, **exact)
    assert [row.queue_s for row in recorder.workers[:3]] == pytest.approx([0, u - d, 0], rel=1e-9, abs=1e-15)


def test_fdma_and_dedicated():
    """A fourth of the rate to each of four, all the time; alone each has it whole. The slowest worker makes the round."""
    channel = {"type": "fixed", "rate": ["1 Mbit/s", "2 Mbit/s", "1 Mbit/s", "4 Mbit/s"], "latency": "5 ms"}
    for access, up in (("fdma", 4 * u), ("dedicated", u)):
        recorder = simulation(4, access=access, channel=channel).run()
        assert durations(recorder) == pytest.approx([d + l + c + up + l] * 3, **exact)
        assert [row.on_air_s for row in recorder.workers[:4]] == pytest.approx([up, up / 2, up, up / 4], **exact)


@both
@pytest.mark.parametrize("access, share", [("dedicated", 1), ("fdma", 2)])
def test_an_acknowledgement_delays_only_a_sender_who_still_waits_for_it(fidelity, access, share):
    """The model is there at once (`ideal`), and the gradient c later; the acknowledgement 2 l + a - l = l + a after the server.

    So a step waits for max(c, l + a): with c = 10 ms nothing, with c = 1 ms all rounds but the first take l + a + u + l. The
    acknowledgement comes back at the link's rate (its share of it): a = 0.32 ms, or 0.64 ms.
    """
    up, answer = share * u, share * 0.32e-3
    for time, wait in ((10e-3, 10e-3), (1e-3, l + answer)):
        recorder = simulation(share, rounds=3, downlink="ideal", compute={"type": "fixed", "time": time}, access=access,
                              fidelity=fidelity).run()
        assert durations(recorder) == pytest.approx([time + up + l] + [wait + up + l] * 2, **exact)
    silent = simulation(share, downlink="ideal", compute="fixed", access=access, transport="unreliable", feedback="none").run()
    assert durations(silent) == pytest.approx([up + l] * 3, **exact)  # nothing is answered, nothing is waited for


@both
def test_a_retransmission_by_hand(fidelity):
    """Round 2: the packet is lost once: WAIT = 2 l + a and u more. Round 3 as if nothing had been."""
    simulated = lose(simulation(fidelity=fidelity), (2, 0, 1))
    recorder = simulated.run()
    plain = d + l + c + u + l
    assert durations(recorder) == pytest.approx([plain, plain + 2 * l + a + u, plain], **exact)
    assert recorder.workers[1].retransmission_s == pytest.approx(u, **exact)
    assert spent(recorder.workers[1]) == pytest.approx(plain + 2 * l + a + u, **exact)
    assert recorder.rounds[-1].uplink_retransmitted_bits == 1848


@both
def test_a_sender_still_repeats_when_the_next_model_comes(fidelity):
    """Round 1 is done at T1, its acknowledgement is lost four times; the sender repeats till d + l + c + 5 (u + 2 l + a).

    The next model comes at T1 + d + l, the gradient is made meanwhile, and the step waits for the sender.
    """
    simulated = lose(simulation(rounds=2, fidelity=fidelity), acknowledgements=[(1, 0, n) for n in (1, 2, 3, 4)])
    recorder = simulated.run()
    first = d + l + c + u + l
    step = (d + l + c) + 5 * (u + 2 * l + a)
    assert step > first + d + l + c
    assert durations(recorder) == pytest.approx([first, step + u + l - first], **exact)
    assert recorder.workers[0].retransmission_s == pytest.approx(4 * u, **exact)
    assert [row.uplink_retransmitted_bits for row in recorder.rounds] == [0, 0, 4 * 1848]
    assert recorder.transmissions[1].attempts == 5 and recorder.transmissions[1].delivered == 1


@both
def test_a_lost_message_ends_its_round(fidelity):
    """Two tries, both lost, of worker 1 of two: the server waits for its last burst, and goes on without it."""
    simulated = simulation(2, rounds=2, transport={"type": "arq", "retries": 1}, fidelity=fidelity)
    recorder = lose(simulated, (1, 0, 1), (1, 0, 2), worker=1).run()
    plain = d + l + c + u + l
    assert durations(recorder) == pytest.approx([plain + 2 * l + a + u, plain], **exact)
    assert [(row.workers_heard, row.workers_lost) for row in recorder.rounds[1:]] == [(1, 1), (2, 0)]


@pytest.mark.parametrize("silence", ["marker", "free"])
def test_silence(silence):
    """A threshold beyond everything: from round 2 on all are silent. A marker is 224 bits: 0.224 ms; free is no time."""
    recorder = simulation(2, rounds=3, access="tdma", algorithm={"type": "gd_sec", "xi": 1e9},
                          transport={"type": "arq", "silence": silence}).run()
    mark = 0.224e-3 if silence == "marker" else 0.0
    quiet = d + l + c + (2 * mark + l if silence == "marker" else 0)
    assert durations(recorder) == pytest.approx([d + l + c + 2 * u + l, quiet, quiet], **exact)
    assert [(row.workers_heard, row.workers_silent) for row in recorder.rounds[1:]] == [(2, 0), (0, 2), (0, 2)]
    bits = [row.uplink_on_air_bits for row in recorder.rounds]
    assert np.diff(bits).tolist() == [2 * (1848 + 320)] + [2 * (224 + 320) if silence == "marker" else 0] * 2
    assert len(rows(recorder)) == (6 if silence == "marker" else 2) and len(recorder.workers) == 6
    assert recorder.rounds[-1].uplink_coded_bits == 2 * 1624


def test_a_lost_marker_is_a_lost_message():
    """Silence that does not arrive is not silence: the server counts it as lost."""
    simulated = simulation(rounds=2, algorithm={"type": "gd_sec", "xi": 1e9}, transport={"type": "arq", "retries": 0})
    recorder = lose(simulated, (2, 0, 1)).run()
    assert [(row.workers_silent, row.workers_lost) for row in recorder.rounds[1:]] == [(0, 0), (0, 1)]


def test_jitter_is_exponential_and_not_shared():
    """One worker, 3000 rounds: what is over the fixed time is exponential with mean 3 ms on the uplink, as on the downlink.

    Kolmogorov-Smirnov, false alarm 1e-5 each; the two are uncorrelated: |r| < 5/sqrt(n) (6e-7). With an ideal downlink, or
    one of no jitter, only the first is there.
    """
    channel = {"type": "fixed", "rate": "1 Mbit/s", "latency": "5 ms", "jitter": "3 ms"}
    said = dict(rounds=3000, transport="unreliable", feedback="none", channel=channel)
    up = durations(simulation(downlink="ideal", **said).run()) - (c + u + l)
    assert kstest(up, "expon", (0, 3e-3)).pvalue > 1e-5
    down = durations(simulation(**said).run()) - (d + l + c + u + l) - up
    assert kstest(down, "expon", (0, 3e-3)).pvalue > 1e-5
    assert abs(np.corrcoef(up, down)[0, 1]) < 5 / np.sqrt(3000)


@both
def test_jitter_comes_once_a_message(fidelity):
    """The first burst is late by the round's jitter, so is its answer; a repeat is not late again."""
    channel = {"type": "fixed", "rate": "1 Mbit/s", "latency": "5 ms", "jitter": "3 ms"}
    clean = simulation(rounds=2, channel=channel, downlink="ideal", fidelity=fidelity)
    late = durations(clean.run()) - (c + u + l)
    again = lose(simulation(rounds=2, channel=channel, downlink="ideal", fidelity=fidelity), (1, 0, 1))
    seen = bursts(again)
    assert durations(again.run())[0] == pytest.approx(c + u + l + late[0] + l + 0.32e-3 + u + l, **exact)
    assert seen[1][4] == pytest.approx(c + u + l + late[0] + 0.32e-3 + l, **exact)


@pytest.mark.parametrize("downlink", ["ideal", "multicast", "unicast"])
def test_a_round_that_asks_nobody_sends_no_model(downlink):
    simulated = simulation(2, downlink=downlink)
    simulated.server.broadcaster.send(Task(1, np.zeros(50), None), [])
    assert simulated.recorder.transmissions == [] and simulated.books.downlink_bits == 0
