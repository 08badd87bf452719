"""What `run` and `sweep` have in common: load, execute with progress, draw, print."""

from __future__ import annotations

from pathlib import Path

from ..errors import InputError
from .replaced import replaced
from .said import as_json, say, show, terminal_width
from .warned import named, warnings

__all__ = ["run_scenario"]


def run_scenario(scenario, matrix: bool, jobs: int, out: Path | None, force: bool, quiet: bool, json: bool) -> int:
    """Run `scenario`, print its summary (or JSON) and the paths of what was written; the exit status."""
    from ..experiment.execution import execute
    from ..view.progress import Progress

    folder = out or Path("results") / scenario.name
    for line in () if quiet else [*replaced(scenario), *_other_file(scenario.file, folder)]:
        say(line)
    with Progress(quiet=quiet or json) as bars:
        outcome = execute(
            scenario, matrix, folder, jobs, force, finished=bars.finished,
            watch=lambda label, at: bars.update(label, at.round, at.rounds, at.simulated_time, at.accuracy))
    results = outcome.results
    figures, told = _figures(results, folder), warnings(results)
    if json:
        as_json(_object(results, outcome, folder, figures) | {"warnings": told})
    elif not quiet:
        _print(results, outcome, folder, figures)
    if not quiet:
        for line in told:
            say(f"warning: {line}")
    for point in results.diverged:
        say(f"diverged: {named(point, results)} in round {point['round']}: {point['reason']}")
    return 3 if results.diverged else 0


def _other_file(file: Path | None, folder: Path) -> list[str]:
    """A warning where the tables in `folder` are another scenario file's: they will be replaced, see `experiment.origin`."""
    from ..experiment.origin import other_file

    other = other_file(file, folder)
    return [] if other is None else [
        f"warning: the tables in {folder} are those of {_near(other)}, and {file} replaces them; both files' points are kept, so "
        "that either brings its tables back at once; --out DIR, or another name: in one of them, keeps both"]


def _near(path: Path) -> Path:
    """`path` as seen from here, if it is below."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _figures(results, folder: Path) -> list[Path]:
    """The figure that shows these results best, as PNG and PDF: a curve a variant, or what is swept."""
    from ..experiment.delivery import without_learner
    from ..experiment.statistics import matrix_keys
    from ..view import plot, save

    keys, options = matrix_keys(results.rounds), {}
    if keys and results.targets and len(keys) <= 2 and not without_learner(results.rounds):
        options = {"x": ",".join(keys), "y": "time_to_target", "target": results.targets[-1]}
    try:
        figure = plot(results, **options)
    except InputError as error:
        say(f"no figure: {error}")
        return []
    return [save(figure, folder / f"{figure.measure}.{kind}") for kind in ("png", "pdf")]


def _print(results, outcome, folder: Path, figures: list[Path]) -> None:
    from ..view import summary_table

    show(summary_table(results.summary(), terminal_width()))
    if outcome.skipped:
        say(f"{outcome.skipped} of {outcome.ran + outcome.skipped} points were finished before; --force runs them again")
    for path in figures:
        show(f"figure  {path}")
    show(f"tables  {folder}/rounds, transmissions, workers (.csv and .parquet)")


def _object(results, outcome, folder: Path, figures: list[Path]) -> dict:
    from ..view import summary_json

    return {"name": results.manifest["name"], "folder": str(folder), "ran": outcome.ran, "skipped": outcome.skipped,
            "figures": [str(path) for path in figures], "diverged": results.diverged, "summary": summary_json(results.summary())}
