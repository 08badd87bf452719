"""Running points: in this process or in several, each finished one kept at once, finished ones skipped."""

from __future__ import annotations

import gc
import os
import platform
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import InputError, Problem
from ..scenario import RESULTS_VERSION, Point, Scenario
from ..simulation import Progress, has_accuracy, memory_needed, predraw, preflight, prepare, radio_at_start, simulate
from .origin import file_entry
from .processes import end_with, interrupts_ignored
from .results import Results
from .store import Store
from .tables import tabulate, relabel
from .target import Target
from .watch import Watch

__all__ = ["Outcome", "cores", "execute"]

Watcher = Callable[[str, Progress], None]  # (label of the point, progress)


@dataclass(frozen=True)
class Outcome:
    """What `execute` did: the results, and how many points were run, and found finished."""

    results: Results
    ran: int
    skipped: int


def execute(scenario: Scenario, matrix: bool, folder: str | Path | None = None, jobs: int = 1, force: bool = False,
            watch: Watcher | None = None, finished: Callable[[str, str], None] | None = None, command: str = "") -> Outcome:
    """Run every point of `scenario` (`matrix=False`: of its variants alone) and tabulate.

    With a `folder`, points are kept there as they finish and finished ones are skipped. Raises InputError before anything
    is run if a point cannot be. `finished(label, how)` is told of each point.
    """
    points = scenario.points(matrix=matrix)
    check(scenario, points, jobs)
    digests = _digests(points)
    unique = _unique(points, digests)
    store = None if folder is None else Store(folder)
    if store:
        store.prepare()
    began, command = time.time(), command or " ".join(sys.argv)
    pending = {digest: point for digest, point in unique.items() if force or store is None or not store.finished(digest)}
    for digest, point in unique.items():
        if digest not in pending and finished:
            finished(name_of(point), "finished before")
    done = _run_all(pending, store, jobs, force, watch, finished, command)
    results = _collect(scenario, points, digests, store, done)
    results.manifest |= _versions() | {"command": command, "wall_time_s": round(time.time() - began, 3), "targets": [
        str(target) for target in results.targets]}
    if store:
        results.manifest["scenario_file"] = file_entry(scenario.file, store.folder)
        store.save(scenario.yaml(), results.manifest, {
            "rounds": results.rounds, "transmissions": results.transmissions, "workers": results.workers})
        results.folder = store.folder
    return Outcome(results, len(pending), len(unique) - len(pending))


def check(scenario: Scenario, points: Sequence[Point], jobs: int = 1) -> None:
    """Refuse what only data, sizes and draws can show, before anything is run; `jobs` points will be in memory at once."""
    seen: set[str] = set()
    for point in points:
        sections, replication = point.settings.plain(), point.replication
        checks = ((_SIZED, lambda: preflight(point.settings, min(jobs, len(points)))),
                  (_DRAWN, lambda: predraw(point.settings, replication)))
        for names, refuse in checks:
            key = repr(([sections.get(name) for name in names], replication if names is _DRAWN else 0))
            if key not in seen:
                seen.add(key)
                try:
                    refuse()
                except InputError as error:
                    raise scenario.located(error, point) from None
    _check_targets(scenario, points)


def _check_targets(scenario: Scenario, points: Sequence[Point]) -> None:
    """InputError for targets of the accuracy where no point will have one."""
    targets = [str(Target(kind, level)) for kind, level in scenario.targets if kind == "accuracy"]
    if not targets:
        return
    distinct = {repr((point.settings.objective, point.settings.data)): point.settings for point in points}
    if not any(map(has_accuracy, distinct.values())):
        problem = Problem(("targets", "accuracy"), f"must not be given, got {', '.join(targets)}: without classes and test "
                                                   "samples no accuracy is known; use error")
        raise scenario.located(InputError(problem), points[0])


_SIZED = ("data", "objective", "workers", "algorithm", "codec", "transport", "stop")
_DRAWN = ("workers", "channel", "geometry", "compute", "seed")
_LARGE = 1e9  # bytes of a point, from which the tenth of a second of a collection is well spent


def cores() -> int:
    """Processors that this process may use, a container's limit included."""
    from joblib import cpu_count

    return cpu_count()


def name_of(point: Point) -> str:
    """A point as a person reads it: `GD-SEC, channel.loss=1 %, replication 2`."""
    parts = [point.variant, *(f"{key}={value}" for key, value in point.matrix.items())]
    return ", ".join(parts + ([f"replication {point.replication}"] if point.replication else []))


def _digests(points: list[Point]) -> list[str]:
    """The digest of each point; each set of data is read once for all that use it."""
    data: dict[Any, str | None] = {}
    for point in points:
        source = point.settings.data
        if source not in data:
            data[source] = None if source is None else source.load().digest
    return [point.digest(data[point.settings.data]) for point in points]


def _unique(points: list[Point], digests: list[str]) -> dict[str, Point]:
    """Points by digest. Where two have the same, the labels that sort first stand in the point's own tables."""
    found: dict[str, Point] = {}
    for point, digest in zip(points, digests):
        if digest not in found or repr(point.labels) < repr(found[digest].labels):
            found[digest] = point
    return found


