"""compare_survival(): groups of cases with open ones among them, by log-rank test and restricted
means. No effects.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from .. import statistics as st
from ..domain.arguments import check_groups, check_level, names_of
from ..domain.as_of import AsOf
from ..domain.between import Between
from ..domain.calendars import WorkCalendar
from ..domain.ends import ENOUGH
from ..domain.metrics import Duration
from ..domain.statistic import check_tau
from ..engine.asking import asked_of_log
from ..engine.cells import Cell
from ..engine.log import EventLog
from ..engine.tally import tally
from ..errors import LogError, NothingToShow, closest
from ..results.table import Record, ResultTable, Single
from ..results.words import say, unit_word, word
from ..statistics.reasons import Reason
from .doubts import found_doubts
from .estimates import pooled, sample_of
from .notes import left_out
from .several import clock_of
from .survival import picture
from .told import bounds_of, told_clearly

if TYPE_CHECKING:
    from matplotlib.figure import Figure

EXPECTED = 5  # ends expected in each group, below which chi-square does not hold (Cochran 1954)
Table = list[st.Sample]  # the groups of one stratum, in order


@dataclass(frozen=True, kw_only=True)
class Side(Record):
    """One group: its cases, those open and those come late, its median follow-up, and its
    restricted mean, in the clock's unit.

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


@dataclass(frozen=True, kw_only=True, repr=False)
class Sides(ResultTable[Side]):
    """The groups that were compared, in order: a table of its own."""

    rows: tuple[Side, ...]
    as_of: str
    metric: str
    shown = ("group", *("n", "n_open", "n_late", "follow_up", "observed", "expected"))
    shown += ("mean", "low", "high")


@dataclass(frozen=True, kw_only=True, repr=False)
class SurvivalComparison(Single):
    """What `compare_survival` answers. `value` is the first group's restricted mean less the
    second's in the clock's unit, `difference_p` its p; `sides` is the table of the groups.

    `chi2`, `df` and `p` are the log-rank test's. None where nothing can be said; `note` says why,
    and what is meant.
    """

    metric: str
    by: str
    sides: Sides
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
    as_of: str
    reasons: tuple[Reason, ...] = ()
    shown = ("value", "low", "high", "tau", "chi2", "df", "p", "left_out", "unit", "note")

    def to_dict(self) -> dict[str, Any]:
        """A flat record, with `sides` as a list of records."""
        return super().to_dict() | {"sides": [side.to_dict() for side in self.sides]}

    # the groups' cases and the level of intervals, for the picture
    _samples: ClassVar[tuple[st.Sample, ...]] = ()
    _level: ClassVar[float] = 0.95

    def _headline(self, lang: str) -> str:
        """The difference, or why there is none."""
        asked = {"metric": self.caption(lang), "by": self.by, "as_of": self.as_of}
        if self.value is None:
            return say("compare.none", lang, **asked, why=self.reasons[:1])
        one, two = self._groups(lang)[:2]
        clear = told_clearly(self.low, self.high)
        facts = {"value": self.value, "change": bounds_of(self.low, self.high), "tau": self.tau}
        unit = Reason(f"unit.{self.unit}")
        return say("compare.survival", lang, **asked, **facts, a=one, b=two, unit=unit, clear=clear)

    def _groups(self, lang: str) -> list[str]:
        """The groups in words."""
        return [self.group_word(self.by, side.group, lang) for side in self.sides]

    def _drawn(self, lang: str, title: str, source: str) -> Figure:
        samples = dict(zip(self._groups(lang), self._samples, strict=True))
        if not samples:
            raise NothingToShow("there is no curve to draw", "chart", "see the note")
        words = {"lang": lang, "title": title, "source": source}
        return picture(samples, self._level, unit=unit_word(self.unit, lang), **words)

    def __str__(self) -> str:
        return f"{self.sides}\n\n{self.table()}"

    def _repr_html_(self) -> str:
        return self.sides.table()._repr_html_() + self.table()._repr_html_()


