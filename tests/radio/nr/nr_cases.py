"""Points to check the NR link level against, and the table that each belongs to."""

import csv
from pathlib import Path

from wirelesssim.radio.nr import CodingTable, mcs_table

FOLDER = Path(__file__).parents[3] / "wirelesssim" / "validation" / "points"


def rows(name: str) -> list[dict[str, str]]:
    """The rows of wirelesssim/validation/points/NAME.csv."""
    with (FOLDER / f"{name}.csv").open() as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def table_of(row: dict[str, str]) -> CodingTable:
    """The coding table that a row names by family and number."""
    family = row.get("family", "plain")
    return mcs_table(int(row["table"]), family != "plain", family == "precoded_bpsk")
