"""Partitions are partitions, and follow their law."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from wirelesssim.data import Dirichlet, Partition, heterogeneity
from wirelesssim.errors import InputError
from wirelesssim.model import build, plain
from wirelesssim.rng import Streams

LAWS = st.one_of(st.sampled_from(["iid", "contiguous", "sorted"]).map(lambda name: {"type": name}),
                 st.sampled_from([1e-300, 1e-6, 0.01, 0.5, 10, 1e6]).map(lambda alpha: {"type": "dirichlet", "alpha": alpha}))


def assign(law, labels, workers, seed=1):
    return build(Partition, law).assign(np.asarray(labels), workers, Streams(seed)("partition"))


@settings(max_examples=150, deadline=None)
@given(LAWS, st.lists(st.integers(-2, 5), min_size=1, max_size=60), st.data())
def test_a_partition_covers_every_sample_once_and_leaves_no_worker_empty(law, labels, data):
    workers = data.draw(st.integers(1, len(labels)))
    shards = assign(law, labels, workers)
    assert len(shards) == workers and min(map(len, shards)) >= 1
    assert np.array_equal(np.sort(np.concatenate(shards)), np.arange(len(labels)))
    assert all(np.all(np.diff(shard) > 0) for shard in shards)
    assert all(np.array_equal(a, b) for a, b in zip(shards, assign(law, labels, workers)))
    if law["type"] != "dirichlet":
        assert max(map(len, shards)) - min(map(len, shards)) <= 1


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 8), st.integers(1, 6), st.sampled_from([0.01, 0.5]), st.integers(0, 20))
def test_dirichlet_fills_every_worker_up_to_the_minimum(workers, minimum, alpha, more):
    labels = np.arange(workers * minimum + more) % 3
    shards = assign({"type": "dirichlet", "alpha": alpha, "minimum": minimum}, labels, workers)
    assert min(map(len, shards)) >= minimum
    assert np.array_equal(np.sort(np.concatenate(shards)), np.arange(len(labels)))


@pytest.mark.parametrize("law", ["iid", "contiguous", "sorted", "dirichlet"])
def test_more_workers_than_samples(law):
    with pytest.raises(InputError, match=r"workers has more workers \(50\) than training samples \(40\)") as caught:
        assign(law, np.arange(40) % 2, 50)
    assert caught.value.problems[0].path == ("workers",)


def test_dirichlet_refuses_in_words():
    with pytest.raises(InputError, match="data.partition.type 'dirichlet' divides classes.*regression; use iid"):
        assign("dirichlet", [0.5, 1.5, 2.5], 2)
    with pytest.raises(InputError, match="data.partition.minimum must be <= 3 for 10 training samples and 3 workers, got 4"):
        assign({"type": "dirichlet", "minimum": 4}, np.arange(10) % 2, 3)
    with pytest.raises(InputError, match="alpha must be > 0"):
        build(Partition, {"type": "dirichlet", "alpha": 0})
    with pytest.raises(InputError, match="alpha must be <= 1000000000"):
        build(Partition, {"type": "dirichlet", "alpha": 1e308})


def test_contiguous_and_sorted_by_hand():
    labels = [2, 0, 1, 0, 2, 1, 0]
    assert [list(s) for s in assign("contiguous", labels, 3)] == [[0, 1, 2], [3, 4], [5, 6]]
    # stable order by label: 1 3 6 | 2 5 | 0 4, in shards of 3, 2, 2
    assert [list(s) for s in assign("sorted", labels, 3)] == [[1, 3, 6], [2, 5], [0, 4]]
    shards = assign("sorted", np.arange(200) % 2, 4)  # evens, then odds, each in the order of the set
    assert [list(s) for s in shards] == [list(range(a, a + 100, 2)) for a in (0, 100, 1, 101)]
    assert [list(s) for s in assign("sorted", [0.3, 0.1, 0.2], 3)] == [[1], [2], [0]]
    assert [list(s) for s in assign("sorted", ["b", "a", "b"], 2)] == [[0, 1], [2]]


def test_iid_is_uniform_and_follows_its_stream():
    # sample 0 goes to each of 4 workers with probability 1/4; chi-square with 3 degrees, false alarm 1e-4 on a fixed stream
    where = [next(m for m, shard in enumerate(assign("iid", np.zeros(8), 4, seed)) if 0 in shard) for seed in range(400)]
    assert stats.chisquare(np.bincount(where, minlength=4)).pvalue > 1e-4
    assert any(not np.array_equal(a, b) for a, b in zip(assign("iid", np.zeros(8), 4, 1), assign("iid", np.zeros(8), 4, 2)))


@pytest.mark.parametrize("alpha", [0.3, 2.0])
def test_dirichlet_shares_follow_the_beta_law(alpha):
    # The marginal of Dirichlet(alpha, …) over M = 4 is Beta(alpha, 3 alpha). 400 classes of 2000 samples give 400
    # independent shares, rounded to 1/2000; Kolmogorov-Smirnov at false alarm 1e-4 on a fixed stream.
    labels = np.repeat(np.arange(400), 2000)
    shard = assign({"type": "dirichlet", "alpha": alpha}, labels, 4)[2]
    shares = np.bincount(labels[shard], minlength=400) / 2000
    jitter = np.random.default_rng(0).uniform(-0.5, 0.5, 400) / 2000  # undoes the rounding's ties
    assert stats.kstest(np.clip(shares + jitter, 0, 1), stats.beta(alpha, 3 * alpha).cdf).pvalue > 1e-4
    assert stats.kstest(np.clip(shares + jitter, 0, 1), stats.beta(2 * alpha, 6 * alpha).cdf).pvalue < 1e-4  # it has power


def test_alpha_is_the_dial_from_one_worker_a_class_to_equal_shares():
    labels, classes = np.repeat(np.arange(10), 400), np.arange(10)
    distances = [heterogeneity(labels, assign({"type": "dirichlet", "alpha": alpha}, labels, 5), classes)["total_variation"]
                 for alpha in (1e-6, 0.1, 1, 10, 1e6)]
    assert distances == sorted(distances, reverse=True)
    assert distances[0] > 0.5 and distances[-1] < 0.002
    shards = assign({"type": "dirichlet", "alpha": 1e-6}, labels, 5)
    holders = [sum(np.count_nonzero(labels[shard] == label) > 5 for shard in shards) for label in classes]
    assert holders == [1] * 10  # a class lies whole at one worker, but for the samples that fill empty ones


def test_dirichlet_deals_the_samples_of_a_class_at_random():
    # With all of one class and alpha -> infinity each of 2 workers gets half; sample 0 is at worker 0 in half of the
    # streams: binomial(400, 1/2) has sd 10, 4.5 sd fails once in 1e5.
    first = sum(0 in assign({"type": "dirichlet", "alpha": 1e6}, np.zeros(100, int), 2, seed)[0] for seed in range(400))
    assert abs(first - 200) < 45


def test_heterogeneity_by_hand():
    labels, classes = np.array([1, 1, -1, -1]), np.array([-1, 1])
    apart = heterogeneity(labels, [np.array([0, 1]), np.array([2, 3])], classes)
    # laws (0, 1) and (1, 0) against (1/2, 1/2): both at distance 1/2
    assert apart == {"samples": [2, 2], "label_counts": [[0, 2], [2, 0]], "total_variation": 0.5}
    # laws (2/3, 1/3) and (0, 1): distances 1/6 and 1/2, mean 1/3
    assert heterogeneity(labels, [np.array([0, 2, 3]), np.array([1])], classes)["total_variation"] == pytest.approx(1 / 3)
    assert heterogeneity(labels, [np.array([0, 2]), np.array([1, 3])], classes)["total_variation"] == 0
    assert heterogeneity(labels * 0.5, [np.arange(4)], None) == {"samples": [4], "label_counts": None, "total_variation": None}


def test_defaults_and_plain_form():
    assert Dirichlet() == Dirichlet(alpha=0.5, minimum=1)
    for law in ("iid", "contiguous", "sorted", "dirichlet"):
        assert build(Partition, plain(build(Partition, law))) == build(Partition, law)
