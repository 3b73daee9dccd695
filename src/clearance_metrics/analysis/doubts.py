"""Whether a log can say anything of durations: open cases that are missing, and snapshots."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

import numpy as np

from .. import statistics as st
from ..domain.as_of import AsOf
from ..domain.between import Between
from ..domain.ends import OPEN
from ..domain.metrics import Duration, Metric
from ..domain.zones import zone
from ..engine import endings
from ..engine.cells import Cell, array_of
from ..engine.log import EventLog
from ..engine.query import Query
from ..engine.tally import tally
from ..engine.watched import count_days, glance, watched
from ..statistics.reasons import Reason
from .estimates import pooled, sample_of

FEWEST = 5  # cases, below which nothing can be told of either
GLANCE = 4096  # cases looked at first


@dataclass(frozen=True)
class Doubts:
    """`warning` where open cases seem to be missing, `snapshot` why times are not measurable."""

    warning: tuple[Reason, ...] = ()
    snapshot: tuple[Reason, ...] = ()


def found_doubts(
    log: EventLog,
    metric: Metric,
    cells: Iterable[Cell],
    when: AsOf,
    between: Between | None = None,
) -> Doubts:
    """Whether the log's cases, all groups and periods together, can say anything of this clock.

    Cells of a window alone cannot tell: then all cases of the clock are looked at, which is one
    more query.
    """
    cells = tuple(cells)
    if not cells or not metric.is_time:
        return Doubts()
    if between is not None:
        cells = tally(log, metric, as_of=when, aside=True)

    def hours() -> st.Sample:
        if metric.unit == "hours":
            return sample_of(metric, pooled(cells))
        clock = replace(
            metric, unit="hours", resolution="minute", allowance=None, start_day=0, name=""
        )
        return sample_of(clock, pooled(tally(log, clock, as_of=when)))

    n, end = (np.concatenate([getattr(cell, c) for cell in cells]) for c in ("n", "end"))
    # of all cases, those that are left out among them
    plenty = n[end == OPEN].sum() * 10 > n.sum()
    return doubts_of(log, cast("Duration", metric), hours, when.second, plenty=plenty)


def doubts_of(
    log: EventLog,
    metric: Duration,
    hours: Callable[[], st.Sample],
    as_of: int,
    plenty: bool = False,
) -> Doubts:
    """The doubts about a clock's cases, from one small query: how many began on each day, the first
    end among them.

    `hours` gives the same cases as a sample in hours; `plenty` says that more than a tenth of them
    are open. Cases dated by their end have no open ones to miss. With `log_starts` given, late
    entry takes the place of the test for a snapshot.
    """
    since = endings.watch(metric, log.timezone, as_of)
    rows = watched(log, metric, as_of, since)
    sure = metric.by_end or plenty
    if sure and (since is not None or _passed(log, rows)):
        return Doubts()
    table = log.rows_of(count_days(log, rows), aside=True)
    columns = ("n", "first", "last", "ended", "longest", "open")
    n, first, last, ended, longest, still = (array_of(table[name]) for name in columns)
    if n.sum() < FEWEST:
        return Doubts()
    # ages are taken so that both tests err towards silence: the oldest case of a day, and its
    # youngest
    together = since is None and ended.min() >= last.max()
    if together and st.snapshot(hours(), (last.max() - last) / 3600, n):
        instant = datetime.fromtimestamp(int(last.max()), zone(log.timezone))
        return Doubts(snapshot=(Reason("snapshot", moment=f"{instant:%Y-%m-%d %H:%M}"),))
    # plenty are open, or none of the cases is young enough to be open still: no need to look closer
    if sure or still.sum() * 10 > n.sum() or as_of - last.max() > longest.max():
        return Doubts()
    return Doubts(warning=st.only_finished(hours(), (as_of - first) / 3600, n))


def _passed(log: EventLog, rows: Query) -> bool:
    """Whether a glance at some cases shows one that ended before another began: then there was no
    one instant.
    """
    (found,) = log.rows_of(glance(rows, GLANCE), aside=True).to_pylist()
    return found["ended"] is not None and found["ended"] < found["last"]
