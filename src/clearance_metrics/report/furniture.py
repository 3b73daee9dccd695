"""What every page says beside its answers: its main points first, how it was measured and what its
terms mean last, folded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..results.block import LIST, Block, Picture, Point, Points, Text
from ..results.display import Display
from ..results.parts import Cards, Tiles
from ..results.words import codes, say
from .outputs import Page, Prose

MAIN, FOLDED = "main", "folded"  # the roles of blocks that are made here
MOST = 6  # main points of a page
FIRST = "zh"  # catalogues have the same codes in each language
BETWEEN = "|"  # the ways in which a page writes a term, the first of which stands for it
HEADING = re.compile(r"^## ", re.MULTILINE)
HAN = re.compile(r"[\u4e00-\u9fff]")
TOLD = ("measured", "glossary")  # each a block of the page and a section of the words


def furnished(page: Page, lang: str) -> Page:
    """The page with its main points before, and after it how it was measured and its terms; one
    without an answer of the library as it is.

    >>> furnished(Page("own"), "en")
    Page(title='own', parts=(), published=False, beside=False)
    """
    blocks = [part for part in page.parts if isinstance(part, Block)]
    if not blocks:
        return page
    told = "\n".join(_texts(page))
    after = [block for about in TOLD if (block := _about(about, told, lang)) is not None]
    before = () if any(_opens(block) for block in blocks) else _main_points(page)
    return replace(page, parts=(*before, *page.parts, *after))


def gathered(pages: Sequence[Page], lang: str) -> list[Page]:
    """Pages in one volume: how they were measured and what their terms mean stand once, at its end.

    >>> gathered([Page("own")], "en")
    [Page(title='own', parts=(), published=False, beside=False)]
    """
    kept, told = [], {say(f"furniture.{about}", lang): dict[Point, None]() for about in TOLD}
    for page in pages:
        folded = [p for p in page.parts if isinstance(p, Block) and p.role == FOLDED]
        for block in folded:
            points = [point for part in block.parts for point in getattr(part, "points", ())]
            told.setdefault(block.title, {}).update(dict.fromkeys(points))
        kept.append(replace(page, parts=tuple(p for p in page.parts if p not in folded)))
    last = [
        Block(title, (Points(tuple(points)),), role=FOLDED)
        for title, points in told.items()
        if points
    ]
    heading = say("mark.list", lang).join(block.title for block in last)
    return [*kept, Page(heading, tuple(last))] if last else kept


def _opens(block: Block) -> bool:
    """Whether a page has its main points in its own words."""
    return block.role == "lead" or any(isinstance(part, Points) for part in block.parts)


def _main_points(page: Page) -> tuple[Block, ...]:
    """The first finding of each chapter, of those that are marked where these find something."""
    found = _findings(page, marked=True)
    found = found if len(found) > 1 else _findings(page, marked=False)
    return (Block(parts=(Points(tuple(found[:MOST])),), role=MAIN),) if len(found) > 1 else ()


def _findings(page: Page, *, marked: bool) -> list[Point]:
    """The first finding of each chapter, or of each `marked` one; lists of cases find nothing."""
    found, due = [], not marked
    for part in page.parts:
        if isinstance(part, Prose):
            if HEADING.search(part.text):
                due = part.main or not marked
        elif isinstance(part, Block) and due and part.title and part.parts and part.role != LIST:
            found.append(Point("", "", part.title))
            due = False
    return found


def _about(about: str, told: str, lang: str) -> Block | None:
    """What a page's terms mean, or how its figures are made: those that it uses."""
    lines = []
    for code in _codes(f"{about}_term."):
        written = say(f"{about}_term.{code}", lang).split(BETWEEN)
        if any(_there(one, told) for one in written):
            meaning = say(f"{about}.{code}", lang)
            lines.append(Point("", "", say("furniture.line", lang, term=written[0], told=meaning)))
    if about == "glossary" and lang != FIRST and HAN.search(told):
        lines.append(Point("", "", say("furniture.own_names", lang)))
    return (
        Block(say(f"furniture.{about}", lang), (Points(tuple(lines)),), role=FOLDED)
        if lines
        else None
    )


def _codes(section: str) -> list[str]:
    return [code.removeprefix(section) for code in codes(FIRST) if code.startswith(section)]


def _there(term: str, told: str) -> bool:
    """Whether a text uses a term; of letters a whole word, of signs anywhere."""
    if not term.isascii():
        return term in told
    return re.search(rf"(?<![a-z]){re.escape(term)}", told, re.IGNORECASE) is not None


def _texts(page: Page) -> Iterator[str]:
    """Everything that a page writes, without its drawings."""
    for part in page.parts:
        if isinstance(part, Prose):
            yield part.text
        elif isinstance(part, Block):
            yield from (part.title, part.note)
            for inner in part.parts:
                if isinstance(inner, Display):
                    yield from (inner.caption, *inner.heads, *inner.below)
                    yield from (cell for row in inner.cells for cell in row)
                elif isinstance(inner, Picture):
                    yield inner.alt
                elif isinstance(inner, Text):
                    yield inner.text
                elif isinstance(inner, Points):
                    yield from (
                        f"{point.badge} {point.text} {point.below}" for point in inner.points
                    )
                elif isinstance(inner, Cards):
                    yield from (
                        f"{c.title} {c.badge} {c.below} {c.rule} {c.turns}" for c in inner.cards
                    )
                elif isinstance(inner, Tiles):
                    yield from (tile.state for _, tiles in inner.groups for tile in tiles)
