"""Cuts against the base year, and figures that do not fit each other, as tables that show
themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..statistics.reasons import Reason
from .display import NONE, Display, head_word
from .published import SIDES, Cited, glossed, period_word, sure
from .record import Record
from .words import figure, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HALF = 50  # percent: the plan of 2018 asked for half of the base year


def _same(computed: float, announced: float) -> bool:
    """Whether a cut in percent is the computed one, written with as many decimals as it has.

    >>> _same(62.342, 62.34), _same(59.28, 59.0), _same(78.84, 78.6)
    (True, True, False)
    """
    places = len(f"{announced:g}".partition(".")[2])
    return abs(computed - announced) <= 0.5 * 10**-places + 1e-9


@dataclass(frozen=True, kw_only=True)
class CompressionRow(Record):
    """A national level against that of the base year, in percent: `computed` here, beside what was
    `announced` (None where nothing was).
    """

    period: str
    direction: str
    kind: str
    hours: float
    computed: float
    announced: float | None
    confidence: str
    source: str


@dataclass(frozen=True, kw_only=True, repr=False)
class Compressions(Cited[CompressionRow]):
    """What `compressions` answers: a row per period and direction."""

    rows: tuple[CompressionRow, ...]
    base: Mapping[str, float]
    base_year: str
    as_of: str = ""
    left_out: int = 0
    shown = ("period", "direction", "hours", "computed", "announced", "confidence")

    def _caption(self, lang: str) -> str:
        return say("record.cuts_caption", lang, year=self.base_year)

    def _headline(self, lang: str) -> str:
        last = {row.direction: row for row in self.rows}
        facts: dict[str, Any] = {f"{side}s": last[side].computed for side in SIDES}
        facts |= {"period": last["import"].period, "of": len(self._told())}
        return say("record.cuts", lang, **facts, n=len(self._told()) - len(self._apart()))

    def _told(self) -> list[CompressionRow]:
        """The rows of which a cut was announced."""
        return [row for row in self.rows if row.announced is not None]

    def _apart(self) -> list[CompressionRow]:
        """Those whose announced cut is not what the hours give, to the decimals that it has."""
        return [row for row in self._told() if not _same(row.computed, row.announced or 0.0)]

    def _beware(self, lang: str) -> str:
        apart = tuple(
            Reason(
                "record.cut_apart",
                period=row.period,
                side=Reason(f"side.{row.direction}"),
                announced=f"{row.announced:g}",
                computed=figure(row.computed, 2, lang),
            )
            for row in self._apart()
        )
        rows = say("mark.sentence", lang).join(say(one, lang) for one in apart)
        told = [Reason("record.cuts_apart", n=len(apart), rows=rows)] if apart else []
        told += [Reason("record.unverified", n=self.left_out)] if self.left_out else []
        return say("report.gap", lang).join(say(why, lang) for why in told)

    def source(self, lang: str | None = None) -> str:
        """How a cut is computed, from which figures."""
        bases = {f"{side}s": self.base[side] for side in SIDES}
        return say("record.cuts_source", self._in(lang), year=self.base_year, **bases)

    def _table(self, lang: str) -> Display:
        heads = [head_word("period", lang)]
        heads += [say(f"record.{name}", lang) for name in self.shown[1:]]
        cells = [
            (
                period_word(row.period, lang),
                say(f"side.{row.direction}", lang),
                figure(row.hours, 2, lang),
                f"{figure(row.computed, 2, lang)}%",
                NONE if row.announced is None else f"{row.announced:g}%",
                sure(row.confidence, lang),
            )
            for row in self.rows
        ]
        return Display(heads, cells, caption=self.caption(lang), numbers=(2, 3, 4))

    def _drawn(self, lang: str, title: str, source: str) -> Figure:
        from .charts.published import compression

        series = [
            {
                "series": say(f"side.{row.direction}", lang),
                "value": row.computed,
                "period": f"{row.period}-07" if row.kind == "annual" else row.period,
            }
            for row in self.rows
        ]
        half = say("record.plan_half", lang)
        told = {"reference": HALF, "reference_words": half}
        return compression(series, lang=lang, title=title, source=source, **told)


@dataclass(frozen=True, kw_only=True)
class ContradictionRow(Record):
    """A published figure, and the hours that another statement about it implies: `statement` is
    "stated_cut" or "stated_change", `stated` its figure, `said_of` the period it is about.
    """

    period: str
    direction: str
    figure: float
    implied: float
    statement: str
    stated: float
    said_of: str
    source: str


@dataclass(frozen=True, kw_only=True, repr=False)
class Contradictions(Cited[ContradictionRow]):
    """What `contradictions` answers: a row per figure that does not fit another."""

    rows: tuple[ContradictionRow, ...]
    as_of: str = ""
    shown = ("period", "direction", "figure", "implied", "statement", "source")

    def _headline(self, lang: str) -> str:
        if not self.rows:
            return say("record.no_contradiction", lang)
        return say("record.contradictions", lang, n=len(self.rows))

    def _table(self, lang: str) -> Display:
        if not self.rows:
            return super()._table(lang)
        heads = [head_word("period", lang)]
        heads += [say(f"record.{name}", lang) for name in self.shown[1:5]]
        cells = [
            (
                row.period,
                say(f"side.{row.direction}", lang),
                figure(row.figure, 2, lang),
                figure(row.implied, 2, lang),
                say(f"record.{row.statement}", lang, value=row.stated, said_of=row.said_of),
                glossed(row.source, lang),
            )
            for row in self.rows
        ]
        return Display([*heads, head_word("source", lang)], cells, numbers=(2, 3))
