"""An assessment as it is read: its table, its title, its findings, and what to beware of."""

import pickle
import re
from dataclasses import replace
from types import SimpleNamespace

import pytest
from support.scorecards import LACKS, NOTICE, found, row

from clearance_metrics.domain.verdicts import Verdict
from clearance_metrics.errors import LogError, NothingToShow
from clearance_metrics.results.assessment import Further
from clearance_metrics.results.block import Points
from clearance_metrics.results.wording import figure, holds, judged_statistic
from clearance_metrics.results.words import LANGUAGES, say
from clearance_metrics.statistics.reasons import Reason

REFUND = row("refund_mean_2022", 5.5, Verdict.MET)
IMPORT = row("import_overall_time", 32.0, Verdict.IMPROVED, baseline=36.5)
SECURITY = row(
    "security_fee_lines", 7, Verdict.VIOLATIONS, violations=7, low=None, high=None, n_open=None
)
SILENT = row("import_overall_time")


def test_a_table_says_each_indicator_in_words_with_its_unit_target_and_badge():
    also = (
        Further(statistic="bound", value=5.9, low=None, high=None, unit="working_days"),
        Further(statistic="within:6", value=0.68, low=0.6, high=0.7, unit="share"),
    )
    table = found(replace(REFUND, also=also, reasons=(LACKS,)), SECURITY).table("zh")
    heads = (
        "指标",
        "统计量",
        "数值",
        "95%区间",
        "n",
        "截至日在办",
        "基期／目标",
        "其他统计量",
        "判断",
    )
    assert table.heads == heads
    first, second = table.cells
    assert first[0] == f"{REFUND.title_zh}\n2022年12月 · 注1" and first[2] == "5.50\n工作日"
    assert first[3:7] == ("4.50～6.50", "400", "3", "≤ 6\n期限2022-12-31")
    assert first[7] == "6个工作日以内占比 68.0%（60.0%～70.0%）"
    assert first[8] == "✓ 达标\n单侧95%上界 5.90", "the verdict and what it rests on, alone"
    assert table.below == ("注1：数据缺少kind",)
    assert second[1] == "行数" and second[6] == "≤ 0\n2022-04-01起\n通知以外"
    assert second[7:] == ("–", "✗ 违规 7 行")
    assert table.tones == {(0, 8): "good", (1, 8): "bad"} and 0 not in table.numbers


def moved(by, n=300, months="2020-12"):
    change = Reason("assess.change", value=by, low=by - 1, high=by + 1)
    return Reason("assess.against", months=months, change=change, n=n)


def test_the_change_stands_beside_the_verdict_and_what_all_rows_say_once_below():
    """Of the baseline the cell says its cases, the note its months; a size is judged by a note."""
    some = replace(IMPORT, reasons=(moved(-4.5),))
    other = replace(some, verdict=Verdict.NO_CLEAR_CHANGE, reasons=(moved(0.25, 7),))
    table = found(some, other).table("zh")
    assert [cells[-1] for cells in table.cells] == [
        "↑ 改善\n-4.50（-5.50～-3.50）",
        "→ 无明显变化\n+0.25（-0.75～+1.25）",
    ]
    assert [cells[6] for cells in table.cells] == ["36.50\n基期，n=300", "36.50\n基期，n=7"]
    (note,) = table.below
    assert note.startswith("各行：") and "2020-12" in note and "注" not in table.cells[0][0]
    size = moved(0.1).facts["change"]
    sized = replace(some, reasons=(Reason("assess.against_baseline_size", change=size), LACKS))
    table = found(some, replace(sized, reasons=(*sized.reasons, LACKS)), sized).table("en")
    assert [cells[0].split(" · ")[-1] for cells in table.cells] == [
        "note 1",
        "note 2, note 3",
        "note 2, note 3",
    ]
    assert [line.split(":")[0] for line in table.below] == ["note 1", "note 2", "note 3"]
    assert table.cells[1][-1].endswith("+0.10 (-0.90 to +1.10)")


def test_what_is_true_of_each_case_is_said_in_the_same_words_of_every_row():
    rows = [replace(REFUND, n=n, reasons=(Reason("to_the_day", n=n),)) for n in (511, 472)]
    partly = replace(REFUND, n=500, reasons=(Reason("to_the_day", n=12),))
    below = found(*rows, partly).table("en").below
    assert [line.split(": ")[1] for line in below] == [
        "all timed to the day",
        "12 cases timed to the day",
    ]


