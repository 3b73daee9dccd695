"""Rule by rule what breaks a notice: counted whole, listed in part, drawn, and told in words."""

import pickle
from datetime import date

import polars as pl
import pytest

from clearance_metrics import (
    Duration,
    EventLog,
    Fee,
    Share,
    assess,
    exceedances,
    load_notice,
    load_tariff,
    violations,
)
from clearance_metrics.assessment.violations import Violations
from clearance_metrics.engine.asking import listening
from clearance_metrics.errors import LogError, NoIndicator, NothingToShow
from clearance_metrics.results.display import NONE

DUES, SECURITY = "货物港务费", "港口设施保安费"
DAY = "2022-12-31"
SET, ALONE = "above_ceiling", "security_fee_lines"
NOTICE = load_notice()


def log_of(lines=40, above=3, security=0, lang="en"):
    """Lines of cargo dues of one case each, some above the set price by 1, 2, 3… yuan, a month
    each, and security fees that may not stand alone.
    """
    ids = [f"c{i:03}" for i in range(lines + security)]
    day = "customs_released"
    events = pl.DataFrame({"case_id": ids, "milestone": day, "time": 1_650_000_000})
    rows = [
        {
            "case_id": case,
            "line_id": f"L{case}",
            "item": DUES if i < lines else SECURITY,
            "amount_fen": 3400 + (100 * (i + 1) if i < above else 0) if i < lines else 800,
            "charged_on": date(2022, 5 + (i if i < above else 0), 2),
            "quantity": 1,
            "size": "20",
            "cargo_class": "general",
            "port": "甲",
            "currency": "CNY",
        }
        for i, case in enumerate(ids)
    ]
    cases = pl.DataFrame({"case_id": ids, "kind": "import", "port": "甲"})
    return EventLog(events, cases, pl.DataFrame(rows), timezone="UTC").using(lang=lang, as_of=DAY)


def test_all_are_counted_however_few_are_listed():
    found = violations(log_of(), indicator=SET, limit=1)
    (rule,) = found.rules
    assert len(found) == 1 and (rule.n, rule.checked, rule.counts) == (3, 40, "lines")
    assert [(one.period, one.item, one.n, one.excess) for one in rule.broken] == [
        ("2022-05", DUES, 1, 1.0),
        ("2022-06", DUES, 1, 2.0),
        ("2022-07", DUES, 1, 3.0),
    ]
    assert found.headline() == (
        "Above the set price, or waiver not applied: 3 lines against the rule, 40 lines checked, "
        "6.00 CNY too much in all; the largest 1 line (as of 2022-12-31)"
    )
    assert "核对40行，3行违反，多收合计6.00元，列出最大的1行" in found.headline("zh")
    every = violations(log_of(), indicator=SET)
    assert "全部列出" in every.headline("zh") and "the largest" not in every.headline("en")
    assert every.rules == found.rules


@pytest.mark.parametrize("limit", [None, 1, 2, 100])
def test_lines_that_break_a_rule_are_read_once_however_many_are_listed(limit):
    with listening() as asked:
        found = violations(log_of(), indicator=SET, limit=limit)
    assert sum(one.name.startswith("beyond") for one in asked) == 1
    every = violations(log_of(), indicator=SET)
    assert list(found) == list(every)[:limit] and [one.excess for one in every] == [3.0, 2.0, 1.0]
    assert found.charged == every.charged


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_counts_are_those_of_the_scorecard(lang):
    log = log_of(security=5, lang=lang)
    card = {row.indicator: row for row in assess(log)}
    for rule in violations(log).rules:
        row = card[rule.indicator]
        if row.kind != "zero" or rule.why is not None:
            continue
        assert (rule.n, rule.checked) == (row.violations or 0, row.n), rule.indicator
        assert f"{row.n}" in violations(log, indicator=rule.indicator).headline()


def test_a_forbidden_item_is_looked_for_among_all_lines():
    found = violations(log_of(), indicator=ALONE)
    (rule,) = found.rules
    assert (rule.n, rule.checked, rule.why) == (0, 40, None)
    assert found.headline() == (
        "Stand-alone security fee: none found, 40 lines checked (as of 2022-12-31)"
    )
    assert "没有发现违反" in found.block("zh").title and found.block().parts == ()


