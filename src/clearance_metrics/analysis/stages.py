"""Where the time goes: a clock cut at its inner milestones into stages that sum to it, by case.

A missing inner milestone joins its two stages into one with a label of its own. A milestone that
lies before the one ahead of it (declared before arrival) makes its stage zero; what it was early by
is the advance lead, told apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from operator import itemgetter
from typing import Any

from ..domain.arguments import brief, check_groups, check_level, names_of
from ..domain.as_of import AsOf
from ..domain.between import Between
from ..domain.metrics import Condition, Duration, check_condition
from ..domain.sql import value
from ..engine.asking import asked_of_log
from ..engine.cells import check_period, period_name
from ..engine.log import EventLog
from ..engine.query import Query
from ..engine.stages import count_parts, count_seconds, parts_of
from ..errors import LogError
from .cases import Cases, cases_of_part
from .parts import intervals, plainly
from .stage_records import StageRow, Stages

# the official four-stage splits
SPLITS = {
    "import": ("conveyance_arrived", "discharged", "declared", "customs_released", "gate_out"),
    "export": ("gate_in", "declared", "customs_released", "loaded", "departed"),
}


@asked_of_log
def stages(
    log: EventLog,
    milestones: str | tuple[str, ...],
    *,
    as_of: object = None,
    where: Condition | None = None,
    by: str | Iterable[str] = (),
    period: str | None = None,
    between: Any = None,
    level: float = 0.95,
) -> Stages:
    """Mean hours per stage of finished cases, dated by their end; `milestones` in order, or
    "import" or "export". `between`: first and last day, as of `measure`.

    Cases whose end lies before their start are left out and counted. Seconds are whole and sums
    exact; means have t intervals at `level`, shares those of a ratio of sums. `.cases(row)` lists
    the cases of a stage, the longest first. Source: the National Port Office's survey of 2017.

    >>> import polars as pl
    >>> events = pl.DataFrame({"case_id": ["a"] * 3 + ["b"] * 2, "time": [0, 3600, 10800, 0, 7200],
    ...     "milestone": ["gate_in", "declared", "departed", "gate_in", "departed"]})
    >>> found = stages(EventLog(events), ("gate_in", "declared", "departed"), as_of="1970-01-02")
    >>> for row in found:
    ...     print(row.stage, row.mean, row.n)
    gate_in..declared 0.5 1
    declared..departed 1.0 1
    gate_in..departed 1.0 1
    """
    by = names_of(by)
    check_groups(by, reserved=StageRow.own_names())
    check_period(period)
    check_level(level)
    chain = _chain(milestones)
    span = Between.of(between)
    cut = _cut(log, chain, as_of=as_of, where=where, by=by, period=period, between=span)
    told = _rows(log, count_parts(*cut), period)
    found = _gathered(told, by, chain, cut[1], str(as_of), level)
    asked: dict[str, Any] = {"where": where, "by": by, "between": span}
    behind = partial(_cases, log, chain, as_of=as_of, period=period, cut=asked)
    said = plainly(check_condition(where, "where of stages"))
    return found._with(_where=said, _ends=(chain[0], chain[-1]), _behind=behind)


def _cases(
    log: EventLog,
    chain: tuple[str, ...],
    row: StageRow,
    *,
    as_of: object,
    period: str | None,
    cut: Mapping[str, Any],
    **asked: Any,
) -> Cases:
    """The cases that have the stage of a row, the longest first."""
    there = _there(log, chain)
    rows, _ = _cut(log, chain, as_of=as_of, period=period, named=True, **cut)
    start, stop = row.stage.split("..")
    place = there.index(stop)
    has_it = f"forward AND stage_{place} = {value(row.stage)}"
    clock, when = Duration(start, stop), AsOf.of(as_of, log.timezone)
    more: dict[str, Any] = {"as_of": when, "period": period, **asked}
    return cases_of_part(log, clock, row, rows, f"seconds_{place}", has_it, **more)


def _there(log: EventLog, chain: tuple[str, ...]) -> tuple[str, ...]:
    """The chain without inner milestones that the log lacks."""
    return (chain[0], *(m for m in chain[1:-1] if m in log.milestones), chain[-1])


def stage_tally(
    log: EventLog,
    milestones: str | tuple[str, ...],
    *,
    as_of: object,
    where: Condition | None,
    by: tuple[str, ...],
    period: str | None,
) -> list[dict]:
    """Counts by group, period, stage and seconds: one engine query.

    Stage "" is the whole clock, stage "-" the cases left out since they end before they start.
    """
    chain = _chain(milestones)
    cut = _cut(log, chain, as_of=as_of, where=where, by=by, period=period)
    told = _rows(log, count_seconds(*cut), period)
    # sums of fractions must not hang on the order in which the engine's threads answer
    keys = [f"by_{i}" for i in range(len(by))] + (["period"] if period else [])
    parts = (map(str, map(itemgetter(key), told)) for key in (*keys, "stage", "seconds"))
    order = sorted(zip(zip(*parts, strict=True), range(len(told)), strict=True))
    return [told[place] for _, place in order]


def _chain(milestones: str | tuple[str, ...]) -> tuple[str, ...]:
    chain: tuple[Any, ...] = tuple(milestones) if isinstance(milestones, list | tuple) else ()
    chain = SPLITS.get(milestones, ()) if isinstance(milestones, str) else chain
    names = {name for name in chain if isinstance(name, str)}
    if len(chain) < 2 or len(names) < len(chain):
        raise LogError(
            f"{brief(milestones)} is no chain of milestones",
            "stages",
            'write "import", "export" or two and more names',
        )
    return chain


def _cut(
    log: EventLog,
    chain: tuple[str, ...],
    *,
    as_of: object,
    where: Condition | None,
    by: tuple[str, ...],
    period: str | None,
    between: Between | None = None,
    named: bool = False,
) -> tuple[Query, int]:
    """A row per finished case with its parts, and how many parts there are: an inner milestone that
    the log lacks makes none.
    """
    where = check_condition(where, "where of stages")
    when = AsOf.of(as_of, log.timezone)
    there = _there(log, chain)
    asked: dict[str, Any] = {"where": where, "by": by, "period": period, "between": between}
    rows = parts_of(log, there, as_of=when, named=named, **asked)
    return rows, len(there) - 1


def _rows(log: EventLog, counted: Query, period: str | None) -> list[dict]:
    """The engine's answer with periods by name."""
    told = log.rows_of(counted).to_pylist()
    names = {number: period_name(number, period) for number in {r.get("period") for r in told}}
    return [row | {"period": names[row.get("period")]} for row in told]


