"""What `firms` answers: what firms experience on average, and how far they lie apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ..errors import LogError, NothingToShow
from ..results.block import Block
from ..results.display import NONE, Display
from ..results.periods import listed
from ..results.table import Record, ResultTable
from ..results.words import figure, has, joined, metric_word, say, term, unit_word
from ..statistics.reasons import Reason
from .reconcile_records import Reference, beside

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HOURS = 24
BARS = 20  # of one picture
NAMED = 10  # firms that a note names; `.each(row)` lists all


@dataclass(frozen=True, kw_only=True)
class FirmsRow(Record):
    """One metric, group and period: `mean` of the averages of `firms` firms with `n` cases, their
    standard deviation, coefficient of variation and P90/P50, each with its interval.

    `dropped`: firms beyond three standard deviations of log(1 + x), with their averages; they are
    in no figure. `no_firm`: cases that name none. `unit` is that of mean and sd.
    """

    what: str
    groups: tuple[tuple[str, object], ...]
    period: str | None
    unit: str
    mean: float | None
    mean_low: float | None
    mean_high: float | None
    sd: float | None
    sd_low: float | None
    sd_high: float | None
    cv: float | None
    cv_low: float | None
    cv_high: float | None
    p90_p50: float | None
    p90_p50_low: float | None
    p90_p50_high: float | None
    firms: int
    n: int
    dropped: tuple[tuple[str, float], ...]
    no_firm: int
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Each(Record):
    """One firm: its cases, its own average, and whether it lies too far out to count; None where
    it has too few cases to be shown.
    """

    firm: str
    n: int | None
    value: float | None
    dropped: bool | None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Component:
    """A part of the cost to comply, and the charge items of the log whose names say it."""

    name: str
    zh: str
    en: str
    in_scope: bool
    items: tuple[str, ...]

    def word(self, lang: str) -> str:
        """Its name in a language, or else in English."""
        return str(getattr(self, lang, "") or self.en)


@dataclass(frozen=True, kw_only=True, repr=False)
class EachFirm(ResultTable[Each]):
    """The firms behind one row of `firms`, the highest average first; withheld ones last."""

    rows: tuple[Each, ...]
    as_of: str
    unit: str
    about: str = ""
    shown = ("firm", "n", "value", "dropped", "note")
    empty = "firms.none"

    def _caption(self, lang: str) -> str:
        return say("firms.each", lang, about=self.about, unit=unit_word(self.unit, lang))

    def _table(self, lang: str) -> Display:
        heads = [say(f"firms.{name}", lang) for name in ("firm", "cases", "own_average", "counts")]
        cells = []
        for row in self.rows:
            gone = row.value is None
            counted = "" if gone else say("firms.no" if row.dropped else "firms.yes", lang)
            told = row.said(lang) if gone else in_days(row.value, self.unit, lang)
            many = NONE if row.n is None else f"{row.n:,}"
            cells.append((row.firm, many, told, counted))
        return Display(heads, cells, caption=self.asked(lang), numbers=(1, 2))


@dataclass(frozen=True, kw_only=True, repr=False)
class Firms(ResultTable[FirmsRow]):
    """What `firms` answers, a row per metric, group and period. `references`: published figures of
    surveys of firms, by direction, set beside and not compared. `components`: of the cost to
    comply, which the log's charges name.
    """

    rows: tuple[FirmsRow, ...]
    as_of: str
    level: float = 0.95
    references: tuple[tuple[str, Reference], ...] = ()
    components: tuple[Component, ...] = ()
    shown = ("period", "mean", "mean_low", "mean_high", "sd", "cv", "p90_p50", "firms", "n", "note")
    empty = "firms.none"

    _called: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    _each: Mapping[FirmsRow, tuple[Each, ...]] = field(default_factory=dict, repr=False)

    def each(self, row: FirmsRow | int = 0) -> EachFirm:
        """The firms of a row (or its number), with their cases and averages; small ones withheld
        where that was asked. LogError for what is no row of this answer.
        """
        found = self._row(row)
        if found not in self._each:
            what = "an answer that was stored has left its firms behind"
            raise LogError(what, "each", "ask the log again")
        about = self._about(found, self.lang)
        made = EachFirm(rows=self._each[found], as_of=self.as_of, unit=found.unit, about=about)
        return made._with(_reader=self._reader)

    def _about(self, row: FirmsRow, lang: str) -> str:
        """What a row is about: its metric as it was called, its groups and its period."""
        own = self._called.get(row.what, {})
        said = own.get(lang) or own.get("en") or self._name(row.what, lang)
        groups = [self.group_word(name, value, lang) for name, value in row.groups]
        return say("mark.list", lang).join([t for t in (said, *groups, row.period) if t])

    def _name(self, label: str, lang: str) -> str:
        for code in (f"firms.{label}", f"side.{label}", f"clock.{label}"):
            if label and has(code):
                return say(code, lang)
        return metric_word(label, lang)

    def _caption(self, lang: str) -> str:
        return say("firms.caption", lang)

    def _headline(self, lang: str) -> str:
        """The mean of each row, the first ones, with how many firms it rests on."""
        told = [
            Reason(
                "firms.finding",
                about=self._about(row, lang),
                mean=in_days(row.mean, row.unit, lang),
                n=row.firms,
            )
            for row in self.rows
            if row.mean is not None
        ]
        if not told:
            return say("firms.headline_none", lang)
        return joined(told[:4], lang)

    def _table(self, lang: str) -> Display:
        if not self.rows:
            return super()._table(lang)
        heads = [say(f"firms.{name}", lang) for name in ("about", "mean", "sd", "cv", "p90_p50")]
        heads += [say(f"firms.{name}", lang) for name in ("many", "cases", "left_out")]
        cells = []
        for row in self.rows:
            line = [self._about(row, lang)]
            line += [_cell(row, name, row.unit, lang) for name in ("mean", "sd")]
            line += [_cell(row, name, "ratio", lang) for name in ("cv", "p90_p50")]
            line += [f"{row.firms:,}", f"{row.n:,}", str(len(row.dropped))]
            cells.append(tuple(line))
        return Display(heads, cells, caption=self.asked(lang), numbers=range(1, len(heads)))

    def _drawn(self, lang: str, title: str, source: str) -> Figure:
        """Each mean with its interval and the spread of firms, a panel per unit."""
        from ..results.charts.canvas import wrapped
        from ..results.charts.firms import firms_apart

        told = [row for row in self.rows if row.mean is not None]
        if not told:
            what = "there is nothing to draw"
            raise NothingToShow(what, "chart", say("firms.headline_none", "en"))
        if len(told) > BARS:
            what = f"{len(told)} bars do not fit one picture"
            raise NothingToShow(what, "chart", "ask for fewer groups or longer periods")
        panels: dict[str, list[dict[str, Any]]] = {}
        for row in told:
            words = [
                say(
                    "firms.figure",
                    lang,
                    name=say(f"firms.{name}", lang),
                    value=figure(value, 2, lang),
                )
                for name in ("cv", "p90_p50")
                if (value := getattr(row, name)) is not None
            ]
            counted = say("firms.counted", lang, n=row.firms)
            shown = {"label": wrapped(self._about(row, lang), 22), "value": row.mean, "sd": row.sd}
            shown |= {"low": row.mean_low, "high": row.mean_high}
            shown["words"] = say("mark.list", lang).join(
                [in_days(row.mean, row.unit, lang), counted, *words]
            )
            panels.setdefault(term("currency", unit_word(row.unit, lang), lang), []).append(shown)
        level = f"{self.level:.0%}"
        legend = (say("firms.line_mean", lang, level=level), say("firms.line_sd", lang))
        return firms_apart(panels, title=title, source=source, legend=legend)

    def block(self, lang: str | None = None) -> Block:
        """The finding, the figures, what the cost has in it, and published figures of surveys."""
        lang = self._in(lang)
        made = super().block(lang)
        more = (*self._scope(lang), *beside(self._told(lang), lang)) if self.rows else ()
        return replace(made, parts=(*made.parts, *more))

    def _told(self, lang: str) -> list[Reference]:
        """The published figures, each with its direction."""
        return [
            replace(one, about_zh=_of_side(side, one, "zh"), about_en=_of_side(side, one, "en"))
            for side, one in self.references
        ]

    def _scope(self, lang: str) -> tuple[Display, ...]:
        """Which components of the cost to comply the charges name, and which not."""
        if not self.components:
            return ()
        cells = []
        for one in self.components:
            items = listed(one.items, lang) if one.items else say("firms.not_recorded", lang)
            scope = say("firms.in_scope" if one.in_scope else "firms.out_of_scope", lang)
            cells.append((one.word(lang), scope, items))
        heads = [say(f"firms.{name}", lang) for name in ("component", "scope", "items")]
        return (Display(heads, cells, caption=say("firms.components", lang)),)

    def _beware(self, lang: str) -> str:
        told: list[Reason | str] = []
        if any(row.unit == "days" for row in self.rows):
            told.append(Reason("firms.clock"))
        told += self._remarks
        if self.rows:
            told.append(Reason("firms.method"))
        for row in self.rows:
            about = self._about(row, lang)
            told += [Reason("firms.of", about=about, why=why) for why in self._said(row, lang)]
        lost = [one.word(lang) for one in self.components if one.in_scope and not one.items]
        if lost and self.rows:
            told.append(Reason("firms.cost_lacks", components=listed(lost, lang)))
        out = [one for one in self.components if not one.in_scope and one.items]
        told += [Reason("firms.cost_has", component=one.word(lang)) for one in out]
        if self.rows and (self.references or self.components):
            told.append(Reason("firms.no_score"))
        return joined(list(dict.fromkeys(told)), lang, "report.gap")

    def _said(self, row: FirmsRow, lang: str) -> list[Reason]:
        """What must be known of a row, the firms left out by name."""
        told = []
        for why in row.reasons:
            if why.code == "firms.over":
                continue
            if why.code == "firms.dropped":
                names = [
                    say("firms.with_average", lang, firm=name, value=in_days(value, row.unit, lang))
                    for name, value in row.dropped[:NAMED]
                ]
                more = len(row.dropped) - len(names)
                names += [say("firms.more", lang, n=more)] if more else []
                why = Reason("firms.dropped", n=len(row.dropped), names=listed(names, lang))
            told.append(why)
        return told

    def __repr__(self) -> str:
        return f"{self.headline()}\n{self}"


def in_days(value: float | None, unit: str, lang: str, hours: bool | None = None) -> str:
    """A value with its unit: days, or hours where it is under one day (or where `hours` says so);
    ratios as they are.
    """
    if value is None:
        return NONE
    if unit == "ratio":
        return figure(value, 2, lang)
    if unit == "percent_of_value":
        return f"{figure(value, 3, lang)}%"
    if unit == "days" and (abs(value) < 1 if hours is None else hours):
        value, unit = value * HOURS, "hours"
    told = figure(value, 2, lang)
    word = term("currency", unit_word(unit, lang, counted=True), lang)
    return say("figure.with_unit", lang, value=told, unit=word)


def _cell(row: FirmsRow, name: str, unit: str, lang: str) -> str:
    """A figure with its interval below; mean and deviation of a row are in one unit."""
    value, low, high = (getattr(row, f"{name}{end}") for end in ("", "_low", "_high"))
    hours = unit == "days" and row.mean is not None and abs(row.mean) < 1
    told = in_days(value, unit, lang, hours)
    if low is None or high is None or value is None:
        return told
    times = HOURS if hours else 1
    places = 3 if unit == "percent_of_value" else 2
    ends: dict[str, Any] = {"low": figure(low * times, places, lang)}
    ends["high"] = figure(high * times, places, lang)
    return f"{told}\n{say('firms.between', lang, **ends)}"


def _of_side(side: str, one: Reference, lang: str) -> str:
    return say("firms.survey", lang, side=say(f"side.{side}", lang), about=one.said("about", lang))


__all__ = ["Component", "Each", "EachFirm", "Firms", "FirmsRow"]
