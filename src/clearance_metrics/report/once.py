"""A finding is said once: a table that follows its own picture needs no title."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from ..results.block import Block, Picture

Part = TypeVar("Part")


def once(parts: Iterable[Part]) -> Iterator[Part]:
    """The parts of a page; a block whose title is the finding of the picture right before it has
    none.

    >>> pictured = Block(parts=(Picture("<svg/>", "Chart. Months. It fell."),))
    >>> [part.title for part in once([pictured, Block("It fell"), Block("It fell")])]
    ['', '', 'It fell']
    """
    drawn = ""
    for part in parts:
        if isinstance(part, Block):
            last = part.parts[-1] if part.parts else None
            said = bool(part.title) and part.title in drawn
            drawn = last.alt if isinstance(last, Picture) else ""
            yield replace(part, title="") if said else part  # type: ignore[misc]  # of its kind
        else:
            drawn = ""
            yield part
