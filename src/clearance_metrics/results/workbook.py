"""Answers in one workbook: a sheet each, and one that says what was asked, of what data."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import OutputError
from . import frames
from .display import head_word
from .wording import capital
from .words import check_language, say, unit_word

if TYPE_CHECKING:
    from .table import ResultTable

TEXTS = {"strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}
WIDTHS = (16, 34, 48, 14, 14, 48, 60)  # of the columns that tell of the sheets
DO = 'write {"ports": cm.measure(log, "import_overall", by="port")}'


def write_excel(
    file: str | Path, answers: Mapping[str, ResultTable], *, lang: str | None = None
) -> None:
    """A workbook with a sheet per answer, called as in `answers`, and a last one that says of each
    what was asked, its finding, unit, day and source, and what the columns mean.

    Words are in `lang`, or in the language of each answer. A text that begins like a formula stays
    a text. OutputError where a sheet cannot be called so, or the file cannot be written.

    >>> from tempfile import TemporaryDirectory
    >>> import clearance_metrics as cm, pandas as pd
    >>> with TemporaryDirectory() as folder:
    ...     cm.write_excel(f"{folder}/both.xlsx", {"clocks": cm.list_clocks()})
    ...     list(pd.read_excel(f"{folder}/both.xlsx", sheet_name=None, engine="calamine"))
    ['clocks', 'about']
    """
    from xlsxwriter import Workbook

    if not isinstance(answers, Mapping) or not answers:
        raise OutputError("there is no answer to write", str(file), DO)
    for name, answer in answers.items():
        if not hasattr(answer, "_filed"):
            raise OutputError(f"sheet {name!r} is no answer", str(file), DO)
        if not str(name).strip():
            raise OutputError("cannot write: a sheet has no name", str(file), DO)
    sheets = {str(name): _frame(one, lang, file) for name, one in answers.items()}
    speaking = check_language(lang or next(iter(answers.values())).lang)
    with frames.writing(file), Workbook(str(file), TEXTS) as book:
        for name, frame in sheets.items():
            frame.write_excel(book, name, autofit=True, freeze_panes=(1, 0))
        told = say("about.sheet", speaking)
        taken = {name.lower() for name in sheets}
        while told.lower() in taken:
            told += "_"
        columns = dict.fromkeys(name for frame in sheets.values() for name in frame.columns)
        _about(book, told, answers, list(columns), speaking, lang)


def _frame(answer: ResultTable, lang: str | None, file: str | Path) -> Any:
    """The records of an answer as a sheet holds them."""
    import polars as pl

    records = answer._filed(check_language(lang or answer.lang))
    if len(records) > frames.SHEET:
        what = f"{len(records):,} rows do not fit a sheet of {frames.SHEET:,}"
        raise OutputError(what, str(file), "write them with to_csv")
    if not records:
        return pl.DataFrame(schema=list(answer.shown))
    return pl.DataFrame(records, infer_schema_length=None, strict=False)


def _about(
    book: Any,
    name: str,
    answers: Mapping[str, ResultTable],
    columns: list[str],
    speaking: str,
    lang: str | None,
) -> None:
    """The sheet that tells of the others."""
    page = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "bottom": 1})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    heads = ("of_sheet", "asked", "finding", "unit", "as_of", "source", "note")
    for place, (head, width) in enumerate(zip(heads, WIDTHS, strict=True)):
        page.set_column(place, place, width)
        page.write_string(0, place, say(f"about.{head}", speaking), bold)
    line = 1
    for sheet, answer in answers.items():
        own = lang or answer.lang
        told = (
            str(sheet),
            answer.caption(own),
            capital(answer.headline(own)),
            units_of(answer, own),
            answer.as_of,
            answer.source(own),
            answer.beware(own),
        )
        for place, text in enumerate(told):
            page.write_string(line, place, text, wrapped)
        line += 1
    named = [(column, head_word(column, speaking)) for column in columns]
    named = [(column, word) for column, word in named if word != column]
    if not named:
        return
    for place, head in enumerate(("column", "meaning")):
        page.write_string(line + 1, place, say(f"about.{head}", speaking), bold)
    for place, pair in enumerate(named, line + 2):
        for side, text in enumerate(pair):
            page.write_string(place, side, text, wrapped)


def units_of(answer: ResultTable, lang: str) -> str:
    """The units of an answer's values, in words."""
    found = dict.fromkeys(str(getattr(row, "unit", "") or "") for row in answer.rows)
    named = [unit for unit in found if unit] or [answer.unit]
    return say("mark.list", lang).join(unit_word(unit, lang) for unit in named if unit)
