"""Charge lines beside what the law says of the price of their item on their day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...domain.sql import among, value, when
from ..query import Query, listed
from .judged import in_force, join, same

COLUMNS = {"item": "text", "legal_layer": "text", "from_day": "integer", "to_day": "integer"}
OUTSIDE, UNKNOWN = "outside", "unknown"


def with_layer(lines: Query, rows: Iterable[Mapping[str, Any]]) -> Query:
    """The lines with `legal_layer`: that of their item in the tariff on their day; "outside" of an
    item that it does not name, "unknown" on days before its first row.
    """
    told = [(row["item"], row["layer"], row["from"], row["to"]) for row in rows]
    layers = listed("legal_layers", COLUMNS, told, usual=False).query
    named = sorted({item for item, *_ in told})
    known = among(f"{lines.name}.item", named) if named else "FALSE"
    otherwise = when((known, value(UNKNOWN)), otherwise=value(OUTSIDE))
    return lines.then(
        "beside_law",
        {"legal_layer": f"coalesce({layers.name}.legal_layer, {otherwise})"},
        kinds={"legal_layer": "text"},
        source=lines.name
        + join("LEFT JOIN", layers, [*same(lines, layers, "item"), in_force(lines, layers)]),
        beside=[layers],
    )
