"""What the functions on policy change answer: rows and facts that say themselves in a language,
each with the standing caveat.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from ...errors import NothingToShow
from ...results.block import Block
from ...results.display import NONE, Display, head_word
from ...results.periods import period_word
from ...results.table import LANG, Record
from ...results.wording import period_words
from ...results.words import LANGUAGES, figure, has, joined, say, unit_word
from ...statistics.reasons import Reason
from ..caution import CAVEAT, Figures, OfChange, signed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PER_MONTH = " per month"
RATIO = "ratio"
# what a page says beside the rows; settings and the rest stay with the answer
BESIDE = (
    "ports_started",
    "ports_never",
    "months",
    "n_before",
    "n_after",
    "left_out",
    "not_usable",
    "errors",
    "durbin_watson",
    "lag1",
    "pre_trend",
    "pre_trend_p",
    "pre_trend_periods",
    "placebo",
    "placebo_dates",
    "placebo_changes",
    "placebo_larger",
    "group_dropped",
    "ports_left_out",
    "unplaced",
    "donors",
    "p",
    "fit",
    "leave_one_out",
    "found",
    "limits",
)


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

    def named(self, lang: str) -> str:
        """The term in words, with its month where it is of one."""
        words = say(f"policy_term.{self.term}", lang)
        if self.period is None:
            return words
        return say("figure.named", lang, name=words, value=self.period)


@dataclass(frozen=True)
class Fact:
    """Something to be read beside the rows: a setting, a diagnostic, what was left out.

    `value` is a number, a text, a Reason, or several of these.

    >>> Fact("left_out", ("2021-08", "2021-09")).said("en")
    'months left out by the date, the phase-in period or by choice: 2021-08, 2021-09'
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

    def told(self, lang: str) -> str:
        """Its value as a page shows it: figures with three decimals, spans of months in words."""
        if isinstance(self.value, float):
            return figure(self.value, 3, lang)
        return period_words(self.shown(lang), lang)

    def said(self, lang: str = LANG) -> str:
        """Both in one text."""
        return say("policy.fact", lang, name=self.word(lang), value=self.shown(lang))

    def __str__(self) -> str:
        return self.said()


