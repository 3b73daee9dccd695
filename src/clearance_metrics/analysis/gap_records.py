"""What `gap_to_target` answers. Records render themselves and decide nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from ..domain.ends import ENOUGH
from ..errors import NothingToShow
from ..results.block import Block
from ..results.display import Display, head_word
from ..results.table import LANG, Record
from ..results.wording import holds, period_words
from ..results.words import figure, joined, say, unit_word
from ..statistics.reasons import Reason
from ..statistics.shortfall import Tail
from .caution import Figures, OfChange, signed, stage_said
from .parts import percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STAGE, MONTH = ("stage",), ("month",)
TENTH = 10  # cases of which one is a tenth


@dataclass(frozen=True, kw_only=True)
class GapRow(Record):
    """A group's part of mean less target, or a stage's part of the mean, in units.

    Parts of groups add up to the gap, parts of stages to the mean; `share` is of that sum.

    `alone`: by how much its mean would have to fall to close the gap by itself, None where the
    target is met; `fall` is that as a share of its mean, and over 1 where it cannot.
    """

    groups: tuple[tuple[str, object], ...]
    mean: float
    n: int
    part: float
    low: float | None = None
    high: float | None = None
    share: float | None
    alone: float | None
    fall: float | None


@dataclass(frozen=True, kw_only=True)
class MonthRow(GapRow):
    """A month's part, and its own mean less the target with the interval of that mean."""

    less: float
    less_low: float | None
    less_high: float | None


