"""Amounts that are paid later, times the days until then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..domain.ends import ENDED, NOT_YET, UNKNOWN
from ..domain.metrics import Deferral
from ..domain.sql import name, when, whole
from ..errors import LogError
from . import conditions
from .days import local_day
from .query import Query

if TYPE_CHECKING:
    from .log import EventLog


def _check_money(log: EventLog, amount: str, cases: Query) -> None:
    """LogError for a column that is no money; one of the log's own must hold whole numbers."""
    words, kind = log.vocabulary.columns, cases.columns.get(amount)
    told = words[amount].type == "amount" if amount in words else kind == "integer"
    if amount in log.columns and told and kind in ("integer", "number"):
        return
    known = [c for c in log.columns if c in words and words[c].type == "amount"]
    remedy = "name a column of cases that holds whole fen"
    if known:
        remedy = f"name a column of cases that holds whole fen, such as {', '.join(known)}"
    raise LogError(f"{amount!r} is no amount of money", "amount", remedy)


def deferrals(log: EventLog, metric: Deferral, cases: Query, as_of: int) -> tuple[Query, str]:
    """A row per case that began: its amount in fen times days, and the day of its stop as SQL."""
    _check_money(log, metric.amount, cases)
    begin, finish, amount = (name(n) for n in (metric.start, metric.stop, metric.amount))
    told, known = {}, []
    if metric.where:
        told = {"asked_": conditions.compiled(log, metric.population, cases, as_of)}
        known = ["asked_ IS NULL"]
    asked = cases.then("asked", told, kinds={"asked_": "boolean"})
    kept = [f"{begin} IS NOT NULL", *(["coalesce(asked_, TRUE)"] if metric.where else [])]
    days = {
        "start_day": local_day(begin, log.shifts),
        "finish_day": local_day(finish, log.shifts),
    }
    dated = asked.then("dated_cases", days, where=kept)
    ends = [(f"{finish} IS NULL", NOT_YET), *((test, UNKNOWN) for test in known)]
    ends.append((f"{amount} IS NULL", UNKNOWN))
    later = f"{finish} IS NOT NULL AND {amount} IS NOT NULL AND finish_day > start_day"
    value = whole(f"{amount} * (finish_day - start_day)")
    rows = dated.then(
        "deferred",
        {"end": when(*ends, otherwise=ENDED), "value": when((later, value), otherwise=0)},
    )
    return rows, "finish_day"
