"""Prose of notebooks, written in Markdown, as HTML."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from mistune import Markdown

PLUGINS = ("strikethrough", "table", "url", "task_lists", "def_list")  # as Jupyter has them


def to_html(text: str) -> str:
    """Markdown as HTML, with headings that can be linked to.

    >>> to_html("## By month\\n\\nDated by *release*.")
    '<h2 id="By-month">By month</h2><p>Dated by <em>release</em>.</p>\\n'
    """
    return str(_markdown()(text))


@cache
def _markdown() -> Markdown:
    from mistune import HTMLRenderer, create_markdown

    class Headings(HTMLRenderer):
        def heading(self, text: str, level: int, **_more: object) -> str:
            name = quote(re.sub("<[^>]*>", "", text).replace(" ", "-"), safe="?/:@!$&'()*+,;=")
            html = f'<h{level} id="{name}">{text}</h{level}>'
            return html.encode("ascii", "xmlcharrefreplace").decode()

    return create_markdown(renderer=Headings(escape=False), plugins=list(PLUGINS))
