"""Rows of a tariff as tables that a query can join."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256
from typing import Any

from ...domain.sql import name, value
from ...notice.rates import references
from ..query import KINDS, Query, Source

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
    coded = f"{called}_{sha256(repr(told).encode()).hexdigest()[:12]}"
    return Source(
        called if told == _shipped(table) else coded,
        columns,
        coded,
        shown=lambda: _shown(columns, told),
        rows=lambda: _rows(columns, told),
    ).query


@cache
def _shipped(table: str) -> list[tuple]:
    """The rows of the tariff that ships: its tables go by their plain names."""
    rows = (references("tariff") | references("pilotage"))[table]
    return [tuple(row[n] for n in TABLES[table][1]) for row in rows]


def _kind(column: str) -> str:
    return "text" if column in TEXTS else "boolean" if column == "good" else "integer"


def _rows(columns: Mapping[str, str], told: list[tuple]) -> object:
    """Every column has one type, so that an empty one has too."""
    import pyarrow as pa

    types = {"text": pa.string(), "integer": pa.int64(), "boolean": pa.bool_()}
    return pa.table(
        {
            column: pa.array([row[i] for row in told], types[kind])
            for i, (column, kind) in enumerate(columns.items())
        }
    )


def _shown(columns: Mapping[str, str], told: list[tuple]) -> str:
    """The same rows as text, for whoever runs the query elsewhere."""
    cast = {c: f"CAST({name(c)} AS {KINDS[kind]}) AS {name(c)}" for c, kind in columns.items()}
    listed = ", ".join(cast[c] if kind == "integer" else name(c) for c, kind in columns.items())
    if not told:
        none = (f"CAST(NULL AS {KINDS[kind]}) AS {name(c)}" for c, kind in columns.items())
        return f"SELECT {', '.join(none)}\nWHERE FALSE"
    lines = ",\n  ".join(f"({', '.join(map(value, row))})" for row in told)
    return (
        f"SELECT {listed}\nFROM (VALUES\n  {lines}\n) AS listed ({', '.join(map(name, columns))})"
    )
