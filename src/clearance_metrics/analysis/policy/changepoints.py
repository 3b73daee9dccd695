"""changepoints(): where a monthly series changed its level, set beside policy dates.

A detector, no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date as Date
from math import inf
from numbers import Real

import numpy as np

from ...domain.calendars import WorkCalendar
from ...domain.metrics import Metric
from ...engine.log import EventLog
from ...errors import LogError
from ...statistics.changepoints import noise, process_limits, segments, usual_penalty
from ...statistics.refused import Refused
from ...statistics.segmented import serial
from .monthly import LEAST, month_text, monthly, number
from .records import Changes, EffectRow, Fact
from .words import reason

FEWEST = 12
LIMITS = ("界限为控制限，不是置信区间", "low and high are the limits, not an interval")


def changepoints(
    log: EventLog,
    metric: Metric,
    *,
    as_of,
    policy_dates: Iterable | Mapping = (),
    statistic: str | None = None,
    penalty: float | None = None,
    shortest: int = 3,
    baseline: tuple[str, str] | None = None,
    first: str | None = None,
    last: str | None = None,
    least: int = LEAST,
    calendar: WorkCalendar | None = None,
) -> Changes:
    """Months from which on a new level holds, months outside 2.66 mean moving ranges, and how far
    each policy date is.

    `policy_dates`: dates, or a mapping from dates to what they are. `penalty`: the price of one
    more level, by default 2 sigma^2 log n; `shortest`: months of a level at least; `baseline`:
    first and last month from which the limits are taken, by default all. Trend, season, holidays
    and serial correlation are not taken out: a steady fall shows as a stair of levels. Refused
    below 12 months. Sources: Jackson et al. (2005); Killick, Fearnhead and Eckley (2012); Wheeler
    (1993).
    """
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
    if not isinstance(shortest, int) or shortest < 1:
        raise LogError(
            f"shortest={shortest!r} is no number of months", "shortest", "write 1 or more"
        )
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
    )
    values = series.values.get(None, {})
    used = [m for m in series.months if m in values]
    common = dict(
        as_of=str(as_of), metric=series.metric, statistic=series.statistic, unit=series.unit
    )
    unusable = "; ".join(f"{m} ({why})" for _, m, why in series.left_out)
    weak = [Fact("not_usable", unusable)] if unusable else []
    if len(used) < FEWEST:
        zh, en = reason(Refused("short_series", {"months": len(used), "fewest": FEWEST}))
        row = EffectRow("change", None, None, None, None, series.unit, len(used), zh, en)
        return Changes((row,), facts=tuple(weak), points=(), **common)
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
        zh, en = _beside(numbers[cut], listed)
        moved = means[k + 1] - means[k]
        rows.append(
            EffectRow(
                "change",
                used[cut],
                moved,
                None,
                None,
                series.unit,
                int(edges[k + 2] - cut),
                f"水平由 {means[k]:.4g} 变为 {means[k + 1]:.4g}；{zh}".rstrip("；"),
                f"level {means[k]:.4g}, then {means[k + 1]:.4g}; {en}".rstrip("; "),
            )
        )
    for i in np.flatnonzero(limits.outside):
        rows.append(
            EffectRow(
                "outside",
                used[i],
                float(y[i]),
                float(limits.low),
                float(limits.high),
                series.unit,
                values[used[i]][1],
                *LIMITS,
            )
        )
    for month, name in listed:
        rows.append(_policy_row(month, name, [used[c] for c in cuts], series.unit))
    residual = y - level
    facts = [
        Fact("months", f"{used[0]}..{used[-1]}, {len(used)}"),
        Fact("found", len(cuts)),
        Fact("penalty", price),
        Fact("noise", noise(y)),
        Fact("lag1", serial(residual, numbers)[1]),
        Fact("centre", limits.centre),
        Fact("limits", f"{limits.low:.4g} .. {limits.high:.4g}"),
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
    return Changes(tuple(rows), facts=tuple(facts), points=points, **common)


def _policy(dates) -> list[tuple[str, str]]:
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
        found.append((written, str(name)))
    return sorted(found)


def _beside(month: int, listed: list[tuple[str, str]]) -> tuple[str, str]:
    """The nearest policy date, earlier ones first where two are as near."""
    if not listed:
        return "", ""
    day, name = min(listed, key=lambda pair: (abs(number(pair[0]) - month), pair[0]))
    apart = month - number(day)
    named = f" {name}" if name else ""
    zh = "同月" if not apart else f"{'早' if apart < 0 else '晚'} {abs(apart)} 个月"
    zh = f"最近的政策日期 {day}{named}，{zh}"
    count = "1 month" if abs(apart) == 1 else f"{abs(apart)} months"
    where = "in the same month" if not apart else f"{count} {'before' if apart < 0 else 'after'} it"
    return zh, f"nearest policy date {day}{named}, {where}"


def _policy_row(day: str, name: str, found: list[str], unit: str) -> EffectRow:
    if not found:
        zh, en = "未检出水平变动", "no change of level found in the series"
    else:
        near = min(found, key=lambda m: (abs(number(m) - number(day)), m))
        apart = number(near) - number(day)
        zh = f"最近检出月份 {near}（相差 {apart:+d} 个月）"
        en = f"nearest month found {near} (months apart: {apart:+d})"
    zh, en = (f"{name}：{zh}", f"{name}: {en}") if name else (zh, en)
    return EffectRow("policy_date", day, None, None, None, unit, None, zh, en)
