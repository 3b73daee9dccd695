"""Charge lines: sums per case and TEU, and each line beside the tariff or the published list of its day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import pyarrow as pa

from . import conditions
from .ends import ENDED, NO_CEILING, NO_LIST, NOT_VERIFIED, UNKNOWN
from .errors import LogError
from .log import EventLog, MissingColumn
from .metrics import Fee, Metric

if TYPE_CHECKING:
    import ibis.expr.types as ir

NEVER = 10**6  # a day number far beyond any date: "still in force"


def fee_rows(
    log: EventLog, metric: Fee, *, as_of: int, as_of_day: int, by: tuple, cluster: str | None, tariff: tuple
) -> tuple[ir.Table, ir.Column]:
    """Rows with value, end, total (fen), and the local day they are dated by; MissingColumn without charges."""
    keys = (*by, *({cluster} if cluster else ()), *(("kind",) if metric.against == "tariff" else ()))
    lines = lines_with(log, metric, as_of, as_of_day, keys)
    if metric.items:
        lines = lines.filter(lines.item.isin(list(metric.items)))
    lines = lines.filter(conditions.compiled(log, metric.where, lines, as_of))
    if metric.per == "line":
        make = {None: _plain, "tariff": _over_ceiling, "charge_list": _off_list, "list_rate": _over_list}
        rows = make[metric.against](log, lines, tariff)
    else:
        rows = _per_case(metric, lines, (*by, *({cluster} if cluster else ())))
    return rows.mutate(date_only=ibis.literal(0, "int64")), rows.charged_day


def lines_with(log: EventLog, metric: Metric, as_of: int, as_of_day: int, keys: tuple) -> ir.Table:
    """Charge lines up to `as_of`, with the case columns that the metric and its groups read beside them."""
    if log.charges is None:
        raise MissingColumn("charges", log, f"log {log.name!r} has no charges table")
    lines = log.charges.filter(log.charges.charged_day <= as_of_day)
    of_case = sorted(name for name in {*metric.needs, *keys} if name not in lines.columns)
    if of_case:
        cases = conditions.known_at(log, log.case_table(frozenset(of_case)), frozenset(of_case), as_of)
        cases = cases.select(case_="case_id", **{name: name for name in of_case})
        lines = lines.left_join(cases, lines.case_id == cases.case_).drop("case_")
    return lines


def check_currency(table: pa.Table) -> None:
    """LogError when the tallied charges are in more than one currency: they do not add up."""
    if "currency" not in table.column_names:
        return
    found = sorted({c for c in table["currency"].to_pylist() if c})
    if len(found) > 1:
        raise LogError(
            f"charges in several currencies ({', '.join(found)}) do not add up",
            "Fee",
            'keep one: where={"currency": "CNY"}',
        )


def _per_case(metric: Fee, lines: ir.Table, keys: tuple) -> ir.Table:
    """A case counts once, on the day of its first charge; boxes are whole, so TEU is a whole number."""
    names = [k for k in dict.fromkeys(keys) if k != "case_id"]
    names += ["currency"] if "currency" in lines.columns and "currency" not in names else []
    teu = {"weight": lines.teu.max()} if metric.per == "teu" else {}
    rows = lines.group_by(["case_id", *names]).agg(
        value=lines.amount_fen.sum().cast("int64"), charged_day=lines.charged_day.min().cast("int32"), **teu
    )
    if metric.per == "teu":
        known = rows.weight.notnull() & (rows.weight > 0)
        rows = rows.mutate(end=ibis.ifelse(known, ENDED, UNKNOWN).cast("int64"))
        rows = rows.mutate(weight=ibis.coalesce(rows.weight, 0).cast("int64"))
    else:
        rows = rows.mutate(end=ibis.literal(ENDED, "int64"))
    return rows.mutate(total=rows.value)


def _plain(log: EventLog, lines: ir.Table, _tariff: tuple) -> ir.Table:
    return lines.mutate(
        value=lines.amount_fen.cast("int64"), total=lines.amount_fen.cast("int64"), end=ibis.literal(ENDED, "int64")
    )


def _over_ceiling(log: EventLog, lines: ir.Table, tariff: tuple) -> ir.Table:
    """Amount less (rate in force that day x quantity); the row in force must be a verified one to count."""
    for name in ("size", "cargo_class", "quantity"):
        if name not in lines.columns:
            raise MissingColumn(name, log, f"charges of log {log.name!r}")
    columns = ("t_item", "t_kind", "t_size", "t_class", "t_from", "t_to", "t_rate", "t_good")
    rows = [tuple(row[c[2:]] for c in columns) for row in tariff]
    kinds = (pa.string(),) * 4 + (pa.int32(), pa.int32(), pa.int64(), pa.bool_())
    rates = ibis.memtable(
        pa.table(
            {
                c: pa.array([row[i] for row in rows], kind)
                for i, (c, kind) in enumerate(zip(columns, kinds, strict=True))
            }
        )
    )
    priced = lines.left_join(
        rates,
        [
            lines.item == rates.t_item,
            lines.kind == rates.t_kind,
            lines["size"] == rates.t_size,
            lines.cargo_class == rates.t_class,
            lines.charged_day >= rates.t_from,
            lines.charged_day <= rates.t_to,
        ],
    )
    governed = sorted({row["item"] for row in tariff})
    end = ibis.cases(
        (~priced.item.isin(governed), NO_CEILING),
        (
            priced["size"].isnull() | priced.cargo_class.isnull() | priced.quantity.isnull() | priced.kind.isnull(),
            UNKNOWN,
        ),
        (priced.t_rate.isnull(), NO_CEILING),
        (~priced.t_good, NOT_VERIFIED),
        else_=ENDED,
    ).cast("int64")
    priced = priced.mutate(end=end, excess=(priced.amount_fen - priced.t_rate * priced.quantity).cast("int64"))
    # only what lies above the ceiling is money; a charge below it is no credit for another
    over = ibis.ifelse((priced.end == ENDED) & (priced.excess > 0), priced.excess, 0).cast("int64")
    return priced.mutate(value=over, total=over)


def _over_list(log: EventLog, lines: ir.Table, _tariff: tuple) -> ir.Table:
    """Amount less (published rate of that day x quantity); items without a published rate are left out."""
    published = log.charge_list
    if published is None or "rate_fen" not in published.columns:
        raise MissingColumn("charge_list", log, f"log {log.name!r} has no published charge lists with rates")
    for name in ("port", "line_id", "quantity"):
        if name not in lines.columns:
            raise MissingColumn(name, log, f"charges of log {log.name!r}")
    rated = published.filter(published.rate_fen.notnull())
    rated = rated.select(
        p_port="port", p_item="item", p_from="from_day", p_to=ibis.coalesce(rated.to_day, NEVER), p_rate="rate_fen"
    )
    asked = _asked(lines, "port", "item")
    on = [asked.a_port == rated.p_port, asked.a_item == rated.p_item]
    found = asked.inner_join(rated, on).filter(lambda t: t.a_day.between(t.p_from, t.p_to))
    highest = found.group_by(["a_port", "a_item", "a_day"]).agg(rate=found.p_rate.max())
    on = [lines.port == highest.a_port, lines.item == highest.a_item, lines.charged_day == highest.a_day]
    rows = lines.left_join(highest, on)
    excess = (rows.amount_fen - rows.rate * rows.quantity).cast("int64")
    end = ibis.cases((rows.rate.isnull(), NO_CEILING), (rows.quantity.isnull(), UNKNOWN), else_=ENDED).cast("int64")
    over = ibis.ifelse((end == ENDED) & (excess > 0), excess, 0).cast("int64")
    return rows.mutate(end=end, value=over, total=over)


def _asked(lines: ir.Table, *names: str) -> ir.Table:
    """What is asked of a price list: each combination of names and day once, however many lines share it."""
    return lines.select(a_day="charged_day", **{f"a_{name}": name for name in names}).distinct()


def _off_list(log: EventLog, lines: ir.Table, _tariff: tuple) -> ir.Table:
    """The amount of a line whose item is not on its port's list of that day; ports without a list are left out."""
    published = log.charge_list
    if published is None:
        raise MissingColumn("charge_list", log, f"log {log.name!r} has no published charge lists")
    for name in ("port", "line_id"):
        if name not in lines.columns:
            raise MissingColumn(name, log, f"charges of log {log.name!r}")
    published = published.select(
        p_port="port", p_item="item", p_from="from_day", p_to=ibis.coalesce(published.to_day, NEVER)
    )
    asked = _asked(lines, "port", "item")
    found = asked.inner_join(published, asked.a_port == published.p_port)
    found = found.filter(found.a_day.between(found.p_from, found.p_to))
    told = found.group_by(["a_port", "a_item", "a_day"]).agg(listed=(found.a_item == found.p_item).any())
    on = [lines.port == told.a_port, lines.item == told.a_item, lines.charged_day == told.a_day]
    rows = lines.left_join(told, on)
    end = ibis.ifelse(rows.a_port.isnull(), NO_LIST, ENDED).cast("int64")
    outside = ibis.ifelse(rows.a_port.notnull() & ~ibis.coalesce(rows.listed, False), rows.amount_fen, 0).cast("int64")
    return rows.mutate(end=end, value=outside, total=outside)