@dataclass(frozen=True, repr=False, kw_only=True)
class PolicyResult(OfChange[EffectRow]):
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
    kind: ClassVar[str] = ""  # which sentence says its finding, and its note
    found: ClassVar[str] = ""  # the term that is the finding

    def _drawn(self, lang: str, title: str, source: str, **more: Any) -> Figure:
        from ...results.charts import policy

        if not self.points:
            raise NothingToShow("there is no series to draw", "chart", self.rows[0].said(LANG))
        draw = getattr(policy, self.picture)
        unit = unit_word(self.unit, lang)
        figure: Figure = draw(self, title=title, source=source, lang=lang, unit=unit, **more)
        return figure

    @property
    def caveat(self) -> Reason:
        """What a series around one national date cannot show."""
        return CAVEAT

    def fact(self, name: str) -> object:
        """The value of one fact; KeyError if there is none of that name."""
        return {f.name: f.value for f in self.facts}[name]

    def _listed(self) -> list[EffectRow]:
        """The rows that a table shows; the others are in the picture and in frames."""
        return list(self.rows)

    def headline(self, lang: str | None = None) -> str:
        """The finding with its day, and the caveat."""
        told = super().headline(lang)
        return say("change.drawn", self._in(lang), told=told, caveat=self.caveat)

    def _headline(self, lang: str) -> str:
        """The quantity asked for with its interval, that it cannot be told from none, or why it is
        refused.
        """
        asked = {"about": self.named(lang)}
        row = next((r for r in self.rows if r.term == self.found), None)
        if row is None or row.value is None:
            first = row or (self.rows[0] if self.rows else None)
            why = first.reasons[:1] if first else (Reason("policy.no_change_found"),)
            return say(
                "effects.refused", lang, **asked, why=self._causes(why or (Reason("no_cases"),))
            )
        none = 1.0 if row.unit == RATIO else 0.0
        nothing = row.low is not None and row.high is not None and row.low <= none <= row.high
        code = f"effects.{self.kind}{'_nothing' if nothing else ''}"
        return say(code, lang, **asked, value=_value(row), **self._more(lang))

    def _more(self, lang: str) -> dict[str, object]:
        """Further facts of the sentence."""
        return {}

    def _table(self, lang: str) -> Display:
        """The rows, and under them the facts and the caveat."""
        rows = self._effects(lang)
        below = (*(fact.said(lang) for fact in self.facts), say(CAVEAT, lang))
        return Display(rows.heads, rows.cells, below, caption=rows.caption, numbers=rows.numbers)

    def _effects(self, lang: str) -> Display:
        """The rows as a table: value with interval and n, or the reason in words."""
        listed = self._listed()
        if not listed:
            return self._nothing(lang)
        units = [(row, row.unit.removesuffix(PER_MONTH)) for row in listed]
        figures = Figures([row.to_dict() | {"unit": unit} for row, unit in units], lang)
        heads = [head_word("term", lang), self._headed(head_word("value", lang), lang)]
        heads += [head_word("unit", lang), say(f"effects.n_{self.kind}", lang)]
        heads += [head_word("note", lang)]
        rows = []
        for row, unit in units:
            n = NONE if row.n is None else figure(row.n, 0, lang)
            value = figures(unit, row.value, row.low, row.high)
            words = _unit(row.unit, lang) if row.value is not None else NONE
            rows.append((row.named(lang), value, words, n, row.said(lang)))
        # a column that says nothing is left out
        kept = [i for i in range(len(heads)) if i < 2 or any(r[i] not in ("", NONE) for r in rows)]
        return Display(
            [heads[i] for i in kept],
            [[row[i] for i in kept] for row in rows],
            caption=self.asked(lang),
            numbers=[place for place, i in enumerate(kept) if i in (1, 3)],
        )

    def block(self, lang: str | None = None) -> Block:
        """The finding, the rows, the facts to read beside them, and what to know."""
        block = super().block(lang)
        lang = self._in(lang)
        told = [(f.word(lang), f.told(lang)) for f in self.facts if f.name in BESIDE]
        told = [pair for pair in told if pair[1] != NONE]
        heads = (say("effects.beside", lang), head_word("value", lang))
        facts = (Display(heads, told),) if told else ()
        rows = (self._effects(lang),) if self._telling() else ()
        return replace(block, parts=(*rows, *facts))

    def _telling(self) -> bool:
        """Whether its rows say more than the headline, which says why there is nothing."""
        whys = {row.reasons for row in self.rows}
        return any(row.value is not None for row in self.rows) or len(whys) > 1

    def _warned(self, lang: str) -> Iterable[Reason]:
        if self.points or self._telling():
            yield Reason(f"effects.{self.kind}_note")

    def __repr__(self) -> str:
        told = {"metric": self.metric, "statistic": self.statistic, "as_of": self.as_of}
        return f"{type(self).__name__}: {say('policy.head', self.lang, **told)}\n{self}"


@dataclass(frozen=True, repr=False, kw_only=True)
class Interrupted(PolicyResult):
    """What `interrupted_series` answers.

    `placebos`: the same model at false dates before `start`.
    """

    picture, kind, found = "interrupted_months", "level", "level"
    start: str
    placebos: tuple[Mapping[str, Any], ...] = ()

    def _more(self, lang: str) -> dict[str, object]:
        return {"month": period_word(self.start, lang)}


