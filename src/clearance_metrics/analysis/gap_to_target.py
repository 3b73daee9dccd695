"""gap_to_target(): which groups and stages stand between a mean and its target, and what the
slowest tenth costs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from ..domain.arguments import (
    check_groups,
    check_level,
    check_limit,
    months_of,
    names_of,
)
from ..domain.as_of import AsOf
from ..domain.calendars import WorkCalendar
from ..domain.metrics import Duration
from ..domain.windows import label, last_month, month_of
from ..domain.windows import window as window_of
from ..engine.asking import asked_of_log
from ..engine.cells import Cell
from ..engine.log import EventLog
from ..engine.tally import tally
from ..errors import LogError
from ..statistics.reasons import Reason
from ..statistics.shortfall import parts_of_gap, slowest_tenth
from ..statistics.skewed import mean_bounds
from .caution import about
from .doubts import found_doubts
from .estimates import estimate, pooled, sample_of
from .gap_records import MONTH, STAGE, GapRow, GapToTarget, MonthRow
from .several import clock_of
from .stages import SPLITS, stages


@asked_of_log
def gap_to_target(
    log: EventLog,
    metric: Any,
    *,
    target: Any = None,
    by: str | Iterable[str],
    window: tuple[str, str] | str | None = None,
    as_of: object = None,
    level: float = 0.95,
    calendar: WorkCalendar | None = None,
) -> GapToTarget:
    """The contribution table of a mean against its target, in the clock's unit, over finished cases
    of the months `window`, by their end.

    `metric`: a Duration, or an indicator of a notice, whose target knows its months: without a
    `window` those that it is about, and nothing before it falls due; with `window="year"` its year
    so far. `by`: columns, "stage", or "month": each month's mean less the target.

    The part of a group is n_g (m_g - h) / n. With `by="stage"` a clock of hours that has an
    official split is cut into its stages: a stage's part is its own mean, so that parts add up to
    the mean and not to the gap, and `alone` says how much of it would have to go. Source: see
    `statistics.shortfall`. LogError for names the log does not have, and by stage for a clock of
    days, one that pauses, and one without inner milestones; CalendarError for years without
    official working days.

    >>> import polars as pl
    >>> from clearance_metrics import Duration, EventLog, gap_to_target
    >>> ids, hours = [str(i) for i in range(4)], [1, 2, 3, 4]
    >>> events = pl.DataFrame({"case_id": ids * 2, "time": [0] * 4 + [3600 * h for h in hours],
    ...     "milestone": ["declared"] * 4 + ["customs_released"] * 4})
    >>> log = EventLog(events, pl.DataFrame({"case_id": ids, "port": ["a", "a", "b", "b"]}))
    >>> clock, january = Duration("declared", "customs_released"), ("1970-01", "1970-01")
    >>> found = gap_to_target(log, clock, target=2, by="port", window=january, as_of="1970-01-31")
    >>> found.gap, [(row.port, row.part, row.alone) for row in found]
    (0.5, [('b', 0.75, 1.0), ('a', -0.25, 1.0)])
    """
    named, target = metric, getattr(metric, "target", None) if target is None else target
    metric = clock_of(metric, log)
    by = names_of(by)
    check_groups(by, reserved=MonthRow.own_names())
    check_level(level)
    held, when = getattr(target, "value", target), AsOf.of(as_of, log.timezone)
    check_limit(held, "target", signed=True)
    due = getattr(target, "due", None)
    first, last, early = _window(target, window, when.date)
    asked: dict[str, Any] = {
        "metric": metric.name,
        "period": label(first, last) if first <= last else first[:4],
        "as_of": when.text,
        "target": held,
    }

    def told(found: GapToTarget) -> GapToTarget:
        return about(found, metric, level, named)._with(
            _by=by, _target=target if due else None, unit=metric.unit
        )

    if early is not None:
        return told(GapToTarget(**asked, reasons=(early,)))
    span = months_of((first, last), "window")
    clock = replace(metric.on(calendar), dated_by="end")
    groups = () if by in (STAGE, MONTH) else by
    found: dict[tuple, list[Cell]] = {}
    cells = tally(log, clock, as_of=when, by=groups, period="month")
    for cell in cells:
        if cell.period in span:
            key = (cell.period,) if by == MONTH else cell.group
            found.setdefault(key, []).append(cell)
    whole = pooled(c for inside in found.values() for c in inside)
    if whole is None or not sample_of(clock, whole).ended.sum():
        return told(GapToTarget(**asked, reasons=(Reason("no_cases"),)))
    answer, sample = estimate(clock, whole, "mean", level)
    if why := found_doubts(log, clock, cells, when).snapshot:
        return told(GapToTarget(**asked, n=sample.n, reasons=why))
    gap = answer.value - held
    if by == STAGE:
        rows = _by_stage(log, clock, span, as_of, gap)
    else:
        samples = [sample_of(clock, pooled(inside)) for inside in found.values()]
        parts = parts_of_gap(samples, held, level)
        rows = []
        for (key, inside), part in zip(found.items(), parts, strict=True):
            if not part.n:
                continue
            row: dict[str, Any] = {
                "groups": tuple(zip(by, key, strict=True)),
                "mean": part.mean,
                "n": part.n,
                "part": part.gap.value,
                "low": part.gap.low,
                "high": part.gap.high,
                "share": part.share,
                "alone": part.alone,
                "fall": _fall(part.alone, part.mean),
            }
            if by == MONTH:
                own, _ = estimate(clock, pooled(inside), "mean", level)
                less = [None if x is None else x - held for x in (own.value, own.low, own.high)]
                names = ("less", "less_low", "less_high")
                rows.append(MonthRow(**row, **dict(zip(names, less, strict=True))))
            else:
                rows.append(GapRow(**row))
    rows.sort(key=lambda r: str(r.groups) if by == MONTH else (-r.part, str(r.groups)))
    noted = (Reason("gap.of_stages"),) if by == STAGE else ()
    bounds = estimate(clock, whole, "mean", 2 * level - 1)[0] if level > 0.5 else answer
    if whole.weight is None and whole.cluster is None and bounds.low is not None:
        bounds = mean_bounds(sample, level, answer.value)  # as verdicts do, whatever the tail
    return told(
        GapToTarget(
            **asked,
            rows=tuple(rows),
            mean=answer.value,
            low=answer.low,
            high=answer.high,
            gap=gap,
            n=sample.n,
            tail=slowest_tenth(sample),
            reasons=(*noted, Reason("gap.arithmetic")),
        )._with(_bounds=(bounds.low, bounds.high))
    )


def _window(target: Any, asked: Any, day: date) -> tuple[str, str, Reason | None]:
    """First and last month, and why nothing can be said yet of a notice's target."""
    due = getattr(target, "due", None)
    if due is None or not (asked is None or asked == "year"):
        if asked is None or isinstance(asked, str):
            what = f"window={asked!r} is no pair of months, and a target that is a number has none"
            raise LogError(what, "window", 'write window=("2022-01", "2022-12")')
        months_of(asked, "window")
        return *asked, None
    facts = {"day": str(due), "as_of": str(day)}
    if asked == "year":
        first, last = f"{due.year}-01", min(month_of(due), last_month(day))
        return first, last, None if first <= last else Reason("gap.not_begun", **facts)
    code = "gap.not_in_force" if target.over == "since" else "gap.not_due"
    return *window_of(target, day), Reason(code, **facts) if due > day else None


