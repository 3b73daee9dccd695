"""What `measure` answers. Records render themselves and decide nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from ..domain.arguments import check_many
from ..domain.ends import ENOUGH
from ..errors import LogError, closest
from ..statistics.reasons import Reason
from .beside import Beside, Points, points_of
from .by_period import apart, headline_across, last_periods, table_across, unvalued
from .display import Display
from .periods import listed, of_last, period_word
from .record import Record
from .table import ResultTable, amount, interval
from .wide import CLOCK as CLOCK
from .wide import noted, wide_table
from .words import has, joined, metric_word, say, statistic_word

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHORT = 8  # metrics that a sentence gives the figures of
ENDS = re.compile(r"(\w+)\.\.(\w+)")  # how the name of a clock begins


@dataclass(frozen=True, kw_only=True)
class MeasureRow(Record):
    """One statistic of one group and period.

    `value` is None where nothing defensible can be said; the reasons say why, or what to know.
    """

    metric: str
    statistic: str
    groups: tuple[tuple[str, object], ...]
    period: str | None
    value: float | None
    low: float | None
    high: float | None
    n: int | None
    n_open: int | None
    unit: str
    reasons: tuple[Reason, ...] = ()

    def called(self, label: str) -> MeasureRow:
        """The same row in an answer about several metrics, of which its own is called so."""
        return replace(self, groups=((CLOCK, label), *self.groups))

    def uncalled(self) -> MeasureRow:
        """The row as it stands in the answer about its own metric."""
        return replace(self, groups=tuple(pair for pair in self.groups if pair[0] != CLOCK))

    @property
    def label(self) -> str:  # type: ignore[override]  # of a metric, not of a language
        """What its metric is called in an answer about several, else empty."""
        return str(dict(self.groups).get(CLOCK, ""))


@dataclass(frozen=True, kw_only=True, repr=False)
class Measures(ResultTable[MeasureRow]):
    """What `measure` answers: rows by group, period and statistic, in that order."""

    rows: tuple[MeasureRow, ...]
    as_of: str
    unit: str = ""
    shown = ("statistic", "period", "value", "low", "high", "n", "n_open", "unit", "note")
    empty = "reason.no_cases"

    _asked_for: tuple[str, ...] = ()  # what several metrics are called, also those without rows
    _gone: Reason | None = None  # why no row is left
    _wide: bool = False
    _across: bool = False
    _named: str = ""  # the clock that a single metric is
    _beside: Points | None = None
    _called: Mapping[str, Mapping[str, str]] | None = None  # what labels are in words

    def _heads(self) -> tuple[str, ...]:
        heads = super()._heads()
        if not self._asked_for or CLOCK in heads:
            return heads
        place = 2  # behind the metric and the statistic
        return (*heads[:place], CLOCK, *heads[place:])

    def _caption(self, lang: str) -> str:
        """The metric, or what several are called."""
        if not self.rows:
            return ""
        if len(self.labels) > SHORT:
            return self._many(lang)
        if self.labels:
            return self._each(self.labels, lang)
        if self._named:
            return self.called(self._named, lang)
        return self.between(self.rows[0].metric, lang) or metric_word(self.rows[0].metric, lang)

    def _many(self, lang: str) -> str:
        some = self._each(self.labels[:2], lang)
        code = "several.many_clocks" if self.of_clocks else "several.many"
        return say(code, lang, n=len(self.labels), some=some)

    @property
    def of_clocks(self) -> bool:
        """Whether several metrics are all named clocks, of the vocabulary or of the dataset."""
        own = self._reader.words
        return all(has(f"clock.{name}") or (CLOCK, name) in own for name in self.labels)

    def _each(self, labels: Iterable[str], lang: str) -> str:
        return say("mark.sentence", lang).join(self.called(name, lang) for name in labels)

    def called(self, label: str, lang: str) -> str:
        """What one of several metrics is called, in words."""
        own = (self._called or {}).get(label, {})
        if told := own.get(lang) or own.get("en"):
            return told
        said = self.word(CLOCK, label, lang)
        return say(f"called.{label}", lang) if said == label and has(f"called.{label}") else said

    def between(self, metric: str, lang: str) -> str:
        """The two milestones of a clock in words, of a dataset's own in its words; empty of any
        other metric.
        """
        found = ENDS.match(metric)
        if found is None:
            return ""
        start, stop = (self.word("milestone", name, lang) for name in found.groups())
        return say("stage.between", lang, start=start, stop=stop)

    @property
    def labels(self) -> tuple[str, ...]:
        """What the metrics of an answer about several are called."""
        return tuple(dict.fromkeys(row.label for row in self.rows if row.label))

    @property
    def statistics(self) -> tuple[str, ...]:
        """The statistics of the rows."""
        return tuple(dict.fromkeys(row.statistic for row in self.rows))

    def of(self, label: str) -> Measures:
        """The rows of one of several metrics, none of one that was left out; LogError for one that
        was not asked for.
        """
        known = dict.fromkeys((*self.labels, *self._asked_for))
        if label not in known:
            raise LogError(f"no metric is called {label!r}", "label", closest(str(label), known))
        return self._with(rows=tuple(row for row in self.rows if row.label == label))

    def last(self, n: int = 1, *, running: bool = False) -> Measures:
        """The last `n` periods that are over on the day of the answer (of each metric), or else the
        last there are, which is told; with `running` also the one that is not over, as suits
        cohorts, which keep their open cases.
        """
        check_many(n, "n")
        kept, told = of_last(self.rows, self.as_of, n, lambda row: row.label, running=running)
        return self._with(rows=kept, _remarks=(*self._remarks, *told))

    def enough(self, least: int = ENOUGH) -> Measures:
        """Without groups of fewer than `least` cases, which are counted below the table; where none
        is left, the finding says so.
        """
        check_many(least, "least")
        few = {(r.groups, r.period): r for r in self.rows if (r.n or 0) < least}
        kept = tuple(row for row in self.rows if (row.groups, row.period) not in few)
        if not few:
            return self
        if not kept:
            return self._with(rows=(), _gone=Reason("several.all_few", n=len(few), least=least))
        told = Reason("several.few", n=len(few), least=least)
        return self._with(rows=kept, _remarks=(*self._remarks, told))

    def largest_first(self) -> Measures:
        """The groups in the order of their first statistic, the largest first; those without a
        value last.
        """
        first: dict[tuple[object, str | None], float | None] = {}
        for row in self.rows:
            first.setdefault((row.groups, row.period), row.value)
        labels = list(self.labels)

        def place(row: MeasureRow) -> tuple[int, bool, float]:
            value = first[row.groups, row.period]
            named = labels.index(row.label) if row.label else 0
            return named, value is None, -(value or 0.0)

        return self._with(rows=tuple(sorted(self.rows, key=place)))

    def wide(self, beside: Beside | None = None) -> Measures:
        """The same, shown with a column per statistic and the intervals below the figures.

        `beside`: what `published` answers, or points (period, value) by what a metric is called.
        They stand in a column of their own: that of the row's period, and the first of all.
        """
        points = points_of(beside, self.labels or (self._named,))
        return self._with(_wide=True, _beside=points)

    def across(self) -> Measures:
        """The same, shown with a column per period, intervals and numbers of cases below the
        figures and the highest of the last period first; its finding is of that period, and so is
        its chart unless there are many periods.
        """
        return self._with(_across=True)

    def _table(self, lang: str) -> Display:
        if self._across and self.rows:
            return table_across(self, lang)
        return wide_table(self, lang) if self._wide and self.rows else super()._table(lang)

    def worded(self, lang: str) -> list[dict[str, object]]:
        """The records, with groups and what metrics are called in words."""
        told = super().worded(lang)
        for row, record in zip(self.rows, told, strict=True):
            if row.label:
                record[CLOCK] = self.called(row.label, lang)
        return told

    def _beware(self, lang: str) -> str:
        """What was left out; where the rows have no column of notes, also what these say."""
        return self._noted(lang) if self._wide or self._across else super()._beware(lang)

    def _noted(self, lang: str) -> str:
        return joined((*self._remarks, *noted(self, lang)), lang, "report.gap")

    @property
    def excess(self) -> bool:  # type: ignore[override]  # of this table, as its rows say
        """Whether values are what exceeds the metric's allowance."""
        return any(why.code == "beyond_allowance" for row in self.rows for why in row.reasons)

    def named(self, statistic: str, lang: str) -> str:
        """A statistic in words, with what it is of."""
        return statistic_word(statistic, self.unit, lang, self.excess)

    def _headline(self, lang: str) -> str:
        """The first statistic: its value, or from the first period to the last, or the highest and
        the lowest group; of several metrics, each by itself.
        """
        if self._across and self.rows:
            return headline_across(self, lang)
        if not self.rows:
            why = self._gone or Reason("no_cases")
            if self._gone or not self._named:
                return say(why, lang)
            return say("headline.none", lang, metric=self.called(self._named, lang), why=why)
        if len(self.labels) > SHORT:
            return self._many(lang)
        if self.labels:
            if told := self._each_alone(lang):
                return told
            parts = [(self.called(name, lang), self.of(name)) for name in self.labels]
            return say("mark.sentence", lang).join(part._about(name, lang) for name, part in parts)
        return self._about(self._caption(lang), lang)

    def _each_alone(self, lang: str) -> str:
        """Of several metrics with one value each, of one statistic and one period."""
        first = {label: self.of(label).rows[0] for label in self.labels}
        alone = [r for r in self.rows if r.statistic == first[r.label].statistic]
        same = {(row.statistic, row.period) for row in alone}
        if len(first) < 2 or len(alone) > len(first) or len(same) > 1:
            return ""
        told = say("mark.sentence", lang).join(
            say("several.figure", lang, name=self.called(row.label, lang), value=_value(row, lang))
            for row in alone
        )
        ((statistic, period),) = same
        when = period_word(period, lang)
        return say(
            "several.figures" if when else "several.figures_of_all",
            lang,
            period=when,
            statistic=self.named(statistic, lang),
            told=told,
        )

    def _about(self, name: str, lang: str) -> str:
        first = self.rows[0].statistic if self.rows else ""
        every = [row for row in self.rows if row.statistic == first]
        rows = [row for row in every if row.value is not None]
        periods = list(dict.fromkeys(row.period for row in rows if row.period))
        if len(periods) == 1:
            when = period_word(periods[0], lang)
            name = say("headline.in_period", lang, metric=name, period=when)
        statistic = self.named(first, lang)
        # a share is called one already
        if not name.lower().endswith(statistic.lower()):
            name = say("headline.of", lang, metric=name, statistic=statistic)
        asked = {"metric": name}
        if not rows:
            why = every[0].reasons[:1] if every else (Reason("no_cases"),)
            return say("headline.none", lang, **asked, why=why)
        if len(every) == 1:
            (row,) = rows
            bounds = interval(row.low, row.high, row.unit)
            counts = {"n": row.n, "open": row.n_open or 0}
            told = {"value": _told(row, lang), "bounds": bounds} | counts
            return say("headline.one", lang, **asked, **told)
        if len({row.groups for row in rows}) == 1 and len(periods) > 1:
            ends = {
                "first": period_word(rows[0].period, lang),
                "last": period_word(rows[-1].period, lang),
            }
            told = {"before": _told(rows[0], lang), "after": _told(rows[-1], lang)}
            return say("headline.periods", lang, **asked, **ends, **told)
        ordered = sorted(rows, key=lambda row: row.value or 0.0)
        low, high = ordered[0], ordered[-1]
        alone = len(periods) == 1
        whole, missing = sum(row.value or 0.0 for row in rows), unvalued(every)
        if (
            first == "sum"
            and len(periods) < 2
            and (low.value or 0) >= 0 < whole
            and len({r.unit for r in rows}) == 1
        ):
            # parts of one whole, of which the largest says most
            told = {"whole": amount(whole, high.unit, lang), "share": (high.value or 0) / whole}
            told["missing"] = missing
            most = self.named_row(high, lang, alone)
            return say("headline.sums", lang, **asked, **told, most=most)
        names = {
            "most": self.named_row(high, lang, alone),
            "least": self.named_row(low, lang, alone),
        }
        told = {"high": _told(high, lang), "low": _told(low, lang), "n": len(every)}
        return say("headline.groups", lang, **asked, **names, **told, missing=missing)

    def named_row(self, row: MeasureRow, lang: str, alone: bool = False) -> str:
        """The groups of a row in words, and its period unless it stands `alone`."""
        told = [self.group_word(c, v, lang) for c, v in row.groups if c != CLOCK]
        told += [row.period] if row.period and not (alone and told) else []
        return listed(told, lang) or self.named(row.statistic, lang)

    def _drawn(
        self,
        lang: str,
        title: str,
        source: str,
        *,
        beside: Beside | None = None,
        marks: Any = None,
        targets: Sequence[tuple[date, date, float, str]] = (),
    ) -> Figure:
        """By period a line per statistic (of the first one's unit) with the interval of the first,
        else a dot per group for the first statistic; of several metrics, a panel each.

        `beside`: what `published` answers, or points (period, value) by what a metric is called;
        those of periods that the lines have are drawn. `marks`: days and what
        happened on them, or the notice, whose day is marked. `targets`: first day, last day, level
        and words.
        """
        from .charts.measures import drawn

        if self._across and len({row.period for row in self.rows}) <= SHORT:
            latest = self._with(_across=False, rows=tuple(apart(last_periods(self))))
            return latest._drawn(lang, title, source, beside=beside)
        days = {marks.issued: say("several.issued", lang)} if hasattr(marks, "issued") else marks
        points = points_of(beside, self.labels or (self._named,))
        return drawn(self, lang, title, source, beside=points, marks=days or {}, targets=targets)

    def _small(self, lang: str, *, marks: Any = None) -> Figure:
        """By period a line with its band, else a dot per group; of one metric and its first
        statistic. `marks` as of `chart`.
        """
        from .charts.measures import drawn_small

        days = {marks.issued: say("several.issued", lang)} if hasattr(marks, "issued") else marks
        return drawn_small(self, lang, marks=days or {})

    def _small_about(self, lang: str) -> str:
        from .charts.measures import about_small

        return about_small(self, lang)

    def __repr__(self) -> str:
        if not self.rows:
            return f"{self}, as of {self.as_of}"
        return f"{self.rows[0].metric}, as of {self.as_of}\n{self}"


def _told(row: MeasureRow, lang: str) -> Reason:
    return amount(row.value or 0.0, row.unit, lang)


def _value(row: MeasureRow, lang: str) -> Reason:
    """The value, or why there is none."""
    return _told(row, lang) if row.value is not None else (*row.reasons, Reason("no_cases"))[0]
