"""Pictures for half a page and for a card: no legend, the last value written at the line's end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from .canvas import INK, QUIET, RULE, Row, date_axis, day_of, draw_line, styled
from .look import own_classes
from .narrow import PHONE, is_narrow

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HALF, CARD = 4.2, 3.1  # inches wide
SIZE = 8.4


def _paper(width: float, height: float) -> tuple[Figure, Axes]:
    figures, axes_of = own_classes()
    width = min(width, PHONE) if is_narrow() else width
    figure = figures(figsize=(width, height), layout="constrained")
    axis = figure.subplots(subplot_kw={"axes_class": axes_of})
    axis.tick_params(labelsize=SIZE, length=0)
    for side in ("left", "bottom"):
        axis.spines[side].set_visible(False)
    return figure, axis


@styled
def months_small(
    rows: Sequence[Row],
    *,
    lang: str,
    last: str = "",
    target: tuple[float, str] | None = None,
    marker: tuple[date, str] | None = None,
    card: bool = False,
) -> Figure:
    """A value by period with its band; `last` is the last one in words, `target` a level and its
    words, `marker` a day and what happened on it.
    """
    figure, axis = _paper(*((CARD, 1.15) if card else (HALF, 1.6)))
    known = [row for row in rows if row.get("value") is not None]
    draw_line(axis, known, ("", "-"), "C0", "", band=True)
    end = day_of(known[-1]["period"])
    axis.plot([end], [known[-1]["value"]], "o", color="C0", markersize=4)
    words: list[tuple[float, str, str]] = [(known[-1]["value"], last, "C0")] if last else []
    if target is not None:
        axis.axhline(target[0], color=RULE, lw=1.1, linestyle=(0, (5, 3)))
        words.append((target[0], target[1], RULE))
    axis.margins(x=0.02, y=0.12)
    axis.grid(visible=not card, axis="y")
    if card:
        axis.set_yticks([])
    else:
        axis.locator_params(axis="y", nbins=4)
    date_axis(axis, lang, 5 if card else 9)
    low, high = axis.get_ylim()
    apart, beyond = (high - low) * (0.2 if card else 0.11), 0.0
    words.sort(key=lambda word: word[0])
    for place, (level, told, colour) in enumerate(words):
        # two that lie close together do not cover each other
        level = max(level, beyond) if place else level
        beyond = level + apart
        right = {"xycoords": axis.get_yaxis_transform(), "textcoords": "offset points"}
        weight: Any = "bold" if told == last else "normal"
        look: dict[str, Any] = {"color": colour, "size": SIZE + 1, "va": "center"}
        axis.annotate(told, (1, level), xytext=(4, 0), weight=weight, **right, **look)
    if marker is not None:
        axis.axvline(marker[0], color=QUIET, linestyle=(0, (2, 3)), lw=1)
        right = (marker[0] - day_of(known[0]["period"])) > (end - day_of(known[0]["period"])) / 2
        rising = known[-1]["value"] > known[0]["value"]
        # where the line is not: at the top where it falls, at the foot where it rises
        place = (marker[0], 0 if rising else 1)
        look = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points"}
        look |= {"ha": "right" if right and rising else "left", "va": "bottom" if rising else "top"}
        shift = (-3 if right and rising else 3, 2 if rising else -2)
        axis.annotate(marker[1], place, shift, size=SIZE, color=QUIET, **look)
    return figure


@styled
def dots_small(rows: Sequence[Row]) -> Figure:
    """A dot per group with its interval; `rows`: label, value, low, high, told."""
    figure, axis = _paper(HALF, 0.3 + 0.21 * max(len(rows), 3))
    for y, row in enumerate(reversed(rows)):
        low, high = (row["value"] if row.get(n) is None else row[n] for n in ("low", "high"))
        axis.plot([low, high], [y, y], color="C0", lw=2.6, alpha=0.4, solid_capstyle="butt")
        axis.plot([row["value"]], [y], "o", color="C0", markersize=4.5)
        look: dict[str, Any] = {"va": "center", "size": SIZE, "color": QUIET}
        axis.annotate(row["told"], (high, y), (6, 0), textcoords="offset points", **look)
    axis.set_yticks(range(len(rows)), [str(row["label"]) for row in reversed(rows)], color=INK)
    axis.set_ylim(-0.6, len(rows) - 0.4)
    axis.grid(visible=False, axis="y")
    axis.grid(axis="x")
    axis.margins(x=0.3)
    axis.set_xlim(min(0, axis.get_xlim()[0]) if axis.dataLim.x0 < 0 else 0, axis.get_xlim()[1])
    axis.locator_params(axis="x", nbins=5)
    return figure


@styled
def stack_small(parts: Sequence[tuple[str, float, str, str]]) -> Figure:
    """One bar cut into parts that add up, and below it a line per part: words, value, and the value
    and its share as they are told.
    """
    figure, axis = _paper(HALF, 0.62 + 0.21 * len(parts))
    whole, left = sum(value for _, value, *_ in parts), 0.0
    rows = len(parts)
    for i, (words, value, told, share) in enumerate(parts):
        colour = f"C{i % 6}"
        axis.barh(rows + 0.6, value, left=left, height=1.5, color=colour, ec="white", lw=0.8)
        left += value
        y = rows - 1 - i
        axis.barh(y, whole * 0.025, height=0.6, color=colour)
        look: dict[str, Any] = {"va": "center", "size": SIZE + 0.5, "color": INK}
        axis.annotate(words, (whole * 0.045, y), **look)
        axis.annotate(told, (whole * 0.88, y), ha="right", **look)
        axis.annotate(share, (whole, y), ha="right", **look)
    axis.set_xlim(0, whole)
    axis.set_ylim(-0.6, rows + 1.5)
    axis.set_axis_off()
    return figure
