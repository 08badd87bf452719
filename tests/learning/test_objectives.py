"""Objectives on data: gradients, sums over workers, constants, and what they refuse."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from threadpoolctl import threadpool_limits

from wirelesssim.errors import InputError
from wirelesssim.learning.contracts.objective import check_objective
from wirelesssim.learning.objectives import (Lasso, Linear, Logistic, NonlinearLeastSquares, Objective, Samples, Shape,
                                              Softmax)
from wirelesssim.model import build, plain
from wirelesssim.rng import Streams

STREAMS = Streams(1)


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """Small matrices on several BLAS threads of a busy machine wait for one another."""
    with threadpool_limits(1):
        yield


KINDS = [Softmax(l2=0.03), Softmax(), Logistic(l2=0.03), Logistic(), Linear(l2=0.03), Linear(), Lasso(l1=0.05),
         Lasso(l1=0.02, l2=0.03), NonlinearLeastSquares(l2=0.03), NonlinearLeastSquares(), NonlinearLeastSquares(l2=2.0)]
REAL, TWO = (Linear, Lasso), (Logistic, NonlinearLeastSquares)  # labels are numbers; exactly two classes


def make(objective, features, shards, seed=0, classes=3):
    """`objective` on `features` with random labels that fit it."""
    random = np.random.default_rng(seed)
    n = features.shape[0]
    if isinstance(objective, REAL):
        labels, known = random.standard_normal(n), None
    else:
        known = np.array([-3, 5]) if isinstance(objective, TWO) else np.arange(classes) * 2 + 1
        labels = known[random.integers(0, len(known), n)]
    samples = Samples(features, labels, shards, features[:7], labels[:7], known)
    return objective.problem(samples, len(shards), STREAMS)


def by_definition(objective, problem, features, labels, shards, theta):
    """SUM_m f_m(theta) with loops and without any of the package's code; labels as numbers 0..C-1, +-1 or real."""
    n, total = len(labels), 0.0
    for shard in shards:
        for i in shard:
            score = features[i] @ theta.reshape(features.shape[1], -1)
            if isinstance(objective, Softmax):
                loss = np.log(np.sum(np.exp(score))) - score[labels[i]]
            elif isinstance(objective, Logistic):
                loss = np.log(1 + np.exp(-labels[i] * score[0]))
            elif isinstance(objective, NonlinearLeastSquares):
                loss = ((labels[i] > 0) - 1 / (1 + np.exp(-score[0]))) ** 2 / 2
            else:
                loss = (score[0] - labels[i]) ** 2 / 2
            total += loss / n
        total += objective.l2 / 2 * np.sum(theta**2) / len(shards)
    return total + (objective.l1 * np.sum(np.abs(theta)) if isinstance(objective, Lasso) else 0.0)


@pytest.mark.parametrize("objective", KINDS, ids=repr)
@pytest.mark.parametrize("layout", ["one", "equal", "unequal", "empty", "scattered"])
@pytest.mark.parametrize("stored", ["dense", "sparse"])
def test_contract(objective, layout, stored):
    random = np.random.default_rng(3)
    features = random.standard_normal((60, 5)) * (random.random((60, 5)) < 0.6)
    mixed = random.permutation(60)
    shards = {"one": [np.arange(60)], "equal": np.array_split(mixed, 4), "unequal": np.split(mixed, [5, 25, 31]),
              "empty": [mixed[:20], np.array([], dtype=int), mixed[20:]], "scattered": np.split(mixed, [10, 25, 35, 50])}[layout]
    check_objective(make(objective, sparse.csr_matrix(features) if stored == "sparse" else features, shards))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(kind=st.integers(0, len(KINDS) - 1), n=st.integers(1, 12), d=st.integers(1, 4), workers=st.integers(1, 4),
       seed=st.integers(0, 99), scale=st.sampled_from([1e-3, 1.0, 4.0]))
