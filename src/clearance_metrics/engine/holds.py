"""A clock split by which holds stand open at each instant, case by case, as SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..domain.as_of import AsOf
from ..domain.between import Between
from ..domain.instants import dated
from ..domain.metrics import Condition
from ..domain.sql import among, every, name, when, whole
from .finished import finished, grouped_by, in_periods, products
from .query import Query
from .spells import clipped, opened

if TYPE_CHECKING:
    from .log import EventLog

Hold = tuple[str, tuple[str, ...]]  # raised by this, ended by any of those
# by case, in time
IN_TURN = "OVER (PARTITION BY case_id ORDER BY key)"
BITS = 30  # holds that one whole number tells, open or not


def time_in_holds(
    log: EventLog,
    clock: tuple[str, str],
    holds: Sequence[Hold],
    *,
    as_of: AsOf,
    where: Condition,
    by: tuple[str, ...] = (),
    period: str | None = None,
    between: Between | None = None,
) -> Query:
    """Sums by group and period over the cases that finished the clock: seconds in which no hold was
    open, each alone, or several; and how many cases had such seconds.
    """
    asked: dict[str, Any] = {"as_of": as_of, "where": where, "by": by}
    cases = cases_in_holds(log, clock, holds, period=period, between=between, **asked)
    return _summed(cases, len(holds))


def cases_in_holds(
    log: EventLog,
    clock: tuple[str, str],
    holds: Sequence[Hold],
    *,
    as_of: AsOf,
    where: Condition,
    by: tuple[str, ...] = (),
    period: str | None = None,
    between: Between | None = None,
) -> Query:
    """A row per case that finished the clock, with its seconds by what stood open.

    `alone_0` is the first hold alone, `open_0` alone or beside others. `forward` is whether the
    clock ends no earlier than it starts, `unknown` whether a hold ended that never began.
    """
    cases = finished(log, clock, as_of, where, by, between)
    clocks = _clocks(log, cases, clock, as_of=as_of, period=period)
    spans = spans_of(states_of(turns_of(log, holds, as_of), clocks, len(holds)), clocks)
    return _cases(spans, grouped_by(clocks), len(holds))


def _clocks(
    log: EventLog, cases: Query, clock: tuple[str, str], *, as_of: AsOf, period: str | None
) -> Query:
    """When each case began and was done, and whether either is known to the day only."""
    begun, done = clock
    cases = in_periods(log, cases, name(done), period, as_of)
    flag = dated(cases.columns, begun, done)
    told = {"begun": name(begun), "done": name(done)}
    told["dated"] = "0" if flag == "FALSE" else when((flag, 1), otherwise=0)
    return cases.then("clocks", told, keep=["case_id", *grouped_by(cases)])


def turns_of(log: EventLog, holds: Sequence[Hold], as_of: AsOf) -> Query:
    """Per case, hold and moment, whether the hold opens (1) or closes (-1) there, and whether an
    end came that never began.
    """
    known = [milestone for raised, ends in holds for milestone in (raised, *ends)]
    events = log.events_of(*dict.fromkeys(known))
    marks = [
        events.then(
            f"hold_{i}",
            {
                "hold": str(i),
                "key": "time",
                "raised": when((among("milestone", [raised]), 1), otherwise=0),
            },
            keep=["case_id", "day"],
            where=[among("milestone", [raised, *ends]), f"time <= {as_of.second}"],
        )
        for i, (raised, ends) in enumerate(holds)
    ]
    stacked = marks[0].stacked("marks", *marks[1:]) if len(marks) > 1 else marks[0]
    spells = opened(stacked, ("case_id", "hold"))
    # where one of several milestones ends a hold, the others may follow it
    single = [i for i, (_, ends) in enumerate(holds) if len(ends) == 1]
    sure = f"{among('hold', single)} OR NOT begun_once" if single else "NOT begun_once"
    opens, closes = "open > 0 AND before = 0", "open = 0 AND before > 0"
    told = {
        "turn": when((opens, 1), (closes, -1), otherwise=0),
        "lost": when((every(["unmatched", sure]), 1), otherwise=0),
    }
    return spells.then("turns", told, keep=["case_id", "hold", "key", "day"])


def states_of(turns: Query, clocks: Query, holds: int) -> Query:
    """Per case and moment until the next, which holds are open from then on (open_0, open_1… are 0
    or 1); the clock's start is a moment too.
    """
    # which are open is one number, a bit each: one sum over the moments, not one per hold
    words = [range(first, min(first + BITS, holds)) for first in range(0, holds, BITS)]
    each = {
        f"bits_{w}": when(
            *((f"hold = {i}", f"turn * {2 ** (i % BITS)}") for i in word), otherwise=0
        )
        for w, word in enumerate(words)
    }
    moves = turns.then("moves", each, keep=["case_id", "key", "lost", "day"])
    still = {"key": "begun", "lost": "0", "day": "0", **dict.fromkeys(each, "0")}
    starts = clocks.then("starts", still, keep=["case_id"])
    sums = {o: whole(f"sum({o})") for o in each} | {"lost": "max(lost)", "day": "max(day)"}
    moved = moves.stacked("moves_and_starts", starts).grouped("moved", ["case_id", "key"], sums)
    told = {o: whole(f"sum({o}) {IN_TURN}") for o in each} | {"until": f"lead(key) {IN_TURN}"}
    running = moved.then("running", told)
    opens = {f"open_{i}": f"(bits_{i // BITS} // {2 ** (i % BITS)}) % 2" for i in range(holds)}
    return running.then("states", opens, keep=["case_id", "key", "lost", "day", "until"])


def spans_of(states: Query, clocks: Query) -> Query:
    """The states within the clock: how long each lasted, and how many holds were open."""
    told = [column for column in clocks.columns if column != "case_id"]
    spans = states.then(
        "spans",
        {column: f"{clocks.name}.{column}" for column in told},
        kinds=clocks.columns,
        source=f"states JOIN {clocks.name} ON {clocks.name}.case_id = states.case_id",
        beside=[clocks],
    )
    opens = [column for column in states.columns if column.startswith("open_")]
    lasting = {
        "seconds": "till - since",
        "holds": " + ".join(opens),
        "late": "lost > 0 AND key > begun",
    }
    return clipped(spans).then("lasting", lasting, kinds={"late": "boolean"})


def _cases(spans: Query, keys: list[str], holds: int) -> Query:
    """The clock of each case by what stood open, checked to sum to the whole."""
    states = {"none_open": "holds = 0"}
    states |= {f"alone_{i}": f"holds = 1 AND open_{i} = 1" for i in range(holds)}
    states |= {"several": "holds > 1"}
    parts = " + ".join(states)
    states |= {f"open_{i}": f"open_{i} = 1" for i in range(holds)}
    sums = {s: whole(f"sum({when((test, 'seconds'), otherwise=0)})") for s, test in states.items()}
    sums |= {"unknown": "bool_or(late)", "coarse": "greatest(max(day), max(dated))"}
    kinds = dict.fromkeys(("unknown", "forward", "equal"), "boolean")
    cases = spans.grouped("cases_split", ["case_id", "begun", "done", *keys], sums, kinds=kinds)
    told = {"whole": "done - begun", "forward": "done >= begun"}
    told["equal"] = f"{parts} = done - begun"
    return cases.then("checked", told, kinds=kinds)


def _summed(cases: Query, holds: int) -> Query:
    opens = [f"open_{i}" for i in range(holds)]
    seconds = ["none_open", *(f"alone_{i}" for i in range(holds)), "several", *opens]
    sums = {"n": "count(*)", "unequal": "count(*) FILTER (WHERE NOT equal)"}
    sums |= {c: whole(f"sum({c})") for c in (*seconds, "whole", "coarse")}
    there = ("none_open", *opens, "several")
    sums |= {f"n_{c}": f"count(*) FILTER (WHERE {c} > 0)" for c in there}
    sums |= products(c for c in seconds if c not in opens)
    return cases.grouped("summed", [*grouped_by(cases), "forward", "unknown"], sums)
