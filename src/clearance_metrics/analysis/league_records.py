"""What `league` answers. Records render themselves and decide nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from ..domain.ends import ENOUGH
from ..errors import NothingToShow
from ..results.display import NONE, Display, head_word
from ..results.table import LANG, Record, amount
from ..results.withheld import hushed, refused
from ..results.wording import period_words
from ..results.words import figure, joined, say, statistic_word, unit_word
from ..statistics.reasons import Reason
from .caution import Figures, OfChange

if TYPE_CHECKING:
    from matplotlib.figure import Figure


OPEN = frozenset({"open_cases", "open_and_late_cases"})  # why a group has no plain mean


@dataclass(frozen=True, kw_only=True)
class LeagueRow(Record):
    """One group. `pooled` is its value drawn towards the centre of all groups, `rank` counts from
    the best.

    `p` tests the group against all other cases, `p_adjusted` allows for the number of groups. A
    group of `few` cases has no rank and no p; a withheld one has no figures at all.
    """

    label: str  # type: ignore[assignment]  # a column here; other rows word theirs from codes
    groups: tuple[tuple[str, object], ...]
    n: int | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    pooled: float | None = None
    pooled_low: float | None = None
    pooled_high: float | None = None
    rank: int | None = None
    rank_low: int | None = None
    rank_high: int | None = None
    p: float | None = None
    p_adjusted: float | None = None
    few: bool = False
    unit: str
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class League(Record, OfChange[LeagueRow]):
    """What `league` answers: the groups in order of rank, then those without one; `overall` is the
    row of all cases, `tau` the spread of true values between groups, in units.
    """

    rows: tuple[LeagueRow, ...]
    overall: LeagueRow
    metric: str
    statistic: str
    unit: str
    tau: float | None
    as_of: str
    reasons: tuple[Reason, ...] = ()
    shown = (
        "n",
        "value",
        "low",
        "high",
        "pooled",
        "rank",
        "rank_low",
        "rank_high",
        "p_adjusted",
        "few",
        "unit",
        "note",
    )

    _span: ClassVar[str] = ""  # the days that were asked for

    def withholding(self, k: int, cells: Iterable[int], hidden: Collection[str] = ()) -> Any:
        """As of any answer; its cells are withheld one by one where it is made."""
        rows = tuple(hushed(row, k) for row in self.rows)
        return self._with(rows=rows, overall=hushed(self.overall, k), _behind=refused)

    def head(self, lang: str = LANG) -> str:
        """One line: what was asked, and the value of all groups together."""
        whole = self.overall
        told = joined(whole.reasons, lang) if whole.value is None else f"{whole.value:,.4g}"
        if whole.n is not None:
            told = say("league.whole", lang, value=told, n=whole.n)
        asked = {"metric": self.metric, "as_of": self.as_of, "whole": told}
        statistic = statistic_word(self.statistic, self.unit, lang)
        return say("league.head", lang, statistic=statistic, **asked)

    def _drawn(self, lang: str, title: str, source: str) -> Figure:
        from ..results.charts.league import ranks

        if not any(row.value is not None for row in self.rows):
            raise NothingToShow("there is no group to draw", "chart", "see the table")
        unit = unit_word(self.rows[0].unit, lang)
        rows = [row.to_dict() | {"label": self._named(row, lang)} for row in self.rows]
        return ranks(rows, lang=lang, title=title, source=source, unit=unit)

    def _caption(self, lang: str) -> str:
        told = {"statistic": statistic_word(self.statistic, self.unit, lang)}
        when = period_words(self._span, lang) if self._span else say("league.all_days", lang)
        return say("league.caption", lang, metric=self.named(lang), **told, period=when)

    def _named(self, row: LeagueRow, lang: str) -> str:
        return " / ".join(self.group_word(c, v, lang) for c, v in row.groups)

    def _headline(self, lang: str) -> str:
        """The first and the last that have a rank, and how many ranks are certain; or why there are
        none.
        """
        ranked = [row for row in self.rows if row.rank is not None and row.value is not None]
        asked: dict[str, Any] = {"about": self._caption(lang)}
        if not ranked:
            told = [why for row in self.rows for why in row.reasons if row.value is None]
            few = Reason("league.none_ranked", fewest=ENOUGH)
            why = told[:1] if told and not any(r.value is not None for r in self.rows) else [few]
            why = why if self.rows else [Reason("no_cases")]
            return say("league.nothing", lang, **asked, why=self._causes(why))
        first, last = ranked[0], ranked[-1]
        asked |= {"first": self._named(first, lang), "last": self._named(last, lang)}
        asked["best"] = amount(first.value or 0.0, first.unit, lang)
        if len(ranked) == 1:
            code = "league.alone" if len(self.rows) > 1 else "league.single"
            return say(code, lang, **asked, fewest=ENOUGH)
        asked["worst"] = amount(last.value or 0.0, last.unit, lang)
        sure = sum(row.rank_low == row.rank_high for row in ranked)
        code = (
            "league.sure" if sure == len(ranked) else "league.ranked" if sure else "league.unsure"
        )
        return say(code, lang, **asked, n=len(ranked), sure=sure)

    def _table(self, lang: str) -> Display:
        """A row per group: its value, partially pooled value, and the ranks that it may have."""
        if not self.rows:
            return self._nothing(lang)
        figures, columns = Figures(self.to_dicts(), lang), [c for c, _ in self.rows[0].groups]
        statistic = statistic_word(self.statistic, self.unit, lang)
        heads = [head_word(column, lang) for column in columns]
        heads += [self._headed(statistic, lang), *(head_word(n, lang) for n in ("n", "pooled"))]
        heads += [say("league.rank", lang)]
        rows = []
        for row in self.rows:
            words = [self.group_word(c, v, lang) for c, v in row.groups]
            told = [why for why in row.reasons if row.value is not None]
            words[-1] = "\n".join([words[-1], *(say(why, lang) for why in told)])
            value = figures(row.unit, row.value, row.low, row.high)
            if row.value is None and row.reasons:
                value = say(row.reasons[0], lang)
            rank = NONE if row.rank is None else figure(row.rank, 0, lang)
            if row.rank is not None:
                bounds = {"low": row.rank_low, "high": row.rank_high}
                sure = row.rank_low == row.rank_high
                rank += f"\n{say('league.certain' if sure else 'figure.interval', lang, **bounds)}"
            n = NONE if row.n is None else figure(row.n, 0, lang)
            rows.append((*words, value, n, figures(row.unit, row.pooled), rank))
        unit = unit_word(self.rows[0].unit, lang)
        asked = say("table.in_unit", lang, about=self.asked(lang), unit=unit)
        numbers = range(len(columns), len(heads))
        return Display(heads, rows, caption=asked, numbers=numbers)

    def _warned(self, lang: str) -> Iterable[Reason]:
        yield from (Reason("change.warning", warning=why) for why in self.reasons if self.rows)
        if any(row.rank is not None for row in self.rows):
            yield Reason("league.note", level=self._level)
            if any(row.few for row in self.rows):
                yield Reason("league.few_note", fewest=ENOUGH)
        if any(row.pooled is not None for row in self.rows):
            yield Reason("league.pooled")
        if any(why.code in OPEN for row in self.rows for why in row.reasons):
            yield Reason("league.open_groups")

    def _caution(self) -> tuple[Reason, ...]:
        return (Reason("league.no_judgement"),)

    def __repr__(self) -> str:
        return "\n".join(text for text in (self.head(), self.said(), str(self)) if text)
