"""What `reconcile` answers: four clocks on the same cases, and the way from one to the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from ..analysis.parts import hours
from ..errors import NothingToShow
from ..results.block import Block
from ..results.display import NONE, Display
from ..results.periods import listed
from ..results.published import period_word
from ..results.table import LANG, Record, ResultTable
from ..results.withheld import BESIDE, few
from ..results.words import figure, joined, say, unit_word
from ..statistics.reasons import Reason

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHIPMENTS, FIRMS = "shipments", "firms"
UNITS = ("hours", "days", "working_days")
LEVEL, STEP = "level", "step"
OUTSIDE = ("agency_after", "issued_after", "not_issued")  # what the clocks do not show


@dataclass(frozen=True, kw_only=True)
class ClockRow(Record):
    """One clock in one unit ("hours", "days" of 24 hours, "working_days"), every shipment counting
    once, or every firm: then it is the mean of the firms' own means.
    """

    clock: str
    weighting: str
    unit: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    firms: int | None
    reasons: tuple[Reason, ...] = ()
    labelled = True

    def label(self, lang: str = LANG) -> str:
        """The clock in words."""
        return say(f"reconcile.{self.clock}", lang)


@dataclass(frozen=True, kw_only=True)
class LadderStep(Record):
    """One rung of the way from the shortest mean to the longest, in hours: a "level" is a clock's
    mean, a "step" what is added (or taken away) on the way to the next; `seconds` over all cases,
    None where firms are weighed.
    """

    kind: str
    what: Reason
    value: float
    seconds: int | None
    labelled = True

    def label(self, lang: str = LANG) -> str:
        """The rung in words."""
        return say(self.what, lang)

    def to_dict(self) -> dict[str, Any]:
        """A flat record; `what` as its code and facts."""
        return super().to_dict() | {"what": self.what.to_dict()}


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A published figure of another definition, set beside and never compared."""

    about_zh: str
    about_en: str
    value: float
    unit: str
    period: str
    confidence: str
    source: str
    note_zh: str
    note_en: str

    def said(self, name: str, lang: str) -> str:
        """One of its texts in a language, or else in English."""
        return str(getattr(self, f"{name}_{lang}", "") or getattr(self, f"{name}_en"))


