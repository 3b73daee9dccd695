"""What charts are measured and drawn with: texts measured once for all charts, and the margins of a
sheet from what stands around its panels.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from matplotlib.backends.backend_svg import FigureCanvasSVG, RendererSVG
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.textpath import TextToPath

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.transforms import BboxBase

POINTS = 72  # of an inch
MEASURED = 100.0  # points of a text when it is measured; other sizes follow from it
# what tables of a font tell its heights, the first one known
HEIGHTS = (
    ("OS/2", ("sTypoAscender", "sTypoDescender", "sTypoLineGap")),
    ("hhea", ("ascent", "descent", "lineGap")),
)
ROUNDS = 5  # in which words find their place
NEAR = 0.01  # inches that nobody sees
LEAST = 0.25  # of a sheet, which is left to the panels whatever stands around them
GUESS = (0.7, 0.1, 0.3, 0.1)  # inches at the left, right, foot and top of a panel, to begin with


@lru_cache(20_000)
def _measured(text: str, font: FontProperties) -> tuple[float, float, float]:
    """Width, height and descent of a text in this font, which nobody alters."""
    width, height, descent = TextToPath().get_text_width_height_descent(text, font, False)
    return width, height, descent


@lru_cache(100)
def _heights(font: FontProperties) -> tuple[float, float, float] | tuple[None, None, None]:
    """Ascent, descent and gap between lines of a font of one point, as its maker tells them."""
    opened = get_font(findfont(font))
    for table, names in HEIGHTS:
        told = opened.get_sfnt_table(table)
        if told is not None:
            units = opened.get_sfnt_table("head")["unitsPerEm"]
            ascent, descent, gap = (told[name] / units for name in names)
            return ascent, -descent, gap
    return None, None, None


class Pen(RendererSVG):
    """Draws SVG, and looks up the size of a text that any chart had before."""

    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: Any
    ) -> tuple[float, float, float]:
        if ismath:
            told: tuple[float, float, float] = super().get_text_width_height_descent(
                s, prop, ismath
            )
            return told
        font = _of_size(prop, MEASURED)
        scale = prop.get_size_in_points() / MEASURED
        width, height, descent = _measured(s, font)
        return width * scale, height * scale, descent * scale

    def _get_font_height_metrics(
        self, prop: FontProperties
    ) -> tuple[float, float, float] | tuple[None, None, None]:
        # matplotlib from 3.11 on asks for it, else it opens the font anew for each text
        ascent, descent, gap = _heights(_of_size(prop, 1))
        if ascent is None or descent is None or gap is None:
            return None, None, None
        size = prop.get_size_in_points()
        return ascent * size, descent * size, gap * size


def _of_size(font: FontProperties, size: float) -> FontProperties:
    """The font in this size; the one that is given may be altered later."""
    made = font.copy()
    made.set_size(size)
    return made


class Paper(FigureCanvasSVG):
    """The canvas of a chart, in points."""

    def get_renderer(self) -> Pen:
        """A pen to measure with."""
        return self._pen(io.StringIO())

    def written(self) -> str:
        """The figure as matplotlib's SVG, on white."""
        out, before = io.StringIO(), self.figure.get_facecolor()
        pen = self._pen(out)
        self.figure.set_facecolor("white")
        self.figure.draw(pen)
        self.figure.set_facecolor(before)
        pen.finalize()
        return out.getvalue()

    def _pen(self, out: io.StringIO) -> Pen:
        self.figure.dpi = POINTS
        width, height = self.figure.get_size_inches() * POINTS
        return Pen(width, height, out, metadata={"Date": None, "Creator": None})


