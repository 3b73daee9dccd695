"""What `around_holidays` answers: spans beside other days, as table and picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import NothingToShow
from ..results.display import NONE, Display, head_word
from ..results.table import LANG, Record
from ..results.words import figure, say, unit_word
from ..statistics.reasons import Reason
from .caution import Figures
from .waiting import OfWaiting

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BEFORE, DURING, AFTER, EVE = "before", "during", "after", "eve"
SPANS = (BEFORE, DURING, AFTER, EVE)


@dataclass(frozen=True, kw_only=True)
class HolidayRow(Record):
    """Cases begun in one span: "before", "during" and "after" the Spring Festival, or on the "eve"
    of any holiday, its last working day before.

    `mean` and `other_mean` (in units, of cases of the same weekdays) count no case beyond the cap;
    `difference` is the one less the other, with its interval. `days` of `years` were in the span.
    """

    span: str
    mean: float | None
    other_mean: float | None
    difference: float | None
    low: float | None
    high: float | None
    n: int
    n_other: int
    days: int
    years: int
    unit: str
    reasons: tuple[Reason, ...] = ()
    labelled = True

    def label(self, lang: str = LANG) -> str:
        """The span in words, without the number of days."""
        return say(f"waiting.span_{self.span}", lang, n=0)


@dataclass(frozen=True, kw_only=True, repr=False)
class Holidays(OfWaiting[HolidayRow]):
    """What `around_holidays` answers: a row per span; `around` days before and after the festival,
    times counted up to `cap`, of the festivals of `years`.
    """

    rows: tuple[HolidayRow, ...]
    as_of: str
    metric: str
    unit: str
    around: int
    cap: float | None
    years: tuple[int, ...]
    shown = ("span", "mean", "other_mean", "difference", "low", "high", "n", "days", "note")
    empty = "waiting.no_festival"

    _level: float = 0.95
    _why: Reason | None = None  # why there are no rows

    @property
    def _because(self) -> Reason:
        """Why there are no rows."""
        why = self._why or Reason(self.empty)
        return self._cause(why.code) if self._standing else why

    def _span(self, row: HolidayRow, lang: str) -> str:
        return say(f"waiting.span_{row.span}", lang, n=self.around)

    def _headline(self, lang: str) -> str:
        about = self._caption(lang)
        told = [row for row in self.rows if row.difference is not None]
        if not told:
            return say("headline.none", lang, metric=about, why=self._because)
        clear = [r for r in told if r.low is not None and (r.low > 0 or (r.high or 0) < 0)]
        facts: dict[str, Any] = {"about": about, "unit": self._unit(lang)}
        if not clear:
            return say("waiting.holidays_none", lang, **facts)
        parts = []
        for row in clear:
            value = row.difference or 0.0
            size = {"low": row.low, "high": row.high, "value": abs(value)}
            code = f"waiting.holiday_{'longer' if value > 0 else 'shorter'}"
            parts.append(Reason(code, span=self._span(row, lang), unit=self._unit(lang), **size))
        return say("waiting.holidays", lang, parts=tuple(parts), **facts)

    def _table(self, lang: str) -> Display:
        if not self.rows:
            return Display((say(self._because, lang),), ())
        units = [
            {"unit": self.unit, "value": r.mean, "low": r.other_mean, "high": r.difference}
            for r in self.rows
        ]
        figures = Figures(units, lang)
        interval = say("change.interval", lang, level=self._level)
        heads = [say("waiting.begun_in", lang), say("waiting.mean_capped", lang)]
        heads += [say("waiting.same_weekdays", lang)]
        heads += [f"{say('waiting.difference', lang)}\n{interval}"]
        heads += [head_word("n", lang), say("waiting.days", lang)]
        cells = []
        for row in self.rows:
            told = [self._span(row, lang), figures(self.unit, row.mean)]
            told.append(figures(self.unit, row.other_mean))
            gap = figures(self.unit, row.difference, row.low, row.high, signed=True)
            if row.low is None and row.reasons:
                why = say(row.reasons[0], lang)
                gap = why if row.difference is None else f"{gap}\n{why}"
            told += [gap, figure(row.n, 0, lang), figure(row.days, 0, lang)]
            cells.append(tuple(told))
        unit = unit_word(self.unit, lang)
        caption = say("table.in_unit", lang, about=self.asked(lang), unit=unit)
        return Display(heads, cells, caption=caption, numbers=range(1, len(heads)))

    def _drawn(self, lang: str, title: str, source: str) -> Figure:
        from ..results.charts.groups import gaps

        rows = [
            {
                "label": self._span(r, lang),
                "value": r.difference,
                "low": r.low,
                "high": r.high,
                "n": r.n,
            }
            for r in self.rows
            if r.difference is not None
        ]
        if not rows:
            raise NothingToShow("there is nothing to draw", "chart", "no span has a difference")
        unit = say("waiting.longer_by", lang, unit=unit_word(self.unit, lang))
        return gaps(rows, title=title, source=source, unit=unit)

    def __repr__(self) -> str:
        return f"{self.asked()}\n{self}" if self.rows else f"{self.asked()}\n{NONE}"
