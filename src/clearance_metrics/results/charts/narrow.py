"""Charts once more for screens of the width of a hand: the same figures on a narrow sheet, in signs
that can be read there.
"""

from __future__ import annotations

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
    """A narrow figure with texts that can be read and names that leave room for what they name."""
    from matplotlib.ticker import FixedLocator

    from .canvas import framed, wrapped

    texts = [*figure.texts]
    more = 0.0  # points that names of several lines need
    for axis in figure.axes:
        axis.tick_params(labelsize=LEAST)
        if isinstance(axis.yaxis.get_major_locator(), FixedLocator):
            told = [label.get_text().split("\n") for label in axis.get_yticklabels()]
            names = ["\n".join(wrapped(line, ACROSS) for line in lines) for lines in told]
            axis.set_yticks(axis.get_yticks(), names)
            lines = 1 + max((name.count("\n") for name in names), default=0)
            more += len(names) * max(0.0, LINE * lines - ROW)
        legend = axis.get_legend()
        if legend is not None:
            for text in legend.get_texts():
                text.set_text(wrapped(text.get_text(), LEGEND))
        texts += [*axis.texts, axis.title, axis.xaxis.label, axis.yaxis.label]
        texts += legend.get_texts() if legend is not None else []
    for text in texts:
        text.set_fontsize(min(MOST, max(LEAST, text.get_fontsize())))
    if more and hasattr(figure, "heads"):
        framed(figure, more / POINTS)
