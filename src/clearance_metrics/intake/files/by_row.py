"""CSV row by row, as Python's csv module reads it: for files that are not regular, where every line
has to be told that is no row.
"""

from __future__ import annotations

from pathlib import Path

from ...errors import InputError
from ..mapping import FileSpec
from .fill import Filler
from .header import headers_of, separator
from .records import Record, has_stray, records, shown
from .scratch import FILE, Scratch
from .text import lines_of

TOLD = 500  # signs of a malformed row that are kept
# of so many rows one with stray bytes is a fault of the file, not of the row
SHARE = 20
Malformed = list[tuple[int, str, str]]


def by_row(spec: FileSpec, path: Path, scratch: Path) -> tuple[Scratch, tuple[str, ...], Malformed]:
    """The rows on their way to the engine; the headers; and what is no row, each as (line, error,
    text).
    """
    head, malformed = headers_of(spec, path), Malformed()
    found = records(lines_of(spec, path, head.skip), separator(spec, path), head.skip)
    next(found)
    wide, stray, fill = len(head.names), _Stray(spec), Filler(spec, head.names, path)
    with Scratch(scratch / FILE, wide) as rows:
        for record in found:
            signs = len(record.raw[0]) if len(record.raw) == 1 else len(record.text)
            error = record.error or stray.in_record(record)
            if not error and len(record.fields) != wide:
                error = f"{len(record.fields)} fields where the header has {wide}"
            if error:
                malformed += _told(record, error)
            else:
                rows.add(record.line, fill.filled(record.line, record.fields), signs)
    stray.check(path, rows.count + len(malformed))
    return rows, head.names, malformed


def _told(record: Record, error: str) -> Malformed:
    """A malformed record; each line by itself that an open quote swallowed."""
    lines = record.raw if record.error else [record.text]
    return [
        (record.line + i, error, shown(text[: 2 * TOLD]).rstrip("\r\n")[:TOLD])
        for i, text in enumerate(lines)
        if text.strip("\r\n")
    ]


class _Stray:
    """Counts records that hold bytes which are not in the declared encoding."""

    def __init__(self, spec: FileSpec) -> None:
        self.encoding = spec.encoding
        self.sound = self.broken = self.hanzi = self.first = 0

    def in_record(self, record: Record) -> str:
        """What is wrong with a record's bytes; nothing where they are sound."""
        text = record.raw[0] if len(record.raw) == 1 else record.text
        if text.isascii():
            return ""
        if not has_stray(text):
            self.sound += 1
            return ""
        self.broken += 1
        self.first = self.first or record.line
        self.hanzi += _is_gbk(text)
        return f"holds bytes that are not {self.encoding}"

    def check(self, path: Path, rows: int) -> None:
        """An error where the declared encoding is not that of the file."""
        if self.broken <= self.sound or (not self.hanzi and self.broken * SHARE < rows):
            return
        gbk = self.encoding == "utf-8" and self.hanzi * 2 > self.broken
        told = self.encoding.upper() if self.encoding == "utf-8" else self.encoding
        raise InputError(
            f"the file is not {told}: {self.broken:,} rows cannot be read in it, the first in line"
            f" {self.first}",
            f"{path}, line {self.first}",
            'declare encoding = "gb18030"' if gbk else "declare its encoding",
        )


def _is_gbk(text: str) -> bool:
    """Whether a line that is no UTF-8 is Chinese in GBK: two high bytes together, and no fault."""
    line = text.encode("utf-8", "surrogateescape")
    try:
        read = line.decode("gbk")
    except UnicodeDecodeError:
        return False
    return sum("\u4e00" <= sign <= "\u9fff" for sign in read) * 2 > sum(
        not sign.isascii() for sign in read
    )
