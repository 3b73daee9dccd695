"""Charge lines beside the lists of charges that ports publish."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ...domain.ends import NO_LIST, NO_RATE, UNKNOWN
from ...domain.sql import some, value, when, whole
from ...domain.zones import NEVER
from ..query import Query
from ..refusals import MissingColumn
from .judged import asked_of, join, judged, needed, odd, same

if TYPE_CHECKING:
    from ..log import EventLog

KEYS = ("port", "item")


def over_list(log: EventLog, lines: Query, _tariff: Mapping) -> Query:
    """Amount less (published rate of that day x quantity); items without a published rate are left
    out.
    """
    published = log.charge_list
    if published is None or "rate_fen" not in published.columns:
        raise MissingColumn(
            "charge_list", log, f"log {log.name!r} has no published charge lists with rates"
        )
    needed(log, lines, "port", "line_id", "quantity")
    found = _listed(lines, published, {"rate_fen": "rate_fen"}, *KEYS)
    kinds = {"listed_rate": published.columns["rate_fen"]}
    keys = (*KEYS, "charged_day")
    highest = found.grouped("highest", keys, {"listed_rate": "max(rate_fen)"}, kinds=kinds)
    rows = _beside(lines, highest, "listed_rate")
    ends = [("listed_rate IS NULL", NO_RATE), (some(odd(rows)), UNKNOWN)]
    excess = "amount_fen - listed_rate * quantity"
    rule = value("above_published_rate")
    rate = whole("listed_rate")
    return judged(rows, ends, excess, rule=rule, rate=rate, limit=rate)


def off_list(log: EventLog, lines: Query, _tariff: Mapping) -> Query:
    """The amount of a line whose item is not on its port's list of that day; ports without a list
    are left out.
    """
    published = log.charge_list
    if published is None:
        raise MissingColumn("charge_list", log, f"log {log.name!r} has no published charge lists")
    needed(log, lines, "port", "line_id")
    found = _listed(lines, published, {"listed_item": "item"}, "port")
    on_list = {"listed": "coalesce(bool_or(item = listed_item), FALSE)"}
    keys = (*KEYS, "charged_day")
    told = found.grouped("looked_up", keys, on_list, kinds={"listed": "boolean"})
    rows = _beside(lines, told, "listed")
    outside = when(("NOT listed", "amount_fen"), otherwise=0)
    return judged(rows, [("listed IS NULL", NO_LIST)], outside, rule=value("not_on_list"))


def _listed(lines: Query, published: Query, told: Mapping[str, str], *names: str) -> Query:
    """What is asked, beside each row of a port's list that was in force on the day."""
    asked = asked_of(lines, *KEYS)
    within = (
        f"{asked.name}.charged_day BETWEEN {published.name}.from_day"
        f" AND coalesce({published.name}.to_day, {NEVER})"
    )
    on = [*same(asked, published, *names), within]
    return asked.then(
        "published",
        {new: f"{published.name}.{column}" for new, column in told.items()},
        kinds={new: published.columns[column] for new, column in told.items()},
        source=asked.name + join("JOIN", published, on),
        beside=[published],
    )


def _beside(lines: Query, told: Query, column: str) -> Query:
    """The lines with what was found of their port, item and day."""
    on = same(lines, told, *KEYS, "charged_day")
    return lines.then(
        "beside_list",
        {column: f"{told.name}.{column}"},
        kinds={column: told.columns[column]},
        source=lines.name + join("LEFT JOIN", told, on),
        beside=[told],
    )
