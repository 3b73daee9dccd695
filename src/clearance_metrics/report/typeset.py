"""Pages as HTML: each a file by itself, without a script and without a request."""

from __future__ import annotations

import base64
import re
from collections.abc import Collection, Mapping
from html import escape, unescape
from importlib.resources import files
from typing import Any

from ..results.block import Block, Part, Picture, Points
from ..results.display import Display
from ..results.parts import Cards, Tiles
from ..results.words import say
from .cards import bar, cards_html, in_rows, lead_of, lines_of, tiles_html
from .filters import filter_of, held
from .foreign import cleaned
from .furniture import FOLDED, MAIN
from .outputs import Foreign, Page, Prose
from .prose import formula, html_of_markdown

HEADING = re.compile(r"<h(2)[^>]*>(.*?)</h2>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")
ADDRESS = re.compile(r"https?://[\w\-./~%?=&;#+:@!$*]*[\w/]", re.ASCII)
ONE_LINE = len("2022-12-31")  # dates, months and numbers of cases are not broken over lines


def html_of(pages: Mapping[str, Page], file: str, *, lang: str, **about: Any) -> str:
    """One page of a report; `about` is what its frame says."""
    from jinja2 import Environment, StrictUndefined

    template = files(__package__).joinpath("page.html").read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    page = pages[file]
    lead, parts = lead_of(page)
    body, chapters = _chapters(in_rows(parts, lambda part: _part(part, pages, lang)))
    first = {"heading": lead.title if lead else page.title, "lines": lines_of(lead)}
    style = files(__package__).joinpath("page.css").read_text(encoding="utf-8")
    return environment.from_string(template).render(
        pages=pages,
        file=file,
        page=page,
        body=body,
        chapters=chapters,
        style=style,
        lang=lang,
        **first,
        **about,
    )


def _chapters(body: str) -> tuple[str, list[tuple[str, str]]]:
    """The body with a name for each of its headings, and the chapters by name."""
    found: list[tuple[str, str]] = []

    def named(heading: re.Match) -> str:
        rank, text = heading[1], unescape(TAG.sub("", heading[2]))
        name = f"s{len(found) + 1}"
        found.append((name, text))
        return f'<h{rank} id="{name}">{heading[2]}</h{rank}>'

    return HEADING.sub(named, body), found


def _part(part: Prose | Block | Foreign, files: Collection[str], lang: str) -> str:
    if isinstance(part, Prose):
        return html_of_markdown(part.text, files, part.pictures)
    return _block(part, files, lang) if isinstance(part, Block) else _foreign(part, files)


def _foreign(part: Foreign, files: Collection[str]) -> str:
    """What another library showed, as it showed it."""
    kind, content = part.kind, part.content
    if kind == "text/html":
        label = f' role="group" tabindex="0" aria-label="{escape(part.about, quote=True)}"'
        held = label if part.about and "<table" in content else ""
        return f'<div class="wide own"{held}>{cleaned(content, part.about)}</div>'
    if kind == "text/markdown":
        return html_of_markdown(content, files)
    if kind == "text/latex" and (drawn := formula(content)):
        return f'<p class="formula">{drawn}</p>'
    if kind.startswith("image/"):
        # as a picture by itself: names and styles within a drawing do not reach the page
        own = kind == "image/svg+xml"
        data = base64.b64encode(content.encode()).decode() if own else "".join(content.split())
        alt = escape(part.about, quote=True)
        width = f' width="{part.width}"' if part.width else ""
        return f'<div class="chart"><img src="data:{kind};base64,{data}" alt="{alt}"{width}></div>'
    return f"<pre>{escape(content)}</pre>"


