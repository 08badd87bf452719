"""The order-free hash, and what a published part is checked for."""

from hashlib import sha256

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from wirelesssim.data.published import Part, check_part, row_hash
from wirelesssim.data.table import Table, Unreadable

FEATURES = np.array([[0, 0.5, 0], [1, 0, 2e-7], [0, 0, 0]])
LABELS = np.array([1, -1, 1])


def test_the_hash_by_hand():
    # rows '1 2:0.5', '-1 1:1 3:2e-07', '1', sorted as text
    text = "-1 1:1 3:2e-07\n1\n1 2:0.5"
    assert row_hash(FEATURES, LABELS) == row_hash(sp.csr_matrix(FEATURES), LABELS) == sha256(text.encode()).hexdigest()
    assert row_hash(FEATURES, LABELS.astype(float)) == row_hash(FEATURES, LABELS)


@given(st.permutations(range(3)))
def test_the_order_of_samples_does_not_matter_and_everything_else_does(order):
    order = list(order)
    one = row_hash(FEATURES, LABELS)
    assert row_hash(FEATURES[order], LABELS[order]) == one
    if LABELS[order].tolist() != LABELS.tolist():
        assert row_hash(FEATURES, LABELS[order]) != one  # other labels to the same features
    assert row_hash(FEATURES[:, [1, 0, 2]], LABELS) != one and row_hash(FEATURES * 1.001, LABELS) != one


def part(**changes):
    known = dict(files=("x",), samples=3, sizes=(1, 2), entries=3, rows=row_hash(FEATURES, LABELS))
    return Part(**known | changes)


def test_what_is_due_and_what_is_there():
    table = Table(FEATURES, LABELS)
    check_part(table, part(), 3)
    check_part(Table(sp.csr_matrix(FEATURES), LABELS), part(), 3)
    check_part(table, Part(files=("x",), samples=3), 3)
    for changes, dimension, words in [
            ({"samples": 4}, 3, "holds 3 samples of 3 features where 4 of 3 are due"), ({}, 4, "where 3 of 4 are due"),
            ({"sizes": (1, 1, 1)}, 3, "holds classes of 1, 2 samples where 1, 1, 1 are due"),
            ({"entries": 4}, 3, "holds 3 stored entries where 4 are due"), ({"rows": "0" * 64}, 3, "holds other samples")]:
        with pytest.raises(Unreadable, match=words):
            check_part(table, part(**changes), dimension)
    with pytest.raises(Unreadable, match="is not a number"):
        check_part(Table(FEATURES * np.nan, LABELS), part(), 3)
