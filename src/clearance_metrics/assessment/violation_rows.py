"""A charge line or case that breaks a rule, and a rule with what it found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..results.display import DAYS
from ..results.table import LANG, Record, amount
from ..results.words import in_words, say, unit_word
from ..statistics.reasons import Reason

if TYPE_CHECKING:
    pass


@dataclass(frozen=True, kw_only=True)
class Violation(Record):
    """One line or case. `amount`, `rate`, `limit` and `excess` of lines are yuan.

    `limit` is what a unit may cost in full, `waived` the share of it that is not charged, so that
    an excess is `amount` - `limit` x `quantity` x (1 - `waived`); lines that are held against no
    rate have none of these.

    `rule` is the code of what is broken, worded in the catalogues under `breach`; `tariff` the file
    and line of the row in force, or the source of the rule, which the note says in words. `value`
    is the excess in whole tally units (fen, working days, 1 for a case that ought not to be).

    Of a clock with limits by group: the column it is `limited_by`, the `limit_group` of the case,
    the `start` of the clock, the day it was `begun_on`, the time `allowed` and `taken`, in `unit`.
    """

    measure: int | None
    indicator: str
    case_id: str | None
    line_id: str | None
    item: str | None
    port: str | None
    charged_on: str | None
    bill: str | None
    amount: float | None
    rule: str
    rate: float | None
    tariff: str
    excess: float
    unit: str
    value: int
    reasons: tuple[Reason, ...] = ()
    quantity: float | None = None
    limit: float | None = None
    waived: float | None = None
    limited_by: str | None = None
    limit_group: str | None = None
    start: str | None = None
    begun_on: str | None = None
    allowed: float | None = None
    taken: float | None = None
    groups = ()

    @property
    def grade(self) -> str:
        """How sure the row in force is: its confidence mark, empty where no row is."""
        rows = (why.facts.get("what", ()) for why in self.reasons if why.code == "breach.row")
        marks = (part for parts in rows for part in parts if isinstance(part, Reason))
        return next((str(m.facts["grade"]) for m in marks if m.code == "breach.confidence"), "")


@dataclass(frozen=True, kw_only=True)
class Broken:
    """How many lines or cases of one item break a rule in one month, and by how much in all."""

    period: str | None
    item: str | None
    n: int
    excess: float
    unit: str


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule that was asked about, with all that break it, listed or not.

    `counts`: "lines", "cases" or "types"; `checked` of them were looked through, from the day
    `since` on; `why` says why nothing can be said. What is only
    `suspected` is listed and is no breach.
    """

    indicator: str
    names: Mapping[str, str]
    counts: str = "cases"
    checked: int = 0
    broken: tuple[Broken, ...] = ()
    clause: str = ""
    origin: str = ""
    since: str = ""
    suspected: bool = False
    why: Reason | None = None

    @property
    def n(self) -> int:
        """How many break it."""
        return sum(one.n for one in self.broken)

    @property
    def withheld(self) -> bool:
        """Whether what was found is not told, for the sake of small cells."""
        return self.why is not None and self.why.code == "withheld"

    def name(self, lang: str) -> str:
        """What the rule is called."""
        return str(self.names.get(lang) or self.names.get(LANG) or self.indicator)

    def told(self, shown: int, lang: str) -> str:
        """How many break it and how many of them are shown, or why nothing can be said."""
        name = self.name(lang)
        if self.why is not None:
            return say("violations.unknown", lang, name=name, why=in_words(self.why))
        checked, n = counted(self.counts, self.checked), counted(self.counts, self.n)
        if not self.n:
            return say("violations.none", lang, name=name, checked=checked)
        code = "violations.all" if shown >= self.n else "violations.largest"
        told = {"name": name, "found": n, "checked": checked, "excess": self._sum(lang)}
        return say(code, lang, **told, shown=counted(self.counts, shown))

    def _sum(self, lang: str) -> Reason | str:
        """The sum of what lies above; nothing where that is no amount."""
        units = {one.unit for one in self.broken}
        if len(units) != 1 or units == {"share"}:
            return ""
        whole = sum(one.excess for one in self.broken)
        unit = units.pop()
        told = amount(whole, unit, lang)
        if unit in DAYS and float(whole).is_integer():  # of single cases
            unit = unit_word(unit, lang, counted=True)
            told = Reason("headline.count", n=int(whole), unit=unit)
        return Reason(f"violations.sum_{self.counts}", excess=told)

    def rests_on(self, lang: str) -> str:
        """Where the rule is written; empty where nobody says."""
        if not self.origin:
            return ""
        # a source that begins with the clause says it already
        said = self.clause and self.clause not in self.origin
        code = "violations.by_clause" if said else "violations.by"
        return say(code, lang, clause=self.clause, source=self.origin)


def counted(counts: str, n: int) -> Reason:
    """So many lines, cases or types."""
    return Reason(f"violations.{counts}", n=n)
