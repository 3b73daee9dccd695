"""One row per case with the milestones and attributes that a question needs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from ..domain.instants import FRACTION
from ..domain.sql import every, name, value
from ..domain.zones import zone
from .limits import LIMIT, with_limits
from .query import Query
from .refusals import MissingColumn

if TYPE_CHECKING:
    from .log import EventLog

DAY_SUFFIX = "__day"
# of the case's first event, where milestones are cut by month
MONTH = "month"


def case_rows(
    log: EventLog,
    needed: frozenset[str],
    as_of: int | None,
    where: Iterable[str],
    every_case: bool,
) -> Query:
    """See `EventLog.case_table`."""
    if LIMIT in needed and LIMIT not in log.columns and log.limits is not None:
        return with_limits(log, log.limits, needed, as_of)
    absent = sorted(n for n in needed if n not in log.milestones and n not in log.columns)
    if absent:
        raise MissingColumn(absent[0], log)
    times = [n for n in sorted(needed) if n in log.milestones]
    flags = [n + DAY_SUFFIX for n in times if n in log.date_only]
    flags += [n + FRACTION for n in times if n in log.fractions]
    facts = [n for n in sorted(needed) if n not in log.milestones]
    tests, later = list(where), []
    if facts and not times:
        return log.cases_table.then("known", keep=["case_id", *facts], where=tests)
    # what needs no attributes is read where the milestones of every case are, known or not
    table = (log.wide_table if facts else None) or log.milestones_table
    if as_of is not None and times and MONTH in table.columns and not every_case:
        day = datetime.fromtimestamp(as_of, zone(log.timezone))
        later = [f"{MONTH} <= {value(f'{day:%Y-%m}')}"]
    known = {} if as_of is None else {t: until(name(t), as_of) for t in times}
    if log.wide_table is not None or not facts:
        kept = ["case_id", *facts, *(t for t in times if t not in known), *flags]
        return table.then("known", known, keep=kept, where=[*tests, *later])
    # the two tables are joined
    kept = log.cases_table.then("attributes", keep=["case_id", *facts], where=tests)
    told = {f"{c}": f"milestones.{name(c)}" for c in (*times, *flags)}
    told |= {t: until(told[t], as_of) for t in known}
    on = every([f"milestones.case_id = {kept.name}.case_id", *later])
    return kept.then(
        "known",
        told,
        kinds={c: table.columns[c] for c in told},
        source=f"{kept.name} LEFT JOIN milestones ON {on}",
        beside=[log.milestones_table],
    )


def until(time: str, as_of: int) -> str:
    """A milestone that had not yet been reached at `as_of` (epoch seconds) is not there.

    >>> until("released", 1672502399)
    'CASE WHEN released <= 1672502399 THEN released END'
    """
    return f"CASE WHEN {time} <= {as_of} THEN {time} END"
