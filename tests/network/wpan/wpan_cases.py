"""The bench of these tests: the package's own, with what tests look at."""

from wirelesssim.network.wpan.alone import WpanAlone

__all__ = ["WpanAlone", "log_of", "round_ns"]


def round_ns(time):
    """The nanosecond nearest to `time` (s)."""
    return round(time * 1e9)


def log_of(bench):
    """All that ended, in order of ends, times in ns."""
    sent = [(round_ns(end), worker, round, sent.arrived.tolist(), sent.withheld.tolist(), round_ns(sent.seconds),
             round_ns(sent.repeats.seconds), sent.repeats.count, sent.repeats.bits) for worker, round, sent, end in bench.sent]
    return sent + [(round_ns(end), worker, round, heard) for worker, round, heard, end in bench.answered]
