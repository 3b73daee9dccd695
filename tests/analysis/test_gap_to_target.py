"""The way to a target: by groups and months, with a number or with a notice's own target."""

from datetime import date
from types import SimpleNamespace as Made

import polars as pl
import pytest

from clearance_metrics import Duration, EventLog, gap_to_target, load_notice
from clearance_metrics.errors import LogError

CLOCK = Duration("declared", "customs_released", dated_by="end")
DUE = Made(value=5, unit="hours", due=date(1970, 12, 31), until=None, over="month")


@pytest.fixture(scope="module")
def log():
    """Forty cases a month in 1970: 4 h at port a, and at port b 10 h until June, then 2 h."""
    rows = [
        (f"{month}-{i}", 86400 * (31 * (month - 1) + 1), 4 if i % 2 else 10 if month < 7 else 2, i)
        for month in range(1, 12)
        for i in range(40)
    ]
    ids = [name for name, *_ in rows]
    events = pl.DataFrame(
        {
            "case_id": ids * 2,
            "milestone": ["declared"] * len(ids) + ["customs_released"] * len(ids),
            "time": [start for _, start, *_ in rows]
            + [start + 3600 * hours for _, start, hours, _ in rows],
        }
    )
    ports = ["a" if i % 2 else "b" for *_, i in rows]
    return EventLog(events, pl.DataFrame({"case_id": ids, "port": ports}), timezone="UTC")


def test_parts_add_up_to_the_gap_which_stands_first(log):
    found = gap_to_target(
        log, CLOCK, target=5, by="port", window=("1970-01", "1970-06"), as_of="1970-12-31"
    )
    assert found.gap == pytest.approx(2) == sum(row.part for row in found)
    assert found.table("en").cells[0][0] == "all" and len(found.table("en")._repr_html_())
    assert "b adds most (+2.50)" in found.headline("en")


def test_months_tell_which_lie_within_the_target_and_which_above(log):
    found = gap_to_target(log, CLOCK, target=DUE, by="month", window="year", as_of="1970-12-31")
    less = [row.less for row in found]
    assert less == pytest.approx([2] * 6 + [-2] * 5)
    assert all(row.less_low < row.less < row.less_high for row in found)
    assert sum(row.part for row in found) == pytest.approx(found.gap)
    assert "5 lie within the target" in found.headline("en") and "6 above it" in found.headline()
    assert found.chart("zh").axes


@pytest.mark.parametrize(
    ("as_of", "window", "told"),
    [
        ("1970-11-30", None, "falls due on 1970-12-31, after 1970-11-30"),
        ("1970-01-15", "year", "its year has no whole month yet"),
        ("1970-12-31", None, "no cases"),
    ],
)
def test_what_a_target_cannot_tell_yet_is_said(log, as_of, window, told):
    found = gap_to_target(log, CLOCK, target=DUE, by="port", window=window, as_of=as_of)
    assert told in found.headline("en") and not found.rows and not found.block("zh").parts


def test_a_target_that_is_yet_to_fall_due_says_so_below_its_year_so_far(log):
    found = gap_to_target(log, CLOCK, target=DUE, by="port", window="year", as_of="1970-06-30")
    assert found.period == "1970-01..1970-06" and "yet to come" in found.beware("en")


def test_an_indicator_brings_its_target_and_its_name():
    refund = load_notice().on("refunds", "headline")[0]
    events = pl.DataFrame({"case_id": ["a"], "milestone": ["refund_accepted"], "time": [0]})
    cases = pl.DataFrame({"case_id": ["a"], "kind": ["refund"], "refund_class": ["1"]})
    found = gap_to_target(EventLog(events, cases), refund, by="refund_class", as_of="2021-06-30")
    assert found.headline("zh").startswith(
        "正常退税，2021年12月，目标7个工作日：目标于2021-12-31到期"
    )


@pytest.mark.parametrize("window", [None, "year"])
def test_a_number_needs_months(log, window):
    with pytest.raises(LogError, match="a target that is a number has none"):
        gap_to_target(log, CLOCK, target=5, by="port", window=window, as_of="1970-12-31")


def test_a_workbook_has_the_whole_before_its_parts_with_unit_and_interval(log, tmp_path):
    import pandas as pd

    window = {"window": ("1970-01", "1970-06"), "as_of": "1970-12-31"}
    gap_to_target(log, CLOCK, target=5, by="port", **window).to_excel(tmp_path / "gap.xlsx")
    rows = pd.read_excel(tmp_path / "gap.xlsx")
    assert list(rows["port"]) == ["all", "b", "a"] and set(rows["unit"]) == {"hours"}
    assert rows["part"][0] == pytest.approx(2) == rows["part"][1:].sum()
    assert rows["low"][0] < 2 < rows["high"][0]
    months = gap_to_target(log, CLOCK, target=5, by="month", **window)
    months.to_excel(tmp_path / "months.xlsx")
    rows = pd.read_excel(tmp_path / "months.xlsx")
    assert rows["month"][0] == "all" and rows["less"][0] == pytest.approx(2) and len(rows) == 7
