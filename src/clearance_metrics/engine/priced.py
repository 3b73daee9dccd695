"""Each charge line beside a reference of its day: the tariff, pilotage, a port's published list,
other lines.

Rows come back with value (fen: what exceeds the reference), end, and what a finding must name:
`rule`, the reference `rate` in fen and the `tariff_line` it stands in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import ibis
import pyarrow as pa

from ..domain.ends import ENDED, NO_CEILING, NO_LIST, NO_RATE, NOT_VERIFIED, UNKNOWN
from ..domain.zones import NEVER
from .log import EventLog
from .refusals import MissingColumn

if TYPE_CHECKING:
    import ibis.expr.types as ir

LINES, OWN = (
    10**6,
    10**6 - 1,
)  # more lines than any tariff has; the last stands for a waiver of the log's own
KINDS = {str: pa.string(), int: pa.int64(), bool: pa.bool_()}
# of these the rule is about the case, so its columns stand beside the line
CASE_COLUMNS = {"tariff": ("kind",)}
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


def needed(log: EventLog, lines: ir.Table, *names: str) -> None:
    """MissingColumn for the first of these columns that the charge lines lack."""
    for name in names:
        if name not in lines.columns:
            raise MissingColumn(name, log, f"charges of log {log.name!r}")


def plain(log: EventLog, lines: ir.Table, _tariff: Mapping) -> ir.Table:
    """The amount itself."""
    amount = lines.amount_fen.cast("int64")
    told = _found(ibis.literal("not_allowed"), None, None)
    return lines.mutate(value=amount, end=ibis.literal(ENDED, "int64"), **told)


def over_tariff(log: EventLog, lines: ir.Table, tariff: Mapping) -> ir.Table:
    """Amount less (rate in force that day x factor of the port x quantity); only verified rates
    count.

    A factor is a waiver of part of the rate: shipped with the tariff, or given with the log.
    """
    needed(log, lines, "size", "cargo_class", "quantity")
    rates = _table(
        "t_",
        tariff["ceilings"],
        ("item", "kind", "size", "class", "rate", "from", "to", "good", "line"),
    )
    # engines differ in what a join may compare: names are joined, days are looked at afterwards
    asked = _asked(lines, "item", "kind", "size", "cargo_class")
    on = [
        asked.a_item == rates.t_item,
        asked.a_kind == rates.t_kind,
        asked.a_size == rates.t_size,
        asked.a_cargo_class == rates.t_class,
    ]
    found = asked.inner_join(rates, on)
    found = found.filter(found.a_day.between(found.t_from, found.t_to))
    found = found.select(
        "a_item", "a_kind", "a_size", "a_cargo_class", "a_day", "t_rate", "t_good", "t_line"
    )
    on = [
        lines.item == found.a_item,
        lines.kind == found.a_kind,
        lines["size"] == found.a_size,
        lines.cargo_class == found.a_cargo_class,
        lines.charged_day == found.a_day,
    ]
    priced = lines.left_join(found, on).drop("a_item", "a_kind", "a_size", "a_cargo_class", "a_day")
    priced = _with_factors(log, priced, tariff["factors"])
    full = priced.t_rate * priced.quantity
    sure, perhaps = (full * priced[name] // 1000 for name in ("sure", "perhaps"))
    amount = priced.amount_fen
    blank = (
        priced["size"].isnull() | priced.cargo_class.isnull() | priced.kind.isnull() | _odd(priced)
    )
    governed = sorted({row["item"] for row in tariff["ceilings"]})
    end = ibis.cases(
        (~priced.item.isin(governed), NO_CEILING),
        (blank, UNKNOWN),
        (priced.t_rate.isnull(), NO_CEILING),
        (~priced.t_good, NOT_VERIFIED),
        # lawful at the full rate and not under a waiver that nobody has verified: nothing can be
        # said
        ((amount <= sure) & (amount > perhaps), NOT_VERIFIED),
        else_=ENDED,
    ).cast("int64")
    rule = ibis.ifelse(amount > full, "above_set_price", "waiver_not_applied")
    line = ibis.ifelse(amount > full, priced.t_line, priced.factor_line)
    allowed = (priced.t_rate * priced.sure // 1000).cast("int64")
    return _excess(priced, end, amount - sure, rule, allowed, line)


def _with_factors(log: EventLog, lines: ir.Table, rows: Iterable[Mapping]) -> ir.Table:
    """Columns sure and perhaps: the lowest factor in permille by verified rows, and by any; 1000
    where none is.
    """
    one = ibis.literal(1000, "int64")
    none = {"sure": one, "perhaps": one, "factor_line": ibis.null("int64")}
    if "port" not in lines.columns:
        return lines.mutate(**none)
    known = _table("f_", rows, ("item", "port", "permille", "from", "to", "good", "line"))
    if log.waivers is not None:
        own = log.waivers
        known = known.union(
            own.select(
                f_item=own.item.cast("string"),
                f_port=own.port.cast("string"),
                f_permille=(1000 - 10 * own.waived_percent).cast("int64"),
                f_from=own.from_day.cast("int64"),
                f_to=ibis.coalesce(own.to_day, NEVER).cast("int64"),
                f_good=ibis.literal(True),
                f_line=ibis.null("int64"),
            )
        )
    asked = _asked(lines, "port", "item")
    found = asked.inner_join(known, [asked.a_item == known.f_item, asked.a_port == known.f_port])
    found = found.filter(found.a_day.between(found.f_from, found.f_to))
    # the lowest factor and the row that sets it, in one number
    found = found.mutate(code=found.f_permille * LINES + ibis.coalesce(found.f_line, OWN))
    lowest = found.group_by(["a_port", "a_item", "a_day"]).agg(
        code=found.code.min(where=found.f_good), perhaps=found.f_permille.min()
    )
    line = lowest.code % LINES
    lowest = lowest.mutate(
        sure=lowest.code // LINES, factor_line=ibis.ifelse(line == OWN, ibis.null("int64"), line)
    )
    on = [
        lines.port == lowest.a_port,
        lines.item == lowest.a_item,
        lines.charged_day == lowest.a_day,
    ]
    joined = lines.left_join(lowest, on)
    return joined.mutate(
        sure=ibis.coalesce(joined.sure, 1000), perhaps=ibis.coalesce(joined.perhaps, 1000)
    )


def _asked(lines: ir.Table, *names: str) -> ir.Table:
    """What is asked of a price list: each combination of names and day once, however many lines
    share it.
    """
    return lines.select(a_day="charged_day", **{f"a_{name}": name for name in names}).distinct()


def over_pilotage(log: EventLog, lines: ir.Table, tariff: Mapping) -> ir.Table:
    """Amount less the pilotage ceiling: net tons by tier x factor of the port, or the cap for the
    largest ships.

    Voyages abroad within 10 nautical miles (item 1(A)); other pilotage rests on rates that nobody
    has verified.
    """
    needed(log, lines, "net_tons", "distance_nm", "voyage", "quantity", "port", "line_id")
    tiers = _table("p_", tariff["tiers"], ("item", "low", "high", "rate", "from", "to", "good"))
    factors = _table("f_", tariff["factors"], ("item", "port", "permille", "from", "to", "good"))
    caps = _table(
        "c_", tariff["caps"], ("item", "port", "low", "rate", "from", "to", "good", "line")
    )
    governed = sorted({row["item"] for row in (*tariff["tiers"], *tariff["caps"])})
    asked = _asked(lines, "item", "net_tons")
    parts = asked.inner_join(tiers, asked.a_item == tiers.p_item)
    parts = parts.filter(
        parts.a_net_tons > parts.p_low, parts.a_day.between(parts.p_from, parts.p_to)
    )
    tons = ibis.least(parts.a_net_tons, parts.p_high) - parts.p_low
    base = parts.group_by(["a_item", "a_net_tons", "a_day"]).agg(
        base=(tons * parts.p_rate).sum().cast("int64"), base_good=parts.p_good.all()
    )
    on = [
        lines.item == base.a_item,
        lines.net_tons == base.a_net_tons,
        lines.charged_day == base.a_day,
    ]
    rows = lines.left_join(base, on).drop("a_item", "a_net_tons", "a_day")
    asked = _asked(lines, "item", "port")
    factor = asked.inner_join(
        factors, [asked.a_item == factors.f_item, asked.a_port == factors.f_port]
    )
    factor = factor.filter(factor.a_day.between(factor.f_from, factor.f_to))
    factor = factor.group_by(["a_item", "a_port", "a_day"]).agg(
        permille=factor.f_permille.min(), factor_good=factor.f_good.all()
    )
    on = [rows.item == factor.a_item, rows.port == factor.a_port, rows.charged_day == factor.a_day]
    rows = rows.left_join(factor, on).drop("a_item", "a_port", "a_day")
    # the port's own cap goes before the national one; a line without a port has the national one
    asked = (
        _asked(lines, "item", "port")
        .mutate(a_port=lambda t: ibis.coalesce(t.a_port, ""))
        .distinct()
    )
    cap = asked.inner_join(caps, asked.a_item == caps.c_item)
    cap = cap.filter(
        (cap.c_port == "") | (cap.a_port == cap.c_port), cap.a_day.between(cap.c_from, cap.c_to)
    )
    cap = cap.group_by(["a_item", "a_port", "a_day"]).agg(
        own=cap.c_rate.min(where=cap.c_port != ""),
        every=cap.c_rate.min(where=cap.c_port == ""),
        own_good=cap.c_good.all(where=cap.c_port != ""),
        every_good=cap.c_good.all(where=cap.c_port == ""),
        own_line=cap.c_line.min(where=cap.c_port != ""),
        every_line=cap.c_line.min(where=cap.c_port == ""),
        largest=cap.c_low.min(),
    )
    rows = rows.mutate(port_=ibis.coalesce(rows.port, ""))
    on = [rows.item == cap.a_item, rows.port_ == cap.a_port, rows.charged_day == cap.a_day]
    rows = rows.left_join(cap, on).drop("a_item", "a_port", "a_day")
    large = ibis.coalesce(rows.net_tons > rows.largest, False)
    tiered = (rows.base * ibis.coalesce(rows.permille, 1000) // 10000).cast("int64")
    each = ibis.ifelse(large, ibis.coalesce(rows.own, rows.every), tiered).cast("int64")
    good = ibis.ifelse(
        large,
        ibis.ifelse(rows.own.notnull(), rows.own_good, rows.every_good),
        rows.base_good & ibis.coalesce(rows.factor_good, True),
    )
    blank = rows.net_tons.isnull() | rows.distance_nm.isnull() | rows.voyage.isnull() | _odd(rows)
    end = ibis.cases(
        (~rows.item.isin(governed), NO_CEILING),
        (blank, UNKNOWN),
        ((rows.voyage != "international") | (rows.distance_nm > 10), NOT_VERIFIED),
        (each.isnull(), NO_CEILING),
        (~good, NOT_VERIFIED),
        else_=ENDED,
    ).cast("int64")
    line = ibis.ifelse(large, ibis.coalesce(rows.own_line, rows.every_line), ibis.null("int64"))
    excess = rows.amount_fen - each * rows.quantity
    return _excess(rows, end, excess, ibis.literal("above_pilotage_ceiling"), each, line)


def over_list(log: EventLog, lines: ir.Table, _tariff: Mapping) -> ir.Table:
    """Amount less (published rate of that day x quantity); items without a published rate are left
    out.
    """
    published = log.charge_list
    if published is None or "rate_fen" not in published.columns:
        raise MissingColumn(
            "charge_list", log, f"log {log.name!r} has no published charge lists with rates"
        )
    needed(log, lines, "port", "line_id", "quantity")
    rated = published.filter(published.rate_fen.notnull())
    rated = rated.select(
        p_port="port",
        p_item="item",
        p_from="from_day",
        p_to=ibis.coalesce(rated.to_day, NEVER),
        p_rate="rate_fen",
    )
    asked = _asked(lines, "port", "item")
    found = asked.inner_join(rated, [asked.a_port == rated.p_port, asked.a_item == rated.p_item])
    found = found.filter(found.a_day.between(found.p_from, found.p_to))
    highest = found.group_by(["a_port", "a_item", "a_day"]).agg(listed_rate=found.p_rate.max())
    on = [
        lines.port == highest.a_port,
        lines.item == highest.a_item,
        lines.charged_day == highest.a_day,
    ]
    rows = lines.left_join(highest, on)
    end = ibis.cases((rows.listed_rate.isnull(), NO_RATE), (_odd(rows), UNKNOWN), else_=ENDED)
    excess = rows.amount_fen - rows.listed_rate * rows.quantity
    rule = ibis.literal("above_published_rate")
    return _excess(rows, end.cast("int64"), excess, rule, rows.listed_rate.cast("int64"), None)


def off_list(log: EventLog, lines: ir.Table, _tariff: Mapping) -> ir.Table:
    """The amount of a line whose item is not on its port's list of that day; ports without a list
    are left out.
    """
    published = log.charge_list
    if published is None:
        raise MissingColumn("charge_list", log, f"log {log.name!r} has no published charge lists")
    needed(log, lines, "port", "line_id")
    published = published.select(
        p_port="port", p_item="item", p_from="from_day", p_to=ibis.coalesce(published.to_day, NEVER)
    )
    asked = _asked(lines, "port", "item")
    found = asked.inner_join(published, asked.a_port == published.p_port)
    found = found.filter(found.a_day.between(found.p_from, found.p_to))
    told = found.group_by(["a_port", "a_item", "a_day"]).agg(
        listed=(found.a_item == found.p_item).any()
    )
    on = [lines.port == told.a_port, lines.item == told.a_item, lines.charged_day == told.a_day]
    rows = lines.left_join(told, on)
    end = ibis.ifelse(rows.a_port.isnull(), NO_LIST, ENDED).cast("int64")
    outside = ibis.ifelse(
        rows.a_port.notnull() & ~ibis.coalesce(rows.listed, False), rows.amount_fen, 0
    )
    return _excess(rows, end, outside, ibis.literal("not_on_list"), None, None)


def billed_twice(log: EventLog, lines: ir.Table, _tariff: Mapping) -> ir.Table:
    """The amount of a line that repeats an earlier one: same shipment, item, size, quantity,
    amount, payee and day.
    """
    needed(log, lines, "line_id")
    same = [lines[name] for name in SAME_SERVICE if name in lines.columns]
    place = ibis.row_number().over(ibis.window(group_by=same, order_by=lines.line_id))
    rows = lines.mutate(place=place.cast("int64"))
    again = ibis.ifelse(rows.place > 0, rows.amount_fen, 0)
    return _excess(
        rows, ibis.literal(ENDED, "int64"), again, ibis.literal("billed_twice"), None, None
    )


def _odd(rows: ir.Table) -> ir.BooleanValue:
    """Nothing can be held against a rate in yuan without a quantity, or in another currency."""
    odd = rows.quantity.isnull() | (rows.quantity < 1)
    return odd | ibis.coalesce(rows.currency != "CNY", False) if "currency" in rows.columns else odd


def _excess(
    rows: ir.Table,
    end: ir.Column,
    excess: ir.Column,
    rule: ir.Value | None,
    rate: ir.Value | None,
    line: ir.Value | None,
) -> ir.Table:
    """Only what lies above the reference is money; a charge below it is no credit for another."""
    over = ibis.ifelse((end == ENDED) & (excess > 0), excess, 0).cast("int64")
    return rows.mutate(end=end, value=over, **_found(rule, rate, line))


def _found(rule: ir.Value | None, rate: ir.Value | None, line: ir.Value | None) -> dict:
    none = ibis.null("int64")
    return {
        "rule": rule,
        "rate": none if rate is None else rate,
        "tariff_line": none if line is None else line,
    }


def _table(prefix: str, rows: Iterable[Mapping], names: tuple[str, ...]) -> ir.Table:
    """Rows as a table for the engine; every column has one type, so that an empty one has too."""
    kinds = {"item": str, "kind": str, "size": str, "class": str, "port": str, "good": bool}
    rows = list(rows)
    return ibis.memtable(
        pa.table(
            {
                prefix + n: pa.array([row[n] for row in rows], KINDS[kinds.get(n, int)])
                for n in names
            }
        )
    )


CHECKS = {
    None: plain,
    "tariff": over_tariff,
    "pilotage": over_pilotage,
    "charge_list": off_list,
    "list_rate": over_list,
    "repeated": billed_twice,
}

__all__ = ["CASE_COLUMNS", "CHECKS"]
