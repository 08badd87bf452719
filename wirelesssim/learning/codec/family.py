"""The interface of every codec."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import BeforeValidator

from ...errors import InputError, shown
from ...model import Model
from ..grid import Grid
from ..update import Update
from ..values import ValueFormat
from .decoding import decode
from .frame import frame, masked_frame
from .kernels import COSTS, SHARED, WIDTH, cut, frame_bytes, value_bits
from .levels import Levels
from .numbers import IEEE, Numbers, ieee_form
from .packets import Packets

__all__ = ["Codec", "LevelCode", "ValueBits"]

EVERY = np.empty(0, dtype=np.int64)  # what the kernels take for "every coordinate is stated"


def _width(value: Any) -> int:
    """A width that `ValueFormat` knows, given as a number or, as `--set` may give one, as its digits."""
    number = int(value) if isinstance(value, str) and value.isdecimal() else value
    if isinstance(number, bool) or not isinstance(number, int) or not ValueFormat.knows(number):
        raise ValueError(f"must be 64, 32, 16 or, quantised, 2 to 15, got {shown(value)}")
    return number


ValueBits = Annotated[int, BeforeValidator(_width)]
LevelCode = Literal["fixed", "elias_gamma"]


class Codec(Model, family="codec", default="auto"):
    """How an update becomes frames of bytes: each is self-describing and decodes alone (layout: `frame`).

    `value_bits`: a value on the wire is IEEE 754 binary64, 32 or 16, or quantised to 2 to 15 bits with a scale; 32 is the
    customary count of the literature (GD is 32 d bits a worker a round). An update with a grid has its own width.

    `levels` concerns only levels of a midtread grid, which a quantised format and QSGD's quantiser have: they take equally many
    bits each (`fixed`) or, with `elias_gamma`, the Elias gamma code in each frame that it makes shorter, as it does where most
    are near zero. Either way the same: IEEE values, levels of an odd grid (LAQ's, signs), which have no zero, and masked
    frames, whose unstated coordinates take a level's place.

    Sizes are counted, never found by encoding: size(u) == 8 len(encode(u)) for every u.
    A silent update is no frame and 0 bits; the marker that tells silence from lateness belongs to the transport.
    An update whose positions the receiver can tell (`shared`) is its values alone, whatever the codec.
    """

    value_bits: ValueBits  # every codec has both; leaves set the defaults
    levels: LevelCode
    kind: ClassVar[int]  # of its frames, one of `kernels`

    @property
    def values(self) -> ValueFormat:
        """The format of a value on the wire: what an algorithm must round by when it makes an `Update`."""
        return ValueFormat(self.value_bits)

    def measure(self, indices: np.ndarray, start: int, stop: int, form: np.ndarray) -> tuple[int, int]:
        """The kind of the frame for entries start:stop, and its bytes; `indices` and `form` as `kernels` take them."""
        return self.kind, frame_bytes(self.kind, indices, start, stop, form)

    def cut(self, indices: np.ndarray, entries: int, form: np.ndarray, limit: int) -> tuple[np.ndarray, np.ndarray]:
        """Edges (K+1,) and bytes (K,) of frames of at most `limit` bytes; edges[-1] < entries where one entry is too much."""
        return cut(self.kind, indices, entries, form, limit)

    def numbers(self, update: Update) -> Numbers:
        """How the values of `update` travel: on its grid, on the one that the codec's format derives, or as IEEE numbers."""
        if update.grid is None and self.value_bits in IEEE:
            return IEEE[self.value_bits]
        grid = update.grid or self.values.grid(update.values)
        return Levels(grid, self.levels == "elias_gamma" and not grid.odd)

    def form(self, update: Update) -> np.ndarray:
        """What the kernels count `update` with."""
        if update.grid is None and self.value_bits in IEEE:
            return ieee_form(self.value_bits, update.size)
        return self.numbers(update).form(update.size, update.values)

    def size(self, update: Update) -> int:
        """Bits of the whole of `update` as one frame."""
        if update.silent:
            return 0
        return 8 * int(self._plan(update, 0, update.entries, self.form(update))[1])

    def encode(self, update: Update) -> bytes:
        """The whole of `update` as one frame; ValueError if its values do not lie on its grid, or on the codec's."""
        return b"" if update.silent else self.encode_slice(update, 0, update.entries)

    def decode(self, data: bytes, size: int, positions: np.ndarray | None = None, dtype: type = np.float64) -> Update:
        """The update of R^size in a frame of any codec; ValueError (`CodecError`) if `data` is not one. See `decode`."""
        return decode(data, size, positions, dtype)

    def packets(self, update: Update, max_bits: int) -> Packets:
        """`update` cut into frames of at most `max_bits`; InputError if that does not hold one entry."""
        form, limit = self.form(update), whole_bytes(max_bits)
        if update.silent:
            edges, sizes = np.zeros(1, dtype=np.int64), np.empty(0, dtype=np.int64)
        elif is_shared(update):
            edges, sizes = cut(SHARED, EVERY, update.entries, form, limit)
        else:
            edges, sizes = self.cut(stated(update), update.entries, form, limit)
        if edges[-1] < update.entries:
            self.refuse(update, max_bits, self._plan(update, edges[-1], edges[-1] + 1, form)[1])
        return Packets(edges, 8 * sizes, self._payload(update, edges, form) + self.numbers(update).extra_bits)

    def encode_packet(self, update: Update, packets: Packets, i: int) -> bytes:
        """Packet i of `packets`, which this codec made of `update`; coded_bits[i] bits."""
        if packets.spans is not None:
            return masked_frame(update, *packets.edges[i:i + 2].tolist(), *packets.spans[i:i + 2].tolist(), self.numbers(update))
        return self.encode_slice(update, int(packets.edges[i]), int(packets.edges[i + 1]))

    def encode_slice(self, update: Update, start: int, stop: int) -> bytes:
        """Entries start:stop of `update`, start < stop, as one frame."""
        kind = self._plan(update, start, stop, self.form(update))[0]
        return frame(kind, update, start, stop, self.numbers(update))

    def holds_one(self, size: int, max_bits: int, grid: Grid | None = None) -> bool:
        """Whether packets of `max_bits` hold one entry of a model of `size`, wherever it is and whatever its value.

        `grid`, of scale 1: of an update that brings its own; None: in the codec's format.
        """
        last = np.array([size - 1])
        form = self.form(Update(size, None, np.ones(1), grid))  # 1 is the outermost level, the longest in the gamma code
        return self.cut(last, 1, form, whole_bytes(max_bits))[0][-1] == 1

    def _plan(self, update: Update, start: int, stop: int, form: np.ndarray) -> tuple[int, int]:
        """The kind of the frame for entries start:stop, and its bytes."""
        if is_shared(update):
            return SHARED, frame_bytes(SHARED, EVERY, start, stop, form)
        return self.measure(stated(update), start, stop, form)

    def _payload(self, update: Update, edges: np.ndarray, form: np.ndarray) -> np.ndarray:
        """Bits (K,) of the values of each frame, in the numbers that it uses."""
        if len(form) == COSTS:
            return np.diff(edges) * form[WIDTH]
        kinds = [self._plan(update, start, stop, form)[0] for start, stop in pairwise(edges.tolist())]
        return value_bits(np.array(kinds, dtype=np.int64), stated(update), edges, form)

    def refuse(self, update: Update, max_bits: int, needed: int) -> None:
        """InputError: a frame of one entry of `update` takes `needed` bytes, more than `max_bits`."""
        own = update.grid is not None and update.grid.bits != self.value_bits  # of the algorithm, which value_bits does not alter
        width = f"levels of {update.grid.bits} bits" if own else f"value_bits {self.value_bits}"
        raise InputError(f"a packet must hold at least one entry: a frame of one in codec {self.type_name!r} with {width} takes "
                         f"{8 * needed} bits, but the limit (mtu less header) is {max_bits} bits; raise the mtu or "
                         f"{'let the algorithm quantise to fewer bits' if own else 'lower value_bits'}")


def is_shared(update: Update) -> bool:
    """Whether positions cost nothing because the receiver has them; of a dense update there are none to tell."""
    return update.shared and update.indices is not None


def stated(update: Update) -> np.ndarray:
    """The indices of `update` as the kernels take them: int64 or int32, or of length 0 where all are stated."""
    if update.indices is None:
        return EVERY
    narrow = update.indices.dtype == np.int32  # half the memory of a model of 5e7
    return np.ascontiguousarray(update.indices, dtype=np.int32 if narrow else np.int64)


def whole_bytes(max_bits: int) -> int:
    """The bytes that fit into `max_bits`, within what the kernels count with."""
    return int(min(max(max_bits, 0) // 8, 2**40))
