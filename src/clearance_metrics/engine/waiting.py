"""When the cases of a clock began and left it: what is open by age, what came and went by day, and
who was still open at the end of each period.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from ..domain.as_of import AsOf
from ..domain.between import Between, last_day
from ..domain.ends import ENDED, NO_CALENDAR, OPEN
from ..domain.instants import local_day
from ..domain.metrics import Duration
from ..domain.parties import Plan
from ..domain.sql import among, floored, name, value, when, whole
from ..domain.zones import day_number, last_second
from . import conditions
from .acting import ACTING, OVERTAKEN, needed_of, with_acting
from .asking import noted_clock
from .cells import period_number
from .clocks import durations
from .days import in_window, known_date, period_of, within_years
from .query import Query, listed
from .standing import Timed
from .tally import check_columns, counted
from .values import check_values
from .worked import worked

if TYPE_CHECKING:
    from .log import EventLog

STAGE = "stage"  # how far an open case has come: no column of the log
PARTY = "party"  # who has it now: none either
OF_OPEN = (STAGE, PARTY)  # what a finished case is not in
FINISHED, STILL, BEGUN = "finished", "open", "begun"
ENDS = dict.fromkeys(("period", "closes", "last_day", "last_second"), "integer")


def cases_in_time(
    log: EventLog,
    clock: Duration,
    *,
    as_of: AsOf,
    by: Sequence[str] = (),
    chain: Sequence[str] = (),
    plan: Plan | None = None,
) -> Query:
    """A row per case of the clock that is not left out of its tally, or says why: case_id, by_0…,
    begun_ and left_ (epoch seconds; left_ is null while it is open), began_day and left_day, value
    (so far, of an open case) and end.

    A case that left before it began, as signed clocks have them, left on the day it began. `chain`
    are the milestones of which an open case has reached the last as its stage "start..stop"; `plan`
    says what its party waits for (then there is `overtaken_` as well).
    """
    columns = tuple(c for c in by if c not in OF_OPEN)
    needed = clock.needs | set(columns) | set(chain) | (needed_of(plan) if plan else set())
    check_values(log, clock.population)
    noted_clock(log, Timed.of(log, clock, as_of))
    check_columns(log, frozenset(needed))
    some = conditions.narrowed(log, clock.population)
    cases = log.case_table(needed, as_of.second, some)
    if chain:
        cases = cases.then("staged", {"reached_": _reached(chain)}, kinds={"reached_": "text"})
    if plan:
        cases = with_acting(log, cases, plan, as_of)
    rows, _, worth = durations(log, clock, cases, as_of.second, keep_open=True)
    begun = name(clock.start)
    made = {STAGE: "reached_", PARTY: ACTING}
    told = {f"by_{i}": name(made.get(c, c)) for i, c in enumerate(by)}
    told |= {"begun_": begun, "left_": when(("ended", "finish_"))}
    told |= {"value": worth["value"], "end": name("end"), "began_day": local_day(begun, log.shifts)}
    told["left_day"] = local_day("finish_", log.shifts)
    kept = [c for c in ("case_id", "start_day", "start_second", OVERTAKEN) if c in rows.columns]
    kinds = {f"by_{i}": "text" for i, c in enumerate(by) if c in OF_OPEN}
    found = rows.then("in_time", told, keep=kept, kinds=kinds)
    left = when(("left_ IS NOT NULL", "greatest(left_day, began_day)"))
    return found.then("by_days", {"left_day": left})


def _reached(chain: Sequence[str]) -> str:
    """The stage that an open case is in: from the furthest milestone that it has to the next."""
    tests = [
        (f"{name(here)} IS NOT NULL", value(f"{here}..{following}"))
        for here, following in reversed(list(zip(chain, chain[1:], strict=False)))
    ]
    return when(*tests)


def ages(rows: Query, window: tuple[date, date]) -> Query:
    """Of `cases_in_time` those that are open, and those that reached the stop within the days of
    the window: a row per group, end and value. A finished case is in no stage and with nobody.
    """
    first, last = map(day_number, window)
    within = f"{name('end')} <> {OPEN} AND left_day BETWEEN {first} AND {last}"
    kept = rows.then("asked_for", where=[f"{name('end')} = {OPEN} OR ({within})"])
    return counted(kept.then("open_or_finished", keep=_keys(kept, "value", "end")))


def overtaken(rows: Query) -> Query:
    """Of `cases_in_time` with parties the open ones, and how many lack what comes before an event
    that they have.
    """
    still = rows.then("still_open", where=[f"{name('end')} = {OPEN}"])
    return still.grouped("overtaken", [], {"n": whole(f"sum({OVERTAKEN})")})


def moves(rows: Query) -> Query:
    """Of `cases_in_time` how many began on a day and left on another, by group and end."""
    keys = _keys(rows, "began_day", "left_day", "end")
    return rows.grouped("moves", keys, {"n": "count(*)"})


def begun(log: EventLog, rows: Query, between: Between | None, as_of: AsOf) -> Query:
    """Of `cases_in_time` how many began on each day (of a window), by value and end."""
    sure = within_years(log.shifts, as_of)
    inside = [] if between is None else [in_window("began_day", between, sure)]
    kept = rows.then("in_window", where=inside) if inside else rows
    return kept.grouped("begun_days", _keys(kept, "began_day", "value", "end"), {"n": "count(*)"})


def _keys(rows: Query, *more: str) -> list[str]:
    return [*(c for c in rows.columns if c.startswith("by_")), *more]


def populations(
    log: EventLog, clock: Duration, rows: Query, *, as_of: AsOf, period: str, names: Sequence[str]
) -> Query:
    """Of `cases_in_time` those that reached an end in each of these periods, those open at its end
    with their age by then, and those that began in it: a row per group, kind, period, value and
    end.
    """
    numbers = [period_number(one, period) for one in names]
    keys, kinds = _keys(rows), {"kind_": "text"}
    sure = within_years(log.shifts, as_of)

    def dated(step: str, day: str, kind: str, where: Sequence[str]) -> Query:
        found = rows.then(f"{step}_days", {"day_": known_date(day, sure)}, kinds={"day_": "date"})
        told = {"kind_": value(kind), "period": period_of("day_", period)}
        kept = found.then(step, told, keep=[*keys, "value", "end"], kinds=kinds)
        inside = [*where, among("period", numbers)]
        return kept.then(
            f"{step}_kept", keep=_keys(kept, "kind_", "period", "value", "end"), where=inside
        )

    done = dated("finished", "left_day", FINISHED, [f"{name('end')} >= {ENDED}"])
    came = dated("begun", "began_day", BEGUN, [])
    still = _still(log, clock, rows, names, numbers)
    stacked = done.stacked("populations", came, still)
    # the kind is a group like others
    kinds_first = {f"by_{len(keys)}": "kind_"}
    return counted(
        stacked.then("by_kind", kinds_first, keep=_keys(stacked, "period", "value", "end"))
    )


def _still(
    log: EventLog, clock: Duration, rows: Query, names: Sequence[str], numbers: Sequence[int]
) -> Query:
    """Every case once for each period at whose end it was open, with its age by then."""
    days = [last_day(one) for one in names]
    ends = [
        (number, last_second(day, log.timezone), day_number(day), 86399)
        for number, day in zip(numbers, days, strict=True)
    ]
    source = listed("period_ends", ENDS, ends, usual=False)
    on = f"begun_ <= {source.name}.closes AND (left_ IS NULL OR left_ > {source.name}.closes)"
    told = {"period": f"{source.name}.period", "seconds": f"{source.name}.closes - begun_"}
    if clock.unit != "hours":
        told |= {
            "finish_day": f"{source.name}.last_day",
            "finish_second": f"{source.name}.last_second",
        }
    found = rows.then(
        "at_period_ends",
        told,
        source=f"{rows.name} JOIN {source.name} ON {on}",
        beside=[source.query],
        where=[f"{rows.name}.{name('end')} >= {OPEN}"],
    )
    end: object = OPEN
    if clock.unit == "hours":
        age = floored("seconds", 60) if clock.resolution == "minute" else "seconds"
    else:
        found = worked(clock, found.then("to_be_worked", keep=_without(found, "value")))
        end, age = when(("value IS NULL", NO_CALENDAR), otherwise=OPEN), "coalesce(value, year)"
    kinds = {"kind_": "text"}
    keys = _keys(rows)
    told = {"kind_": value(STILL), "period": "period", "value": age, "end": str(end)}
    return found.then("still_open", told, keep=keys, kinds=kinds)


def _without(rows: Query, column: str) -> list[str]:
    return [c for c in rows.columns if c != column]
