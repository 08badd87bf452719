"""The figure that a pair of axes asks for: along a run, against one swept parameter, or over two.

`x`                              `y`
simulated_time, round, bits      accuracy, error, objective, delay, delivered, throughput          a curve (`curves`)
KEY                              time_to_target, bits_to_target, a measure at the instant `at`,
                                 delay, delivered, throughput                                      an error bar (`swept`)
KEY1,KEY2                        the same                                                          a heat map (`heatmap`)
delay                            delivered                                                         `distribution`
"""

from __future__ import annotations

from typing import Any

import matplotlib
import pandas as pd
from pydantic_core import PydanticCustomError

from ..errors import InputError, unknown
from ..experiment.delivery import along, deliveries, messages
from ..experiment.statistics import Target, matrix_keys, tidy
from ..units import TIME, Quantity
from .curves import curves
from .distribution import distribution
from .heatmap import heatmap
from .joined import joined
from .style import style_of
from .swept import against, of_messages, outcomes

__all__ = ["plot"]

RUNNING = ("simulated_time", "round", "bits")
MEASURES = ("accuracy", "error", "objective")
SPENT = ("time_to_target", "bits_to_target")
DELAY = "delay"
CAME = (DELAY, "delivered", "throughput")  # of messages
KNOWN = MEASURES + SPENT + CAME
PLANNED = ("energy", "energy_to_target")


def plot(results, x: str | None = None, y: str | None = None, target: Any = None, at: Any = None, style: str | None = None):
    """A Matplotlib figure of `results`: of `Results` or their table `rounds`, or of several: a list, or a mapping from a name.

    - `x`: `simulated_time` (unless said), `round`, `bits` (uplink on air), a swept key, two of them as `KEY1,KEY2`, or `delay`.
    - `y`: `accuracy`, `error` (f - f*), `objective`, `time_to_target`, `bits_to_target`; unless said, the first of these that
      the table has, and `time_to_target` against a key if a target is given. Of the uplink messages, for which a table of
      rounds is not enough: `delay` (mean, and 95 % quantile, of those delivered), `delivered` (the share of them),
      `throughput` (payload of those delivered), of whole runs against a key, else along them (`experiment.delivery.along`).
      `delivered` against `x: delay` is the distribution of the delay.
    - Where nobody learns, `delay` against what is swept unless said, if that is one or two keys; else the distribution.
    - `target`: what `Target.parse` reads (`85 %`, `error:1e-3`); needed by the targets, a thin line on curves of its kind.
    - `at`: an instant of simulated time (`10 s`), needed for a measure against a key.
    - `style`: `screen` or `ieee`.

    The figure's `measure` is `y` and its `against` is `x`, those that were chosen if none were said.
    InputError names the word that is not known, or the option that is missing.
    """
    rounds, sent = joined(results)
    rounds = tidy(rounds)
    keys = matrix_keys(rounds)
    x, y = _usual(rounds, sent, keys, x, y)
    axes = _axes(x, keys)
    target = None if target is None else Target.parse(target)
    y = _measure(rounds, y, axes, target)
    if y in CAME:
        _check_messages(rounds, sent, x, y, target, at)
    with matplotlib.rc_context(style_of(style)):
        if axes == [DELAY]:
            made = distribution(messages(rounds, sent), keys, style)
        elif axes[0] in RUNNING:
            if at is not None:
                raise InputError(f"at is an instant for a swept key on the x axis, got {at!r} with x {x!r}; leave it out")
            made = curves(along(rounds, sent) if y in CAME else rounds, x, y, keys, target, style)
        else:
            outcome = of_messages(deliveries(rounds, sent), y) if y in CAME else outcomes(
                rounds, y, target, _needed(rounds, x, y, target, at))
            made = (against if len(axes) == 1 else heatmap)(rounds, *axes, y=y, keys=keys, outcome=outcome, style=style)
    made.measure, made.against = y, x
    return made


def _filled(rounds: pd.DataFrame) -> list[str]:
    """The measures of learning that the table has; none where nobody learns."""
    return [name for name in MEASURES if name in rounds.columns and rounds[name].notna().any()]


def _usual(rounds: pd.DataFrame, sent: pd.DataFrame | None, keys: list[str], x: str | None,
           y: str | None) -> tuple[str, str | None]:
    """`x` and `y` with what nobody said, where it is plain; a `y` of learning is left to `_measure`."""
    alone = not _filled(rounds) and sent is not None
    if x is None and (y in CAME or y is None and alone):
        if 1 <= len(keys) <= 2:
            return ",".join(keys), y or "delay"
        return (DELAY, "delivered") if y in (None, "delivered") else ("simulated_time", y)
    if y is None and (x == DELAY or alone):
        y = "delivered" if x == DELAY else "delay"
    return x or "simulated_time", y


