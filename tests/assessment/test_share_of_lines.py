"""A share of charge lines that cannot be told says which column of the bills is not known."""

import polars as pl
import pytest

import clearance_metrics as cm
from clearance_metrics.errors import LogError
from clearance_metrics.results.words import lacking, say
from clearance_metrics.statistics.reasons import Reason

SHARE = "one_bill"  # of the notice: lines paid through the single window


def log_of(channels, **cases):
    n = 4
    ids = [str(i) for i in range(n)]
    ends = ("declared", "customs_released")
    rows = [(i, m, 1_641_168_000 + 3600 * k) for i in ids for k, m in enumerate(ends)]
    events = pl.DataFrame(rows, schema=["case_id", "milestone", "time"], orient="row")
    lines = {"case_id": ids, "line_id": ids, "item": ["货物港务费"] * n, "amount_fen": [3400] * n}
    lines |= {"charged_on": ["2022-04-02"] * n}
    if channels is not None:
        lines["channel"] = pl.Series(channels, dtype=pl.String)
    table = pl.DataFrame({"case_id": ids, "kind": ["import"] * n, **cases})
    return cm.EventLog(events, table, pl.DataFrame(lines), timezone="UTC").using(as_of="2022-12-31")


def said(log, lang):
    (row,) = [r for r in cm.assess(log, "cn-2021-85") if r.indicator == SHARE]
    return row, row.said(lang)


def test_lines_without_a_channel_are_its_cause():
    row, told = said(log_of([None] * 4), "en")
    assert row.value is None and row.n == 0
    assert "4 left out: payment channel not recorded" in told and "too early" not in told
    assert "4件未计入：没有缴费渠道" in said(log_of([None] * 4), "zh")[1]
    row, told = said(log_of(["single_window", "counter", None, None]), "en")
    assert row.value == 0.5 and "2 left out: payment channel not recorded" in told


@pytest.mark.parametrize("cases", [{}, {"channel": ["single_window"] * 4}])
def test_bills_that_record_no_channel_lack_that_of_the_payment(cases):
    row, told = said(log_of(None, **cases), "en")
    if cases:  # the channel of the cases is read in its place
        assert row.value == 1.0
    else:
        assert "the log lacks “payment channel” (channel)" in told
        assert "数据缺少“缴费渠道”（channel）" in said(log_of(None), "zh")[1]


def test_what_lines_can_lack_has_words_in_both_languages():
    for column in ("charged_on", "currency", "layer", "amount_fen", "line_id", "item", "payee"):
        for lang in ("zh", "en"):
            told = say(Reason("assess.log_lacks", column=lacking(column, lines=True)), lang)
            word = told.partition("“")[2].partition("”")[0]
            assert word and (word != column or lang == "en") and column in told
    assert "收费币种" in say(Reason("assess.log_lacks", column=lacking("currency")), "zh")
    assert "day of the charge" in say(
        Reason("assess.log_lacks", column=lacking("charged_on")), "en"
    )


def test_several_metrics_name_the_column_of_the_lines():
    share = cm.load_notice("cn-2021-85").indicator(SHARE)
    both = {"bill": share, "clock": cm.Duration("declared", "customs_released")}
    found = cm.measure(log_of(None), both)
    assert "payment channel" in found.beware("en") and "缴费渠道" in found.beware("zh")
    with pytest.raises(LogError, match="channel"):
        cm.measure(log_of(None), share)
