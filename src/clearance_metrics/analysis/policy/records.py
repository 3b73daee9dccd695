"""What the functions on policy change answer: rows and facts that say themselves in a language,
each with the standing caveat.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from ...results.table import LANG, NONE, Display, Record, ResultTable, interval
from ...results.words import LANGUAGES, joined, say, term, unit_word
from ...statistics.reasons import Reason

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CAVEAT = Reason("policy.caveat")  # what a series around one national date cannot show
PER_MONTH = " per month"
# the terms that are the finding; others stand beside them
FOUND = frozenset({"level", "simple", "gap", "change"})


@dataclass(frozen=True, kw_only=True)
class EffectRow(Record):
    """One estimated quantity. `value` is None where nothing defensible can be said; `reasons` say
    why.

    `period`: the month, or for "event" the months since the start; `n`: months or ports that it
    rests on.
    """

    term: str
    period: str | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str
    n: int | None = None
    reasons: tuple[Reason, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """A flat record with the term and the caveat also in words."""
        record = super().to_dict()
        words = {f"term_{lang}": say(f"policy_term.{self.term}", lang) for lang in LANGUAGES}
        caveats = {f"caveat_{lang}": say(CAVEAT, lang) for lang in LANGUAGES}
        return {"term": record.pop("term"), **words, **record, **caveats}

    def worded(self, lang: str) -> dict[str, Any]:
        """The record as a table shows it: term and unit in words, a note where there is a value."""
        unit = term("unit", self.unit.removesuffix(PER_MONTH), lang)
        if self.unit.endswith(PER_MONTH):
            unit = say("policy.per_month", lang, unit=unit)
        record = self.to_dict() | {"term": say(f"policy_term.{self.term}", lang), "unit": unit}
        # where there is no value its place already holds the note
        return record | ({f"note_{lang}": ""} if self.value is None else {})


@dataclass(frozen=True)
class Fact:
    """Something to be read beside the rows: a setting, a diagnostic, what was left out.

    `value` is a number, a text, a Reason, or several of these.

    >>> Fact("left_out", ("2021-08", "2021-09")).said("en")
    'months left out by the date, phase-in or exclude: 2021-08, 2021-09'
    """

    name: str
    value: object

    def word(self, lang: str = LANG) -> str:
        """What it is."""
        return say(f"policy_fact.{self.name}", lang)

    def shown(self, lang: str = LANG) -> str:
        """Its value; several reasons are as many sentences, several texts a list."""
        several = self.value if isinstance(self.value, tuple) else (self.value,)
        if not several or several[0] is None:
            return NONE
        if isinstance(several[0], Reason):
            return joined(several, lang)
        code = "policy.number" if isinstance(self.value, float) else "policy.value"
        return say(code, lang, value=self.value)

    def said(self, lang: str = LANG) -> str:
        """Both in one text."""
        return say("policy.fact", lang, name=self.word(lang), value=self.shown(lang))

    def __str__(self) -> str:
        return self.said()


@dataclass(frozen=True, repr=False, kw_only=True)
class PolicyResult(ResultTable[EffectRow]):
    """Rows, the facts beside them, and monthly `points` for a chart; always with the caveat."""

    rows: tuple[EffectRow, ...]
    as_of: str
    metric: str
    statistic: str
    unit: str
    facts: tuple[Fact, ...]
    points: tuple[Mapping[str, Any], ...] = ()
    shown = ("term", "period", "value", "low", "high", "unit", "n", "note")
    picture: ClassVar[str] = ""  # the chart of its kind, by name

    def _drawn(self, lang: str, title: str, source: str) -> Figure:
        from ...results.charts import policy

        draw = getattr(policy, self.picture)
        figure: Figure = draw(
            self, title=title, source=source, lang=lang, unit=unit_word(self.unit, lang)
        )
        return figure

    @property
    def caveat(self) -> Reason:
        """What a series around one national date cannot show."""
        return CAVEAT

    def fact(self, name: str) -> object:
        """The value of one fact; KeyError if there is none of that name."""
        return {f.name: f.value for f in self.facts}[name]

    def worded(self, lang: str) -> list[dict[str, Any]]:
        """The records as a table shows them."""
        return [row.worded(lang) for row in self.rows]

    def _table(self, lang: str) -> Display:
        """The rows, and under them the facts and the caveat, in a language."""
        rows = super()._table(lang)
        below = (*(fact.said(lang) for fact in self.facts), say(CAVEAT, lang))
        return Display(rows.heads, rows.cells, below)

    def _headline(self, lang: str) -> str:
        """The quantity asked for with its interval, or why it is refused; and the caveat."""
        asked = {"metric": self.caption(lang), "as_of": self.as_of, "caveat": self.caveat}
        row = next((r for r in self.rows if r.term in FOUND), None)
        row = row or next((r for r in self.rows if r.value is not None), None)
        if row is None or row.value is None:
            first = row or (self.rows[0] if self.rows else None)
            why = first.reasons[:1] if first else (Reason("policy.no_change_found"),)
            return say("headline.refused", lang, **asked, why=why)
        bounds = interval(row.low, row.high, row.unit)
        unit = row.worded(lang)["unit"]
        told = {"term": Reason(f"policy_term.{row.term}"), "value": row.value, "unit": unit}
        return say("headline.effect", lang, **asked, **told, bounds=bounds)

    def __repr__(self) -> str:
        told = {"metric": self.metric, "statistic": self.statistic, "as_of": self.as_of}
        return f"{type(self).__name__}: {say('policy.head', self.lang, **told)}\n{self}"


@dataclass(frozen=True, repr=False, kw_only=True)
class Interrupted(PolicyResult):
    """What `interrupted_series` answers.

    `placebos`: the same model at false dates before `start`.
    """

    picture = "interrupted_months"
    start: str
    placebos: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, repr=False, kw_only=True)
class Staggered(PolicyResult):
    """What `staggered` answers. `cells`: an effect per month of start and month."""

    picture = "event_study"
    cells: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, repr=False, kw_only=True)
class Synthetic(PolicyResult):
    """What `synthetic_control` answers.

    `weights`: donors and their weights; `placebos`: each donor's gap per month.
    """

    picture = "synthetic_months"
    start: str
    weights: tuple[tuple[str, float], ...] = ()
    placebos: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, repr=False, kw_only=True)
class Changes(PolicyResult):
    """What `changepoints` answers: a detector's finds beside policy dates; nothing is said of
    causes.
    """

    picture = "level_months"
