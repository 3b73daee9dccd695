"""Blocks and their words: one language each, a sign beside every verdict, nothing left unsaid."""

from types import SimpleNamespace

import pytest
from babel.numbers import format_decimal

from clearance_metrics.domain.verdicts import Verdict
from clearance_metrics.notice import load_notice
from clearance_metrics.report.blocks import Block, Blocks, table
from clearance_metrics.report.wording import (
    SIGNS,
    figure,
    period_words,
    short_of,
    statistic_words,
    title_of,
    unit_words,
    verdict,
)
from clearance_metrics.results.words import LANGUAGES


def test_a_block_shows_its_parts_and_escapes_them():
    shown = Block("A < B", "<p>body</p>", "data & day", "read & beware")._repr_html_()
    assert "<h3>A &lt; B</h3><p>body</p>" in shown
    assert "read &amp; beware" in shown and "data &amp; day" in shown
    bare = Block("", "<p>body</p>")._repr_html_()
    assert bare == "<section><p>body</p></section>"
    both = Blocks([Block("one", ""), Block("two", "")])._repr_html_()
    assert both.index("<h3>one") < both.index("<h3>two")


def test_a_table_keeps_its_headers_and_says_where_a_cell_is_empty():
    made = table(["port", "n"], [("A & B", 3), (None, 4)], (1,))
    assert '<th>port</th><th class="n">n</th>' in made
    assert '<td class="s">A &amp; B</td><td class="n">3</td>' in made and "–</td>" in made


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_verdict_has_a_sign_and_words_in_each_language(lang):
    told = {verdict(SimpleNamespace(verdict=v, violations=12), lang) for v in Verdict}
    assert len(told) == len(Verdict) == len(SIGNS)
    for kind, (sign, colour) in SIGNS.items():
        shown = verdict(SimpleNamespace(verdict=kind, violations=1204), lang)
        assert shown.startswith(f'<span class="v {colour}">{sign} ')
        assert (format_decimal(1204, locale=lang) in shown) == (kind is Verdict.VIOLATIONS)


def test_units_and_limits_are_written_in_full():
    assert unit_words("ZAR per TEU", "zh") == "ZAR/标箱"
    assert unit_words("CNY per TEU", "en") == "CNY per TEU"
    assert unit_words("working_days", "zh", counted=True) == "个工作日"
    assert figure(7, "working_days", "zh", 6, 8) == "7个工作日（6～8）"
    assert figure(None, "hours", "zh") == "–"
    assert figure(0.125, "share", "en", 0.1, 0.15) == "12.5% (10.0% to 15.0%)"
    assert statistic_words("within:10000.25", "hours", lang="en") == "within 10000.25 hours"
    assert statistic_words("within:48", "share", lang="zh") == "48以内占比"
    assert period_words("2022-01..2022-12 (11 months)", "zh") == "2022-01至2022-12（11个月）"
    assert period_words("2022-12", "en") == "2022-12" and period_words(None, "en") == ""


def test_a_language_that_the_notice_lacks_reads_its_english_names():
    notice = load_notice("cn-2021-85")
    named = [i for i in notice.indicators if i.short_en]
    assert named and all(short_of(i, "de") == i.short_en for i in named)
    assert all(short_of(i, "zh") == i.short_zh for i in named)
    assert title_of(notice, "de") == notice.title_en
