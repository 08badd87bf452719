"""`wirelesssim plot FOLDER…`"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

__all__ = ["plot"]


def plot(folders: Annotated[list[Path], typer.Argument(metavar="FOLDER…", help="Results folders.", show_default=False)],
         x: Annotated[Optional[str], typer.Option("--x", help=(
             "simulated_time (unless said), round, bits, a swept KEY, KEY1,KEY2, or delay (of messages)."))] = None,
         y: Annotated[Optional[str], typer.Option("--y", help=(
             "accuracy, error, objective, time_to_target, bits_to_target; of messages delay, delivered, throughput."))] = None,
         target: Annotated[Optional[str], typer.Option("--target", help="As in 85% or error:1e-3.")] = None,
         at: Annotated[Optional[str], typer.Option("--at", help="An instant of simulated time, as in 10s.")] = None,
         style: Annotated[Optional[str], typer.Option("--style", help="ieee: a column of 3.5 in, 8 pt, readable in grey.")
                          ] = None,
         output: Annotated[Optional[Path], typer.Option("-o", "--output", metavar="FILE", help="A .pdf, .png or .svg file.")
                           ] = None,
         ) -> int:
    """Draw results: accuracy, error or objective against time, rounds or bits; what is swept against its key; delays."""
    from ..experiment.results import load_results
    from ..view import plot as draw, save
    from .said import show

    found = [load_results(folder) for folder in folders]
    if target is None and y in ("time_to_target", "bits_to_target", "energy_to_target") and found[0].targets:
        target = found[0].targets[-1]
    named = dict(zip(map(str, folders), found))
    figure = draw(named if len(found) > 1 else found[0], x=x, y=y, target=target, at=at, style=style)
    path = output or folders[0] / f"{figure.measure}-{figure.against.replace(',', '-')}.{'pdf' if style else 'png'}"
    show(f"figure  {save(figure, path)}")
    return 0
