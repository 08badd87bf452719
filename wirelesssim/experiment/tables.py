"""Tidy tables from recorded rows, and tables as files: CSV and Parquet, the same bytes for the same numbers."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from ..records import Recorder, RoundRow, TransmissionRow, WorkerRow

__all__ = ["TABLES", "csv_bytes", "parquet_bytes", "read_parquet", "relabel", "tabulate"]

TABLES = {"rounds": RoundRow, "transmissions": TransmissionRow, "workers": WorkerRow}
_LABELS = {str: "object", int: "int64", float: "float64", bool: "bool"}  # also of a table without rows
_TYPES = {int: "int64", float: "float64", str: "object", float | None: "float64", int | None: "Int64"}


def tabulate(recorder: Recorder, labels: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    """`rounds`, `transmissions` and `workers` of one run, one row an observation, with the point's labels in front."""
    return {name: relabel(_frame(getattr(recorder, name), row), labels) for name, row in TABLES.items()}


def _frame(rows: list[tuple], row: type) -> pd.DataFrame:
    import typing

    hints = typing.get_type_hints(row)
    columns = list(zip(*rows)) if rows else [()] * len(row._fields)
    return pd.DataFrame({name: pd.Series(list(column), dtype=_TYPES[hints[name]])
                         for name, column in zip(row._fields, columns)})


def relabel(table: pd.DataFrame, labels: Mapping[str, Any]) -> pd.DataFrame:
    """`table` with the columns before `round` replaced by `labels`; a whole number beyond 64 bits stands as its text."""
    body = table[list(table.columns)[list(table.columns).index("round"):]]
    shown = {name: _label(value) for name, value in labels.items()}
    front = pd.DataFrame({name: pd.Series([value] * len(body), dtype=_LABELS[type(value)]) for name, value in shown.items()})
    return pd.concat([front, body.reset_index(drop=True)], axis=1)


def _label(value: Any) -> Any:
    return str(value) if type(value) is int and not -2**63 <= value < 2**63 else value


def parquet_bytes(table: pd.DataFrame) -> bytes:
    """`table` as a Parquet file; text that mixes with numbers in a column (matrix values) becomes text."""
    buffer = BytesIO()
    pa.parquet.write_table(pa.Table.from_pandas(_uniform(table), preserve_index=False), buffer)
    return buffer.getvalue()


def csv_bytes(table: pd.DataFrame) -> bytes:
    """`table` as CSV: shortest digits that read back to the same float, empty where there is no value."""
    arrow = pa.Table.from_pandas(_uniform(table), preserve_index=False)
    buffer, header = BytesIO(), ",".join(_quoted(name) for name in arrow.column_names) + "\n"
    for style in ("none", "needed"):  # quotes only where a label holds a comma or a quote
        buffer.seek(0), buffer.truncate()
        try:
            pa.csv.write_csv(arrow, buffer, pa.csv.WriteOptions(include_header=False, quoting_style=style))
            break
        except pa.ArrowInvalid:
            continue
    return header.encode() + buffer.getvalue()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if set(name) & set(',"\n') else name


def _uniform(table: pd.DataFrame) -> pd.DataFrame:
    mixed = [name for name in table.columns if table[name].dtype == object and not table[name].map(
        lambda value: isinstance(value, str)).all()]
    return table.assign(**{name: table[name].map(str) for name in mixed}) if mixed else table


def read_parquet(path: Path) -> pd.DataFrame:
    """A table written by `parquet_bytes`."""
    return pd.read_parquet(path)
