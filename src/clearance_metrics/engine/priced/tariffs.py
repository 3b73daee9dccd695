"""Charge lines beside the rates per container that the government sets or guides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from ...domain.ends import NO_CEILING, NOT_VERIFIED, UNKNOWN
from ...domain.sql import among, some, value, when, whole
from ...domain.zones import NEVER
from ..query import Query
from .judged import (
    NONE,
    asked_of,
    divided,
    in_force,
    join,
    judged,
    needed,
    odd,
    ruled,
    ruled_port,
    same,
)
from .rates import rates_of

if TYPE_CHECKING:
    from ..log import EventLog

LINES, OWN = (
    10**6,
    10**6 - 1,
)  # more lines than any tariff has; the last stands for a waiver of the log's own


def over_tariff(log: EventLog, lines: Query, tariff: Mapping) -> Query:
    """Amount less (rate in force that day x factor of the port x quantity); only verified rates
    count.

    A factor is a waiver of part of the rate: shipped with the tariff, or given with the log.
    """
    needed(log, lines, "size", "cargo_class", "quantity")
    lines = ruled(lines)
    rows = _reduced(log, lines, _rated(lines, tariff["ceilings"]), tariff["factors"])
    priced = rows.then(
        "priced",
        {
            "price_full": "rate_full * quantity",
            "price_sure": divided(rows, "rate_full * quantity * factor_sure", 1000),
            "price_perhaps": divided(rows, "rate_full * quantity * factor_perhaps", 1000),
        },
    )
    blank = [f"{column} IS NULL" for column in ("size", "cargo_class", "kind")]
    ends = [
        (f"NOT ({governed(tariff['ceilings'])})", NO_CEILING),
        (some([*blank, *odd(priced)]), UNKNOWN),
        ("rate_full IS NULL", NO_CEILING),
        ("NOT rate_good", NOT_VERIFIED),
        # lawful at the full rate and not under a waiver that nobody has verified: nothing can be
        # said
        ("amount_fen <= price_sure AND amount_fen > price_perhaps", NOT_VERIFIED),
    ]
    above = "amount_fen > price_full"
    return judged(
        priced,
        ends,
        "amount_fen - price_sure",
        rule=when((above, value("above_set_price")), otherwise=value("waiver_not_applied")),
        rate=whole("rate_full * factor_sure // 1000"),
        limit=whole("rate_full"),
        waived=whole("1000 - factor_sure"),
        line=when((above, "rate_line"), otherwise="factor_line"),
    )


def governed(*tables: Iterable[Mapping]) -> str:
    """The test that the item of a line is in any of these tables."""
    items = sorted({row["item"] for rows in tables for row in rows})
    return among("item", items) if items else "FALSE"


def _rated(lines: Query, rows: Iterable[Mapping]) -> Query:
    """The lines with the rate of their item, direction, size and class on their day: no two are in
    force at once.
    """
    rates = rates_of("ceilings", rows)
    keys = ("item", "kind", "size", "cargo_class")
    on = [*same(lines, rates, *keys), in_force(lines, rates)]
    told = {"rate_full": "rate", "rate_good": "good", "rate_line": "line"}
    return lines.then(
        "rated",
        {new: f"{rates.name}.{column}" for new, column in told.items()},
        kinds={new: rates.columns[column] for new, column in told.items()},
        source=lines.name + join("LEFT JOIN", rates, on),
        beside=[rates],
    )


def _reduced(log: EventLog, lines: Query, rated: Query, rows: Iterable[Mapping]) -> Query:
    """Columns factor_sure and factor_perhaps: the lowest factor in permille by verified rows, and
    by any; 1000 where none is.
    """
    if "port" not in lines.columns:
        none = {"factor_sure": "1000", "factor_perhaps": "1000", "factor_line": NONE}
        return rated.then("reduced", none)
    ports = tuple(dict.fromkeys(["port", ruled_port(lines)]))
    lowest = _lowest(asked_of(lines, *ports, "item"), _known(log, rows), ports)
    on = same(rated, lowest, *ports, "item", "charged_day")
    told = {
        "factor_sure": f"coalesce({lowest.name}.code // {LINES}, 1000)",
        "factor_perhaps": f"coalesce({lowest.name}.perhaps, 1000)",
        "factor_line": f"nullif({lowest.name}.code % {LINES}, {OWN})",
    }
    return rated.then(
        "reduced",
        told,
        source=rated.name + join("LEFT JOIN", lowest, on),
        beside=[lowest],
    )


def _known(log: EventLog, rows: Iterable[Mapping]) -> Query:
    """The factors of the tariff, and below them the waivers that came with the log."""
    factors = rates_of("factors", rows)
    if log.waivers is None:
        return factors
    told = {
        "item": "item",
        "port": "port",
        "permille": "1000 - 10 * waived_percent",
        "from_day": "from_day",
        "to_day": f"coalesce(to_day, {NEVER})",
        "good": "TRUE",
        "line": NONE,
    }
    own = log.waivers.then("own_waivers", told, kinds={"good": "boolean"}, keep=())
    return factors.stacked("all_factors", own)


def _lowest(asked: Query, factors: Query, ports: Iterable[str]) -> Query:
    """Of each port, item and day the lowest factor and the row that sets it, in one number."""
    port = f"{asked.name}.port"
    if (name := ruled_port(asked)) != "port":
        # waivers that came with the log, which have no line, name ports as the log does
        whose = f"{factors.name}.line IS NULL"
        port = when((whose, port), otherwise=f"{asked.name}.{name}")
    at = f"{factors.name}.port = {port}"
    on = [*same(asked, factors, "item"), at, in_force(asked, factors)]
    told = {column: f"{factors.name}.{column}" for column in ("permille", "good", "line")}
    found = asked.then(
        "factors_of_day",
        told,
        kinds={"good": "boolean"},
        source=asked.name + join("JOIN", factors, on),
        beside=[factors],
    )
    code = f"min(permille * {LINES} + coalesce(line, {OWN})) FILTER (WHERE good)"
    return found.grouped(
        "lowest_factor",
        (*ports, "item", "charged_day"),
        {"code": code, "perhaps": "min(permille)"},
    )
