"""What a bridge answers: its terms as records, in words, as a sentence and as a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import NothingToShow
from ..results.table import LANG, Record, ResultTable, amount
from ..results.words import say, statistic_word, unit_word, word
from ..statistics.reasons import Reason
from .stages import stage_word

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, kw_only=True)
class BridgeRow(Record):
    """One term. `value` of before and after is the statistic, of the others what they add; `n` are
    the cases beside it.

    For a group's own change `share` and `level` hold its share of cases and its statistic on either
    side.
    """

    term: str
    stage: str = ""
    factor: str = ""
    groups: tuple[tuple[str, object], ...]
    value: float | None
    low: float | None
    high: float | None
    n_before: int
    n_after: int
    share_before: float | None = None
    share_after: float | None = None
    level_before: float | None = None
    level_after: float | None = None
    unit: str
    reasons: tuple[Reason, ...] = ()
    labelled = True

    def label(self, lang: str = LANG) -> str:
        """The term in words, with the stage, factor or group that it is about."""
        stage = (stage_word(self.stage) or self.stage) if self.stage else None
        own = [str(value) for _, value in self.groups] if self.term == "own" else []
        factors = [word("column", name) for name in (self.factor or "").split(", ")]
        about = tuple(part for part in (stage, *factors, *own) if part)
        term = Reason(f"bridge.{self.term}")
        return say("bridge.about", lang, term=term, about=about) if about else say(term, lang)


@dataclass(frozen=True, kw_only=True, repr=False)
class Bridge(ResultTable[BridgeRow]):
    """What `bridge` answers. The rows between the first and the last add up to their difference.

    `warnings` are reasons for care; `before` and `after` say what was asked, `method` how it is
    split.
    """

    rows: tuple[BridgeRow, ...]
    metric: str
    statistic: str
    before: str
    after: str
    method: str
    as_of: str
    warnings: tuple[Reason, ...] = ()
    shown = ("value", "low", "high", "n_before", "n_after", "unit", "label", "note")

    def _drawn(self, lang: str, title: str, source: str) -> Figure:
        from ..results.charts.bridge import waterfall

        if self.rows[0].value is None:
            raise NothingToShow("there is no bridge to draw", "chart", self.rows[0].said(LANG))
        unit = unit_word(self.rows[0].unit, lang)
        return waterfall(self, lang=lang, title=title, source=source, unit=unit)

    def _headline(self, lang: str) -> str:
        """From one side to the other, and how much of it is composition."""
        first, *terms, last = self.rows
        asked = {"metric": self.caption(lang), "before": self.before, "after": self.after}
        asked["statistic"] = statistic_word(self.statistic, "", lang)
        if first.value is None or last.value is None:
            return say("headline.no_bridge", lang, **asked, why=first.reasons[:1])
        values = {
            "was": amount(first.value, first.unit, lang),
            "now": amount(last.value, last.unit, lang),
        }
        share = 100.0 if first.unit == "share" else 1.0
        mix = [row.value for row in terms if row.term == "composition" and row.value is not None]
        own = [row.value for row in terms if row.term == "own" and row.value is not None]
        parts = {"mix": share * sum(mix), "own": share * sum(own)}
        told = say("headline.bridge", lang, **asked, **values, **parts)
        if not self.warnings:
            return told
        return say("headline.warned", lang, told=told, warning=self.warnings[0])

    def __repr__(self) -> str:
        head = f"{self.metric}, {self.statistic}: {self.before} to {self.after}"
        head += f", as of {self.as_of} ({self.method})"
        return "\n".join([head, *(f"! {say(why, LANG)}" for why in self.warnings), str(self)])