@dataclass(frozen=True, kw_only=True, repr=False)
class GapToTarget(Record, OfChange[GapRow]):
    """What `gap_to_target` answers: rows by size of their part, months in their order;

    `tail` says what the slowest tenth of cases costs.
    """

    rows: tuple[GapRow, ...] = ()
    metric: str
    period: str
    as_of: str
    target: float
    mean: float | None = None
    low: float | None = None
    high: float | None = None
    gap: float | None = None
    n: int = 0
    tail: Tail | None = None
    reasons: tuple[Reason, ...]
    shown = ("mean", "n", "part", "low", "high", "share", "alone", "fall")

    _by: ClassVar[tuple[str, ...]] = ()
    _target: ClassVar[Any] = None  # of a notice
    _bounds: ClassVar[tuple[Any, Any]] = (None, None)  # of the mean, each at the level

    def head(self, lang: str = LANG) -> str:
        """One line: what was asked, the mean and the gap, or why there is none."""
        asked: dict[str, Any] = {"metric": self.metric, "period": self.period}
        if self.mean is None:
            return say("gap.none", lang, **asked, why=joined(self.reasons, lang))
        told = {"mean": self.mean, "target": self.target, "gap": self.gap, "n": self.n}
        return say("gap.head", lang, **asked, **told)

    def _caption(self, lang: str) -> str:
        told = {"metric": self.named(lang), "period": period_words(self.period, lang)}
        return say("gap.caption", lang, **told, target=self.target, unit=self._unit(lang))

    def _unit(self, lang: str) -> str:
        return unit_word(self.unit, lang, counted=True)

    @property
    def _ends(self) -> list[float | None]:
        """The interval of the gap."""
        return [None if b is None else b - self.target for b in (self.low, self.high)]

    @property
    def _spans(self) -> bool:
        """Whether the interval of the mean holds the target."""
        if self.low is None or self.high is None:
            return False
        return self.low <= self.target <= self.high

    @property
    def _near(self) -> bool:
        """Whether the mean cannot be told from the target, by the one-sided bounds of verdicts."""
        if None in self._bounds:
            return self._spans
        low, high = self._bounds
        return low <= self.target < high

    def _caution(self) -> tuple[Reason, ...]:
        return ()  # what its parts are not stands in its own notes

    def _named(self, row: GapRow, lang: str) -> str:
        """The groups of a row in words."""
        if self._by == STAGE:
            return say(stage_said(str(dict(row.groups)["stage"])), lang)
        return say("mark.list", lang).join(self.group_word(c, v, lang) for c, v in row.groups)

    def _headline(self, lang: str) -> str:
        """The mean less the target, and the group with the largest part, or how many months lie
        within it; or why there is no gap.
        """
        if self.mean is None or self.gap is None or not self.rows:
            return say(
                "gap.refused", lang, about=self._caption(lang), why=self._causes(self.reasons[:1])
            )
        unit = self._unit(lang)
        asked: dict[str, Any] = {"metric": self.named(lang)}
        asked["period"] = period_words(self.period, lang)
        asked |= {"target": self.target, "unit": unit}
        if self._by == MONTH:
            rows = [row for row in self.rows if isinstance(row, MonthRow)]
            under = sum(row.less_high is not None and row.less_high <= 0 for row in rows)
            over = sum(row.less_low is not None and row.less_low > 0 for row in rows)
            rest = len(rows) - under - over
            return say("gap.months", lang, **asked, n=len(rows), under=under, over=over, rest=rest)
        ends, near = self._ends, self._near
        asked |= {"mean": self.mean, "gap": signed(self.gap, self.unit, *ends), "n": self.n}
        first, parts = self.rows[0], []
        if self._by == STAGE:
            group = self._named(first, lang)
            parts.append(Reason("gap.stage", group=group, part=first.part, unit=unit))
        elif first.part > 0:
            part = signed(first.part, self.unit)
            parts.append(Reason("gap.most", group=self._named(first, lang), part=part))
        if self.tail is not None and self.tail.share_of_time and self.n >= TENTH:
            parts.append(Reason("gap.slowest", share=self.tail.share_of_time))
        return joined([Reason("gap.near" if near else "gap.found", **asked), *parts], lang)

    def block(self, lang: str | None = None) -> Block:
        """The finding, the table and what to know; without a gap its reason alone."""
        block = super().block(lang)
        return block if self.rows else replace(block, parts=(), note=self._nobody_noted(lang))

    def _table(self, lang: str) -> Display:
        """The whole against its target, and each group's part of what lies between."""
        if not self.rows:
            return self._nothing(lang)
        records = [{**row.to_dict(), "unit": self.unit, "value": row.mean} for row in self.rows]
        whole = {"unit": self.unit, "value": self.mean, "low": self.low, "high": self.high}
        figures = Figures([*records, whole], lang)
        if self._by == STAGE:
            heads, rows = self._of_stages(figures, lang)
        elif self._by == MONTH:
            heads, rows = self._of_months(figures, lang)
        else:
            heads, rows = self._of_groups(figures, lang)
        unit = unit_word(self.unit, lang)
        asked = say("table.in_unit", lang, about=self.asked(lang), unit=unit)
        tail = self._tail(lang) if self._by != MONTH else []
        return Display(heads, rows, tail, caption=asked, numbers=range(1, len(heads)))

    def _tail(self, lang: str) -> list[str]:
        if self.tail is None or self.tail.share_of_time is None:
            return []
        return [say("gap.tail", lang, **vars(self.tail), unit=self._unit(lang))]

    def _of_groups(self, figures: Figures, lang: str) -> tuple[list[str], list[tuple]]:
        by = self._by or tuple(column for column, _ in self.rows[0].groups)
        heads = [say("mark.list", lang).join(head_word(column, lang) for column in by)]
        heads += [self._headed(head_word("mean", lang), lang), head_word("n", lang)]
        heads += [self._headed(say("gap.part", lang), lang), say("gap.alone", lang)]
        rows = [self._whole(figures, lang)]
        for row in self.rows:
            part = figures(self.unit, row.part, row.low, row.high, signed=True)
            n = figure(row.n, 0, lang)
            n = say("gap.few", lang, n=n) if row.n < ENOUGH else n
            alone = figures(self.unit, row.alone)
            rows.append((self._named(row, lang), figures(self.unit, row.mean), n, part, alone))
        width = len(heads) - all(row.alone is None for row in self.rows)
        return heads[:width], [row[:width] for row in rows]

    def _whole(self, figures: Figures, lang: str) -> tuple[str, ...]:
        ends = self._ends
        mean = figures(self.unit, self.mean, self.low, self.high)
        gap = figures(self.unit, self.gap, *ends, signed=True)
        return (say("gap.all", lang), mean, figure(self.n, 0, lang), gap, figures(self.unit, None))

    def _of_stages(self, figures: Figures, lang: str) -> tuple[list[str], list[tuple]]:
        heads = [head_word(name, lang) for name in ("stage", "mean", "n", "share")]
        rows = [
            (
                self._named(row, lang),
                figures(self.unit, row.mean),
                figure(row.n, 0, lang),
                percent(row.share, lang),
            )
            for row in self.rows
        ]
        return heads, rows

    def _of_months(self, figures: Figures, lang: str) -> tuple[list[str], list[tuple]]:
        heads = [say("gap.month", lang), self._headed(head_word("mean", lang), lang)]
        heads += [head_word("n", lang), self._headed(say("gap.less", lang), lang)]
        rows = []
        for row in self.rows:
            if isinstance(row, MonthRow):
                ends = (row.less_low, row.less_high)
                mean = [None if end is None else end + self.target for end in ends]
                less = figures(self.unit, row.less, *ends, signed=True)
                shown = figures(self.unit, row.mean, *mean)
                rows.append((self._named(row, lang), shown, figure(row.n, 0, lang), less))
        return heads, rows

    def _warned(self, lang: str) -> Iterable[Reason]:
        later = self._target and self._target.due > date.fromisoformat(self.as_of[:10])
        if later or (self._target and self._by == MONTH):
            code = "in_force" if self._target.over == "since" else "due"
            facts = {"day": str(self._target.due), "when": holds(self._target)}
            yield Reason(f"gap.{code}{'_later' if later else ''}", **facts)
        if self._by == STAGE:
            yield Reason("change.warning", warning=Reason("gap.of_stages"))
        elif self._by != MONTH:
            yield Reason("gap.note")
            if self._spans:
                yield Reason("gap.two_sided")
            if any(row.alone is not None for row in self.rows):
                yield Reason("gap.alone_note", unit=self._unit(lang))
        yield from (
            Reason("change.warning", warning=w)
            for w in self.reasons
            if w.code not in TOLD and not self._standing  # which says better why there is nothing
        )

    def _drawn(self, lang: str, title: str, source: str) -> Figure:
        if not self.rows:
            raise NothingToShow("there is no gap to draw", "chart", self.head())
        if self._by == MONTH:
            return self._months(lang, title, source)
        from ..results.charts.groups import gaps

        rows = [
            {
                "label": self._named(row, lang),
                "value": row.part,
                "low": row.low,
                "high": row.high,
                "n": row.n,
            }
            for row in self.rows
        ]
        part = say("gap.part", lang) if self._by != STAGE else say("field.part", lang)
        unit = unit_word(self.unit, lang)
        return gaps(
            rows, title=title, source=source, unit=say("gap.axis", lang, of=part, unit=unit)
        )

    def _months(self, lang: str, title: str, source: str) -> Figure:
        """The mean by month against the level of the target."""
        from ..results.charts.months import months_with_steps

        rows = [
            {
                "period": dict(row.groups)["month"],
                "value": row.mean,
                "low": None if row.less_low is None else row.less_low + self.target,
                "high": None if row.less_high is None else row.less_high + self.target,
                "n": row.n,
            }
            for row in self.rows
            if isinstance(row, MonthRow)
        ]
        ends = [date.fromisoformat(f"{rows[i]['period']}-01") for i in (0, -1)]
        words = say("gap.level", lang, target=self.target)
        return months_with_steps(
            rows,
            lang=lang,
            title=title,
            source=source,
            label=say("field.mean", lang),
            unit=unit_word(self.unit, lang),
            steps=[(ends[0], ends[1], self.target, words)],
        )

    def _filed(self, lang: str) -> list[dict[str, Any]]:
        """The rows with their unit, the whole before its parts."""
        rows = [record | {"unit": unit_word(self.unit, lang)} for record in super()._filed(lang)]
        if not rows or self.mean is None:
            return rows
        ends = [None if b is None else b - self.target for b in (self.low, self.high)]
        whole = dict.fromkeys(rows[0]) | {"mean": self.mean, "n": self.n, "unit": rows[0]["unit"]}
        if self._by == MONTH:
            whole |= {"less": self.gap, "less_low": ends[0], "less_high": ends[1]}
        elif self._by != STAGE:
            whole |= {"part": self.gap, "low": ends[0], "high": ends[1]}
        groups = self.rows[0].groups
        return [whole | {column: say("about.all", lang) for column, _ in groups}, *rows]

    def __repr__(self) -> str:
        if self.tail is None:
            return self.head()
        return f"{self.head()}\n{self}"


# what the notes below a table say in their own words
TOLD = frozenset({"gap.of_stages", "gap.arithmetic"})
