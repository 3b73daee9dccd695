"""interrupted_series(): one monthly series before and after a date."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date as Date
from typing import Any

import numpy as np

from ...domain.arguments import check_level
from ...domain.calendars import WorkCalendar
from ...domain.ends import ENOUGH
from ...domain.metrics import Metric
from ...domain.tariff import Tariff
from ...domain.windows import month_from, months
from ...engine.asking import asked_of_log
from ...engine.log import EventLog
from ...errors import LogError
from ...statistics.reasons import Reason
from ...statistics.segmented import (
    ERRORS,
    FAMILIES,
    OWN,
    Segmented,
    named,
    placebo_dates,
    segmented,
)
from ..caution import about
from ..several import metric_of
from .monthly import (
    Day,
    Series,
    check_choice,
    check_whole,
    counted,
    festival_days,
    later,
    month_days,
    month_text,
    monthly,
    number,
    text,
)
from .monthly import working_days as working_days_of
from .records import PER_MONTH, EffectRow, Fact, Interrupted

EXPOSURES = (None, "days", "working_days", "cases")


@asked_of_log
def interrupted_series(
    log: EventLog,
    metric: Metric | str,
    *,
    date: Day,
    as_of: Any = None,
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
    least: int = ENOUGH,
    level: float = 0.95,
    calendar: WorkCalendar | None = None,
    tariff: Tariff | None = None,
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
    and the reasons say why. CalendarError for months whose holidays are not known. Source: Lopez
    Bernal, Cummins and Gasparrini (2017), Int J Epidemiol 46: 348-355.

    >>> import polars as pl
    >>> from clearance_metrics import Duration, EventLog
    >>> events = pl.DataFrame({"case_id": ["a", "a"], "time": [0, 7200],
    ...     "milestone": ["declared", "gate_in"]})
    >>> found = interrupted_series(EventLog(events), Duration("declared", "gate_in"),
    ...     date="1970-02", as_of="1970-04-30", least=1, spring_festival=False, working_days=False)
    >>> found[1].value, found[1].note[:47]
    (None, 'of the months, 1 before the date and 0 after it')
    """
    metric = metric_of(metric, log)
    check_level(level)
    if lag is not None:
        check_whole("lag", lag, 3, low=0)
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
        tariff=tariff,
    )
    values = series.values.get(None, {})
    skipped = {*broken, *(month_text(m, "exclude") for m in exclude)}
    used = [m for m in series.months if m in values and m not in skipped]
    covariates = {}
    if spring_festival:
        covariates[Reason("policy_model.spring_festival_days")] = festival_days(used)
    if working_days:
        covariates[Reason("policy_model.working_days")] = working_days_of(used, calendar)
    options: dict[str, Any] = dict(
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
    numbers = np.array([number(m) for m in used], "int64")
    y = np.array([values[m][0] for m in used])
    fit = segmented(numbers, y, number(start), **options)
    tried = (
        placebo_dates(numbers, y, number(start), **options)
        if placebo and isinstance(fit, Segmented)
        else None
    )
    found = Interrupted(
        rows=_rows(fit, series.unit, slope),
        as_of=str(as_of),
        **series.head(),
        start=start,
        points=_points(series, values, used, fit),
        facts=(*_facts(fit, series, skipped, options), *_placebo_facts(tried, fit)),
        placebos=tuple(_placebo(m, f) for m, f in tried) if isinstance(tried, list) else (),
    )
    return about(found, metric, level)


def _check(
    family: object,
    link: object,
    exposure: object,
    errors: object,
    harmonics: object,
    phase_in: object,
    statistic: str | None,
) -> None:
    check_choice("family", family, FAMILIES)
    check_choice("link", link, ("identity", "log"))
    check_choice("exposure", exposure, EXPOSURES)
    check_choice("errors", errors, ERRORS)
    check_choice("harmonics", harmonics, (0, 1, 2))
    check_whole("phase_in", phase_in, 0, low=0)
    if family != "gaussian" and not counted(statistic):
        raise LogError(
            f"{family} models counts, and {statistic or 'this statistic'} is none",
            "family",
            'write statistic="n" or "count_above:0", or family="gaussian"',
        )
    if exposure and family == "gaussian":
        raise LogError("an exposure belongs to counts", "exposure", 'write family="quasipoisson"')
    if exposure == "cases" and statistic == "n":
        raise LogError(
            "cases counted over cases are always one",
            "exposure",
            'write exposure="days" or "working_days"',
        )


def _start(date: Day, phase_in: int) -> tuple[str, list[str]]:
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


def _exposure(
    name: str | None, used: list[str], values: dict, calendar: WorkCalendar | None
) -> np.ndarray | None:
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


def _rows(fit: Segmented | Reason, unit: str, slope: bool) -> tuple[EffectRow, ...]:
    names = ("trend", "level", "slope", "average") if slope else ("trend", "level")
    if isinstance(fit, Reason):
        return tuple(EffectRow(term=name, unit=unit, reasons=(fit,)) for name in names)
    made = []
    for name in names:
        found = fit.effects[name]
        made.append(
            EffectRow(
                term=name,
                value=found.value,
                low=found.low,
                high=found.high,
                unit=("ratio" if fit.ratio else unit)
                + (PER_MONTH if name in ("trend", "slope") else ""),
                n=fit.n_before + fit.n_after,
            )
        )
    return tuple(made)


def _points(
    series: Series, values: dict, used: list[str], fit: Segmented | Reason
) -> tuple[dict, ...]:
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


def _facts(fit: Segmented | Reason, series: Series, skipped: set[str], options: dict) -> list[Fact]:
    facts = [Fact("left_out", tuple(sorted(m for m in skipped if m in series.months)))]
    if weak := series.not_usable(skipped):
        facts.append(Fact("not_usable", weak))
    if isinstance(fit, Reason):
        return facts
    terms = [named(t) for t in fit.terms if t in (*OWN, *options["covariates"])]
    if options["harmonics"]:
        terms.append(Reason("policy_model.season", pairs=options["harmonics"]))
    link = "log" if fit.ratio else "identity"
    model = (Reason(f"policy_model.{options['family']}"), Reason(f"policy_model.{link}"))
    return [
        *facts,
        Fact("n_before", fit.n_before),
        Fact("n_after", fit.n_after),
        Fact("terms", Reason("policy.listed", items=tuple(terms))),
        Fact("model", Reason("policy.listed", items=model)),
        Fact("errors", Reason(f"policy_errors.{options['errors']}")),
        Fact("lag", fit.lag),
        Fact("rho", fit.rho),
        Fact("dispersion", fit.dispersion),
        Fact("durbin_watson", fit.durbin_watson),
        Fact("lag1", fit.lag1),
    ]


def _placebo(month: int, fit: Segmented) -> dict[str, Any]:
    found = fit.effects["level"]
    return {"period": text(month), "value": found.value, "low": found.low, "high": found.high}


def _placebo_facts(tried: Any, fit: Any) -> list[Fact]:
    if tried is None:
        return []
    if isinstance(tried, Reason):
        return [Fact("placebo", tried)]
    neutral = 1.0 if fit.ratio else 0.0

    def size(found: Any) -> float:
        return abs(np.log(found.value)) if fit.ratio else abs(found.value)

    levels = [f.effects["level"] for _, f in tried]
    crossed = sum(e.low > neutral or e.high < neutral for e in levels)
    larger = sum(size(e) >= size(fit.effects["level"]) for e in levels)
    return [
        Fact("placebo_dates", len(levels)),
        Fact("placebo_changes", crossed),
        Fact("placebo_larger", larger),
    ]
