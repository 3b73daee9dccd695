"""Doubts and slips: accepted rows that contradict each other, and values that look like a slip."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..statistics.reasons import Reason
from .display import NONE, Display
from .quality import Quality, place_of
from .record import Record
from .withheld import Withheld
from .words import figure, say, term

if TYPE_CHECKING:
    pass


@dataclass(frozen=True, kw_only=True)
class DoubtRow(Record):
    """A case, the clocks that leave it out, and the two local times."""

    case_id: str
    clock: str
    start: str
    stop: str
    start_time: str
    stop_time: str


@dataclass(frozen=True, kw_only=True, repr=False)
class Doubts(Quality[DoubtRow]):
    """What `doubts` answers: the first cases; `counts` has all, by pair of milestones."""

    rows: tuple[DoubtRow, ...]
    counts: Mapping[str, int]
    as_of: str = ""
    about = "doubts"
    shown = ("case_id", "clock", "start", "start_time", "stop", "stop_time")

    def withholding(self, k: int, cells: Iterable[int], hidden: Collection[str] = ()) -> Any:
        """As of any answer; no case is listed, and pairs of few cases withhold the whole."""
        found: Any = Withheld.withholding(self._with(rows=()), k, self.counts.values())
        return found._with(_withheld=(Reason("part.singles"),) if self.counts else ())

    def _headline(self, lang: str) -> str:
        counts = Counter(self.counts)
        if not counts.total():
            return say("quality.no_doubts", lang)
        pair, most = counts.most_common(1)[0]
        start, stop = (self.word("milestone", name, lang) for name in pair.split(".."))
        return say("quality.doubts", lang, n=counts.total(), start=start, stop=stop, most=most)

    def _beware(self, lang: str) -> str:
        return say("quality.doubts_note", lang, n=len(self.rows)) if self.rows else ""

    def _table(self, lang: str) -> Display:
        if not self.rows:
            return super()._table(lang)
        mark = say("mark.list", lang)
        cells = [
            (
                row.case_id,
                mark.join(self.word("clock", name, lang) for name in row.clock.split(", ")),
                self.word("milestone", row.start, lang),
                row.start_time,
                self.word("milestone", row.stop, lang),
                row.stop_time,
            )
            for row in self.rows
        ]
        return self._shows(lang, ["case", "clock", "from", "start", "to", "stop"], cells, ())


@dataclass(frozen=True, kw_only=True)
class SlipRow(Record):
    """One kind of slip: how many, the headline's median in hours with its cases and without them,
    and where the first one stands.
    """

    kind: str
    n: int
    median: float | None = None
    median_without: float | None = None
    file: str = ""
    line: int | None = None
    case_id: str = ""
    milestone: str = ""
    time: str = ""
    column: str = ""
    value: str = ""
    others: tuple[tuple[str, int | None, str], ...] = ()  # file, line and case of further ones
    labelled = True

    def label(self, lang: str = "en") -> str:
        """The kind in words."""
        return term("suspect", self.kind, lang)


@dataclass(frozen=True, kw_only=True, repr=False)
class Slips(Quality[SlipRow]):
    """What `slips` answers: the kinds that were found, most first; `absent` names the others."""

    rows: tuple[SlipRow, ...]
    as_of: str
    absent: tuple[str, ...]
    clock: tuple[str, str]
    about = "slips"
    shown = ("kind", "n", "median", "median_without")

    def _headline(self, lang: str) -> str:
        looked = len(self.rows) + len(self.absent)
        if not self.rows:
            return say("quality.no_slips", lang, n=looked)
        most = self.rows[0].n
        kinds = [row.label(lang) for row in self.rows if row.n == most]
        facts: dict[str, Any] = {"n": len(self.rows), "of": looked, "most": most}
        if len(kinds) > 1:
            return say("quality.slips_tied", lang, **facts, kinds=kinds)
        return say("quality.slips", lang, **facts, kind=kinds[0])

    def _beware(self, lang: str) -> str:
        told = []
        if self.rows:
            start, stop = (self.word("milestone", name, lang) for name in self.clock)
            told.append(Reason("quality.effect_note", start=start, stop=stop))
        if self.absent:
            names = [term("suspect", kind, lang) for kind in self.absent]
            told.append(Reason("quality.not_found", names=names))
        return say("report.gap", lang).join(say(reason, lang) for reason in told)

    def _table(self, lang: str) -> Display:
        if not self.rows:
            return super()._table(lang)
        cells = [
            (
                row.label(lang),
                figure(row.n, 0, lang),
                self._effect(row, lang),
                self._example(row, lang),
                term("suspect_remedy", row.kind, lang),
            )
            for row in self.rows
        ]
        heads = ["slip", "count", "effect", "of", "what_to_do"]
        return self._shows(lang, heads, cells, (1,))

    def _effect(self, row: SlipRow, lang: str) -> str:
        """The headline's median with the cases in question and without them."""
        told = term("suspect_effect", row.kind, lang)
        if told != row.kind:
            return told
        if row.median is None or row.median_without is None:
            return NONE
        both, without = (figure(hours, 2, lang) for hours in (row.median, row.median_without))
        return say("quality.effect_of", lang, both=both, without=without)

    def _example(self, row: SlipRow, lang: str) -> str:
        """Where the first one stands, in the owner's own time."""
        place = place_of(row.file, row.line)
        if row.column:
            told = {"place": place, "column": row.column, "value": row.value}
            return say("quality.in_column", lang, **told)
        milestone = row.milestone and self.word("milestone", row.milestone, lang)
        told = (place, row.case_id, milestone, row.time)
        lines = [" ".join(text for text in told if text)]
        lines += [" ".join(filter(None, (place_of(f, n), case))) for f, n, case in row.others]
        return "\n".join(filter(None, lines)) or NONE
