"""The headers that the mapping names, held against those of every file before any is read."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ..domain.synonyms import has_table, meant
from ..errors import ClearanceError, InputError, closest
from .files import kind_of
from .left_out import clauses
from .mapping import FileSpec, Mapping

# as many missing headers are told one by one
MOST = 50


def check(mapping: Mapping, found: list[tuple[int, Path]]) -> None:
    """One InputError that tells every header which a file has not, with the headers that it has.

    Files whose headers cannot be seen without reading them whole are left to their reading.
    """
    missing: list[ClearanceError] = []
    for i, path in found:
        spec = mapping.files[i]
        headers = _headers(spec, path)
        if headers is None or len(missing) > MOST:
            continue
        for purpose, header, name in named(spec):
            if header not in headers:
                what = f"the file has no column {header!r} ({purpose})"
                listed = f"headers: {', '.join(headers)}"
                remedy = "; ".join(filter(None, [_like(header, name, spec, headers), listed]))
                missing.append(InputError(what, str(path), remedy))
    if missing:
        raise InputError.several(missing, str(mapping.path))


def named(spec: FileSpec) -> Iterator[tuple[str, str, str | None]]:
    """Every header that the mapping of a file names: (for what, header, our name for it)."""
    for column in (*spec.columns, *spec.milestones):
        for header in headers_of(column):
            yield f"for {column.name}", header, column.name
    for key, header, _ in clauses(spec):
        yield f"for {key}", header, None
    for key in ("keep", "fill_down"):
        for header in getattr(spec, key, None) or ():
            yield f"for {key}", header, None


def headers_of(column: object) -> list[str]:
    """The headers that one column of the mapping is read from."""
    several = getattr(column, "columns", ()) or ()
    alone = (getattr(column, key, None) for key in ("header", "zone_column"))
    return list(dict.fromkeys([*several, *(header for header in alone if header)]))


def _like(header: str, name: str | None, spec: FileSpec, headers: list[str]) -> str:
    """The header that may be meant: the nearest in spelling, else those of the same meaning."""
    near = closest(header, headers)
    if near.startswith("write"):
        return near.partition(";")[0]
    table = "milestone" if any(c.name == name for c in spec.milestones) else "column"
    if name is None or not has_table(table):
        return ""
    alike = [h for h in headers if any(found == name for found, _ in meant(h, table)[:1])]
    return f"perhaps {' or '.join(map(repr, alike))}" if alike else ""


def _headers(spec: FileSpec, path: Path) -> list[str] | None:
    """The headers of a file; None where they cannot be seen at once, or where it is not what it is
    said to be, which its reading tells better.
    """
    try:
        kind = kind_of(spec, path)
        if kind == "parquet":
            return list(pq.read_schema(path).names)
        return _of_text(spec, path) if kind == "csv" else None
    except (InputError, OSError, EOFError, ValueError, csv.Error, pa.ArrowException):
        return None


def _of_text(spec: FileSpec, path: Path) -> list[str] | None:
    ending = path.name.lower().removesuffix(".gz")
    delimiter = spec.delimiter or ("\t" if ending.endswith(".tsv") else ",")
    encoding = "utf-8-sig" if spec.encoding == "utf-8" else spec.encoding
    opener = gzip.open if path.name.lower().endswith(".gz") else open
    row = getattr(spec, "header_row", None) or 1
    with opener(path, "rt", encoding=encoding, newline="") as file:
        for _ in range(row - 1):
            file.readline()
        headers = [h.strip() for h in next(csv.reader(file, delimiter=delimiter), [])]
    # what is no line of headers is told by the reading
    return headers if any(headers) and all(h.isprintable() for h in headers) else None
