"""A sheet of a workbook as rows of texts."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa

from ...errors import InputError
from ..mapping import FileSpec


def excel_rows(
    con: duckdb.DuckDBPyConnection, spec: FileSpec, path: Path
) -> tuple[str, list, list]:
    from python_calamine import CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(path))
    except Exception as error:
        raise InputError(f"not a workbook: {error}", str(path), "save it as .xlsx") from None
    sheet = spec.sheet or book.sheet_names[0]
    if sheet not in book.sheet_names:
        raise InputError(f"no sheet {sheet!r}", str(path), f"sheets: {', '.join(book.sheet_names)}")
    rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    if not rows:
        raise InputError("the sheet is empty", f"{path}, {sheet}", "name another sheet")
    headers = [str(h).strip() for h in rows[0]]
    kept = [(i, row) for i, row in enumerate(rows[1:], 2) if any(cell != "" for cell in row)]
    columns = {
        f"h{i}": pa.array([_cell(row[i]) for _, row in kept], pa.string())
        for i in range(len(headers))
    }
    con.register(
        "sheet_", pa.table({**columns, "line_": pa.array([i for i, _ in kept], pa.int64())})
    )
    return "sheet_", headers, ["EXCEL"] * len(headers)


def _cell(value: object) -> str | None:
    """Text of a cell; dates become ISO texts, which are understood beside the declared formats."""
    from datetime import date, datetime

    if value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        whole_day = value.hour == value.minute == value.second == 0
        return (
            value.date().isoformat()
            if whole_day
            else value.isoformat(sep=" ", timespec="seconds" if value.second else "minutes")
        )
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
