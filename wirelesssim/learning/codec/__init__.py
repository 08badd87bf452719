"""How an update becomes bits: sizes in the hot path, real bytes as the proof that the sizes are right.

`Codec` is the family that a scenario names; `Packets` the cut of an update into frames that decode alone. The bytes are
described in `frame`, counted in `kernels`, read back in `decoding`.
"""

from .auto import Auto
from .bitmap import Bitmap
from .decoding import CodecError, decode
from .dense import Dense
from .family import Codec
from .golomb_rice import GolombRice
from .packets import Packets

__all__ = ["Auto", "Bitmap", "Codec", "CodecError", "Dense", "GolombRice", "Packets", "decode"]
