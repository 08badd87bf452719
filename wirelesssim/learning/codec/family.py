"""The interface of every codec."""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BeforeValidator

from ...errors import InputError
from ...model import Model
from ..update import Update
from ..values import ValueFormat
from .decoding import decode
from .frame import frame
from .packets import Packets

__all__ = ["Codec", "ValueBits"]

EVERY = np.empty(0, dtype=np.int64)  # what the kernels take for "every coordinate is stated"


def _number(value: Any) -> Any:
    """A digit string as the number that it writes, as `--set` may give one."""
    return int(value) if isinstance(value, str) and value.isdecimal() else value


ValueBits = Annotated[Literal[64, 32, 16], BeforeValidator(_number)]


class Codec(Model, family="codec", later=("fixed_width", "elias_gamma", "run_length"), default="auto"):
    """How an update becomes frames of bytes: each is self-describing and decodes alone (layout: `frame`).

    `value_bits`: a value on the wire is IEEE 754 binary64, 32 or 16; 32 is the customary count of the literature (GD is
    32 d bits a worker a round). Sizes are counted, never found by encoding: size(u) == 8 len(encode(u)) for every u.
    A silent update is no frame and 0 bits; the marker that tells silence from lateness belongs to the transport.
    """

    value_bits: ValueBits  # every codec has it; leaves set the default

    @property
    def values(self) -> ValueFormat:
        """The format of a value on the wire: what an algorithm must round by before it makes an `Update`."""
        return ValueFormat(self.value_bits)

    @abstractmethod
    def measure(self, indices: np.ndarray, start: int, stop: int) -> tuple[int, int]:
        """The kind of the frame for entries start:stop, and its bytes; `indices` as `kernels` takes them."""

    @abstractmethod
    def cut(self, indices: np.ndarray, entries: int, limit: int) -> tuple[np.ndarray, np.ndarray]:
        """Edges (K+1,) and bytes (K,) of frames of at most `limit` bytes; edges[-1] < entries where one entry is too much."""

    def size(self, update: Update) -> int:
        """Bits of the whole of `update` as one frame."""
        return 0 if update.silent else 8 * int(self.measure(stated(update), 0, update.entries)[1])

    def encode(self, update: Update) -> bytes:
        """The whole of `update` as one frame; values are rounded to the format, which does nothing to rounded ones."""
        return b"" if update.silent else self.encode_slice(update, 0, update.entries)

    def decode(self, data: bytes, size: int) -> Update:
        """The update of R^size in a frame of any codec; ValueError (`CodecError`) if `data` is not one."""
        return decode(data, size)

    def packets(self, update: Update, max_bits: int) -> Packets:
        """`update` cut into frames of at most `max_bits`; InputError if that does not hold one entry."""
        if update.silent:
            return pack(np.zeros(1, dtype=np.int64), np.empty(0, dtype=np.int64), self.value_bits)
        indices = stated(update)
        edges, sizes = self.cut(indices, update.entries, whole_bytes(max_bits))
        if edges[-1] < update.entries:
            self.refuse(max_bits, self.measure(indices, edges[-1], edges[-1] + 1)[1])
        return pack(edges, sizes, self.value_bits)

    def encode_packet(self, update: Update, packets: Packets, i: int) -> bytes:
        """Packet i of `packets`, which this codec made of `update`; coded_bits[i] bits."""
        return self.encode_slice(update, int(packets.edges[i]), int(packets.edges[i + 1]))

    def encode_slice(self, update: Update, start: int, stop: int) -> bytes:
        """Entries start:stop of `update`, start < stop, as one frame."""
        return frame(self.measure(stated(update), start, stop)[0], update, start, stop, self.values)

    def refuse(self, max_bits: int, needed: int) -> None:
        """InputError: a frame of one entry takes `needed` bytes, more than `max_bits`."""
        raise InputError(f"a packet must hold at least one entry: a frame of one in codec {self.type_name!r} with "
                         f"value_bits {self.value_bits} takes {8 * needed} bits, "
                         f"but the limit (mtu less header) is {max_bits} bits; raise the mtu or lower value_bits")


def stated(update: Update) -> np.ndarray:
    """The indices of `update` as the kernels take them: int64, or of length 0 where all are stated."""
    return EVERY if update.indices is None else np.ascontiguousarray(update.indices, dtype=np.int64)


def whole_bytes(max_bits: int) -> int:
    """The bytes that fit into `max_bits`, within what the kernels count with."""
    return int(min(max(max_bits, 0) // 8, 2**40))


def pack(edges: np.ndarray, sizes: np.ndarray, value_bits: int, spans: np.ndarray | None = None) -> Packets:
    """`Packets` from edges (K+1,) and frame sizes (K,) in bytes."""
    return Packets(edges, 8 * sizes, np.diff(edges) * value_bits, spans)
