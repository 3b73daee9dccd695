"""Tables from outside, made into what EventLog holds: pandas, Polars, Arrow and Ibis come in
here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ..domain.doubts import backwards
from ..domain.instants import FRACTION, SECOND
from ..domain.vocabulary import Vocabulary
from ..domain.zones import HALF_DAY, day_number, offsets, zone
from ..errors import LogError, closest

NEEDED = {
    "events": ("case_id", "milestone", "time"),
    "cases": ("case_id",),
    "charges": ("case_id", "item", "amount_fen", "charged_on"),
    "charge_list": ("port", "item", "valid_from"),
    "waivers": ("port", "item", "waived_percent", "valid_from"),
    "limits": ("port", "operation", "minutes", "valid_from"),
}
EMPTY = {"text": pa.string(), "integer": pa.int64(), "boolean": pa.bool_()}
DATED = ("charge_list", "waivers", "limits")


@dataclass(frozen=True)
class Built:
    """What `build` made: Ibis tables on one engine, in one time zone."""

    engine: object
    timezone: str
    events: Any
    milestones: object
    doubts: object
    cases: object
    charges: object
    charge_list: object
    waivers: object
    limits: object


def build(tables: dict, timezone: str | None, words: Vocabulary) -> Built:
    """Check and convert the tables of an in-memory log; LogError says which column is wrong."""
    import ibis

    lazy = [t for t in tables.values() if isinstance(t, ibis.expr.types.Table)]
    engine = lazy[0].get_backend() if lazy else ibis.duckdb.connect()
    given = {name: _arrow(t, name) for name, t in tables.items() if t is not None}
    for name, table in given.items():
        _check_columns(name, table)
    zone_name = timezone or _zone_of(given["events"]) or "UTC"
    zone(zone_name)
    ready = {}
    for name, table in given.items():
        if isinstance(table, pa.Table):
            table = _plain(name, table, timezone, zone_name, words)
            ready[name] = (
                engine.create_table(f"given_{name}", table, temp=True)
                if not lazy
                else ibis.memtable(table)
            )
        else:
            ready[name] = _plain_ibis(name, table, timezone)
    events = ready["events"]
    milestones = _pivot(events, words)
    events = events.select("case_id", "milestone", "time", "day")
    if not lazy:
        # one pivot, so that metrics read columns and never the events again
        milestones = engine.create_table("given_milestones", milestones, temp=True)
    doubts = backwards(milestones, words, offsets(zone_name))
    cases = ready.get("cases")
    if cases is None:
        cases = milestones.select("case_id")
    elif (twice := cases.count() - cases.case_id.nunique()) is not None and engine.to_pyarrow(
        twice
    ).as_py():
        raise LogError("a case_id stands twice in cases", "cases", "keep one row per case_id")
    return Built(
        engine,
        zone_name,
        events,
        milestones,
        doubts,
        cases,
        ready.get("charges"),
        *map(ready.get, DATED),
    )


def _arrow(table: Any, name: str) -> Any:
    import ibis

    if isinstance(table, pa.Table | ibis.expr.types.Table):
        return table
    module = type(table).__module__.split(".")[0]
    if module == "polars":
        return (table.collect() if hasattr(table, "collect") else table).to_arrow()
    if module == "pandas":
        _check_mixed(table, name)
        return pa.Table.from_pandas(table, preserve_index=False)
    if isinstance(table, pa.RecordBatchReader):
        return table.read_all()
    raise LogError(
        f"{name} is a {type(table).__name__}",
        name,
        "give a pandas, Polars or Arrow table, or an Ibis table",
    )


def _check_mixed(table: Any, name: str) -> None:
    """Dates among times in one pandas column would lose the hours of one or the resolution of the
    other.
    """
    for column in ("time", "charged_on"):
        if column in table.columns and table[column].dtype == object:
            kinds = {type(v).__name__ for v in table[column].dropna().unique()}
            if "date" in kinds and len(kinds) > 1:
                raise LogError(
                    f"{name}.{column} mixes dates and {', '.join(sorted(kinds - {'date'}))}",
                    name,
                    "give times, and say in a column resolution which are dates (day)",
                )


def _check_columns(name: str, table: Any) -> None:
    columns = table.column_names if isinstance(table, pa.Table) else table.columns
    for column in NEEDED[name]:
        if column not in columns:
            raise LogError(f"{name} has no column {column!r}", name, closest(column, columns))
    if isinstance(table, pa.Table) and name == "waivers":
        percent = table["waived_percent"]
        if not pa.types.is_integer(percent.type) or any(
            p is None or not 0 <= p <= 100 for p in percent.to_pylist()
        ):
            raise LogError(
                "waived_percent is no whole per cent",
                name,
                "write 50 where half is waived, 0 to 100",
            )
    if isinstance(table, pa.Table) and name == "events":
        for column in ("case_id", "milestone", "time"):
            if table[column].null_count:
                raise LogError(
                    f"{table[column].null_count} empty {column} in events",
                    name,
                    "drop or mend these rows",
                )


def _zone_of(events: Any) -> str | None:
    if not isinstance(events, pa.Table):
        return None
    return getattr(events["time"].type, "tz", None)


def _plain(
    name: str, table: pa.Table, declared: str | None, zone_name: str, words: Vocabulary
) -> pa.Table:
    """Text ids, whole seconds, whole days: nothing that engines could read in different ways."""
    for column in table.column_names:
        kind = table[column].type
        if pa.types.is_dictionary(kind):
            table = _replaced(table, column, table[column].cast(kind.value_type))
        if pa.types.is_null(kind):
            # nothing in it says what it would hold
            told = {**words.columns, **words.charge_columns}.get(column)
            empty = pa.nulls(len(table), EMPTY[told.type] if told else pa.string())
            table = _replaced(table, column, pa.chunked_array([empty]))
        if column == "case_id" and not pa.types.is_string(table[column].type):
            table = _replaced(table, column, table[column].cast(pa.string()))
    if name == "events":
        times, day = _seconds(table["time"], declared, zone_name)
        if "resolution" in table.column_names:
            day = pc.equal(table["resolution"], "day")
        columns = {
            "case_id": table["case_id"],
            "milestone": table["milestone"].cast(pa.string()),
            "time": times,
        }
        columns["day"] = day
        if pa.types.is_timestamp(table["time"].type) and table["time"].type.unit != "s":
            fine = pc.cast(table["time"], pa.timestamp("us", tz=table["time"].type.tz), safe=False)
            micro = pc.cast(fine, pa.int64())
            cut = pc.subtract(micro, pc.multiply(_floor_seconds(micro), SECOND))
            if pc.any(pc.not_equal(cut, 0)).as_py():
                columns["fraction"] = cut
        return pa.table(columns)
    for column, number in (
        ("charged_on", "charged_day"),
        ("valid_from", "from_day"),
        ("valid_to", "to_day"),
    ):
        if column in table.column_names and number not in table.column_names:
            days = _days(table[column], column, zone_name)
            table = table.append_column(number, days)
            if not pa.types.is_temporal(table[column].type):
                # texts become dates, so that conditions compare them as dates
                table = _replaced(table, column, days.cast(pa.date32()))
    if name in DATED and "to_day" not in table.column_names:
        table = table.append_column("to_day", pa.nulls(table.num_rows, pa.int32()))
    return table


def _floor_seconds(micro: pa.ChunkedArray) -> pa.ChunkedArray:
    """Whole seconds, also of times before 1970."""
    whole = pc.divide(micro, SECOND)
    below = pc.less(pc.subtract(micro, pc.multiply(whole, SECOND)), 0)
    return pc.subtract(whole, pc.cast(below, pa.int64()))


def _replaced(table: pa.Table, column: str, values: pa.ChunkedArray) -> pa.Table:
    return table.set_column(table.column_names.index(column), column, values)


def _seconds(times: pa.ChunkedArray, declared: str | None, zone_name: str) -> tuple:
    kind = times.type
    if pa.types.is_integer(kind):
        return times.cast(pa.int64()), pa.array([False] * len(times))
    if pa.types.is_date(kind):
        naive = pc.cast(pc.cast(times, pa.date32()), pa.timestamp("s"))
        noon = pc.add(naive, pa.scalar(HALF_DAY, pa.duration("s")))
        local = pc.assume_timezone(noon, zone_name, ambiguous="earliest", nonexistent="earliest")
        return pc.cast(local, pa.int64()), pa.array([True] * len(times))
    if not pa.types.is_timestamp(kind):
        raise LogError(
            f"events.time holds {kind}", "events", "give timestamps, dates or whole epoch seconds"
        )
    seconds = pc.cast(pc.floor_temporal(times, unit="second"), pa.timestamp("s", tz=kind.tz))
    if kind.tz is None:
        if declared is None:
            raise LogError(
                "events.time has no time zone",
                "events",
                "pass timezone='Asia/Shanghai', or give zone-aware times",
            )
        seconds = pc.assume_timezone(
            seconds, declared, ambiguous="earliest", nonexistent="earliest"
        )
    return pc.cast(seconds, pa.int64()), pa.array([False] * len(times))


def _days(values: pa.ChunkedArray, column: str, zone_name: str) -> pa.ChunkedArray:
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        try:
            parsed = [
                None if v is None else day_number(date.fromisoformat(v)) for v in values.to_pylist()
            ]
        except ValueError as error:
            raise LogError(f"{column}: {error}", column, "write dates as 2022-04-01") from None
        return pa.chunked_array([pa.array(parsed, pa.int32())])
    if pa.types.is_timestamp(values.type) and values.type.tz:
        values = pc.local_timestamp(values.cast(pa.timestamp("s", tz=zone_name), safe=False))
    if pa.types.is_date(values.type) or pa.types.is_timestamp(values.type):
        return pc.cast(pc.cast(values, pa.date32()), pa.int32())
    raise LogError(f"{column} holds {values.type}", column, "give dates")


def _plain_ibis(name: str, table: Any, declared: str | None) -> Any:
    """The same for a table that stays where it is; only what every engine can say is asked of
    it.
    """
    import ibis

    if name != "events":
        for column, number in (
            ("charged_on", "charged_day"),
            ("valid_from", "from_day"),
            ("valid_to", "to_day"),
        ):
            if column in table.columns and number not in table.columns:
                zoned = getattr(table[column].type(), "timezone", None)
                moment = table[column] if zoned else table[column].cast("timestamp")
                seconds = moment.epoch_seconds() + (
                    offsets(declared)[-1][1] if zoned and declared else 0
                )
                table = table.mutate(**{number: (seconds // 86400).cast("int32")})
                if table[column].type().is_string():
                    table = table.mutate(**{column: table[column].cast("date")})
        if name in DATED and "to_day" not in table.columns:
            table = table.mutate(to_day=ibis.null("int32"))
        return table
    time = table.time
    kind = time.type()
    if kind.is_timestamp():
        # cut first: an engine may round to the nearest second
        time = time.truncate("s")
        if kind.timezone is None:
            shifts = {shift for _, shift in offsets(declared)} if declared else set()
            if declared is None or len(shifts) > 1 and declared != "Asia/Shanghai":
                raise LogError(
                    "events.time has no time zone",
                    "events",
                    "make it zone-aware in the database first",
                )
            time = time.epoch_seconds() - offsets(declared)[-1][1]
        else:
            time = time.epoch_seconds()
    elif not kind.is_integer():
        raise LogError(
            f"events.time holds {kind}",
            "events",
            "give zone-aware timestamps or whole epoch seconds",
        )
    day = table.resolution == "day" if "resolution" in table.columns else False
    fine = {"fraction": table.time.microsecond().cast("int64")} if kind.is_timestamp() else {}
    return table.select(
        case_id=table.case_id.cast("string"),
        milestone=table.milestone.cast("string"),
        time=time.cast("int64"),
        day=day,
        **fine,
    )


def _pivot(events: Any, words: Vocabulary) -> Any:
    """First or last time of each milestone per case, as the vocabulary says."""
    fine = "fraction" in events.columns
    seen = events.select("milestone", "day").distinct()
    if fine:
        seen = events.group_by(["milestone", "day"]).agg(cut=(events.fraction > 0).any())
    rows = (
        events.get_backend().to_pyarrow(seen).to_pylist() if hasattr(events, "get_backend") else []
    )
    names = sorted({row["milestone"] for row in rows})
    dated = {row["milestone"] for row in rows if row["day"]}
    exact = {row["milestone"] for row in rows if row.get("cut")}
    for name in names:
        if name not in words.milestones:
            raise LogError(f"unknown milestone {name!r}", "events", closest(name, words.milestones))
    columns = {}
    for name in names:
        this = events.milestone == name
        first = words.milestones[name].occurrence == "first"
        columns[name] = events.time.min(where=this) if first else events.time.max(where=this)
        if name in dated:
            columns[f"{name}__day"] = (events.day & this).any()
        if name in exact:
            moment = events.time * SECOND + events.fraction
            moment = moment.min(where=this) if first else moment.max(where=this)
            columns[name + FRACTION] = (moment % SECOND).cast("int64")
    return events.group_by("case_id").agg(**columns)
