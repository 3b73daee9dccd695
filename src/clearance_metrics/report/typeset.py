"""Pages as HTML: each a file by itself, without a script and without a request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from importlib.resources import files
from typing import Any

from ..results.block import Block, Picture, Points, Text
from ..results.display import Display
from .outputs import Foreign, Page, Prose

ONE_LINE = len("2022-12-31")  # dates, months and numbers of cases are not broken over lines
ANCHOR = re.compile(r'<a class="anchor-link"[^>]*>.*?</a>')


def html_of(pages: Mapping[str, Page], file: str, **about: Any) -> str:
    """One page of a report; `about` is what its frame says."""
    from jinja2 import Environment, StrictUndefined

    template = files(__package__).joinpath("page.html").read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    page = pages[file]
    body = "\n".join(map(_part, page.parts))
    return environment.from_string(template).render(
        pages=pages, file=file, page=page, body=body, **about
    )


def _part(part: Prose | Block | Foreign) -> str:
    if isinstance(part, Prose):
        return _markdown(part.text)
    return _block(part) if isinstance(part, Block) else _foreign(part)


def _markdown(text: str) -> str:
    from nbconvert.filters import markdown2html

    return ANCHOR.sub("", markdown2html(text))


def _foreign(part: Foreign) -> str:
    """What another library showed, as it showed it."""
    kind, content = part.kind, part.content
    if kind == "text/html":
        return f'<div class="wide">{content}</div>'
    if kind == "text/markdown":
        return _markdown(content)
    if kind == "image/svg+xml":
        return Picture(content, part.about)._repr_html_()
    if kind.startswith("image/"):
        data = content.replace("\n", "")
        alt = escape(part.about, quote=True)
        return f'<div class="chart"><img src="data:{kind};base64,{data}" alt="{alt}"></div>'
    return f"<pre>{escape(content)}</pre>"


def _block(block: Block) -> str:
    parts = [
        f'<section class="block"><h3>{escape(block.title)}</h3>' if block.title else "<section>"
    ]
    parts += [_inner(part) for part in block.parts]
    parts += [f'<p class="note">{escape(block.note)}</p>'] if block.note else []
    parts += [f'<p class="source">{escape(block.source)}</p>'] if block.source else []
    return "".join([*parts, "</section>"])


def _inner(part: Display | Picture | Points | Text) -> str:
    if isinstance(part, Display):
        return _table(part)
    return _points(part) if isinstance(part, Points) else part._repr_html_()


def _points(part: Points) -> str:
    items = [
        f'<li><span class="v {p.tone}">{escape(p.badge)}</span> {escape(p.text)}'
        + (f"<small>{escape(p.below)}</small>" if p.below else "")
        + "</li>"
        for p in part.points
    ]
    return f"<ul class='points'>{''.join(items)}</ul>"


def _table(found: Display) -> str:
    head = "".join(_cell(found, "th", None, i, text) for i, text in enumerate(found.heads))
    body = "".join(
        "<tr>" + "".join(_cell(found, "td", r, i, text) for i, text in enumerate(row)) + "</tr>"
        for r, row in enumerate(found.cells)
    )
    title, *small = found.caption.split("\n")
    caption = (
        f"<caption>{escape(title)}{''.join(map(_small, small))}</caption>" if found.caption else ""
    )
    below = "".join(f'<p class="note">{escape(line)}</p>' for line in found.below)
    return (
        f'<div class="wide"><table>{caption}<thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>{below}"
    )


def _cell(found: Display, tag: str, row: int | None, column: int, text: str) -> str:
    first, *small = text.split("\n")
    tone = None if row is None else found.tones.get((row, column))
    shown = f'<span class="v {tone}">{escape(first)}</span>' if tone else escape(first)
    shown += "".join(map(_small, small))
    short = text.isascii() and len(text) <= ONE_LINE
    kind = "n" if column in found.numbers else "s" if short and tag == "td" else ""
    return f"<{tag}{f' class={chr(34)}{kind}{chr(34)}' if kind else ''}>{shown}</{tag}>"


def _small(line: str) -> str:
    return f"<small>{escape(line)}</small>" if line else ""