def _fall(alone: float | None, mean: float) -> float | None:
    return alone / mean if alone is not None and mean > 0 else None


def inner_of(clock: Duration, known: Iterable[str]) -> list[str]:
    """The milestones between start and stop that the log has: those of the official split that
    holds both.
    """
    ends = (clock.start, clock.stop)
    inner = ("discharged", "declared") if clock.start == "conveyance_arrived" else ("declared",)
    for split in SPLITS.values():
        if set(ends) <= set(split):
            inner = split[split.index(ends[0]) + 1 : split.index(ends[1])]
    inner = [m for m in inner if m in known and m not in ends]
    if not inner:
        what = f"{'..'.join(ends)}: this clock has no inner milestones"
        remedy = "take a longer clock, add the milestones between to the log, or group by columns"
        raise LogError(what, "by", remedy)
    return inner


def _by_stage(
    log: EventLog, clock: Duration, span: list[str], as_of: object, gap: float
) -> list[GapRow]:
    """The stages of the clock's own chain, summed over the months."""
    if clock.unit != "hours":
        raise LogError("stages are in hours", "by", "group a clock of working days by columns")
    if clock.pause:
        what = "a clock that pauses has no stages that add up to it: they would hold the pauses"
        raise LogError(what, "by, pause", "leave the pause out, or group by columns")
    chain = (clock.start, *inner_of(clock, log.milestones), clock.stop)
    found: dict[str, list[int]] = {}
    cases: dict[str, int] = {}
    for row in stages(log, chain, as_of=as_of, where=clock.where, period="month"):
        if row.period in span:
            entry = found.setdefault(row.stage, [0, 0])
            entry[0] += row.seconds
            entry[1] += row.n
            cases[row.period] = row.cases
    n, whole = sum(cases.values()), sum(seconds for seconds, _ in found.values())
    alone = gap if gap > 0 else None
    means = {stage: seconds / 3600 / n for stage, (seconds, _) in found.items()}
    return [
        GapRow(
            groups=(("stage", stage),),
            mean=means[stage],
            n=passed,
            part=means[stage],
            share=seconds / whole if whole else None,
            alone=alone,
            fall=_fall(alone, means[stage]),
        )
        for stage, (seconds, passed) in found.items()
    ]


__all__ = ["GapRow", "GapToTarget", "MonthRow", "gap_to_target", "inner_of"]
