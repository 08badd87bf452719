"""Links: times by hand, the walk over fading blocks against integration and its packet twin, outage, fixed rates."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import exp1

from wirelesssim.errors import InputError
from wirelesssim.model import build, leaf_schema, plain, validate
from wirelesssim.radio import Channel, Fixed, Geometry, Iid, Radio, Rayleigh, Shannon, noise_power
from wirelesssim.radio.fading_link import AdaptiveLink, FixedRateLink
from wirelesssim.rng import Streams
from wirelesssim.units import from_db, to_db

STREAMS = Streams(21, domain="radio")
CLEAN = Iid(probability=0.0)


def adaptive(snr_db=3.0, phy=None, fading=None, worker=0, bandwidth=1e6):
    return AdaptiveLink(worker, STREAMS, CLEAN, bandwidth=bandwidth, phy=phy or Shannon(), fading=fading or Rayleigh(),
                        mean_sinr=from_db(snr_db))


class Scripted:
    """A fading whose gains a test writes down: Tc = 10 ms, a list that repeats."""

    coherence_time = 0.01

    def __init__(self, *script):
        self.script = np.array(script, dtype=float)

    def process(self, streams, worker):
        return self

    def gains(self, first_block, count):
        return self.script[np.arange(first_block, first_block + count) % len(self.script)]

    def outage(self, gain):
        return np.mean(self.script < gain)

    def quantile(self, probability):
        return np.quantile(self.script, probability, method="inverted_cdf")


def scripted(*script, rate=None):
    """1 MHz at gap and SNR 1: gain 1 -> 1 Mbit/s, 3 -> 2 Mbit/s, 0 -> outage."""
    kind = AdaptiveLink if rate is None else FixedRateLink
    said = {} if rate is None else {"rate": rate}
    return kind(0, STREAMS, CLEAN, bandwidth=1e6, phy=Shannon(gap=1.0), fading=Scripted(*script), mean_sinr=1.0, **said)


# -- links of given rate

def test_fixed_link_by_hand():
    """1500 B = 12,000 bits at 10 Mbit/s: 1.2 ms each; at a tenth of the rate 12 ms."""
    channel = validate(Fixed, {"rate": "10 Mbit/s", "latency": "5 ms", "jitter": "1 ms", "loss": "2 %"})
    link = channel.links(2, None, STREAMS)[1]
    bits = 12_000 * np.arange(1, 4)
    assert np.allclose(link.finish(2.0, bits).ends, [2.0012, 2.0024, 2.0036], rtol=1e-15)
    assert np.allclose(link.finish(0.0, bits, 0.1).ends, [0.012, 0.024, 0.036], rtol=1e-15)
    assert link.finish(0.0, bits).gave_up_at is None and link.finish_packet(2.0, 12_000.0) == 2.0012
    assert (link.worker, link.latency, link.jitter, link.loss, link.rate_at(7.0), link.constant) == (
        1, 0.005, 0.001, Iid(probability=0.02), 1e7, True)
    assert not link.fails(np.zeros(3), np.ones(3)).any() and link.expected_rate() == link.max_rate() == 1e7
    assert not channel.needs_geometry


def test_values_of_each_worker():
    links = validate(Fixed, {"rate": ["1 Mbit/s", "2 Mbit/s"], "latency": [0, "1 s"]}).links(2, None, STREAMS)
    assert [(link.rate, link.latency) for link in links] == [(1e6, 0.0), (2e6, 1.0)]
    with pytest.raises(InputError, match="rate must have one entry a worker: 3, got 2"):
        validate(Fixed, {"rate": [1e6, 2e6]}).links(3, None, STREAMS)


def test_loss_processes_of_a_link():
    link = validate(Fixed, {"rate": 1e6, "loss": "50 %"}).links(1, None, STREAMS)[0]
    packets = np.arange(200)
    ask = lambda *given, **said: link.loss_process(*given, **said).arrivals(0, packets, 1, packets, packets)  # noqa: E731
    assert np.array_equal(ask("data"), ask()) and not np.array_equal(ask("data"), ask("ack"))
    assert ask("ack", override=CLEAN).all()
    assert link.loss_process("ack", CLEAN, fidelity="packet").arrives(0, 0, 1, 0.0, 1.0) is True
    with pytest.raises(ValueError, match="burst"):
        link.loss_process(fidelity="exact")


# -- the walk over blocks

def test_walk_by_hand():
    """Blocks of 10 ms at 1, 0, 2 Mbit/s. From 5 ms: 5000 bits by 10 ms, none by 20 ms, 20,000 more by 30 ms, 10,000 by 40 ms."""
    link = scripted(1, 0, 3)
    ends = link.finish(0.005, np.array([0, 4000, 5000, 6000, 25_000, 26_000, 35_000])).ends
    assert np.allclose(ends, [0.005, 0.009, 0.010, 0.0205, 0.030, 0.031, 0.040], rtol=1e-12)
    assert np.allclose(link.finish(0.005, np.array([2000, 5000]), 0.5).ends, [0.009, 0.0225], rtol=1e-12)
    assert [link.rate_at(t) for t in (0.0, 0.0099, 0.01, 0.02, 0.03)] == [1e6, 1e6, 0.0, 2e6, 1e6]
    assert link.expected_rate() == pytest.approx(1e6, rel=1e-3)  # (1 + 0 + 2)/3, on 4096 strata


def test_outage_waits_and_gives_up():
    """Block 0 is good, blocks 1 to 4 (10 to 50 ms) are not, 5 is: a wait of 40 ms from the last progress."""
    link, bits = scripted(1, 0, 0, 0, 0, 1), np.array([5000.0, 12_000.0])
    assert np.allclose(link.finish(0.0, bits, outage_limit=0.041).ends, [0.005, 0.052])
    for limit in (0.039, 0.025, 0.001, 0.0):
        schedule = link.finish(0.0, bits, outage_limit=limit)
        assert schedule.ends[0] == pytest.approx(0.005) and schedule.ends[1] == np.inf
        assert schedule.gave_up_at == pytest.approx(0.010 + limit, rel=1e-12)
    assert link.finish_packet(0.0, 12_000.0, 1.0, 0.039) is None
    assert link.gives_up_at(0.0, 12_000.0, 1.0, 0.039) == pytest.approx(0.049)
    assert link.gives_up_at(0.0, 10_000.0, 1.0, 0.0) is None  # done at the very edge of the block
    # a wait that begins in mid-outage counts from the start
    assert link.finish(0.030, bits[:1], outage_limit=0.0201).ends[0] == pytest.approx(0.055)
    assert link.finish(0.030, bits[:1], outage_limit=0.0199).gave_up_at == pytest.approx(0.0499)


def test_a_wait_of_exactly_the_limit_is_borne():
    """Blocks of 1/4 s, exact in binary: 0.25 to 0.75 s is an outage of 0.5 s."""
    fading = Scripted(1, 0, 0, 1)
    fading.coherence_time = 0.25
    link = AdaptiveLink(0, STREAMS, CLEAN, bandwidth=1e6, phy=Shannon(gap=1.0), fading=fading, mean_sinr=1.0)
    assert link.finish(0.0, np.array([3e5]), outage_limit=0.5).ends[0] == pytest.approx(0.8)
    assert link.finish_packet(0.0, 3e5, 1.0, 0.5) == pytest.approx(0.8)
    below = 0.5 - 1e-6  # s: more than rounding
    assert link.finish(0.0, np.array([3e5]), outage_limit=below).gave_up_at == 0.25 + below
    assert link.finish_packet(0.0, 3e5, 1.0, below) is None


def test_a_link_out_of_reach():
    dead = adaptive(snr_db=-60)
    for link in (dead, validate(Radio, {"tx_power": "-90 dBm"}).links(1, None, STREAMS)[0]):
        assert link.rate_at(1.0) == 0 and link.expected_rate() == 0
        schedule = link.finish(1.0, np.array([0.0, 10.0]), outage_limit=2.0)
        assert schedule.ends.tolist() == [1.0, np.inf] and schedule.gave_up_at == 3.0
        assert link.finish(1.0, np.array([10.0])).gave_up_at == np.inf and link.finish_packet(1.0, 10.0) is None


@settings(max_examples=60, deadline=None, derandomize=True)
@given(start=st.floats(0, 1e4), packets=st.integers(1, 60), size=st.floats(1, 3e5), share=st.sampled_from([1.0, 0.5, 0.07]),
       snr=st.sampled_from([-8.0, 0.0, 15.0]), limit=st.sampled_from([0.015, 0.1, 1.0, math.inf]), worker=st.integers(0, 5))
def test_walk_agrees_with_the_packet_loop(start, packets, size, share, snr, limit, worker):
    """The burst's instants are those of packets sent one after the other, to 1e-9, and both give up at the same time."""
    link = adaptive(snr, worker=worker)
    schedule = link.finish(start, size * np.arange(1, packets + 1), share, limit)
    now = start
    for k in range(packets):
        end = link.finish_packet(now, size, share, limit)
        if end is None:
            assert np.all(np.isinf(schedule.ends[k:]))
            assert schedule.gave_up_at == pytest.approx(link.gives_up_at(now, size, share, limit), rel=1e-9)
            return
        assert schedule.ends[k] == pytest.approx(end, rel=1e-9)
        now = end
    assert schedule.gave_up_at is None


