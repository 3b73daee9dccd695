"""Targets of documents that follow each other, and published figures judged by the rule they were
set: tables that need no log.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from ..domain.verdicts import Verdict
from ..statistics.reasons import Reason
from .display import NONE, Display, head_word, signed, tone
from .published import Cited, sure
from .record import Record
from .wording import figure
from .words import joined, say, statistic_word


class Titled(Record):
    """A row whose `titles` are told by language."""

    def to_dict(self) -> dict[str, object]:
        """A flat record; titles stand as title_zh and title_en."""
        flat = super().to_dict()
        titles = flat.pop("titles")
        return flat | {f"title_{lang}": text for lang, text in titles.items()}


@dataclass(frozen=True, kw_only=True)
class TargetRow(Titled):
    """A target, the document that sets it, and the days it holds; `last` is empty without an end.
    `standing`: "in_force", "not_yet", "run_out" (its day has come and nothing newer is known) or
    "ended".
    """

    notice: str
    number: str
    indicator: str
    titles: Mapping[str, str]
    statistic: str
    rule: str
    target: float
    unit: str
    first: str
    last: str
    standing: str
    clause: str
    source: str
    confidence: str


@dataclass(frozen=True, kw_only=True, repr=False)
class TargetsInForce(Cited[TargetRow]):
    """What `targets_in_force` answers, in the order of the documents: levels, then what must not
    happen at all.
    """

    rows: tuple[TargetRow, ...]
    day: str
    as_of: str = ""
    empty = "in_force.none"

    def holding(self) -> TargetsInForce:
        """Those that hold on the day alone."""
        return self._with(rows=tuple(row for row in self.rows if row.standing == "in_force"))

    def _caption(self, lang: str) -> str:
        return say("in_force.caption", lang, day=self.day)

    def _headline(self, lang: str) -> str:
        """Which targets hold on the day, each with its document."""
        told = [
            Reason(
                "in_force.one",
                title=row.titles,
                rule=Reason(f"table.{row.rule}"),
                value=_level(row, lang),
                number=row.number,
            )
            for row in self.rows
            if row.standing == "in_force" and row.target
        ]
        zeros = sum(row.standing == "in_force" and not row.target for row in self.rows)
        told += [Reason("in_force.zeros", n=zeros)] if zeros else []
        if not told:
            return say("in_force.nothing", lang, day=self.day)
        return say("in_force.headline", lang, day=self.day, told=joined(told, lang))

    def _table(self, lang: str) -> Display:
        if not self.rows:
            return Display((say(self.empty, lang),), ())
        names = ("document", "target", "level", "first", "last", "standing", "sure", "source")
        heads = [say(f"in_force.{name}", lang) for name in names]
        cells = [
            (
                "\n".join(dict.fromkeys((row.number, row.clause))),
                row.titles.get(lang) or row.titles["en"],
                say("in_force.at", lang, rule=say(f"table.{row.rule}", lang), v=_level(row, lang)),
                row.first,
                row.last or say("in_force.open", lang),
                say(f"in_force.{row.standing}", lang),
                sure(row.confidence, lang),
                row.source,
            )
            for row in self.rows
        ]
        return Display(heads, cells, caption=self.caption(lang))


@dataclass(frozen=True, kw_only=True)
class BackTestRow(Titled):
    """A published figure of an indicator, what its authority said of it (or nothing), and what the
    rule of the notice makes of it; `agrees` where both are there.
    """

    indicator: str
    titles: Mapping[str, str]
    period: str
    statistic: str
    value: float
    unit: str
    clock_unit: str
    rule: str
    target: float | None
    verdict: Verdict
    stated: str
    agrees: bool | None
    source: str
    confidence: str


@dataclass(frozen=True, kw_only=True, repr=False)
class BackTests(Cited[BackTestRow]):
    """What `back_tests` answers: a row per published figure, in the order of the notice."""

    rows: tuple[BackTestRow, ...]
    number: str
    as_of: str = ""
    empty = "back_test.none"

    def _caption(self, lang: str) -> str:
        return say("back_test.caption", lang, number=self.number)

    def _headline(self, lang: str) -> str:
        """How many published figures get the verdict that was published with them."""
        if not self.rows:
            return say("back_test.nothing", lang, number=self.number)
        counts = Counter(row.agrees for row in self.rows)
        told = [Reason("back_test.agree", n=counts[True], of=counts[True] + counts[False])]
        told = told if counts[True] + counts[False] else []
        code = "back_test.untold" if told else "back_test.all_untold"
        told += [Reason(code, n=counts[None])] if counts[None] else []
        return say("back_test.headline", lang, number=self.number, told=joined(told, lang))

    def _beware(self, lang: str) -> str:
        return say("back_test.how", lang) if self.rows else ""

    def _table(self, lang: str) -> Display:
        if not self.rows:
            return Display((say(self.empty, lang),), ())
        heads = [say("in_force.target", lang), head_word("period", lang)]
        heads += [say(f"back_test.{name}", lang) for name in ("published", "level", "verdict")]
        heads += [say(f"back_test.{name}", lang) for name in ("stated", "sure", "source")]
        cells, tones = [], {}
        for i, row in enumerate(self.rows):
            judged = row.target is not None
            cells.append(
                (
                    row.titles.get(lang) or row.titles["en"],
                    row.period,
                    say(
                        "back_test.of",
                        lang,
                        statistic=statistic_word(row.statistic, row.clock_unit, lang),
                        value=figure(row.value, row.unit, lang),
                    ),
                    _level(row, lang) if judged else NONE,
                    signed(row.verdict, lang) if judged else say("back_test.beside", lang),
                    say(f"back_test.said_{row.stated.replace(' ', '_') or 'nothing'}", lang),
                    sure(row.confidence, lang),
                    row.source,
                )
            )
            if judged:
                tones[i, 4] = tone(row.verdict)
        return Display(heads, cells, caption=self.caption(lang), tones=tones)


def _level(row: TargetRow | BackTestRow, lang: str) -> str:
    return figure(row.target, row.unit, lang)