def test_random_problems_against_the_definition(kind, n, d, workers, seed, scale):
    objective, random = KINDS[kind], np.random.default_rng(seed)
    features = random.standard_normal((n, d))
    if isinstance(objective, Softmax):
        known, labels = np.arange(3), random.integers(0, 3, n)
        numbers = labels
    elif isinstance(objective, TWO):
        known, labels = np.array([0, 1]), random.integers(0, 2, n)
        numbers = 2 * labels - 1
    else:
        known, labels = None, random.standard_normal(n)
        numbers = labels
    shards = np.split(random.permutation(n), np.sort(random.integers(0, n + 1, workers - 1)))
    problem = objective.problem(Samples(features, labels, shards, classes=known), workers, STREAMS)
    theta = scale * random.standard_normal(problem.size)
    assert problem.value(theta) == pytest.approx(by_definition(objective, problem, features, numbers, shards, theta), rel=1e-12)
    step = 1e-6
    def smooth(at):
        return problem.value(at) - problem.nonsmooth(at)

    slopes = [(smooth(theta + step * axis) - smooth(theta - step * axis)) / (2 * step) for axis in np.eye(problem.size)]
    assert problem.gradient(theta) == pytest.approx(np.array(slopes), abs=2e-8)  # eps f/step = 1e-9, f'''step^2 below it
    each = problem.gradients(theta, range(workers))
    assert each.sum(axis=0) == pytest.approx(problem.gradient(theta), rel=1e-10, abs=1e-13)


def test_a_worker_carries_its_samples_over_n_and_the_regulariser_over_m():
    # one sample each, x = 2 and x = 4, y = 1 and y = 0, theta = 3: f_1' = 2(6 - 1)/2 + l2 3/2, f_2' = 4 * 12/2 + l2 3/2
    samples = Samples(np.array([[2.0], [4.0]]), np.array([1.0, 0.0]), [np.array([0]), np.array([1])])
    problem = Linear(l2=0.1).problem(samples, 2, STREAMS)
    assert problem.gradients(np.array([3.0]), range(2)) == pytest.approx(np.array([[5.15], [24.15]]), rel=1e-15)
    assert problem.value(np.array([3.0])) == pytest.approx((25 / 2 + 144 / 2) / 2 + 0.05 * 9, rel=1e-15)
    assert problem.smoothness == pytest.approx((4 + 16) / 2 + 0.1) == problem.strong_convexity
    assert problem.worker_smoothness == pytest.approx([4 / 2 + 0.05, 16 / 2 + 0.05])


def test_values_at_zero_and_far_away():
    features, labels = np.array([[1000.0], [-1000.0]]), np.array([5, -3])
    logistic = Logistic().problem(Samples(features, labels, [np.arange(2)], classes=np.array([5, -3])), 1, STREAMS)
    assert logistic.value(np.zeros(1)) == pytest.approx(np.log(2))
    assert logistic.value(np.ones(1)) == 0.0  # exp(-1000) is 0: the larger class is +1
    assert logistic.value(-np.ones(1)) == 1000.0  # log(1 + exp(1000)) = 1000 + exp(-1000)
    softmax = Softmax().problem(Samples(features, labels, [np.arange(2)], classes=np.array([5, -3])), 1, STREAMS)
    assert softmax.value(np.zeros(2)) == pytest.approx(np.log(2))
    assert softmax.value(np.array([1.0, 0.0])) == 1000.0  # column 0 is class -3, the smaller
    assert softmax.gradient(np.array([1.0, 0.0])) == pytest.approx(np.array([1000.0, -1000.0]))
    with np.errstate(all="raise"):
        assert not np.isfinite(softmax.value(np.array([np.inf, 0.0])))  # diverged: a value, not a warning


@pytest.mark.parametrize("objective", KINDS, ids=repr)
def test_sparse_equals_dense_and_the_partition_does_not_matter(objective):
    random = np.random.default_rng(5)
    features = random.standard_normal((84, 6)) * (random.random((84, 6)) < 0.4)
    order = random.permutation(84)
    one = make(objective, features, [np.arange(84)])
    theta = random.standard_normal(one.size)
    for shards in (np.array_split(order, 7), np.array_split(order, 5), np.split(order, [3, 30, 33])):
        for stored in (features, sparse.csr_matrix(features), sparse.coo_matrix(features).tocsc()):
            problem = make(objective, stored, shards)
            assert problem.value(theta) == pytest.approx(one.value(theta), rel=1e-13)
            assert problem.gradients(theta, range(len(shards))).sum(axis=0) == pytest.approx(one.gradient(theta), abs=1e-12)
            assert problem.smoothness == pytest.approx(one.smoothness, rel=1e-12)
            turned = make(objective, stored, [shard[::-1] for shard in reversed(shards)])
            everyone = range(len(shards))
            assert turned.gradients(theta, everyone)[::-1] == pytest.approx(problem.gradients(theta, everyone), abs=1e-12)
            assert turned.worker_smoothness[::-1] == pytest.approx(problem.worker_smoothness, rel=1e-12)


