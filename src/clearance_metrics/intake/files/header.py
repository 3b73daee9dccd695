"""The headers of a CSV file: where they stand, how they are written, and what may be wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ...errors import InputError
from ..keys import DELIMITERS
from ..mapping import FileSpec
from .raw import asked
from .records import Record, has_stray, records
from .text import lines_of

# marks that copying and exporting leave around a header, and no one sees
MARKS = "\ufeff\u200b\u200c\u200d\u2060\u00ad\u200e\u200f"
ROWS = 50  # so many rows are looked through for headers that do not stand where they should


@dataclass(frozen=True)
class Header:
    """Headers in order, and after how many physical lines the record of headers begins."""

    names: tuple[str, ...]
    skip: int


def cleaned(header: str) -> str:
    """A header without blanks and invisible marks around it.

    >>> cleaned("\\ufeff 报关单号\\t")
    '报关单号'
    """
    before = None
    while before != header:
        before, header = header, header.strip().strip(MARKS)
    return header


def separator(spec: FileSpec, path: Path) -> str:
    """The sign between fields: the declared one, else by the file's name."""
    tabs = path.name.lower().removesuffix(".gz").endswith(".tsv")
    return spec.delimiter or ("\t" if tabs else ",")


def headers_of(spec: FileSpec, path: Path) -> Header:
    """The headers of a CSV file; InputError if there are none that can be used."""
    found = next(_records(spec, path), None)
    if found is None or not any(map(cleaned, found.fields)):
        line = spec.header_row
        what = "the first line holds no headers" if line == 1 else f"line {line} holds no headers"
        raise InputError(what, str(path), "give a header line, or say header_row")
    if found.opens:
        shown = found.raw[found.opens - found.line].strip()[:80]
        what = f"a quote opens in line {found.opens}, among the headers, and is not closed properly"
        raise InputError(what, f"{path}, line {found.opens}", f"mend that line: {shown}")
    if found.error:
        raise InputError(f"the headers cannot be read: {found.error}", str(path), "mend that line")
    if "\0" in found.text:
        what = "the headers are binary, or not in the declared encoding"
        raise InputError(what, str(path), "check format and encoding")
    if has_stray(found.text):
        raise _not_in_encoding(spec, path)
    names = tuple(map(cleaned, found.fields))
    _check_delimiter(spec, path, names)
    return Header(names, found.line - 1)


def first_rows(spec: FileSpec, path: Path) -> list[tuple[int, tuple[str, ...]]]:
    """The first rows of a CSV file with their lines, from the top."""
    return [
        (r.line, tuple(map(cleaned, r.fields)))
        for r in islice(_records(spec, path, from_top=True), ROWS)
    ]


def _records(spec: FileSpec, path: Path, from_top: bool = False) -> Iterator[Record]:
    skip = 0 if from_top else spec.header_row - 1
    return records(lines_of(spec, path, skip), separator(spec, path), skip)


def _check_delimiter(spec: FileSpec, path: Path, names: tuple[str, ...]) -> None:
    if len(names) > 1 or names[0] in asked(spec):
        return
    other = max(DELIMITERS, key=names[0].count)
    if names[0].count(other):
        shown = separator(spec, path).replace("\t", "\\t")
        told = other.replace("\t", "\\t")
        what = f'there is one column only where fields are parted by "{shown}"'
        raise InputError(what, str(path), f'declare delimiter = "{told}"')


def _not_in_encoding(spec: FileSpec, path: Path) -> InputError:
    if spec.encoding == "utf-8":
        return InputError(
            "the headers are not UTF-8 text",
            str(path),
            'declare the encoding: encoding = "gb18030"',
        )
    what = f"the headers are not {spec.encoding} text"
    return InputError(what, str(path), "declare the file's own encoding, or ask for it in UTF-8")


def found_elsewhere(spec: FileSpec, path: Path) -> InputError | None:
    """Where all the headers that the mapping asks for stand in another row, an error that says
    which.
    """
    for line, row in first_rows(spec, path):
        if line != spec.header_row and asked(spec) <= set(row):
            return InputError(
                f"the headers stand in line {line}, not in line {spec.header_row}",
                str(path),
                f"say header_row = {line}",
            )
    return None
