"""What `what_if` answers. Records render themselves and decide nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from ..analysis.caution import Figures, OfChange, signed
from ..domain.changes import Change, ShareBecomes, SlowestAtMedian, WorksLike
from ..domain.verdicts import Verdict
from ..errors import NothingToShow
from ..results.block import Block
from ..results.display import NONE, Display, head_word, tone
from ..results.display import signed as badge_of
from ..results.table import LANG, Record, amount
from ..results.wording import figure, period_words
from ..results.words import figure as number
from ..results.words import joined, say, statistic_word, unit_word
from ..statistics.reasons import Reason

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, kw_only=True)
class WhatIfRow(Record):
    """One statistic as it is (`value`) and as it `would` be, and by how much it would `change`,
    each with its interval; with the target of a notice also both verdicts.
    """

    statistic: str
    value: float | None
    low: float | None
    high: float | None
    would: float | None
    would_low: float | None
    would_high: float | None
    change: float | None
    change_low: float | None
    change_high: float | None
    n: int
    unit: str
    rule: str = ""
    target: float | None = None
    verdict: Verdict | None = None
    would_verdict: Verdict | None = None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class WhatIf(OfChange[WhatIfRow]):
    """What `what_if` answers, a row per statistic; without rows `reasons` say why.

    `n` cases, of which the weight of `moved` goes to others, so that all say as much as `effective`
    equally weighted ones; `least` is the smallest number of cases of a stratum that is learnt from.
    `untold` cases are left out since the column of the change is empty; `share` is the one that is
    supposed to change, as it is.
    """

    rows: tuple[WhatIfRow, ...] = ()
    metric: str
    period: str
    as_of: str
    n: int = 0
    untold: int = 0
    moved: float = 0
    effective: float | None = None
    share: float | None = None
    least: int | None = None
    least_of: Reason | None = None
    reasons: tuple[Reason, ...] = ()
    shown = ("statistic", "value", "would", "change", "n", "unit", "verdict", "note")

    _change: ClassVar[Change] = SlowestAtMedian()
    _elsewhere: ClassVar[bool] = False  # whether it is of other days than the target is about

    def _caption(self, lang: str) -> str:
        about = self.named(lang)
        if not self.period:
            return about
        return say("judge.during", lang, about=about, period=period_words(self.period, lang))

    def supposed(self, lang: str = LANG) -> str:
        """What is supposed, in words."""
        match self._change:
            case ShareBecomes(column, value, share):
                told = {"column": head_word(column, lang), "share": share, "now": self.share}
                known = self.share is not None
                code = "what_if.share" if known else "what_if.share_alone"
                return say(code, lang, value=self._value(column, value, lang), **told)
            case WorksLike(column, a, b):
                one, two = (self._value(column, x, lang) for x in (a, b))
                return say("what_if.like", lang, a=one, b=two)
            case SlowestAtMedian(part):
                return say("what_if.slowest", lang, part=part)
        raise AssertionError("a change without words")

    def _value(self, column: str, value: object, lang: str) -> str:
        if isinstance(value, bool):
            return say(f"table.{str(value).lower()}", lang)
        return self.group_word(column, value, lang)

    def _headline(self, lang: str) -> str:
        """What is supposed, and the first statistic as it would be and as it is; or why not."""
        supposed, about = self.supposed(lang), self._caption(lang)
        if not self.rows:
            why = self._causes(self.reasons)
            return say("what_if.refused", lang, supposed=supposed, about=about, why=why)
        row = self.rows[0]
        asked = {"supposed": supposed, "about": about}
        asked["statistic"] = statistic_word(row.statistic, self.unit, lang)
        if row.would is None or row.value is None or row.change is None:
            return say("what_if.refused", lang, supposed=supposed, about=about, why=row.reasons)
        facts: dict[str, Any] = {
            "would": amount(row.would, row.unit, lang),
            "now": amount(row.value, row.unit, lang),
        }
        facts["change"] = signed(row.change, row.unit, row.change_low, row.change_high)
        facts["verdict"] = self._turned(lang)
        if self.unit == "share":  # its name says that it is one
            return say("what_if.found_share", lang, supposed=supposed, about=about, **facts)
        return say("what_if.found", lang, **asked, **facts)

    def _turned(self, lang: str) -> Reason | str:
        """What becomes of the verdict, where there is one."""
        judged = [row for row in self.rows if row.verdict is not None and row.target is not None]
        if not judged:
            return ""
        (row, *_) = judged
        told: dict[str, Any] = {"target": self._target(row, lang)}
        told |= {"now": Reason(row.verdict.code), "then": Reason(row.would_verdict.code)}
        same = row.verdict is row.would_verdict
        return Reason("what_if.stays" if same else "what_if.turns", **told)

    def _target(self, row: WhatIfRow, lang: str) -> Reason:
        statistic = statistic_word(row.statistic, self.unit, lang)
        target = figure(row.target, row.unit, lang)
        return Reason(f"judge.{row.rule}", statistic=statistic, target=target)

    def block(self, lang: str | None = None) -> Block:
        """The finding, the table and what to know; where it is refused its reason alone."""
        block = super().block(lang)
        return block if self.rows else replace(block, parts=(), note=self._nobody_noted(lang))

    def _table(self, lang: str) -> Display:
        """A row per statistic: as it is, as it would be, the difference, and both verdicts."""
        if not self.rows:
            return Display((say("table.no_rows", lang),), ())
        figures = Figures([row.to_dict() for row in self.rows], lang)
        judged = any(row.verdict is not None for row in self.rows)
        heads = [head_word("statistic", lang)]
        told = [say(f"what_if.{name}", lang) for name in ("as_is", "would")]
        heads += [self._headed(head, lang) for head in (*told, say("compare.difference", lang))]
        heads += [say(f"what_if.verdict_{name}", lang) for name in ("now", "then")] * judged
        rows, tones = [], {}
        for place, row in enumerate(self.rows):
            name = statistic_word(row.statistic, self.unit, lang)
            if row.verdict is not None:
                name += "\n" + say(self._target(row, lang), lang)
            cells = [
                figures(row.unit, row.value, row.low, row.high, statistic=row.statistic),
                figures(
                    row.unit, row.would, row.would_low, row.would_high, statistic=row.statistic
                ),
                self._change_of(row, lang),
            ]
            for verdict in (row.verdict, row.would_verdict) if judged else ():
                if verdict is not None:
                    tones[place, 1 + len(cells)] = tone(verdict)
                cells.append(NONE if verdict is None else badge_of(verdict, lang))
            rows.append((name, *cells))
        unit = unit_word(self.unit, lang)
        asked = say("table.in_unit", lang, about=self.asked(lang), unit=unit)
        if self.unit == "share":
            asked = self.asked(lang)
        return Display(heads, rows, caption=asked, numbers=range(1, 4), tones=tones)

    def _change_of(self, row: WhatIfRow, lang: str) -> str:
        if row.change is None:
            return NONE
        low, high = row.change_low, row.change_high
        if low is None or high is None or low == high:  # known, or sure by what is supposed
            low = high = None
        if row.unit != "share":
            figures = Figures([row.to_dict()], lang)
            return figures(row.unit, row.change, low, high, signed=True, statistic=row.statistic)
        told = say(signed(row.change, row.unit), lang)
        if low is None or high is None:
            return told
        ends = {"low": 100 * low, "high": 100 * high}
        return f"{told}\n{say('what_if.points', lang, **ends)}"

    def _caution(self) -> tuple[Reason, ...]:
        slowest = isinstance(self._change, SlowestAtMedian)
        return (Reason("what_if.caution_slowest" if slowest else "what_if.caution"),)

    def _warned(self, lang: str) -> Iterable[Reason]:
        if not self.rows:
            return
        by = getattr(self._change, "within", ())
        columns = tuple(head_word(name, lang) for name in by)
        if isinstance(self._change, SlowestAtMedian):
            yield Reason("what_if.how_slowest", n=int(self.moved), total=self.n)
        else:
            how = "share" if isinstance(self._change, ShareBecomes) else "like"
            alike = Reason("what_if.alike", columns=columns) if columns else Reason("what_if.plain")
            yield Reason(f"what_if.how_{how}", alike=alike)
            worth = number(self.effective or 0, 0, lang)
            yield Reason("what_if.worth", n=self.n, moved=round(self.moved), worth=worth)
        if self.least is not None:
            yield Reason("what_if.least", stratum=self.least_of, n=self.least)
        if self.untold:
            yield Reason("what_if.untold", n=self.untold)
        if any(row.verdict is Verdict.NOT_DUE for row in self.rows):
            yield Reason("what_if.not_due")
        elif any(row.verdict is not None for row in self.rows):
            yield Reason("what_if.judged")
            if self._elsewhere:
                yield Reason("what_if.elsewhere")
        yield from (Reason("change.warning", warning=why) for why in self.reasons)
        said = (why for row in self.rows for why in row.reasons if why not in self.reasons)
        yield from (Reason("change.warning", warning=why) for why in dict.fromkeys(said))

    def _drawn(self, lang: str, title: str, source: str) -> Figure:
        from ..results.charts.groups import dots

        if not self.rows or self.rows[0].would is None:
            why = joined(self.reasons, LANG) or "there is no value to draw"
            raise NothingToShow(why, "chart", "see the reasons")
        row = self.rows[0]
        sides = [
            ("as_is", row.value, row.low, row.high),
            ("would", row.would, row.would_low, row.would_high),
        ]
        size = 100 if row.unit == "share" else 1
        drawn = [
            {
                "label": say(f"what_if.{name}", lang),
                **dict(
                    zip(
                        ("value", "low", "high"),
                        (None if x is None else size * x for x in ends),
                        strict=True,
                    )
                ),
                "n": self.n,
            }
            for name, *ends in sides
        ]
        told = statistic_word(row.statistic, self.unit, lang)
        unit = "%" if row.unit == "share" else unit_word(row.unit, lang)
        return dots({told: drawn}, title=title, source=source, unit=unit)

    def __repr__(self) -> str:
        return f"{self.headline(LANG)}\n{self}" if self.rows else self.headline(LANG)
