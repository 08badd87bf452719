"""A worker that moves has one place at a time: its SINR, and the mean that others ask for, are made there."""

import math

import numpy as np
import pytest

from wirelesssim.model import build
from wirelesssim.radio import Channel, Geometry
from wirelesssim.radio.block_sinr import Division, MovingBlocks
from wirelesssim.rng import Streams

PLACE = build(Geometry, {"type": "positions", "places": [[60, -60]]})
STREAMS = Streams(3, domain="radio")
FADINGS = [{"type": "clarke"}, {"type": "tdl"}, {"type": "rayleigh", "coherence_time": "20 ms"},
           {"type": "rayleigh", "coherence_time": "3 s"}, {"type": "none"}]


def radio(fading, speed="30 km/h", **said):
    return build(Channel, {"type": "radio", "path_loss": "umi", "shadowing": "standard", "fading": fading,
                           "mobility": {"type": "linear", "speed": speed, "direction": "90 deg"}} | said)


def gains_and_sinr(channel, blocks):
    """The fading gain and the SINR of the first `blocks` blocks, of the first band."""
    [source], [law] = channel.block_sinrs(1, PLACE, STREAMS), channel.fading_laws(1, STREAMS)
    if source.division.still:
        return source, 1.0, source(0, blocks)
    split = source.division.split
    gains = law.process(STREAMS, 0).gains(0, blocks // split + 1)[np.arange(blocks) // split]
    return source, *(array.reshape(blocks, -1)[:, 0] for array in (gains, source(0, blocks)))


@pytest.mark.parametrize("fading", FADINGS, ids=[f"{fading['type']}-{fading.get('coherence_time', '')}" for fading in FADINGS])
def test_the_mean_of_an_instant_is_that_of_its_block(fading):
    """SINR / gain of a block is the mean at its start, within it and just before its end, for 20 s of 8.33 m/s."""
    channel = radio(fading)
    time = channel.block_sinrs(1, PLACE, STREAMS)[0].block_time
    blocks = min(math.ceil(20 / time), 20_000)
    source, gains, sinr = gains_and_sinr(channel, blocks)
    starts = np.arange(blocks) * time
    for times in (starts, starts + 0.37 * time, np.nextafter(starts + time, 0) - 1e-9 * time):
        assert np.allclose(source.mean(times), sinr / gains, rtol=1e-9)
    assert np.ptp(10 * np.log10(source.mean(starts))) > 3  # dB: it does move
    [link] = channel.links(1, PLACE, STREAMS)
    assert np.array_equal(link.mean_sinr_at(starts[::-1]), source.mean(starts)[::-1])


@pytest.mark.parametrize("fading", FADINGS[:4])
def test_the_place_is_never_a_metre_behind(fading):
    """The mean is that of the place at the start of its step, which is at most 1 m, and more than 0.5 m, on."""
    channel = radio(fading)
    [source], law = channel.block_sinrs(1, PLACE, STREAMS), channel._sinr_of(1, PLACE, STREAMS)
    [way] = channel.mobility.motions(PLACE.positions(1, STREAMS), STREAMS)
    times = np.sort(np.random.default_rng(5).uniform(0, 15, 400))
    held = source.division.held_time
    starts = np.floor(times / held) * held
    there = law(way(starts), np.zeros(len(starts), dtype=int))
    assert np.allclose(source.mean(times), there, rtol=1e-9)
    assert 0.5 / (30 / 3.6) < held <= 1 / (30 / 3.6) * (1 + 1e-8)


@pytest.mark.parametrize("fading_time, step", [(0.004345, 1.2), (0.02, 0.12), (1 / 49, 1.0), (3.0, 0.7), (0.1, 0.3), (0.3, 0.1),
                                               (0.2, 0.2), (math.inf, 0.4), (1e-4, 1e-4 * 49)])
def test_a_division_of_what_it_divided_is_the_same(fading_time, step):
    """Steps that were made to begin where gains do are not cut again: 49 blocks stay 49, whatever 49 T / T rounds to."""
    first = Division.of(fading_time, step)
    again = Division.of(fading_time, first.held_time)
    assert again == first and first.held_time <= step * (1 + 1e-8)
    assert first.still or first.block_time * first.split == pytest.approx(fading_time, rel=1e-12)


def test_the_mean_of_a_step_that_does_not_fit_is_that_of_its_block():
    """Steps of 1.2 s, gains of 0.35 s, made apart: means are held for three of these. At 2.0 s that is block 5 of the second
    three, whose mean is asked for at 1.05 s."""
    class Process:
        def gains(self, first, count):
            return np.ones(count)

    class Mean:
        step = 1.2

        def __call__(self, times):
            return 100 + np.asarray(times)

    blocks = MovingBlocks(0.35, Process(), Mean())
    assert blocks.division.held == 3 and blocks(5, 1)[0] == blocks.mean(np.array([2.0]))[0] == pytest.approx(101.05)
    assert blocks.mean(np.array([2.0, 0.1, 1.04])) == pytest.approx([101.05, 100.0, 100.0])
