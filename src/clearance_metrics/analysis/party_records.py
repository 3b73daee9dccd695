"""What `parties` answers: a clock's hours by who had to act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..domain.parties import UNKNOWN
from ..errors import NothingToShow
from ..results.block import Block
from ..results.display import Display
from ..results.periods import listed, period_word
from ..results.table import LANG, Record, interval
from ..results.withheld import counted
from ..results.words import figure, joined, say, unit_word
from ..statistics.reasons import Reason
from .parts import BARS, CASES, LEAST, MEAN, SHARE, WITH_IT, Cell, Parted, hours, percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, kw_only=True)
class PartyRow(Record):
    """One party's part of one group and period: "government", "trader", "terminal" (with the
    carrier), "several" at once, or "unknown".

    `mean` (hours) and `share` (of all time) are over all cases, so that they add up, each with its
    95 % interval. `n`: cases with such a time. `n_open`: cases of the group not yet done, of all
    periods.
    """

    groups: tuple[tuple[str, object], ...]
    period: str | None
    party: str
    mean: float
    low: float | None
    high: float | None
    share: float | None
    share_low: float | None
    share_high: float | None
    n: int
    cases: int
    n_open: int
    seconds: int
    labelled = True

    def label(self, lang: str = LANG) -> str:
        """The party in words."""
        return say(f"party.{self.party}", lang)


@dataclass(frozen=True, kw_only=True, repr=False)
class Parties(Parted[PartyRow]):
    """What `parties` answers. `finished` cases were split; on each, the parts were checked to sum
    to the whole (`unequal` did not).

    `left_out`: cases that end before they start, on average `ahead` hours. `n_open`: not yet done;
    `no_start`: done, but without the start. `lacking` cases lack a milestone of a stage, `swapped`
    ones have two the other way round, `not_known` ones a hold that ended and never began, all of
    whose time is unknown. `absent`: milestones that the log lacks; `endless`: those that begin a
    hold whose end it never has. `belonging`: from where to where a stage or hold lasts, and whose.
    """

    rows: tuple[PartyRow, ...]
    as_of: str
    clock: str
    finished: int
    unequal: int
    left_out: int
    ahead: float | None
    n_open: int
    no_start: int
    lacking: int
    swapped: int
    not_known: int
    date_only: int
    absent: tuple[str, ...]
    endless: tuple[str, ...]
    belonging: tuple[tuple[str, str, str], ...]
    shown = ("period", "party", "mean", "low", "high", "share", "n", "cases", "label")

    _where: tuple[tuple[str, str], ...] = ()
    _named: str = ""  # the clock, where it was asked by name

    def _clock(self, lang: str) -> str:
        """The clock by its name, or from its first milestone to its last."""
        if self._named:
            return self.word("clock", self._named, lang)
        start, stop = self.clock.split("..")
        return self._between(start, stop, lang)

    def _headline(self, lang: str) -> str:
        """The mean, and whose time it is; of several groups the highest and the lowest, of several
        periods the first and the last.
        """
        if not self.rows:
            return self._none(lang, self._clock(lang))
        if told := self._instant(lang) or self._ranked(lang):
            return told
        first = self._first()
        told = {"hours": sum(row.mean for row in first), "n": first[0].cases}
        return say("party.headline", lang, about=self._subject(lang), parts=_shared(first), **told)

    def _largest(self, rows: Sequence[PartyRow], lang: str) -> Reason:
        """Whose share is largest."""
        most = max(rows, key=lambda row: row.seconds)
        return Reason("party.largest", party=most.label(lang), share=most.share)

    def _table(self, lang: str) -> Display:
        if not self.rows:
            return super()._table(lang)
        columns: dict[str, tuple[Cell, Cell | None]] = {
            "parts.mean": MEAN,
            "field.share": SHARE,
            "party.with_it": WITH_IT,
            "field.n": CASES,
        }
        if len({row.groups for row in self.rows}) > 1:
            columns["field.n_open"] = (lambda _row, _lang: "", lambda row, told: row.opened(told))
        return self._totalled(columns, "party.head", lang)

    def block(self, lang: str | None = None) -> Block:
        """The finding, the table, and whose time each stage and hold was taken to be."""
        lang = self._in(lang)
        made = super().block(lang)
        if not self.rows:
            return made
        return replace(made, parts=(*made.parts, self._whose(lang)))

    def _whose(self, lang: str) -> Display:
        cells = [
            (self._between(start, stop, lang), say(f"party.{party}", lang))
            for start, stop, party in self.belonging
        ]
        heads = (say("party.span", lang), say("party.head", lang))
        return Display(heads, cells, caption=say("party.belonging", lang))

    def _beware(self, lang: str) -> str:
        """What the parts mean, on how many cases the sum was checked, and what is not in them."""
        if not self.rows:
            return super()._beware(lang)
        told = [Reason("party.meaning"), *self._remarks]
        told.append(Reason("parts.summed", n=self.finished, unequal=self.unequal))
        counts = ("n_open", "no_start", "lacking", "swapped", "not_known")
        told += [Reason(f"party.{c}", n=n) for c in counts if (n := getattr(self, c))]
        if self.left_out:
            told.append(Reason("party.ahead", n=self.left_out, hours=hours(self.ahead, lang)))
        if self.date_only:
            told.append(Reason("parts.date_only", n=self.date_only))
        if self.absent:
            names = listed((self.word("milestone", name, lang) for name in self.absent), lang)
            told.append(Reason("party.absent", milestones=names))
        if self.endless:
            names = listed((self.word("milestone", name, lang) for name in self.endless), lang)
            told.append(Reason("party.endless", milestones=names))
        return joined(told, lang, "report.gap")

    def _drawn(self, lang: str, title: str, source: str) -> Figure:
        """A bar per group and period, cut by party; each party has one pattern in every picture."""
        from ..results.charts.parties import by_party

        if not self.rows:
            raise NothingToShow("there is nothing to draw", "chart", "no case was finished")
        together = self._together()
        if len(together) > BARS:
            what = f"{len(together)} bars do not fit one picture"
            raise NothingToShow(what, "chart", "ask for fewer groups or longer periods")
        bars = []
        several = len({row.period for row in self.rows}) > 1
        for rows in together.values():
            group = [self.group_word(c, v, lang) for c, v in rows[0].groups]
            shown = rows[0].period if several or not group else None
            period = [period_word(shown, lang)] if shown else []
            named = listed([*group, *period], lang)
            parts = [(row.party, row.mean, percent(row.share, lang)) for row in rows]
            whole = figure(sum(row.mean for row in rows), 2, lang)
            bars.append((named or say("survival.all", lang), parts, whole))
        words = {row.party: row.label(lang) for row in self.rows}
        unit = unit_word("hours", lang)
        return by_party(bars, words, title=title, source=source, unit=unit)

    def __repr__(self) -> str:
        head = f"{self.clock}: {self.finished:,} cases, parts unequal to the whole on"
        head += f" {self.unequal}, {counted(self.left_out)} left out, {counted(self.n_open)} open"
        return f"{head}, as of {self.as_of}\n{self}"


def _shared(rows: Sequence[PartyRow]) -> tuple[Reason, ...]:
    """The parties by their share, the largest first; who is not known stands last, and always."""
    parts = sorted((r for r in rows if r.party != UNKNOWN), key=lambda row: -row.seconds)
    parts = [r for r in parts if r.seconds] + [r for r in rows if r.party == UNKNOWN]
    return tuple(_part(row) for row in parts)


def _part(row: PartyRow) -> Reason:
    """A party with its share; one of next to nothing in words."""
    party = Reason(f"party.{row.party}")
    if not row.seconds:
        return Reason("party.nobody")
    if row.share < LEAST / 2:
        return Reason("party.part_small", party=party, least=LEAST)
    return Reason("party.part", party=party, share=row.share, bounds=_bounds(row))


def _bounds(row: PartyRow) -> Reason | str:
    if row.share_high is None or row.share_high < LEAST / 2:
        return ""  # bounds of nothing say nothing
    return interval(row.share_low, row.share_high, "share")
