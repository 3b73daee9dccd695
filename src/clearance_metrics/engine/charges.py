"""Charge lines: one by one, or summed and counted per case and TEU."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..domain.as_of import AsOf
from ..domain.ends import ENDED, NO_VALUE, OTHER_CURRENCY, UNKNOWN
from ..domain.instants import FRACTION
from ..domain.metrics import Fee, Metric
from ..domain.metrics.fee import DIVIDED, MILLION
from ..domain.sql import among, name, value, when, whole
from . import conditions, priced
from .cells import SUMS
from .query import Query
from .refusals import MissingColumn

if TYPE_CHECKING:
    from .log import EventLog

YUAN = "CNY"
# of a line, what a finding names
NAMED = ("line_id", "case_id", "item", "port", "bill", "currency", "charged_day", "amount_fen")
IN_YUAN = ("tariff", "pilotage", "list_rate")  # of these the reference is a rate in yuan


def fee_rows(
    log: EventLog,
    metric: Fee,
    *,
    as_of: AsOf,
    by: tuple[str, ...],
    cluster: str | None,
    tariff: Mapping,
) -> tuple[Query, str]:
    """Rows with value (hundredths of the currency), end, and the local day they are dated by;

    MissingColumn without charges.
    """
    names = (*by, *((cluster,) if cluster else ()))
    lines = lines_with(
        log, metric, as_of, (*names, *priced.CASE_COLUMNS.get(metric.against or "", ()))
    )
    # goods are worth yuan, so charges in yuan alone are a share of that
    grouped = "currency" in by and not metric.of_value
    main = None if grouped else currency_of(log, metric)
    lines = _asked(log, metric, lines, names, main, as_of.second)
    other = main if main is not None and set(log.currencies) != {main} else None
    if metric.per == "line":
        rows = priced.CHECKS[metric.against](log, lines, tariff)
        return (_in_one_currency(rows, other) if other else rows), "charged_day"
    if other is None:
        return _per_case(log, metric, lines, names), "charged_day"
    ours = f"currency = {value(other)}"
    rows = _per_case(log, metric, lines.then("in_currency", where=[ours]), names)
    # of the other currencies each line is counted, since their lines are what is left out
    told = {"value": "0", "end": str(OTHER_CURRENCY)}
    told |= {c: "0" for c in ("weight", *SUMS) if c in rows.columns}
    kept = [c for c in rows.columns if c not in told]
    others = lines.then("in_others", told, keep=kept, where=[f"NOT {ours}"])
    return rows.stacked("with_others", others), "charged_day"


def currency_of(log: EventLog, metric: Any) -> str | None:
    """What the metric's money is in: the log's main currency, or the main one of those it keeps.

    What is held against rates in yuan is in yuan. None where things are counted, or where the log
    does not tell.
    """
    if metric.counting or log.charges is None or not log.currencies:
        return None
    if metric.against in IN_YUAN or metric.of_value:
        return YUAN
    kept = metric.where.get("currency")
    return next((c for c in log.currencies if _keeps(kept, c)), None)


def _keeps(test: object, currency: str) -> bool:
    """Whether a condition on the currency lets this one pass."""
    if isinstance(test, Mapping):
        return "not" not in test or not _keeps(test["not"], currency)
    return test is None or currency in (test if isinstance(test, tuple | list) else (test,))


def lines_with(log: EventLog, metric: Metric, as_of: AsOf, keys: tuple[str, ...]) -> Query:
    """Charge lines up to `as_of`, with the case columns that the metric and its groups read beside
    them.
    """
    lines = log.charges
    if lines is None:
        raise MissingColumn("charges", log, f"log {log.name!r} has no charges table")
    until = f"charged_day <= {as_of.day}"
    of_case = sorted(c for c in {*metric.needs, *keys} if c not in lines.columns)
    if not of_case:
        return lines.then("lines", where=[until])
    # of a part, lines go by their own value: a line's case may be in another part
    cases = log.whole.case_table(frozenset(of_case), as_of.second)
    on = f"{cases.name}.case_id = {lines.name}.case_id"
    of_case += [c + FRACTION for c in of_case if c in log.fractions]
    return lines.then(
        "lines",
        {c: f"{cases.name}.{name(c)}" for c in of_case},
        kinds={c: cases.columns[c] for c in of_case},
        source=f"{lines.name} LEFT JOIN {cases.name} ON {on}",
        beside=[cases],
        where=[f"{lines.name}.{until}"],
    )


def _asked(
    log: EventLog,
    metric: Fee,
    lines: Query,
    keys: tuple[str, ...],
    main: str | None,
    as_of: int,
) -> Query:
    """The lines that the metric is about, with the columns that it reads."""
    tests = [among("item", metric.items)] if metric.items else []
    if metric.population:
        tests.append(conditions.compiled(log, metric.population, lines, as_of))
    # a line whose currency is not told is in the main one: with others of its case, one case
    told = {} if main is None else {"currency": f"coalesce(currency, {value(main)})"}
    if not tests and not told:
        return lines
    read = {*NAMED, *keys, *priced.READ[metric.against], *metric.needs}
    kept = [c for c in lines.columns if c in read]
    return lines.then("asked_lines", told, kinds={"currency": "text"}, keep=kept, where=tests)


def _in_one_currency(rows: Query, main: str) -> Query:
    """Lines in any other currency are left out, and counted as such."""
    ours = f"currency = {value(main)}"
    told = {
        "value": when((ours, "value"), otherwise=0),
        "end": when((ours, name("end")), otherwise=OTHER_CURRENCY),
    }
    return rows.then("in_currency", told)


def _per_case(log: EventLog, metric: Fee, lines: Query, keys: tuple[str, ...]) -> Query:
    """A case counts once, on the day of its first charge; boxes are whole, so TEU is a whole
    number.
    """
    counting = metric.counting
    if counting and counting not in lines.columns:
        raise MissingColumn(counting, log, f"charges of log {log.name!r}")
    names = ["case_id", *(k for k in dict.fromkeys(keys) if k != "case_id")]
    if "currency" in lines.columns and "currency" not in names and not counting:
        names.append("currency")
    summed = f"count(DISTINCT {name(counting)})" if counting else whole("sum(amount_fen)")
    sums = {"value": summed, "charged_day": "min(charged_day)"}
    told = [f"{name(counting)} IS NOT NULL"] if counting else []
    if metric.of_value:
        return _of_value(lines, names)
    if metric.per not in DIVIDED:
        return lines.grouped("per_case", names, sums | {"end": str(ENDED)}, where=told)
    column, called = DIVIDED[metric.per]
    weight = {"weight": f"max({name(column)})"}
    rows = lines.grouped("per_case", names, sums | weight, where=told)
    known = {
        "end": when(("weight > 0", ENDED), otherwise=UNKNOWN),
        "weight": whole("coalesce(weight, 0)"),
    }
    return rows.then(f"per_{called.lower()}", known)


def _of_value(lines: Query, names: list[str]) -> Query:
    """Charges of a case in millionths of what its goods are worth, to the nearest."""
    sums = {
        "paid_": whole("sum(amount_fen)"),
        "worth_": whole("max(goods_value)"),
        "charged_day": "min(charged_day)",
    }
    rows = lines.grouped("per_case", names, sums)
    known, yuan, hundreds = "worth_ > 0", "(worth_ // 100)", "(worth_ // 10000)"
    # a square of yuan has room in a whole number up to a thousand million of them
    large = (f"worth_ > {10**11}", f"{hundreds} * {hundreds}")
    square = f"({yuan} * {yuan} + 5000) // 10000"
    ends = (("worth_ IS NULL", UNKNOWN), (known, ENDED))
    told = {
        "value": when((known, f"(paid_ * {2 * MILLION} + worth_) // (2 * worth_)"), otherwise=0),
        "end": when(*ends, otherwise=NO_VALUE),
        "squared_": when(large, (known, square), otherwise=0),
        "worth_": "coalesce(worth_, 0)",
    }
    return rows.then(
        "of_value", {c: whole(text) if c != "end" else text for c, text in told.items()}
    )
