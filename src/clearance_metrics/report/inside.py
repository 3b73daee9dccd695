"""What a report sets up in the kernel that runs a notebook, before the notebook's own cells."""

from __future__ import annotations

import base64
import io
import os
import sys
from typing import Any

# what matplotlib's parts are, without importing it
ARTIST, BARS = ("matplotlib.artist", "Artist"), ("matplotlib.container", "Container")


def begun(folder: str) -> None:
    """Work in this folder; charts begin with matplotlib's own settings, whatever a notebook before
    has set, and axes or figures that pyplot does not show show themselves.
    """
    os.chdir(folder)
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")
    if "matplotlib" in sys.modules:
        sys.modules["matplotlib"].rc_file_defaults()
    from IPython import get_ipython

    bundles = get_ipython().display_formatter.mimebundle_formatter
    for module, name in (ARTIST, BARS):
        bundles.for_type_by_name(module, name, drawn)
    for several in (list, tuple):
        bundles.for_type(several, drawn_by)


def drawn(shown: Any, include: object = None, exclude: object = None) -> dict[str, str] | None:
    """A matplotlib figure, or that of what was drawn, as a picture; None where pyplot draws it
    anyway.

    >>> from matplotlib.figure import Figure
    >>> list(drawn(Figure(figsize=(1, 1)).subplots()))
    ['text/plain', 'image/png']
    """
    if isinstance(shown, tuple):  # bars, or what belongs to points
        return drawn_by(shown)
    figure = shown if hasattr(shown, "savefig") else shown.get_figure()
    while not hasattr(figure, "savefig") and figure is not None:
        figure = figure.get_figure()  # of a part of a figure
    if figure is None:
        return None
    if hasattr(figure, "_repr_mimebundle_"):
        made: dict[str, str] = figure._repr_mimebundle_()
        return made
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None and figure in map(pyplot.figure, pyplot.get_fignums()):
        return None
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=2 * figure.dpi, bbox_inches="tight")
    picture = base64.b64encode(out.getvalue()).decode()
    return {"text/plain": repr(figure), "image/png": picture}


def drawn_by(shown: Any, include: object = None, exclude: object = None) -> dict[str, str] | None:
    """The picture of what drawing gave back in a list, such as lines; None of other lists.

    >>> from matplotlib.figure import Figure
    >>> drawn_by([1, 2]), list(drawn_by(Figure().subplots().plot([1, 2])))
    (None, ['text/plain', 'image/png'])
    """
    if "matplotlib" not in sys.modules:
        return None
    first = next((one for one in shown if hasattr(one, "get_figure")), None)
    return None if first is None else drawn(first)
