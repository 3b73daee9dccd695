"""Workbooks: odd cells, errors, merged cells, stray far cells, and files damaged in transit."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from .texts import BAD_TIMES, CODES, GOOD_TIMES, NOTES, ODD_TIMES, case_id, garbled, second_of
from .truth import EITHER, REFUSED, TAKEN, Row, Truth

HEADERS = ("编号", "环节", "时间", "备注")
ODD_CELLS = (
    True,
    False,
    0,
    -1,
    1e300,
    421020211000012345,
    4.21021e17,
    0.1 + 0.2,
    "#REF!",
    "#N/A",
    "=1/0",
    "=A1",
    "",
    " ",
    "√",
    date(2021, 9, 1),
    time(8, 30),
    timedelta(hours=30),
    datetime(2021, 9, 1),
    datetime(1900, 1, 1),
    datetime(9999, 12, 31, 23, 59, 59),
)
SHAPES = ("yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd", "General", "[h]:mm", "@", '"x"0', "yyyy年m月d日")


def make(rng: Random, folder: Path) -> Truth:
    """Write dataset.toml and one workbook; what must come out."""
    book = Workbook()
    sheet = book.active
    number = rng.choice([1, 1, 1, 2])
    if number == 2:
        sheet = book.create_sheet("数据")
    top = rng.choice([1, 1, 1, 3])
    for column, header in enumerate(HEADERS, 1):
        sheet.cell(top, column, header)
    rows = [_row(rng, sheet, top + 1 + i, i) for i in range(rng.choice([0, 1, 4, 12]))]
    rows = [row for row in rows if row is not None]
    tame = _decorated(rng, sheet, top)
    packed = io.BytesIO()
    book.save(packed)
    raw, whole = packed.getvalue(), True
    if rng.random() < 0.35:
        raw, whole = _damaged(rng, raw), False
    (folder / "a.xlsx").write_bytes(raw)
    (folder / "dataset.toml").write_text(_mapping(rng, number, top), encoding="utf-8")
    if not whole or not tame:
        return Truth("events")
    return Truth("events", tuple(rows), sound=True)


def _row(rng: Random, sheet: Any, line: int, number: int) -> Row | None:
    """One row, written; what must become of it, None where it is empty."""
    some = rng.random()
    if some < 0.05:
        return None
    number_text = case_id(rng, number)
    code = rng.choice(CODES)
    moment: Any = datetime(2021, 9, 1, 8, 30) + timedelta(seconds=rng.randrange(10**6))
    plain = number_text[:1] in ("C", "编", "4") and "E" not in number_text
    fate = TAKEN if plain else EITHER
    if some < 0.3:
        moment = rng.choice(GOOD_TIMES)
    elif some < 0.4:
        moment, fate = rng.choice(BAD_TIMES), REFUSED
    elif some < 0.5:
        moment, fate = rng.choice([*ODD_TIMES, *ODD_CELLS]), EITHER
    sheet.cell(line, 1, number_text)
    sheet.cell(line, 2, code)
    held = sheet.cell(line, 3, moment)
    if isinstance(moment, datetime):
        held.number_format = "yyyy-mm-dd hh:mm:ss"
    sheet.cell(line, 4, rng.choice([*NOTES, *ODD_CELLS]))
    if some > 0.9:
        column = rng.randint(1, 4)
        cell = sheet.cell(line, column, rng.choice(ODD_CELLS))
        cell.number_format = rng.choice(SHAPES)
        fate = EITHER if column < 4 else fate
        if column == 1:
            # a number may come as 1 or 1.0, a date in any dress
            return Row(line, None, EITHER)
    known = str(moment) if fate == TAKEN else ""
    return Row(line, number_text, fate, second=second_of(known, "Asia/Shanghai"))


def _decorated(rng: Random, sheet: Any, top: int) -> bool:
    """Merged and far cells; whether rows are still known."""
    some = rng.random()
    if some < 0.1:
        sheet.merge_cells(start_row=top + 1, end_row=top + 2, start_column=1, end_column=1)
        return False
    if some < 0.16:
        far = rng.choice([(1048576, 1), (5, 16384), (1048576, 16384), (70000, 40)])
        sheet[f"{get_column_letter(far[1])}{far[0]}"] = rng.choice(["x", " ", 1])
        return False
    if some < 0.2:
        sheet.cell(top, 5, rng.choice(HEADERS))
        return False
    return True


def _damaged(rng: Random, raw: bytes) -> bytes:
    """The file itself, or one of the texts packed in it, with bytes changed."""
    if rng.random() < 0.4:
        return garbled(rng, raw)
    source, target = zipfile.ZipFile(io.BytesIO(raw)), io.BytesIO()
    parts = source.namelist()
    hit, way = rng.choice(parts), rng.random()
    with zipfile.ZipFile(target, "w") as out:
        for part in parts:
            held = source.read(part)
            if part == hit and way < 0.2:
                continue
            if part == hit:
                held = garbled(rng, held, 3) if way < 0.8 else rng.choice([b"", b"<a>", b"&x;"])
            out.writestr(part, held)
    return target.getvalue()


def _mapping(rng: Random, number: int, top: int) -> str:
    told = ['path = "a.xlsx"', 'role = "events"']
    if number == 2:
        told.append(rng.choice(["sheet = 2", 'sheet = "数据"']))
    if top > 1:
        told.append(f"header_row = {top}")
    return "\n".join(
        [
            "[dataset]",
            'name = "t"',
            'timezone = "Asia/Shanghai"',
            "plausible = [2018-01-01, 2023-06-30]",
            "[[file]]",
            *told,
            "[file.columns]",
            'case_id = "编号"',
            'milestone = "环节"',
            'time = "时间"',
            "[file.milestones]",
            '"申报" = "declared"',
            '"放行" = "customs_released"',
            "",
        ]
    )
