"""Notebooks become pages: which of them, and which of their prose, by language, notice and log."""

from types import SimpleNamespace

import pytest
from nbformat import write
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from clearance_metrics.report.running import in_language, notebooks_for
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


def test_a_notebook_is_left_out_where_neither_notice_nor_log_knows_its_subject(tmp_path):
    said = {"a": {}, "b": {"page": "refunds"}, "c": {"page": "fees", "needs": ["charges"]}}
    said["d"] = {"page": "clearance", "needs": ["customs_released"]}
    paths = [tmp_path / f"{name}.ipynb" for name in said]
    for path, ours in zip(paths, said.values(), strict=True):
        write(new_notebook(metadata={"clearance_metrics": ours}), path)

    def built(pages, milestones, charges=None):
        log = SimpleNamespace(milestones=milestones, columns=(), charges=charges)
        notice = SimpleNamespace(on=lambda page: pages.get(page, ()))
        found = notebooks_for(SimpleNamespace(log=log, notice=notice), paths)
        return "".join(path.stem for path in found)

    assert built({}, ()) == "a"
    assert built({"refunds": ("one",)}, ()) == "ab"
    assert built({}, ("customs_released",)) == "ad"
    assert built({"fees": ("one",)}, ("declared",)) == built({}, (), charges=[1]) == "ac"
