"""Charge lines counted by who billed them, for what, where and when, and by what kind of price."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..domain.as_of import AsOf
from ..domain.ends import ENDED
from ..domain.metrics import Fee
from ..domain.sql import among, name, some, value, whole
from .charges import NAMED, lines_with
from .days import known_date, period_of
from .priced.layers import OUTSIDE, UNKNOWN, with_layer
from .priced.lists import off_list
from .query import Query
from .refusals import MissingColumn

if TYPE_CHECKING:
    from .log import EventLog

LINES = Fee("line")
SAID = ("payee", "ground", "layer")  # columns of a line that say who charged and by what right


def by_payee(log: EventLog, as_of: AsOf) -> Query:
    """A row per payee, item, port, month and currency: `lines`, their `fen`, distinct `cases`, and
    of those that name no ground or no kind of price how many and how much.
    """
    lines = _months(log, as_of, "payee")
    sums = {
        "lines": "count(*)",
        "fen": whole("sum(amount_fen)"),
        "cases": "count(DISTINCT case_id)",
    }
    for column in SAID[1:]:
        if column in lines.columns:
            none = f"FILTER (WHERE {column} IS NULL)"
            sums[f"no_{column}"] = f"count(*) {none}"
            sums[f"no_{column}_fen"] = whole(f"coalesce(sum(amount_fen) {none}, 0)")
    keys = [c for c in ("payee", "item", "port", "period", "currency") if c in lines.columns]
    return lines.grouped("counted", keys, sums)


def by_layer(log: EventLog, as_of: AsOf, rows: Iterable[Mapping[str, Any]]) -> Query:
    """A row per legal layer, item, month, currency and what the bill says of the price."""
    lines = with_layer(_months(log, as_of), rows)
    keys = [c for c in ("legal_layer", "layer", "item", "period", "currency") if c in lines.columns]
    sums = {"lines": "count(*)", "fen": whole("sum(amount_fen)")}
    if "ground" in lines.columns:
        sums["no_ground"] = "count(*) FILTER (WHERE ground IS NULL)"
    return lines.grouped("counted", keys, sums)


def has_lists(log: EventLog) -> bool:
    """Whether lines can be looked up in what ports publish."""
    lines = log.charges
    return log.charge_list is not None and lines is not None and "port" in lines.columns


def misnamed(log: EventLog, as_of: AsOf, rows: Iterable[Mapping[str, Any]], lists: bool) -> Query:
    """The lines whose bill names another kind of price than the law; with `lists` also those of
    items that neither the tariff nor the list of the port names (`unlisted`).
    """
    lines = with_layer(lines_with(log, LINES, as_of, ()), rows)
    known = f"NOT {among('legal_layer', (OUTSIDE, UNKNOWN))}"
    other = [f"{known} AND layer <> legal_layer", "layer = 'outside_list'"]
    unlisted = "FALSE"
    if lists:
        lines = off_list(log, lines, {})
        unlisted = f"legal_layer = {value(OUTSIDE)} AND {name('end')} = {ENDED} AND value > 0"
        other.append(unlisted)
    kept = [c for c in (*NAMED, *SAID, "legal_layer") if c in lines.columns]
    told = {"unlisted": f"coalesce({unlisted}, FALSE)"}
    said = ["layer IS NOT NULL", some(other)]
    return lines.then("misnamed", told, kinds={"unlisted": "boolean"}, keep=kept, where=said)


def _months(log: EventLog, as_of: AsOf, *names: str) -> Query:
    lines = lines_with(log, LINES, as_of, ())
    for column in names:
        if column not in lines.columns:
            raise MissingColumn(column, log, f"charges of log {log.name!r}")
    day = lines.then("of_day", {"day_": known_date("charged_day")}, kinds={"day_": "date"})
    return day.then("by_month", {"period": period_of("day_", "month")})
