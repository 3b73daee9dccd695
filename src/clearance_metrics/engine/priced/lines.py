"""Charge lines by themselves, and beside other lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ...domain.ends import ENDED
from ...domain.sql import name, value, when, whole
from ..query import Query
from .judged import NONE, judged, needed

if TYPE_CHECKING:
    from ..log import EventLog

SAME_SERVICE = (
    "case_id",
    "item",
    "box",
    "amount_fen",
    "currency",
    "quantity",
    "size",
    "payee",
    "charged_day",
)


def plain(log: EventLog, lines: Query, _tariff: Mapping) -> Query:
    """The amount itself."""
    told = {
        "value": whole("amount_fen"),
        "end": str(ENDED),
        "rule": value("not_allowed"),
        "rate": NONE,
        "limit_fen": NONE,
        "waived": NONE,
        "tariff_line": NONE,
    }
    return lines.then("amounts", told, kinds={"rule": "text"})


def billed_twice(log: EventLog, lines: Query, _tariff: Mapping) -> Query:
    """The amount of a line that repeats an earlier one: same shipment, item, size, quantity,
    amount, payee and day.
    """
    needed(log, lines, "line_id")
    same = ", ".join(name(column) for column in SAME_SERVICE if column in lines.columns)
    numbered = lines.then(
        "numbered", {"time_billed": f"row_number() OVER (PARTITION BY {same} ORDER BY line_id)"}
    )
    again = when(("time_billed > 1", "amount_fen"), otherwise=0)
    return judged(numbered, [], again, rule=value("billed_twice"))
