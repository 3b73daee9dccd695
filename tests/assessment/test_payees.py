"""Who charged: by hand, beside the raw file by pandas, and the planted payees found again."""

import json
from datetime import date

import pandas as pd
import polars as pl
import pytest

from clearance_metrics import EventLog, legal_layers, load_notice, payees, violations
from clearance_metrics.assessment.payee_records import MONTHS
from clearance_metrics.engine.refusals import MissingColumn
from clearance_metrics.errors import LogError, NothingToShow

DUES, SECURITY = "货物港务费", "港口设施保安费"
DAY, SET = "2022-12-31", "above_ceiling"


def log_of(rows, lists=None, currencies=("CNY",), without=()):
    """Lines of (case, payee, item, fen, month of 2022, port); the rest is what is usual."""
    made = [
        {
            "case_id": case,
            "line_id": f"L{i}",
            "payee": payee,
            "item": item,
            "amount_fen": fen,
            "charged_on": date(2022, month, 5),
            "port": port,
            "quantity": 1,
            "size": "20",
            "cargo_class": "general",
            "currency": currencies[i % len(currencies)],
        }
        for i, (case, payee, item, fen, month, port) in enumerate(rows)
    ]
    ids = sorted({row["case_id"] for row in made})
    events = pl.DataFrame({"case_id": ids, "milestone": "customs_released", "time": 1_650_000_000})
    cases = pl.DataFrame({"case_id": ids, "kind": "import"})
    listed = None if lists is None else pl.DataFrame(lists)
    bills = pl.DataFrame(made).drop(*without)
    log = EventLog(events, cases, bills, charge_list=listed, timezone="UTC")
    return log.using(as_of=DAY, lang="en")


def test_by_hand():
    found = payees(
        log_of(
            [
                ("a", "T1", DUES, 3400, 5, "甲"),
                ("b", "T1", DUES, 3550, 5, "甲"),
                ("c", "T2", DUES, 3500, 6, "甲"),
                ("d", None, DUES, 3401, 6, "甲"),
            ]
        )
    )
    told = [(r.payee, r.lines, r.amount, r.broken, r.over, r.months) for r in found]
    assert told == [
        ("T1", 2, 69.5, 1, 1.5, 1),
        ("T2", 1, 35.0, 1, 1.0, 1),
        (None, 1, 34.01, 1, 0.01, 1),
    ]
    assert found.headline() == (
        "2 of 2 payees billed lines that break a rule: 2 lines, 2.50 CNY above the ceiling; most "
        "of it T1, 1.50 CNY; without a payee’s name 1 line more (0.01 CNY); nobody again "
        "and again and more often than others (as of 2022-12-31)"
    )
    assert "1 line names no payee (34.01 CNY)." in found.beware()
    assert "does not record the ground" in found.beware()


def test_lines_without_a_payee_are_not_told_as_those_of_a_payee():
    found = payees(log_of([("a", "T1", DUES, 3400, 5, "甲"), ("b", None, DUES, 3401, 6, "甲")]))
    assert found.headline("zh").startswith(
        "1家收费单位的收费行均未违反规定，另有1行（0.01元）未写明收费单位"
    )


def test_lines_that_no_rule_could_be_held_against_are_not_told_to_keep_it():
    """Lines are cleared of nothing where the cargo that their rate depends on is not known."""
    rows = [("a", "T1", DUES, 999_900, 5, "甲"), ("b", "T2", DUES, 3400, 6, "甲")]
    log = log_of(rows, without=["cargo_class"])
    found = payees(log, indicator=SET)
    told = found.headline("zh")
    assert told.startswith("2家收费单位的收费行是否违反规定，一条也无从核对：") and "货类" in told
    assert "cannot be checked: " in found.headline("en") and not found.checked
    assert [row.repeated for row in found] == [None, None]
    assert found.table("en").heads == ("payee", "lines", "charged, CNY")
    assert "Again and again" not in found.beware("en")
    assert "no rule is asked for" in payees(log, indicator=[]).headline("en")
    heads = legal_layers(log, indicator=SET).table("en").heads
    assert "lines" in heads and not [one for one in heads if "against a rule" in one]


