"""Long texts that several rows of a table share, said once below it."""

from __future__ import annotations

from collections import Counter
from unicodedata import east_asian_width

from .display import Display
from .words import say

LONG = 140  # columns of a text that is not said again and again, a Chinese sign being two
SHARED = 3  # rows from which on a text is said below


def width_of(text: str) -> int:
    """How wide a text is, a Chinese sign being two columns.

    >>> width_of("均值"), width_of("mean")
    (4, 4)
    """
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def said_once(found: Display, lang: str) -> Display:
    """The table with a mark in place of each long line that stands in several of its cells, and the
    line below it.

    >>> same = "the whole of a citation, with its address and the day on which it was read" * 2
    >>> told = said_once(Display(("n", "source"), [(n, same) for n in "123"]), "en")
    >>> told.cells[0], told.below[0][:17]
    (('1', 'note 1'), 'note 1: the whole')
    """
    lines = Counter(line for row in found.cells for cell in row for line in cell.split("\n"))
    often = [text for text, n in lines.items() if n >= SHARED and width_of(text) > LONG]
    if not often:
        return found
    marks = {text: say("note.mark", lang, n=place) for place, text in enumerate(often, 1)}
    made = found.copy()
    made.cells = tuple(
        tuple("\n".join(marks.get(line, line) for line in cell.split("\n")) for cell in row)
        for row in found.cells
    )
    notes = (say("note.line", lang, mark=mark, text=text) for text, mark in marks.items())
    made.below = (*found.below, *notes)
    return made
