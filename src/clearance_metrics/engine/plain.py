"""Tables in memory as plain rows: pandas, Polars, Arrow and DuckDB's relations come in here.

Arrow holds what was given; SQL makes whole seconds and whole days of it, which no engine could read
in another way.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from datetime import date
from typing import Any

import pyarrow as pa

from ..domain.instants import SECOND, instant, local_day
from ..domain.sql import floored, value
from ..domain.vocabulary import Vocabulary
from ..domain.zones import EPOCH, HALF_DAY, day_number, offsets
from ..errors import LogError, closest
from .query import Query

NEEDED = {
    "events": ("case_id", "milestone", "time"),
    "cases": ("case_id",),
    "charges": ("case_id", "item", "amount_fen", "charged_on"),
    "charge_list": ("port", "item", "valid_from"),
    "waivers": ("port", "item", "waived_percent", "valid_from"),
    "limits": ("port", "operation", "minutes", "valid_from"),
}
DATED = ("charge_list", "waivers", "limits")
# beside a date, days since 1970-01-01
DAYS = {"charged_on": "charged_day", "valid_from": "from_day", "valid_to": "to_day"}
EMPTY = {"text": pa.string(), "integer": pa.int64(), "boolean": pa.bool_()}


def arrow_of(table: Any, called: str) -> pa.Table:
    """The rows of a table in memory; LogError for what is none."""
    module = type(table).__module__.split(".")[0]
    if isinstance(table, pa.Table):
        return table
    if isinstance(table, pa.RecordBatchReader):
        return table.read_all()
    if module == "polars":
        return (table.collect() if hasattr(table, "collect") else table).to_arrow()
    if module == "pandas":
        _check_mixed(table, called)
        return pa.Table.from_pandas(table, preserve_index=False)
    if module in ("duckdb", "_duckdb"):
        return table.to_arrow_table()
    raise LogError(
        f"{called} is a {type(table).__name__}",
        called,
        "give a pandas, Polars or Arrow table, a relation of DuckDB, or a table of Ibis",
    )


def _check_mixed(table: Any, called: str) -> None:
    """Dates among times in one pandas column would lose the hours of one or the resolution of the
    other.
    """
    for column in ("time", "charged_on"):
        if column in table.columns and table[column].dtype == object:
            kinds = {type(v).__name__ for v in table[column].dropna().unique()}
            if "date" in kinds and len(kinds) > 1:
                raise LogError(
                    f"{called}.{column} mixes dates and {', '.join(sorted(kinds - {'date'}))}",
                    called,
                    "give times, and say in a column resolution which are dates (day)",
                )


def check_columns(called: str, columns: list[str]) -> None:
    """LogError where a column that the table needs is not there."""
    for column in NEEDED[called]:
        if column not in columns:
            raise LogError(f"{called} has no column {column!r}", called, closest(column, columns))


def check_rows(called: str, table: pa.Table) -> None:
    """LogError where a waiver is no whole per cent, or an event is not told in full."""
    if called == "waivers":
        percent = table["waived_percent"]
        if not pa.types.is_integer(percent.type) or any(
            p is None or not 0 <= p <= 100 for p in percent.to_pylist()
        ):
            raise LogError(
                "waived_percent is no whole per cent",
                called,
                "write 50 where half is waived, 0 to 100",
            )
    if called == "events":
        for column in NEEDED["events"]:
            if table[column].null_count:
                raise LogError(
                    f"{table[column].null_count} empty {column} in events",
                    called,
                    "drop or mend these rows",
                )


def readable(called: str, table: pa.Table, words: Vocabulary) -> pa.Table:
    """The same rows with text ids, dates for texts of dates, and a kind for empty columns."""
    # so that conditions compare them as dates
    texts = [c for c, number in DAYS.items() if number not in table.column_names]
    for column in table.column_names:
        values = given = table[column]
        if pa.types.is_dictionary(values.type):
            values = values.cast(values.type.value_type)
        if pa.types.is_null(values.type):
            # nothing in it says what it would hold
            told = {**words.columns, **words.charge_columns}.get(column)
            values = pa.nulls(len(table), EMPTY[told.type] if told else pa.string())
        if column == "case_id" and not _is_text(values.type):
            values = values.cast(pa.string())
        if pa.types.is_timestamp(values.type) and values.type.unit == "ns":
            # cut here: the engine would round, and knows zoned times to the microsecond alone
            values = values.cast(pa.timestamp("us", tz=values.type.tz), safe=False)
        if column in texts and called != "events" and _is_text(values.type):
            values = _dates(values, column)
        if values is not given:
            table = table.set_column(table.column_names.index(column), column, values)
    return table


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def _dates(values: Any, column: str) -> pa.Array:
    """What texts such as 2022-04-01 write; each text is read once."""
    whole = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    encoded = whole.dictionary_encode()
    try:
        days = [day_number(date.fromisoformat(v)) for v in encoded.dictionary.to_pylist()]
    except ValueError as error:
        raise LogError(f"{column}: {error}", column, "write dates as 2022-04-01") from None
    known = pa.Array.from_buffers(pa.date32(), len(days), [None, pa.py_buffer(array("i", days))])
    return known.take(encoded.indices)


def events_query(given: Query, kind: pa.DataType, declared: str | None, zone_name: str) -> Query:
    """Events in epoch seconds, and whether they are known to the day only; beside them the
    microseconds after the second, where times may have them.
    """
    if pa.types.is_integer(kind):
        rows, told = given, {"time": "CAST(time AS BIGINT)", "day": "FALSE"}
    elif pa.types.is_date(kind):
        rows = given.then("noons", {"local": f"(time - {value(EPOCH)}) * 86400 + {HALF_DAY}"})
        told = {"time": instant("local", offsets(zone_name)), "day": "TRUE"}
    elif pa.types.is_timestamp(kind):
        rows = given.then("fine", {"micro": "epoch_us(time)"})
        whole = floored("micro", SECOND)
        told = {"time": whole, "day": "FALSE"}
        if kind.tz is None:
            if declared is None:
                raise LogError(
                    "events.time has no time zone",
                    "events",
                    "pass timezone='Asia/Shanghai', or give zone-aware times",
                )
            rows = rows.then("wall_clock", {"local": whole})
            told["time"] = instant("local", offsets(declared))
        if kind.unit != "s":
            told["fraction"] = f"((micro % {SECOND}) + {SECOND}) % {SECOND}"
    else:
        raise LogError(
            f"events.time holds {kind}", "events", "give timestamps, dates or whole epoch seconds"
        )
    if "resolution" in given.columns:
        told["day"] = "resolution = 'day'"
    names = {"case_id": "case_id", "milestone": "milestone"}
    kinds = {"time": "integer", "day": "boolean"}
    return rows.then("plain", names | told, kinds=kinds, keep=())


def with_days(given: Query, called: str, kinds: Mapping[str, pa.DataType], zone_name: str) -> Query:
    """The rows of another table, and beside each date the days since 1970-01-01."""
    days = {}
    for column, number in DAYS.items():
        if column in given.columns and number not in given.columns:
            days[number] = f"CAST({_day(column, kinds[column], zone_name)} AS INTEGER)"
    if called in DATED and not {"valid_to", "to_day"} & set(given.columns):
        days["to_day"] = "CAST(NULL AS INTEGER)"
    return given.then("plain", days) if days else given


def _day(column: str, kind: pa.DataType, zone_name: str) -> str:
    if pa.types.is_timestamp(kind) and kind.tz:
        return local_day(floored(f"epoch_us({column})", SECOND), offsets(zone_name))
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return f"CAST({column} AS DATE) - {value(EPOCH)}"
    raise LogError(f"{column} holds {kind}", column, "give dates")
