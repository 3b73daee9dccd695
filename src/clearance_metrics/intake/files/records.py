"""Records of a CSV file as Python's csv module reads them, each with the physical line it begins
on; what an open quote swallows is told line by line.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from threading import RLock
from typing import Any

from .text import LONGEST

_LIMIT = RLock()

STRAY = re.compile("[\udc80-\udcff]")


@dataclass
class Record:
    """A record: its first line, the fields, and its raw lines.

    `error` says why it is none; `opens` is the line of the quote that is not closed properly.
    """

    line: int
    fields: list[str]
    raw: list[str]
    error: str = ""
    opens: int = 0

    @property
    def text(self) -> str:
        """The record as it stands in the file."""
        return "".join(self.raw)


class _Feed:
    """Lines for the reader, which are held until the record is complete."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines, self.size = iter(lines), 0
        self.held: list[str] = []
        self.ended = False

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        try:
            line = next(self.lines)
        except StopIteration:
            self.ended = True
            raise
        self.held.append(line)
        if self.held[1:] or len(line) >= LONGEST:
            self.size += len(line)
            if self.size > LONGEST or len(line) >= LONGEST:
                raise OverflowError
        return line

    def to_end_of_line(self) -> None:
        """Pass over the rest of a line that came in pieces."""
        end = self.held[-1][-1:]
        while end not in ("\r", "\n") and (piece := next(self.lines, "\n")):
            end = piece[-1:]


def records(lines: Iterable[str], delimiter: str, skip: int = 0) -> Iterator[Record]:
    """The records of these lines, the first of which is line `skip` + 1; blank lines are none.

    >>> [(r.line, r.fields) for r in records(['a,b\\n', '\\n', '1,12" box\\n'], ",")]
    [(1, ['a', 'b']), (3, ['1', '12" box'])]
    >>> [(r.line, r.opens, len(r.raw)) for r in records(['a,"b\\n', '1,2\\n'], ",")]
    [(1, 1, 2)]
    >>> [(r.line, r.opens) for r in records(['a,b\\n', '1,"2\\n'], ",")]
    [(1, 0), (2, 2)]
    """
    feed, line = _Feed(lines), skip + 1
    reader = csv.reader(feed, delimiter=delimiter)
    while True:
        feed.held, feed.size = [], 0
        error, fields = "", []
        try:
            fields = _with_long_fields(next, reader)
        except StopIteration:
            return
        except OverflowError:
            error = f"longer than {LONGEST:,} signs"
            feed.to_end_of_line()
        except csv.Error as problem:
            error = str(problem)
        raw = feed.held
        # only an open quote has the reader ask for more after the last line
        if error or len(raw) > 1 or feed.ended:
            yield _checked(Record(line, fields, raw, error), delimiter)
        elif fields:
            yield Record(line, fields, raw)
        line += len(raw)


def _with_long_fields(read: Callable[[Any], list], reader: Any) -> list:
    """What is read, with the limit of the whole process raised for no longer than that."""
    # a file is looked at by two threads at once
    with _LIMIT:
        before = csv.field_size_limit(LONGEST)
        try:
            return read(reader)
        finally:
            csv.field_size_limit(before)


def _checked(record: Record, delimiter: str) -> Record:
    """A record that spans lines is one only if its quotes are in order."""
    if not record.error:
        try:
            strictly = csv.reader(record.raw, delimiter=delimiter, strict=True)
            _with_long_fields(list, strictly)
            return record
        except csv.Error as problem:
            record.error = str(problem)
    if '"' in record.text and (record.fields or len(record.raw) > 1):
        record.opens = _opening(record, delimiter)
        record.error = f"a quote opens in line {record.opens} and is not closed properly"
    return record


def _opening(record: Record, delimiter: str) -> int:
    """The line in which the first quote opens that is not closed at the end of its field."""
    sign = re.escape(delimiter)
    whole = re.compile(
        f'(?:"[^"]*+(?:""[^"]*+)*+"|[^"{sign}\r\n][^{sign}\r\n]*+|)(?:{sign}|\r?\n|\r|$)'
    )
    text, at = record.text, 0
    while at < len(text) and (found := whole.match(text, at)) and found.end() > at:
        at = found.end()
    ends = accumulate(map(len, record.raw))
    return record.line + sum(end <= at for end in ends)


def shown(text: str) -> str:
    """A text of a file as it can be told: stray bytes as \\xff.

    >>> shown("s\\udcffa")
    's\\\\xffa'
    """
    if not has_stray(text):
        return text
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def has_stray(text: str) -> bool:
    """Whether bytes were met that are not in the file's encoding."""
    return not text.isascii() and STRAY.search(text) is not None
