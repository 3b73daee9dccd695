"""Whose time it is: a clock split, on each instant, by the party that had to act for the case to go
on: government, trader, terminal and carrier, several at once, or nobody known.

Which stage and hold belongs to whom is data (`domain/milestones.toml`), which a dataset or a notice
may say otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from ..domain.arguments import check_groups, check_level, names_of
from ..domain.as_of import AsOf
from ..domain.between import Between
from ..domain.metrics import Condition, Duration, check_condition
from ..domain.parties import PARTS, Plan, plan_of
from ..domain.parties import told as told_of
from ..engine.asking import asked_of_log
from ..engine.cells import check_period, period_name
from ..engine.log import EventLog
from ..engine.parties import cases_of_parties, time_of_parties
from ..engine.refusals import MissingColumn
from ..errors import LogError
from .cases import Cases, cases_of_part
from .holds import split_clock
from .parts import HOUR, intervals
from .party_records import Parties, PartyRow

FINISHED, BACKWARDS, OPEN, NO_START = "finished", "backwards", "open", "no_start"


@asked_of_log
def parties(
    log: EventLog,
    clock: Any,
    *,
    as_of: object = None,
    where: Condition | None = None,
    by: str | Iterable[str] = (),
    period: str | None = None,
    between: Any = None,
    notice: Any = None,
    level: float = 0.95,
) -> Parties:
    """Mean hours of finished cases, dated by their end, and their share, by who had to act; `clock`
    a Duration, a name, a pair of milestones, or an indicator. `between`: first and last day, as of
    `measure`.

    A stage belongs to the party that must act until its milestone is reached; where milestones came
    out of their order, several stages run at once. A hold takes the place of the stage that it
    suspends; of one whose end the log never has nobody knows whose time follows. Where two parties
    had to act the time is of "several"; where a milestone is missing between stages of two parties,
    or somebody unknown had to act, it is "unknown". On every case
    the five parts are whole seconds, none negative, and sum to the clock. Cases that end before
    they start are left out and counted: nobody waited in them. Means have t intervals, shares those
    of a ratio of sums. A `notice` with a table [parties] goes before the log's own. `.cases(row)`
    lists the cases of a party, the longest first. LogError for unknown names and clocks whose
    stages nobody told, MissingColumn for milestones that the log lacks. Source: WCO Time Release
    Study guide, version 4 (2025): time by the party that holds the goods.

    >>> import polars as pl
    >>> hours = {"conveyance_arrived": 0, "discharged": 2, "declared": 6, "query_raised": 7,
    ...     "query_answered": 9, "customs_released": 12}
    >>> events = pl.DataFrame({"case_id": ["a"] * 6, "milestone": list(hours),
    ...     "time": [3600 * h for h in hours.values()]})
    >>> cases = pl.DataFrame({"case_id": ["a"], "kind": ["import"]})
    >>> found = parties(EventLog(events, cases), "import_overall", as_of="1970-01-02")
    >>> [(row.party, row.mean) for row in found]
    [('government', 4.0), ('trader', 6.0), ('terminal', 2.0), ('several', 0.0), ('unknown', 0.0)]
    """
    by = names_of(by)
    check_groups(by, reserved=PartyRow.own_names())
    check_period(period)
    check_level(level)
    where = check_condition(where, "where of parties")
    asked, where, said = split_clock(log, clock, where, "parties")
    kind = str(where.get("kind", ""))
    plan = plan_in(log, asked.start, asked.stop, kind, getattr(notice, "parties", {}))
    about: dict[str, Any] = {"as_of": AsOf.of(as_of, log.timezone), "where": where, "by": by}
    about |= {"period": period, "between": Between.of(between)}
    told = log.rows_of(time_of_parties(log, plan, **about)).to_pylist()
    rows = [row | {"period": period_name(row.get("period"), period)} for row in told]
    found = _gathered(rows, by, plan, str(as_of), level)
    behind = partial(_cases, log, plan, about)
    return found._with(_where=said, _named=asked.label, _behind=behind)


def plan_in(log: EventLog, start: str, stop: str, kind: str, more: Mapping) -> Plan:
    """The stages of a clock in this log; LogError where nobody told any."""
    words = log.vocabulary.belonging(more) if more else log.vocabulary
    for end in (start, stop):
        if end not in log.milestones:
            raise MissingColumn(end, log)
    plan = plan_of(words, start, stop, log.milestones, kind)
    if not plan.stages:
        ends = sorted({name for rows in words.stages.values() for name in rows})
        what = f"nobody says who must act until {stop!r}"
        raise LogError(what, "parties", f"ask for a clock that stops at one of: {', '.join(ends)}")
    return plan


def _cases(
    log: EventLog, plan: Plan, about: Mapping[str, Any], row: PartyRow, **asked: Any
) -> Cases:
    """The cases with time of the party of a row, the longest first."""
    rows = cases_of_parties(log, plan, **about)
    told: dict[str, Any] = {"as_of": about["as_of"], "period": about["period"], **asked}
    there = f"forward AND {row.party} > 0"
    return cases_of_part(log, Duration(plan.start, plan.stop), row, rows, row.party, there, **told)


def _gathered(told: list[dict], by: tuple, plan: Plan, as_of: str, level: float) -> Parties:
    groups: dict[tuple, dict] = {}
    opened: dict[tuple, int] = {}
    for row in told:
        group = tuple(row[f"by_{i}"] for i in range(len(by)))
        if row["state"] == FINISHED:
            groups[*group, row["period"]] = row
        elif row["state"] == OPEN:
            opened[group] = row["n"]
    rows = [
        _row(
            groups[key],
            party,
            tuple(zip(by, key[:-1], strict=True)),
            opened.get(key[:-1], 0),
            level,
        )
        for key in sorted(groups, key=lambda k: tuple((v is None, str(v)) for v in k))
        for party in PARTS
    ]

    def count(column: str, *states: str) -> int:
        return sum(int(row[column]) for row in told if row["state"] in states)

    back = count("n", BACKWARDS)
    return Parties(
        rows=tuple(rows),
        as_of=as_of,
        clock=f"{plan.start}..{plan.stop}",
        finished=count("n", FINISHED),
        unequal=count("unequal", FINISHED),
        left_out=back,
        ahead=-count("whole", BACKWARDS) / HOUR / back if back else None,
        n_open=count("n", OPEN),
        no_start=count("n", NO_START),
        lacking=count("n_lacks", FINISHED),
        swapped=count("n_swapped", FINISHED),
        not_known=count("n_lost", FINISHED),
        date_only=count("coarse", FINISHED),
        absent=plan.lacking,
        endless=plan.endless,
        belonging=tuple(told_of(plan)),
    )


def _row(row: Mapping[str, Any], party: str, groups: tuple, n_open: int, level: float) -> PartyRow:
    """One part of a group, with its intervals."""
    n, seconds, whole = int(row["n"]), int(row[party]), int(row["whole"])
    squares, cross = int(row[f"{party}_by_{party}"]), int(row[f"{party}_by_whole"])
    wholes = (whole, int(row["whole_by_whole"]))
    return PartyRow(
        groups=groups,
        period=row["period"],
        party=party,
        mean=seconds / n / HOUR,
        share=seconds / whole if whole > 0 else None,
        **intervals(n, (seconds, squares, cross), wholes, level),
        n=int(row[f"n_{party}"]),
        cases=n,
        n_open=n_open,
        seconds=seconds,
    )
