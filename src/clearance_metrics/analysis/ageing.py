"""ageing(): open cases by age, beside the percentiles of those that finished lately."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from ..domain.arguments import check_groups, names_of
from ..domain.as_of import AsOf
from ..domain.between import Between
from ..domain.calendars import WorkCalendar
from ..domain.ends import ENDED, OPEN
from ..domain.metrics import Condition, Duration
from ..domain.parties import PARTS, Plan
from ..engine.acting import only_some, unrecorded
from ..engine.asking import asked_of_log
from ..engine.behind import in_group
from ..engine.cells import Cell, cells_of
from ..engine.log import EventLog
from ..engine.query import Query
from ..engine.refusals import MissingColumn
from ..engine.tally import check
from ..engine.waiting import OF_OPEN, PARTY, STAGE, ages, cases_in_time, overtaken
from ..errors import LogError
from ..statistics.ageing import CUTS, FEWEST, bands, exact_percentile
from ..statistics.reasons import Reason
from .ageing_records import ALL, BANDS, Ageing, AgeingRow, Named
from .cases import Cases, cases_waiting
from .doubts import found_doubts
from .gap_to_target import inner_of
from .parties import plan_in
from .waiting import Groups, asked_clock, with_reasons


@asked_of_log
def ageing(
    log: EventLog,
    clock: Any,
    *,
    as_of: object = None,
    by: str | Iterable[str] = (),
    where: Condition | None = None,
    window: Any = None,
    calendar: WorkCalendar | None = None,
) -> Ageing:
    """The cases open at the end of the day `as_of` by age, in bands that are parted by the median
    and the 75th, 90th and 95th percentile of the cases that reached the stop within `window`.

    `clock`: a Duration, a name, a pair of milestones, or an indicator. `window`: first and last
    day, as `between` of `measure`; by default the latest twelve whole months. `by`: columns, each
    group beside its own finished cases, and "stage": how far an open case has come on the official
    way between the clock's ends, and "party": who must act now for it to go on, as `parties` has it
    (where several must, "several"); both beside the finished cases of all. Ages and percentiles are
    whole numbers of the clock's resolution, percentiles of type 7 exactly; an age that equals one
    lies below it. A group with fewer than 20 finished cases has one band. An age is no duration:
    the case goes on. `.cases(row)` lists the open cases of a band, the oldest first. LogError for
    names that the log does not have, for stages of a clock without inner milestones and parties of
    one whose stages nobody told,
    CalendarError for years without official working days.

    >>> import polars as pl
    >>> from clearance_metrics import Duration, EventLog, ageing
    >>> done = [str(i) for i in range(21)]
    >>> events = pl.DataFrame({"case_id": [*done, *done, "x"],
    ...     "milestone": ["declared"] * 21 + ["customs_released"] * 21 + ["declared"],
    ...     "time": [0] * 21 + [3600 * i for i in range(21)] + [0]})
    >>> found = ageing(EventLog(events), Duration("declared", "customs_released"),
    ...     as_of="1970-01-01", window=("1970-01-01", "1970-01-01"))
    >>> [(row.band, row.above, row.n) for row in found][:2]
    [('over_p95', 19.0, 1), ('p90_to_p95', 18.0, 0)]
    """
    by = names_of(by)
    check_groups(by, reserved=AgeingRow.own_names())
    asked, told = asked_clock(log, clock, where, calendar)
    when = AsOf.of(as_of, log.timezone)
    span = Between.of(log.latest_year(when.date) if window is None else window, "window")
    if span is None or span.first is None or span.last is None:
        what = f"window={window!r} leaves an end open"
        raise LogError(what, "window", 'write window=("2022-01", "2022-12")')
    chain = _chain(log, asked) if STAGE in by else ()
    plan = _plan(log, asked) if PARTY in by else None
    rows = cases_in_time(log, asked, as_of=when, by=by, chain=chain, plan=plan)
    table = log.rows_of(ages(rows, (span.first, span.last)))
    check(asked, table)
    cells = cells_of(table, len(by))
    made, cuts = _rows(cells, by, asked)
    if PARTY in by:
        made.sort(key=lambda row: PARTS.index(str(dict(row.groups)[PARTY])))
    if STAGE in by:  # in the order in which a case passes them
        places = {f"{a}..{b}": i for i, (a, b) in enumerate(zip(chain, chain[1:], strict=False))}
        made.sort(key=lambda row: places.get(str(dict(row.groups)[STAGE]), 0))
    doubts = found_doubts(log, asked, cells, when, Between(None, when.date))
    done = sum(int(cell.n[cell.end == ENDED].sum()) for cell in cells)
    remarks: tuple[Reason, ...] = (
        Reason("waiting.past", first=str(span.first), last=str(span.last)),
    )
    remarks += (Reason("waiting.ages"),)
    # where no case is open, the finding itself says it
    remarks += with_reasons((*doubts.snapshot, *(doubts.warning if made else ())))
    remarks += (Reason("waiting.own_past"),) * any(column not in OF_OPEN for column in by)
    remarks += _few(made) + _longest(cells)
    if plan and made:
        remarks += (Reason("waiting.party_now"),)
        n = int(log.rows_of(overtaken(rows)).column("n")[0].as_py())
        remarks += (Reason("waiting.party_overtaken", n=n),) * bool(n)
        told = {**told, "_untold": _untold(plan)}
    found = Ageing(
        rows=tuple(made),
        as_of=when.text,
        metric=asked.name,
        unit=asked.unit_of(),
        past=str(span),
    )
    listing = partial(_cases, log, asked, rows, cuts, when)
    return found._with(
        _remarks=remarks, _behind=listing, _doubted=doubts.warning, _finished=done, **told
    )


def _chain(log: EventLog, clock: Duration) -> tuple[str, ...]:
    """The milestones of the official way between the clock's ends, as far as the log has them;
    MissingColumn where it has none of them.
    """
    inner = inner_of(clock, log.vocabulary.milestones)  # LogError of a clock that has none
    for end in (clock.start, clock.stop):
        if end not in log.milestones:
            raise MissingColumn(end, log)
    there = [milestone for milestone in inner if milestone in log.milestones]
    if not there:
        raise MissingColumn(inner[-1], log)
    return (clock.start, *there, clock.stop)


def _plan(log: EventLog, clock: Duration) -> Plan:
    kind = str(clock.population.get("kind", ""))
    return plan_in(log, clock.start, clock.stop, kind, {})


def _untold(plan: Plan) -> Named:
    """What these data do not record of what must be done, and what only some cases need."""
    found = (
        ("party_unrecorded", unrecorded(plan)),
        ("party_some_cases", only_some(plan)),
        ("party_endless", plan.endless),
    )
    return tuple((code, names) for code, names in found if names)


def _longest(cells: Iterable[Cell]) -> tuple[Reason, ...]:
    """How many have been open longer than any case took that finished."""
    kept = list(cells)
    longest = max((int(c.value[c.end == ENDED].max(initial=-1)) for c in kept), default=-1)
    n = sum(int(c.n[(c.end == OPEN) & (c.value > longest)].sum()) for c in kept)
    return (Reason("waiting.longer_than_any", n=n),) if n and longest >= 0 else ()


def _few(rows: list[AgeingRow]) -> tuple[Reason, ...]:
    few = {row.groups for row in rows if row.band == ALL}
    return (Reason("waiting.few_finished", n=len(few), fewest=FEWEST),) if few else ()


def _rows(
    cells: Iterable[Cell], by: tuple[str, ...], clock: Duration
) -> tuple[list[AgeingRow], dict[Groups, tuple[int, ...]]]:
    """The bands of each group that has an open case, and the cuts by which they are parted."""
    finished: dict[tuple, dict[int, int]] = {}
    kept = list(cells)
    for cell in kept:
        counts = finished.setdefault(_yardstick(cell.group, by), {})
        done = cell.end == ENDED
        for age, n in zip(cell.value[done].tolist(), cell.n[done].tolist(), strict=True):
            counts[age] = counts.get(age, 0) + n
    limits = {key: _cuts(counts) for key, counts in finished.items()}
    rows, cuts = [], {}
    for cell in kept:
        still = cell.end == OPEN
        n_open = int(cell.n[still].sum())
        if not n_open:
            continue
        key = _yardstick(cell.group, by)
        groups = tuple(zip(by, cell.group, strict=True))
        cuts[groups] = limits[key]
        told: dict[str, Any] = {"groups": groups, "n_open": n_open, "unit": clock.unit_of()}
        told["n_finished"] = sum(finished[key].values())
        found = bands(cell.value[still], cell.n[still], limits[key])
        names = BANDS if limits[key] else (ALL,)
        for name, band in reversed(list(zip(names, found, strict=True))):
            low, high = (
                None if cut is None else cut / 100 / clock.scale for cut in (band.low, band.high)
            )
            oldest = None if band.oldest is None else band.oldest / clock.scale
            more: dict[str, Any] = {"above": low, "at_most": high, "oldest": oldest}
            more["reasons"] = (Reason("waiting.few", fewest=FEWEST),) if name == ALL else ()
            rows.append(AgeingRow(band=name, n=band.n, share=band.n / n_open, **told, **more))
    return rows, cuts


def _yardstick(group: tuple, by: tuple[str, ...]) -> tuple:
    """The finished cases that a group stands beside: a finished case is in none and with nobody."""
    return tuple(value for column, value in zip(by, group, strict=True) if column not in OF_OPEN)


def _cuts(counts: dict[int, int]) -> tuple[int, ...]:
    if sum(counts.values()) < FEWEST:
        return ()
    values = sorted(counts)
    numbers = [counts[value] for value in values]
    return tuple(exact_percentile(values, numbers, percent) for percent in CUTS)


def _cases(
    log: EventLog,
    clock: Duration,
    rows: Query,
    cuts: dict[Groups, tuple[int, ...]],
    when: AsOf,
    row: AgeingRow,
    **asked: Any,
) -> Cases:
    """The open cases of a band, the oldest first."""
    tests = [f'"end" = {OPEN}', *in_group(row.groups, (None, None))]
    if row.band != ALL:
        ends = [None, *cuts[row.groups], None]
        place = BANDS.index(row.band)
        low, high = ends[place], ends[place + 1]
        tests += [] if low is None else [f"value * 100 > {low}"]
        tests += [] if high is None else [f"value * 100 <= {high}"]
    return cases_waiting(log, clock, row, rows, tests, as_of=when, **asked)


__all__ = ["Ageing", "AgeingRow", "ageing"]
