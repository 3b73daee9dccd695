"""Pages as a workbook: a sheet per table, whose texts cannot act as formulas."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..results.display import NONE, Display
from ..results.words import say
from .document import SOURCE, Heading, Paragraph, elements
from .outputs import Page
from .pdf import columns_of
from .word_fields import ADDRESS

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

DAY = datetime(1980, 1, 1)  # of the file: the day of the data stands in its text
FIGURE = re.compile(r"[+-]?\d{1,3}(,\d{3})*(\.(?P<decimals>\d+))?(?P<percent>%)?|[+-]?\d+")
DATE = re.compile(r"(19|20)\d\d-\d\d-\d\d")  # a sheet counts days from 1900
BOUNDS = re.compile(r"[-+−\d.,%]+\D+[-+−\d.,%]+")  # an interval below a figure
WIDEST = 60  # signs
LONGEST = 2000  # signs of an address that a sheet can lead to


def excel_of(pages: Sequence[Page], *, title: str, about: Sequence[str], lang: str) -> bytes:
    """Every table of the pages as a sheet, after a list of them.

    >>> excel_of([Page("A page")], title="Report", about=["2022"], lang="en")[:2]
    b'PK'
    """
    from xlsxwriter import Workbook

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(out, options) as book:
        book.set_properties({"title": title, "created": DAY})
        forms = Forms(book)
        front = book.add_worksheet(say("excel.contents", lang))
        listed = []
        for place, page in enumerate(pages):
            heading, source = "", _source(page, lang)
            number = 0
            for element in elements(page, lang, sheets=True):
                if isinstance(element, Heading):
                    heading = element.text
                elif isinstance(element, Display):
                    number += 1
                    name = sheet_name(page.title, number, place, element.name)
                    sheet = book.add_worksheet(name)
                    _sheet(sheet, forms, element, [page.title, heading, source], lang)
                    listed.append((name, page.title, _about(heading, page.title, element)))
        _front(front, forms, title, about, listed, lang)
    return out.getvalue()


def sheet_name(title: str, number: int, place: int, own: str = "") -> str:
    """What a sheet is called: its page, or the table's own name, and its number on the page, of the
    signs and length that sheets take; pages of one title are told apart by their place.

    >>> sheet_name("Clearance: time/cost", 2, 3)
    '3 Clearance time cost 2'
    """
    plain = " ".join(re.sub(r"[\[\]:*?/\\']", " ", own or title).split())
    if own:
        return f"{place}.{number} {plain[:23].strip()}"
    return f"{place} {plain[:22].strip()} {number}"


class Forms:
    """The formats of cells, each made once."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self._figures: dict[str, Any] = {}
        self.title = book.add_format({"bold": True, "font_size": 13})
        self.head = book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#f3f5f7"}
        )
        self.text = book.add_format({"text_wrap": True, "valign": "top"})
        self.quiet = book.add_format({"font_color": "#5a6270", "font_size": 9})
        self.text_link = book.add_format(
            {"font_color": "#0b5fa5", "underline": 1, "text_wrap": True, "valign": "top"}
        )
        self.quiet_link = book.add_format({"font_color": "#0b5fa5", "underline": 1, "font_size": 9})
        self.link = book.add_format({"font_color": "#0b5fa5", "underline": 1})

    def figure(self, shape: str) -> Any:
        """The format of a figure, by how it is written."""
        if shape not in self._figures:
            made = self.book.add_format({"num_format": shape, "valign": "top"})
            self._figures[shape] = made
        return self._figures[shape]


def _source(page: Page, lang: str) -> str:
    found = elements(page, lang, sheets=True)
    told = (e.text for e in found if isinstance(e, Paragraph) and e.role == SOURCE)
    return next(told, "")


def _about(heading: str, title: str, table: Display) -> str:
    """What the list says of a sheet: the finding above it, or what was asked."""
    own = table.name or heading in ("", title)
    return table.caption.split("\n")[0] if own else heading


def _sheet(sheet: Worksheet, forms: Forms, found: Display, above: Sequence[str], lang: str) -> None:
    """A table below the lines that say what it is, its header in sight and filtered."""
    lines = list(dict.fromkeys(filter(None, [*above[:2], *found.caption.split("\n"), above[2]])))
    for i, line in enumerate(lines):
        _text(sheet, i, 0, line, forms, forms.title if i == 0 else forms.quiet)
    heads, rows, numbers = _spread(found, lang)
    typed = bool(found.numbers)  # then other columns are names, whatever signs they have
    top = len(lines) + 1
    for c, text in enumerate(heads):
        sheet.write_string(top, c, text, forms.head)
        longest = max([columns_of(text), *(columns_of(row[c]) for row in rows)])
        sheet.set_column(c, c, min(longest, WIDEST) + 2)
    for c, column in enumerate(zip(*rows, strict=True)):
        if (days := _days(column)) is not None:
            for r, day in enumerate(days, top + 1):
                if day is not None:
                    sheet.write_datetime(r, c, day, forms.figure("yyyy-mm-dd"))
            continue
        figures = not typed or c in numbers
        figures = figures and not any(_named(text) for text in column)
        for r, text in enumerate(column, top + 1):
            _write(sheet, r, c, text, forms, figures)
    if rows:
        sheet.autofilter(top, 0, top + len(rows), len(heads) - 1)
    sheet.freeze_panes(top + 1, 0)
    for i, line in enumerate(found.below, top + len(rows) + 2):
        _text(sheet, i, 0, line, forms, forms.quiet)


