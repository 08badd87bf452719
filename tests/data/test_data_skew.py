"""Shards, quantity skew and the partition by a column."""

from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from wirelesssim.data import Column, Data, Partition, QuantitySkew, Shards, heterogeneity
from wirelesssim.errors import InputError
from wirelesssim.model import build, plain
from wirelesssim.rng import Streams


def assign(law, labels, workers, seed=1, values=None):
    return build(Partition, law).assign(np.asarray(labels), workers, Streams(seed)("partition"),
                                        None if values is None else np.asarray(values))


LAWS = st.one_of(st.just({"type": "shards", "per_worker": 1}),
                 st.sampled_from([1e-6, 0.5, 1e6]).map(lambda alpha: {"type": "quantity_skew", "alpha": alpha}),
                 st.sampled_from([0, 1, 50]).map(lambda exponent: {"type": "quantity_skew", "exponent": exponent}))


@settings(max_examples=120)
@given(LAWS, st.lists(st.integers(-2, 5), min_size=1, max_size=60), st.data())
def test_every_sample_once_and_no_worker_empty(law, labels, data):
    workers = data.draw(st.integers(1, len(labels)))
    shards = assign(law, labels, workers)
    assert len(shards) == workers and min(map(len, shards)) >= 1
    assert np.array_equal(np.sort(np.concatenate(shards)), np.arange(len(labels)))
    assert all(np.array_equal(a, b) for a, b in zip(shards, assign(law, labels, workers)))


@settings(max_examples=120)
@given(st.sampled_from(["value", "range"]), st.lists(st.integers(0, 9), min_size=1, max_size=60), st.data())
def test_a_column_keeps_equal_values_together(by, values, data):
    distinct = sorted(set(values))
    workers = data.draw(st.integers(1, len(distinct)))
    shards = assign({"type": "column", "by": by}, np.zeros(len(values)), workers, values=values)
    assert np.array_equal(np.sort(np.concatenate(shards)), np.arange(len(values))) and min(map(len, shards)) >= 1
    held = [set(np.array(values)[shard]) for shard in shards]
    assert sum(map(len, held)) == len(distinct)  # no value is at two workers
    if by == "range":
        assert all(max(one) < min(other) for one, other in zip(held, held[1:]))
    else:
        assert max(map(len, held)) - min(map(len, held)) <= 1


def test_shards_by_hand():
    # sorted by label: 1 3 6 | 2 5 | 0 4 …: with one worker and one shard each, whatever the order, these four shards
    labels = [2, 0, 1, 0, 2, 1, 0, 3]
    pieces = {frozenset(shard.tolist()) for shard in assign({"type": "shards", "per_worker": 1}, labels, 4)}
    assert pieces == {frozenset({1, 3}), frozenset({6, 2}), frozenset({5, 0}), frozenset({4, 7})}


def test_two_shards_are_two_classes_and_dealt_at_random():
    labels, classes = np.repeat(np.arange(10), 60), np.arange(10)
    seen = []
    for seed in range(30):
        counts = np.array(heterogeneity(labels, assign("shards", labels, 10, seed), classes)["label_counts"])
        # 20 shards of 30: half a class each, so a worker has 30 of two classes or 60 of one
        assert set(counts.ravel()) <= {0, 30, 60} and (counts.sum(axis=1) == 60).all()
        seen.append(int((counts == 60).sum()))
    # both halves of a class at one worker: 20 shards in pairs, P = 1/19 for each of 10 classes, mean 10/19 = 0.526, variance
    # about 0.5; of 30 streams the mean has sd 0.13, 5 sd fail once in 1e6
    assert abs(np.mean(seen) - 10 / 19) < 5 * 0.13


def test_shards_for_a_regression_sort_by_the_target():
    target = np.random.default_rng(1).standard_normal(40)
    shards = assign({"type": "shards", "per_worker": 1}, target, 4)
    spans = sorted((target[shard].min(), target[shard].max()) for shard in shards)
    assert all(one[1] < other[0] for one, other in zip(spans, spans[1:]))
    found = heterogeneity(target, shards, None)
    assert found == {"samples": [10] * 4, "label_counts": None, "total_variation": None}


