"""interrupted(): one monthly series before and after a date."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date as Date

import numpy as np

from ...domain.calendars import WorkCalendar
from ...domain.metrics import Metric
from ...domain.windows import month_from, months
from ...engine.log import EventLog
from ...errors import LogError
from ...statistics.refused import Refused
from ...statistics.segmented import ERRORS, FAMILIES, Segmented, placebo_dates, segmented
from .monthly import (
    COUNTS,
    LEAST,
    Series,
    check_level,
    festival_days,
    later,
    month_days,
    month_text,
    monthly,
    number,
    text,
)
from .monthly import working_days as working_days_of
from .records import EffectRow, Fact, Interrupted
from .words import reason

ERROR_WORDS = {
    "guarded": "the larger of Newey-West and first-order autocorrelation 取两种误差中的大者",
    "hac": "Newey-West",
    "ar1": "first-order autocorrelation 一阶自相关",
    "model": "independent months 各月独立",
}
TERM_WORDS = {
    "constant": "常数项",
    "trend": "趋势",
    "level": "水平",
    "slope": "斜率",
    "working days": "工作日数",
    "Spring Festival days": "春节假日天数",
}
EXPOSURES = (None, "days", "working_days", "cases")


def interrupted(
    log: EventLog,
    metric: Metric,
    *,
    date,
    as_of,
    statistic: str | None = None,
    phase_in: int = 0,
    exclude: Iterable[str] = (),
    slope: bool = True,
    harmonics: int = 2,
    spring_festival: bool = True,
    working_days: bool = True,
    family: str = "gaussian",
    link: str = "identity",
    exposure: str | None = None,
    errors: str = "guarded",
    lag: int | None = None,
    placebo: bool = True,
    first: str | None = None,
    last: str | None = None,
    least: int = LEAST,
    level: float = 0.95,
    calendar: WorkCalendar | None = None,
) -> Interrupted:
    """Change of level and slope of a monthly mean, share or restricted mean at a date, with season
    and holidays.

    The month that `date` (a day, or a month) breaks and `phase_in` months after it are left out, so
    are `exclude`d ones. `harmonics`: 0, 1 or 2 pairs. `spring_festival` and `working_days`: days of
    the month, as covariates. Counts (statistic "n" or "count_above:0") take family="poisson" or
    "quasipoisson" with an `exposure` ("days", "working_days", "cases"). `errors`: "guarded" (the
    larger of Newey-West's with `lag` months and of first-order autocorrelation's), "hac", "ar1" or
    "model" (independent months). With a log link effects are ratios. Refused below 8 months a side,
    where the months cannot carry the terms, and where the series does not move: the value is None
    and the note says why. CalendarError for months whose holidays are not known. Source: Lopez
    Bernal, Cummins and Gasparrini (2017), Int J Epidemiol 46: 348-355.

    >>> import polars as pl
    >>> from clearance_metrics import Duration, EventLog
    >>> events = pl.DataFrame({"case_id": ["a", "a"], "time": [0, 7200], "milestone": ["declared", "gate_in"]})
    >>> found = interrupted(EventLog(events), Duration("declared", "gate_in"), date="1970-02", as_of="1970-04-30",
    ...     least=1, spring_festival=False, working_days=False)
    >>> found.rows[1].value, found.rows[1].note[:47]
    (None, 'of the months, 1 before the date and 0 after it')
    """
    check_level(level)
    if lag is not None and (not isinstance(lag, int) or lag < 0):
        raise LogError(
            f"lag={lag!r} is no number of months", "lag", "write 0, 1, 2 … or leave it out"
        )
    _check(family, link, exposure, errors, harmonics, phase_in, statistic)
    start, broken = _start(date, phase_in)
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
    skipped = {*broken, *(month_text(m, "exclude") for m in exclude)}
    used = [m for m in series.months if m in values and m not in skipped]
    covariates = {"Spring Festival days": festival_days(used)} if spring_festival else {}
    covariates |= {"working days": working_days_of(used, calendar)} if working_days else {}
    options = dict(
        slope=slope,
        harmonics=harmonics,
        covariates=covariates,
        family=family,
        link=link,
        errors=errors,
        lag=lag,
        level=level,
        exposure=_exposure(exposure, used, values, calendar),
    )
    numbers, y = (
        np.array([number(m) for m in used], "int64"),
        np.array([values[m][0] for m in used]),
    )
    fit = segmented(numbers, y, number(start), **options)
    tried = (
        placebo_dates(numbers, y, number(start), **options)
        if placebo and isinstance(fit, Segmented)
        else None
    )
    return Interrupted(
        rows=_rows(fit, series.unit, slope),
        as_of=str(as_of),
        metric=series.metric,
        statistic=series.statistic,
        unit=series.unit,
        start=start,
        points=_points(series, values, used, fit),
        facts=(*_facts(fit, series, skipped, options), *_placebo_facts(tried, fit)),
        placebos=tuple(_placebo(m, f) for m, f in tried) if isinstance(tried, list) else (),
    )


def _check(family, link, exposure, errors, harmonics, phase_in, statistic) -> None:
    for name, value, known in (
        ("family", family, FAMILIES),
        ("link", link, ("identity", "log")),
        ("exposure", exposure, EXPOSURES),
        ("errors", errors, ERRORS),
        ("harmonics", harmonics, (0, 1, 2)),
    ):
        if value not in known:
            raise LogError(
                f"{name}={value!r} is not known",
                name,
                f"write one of {', '.join(map(repr, known))}",
            )
    counted = str(statistic).partition(":")[0] in COUNTS
    if family != "gaussian" and not counted:
        raise LogError(
            f"{family} models counts, and {statistic or 'this statistic'} is none",
            "family",
            'write statistic="n" or "count_above:0", or family="gaussian"',
        )
    if exposure and family == "gaussian":
        raise LogError("an exposure belongs to counts", "exposure", 'write family="quasipoisson"')
    if exposure == "cases" and str(statistic) == "n":
        raise LogError(
            "cases counted over cases are always one",
            "exposure",
            'write exposure="days" or "working_days"',
        )
    if not isinstance(phase_in, int) or phase_in < 0:
        raise LogError(
            f"phase_in={phase_in!r} is no number of months", "phase_in", "write 0, 1, 2 …"
        )


def _start(date, phase_in: int) -> tuple[str, list[str]]:
    """The first month after, and the months left out before it."""
    written = str(date)
    try:
        day = Date.fromisoformat(written if len(written) > 7 else f"{written}-01")
    except ValueError:
        raise LogError(
            f"{date!r} is not a date", "date", "write it as 2021-08-20 or 2021-09"
        ) from None
    start = later(month_from(day), phase_in)
    return start, months(str(day)[:7], later(start, -1))


def _exposure(name: str | None, used: list[str], values: dict, calendar) -> np.ndarray | None:
    if name is None:
        return None
    if name == "working_days":
        return working_days_of(used, calendar)
    if name == "days":
        return np.array([float((month_days(m)[1] - month_days(m)[0]).days + 1) for m in used])
    empty = [m for m in used if not values[m][1]]
    if empty:
        raise LogError(
            f"{empty[0]} has no cases to count over",
            "exposure",
            f'exclude={empty!r}, or exposure="days"',
        )
    return np.array([float(values[m][1]) for m in used])


def _rows(fit: Segmented | Refused, unit: str, slope: bool) -> tuple[EffectRow, ...]:
    names = ("trend", "level", "slope", "average") if slope else ("trend", "level")
    if isinstance(fit, Refused):
        zh, en = reason(fit)
        return tuple(EffectRow(name, None, None, None, None, unit, None, zh, en) for name in names)
    n = fit.n_before + fit.n_after
    made = []
    for name in names:
        found = fit.effects[name]
        per = " per month" if name in ("trend", "slope") else ""
        made.append(
            EffectRow(
                name,
                None,
                found.value,
                found.low,
                found.high,
                f"ratio{per}" if fit.ratio else f"{unit}{per}",
                n,
            )
        )
    return tuple(made)


def _points(series: Series, values: dict, used: list[str], fit) -> tuple[dict, ...]:
    place = {m: i for i, m in enumerate(used)} if isinstance(fit, Segmented) else {}
    points = []
    for month in series.months:
        value, n = values.get(month, (None, 0))
        i = place.get(month)
        lines = {
            name: None if i is None else float(getattr(fit, name)[i])
            for name in ("fitted", "counterfactual", "low", "high")
        }
        points.append({"period": month, "value": value, "n": n, "used": month in used, **lines})
    return tuple(points)


def _facts(fit, series: Series, skipped: set[str], options: dict) -> list[Fact]:
    out = sorted(m for m in skipped if m in series.months)
    weak = [f"{m} ({why})" for _, m, why in series.left_out if m not in skipped]
    facts = [Fact("left_out", ", ".join(out) or "–")]
    if weak:
        facts.append(Fact("not_usable", "; ".join(weak)))
    if isinstance(fit, Refused):
        return facts
    terms = [f"{term} {TERM_WORDS[term]}" for term in fit.terms if term in TERM_WORDS]
    terms += [f"season 季节项: {options['harmonics']}"] if options["harmonics"] else []
    errors = ERROR_WORDS[options["errors"]]
    return [
        *facts,
        Fact("n_before", fit.n_before),
        Fact("n_after", fit.n_after),
        Fact("terms", ", ".join(terms)),
        Fact("model", f"{options['family']}, {'log' if fit.ratio else 'identity'}"),
        Fact("errors", errors),
        Fact("lag", "–" if fit.lag is None else fit.lag),
        Fact("rho", "–" if fit.rho is None else fit.rho),
        Fact("dispersion", fit.dispersion),
        Fact("durbin_watson", fit.durbin_watson),
        Fact("lag1", fit.lag1),
    ]


def _placebo(month: int, fit: Segmented) -> dict[str, object]:
    found = fit.effects["level"]
    return {"period": text(month), "value": found.value, "low": found.low, "high": found.high}


def _placebo_facts(tried, fit) -> list[Fact]:
    if tried is None:
        return []
    if isinstance(tried, Refused):
        zh, en = reason(tried)
        return [Fact("placebo", f"{en} {zh}")]
    neutral = 1.0 if fit.ratio else 0.0

    def size(found) -> float:
        return abs(np.log(found.value)) if fit.ratio else abs(found.value)

    levels = [f.effects["level"] for _, f in tried]
    crossed = sum(e.low > neutral or e.high < neutral for e in levels)
    larger = sum(size(e) >= size(fit.effects["level"]) for e in levels)
    return [
        Fact("placebo_dates", len(levels)),
        Fact("placebo_changes", crossed),
        Fact("placebo_larger", larger),
    ]
