"""The excess of every listed line can be computed again from its own row."""

from fractions import Fraction
from math import floor

import polars as pl
import pytest

from clearance_metrics import EventLog, violations
from clearance_metrics.notice.tariff import load_tariff

DAY = "2022-06-01"


def log_of(lines, **tables):
    events = pl.DataFrame({"case_id": ["a"], "milestone": ["customs_released"], "time": [0]})
    cases = pl.DataFrame({"case_id": ["a"], "kind": ["import"]})
    return EventLog(events, cases, pl.DataFrame(lines), **tables)


def again(row):
    """The excess in fen by the row alone."""
    limit, amount = (round(100 * value) for value in (row.limit, row.amount))
    waived = Fraction(round(1000 * row.waived), 1000)
    return amount - floor(limit * Fraction(row.quantity) * (1 - waived))


@pytest.mark.parametrize("quantity", [1, 3, 7])
def test_an_excess_over_a_set_price_follows_from_its_row(quantity):
    item = load_tariff().checkable[0].item
    line = {"case_id": "a", "line_id": "1", "item": item, "charged_on": DAY, "size": "20"}
    line |= {"cargo_class": "general", "quantity": quantity, "amount_fen": 99_999}
    (row,) = violations(log_of([line]), indicator="above_ceiling", as_of="2022-12-31")
    assert row.quantity == quantity and row.waived == 0 and row.limit == row.rate
    assert again(row) == row.value == round(100 * row.excess) > 0


def test_a_line_under_a_rule_without_a_rate_has_no_limit():
    line = {"case_id": "a", "line_id": "1", "item": "x", "charged_on": DAY, "amount_fen": 100}
    twice = [line, line | {"line_id": "2"}]
    (row,) = violations(log_of(twice), indicator="billed_twice", as_of="2022-12-31")
    assert (row.limit, row.waived, row.quantity) == (None, None, None)


def test_every_listed_line_of_the_demonstration_follows_from_its_row(small):
    log = EventLog.open(small / "out")
    rows = [row for row in violations(log) if row.limit is not None]
    assert {row.indicator for row in rows} > {"above_ceiling", "above_published"}
    assert any(row.waived for row in rows)
    assert [again(row) for row in rows] == [row.value for row in rows]
