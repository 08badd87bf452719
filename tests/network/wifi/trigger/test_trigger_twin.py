"""The cell against its frame-by-frame twin, laws of the medium, error rates, fairness; what a scenario may not say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trigger_cases import TriggerBench

from wirelesssim.errors import InputError
from wirelesssim.radio.wifi import packet_error_rate
from wirelesssim.scenario.settings import Settings

PACKET = 12_000


def outcome(bench):
    """All that a run shows, as plain numbers; times in whole ns."""
    sent = [(worker, round(end * 1e9), sent.arrived.tolist(), sent.gave_up, sent.repeats.count, sent.repeats.bits)
            for worker, _, end, sent in bench.sent]
    seconds = [value for *_, sent in bench.sent for value in (sent.seconds, sent.access, sent.repeats.seconds)]
    downs = [[(worker, round(end * 1e9), value) for worker, end, value in events] for events in (bench.answers, bench.carried)]
    return sent, seconds, downs, bench.cell.exchanges, [start for start, _ in bench.starts]


@st.composite
def loads(draw):
    """Workers, rules, bursts, answers and models of all kinds."""
    workers = draw(st.integers(1, 12))
    access = {"poll": draw(st.sampled_from([0.0, 1e-3, 5e-3])), "most_users": draw(st.sampled_from([1, 3, 74])),
              "guard_interval": draw(st.sampled_from([1.6e-6, 3.2e-6]))}
    phy = {"streams": draw(st.sampled_from([1, 1, 2])),
           "rate": draw(st.sampled_from([{"type": "best"}, {"type": "best", "target": 0.5}, {"type": "fixed", "mcs": 4}]))}
    fading = draw(st.sampled_from([None, {"type": "rayleigh", "coherence_time": 3e-3}]))
    levels = draw(st.lists(st.sampled_from([-12.0, 0.0, 5.0, 9.0, 14.0, 30.0]), min_size=workers, max_size=workers))
    when = st.sampled_from([0.0, 1e-3, 2.5e-3, 7.3e-3])
    burst = st.tuples(st.integers(1, 70), st.sampled_from([320, 4_000, PACKET]), when)
    bursts = [(draw(st.integers(0, workers - 1)), draw(burst)) for _ in range(draw(st.integers(0, 6)))]
    answers = draw(st.lists(st.tuples(st.integers(0, workers - 1), when), max_size=4))
    models = draw(st.lists(st.tuples(st.integers(1, 5), st.one_of(st.none(), st.integers(0, workers - 1)), when), max_size=2))
    return dict(sinr_db=levels, access=access, phy=phy, fading=fading, seed=draw(st.integers(0, 99))), bursts, answers, models


@settings(max_examples=60, deadline=None)
@given(loads())
def test_the_cell_agrees_with_its_twin_frame_for_frame(load):
    given_, bursts, answers, models = load
    made = []
    for fidelity in ("burst", "packet"):
        bench = TriggerBench(**given_, outage_limit=0.02, fidelity=fidelity)
        for worker in sorted({worker for worker, _ in bursts}):
            bench.send(worker, *[burst for owner, burst in bursts if owner == worker])
        for number, (worker, at) in enumerate(answers):
            bench.answer(worker, at, round=number)
        books = [bench.carry(count, PACKET, at, worker, round=number) for number, (count, worker, at) in enumerate(models)]
        made.append((outcome(bench.run()), [(book.attempts, book.lost, book.sent_bits, round(book.end * 1e9)) for book in books]))
    (fast, fast_books), (slow, slow_books) = made
    assert fast[0] == slow[0] and fast[2:] == slow[2:] and fast_books == slow_books
    assert fast[1] == pytest.approx(slow[1], abs=1e-9)
    _laws(bench, bursts, answers, models)


def _laws(bench, bursts, answers, models):
    """Nothing vanishes, every second is accounted for, and an exchange begins AIFS after the one before, or later."""
    assert len(bench.sent) == len(bursts) and len(bench.answers) == len(answers)
    for _, start, end, sent in bench.sent:
        assert sent.seconds + sent.access + sent.repeats.seconds == pytest.approx(end - start, abs=2e-9)
        assert sent.repeats.count <= 6 * len(sent.arrived)
    for begin, idle_since in bench.starts:
        assert idle_since < 0 or begin >= idle_since + 43_000
    assert all(later >= earlier for (earlier, _), (later, _) in zip(bench.starts, bench.starts[1:]))


def test_frames_fail_by_the_error_law():
    """A fixed HE-MCS 4 at an SINR where its PER is about 0.2: of the transmissions of 6000 frames within 5 standard errors (a
    false alarm in 1.7 million)."""
    bench = TriggerBench([0.0], phy={"rate": {"type": "fixed", "mcs": 4}})
    mode = bench.rules.units.modes[0][0]
    decibels = next(level for level in np.arange(10, 25, 0.05)
                    if packet_error_rate(10 ** (level / 10), mode, 8 * 1538, bench.rules.units.law) < 0.2)
    expected = float(packet_error_rate(10 ** (decibels / 10), mode, 8 * 1538, bench.rules.units.law))
    bench = TriggerBench([decibels], phy={"rate": {"type": "fixed", "mcs": 4}}).send(0, (6000, PACKET, 0.0)).run()
    sent = bench.sent[0][3]
    assert sent.arrived.all() or (~sent.arrived).mean() < 1e-3  # 0.2^7 of them
    tries = 6000 + sent.repeats.count
    failures = tries - int(sent.arrived.sum())
    assert abs(failures / tries - expected) <= 5 * np.sqrt(expected * (1 - expected) / tries)


def test_turns_are_fair():
    """Twenty workers with 300 packets each, nine at a time: nobody is done before everybody has had nearly as much."""
    bench = TriggerBench([60.0] * 20)
    for worker in range(20):
        bench.send(worker, (300, PACKET, 0.0))
    bench.run()
    ends = np.array([end for _, _, end, _ in bench.sent])
    assert ends.min() > 0.85 * ends.max()


def test_a_message_costs_events_by_the_exchange_and_not_by_the_packet():
    """6000 packets in some 150 exchanges: a few SimPy events each."""
    bench, count = TriggerBench([60.0]), 0
    bench.send(0, (6000, PACKET, 0.0))
    while bench.env.peek() < np.inf:
        bench.env.step()
        count += 1
    assert bench.cell.exchanges == -(-6000 // 42) and count < 3 * bench.cell.exchanges


def scenario(**changes):
    made = {
        "objective": {"type": "quadratic"}, "algorithm": {"type": "gd"}, "access": {"type": "ofdma_trigger"},
        "channel": {"type": "radio", "carrier": "5.25 GHz", "phy": {"type": "wifi"}}, "downlink": {"type": "multicast"}}
    return made | changes


@pytest.mark.parametrize("changes, key", [
    ({"channel": {"type": "fixed", "rate": "1 Mbit/s"}}, ("channel", "phy")),
    ({"channel": {"type": "radio", "carrier": "5.25 GHz", "phy": {"type": "wifi", "standard": "ac"}}}, ("channel", "phy", "standard")),
    ({"channel": {"type": "radio", "carrier": "5.25 GHz", "phy": {"type": "wifi", "rate": "arf"}}}, ("channel", "phy", "rate", "type")),
    ({"channel": {"type": "radio", "carrier": "5.25 GHz", "phy": {"type": "wifi"}, "loss": "1 %"}}, ("channel", "loss")),
    ({"transport": {"type": "arq", "ack": {"loss": "1 %"}}}, ("transport", "ack", "loss")),
    ({"transport": {"type": "arq", "mtu": "3000 B"}}, ("transport", "mtu")),
    ({"access": {"type": "ofdma_trigger", "guard_interval": "0.8 us"}}, ("access", "guard_interval")),
    ({"access": {"type": "ofdma_trigger", "guard_interval": "1.6004 us"}}, ("access", "guard_interval")),
    ({"access": {"type": "ofdma_trigger", "guard_interval": "1e300 s"}}, ("access", "guard_interval")),
    ({"access": {"type": "ofdma_trigger", "guard_interval": 1e9}}, ("access", "guard_interval")),
    ({"downlink": {"type": "multicast", "rate": "6 Mbit/s"}}, ("downlink", "rate")),
    ({"access": "tdma"}, ("access",))])
def test_what_does_not_go_together_is_refused(changes, key):
    Settings.of(scenario())
    with pytest.raises(InputError) as refused:
        Settings.of(scenario(**changes))
    assert key in [problem.path for problem in refused.value.problems]
