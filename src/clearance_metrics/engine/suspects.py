"""What in a log looks like a slip of its making: the same event twice within a minute or eight
hours apart, days without a time of day, nights too busy to be true, sums taken for cases.

Each is one query. What is suspected stays in the log; what it does to the headline is told beside.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from ..domain.as_of import AsOf
from ..domain.instants import dated, elapsed, local_second
from ..domain.sql import among, every, name, some, value, when, whole
from ..domain.vocabulary import FAR_AHEAD
from ..domain.zones import zone
from .log import EventLog
from .query import Query

CLOCK = ("declared", "customs_released")  # the headline that effects are told on
MINUTE, NIGHT, EIGHT_HOURS, DAY = 60, 8 * 3600, 8 * 3600, 86400
NOON, MIDNIGHT = 12 * 3600, 0
FEW = 30  # events of a milestone in a file below which no share is looked at
# shares of a milestone's events in a file from which they are no chance: a third of a day is night
HEAP, BUSY_NIGHT = 0.2, 0.6
# pairs eight hours apart, of all that a milestone has, from which they are no chance
PAIRS, PAIRS_SHARE = 3, 0.05
LISTED = 10  # of those that are told one by one
MOST = 1000  # footers that are looked for; more are no footers


Group = tuple[str, str]  # a file and a milestone


@dataclass(frozen=True)
class Suspect:
    """One kind of slip: how many events (or cases) it is suspected of, the first of them, and the
    clock's values with their number of cases, (seconds, n, whether it is suspected of the case).
    """

    kind: str
    n: int = 0
    case_id: str = ""
    milestone: str = ""
    time: str = ""
    file: str = ""
    line: int | None = None
    values: tuple[tuple[int, int, bool], ...] = ()
    others: tuple[tuple[str, int | None, str], ...] = ()  # file, line and case of further ones


def suspects_of(log: EventLog, as_of: str) -> tuple[Suspect, ...]:
    """Every kind of slip that is looked for, found or not.

    >>> import polars as pl
    >>> events = pl.DataFrame({"case_id": ["a"] * 2 + ["Total:"], "time": [7200, 7230, 9],
    ...     "milestone": ["declared"] * 3})
    >>> {s.kind: s.n for s in suspects_of(EventLog(events), "2022-12-31") if s.n}
    {'within_a_minute': 1, 'footers': 1}
    """
    events = _timed(log)
    nights, heaps = _by_file(log, events)
    second = local_second("time", log.shifts)
    repeated = _repeated(events)
    found = {
        "within_a_minute": repeated.then("suspected", where=[f"after <= {MINUTE}"]),
        "eight_hours_apart": _eight_hours(log, repeated),
        "at_night": _of_groups(events, nights, f"{second} < {NIGHT}"),
        "without_time_of_day": _of_groups(events, heaps, among(second, (MIDNIGHT, NOON))),
        "footers": _footers(log),
        "far_ahead": _far_ahead(log),
    }
    return tuple(_told(log, kind, rows, as_of) for kind, rows in found.items())


def _timed(log: EventLog, to_the_day: bool = False) -> Query:
    """Events that are known more finely than to the day, with where they stand in the files;
    `to_the_day` the others too.
    """
    table = log.events_table
    kept = [c for c in ("case_id", "milestone", "time", "day") if c in table.columns]
    whole_table = log.folder and log._table("events")
    if not whole_table:
        return table.then("timed", keep=kept, where=[] if to_the_day else ["NOT day"])
    columns = ("case_id", "milestone", "time", "source_file", "source_line")
    fine = [] if to_the_day else ["resolution != 'day'"]
    return whole_table.then("timed", keep=columns, where=fine)


def _repeated(events: Query) -> Query:
    """Events of a case that come `after` so many seconds upon another of their milestone."""
    pairs = events.grouped("pairs", ["case_id", "milestone"], {"n": "count(*)"})
    several = pairs.then("several", where=["n > 1"])
    rows = events.then(
        "repeated",
        source=f"{events.name} SEMI JOIN several USING (case_id, milestone)",
        beside=[several],
    )
    order = ", ".join(c for c in ("time", "source_file", "source_line") if c in events.columns)
    before = f"lag(time) OVER (PARTITION BY case_id, milestone ORDER BY {order})"
    ordered = rows.then("ordered", {"after": f"time - {before}"})
    return ordered.then("followers", where=["after IS NOT NULL"])


def _eight_hours(log: EventLog, repeated: Query) -> Query | None:
    """Events eight hours after another, of milestones of which many are."""
    test = f"after BETWEEN {EIGHT_HOURS - MINUTE} AND {EIGHT_HOURS + MINUTE}"
    hits = whole(f"sum({when((test, 1), otherwise=0)})")
    counted = repeated.grouped("counted", ["milestone"], {"n": "count(*)", "hits": hits})
    rows = log.rows_of(counted.titled("repeated events eight hours apart"), aside=True).to_pylist()
    many = sorted(
        row["milestone"] for row in rows if row["hits"] >= max(PAIRS, PAIRS_SHARE * row["n"])
    )
    return repeated.then("suspected", where=[among("milestone", many), test]) if many else None


def _by_file(log: EventLog, events: Query) -> tuple[list[Group], list[Group]]:
    """The milestones of which files tell too much by night, and at midnight or noon sharp."""
    if "source_file" not in events.columns:
        return [], []
    second = local_second("time", log.shifts)
    night, sharp = f"{second} < {NIGHT}", among(second, (MIDNIGHT, NOON))
    counted = events.grouped(
        "counted",
        ["source_file", "milestone"],
        {
            "n": "count(*)",
            "night": whole(f"sum({when((night, 1), otherwise=0)})"),
            "sharp": whole(f"sum({when((sharp, 1), otherwise=0)})"),
        },
    )
    rows = log.rows_of(counted.titled("events by night and sharp by file"), aside=True).to_pylist()
    many = [row for row in rows if row["n"] >= FEW]
    heaps = [row for row in many if row["sharp"] > HEAP * row["n"]]
    # times that stand at midnight for want of a time of day are told as such
    nights = [row for row in many if row not in heaps and row["night"] > BUSY_NIGHT * row["n"]]
    nights_of, heaps_of = (
        sorted((row["source_file"], row["milestone"]) for row in rows) for rows in (nights, heaps)
    )
    return nights_of, heaps_of


def _of_groups(events: Query, groups: Sequence[Group], test: str) -> Query | None:
    """The events of these files and milestones that a test holds for."""
    if not groups:
        return None
    pairs = some(
        every([f"source_file = {value(file)}", f"milestone = {value(milestone)}"])
        for file, milestone in groups
    )
    return events.then("suspected", where=[pairs, test])


@cache
def footer_words() -> tuple[str, ...]:
    """How lines begin that are no case, in small letters.

    >>> "subtotal" in footer_words()
    True
    """
    text = files(__package__).joinpath("footers.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["words"])


def _footers(log: EventLog) -> Query:
    """Cases whose number is a word for a sum or for who made the table."""
    low = "lower(trim(case_id))"
    ends = (":", "\uff1a", " ")
    starts = [f"{low} LIKE {value(w + end + '%')}" for w in footer_words() for end in ends]
    test = some([among(low, footer_words()), *starts])
    # how a number begins spares most cases a hundred comparisons
    begins = {(word + end)[:2] for word in footer_words() for end in ("", *ends)}
    early = among(f"substr({low}, 1, 2)", sorted(begins))
    # CASE keeps that order, which an engine is free to change in a conjunction
    found = when((early, f"({test})"), otherwise="FALSE")
    cases = log.milestones_table.then("suspected", keep=["case_id"], where=[found])
    return cases.then("first_ones", order=["case_id"], limit=MOST)


def _far_ahead(log: EventLog) -> Query | None:
    """Stops that lie implausibly far ahead of their start, of clocks that may run backwards."""
    known, every_clock = set(log.milestones_table.columns), log.vocabulary.clocks.values()
    clocks = [c for c in every_clock if c.signed and {c.start, c.stop} <= known]
    if not clocks:
        return None
    pairs = sorted({(c.start, c.stop) for c in clocks})
    far = some(f"{name(stop)} - {name(start)} < {-FAR_AHEAD * DAY}" for start, stop in pairs)
    cases = log.milestones_table.then("far", keep=["case_id"], where=[far])
    events = _timed(log, to_the_day=True)
    rows = events.then(
        "of_cases", source=f"{events.name} SEMI JOIN far USING (case_id)", beside=[cases]
    )
    return rows.then("suspected", where=[among("milestone", sorted({stop for _, stop in pairs}))])


def _told(log: EventLog, kind: str, rows: Query | None, as_of: str) -> Suspect:
    """The number of what is suspected, its first example, and the clock with and without."""
    if rows is None:
        return Suspect(kind)
    n = log.rows_of(rows.grouped("number", (), {"n": "count(*)"}), aside=True)["n"][0].as_py()
    if not n:
        return Suspect(kind)
    order = [c for c in ("source_file", "source_line", "case_id", "time") if c in rows.columns]
    listed = LISTED if kind == "far_ahead" else 1
    (first, *others) = log.rows_of(
        rows.then("first", order=order, limit=listed), aside=True
    ).to_pylist()
    if "source_file" not in first and kind == "footers":
        first |= _where(log, first["case_id"])
    moment = first.get("time")
    local = "" if moment is None else _local(moment, log)
    return Suspect(
        kind,
        n,
        first["case_id"],
        first.get("milestone") or "",
        local,
        first.get("source_file") or "",
        first.get("source_line"),
        _clock(log, rows, as_of),
        tuple((o.get("source_file") or "", o.get("source_line"), o["case_id"]) for o in others),
    )


def _local(moment: int, log: EventLog) -> str:
    return f"{datetime.fromtimestamp(moment, zone(log.timezone)):%Y-%m-%d %H:%M:%S}"


def _where(log: EventLog, case_id: str) -> dict:
    """Where the first event of a case stands, if it has one."""
    rows = _timed(log).then("of_case", where=[f"case_id = {value(case_id)}"])
    order = [c for c in ("source_file", "source_line") if c in rows.columns]
    found = log.rows_of(rows.then("first", order=order or ["time"], limit=1), aside=True)
    return next(iter(found.to_pylist()), {})


def _clock(log: EventLog, rows: Query, as_of: str) -> tuple[tuple[int, int, bool], ...]:
    """The headline clock in seconds: (value, cases, whether it is suspected of them)."""
    if not log.milestones.issuperset(CLOCK):
        return ()
    second = AsOf.of(as_of, log.timezone).second
    known = log.case_table(frozenset(CLOCK), second)
    took = elapsed(*CLOCK, dated(known.columns, *CLOCK), log.shifts)
    listed = rows.then("listed", keep=["case_id"], distinct=True)
    told = known.then(
        "marked",
        {"took": took, "suspected": "listed.case_id IS NOT NULL"},
        kinds={"suspected": "boolean"},
        keep=(),
        source=f"{known.name} LEFT JOIN (SELECT case_id FROM listed) AS listed USING (case_id)",
        beside=[listed],
    )
    counted = told.then("forward", where=["took >= 0"]).grouped(
        "tally", ["took", "suspected"], {"n": "count(*)"}
    )
    found = log.rows_of(counted, aside=True).to_pylist()
    return tuple(sorted((row["took"], row["n"], row["suspected"]) for row in found))


def sound(values: Iterable[tuple[int, int, bool]]) -> list[tuple[int, int]]:
    """The values of cases that nothing is suspected of.

    >>> sound([(5, 1, False), (9, 2, True)])
    [(5, 1)]
    """
    return [(seconds, n) for seconds, n, suspected in values if not suspected]
