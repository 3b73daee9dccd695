"""What the functions on policy change answer: rows that render themselves, each with the standing
caveat.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from ...results.table import ResultTable
from .words import CAVEAT, FACTS, TERMS, Words

Record = dict[str, object]


@dataclass(frozen=True)
class EffectRow:
    """One estimated quantity. `value` is None where nothing defensible can be said; the notes say
    why.

    `period`: the month, or for "event" the months since the start; `n`: months or ports that it
    rests on.
    """

    term: str
    period: str | None
    value: float | None
    low: float | None
    high: float | None
    unit: str
    n: int | None = None
    note_zh: str = ""
    note: str = ""
    groups: tuple = ()

    def to_dict(self) -> Record:
        """A flat record with the words of the term and the caveat in both languages."""
        zh, en = TERMS[self.term]
        record = {
            name: getattr(self, name) for name in self.__dataclass_fields__ if name != "groups"
        }
        term = record.pop("term")
        return {
            "term": term,
            "term_zh": zh,
            "term_en": en,
            **record,
            "caveat_zh": CAVEAT[0],
            "caveat": CAVEAT[1],
        }


@dataclass(frozen=True)
class Fact:
    """Something to be read beside the rows: a setting, a diagnostic, what was left out;

    FACTS has its words.
    """

    name: str
    value: object

    def __str__(self) -> str:
        zh, en = FACTS[self.name]
        shown = f"{self.value:.4g}" if isinstance(self.value, float) else str(self.value)
        return f"{en} {zh}: {shown}"


@dataclass(frozen=True, repr=False)
class PolicyResult(ResultTable):
    """Rows, the facts beside them, and monthly `points` for a chart; always with the caveat."""

    rows: tuple[EffectRow, ...]
    as_of: str
    metric: str
    statistic: str
    unit: str
    facts: tuple[Fact, ...]
    points: tuple[Record, ...]
    shown = ("term", "period", "value", "low", "high", "unit", "n", "note")

    @property
    def caveat(self) -> Words:
        """What a series around one national date cannot show (Chinese, English)."""
        return CAVEAT

    def fact(self, name: str) -> object:
        """The value of one fact; KeyError if there is none of that name."""
        return {f.name: f.value for f in self.facts}[name]

    def _cells(self) -> tuple[list[str], list[list[str]]]:
        names, cells = super()._cells()
        if "note" in names:
            # where there is no value its place already holds the note
            for row, cell in zip(self.rows, cells, strict=True):
                cell[names.index("note")] = "" if row.value is None else cell[names.index("note")]
        return names, cells

    def __str__(self) -> str:
        head = f"{type(self).__name__}: {self.statistic} of {self.metric}, as of {self.as_of}"
        return "\n".join([head, super().__str__(), *map(str, self.facts), *CAVEAT])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        lines = [*map(str, self.facts), *CAVEAT]
        return super()._repr_html_() + "".join(f"<p>{escape(line)}</p>" for line in lines)


@dataclass(frozen=True, repr=False)
class Interrupted(PolicyResult):
    """What `interrupted` answers. `placebos`: the same model at false dates before `start`."""

    start: str
    placebos: tuple[Record, ...]


@dataclass(frozen=True, repr=False)
class Staggered(PolicyResult):
    """What `staggered` answers. `cells`: an effect per month of start and month."""

    cells: tuple[Record, ...]


@dataclass(frozen=True, repr=False)
class Synthetic(PolicyResult):
    """What `synthetic` answers.

    `weights`: donors and their weights; `placebos`: each donor's gap per month.
    """

    start: str
    weights: tuple[tuple[str, float], ...]
    placebos: tuple[Record, ...]


@dataclass(frozen=True, repr=False)
class Changes(PolicyResult):
    """What `changepoints` answers: a detector's finds beside policy dates; nothing is said of
    causes.
    """
