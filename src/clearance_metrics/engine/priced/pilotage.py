"""Charge lines beside the most that a ship pays for its pilot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from ...domain.ends import NO_CEILING, NOT_VERIFIED, UNKNOWN
from ...domain.sql import some, value, when, whole
from ..query import Query
from .judged import NONE, in_force, join, judged, needed, odd, ruled, ruled_port, same
from .rates import rates_of
from .tariffs import governed

if TYPE_CHECKING:
    from ..log import EventLog

MOVEMENT = ("item", "net_tons", "charged_day", "port")
# of the caps: the port's own, and the national one
SIDES = {"own": "cap_port <> ''", "national": "cap_port = ''"}


def over_pilotage(log: EventLog, lines: Query, tariff: Mapping) -> Query:
    """Amount less the pilotage ceiling: net tons by tier x factor of the port, or the cap for the
    largest ships.

    Voyages abroad within 10 nautical miles (item 1(A)); other pilotage rests on rates that nobody
    has verified.
    """
    needed(log, lines, "net_tons", "distance_nm", "voyage", "quantity", "port", "line_id")
    lines = ruled(lines)
    rows = _with_ceiling(lines, _ceilings(lines, tariff))
    blank = [f"{column} IS NULL" for column in ("net_tons", "distance_nm", "voyage")]
    ends = [
        (f"NOT ({governed(tariff['tiers'], tariff['caps'])})", NO_CEILING),
        (some([*blank, *odd(rows)]), UNKNOWN),
        ("voyage <> 'international' OR distance_nm > 10", NOT_VERIFIED),
        ("ceiling_fen IS NULL", NO_CEILING),
        ("NOT ceiling_good", NOT_VERIFIED),
    ]
    return judged(
        rows,
        ends,
        "amount_fen - ceiling_fen * quantity",
        rule=value("above_pilotage_ceiling"),
        rate=whole("ceiling_fen"),
        limit=whole("ceiling_fen"),
        line="ceiling_line",
    )


def _ceilings(lines: Query, tariff: Mapping) -> Query:
    """The ceiling of each ship, port and day that is asked for."""
    asked = lines.then(
        "movements",
        {"port": f"coalesce({ruled_port(lines)}, '')"},
        kinds={"port": "text"},
        keep=MOVEMENT[:3],
        where=[governed(tariff["tiers"], tariff["caps"]), "net_tons IS NOT NULL"],
        distinct=True,
    )
    parts = (
        _tiered(asked, tariff["tiers"]),
        _reduced(asked, tariff["factors"]),
        _capped(asked, tariff["caps"]),
    )
    told = {c: p for p in parts for c in p.columns if c not in MOVEMENT}
    joins = (join("LEFT JOIN", part, same(asked, part, *MOVEMENT)) for part in parts)
    known = asked.then(
        "terms",
        {c: f"{part.name}.{c}" for c, part in told.items()},
        kinds={c: part.columns[c] for c, part in told.items()},
        source=asked.name + "".join(joins),
        beside=parts,
    )
    # the port's own cap goes before the national one; a line without a port has the national one
    large, own = "net_tons > largest", "own_cap IS NOT NULL"
    tiered = "(base * coalesce(permille, 1000)) // 10000"
    capped_good = when((own, "own_good"), otherwise="national_good")
    tiered_good = "base_good AND coalesce(factor_good, TRUE)"
    return known.then(
        "pilotage_ceilings",
        {
            "ceiling_fen": when((large, "coalesce(own_cap, national_cap)"), otherwise=tiered),
            "ceiling_good": when((large, capped_good), otherwise=tiered_good),
            "ceiling_line": when((large, "coalesce(own_line, national_line)"), otherwise=NONE),
        },
        kinds={"ceiling_good": "boolean"},
        keep=MOVEMENT,
    )


def _with_ceiling(lines: Query, found: Query) -> Query:
    """The lines beside the ceiling of their ship, port and day."""
    port = f"{found.name}.port = coalesce({lines.name}.{ruled_port(lines)}, '')"
    told = ("ceiling_fen", "ceiling_good", "ceiling_line")
    return lines.then(
        "beside_ceiling",
        {c: f"{found.name}.{c}" for c in told},
        kinds={c: found.columns[c] for c in told},
        source=lines.name + join("LEFT JOIN", found, [*same(lines, found, *MOVEMENT[:3]), port]),
        beside=[found],
    )


def _tiered(asked: Query, rows: Iterable[Mapping]) -> Query:
    """Net tons by tier, in thousandths of a yuan, and whether every rate of them is verified."""
    tiers = rates_of("tiers", rows)
    ship = f"{asked.name}.net_tons"
    tons = f"least({ship}, {tiers.name}.high) - {tiers.name}.low"
    on = [*same(asked, tiers, "item"), f"{ship} > {tiers.name}.low", in_force(asked, tiers)]
    told = {"due": f"({tons}) * {tiers.name}.rate", "good": f"{tiers.name}.good"}
    by_tier = _joined(asked, tiers, "by_tier", told, on)
    sums = {"base": whole("sum(due)"), "base_good": "bool_and(good)"}
    return by_tier.grouped("over_tiers", MOVEMENT, sums, kinds={"base_good": "boolean"})


def _reduced(asked: Query, rows: Iterable[Mapping]) -> Query:
    """The lowest factor of the port."""
    factors = rates_of("factors", rows)
    on = [*same(asked, factors, "item", "port"), in_force(asked, factors)]
    told = {column: f"{factors.name}.{column}" for column in ("permille", "good")}
    found = _joined(asked, factors, "at_port", told, on)
    sums = {"permille": "min(permille)", "factor_good": "bool_and(good)"}
    return found.grouped("factor_of_port", MOVEMENT, sums, kinds={"factor_good": "boolean"})


def _capped(asked: Query, rows: Iterable[Mapping]) -> Query:
    """The caps of the port and of the whole country, and the size from which one holds."""
    caps = rates_of("caps", rows)
    port = some([f"{caps.name}.port = ''", f"{caps.name}.port = {asked.name}.port"])
    on = [*same(asked, caps, "item"), f"({port})", in_force(asked, caps)]
    told = {"cap_port": "port", "cap": "rate", "good": "good", "line": "line", "low": "low"}
    columns = {new: f"{caps.name}.{column}" for new, column in told.items()}
    found = _joined(asked, caps, "by_cap", columns, on)
    sums, kinds = {"largest": "min(low)"}, {}
    for side, test in SIDES.items():
        sums[f"{side}_cap"] = f"min(cap) FILTER (WHERE {test})"
        sums[f"{side}_good"] = f"bool_and(good) FILTER (WHERE {test})"
        sums[f"{side}_line"] = f"min(line) FILTER (WHERE {test})"
        kinds[f"{side}_good"] = "boolean"
    return found.grouped("caps_of_port", MOVEMENT, sums, kinds=kinds)


def _joined(
    asked: Query, rates: Query, step: str, told: Mapping[str, str], on: Iterable[str]
) -> Query:
    """What is asked, beside each row that is in force."""
    return asked.then(
        step,
        told,
        kinds={"good": "boolean", "cap_port": "text"},
        source=asked.name + join("JOIN", rates, on),
        beside=[rates],
    )
