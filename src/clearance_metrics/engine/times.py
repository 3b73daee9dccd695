"""Times of events as whole epoch seconds, whatever kind of column holds them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from ..domain.instants import SECOND, Shifts, changed, instant, local_day, local_second
from ..domain.sql import floored, value, when, whole
from ..domain.zones import EPOCH, HALF_DAY, offsets
from ..errors import LogError
from .checks import Check, Run, looked_at
from .memory import refused
from .notes import Noted
from .query import Query

# epoch seconds: before the first and from the last on, times stand for no value
FROM_1901, FROM_1990, TO_2100 = -2_177_452_800, 631_152_000, 4_102_444_800
UNITS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
FINER = {10**3: "milliseconds", 10**6: "microseconds", 10**9: "nanoseconds"}
# the same shapes as in files
ISO_DAY = r"\d{4}-\d{2}-\d{2}"
ISO_TIME = ISO_DAY + r"[T ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?"
ISO_ZONE = r"([Zz]|[+-]\d{2}(:?\d{2})?)"
NO_ROWS = ("events has no rows", "events", "look at what was read or kept before")
NO_ZONE = (
    "events.time has no time zone",
    "events.time",
    "pass timezone='Asia/Shanghai', or give zone-aware times",
)


def events_query(
    run: Run,
    given: Query,
    kind: pa.DataType,
    declared: str | None,
    zone_name: str,
    notes: list[Noted],
) -> Query:
    """Events in epoch seconds, and whether they are known to the day only; beside them the
    microseconds after the second, where times may have them.
    """
    if pa.types.is_integer(kind):
        told = {"instant": "CAST(time AS BIGINT)"}
    elif pa.types.is_date(kind):
        told = {"local": _noon("time"), "day": "TRUE"}
    elif pa.types.is_timestamp(kind):
        given = given.then("fine", {"micro": "epoch_us(time)"})
        second = floored("micro", SECOND)
        told = {"local" if kind.tz is None else "instant": second}
        if kind.unit != "s":
            told["fraction"] = f"((micro % {SECOND}) + {SECOND}) % {SECOND}"
    else:
        given, told = _written(run, given)
    if declared is None and "local" in told and not pa.types.is_date(kind):
        _check_zoned(run, given, told["local"])
    if "resolution" in given.columns:
        told["day"] = "coalesce(resolution = 'day', FALSE)"
    told.setdefault("day", "FALSE")
    rows = given.then("told", told, kinds={"day": "boolean"}, keep=("case_id", "milestone"))
    plain = in_seconds(run, rows, zone_name, notes)
    return at_noon(plain, zone_name) if "resolution" in given.columns else plain


def in_seconds(run: Run, rows: Query, zone_name: str, notes: list[Noted]) -> Query:
    """Events whose times are instants or, without a zone, local: in epoch seconds all of them."""
    time = "instant"
    if "local" in rows.columns:
        shifts = offsets(zone_name)
        notes += _changes(run, rows, shifts)
        time = instant("local", shifts)
        if "instant" in rows.columns:
            time = f"coalesce(instant, {time})"
    kept = [c for c in ("case_id", "milestone", "day", "fraction") if c in rows.columns]
    return rows.then("plain", {"time": time}, keep=kept)


def check_lying(run: Run, rows: Query) -> None:
    """LogError for an event of another engine without a time, or with a number that is no epoch
    second.
    """
    time = next(column for column in ("instant", "local") if column in rows.columns)
    told = {"low": f"min({time})", "high": f"max({time})"}
    told["empty"] = f"count(*) FILTER (WHERE {time} IS NULL)"
    told["n"] = "count(*)"
    (found,) = run(rows.grouped("ends", (), told)).to_pylist()
    if not found["n"]:
        raise LogError(*NO_ROWS)
    if found["empty"]:
        raise LogError(
            f"{found['empty']} empty time in events", "events.time", "drop or mend these rows"
        )
    check_numbers(found["low"], found["high"])
    check_ends(found["low"], found["high"])


def at_noon(rows: Query, zone_name: str) -> Query:
    """Events whose time is said to be a date, and is written as midnight, at local noon as other
    dates are.
    """
    shifts, kept = offsets(zone_name), list(rows.columns)
    # each step reads what the one before gave: put into each other, their texts would multiply
    dated = rows.then(
        "local_days",
        {"in_day": local_second("time", shifts), "noon": f"{local_day('time', shifts)} * 86400"},
    )
    noons = dated.then("noons", {"noon": f"noon + {HALF_DAY}"})
    told = when(("day AND in_day = 0", instant("noon", shifts)), otherwise="time")
    return noons.then("at_noon", {"time": whole(told)}, keep=kept)


def _noon(day: str) -> str:
    """A date stands at local noon, told in seconds."""
    return f"({day} - {value(EPOCH)}) * 86400 + {HALF_DAY}"


def _written(run: Run, given: Query) -> tuple[Query, dict[str, str]]:
    """Times written as in files: ISO, as dates, without a zone or with one; LogError for others."""
    moment = "replace(replace(trim(time), 'T', ' '), ',', '.')"
    # +0800 and +08 as +08:00
    full = f"regexp_replace({moment}, '([+-]\\d{{2}}):?(\\d{{2}})$', '\\1:\\2')"
    shaped = given.then(
        "written",
        {
            "date_": _read(ISO_DAY, "trim(time)", "DATE"),
            "wall": _read(ISO_TIME, moment, "TIMESTAMP"),
            "zoned": _read(ISO_TIME + ISO_ZONE, full, "TIMESTAMPTZ"),
        },
        kinds={"date_": "date", "wall": "time", "zoned": "time"},
    )
    unread = "date_ IS NULL AND wall IS NULL AND zoned IS NULL"
    looked_at(
        run,
        shaped,
        "events",
        [
            Check(
                "time",
                unread,
                "{n} of events.time cannot be read as times, such as {example}",
                "write 2022-03-01 08:00:00, or read them first: pd.to_datetime(…, format=…)"
                " in pandas, .str.to_datetime(…) in Polars",
            )
        ],
    )
    micro = "coalesce(epoch_us(zoned), epoch_us(wall), 0)"
    told = {
        "instant": floored("epoch_us(zoned)", SECOND),
        "local": f"coalesce({_noon('date_')}, {floored('epoch_us(wall)', SECOND)})",
        "day": "date_ IS NOT NULL",
        "fraction": f"(({micro} % {SECOND}) + {SECOND}) % {SECOND}",
    }
    return shaped, told


def _read(shape: str, text: str, kind: str) -> str:
    fits = f"regexp_full_match(trim(time), {value(shape)})"
    return f"CASE WHEN {fits} THEN TRY_CAST({text} AS {kind}) END"


def _check_zoned(run: Run, rows: Query, local: str) -> None:
    counted = rows.grouped("counted", (), {"n": f"count({local})"})
    if run(counted)["n"][0].as_py():
        raise LogError(*NO_ZONE)


def _changes(run: Run, rows: Query, shifts: Shifts) -> list[Noted]:
    """How many local times a change of the clock repeats or skips; asked only where there is one
    between the first time and the last.
    """
    ends = rows.grouped("ends", (), {"first": "min(local)", "last": "max(local)"})
    (row,) = run(ends).to_pylist()
    if row["first"] is None:
        return []
    near = tuple(
        pair
        for i, pair in enumerate(shifts)
        if i + 1 == len(shifts)
        or shifts[i + 1][0] > row["first"] - 2 * 86400
        and pair[0] < row["last"] + 2 * 86400
    )
    if len(near) == 1:
        return []
    shown = rows.then("dated", {"time": "make_timestamp(local * 1000000)"}, kinds={"time": "time"})
    test = f"NOT day AND ({changed('local', near)})"
    return looked_at(run, shown, "events", [Check("time", test, kind="clock_change")])


def check_range(values: pa.ChunkedArray) -> None:
    """LogError for what is no time, for times that stand for no value, and for whole numbers that
    are no epoch seconds.
    """
    kind = values.type
    if pa.types.is_null(kind) or pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return
    if not (pa.types.is_integer(kind) or pa.types.is_timestamp(kind) or pa.types.is_date(kind)):
        raise refused(values, "events", "time")
    unit = UNITS[kind.unit] if pa.types.is_timestamp(kind) else 1
    if pa.types.is_date(kind):
        values, unit = values.cast(pa.date32()).cast(pa.int32()), 1
    elif pa.types.is_timestamp(kind):
        values = values.cast(pa.int64())
    ends = pc.min_max(values)
    low, high = ends["min"].as_py(), ends["max"].as_py()
    if low is None:
        return
    scale = 86400 if pa.types.is_date(kind) else 1
    if pa.types.is_integer(kind):
        check_numbers(low, high)
    check_ends(low * scale // unit, high * scale // unit)


def check_numbers(low: int, high: int) -> None:
    """LogError for whole numbers that are no epoch seconds."""
    if low >= 19_900_101 and high <= 21_001_231 and 1 <= high // 100 % 100 <= 12:
        raise LogError(
            f"events.time holds {high}, which looks like a date and not like seconds",
            "events.time",
            "give dates: pd.to_datetime(events['time'].astype(str)).dt.date in pandas",
        )
    if low >= 199_001_010_000 and high <= 210_012_312_359:
        raise LogError(
            f"events.time holds {high}, which looks like a date and time and not like seconds",
            "events.time",
            "give times: pd.to_datetime(events['time'].astype(str)) in pandas",
        )
    for unit, called in FINER.items():
        if FROM_1990 * unit <= high < TO_2100 * unit:
            moment = datetime.fromtimestamp(high // unit, UTC)
            raise LogError(
                f"events.time holds {high}, which looks like {called} ({moment:%Y-%m-%d}) and not"
                " like epoch seconds",
                "events.time",
                f"give seconds: events['time'] // {unit}",
            )


def _year(second: int) -> int:
    """Of years that no calendar of Python's has, nearly the right one."""
    try:
        return (datetime(1970, 1, 1) + timedelta(seconds=second)).year
    except OverflowError:
        return 1970 + second // 31_556_952


def check_ends(first: int, last: int) -> None:
    """LogError for times before 1901 or after 2099: they stand for no value."""
    if first >= FROM_1901 and last < TO_2100:
        return
    second = last if last >= TO_2100 else first
    raise LogError(
        f"events.time holds a time in the year {_year(second)}",
        "events.time",
        "drop rows whose time stands for no value, such as 1900-01-01 or 9999-12-31",
    )


# of events in epoch seconds: times from before there were such systems
EARLY = Check("time", f"time < {FROM_1990}", kind="before_1990")
