"""The figure that a pair of axes asks for: along a run, against one swept parameter, or over two.

`x`                              `y`
simulated_time, round, bits      accuracy, error, objective                                       a curve (`curves`)
KEY                              time_to_target, bits_to_target, or a measure at the instant `at`  an error bar (`swept`)
KEY1,KEY2                        the same                                                          a heat map (`heatmap`)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import matplotlib
import pandas as pd
from pydantic_core import PydanticCustomError

from ..errors import InputError, unknown
from ..experiment.statistics import Target, matrix_keys, tidy
from ..units import TIME, Quantity
from .curves import curves
from .heatmap import heatmap
from .style import style_of
from .swept import against

__all__ = ["plot", "together"]

RUNNING = ("simulated_time", "round", "bits")
MEASURES = ("accuracy", "error", "objective")
SPENT = ("time_to_target", "bits_to_target")
PLANNED = ("energy", "energy_to_target")


def plot(rounds, x: str = "simulated_time", y: str | None = None, target: Any = None, at: Any = None, style: str | None = None):
    """A Matplotlib figure of the table `rounds`, or of several: a list, or a mapping from a name to each.

    - `x`: `simulated_time`, `round`, `bits` (uplink on air), a swept key, or two of them as `KEY1,KEY2`.
    - `y`: `accuracy`, `error` (f - f*), `objective`, `time_to_target`, `bits_to_target`; unless said, the first of these that
      the table has, and `time_to_target` against a key if a target is given.
    - `target`: what `Target.parse` reads (`85 %`, `error:1e-3`); needed by the last two, a thin line on curves of its kind.
    - `at`: an instant of simulated time (`10 s`), needed for a measure against a key.
    - `style`: `screen` or `ieee`.

    The figure's `measure` is `y`, the one that was chosen if none was said.
    InputError names the word that is not known, or the option that is missing.
    """
    rounds = tidy(together(rounds))
    keys = matrix_keys(rounds)
    axes = _axes(x, keys)
    target = None if target is None else Target.parse(target)
    y = _measure(rounds, y, axes, target)
    with matplotlib.rc_context(style_of(style)):
        if axes[0] in RUNNING:
            if at is not None:
                raise InputError(f"at is an instant for a swept key on the x axis, got {at!r} with x {x!r}; leave it out")
            made = curves(rounds, x, y, keys, target, style)
        else:
            at = _needed(rounds, x, y, target, at)
            draw = against if len(axes) == 1 else heatmap
            made = draw(rounds, *axes, y=y, keys=keys, target=target, at=at, style=style)
    made.measure = y
    return made


def together(rounds) -> pd.DataFrame:
    """One table of several: a variant that stands in two of them gets the name of its table, or its number.

    A key that only some of them swept has the value `-` in the others.
    """
    if isinstance(rounds, pd.DataFrame):
        return rounds
    named = list(rounds.items()) if isinstance(rounds, Mapping) else [(str(place), one) for place, one in _enumerated(rounds)]
    if not named:
        raise InputError("plot needs at least one table of rounds, got none")
    if len(named) == 1:
        return named[0][1]
    names = [name for _, one in named for name in dict.fromkeys(one["variant"])]
    told = [one.assign(variant=[f"{variant} ({name})" if names.count(variant) > 1 else variant for variant in one["variant"]])
            for name, one in named]
    keys = list(dict.fromkeys(key for one in told for key in matrix_keys(one)))
    joined = pd.concat(told, ignore_index=True)
    for key in keys:
        joined[key] = joined[key].astype(object).where(joined[key].notna(), "-")
    head = ["variant", "replication", *keys]
    return joined[[*head, *(name for name in joined.columns if name not in head)]]


def _enumerated(rounds: Iterable) -> Iterable[tuple[int, pd.DataFrame]]:
    return enumerate(rounds, start=1)


def _axes(x: str, keys: list[str]) -> list[str]:
    """`x` as the words that it is made of, each known."""
    axes = [part.strip() for part in x.split(",")]
    for part in axes:
        if part in PLANNED:
            raise InputError(f"x {part!r} is planned, not in this version; known: {', '.join([*RUNNING, *keys])}")
        if part not in keys and (part not in RUNNING or len(axes) > 1):
            raise InputError(unknown("x", part, [*RUNNING, *keys] if len(axes) == 1 else keys))
    if len(axes) > 2 or len(set(axes)) < len(axes):
        raise InputError(f"x must be one word or two different swept keys, got {x!r}")
    return axes


def _measure(rounds: pd.DataFrame, y: str | None, axes: list[str], target: Target | None) -> str:
    """`y`, known, of the right kind for the axes, and with values in the table."""
    filled = [name for name in MEASURES if name in rounds.columns and rounds[name].notna().any()]
    running = axes[0] in RUNNING
    if y is None:
        if not filled:
            raise InputError("table of rounds has no accuracy, error or objective: there is nothing to plot, as of messages "
                             "without a learner; their delays are in the tables transmissions and workers")
        return "time_to_target" if target and not running else filled[0]
    if y in PLANNED:
        raise InputError(f"y {y!r} is planned, not in this version; known: {', '.join([*MEASURES, *SPENT])}")
    if y not in MEASURES + SPENT:
        raise InputError(unknown("y", y, [*MEASURES, *SPENT]))
    if y in SPENT and running:
        keys = matrix_keys(rounds)
        way = f"choose --x from {', '.join(keys)}" if keys else "sweep a parameter first (`matrix` in the scenario)"
        raise InputError(f"y {y!r} needs a swept parameter on the x axis, got x {axes[0]!r}; {way}")
    if y in MEASURES and y not in filled:
        raise InputError(f"{y} is empty in this table: {_WHY[y]}; {_ways(filled)}")
    return y


def _ways(filled: list[str]) -> str:
    """What else there is to plot."""
    return f"choose y from {', '.join(filled)}" if filled else (
        "nor is there another measure, as of messages without a learner; their delays are in transmissions and workers")


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
        raise InputError(f"y {y!r} against {x} needs an instant: --at 10s; or choose y from {', '.join(SPENT)}")
    try:
        return Quantity(TIME, ge=0).validate(at)
    except PydanticCustomError as error:
        raise InputError(f"at {error.message()}") from None
