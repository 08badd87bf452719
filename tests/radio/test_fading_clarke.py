"""Clarke fading: correlation in time, crossings and durations of fades, distribution, capacity, and what a scenario may say.

False alarms: five standard errors (6e-7) a number unless stated; seeds are fixed. 1/(2N), N = 128 sinusoids, is what a sum of
equal phasors leaves of a Gaussian (`Scatter`), and is allowed on top where it counts.
"""

import math

import numpy as np
import pytest
from fading_cases import clarke_counts, error, reference

from wirelesssim.errors import InputError
from wirelesssim.model import build, plain
from wirelesssim.radio.fading import Clarke, Fading, Rayleigh, Rician, Scatter
from wirelesssim.rng import Streams

STREAMS = Streams(5, domain="radio")
LEVELS, SNRS = (-20, -15, -10, -5, 0, 5), (-10, 0, 10, 20)
RUNS = (LEVELS, SNRS, 200, 14)  # 200 realisations of 358 s


def lagged(rows, other, lags):
    """Per realisation, mean over time of rows(t) other(t + lag): (time, R) twice to (R, lags)."""
    length = len(rows) - max(lags)
    return np.array([(rows[:length] * other[lag:lag + length]).mean(axis=0) for lag in lags]).T


def test_autocorrelation_of_gain_and_of_power():
    """J0(2 pi fd tau) and J0^2: 2000 realisations of 60 s at fd = 1 Hz, every 0.05 s."""
    points = reference("j0")
    lags = [round(x / 0.05) for _, x, _ in points]
    expected = np.array([value for *_, value in points])
    h = Scatter(STREAMS("j0"), 1.0, paths=2000).on_grid(0.0, 0.05, 1200)  # (time, R)
    seen = lagged(h.conj(), h, lags)
    assert np.all(np.abs(seen.real.mean(axis=0) - expected) < 5 * error(seen.real))
    assert np.all(np.abs(seen.imag.mean(axis=0)) < 5 * error(seen.imag))
    power = np.abs(h) ** 2 - 1
    covariance = lagged(power, power, lags)
    assert np.all(np.abs(covariance.mean(axis=0) - expected**2) < 5 * error(covariance) + 1 / 128)
    assert error(seen.real).max() < 0.01 and error(covariance).max() < 0.02  # the test has teeth


def test_spread_of_phasors_is_an_exact_j0():
    """E[h(t+s)h*(t)] over the random angles is the integral over the circle: 128 sectors by 100 midpoints each."""
    angles = 2 * np.pi * (np.arange(128 * 100) + 0.5) / (128 * 100)
    for _, x, value in reference("j0"):
        assert np.cos(2 * np.pi * x * np.cos(angles)).mean() == pytest.approx(value, abs=1e-9)


def test_level_crossing_rate():
    """sqrt(2 pi) rho fd exp(-rho^2) within 3 %, -20 to +5 dB; standard errors 0.2 to 1 %: false alarm 1 in 100."""
    crossings, _, _ = clarke_counts(*RUNS)
    rho = 10 ** (np.array(LEVELS) / 20)
    ratio = crossings.mean(axis=0) / (math.sqrt(2 * math.pi) * rho * np.exp(-rho**2))
    assert np.all(np.abs(ratio - 1) < 0.03), ratio
    assert np.all(error(crossings) / crossings.mean(axis=0) < 0.012)
    for _, x, value in reference("lcr"):
        assert crossings.mean(axis=0)[LEVELS.index(x)] == pytest.approx(value, rel=0.03)


def test_average_fade_duration():
    """Time below over number of fades: (exp(rho^2) - 1) / (rho fd sqrt(2 pi)) within 3 %."""
    crossings, below, _ = clarke_counts(*RUNS)
    duration = below.mean(axis=0) / crossings.mean(axis=0)
    rho = 10 ** (np.array(LEVELS) / 20)
    assert np.all(np.abs(duration / (np.expm1(rho**2) / (rho * math.sqrt(2 * math.pi))) - 1) < 0.03), duration
    for _, x, value in reference("afd"):
        assert duration[LEVELS.index(x)] == pytest.approx(value, rel=0.03)


