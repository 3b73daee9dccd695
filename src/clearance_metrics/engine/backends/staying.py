"""Tables of Ibis: they stay where they are, and only what every engine can say is asked of them."""

from __future__ import annotations

from typing import Any

from ...domain.identifiers import IDENTIFIERS
from ...domain.zones import HALF_DAY, offsets
from ...errors import LogError
from ..plain import DATED, DAYS
from ..times import NO_ZONE


def brought(table: Any, connection: Any) -> tuple[Any, Any]:
    """The connection of the log, which is the table's where there is none yet; and the table, as
    Arrow where it lies elsewhere, in memory, or in an engine without SQL.
    """
    from ibis.backends.sql import SQLBackend
    from ibis.expr.operations import DatabaseTable, SQLQueryResult

    if table.op().find((DatabaseTable, SQLQueryResult)):
        own = table.get_backend()
        if isinstance(own, SQLBackend) and (connection is None or connection is own):
            return own, table
    return connection, table.to_pyarrow()


def plain(called: str, table: Any, declared: str | None) -> Any:
    """Text ids, whole seconds, whole days: nothing that engines could read in different ways."""
    for column in IDENTIFIERS:
        if column in table.columns:
            table = _with_text(called, table, column)
    return _events(table, declared) if called == "events" else _others(called, table, declared)


def _with_text(called: str, table: Any, column: str) -> Any:
    kind = table[column].type()
    if kind.is_string():
        return table
    if kind.is_integer() or kind.is_uuid() or (kind.is_decimal() and kind.scale == 0):
        return table.mutate(**{column: table[column].cast("string")})
    raise LogError(
        f"{called}.{column} holds {kind}, in which the digits of identifiers may be lost"
        if kind.is_numeric()
        else f"{called}.{column} holds {kind}",
        f"{called}.{column}",
        "make it text where it comes from",
    )


def _others(called: str, table: Any, declared: str | None) -> Any:
    for column, number in DAYS.items():
        if column in table.columns and number not in table.columns:
            zoned = getattr(table[column].type(), "timezone", None)
            moment = table[column] if zoned else table[column].cast("timestamp")
            seconds = moment.epoch_seconds() + (
                offsets(declared)[-1][1] if zoned and declared else 0
            )
            table = table.mutate(**{number: (seconds // 86400).cast("int32")})
            if table[column].type().is_string():
                table = table.mutate(**{column: table[column].cast("date")})
    if called in DATED and "to_day" not in table.columns:
        import ibis

        table = table.mutate(to_day=ibis.null("int32"))
    return table


def _events(table: Any, declared: str | None) -> Any:
    """Times as instants, or as local times told in seconds."""
    kind = table.time.type()
    if not (kind.is_integer() or kind.is_date() or kind.is_timestamp()):
        raise LogError(
            f"events.time holds {kind}",
            "events.time",
            "give timestamps, dates or whole epoch seconds",
        )
    known = {"case_id": table.case_id, "milestone": table.milestone.cast("string")}
    if "resolution" in table.columns:
        known["resolution"] = table.resolution.cast("string")
        known["day"] = (table.resolution == "day").fill_null(False)
    else:
        known["day"] = kind.is_date()
    if kind.is_integer():
        return table.select(**known, instant=table.time.cast("int64"))
    if kind.is_date():
        noon = table.time.cast("timestamp").epoch_seconds().cast("int64") + HALF_DAY
        return table.select(**known, local=noon)
    if kind.timezone is None and declared is None:
        raise LogError(*NO_ZONE)
    # cut first: an engine may round to the nearest second
    second = table.time.truncate("s").epoch_seconds().cast("int64")
    called = "local" if kind.timezone is None else "instant"
    fraction = table.time.microsecond().cast("int64")
    return table.select(**known, **{called: second}, fraction=fraction)
