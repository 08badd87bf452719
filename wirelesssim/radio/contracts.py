"""What every member of a family must satisfy; each check raises AssertionError with a sentence.

Statistics use fixed streams: a check that passes once passes always; the stated rate is that of a false alarm over seeds.
"""

from __future__ import annotations

import numpy as np

from ..rng import Streams
from .fading import Fading
from .loss import Loss
from .pathloss import PathLoss

__all__ = ["check_loss", "check_path_loss", "check_fading"]

_Z = 5.0  # a normal deviate exceeds it, on either side, once in 1.7 million


def check_loss(loss: Loss, packets: int = 12, gap: float = 0.01, seeds: int = 600) -> None:
    """A loss process is pure in its arguments, loses `mean_loss` on average, and agrees with its packet twin.

    A burst is `packets` packets at random spacings of mean `gap` (s), sent twice, the second time one burst later. False
    alarms: 2e-6 for each mean; 1e-4 for each comparison of the two readings, chi-square over the number of packets of a
    burst that the first try loses, and that both tries lose.
    """
    _check_purity(loss, packets, gap)
    bursts, singles = np.array([_losses(loss, packets, gap, seed) for seed in range(seeds)]).transpose(1, 2, 0)  # (2, seeds)
    for name, lost in (("burst", bursts[0]), ("packet", singles[0])):
        # a law that hardly ever loses gives no spread to measure; a binomial's floor keeps the rule honest
        error = max(lost.std() / packets, np.sqrt(loss.mean_loss * (1 - loss.mean_loss) / packets)) / np.sqrt(seeds)
        found = lost.mean() / packets
        assert abs(found - loss.mean_loss) <= _Z * error + 1e-12, (
            f"{name} reading loses {found:.4f}, mean_loss says {loss.mean_loss:.4f}")
    for what, burst, single in zip(("by the first try", "by both tries"), bursts, singles):
        chance = _same_distribution(burst, single)
        assert chance > 1e-4, f"burst and packet readings differ in the number lost {what} (p = {chance:.1e})"


def _check_purity(loss: Loss, packets: int, gap: float) -> None:
    streams, numbers = Streams(7), np.arange(packets)
    starts = np.arange(packets) * gap
    ends = starts + gap / 2

    def ask(process, round, attempt, chosen=slice(None)):
        shift = 3.7 * gap * packets * attempt
        return process.arrivals(round, numbers[chosen], attempt, starts[chosen] + shift, ends[chosen] + shift)

    process = loss.process(streams, 0)
    first = {(round, attempt): ask(process, round, attempt) for round in (0, 5) for attempt in (1, 2, 3, 12)}
    again = loss.process(streams, 0)
    for key in reversed(list(first)):
        assert first[key].dtype == bool and first[key].shape == (packets,), "arrivals must be (n,) of bool"
        assert np.array_equal(ask(again, *key), first[key]), "arrivals depend on the order in which they are asked"
        for packet in (packets - 1, 0):
            one = ask(again, *key, [packet])
            assert one[0] == first[key][packet], "a packet's fate depends on which other packets are asked with it"
    assert ask(process, 0, 1, slice(0)).shape == (0,), "no packets must give no arrivals"


def _losses(loss: Loss, packets: int, gap: float, seed: int) -> list[tuple[int, int]]:
    """Packets of a burst that the first try and that both tries lose, by either reading, in one realisation."""
    streams, numbers = Streams(seed, domain="check loss"), np.arange(packets)
    first = np.cumsum(streams("spacing").exponential(gap, packets))
    process, twin, tries = loss.process(streams, 0), loss.packet_process(streams, 0), []
    for attempt, starts in ((1, first), (2, first + first[-1])):
        burst = ~process.arrivals(1, numbers, attempt, starts, starts)
        single = [not twin.arrives(1, packet, attempt, start, start) for packet, start in enumerate(starts.tolist())]
        tries.append((burst, np.array(single)))
    return [(int(one.sum()), int((one & two).sum())) for one, two in zip(*tries)]


def _same_distribution(first: np.ndarray, second: np.ndarray) -> float:
    """p-value of the chi-square test that two samples of counts have one law; classes below 10 are pooled."""
    from scipy.stats import chi2_contingency

    size = int(max(first.max(), second.max())) + 1
    table, pooled = np.array([np.bincount(first, minlength=size), np.bincount(second, minlength=size)]), []
    row = np.zeros(2)
    for column in table.T:
        row = row + column
        if row.sum() >= 20:
            pooled.append(row)
            row = np.zeros(2)
    if pooled:
        pooled[-1] = pooled[-1] + row
    return float(chi2_contingency(np.array(pooled).T).pvalue) if len(pooled) > 1 else 1.0


def check_path_loss(path_loss: PathLoss) -> None:
    """The gain is in (0, 1], does not grow with distance, and is the same for an array and for a scalar."""
    distance = np.concatenate([[0.0], np.logspace(-2, 5, 400)])
    for frequency in (868e6, 3.5e9, 28e9):
        gain = np.asarray(path_loss.gain(distance, frequency))
        assert gain.shape == distance.shape, f"gain of {distance.shape} distances has the shape {gain.shape}"
        assert np.all((gain > 0) & (gain <= 1)), f"gain must be in (0, 1], got {gain.min()} to {gain.max()} at {frequency:g} Hz"
        assert np.all(np.diff(gain) <= 0), f"gain grows with distance at {frequency:g} Hz"
        single = float(path_loss.gain(float(distance[200]), frequency))
        assert np.isclose(single, gain[200], rtol=1e-13), "gain of a scalar differs from that in an array"


def check_fading(fading: Fading, blocks: int = 40_000) -> None:
    """Gains have mean 1 and the stated distribution, are random access, and independent between workers.

    False alarms: 2e-6 for the mean and for the correlation, 1e-6 for the distribution (Kolmogorov-Smirnov).
    """
    streams = Streams(3, domain="check fading")
    gains = fading.process(streams, 0).gains(0, blocks)
    assert gains.shape == (blocks,) and np.all(gains >= 0), "gains must be (count,) and not negative"
    other = fading.process(streams, 0)
    for first, count in ((blocks - 700, 700), (255, 3), (1000, 1), (0, 10)):
        assert np.array_equal(other.gains(first, count), gains[first:first + count]), "gains depend on what was asked before"
    error = gains.std() / np.sqrt(blocks)
    assert abs(gains.mean() - 1) <= _Z * error, f"mean gain must be 1, got {gains.mean():.4f}"
    quantiles = fading.quantile(np.array([0.01, 0.5, 0.99]))
    if error == 0:
        assert np.all(quantiles == gains[0]), "quantile disagrees with a gain that never changes"
        return
    assert np.allclose(fading.outage(quantiles), [0.01, 0.5, 0.99], rtol=1e-6), "quantile is not the inverse of outage"
    below = fading.outage(np.sort(gains))
    distance = max(np.max(below - np.arange(blocks) / blocks), np.max(np.arange(1, blocks + 1) / blocks - below))
    limit = np.sqrt(np.log(2 / 1e-6) / (2 * blocks))  # Dvoretzky-Kiefer-Wolfowitz
    assert distance <= limit, f"gains do not follow `outage`: distance {distance:.4f}, limit {limit:.4f}"
    neighbour = fading.process(streams, 1).gains(0, blocks)
    correlation = np.corrcoef(gains, neighbour)[0, 1]
    assert abs(correlation) <= _Z / np.sqrt(blocks), f"two workers' gains are correlated: {correlation:.4f}"
