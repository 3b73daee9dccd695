"""A part of a page that opens: a line that says what is in it, and what it holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from .display import badge

PartOf = Callable[[Mapping[str, Any]], Any] | None  # reads a part of a page
Facets = Mapping[str, Sequence[str]]  # of a thing by what it is chosen by: words in a language


@dataclass(frozen=True)
class Fold:
    """What stands under one line and opens from it.

    `title` with `below` small under it and `badges`, each a text and its tone, is what is seen of
    it closed; `parts` is what it holds; `opened` whether it stands open at first, and `printed`
    whether a document prints it, which a workbook may hold whole. `anchor`: the name by which a
    page can be opened at it; `group`: the heading that it and its neighbours stand under; `facets`:
    what it can be chosen by, each with the values that it has; `facet`: the one that its rows are
    of, at whose choice it opens.

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
    facet: str = ""
    opened: bool = False
    printed: bool = True

    def to_dict(self) -> dict[str, Any]:
        """The fold as plain data."""
        made = {"kind": "fold", **vars(self), "parts": [part.to_dict() for part in self.parts]}
        made["badges"] = [list(pair) for pair in self.badges]
        made["facets"] = {name: list(found) for name, found in (self.facets or {}).items()}
        return made

    @classmethod
    def of(
        cls, data: Mapping[str, Any], part_of: Callable[[Mapping[str, Any]], Any] | None
    ) -> Fold:
        """The fold that `to_dict` made data of; `part_of` reads what it holds."""
        facets = {name: tuple(found) for name, found in data["facets"].items()}
        made = dict(data) | {"facets": facets or None}
        made["badges"] = tuple((text, tone) for text, tone in data["badges"])
        made["parts"] = tuple(part_of(part) for part in data["parts"]) if part_of else ()
        return cls(**made)

    def _repr_html_(self) -> str:
        told = " ".join(badge(text, tone) for text, tone in self.badges)
        below = f"<br><small>{escape(self.below)}</small>" if self.below else ""
        opened = " open" if self.opened else ""
        held = "".join(part._repr_html_() for part in self.parts)
        summary = f"<summary><b>{escape(self.title)}</b> {told}{below}</summary>"
        return f"<details{opened}>{summary}{held}</details>"


@dataclass(frozen=True)
class Filter:
    """Something that folds are chosen by: its name, what it is called, and its values in order."""

    name: str
    label: str
    choices: tuple[str, ...]


@dataclass(frozen=True)
class Folds:
    """Folds one under the other, and what they can be chosen by.

    >>> folds = Folds((Fold("Refunds", ()),), (Filter("port", "port", ("A", "B")),))
    >>> Folds.of({k: v for k, v in folds.to_dict().items() if k != "kind"}, None) == folds
    True
    """

    folds: tuple[Fold, ...]
    filters: tuple[Filter, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The folds as plain data."""
        filters = [[one.name, one.label, list(one.choices)] for one in self.filters]
        return {"kind": "folds", "folds": [f.to_dict() for f in self.folds], "filters": filters}

    @classmethod
    def of(cls, data: Mapping[str, Any], part_of: PartOf) -> Folds:
        """The folds that `to_dict` made data of."""
        bare = ({k: v for k, v in one.items() if k != "kind"} for one in data["folds"])
        filters = (Filter(name, label, tuple(found)) for name, label, found in data["filters"])
        return cls(tuple(Fold.of(one, part_of) for one in bare), tuple(filters))

    def _repr_html_(self) -> str:
        return "".join(fold._repr_html_() for fold in self.folds)
