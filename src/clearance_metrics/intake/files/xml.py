"""XML read piece by piece, and no more of it than is asked for; what would grow without end is
refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO
from xml.parsers import expat
from zipfile import ZipFile, ZipInfo

CHUNK = 1 << 18
# unpacked bytes beyond which a part that was packed too well is taken for a bomb
LARGE, RATIO = 100_000_000, 250
SMALL = 50_000_000  # bytes of the parts that are read whole


class Refused(Exception):
    """What no sound workbook holds."""


def local(name: str) -> str:
    """A name without its prefix.

    >>> local("x:row"), local("row")
    ('row', 'row')
    """
    return name.rpartition(":")[2] if ":" in name else name


def checked(packed: ZipFile, part: str) -> ZipInfo:
    """A part of a workbook; Refused if it unpacks to more than it may, KeyError if not there."""
    info = packed.getinfo(part)
    if info.file_size > LARGE and info.file_size > RATIO * max(info.compress_size, 1):
        raise Refused(f"{part} unpacks to {info.file_size:,} bytes, as no real sheet does")
    return info


def new_parser(
    start: Callable[[str, dict[str, str]], None], end: Callable[[str], None] | None = None
) -> expat.XMLParserType:
    """A parser that calls these, and refuses entities of a document's own."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = _no_types
    return parser


def _no_types(*_: object) -> None:
    raise Refused("it declares entities of its own")


def fed(parser: expat.XMLParserType, source: IO[bytes]) -> Iterator[None]:
    """Feed a parser piece by piece."""
    while piece := source.read(CHUNK):
        parser.Parse(piece, False)
        yield
    parser.Parse(b"", True)
    yield


def elements(packed: ZipFile, part: str) -> list[tuple[str, dict[str, str]]]:
    """The elements of a small part, in order, with their attributes, all names without prefix."""
    if checked(packed, part).file_size > SMALL:
        raise Refused(f"{part} is too large")
    found: list[tuple[str, dict[str, str]]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        found.append((local(name), {local(k): v for k, v in attributes.items()}))

    with packed.open(part) as source:
        for _ in fed(new_parser(start), source):
            pass
    return found
