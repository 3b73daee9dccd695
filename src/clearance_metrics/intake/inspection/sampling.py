"""A bounded look at a file of unknown kind: what it is, how it is written, and some of its rows."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from ...errors import InputError
from ..keys import ENDINGS
from .said import Said

MAGIC = (
    (b"PK\x03\x04", "excel"),
    (b"\xd0\xcf\x11\xe0", "excel"),
    (b"PAR1", "parquet"),
    (b"PARE", "parquet"),
)
GZIP = b"\x1f\x8b"
MOST_ROWS, HEAD_ROWS = 12_000, 4_000


@dataclass(frozen=True)
class Sample:
    """Rows of one file, or of one sheet of it, with how they were read.

    `rows` are those below the headers, cells as they stand there; `header_row` is physical, from
    one. `midnights` are the columns of a workbook whose days are shown with a time of day that is
    midnight: intake takes those for times. `total` is the number of rows as far as it is known,
    `whole` whether all were looked at.
    """

    path: Path
    format: str
    headers: tuple[str, ...] = ()
    rows: tuple[tuple[object, ...], ...] = ()
    header_row: int = 1
    encoding: str = "utf-8"
    delimiter: str = ","
    sheet: str = ""
    first_sheet: bool = True
    packed: bool = False
    total: int = 0
    whole: bool = True
    tail: tuple[tuple[object, ...], ...] = ()
    merged: tuple[str, ...] = ()
    midnights: tuple[str, ...] = ()
    doubts: tuple[Said, ...] = field(default=())
    files: int = 1

    @property
    def title(self) -> str:
        """The file's name, and its sheet where that is not the first."""
        return self.path.name if self.first_sheet else f"{self.path.name} · {self.sheet}"


def samples(path: Path) -> list[Sample]:
    """The tables in a file: one, or one a sheet of a workbook. InputError if it cannot be read."""
    from .sampled_books import sheets, table
    from .sampled_text import text

    head = _start(path)
    packed = head.startswith(GZIP)
    inner = _unpacked(path) if packed else head
    kind = next((k for magic, k in MAGIC if inner.startswith(magic)), "csv")
    if inner.lstrip()[:200].lower().startswith((b"<html", b"<!doctype", b"<table", b"<?xml")):
        what = "a web page, whatever its ending says" if b"<?xml" not in inner[:9] else "XML"
        raise InputError(f"the file is {what}", str(path), "save it as .xlsx or .csv")
    if kind != "csv" and packed:
        raise InputError(
            f"a {kind} file inside .gz cannot be read", str(path), "unpack it beside the others"
        )
    ways: dict[str, Callable[[Path], list[Sample]]] = {"excel": sheets, "parquet": table}
    found = ways[kind](path) if kind in ways else text(path, packed)
    if not any(sample.rows for sample in found):
        raise InputError("the file holds no rows", str(path), "ask the owner for it again")
    return [replace(sample, packed=packed) for sample in found if sample.rows]


def gathered(found: list[Sample]) -> list[Sample]:
    """Files of one series, as log-2021-01.csv and log-2021-02.csv, as one with a path for all."""
    series: dict[tuple, list[Sample]] = {}
    for sample in found:
        name = re.sub(r"\d+", "*", sample.path.name)
        way = (sample.format, sample.encoding, sample.delimiter, sample.header_row, sample.sheet)
        series.setdefault((sample.path.parent, name, sample.headers, *way), []).append(sample)
    made = []
    for (folder, name, *_), group in series.items():
        alone = len(group) == 1 or set(folder.glob(name)) != {s.path for s in group}
        made += group if alone else [_one(group, name)]
    return made


def _one(group: list[Sample], name: str) -> Sample:
    first = group[0]
    rows = [row for sample in group for row in sample.rows]
    return replace(
        first,
        path=first.path.parent / name,
        rows=tuple(spread(rows)),
        total=sum(s.total for s in group),
        whole=all(s.whole for s in group) and len(rows) <= MOST_ROWS,
        tail=tuple(row for s in group for row in s.tail),
        doubts=tuple(dict.fromkeys(d for s in group for d in s.doubts)),
        files=len(group),
    )


def named_kind(path: Path) -> str | None:
    """The format that a file's ending says.

    >>> named_kind(Path("a.csv.gz")), named_kind(Path("a.dat"))
    ('csv', None)
    """
    ending = path.name.lower().removesuffix(".gz").rsplit(".", 1)[-1]
    return ENDINGS.get(ending)


def spread(rows: list, most: int = MOST_ROWS, head: int = HEAD_ROWS) -> list:
    """The first rows, and some of the others at even distances.

    >>> spread(list(range(10)), most=4, head=2)
    [0, 1, 2, 6]
    """
    if len(rows) <= most:
        return rows
    step = -(-(len(rows) - head) // (most - head))
    return rows[:head] + rows[head::step]


def _start(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        told = error.strerror or str(error)
        raise InputError("the file cannot be read", str(path), f"check the path ({told})") from None
    if not head:
        raise InputError("the file is empty", str(path), "ask the owner for it again")
    return head


def _unpacked(path: Path) -> bytes:
    try:
        with gzip.open(path, "rb") as file:
            return file.read(4096)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(
            f"the file cannot be unpacked: {error}", str(path), "ask the owner for it again"
        ) from None
