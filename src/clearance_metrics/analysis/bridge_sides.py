"""Two sides of a change, each a span of months or a condition, reduced to groups of counted
outcomes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..domain.as_of import AsOf
from ..domain.ends import BACKWARDS, ENDED, OPEN
from ..domain.metrics import Condition, Metric, Share, check_condition
from ..domain.windows import label, months
from ..engine.cells import Cell
from ..engine.log import EventLog
from ..engine.references import tariff_of
from ..engine.tally import tally
from ..errors import LogError
from ..statistics.reasons import Reason
from .stages import stage_tally

MONTHS = 'write a month "2021-06", quarter "2021-Q2", year "2021" or months ("2020-09", "2021-08")'
WRITE = (
    'write a month "2021-06", quarter "2021-Q2", year "2021", months ("2020-09", "2021-08"),'
    " or a condition {…}"
)


@dataclass(frozen=True)
class Part:
    """What is asked for on one side: months, or a condition; `words` says it in short."""

    months: frozenset[str] | None
    condition: Condition | None
    words: str


@dataclass(frozen=True, eq=False)
class Outcomes:
    """A side as entries of equal cases: group, base (1, or TEU), value in units, cases, cluster;
    and what is not in it.

    `whole` is the tally's whole value, `scale` of them a unit.
    """

    groups: tuple[tuple, ...]
    base: np.ndarray
    value: np.ndarray
    n: np.ndarray
    cluster: np.ndarray | None
    n_open: int
    left_out: tuple[tuple[int, int], ...]  # code of the cause, cases
    whole: np.ndarray
    scale: int


def part(asked: object, name: str, *, conditions: bool = True) -> Part:
    """The side that a user wrote; LogError if it is neither months nor (where `conditions` are
    taken) a condition.

    >>> sorted(part("2021-Q1", "before").months), part(("2020-12", "2021-01"), "before").words
    (['2021-01', '2021-02', '2021-03'], '2020-12..2021-01')
    """
    if isinstance(asked, Mapping) and conditions:
        condition = check_condition(asked, name)
        if not condition:
            raise LogError(f"{name} is an empty condition", name, WRITE)
        return Part(None, condition, ", ".join(f"{k}={_plain(v)}" for k, v in condition.items()))
    first = last = None
    if isinstance(asked, str):
        if found := re.fullmatch(r"(\d{4})-Q([1-4])", asked):
            year, quarter = found[1], int(found[2])
            first, last = f"{year}-{3 * quarter - 2:02}", f"{year}-{3 * quarter:02}"
        elif re.fullmatch(r"\d{4}", asked):
            first, last = f"{asked}-01", f"{asked}-12"
        else:
            first = last = asked
    elif isinstance(asked, tuple | list) and len(asked) == 2:
        first, last = asked
    month = r"\d{4}-(0[1-9]|1[0-2])"
    if not all(isinstance(m, str) and re.fullmatch(month, m) for m in (first, last)):
        if not conditions:
            raise LogError(f"{name}={asked!r} is no span of months", name, MONTHS)
        raise LogError(f"{name}={asked!r} is neither months nor a condition", name, WRITE)
    if first > last:
        what = f"{name}={asked!r} ends before it begins"
        raise LogError(what, name, "put the earlier month first")
    return Part(
        frozenset(months(first, last)),
        None,
        asked if isinstance(asked, str) else label(first, last),
    )


def _plain(value: object) -> str:
    return str(dict(value)) if isinstance(value, Mapping) else str(value)


def check_parts(log: EventLog, metric: Metric, parts: tuple[Part, Part], as_of: object) -> None:
    """LogError where the sides are of two kinds, or are conditions that share cases: a change needs
    two separate sets of cases.
    """
    before, after = parts
    if (before.months is None) != (after.months is None):
        raise LogError(
            "before and after are of two kinds",
            "before, after",
            "give months twice or conditions twice",
        )
    if before.months is not None:
        return
    # cases of the first side for which the condition of the second holds as well
    of = narrowed(metric, before.condition)
    population = dict(of.population)
    if of.is_time:
        population.setdefault(of.start, {"present": True})
    when = AsOf.of(as_of, log.timezone)
    over = "lines" if metric.reads_lines else "cases"
    asked = Share(after.condition, of=population, over=over, name="both sides")
    cells = tally(log, asked, as_of=when)
    if shared := sum(int(c.n[(c.end == ENDED) & (c.value > 0)].sum()) for c in cells):
        raise LogError(
            f"before and after share {shared} {'charge lines' if over == 'lines' else 'cases'}",
            "before, after",
            "let each case belong to one side only",
        )


def overlap(parts: tuple[Part, Part]) -> Reason | None:
    """Why nothing can be said where months stand on both sides: a change needs two of cases.

    >>> overlap((part("2021", "before"), part("2021-Q4", "after"))).code
    'bridge.overlap'
    """
    before, after = (p.months for p in parts)
    shared = (before & after) if before and after else ()
    if not shared:
        return None
    spans = [
        Reason("figure.span", first=min(m), last=max(m)) if len(m) > 1 else min(m)
        for m in (before, after)
        if m
    ]
    return Reason("bridge.overlap", n=len(shared), before=spans[0], after=spans[1])


def narrowed(metric: Metric, condition: Condition | None) -> Metric:
    """The metric with a further condition on its population."""
    if condition is None:
        return metric
    if both := set(metric.population) & set(condition):
        what = f"the metric's own condition already speaks of {sorted(both)[0]!r}"
        raise LogError(what, "before, after", "leave it out of the metric")
    return metric.narrowed(condition)


def gathered(
    log: EventLog,
    metric: Metric,
    parts: tuple[Part, Part],
    by: tuple[str, ...],
    as_of: object,
    cluster: str | None,
) -> tuple[Outcomes, Outcomes]:
    """Both sides' outcomes by group: one engine query for months, two for conditions."""
    when = AsOf.of(as_of, log.timezone)

    def asked(condition: Condition | None, period: str | None) -> tuple[Cell, ...]:
        return tally(
            log,
            narrowed(metric, condition),
            as_of=when,
            by=by,
            period=period,
            cluster=cluster,
            tariff=tariff_of(metric),
        )

    if parts[0].months is None:
        one, two = (_outcomes(metric, asked(p.condition, None)) for p in parts)
    else:
        cells = asked(None, "month")
        one, two = (_outcomes(metric, [c for c in cells if c.period in p.months]) for p in parts)
    return one, two


