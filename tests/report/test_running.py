"""Notebooks become pages: which of them, and which of their prose, by language, notice and log."""

import json
from types import SimpleNamespace

import pytest

from clearance_metrics.errors import ReportError
from clearance_metrics.report.notebook import Cell, in_language, read_notebook
from clearance_metrics.report.running import notebooks_for
from clearance_metrics.results.words import LANGUAGES


def prose(text, *tags):
    return Cell("markdown", text, tags)


CELLS = [
    prose("# 题目", "zh"),
    prose("# Title", "en"),
    Cell("code", "1"),
    prose("only English", "en"),
    Cell("code", "2"),
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
        book = {"nbformat": 4, "cells": [], "metadata": {"clearance_metrics": ours}}
        path.write_text(json.dumps(book), encoding="utf-8")

    def built(pages, milestones, charges=None):
        log = SimpleNamespace(milestones=milestones, columns=(), charges=charges)
        notice = SimpleNamespace(on=lambda page: pages.get(page, ()))
        found = notebooks_for(SimpleNamespace(log=log, notice=notice), paths)
        return "".join(book.path.stem for book in found)

    assert built({}, ()) == "a"
    assert built({"refunds": ("one",)}, ()) == "ab"
    assert built({}, ("customs_released",)) == "ad"
    assert built({"fees": ("one",)}, ("declared",)) == built({}, (), charges=[1]) == "ac"


def test_a_file_that_is_no_notebook_is_named(tmp_path):
    for text in ("", "[]", '{"nbformat": 3, "worksheets": []}', '{"nbformat": 4, "metadata": {}}'):
        (tmp_path / "00.ipynb").write_text(text, encoding="utf-8")
        with pytest.raises(ReportError, match="no notebook") as error:
            read_notebook(tmp_path / "00.ipynb")
        assert error.value.where.endswith("00.ipynb")
