"""Tables in memory as Arrow: pandas, Polars, Arrow itself and DuckDB's relations.

Python objects say of each value what it is, so that a column may hold several kinds; Arrow would
choose one, by which numbers lose digits and times their zone.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from ..domain.identifiers import IDENTIFIERS
from ..errors import LogError
from .identified import digits_of
from .notes import Noted

# of events nothing else is read
OF_EVENTS = ("case_id", "milestone", "time", "resolution")
TIMES = ("time", "charged_on", "valid_from", "valid_to")


def arrow_of(table: Any, called: str, notes: list[Noted]) -> pa.Table:
    """The rows of a table in memory; LogError for what is none, or holds what is no value."""
    module = type(table).__module__.split(".")[0]
    if module == "pandas" and hasattr(table, "columns"):
        return _of_pandas(table, called, notes)
    try:
        rows = _read(table, module, called)
    except LogError:
        raise
    except Exception as error:
        # the caller's own query, as whatever library it belongs to says it
        raise LogError(
            f"{called} cannot be read: {str(error).splitlines()[0]}", called, "mend the query"
        ) from None
    if rows is None:
        raise LogError(
            f"{called} is a {type(table).__name__}",
            called,
            "give a pandas, Polars or Arrow table, a relation of DuckDB, or a table of Ibis",
        )
    names = _read_columns(rows.column_names, called)
    return _plain(rows.select(names), called)


def _read(table: Any, module: str, called: str) -> pa.Table | None:
    if isinstance(table, pa.Table):
        return table
    if isinstance(table, pa.RecordBatchReader):
        return table.read_all()
    if module == "polars" and type(table).__name__ in ("DataFrame", "LazyFrame"):
        whole = table.collect() if type(table).__name__ == "LazyFrame" else table
        for name, kind in whole.schema.items():
            if kind.is_object():
                # Arrow would hold their addresses
                what = f"{called}.{name} holds Python objects"
                raise LogError(what, f"{called}.{name}", _remedy(name))
        return whole.to_arrow()
    if module in ("duckdb", "_duckdb") and hasattr(table, "to_arrow_table"):
        return table.to_arrow_table()
    return None


def _read_columns(names: Iterable[object], called: str) -> list:
    """The columns that are read; LogError where two of them have one name: engines do not tell
    capital letters from small ones.
    """
    kept = [n for n in names if called != "events" or n in OF_EVENTS]
    found = Counter(str(name).casefold() for name in kept)
    for name in kept:
        if found[str(name).casefold()] > 1:
            same = [str(n) for n in kept if str(n).casefold() == str(name).casefold()]
            raise LogError(
                f"{called} has {len(same)} columns called {same[0]}"
                + (f" ({', '.join(same)})" if len(set(same)) > 1 else ""),
                f"{called}.{same[0]}",
                "rename or drop all but one",
            )
    return kept


def _of_pandas(table: Any, called: str, notes: list[Noted]) -> pa.Table:
    names = _read_columns(table.columns, called)
    if lost := [n for n in table.index.names if n in OF_EVENTS and n not in names]:
        raise LogError(
            f"{lost[0]} is the index of {called}", called, f"give {called}.reset_index()"
        )
    columns = {}
    for name in names:
        values = table[name]
        try:
            columns[str(name)] = (
                _of_objects(values, called, str(name), notes)
                if values.dtype == object
                else pa.array(values, from_pandas=True)
            )
        except (pa.ArrowException, OverflowError, TypeError, ValueError):
            shown = next(iter(values[values.notna()]), None)
            raise LogError(
                f"{called}.{name} holds {type(shown).__name__}, such as {str(shown)[:80]}, which"
                " is no plain value",
                f"{called}.{name}",
                _remedy(str(name)),
            ) from None
    return _plain(pa.table(columns), called)


def _of_objects(values: Any, called: str, name: str, notes: list[Noted]) -> pa.Array:
    """A column of Python objects; LogError where they are not of one kind."""
    # most columns of objects are texts, with gaps or without
    if set(map(type, values.to_numpy())) <= {str, type(None)}:
        return pa.array(values.to_numpy(), pa.string() if len(values) else None, from_pandas=True)
    known = values[values.notna()]
    kinds = set(map(type, known))
    if not kinds:
        return pa.nulls(len(values))
    if name in IDENTIFIERS and kinds != {str}:
        return _of_names(values, called, name, notes)
    if name in TIMES:
        _check_times(known, kinds, called, name)
    elif len({_family(kind) for kind in kinds}) > 1:
        told = sorted({kind.__name__ for kind in kinds})
        shown = [next(v for v in known if type(v).__name__ == kind) for kind in told]
        raise LogError(
            f"{called}.{name} mixes {' and '.join(told)}, such as {' and '.join(map(repr, shown))}",
            f"{called}.{name}",
            f"write one kind: {called}[{name!r}] = {called}[{name!r}].astype(str)",
        )
    return pa.array(values, from_pandas=True)


def _family(kind: type) -> type:
    """Kinds that one column may hold beside each other."""
    for family in (bool, str, datetime, date):
        if issubclass(kind, family):
            return family
    whole_or_not = issubclass(kind, int | float | Decimal) or hasattr(kind, "__float__")
    return float if whole_or_not and kind.__name__ != "bool_" else kind


def _of_names(values: Any, called: str, name: str, notes: list[Noted]) -> pa.Array:
    """Identifiers of several kinds as text, digit for digit."""
    floats = [v for v in values[values.notna()] if isinstance(v, float)]
    if floats:
        shown = tuple(dict.fromkeys(_text(v, called, name) for v in floats))[:5]
        notes.append(Noted(called, name, "read_from_number", len(floats), shown))
    return pa.array(
        [
            None if missing else _text(value, called, name)
            for value, missing in zip(values, values.isna(), strict=True)
        ],
        pa.string(),
    )


def _text(value: Any, called: str, name: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, UUID):
        return str(value)
    number = value.item() if hasattr(value, "item") else value
    if isinstance(number, int) and not isinstance(number, bool):
        return str(number)
    if isinstance(number, Decimal) and number == number.to_integral_value():
        return f"{number:.0f}"
    if isinstance(number, float):
        if math.isfinite(number) and number == int(number) and abs(number) < 2**53:
            return str(int(number))
        raise LogError(*digits_of(called, name, number))
    raise LogError(
        f"{called}.{name} holds {type(value).__name__}, such as {value!r}",
        f"{called}.{name}",
        "write identifiers as text",
    )


def _check_times(known: Any, kinds: set[type], called: str, name: str) -> None:
    """Dates among times would lose the hours of one or the resolution of the other; times without
    a zone among others would be read in the zone of those.
    """
    names = {kind.__name__ for kind in kinds}
    if "date" in names and len(kinds) > 1:
        raise LogError(
            f"{called}.{name} mixes dates and {', '.join(sorted(names - {'date'}))}",
            f"{called}.{name}",
            "give times, and say in a column resolution which are dates (day)"
            if name == "time"
            else "give dates",
        )
    if any(not issubclass(kind, date) for kind in kinds) and len(kinds) > 1:
        raise LogError(
            f"{called}.{name} mixes {' and '.join(sorted(names))}",
            f"{called}.{name}",
            "give times of one kind",
        )
    if all(issubclass(kind, datetime) for kind in kinds):
        naive = next((v for v in known if v.tzinfo is None), None)
        aware = next((v for v in known if v.tzinfo is not None), None)
        if naive is not None and aware is not None:
            raise LogError(
                f"{called}.{name} mixes times with a zone and without one, such as {aware} and"
                f" {naive}",
                f"{called}.{name}",
                f"say where those without are from: {called}[{name!r}] = [t if t.tzinfo else"
                f" t.replace(tzinfo=ZoneInfo('Asia/Shanghai')) for t in {called}[{name!r}]]",
            )


def _plain(rows: pa.Table, called: str) -> pa.Table:
    """The same rows in columns that the engine reads as they are meant; LogError for others."""
    for place, name in enumerate(rows.column_names):
        values = given = rows.column(place)
        if pa.types.is_run_end_encoded(values.type):
            values = pc.run_end_decode(values)
        if pa.types.is_dictionary(values.type):
            values = values.cast(values.type.value_type)
        if pa.types.is_string_view(values.type):
            values = values.cast(pa.large_string())
        if pa.types.is_float16(values.type) and name not in IDENTIFIERS:
            values = values.cast(pa.float32())
        if values.type == pa.uuid():
            values = pa.array([None if v is None else str(v) for v in values.to_pylist()])
        wide = pa.types.is_decimal256(values.type) and name not in IDENTIFIERS
        if wide or isinstance(values.type, pa.BaseExtensionType):
            raise refused(values, called, name)
        if values is not given:
            rows = rows.set_column(place, name, values)
    return rows


def refused(values: pa.ChunkedArray, called: str, name: str) -> LogError:
    """The error for a column that holds no single values, or none that every engine has."""
    shown = next((v for v in values if v.is_valid), None)
    return LogError(
        f"{called}.{name} holds {values.type}"
        + (f", such as {_shown(shown)}" if shown is not None else ""),
        f"{called}.{name}",
        _remedy(name),
    )


def _shown(value: pa.Scalar) -> str:
    try:
        return repr(value.as_py())[:80]
    except (ValueError, OverflowError, NotImplementedError):
        return str(value)[:80]


def is_plain(kind: pa.DataType) -> bool:
    """Whether values of this kind are single ones."""
    tests = (
        pa.types.is_null,
        pa.types.is_boolean,
        pa.types.is_integer,
        pa.types.is_floating,
        pa.types.is_decimal,
        pa.types.is_string,
        pa.types.is_large_string,
        pa.types.is_date,
        pa.types.is_timestamp,
    )
    return any(test(kind) for test in tests)


def _remedy(name: str) -> str:
    if name == "time":
        return "give timestamps, dates or epoch seconds as integers"
    if name in TIMES:
        return "give dates"
    return "write it as text, or leave the column out"
