"""Tables in memory: what stands in them as text means what it means in a file."""

from datetime import date

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from clearance_metrics.analysis.measure import measure
from clearance_metrics.assessment.assess import assess
from clearance_metrics.domain.metrics import Fee
from clearance_metrics.engine.log import EventLog


@pytest.mark.parametrize("day", [date(2022, 5, 1), "2022-05-01"], ids=["date", "text"])
def test_a_text_charged_on_is_the_date_it_writes(day):
    """A rule that holds from a day on compares the date, which a text is not."""
    events = pl.DataFrame({"case_id": ["c"], "milestone": ["customs_released"], "time": [0]})
    cases = pl.DataFrame({"case_id": ["c"], "kind": ["import"], "teu": [1]})
    line = {"case_id": "c", "item": "货物港务费", "charged_on": day, "quantity": 1, "port": "甲"}
    line |= {"size": "20", "cargo_class": "general", "currency": "CNY"}
    lines = [line | {"line_id": "1", "amount_fen": 3550}, line | {"line_id": "2", "amount_fen": 1}]
    log = EventLog(events, cases, pl.DataFrame(lines), timezone="Asia/Shanghai")
    check = Fee("line", against="tariff", where={"charged_on": {"at_least": date(2022, 1, 1)}})
    (row,) = measure(log, check, as_of="2024-12-31", statistics="sum").rows
    assert (row.value, row.n) == (1.5, 2)
    told = {row.indicator: row.value for row in assess(log, as_of="2024-12-31")}
    assert told["above_ceiling"] == 1


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame, pa.table])
def test_a_column_in_which_nothing_stands_is_read_as_empty(kind):
    events = kind({"case_id": ["a"], "milestone": ["declared"], "time": [0]})
    cases = kind({"case_id": ["a"], "port": [None], "teu": [None], "aeo": [None], "mine": [None]})
    line = {"case_id": ["a"], "item": ["THC"], "amount_fen": [100], "charged_on": ["2021-05-01"]}
    log = EventLog(events, cases, kind(line | {"currency": [None], "quantity": [None]}))
    for by in ("port", "teu", "aeo", "mine", "currency"):
        (row,) = measure(log, Fee(), by=by, as_of="2021-12-31", statistics="sum")
        assert (row.value, row.unit, dict(row.groups)) == (1.0, "CNY", {by: None})