def _check_messages(rounds: pd.DataFrame, sent: pd.DataFrame | None, x: str, y: str, target: Target | None, at: Any) -> None:
    """InputError where a figure of messages cannot be, or has an option that means nothing to it."""
    if sent is None:
        raise InputError(f"y {y!r} is of the table of transmissions: give plot the Results, not their table of rounds alone")
    if x == DELAY and y != "delivered":
        raise InputError(f"y {y!r} does not go with x {DELAY}, its distribution; leave y out, or choose another x")
    for name, given in (("target", target), ("at", at)):
        if given is not None:
            raise InputError(f"{name} means nothing for y {y!r}, which is of messages, got {str(given)!r}; leave it out")
    whole = messages(rounds, sent)["whole"]
    if not len(whole):
        raise InputError(f"y {y!r} is of messages on the uplink, and no run has any")
    if not whole.any() and DELAY in (x, y):
        raise InputError("no message was delivered, so that none has a delay; choose y from delivered, throughput")


def _axes(x: str, keys: list[str]) -> list[str]:
    """`x` as the words that it is made of, each known."""
    axes, known = [part.strip() for part in x.split(",")], [*RUNNING, *keys, DELAY]
    for part in axes:
        if part in PLANNED:
            raise InputError(f"x {part!r} is planned, not in this version; known: {', '.join(known)}")
        if part not in keys and (part not in known or len(axes) > 1):
            raise InputError(unknown("x", part, known if len(axes) == 1 else keys))
    if len(axes) > 2 or len(set(axes)) < len(axes):
        raise InputError(f"x must be one word or two different swept keys, got {x!r}")
    return axes


def _measure(rounds: pd.DataFrame, y: str | None, axes: list[str], target: Target | None) -> str:
    """`y`, known, of the right kind for the axes, and with values in the table."""
    filled, running = _filled(rounds), axes[0] in RUNNING
    if y is None:
        if not filled:
            raise InputError("table of rounds has no accuracy, error or objective, as of messages without a learner: give plot "
                             f"the Results, of which there are {', '.join(CAME)}, too")
        return "time_to_target" if target and not running else filled[0]
    if y in PLANNED:
        raise InputError(f"y {y!r} is planned, not in this version; known: {', '.join(KNOWN)}")
    if y not in KNOWN:
        raise InputError(unknown("y", y, KNOWN))
    if axes == [DELAY] and y not in CAME:
        raise InputError(f"y {y!r} does not go with x {DELAY}, the distribution of which is y delivered; choose another x")
    if y in SPENT and running:
        keys = matrix_keys(rounds)
        way = f"choose --x from {', '.join(keys)}" if keys else "sweep a parameter first (`matrix` in the scenario)"
        raise InputError(f"y {y!r} needs a swept parameter on the x axis, got x {axes[0]!r}; {way}")
    if y in MEASURES and y not in filled:
        raise InputError(f"{y} is empty in this table: {_WHY[y]}; {_ways(filled)}")
    return y


def _ways(filled: list[str]) -> str:
    """What else there is to plot."""
    return f"choose y from {', '.join([*filled, *CAME])}{'' if filled else ', as nobody learns here'}"


_WHY = {"accuracy": "its objective classifies nothing", "error": "the minimum f* is not known",
        "objective": "it was not evaluated"}


def _needed(rounds: pd.DataFrame, x: str, y: str, target: Target | None, at: Any) -> float | None:
    """The instant, if `y` needs one; InputError for what is missing."""
    if y in SPENT:
        if target is None:
            raise InputError(f"y {y!r} needs a target: --target '85 %', or --target error:1e-3")
        if target.kind not in rounds.columns or rounds[target.kind].isna().all():
            raise InputError(f"target {target} is of the {target.kind}, which is empty in this table: {_WHY[target.kind]}; "
                             f"use --target {'error:1e-3' if target.kind == 'accuracy' else chr(39) + '85 %' + chr(39)}")
        return None
    if at is None:
        raise InputError(f"y {y!r} against {x} needs an instant: --at 10s; or choose y from {', '.join(SPENT + CAME)}")
    try:
        return Quantity(TIME, ge=0).validate(at)
    except PydanticCustomError as error:
        raise InputError(f"at {error.message()}") from None
