"""Tables from outside, made into what EventLog holds: a row per case, in one engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import count
from typing import Any

import pyarrow as pa

from ..domain.doubts import COLUMNS, backwards
from ..domain.instants import FRACTION, SECOND, Shifts
from ..domain.sql import value
from ..domain.vocabulary import Vocabulary
from ..domain.zones import EPOCH, LAST_YEAR, day_number, offsets, zone
from ..errors import LogError, closest
from .backends import Engine, engine_of
from .plain import DATED as DATED
from .plain import arrow_of, check_columns, check_rows, events_query, readable, with_days
from .query import Query, Source

_NUMBERS = count()


@dataclass(frozen=True)
class Built:
    """What `build` made: tables of one engine, in one time zone."""

    engine: Engine
    timezone: str
    shifts: Shifts
    milestones: Query
    doubts: Query | None
    tables: dict[str, Query]


def build(tables: Mapping[str, object], timezone: str | None, words: Vocabulary) -> Built:
    """Check and convert the tables of an in-memory log; LogError says which column is wrong."""
    told = {table: rows for table, rows in tables.items() if rows is not None}
    connection, given = _given(told)
    for table, rows in given.items():
        check_columns(table, rows.column_names if _in_memory(rows) else list(rows.columns))
        if _in_memory(rows):
            check_rows(table, rows)
    zone_name = timezone or _zone_of(given["events"]) or "UTC"
    zone(zone_name)
    engine = engine_of(connection)
    ready = {
        table: _handed(engine, table, rows, timezone, zone_name, words)
        if _in_memory(rows)
        else _viewed(table, rows, timezone)
        for table, rows in given.items()
    }
    events = ready["events"]
    seen = _seen(engine, events, words)
    pivot = _pivot(events, seen, words)
    called = _called("milestones")
    # one pivot, so that metrics read columns and never the events again
    engine.backend.keep(called, engine.text(pivot))
    milestones = Source("milestones", pivot.columns, called, partial(str, pivot)).query
    if "cases" in ready:
        _check_twice(engine, ready["cases"])
    else:
        ready["cases"] = milestones.then("cases", keep=["case_id"])
    ready["events"] = _whole(events)
    shifts = _shifts(zone_name, [row["earliest"] for row in seen])
    doubts = _doubts(milestones, words, shifts)
    return Built(engine, zone_name, shifts, milestones, doubts, ready)


def _in_memory(rows: object) -> bool:
    return isinstance(rows, pa.Table)


def _called(table: str) -> str:
    """What the engine calls a table: it may hold those of several logs."""
    return f"given_{table}_{next(_NUMBERS)}"


def _given(tables: Mapping[str, object]) -> tuple[object, dict[str, Any]]:
    """The connection that tables stay in, None where none does; and the tables, all others of
    them as Arrow.
    """
    connection, given = None, {}
    for table, rows in tables.items():
        if type(rows).__module__.split(".")[0] == "ibis":
            from .backends.staying import brought

            connection, rows = brought(rows, connection)
        else:
            rows = arrow_of(rows, table)
        given[table] = rows
    return connection, given


def _zone_of(events: Any) -> str | None:
    return getattr(events["time"].type, "tz", None) if _in_memory(events) else None


def _viewed(table: str, rows: Any, timezone: str | None) -> Query:
    """A table that stays where it is."""
    from .backends.connected import viewed
    from .backends.staying import plain

    called = _called(table)
    return Source(table, viewed(plain(table, rows, timezone), called), called).query


def _handed(
    engine: Engine,
    table: str,
    rows: pa.Table,
    timezone: str | None,
    zone_name: str,
    words: Vocabulary,
) -> Query:
    """A table from memory, handed to the engine as plain rows; DuckDB makes them plain."""
    from .backends.in_process import InProcess

    backend = engine.backend
    here = backend if isinstance(backend, InProcess) else InProcess()
    called, rows = _called(table), readable(table, rows, words)
    with here.lent(rows) as raw:
        kinds = {column.name: column.type for column in rows.schema}
        if table == "events":
            plain = events_query(raw, kinds["time"], timezone, zone_name)
        else:
            plain = with_days(raw, table, kinds, zone_name)
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
    told = {"earliest": "min(time)", "dated": "bool_or(day)"}
    if "fraction" in events.columns:
        told["cut"] = "bool_or(fraction > 0)"
    seen = events.grouped("seen", ["milestone"], told)
    rows = engine.rows_of(seen.then("listed", order=["milestone"])).to_pylist()
    for row in rows:
        if row["milestone"] not in words.milestones:
            what = f"unknown milestone {row['milestone']!r}"
            raise LogError(what, "events", closest(str(row["milestone"]), words.milestones))
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


def _check_twice(engine: Engine, cases: Query) -> None:
    twice = cases.grouped("counted", (), {"twice": "count(*) - count(DISTINCT case_id)"})
    if engine.rows_of(twice)["twice"][0].as_py():
        raise LogError("a case_id stands twice in cases", "cases", "keep one row per case_id")


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
