"""The tables of the comparison, as Markdown and CSV, from the rows of its parts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
from methods import METHODS
from problems import CASES, case_named
from reference import NOTED_BEST, NOTED_CASES, NOTED_METHODS
from tuning import PATIENCE

__all__ = ["chosen", "markdown", "problem_table", "reference_tables", "savings", "savings_table", "standings",
           "standings_text"]

_BETAS = ("GD-SEC, beta .01", "GD-SEC, beta .1", "GD-SEC, beta 1")
BITS = ("payload", "coded", "on_air", "downlink")


def markdown(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A Markdown table; None and NaN are a dash."""
    def cell(value: Any) -> str:
        return "—" if value is None or value != value else str(value)
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(cell(item) for item in row) + " |" for row in rows])


def problem_table(descent: pd.DataFrame) -> str:
    """Each problem: sizes, constants, f*, target, and gradient descent's rounds beside those of the notes."""
    rows = []
    for case in CASES:
        own = descent[descent["case"] == case.name]
        if own.empty:
            continue
        first, rounds = own.iloc[0], dict(zip(own["step"], own["rounds"]))
        rows.append([case.title, first["M"], first["d"], first["n"], f"{first['L']:.4g}", f"{first['mu']:.3g}",
                     f"{first['f_star']:.6g}", _target(case.goal), rounds["1/L"], rounds["0.5/L"], case.noted, case.remark])
    head = ("problem", "M", "d", "n", "L", "mu", "f*", "target", "GD rounds at 1/L", "at 0.5/L",
            "at 1/L, reference run of the project's notes", "remark")
    return markdown(head, rows)


def _target(goal) -> str:
    return f"{100 * goal.target:g} % accuracy" if goal.measure == "accuracy" else f"f - f* <= {goal.target:.3g}"


def reference_tables(found: pd.DataFrame) -> tuple[str, str]:
    """The two tables of part 1, each saving beside that of the notes."""
    return _best_table(found[found["table"].astype(str) == "1"]), _method_table(found[found["table"].astype(str) == "2"])


def _best_table(found: pd.DataFrame) -> str:
    rows = []
    for case in CASES:
        own = found[found["case"] == case.name]
        if not own.empty:
            noted = NOTED_BEST.get(case.name, ("",) * 3)
            cells = [item for beta, said in zip(_BETAS, noted) for item in (_saving(own, beta, "xi"), said or None)]
            rows.append([case.title, *cells])
    head = ["problem", *(text for beta in _BETAS for text in (beta, "reference run of the project's notes"))]
    return markdown(head, rows)


def _method_table(found: pd.DataFrame) -> str:
    others = [case.name for case in CASES if case.name not in NOTED_CASES and case.name in set(found["case"])]
    here = [name for name in NOTED_CASES if name in set(found["case"])]
    rows = []
    for family, noted in NOTED_METHODS.items():
        cells = []
        for name in here:
            said = noted[NOTED_CASES.index(name)]
            ours = _saving(found[found["case"] == name], family)
            cells.append(f"{ours or 'not reached'} ({'not reached' if said is None else said})")
        rows.append([family, *cells, *(_saving(found[found["case"] == name], family) or "not reached" for name in others)])
    return markdown(["saving in %: ours (reference run of the project's notes)",
                     *(case_named(name).title for name in (*here, *others))], rows)


def _saving(found: pd.DataFrame, family: str, key: str | None = None) -> str | None:
    """The best saving of a family, with its `key` in units of L."""
    own = found[found["family"] == family]
    if own.empty or own["saving"].isna().all():
        return None
    row = own.iloc[0]
    said = f" ({json.loads(row['section'])[key].split()[0]})" if key else ""
    return f"{row['saving']:.1f}{said}"


def savings(rows: pd.DataFrame) -> pd.DataFrame:
    """The report's runs with the saving of each count against gradient descent on the same draw, in per cent; NaN: censored."""
    report = rows[rows["stage"] == "report"].copy()
    descent = report[(report["method"] == "gd")].set_index(["case", "index"])
    for bits in BITS:
        base = descent[bits].reindex(pd.MultiIndex.from_frame(report[["case", "index"]])).to_numpy()
        report[f"saving_{bits}"] = (100 * (1 - report[bits] / base)).where(report["end"] == "reached")
    return report


