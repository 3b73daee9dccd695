"""Dated targets as cards, what must be known before use, and charges on the first page."""

import json
from copy import copy
from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl
import pytest
from support.scorecards import LACKS, NOTICE, found, row

from clearance_metrics import EventLog, assess, before_use, target_cards
from clearance_metrics.assessment.violation_records import Violations
from clearance_metrics.assessment.violation_rows import Broken, Rule, Violation
from clearance_metrics.domain.verdicts import Verdict
from clearance_metrics.results.assessment import Further
from clearance_metrics.results.block import Block
from clearance_metrics.results.words import LANGUAGES
from clearance_metrics.statistics.reasons import Reason


def refunds(days: int) -> EventLog:
    """Sixty refunds a month, each granted some working days after it was accepted."""
    events, cases = [], []
    for month in range(1, 13):
        for n in range(60):
            name = f"{month}-{n}"
            start = datetime(2021, month, 1 + n % 6, 9)
            cases.append({"case_id": name, "kind": "refund"})
            for milestone, time in (
                ("refund_accepted", start),
                ("refund_approved", start + timedelta(days=days + n % 3)),
            ):
                seconds = int((time - datetime(1970, 1, 1)).total_seconds())
                events.append({"case_id": name, "milestone": milestone, "time": seconds})
    events.append({"case_id": "queried", "milestone": "refund_query_raised", "time": 0})
    return EventLog(pl.DataFrame(events), pl.DataFrame(cases)).using(as_of="2021-12-31")


@pytest.fixture(scope="module")
def log():
    return refunds(4)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_card_says_figure_verdict_interval_rule_and_what_turns_it(log, lang):
    card = assess(log)
    block = target_cards(log, card, lang)
    (cards,) = block.parts
    assert len(cards.cards) == 3
    # of refunds the target that is due last stands first
    later, first, licences = cards.cards
    (judged,) = (r for r in card if r.indicator == "refund_mean_2021")
    assert first.figure == f"{judged.value:.2f}"
    assert first.badge.startswith("✓")
    assert first.tone == "good"
    assert "2021-12-31" in first.rule
    assert f"{judged.n:,}" in first.below
    assert "<svg" in first.svg
    assert "2021" in first.alt
    assert licences.figure == "–"
    assert (later.tone, licences.tone) == ("open", "none")
    assert later.badge.startswith("…")
    assert not licences.svg
    assert Block.of(json.loads(json.dumps(block.to_dict()))) == block
    assert "<svg" in block._repr_html_()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_readings_with_another_verdict_stand_on_the_card_and_before_use(log, lang):
    met = row("refund_mean_2021", 6.5, Verdict.MET, period="2021-12")
    other = row("refund_mean_2021_day1", 7.5, Verdict.NOT_MET, period="2021-12")
    same = row("refund_mean_2021_net", 6.6, Verdict.MET, period="2021-12")
    turned, plain = found(met, other, same), found(met, same)
    name = {"zh": "受理当日计为第1日", "en": "day of acceptance as day 1"}[lang]
    ((card,), (quiet,)) = (target_cards(log, some, lang).parts[0].cards for some in (turned, plain))
    assert name in card.turns
    assert "7.50" in card.turns
    assert not quiet.turns
    told = [before_use(log, some, lang=lang).parts[0].points[0].text for some in (turned, plain)]
    assert name in told[0]
    assert name not in told[1]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_before_use_tells_only_what_concerns_the_log(log, lang):
    moved = row("import_overall_time", 32.0, Verdict.IMPROVED)
    nothing = before_use(log, found(row("refund_mean_2021")), lang=lang).parts[0].points
    with_direction = before_use(log, found(moved), lang=lang).parts[0].points
    assert len(nothing) == 1
    assert len(with_direction) == 2
    assert "2021" in with_direction[0].text
    assert not any("{" in point.text for point in with_direction)


