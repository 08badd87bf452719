"""Messages without a learner: times and delays by hand, queues by theory, and what is refused."""

import math

import numpy as np
import pytest

from wirelesssim.errors import InputError
from wirelesssim.learning.objectives import Messages
from wirelesssim.learning.objectives.arrivals import Periodic, Poisson
from wirelesssim.model import build
from wirelesssim.learning.objectives import Objective
from wirelesssim.network.message import Message
from wirelesssim.rng import Streams
from wirelesssim.scenario import Settings
from wirelesssim.simulation import simulate

UNRELIABLE = {"type": "unreliable", "mtu": "1500 B", "header": "28 B"}


def run(workers=1, rounds=3, objective=None, replication=0, **sections):
    """Messages over a 1 Mbit/s link of 5 ms; the rest as `Settings` has it."""
    return simulate(Settings.of({
        "workers": workers, "stop": {"rounds": rounds}, "objective": {"type": "messages", **(objective or {})},
        "channel": {"type": "fixed", "rate": "1 Mbit/s", "latency": "5 ms"}} | sections), replication)


def uplink(recorder, worker=None):
    return [row for row in recorder.transmissions if row.direction == "uplink" and worker in (None, row.worker)]


def test_a_round_of_tdma_is_arithmetic():
    # 2944 B in packets of 1472 B + 28 B: two, 24,000 bits on the air, 24 ms at 1 Mbit/s. The server's 100 B take 128 B at
    # 2 Mbit/s = 0.512 ms, and 5 ms; 10 ms to make a message; three workers in turn 3 x 24 ms; the last arrives 5 ms later.
    recorder = run(workers=3, rounds=2, objective={"uplink": "2944 B", "downlink": "100 B"}, access={"type": "tdma"},
                   downlink={"type": "multicast", "rate": "2 Mbit/s"}, compute={"type": "fixed", "time": "10 ms"})
    round_time = 0.000512 + 0.005 + 0.010 + 3 * 0.024 + 0.005
    assert [row.simulated_time_s for row in recorder.rounds] == pytest.approx([0, round_time, 2 * round_time], rel=1e-12)
    # worker 1 is ready at 15.512 ms, waits 24 ms, sends 24 ms; its ack of 40 B is back 5 + 0.16 + 5 ms after
    row = uplink(recorder, worker=1)[0]
    assert (row.start_s, row.end_s - row.start_s) == pytest.approx((0.015512, 0.048 + 0.005 + 0.00016 + 0.005), rel=1e-12)
    assert row.payload_bits == row.coded_bits == 8 * 2944 and row.on_air_bits == 24_000 + 320
    assert recorder.rounds[-1].uplink_on_air_bits == 2 * 3 * 24_320
    assert recorder.rounds[-1].downlink_on_air_bits == 2 * 8 * 128


def test_rows_have_no_mathematics():
    row = run(rounds=1).rounds[1]
    assert (row.objective, row.error, row.accuracy, row.energy_j, row.entries_sent) == (None, None, None, None, 0)
    assert (row.workers_heard, row.workers_lost) == (1, 0)


@pytest.mark.parametrize("bits, sizes", [(8, [8]), (8 * 1472, [8 * 1472]), (8 * 1473, [8 * 1472, 8]), (8 * 2944, [8 * 1472] * 2)])
def test_packets_of_an_opaque_payload(bits, sizes):
    message = Message.opaque(0, 1, bits, 8 * 1472, 224)
    assert message.payload_bits.tolist() == message.coded_bits.tolist() == sizes
    assert message.air_bits.tolist() == [size + 224 for size in sizes]


def test_sizes_of_each_worker():
    recorder = run(workers=2, rounds=1, objective={"uplink": ["100 B", "3 kB"]})
    assert [row.payload_bits for row in uplink(recorder)] == [800, 24_000]
    drawn = run(workers=3, rounds=1, objective={"uplink": {"type": "lognormal", "mean": "1 kB", "sigma": 0.5}})
    sizes = [row.payload_bits for row in uplink(drawn)]
    assert len(set(sizes)) == 3 and all(size % 8 == 0 for size in sizes)


