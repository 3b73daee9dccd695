"""What all charts share: sheet, font, wrapped texts, axes of months, lines with their bands, and
SVG out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import partial, wraps
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from .compact import compacted
from .look import FONT, own_classes, settled
from .look import style as style
from .narrow import PHONE, fitted, is_narrow, narrow

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Row = Mapping[str, Any]

WIDTH = 8.8
ALIKE = 5  # see `alike`
INK, QUIET, RULE = "#1f2430", "#5a6270", "#b0162b"
# signs that XML does not take, not even in a remark
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
HEAD = '<?xml version="1.0" encoding="utf-8"?>'
UNTURNED = re.compile(r' transform="rotate\(-0 [^"]*"')  # texts that are turned by nothing
# fonts with Chinese signs that readers have
READERS = (FONT, "Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei")
MARKS = (("o", "-"), ("s", "--"), ("^", "-."), ("D", ":"), ("v", "-"), ("P", "--"))


def styled(draw: Callable[..., Figure]) -> Callable[..., Figure]:
    @wraps(draw)
    def drawn(*args: object, **kwargs: object) -> Figure:
        from .paper import placed

        with style():
            figure: Any = draw(*args, **kwargs)
            fitted(figure)
            placed(figure)
            if not is_narrow():  # nobody adds to that one
                settled(figure)
        figure.again = partial(drawn, *args, **kwargs)
        figure.stale = False  # what is added to it says so by this
        return figure

    return drawn


def drawings(figure: Any) -> tuple[str, str]:
    """The figure as a drawing, and another one for screens of the width of a hand; that one is
    empty where the figure is no longer as it was made, and cannot be made anew.

    >>> from matplotlib.figure import Figure
    >>> drawings(Figure(figsize=(1, 1)))[1]
    ''
    """
    again = None if figure.stale else getattr(figure, "again", None)
    wide = to_svg(figure)
    if again is None:
        return wide, ""
    with narrow():
        return wide, to_svg(again())


def to_svg(figure: Figure) -> str:
    """The figure as SVG: texts that can be searched and copied, no date, no program name, names of
    parts that no other figure has, equal bytes for equal input.

    >>> from matplotlib.figure import Figure
    >>> to_svg(Figure(figsize=(1, 1))).startswith("<?xml")
    True
    """
    from .paper import Paper

    engine, altered = figure.get_layout_engine(), figure.stale
    with style():
        # laid out once: savefig would draw it another time for that
        paper = Paper(figure)
        if engine and (figure.stale or not hasattr(figure, "again")):
            engine.execute(figure)
        figure.set_layout_engine(None)
        svg = paper.written()
        figure.set_layout_engine(engine)
        figure.stale = altered
    return _by_itself(FORBIDDEN.sub("", svg))


def _by_itself(svg: str) -> str:
    """The drawing with the fonts of whoever reads it, and names that no other drawing has."""
    own = sha256(svg.encode()).hexdigest()[:8]
    fonts = ", ".join(f"'{name}'" for name in READERS) + ", sans-serif"
    # said once for all texts: in each of hundreds it would be a third of the drawing
    svg = svg.replace(f"font-family: '{FONT}'; ", "").replace(f"'{FONT}'", fonts)
    svg = UNTURNED.sub("", svg.replace("<svg ", f'<svg style="font-family: {fonts}" ', 1))
    return f"{HEAD}\n{compacted(svg, f'c{own}')}"


def as_rows(data: Any) -> list[Row]:
    """Rows of a result, or the rows themselves.

    >>> as_rows([{"value": 1}])
    [{'value': 1}]
    """
    return list(data.to_dicts()) if hasattr(data, "to_dicts") else list(data)


def wrapped(text: str, width: int) -> str:
    """`text` in lines of at most `width` columns, a Chinese character being two columns wide.

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
    """Words with the space after them, and single Chinese characters; marks stay with what they
    open or close.
    """
    piece = ""
    for char in text:
        joined = unicodedata.category(char) in ("Pe", "Pf", "Po") or (
            unicodedata.category(piece[-1:] or " ") in ("Ps", "Pi")
        )
        if unicodedata.east_asian_width(char) in "WF" and not joined:
            yield from filter(None, [piece])
            piece = char
        else:
            piece += char
            if char == " ":
                yield piece
                piece = ""
    yield from filter(None, [piece])


def alike(panels: Iterable[Iterable[Row]]) -> bool:
    """Whether panels are of a size that one scale shows: the longest at most so many times as long
    as the shortest.

    >>> alike([[{"value": 32.1}], [{"value": 8.0}]]), alike([[{"value": 32.1}], [{"value": 1.1}]])
    (True, False)
    """
    tops = [max((abs(r["value"]) for r in rows if r.get("value")), default=0.0) for rows in panels]
    return max(tops, default=0.0) <= ALIKE * min(tops, default=0.0)


