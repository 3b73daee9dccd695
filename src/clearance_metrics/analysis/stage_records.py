"""What `stages` answers: the stages of each group and period, as table and picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..domain.vocabulary import load_vocabulary
from ..errors import NothingToShow
from ..results.display import Display
from ..results.table import LANG, Record
from ..results.withheld import counted
from ..results.words import has, joined, say, term
from ..statistics.reasons import Reason
from .parts import CASES, MEAN, SHARE, WITH_IT, Parted, hours, percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# the words of a stage, by its two milestones
STAGES = {
    ("conveyance_arrived", "discharged"): "discharge",
    ("discharged", "declared"): "preparation",
    ("gate_in", "declared"): "preparation",
    ("declared", "customs_released"): "clearance",
    ("customs_released", "gate_out"): "pick_up",
    ("customs_released", "loaded"): "after_release",
    ("loaded", "departed"): "departure",
}


def stage_word(stage: str) -> Reason | None:
    """The word for a stage "start..stop" of the official splits, None for any other.

    >>> stage_word("loaded..departed")
    Reason('stage.departure')
    """
    start, _, stop = stage.partition("..")
    name = STAGES.get((start, stop))
    return Reason(f"stage.{name}") if name else None


@dataclass(frozen=True, kw_only=True)
class StageRow(Record):
    """One stage of one group and period.

    `mean` and `share`, each with its interval, are over all cases of the clock, so that they add
    up; there is no share where no time passed on any case.
    """

    groups: tuple[tuple[str, object], ...]
    period: str | None
    stage: str
    combined: bool
    mean: float
    low: float | None
    high: float | None
    share: float | None
    share_low: float | None
    share_high: float | None
    n: int
    cases: int
    seconds: int
    labelled = True

    def label(self, lang: str = LANG) -> str:
        """The stage in words; of milestones without an official stage, theirs."""
        if word := stage_word(self.stage):
            return say(word, lang)
        if self.combined:
            return say("stage.combined", lang)
        start, stop = (term("milestone", name, lang) for name in self.stage.split(".."))
        return say("stage.between", lang, start=start, stop=stop)


@dataclass(frozen=True, kw_only=True, repr=False)
class Stages(Parted[StageRow]):
    """What `stages` answers.

    `finished` cases were cut; on each, the parts were checked to sum to the whole.
    """

    rows: tuple[StageRow, ...]
    as_of: str
    finished: int
    unequal: int
    left_out: int
    advance_cases: int
    advance_lead: float | None
    shown = ("period", "stage", "mean", "share", "n", "cases", "label")
    _where: tuple[tuple[str, str], ...] = ()
    _ends: tuple[str, ...] = ()  # the first milestone and the last

    def _clock(self, lang: str) -> str:
        """The clock from the first milestone to the last, by its name where it has one."""
        if not self.rows:
            start, stop = self._ends
            return self._between(start, stop, lang)
        ends = [row.stage.split("..") for row in self.rows]
        stops = {stop for _, stop in ends}
        starts = {start for start, _ in ends}
        # a combined stage may stand last: what no other stage leads to is the first milestone
        first = next((start for start, _ in ends if start not in stops), ends[0][0])
        last = next((stop for _, stop in ends if stop not in starts), ends[-1][1])
        known = load_vocabulary().clocks.items()
        named = [name for name, c in known if (c.start, c.stop) == (first, last)]
        return (
            self.word("clock", named[0], lang)
            if len(named) == 1
            else self._between(first, last, lang)
        )

    def _headline(self, lang: str) -> str:
        """The mean and its largest stage; of several groups the highest and the lowest, of several
        periods the first and the last.
        """
        if not self.rows:
            return self._none(lang, self._narrowed(lang, ()) if self._ends else "")
        if told := self._instant(lang) or self._ranked(lang):
            return told
        first = self._first()
        most = max(first, key=lambda row: row.mean)
        told = {"hours": sum(row.mean for row in first), "n": first[0].cases, "share": most.share}
        part = self._part(most, lang)
        return say("headline.stages", lang, about=self._subject(lang), part=part, **told)

    def _said(self, row: StageRow, lang: str) -> str:
        """The stage, and below it from which milestone to which."""
        start, stop = (self.word("milestone", name, lang) for name in row.stage.split(".."))
        ends = say("stage.between", lang, start=start, stop=stop)
        named = row.combined or stage_word(row.stage)
        return f"{row.label(lang)}\n{ends}" if named else ends

    def _part(self, row: StageRow, lang: str) -> str:
        """The stage in one line; what joins several by the milestones that it lies between."""
        if not row.combined:
            return super()._part(row, lang)
        start, stop = (self.word("milestone", name, lang) for name in row.stage.split(".."))
        ends = say("stage.between", lang, start=start, stop=stop)
        return say("stage.joined", lang, stages=ends)

    def _table(self, lang: str) -> Display:
        if not self.rows:
            return super()._table(lang)
        columns = {
            "parts.mean": MEAN,
            "field.share": SHARE,
            "parts.passing": WITH_IT,
            "field.n": CASES,
        }
        return self._totalled(columns, "field.stage", lang)

    def _small(self, lang: str) -> Figure:
        """One bar of the first group, cut into its stages: hours, share and whose time it is."""
        from ..results.charts.small import stack_small

        if not self.rows:
            raise NothingToShow("there is nothing to draw", "picture", "no case was finished")
        parts = []
        for row in self._first():
            word = None if row.combined else stage_word(row.stage)
            hand = f"stage_hand.{word.code.partition('.')[2]}" if word else ""
            name = self._part(row, lang)
            if has(hand):
                name = say("overview.in_hand", lang, stage=name, hand=say(hand, lang))
            told = say("overview.stage", lang, hours=hours(row.mean, lang))
            parts.append((name, row.mean, told, percent(row.share, lang)))
        return stack_small(parts)

    def _small_about(self, lang: str) -> str:
        return say("overview.stages", lang) if self.rows else ""

    def _beware(self, lang: str) -> str:
        """On how many cases the sum was checked, what joins two stages, what was left out and what
        was done in advance.
        """
        if not self.rows:
            return super()._beware(lang)
        told = [*self._remarks, Reason("parts.summed", n=self.finished, unequal=self.unequal)]
        if self.advance_cases:
            lead = hours(self.advance_lead, lang)
            told.append(Reason("parts.advance", n=self.advance_cases, lead=lead))
        if any(row.combined for row in self.rows):
            told.append(Reason("parts.combined"))
        if self.left_out:
            told.append(Reason("parts.left_out", n=self.left_out))
        return joined(told, lang, "report.gap")

    def __repr__(self) -> str:
        head = f"{self.finished:,} cases, parts unequal to the whole on {self.unequal}"
        return f"{head}, {counted(self.left_out)} left out, as of {self.as_of}\n{self}"
