"""contrast(): groups of cases with open ones among them, by log-rank test and restricted means.

No effects.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from .. import statistics as st
from ..domain.arguments import check_level
from ..domain.as_of import AsOf
from ..domain.calendars import WorkCalendar
from ..domain.metrics import Duration
from ..domain.statistic import check_tau
from ..engine.cells import Cell
from ..engine.log import EventLog
from ..engine.tally import tally
from ..errors import LogError, closest
from .doubts import found_doubts
from .estimates import sample_of

ENOUGH = 30
EXPECTED = 5  # ends expected in each group, below which chi-square does not hold (Cochran 1954)


@dataclass(frozen=True)
class Side:
    """One group: its cases, those open and those come late, its median follow-up, and its
    restricted mean.

    `observed` counts the ends that the log-rank test saw, `expected` those it would have, were all
    groups alike.
    """

    group: object
    n: int
    n_open: int
    n_late: int
    follow_up: float | None
    observed: int | None
    expected: float | None
    mean: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Contrast:
    """What `contrast` answers. `value` is the first group's restricted mean less the second's,
    `difference_p` its p.

    `chi2`, `df` and `p` are the log-rank test's. None where nothing can be said; `note` says why,
    and what is meant.
    """

    metric: str
    by: str
    sides: tuple[Side, ...]
    chi2: float | None
    df: int
    p: float | None
    value: float | None
    low: float | None
    high: float | None
    difference_p: float | None
    tau: float | None
    unit: str
    strata: int
    left_out: int
    note: str

    def to_dict(self) -> dict[str, object]:
        """A flat record, with `sides` as a list of records."""
        return {**self.__dict__, "sides": [dict(side.__dict__) for side in self.sides]}


def contrast(
    log: EventLog,
    duration: Duration,
    *,
    by: str,
    as_of,
    groups: Iterable[object] | None = None,
    strata: str | Iterable[str] = (),
    tau: float | None = None,
    weights: str = "log-rank",
    level: float = 0.95,
    calendar: WorkCalendar | None = None,
) -> Contrast:
    """Groups of the column `by` set side by side, open cases and late entries allowed for.

    The (stratified) log-rank test compares any number of groups; two groups also have the
    difference of their restricted means up to `tau` units, which should be fixed beforehand (by
    default the last time with enough cases at risk in every group: 30, of fewer than 150 a fifth
    but at least 10; where fewer than 10 of a group have ended by then there is no difference).
    `groups` names those to compare, in order; by default all. With `strata` the difference is taken
    within strata, weighted n1 n2 / (n1 + n2). Of several ends, the test is on the rate of reaching
    the stop, the restricted mean on whichever end comes first. The test has no p where a group has
    fewer than 5 expected ends. `weights` as in `statistics.log_rank`. Cases without a group or
    stratum are left out and counted. Raises LogError for names the log does not have.

    >>> import polars as pl
    >>> ids = [str(i) for i in range(8)]
    >>> events = pl.DataFrame({"case_id": ids * 2, "milestone": ["declared"] * 8 + ["customs_released"] * 8,
    ...     "time": [0] * 8 + [3600, 7200, 7200, 10800, 14400, 18000, 18000, 21600]})
    >>> log = EventLog(events, pl.DataFrame({"case_id": ids, "aeo": [True] * 4 + [False] * 4}))
    >>> found = contrast(log, Duration("declared", "customs_released"), by="aeo", groups=(True, False),
    ...     as_of="1970-01-02", tau=6)
    >>> found.value, round(found.chi2, 2), found.p, "too few expected ends" in found.note
    (-3.0, 7.29, None, True)
    """
    strata = (strata,) if isinstance(strata, str) else tuple(strata)
    _check(log, duration, by, strata, tau, weights, level)
    if calendar is not None:
        duration = replace(duration, calendar=calendar)
    when = AsOf.of(as_of, log.timezone)
    cells = tally(log, duration, as_of=when, by=(*strata, by))
    named = [cell for cell in cells if None not in cell.group]
    left_out = sum(sample_of(duration, cell).n for cell in cells if None in cell.group)
    known = list(
        dict.fromkeys(cell.group[-1] for cell in sorted(named, key=lambda c: str(c.group[-1])))
    )
    chosen = known if groups is None else list(groups)
    for group in chosen:
        if group not in known:
            raise LogError(
                f"no case has {by} = {group!r}", "groups", closest(str(group), map(str, known))
            )
    if len(set(chosen)) < len(chosen):
        raise LogError("a group stands twice", "groups", "name each once")
    doubts = found_doubts(log, duration, cells, when)
    by_stratum: dict[tuple, dict[object, Cell]] = {}
    for cell in named:
        if cell.group[-1] in chosen:
            by_stratum.setdefault(cell.group[:-1], {})[cell.group[-1]] = cell
    empty = st.Sample.of([], [], [], duration.scale)
    tables = [
        [sample_of(duration, cells[g]) if g in cells else empty for g in chosen]
        for cells in by_stratum.values()
    ]
    whole = [
        st.Sample.pooled([table[i] for table in tables if table[i].n]) for i in range(len(chosen))
    ]
    made = _made(duration, by, chosen, whole, tables, tau, weights, level, left_out, doubts)
    reasons: dict[str, int] = {}
    for cell in cells:
        for reason, count in cell.left_out.items():
            reasons[reason] = reasons.get(reason, 0) + count
    said = [f"{count} left out: {reason}" for reason, count in reasons.items()]
    return replace(made, note="; ".join([made.note, *said]))


def _check(log, duration, by, strata, tau, weights, level) -> None:
    """What cannot be asked, said before anything is computed."""
    if duration.dated_by == "end":
        raise LogError(
            "a clock dated by its end holds no open cases", "contrast", 'write dated_by="start"'
        )
    for name in (by, *strata):
        if name not in log.columns:
            raise LogError(
                f"the log has no column {name!r}", "contrast", closest(name, log.columns)
            )
    if len({by, *strata}) < 1 + len(strata):
        raise LogError("a column stands twice among by and strata", "contrast", "name each once")
    if weights not in st.WEIGHTS:
        raise LogError(f"unknown weights {weights!r}", "weights", closest(weights, st.WEIGHTS))
    check_level(level)
    if tau is not None:
        check_tau(tau, log.is_signed(duration))


def _made(duration, by, chosen, whole, tables, tau, weights, level, left_out, doubts) -> Contrast:
    """Test, difference and sides from the groups' samples, whole and by stratum."""
    test, none = st.LogRank(None, 0, None, (), (), 0), st.Estimate(None)
    gap, means, reach = (
        st.Difference(None, None, None, None, None, tau, none, none),
        [none] * len(chosen),
        tau,
    )
    comparable = len(chosen) > 1 and not doubts.snapshot
    if comparable:
        test = st.log_rank(tables, weights, 1 if duration.other_ends else None)
        if test.p is not None and min(test.expected) < EXPECTED:
            test = replace(test, p=None)
        reach = st.common_tau(whole) if tau is None else tau
        if reach is not None:
            means = [st.restricted_mean(sample, reach, level) for sample in whole]
        if reach is None:
            gap = replace(gap, note=_no_tau(whole))
        elif len(chosen) == 2:
            gap = st.stratified_difference([tuple(pair) for pair in tables], reach, level)
    seen = list(zip(test.observed, test.expected, strict=True)) or [(None, None)] * len(chosen)
    sides = tuple(
        Side(
            group,
            s.n,
            s.n_open,
            s.n_late,
            st.follow_up(s, level).value,
            *counts,
            mean.value,
            mean.low,
            mean.high,
        )
        for group, s, counts, mean in zip(chosen, whole, seen, means, strict=True)
    )
    notes = (
        [doubts.snapshot or doubts.warning]
        if len(chosen) > 1
        else [f"fewer than two groups of {by}"]
    )
    if comparable:
        notes += _said(duration, whole, test, gap, means, tau is None and reach is not None)
    return Contrast(
        duration.name,
        by,
        sides,
        test.chi2,
        test.df,
        test.p,
        gap.value,
        gap.low,
        gap.high,
        gap.p,
        reach,
        duration.unit,
        test.strata,
        left_out,
        "; ".join(filter(None, [*notes, "a difference, not an effect"])),
    )


