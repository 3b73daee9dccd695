"""Whose time it is: a bar per group, cut by party, each with a pattern of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from .canvas import INK, sheet, styled, wrapped
from .narrow import side_by_side

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# fixed, so that a party looks the same in every picture; colour never tells them apart alone
LOOKS = {
    "government": ("#2b5c8a", ""),
    "trader": ("#c8772e", "//"),
    "terminal": ("#3f8f6b", ".."),
    "several": ("#8a5fa8", "xx"),
    "unknown": ("#868d98", "--"),
}
ROOM = 0.075  # of the longest bar: what a share needs to stand within its part

Bar = tuple[str, Sequence[tuple[str, float, str]], str]


@styled
def by_party(
    bars: Sequence[Bar], words: Mapping[str, str], *, title: str, source: str, unit: str
) -> Figure:
    """A bar per name: its parts (party, value, share as it is told) and its whole as it is told;
    `words` name the parties.

    >>> parts = [("government", 3.0, "30.0%"), ("trader", 7.0, "70.0%")]
    >>> words = {"government": "government", "trader": "firm"}
    >>> figure = by_party([("all", parts, "10.00")], words, title="t", source="s", unit="hours")
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['30.0%', '70.0%', '10.00']
    """
    longest = max(sum(value for _, value, _ in parts) for _, parts, _ in bars) or 1.0
    kinds = [party for party in LOOKS if party in words]
    named = [words[party] for party in kinds]
    across = side_by_side(named, 3)
    below = 0.5 + 0.26 * -(-len(kinds) // across)  # inches for the unit and the legend
    figure, (axis,) = sheet(title, source, 0.5 + 0.46 * len(bars) + below)
    for y, (_, parts, whole) in enumerate(reversed(bars)):
        left = 0.0
        for party, value, share in parts:
            colour, hatch = LOOKS[party]
            look = {"color": colour, "hatch": hatch, "edgecolor": "white", "linewidth": 0}
            axis.barh(y, value, left=left, height=0.66, label=words[party], **look)
            if value >= ROOM * longest:
                box = {"boxstyle": "round,pad=0.15", "fc": "white", "ec": "none", "alpha": 0.92}
                middle = {"ha": "center", "va": "center", "size": 8, "color": INK, "bbox": box}
                axis.annotate(share, (left + value / 2, y), **middle)
            left += value
        beside = {"xytext": (5, 0), "textcoords": "offset points", "va": "center", "size": 8.5}
        axis.annotate(whole, (left, y), **beside)
    axis.set_yticks(range(len(bars)), [wrapped(label, 24) for label, *_ in reversed(bars)])
    axis.set_ylim(-0.6, len(bars) - 0.4)
    axis.grid(axis="x")
    axis.grid(visible=False, axis="y")
    axis.margins(x=0.1)
    axis.set_xlim(left=0)
    axis.set_xlabel(unit)
    found = dict(zip(*reversed(axis.get_legend_handles_labels()), strict=True))
    from matplotlib.transforms import ScaledTranslation

    under = axis.transAxes + ScaledTranslation(0, -0.5, figure.dpi_scale_trans)
    place = {"loc": "upper center", "bbox_to_anchor": (0.5, 0), "bbox_transform": under}
    axis.legend([found[word] for word in named], named, ncols=across, **place)
    return figure
