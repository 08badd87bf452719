"""Files of a rate over time: CSV, and the delivery opportunities of Mahimahi."""

from __future__ import annotations

import csv
import math
from functools import lru_cache
from pathlib import Path

import numpy as np

from ..errors import InputError, Problem, shown
from .rate_trace import RateTrace

__all__ = ["read_trace", "OPPORTUNITY", "INSTANT"]

OPPORTUNITY = 1500 * 8  # bits that one line of a Mahimahi file delivers: a full Ethernet payload (RFC 894)
INSTANT = 1e-6  # s before its stamp in which an opportunity is used: a thousandth of the format's resolution
_TIMES = {"s": 1.0, "ms": 1000.0}
_RATES = {f"{prefix}{unit}": factor for prefix, factor in (("", 1.0), ("k", 1e3), ("m", 1e6), ("g", 1e9))
          for unit in ("bit/s", "bit_s", "bits/s", "bits_s", "bps")}
_COLUMNS = "must name one column of time, such as time_s or time_ms, and one of rate, such as rate_mbit_s or bit/s"

Lines = list[tuple[int, str]]  # (number in the file, text) of the lines that say something


def read_trace(path: str, format: str = "auto", loops: bool = True) -> RateTrace:
    """The rate in the file at `path`, coming again when it ends if it `loops`; InputError with file and line.

    `auto`: Mahimahi if the first line that is neither empty nor a comment (`#`) is a whole number and no more, else CSV.

    *CSV*: the first line names the columns, one of time (`time_s`, `time (s)`, `time_ms`) and one of rate with its unit
    (`rate_mbit_s`, `rate [kbit/s]`, `bit/s`, `rate_bps`); others are not read. A row's rate holds until the next row, the
    last row's for as long as the one before it (a single row: 1 s, which changes nothing). Time counts from the first row and
    grows. After the end it starts again, or holds the last rate.

    *Mahimahi* (Netravali et al., "Mahimahi: accurate record-and-replay for HTTP", USENIX ATC 2015; its `mm-link`): each
    line is the millisecond of one opportunity to deliver 1500 bytes, lines in order, several in one millisecond where they
    repeat. What waits then shares the opportunity, a packet that is larger goes on in the next one, and what nobody uses is
    lost; so a small packet alone waits for an opportunity, and wastes the rest of it. The file starts again at its last
    stamp, or delivers nothing after it (`mm-link --once`). Here an opportunity is used within the microsecond before its
    stamp: who begins before that has it whole, as there. Left out: 4 bytes of TUN header a packet (there an opportunity is
    1504 bytes with them), and that clock's whole milliseconds.
    """
    try:
        about = Path(path).stat()
        return _read(path, format, loops, (about.st_mtime_ns, about.st_size))
    except InputError:
        raise
    except (OSError, ValueError) as error:
        raise _refused(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}; "
                       "a relative path starts at the scenario's folder") from None


@lru_cache(maxsize=64)  # settings are made anew for each point
def _read(path: str, format: str, loops: bool, _stamp: tuple[int, int]) -> RateTrace:
    try:
        text = Path(path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise _refused(f"{path}: is not text, so neither CSV nor a Mahimahi file") from None
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1)]
    lines = [(number, line) for number, line in lines if line and not line.startswith("#")]
    if not lines:
        raise _refused(f"{path}: is empty; give rows of time and rate, or Mahimahi's milliseconds")
    mahimahi = format == "mahimahi" or format == "auto" and lines[0][1].isdecimal()
    return (_mahimahi if mahimahi else _csv)(path, lines, loops)


def _csv(path: str, lines: Lines, loops: bool) -> RateTrace:
    number, head = lines[0]
    places, factors = _columns(f"{path}:{number}", next(csv.reader([head])))
    if len(lines) == 1:
        raise _refused(f"{path}:{number}: has no rows after the names of its columns")
    times, rates = [], []
    for number, line in lines[1:]:
        time, rate = _row(f"{path}:{number}", line, places)
        if times and time <= times[-1]:
            raise _refused(f"{path}:{number}: times must grow, got {time:g} after {times[-1]:g}")
        if rate < 0:
            raise _refused(f"{path}:{number}: a rate must be >= 0, got {rate:g}")
        times.append(time)
        rates.append(rate)
    if not any(rates):
        raise _refused(f"{path}: must have a rate above 0 somewhere, has none in {len(rates)} rows")
    begins = np.array(times) / factors[0]
    last = begins[-1] - begins[-2] if len(begins) > 1 else 1.0
    edges = np.append(begins, begins[-1] + last) - begins[0]
    held = np.array(rates) * factors[1]
    return RateTrace(edges, held, None if loops else float(held[-1]))


def _columns(where: str, names: list[str]) -> tuple[tuple[int, int], tuple[float, float]]:
    """Places of the columns of time and rate, time units a second and bit/s a unit of rate; InputError otherwise."""
    found = {}
    for place, name in enumerate(names):
        words = name.strip().lower().replace("(", " ").replace("[", " ").rstrip(")] ")
        kind, _, unit = words.replace("_", " ", 1).partition(" ") if words.startswith(("time", "rate")) else ("rate", "", words)
        unit = unit.strip()
        known = {"time": _TIMES, "rate": _RATES}.get(kind, {})
        if unit in known:
            if kind in found:
                raise _refused(f"{where}: {_COLUMNS}, got two of {kind}: {','.join(names)!r}")
            found[kind] = place, known[unit]
    if len(found) < 2:
        raise _refused(f"{where}: {_COLUMNS}, got {','.join(names)!r}")
    return (found["time"][0], found["rate"][0]), (found["time"][1], found["rate"][1])


def _row(where: str, line: str, places: tuple[int, int]) -> tuple[float, float]:
    """(time, rate) of one line, in the file's units."""
    fields = next(csv.reader([line]))
    try:
        time, rate = (float(fields[place]) for place in places)
    except (IndexError, ValueError):
        time = rate = math.nan
    if not (math.isfinite(time) and math.isfinite(rate)):
        raise _refused(f"{where}: must have a finite time and a finite rate, got {shown(line)}")
    return time, rate


def _mahimahi(path: str, lines: Lines, loops: bool) -> RateTrace:
    stamps = np.empty(len(lines), dtype=np.int64)
    last = 0
    for place, (number, line) in enumerate(lines):
        if not line.isdecimal() or len(line) > 15:
            raise _refused(f"{path}:{number}: must be a whole number of milliseconds, got {shown(line)}")
        if int(line) < last:
            raise _refused(f"{path}:{number}: milliseconds must not fall, got {line} after {last}")
        stamps[place] = last = int(line)
    if last == 0:
        raise _refused(f"{path}: must last longer than 0 ms, has no later stamp")
    stamps, counts = np.unique(stamps, return_counts=True)
    if stamps[0] == 0:  # an opportunity at the very start is one at the end of the repeat before
        counts[-1] += counts[0] if loops else 0
        stamps, counts = stamps[1:], counts[1:]
    ends = stamps / 1000.0
    edges = np.concatenate(([0.0], np.stack([ends - INSTANT, ends], axis=1).ravel()))
    rates = np.stack([np.zeros(len(counts)), counts * (OPPORTUNITY / INSTANT)], axis=1).ravel()
    return RateTrace(edges, rates, None if loops else 0.0)


def _refused(rule: str) -> InputError:
    return InputError(Problem((), rule))
