"""What `measure` and `assess` answer. Records render themselves and decide nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..domain.verdicts import Verdict
from ..errors import LogError
from ..statistics.reasons import Reason
from .display import NONE, TONES, tone
from .table import LANG, Record, ResultTable, amount, interval
from .words import metric_word, say, statistic_word, unit_word, verdict_name

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, kw_only=True)
class MeasureRow(Record):
    """One statistic of one group and period.

    `value` is None where nothing defensible can be said; the reasons say why, or what to know.
    """

    metric: str
    statistic: str
    groups: tuple[tuple[str, object], ...]
    period: str | None
    value: float | None
    low: float | None
    high: float | None
    n: int | None
    n_open: int | None
    unit: str
    reasons: tuple[Reason, ...] = ()


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
class Measures(ResultTable):
    """What `measure` answers: rows by group, period and statistic, in that order."""

    rows: tuple[MeasureRow, ...]
    as_of: str
    unit: str = ""
    shown = ("statistic", "period", "value", "low", "high", "n", "n_open", "unit", "note")
    empty = "reason.no_cases"

    def caption(self, lang: str = LANG) -> str:
        """The metric."""
        return metric_word(self.rows[0].metric, lang) if self.rows else ""

    @property
    def excess(self) -> bool:  # type: ignore[override]  # of this table, as its rows say
        """Whether values are what exceeds the metric's allowance."""
        return any(why.code == "beyond_allowance" for row in self.rows for why in row.reasons)

    def named(self, statistic: str, lang: str) -> str:
        """A statistic in words, with what it is of."""
        told = statistic_word(statistic, self.unit, lang)
        return say("statistic.excess", lang, statistic=told) if self.excess else told

    def headline(self, lang: str = LANG) -> str:
        """The first statistic: its value, or from the first period to the last, or the highest and
        the lowest group.
        """
        first = self.rows[0].statistic if self.rows else ""
        every = [row for row in self.rows if row.statistic == first]
        rows = [row for row in every if row.value is not None]
        asked = {"metric": self.caption(lang), "statistic": self.named(first, lang)}
        asked["as_of"] = self.as_of
        if not rows:
            why = every[0].reasons[:1] if every else (Reason("no_cases"),)
            return say("headline.none", lang, **asked, why=why)
        if len(every) == 1:
            (row,) = rows
            bounds = interval(row.low, row.high, row.unit)
            told = {
                "value": _told(row, lang),
                "bounds": bounds,
                "n": row.n,
                "open": row.n_open or 0,
            }
            return say("headline.one", lang, **asked, **told)
        if len({row.groups for row in rows}) == 1 and rows[0].period:
            ends = {"first": rows[0].period, "last": rows[-1].period}
            told = {"before": _told(rows[0], lang), "after": _told(rows[-1], lang)}
            return say("headline.periods", lang, **asked, **ends, **told)
        ordered = sorted(rows, key=lambda row: row.value or 0.0)
        low, high = ordered[0], ordered[-1]
        names = {"most": _named(high), "least": _named(low)}
        told = {"high": _told(high, lang), "low": _told(low, lang), "n": len(rows)}
        return say("headline.groups", lang, **asked, **names, **told)

    def _drawn(self, lang: str, title: str, source: str) -> Figure:
        """The first statistic: by period a line with its interval, else a dot per group."""
        from .charts.groups import dots
        from .charts.months import months_with_steps

        first = self.rows[0].statistic if self.rows else ""
        rows = [row for row in self.rows if row.statistic == first and row.value is not None]
        if not rows:
            raise LogError("there is no value to draw", "chart", "see the notes of the table")
        unit, told = unit_word(rows[0].unit, lang), self.named(first, lang)
        by_month = all(row.period and len(row.period) == 7 for row in rows)
        if by_month and len({row.groups for row in rows}) == 1:
            words = {"lang": lang, "title": title, "source": source, "label": told, "unit": unit}
            return months_with_steps([row.to_dict() for row in rows], **words)
        points = [
            {
                "label": ", ".join(str(v) for _, v in (*row.groups, ("", row.period)) if v) or told,
                "value": row.value,
                "low": row.low,
                "high": row.high,
                "n": row.n or 0,
            }
            for row in rows
        ]
        return dots({told: points}, title=title, source=source, unit=unit)

    def __repr__(self) -> str:
        if not self.rows:
            return f"{self}, as of {self.as_of}"
        return f"{self.rows[0].metric}, as of {self.as_of}\n{self}"


def _told(row: MeasureRow, lang: str) -> Reason:
    return amount(row.value or 0.0, row.unit, lang)


def _named(row: MeasureRow) -> str:
    """The group and period of a row."""
    values = [*(value for _, value in row.groups), *([row.period] if row.period else [])]
    return ", ".join(NONE if value is None else str(value) for value in values)


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

    def caption(self, lang: str = LANG) -> str:
        """The notice."""
        return self.notice

    def headline(self, lang: str = LANG) -> str:
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
