"""HTML, of prose or of another library, as the plain elements of the printed forms: what it says in
its order, each cell of a table as it is written.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from typing import Any

from ..results.display import Display
from .document import CODE, Element, Figure, Heading, Listing, Paragraph
from .formulas import in_a_line

PARTS = (
    "address article aside blockquote body center dd details div dl dt fieldset figcaption figure"
    " footer header hr html main nav p section summary tr"
)
RANKS = {"h1": 2, "h2": 2, "h3": 3, "h4": 3, "h5": 3, "h6": 3}
EMBEDDED = re.compile(r"data:image/([a-z]+)[^,;]*;base64,(.*)", re.DOTALL)
HEIGHT = re.compile(r"height:([\d.]+)em")
FIGURE = re.compile(r"[+\-−]?(\d{1,3}(,\d{3})+|0|[1-9]\d*)?(\.\d+)?%?|[+\-−]?\d(\.\d+)?e[+-]\d+")
NOTHING = frozenset({"", "nan", "none", "null", "nat", "<na>", "na", "–", "-", "inf"})
TYPE = re.compile(r"[a-z]+\d*(\[.*\])?|datetime\[.*\]|decimal\[.*\]")  # as polars writes them
STYLES = re.compile(r"<style\b.*?(</style\s*>|\Z)", re.DOTALL | re.IGNORECASE)


def elements_of(html: str, about: str = "") -> Iterator[Element]:
    """What a piece of HTML says; `about` is the caption of a table that has none.

    >>> [*elements_of("<p>A <b>b</b></p><h4>007")]
    [Paragraph(text='A b', role='body'), Heading(level=3, text='007')]
    """
    from lxml.html import fragment_fromstring

    if STYLES.sub("", html).strip():
        reader = _Reader(about)
        reader.inside(fragment_fromstring(STYLES.sub("", html), create_parent="div"))
        reader.close()
        yield from reader.made


class _Reader:
    """Goes through the HTML; text that runs on is gathered until something else begins."""

    def __init__(self, about: str) -> None:
        self.about, self.made, self.text = about, list[Element](), list[str]()

    def close(self) -> None:
        """What was gathered becomes a paragraph."""
        lines = [" ".join(line.split()) for line in "".join(self.text).split("\n")]
        told = "\n".join(lines).strip()
        self.text = []
        if told:
            self.made.append(Paragraph(told))

    def inside(self, node: Any) -> None:
        """All that an element holds."""
        self.text.append(_run(node.text))
        for child in node:
            if isinstance(child.tag, str):
                self.element(child)
            self.text.append(_run(child.tail))

    def element(self, node: Any) -> None:
        """One element: a part by itself, or more of the text that runs on."""
        own = _OWN.get(node.tag)
        if own:
            self.close()
            self.made += own(node, self.about)
        elif node.tag == "img":
            self._picture(node)
        elif node.tag == "br":
            self.text.append("\n")
        elif node.tag in PARTS.split():
            self.close()
            self.inside(node)
            self.close()
        elif node.tag == "a":
            self.text.append(_linked(node))
        else:
            self.inside(node)

    def _picture(self, node: Any) -> None:
        formula = node.get("class") == "math"
        alone = node.getparent().get("class") == "formula"
        figure = None if formula and not alone else _figure(node, self.about)
        if figure is None:
            self.text.append(_said(node))
        else:
            self.close()
            self.made.append(figure)


def _run(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")


def _said(node: Any) -> str:
    """What stands for a picture within a line: a formula in signs, or its words."""
    alt = node.get("alt") or ""
    return (in_a_line(alt) or alt) if node.get("class") == "math" else alt


def _figure(node: Any, about: str) -> Figure | None:
    """A picture that the page holds; None for one that is elsewhere."""
    found = EMBEDDED.match(node.get("src") or "")
    if not found:
        return None
    height = HEIGHT.search(node.get("style") or "")
    kind = {"jpg": "jpeg"}.get(found[1], found[1])
    em = float(height[1]) if height and node.get("class") == "math" else None
    return Figure(kind, base64.b64decode(found[2]), node.get("alt") or about, em)


def _linked(node: Any) -> str:
    """The words of a link, behind which its address stands."""
    words, address = _run(node.text_content()), node.get("href") or ""
    return f"{words} ({address})" if address.startswith("http") and address != words else words


def _heading(node: Any, _about: str) -> list[Element]:
    text = " ".join(_words(node).split())
    if not text:
        return []
    return [Heading(RANKS[node.tag], text)]


def _code(node: Any, _about: str) -> list[Element]:
    text = node.text_content().strip("\n")
    return [Paragraph(text, CODE)] if text.strip() else []


def _list(node: Any, about: str) -> list[Element]:
    """A list with the lists in it: how deep each item stands, and its number where it has one."""
    items: list[tuple[str, int, str]] = []
    beside: list[Element] = []
    _items(node, 0, items, beside, about)
    if not items:
        return beside
    texts, levels, numbers = zip(*items, strict=True)
    listing = Listing(
        texts, levels=levels if any(levels) else (), numbers=numbers if any(numbers) else ()
    )
    return [listing, *beside]


def _items(
    node: Any, level: int, items: list[tuple[str, int, str]], beside: list[Element], about: str
) -> None:
    count = int(node.get("start") or 1) if (node.get("start") or "1").isdigit() else 1
    for child in node:
        if child.tag in ("ul", "ol"):
            _items(child, level + 1, items, beside, about)
        if child.tag != "li":
            continue
        reader = _Reader(about)
        within = [inner for inner in child if inner.tag in ("ul", "ol")]
        for inner in within:
            child.remove(inner)
        reader.inside(child)
        reader.close()
        told = [made.text for made in reader.made if isinstance(made, Paragraph | Heading)]
        beside += [made for made in reader.made if not isinstance(made, Paragraph | Heading)]
        number = f"{count}." if node.tag == "ol" else ""
        items.append(("\n".join(told), level, number))
        count += 1
        for inner in within:
            _items(inner, level + 1, items, beside, about)


def _words(node: Any) -> str:
    """The text of a cell or heading; lines stay lines."""
    parts = [_run(node.text)]
    for child in node:
        if child.tag == "br":
            parts.append("\n")
        elif child.tag == "img":
            parts.append(_said(child))
        elif child.tag == "a":
            parts.append(_linked(child))
        elif isinstance(child.tag, str):
            around = "\n" if child.tag in PARTS.split() or child.tag == "li" else ""
            parts += [around, _words(child), around]
        parts.append(_run(child.tail))
    return "".join(parts)


def _table(node: Any, about: str) -> list[Element]:
    rows = [row for row in node.iter("tr") if next(row.iterancestors("table")) is node]
    grid, tags = _grid(rows)
    if not grid:
        return []
    above = _headed(rows, tags)
    heads, types = _heads(grid[:above], tags[:above])
    heads = heads or [""] * len(grid[0])
    body = grid[above:]
    for c, kind in enumerate(types):
        if kind == "str":  # polars quotes texts
            for row in body:
                row[c] = re.sub(r'^"(.*)"$', r"\1", row[c], flags=re.DOTALL)
    numbers = [c for c in range(len(heads)) if _numeric([row[c] for row in body])]
    caption = node.find("caption")
    told = " ".join(_words(caption).split()) if caption is not None else ""
    return [Display(heads, body, caption=told or about, numbers=numbers)]


def _grid(rows: list[Any]) -> tuple[list[list[str]], list[list[str]]]:
    """The cells of a table and their tags; one that spans several places stands in the first."""
    taken: dict[tuple[int, int], tuple[str, str]] = {}
    for r, row in enumerate(rows):
        c = 0
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            while (r, c) in taken:
                c += 1
            text = "\n".join(filter(None, (" ".join(x.split()) for x in _words(cell).split("\n"))))
            down, across = (_span(cell, name) for name in ("rowspan", "colspan"))
            over = cell.tag == "th" and row.getparent().tag == "thead"
            for i in range(min(down, len(rows) - r)):
                for j in range(across):
                    # a head says its name over each of its columns, a group in each of its rows
                    shown = i == 0 or cell.tag == "th", j == 0 or over
                    taken[r + i, c + j] = (text if all(shown) else "", cell.tag)
            c += across
    width = 1 + max((c for _, c in taken), default=-1)
    empty = ("", "td")
    cells = [[taken.get((r, c), empty) for c in range(width)] for r in range(len(rows))]
    filled = [row for row in cells if row]
    return [[t for t, _ in row] for row in filled], [[tag for _, tag in row] for row in filled]


def _span(cell: Any, name: str) -> int:
    text = (cell.get(name) or "1").strip()
    return min(max(int(text), 1), 1000) if text.isdecimal() else 1


def _headed(rows: list[Any], tags: list[list[str]]) -> int:
    """How many rows stand above the others."""
    above = sum(1 for row in rows if row.getparent().tag == "thead")
    if above:
        return above
    return 1 if set(tags[0]) == {"th"} else 0


def _heads(above: list[list[str]], tags: list[list[str]]) -> tuple[list[str], list[str]]:
    """One head of each column, from the outer to the inner one, and the types below them."""
    types: list[str] = []
    if len(above) > 1 and set(tags[-1]) == {"td"} and all(TYPE.fullmatch(t) for t in above[-1]):
        types, above = above[-1], above[:-1]
    heads = [" · ".join(dict.fromkeys(filter(None, c))) for c in zip(*above, strict=True)]
    return [head.replace("\n", " ") for head in heads], types


def _numeric(cells: list[str]) -> bool:
    """Whether a column holds figures: none that is a name, as 007 is, or no figure at all."""
    found = [cell for cell in cells if cell.lower() not in NOTHING]
    return bool(found) and all(FIGURE.fullmatch(cell) for cell in found)


_OWN: dict[str, Callable[[Any, str], list[Element]]] = {
    **dict.fromkeys(RANKS, _heading),
    "pre": _code,
    "ul": _list,
    "ol": _list,
    "table": _table,
}
