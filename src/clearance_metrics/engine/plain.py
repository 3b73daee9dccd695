"""Tables in memory as plain rows: Arrow holds what was given; SQL makes whole seconds (see times)
and whole days of it, which no engine could read in another way.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any

import pyarrow as pa

from ..domain.identifiers import IDENTIFIERS
from ..domain.instants import SECOND, local_day
from ..domain.sql import floored, value
from ..domain.vocabulary import Vocabulary
from ..domain.zones import EPOCH, day_number, offsets
from ..errors import LogError, closest
from .checks import FILLED
from .identified import as_text
from .memory import is_plain, refused
from .notes import Noted
from .query import Query
from .times import NO_ROWS
from .typed import fen, in_capitals, typed

DATED = ("charge_list", "waivers", "limits")
# beside a date, days since 1970-01-01
DAYS = {"charged_on": "charged_day", "valid_from": "from_day", "valid_to": "to_day"}
# what a column holds of which every row is empty
USUAL = {"amount_fen": pa.int64(), "time": pa.int64()} | dict.fromkeys(DAYS, pa.date32())
EMPTY = {"text": pa.string(), "integer": pa.int64(), "boolean": pa.bool_(), "amount": pa.int64()}


def check_columns(called: str, columns: list[str]) -> None:
    """LogError where a column that the table needs is not there."""
    for column in FILLED[called]:
        if not columns:
            what = f"{called} has neither columns nor rows"
            raise LogError(what, called, "look at what was read or kept before")
        if column not in columns:
            near = get_close_matches(column, columns, n=1)
            remedy = (
                closest(column, columns)
                if not near
                else f"rename {near[0]!r} to {column!r}, in whole fen (hundredths of a yuan)"
                if column == "amount_fen"
                else f"rename {near[0]!r} to {column!r}"
            )
            raise LogError(f"{called} has no column {column!r}", called, remedy)


def check_rows(called: str, table: pa.Table) -> None:
    """LogError where events are none at all, or a waiver is no whole per cent."""
    if called == "events" and not table.num_rows:
        raise LogError(*NO_ROWS)
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


def readable(called: str, table: pa.Table, words: Vocabulary, notes: list[Noted]) -> pa.Table:
    """The same rows with text ids, dates for texts of dates, columns as the vocabulary has them,
    and a kind for empty columns.
    """
    read = {*FILLED[called], *IDENTIFIERS, *DAYS}
    own = {"cases": words.columns, "charges": words.charge_columns}.get(called, {})
    # so that conditions compare them as dates
    texts = [c for c, number in DAYS.items() if number not in table.column_names]
    for column in table.column_names:
        values = given = table[column]
        odd = not is_plain(values.type) or (column in DAYS and not _is_dated(values.type))
        if len(table) and odd and (column in read or column in own):
            raise refused(values, called, column)
        if pa.types.is_null(values.type) or not len(table):
            # nothing in it says what it would hold
            told = {**words.columns, **words.charge_columns}.get(column)
            kind = EMPTY[told.type] if told else USUAL.get(column, pa.string())
            values = pa.nulls(len(table), kind)
        elif column in IDENTIFIERS:
            values = as_text(values, called, column, notes)
        elif column == "amount_fen":
            values = fen(values, notes)
        elif column == "currency" and _is_text(values.type):
            values = in_capitals(values)
        elif column in own:
            values = typed(values, called, own[column])
        if pa.types.is_timestamp(values.type) and values.type.unit == "ns":
            # cut here: the engine would round, and knows zoned times to the microsecond alone
            values = values.cast(pa.timestamp("us", tz=values.type.tz), safe=False)
        if column in texts and called != "events" and _is_text(values.type):
            values = _dates(values, f"{called}.{column}")
        if values is not given:
            table = table.set_column(table.column_names.index(column), column, values)
    return table


def _is_dated(kind: pa.DataType) -> bool:
    tests = (pa.types.is_date, pa.types.is_timestamp, pa.types.is_null, _is_text)
    return any(test(kind) for test in tests)


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def _dates(values: Any, where: str) -> pa.Array:
    """What texts such as 2022-04-01 write; each text is read once."""
    whole = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    encoded = whole.dictionary_encode()
    texts = encoded.dictionary.to_pylist()
    try:
        shown = ""
        days = [day_number(date.fromisoformat(shown := v.strip())) for v in texts]
    except ValueError:
        what = f"{where} holds {shown!r}, which is no date"
        raise LogError(what, where, "write dates as 2022-04-01") from None
    known = pa.Array.from_buffers(pa.date32(), len(days), [None, pa.py_buffer(array("i", days))])
    return known.take(encoded.indices)


def with_days(given: Query, called: str, kinds: Mapping[str, pa.DataType], zone_name: str) -> Query:
    """The rows of another table, and beside each date the days since 1970-01-01."""
    days = {}
    for column, number in DAYS.items():
        if column in given.columns and number not in given.columns:
            days[number] = f"CAST({_day(column, kinds[column], called, zone_name)} AS INTEGER)"
    if called in DATED and not {"valid_to", "to_day"} & set(given.columns):
        days["to_day"] = "CAST(NULL AS INTEGER)"
    return given.then("plain", days) if days else given


def _day(column: str, kind: pa.DataType, called: str, zone_name: str) -> str:
    if pa.types.is_timestamp(kind) and kind.tz:
        return local_day(floored(f"epoch_us({column})", SECOND), offsets(zone_name))
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return f"CAST({column} AS DATE) - {value(EPOCH)}"
    raise LogError(f"{called}.{column} holds {kind}", f"{called}.{column}", "give dates")
