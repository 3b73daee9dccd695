"""Charges taken apart by what tells charge lines apart: a case would stand in several groups."""

import polars as pl
import pytest

from clearance_metrics import EventLog, Fee, bridge, compare, league, measure
from clearance_metrics.errors import LogError

AS_OF = "1972-01-31"
SIDES = {"before": "1970", "after": "1971"}


@pytest.fixture(scope="module")
def log():
    """Sixty cases of two TEU each that pay for handling, every other one for storage too."""
    ids = [f"c{i:02}" for i in range(60)]
    events = {"case_id": ids, "milestone": ["customs_released"] * 60, "time": [0] * 60}
    cases = {"case_id": ids, "port": ["x", "y", "x"] * 20, "teu": [2] * 60}
    days = ["1970-03-01"] * 30 + ["1971-03-01"] * 30
    lines = [(c, "handling", 1000, day) for c, day in zip(ids, days, strict=True)]
    lines += [(c, "storage", 400, day) for c, day in zip(ids[::2], days[::2], strict=True)]
    columns = ["case_id", "item", "amount_fen", "charged_on"]
    charges = pl.DataFrame(lines, schema=columns, orient="row")
    return EventLog(pl.DataFrame(events), pl.DataFrame(cases), charges)


ASKS = {
    "bridge": lambda log, fee, by: bridge(log, fee, by=by, as_of=AS_OF, **SIDES),
    "league": lambda log, fee, by: league(log, fee, by=by, as_of=AS_OF),
    "compare": lambda log, fee, by: compare(
        log, fee, by=by, a=log.values(by) and next(iter(log.values(by))), as_of=AS_OF
    ),
}


@pytest.mark.parametrize("question", ASKS)
@pytest.mark.parametrize("fee", [Fee(per="teu"), Fee()])
def test_groups_that_share_cases_are_refused_with_the_reason_and_the_remedy(log, question, fee):
    with pytest.raises(LogError) as told:
        ASKS[question](log, fee, "item")
    said = str(told.value)
    assert "'item' tells charge lines apart" in said
    assert "in each group of lines that it paid" in said
    assert f"where: {question}, by" in said and "price_index" in said
    assert said.startswith("charges per TEU" if fee.per == "teu" else "charges per case")


@pytest.mark.parametrize("question", ASKS)
def test_columns_of_cases_and_single_lines_are_not(log, question):
    assert len(ASKS[question](log, Fee(per="teu"), "port")) >= 2
    assert len(ASKS[question](log, Fee(per="line"), "item")) >= 2


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("within", {**SIDES, "by": "port", "within": "item"}),
        ("before", {"before": {"item": "handling"}, "after": {"item": "storage"}, "by": "port"}),
    ],
)
def test_a_bridge_refuses_them_wherever_they_are_named(log, name, asked):
    with pytest.raises(LogError, match=f"where: bridge, {name}"):
        bridge(log, Fee(per="teu"), as_of=AS_OF, **asked)


def test_a_measure_says_what_its_figures_are_divided_by(log):
    """Storage: 30 cases pay 4 yuan over 60 TEU, not over the 120 TEU of all."""
    found = measure(log, Fee(per="teu"), by="item", statistics="mean", as_of=AS_OF)
    assert {row.item: row.value for row in found} == {"handling": 5.0, "storage": 2.0}
    assert "divided by the TEU of the cases that paid it, not by all TEU" in found.beware("en")
    assert "不是全部标箱" in found.beware("zh")
    assert "per case that paid it" in measure(log, Fee(), by="item", as_of=AS_OF).beware("en")
    for by, fee in (("port", Fee(per="teu")), ((), Fee(per="teu")), ("item", Fee(per="line"))):
        assert "that paid it" not in measure(log, fee, by=by, as_of=AS_OF).beware("en")
