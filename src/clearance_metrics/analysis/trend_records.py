"""What `trend` answers. Records render themselves and decide nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..domain.arguments import check_many
from ..errors import NothingToShow
from ..results.block import Block
from ..results.display import NONE, Display, head_word
from ..results.periods import period_cell, period_word
from ..results.table import LANG, Record, amount
from ..results.wording import period_words
from ..results.words import figure, joined, say, statistic_word, unit_word
from ..statistics.reasons import Reason
from .caution import Figures, OfChange

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, kw_only=True)
class TrendRow(Record):
    """A period's figure at the composition of the reference (`value`) and as it was (`raw`), with
    intervals, in units; `covered` is the share of the reference that the period has cases for,
    `outside` its cases in strata that the reference does not have.
    """

    period: str
    value: float | None
    low: float | None
    high: float | None
    raw: float | None
    raw_low: float | None
    raw_high: float | None
    covered: float
    n: int
    outside: int
    unit: str
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class Trend(OfChange[TrendRow]):
    """What `trend` answers, a row per period that is over; without rows `reasons` say why.

    `behind` cases of the `reference` in `strata` by the columns `mix` give the composition;
    `unseen` months of the reference have no case at all. `fewest` cases of a stratum and the share
    `covered` of the reference are what a period must have.
    """

    rows: tuple[TrendRow, ...] = ()
    metric: str
    statistic: str
    mix: tuple[str, ...]
    reference: str
    strata: int
    behind: int
    unseen: int
    fewest: int
    covered: float
    as_of: str
    reasons: tuple[Reason, ...] = ()
    shown = ("period", "value", "low", "high", "raw", "covered", "n", "unit", "note")

    def last(self, n: int = 1) -> Trend:
        """The last `n` periods alone."""
        check_many(n, "n")
        return self._with(rows=self.rows[-n:])

    def _facts(self, lang: str) -> dict[str, Any]:
        *others, columns = (head_word(name, lang) for name in self.mix)
        if others:
            first = say("mark.list", lang).join(others)
            columns = say("trend.and", lang, first=first, last=columns)
        return {"mix": columns, "reference": period_words(self.reference, lang)}

    def _caption(self, lang: str) -> str:
        told = {"about": self.named(lang), "statistic": self._statistic(lang)}
        return say("trend.caption", lang, **told, **self._facts(lang))

    def _statistic(self, lang: str) -> str:
        return statistic_word(self.statistic, self.unit, lang)

    def _headline(self, lang: str) -> str:
        """From the first period to the last, at the composition of the reference and as it was."""
        facts = self._facts(lang) | {"about": self.named(lang)}
        if not self.rows:
            return say("trend.none", lang, **facts, why=self._causes(self.reasons[:1]))
        known = [row for row in self.rows if row.value is not None]
        if not known:
            return say("trend.none", lang, **facts, why=self.rows[-1].reasons[:1])
        facts["about"] = say(
            "headline.of", lang, metric=facts["about"], statistic=self._statistic(lang)
        )
        first, last = known[0], known[-1]
        ends = {"first": period_word(first.period, lang), "last": period_word(last.period, lang)}
        for name, row, value in (
            ("before", first, first.value),
            ("after", last, last.value),
            ("raw_before", first, first.raw),
            ("raw_after", last, last.raw),
        ):
            ends[name] = amount(value or 0.0, row.unit, lang)  # type: ignore[assignment]
        return say("trend.one" if first is last else "trend.found", lang, **facts, **ends)

    def block(self, lang: str | None = None) -> Block:
        """The finding, the table and what to know; without a line its reason alone."""
        block = super().block(lang)
        return block if self.rows else replace(block, parts=(), note=self._nobody_noted(lang))

    def _table(self, lang: str) -> Display:
        """A row per period: at the reference's composition, as it was, cases, what is covered."""
        if not self.rows:
            return self._nothing(lang)
        records: list[dict[str, Any]] = [row.to_dict() for row in self.rows]
        figures = Figures([*records, *({**r, "value": r["raw"]} for r in records)], lang)
        heads = [head_word("period", lang)]
        told = [say(f"trend.{name}", lang) for name in ("standard", "raw")]
        heads += [self._headed(head, lang) for head in told]
        heads += [head_word("n", lang)]
        whole = all(row.covered == 1 for row in self.rows)
        heads += [] if whole else [say("trend.covered", lang)]
        rows = []
        for row in self.rows:
            value = figures(row.unit, row.value, row.low, row.high)
            value = joined(row.reasons[:1], lang) or NONE if row.value is None else value
            raw = figures(row.unit, row.raw, row.raw_low, row.raw_high)
            cells = [value, raw, figure(row.n, 0, lang)]
            cells += [] if whole else [say("table.percent", lang, share=row.covered)]
            rows.append((period_cell(row.period, lang), *cells))
        asked = self.asked(lang)
        if self.unit != "share" and not self.statistic.startswith("within"):
            unit = unit_word(self.unit, lang)
            asked = say("table.in_unit", lang, about=asked, unit=unit)
        return Display(heads, rows, caption=asked, numbers=range(1, len(heads)))

    def _caution(self) -> tuple[Reason, ...]:
        return ()  # what the line does not show stands in its own note

    def _warned(self, lang: str) -> Iterable[Reason]:
        if not self.rows:
            return
        yield Reason("trend.note", n=self.strata, cases=self.behind, **self._facts(lang))
        if self.unseen:
            yield Reason("trend.unseen", n=self.unseen)
        partly = [row.covered for row in self.rows if row.value is not None and row.covered < 1]
        if partly:
            told = {"n": len(partly), "fewest": self.fewest, "least": min(partly)}
            yield Reason("trend.part", **told)
        if gone := sum(row.value is None for row in self.rows):
            yield Reason("trend.gone", n=gone, least=self.covered)
        if outside := sum(row.outside for row in self.rows):
            yield Reason("trend.outside", n=outside)
        yield from (Reason("change.warning", warning=why) for why in self.reasons)

    def _drawn(self, lang: str, title: str, source: str, *, marks: Any = None) -> Figure:
        """The line at one composition with its band, and thin beside it the line as it was; `marks`
        is the notice, whose day is marked, or days and what happened on them.
        """
        from ..results.charts.trend import two_lines

        if not any(row.value is not None for row in self.rows):
            why = joined(self.reasons, LANG) or "no period has a figure"
            raise NothingToShow(why, "chart", "see the table")
        days = {marks.issued: say("several.issued", lang)} if hasattr(marks, "issued") else marks
        size = 100 if self.rows[0].unit == "share" else 1
        lines: dict[str, list[dict[str, Any]]] = {}
        for code, names in (("standard", ("value", "low", "high")), ("raw", ("raw", None, None))):
            lines[say(f"trend.{code}", lang)] = [
                {
                    "period": row.period,
                    **{
                        name: None if own is None or (x := getattr(row, own)) is None else size * x
                        for name, own in zip(("value", "low", "high"), names, strict=True)
                    },
                }
                for row in self.rows
            ]
        unit = "%" if size > 1 else unit_word(self.unit, lang)
        drawn = {"title": title, "source": source, "unit": unit, "marks": days or {}}
        return two_lines(lines, lang=lang, **drawn)

    def __repr__(self) -> str:
        return f"{self.asked(LANG)}\n{self}" if self.rows else self.headline(LANG)