def _outcomes(metric: Metric, cells: Sequence[Cell]) -> Outcomes:
    steps = metric.steps
    groups, base, value, n, cluster, whole = [], [], [], [], [], []
    n_open = 0
    left: dict[int, int] = {}
    for cell in cells:
        kept = (cell.end == ENDED) & (cell.n > 0)
        n_open += int(cell.n[cell.end == OPEN].sum())
        for code, count in cell.left_out:
            left[code] = left.get(code, 0) + count
        groups += [cell.group] * int(kept.sum())
        base.append(
            np.ones(kept.sum()) if cell.weight is None else cell.weight[kept].astype("float64")
        )
        value.append(cell.total[kept] / cell.n[kept] / steps)
        n.append(cell.n[kept])
        whole.append(cell.value[kept])
        cluster.append(None if cell.cluster is None else cell.cluster[kept])
    clustered = bool(cells) and cells[0].cluster is not None
    base, value = (np.concatenate(x) if x else np.array([]) for x in (base, value))
    n, whole = (
        np.concatenate(x).astype("int64") if x else np.array([], "int64") for x in (n, whole)
    )
    return Outcomes(
        tuple(groups),
        base,
        value,
        n,
        np.concatenate(cluster) if clustered else None,
        n_open,
        tuple(left.items()),
        whole,
        metric.scale,
    )


def gathered_stages(
    log: EventLog,
    metric: Metric,
    chain: tuple[str, ...],
    parts: tuple[Part, Part],
    by: tuple[str, ...],
    as_of: object,
) -> dict[str, tuple[Outcomes, Outcomes]]:
    """Both sides' outcomes by stage, a case without a stage counting zero in it; "" is the whole
    clock.
    """
    sides = []
    for p in parts:
        period = None if p.months is None else "month"
        where = narrowed(metric, p.condition).population
        rows = stage_tally(log, chain, as_of=as_of, where=where, by=by, period=period)
        sides.append([r for r in rows if p.months is None or r["period"] in p.months])
    place = {name: i for i, name in enumerate(chain)}

    def order(stage: str) -> tuple:
        start, stop = stage.split("..") if stage else (chain[0], chain[-1])
        return bool(stage), place[stop] - place[start], place[start]

    stages = sorted({r["stage"] for side in sides for r in side} - {"-"} | {""}, key=order)
    made = [_by_stage(rows, len(by)) for rows in sides]
    return {s: (_staged(made[0], s), _staged(made[1], s)) for s in stages}


def _by_stage(rows: list[dict], factors: int) -> dict[str, list[tuple[tuple, int, int]]]:
    """Group, seconds and cases of each stage, in the order of the rows."""
    names = [f"by_{i}" for i in range(factors)]
    found: dict[str, list[tuple[tuple, int, int]]] = {}
    for row in rows:
        group = tuple(row[name] for name in names)
        found.setdefault(row["stage"], []).append((group, row["seconds"], row["n"]))
    return found


def _staged(rows: dict[str, list[tuple[tuple, int, int]]], stage: str) -> Outcomes:
    backwards = sum(n for _, _, n in rows.get("-", ()))
    missing: dict[tuple, int] = {}
    for group, _, n in rows.get("", ()):
        missing[group] = missing.get(group, 0) + n
    found = list(rows.get(stage, ()))
    for group, _, n in found:
        missing[group] -= n
    found += [(g, 0, n) for g, n in missing.items() if n]
    groups, seconds, n = zip(*found, strict=True) if found else ((), (), ())
    left = ((BACKWARDS, backwards),) if backwards else ()
    whole, n = np.array(seconds, "int64"), np.array(n, "int64")
    return Outcomes(tuple(groups), np.ones(len(n)), whole / 3600, n, None, 0, left, whole, 3600)


__all__ = [
    "Outcomes",
    "Part",
    "check_parts",
    "gathered",
    "gathered_stages",
    "narrowed",
    "overlap",
    "part",
]