def _block(block: Block, files: Collection[str], lang: str) -> str:
    if block.role == FOLDED:
        told = "".join(_inner(part, files, lang) for part in block.parts)
        return f'<details class="about"><summary>{escape(block.title)}</summary>{told}</details>'
    if block.role == MAIN:
        told = "".join(_inner(part, files, lang) for part in block.parts)
        label = escape(say("furniture.main", lang), quote=True)
        return f'<section class="main" aria-label="{label}">{told}</section>'
    parts = [
        f'<section class="block"><h3>{escape(block.title)}</h3>' if block.title else "<section>"
    ]
    parts += [filter_of(block, lang)]
    parts += [_inner(part, files, lang) for part in block.parts]
    parts += [f'<p class="note">{escape(block.note)}</p>'] if block.note else []
    parts += [f'<p class="source">{escape(block.source)}</p>'] if block.source else []
    return "".join([*parts, "</section>"])


def _inner(part: Part, files: Collection[str], lang: str) -> str:
    if isinstance(part, Display):
        return _table(part)
    if isinstance(part, Cards | Tiles):
        return cards_html(part) if isinstance(part, Cards) else tiles_html(part, files)
    if isinstance(part, Picture):
        label = escape(say("report.chart", lang), quote=True)
        held = f'<div class="scroll" role="group" tabindex="0" aria-label="{label}">'
        return f"{held}{part._repr_html_()}</div>{_data(part, lang)}"
    return _points(part) if isinstance(part, Points) else part._repr_html_()


def _data(picture: Picture, lang: str) -> str:
    """The figures of a picture, to be taken along; within the page, which asks for nothing."""
    if not picture.data:
        return ""
    # with the mark that Excel looks for
    text = base64.b64encode(picture.data.encode("utf-8-sig")).decode()
    words = escape(say("report.download_data", lang))
    address = f"data:text/csv;charset=utf-8;base64,{text}"
    return f'<p class="take"><a download="chart.csv" href="{address}">{words}</a></p>'


def _points(part: Points) -> str:
    items = [
        "<li>"
        + (f'<span class="v {p.tone}">{escape(p.badge)}</span> ' if p.badge else "")
        + escape(p.text)
        + (f"<small>{escape(p.below)}</small>" if p.below else "")
        + "</li>"
        for p in part.points
    ]
    return f"<ul class='points'>{''.join(items)}</ul>"


def _table(found: Display) -> str:
    """A table; its cells know their heads, for screens on which it is read line by line."""
    head = "".join(_cell(found, "th", None, i, text) for i, text in enumerate(found.heads))
    body = "".join(
        '<tr role="row">'
        + "".join(_cell(found, "td", r, i, text) for i, text in enumerate(row))
        + "</tr>"
        for r, row in enumerate(found.cells)
    )
    title, *small = found.caption.split("\n")
    caption = (
        f"<caption>{escape(title)}{''.join(map(_small, small))}</caption>" if found.caption else ""
    )
    below = "".join(f'<p class="note">{escape(line)}</p>' for line in found.below)
    told = f' role="group" tabindex="0" aria-label="{escape(title, quote=True)}"' if title else ""
    told += f' id="{escape(found.anchor, quote=True)}"' if found.anchor else ""
    return held(
        found,
        f'<div class="wide"{told}><table class="stack" role="table">{caption}'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead>'
        f'<tbody role="rowgroup">{body}</tbody></table></div>{below}',
    )


def _cell(found: Display, tag: str, row: int | None, column: int, text: str) -> str:
    first, *small = text.split("\n")
    short = text.isascii() and len(text) <= ONE_LINE
    kind = "n" if column in found.numbers else "s" if short and tag == "td" else ""
    told = f' class="{kind}"' if kind else ""
    if row is None:
        return f'<th role="columnheader" scope="col"{told}>{escape(first)}</th>'
    tone = found.tones.get((row, column))
    shown = f'<span class="v {tone}">{escape(first)}</span>' if tone else _linked(first)
    shown += bar(found, row, column) + "".join(map(_small, small))
    head = escape(found.heads[column], quote=True)
    return f'<td role="cell" data-head="{head}"{told}><span class="c">{shown}</span></td>'


def _small(line: str) -> str:
    return f"<small>{_linked(line)}</small>" if line else ""


def _linked(text: str) -> str:
    """A text whose addresses lead where they say."""
    return ADDRESS.sub(r'<a href="\g<0>">\g<0></a>', escape(text))
