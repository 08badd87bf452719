"""Packet loss: attempts by inversion, the two-state chain, and agreement with the packet loop."""

import numpy as np
import pytest
from scipy.stats import chi2_contingency, chisquare

from wirelesssim.errors import InputError
from wirelesssim.model import build, plain, validate
from wirelesssim.radio import Fixed, GilbertElliott, Iid, Loss
from wirelesssim.rng import Streams

STREAMS = Streams(11, domain="radio")
N = 200_000


def attempts(probability: float, upto: int, worker: int = 0) -> np.ndarray:
    """Arrivals of N packets in attempts 1 .. upto, each asked for all packets; (upto, N)."""
    process, packets = Iid(probability=probability).process(STREAMS, worker), np.arange(N)
    return np.array([process.arrivals(1, packets, attempt, packets, packets) for attempt in range(1, upto + 1)])


@pytest.mark.parametrize("p", [0.02, 0.3, 0.9])
def test_every_attempt_is_an_independent_bernoulli(p):
    """Eleven attempts, needless repeats included, and so across the change to uniforms of their own at attempt 9.

    All 2^3 patterns of three attempts, for several triples: chi-square, false alarm 1e-5 a triple.
    """
    arrived = attempts(p, 11)
    for triple in ((0, 1, 2), (1, 2, 3), (5, 6, 7), (6, 7, 8), (7, 8, 9), (8, 9, 10), (0, 4, 8)):
        pattern = arrived[triple[0]] + 2 * arrived[triple[1]] + 4 * arrived[triple[2]]
        there = np.array([bin(k).count("1") for k in range(8)])
        expected = N * (1 - p) ** there * p ** (3 - there)
        seen, big = np.bincount(pattern, minlength=8), expected >= 5
        seen, expected = np.append(seen[big], seen[~big].sum()), np.append(expected[big], expected[~big].sum())
        keep = expected > 0
        seen, expected = seen[keep], expected[keep]
        if expected[-1] < 5:
            seen, expected = np.append(seen[:-2], seen[-2:].sum()), np.append(expected[:-2], expected[-2:].sum())
        assert chisquare(seen, expected).pvalue > 1e-5, triple


def test_first_arrival_is_the_inversion_of_one_uniform():
    """F = 1 + floor(ln u / ln p), with the u that the counted stream has for (round, packet)."""
    p, packets = 0.3, np.arange(5000)
    u = STREAMS.counted("loss", "data", 4).uniforms(9, 5000)
    first = 1 + np.floor(np.log(u) / np.log(p))
    process = Iid(probability=p).process(STREAMS, 4)
    for attempt in range(1, 7):
        pending = packets[first >= attempt]
        arrived = process.arrivals(9, pending, attempt, pending, pending)
        assert np.array_equal(arrived, first[pending] == attempt)


@pytest.mark.parametrize("u, p, attempt, own", [
    (1e-13, 1e-6, 2, False), (1e-13, 1e-6, 3, True),  # lost twice: 1e-12 < 2^-30 = 9.3e-10 < 1e-6
    (1 - 1e-13, 1 - 1e-6, 2, False), (1 - 1e-13, 1 - 1e-6, 3, True),  # arrived twice where arrivals are as rare
    (0.5, 0.3, 8, False), (0.5, 0.3, 9, True), (1e-10, 0.05, 7, False), (1e-10, 0.05, 8, True),  # 0.05^6 = 1.6e-8, ^7 = 8e-10
])
def test_a_spent_uniform_is_replaced(u, p, attempt, own):
    """Once an interval narrower than 2^-30 was passed, or 8 attempts, an attempt reads a uniform of its own (sub = attempt)."""
    process, asked = Iid(probability=p).process(STREAMS, 0), []

    def uniforms(round, packets, sub=0):
        asked.append(sub)
        return np.full(len(packets), u if sub == 0 else 0.0)

    process.uniforms = uniforms
    arrived = process.arrivals(1, np.arange(3), attempt, None, None)
    assert (attempt in asked) == own
    if own:
        assert not arrived.any()  # the replacement, 0, is below any p


