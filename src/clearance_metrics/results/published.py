"""Figures that authorities published, as tables that show themselves and say how sure they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..domain.between import Between, first_day
from ..errors import LogError, closest
from ..statistics.reasons import Reason
from .display import NONE, Display, head_word
from .record import Record
from .table import ResultTable, Row
from .words import figure, has, say, term, unit_word

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SIDES = ("import", "export")
# what stands over the columns of place, kind and scope
HEADS = {
    "stage_split": ("place", "direction", "stage"),
    "targets": ("document", "kind", "about"),
    "operating_limits": ("place", "kind", "operation"),
    "surveys": ("place", "direction", "about"),
}
UNITS = {"certificates": "types", "surveys": "days"}  # that a caption tells instead of the heads
SPAN = re.compile(r"(\S*)\.\.(\S*)")


@dataclass(frozen=True, kw_only=True)
class PublishedRow(Record):
    """One published figure, or a statement without one (`value` None).

    Figures of one statement share its `entry`; `figure` says which of them it is, `kind` whether it
    was reported or asked for, or of what span it is. `confidence` is V (read in the original), V2
    (second-hand) or D (worked out).
    """

    entry: int
    figure: str
    period: str
    first: str | None
    last: str | None
    kind: str
    scope: str
    clock: str
    value: float | None
    unit: str
    rule: str
    confidence: str
    source: str
    period_zh: str
    where_zh: str
    where_en: str
    about_zh: str
    about_en: str
    note_zh: str
    note_en: str

    def of(self, name: str, lang: str) -> str:
        """One of the texts that the figure brings with it, in a language or else in English."""
        return str(getattr(self, f"{name}_{lang}", "") or getattr(self, f"{name}_en", ""))

    def said_value(self, lang: str, unit: bool) -> str:
        """The figure as it was published: hours with two decimals, and what limit it is."""
        if self.value is None:
            return NONE
        places = 2 if self.unit == "hours" else 0 if self.value.is_integer() else 1
        told = figure(self.value, places, lang)
        if unit and self.unit == "percent":
            told = f"{told}%"
        elif unit and self.unit:
            told = say("figure.with_unit", lang, value=told, unit=_counted(self.unit, lang))
        rule = f"published_rule.{self.rule}"
        return say(rule, lang, value=told) if has(rule) else told


def period_word(period: str, lang: str, own: str = "") -> str:
    """A period as its source names it; a span that is open on one side says so.

    >>> period_word("2016-09..", "en"), period_word("..2021-12-31", "en")
    ('since 2016-09', 'by 2021-12-31')
    """
    found = SPAN.fullmatch(period)
    if own or not found:
        return own or period or NONE
    first, last = found.groups()
    code = "figure.span" if first and last else "figure.since" if first else "record.by"
    return say(code, lang, first=first, last=last)


def _counted(unit: str, lang: str) -> str:
    """A unit as it is written after a number; of money the currency."""
    code = f"unit_counted.{unit}"
    return say(code, lang) if has(code) else term("currency", unit_word(unit, lang), lang)


def glossed(source: str, lang: str) -> str:
    """A source by its own name, with what that is called in the language where it is another.

    >>> glossed("an own report, 2018; http://a.cn/1", "en")
    'an own report, 2018; http://a.cn/1'
    """
    name = re.split(r"[ ;]", source, maxsplit=1)[0]
    told = term("publisher", name, lang)
    if told == name:
        return source
    return say("record.glossed", lang, name=name, told=told) + source[len(name) :]


def sure(confidence: str, lang: str) -> str:
    """How sure a figure is, as a mark and in words."""
    return say(f"confidence.{confidence}", lang)


class Cited(ResultTable[Row]):
    """Tables of published figures: they have no day, and their sources stand in their rows."""

    def source(self, lang: str | None = None) -> str:
        """Where the figures were read: it stands with each of them."""
        return say("record.cited", self._in(lang)) if len(self) else ""


@dataclass(frozen=True, kw_only=True, repr=False)
class Published(Cited[PublishedRow]):
    """What `published` answers: a row per figure, in the order of the record.

    `left_out` counts statements in circulation that nobody could verify; they are no rows.
    """

    rows: tuple[PublishedRow, ...]
    name: str
    left_out: int = 0
    as_of: str = ""
    shown = ("period", "figure", "value", "unit", "confidence", "source", "note")

    _finding: Reason | None = None
    _levels: Mapping[str, float] | None = None  # that the plan asked for, by side
    _bases: Mapping[str, float] | None = None  # by clock

    def base(self, clock: str) -> float | None:
        """The national figure of the base year, against which cuts are announced, that was
        published for a named clock; None where none was.

        >>> from clearance_metrics import published
        >>> national = published("national_clearance")
        >>> national.base("import_overall"), national.base("import_customs_only")
        (97.39, 16.7)
        """
        return (self._bases or {}).get(clock)

    def points(self, side: str, *, between: Any = None) -> list[dict[str, Any]]:
        """The figures of single months, to be drawn beside a measured clock: period and value.

        `side` is "import" or "export", or the clock ("import_overall"); `between` keeps to a first
        and last month, as in `measure`. LogError where the table has no such figures of one place.

        >>> from clearance_metrics import published
        >>> published("national_clearance").points("import", between=("2021-06", "2021-12"))
        [{'period': '2021-06', 'value': 36.68}, {'period': '2021-12', 'value': 32.97}]
        """
        rows = [r for r in self.rows if r.kind == "month" and r.unit == "hours"]
        known = {r.figure for r in rows} | {f"{r.figure}_{r.clock}" for r in rows}
        if side not in known or len({r.where_en for r in rows}) > 1:
            what = f"{self.name} has no monthly figures of one place for {side!r}"
            names = closest(str(side), sorted(known)) if known else ""
            raise LogError(what, "points", names or 'ask published("national_clearance")')
        span = Between.of(between)
        kept = [
            {"period": str(row.first)[:7], "value": row.value}
            for row in rows
            if side in (row.figure, f"{row.figure}_{row.clock}") and _within(row.period, span)
        ]
        return kept

    def _caption(self, lang: str) -> str:
        return say(f"published_table.{self.name}", lang)

    def _headline(self, lang: str) -> str:
        if self._finding is not None:
            return say(self._finding, lang)
        n = sum(row.value is not None for row in self.rows)
        return say("record.count", lang, about=self._caption(lang), n=n)

    def _beware(self, lang: str) -> str:
        told = [super()._beware(lang)]
        if self.left_out:
            told.append(say("record.unverified", lang, n=self.left_out))
        return say("report.gap", lang).join(text for text in told if text)

    def _table(self, lang: str) -> Display:
        if not self.rows:
            return super()._table(lang)
        entries: dict[int, dict[str, PublishedRow]] = {}
        for row in self.rows:
            entries.setdefault(row.entry, {})[row.figure] = row
        figures = list(dict.fromkeys(row.figure for row in self.rows))
        units = {f: {r.unit for r in self.rows if r.figure == f} for f in figures}
        clocks = len({row.clock for row in self.rows}) > 1
        lines = []
        for told in entries.values():
            row = next(iter(told.values()))
            line = [period_word(row.period, lang, row.period_zh if lang == "zh" else "")]
            line += [row.of("where", lang), self._kind(row, lang), self._about(row, lang)]
            line += [say(f"published_clock.{row.clock}", lang) if clocks else ""]
            line += [
                told[f].said_value(lang, len(units[f]) > 1) if f in told else NONE for f in figures
            ]
            line += [
                sure(row.confidence, lang),
                f"{glossed(row.source, lang)}\n{row.of('note', lang)}".strip(),
            ]
            lines.append(line)
        named = HEADS.get(self.name, ("place", "kind", "scope"))
        heads = [head_word("period", lang)]
        heads += [say(f"record.{n}", lang) for n in (*named, "clock")]
        heads += [say(f"published_figure.{f}", lang) for f in figures]
        heads += [say(f"record.{n}", lang) for n in ("confidence", "source_and_note")]
        kept = [i for i in range(len(heads)) if any(line[i] for line in lines)]
        cells = [tuple(line[i] for i in kept) for line in lines]
        numbers = [k for k, i in enumerate(kept) if 0 <= i - 5 < len(figures)]
        asked = self.caption(lang)
        if (unit := UNITS.get(self.name)) is not None:
            asked = say("table.in_unit", lang, about=asked, unit=unit_word(unit, lang))
        return Display([heads[i] for i in kept], cells, caption=asked, numbers=numbers)

    def _kind(self, row: PublishedRow, lang: str) -> str:
        """Whether it was reported or asked for; of what span it is, the period says already."""
        code = f"published_kind.{row.kind}"
        return say(code, lang) if row.kind and has(code) else ""

    def _about(self, row: PublishedRow, lang: str) -> str:
        own = row.of("about", lang)
        return own or (term("refund_scope", row.scope.replace(" ", "_"), lang) if row.scope else "")

    def chart(
        self, lang: str | None = None, title: str = "", source: str = "", **more: Any
    ) -> Figure:
        """National levels by month and year with those that the plan of 2018 asked for, or the
        counts of certificates; LogError for the tables that have no picture of their own.
        """
        return super().chart(lang, title, source or self._read_at(self._in(lang)), **more)

    def _read_at(self, lang: str) -> str:
        """Where the figures were read, for a picture that stands without the table."""
        if self.name == "national_clearance":
            return say("record.levels_source", lang)
        return say("record.sources", lang, pages=" · ".join(_pages(self._counts())))

    def _counts(self) -> list[PublishedRow]:
        """The figures of a bar chart: reported counts, no targets."""
        rows = [r for r in self.rows if r.figure == self.rows[0].figure and r.kind == "count"]
        return [row for row in rows if row.value is not None]

    def _drawn(self, lang: str, title: str, source: str, **more: Any) -> Figure:
        if self.name == "national_clearance":
            return self._level_chart(lang, title, source)
        if self.name == "certificates":
            return self._bars(lang, title, source)
        return super()._drawn(lang, title, source, **more)

    def _level_chart(self, lang: str, title: str, source: str) -> Figure:
        from .charts.published import published_levels

        words = {side: say(f"side.{side}", lang) for side in SIDES}
        base = self.rows[0].period
        panels = {words[side]: [_point(r) for r in self.rows if r.figure == side] for side in SIDES}
        levels = {
            words[side]: [(hours, say("record.plan", lang, hours=hours))]
            for side, hours in (self._levels or {}).items()
        }
        return published_levels(
            {name: [p for p in rows if p["of"] != base] for name, rows in panels.items()},
            lang=lang,
            title=title,
            source=source,
            references=levels,
        )

    def _bars(self, lang: str, title: str, source: str) -> Figure:
        from .charts.groups import bars

        rows = [
            {
                "label": period_word(r.period, lang, r.period_zh if lang == "zh" else ""),
                "value": r.value,
            }
            for r in self._counts()
        ]
        return bars(rows, title=title, source=source, unit=unit_word("types", lang))


def _pages(rows: Iterable[PublishedRow]) -> Iterable[str]:
    """The addresses that figures were read at, each once."""
    return dict.fromkeys(row.source.split(" ")[-1] for row in rows)


def _within(period: str, span: Between | None) -> bool:
    day = first_day(period)
    if span is None or day is None:
        return True
    return (span.first is None or day >= span.first) and (span.last is None or day <= span.last)


def _point(row: PublishedRow) -> dict[str, Any]:
    """A figure as a chart draws it: a year stands in its middle."""
    annual, first = row.kind == "annual", str(row.first)
    return {
        "of": row.period,
        "period": f"{first[:4]}-07" if annual else first[:7],
        "value": row.value,
        "label": f"{row.value:,.2f}",
        "annual": annual,
    }


@dataclass(frozen=True, kw_only=True)
class ListedRow(Record):
    """One table of the published record: its citable figures, and the statements left out."""

    name: str
    figures: int
    left_out: int
    labelled = True

    def label(self, lang: str = "en") -> str:
        """What the figures are of."""
        return say(f"published_table.{self.name}", lang)


@dataclass(frozen=True, kw_only=True, repr=False)
class PublishedList(Cited[ListedRow]):
    """What `list_published` answers: a row per table of the record."""

    rows: tuple[ListedRow, ...]
    as_of: str = ""
    shown = ("name", "label", "figures", "left_out")

    def source(self, lang: str | None = None) -> str:
        """None: the tables name their sources."""
        return ""

    def _headline(self, lang: str) -> str:
        left = sum(row.left_out for row in self.rows)
        told = say("record.listed", lang, n=sum(r.figures for r in self.rows), of=len(self.rows))
        return say("record.listed_left", lang, told=told, n=left) if left else told

    def _table(self, lang: str) -> Display:
        heads = [say(f"record.{n}", lang) for n in ("about", "figures", "left_out")]
        cells = [
            (row.label(lang), figure(row.figures, 0, lang), figure(row.left_out, 0, lang))
            for row in self.rows
        ]
        return Display(heads, cells, numbers=(1, 2))
