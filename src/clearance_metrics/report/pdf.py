"""Pages as one PDF, set by Typst: bookmarks, page numbers, Chinese fonts inside, the same bytes for
the same pages.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from unicodedata import east_asian_width

from ..results.display import TONES, Display
from ..results.words import say
from .document import (
    BODY,
    CODE,
    NOTE,
    SOURCE,
    Element,
    Figure,
    Heading,
    Listing,
    Paragraph,
    elements,
)
from .furniture import gathered
from .outputs import Page

# what Typst reads as markup in plain text
MARKUP = re.compile(r"([\\#\[\]$*_`<>@~=+/\-\"'])")
COLOURS = {"open": "#775d00", "none": "#5a6270"} | TONES
LONGEST = 200  # rows of one printed table; the workbook holds all
SHORT = 14  # columns of signs that are not broken over lines
NARROW = 100  # columns of signs that a whole line has, with room between them
LEADS = 3  # paragraphs that stay with what they lead to
WIDE = 7  # columns from which a table is set smaller


def pdf_of(pages: Sequence[Page], *, title: str, about: Sequence[str], lang: str) -> bytes:
    """The pages as one document; `about` are the lines below its title.

    >>> pdf_of([Page("A page")], title="Report", about=["2022"], lang="en")[:5]
    b'%PDF-'
    """
    with TemporaryDirectory() as folder:
        place = Path(folder)
        told = enumerate(gathered(pages, lang))
        body = "\n".join(_page(page, place, lang, i) for i, page in told)
        head = (
            files(__package__)
            .joinpath("report.typ")
            .read_text(encoding="utf-8")
            .replace("LANG", lang)
            .replace("TITLE", _quoted(title))
            .replace("ABOUT", "(" + "".join(f"{_quoted(line)}, " for line in about) + ")")
        )
        (place / "report.typ").write_text(f"{head}\n{body}\n", encoding="utf-8")
        return compiled(place / "report.typ")


def compiled(file: Path, **form: object) -> bytes:
    """What Typst makes of a file: a PDF, or a picture where `form` says format="png"."""
    import typst

    made = typst.compile(str(file), font_paths=fonts(), ignore_system_fonts=True, **form)
    return made[0] if isinstance(made, list) else made


def fonts() -> list[str]:
    """The folders of the fonts that have Chinese signs."""
    found = find_spec("zhplot")
    places = found.submodule_search_locations if found else None
    return [str(Path(place) / "fonts") for place in places or ()]


def png_of(picture: Figure, ppi: int = 200) -> bytes:
    """A drawing as PNG, for what takes no SVG."""
    if picture.kind != "svg":
        return picture.data
    with TemporaryDirectory() as folder:
        (Path(folder) / "picture.svg").write_bytes(picture.data)
        file = Path(folder) / "picture.typ"
        file.write_text(
            '#set page(width: auto, height: auto, margin: 0pt)\n#image("picture.svg")\n',
            encoding="utf-8",
        )
        return compiled(file, format="png", ppi=ppi)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'


def _plain(text: str) -> str:
    """Text that Typst takes as it is; lines stay lines."""
    return " \\ ".join(MARKUP.sub(r"\\\1", line) for line in text.splitlines())


def _page(page: Page, folder: Path, lang: str, place: int) -> str:
    parts, told = [], list(elements(page, lang))
    held = leading(told)
    for i, element in enumerate(told):
        name = f"p{place:02}-{i:03}"
        set_one = _element(element, folder / name, lang)
        parts.append(f"#lead[{set_one}]" if i in held else set_one)
    return ("#chapter\n" if place else "") + "\n\n".join(parts)


def leading(told: Sequence[Element]) -> set[int]:
    """The paragraphs between a heading and what it leads to, which stay on its page.

    >>> leading([Heading(2, "a"), Paragraph("b"), Heading(3, "c"), Paragraph("d")])
    {1}
    """
    found: set[int] = set()
    after: list[int] = []
    lead = False
    for i, element in enumerate(told):
        if isinstance(element, Paragraph) and element.role == BODY and lead:
            after.append(i)
        else:
            if isinstance(element, Heading | Figure | Display) and len(after) <= LEADS:
                found.update(after)
            lead, after = isinstance(element, Heading), []
    return found


def _element(element: Element, file: Path, lang: str) -> str:
    if isinstance(element, Heading):
        return f"{'=' * element.level} {_plain(element.text)}"
    if isinstance(element, Paragraph):
        if element.role == CODE:
            return f"#raw({_quoted_lines(element.text)}, block: true)"
        styled = {NOTE: "note", SOURCE: "source"}.get(element.role)
        return f"#{styled}[{_plain(element.text)}]" if styled else _plain(element.text)
    if isinstance(element, Listing):
        return _list(element)
    return _picture(element, file) if isinstance(element, Figure) else _table(element, lang)


def _quoted_lines(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _list(element: Listing) -> str:
    return "\n".join(
        f"{'  ' * level}{number or '-'} {f'#strong[{_plain(mark)}] ' if mark else ''}{_plain(item)}"
        for item, mark, level, number in element.lines()
    )


def _picture(element: Figure, file: Path) -> str:
    file = file.with_suffix(f".{element.kind}")
    file.write_bytes(element.data)
    size = f"height: {element.height}em" if element.height else f"width: {element.part:.0%}"
    return f"#align(center, image({_quoted(file.name)}, {size}, alt: {_quoted(element.alt)}))"


def _table(found: Display, lang: str) -> str:
    columns = len(found.heads)
    align = ["right" if i in found.numbers else "left" for i in range(columns)]
    longest = [_longest(found, i) for i in range(columns)]
    # a small table is as wide as it needs
    free = sum(longest) + 2 * columns > (NARROW if columns < WIDE else NARROW * 1.1)
    widths = [_width(one) if free else "auto" for one in longest]
    shown = found.cells[:LONGEST]
    head = ", ".join(f"[#strong[{_plain(text)}]]" for text in found.heads)
    rows = [
        "  " + ", ".join(_cell(found, r, i, text) for i, text in enumerate(row)) + ","
        for r, row in enumerate(shown)
    ]
    caption, *small = found.caption.split("\n")
    lines = [f"#caption[{_plain(caption)}]"] if caption else []
    lines += [f"#under[{_plain(line)}]" for line in small]
    size = "7.2pt" if columns >= WIDE else "8.2pt"
    lines += [
        f"#text(size: {size})[#table(columns: ({', '.join(widths)},),",
        f"  align: ({', '.join(align)},),",
        f"  table.header({head}),",
        *rows,
        ")]",
    ]
    left = len(found.cells) - len(shown)
    lines += [f"#note[{_plain(say('table.more', lang, n=left))}]"] if left > 0 else []
    below = " #linebreak() ".join(_plain(text) for text in found.below)
    lines += [f"#note[{below}]"] if below else []
    return "\n".join(lines)


def _longest(found: Display, column: int) -> int:
    """The columns of signs that the longest line of a column has."""
    lines = [line for row in found.cells[:LONGEST] for line in row[column].split("\n")]
    return max(columns_of(line) for line in (found.heads[column].split("\n")[0], *lines))


def _width(longest: int) -> str:
    """What short cells need; columns of longer texts share what is left by their length."""
    return "auto" if longest <= SHORT else f"{min(longest, 60)}fr"


def columns_of(text: str) -> int:
    """How wide a text is, a Chinese sign being two columns.

    >>> columns_of("均值"), columns_of("mean")
    (4, 4)
    """
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def _cell(found: Display, row: int, column: int, text: str) -> str:
    first, *small = text.split("\n")
    tone = found.tones.get((row, column))
    shown = _plain(first)
    if tone:
        shown = f'#text(fill: rgb("{COLOURS[tone]}"), weight: "bold")[{shown}]'
    shown += "".join(f" \\ #small[{_plain(line)}]" for line in small if line)
    return f"[{shown}]"
