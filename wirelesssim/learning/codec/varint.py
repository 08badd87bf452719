"""Whole numbers of a frame's header, and the one error of decoding."""

from __future__ import annotations

__all__ = ["CodecError", "read_varint", "varint"]


class CodecError(ValueError):
    """Bytes that are not a frame of this layout for a model of this size."""


def varint(number: int) -> bytes:
    """`number` >= 0 in unsigned LEB128 (DWARF 5, 7.6)."""
    out = bytearray()
    while number >= 128:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """The number that starts at byte `at`, and where it ends; CodecError if there is none of at most 9 bytes."""
    number = 0
    for place, byte in enumerate(data[at:at + 9]):
        number |= (byte & 127) << 7 * place
        if byte < 128:
            if byte == 0 and place > 0:
                break
            return number, at + place + 1
    raise CodecError(f"no number at byte {at} of the frame")