def _spread(found: Display, lang: str) -> tuple[list[str], list[list[str]], set[int]]:
    """Heads, cells and which columns are figures, where what stands small below other cells has a
    column of its own.
    """
    heads: list[str] = []
    numbers: set[int] = set()
    columns: list[list[str]] = []
    for c, head in enumerate(found.heads):
        cells = [row[c].split("\n") for row in found.cells]
        numbers |= {len(heads)} if c in found.numbers else set()
        heads.append(head)
        columns.append([cell[0] for cell in cells])
        if any(any(cell[1:]) for cell in cells):
            below = ["; ".join(filter(None, cell[1:])) for cell in cells]
            spans = all(BOUNDS.fullmatch(text) for text in below if text)
            heads.append(say(f"excel.{'interval' if spans else 'beside'}", lang, head=head))
            columns.append(below)
    return heads, [list(row) for row in zip(*columns, strict=True)], numbers


def _days(texts: Sequence[str]) -> list[datetime | None] | None:
    """The texts of a column as days, which can be sorted and reckoned with; None where one is none.

    >>> _days(["2022-02-28", ""]), _days(["2022-02-30"])
    ([datetime.datetime(2022, 2, 28, 0, 0), None], None)
    """
    told = [text for text in texts if text not in ("", NONE)]
    if not told or not all(map(DATE.fullmatch, told)):
        return None
    try:
        return [datetime.fromisoformat(t) if t not in ("", NONE) else None for t in texts]
    except ValueError:
        return None


def _named(text: str) -> bool:
    """Whether a text of digits is a name: one with zeros in front, or longer than numbers keep."""
    digits = re.sub(r"\D", "", text)
    return bool(FIGURE.fullmatch(text) and (re.match(r"[+-]?0\d", text) or len(digits) > 15))


def _write(sheet: Worksheet, row: int, column: int, text: str, forms: Forms, figures: bool) -> None:
    """A figure as a number in its own form, anything else as text."""
    shape = FIGURE.fullmatch(text.replace("−", "-")) if figures else None
    if not shape:
        if text != NONE:
            _text(sheet, row, column, text, forms, forms.text)
        return
    decimals, percent = shape["decimals"] or "", shape["percent"]
    value = float(text.replace("−", "-").replace(",", "").rstrip("%"))
    form = "#,##0" if "," in text or decimals else "0"
    form += f".{'0' * len(decimals)}" if decimals else ""
    if text.startswith("+"):
        form = f"+{form};-{form};{form}"
    if percent:
        value, form = value / 100, form.replace("#,##0", "0") + "%"
    sheet.write_number(row, column, value, forms.figure(form))


def _text(sheet: Worksheet, row: int, column: int, text: str, forms: Forms, form: Any) -> None:
    """A text, which leads to the address that it names, where it names one alone."""
    found = set(ADDRESS.findall(text))
    if len(found) == 1 and len(address := found.pop()) <= LONGEST:
        linked = forms.quiet_link if form is forms.quiet else forms.text_link
        sheet.write_url(row, column, address, linked, text)
    else:
        sheet.write_string(row, column, text, form)


def _front(
    sheet: Worksheet,
    forms: Forms,
    title: str,
    about: Sequence[str],
    listed: Sequence[tuple[str, str, str]],
    lang: str,
) -> None:
    sheet.write_string(0, 0, title, forms.title)
    for i, line in enumerate(about, 1):
        sheet.write_string(i, 0, line, forms.quiet)
    top = len(about) + 2
    for c, name in enumerate(("sheet", "page", "table")):
        sheet.write_string(top, c, say(f"excel.{name}", lang), forms.head)
    for r, (name, page, heading) in enumerate(listed, top + 1):
        sheet.write_url(r, 0, f"internal:'{name}'!A1", forms.link, name)
        sheet.write_string(r, 1, page, forms.text)
        sheet.write_string(r, 2, heading, forms.text)
    sheet.set_column(0, 0, 10)
    sheet.set_column(1, 1, 18)
    sheet.set_column(2, 2, 100)
    sheet.freeze_panes(top + 1, 0)