def sheet(
    title: str,
    source: str,
    height: float,
    panels: int = 1,
    widths: Sequence[float] = (),
    *,
    columns: int = 0,
    one_scale: bool = False,
) -> tuple[Figure, list[Axes]]:
    """A figure with its title above, its source below, and `panels` axes side by side between, in
    rows of so many `columns`, on `one_scale` or each on its own; neither title nor source takes
    room where it is empty. A narrow one has its panels one below the other.
    """
    figures, axes_of = own_classes()
    columns = columns or panels
    wide, across, line = WIDTH, (88, 136), 0.30
    if is_narrow():
        rows, wide, across, line = -(-panels // columns), PHONE, (44, 50), 0.17
        columns, widths = 1, ()
        height *= panels / rows
    above, below = wrapped(title, across[0]), wrapped(source, across[1])
    head = line * (above.count("\n") + 1) + 0.18 if above else 0.06
    foot = 0.17 * (below.count("\n") + 1) + 0.12 if below else 0.06
    figure = figures(figsize=(wide, height + head + foot), layout="constrained")
    look = {"size": 13, "color": INK, "va": "top", "linespacing": 1.25}
    figure.heads = figure.text(0.012, 1, above, **look), head
    look = {"size": 7.5, "color": QUIET, "va": "bottom", "linespacing": 1.3}
    figure.feet = figure.text(0.012, 0, below, **look), foot
    framed(figure)
    words: dict[str, Any] = {"squeeze": False, "width_ratios": list(widths) or None}
    words["sharey"] = one_scale
    lines = -(-panels // columns)
    grid = figure.subplots(lines, columns, subplot_kw={"axes_class": axes_of}, **words)
    axes = list(grid.flat)
    for axis in axes[panels:]:
        axis.remove()
    return figure, axes[:panels]


def framed(figure: Any, more: float = 0.0) -> None:
    """Title and source at their places, and what is drawn between them, on a sheet that is so many
    inches higher.
    """
    wide, height = figure.get_size_inches()
    height += more
    if more:
        figure.set_size_inches(wide, height)
    (above, head), (below, foot) = figure.heads, figure.feet
    figure.get_layout_engine().set(
        rect=(0, foot / height, 1, 1 - (head + foot) / height), w_pad=0.08, h_pad=0.04
    )
    above.set_y(1 - 0.06 / height)
    below.set_y(0.06 / height)


def day_of(period: object) -> date:
    """Where a period stands on an axis of days: a month 2021-03 or a quarter 2021-Q1 at its first,
    a year in its middle.
    """
    text = str(period)
    if len(text) == len("2021"):
        return date(int(text), 7, 1)
    if "Q" in text:
        year, quarter = text.replace("-", "").split("Q")
        return date(int(year), 3 * int(quarter) - 2, 1)
    parts = [int(p) for p in text.split("-")]
    return date(*(parts + [1, 1])[:3])


def by_key(rows: Iterable[Row], key: str) -> dict[object, list[Row]]:
    """Rows by what they have under `key`, in the order of its first row."""
    found: dict[object, list[Row]] = {}
    for row in rows:
        found.setdefault(row.get(key), []).append(row)
    return found


def date_axis(axis: Axes, lang: str, most: int = 9) -> None:
    """Years as numbers, months and days between them as the language writes them; at most so many
    of them.
    """
    from babel.dates import format_date
    from matplotlib.dates import AutoDateLocator, num2date

    def word(value: float, _place: int) -> str:
        day = num2date(value)
        if day.day > 1:
            return str(day.day)
        return str(day.year) if day.month == 1 else format_date(day, "MMM", locale=lang)

    most = min(most, 6) if is_narrow() else most
    axis.xaxis.set_major_locator(
        AutoDateLocator(minticks=2 if is_narrow() else min(4, most - 3), maxticks=most)
    )
    axis.xaxis.set_major_formatter(word)


def draw_line(
    axis: Axes,
    rows: Sequence[Row],
    mark: tuple[str, str],
    colour: str,
    label: str,
    band: bool = False,
) -> None:
    """Values by period as a line with marks; with `band` their intervals as a band."""
    known = [r for r in rows if r.get("value") is not None]
    days = [day_of(r["period"]) for r in known]
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
        days = [day_of(r["period"]) for r in bounded]
        axis.fill_between(
            days,
            [r["low"] for r in bounded],
            [r["high"] for r in bounded],
            color=colour,
            alpha=0.16,
            lw=0,
        )


def from_zero(axes: Sequence[Axes]) -> None:
    """Scales that begin at zero, or below it where values do; set once all is drawn."""
    ends = [axis.dataLim.ymin for axis in axes]
    for axis in axes:
        axis.set_ylim(bottom=0 if min(ends) >= 0 else axis.get_ylim()[0])


def mark_day(axis: Axes, day: date, words: str) -> None:
    """A day across the chart, named on the side where more room is."""
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
