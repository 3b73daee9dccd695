"""Figures, spans and verdicts in words: a sign beside every verdict, nothing left unsaid."""

import pytest
from babel.numbers import format_decimal

from clearance_metrics.domain.verdicts import Verdict
from clearance_metrics.notice import load_notice
from clearance_metrics.results.display import signed
from clearance_metrics.results.wording import figure, judged_statistic, period_words, text_of
from clearance_metrics.results.words import LANGUAGES, rounded, say, statistic_word, unit_word
from clearance_metrics.statistics.reasons import Reason


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_verdict_has_a_sign_and_words_in_each_language(lang):
    told = [signed(verdict, lang, 1204) for verdict in Verdict]
    assert len(set(told)) == len(Verdict) and all(text[1] == " " for text in told)
    for verdict, text in zip(Verdict, told, strict=True):
        counted = format_decimal(1204, locale=lang) in text
        assert counted == (verdict is Verdict.VIOLATIONS)


def test_units_and_limits_are_written_in_full():
    assert unit_word("ZAR per TEU", "zh") == "ZAR/标箱"
    assert unit_word("CNY per TEU", "en") == "CNY per TEU"
    assert unit_word("working_days", "zh", counted=True) == "个工作日"
    assert figure(7, "working_days", "zh", 6, 8) == "7个工作日（6～8）"
    assert figure(None, "hours", "zh") == "–"
    assert figure(0.125, "share", "en", 0.1, 0.15) == "12.5% (10.0% to 15.0%)"
    assert judged_statistic("within:10000.25", "hours", lang="en") == "within 10000.25 hours"
    assert period_words("2022-01..2022-12 (11 months)", "zh") == "2022年1月至2022年12月（11个月）"
    assert period_words("2022-12", "en") == "2022-12" and period_words(None, "en") == ""
    assert period_words("2022-12", "zh") == "2022年12月"


@pytest.mark.parametrize(
    "period, zh, en",
    [
        ("2022-01..2022-12", "2022年", "2022"),
        ("2022-01-01..2022-12-31", "2022年", "2022"),
        ("2021-01..2022-12", "2021年1月至2022年12月", "2021-01 to 2022-12"),
        ("2022-01..2022-11", "2022年1月至2022年11月", "2022-01 to 2022-11"),
        ("2021-09..2022-08", "2021年9月至2022年8月", "2021-09 to 2022-08"),
        ("2022-01..", "2022年1月起", "since 2022-01"),
    ],
)
def test_a_span_that_is_a_calendar_year_is_called_by_it(period, zh, en):
    assert (period_words(period, "zh"), period_words(period, "en")) == (zh, en)


def test_a_text_that_the_notice_lacks_in_a_language_is_its_english_one():
    notice = load_notice("cn-2021-85")
    named = [i for i in notice.indicators if i.short_en]
    assert named and all(text_of(i, "short", "zh") == i.short_zh for i in named)
    untold = load_notice("in-ntfap").indicators[0]
    object.__setattr__(untold, "title_zh", "")
    assert text_of(untold, "title", "zh") == untold.title_en != ""


def test_limits_have_two_decimals_at_most():
    assert statistic_word("restricted_mean:236.16666666666666", "hours", "en") == (
        "mean restricted to 236.17 hours"
    )
    assert statistic_word("within:0.001", "hours", "en") == "within 0.001 hours"
    assert say(Reason("up_to", tau=1236.16666), "en") == "up to 1,236.17"
    assert say(Reason("up_to", tau=24.0), "zh") == "计至24"
    assert say(Reason("up_to", tau=0), "en") == "up to 0"
    watched = say(Reason("watched", value=29907.2, unit="hours"), "en")
    assert watched == (
        "half of the cases could be watched for 29,907.2 hours or longer (median follow-up)"
    )
    assert rounded("restricted_mean:1.999") == "restricted_mean:2"
