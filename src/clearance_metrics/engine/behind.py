"""The cases behind a figure: the rows that a tally counted, one by one, and their milestones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..domain.as_of import AsOf
from ..domain.between import Between
from ..domain.ends import ENDED, OPEN
from ..domain.metrics import Metric
from ..domain.sql import among, name, value
from ..errors import LogError
from .case_rows import DAY_SUFFIX
from .cells import period_number
from .query import Query
from .tally import outcomes

if TYPE_CHECKING:
    from .log import EventLog

WHICH = {
    "all": f'"end" >= {OPEN}',
    "open": f'"end" = {OPEN}',
    "finished": f'"end" >= {ENDED}',
    "left_out": f'"end" < {OPEN}',
}
NAMED = ("case_id", "line_id")
Groups = tuple[tuple[str, object], ...]


def rows_behind(
    log: EventLog,
    metric: Metric,
    *,
    as_of: AsOf,
    groups: Groups,
    period: tuple[str | None, str | None],
    between: Between | None,
    tariff: Mapping,
    which: str,
    above: float | None,
    rising: bool,
    limit: int,
    case: str | None = None,
) -> list[dict[str, Any]]:
    """The rows of one group and period, the largest value first (`rising`: the least): case_id,
    line_id where lines are counted, value in steps of the tally, end. `above` keeps larger values.
    `period` is the kind of period with its name; `case` the only one to be listed.
    """
    if metric.distinct:
        what = f"{metric.name} counts values of a column, no cases"
        raise LogError(what, "cases", "ask for a metric of cases")
    by = tuple(column for column, _ in groups)
    rows = outcomes(
        log, metric, as_of=as_of, by=by, period=period[0], tariff=tariff, between=between
    )
    tests = [WHICH[which], *([f"value > {above!r}"] if above is not None else [])]
    tests += in_group(groups, period)
    if case is not None:
        tests.append(f"{name('case_id')} = {value(case)}")
    kept = [c for c in (*NAMED, "value", "end") if c in rows.columns]
    order = [f"value {'ASC' if rising else 'DESC'}", *(c for c in NAMED if c in kept)]
    asked = rows.then("behind", keep=kept, where=tests, order=order, limit=limit)
    return log.rows_of(asked).to_pylist()


def parts_behind(
    log: EventLog,
    rows: Query,
    seconds: str,
    tests: Iterable[str],
    *,
    groups: Groups,
    period: tuple[str | None, str | None],
    limit: int,
) -> list[dict[str, Any]]:
    """The cases of one group and period of parts, the longest `seconds` (an expression) first."""
    kept = [*tests, *in_group(groups, period)]
    told = {"value": seconds}
    order = ["value DESC", "case_id"]
    asked = rows.then("behind", told, keep=["case_id"], where=kept, order=order, limit=limit)
    return log.rows_of(asked).to_pylist()


def in_group(groups: Groups, period: tuple[str | None, str | None]) -> list[str]:
    """The tests that keep the rows of a group and of a period, by its kind and name."""
    kind, called = period
    tests = [
        f"by_{i} IS NULL" if group is None else f"by_{i} = {value(group)}"
        for i, (_, group) in enumerate(groups)
    ]
    if kind is not None and called is not None:
        tests.append(f"period = {period_number(called, kind)}")
    return tests


def times_of(
    log: EventLog, cases: Iterable[str], as_of: AsOf
) -> dict[object, list[tuple[str, int, bool]]]:
    """Of each of these cases its milestones in time: name, epoch second, and whether only the day
    is known.
    """
    ids = list(dict.fromkeys(cases))
    if not ids:
        return {}
    table = log.case_table(
        log.milestones, as_of.second, [among(name("case_id"), ids)], every_case=True
    )
    found: dict[object, list[tuple[str, int, bool]]] = {}
    for row in log.rows_of(table, aside=True).to_pylist():
        told = [
            (milestone, int(row[milestone]), bool(row.get(milestone + DAY_SUFFIX)))
            for milestone in log.milestones
            if row[milestone] is not None
        ]
        found[row["case_id"]] = sorted(told, key=lambda step: (step[1], step[0]))
    return found
