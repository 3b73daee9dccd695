"""Parts of an overview: cards, each a figure with a verdict, and tiles, each a thing in a word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from .display import badge, tone_colour


@dataclass(frozen=True)
class Card:
    """A figure by itself: what it is, the figure large with its unit, its verdict as badge, its
    interval and cases `below`, its months as a drawing, the `rule`, what turns the verdict, and the
    drawn figures as comma-separated values.
    """

    title: str
    figure: str
    unit: str
    badge: str
    tone: str
    below: str = ""
    svg: str = ""
    alt: str = ""
    rule: str = ""
    turns: str = ""
    data: str = ""


@dataclass(frozen=True)
class Cards:
    """Cards side by side; `heads` are what stands over the columns where they are a table: card,
    figure, verdict, details, rule.

    >>> cards = Cards((Card("Refunds", "5.76", "days", "met", "good"),), ("", "", "", "", ""))
    >>> Cards.of(cards.to_dict()) == cards
    True
    """

    cards: tuple[Card, ...]
    heads: tuple[str, str, str, str, str]

    def to_dict(self) -> dict[str, Any]:
        """The cards as plain data."""
        cards = [dict(vars(card)) for card in self.cards]
        return {"kind": "cards", "cards": cards, "heads": list(self.heads)}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Cards:
        """The cards that `to_dict` made data of."""
        card, figure, verdict, details, rule = data["heads"]
        found = tuple(Card(**one) for one in data["cards"])
        return cls(found, (card, figure, verdict, details, rule))

    def _repr_html_(self) -> str:
        made = []
        for card in self.cards:
            edge = f"border-top:4px solid {tone_colour(card.tone)}"
            look = f"border:1px solid #ccc;{edge};padding:8px 12px;flex:1 1 260px;max-width:420px"
            figure = f'<b style="font-size:220%">{escape(card.figure)}</b> {escape(card.unit)}'
            drawing = card.svg[max(card.svg.find("<svg"), 0) :]
            label = escape(card.alt, quote=True)
            lines = [card.below, "", card.rule, card.turns]
            told = [f"<div><small>{escape(line)}</small></div>" if line else "" for line in lines]
            told[1] = f'<div role="img" aria-label="{label}">{drawing}</div>' if drawing else ""
            made.append(
                f'<div style="{look}"><b>{escape(card.title)}</b><div>{figure} '
                f"{badge(card.badge, card.tone)}</div>{''.join(told)}</div>"
            )
        return f'<div style="display:flex;flex-wrap:wrap;gap:14px">{"".join(made)}</div>'


@dataclass(frozen=True)
class Tile:
    """One thing in a word: its number, name and state, the whole name as `title`, and the place
    that it leads to.
    """

    number: str
    name: str
    state: str
    tone: str
    title: str = ""
    address: str = ""


@dataclass(frozen=True)
class Tiles:
    """Tiles under the headings of their groups, which may be empty; `heads` stand over group,
    number, name and state where they are a table.

    >>> tiles = Tiles((("One", (Tile("1", "refunds", "2/2", "good"),)),), ("", "", "", ""))
    >>> Tiles.of(tiles.to_dict()) == tiles
    True
    """

    groups: tuple[tuple[str, tuple[Tile, ...]], ...]
    heads: tuple[str, str, str, str]

    def to_dict(self) -> dict[str, Any]:
        """The tiles as plain data."""
        groups = [[head, [dict(vars(tile)) for tile in tiles]] for head, tiles in self.groups]
        return {"kind": "tiles", "groups": groups, "heads": list(self.heads)}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Tiles:
        """The tiles that `to_dict` made data of."""
        group, number, name, state = data["heads"]
        groups = ((head, tuple(Tile(**tile) for tile in tiles)) for head, tiles in data["groups"])
        return cls(tuple(groups), (group, number, name, state))

    def _repr_html_(self) -> str:
        look = "border:1px solid #ccc;padding:2px 8px;width:120px;border-left:5px solid "
        made = []
        for head, tiles in self.groups:
            told = []
            for tile in tiles:
                colour = tone_colour(tile.tone)
                state = f'<b style="color:{colour}">{escape(tile.state)}</b>'
                name = f"<small>{escape(tile.number)}</small><br>{escape(tile.name)}<br>{state}"
                title = escape(tile.title, quote=True)
                told.append(f'<div title="{title}" style="{look}{colour}">{name}</div>')
            row = f'<div style="display:flex;flex-wrap:wrap;gap:6px">{"".join(told)}</div>'
            made.append((f"<p><b>{escape(head)}</b></p>" if head else "") + row)
        return "".join(made)
