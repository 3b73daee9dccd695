"""One value per group: dots with intervals, bars, and a bar cut into counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from .canvas import INK, QUIET, Row, alike, sheet, styled
from .narrow import is_narrow, side_by_side

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


WORDS = 0.42  # of what is drawn, the room at its right for a figure and its n
NARROW_WORDS = 0.85  # on a narrow sheet
HATCHES = ("", "//", "..", "xx", "\\\\", "--", "oo", "++")


@styled
def dots(panels: Mapping[str, Sequence[Row]], *, title: str, source: str, unit: str) -> Figure:
    """One dot per group with its interval, sorted as given; `rows`: label, value, low, high, n.
    Panels have one scale, unless one is many times as long as another.

    A row without n is a difference, drawn hollow about a line at zero.
    """
    longest = max((len(rows) for rows in panels.values()), default=1)
    figure, axes = sheet(title, source, 0.9 + 0.3 * longest, len(panels))
    for i, (axis, (words, rows)) in enumerate(zip(axes, panels.items(), strict=True)):
        rows = [r for r in rows if r.get("value") is not None]
        for y, row in enumerate(reversed(rows)):
            low = row["value"] if row.get("low") is None else row["low"]
            high = row["value"] if row.get("high") is None else row["high"]
            axis.plot([low, high], [y, y], color=f"C{i}", lw=2.2, solid_capstyle="butt", alpha=0.5)
            difference = row.get("n") is None
            face = "white" if difference else f"C{i}"
            look = {"marker": "os^D"[i % 4], "color": f"C{i}", "markerfacecolor": face}
            axis.plot([row["value"]], [y], markersize=6, **look)
            told = f"{row['value']:+,.2f}" if difference else f"{row['value']:,.2f}  n={row['n']:,}"
            _beside(axis, y, told)
            if difference:
                axis.axvline(0, color=INK, lw=0.8)
        axis.set_yticks(range(len(rows)), [str(r["label"]) for r in reversed(rows)])
        axis.set_ylim(-0.7, max(len(rows), 1) - 0.3)
        axis.grid(axis="x")
        axis.grid(visible=False, axis="y")
        axis.set_title(words)
        axis.set_xlabel(unit)
    # from zero on or from what lies below it, with room for the figures
    known = [
        [row[k] for row in rows for k in ("value", "low", "high") if row.get(k) is not None]
        for rows in panels.values()
    ]
    ends = [(min(0.0, *found, 0.0), max(0.0, *found, 0.0)) for found in known]
    least = min((low for low, _ in ends), default=0.0)
    most = max((high for _, high in ends), default=0.0)
    shared = alike(panels.values())
    for axis, own in zip(axes, ends, strict=True):
        low, high = (least, most) if shared else own
        room = (NARROW_WORDS if is_narrow() else 0.3) * (high - low) or 1.0
        axis.set_xlim(low - (room / 3 if low < 0 else 0), high + room)
    return figure


@styled
def gaps(rows: Sequence[Row], *, title: str, source: str, unit: str) -> Figure:
    """Differences with their intervals about a line at zero; `rows`: label, value, low, high, n."""
    figure, (axis,) = sheet(title, source, 0.9 + 0.3 * max(len(rows), 1))
    for y, row in enumerate(reversed(rows)):
        ends = [row["value"] if row[end] is None else row[end] for end in ("low", "high")]
        axis.plot(ends, [y, y], color="C0", lw=2.2, solid_capstyle="butt", alpha=0.5)
        axis.plot([row["value"]], [y], marker="o", color="C0", markersize=6)
        told = f"{row['value']:+,.2f}" + (f"  n={row['n']:,}" if row.get("n") is not None else "")
        _beside(axis, y, told)
    axis.axvline(0, color=INK, lw=0.8)
    axis.set_yticks(range(len(rows)), [str(r["label"]) for r in reversed(rows)])
    axis.set_ylim(-0.7, max(len(rows), 1) - 0.3)
    axis.grid(axis="x")
    axis.grid(visible=False, axis="y")
    _wide_enough(axis, rows)
    axis.set_xlabel(unit)
    return figure


def _beside(axis: Axes, y: float, words: str) -> None:
    """Words in a column at the right, where no bar and no line runs through them."""
    where = {"xycoords": ("axes fraction", "data"), "va": "center", "ha": "right"}
    axis.annotate(words, (0.99, y), size=8, color=QUIET, **where)


def _wide_enough(axis: Axes, rows: Sequence[Row]) -> None:
    """An axis that holds zero and every interval, with room at the right for words."""
    ends = [row[k] for row in rows for k in ("value", "low", "high") if row.get(k) is not None]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    span = (high - low) or 1.0
    axis.set_xlim(
        low - (0.04 * span if low < 0 else 0),
        high + (NARROW_WORDS if is_narrow() else WORDS) * span,
    )


@styled
def stacked(
    bars: Mapping[str, Sequence[tuple[str, float]]],
    *,
    title: str,
    source: str,
    unit: str,
    digits: int = 1,
) -> Figure:
    """A bar per name, cut into parts (words, value) that add up; a part has one colour and hatch
    throughout.
    """
    kinds = list(dict.fromkeys(words for parts in bars.values() for words, _ in parts))
    across = side_by_side(kinds, 3)
    below = 0.5 + 0.24 * -(-len(kinds) // across)  # inches for the unit and the legend
    height = 0.45 + 0.34 * max(len(bars), 1)
    figure, (axis,) = sheet(title, source, height + below)
    for y, parts in enumerate(reversed(list(bars.values()))):
        left = 0.0
        for words, value in parts:
            i = kinds.index(words)
            axis.barh(
                y,
                value,
                left=left,
                height=0.62,
                color=f"C{i % 6}",
                hatch=HATCHES[i % len(HATCHES)],
                edgecolor="white",
                linewidth=0,
                label=words,
            )
            left += value
        axis.annotate(
            f"{left:,.{digits}f}",
            (left, y),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            size=8.5,
        )
    axis.set_yticks(range(len(bars)), [*reversed(list(bars))])
    axis.set_ylim(-0.7, max(len(bars), 1) - 0.3)
    axis.grid(axis="x")
    axis.grid(visible=False, axis="y")
    axis.margins(x=0.1)
    axis.set_xlim(left=0)
    axis.set_xlabel(unit)
    handles, labels = axis.get_legend_handles_labels()
    once = dict(zip(labels, handles, strict=True))
    handles = [once[words] for words in kinds]
    from matplotlib.transforms import ScaledTranslation

    under = axis.transAxes + ScaledTranslation(0, -0.5, figure.dpi_scale_trans)
    place = {"loc": "upper center", "bbox_to_anchor": (0.5, 0), "bbox_transform": under}
    axis.legend(handles, kinds, ncols=across, **place)
    return figure


@styled
def bars(rows: Sequence[Row], *, title: str, source: str, unit: str, digits: int = 0) -> Figure:
    """Horizontal bars with their values; `rows`: label, value."""
    figure, (axis,) = sheet(title, source, 0.7 + 0.3 * max(len(rows), 1))
    values = [r["value"] for r in reversed(rows)]
    axis.barh(
        range(len(rows)),
        values,
        color="C0",
        height=0.62,
        hatch="//",
        edgecolor="white",
        linewidth=0,
    )
    axis.set_yticks(range(len(rows)), [str(r["label"]) for r in reversed(rows)])
    for y, value in enumerate(values):
        axis.annotate(
            f"{value:,.{digits}f}",
            (value, y),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            size=8.5,
        )
    axis.grid(axis="x")
    axis.grid(visible=False, axis="y")
    axis.margins(x=0.12)
    axis.set_xlim(left=0)
    axis.set_xlabel(unit)
    return figure


@styled
def strip(parts: Sequence[tuple[str, int, str]], *, title: str, source: str) -> Figure:
    """One bar cut into counts; each part is (words, count, colour) and has a hatch of its own."""
    across = side_by_side([f"{words} {count}" for words, count, _ in parts], 4)
    more = -(-len(parts) // across) - -(-len(parts) // 4)  # lines of the legend
    figure, (axis,) = sheet(title, source, 1.35 + 0.24 * more)
    left, whole = 0, sum(count for _, count, _ in parts)
    hatches = ("", "//", "..", "xx", "\\\\", "", "--", "oo", "++")
    for i, (words, count, colour) in enumerate(parts):
        axis.barh(
            0,
            count,
            left=left,
            color=colour,
            edgecolor="white",
            hatch=hatches[i % len(hatches)],
            linewidth=1,
            label=f"{words} {count}",
        )
        axis.annotate(
            f"{count}" if not is_narrow() or count * 12 > whole else "",
            (left + count / 2, 0),
            ha="center",
            va="center",
            size=10,
            color="white",
            bbox={"boxstyle": "round,pad=0.15", "fc": colour, "ec": "none"},
        )
        left += count
    axis.set_axis_off()
    axis.legend(
        loc="upper center",
        bbox_to_anchor=(0.5, 0.02),
        ncols=across,
        handletextpad=0.5,
        columnspacing=1.2,
    )
    return figure