def standings(report: pd.DataFrame) -> pd.DataFrame:
    """One row a case and method: reached of three, median rounds and bits, median and extremes of the savings, the rank.

    The rank is by median coded bits among methods that reached the target on all draws; the others come after, unranked.
    """
    made = []
    for (case, method), own in report.groupby(["case", "method"], sort=False):
        done = own[own["end"] == "reached"]
        row = {"case": case, "method": method, "draws": len(own), "reached": len(done), "section": own["section"].iloc[0],
               "rounds": done["rounds"].median(), "messages": done["messages"].median()}
        for bits in BITS:
            row[bits] = done[bits].median()
            for name, value in zip(("low", "median", "high"), done[f"saving_{bits}"].quantile([0, 0.5, 1])):
                row[f"saving_{bits}_{name}"] = value
        made.append(row)
    table = pd.DataFrame(made)
    whole = table["reached"] == table["draws"]
    table["rank"] = table[whole].groupby("case")["coded"].rank(method="min")
    return table.sort_values(["case", "rank", "reached", "coded"], ascending=[True, True, False, True], kind="stable")


def standings_text(table: pd.DataFrame, case: str, turns: int) -> str:
    """The rank table of one case as Markdown, bits in kB."""
    rows = []
    for row in table[table["case"] == case].itertuples():
        kilobytes = [_kilobytes(getattr(row, bits)) for bits in BITS]
        rows.append([None if row.rank != row.rank else int(row.rank), METHODS[row.method].title, f"{row.reached}/{row.draws}",
                     None if row.rounds != row.rounds else int(row.rounds), *kilobytes, _spread(row, "coded"),
                     _spread(row, "on_air"), _parameters(row.section)])
    head = ("rank", "method", "reached", "rounds", "payload kB", "coded kB", "on air kB", "downlink kB", "coded saved %",
            "on air saved %", "parameters")
    target = _target(case_named(case).common_goal)
    said = f"Target: {target}. A run is censored after {2 * turns} worker steps (twice {PATIENCE} x tuned GD)."
    return f"### {case_named(case).title}\n\n{said}\n\n{markdown(head, rows)}\n"


def savings_table(table: pd.DataFrame, bits: str) -> str:
    """Methods down, problems across: median saving of `bits`, in per cent; how many draws reached where not all did."""
    cases = [case for case in CASES if case.name in set(table["case"])]
    rows = []
    for name, method in METHODS.items():
        cells = []
        for case in cases:
            own = table[(table["case"] == case.name) & (table["method"] == name)]
            cells.append(None if own.empty else _cell(own.iloc[0], bits))
        rows.append([method.title, *cells])
    return markdown(["method", *(case.title for case in cases)], rows)


def _cell(row: pd.Series, bits: str) -> str:
    if row["reached"] == 0:
        return "not reached"
    said = f"{row[f'saving_{bits}_median']:.1f}"
    return said if row["reached"] == row["draws"] else f"{said} ({row['reached']}/{row['draws']})"


def _kilobytes(bits: float) -> str | None:
    return None if bits != bits else f"{bits / 8e3:.1f}"


def _spread(row, bits: str) -> str | None:
    low, middle, high = (getattr(row, f"saving_{bits}_{name}") for name in ("low", "median", "high"))
    return None if middle != middle else f"{middle:.1f} ({low:.1f} to {high:.1f})"


def _parameters(section: str) -> str:
    tree, said = json.loads(section), []
    for key, item in tree.items():
        if key != "type":
            inner = " ".join(str(value) for value in item.values()) if isinstance(item, dict) else item
            said.append(f"{key} {inner}")
    return ", ".join(said)


def chosen(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a case and method: points tried, what came of them, points that were checked, the chosen `algorithm` section."""
    tune, report = rows[rows["stage"] == "tune"], rows[rows["stage"] == "report"]
    checked = rows[rows["stage"] == "check"].groupby(["case", "method"], sort=False).size().rename("checked")
    grouped = tune.groupby(["case", "method"], sort=False)["end"]
    made = grouped.agg(points="size", reached=lambda ends: (ends == "reached").sum(), cut=lambda ends: (ends == "bits").sum(),
                       diverged=lambda ends: (ends == "diverged").sum(),
                       censored=lambda ends: ends.isin(["rounds", "hopeless"]).sum())
    sections = report.groupby(["case", "method"], sort=False)["section"].first()
    return made.join(checked).join(sections).reset_index()
