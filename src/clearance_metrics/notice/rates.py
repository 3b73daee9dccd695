"""What charge lines are held against, made from tariff rows: rates per container, local factors,
pilotage.

Every row carries `line`, its line in the tariff file, so that a finding can name the row in force;
`good` says whether the figure is verified or worked out. Days are counted from 1970-01-01, `to` is
included.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from ..domain.tariff import CARGO_CLASSES, SIZES, Tariff, TariffRow
from ..domain.zones import EPOCH, NEVER
from .items import item_words as item_words
from .items import items_of
from .tariff import load_tariff

PILOTAGE = items_of("pilotage")[0]
Row = dict[str, Any]


def ceilings(tariff: Tariff | None = None) -> tuple[Row, ...]:
    """Foreign-trade rates per container: a row per item, direction, size, class and span of days,
    in whole fen.

    A row that fits any direction, size or class stands once for each.

    >>> row = ceilings()[0]
    >>> row["kind"], row["size"], row["rate"], row["good"], row["line"]
    ('export', '20', 4000, True, 2)
    """
    made = []
    for line, row in _binding(tariff):
        if not row.per_box:
            continue
        for kind in (row.direction,) if row.direction else ("import", "export"):
            for cargo in (row.cargo_class,) if row.cargo_class else CARGO_CLASSES[1:]:
                for size in (row.size,) if row.size else SIZES[1:]:
                    box = {"item": row.item, "kind": kind, "size": size, "class": cargo}
                    made.append(box | {"rate": row.rate_fen} | _span(line, row))
    return tuple(made)


def factors(tariff: Tariff | None = None) -> tuple[Row, ...]:
    """Factors on a rate at named ports (a waiver of half is 500): item, port, permille, span of
    days.

    >>> sorted({row["permille"] for row in factors()})
    [500, 850, 900, 950]
    """
    made = []
    for line, row in _binding(tariff):
        if row.unit == "multiplier":
            permille = _thousandths(row.factor)
            made += [
                {"item": row.item, "port": port, "permille": permille} | _span(line, row)
                for port in row.ports
            ]
    return tuple(made)


def pilotage_tiers(tariff: Tariff | None = None) -> tuple[Row, ...]:
    """Rates per net ton of the part of a ship above `low` up to `high` net tons, in thousandths of
    a yuan.

    Source: table 5, item 1(A) of the Ministry of Transport's notice 2 of 2019 on port charges,
    voyages abroad, within 10 nautical miles.

    >>> [(row["low"], row["high"], row["rate"], row["good"]) for row in pilotage_tiers()]
    [(0, 40000, 450, False), (40000, 80000, 400, False), (80000, 120000, 375, False)]
    """
    return tuple(
        {
            "item": row.item,
            "low": row.band_from,
            "high": row.band_to,
            "rate": _thousandths(row.rate_yuan),
        }
        | _span(line, row)
        for line, row in _binding(tariff)
        if row.item == PILOTAGE
        and row.unit == "net ton"
        and row.band_from is not None
        and row.band_to is not None
    )


def pilotage_caps(tariff: Tariff | None = None) -> tuple[Row, ...]:
    """The most that a ship above `low` net tons pays for one movement, in fen; port "" is every
    other port.

    >>> [row["rate"] for row in pilotage_caps() if not row["port"]]
    [4900000]
    """
    return tuple(
        {"item": row.item, "port": port, "low": row.band_from, "rate": row.rate_fen}
        | _span(line, row)
        for line, row in _binding(tariff)
        if row.item == PILOTAGE and row.unit == "movement" and row.band_from is not None
        for port in row.ports or ("",)
    )


LAYERS = {"set": "set", "fund": "fund", "ceiling": "guided", "market": "market"}


def legal_layers(tariff: Tariff | None = None) -> tuple[Row, ...]:
    """What the law says of the price of each item, a row per span of days on which it says the
    same: item, layer, first and last day.

    Layers: "set" by government, "fund" of government, "guided" (a ceiling), "market", "ended" (no
    longer chargeable: abolished, waived or folded into another item). Where rows differ on a day,
    the one that binds most counts. Days before an item's first row have none.

    >>> [(row["layer"], row["from"], row["to"] > 30000) for row in legal_layers()
    ...     if row["item"].startswith("港口建设费")][1:]
    [('ended', 18322, True)]
    """
    made: list[Row] = []
    table = (tariff or load_tariff()).rows
    for item in dict.fromkeys(row.item for row in table):
        rows = [row for row in table if row.item == item]
        ends = {row.to_day + 1 for row in rows if row.to_day is not None}
        days = sorted({row.from_day for row in rows} | ends)
        spans: list[Row] = []
        for first, after in zip(days, [*days[1:], NEVER + 1], strict=True):
            layer = _layer([r for r in rows if r.in_force(EPOCH + timedelta(days=first))])
            if spans and spans[-1]["layer"] == layer:
                spans[-1]["to"] = after - 1
            else:
                spans.append({"item": item, "layer": layer, "from": first, "to": after - 1})
        made += spans
    return tuple(made)


def _layer(rows: list[TariffRow]) -> str:
    """What the rows in force on a day say of the price."""
    if not rows or all(row.pricing == "fund" and row.rate_fen == 0 for row in rows):
        return "ended"
    found = {row.pricing for row in rows}
    return next(layer for pricing, layer in LAYERS.items() if pricing in found)


def _binding(tariff: Tariff | None) -> Iterator[tuple[int, TariffRow]]:
    """Line in the file and row of what binds foreign trade."""
    for line, row in enumerate((tariff or load_tariff()).rows, 2):
        if row.pricing in ("set", "ceiling") and row.trade in ("", "foreign"):
            yield line, row


def _span(line: int, row: TariffRow) -> Row:
    last = NEVER if row.to_day is None else row.to_day
    return {"from": row.from_day, "to": last, "good": row.verified, "line": line}


def _thousandths(text: str) -> int:
    """A decimal text as whole thousandths: 0.85 is 850."""
    whole, _, part = text.partition(".")
    return int(whole or 0) * 1000 + int((part + "000")[:3])


def references(against: str, tariff: Tariff | None = None) -> dict[str, tuple[Row, ...]]:
    """The rows that a check of charge lines needs.

    >>> sorted(references("tariff")), references("charge_list")
    (['ceilings', 'factors'], {})
    """
    makers = {
        "tariff": {"ceilings": ceilings, "factors": factors},
        "pilotage": {"tiers": pilotage_tiers, "caps": pilotage_caps, "factors": factors},
    }
    return {name: make(tariff) for name, make in makers.get(against, {}).items()}
