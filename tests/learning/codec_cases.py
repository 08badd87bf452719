"""What the tests of codecs share: every codec at every width, and updates of every kind."""

import numpy as np
from hypothesis import strategies as st

from wirelesssim.learning.codec import Auto, Bitmap, Codec, Dense, GolombRice
from wirelesssim.learning.update import Update

LEAVES = (Dense, Bitmap, GolombRice, Auto)
CODECS = [leaf(value_bits=bits) for leaf in LEAVES for bits in (64, 32, 16)]


def same(a: Update, b: Update) -> bool:
    """Equal as statements: a dense update equals a sparse one that states every coordinate."""
    return a.size == b.size and np.array_equal(a.positions(), b.positions()) and np.array_equal(a.values, b.values)


@st.composite
def updates(draw, largest=400):
    """Dense, or sparse at any density from empty to full; positions scattered or in a cluster; some stated zeros."""
    size = draw(st.integers(1, largest))
    entries = draw(st.one_of(st.sampled_from([0, 1, size]), st.integers(0, size)))
    generator = np.random.default_rng(draw(st.integers(0, 2**32)))
    values = generator.standard_normal(size if draw(st.booleans()) else entries) * 10.0 ** draw(st.integers(-9, 6))
    values[generator.random(len(values)) < 0.1] = 0.0
    if len(values) == size:
        return Update(size, None, values)
    if draw(st.booleans()):
        return Update(size, np.sort(generator.choice(size, entries, replace=False)), values)
    return Update(size, np.arange(entries) + draw(st.integers(0, size - entries)), values)


def on_wire(update: Update, codec: Codec) -> Update:
    """`update` with the values rounded as the algorithm must."""
    return Update(update.size, update.indices, codec.values.round(update.values))
