"""Notebooks become pages: which of them, and which of their prose, by language, notice and log."""

from types import SimpleNamespace

import pytest
from nbformat import write
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from clearance_metrics.errors import NoticeError, ReportError
from clearance_metrics.report.notebooks import filled, for_page, in_language, notebooks_for
from clearance_metrics.report.running import _length
from clearance_metrics.results.words import LANGUAGES


def prose(text, *tags):
    return new_markdown_cell(text, metadata={"tags": list(tags)})


CELLS = [
    prose("# 题目", "zh"),
    prose("# Title", "en"),
    new_code_cell("1"),
    prose("only English", "en"),
    new_code_cell("2"),
    prose("for all"),
]


@pytest.mark.parametrize(
    ("lang", "kept"),
    [
        ("zh", ["# 题目", "1", "only English", "2", "for all"]),
        ("en", ["# Title", "1", "only English", "2", "for all"]),
    ],
)
def test_prose_is_kept_in_the_language_of_the_run_or_else_in_english(lang, kept):
    assert lang in LANGUAGES
    assert [cell.source for cell in in_language(CELLS, lang)] == kept


def tagged(*cells):
    return [prose(text, *tags.split()) for text, tags in cells]


@pytest.mark.parametrize(
    ("cells", "zh", "en"),
    [
        # one language alone stands in for the other
        ([("A", "zh")], "A", "A"),
        ([("a", "en")], "a", "a"),
        # texts that follow one another, and one that is only there once
        ([("A", "zh"), ("a", "en"), ("B", "zh"), ("b", "en")], "AB", "ab"),
        ([("A", "zh"), ("a", "en"), ("B", "zh")], "AB", "aB"),
        ([("a", "en"), ("A", "zh"), ("b", "en")], "Ab", "ab"),
        # a text of two cells
        ([("A", "zh"), ("B", "zh"), ("a", "en"), ("b", "en")], "AB", "ab"),
        ([("A", "zh en"), ("a", "en")], "Aa", "Aa"),
        ([("x", ""), ("A", "zh"), ("y", "other"), ("a", "en")], "xAya", "xAya"),
    ],
)
def test_prose_is_never_lost_for_its_language(cells, zh, en):
    for lang, kept in (("zh", zh), ("en", en)):
        assert "".join(c.source for c in in_language(tagged(*cells), lang)) == kept


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ("log = 'a'\nn = 3", 'log = "x"\nn = 3\nlang = None'),
        ("log = (\n  'a'  # b\n)\nlang='zh'", 'log = "x"\nlang = None'),
        ("log = ('a'); lang = 'zh'; port = '沪'", "log = \"x\"; lang = None; port = '沪'"),
        ("端口 = '沪'; log = 1", "端口 = '沪'; log = \"x\"\nlang = None"),
        ("%load_ext x\nlog = 1", '%load_ext x\nlog = 1\nlog = "x"\nlang = None'),
        ("if 1:\n    log = 2", 'if 1:\n    log = 2\nlog = "x"\nlang = None'),
        ("", 'log = "x"\nlang = None'),
    ],
)
def test_a_parameter_gets_its_value_and_all_else_stays(source, made):
    assert filled(source, {"log": "x", "lang": None}) == made


@pytest.mark.parametrize("path", ['C:\\new "it\'s"', "a'b", "口 岸", "a\nb"])
def test_any_text_can_be_a_parameter(path):
    names = {}
    exec(filled("log = 1", {"log": path}), names)
    assert names["log"] == path


def test_a_page_that_no_notice_has_is_told_with_the_notebook(tmp_path):
    write(new_notebook(metadata={"clearance_metrics": {"page": "own"}}), tmp_path / "a.ipynb")

    def on(page):
        raise NoticeError(f"no page {page!r}", "n.toml", "known: clearance")

    with pytest.raises(ReportError, match="no page 'own'") as error:
        notebooks_for(None, SimpleNamespace(on=on), [tmp_path / "a.ipynb"])
    assert error.value.where.endswith("a.ipynb")


def test_a_notebook_is_left_out_where_neither_notice_nor_log_knows_its_subject(tmp_path):
    said = {"a": {}, "b": {"page": "refunds"}, "c": {"page": "fees", "needs": ["charges"]}}
    said["d"] = {"page": "clearance", "needs": ["customs_released"]}
    paths = [tmp_path / f"{name}.ipynb" for name in said]
    for path, ours in zip(paths, said.values(), strict=True):
        write(new_notebook(metadata={"clearance_metrics": ours}), path)

    def built(pages, milestones, charges=None):
        log = SimpleNamespace(milestones=milestones, columns=(), charges=charges)
        notice = SimpleNamespace(on=lambda page: pages.get(page, ()))
        found = notebooks_for(log, notice, paths)
        return "".join(path.stem for path in found)

    assert built({}, ()) == "a"
    assert built({"refunds": ("one",)}, ()) == "ab"
    assert built({}, ("customs_released",)) == "ad"
    assert built({"fees": ("one",)}, ("declared",)) == built({}, (), charges=[1]) == "ac"


def test_prose_that_speaks_of_the_code_is_kept_from_pages():
    cells = [prose("said", "en"), prose("write `by=`", "en", "lab"), new_code_cell("1")]
    assert [cell.source for cell in for_page(cells)] == ["said", "1"]


def test_what_takes_long_runs_first():
    """A notebook that says so, whatever its cells, then those of most cells."""

    def book(n, **ours):
        made = new_notebook(cells=[new_code_cell("1") for _ in range(n)])
        made.metadata["clearance_metrics"] = ours
        return made

    books = {"few": book(2), "many": book(9), "long": book(1, long=True), "no": book(3, long=False)}
    assert sorted(books, key=lambda name: _length(books[name])) == ["long", "many", "no", "few"]