def test_walk_agrees_with_integration():
    """At the instants that `finish` says, the integral of rate_at (midpoints, 20 us steps) is the bits asked for."""
    link, step = adaptive(0.0, fading=Rayleigh(coherence_time="2 ms"), bandwidth=2e6), 2e-5
    start = 3.1415
    bits = np.sort(STREAMS("bits").uniform(0, 6e5, 25))
    ends = link.finish(start, bits).ends
    middles = start + step * (np.arange(int((ends[-1] - start) / step) + 2) + 0.5)
    carried = np.concatenate([[0], np.cumsum(step * np.array([link.rate_at(t) for t in middles]))])
    found = np.interp((ends - start) / step, np.arange(len(carried)), carried)
    # an edge inside a step is misplaced by half a step at most: 10 us at <= max rate, errors of either sign
    edges = (ends - start) / 0.002 + 1
    assert np.all(np.abs(found - bits) < 10e-6 * link.max_rate() * np.sqrt(edges) * 2)
    assert np.all(np.diff(ends) > 0)


def test_long_walk_in_pieces():
    """A message over some 1.6e5 blocks, in pieces of growing size, ends at bits / mean rate within 1 %."""
    link = adaptive(5.0)
    bits = 3200 * link.expected_rate()
    end = link.finish(0.0, np.array([bits / 2, bits])).ends
    assert end[1] == pytest.approx(3200, rel=0.01)
    assert link.finish_packet(0.0, bits / 2) == pytest.approx(end[0], rel=1e-9)