def test_what_other_documents_in_force_ask_for_and_is_missed_is_told_with_its_cases(log):
    classes = row("refund_class_1_2", 5.19, Verdict.NOT_MET)
    limits = row("refund_class_limits", 7, Verdict.VIOLATIONS, violations=7)
    said, *_ = (p.text for p in before_use(log, found(classes, limits), lang="zh").parts[0].points)
    assert said.startswith("收费以外，其他文件当日有效的规定2项未达到：")
    assert "5.19" in said and "应不超过3" in said and "超过分类办理时限" in said
    assert f"{limits.n:,}件中7件" in said
    kept = replace(classes, verdict=Verdict.MET)
    for point in before_use(log, found(kept), lang="zh").parts[0].points:
        assert "通知以外" not in point.text


def test_rows_of_the_receipt_are_told(log):
    totals = {"rows_read": 12, "accepted": 9, "rejected": 2, "duplicates": 1}
    with_receipt = copy(log)
    object.__setattr__(with_receipt, "receipt", {"totals": totals})
    (point,) = before_use(with_receipt, found(row("refund_mean_2021")), lang="zh").parts[0].points
    assert point.text == "原始数据12行：接受9行，拒绝2行（列有原因），完全重复1行。"
    totals |= {"accepted": 11, "rejected": 0, "duplicates": 0, "left_out": 1}
    object.__setattr__(with_receipt, "receipt", {"totals": totals})
    (point,) = before_use(with_receipt, found(row("refund_mean_2021")), lang="en").parts[0].points
    assert point.text == ("12 rows were read: 11 accepted, 1 left out by the mapping's own rule.")


@pytest.mark.parametrize(
    ("n", "zh", "en"),
    [
        (1, "原始数据1行，全部接受。", "1 row was read and accepted."),
        (9, "原始数据9行，全部接受。", "9 rows were read, all of them accepted."),
    ],
)
def test_rows_that_were_all_accepted_are_told_without_zeros(log, n, zh, en):
    totals = {"rows_read": n, "accepted": n, "rejected": 0, "duplicates": 0, "left_out": 0}
    with_receipt = copy(log)
    object.__setattr__(with_receipt, "receipt", {"totals": totals})
    for lang, said in (("zh", zh), ("en", en)):
        (point,) = (
            before_use(with_receipt, found(row("refund_mean_2021")), lang=lang).parts[0].points
        )
        assert point.text == said


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_card_says_why_it_cannot_tell_and_nothing_else(log, lang):
    """What is to be known of a figure stands on its own page."""
    few = Reason("assess.few_cases", enough=30)
    why = (Reason("to_the_day", n=1), Reason("assess.no_open_case"), few)
    unsure = row("refund_mean_2022", 4.0, Verdict.CANNOT_TELL, n=1, reasons=why, n_open=0)
    (card,) = target_cards(log, found(unsure), lang).parts[0].cards
    assert card.below.endswith({"zh": "n=1 · 不足30件", "en": "n=1 · fewer than 30 cases"}[lang])
    # without a figure there is no month, and the day is the one by which it is due
    (none,) = target_cards(log, found(row("refund_mean_2022")), lang).parts[0].cards
    assert none.title.endswith({"zh": "，期限2022-12-31", "en": ", due 2022-12-31"}[lang])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_all_must_keep_is_met_without_its_bound_and_said_to_be(log, lang):
    """The bound of 101 of 101 lies below 100 %, and nothing on the page contradicts the verdict."""
    words = {"zh": "没有一件例外", "en": "not one case is apart"}[lang]
    bound = Further(statistic="bound", value=0.974, low=None, high=None, unit="share")
    about = {"period": "2021-12", "unit": "share", "target": 1.0, "also": (bound,)}
    for value, verdict in ((1.0, Verdict.MET), (0.97, Verdict.NOT_MET)):
        share = row("licence_single_window", value, verdict, low=0.96, high=1.0, n=101, **about)
        (card,) = target_cards(log, found(share), lang).parts[0].cards
        points = [p.text for p in before_use(log, found(share), lang=lang).parts[0].points]
        met = verdict is Verdict.MET
        assert (words in card.rule) is met
        assert any({"zh": "一件不差", "en": "not one case"}[lang] in p for p in points) is met


