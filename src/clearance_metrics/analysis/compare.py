"""compare(): two groups of cases side by side in one call. A difference, never an effect."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .. import statistics as st
from ..domain.arguments import check_groups, check_level, check_metric
from ..domain.as_of import AsOf
from ..domain.between import Between
from ..domain.calendars import WorkCalendar
from ..domain.ends import ENOUGH
from ..domain.metrics import Metric
from ..domain.statistic import Statistic
from ..domain.tariff import Tariff
from ..engine.asking import asked_of_log
from ..engine.cells import Cell
from ..engine.log import EventLog
from ..engine.references import tariff_of
from ..engine.tally import tally
from ..errors import LogError, NothingToShow, closest
from ..results.display import NONE, Display, head_word
from ..results.table import LANG, Record, ResultTable
from ..results.words import figure, joined, say, statistic_word, unit_word
from ..statistics.reasons import Reason
from .cases import behind
from .caution import Figures
from .doubts import Doubts, found_doubts
from .estimates import estimate, pooled, sample_of, unit_in
from .notes import left_out, meaning
from .several import metric_of
from .split_lines import check_cases_once
from .told import bounds_of, noted, told_clearly

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KINDS = ("mean", "share", "within", "median", "percentile", "restricted_mean")
HEADED = frozenset({"up_to"})  # what stands over the column already
OTHERS = object()  # in place of a group: every case of another one


@dataclass(frozen=True, kw_only=True)
class CompareRow(Record):
    """One side ("a" or "b"), or the difference of the first less the second."""

    side: str
    groups: tuple[tuple[str, object], ...]
    statistic: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    n_open: int
    unit: str
    reasons: tuple[Reason, ...] = ()
    labelled = True

    def label(self, lang: str = LANG) -> str:
        """The side's group, or that it is the difference."""
        if self.side == "difference":
            return say("compare.difference", lang)
        (_, value), *_ = self.groups
        return say("compare.others", lang) if value is None else str(value)


@dataclass(frozen=True, kw_only=True, repr=False)
class Comparison(ResultTable[CompareRow]):
    """What `compare` answers: the first side, the second, and their difference.

    `value`, `low` and `high` are those of the difference.
    """

    rows: tuple[CompareRow, ...]
    as_of: str
    metric: str
    unit: str
    shown = ("label", "statistic", "value", "low", "high", "n", "n_open", "unit", "note")

    @property
    def difference(self) -> CompareRow:
        """The row of the first side less the second."""
        return self.rows[-1]

    def _headline(self, lang: str) -> str:
        """Both sides and whether they differ clearly."""
        one, two, gap = self.rows
        asked = {"metric": self.caption(lang), "as_of": self.as_of}
        if gap.value is None:
            return say("compare.none", lang, **asked, why=gap.reasons[:1])
        statistic = statistic_word(gap.statistic, self.unit, lang)
        facts = {
            "a": self._side(one, lang),
            "b": self._side(two, lang),
            "of_a": _figure(one.value, one.unit),
            "of_b": _figure(two.value, two.unit),
            "clear": told_clearly(gap.low, gap.high),
        }
        if gap.unit == "share":
            ends = (None, None) if gap.low is None else (100 * gap.low, 100 * (gap.high or 0))
            facts |= {"value": Reason("compare.points", value=100 * gap.value)}
        else:
            ends = (gap.low, gap.high)
            unit = unit_word(gap.unit, lang)
            facts |= {"value": Reason("compare.in_unit", value=gap.value, unit=unit)}
        facts |= {"change": bounds_of(*ends), "statistic": statistic}
        return say("compare.sides", lang, **asked, **facts)

    def _side(self, row: CompareRow, lang: str) -> str:
        """A side in words."""
        (name, value), *_ = row.groups
        return row.label(lang) if value is None else self.group_word(name, value, lang)

    def _table(self, lang: str) -> Display:
        """A row per side and their difference, each figure with its interval below."""
        figures = Figures(self.to_dicts(), lang)
        (column, _), *_ = self.rows[0].groups
        opened = any(row.n_open for row in self.rows)
        heads = [head_word(column, lang), statistic_word(self.rows[0].statistic, self.unit, lang)]
        heads += [head_word("n", lang)] + [head_word("n_open", lang)] * opened
        rows = []
        for row in self.rows:
            gap = row.side == "difference"
            name = row.label(lang) if gap else self._side(row, lang)
            told = figures(row.unit, row.value, row.low, row.high, signed=gap)
            counts = [NONE if gap else figure(n, 0, lang) for n in (row.n, row.n_open)]
            rows.append((name, told, *counts[: 1 + opened]))
        unit = unit_word(self.rows[0].unit, lang)
        asked = say("table.in_unit", lang, about=self.asked(lang), unit=unit)
        return Display(heads, rows, caption=asked, numbers=range(1, len(heads)))

    def _beware(self, lang: str) -> str:
        """What the rows have to say, with the side where only one says it."""
        sides = [(self._side(row, lang), row) for row in self.rows[:2]]
        kept = [(name, [w for w in row.reasons if w.code not in HEADED]) for name, row in sides]
        known = {why for _, reasons in kept for why in reasons}
        gap = [why for why in self.difference.reasons if why not in known]
        told = [*self._remarks, *noted(kept), *noted([("", gap)])]
        return joined(told, lang, "report.gap")

    def _drawn(self, lang: str, title: str, source: str) -> Figure:
        from ..results.charts.groups import dots

        if any(row.value is None for row in self.rows[:2]):
            raise NothingToShow("there is no value to draw", "chart", "see the notes of the table")
        rows = [{**vars(row), "label": self._side(row, lang)} for row in self.rows]
        # of a difference there are no cases of its own
        rows[-1] |= {"n": None, "label": self.difference.label(lang)}
        told = statistic_word(self.rows[0].statistic, self.unit, lang)
        unit = unit_word(self.rows[0].unit, lang)
        return dots({told: rows}, title=title, source=source, unit=unit)

    def __repr__(self) -> str:
        return f"{self.asked()}\n{self}"


