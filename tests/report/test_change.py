"""The page on change: its questions answered in words, with figures or with why there are none."""

import re

import pytest

import clearance_metrics as cm
from clearance_metrics.analysis.bridge_records import Bridge
from clearance_metrics.analysis.gap_records import GapToTarget
from clearance_metrics.analysis.league_records import League
from clearance_metrics.analysis.policy import CAVEAT
from clearance_metrics.results.words import say

NEVER = {"kind": "pickup", "measure_from": {"present": False}}


@pytest.fixture(scope="module")
def log(demo):
    return cm.EventLog.open(demo / "log").using(lang="zh")


def questions(log, notice):
    """What the page asks, in its order."""
    overall = cm.clock("import_overall", dated_by="end")
    release = cm.clock("import_port_release", dated_by="end")
    sides = {"before": notice.baseline, "after": log.latest_year()}
    yield cm.bridge(log, overall, by="port", **sides)
    yield cm.bridge(log, overall, by="port", within="mode", **sides)
    yield cm.bridge(log, release, stages="import", **sides)
    yield cm.league(log, overall, by="port")
    for refund in notice.on("refunds", "headline"):
        yield cm.gap_to_target(log, refund, by="refund_class")
        yield cm.gap_to_target(log, refund, by="refund_class", window="year")
        yield cm.gap_to_target(log, refund, by="month", window="year")
    never = cm.Duration("discharged", "gate_out", where=NEVER, label="pickup_never")
    boxes = cm.Duration("discharged", "gate_out", where={"kind": "pickup"}, label="pickup_dwell")
    yield cm.interrupted_series(log, overall, date=notice.issued)
    yield cm.interrupted_series(log, never, date=notice.issued)
    yield cm.staggered(log, boxes, starts="measure_from")
    yield cm.changepoints(log, overall, policy_dates={notice.issued: notice.number})


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_answer_keeps_its_sentence_and_says_no_code(log, lang):
    for found in questions(log, cm.load_notice().suited(log)):
        block = found.with_chart(lang)
        cautions = [say(why, lang) for why in found._caution()]
        assert all(caution in block.note for caution in cautions), block.title
        # of series around the notice's day the sentence on one national date; others name no notice
        series = not isinstance(found, (Bridge, League, GapToTarget))
        assert (say(CAVEAT, lang) in block.note) == series, block.title
        told = [block.title, *(str(part) for part in block.parts if not hasattr(part, "svg"))]
        for text in told:
            assert not re.search(r"None|nan|\.\.|[a-z]+_[a-z]+", text), text
        for picture in (part for part in block.parts if hasattr(part, "svg")):
            assert all(caution in picture.alt for caution in cautions)
        assert block.source and found.headline(lang)


def test_the_page_shows_terms_with_intervals_and_refuses_in_words(demo, log):
    page = (demo / "pages" / "07_change.html").read_text(encoding="utf-8")
    for word in (
        "构成变化：口岸",
        "阶段：申报准备",
        "可能的名次",
        "最慢的一成（自",
        "水平变化（首月）",
        "政策日期",
        "按运输方式分别看",
    ):
        assert word in page
    normal = cm.load_notice().first("refunds", "headline")
    supposed = cm.what_if(log, normal, cm.slowest_at_median(0.1))
    assert supposed.headline("zh").removesuffix("（截至2022-12-31）") in page
    # at a fifth of its size a port has 6 cases a month, too few for its series: no effect is drawn
    # or printed
    assert "实施的口岸都没有完整的月度序列，不给出结果" in page
    never = cm.Duration("discharged", "gate_out", where=NEVER)
    found = cm.interrupted_series(log, never, date="2021-08-20")
    level = next(row for row in found if row.term == "level")
    between = f'<small class="s">{level.low:,.2f}～{level.high:,.2f}</small>'
    assert f'class="n"><span>{level.value:,.2f}{between}</span></td>' in page


def test_nothing_is_split_while_the_latest_year_overlaps_the_baseline(log):
    notice, early = cm.load_notice(), log.using(as_of="2022-05-31")
    for found in list(questions(early, notice.suited(early)))[:3]:
        block = found.with_chart()
        assert "有3个月重合，尚不能分解变化" in block.title and not block.parts
        with pytest.raises(cm.ClearanceError, match="no bridge to draw"):
            found.chart()
    before = log.using(as_of="2021-06-30")
    told = [found.with_chart() for found in questions(before, notice.suited(before))]
    assert sum("尚未到期" in block.title for block in told) == 2
    assert any("每侧至少要有" in block.title for block in told)
