"""The pages of docs/api: what their examples answer, and what is public on which page.

`python tests/pages.py` runs the examples on the demonstration and writes their answers anew.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import os
import re
import sys
import tempfile
import traceback
from pathlib import Path

import clearance_metrics as cm

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "api"
NAMES = "## All names\n"
DEMO = "data/processed/demo"
BLOCK = re.compile(r"```python\n(.*?)```", re.S)


def demo(folder: Path) -> Path:
    """`folder` as one has it after `make report` without data of one's own."""
    truth = folder / "raw"
    cm.simulate(truth)
    cm.ingest(truth / "dataset.toml", out=folder / DEMO)
    return folder


def pages() -> list[Path]:
    """A page per room."""
    return sorted(path for path in PAGES.glob("*.md") if not path.stem.startswith("README"))


def named(page: Path) -> list[str]:
    """The public names that a page's headings hold."""
    heads = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.M)
    found = [name for head in heads for name in re.findall(r"`(\w+)`", head)]
    return [name for name in found if name in cm.__all__]


def listed() -> list[str]:
    """The table of all names of the index, a row each, from the pages' headings."""
    places = sorted((name, page) for page in pages() for name in named(page))
    rows = [f"| `{name}` | [{page.stem}]({page.name}) |" for name, page in places]
    return ["| name | page |", "|---|---|", *rows]


def code_of(text: str) -> str:
    """The examples of a page as a module: Python blocks without what they answer."""
    parts: list[str] = []
    for block in BLOCK.findall(text):
        asked = [example.source for example in doctest.DocTestParser().get_examples(block)]
        parts += asked or [block]
    return "".join(parts)


def renewed(text: str) -> str:
    """A page with what its examples answer here."""
    names: dict[str, object] = {}

    def block(found: re.Match[str]) -> str:
        code = found.group(1)
        return f"```python\n{_answered(code, names)}```" if ">>>" in code else found.group(0)

    return BLOCK.sub(block, text)


def _answered(block: str, names: dict[str, object]) -> str:
    told = []
    for example in doctest.DocTestParser().get_examples(block):
        lines = example.source.splitlines()
        told += [f"{'...' if i else '>>>'} {line}".rstrip() for i, line in enumerate(lines)]
        if any(example.options):
            told += example.want.splitlines()
            continue
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            try:
                exec(compile(example.source, "<page>", "single"), names)
            except cm.ClearanceError as error:
                print("Traceback (most recent call last):")
                print("".join(traceback.format_exception_only(error)).rstrip())
        told += [line or "<BLANKLINE>" for line in said.getvalue().splitlines()]
    return "\n".join([*told, "", ""])


def main(paths: list[str]) -> None:
    """Renews the pages, or those that are named."""
    index = PAGES / "README.md"
    head = index.read_text(encoding="utf-8").split(NAMES)[0]
    index.write_text(f"{head}{NAMES}\n" + "\n".join(listed()) + "\n", encoding="utf-8")
    chosen = [Path(path).resolve() for path in paths] or pages()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(demo(Path(folder)))
        for page in chosen:
            old = page.read_text(encoding="utf-8")
            if (new := renewed(old)) != old:
                page.write_text(new, encoding="utf-8")
                print(f"renewed {page.name}")
        os.chdir(ROOT)


if __name__ == "__main__":
    main(sys.argv[1:])
