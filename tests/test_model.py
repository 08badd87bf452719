"""Models: a part that a scenario names; its fields are its configuration, checked when it is made."""

from abc import abstractmethod
from typing import Annotated

import numpy as np
import pytest

from wirelesssim.errors import InputError
from wirelesssim.model import Model, build, check_decorated, model, plain
from wirelesssim.perworker import WorkerFraction, WorkerRate
from wirelesssim.rng import Streams
from wirelesssim.units import NUMBER, Quantity, Time


class Wave(Model, family="test wave", later=("square",)):
    """A family for these tests."""

    @abstractmethod
    def height(self): ...


@model
class Sine(Wave, name="sine"):
    """A sine."""

    period: Time = "5 ms"
    size: Annotated[float, Quantity(NUMBER, gt=0)]

    def height(self):
        return self.size


class Tank(Model, family="test tank", default="tank"):
    """Holds a wave and a per-worker rate."""


@model
class PlainTank(Tank, name="tank"):
    """A tank."""

    wave: Wave
    rate: WorkerRate = "20 Mbit/s"
    loss: WorkerFraction = 0

    def check(self):
        if self.wave.size > 100:
            raise InputError("waves must be < 100 in a tank")


def problems(value, family=Tank):
    with pytest.raises(InputError) as caught:
        build(family, value)
    return str(caught.value)


def test_build_and_plain_are_inverse():
    tank = build(Tank, {"wave": {"type": "sine", "size": "2"}, "rate": {"type": "lognormal", "mean": "5 Mbit/s", "sigma": 0.5}})
    assert tank.wave.period == 0.005 and tank.wave.size == 2.0
    assert build(Tank, plain(tank)) == tank
    assert plain(tank)["wave"] == {"type": "sine", "period": "5 ms", "size": 2.0}


def test_models_are_frozen():
    with pytest.raises(AttributeError):
        build(Wave, {"type": "sine", "size": 1}).size = 3


@pytest.mark.parametrize(("value", "says"), [
    ({"wave": {"type": "sin", "size": 1}}, "wave.type unknown test wave 'sin'; did you mean 'sine'? known: sine"),
    ({"wave": {"type": "square"}}, "wave.type 'square' is planned"),
    ({"wave": {"size": 1}}, "wave.type is required; known: sine"),
    ({"wave": {"type": "sine"}}, "wave.size is required"),
    ({"wave": {"type": "sine", "size": -1}}, "wave.size must be > 0, got -1"),
    ({"wave": {"type": "sine", "size": 1, "periode": 2}}, "did you mean 'period'?"),
    ({"wave": {"type": "sine", "size": 1, "period": "5 MHz"}}, "wave.period must be a time like '5 ms', got '5 MHz', a frequency"),
    ({"wave": 5}, "wave must be a mapping"),
    ({"wave": "sin"}, "wave is an unknown test wave 'sin'; did you mean 'sine'?"),
    ({"wave": {"type": "sine", "size": 1}, "rate": [1, 0]}, "rate.1 must be > 0 bit/s, got 0"),
    ({"wave": {"type": "sine", "size": 1}, "rate": {"type": "lognormal", "mean": "5 ms", "sigma": 1}}, "rate.mean must be a rate"),
    ({"wave": {"type": "sine", "size": 1}, "rate": {"type": "gauss"}}, "rate.type unknown distribution 'gauss'"),
    ({"wave": {"type": "sine", "size": 101}}, "waves must be < 100"),
])
def test_each_mistake_names_key_rule_and_value(value, says):
    assert says in problems(value)


def test_all_mistakes_are_found_at_once():
    text = problems({"wave": {"type": "sine", "size": -1, "period": "x"}, "rate": -1, "waves": 3})
    assert len(text.splitlines()) == 4


def test_a_leaf_without_the_decorator_is_an_error_at_the_next_look():
    class Forgotten(Wave, name="forgotten"):
        def height(self): ...

    with pytest.raises(TypeError, match="Forgotten lacks @model"):
        check_decorated()
    check_decorated()


def test_a_leaf_must_fill_its_interface():
    with pytest.raises(TypeError, match="lacks height"):
        @model
        class Flat(Wave, name="flat"):
            """Has no height."""


def test_neither_family_nor_name_is_an_error():
    with pytest.raises(TypeError, match="must say either"):
        class Nameless(Wave):
            pass


def test_per_worker_values():
    """A number is everyone's, a list is one each, a law is drawn from a stream a worker, so one more moves nobody."""
    tank = {"wave": {"type": "sine", "size": 1}}
    assert np.array_equal(build(Tank, tank | {"rate": 7}).rate.values(3, Streams(1), "rate"), [7, 7, 7])
    assert np.array_equal(build(Tank, tank | {"rate": [1, 2]}).rate.values(2, Streams(1), "rate"), [1, 2])
    with pytest.raises(InputError, match="one entry a worker: 3, got 2"):
        build(Tank, tank | {"rate": [1, 2]}).rate.values(3, Streams(1), "rate")
    drawn = build(Tank, tank | {"rate": {"type": "uniform", "low": 1, "high": 2}}).rate
    four, five = drawn.values(4, Streams(1), "rate"), drawn.values(5, Streams(1), "rate")
    assert np.array_equal(four, five[:4]) and len(set(five)) == 5 and (five >= 1).all() and (five < 2).all()


def test_lognormal_mean():
    """E[X] = mean: 20,000 draws with sigma 0.5; sd of X/mean = sqrt(exp(0.25) - 1) = 0.533, five standard errors."""
    rate = build(Tank, {"wave": {"type": "sine", "size": 1}, "rate": {"type": "lognormal", "mean": 100, "sigma": 0.5}}).rate
    values = rate.values(20_000, Streams(3), "rate")
    assert abs(values.mean() / 100 - 1) < 5 * 0.533 / np.sqrt(20_000)


def test_a_drawn_value_outside_the_bounds_is_refused():
    loss = build(Tank, {"wave": {"type": "sine", "size": 1}, "loss": {"type": "uniform", "low": 2, "high": 3}}).loss
    with pytest.raises(InputError, match="must be <= 100 %.*drawn for worker 0"):
        loss.values(2, Streams(1), "loss")
