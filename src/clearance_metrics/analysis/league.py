"""league(): groups side by side, with what can be said of their order and what cannot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ..domain.arguments import check_groups, check_level, check_metric, names_of
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
from ..errors import LogError
from ..statistics import NO_CASES, Estimate
from ..statistics.reasons import Reason
from .cases import behind
from .caution import about
from .doubts import found_doubts
from .estimates import pooled, sample_of, unit_in
from .league_places import Asked, Entry, places
from .league_records import League, LeagueRow
from .notes import left_out, left_out_of, used_none
from .several import metric_of
from .split_lines import check_cases_once
from .withholding import bound_of, withheld, withholding


@asked_of_log
def league(
    log: EventLog,
    metric: Metric | str,
    *,
    by: str | Iterable[str],
    as_of: object = None,
    between: Any = None,
    statistic: str | None = None,
    best: str | None = None,
    cluster: str | None = None,
    level: float = 0.95,
    calendar: WorkCalendar | None = None,
    tariff: Tariff | None = None,
    suppress_below: int | None = None,
) -> League:
    """Groups side by side: value, interval, partially pooled value, rank with its interval,
    adjusted p, n. Values are in the metric's unit, shares from 0 to 1.

    `statistic`: "mean" (of a Share its share, per TEU a ratio of sums), "restricted_mean:168" or
    "within:24"; with open cases a plain mean is refused. `between` keeps cases of some days, as of
    `measure`. `best`: "low" or "high" is rank 1; by
    default low for times and charges, high for shares. Groups under 30 cases are flagged `few`:
    shown, pooled, but neither ranked nor tested. `cluster` names a column whose values belong
    together; it serves plain means. `suppress_below=k` withholds groups under k cases, and as many
    others as it takes so that totals do not give them back (one or two group columns). Snapshots
    have no values, and `note` tells of logs without their open cases, as `measure` does. Sources:
    see `statistics.leagues`. LogError for names the log does not have, CalendarError for years
    without official working days.

    >>> import polars as pl
    >>> from clearance_metrics import Duration, EventLog, league
    >>> hours = {"x": [1, 2, 3], "y": [5, 6, 7, 8] * 8, "z": [5, 6, 8, 9] * 8}
    >>> rows = [(f"{p}{i}", p, h) for p, found in hours.items() for i, h in enumerate(found)]
    >>> ids, ports, spent = zip(*rows)
    >>> events = pl.DataFrame({"case_id": ids * 2, "time": [0] * 67 + [3600 * h for h in spent],
    ...     "milestone": ["declared"] * 67 + ["customs_released"] * 67})
    >>> log = EventLog(events, pl.DataFrame({"case_id": ids, "port": ports}))
    >>> clock = Duration("declared", "customs_released")
    >>> found = league(log, clock, by="port", as_of="1970-01-03")
    >>> [(row.port, row.value, row.rank, row.rank_low, row.rank_high, row.few) for row in found]
    [('y', 6.5, 1, 1, 2, False), ('z', 7.0, 2, 1, 2, False), ('x', 2.0, None, None, None, True)]
    """
    metric = metric_of(metric, log)
    check_metric(metric)
    by = names_of(by)
    asked = Asked(metric, _statistic(log, metric, statistic), level)
    _check(metric, by, asked.statistic, best, cluster)
    check_cases_once(log, metric, by, "league")
    check_level(level)
    suppress_below = bound_of(log, suppress_below, len(by))
    asked, when = asked._replace(metric=metric.on(calendar)), AsOf.of(as_of, log.timezone)
    rates, span = tariff_of(metric, tariff), Between.of(between)
    cells = tally(log, asked.metric, as_of=when, by=by, cluster=cluster, tariff=rates, between=span)
    doubts = found_doubts(log, asked.metric, cells, when, span)

    def entry_of(cell: Cell | None) -> Entry:
        if cell is None:
            return Entry(answer=NO_CASES, n=0)
        if doubts.snapshot:
            n = sample_of(asked.metric, cell).n
            return Entry(answer=Estimate.refused(*doubts.snapshot), n=n)
        entry, left = asked.entry(cell), left_out_of(cell)
        # cases that are there and cannot be used are not none
        return (
            entry if entry.n or not left else replace(entry, answer=used_none(entry.answer, left))
        )

    entries = {cell.group: entry_of(cell) for cell in cells}
    hidden, total_hidden = withholding({g: e.n for g, e in entries.items()}, suppress_below)
    shown = {g: e for g, e in entries.items() if g not in hidden}
    found = places(asked, cells, shown, best == "high" or (best is None and asked.of_shares))
    unit = unit_in(log, metric, asked.statistic)
    why = withheld(suppress_below)

    def row(group: tuple, entry: Entry, cell: Cell | None = None) -> LeagueRow:
        groups = tuple(zip(by, group, strict=True))
        label = " / ".join("–" if v is None else str(v) for v in group) if cell else ""
        if group in hidden or (cell is None and total_hidden):
            return LeagueRow(label=label, groups=groups, unit=unit, reasons=(why,))
        few = entry.n < ENOUGH
        told = (Reason("league.few_not_ranked", fewest=ENOUGH),) if few else ()
        return LeagueRow(
            label=label,
            groups=groups,
            n=entry.n,
            value=entry.answer.value,
            low=entry.answer.low,
            high=entry.answer.high,
            **found.by_group.get(group, {}),
            few=few,
            unit=unit,
            reasons=(*entry.answer.reasons, *told, *(left_out(cell, metric) if cell else ())),
        )

    rows = [row(cell.group, entries[cell.group], cell) for cell in cells]
    rows.sort(key=lambda r: (r.rank is None, r.rank or 0, r.value is None, r.label))
    answer = League(
        rows=tuple(rows),
        overall=row((None,) * len(by), entry_of(pooled(cells))),
        metric=metric.name,
        statistic=str(asked.statistic),
        unit=unit_in(log, metric),
        tau=found.tau,
        as_of=when.text,
        reasons=(*doubts.warning, *found.reasons),
    )
    if suppress_below is None:
        behind(answer, log, asked.metric, as_of=when, between=span, tariff=rates)
    return about(answer._with(_span="" if span is None else str(span)), metric, level)


def _statistic(log: EventLog, metric: Metric, asked: str | None) -> Statistic:
    """What is asked; LogError for what makes no league."""
    # what is no metric of cases has no such field
    if getattr(metric, "distinct", metric) is not None:
        what = f"{metric!r} has no groups of cases"
        raise LogError(what, "league", "give a Duration, a Fee, or a Share of cases")
    found = Statistic.parse(asked or ("share" if metric.is_share else "mean"))
    good = found.kind == "mean" or (found.kind == "share" and metric.is_share)
    if metric.is_time and found.kind in ("within", "restricted_mean"):
        good = found.limit is not None
    if not good:
        remedy = 'write "mean", or for times "restricted_mean:168" or "within:24"'
        raise LogError(f"{asked!r} of {metric.name} makes no league", "statistic", remedy)
    return found.cut(metric.is_time and log.is_signed(metric))


def _check(
    metric: Metric, by: tuple[str, ...], statistic: Statistic, best: object, cluster: object
) -> None:
    if not by:
        raise LogError("a league needs group columns", "by", 'write by="port"')
    check_groups(by, reserved=LeagueRow.own_names())
    if best not in (None, "low", "high"):
        raise LogError(f"best={best!r} is not known", "best", 'write best="low" or "high"')
    plain = statistic.kind == "mean" and not (metric.is_share or metric.is_ratio)
    if cluster and not plain:
        what = f"cluster={cluster!r} serves the league of a plain mean"
        raise LogError(what, "cluster", 'statistic="mean"')


__all__ = ["League", "LeagueRow", "league"]
