"""What `assess` answers. Records render themselves and decide nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..domain.verdicts import Verdict
from ..errors import LogError, closest
from ..statistics.reasons import Reason
from .assessed import beware_of, headline_of, table_of
from .display import TONES, Display, tone
from .table import Record, ResultTable
from .wording import text_of
from .words import say, verdict_name

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, kw_only=True)
class Further:
    """A further statistic of the cases of an assessment's row."""

    statistic: str
    value: float | None
    low: float | None
    high: float | None
    unit: str


@dataclass(frozen=True, kw_only=True)
class AssessRow(Record):
    """One indicator of a notice, computed and judged, or the reason why not.

    `value` with its interval is the indicator's `statistic` over `period`; `baseline` the same
    statistic before the notice; `also` holds further statistics of the same cases. `violations`
    stands beside the verdict of that name. `companion_of` names the indicator it stands beside.
    """

    measure: int
    indicator: str
    kind: str
    origin: str
    companion_of: str
    statistic: str
    unit: str
    groups: tuple[tuple[str, object], ...]
    period: str | None
    value: float | None
    low: float | None
    high: float | None
    n: int | None
    n_open: int | None
    baseline: float | None
    target: float | None
    rule: str
    due: str | None
    verdict: Verdict
    violations: int | None
    also: tuple[Further, ...]
    title_zh: str
    title_en: str
    clause: str
    reasons: tuple[Reason, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """A flat record; `also` is a list of records."""
        record = super().to_dict()
        record["also"] = [dict(vars(further)) for further in self.also]
        return record

    @classmethod
    def of(cls, record: Mapping[str, Any], by: Iterable[str] = ()) -> AssessRow:
        """The row that `to_dict` made a record of, grouped by these columns."""
        made: dict[str, Any] = {name: record.get(name) for name in cls.__dataclass_fields__}
        made |= {
            "groups": tuple((name, record[name]) for name in by),
            "verdict": Verdict(record["verdict"]),
            "also": tuple(Further(**further) for further in record["also"]),
            "reasons": tuple(Reason.of(reason) for reason in record["reasons"]),
        }
        return cls(**made)


@dataclass(frozen=True, kw_only=True, repr=False)
class Assessment(ResultTable[AssessRow]):
    """What `assess` answers: a row per indicator of the notice (and group), companions marked as
    such.

    `queries` engine queries were asked; durations in hours were tallied to the `resolution`.
    """

    rows: tuple[AssessRow, ...]
    as_of: str
    notice: str
    queries: int
    resolution: str
    shown = (
        "measure",
        "indicator",
        "statistic",
        "value",
        "low",
        "high",
        "n",
        "n_open",
        "unit",
        "target",
        "due",
        "verdict",
    )

    _notice: Any = None  # as it was asked of this log
    _own_tariff: bool = False  # whether it was given one in place of the tariff that ships
    _page: str = ""  # of the notice that the rows are of
    _no: int | None = None  # of the measure that they are of

    def on(self, page: str, *roles: str) -> Assessment:
        """The rows of the indicators that the notice gives a page, and one of these roles."""
        kept = {i.id for i in self._notice.on(page, *roles)}
        rows = tuple(row for row in self.rows if row.indicator in kept)
        return self._with(rows=rows, _page=page)

    def measure(self, number: int) -> Assessment:
        """The rows of one measure of the notice."""
        known = [m.no for m in self._notice.measures]
        if number not in known:
            raise LogError(f"the notice has no measure {number!r}", "number", closest("", known))
        rows = tuple(row for row in self.rows if row.measure == number)
        return self._with(rows=rows, _no=number)

    @property
    def leading(self) -> frozenset[str]:
        """The indicators whose findings are the title."""
        return (
            frozenset(i.id for i in self._notice.leading(self._page)) if self._page else frozenset()
        )

    def named(self, lang: str) -> str:
        """The notice by its number, and the measure where it is of one."""
        if self._no is None:
            return str(self._notice.number)
        (found,) = (m for m in self._notice.measures if m.no == self._no)
        return say("judged.measure", lang, no=found.no, title=text_of(found, "title", lang))

    def name_of(self, row: AssessRow, lang: str) -> str:
        """What a sentence calls a row's indicator: its short name, or else its title."""
        short = text_of(self._notice.indicator(row.indicator), "short", lang)
        return short or text_of(row, "title", lang)

    def role_of(self, row: AssessRow) -> str:
        """What the notice has the row's indicator do on its page."""
        return str(self._notice.indicator(row.indicator).role)

    def clock_unit(self, row: AssessRow) -> str:
        """The unit of a row's clock, in which limits of its statistics are given."""
        return getattr(self._notice.indicator(row.indicator).metric, "unit", "") or row.unit

    def _caption(self, lang: str) -> str:
        """The notice, or the measure."""
        return self.named(lang)

    def _table(self, lang: str) -> Display:
        return table_of(self, lang, self.asked(lang))

    def _beware(self, lang: str) -> str:
        return beware_of(self, lang)

    def __str__(self) -> str:
        # columns of codes: in a terminal each indicator has one line
        return str(super()._table(self.lang))

    def told(self, lang: str) -> str:
        """The day, then a line per indicator, in a language."""
        return f"{say('table.as_of', lang, as_of=self.as_of)}\n{super()._table(lang)}"

    def _headline(self, lang: str) -> str:
        """What the indicators of a page or measure say; of a whole notice, or by groups, how many
        have each verdict, companions apart.
        """
        grouped = any(row.groups for row in self.rows)
        if (self._page or self._no is not None) and not grouped:
            return headline_of(self, lang)
        told = [
            Reason("headline.verdict", verdict=verdict, n=n) for verdict, n in self._counts(lang)
        ]
        return say("headline.verdicts", lang, notice=self.named(lang), told=tuple(told))

    def _counts(self, lang: str) -> list[tuple[str, int]]:
        """Verdicts in words with their indicators, in the order of the verdicts."""
        own = Counter(row.verdict for row in self.rows if not row.companion_of)
        return [(verdict_name(verdict, lang), own[verdict]) for verdict in Verdict if own[verdict]]

    def _drawn(self, lang: str, title: str, source: str) -> Figure:
        from .charts.groups import strip

        own = Counter(row.verdict for row in self.rows if not row.companion_of)
        parts = [(verdict_name(v, lang), own[v], TONES[tone(v)]) for v in Verdict if own[v]]
        return strip(parts, title=title, source=source)

    def __repr__(self) -> str:
        return f"{self.head()}\n{self}"

    def head(self) -> str:
        """One line: the notice, the day, the resolution of durations, the engine queries."""
        to = f"durations to the {self.resolution}; {self.queries} engine queries"
        return f"{self.notice}, as of {self.as_of}; {to}"
