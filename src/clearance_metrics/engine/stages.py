"""A clock cut at its inner milestones, case by case, as SQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..domain.as_of import AsOf
from ..domain.between import Between
from ..domain.metrics import Condition
from ..domain.sql import name, value, when, whole
from .finished import finished, grouped_by, in_periods, products
from .query import Query

if TYPE_CHECKING:
    from .log import EventLog

EARLY = "declared"  # what is done in advance: before the clock starts


def parts_of(
    log: EventLog,
    chain: tuple[str, ...],
    *,
    as_of: AsOf,
    where: Condition,
    by: tuple[str, ...] = (),
    period: str | None = None,
    between: Between | None = None,
    named: bool = False,
) -> Query:
    """A row per finished case with its parts: the stage that ends with the first milestone after
    the start as stage_1, its seconds as seconds_1, and so on; with its case_id if `named`.

    A milestone that a case lacks has the stage "" of no seconds. `whole` is the clock itself,
    `forward` whether it ends no earlier than it starts, `equal` whether its parts sum to it, and
    `lead` by how much the declaration was early, where it was (`early` is 1).
    """
    cases = finished(log, chain, as_of, where, by, between)
    cut = _cut(in_periods(log, cases, name(chain[-1]), period, as_of), chain)
    keys = [*(["case_id"] if named else []), *grouped_by(cut)]
    first, last = name(chain[0]), name(chain[-1])
    places = range(1, len(chain))
    told = {f"stage_{i}": _stage(chain[: i + 1]) for i in places}
    bounds = [*(f"bound_{i - 1}" for i in places), last]
    told |= {f"seconds_{i}": f"{bounds[i]} - {bounds[i - 1]}" for i in places}
    told |= {"whole": f"{last} - {first}", "early": "0", "lead": "0"}
    if EARLY in chain[1:-1]:
        early = f"{name(EARLY)} < {first}"
        told["early"] = when((early, 1), otherwise=0)
        told["lead"] = when((early, f"{first} - {name(EARLY)}"), otherwise=0)
    kinds = {f"stage_{i}": "text" for i in places}
    parts = cut.then("parts", told, keep=keys, kinds=kinds)
    summed = " + ".join(f"seconds_{i}" for i in places)
    checks = {"forward": "whole >= 0", "equal": f"{summed} = whole"}
    return parts.then("checked", checks, kinds=dict.fromkeys(checks, "boolean"))


def _cut(cases: Query, chain: tuple[str, ...]) -> Query:
    """The moments at which the stages begin, as bound_0, bound_1…

    Each is moved up to the latest one before it, and never beyond the end; a milestone that a case
    lacks moves nothing.
    """
    first, *inner, last = map(name, chain)
    cases = cases.then("cut_0", {"bound_0": first})
    for i, milestone in enumerate(inner, start=1):
        so_far = f"bound_{i - 1}"
        reached = f"greatest(coalesce({milestone}, {so_far}), {so_far})"
        cases = cases.then(f"cut_{i}", {f"bound_{i}": f"least({reached}, {last})"})
    return cases


def _stage(reached: tuple[str, ...]) -> str:
    """The stage that ends with the last of these, "start..stop": its start is the latest of the
    others that the case has.
    """
    first, *inner, last = reached
    tests = [f"WHEN {name(last)} IS NULL THEN ''"]
    tests += [f"WHEN {name(m)} IS NOT NULL THEN {value(f'{m}..{last}')}" for m in reversed(inner)]
    return "\n    ".join(("CASE", *tests, f"ELSE {value(f'{first}..{last}')} END"))


def count_parts(rows: Query, parts: int) -> Query:
    """Sums over the cases that have the same stages, by group and period."""
    places = range(1, parts + 1)
    keys = [*grouped_by(rows), "forward", *(f"stage_{i}" for i in places)]
    sums: Mapping[str, str] = {
        "n": "count(*)",
        "unequal": "count(*) FILTER (WHERE NOT equal)",
        **{c: whole(f"sum({c})") for c in ("whole", "early", "lead")},
        **{f"seconds_{i}": whole(f"sum(seconds_{i})") for i in places},
        **products(f"seconds_{i}" for i in places),
    }
    return rows.grouped("summed", keys, sums)


def count_seconds(rows: Query, parts: int) -> Query:
    """Cases by group, period, stage and seconds: a tally of each stage.

    Stage "" is the whole clock, stage "-" the cases left out since they end before they start.
    """
    keys, text = grouped_by(rows), {"stage": "text"}
    told = {"stage": when(("forward", value("")), otherwise=value("-"))}
    clock = rows.then("clock", told | {"seconds": "greatest(whole, 0)"}, keep=keys, kinds=text)
    each = [
        rows.then(
            f"part_{i}",
            {"stage": f"stage_{i}", "seconds": f"seconds_{i}"},
            keep=keys,
            where=["forward", f"stage_{i} <> ''"],
        )
        for i in range(1, parts + 1)
    ]
    stacked = clock.stacked("clock_and_parts", *each)
    return stacked.grouped("counted", [*keys, "stage", "seconds"], {"n": "count(*)"})
