"""Sums by group as parts of a whole, groups in order, charges in words; what a part of an answer
keeps.
"""

from datetime import date

import polars as pl
import pytest

from clearance_metrics import EventLog, Fee, measure
from clearance_metrics.domain.metrics.fee import REFERENCES
from clearance_metrics.results.words import LANGUAGES, metric_word


@pytest.fixture
def log():
    ids = [*"abcd"]
    events = pl.DataFrame({"case_id": ids, "milestone": "customs_released", "time": 0})
    lines = {
        "case_id": ids,
        "line_id": ids,
        "item": ["x", "y", "y", "z"],
        "amount_fen": [100, 300, 500, 100],
        "charged_on": [date(2021, 5, 1)] * 3 + [date(2022, 5, 1)],
    }
    cases = pl.DataFrame({"case_id": ids, "kind": "import"})
    return EventLog(events, cases, pl.DataFrame(lines), timezone="UTC").using(as_of="2022-12-31")


def test_the_sums_of_groups_are_told_as_parts_of_one_whole(log):
    by_item = measure(log, Fee("line"), by="item", statistics="sum")
    assert by_item.headline() == (
        "charges by line, sum: 10.00 CNY, 80.0% of it y (as of 2022-12-31)"
    )
    years = measure(log, Fee("line"), by="item", period="year", statistics=("sum", "mean"))
    last = years.last()
    assert last.headline("zh").startswith("逐行收费（2022年）（z），合计：1.00元")
    # over several years the groups of one year are no whole
    assert "highest" in years.headline() and "of it" not in years.headline()


def test_groups_stand_in_the_order_of_their_first_statistic(log):
    found = measure(log, Fee("line"), by="item", statistics=("sum", "n")).largest_first()
    assert [row.item for row in found] == ["y", "y", "x", "x", "z", "z"]
    assert [row.statistic for row in found] == ["sum", "n"] * 3
    several = measure(log, {"one": Fee("line"), "two": Fee("line")}, by="item", statistics="n")
    assert [(row.label, row.item) for row in several.largest_first()] == [
        ("one", "y"),
        ("one", "x"),
        ("one", "z"),
        ("two", "y"),
        ("two", "x"),
        ("two", "z"),
    ]
    without = measure(log, Fee("line"), by="item", statistics="sd").largest_first()
    assert [row.value is None for row in without] == [False, True, True]


def test_a_part_of_an_answer_still_names_its_cases(log):
    found = measure(log, Fee("line"), by="item", period="year", statistics="sum")
    for part in (found.last(), found.largest_first().wide().last()):
        assert [row.case_id for row in part.cases(0)] == ["d"]


def test_charges_of_every_kind_have_words():
    kinds = [Fee(per) for per in ("case", "teu", "line")]
    kinds += [Fee("line", against=against) for against in REFERENCES]
    kinds += [Fee(counting=counting) for counting in ("item", "bill")]
    for lang in LANGUAGES:
        told = [metric_word(metric.name, lang) for metric in kinds]
        assert len(set(told)) == len(told)
        assert lang == "en" or not any(word.isascii() for word in told)
    assert metric_word(Fee("teu", items=("THC", "y")).name, "zh") == "每标箱收费：THC, y"
    assert metric_word("charges of my own", "zh") == "charges of my own"
