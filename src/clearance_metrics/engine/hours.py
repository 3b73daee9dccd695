"""When a milestone was reached, by weekday and hour; and a clock's seconds by whether offices were
open: both in local time, in whole numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache, partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from ..domain.as_of import AsOf
from ..domain.between import Between
from ..domain.calendars import WorkCalendar
from ..domain.instants import dated, local_day, local_second
from ..domain.metrics import Condition, condition_columns
from ..domain.opening import PORT, Opening
from ..domain.sql import among, name, some, value, when, whole
from ..domain.zones import day_number
from . import conditions
from .days import in_window, within_years
from .finished import finished, grouped_by, in_periods
from .query import Query, Source
from .tally import check_columns
from .values import check_values

if TYPE_CHECKING:
    from .log import EventLog

KEPT, COARSE, EARLY, UNKNOWN = "kept", "to the day", "early", "no calendar"
NO_HOURS = "no hours"  # of a port that has none
# parts of a clock, and the columns of the calendar that they are made from
KINDS = ("working", "weekend", "holiday")
COLUMNS = dict.fromkeys(("day", *KINDS, *(f"{kind}_days" for kind in KINDS)), "integer")
# those of opening hours that differ by weekday: of the day itself, and summed over the days before
OPENS = dict.fromkeys(("opens", "closes", "open_before", "rest_before"), "integer")
DAY = 86400


def by_hour(
    log: EventLog,
    milestone: str,
    *,
    as_of: AsOf,
    where: Condition,
    by: tuple[str, ...] = (),
    between: Between | None = None,
) -> Query:
    """How many cases reached a milestone on each weekday (0 is Monday) and in each hour of the
    local day, by group; the hour is null where only the day is known.
    """
    needed = frozenset({milestone, *by, *condition_columns(where)})
    check_values(log, where)
    check_columns(log, needed)
    cases = log.case_table(needed, as_of.second, conditions.narrowed(log, where))
    at = name(milestone)
    day = local_day(at, log.shifts)
    tests = [f"{at} IS NOT NULL"]
    if where:
        tests.append(conditions.compiled(log, where, cases, as_of.second))
    if between is not None:
        tests.append(in_window(day, between, within_years(log.shifts, as_of)))
    told = {f"by_{i}": name(group) for i, group in enumerate(by)}
    hour = f"{local_second(at, log.shifts)} // 3600"
    flag = dated(cases.columns, milestone)
    told |= {"day_": day, "hour": hour if flag == "FALSE" else when((f"NOT {flag}", hour))}
    found = cases.then("reached", told, keep=(), where=tests)
    week = found.then("weekdays", {"weekday": "(((day_ + 3) % 7) + 7) % 7"})
    sums = {"n": "count(*)", "first_day": "min(day_)", "last_day": "max(day_)"}
    return week.grouped("by_hour", [*grouped_by(week), "weekday", "hour"], sums)


def open_and_closed(
    log: EventLog,
    ends: tuple[str, str],
    *,
    as_of: AsOf,
    where: Condition,
    calendar: WorkCalendar,
    opening: Opening,
    by: tuple[str, ...] = (),
    period: str | None = None,
    between: Between | None = None,
) -> Query:
    """The seconds of finished cases within opening hours, on working days outside of them, on
    weekends (outside of their own, where they have any) and on holidays: sums by group, period and
    state.

    Cases timed to the day only, those that end before they begin, and those with a day that the
    calendar does not know have states of their own; where ports differ, so have cases of ports
    without hours, and `office` says by which of `opening.offices()` a row counts. What a change of
    the zone's clock adds or takes is in the closed hours of working days. `unequal` counts the
    cases whose days do not sum to what the clock on the wall shows.
    """
    cases = finished(log, ends, as_of, where, (*by, *([PORT] if opening.ports else [])), between)
    cases = _officed(cases, opening, f"by_{len(by)}") if opening.ports else cases
    start, stop = map(name, ends)
    told = {
        f"{end}_day": local_day(at, log.shifts) for end, at in (("start", start), ("finish", stop))
    }
    told |= {
        f"{end}_second": local_second(at, log.shifts)
        for end, at in (("start", start), ("finish", stop))
    }
    told["seconds"] = f"{stop} - {start}"
    flag = dated(cases.columns, *ends)
    told["coarse_"] = flag
    kinds = {"coarse_": "boolean"}
    timed = in_periods(log, cases.then("timed", told, kinds=kinds), stop, period, as_of)
    made = office_days if opening.ports else calendar_days
    split = _split(timed, made(calendar, opening), opening)
    state = when(
        ("coarse_", value(COARSE)),
        ("seconds < 0", value(EARLY)),
        *([("office IS NULL", value(NO_HOURS))] if opening.ports else []),
        (some(["start_known IS NULL", "finish_known IS NULL"]), value(UNKNOWN)),
        otherwise=value(KEPT),
    )
    parts = ("open_", "night_", "weekend_", "holiday_")
    closed = "all_weekend_ - rest_"
    rest = {"state": state, "night_": f"seconds - open_ - ({closed}) - holiday_"}
    rest |= {"weekend_": closed}
    found = split.then("states", rest, kinds={"state": "text"})
    days = "working_ + all_weekend_ + holiday_"
    wall = f"(finish_day - start_day) * {DAY} + finish_second - start_second"
    sums: Mapping[str, str] = {
        "n": "count(*)",
        "unequal": f"count(*) FILTER (WHERE {days} <> {wall})",
        "seconds": whole("sum(seconds)"),
        "first_day": "min(start_day)",
        "last_day": "max(finish_day)",
        **{part: whole(f"sum({part})") for part in parts},
        **{f"n_{part}": f"count(*) FILTER (WHERE {part} > 0)" for part in parts},
    }
    office = ["office"] if opening.ports else []
    return found.grouped("summed", [*grouped_by(found), "state", *office], sums)


def _officed(cases: Query, opening: Opening, port: str) -> Query:
    """The cases with the place of their port's hours, in place of the port."""
    offices, places, others = opening.offices()
    own = [[p for p, place in places.items() if place == i] for i, _ in enumerate(offices)]
    tests = [(among(port, ports), i) for i, ports in enumerate(own) if ports]
    rest = "CAST(NULL AS BIGINT)" if others is None else others
    kept = [column for column in cases.columns if column != port]
    return cases.then("officed", {"office": when(*tests, otherwise=rest)}, keep=kept)


