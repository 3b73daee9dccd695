"""staggered(): ports that start in different months, against ports that have not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from ...domain.arguments import check_level
from ...domain.calendars import WorkCalendar
from ...domain.ends import ENOUGH
from ...domain.metrics import Metric
from ...domain.tariff import Tariff
from ...engine.asking import asked_of_log
from ...engine.log import EventLog
from ...errors import LogError, closest
from ...statistics.clustered import DRAWS, FEWEST, MANY, Clustered, PreTrend, clustered, pre_trend
from ...statistics.reasons import Reason
from ...statistics.staggered import BASES, CONTROLS, NEVER, GroupTime, aggregates, group_time
from ..caution import about
from ..estimates import unit_in
from ..measure import measure
from ..several import metric_of
from .monthly import (
    Day,
    Series,
    check_choice,
    check_column,
    check_whole,
    counted,
    month_text,
    monthly,
)
from .records import EffectRow, Fact, Staggered


@asked_of_log
def staggered(
    log: EventLog,
    metric: Metric | str,
    *,
    starts: Mapping[Any, Day] | str,
    as_of: Any = None,
    by: str = "port",
    statistic: str | None = None,
    control: str = "never",
    base: str = "varying",
    anticipation: int = 0,
    weights: str | None = None,
    errors: str = "wild",
    draws: int = DRAWS,
    seed: int = 1,
    first: str | None = None,
    last: str | None = None,
    least: int = ENOUGH,
    level: float = 0.95,
    calendar: WorkCalendar | None = None,
    tariff: Tariff | None = None,
) -> Staggered:
    """Effects by month of start and month, after Callaway and Sant'Anna (2021), and their sums;
    ports are the clusters.

    `starts`: port to its first whole month under the measure, or the column that holds this month
    (no effect is given where a port has two); all other ports never start. `by`: the column that
    holds the ports.
    `control`: "never", or "not_yet" (all that have not started by then). `base`: how months before
    the start are compared, see `statistics.staggered.group_time`. `anticipation`: months before the
    start that may already be touched. The test of the months before compares each with the last one
    before the start, whatever the `base`. `weights="cases"` weighs ports by their cases before the
    first start. Ports that lack a month are left out and named. No effect is given where there is
    no control, where the test of the months before the start rejects that ports moved alike, or
    where ports are too few for an interval; single months then keep their points. The same `seed`
    gives the same bootstrap. Source: Callaway and Sant'Anna (2021), J Econometrics 225: 200-230.

    >>> import polars as pl
    >>> from clearance_metrics import Duration, EventLog
    >>> events = pl.DataFrame({"case_id": ["a", "a"], "time": [0, 7200],
    ...     "milestone": ["declared", "gate_in"]})
    >>> log = EventLog(events, pl.DataFrame({"case_id": ["a"], "port": ["A"]}))
    >>> clock = Duration("declared", "gate_in")
    >>> found = staggered(
    ...     log, clock, starts={"A": "1970-02"}, as_of="1970-04-30", last="1970-01", least=1)
    >>> found[0].value, found[0].note[:36]
    (None, 'no port stays without the measure, s')
    """
    metric = metric_of(metric, log)
    check_column(by)
    check_choice("control", control, CONTROLS)
    check_choice("base", base, BASES)
    check_choice("weights", weights, (None, "cases"))
    check_choice("errors", errors, ("wild", "influence"))
    check_whole("anticipation", anticipation, 0, low=0)
    check_level(level)
    check_whole("draws", draws, DRAWS, low=99)
    check_whole("seed", seed, 1, low=0, high=2**32 - 1)
    if weights and counted(statistic):
        raise LogError("counts are not weighted by cases", "weights", "leave weights out")
    if isinstance(starts, str):
        starts = first_months(log, metric, by, starts, as_of)
        if isinstance(starts, Reason):
            return about(_refused(metric, statistic, starts, as_of, unit_in(log, metric)), metric)
    if not isinstance(starts, Mapping):
        raise LogError(
            f"starts={starts!r} does not say when each port starts",
            "starts",
            'write {"port": "2021-09"}, or the column that holds these months',
        )
    begun = {port: month_text(month, f"starts[{port!r}]") for port, month in starts.items()}
    if not begun:
        raise LogError("no port starts", "starts", 'write {"port": "2021-09"}')
    series = monthly(
        log,
        metric,
        statistic=statistic,
        as_of=as_of,
        by=by,
        first=first,
        last=last,
        least=least,
        calendar=calendar,
        tariff=tariff,
    )
    _check_ports(begun, series, by)
    ports = [
        p
        for p in sorted(series.values, key=str)
        if all(m in series.values[p] for m in series.months)
    ]
    lacking = [p for p in sorted(series.values, key=str) if p not in ports]
    span = series.months
    place = {month: i for i, month in enumerate(span)}
    when = np.array([_place(begun.get(p), place, span) for p in ports], "int64")
    table = np.array([[series.values[p][m][0] for m in span] for p in ports]).reshape(
        len(ports), len(span)
    )
    weigh = _weights(series, ports, when) if weights and ports else None
    cells = series.lacking("policy.no_series")
    if (when < NEVER).any():
        cells = group_time(
            table, when, control=control, base=base, anticipation=anticipation, weights=weigh
        )
    facts = _facts(series, when, lacking)
    facts.append(Fact("control", _compared(control, base, anticipation, weights)))
    common: dict[str, Any] = {"as_of": str(as_of), **series.head()}
    if isinstance(cells, Reason):
        rows = tuple(
            EffectRow(term=term, unit=series.unit, reasons=(cells,)) for term in ("simple", "event")
        )
        return about(Staggered(rows=rows, facts=tuple(facts), **common), metric, level)._with(
            _begun=_counts(begun)
        )
    parts = aggregates(cells)
    found = clustered(cells, parts, method=errors, level=level, draws=draws, seed=seed)
    test = pre_trend(
        table,
        when,
        control=control,
        anticipation=anticipation,
        weights=weigh,
        draws=draws,
        seed=seed,
    )
    settings = {"draws": draws, "seed": seed} if errors == "wild" else {}
    facts += [Fact("errors", Reason(f"policy_errors.{errors}", **settings)), *_test_facts(test)]
    if cells.dropped:
        facts.append(
            Fact(
                "group_dropped",
                tuple(_dropped(*pair, ports, when, begun) for pair in cells.dropped),
            )
        )
    rows = _rows(found, cells, parts, series.unit, span, test, 1 - level, errors)
    points = tuple(r.to_dict() for r in rows if r.term == "event" and r.period is not None)
    answer = Staggered(
        rows=rows,
        facts=tuple(facts),
        points=points,
        cells=_cells(found, cells, span),
        **common,
    )
    return about(answer, metric, level)._with(_begun=_counts(begun))


def first_months(
    log: EventLog, metric: Metric, by: str, column: str, as_of: object
) -> dict[object, str] | Reason:
    """Each port's first month, from the column that holds it; or why there is none to go by: no
    port has one, or one has two.
    """
    rows = measure(log, metric, as_of=as_of, by=(by, column), statistics="n")
    begun: dict[object, str] = {}
    for row in rows:
        port, month = (dict(row.groups)[name] for name in (by, column))
        if port is None or month is None:
            continue
        if begun.setdefault(port, str(month)) != str(month):
            return Reason("effects.two_starts", port=str(port))
    return begun or Reason("effects.no_starts")


def _refused(
    metric: Metric, statistic: str | None, why: Reason, as_of: object, unit: str
) -> Staggered:
    row = EffectRow(term="simple", unit=unit, reasons=(why,))
    told = statistic or metric.default_statistics[0]
    return Staggered(
        rows=(row,), facts=(), as_of=str(as_of), metric=metric.name, statistic=told, unit=unit
    )


def _counts(begun: Mapping[Any, str]) -> tuple[tuple[str, int], ...]:
    """Months of start, and how many ports begin then."""
    return tuple(sorted(Counter(begun.values()).items()))


def _check_ports(begun: dict, series: Series, by: str) -> None:
    for port in begun:
        if port not in series.values:
            raise LogError(
                f"{by} {port!r} has no cases in these months",
                "starts",
                closest(str(port), map(str, series.values)),
            )


def _place(month: str | None, place: dict[str, int], span: tuple[str, ...]) -> int:
    """A start before the first month stands at it, one after the last beyond it."""
    if month is None:
        return NEVER
    return place.get(month, 0 if span and month < span[0] else len(span))


def _dropped(group: int, why: str, ports: list, when: np.ndarray, begun: dict) -> Reason:
    named = (f"{p} ({begun[p]})" for p, w in zip(ports, when, strict=True) if w == group)
    return Reason(f"policy_dropped.{why}", ports=tuple(named))


def _weights(series: Series, ports: list, when: np.ndarray) -> np.ndarray:
    """Cases before anyone starts, which the measure cannot have changed."""
    stop = max(int(when.min()), 1)
    return np.array(
        [float(sum(series.values[p][m][1] for m in series.months[:stop])) for p in ports]
    )


def _facts(series: Series, when: np.ndarray, lacking: list) -> list[Fact]:
    treated, span = int((when < NEVER).sum()), series.months
    facts = [
        Fact("ports_started", treated),
        Fact("ports_never", len(when) - treated),
        Fact("months", f"{span[0]}..{span[-1]}" if span else None),
    ]
    if lacking:
        facts.append(Fact("ports_left_out", tuple(map(str, lacking))))
    if series.unplaced:
        facts.append(Fact("unplaced", series.unplaced))
    return facts


def _compared(
    control: str, base: str, anticipation: int, weights: str | None
) -> tuple[Reason, ...]:
    told = [Reason(f"policy_control.{control}"), Reason(f"policy_control.{base}")]
    told.append(Reason("policy.anticipation", n=anticipation))
    return (*told, Reason("policy.weighted_by_cases")) if weights else tuple(told)


def _test_facts(test: PreTrend | Reason) -> list[Fact]:
    if isinstance(test, Reason):
        return [Fact("pre_trend", test)]
    return [Fact("pre_trend_p", test.p), Fact("pre_trend_periods", test.periods)]


def _rows(
    found: Clustered,
    cells: GroupTime,
    parts: Mapping,
    unit: str,
    span: tuple[str, ...],
    test: PreTrend | Reason,
    alpha: float,
    errors: str,
) -> tuple[EffectRow, ...]:
    failed = test.p if isinstance(test, PreTrend) and test.p < alpha else None
    short = Reason("policy.few_units", fewest=FEWEST)
    if len(cells.starts) < MANY and errors == "influence":
        short = Reason("policy.many_units", fewest=MANY)
    order = [("simple", None), ("event", None), ("group", None), ("calendar", None)]
    order += sorted(
        (
            name
            for name in parts
            if name[0] in ("event", "group", "calendar") and name[1] is not None
        ),
        key=lambda name: (("event", "group", "calendar").index(name[0]), name[1]),
    )
    rows = []
    for name in order:
        kind, place = name
        answer = found.estimates[name]
        value, why = answer.value, None
        if failed is not None and not (kind == "event" and place is not None):
            value, why = None, Reason("policy.pre_trend_failed", p=failed)
        elif answer.low is None and place is None:
            # a headline without an interval is no finding; single months keep their points for the
            # eye
            value, why = None, short
        elif answer.low is None:
            why = Reason("policy.no_interval")
        elif place is None and isinstance(test, Reason):
            why = test
        used = np.unique(cells.group[parts[name].weights != 0])
        rows.append(
            EffectRow(
                term=kind,
                period=None if place is None else f"{place:+d}" if kind == "event" else span[place],
                value=value,
                low=None if value is None else answer.low,
                high=None if value is None else answer.high,
                unit=unit,
                n=int(np.isin(cells.starts, used).sum()),
                reasons=(why,) if why else (),
            )
        )
    return tuple(rows)


def _cells(found: Clustered, cells: GroupTime, span: Any) -> tuple[dict, ...]:
    rows = []
    for i, (group, time, base) in enumerate(zip(cells.group, cells.time, cells.base, strict=True)):
        answer = found.estimates["cell", (int(group), int(time))]
        rows.append(
            {
                "start": span[group],
                "period": span[time],
                "base": span[base],
                "value": answer.value,
                "low": answer.low,
                "high": answer.high,
                "ports": int(cells.n_treated[i]),
                "controls": int(cells.n_control[i]),
            }
        )
    return tuple(rows)