@asked_of_log
def compare_survival(
    log: EventLog,
    metric: Duration | str,
    *,
    by: str,
    as_of: object = None,
    between: Any = None,
    groups: Iterable[object] | None = None,
    strata: str | Iterable[str] = (),
    tau: float | None = None,
    weights: str = "log-rank",
    level: float = 0.95,
    calendar: WorkCalendar | None = None,
) -> SurvivalComparison:
    """Groups of the column `by` set side by side, open cases and late entries allowed for.

    The (stratified) log-rank test compares any number of groups; two groups also have the
    difference of their restricted means up to `tau` units, which should be fixed beforehand (by
    default the last time with enough cases at risk in every group: 30, of fewer than 150 a fifth
    but at least 10; where fewer than 10 of a group have ended by then there is no difference).
    `groups` names those to compare, in order; by default all. `between` keeps cases that began on
    some days, as of `measure`. With `strata` the difference is taken
    within strata, weighted n1 n2 / (n1 + n2). Of several ends, the test is on the rate of reaching
    the stop, the restricted mean on whichever end comes first. The test has no p where a group has
    fewer than 5 expected ends. `weights` as in `statistics.log_rank`, which names the sources.
    Cases without a group or stratum are left out and counted. LogError for names the log does not
    have, CalendarError for years without official working days.

    >>> import polars as pl
    >>> from clearance_metrics import Duration, EventLog, compare_survival
    >>> ids, hours = [str(i) for i in range(8)], [1, 2, 2, 3, 4, 5, 5, 6]
    >>> events = pl.DataFrame({"case_id": ids * 2, "time": [0] * 8 + [3600 * h for h in hours],
    ...     "milestone": ["declared"] * 8 + ["customs_released"] * 8})
    >>> log = EventLog(events, pl.DataFrame({"case_id": ids, "aeo": [True] * 4 + [False] * 4}))
    >>> clock, both = Duration("declared", "customs_released"), (True, False)
    >>> found = compare_survival(log, clock, by="aeo", groups=both, as_of="1970-01-02", tau=6)
    >>> found.value, round(found.chi2, 2), found.p, "too few expected ends" in found.note
    (-3.0, 7.29, None, True)
    """
    strata = names_of(strata)
    check_level(level)
    metric = clock_of(metric, log)
    _check(log, metric, (*strata, by), weights)
    if tau is not None:
        check_tau(tau, log.is_signed(metric))
    clock, when = metric.on(calendar), AsOf.of(as_of, log.timezone)
    span = Between.of(between)
    cells = tally(log, clock, as_of=when, by=(*strata, by), between=span)
    named = [cell for cell in cells if None not in cell.group]
    chosen = _chosen(named, by, groups)
    tables = _tables(clock, named, chosen)
    whole = [st.Sample.pooled([t[i] for t in tables if t[i].n]) for i in range(len(chosen))]
    doubts = found_doubts(log, clock, cells, when, span)
    found = _Compared.of(clock, whole, tables, tau, weights, level, bool(doubts.snapshot))
    said = doubts.snapshot or doubts.warning
    if len(chosen) < 2:
        column = word("column", by, log.vocabulary.columns.get(by))
        said = (Reason("survival.one_group", by=column),)
    own = log.vocabulary.milestones
    ends = [word("milestone", name, own.get(name)) for name in (clock.stop, *clock.other_ends)]
    missed = left_out(pooled(cells)) if cells else ()
    test, gap = found.test, found.gap
    answer = SurvivalComparison(
        metric=clock.name,
        by=by,
        sides=Sides(rows=found.sides(chosen, level), as_of=when.text, metric=clock.name),
        chi2=test.chi2,
        df=test.df,
        p=test.p,
        value=gap.value,
        low=gap.low,
        high=gap.high,
        difference_p=gap.p,
        tau=found.tau,
        unit=clock.unit_of(),
        strata=test.strata,
        left_out=sum(sample_of(clock, cell).n for cell in cells if None in cell.group),
        as_of=when.text,
        reasons=(
            *said,
            *found.said(ends, tau is None),
            Reason("survival.no_effect"),
            *missed,
        ),
    )
    object.__setattr__(answer, "_samples", () if doubts.snapshot else tuple(whole))
    object.__setattr__(answer, "_level", level)
    object.__setattr__(answer, "_of_clock", metric.label)
    return answer


def _check(log: EventLog, metric: Duration, names: tuple[str, ...], weights: str) -> None:
    """What cannot be asked, said before anything is computed."""
    if metric.by_end:
        raise LogError("a clock dated by its end holds no open cases", "metric", 'dated_by="start"')
    check_groups(names)
    for name in names:
        if name not in log.columns:
            raise LogError(f"the log has no column {name!r}", "by", closest(str(name), log.columns))
    if weights not in st.WEIGHTS:
        raise LogError(f"unknown weights {weights!r}", "weights", closest(str(weights), st.WEIGHTS))


