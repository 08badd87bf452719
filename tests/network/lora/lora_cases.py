"""The bench of the cell's tests is that of the package."""

from wirelesssim.network.lora.alone import LoraAlone as Bench
from wirelesssim.radio.lora import time_on_air

__all__ = ["Bench", "airtime", "share"]


def airtime(size, factor=7, up=True):
    """Seconds of a frame of `size` bytes at 125 kHz and 4/5."""
    return float(time_on_air(size, factor, 125e3, crc=up))


def share(frames, begin, window):
    """Of [begin, begin + window), the seconds that `frames` (start, end) cover."""
    return sum(max(0.0, min(end, begin + window) - max(start, begin)) for start, end in frames)