def test_periodic_is_exact():
    # 125 B + 28 B = 1224 bits = 1.224 ms each, no ack: worker m's message k is ready at 0.25 m + (k - 1) 0.5 s
    recorder = run(workers=2, rounds=4, transport=UNRELIABLE, feedback={"type": "none"}, objective={
        "uplink": "125 B", "arrivals": {"type": "periodic", "period": "500 ms", "offset": ["0 s", "250 ms"]}})
    for worker in (0, 1):
        rows = uplink(recorder, worker)[:4]
        assert [row.start_s for row in rows] == pytest.approx([0.25 * worker + 0.5 * k for k in range(4)], abs=1e-12)
        assert [row.end_s - row.start_s for row in rows] == pytest.approx([0.001224] * 4, abs=1e-12)
    # row k: when the server has the k-th message of the later worker, 5 ms after it was sent
    assert [row.simulated_time_s for row in recorder.rounds[1:]] == pytest.approx(
        [0.25 + 0.5 * k + 0.001224 + 0.005 for k in range(4)], abs=1e-12)


def test_one_message_at_a_time():
    # ready every 1 ms, 1.224 ms each: message k begins at (k - 1) 1.224 ms and has waited (k - 1) 0.224 ms
    recorder = run(rounds=50, transport=UNRELIABLE, feedback={"type": "none"}, objective={
        "uplink": "125 B", "arrivals": {"type": "periodic", "period": "1 ms"}})
    rows = [row for row in recorder.workers if row.round <= 50]
    assert [row.queue_s for row in rows] == pytest.approx([0.000224 * k for k in range(50)], abs=1e-9)
    assert [row.wait_s for row in rows] == [0.0] * 50


def test_jitter_stays_within_its_bounds_and_in_order():
    instants = Periodic(period="1 s", offset="2 s", jitter="1 s").instants(1, Streams(1))[0]
    times = np.array([next(instants) for _ in range(1000)])
    late = times - 2 - np.arange(1000)
    assert (late >= 0).all() and (late < 1).all() and (np.diff(times) >= 0).all() and late.std() > 0.25


def test_poisson_gaps_are_exponential():
    # 20,000 gaps of mean 1/2 s and deviation 1/2 s: the mean within 4 x 0.5/sqrt(20,000) = 0.0141 s (1 in 16,000), and the
    # fraction above 1 s, e^-2 = 0.1353, within 4 x sqrt(0.117/20,000) = 0.0097
    for instants in Poisson(rate="2 Hz").instants(2, Streams(3)):
        gaps = np.diff([0.0, *(next(instants) for _ in range(20_000))])
        assert abs(gaps.mean() - 0.5) < 0.0141 and abs((gaps > 1).mean() - math.exp(-2)) < 0.0097


def test_a_worker_added_leaves_the_others_arrivals_as_they_were():
    law = Poisson(rate="2 Hz")
    few, many = law.instants(2, Streams(5)), law.instants(3, Streams(5))
    assert [[next(one) for _ in range(300)] for one in few] == [[next(one) for _ in range(300)] for one in many[:2]]


def test_the_queue_of_poisson_arrivals_is_m_d_1():
    """Dedicated links: a message takes D = 1.224 ms and no answer; load 0.6: the mean wait is that of Pollaczek and Khinchine.

        W = rho D/(2 (1 - rho)) = 0.75 D = 0.918 ms

    Waits in a queue are correlated: the variance of the mean over n messages is about var(W) (1 + rho)/(1 - rho)^2-fold at
    most; so the error is taken from 20 independent workers of 1,500 messages each: |mean - W| < 4.6 standard errors (Student's
    t of 19 degrees, a false alarm in 5,000 runs; the stream is fixed).
    """
    service, load = 0.001224, 0.6
    recorder = run(workers=20, rounds=1500, transport=UNRELIABLE, feedback={"type": "none"}, objective={
        "uplink": "125 B", "arrivals": {"type": "poisson", "rate": load / service}})
    waits = np.zeros((20, 1500))
    for row in recorder.workers:
        if row.round <= 1500:
            waits[row.worker, row.round - 1] = row.queue_s
    means = waits.mean(axis=1)
    expected = load * service / (2 * (1 - load))
    assert abs(means.mean() - expected) < 4.6 * means.std(ddof=1) / math.sqrt(20)
    assert means.std(ddof=1) / math.sqrt(20) < 0.05 * expected  # the test has power


