"""Tables as HTML: cells that know their heads, long ones folded, small lines beside figures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

from ..results.display import Display, Line
from ..results.fold import Filter
from ..results.long_cells import said_once, width_of
from .cards import bar
from .filters import marks
from .word_fields import ADDRESS

ONE_LINE = len("2022-12-31")  # dates, months and numbers of cases are not broken over lines
SMALL_LINE = 18  # columns of a small line that is not, such as a day with what it is
LONG = 120  # columns of a text that folds; a Chinese sign is two
SEEN = 44  # of them that are seen of it folded
UNBROKEN, PIECE = re.compile(r"[!-~]{31,}"), re.compile(r".{1,12}")  # no place to break it
END = r"[-+−]?[\d,.]*\d%?"
BOUNDS = re.compile(rf"\uff08{END}\uff5e{END}\uff09|\({END} to {END}\)")
WIDE, HIGH = 116, 26  # of a small line


def table_html(found: Display, lang: str, filters: Iterable[Filter] = ()) -> str:
    """A table; its cells know their heads, for screens on which it is read line by line."""
    found, filters = said_once(found, lang), tuple(filters)
    head = "".join(_head(found, i, text) for i, text in enumerate(found.heads))
    body = "".join(
        f'<tr role="row"{_marks(found, r, filters)}>'
        + "".join(_cell(found, r, i, text) for i, text in enumerate(row))
        + "</tr>"
        for r, row in enumerate(found.cells)
    )
    title, *small = found.caption.split("\n")
    caption = (
        f"<caption>{_linked(title)}{''.join(map(_small, small))}</caption>" if found.caption else ""
    )
    lines = "<br>".join(map(_linked, found.below))
    below = f'<p class="note">{lines}</p>' if lines else ""
    told = f' role="group" tabindex="0" aria-label="{escape(title, quote=True)}"' if title else ""
    told += f' id="{escape(found.anchor, quote=True)}"' if found.anchor else ""
    return (
        f'<div class="wide"{told}><table class="stack" role="table"{_heads(found)}>{caption}'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead>'
        f'<tbody role="rowgroup">{body}</tbody></table></div>{below}'
    )


def _heads(found: Display) -> str:
    """The heads for screens on which each cell stands beside its own: once, and not in each."""
    told = []
    for place, text in enumerate(found.heads, 1):
        first = text.split("\n")[0].replace("\\", "\\\\").replace("'", "\\'")
        told.append(f"--h{place}:'{first}'")
    return f' style="{escape(";".join(told), quote=True)}"'


def _marks(found: Display, row: int, filters: Sequence[Filter]) -> str:
    if not found.facets:
        return ""
    return marks(filters, {name: (told[row],) for name, told in found.facets.items()})


def _kind(found: Display, tag: str, column: int, text: str) -> str:
    short = text.isascii() and len(text) <= ONE_LINE
    kind = "n" if column in found.numbers else "s" if short and tag == "td" else ""
    return f' class="{kind}"' if kind else ""


def _head(found: Display, column: int, text: str) -> str:
    first, *small = text.split("\n")
    told = _linked(first) + "".join(f"<small>{_linked(line)}</small>" for line in small)
    return f'<th role="columnheader" scope="col"{_kind(found, "th", column, text)}>{told}</th>'


def _cell(found: Display, row: int, column: int, text: str) -> str:
    first, *small = text.split("\n")
    tone = found.tones.get((row, column))
    folds = column not in found.open_columns
    shown = f'<span class="v {tone}">{escape(first)}</span>' if tone else long_html(first, folds)
    line = found.lines[column][row] if column in found.lines else None
    shown = line_html(line, first) if line else shown
    shown += bar(found, row, column)
    shown += "".join(_below(one, folds) for one in small if one)
    kind = _kind(found, "td", column, text)
    # a text by itself needs no frame to stand beside its head
    return f'<td role="cell"{kind}>{shown if "<" not in shown else f"<span>{shown}</span>"}</td>'


def long_html(text: str, folds: bool = True) -> str:
    """A text whose addresses lead where they say; a long one opens from its beginning."""
    if not folds or width_of(text) <= LONG:
        return _linked(text)
    seen, wide = 0, 0
    while wide < SEEN:
        wide += width_of(text[seen])
        seen += 1
    begins = escape(text[:seen].rstrip())
    return f'<details class="long"><summary>{begins}…</summary>{_linked(text)}</details>'


def line_html(line: Line, words: str) -> str:
    """A small line of figures and the level they are held against, over its first and last."""
    if line is None:
        return escape(words)
    values, target = line
    ends = [*values, *([] if target is None else [target])]
    low, high = min(ends), max(ends)
    span, step = (high - low) or 1.0, (WIDE - 6) / max(1, len(values) - 1)

    def at(value: float) -> str:
        return f"{HIGH - 3 - (HIGH - 6) * (value - low) / span:.1f}".removesuffix(".0")

    points = " ".join(f"{3 + step * i:.0f},{at(value)}" for i, value in enumerate(values))
    level = f'<path d="M3 {at(target)}H{WIDE - 3}"/>' if target is not None else ""
    end = f'<circle cx="{WIDE - 3}" cy="{at(values[-1])}" r="2.5"/>'
    label = escape(words, quote=True)
    return (
        f'<svg class="line" viewBox="0 0 {WIDE} {HIGH}" role="img" aria-label="{label}">'
        f'{level}<polyline points="{points}"/>{end}</svg><small>{escape(words)}</small>'
    )


def _below(line: str, folds: bool) -> str:
    whole = ' class="s"' if width_of(line) <= SMALL_LINE else ""
    return f"<small{whole}>{long_html(line, folds)}</small>"


def _small(line: str) -> str:
    return f"<small>{_linked(line)}</small>" if line else ""


def _linked(text: str) -> str:
    """A text whose addresses lead where they say, and whose longest words can be broken; an
    interval is not broken over lines.
    """
    if ADDRESS.search(text):
        return ADDRESS.sub(r'<a href="\g<0>">\g<0></a>', escape(text))
    cut = UNBROKEN.sub(lambda word: "\0".join(PIECE.findall(word[0])), text)
    whole = BOUNDS.sub(r'<span style="white-space:nowrap">\g<0></span>', escape(cut))
    return whole.replace("\0", "<wbr>")
