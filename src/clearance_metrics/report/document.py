"""A page as a run of plain elements, which every printed form lays out in its own way."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from io import StringIO
from typing import Any

from ..results.block import Block, Picture, Points
from ..results.display import Display
from ..results.parts import Cards, Tiles
from .cards import tables_of
from .outputs import Foreign, Page, Prose

BODY, NOTE, SOURCE, CODE = "body", "note", "source", "code"


@dataclass(frozen=True)
class Heading:
    """A heading: level 1 is a page's title, 2 a chapter of its prose, 3 a finding."""

    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    """Plain text: of the body, a note, a source line, or code as it is."""

    text: str
    role: str = BODY


@dataclass(frozen=True)
class Listing:
    """Items, one under the other; `marks` are the badges before them, or nothing."""

    items: tuple[str, ...]
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Figure:
    """A picture as bytes: `kind` is svg, png or jpeg."""

    kind: str
    data: bytes
    alt: str


Element = Heading | Paragraph | Listing | Display | Figure


def elements(page: Page) -> Iterator[Element]:
    """Everything that a page says, in order.

    >>> list(elements(Page("A title", (Prose("Some *words*."),))))
    [Heading(level=1, text='A title'), Paragraph(text='Some words.', role='body')]
    """
    yield Heading(1, page.title)
    for part in page.parts:
        if isinstance(part, Prose):
            yield from _prose(part.text)
        elif isinstance(part, Block):
            yield from _block(part)
        else:
            yield from _foreign(part)


def _block(block: Block) -> Iterator[Element]:
    if block.title:
        yield Heading(3, block.title)
    for part in block.parts:
        if isinstance(part, Display):
            yield part
        elif isinstance(part, Picture):
            yield Figure("svg", part.svg.encode(), part.alt)
        elif isinstance(part, Points):
            told = [f"{p.text}{f' {p.below}' if p.below else ''}" for p in part.points]
            badges = tuple(p.badge for p in part.points)
            yield Listing(tuple(told), badges if any(badges) else ())
        elif isinstance(part, Cards | Tiles):
            yield tables_of(part)
        else:
            yield Paragraph(part.text)
    if block.note:
        yield Paragraph(block.note, NOTE)
    if block.source:
        yield Paragraph(block.source, SOURCE)


def _foreign(part: Foreign) -> Iterator[Element]:
    kind, content = part.kind, part.content
    if kind == "image/svg+xml":
        yield Figure("svg", content.encode(), part.about)
    elif kind in ("image/png", "image/jpeg", "image/gif", "image/webp"):
        yield Figure(kind.removeprefix("image/"), base64.b64decode(content), part.about)
    elif kind == "text/markdown":
        yield from _prose(content)
    elif kind == "text/html":
        yield from _tables(content)
    else:
        yield Paragraph(content, CODE)


def _tables(html: str) -> Iterator[Element]:
    """The tables of another library's HTML, or else its text."""
    from lxml.html import fromstring
    from pandas import read_html

    try:
        frames = read_html(StringIO(html))
    except (ValueError, ImportError):
        for style in (found := fromstring(html)).iter("style", "script"):
            style.text = ""
        yield Paragraph(" ".join(found.text_content().split()))
        return
    for frame in frames:
        heads = ["" if str(c).startswith("Unnamed") else str(c) for c in frame.columns]
        yield Display(heads, [[str(v) for v in row] for row in frame.to_numpy()])


@cache
def _reader() -> Any:
    from mistune import create_markdown

    return create_markdown(renderer="ast")


def _prose(markdown: str) -> Iterator[Element]:
    for token in _reader()(markdown):
        kind = token["type"]
        if kind == "heading":
            yield Heading(max(token["attrs"]["level"], 2), _text(token))
        elif kind == "list":
            yield Listing(tuple(_text(item).strip() for item in token["children"]))
        elif kind == "block_code":
            yield Paragraph(token["raw"], CODE)
        elif text := _text(token).strip():
            yield Paragraph(text)


def _text(token: Mapping[str, Any]) -> str:
    """The words of a token without their marks; an address stands behind what links to it."""
    if token["type"] in ("softbreak", "linebreak"):
        return " "
    if "children" not in token:
        return str(token.get("raw", ""))
    inner = "".join(map(_text, token["children"]))
    address = token.get("attrs", {}).get("url", "") if token["type"] == "link" else ""
    return f"{inner} ({address})" if address.startswith("http") and address != inner else inner
