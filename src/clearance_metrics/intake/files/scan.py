"""One pass over the bytes of a file: its digest and, for text in UTF-8, its shape."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from ...errors import InputError
from ..mapping import FileSpec
from .header import headers_of, separator
from .raw import CHUNK, blocks, is_packed, kind_of
from .shape import Found, Shape


@dataclass(frozen=True)
class Scan:
    """What one pass over the bytes of a file tells."""

    sha256: str
    shape: Found


def scan(spec: FileSpec, path: Path) -> Scan:
    """The file's sha256 and, for CSV in UTF-8, whether it is regular;

    InputError if it is binary or cannot be unpacked.
    """
    digest, shape = hashlib.sha256(), None
    text, packed = kind_of(spec, path) == "csv", is_packed(path)
    if packed or not text:
        with path.open("rb") as file:
            while block := file.read(CHUNK):
                digest.update(block)
    if text:
        shape = _shape(spec, path)
        for block in blocks(path):
            if not packed:
                digest.update(block)
            if spec.encoding != "utf-16" and b"\0" in block:
                raise _binary(path, block)
            if shape is not None:
                shape.add(block)
    return Scan(digest.hexdigest(), shape.found() if shape else Found(False))


def _shape(spec: FileSpec, path: Path) -> Shape | None:
    """What to count by, unless the file is read row by row anyway or has no headers to go by."""
    if spec.encoding != "utf-8":
        return None
    try:
        head = headers_of(spec, path)
    except InputError:
        return None
    return Shape(separator(spec, path), len(head.names), head.skip)


def _binary(path: Path, block: bytes) -> InputError:
    line = 1
    for part in blocks(path):
        line += part.count(b"\n", 0, part.find(b"\0") if b"\0" in part else len(part))
        if b"\0" in part:
            break
    if block.count(b"\0") * 5 > len(block):
        remedy = 'check format; text in UTF-16 needs encoding = "utf-16"'
    else:
        remedy = "check format and encoding, or take that byte out"
    what = f"the file is binary, or not in the declared encoding: a zero byte in line {line}"
    return InputError(what, str(path), remedy)
