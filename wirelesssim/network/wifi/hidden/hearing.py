"""Who is hidden from whom: nobody, given pairs of workers, or those whose power does not reach each other."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import numpy as np
from pydantic_core import PydanticCustomError, core_schema

from ....errors import InputError, Problem, shown
from ....model import Model, model, validate
from ....radio.channel import drawn
from ....radio.wifi.detection import hearing
from ....rng import Streams
from ....units import Power, to_db
from ...access import Site

__all__ = ["Hidden"]

_PAIR = "must be two numbers of workers, like [0, 3]"


class Hidden(Model, family="rule of hearing", default="none"):
    """Which workers do not hear each other. The access point and the background's stations hear, and are heard by, everyone."""

    @abstractmethod
    def heard(self, site: Site) -> np.ndarray | None:
        """Which worker hears which, (M, M) of bool, a listener a row; None: everyone hears everyone."""

    def problems(self, workers: int) -> Iterator[Problem]:
        """What does not go with `workers` of them; here nothing."""
        return iter(())

    @classmethod
    def told(cls, value: Mapping[str, Any]) -> str | None:
        """`threshold` or `pairs`, where that is a key: `{threshold: -82 dBm}`."""
        return next((key for key in ("threshold", "pairs") if key in value), None)

    @classmethod
    def from_scalar(cls, value: Any) -> Hidden:
        """`none` from null, `pairs` from a list of them."""
        if value is None:
            return validate(Nobody, {})
        if isinstance(value, (list, tuple)):
            try:
                return validate(Pairs, {"pairs": value})
            except InputError as error:  # the list stands where its key would
                raise InputError([Problem(problem.path[1:], problem.message) for problem in error.problems]) from None
        if isinstance(value, str) and value.isalpha():
            return super().from_scalar(value)
        raise InputError(Problem((), "must be null, a list of pairs of workers like [[0, 3], [1, 4]], or "
                                     f"{{threshold: -82 dBm}}, got {shown(value)}"))


@model
class Nobody(Hidden, name="none"):
    """Everyone hears everyone: one collision domain."""

    def heard(self, site):
        return None


class _Pairs:
    """The annotation of a list of pairs of workers, the lower number first, in rising order."""

    def validate(self, value: Any) -> tuple[tuple[int, int], ...]:
        """Sorted pairs; names the entry that is wrong."""
        if not isinstance(value, (list, tuple)) or len(value) == 0:
            said = f"must be a list of pairs of workers like [[0, 3], [1, 4]], got {shown(value)}"
            raise PydanticCustomError("quantity", "{message}", {"message": said})
        problems, pairs = [], {}
        for index, pair in enumerate(value):
            if fault := _fault(pair) or _repeated(pair, pairs):
                problems.append(Problem((index,), fault))
            else:
                pairs[tuple(sorted(pair))] = index
        if problems:
            raise PydanticCustomError("nested", "{problems}", {"problems": tuple(problems)})
        return tuple(sorted(pairs))

    def show(self, value) -> list:
        """As in a scenario file."""
        return [list(pair) for pair in value]

    def __get_pydantic_core_schema__(self, source, handler):
        return core_schema.no_info_plain_validator_function(self.validate)

    def __get_pydantic_json_schema__(self, schema, handler):
        pair = {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 2, "maxItems": 2}
        return {"type": "array", "items": pair, "minItems": 1}


def _fault(pair: Any) -> str | None:
    """What is wrong with a pair by itself."""
    if not isinstance(pair, (list, tuple)) or len(pair) != 2:
        return f"{_PAIR}, got {shown(pair)}"
    if any(isinstance(worker, bool) or not isinstance(worker, int) or worker < 0 for worker in pair):
        return f"{_PAIR}, each >= 0, got {shown(list(pair))}"
    if pair[0] == pair[1]:
        return f"must be two different workers, got {shown(list(pair))}: leave it out, nobody listens to itself"
    return None


def _repeated(pair: Any, seen: dict) -> str | None:
    first = seen.get(tuple(sorted(pair)))
    return None if first is None else f"says the same as entry {first}, got {shown(list(pair))}; leave one of them out"


@model
class Pairs(Hidden, name="pairs"):
    """The two workers of each of `pairs` do not hear each other; a bare list means this. Each pair once, in either order."""

    pairs: Annotated[tuple, _Pairs()]

    def heard(self, site):
        heard = np.ones((site.workers, site.workers), dtype=bool)
        for one, other in self.pairs:
            heard[one, other] = heard[other, one] = False
        return heard

    def problems(self, workers):
        for one, other in self.pairs:
            if other >= workers:
                yield Problem((), f"must name workers 0 to {workers - 1}, got [{one}, {other}]")


@model
class Threshold(Hidden, name="threshold"):
    """A worker that receives another below `threshold` does not hear it; `{threshold: -82 dBm}` is enough.

        EIRP_sender path_gain(distance) worker_antenna_gain < threshold bandwidth / 20 MHz,   EIRP = tx_power worker_antenna_gain

    Of two workers with powers of their own the weaker may hear the stronger and not be heard. The median of the channel's
    path-loss law at the distance of the two places at time 0, as if one were the server. A law that draws the state of a place
    (`state: field`) draws one for each pair, the same both ways,

        line of sight if u_ij < P_LOS(distance),   u_ij uniform by seed and pair,

    and it has the median of its state. Left out: shadowing and fading between workers, heights of their own, that pairs next to
    each other tend to the same state; pairs stay as they are when workers move. Default: the preamble that must be detected at
    20 MHz, IEEE Std 802.11-2020, 17.3.10.6.
    """

    threshold: Power = "-82 dBm"

    def heard(self, site):
        channel = site.channel
        places = channel.first_places(site.workers, site.geometry, site.streams)

        def gain(distance):
            held = np.maximum(distance, 1e-3)  # nobody stands where another does
            medians = [law.gain(held, channel.carrier) for law in channel.path_loss.states]
            if len(medians) == 1:
                return medians[0]
            sight = _pair_draws(site.workers, site.streams) < channel.path_loss.los_probability(held)
            return np.where(sight, *medians)

        said = float(to_db(self.threshold / 1e-3))
        eirps = channel.eirps(site.workers, site.streams)
        antennas = drawn(channel, "worker_antenna_gain", site.workers, site.streams)
        return hearing(places, gain, eirps, said, channel.bandwidth, antennas)


def _pair_draws(workers: int, streams: Streams) -> np.ndarray:
    """A uniform for each pair of workers, (M, M), symmetric; those of a pair are the same however many there are."""
    source = streams.counted("line of sight between workers")
    upper = np.triu([source.uniforms(worker, workers) for worker in range(workers)], 1)
    return upper + upper.T
