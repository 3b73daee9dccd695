"""What `measure` answers. Records render themselves and decide nothing."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from ..domain.arguments import check_many
from ..domain.ends import ENOUGH
from ..errors import NothingToShow, closest
from ..statistics.reasons import Reason
from .beside import Beside, Points, points_of
from .by_period import apart, headline_across, last_periods, table_across
from .display import Display, head_word, measured
from .measure_headlines import about, each_alone, many_found
from .periods import listed, of_last
from .record import Record
from .table import ResultTable
from .wide import CLOCK as CLOCK
from .wide import head_of, noted, wide_table
from .withheld import few, hushed, open_withheld, refused
from .words import LANGUAGES, has, joined, limit_of, metric_word, say, statistic_word

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
    shown = ("statistic", "period", "value", "low", "high", "target", "n", "n_open", "unit", "note")
    empty = "reason.no_cases"

    _asked_for: tuple[str, ...] = ()  # what several metrics are called, also those without rows
    _gone: Reason | None = None  # why no row is left
    _wide: bool = False
    _across: bool = False
    _named: str = ""  # the clock that a single metric is
    _beside: Points | None = None
    _called: Mapping[str, Mapping[str, str]] | None = None  # what labels are in words
    _targets: ClassVar[Mapping[str, tuple[str, float, Reason]]] = {}  # statistic, level, when

    def withholding(self, k: int, cells: Iterable[int], hidden: Collection[str] = ()) -> Any:
        """As of any answer; its cells are withheld one by one where it is made."""
        rows = tuple(open_withheld(r, k) if few(r.n_open, k) else hushed(r, k) for r in self.rows)
        return self._with(rows=rows, _behind=refused)

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

    def of(self, label: object) -> Measures:
        """The rows of one of several metrics, or of one group: by what it is called, as it stands
        in the rows or in words; none of a metric that was left out. NothingToShow for what the
        answer does not have.
        """
        name = str(label)
        if name in self.labels or (name == self._named and not self.labels):
            return self._with(rows=tuple(r for r in self.rows if r.label in (name, "")))
        known: dict[str, None] = dict.fromkeys(self.labels)
        rows = []
        for row in self.rows:
            for column, value in row.groups:
                called = {str(value), *(self.group_word(column, value, n) for n in LANGUAGES)}
                known |= dict.fromkeys([str(value)] if column != CLOCK else [])
                if column == CLOCK:
                    called = {self.called(row.label, n) for n in LANGUAGES}
                if name in called:
                    rows.append(row)
                    break
        if not rows and name not in self._asked_for:
            what = f"the answer has no metric or group {name!r}"
            raise NothingToShow(what, "of", closest(name, known))
        return self._with(rows=tuple(rows))

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
        if not self.rows:
            return Display((self._headline(lang),), ())
        if self._across and self.rows:
            return table_across(self, lang)
        if self._wide and self.rows:
            return wide_table(self, lang)
        shown = super()._table(lang)
        if self.labels and not self.of_clocks:
            names = {head_word(CLOCK, lang): head_of(self, CLOCK, lang)}
            shown.heads = tuple(names.get(head, head) for head in shown.heads)
        return shown

    def worded(self, lang: str) -> list[dict[str, object]]:
        """The records, with groups and what metrics are called in words."""
        told, beyond, worded = super().worded(lang), self._beyond, []
        for row, record in zip(self.rows, told, strict=True):
            if row.label:
                record[CLOCK] = self.called(row.label, lang)
            record["beyond"] = row.label in beyond
            worded.append(self._targeted(row, record, lang))
        return worded

    def _targeted(self, row: MeasureRow, record: dict[str, object], lang: str) -> dict[str, object]:
        """The record with the row's target behind its interval, where the answer has targets."""
        if not self._targets:
            return record
        target, made = self.target_of(row, lang) or None, dict[str, object]()
        for name, value in record.items():
            made[name] = value
            if name == "high":
                made["target"] = target
        return made

    def _filed(self, lang: str) -> list[dict[str, Any]]:
        filed = super()._filed(lang)
        return [self._targeted(row, one, lang) for row, one in zip(self.rows, filed, strict=True)]

    def _beware(self, lang: str) -> str:
        """What was left out; where the rows have no column of notes, also what these say."""
        return self._noted(lang) if self._wide or self._across else super()._beware(lang)

    def _noted(self, lang: str) -> str:
        return joined((*self._remarks, *noted(self, lang)), lang, "report.gap")

    @property
    def excess(self) -> bool:  # type: ignore[override]  # of this table, as its rows say
        """Whether values are what exceeds an allowance: those of every metric of the answer."""
        return bool(self.rows) and self._beyond == {row.label for row in self.rows}

    @property
    def _beyond(self) -> set[str]:
        """The metrics whose values are what exceeds an allowance."""
        return {
            row.label for row in self.rows for why in row.reasons if why.code == "beyond_allowance"
        }

    def target_of(self, row: MeasureRow, lang: str) -> str:
        """The target that the notice has for the row's metric and statistic, with its day."""
        statistic, value, when = self._targets.get(row.label, ("", 0.0, None))
        if statistic != row.statistic or when is None:
            return ""
        told = measured(value, row.unit, {}, lang) if row.unit == "share" else limit_of(value, lang)
        return say("several.target", lang, target=told, when=when)

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
            why, names = self._gone or Reason("no_cases"), self._asked_for or (self._named,)
            named = self._each(filter(None, names), lang) if len(names) <= SHORT else ""
            return say("headline.none", lang, metric=named, why=why) if named else say(why, lang)
        if len(self.labels) > SHORT:
            return many_found(self, lang) or self._many(lang)
        if self.labels:
            if told := each_alone(self, lang):
                return told
            parts = [(self.called(name, lang), self.of(name)) for name in self.labels]
            return say("mark.sentence", lang).join(about(part, name, lang) for name, part in parts)
        return about(self, self._caption(lang), lang)

    def named_row(self, row: MeasureRow, lang: str, alone: bool = False) -> str:
        """The groups of a row in words, and its period unless it stands `alone`."""
        told = [self.group_word(c, v, lang) for c, v in row.groups if c != CLOCK]
        told += [row.period] if row.period and not (alone and told) else []
        return listed(told, lang) or self.named(row.statistic, lang)

    def chart(
        self,
        lang: str | None = None,
        title: str = "",
        source: str = "",
        *,
        beside: Beside | None = None,
        marks: Any = None,
        targets: Sequence[tuple[date, date, float, str]] = (),
        **more: Any,
    ) -> Figure:
        """By period a line per statistic with the interval of the first; groups over time a line
        each, or from five groups on a small picture each, all on one scale, of the first
        statistic; without periods a dot per group. Of several metrics a panel each.

        `beside`: what `published` answers, or points (period, value) by what a metric is called;
        those of periods that the lines have are drawn. `marks`: days and what happened on them, or
        the notice, whose day is marked. `targets`: first day, last day, level and words. `title`
        and `source` take the place of the finding and of the data's own line. NothingToShow where
        there is no value, or where more groups than fit; it says how to narrow.
        """
        given = {"beside": beside, "marks": marks, "targets": targets}
        more |= {name: value for name, value in given.items() if value}
        return super().chart(lang, title, source, **more)

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
