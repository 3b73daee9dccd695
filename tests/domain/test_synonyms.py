"""What owners call our words: by meaning, in Chinese and in English."""

import pytest

from clearance_metrics.domain.synonyms import (
    called,
    has_table,
    is_plan,
    meant,
    names_of,
    suggestion,
)
from clearance_metrics.domain.vocabulary import load_vocabulary
from clearance_metrics.errors import LogError
from clearance_metrics.results.words.catalogue import term

WORDS = load_vocabulary()


@pytest.mark.parametrize(
    ("word", "table", "name"),
    [
        ("arrived", "milestone", "conveyance_arrived"),
        ("ATA", "milestone", "conveyance_arrived"),
        ("VesselArrivalTime", "milestone", "conveyance_arrived"),
        ("抵港时间", "milestone", "conveyance_arrived"),
        ("申报日期", "milestone", "declared"),
        ("放行时间（海关）", "milestone", "customs_released"),
        ("release_date", "milestone", "customs_released"),
        ("date released", "milestone", "customs_released"),
        ("受理日期", "milestone", "refund_accepted"),
        ("审核通过", "milestone", "refund_approved"),
        ("退库", "milestone", "refund_paid"),
        ("提离", "milestone", "gate_out"),
        ("出闸时间", "milestone", "gate_out"),
        ("报关单号", "column", "case_id"),
        ("declaration no.", "column", "case_id"),
        ("进出口标志", "column", "kind"),
        ("direction", "column", "kind"),
        ("企业管理类别", "column", "refund_class"),
        ("是否查验（是/否）", "column", "inspected"),
        ("集装箱数(标箱)", "column", "teu"),
        ("税费金额（元）", "charge_column", "amount"),
        ("生效日期", "listed_column", "valid_from"),
        ("进口", "kind", "import"),
        ("水路运输", "mode", "sea"),
        ("一类", "refund_class", "1"),
        ("1类", "refund_class", "1"),
        ("人民币", "currency", "CNY"),
        ("￥", "currency", "CNY"),
        ("20GP", "size", "20"),
        ("40HQ", "size", "40"),
        ("√", "boolean", "true"),
        ("否", "boolean", "false"),
        ("ＡＣＴ", "classifier", "actual"),
        ("预计", "classifier", "estimated"),
    ],
)
def test_word_means_our_name(word, table, name):
    assert meant(word, table)[0][0] == name


@pytest.mark.parametrize("table", ["milestone", "column", "charge_column"])
def test_every_word_of_the_vocabulary_has_names_in_both_languages(table):
    rows = {
        "milestone": WORDS.milestones,
        "column": WORDS.columns,
        "charge_column": WORDS.charge_columns,
    }[table]
    for name in rows:
        assert meant(name, table)[0] == (name, 1.0)
        assert not called(name, table).isascii(), name
        for lang in ("zh", "en"):
            assert meant(term(table, name, lang), table)[0] == (name, 1.0), (name, lang)


@pytest.mark.parametrize(
    ("column", "spec"),
    [(c.name, c) for c in (*WORDS.columns.values(), *WORDS.charge_columns.values()) if c.values],
)
def test_every_fixed_value_has_names(column, spec):
    known = set(spec.values)
    assert known <= set(names_of(column))
    for value in known:
        assert meant(value, column)[0] == (value, 1.0)
        assert any(not w.isascii() for w in [called(value, column)]) or value.isdigit()


@pytest.mark.parametrize("word", ["预计到港时间", "ETA", "计划放行", "estimatedArrival"])
def test_a_plan_is_no_fact(word):
    assert is_plan(word)
    assert meant(word, "milestone") == []


def test_a_name_that_only_sounds_like_a_plan_is_known():
    assert not is_plan("申报")
    assert meant("预约时段截止", "milestone")[0] == ("appointment_end", 1.0)


def test_suggestions_go_by_meaning_then_by_spelling():
    told = suggestion("arrived", "milestone", ["train_arrived", "conveyance_arrived"])
    assert told == "write 'conveyance_arrived' (抵港) instead of 'arrived'"
    told = suggestion("arived", "milestone", ["train_arrived", "conveyance_arrived"])
    assert told.endswith("known: conveyance_arrived, train_arrived")
    assert suggestion("进口", "kind") == "write 'import' (进口) instead of '进口'"


def test_two_meanings_as_near_are_both_told():
    told = suggestion("签发", "milestone")
    assert "licence_issued" in told and "document_issued" in told


@pytest.mark.parametrize("word", ["", " ", "()", "（）", "\u200b", "。", "x" * 5000])
def test_odd_words_mean_nothing(word):
    for table in ("milestone", "column", "kind", "boolean"):
        assert meant(word, table) == []


def test_an_unknown_table_is_told():
    assert not has_table("form")
    with pytest.raises(LogError, match="no table of words"):
        meant("x", "milestones")