def test_figures_that_are_days_by_nature_have_no_decimals_and_means_keep_theirs():
    also = [
        Further(statistic="median", value=6.0, low=5.0, high=6.0, unit="working_days"),
        Further(statistic="p90", value=10.5, low=10.0, high=11.0, unit="working_days"),
        Further(statistic="mean", value=6.0, low=5.0, high=7.0, unit="working_days"),
    ]
    told = found(replace(REFUND, also=tuple(also))).table("en").cells[0][7].split("\n")
    assert told == ["median 6 (5 to 6)", "P90 10.50 (10.00 to 11.00)", "mean 6.00 (5.00 to 7.00)"]
    hours = tuple(
        replace(one, unit="hours", value=336.0, low=336.0, high=360.0) for one in also[:1]
    )
    dated = replace(IMPORT, also=hours, reasons=(Reason("to_the_day", n=IMPORT.n),))
    assert found(dated).table("en").cells[0][7] == "median 336 (336 to 360)"
    assert found(replace(dated, reasons=())).table("en").cells[0][7].startswith("median 336.00")


def test_a_mean_of_few_cases_that_reaches_below_zero_has_no_interval():
    few = replace(IMPORT, value=63.78, low=-21.44, high=148.99, n=3)
    many, early = replace(few, n=30), replace(few, value=-1.0)
    cells = [cells[3] for cells in found(few, many, early).table("en").cells]
    assert cells[0] == "too few cases for an interval"
    assert cells[1:] == ["-21.44 to 148.99"] * 2, "many cases, and a clock that may be negative"
    assert "-21.44" not in str(found(few).points(lang="en").to_dict())
    assert found(few).rows[0].low == -21.44, "the record keeps what was computed"


@pytest.mark.parametrize(
    ("target", "english", "chinese"),
    [
        ({"over": "month", "due": "2022-12-31", "until": None}, "by 2022-12-31", "期限2022-12-31"),
        ({"over": "year", "due": "2022-12-31", "until": None}, "by 2022-12-31", "期限2022-12-31"),
        ({"over": "since", "due": "2019-07-01", "until": None}, "since 2019-07-01", "2019-07-01起"),
        (
            {"over": "since", "due": "2022-06-20", "until": "2023-06-30"},
            "2022-06-20 to 2023-06-30",
            "2022-06-20至2023-06-30",
        ),
    ],
)
def test_a_target_says_when_it_holds(target, english, chinese):
    told = holds(SimpleNamespace(**target))
    assert say(told, "en") == english and say(told, "zh") == chinese


def test_a_limit_of_one_is_said_in_the_singular():
    assert judged_statistic("within:1", "working_days", lang="en") == "within 1 working day"
    assert judged_statistic("within:1", "hours", lang="zh") == "1小时以内占比"
    assert figure(1, "working_days", "en") == "1 working day"


@pytest.mark.parametrize(
    ("period", "shown"),
    [
        ("2021-12", "–"),
        ("2021-11..2022-10 (11 months)", "–"),
        ("2022-Q3", "–"),
        ("2022-12", "3"),
        ("2022-01..2022-12 (11 months)", "3"),
        ("2021-09-01..", "3"),
        (None, "3"),
    ],
)
def test_open_cases_of_the_day_stand_beside_no_earlier_period(period, shown):
    """The count is that of the as-of day, whatever the period of the row."""
    rows = (replace(REFUND, period=period), REFUND)
    cells = found(*rows).table("en").cells
    assert [line[5] for line in cells] == [shown, "3"]
    assert found(*rows).rows[0].n_open == 3, "the record keeps what was counted"


def test_columns_that_no_row_fills_are_left_out_and_no_unit_stands_alone():
    table = found(SILENT).table("en")
    assert table.heads == ("indicator", "statistic", "verdict")
    assert table.cells[0][2] == "∅ no data" and table.below == ("note 1: the log lacks kind",)
    assert table.tones == {(0, 2): "unsure"}
    assert found().table("en").heads == ("(no rows)",)