def test_quantity_skew_sizes():
    # exponent 1, M = 4: shares 12, 6, 4, 3 of 25, so 1000 samples make 480, 240, 160, 120
    sizes = [len(shard) for shard in assign({"type": "quantity_skew", "exponent": 1}, np.zeros(1000), 4)]
    assert sorted(sizes) == [120, 160, 240, 480]
    assert [len(shard) for shard in assign({"type": "quantity_skew", "exponent": 0}, np.zeros(12), 4)] == [3] * 4
    orders = {tuple(len(shard) for shard in assign({"type": "quantity_skew", "exponent": 1}, np.zeros(1000), 4, seed))
              for seed in range(20)}
    assert len(orders) > 5  # who is rich is drawn
    small = [len(shard) for shard in assign({"type": "quantity_skew", "alpha": 1e-6, "minimum": 7}, np.zeros(100), 10)]
    assert sorted(small) == [7] * 9 + [37]


def test_quantity_skew_follows_the_beta_law_and_keeps_the_label_law():
    # the share of one of M = 4 is Beta(a, 3a); 300 streams, Kolmogorov-Smirnov at false alarm 1e-4
    shares = [len(assign({"type": "quantity_skew", "alpha": 0.7, "minimum": 0}, np.zeros(5000), 4, seed)[1]) / 5000
              for seed in range(300)]
    assert stats.kstest(shares, stats.beta(0.7, 2.1).cdf).pvalue > 1e-4 > stats.kstest(shares, stats.beta(1.4, 4.2).cdf).pvalue
    # of a shard of s samples half are of class 1: hypergeometric, |z| < 5 fails once in 1e6 for each of four
    labels = np.arange(4000) % 2
    for shard in assign("quantity_skew", labels, 4, seed=3):
        size = len(shard)
        deviation = np.sqrt(size * 0.25 * (4000 - size) / 3999)
        assert abs(labels[shard].sum() - size / 2) <= 5 * deviation + 1e-9


@pytest.mark.parametrize("law, labels, workers, key, words", [
    ({"type": "shards", "per_worker": 5}, [0, 1] * 5, 3, "data.partition.per_worker",
     "must be <= 3 for 10 training samples and 3 workers, got 5"),
    ({"type": "quantity_skew", "minimum": 4}, [0, 1] * 5, 3, "data.partition.minimum",
     "must be <= 3 for 10 training samples and 3 workers, got 4"),
    ("shards", [0, 1], 3, "workers", "more workers (3) than training samples (2)")])
def test_what_cannot_be_dealt(law, labels, workers, key, words):
    with pytest.raises(InputError) as caught:
        assign(law, labels, workers)
    assert ".".join(caught.value.problems[0].path) == key and words in str(caught.value)


@pytest.mark.parametrize("fields", [
    {"alpha": 0}, {"exponent": -1}, {"alpha": "5 ms"}, {"type": "shards", "per_worker": 0}, {"type": "column", "column": 0},
    {"type": "column", "by": "name"}])
def test_fields_out_of_range(fields):
    with pytest.raises(InputError):
        build(Partition, {"type": "quantity_skew", **fields})


def test_one_law_of_the_amounts_at_a_time():
    with pytest.raises(InputError, match="must not be given beside exponent, got 3 and exponent = 2; leave one") as caught:
        build(Partition, {"type": "quantity_skew", "exponent": 2, "alpha": 3})
    assert caught.value.problems[0].path[-1] == "alpha"


def test_column_by_hand():
    where = ["b", "a", "c", "a", "b"]
    assert [shard.tolist() for shard in assign("column", np.zeros(5), 3, values=where)] == [[1, 3], [0, 4], [2]]
    # ranges of 8 samples for 3 workers: ends of the values 1, 2, 3, 9 are at 1, 5, 6, 8; nearest to 8/3 = 2.67 is 1
    # (|1 - 2.67| = 1.67 against 2.33), nearest to 5.33 is 5
    values = [1, 2, 2, 2, 2, 3, 9, 9]
    assert [shard.tolist() for shard in assign({"type": "column", "by": "range"}, np.zeros(8), 3, values=values)] == [
        [0], [1, 2, 3, 4], [5, 6, 7]]
    skewed = [0] * 97 + [1, 2, 3]  # one value holds nearly all: each worker still gets one
    assert [len(shard) for shard in assign({"type": "column", "by": "range"}, np.zeros(100), 4, values=skewed)] == [97, 1, 1, 1]


def test_more_values_than_workers_are_dealt_at_random():
    # 6 values to 3 workers: value 0 is at worker 0 with probability 1/3; chi-square with 2 degrees, false alarm 1e-4
    where = [next(worker for worker, shard in enumerate(assign("column", np.zeros(6), 3, seed, np.arange(6))) if 0 in shard)
             for seed in range(300)]
    assert stats.chisquare(np.bincount(where, minlength=3)).pvalue > 1e-4


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "x.csv"
    rows = [f"{number},{number % 4},{'north south east'.split()[number % 3]},{number % 2}" for number in range(24)]
    path.write_text("age,ward,site,sick\n" + "\n".join(rows) + "\n")
    return str(path)