def test_what_seems_billed_twice_is_no_breach():
    rows = [("a", "T1", DUES, 3400, 5, "甲")] * 2 + [("b", "T1", DUES, 3500, 6, "甲")]
    log = log_of(rows)
    found, twice = payees(log), payees(log, indicator="billed_twice")
    # by hand: one line of three is above the price, of two alike the second seems billed twice
    assert (found[0].lines, found[0].broken, found[0].excess) == (3, 1, 1.0)
    assert twice[0].broken == 1 and not twice.apart
    assert (
        found[0].broken
        == violations(log, indicator=[r.indicator for r in found.rules]).charged.broken
    )
    assert "not counted as against a rule: billed twice" in found.beware()
    assert "(the first on 2021-08-20)" in found.beware()


def test_a_line_that_breaks_several_rules_counts_once():
    lists = [{"port": "甲", "item": DUES, "valid_from": "2018-11-01"}]
    # a security fee that may not stand alone, on no list, and billed twice: 8 yuan each
    rows = [("a", "T1", SECURITY, 800, 6, "甲"), ("a", "T1", SECURITY, 800, 6, "甲")]
    log = log_of(rows, lists)
    (row,) = payees(log)
    assert sum(rule.n for rule in violations(log).rules) == 5
    assert (row.lines, row.broken, row.excess, row.over) == (2, 2, 16.0, 0.0)


def repeated_rows(often=6, others=0):
    """T1 breaks the rule in several months, T2 seldom, each with ten shipments a month."""
    rows = []
    for month in range(1, 7):
        for i in range(10):
            dear = month <= often and i < 3
            rows.append((f"a{month}{i}", "T1", DUES, 3500 if dear else 3400, month, "甲"))
            dear = (month <= others and i < 3) or (month, i) == (1, 0)
            rows.append((f"b{month}{i}", "T2", DUES, 3500 if dear else 3400, month, "甲"))
    return rows


def test_who_does_it_again_and_again_is_told_with_what_was_expected():
    found = payees(log_of(repeated_rows()), indicator=SET)
    told = {row.payee: row for row in found}
    assert (told["T1"].repeated, told["T2"].repeated) == (True, False)
    # 19 shipments, and half of those of each month are T1's
    assert (told["T1"].shipments, told["T1"].expected, told["T1"].months) == (18, 9.5, 6)
    assert told["T1"].p < 0.001 and [row.payee for row in found.repeated] == ["T1"]
    assert "again and again, and more often than others: T1" in found.headline()


def test_as_often_as_others_is_not_told():
    found = payees(log_of(repeated_rows(others=6)), indicator=SET)
    assert [(row.repeated, row.shipments, row.expected) for row in found] == [(False, 18, 18.0)] * 2


def test_few_months_are_not_again_and_again():
    found = payees(log_of(repeated_rows(often=MONTHS - 1)), indicator=SET)
    assert [row.repeated for row in found] == [False, False]


def test_who_is_alone_at_a_port_cannot_be_told():
    alone = [(c, p, i, f, m, "乙" if p == "T1" else o) for c, p, i, f, m, o in repeated_rows()]
    found = payees(log_of(alone), indicator=SET)
    row = found.of("T1")
    assert (row.repeated, row.p, row.expected) == (None, None, None)
    assert row.note == "nobody else bills the same at that port"
    assert "cannot tell" in str(found)
    # what cannot be told is not denied
    assert "again and again, but with nobody to compare with: T1" in found.headline()
    assert "反复违规、但没有同类单位可比的：T1" in found.headline("zh")
    assert "nobody again and again" not in found.headline()


def test_periods_sum_to_the_whole():
    log = log_of(repeated_rows())
    whole = {row.payee: row for row in payees(log)}
    for period in ("month", "quarter", "year"):
        parts = payees(log, period=period)
        for name, row in whole.items():
            own = [part for part in parts if part.payee == name]
            for column in ("lines", "amount", "broken", "over", "excess"):
                assert sum(getattr(p, column) for p in own) == pytest.approx(getattr(row, column))
    assert {row.period for row in payees(log, period="quarter")} == {"2022-Q1", "2022-Q2"}


