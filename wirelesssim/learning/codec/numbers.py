"""Numbers on the wire: how the values of a frame are written and read. `Ieee` here, levels of a grid in `levels`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..values import ValueFormat
from .varint import CodecError

__all__ = ["IEEE", "Ieee", "Numbers", "ieee_form", "index_bits"]


class Numbers(ABC):
    """The format of the values of one update; one that may vary from frame to frame says which by `shortest` and `fixed`.

    `bits` of a value on the wire. `code`: the format in the tag. `extra_bits`: of a scale, a part of every packet's payload.
    `least`: the fewest bits that a value takes. `masked_bits`: of a coordinate in a masked frame.
    """

    bits: int
    code: int
    extra_bits: int = 0

    @property
    def least(self) -> int:
        """The fewest bits of a value: what bounds how many a frame can hold."""
        return self.bits

    @property
    def masked_bits(self) -> int:
        """Bits of a coordinate in a masked frame, stated or not."""
        return self.bits

    @property
    def fixed(self) -> Numbers:
        """The format in which each value takes `bits`: that of every masked frame, and of others where none is shorter."""
        return self

    def shortest(self, _values: np.ndarray) -> Numbers:
        """The format that a frame of just these values (n,) has, unless it is masked."""
        return self

    def head(self) -> bytes:
        """What stands between the tag and the header of the kind."""
        return b""

    def form(self, size: int, values: np.ndarray) -> np.ndarray:
        """What the kernels count with (described there), for an update of R^size with `values` (n,)."""
        return np.array([1 + len(self.head()), self.bits, self.masked_bits, index_bits(size)])

    @abstractmethod
    def write(self, values: np.ndarray) -> bytes:
        """`values` (n,) as bytes."""

    @abstractmethod
    def write_masked(self, values: np.ndarray, places: np.ndarray, span: int) -> bytes:
        """`span` coordinates as bytes, of which `places` (n,) state `values` (n,)."""

    @abstractmethod
    def read(self, data: bytes, at: int, count: int) -> np.ndarray:
        """The `count` values that are the rest of `data` from byte `at` on, float64; CodecError if it is not exactly them."""

    @abstractmethod
    def read_masked(self, data: bytes, at: int, span: int) -> tuple[np.ndarray, np.ndarray]:
        """Which offsets (n,) of `span` coordinates, the rest of `data`, are stated, and their values (n,)."""

    def check_count(self, data: bytes, at: int, count: int) -> None:
        """CodecError if the bytes from `at` on are too few for `count` values: asked before anything of that size is made."""
        if count * self.least > 8 * (len(data) - at):
            raise CodecError(f"{len(data) - at} bytes do not hold {count} values")

    def check_length(self, data: bytes, at: int, count: int, width: int) -> None:
        """CodecError if `count` numbers of `width` bits, padded to a byte, are not exactly the bytes from `at` on."""
        if len(data) - at != (count * width + 7) // 8:
            raise CodecError(f"{count} values of {width} bits are not {len(data) - at} bytes")


@dataclass(frozen=True)
class Ieee(Numbers):
    """IEEE 754 binary16, 32 or 64, little-endian. In a masked frame a coordinate that is not stated is negative zero."""

    bits: int

    @property
    def code(self) -> int:
        """0, 1, 2 for 16, 32, 64 bits."""
        return list(IEEE).index(self.bits)

    def write(self, values: np.ndarray) -> bytes:
        return self._wire(values).tobytes()

    def write_masked(self, values: np.ndarray, places: np.ndarray, span: int) -> bytes:
        wire = self._wire(values)
        padded = np.full(span, -0.0, dtype=wire.dtype)
        padded[places] = wire + wire.dtype.type(0)  # -0 + 0 = +0
        return padded.tobytes()

    def read(self, data: bytes, at: int, count: int) -> np.ndarray:
        self.check_length(data, at, count, self.bits)
        with np.errstate(invalid="ignore"):  # a damaged value may be a signalling NaN
            return np.frombuffer(data, ValueFormat(self.bits).dtype, count, at).astype(np.float64)

    def read_masked(self, data: bytes, at: int, span: int) -> tuple[np.ndarray, np.ndarray]:
        values = self.read(data, at, span)
        keep = (values != 0) | ~np.signbit(values)
        return np.flatnonzero(keep), values[keep]

    def _wire(self, values: np.ndarray) -> np.ndarray:
        form = ValueFormat(self.bits)
        return form.round(values).astype(form.dtype)


IEEE = {bits: Ieee(bits) for bits in (16, 32, 64)}  # by width, in the order of their codes


@lru_cache(maxsize=64)
def ieee_form(bits: int, size: int) -> np.ndarray:
    """The form of updates of R^size with IEEE values: of nothing else, so that each size of a model has one."""
    return IEEE[bits].form(size, np.empty(0))


def index_bits(size: int) -> int:
    """ceil(log2 size): the bits that tell one of `size` coordinates."""
    return (size - 1).bit_length()