def test_loss_and_the_end_of_a_run():
    recorder = run(workers=3, rounds=200, transport=UNRELIABLE, feedback={"type": "none"}, objective={"uplink": "100 B"},
                   channel={"type": "fixed", "rate": "1 Mbit/s", "loss": "20 %"})
    lost = sum(row.workers_lost for row in recorder.rounds)
    assert lost == sum(row.delivered == 0 for row in uplink(recorder))
    assert abs(lost - 120) < 4 * math.sqrt(600 * 0.2 * 0.8)  # 4 deviations: 1 in 16,000
    cut = run(rounds=None, objective={"uplink": "1 MB"}, stop={"simulated_time": "10 s"})
    assert cut.until == 10.0 and uplink(cut)[-1].end_s == 10.0 and uplink(cut)[-1].delivered == 0


@pytest.mark.parametrize("access", ["dedicated", "tdma", "fdma"])
@pytest.mark.parametrize("arrivals", [{"type": "together"}, {"type": "periodic", "period": "50 ms"},
                                      {"type": "poisson", "rate": "20 Hz"}])
def test_both_fidelities_agree_without_loss(access, arrivals):
    rows = [run(workers=3, rounds=5, access={"type": access}, fidelity=fidelity, objective={
        "uplink": "4 kB", "arrivals": arrivals}).transmissions for fidelity in ("burst", "packet")]
    assert len(rows[0]) == len(rows[1])
    for fast, slow in zip(*rows):
        assert fast.end_s == pytest.approx(slow.end_s, abs=1e-9) and fast[5:] == slow[5:]


def test_the_same_seed_gives_the_same_rows_and_another_does_not():
    arrivals = {"arrivals": {"type": "poisson", "rate": "20 Hz"}}
    first, again, other = (run(objective=arrivals, replication=replication).transmissions for replication in (0, 0, 1))
    assert first == again != other


@pytest.mark.parametrize("objective, sections, key", [
    ({"uplink": "0 B"}, {}, "objective.uplink"),
    ({"uplink": "5 ms"}, {}, "objective.uplink"),
    ({"uplink": ["1 kB"]}, {"workers": 2}, "objective.uplink"),
    ({"downlink": "1 kB", "arrivals": {"type": "poisson", "rate": "1 Hz"}}, {}, "objective.downlink"),
    ({"arrivals": {"type": "poisson"}}, {}, "objective.arrivals.rate"),
    ({"arrivals": {"type": "periodic", "period": "0 s"}}, {}, "objective.arrivals.period"),
    ({"arrivals": {"type": "periodic", "period": "0.9 us"}}, {}, "objective.arrivals.period"),
    ({"arrivals": {"type": "periodic", "period": ["1 s", "0.9 us"]}}, {"workers": 2}, "objective.arrivals.period.1"),
    ({"arrivals": {"type": "poisson", "rate": "1e300 Hz"}}, {}, "objective.arrivals.rate"),
    ({"arrivals": {"type": "poisson", "rate": "1.01 MHz"}}, {}, "objective.arrivals.rate"),
    ({"arrivals": {"type": "bursty"}}, {}, "objective.arrivals.type"),
    ({}, {"algorithm": {"type": "gd"}}, "algorithm"),
    ({}, {"codec": {"type": "dense"}}, "codec"),
    ({}, {"data": {"type": "digits"}}, "data"),
    ({}, {"stop": {"target": {"error": 1e-3}}}, "stop.target"),
    ({"arrivals": {"type": "poisson", "rate": "1 Hz"}}, {"compute": {"time": "1 ms", "type": "fixed"}}, "compute.time")])
def test_what_is_refused(objective, sections, key):
    with pytest.raises(InputError) as refused:
        run(objective=objective, **sections)
    assert key in {".".join(map(str, problem.path)) for problem in refused.value.problems}


def test_jitter_beyond_the_period_is_refused():
    with pytest.raises(InputError, match="period"):
        run(objective={"arrivals": {"type": "periodic", "period": "1 s", "jitter": "2 s"}})


def test_an_objective_that_learns_needs_an_algorithm():
    with pytest.raises(InputError, match="algorithm"):
        Settings.of({"objective": {"type": "quadratic"}, "channel": {"type": "fixed", "rate": "1 Mbit/s"}})


def test_settings_load_again():
    settings = Settings.of({"objective": {"type": "messages", "uplink": "3 kB"}, "channel": {"type": "fixed", "rate": 1e6}})
    assert settings.algorithm is None and "algorithm" not in settings.plain()
    assert Settings.of(settings.plain()) == settings
    assert isinstance(build(Objective, "messages"), Messages)
