"""Draws the pictures of the gallery from its own lines: `python docs/gallery.py`, or `make gallery`.

A page's blocks run in turn; a block with a picture below it makes that picture.
"""

from __future__ import annotations

import ast
import io
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAGES = (HERE / "gallery.md", HERE / "gallery.zh.md")
BLOCK = re.compile(r"```python\n(.*?)```\n(?:\n!\[[^\]]*\]\((\S+)\))?", re.S)
DOTS, COLOURS = 80, 64  # per inch, and of one picture: enough to read, and small


def lines(page: Path) -> list[tuple[str, str]]:
    """Each block of a page, and the picture below it, or ""."""
    return BLOCK.findall(page.read_text(encoding="utf-8"))


def drawn(page: Path) -> Iterator[tuple[str, object]]:
    """The pictures of a page by name, drawn from the log where one stands."""
    names: dict[str, object] = {}
    for code, picture in lines(page):
        tree = ast.parse(code)
        last = tree.body.pop() if picture else None
        exec(compile(tree, page.name, "exec"), names)
        if isinstance(last, ast.Expr):
            yield picture, eval(compile(ast.Expression(last.value), page.name, "eval"), names)


def png(figure) -> bytes:
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
            for name, figure in drawn(page):
                (HERE / name).parent.mkdir(parents=True, exist_ok=True)
                (HERE / name).write_bytes(png(figure))
        os.chdir(HERE)


if __name__ == "__main__":
    main()
