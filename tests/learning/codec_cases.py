"""What the tests of codecs share: every codec at several widths, and updates of every kind."""

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from wirelesssim.learning.codec import Auto, Bitmap, Codec, Dense, EliasGamma, FixedWidth, GolombRice, RunLength
from wirelesssim.learning.grid import Grid
from wirelesssim.learning.update import Update

LEAVES = (Dense, Bitmap, GolombRice, FixedWidth, EliasGamma, RunLength, Auto)
IEEE = [leaf(value_bits=bits) for leaf in LEAVES for bits in (64, 32, 16)]
QUANTISED = [leaf(value_bits=8) for leaf in LEAVES] + [leaf(value_bits=3, levels="elias_gamma") for leaf in LEAVES]
CODECS = IEEE + QUANTISED

GRIDS = {
    "midtread": lambda values: Grid.over(values, 5),
    "wide": lambda values: Grid.over(values, 30_000),
    "odd": lambda values: Grid.over(values, 7, odd=True),
    "sign": lambda values: Grid.over(values, 1, odd=True),
    "unit": lambda _values: Grid(1.0, 3, unit=True),
    "unit sign": lambda _values: Grid(1.0, 1, odd=True, unit=True),
}


def same(a: Update, b: Update) -> bool:
    """Equal as statements: a dense update equals a sparse one that states every coordinate; one grid, if both have one."""
    return (a.size == b.size and np.array_equal(a.positions(), b.positions()) and np.array_equal(a.values, b.values)
            and (a.grid == b.grid or a.grid is None or b.grid is None))


def received(codec: Codec, data: bytes, update: Update) -> Update:
    """What a receiver with the sender's type, and its positions where they are shared, makes of `data`."""
    return codec.decode(data, update.size, update.indices if update.shared else None, update.values.dtype)


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
    return codec.values.update(update.size, update.indices, update.values)


@st.composite
def sent(draw, codec, largest=400):
    """An update as an algorithm sends it: in the codec's format or on its own grid, of either type, positions shared or not."""
    update = draw(updates(largest))
    values = update.values.astype(draw(st.sampled_from([np.float64, np.float32])))
    indices = update.indices
    if indices is not None and draw(st.booleans()):
        indices = indices.astype(np.int32)
    kind = draw(st.sampled_from([None, *GRIDS]))
    if kind is None:
        made = codec.values.update(update.size, indices, values)
    else:
        grid = GRIDS[kind](values)
        made = Update(update.size, indices, grid.round(values), grid)
    return replace(made, shared=draw(st.booleans()))
