"""The findings as a paper that a Chinese office sends: the form of GB/T 9704-2012, two pages and an
annex of tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ..results.block import Block, Picture, Points
from ..results.display import Display
from ..results.parts import Card, Cards, Tiles
from ..results.words import say
from .document import Heading, elements
from .furniture import FOLDED, MAIN
from .outputs import Page
from .pdf import columns_of
from .word import Layout, _new, fonts_of, saved
from .word_fields import field

if TYPE_CHECKING:
    from docx.document import Document

# GB/T 9704-2012, 5.2: A4, margins of 37, 35, 28 and 26 mm, 22 lines of 28 signs, text of size 3
MARGINS = {"top_margin": 37, "bottom_margin": 35, "left_margin": 28, "right_margin": 26}
LINES, SIGNS, SIZE = 22, 28, 16
LATIN = "Times New Roman"
# Fangsong, Hei, Kai and the small standard Song, by the names that Word knows them by
TEXT, FIRST, SECOND, HEAD = "FangSong_GB2312", "SimHei", "KaiTi_GB2312", "FZXiaoBiaoSong-B05S"
SPARE = 3  # lines that breaks of words and of pages may cost, and what is said of the rest
EACH = 4  # findings of one chapter
LONGEST = 4  # lines of one finding; a longer one is read in the annex
BRIEF = 2  # lines of the finding that each page has before any has a second one
DECIMAL, BRACKETS = re.compile(r"\d[\d,]*\.\d+"), re.compile("[\uff08(][^\uff09)]*[\uff09)]")


def official_of(pages: Sequence[Page], *, title: str, about: Sequence[str], lang: str) -> bytes:
    """The findings of the pages as a letter of two pages, with their tables as its annex."""
    document = _letter(lang)
    _line(document, title, "Title")
    _line(document, "")
    for line in about:
        _line(document, _ended(line, lang))
    own = [page for page in pages if not page.published]  # the office's own findings
    chapters = [(page, list(findings(page, lang))) for page in own]
    chapters = _fresh([(page, found) for page, found in chapters if found])
    annexes = [(page, tables) for page in pages if (tables := _tables(page, lang))]
    taken = 1 + len(annexes) + sum(map(lines_of, [title, title, *about]))
    kept = _fitting(chapters, 2 * LINES - taken - SPARE)
    for number, (page, found) in enumerate(kept, 1):
        told = say("official.first", lang, number=counted(number, lang), text=page.title)
        _line(document, told, "Heading 1")
        for place, text in enumerate(found, 1):
            told = say(
                "official.second", lang, number=counted(place, lang), text=_ended(text, lang)
            )
            _line(document, told)
    if sum(len(found) for _, found in kept) < sum(len(found) for _, found in chapters):
        _line(document, say("official.rest", lang))
    for number, (page, _) in enumerate(annexes, 1):
        code = "official.annexes" if number == 1 else "official.annex_more"
        _line(document, say(code, lang, number=number, text=page.title))
    layout = Layout(document, lang)
    for number, (page, tables) in enumerate(annexes, 1):
        document.add_page_break()
        _line(document, say("official.annex", lang, number=number), "Heading 1")
        _line(document, page.title, "Heading 2")
        for heading, table in tables:
            layout.heading = heading
            layout.table(table)
    return saved(document, title)


def findings(page: Page, lang: str) -> Iterator[str]:
    """What a page finds, in its order: what its lists and cards say, and the titles of its other
    blocks with a table or picture, which are findings.
    """
    for part in page.parts:
        if not isinstance(part, Block) or part.role in (MAIN, FOLDED):
            continue
        listed = [one for one in part.parts if isinstance(one, Points | Cards | Tiles)]
        borne = any(isinstance(one, Display | Picture) for one in part.parts)
        if part.title and (part.role == "lead" or (borne and not listed)):
            yield part.title
        for one in listed:
            if isinstance(one, Points):
                told = [(point.text, point.badge) for point in one.points]
            elif isinstance(one, Cards):
                told = [(_carded(card, lang), card.badge) for card in one.cards]
            else:
                told = []
            for text, mark in told:
                yield _marked(text, mark, lang)


def _marked(text: str, mark: str, lang: str) -> str:
    """A finding with its verdict in words, without the sign that pages put before it."""
    words = mark.partition(" ")[2] or mark
    return say("official.marked", lang, text=text, mark=words) if mark else text


def _carded(card: Card, lang: str) -> str:
    return say("official.card", lang, title=card.title, figure=card.figure, unit=card.unit)


def _tables(page: Page, lang: str) -> list[tuple[str, Display]]:
    """The tables of a page, each with the heading that it stands under."""
    found, heading = [], page.title
    for element in elements(page, lang):
        if isinstance(element, Heading):
            heading = element.text
        elif isinstance(element, Display):
            found.append((heading, element))
    return found


def lines_of(text: str) -> int:
    """The lines that a paragraph needs in a letter, its indent of two signs allowed for.

    >>> lines_of("二十八个字" * 5), lines_of("二十八个字" * 6)
    (1, 2)
    """
    return -(-(columns_of(text) + 4) // (2 * SIGNS))


def _fresh(chapters: Sequence[tuple[Page, list[str]]]) -> list[tuple[Page, list[str]]]:
    """The chapters without what an earlier one says: findings of one figure that stands there."""
    kept: list[tuple[Page, list[str]]] = []
    seen: set[str] = set()
    for page, found in chapters:
        figures = {text: DECIMAL.findall(BRACKETS.sub("", text)) for text in found}
        fresh = [t for t in found if not (1 <= len(figures[t]) <= 2 and figures[t][0] in seen)]
        seen.update(one for told in figures.values() for one in told)
        kept += [(page, fresh)] if fresh else []
    return kept


def _fitting(chapters: Sequence[tuple[Page, list[str]]], room: int) -> list[tuple[Page, list[str]]]:
    """As many findings as so many lines hold: those of the first chapter, then of each other one a
    short one, so that every page is there, then the first of what is left, the second...; a chapter
    of which none fits is left out, as is a long finding.
    """
    short = [[text for text in found if lines_of(text) <= LONGEST] for _, found in chapters]
    kept: list[list[str]] = [[] for _ in chapters]

    def keep(i: int, text: str) -> None:
        nonlocal room
        needed = lines_of(text + " " * 8) + (not kept[i])
        if needed <= room and text not in kept[i]:
            kept[i].append(text)
            room -= needed

    for text in short[0][:EACH] if short else ():
        keep(0, text)
    for i, found in enumerate(short[1:], 1):
        if found:
            brief = (text for text in found[:EACH] if lines_of(text + " " * 8) <= BRIEF)
            keep(i, next(brief, min(found[:EACH], key=lines_of)))
    for place in range(EACH):
        for i, found in enumerate(short[1:], 1):
            if place < len(found) and len(kept[i]) < EACH:
                keep(i, found[place])
    told = [sorted(said, key=found.index) for said, found in zip(kept, short, strict=True)]
    return [(page, said) for (page, _), said in zip(chapters, told, strict=True) if said]


def counted(number: int, lang: str) -> str:
    """A number as headings count, in Chinese with Chinese signs up to 99.

    >>> counted(3, "en")
    '3'
    """
    signs = say("official.digits", lang)
    if len(signs) < 11:
        return str(number)
    tens, ones = divmod(number, 10)
    head = "" if not tens else (signs[10] if tens == 1 else signs[tens] + signs[10])
    return head + (signs[ones] if ones else "")


def _ended(text: str, lang: str) -> str:
    stop = say("official.stop", lang)
    return text if text.endswith((stop, ".", "!")) else text + stop


def _line(document: Document, text: str, style: str = "Normal") -> Any:
    return document.add_paragraph(text, style=style)


def _letter(lang: str) -> Document:
    """An empty letter: the sheet, the grid and the styles of the standard."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt, RGBColor

    document = _new(lang)
    section = document.sections[0]
    for name, width in MARGINS.items():
        setattr(section, name, Mm(width))
    section.footer_distance = Mm(35 - 7 - 5)
    pitch = (297 - MARGINS["top_margin"] - MARGINS["bottom_margin"]) / 25.4 * 72 / LINES
    sign = (210 - MARGINS["left_margin"] - MARGINS["right_margin"]) / 25.4 * 72 / SIGNS
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = section._sectPr.makeelement(qn("w:docGrid"), {})
        section._sectPr.append(grid)
    grid.set(qn("w:type"), "linesAndChars")
    grid.set(qn("w:linePitch"), str(round(pitch * 20)))
    grid.set(qn("w:charSpace"), str(round((sign - SIZE) * 4096)))
    styles = document.styles
    for name, font, size in (
        ("Normal", TEXT, SIZE),
        ("Title", HEAD, 22),
        ("Heading 1", FIRST, SIZE),
        ("Heading 2", SECOND, SIZE),
    ):
        style = styles[name]
        fonts_of(style, LATIN, font, size)
        style.font.bold = False
        style.font.color.rgb = RGBColor(0, 0, 0)
        form = style.paragraph_format
        form.space_before = form.space_after = Pt(0)
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(pitch)
        form.first_line_indent = Pt(0 if name == "Title" else 2 * SIZE)
    title = styles["Title"].paragraph_format
    title.alignment, title.line_spacing = WD_ALIGN_PARAGRAPH.CENTER, Pt(32)
    for border in styles["Title"].element.xpath(".//w:pBdr"):
        border.getparent().remove(border)
    for name in ("Source", "Caption", "Quote"):
        styles[name].paragraph_format.first_line_indent = Pt(0)
    styles["Caption"].paragraph_format.line_spacing = 1.0
    _numbered(document, section)
    return document


def _numbered(document: Document, section: Any) -> None:
    """Page numbers between dashes: on odd pages to the right, on even ones to the left."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    document.settings.odd_and_even_pages_header_footer = True
    sides = (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    )
    for footer, side in sides:
        line = footer.paragraphs[0]
        for old in list(line._p):
            line._p.remove(old)
        line.alignment = side
        line.paragraph_format.first_line_indent = Pt(0)
        setattr(
            line.paragraph_format,
            "right_indent" if side == WD_ALIGN_PARAGRAPH.RIGHT else "left_indent",
            Pt(14),
        )
        line.add_run("— ").font.size = Pt(14)
        field(line, "PAGE", "1")
        line.add_run(" —").font.size = Pt(14)
