"""A text file's lines, decoded as declared; bytes that are no text in it are kept as marks."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from ...errors import InputError
from ..mapping import FileSpec
from .raw import DAMAGED, head_of, is_packed, not_unpacked, opened, really

# bytes of a row at most; a file of more than twice as many is read by several threads
LONGEST = 16_000_000
BOMS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def codec(spec: FileSpec, path: Path) -> str:
    """The codec for the declared encoding; InputError where the first bytes say another.

    UTF-16 without a byte order mark is told by where its zero bytes stand.
    """
    try:
        with opened(path) as file:
            head = file.read(4096)
    except DAMAGED as error:
        raise not_unpacked(path, error) from None
    for bom, name in BOMS.items():
        if head.startswith(bom) and name != spec.encoding:
            raise InputError(
                f"the file is not {spec.encoding}: it begins as {name} does",
                str(path),
                f'declare encoding = "{name}"',
            )
    if spec.encoding == "utf-8":
        return "utf-8-sig"
    if spec.encoding != "utf-16" or head[:2] in BOMS:
        return spec.encoding
    even, odd = head[::2].count(0), head[1::2].count(0)
    if not even and not odd:
        raise InputError("the file is not utf-16", str(path), "declare its encoding")
    return "utf-16-le" if odd > even else "utf-16-be"


def lines_of(spec: FileSpec, path: Path, skip: int = 0) -> Iterator[str]:
    """Physical lines with their ends, from after the first `skip`; a line of more than `LONGEST`
    signs comes in pieces. InputError if the file cannot be unpacked or decoded.
    """
    known = really(head_of(path))
    if known and not is_packed(path):
        raise InputError(f"the file is {known}, not CSV", str(path), _remedy(known))
    name = codec(spec, path)
    try:
        with opened(path) as raw:
            errors = "strict" if "16" in name else "surrogateescape"
            file = io.TextIOWrapper(raw, encoding=name, errors=errors, newline="")
            for _ in range(skip):
                while (line := file.readline(LONGEST)) and line[-1] not in "\r\n":
                    pass
            while line := file.readline(LONGEST):
                yield line
    except UnicodeError as error:
        raise InputError(
            f"the file is not {spec.encoding}: {error}", str(path), "declare its encoding"
        ) from None
    except DAMAGED as error:
        raise not_unpacked(path, error) from None


def _remedy(known: str) -> str:
    if "gzip" in known:
        return "let its name end in .gz"
    if "workbook" in known:
        return 'declare format = "excel", or unpack it'
    if "Parquet" in known:
        return 'declare format = "parquet"'
    return "ask the owner for CSV or Excel"
