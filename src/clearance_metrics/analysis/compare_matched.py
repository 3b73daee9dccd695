"""compare(): two groups of cases set side by side within strata. Differences, never effects."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ..domain.as_of import AsOf
from ..domain.calendars import WorkCalendar
from ..domain.metrics import Condition, Duration, MatchedDifference
from ..engine.cells import Cell
from ..engine.log import EventLog
from ..engine.tally import tally
from ..errors import LogError
from ..statistics import Sample
from ..statistics.matched import Matched, matched_difference
from .estimates import pooled, sample_of


@dataclass(frozen=True)
class Comparison:
    """Mean where the split is true less where it is false; strata matched, cases used on each side,
    cases left out.
    """

    metric: str
    value: float | None
    low: float | None
    high: float | None
    strata: int
    n_true: int
    n_false: int
    left_out: int
    unit: str
    note: str

    def to_dict(self) -> dict[str, object]:
        """A flat record."""
        return dict(self.__dict__)


def compare(
    log: EventLog,
    duration: Duration,
    *,
    split: str | Condition,
    strata: str | Iterable[str],
    as_of,
    level: float = 0.95,
    calendar: WorkCalendar | None = None,
) -> Comparison:
    """The difference of means between cases where `split` holds and others of the same strata and
    month.

    `split` is a true-or-false column or a condition, such as {"declared": {"before": "conveyance_arrived"}}.
    Finished cases only, dated by their end. A stratum that holds one side alone is left out, and its cases counted.

    >>> import polars as pl
    >>> ids = ["a", "b", "c", "d"]
    >>> events = pl.DataFrame({"case_id": ids * 2, "milestone": ["declared"] * 4 + ["customs_released"] * 4,
    ...     "time": [0, 0, 0, 0, 3600, 10800, 7200, 14400]})
    >>> cases = pl.DataFrame({"case_id": ids, "aeo": [True, False, True, False], "port": ["x", "x", "y", "y"]})
    >>> clock = Duration("declared", "customs_released")
    >>> found = compare(EventLog(events, cases), clock, split="aeo", strata="port", as_of="1970-01-02")
    >>> found.value, found.strata, found.n_true, found.left_out
    (-2.0, 2, 2, 0)
    """
    strata = (strata,) if isinstance(strata, str) else tuple(strata)
    gap = MatchedDifference(duration, split, strata)
    when = AsOf.of(as_of, log.timezone)
    cells = gap_cells(log, gap, (), when, calendar)
    found = matched(gap, cells.get((), []), level)
    answer = found.difference
    ends = (
        f"of cases that reached {duration.stop}, not of other ends" if duration.other_ends else ""
    )
    return Comparison(
        gap.name,
        answer.value,
        answer.low,
        answer.high,
        found.strata,
        found.n_first,
        found.n_second,
        found.left_out,
        duration.unit,
        "; ".join(filter(None, [answer.note, ends])),
    )


def gap_cells(
    log: EventLog,
    gap: MatchedDifference,
    by: tuple[str, ...],
    when: AsOf,
    calendar: WorkCalendar | None,
) -> dict[tuple, list[Cell]]:
    """One query: cells per group of `by`, each of one stratum, side and month."""
    duration = gap_duration(log, gap, calendar)
    found: dict[tuple, list[Cell]] = {}
    for cell in tally(log, duration, as_of=when, by=(*by, *gap.groups), period="month"):
        found.setdefault(cell.group[: len(by)], []).append(cell)
    return found


def gap_duration(log: EventLog, gap: MatchedDifference, calendar: WorkCalendar | None) -> Duration:
    """The clock of a gap, dated by its end; LogError if the split is not true or false."""
    if (
        isinstance(gap.split, str)
        and gap.split in log.columns
        and not log.cases_table[gap.split].type().is_boolean()
    ):
        raise LogError(
            f"column {gap.split!r} is not true or false", "split", "declare it as boolean"
        )
    return replace(gap.duration, dated_by="end", calendar=calendar or gap.duration.calendar)


def matched(gap: MatchedDifference, cells: Iterable[Cell], level: float = 0.95) -> Matched:
    """The matched difference over cells that `gap_cells` gave; cells whose split is not known match
    nothing.
    """
    sides: dict[tuple, dict[bool, list[Cell]]] = {}
    for cell in cells:
        side = cell.group[-1]
        if side is not None and None not in cell.group:
            sides.setdefault((*cell.group[:-1], cell.period), {}).setdefault(bool(side), []).append(
                cell
            )
    empty = Sample.of([], [], [])

    def sample(found: list[Cell] | None) -> Sample:
        return sample_of(gap.duration, pooled(found)) if found else empty

    return matched_difference(
        [(sample(two.get(True)), sample(two.get(False))) for two in sides.values()], level
    )


__all__ = ["Comparison", "compare", "gap_cells", "gap_duration", "matched"]
