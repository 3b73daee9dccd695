"""closed_hours(): how much of a clock passes while offices are closed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import numpy as np

from ..domain.arguments import check_groups, names_of
from ..domain.as_of import AsOf
from ..domain.between import Between
from ..domain.calendars import WorkCalendar, check_calendar, load_calendar
from ..domain.metrics import Condition
from ..domain.opening import PORT, WEEKDAYS, Opening, window_of
from ..domain.zones import day_number
from ..engine.asking import asked_of_log
from ..engine.cells import check_period, period_name
from ..engine.hours import COARSE, DAY, EARLY, NO_HOURS, UNKNOWN, kept_only, open_and_closed
from ..engine.log import EventLog
from ..engine.values import counts_of, no_such
from ..errors import LogError
from ..results.display import Display
from ..results.table import LANG, Record
from ..results.withheld import BESIDE
from ..results.words import joined, say
from ..statistics.reasons import Reason
from .parts import CASES, MEAN, SHARE, WITH_IT, Cell, Parted, percent
from .waiting import OfWaiting, asked_clock

ASKED, SAID, SUPPOSED = "asked", "said", "supposed"  # whose opening hours these are
OPEN, CLOSED = "open", ("night", "weekend", "holiday")
PARTS = (OPEN, *CLOSED)
SUMMED = tuple(f"{count}{part}_" for count in ("", "n_") for part in PARTS)
EXPECTED: tuple[Cell, Cell] = (
    lambda row, lang: percent(row.expected, lang),
    lambda row, lang: percent(1, lang),
)


@dataclass(frozen=True, kw_only=True)
class ClosedRow(Record):
    """One part of one group and period: "open" (within opening hours), "night" (on a working day,
    before or after them), "weekend" or "holiday". `mean` (hours) and `share` are over all cases, so
    that they add up; `n`: cases that passed any such time. `expected`: the share of the hours of
    the calendar that is such time, from the day that the first case began to the last one's end.
    """

    groups: tuple[tuple[str, object], ...]
    period: str | None
    part: str
    mean: float
    share: float | None
    expected: float
    n: int
    cases: int
    seconds: int
    labelled = True

    def label(self, lang: str = LANG) -> str:
        """The part in words."""
        return say(f"waiting.part_{self.part}", lang)


@dataclass(frozen=True, kw_only=True, repr=False)
class ClosedHours(OfWaiting[ClosedRow], Parted[ClosedRow]):
    """What `closed_hours` answers. `finished` cases were split, `unequal` of which their days do
    not sum to the clock; `date_only`, `early`, `not_known` and `no_hours` were not: times to the
    day, stops before starts, days that the calendar does not know, and ports without opening hours.
    `hours` are those of all offices, or of the first port that has its own.
    """

    rows: tuple[ClosedRow, ...]
    as_of: str
    clock: str
    hours: tuple[str, str]
    finished: int
    unequal: int
    date_only: int
    early: int
    not_known: int
    no_hours: int = 0
    shown = ("period", "part", "mean", "share", "expected", "n", "cases", "label")

    _opening: Opening = Opening()
    _offices: tuple[tuple[str, Opening], ...] = ()  # ports that keep their own hours
    _without: tuple[str, ...] = ()  # ports that have none
    _whose: str = SUPPOSED
    _hushed: ClassVar[tuple[str, ...]] = (*BESIDE, "early", "no_hours")

    def _clock(self, lang: str) -> str:
        return OfWaiting._caption(self, lang)

    def _narrowed(self, lang: str, more: Any) -> str:
        about, cases = self._clock(lang), say("mark.list", lang).join(dict.fromkeys(more))
        return say("parts.of_cases", lang, about=about, cases=cases) if cases else about

    def _caption(self, lang: str) -> str:
        return self._clock(lang)

    def _none(self, lang: str, about: str = "") -> str:
        """Why nothing could be split."""
        whys = {
            "only_early": self.early,
            "only_days": self.date_only,
            "no_calendar": self.not_known,
            "no_port_hours": self.no_hours,
        }
        # where they all stand so that none can be timed, that is told as everywhere
        there = {} if self._standing else {code: n for code, n in whys.items() if n}
        why = self._cause(self.empty)
        if len(there) == 1:
            ((code, n),) = there.items()
            why = Reason(f"waiting.{code}", n=n)
        elif there:
            parts = tuple(Reason(f"waiting.{code}_some", n=n) for code, n in there.items())
            why = Reason("waiting.none_kept", n=sum(there.values()), told=parts)
        return say("headline.none", lang, metric=self._clock(lang), why=why)

    def _headline(self, lang: str) -> str:
        if not self.rows:
            return self._none(lang)
        if told := self._instant(lang) or self._ranked(lang):
            return told
        first = self._first()
        shares = {row.part: row.share for row in first}
        told_: dict[str, Any] = {"hours": sum(row.mean for row in first), "n": first[0].cases}
        told_ |= {"share": sum(shares[part] for part in CLOSED)}
        told_ |= {"expected": sum(row.expected for row in first if row.part != OPEN)}
        told_ |= {part: shares[part] for part in CLOSED}
        return say("waiting.closed", lang, about=self._subject(lang), **told_)

    def _largest(self, rows: Any, lang: str) -> Reason:
        share = sum(row.share for row in rows if row.part != OPEN)
        expected = sum(row.expected for row in rows if row.part != OPEN)
        return Reason("waiting.closed_share", share=share, expected=expected)

    def _table(self, lang: str) -> Display:
        if not self.rows:
            return Display((self._none(lang),), ())
        columns = {
            "parts.mean": MEAN,
            "field.share": SHARE,
            "waiting.of_calendar": EXPECTED,
            "waiting.with_time": WITH_IT,
            "field.n": CASES,
        }
        return self._totalled(columns, "waiting.part", lang)

    def _beware(self, lang: str) -> str:
        told: list[Reason] = list(self._remarks)
        if self._opening.only_ports:
            told.append(Reason("waiting.hours_of_ports"))
        else:
            opens, closes = self.hours
            told.append(Reason(f"waiting.hours_{self._whose}", opens=opens, closes=closes))
            told += _weekdays(self._opening)
        for port, own in self._offices:
            name = self.group_word(PORT, port, lang)
            opens, closes = own.hours
            days = tuple(_weekdays(own, "also_"))
            facts: dict[str, Any] = {"opens": opens, "closes": closes}
            facts["weekdays"] = Reason("waiting.but", weekdays=days) if days else ""
            told.append(Reason("waiting.hours_port", port=name, **facts))
        told.append(Reason("waiting.closed_means"))
        if self.finished:
            told.append(Reason("parts.summed", n=self.finished, unequal=self.unequal))
        for n, code in (
            (self.date_only, "left_days"),
            (self.early, "left_early"),
            (self.not_known, "left_unknown"),
        ):
            told += [Reason(f"waiting.{code}", n=n)] if n else []
        if self.no_hours:
            ports = tuple(self.group_word(PORT, port, lang) for port in self._without)
            some = Reason("waiting.those_ports", ports=ports) if ports else ""
            told.append(Reason("waiting.left_no_hours", n=self.no_hours, ports=some))
        return joined(told, lang, "report.gap")

    def __repr__(self) -> str:
        return f"{self.asked()}\n{self}"


@asked_of_log
def closed_hours(
    log: EventLog,
    clock: Any,
    *,
    hours: tuple[str, str] | None = None,
    as_of: object = None,
    by: str | Iterable[str] = (),
    where: Condition | None = None,
    period: str | None = None,
    between: Any = None,
    calendar: WorkCalendar | None = None,
) -> ClosedHours:
    """Mean calendar hours of finished cases, dated by their end, by whether offices were open:
    within `hours` of a working day, outside them, on a weekend, on an official holiday.

    `hours` is what you say of the office in question, local time, of every working day; by default
    what the dataset says under [opening], weekdays and ports included, and 09:00 to 17:00 where it
    says nothing. A port without hours of its own has the general ones; where there are none, its
    cases are left out and counted. Working days, make-up days and holidays are the calendar's.
    Seconds are whole, and the parts sum to the clock on every case. Cases with an end that is timed
    to the day, that stop before they start, or that touch a year whose official days are not known,
    are left out and counted. `between`: first and last day, as of `measure`. LogError for names
    that the log does not have.

    >>> import polars as pl
    >>> from clearance_metrics import Duration, EventLog, closed_hours
    >>> friday = 1618588800  # 16 April 2021, 16:00 UTC
    >>> events = pl.DataFrame({"case_id": ["a", "a"], "time": [friday, friday + 66 * 3600],
    ...     "milestone": ["declared", "customs_released"]})
    >>> log, clock = EventLog(events, timezone="UTC"), Duration("declared", "customs_released")
    >>> [(r.part, r.mean) for r in closed_hours(log, clock, as_of="2021-04-30")]
    [('open', 2.0), ('night', 16.0), ('weekend', 48.0), ('holiday', 0.0)]
    """
    by = names_of(by)
    check_groups(by, reserved=ClosedRow.own_names())
    check_period(period)
    asked, told = asked_clock(log, clock, where)
    if hours is not None:
        _check_hours(hours)
    said = log.opening
    opening = Opening((hours[0], hours[1])) if hours is not None else said or Opening()
    when = AsOf.of(as_of, log.timezone)
    check_calendar(calendar)
    work = calendar or load_calendar("CN")
    about: dict[str, Any] = {"as_of": when, "where": asked.population, "by": by}
    about |= {"period": period, "between": Between.of(between)}
    without = _check_ports(log, opening)
    query = open_and_closed(log, (asked.start, asked.stop), calendar=work, opening=opening, **about)
    kept, out = kept_only(log.rows_of(query).to_pylist())
    found = ClosedHours(
        rows=tuple(_rows(kept, by, period, partial(_expected, work, opening.offices()[0]))),
        as_of=when.text,
        clock=f"{asked.start}..{asked.stop}",
        hours=opening.ports[0][1].hours if opening.only_ports else opening.hours,
        finished=sum(row["n"] for row in kept),
        unequal=sum(row["unequal"] for row in kept),
        date_only=out.get(COARSE, 0),
        early=out.get(EARLY, 0),
        not_known=out.get(UNKNOWN, 0),
        no_hours=out.get(NO_HOURS, 0),
    )
    seen = {row.get("office") for row in kept}
    offices = tuple((port, own) for port, own in opening.ports if _place(opening, port) in seen)
    whose = ASKED if hours is not None else SAID if said else SUPPOSED
    more = {"_opening": opening, "_offices": offices, "_without": without}
    return found._with(_whose=whose, **more, **told)


def _place(opening: Opening, port: str) -> int:
    return opening.offices()[1][port]


def _check_ports(log: EventLog, opening: Opening) -> tuple[str, ...]:
    """The ports of the log without hours, where there are no general ones; LogError for hours of a
    port that no case has, MissingColumn where the log does not tell the ports.
    """
    if not opening.ports:
        return ()
    there, own = counts_of(log.whole, PORT), dict(opening.ports)
    for port in own:
        if port not in there:
            raise no_such(PORT, port, there, "[opening] of dataset.toml")
    ours = counts_of(log, PORT)
    return tuple(str(p) for p in ours if p is not None and p not in own) * opening.only_ports


def _weekdays(opening: Opening, code: str = "") -> list[Reason]:
    """The weekdays that differ, as sentences, or as parts of one."""
    told = []
    for day, own in opening.weekdays:
        weekday = Reason(f"waiting.weekday_{WEEKDAYS.index(day) + 1}")
        ends = {"opens": own[0], "closes": own[1]} if own else {}
        kind = "on_weekday" if own else "shut_weekday"
        told.append(Reason(f"waiting.{code}{kind}", weekday=weekday, **ends))
    return told


def _check_hours(hours: Any) -> None:
    """An error for what are no two times of day; 24:00 is the end of the day, as in [opening]."""
    remedy = 'hours=("09:00", "17:00")'
    told = LogError(f"hours {hours!r} are not two times of day", "hours", remedy)
    if not isinstance(hours, tuple | list) or len(hours) != 2:
        raise told
    if not all(isinstance(text, str) for text in hours):
        raise told
    try:
        window_of((hours[0], hours[1]))
    except ValueError as error:
        if "before" not in str(error):
            raise told from None
        raise LogError(f"hours {hours!r} close before they open", "hours", remedy) from None


def _expected(
    calendar: WorkCalendar, offices: tuple[Opening, ...], cases: dict[int, int], days: tuple
) -> dict[str, float]:
    """The same of several offices, each as often as it has cases."""
    each = [(n, _of_calendar(calendar, offices[i], *days)) for i, n in sorted(cases.items())]
    whole = sum(n for n, _ in each)
    return {part: sum(n * told[part] for n, told in each) / whole for part in PARTS}


def _of_calendar(
    calendar: WorkCalendar, opening: Opening, first: int, last: int
) -> dict[str, float]:
    """Of all hours from the first day to the last, what share is of each part."""
    days = calendar.day_table()
    inside = (days["day"] >= first) & (days["day"] <= last)
    day, working = days["day"][inside], days["working"][inside] == 1
    off = np.isin(day, [day_number(one) for one in calendar.off])
    length = np.array([closes - opens for opens, closes in opening.windows()])
    usual = opening.window()[1] - opening.window()[0]
    weekday = (day + 3) % 7
    open_ = np.where(working & (weekday > 4), usual, length[weekday])
    open_[off] = 0
    told = {OPEN: int(open_.sum()), "holiday": int(off.sum()) * DAY}
    told["night"] = int(working.sum()) * DAY - int(open_[working].sum())
    rest = ~working & ~off
    told["weekend"] = int(rest.sum()) * DAY - int(open_[rest].sum())
    return {part: seconds / (len(day) * DAY) for part, seconds in told.items()}


def _rows(
    kept: list[dict[str, Any]],
    by: tuple[str, ...],
    period: str | None,
    expected: Callable[[dict[int, int], tuple[int, int]], dict[str, float]],
) -> Iterable[ClosedRow]:
    def key(row: dict[str, Any]) -> tuple:
        groups = (row[f"by_{i}"] for i in range(len(by)))
        return (*groups, period_name(row.get("period"), period))

    together: dict[tuple, list[dict[str, Any]]] = {}
    for row in kept:
        together.setdefault(key(row), []).append(row)
    for found in sorted(together, key=lambda one: tuple((v is None, str(v)) for v in one)):
        *groups, name = found
        of_offices = together[found]
        row = {c: sum(one[c] for one in of_offices) for c in ("n", "seconds", *SUMMED)}
        whole = row["seconds"]
        days = min(r["first_day"] for r in of_offices), max(r["last_day"] for r in of_offices)
        usual = expected({r.get("office", 0): r["n"] for r in of_offices}, days)
        for part in PARTS:
            seconds = row[f"{part}_"]
            yield ClosedRow(
                groups=tuple(zip(by, groups, strict=True)),
                period=name,
                part=part,
                mean=seconds / 3600 / row["n"],
                share=seconds / whole if whole else None,
                expected=usual[part],
                n=row[f"n_{part}_"],
                cases=row["n"],
                seconds=seconds,
            )


__all__ = ["ClosedHours", "ClosedRow", "closed_hours"]
