"""Charge lines: one by one, or summed and counted per case and TEU."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import ibis

from ..domain.as_of import AsOf
from ..domain.ends import ENDED, OTHER_CURRENCY, UNKNOWN
from ..domain.instants import FRACTION
from ..domain.metrics import Fee, Metric
from . import conditions, priced
from .log import EventLog
from .refusals import MissingColumn

if TYPE_CHECKING:
    import ibis.expr.types as ir

YUAN = "CNY"
IN_YUAN = ("tariff", "pilotage", "list_rate")  # of these the reference is a rate in yuan


def fee_rows(
    log: EventLog,
    metric: Fee,
    *,
    as_of: AsOf,
    by: tuple,
    cluster: str | None,
    tariff: Mapping,
) -> tuple[ir.Table, ir.Column]:
    """Rows with value (hundredths of the currency), end, and the local day they are dated by;

    MissingColumn without charges.
    """
    keys = (*by, *({cluster} if cluster else ()), *priced.CASE_COLUMNS.get(metric.against, ()))
    lines = lines_with(log, metric, as_of, keys)
    if metric.items:
        lines = lines.filter(lines.item.isin(list(metric.items)))
    lines = lines.filter(conditions.compiled(log, metric.where, lines, as_of.second))
    main = None if "currency" in by else currency_of(log, metric)
    several = main is not None and set(log.currencies) != {main}
    if main is not None:
        # a line whose currency is not told is in the main one: with others of its case, one case
        lines = lines.mutate(currency=lines.currency.fill_null(main))
    if metric.per == "line":
        rows = priced.CHECKS[metric.against](log, lines, tariff)
        if several:
            ours = _in(rows, main)
            end, value = (
                ibis.ifelse(ours, rows.end, OTHER_CURRENCY),
                ibis.ifelse(ours, rows.value, 0),
            )
            rows = rows.mutate(end=end.cast("int64"), value=value.cast("int64"))
        return rows, rows.charged_day
    names = (*by, *({cluster} if cluster else ()))
    rows = _per_case(log, metric, lines.filter(_in(lines, main)) if several else lines, names)
    if several:
        # of the other currencies each line is counted, since their lines are what is left out
        others = lines.filter(~_in(lines, main))
        none = ibis.literal(0, "int64")
        rows = rows.union(
            others.mutate(
                value=none,
                charged_day=others.charged_day.cast("int32"),
                end=ibis.literal(OTHER_CURRENCY, "int64"),
                **({"weight": none} if "weight" in rows.columns else {}),
            ).select(*rows.columns)
        )
    return rows, rows.charged_day


def currency_of(log: EventLog, metric: Any) -> str | None:
    """What the metric's money is in: the log's main currency, or the main one of those it keeps.

    What is held against rates in yuan is in yuan. None where things are counted, or where the log
    does not tell.
    """
    if metric.counting or log.charges is None or not log.currencies:
        return None
    if metric.against in IN_YUAN:
        return YUAN
    kept = metric.where.get("currency")
    return next((c for c in log.currencies if _keeps(kept, c)), None)


def _keeps(test: object, currency: str) -> bool:
    """Whether a condition on the currency lets this one pass."""
    if isinstance(test, Mapping):
        return "not" not in test or not _keeps(test["not"], currency)
    return test is None or currency in (test if isinstance(test, tuple | list) else (test,))


def _in(lines: ir.Table, currency: str) -> ir.BooleanValue:
    """Lines in this currency, or in one that is not told."""
    return (lines.currency == currency) | lines.currency.isnull()


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
        of_case += [n + FRACTION for n in of_case if n in log.fractions]
        cases = cases.select(case_="case_id", **{name: name for name in of_case})
        lines = lines.left_join(cases, lines.case_id == cases.case_).drop("case_")
    return lines


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
