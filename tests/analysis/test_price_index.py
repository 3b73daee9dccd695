"""The price index as it is shown: items, spans, what is left out, and why there is none."""

from datetime import date

import polars as pl
import pytest

from clearance_metrics import EventLog, price_index
from clearance_metrics.errors import NothingToShow
from clearance_metrics.results.display import NONE

SPANS = {"before": ("2021-01", "2021-12"), "after": ("2022-01", "2022-12")}
BOTH = {"old": "whole", "new": "whole"}


def log_of(lines, teu=1, **more):
    """A log of lines (case, item, fen, year)."""
    ids = list(dict.fromkeys(case for case, *_ in lines))
    events = pl.DataFrame({"case_id": ids, "milestone": "customs_released", "time": 0})
    cases = pl.DataFrame({"case_id": ids, "kind": "import", "port": "甲", "teu": teu})
    rows = [
        {
            "case_id": case,
            "line_id": str(i),
            "item": item,
            "amount_fen": fen,
            "charged_on": date(year, 5, 1),
            **{name: values[i] for name, values in more.items()},
        }
        for i, (case, item, fen, year) in enumerate(lines)
    ]
    log = EventLog(events, cases, pl.DataFrame(rows), timezone="UTC")
    return log.using(as_of="2022-12-31")


FOLDED = [("a", "old", 1000, 2021), ("a", "rest", 3000, 2021), ("b", "old", 1000, 2021)]
FOLDED += [("b", "rest", 3000, 2021), ("c", "new", 1500, 2022), ("d", "new", 1500, 2022)]
FOLDED += [("d", "gone", 800, 2022)]


def test_each_item_stands_with_both_spans_and_its_change_the_total_last():
    found = price_index(log_of(FOLDED), concordance=BOTH, **SPANS)
    table = found.table("en")
    assert table.heads == (
        "item",
        "2021, CNY per TEU",
        "2022, CNY per TEU",
        "change",
    )
    assert table.cells == (
        ("gone", NONE, "4.00", NONE),
        ("rest", "30.00", NONE, NONE),
        ("whole", "10.00", "15.00", "+50.0%"),
        ("total", "40.00", "19.00", "-52.5%"),
    )
    assert table.caption == "charges per TEU by item, as of 2022-12-31"
    assert found.merged == ("whole",)
    assert found.beware() == (
        "Fisher index within each group of equal traffic (1 group, 2 against 2 cases, 0 without a "
        "match), so the mix of traffic plays no part; value 0.475 = price 0.475 × quantity 1.000. "
        "Compared as one item before and after: whole."
    )
    assert "whole在前后按同一项目比较。" in found.beware("zh")
    assert found.block("zh").title.startswith("同样货流下每标箱全部收费，2022年")
    # names of the concordance that were never charged are not told
    assert price_index(log_of(FOLDED), concordance={"x": "y"}, **SPANS).merged == ()


def test_what_is_left_out_is_told():
    found = price_index(log_of(FOLDED, teu=[1, 1, 1, None]), **SPANS)
    assert found.no_teu == 1 and "1 case whose TEU is not known is left out." in found.beware()
    money = log_of(FOLDED, currency=["CNY"] * 6 + ["USD"])
    assert "USD" in price_index(money, **SPANS).beware()
    rand = price_index(log_of(FOLDED, currency=["ZAR"] * 7), **SPANS)
    assert rand.unit == "ZAR per TEU" and "ZAR per TEU" in rand.table("en").heads[1]
    assert rand.chart().axes[0].get_xlabel() == "ZAR per TEU"


def test_spans_that_share_months_have_no_index_and_the_answer_says_so():
    found = price_index(log_of(FOLDED), before=("2021-01", "2021-12"), after=("2021-07", "2022-06"))
    assert (found.price.value, found.items, found.per_teu) == (None, (), (None, None))
    assert found.headline().endswith(
        "no index yet, the two spans share the months 2021-07 to 2021-12 (as of 2022-12-31)"
    )
    assert "前后两段时间有重叠的月份（2021-07至2021-12）" in found.block("zh").title
    assert found.block().parts == () and found.beware() == ""
    with pytest.raises(NothingToShow):
        found.chart()


def test_charges_of_one_span_alone_have_a_table_and_no_index():
    found = price_index(log_of(FOLDED[:2]), **SPANS)
    assert found.price.value is None and found.table("en").cells[-1] == (
        "total",
        "40.00",
        NONE,
        NONE,
    )
    assert "no good stands in both periods" in found.headline()
    assert found.beware() == ""


def test_a_workbook_has_a_row_per_item_and_the_index_last(tmp_path):
    import pandas as pd

    found = price_index(log_of(FOLDED), concordance=BOTH, **SPANS)
    found.to_excel(tmp_path / "index.xlsx")
    rows = pd.read_excel(tmp_path / "index.xlsx")
    assert list(rows["item"]) == ["gone", "rest", "whole", "total", "index at the same traffic"]
    assert list(rows["before"])[1:4] == [30, 10, 40] and rows["change"][4] == rows["after"][4] - 1
    assert set(rows["unit"][:4]) == {"CNY per TEU"}
    refused = price_index(log_of(FOLDED), before=SPANS["before"], after=SPANS["before"])
    refused.to_excel(tmp_path / "none.xlsx")
    about = pd.read_excel(tmp_path / "none.xlsx", sheet_name="about")
    assert "no index yet" in about["finding"][0]
    assert list(pd.read_excel(tmp_path / "none.xlsx")["item"]) == ["total"]
