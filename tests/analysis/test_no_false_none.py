"""Nothing is said to be absent that is there: cases all left out, all open, in another money."""

from datetime import date

import polars as pl
import pytest

import clearance_metrics as cm
from clearance_metrics.domain.verdicts import Verdict

DAY = 86400
FIRST = 1_641_000_000  # 2022-01-01


def goods(ended, kind="import", n=40):
    rows = []
    for i in range(n):
        start = FIRST + i * 8 * DAY
        rows.append((f"{i}", "conveyance_arrived", start))
        rows.append((f"{i}", "declared", start + 3600))
        if ended:
            rows.append((f"{i}", "customs_released", start + 7200))
    events = pl.DataFrame(rows, schema=["case_id", "milestone", "time"], orient="row")
    if not ended:
        # the milestone is known to the log, by a case of another kind
        other = [("x", "declared", FIRST), ("x", "customs_released", FIRST + 60)]
        events = events.vstack(pl.DataFrame(other, schema=events.schema, orient="row"))
    ids = events["case_id"].unique(maintain_order=True)
    kinds = ["export" if one == "x" else kind for one in ids]
    cases = pl.DataFrame({"case_id": ids, "kind": kinds, "mode": "sea"})
    return cm.EventLog(events, cases, timezone="UTC").using(as_of="2022-12-31")


def test_a_clock_of_open_cases_alone_has_not_finished_rather_than_no_cases():
    log, clock = goods(ended=False), cm.clock("import_overall", dated_by="end")
    for how in ({}, {"period": "month"}, {"by": "mode"}):
        found = cm.measure(log, clock, **how)
        assert "没有已办结的业务，40件在办" in found.headline("zh"), how
        assert "40 cases are open" in found.headline("en"), how
    several = cm.measure(log, {"a": clock, "b": cm.clock("export_customs_only")}, period="month")
    assert "40件在办，未列" in several.beware("zh")
    none = cm.measure(log, cm.clock("import_overall", dated_by="end", where={"mode": "air"}))
    assert "没有业务" in none.headline("zh") and "在办" not in none.headline("zh")


def test_the_scorecard_says_that_none_has_finished():
    found = cm.assess(goods(ended=False))
    row = next(row for row in found.rows if row.indicator == "import_overall_time")
    assert row.verdict is Verdict.CANNOT_TELL and row.n_open == 40
    assert "2022-01至2022-12内没有办结的业务，截至日40件在办" in row.said("zh")
    assert "none finished in 2022-01 to 2022-12, 40 open" in row.said("en")


def test_cases_that_are_all_left_out_are_there():
    events = pl.DataFrame(
        [(str(i), name, FIRST + i * DAY + at) for i in range(9) for name, at in ENDS],
        schema=["case_id", "milestone", "time"],
        orient="row",
    )
    cases = pl.DataFrame({"case_id": [str(i) for i in range(9)], "kind": [None] * 9})
    cases = cases.with_columns(kind=pl.col("kind").cast(pl.String))
    log = cm.EventLog(events, cases, timezone="UTC").using(as_of="2022-12-31")
    found = cm.measure(log, cm.clock("refund_tax"))
    assert "9件都不能计入" in found.headline("zh") and "没有业务" not in found.told("zh")
    assert "9 are there and none can be used" in found.headline("en")


ENDS = (("refund_accepted", 0), ("refund_approved", 5 * DAY))


@pytest.mark.parametrize(
    ("more", "verdict"),
    [
        ({"currency": "USD"}, Verdict.CANNOT_TELL),
        ({"quantity": None}, Verdict.CANNOT_TELL),
        ({"item": "甲码头杂费"}, Verdict.NO_DATA),
    ],
)
def test_charges_that_cannot_be_checked_are_no_absent_ones(more, verdict):
    """Lines in dollars or without a quantity; those of an item without a ceiling are not ruled."""
    usual = {"case_id": "c", "item": "货物港务费", "amount_fen": 3400, "quantity": 1}
    usual |= {"charged_on": date(2022, 5, 1), "size": "20", "cargo_class": "general"}
    usual |= {"currency": "CNY", "port": "甲", "bill": "B", "payee": "码头"} | more
    lines = pl.DataFrame(
        [usual | {"line_id": str(i)} for i in range(40)], schema_overrides={"quantity": pl.Int64}
    )
    events = pl.DataFrame({"case_id": ["c"], "milestone": ["customs_released"], "time": [0]})
    cases = pl.DataFrame({"case_id": ["c"], "kind": ["import"]})
    log = cm.EventLog(events, cases, lines, timezone="Asia/Shanghai").using(as_of="2022-12-31")
    row = next(row for row in cm.assess(log).rows if row.indicator == "above_ceiling")
    assert row.verdict is verdict and row.value is None
    assert ("没有一条可以核对" in row.said("zh")) == (verdict is Verdict.CANNOT_TELL)