def _no_tau(whole) -> str:
    return (
        st.FEW_ENDS
        if all(sample.any_end.any() for sample in whole)
        else "no case has ended in a group"
    )


def _said(duration, whole, test, gap, means, chosen_here: bool) -> list[str]:
    """What was refused, and what a reader must know of the rest."""
    notes = ["log-rank: nothing to compare"] if test.chi2 is None else []
    if test.chi2 is not None and test.p is None:
        least = min(test.expected)
        notes.append(
            f"log-rank: too few expected ends for a p value: {least:.1f} in a group, {EXPECTED} are needed"
        )
    if len(whole) == 2 and gap.value is None:
        notes.append(f"difference: {gap.note}")
    elif len(whole) > 2:
        notes.append("a difference is of two groups: name them in groups")
        notes += [] if gap.note == "" else [f"means: {gap.note}"]
        notes += list(
            dict.fromkeys(
                f"mean: {mean.note}" for mean in means if mean.value is None and mean.note
            )
        )
    if gap.value is not None and gap.low is None:
        notes.append(f"difference: {st.FEW_ENDS}")
    if gap.value is not None and gap.left_out:
        notes.append(
            f"{gap.left_out} cases of strata without both groups up to {gap.tau:g} are not in the difference"
        )
    if chosen_here:
        notes.append(
            "up to the last time with enough cases at risk in each group, chosen from these data"
        )
    if min(sample.n for sample in whole) < ENOUGH:
        notes.append(f"fewer than {ENOUGH} cases in a group: p and intervals are rough")
    if duration.other_ends:
        ends = ", ".join((duration.stop, *duration.other_ends))
        notes.append(
            f"log-rank: rate of reaching {duration.stop}, other ends leave; means: until the first of {ends}"
        )
    return notes


__all__ = ["Contrast", "Side", "contrast"]
