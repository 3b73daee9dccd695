"""The workbook of rejected rows: an overview, then a sheet for every file and rule, in the
supplier's own columns, with what is wrong and what to do beside each row.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import OutputError
from ..results.words import say, term

if TYPE_CHECKING:
    from ..intake.returned import Returned, Row, Sheet

TITLE = 31  # signs of a sheet's name
CELL = 32000  # signs of a cell, with room for the words that it is cut
FORBIDDEN = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")
WIDTHS = (10, 60)
FAULTY, TAUGHT, HEAD = "#FFD9B3", "#F2F2F2", "#DDE6F0"
# texts stay texts: none is taken for a formula, a link or a number
AS_TEXT = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "constant_memory": True,
}


def write_workbook(found: Returned, file: Path, lang: str) -> None:
    """Write the workbook to `file`; OutputError where it cannot be."""
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    names = sheet_names(
        [_name(sheet, lang) for sheet in found.sheets], say("supplier.overview", lang)
    )
    part = file.with_name(f".{file.name}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with Workbook(str(part), AS_TEXT) as book:
            styles = _styles(book)
            _overview(book, styles, found, names, lang)
            for sheet, name in zip(found.sheets, names[1:], strict=True):
                _sheet(book.add_worksheet(name), styles, sheet, lang)
        # the workbook is there as a whole, or what was there before
        part.replace(file)
    except (OSError, FileCreateError) as error:
        told = error if isinstance(error, OSError) else error.args[0]
        why = getattr(told, "strerror", None) or told
        raise OutputError(f"cannot write: {why}", str(file), "name another file") from None
    finally:
        with suppress(OSError):  # what should be its folder is a file
            part.unlink(missing_ok=True)


def sheet_names(wanted: Sequence[str], first: str) -> list[str]:
    """Names that Excel takes: at most 31 signs, none of []:*?/\\\\, each once; `first` in front.

    >>> sheet_names(["a.csv no time", "a.csv no time"], "Overview")
    ['Overview', '1 a.csv no time', '2 a.csv no time']
    >>> sheet_names(["a/b[1].csv: 'what'?"], "Overview")[1]
    '1 a b 1 .csv what'
    """
    names = [first]
    for n, name in enumerate(wanted, 1):
        # the number in front keeps names apart that are alike after they are cut
        plain = " ".join(FORBIDDEN.sub(" ", name).split())
        names.append(f"{n} {plain}"[:TITLE].rstrip())
    return names


def _name(sheet: Sheet, lang: str) -> str:
    rule = term("rule", sheet.rule, lang)
    stem = Path(sheet.file).name.split(".")[0]
    return f"{stem[: TITLE - len(rule) - 6]} {rule}"


def _styles(book: Any) -> dict[str, Any]:
    plain = {"valign": "top", "num_format": "@", "font_name": "Arial", "font_size": 10}
    return {
        "plain": book.add_format(plain),
        "faulty": book.add_format(plain | {"bg_color": FAULTY, "bold": True, "border": 1}),
        "told": book.add_format(plain | {"bg_color": TAUGHT, "text_wrap": True}),
        "head": book.add_format(plain | {"bg_color": HEAD, "bold": True, "text_wrap": True}),
        "title": book.add_format(plain | {"bold": True, "font_size": 14}),
        "number": book.add_format(plain | {"num_format": "#,##0"}),
        "link": book.add_format(plain | {"font_color": "#0563C1", "underline": 1}),
    }


def _overview(book: Any, styles: dict, found: Returned, names: Sequence[str], lang: str) -> None:
    """What was sent, what of it was rejected and why, and what the sender is asked to do."""
    page = book.add_worksheet(names[0])
    total = {k: sum(f[k] for f in found.files) for k in ("rows_read", "accepted", "rejected")}
    counts = {"read": total["rows_read"], "accepted": total["accepted"]}
    counts |= {"rejected": total["rejected"], "files": len(found.files)}
    counts["rest"] = counts["read"] - counts["accepted"] - counts["rejected"]
    lines = [say("supplier.read", lang, **counts)]
    lines += [say(f"supplier.asked_{step}", lang) for step in ("first", "cell", "send")]
    heads = ("file", "rows", "rule", "n", "sheet", "ask")
    rows = _overview_rows(found, names, lang)
    widths = [_width([say(f"supplier.{heads[i]}", lang), *(r[i] for r in rows)]) for i in range(6)]
    for column, width in enumerate(widths):
        page.set_column(column, column, width)
    page.write_string(0, 0, say("supplier.title", lang, name=found.titles[lang]), styles["title"])
    for n, text in enumerate(lines, 1):
        page.write_string(n, 0, text, styles["plain"])
    top = len(lines) + 2
    for column, head in enumerate(heads):
        page.write_string(top, column, say(f"supplier.{head}", lang), styles["head"])
    for n, row in enumerate(rows, top + 1):
        for column, value in enumerate(row):
            if isinstance(value, int):
                page.write_number(n, column, value, styles["number"])
            elif heads[column] == "sheet" and value:
                page.write_url(n, column, f"internal:'{value}'!A1", styles["link"], value)
            else:
                page.write_string(n, column, _cut(str(value), lang), styles["plain"])
    page.freeze_panes(top + 1, 0)
    page.set_landscape()
    page.fit_to_pages(1, 0)


def _overview_rows(found: Returned, names: Sequence[str], lang: str) -> list[tuple]:
    """A row for each file and rule, and one for each file without fault."""
    rows: list[tuple] = []
    for file in found.files:
        own = [
            (sheet, name)
            for sheet, name in zip(found.sheets, names[1:], strict=True)
            if sheet.file == file["path"]
        ]
        for sheet, name in own:
            rule, ask = term("rule", sheet.rule, lang), _ask(sheet.rule, lang)
            rows.append((sheet.file, file["rows_read"], rule, sheet.total, name, ask))
        if not own:
            told = say("supplier.none_rejected", lang)
            rows.append((file["path"], file["rows_read"], told, 0, "", ""))
    return list(dict.fromkeys(rows))


def _sheet(page: Any, styles: dict, sheet: Sheet, lang: str) -> None:
    """The rows of one file that break one rule."""
    rule = term("rule", sheet.rule, lang)
    own = sheet.headers if any(row.headers for row in sheet.rows) else None
    headers = list(own) if own else [say("supplier.whole", lang)]
    told = [say(f"supplier.{name}", lang) for name in ("faulty", "value", "rule", "ask")]
    heads = [say("supplier.line", lang), *headers, *told]
    sides = [_told(row, sheet, rule, lang) for row in sheet.rows]
    for place in range(len(heads)):
        shown = [
            _at(row, side, place, len(headers)) for row, side in zip(sheet.rows, sides, strict=True)
        ]
        page.set_column(place, place, _width([heads[place], *shown[:200]]))
    head = say("supplier.head", lang, file=sheet.file, rule=rule, n=sheet.total)
    page.write_string(0, 0, head, styles["title"])
    page.write_string(1, 0, _ask(sheet.rule, lang), styles["plain"])
    if sheet.total > len(sheet.rows):
        left = sheet.total - len(sheet.rows)
        more = say("supplier.capped", lang, shown=len(sheet.rows), left=left)
        page.write_string(2, 0, more, styles["plain"])
    for column, text in enumerate(heads):
        page.write_string(4, column, _cut(text, lang), styles["head"])
    for n, (row, side) in enumerate(zip(sheet.rows, sides, strict=True), 5):
        page.write_number(n, 0, row.line, styles["number"])
        for place in range(len(headers)):
            style = styles["faulty" if place in row.faulty else "plain"]
            text = row.cells[place] if place < len(row.cells) else None
            if text is None:
                page.write_blank(n, 1 + place, None, style)
            else:
                page.write_string(n, 1 + place, _cut(text, lang), style)
        for place, text in enumerate(side, 1 + len(headers)):
            page.write_string(n, place, _cut(text, lang), styles["told"])
    page.ignore_errors({"number_stored_as_text": f"A1:XFD{len(sheet.rows) + 6}"})
    page.freeze_panes(5, 1)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(4)


def _told(row: Row, sheet: Sheet, rule: str, lang: str) -> tuple[str, str, str, str]:
    """What stands beside a row: faulty column, refused value, what is wrong, what to do."""
    known = sheet.known.get(row.column, ())
    wrong = say("supplier.several", lang, rule=rule, known=known) if known else rule
    columns = say("supplier.whole", lang) if not row.column else ", ".join(row.headers)
    value = row.value or (say("supplier.empty", lang) if row.column else "")
    return columns or row.column, value, wrong, _ask(sheet.rule, lang)


def _at(row: Row, side: tuple[str, ...], place: int, headers: int) -> object:
    if place == 0:
        return row.line
    own = place - 1
    if own < headers:
        return row.cells[own] if own < len(row.cells) else ""
    return side[own - headers]


def _ask(rule: str, lang: str) -> str:
    return term("supplier_ask", rule, lang)


def _width(shown: Sequence[object]) -> float:
    """A column as wide as its widest text, within bounds; a Chinese sign is two wide."""
    from wcwidth import wcswidth

    widest = max(max(wcswidth(text), len(text)) for text in (str(s or "") for s in shown))
    return min(max(WIDTHS[0], widest + 2), WIDTHS[1])


def _cut(text: str, lang: str) -> str:
    """A text that fits a cell, saying so where it was cut."""
    return text if len(text) <= CELL else say("supplier.cut", lang, text=text[:CELL])
