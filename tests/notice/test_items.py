"""Charge items in words."""

from datetime import date

import polars as pl

from clearance_metrics import EventLog, Fee, load_tariff, measure, violations
from clearance_metrics.notice.items import item_words, known_items

DUES = "货物港务费"


def test_every_item_that_a_notice_may_name_has_a_name_in_both_languages():
    words = item_words()
    assert set(known_items()) <= set(words)
    for item, told in words.items():
        assert told["zh"] == item
        plain, _, rest = told["en"].partition(" (")
        assert plain.isascii() and rest == f"{item})", item
    english = {row.item: row.item_en for row in load_tariff().rows}
    assert all(words[item]["en"] == f"{name} ({item})" for item, name in english.items())


def log_of(lines):
    frame = pl.DataFrame(
        [
            {"case_id": "c", "line_id": str(i), "charged_on": date(2023, 5, 1), "quantity": 1}
            | {"amount_fen": 100, "currency": "CNY"}
            | line
            for i, line in enumerate(lines)
        ]
    )
    events = pl.DataFrame({"case_id": ["c"], "milestone": ["customs_released"], "time": [0]})
    return EventLog(events, None, frame, timezone="Asia/Shanghai").using(as_of="2024-12-31")


def test_pages_in_english_name_items_in_english_and_others_as_written():
    log = log_of([{"item": DUES}, {"item": "甲码头杂费"}])
    found = measure(log, Fee(per="case"), by="item", statistics="sum")
    assert {line[1] for line in found.table("en").cells} == {
        f"cargo port dues ({DUES})",
        "甲码头杂费",
    }
    assert {line[1] for line in found.table("zh").cells} == {DUES, "甲码头杂费"}
    assert {row.to_dict()["item"] for row in found.rows} == {DUES, "甲码头杂费"}, "records keep it"


def test_a_rule_names_no_port_beside_a_line_of_another():
    """The line is ruled by the rates of 深圳, and happened elsewhere."""
    ship = {
        "item": "引航(移泊)费",
        "net_tons": 130_000,
        "distance_nm": 5,
        "voyage": "international",
    }
    ship |= {"amount_fen": 5_000_000, "bill": "B", "payee": "甲"}
    lines = [
        ship | {"port": "甲港", "tariff_port": "深圳"},
        ship | {"port": "深圳", "tariff_port": None},
    ]
    found = violations(log_of(lines), indicator="pilotage_ratio")
    told = {row.port: row.said("zh") for row in found.rows}
    assert "深圳" not in told["甲港"] and "适用于该行所列港口" in told["甲港"]
    assert "深圳" in told["深圳"]
