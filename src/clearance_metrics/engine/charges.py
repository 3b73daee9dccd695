"""Charge lines: one by one, or summed and counted per case and TEU."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import ibis

from ..domain.as_of import AsOf
from ..domain.ends import ENDED, UNKNOWN
from ..domain.metrics import Fee, Metric
from ..errors import LogError
from . import conditions, priced
from .log import EventLog, MissingColumn

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa


def fee_rows(
    log: EventLog,
    metric: Fee,
    *,
    as_of: AsOf,
    by: tuple,
    cluster: str | None,
    tariff: Mapping,
) -> tuple[ir.Table, ir.Column]:
    """Rows with value (fen), end, and the local day they are dated by;

    MissingColumn without charges.
    """
    keys = (*by, *({cluster} if cluster else ()), *priced.CASE_COLUMNS.get(metric.against, ()))
    lines = lines_with(log, metric, as_of, keys)
    if metric.items:
        lines = lines.filter(lines.item.isin(list(metric.items)))
    lines = lines.filter(conditions.compiled(log, metric.where, lines, as_of.second))
    if metric.per == "line":
        rows = priced.CHECKS[metric.against](log, lines, tariff)
    else:
        rows = _per_case(log, metric, lines, (*by, *({cluster} if cluster else ())))
    return rows, rows.charged_day


def lines_with(log: EventLog, metric: Metric, as_of: AsOf, keys: tuple) -> ir.Table:
    """Charge lines up to `as_of`, with the case columns that the metric and its groups read beside
    them.
    """
    if log.charges is None:
        raise MissingColumn("charges", log, f"log {log.name!r} has no charges table")
    lines = log.charges.filter(log.charges.charged_day <= as_of.day)
    of_case = sorted(name for name in {*metric.needs, *keys} if name not in lines.columns)
    if of_case:
        cases = conditions.known_at(
            log,
            log.case_table(frozenset(of_case), as_of.second),
            frozenset(of_case),
            as_of.second,
        )
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


def _per_case(log: EventLog, metric: Fee, lines: ir.Table, keys: tuple) -> ir.Table:
    """A case counts once, on the day of its first charge; boxes are whole, so TEU is a whole
    number.
    """
    if metric.counting:
        if metric.counting not in lines.columns:
            raise MissingColumn(metric.counting, log, f"charges of log {log.name!r}")
        lines = lines.filter(lines[metric.counting].notnull())
    names = [k for k in dict.fromkeys(keys) if k != "case_id"]
    money = "currency" in lines.columns and "currency" not in names and not metric.counting
    names += ["currency"] if money else []
    teu = {"weight": lines.teu.max()} if metric.per == "teu" else {}
    value = lines[metric.counting].nunique() if metric.counting else lines.amount_fen.sum()
    rows = lines.group_by(["case_id", *names]).agg(
        value=value.cast("int64"), charged_day=lines.charged_day.min().cast("int32"), **teu
    )
    if metric.per == "teu":
        known = rows.weight.notnull() & (rows.weight > 0)
        rows = rows.mutate(end=ibis.ifelse(known, ENDED, UNKNOWN).cast("int64"))
        return rows.mutate(weight=ibis.coalesce(rows.weight, 0).cast("int64"))
    return rows.mutate(end=ibis.literal(ENDED, "int64"))
