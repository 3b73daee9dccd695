"""What all charts share: sheet, font, wrapped texts, axes of months, lines with their bands, and
SVG out.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cache, wraps
from importlib.resources import as_file, files
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Row = Mapping[str, object]
Words = tuple[str, str]

WIDTH = 8.8
INK, QUIET, RULE = "#1f2430", "#5a6270", "#b0162b"
MARKS = (("o", "-"), ("s", "--"), ("^", "-."), ("D", ":"), ("v", "-"), ("P", "--"))


@cache
def _font() -> str:
    """Registers Noto Sans SC from the package that carries it, without running that package's
    global settings.
    """
    from matplotlib import font_manager

    found = find_spec("zhplot")
    for folder in found.submodule_search_locations if found else ():
        for path in sorted((Path(folder) / "fonts").glob("*.ttf")):
            font_manager.fontManager.addfont(path)
    return "Noto Sans SC"


@contextmanager
def style():
    """The look of all charts, for as long as the context lasts; global settings stay as they were.

    >>> import matplotlib
    >>> before = dict(matplotlib.rcParams)
    >>> with style():
    ...     matplotlib.rcParams["svg.fonttype"]
    'path'
    >>> dict(matplotlib.rcParams) == before
    True
    """
    import matplotlib.style

    _font()
    with (
        as_file(files(__package__).joinpath("style.mplstyle")) as path,
        matplotlib.style.context(path),
    ):
        yield


def _styled(draw: Callable[..., Figure]) -> Callable[..., Figure]:
    @wraps(draw)
    def drawn(*args, **kwargs) -> Figure:
        with style():
            figure = draw(*args, **kwargs)
            # ticks are made on first drawing; made here they keep the style when the figure is
            # saved elsewhere
            figure.draw_without_rendering()
        return figure

    return drawn


def to_svg(figure: Figure) -> str:
    """The figure as SVG text: outlines for letters, no date, no program name, equal bytes for equal
    input.

    >>> from matplotlib.figure import Figure
    >>> to_svg(Figure(figsize=(1, 1))).startswith("<?xml")
    True
    """
    out = io.StringIO()
    with style():
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return out.getvalue()


def as_rows(data: object) -> list[Row]:
    """Rows of a result, or the rows themselves.

    >>> as_rows([{"value": 1}])
    [{'value': 1}]
    """
    return list(data.to_dicts()) if hasattr(data, "to_dicts") else list(data)


def wrapped(text: str, width: int) -> str:
    """`text` in lines of at most `width` columns, a Chinese character being two columns wide.

    >>> wrapped("进口整体通关时间", 8).splitlines()
    ['进口整体', '通关时间']
    >>> wrapped("mean import time", 9).splitlines()
    ['mean', 'import', 'time']
    """
    lines, line, used = [], "", 0
    for word in _pieces(text):
        size = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in word)
        if used + len(word.rstrip()) - len(word) + size > width and line:
            lines.append(line.rstrip())
            line, used = "", 0
            word, size = word.lstrip(), size - (len(word) - len(word.lstrip()))
        line, used = line + word, used + size
    return "\n".join([*lines, line.rstrip()])


def _pieces(text: str) -> Iterable[str]:
    """Words with the space after them, and single Chinese characters; closing marks stay with what
    they close.
    """
    piece = ""
    for char in text:
        if unicodedata.east_asian_width(char) in "WF" and char not in "，。；：、）》”":
            yield from filter(None, [piece])
            piece = char
        else:
            piece += char
            if char == " ":
                yield piece
                piece = ""
        if piece and unicodedata.east_asian_width(piece[-1]) in "WF" and len(piece) == 1:
            continue
    yield from filter(None, [piece])


def _canvas(
    title: Words, source: str, height: float, panels: int = 1, widths: Sequence[float] = ()
) -> tuple:
    """A figure with its title above, its source below, and `panels` axes side by side between them."""
    from matplotlib.figure import Figure

    zh, en = wrapped(title[0], 78), wrapped(title[1], 118)
    below = wrapped(source, 136)
    head = 0.30 * (zh.count("\n") + 1) + 0.19 * (en.count("\n") + 1) + 0.14
    foot = 0.17 * (below.count("\n") + 1) + 0.12
    height = height + head + foot
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    figure.get_layout_engine().set(
        rect=(0, foot / height, 1, 1 - (head + foot) / height), w_pad=0.08, h_pad=0.04
    )
    figure.text(0.012, 1 - 0.06 / height, zh, size=13, color=INK, va="top", linespacing=1.25)
    offset = 0.06 + 0.30 * (zh.count("\n") + 1)
    figure.text(0.012, 1 - offset / height, en, size=9, color=QUIET, va="top", linespacing=1.3)
    figure.text(0.012, 0.06 / height, below, size=7.5, color=QUIET, va="bottom", linespacing=1.3)
    axes = figure.subplots(1, panels, squeeze=False, width_ratios=list(widths) or None)[0]
    return figure, list(axes)


def _day(period: object) -> date:
    """The first day of a period written 2021, 2021-03 or 2021-Q1."""
    text = str(period)
    if "Q" in text:
        year, quarter = text.replace("-", "").split("Q")
        return date(int(year), 3 * int(quarter) - 2, 1)
    parts = [int(p) for p in text.split("-")]
    return date(*(parts + [1, 1])[:3])


def _series(rows: Iterable[Row], key: str) -> dict[object, list[Row]]:
    found: dict[object, list[Row]] = {}
    for row in rows:
        found.setdefault(row.get(key), []).append(row)
    return found


def _dates(axis: Axes) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator = AutoDateLocator(minticks=4, maxticks=9)
    axis.xaxis.set_major_locator(locator)
    axis.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))


def _line(
    axis: Axes,
    rows: Sequence[Row],
    mark: tuple[str, str],
    colour: str,
    label: str,
    band: bool = False,
) -> None:
    known = [r for r in rows if r.get("value") is not None]
    days = [_day(r["period"]) for r in known]
    every = max(1, len(known) // 12)
    axis.plot(
        days,
        [r["value"] for r in known],
        linestyle=mark[1],
        marker=mark[0],
        markevery=every,
        color=colour,
        label=label,
    )
    bounded = [r for r in known if r.get("low") is not None and r.get("high") is not None]
    if band and bounded:
        days = [_day(r["period"]) for r in bounded]
        axis.fill_between(
            days,
            [r["low"] for r in bounded],
            [r["high"] for r in bounded],
            color=colour,
            alpha=0.16,
            lw=0,
        )


def _marker_line(axis: Axes, day: date | None, words: str) -> None:
    if day is None:
        return
    low, high = axis.get_xlim()
    axis.axvline(day, color=RULE, linestyle=(0, (4, 2)), lw=1.1)
    from matplotlib.dates import date2num

    right = date2num(day) > (low + high) / 2
    axis.annotate(
        words,
        (day, 1),
        xycoords=("data", "axes fraction"),
        xytext=(-4 if right else 4, -3),
        textcoords="offset points",
        ha="right" if right else "left",
        va="top",
        size=8,
        color=RULE,
    )
    axis.set_xlim(low, high)
