"""Markdown of a notebook as HTML that needs no other file: pictures in it are embedded, formulas
are drawn, and links to other notebooks lead to their pages.
"""

from __future__ import annotations

import base64
import mimetypes
import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from html import escape, unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from ..errors import ReportError
from .foreign import safe
from .formulas import in_a_line

# in either way to write a heading: # before it, or a line of === or --- under it
HEADING = re.compile(
    r"^ {0,3}(?:#{1,6}[ \t]+(\S.*?)[ \t]*#*[ \t]*|(\S.*)\n {0,3}(?:=+|-+)[ \t]*)(?:\n|\Z)",
    re.MULTILINE,
)
CODE = re.compile(r"^(```|~~~).*?(^\1|\Z)|(`+)[^`].*?\3", re.MULTILINE | re.DOTALL)
ANCHOR = re.compile(r'<a class="anchor-link"[^>]*>.*?</a>')
NUMBERED = re.compile(r"&#(\d{3,});")  # how headings have their Chinese signs
PICTURE = re.compile(r"""(!\[[^\]]*\]\(<?|<img\b[^>]*?\bsrc=["'])((?<=["'])[^"']+|[^)\s>"']+)""")
ATTACHED = "attachment:"
ELSEWHERE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+:|//|#")
NOTEBOOK = re.compile(r'href="(?![a-zA-Z]+:|/)(?:\./)?([^"#/]+)\.ipynb(#[^"]*)?"')
# a dollar sign opens a formula where no space follows it, and closes it where none is before it
FORMULA = re.compile(r"(?<![\\$\w])(\$\$?)(?=\S)([^$]+?)(?<=\S)(?<!\\)\1(?![\d$])")
KEPT = re.compile(r"(<pre\b.*?</pre>|<code\b.*?</code>|<[^>]*>)", re.DOTALL)


def html_of_markdown(
    text: str, files: Collection[str] = (), pictures: Iterable[tuple[str, str]] = ()
) -> str:
    """Markdown as HTML; `files` are the pages of the report, `pictures` what stands for a name.

    >>> html_of_markdown("[on](02_time.ipynb)", ["02_time.html"])
    '<p><a href="02_time.html">on</a></p>'
    """
    from nbconvert.filters import markdown2html

    made = ANCHOR.sub("", markdown2html(text)).rstrip("\n")
    made = safe(made)
    made = NUMBERED.sub(lambda found: chr(int(found[1])), made)
    made = NOTEBOOK.sub(lambda found: _link(found, files), made)
    # the page's title is its only heading of the first rank
    made = re.sub(r"(</?)h1\b", r"\1h2", made)
    parts = KEPT.split(made)
    parts[::2] = [FORMULA.sub(_formula, part) for part in parts[::2]]
    made = "".join(parts)
    for name, data in pictures:
        made = made.replace(name, data)
    return made


def _link(found: re.Match, files: Collection[str]) -> str:
    page = f"{unquote(unescape(found[1]))}.html"
    return f'href="{quote(page)}{found[2] or ""}"' if page in files else found[0]


def plain_text(markdown: str) -> str:
    """What a line of Markdown says, without its marks.

    >>> plain_text("**A** `b` & c")
    'A b & c'
    """
    return unescape(re.sub(r"<[^>]+>", "", html_of_markdown(markdown))).strip()


def _hidden(text: str) -> str:
    """The text with blanks for what is code in it."""
    return CODE.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)


def titled(text: str) -> tuple[str, str]:
    """The first heading of a text, and the text without it.

    >>> titled("# One\\n\\ntwo")
    ('One', '\\ntwo')
    """
    found = HEADING.search(_hidden(text))
    if found is None:
        return "", text
    place = 1 if found[1] else 2
    title = text[slice(*found.span(place))]
    return plain_text(title), text[: found.start()] + text[found.end() :]


def heading_of(text: str) -> str:
    """The last heading of a text, under which comes what follows."""
    found = [*HEADING.finditer(_hidden(text))][-1:]
    return plain_text(text[slice(*found[0].span(1 if found[0][1] else 2))]) if found else ""


def embedded(
    text: str, attachments: Mapping[str, Mapping[str, str]], path: Path
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The text of a notebook's cell with names for its pictures, and these; ReportError where one
    is not there.
    """
    pictures: list[tuple[str, str]] = []

    def named(found: re.Match) -> str:
        name = unescape(found[2])
        if ELSEWHERE.match(name) and not name.startswith(ATTACHED):
            return str(found[0])
        pictures.append((f"picture-{len(pictures)}.embedded", _data(name, attachments, path)))
        return f"{found[1]}{pictures[-1][0]}"

    hidden, end, parts = _hidden(text), 0, []
    for found in PICTURE.finditer(hidden):
        parts += [text[end : found.start()], named(found)]
        end = found.end()
    return "".join([*parts, text[end:]]), tuple(pictures)


def _data(name: str, attachments: Mapping[str, Mapping[str, str]], path: Path) -> str:
    """A picture as an address that holds it."""
    if name.startswith(ATTACHED):
        kinds = attachments.get(unquote(name.removeprefix(ATTACHED)), {})
        for kind, data in kinds.items():
            return f"data:{kind};base64,{''.join(data.split())}"
    elif (file := path.parent / unquote(name)).is_file():
        kind = mimetypes.guess_type(file.name)[0] or "image/png"
        return f"data:{kind};base64,{base64.b64encode(file.read_bytes()).decode()}"
    what = f"the picture {name!r} of a text is not there"
    raise ReportError(what, str(path), "put it beside the notebook")


def _formula(found: re.Match) -> str:
    text = unescape(found[2])
    drawn = formula(text) or in_signs(text)
    if not drawn:
        return str(found[0])
    return f'<p class="formula">{drawn}</p>' if found[1] == "$$" else drawn


def in_signs(text: str) -> str:
    """A formula that cannot be drawn, such as one with Chinese words, in signs of a line."""
    told = in_a_line(text)
    return f'<span class="math">{escape(told)}</span>' if told else ""


@cache
def formula(text: str) -> str:
    """A formula of LaTeX as a drawing, empty where matplotlib cannot draw it.

    >>> formula("x^2")[:30], formula("\\\\nothing{known}")
    ('<img class="math" alt="x^2" st', '')
    """
    from matplotlib import rc_context
    from matplotlib.font_manager import FontProperties
    from matplotlib.mathtext import MathTextParser

    from ..results.charts.canvas import to_svg

    bare = text.replace("\\displaystyle", "").strip().strip("$").strip()
    source = f"${bare}$".replace("\n", " ")
    if not source.isascii():
        return ""
    size = FontProperties(size=12)
    try:
        with rc_context({"mathtext.fontset": "cm"}):
            width, height, depth, *_ = MathTextParser("path").parse(source, dpi=72, prop=size)
            figure: Any = _sheet(source, width + 2, height + 2, depth + 1, size)
            data = base64.b64encode(to_svg(figure).encode()).decode()
    except (ValueError, RuntimeError):
        return ""
    style = f"height:{(height + 2) / 12:.2f}em;vertical-align:{-(depth + 1) / 12:.2f}em"
    src = f"data:image/svg+xml;base64,{data}"
    alt = escape(source.strip("$"), quote=True)
    return f'<img class="math" alt="{alt}" style="{style}" src="{src}">'


def _sheet(source: str, width: float, height: float, depth: float, size: Any) -> Any:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width / 72, height / 72))
    figure.patch.set_visible(False)
    figure.text(1 / width, depth / height, source, fontproperties=size)
    return figure


__all__ = ["embedded", "formula", "heading_of", "html_of_markdown", "plain_text", "titled"]
