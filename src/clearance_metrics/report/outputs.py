"""What a notebook's cells gave, as the parts of a page: text, blocks of the library, and whatever
else a cell can show.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..results.block import MIME, Block, Picture
from ..results.wording import capital
from ..results.words import in_words, lacking, say
from .foreign import ACTS, shows_less
from .prose import embedded, heading_of, titled

if TYPE_CHECKING:
    from nbformat import NotebookNode

# what a question cannot answer of this log is told in place of the answer; other errors are faults
TOLD = ("MissingColumn", "NothingToShow", "NoIndicator")
PICTURES = ("image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp")
# the richest first: a page shows the first that a cell offers
KINDS = (
    MIME,
    *PICTURES,
    "text/html",
    "text/markdown",
    "text/latex",
    "application/json",
    "text/plain",
)
# what drawing gives back, such as <Axes: xlabel='month'>, of which the picture says all
DRAWN = re.compile(
    r"<(\w+\.)*(Figure|Sub[fF]igure|\w*Axes\w*|matplotlib\.\S+|seaborn\.\S+|\w+Container)\b"
    r"|\bText\(|\b(Line2D|Rectangle)\("
)
EMPTY = re.compile(r"<Figure size \S+ with 0 Axes>")
ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+(?=>)")  # another one at each run
COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")  # of terminals
OVERWRITTEN = re.compile(r"[^\n\r]*\r(?!\n)(?=[^\n\r])")  # by what follows, as progress is
TAG = re.compile(r"<(style\b.*?</style\s*>|[^>]*>)", re.DOTALL | re.IGNORECASE)
STYLED = re.compile(r"\bT_([0-9a-f]{5,})(?=_|\b)")  # the name that pandas gives a styled table
REMARK = re.compile(r"^[ \t]*#(?!!|\s*%%)\s*(\S.*)", re.MULTILINE)
PUBLISHED = re.compile(r"\bpublished\(")  # a cell that sets published figures beside
# what an answer says for itself, and why
FOUND = re.compile(r"^ *finding: (.+)$(?:\n^ *why: (.+)$)?", re.MULTILINE)
QUOTED = re.compile(r"'([^']+)'")
MAIN_POINT = "main"  # the tag of a chapter that has one
CHAPTER = re.compile(r"^## ", re.MULTILINE)


@dataclass(frozen=True)
class Prose:
    """Text of a page in Markdown, and the data of its pictures by name; `main`: whether what the
    chapter that begins here finds is a main point of the page.
    """

    text: str
    pictures: tuple[tuple[str, str], ...] = ()
    main: bool = False


@dataclass(frozen=True)
class Foreign:
    """What a cell showed that is no block of ours: `kind` is its media type, `about` the heading or
    comment that it stands under, `width` that of a picture.
    """

    kind: str
    content: str
    about: str = ""
    width: int | None = None


@dataclass(frozen=True)
class Page:
    """A page as data: its title and its parts in order; `published`: whether its figures are
    published ones, `beside`: whether such stand beside those of the data.
    """

    title: str
    parts: tuple[Prose | Block | Foreign, ...] = ()
    published: bool = False
    beside: bool = False


def page_of(book: NotebookNode, lang: str, path: Path, published: bool = False) -> Page:
    """The page that a notebook which has run makes: its title is the first heading, or else the
    name of the file.
    """
    title = about = ""
    parts: list[Prose | Block | Foreign] = []
    for cell in book.cells:
        if cell.cell_type == "markdown":
            text = cell.source
            if not title:
                title, text = titled(text)
                about = title
            about = heading_of(text) or about
            found_text = embedded(text, cell.get("attachments", {}), path)
            main = MAIN_POINT in cell.get("metadata", {}).get("tags", ())
            parts += [Prose(*found_text, main)] if text.strip() else []
        elif cell.cell_type == "code":
            remark = REMARK.search(cell.source)
            parts += shown(cell.outputs, lang, remark[1] if remark else about)
    title = title or path.stem.replace("_", " ").strip() or path.stem
    settled = [_settled(part, title, n) for n, part in enumerate(_once(parts))]
    beside = any(c.cell_type == "code" and PUBLISHED.search(c.source) for c in book.cells)
    return Page(title, tuple(settled), published, beside)


def _once(parts: Sequence[Prose | Block | Foreign]) -> Iterator[Prose | Block | Foreign]:
    """The parts; a finding that a picture says is not said again over the table that follows it,
    nor a note that stands in the chapter already.
    """
    drawn = ""
    noted = set[str]()
    last_one: Prose | Block | Foreign | None = None
    for part in parts:
        if part == last_one and isinstance(part, Block) and not part.parts:
            continue  # a cause that two questions share is told once
        last_one = part
        if isinstance(part, Prose) and CHAPTER.search(part.text):
            noted.clear()
        if isinstance(part, Block):
            told = replace(part, title="") if part.title and part.title in drawn else part
            told = replace(told, note="") if part.parts and part.note in noted else told
            noted.add(part.note)
            last = part.parts[-1] if part.parts else None
            drawn = last.alt if isinstance(last, Picture) else ""
            yield told
        else:
            drawn = ""
            yield part


def _settled(part: Any, title: str, place: int) -> Any:
    """The part with what only the whole page knows."""
    if not isinstance(part, Foreign):
        return part
    # pandas draws the name of a styled table: the page is the same each time it is made
    names: dict[str, str] = {}
    content = (
        STYLED.sub(lambda m: names.setdefault(m[1], f"T_{place}_{len(names)}"), part.content)
        if part.kind == "text/html"
        else part.content
    )
    return Foreign(part.kind, content, part.about or title, part.width)


def shown(outputs: list[Any], lang: str, about: str = "") -> Iterator[Block | Foreign]:
    """What the outputs of one cell show."""
    pictured = any({MIME, *PICTURES} & set(output.get("data", ())) for output in outputs)
    before: list[Any] = []
    for output in outputs:
        for part in _parts(output, lang, about, pictured):
            halves = any(isinstance(one, Block) and one.role == "half" for one in before)
            if halves and output["output_type"] == "error" and isinstance(part, Block):
                part = replace(part, role="half")  # what is not there stands in its place
            picture = isinstance(part, Foreign) and part.kind in PICTURES
            # a figure as last line is shown twice: as the answer, and because pyplot has it open
            if not (picture and part in before):
                yield part
            before.append(part)


def _parts(
    output: Mapping[str, Any], lang: str, about: str, pictured: bool
) -> Iterator[Block | Foreign]:
    kind = output["output_type"]
    if kind == "error":
        yield _told(output, lang)
    elif kind == "stream":
        if output["name"] == "stdout" and output["text"].strip():
            yield Foreign("text/plain", _plain(output["text"]), about)
    elif found := _richest(output["data"]):
        kind, content = found
        if kind == MIME:
            yield Block.of(content)
        elif kind == "text/html":
            yield from _still(content, lang, about)
        elif kind == "text/plain":
            if not (EMPTY.fullmatch(content) or (pictured and DRAWN.search(content))):
                yield Foreign(kind, _plain(content), about)
        else:
            size = output.get("metadata", {}).get(kind, {})
            width = size.get("width") if isinstance(size, Mapping) else None
            yield Foreign(kind, content, about, width if isinstance(width, int) else None)


def _richest(data: Mapping[str, Any]) -> tuple[str, Any] | None:
    if any("widget-view" in kind for kind in data) and "text/html" not in data:
        return None  # only JupyterLab can draw it: progress, or a control
    kind = next((kind for kind in KINDS if kind in data), None)
    if kind is None:
        return None
    content = data[kind]
    if kind == "application/json":
        return "text/plain", json.dumps(content, ensure_ascii=False, indent=1)
    if kind == MIME or isinstance(content, str):
        return kind, content
    return kind, "".join(content)


def _still(content: str, lang: str, about: str) -> Iterator[Block | Foreign]:
    """HTML of another library; a page runs nothing and loads nothing, so what is not there without
    is told in words.
    """
    still = ACTS.sub("", content)
    shown = unescape(TAG.sub("", still)).strip() or "<img" in still or "<svg" in still
    if shown:
        yield Foreign("text/html", still, about)
    if shows_less(content) or (still != content and not shown):
        yield Block(say("report.scripted", lang))


def _plain(text: str) -> str:
    """Text as a terminal leaves it, without addresses."""
    return ADDRESS.sub("", OVERWRITTEN.sub("", COLOUR.sub("", text)))


def _told(output: Mapping[str, Any], lang: str) -> Block:
    """What stands in place of an answer that the log cannot give."""
    what, *_others = str(output["evalue"]).splitlines() or [""]
    if found := FOUND.search(str(output["evalue"])):
        return Block(capital(found[1]), note=found[2] or "")
    if output["ename"] == "MissingColumn" and (named := QUOTED.search(what)):
        return Block(say("report.no_data", lang, missing=in_words(lacking(named[1]))))
    if output["ename"] == "NoIndicator":
        if named := QUOTED.search(what):
            return Block(say("report.no_indicator", lang, number=named[1]))
        return Block(say("report.no_metric", lang))
    return Block(say("report.nothing", lang), note=what if lang == "en" else "")
