"""The mean of firms and how far they lie apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .canvas import QUIET, Row, sheet, styled
from .narrow import side_by_side

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@styled
def firms_apart(
    panels: Mapping[str, Sequence[Row]], *, title: str, source: str, legend: tuple[str, str]
) -> Figure:
    """A panel per unit with a dot per row, its interval as a thick line, and one standard deviation
    of firms to both sides as a thin one, no lower than zero; `rows`: label, value, low, high, sd,
    words. `legend`: what the thick and the thin line are.
    """
    from matplotlib.transforms import ScaledTranslation

    many = sum(len(rows) for rows in panels.values())
    height = 0.5 * len(panels) + 0.55 * many + 0.35
    figure, axes = sheet(title, source, height, len(panels), columns=1)
    seen: dict[str, Any] = {}
    for i, (axis, (unit, rows)) in enumerate(zip(axes, panels.items(), strict=True)):
        for y, row in enumerate(reversed(rows)):
            value = row["value"]
            if row.get("sd") is not None:
                ends = [max(value - row["sd"], 0.0), value + row["sd"]]
                axis.plot(ends, [y, y], color=QUIET, lw=1, marker="|", label=legend[1])
            if row.get("low") is not None and row.get("high") is not None:
                ends = [row["low"], row["high"]]
                thick = {"lw": 5, "alpha": 0.5, "solid_capstyle": "butt", "label": legend[0]}
                axis.plot(ends, [y, y], color=f"C{i}", **thick)
            axis.plot([value], [y], marker="os^D"[i % 4], color=f"C{i}", markersize=6)
            place = {"xycoords": ("axes fraction", "data"), "ha": "right", "va": "bottom"}
            above = {"xytext": (0, 6), "textcoords": "offset points", **place}
            axis.annotate(row["words"], (0.99, y), size=8, color=QUIET, **above)
        axis.set_yticks(range(len(rows)), [str(row["label"]) for row in reversed(rows)])
        axis.set_ylim(-0.5, len(rows) - 0.2)
        axis.grid(axis="x")
        axis.grid(visible=False, axis="y")
        axis.set_xlim(left=0)
        axis.margins(x=0.08)
        axis.set_xlabel(unit)
        handles, labels = axis.get_legend_handles_labels()
        seen |= dict(zip(labels, handles, strict=True))
    # below the unit of the last panel
    under = axes[-1].transAxes + ScaledTranslation(0, -0.5, figure.dpi_scale_trans)
    place = {"loc": "upper center", "bbox_to_anchor": (0.5, 0), "bbox_transform": under}
    kept = [words for words in legend if words in seen]
    if kept:
        across = side_by_side(kept, 2)
        axes[-1].legend([seen[words] for words in kept], kept, ncols=across, **place)
    return figure
