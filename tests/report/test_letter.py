"""A letter says findings with interval and cases, other readings, and fills two sheets."""

import io

import docx
import pytest

from clearance_metrics.report.furniture import MAIN
from clearance_metrics.report.letter import Chapter, chapters_of, dated, fitting, judged, lines_of
from clearance_metrics.report.official import official_of
from clearance_metrics.report.outputs import Page
from clearance_metrics.results.block import Block, Point, Points
from clearance_metrics.results.display import Display, head_word
from clearance_metrics.results.words import say

LINES = 22


def indicators(lang):
    heads = ("indicator", "statistic", "value", "interval", "n", "against", "verdict")
    said = {"against": say("judged.against", lang), "interval": "95%"}
    beside, outside = say("judged.is_beside", lang), say("judged.outside", lang)
    same = say("official.same", lang)
    days = say("unit.working_days", lang)
    rows = [
        (
            "时间（甲）\n2022-01至2022-12 · 注1、注2",
            "均值",
            "32.06\n小时",
            "30.84～33.29",
            "3,749",
            "36.65\n基期",
            "↑ 改善\n注",
        ),
        (
            "时间（甲）\n2021-12 · 注1",
            "均值",
            "6.42\n" + days,
            "6.16～6.68",
            "511",
            "≤ 7\n2021-12-31",
            "✓ 达标",
        ),
        (
            f"{same}首日\n{beside} · 2021-12",
            "均值",
            "7.42\n" + days,
            "7.16～7.68",
            "511",
            "≤ 7\n2021-12-31",
            "✗ 未达标",
        ),
        (
            f"{same}扣除\n{beside} · 2021-12",
            "均值",
            "6.44\n" + days,
            "6.19～6.70",
            "550",
            "≤ 7\n2021-12-31",
            "✓ 达标",
        ),
        (
            "多收（行数）\n2022-04-01起",
            "件数",
            "37\n行",
            "–",
            "12,218",
            f"≤ 0\n2022-04-01\n{outside}",
            "✗ 违规 37 行",
        ),
        ("未算（乙）\n2022-12", "均值", "–", "–", "–", "≤ 6\n2022-12-31", "∅ 无数据"),
    ]
    return Display([said.get(head) or head_word(head, lang) for head in heads], rows)


PAGE = Page("退税", (Block("只有标题不报", (indicators("zh"),)), Block("均值3.51（3.00～4.00）")))


def test_an_indicator_is_said_with_interval_cases_verdict_and_other_readings():
    assert list(judged(PAGE, "zh")) == [
        "2021-12，时间（甲）均值6.42个工作日（6.16～6.68，n=511），达标；"
        "换一种算法结论不同：首日7.42，未达标",
        "2022-04-01起，多收违规37行（n=12,218，通知以外）",
        "2022-01至2022-12，时间（甲）均值32.06小时（30.84～33.29，n=3,749），较基期改善",
    ]
    (chapter,) = chapters_of([PAGE], "zh")
    assert chapter.found[0].startswith("2021年12月，") and chapter.title == "退税"
    assert chapter.found[1].startswith("2022年4月1日起，")
    assert chapter.found[2].startswith("2022年1月至12月，")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("截至2022-12-31", "截至2022年12月31日"),
        ("2022-01至2022-12", "2022年1月至12月"),
        ("2020-09至2021-08", "2020年9月至2021年8月"),
        ("2022-13-45-1与1-2022-12", "2022-13-45-1与1-2022-12"),
    ],
)
def test_days_are_written_as_letters_write_them(text, told):
    assert dated(text, "zh") == told and dated(text, "en") == text


def letter(pages, title="标题" * 15):
    made = official_of(pages, title=title, about=["根据截至2022年12月31日的数据测算"], lang="zh")
    return docx.Document(io.BytesIO(made)).paragraphs


def test_a_letter_leaves_to_whom_from_whom_and_its_day_to_the_office():
    texts = [p.text for p in letter([PAGE])]
    whom, office, day = (say(f"official.{code}", "zh") for code in ("to", "from", "of_day"))
    assert all("×" in text for text in (whom, office, day))
    assert texts[2] == whom and texts.index(office) + 1 == texts.index(day)
    assert texts.index("附件：主要数据表") < texts.index(office) < texts.index("附件")


@pytest.mark.parametrize("size", [12, 35, 60, 110])
def test_what_stands_before_the_annex_fills_two_sheets_and_no_third(size):
    pages = [
        Page(
            f"第{p}章",
            tuple(
                Block(
                    f"{p}{n}" + "结" * size + f"{p}.{n}1（1.00～2.00）",
                    (Display(("a",), [("1",)]),),
                )
                for n in range(30)
            ),
        )
        for p in range(1, 7)
    ]
    told = letter(pages)
    end = next(i for i, p in enumerate(told) if p.text == say("official.of_day", "zh"))
    body = [p for p in told[: end + 1] if p.style.name != "Title"]
    # the title is of 22 points, 20 signs to a line of 32 points, where others have 29
    used = 2 * 32 / 29 + sum(max(1, lines_of(p.text)) for p in body)
    assert 2 * LINES - 7 <= used <= 2 * LINES


def test_a_broken_rule_comes_before_what_improved():
    texts = ["一" * 20, "改善" * 10, "违规3件" * 5]
    chapters = [
        *chapters_of([Page("甲", (Block("首", (Display(("a",), [("1",)]),)),))], "zh"),
        *chapters_of(
            [Page("乙", tuple(Block(t, (Display(("a",), [("1",)]),)) for t in texts))], "zh"
        ),
    ]
    found = {one.title: one.found for one in fitting(chapters, 5, "zh")}
    assert found == {"甲": ["首"], "乙": [texts[0], texts[2]]}


def test_a_page_begins_with_its_main_points():
    parts = (Display(("甲",), [("1",)]),)
    plain = [Block("看不出集中（n=15,000）", parts), Block("在办44件", parts)]
    main = Block(parts=(Points((Point("", "", "在办44件"),)),), role=MAIN)
    assert chapters_of([Page("在办", tuple(plain))], "zh")[0].found[0].startswith("看不出")
    assert chapters_of([Page("在办", (main, *plain))], "zh")[0].found[0] == "在办44件"


def test_each_other_page_has_its_first_finding_where_it_counts_cases():
    pages = (Page("变化"), Page("在办"), Page("质量"))
    found = ["变化-4.59（-6.45～-2.73）", "在办44件，其中28件（63.6%）已超过", "读入9行，未达标"]
    first = Chapter("总体判断", ["首"], (Page("总览"),))
    *_, last = fitting([first, Chapter("其他情况", found, pages)], 5, "zh")
    assert last.found == found[:2]
