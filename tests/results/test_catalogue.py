"""The catalogues: the same in every language, nothing unused, nothing missing."""

import ast
import json
import re
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.numbers import get_decimal_symbol, get_group_symbol

from clearance_metrics.results.words import LANGUAGES, codes

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "clearance_metrics"
CHINESE = (
    SOURCE / "results" / "words" / "zh.toml",
    SOURCE / "cli" / "words" / "zh.toml",
    *sorted((ROOT / "notebooks").glob("*.ipynb")),
)
# tables whose entries are looked up by a name that data or a definition holds, as term("port", …)
FAMILIES = {
    "breach",
    "called",
    "cargo",
    "charge_column",
    "clock",
    "column",
    "currency",
    "data_table",
    "declaration_mode",
    "end",
    "field",
    "glossary",
    "glossary_term",
    "kind",
    "measured",
    "measured_term",
    "metric",
    "milestone",
    "mode",
    "publisher",
    "refund_class",
    "refund_method",
    "refund_scope",
    "remedy",
    "rule",
    "statistic",
    "supplier_ask",
    "suspect",
    "suspect_effect",
    "suspect_remedy",
    "tariff_unit",
    "unit",
    "verdict",
}


def forms(entry):
    """Every text of an entry."""
    return list(entry.values()) if isinstance(entry, dict) else [entry]


def placeholders(text):
    return {name.split(".")[0].split("[")[0] for _, name, _, _ in Formatter().parse(text) if name}


@cache
def trees():
    """What is written in the package and, cell by cell, in the notebooks."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(SOURCE.rglob("*.py"))]
    for book in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in json.loads(book.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                texts.append("".join(cell["source"]))
    return [ast.parse(text) for text in texts]


@cache
def written():
    """Every literal text, and the heads of texts with a part filled in that name a table."""
    plain, heads = set(), set()
    for tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                plain.add(node.value)
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                heads.add(node.values[0].value)
    for path in SOURCE.rglob("*.html"):  # what templates say
        plain.update(re.findall(r'say\(\s*"([^"]+)"', path.read_text(encoding="utf-8")))
        plain.update(re.findall(r'else "(report\.[a-z_]+)"', path.read_text(encoding="utf-8")))
    heads = {head for head in heads if re.match(r"[a-z0-9_]+\.", head)}
    return plain, heads - {"reason."}  # where codes without a dot stand


@pytest.mark.parametrize("lang", LANGUAGES)
def test_languages_have_the_same_codes_and_placeholders(lang):
    first, here = codes("en"), codes(lang)
    assert set(here) == set(first)
    for code, entry in here.items():
        told = {frozenset(placeholders(text)) - {"n"} for text in forms(entry)}
        asked = {frozenset(placeholders(text)) - {"n"} for text in forms(first[code])}
        assert told == asked, code


def test_no_entry_is_unused():
    plain, heads = written()
    unused = [
        code
        for code in codes("en")
        if code not in plain
        and code.removeprefix("reason.") not in plain
        and code.split(".")[0] not in FAMILIES
        and not any(code.startswith(head) for head in heads)
    ]
    assert unused == []


def test_every_family_is_there_and_every_reason_has_its_words():
    known = codes("en")
    for family in FAMILIES:
        assert any(code.startswith(f"{family}.") for code in known), family
    for tree in trees():
        for node in ast.walk(tree):
            made = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Reason"
            if made and node.args and isinstance(node.args[0], ast.Constant):
                code = node.args[0].value
                assert (code if "." in code else f"reason.{code}") in known, code


@pytest.mark.parametrize("lang", LANGUAGES)
def test_numbers_are_marked_as_unicode_has_it_for_the_language(lang):
    assert codes(lang)["mark.decimal"] == get_decimal_symbol(lang)
    assert codes(lang)["mark.group"] == get_group_symbol(lang)


@pytest.mark.parametrize("file", CHINESE, ids=lambda path: path.name)
def test_a_case_is_counted_by_one_word_in_chinese(file):
    """件 for a case, 行 for a line of a bill, 在办 for what is open; 例 and 笔 count nothing."""
    text = file.read_text("utf-8")
    if file.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        text = "\n".join(
            "".join(c["source"]) for c in cells if "zh" in c["metadata"].get("tags", ())
        )
    wrong = re.findall(
        r"(?<!举)(?:[}\d一每逐首某数]|业务|等权)[例笔](?![如子记])[^，；。]{0,6}", text
    )
    assert not wrong, wrong[:5]
    assert "未办结" not in text and not re.search(r"未结(?!束)", text)
