"""Points to check propagation against, and the law that each belongs to."""

import csv
from pathlib import Path

from wirelesssim.model import build
from wirelesssim.radio import PathLoss

FOLDER = Path(__file__).parents[2] / "wirelesssim" / "validation" / "points"


def points(name: str) -> list[dict]:
    """The rows of wirelesssim/validation/points/NAME.csv, numbers as floats."""
    with (FOLDER / f"{name}.csv").open() as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    return [{key: value if key in ("scenario", "state") else float(value) for key, value in row.items()} for row in rows]


def law_of(row: dict, state: str = "field") -> PathLoss:
    """The law of `row["scenario"]` (UMi, InH-open, InF-DH ...) at its heights."""
    name, _, kind = row["scenario"].partition("-")
    which = {"InH": {"office": kind}, "InF": {"hall": kind}}.get(name, {})
    return build(PathLoss, {"type": name.lower(), "bs_height": row["h_bs"], "ut_height": row["h_ut"], "state": state} | which)