@dataclass(frozen=True, kw_only=True, repr=False)
class Reconciled(ResultTable[ClockRow]):
    """What `reconcile` answers. `used` cases have every milestone of the four clocks; `missing`
    counts the others by the milestone that they lack, `backwards` those with a clock that stops
    before it starts. `steps` lead from the shortest to the longest clock and sum exactly. `ends`
    says of each clock from which milestones to which it goes. `no_firm`: used cases without a firm;
    `agency_after`: those that another agency cleared after customs; `issued_after`: those with a
    certificate that was issued after every clock had stopped; `not_issued`: those that applied for
    one and record no issue.
    """

    rows: tuple[ClockRow, ...]
    as_of: str
    direction: str
    used: int
    steps: tuple[LadderStep, ...]
    missing: tuple[tuple[str, int], ...]
    backwards: int
    no_firm: int
    agency_after: int
    issued_after: int
    not_issued: int
    ends: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]
    references: tuple[Reference, ...] = ()
    alike: bool = False  # nothing of other agencies is on these cases
    shown = ("clock", "weighting", "unit", "value", "low", "high", "n", "firms", "label", "note")
    empty = "reconcile.none"
    _hushed: ClassVar[tuple[str, ...]] = (*BESIDE, *OUTSIDE)

    def of(self, clock: str, weighting: str = SHIPMENTS, unit: str = "hours") -> ClockRow:
        """One row: "customs_only", "overall", "port_release" or "all_agencies".

        >>> import polars as pl
        >>> from clearance_metrics import EventLog, reconcile
        >>> marks = {"conveyance_arrived": 0, "declared": 4, "customs_released": 6, "gate_out": 9}
        >>> events = pl.DataFrame({"case_id": ["a"] * 4, "milestone": list(marks),
        ...     "time": [3600 * hour for hour in marks.values()]})
        >>> cases = pl.DataFrame({"case_id": ["a"], "kind": ["import"]})
        >>> log = EventLog(events, cases)
        >>> reconcile(log, "import", as_of="1970-01-02").of("overall").value
        6.0
        """
        return next(
            r for r in self.rows if (r.clock, r.weighting, r.unit) == (clock, weighting, unit)
        )

    def _caption(self, lang: str) -> str:
        return say("reconcile.caption", lang, side=say(f"side.{self.direction}", lang))

    def _headline(self, lang: str) -> str:
        """The four means, the shortest first, and the longest with every firm counting once."""
        side = say(f"side.{self.direction}", lang)
        if not self.used:
            return say("reconcile.headline_none", lang, side=side, why=self._unused(lang))
        names = [name for name, *_ in self.ends if not self._unrecorded(name)]
        clocks = sorted((self.of(name) for name in names), key=lambda row: row.value or 0)
        told = [
            Reason("reconcile.clock_is", clock=Reason(f"reconcile.{r.clock}"), hours=r.value)
            for r in clocks
        ]
        by_firm = self.of(clocks[-1].clock, FIRMS)
        firms: Reason | str = ""
        if by_firm.value is not None:
            clock = Reason(f"reconcile.{by_firm.clock}")
            firms = Reason("reconcile.by_firms", clock=clock, hours=by_firm.value, n=by_firm.firms)
        return say("reconcile.headline", lang, side=side, n=self.used, clocks=told, firms=firms)

    def _unused(self, lang: str) -> Reason | str:
        """Why no case could be used: what they lack, and how many run backwards."""
        words = {name: self.word("milestone", name, lang) for name, _ in self.missing}
        told = [Reason("reconcile.n_lack", n=n, milestone=words[name]) for name, n in self.missing]
        if self.backwards:
            told.append(Reason("reconcile.n_backwards", n=self.backwards))
        return Reason("reconcile.why", told=tuple(told)) if told else ""

    def _table(self, lang: str) -> Display:
        if not self.used:
            return Display((self._headline(lang),), ())
        heads = [say("reconcile.clock", lang)]
        heads += [unit_word(unit, lang) for unit in UNITS]
        heads += [say(f"reconcile.firms_{unit}", lang) for unit in UNITS]
        cells = []
        for name, starts, stops in self.ends:
            first, last = (
                self._way(ends, which, lang) for ends, which in ((starts, 0), (stops, 1))
            )
            between = say("stage.between", lang, start=first, stop=last)
            line = [f"{say(f'reconcile.{name}', lang)}\n{between}"]
            if self._unrecorded(name):
                line += [say("reconcile.not_recorded", lang), *[NONE] * (2 * len(UNITS) - 1)]
            else:
                rows = [self.of(name, w, u) for w in (SHIPMENTS, FIRMS) for u in UNITS]
                line += [_cell(row, lang) for row in rows]
            cells.append(tuple(line))
        return Display(heads, cells, caption=self.asked(lang), numbers=range(1, len(heads)))

    def _unrecorded(self, clock: str) -> bool:
        """Whether a clock is of what these cases do not record."""
        return self.alike and clock == "all_agencies"

    def _way(self, ends: Sequence[str], which: int, lang: str) -> str:
        """One end of a clock: a milestone, or the first or the last of several."""
        names = listed((self.word("milestone", name, lang) for name in ends), lang)
        code = ("reconcile.first_of", "reconcile.last_of")[which]
        return names if len(ends) == 1 else say(code, lang, names=names)

    def block(self, lang: str | None = None) -> Block:
        """The finding, the four clocks, the way from one to the other, and published figures."""
        lang = self._in(lang)
        made = super().block(lang)
        if not self.used:
            return replace(made, parts=())
        return replace(
            made, parts=(*made.parts, self._ladder(lang), *beside(self.references, lang))
        )

    def _ladder(self, lang: str) -> Display:
        """Each rung with its hours and days."""
        cells = []
        for rung in self.steps:
            told = figure(rung.value, 2, lang)
            signed = f"+{told}" if rung.kind == STEP and rung.value > 0 else told
            days = figure(rung.value / 24, 2, lang)
            days = f"+{days}" if rung.kind == STEP and rung.value > 0 else days
            cells.append((rung.label(lang), signed, days))
        heads = (say("reconcile.rung", lang), unit_word("hours", lang), unit_word("days", lang))
        firms = any(rung.seconds is None for rung in self.steps)
        caption = say("reconcile.ladder_firms" if firms else "reconcile.ladder", lang)
        below = (say("reconcile.rounded", lang),)
        return Display(heads, cells, below, caption=caption, numbers=(1, 2))

    def _parts_beside(self, k: int) -> dict[str, object]:
        """The milestones that cases lack, without those that few lack."""
        kept = tuple((name, n) for name, n in self.missing if not few(n, k))
        return {} if kept == self.missing else {"missing": kept}

    def _beware(self, lang: str) -> str:
        told: list[Reason | str] = [*self._remarks]
        if self.used:
            told.append(Reason("reconcile.same", n=self.used))
        # where none is used the finding says why
        for name, n in self.missing if self.used else ():
            word = self.word("milestone", name, lang)
            told.append(Reason("reconcile.lacks", n=n, milestone=word))
        if self.backwards and self.used:
            told.append(Reason("reconcile.backwards", n=self.backwards))
        if self.no_firm:
            told.append(Reason("reconcile.no_firm", n=self.no_firm))
        if self.used and self.alike:
            told.append(Reason("reconcile.alike"))
        for code in OUTSIDE:
            told += [Reason(f"reconcile.{code}", n=n)] if (n := getattr(self, code)) else []
        if self.used:
            told += dict.fromkeys(why for row in self.rows for why in row.reasons)
        elif self.backwards or self.missing:
            told.append(Reason("reconcile.look"))
        if self.references and self.used:
            told.append(Reason("reconcile.reference_only"))
        return joined(_sentences(told), lang, "report.gap")

    def _drawn(self, lang: str, title: str, source: str) -> Figure:
        """The ladder from the shortest mean to the longest."""
        from ..results.charts.ladder import ladder

        if not self.used:
            raise NothingToShow("there is nothing to draw", "chart", "no case has every milestone")
        rungs = []
        for rung in self.steps:
            days = Reason("reconcile.in_days", days=rung.value / 24)
            told = figure(rung.value, 2, lang)
            if rung.kind == LEVEL:
                told = say("reconcile.told", lang, hours=told, days=days)
            elif rung.value > 0:
                told = f"+{told}"
            rungs.append((rung.label(lang), rung.value, rung.kind == LEVEL, told))
        return ladder(rungs, title=title, source=source, unit=unit_word("hours", lang))

    def __repr__(self) -> str:
        return f"{self.headline()}\n{self}"


