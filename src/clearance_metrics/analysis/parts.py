"""What answers have in common whose rows are parts of a clock that add up to the whole."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from ..domain.arguments import check_many
from ..domain.metrics import Condition
from ..errors import NothingToShow
from ..results.display import NONE, Display, head_word
from ..results.periods import listed, of_last, period_cell, period_word
from ..results.table import ResultTable, Row
from ..results.words import figure, say, unit_word
from ..statistics.moments import mean_of_sums, share_of_sums
from ..statistics.reasons import Reason

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BARS = 40  # of one picture
HOUR = 3600  # seconds
LEAST = 0.001  # a share below half of it reads as nothing, as do its bounds
LEAST_HOURS = 0.005  # of which two decimals show something
LONG_AGE = 240  # hours; from here on an age is said in days
Cell = Callable[[Any, str], str]


def plainly(where: Condition) -> tuple[tuple[str, str], ...]:
    """What a condition says in single values, which a caption names.

    >>> plainly({"mode": "sea", "teu": {"at_least": 1}})
    (('mode', 'sea'),)
    """
    return tuple((name, value) for name, value in where.items() if isinstance(value, str))


def hours(value: float | None, lang: str) -> str:
    """Hours as officials publish them."""
    return NONE if value is None else figure(value, 2, lang)


def percent(value: float | None, lang: str) -> str:
    """A share; one that would read as nothing says that it is small, and one of nothing (None) that
    there is none to count.

    >>> percent(0.5, "en"), percent(0.0004, "en"), percent(0, "en"), percent(None, "en")
    ('50.0%', 'under 0.1%', '0.0%', 'none to count')
    """
    if value is None:
        return say("standing.none_to_count", lang)
    if 0 < value < LEAST / 2:
        return say("table.percent_small", lang, least=LEAST)
    return say("table.percent", lang, share=value)


class Parted(ResultTable[Row], ABC):
    """Parts that add up, by group and period: a total below each group, and a bar cut into them."""

    empty = "parts.none_finished"
    unit = "hours"
    _where: tuple[tuple[str, str], ...] = ()  # of which cases, in single values

    def last(self, n: int = 1) -> Self:
        """The last `n` periods that are over on the day of the answer, or else the last there are,
        which is told. What was counted of all cases stays so.
        """
        check_many(n, "n")
        kept, told = of_last(self.rows, self.as_of, n)
        return self._with(rows=kept, _remarks=(*self._remarks, *told))

    def _between(self, start: str, stop: str, lang: str) -> str:
        """From a milestone to another, in words."""
        ends = (self.word("milestone", name, lang) for name in (start, stop))
        return say("stage.between", lang, **dict(zip(("start", "stop"), ends, strict=True)))

    def _none(self, lang: str, about: str = "") -> str:
        """Why nothing was split: how the cases stand, or that none was finished."""
        why = self._cause(self.empty)
        return say("headline.none", lang, metric=about, why=why) if about else say(why, lang)

    @abstractmethod
    def _clock(self, lang: str) -> str:
        """What is cut into parts."""

    def _caption(self, lang: str) -> str:
        """The clock, and of which cases."""
        return self._narrowed(lang, ()) if self.rows else ""

    def _narrowed(self, lang: str, more: Sequence[str]) -> str:
        cases = listed(
            [*(self.group_word(name, value, lang) for name, value in self._where), *more], lang
        )
        about = self._clock(lang)
        told = say("parts.of_cases", lang, about=about, cases=cases) if cases else about
        # a name that ends in brackets takes the cases into them
        return told.replace(say("parts.brackets", lang), say("parts.in_brackets", lang))

    def _first(self) -> list[Any]:
        """The rows of the first group and period."""
        head = self.rows[0]
        return [r for r in self.rows if (r.groups, r.period) == (head.groups, head.period)]

    def _subject(self, lang: str) -> str:
        """What the first rows are about: the clock, the cases, the group and the period."""
        row = self.rows[0]
        group = [self.group_word(c, v, lang) for c, v in row.groups]
        return self._narrowed(lang, [*group, *filter(None, [period_word(row.period, lang)])])

    def _instant(self, lang: str) -> str:
        """That no time passed on any case, where that is so: of nothing there are no parts."""
        if any(row.seconds for row in self.rows):
            return ""
        n = sum(rows[0].cases for rows in self._together().values())
        return say("standing.no_time", lang, about=self._narrowed(lang, ()), n=n)

    def _ranked(self, lang: str) -> str:
        """Of several groups the highest and the lowest whole, of several periods the first and the
        last, and what of the whole is largest in each; nothing of a single one.
        """
        together = self._together()
        if len(together) < 2:
            return ""
        about = self._narrowed(lang, ())
        if len({row.groups for row in self.rows}) == 1:
            about = self._narrowed(
                lang, [self.group_word(c, v, lang) for c, v in self.rows[0].groups]
            )
            ends = [list(together.values())[i] for i in (0, -1)]
            first, last = (self._whole_of(rows, lang, period=True) for rows in ends)
            return say("parts.periods", lang, about=about, first=first, last=last)
        ordered = sorted(together.values(), key=lambda rows: sum(row.mean for row in rows))
        least, most = (self._whole_of(ordered[i], lang) for i in (0, -1))
        return say("parts.groups", lang, about=about, most=most, least=least, n=len(ordered))

    def _together(self) -> dict[tuple[object, object], list[Any]]:
        """The rows of each group and period."""
        found: dict[tuple[object, object], list[Any]] = {}
        for row in self.rows:
            found.setdefault((row.groups, row.period), []).append(row)
        return found

    def _whole_of(self, rows: Sequence[Any], lang: str, *, period: bool = False) -> Reason:
        """A group or a period with its whole, its cases and its largest part."""
        names = [] if period else [self.group_word(c, v, lang) for c, v in rows[0].groups]
        name = listed([*names, *filter(None, [period_word(rows[0].period, lang)])], lang)
        told = {"name": name, "hours": sum(row.mean for row in rows), "n": rows[0].cases}
        code = "parts.in_period" if period else "parts.whole"
        none = Reason("standing.none_to_count")
        return Reason(
            code, **told, most=none if rows[0].share is None else self._largest(rows, lang)
        )

    def _largest(self, rows: Sequence[Any], lang: str) -> Reason:
        """What most of the time goes to, with its share."""
        most = max(rows, key=lambda row: row.mean)
        part = self._part(most, lang)
        return Reason("parts.largest", share=most.share, part=part)

    def _said(self, row: Any, lang: str) -> str:
        """What a part is called."""
        return str(row.label(lang))

    def _part(self, row: Any, lang: str) -> str:
        """What a part is called in one line, as no other part is."""
        return self._said(row, lang).partition("\n")[0]

    def _totalled(
        self, columns: Mapping[str, tuple[Cell, Cell | None]], head: str, lang: str
    ) -> Display:
        """A row per part and a total below each group; `columns` by the code of what stands over
        each: how a cell is made, and the total from the first row of the group, where there is one.
        """
        names = [name for name, _ in self.rows[0].groups]
        periods = any(row.period for row in self.rows)
        heads = [head_word(name, lang) for name in names]
        heads += [head_word("period", lang)] * periods + [say(head, lang)]
        left = len(heads)
        heads += [say(code, lang) for code in columns]
        cells = []
        for parts in self._together().values():
            group = [self.group_word(c, v, lang) for c, v in parts[0].groups]
            group += [period_cell(parts[0].period, lang) or NONE] * periods
            for row in parts:
                made = [cell(row, lang) for cell, _ in columns.values()]
                cells.append((*group, self._said(row, lang), *made))
            whole = _Whole(parts)
            total = [of(whole, lang) if of else "" for _, of in columns.values()]
            cells.append((*group, say("parts.total", lang), *total))
        unit = unit_word("hours", lang)
        asked = say("table.in_unit", lang, about=self.asked(lang), unit=unit)
        return Display(heads, cells, caption=asked, numbers=range(left, len(heads)))

    def _drawn(self, lang: str, title: str, source: str) -> Figure:
        """A bar per group and period, cut into its parts."""
        from ..results.charts.groups import stacked

        if not self.rows:
            raise NothingToShow("there is nothing to draw", "chart", "no case was finished")
        bars: dict[str, list[tuple[str, float]]] = {}
        for row in self.rows:
            group = [self.group_word(c, v, lang) for c, v in row.groups]
            name = listed([*group, *filter(None, [period_word(row.period, lang)])], lang)
            part = self._part(row, lang)
            bars.setdefault(name or say("survival.all", lang), []).append((part, row.mean))
        if len(bars) > BARS:
            what = f"{len(bars)} bars do not fit one picture"
            raise NothingToShow(what, "chart", "ask for fewer groups or longer periods")
        unit = unit_word("hours", lang)
        return stacked(bars, title=title, source=source, unit=unit, digits=2)


class _Whole:
    """The sum of parts, as a row."""

    def __init__(self, parts: Sequence[Any]) -> None:
        self.mean = sum(row.mean for row in parts)
        shares = [row.share for row in parts]
        self.share = None if None in shares else sum(shares)
        self.cases = parts[0].cases
        self._open = getattr(parts[0], "n_open", 0)

    def opened(self, lang: str) -> str:
        """How many cases of the group are not yet done."""
        return figure(self._open, 0, lang)


def _mean(row: Any, lang: str) -> str:
    """Mean hours, and below them their interval where a row has one."""
    low, high = getattr(row, "low", None), getattr(row, "high", None)
    bounded = low is not None and high is not None and high >= LEAST_HOURS
    told = say("party.between", lang, low=low, high=high) if bounded else ""
    return f"{hours(row.mean, lang)}\n{told}".strip()


def _share(row: Any, lang: str) -> str:
    low, high = getattr(row, "share_low", None), getattr(row, "share_high", None)
    bounded = low is not None and high is not None and high >= LEAST / 2
    told = say("party.shares_between", lang, low=low, high=high) if bounded else ""
    return f"{percent(row.share, lang)}\n{told}".strip()


def intervals(
    n: int, sums: tuple[int, int, int], wholes: tuple[int, int], level: float
) -> dict[str, float | None]:
    """The intervals of a part's mean hours, which is never below zero, and of its share over n
    cases, from its sum, squares and products with the whole, and the sum and squares of that.
    """
    mean = mean_of_sums(n, *sums[:2], HOUR, level)
    share = share_of_sums(n, sums, wholes, level)
    low = None if mean.low is None else max(mean.low, 0.0)
    return {"low": low, "high": mean.high, "share_low": share.low, "share_high": share.high}


MEAN: tuple[Cell, Cell] = (_mean, lambda row, lang: hours(row.mean, lang))
SHARE: tuple[Cell, Cell] = (_share, lambda row, lang: percent(row.share, lang))
CASES: tuple[Cell, Cell] = (lambda row, lang: figure(row.cases, 0, lang),) * 2
WITH_IT: tuple[Cell, None] = (lambda row, lang: figure(row.n, 0, lang), None)
