"""flow(): what came, what left, and what was open at the end of each day, week or month."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from ..domain.arguments import check_groups, names_of
from ..domain.as_of import AsOf
from ..domain.between import Between
from ..domain.ends import ENDED, LEFT_OUT, OPEN
from ..domain.metrics import Condition
from ..domain.zones import EPOCH, day_number
from ..engine.asking import asked_of_log
from ..engine.log import EventLog
from ..engine.waiting import cases_in_time, moves
from ..errors import LogError, closest
from ..results.words import word
from ..statistics.ageing import exact_percentile
from ..statistics.reasons import Reason
from .doubts import found_doubts
from .flow_records import Backlog, Flow, FlowRow
from .waiting import Groups, asked_clock, with_reasons

PERIODS = ("day", "week", "month")
PAST = 365  # days before the day of the answer, beside which its backlog stands
FEWEST = 60  # of these, below which nothing is usual yet
USUAL = 95  # the percentile above which a backlog is unusual


@asked_of_log
def flow(
    log: EventLog,
    clock: Any,
    *,
    as_of: object = None,
    period: str | None = None,
    by: str | Iterable[str] = (),
    where: Condition | None = None,
) -> Flow:
    """The cumulative flow of a clock's cases: arrivals, departures and the backlog between them at
    the end of each `period`, from the first arrival to `as_of`: a local "day", which is what None
    stands for, a "week" from Monday on, a "month".

    A case arrives on the day of its start and leaves on that of its stop, or of another end of the
    clock; where it names none, cases returned, seized, abandoned or transferred leave as such. One
    that left before it arrived, as signed clocks have them, leaves on the day it arrives. On each
    day arrivals less departures so far are the open cases, exactly. The backlog of the last day
    stands beside those of the year before, by their exact 95th percentile; with fewer than 60 days
    there is none. What was open before the log's first case is not in it. LogError for names that
    the log does not have.

    >>> import polars as pl
    >>> from clearance_metrics import Duration, EventLog, flow
    >>> events = pl.DataFrame({"case_id": ["a", "b", "a"], "time": [0, 0, 90000],
    ...     "milestone": ["declared", "declared", "customs_released"]})
    >>> clock = Duration("declared", "customs_released")
    >>> [(r.period, r.arrivals, r.finished, r.open) for r in flow(EventLog(events), clock,
    ...     as_of="1970-01-02")]
    [('1970-01-01', 2, 0, 2), ('1970-01-02', 0, 1, 1)]
    """
    period = PERIODS[0] if period is None else period
    if period not in PERIODS:
        raise LogError(f"unknown period {period!r}", "period", closest(str(period), PERIODS))
    by = names_of(by)
    check_groups(by, reserved=FlowRow.own_names())
    asked, told = asked_clock(log, clock, where)
    # days alone are asked for: no calendar and no allowance has a part in them
    asked = replace(asked, unit="hours", allowance=None, pause=None, start_day=0)
    when = AsOf.of(as_of, log.timezone)
    rows = log.rows_of(moves(cases_in_time(log, asked, as_of=when, by=by))).to_pylist()
    kept = [row for row in rows if row["end"] >= OPEN]
    out = {code: sum(r["n"] for r in rows if r["end"] == code) for code in LEFT_OUT}
    days: dict[tuple, list[Mapping[str, Any]]] = {}
    for row in kept:
        days.setdefault(tuple(row[f"by_{i}"] for i in range(len(by))), []).append(row)
    first = min((row["began_day"] for row in kept), default=0)
    made, backlogs = [], []
    for key in sorted(days, key=lambda k: tuple((v is None, str(v)) for v in k)):
        groups = tuple(zip(by, key, strict=True))
        counts = _by_day(days[key], first, when.day)
        made += list(_periods(groups, counts, first, when, period))
        backlogs.append(_backlog(groups, counts[3]))
    everything: Any = kept  # looked at anew: moves have no values
    doubts = found_doubts(log, asked, everything, when, Between(None, when.date))
    if doubts.warning:  # of a log without its open cases the backlog means nothing
        backlogs = [replace(b, unusual=None, reasons=doubts.warning) for b in backlogs]
    remarks = (Reason("waiting.from_first", day=str(EPOCH + timedelta(days=first))),) * bool(kept)
    remarks += tuple(
        Reason("several.noted", text=Reason("left_out", n=n, why=Reason(LEFT_OUT[code])))
        for code, n in out.items()
        if n
    )
    remarks += _otherwise(log, asked.other_ends, kept)
    remarks += with_reasons(doubts.snapshot)
    found = Flow(
        rows=tuple(made),
        as_of=when.text,
        metric=asked.name,
        step=period,
        backlogs=tuple(backlogs),
        left_out=sum(out.values()),
    )
    return found._with(_remarks=remarks, **told)


Days = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def _by_day(moved: Sequence[Mapping[str, Any]], first: int, last: int) -> Days:
    """Arrivals, finished and otherwise ended on each day, and the cases open at its end."""
    arrivals, finished, other, change = np.zeros((4, last - first + 2), "int64")
    for row in moved:
        came, n = row["began_day"] - first, row["n"]
        arrivals[came] += n
        change[came] += n
        if row["end"] != OPEN:
            left = row["left_day"] - first
            (finished if row["end"] == ENDED else other)[left] += n
            change[left] -= n
    days = last - first + 1
    return arrivals[:days], finished[:days], other[:days], np.cumsum(change)[:days]


def _periods(groups: Groups, counts: Days, first: int, when: AsOf, step: str) -> Iterator[FlowRow]:
    arrivals, finished, other, still = counts
    day = _start(EPOCH + timedelta(days=first), step)
    while day <= when.date:
        following = _following(day, step)
        until = min(following - timedelta(days=1), when.date)
        a, b = max(day_number(day) - first, 0), day_number(until) - first + 1
        yield FlowRow(
            groups=groups,
            period=_name(day, step),
            start=str(day),
            until=str(until),
            arrivals=int(arrivals[a:b].sum()),
            finished=int(finished[a:b].sum()),
            other=int(other[a:b].sum()),
            open=int(still[b - 1]),
            whole=following - timedelta(days=1) <= when.date,
        )
        day = following


def _start(day: date, step: str) -> date:
    """The first day of the period that a day lies in."""
    if step == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if step == "week" else day


def _following(day: date, step: str) -> date:
    """The first day of the next period."""
    if step == "month":
        return _start(day + timedelta(days=32), step)
    return day + timedelta(days=7 if step == "week" else 1)


def _name(day: date, step: str) -> str:
    """What a period is called: 2022-12-31, 2022-W52 (of ISO 8601), 2022-12."""
    if step == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}"
    return str(day) if step == "day" else str(day)[:7]


def _backlog(groups: Groups, still: np.ndarray) -> Backlog:
    """The last day beside those of the year before."""
    past, today = np.sort(still[:-1][-PAST:]), int(still[-1])
    told: dict[str, Any] = {"groups": groups, "open": today, "days": len(past)}
    if len(past) < FEWEST:
        why = Reason("waiting.short_past", n=len(past), fewest=FEWEST)
        empty = dict.fromkeys(("median", "p95", "fewer", "unusual"))
        return Backlog(**told, **empty, reasons=(why,))
    one = np.ones(len(past), "int64")
    median, bound = (exact_percentile(past, one, percent) for percent in (50, USUAL))
    return Backlog(
        **told,
        median=median / 100,
        p95=bound / 100,
        fewer=int((past < today).sum()) / len(past),
        unusual=today * 100 > bound,
    )


def _otherwise(
    log: EventLog, ends: Sequence[str], moved: Sequence[Mapping[str, Any]]
) -> tuple[Reason, ...]:
    """How many cases left by each of the other ends."""
    counts = [
        (name, sum(row["n"] for row in moved if row["end"] == code))
        for code, name in enumerate(ends, start=ENDED + 1)
    ]
    told = tuple(
        Reason(
            "waiting.by_end", end=word("milestone", name, log.vocabulary.milestones.get(name)), n=n
        )
        for name, n in counts
        if n
    )
    return (Reason("waiting.otherwise", ends=told),) if told else ()


__all__ = ["Backlog", "Flow", "FlowRow", "flow"]
