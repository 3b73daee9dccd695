"""changepoints(): where a monthly series changed its level, set beside policy dates.

A detector, no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date as Date
from math import inf
from numbers import Real
from typing import Any

import numpy as np

from ...domain.calendars import WorkCalendar
from ...domain.ends import ENOUGH
from ...domain.metrics import Metric
from ...domain.tariff import Tariff
from ...engine.asking import asked_of_log
from ...engine.log import EventLog
from ...errors import LogError
from ...statistics.changepoints import noise, process_limits, segments, usual_penalty
from ...statistics.reasons import Reason
from ...statistics.segmented import serial
from ..caution import about
from ..several import metric_of
from .monthly import Day, check_whole, month_text, monthly, number
from .records import Changes, EffectRow, Fact

FEWEST = 12


@asked_of_log
def changepoints(
    log: EventLog,
    metric: Metric | str,
    *,
    as_of: Any = None,
    policy_dates: Iterable[Day] | Mapping[Day, object] = (),
    statistic: str | None = None,
    penalty: float | None = None,
    shortest: int = 3,
    baseline: tuple[str, str] | None = None,
    first: str | None = None,
    last: str | None = None,
    least: int = ENOUGH,
    calendar: WorkCalendar | None = None,
    tariff: Tariff | None = None,
) -> Changes:
    """Months from which on a new level holds, months outside 2.66 mean moving ranges, and how far
    each policy date is.

    `policy_dates`: dates, or a mapping from dates to what they are (a text, or a mapping from
    language to text). `penalty`: the price of one
    more level, by default 2 sigma^2 log n; `shortest`: months of a level at least; `baseline`:
    first and last month from which the limits are taken, by default all. Trend, season, holidays
    and serial correlation are not taken out: a steady fall shows as a stair of levels. Refused
    below 12 months. Sources: Jackson et al. (2005); Killick, Fearnhead and Eckley (2012); Wheeler
    (1993).

    >>> import polars as pl
    >>> from clearance_metrics import Duration, EventLog
    >>> events = pl.DataFrame({"case_id": ["a", "a"], "time": [0, 7200],
    ...     "milestone": ["declared", "gate_in"]})
    >>> log = EventLog(events, pl.DataFrame({"case_id": ["a"], "port": ["A"]}))
    >>> clock = Duration("declared", "gate_in")
    >>> found = changepoints(log, clock, as_of="1970-04-30", least=1)
    >>> found[0].value, found[0].note
    (None, '1 months can be used: at least 12 are needed')
    """
    metric = metric_of(metric, log)
    if penalty is not None and (
        isinstance(penalty, bool) or not isinstance(penalty, Real) or not 0 <= penalty < inf
    ):
        raise LogError(
            f"penalty={penalty!r} is not a price",
            "penalty",
            "write a number of 0 or more, or leave it out",
        )
    if baseline is not None and (isinstance(baseline, str) or len(baseline) != 2):
        raise LogError(
            f"baseline={baseline!r} is not two months", "baseline", 'write ("2019-01", "2019-12")'
        )
    check_whole("shortest", shortest, 3, low=1)
    listed = _policy(policy_dates)
    series = monthly(
        log,
        metric,
        statistic=statistic,
        as_of=as_of,
        first=first,
        last=last,
        least=least,
        calendar=calendar,
        tariff=tariff,
    )
    values = series.values.get(None, {})
    used = [m for m in series.months if m in values]
    common: dict[str, Any] = {"as_of": str(as_of), **series.head()}
    unusable = series.not_usable()
    weak = (Fact("not_usable", unusable),) if unusable else ()
    if len(used) < FEWEST:
        why = Reason("policy.short_series", months=len(used), fewest=FEWEST)
        row = EffectRow(term="change", unit=series.unit, n=len(used), reasons=(why,))
        return about(Changes(rows=(row,), facts=weak, **common), metric)
    y, numbers = np.array([values[m][0] for m in used]), np.array([number(m) for m in used])
    price = usual_penalty(y) if penalty is None else float(penalty)
    cuts = segments(y, price, shortest)
    inside = None
    if baseline is not None:
        low, high = (month_text(m, "baseline") for m in baseline)
        inside = np.array([low <= m <= high for m in used])
        if inside.sum() < 2:
            whole = f"{used[0]}..{used[-1]}"
            raise LogError(
                "the baseline holds fewer than two months", "baseline", f"choose within {whole}"
            )
    limits = process_limits(y, numbers, inside)
    edges = [0, *cuts, len(used)]
    means = [float(y[a:b].mean()) for a, b in zip(edges, edges[1:], strict=False)]
    level = np.repeat(means, np.diff(edges))
    rows = []
    for k, cut in enumerate(cuts):
        why = [Reason("policy.levels", before=means[k], after=means[k + 1])]
        rows.append(
            EffectRow(
                term="change",
                period=used[cut],
                value=means[k + 1] - means[k],
                unit=series.unit,
                n=int(edges[k + 2] - cut),
                reasons=(*why, *_beside(int(numbers[cut]), listed)),
            )
        )
    for i in np.flatnonzero(limits.outside):
        rows.append(
            EffectRow(
                term="outside",
                period=used[i],
                value=float(y[i]),
                low=float(limits.low),
                high=float(limits.high),
                unit=series.unit,
                n=values[used[i]][1],
                reasons=(Reason("policy.limits_no_interval"),),
            )
        )
    for month, name in listed:
        why = _found_near(month, name, [used[c] for c in cuts])
        row = EffectRow(term="policy_date", period=month, unit=series.unit, reasons=(why,))
        rows.append(row)
    residual = y - level
    facts = [
        Fact("months", Reason("policy.months_used", first=used[0], last=used[-1], n=len(used))),
        Fact("found", len(cuts)),
        Fact("penalty", price),
        Fact("noise", noise(y)),
        Fact("lag1", serial(residual, numbers)[1]),
        Fact("centre", limits.centre),
        Fact("limits", Reason("policy.range", low=float(limits.low), high=float(limits.high))),
        *weak,
    ]
    points = tuple(
        {
            "period": m,
            "value": float(v),
            "level": float(s),
            "low": float(limits.low),
            "high": float(limits.high),
            "outside": bool(o),
        }
        for m, v, s, o in zip(used, y, level, limits.outside, strict=True)
    )
    found = Changes(rows=tuple(rows), facts=tuple(facts), points=points, **common)
    return about(found, metric)._with(_dates=tuple(listed))


def _policy(dates: Iterable[Day] | Mapping[Day, object]) -> list[tuple[str, object]]:
    """Dates and what they are, in the order of time."""
    pairs = dates.items() if isinstance(dates, Mapping) else [(d, "") for d in dates]
    found = []
    for day, name in pairs:
        written = str(day)
        try:
            Date.fromisoformat(written if len(written) > 7 else f"{written}-01")
        except ValueError:
            raise LogError(
                f"{day!r} is not a date", "policy_dates", "write it as 2021-08-20"
            ) from None
        found.append((written, name if isinstance(name, Mapping | Reason) else str(name)))
    return sorted(found, key=lambda pair: (pair[0], str(pair[1])))


def _beside(month: int, listed: Sequence[tuple[str, object]]) -> tuple[Reason, ...]:
    """The nearest policy date, earlier ones first where two are as near."""
    if not listed:
        return ()
    day, name = min(listed, key=lambda pair: (abs(number(pair[0]) - month), pair[0]))
    apart = month - number(day)
    where = Reason("policy.same_month")
    if apart:
        code = "policy.months_before" if apart < 0 else "policy.months_after"
        where = Reason(code, n=abs(apart))
    date = Reason("policy.date_named", date=day, name=name) if name else day
    return (Reason("policy.nearest_date", date=date, where=where),)


def _found_near(day: str, name: object, found: Sequence[str]) -> Reason:
    """How far a policy date is from the nearest month found."""
    why = Reason("policy.no_change_found")
    if found:
        near = min(found, key=lambda m: (abs(number(m) - number(day)), m))
        apart = number(near) - number(day)
        why = Reason("policy.nearest_found", month=near, apart=apart)
    return Reason("policy.of_date", name=name, what=why) if name else why