def shards_of(workers, **fields):
    source = build(Data, fields)
    source.check_partition(source.load(), workers)
    made = source.split(Streams(1))
    return made, source.shards(made, workers, Streams(1)("partition"))


def test_a_column_of_a_file(table):
    made, shards = shards_of(3, path=table, group="site", test=3, partition="column")
    assert made.train_features.shape == (21, 2) and made.columns == ("age", "ward")  # the group is no feature
    sites = [set(made.train_groups[shard]) for shard in shards]
    assert sites == [{"east"}, {"north"}, {"south"}]
    assert all(set(made.train_features[shard, 0] % 3) == {code} for shard, code in zip(shards, (2, 0, 1)))
    for column in ("ward", 2):
        made, shards = shards_of(4, path=table, group=3, partition={"type": "column", "column": column})
        assert [set(made.train_features[shard, 1]) for shard in shards] == [{0}, {1}, {2}, {3}]
    made, shards = shards_of(4, path=table, group="site", test=0, partition={"type": "column", "column": "age", "by": "range"})
    assert [sorted(made.train_features[shard, 0]) for shard in shards] == [list(range(a, a + 6)) for a in (0, 6, 12, 18)]


def test_a_column_of_sparse_features(tmp_path):
    path = tmp_path / "x.libsvm"
    path.write_text("".join(f"{row % 2} {1 + row % 3}:1 9:0.5\n" for row in range(12)))
    made, shards = shards_of(2, path=str(path), test=0, partition={"type": "column", "column": 2})
    assert sp.issparse(made.train_features) and [len(shard) for shard in shards] == [8, 4]


@pytest.mark.parametrize("fields, key, words", [
    ({"partition": {"type": "column", "column": "agee"}}, "data.partition.column",
     "must be the name of a feature, got 'agee'; known: age, ward"),
    ({"partition": {"type": "column", "column": 9}}, "data.partition.column", "its number, from 1 to 2, got 9"),
    ({"partition": "column"}, "workers", "must be <= 3, the distinct values of the set's groups among the samples"),
    ({"partition": {"type": "column", "column": "ward"}}, "workers", "must be <= 4, the distinct values of column 'ward'"),
    ({"group": "sick"}, "group", "must be another column than the label, got 'sick'"),
    ({"group": "sit"}, "group", "must be the name of a column, got 'sit'; known: age, ward, site, sick")])
def test_columns_that_cannot_be(table, fields, key, words):
    with pytest.raises(InputError) as caught:
        shards_of(5, path=table, **{"group": "site"} | fields)
    assert ".".join(caught.value.problems[0].path) == key and words in str(caught.value)


def test_a_set_that_does_not_say_where_its_samples_come_from():
    with pytest.raises(InputError, match="column is required for iris, which does not say where its samples come from"):
        shards_of(2, type="iris", partition="column")


def test_a_column_of_names_needs_names(tmp_path):
    np.savez(tmp_path / "x.npz", X=np.arange(8.0).reshape(4, 2), y=[0, 1, 0, 1])
    with pytest.raises(InputError, match="must be the number of a feature, from 1 to 2, since they have no names, got 'age'"):
        shards_of(2, path=str(tmp_path / "x.npz"), partition={"type": "column", "column": "age"})


def test_an_empty_group_is_refused_and_groups_count_in_the_digest(table, tmp_path):
    text = Path(table).read_text()
    one = build(Data, {"path": table, "group": "site"}).load().digest
    Path(table).write_text(text.replace("0,0,north", "0,0,south"))
    assert build(Data, {"path": table, "group": "site"}).load().digest != one
    Path(table).write_text(text.replace("0,0,north", "0,0,"))
    with pytest.raises(InputError, match="row 1 has no group"):
        build(Data, {"path": table, "group": "site"}).load()


def test_defaults_and_plain_form():
    assert Shards() == Shards(per_worker=2) and QuantitySkew() == QuantitySkew(alpha=0.5, exponent=None, minimum=1)
    for law in (Shards(), QuantitySkew(exponent=1.5), Column(), Column(column="age", by="range"), Column(column=3)):
        assert build(Partition, plain(law)) == law
