"""survival(): the share of cases not ended after each time, by group, with the numbers at risk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from .. import statistics as st
from ..domain.arguments import (
    check_count,
    check_groups,
    check_level,
    check_number,
    names_of,
)
from ..domain.as_of import AsOf
from ..domain.between import Between
from ..domain.calendars import WorkCalendar
from ..domain.metrics import Duration
from ..domain.statistic import Statistic
from ..engine.asking import asked_of_log
from ..engine.cells import Cell
from ..engine.log import EventLog
from ..engine.tally import tally
from ..errors import LogError, NothingToShow
from ..results.display import NONE, Display, digits_of, head_word, measured
from ..results.table import Record, ResultTable
from ..results.words import figure, joined, say, unit_word
from ..statistics.reasons import Reason
from .cases import behind
from .caution import Figures
from .doubts import found_doubts
from .estimates import samples_of
from .notes import left_out, left_out_of, meaning, used_none
from .several import clock_of
from .told import noted

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ASKED = Statistic("survival")
SAID = 6  # groups that a headline names
TICKS = 6  # times at which a picture counts those at risk
SHOWN = 12  # steps of a curve in a table
FINE = 400  # steps of a curve in a picture
TAIL = 0.01  # of a curve, where its picture ends


@dataclass(frozen=True, kw_only=True)
class SurvivalRow(Record):
    """One step of one group: `at_risk` cases were under observation just before `time` units,
    `value` is the share that had not ended after it.
    """

    groups: tuple[tuple[str, object], ...]
    time: float | None
    at_risk: int | None
    value: float | None
    low: float | None
    high: float | None
    n: int
    n_open: int
    unit: str
    reasons: tuple[Reason, ...] = ()


Groups = tuple[tuple[str, object], ...]


@dataclass(frozen=True, kw_only=True, repr=False)
class Survival(ResultTable[SurvivalRow]):
    """What `survival` answers: the steps of each group in turn.

    `steps` counts those before they were thinned; `medians` has the median of each group.
    """

    rows: tuple[SurvivalRow, ...]
    as_of: str
    metric: str
    unit: str
    steps: int
    medians: tuple[tuple[Groups, st.Estimate], ...] = ()
    level: float = 0.95
    shown = ("time", "at_risk", "value", "low", "high", "n", "n_open", "note")

    def worded(self, lang: str) -> list[dict[str, object]]:
        """The records, their values as the shares that they are."""
        return [row | {"unit": "share"} for row in super().worded(lang)]

    def _table(self, lang: str) -> Display:
        """A few steps of each curve: the time, those at risk, and the share not yet ended."""
        if not self.rows:
            return self._nothing(lang)
        figures = Figures([{"unit": "share", "value": 1.0}], lang)
        digits = digits_of([{"unit": self.unit, "value": row.time} for row in self.rows])
        columns = [name for name, _ in self.rows[0].groups]
        opened = any(row.n_open for row in self.rows)
        unit = unit_word(self.unit, lang)
        heads = [head_word(name, lang) for name in columns]
        heads += [say("survival.after", lang, unit=unit)]
        share = say("change.interval", lang, level=self.level)
        heads += [f"{say('survival.not_ended', lang)}\n{share}"]
        heads += [head_word("at_risk", lang), head_word("n", lang)]
        heads += [head_word("n_open", lang)] * opened
        rows, cut = [], False
        for found in _by_group(self.rows).values():
            places = range(len(found)) if self._whole else _spread(len(found), SHOWN)
            cut = cut or len(places) < len(found)
            for row in (found[place] for place in places):
                told = [self.group_word(*pair, lang) for pair in row.groups]
                told += [measured(row.time, self.unit, digits, lang)]
                told += [figures("share", row.value, row.low, row.high)]
                if row.value is None and row.reasons:
                    told[-1] = say(row.reasons[0], lang)
                counts = (row.at_risk, row.n, row.n_open)[: 2 + opened]
                told += [NONE if n is None else figure(n, 0, lang) for n in counts]
                rows.append(tuple(told))
        most = max(len(found) for found in _by_group(self.rows).values())
        below = [say("survival.shown", lang, shown=SHOWN, steps=most)] if cut else []
        numbers = range(len(columns), len(heads))
        return Display(heads, rows, below, caption=self.asked(lang), numbers=numbers)

    def _beware(self, lang: str) -> str:
        """What the curves have to say, each once."""
        told = [(self._group(row.groups, lang), row.reasons) for row in self.rows]
        return joined((*self._remarks, *noted(told)), lang, "report.gap")

    def _headline(self, lang: str) -> str:
        """The median of each group, and where none can be told why."""
        if not self.medians or self._standing:
            return say(
                "headline.none", lang, metric=self.caption(lang), why=self._cause("no_cases")
            )
        told = []
        for groups, median in self.medians[:SAID]:
            name = self._group(groups, lang)
            if median.value is None:
                why = say(median.reasons[0], lang) if median.reasons else ""
                told.append(Reason("survival.no_median", group=name, why=why))
            else:
                facts = {"value": median.value, "unit": Reason(f"unit.{self.unit}")}
                told.append(Reason("survival.median", group=name, **facts))
        head = {"metric": self.caption(lang), "as_of": self.as_of}
        return say("survival.headline", lang, medians=tuple(told), **head)

    def _drawn(self, lang: str, title: str, source: str) -> Figure:
        samples = {self._group(groups, lang): found for groups, found in self._samples}
        if not samples or self.rows[0].time is None:
            raise NothingToShow("there is no curve to draw", "chart", "see the notes of the table")
        words = {"lang": lang, "title": title, "source": source}
        return picture(samples, self.level, unit=unit_word(self.unit, lang), **words)

    _whole: ClassVar[bool] = False  # whether all of its rows were asked for by their times
    # what the picture is made of, in more steps than the rows have
    _samples: ClassVar[tuple[tuple[Groups, st.Sample], ...]] = ()

    def _group(self, groups: Groups, lang: str) -> str:
        """A group in words."""
        told = [self.group_word(name, value, lang) for name, value in groups]
        return say("mark.list", lang).join(told) or say("survival.all", lang)

    def __repr__(self) -> str:
        return f"{self.asked()}\n{self}"


@asked_of_log
def survival(
    log: EventLog,
    metric: Duration | str,
    *,
    as_of: object = None,
    by: str | Iterable[str] = (),
    between: Any = None,
    times: Iterable[float] | None = None,
    points: int | None = 100,
    level: float = 0.95,
    calendar: WorkCalendar | None = None,
) -> Survival:
    """The Kaplan-Meier curve of a clock, by group: after each time the share of cases not yet
    ended, with its interval and the cases at risk just before.

    `times` (in units of the clock) are answered as asked; else the steps are thinned to about
    `points` a group: a step stays where the curve has fallen by another hundredth (1 / points), or
    as much of the time has passed, and the first and the last stay; points=None keeps all. Of
    several ends the curve is about whichever comes first. `between` keeps cases that began on some
    days, as of `measure`; a clock dated by its end has no open cases, and is refused. Snapshots
    have no values. LogError for names the log does not have, CalendarError for years without
    official working days.

    >>> import polars as pl
    >>> from clearance_metrics import Duration, EventLog, survival
    >>> events = pl.DataFrame({"case_id": [*"abcd", *"abc"], "time": [0] * 4 + [3600, 7200, 7200],
    ...     "milestone": ["declared"] * 4 + ["customs_released"] * 3})
    >>> clock = Duration("declared", "customs_released")
    >>> found = survival(EventLog(events), clock, as_of="1970-01-01")
    >>> [(row.time, row.at_risk, row.value) for row in found]
    [(0.0, 4, 1.0), (1.0, 4, 0.75), (2.0, 3, 0.25)]
    """
    by = names_of(by)
    metric = clock_of(metric, log)
    if metric.by_end:
        what = "a clock dated by its end holds no open cases"
        do = 'write dated_by="start"; in place of an indicator write the clock that it is about'
        raise LogError(what, "metric", do)
    check_groups(by, reserved=SurvivalRow.own_names())
    check_level(level)
    check_count(points, "points")
    clock, when, span = metric.on(calendar), AsOf.of(as_of, log.timezone), Between.of(between)
    asked = None if times is None else _checked(times)
    cells = tally(log, clock, as_of=when, by=by, between=span)
    doubts = found_doubts(log, clock, cells, when, span)
    samples = samples_of(clock, cells)
    curves = [st.kaplan_meier(sample, level) for sample in samples]
    rows, medians, steps = [], [], 0
    for cell, sample, curve in zip(cells, samples, curves, strict=True):
        groups = tuple(zip(by, cell.group, strict=True))
        steps += len(curve.times)
        told = _steps(sample, curve, asked, points) if sample.n else [_nobody(cell)]
        if doubts.snapshot:
            told = [(None, None, st.Estimate.refused(*doubts.snapshot))]
        notes = (*meaning(clock, sample, ASKED, log.vocabulary), *doubts.warning, *left_out(cell))
        rows += [
            SurvivalRow(
                groups=groups,
                time=time,
                at_risk=at_risk,
                value=answer.value,
                low=answer.low,
                high=answer.high,
                n=sample.n,
                n_open=sample.n_open,
                unit=clock.unit_of(),
                reasons=(*answer.reasons, *notes),
            )
            for time, at_risk, answer in told
        ]
        snapshot = st.Estimate.refused(*doubts.snapshot)
        median = st.quantile(sample, 0.5, level) if sample.n else _nobody(cell)[-1]
        medians.append((groups, snapshot if doubts.snapshot else median))
    found = Survival(
        rows=tuple(rows),
        as_of=when.text,
        metric=clock.name,
        unit=clock.unit_of(),
        steps=steps,
        medians=tuple(medians),
        level=level,
    )
    drawn = [(groups, sample) for (groups, _), sample in zip(medians, samples, strict=True)]
    object.__setattr__(found, "_samples", tuple(drawn))
    object.__setattr__(found, "_whole", asked is not None)
    if early := sum(int(s.any_end[s.units < 0].sum()) for s in samples):
        why = Reason("several.noted", text=Reason("survival.before_start", n=early))
        object.__setattr__(found, "_remarks", (why,))
    object.__setattr__(found, "_of_clock", metric.label)
    behind(found, log, clock, as_of=when, between=span)
    return found


def _by_group(rows: Iterable[SurvivalRow]) -> dict[Groups, list[SurvivalRow]]:
    found: dict[Groups, list[SurvivalRow]] = {}
    for row in rows:
        found.setdefault(row.groups, []).append(row)
    return found


def _spread(n: int, most: int) -> list[int]:
    """At most so many places of n, evenly apart, the first and the last among them."""
    if n <= most:
        return list(range(n))
    return sorted({round(i * (n - 1) / (most - 1)) for i in range(most)})


def _checked(times: Any) -> list[float]:
    """The times asked for, in order; LogError for what is none."""
    several = times if isinstance(times, Iterable) and not isinstance(times, str) else (times,)
    found = list(several)
    for time in found:
        check_number(time, "times")
    if not found:
        raise LogError("no time is asked for", "times", "write times=(24, 48)")
    return sorted({float(time) for time in found})


def picture(
    samples: Mapping[str, st.Sample], level: float, *, lang: str, title: str, source: str, unit: str
) -> Figure:
    """The curves of some groups with their intervals and the cases at risk."""
    from ..results.charts.survival import curves

    made = {name: st.kaplan_meier(sample, level) for name, sample in samples.items()}
    ticks = _ticks(list(made.values()))
    rows = {}
    for name, sample in samples.items():
        told = [
            step for step in _steps(sample, made[name], None, FINE) if step[2].value is not None
        ]
        rows[name] = [
            {"time": time, "value": a.value, "low": a.low, "high": a.high} for time, _, a in told
        ]
    risk = {
        name: list(zip(ticks, _at_risk(sample, ticks), strict=True))
        for name, sample in samples.items()
    }
    return curves(rows, risk=risk, lang=lang, title=title, source=source, unit=unit)


Step = tuple[float | None, int | None, st.Estimate]


def _nobody(cell: Cell) -> Step:
    """In place of the curve of a group without a case, why there is none: of nobody no share can be
    told, not even at the start.
    """
    none, left = st.Estimate.refused(Reason("no_cases")), left_out_of(cell)
    return None, None, used_none(none, left) if left else none


def _steps(
    sample: st.Sample, curve: st.Curve, asked: Sequence[float] | None, points: int | None
) -> list[Step]:
    """The curve at the times asked for, or at its own steps, thinned."""
    if asked is not None:
        told = [st.survival_at(curve, time) for time in asked]
        return list(zip(asked, _at_risk(sample, asked), told, strict=True))
    every: list[tuple[float, st.Estimate]] = st.survival_steps(curve)
    if not len(curve.times) or curve.times[0] > 0:
        start = curve.unknown(0.0)
        whole = st.Estimate.refused(*start) if start else st.Estimate(1.0)
        every = [(0.0, whole), *every]
    kept = every if points is None else [every[i] for i in _thinned(every, points)]
    times = [time for time, _ in kept]
    counts = _at_risk(sample, times)
    return [(time, n, answer) for (time, answer), n in zip(kept, counts, strict=True)]


def _thinned(every: Sequence[tuple[float, st.Estimate]], points: int) -> list[int]:
    """The places of the steps that are kept; the first and the last among them."""
    if len(every) <= points:
        return list(range(len(every)))
    span = (every[-1][0] - every[0][0]) / points
    kept, (since, level) = [0], (every[0][0], every[0][1].value)
    for place, (time, answer) in enumerate(every[1:-1], start=1):
        fallen = None in (level, answer.value) or level - answer.value >= 1 / points
        if fallen or time - since >= span:
            kept.append(place)
            since, level = time, answer.value
    return [*kept, len(every) - 1]


def _ticks(curves: Sequence[st.Curve]) -> list[float]:
    """Round times up to the last that a picture shows: where each curve has come down to a
    hundredth, or to its last step.
    """
    ends = []
    for curve in curves:
        low = np.flatnonzero(curve.survival <= TAIL)
        ends += [float(curve.times[low[0] if len(low) else -1])] if len(curve.times) else []
    last = max(ends, default=0.0)
    if last <= 0:
        return [0.0]
    rough = last / TICKS
    power = 10 ** floor(log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough)
    return [step * i for i in range(ceil(last / step) + 1)]


def _at_risk(sample: st.Sample, times: Sequence[float]) -> list[int]:
    """Cases under observation just before each time."""
    # rounded, or a time of an hour's third would lie beside the case that ended then
    scaled = np.round([time * sample.scale for time in times], 6)
    return [int(n) for n in sample.counter()(scaled)]


__all__ = ["Survival", "SurvivalRow", "survival"]