def _gathered(
    told: list[dict], by: tuple, chain: tuple, parts: int, as_of: str, level: float
) -> Stages:
    kept = [row for row in told if row["forward"]]
    whole: dict = {}
    found: dict = {}
    for row in kept:
        key = (*(row[f"by_{i}"] for i in range(len(by))), row["period"])
        entry = whole.setdefault(key, [0, 0, 0])
        for place, column in enumerate(("n", "whole", "whole_by_whole")):
            entry[place] += int(row[column])
        for i in range(1, parts + 1):
            if label := row[f"stage_{i}"]:
                stage = found.setdefault((key, label), [0, 0, 0, 0])
                part = f"seconds_{i}"
                sums = ("n", part, f"{part}_by_{part}", f"{part}_by_whole")
                for place, column in enumerate(sums):
                    stage[place] += int(row[column])
    position = {name: i for i, name in enumerate(chain)}

    def order(item: tuple) -> tuple:
        key, label = item[0]
        start, stop = label.split("..")
        return tuple(str(k) for k in key), position[stop] - position[start], position[start]

    rows = []
    for (key, label), (n, seconds, squares, cross) in sorted(found.items(), key=order):
        cases, total, total_squares = whole[key]
        start, stop = label.split("..")
        rows.append(
            StageRow(
                groups=tuple(zip(by, key[:-1], strict=True)),
                period=key[-1],
                stage=label,
                combined=position[stop] - position[start] > 1,
                mean=seconds / 3600 / cases,
                share=seconds / total if total else None,
                **intervals(cases, (seconds, squares, cross), (total, total_squares), level),
                n=n,
                cases=cases,
                seconds=seconds,
            )
        )
    early = sum(int(r["early"]) for r in kept)
    return Stages(
        rows=tuple(rows),
        as_of=as_of,
        finished=sum(r["n"] for r in kept),
        unequal=sum(int(r["unequal"]) for r in kept),
        left_out=sum(r["n"] for r in told if not r["forward"]),
        advance_cases=early,
        advance_lead=sum(int(r["lead"]) for r in kept) / 3600 / early if early else None,
    )
