"""What `assess` answers. Records render themselves and decide nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..domain.verdicts import Verdict
from ..statistics.reasons import Reason
from .display import TONES, tone
from .table import Record, ResultTable
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
    def of(cls, record: Mapping[str, Any]) -> AssessRow:
        """The row that `to_dict` made a record of, without groups."""
        made: dict[str, Any] = {name: record.get(name) for name in cls.__dataclass_fields__}
        made |= {
            "groups": (),
            "verdict": Verdict(record["verdict"]),
            "also": tuple(Further(**further) for further in record["also"]),
            "reasons": tuple(Reason.of(reason) for reason in record["reasons"]),
        }
        return cls(**made)


@dataclass(frozen=True, kw_only=True, repr=False)
class Assessment(ResultTable):
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

    def on(self, page: str, *roles: str) -> Assessment:
        """The rows of the indicators that the notice gives a page, and one of these roles."""
        kept = {i.id for i in self._notice.on(page, *roles)}
        return self._with(rows=tuple(row for row in self.rows if row.indicator in kept))

    def measure(self, number: int) -> Assessment:
        """The rows of one measure of the notice."""
        return self._with(rows=tuple(row for row in self.rows if row.measure == number))

    def _caption(self, lang: str) -> str:
        """The notice."""
        return self.notice

    def _headline(self, lang: str) -> str:
        """How many indicators have each verdict, companions apart."""
        told = [
            Reason("headline.verdict", verdict=verdict, n=n) for verdict, n in self._counts(lang)
        ]
        return say(
            "headline.verdicts", lang, notice=self.notice, as_of=self.as_of, told=tuple(told)
        )

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
