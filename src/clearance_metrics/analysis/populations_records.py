"""What `populations` answers: three populations of each period, as table and picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from ..domain.arguments import check_many
from ..engine.waiting import BEGUN, FINISHED, STILL
from ..errors import NothingToShow
from ..results.display import NONE, Display, head_word, whole_days
from ..results.periods import period_word
from ..results.table import LANG, Record
from ..results.wording import period_words
from ..results.words import figure, say, statistic_word, unit_word
from ..statistics.reasons import Reason
from .caution import Figures
from .parts import LONG_AGE
from .waiting import Groups, OfWaiting

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KINDS = (FINISHED, STILL, BEGUN)


@dataclass(frozen=True, kw_only=True)
class PopulationRow(Record):
    """One statistic of one population of one period.

    `population`: "finished" (reached the stop in the period; values are durations), "open" (open
    at its end; values are ages by then) or "begun" (began in it, as they stand on the day of the
    answer; durations, open ones included by Kaplan-Meier). `n`: its cases, without those that left
    by another end among the finished; `n_open` those of them that are open. A percentile that was
    not reached has no value and says beyond what it lies.
    """

    groups: Groups
    period: str
    population: str
    statistic: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    n_open: int
    unit: str
    reasons: tuple[Reason, ...] = ()
    labelled = True

    def label(self, lang: str = LANG) -> str:
        """The population in words."""
        return say(f"waiting.population_{self.population}", lang)


@dataclass(frozen=True, kw_only=True, repr=False)
class Populations(OfWaiting[PopulationRow]):
    """What `populations` answers: rows by group, period, population and statistic; `target` is the
    limit of the share.
    """

    rows: tuple[PopulationRow, ...]
    as_of: str
    metric: str
    unit: str
    target: float | None
    shown = ("period", "population", "statistic", "value", "low", "high", "n", "n_open", "unit")
    empty = "reason.no_cases"

    _none_in: tuple[str, ...] = ()  # the first and the last of the periods in which no case is

    def last(self, n: int = 1) -> Self:
        """The rows of the last `n` periods."""
        check_many(n, "n")
        kept = set(sorted({row.period for row in self.rows})[-n:])
        shown = tuple(row for row in self.rows if row.period in kept)
        if any(row.n for row in shown):
            return self._with(rows=shown, _every=self._drawable())
        # that there are none in these periods is not that there are none
        elsewhere = any(row.n for row in self.rows)
        gone = (min(kept), max(kept)) if kept and elsewhere else ()
        return self._with(rows=(), _every=self._drawable(), _none_in=gone)

    def _found(self, period: str, kind: str, statistic: str) -> PopulationRow | None:
        """The row of a single group."""
        asked = (period, kind, statistic)
        same = (r for r in self.rows if (r.period, r.population, r.statistic) == asked)
        return next(same, None)

    def _headline(self, lang: str) -> str:
        about = self._caption(lang)
        if not any(row.n for row in self.rows):
            why = self._cause(self.empty)
            if self._none_in and not self._standing:
                first, last = self._none_in
                window = period_words(first if first == last else f"{first}..{last}", lang)
                why = Reason("assess.no_cases_in", window=window)
            return say("headline.none", lang, metric=about, why=why)
        period = self.rows[-1].period
        told: dict[str, Any] = {"about": about, "period": period_word(period, lang)}
        if len({row.groups for row in self.rows}) > 1:
            still = {
                row.groups: row.n
                for row in self.rows
                if (row.period, row.population) == (period, STILL)
            }
            most = max(still, key=still.__getitem__)
            told |= {"n": sum(still.values()), "most": still[most]}
            return say("waiting.population_groups", lang, group=self._group(most, lang), **told)
        for kind in KINDS:
            row = self._found(period, kind, "median")
            if row is None or not row.n:
                told[kind] = Reason(f"waiting.no_{kind}")
            else:
                told[kind] = Reason(f"waiting.has_{kind}", n=row.n, median=self._value(row, lang))
        return say("waiting.populations", lang, **told)

    def _value(self, row: PopulationRow, lang: str) -> str:
        if row.value is not None:
            if row.population == STILL and self.unit == "hours" and row.value >= LONG_AGE:
                return self._age(row.value, lang)
            told = {"value": row.value, "unit": self._unit(lang)}
            if whole_days({}, row.statistic, self.unit, row.value).get(self.unit) == 0:
                return say("headline.count", lang, n=int(row.value), unit=told["unit"])
            return say("headline.amount", lang, **told)
        return say(row.reasons[0], lang) if row.reasons else NONE

    def _table(self, lang: str) -> Display:
        if not self.rows:
            return self._nothing(lang)
        statistics = list(dict.fromkeys(row.statistic for row in self.rows))
        groups = [name for name, _ in self.rows[0].groups]
        units = [
            {"unit": "share" if _is_share(row.statistic) else self.unit, "value": row.value}
            for row in self.rows
        ]
        figures = Figures(units, lang)
        heads = [*(head_word(name, lang) for name in groups), head_word("period", lang)]
        heads += [say("waiting.population", lang), head_word("n", lang), say("waiting.still", lang)]
        heads += [statistic_word(s, self.unit, lang) for s in statistics]
        together: dict[tuple, dict[str, PopulationRow]] = {}
        for row in self.rows:
            together.setdefault((row.groups, row.period, row.population), {})[row.statistic] = row
        cells = []
        for (group, period, _), rows in together.items():
            first = next(iter(rows.values()))
            told = [self.group_word(column, value, lang) for column, value in group]
            told += [period, first.label(lang), figure(first.n, 0, lang)]
            told.append(figure(first.n_open, 0, lang) if first.population == BEGUN else NONE)
            for statistic in statistics:
                row = rows[statistic]
                unit = "share" if _is_share(statistic) else self.unit
                if row.value is None:
                    told.append(say(row.reasons[0], lang) if row.reasons else NONE)
                elif row.population == STILL and unit == "hours" and row.value >= LONG_AGE:
                    told.append(self._age(row.value, lang))
                else:
                    told.append(figures(unit, row.value, row.low, row.high, statistic=statistic))
            cells.append(tuple(told))
        left = len(groups) + 2
        asked = say("table.in_unit", lang, about=self.asked(lang), unit=unit_word(self.unit, lang))
        return Display(heads, cells, caption=asked, numbers=range(left, len(heads)))

    def _drawn(self, lang: str, title: str, source: str) -> Figure:
        """The medians from period to period: durations on one side, ages of open cases, which are
        of another size, on the other.
        """
        from ..results.charts.over_time import lines_over_time

        if len({row.groups for row in self._drawable()}) > 1:
            raise NothingToShow("several groups do not fit one picture", "chart", "ask for one")
        panels: dict[str, dict[str, list[dict[str, Any]]]] = {}
        for words, kinds in (("median_durations", (FINISHED, BEGUN)), ("median_ages", (STILL,))):
            lines = {
                say(f"waiting.line_{kind}", lang): [
                    {"period": row.period, "value": row.value}
                    for row in self._drawable()
                    if (row.population, row.statistic) == (kind, "median") and row.value is not None
                ]
                for kind in kinds
            }
            found = {name: rows for name, rows in lines.items() if rows}
            if found:
                panels[say(f"waiting.{words}", lang)] = found
        if not panels:
            raise NothingToShow("there is nothing to draw", "chart", "no population has a case")
        unit = unit_word(self.unit, lang)
        return lines_over_time(panels, lang=lang, title=title, source=source, unit=unit)

    def __repr__(self) -> str:
        return f"{self.asked()}\n{self}"


def _is_share(statistic: str) -> bool:
    return statistic.startswith("within")
