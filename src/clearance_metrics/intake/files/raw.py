"""A file as the engine can read it, before anything is known of what its columns mean."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import InputError
from ..mapping import ENDINGS, FileSpec

CHUNK = 1 << 22


@dataclass(frozen=True)
class RawFile:
    """One file ready to be read: the SQL relation of its rows, its headers in order and their types
    there; the zones that its columns of zones name, by header.
    """

    path: Path
    name: str
    kind: str
    relation: str
    headers: tuple[str, ...]
    types: tuple[str, ...]
    text: Path
    line: bool = False
    zones: tuple[tuple[str, tuple[str, ...]], ...] = ()


def kind_of(spec: FileSpec, path: Path) -> str:
    """csv, parquet or excel; InputError for an empty file or an ending that says nothing."""
    if path.stat().st_size == 0:
        raise InputError("the file is empty", str(path), "ask the owner for it again, or remove it")
    ending = path.name.lower().removesuffix(".gz").rsplit(".", 1)[-1]
    kind = spec.format or ENDINGS.get(ending)
    if kind is None:
        raise InputError(
            f"the ending .{ending} says no format",
            str(path),
            'add format = "csv", "parquet" or "excel"',
        )
    return kind


def opened(path: Path) -> Any:
    return gzip.open(path, "rb") if path.name.lower().endswith(".gz") else path.open("rb")


def blocks(path: Path) -> Iterator[bytes]:
    try:
        with opened(path) as file:
            while block := file.read(CHUNK):
                yield block
    except (gzip.BadGzipFile, EOFError, OSError) as error:
        raise InputError(
            f"the file cannot be unpacked: {error}", str(path), "ask the owner for it again"
        ) from None