def test_groups_stand_before_the_columns_even_when_called_like_one():
    some = replace(IMPORT, groups=(("interval", "上海"), ("mode", "sea")))
    table = found(some, replace(IMPORT, groups=(("interval", None), ("mode", "air")))).table("zh")
    assert table.cells[0][:2] == ("上海", "水运") and table.cells[1][:2] == ("未注明", "航空")
    assert table.cells[0][5] == "31.00～33.00"
    assert "改善 2" in found(some, some).headline("zh")
    point = found(some).points(lang="zh").parts[0].points[0]
    assert "（上海、水运）" in point.text


def test_another_level_is_said_wherever_it_is_meant():
    also = (Further(statistic="bound", value=5.9, low=None, high=None, unit="working_days"),)
    told = found(replace(REFUND, also=also), IMPORT, level=0.9)
    assert "90%区间" in told.table("zh").heads and "单侧90%上界" in told.table("zh").cells[0][-1]
    assert "90 % interval" in told.beware("en")
    assert "one-sided 90 % upper bound 5.90" in told.points(lang="en").parts[0].points[0].text


@pytest.mark.parametrize(
    ("page", "rows", "english", "chinese"),
    [
        (
            "clearance",
            (IMPORT, row("export_overall_time", 1.5, Verdict.WORSE)),
            "2022-12: import overall mean 32.00 hours (n 400), improved; "
            "export overall mean 1.50 hours (n 400), worse",
            "2022年12月进口整体通关平均32.00小时（n=400），较基期改善；"
            "出口整体通关平均1.50小时（n=400），较基期变差",
        ),
        (
            "refunds",
            (REFUND,),
            "2022-12: normal refunds, mean 5.50 working days (4.50 to 6.50, n 400),"
            " target at most 6 working days, met",
            "2022年12月正常退税平均5.50个工作日（4.50～6.50，n=400），目标不超过6个工作日，达标",
        ),
        (
            "fees",
            (replace(SECURITY, n=1),),
            "Stand-alone security fee, violations: 7 (1 line checked)",
            "单列保安费：违规 7 行（核对1行）",
        ),
        ("clearance", (SILENT,), "No data: the log lacks kind", "无数据：数据缺少kind"),
        (
            "clearance",
            (replace(SILENT, verdict=Verdict.NOT_DUE, reasons=()),),
            "Not due",
            "未到期",
        ),
        (
            "clearance",
            (SILENT, row("two_step_share", 0.5, Verdict.NO_CLEAR_CHANGE, unit="share")),
            "No data: the log lacks kind; "
            "2022-12: Share of two-step declarations 50.0% (n 400), no clear change",
            "无数据：数据缺少kind；2022年12月“两步申报”占比50.0%（n=400），较基期无明显变化",
        ),
        (
            "services",
            (),
            "署岸发〔2021〕85号 has no indicator for this page",
            "署岸发〔2021〕85号没有列入本页的指标",
        ),
    ],
)
def test_the_title_of_a_page_tells_its_leading_indicators_or_why_not(page, rows, english, chinese):
    told = found(*rows).on(page)
    assert told.headline("en") == english + " (as of 2022-12-31)" * bool(rows)
    assert told.headline("zh") == chinese + "（截至2022-12-31）" * bool(rows)


def test_a_figure_without_a_comparison_is_not_called_compared():
    told = found(replace(IMPORT, verdict=Verdict.CANNOT_TELL)).on("clearance")
    assert told.headline("zh").startswith("进口整体通关平均32.00小时，无法判断（")


def test_a_measure_is_called_by_its_number_and_title():
    told = found(REFUND, IMPORT).measure(5)
    assert [r.indicator for r in told] == ["refund_mean_2022"]
    assert told.caption("zh").startswith("第5项 ") and "Measure 5: " in told.asked("en")
    with pytest.raises(LogError, match="no measure 99"):
        told.measure(99)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_whole_notice_says_how_many_indicators_can_be_judged(lang):
    action = row("cross_district_other", verdict=Verdict.NOT_MEASURABLE)
    told = found(REFUND, IMPORT, SILENT, action).headline(lang)
    assert re.findall(r"\d+", told)[:4] == (
        ["27", "4", "2", "1"] if lang == "zh" else ["4", "27", "2", "1"]
    )
    assert NOTICE.id not in told and len(found(REFUND).headline(lang).split("；")) == 1