def _split(rows: Query, days: Source, opening: Opening) -> Query:
    """The local seconds between start and finish on days of each kind, those within opening hours,
    and of these those of weekends.
    """
    first, last = "first_day", "last_day"
    ends = ((last, "finish_second"), (first, "start_second"))

    def between(until: Callable[[str, str], str]) -> str:
        """Seconds from one moment to the other, from those up to each."""
        up_to = [until(side, second) for side, second in ends]
        return f"{up_to[0]} - ({up_to[1]})"

    def of_days(kind: str, size: int, today: str) -> Callable[[str, str], str]:
        def until(side: str, second: str) -> str:
            full = f"({side}.{kind}_days - {side}.{kind}) * {size}"
            return f"{full} + {side}.{kind} * {today.format(second=second)}"

        return until

    def by_weekday(before: str, kind: str = "") -> Callable[[str, str], str]:
        def until(side: str, second: str) -> str:
            length = f"{side}.closes - {side}.opens"
            today = f"least(greatest({second} - {side}.opens, 0), {length})"
            return f"{side}.{before} + {f'{side}.{kind} * ' if kind else ''}{today}"

        return until

    names = {"working": "working_", "weekend": "all_weekend_", "holiday": "holiday_"}
    told = {names[kind]: between(of_days(kind, DAY, "{second}")) for kind in KINDS}
    if opening.weekdays or opening.ports:
        told["open_"] = between(by_weekday("open_before"))
        told["rest_"] = between(by_weekday("rest_before", "weekend"))
    else:
        opens, closes = opening.window()
        clipped = f"least(greatest({{second}} - {opens}, 0), {closes - opens})"
        told |= {"open_": between(of_days("working", closes - opens, clipped)), "rest_": "0"}
    told |= {"start_known": f"{first}.working", "finish_known": f"{last}.working"}
    source = rows.name
    for side, day in ((first, "start_day"), (last, "finish_day")):
        source += f"\n  LEFT JOIN {days.name} AS {side} ON {side}.day = {rows.name}.{day}"
        source += f" AND {side}.office = {rows.name}.office" if opening.ports else ""
    return rows.then("split", told, source=source, beside=[days.query])


