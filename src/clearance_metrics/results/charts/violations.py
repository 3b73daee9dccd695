"""What breaks a rule, month by month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from .canvas import date_axis, day_of, sheet, styled
from .groups import HATCHES
from .narrow import is_narrow, side_by_side

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH, MIDDLE = 22, timedelta(days=14)  # days of a month that its bar takes, and where it stands


@styled
def by_month(
    found: Sequence[tuple[str, str, int]], *, lang: str, title: str, source: str, unit: str
) -> Figure:
    """A bar per month, cut into parts; `found`: month, words of the part, how many."""
    figure, (axis,) = sheet(title, source, 2.6)
    kinds = list(dict.fromkeys(words for _, words, _ in found))
    below: dict[str, int] = {}
    for i, words in enumerate(kinds):
        told = {month: n for month, kind, n in found if kind == words}
        axis.bar(
            [day_of(month) + MIDDLE for month in told],
            list(told.values()),
            WIDTH,
            bottom=[below.get(month, 0) for month in told],
            color=f"C{i % 6}",
            hatch=HATCHES[i % len(HATCHES)],
            edgecolor="white",
            linewidth=0,
            label=words,
        )
        below |= {month: below.get(month, 0) + n for month, n in told.items()}
    highest = max(below.values(), default=0)
    for month, n in below.items():
        if is_narrow() and n < highest:
            continue  # there is no room for all of them
        axis.annotate(
            f"{n:,}",
            (day_of(month) + MIDDLE, n),
            xytext=(0, 2),
            textcoords="offset points",
            ha="center",
            size=8,
        )
    axis.yaxis.get_major_locator().set_params(integer=True)
    axis.margins(y=0.15)
    axis.set_ylim(bottom=0)
    axis.set_ylabel(unit)
    date_axis(axis, lang)
    if len(kinds) > 1:
        axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=side_by_side(kinds, 3))
    return figure