def test_long_run_rate_stays_under_ergodic_capacity():
    """E[B log2(1 + s g)] = B e^{1/s} E1(1/s) / ln 2 for Rayleigh; delivered rate of 10^4 s below it, as is `expected_rate`.

    Also with gap 1, no floor and no ceiling in reach, where the two meet (1 %: 5e5 blocks).
    """
    for snr in (-5.0, 5.0, 20.0):
        s = from_db(snr)
        capacity = 1e6 * math.exp(1 / s) * exp1(1 / s) / math.log(2)
        for phy in (Shannon(), Shannon(gap=1.0, min_efficiency=1e-9, max_efficiency=40.0)):
            link = adaptive(snr, phy)
            bits = 1e3 * link.expected_rate()
            rate = bits / link.finish(0.0, np.array([bits])).ends[0]
            if phy.gap > 1:
                assert rate < capacity and link.expected_rate() < capacity
            else:
                assert rate == pytest.approx(capacity, rel=0.02)
                assert link.expected_rate() == pytest.approx(capacity, rel=1e-3)


# -- a fixed rate over fading

def test_fixed_rate_fails_where_a_packet_touches_a_bad_block():
    """1 Mbit/s over blocks of 2, 0, 1, 2 Mbit/s (10 ms each): only what touches block 1 (10 to 20 ms) fails."""
    link = scripted(3, 0, 1, 3, rate=1e6)
    starts = np.array([0.0, 0.004, 0.005, 0.012, 0.020, 0.0199, 0.041, 0.005])
    ends = np.array([0.003, 0.010, 0.011, 0.013, 0.039, 0.021, 0.049, 0.035])
    assert link.fails(starts, ends).tolist() == [False, False, True, True, False, True, False, True]
    assert np.allclose(link.finish(1.0, np.array([1000.0, 3000.0]), 0.5).ends, [1.002, 1.006])
    assert link.finish_packet(1.0, 3000.0, 0.5) == pytest.approx(1.006)
    assert link.expected_rate() == pytest.approx(0.75e6, rel=1e-3) and link.max_rate() == link.rate_at(0.0) == 1e6
    assert link.fails(np.empty(0), np.empty(0)).shape == (0,)


def test_fixed_rate_outage_probability():
    """A short packet in each of 50,000 blocks fails with P(g < x), x = gap (2^(rate/B) - 1) / SNR; z < 5."""
    phy = Shannon(rate="1.5 Mbit/s")
    link = FixedRateLink(0, STREAMS, CLEAN, bandwidth=1e6, phy=phy, fading=Rayleigh(), mean_sinr=10.0, rate=1.5e6)
    n = 50_000
    starts = 0.02 * np.arange(n) + 0.005
    p = 1 - math.exp(-phy.gap * (2**1.5 - 1) / 10.0)
    assert abs(link.fails(starts, starts + 0.001).mean() - p) < 5 * math.sqrt(p * (1 - p) / n)
    assert link.expected_rate() == pytest.approx(1.5e6 * (1 - p), rel=1e-3)


