"""The look of charts: their font, which has Chinese signs, and their colours; for a while or for
good, and for whatever is added to a chart of ours.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache, wraps
from importlib.resources import as_file, files
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FONT = "Noto Sans SC"
CYCLED = re.compile("C[0-9]+")
# what adds texts to a chart that is already made
OF_AXES = ("text", "annotate", "legend", "table", "set_xticks", "set_yticks", "pie", "bar_label")
OF_FIGURE = ("text", "legend", "suptitle", "supxlabel", "supylabel", "add_subplot", "colorbar")


def style(stay: bool = False) -> AbstractContextManager[None]:
    """The look of the library's charts for charts of one's own: `with style():` for as long as the
    block lasts, after which global settings are as they were.

    Chinese labels are signs and never empty boxes, in figures made within the block, also where
    they are shown after it. `style(stay=True)` sets matplotlib's settings for the rest of the
    session: nothing else does, and importing the library does not. What `.chart()` returns keeps
    the look without either, with all that is added to it.

    >>> import matplotlib
    >>> before = dict(matplotlib.rcParams)
    >>> with style():
    ...     matplotlib.rcParams["font.family"]
    ['Noto Sans SC']
    >>> dict(matplotlib.rcParams) == before
    True
    """
    if not stay:
        return _within()
    import matplotlib

    matplotlib.rcParams.update(_settings())
    return nullcontext()


@cache
def _settings() -> Mapping[str, Any]:
    """The style file as matplotlib reads it, once its font is registered from the package that
    carries it, whose own global settings are not run.
    """
    import matplotlib
    from matplotlib import font_manager

    found = find_spec("zhplot")
    for folder in found.submodule_search_locations if found else ():
        for path in sorted((Path(folder) / "fonts").glob("*.ttf")):
            font_manager.fontManager.addfont(path)
    with as_file(files(__package__).joinpath("style.mplstyle")) as path:
        return dict(matplotlib.rc_params_from_file(path, use_default_template=False))


@contextmanager
def _within() -> Iterator[None]:
    import matplotlib

    if matplotlib.rcParams["font.family"] == [FONT]:
        yield  # already
        return
    before = _open_figures()
    with matplotlib.rc_context(dict(_settings())):
        yield
        for figure in _open_figures(but=before):
            settled(figure)


def _open_figures(but: Mapping[Figure, None] | None = None) -> dict[Figure, None]:
    """The figures that pyplot has open, where anybody uses it."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None or not pyplot.get_fignums():
        return {}
    current = pyplot.gcf()
    found = [pyplot.figure(number) for number in pyplot.get_fignums()]
    pyplot.figure(current.number)
    return dict.fromkeys(figure for figure in found if figure not in (but or {}))


def settled(figure: Figure) -> Figure:
    """The figure with what matplotlib would look up once it is drawn, in the style of that moment:
    ticks, which are made when first asked for, and colours by place in the style's cycle.
    """
    from matplotlib.colors import to_hex
    from matplotlib.lines import Line2D
    from matplotlib.text import Text

    for axes in figure.axes:
        axes.get_xticklabels()
        axes.get_yticklabels()

    def plain(colour: Any) -> Any:
        return to_hex(colour) if CYCLED.fullmatch(str(colour)) else colour

    for drawn in figure.findobj(lambda one: isinstance(one, Line2D | Text)):
        if isinstance(drawn, Line2D):
            faces = drawn.get_markerfacecolor(), drawn.get_markeredgecolor()
            drawn.set_color(plain(drawn.get_color()))
            drawn.set_markerfacecolor(plain(faces[0]))
            drawn.set_markeredgecolor(plain(faces[1]))
        else:
            drawn.set_color(plain(drawn.get_color()))
    return figure


@cache
def own_classes() -> tuple[type[Figure], type[Axes]]:
    """Figures and axes to which texts are added in the look of the rest; a figure shows itself as a
    drawing with its finding in words, `alt`, and what must be known of it, `note`.
    """
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    def bundle(figure: Any, **_asked: object) -> dict[str, object]:
        from ..block import MIME, Block, Picture
        from .canvas import drawings

        svg, slim = drawings(figure)
        block = Block(parts=(Picture(svg, figure.alt, figure.data, slim),), note=figure.note)
        return {"text/plain": figure.alt, "image/svg+xml": svg, MIME: block.to_dict()}

    shown = {"alt": "", "note": "", "data": "", "_repr_mimebundle_": bundle}
    return _keeping(Figure, OF_FIGURE, shown), _keeping(Axes, OF_AXES, {})


def _keeping(base: type, names: tuple[str, ...], more: Mapping[str, Any]) -> type:
    """The class with these methods run in the style."""

    def inside(method: Any) -> Any:
        @wraps(method)
        def called(self: Any, *given: Any, **named: Any) -> Any:
            with style():
                return method(self, *given, **named)

        return called

    return type(
        base.__name__, (base,), {name: inside(getattr(base, name)) for name in names} | dict(more)
    )