def _sentences(told: Iterable[Reason | str]) -> list[Reason | str]:
    """The same, what an estimator says made a sentence as well."""
    made: list[Reason | str] = []
    for why in told:
        clause = isinstance(why, Reason) and why.code in ("few_for_interval", "no_cases")
        made.append(Reason("several.noted", text=why) if clause else why)
    return made


def _cell(row: ClockRow, lang: str) -> str:
    if row.value is None:
        return NONE
    told = hours(row.value, lang)
    if row.low is None or row.high is None:
        return told
    return f"{told}\n{say('party.between', lang, low=row.low, high=row.high)}"


def beside(references: Sequence[Reference], lang: str) -> tuple[Display, ...]:
    """Published figures of other definitions, as reference only."""
    if not references:
        return ()
    cells = []
    for row in references:
        unit = unit_word(row.unit, lang)
        places = 0 if float(row.value).is_integer() else 2
        told = figure(row.value, places, lang)
        cells.append(
            (
                row.said("about", lang) or say("reconcile.national", lang),
                say("figure.with_unit", lang, value=told, unit=unit),
                period_word(row.period, lang),
                say(f"confidence.{row.confidence}", lang),
                f"{row.source}\n{row.said('note', lang)}".strip(),
            )
        )
    heads = [say("reconcile.whose_figure", lang), say("published_figure.value", lang)]
    heads += [say("field.period", lang)]
    heads += [say(f"record.{name}", lang) for name in ("confidence", "source_and_note")]
    return (Display(heads, cells, caption=say("reconcile.references", lang), numbers=(1,)),)
