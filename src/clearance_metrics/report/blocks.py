"""What a page is made of: blocks with a finding as title, a table or chart, and a source line.

A block speaks one language, that of its book; its words stand in the catalogues.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, wraps
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from ..assessment.assess import assess
from ..domain.calendars import WorkCalendar, load_calendar
from ..engine.log import EventLog
from ..engine.refusals import MissingColumn
from ..errors import LogError
from ..notice import Notice, load_notice
from ..notice.flags import suited
from ..results.assessment import Assessment, AssessRow
from ..results.words import check_language, has, joined, lacking, say, term
from ..statistics.reasons import Reason
from .wording import (
    NONE,
    Html,
    also_words,
    interval,
    number,
    period_words,
    short_of,
    statistic_words,
    title_of,
    unit_words,
    verdict,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LANG = "zh"  # of pages, where nobody says otherwise
ONE_LINE = len("2022-12-31")  # dates, months and numbers of cases are not broken over lines


@dataclass(frozen=True)
class Block:
    """One finding in one language: a title, its body as HTML, where it comes from, and a note."""

    title: str
    body: str
    source: str = ""
    note: str = ""

    def _repr_html_(self) -> str:
        parts = [
            f'<section class="block"><h3>{escape(self.title)}</h3>' if self.title else "<section>",
            self.body,
        ]
        if self.note:
            parts.append(f'<p class="note">{escape(self.note)}</p>')
        if self.source:
            parts.append(f'<p class="source">{escape(self.source)}</p>')
        return "".join([*parts, "</section>"])

    def __repr__(self) -> str:
        return f"<Block {self.title}>"


@dataclass(frozen=True)
class Book:
    """A log, a notice, a day and a language: what all pages of a report are about."""

    log: EventLog
    notice: Notice
    as_of: str
    calendar: WorkCalendar | None = None
    saved: str | None = None
    lang: str = LANG

    @cached_property
    def assessment(self) -> Assessment:
        """All indicators of the notice, computed once; read from the file `saved` where a build has
        made it.
        """
        if self.saved:
            rows = json.loads(Path(self.saved).read_text(encoding="utf-8"))
            return Assessment(
                rows=tuple(map(AssessRow.of, rows)),
                as_of=self.as_of,
                notice=self.notice.id,
                queries=0,
                resolution="",
            )
        return assess(self.log, self.notice, as_of=self.as_of, calendar=self.calendar)

    def rows(self, page: str | None = None, role: str | None = None) -> list[AssessRow]:
        """The assessment's rows of the indicators that the notice gives this page and role."""
        return [
            row
            for row in self.assessment
            if page in (None, self.notice.indicator(row.indicator).page)
            and role in (None, self.notice.indicator(row.indicator).role)
        ]

    def named(self, row: AssessRow) -> str:
        """What a sentence calls a row's indicator: its short name, or else its title."""
        found = self.notice.indicator(row.indicator)
        return short_of(found, self.lang) or title_of(row, self.lang)

    def say(self, what: str | Reason, **facts: object) -> str:
        """A code or reason in the book's language."""
        return say(what, self.lang, **facts)

    def joined(self, reasons: Iterable[str | Reason], mark: str = "mark.sentence") -> str:
        """Several codes or reasons in one text of the book's language."""
        return joined(reasons, self.lang, mark)

    def term(self, kind: str, name: str) -> str:
        """The word for a milestone, clock, column or value; the dataset's own word goes first."""
        own = getattr(self.log.vocabulary, f"{kind}s", {}).get(name)
        return term(kind, name, self.lang, own=own)

    def value(self, column: str, value: object) -> str:
        """The word for a value of a column, such as a mode of transport; most stand as they are."""
        return self.say("report.not_given") if value is None else self.term(column, str(value))

    def clock(self, start: str, stop: str) -> str:
        """Two milestones in words, as a table names a clock's ends."""
        return f"{self.term('milestone', start)} → {self.term('milestone', stop)}"

    def heads(self, *codes: str) -> list[str]:
        """Headers of a table; a code without a dot stands in the table `field`."""
        return [self.say(code if "." in code else f"field.{code}") for code in codes]

    @property
    def title(self) -> str:
        """The name of the dataset."""
        return title_of(self.log, self.lang) or self.log.name

    @property
    def source(self) -> str:
        """The source line under everything made from the log."""
        code = "report.source_simulated" if self.log.simulated else "report.source"
        return self.say(code, data=self.title, day=self.as_of)


