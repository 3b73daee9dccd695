"""The pages on refunds and services: a single refund, a log that lacks something, few cases."""

import re
from html import unescape
from pathlib import Path

import pytest
from support.reports import built

from clearance_metrics.intake import ingest
from clearance_metrics.results.words import say

ROOT = Path(__file__).resolve().parents[2]
HEAD = """[dataset]
name = "one"
timezone = "Asia/Shanghai"
as_of = 2022-12-31
[[file]]
path = "r.csv"
role = "wide"
[file.columns]
case_id = "id"
"""
REFUND = """kind = { constant = "refund" }
[file.milestones]
refund_accepted = "a"
refund_approved = "b"
refund_query_raised = "q"
"""
OTHER = """kind = { constant = "filing" }
channel = "channel"
function = "function"
[file.milestones]
filed = "at"
"""


def page(folder, mapping, rows, name, lang="zh"):
    """The text of one page about a log of these rows, figures of charts left out."""
    (folder / "dataset.toml").write_text(HEAD + mapping, encoding="utf-8")
    (folder / "r.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    ingest(folder / "dataset.toml", out=folder / "log")
    (folder / "notebooks").mkdir()
    book = (ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8")
    (folder / "notebooks" / f"{name}.ipynb").write_text(book, encoding="utf-8")
    built(folder / "log", notebooks=folder / "notebooks", out=folder / "out", lang=lang)
    made = (folder / "out" / f"{name}.html").read_text(encoding="utf-8")
    made = re.sub(r"<svg.*?</svg>", "", made[made.index("<main") :], flags=re.S)
    return unescape(re.sub(r"<[^>]+>", " ", made))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_single_refund_has_its_figures_and_what_the_log_lacks_is_told(tmp_path, lang):
    rows = ["id,a,b,q", "1,2021-12-01,2021-12-08,"]
    text = page(tmp_path, REFUND, rows, "03_refunds", lang)
    assert "5.00" in text and ("无法判断" if lang == "zh" else "cannot tell") in text
    # neither the class of the exporter nor the method is known; queries that never ended are
    told = "本数据集没有" if lang == "zh" else "the log lacks"
    assert text.count(told) >= 3
    assert all(say(f"column.{name}", lang) in text for name in ("refund_class", "refund_method"))
    assert "Traceback" not in text and "None" not in text


def test_a_log_without_refunds_says_so_at_every_question(tmp_path):
    rows = ["id,at,channel,function", "1,2022-03-01,counter,tax"]
    text = page(tmp_path, OTHER, rows, "03_refunds")
    assert text.count("无数据") > 5 and "退税受理" in text


def test_shares_are_taken_apart_where_the_log_has_them_and_few_are_told(tmp_path):
    """One function has enough filings, another too few, and no other share can be told."""
    channels = ["counter", *["single_window"] * 3] * 10
    many = [f"{i},2022-0{1 + i % 9}-01,{channel},tax" for i, channel in enumerate(channels)]
    few = [f"x{i},2022-03-01,counter,quota" for i in range(5)]
    rows = ["id,at,channel,function", *many, *few]
    text = page(tmp_path, OTHER, rows, "06_services")
    assert "经“单一窗口”办理占比：2022年为75.0%" in text
    assert "不足30件的组不列（1组）" in text and "quota" not in text
    assert "无数据：本数据集没有" in text  # the limits of ports
