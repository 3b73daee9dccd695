"""The headers that the mapping names, held against those of every file before any is read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ..domain.synonyms import has_table, meant
from ..errors import ClearanceError, InputError, closest
from .files import found_elsewhere, kind_of
from .files import headers_of as text_headers
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
        if elsewhere := _elsewhere(spec, path, headers):
            missing.append(elsewhere)
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
        for header in column.sources:
            yield f"for {column.name}", header, column.name
    for key, header, _ in clauses(spec):
        yield f"for {key}", header, None
    for key in ("keep", "fill_down"):
        for header in getattr(spec, key, None) or ():
            yield f"for {key}", header, None


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
        return list(text_headers(spec, path).names) if kind == "csv" else None
    except (InputError, OSError, EOFError, ValueError, pa.ArrowException):
        return None


def _elsewhere(spec: FileSpec, path: Path, headers: list[str]) -> InputError | None:
    """What is wrong where all headers stand in another row of a text."""
    if kind_of(spec, path) != "csv" or all(header in headers for _, header, _ in named(spec)):
        return None
    return found_elsewhere(spec, path)