def placed(figure: Figure) -> None:
    """The panels of a new sheet where they leave room for their names, ticks and words, measured
    once: matplotlib's own layout does so twice, and for figures of any make. Words move with what
    they stand at, and are looked at again.
    """
    engine: Any = figure.get_layout_engine()
    told = engine.get()
    pads = (told["w_pad"], told["w_pad"], told["h_pad"], told["h_pad"])
    panels = [axis for axis in figure.axes if axis.get_subplotspec() is not None]
    _place(figure, panels, [GUESS] * len(panels), told["rect"])
    pen = Paper(figure).get_renderer()
    fixed = []
    for axis in panels:
        axis.get_xlim()  # which settles both scales
        for spine in axis.spines.values():
            spine.set_in_layout(False)  # they end where the panel does
        words = _words(axis)
        others = [one for one in axis.get_default_bbox_extra_artists() if one not in words]
        box = axis.get_tightbbox(pen, bbox_extra_artists=others, for_layout_only=True)
        fixed.append(_beyond(axis, [box] if box else [], pads))
    known: list[tuple[float, ...]] = [GUESS] * len(panels)
    for _ in range(ROUNDS):
        sides = [
            tuple(map(max, own, _beyond(axis, [one.get_tightbbox(pen) for one in words], pads)))
            for axis, own in zip(panels, fixed, strict=True)
            for words in [_words(axis)]
        ]
        if all(
            abs(a - b) < NEAR
            for one in zip(sides, known, strict=True)
            for a, b in zip(*one, strict=True)
        ):
            break
        _place(figure, panels, sides, told["rect"])
        known = sides


def _words(axis: Axes) -> list[Any]:
    """What is written within a panel or beside it, and its legend."""
    words = [*axis.texts, axis.get_legend()]
    return [one for one in words if one and one.get_visible() and one.get_in_layout()]


def _beyond(axis: Axes, boxes: Sequence[BboxBase], pads: Sequence[float]) -> tuple[float, ...]:
    """Inches that these reach out of the panel at the left, right, foot and top, and what is to be
    left free there.
    """
    x0, y0, x1, y1 = axis.bbox.extents
    out = [
        max((x0 - box.x0 for box in boxes), default=0.0),
        max((box.x1 - x1 for box in boxes), default=0.0),
        max((y0 - box.y0 for box in boxes), default=0.0),
        max((box.y1 - y1 for box in boxes), default=0.0),
    ]
    return tuple(max(one, 0.0) / POINTS + pad for one, pad in zip(out, pads, strict=True))


def _place(
    figure: Figure,
    panels: Sequence[Axes],
    around: Sequence[Sequence[float]],
    rect: tuple[float, float, float, float],
) -> None:
    """The panels with so many inches at the left, right, foot and top of each: those of a column
    are as wide as each other, those of a row as high.
    """
    wide, high = figure.get_size_inches()
    left, foot, width, height = (
        part * whole for part, whole in zip(rect, (wide, high) * 2, strict=True)
    )
    specs: list[Any] = [panel.get_subplotspec() for panel in panels]
    grid = specs[0].get_gridspec()
    columns = _spans(
        [spec.colspan.start for spec in specs],
        [(one[0], one[1]) for one in around],
        grid.get_width_ratios(),
        width,
    )
    rows = _spans(
        [spec.rowspan.start for spec in specs],
        [(one[3], one[2]) for one in around],
        grid.get_height_ratios(),
        height,
    )
    for panel, spec in zip(panels, specs, strict=True):
        (x, across), (y, down) = columns[spec.colspan.start], rows[spec.rowspan.start]
        bottom = foot + height - y - down
        panel.set_position(((left + x) / wide, bottom / high, across / wide, down / high))
        panel.set_in_layout(True)  # which whoever sets a position takes it out of


def _spans(
    places: Sequence[int],
    sides: Sequence[tuple[float, float]],
    ratios: Sequence[float],
    whole: float,
) -> list[tuple[float, float]]:
    """Where each column begins and how wide it is, with room before and after it; of rows alike."""
    before, after = [0.0] * len(ratios), [0.0] * len(ratios)
    for place, (first, last) in zip(places, sides, strict=True):
        before[place] = max(before[place], first)
        after[place] = max(after[place], last)
    taken = sum(before) + sum(after)
    if taken > (1 - LEAST) * whole:
        shrunk = (1 - LEAST) * whole / taken
        before, after = [shrunk * one for one in before], [shrunk * one for one in after]
    free = (whole - sum(before) - sum(after)) / sum(ratios)
    found, at = [], 0.0
    for first, last, ratio in zip(before, after, ratios, strict=True):
        found.append((at + first, free * ratio))
        at += first + free * ratio + last
    return found
