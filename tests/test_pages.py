"""The reference names what is public, help says how each is used, and types hold in examples."""

import inspect
import subprocess
import sys
from collections import Counter

import pages
import pytest

import clearance_metrics as cm

DOCS = pages.ROOT / "docs"
EXAMPLES = [pages.ROOT / "README.md", DOCS / "python.md", DOCS / "gallery.md", *pages.pages()]
PLAIN = {"__version__"}  # a text, which has no help of its own


def test_every_public_name_stands_on_one_page():
    places = Counter(name for page in pages.pages() for name in pages.named(page))
    assert set(places) == set(cm.__all__)
    assert [name for name, n in places.items() if n > 1] == []


def test_the_index_lists_every_name_with_its_page():
    index = (pages.PAGES / "README.md").read_text(encoding="utf-8")
    assert index.split(pages.NAMES)[1].strip().splitlines() == pages.listed(), (
        "python tests/pages.py renews the index"
    )
    assert [
        page.name for page in pages.pages() if f"[{page.stem}]({page.name}) |" not in index
    ] == []


@pytest.mark.parametrize("name", sorted(set(cm.__all__) - PLAIN))
def test_help_begins_with_a_sentence_and_has_an_example(name):
    told = inspect.getdoc(getattr(cm, name)) or ""
    assert told.partition("\n")[0].strip(), f"help(cm.{name}) has no first line"
    assert ">>> " in told, f"help(cm.{name}) has no example"


def test_the_examples_of_readme_and_reference_have_right_types(tmp_path):
    pytest.importorskip("mypy")
    files = []
    for page in EXAMPLES:
        files.append(tmp_path / f"page_{page.stem.lower()}.py")
        files[-1].write_text(pages.code_of(page.read_text(encoding="utf-8")), encoding="utf-8")
    told = subprocess.run(
        [sys.executable, "-m", "mypy", "--follow-imports=silent", *map(str, files)],
        cwd=pages.ROOT,
        capture_output=True,
        text=True,
    )
    assert told.returncode == 0, told.stdout + told.stderr


def test_the_chinese_index_names_the_same_pages():
    told = (pages.PAGES / "README.zh.md").read_text(encoding="utf-8")
    assert [
        page.name for page in pages.pages() if f"[{page.stem}]({page.name}) |" not in told
    ] == []