@pytest.mark.slow
def test_crossings_at_length():
    """1000 realisations of 1280 s: 1.5 % at every level (0.4 % are the phasors' at -20 dB); z > 3."""
    crossings, below, _ = clarke_counts(LEVELS, SNRS, 1000, 50)
    rho = 10 ** (np.array(LEVELS) / 20)
    assert np.all(np.abs(crossings.mean(axis=0) / (math.sqrt(2 * math.pi) * rho * np.exp(-rho**2)) - 1) < 0.015)
    assert np.all(np.abs(below.mean(axis=0) / -np.expm1(-rho**2) - 1) < 0.015)


def test_time_in_outage():
    """1 - exp(-x), less the share e^-x (x - x^2/2) / 2N that 128 phasors lack."""
    _, below, _ = clarke_counts(*RUNS)
    x = 10 ** (np.array(LEVELS) / 10)
    expected = -np.expm1(-x) - np.exp(-x) * (x - x**2 / 2) / 256
    assert np.all(np.abs(below.mean(axis=0) - expected) < 5 * error(below))
    for _, margin, value in reference("rayleigh_outage"):
        if -margin in LEVELS:
            assert below.mean(axis=0)[LEVELS.index(-margin)] == pytest.approx(value, rel=0.03)


def test_ergodic_capacity():
    """e^(1/s) E1(1/s) / ln 2: over time within 1 %."""
    _, _, capacity = clarke_counts(*RUNS)
    for _, snr, value in reference("rayleigh_capacity"):
        assert capacity.mean(axis=0)[SNRS.index(snr)] == pytest.approx(value, rel=0.01)


@pytest.mark.parametrize("k_db", [3, 6, 10])
def test_rician_distribution(k_db):
    """One instant of each of 5000 links against the closed form of the block law, 3 to 10 dB below the mean."""
    law = Clarke(doppler=3.0, k_factor=f"{k_db} dB").tuned()
    gains = np.array([law.process(STREAMS, worker).response(np.array([12.34]))[0] for worker in range(5_000)])
    power = np.abs(gains) ** 2
    assert abs(power.mean() - 1) < 5 * error(power)
    for margin in (3, 5, 10):
        p = float(Rician(k_factor=f"{k_db} dB").outage(10 ** (-margin / 10)))
        assert law.outage(10 ** (-margin / 10)) == p
        assert abs(np.mean(power < 10 ** (-margin / 10)) - p) < 5 * math.sqrt(p * (1 - p) / len(power)) + p / 128


def test_rician_correlation_keeps_the_dominant_path():
    """At fd tau = 10, |E[h(t+tau)h*(t)]| is K/(K+1) but for J0/(K+1), in each link; the phase turns with the path's Doppler."""
    law = Clarke(doppler=1.0, k_factor=4.0).tuned()
    for worker in range(5):
        h = law.process(STREAMS, worker).response(np.arange(0, 4000, 0.37))
        assert abs(np.mean(h[27:] * h[:-27].conj())) == pytest.approx(0.8, abs=0.08)  # tau = 9.99 s
        assert np.mean(np.abs(h) ** 2) == pytest.approx(1, abs=0.05)


def test_blocks_hold_the_gain_of_their_middle():
    law = Clarke(doppler=25.0, k_factor="3 dB").tuned()
    process, blocks = law.process(STREAMS, 4), np.array([0, 1, 255, 256, 100_000])
    seen = np.array([process.gains(int(block), 1)[0] for block in blocks])
    assert np.allclose(seen, np.abs(process.response((blocks + 0.5) * law.block_time)) ** 2, rtol=1e-9)


