"""The findings as a paper that a Chinese office sends: the form of GB/T 9704-2012, two pages and an
annex of tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING, Any

from ..results.display import Display
from ..results.words import say
from .document import Heading, elements
from .letter import SIGNS, chapters_of, dated, fitting, lines_of, opens
from .outputs import Page
from .pdf import columns_of
from .word import Layout, _new, fonts_of, saved
from .word_fields import field

if TYPE_CHECKING:
    from docx.document import Document

# GB/T 9704-2012, 5.2: A4, margins of 37, 35, 28 and 26 mm, 22 lines of 28 signs, text of size 3
MARGINS = {"top_margin": 37, "bottom_margin": 35, "left_margin": 28, "right_margin": 26}
LINES, SIZE = 22, 16
LATIN = "Times New Roman"
# Fangsong, Hei, Kai and the small standard Song, by the names that Word knows them by
TEXT, FIRST, SECOND, HEAD = "FangSong_GB2312", "SimHei", "KaiTi_GB2312", "FZXiaoBiaoSong-B05S"
TITLE_SIZE, TITLE_LINE, TITLE_COLUMNS = 22, 32, 40  # of the title: points, and signs of half width
AROUND = 6  # lines: an empty one before and one after, to whom, the annex, from whom, the day
SPARE = 1  # lines that breaks of words and of pages may cost
ROWS = 30  # of one table of the annex


def official_of(pages: Sequence[Page], *, title: str, about: Sequence[str], lang: str) -> bytes:
    """The findings of the pages as a letter of two sheets, with the tables that they rest on as its
    annex; `about` is what it opens with. To whom, from whom and of which day is left to the office.
    """
    document = _letter(lang)
    _line(document, title, "Title")
    _line(document, "")
    _line(document, say("official.to", lang), indent=0)
    opening = "".join(_ended(line, lang) for line in about)
    if opening:
        _line(document, opening)
    chapters = chapters_of(pages, lang)
    heads = -(-columns_of(title) // TITLE_COLUMNS) * TITLE_LINE / pitch()
    kept = fitting(chapters, 2 * LINES - ceil(heads) - AROUND - lines_of(opening) - SPARE, lang)
    for number, one in enumerate(kept, 1):
        told = say("official.first", lang, number=counted(number, lang), text=one.title)
        _line(document, told, "Heading 1")
        for place, text in enumerate(one.found, 1):
            told = say(
                "official.second", lang, number=counted(place, lang), text=_ended(text, lang)
            )
            _line(document, told)
    tables = [(page, t) for one in kept for page in one.pages for t in _headline(page, lang)]
    left = sum(len(one.found) for one in chapters) - sum(len(one.found) for one in kept)
    _line(document, "")
    if tables or left:
        _line(document, say("official.more" if left else "official.annexes", lang))
    for code in ("from", "of_day"):
        _line(document, say(f"official.{code}", lang), indent=0, right=4)
    if tables:
        document.add_page_break()
        _line(document, say("official.annex", lang), "Heading 1", indent=0)
        _annexed(document, tables, lang)
    return saved(document, title)


def _annexed(document: Document, tables: Sequence[tuple[Page, Display]], lang: str) -> None:
    layout, last = Layout(document, lang), None
    for page, table in tables:
        if page is not last:
            name = say("official.overview", lang) if opens(page) else page.title
            _line(document, name, "Heading 2")
            layout.heading, last = name, page
        layout.table(table)


def _headline(page: Page, lang: str) -> list[Display]:
    """The tables that a page's findings rest on: all of the overview, of another page the first."""
    found, heading = [], ""
    for element in elements(page, lang):
        if isinstance(element, Heading):
            heading = element.text
        elif isinstance(element, Display):
            made = element.copy()
            made.caption = dated(made.caption or heading, lang)
            made.cells = tuple(made.cells[:ROWS])
            if left := len(element.cells) - ROWS if len(element.cells) > ROWS else 0:
                made.below = (*made.below, say("table.more", lang, n=left))
            found.append(made)
    return found if opens(page) else found[:1]


def pitch() -> float:
    """The height of a line, in points."""
    return (297 - MARGINS["top_margin"] - MARGINS["bottom_margin"]) / 25.4 * 72 / LINES


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


def _line(
    document: Document,
    text: str,
    style: str = "Normal",
    *,
    indent: float | None = None,
    right: float = 0.0,
) -> None:
    """A paragraph; `indent` and `right` are signs, where its style does not say."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    line = document.add_paragraph(text, style=style)
    form = line.paragraph_format
    if indent is not None:
        form.first_line_indent = Pt(indent * SIZE)
    if right:
        line.alignment, form.right_indent = WD_ALIGN_PARAGRAPH.RIGHT, Pt(right * SIZE)


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
    sign = (210 - MARGINS["left_margin"] - MARGINS["right_margin"]) / 25.4 * 72 / SIGNS
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = section._sectPr.makeelement(qn("w:docGrid"), {})
        section._sectPr.append(grid)
    grid.set(qn("w:type"), "linesAndChars")
    grid.set(qn("w:linePitch"), str(round(pitch() * 20)))
    grid.set(qn("w:charSpace"), str(round((sign - SIZE) * 4096)))
    styles = document.styles
    for name, font, size in (
        ("Normal", TEXT, SIZE),
        ("Title", HEAD, TITLE_SIZE),
        ("Heading 1", FIRST, SIZE),
        ("Heading 2", SECOND, SIZE),
    ):
        style = styles[name]
        fonts_of(style, LATIN, font, size)
        style.font.bold = False
        style.font.color.rgb = RGBColor(0, 0, 0)
        form = style.paragraph_format
        form.space_before = form.space_after = Pt(0)
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(pitch())
        form.first_line_indent = Pt(0 if name == "Title" else 2 * SIZE)
    title = styles["Title"].paragraph_format
    title.alignment, title.line_spacing = WD_ALIGN_PARAGRAPH.CENTER, Pt(TITLE_LINE)
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
