"""The first page of a report: what it says first, an indicator in a sentence, and the tiles, of
five constructed scorecards in both languages.
"""

import json
import re
from dataclasses import replace

import pytest
from support.scorecards import NOTICE, found, row

from clearance_metrics.domain.verdicts import Verdict
from clearance_metrics.errors import LogError
from clearance_metrics.results.block import Block
from clearance_metrics.results.overview import Charged
from clearance_metrics.results.words import LANGUAGES
from clearance_metrics.statistics.reasons import Reason

TARGETS = ("refund_mean_2021", "refund_mean_2022", "licence_single_window")
FEW = (Reason("assess.few_cases", enough=30),)


def against(value, low, high, code="assess.change"):
    change = Reason(code, value=value, low=low, high=high)
    return (Reason("assess.against", months="2021", change=change, n=900),)


def all_met():
    rows = [row(name, 5.0, Verdict.MET) for name in TARGETS]
    moved = row("import_overall_time", 32.1, Verdict.IMPROVED, reasons=against(-4.6, -6.5, -2.7))
    return found(*rows, moved)


def all_missed():
    rows = [row(name, 9.0, Verdict.NOT_MET) for name in TARGETS]
    slower = row("import_overall_time", 40.0, Verdict.WORSE, reasons=against(4.6, 2.7, 6.5))
    lines = row("outside_list", 83.0, Verdict.VIOLATIONS, violations=83)
    return found(*rows, slower, lines)


def too_few():
    rows = [row(name, 5.0, Verdict.CANNOT_TELL, n=4, reasons=FEW) for name in TARGETS]
    return found(*rows, row("import_overall_time", 32.0, Verdict.CANNOT_TELL, n=4, reasons=FEW))


def no_charges():
    rows = [row(name, 5.0, Verdict.MET) for name in TARGETS[:1]]
    return found(*rows, row("outside_list"), row("above_ceiling"))


def empty_month():
    rows = [row(name) for name in TARGETS]
    return found(
        *rows,
        row("import_overall_time", 32.0, Verdict.NO_CLEAR_CHANGE, reasons=against(-0.2, -1.0, 0.6)),
    )


CARDS = {
    "all_met": (all_met(), Charged(2000, 0)),
    "all_missed": (all_missed(), Charged(2000, 1)),
    "too_few": (too_few(), None),
    "no_charges": (no_charges(), None),
    "empty_month": (empty_month(), Charged(1, 0)),
}
STATES = {
    "all_met": ("5", "✓ 2/2", "good"),
    "all_missed": ("5", "✗ 0/2", "bad"),
    "too_few": ("5", "?", "unsure"),
    "no_charges": ("11", "∅", "none"),
    "empty_month": ("2", "→ 0/1", "open"),
}
OWN = {"zh": "通知自定目标：", "en": "The notice's own targets – "}
SAID = {
    ("all_met", "zh"): "出口退税2项达标，监管证件1项达标，收费核对2,000行，未见违规",
    ("all_met", "en"): "export refunds: 2 met; certificates: met; "
    "no breach in 2,000 charge lines checked",
    ("all_missed", "zh"): "出口退税2项未达标，监管证件1项未达标，收费违规1行",
    ("all_missed", "en"): "export refunds: 2 not met; certificates: not met; "
    "1 charge line breaks a rule",
    ("too_few", "zh"): "本数据不足以判断任何指标：无法判断 4",
    ("too_few", "en"): "This log is not enough to judge any indicator: cannot tell 4",
    ("no_charges", "zh"): "出口退税1项达标",
    ("no_charges", "en"): "export refunds: met",
    ("empty_month", "zh"): "进口整体通关无明显变化，收费核对1行，未见违规",
    ("empty_month", "en"): "Import overall: no clear change; no breach in 1 charge line checked",
}


@pytest.mark.parametrize(("name", "lang"), SAID)
def test_the_lead_says_the_finding_of_a_scorecard(name, lang):
    card, charged = CARDS[name]
    lead = card.lead(charged, lang)
    own = "" if name in ("too_few", "empty_month") else OWN[lang]
    assert lead.title == own + SAID[name, lang]
    assert lead.role == "lead"
    (line,) = lead.parts
    page = {"zh": "“数据质量”一页", "en": "the page “Data quality”"}[lang]
    assert line.text and (page in line.text) == (name == "too_few")
    assert not re.search(r"[{}]|None|nan", lead.title + line.text)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", CARDS)
def test_tiles_show_every_measure_with_a_row_and_never_contradict_it(name, lang):
    card, _ = CARDS[name]
    block = card.tiles("05_scorecard.ipynb", lang)
    (tiles,) = block.parts[1:]
    told = [tile for _, group in tiles.groups for tile in group]
    assert {tile.number for tile in told} == {str(r.measure) for r in card}
    assert all(tile.address == f"05_scorecard.ipynb#m{tile.number}" for tile in told)
    number, sign, tone = STATES[name]
    (tile,) = (tile for tile in told if tile.number == number)
    assert tile.state.startswith(sign)
    assert tile.tone == tone
    assert Block.of(json.loads(json.dumps(block.to_dict()))) == block


