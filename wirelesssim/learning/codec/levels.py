"""Levels of a grid on the wire, in place of the numbers that they stand for."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..grid import Grid
from .bits.kernels import read_bits, read_gamma, write_bits
from .numbers import Numbers
from .varint import CodecError, read_varint, varint

__all__ = ["Levels", "gamma_width"]

_MIDTREAD, _GAMMA = 3, 7  # codes in the tag; + 1: odd, + 2: unit (gamma codes: + 1: unit)


@dataclass(frozen=True)
class Levels(Numbers):
    """Levels of `grid`, in grid.bits each or, of a midtread grid, in the Elias gamma code if `gamma`.

    A sender whose format has `gamma` uses it in each frame that it makes shorter (`shortest`), and `fixed` in the others.

    A level of a midtread grid is a sign bit and a magnitude; one of an odd grid is (level + steps) / 2. In the gamma code it is
    the number 2 |level| + (level < 0), or 1 for level 0: 1 bit for 0, 3 for 1 and -1, 5 for 2 and 3.
    In a masked frame, where no level is gamma coded, a coordinate that is not stated is negative zero; an odd grid has no
    zero, so that each coordinate takes one bit more: 1 and the level, or zeros.
    Source: Elias, Universal codeword sets and representations of the integers, IEEE Trans. Inf. Theory 21(2), 1975; that
    quantised gradients be coded so: Alistarh et al., QSGD, NeurIPS 2017, 3.2.
    """

    grid: Grid
    gamma: bool = False

    @property
    def bits(self) -> int:
        """Bits of a level that is not gamma coded."""
        return self.grid.bits

    @property
    def code(self) -> int:
        """3 to 6: midtread, odd, midtread of unit scale, odd of unit scale; 7, 8: gamma coded, of unit scale."""
        return _GAMMA + self.grid.unit if self.gamma else _MIDTREAD + self.grid.odd + 2 * self.grid.unit

    @property
    def extra_bits(self) -> int:
        """32 for the scale, unless it is agreed."""
        return 0 if self.grid.unit else 32

    @property
    def least(self) -> int:
        """1 in the gamma code."""
        return 1 if self.gamma else self.bits

    @property
    def masked_bits(self) -> int:
        """One more where no level can stand for nothing."""
        return self.bits + self.grid.odd

    @property
    def fixed(self) -> Levels:
        """The same levels, in fixed width."""
        return replace(self, gamma=False)

    def shortest(self, values: np.ndarray) -> Levels:
        if self.gamma and self._gamma_widths(values).sum() >= len(values) * self.bits:
            return self.fixed
        return self

    @staticmethod
    def of_code(code: int, data: bytes, at: int) -> tuple[Levels, int]:
        """The format with this number in the tag, whose head is at byte `at`, and the byte after that."""
        if not _MIDTREAD <= code <= _GAMMA + 1:
            raise CodecError(f"the tag's format of values, {code}, is not known")
        gamma = code >= _GAMMA
        odd, unit = (False, code > _GAMMA) if gamma else (bool(code - _MIDTREAD & 1), bool(code - _MIDTREAD & 2))
        steps, at = read_varint(data, at)
        end = at if unit else at + 4
        if end > len(data):
            raise CodecError("the frame ends in its scale")
        with np.errstate(invalid="ignore"):  # a damaged scale may be a signalling NaN
            scale = 1.0 if unit else float(np.frombuffer(data, "<f4", 1, at)[0])
        try:
            return Levels(Grid(scale, steps, odd, unit), gamma), end
        except ValueError as error:
            raise CodecError(str(error)) from None

    def head(self) -> bytes:
        """The steps and, unless it is agreed, the scale."""
        return varint(self.grid.steps) + (b"" if self.grid.unit else np.array(self.grid.scale, dtype="<f4").tobytes())

    def form(self, size: int, values: np.ndarray) -> np.ndarray:
        form = super().form(size, values)
        if not self.gamma:
            return form
        return np.concatenate([form, [0], np.cumsum(self._gamma_widths(values))])

    def write(self, values: np.ndarray) -> bytes:
        if not self.gamma:
            return _fixed(self._codes(values), self.bits)
        codes = _gamma_codes(self._levels(values))
        return write_bits(codes, gamma_width(codes)).tobytes()

    def write_masked(self, values: np.ndarray, places: np.ndarray, span: int) -> bytes:
        top = 1 << self.masked_bits - 1  # odd: the mark of a stated coordinate; midtread: negative zero
        codes = np.full(span, 0 if self.grid.odd else top, dtype=np.int64)
        codes[places] = self._codes(values) | (top if self.grid.odd else 0)
        return _fixed(codes, self.masked_bits)

    def read(self, data: bytes, at: int, count: int) -> np.ndarray:
        if self.gamma:
            return self._values(self._read_gamma(data, at, count))
        codes = self._read_codes(data, at, count, self.bits)
        if not self.grid.odd and (codes == 1 << self.bits - 1).any():
            raise CodecError("a stated level is a negative zero")
        return self._values(self._decoded(codes))

    def read_masked(self, data: bytes, at: int, span: int) -> tuple[np.ndarray, np.ndarray]:
        top = 1 << self.masked_bits - 1
        codes = self._read_codes(data, at, span, self.masked_bits)
        keep = codes >= top if self.grid.odd else codes != top
        if self.grid.odd and codes[~keep].any():
            raise CodecError("a coordinate that is not stated has a level")
        return np.flatnonzero(keep), self._values(self._decoded(codes[keep] - (top if self.grid.odd else 0)))

    def _gamma_widths(self, values: np.ndarray) -> np.ndarray:
        """Bits (n,) of the level of each value in the gamma code."""
        return gamma_width(_gamma_codes(self.grid.levels(values)))

    def _levels(self, values: np.ndarray) -> np.ndarray:
        """The levels of `values`; ValueError if they do not lie on the grid."""
        if not self.grid.holds(values):
            raise ValueError(f"the values do not lie on {self.grid}; ValueFormat.update and Grid.round put them there")
        return self.grid.levels(values)

    def _codes(self, values: np.ndarray) -> np.ndarray:
        levels = self._levels(values)
        if self.grid.odd:
            return (levels + self.grid.steps) // 2
        return np.where(levels < 0, 1 << self.bits - 1, 0) | np.abs(levels)

    def _decoded(self, codes: np.ndarray) -> np.ndarray:
        if self.grid.odd:
            return 2 * codes - self.grid.steps
        negative = codes >> self.bits - 1
        return (codes & (1 << self.bits - 1) - 1) * (1 - 2 * negative)

    def _values(self, levels: np.ndarray) -> np.ndarray:
        if (np.abs(levels) > self.grid.steps).any():
            raise CodecError(f"a level lies beyond the grid's {self.grid.steps} steps")
        return self.grid.values(levels)

    def _read_codes(self, data: bytes, at: int, count: int, width: int) -> np.ndarray:
        self.check_length(data, at, count, width)
        codes = np.empty(count, dtype=np.int64)
        if read_bits(np.frombuffer(data, dtype=np.uint8), at, width, codes) != len(data):
            raise CodecError("the padding after the levels is not zero")
        return codes

    def _read_gamma(self, data: bytes, at: int, count: int) -> np.ndarray:
        self.check_count(data, at, count)
        codes = np.empty(count, dtype=np.int64)
        if read_gamma(np.frombuffer(data, dtype=np.uint8), at, codes) != len(data):
            raise CodecError(f"{count} gamma-coded levels are not {len(data) - at} bytes")
        return (codes >> 1) * np.where(codes > 1, 1 - 2 * (codes & 1), 0)


def gamma_width(numbers: np.ndarray) -> np.ndarray:
    """2 floor(log2 number) + 1 for each number (n,) in [1, 2^53): its bits in the Elias gamma code."""
    return 2 * np.frexp(numbers.astype(np.float64))[1].astype(np.int64) - 1


def _gamma_codes(levels: np.ndarray) -> np.ndarray:
    return np.maximum(2 * np.abs(levels) + (levels < 0), 1)


def _fixed(codes: np.ndarray, width: int) -> bytes:
    return write_bits(codes, np.full(len(codes), width, dtype=np.int64)).tobytes()
