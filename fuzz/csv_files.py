"""CSV files, from sound to hopeless, and what Python's own csv module reads in them."""

from __future__ import annotations

import csv
import gzip
import io
import re
from dataclasses import dataclass
from pathlib import Path
from random import Random
from zoneinfo import available_timezones

from .texts import (
    BAD_CODES,
    BAD_TIMES,
    CODES,
    GOOD_TIMES,
    NOTES,
    ODD_TIMES,
    case_id,
    garbled,
    second_of,
)
from .truth import EITHER, LEFT, REFUSED, TAKEN, Row, Truth

HEADERS = {"events": ["编号", "环节", "时间", "备注"], "wide": ["编号", "时间", "甲", "乙 b"]}
ENDS = ("\n", "\r\n", "\r")
END = "end of the file"
ZONES = ("Asia/Shanghai", *sorted(z for z in available_timezones() if re.match(r"[A-Z][a-z]+/", z)))


@dataclass(frozen=True)
class Shape:
    """How a file is written, drawn once a file."""

    role: str
    delimiter: str
    encoding: str
    declared: str
    ends: tuple[str, ...]
    zone: str
    header_row: int | None
    only: str | None
    packed: str
    wild: float


def make(rng: Random, folder: Path) -> Truth:
    """Write dataset.toml and one CSV file; what must come out."""
    shape = _shape(rng)
    text = _text(rng, shape)
    raw = text.encode(shape.encoding, errors="replace")
    sound = shape.encoding.replace("-sig", "") == shape.declared
    if rng.random() < 0.08:
        raw, sound = garbled(rng, raw), False
    name = "a.csv" if not shape.packed else "a.csv.gz"
    if shape.packed:
        raw, sound = _packed(rng, shape.packed, raw), sound and shape.packed == "sound"
    (folder / name).write_bytes(raw)
    (folder / "dataset.toml").write_text(_mapping(shape, name), encoding="utf-8")
    if not sound:
        return Truth(shape.role)
    return _truth(text, shape)


def _shape(rng: Random) -> Shape:
    encoding = rng.choice(["utf-8"] * 5 + ["utf-8-sig", "gb18030", "utf-16"])
    declared = encoding.replace("-sig", "")
    if rng.random() < 0.06:
        declared = rng.choice(["utf-8", "gb18030", "utf-16"])
    ends = rng.choice([ENDS[:1]] * 4 + [ENDS[1:2]] * 3 + [ENDS[2:], ENDS[:2], ENDS])
    return Shape(
        role=rng.choice(["events", "wide"]),
        delimiter=rng.choice([",", ",", ",", ";", "\t", "|"]),
        encoding=encoding,
        declared=declared,
        ends=ends,
        zone=rng.choice([ZONES[0]] * 3 + [rng.choice(ZONES)]),
        header_row=rng.choice([None] * 9 + [3]),
        only=rng.choice([None] * 7 + ["only", "skip"]),
        packed=rng.choice([""] * 12 + ["sound", "cut", "garbled", "none"]),
        wild=rng.choice([0.0, 0.0, 0.03, 0.15]),
    )


def _text(rng: Random, shape: Shape) -> str:
    headers = list(HEADERS[shape.role])
    parts = []
    if shape.header_row:
        parts = ["一月报表" + rng.choice(shape.ends), rng.choice(shape.ends)]
    parts.append(shape.delimiter.join(headers) + rng.choice(shape.ends))
    count = rng.choice([0, 1, 3, 8, 8, 20])
    for number in range(count):
        cells = _cells(rng, shape, number)
        parts.append(_written(rng, shape, cells))
        if rng.random() < shape.wild:
            parts.append(rng.choice(["", "  ", '"', "\t", shape.delimiter * 3]))
            parts.append(rng.choice(shape.ends))
        if rng.random() < 0.03:
            parts.append(rng.choice(shape.ends))
    text = "".join(parts)
    if rng.random() < 0.2:
        text = text.rstrip("\r\n")
    if rng.random() < 0.02:
        text = text.replace("C", "\0", 1)
    return text


def _cells(rng: Random, shape: Shape, number: int) -> list[str]:
    some = rng.random()
    time = rng.choice(GOOD_TIMES if some < 0.8 else BAD_TIMES if some < 0.9 else ODD_TIMES)
    if shape.role == "wide":
        time = "" if rng.random() < 0.15 else time
        return [case_id(rng, number), time, rng.choice(NOTES), rng.choice(NOTES)]
    code = rng.choice(CODES if rng.random() < 0.9 else BAD_CODES)
    return [case_id(rng, number), code, time, rng.choice(NOTES)]


def _written(rng: Random, shape: Shape, cells: list[str]) -> str:
    """A row as a careful program writes it, or with `wild` as others do."""
    out = []
    for cell in cells:
        if rng.random() < shape.wild:
            out.append(rng.choice([cell, f'"{cell}', f'{cell}"', f'"{cell}"x', f' "{cell}"']))
        elif rng.random() < 0.3 or any(sign in cell for sign in ('"', "\r", "\n", shape.delimiter)):
            out.append('"' + cell.replace('"', '""') + '"')
        else:
            out.append(cell)
    if rng.random() < shape.wild:
        out = rng.choice([out[:-1], [*out, ""], [*out, "x"], [*out, "", ""], out[:1]])
    return shape.delimiter.join(out) + rng.choice(shape.ends)