def run_point(point: Point, digest: str, watch: Callable[[Progress], None] | None,
              command: str) -> tuple[dict, dict[str, pd.DataFrame]]:
    """Run one point; its manifest and tables."""
    began = time.time()
    recorder = simulate(point.settings, point.replication, watch)
    if memory_needed(point.settings) > _LARGE:
        gc.collect()  # the processes of a simulation hold each other, and its states: the next point needs their place
    prepared = prepare(point.settings, point.replication)
    if point.digest(prepared.data_digest) != digest:
        raise InputError(f"{name_of(point)}: the data changed while the points were run; run the same command again")
    manifest = {"digest": digest, **point.labels, "seed": _seed(point), "results_version": RESULTS_VERSION,
                "data": prepared.data_digest, "plugins": point.plugins,
                "heterogeneity": prepared.heterogeneity, "optimum": prepared.optimum,
                "radio": radio_at_start(point.settings, point.replication),
                "diverged": recorder.divergence._asdict() if recorder.divergence else None,
                "simulated_until_s": recorder.until, "messages_waiting": recorder.waiting,
                "command": command, "wall_time_s": round(time.time() - began, 3), **_versions()}
    return manifest, tabulate(recorder, point.labels)


def _run_all(pending: Mapping[str, Point], store: Store | None, jobs: int, force: bool, watch: Watcher | None,
             finished: Callable[[str, str], None] | None, command: str) -> dict[str, tuple]:
    """Run `pending`; returns manifest and tables by digest of those that no store keeps."""
    done: dict[str, tuple] = {}
    if jobs == 1 or len(pending) <= 1:
        for digest, point in pending.items():
            report = (lambda progress, label=name_of(point): watch(label, progress)) if watch else None
            made = run_point(point, digest, report, command)
            _keep(store, digest, point, made, force, done)
            _tell(finished, point, made[0])
        return done
    from joblib import Parallel, delayed

    with Watch(watch, store and store.points) as watching:
        tasks = (delayed(_remote)(point.payload(), digest, store and store.folder, force, watching.folder, command, os.getpid())
                 for digest, point in pending.items())
        with interrupts_ignored():
            finished_tasks = Parallel(n_jobs=jobs, return_as="generator_unordered")(tasks)
        for digest, manifest, tables in finished_tasks:
            if store is None:
                done[digest] = (manifest, tables)
            _tell(finished, pending[digest], manifest)
    return done


def _remote(payload: dict, digest: str, folder: Path | None, force: bool, watching: str | None, command: str,
            parent: int):
    """One point in another process, which validates the plain data again and keeps the point itself."""
    from ..scenario.plugins import load_plugin

    end_with(parent)
    for path in payload["use"]:
        load_plugin(path)
    point = Point.from_payload(payload)
    made = run_point(point, digest, Watch.reporter(watching, name_of(point)), command)
    if folder is None:
        return digest, *made
    _keep(Store(folder), digest, point, made, force, {})
    return digest, made[0], None


def _keep(store: Store | None, digest: str, point: Point, made: tuple, force: bool, done: dict) -> None:
    if store is None:
        done[digest] = made
        return
    from ..scenario.source import write_text

    scenario = write_text({"name": point.variant, "use": list(point.use)} | point.settings.plain())
    store.save_point(digest, scenario, *made, force=force)


def _tell(finished: Callable[[str, str], None] | None, point: Point, manifest: Mapping[str, Any]) -> None:
    if finished:
        diverged = manifest["diverged"]
        finished(name_of(point), f"diverged in round {diverged['round']}" if diverged else "done")


def _collect(scenario: Scenario, points: list[Point], digests: list[str], store: Store | None,
             done: Mapping[str, tuple]) -> Results:
    """All points' tables, in the order of the scenario, each with its own labels."""
    parts: dict[str, list[pd.DataFrame]] = {"rounds": [], "transmissions": [], "workers": []}
    manifest: dict[str, Any] = {"name": scenario.name, "seed": _seed(points[0]), "points": [], "diverged": [],
                                "heterogeneity": {}, "radio": {}}
    for point, digest in zip(points, digests):
        said, tables = done[digest] if store is None else store.load_point(digest)
        until = said.get("simulated_until_s", float(tables["rounds"]["simulated_time_s"].iloc[-1]))  # an older point's last row
        manifest["points"].append({"digest": digest, "seed": _seed(point), "simulated_until_s": until,
                                   "messages_waiting": said.get("messages_waiting"), **point.labels})
        manifest["heterogeneity"][digest], manifest["radio"][digest] = said["heterogeneity"], said.get("radio")  # older: none
        if said["diverged"]:
            manifest["diverged"].append(point.labels | said["diverged"])
        for name, table in tables.items():
            parts[name].append(relabel(table, point.labels))
    tables = {name: pd.concat(frames, ignore_index=True) for name, frames in parts.items()}
    targets = [Target(kind, level) for kind, level in scenario.targets]
    return Results(**tables, targets=targets, manifest=manifest)


def _seed(point: Point) -> dict[str, int]:
    return {"learning": point.settings.seed.learning, "radio": point.settings.seed.radio}


def _versions() -> dict[str, Any]:
    names = ["wirelesssim", "simpy", "numpy", "scipy", "numba", "pandas", "pyarrow"]
    if find_spec("torch") is not None:
        names.append("torch")
    return {"versions": {name: version(name) for name in names} | {"python": platform.python_version()}}
