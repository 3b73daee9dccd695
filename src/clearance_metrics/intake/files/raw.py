"""A file as the engine can read it, before anything is known of what its columns mean."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import InputError
from ..mapping import ENDINGS, FileSpec
from .shape import Found

CHUNK = 1 << 22
# all that opening or unpacking a damaged file may raise
DAMAGED = (gzip.BadGzipFile, zlib.error, EOFError, OSError)
# how files begin that are not what their name or the mapping says
MAGIC = {
    b"PK\x03\x04": "a workbook or a zip archive",
    b"PK\x05\x06": "an empty zip archive",
    b"\xd0\xcf\x11\xe0": "an old workbook (.xls), or one with a password",
    b"\x1f\x8b": "packed with gzip",
    b"PAR1": "a Parquet file",
    b"PARE": "an encrypted Parquet file",
    b"%PDF": "a PDF document",
}
PAGES = (b"<html", b"<!doctype html", b"<table", b"<meta", b"<head", b"<style", b"<body", b"<div")


@dataclass(frozen=True)
class RawFile:
    """One file ready to be read: the SQL relation of its rows, its headers in order and their types
    there.

    `line`: the relation says of each row where it stands, in line_. `malformed` are (line, error,
    text) of what is no row; `shape` is what a copy in UTF-8 looks like; `zones` are those that its
    columns of zones name, by header.
    """

    path: Path
    name: str
    kind: str
    relation: str
    headers: tuple[str, ...]
    types: tuple[str, ...]
    line: bool = False
    malformed: tuple[tuple[int, str, str], ...] = ()
    shape: Found | None = None
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


def asked(spec: FileSpec) -> set[str]:
    """The headers that the mapping of a file asks for, but for those that it only keeps."""
    columns = {h for c in (*spec.columns, *spec.milestones) for h in c.sources}
    return columns | {header for header, _ in (*spec.only, *spec.skip)}


def is_packed(path: Path) -> bool:
    """Whether the name says that the file is packed with gzip."""
    return path.name.lower().endswith(".gz")


def opened(path: Path) -> Any:
    """The file's bytes, unpacked."""
    return gzip.open(path, "rb") if is_packed(path) else path.open("rb")


def blocks(path: Path) -> Iterator[bytes]:
    """The file's bytes, unpacked, in blocks; InputError where they cannot be had."""
    try:
        with opened(path) as file:
            while block := file.read(CHUNK):
                yield block
    except DAMAGED as error:
        raise not_unpacked(path, error) from None


def not_unpacked(path: Path, error: BaseException) -> InputError:
    """The error of a file that cannot be read to its end."""
    known = really(head_of(path))
    if is_packed(path) and known and "gzip" not in known:
        return InputError(
            f"the file cannot be unpacked: it is {known}, not gzip",
            str(path),
            "unpack it, and name the file in it",
        )
    return InputError(
        f"the file cannot be unpacked: {error}", str(path), "ask the owner for it again"
    )


def head_of(path: Path, size: int = 4096) -> bytes:
    """The first bytes of a file, as they lie on the disk."""
    try:
        with path.open("rb") as file:
            return file.read(size)
    except OSError as error:
        raise InputError(
            f"the file cannot be read: {error.strerror}", str(path), "check its rights"
        ) from None


def really(head: bytes) -> str:
    """What a file is by its first bytes; nothing for text.

    >>> really(b"PAR1"), really(b"  <HTML><table>"), really(b"id,code")
    ('a Parquet file', 'a web page (HTML)', '')
    """
    for magic, what in MAGIC.items():
        if head.startswith(magic):
            return what
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(PAGES):
        return "a web page (HTML)"
    if start.startswith(b"<?xml") or start.startswith(b"<workbook"):
        page = b"<html" in start or b"<table" in start
        return "a web page (HTML)" if page and b"<workbook" not in start else "an XML document"
    return ""
