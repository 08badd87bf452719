"""The settings of one point: every section of a scenario, validated and frozen; what does not fit together is refused."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass
from pydantic_core import PydanticCustomError

from ..data import Data
from ..errors import InputError, Problem, shown
from ..learning.algorithm import Algorithm
from ..learning.codec import Codec
from ..learning.objectives import Objective
from ..model import build, plain, validate
from ..network.access import Access
from ..network.aloha import Aloha  # noqa: F401
from ..network.backhaul import Backhaul
from ..network.downlink import Downlink
from ..network.lora import LoRaWan  # noqa: F401
from ..network.ltem import LteMAccess  # noqa: F401
from ..network.nbiot import NbIotAccess  # noqa: F401
from ..network.nr.access import Ofdma
from ..network.transport import Transport
from ..network.wifi.access import Csma  # noqa: F401
from ..network.wifi.trigger import OfdmaTrigger  # noqa: F401
from ..network.wpan import CsmaCa  # noqa: F401
from ..nodes.compute import Compute
from ..nodes.feedback import Feedback
from ..nodes.server import ServerPolicy
from ..perworker import PerWorkerValue
from ..radio.channel import Channel
from ..radio.geometry import Geometry, Positions
from ..radio.phy_nr import Nr
from ..radio.trace import Trace
from ..radio.worker_loss import WorkerLossValue
from ..units import COUNT, FRACTION, NUMBER, Count, Natural, PositiveTime, Quantity, Relative

__all__ = ["Accuracy", "ErrorLevel", "Settings", "Stop", "Seed", "StopTarget"]

Accuracy = Annotated[float, Quantity(FRACTION, gt=0, le=1)]
ErrorLevel = Annotated[float, Quantity(NUMBER, gt=0)]
_CONFIG = ConfigDict(extra="forbid", arbitrary_types_allowed=True, validate_default=True)
ROUND_LIMIT = 100_000  # where neither `rounds` nor another stop ends a run


@dataclass(frozen=True, kw_only=True, config=_CONFIG)
class Seed:
    """Two seeds, so that one can change and the other stay: data, partition and algorithm; place, fading and loss."""

    learning: Natural = 1
    radio: Natural = 1


@dataclass(frozen=True, kw_only=True, config=_CONFIG)
class StopTarget:
    """Stop once the test accuracy is at least, or f - f* at most, so much."""

    accuracy: Accuracy | None = None
    error: ErrorLevel | None = None


@dataclass(frozen=True, kw_only=True, config=_CONFIG)
class Stop:
    """The first of these that holds ends a run; 100,000 rounds end it where `rounds` is not given."""

    rounds: Count | None = None
    simulated_time: PositiveTime | None = None
    target: StopTarget | None = None


@dataclass(frozen=True, kw_only=True, config=_CONFIG)
class Settings:
    """One point of a scenario. Defaults are the plainest of each kind; sections without one must be given."""

    seed: Seed
    workers: Count = 10
    stop: Stop
    data: Data | None = None
    objective: Objective
    algorithm: Algorithm | None  # None: the objective has nothing to learn
    codec: Codec
    compute: Compute
    geometry: Geometry | None = None
    channel: Channel
    backhaul: Backhaul | None = None
    access: Access
    downlink: Downlink
    transport: Transport
    feedback: Feedback
    server: ServerPolicy
    fidelity: Literal["burst", "packet"] = "burst"

    @classmethod
    def of(cls, fields: dict[str, Any]) -> Settings:
        """Settings from plain data; InputError names every key that is wrong."""
        settings = validate(cls, _DEFAULTS | _prepared(fields))
        problems = [*_lengths(settings, settings.workers), *_fits(settings)]
        if problems:
            raise InputError(problems)
        return settings

    def plain(self) -> dict[str, Any]:
        """As plain data, defaults filled in; `Settings.of` makes the same settings of it."""
        return {key: item for key, item in plain(self).items() if item is not None}

    def plain_all(self) -> dict[str, Any]:
        """As plain data with the keys that have no value: every key that may be swept."""
        return plain(self)


_DEFAULTS: dict[str, Any] = {
    "seed": 1, "stop": {"rounds": 100}, "codec": {"type": "auto"}, "compute": {"type": "fixed"},
    "access": {"type": "dedicated"}, "downlink": {"type": "ideal"}, "transport": {"type": "arq"},
    "feedback": {"type": "ack"}, "server": {"type": "synchronous"}}


def _prepared(fields: dict[str, Any]) -> dict[str, Any]:
    """Short forms written out, and what comes later refused by name."""
    if "energy" in fields:
        raise InputError(Problem(("energy",), "is planned and not in this version; the energy column stays empty"))
    seed = fields.get("seed", 1)
    if not isinstance(seed, dict):
        try:
            Quantity(COUNT, ge=0).validate(seed)
        except PydanticCustomError:
            rule = "must be a whole number >= 0 or {learning: 1, radio: 2}"
            raise InputError(Problem(("seed",), f"{rule}, got {shown(seed)}")) from None
        fields = fields | {"seed": {"learning": seed, "radio": seed}}
    objective = fields.get("objective")
    name = objective.get("type") if isinstance(objective, dict) else objective
    named = Objective.known.get(name) if isinstance(name, str) else None
    if named is not None and not named.learns:
        fields = {"algorithm": None} | fields
    return fields


def _fits(settings: Settings) -> Iterator[Problem]:
    """What must hold between sections."""
    objective, channel, downlink = settings.objective, settings.channel, settings.downlink
    if objective.needs_data and settings.data is None:
        yield Problem(("data",), f"is required by the objective {objective.type_name}, for example {{type: mnist}}")
    if not objective.needs_data and settings.data is not None:
        yield Problem(("data",), f"is not used by the objective {objective.type_name}, which brings its own; leave it out")
    if not objective.learns:
        yield from _idle(settings)
    elif settings.algorithm is None:
        yield Problem(("algorithm",), f"must be a mapping with `type`, got null; known: {', '.join(sorted(Algorithm.known))}")
        return
    elif settings.algorithm.batch is not None and not objective.needs_data:
        yield Problem(("algorithm", "batch"), f"must be null for the objective {objective.type_name}, which has no samples, got "
                                              f"{settings.algorithm.batch}; say batch: null, or take a method of full gradients")
    if objective.learns and not objective.knows_smoothness:
        yield from _absolute(settings.algorithm, objective.type_name)
    if settings.geometry is not None and not channel.needs_geometry:
        yield Problem(("geometry",), f"is not used by a {channel.type_name} channel; leave it out or use {{type: radio}}")
    if settings.access.carries_downlink:
        if downlink.own_rate is not None:
            yield Problem(("downlink", "rate"), f"must not be given with the access {settings.access.type_name}, whose medium "
                                                "carries the downlink at its own rate; leave it out")
    elif downlink.type_name != "ideal" and downlink.own_rate is None and not channel.steady:
        yield from _way_down(channel)
    yield from _cell(settings)
    yield from _medium(settings)
    if settings.stop.target and (settings.stop.target.accuracy is None) == (settings.stop.target.error is None):
        yield Problem(("stop", "target"), "must be either {accuracy: 85 %} or {error: 1e-3}")


def _way_down(channel: Channel) -> Iterator[Problem]:
    """A downlink without a rate, on a channel that is not steady."""
    if not channel.carries_downlink:
        yield Problem(("downlink", "rate"), f"is required with a {channel.type_name} channel, for example 20 Mbit/s: the file "
                                            "tells of the uplink alone")
        return
    try:
        channel.phy.check_downlink()
    except InputError as error:
        yield from error.under("channel", "phy").problems


def _medium(settings: Settings) -> Iterator[Problem]:
    """A physical layer that only some accesses serve, and what the access asks of the other sections."""
    access, phy = settings.access, getattr(settings.channel, "phy", None)
    if phy is not None and phy.accesses and access.type_name not in phy.accesses:
        yield Problem(("access",), f"must be {' or '.join(phy.accesses)} with the physical layer {phy.type_name}, "
                                   f"got {access.type_name}")
    else:
        yield from access.problems(settings.channel, settings.downlink, settings.transport, settings.workers)


def _idle(settings: Settings) -> Iterator[Problem]:
    """What means nothing where nobody learns."""
    name = settings.objective.type_name
    if settings.algorithm is not None:
        yield Problem(("algorithm",), f"must not be given with the objective {name}, which has nothing to learn, "
                                      f"got {settings.algorithm.type_name!r}; leave it out")
    if plain(settings.codec) != plain(build(Codec, _DEFAULTS["codec"])):
        yield Problem(("codec",), f"must not be given with the objective {name}, whose messages have a size and no values; "
                                  "leave it out")
    if settings.stop.target is not None:
        yield Problem(("stop", "target"), f"must not be given with the objective {name}, which has neither accuracy nor error; "
                                          "use rounds or simulated_time")
    if settings.objective.arrivals.type_name != "together" and settings.compute.time.positive:
        yield Problem(("compute", "time"), "must be 0 s where messages arrive by themselves, ready to be sent")


def _cell(settings: Settings) -> Iterator[Problem]:
    """An NR cell: access and physical layer go together, and its losses are its own."""
    access, channel = settings.access, settings.channel
    slots = isinstance(getattr(channel, "phy", None), Nr)
    if isinstance(access, Ofdma) and not slots:
        yield Problem(("channel", "phy"), "must be nr with the access ofdma: give channel: {type: radio, phy: {type: nr}}, or "
                                          "another access")
    elif slots and not isinstance(access, Ofdma):
        yield Problem(("access",), f"must be ofdma with the physical layer nr, got {access.type_name}; its slots are granted")
    elif slots:
        if channel.loss.positive:
            yield Problem(("channel", "loss"), "must be 0 % with the physical layer nr: what is lost is what HARQ and RLC leave, "
                                               f"got {plain(channel)['loss']}")
        try:
            access.check_cell(channel, settings.workers)
        except InputError as error:
            yield from error.under("access").problems


def _absolute(algorithm: Algorithm, objective: str) -> Iterator[Problem]:
    """What of `algorithm` cannot be said without a smoothness constant."""
    if algorithm.needs_worker_smoothness or algorithm.needs_coordinate_smoothness:
        yield Problem(("algorithm", "type"), f"must not be {algorithm.type_name!r} with the objective {objective}: it needs "
                                             "smoothness constants, which are not known of a network; choose another method")
    for path, relative in _relatives(algorithm, ("algorithm",)):
        example = "0.1" if relative.power < 0 else "10"
        yield Problem(path, f"must be a number with the objective {objective}, whose smoothness constant L is not known, "
                            f"got {relative}; say {path[-1]}: {example}, for example")


def _relatives(part: Any, path: tuple) -> Iterator[tuple[tuple, Relative]]:
    """Every value inside `part` that is relative to L, and where it stands."""
    if isinstance(part, Relative):
        if part.power:
            yield path, part
    elif dataclasses.is_dataclass(part):
        for item in dataclasses.fields(part):
            yield from _relatives(getattr(part, item.name), (*path, item.name))


def _lengths(part: Any, workers: int, path: tuple = ()) -> Iterator[Problem]:
    """Lists with one entry a worker that have another length."""
    given = part.given if isinstance(part, (PerWorkerValue, WorkerLossValue)) else None
    if isinstance(part, Trace) and part.paths is not None and len(part.paths) != workers:
        given, path = tuple(part.paths), (*path, "paths")
    if isinstance(part, Positions):
        given, path = part.places, (*path, "places")
    if isinstance(given, tuple) and len(given) != workers:
        yield Problem(path, f"must have one entry for each of the {workers} workers, got {len(given)}")
    elif dataclasses.is_dataclass(part):
        for item in dataclasses.fields(part):
            yield from _lengths(getattr(part, item.name), workers, (*path, item.name))
