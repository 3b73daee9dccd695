"""The gallery's lines run and draw, its pictures are there and small, and both languages agree."""

import importlib.util
import re

import pages
import pytest
from matplotlib.figure import Figure
from support.demo import beside

from clearance_metrics.errors import NothingToShow

HERE = pages.ROOT / "docs"
SMALL, ALL = 60_000, 1_200_000  # bytes of a picture, of all


def script():
    """docs/gallery.py, which is no part of the package."""
    spec = importlib.util.spec_from_file_location("gallery", HERE / "gallery.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GALLERY = script()


@pytest.fixture(scope="module")
def beside_demo(demos, tmp_path_factory):
    return beside(demos(0.2), tmp_path_factory.mktemp("gallery"))


def test_every_line_draws_its_picture(beside_demo, monkeypatch):
    """On a small log too; what it cannot carry says so, and no line is stale."""
    monkeypatch.chdir(beside_demo)
    found, refused = {}, []
    for name, draw in GALLERY.drawn(GALLERY.PAGES[0]):
        try:
            found[name] = draw()
        except NothingToShow:
            refused.append(name)
    assert len(found) > 20 and set(refused) <= {"gallery/staggered.png", "gallery/synthetic.png"}
    real = ("gallery/published.png", "gallery/cuts.png", "gallery/certificates.png")
    for name, figure in found.items():
        assert isinstance(figure, Figure) and figure.alt, name
        assert all(axes.has_data() for axes in figure.axes), name
        told = " ".join(text.get_text() for text in figure.texts)
        assert ("Simulated" in told) == (name not in real), name


@pytest.mark.parametrize("page", GALLERY.PAGES, ids=lambda page: page.name)
def test_every_picture_is_there_and_small(page):
    shown = re.findall(r"!\[[^\]]+\]\((\S+)\)", page.read_text(encoding="utf-8"))
    assert shown == [name for _, name in GALLERY.lines(page) if name]
    assert [n for n in shown if not 0 < (HERE / n).stat().st_size < SMALL] == []


def test_no_picture_is_left_over_and_all_are_small():
    shown = {HERE / name for page in GALLERY.PAGES for _, name in GALLERY.lines(page) if name}
    there = set((HERE / "gallery").rglob("*.png"))
    assert there == shown and sum(path.stat().st_size for path in there) < ALL


def test_both_languages_have_the_same_lines():
    english, chinese = (
        [
            (code.replace('lang="zh"', 'lang="en"'), name.rpartition("/")[2])
            for code, name in GALLERY.lines(page)
        ]
        for page in GALLERY.PAGES
    )
    assert english == chinese


def test_the_same_picture_has_the_same_bytes(beside_demo, monkeypatch):
    monkeypatch.chdir(beside_demo)
    (setup, _), (line, _) = GALLERY.lines(GALLERY.PAGES[0])[:2]
    first, second = ({}, {})
    for names in (first, second):
        exec(f"{setup}\npicture = {line}", names)
    assert GALLERY.png(first["picture"]) == GALLERY.png(second["picture"])
