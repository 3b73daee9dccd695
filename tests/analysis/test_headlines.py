"""Findings as sentences, and a picture for each answer that has a natural one."""

from dataclasses import replace

import polars as pl
import pytest

from clearance_metrics import (
    Duration,
    EventLog,
    assess,
    bridge,
    changepoints,
    gap_to_target,
    holds,
    interrupted_series,
    league,
    list_clocks,
    measure,
    price_index,
    stages,
)
from clearance_metrics.errors import LogError

CLOCK = Duration("declared", "customs_released")
ENDED = replace(CLOCK, dated_by="end")
DAY = "1972-08-31"
WAY = ("declared", "exam_called", "customs_released")


@pytest.fixture(scope="module")
def log():
    """Forty cases a month for two years and a half at two ports, from 2 to 8 hours each, an
    examination half an hour into each.
    """
    ids = [(m, i) for m in range(30) for i in range(40)]
    names = [f"{m}-{i}" for m, i in ids]
    start = [86400 * (31 * m + i % 28) for m, i in ids]
    stop = [
        s + 3600 * (2 + (i * 7 + m) % 5 + 2 * (i % 2)) for s, (m, i) in zip(start, ids, strict=True)
    ]
    examined = [s + 1800 for s in start]
    events = pl.DataFrame(
        {
            "case_id": names * 4,
            "milestone": [m for m in (*WAY, "exam_ended") for _ in ids],
            "time": start + examined + stop + [e + 600 for e in examined],
        }
    )
    cases = {
        "case_id": names,
        "port": ["上海" if i % 2 else "宁波" for _, i in ids],
        "kind": "import",
        "teu": 1,
    }
    lines = pl.DataFrame(
        {
            "case_id": names,
            "item": "thc",
            "amount_fen": [10_000 - m for m, _ in ids],
            "charged_on": [f"{1970 + m // 12}-{1 + m % 12:02}-05" for m, _ in ids],
        }
    )
    return EventLog(events, pl.DataFrame(cases), lines, timezone="UTC")


SPANS = {"before": ("1970-01", "1970-12"), "after": ("1971-01", "1971-12")}
ASKS = {
    "one": (
        lambda log: measure(log, CLOCK, as_of=DAY, statistics="mean"),
        "declaration accepted to released by customs, mean: 5.00 hours (4.90 to 5.10), n 1,200, 0"
        " open (as of 1972-08-31)",
        "均值：5.00小时",
    ),
    "share": (
        lambda log: measure(log, CLOCK, as_of=DAY, statistics="within:4"),
        "within 4 hours: 40.0% (37.3% to 42.8%)",
        "40.0%",
    ),
    "groups": (
        lambda log: measure(log, CLOCK, by="port", as_of=DAY, statistics="mean"),
        "highest 上海 with 6.00 hours, lowest 宁波 with 4.00 hours, of 2",
        "最高上海，为6.00小时",
    ),
    "periods": (
        lambda log: measure(log, CLOCK, period="year", as_of=DAY, statistics="mean"),
        "from 5.00 hours in 1970 to 5.00 hours in 1972",
        "由1970年的5.00小时到1972年的5.00小时",
    ),
    "stages": (
        lambda log: stages(log, WAY, as_of=DAY),
        "of 5.00 h on average, 90.0% is examination ordered to released by customs, n 1,200",
        "平均5.00小时",
    ),
    "holds": (
        lambda log: holds(log, ("declared", "customs_released"), by="port", as_of=DAY),
        "highest 上海 with 6.00 h (2.8% of it with something open, n 600), lowest 宁波 with 4.00 h",
        "最高上海平均6.00小时（其中有事项未了的占2.8%，600件）；最低宁波平均4.00小时",
    ),
    "league": (
        lambda log: league(log, CLOCK, by="port", as_of=DAY),
        "4.00 hours to 上海 with 6.00 hours; all 2 groups have a rank that is certain",
        "2组的名次都可以确定",
    ),
    "bridge": (
        lambda log: bridge(log, ENDED, by="port", before="1970", after="1971", as_of=DAY),
        "5.00 hours in 1970, 5.00 hours in 1971, a change of +0.00; composition",
        "构成变化",
    ),
    "gap": (
        lambda log: gap_to_target(
            log, CLOCK, target=4, by="port", window=("1970-01", "1970-12"), as_of=DAY
        ),
        "+1.00 (0.84 to 1.16) against the target of 4, n 476; 上海 adds most (+1.01)",
        "拉高最多的是上海（+1.01）",
    ),
    "index": (
        lambda log: price_index(log, as_of=DAY, **SPANS),
        "at the same traffic, 1971 against 1970: 0.999",
        "同样货流下",
    ),
    "levels": (
        lambda log: changepoints(log, CLOCK, as_of=DAY),
        "The notice is one national date",
        "全国同一日期",
    ),
    "series": (
        lambda log: interrupted_series(
            log, CLOCK, date="1971-03", as_of=DAY, spring_festival=False, working_days=False
        ),
        "with a break set at 1971-03, against the earlier trend carried on, no change of level",
        "水平",
    ),
    "assess": (
        lambda log: assess(log, as_of="2022-12-31"),
        "Of 80 indicators under 27 measures, not one can be judged from this log; 16 are",
        "27项措施、80个指标，没有一个可由本数据判断",
    ),
}


@pytest.mark.parametrize("name", ASKS)
def test_each_answer_says_its_finding_shows_its_table_and_has_a_picture(log, name):
    ask, english, chinese = ASKS[name]
    found = ask(log)
    assert english in found.headline("en"), found.headline("en")
    assert chinese in found.headline("zh"), found.headline("zh")
    for lang in ("zh", "en"):
        assert "<table>" in found.table(lang)._repr_html_()
        figure = found.chart(lang)
        assert figure.axes and figure.texts[0].get_text()
        assert found.chart(lang, title="A finding").texts[0].get_text() == "A finding"
    with pytest.raises(LogError, match="catalogue"):
        found.chart("xx")


def test_what_has_no_finding_says_how_many_rows_it_has(log):
    assert list_clocks().headline("zh") == f"{len(list_clocks())}行"
    nothing = measure(log, CLOCK, as_of="1970-01-01", between=("1971", None))
    assert nothing.headline().endswith(": no cases (as of 1970-01-01)")
    empty = stages(log, WAY, as_of=DAY, between=("1980", None))
    assert empty.headline().endswith(": no finished case") and " to " in empty.headline()
    with pytest.raises(LogError, match="nothing to draw"):
        empty.chart()


def test_a_picture_with_too_many_bars_is_refused(log):
    with pytest.raises(LogError, match="bars do not fit"):
        stages(log, WAY, as_of=DAY, by="port", period="month").chart()
