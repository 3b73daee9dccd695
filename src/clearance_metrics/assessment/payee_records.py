"""What `payees` answers: who charged how much, and how much of it against a rule."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from ..errors import NothingToShow
from ..results.display import NONE, Display, head_word
from ..results.periods import listed
from ..results.table import Record, ResultTable, amount
from ..results.words import figure, in_words, joined, say
from ..statistics.reasons import Reason
from .violation_records import Rule

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MONTHS = 3  # separate months with lines against a rule, from which a payee may be called repeated
NAMED, BARS, PARTS = 3, 20, 6  # payees of a title, bars of a picture, parts of a bar
REPEATED = {True: "yes", False: "no", None: "unknown"}


@dataclass(frozen=True, kw_only=True)
class PayeeRow(Record):
    """One payee (and period); `payee` is None of lines that name none.

    `lines` and the `amount` they come to; `broken` of them break a rule in `months` separate
    months, `over` is what lies above a ceiling, `excess` what any rule finds too much; `shipments`
    with such lines beside those `expected` if it were as others at the same port, item and month,
    with the adjusted `p`. Amounts are in the log's main currency; `other` lines are in another one
    and have no part in them.
    """

    payee: str | None
    period: str | None
    lines: int
    amount: float
    broken: int
    over: float
    excess: float
    months: int
    shipments: int | None
    expected: float | None
    p: float | None
    repeated: bool | None
    no_ground: int
    no_ground_amount: float
    no_layer: int
    no_layer_amount: float
    other: int
    reasons: tuple[Reason, ...] = ()
    groups = ()

    def told(self, **changes: Any) -> Self:
        """The same row with what was worked out beside others."""
        return replace(self, **changes)


@dataclass(frozen=True, kw_only=True, repr=False)
class Payees(ResultTable[PayeeRow]):
    """What `payees` answers: who is most above the ceiling first, lines without a payee last.

    `rules` are those that lines were held against, `apart` what is only suspected and counted
    nowhere; `currency` is that of all amounts.
    """

    rows: tuple[PayeeRow, ...]
    as_of: str
    notice: str
    currency: str
    rules: tuple[Rule, ...]
    step: str = ""
    apart: tuple[Rule, ...] = ()
    says_ground: bool = True
    says_layer: bool = True
    empty = "payees.no_rows"

    @property
    def repeated(self) -> tuple[PayeeRow, ...]:
        """The payees that are told as repeat offenders."""
        return tuple(row for row in self.rows if row.repeated)

    @property
    def checked(self) -> bool:
        """Whether any line could be held against any rule."""
        return any(rule.why is None for rule in self.rules)

    def withholding(self, k: int, cells: Iterable[int], hidden: Collection[str] = ()) -> Any:
        """As of any answer: lines of few, or under a rule that is withheld, withhold the whole."""
        counts = ("lines", "broken", "no_ground", "no_layer", "other")
        own = [getattr(row, name) for row in self.rows for name in counts]
        kept_back = any(rule.indicator in hidden for rule in self.rules)
        return super().withholding(k, [*cells, *own, *([1] if kept_back else [])], hidden)

    def of(self, payee: str | None) -> PayeeRow:
        """The row of a payee, None for lines that name none; of several periods the first."""
        return next(row for row in self.rows if row.payee == payee)

    def _caption(self, lang: str) -> str:
        return say("payees.caption", lang, notice=self.notice)

    def _money(self, value: float, lang: str) -> Reason:
        return amount(value, self.currency, lang)

    def _headline(self, lang: str) -> str:
        """How many payees break a rule, by how much, who most, and who again and again."""
        if not self.rows:
            return say(self.empty, lang)
        known = {row.payee for row in self.rows if row.payee is not None}
        broken = {row.payee for row in self.rows if row.payee is not None and row.broken}
        facts: dict[str, Any] = {"n": len(known), "broken": len(broken)}
        facts["nobody"] = self._nobody(lang)
        if not self.checked:
            return say("payees.unchecked", lang, **facts, why=self._why(lang))
        if not broken:
            mute = sum(rule.why is not None for rule in self.rules)
            facts["mute"] = Reason("payees.some_mute", n=mute) if mute else ""
            return say("payees.none_broken", lang, **facts)
        named = [row for row in self.rows if row.payee is not None]
        facts["lines"] = Reason("violations.lines", n=sum(row.broken for row in named))
        facts["over"] = self._money(sum_over(named), lang)
        if self.step and any(row.broken and row.period for row in self.rows):
            return say("payees.periods", lang, **facts, **self._peak(lang))
        facts["most"] = self._most(lang)
        facts["again"] = self._again(lang)
        return say("payees.found", lang, **facts)

    def _why(self, lang: str) -> str:
        """Why no line could be held against any rule."""
        whys = tuple(dict.fromkeys(rule.why for rule in self.rules if rule.why is not None))
        return joined(in_words(whys), lang) if whys else say("payees.no_rule", lang)

    def _nobody(self, lang: str) -> Reason | str:
        """The lines against a rule that no payee can be told of."""
        rest = [row for row in self.rows if row.payee is None and row.broken]
        if not rest:
            return ""
        lines = Reason("violations.lines", n=sum(row.broken for row in rest))
        return Reason("payees.and_nobody", lines=lines, over=self._money(sum_over(rest), lang))

    def _peak(self, lang: str) -> dict[str, Any]:
        """In how many periods lines break a rule, and in which most do."""
        sums: dict[str, int] = {}
        for row in self.rows:
            if row.broken and row.period:
                sums[row.period] = sums.get(row.period, 0) + row.broken
        peak = max(sums, key=lambda period: (sums[period], period))
        found = Reason("violations.lines", n=sums[peak])
        return {"first": min(sums), "last": max(sums), "peak": peak, "number": found}

    def _most(self, lang: str) -> Reason | str:
        sums: dict[str, float] = {}
        for row in self.rows:
            if row.payee is not None:
                sums[row.payee] = sums.get(row.payee, 0.0) + row.over
        name = max(sums, key=lambda one: (sums[one], one), default="")
        if not name or not sums[name]:
            return ""
        return Reason("payees.most", name=name, over=self._money(sums[name], lang))

    def _again(self, lang: str) -> Reason | str:
        if self.step:
            return ""
        told = "again"
        names = [str(row.payee) for row in self.repeated]
        if not names:  # then who has nobody to be set beside, which the table says in any case
            told = "alone"
            names = [str(row.payee) for row in self.rows if row.payee and row.repeated is None]
        if not names:
            return Reason("payees.nobody_again")
        some = listed(names[:NAMED], lang)
        code = f"payees.{told}" if len(names) <= NAMED else f"payees.{told}_and_more"
        return Reason(code, names=some, n=len(names))

    def _beware(self, lang: str) -> str:
        told = (
            [Reason("payees.rule", months=MONTHS)]
            if not self.step and self.checked and self.rows
            else []
        )
        told += [Reason("payees.once")] if any(row.broken for row in self.rows) else []
        told += spans_of(self.rules, self.apart, self.as_of, lang) if self.rows else []
        told += list(self._unsaid(lang))
        mute = tuple(
            Reason("overview.rule_mute", name=rule.name(lang), why=rule.why)
            for rule in self.rules
            if rule.why is not None
        )
        told += [Reason("payees.mute", rules=mute)] if mute else []
        return say("report.gap", lang).join(
            t for t in (joined(told, lang, "report.gap"), super()._beware(lang)) if t
        )

    def _unsaid(self, lang: str) -> list[Reason]:
        """How many lines do not say who charged, on what ground or at what kind of price."""
        nobody = [row for row in self.rows if row.payee is None]
        sums = {
            "payee": (sum(r.lines for r in nobody), sum(r.amount for r in nobody)),
            "ground": (
                sum(r.no_ground for r in self.rows),
                sum(r.no_ground_amount for r in self.rows),
            ),
            "layer": (
                sum(r.no_layer for r in self.rows),
                sum(r.no_layer_amount for r in self.rows),
            ),
        }
        told = [
            Reason(f"payees.no_{column}", n=n, yuan=self._money(yuan, lang))
            for column, (n, yuan) in sums.items()
            if n
        ]
        said = {"ground": self.says_ground, "layer": self.says_layer}
        told += [Reason(f"payees.lacks_{column}") for column, there in said.items() if not there]
        other = sum(row.other for row in self.rows)
        return told + ([Reason("payees.other_currency", n=other)] if other else [])

    def _table(self, lang: str) -> Display:
        if not self.rows:
            return Display((say(self.empty, lang),), ())
        # where no line could be held against any rule, none is told to keep it
        tested = not self.step and self.checked
        names = ["lines", "amount", *(["broken", "over", "excess"] if self.checked else [])]
        names += ["months", "expected"] * tested
        heads = [head_word("payee", lang), *([head_word("period", lang)] if self.step else [])]
        left = len(heads)
        unit = say("payees.unit", lang, currency=self._unit(lang))
        for name in names:
            told = say(f"payees.{name}", lang)
            heads.append(told + unit if name in ("amount", "over", "excess") else told)
        heads += [say("payees.repeated", lang)] * tested
        cells, tones = [], {}
        for i, row in enumerate(self.rows):
            who = say("payees.nobody", lang) if row.payee is None else row.payee
            cells.append(
                (
                    who,
                    *([row.period or NONE] if self.step else []),
                    figure(row.lines, 0, lang),
                    figure(row.amount, 2, lang),
                    *(self._against(row, lang) if self.checked else []),
                    *(self._beside(row, lang) if tested else []),
                )
            )
            if tested and row.repeated:
                tones[i, len(heads) - 1] = "bad"
        return Display(
            heads,
            cells,
            caption=self.asked(lang),
            numbers=range(left, left + len(names)),
            tones=tones,
        )

    def _against(self, row: PayeeRow, lang: str) -> list[str]:
        """The lines that break a rule, what lies above the ceiling, and what any rule finds."""
        money = [figure(value, 2, lang) for value in (row.over, row.excess)]
        return [figure(row.broken, 0, lang), *money]

    def _beside(self, row: PayeeRow, lang: str) -> list[str]:
        """The months, the shipments beside those expected, and whether it does so repeatedly."""
        if row.payee is None:
            return [figure(row.months, 0, lang), NONE, NONE]
        expected = NONE
        if row.expected is not None:
            expected = say("payees.beside", lang, seen=row.shipments, expected=row.expected)
        told = say(f"payees.{REPEATED[row.repeated]}", lang)
        why = row.said(lang)
        return [figure(row.months, 0, lang), expected, told + (f"\n{why}" if why else "")]

    def _unit(self, lang: str) -> str:
        from ..results.words import unit_word

        return unit_word(self.currency, lang)

    def _drawn(self, lang: str, title: str, source: str) -> Figure:
        """A bar per payee: what lies above the ceiling, with the lines that break a rule; of months
        a bar each with these lines, cut by payee.
        """
        from ..results.charts.payees import over_by_payee
        from ..results.charts.violations import by_month

        if self.step == "month" and any(row.broken for row in self.rows):
            unit = say("payees.broken", lang)
            return by_month(self._parts(lang), lang=lang, title=title, source=source, unit=unit)
        sums: dict[str | None, list[float]] = {}
        for row in self.rows:
            one = sums.setdefault(row.payee, [0.0, 0])
            one[0] += row.over
            one[1] += row.broken
        some = [(name, over, int(n)) for name, (over, n) in sums.items() if n]
        if not some:
            raise NothingToShow("no payee breaks a rule", "chart", "see the table")
        some.sort(key=lambda one: (one[0] is None, -one[1], -one[2], str(one[0])))
        again = {row.payee for row in self.repeated}
        return over_by_payee(
            [
                {
                    "label": say("payees.nobody", lang) if name is None else name,
                    "value": over,
                    "words": say("payees.bar", lang, over=self._money(over, lang), n=n),
                    "repeated": name in again,
                }
                for name, over, n in some[:BARS]
            ],
            title=title,
            source=source,
            unit=say("payees.over", lang) + say("payees.unit", lang, currency=self._unit(lang)),
            legend=(say("payees.again_legend", lang), say("payees.others", lang)),
        )

    def _parts(self, lang: str) -> list[tuple[str, str, int]]:
        """Month, payee and lines that break a rule; those with fewer such lines in one part."""
        sums: dict[str | None, int] = {}
        for row in self.rows:
            sums[row.payee] = sums.get(row.payee, 0) + row.broken
        order = sorted(sums, key=lambda name: (-sums[name], str(name)))
        kept = order if len(order) <= PARTS else order[: PARTS - 1]
        words = {name: say("payees.nobody", lang) if name is None else name for name in kept}
        rest = say("payees.others", lang)
        found: dict[tuple[str, str], int] = {}
        for row in sorted(self.rows, key=lambda r: (order.index(r.payee), r.period or "")):
            if row.broken and row.period:
                key = row.period, words.get(row.payee, rest)
                found[key] = found.get(key, 0) + row.broken
        return [(month, name, n) for (month, name), n in found.items()]


def sum_over(rows: Iterable[PayeeRow]) -> float:
    """What lies above the ceiling, together."""
    return sum(row.over for row in rows)


def spans_of(rules: Iterable[Rule], apart: Iterable[Rule], as_of: str, lang: str) -> list[Reason]:
    """That lines and amounts are of all days and breaches of the days of the rules alone; and what
    is counted among neither.
    """
    days = [rule.since for rule in rules if rule.why is None and rule.since]
    told = [Reason("payees.spans", since=min(days), as_of=as_of)] if days else []
    names = say("mark.list", lang).join(rule.name(lang) for rule in apart)
    return told + ([Reason("payees.apart", names=names)] if names else [])


__all__: Sequence[str] = ["MONTHS", "PayeeRow", "Payees"]
