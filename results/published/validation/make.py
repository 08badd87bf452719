"""Make the validation again:  python results/published/validation/make.py [--figures]

The table of `wirelesssim verify-models --slow` as table.csv and table.md, and the figures as PNG and PDF (`--figures`: these
alone), into this folder. Streams are fixed: the same files again, but for what another version of NumPy rounds.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from figures import FIGURES

from wirelesssim.validation import Row, chosen
from wirelesssim.view import save

HERE = Path(__file__).resolve().parent
COLUMNS = ("topic", "model", "reference", "metric", "deviation", "tolerance", "passed")


def cells(row: Row) -> list[str]:
    """The row as text; three digits, the tolerance in full."""
    return [row.topic, row.model, row.reference, row.metric, f"{row.deviation:.3g}", f"{row.tolerance:.6g}",
            "yes" if row.passed else "NO"]


def write_tables(rows: list[Row]) -> None:
    """table.csv and table.md."""
    with (HERE / "table.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(cells(row) for row in rows)
    lines = ["| " + " | ".join(COLUMNS[1:]) + " |", "|" + "---|" * len(COLUMNS[1:])]
    for row in rows:
        text = cells(row)
        lines.append("| " + " | ".join([*text[1:4], f"{row.deviation:.2g}", f"{row.tolerance:.2g}", text[-1]]) + " |")
    passed = sum(row.passed for row in rows)
    lines += ["", f"{passed} of {len(rows)} checks passed."]
    (HERE / "table.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> int:
    """Measure, write, draw; 3 if a check fails."""
    failed = 0
    if "--figures" not in sys.argv[1:]:
        rows = [check.run() for check in chosen(slow=True)]
        write_tables(rows)
        failed = sum(not row.passed for row in rows)
    for name, draw in FIGURES.items():
        made = draw()
        made.style["savefig.dpi"] = 220  # for a page on a screen; the PDF is for print
        for kind in ("png", "pdf"):
            save(made, HERE / f"{name}.{kind}")
    return 3 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