def test_bursty_repeats_are_independent_given_the_state():
    """With the same loss of 50 % in both states a repeat knows nothing of the first try: correlation below 5/sqrt(N) (6e-7)."""
    law, packets = GilbertElliott(good=1, bad=1, loss_good=0.5, loss_bad=0.5), np.arange(N)
    process = law.process(STREAMS, 0)
    first, second = (process.arrivals(1, packets, attempt, packets * 1e-3, packets) for attempt in (1, 2))
    assert abs(np.corrcoef(first, second)[0, 1]) < 5 / np.sqrt(N)


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_certain_cases_are_exact(p):
    assert np.all(attempts(p, 10) == (p == 0.0))


def test_purposes_workers_and_rounds_are_independent():
    """Correlations of 2e5 pairs below 5/sqrt(N): false alarm 6e-7 each."""
    law, packets = Iid(probability=0.5), np.arange(N)

    def ask(worker, purpose, round):
        return law.process(STREAMS, worker, purpose).arrivals(round, packets, 1, packets, packets)

    base = ask(0, "data", 1)
    for other in (ask(0, "ack", 1), ask(1, "data", 1), ask(0, "data", 2)):
        assert abs(np.corrcoef(base, other)[0, 1]) < 5 / np.sqrt(N)


BURSTY = GilbertElliott(good="60 ms", bad="25 ms", loss_good="2 %", loss_bad="80 %")


def test_chain_matches_its_transition_matrix():
    """P(bad at t + s | state at t) against the closed form, 40,000 chains; z < 5 (6e-7 each)."""
    chains, t, s = 40_000, 0.013, 0.02
    states = np.array([BURSTY.process(Streams(seed), 0).bad_at(np.array([t, t + s])) for seed in range(chains)])
    pi = 25 / 85
    memory = np.exp(-s * (1 / 0.060 + 1 / 0.025))
    assert abs(states[:, 0].mean() - pi) < 5 * np.sqrt(pi * (1 - pi) / chains)
    for bad in (False, True):
        given = states[states[:, 0] == bad, 1]
        expected = pi + (bad - pi) * memory
        assert abs(given.mean() - expected) < 5 * np.sqrt(expected * (1 - expected) / len(given))


def test_chain_does_not_depend_on_who_asked_first():
    early, late = BURSTY.process(STREAMS, 0), BURSTY.process(STREAMS, 0)
    times = np.sort(STREAMS("times").uniform(0, 500, 3000))
    late.bad_at(np.array([500.0]))
    piecewise = np.concatenate([early.bad_at(part) for part in np.array_split(times, 37)])
    assert np.array_equal(piecewise, late.bad_at(times))
    assert np.array_equal(late.bad_at(times[::-1]), piecewise[::-1])


def test_mean_sojourns():
    """500 good sojourns of mean 60 ms within 5 standard errors (an exponential's s.d. is its mean), bad ones likewise."""
    process = BURSTY.process(STREAMS, 2)
    process.bad_at(np.array([0.0, 200.0]))
    sojourns = np.diff(process.changes)[:1000]
    bad_first = not process.starts_bad  # the sojourn after the first change is in the other state
    good, bad = (sojourns[1::2], sojourns[0::2]) if bad_first else (sojourns[0::2], sojourns[1::2])
    assert abs(good.mean() / 0.060 - 1) < 5 / np.sqrt(len(good))
    assert abs(bad.mean() / 0.025 - 1) < 5 / np.sqrt(len(bad))


def longest_run(lost: np.ndarray) -> int:
    best = run = 0
    for one in lost:
        run = run + 1 if one else 0
        best = max(best, run)
    return best


@pytest.mark.parametrize("law", [Iid(probability=0.25), BURSTY], ids=["iid", "bursty"])
@pytest.mark.parametrize("count", [lambda lost: lost.sum(), longest_run, lambda lost: (np.diff(lost.astype(int)) == 1).sum()],
                         ids=["lost", "longest run", "runs"])