def _packed(rng: Random, way: str, raw: bytes) -> bytes:
    packed = gzip.compress(raw, mtime=0)
    if way == "cut":
        return packed[: rng.randrange(1, len(packed))]
    if way == "garbled":
        return garbled(rng, packed, 2)
    return raw if way == "none" else packed


def _mapping(shape: Shape, name: str) -> str:
    told = [f'path = "{name}"', f'role = "{shape.role}"', f'encoding = "{shape.declared}"']
    told.append(f'delimiter = "{shape.delimiter}"'.replace("\t", "\\t"))
    if shape.header_row:
        told.append(f"header_row = {shape.header_row}")
    if shape.only:
        last = HEADERS[shape.role][-1]
        told.append(f'{shape.only} = {{ "{last}" = ["a", "合计", "NA"] }}')
    columns = ['case_id = "编号"']
    if shape.role == "events":
        columns += ['milestone = "环节"', 'time = "时间"']
        milestones = ['"申报" = "declared"', '"放行" = "customs_released"']
    else:
        milestones = ['declared = "时间"']
    return "\n".join(
        [
            "[dataset]",
            'name = "t"',
            f'timezone = "{shape.zone}"',
            "plausible = [2018-01-01, 2023-06-30]",
            "[[file]]",
            *told,
            "[file.columns]",
            *columns,
            "[file.milestones]",
            *milestones,
            "",
        ]
    )


def records(text: str, delimiter: str) -> tuple[list[tuple[int, list[str], str]], bool]:
    """What Python's csv reads: (first line, cells, raw text) of each record, blank lines left out;
    and whether a quote is open at the end.

    >>> records('a,"b\\nc"\\n\\nd,e\\n', ",")
    ([(1, ['a', 'b\\nc'], 'a,"b\\nc"'), (4, ['d', 'e'], 'd,e')], False)
    """
    physical = list(io.StringIO(text, newline=""))
    reader, found, last = csv.reader([*physical, "\n", END], delimiter=delimiter), [], 0
    for cells in reader:
        raw = "".join(physical[last : reader.line_num])
        if cells:
            found.append((last + 1, cells, raw.rstrip("\r\n")))
        last = reader.line_num
    closed = found[-1][1] == [END]
    return (found[:-1], False) if closed else (found, True)


def _truth(text: str, shape: Shape) -> Truth:
    if "\0" in text:
        return Truth(shape.role)
    found, unclosed = records(text, shape.delimiter)
    if not text.endswith(("\n", "\r")) and not unclosed:
        # the end that was set behind the text stood on the last line
        found, unclosed = records(text + "\n", shape.delimiter)
    if shape.header_row:
        found = [one for one in found if one[0] >= shape.header_row]
    if not found or found[0][1] != HEADERS[shape.role]:
        return Truth(shape.role)
    body = found[1:]
    blank = [one for one in body if len(one[1]) == 1 and not one[1][0].strip()]
    rows = [_row(shape, *one) for one in body if one not in blank]
    opened = body[-1][0] if unclosed and body else None
    further = _further(body, shape.delimiter)
    return Truth(
        shape.role,
        tuple(rows),
        optional=len(blank) + len(further),
        loose=frozenset(further | {line for line, *_ in blank}),
        open_line=opened,
        sound=not unclosed,
    )


def _further(body: list[tuple[int, list[str], str]], delimiter: str) -> set[int]:
    """Lines on which rows with broken quotes go on."""
    lines: set[int] = set()
    for line, _, raw in body:
        if not _regular(raw, delimiter):
            height = len(list(io.StringIO(raw, newline="")))
            lines |= set(range(line + 1, line + height))
    return lines


def _row(shape: Shape, line: int, cells: list[str], raw: str) -> Row:
    headers = HEADERS[shape.role]
    if len(cells) != len(headers):
        # a footer of another width may be left out as a footer
        return Row(line, cells[0], EITHER if shape.only else REFUSED)
    named = dict(zip(headers, cells, strict=True))
    fate = _fate(shape, named) if _regular(raw, shape.delimiter) else EITHER
    second = second_of(named["时间"], shape.zone) if fate == TAKEN else None
    return Row(line, cells[0], fate, {h: named[h] for h in headers[2:]}, second)


def _regular(raw: str, delimiter: str) -> bool:
    """Whether each cell is quoted whole, or begins without a quote."""
    sign = re.escape(delimiter)
    cell = rf'(?:"(?:[^"]|"")*"|[^"{sign}\r\n][^{sign}\r\n]*|)'
    return re.fullmatch(f"{cell}(?:{sign}{cell})*", raw) is not None


def _fate(shape: Shape, cells: dict[str, str]) -> str:
    if shape.only:
        named = cells[HEADERS[shape.role][-1]].strip() in ("a", "合计", "NA")
        if named == (shape.only == "skip"):
            return LEFT
    number = cells["编号"]
    if not number.strip():
        return REFUSED
    plain = re.fullmatch(r"C\d+|\d{5,17}|编号\d+", number)
    if cells["时间"] in BAD_TIMES and not shape.only:
        return REFUSED
    if shape.role == "events" and cells["环节"] not in CODES:
        return REFUSED if cells["环节"].strip() not in CODES else EITHER
    empty = shape.role == "wide" and not cells["时间"]
    return TAKEN if plain and (empty or cells["时间"] in GOOD_TIMES) else EITHER
