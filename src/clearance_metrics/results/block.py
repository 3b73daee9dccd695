"""What a page is made of, as data: a finding with its tables, pictures and texts, and the source.

A notebook shows a block as HTML; a report takes the data and typesets them, so that every form of
a page says the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING, Any

from ..errors import NothingToShow
from .display import Display, badge
from .fold import Fold, Folds
from .parts import Cards, Tiles

if TYPE_CHECKING:
    from .table import ResultTable

# under this name a notebook's output carries a block as data
MIME = "application/vnd.clearance-metrics.block+json"
LIST = "list"  # the role of what things are looked up in: it finds nothing


@dataclass(frozen=True)
class Picture:
    """A drawing as SVG, with its finding in words for those who do not see it, its figures as
    comma-separated values, and the drawing `narrow`, for screens of the width of a hand.
    """

    svg: str
    alt: str
    data: str = ""
    narrow: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The picture as plain data."""
        return {"kind": "picture"} | dict(vars(self))

    def _repr_html_(self) -> str:
        label = escape(self.alt, quote=True)
        drawn = self.svg[max(self.svg.find("<svg"), 0) :]
        return f'<div class="chart" role="img" aria-label="{label}">{drawn}</div>'


@dataclass(frozen=True)
class Point:
    """One finding of a list: a verdict as badge with its tone, a text, and smaller words below."""

    badge: str
    tone: str
    text: str
    below: str = ""


@dataclass(frozen=True)
class Points:
    """Findings, one under the other."""

    points: tuple[Point, ...]

    def to_dict(self) -> dict[str, Any]:
        """The findings as plain data."""
        return {"kind": "points", "points": [dict(vars(point)) for point in self.points]}

    def _repr_html_(self) -> str:
        items = [
            f"<li>{badge(p.badge, p.tone) if p.badge else ''} {escape(p.text)}"
            + (f"<br><small>{escape(p.below)}</small>" if p.below else "")
            + "</li>"
            for p in self.points
        ]
        return f"<ul>{''.join(items)}</ul>"


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str

    def to_dict(self) -> dict[str, Any]:
        """The paragraph as plain data."""
        return {"kind": "text", "text": self.text}

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.text)}</p>"


Part = Display | Picture | Points | Text | Cards | Tiles | Fold | Folds


@dataclass(frozen=True)
class Block:
    """One finding: a title, what bears it out, what must be known of it, and where it comes from.

    `role`: "lead" is what a page says first, "half" may stand beside another one. `sheets`: tables
    that a workbook holds in place of those that are shown.

    >>> Block("Half", (Text("of them"),), source="log").to_dict()["parts"]
    [{'kind': 'text', 'text': 'of them'}]
    """

    title: str = ""
    parts: tuple[Part, ...] = ()
    note: str = ""
    source: str = ""
    role: str = ""
    sheets: tuple[Display, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The block as plain data, which `Block.of` reads."""
        made = dict(vars(self))
        made["parts"] = [part.to_dict() for part in self.parts]
        made["sheets"] = [sheet.to_dict() for sheet in self.sheets]
        return made

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Block:
        """The block that `to_dict` made data of."""
        parts = tuple(map(_part, data["parts"]))
        sheets = tuple(_part(sheet) for sheet in data.get("sheets", ()))
        role = data.get("role", "")
        return cls(data["title"], parts, data["note"], data["source"], role, sheets)  # type: ignore

    def bundle(self, plain: str = "") -> dict[str, object]:
        """What Jupyter is given to choose from: text, HTML, and the data for a page."""
        return {
            "text/plain": plain or self.title,
            "text/html": self._repr_html_(),
            MIME: self.to_dict(),
        }

    def _repr_mimebundle_(self, **_asked: object) -> dict[str, object]:
        return self.bundle()

    def _repr_html_(self) -> str:
        small = 'style="color:#5a6270;font-size:85%"'
        size = "h2" if self.role == "lead" else "h4"
        return "".join(
            [
                f"<{size}>{escape(self.title)}</{size}>" if self.title else "",
                *(part._repr_html_() for part in self.parts),
                f"<p {small}>{escape(self.note)}</p>" if self.note else "",
                f"<p {small}>{escape(self.source)}</p>" if self.source else "",
            ]
        )


def pictured(answer: ResultTable, lang: str, more: Mapping[str, Any]) -> Block:
    """The block of an answer with its picture above the other parts; as it is where there is
    nothing to draw.
    """
    from .charts.canvas import drawings

    block = answer.block(lang)
    try:
        figure = answer._drawn(lang, "", "", **more)
    except NothingToShow:
        return block
    wide, narrow = drawings(figure)
    drawn = Picture(wide, answer._alt(lang), answer.drawn_data(), narrow)
    return replace(block, parts=(drawn, *block.parts))


def _part(data: Mapping[str, Any]) -> Part:
    known = {key: value for key, value in data.items() if key != "kind"}
    kind = data["kind"]
    if kind == "table":
        return Display.of(known)
    if kind in ("fold", "folds"):
        return Fold.of(known, _part) if kind == "fold" else Folds.of(known, _part)
    if kind in ("cards", "tiles"):
        return Cards.of(known) if kind == "cards" else Tiles.of(known)
    if kind == "points":
        return Points(tuple(Point(**point) for point in known["points"]))
    return Picture(**known) if kind == "picture" else Text(**known)