def _figure(value: float | None, unit: str) -> Reason:
    return Reason("compare.share" if unit == "share" else "compare.figure", value=value)


@asked_of_log
def compare(
    log: EventLog,
    metric: Metric | str,
    *,
    by: str,
    a: object,
    b: object = None,
    as_of: object = None,
    statistic: str | None = None,
    between: Any = None,
    level: float = 0.95,
    calendar: WorkCalendar | None = None,
    tariff: Tariff | None = None,
) -> Comparison:
    """The cases of group `a` of the column `by` against those of group `b`, or without b against
    all other cases that have a group: each side, and the first less the second with its interval.

    `statistic`: "mean", "median" or a percentile ("p90"), "within:24", "share", or
    "restricted_mean:168"; by default the mean or share, and for a clock with open cases the
    restricted mean up to the last time with enough cases at risk on both sides. `between` keeps
    cases of some days, as of `measure`. Intervals of differences: from both sides' half widths for
    means, Newcombe's for shares, recovered from both intervals for percentiles (Zou and Donner
    2008). The groups differ in goods and seasons: for cases that are alike see `compare_matched`,
    for tests and strata with open cases `compare_survival`. LogError for groups the log does not
    have, CalendarError for years without official working days.

    >>> import polars as pl
    >>> from clearance_metrics import Duration, EventLog, compare
    >>> ids, hours = [str(i) for i in range(8)], [1, 2, 2, 3, 4, 5, 5, 6]
    >>> events = pl.DataFrame({"case_id": ids * 2, "time": [0] * 8 + [3600 * h for h in hours],
    ...     "milestone": ["declared"] * 8 + ["customs_released"] * 8})
    >>> log = EventLog(events, pl.DataFrame({"case_id": ids, "port": [*"xxxxyyyy"]}))
    >>> clock = Duration("declared", "customs_released")
    >>> found = compare(log, clock, by="port", a="x", b="y", as_of="1970-01-02")
    >>> [(row.side, row.value) for row in found]
    [('a', 2.0), ('b', 5.0), ('difference', -3.0)]
    >>> print(found.headline().split(": ")[1].split(", which")[0])
    x 2.00, y 5.00, difference -3.00 hours (-4.84 to -1.16), clearly different
    """
    metric = metric_of(metric, log)
    check_metric(metric)
    check_level(level)
    if not isinstance(by, str):
        raise LogError(f"by={by!r} is no name of a column", "by", 'write by="port"')
    check_groups((by,), reserved=CompareRow.own_names())
    if metric.distinct:
        what = f"{metric.name} has no groups of cases"
        raise LogError(what, "compare", "give a Duration, a Fee, or a Share of cases")
    check_cases_once(log, metric, (by,), "compare")
    given = None if statistic is None else _checked(metric, statistic, log)
    asked, when, span = metric.on(calendar), AsOf.of(as_of, log.timezone), Between.of(between)
    rates = tariff_of(asked, tariff)
    cells = tally(log, asked, as_of=when, by=(by,), between=span, tariff=rates)
    doubts = found_doubts(log, asked, cells, when, span)
    sides = [_cell(cells, by, a), _cell(cells, by, OTHERS if b is None else b, but=a)]
    said: tuple[Reason, ...] = ()
    if given is None:
        given, said = _usual(asked, sides)
    if given.kind == "restricted_mean" and given.limit is None:
        # both sides up to one time, or their means were of different things
        given = Statistic(given.kind, st.common_tau(_samples(asked, sides)))
    made = _Made(log, asked, given, level, doubts)
    rows = [
        made.row(name, ((by, None if group is OTHERS else group),), cell, said)
        for name, group, cell in zip(
            ("a", "b"), (a, OTHERS if b is None else b), sides, strict=True
        )
    ]
    rows.append(made.difference(by, rows))
    unit = unit_in(log, asked)
    found = Comparison(rows=tuple(rows), as_of=when.text, metric=asked.name, unit=unit)
    object.__setattr__(found, "_of_clock", getattr(metric, "label", ""))
    if b is not None:  # all others together are no group of the log
        behind(found, log, asked, as_of=when, between=span, tariff=rates)
    return found


