"""What `flow` answers: periods of each group with its backlog, as table and picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING, Self

from ..domain.arguments import check_many
from ..errors import NothingToShow
from ..results.display import NONE, Display, head_word
from ..results.table import Record
from ..results.words import figure, limit_of, say
from ..statistics.reasons import Reason
from .waiting import Groups, OfWaiting

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWN = {"day": 92, "week": 53, "month": 24}  # periods of a picture
PICTURES = 12
USUAL = 0.95  # of the days before, that have as many open or fewer where that is usual


@dataclass(frozen=True, kw_only=True)
class FlowRow(Record):
    """One period of one group: how many cases began (`arrivals`), reached the stop (`finished`) or
    ended otherwise (`other`) in it, and how many were open at its end.

    `start` and `until`: its first and its last day that counts; `whole`: whether it was over on the
    day of the answer. The open cases are those of the period before, and arrivals, less finished
    and other.
    """

    groups: Groups
    period: str
    start: str
    until: str
    arrivals: int
    finished: int
    other: int
    open: int
    whole: bool


@dataclass(frozen=True, kw_only=True)
class Backlog(Record):
    """The open cases of a group on the day of the answer beside those at the end of each of the
    `days` before, a year at most: their median and 95th percentile, and the share of days with
    fewer. `unusual`: whether they are above that percentile; None with a reason where the past is
    too short to tell.
    """

    groups: Groups
    open: int
    median: float | None
    p95: float | None
    fewer: float | None
    unusual: bool | None
    days: int
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class Flow(OfWaiting[FlowRow]):
    """What `flow` answers: rows by group and period; `backlogs` has today's open cases of each
    group beside those of the past year, `left_out` the cases that stop before they start, or of
    which something is not known.
    """

    rows: tuple[FlowRow, ...]
    as_of: str
    metric: str
    step: str
    backlogs: tuple[Backlog, ...]
    left_out: int
    shown = ("period", "arrivals", "finished", "other", "open")
    empty = "reason.no_cases"

    def _cells_told(self) -> list[int]:
        return [found.open for found in self.backlogs]

    def last(self, n: int = 1) -> Self:
        """The last `n` periods of each group that are over on the day of the answer."""
        check_many(n, "n")
        kept = [row for rows in _together(self.rows).values() for row in _whole(rows)[-n:]]
        return self._with(rows=tuple(kept), _every=self._shown())

    def _shown(self) -> tuple[FlowRow, ...]:
        """The latest periods of each group, as many as a picture takes."""
        most = SHOWN[self.step]
        every = _together(self._drawable()).values()
        return tuple(row for rows in every for row in rows[-most:])

    def _headline(self, lang: str) -> str:
        about = self._caption(lang)
        if not self.backlogs:
            return say("headline.none", lang, metric=about, why=self._cause(self.empty))
        if len(self.backlogs) > 1:
            n = sum(found.open for found in self.backlogs)
            high = [self._group(b.groups, lang) for b in self.backlogs if b.unusual]
            told = {"about": about, "n": n, "groups": tuple(high), "high": len(high)}
            return say(f"waiting.flow_{'groups' if high else 'no_group'}", lang, **told)
        (found,) = self.backlogs
        told = {"about": about, "n": found.open}
        if found.unusual is False and not found.open:
            return say("waiting.headline_none", lang, about=about)
        if found.unusual is None:
            return say("waiting.flow_unsure", lang, why=found.reasons[0], **told)
        told |= {"limit": whole_p95(found), "share": found.fewer}
        return say(f"waiting.flow_{'high' if found.unusual else 'usual'}", lang, **told)

    def _beware(self, lang: str) -> str:
        told = super()._beware(lang)
        several = [found for found in self.backlogs if found.unusual is not None]
        if len(several) > 1:
            by_chance = (1 - USUAL) * len(several)
            told += say("waiting.by_chance", lang, n=len(several), expected=by_chance)
        if not self.rows or all(row.whole for row in self.rows):
            return told.strip()
        return (told + say("waiting.running", lang, day=self.as_of)).strip()

    def _table(self, lang: str) -> Display:
        if not self.rows:
            return self._nothing(lang)
        groups = [name for name, _ in self.rows[0].groups]
        others = any(row.other for row in self.rows)
        columns = ["arrivals", "finished", *(["other"] if others else []), "open"]
        heads = [*(head_word(name, lang) for name in groups), head_word("period", lang)]
        words = [column if column != "other" else "other_end" for column in columns]
        heads += [say(f"waiting.{word}", lang) for word in words]
        usual = {found.groups: found for found in self.backlogs}
        # of groups with one row each what is usual stands in the row
        beside = bool(groups) and len(self.rows) == len(_together(self.rows))
        if beside:
            heads += [say(f"waiting.of_past_{name}", lang) for name in ("median", "p95")]
        cells = []
        for row in self.rows:
            told = [self.group_word(column, value, lang) for column, value in row.groups]
            told.append(
                row.period
                if self.step != "week"
                else say("figure.span", lang, first=row.start, last=row.until)
            )
            told += [figure(getattr(row, column), 0, lang) for column in columns]
            if beside:
                found = usual[row.groups]
                past = (found.median, whole_p95(found))
                told += [NONE if value is None else limit_of(value, lang) for value in past]
            cells.append(tuple(told))
        below = [] if beside else [self._usual(found, lang) for found in self.backlogs]
        left = len(groups) + 1
        return Display(
            heads, cells, below, caption=self.asked(lang), numbers=range(left, len(heads))
        )

    def _usual(self, found: Backlog, lang: str) -> str:
        """Today's backlog beside the past year's, as a line below the table."""
        group = self._group(found.groups, lang)
        name = say("waiting.of_group", lang, group=group) if group else ""
        if found.unusual is None:
            why = say(found.reasons[0], lang) if found.reasons else NONE
            return say("waiting.not_usual", lang, group=name, n=found.open, why=why)
        told = {
            "n": found.open,
            "median": found.median,
            "p95": whole_p95(found),
            "days": found.days,
        }
        return say("waiting.usual", lang, group=name, share=found.fewer, **told)

    def _drawn(self, lang: str, title: str, source: str) -> Figure:
        from ..results.charts.flow import cumulative, small_backlogs

        together = _together(self._shown())
        if not together:
            raise NothingToShow("there is nothing to draw", "chart", "the clock has no case")
        words = {"lang": lang, "title": title, "source": source}
        if len(together) > 1:
            if len(together) > PICTURES:
                what = f"{len(together)} groups do not fit one picture"
                raise NothingToShow(what, "chart", "ask for fewer groups")
            lines = {
                self._group(key, lang): [{"period": row.until, "value": row.open} for row in rows]
                for key, rows in together.items()
            }
            return small_backlogs(lines, **words, unit=say("waiting.open", lang))
        (rows,) = together.values()
        kept = [vars(row) for row in rows]
        usual = next(iter(self.backlogs), None)
        return cumulative(kept, p95=whole_p95(usual) if usual else None, **words)

    def __repr__(self) -> str:
        return f"{self.asked()}\n{self}"


def _together(every: Iterable[FlowRow]) -> dict[Groups, list[FlowRow]]:
    """The rows of each group."""
    found: dict[Groups, list[FlowRow]] = {}
    for row in every:
        found.setdefault(row.groups, []).append(row)
    return found


def whole_p95(found: Backlog) -> int | None:
    """The percentile as a number of cases: as many or fewer are no more than usual, and one more
    exceeds it, as one more than the percentile between two counts does.
    """
    return None if found.p95 is None else floor(found.p95)


def _whole(rows: Sequence[FlowRow]) -> list[FlowRow]:
    return [row for row in rows if row.whole]
