"""`wirelesssim new FILE`"""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Annotated, Optional

import typer

from ..errors import InputError

__all__ = ["new"]

_TEMPLATE = """\
# A scenario for wirelesssim. Check it with `wirelesssim check {file}`, run it with `wirelesssim run {file}`.
{name}
description: GD-SEC against gradient descent over {air}
seed: 1
workers: {workers}
stop: {{rounds: 200}}                       # or simulated_time: 30 s, or target: {{accuracy: 85 %}}
targets: {targets}

{data}
objective: {objective}
algorithm: {{type: gd_sec, step_size: 0.5/L, xi: 5 L, beta: 0.1}}
codec: {{type: auto, value_bits: 32}}

compute: {{type: fixed, time: 10 ms}}       # per gradient
{network}feedback: {{type: ack}}                     # ack | none

variants:                                 # overlays on the whole file; the first is the baseline of every saving
  GD: {{algorithm: {{type: gd, step_size: 0.5/L}}}}
  GD-SEC: {{}}
matrix:                                   # read by `wirelesssim sweep` alone
  {matrix}
"""
_MESSAGES = """\
# A scenario for wirelesssim. Check it with `wirelesssim check {file}`, run it with `wirelesssim run {file}`.
{name}
description: Messages without a learner over {air}
seed: 1
workers: 10
stop: {{rounds: 100}}                       # or simulated_time: 60 s

objective: {{type: messages, uplink: {size}}}   # downlink: SIZE; arrivals: {{type: poisson, rate: 1 Hz}}, or periodic
{network}feedback: {{type: ack}}                     # ack | none

matrix:                                   # read by `wirelesssim sweep` alone
  workers: [2, 5, 10]
"""
_NUMBERS = """\
channel: {type: fixed, rate: 20 Mbit/s, latency: 5 ms, loss: 2 %}
access: {type: tdma}                      # dedicated | tdma | fdma
downlink: {type: multicast, rate: 20 Mbit/s}   # ideal | unicast | multicast
transport: {type: arq, retries: 7}        # arq | unreliable
"""


def new(file: Annotated[Path, typer.Argument(help="The file to write.", show_default=False)],
        preset: Annotated[Optional[str], typer.Option("--preset", metavar="NAME",
                                                     help="A radio technology, one of `list presets`.")] = None,
        data: Annotated[Optional[str], typer.Option("--data", metavar="NAME|PATH", help="A set by name, or a file.",
                                                    show_default="mnist")] = None,
        messages: Annotated[Optional[str], typer.Option("--messages", metavar="SIZE", help=(
            "No learner: messages of this size, as in 100kB."))] = None) -> int:
    """Write a scenario file to start from; never writes over one."""
    from .said import say

    if messages is not None and data is not None:
        raise InputError(f"--messages {messages} has nothing to learn and needs no --data, got {data!r}; leave one of them out")
    text = scenario_text(file, data or "mnist", preset) if messages is None else messages_text(file, messages, preset)
    try:
        with open(file, "x", encoding="utf-8") as handle:
            handle.write(text)
    except FileExistsError:
        raise InputError(f"{file} is there already; choose another name, or remove it first") from None
    except OSError as error:
        raise InputError(f"{file} cannot be written: {error.strerror or error}") from None
    say(f"wrote {file}; `wirelesssim run {shlex.quote(str(file))}` runs it")
    return 0


def scenario_text(file: Path, data: str, preset: str | None = None) -> str:
    """The text of a new scenario on the set or file `data` over the technology `preset`; InputError if either is not there."""
    from ..data import Data
    from ..model import build
    from ..scenario.source import write_text

    network = _NUMBERS if preset is None else _network(preset)
    # a word is a set's name; a file is told by its being there or by a separator or a suffix in its name
    is_file = data not in {*Data.known, *Data.later} and (Path(data).exists() or os.sep in data or "." in data)
    try:
        whole = build(Data, {"path": str(Path(data).resolve())} if is_file else data).load()
    except InputError as error:
        raise InputError([f"--data {data}: {problem.message}" for problem in error.problems][0]) from None
    relative = os.path.relpath(Path(data).resolve(), file.resolve().parent) if is_file else None
    section = {"path": relative} if is_file else {"type": data}
    classes = 0 if whole.classes is None else len(whole.classes)
    objective = "linear" if classes == 0 else "logistic" if classes == 2 else "softmax"
    named, dealt = (write_text(part).rstrip() for part in ({"name": _name(file)}, {"data": section}))
    text = _TEMPLATE.format(
        air=_air(preset), file=_quoted(file), name=named, data=dealt,
        workers=min(10, max(1, len(whole.labels) // 10)),
        targets="{error: [1.0e-2, 1.0e-3]}" if classes == 0 else "{accuracy: [80 %, 85 %]}",
        objective=f"{{type: {objective}, l2: 1.0e-3}}", network=network,
        matrix="channel.loss: [0 %, 2 %, 10 %]" if preset is None else "compute.time: [1 ms, 10 ms, 100 ms]")
    _check(text, file)
    return text


def messages_text(file: Path, size: str, preset: str | None = None) -> str:
    """The text of a new scenario of messages of `size` and no learner; InputError for one that is no size."""
    from ..learning.objectives import Objective
    from ..model import build
    from ..scenario.source import write_text

    try:
        build(Objective, {"type": "messages", "uplink": size})
    except InputError as error:
        raise InputError(f"--messages {error.problems[0].message}") from None
    text = _MESSAGES.format(file=_quoted(file), name=write_text({"name": _name(file)}).rstrip(), air=_air(preset), size=size,
                            network=_NUMBERS if preset is None else _network(preset))
    _check(text, file)
    return text


def _quoted(file: Path) -> str:
    """The file as a shell reads it, in a comment."""
    return shlex.quote(str(file)) if str(file).isprintable() else "FILE"


def _air(preset: str | None) -> str:
    return "a lossy shared uplink" if preset is None else f"the technology {preset}"


def _network(name: str) -> str:
    """The line of a scenario that names the preset; InputError for one that is not there."""
    from ..scenario.presets import preset

    try:
        named = preset(name)
    except InputError as error:
        raise InputError(f"--preset: {error}") from None
    line = f"network: {{preset: {named.name}}}"
    return f"# {named.description}\n{line:<42}# `check --expand` prints what it becomes; sections beside it override keys of it\n"


def _name(file: Path) -> str:
    """The file's name without its suffix, with a dash for what a scenario's name, which is a folder's, must not hold."""
    name = "".join("-" if sign in "/\\:" or not sign.isprintable() else sign for sign in file.stem)
    return name if name.strip() and name not in (".", "..") else "scenario"


def _check(text: str, file: Path) -> None:
    """Load `text` as if it stood in `file` already; InputError with what is wrong."""
    from ..scenario.document import Scenario
    from ..scenario.overlay import Tree
    from ..scenario.source import read_text

    try:
        Scenario(Tree(*read_text(text, str(file))), file.resolve().parent, "scenario")
    except InputError as error:
        raise InputError(f"{file} would not load: {error.problems[0]}; choose another name for it or for the data") from None
