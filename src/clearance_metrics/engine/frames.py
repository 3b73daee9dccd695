"""Tables from outside, made into what EventLog holds: a row per case, in one engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from ..domain.doubts import COLUMNS, backwards
from ..domain.instants import FRACTION, SECOND, Shifts
from ..domain.sql import value
from ..domain.vocabulary import Vocabulary
from ..domain.zones import EPOCH, LAST_YEAR, day_number, offsets, zone
from ..errors import LogError, closest
from .backends import Engine, engine_of
from .checks import Check, Run, identified, looked_at, of_charges, of_events, of_words
from .every_case import called_anew, check_charges, check_twice, kept, of_every_case
from .memory import arrow_of
from .notes import Noted
from .plain import DATED as DATED
from .plain import check_columns, check_rows, readable, with_days
from .query import Query, Source
from .times import EARLY, at_noon, check_ends, check_lying, check_range, events_query, in_seconds


@dataclass(frozen=True)
class Built:
    """What `build` made: tables of one engine, in one time zone."""

    engine: Engine
    timezone: str
    shifts: Shifts
    milestones: Query
    doubts: Query | None
    tables: dict[str, Query]
    notes: tuple[Noted, ...]


def build(tables: Mapping[str, object], timezone: str | None, words: Vocabulary) -> Built:
    """Check and convert the tables of an in-memory log; LogError says which column is wrong."""
    told = {table: rows for table, rows in tables.items() if rows is not None}
    if "events" not in told:
        raise LogError("events is None", "events", "give a table of events")
    notes: list[Noted] = []
    connection, given = _given(told, notes)
    for table, rows in given.items():
        check_columns(table, rows.column_names if _in_memory(rows) else list(rows.columns))
        if _in_memory(rows):
            check_rows(table, rows)
    zone_name = _checked_zone(timezone, given["events"])
    engine = engine_of(connection)
    ready = {
        table: _handed(engine, table, rows, timezone, zone_name, words, notes)
        if _in_memory(rows)
        else _viewed(engine, table, rows, timezone, zone_name, notes)
        for table, rows in given.items()
    }
    events = ready["events"]
    notes += looked_at(engine.rows_of, events, "events", [EARLY])
    seen = _seen(engine, events, words)
    milestones = kept(engine, "milestones", _pivot(events, seen, words))
    if "cases" in ready:
        check_twice(engine, ready["cases"])
        notes += looked_at(
            engine.rows_of, ready["cases"], "cases", of_words(ready["cases"], words.columns)
        )
        milestones, ready["cases"] = of_every_case(engine, milestones, ready["cases"], notes)
    else:
        ready["cases"] = milestones.then("cases", keep=["case_id"])
    if "charges" in ready:
        check_charges(engine, ready, words, notes)
    ready["events"] = _whole(events)
    shifts = _shifts(zone_name, [row["earliest"] for row in seen])
    doubts = _doubts(milestones, words, shifts)
    return Built(engine, zone_name, shifts, milestones, doubts, ready, tuple(notes))


def _in_memory(rows: object) -> bool:
    return isinstance(rows, pa.Table)


def _given(tables: Mapping[str, object], notes: list[Noted]) -> tuple[object, dict[str, Any]]:
    """The connection that tables stay in, None where none does; and the tables, all others of
    them as Arrow.
    """
    connection, given = None, {}
    for table, rows in tables.items():
        if type(rows).__module__.split(".")[0] == "ibis":
            from .backends.staying import brought

            connection, rows = brought(rows, connection)
        if type(rows).__module__.split(".")[0] != "ibis":
            rows = arrow_of(rows, table, notes)
        given[table] = rows
    return connection, given


def _checked_zone(declared: str | None, events: Any) -> str:
    """The zone of the log's days: the one declared, or that of the times, or UTC."""
    if declared is not None:
        return zone(declared).key
    own = getattr(events["time"].type, "tz", None) if _in_memory(events) else None
    if own is None:
        return "UTC"
    try:
        return zone(own).key
    except LogError as error:
        what = f"events.time is in the zone {own!r}, which is no place"
        remedy = "say in which zone days begin: timezone='Asia/Shanghai'"
        raise LogError(what, "events.time", remedy) from error