def test_burst_and_packet_readings_agree(law, count):
    """Burst statistics at random spacing, cut at a random time: chi-square of two samples of 1500, false alarm 1e-5 each."""
    seen = []
    for seed in range(1500):
        streams = Streams(seed, domain="twin")
        draw = streams("spacing")
        starts = draw.uniform(0, 1) + np.cumsum(draw.exponential(0.004, 25))
        starts = starts[:draw.integers(5, 26)]
        packets = np.arange(len(starts))
        burst = ~law.process(streams, 3).arrivals(2, packets, 1, starts, starts)
        twin = law.packet_process(streams, 3)
        single = np.array([not twin.arrives(2, k, 1, start, start) for k, start in enumerate(starts)])
        seen.append((count(burst), count(single)))
    first, second = np.array(seen).T
    table = np.array([np.bincount(first, minlength=26), np.bincount(second, minlength=26)])
    rare = table.sum(axis=0) < 30
    table = np.column_stack([table[:, ~rare], table[:, rare].sum(axis=1)])
    table = table[:, table.sum(axis=0) > 0]
    assert table.shape[1] > 2
    assert chi2_contingency(table).pvalue > 1e-5


def test_bursts_are_burstier_than_independent_losses():
    """Neighbouring losses s = 2 ms apart correlate by pi (1 - pi) 0.78^2 e^{-s(1/g + 1/b)} / (m (1 - m)), m the mean loss."""
    packets = np.arange(400_000)
    lost = ~BURSTY.process(STREAMS, 0).arrivals(0, packets, 1, packets * 0.002, packets * 0.002)
    pi, mean = 25 / 85, BURSTY.mean_loss
    expected = pi * (1 - pi) * 0.78**2 * np.exp(-0.002 * (1 / 0.060 + 1 / 0.025)) / (mean * (1 - mean))
    found = np.corrcoef(lost[:-1], lost[1:])[0, 1]
    assert abs(found - expected) < 0.02  # some 9000 independent cycles: standard error below 0.005
    assert abs(mean - (60 * 0.02 + 25 * 0.8) / 85) < 1e-12


def test_packet_reading_refuses_to_go_back():
    twin = BURSTY.packet_process(STREAMS, 0)
    twin.arrives(0, 0, 1, 1.0, 1.1)
    with pytest.raises(ValueError, match="order of time"):
        twin.arrives(0, 1, 1, 0.5, 0.6)


def test_scalar_means_independent():
    assert build(Loss, "2 %") == Iid(probability=0.02) == build(Loss, 0.02)
    with pytest.raises(InputError, match="<= 100 %, got 120 %"):
        build(Loss, "120 %")
    with pytest.raises(InputError, match="did you mean 'gilbert_elliott'"):
        build(Loss, "gilbert_eliott")


def losses(given, workers=3):
    channel = validate(Fixed, {"rate": 1e6, "loss": given})
    again = validate(Fixed, {"rate": 1e6, "loss": plain(channel)["loss"]})
    assert again == channel
    return [link.loss for link in channel.links(workers, None, STREAMS)]


def test_loss_of_each_worker():
    assert losses("2 %") == [Iid(probability=0.02)] * 3
    chain = {"type": "gilbert_elliott", "good": "1 s", "bad": "50 ms", "loss_bad": "30 %"}
    assert losses([0, "1 %", chain]) == [Iid(probability=0.0), Iid(probability=0.01), build(Loss, chain)]
    drawn = losses({"type": "uniform", "low": "1 %", "high": "5 %"}, 50)
    assert len({law.probability for law in drawn}) == 50 and all(0.01 <= law.probability < 0.05 for law in drawn)
    assert losses({"type": "uniform", "low": "1 %", "high": "5 %"}, 60)[:50] == drawn
    with pytest.raises(InputError, match="loss must have one entry a worker: 3, got 2"):
        losses([0.1, 0.2])
    with pytest.raises(InputError, match=r"loss\.1 must be a fraction"):
        validate(Fixed, {"rate": 1e6, "loss": [0.1, "3 ms"]})
