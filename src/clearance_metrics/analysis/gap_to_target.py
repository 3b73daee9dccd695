"""gap_to_target(): which groups and stages stand between a mean and its target, and what the
slowest tenth costs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from ..domain.arguments import check_groups, check_level, check_number
from ..domain.as_of import AsOf
from ..domain.calendars import WorkCalendar
from ..domain.metrics import Duration
from ..domain.windows import label, months
from ..engine.log import EventLog
from ..engine.tally import tally
from ..errors import LogError
from ..results.table import ResultTable
from ..statistics import Sample
from ..statistics.shortfall import Tail, parts_of_gap, slowest_tenth
from .doubts import found_doubts
from .estimates import estimate, pooled, sample_of
from .stages import SPLITS, stages

MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class GapRow:
    """A group's part of mean less target, or a stage's part of the mean, in units.

    Parts of groups add up to the gap, parts of stages to the mean; `share` is of that sum.

    `alone`: by how much its mean would have to fall to close the gap by itself, None where the
    target is met; `fall` is that as a share of its mean, and over 1 where it cannot.
    """

    groups: tuple[tuple[str, object], ...]
    mean: float
    n: int
    part: float
    low: float | None
    high: float | None
    share: float
    alone: float | None
    fall: float | None

    def to_dict(self) -> dict[str, object]:
        """A flat record."""
        record = {
            name: getattr(self, name) for name in self.__dataclass_fields__ if name != "groups"
        }
        return dict(self.groups) | record


@dataclass(frozen=True, repr=False)
class GapToTarget(ResultTable):
    """What `gap_to_target` answers: rows by size of their part;

    `tail` says what the slowest tenth of cases costs.
    """

    rows: tuple[GapRow, ...]
    metric: str
    period: str
    target: float
    mean: float | None
    low: float | None
    high: float | None
    gap: float | None
    n: int
    tail: Tail | None
    note: str
    shown = ("mean", "n", "part", "low", "high", "share", "alone", "fall")

    def __repr__(self) -> str:
        if self.mean is None:
            return f"{self.metric}, {self.period}: {self.note}"
        head = f"{self.metric}, {self.period}: mean {self.mean:.2f}, target {self.target:g}, gap {self.gap:+.2f}"
        head += f", n {self.n:,}"
        tail = self.tail
        told = f"\nthe slowest tenth (from {tail.begins:g}) takes {100 * tail.share_of_time:.0f} % of all time; "
        told += f"no slower than the rest, the mean were {tail.capped_mean:.2f}"
        return f"{head}\n{self}{told}"


def gap_to_target(
    log: EventLog,
    duration: Duration,
    target: float,
    *,
    by: str | Iterable[str],
    window: tuple[str, str],
    as_of,
    level: float = 0.95,
    calendar: WorkCalendar | None = None,
) -> GapToTarget:
    """The contribution table of a mean against its target, over finished cases of the months
    `window`, by their end.

    The part of a group is n_g (m_g - h) / n. With `by="stage"` a clock of hours that has an
    official split is cut into its stages: a stage's part is its own mean, so that parts add up to
    the mean and not to the gap, and `alone` says how much of it would have to go. LogError for a
    clock of days, one that pauses, and one without inner milestones.

    >>> import polars as pl
    >>> ids = [str(i) for i in range(4)]
    >>> events = pl.DataFrame({"case_id": ids * 2, "milestone": ["declared"] * 4 + ["customs_released"] * 4,
    ...     "time": [0] * 4 + [3600, 7200, 10800, 14400]})
    >>> cases = pl.DataFrame({"case_id": ids, "port": ["a", "a", "b", "b"]})
    >>> clock = Duration("declared", "customs_released")
    >>> found = gap_to_target(EventLog(events, cases), clock, 2, by="port", window=("1970-01", "1970-01"), as_of="1970-01-31")
    >>> found.gap, [(dict(row.groups)["port"], row.part, row.alone) for row in found]
    (0.5, [('b', 0.75, 1.0), ('a', -0.25, 1.0)])
    """
    by = (by,) if isinstance(by, str) else tuple(by)
    check_groups(by)
    check_level(level)
    check_number(target, "target")
    pair = tuple(window) if isinstance(window, tuple | list) else ()
    if len(pair) != 2 or not all(isinstance(m, str) and MONTH.fullmatch(m) for m in pair):
        raise LogError(
            f"window={window!r} is no pair of months", "window", 'write ("2022-01", "2022-12")'
        )
    span = months(*pair)
    if not span:
        raise LogError(f"window {window!r} holds no month", "window", '("2022-01", "2022-12")')
    duration = replace(duration, dated_by="end", calendar=calendar or duration.calendar)
    when = AsOf.of(as_of, log.timezone)
    groups = () if by == ("stage",) else by
    found: dict[tuple, list] = {}
    cells = tally(log, duration, as_of=when, by=groups, period="month")
    for cell in cells:
        if cell.period in span:
            found.setdefault(cell.group, []).append(cell)
    whole = pooled(c for cells in found.values() for c in cells)
    name = label(*window)
    if whole is None or not sample_of(duration, whole).ended.sum():
        return GapToTarget(
            (), duration.name, name, target, None, None, None, None, 0, None, "no cases"
        )
    answer, sample = estimate(duration, whole, "mean", level)
    if why := found_doubts(log, duration, cells, when).snapshot:
        return GapToTarget(
            (), duration.name, name, target, None, None, None, None, sample.n, None, why
        )
    mean = answer.value
    gap = mean - target
    if by == ("stage",):
        rows = _by_stage(log, duration, span, as_of, gap)
    else:
        keys = list(found)
        parts = parts_of_gap([_closed(duration, found[k]) for k in keys], target, level)
        rows = [
            GapRow(
                tuple(zip(by, key, strict=True)),
                p.mean,
                p.n,
                p.gap.value,
                p.gap.low,
                p.gap.high,
                p.share,
                p.alone,
                p.alone / p.mean if p.alone is not None and p.mean > 0 else None,
            )
            for key, p in zip(keys, parts, strict=True)
            if p.n
        ]
    rows.sort(key=lambda r: (-r.part, str(r.groups)))
    note = "means add, percentiles do not; a part is arithmetic, not blame: groups differ in goods and in their means"
    if by == ("stage",):
        note = f"parts of stages add up to the mean, not to the gap; {note}"
    return GapToTarget(
        tuple(rows),
        duration.name,
        name,
        target,
        mean,
        answer.low,
        answer.high,
        gap,
        sample.n,
        slowest_tenth(_closed(duration, [whole])),
        note,
    )


def _closed(duration: Duration, cells: list) -> Sample:
    return sample_of(duration, pooled(cells))


def _inner(duration: Duration, known) -> list[str]:
    """The milestones between start and stop that the log has: those of the official split that
    holds both.
    """
    ends = (duration.start, duration.stop)
    inner = ("discharged", "declared") if duration.start == "conveyance_arrived" else ("declared",)
    for split in SPLITS.values():
        if set(ends) <= set(split):
            inner = split[split.index(ends[0]) + 1 : split.index(ends[1])]
    inner = [m for m in inner if m in known and m not in ends]
    if not inner:
        what = f"{'..'.join(ends)}: this clock has no inner milestones"
        raise LogError(
            what,
            "by",
            "take a longer clock, add the milestones between to the log, or group by columns",
        )
    return inner


def _by_stage(
    log: EventLog, duration: Duration, span: list[str], as_of, gap: float
) -> list[GapRow]:
    """The stages of the clock's own chain, summed over the months."""
    if duration.unit != "hours":
        raise LogError("stages are in hours", "by", "group a clock of working days by columns")
    if duration.pause:
        what = "a clock that pauses has no stages that add up to it: they would hold the pauses as well"
        raise LogError(what, "by, pause", "leave the pause out, or group by columns")
    chain = (duration.start, *_inner(duration, log.milestones), duration.stop)
    cut = stages(log, chain, as_of=as_of, where=duration.where, period="month")
    found: dict[str, list[int]] = {}
    cases: dict[str, int] = {}
    for row in cut.rows:
        if row.period in span:
            entry = found.setdefault(row.stage, [0, 0])
            entry[0] += row.seconds
            entry[1] += row.n
            cases[row.period] = row.cases
    n = sum(cases.values())
    rows = []
    for stage, (seconds, passed) in found.items():
        mean = seconds / 3600 / n
        alone = gap if gap > 0 else None
        whole = sum(s for s, _ in found.values())
        share = seconds / whole if whole else 0.0
        fall = alone / mean if alone is not None and mean > 0 else None
        rows.append(GapRow((("stage", stage),), mean, passed, mean, None, None, share, alone, fall))
    return rows


__all__ = ["GapRow", "GapToTarget", "gap_to_target"]
