"""Modulation and coding schemes of 802.11a, n, ac and ax: what a symbol carries and what comes before the first.

    N_CBPS = N_SD N_BPSCS N_SS,  N_DBPS = floor(R N_CBPS),  rate = R N_CBPS / T_SYM

N_SD data subcarriers of the band or resource unit, N_BPSCS bits a subcarrier, N_SS streams, R the code rate, T_SYM symbol and
guard interval. Sources: 802.11-2020, 17.3 (a), 19.3 and 19.5 (n), 21.3 and 21.5 (ac); 802.11ax-2021, 27.3 and 27.5 (ax).
Preambles: a 20 us; n mixed format 32 us + 4 us N_LTF; ac 36 us + 4 us N_LTF; ax 36 us + N_LTF (LTF + GI), the LTF 6.4 us with
guard intervals of 0.8 and 1.6 us, 12.8 us with 3.2 us: 43.2 us for one stream at 0.8 us. N_LTF 1, 2, 4, 4, 6, 6, 8, 8 for 1 to 8
streams.
Left out: greenfield, unequal modulation, STBC, DCM, beamforming, HE extended range.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np

from ...errors import InputError, Problem
from .standards import WifiStandard, standard as named

__all__ = ["Mode", "modes", "resource_unit_modes", "legacy_mode", "control_mode", "BASIC_RATES", "RESOURCE_UNITS", "DATA_TONES"]

BASIC_RATES = (6e6, 12e6, 24e6)  # bit/s; mandatory in 17.3.2.2, and the usual basic rate set of a 5 GHz network

# bandwidth in Hz -> data subcarriers: 802.11-2020, tables 17-5, 19-6, 21-5; 802.11ax-2021, table 27-15
DATA_TONES = {
    "a": {20e6: 48, 10e6: 48, 5e6: 48},
    "n": {20e6: 52, 40e6: 108},
    "ac": {20e6: 52, 40e6: 108, 80e6: 234, 160e6: 468},
    "ax": {20e6: 234, 40e6: 468, 80e6: 980, 160e6: 1960},
}
RESOURCE_UNITS = {26: 24, 52: 48, 106: 102, 242: 234, 484: 468, 996: 980, 1992: 1960}  # tones -> data subcarriers

_HALF, _TWO_THIRDS, _THREE_QUARTERS, _FIVE_SIXTHS = (Fraction(*rate) for rate in ((1, 2), (2, 3), (3, 4), (5, 6)))
_OFDM = ((1, _HALF), (1, _THREE_QUARTERS), (2, _HALF), (2, _THREE_QUARTERS), (4, _HALF), (4, _THREE_QUARTERS), (6, _TWO_THIRDS),
         (6, _THREE_QUARTERS))
_HT = ((1, _HALF), (2, _HALF), (2, _THREE_QUARTERS), (4, _HALF), (4, _THREE_QUARTERS), (6, _TWO_THIRDS), (6, _THREE_QUARTERS),
       (6, _FIVE_SIXTHS))
_VHT = (*_HT, (8, _THREE_QUARTERS), (8, _FIVE_SIXTHS))
_SCHEMES = {"a": _OFDM, "n": _HT, "ac": _VHT, "ax": (*_VHT, (10, _THREE_QUARTERS), (10, _FIVE_SIXTHS))}
_STREAMS = {"a": 1, "n": 4, "ac": 8, "ax": 8}
_GUARDS = {"a": (800,), "n": (800, 400), "ac": (800, 400), "ax": (800, 1600, 3200)}
_NAMES = {"a": "OFDM", "n": "HT", "ac": "VHT", "ax": "HE"}
_TRAINING = (1, 2, 4, 4, 6, 6, 8, 8)
# (bandwidth, mcs) -> streams that 21.5 leaves out: the coded bits of a symbol do not divide among its encoders
_FORBIDDEN = {(20e6, 9): (1, 2, 4, 5, 7, 8), (80e6, 6): (3, 7), (80e6, 9): (6,), (160e6, 9): (3,)}


@dataclass(frozen=True)
class Mode:
    """One scheme in one band: times in ns, `bits_per_symbol` N_DBPS, `rate` in bit/s.

    `overhead_bits`: service 16 and tail 6 an encoder. `grid`: the payload's time is rounded up to it, 4 us with the short guard
    interval of n and ac (19.4.3, 21.4.3), else a symbol. `mcs` counts within the streams: HT-MCS is 8 (streams - 1) + mcs.
    """

    standard: str
    mcs: int
    streams: int
    bandwidth: float
    constellation: int
    code_rate: Fraction
    bits_per_symbol: int
    symbol: int
    preamble: int
    overhead_bits: int
    grid: int
    rate: float

    @property
    def name(self) -> str:
        """As the standard calls it."""
        if self.standard == "a":
            return f"OFDM {self.rate / 1e6:g} Mb/s"
        number = self.mcs + (8 * (self.streams - 1) if self.standard == "n" else 0)
        return f"{_NAMES[self.standard]}-MCS {number}"

    @property
    def row(self) -> np.ndarray:
        """(5,) of int64, as compiled loops take it: preamble, bits_per_symbol, symbol, overhead_bits, grid."""
        return np.array([self.preamble, self.bits_per_symbol, self.symbol, self.overhead_bits, self.grid], dtype=np.int64)


def modes(standard: str | WifiStandard, bandwidth: float = 20e6, streams: int = 1, guard_interval: int = 800,
          preamble: str = "standard") -> tuple[Mode, ...]:
    """The modes of a band of `bandwidth` (Hz), lowest first; those that ac leaves out for these streams are missing.

    `guard_interval` in ns. `preamble`: "standard", or "ns3" for ax, whose training fields ns-3 counts as 8 us each: 44 us for one
    stream. InputError, keyed `standard`, `bandwidth`, `streams`, `guard_interval` or `preamble`, for what the standard lacks.
    """
    name = named(standard if isinstance(standard, str) else standard.name).name
    _check(name, float(bandwidth), streams, guard_interval, preamble)
    return _modes(name, float(bandwidth), DATA_TONES[name][float(bandwidth)], streams, guard_interval,
                  _preamble(name, float(bandwidth), streams, guard_interval, preamble == "ns3"))


def resource_unit_modes(tones: int, streams: int = 1, guard_interval: int = 1600) -> tuple[Mode, ...]:
    """The modes of one ax resource unit of 26, 52, 106, 242, 484, 996 or 1992 `tones` in a trigger-based PPDU, lowest first.

    The preamble has an HE-STF of 8 us: 40 us + N_LTF (LTF + GI) (802.11ax-2021, 27.3.11; trigger-based PPDUs have no guard
    interval of 0.8 us, 27.3.4: with it these are the rates of downlink resource units). InputError for other tones, streams or
    guard intervals.
    """
    if tones not in RESOURCE_UNITS:
        raise InputError(Problem(("tones",), f"must be one of {', '.join(map(str, RESOURCE_UNITS))}, got {tones!r}"))
    _check("ax", 20e6, streams, guard_interval, "standard")
    before = _preamble("ax", 20e6, streams, guard_interval, False) + 4_000
    return _modes("ax", tones * 78_125.0, RESOURCE_UNITS[tones], streams, guard_interval, before)


def legacy_mode(rate_mbps: int) -> Mode:
    """The 802.11a mode of 6, 9, 12, 18, 24, 36, 48 or 54 Mb/s, as control and broadcast frames of every standard are sent."""
    for mode in modes("a"):
        if mode.rate == rate_mbps * 1e6:
            return mode
    raise InputError(Problem(("rate",), f"must be one of 6, 9, 12, 18, 24, 36, 48, 54 Mb/s, got {rate_mbps!r}"))


def control_mode(mode: Mode) -> Mode:
    """The mode of the ACK, block ACK or CTS that answers a frame of `mode`: the highest of 6, 12, 24 Mb/s not above its rate.

    For n, ac and ax its rate is the non-HT reference rate: that of 802.11a with the same constellation and code rate, 54 Mb/s at
    most (802.11-2020, 10.6.11), whatever bandwidth and streams: a robust mode's answer is robust, too.
    """
    reference = min(54e6, float(48 * mode.constellation * mode.code_rate / Fraction(4, 10**6)))
    return legacy_mode(round(max(rate for rate in BASIC_RATES if rate <= reference) / 1e6))


def _check(name: str, bandwidth: float, streams: int, guard: int, preamble: str) -> None:
    kind = f"802.11{name}"
    if bandwidth not in DATA_TONES[name]:
        known = ", ".join(f"{band / 1e6:g}" for band in sorted(DATA_TONES[name]))
        raise InputError(Problem(("bandwidth",), f"must be one of {known} MHz in {kind}, got {bandwidth / 1e6:g} MHz"))
    if not 1 <= streams <= _STREAMS[name]:
        raise InputError(Problem(("streams",), f"must be in 1 to {_STREAMS[name]} in {kind}, got {streams}"))
    if guard not in _GUARDS[name]:
        known = ", ".join(f"{one / 1000:g}" for one in _GUARDS[name])
        raise InputError(Problem(("guard_interval",), f"must be one of {known} us in {kind}, got {guard / 1000:g} us"))
    if preamble not in ("standard", "ns3") or (preamble == "ns3" and name != "ax"):
        raise InputError(Problem(("preamble",), f"must be standard, or ns3 in 802.11ax, got {preamble!r} in {kind}"))


def _preamble(name: str, bandwidth: float, streams: int, guard: int, as_ns3: bool) -> int:
    """ns before the first data symbol."""
    training = _TRAINING[streams - 1]
    if name == "a":
        return round(20_000 * 20e6 / bandwidth)
    if name == "ax":
        return 36_000 + training * (8_000 if as_ns3 else (12_800 if guard == 3200 else 6_400) + guard)
    return (32_000 if name == "n" else 36_000) + 4_000 * training


@lru_cache(maxsize=None)
def _modes(name: str, bandwidth: float, tones: int, streams: int, guard: int, before: int) -> tuple[Mode, ...]:
    symbol = (12_800 if name == "ax" else 3_200) + guard
    if name == "a":
        symbol = round(symbol * 20e6 / bandwidth)
    short = name in ("n", "ac") and guard == 400
    made = []
    for mcs, (constellation, code_rate) in enumerate(_SCHEMES[name]):
        if name == "ac" and streams in _FORBIDDEN.get((bandwidth, mcs), ()):
            continue
        coded = tones * constellation * streams
        bits = coded * code_rate
        tail = 6 * _encoders(name, coded, code_rate)
        made.append(Mode(name, mcs, streams, bandwidth, constellation, code_rate, int(bits), symbol, before, 16 + tail,
                         4_000 if short else symbol, float(bits * 10**9 / symbol)))
    return tuple(made)


def _encoders(name: str, coded: int, code_rate: Fraction) -> int:
    """N_ES, convolutional encoders: one for 300 Mb/s in n (19.5), one for 600 Mb/s in ac, as many more as divide the symbol's
    bits evenly (21.5; from memory); one in ax, where LDPC codes serve the high rates without a tail, counted as if they had
    one."""
    bits = coded * code_rate
    if name == "n":
        return -(-bits // 1200)
    if name == "ac":
        count = -(-bits // 2160)
        while coded % (count * code_rate.denominator):
            count += 1
        return count
    return 1
