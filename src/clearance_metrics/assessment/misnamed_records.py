"""What `misnamed_charges` answers."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from ..results.block import Block
from ..results.display import LONGEST, NONE, Display, head_word
from ..results.table import Record, ResultTable, amount
from ..results.withheld import SINGLES, refused
from ..results.words import figure, joined, say, term, unit_word
from ..statistics.reasons import Reason


@dataclass(frozen=True, kw_only=True)
class MisnamedRow(Record):
    """One line: what its bill `says` of the price ("set", "guided", "market", "outside_list") and
    what the `law` does (as of `LayerRow`, or "unlisted": neither the tariff nor the list that the
    port published for the day names the item). `amount` in the line's own currency.
    """

    case_id: str | None
    line_id: str
    item: str | None
    payee: str | None
    port: str | None
    charged_on: str | None
    amount: float
    currency: str
    ground: str | None
    says: str
    law: str
    groups = ()


@dataclass(frozen=True, kw_only=True)
class MisnamedKind:
    """How many lines of an item say what, and what the law says; their fen in the main currency,
    how many payees bill them and how many name no ground.
    """

    item: str
    says: str
    law: str
    n: int
    fen: int
    payees: int
    no_ground: int


@dataclass(frozen=True, kw_only=True, repr=False)
class MisnamedCharges(ResultTable[MisnamedRow]):
    """What `misnamed_charges` answers: the lines, the largest first; `kinds` counts them all, of
    `checked` lines that say how they are priced.
    """

    rows: tuple[MisnamedRow, ...]
    as_of: str
    kinds: tuple[MisnamedKind, ...]
    currency: str
    checked: int
    not_said: int
    no_law: int
    other: int  # of these in another currency than the amounts
    lists: bool
    empty = "misnamed.no_rows"

    def withholding(self, k: int, cells: Iterable[int], hidden: Collection[str] = ()) -> Any:
        """As of any answer: kinds of few lines withhold the whole; no single line is listed."""
        own = [n for kind in self.kinds for n in (kind.n, kind.no_ground)] + [self.other]
        found = self._with(rows=(), _remarks=(Reason(SINGLES),))
        return super(MisnamedCharges, found).withholding(k, [*cells, *own, self.checked], hidden)

    def _caption(self, lang: str) -> str:
        return say("misnamed.caption", lang)

    def _item(self, name: str | None, lang: str) -> str:
        return self.group_word("item", name or None, lang)

    def _headline(self, lang: str) -> str:
        """How many lines say otherwise than the law, and which most often."""
        if not self.kinds:
            if not self.checked:
                return say("misnamed.nothing", lang)
            lines = Reason("violations.lines", n=self.checked)
            return say("misnamed.none", lang, lines=lines)
        most = self.kinds[0]
        facts = {"says": term("layers", most.says, lang), "law": _law(most.law, lang)}
        top = Reason("misnamed.most", item=self._item(most.item, lang), n=most.n, **facts)
        n, fen = sum(one.n for one in self.kinds), sum(one.fen for one in self.kinds)
        told = {"lines": Reason("violations.lines", n=n)}
        return say(
            "misnamed.found",
            lang,
            **told,
            yuan=amount(fen / 100, self.currency, lang),
            most=top,
        )

    def _beware(self, lang: str) -> str:
        told = [Reason("misnamed.how")]
        told += [Reason("misnamed.not_said", n=self.not_said)] if self.not_said else []
        told += [Reason("misnamed.no_law", n=self.no_law)] if self.no_law else []
        told += [Reason("payees.other_currency", n=self.other)] if self.other else []
        told += [] if self.lists else [Reason("misnamed.no_list")]
        rest = super()._beware(lang)
        return say("report.gap", lang).join(
            t for t in (joined(told, lang, "report.gap"), rest) if t
        )

    def block(self, lang: str | None = None) -> Block:
        """The finding, the kinds with how many lines each has, and the largest lines."""
        lang = self._in(lang)
        parts = (self._of_kinds(lang), self._table(lang)) if self.kinds else ()
        return Block(
            title=self._headline(lang),
            parts=parts if self.rows else parts[:1],
            note=self._beware(lang),
            source=self.source(lang),
        )

    def _of_kinds(self, lang: str) -> Display:
        unit = say("payees.unit", lang, currency=unit_word(self.currency, lang))
        heads = [say(f"misnamed.{name}", lang) for name in ("item", "says", "law", "n", "amount")]
        heads[-1] += unit
        heads += [say("misnamed.payees", lang), say("layers.no_ground", lang)]
        cells = [
            (
                self._item(one.item, lang),
                term("layers", one.says, lang),
                _law(one.law, lang),
                figure(one.n, 0, lang),
                figure(one.fen / 100, 2, lang),
                figure(one.payees, 0, lang),
                figure(one.no_ground, 0, lang),
            )
            for one in self.kinds
        ]
        told = say("misnamed.kinds", lang)
        return Display(heads, cells, caption=told, numbers=range(3, len(heads)))

    def _table(self, lang: str) -> Display:
        if not self.rows:
            why = SINGLES if self._behind is refused and self.kinds else self.empty
            return Display((say(why, lang),), ())
        unit = say("payees.unit", lang, currency=unit_word(self.currency, lang))
        columns = {
            say("violations.case", lang): [row.case_id or "" for row in self.rows],
            say("violations.line", lang): [row.line_id for row in self.rows],
            head_word("payee", lang): [row.payee or "" for row in self.rows],
            say("misnamed.item", lang): [self._item(row.item, lang) for row in self.rows],
            say("field.charged_on", lang): [row.charged_on or "" for row in self.rows],
            say("misnamed.amount", lang) + unit: [self._amount(row, lang) for row in self.rows],
            say("misnamed.says", lang): [term("layers", row.says, lang) for row in self.rows],
            say("misnamed.law", lang): [_law(row.law, lang) for row in self.rows],
            say("misnamed.ground", lang): [
                row.ground or say("misnamed.no_ground", lang) for row in self.rows
            ],
        }
        filled = {name: cells for name, cells in columns.items() if any(cells)}
        figures = [i for i, n in enumerate(filled) if n.startswith(say("misnamed.amount", lang))]
        return Display(
            list(filled),
            [tuple(cell or NONE for cell in line) for line in zip(*filled.values(), strict=True)],
            caption=say("misnamed.lines_of", lang),
            numbers=figures,
            more=say("table.more", lang, n=len(self.rows) - LONGEST),
        )

    def _amount(self, row: MisnamedRow, lang: str) -> str:
        told = figure(row.amount, 2, lang)
        other = row.currency and row.currency != self.currency
        return f"{told} {unit_word(row.currency, lang)}" if other else told


def _law(law: str, lang: str) -> str:
    return say("misnamed.unlisted", lang) if law == "unlisted" else term("layers", law, lang)