def test_blocks_hold_their_edges():
    """b Tc belongs to block b for every b, whatever the division's rounding; a packet that ends there does not touch it."""
    link = adaptive(fading=Rayleigh(coherence_time=0.007))
    blocks = np.arange(3000)
    assert [link.block_at(b * 0.007) for b in blocks.tolist()] == blocks.tolist()
    fixed = FixedRateLink(0, STREAMS, CLEAN, bandwidth=1e6, phy=Shannon(), fading=Rayleigh(coherence_time=0.007),
                          mean_sinr=1.0, rate=1e6)
    edges = blocks * 0.007
    assert np.array_equal(fixed.fails(edges[:-1], edges[1:]), fixed.capacities(0, 2999) < 1e6)


# -- the radio channel

def test_noise_and_snr_by_hand():
    """k T0 = -173.975 dBm/Hz; 20 MHz +73.010, noise figure +5: -95.965 dBm.

    At 100 m, 3.5 GHz, exponent 3: 43.329 + 60 = 103.329 dB, so 23 - 103.329 + 95.965 = 15.636 dB.
    """
    assert to_db(noise_power(20e6, from_db(5)) / 1e-3) == pytest.approx(-95.965, abs=1e-3)
    radio = validate(Radio, {})
    link = radio.links(1, build(Geometry, [[60, 80]]), STREAMS)[0]
    assert to_db(link.mean_sinr) == pytest.approx(15.636, abs=2e-3)
    # gap 3 dB: 20 MHz log2(1 + 10^1.2636)
    assert link.rate_at(0.0) == pytest.approx(20e6 * math.log2(1 + 10**1.2636), rel=1e-3)
    assert radio.needs_geometry and link.constant


def test_antenna_gain_and_shadowing_multiply():
    places = build(Geometry, [[60, 80], [60, 80], [-500, 0]])
    plain_links = validate(Radio, {}).links(3, places, STREAMS)
    gained = validate(Radio, {"antenna_gain": "10 dBi", "shadowing": "lognormal", "fading": "rayleigh"})
    links = gained.links(3, places, STREAMS)
    field = gained.shadowing.field(STREAMS)(np.array([[60.0, 80.0], [60.0, 80.0], [-500.0, 0.0]]))
    for link, before, shadow in zip(links, plain_links, field):
        assert link.mean_sinr == pytest.approx(10 * before.mean_sinr * shadow)
    assert links[0].mean_sinr == links[1].mean_sinr  # the same place
    assert links[0].rate_at(0.0) != links[1].rate_at(0.0)  # but not the same fading


def test_radio_kinds_of_link():
    fixed = {"type": "shannon", "rate": "30 Mbit/s"}
    kinds = [type(validate(Radio, given).links(1, None, STREAMS)[0]).__name__
             for given in ({}, {"fading": "rayleigh"}, {"fading": "rician", "phy": fixed}, {"phy": fixed})]
    assert kinds == ["ConstantLink", "AdaptiveLink", "FixedRateLink", "ConstantLink"]
    far, near = validate(Radio, {"phy": fixed}).links(2, build(Geometry, [[5000, 0], [20, 0]]), STREAMS)
    assert far.fails(np.zeros(2), np.ones(2)).all() and far.expected_rate() == 0 and far.rate_at(0) == 3e7
    assert not near.fails(np.zeros(2), np.ones(2)).any() and near.expected_rate() == 3e7


def test_radio_refuses_by_key():
    for given, message in (({"bandwidth": "5 GHz"}, "^bandwidth must be <= carrier"),
                           ({"phy": {"type": "shannon", "rate": "1 Gbit/s"}}, r"^phy\.rate must be <= bandwidth"),
                           ({"phy": {"type": "shannon", "min_efficiency": 9}}, "min_efficiency must be <= max_efficiency"),
                           ({"path_loss": {"type": "umi", "ut_height": "100 m"}}, r"^path_loss\.ut_height must be <= 22.5 m"),
                           ({"fading": {"type": "rayleigh", "coherence_time": 0}}, "> 0 s")):
        with pytest.raises(InputError, match=message):
            validate(Radio, given)


def test_radio_survives_the_resolved_file():
    radio = build(Channel, {"type": "radio", "fading": "rician", "shadowing": "lognormal", "loss": ["1 %", 0]})
    assert build(Channel, plain(radio)) == radio
    assert {"path_loss", "loss", "bandwidth"} <= set(leaf_schema(Radio)["properties"])


# -- efficiency

def test_shannon_by_hand():
    """gap 2: SINR 2 -> log2(2) = 1, 6 -> 2, 1022 -> 9, held at 8; 0.1 is reached at 2 (2^0.1 - 1) = 0.14355."""
    phy = Shannon(gap=2.0)
    assert np.allclose(phy.efficiency(np.array([0.0, 0.1435, 0.1436, 2.0, 6.0, 1022.0])), [0, 0, 0.1, 1, 2, 8], atol=1e-4)
    assert phy.min_sinr == pytest.approx(0.14355, abs=1e-5)
    assert np.all(np.diff(phy.efficiency(np.logspace(-4, 6, 500))) >= 0)
