"""Rows of a tariff as tables that a query can join."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from ...notice.rates import references
from ..query import Query, listed

OWN = {"from": "from_day", "to": "to_day", "class": "cargo_class"}
TEXTS = ("item", "kind", "size", "cargo_class", "port")
# of each table: how a query calls it, and the columns that are read
TABLES = {
    "ceilings": (
        "ceilings",
        ("item", "kind", "size", "class", "rate", "from", "to", "good", "line"),
    ),
    "factors": ("factors", ("item", "port", "permille", "from", "to", "good", "line")),
    "tiers": ("pilotage_tiers", ("item", "low", "high", "rate", "from", "to", "good")),
    "caps": ("pilotage_caps", ("item", "port", "low", "rate", "from", "to", "good", "line")),
}


def rates_of(table: str, given: Iterable[Mapping[str, Any]]) -> Query:
    """One of the tables that charge lines are held against.

    >>> rows = [{"item": "THC", "port": "X", "permille": 500, "from": 0, "to": 9, "good": True,
    ...     "line": 2}]
    >>> rates_of("factors", rows).columns["from_day"]
    'integer'
    """
    called, names = TABLES[table]
    told = [tuple(row[n] for n in names) for row in given]
    columns = {OWN.get(n, n): _kind(OWN.get(n, n)) for n in names}
    return listed(called, columns, told, usual=told == _shipped(table)).query


@cache
def _shipped(table: str) -> list[tuple]:
    """The rows of the tariff that ships: its tables go by their plain names."""
    rows = (references("tariff") | references("pilotage"))[table]
    return [tuple(row[n] for n in TABLES[table][1]) for row in rows]


def _kind(column: str) -> str:
    return "text" if column in TEXTS else "boolean" if column == "good" else "integer"