def test_other_currencies_are_counted_and_have_no_part_in_amounts():
    rows = [("a", "T1", DUES, 3400, 5, "甲"), ("b", "T1", DUES, 3400, 5, "甲")]
    found = payees(log_of(rows, currencies=("CNY", "USD")))
    assert (found[0].lines, found[0].amount, found[0].other) == (2, 34.0, 1)
    assert "1 line in another currency" in found.beware()


def test_what_cannot_be_asked_is_said():
    log = log_of([("a", "T1", DUES, 3400, 5, "甲")])
    with pytest.raises(LogError, match="unknown period"):
        payees(log, period="week")
    found = payees(log)
    assert found.headline().startswith("The one payee billed no line that breaks a rule; ")
    with pytest.raises(NothingToShow):
        found.chart()
    assert "Not checked:" in found.beware() and "lacks" in found.beware()
    lines = pl.DataFrame(
        {"case_id": ["a"], "line_id": ["1"], "item": [DUES], "amount_fen": [1]}
    ).with_columns(charged_on=pl.lit(date(2022, 5, 1)))
    events = pl.DataFrame({"case_id": ["a"], "milestone": "customs_released", "time": 0})
    with pytest.raises(MissingColumn, match="payee"):
        payees(EventLog(events, charges=lines), as_of=DAY)


@pytest.fixture(scope="module")
def demo(small):
    """What was planted, the log, and the charges as their owner wrote them."""
    truth = json.loads((small / "raw" / "truth.json").read_text(encoding="utf-8"))["charges"]
    lines = pd.read_csv(small / "raw" / "charges.csv.gz", dtype=str, keep_default_na=False)
    lines = lines[~lines["行号"].str.startswith("X")].drop_duplicates()
    fen = lines["金额"].str.replace(",", "").str.replace(".", "").astype("int64")
    return truth, EventLog.open(small / "out"), lines.assign(fen=fen)


def test_the_raw_file_says_the_same(demo):
    truth, log, lines = demo
    found = {row.payee or "": row for row in payees(log)}
    for name, own in lines.groupby("收费单位"):
        row = found[name]
        assert row.lines == len(own) == truth["payees"]["lines"][name]
        assert round(row.amount * 100) == own["fen"].sum()
        silent = own[own["收费依据"] == ""]
        assert (
            row.no_ground == len(silent) and round(row.no_ground_amount * 100) == silent.fen.sum()
        )
        assert row.no_layer == (own["定价方式"] == "").sum()
    assert found[""].lines == truth["payees"]["no_payee"] > 0


def test_planted_payees_are_found_again(demo):
    truth, log, _ = demo
    found = payees(log, indicator=SET)
    told = {
        row.payee or "": {"lines": row.broken, "fen": round(row.over * 100)}
        for row in found
        if row.broken
    }
    assert told == truth["payees"]["above_ceiling"]
    assert sorted(row.payee for row in found.repeated) == truth["payees"]["repeated"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_is_told_in_both_languages(demo, lang):
    found = payees(demo[1].using(lang=lang), load_notice())
    block = found.with_chart(lang)
    assert len(block.parts) == 2 and block.title and block.note
    assert ("反复违规" in block.note) is (lang == "zh")


def test_months_have_a_finding_of_their_own():
    found = payees(log_of(repeated_rows()), period="month", indicator=SET)
    assert found.headline().startswith(
        "19 lines billed by 2 payees break a rule, 2022-01 to 2022-06, 19.00 CNY above the "
        "ceiling; most in 2022-01, 4 lines"
    )
    assert found.chart("zh").get_axes()


def test_small_counts_are_withheld():
    log = log_of(repeated_rows()).using(withhold=5)
    with pytest.raises(NothingToShow, match="withheld"):
        payees(log, indicator=SET)
    assert payees(log_of(repeated_rows(others=6)).using(withhold=5), indicator=SET).rows
