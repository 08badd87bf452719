"""Make the comparison again:  python results/published/comparison/make.py [--quick] [-j N] [--out DIR] [--only CASE ...]

Tables and figures go into this folder (`--quick`: into a new temporary folder, in minutes, with few points and short
studies, to see that it runs). What was finished is kept in results/comparison (git ignores it), so that a run that was
stopped goes on where it was; `--force` makes all anew. Sets that no package ships are read from the folder that
WIRELESSSIM_TEST_DATA names, or from the cache that `wirelesssim data fetch` fills; where they are not, the case is left out.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import joblib
import pandas as pd
import studies
import tables
from methods import METHODS, STOCHASTIC
from part import Part, Workshop
from problems import CASES, case_named
from reference import FAMILIES
from tuning import PATIENCE

HERE = Path(__file__).resolve().parent
WORK = studies.ROOT / "results" / "comparison"
POINTS = 20  # that tune a method
PARTS = ["reference", "fair", "studies"]
QUICK_CASES = ("lag_linear", "sparse_logistic")


def main() -> None:
    """Make all parts, then the tables and figures."""
    options = _options()
    out = options.out or (Path(tempfile.mkdtemp(prefix="comparison-")) if options.quick else HERE)
    work = out / "work" if options.quick else WORK
    if options.force:
        shutil.rmtree(work, ignore_errors=True)
    shop = Workshop(work, options.points or (4 if options.quick else POINTS), options.quick)
    cases, absent = _cases(shop, options.only or (QUICK_CASES if options.quick else [case.name for case in CASES]))
    out.mkdir(parents=True, exist_ok=True)
    descent = _make(shop, [Part("descent", case) for case in cases], options.jobs)
    if "reference" in options.parts:
        _reference(shop, cases, descent, options.jobs, out)
    if "fair" in options.parts:
        _fair(shop, cases, descent, options.jobs, out)
    if "studies" in options.parts:
        _studies(work, options, out)
    (out / "problems.md").write_text("\n\n".join([tables.problem_table(descent), *absent]) + "\n")
    print(f"made {out}", file=sys.stderr)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few points and short studies")
    parser.add_argument("-j", "--jobs", type=int, default=joblib.cpu_count(), help="processes (all cores)")
    parser.add_argument("--out", type=Path, help="where tables and figures go")
    parser.add_argument("--only", nargs="+", choices=[case.name for case in CASES], help="these problems alone")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="these parts alone")
    parser.add_argument("--points", type=int, help=f"points that tune a method ({POINTS})")
    parser.add_argument("--force", action="store_true", help="make finished parts anew")
    return parser.parse_args()


def _cases(shop: Workshop, names: Iterable[str]) -> tuple[list[str], list[str]]:
    """The cases whose data are here, and a sentence for each other."""
    reasons = {name: shop.missing(name) for name in names}
    here = [name for name, reason in reasons.items() if reason is None]
    return here, [f"Left out: {reason}." for reason in reasons.values() if reason]


def _make(shop: Workshop, parts: list[Part], jobs: int) -> pd.DataFrame:
    """The rows of all parts, in their order; each says on standard error that it is done."""
    frames = []
    for part, rows in zip(parts, joblib.Parallel(jobs, return_as="generator")(joblib.delayed(shop.make)(part) for part in parts)):
        print(f"{part.kind:8} {part.case} {part.name}", file=sys.stderr, flush=True)
        frames.append(rows)
    return pd.concat(frames, ignore_index=True)


def _reference(shop: Workshop, cases: list[str], descent: pd.DataFrame, jobs: int, out: Path) -> None:
    """Part 1: reference.csv and reference.md."""
    base = descent[descent["step"] == "1/L"].set_index("case")
    given = {case: (int(base.at[case, "rounds"]), int(base.at[case, "coded"])) for case in cases}
    found = _make(shop, [Part("search", case, family, given[case]) for case in cases for family in FAMILIES], jobs)
    found.to_csv(out / "reference.csv", index=False)
    best, methods = tables.reference_tables(found)
    text = ["Best saving in %, at most 1.05 times GD's rounds; in brackets xi/L:", best,
            "Best saving in %, at most 1.1 times GD's rounds:", methods]
    (out / "reference.md").write_text("\n\n".join(text) + "\n")


def _fair(shop: Workshop, cases: list[str], descent: pd.DataFrame, jobs: int, out: Path) -> None:
    """Part 2: comparison.csv (every run of the report), chosen.csv (what the tuning chose, and how), comparison.md."""
    start = descent.groupby("case")["fair_turns"].first()
    rows = _make(shop, [Part("tune", case, "gd", (PATIENCE * int(start[case]),)) for case in cases], jobs)
    tuned = rows.query("end == 'reached'").sort_values("coded").groupby("case")["turns"].first()
    turns = {case: PATIENCE * int(tuned[case]) for case in cases}
    given = {"gd": start * PATIENCE}  # gradient descent was tuned before its own allowance was known
    asked = [(case, name, (int(given.get(name, turns)[case]),)) for case in cases for name in METHODS if _competes(case, name)]
    rows = pd.concat([_make(shop, [Part(kind, *each) for each in asked], jobs) for kind in ("tune", "report")])
    report = tables.savings(rows)
    report.drop(columns=["stage", "section"]).to_csv(out / "comparison.csv", index=False, float_format="%.6g")
    tables.chosen(rows).to_csv(out / "chosen.csv", index=False)
    table = tables.standings(report)
    text = ["Median saving in coded uplink bits, %, three draws that the tuning never saw:", tables.savings_table(table, "coded"),
            "Median saving in uplink bits on air, %:", tables.savings_table(table, "on_air"),
            *(tables.standings_text(table, case, turns[case]) for case in cases)]
    (out / "comparison.md").write_text("\n\n".join(text))


def _competes(case: str, name: str) -> bool:
    return name not in STOCHASTIC or case_named(case).common_goal.measure == "accuracy"


def _studies(work: Path, options: argparse.Namespace, out: Path) -> None:
    """The two figures and their CSV."""
    folder = studies.sweep("loss-and-settling", work, options.jobs, options.quick)
    rows = studies.loss_rows(folder)
    rows.to_csv(out / "loss.csv", index=False, float_format="%.6g")
    studies.draw_loss(rows, out / "loss")
    folder = studies.sweep("heterogeneity", work, options.jobs, options.quick)
    rows = studies.heterogeneity_rows(folder)
    rows.to_csv(out / "heterogeneity.csv", index=False, float_format="%.6g")
    studies.draw_heterogeneity(rows, out / "heterogeneity")


if __name__ == "__main__":
    main()