def open_book(
    log: str | Path,
    notice: str = "cn-2021-85",
    as_of: str | None = None,
    extra_years: str | None = None,
    assessment: str | None = None,
    lang: str = LANG,
) -> Book:
    """The book of a processed log. `as_of` defaults to the day the dataset itself declares, never
    to today.

    `extra_years` is a CSV of official days for years that the calendar does not know, `assessment`
    the file in which a build has already written the assessment of this log, notice and day.
    `lang` is the language of everything that the book's pages say.
    """
    check_language(lang)
    found = EventLog.open(log)
    day = as_of or (found.as_of and found.as_of.isoformat())
    if not day:
        raise LogError(
            "the day up to which the log is complete is not known",
            f"log {found.name!r}",
            "add as_of to [dataset] in dataset.toml and run intake again, or give --as-of",
        )
    work = load_calendar("CN").with_years(Path(extra_years)) if extra_years else None
    asked = suited(load_notice(notice), {*found.milestones, *found.columns})
    return Book(found, asked, str(day), work, assessment, lang)


class Blocks(tuple):
    """Several blocks that one cell of a notebook shows."""

    def _repr_html_(self) -> str:
        return "".join(block._repr_html_() for block in self)


def needs_data(make: Callable[..., Block]) -> Callable[..., Block]:
    """A block that says "no data", and of what, where the log lacks a column."""

    @wraps(make)
    def made(book: Book, *args: object, **kwargs: object) -> Block:
        try:
            return make(book, *args, **kwargs)
        except MissingColumn as missing:
            return no_data(book, missing.name)

    return made


def no_data(book: Book, name: str) -> Block:
    """The block in place of one that the log cannot fill."""
    missing = lacking(name, book.log.vocabulary)
    return Block(book.say("report.no_data", missing=missing), "", book.source)


def no_indicator(book: Book) -> Block:
    """The block in place of one on indicators that the notice does not have."""
    text = book.say("report.no_indicator", number=book.notice.number)
    return Block(text, "", book.source)


def table(
    headers: Sequence[str], rows: Iterable[Sequence[object]], numbers: Iterable[int] = ()
) -> str:
    """An HTML table; `numbers` are the places of right-aligned columns.

    Cells of type Html go in as they are.
    """
    right = set(numbers)

    def cell(i: int, value: object, tag: str) -> str:
        shown = value if isinstance(value, Html) else escape(NONE if value is None else str(value))
        short = shown.isascii() and len(shown) <= ONE_LINE
        kind = ' class="n"' if i in right else ' class="s"' if short and tag == "td" else ""
        return f"<{tag}{kind}>{shown}</{tag}>"

    head = "".join(cell(i, text, "th") for i, text in enumerate(headers))
    body = "".join(
        "<tr>" + "".join(cell(i, v, "td") for i, v in enumerate(row)) + "</tr>" for row in rows
    )
    return (
        f'<div class="wide"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def assessed(rows: Iterable[AssessRow], book: Book) -> str:
    """Assessment rows as a table: indicator, value, interval, n, open, baseline or target,
    verdict.
    """
    lang = book.lang
    codes = ("indicator", "statistic", "value", "interval", "n", "n_open", "against", "verdict")
    made = []
    for row in rows:
        beside = [say("report.beside", lang)] if row.companion_of else []
        period = [period_words(row.period, lang)] if row.period else []
        plain = row.value is None or row.unit in ("", "share")
        unit = [] if plain else [unit_words(row.unit, lang)]
        words = [text for text in (also_words(row, lang), row.said(lang)) if text]
        clock = getattr(book.notice.indicator(row.indicator).metric, "unit", "")
        made.append(
            (
                _under(title_of(row, lang), " · ".join([*beside, *period])),
                statistic_words(row.statistic, clock or row.unit, row.rule, lang=lang),
                _under(number(row.value, row.unit), *unit),
                interval(row.low, row.high, row.unit, lang=lang),
                number(row.n),
                number(row.n_open),
                _against(row, lang),
                Html(verdict(row, lang) + "".join(_small(text, " class='why'") for text in words)),
            )
        )
    heads = [
        say(f"field.{code}" if has(f"field.{code}") else f"report.{code}", lang) for code in codes
    ]
    return table(heads, made, (2, 3, 4, 5))


def _against(row: AssessRow, lang: str) -> Html:
    """The target or the baseline that a row is held against."""
    if row.target is not None:
        sign = "≤" if row.rule == "at_most" else "≥"
        own = [] if row.origin == "notice" else [say("report.outside", lang)]
        return _under(f"{sign} {number(row.target, row.unit)}", str(row.due), *own)
    if row.baseline is not None:
        return _under(number(row.baseline, row.unit), say("field.baseline", lang))
    return Html(NONE)


def _under(text: str, *below: str) -> Html:
    """A text with small lines under it."""
    return Html(escape(text) + "".join(_small(line) for line in below if line))


def _small(text: str, more: str = "") -> str:
    return f"<small{more}>{escape(text)}</small>"


def chart(figure: Figure, title: str) -> str:
    """A matplotlib figure as inline SVG."""
    from ..results.charts.canvas import to_svg

    svg = to_svg(figure)
    label = escape(title, quote=True)
    return f'<div class="chart" role="img" aria-label="{label}">{svg[svg.index("<svg") :]}</div>'
