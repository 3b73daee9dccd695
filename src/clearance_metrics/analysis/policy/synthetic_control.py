"""synthetic_control(): one port against a weighted mean of others that tracked it before."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Real
from typing import Any

import numpy as np

from ...domain.calendars import WorkCalendar
from ...domain.ends import ENOUGH
from ...domain.metrics import Metric
from ...domain.tariff import Tariff
from ...engine.asking import asked_of_log
from ...engine.log import EventLog
from ...errors import LogError, closest
from ...statistics.reasons import Reason
from ...statistics.synthetic import WORST_FIT
from ...statistics.synthetic import Synthetic as Twin
from ...statistics.synthetic import synthetic_control as twin_of
from ..caution import about
from ..several import metric_of
from .monthly import Day, Series, check_column, month_text, monthly
from .records import EffectRow, Fact, Synthetic


@asked_of_log
def synthetic_control(
    log: EventLog,
    metric: Metric | str,
    *,
    treated: object,
    start: Day,
    as_of: Any = None,
    by: str = "port",
    statistic: str | None = None,
    donors: Iterable[object] | None = None,
    exclude: Iterable[str] = (),
    worst_fit: float = WORST_FIT,
    first: str | None = None,
    last: str | None = None,
    least: int = ENOUGH,
    calendar: WorkCalendar | None = None,
    tariff: Tariff | None = None,
) -> Synthetic:
    """Mean gap between one port and its synthetic twin from `start` (its first whole month under
    the measure) on.

    `by`: the column that holds the ports. `donors`: ports never under the measure; by default all
    others. A measure that is national
    leaves none: this is for local ones. Months in `exclude` are left out. There is no interval: `p`
    is the share of ports, this one included, whose miss grows as much when each is taken for
    treated. Refused with fewer than 8 donors, fewer than 12 months before, or where the twin misses
    the port's own past by more than `worst_fit` of its size (above 0, up to 1). LogError for a
    donor named twice. Source: Abadie, Diamond and Hainmueller (2010), JASA 105: 493-505.

    >>> import polars as pl
    >>> from clearance_metrics import Duration, EventLog
    >>> events = pl.DataFrame({"case_id": ["a", "a"], "time": [0, 7200],
    ...     "milestone": ["declared", "gate_in"]})
    >>> log = EventLog(events, pl.DataFrame({"case_id": ["a"], "port": ["A"]}))
    >>> clock = Duration("declared", "gate_in")
    >>> found = synthetic_control(
    ...     log, clock, treated="A", start="1970-02", as_of="1970-04-30", last="1970-01", least=1)
    >>> found[0].value, found[0].note
    (None, '0 other ports can serve as donors: at least 8 are needed')
    """
    metric = metric_of(metric, log)
    check_column(by)
    begin = month_text(start, "start")
    listed = _check(donors, worst_fit)
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
    others = [p for p in series.values if p != treated] if donors is None else listed
    twice = sorted({str(p) for p in others if others.count(p) > 1})
    if twice:
        raise LogError(
            f"donors named more than once: {', '.join(twice)}", "donors", "name each port once"
        )
    for port in (treated, *others):
        if port not in series.values:
            raise LogError(
                f"{by} {port!r} has no cases in these months",
                "treated or donors",
                closest(str(port), map(str, series.values)),
            )
    if treated in others:
        raise LogError(f"{by} {treated!r} cannot be its own donor", "donors", "leave it out")
    skipped = {month_text(m, "exclude") for m in exclude}
    span = [m for m in series.months if m not in skipped]

    def whole(port: object) -> bool:
        return all(m in series.values[port] for m in span)

    kept = sorted((p for p in others if whole(p)), key=str)
    lacking = sorted(str(p) for p in others if not whole(p))
    place = sum(m < begin for m in span)
    if whole(treated) and span:
        table = np.array([[series.values[p][m][0] for p in kept] for m in span]).reshape(
            len(span), len(kept)
        )
        actual = np.array([series.values[treated][m][0] for m in span])
        found = twin_of(actual, table, place, worst_fit)
    else:
        found = series.lacking("policy.treated_left_out")
    facts = _facts(series, found, kept, lacking, skipped)
    common: dict[str, Any] = {
        "as_of": str(as_of),
        **series.head(),
        "start": begin,
        "facts": tuple(facts),
    }
    if isinstance(found, Reason):
        row = EffectRow(term="gap", unit=series.unit, reasons=(found,))
        return about(Synthetic(rows=(row,), **common), metric)
    least_p = 1 / (len(kept) + 1)
    why = Reason("policy.permutation", p=found.p, donors=len(kept), least=least_p)
    row = EffectRow(
        term="gap", value=found.effect, unit=series.unit, n=len(span) - place, reasons=(why,)
    )
    points = tuple(
        {"period": m, "value": float(a), "synthetic": float(s), "gap": float(a - s)}
        for m, a, s in zip(span, actual, found.path, strict=True)
    )
    placebos = tuple(
        {by: port, "period": m, "gap": float(gap)}
        for j, port in enumerate(kept)
        for m, gap in zip(span, found.placebo_gaps[:, j], strict=True)
    )
    weights = tuple(
        sorted(
            ((str(p), float(w)) for p, w in zip(kept, found.weights, strict=True) if w > 1e-6),
            key=lambda pair: (-pair[1], pair[0]),
        )
    )
    answer = Synthetic(rows=(row,), points=points, weights=weights, placebos=placebos, **common)
    return about(answer, metric)


def _check(donors: object, worst_fit: Any) -> list:
    """The donors as a list; a miss of the port's own size or more is no fit at all."""
    if (
        isinstance(worst_fit, bool)
        or not isinstance(worst_fit, Real)
        or not 0 < float(worst_fit) <= 1
    ):
        raise LogError(
            f"worst_fit={worst_fit!r} is no share between 0 and 1",
            "worst_fit",
            f"write {WORST_FIT}",
        )
    if isinstance(donors, str) or not isinstance(donors, Iterable | None):
        raise LogError(
            f"donors={donors!r} is no list of ports",
            "donors",
            'write ["port", "port", …] or leave it out',
        )
    return list(donors or ())


def _facts(
    series: Series, found: Twin | Reason, kept: list, lacking: list[str], skipped: set[str]
) -> list[Fact]:
    facts = [Fact("donors", len(kept))]
    if lacking:
        facts.append(Fact("ports_left_out", tuple(lacking)))
    if skipped:
        facts.append(Fact("left_out", tuple(sorted(skipped))))
    if series.unplaced:
        facts.append(Fact("unplaced", series.unplaced))
    if isinstance(found, Reason):
        return facts
    low, high = found.spared
    return [
        *facts,
        Fact("p", found.p),
        Fact("rmspe_before", found.rmspe_before),
        Fact("rmspe_after", found.rmspe_after),
        Fact("fit", found.fit),
        Fact("leave_one_out", Reason("policy.range", low=low, high=high)),
    ]
