"""Pages as HTML: each a file by itself, without a script and without a request."""

from __future__ import annotations

import base64
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from html import escape, unescape
from importlib.resources import files
from typing import Any

from ..results.block import Block, Part, Picture, Points
from ..results.charts.palette import following, rules
from ..results.display import Display
from ..results.fold import Filter, Fold, Folds
from ..results.parts import Cards, Tiles
from ..results.words import say
from .cards import cards_html, data_html, in_rows, lead_of, lines_of, tiles_html
from .filters import form_of, marks, name_of, rules_of
from .foreign import cleaned
from .furniture import FOLDED, MAIN
from .outputs import Foreign, Page, Prose
from .prose import formula, html_of_markdown, in_signs
from .tables import table_html

HEADING = re.compile(r"<h(2)[^>]*>(.*?)</h2>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")


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
    style += rules() + rules_of(page)
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
    if kind == "text/latex" and (drawn := formula(content) or in_signs(content.strip("$ \n"))):
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
    parts += [_inner(part, files, lang) for part in block.parts]
    parts += [f'<p class="note">{escape(block.note)}</p>'] if block.note else []
    parts += [f'<p class="source">{escape(block.source)}</p>'] if block.source else []
    return "".join([*parts, "</section>"])


def _inner(part: Part, files: Collection[str], lang: str, by: Sequence[Filter] = ()) -> str:
    if isinstance(part, Display):
        return table_html(part, lang, by)
    if isinstance(part, Fold):
        return _fold(part, files, lang, by)
    if isinstance(part, Folds):
        return _folds(part, files, lang)
    if isinstance(part, Cards | Tiles):
        return cards_html(part, lang) if isinstance(part, Cards) else tiles_html(part, files)
    if isinstance(part, Picture):
        return _picture(part, lang) + data_html(part.data, lang)
    return _points(part) if isinstance(part, Points) else part._repr_html_()


def _picture(part: Picture, lang: str) -> str:
    """A drawing, and in its place a narrow one where the screen is; one that has none can be moved
    sideways there.
    """
    if not part.narrow:
        label = escape(say("report.chart", lang), quote=True)
        held = f'<div class="scroll" role="group" tabindex="0" aria-label="{label}">'
        return f"{held}{replace(part, svg=following(part.svg))._repr_html_()}</div>"
    label = escape(part.alt, quote=True)
    wide, narrow = (
        following(drawn[max(drawn.find("<svg"), 0) :]) for drawn in (part.svg, part.narrow)
    )
    return (
        f'<div class="chart two" role="img" aria-label="{label}"><div>{wide}</div>'
        f"<div>{narrow}</div></div>"
    )


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


def _folds(part: Folds, files: Collection[str], lang: str) -> str:
    """Folds under the headings of their groups, and what they can be chosen by."""
    made, groups, last = [form_of(part, lang)], dict.fromkeys(f.group for f in part.folds), None
    order = list(groups)
    for fold in part.folds:
        if fold.group != last and fold.group:
            place = order.index(fold.group)
            made.append(f'<h4 class="group g{place}">{escape(fold.group)}</h4>')
        last = fold.group
        made.append(_fold(fold, files, lang, part.filters))
    if part.filters:
        none = escape(say("sheet.nothing", lang))
        made.append(f'<p class="left-none" role="status">{none}</p>')
    return f'<div class="folds" id="{escape(name_of(part), quote=True)}">{"".join(made)}</div>'


def _fold(fold: Fold, files: Collection[str], lang: str, by: Sequence[Filter]) -> str:
    """A fold: what is seen of it closed, and what it holds. Its name stands inside, so that a
    browser opens it for who comes by the name.
    """
    told = "".join(f' <span class="v {tone}">{escape(text)}</span>' for text, tone in fold.badges)
    below = f"<small>{escape(fold.below)}</small>" if fold.below else ""
    kind = f"of-{fold.facet}" if fold.facet else "fold" if fold.facets is not None else "inner"
    if not fold.printed:  # a document says where it is; whoever prints it opened sees it
        kind += " on-screen"
        below += f'<small class="on-paper">{escape(say("sheet.in_workbook", lang))}</small>'
    chosen = marks(by, dict(fold.facets)) if fold.facets else ""
    tag = "h5" if fold.facets is not None else "b"
    held = "".join(_inner(part, files, lang, by) for part in fold.parts)
    name = f' id="{escape(fold.anchor, quote=True)}"' if fold.anchor else ""
    return (
        f'<details class="{kind}"{chosen}{" open" if fold.opened else ""}>'
        f"<summary><{tag}>{escape(fold.title)}</{tag}>{told}{below}</summary>"
        f"<div{name}>{held}</div></details>"
    )
