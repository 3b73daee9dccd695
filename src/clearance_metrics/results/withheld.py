"""Answers that withhold what rests on few cases, where the log they were asked of does."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields, replace
from typing import Any, ClassVar

from ..errors import LogError, NothingToShow
from ..statistics.reasons import Reason
from .block import Block
from .words import joined, say

# whole numbers of a row that count no cases or lines, or those left out of it, as notes say
NO_COUNTS = {"place", "line", "measure", "value", "rank", "rank_low", "rank_high", "firms"}
NO_COUNTS |= {"days", "years", "months", "weekday", "hour", "minutes", "seconds", "open_seconds"}
NO_COUNTS |= {"strata", "df", "outside", "left_out", "no_teu", "no_firm"}
# of an answer as a whole, how many cases it rests on; what it left out stands in its notes
OF_ALL = ("n", "n_open", "used", "timed", "finished")
OF_OPEN = frozenset({"open_cases", "league.open_cases"})  # reasons that count open cases
# of an answer as a whole, cases that are not in its figures, or in them with a part not known
BESIDE = ("no_start", "lacking", "swapped", "not_known", "left_out", "date_only", "no_firm")
BESIDE += ("backwards", "not_said", "no_law")
SINGLES = "part.singles"  # why no single case or line is listed
# of a row, what its example is told by, and what stands there without one
EXAMPLE: dict[str, Any] = dict.fromkeys(("file", "case_id", "milestone", "time", "column"), "")
EXAMPLE |= {"line": None, "value": ""}


def few(count: object, k: int) -> bool:
    """Whether so many cases are too few to be told of; none at all are no cases.

    >>> few(3, 10), few(0, 10), few(10, 10), few(None, 10)
    (True, False, False, False)
    """
    return isinstance(count, int) and not isinstance(count, bool) and 0 < count < k


def counted(n: int | None) -> str:
    """A number of cases, or a dash where it is withheld.

    >>> counted(1204), counted(None)
    ('1,204', '–')
    """
    return "–" if n is None else f"{n:,}"


def counts_in(row: Any) -> list[int]:
    """Every count of cases or lines that a row holds: its whole numbers, but for those that are
    known to count something else.
    """
    names = [f.name for f in fields(row) if f.name not in NO_COUNTS and f.name[0] != "_"]
    return [n for n in (getattr(row, name) for name in names) if type(n) is int]


def rests_on_few(row: Any, k: int) -> bool:
    """Whether a count that a row rests on is small: its cases, or the finished ones of them."""
    n, still = (getattr(row, name, None) for name in ("n", "n_open"))
    finished = n - still if isinstance(n, int) and isinstance(still, int) else None
    return few(finished, k) or any(few(count, k) for count in counts_in(row))


def hushed(row: Any, k: int, wholly: bool = False) -> Any:
    """The row, of whose open cases its reasons tell no small number, or `wholly` none.

    >>> from types import SimpleNamespace
    >>> hushed(SimpleNamespace(reasons=(Reason("no_cases"),)), 10).reasons
    (Reason('no_cases'),)
    """
    told = tuple(
        Reason("open_few", k=k)
        if why.code in OF_OPEN and (wholly or few(why.facts["n"], k) or few(_closed(why), k))
        else why
        for why in row.reasons
    )
    return row if told == row.reasons else replace(row, reasons=told)


def _closed(why: Reason) -> int:
    """How many cases are not open, where so many of all are."""
    return int(why.facts["total"] - why.facts["n"])


def open_withheld(row: Any, k: int) -> Any:
    """The row of a measure without its open cases, which are few or would give few others back."""
    row = hushed(row, k, wholly=True)
    if row.statistic != "open":
        return replace(row, n_open=None)
    gone = dict.fromkeys(("value", "low", "high", "n_open"))
    return replace(row, **gone, reasons=(Reason("withheld", k=k),))


def anonymous(row: Any) -> Any:
    """The row without its example, which is a single case or line of a file."""
    if not hasattr(row, "file"):
        return row
    return replace(row, **{f.name: EXAMPLE[f.name] for f in fields(row) if f.name in EXAMPLE})


def with_note(block: Block, reasons: Sequence[Reason], lang: str) -> Block:
    """The block with what is left out of it said below."""
    told = [block.note, joined(reasons, lang, "report.gap")]
    return replace(block, note=" ".join(filter(None, told))) if reasons else block


def refused(row: object, **asked: object) -> Any:
    """No case is named where small cells are withheld."""
    what = "small cells are withheld: single cases would give them back"
    raise LogError(what, "cases", "ask a log that withholds nothing")


class Withheld:
    """An answer that can withhold what rests on few cases."""

    _hushed: ClassVar[tuple[str, ...]] = BESIDE

    def withholding(self: Any, k: int, cells: Iterable[int], hidden: Collection[str] = ()) -> Any:
        """The answer without what rests on fewer than k cases; `cells` are the counts of those that
        it was made from, `hidden` the indicators that are withheld for others' sake.

        Its parts add up, or were made from one another: it is withheld as a whole (NothingToShow).
        """
        own = [*(getattr(self, name, None) for name in OF_ALL), *self._cells_told()]
        if any(few(n, k) for n in (*cells, *own)) or any(rests_on_few(r, k) for r in self.rows):
            what = f"withheld: some of its cells hold fewer than {k} cases"
            error = NothingToShow(what, "withhold", "ask for longer periods, or for fewer groups")
            raise error.found(say("part.withheld", self.lang, k=k))
        gone = {name: None for name in self._hushed if few(getattr(self, name, None), k)}
        gone |= self._parts_beside(k)
        if not gone:
            return self._with(_behind=refused)
        remarks = (*self._remarks, Reason("part.few_beside", k=k))
        return self._with(_behind=refused, _remarks=remarks, **gone)

    def _parts_beside(self, k: int) -> dict[str, object]:
        """What else is told beside the figures and counts few cases, without these."""
        return {}

    @property
    def tells_nobody(self: Any) -> bool:
        """Whether no row counts a single case or line."""
        return not any(any(counts_in(row)) for row in self.rows)

    def _cells_told(self) -> Iterable[int]:
        """How many cases stand in what an answer tells beside its rows."""
        return ()
