"""The two studies that need a channel or many partitions: swept by the command line, drawn here for a column of a journal."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd

from wirelesssim import load_results
from wirelesssim.view.style import MARKERS, STYLES, StyledFigure, line_look

__all__ = ["heterogeneity_rows", "draw_heterogeneity", "draw_loss", "loss_rows", "sweep"]

ROOT = Path(__file__).resolve().parents[3]
FLOOR = 1e-13  # errors below are rounding
QUICK = {"loss-and-settling": ["--matrix", "channel.loss=0 %,2 %,20 %", "--replications", "1", "--set", "stop.rounds=80"],
         "heterogeneity": ["--matrix", "data.partition.alpha=0.1,10", "--replications", "1", "--set", "stop.target.error=0.1",
                           "--set", "data.train=500", "--set", "data.test=100"]}
DIVERGED = 3  # exit status of a sweep in which a run diverged: its tables are kept


def sweep(name: str, folder: Path, jobs: int, quick: bool) -> Path:
    """Run scenarios/studies/NAME.yaml as anyone would; the folder with its results. Finished points are not run again."""
    out = folder / name
    options = ["--out", str(out.resolve()), "-j", str(jobs), "--quiet", *(QUICK[name] if quick else [])]
    command = [sys.executable, "-c", "from wirelesssim.cli import main; main()", "sweep", f"scenarios/studies/{name}.yaml"]
    ended = subprocess.run([*command, *options], cwd=ROOT, capture_output=True, text=True)
    if ended.returncode not in (0, DIVERGED):
        raise SystemExit(f"{name}: wirelesssim sweep ended with {ended.returncode}\n{ended.stderr}")
    return out


def loss_rows(folder: Path) -> pd.DataFrame:
    """One row a point of the loss study: the last round, its error, the coded bits, whether it diverged."""
    results = load_results(folder)
    keys = ["variant", "channel.loss", "feedback.type", "replication"]
    return _last(results.history, keys)[[*keys, "round", "error", "uplink_coded_bits", "diverged"]]


def heterogeneity_rows(folder: Path) -> pd.DataFrame:
    """One row a point of the heterogeneity study: round and coded bits where the run stopped, whether at the target."""
    results = load_results(folder)
    keys = ["variant", "data.partition.alpha", "replication"]
    last = _last(results.history, keys)
    last["reached"] = last["error"] <= results.targets[0].level
    return last[[*keys, "round", "error", "uplink_coded_bits", "reached"]]


def _last(history: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """The last round of each point, variants in the order of the scenario."""
    return history.loc[history.groupby(keys, sort=False)["round"].idxmax()].reset_index(drop=True)


def draw_loss(rows: pd.DataFrame, path: Path) -> None:
    """Two panels, settled above and open loop below: median error at the end against the rate of loss; diverged at the top."""
    rows = rows.assign(percent=rows["channel.loss"].str.rstrip(" %").astype(float))
    places = {percent: place for place, percent in enumerate(sorted(rows["percent"].unique()))}
    with matplotlib.rc_context(STYLES["ieee"]):
        made = StyledFigure(style=STYLES["ieee"], figsize=(3.5, 4.6), layout="constrained")
        panels = made.subplots(2, 1, sharex=True, sharey=True)
        for panel, feedback, title in zip(panels, ("ack", "none"), ("told what was lost", "open loop")):
            _loss_panel(panel, rows[rows["feedback.type"] == feedback], places, list(dict.fromkeys(rows["variant"])))
            panel.set_title(f"{title} (feedback: {feedback})")
            panel.set_ylabel("error $f - f^*$ at the end")
        panels[1].set_xticks(list(places.values()), [f"{percent:g}" for percent in places])
        panels[1].set_xlabel("packets lost (%)")
        handles, labels = panels[0].get_legend_handles_labels()
        made.legend(handles, labels, loc="outside lower center", ncols=3, columnspacing=1.0)
    _save(made, path)


def _loss_panel(panel, rows: pd.DataFrame, places: dict[float, int], variants: list[str]) -> None:
    """One feedback: a line a method; where the median run diverged, a cross above that is named."""
    panel.set_yscale("log")
    panel.set_ylim(FLOOR / 3, 1e4)
    for number, variant in enumerate(variants):
        own = rows[rows["variant"] == variant]
        error = own["error"].where(~own["diverged"].astype(bool) & np.isfinite(own["error"]), np.inf).clip(lower=FLOOR)
        middle = error.groupby(own["percent"]).median()
        shift = 0.05 * (number - (len(variants) - 1) / 2)  # lines that lie on one another stay visible
        x = np.array([places[percent] for percent in middle.index]) + shift
        seen = np.isfinite(middle.to_numpy())
        look = line_look(number)
        fill = "white" if number < len(MARKERS) else look["color"]
        panel.plot(x[seen], middle.to_numpy()[seen], label=variant, markerfacecolor=fill, markeredgewidth=0.8, **look)
        if not seen.all():
            height = 1e3 / 20 ** len(panel.texts)
            panel.plot(x[~seen], np.full((~seen).sum(), height), linestyle="none", marker="x", color=look["color"], markersize=5)
            panel.text(x[~seen][0] - 0.15, height, f"{variant} diverged", ha="right", va="center", fontsize=7)


def draw_heterogeneity(rows: pd.DataFrame, path: Path) -> None:
    """Coded bits to the target against Dirichlet alpha: median and extremes over replications; unreached points are left out."""
    with matplotlib.rc_context(STYLES["ieee"]):
        made = StyledFigure(style=STYLES["ieee"], figsize=(3.5, 3.3), layout="constrained")
        panel = made.subplots()
        for number, variant in enumerate(dict.fromkeys(rows["variant"])):
            own = rows[(rows["variant"] == variant) & rows["reached"]]
            grouped = (own["uplink_coded_bits"] / 8e6).groupby(own["data.partition.alpha"].astype(float))
            low, middle, high = grouped.min(), grouped.median(), grouped.max()
            x = middle.index.to_numpy() * 1.03 ** (number - 3)
            panel.errorbar(x, middle, yerr=[middle - low, high - middle], label=variant, markerfacecolor="white", capsize=1.5,
                           elinewidth=0.6, markeredgewidth=0.8, **line_look(number))
        panel.set_xscale("log")
        if rows["reached"].any():
            panel.set_yscale("log")
        panel.set_xlabel(r"Dirichlet $\alpha$: unlike workers $\longleftrightarrow$ alike")
        panel.set_ylabel("coded uplink to the target (MB)")
        made.legend(loc="outside upper center", ncols=4, columnspacing=1.0)
    _save(made, path)


def _save(made: StyledFigure, path: Path) -> None:
    made.savefig(path.with_suffix(".png"), dpi=300)
    made.savefig(path.with_suffix(".pdf"), metadata={"CreationDate": None})
