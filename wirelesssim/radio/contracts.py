"""What every member of a family must satisfy; each check raises AssertionError with a sentence.

Statistics use fixed streams: a check that passes once passes always; the stated rate is that of a false alarm over seeds.
"""

from __future__ import annotations

import numpy as np

from ..rng import Streams
from .fading import Fading, FadingLaw
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
    """With its state fixed the gain is in (0, 1], does not grow with distance, and is the same for an array and for a scalar;
    a place has one gain and one state, whatever is asked with it."""
    for law in getattr(path_loss, "states", (path_loss,)):
        for frequency in _carriers(law):
            _check_gain(law, frequency)
    if isinstance(path_loss, PathLoss):
        _check_places(path_loss, _carriers(path_loss)[0])


def _carriers(law: PathLoss) -> list[float]:
    """Three carriers at which `law` holds, from low to high."""
    low, high = getattr(law, "frequencies", (0.0, np.inf))
    return [min(max(carrier, low), high) for carrier in (868e6, 3.5e9, 28e9)]


def _check_gain(law: PathLoss, frequency: float) -> None:
    distance = np.concatenate([[0.0], np.logspace(-2, 5, 400)])
    gain = np.asarray(law.gain(distance, frequency))
    assert gain.shape == distance.shape, f"gain of {distance.shape} distances has the shape {gain.shape}"
    assert np.all((gain > 0) & (gain <= 1)), f"gain must be in (0, 1], got {gain.min()} to {gain.max()} at {frequency:g} Hz"
    falling = distance >= (law.not_growing_from(frequency) if isinstance(law, PathLoss) else 0.0)
    assert np.all(np.diff(gain[falling]) <= 0), f"gain grows with distance at {frequency:g} Hz"
    single = float(law.gain(float(distance[200]), frequency))
    assert np.isclose(single, gain[200], rtol=1e-13, atol=0), "gain of a scalar differs from that in an array"


def _check_places(law: PathLoss, frequency: float) -> None:
    streams = Streams(3, domain="check path loss")
    places, workers = streams("places").uniform(-400, 400, (60, 2)), np.arange(60)
    said, again = law.at(streams)(places, frequency, workers), law.at(streams)(places[::-1], frequency, workers[::-1])
    assert np.array_equal(said.gain, again.gain[::-1]), "the gain of a place depends on what is asked with it"
    assert said.gain.shape == (60,) and np.all((said.gain > 0) & (said.gain <= 1)), "gain of a place must be in (0, 1]"
    if law.decorrelation is None:
        return
    assert np.all(said.sigma >= 0), "a law that states decorrelation must state sigma, too"
    assert said.los.dtype == bool and np.array_equal(said.los, again.los[::-1]), "a place must have one state"


def check_fading(fading: Fading, blocks: int = 40_000, workers: int = 4_000) -> None:
    """Gains have mean 1 and the stated distribution, are random access, and independent between workers.

    Tuned to 20 MHz at 3.5 GHz. Statistics over `blocks` of one worker where blocks are independent, over one block of each of
    `workers` where the gain moves smoothly; of the first band and of the last. False alarms: 2e-6 for each mean and for the
    correlation, 1e-6 for each distribution (Kolmogorov-Smirnov).
    """
    law = fading.tuned(3.5e9, 20e6) if isinstance(fading, Fading) else fading
    streams = Streams(3, domain="check fading")
    gains = law.process(streams, 0).gains(0, blocks)
    assert gains.ndim in (1, 2) and len(gains) == blocks and np.all(gains >= 0), (
        "gains must be (count,), or (count, bands), and not negative")
    other = law.process(streams, 0)
    for first, count in ((blocks - 700, 700), (255, 3), (1000, 1), (0, 10)):
        assert np.array_equal(other.gains(first, count), gains[first:first + count]), "gains depend on what was asked before"
    if getattr(law, "block_time", None) == getattr(law, "coherence_time", None):
        neighbour = law.process(streams, 1).gains(0, blocks)
    else:
        drawn = np.concatenate([law.process(streams, worker).gains(997, 1) for worker in range(workers + 1)])
        gains, neighbour = drawn[:-1], drawn[1:]
    for band in (0, -1):
        _check_distribution(law, *(rows.reshape(len(rows), -1)[:, band] for rows in (gains, neighbour)))


def _check_distribution(law: FadingLaw, gains: np.ndarray, neighbour: np.ndarray) -> None:
    """`gains` (n,), independent, are of mean 1, follow `outage`, and have nothing to do with `neighbour` (n,)."""
    n = len(gains)
    error = gains.std() / np.sqrt(n)
    assert abs(gains.mean() - 1) <= _Z * error, f"mean gain must be 1, got {gains.mean():.4f}"
    quantiles = law.quantile(np.array([0.01, 0.5, 0.99]))
    if error == 0:
        assert np.all(quantiles == gains[0]), "quantile disagrees with a gain that never changes"
        return
    assert np.allclose(law.outage(quantiles), [0.01, 0.5, 0.99], rtol=1e-6), "quantile is not the inverse of outage"
    below = law.outage(np.sort(gains))
    distance = max(np.max(below - np.arange(n) / n), np.max(np.arange(1, n + 1) / n - below))
    limit = np.sqrt(np.log(2 / 1e-6) / (2 * n))  # Dvoretzky-Kiefer-Wolfowitz
    assert distance <= limit, f"gains do not follow `outage`: distance {distance:.4f}, limit {limit:.4f}"
    correlation = np.corrcoef(gains, neighbour)[0, 1]
    assert abs(correlation) <= _Z / np.sqrt(n), f"two workers' gains are correlated: {correlation:.4f}"
