"""staggered(): ports that start in different months, against ports that have not."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...domain.calendars import WorkCalendar
from ...domain.metrics import Metric
from ...engine.log import EventLog
from ...errors import LogError, closest
from ...statistics.clustered import DRAWS, FEWEST, MANY, Clustered, PreTrend, clustered, pre_trend
from ...statistics.refused import Refused
from ...statistics.staggered import BASES, CONTROLS, NEVER, GroupTime, aggregates, group_time
from .monthly import COUNTS, LEAST, Series, check_level, check_whole, month_text, monthly
from .records import EffectRow, Fact, Staggered
from .words import Words, reason

DROPPED = {
    "no_before": ("实施前没有月份", "no month before the start"),
    "no_after": ("实施后没有月份", "no month after the start"),
    "no_control": ("没有可作对照的口岸", "no port left as control"),
}


def staggered(
    log: EventLog,
    metric: Metric,
    *,
    starts: Mapping[object, object],
    as_of,
    unit: str = "port",
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
    least: int = LEAST,
    level: float = 0.95,
    calendar: WorkCalendar | None = None,
) -> Staggered:
    """Effects by month of start and month, after Callaway and Sant'Anna (2021), and their sums;
    ports are the clusters.

    `starts`: port to its first whole month under the measure; all other ports never start.
    `control`: "never", or "not_yet" (all that have not started by then). `base`: how months before
    the start are compared, see `statistics.staggered.group_time`. `anticipation`: months before the
    start that may already be touched. The test of the months before compares each with the last one
    before the start, whatever the `base`. `weights="cases"` weighs ports by their cases before the
    first start. Ports that lack a month are left out and named. No effect is given where there is
    no control, where the test of the months before the start rejects that ports moved alike, or
    where ports are too few for an interval; single months then keep their points. The same `seed`
    gives the same bootstrap. Source: Callaway and Sant'Anna (2021), J Econometrics 225: 200-230.
    """
    for name, value, known in (
        ("control", control, CONTROLS),
        ("base", base, BASES),
        ("weights", weights, (None, "cases")),
        ("errors", errors, ("wild", "influence")),
    ):
        if value not in known:
            raise LogError(
                f"{name}={value!r} is not known",
                name,
                f"write one of {', '.join(map(repr, known))}",
            )
    if not isinstance(anticipation, int) or anticipation < 0:
        raise LogError(
            f"anticipation={anticipation!r} is no number of months",
            "anticipation",
            "write 0, 1, 2 …",
        )
    check_level(level)
    if not isinstance(draws, int) or draws < 99:
        raise LogError(f"draws={draws!r} are too few", "draws", "write 999")
    check_whole("seed", seed, 1, low=0, high=2**32 - 1)
    if weights and str(statistic).partition(":")[0] in COUNTS:
        raise LogError("counts are not weighted by cases", "weights", "leave weights out")
    if not isinstance(starts, Mapping):
        raise LogError(
            f"starts={starts!r} does not say when each port starts",
            "starts",
            'write {"port": "2021-09"}',
        )
    begun = {port: month_text(month, f"starts[{port!r}]") for port, month in starts.items()}
    if not begun:
        raise LogError("no port starts", "starts", 'write {"port": "2021-09"}')
    series = monthly(
        log,
        metric,
        statistic=statistic,
        as_of=as_of,
        unit=unit,
        first=first,
        last=last,
        least=least,
        calendar=calendar,
    )
    _check_ports(begun, series, unit)
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
    cells = series.lacking("no_series")
    if (when < NEVER).any():
        cells = group_time(
            table, when, control=control, base=base, anticipation=anticipation, weights=weigh
        )
    facts = _facts(series, ports, when, lacking, control, base, anticipation, weights)
    common = dict(
        as_of=str(as_of), metric=series.metric, statistic=series.statistic, unit=series.unit
    )
    if isinstance(cells, Refused):
        zh, en = reason(cells)
        rows = tuple(
            EffectRow(k, None, None, None, None, series.unit, None, zh, en)
            for k in ("simple", "event")
        )
        return Staggered(rows, facts=tuple(facts), points=(), cells=(), **common)
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
    facts += [Fact("errors", _method(errors, draws, seed)), *_test_facts(test)]
    dropped = "; ".join(_dropped(g, why, ports, when, begun) for g, why in cells.dropped)
    facts += [Fact("group_dropped", dropped)] if dropped else []
    rows = _rows(found, cells, parts, series.unit, span, test, 1 - level, errors)
    points = tuple(r.to_dict() for r in rows if r.term == "event" and r.period is not None)
    return Staggered(
        rows, facts=tuple(facts), points=points, cells=_cells(found, cells, span), **common
    )


def _check_ports(begun: dict, series: Series, unit: str) -> None:
    for port in begun:
        if port not in series.values:
            raise LogError(
                f"{unit} {port!r} has no cases in these months",
                "starts",
                closest(str(port), series.values),
            )


def _place(month: str | None, place: dict[str, int], span: tuple[str, ...]) -> int:
    """A start before the first month stands at it, one after the last beyond it."""
    if month is None:
        return NEVER
    return place.get(month, 0 if span and month < span[0] else len(span))


def _dropped(group: int, why: str, ports: list, when: np.ndarray, begun: dict) -> str:
    zh, en = DROPPED[why]
    named = ", ".join(f"{p} ({begun[p]})" for p, w in zip(ports, when, strict=True) if w == group)
    return f"{named}: {en} {zh}"


def _weights(series: Series, ports: list, when: np.ndarray) -> np.ndarray:
    """Cases before anyone starts, which the measure cannot have changed."""
    stop = max(int(when.min()), 1)
    return np.array(
        [float(sum(series.values[p][m][1] for m in series.months[:stop])) for p in ports]
    )


def _method(errors: str, draws: int, seed: int) -> str:
    if errors == "influence":
        return "influence function 影响函数"
    return f"wild bootstrap of whole ports 按口岸的野自助法, {draws} draws, seed {seed}"


def _facts(series, ports, when, lacking, control, base, anticipation, weights) -> list[Fact]:
    treated = int((when < NEVER).sum())
    facts = [
        Fact("ports_started", treated),
        Fact("ports_never", len(ports) - treated),
        Fact("months", f"{series.months[0]}..{series.months[-1]}" if series.months else "–"),
        Fact(
            "control",
            f"{control}, base {base}, anticipation {anticipation}"
            + (", weighted by cases before the first start" if weights else ""),
        ),
    ]
    if lacking:
        facts.append(Fact("ports_left_out", ", ".join(map(str, lacking))))
    if series.unplaced:
        facts.append(Fact("unplaced", series.unplaced))
    return facts


def _test_facts(test: PreTrend | Refused) -> list[Fact]:
    if isinstance(test, Refused):
        zh, en = reason(test)
        return [Fact("pre_trend", f"{en} {zh}")]
    return [Fact("pre_trend_p", test.p), Fact("pre_trend_periods", test.periods)]


def _rows(
    found: Clustered,
    cells: GroupTime,
    parts: dict,
    unit: str,
    span,
    test,
    alpha: float,
    errors: str,
) -> tuple[EffectRow, ...]:
    failed = isinstance(test, PreTrend) and test.p < alpha
    refused: Words = reason(Refused("pre_trend_failed", {"p": test.p})) if failed else ("", "")
    few = len(cells.starts) < MANY and errors == "influence"
    short = reason(
        Refused("many_units", {"fewest": MANY}) if few else Refused("few_units", {"fewest": FEWEST})
    )
    assumed = reason(test) if isinstance(test, Refused) else ("", "")
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
        value, notes = answer.value, ("", "")
        if failed and not (kind == "event" and place is not None):
            value, notes = None, refused
        elif answer.low is None and place is None:
            # a headline without an interval is no finding; single months keep their points for the
            # eye
            value, notes = None, short
        elif answer.low is None:
            notes = reason(Refused("no_interval"))
        elif place is None:
            notes = assumed
        used = np.unique(cells.group[parts[name].weights != 0])
        bounds = (None, None) if value is None else (answer.low, answer.high)
        period = None if place is None else f"{place:+d}" if kind == "event" else span[place]
        rows.append(
            EffectRow(
                kind, period, value, *bounds, unit, int(np.isin(cells.starts, used).sum()), *notes
            )
        )
    return tuple(rows)


def _cells(found: Clustered, cells: GroupTime, span) -> tuple[dict, ...]:
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
