"""What a case waited for: a clock split, on each instant, by which holds stand open: none, one by
name, or several.

Holds (examination, query, duty) run side by side, so their own times do not add up; these parts do,
case by case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from ..domain.arguments import brief, check_groups, check_level, names_of
from ..domain.as_of import AsOf
from ..domain.between import Between
from ..domain.metrics import Condition, Duration, check_condition
from ..engine.asking import asked_of_log
from ..engine.cells import check_period, period_name
from ..engine.holds import cases_in_holds, time_in_holds
from ..engine.log import EventLog
from ..engine.refusals import MissingColumn
from ..errors import LogError
from ..results.display import Display
from ..results.periods import listed
from ..results.table import LANG, Record
from ..results.withheld import counted
from ..results.words import joined, say, term, word
from ..statistics.reasons import Reason
from .cases import Cases, cases_of_part
from .parts import CASES, MEAN, SHARE, WITH_IT, Parted, hours, intervals, plainly
from .several import ahead_counts, ahead_words, clock_of

# imports: what customs holds a case for; the last milestone may be one of several that end it
HOLDS = {
    "exam": ("exam_called", ("exam_ended",)),
    "query": ("query_raised", ("query_answered",)),
    "duty": ("duty_assessed", ("duty_paid", "guaranteed")),
}
NONE, SEVERAL = "none", "two or more"


@dataclass(frozen=True, kw_only=True)
class HoldRow(Record):
    """One part of one group and period. `mean` (hours) and `share`, each with its interval, are
    over all cases, so that they add up.

    `n`: cases with this hold (or this state) at some time within the clock. `open_mean`: hours over
    all cases during which the hold is open, alone or beside others; these do not add up, and are
    None for "none" and "two or more".
    """

    groups: tuple[tuple[str, object], ...]
    period: str | None
    part: str
    mean: float
    low: float | None
    high: float | None
    share: float | None
    share_low: float | None
    share_high: float | None
    n: int
    cases: int
    seconds: int
    open_mean: float | None
    open_seconds: int | None
    labelled = True

    def label(self, lang: str = LANG) -> str:
        """The state in words: nothing open, one hold alone, several."""
        if self.part in (NONE, SEVERAL):
            return say(f"hold.{'none' if self.part == NONE else 'several'}", lang)
        return say("hold.alone", lang, hold=word("hold", self.part))


@dataclass(frozen=True, kw_only=True, repr=False)
class Holds(Parted[HoldRow]):
    """What `holds` answers. `finished` cases were split; on each, the parts were checked to
    sum to the whole.

    `left_out`: cases that stop before they start. `not_known`: cases with a hold that ends within
    the clock, or after it, and never began. `date_only`: cases of which an end or a hold is known
    to the day only. `absent`: usual holds that this log lacks.
    """

    rows: tuple[HoldRow, ...]
    as_of: str
    clock: str
    finished: int
    unequal: int
    left_out: int
    not_known: int
    date_only: int
    absent: tuple[str, ...]
    shown = ("period", "part", "mean", "share", "n", "cases", "open_mean", "label")

    _where: tuple[tuple[str, str], ...] = ()
    _named: str = ""  # the clock, where it was asked by name
    _ahead: bool | None = None  # whether declarations in advance are among the cases

    def _clock(self, lang: str) -> str:
        """The clock by its name, or from its first milestone to its last."""
        if self._named:
            own = ahead_words(self._named, self._ahead)
            return own[lang] if own else self.word("clock", self._named, lang)
        start, stop = self.clock.split("..")
        return self._between(start, stop, lang)

    def _narrowed(self, lang: str, more: Sequence[str]) -> str:
        """The clock and its cases; where some are left out here that the clock has elsewhere, that
        they are.
        """
        about = super()._narrowed(lang, more)
        return say("parts.kept", lang, about=about) if self.left_out or self.not_known else about

    def _headline(self, lang: str) -> str:
        """The mean, and for how much of it something stood open; of several groups the highest and
        the lowest, of several periods the first and the last.
        """
        if not self.rows and self.not_known:
            why = Reason("parts.none_known", n=self.not_known)
            return say("headline.none", lang, metric=self._clock(lang), why=why)
        if not self.rows:
            return self._none(lang, self._clock(lang))
        if told := self._instant(lang) or self._ranked(lang):
            return told
        first = self._first()
        told = {"hours": sum(row.mean for row in first), "n": first[0].cases}
        told["share"] = sum(row.share for row in first if row.part != NONE)
        names = (row.part for row in first if row.part not in (NONE, SEVERAL))
        open_ones = listed((term("hold", name, lang) for name in names), lang)
        return say("headline.holds", lang, about=self._subject(lang), holds=open_ones, **told)

    def _largest(self, rows: Sequence[HoldRow], lang: str) -> Reason:
        """For how much of the time something stood open."""
        return Reason("parts.open", share=sum(row.share for row in rows if row.part != NONE))

    def _table(self, lang: str) -> Display:
        if not self.rows:
            return super()._table(lang)
        columns = {
            "parts.mean": MEAN,
            "field.share": SHARE,
            "parts.open_mean": (lambda row, told: hours(row.open_mean, told), None),
            "parts.with_it": WITH_IT,
            "field.n": CASES,
        }
        return self._totalled(columns, "parts.state", lang)

    def _beware(self, lang: str) -> str:
        """On how many cases the sum was checked, what was left out, and what the log lacks."""
        if not self.rows:
            told = [Reason("parts.left_out", n=self.left_out)] if self.left_out else []
            told += [Reason("parts.look_begun")] if self.not_known else []
            # how many run backwards says the finding, where there is nothing else
            return joined(told if self.not_known else self._remarks, lang, "report.gap")
        told = [
            *self._remarks,
            Reason("parts.summed", n=self.finished, unequal=self.unequal),
            Reason("parts.own_times"),
        ]
        if None not in (self.left_out, self.not_known):  # no small number where they are withheld
            out = {"left_out": self.left_out, "not_known": self.not_known}
            told.append(Reason("parts.not_known", **out))
        if self.date_only:
            told.append(Reason("parts.date_only", n=self.date_only))
        if self.absent:
            names = listed((term("hold", name, lang) for name in self.absent), lang)
            told.append(Reason("parts.lacks", holds=names))
        return joined(told, lang, "report.gap")

    def __repr__(self) -> str:
        head = (
            f"{self.clock}: {self.finished:,} cases, parts unequal to the whole on {self.unequal}"
        )
        head += f", {counted(self.left_out)} left out, {counted(self.not_known)} not known"
        head += f", as of {self.as_of}"
        return f"{head}\n{self}"


@asked_of_log
def holds(
    log: EventLog,
    clock: Any,
    holds: Mapping[str, tuple] | None = None,
    *,
    as_of: object = None,
    where: Condition | None = None,
    by: str | Iterable[str] = (),
    period: str | None = None,
    between: Any = None,
    level: float = 0.95,
) -> Holds:
    """Mean hours of finished cases, dated by their end, by what stood open; `clock` a Duration, a
    name, a pair of milestones, or an indicator. `between`: first and last day, as of `measure`.

    `holds` maps a name to (raised, ended), or to (raised, (ended, or, ended)) where several
    milestones end it; the default is examination, query and duty, as far as the log has them. Every
    event counts: a hold raised twice is open until it has ended twice, one that has not ended lasts
    to the end of the clock, and of two events in one second the raised comes first. With several
    ends, those after the first take nothing away. `.cases(row)` lists the cases of a state, or of a
    hold by the time that it alone was open. Seconds are whole and
    sums exact; means have t intervals at `level`. LogError for
    unknown names, MissingColumn for milestones that the log lacks.

    >>> import polars as pl
    >>> hours = {"declared": 0, "exam_called": 1, "query_raised": 2, "exam_ended": 4,
    ...     "query_answered": 5, "customs_released": 10}
    >>> events = pl.DataFrame({"case_id": ["a"] * 6, "milestone": list(hours),
    ...     "time": [3600 * h for h in hours.values()]})
    >>> found = holds(EventLog(events), ("declared", "customs_released"), as_of="1970-01-02")
    >>> [(row.part, row.mean, row.open_mean) for row in found]
    [('none', 6.0, None), ('exam', 1.0, 3.0), ('query', 1.0, 3.0), ('two or more', 2.0, None)]
    >>> found.unequal, found.absent
    (0, ('duty',))
    """
    by = names_of(by)
    check_groups(by, reserved=HoldRow.own_names())
    check_period(period)
    check_level(level)
    where = check_condition(where, "where of holds")
    asked, where, said = split_clock(log, clock, where, "holds")
    start, stop = asked.start, asked.stop
    chosen, absent = _chosen(log, holds)
    about: dict[str, Any] = {"as_of": AsOf.of(as_of, log.timezone), "where": where, "by": by}
    about |= {"period": period, "between": Between.of(between)}
    answer = time_in_holds(log, (start, stop), tuple(chosen.values()), **about)
    told = log.rows_of(answer).to_pylist()
    rows = [row | {"period": period_name(row.get("period"), period)} for row in told]
    found = _gathered(rows, by, tuple(chosen), f"{start}..{stop}", absent, str(as_of), level)
    behind = partial(_cases, log, Duration(start, stop), chosen, about)
    return found._with(_where=said, _named=asked.label, _ahead=ahead_counts(where), _behind=behind)


def _cases(
    log: EventLog,
    clock: Duration,
    chosen: Mapping[str, tuple],
    about: Mapping[str, Any],
    row: HoldRow,
    **asked: Any,
) -> Cases:
    """The cases that were in the state of a row, or had its hold, the longest in it first."""
    rows = cases_in_holds(log, (clock.start, clock.stop), tuple(chosen.values()), **about)
    part = "none_open" if row.part == NONE else "several"
    there = f"{part} > 0"
    if row.part in chosen:
        place = list(chosen).index(row.part)
        part, there = f"alone_{place}", f"open_{place} > 0"
    told: dict[str, Any] = {"as_of": about["as_of"], "period": about["period"], **asked}
    there = f"forward AND NOT unknown AND {there}"
    return cases_of_part(log, clock, row, rows, part, there, **told)


def split_clock(
    log: EventLog, clock: object, where: Condition, place: str
) -> tuple[Duration, Condition, tuple[tuple[str, str], ...]]:
    """The clock that is to be split, however it is named, its cases with those of `where`, and what
    must be said of these; LogError for one that stands still at times or may end otherwise.
    """
    found = clock_of(clock, log)
    if found.pause or found.other_ends or found.allowance or found.log_starts:
        what = f"{brief(found.name)} has no parts that sum to it"
        do = "leave pause, other_ends, allowance and log_starts out of the clock"
        raise LogError(what, place, do)
    own = {k: v for k, v in found.population.items() if k != "kind" or not found.label}
    said = {} if isinstance(clock, str) else own
    return found, {**found.population, **where}, plainly({**said, **where})


def _chosen(log: EventLog, given: Mapping | None) -> tuple[dict, tuple[str, ...]]:
    """The holds to look for, each as (raised, ends), and the usual ones that the log lacks."""
    if given is None:
        there = {}
        for name, (raised, ends) in HOLDS.items():
            kept = tuple(m for m in ends if m in log.milestones)
            if raised in log.milestones and kept:
                there[name] = (raised, kept)
        if not there:
            raise MissingColumn(HOLDS["exam"][0], log)
        return there, tuple(name for name in HOLDS if name not in there)
    found = {}
    for name, pair in given.items() if isinstance(given, Mapping) else ():
        raised, ends = pair if isinstance(pair, list | tuple) and len(pair) == 2 else ("", ())
        ends = (ends,) if isinstance(ends, str) else tuple(ends)
        if (
            name in (NONE, SEVERAL)
            or not raised
            or not ends
            or raised in ends
            or len(set(ends)) < len(ends)
        ):
            raise LogError(
                f"{name!r}: {pair!r} is no hold", "holds", '{"exam": ("exam_called", "exam_ended")}'
            )
        found[name] = (raised, ends)
    if not found:
        raise LogError(
            f"{given!r} holds no hold", "holds", '{"exam": ("exam_called", "exam_ended")}'
        )
    return found, ()


def _gathered(
    told: list[dict], by: tuple, names: tuple, clock: str, absent: tuple, as_of: str, level: float
) -> Holds:
    kept = [row for row in told if row["forward"] and not row["unknown"]]
    groups: dict = {}
    for row in kept:
        groups[(*(row[f"by_{i}"] for i in range(len(by))), row["period"])] = row
    rows = []
    places = [
        (NONE, "none_open", "n_none_open", None),
        *((n, f"alone_{i}", f"n_open_{i}", f"open_{i}") for i, n in enumerate(names)),
        (SEVERAL, "several", "n_several", None),
    ]
    for key in sorted(groups, key=lambda k: tuple((v is None, str(v)) for v in k)):
        row = groups[key]
        cases, whole = row["n"], int(row["whole"])
        wholes = (whole, int(row["whole_by_whole"]))
        for name, part, count, full in places:
            seconds, beside = int(row[part]), None if full is None else int(row[full])
            sums = (seconds, int(row[f"{part}_by_{part}"]), int(row[f"{part}_by_whole"]))
            rows.append(
                HoldRow(
                    groups=tuple(zip(by, key[:-1], strict=True)),
                    period=key[-1],
                    part=name,
                    mean=seconds / 3600 / cases,
                    share=seconds / whole if whole else None,
                    **intervals(cases, sums, wholes, level),
                    n=int(row[count]),
                    cases=cases,
                    seconds=seconds,
                    open_mean=None if beside is None else beside / 3600 / cases,
                    open_seconds=beside,
                )
            )
    return Holds(
        rows=tuple(rows),
        as_of=as_of,
        clock=clock,
        finished=sum(r["n"] for r in kept),
        unequal=sum(int(r["unequal"]) for r in kept),
        left_out=sum(r["n"] for r in told if not r["forward"]),
        not_known=sum(r["n"] for r in told if r["forward"] and r["unknown"]),
        date_only=sum(int(r["coarse"]) for r in kept),
        absent=absent,
    )
