"""What every check of charge lines does: find what is in force, compare, and name what it found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from ...domain.ends import ENDED
from ...domain.sql import name, when, whole
from ..query import Query
from ..refusals import MissingColumn

if TYPE_CHECKING:
    from ..log import EventLog

# the log, its lines, and the rates that they are held against by name
Check = Callable[["EventLog", Query, Mapping], Query]
NONE = whole("NULL")
TARIFF_PORT = "tariff_port"  # under which name the rates know the port of a line


def needed(log: EventLog, lines: Query, *names: str) -> None:
    """MissingColumn for the first of these columns that the charge lines lack."""
    for column in names:
        if column not in lines.columns:
            raise MissingColumn(column, log, f"charges of log {log.name!r}")


def ruled(lines: Query) -> Query:
    """The lines with the port of each as the rates name it, where the log tells it apart."""
    if TARIFF_PORT not in lines.columns:
        return lines
    told = {TARIFF_PORT: f"coalesce({TARIFF_PORT}, port)"}
    return lines.then("ruled", told, kinds={TARIFF_PORT: "text"})


def ruled_port(lines: Query) -> str:
    """The column of `ruled` lines that the ports of the rates are held against."""
    return TARIFF_PORT if TARIFF_PORT in lines.columns else "port"


def same(left: Query, right: Query, *names: str) -> list[str]:
    """The tests that join two steps by columns of equal names."""
    return [f"{right.name}.{name(n)} = {left.name}.{name(n)}" for n in names]


def join(how: str, right: Query, tests: Iterable[str]) -> str:
    """One more step that is joined, a line per test."""
    return f"\n{how} {right.name} ON " + "\n  AND ".join(tests)


def in_force(lines: Query, rates: Query) -> str:
    """The test that a rate is in force on the day of a line; its last day is included."""
    span = f"{rates.name}.from_day AND {rates.name}.to_day"
    return f"{lines.name}.charged_day BETWEEN {span}"


def asked_of(lines: Query, *names: str) -> Query:
    """What is asked of a price list: each combination of names and day once, however many lines
    share it.
    """
    return lines.then("asked", keep=[*names, "charged_day"], distinct=True)


def odd(lines: Query) -> list[str]:
    """Nothing can be held against a rate in yuan without a quantity, or in another currency: tests,
    any of which a line fails by.
    """
    tests = ["quantity IS NULL", "quantity < 1"]
    return [*tests, "currency <> 'CNY'"] if "currency" in lines.columns else tests


def divided(rows: Query, price: str, by: int) -> str:
    """A price that was multiplied by a factor, in whole fen; none is below zero."""
    # a column of whole numbers with gaps may come as one of decimal numbers
    if rows.columns["quantity"] == "integer":
        return f"{price} // {by}"
    return whole(f"floor({price} / {by})")


def judged(
    rows: Query,
    ends: Iterable[tuple[str, int]],
    excess: str,
    *,
    rule: str,
    rate: str = NONE,
    limit: str = NONE,
    waived: str = NONE,
    line: str = NONE,
) -> Query:
    """How each line stands, and what lies above the reference: only that is money; a charge below
    it is no credit for another. `rate` is the `limit` less the permille that is `waived`.
    """
    told = {
        "end": _told(list(ends)),
        "excess_fen": excess,
        "rule": rule,
        "rate": rate,
        "limit_fen": limit,
        "waived": waived,
        "tariff_line": line,
    }
    compared = rows.then("compared", told, kinds={"rule": "text"})
    above = f"{name('end')} = {ENDED} AND excess_fen > 0"
    return compared.then("judged", {"value": whole(when((above, "excess_fen"), otherwise=0))})


def _told(ends: list[tuple[str, int]]) -> str:
    """The code of the first test that holds, a line per test."""
    if len(ends) < 2:
        return when(*ends, otherwise=ENDED) if ends else str(ENDED)
    lines = [f"WHEN {test} THEN {code}" for test, code in ends]
    return "\n    ".join(["CASE", *lines, f"ELSE {ENDED}"]) + "\n  END"