def test_a_pure_function_of_seed_worker_and_time():
    """Another step reads the same h(t); other workers and seeds another; far times are as good as near ones."""
    times = np.array([0.0, 1e-3, 0.5, 86_400.0])
    one = Clarke(doppler=10.0).tuned().process(STREAMS, 0).response(times)
    fine = Clarke(doppler=10.0, step="1 %").tuned().process(STREAMS, 0)
    assert np.array_equal(fine.response(times), one) and np.array_equal(fine.response(times[::-1]), one[::-1])
    assert not np.isclose(one, Clarke(doppler=10.0).tuned().process(STREAMS, 1).response(times)).any()
    assert not np.isclose(one, Clarke(doppler=10.0).tuned().process(Streams(6, domain="radio"), 0).response(times)).any()


def test_error_of_a_step():
    """Root mean square of g(t) - g(middle) over a block: 0.77 step to first order; 10 %: 0.077."""
    law = Clarke(doppler=1.0).tuned()
    offsets = (np.arange(10) + 0.5) / 10 - 0.5
    moved = []
    for worker in range(1000):
        h = law.process(STREAMS, worker).response(50 + law.block_time * np.concatenate([[0], offsets]))
        moved.append(np.mean((np.abs(h[1:]) ** 2 - np.abs(h[0]) ** 2) ** 2))
    assert math.sqrt(np.mean(moved)) == pytest.approx(0.077, rel=0.1)


def test_coherence_time_by_hand():
    """3 km/h at 3.5 GHz: 0.8333 m/s * 3.5e9 / 299792458 = 9.729 Hz; 0.423 / 9.729 = 43.48 ms, of which blocks are a tenth."""
    law = Clarke().tuned(3.5e9, 20e6)
    assert law.doppler == pytest.approx(9.7290, rel=1e-4)
    assert law.coherence_time == pytest.approx(43.478e-3, rel=1e-4) and law.block_time == pytest.approx(4.3478e-3, rel=1e-4)
    assert Clarke(doppler="10 Hz", step="20 %").block_time == pytest.approx(8.46e-3)
    assert 0.423 == pytest.approx(math.sqrt(9 / (16 * math.pi)), rel=1e-3)


def test_at_rest_nothing_changes():
    """Drawn once: exponential over workers, constant in time."""
    law = Clarke(speed=0).tuned(3.5e9, 20e6)
    assert law.coherence_time == law.block_time == math.inf
    first = np.array([law.process(STREAMS, worker).gains(0, 1)[0] for worker in range(2000)])
    process = law.process(STREAMS, 3)
    assert np.allclose(process.gains(0, 600), first[3], rtol=1e-12) and process.gains(10**9, 1)[0] == pytest.approx(first[3])
    assert abs(np.mean(first < 0.5) - Rayleigh().outage(0.5)) < 5 * math.sqrt(0.24 / 2000)


@pytest.mark.parametrize("given, message", [
    ({"speed": "30 km/h", "doppler": "5 Hz"}, "^doppler must not stand beside speed"),
    ({"speed": "-1 m/s"}, "^speed must be >= 0 m/s"), ({"speed": "5 Hz"}, "^speed must be a speed"),
    ({"doppler": "1 MHz"}, "^doppler must make a Doppler shift <= 42300 Hz, got 1e[+]06 Hz"),
    ({"step": 0}, "^step must be > 0"), ({"step": "200 %"}, "^step must be <= 100 %"), ({"k_factor": 0}, "^k_factor must be > 0"),
])
def test_refused_by_key(given, message):
    with pytest.raises(InputError, match=message):
        build(Fading, {"type": "clarke"} | given)


def test_a_speed_too_high_for_the_carrier():
    with pytest.raises(InputError, match="^speed must make a Doppler shift <= 42300 Hz, got 10000 m/s"):
        Clarke(speed="10000 m/s").tuned(28e9, 1e8)
    with pytest.raises(ValueError, match="tuned"):
        Clarke().process(STREAMS, 0)


def test_survives_the_resolved_file():
    for given in ({"type": "clarke"}, {"type": "clarke", "doppler": "10 Hz", "k_factor": "6 dB"}, {"type": "nakagami", "m": 0.7},
                  {"type": "tdl", "profile": "C", "delay_spread": "300 ns", "speed": "30 km/h"}):
        assert build(Fading, plain(build(Fading, given))) == build(Fading, given)
