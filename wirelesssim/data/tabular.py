"""CSV and Parquet: a sample is a row, one column is the label and the others are numbers.

CSV after RFC 4180, with `,` `;` tab or `|` between cells, whichever the first line has most of. The first line is a
header where the label is named, or where a cell of it is a name above a cell that is a number. A number that is missing
(`NA`, `null`, `?` and what else pandas or UCI's files write for it) or written in base 16 is no name.
"""

from __future__ import annotations

import csv
import io
import warnings

import numpy as np

from .place import place_of
from .table import Table, Unreadable

__all__ = ["read_csv", "read_parquet"]

_MISSING = {"na", "n/a", "#na", "#n/a", "#n/a n/a", "<na>", "null", "none", "1.#ind", "1.#qnan", "-1.#ind", "-1.#qnan",  # pandas
            "?"}  # the UCI repository


def read_csv(data: bytes, label: str | int | None = None, group: str | int | None = None) -> Table:
    """The table of a CSV file; `label` is a column's name, its number from 1, or None: the last; `group` the column that
    says where a sample comes from, which is no feature then."""
    import pandas as pd

    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"is not UTF-8 text (byte {error.start + 1}); save it as UTF-8") from None
    if not text.strip():
        raise Unreadable("has no samples; the file is empty")
    first = text.lstrip().splitlines()[0]
    separator = max(",;\t|", key=first.count)
    try:
        header = 0 if _has_header(text, separator, isinstance(label, str) or isinstance(group, str)) else None
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # cells beyond the header would be dropped in silence
            frame = pd.read_csv(io.StringIO(text), sep=separator, header=header, index_col=False, skipinitialspace=True,
                                low_memory=False)
    except (ValueError, csv.Error, pd.errors.ParserWarning) as error:
        raise Unreadable(f"is not CSV ({str(error).strip()}); every row needs as many cells as the first") from None
    return _table(frame, label, group, named=header == 0)


def read_parquet(data: bytes, label: str | int | None = None, group: str | int | None = None) -> Table:
    """The table of a Parquet file (read by pyarrow); `label` and `group` as for CSV."""
    import pandas as pd

    try:
        frame = pd.read_parquet(io.BytesIO(data), engine="pyarrow")
    except (ValueError, OSError, NotImplementedError, TypeError, KeyError) as error:  # pyarrow's errors are among these
        raise Unreadable(f"is not a readable Parquet file ({str(error).splitlines()[0]}); write it again") from None
    return _table(frame, label, group, named=True)


def _has_header(text: str, separator: str, must: bool) -> bool:
    rows = csv.reader(io.StringIO(text, newline=None), delimiter=separator, skipinitialspace=True)
    filled = (row for row in rows if row)
    first, second = next(filled, []), next(filled, [])
    if must or not second:
        return must or all(map(_name, first))
    return any(_name(above) and _number(below) for above, below in zip(first, second))


def _number(cell: str) -> bool:
    try:
        float(cell or "nan")  # an empty cell is a missing number, not a name
    except ValueError:
        return False
    return True


def _name(cell: str) -> bool:
    """Whether a cell of the first line can be the name of a column: it is no number, in whatever writing."""
    if _number(cell) or cell.strip().lower() in _MISSING:
        return False
    try:
        int(cell, 0)
    except ValueError:
        return True
    return False


def _table(frame, label: str | int | None, group: str | int | None, named: bool) -> Table:
    """Features, label and groups of a data frame."""
    if not frame.shape[1]:
        raise Unreadable("has no columns; one is the label, the others are numbers")
    names = [str(name) for name in frame.columns]
    apart = [frame.shape[1] - 1 if label is None else _place(label, names, "label")]
    if group is not None:
        apart.append(_place(group, names, "group"))
        if apart[0] == apart[1]:
            raise Unreadable(f"must be another column than the label, got {group!r}", "group")
    kept = [column for column in range(frame.shape[1]) if column not in apart]
    features = np.empty((len(frame), len(kept)))
    for position, column in enumerate(kept):
        features[:, position] = _numbers(frame.iloc[:, column], column + 1, names[column] if named else None)
    groups = None if group is None else _labels(frame.iloc[:, apart[1]], "group")
    return Table(features, _labels(frame.iloc[:, apart[0]]), [names[column] for column in kept] if named else None, groups=groups)


def _place(label: str | int, names: list[str], key: str) -> int:
    """Position, from 0, of a column that the field `key` names."""
    try:
        return place_of(label, len(names), names)
    except ValueError as error:
        raise Unreadable(str(error), key) from None


def _numbers(column, number: int, name: str | None) -> np.ndarray:
    """A feature column as float64, NaN where a cell is empty."""
    import pandas as pd

    if not (pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)):
        made = pd.to_numeric(column.astype(str).where(column.notna()), errors="coerce")
        wrong = (made.isna() & column.notna() & ~column.astype(str).str.strip().str.lower().isin(["nan", "-nan"])).to_numpy()
        if wrong.any():
            row = int(wrong.argmax())
            place = f"column {number} ({name})" if name else f"column {number}"
            raise Unreadable(f"row {row + 1}, {place}, holds {str(column.iloc[row])[:40]!r}, not a number; turn "
                             "categories into numbers (one-hot), or name the label's column with `label`")
        column = made
    if pd.api.types.is_complex_dtype(column):
        raise Unreadable(f"column {number} holds complex numbers; split it into two real columns")
    return column.to_numpy(dtype=float, na_value=np.nan)


def _labels(column, what: str = "label") -> np.ndarray:
    """Labels as numbers, or as text where one of them is not a number."""
    import pandas as pd

    missing = column.isna().to_numpy()
    if missing.any():
        raise Unreadable(f"row {int(missing.argmax()) + 1} has no {what}; fill or drop such samples first")
    if not (pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)):
        text = column.astype(str)
        made = pd.to_numeric(text, errors="coerce")
        if made.isna().any():
            return text.to_numpy(dtype=np.str_)
        column = made
    return column.to_numpy(dtype=float)
