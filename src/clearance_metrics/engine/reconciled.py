"""Four clocks on the same cases, summed by firm, as SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..domain.as_of import AsOf
from ..domain.between import Between
from ..domain.calendars import WorkCalendar
from ..domain.metrics import Condition, Duration, condition_columns
from ..domain.sql import every, name, some, value, when, whole
from . import conditions
from .days import in_window, local_day, within_years
from .finished import EXACT
from .formalities import earliest, latest
from .parties import NO_SQUARES
from .query import Query
from .values import check_values
from .worked import worked

if TYPE_CHECKING:
    from .log import EventLog

USED, LACKS, BACKWARDS, OUTSIDE = "used", "lacks", "backwards", "outside"
# of used cases, what the clocks do not show: an agency after customs' release, a certificate issued
# after every clock has stopped, one that is not issued; and how many record any of these
AGENCY_AFTER, ISSUED_AFTER, NOT_ISSUED, RECORDED = "agency", "issued", "not_issued", "recorded"


@dataclass(frozen=True)
class Ends:
    """A clock from the first of some milestones to the last of others, as far as a case has them;
    the first of each it must have.
    """

    name: str
    starts: tuple[str, ...]
    stops: tuple[str, ...]
    signed: bool = False


def sums_by_firm(
    log: EventLog,
    clocks: tuple[Ends, ...],
    *,
    as_of: AsOf,
    where: Condition,
    dated_by: str,
    firm: str | None,
    calendar: str | WorkCalendar,
    between: Between | None = None,
    beside: tuple[str, ...] = (),
) -> Query:
    """Sums over the cases that have every clock, by `firm` and clock (`what`, where `state` is
    "used"): their seconds and working days with the squares, and their starts and stops; `year` is
    the first that the calendar does not know (0 for none).

    Beside them `n` cases of each milestone that is missing ("lacks"), and of those with a clock
    that stops before it starts ("backwards"), and ("outside") the used ones by what the clocks do
    not show of them; `beside` are milestones of certificates that start and stop no clock.
    """
    cases = _cases(log, clocks, as_of, where, dated_by, firm, between, beside)
    needed = dict.fromkeys(end for clock in clocks for end in (clock.starts[0], clock.stops[0]))
    whole_ones = every(f"{name(m)} IS NOT NULL" for m in needed)
    ends: dict[str, str] = {}
    for i, clock in enumerate(clocks):
        ends |= {
            f"start_{i}": earliest(clock.starts),
            f"stop_{i}": latest(clock.stops),
        }
    clocked = cases.then("clocked", ends)
    back = some(f"stop_{i} < start_{i}" for i, clock in enumerate(clocks) if not clock.signed)
    state = when(
        (f"NOT ({whole_ones})", value(LACKS)), (back, value(BACKWARDS)), otherwise="'used'"
    )
    dealt = clocked.then("dealt", {"state": state}, kinds={"state": "text"})
    first, *others = (_clock(log, dealt, i, clock) for i, clock in enumerate(clocks))
    counted = _worked(first.stacked("each_clock", *others), calendar)
    summed = counted.grouped("summed", ["firm", "state", "what"], SUMS)
    missing = [_told(dealt, LACKS, m, f"{name(m)} IS NULL") for m in needed]
    missing.append(_told(dealt, BACKWARDS, "", f"state = {value(BACKWARDS)}"))
    for what, test in _outside(clocks, beside).items():
        missing.append(_told(dealt, OUTSIDE, what, every([f"state = {value(USED)}", test])))
    return summed.stacked("by_firm", *missing)


def _outside(clocks: tuple[Ends, ...], beside: tuple[str, ...]) -> dict[str, str]:
    """What the clocks do not show of a case, as tests; the last clock is that of all agencies."""
    last = clocks[-1]
    applied, agencies = last.starts[1:], last.stops[1:]
    tests = {RECORDED: some(f"{name(m)} IS NOT NULL" for m in (*applied, *agencies, *beside))}
    if agencies:
        tests[AGENCY_AFTER] = some(f"{name(m)} > {name(last.stops[0])}" for m in agencies)
    if beside:
        tests[ISSUED_AFTER] = some(f"{name(m)} > stop_{len(clocks) - 1}" for m in beside)
    if beside and applied:
        none = [f"{name(m)} IS NULL" for m in beside]
        tests[NOT_ISSUED] = every([some(f"{name(m)} IS NOT NULL" for m in applied), *none])
    return tests


def _cases(
    log: EventLog,
    clocks: tuple[Ends, ...],
    as_of: AsOf,
    where: Condition,
    dated_by: str,
    firm: str | None,
    between: Between | None,
    beside: tuple[str, ...],
) -> Query:
    """The cases with all milestones that bear on a clock or stand beside it, and their firm."""
    times = {m for clock in clocks for m in (*clock.starts, *clock.stops)} | set(beside)
    known = frozenset({*times, *condition_columns(where), *([firm] if firm else [])})
    check_values(log, where)
    cases = log.case_table(known, as_of.second, conditions.narrowed(log, where))
    tests = [conditions.compiled(log, where, cases, as_of.second)] if where else []
    if between is not None:
        day = local_day(name(dated_by), log.shifts)
        tests.append(in_window(day, between, within_years(log.shifts, as_of)))
    told = {"firm": name(firm) if firm else "CAST(NULL AS VARCHAR)"}
    kinds = {"firm": cases.columns[firm] if firm else "text"}
    return cases.then("asked", told, kinds=kinds, keep=["case_id", *sorted(times)], where=tests)


def _clock(log: EventLog, dealt: Query, i: int, clock: Ends) -> Query:
    """The used cases with one clock: its ends as seconds and as days."""
    start, stop = f"start_{i}", f"stop_{i}"
    told = {"what": value(clock.name), "begun": start, "done": stop}
    told |= {"start_day": local_day(start, log.shifts), "finish_day": local_day(stop, log.shifts)}
    used = [f"state = {value(USED)}"]
    kept = ["firm", "state"]
    return dealt.then(f"clock_{i}", told, kinds={"what": "text"}, keep=kept, where=used)


def _worked(rows: Query, calendar: str | WorkCalendar) -> Query:
    """The rows with their seconds and their working days, start excluded and end included."""
    days = Duration("start", "stop", unit="working_days", calendar=calendar)
    told = {"seconds": "done - begun", "days": "coalesce(value, 0)"}
    told["unknown_year"] = when(("value IS NULL", "year"), otherwise=0)
    return worked(days, rows, signed=True).then("measured", told)


def _square(column: str) -> str:
    cast = f"CAST({column} AS {EXACT})"
    return f"CAST(sum({cast} * {cast}) AS DECIMAL(38, 0))"


SUMS: Mapping[str, str] = {
    "n": "count(*)",
    **{c: whole(f"sum({c})") for c in ("seconds", "days", "begun", "done")},
    "seconds_squared": _square("seconds"),
    "days_squared": _square("days"),
    "year": "max(unknown_year)",
}


def _told(dealt: Query, state: str, what: str, test: str) -> Query:
    """How many cases a test holds for, as a row like those of the sums."""
    firm = {"firm": f"CAST(NULL AS {'VARCHAR' if dealt.columns['firm'] == 'text' else 'BIGINT'})"}
    told = firm | {"state": value(state), "what": value(what)}
    step = f"{state}_{what}" if what else state
    kinds = {"firm": dealt.columns["firm"], "state": "text", "what": "text"}
    rows = dealt.then(step, told, kinds=kinds, keep=(), where=[test])
    counted = rows.grouped(f"n_{step}", ["firm", "state", "what"], {"n": "count(*)"})
    none = {c: NO_SQUARES if c.endswith("squared") else "0" for c in SUMS if c != "n"}
    return counted.then(f"told_{step}", none, kinds=kinds)
