"""What lies above the ceiling, payee by payee."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .canvas import QUIET, RULE, Row, sheet, styled
from .narrow import is_narrow

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WORDS, NARROW_WORDS = 0.38, 1.1  # of the longest bar, the room at its right for its words


@styled
def over_by_payee(
    rows: Sequence[Row], *, title: str, source: str, unit: str, legend: tuple[str, str]
) -> Figure:
    """A bar per payee with its words beside it; `rows`: label, value, words, and whether it is told
    as repeated, by colour and hatch, which `legend` says where both are there.
    """
    figure, (axis,) = sheet(title, source, 0.9 + 0.32 * len(rows))
    looks = {
        True: {"color": RULE, "hatch": "//", "label": legend[0]},
        False: {"color": "C0", "hatch": "", "label": legend[1]},
    }
    for again, look in looks.items():
        places = [i for i, row in enumerate(reversed(rows)) if bool(row["repeated"]) is again]
        values = [[*reversed(rows)][i]["value"] for i in places]
        if places:
            axis.barh(places, values, height=0.62, edgecolor="white", linewidth=0, **look)
    for y, row in enumerate(reversed(rows)):
        axis.annotate(
            row["words"],
            (row["value"], y),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            size=8.5,
            color=QUIET,
        )
    axis.set_yticks(range(len(rows)), [str(row["label"]) for row in reversed(rows)])
    axis.grid(axis="x")
    axis.grid(visible=False, axis="y")
    room = NARROW_WORDS if is_narrow() else WORDS
    axis.set_xlim(0, (max(row["value"] for row in rows) or 1.0) * (1 + room))
    axis.set_xlabel(unit)
    if len({bool(row["repeated"]) for row in rows}) > 1:
        at = {"loc": "upper center", "bbox_to_anchor": (0.4, -0.1)} if is_narrow() else {}
        axis.legend(**({"loc": "lower right"} | at))
    return figure
