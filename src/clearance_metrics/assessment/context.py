"""What all indicators of one assessment share: its answers, and the row of one indicator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from ..analysis.estimates import estimate, unit_in
from ..analysis.far_ahead import far_ahead
from ..analysis.notes import left_out
from ..domain.as_of import AsOf
from ..domain.calendars import WorkCalendar
from ..domain.ends import LEFT_OUT, NOT_CLEARED, NOT_YET, OPEN, UNKNOWN
from ..domain.metrics import FIRM, Flag, Metric
from ..domain.tariff import Tariff
from ..domain.verdicts import Verdict
from ..engine.cells import Cell
from ..engine.log import EventLog
from ..engine.references import tariff_of
from ..engine.sharing import Ask, Tallies
from ..notice import Indicator, Notice
from ..results.assessment import AssessRow, Further
from ..results.words import word
from ..statistics import Estimate
from ..statistics.reasons import Reason

Groups = tuple[tuple[str, object], ...]
NO_VALUE = Estimate(None)
EVERY = frozenset({"kind", "mode", "port"})  # columns that every case has


@dataclass(frozen=True, kw_only=True)
class Context:
    """What was asked; `tallies` holds the answers once the engine has been asked."""

    log: EventLog
    notice: Notice
    when: AsOf
    by: tuple[str, ...]
    level: float
    calendar: WorkCalendar | None
    tariff: Tariff | None
    resolution: str
    tallies: Tallies = Tallies([], 0)

    @property
    def day(self) -> date:
        """The day up to which the log is complete."""
        return self.when.date

    def ask(
        self,
        metric: Metric,
        period: str | None = "month",
        more: tuple[str | Flag, ...] = (),
    ) -> Ask:
        """The tally of a metric per group of `by`, and of what it is itself grouped by."""
        metric = metric.on(self.calendar).to(self.resolution)
        return Ask(metric, (*self.by, *more), period, tariff_of(metric, self.tariff))

    def asked_of(self, indicator: Indicator) -> Ask:
        """The tally of an indicator's metric; by firm too where it is about firms' averages."""
        return self.ask(indicator.metric, more=(FIRM,) if indicator.of_firms else ())

    def cells(self, ask: Ask) -> dict[tuple, list[Cell]]:
        """The tally of an ask as cells per group of `by`, in order of period."""
        found: dict[tuple, list[Cell]] = {}
        for cell in self.tallies.cells(ask):
            found.setdefault(cell.group[: len(self.by)], []).append(cell)
        return found

    def groups(self, group: tuple) -> Groups:
        """The values of `by` with their names."""
        return tuple(zip(self.by, group, strict=True))

    @property
    def nowhere(self) -> Groups:
        """The groups of a row that is of none."""
        return tuple((name, None) for name in self.by)


def with_metric(indicator: Indicator, metric: Metric) -> Indicator:
    """The indicator with its metric as it was asked: calendar and resolution of the assessment."""
    return replace(indicator, metric=metric)


def open_cases(metric: Metric, found: Mapping[tuple, list[Cell]]) -> dict[tuple, int]:
    """Cases started and not ended at `as_of`, by group: they stand beside every figure that cannot
    hold them.
    """
    if not (metric.is_time or metric.by_end):
        return {}
    codes = (OPEN,) if metric.is_time else (NOT_YET, NOT_CLEARED)
    return {
        g: sum(int(c.n[c.end == code].sum()) for c in cells for code in codes)
        for g, cells in found.items()
    }


def known_of(metric: Metric, cell: Cell, n_open: int | None, statistic: str = "n") -> list[Reason]:
    """What was left out, and what a reader must know of the cases."""
    finished_only = metric.is_time and n_open == 0 and not _asks_for_the_stop(metric)
    far = far_ahead(metric, cell, statistic)
    return [
        *far,
        *(_outside(metric, why) for why in left_out(cell, metric if metric.is_share else None)),
        *([Reason("assess.no_open_case")] if finished_only else []),
    ]


def _asks_for_the_stop(metric: Metric) -> bool:
    """Whether cases without the stop are not looked at, so that none can be open."""
    test = metric.population.get(getattr(metric, "stop", ""))
    return isinstance(test, Mapping) and test.get("present") is True


def _outside(metric: Metric, why: Reason) -> Reason:
    """Cases without a value, where a column of the cases looked at is not filled for others: most
    of them are other cases and no gap in the data.
    """
    population = getattr(metric, "population", {})
    columns = tuple(
        word("column", name)
        for name, test in population.items()
        if name not in EVERY and not isinstance(test, Mapping) and name != "any"
    )
    if why.code != "left_out" or why.facts["why"] != Reason(LEFT_OUT[UNKNOWN]) or not columns:
        return why
    return Reason("assess.not_written", n=why.facts["n"], columns=columns)


def none_in(period: str | None, n_open: int | None) -> Reason:
    """Why nothing can be said of a window: it has no case, or those there are have not ended."""
    window: object = Reason("assess.the_window")
    if period:
        first, dots, last = period.split(" (")[0].partition("..")
        window = Reason("figure.span", first=first, last=last) if dots else period
    if n_open:
        return Reason("assess.none_finished_in", window=window, n=n_open)
    return Reason("assess.no_cases_in", window=window)


def further(context: Context, indicator: Indicator, cell: Cell, main: Estimate) -> list[Further]:
    """The further statistics of the same cases that the notice asks for."""
    made = []
    for name in indicator.also:
        if name == "compression":
            made.append(beside(name, _compressed(main, indicator.compression.base), "share"))
        else:
            answer = estimate(indicator.metric, cell, name, context.level)[0]
            made.append(beside(name, answer, unit_in(context.log, indicator.metric, name)))
    return made


def beside(name: str, answer: Estimate, unit: str) -> Further:
    """A further statistic, by its name and unit."""
    return Further(statistic=name, value=answer.value, low=answer.low, high=answer.high, unit=unit)


def _compressed(mean: Estimate, base: float) -> Estimate:
    ends = (mean.value, mean.high, mean.low)
    value, low, high = (None if end is None else 1 - end / base for end in ends)
    return Estimate(value, low, high)


def row(
    context: Context,
    indicator: Indicator,
    groups: Groups,
    verdict: Verdict,
    reasons: Iterable[Reason],
    *,
    period: str | None = None,
    answer: Estimate = NO_VALUE,
    n: int | None = None,
    n_open: int | None = None,
    baseline: float | None = None,
    violations: int | None = None,
    also: Iterable[Further] = (),
) -> AssessRow:
    """The record of one indicator and group."""
    target, metric = indicator.target, indicator.metric
    measures = context.notice.measures
    return AssessRow(
        measure=indicator.measure,
        indicator=indicator.id,
        kind=indicator.kind,
        origin=indicator.origin,
        companion_of=indicator.companion_of,
        statistic=indicator.statistic,
        unit=unit_in(context.log, metric, indicator.statistic) if metric else "",
        groups=groups,
        period=period,
        value=answer.value,
        low=answer.low,
        high=answer.high,
        n=n,
        n_open=n_open,
        baseline=baseline,
        target=target.value if target else None,
        rule=target.rule if target else indicator.better,
        due=target.due.isoformat() if target else None,
        verdict=verdict,
        violations=violations,
        also=tuple(also),
        title_zh=indicator.title_zh,
        title_en=indicator.title_en,
        clause=target.clause
        if target
        else next(m.clause for m in measures if m.no == indicator.measure),
        reasons=tuple(reasons),
    )