def _chosen(cells: Iterable[Cell], by: str, groups: Iterable[object] | None) -> list[object]:
    """The groups to compare, in order; LogError for one without cases, or named twice."""
    known = list(dict.fromkeys(sorted((cell.group[-1] for cell in cells), key=str)))
    chosen = known if groups is None else list(groups)
    for group in chosen:
        if group not in known:
            what = f"no case has {by} = {group!r}"
            raise LogError(what, "groups", closest(str(group), map(str, known)))
    if len(set(chosen)) < len(chosen):
        raise LogError("a group stands twice", "groups", "name each once")
    return chosen


def _tables(clock: Duration, cells: Iterable[Cell], chosen: list[object]) -> list[Table]:
    """Of each stratum the samples of the groups, empty ones where it lacks a group."""
    strata: dict[tuple, dict[object, Cell]] = {}
    for cell in cells:
        if cell.group[-1] in chosen:
            strata.setdefault(cell.group[:-1], {})[cell.group[-1]] = cell
    empty = st.Sample.of([], [], [], clock.scale)
    return [
        [sample_of(clock, found[g]) if g in found else empty for g in chosen]
        for found in strata.values()
    ]


@dataclass(frozen=True)
class _Compared:
    """Test, difference and means of the groups; where nothing can be compared all are empty."""

    whole: Table
    test: st.LogRank
    gap: st.Difference
    means: list[st.Estimate]
    tau: float | None
    comparable: bool

    @classmethod
    def of(
        cls,
        clock: Duration,
        whole: Table,
        tables: list[Table],
        tau: float | None,
        weights: str,
        level: float,
        snapshot: bool,
    ) -> _Compared:
        """From the groups' samples, whole and by stratum."""
        none = st.Estimate(None)
        gap, means = (
            st.Difference(None, None, None, None, None, tau, none, none),
            [none] * len(whole),
        )
        if len(whole) < 2 or snapshot:
            return cls(whole, st.LogRank(None, 0, None, (), (), 0), gap, means, tau, False)
        test = st.log_rank(tables, weights, 1 if clock.other_ends else None)
        if test.p is not None and min(test.expected) < EXPECTED:
            test = replace(test, p=None)
        tau = st.common_tau(whole) if tau is None else tau
        if tau is None:
            silent = any(not sample.any_end.any() for sample in whole)
            gap = replace(gap, reasons=(Reason("no_end_in_a_group") if silent else st.FEW_ENDS,))
        else:
            means = [st.restricted_mean(sample, tau, level) for sample in whole]
            if len(whole) == 2:
                gap = st.stratified_difference([(one, two) for one, two in tables], tau, level)
        return cls(whole, test, gap, means, tau, True)

    def sides(self, chosen: Sequence[object], level: float) -> tuple[Side, ...]:
        """What is told of each group."""
        none = [None] * len(chosen)
        seen, wanted = self.test.observed or none, self.test.expected or none
        return tuple(
            Side(
                group=group,
                n=sample.n,
                n_open=sample.n_open,
                n_late=sample.n_late,
                follow_up=st.follow_up(sample, level).value,
                observed=observed,
                expected=expected,
                mean=mean.value,
                low=mean.low,
                high=mean.high,
            )
            for group, sample, observed, expected, mean in zip(
                chosen, self.whole, seen, wanted, self.means, strict=True
            )
        )

    def said(self, ends: Sequence[object], by_default: bool) -> list[Reason]:
        """What was refused, and what a reader must know of the rest."""
        if not self.comparable:
            return []
        test, gap, found = self.test, self.gap, []
        if test.chi2 is None:
            found.append(Reason("survival.nothing_to_compare"))
        elif test.p is None:
            least = min(test.expected)
            found.append(Reason("survival.few_expected", least=least, fewest=EXPECTED))
        if len(self.whole) > 2:
            found.append(Reason("survival.two_groups"))
            silent = [mean.reasons for mean in self.means if mean.value is None]
            refused = dict.fromkeys((gap.reasons, *silent))
            found += [Reason("survival.no_mean", why=why) for why in refused if why]
        elif gap.value is None:
            found.append(Reason("survival.no_difference", why=gap.reasons))
        elif gap.low is None:
            found.append(Reason("survival.no_difference", why=st.FEW_ENDS))
        if gap.value is not None and gap.left_out:
            found.append(Reason("survival.not_matched", n=gap.left_out, tau=gap.tau))
        if by_default and self.tau is not None:
            found.append(Reason("survival.tau_of_data"))
        if min(sample.n for sample in self.whole) < ENOUGH:
            found.append(Reason("survival.few_cases", fewest=ENOUGH))
        if len(ends) > 1:
            found.append(Reason("survival.several_ends", stop=ends[0], ends=tuple(ends)))
        return found


__all__ = ["Side", "Sides", "SurvivalComparison", "compare_survival"]
