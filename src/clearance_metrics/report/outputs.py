"""What a notebook's cells gave, as the parts of a page: text, blocks of the library, and whatever
else a cell can show.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..results.block import MIME, Block, Picture
from ..results.words import lacking, say

if TYPE_CHECKING:
    from nbformat import NotebookNode

# what a question cannot answer of this log is told in place of the answer; other errors are faults
TOLD = ("MissingColumn", "NothingToShow", "NoIndicator")
PICTURES = ("image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp")
# the richest first: a page shows the first that a cell offers
KINDS = (MIME, *PICTURES, "text/html", "text/markdown", "text/latex", "text/plain")
# how Python names an object that has nothing to say, such as <Axes: xlabel='month'>
NAMED_ONLY = re.compile(r"\s*(\[?<[^\n]*>\]?|Text\(.*\))\s*", re.DOTALL)
QUOTED = re.compile(r"'([^']+)'")


@dataclass(frozen=True)
class Prose:
    """Text of a page in Markdown."""

    text: str


@dataclass(frozen=True)
class Foreign:
    """What a cell showed that is no block of ours: `kind` is its media type, `about` the heading or
    comment that it stands under.
    """

    kind: str
    content: str
    about: str = ""


@dataclass(frozen=True)
class Page:
    """A page as data: its title and its parts in order; `published`: whether its figures are
    published ones.
    """

    title: str
    parts: tuple[Prose | Block | Foreign, ...] = ()
    published: bool = False


def page_of(book: NotebookNode, lang: str, published: bool = False) -> Page:
    """The page that a notebook which has run makes."""
    title, about = "", ""
    parts: list[Prose | Block | Foreign] = []
    for cell in book.cells:
        if cell.cell_type == "markdown":
            text = cell.source
            if text.startswith("# "):
                title, _, text = text.removeprefix("# ").partition("\n")
            headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
            about = headings[-1] if headings else about
            parts += [Prose(text)] if text.strip() else []
        elif cell.cell_type == "code":
            remark = re.match(r"\s*#\s*(.+)", cell.source)
            parts += shown(cell.outputs, lang, remark[1] if remark else about or title)
    return Page(title.strip(), tuple(_once(parts)), published)


def _once(parts: Sequence[Prose | Block | Foreign]) -> Iterator[Prose | Block | Foreign]:
    """The parts; a finding that a picture says is not said again over the table that follows it."""
    drawn = ""
    for part in parts:
        if isinstance(part, Block):
            told = replace(part, title="") if part.title and part.title in drawn else part
            last = part.parts[-1] if part.parts else None
            drawn = last.alt if isinstance(last, Picture) else ""
            yield told
        else:
            drawn = ""
            yield part


def shown(outputs: list[Any], lang: str, about: str = "") -> Iterator[Block | Foreign]:
    """What the outputs of one cell show."""
    pictured = any(set(PICTURES) & set(output.get("data", ())) for output in outputs)
    for output in outputs:
        kind = output["output_type"]
        if kind == "error":
            yield _told(output, lang)
        elif kind == "stream":
            if output["name"] == "stdout" and output["text"].strip():
                yield Foreign("text/plain", output["text"], about)
        elif found := _richest(output["data"]):
            if isinstance(found, Block):
                yield found
            elif not (found[0] == "text/plain" and pictured and NAMED_ONLY.fullmatch(found[1])):
                yield Foreign(*found, about)


def _richest(data: Mapping[str, Any]) -> Block | tuple[str, str] | None:
    kind = next((kind for kind in KINDS if kind in data), None)
    if kind is None:
        return None
    if kind == MIME:
        return Block.of(data[MIME])
    content = data[kind]
    return kind, content if isinstance(content, str) else "".join(content)


def _told(output: Mapping[str, Any], lang: str) -> Block:
    """What stands in place of an answer that the log cannot give."""
    what, *others = str(output["evalue"]).splitlines()
    if output["ename"] == "MissingColumn" and (named := QUOTED.search(what)):
        return Block(say("report.no_data", lang, missing=lacking(named[1])))
    if output["ename"] == "NoIndicator" and (named := QUOTED.search(what)):
        return Block(say("report.no_indicator", lang, number=named[1]))
    return Block(say("report.nothing", lang), note=what if lang == "en" else "")
