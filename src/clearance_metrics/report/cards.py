"""Cards, tiles, small pictures and what a page says first, as HTML."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from html import escape
from itertools import groupby
from urllib.parse import quote

from ..results.block import Block, Text
from ..results.charts.palette import following
from ..results.display import Display, head_word
from ..results.parts import Card, Cards, Tile, Tiles
from ..results.words import say
from .outputs import Foreign, Page, Prose

NO_ADDRESS = re.compile("[%#\\s\x00-\x1f\x7f]")  # in an address: marks of its own, ends of lines
TARGET = re.compile(r"([^#/]+)\.ipynb(#.*)?")


def lead_of(page: Page) -> tuple[Block | None, list[Prose | Block | Foreign]]:
    """What the page says first, and its other parts."""
    first = next((p for p in page.parts if isinstance(p, Block) and p.role == "lead"), None)
    return first, [part for part in page.parts if part is not first]


def lines_of(lead: Block | None) -> list[str]:
    """What stands in plain lines below the title."""
    parts = lead.parts if lead else ()
    return [part.text for part in parts if isinstance(part, Text)]


def in_rows(
    parts: Sequence[Prose | Block | Foreign], html: Callable[[Prose | Block | Foreign], str]
) -> str:
    """The parts as HTML, halves that follow each other side by side; one keeps to its half."""
    made = []
    for half, several in groupby(parts, key=lambda p: isinstance(p, Block) and p.role == "half"):
        told = [html(part) for part in several]
        made += [f'<div class="pair">{"".join(told)}</div>'] if half else told
    return "\n".join(made)


def cards_html(part: Cards, lang: str) -> str:
    """Cards side by side."""
    return f'<div class="cards">{"".join(_card(card, lang) for card in part.cards)}</div>'


def data_html(data: str, lang: str) -> str:
    """The figures of a picture, to be taken along; within the page, which asks for nothing."""
    if not data:
        return ""
    # what an address cannot hold as it is; first the mark that Excel looks for
    text = "\ufeff" + NO_ADDRESS.sub(lambda found: quote(found[0]), data)
    words = escape(say("report.download_data", lang))
    address = escape(f"data:text/csv;charset=utf-8,{text}", quote=True)
    return f'<p class="take"><a download="chart.csv" href="{address}">{words}</a></p>'


def _card(card: Card, lang: str) -> str:
    drawing = following(card.svg[max(card.svg.find("<svg"), 0) :])
    label = escape(card.alt, quote=True)
    picture = f'<div class="chart" role="img" aria-label="{label}">{drawing}</div>'
    lines = [f"<p>{escape(line)}</p>" for line in (card.rule, card.turns) if line]
    return (
        f'<article class="card {card.tone}"><h3>{escape(card.title)}</h3>'
        f'<p class="big"><span class="figure">{escape(card.figure)}</span> {escape(card.unit)} '
        f'<span class="v {card.tone}">{escape(card.badge)}</span></p>'
        f"{f'<p>{escape(card.below)}</p>' if card.below else ''}"
        f"{picture if drawing else ''}{''.join(lines)}{data_html(card.data, lang)}</article>"
    )


def tiles_html(part: Tiles, files: Collection[str]) -> str:
    """Tiles under their headings; one leads on where the report has the page."""
    made = []
    for head, tiles in part.groups:
        made += [f"<h3>{escape(head)}</h3>"] if head else []
        made.append(f'<ul class="tiles">{"".join(_tile(tile, files) for tile in tiles)}</ul>')
    return "".join(made)


def _tile(tile: Tile, files: Collection[str]) -> str:
    inner = (
        f"<small>{escape(tile.number)}</small><b>{escape(tile.name)}</b><i>{escape(tile.state)}</i>"
    )
    found = TARGET.fullmatch(tile.address)
    page = f"{found[1]}.html" if found else ""
    title = f' title="{escape(tile.title, quote=True)}"' if tile.title else ""
    tag = "span"
    if found and page in files:
        tag, title = "a", f' href="{escape(page + (found[2] or ""), quote=True)}"{title}'
    return f'<li class="tile {tile.tone}"><{tag}{title}>{inner}</{tag}></li>'


def bar(found: Display, row: int | None, column: int) -> str:
    """The bar beside a figure of a table; empty where it has none."""
    if row is None or column not in found.bars:
        return ""
    return f'<i class="bar-of"><b style="width:{100 * found.bars[column][row]:.1f}%"></b></i>'


def tables_of(part: Cards | Tiles, lang: str = "", *, sheets: bool = False) -> Display:
    """Cards or tiles as a table, as other forms than HTML show them; in `sheets` a unit has
    a column of its own, so that the figure beside it is a number.
    """
    if isinstance(part, Cards):
        told = [
            (
                card.title,
                *((card.figure, card.unit) if sheets else (f"{card.figure} {card.unit}".strip(),)),
                card.badge,
                card.below,
                "\n".join(line for line in (card.rule, card.turns) if line),
            )
            for card in part.cards
        ]
        card, figure, *others = part.heads
        heads = (card, figure, *((head_word("unit", lang),) if sheets else ()), *others)
        tones = {(r, 2 + sheets): one.tone for r, one in enumerate(part.cards)}
        return Display(heads, told, tones=tones)
    rows = [(head, tile) for head, tiles in part.groups for tile in tiles]
    parted = any(head for head, _ in rows)
    cells = [
        (*((head,) if parted else ()), tile.number, tile.name, tile.state) for head, tile in rows
    ]
    tones = {(r, 2 + parted): tile.tone for r, (_, tile) in enumerate(rows)}
    return Display(part.heads[0 if parted else 1 :], cells, tones=tones)
