"""Charts once more for screens of the width of a hand: the same figures on a narrow sheet, in signs
that can be read there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from ..long_cells import width_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# on a screen of 360 pixels a chart has 332 of them: a sign of 8.4 points on such a sheet has 11
PHONE = 3.5  # inches wide
LEAST, MOST = 8.4, 9.5  # points of a text
ACROSS = 20  # columns of a name beside an axis; a Chinese sign is two
LINE, ROW, POINTS = 11.5, 19.0, 72  # points of a line of a name, of a row, and of an inch
OVER = 20  # of a name over a panel
WIDE_ACROSS, WIDE_OVER = 46, 56  # the same on a wide sheet, and of any other text
LINES, NARROW_LINES = 3, 7  # of a name
LEGEND, HALF_LEGEND = 40, 17  # columns of what a legend says, and of one beside another
_NARROW = ContextVar("narrow", default=False)


def is_narrow() -> bool:
    """Whether what is drawn now is for a narrow screen.

    >>> is_narrow()
    False
    """
    return _NARROW.get()


@contextmanager
def narrow() -> Iterator[None]:
    """What is drawn within is for a narrow screen."""
    before = _NARROW.set(True)
    try:
        yield
    finally:
        _NARROW.reset(before)


def side_by_side(words: Iterable[str], most: int) -> int:
    """How many words of a legend stand side by side: at most so many, on a narrow sheet as many as
    it has room for.

    >>> side_by_side(["one", "two"], 4)
    4
    """
    if not is_narrow():
        return most
    longest = max(map(width_of, words), default=0)
    return 1 if longest > HALF_LEGEND else 2


def fitted(figure: Figure) -> None:
    """The figure with names that leave room for what they name; a narrow one also with texts that
    can be read.
    """
    from matplotlib.ticker import FixedLocator

    from .canvas import framed

    slim = is_narrow()
    texts = [*figure.texts]
    more = 0.0  # points that names of several lines need
    for axis in figure.axes:
        spec = axis.get_subplotspec()
        columns = spec.get_gridspec().ncols if spec else 1
        beside = ACROSS if slim else WIDE_ACROSS // columns
        if isinstance(axis.yaxis.get_major_locator(), FixedLocator):
            told = [label.get_text() for label in axis.get_yticklabels()]
            names = [short(name, beside) for name in told]
            if names != told:
                axis.set_yticks(axis.get_yticks(), names)
            lines = 1 + max((name.count("\n") for name in names), default=0)
            more += len(names) * max(0.0, LINE * lines - ROW) if slim or names != told else 0.0
        legend = axis.get_legend()
        said = [*axis.texts, *(legend.get_texts() if legend is not None else ())]
        for text in said:
            before = text.get_text()
            if (after := short(before, LEGEND if slim else WIDE_OVER)) != before:
                text.set_text(after)
        over = axis.get_title(loc="left")
        if (title := short(over, OVER if slim else WIDE_OVER // columns)) != over:
            axis.set_title(title, loc="left")
            more += LINE * (title.count("\n") - over.count("\n"))
        texts += [*said, axis.xaxis.label, axis.yaxis.label]
        if slim:
            axis.tick_params(labelsize=LEAST)
            axis.set_xlabel(short(axis.get_xlabel(), LEGEND))
    for text in texts if slim else ():
        text.set_fontsize(min(MOST, max(LEAST, text.get_fontsize())))
    if more and hasattr(figure, "heads"):
        framed(figure, more / POINTS)


def short(name: str, across: int) -> str:
    """A name in lines of so many columns, no more of them than a chart has room for; the table has
    it whole. Lines that it has stay.

    >>> short("a" * 9, 4), short("of one port", 6)
    ('aaaa\\naaaa\\na', 'of one\\nport')
    """
    from .canvas import wrapped

    if "\n" not in name and 2 * len(name) <= across:
        return name
    lines, most = [], NARROW_LINES if is_narrow() else LINES
    for line in name.split("\n"):
        # a word of letters is cut where it has no place to be broken
        cut = re.sub(rf"([!-~]{{{across}}})(?=[!-~])", r"\1 ", line)
        lines += wrapped(cut, across).split("\n")
    return "\n".join(lines if len(lines) <= most else [*lines[: most - 1], lines[most - 1] + "…"])