def test_without_a_row_the_page_says_that_nothing_can_be_judged():
    for lang, said in (("zh", "本数据不足以判断任何指标"), ("en", "This log is not enough")):
        assert said[:8] in found().lead(lang=lang).title
        assert found().tiles(lang=lang).title


def test_many_groups_of_targets_are_counted():
    verdicts = (Verdict.MET, Verdict.NOT_MET, Verdict.CANNOT_TELL)
    rows = [row("refund_mean_2021", 5.0, verdict) for verdict in verdicts]
    many = found(*rows, row("licence_single_window", 0.9, Verdict.MET))
    said = "通知自定的4项有期限的目标中2项达标、1项未达标、1项无法判断"
    assert many.lead(lang="zh").title == said
    assert many.lead(lang="en").title == (
        "Of 4 dated targets that the notice itself sets 2 met, 1 not met, 1 cannot be told"
    )


def test_what_other_documents_ask_for_and_is_missed_is_said_in_the_lead():
    card, _ = CARDS["all_met"]
    classes = row("refund_class_1_2", 5.19, Verdict.NOT_MET)
    limits = row("refund_class_limits", 7, Verdict.VIOLATIONS, violations=7)
    (none,) = card.lead(lang="zh").parts
    (line,) = found(*card, classes, limits).lead(lang="zh").parts
    assert "其他文件当日有效" not in none.text
    assert line.text.startswith("收费以外，其他文件当日有效的规定2项未达到")
    (later,) = found(replace(classes, verdict=Verdict.MET)).lead(lang="zh").parts
    assert "其他文件当日有效" not in later.text


def test_without_targets_the_leading_directions_stand_in():
    card = found(row("import_overall_time", 32.1, Verdict.IMPROVED))
    assert card.lead(lang="zh").title == "进口整体通关改善"
    assert card.lead(Charged(7, 2), "en").title == (
        "Import overall: improved; 2 charge lines break a rule"
    )


@pytest.mark.parametrize(
    ("card", "lang", "said"),
    [
        (
            all_met(),
            "zh",
            "2022年12月进口整体通关平均32.10小时（n=400），比基期同月少4.60小时（2.70～6.50）",
        ),
        (
            all_met(),
            "en",
            "2022-12: import overall, mean 32.10 hours (n 400), 4.60 hours less than in the same "
            "months before (2.70 to 6.50)",
        ),
        (
            all_missed(),
            "zh",
            "2022年12月进口整体通关平均40.00小时（n=400），比基期同月多4.60小时（2.70～6.50）",
        ),
        (
            empty_month(),
            "zh",
            "2022年12月进口整体通关平均32.00小时（n=400），与基期同月相差-0.20小时（-1.00～0.60），无明显变化",
        ),
    ],
)
def test_a_direction_is_told_with_its_change(card, lang, said):
    told = card.finding(NOTICE.indicator("import_overall_time"), lang)
    assert told == said


def test_what_cannot_be_compared_is_told_without_a_change():
    for lang in LANGUAGES:
        told = too_few().finding("import_overall_time", lang)
        assert "32.00" in told and "n=4" in told and "30" in told
        assert "4.6" not in told
    points = against(0.05, 0.02, 0.08, "assess.change_points")
    share = row("advance_share", 0.4, Verdict.IMPROVED, unit="share", reasons=points)
    assert "percentage points" in found(share).finding("advance_share", "en")
    with pytest.raises(LogError):
        all_met().finding("nothing")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_does_not_lead_a_page_does_not_go_before_the_charges(lang):
    lacking = [row(name) for name in TARGETS]
    other = row("one_bill", 0.5, Verdict.IMPROVED, unit="share")
    lead = found(*lacking, other).lead(Charged(300, 46), lang)
    assert lead.title.startswith({"zh": "收费违规46行", "en": "46 charge lines"}[lang])
    derived = found(*lacking, other).lead(Charged(300, 46, 12), lang).title
    assert {"zh": "46行（12行待核实）", "en": "rule (12 to be checked)"}[lang] in derived
    # and where there are none it is what there is to say
    alone = found(*lacking, other).lead(None, lang).title
    assert alone.endswith({"zh": "改善", "en": "improved"}[lang])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_single_verdict_is_not_told_as_none(lang):
    card = found(*(row(name) for name in TARGETS), row("security_fee_lines", 0.0, Verdict.MET))
    lead = card.lead(None, lang)
    assert lead.title.startswith({"zh": "本数据只能判断1个指标", "en": "Only one"}[lang])
    assert {"zh": "1个可由本数据判断", "en": "1 can be judged"}[lang] in lead.parts[0].text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_indicator_without_a_figure_says_why_and_no_dash(lang):
    why = (Reason("assess.none_of_kind"),)
    told = found(row("import_overall_time", reasons=why)).finding("import_overall_time", lang)
    assert "–" not in told
    assert told.endswith({"zh": "：没有符合条件的业务", "en": ": no cases of this kind"}[lang])
