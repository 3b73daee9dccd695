"""Values of columns: listed with their counts, and asked for by name."""

import polars as pl
import pytest

from clearance_metrics import Duration, EventLog, Fee, Share, bridge, league, measure, stages
from clearance_metrics.engine.refusals import MissingColumn
from clearance_metrics.errors import LogError

ENDS = ("declared", "customs_released")
DAY = "2022-12-31"


@pytest.fixture(scope="module")
def log():
    ids = [*"abcd"]
    events = pl.DataFrame(
        {
            "case_id": ids * 2,
            "milestone": [ENDS[0]] * 4 + [ENDS[1]] * 4,
            "time": [0] * 4 + [3600 * h for h in (1, 2, 3, 4)],
        }
    )
    cases = {
        "case_id": ids,
        "kind": ["import"] * 4,
        "port": ["上海港", "上海港", "宁波港", None],
        "teu": [1, 1, 2, 2],
    }
    lines = {"case_id": ["a"], "item": ["x"], "amount_fen": [100], "charged_on": ["1970-01-01"]}
    return EventLog(events, pl.DataFrame(cases), pl.DataFrame(lines))


def test_values_come_with_their_cases_most_first(log):
    assert log.values("port") == {"上海港": 2, "宁波港": 1, None: 1}
    assert list(log.values("teu").items()) == [(1, 2), (2, 2)]
    assert log.values("item") == {"x": 1}, "of charges, lines are counted"
    with pytest.raises(MissingColumn, match="port"):
        log.values("prot")
    with pytest.raises(MissingColumn):
        log.values("declared")


def clock(**where):
    return Duration(*ENDS, where=where)


@pytest.mark.parametrize(
    "ask",
    [
        lambda log: measure(log, clock(port="上诲港"), as_of=DAY),
        lambda log: measure(log, clock(port=["上海港", "上诲港"]), as_of=DAY),
        lambda log: measure(log, clock(port={"not": "上诲港"}), as_of=DAY),
        lambda log: measure(log, clock(any=[{"teu": 1}, {"port": "上诲港"}]), as_of=DAY),
        lambda log: measure(log, Share({"teu": 1}, of={"port": "上诲港"}), as_of=DAY),
        lambda log: measure(log, Fee(where={"port": "上诲港"}), as_of=DAY),
        lambda log: stages(log, ENDS, where={"port": "上诲港"}, as_of=DAY),
        lambda log: league(log, clock(port="上诲港"), by="port", as_of=DAY),
        lambda log: bridge(
            log,
            clock(),
            by="teu",
            before={"port": "上海港"},
            after={"port": "上诲港"},
            as_of=DAY,
        ),
    ],
)
def test_a_value_that_nothing_knows_is_an_error_that_lists_those_known(log, ask):
    with pytest.raises(LogError, match="no case has port = '上诲港'") as told:
        ask(log)
    assert "write '上海港' instead of '上诲港'; known: 上海港, 宁波港" in str(told.value)


def test_a_value_of_the_vocabulary_may_have_no_cases(log):
    found = measure(log, clock(kind="export"), as_of=DAY)
    assert found[0].reasons[0].code == "no_cases"


def test_of_many_values_the_error_lists_some_and_still_knows_the_nearest():
    ids = [f"c{i:03}" for i in range(90)]
    events = pl.DataFrame({"case_id": ids, "milestone": ENDS[0], "time": 0})
    log = EventLog(events, pl.DataFrame({"case_id": ids, "port": [f"port {i}" for i in ids]}))
    with pytest.raises(LogError) as told:
        measure(log, Share({"port": "port c001"}, of={"port": "port c089x"}), as_of=DAY)
    text = str(told.value)
    assert "write 'port c089' instead of 'port c089x'" in text and "and 50 more" in text
    assert "port c060" not in text
