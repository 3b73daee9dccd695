"""What `assess` answers. Records render themselves and decide nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..domain.arguments import brief
from ..domain.verdicts import Verdict
from ..errors import LogError, NothingToShow, closest
from ..statistics.disclosure import withheld_groups
from ..statistics.reasons import Reason
from .assessed import beware_of, headline_of, table_of
from .block import Block
from .display import TONES, Display, tone
from .findings import counts_of, measures_of, points_of, summary_of
from .overview import Charged, finding_of, lead_of, tiles_of
from .side_by_side import beside_block
from .table import LANG, Record, ResultTable
from .withheld import few, refused
from .wording import text_of
from .words import check_language, say

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


def _cases(row: AssessRow) -> int:
    return row.n or 0


def _finished(row: AssessRow) -> int:
    return max((row.n or 0) - (row.n_open or 0), 0)


def _open(row: AssessRow) -> int:
    return row.n_open or 0


def _broken(row: AssessRow) -> int:
    return row.violations or 0


# what is guarded of a row: its cases, the finished ones, what breaks its rule, the open ones
COUNTS: tuple[Callable[[AssessRow], int], ...] = (_cases, _finished, _broken, _open)


def is_small(row: AssessRow, k: int) -> bool:
    """Whether a row, or what breaks its rule, counts fewer than k."""
    return any(few(count(row), k) for count in COUNTS if count is not _open)


def given_back(rows: Sequence[AssessRow], k: int) -> set[int]:
    """The places of rows by groups that are withheld since the sum of all would give back a small
    one; NothingToShow for groups of more than two columns.
    """
    found: set[int] = set()
    by: dict[tuple[str, str], list[int]] = {}
    for place, row in enumerate(rows):
        if row.groups:
            by.setdefault((row.indicator, row.statistic), []).append(place)
    for places in by.values():
        if len(rows[places[0]].groups) > 2:
            what = "withheld: small cells are withheld by at most two columns"
            raise NothingToShow(what, "withhold", "take fewer groups")
        keys = {tuple(value for _, value in rows[place].groups): place for place in places}
        for count in COUNTS[:-1]:
            counts = {key: count(rows[place]) for key, place in keys.items()}
            found |= {keys[key] for key in withheld_groups(counts, k)[0]}
    return found


def blanked(row: AssessRow, k: int) -> AssessRow:
    """The row without a figure or a verdict that rests on one."""
    empty: Any = dict.fromkeys(("value", "low", "high", "n", "n_open", "baseline", "violations"))
    reasons = (Reason("withheld", k=k),)
    return replace(row, **empty, also=(), verdict=Verdict.CANNOT_TELL, reasons=reasons)


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
    level: float = 0.95  # of the intervals, and of each one-sided bound
    _own_tariff: bool = False  # whether it was given one in place of the tariff that ships
    _page: str = ""  # of the notice that the rows are of
    _no: int | None = None  # of the measure that they are of

    def withholding(self, k: int, cells: Iterable[int], hidden: Collection[str] = ()) -> Any:
        """As of any answer; a row of few cases keeps its place and loses its figures, and so do as
        many groups with it as it takes so that their sum does not give it back.
        """
        beside = given_back(self.rows, k)
        rows = tuple(
            blanked(row, k)
            if row.indicator in hidden or is_small(row, k) or place in beside
            else replace(row, n_open=None)
            if few(row.n_open, k)
            else row
            for place, row in enumerate(self.rows)
        )
        return self._with(rows=rows, _behind=refused)

    def on(self, page: str, *roles: str) -> Assessment:
        """The rows of the indicators that the notice gives a page, and one of these roles."""
        kept = {i.id for i in self._notice.on(page, *roles)}
        rows = tuple(row for row in self.rows if row.indicator in kept)
        return self._with(rows=rows, _page=page)

    def beside(self, whole: Assessment, lang: str | None = None) -> Block:
        """Of a part of a log: each key figure beside that of all, in the assessment of the whole;
        of a page (`found.on(page).beside(whole)`) the figures of that page.
        """
        return beside_block(self, whole, self._in(lang))

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
        found = self._notice.leading(self._page) if self._page else ()
        return frozenset(indicator.id for indicator in found)

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
        """What was asked, then a line per indicator, in a language."""
        return f"{self.head(check_language(lang))}\n{super()._table(lang)}"

    def _headline(self, lang: str) -> str:
        """What the indicators of a page or measure say; of a whole notice how many can be judged;
        by groups how many rows have each verdict, companions apart.
        """
        if any(row.groups for row in self.rows):
            return self._counted(lang)
        if self._page or self._no is not None:
            return headline_of(self, lang)
        return summary_of(self, lang)

    def _counted(self, lang: str) -> str:
        """How many indicators have each verdict."""
        told = tuple(
            Reason("headline.verdict", verdict=w, n=n) for _, w, n in counts_of(self, lang)
        )
        return say("headline.verdicts", lang, notice=self.named(lang), told=told)

    def _alt(self, lang: str) -> str:
        finding = f"{self.headline(lang)}{say('mark.sentence', lang)}{self._counted(lang)}"
        return say("block.alt", lang, about=self.asked(lang), finding=finding)

    def _drawn(self, lang: str, title: str, source: str) -> Figure:
        from .charts.groups import strip

        if not self.rows:
            raise NothingToShow(
                "there is no indicator to draw", "chart", "ask for another page or measure"
            )
        counts = counts_of(self, lang)
        return strip(
            [(w, n, TONES[tone(kind)]) for kind, w, n in counts], title=title, source=source
        )

    def points(self, most: int | None = None, lang: str | None = None) -> Block:
        """The findings one under the other: the notice's own figures first, then violations, then
        directions; of many at most `most`, so that each of these is there.
        """
        if most is not None and (not isinstance(most, int) or most < 1):
            raise LogError(f"{most!r} findings cannot be chosen", "most", "give 1 or more")
        return points_of(self, self._in(lang), most)

    def lead(self, charged: Charged | None = None, lang: str | None = None) -> Block:
        """The finding of the whole in one sentence, and below it what the data can carry: what a
        page says first. `charged`: what is known of charge lines, `violations(…).charged`.
        """
        return lead_of(self, self._in(lang), charged)

    def finding(self, indicator: Any, lang: str | None = None) -> str:
        """What one indicator (or its id) says, in a sentence: its level, and the change since the
        months before the notice with its interval.
        """
        name = getattr(indicator, "id", indicator)
        rows = [row for row in self.rows if row.indicator == name]
        if not rows:
            known = closest(str(name), [row.indicator for row in self.rows])
            raise LogError(f"no row is of the indicator {name!r}", "indicator", known)
        told = (finding_of(self, row, self._in(lang)) for row in rows)
        return say("mark.sentence", self._in(lang)).join(told)

    def tiles(self, page: str = "", lang: str | None = None) -> Block:
        """A tile per measure under the parts of the notice: how many of the indicators that can be
        judged are met or improved. `page`: where each measure has a table of its own.
        """
        return tiles_of(self, self._in(lang), page)

    def measures(self, lang: str | None = None) -> Block:
        """A table per measure, with its title, clause and departments above."""
        return measures_of(self, self._in(lang))

    def __repr__(self) -> str:
        return f"{self.head(LANG)}\n{self}"

    def head(self, lang: str) -> str:
        """One line: the notice, the day, the resolution of durations, the engine queries."""
        day = say("table.as_of", lang, as_of=self.as_of)
        asked = say("table.asked", lang, about=self.notice, day=day)
        return say(f"asked_to.{self.resolution}", lang, asked=asked, n=self.queries)


def check_scorecard(scorecard: object) -> None:
    """LogError for what is no assessment.

    >>> check_scorecard(None)
    Traceback (most recent call last):
    clearance_metrics.errors.LogError: None is no assessment
      where: scorecard
      do: give what assess(log, notice) answers
    """
    if not isinstance(scorecard, Assessment):
        what = f"{brief(scorecard)} is no assessment"
        raise LogError(what, "scorecard", "give what assess(log, notice) answers")