@dataclass(frozen=True, repr=False, kw_only=True)
class Staggered(PolicyResult):
    """What `staggered` answers. `cells`: an effect per month of start and month."""

    picture, kind, found = "event_study", "in_turn", "simple"
    cells: tuple[Mapping[str, Any], ...] = ()

    _begun: ClassVar[tuple[tuple[str, int], ...]] = ()  # months of start, and how many begin then

    def _listed(self) -> list[EffectRow]:
        return [row for row in self.rows if row.period is None]

    def _more(self, _lang: str) -> dict[str, object]:
        return {"n": self.fact("ports_started"), "never": self.fact("ports_never")}

    def _warned(self, lang: str) -> Iterable[Reason]:
        if self._begun:
            starts = tuple(Reason("effects.start", month=month, n=n) for month, n in self._begun)
            yield Reason("effects.starts", months=starts)
        if any(r.low is None for r in self.rows if r.term == "group" and r.period is not None):
            yield Reason("effects.thin_groups")
        yield from super()._warned(lang)


@dataclass(frozen=True, repr=False, kw_only=True)
class Synthetic(PolicyResult):
    """What `synthetic_control` answers.

    `weights`: donors and their weights; `placebos`: each donor's gap per month.
    """

    picture, kind, found = "synthetic_months", "twin", "gap"
    start: str
    weights: tuple[tuple[str, float], ...] = ()
    placebos: tuple[Mapping[str, Any], ...] = ()

    def _more(self, lang: str) -> dict[str, object]:
        return {"month": period_word(self.start, lang), "p": self.fact("p")}


@dataclass(frozen=True, repr=False, kw_only=True)
class Changes(PolicyResult):
    """What `changepoints` answers: a detector's finds beside policy dates; nothing is said of
    causes.
    """

    picture, kind, found = "level_months", "levels", "change"

    _dates: ClassVar[tuple[tuple[str, object], ...]] = ()  # policy dates and what they are

    def _listed(self) -> list[EffectRow]:
        return [row for row in self.rows if row.term != "outside"]

    def _headline(self, lang: str) -> str:
        """In which months another level begins, and by how much."""
        about = self.named(lang)
        if not self.points:
            return super()._headline(lang)
        moved = [row for row in self.rows if row.term == "change" and row.value is not None]
        if not moved:
            return say("effects.not_moved", lang, about=about)
        told = [
            Reason("effects.move", month=period_word(row.period, lang), value=_value(row))
            for row in moved
        ]
        return say("effects.moved", lang, about=about, n=len(moved), moves=tuple(told))

    def _warned(self, lang: str) -> Iterable[Reason]:
        if self.points:
            outside = sum(row.term == "outside" for row in self.rows)
            yield Reason("effects.outside", n=outside)
        yield from super()._warned(lang)

    def _drawn(self, lang: str, title: str, source: str, **more: Any) -> Figure:
        plain = say("chart.policy_date", lang)
        dates = [(day, _text(name, lang) or plain) for day, name in self._dates]
        return super()._drawn(lang, title, source, **({"dates": dates} | more))


def _value(row: EffectRow) -> Reason:
    """A change with its interval and its unit; a ratio without a sign."""
    value = row.value or 0.0
    if row.unit == RATIO:
        bounds = Reason("change.bounds", low=row.low, high=row.high) if row.low is not None else ""
        return Reason("effects.ratio", value=value, bounds=bounds)
    told = signed(value, row.unit)
    if row.unit == "share":
        return signed(value, row.unit, row.low, row.high)
    bounds = Reason("change.bounds", low=row.low, high=row.high) if row.low is not None else ""
    return Reason("effects.amount", value=told, unit=_counted(row.unit), bounds=bounds)


def _counted(unit: str) -> Reason | str:
    """A unit as it is written after a number."""
    code = f"unit_counted.{unit}"
    return Reason(code) if has(code) else Reason(f"unit.{unit}") if has(f"unit.{unit}") else unit


def _unit(unit: str, lang: str) -> str:
    words = unit_word(unit.removesuffix(PER_MONTH), lang)
    return say("policy.per_month", lang, unit=words) if unit.endswith(PER_MONTH) else words


def _text(name: object, lang: str) -> str:
    if isinstance(name, Reason):
        return say(name, lang)
    if isinstance(name, Mapping):
        return str(name.get(lang) or name.get(LANG) or "")
    return str(name)