def _viewed(
    engine: Engine,
    table: str,
    rows: Any,
    timezone: str | None,
    zone_name: str,
    notes: list[Noted],
) -> Query:
    """A table that stays where it is."""
    from .backends.connected import viewed
    from .backends.staying import plain

    called = called_anew(table)
    lying = Source(table, viewed(plain(table, rows, timezone), called), called).query
    given = identified(engine.rows_of, lying, table, notes)
    if given is not lying:
        given = kept(engine, table, given)
    _check(engine.rows_of, given, table)
    if table == "events":
        check_lying(engine.rows_of, given)
        plain_events = in_seconds(engine.rows_of, given, zone_name, notes)
        return at_noon(plain_events, zone_name) if "resolution" in given.columns else plain_events
    return given


def _check(run: Run, rows: Query, table: str) -> None:
    """LogError for what is found in one table alone, beyond its identifiers."""
    checks: list[Check] = []
    if table == "events":
        checks = of_events(rows)
    elif table == "charges":
        checks = of_charges(run, rows)
    looked_at(run, rows, table, checks)


def _handed(
    engine: Engine,
    table: str,
    rows: pa.Table,
    timezone: str | None,
    zone_name: str,
    words: Vocabulary,
    notes: list[Noted],
) -> Query:
    """A table from memory, handed to the engine as plain rows; DuckDB makes them plain."""
    from .backends.in_process import InProcess

    backend = engine.backend
    here = backend if isinstance(backend, InProcess) else InProcess()
    if table == "events":
        check_range(rows["time"])
    called, rows = called_anew(table), readable(table, rows, words, notes)
    with here.lent(rows) as raw:

        def run(query: Query) -> pa.Table:
            return here.run(engine.text(query))

        given = identified(run, raw, table, notes)
        _check(run, given, table)
        kinds = {column.name: column.type for column in rows.schema}
        if table == "events":
            plain = events_query(run, given, kinds["time"], timezone, zone_name, notes)
        else:
            plain = with_days(given, table, kinds, zone_name)
        text = engine.text(plain)
        if here is backend:
            backend.keep(called, text)
        else:
            backend.give(called, here.run(text))
    return Source(table, plain.columns, called).query


def _seen(engine: Engine, events: Query, words: Vocabulary) -> list[dict]:
    """Of each milestone whether any time of it is a date, or finer than a second, and its earliest
    time.
    """
    told = {"earliest": "min(time)", "latest": "max(time)", "dated": "bool_or(day)"}
    if "fraction" in events.columns:
        told["cut"] = "bool_or(fraction > 0)"
    seen = events.grouped("seen", ["milestone"], told)
    rows = engine.rows_of(seen.then("listed", order=["milestone"])).to_pylist()
    for row in rows:
        if row["milestone"] not in words.milestones:
            what = f"unknown milestone {row['milestone']!r}"
            raise LogError(
                what, "events.milestone", closest(str(row["milestone"]), words.milestones)
            )
        check_ends(row["earliest"], row["latest"])
    return rows


def _pivot(events: Query, seen: list[dict], words: Vocabulary) -> Query:
    """First or last time of each milestone per case, as the vocabulary says."""
    columns, kinds = {}, {}
    for row in seen:
        milestone = row["milestone"]
        this = f"milestone = {value(milestone)}"
        pick = "min" if words.milestones[milestone].occurrence == "first" else "max"
        columns[milestone] = f"{pick}(time) FILTER (WHERE {this})"
        if row["dated"]:
            columns[f"{milestone}__day"] = f"bool_or(day AND {this})"
            kinds[f"{milestone}__day"] = "boolean"
        if row.get("cut"):
            moment = f"{pick}(time * {SECOND} + fraction) FILTER (WHERE {this})"
            # of times before 1970 as well
            columns[milestone + FRACTION] = f"({moment} % {SECOND} + {SECOND}) % {SECOND}"
    return events.grouped("milestones", ["case_id"], columns, kinds=kinds)


def _whole(events: Query) -> Query:
    """Events as the log shows them, to the second."""
    if "fraction" not in events.columns:
        return events
    return events.then("whole_seconds", keep=("case_id", "milestone", "time", "day"))


def _shifts(zone_name: str, earliest: list[int]) -> Shifts:
    """The zone's offsets since the day before the first event, where no time lies before 1970: the
    fewer there are, the shorter the SQL of local days.
    """
    last = day_number(date(LAST_YEAR, 1, 1))
    before = min(min(earliest, default=0) // 86400 - 1, last)
    known = before > day_number(date(1970, 1, 3))
    return offsets(zone_name, EPOCH + timedelta(days=before) if known else None)


def _doubts(milestones: Query, words: Vocabulary, shifts: Shifts) -> Query | None:
    text = backwards(milestones.name, milestones.columns, words, shifts)
    if text is None:
        return None
    return Query("doubts", COLUMNS, (("doubts", text),), milestones.sources)
