"""Draws the pictures of the gallery from its own lines; `make gallery` runs it.

A page's blocks run in turn; a block with a picture below it makes that picture.
"""

from __future__ import annotations

import io
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PAGES = (HERE / "gallery.md", HERE / "gallery.zh.md")
BLOCK = re.compile(r"```python\n(.*?)```\n(?:\n!\[[^\]]*\]\((\S+)\))?", re.S)
DOTS, COLOURS = 100, 28  # per inch, and of one picture: enough to read, and small


def lines(page: Path) -> list[tuple[str, str]]:
    """Each block of a page, and the picture below it, or ""."""
    return BLOCK.findall(page.read_text(encoding="utf-8"))


def drawn(page: Path) -> Iterator[tuple[str, Callable[[], Any]]]:
    """The pictures of a page by name, each with what draws it from the log that is here."""
    names: dict[str, object] = {}
    for code, picture in lines(page):
        if picture:
            yield picture, partial(eval, compile(code.strip(), page.name, "eval"), names)
        else:
            exec(compile(code, page.name, "exec"), names)


def png(figure: Any) -> bytes:
    """A figure as a small PNG: the same bytes for the same figure."""
    from PIL import Image

    plain, small = io.BytesIO(), io.BytesIO()
    figure.savefig(plain, format="png", dpi=DOTS, metadata={"Software": None})
    picture = Image.open(plain).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    picture.save(small, format="png", optimize=True)
    return small.getvalue()


def main() -> None:
    """Draws them all from the demonstration."""
    sys.path.insert(0, str(HERE.parent / "tests"))
    import pages

    with tempfile.TemporaryDirectory() as folder:
        os.chdir(pages.demo(Path(folder)))
        for page in PAGES:
            for name, draw in drawn(page):
                (HERE / name).parent.mkdir(parents=True, exist_ok=True)
                (HERE / name).write_bytes(png(draw()))
        os.chdir(HERE)


if __name__ == "__main__":
    main()
