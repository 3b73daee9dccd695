"""A page as a run of plain elements, which every printed form lays out in its own way."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..results.block import Block, Part, Picture, Points, Text
from ..results.display import Display
from ..results.fold import Fold, Folds
from ..results.long_cells import said_once
from ..results.parts import Cards, Tiles
from ..results.words import say
from .cards import tables_of
from .foreign import cleaned
from .formulas import in_a_line
from .outputs import Foreign, Page, Prose
from .prose import formula, html_of_markdown

HALF = 0.6  # of the width, for what stands beside another one on a page
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
    """Items, one under the other; `marks` are the badges before them, `levels` how deep each
    stands and `numbers` what it is counted as, or nothing.
    """

    items: tuple[str, ...]
    marks: tuple[str, ...] = ()
    levels: tuple[int, ...] = ()
    numbers: tuple[str, ...] = ()

    def lines(self) -> Iterator[tuple[str, str, int, str]]:
        """Each item with its mark, its level and its number."""
        none = ("",) * len(self.items)
        levels = self.levels or (0,) * len(self.items)
        yield from zip(self.items, self.marks or none, levels, self.numbers or none, strict=True)


@dataclass(frozen=True)
class Figure:
    """A picture as bytes: `kind` is svg, png or jpeg; a formula has a height, in signs; a small one
    takes a `part` of the width.
    """

    kind: str
    data: bytes
    alt: str
    height: float | None = None
    part: float = 1.0


Element = Heading | Paragraph | Listing | Display | Figure


def elements(page: Page, lang: str = "zh", *, sheets: bool = False) -> Iterator[Element]:
    """Everything that a page says, in order; with `sheets` as a workbook holds it.

    >>> list(elements(Page("A title", (Prose("Some *words*."),))))
    [Heading(level=1, text='A title'), Paragraph(text='Some words.', role='body')]
    """
    yield Heading(1, page.title)
    for part in page.parts:
        if isinstance(part, Prose):
            yield from _prose(part.text, part.pictures)
        elif isinstance(part, Block):
            yield from _block(part, lang, sheets)
        else:
            yield from _foreign(part)


def _block(block: Block, lang: str, sheets: bool) -> Iterator[Element]:
    if block.title:
        yield Heading(3, block.title)
    for part in block.sheets if sheets and block.sheets else block.parts:
        if isinstance(part, Folds):
            yield from _folds(part, block.role, lang, sheets)
        else:
            yield from _part(part, block.role, lang, sheets)
    if block.note:
        yield Paragraph(block.note, NOTE)
    if block.source:
        yield Paragraph(block.source, SOURCE)


def _folds(part: Folds, role: str, lang: str, sheets: bool) -> Iterator[Element]:
    last = ""
    for fold in part.folds:
        if fold.group not in ("", last):
            yield Heading(3, fold.group)
        last = fold.group
        yield from _part(fold, role, lang, sheets)


def _part(part: Part, role: str, lang: str, sheets: bool) -> Iterator[Element]:
    if isinstance(part, Fold):
        badges = " · ".join(text for text, _ in part.badges)
        yield Heading(4, part.title)
        if told := " · ".join(filter(None, [part.below, badges])):
            yield Paragraph(told, SOURCE)
        if not part.printed and not sheets:
            yield Paragraph(say("sheet.in_workbook", lang), SOURCE)
            return
        for one in part.parts:
            yield from _part(one, role, lang, sheets)
    elif isinstance(part, Display):
        yield part if sheets else said_once(part, lang)
    else:
        yield from _plain(part, role, lang, sheets)


def _plain(part: Part, role: str, lang: str, sheets: bool) -> Iterator[Element]:
    if isinstance(part, Picture):
        yield Figure("svg", part.svg.encode(), part.alt, part=HALF if role == "half" else 1.0)
    elif isinstance(part, Points):
        told = [f"{p.text}{f' {p.below}' if p.below else ''}" for p in part.points]
        badges = tuple(p.badge for p in part.points)
        yield Listing(tuple(told), badges if any(badges) else ())
    elif isinstance(part, Cards | Tiles):
        yield tables_of(part, lang, sheets=sheets)
    elif isinstance(part, Text):
        yield Paragraph(part.text)


def _foreign(part: Foreign) -> Iterator[Element]:
    from .reading import elements_of

    kind, content = part.kind, part.content
    if kind == "image/svg+xml":
        yield Figure("svg", content.encode(), part.about)
    elif kind in ("image/png", "image/jpeg", "image/gif", "image/webp"):
        yield Figure(kind.removeprefix("image/"), base64.b64decode(content), part.about)
    elif kind == "text/markdown":
        yield from _prose(content)
    elif kind == "text/html":
        yield from elements_of(cleaned(content, part.about), part.about)
    elif kind == "text/latex" and (drawn := formula(content)):
        yield from elements_of(f'<p class="formula">{drawn}</p>')
    elif kind == "text/latex" and (told := in_a_line(content.strip().strip("$"))):
        yield Paragraph(told)
    else:
        yield Paragraph(content, CODE)


def _prose(markdown: str, pictures: Sequence[tuple[str, str]] = ()) -> Iterator[Element]:
    from .reading import elements_of

    return elements_of(html_of_markdown(markdown, pictures=pictures))