def test_several_rules_are_told_as_one_and_each_by_itself():
    found = violations(log_of(security=2), indicator=[SET, ALONE], limit=1)
    assert found.headline().startswith(
        "2 of 2 rules broken, 5 lines, 3 of them by derived rates alone (to be checked); most "
        "often above the set price"
    )
    assert "2项规定中有2项被违反，共5行" in found.headline("zh")
    block = found.block("zh")
    assert [part.caption.split("：")[0] for part in block.parts] == [
        "超过政府定价或未执行减免",
        "单列保安费",
    ]
    one = found.of(ALONE)
    assert [row.indicator for row in one] == [ALONE] and one.rules == found.rules[1:]
    assert "rule: 二（二）10" in one.source() and "rule:" not in found.source()
    assert "most often" not in one.headline() and one.lang == found.lang
    with pytest.raises(LogError, match="not asked about"):
        found.of("outside_list")
    assert (
        violations(log_of(), indicator=NOTICE.indicator(ALONE)).rules
        == violations(log_of(), indicator=ALONE).rules
    )


def test_what_cannot_be_said_is_said_with_its_cause():
    early = violations(log_of().using(as_of="2022-03-31"), indicator=[SET, ALONE])
    assert "2 rules, none can be checked" in early.headline()
    told = [part.text for part in early.block("zh").parts]
    assert "尚未到期" in told[1] and "没有可核对的记录" in told[0]
    log = log_of()
    bare = EventLog(log.rows_of(log.events_table).to_pandas()[["case_id", "milestone", "time"]])
    lacking = violations(bare, indicator=[SET, ALONE], as_of="2021-01-31")
    assert lacking.no_data == ((SET, "charges"), (ALONE, "charges"))
    assert lacking.headline("zh").startswith("2项规定都无法核对：无数据，数据缺少“收费记录”")
    assert lacking.block().parts == ()  # the title has said it
    assert "no data, the log lacks" in lacking.of(SET).headline("en")
    none = violations(log, indicator=[])
    assert none.headline() == (
        f"{NOTICE.number} has no rule that single lines or cases could be held against"
    )
    for found, error in ((early, NothingToShow), (lacking, NothingToShow), (none, NoIndicator)):
        with pytest.raises(error):
            found.chart()
    half = violations(log_of(security=2).using(as_of="2022-05-31"), indicator=SET)
    assert half.rules[0].n == 1


def test_of_rules_some_of_which_cannot_be_checked_that_is_said():
    found = violations(log_of(), indicator=[SET, ALONE, "outside_list"])
    assert found.headline("zh").endswith("；另有1项无法核对（截至2022-12-31）")
    kept = violations(log_of(above=0), indicator=[SET, ALONE, "outside_list"])
    assert kept.headline() == (f"3 rules, none found broken; 1 cannot be checked (as of {DAY})")


def test_a_table_has_no_empty_column_and_no_code():
    table = violations(log_of(security=1), indicator=ALONE).table("zh")
    assert table.heads == (
        "业务",
        "收费行",
        "口岸",
        "项目",
        "计费日",
        "收取（元）",
        "违反",
        "多收（元）",
    )
    assert table.cells[0][5:] == ("8.00", "不得单列收取", "8.00") and table.numbers == {5, 7}
    rated = violations(log_of(), indicator=SET).table("en")
    assert rated.heads[6:] == (
        "broken how, and the row in force",
        "quantity",
        "reference per unit, CNY",
        "excess, CNY",
    )
    what, below = rated.cells[0][6].split("\n")
    assert what == "above the set price" and "34.00 CNY per container" in below
    both = violations(log_of(security=1), indicator=[SET, ALONE]).table("en")
    assert both.heads[0] == "rule" and both.cells[-1][0] == "stand-alone security fee"
    assert both.cells[-1][8] == NONE
    assert "Excess = charged" in violations(log_of(), indicator=SET).beware()
    assert violations(log_of(security=1), indicator=ALONE).beware() == ""


def test_what_breaks_a_rule_is_drawn_by_month_and_several_rules_by_item():
    one = violations(log_of(), indicator=SET, limit=1).chart("zh")
    assert [text.get_text() for text in one.axes[0].texts] == ["1", "1", "1"]
    assert one.axes[0].get_ylabel() == "行数" and "3行违反" in one.texts[0].get_text()
    several = violations(log_of(security=2), indicator=[SET, ALONE]).chart()
    assert [text.get_text() for text in several.axes[0].texts] == ["2", "3"]
    assert {text.get_text() for text in several.axes[0].get_legend().get_texts()} == {
        f"cargo port dues ({DUES})",
        f"port facility security fee ({SECURITY})",
    }
    # a rule that nobody broke is drawn as none
    none = violations(log_of(), indicator=[SET, ALONE]).chart()
    assert [text.get_text() for text in none.axes[0].texts] == ["0", "3"]


