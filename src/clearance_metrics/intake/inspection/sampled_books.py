"""A bounded look at workbooks and Parquet files."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from ...errors import InputError
from ..files.excel_file import DAMAGED, refusal
from ..files.parquet_file import damaged
from ..files.xlsx import Xlsx
from .headers import LOOKED_AT, header_of, under
from .said import Said
from .sampling import MOST_ROWS, Sample, spread

MOST_CELLS = 20_000_000  # the engine of workbooks lays a sheet out whole
MOST_XML = 512 << 20
ROW_GROUPS, FROM_EACH = 8, 1_500
TAIL_ROWS = 12
_CELL = re.compile(rb'<(?:\w+:)?c [^>]*?r="([A-Z]{1,3})([0-9]{1,7})"')


def sheets(path: Path) -> list[Sample]:
    """A table for each sheet that holds one; cover sheets are passed over."""
    from python_calamine import CalamineWorkbook

    _check_size(path)
    try:
        book = CalamineWorkbook.from_path(str(path))
        names = list(book.sheet_names)
    except Exception as error:  # the engine raises many kinds
        raise refusal(path, error) from None
    found, failed = [], ""
    for name in names:
        try:
            found.append(_sheet(path, book, name, first=name == names[0]))
        except Exception as error:  # a chart, or a sheet that the engine does not know
            failed = str(error) or type(error).__name__
    good = [sample for sample in found if sample and len(sample.headers) > 1]
    if not good and (failed or not names):
        what = f"no sheet can be read: {failed or 'the workbook has none'}"
        raise InputError(what, str(path), "open it and save it as .xlsx again")
    return good


def table(path: Path) -> list[Sample]:
    """The one table of a Parquet file, by rows from some of its groups."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
        groups = file.num_row_groups
        step = -(-groups // ROW_GROUPS) if groups else 1
        parts = [_from_group(file, i) for i in range(0, groups, step)]
        rows = [row for part in parts for row in zip(*part.values(), strict=True)]
    except (pa.ArrowException, OSError, ValueError) as error:
        raise damaged(path, error) from None
    total = file.metadata.num_rows
    names = tuple(file.schema_arrow.names)
    doubts = tuple(
        Said("float_column", header=field.name)
        for field in file.schema_arrow
        if pa.types.is_floating(field.type) and field.name.lower().endswith(("id", "no", "number"))
    )
    return [
        Sample(
            path=path,
            format="parquet",
            headers=names,
            rows=tuple(spread(rows)),
            total=total,
            whole=len(rows) == total,
            doubts=doubts,
        )
    ]


def _from_group(file: Any, group: int) -> dict[str, list[object]]:
    batches = file.iter_batches(batch_size=FROM_EACH, row_groups=[group])
    batch = next(iter(batches), None)
    if batch is None:
        return {name: [] for name in file.schema_arrow.names}
    return {
        name: [_plain(value) for value in column.to_pylist()]
        for name, column in zip(batch.schema.names, _pythonic(batch).columns, strict=True)
    }


def _pythonic(batch: Any) -> Any:
    """Times finer than Python's as microseconds, which is enough to tell what they are."""
    import pyarrow as pa

    fields = []
    for field in batch.schema:
        if pa.types.is_timestamp(field.type):
            field = field.with_type(pa.timestamp("us", tz=field.type.tz))
        fields.append(field)
    return batch.cast(pa.schema(fields), safe=False)


def _sheet(path: Path, book: Any, name: str, first: bool) -> Sample | None:
    sheet = book.get_sheet_by_name(name)
    rows = [list(map(_plain, row)) for row in islice(_rows(sheet), MOST_CELLS)]
    filled = [(i, row) for i, row in enumerate(rows, 1) if any(c is not None for c in row)]
    if len(filled) < 2:
        return None
    head = [["" if c is None else c for c in row] for _, row in filled[:LOOKED_AT]]
    at = header_of(head)
    doubts = (Said("two_headers"),) if under(head, at) else ()
    headers = [str(c).strip() for c in head[at]]
    while headers and not headers[-1]:
        headers.pop()
    body = [tuple(row[: len(headers)]) for _, row in filled[at + 1 :]]
    body = [row for row in body if any(c is not None for c in row)]
    return Sample(
        path=path,
        format="excel",
        headers=tuple(headers),
        rows=tuple(spread(body)),
        header_row=filled[at][0],
        sheet=name,
        first_sheet=first,
        total=len(body),
        whole=len(body) <= MOST_ROWS,
        tail=tuple(body[-TAIL_ROWS:]),
        merged=_merged(sheet, headers, filled[at][0]),
        midnights=_midnights(path, name, headers, filled[at][0]),
        doubts=doubts,
    )


def _midnights(path: Path, name: str, headers: list[str], header_row: int) -> tuple[str, ...]:
    """Columns in which intake reads midnight as a time of day: calamine tells no number formats."""
    try:
        with closing(Xlsx(path)) as book:
            place = next(i for i, one in enumerate(book.sheets) if one.name == name)
            below = (cells for n, cells in book.rows(place) if n > header_row)
            some = list(islice(below, LOOKED_AT))
    except (*DAMAGED, StopIteration):
        return ()  # as of an old workbook, whose days intake reads as calamine does
    return tuple(
        header
        for i, header in enumerate(headers)
        if header and any(row.get(i, "").endswith(" 00:00:00") for row in some)
    )


def _rows(sheet: Any) -> Iterator[list[object]]:
    """Rows from the first one of the sheet on, so that their numbers are those people see."""
    yield from sheet.to_python(skip_empty_area=False)


def _merged(sheet: Any, headers: list[str], header_row: int) -> tuple[str, ...]:
    """Headers of columns in which cells below them are merged over several rows."""
    ranges = getattr(sheet, "merged_cell_ranges", None) or ()
    places = {
        place
        for (top, left), (bottom, right) in ranges
        if top >= header_row and bottom > top
        for place in range(left, right + 1)
    }
    return tuple(h for i, h in enumerate(headers) if i in places and h)


def _plain(cell: object) -> object:
    """A cell as text, number, flag or time; None where nothing stands."""
    if cell is None or isinstance(cell, str) and not cell.strip():
        return None
    if isinstance(cell, str | bool | int | float | datetime | date | time):
        return cell
    return str(cell) if isinstance(cell, timedelta) else str(cell)


def _check_size(path: Path) -> None:
    """An error for a workbook whose sheets would not fit into bounded memory."""
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as packed:
            for entry in packed.infolist():
                if entry.filename.startswith("xl/worksheets/") and entry.filename.endswith(".xml"):
                    _check_sheet(packed, entry, path)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise refusal(path, error) from None


def _check_sheet(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> None:
    if entry.file_size > MOST_XML:
        raise InputError("the sheet is too large to look at", str(path), "save it as .csv")
    wide = deep = 0
    rest = b""
    with packed.open(entry) as file:
        while block := file.read(1 << 20):
            for letters, digits in _CELL.findall(rest + block):
                wide, deep = max(wide, _place(letters)), max(deep, int(digits))
            rest = block[-200:]
    if wide * deep > MOST_CELLS:
        cell = f"row {deep}, column {wide}"
        raise InputError(
            f"a stray cell stands at {cell}", str(path), "delete the empty rows and columns"
        )


def _place(letters: bytes) -> int:
    place = 0
    for letter in letters:
        place = 26 * place + letter - 64
    return place
