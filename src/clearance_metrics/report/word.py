"""Pages as a Word document: real headings, captions that are counted, tables, cross references."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..results.display import Display
from ..results.wording import capital
from ..results.words import say
from .document import CODE, NOTE, SOURCE, Element, Figure, Heading, Listing, Paragraph, elements
from .furniture import gathered
from .outputs import Page
from .pdf import columns_of, png_of
from .word_fields import field, marked, refer, written

if TYPE_CHECKING:
    from docx.document import Document

FONTS = ("Calibri", "Microsoft YaHei")
DAY = datetime(1980, 1, 1)  # of every file inside: a document says its day in its text
SIZE = 10.5  # points of the text
DEEPEST = 3  # lists in lists that Word has styles for
FINDING = 3  # the level of headings that are findings
NARROWEST, WIDEST = 8, 44  # columns of signs that share a line by their length
LONGEST = 100  # rows of one table; the workbook holds all
COLOURS = {
    "good": "1D6B3C",
    "bad": "A1261D",
    "unsure": "5A6270",
    "open": "775D00",
    "none": "5A6270",
}


def word_of(pages: Sequence[Page], *, title: str, about: Sequence[str], lang: str) -> bytes:
    """The pages as one document; `about` are the lines below its title.

    >>> word_of([Page("A page")], title="Report", about=["2022"], lang="en")[:2]
    b'PK'
    """
    pages = gathered(pages, lang)
    document = _new(lang)
    document.add_paragraph(title, style="Title")
    for line in about:
        document.add_paragraph(line, style="Subtitle")
    _contents(document, say("word.contents", lang), [page.title for page in pages])
    layout = Layout(document, lang)
    told = [list(elements(page, lang)) for page in pages]
    layout.cited = cited([element for page in told for element in page], lang)
    for page in told:
        for element in page:
            layout.add(element)
    return saved(document, title)


class Layout:
    """What writes elements to a document, and counts its tables and figures."""

    def __init__(self, document: Document, lang: str) -> None:
        self.document, self.lang = document, lang
        self.counts = {"table": 0, "figure": 0}
        self.heading = ""  # under which what follows stands
        self.cited: dict[str, list[tuple[str, str]]] = {}  # what bears a finding, by its words

    def add(self, element: Element) -> None:
        """Write one element."""
        if isinstance(element, Heading):
            self.heading = element.text
            self.document.add_heading(element.text, element.level)
            if len(self.cited.get(element.text, ())) > 1:  # of one, the caption says enough
                line = self.document.add_paragraph(style="Source")
                self._refer(line, element.text)
                line.paragraph_format.keep_with_next = True
        elif isinstance(element, Paragraph):
            style = {NOTE: "Quote", SOURCE: "Source", CODE: "Source"}.get(element.role, "Normal")
            written(self.document.add_paragraph(style=style), element.text)
        elif isinstance(element, Listing):
            self._list(element)
        elif isinstance(element, Figure):
            self.figure(element)
        else:
            self.table(element)

    def _list(self, element: Listing) -> None:
        from docx.shared import Pt

        for item, mark, level, number in element.lines():
            # numbers are written: Word would count on from the list before
            bullet = f"List Bullet {level + 1}" if level else "List Bullet"
            line = self.document.add_paragraph(
                style="Normal"
                if number
                else bullet
                if level < DEEPEST
                else f"List Bullet {DEEPEST}"
            )
            if number:
                line.paragraph_format.left_indent = Pt(18 * (level + 1))
                line.paragraph_format.first_line_indent = Pt(-18)
                line.add_run(f"{number}\t")
            if mark:
                line.add_run(f"{mark} ").bold = True
            written(line, item)
            if item in self.cited:
                self._refer(line, item)

    def _refer(self, line: Any, finding: str) -> None:
        """Name the tables and figures that bear a finding, in words that lead there."""
        before, between, after = say("word.see", self.lang).split("|")
        line.add_run(before)
        for i, (mark, shown) in enumerate(self.cited[finding]):
            line.add_run(between if i else "")
            refer(line, mark, shown)
        line.add_run(after)

    def figure(self, element: Figure) -> None:
        """A picture with its words for those who do not see it, and a counted caption below."""
        from docx.shared import Pt

        if element.height:
            line = self.document.add_paragraph().add_run()
            shape = line.add_picture(io.BytesIO(png_of(element)), height=Pt(element.height * SIZE))
            shape._inline.docPr.set("descr", element.alt)
            return
        width = int(self._width() * element.part)
        shape = self.document.add_picture(io.BytesIO(png_of(element)), width=width)
        shape._inline.docPr.set("descr", element.alt)
        self.document.paragraphs[-1].paragraph_format.keep_with_next = True
        self.caption("figure", called(element.alt, self.heading, self.lang))

    def _width(self) -> Any:
        section = self.document.sections[-1]
        return section.page_width - section.left_margin - section.right_margin

    def caption(self, kind: str, text: str) -> str:
        """A counted caption; the name of its bookmark, which references point at."""
        self.counts[kind] += 1
        mark = f"{kind}_{self.counts[kind]}"
        line = self.document.add_paragraph(style="Caption")
        start, end = marked(mark, len(line.part.element.xpath("//w:bookmarkStart")) + 1)
        line._p.append(start)
        line.add_run(say(f"word.{kind}", self.lang))
        field(line, f"SEQ {kind} \\* ARABIC", str(self.counts[kind]))
        line._p.append(end)
        line.add_run(f"  {capital(text)}" if text else "")
        return mark

    def table(self, found: Display) -> None:
        """A table with a counted caption above; its header stands on every page."""
        from docx.oxml import OxmlElement
        from docx.shared import Pt

        caption, *small = found.caption.split("\n")
        self.caption("table", " ".join([caption, *small]).strip() or self.heading)
        self.document.paragraphs[-1].paragraph_format.keep_with_next = True
        shown = found.cells[:LONGEST]
        made = self.document.add_table(rows=1 + len(shown), cols=len(found.heads), style="Report")
        size = Pt(8 if len(found.heads) > 6 else 9)
        made.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for row in made.rows:
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        widths = _widths(found, shown, int(self._width()))
        for column, width in zip(made.columns, widths, strict=True):
            column._gridCol.w = width
        # by columns of cells at once: asking a table for single cells reads it anew each time
        cells = [row.cells for row in made.rows]
        for row in cells:
            for cell, width in zip(row, widths, strict=True):
                cell._tc.width = width
        for i, text in enumerate(found.heads):
            _fill(cells[0][i], text, size, bold=True, right=i in found.numbers)
        for r, row in enumerate(shown):
            for i, text in enumerate(row):
                tone = found.tones.get((r, i))
                _fill(cells[r + 1][i], text, size, right=i in found.numbers, tone=tone)
        left = len(found.cells) - len(shown)
        below = [say("table.more", self.lang, n=left)] if left > 0 else []
        for text in [*below, *found.below]:
            written(self.document.add_paragraph(style="Source"), text)


def _widths(found: Display, shown: Sequence[Sequence[str]], whole: int) -> list[Any]:
    """The columns' widths by what stands in them, together the whole: none narrower than a short
    figure needs, none so wide that the others suffer.
    """
    from docx.shared import Emu

    rows = [[head.split("\n")[0] for head in found.heads], *shown]
    longest = [
        max(columns_of(line) for row in rows for line in row[c].split("\n"))
        for c in range(len(found.heads))
    ]
    needs = [min(max(one, NARROWEST), WIDEST) for one in longest]
    return [Emu(whole * need // sum(needs)) for need in needs]


def cited(told: Sequence[Element], lang: str) -> dict[str, list[tuple[str, str]]]:
    """By the words of each finding the captions of what stands under it: bookmark and number."""
    counts = {"table": 0, "figure": 0}
    found: dict[str, list[tuple[str, str]]] = {}
    heading = ""
    for element in told:
        if isinstance(element, Heading):
            heading = element.text if element.level == FINDING else ""
        elif isinstance(element, Display) or (isinstance(element, Figure) and not element.height):
            kind = "table" if isinstance(element, Display) else "figure"
            counts[kind] += 1
            if heading:
                shown = f"{say(f'word.{kind}', lang)}{counts[kind]}"
                found.setdefault(heading, []).append((f"{kind}_{counts[kind]}", shown))
    return found


def called(alt: str, finding: str, lang: str) -> str:
    """What a picture is called: its words without those that say that it is one, and without the
    finding that stands above it.

    >>> called("Chart. Import, 2022. import takes 3 hours", "Import takes 3 hours", "en")
    'Import, 2022'
    """
    kind = say("block.alt", lang, about="\0", finding="").split("\0")[0]
    told = alt.removeprefix(kind)
    if finding and told.casefold().endswith(finding.casefold()) and len(told) > len(finding):
        return told[: -len(finding)].rstrip(f" .{say('official.stop', lang)}")
    return told


def _fill(
    cell: Any,
    text: str,
    size: Any,
    *,
    bold: bool = False,
    right: bool = False,
    tone: str | None = None,
) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt, RGBColor

    line = cell.paragraphs[0]
    line.paragraph_format.space_after = Pt(0)
    if right:
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    first, *small = text.split("\n")
    for run in written(line, first):
        run.font.size, run.bold = size, bold or bool(tone)
        if tone:
            run.font.color.rgb = RGBColor.from_string(COLOURS[tone])
    for below in filter(None, small):
        line.add_run().add_break()
        for run in written(line, below):
            run.font.size = Pt(7)


def _contents(document: Document, title: str, pages: Sequence[str]) -> None:
    """A table of contents: the pages by name, until Word fills in their numbers."""
    document.add_paragraph(title, style="Subtitle")
    field(document.add_paragraph(), 'TOC \\o "1-1" \\h \\z', "\n".join(pages))
    document.add_page_break()


def _new(lang: str) -> Document:
    """An empty document with the styles of a report."""
    from docx import Document as new
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Mm, Pt, RGBColor

    document = new()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin = section.bottom_margin = Mm(20)
    styles = document.styles
    for name, size in (("Normal", SIZE), ("Title", 22), ("Subtitle", 10.5), ("Caption", 9)):
        fonts_of(styles[name], *FONTS, size)
    for level, size in ((1, 18), (2, 14), (3, 11), (4, 10.5)):
        fonts_of(styles[f"Heading {level}"], *FONTS, size)
        styles[f"Heading {level}"].font.color.rgb = RGBColor(0x1F, 0x24, 0x30)
    styles["Caption"].font.color.rgb = RGBColor(0x1F, 0x24, 0x30)
    source = styles.add_style("Source", WD_STYLE_TYPE.PARAGRAPH)
    source.base_style = styles["Normal"]
    fonts_of(source, *FONTS, 8)
    table = styles.add_style("Report", WD_STYLE_TYPE.TABLE)
    table.base_style = styles["Table Grid"]
    styles["Normal"].paragraph_format.space_after = Pt(6)
    numbered(section)
    spoken(document, lang)
    return document


def fonts_of(style: Any, latin: str, eastern: str, size: float) -> None:
    """The fonts of a style by name, for Latin and for Chinese signs."""
    from docx.oxml.ns import qn
    from docx.shared import Pt

    style.font.name, style.font.size = latin, Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), eastern)
    fonts.set(qn("w:hAnsi"), latin)


def numbered(section: Any, around: str = "") -> None:
    """Page numbers in the middle of the foot, between `around` on both sides."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    line = section.footer.paragraphs[0]
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if around:
        line.add_run(f"{around} ")
    field(line, "PAGE", "1")
    if around:
        line.add_run(f" {around}")


def spoken(document: Document, lang: str) -> None:
    """The language that spelling is checked in."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = document.styles["Normal"].element.get_or_add_rPr()
    made = OxmlElement("w:lang")
    made.set(qn("w:val"), "zh-CN" if lang == "zh" else lang)
    made.set(qn("w:eastAsia"), "zh-CN")
    properties.append(made)


def saved(document: Document, title: str) -> bytes:
    """The document as a file, the same bytes for the same content."""
    told = document.core_properties
    told.title, told.author, told.comments = title, "clearance-metrics", ""
    told.created = told.modified = DAY
    made, out = io.BytesIO(), io.BytesIO()
    document.save(made)
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            told = zipfile.ZipInfo(name, DAY.timetuple()[:6])
            new.writestr(told, old.read(name), zipfile.ZIP_DEFLATED, 6)
    return out.getvalue()
