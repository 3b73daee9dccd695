"""Answers that withhold what rests on few cases, where the log they were asked of does."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields, replace
from typing import Any

from ..errors import LogError, NothingToShow
from ..statistics.reasons import Reason
from .block import Block
from .words import joined, say

# of a row, how many cases its figures rest on
COUNTS = ("n", "cases", "n_before", "n_after", "n_true", "n_false", "at_risk")
# of a row, what its example is told by, and what stands there without one
EXAMPLE: dict[str, Any] = dict.fromkeys(("file", "case_id", "milestone", "time", "column"), "")
EXAMPLE |= {"line": None, "value": ""}


def few(count: object, k: int) -> bool:
    """Whether so many cases are too few to be told of; none at all are no cases.

    >>> few(3, 10), few(0, 10), few(10, 10), few(None, 10)
    (True, False, False, False)
    """
    return isinstance(count, int) and not isinstance(count, bool) and 0 < count < k


def rests_on_few(row: Any, k: int) -> bool:
    """Whether a count that a row rests on is small: its cases, or the finished ones of them."""
    n, still = (getattr(row, name, None) for name in ("n", "n_open"))
    finished = n - still if isinstance(n, int) and isinstance(still, int) else None
    return few(finished, k) or any(few(getattr(row, name, None), k) for name in COUNTS)


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

    def withholding(self: Any, k: int, cells: Iterable[int], hidden: Collection[str] = ()) -> Any:
        """The answer without what rests on fewer than k cases; `cells` are the counts of those that
        it was made from, `hidden` the indicators that are withheld for others' sake.

        Its parts add up, or were made from one another: it is withheld as a whole (NothingToShow).
        """
        if any(few(n, k) for n in cells) or any(rests_on_few(row, k) for row in self.rows):
            what = f"withheld: some of its cells hold fewer than {k} cases"
            error = NothingToShow(what, "withhold", "ask for longer periods, or for fewer groups")
            raise error.found(say("part.withheld", self.lang, k=k))
        return self._with(_behind=refused)
