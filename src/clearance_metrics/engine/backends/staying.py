"""Tables of Ibis: they stay where they are, and only what every engine can say is asked of them."""

from __future__ import annotations

from typing import Any

from ...domain.zones import offsets
from ...errors import LogError
from ..plain import DATED, DAYS


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
    if "case_id" in table.columns and not table.case_id.type().is_string():
        table = table.mutate(case_id=table.case_id.cast("string"))
    return _events(table, declared) if called == "events" else _others(called, table, declared)


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
    time = table.time
    kind = time.type()
    if kind.is_timestamp():
        # cut first: an engine may round to the nearest second
        time = time.truncate("s").epoch_seconds()
        if kind.timezone is None:
            shifts = {shift for _, shift in offsets(declared)} if declared else set()
            if declared is None or len(shifts) > 1 and declared != "Asia/Shanghai":
                raise LogError(
                    "events.time has no time zone",
                    "events",
                    "make it zone-aware in the database first",
                )
            time = time - offsets(declared)[-1][1]
    elif not kind.is_integer():
        raise LogError(
            f"events.time holds {kind}",
            "events",
            "give zone-aware timestamps or whole epoch seconds",
        )
    day = table.resolution == "day" if "resolution" in table.columns else False
    fine = {"fraction": table.time.microsecond().cast("int64")} if kind.is_timestamp() else {}
    return table.select(
        case_id=table.case_id,
        milestone=table.milestone.cast("string"),
        time=time.cast("int64"),
        day=day,
        **fine,
    )