def _checked(metric: Metric, statistic: str, log: EventLog) -> Statistic:
    """The statistic; LogError for one whose difference has no interval."""
    found = Statistic.parse(statistic).cut(metric.is_time and log.is_signed(metric))
    metric.accepts(found)
    if found.kind not in KINDS or (metric.is_ratio and found.kind != "mean"):
        remedy = 'write "mean", "median", "p90", "within:24", "share" or "restricted_mean:168"'
        raise LogError(f"{statistic!r} of {metric.name} is not compared", "statistic", remedy)
    return found


def _cell(cells: Sequence[Cell], by: str, group: object, but: object = None) -> Cell:
    """The cases of one group, or of all others; LogError where there are none."""
    known = [cell.group[0] for cell in cells if cell.group[0] is not None]
    if group is OTHERS:
        found = [cell for cell in cells if cell.group[0] not in (None, but)]
    elif group == but:
        raise LogError(f"a and b are both {group!r}", "a, b", "name two groups")
    else:
        found = [cell for cell in cells if cell.group[0] == group]
    whole = pooled(found)
    if whole is None:
        what = f"no case has {by} = {group!r}" if group is not OTHERS else "there is no other group"
        raise LogError(what, "a, b", closest(str(group), map(str, known)))
    return whole


def _usual(metric: Metric, sides: Sequence[Cell]) -> tuple[Statistic, tuple[Reason, ...]]:
    """What is compared where nothing is asked for, and why it is no plain mean."""
    if metric.is_share:
        return Statistic.parse("share"), ()
    if not any(sample.n_open or sample.n_late for sample in _samples(metric, sides)):
        return Statistic.parse("mean"), ()
    return Statistic.parse("restricted_mean"), (Reason("compare.open"),)


def _samples(metric: Metric, sides: Sequence[Cell]) -> list[st.Sample]:
    return [sample_of(metric, cell) for cell in sides]


@dataclass(frozen=True)
class _Made:
    """Rows of one statistic."""

    log: EventLog
    metric: Metric
    statistic: Statistic
    level: float
    doubts: Doubts

    def row(
        self, side: str, groups: tuple[tuple[str, object], ...], cell: Cell, said: Iterable[Reason]
    ) -> CompareRow:
        """One side."""
        answer, sample = estimate(self.metric, cell, self.statistic, self.level)
        if self.doubts.snapshot:
            answer = st.Estimate.refused(*self.doubts.snapshot)
        notes = meaning(self.metric, sample, self.statistic, self.log.vocabulary)
        return CompareRow(
            side=side,
            groups=groups,
            statistic=str(self.statistic),
            value=answer.value,
            low=answer.low,
            high=answer.high,
            n=sample.n,
            n_open=sample.n_open,
            unit=self.metric.unit_of(self.statistic, cell.currency or "CNY"),
            reasons=(*answer.reasons, *said, *notes, *self.doubts.warning, *left_out(cell)),
        )

    def difference(self, by: str, sides: Sequence[CompareRow]) -> CompareRow:
        """The first less the second."""
        one, two = sides
        found = self._gap(*(st.Estimate(s.value, s.low, s.high) for s in (two, one)))
        few = min(one.n, two.n) < ENOUGH
        notes = [Reason("survival.no_effect")]
        notes += [Reason("assess.few_in_a_group", enough=ENOUGH)] if few else []
        return CompareRow(
            side="difference",
            groups=((by, None),),
            statistic=one.statistic,
            value=found.value,
            low=found.low,
            high=found.high,
            n=one.n + two.n,
            n_open=one.n_open + two.n_open,
            unit=one.unit,
            reasons=(*found.reasons, *notes),
        )

    def _gap(self, before: st.Estimate, after: st.Estimate) -> st.Estimate:
        if self.statistic.kind == "restricted_mean" and self.statistic.limit is None:
            return st.Estimate.refused(st.FEW_ENDS)
        if before.value is None or after.value is None:
            return st.Estimate.refused(Reason("no_value_on_a_side"))
        if None in (before.low, before.high, after.low, after.high):
            why = (Reason("no_interval_on_a_side"),)
            return st.Estimate(after.value - before.value, reasons=why)
        if self.statistic.kind in ("mean", "restricted_mean") and not self.metric.is_share:
            return st.difference_of_means(before, after, self.level)
        return st.difference_of_intervals(before, after)


__all__ = ["CompareRow", "Comparison", "compare"]