def test_the_case_of_a_row_is_at_hand():
    found = violations(log_of(security=2), indicator=[SET, ALONE])
    cases = found.cases(found.of(ALONE)[0])
    assert [(row.case_id, row.line_id, row.value) for row in cases] == [("c040", "Lc040", 8.0)]
    assert cases[0].steps[0].milestone == "customs_released"
    assert found.of(SET).cases(0, publication=True)[0].case_id is None
    assert pickle.loads(pickle.dumps(found)) == found


def test_one_metric_is_told_and_drawn_as_a_rule_is():
    log = log_of(lang="zh")
    found = exceedances(log, Fee("line", against="tariff"), limit=2)
    assert found.headline() == (
        "逐行超过政府定价：核对40行，3行违反，多收合计6.00元，列出最大的2行（截至2022-12-31）"
    )
    assert len(found.chart().axes[0].patches) == 3 and found.cases(0)[0].case_id == "c002"
    ids = ["a", "b"]
    events = {"case_id": ids * 2, "time": [0, 0, 7200, 36000]}
    times = pl.DataFrame(events | {"milestone": ["declared"] * 2 + ["customs_released"] * 2})
    clock = Duration("declared", "customs_released")
    slow = exceedances(EventLog(times), clock, as_of="1970-01-31", above=3600 * 4)
    assert slow.headline() == (
        "Declaration accepted to released by customs: 1 case against the rule, 2 cases checked, "
        "10.00 hours beyond it in all (as of 1970-01-31)"
    )
    assert slow.table("zh").heads == ("业务", "违反", "超出（小时）")
    cases = pl.DataFrame({"case_id": ids, "odd": [True, False]})
    undated = exceedances(EventLog(times, cases), Share({"odd": True}), as_of="1970-01-31")
    assert undated.rules[0].broken[0].period is None and undated.rules[0].n == 1
    assert undated.table().heads == ("case", "broken how")
    assert len(undated.chart().axes[0].patches) == 1
    none = exceedances(log_of().using(as_of="2022-01-31"), Fee("line", against="tariff"))
    assert "nothing to check" in none.headline()


def test_without_rules_the_rows_are_counted():
    assert Violations(rows=(), as_of=DAY).table("zh").heads == ("没有发现",)


def test_lines_that_are_withheld_are_not_none():
    found = violations(log_of(lines=40, above=8).using(withhold=5), indicator=SET)
    assert found.rules[0].n == 8 and not found.rows
    (told,), *_ = (found.table("en").heads,)
    assert "not listed" in told and "none" not in told


def test_why_no_line_can_be_checked_is_told_with_its_columns():
    events = pl.DataFrame({"case_id": ["a"], "milestone": ["customs_released"], "time": [0]})
    cases = pl.DataFrame({"case_id": ["a"], "kind": ["import"]})
    item = load_tariff().checkable[0].item
    line = {"case_id": "a", "line_id": "1", "item": item, "amount_fen": 3550}
    line |= {"charged_on": "2022-04-02", "cargo_class": "general", "size": None}
    line |= {"quantity": None}  # as intake writes what no file has
    log = EventLog(events, cases, pl.DataFrame([line])).using(as_of="2022-12-31")
    told = violations(log, indicator=SET).headline("en")
    assert "1 line, which cannot be checked" in told
    assert "“box size”" in told and "“quantity”" in told and "cargo class" not in told


def test_where_none_may_be_listed_the_table_says_so_and_not_that_none_is_found():
    found = violations(log_of(above=0, security=12).using(withhold=10), indicator=ALONE)
    assert found.rules[0].n == 12 and "12" in found.headline()
    assert "none found" not in str(found.table()) and "not listed" in str(found.table())
    few = violations(log_of().using(withhold=10), indicator=SET)
    assert (few.rules[0].n, few.rules[0].checked) == (0, 0) and "withheld" in few.headline()


def test_a_line_is_told_once_and_how_many_rest_on_derived_rates_alone():
    whole = violations(log_of(security=2), indicator=[SET, ALONE])
    # by hand: each of the lines above the set price, no other, is held against a derived rate
    marks = {}
    for row in whole:
        marks.setdefault((row.case_id, row.line_id), set()).add(row.grade)
    expected = (len(marks), sum(grades == {"D"} for grades in marks.values()))
    assert expected == (5, 3)
    for limit in (None, 1):
        told = violations(log_of(security=2), indicator=[SET, ALONE], limit=limit)
        assert (told.charged.broken, told.charged.derived) == expected
    assert (
        "其中3行只依据推算标准" in whole.headline("zh") and "其中3行" in whole.summary("zh").title
    )
    assert whole.of(ALONE).charged.derived == 0