def test_equal_and_unequal_shards_of_the_same_samples_give_a_worker_the_same_gradient():
    features, theta = np.random.default_rng(6).standard_normal((40, 4)), np.random.default_rng(7).standard_normal(12)
    equal = make(Softmax(l2=0.1), features, np.split(np.arange(40), [10, 20, 30]))
    unequal = make(Softmax(l2=0.1), features, np.split(np.arange(40), [10, 20, 33]))
    assert unequal.gradients(theta, [0, 1]) == pytest.approx(equal.gradients(theta, range(4))[:2], abs=1e-14)
    assert equal.gradients(theta, [2, 0, 2]) == pytest.approx(equal.gradients(theta, range(4))[[2, 0, 2]], abs=1e-14)


def test_an_older_model_does_not_push_out_the_scores_of_the_current_one():
    problem = make(Softmax(), np.random.default_rng(8).standard_normal((40, 4)), np.array_split(np.arange(40), 4))
    calls, scores = [], problem.design.scores
    problem.design.scores = lambda weights: calls.append(1) or scores(weights)
    now, old = np.ones(12), np.linspace(0, 1, 12)
    problem.value(now)
    problem.gradients(old, [3])
    problem.gradients(now, [0, 1, 2])
    problem.gradients(now, range(4))
    assert len(calls) == 1


def test_softmax_of_two_classes_is_the_logistic_loss_of_the_difference():
    # log(e^a + e^b) - b = log(1 + e^-(b - a)); chain rule: dW = (-g, +g) with g the logistic gradient at w_1 - w_0
    random = np.random.default_rng(9)
    features, labels = random.standard_normal((30, 4)), random.integers(0, 2, 30)
    samples = Samples(features, labels, [np.arange(12), np.arange(12, 30)], classes=np.arange(2))
    softmax, logistic = Softmax().problem(samples, 2, STREAMS), Logistic().problem(samples, 2, STREAMS)
    weights = random.standard_normal((4, 2))
    difference = weights[:, 1] - weights[:, 0]
    assert softmax.value(weights.ravel()) == pytest.approx(logistic.value(difference), rel=1e-14)
    pulled = logistic.gradients(difference, range(2))  # (2, 4)
    chained = np.stack([-pulled, pulled], axis=2).reshape(2, 8)
    assert softmax.gradients(weights.ravel(), range(2)) == pytest.approx(chained, abs=1e-15)


@pytest.mark.parametrize("objective", KINDS, ids=repr)
def test_the_hessian_by_differences_lies_between_mu_and_l(objective):
    random = np.random.default_rng(10)
    problem = make(objective, random.standard_normal((30, 3)), np.array_split(np.arange(30), 3))
    for theta in (problem.start(), random.standard_normal(problem.size)):
        step = 1e-5
        columns = [(problem.gradient(theta + step * axis) - problem.gradient(theta - step * axis)) / (2 * step)
                   for axis in np.eye(problem.size)]
        hessian = (np.array(columns) + np.array(columns).T) / 2
        assert problem.hessian(theta) == pytest.approx(hessian, abs=1e-8)
        values = np.linalg.eigvalsh(hessian)
        assert values[-1] <= problem.smoothness * (1 + 1e-8)
        assert values[0] >= problem.strong_convexity - 1e-8 or not problem.convex
        assert np.all(np.diag(hessian) <= problem.coordinate_smoothness + 1e-8)
        direction = random.standard_normal(problem.size)
        assert problem.bend(problem.slopes(theta), direction) == pytest.approx(hessian @ direction, abs=1e-7)
        if isinstance(objective, REAL):  # constant Hessian: both are attained
            assert values[[0, -1]] == pytest.approx([problem.strong_convexity, problem.smoothness], rel=1e-7)
            assert np.diag(hessian) == pytest.approx(problem.coordinate_smoothness, rel=1e-7)


def test_the_bounds_of_logistic_and_two_class_softmax_are_attained_at_zero():
    features = np.random.default_rng(11).standard_normal((20, 3))
    for objective in (Logistic(l2=0.1), Softmax(l2=0.1)):  # sigma' = 1/4 and eigenvalue 1/2 of [[1/4, -1/4], [-1/4, 1/4]] at 0
        problem = make(objective, features, [np.arange(20)], classes=2)
        assert np.linalg.eigvalsh(problem.hessian(problem.start()))[-1] == pytest.approx(problem.smoothness, rel=1e-12)