def test_what_to_beware_of_is_told_of_the_rows_that_are_there():
    assert found(SILENT).beware("zh") == ""
    told = found(IMPORT).beware("zh")
    assert "对以小时计的时钟，通知没有设定目标" in told and "工作日" not in told
    told = found(REFUND, row("refund_mean_2022_all", 7.0, Verdict.NOT_MET)).beware("en")
    assert "day 0" in told and "“Beside”" in told and "hours" not in told
    assert "D级" in found(SECURITY).beware("zh")
    assert "D级" not in found(SECURITY, _own_tariff=True).beware("zh")


def test_findings_stand_in_order_and_what_stands_beside_below():
    beside = row("refund_mean_2022_all", 7.0, Verdict.NOT_MET)
    block = found(IMPORT, SECURITY, beside, REFUND, SILENT).points(lang="zh")
    (points,) = block.parts
    assert isinstance(points, Points) and block.title == "本样本中，2022年12月正常退税：达标"
    assert [p.badge for p in points.points] == ["✓ 达标", "✗ 违规 7 行", "↑ 改善"]
    assert points.points[0].below == "旁列：含有疑点的全部退税：7.00，未达标"
    assert "第10项" in points.points[1].text and "（通知以外）" in points.points[1].text
    assert points.points[2].text.endswith("32.00小时（31.00～33.00），基期36.50，n=400")
    assert block.note == "" and "2022-12-31" in block.source


def test_of_many_findings_each_kind_is_there_and_the_rest_is_counted():
    rows = [
        row(i.id, 2.0, Verdict.VIOLATIONS if i.kind == "zero" else Verdict.IMPROVED, violations=2)
        for i in NOTICE.indicators
        if i.status == "computed" and not i.companion_of and i.kind != "reference"
    ]
    beside = [row(i.id, 2.0, Verdict.REFERENCE) for i in NOTICE.indicators if i.reference]
    # what is only set beside a text is no judgement that is left out
    assert found(*rows, *beside).points(6, lang="zh").note.startswith(f"另有{len(rows) - 6}项")
    assert beside
    whole = found(*rows)
    block = whole.points(6, lang="zh")
    badges = [point.badge for point in block.parts[0].points]
    assert len(badges) == 6 and {"✗ 违规 2 行", "↑ 改善"} <= set(badges)
    assert f"另有{len(rows) - 6}项判断未列" in block.note
    assert "进口整体通关时间" in str(block.to_dict())
    assert len(whole.points(1).parts[0].points) == 1
    assert len(whole.points().parts[0].points) == len(rows)
    for wrong in (0, -1, "6"):
        with pytest.raises(LogError, match="cannot be chosen"):
            whole.points(wrong)


def test_without_any_value_the_findings_say_so():
    assert found(SILENT).points(lang="zh").title == "本数据不足以判断任何指标：无数据 1"
    assert found().points(lang="en").title == "This log is not enough to judge any indicator"


def test_every_measure_has_a_table_with_its_clause_and_departments():
    block = found(REFUND, IMPORT).measures("zh")
    captions = [table.caption.split("\n") for table in block.parts]
    assert [head[:4] for head, _ in captions] == ["第2项 ", "第5项 "]
    assert captions[1][1] == "二（一）5 · 海关总署、税务总局"
    assert "全部措施与指标" in block.title and found().measures().parts == ()


def test_the_picture_counts_verdicts_and_says_them_to_who_does_not_see_it():
    figure = found(REFUND, IMPORT, SECURITY).chart("zh")
    assert "达标 1" in figure.alt and "违规 1" in figure.alt
    with pytest.raises(NothingToShow, match="no indicator"):
        found().chart()


def test_a_terminal_has_a_line_per_indicator_and_files_the_raw_columns():
    told = found(REFUND, IMPORT)
    lines = str(told).splitlines()
    assert len(lines) == 3 and "refund_mean_2022" in lines[1] and "✓ met" in lines[1]
    assert repr(told).splitlines()[1:] == lines and told.told("en").splitlines()[1:] == lines
    assert told.to_csv().splitlines()[0].startswith("measure,indicator,kind,origin,companion_of")
    assert (
        pickle.loads(pickle.dumps(told)).on("refunds").headline() == told.on("refunds").headline()
    )
