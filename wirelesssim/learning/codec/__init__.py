"""How an update becomes bits: sizes in the hot path, real bytes as the proof that the sizes are right.

`Codec` is the family that a scenario names; `Packets` the cut of an update into frames that decode alone; `ideal_bits` the
least that positions can take. The bytes are described in `frame`, counted in `kernels`, read back in `decoding`.
"""

from .auto import Auto
from .bitmap import Bitmap
from .decoding import CodecError, decode
from .dense import Dense
from .elias_gamma import EliasGamma
from .family import Codec
from .fixed_width import FixedWidth
from .golomb_rice import GolombRice
from .ideal import ideal_bits
from .packets import Packets
from .run_length import RunLength

__all__ = ["Auto", "Bitmap", "Codec", "CodecError", "Dense", "EliasGamma", "FixedWidth", "GolombRice", "Packets", "RunLength",
           "decode", "ideal_bits"]
