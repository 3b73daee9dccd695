"""compare_matched(): two groups of cases side by side within strata. Differences, never effects."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from ..domain.arguments import check_groups, check_level, names_of
from ..domain.as_of import AsOf
from ..domain.between import Between
from ..domain.calendars import WorkCalendar
from ..domain.metrics import Condition, Duration, MatchedDifference
from ..domain.metrics.conditions import condition_text
from ..engine.asking import asked_of_log
from ..engine.cells import Cell
from ..engine.log import EventLog
from ..engine.tally import tally
from ..errors import LogError, NothingToShow
from ..results.display import head_word
from ..results.table import LANG, Single
from ..results.words import metric_word, say, unit_word, word
from ..statistics import Sample
from ..statistics.matched import Matched, matched_difference
from ..statistics.reasons import Reason
from .estimates import pooled, samples_of
from .several import clock_of
from .told import bounds_of, told_clearly

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, kw_only=True, repr=False)
class MatchedComparison(Single):
    """Mean where the split is true less where it is false, in the clock's unit; strata matched,
    cases used on each side, cases left out since they have no match.
    """

    metric: str
    value: float | None
    low: float | None
    high: float | None
    strata: int
    n_true: int
    n_false: int
    left_out: int
    unit: str
    as_of: str
    reasons: tuple[Reason, ...] = ()
    shown = ("value", "low", "high", "strata", "n_true", "n_false", "left_out", "unit", "note")

    # the clock, what splits its cases, and what the sides are alike in
    _asked_of: ClassVar[tuple[Duration, str | Condition, tuple[str, ...]] | None] = None

    def _caption(self, lang: str) -> str:
        """The clock, the split and what both sides are alike in."""
        if self._asked_of is None:
            return super()._caption(lang)
        clock, split, strata = self._asked_of
        named = self.word("clock", clock.label, lang) if clock.label else ""
        return say(
            "compare.alike",
            lang,
            metric=named or metric_word(clock.name, lang),
            split=head_word(split, lang) if isinstance(split, str) else condition_text(split),
            strata=say("mark.list", lang).join(head_word(name, lang) for name in strata),
        )

    def _headline(self, lang: str) -> str:
        """The difference, or why there is none."""
        asked = {"metric": self.caption(lang), "as_of": self.as_of}
        if self.value is None:
            return say("compare.none", lang, **asked, why=self.reasons[:1])
        facts = {"value": self.value, "change": bounds_of(self.low, self.high)}
        n = {"n_true": self.n_true, "n_false": self.n_false, "strata": self.strata}
        unit, clear = Reason(f"unit.{self.unit}"), told_clearly(self.low, self.high)
        return say("compare.matched", lang, **asked, **facts, **n, unit=unit, clear=clear)

    def _drawn(self, lang: str, title: str, source: str) -> Figure:
        from ..results.charts.groups import gaps

        if self.value is None:
            raise NothingToShow("there is no difference to draw", "chart", self.said(LANG))
        n = self.n_true + self.n_false
        row = {"label": "", "value": self.value, "low": self.low, "high": self.high, "n": n}
        unit = unit_word(self.unit, lang)
        return gaps([row], title=title, source=source, unit=unit)


@asked_of_log
def compare_matched(
    log: EventLog,
    metric: Duration | str,
    *,
    split: str | Condition,
    strata: str | Iterable[str],
    as_of: object = None,
    between: Any = None,
    level: float = 0.95,
    calendar: WorkCalendar | None = None,
) -> MatchedComparison:
    """The difference of means between cases where `split` holds and others of the same strata and
    month, in the clock's unit.

    `split` is a true-or-false column, or a condition such as
    {"declared": {"before": "conveyance_arrived"}}. Finished cases only, dated by their end;
    `between` keeps those of some days, as of `measure`. A stratum that holds one side alone is left
    out, and its cases counted. Source: Cochran (1954);
    see `statistics.matched`. LogError for names the log does not have and a split that is not true
    or false, CalendarError for years without official working days.

    >>> import polars as pl
    >>> from clearance_metrics import Duration, EventLog, compare_matched
    >>> ids, ends = ["a", "b", "c", "d"], [3600, 10800, 7200, 14400]
    >>> events = pl.DataFrame({"case_id": ids * 2, "time": [0] * 4 + ends,
    ...     "milestone": ["declared"] * 4 + ["customs_released"] * 4})
    >>> aeo, ports = [True, False, True, False], ["x", "x", "y", "y"]
    >>> log = EventLog(events, pl.DataFrame({"case_id": ids, "aeo": aeo, "port": ports}))
    >>> clock = Duration("declared", "customs_released")
    >>> found = compare_matched(log, clock, split="aeo", strata="port", as_of="1970-01-02")
    >>> found.value, found.strata, found.n_true, found.left_out
    (-2.0, 2, 2, 0)
    """
    metric = clock_of(metric, log)
    check_level(level)
    strata = names_of(strata)
    check_groups(strata)
    asked, when = MatchedDifference(metric, split, strata), AsOf.of(as_of, log.timezone)
    clock = difference_clock(log, asked, calendar)
    span = Between.of(between)
    cells = tally(log, clock, as_of=when, by=asked.groups, period="month", between=span)
    found = matched(asked, cells, level)
    stop = word("milestone", metric.stop, log.vocabulary.milestones.get(metric.stop))
    ends = (Reason("matched.reached_only", stop=stop),) if metric.other_ends else ()
    answer = MatchedComparison(
        metric=asked.name,
        value=found.difference.value,
        low=found.difference.low,
        high=found.difference.high,
        strata=found.strata,
        n_true=found.n_first,
        n_false=found.n_second,
        left_out=found.left_out,
        unit=metric.unit_of(),
        as_of=when.text,
        reasons=(*found.difference.reasons, *ends),
    )
    object.__setattr__(answer, "_asked_of", (metric, split, strata))
    return answer


def difference_clock(
    log: EventLog, asked: MatchedDifference, calendar: WorkCalendar | None
) -> Duration:
    """The clock of a matched difference, dated by its end; LogError if the split is not true or
    false.
    """
    split = asked.split
    columns = {} if log.cases_table is None else log.cases_table.columns
    if isinstance(split, str) and columns.get(split, "boolean") != "boolean":
        what = f"column {split!r} is not true or false"
        raise LogError(what, "split", "declare it as boolean")
    return replace(asked.duration.on(calendar), dated_by="end")


def matched(asked: MatchedDifference, cells: Iterable[Cell], level: float = 0.95) -> Matched:
    """The matched difference over cells by its strata, its split and the month; cells whose split
    is not known match nothing.
    """
    sides: dict[tuple, dict[bool, list[Cell]]] = {}
    for cell in cells:
        if None not in cell.group:
            *stratum, side = cell.group
            pair = sides.setdefault((*stratum, cell.period), {})
            pair.setdefault(bool(side), []).append(cell)

    whole = [
        found[0] if len(found) == 1 else pooled(found)
        for two in sides.values()
        for side in (True, False)
        if (found := two.get(side))
    ]
    # all samples in one pass: there are hundreds of small ones
    samples = iter(samples_of(asked.duration, [cell for cell in whole if cell is not None]))
    none = Sample.of([], [], [])
    pairs = [
        (next(samples) if True in two else none, next(samples) if False in two else none)
        for two in sides.values()
    ]
    return matched_difference(pairs, level)


__all__ = ["MatchedComparison", "compare_matched", "difference_clock", "matched"]