def test_accuracy_by_hand():
    test, labels = np.array([[1.0], [-1.0], [2.0], [0.0]]), np.array([7, 2, 2, 2])
    train = dict(features=test, labels=labels, shards=[np.arange(4)], test_features=test, test_labels=labels)
    two = Samples(**train, classes=np.array([2, 7]))
    assert Logistic().problem(two, 1, STREAMS).accuracy(np.array([1.0])) == 0.75  # right: 1, -1, and 0 is the smaller class
    assert Softmax().problem(two, 1, STREAMS).accuracy(np.array([0.0, 1.0])) == 0.75
    assert Softmax().problem(two, 1, STREAMS).accuracy(np.zeros(2)) == 0.75  # a tie is the first class: 2, three of four
    assert Linear().problem(two, 1, STREAMS).accuracy(np.array([5.0])) == 0.75  # 5 > 4.5 -> 7; -5 -> 2; 10 -> 7; 0 -> 2
    assert Linear().problem(Samples(**train), 1, STREAMS).accuracy(np.array([5.0])) is None
    untested = Samples(test, labels, [np.arange(4)], classes=np.array([2, 7]))
    assert Softmax().problem(untested, 1, STREAMS).accuracy(np.zeros(2)) is None


def test_digest_is_of_what_the_minimum_depends_on():
    random = np.random.default_rng(12)
    features, labels = random.standard_normal((20, 3)), random.standard_normal(20)

    def digest(x=features, y=labels, l2=0.1, shards=([*range(20)],)):
        return Linear(l2=l2).problem(Samples(x, y, shards), len(shards), STREAMS).digest

    assert digest() == digest(shards=np.array_split(random.permutation(20), 3))
    assert len({digest(), digest(x=features + 1e-15), digest(y=-labels), digest(l2=0.2), digest(x=features[::-1])}) == 5


@pytest.mark.parametrize("objective, classes, labels, words", [
    (Logistic(), [0, 1, 2], [0, 1, 2],
     "type must be softmax unless there are exactly two classes, got 'logistic' with 3 classes"),
    (Logistic(), [1], [1, 1, 1], "with 1 classes"),
    (Logistic(), None, [0.1, 0.2, 0.3], "type must be linear or lasso where labels are numbers"),
    (NonlinearLeastSquares(), [0, 1, 2], [0, 1, 2], "got 'nonlinear_least_squares' with 3 classes"),
    (Lasso(), ["cat", "dog"], ["cat", "dog", "cat"], "labels must be numbers for objective 'lasso'"),
    (Softmax(), None, [0.1, 0.2, 0.3], "got 'softmax'"),
    (Softmax(), [4], [4, 4, 4], "fewer than two classes"),
    (Softmax(), [0, 1], [0, 1, 2], "every label must be one of the classes 0, 1, got 2"),
    (Linear(), ["cat", "dog"], ["cat", "dog", "cat"], "labels must be numbers for objective 'linear', got"),
    (Linear(), None, [1.0, np.nan, 2.0], "finite"),
])
def test_labels_that_do_not_fit_are_refused_in_words(objective, classes, labels, words):
    samples = Samples(np.ones((3, 2)), np.array(labels), [np.arange(3)], classes=None if classes is None else np.array(classes))
    with pytest.raises(InputError, match=words):
        objective.problem(samples, 1, STREAMS)


@pytest.mark.parametrize("shards", [[[0, 1], [1, 2]], [[0], [1]], [[0, 1, 2, 3]], []])
def test_a_partition_that_loses_or_doubles_samples_is_refused(shards):
    with pytest.raises(InputError, match="each of the 3 training samples to exactly one worker"):
        Linear().problem(Samples(np.ones((3, 2)), np.ones(3), shards), len(shards), STREAMS)


def test_scenario_names():
    assert build(Objective, {"type": "softmax", "l2": "1e-3"}) == Softmax(l2=1e-3)
    assert build(Objective, {"type": "lasso", "l1_relative": "1 %"}) == Lasso(l1_relative=0.01)
    assert plain(Lasso(l1=0.5)) == {"type": "lasso", "l1": 0.5, "l1_relative": "10 %", "l2": 0.0}
    assert plain(Logistic(l2=0.5)) == {"type": "logistic", "l2": 0.5}
    for wrong in ({"type": "softmax", "l2": -1}, {"type": "lasso", "l1": 0}, {"type": "lasso", "l1_relative": 0},
                  {"type": "softmax", "L2": 1}):
        with pytest.raises(InputError):
            build(Objective, wrong)


def test_memory_counts_what_is_held():
    shape = Shape(workers=10, samples=4000, features=784, classes=10)
    held = 8 * 4000 * 784 + 8 * 10 * 784 * 10
    assert held < Softmax().memory(shape) < 1.1 * held
    assert Logistic().memory(shape) < Softmax().memory(shape)
    assert Softmax().memory(Shape(10, 4000, 784, 10, entries=1000)) < Softmax().memory(shape) / 4
