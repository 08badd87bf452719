"""Transport block sizes and code blocks: points, an independent derivation in rational numbers, and the standard's own rules."""

from fractions import Fraction
from math import ceil, floor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nr_cases import rows, table_of

from wirelesssim.errors import InputError
from wirelesssim.radio.nr import CodingScheme, code_blocks, data_elements, mcs_table, transport_block_size
from wirelesssim.radio.nr.segmentation import LIFTING_SIZES, lifting_size, mother_bits, transport_crc
from wirelesssim.radio.nr.tbs import SMALL_SIZES

SCHEMES = st.tuples(st.sampled_from([mcs_table(1), mcs_table(2), mcs_table(3), mcs_table(4), mcs_table(2, True, True)]),
                    st.integers(0, 26))


def power_below(value: Fraction) -> int:
    """floor(log2(value)) of a positive rational, by doubling and halving."""
    exponent = 0
    while 2 ** (exponent + 1) <= value:
        exponent += 1
    return exponent


def by_hand(order: int, rate: Fraction, blocks: int, elements: int, layers: int) -> int:
    """TS 38.214, 5.1.3.2, steps 1 to 4, in rational numbers."""
    information = min(156, elements) * blocks * rate * order * layers
    if information <= 3824:
        step = 2 ** max(3, power_below(information) - 6)
        quantised = max(24, step * floor(information / step))
        return min(int(size) for size in SMALL_SIZES if size >= quantised)
    step = 2 ** (power_below(information - 24) - 5)
    quantised = max(3840, step * floor((information - 24) / step + Fraction(1, 2)))
    if rate <= Fraction(1, 4):
        segments = ceil(Fraction(quantised + 24, 3816))
    else:
        segments = ceil(Fraction(quantised + 24, 8424)) if quantised > 8424 else 1
    return 8 * segments * ceil(Fraction(quantised + 24, 8 * segments)) - 24


@given(SCHEMES, st.integers(1, 275), st.integers(1, 168), st.integers(1, 4))
@settings(max_examples=400, deadline=None)
def test_sizes_equal_an_independent_derivation(scheme, blocks, elements, layers):
    table, index = scheme
    row = table.at(index)
    expected = by_hand(row.modulation_order, Fraction(row.rate_x2048, 2048), blocks, elements, layers)
    assert int(transport_block_size(row, blocks, elements, layers)) == expected


@given(SCHEMES, st.integers(1, 275), st.integers(1, 156), st.integers(1, 4))
@settings(max_examples=200, deadline=None)
def test_a_block_is_split_as_the_standard_promises(scheme, blocks, elements, layers):
    """C code blocks of equal whole size hold exactly the block and its CRCs, none above K_cb, in the least lifting that fits."""
    table, index = scheme
    row = table.at(index)
    size = int(transport_block_size(row, blocks, elements, layers))
    made = code_blocks(size, row)
    count, each = int(made.count), int(made.size)
    assert size % 8 == 0 and size >= 24
    assert count * (each - (24 if count > 1 else 0)) == size + int(transport_crc(size))
    assert each <= (8448 if made.base_graph == 1 else 3840)
    assert made.lifting in LIFTING_SIZES and (22 if made.base_graph == 1 else 10) * made.lifting >= each
    rate = Fraction(row.rate_x2048, 2048)
    assert (made.base_graph == 2) == (size <= 292 or (size <= 3824 and rate <= Fraction(67, 100)) or rate <= Fraction(1, 4))


def test_sizes_and_code_blocks_against_points():
    for row in rows("nr_tbs"):
        scheme = table_of(row).at(int(row["mcs"]))
        elements = data_elements(int(row["symbols"]), int(row["dmrs"]), int(row["overhead"]))
        size = transport_block_size(scheme, int(row["blocks"]), elements, int(row["layers"]))
        made = code_blocks(size, scheme)
        assert (size, made.base_graph, made.count) == (int(row["tbs"]), int(row["base_graph"]), int(row["code_blocks"])), row
        assert not row["block_size"] or made.size == int(row["block_size"]), row


def test_a_size_by_hand():
    """MCS 0 of table 1 on one block of 132 elements: 132 x 2 x 120/1024 = 30.94; n = 3, N' = 24: 24 bits, 40 with the CRC.
    MCS 28 on 273 of 144: N_info = 39312 x 6 x 948/1024 = 218367.6; n = 17 - 5 = 12, (N_info - 24)/4096 = 53.31, N' = 217088;
    C = ceil(217112/8424) = 26; 208 ceil(217112/208) - 24 = 208 x 1044 - 24 = 217128."""
    assert transport_block_size(mcs_table(1).at(0), 1, 132) == 24
    assert transport_block_size(mcs_table(1).at(28), 273, 144) == 217128
    made = code_blocks(217128, mcs_table(1).at(28))
    assert (int(made.count), int(made.size), int(made.base_graph)) == (26, 217152 // 26 + 24, 1)


def test_halves_are_rounded_upwards():
    """QPSK at R = 1/2: N_info = N_RE = 111 x 40 = 4440. n = 12 - 5, (4440 - 24)/128 = 34.5, upwards 35 x 128 = 4480, which is
    8 ceil(4504/8) - 24; halves to even would give 34 x 128 = 4352."""
    assert transport_block_size(CodingScheme(2, 1024), 111, 40) == 4480


def test_the_sizes_never_fall_and_nothing_is_carried_on_no_block():
    for number in (1, 2, 3, 4):
        sizes = transport_block_size(mcs_table(number).at(7), np.arange(276), 132)
        assert sizes[0] == 0 and (np.diff(sizes) >= 0).all()


def test_the_table_of_small_sizes():
    """93 entries (TS 38.214, table 5.1.3.2-1), rising, each a multiple of 8; no step above 1/12 from 128 bits on."""
    assert len(SMALL_SIZES) == 93 and SMALL_SIZES[0] == 24 and SMALL_SIZES[-1] == 3824
    steps = np.diff(SMALL_SIZES)
    before = SMALL_SIZES[:-1]
    assert (SMALL_SIZES % 8 == 0).all() and (steps > 0).all() and (steps <= before / 12)[before >= 128].all()


def test_lifting_sizes_and_mother_bits():
    """51 lifting sizes (TS 38.212, table 5.3.2-1). k = 8448, Z = 384: 66 x 384 bits, no filler; k = 100, Z = 18: 900 - 80."""
    assert len(LIFTING_SIZES) == 51 and LIFTING_SIZES[-1] == 384
    assert mother_bits(8448, 1, 384) == 25344 and mother_bits(100, 2, 18) == 820


def test_columns_that_hold_information():
    """Base graph 2: K_b is 6 to 192 bits, 8 to 560, 9 to 640, then 10. 192/6 = 32; 193/8 = 24.1 -> 26; 560/8 = 70 -> 72;
    576/9 = 64; 630/9 = 70 -> 72; 1000/10 = 100 -> 104. Base graph 1 always has 22: 1000/22 = 45.5 -> 48."""
    assert lifting_size(np.array([192, 193, 560, 576, 630, 1000]), 2).tolist() == [32, 26, 72, 64, 72, 104]
    assert lifting_size(1000, 1) == 48


@pytest.mark.parametrize("arguments, message", [((-1, 132), "blocks must be from 0"), ((276, 132), "to 275"),
                                                ((1, 0), "elements"), ((1, 132, 5), "layers must be from 1 to 4, got 5")])
def test_impossible_allocations_are_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        transport_block_size(mcs_table(1).at(3), *arguments)
