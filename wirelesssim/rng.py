"""Named, independent, counter-based random streams.

A stream is named by what it is for (`streams("fading", worker)`); its key is a hash of (seed, replication, domain,
name), so a new consumer never shifts the others, and replication r of a seed is a stream of that seed, not a new seed.

What is read by time (fading) or by round (packet loss) is read through `Counted`: the n-th draw under counter c is a
pure function of (key, c, n), whatever was read before. Philox 4x64 (Salmon et al., "Parallel random numbers: as easy
as 1, 2, 3", SC 2011) has a 256-bit counter: the caller's counter stands in its third word, so 2^128 blocks lie
between neighbours and they never overlap.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
from numpy.random import Generator, Philox

__all__ = ["Streams", "Counted"]


class Streams:
    """The random streams of one domain (`learning` or `radio`) in one replication of one seed."""

    def __init__(self, seed: int, replication: int = 0, domain: str = ""):
        self.seed, self.replication, self.domain = int(seed), int(replication), domain

    def __call__(self, *name: str | int) -> Generator:
        """A fresh generator at the start of the stream `name`."""
        return Generator(Philox(key=self._key(name)))

    def counted(self, *name: str | int) -> Counted:
        """The stream `name`, to be read by counter."""
        return Counted(self._key(name))

    def _key(self, name: tuple[str | int, ...]) -> np.ndarray:
        text = repr((self.seed, self.replication, self.domain, *name)).encode()
        return np.frombuffer(blake2b(text, digest_size=16).digest(), dtype=np.uint64)


class Counted:
    """A stream that is read by a counter: draws are a function of (key, counter), never of the calls made before."""

    def __init__(self, key: np.ndarray):
        self.key = key

    def __call__(self, counter: int, sub: int = 0) -> Generator:
        """A generator at the place (`counter`, `sub`), both in [0, 2^64)."""
        return Generator(Philox(key=self.key, counter=np.array([0, 0, counter, sub], dtype=np.uint64)))

    def uniforms(self, counter: int, size: int, sub: int = 0) -> np.ndarray:
        """`size` uniforms in [0, 1), (size,); the i-th does not depend on `size`."""
        return self(counter, sub).random(size)
