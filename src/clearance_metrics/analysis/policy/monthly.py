"""Monthly series of one statistic, in all or per unit, and what stands beside a month: holidays and
working days.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from numbers import Integral
from typing import Any

import numpy as np

from ...domain.as_of import AsOf
from ...domain.calendars import WorkCalendar, load_calendar, spring_festival_days
from ...domain.ends import ENOUGH
from ...domain.metrics import Metric
from ...domain.statistic import Statistic
from ...domain.tariff import Tariff
from ...domain.windows import last_month, months
from ...engine.log import EventLog
from ...errors import LogError, closest
from ...statistics.reasons import Reason
from ..estimates import unit_in
from ..measure import measure

STATISTICS = ("mean", "share", "within", "restricted_mean", "n", "count_above")
COUNTS = ("n", "count_above")
Day = str | date | datetime


@dataclass(frozen=True)
class Series:
    """`values[group][month]` = (value, cases); months of which nothing can be said are in
    `left_out`, with reasons.

    `until`: the last month with a case in any group, which may lie before the last of `months`.
    """

    metric: str
    statistic: str
    unit: str
    months: tuple[str, ...]
    values: dict[object, dict[str, tuple[float, int]]]
    left_out: tuple[tuple[object, str, tuple[Reason, ...]], ...]
    unplaced: int
    until: str | None = None

    def lacking(self, code: str) -> Reason:
        """Why no group has all months: the span runs on after the last case, or else what `code`
        says.
        """
        if self.until and self.until < self.months[-1]:
            return Reason("policy.span_beyond", until=self.until, last=self.months[-1])
        return Reason(code)

    def not_usable(self, skipped: Iterable[str] = ()) -> tuple[Reason, ...]:
        """The months left out, each with the reason."""
        told = (pair for pair in self.left_out if pair[1] not in skipped)
        return tuple(Reason("policy.month_out", month=month, why=why) for _, month, why in told)

    def head(self) -> dict[str, str]:
        """What a result says of its series."""
        return {"metric": self.metric, "statistic": self.statistic, "unit": self.unit}


def monthly(
    log: EventLog,
    metric: Metric,
    *,
    statistic: str | None,
    as_of: Day,
    by: str | None = None,
    first: str | None = None,
    last: str | None = None,
    least: int = ENOUGH,
    calendar: WorkCalendar | None = None,
    tariff: Tariff | None = None,
) -> Series:
    """One statistic per month (and value of the column `by`), from one tally, to the last whole
    month at `as_of`.

    Months with fewer than `least` cases are left out and listed. Counts are zero in months without
    a case.

    >>> import polars as pl
    >>> from clearance_metrics import Duration
    >>> events = pl.DataFrame({"case_id": ["a", "a"], "time": [0, 7200],
    ...     "milestone": ["declared", "gate_in"]})
    >>> clock = Duration("declared", "gate_in")
    >>> found = monthly(EventLog(events), clock, statistic=None, as_of="1970-02-10", least=1)
    >>> found.months, found.values[None]
    (('1970-01',), {'1970-01': (2.0, 1)})
    """
    check_whole("least", least, ENOUGH, low=1)
    if not isinstance(metric, Metric):
        what = f"a {type(metric).__name__} has no monthly series: it is no metric of cases"
        raise LogError(what, "metric", "give a Duration, Share or Fee, or the name of a clock")
    statistic = metric.default_statistics[0] if statistic is None else statistic
    asked = Statistic.parse(statistic)
    if asked.kind not in STATISTICS:
        remedy = closest(asked.kind, STATISTICS)
        raise LogError(f"{statistic!r} is no monthly series", "statistic", remedy)
    if asked.kind == "restricted_mean" and asked.limit is None:
        raise LogError(
            "months can be compared only up to one limit",
            "statistic",
            'write it: "restricted_mean:168" (in units)',
        )
    whole = last_month(AsOf.of(as_of, log.timezone).date)
    last = min(month_text(last, "last"), whole) if last else whole
    found = measure(
        log,
        metric,
        as_of=as_of,
        by=by or (),
        period="month",
        statistics=statistic,
        calendar=calendar,
        tariff=tariff,
    )
    first = month_text(first, "first") if first else None
    rows = [r for r in found if r.period <= last and (first is None or r.period >= first)]
    seen = sorted({r.period for r in rows})
    span = tuple(months(first or seen[0], last)) if seen else ()
    values: dict[object, dict[str, tuple[float, int]]] = {}
    left, unplaced = [], 0
    for row in rows:
        group = row.groups[0][1] if by else None
        if by and group is None:
            unplaced += row.n
            continue
        series = values.setdefault(group, {})
        if row.value is None:
            left.append((group, row.period, row.reasons))
        elif asked.kind not in COUNTS and row.n < least:
            left.append((group, row.period, (Reason("policy.thin", n=row.n, least=least),)))
        else:
            series[row.period] = (float(row.value), row.n)
    if asked.kind not in COUNTS:
        # a month without a case has no row of its own
        known = {(r.groups[0][1] if by else None, r.period) for r in rows}
        empty = [(g, m) for g in values for m in span if (g, m) not in known]
        left += [(group, month, (Reason("no_cases"),)) for group, month in empty]
        left.sort(key=lambda told: told[1])
    else:
        refused = {(g, m) for g, m, _ in left}
        for group, series in values.items():
            for month in span:
                if (group, month) not in refused:
                    series.setdefault(month, (0.0, 0))
    until = max((r.period for r in rows if not by or r.groups[0][1] is not None), default=None)
    return Series(
        metric.name,
        statistic,
        unit_in(log, metric, statistic),
        span,
        values,
        tuple(left),
        unplaced,
        until,
    )


def counted(statistic: str | None) -> bool:
    """Whether a statistic is a count of cases.

    >>> counted("count_above:0"), counted(None)
    (True, False)
    """
    return statistic is not None and Statistic.parse(statistic).kind in COUNTS


def month_text(month: object, where: str) -> str:
    """A month written 2021-09, checked; a date must be the first of its month.

    >>> month_text(date(2021, 9, 1), "start")
    '2021-09'
    """
    text = str(month)
    try:
        day = date.fromisoformat(text if len(text) > 7 else f"{text}-01")
    except ValueError:
        raise LogError(f"{month!r} is not a month", where, "write it as 2021-09") from None
    if day.day != 1:
        raise LogError(
            f"{month} lies within a month, which is then neither before nor after",
            where,
            "name the first whole month; anticipation=1 leaves the broken month out of the base",
        )
    return str(day)[:7]


def check_column(by: object) -> None:
    """LogError unless one column is named: several would make one series of several groups.

    >>> check_column("port")
    """
    if not isinstance(by, str):
        raise LogError(f"by={by!r} is not one column", "by", 'write by="port"')


def check_choice(name: str, value: object, known: tuple) -> None:
    """LogError unless an argument is one of the known words.

    >>> check_choice("link", "log", ("identity", "log"))
    """
    if value not in known:
        remedy = f"write one of {', '.join(map(repr, known))}"
        raise LogError(f"{name}={value!r} is not known", name, remedy)


def check_whole(name: str, value: Any, usual: int, low: int, high: float = float("inf")) -> None:
    """LogError unless an argument is a whole number from low to high.

    >>> check_whole("least", 30, 30, low=1)
    """
    if isinstance(value, bool) or not isinstance(value, Integral) or not low <= int(value) <= high:
        top = "" if high == float("inf") else f" and {high} or less"
        raise LogError(
            f"{name}={value!r} is no whole number of {low} or more{top}", name, f"write {usual}"
        )


def number(month: str) -> int:
    """Months since year 0.

    >>> number("2021-02") - number("2020-11")
    3
    """
    return 12 * int(month[:4]) + int(month[5:7]) - 1


def text(month: int) -> str:
    """The month of a number.

    >>> text(number("2021-02"))
    '2021-02'
    """
    return f"{month // 12:04}-{month % 12 + 1:02}"


def later(month: str, by: int) -> str:
    """The month so many months later.

    >>> later("2021-11", 3)
    '2022-02'
    """
    return text(number(month) + by)


def month_days(month: str) -> tuple[date, date]:
    """First and last day of a month."""
    first = date.fromisoformat(f"{month}-01")
    return first, date.fromisoformat(f"{later(month, 1)}-01") - timedelta(days=1)


def working_days(span: Iterable[str], work: WorkCalendar | None) -> np.ndarray:
    """Official working days per month; CalendarError outside the known years.

    >>> working_days(["2021-02", "2021-10"], None).tolist()
    [17.0, 17.0]
    """
    work = work or load_calendar("CN")
    return np.array([float(work.working_days(*month_days(m), start_day=1)) for m in span])


def festival_days(span: Iterable[str]) -> np.ndarray:
    """Days of the Spring Festival holiday per month; CalendarError outside the known years.

    >>> festival_days(["2020-01", "2020-02", "2020-03"]).tolist()
    [8.0, 2.0, 0.0]
    """
    return np.array([float(spring_festival_days(int(m[:4]), int(m[5:7]))) for m in span])
