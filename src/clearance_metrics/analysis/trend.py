"""trend(): a figure period by period at one composition of cases, so that a change of mix cannot
move it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from ..domain.arguments import (
    check_groups,
    check_level,
    check_many,
    check_metric,
    check_number,
    names_of,
)
from ..domain.as_of import AsOf
from ..domain.between import Between, last_day
from ..domain.calendars import WorkCalendar
from ..domain.metrics import Metric
from ..domain.statistic import Statistic
from ..engine.asking import asked_of_log
from ..engine.cells import PERIODS, Cell, check_period, month_number, period_name
from ..engine.log import EventLog
from ..engine.tally import tally
from ..errors import LogError
from ..statistics import Estimate
from ..statistics.reasons import Reason
from ..statistics.reweighted import Reweighted
from .bridge_sides import part as part_of
from .caution import about
from .doubts import found_doubts
from .estimates import estimate, pooled, unit_in
from .recounted import FEWEST, cases_of, check_recounted, counts_of, strata_of, told_of
from .several import metric_of
from .trend_records import Trend, TrendRow

COVERED = 0.9  # of the reference, below which a period has no figure; a rule of ours


@asked_of_log
def trend(
    log: EventLog,
    metric: Any,
    *,
    mix: str | Iterable[str],
    reference: str | tuple[str, str],
    period: str | None = None,
    statistic: str | None = None,
    between: Any = None,
    cluster: str | None = None,
    covered: float = COVERED,
    fewest: int = FEWEST,
    as_of: object = None,
    level: float = 0.95,
    calendar: WorkCalendar | None = None,
) -> Trend:
    """A mean or share by period, each period's cases weighted to the composition by the columns
    `mix` that the `reference` months have (direct standardisation), beside the figure as it was.

    `metric`: a Duration, a Share of cases, the name of a clock, or an indicator of a notice. A
    clock counts finished cases, dated by their end, in its own unit. `reference`: a month, quarter,
    year, or first and last month, as `bridge` takes them. `statistic`: "mean", "within:24" or
    "share". `period`: "month" (where none is given), "quarter" or "year"; one that is not over on
    the day is left out, and with `between` all months that do not lie within these days.

    The figure is sum W_s m_s, W_s being the reference's share of stratum s, taken as given, and m_s
    the period's own figure there; its variance sum W_s^2 s_s^2 / n_s, with Satterthwaite's (1946)
    degrees of freedom, or by `cluster`. A stratum with fewer than `fewest` cases in a period gives
    its weight to the others in proportion; with less than the share `covered` of the reference left
    the period has no figure. Source: Inskip, Beral, Fraser and Haskey (1983). LogError for names
    that the log does not have, CalendarError for years without official working days.

    >>> import polars as pl
    >>> from clearance_metrics import Duration, EventLog, trend
    >>> hours, ports = [2] * 8 + [10] * 8 + [2] * 4 + [10] * 12, [*"a" * 8, *"b" * 8, *"a" * 4]
    >>> ids, start = [str(i) for i in range(32)], [0] * 16 + [31 * 86400] * 16
    >>> ends = [s + 3600 * h for s, h in zip(start, hours)]
    >>> events = pl.DataFrame({"case_id": ids * 2, "time": start + ends,
    ...     "milestone": ["declared"] * 32 + ["customs_released"] * 32})
    >>> log = EventLog(events, pl.DataFrame({"case_id": ids, "port": ports + ["b"] * 12}))
    >>> clock, asked = Duration("declared", "customs_released"), {"as_of": "1970-02-28"}
    >>> found = trend(log, clock, mix="port", reference="1970-01", fewest=2, **asked)
    >>> [(row.period, row.raw, row.value) for row in found]
    [('1970-01', 6.0, 6.0), ('1970-02', 8.0, 6.0)]
    """
    named, metric = metric, metric_of(metric, log)
    check_metric(metric)
    mix = names_of(mix)
    if not mix:
        raise LogError("a composition needs columns", "mix", 'write mix=("port", "mode")')
    check_groups(mix, reserved=TrendRow.own_names())
    check_level(level)
    check_many(fewest, "fewest")
    check_number(covered, "covered")
    if not 0 < covered <= 1:
        raise LogError(f"covered={covered!r} is no share", "covered", "write 0.9 for 90 %")
    period = "month" if period is None else period
    check_period(period)
    side = part_of(reference, "reference", conditions=False)
    span_of_reference = side.months or frozenset()
    own = getattr(named, "statistic", "") if hasattr(named, "short_zh") else ""
    default = "share" if getattr(metric, "is_share", False) else own or "mean"
    asked = Statistic.parse(statistic or default)
    check_recounted(metric, (asked,), "trend")
    if asked.place is not None:
        raise LogError(f"{asked} is not averaged over strata", "statistic", 'write "mean"')
    metric = metric.on(calendar)
    if metric.is_time:
        metric = replace(metric, dated_by="end", log_starts=None)
    when, span = AsOf.of(as_of, log.timezone), Between.of(between)
    # months alone, since the reference may begin and end within a quarter or a year
    cells = tally(log, metric, as_of=when, by=mix, period="month", cluster=cluster)
    doubts = found_doubts(log, metric, cells, when)
    base = strata_of(cell for cell in cells if cell.period in span_of_reference)
    sizes = dict(zip(base, counts_of(base.values()).tolist(), strict=True))
    told: dict[str, Any] = {
        "metric": metric.name,
        "statistic": str(asked),
        "mix": mix,
        "reference": side.words,
        "strata": len(sizes),
        "behind": sum(sizes.values()),
        "unseen": len(set(side.months) - {cell.period for cell in cells}),
        "fewest": fewest,
        "covered": covered,
        "as_of": when.text,
    }
    why = doubts.snapshot
    if not sizes:
        why = why or (Reason("trend.no_reference", reference=side.words),)
    made = _Made(metric, asked, level, sizes, covered, fewest)
    parts: dict[str, list[Cell]] = {}
    for cell in cells:
        if cell.period is not None and (span is None or _inside(cell.period, span)):
            name = str(period_name(month_number(cell.period) // PERIODS[period], period))
            parts.setdefault(name, []).append(cell)
    over = sorted(name for name in parts if last_day(name) <= when.date)
    rows = [] if why else [row for name in over if (row := made.row(name, parts[name]))]
    if not rows:
        why = why or (Reason("no_cases"),)
    found = Trend(**told, rows=tuple(rows), reasons=(*why, *doubts.warning))
    return about(found, metric, level, named)._with(unit=unit_in(log, metric))


def _inside(month: str, span: Between) -> bool:
    """Whether a month lies within a span of days, which is of whole months for a line."""
    day = last_day(month)
    first = day.replace(day=1)
    return (span.first is None or span.first <= first) and (span.last is None or day <= span.last)


@dataclass(frozen=True)
class _Made:
    """Rows of one statistic at one composition."""

    metric: Metric
    statistic: Statistic
    level: float
    sizes: Mapping[tuple, int]
    covered: float
    fewest: int

    def row(self, name: str, cells: Sequence[Cell]) -> TrendRow | None:
        """One period; None where no case has ended."""
        whole, strata = pooled(cells), strata_of(cells)
        if whole is None or not strata:
            return None
        counts = dict(zip(strata, counts_of(strata.values()).tolist(), strict=True))
        raw, sample = estimate(self.metric, whole, self.statistic, self.level)
        kept = [g for g in strata if g in self.sizes and counts[g] >= self.fewest]
        reference = sum(self.sizes.values())
        share = Fraction(sum(self.sizes[g] for g in kept), reference)
        found = self._standard({g: strata[g] for g in kept}, share)
        return TrendRow(
            period=name,
            value=found.value,
            low=found.low,
            high=found.high,
            raw=raw.value,
            raw_low=raw.low,
            raw_high=raw.high,
            covered=float(share),
            n=sample.n,
            outside=sum(n for g, n in counts.items() if g not in self.sizes),
            unit=self.metric.unit_of(self.statistic),
            reasons=found.reasons,
        )

    def _standard(self, strata: Mapping[tuple, list[Cell]], share: Fraction) -> Estimate:
        """The period's figure at the composition of the reference."""
        if float(share) < self.covered:
            why = Reason("trend.uncovered", share=float(share), least=self.covered)
            return Estimate.refused(why)
        cases = cases_of(self.metric, list(strata.values()))
        held = [self.sizes[group] for group in strata]
        exact = np.array([Fraction(n, sum(held)) for n in held], dtype=object)
        rough = exact.astype("float64")

        def sizes(n: np.ndarray) -> np.ndarray:
            return n.sum() * (exact if n.dtype == object else rough)

        told = Reweighted(cases, sizes, fixed=True)
        return told_of(told, self.metric, self.statistic, self.level).estimate