@cache
def calendar_days(calendar: WorkCalendar, opening: Opening) -> Source:
    """Every day that the calendar knows: whether it is a working day, a weekend or a holiday, and
    how many of each there were up to it; where weekdays differ, its opening hours as well.
    """
    own = opening.weekdays and opening
    told = repr(
        (calendar.years, sorted(calendar.off), sorted(calendar.on), *([own] if own else ()))
    )
    called = f"calendar_days_{sha256(told.encode()).hexdigest()[:12]}"
    shown = partial(_by_weekday, calendar, opening) if own else partial(_shown, calendar)
    return Source(called, COLUMNS | OPENS if own else COLUMNS, called, shown=shown, made=True)


@cache
def office_days(calendar: WorkCalendar, opening: Opening) -> Source:
    """The same for each office whose hours differ, by its place among them."""
    offices, *_ = opening.offices()
    told = repr((calendar.years, sorted(calendar.off), sorted(calendar.on), offices))
    called = f"office_days_{sha256(told.encode()).hexdigest()[:12]}"
    columns = {"office": "integer"} | COLUMNS | OPENS
    return Source(called, columns, called, shown=partial(_each, calendar, offices), made=True)


@cache
def _each(calendar: WorkCalendar, offices: tuple[Opening, ...]) -> str:
    """The days of each office, one after the other."""
    return "\nUNION ALL\n".join(
        f"SELECT {i} AS office, * FROM (\n{_by_weekday(calendar, own)}\n) AS office_{i}"
        for i, own in enumerate(offices)
    )


@cache
def _by_weekday(calendar: WorkCalendar, opening: Opening) -> str:
    """The days of a calendar with their opening hours; a make-up day has those of working days."""
    usual, own = opening.window(), opening.windows()

    def hour(place: int) -> str:
        weekday = "(((day + 3) % 7) + 7) % 7"
        worked = [(f"working = 1 AND {weekday} = {i}", own[i][place]) for i in range(5)]
        rest = [(f"weekend = 1 AND {weekday} = {i}", own[i][place]) for i in (5, 6)]
        return when(*worked, ("working = 1", usual[place]), *rest, otherwise=0)

    def before(length: str) -> str:
        return f"{whole(f'sum({length}) OVER (ORDER BY day)')} - {length}"

    told = (
        f"SELECT *, {hour(0)} AS opens, {hour(1)} AS closes FROM (\n{_shown(calendar)}\n) AS days"
    )
    open_, rest = before("(closes - opens)"), before("weekend * (closes - opens)")
    return f"SELECT *, {open_} AS open_before, {rest} AS rest_before\nFROM (\n{told}\n) AS opened"


@cache
def _shown(calendar: WorkCalendar) -> str:
    known = calendar.day_table()["day"]
    first, last = int(known[0]), int(known[-1])

    def numbers(days: frozenset[date]) -> str:
        found = [str(n) for n in sorted(map(day_number, days)) if first <= n <= last]
        lines = [", ".join(found[i : i + 16]) for i in range(0, len(found), 16)]
        return ",\n      ".join(lines) or "NULL"

    counted = ", ".join(
        f"{whole(f'sum({kind}) OVER (ORDER BY day)')} AS {kind}_days" for kind in KINDS
    )
    return f"""SELECT day, working, weekend, holiday, {counted}
FROM (
  SELECT day, holiday, CASE WHEN holiday = 1 THEN 0 WHEN made_up = 1 THEN 1
    WHEN (day + 3) % 7 < 5 THEN 1 ELSE 0 END AS working,
    CASE WHEN holiday = 1 OR made_up = 1 THEN 0 WHEN (day + 3) % 7 < 5 THEN 0 ELSE 1 END AS weekend
  FROM (
    SELECT day, CASE WHEN day IN ({numbers(calendar.off)}) THEN 1 ELSE 0 END AS holiday,
      CASE WHEN day IN ({numbers(calendar.on)}) THEN 1 ELSE 0 END AS made_up
    FROM (SELECT unnest(generate_series({first}, {last})) AS day) AS known_days
  ) AS named_days
) AS counted_days"""


def kept_only(rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """The sums of the cases that could be split, and how many others there are by state."""
    out: dict[str, int] = {}
    for row in rows:
        if row["state"] != KEPT:
            out[row["state"]] = out.get(row["state"], 0) + row["n"]
    return [row for row in rows if row["state"] == KEPT], out
