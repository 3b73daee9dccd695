"""What half a page shows of an answer: its finding above a small picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import LogError, NothingToShow
from .block import Block, Picture
from .wording import capital

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Half:
    """An answer that can be shown on half a page."""

    def half(self: Any, title: str = "", lang: str | None = None, **more: Any) -> Block:
        """Its finding, or the `title`, above a small picture, so that two stand beside each other;
        the finding alone where there is nothing to draw. `more` is what its small picture takes.
        """
        from .charts.canvas import drawings

        lang = self._in(lang)
        title, source = title or capital(self._headline(lang)), self.source(lang)
        try:
            wide, narrow = drawings(self._small(lang, **more))
        except NothingToShow:
            return Block(title, source=source, role="half")
        told = " · ".join(part for part in (self._small_about(lang), source) if part)
        drawn = Picture(wide, self._alt(lang), self.drawn_data(), narrow)
        return Block(title, (drawn,), source=told, role="half")

    def _small(self, lang: str) -> Figure:
        what = f"{type(self).__name__} has no small picture"
        raise LogError(what, "half", "ask for chart()")

    def _small_about(self, lang: str) -> str:
        """What is drawn in the small picture."""
        return ""
