"""what_if(): what a figure and its verdict would be, were cases counted otherwise: arithmetic on
the log's own cases, no forecast.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from ..analysis.caution import about
from ..analysis.doubts import Doubts, found_doubts
from ..analysis.estimates import estimate, pooled, unit_in
from ..analysis.notes import left_out
from ..analysis.recounted import (
    FEWEST,
    bounds_of,
    cases_of,
    check_recounted,
    counts_of,
    strata_of,
    stratum_word,
    told_of,
)
from ..analysis.several import metric_of
from ..domain.arguments import check_level, check_limit, check_many, check_metric
from ..domain.as_of import AsOf
from ..domain.between import Between
from ..domain.calendars import WorkCalendar
from ..domain.changes import Change, Learnt, ShareBecomes, SlowestAtMedian, WorksLike, check_change
from ..domain.metrics import Metric
from ..domain.statistic import Statistic
from ..domain.verdicts import Verdict
from ..domain.windows import last_month, window
from ..engine.asking import asked_of_log
from ..engine.cells import Cell
from ..engine.log import EventLog
from ..engine.tally import tally
from ..errors import LogError, NothingToShow
from ..results.wording import period_words
from ..results.words import say, term
from ..statistics import Estimate
from ..statistics.capped import Capped
from ..statistics.reasons import Reason
from ..statistics.reweighted import Cases, Reweighted
from .verdicts import decide, one_sided, resting
from .what_if_records import WhatIf, WhatIfRow

NAMED = 3  # strata that a refusal names


@asked_of_log
def what_if(
    log: EventLog,
    metric: Any,
    change: Change,
    *,
    limit: float | None = None,
    between: Any = None,
    cluster: str | None = None,
    fewest: int = FEWEST,
    as_of: object = None,
    level: float = 0.95,
    calendar: WorkCalendar | None = None,
) -> WhatIf:
    """What the mean, the share in time, the median, the 90th percentile and the verdict of a notice
    would be, were `change` so: `share_becomes`, `works_like` or `slowest_at_median`. Arithmetic on
    the log's cases, no forecast: nobody knows that who changes would do as others do now.

    `metric`: a Duration, a Share of cases, the name of a clock, or an indicator of a notice, whose
    target is held against both figures by the one rule of verdicts. A clock counts finished cases,
    dated by their end, in its own unit. `limit` is that of the share in time; by default the
    target of a mean. `between` keeps cases of some days, as of `measure`; without it those that the
    target is about, before it is due those of the latest whole month, and without a target all.

    Cases are counted anew by stratum, from a tally of the change's columns: see
    `statistics.reweighted`, also for intervals, which hold for the log's cases drawn anew (of
    `cluster`, whole clusters). Refused where a stratum that would get weight has fewer than
    `fewest` cases to learn from; the reason names it. LogError for names that the log does not
    have, CalendarError for years without official working days.

    >>> import polars as pl
    >>> from clearance_metrics import Duration, EventLog, share_becomes
    >>> ids, hours = [str(i) for i in range(20)], [2, 3, 4, 5, 6] + [10, 11, 12, 13, 14] * 3
    >>> events = pl.DataFrame({"case_id": ids * 2, "time": [0] * 20 + [3600 * h for h in hours],
    ...     "milestone": ["declared"] * 20 + ["customs_released"] * 20})
    >>> log = EventLog(events, pl.DataFrame({"case_id": ids, "way": ["new"] * 5 + ["old"] * 15}))
    >>> clock, half = Duration("declared", "customs_released"), share_becomes("way", "new", 0.5)
    >>> found = what_if(log, clock, half, as_of="1970-01-31")
    >>> [(row.statistic, row.value, row.would) for row in found][:2]
    [('mean', 10.0, 8.0), ('median', 11.0, 8.0)]
    """
    check_change(change)
    check_level(level, above=0.5)
    check_many(fewest, "fewest")
    named, metric = metric, metric_of(metric, log)
    check_metric(metric, of_cases=True)
    if limit is not None:
        check_limit(limit, "limit", signed=bool(metric.is_time and metric.signed))
    statistics = _statistics(log, named, metric, limit)
    check_recounted(metric, statistics, "what_if")
    if isinstance(change, SlowestAtMedian) and not metric.is_time:
        raise LogError(f"{metric.name} has no slow cases", "change", "give a Duration")
    metric = metric.on(calendar)
    if metric.is_time:
        metric = replace(metric, dated_by="end", log_starts=None)
    when, target = AsOf.of(as_of, log.timezone), getattr(named, "target", None)
    due = getattr(target, "due", None)
    elsewhere = due is not None and between is not None
    if between is None and due is not None:
        last = last_month(when.date)
        between = window(target, when.date) if due <= when.date else (last, last)
    span = Between.of(between)
    cells = tally(log, metric, as_of=when, by=change.columns, cluster=cluster, between=span)
    doubts = found_doubts(log, metric, cells, when, span)
    asked: dict[str, Any] = {
        "metric": metric.name,
        "as_of": when.text,
        "period": "" if span is None else _span(between, span),
    }
    strata = strata_of(cells)
    try:
        if strata:  # without any case there is nobody to be like
            change.check(list(strata), counts_of(strata.values()))
    except NothingToShow as nobody:
        raise nobody.found(_nobody(change, strata, asked["period"], log.reader.lang)) from None
    kept = {group: cells for group, cells in strata.items() if change.keeps(group)}
    asked["untold"] = int(counts_of(c for g, c in strata.items() if g not in kept).sum())
    made = _Made(metric, change, level, doubts, _Held.of(named, when.date))
    found = made.found(kept, statistics, fewest, asked)
    more = {"_change": change, "_elsewhere": elsewhere, "unit": unit_in(log, metric)}
    return about(found, metric, level, named)._with(**more)


def _nobody(change: Change, groups: Iterable[tuple], period: str, lang: str) -> str:
    """Whom the change is about and is not there, for a page."""
    seen = {group[-1] for group in groups}
    asked: tuple[object, ...] = ()
    if isinstance(change, ShareBecomes):
        asked = (change.value,)
    elif isinstance(change, WorksLike):
        asked = (change.a, change.b)
    column, when = change.columns[-1], ""
    value = next((v for v in asked if v not in seen), "")
    if period:
        when = say("headline.of_group", lang, group=period_words(period, lang))
    facts = {"column": term("column", column, lang), "value": term(column, str(value), lang)}
    return say("what_if.nobody_has", lang, **facts, when=when)


def _statistics(
    log: EventLog, named: Any, metric: Metric, limit: float | None
) -> tuple[Statistic, ...]:
    """What is told, the statistic of an indicator first."""
    target, own = getattr(named, "target", None), getattr(named, "statistic", None)
    if getattr(metric, "is_share", False):
        return (Statistic.parse("share"),)
    if limit is None and target is not None and own == "mean":
        limit = target.value
    names = [own] if own else []
    names += ["mean", *([f"within:{limit:g}"] if limit is not None else []), "median", "p90"]
    return tuple(dict.fromkeys(map(Statistic.parse, names)))


def _span(between: Any, span: Between) -> str:
    """The days, or what they were given as."""
    first, last = between if isinstance(between, tuple | list) else (span.first, span.last)
    if first == last:
        return str(first)
    return f"{first or ''}..{last or ''}"


@dataclass(frozen=True)
class _Held:
    """The target of a notice, and the statistic that it is about."""

    statistic: Statistic
    rule: str
    value: float
    due: bool
    counted: bool

    @classmethod
    def of(cls, named: Any, day: date) -> _Held | None:
        """That of an indicator; None where it has none."""
        target = getattr(named, "target", None)
        if target is None:
            return None
        share = named.metric.is_share
        statistic = Statistic.parse("share" if share else named.statistic)
        due = target.due is None or target.due <= day
        return cls(statistic, target.rule, target.value, due, share and target.value == 1)

    def verdict(self, bounds: Estimate, rests: int, told: bool) -> Verdict:
        """What is said of bounds that rest on so many cases."""
        if not self.due:
            return Verdict.NOT_DUE
        if not told:
            return Verdict.CANNOT_TELL
        return decide(bounds, rests, self.value, self.rule, counted=self.counted)


@dataclass(frozen=True)
class _Made:
    """What one question about one clock answers."""

    metric: Metric
    change: Change
    level: float
    doubts: Doubts
    held: _Held | None

    def found(
        self,
        strata: dict[tuple, list[Cell]],
        statistics: tuple[Statistic, ...],
        fewest: int,
        asked: dict[str, Any],
    ) -> WhatIf:
        """The answer, or why there is none."""
        groups, counts = list(strata), counts_of(strata.values())
        whole = pooled(cell for cells in strata.values() for cell in cells)
        if whole is None:
            return WhatIf(**asked, reasons=(Reason("no_cases"),))
        asked |= {"n": int(counts.sum())}
        if isinstance(self.change, ShareBecomes):
            asked["share"] = self.change.now(groups, counts)
        learnt = self.change.learnt(groups, counts)
        short = [one for one in learnt if one.n < fewest]
        if self.doubts.snapshot or short:
            why = self.doubts.snapshot or (self._nobody(short, fewest),)
            return WhatIf(**asked, reasons=why)
        cases = cases_of(self.metric, list(strata.values()))
        as_is = Reweighted(cases, lambda n: n)
        told, moved = self._supposed(cases, groups, counts, learnt)
        rows = tuple(self._row(statistic, whole, as_is, told) for statistic in statistics)
        if learnt:
            least = min(learnt, key=lambda one: one.n)
            asked |= {"least": least.n, "least_of": self._named(least)}
        asked |= {"moved": moved, "effective": told.effective}
        why = (*left_out(whole, self.metric), *self.doubts.warning)
        return WhatIf(**asked, rows=rows, reasons=why)

    def _supposed(
        self, cases: Cases, groups: list[tuple], counts: np.ndarray, learnt: list[Learnt]
    ) -> tuple[Reweighted, float]:
        """The cases as they are counted anew, and how many count otherwise than they do."""
        sizes = self.change.sizes(groups, counts)
        if isinstance(self.change, SlowestAtMedian):
            capped = Capped(cases, sizes, part=self.change.part)
            return capped, capped.moved
        told = Reweighted(cases, sizes)
        away = np.abs(told.stands_for.astype("float64") - counts).sum() / 2
        return told, float(away) if learnt else 0.0

    def _named(self, one: Learnt) -> Reason:
        return stratum_word(self.change.columns[:-1], one.stratum)

    def _nobody(self, short: list[Learnt], fewest: int) -> Reason:
        short = sorted(short, key=lambda one: (one.n, -one.moved))
        strata = tuple(
            Reason("what_if.stratum", stratum=self._named(one), n=one.n, moved=one.moved)
            for one in short[:NAMED]
        )
        more = max(len(short) - NAMED, 0)
        code = "what_if.nobody_and_more" if more else "what_if.nobody"
        return Reason(code, strata=strata, fewest=fewest, n=more)

    def _row(
        self, statistic: Statistic, whole: Cell, as_is: Reweighted, told: Reweighted
    ) -> WhatIfRow:
        metric, level = self.metric, self.level
        now, sample = estimate(metric, whole, statistic, level)
        one, two = (told_of(cases, metric, statistic, level) for cases in (as_is, told))
        gap, would = told.difference(two, one, level), two.estimate
        if statistic.place is not None and metric.scale == 1:
            # a percentile of whole days moves by whole days, of which no error can be made
            gap = Estimate(gap.value)
        row: dict[str, Any] = {}
        if self.held is not None and statistic == self.held.statistic:
            held, sure = self.held, not self.doubts.warning
            rests = resting(sample, statistic)
            bounds = one_sided(metric, whole, statistic, level)
            supposed = bounds_of(told, metric, statistic, level)
            row = {
                "rule": held.rule,
                "target": held.value,
                "verdict": held.verdict(bounds, rests, sure),
                # a figure that rests on few heavy cases is decided by no more than they
                "would_verdict": held.verdict(supposed, min(rests, int(told.effective)), sure),
            }
        return WhatIfRow(
            statistic=str(statistic),
            value=now.value,
            low=now.low,
            high=now.high,
            would=would.value,
            would_low=would.low,
            would_high=would.high,
            change=gap.value,
            change_low=gap.low,
            change_high=gap.high,
            n=sample.n,
            unit=metric.unit_of(statistic),
            reasons=(*would.reasons, *self.doubts.warning),
            **row,
        )
