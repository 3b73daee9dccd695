"""CSV as it stands, or its copy in UTF-8, for the engine's own reader."""

from __future__ import annotations

import io
from pathlib import Path

from ..mapping import FileSpec
from ..sql import literal
from .header import headers_of, separator
from .raw import CHUNK, DAMAGED, is_packed, not_unpacked, opened
from .shape import Found, Shape
from .text import LONGEST, codec

COPY = "copy.csv"


class Irregular(Exception):
    """The engine cannot be trusted with this file: it is to be read row by row."""


def by_engine(
    spec: FileSpec, path: Path, scratch: Path
) -> tuple[str, tuple[str, ...], Found | None]:
    """The relation by the engine's own reader, the headers, and the shape of the copy in UTF-8 that
    other encodings take; Irregular where the engine is not to be tried.
    """
    if spec.fill_down:
        raise Irregular
    head = headers_of(spec, path)
    text, shape, packed = path, None, is_packed(path)
    if spec.encoding != "utf-8":
        text, packed = scratch / COPY, False
        shape = as_utf8(spec, path, text, Shape(separator(spec, path), len(head.names), head.skip))
        if not shape.regular:
            raise Irregular
    columns = ", ".join(f"'h{i}': 'VARCHAR'" for i in range(len(head.names)))
    relation = (
        f"read_csv({literal(text)}, header=true, skip={head.skip}, auto_detect=false, quote='\"',"
        f" escape='\"', delim='{separator(spec, path)}', columns={{{columns}}}, strict_mode=true,"
        f" max_line_size={LONGEST}, buffer_size={2 * LONGEST},"
        f" compression='{'gzip' if packed else 'none'}')"
    )
    return relation, head.names, shape


def as_utf8(spec: FileSpec, path: Path, copy: Path, shape: Shape) -> Found:
    """Write `copy`, the file in UTF-8, and tell its shape; Irregular where a byte does not fit."""
    try:
        with opened(path) as raw, copy.open("wb") as out:
            source = io.TextIOWrapper(raw, encoding=codec(spec, path), newline="")
            while block := source.read(CHUNK):
                text = block.encode()
                shape.add(text)
                out.write(text)
    except UnicodeError:
        raise Irregular from None
    except DAMAGED as error:
        raise not_unpacked(path, error) from None
    return shape.found()
