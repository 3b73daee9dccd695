"""What `measure` answers. Records render themselves and decide nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from ..domain.between import last_day
from ..domain.ends import ENOUGH
from ..statistics.reasons import Reason
from .display import LONGEST, NONE, Display, digits_of, head_word, measured
from .record import Record
from .table import ResultTable, amount, interval
from .words import figure, metric_word, say, statistic_word, unit_word

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CLOCK = "clock"  # the group that tells several metrics of one answer apart
EACH = 4  # groups that a sentence names one by one


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

    _wide: bool = False

    def _caption(self, lang: str) -> str:
        """The metric, or what several are called."""
        if not self.rows:
            return ""
        if self.labels:
            return say("mark.list", lang).join(self.word(CLOCK, name, lang) for name in self.labels)
        name = self.rows[0].metric
        named = ("metric", name) in self._words
        return self.word("metric", name, lang) if named else metric_word(name, lang)

    @property
    def labels(self) -> tuple[str, ...]:
        """What the metrics of an answer about several are called."""
        return tuple(dict.fromkeys(row.label for row in self.rows if row.label))

    def of(self, label: str) -> Measures:
        """The rows of one of several metrics."""
        return self._with(rows=tuple(row for row in self.rows if row.label == label))

    def last(self, n: int = 1) -> Measures:
        """The last `n` periods that are over on the day of the answer (of each metric), or else the
        last there are.
        """
        kept: set[tuple[str, str | None]] = set()
        for label in self.labels or ("",):
            periods = sorted({row.period for row in self.rows if row.label == label and row.period})
            over = [
                name for name in periods if last_day(name) <= date.fromisoformat(self.as_of[:10])
            ]
            kept |= {(label, name) for name in (over or periods)[-n:]}
        return self._with(rows=tuple(r for r in self.rows if (r.label, r.period) in kept))

    def enough(self, least: int = ENOUGH) -> Measures:
        """Without groups of fewer than `least` cases, which are counted below the table."""
        kept = tuple(row for row in self.rows if (row.n or 0) >= least)
        few = {(row.groups, row.period) for row in self.rows} - {(r.groups, r.period) for r in kept}
        told = (Reason("several.few", n=len(few), least=least),) if few else ()
        return self._with(rows=kept, _remarks=(*self._remarks, *told))

    def wide(self) -> Measures:
        """The same, shown with a column per statistic and the intervals below the figures."""
        return self._with(_wide=True)

    def _table(self, lang: str) -> Display:
        return wide_table(self, lang) if self._wide and self.rows else super()._table(lang)

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
        if len(self.labels) > 1:
            told = [(self.word(CLOCK, name, lang), self.of(name)) for name in self.labels]
            return say("mark.sentence", lang).join(part._about(name, lang) for name, part in told)
        return self._about(self._caption(lang), lang)

    def _about(self, name: str, lang: str) -> str:
        first = self.rows[0].statistic if self.rows else ""
        every = [row for row in self.rows if row.statistic == first]
        rows = [row for row in every if row.value is not None]
        asked: dict[str, Any] = {"metric": name, "statistic": self.named(first, lang)}
        if not rows:
            why = every[0].reasons[:1] if every else (Reason("no_cases"),)
            return say("headline.none", lang, **asked, why=why)
        periods = list(dict.fromkeys(row.period for row in rows if row.period))
        if len(periods) == 1:
            asked["metric"] = say("headline.in_period", lang, metric=name, period=periods[0])
        if len(every) == 1:
            (row,) = rows
            bounds = interval(row.low, row.high, row.unit)
            told = {
                "value": _told(row, lang),
                "bounds": bounds,
                "n": row.n,
                "open": row.n_open or 0,
            }
            return say("headline.one", lang, **asked, **told)
        if len({row.groups for row in rows}) == 1 and len(periods) > 1:
            ends = {"first": rows[0].period, "last": rows[-1].period}
            told = {"before": _told(rows[0], lang), "after": _told(rows[-1], lang)}
            return say("headline.periods", lang, **asked, **ends, **told)
        ordered = sorted(rows, key=lambda row: row.value or 0.0)
        low, high = ordered[0], ordered[-1]
        alone = len(periods) == 1
        names = {
            "most": self.named_row(high, lang, alone),
            "least": self.named_row(low, lang, alone),
        }
        told = {"high": _told(high, lang), "low": _told(low, lang), "n": len(rows)}
        return say("headline.groups", lang, **asked, **names, **told)

    def named_row(self, row: MeasureRow, lang: str, alone: bool = False) -> str:
        """The groups of a row in words, and its period unless it stands `alone`."""
        told = [self.group_word(c, v, lang) for c, v in row.groups if c != CLOCK]
        told += [row.period] if row.period and not (alone and told) else []
        return say("mark.list", lang).join(told) or self.named(row.statistic, lang)

    def _drawn(
        self,
        lang: str,
        title: str,
        source: str,
        *,
        beside: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
        marks: Mapping[date, str] | None = None,
        targets: Sequence[tuple[date, date, float, str]] = (),
    ) -> Figure:
        """By period a line per statistic with the interval of the first, else a dot per group; of
        several metrics, a panel each. `beside`: points (period, value) by what a metric is called
        ("" of a single one); `marks`: days and what happened on them; `targets`: first day, last
        day, level and words.
        """
        from .charts.measures import drawn

        return drawn(
            self, lang, title, source, beside=beside or {}, marks=marks or {}, targets=targets
        )

    def __repr__(self) -> str:
        if not self.rows:
            return f"{self}, as of {self.as_of}"
        return f"{self.rows[0].metric}, as of {self.as_of}\n{self}"


def _told(row: MeasureRow, lang: str) -> Reason:
    return amount(row.value or 0.0, row.unit, lang)


def wide_table(found: Measures, lang: str) -> Display:
    """A row per group and period, a column per statistic with its interval below the figure."""
    statistics = list(dict.fromkeys(row.statistic for row in found.rows))
    groups = list(dict.fromkeys(name for row in found.rows for name, _ in row.groups))
    cells: dict[tuple, dict[str, MeasureRow]] = {}
    for row in found.rows:
        cells.setdefault((row.groups, row.period), {})[row.statistic] = row
    digits = digits_of([row.to_dict() for row in found.rows])
    first = [next(iter(told.values())) for told in cells.values()]
    periods, opened = any(r.period for r in first), any(r.n_open for r in first)
    units = len({r.unit for r in first}) > 1
    heads = [head_word(name, lang) for name in groups]
    heads += [head_word("period", lang)] * periods
    heads += [found.named(name, lang) for name in statistics]
    heads += [
        head_word(n, lang) for n, shown in (("unit", units), ("n", 1), ("n_open", opened)) if shown
    ]
    rows = []
    for told, one in zip(cells.values(), first, strict=True):
        values = dict(one.groups)
        line = [found.group_word(n, values[n], lang) if n in values else NONE for n in groups]
        line += [str(one.period or NONE)] * periods
        line += [_figure(told.get(name), digits, lang) for name in statistics]
        line += [unit_word(one.unit, lang)] * units
        line += [NONE if one.n is None else figure(one.n, 0, lang)]
        line += [NONE if one.n_open is None else figure(one.n_open, 0, lang)] * opened
        rows.append(tuple(line))
    left = len(groups) + periods
    numbers = [i for i in range(left, len(heads)) if not (units and i == left + len(statistics))]
    asked = (
        found.asked(lang)
        if units
        else say(
            "table.in_unit", lang, about=found.asked(lang), unit=unit_word(first[0].unit, lang)
        )
    )
    more = say("table.more", lang, n=len(rows) - LONGEST)
    return Display(heads, rows, caption=asked, numbers=numbers, more=more)


def _figure(row: MeasureRow | None, digits: Mapping[object, int], lang: str) -> str:
    """A value with its interval below, or why there is none."""
    if row is None:
        return NONE
    if row.value is None:
        return say(row.reasons[0], lang) if row.reasons else NONE
    value, low, high = (measured(x, row.unit, digits, lang) for x in (row.value, row.low, row.high))
    if row.low is None or row.high is None:
        return value
    return f"{value}\n{say('figure.interval', lang, low=low, high=high)}"
