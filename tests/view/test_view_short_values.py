"""Swept mappings by their short name, on an axis and in a legend; printed tables that are not cut."""

import io

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from wirelesssim.cli import said
from wirelesssim.view.lines import lines
from wirelesssim.view.quantities import swept
from wirelesssim.view.table import _table
from wirelesssim.view.wording import short_values

TDMA, ALOHA, LATER = '{"type": "tdma"}', '{"type": "aloha", "window": 60}', '{"type": "aloha", "window": 30}'


@pytest.mark.parametrize("values, names", [
    ([TDMA, ALOHA], ["tdma", "aloha"]),
    ([TDMA, ALOHA, LATER], ["tdma", "aloha, window 60", "aloha, window 30"]),
    (["tdma", ALOHA], ["tdma", "aloha"]),
    (['{"preset": "wifi-11a"}', "lte-like"], ["wifi-11a", "lte-like"]),
    (['{"a": 1}', "[1, 2]", "{broken", 3, None], ['{"a": 1}', "[1, 2]", "{broken", "3", "None"]),
    (["tdma", TDMA], ["tdma", TDMA]),  # alike: as they are
])
def test_short_names_of_values(values, names):
    assert list(short_values(values).values()) == names


def test_the_axis_has_them_and_long_ones_turn():
    few = swept("access", [TDMA, ALOHA])
    assert few.texts == ("tdma", "aloha") and few.place(ALOHA) == 1
    for count, rotation in ((2, 0), (9, 25)):
        axis = swept("access", [f'{{"type": "a_name_of_length_{place}"}}' for place in range(count)])
        made, axes = plt.subplots(figsize=(6, 4))
        axis.apply(axes)
        assert [label.get_rotation() for label in axes.get_xticklabels()] == [rotation] * count
        plt.close(made)


def test_legends_have_them():
    rounds = pd.DataFrame({"variant": "GD", "access": [TDMA, ALOHA]})
    assert [line.label for line in lines(rounds, ["access"])] == ["access = tdma", "access = aloha"]


def test_a_piped_table_is_as_wide_as_it_needs(monkeypatch):
    """Fifteen columns of 19 characters are 313 with their gaps, far beyond the running text's 160; no cell is cut or folded."""
    cells = {f"column {place}": [f"7.47 ms and more {place:02d}"] for place in range(15)}
    out = io.StringIO()
    monkeypatch.setattr(said, "terminal_width", lambda: None)
    monkeypatch.setattr("sys.stdout", out)
    said.show(_table({"variant": ["GD with a long name"]}, cells, None))
    header, row = out.getvalue().splitlines()
    assert all(texts[0] in row for texts in cells.values()) and "GD with a long name" in row and len(row.rstrip()) > 300
