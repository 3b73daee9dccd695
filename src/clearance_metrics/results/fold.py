"""A part of a page that opens: a line that says what is in it, and what it holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from .display import badge

Facets = Mapping[str, Sequence[str]]  # of a thing by what it is chosen by: words in a language


@dataclass(frozen=True)
class Fold:
    """What stands under one line and opens from it.

    `title` with `below` small under it and `badges`, each a text and its tone, is what is seen of
    it closed; `parts` is what it holds; `opened` whether it stands open at first, and `printed`
    whether a document prints it, which a workbook may hold whole. `anchor`: the name by which a
    page can be opened at it; `group`: the heading that it and its neighbours stand under; `facets`:
    what it can be chosen by, each with the values that it has.

    >>> fold = Fold("Refunds", parts=(), badges=(("met", "good"),), facets={"port": ("A", "B")})
    >>> Fold.of({k: v for k, v in fold.to_dict().items() if k != "kind"}, None) == fold
    True
    """

    title: str
    parts: tuple[Any, ...]
    below: str = ""
    badges: tuple[tuple[str, str], ...] = ()
    anchor: str = ""
    group: str = ""
    facets: Facets | None = None
    opened: bool = False
    printed: bool = True

    def to_dict(self) -> dict[str, Any]:
        """The fold as plain data."""
        made = {"kind": "fold", **vars(self), "parts": [part.to_dict() for part in self.parts]}
        made["badges"] = [list(pair) for pair in self.badges]
        made["facets"] = {name: list(found) for name, found in (self.facets or {}).items()}
        return made

    @classmethod
    def of(cls, data: Mapping[str, Any], part_of: Callable[[Mapping[str, Any]], Any] | None) -> Fold:
        """The fold that `to_dict` made data of; `part_of` reads what it holds."""
        facets = {name: tuple(found) for name, found in data["facets"].items()}
        made = dict(data) | {"facets": facets or None}
        made["badges"] = tuple((text, tone) for text, tone in data["badges"])
        made["parts"] = tuple(part_of(part) for part in data["parts"]) if part_of else ()
        return cls(**made)

    def _repr_html_(self) -> str:
        head = f"<h4>{escape(self.group)}</h4>" if self.group else ""
        told = " ".join(badge(text, tone) for text, tone in self.badges)
        below = f"<br><small>{escape(self.below)}</small>" if self.below else ""
        opened = " open" if self.opened else ""
        held = "".join(part._repr_html_() for part in self.parts)
        summary = f"<summary><b>{escape(self.title)}</b> {told}{below}</summary>"
        return f"{head}<details{opened}>{summary}{held}</details>"
