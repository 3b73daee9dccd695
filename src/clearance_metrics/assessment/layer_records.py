"""What `legal_layers` answers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..analysis.parts import percent
from ..errors import NothingToShow
from ..results.display import NONE, Display, head_word
from ..results.table import Record, ResultTable, amount
from ..results.words import figure, joined, say, term, unit_word
from ..statistics.reasons import Reason
from .payee_records import spans_of
from .violation_records import Rule

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GOVERNMENT = frozenset({"set", "guided", "fund"})


@dataclass(frozen=True, kw_only=True)
class LayerRow(Record):
    """One legal kind of price (and period): "set", "guided" (capped), "fund", "market", "ended" (no
    longer chargeable), "outside" (an item that the tariff does not name), "unknown" (not that day).

    `lines` and the `amount` they come to; `broken` of them break a rule, with what lies `over` a
    ceiling and in `excess` of any rule; `no_ground` name no ground, on `otherwise` lines the bill
    says another kind of price: None where the log does not record these. Amounts are those in the
    main currency; `other` lines are in others.
    """

    layer: str
    period: str | None
    lines: int
    amount: float
    broken: int
    over: float
    excess: float
    no_ground: int | None
    otherwise: int | None
    otherwise_amount: float | None
    other: int
    groups = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class Layers(ResultTable[LayerRow]):
    """What `legal_layers` answers: a row per legal kind of price that charges have."""

    rows: tuple[LayerRow, ...]
    as_of: str
    notice: str
    currency: str
    rules: tuple[Rule, ...] = ()
    says: bool = True
    step: str = ""
    apart: tuple[Rule, ...] = ()
    empty = "layers.no_rows"

    def withholding(self, k: int, cells: Iterable[int], hidden: Collection[str] = ()) -> Any:
        """As of any answer: lines of few, or under a rule that is withheld, withhold the whole."""
        counts = ("lines", "broken", "no_ground", "otherwise", "other")
        own = [getattr(row, name) or 0 for row in self.rows for name in counts]
        kept_back = any(rule.indicator in hidden for rule in self.rules)
        return super().withholding(k, [*cells, *own, *([1] if kept_back else [])], hidden)

    def _caption(self, lang: str) -> str:
        return say("layers.caption", lang)

    def _money(self, value: float, lang: str) -> Reason:
        return amount(value, self.currency, lang)

    def _headline(self, lang: str) -> str:
        """The share that rests on government, what may no longer be charged, what bills say."""
        whole = sum(row.amount for row in self.rows)
        if self.rows and not whole:
            return say("standing.nothing_charged", lang, n=sum(row.lines for row in self.rows))
        if not whole:
            return say(self.empty, lang)
        part = sum(row.amount for row in self.rows if row.layer in GOVERNMENT) / whole
        gone = [row for row in self.rows if row.layer == "ended"]
        ended: Reason | str = ""
        if gone:
            lines = Reason("violations.lines", n=sum(row.lines for row in gone))
            yuan = self._money(sum(row.amount for row in gone), lang)
            ended = Reason("layers.and_ended", lines=lines, yuan=yuan)
        # of what may no longer be charged the sentence has told already
        others = [row for row in self.rows if row.layer != "ended"]
        n = sum(row.otherwise or 0 for row in others)
        otherwise: Reason | str = ""
        if n:
            yuan = self._money(sum(row.otherwise_amount or 0 for row in others), lang)
            lines = Reason("violations.lines", n=n)
            otherwise = Reason("layers.and_otherwise", lines=lines, yuan=yuan)
        facts: dict[str, Any] = {"ended": ended, "otherwise": otherwise}
        return say("layers.found", lang, government=part, **facts)

    def _beware(self, lang: str) -> str:
        told = [Reason("layers.how")] if self.rows else []
        told += spans_of(self.rules, self.apart, self.as_of, lang) if self.rows else []
        if any(row.layer == "unknown" for row in self.rows):
            told.append(Reason("layers.unknown_note"))
        if not self.says:
            told.append(Reason("layers.lacks"))
        if other := sum(row.other for row in self.rows):
            told.append(Reason("payees.other_currency", n=other))
        mute = tuple(
            Reason("overview.rule_mute", name=rule.name(lang), why=rule.why)
            for rule in self.rules
            if rule.why is not None
        )
        told += [Reason("payees.mute", rules=mute)] if mute else []
        rest = super()._beware(lang)
        return say("report.gap", lang).join(
            t for t in (joined(told, lang, "report.gap"), rest) if t
        )

    def _table(self, lang: str) -> Display:
        if not self.rows:
            return Display((say(self.empty, lang),), ())
        sums: dict[str | None, float] = {}
        for row in self.rows:
            sums[row.period] = sums.get(row.period, 0.0) + row.amount
        unit = say("payees.unit", lang, currency=unit_word(self.currency, lang))
        periods = [row.period or NONE for row in self.rows] if self.step else []
        # where no line could be held against any rule, none is told to keep it
        checked = any(rule.why is None for rule in self.rules)
        columns: dict[str, list[str]] = {
            "lines": [figure(row.lines, 0, lang) for row in self.rows],
            "amount": [figure(row.amount, 2, lang) for row in self.rows],
            "part": [
                percent(row.amount / sums[row.period], lang) if sums[row.period] else NONE
                for row in self.rows
            ],
            "broken": [figure(row.broken, 0, lang) if checked else NONE for row in self.rows],
            "over": [figure(row.over, 2, lang) if checked else NONE for row in self.rows],
            "excess": [figure(row.excess, 2, lang) if checked else NONE for row in self.rows],
            "no_ground": [_count(row.no_ground, lang) for row in self.rows],
            "otherwise": [_count(row.otherwise, lang) for row in self.rows],
        }
        kept = {name: cells for name, cells in columns.items() if set(cells) != {NONE}}
        money = ("amount", "over", "excess")
        heads = [say("layers.layer", lang), *([head_word("period", lang)] if periods else [])]
        left = len(heads)
        heads += [say(f"layers.{n}", lang) + (unit if n in money else "") for n in kept]
        names = [term("layers", row.layer, lang) for row in self.rows]
        first = [names, periods] if periods else [names]
        return Display(
            heads,
            [tuple(cells) for cells in zip(*first, *kept.values(), strict=True)],
            caption=self.asked(lang),
            numbers=range(left, len(heads)),
        )

    def _drawn(self, lang: str, title: str, source: str) -> Figure:
        """A bar per legal kind of price with the amount charged; of months a bar each with the
        lines that break a rule.
        """
        from ..results.charts.groups import bars
        from ..results.charts.violations import by_month

        if self.step == "month" and any(row.broken and row.period for row in self.rows):
            found = [
                (row.period, term("layers", row.layer, lang), row.broken)
                for row in self.rows
                if row.broken and row.period
            ]
            unit = say("layers.broken", lang)
            return by_month(found, lang=lang, title=title, source=source, unit=unit)
        if not any(row.amount for row in self.rows):
            raise NothingToShow("nothing was charged", "chart", "see the table")
        unit = say("payees.unit", lang, currency=unit_word(self.currency, lang))
        sums: dict[str, float] = {}
        for row in self.rows:
            sums[row.layer] = sums.get(row.layer, 0.0) + row.amount
        rows = [{"label": term("layers", n, lang), "value": sum_} for n, sum_ in sums.items()]
        told = say("layers.amount", lang) + unit
        return bars(rows, title=title, source=source, unit=told)


def _count(n: int | None, lang: str) -> str:
    return NONE if n is None else figure(n, 0, lang)


__all__: Sequence[str] = ["LayerRow", "Layers"]
