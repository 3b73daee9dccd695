"""The figures in the Chinese text of each page of a report, block by block and as a whole."""

from __future__ import annotations

import re
import tempfile
from html.parser import HTMLParser
from pathlib import Path

from .names import build_report
from .record import Record

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
# a sign counts where no digit or letter stands before it: in 2021-08 it is no sign
NUMBER = re.compile(r"(?:(?<![0-9A-Za-z.])[-+−])?\d+(?:,\d{3})*(?:\.\d+)?%?")
DROPPED = ("svg", "style", "script")
# tags that are never closed
LONE = frozenset({"br", "hr", "img", "input", "link", "meta", "wbr", "col"})


class _Reader(HTMLParser):
    """Chinese text of <main>, cut where a section, a table's heading or a chapter begins."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[list[str]] = [[]]
        self.english: list[list[str]] = [[]]
        self.inside = False
        # open tags under one that is dropped, and whether that one is English
        self.depth = 0
        self.is_english = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "main":
            self.inside = True
        if tag in LONE:
            return
        if self.depth:
            self.depth += 1
            return
        english = dict(attrs).get("lang") == "en"
        if english or tag in DROPPED:
            self.depth, self.is_english = 1, english
        elif tag in ("section", "h2", "h4"):
            self.blocks.append([])
            self.english.append([])

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self.inside = False
        if self.depth and tag not in LONE:
            self.depth -= 1

    def handle_data(self, data: str) -> None:
        if not self.inside or not data.strip():
            return
        if not self.depth:
            self.blocks[-1].append(data.strip())
        elif self.is_english:
            self.english[-1].append(data.strip())


def figures(text: str) -> list[str]:
    """The numbers of a text as they are printed.

    >>> figures("2021-08同比-4.59（12.5%），n=3,784")
    ['2021', '08', '-4.59', '12.5%', '3,784']
    """
    return NUMBER.findall(text)


def read(record: Record, name: str, html: str) -> None:
    """The figures and sentences of one page."""
    reader = _Reader()
    reader.feed(html)
    every: list[str] = []
    for place, (chinese, english) in enumerate(zip(reader.blocks, reader.english, strict=True)):
        found = figures(" ".join(chinese))
        every += found
        for i, number in enumerate(found):
            record.numbers[f"page|{name}|{place:02}|{i:04}"] = number
        for language, text in (("zh", chinese), ("en", english)):
            if text:
                record.words[f"page|{name}|{place:02}|{language}"] = " ".join(text)
    # blocks may be put together in another way: the page as a whole stands beside them
    record.numbers[f"pages|{name}"] = list(every)


def pages(record: Record, folder: Path) -> None:
    """Every page of the report on a log."""
    with tempfile.TemporaryDirectory() as out:
        made = build_report(folder, notebooks=NOTEBOOKS, out=out, formats=("html",))
        for path in sorted(made.parent.glob("*.html")):
            read(record, path.stem, path.read_text(encoding="utf-8"))


__all__ = ["figures", "pages", "read"]
