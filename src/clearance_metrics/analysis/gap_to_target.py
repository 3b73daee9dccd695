"""gap_to_target(): which groups and stages stand between a mean and its target, and what the
slowest tenth costs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..domain.arguments import (
    check_clock,
    check_groups,
    check_level,
    check_number,
    months_of,
    names_of,
)
from ..domain.as_of import AsOf
from ..domain.calendars import WorkCalendar
from ..domain.metrics import Duration
from ..domain.windows import label
from ..engine.asking import asked_of_log
from ..engine.cells import Cell
from ..engine.log import EventLog
from ..engine.tally import tally
from ..errors import LogError, NothingToShow
from ..results.table import LANG, Record, ResultTable
from ..results.words import joined, say
from ..statistics.reasons import Reason
from ..statistics.shortfall import Tail, parts_of_gap, slowest_tenth
from .doubts import found_doubts
from .estimates import estimate, pooled, sample_of
from .stages import SPLITS, stages

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STAGE, NAMED = ("stage",), ", "


@dataclass(frozen=True, kw_only=True)
class GapRow(Record):
    """A group's part of mean less target, or a stage's part of the mean, in units.

    Parts of groups add up to the gap, parts of stages to the mean; `share` is of that sum.

    `alone`: by how much its mean would have to fall to close the gap by itself, None where the
    target is met; `fall` is that as a share of its mean, and over 1 where it cannot.
    """

    groups: tuple[tuple[str, object], ...]
    mean: float
    n: int
    part: float
    low: float | None = None
    high: float | None = None
    share: float
    alone: float | None
    fall: float | None


@dataclass(frozen=True, kw_only=True, repr=False)
class GapToTarget(Record, ResultTable[GapRow]):
    """What `gap_to_target` answers: rows by size of their part;

    `tail` says what the slowest tenth of cases costs.
    """

    rows: tuple[GapRow, ...] = ()
    metric: str
    period: str
    as_of: str
    target: float
    mean: float | None = None
    low: float | None = None
    high: float | None = None
    gap: float | None = None
    n: int = 0
    tail: Tail | None = None
    reasons: tuple[Reason, ...]
    shown = ("mean", "n", "part", "low", "high", "share", "alone", "fall")

    def head(self, lang: str = LANG) -> str:
        """One line: what was asked, the mean and the gap, or why there is none."""
        asked: dict[str, Any] = {"metric": self.metric, "period": self.period}
        if self.mean is None:
            return say("gap.none", lang, **asked, why=joined(self.reasons, lang))
        told = {"mean": self.mean, "target": self.target, "gap": self.gap, "n": self.n}
        return say("gap.head", lang, **asked, **told)

    def _headline(self, lang: str) -> str:
        """The mean and the gap, and the group with the largest part."""
        if not self.rows:
            return self.head(lang)
        most = {
            "group": NAMED.join(str(v) for _, v in self.rows[0].groups),
            "part": self.rows[0].part,
        }
        return say("headline.gap", lang, head=self.head(lang), **most)

    def _drawn(self, lang: str, title: str, source: str) -> Figure:
        from ..results.charts.groups import gaps

        if not self.rows:
            raise NothingToShow("there is no gap to draw", "chart", self.head())
        rows = [
            {
                "label": NAMED.join(str(value) for _, value in row.groups),
                "value": row.part,
                "low": row.low,
                "high": row.high,
                "n": row.n,
            }
            for row in self.rows
        ]
        return gaps(rows, title=title, source=source, unit=say("field.part", lang))

    def __repr__(self) -> str:
        if self.tail is None:
            return self.head()
        return f"{self.head()}\n{self}\n{say('gap.tail', LANG, **vars(self.tail))}"


@asked_of_log
def gap_to_target(
    log: EventLog,
    metric: Duration,
    *,
    target: float,
    by: str | Iterable[str],
    window: tuple[str, str],
    as_of: object = None,
    level: float = 0.95,
    calendar: WorkCalendar | None = None,
) -> GapToTarget:
    """The contribution table of a mean against its target, in the clock's unit, over finished cases
    of the months `window`, by their end.

    The part of a group is n_g (m_g - h) / n. With `by="stage"` a clock of hours that has an
    official split is cut into its stages: a stage's part is its own mean, so that parts add up to
    the mean and not to the gap, and `alone` says how much of it would have to go. Source: see
    `statistics.shortfall`. LogError for names the log does not have, and by stage for a clock of
    days, one that pauses, and one without inner milestones; CalendarError for years without
    official working days.

    >>> import polars as pl
    >>> from clearance_metrics import Duration, EventLog, gap_to_target
    >>> ids, hours = [str(i) for i in range(4)], [1, 2, 3, 4]
    >>> events = pl.DataFrame({"case_id": ids * 2, "time": [0] * 4 + [3600 * h for h in hours],
    ...     "milestone": ["declared"] * 4 + ["customs_released"] * 4})
    >>> log = EventLog(events, pl.DataFrame({"case_id": ids, "port": ["a", "a", "b", "b"]}))
    >>> clock, january = Duration("declared", "customs_released"), ("1970-01", "1970-01")
    >>> found = gap_to_target(log, clock, target=2, by="port", window=january, as_of="1970-01-31")
    >>> found.gap, [(row.port, row.part, row.alone) for row in found]
    (0.5, [('b', 0.75, 1.0), ('a', -0.25, 1.0)])
    """
    by = names_of(by)
    check_clock(metric)
    check_groups(by, reserved=GapRow.own_names())
    check_level(level)
    check_number(target, "target")
    span, when = months_of(window, "window"), AsOf.of(as_of, log.timezone)
    clock = replace(metric.on(calendar), dated_by="end")
    groups = () if by == STAGE else by
    found: dict[tuple, list[Cell]] = {}
    cells = tally(log, clock, as_of=when, by=groups, period="month")
    for cell in cells:
        if cell.period in span:
            found.setdefault(cell.group, []).append(cell)
    whole = pooled(c for inside in found.values() for c in inside)
    asked: dict[str, Any] = {
        "metric": clock.name,
        "period": label(*window),
        "as_of": when.text,
        "target": target,
    }
    if whole is None or not sample_of(clock, whole).ended.sum():
        return GapToTarget(**asked, reasons=(Reason("no_cases"),))
    answer, sample = estimate(clock, whole, "mean", level)
    if why := found_doubts(log, clock, cells, when).snapshot:
        return GapToTarget(**asked, n=sample.n, reasons=why)
    gap = answer.value - target
    if by == STAGE:
        rows = _by_stage(log, clock, span, as_of, gap)
    else:
        samples = [sample_of(clock, pooled(inside)) for inside in found.values()]
        parts = parts_of_gap(samples, target, level)
        rows = [
            GapRow(
                groups=tuple(zip(by, key, strict=True)),
                mean=part.mean,
                n=part.n,
                part=part.gap.value,
                low=part.gap.low,
                high=part.gap.high,
                share=part.share,
                alone=part.alone,
                fall=_fall(part.alone, part.mean),
            )
            for key, part in zip(found, parts, strict=True)
            if part.n
        ]
    rows.sort(key=lambda r: (-r.part, str(r.groups)))
    told = (Reason("gap.of_stages"),) if by == STAGE else ()
    return GapToTarget(
        **asked,
        rows=tuple(rows),
        mean=answer.value,
        low=answer.low,
        high=answer.high,
        gap=gap,
        n=sample.n,
        tail=slowest_tenth(sample),
        reasons=(*told, Reason("gap.arithmetic")),
    )


def _fall(alone: float | None, mean: float) -> float | None:
    return alone / mean if alone is not None and mean > 0 else None


def _inner(clock: Duration, known: Iterable[str]) -> list[str]:
    """The milestones between start and stop that the log has: those of the official split that
    holds both.
    """
    ends = (clock.start, clock.stop)
    inner = ("discharged", "declared") if clock.start == "conveyance_arrived" else ("declared",)
    for split in SPLITS.values():
        if set(ends) <= set(split):
            inner = split[split.index(ends[0]) + 1 : split.index(ends[1])]
    inner = [m for m in inner if m in known and m not in ends]
    if not inner:
        what = f"{'..'.join(ends)}: this clock has no inner milestones"
        remedy = "take a longer clock, add the milestones between to the log, or group by columns"
        raise LogError(what, "by", remedy)
    return inner


def _by_stage(
    log: EventLog, clock: Duration, span: list[str], as_of: object, gap: float
) -> list[GapRow]:
    """The stages of the clock's own chain, summed over the months."""
    if clock.unit != "hours":
        raise LogError("stages are in hours", "by", "group a clock of working days by columns")
    if clock.pause:
        what = "a clock that pauses has no stages that add up to it: they would hold the pauses"
        raise LogError(what, "by, pause", "leave the pause out, or group by columns")
    chain = (clock.start, *_inner(clock, log.milestones), clock.stop)
    found: dict[str, list[int]] = {}
    cases: dict[str, int] = {}
    for row in stages(log, chain, as_of=as_of, where=clock.where, period="month"):
        if row.period in span:
            entry = found.setdefault(row.stage, [0, 0])
            entry[0] += row.seconds
            entry[1] += row.n
            cases[row.period] = row.cases
    n, whole = sum(cases.values()), sum(seconds for seconds, _ in found.values())
    alone = gap if gap > 0 else None
    means = {stage: seconds / 3600 / n for stage, (seconds, _) in found.items()}
    return [
        GapRow(
            groups=(("stage", stage),),
            mean=means[stage],
            n=passed,
            part=means[stage],
            share=seconds / whole if whole else 0.0,
            alone=alone,
            fall=_fall(alone, means[stage]),
        )
        for stage, (seconds, passed) in found.items()
    ]


__all__ = ["GapRow", "GapToTarget", "gap_to_target"]