def test_a_notice_without_dated_targets_says_so(log):
    only = found(row("import_overall_time", 32.0, Verdict.IMPROVED))
    for lang in LANGUAGES:
        block = target_cards(log, only, lang)
        assert NOTICE.number in block.title
        assert not block.parts


def breach(indicator: str, line: str) -> Violation:
    given = dict.fromkeys(Violation.__dataclass_fields__)
    told = {"measure": 10, "indicator": indicator, "case_id": "a", "line_id": line}
    return Violation(**given | told | {"excess": 1.0, "unit": "CNY", "value": 100, "reasons": ()})


def rule(name: str, n: int, checked: int = 50, why: Reason | None = None) -> Rule:
    month = Broken(period="2022-01", item="x", n=n, excess=1.0, unit="CNY")
    names = dict.fromkeys(LANGUAGES, name)
    return Rule(
        indicator=name, names=names, counts="lines", checked=checked, broken=(month,), why=why
    )


def violated(rows: tuple, rules: tuple) -> Violations:
    return Violations(rows=rows, rules=rules, as_of="2022-12-31", notice=NOTICE.number)


def test_a_line_that_breaks_two_rules_counts_once():
    rows = breach("a", "1"), breach("a", "2"), breach("b", "2")
    both = violated(rows, (rule("a", 2), rule("b", 1, 70)))
    assert (both.charged.checked, both.charged.broken) == (70, 2)
    block = both.summary("zh")
    assert block.title == "收费查出违规2行（每行只计一次，各项合计3行次），2项规定中2项有违规"
    (table,) = block.parts
    assert table.cells == (("a", "2", "50"), ("b", "1", "70"))
    assert table.bars == {1: (1.0, 0.5)}
    # where not all lines are listed nobody can say which are the same
    some = violated(rows[:2], both.rules)
    assert some.charged is None
    assert some.summary("en").title.startswith("3 breaches in charge lines")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_charges_that_nobody_can_check_are_told_with_the_reason(lang):
    mute = violated((), (rule("a", 0, 0, LACKS),))
    assert mute.charged is None
    assert not mute.summary(lang).parts
    assert "kind" in mute.summary(lang).title
    clean = violated((), (rule("a", 0), rule("b", 0, 0, LACKS)))
    block = clean.summary(lang)
    assert clean.charged.broken == 0
    assert "kind" in block.note
    assert len(block.parts[0].cells) == 1
    assert violated((), ()).summary(lang).title


@pytest.mark.parametrize("lang", LANGUAGES)
def test_where_a_rule_is_withheld_nobody_says_that_no_line_breaks_one(lang):
    hidden = rule("b", 0, 0, Reason("withheld", k=10))
    clean = violated((), (rule("a", 0, 63), hidden))
    assert clean.charged is None
    assert clean.summary(lang).title.endswith({"zh": "，另有1项已隐去", "en": "; 1 withheld"}[lang])
    lead = found(row("import_overall_time", 32.0, Verdict.IMPROVED)).lead(clean.charged, lang)
    assert "63" not in lead.title
    broken = violated((), (rule("a", 84, 90), hidden))
    assert broken.charged is None and "84" in broken.summary(lang).title
    assert broken.summary(lang).title.endswith({"zh": "已隐去", "en": "withheld"}[lang])
    # the heading of the list says so too, and that it cannot be checked of others alone
    both = violated((), (rule("a", 0, 63), hidden, rule("c", 0, 0, LACKS)))
    words = {"zh": "；另有1项无法核对；另有1项已隐去", "en": "; 1 cannot be checked; 1 withheld"}
    assert words[lang] in both.headline(lang)
