"""What a log that withholds answers: no count under its bound, whichever question is asked."""

import polars as pl
import pytest

import clearance_metrics as cm
from clearance_metrics.domain.metrics import Duration
from clearance_metrics.errors import LogError, NothingToShow

K, HOUR, DAY = 10, 3600, 86400
CLOCK = Duration("declared", "customs_released")


def log_of(ports, by_day, still=0):
    """A log of so many cases a port, `by_day` of them declared a day, `still` of them open."""
    names = [port for port, n in ports.items() for _ in range(n)]
    ids = [str(i) for i in range(len(names))]
    rows = [(c, "declared", i // by_day * DAY) for i, c in enumerate(ids)]
    rows += [(c, "customs_released", i // by_day * DAY + HOUR) for i, c in enumerate(ids[still:])]
    events = pl.DataFrame(rows, schema=["case_id", "milestone", "time"], orient="row")
    cases = pl.DataFrame({"case_id": ids, "port": names, "kind": "import"})
    return cm.EventLog(events, cases).using(as_of="1970-12-31")


QUESTIONS = {
    "flow": lambda log: cm.flow(log, CLOCK, by="port"),
    "ageing": lambda log: cm.ageing(log, CLOCK, by="port", window=("1970-01", "1970-12")),
    "populations": lambda log: cm.populations(log, CLOCK),
    "when": lambda log: cm.when(log, "declared"),
    "measure": lambda log: cm.measure(log, CLOCK, by="port", statistics=("n", "open", "median")),
    "closed_hours": lambda log: cm.closed_hours(log, CLOCK, by="port"),
    "contents": cm.contents,
    "describe": cm.describe,
    "coverage": cm.coverage,
    "assess": lambda log: cm.assess(log, by="port"),
}
NO_COUNTS = {"measure", "weekday", "hour", "value", "seconds", "target"}


def counts(records):
    """Every whole number of the records, however deep; but for those that count nothing."""
    for record in records:
        for name, value in record.items():
            if isinstance(value, tuple | list):
                yield from (one[1] for one in value if isinstance(one, tuple) and len(one) == 2)
            if type(value) is int and name not in NO_COUNTS:
                yield value


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize("still", [0, 3])
def test_no_answer_holds_a_small_count(name, still):
    log = log_of({"a": 40, "b": 30, "c": 4}, by_day=1, still=still).using(withhold=K)
    try:
        found = QUESTIONS[name](log)
    except NothingToShow as refused:
        assert "withheld" in str(refused)
        return
    assert not [n for n in counts(found.to_dicts()) if 0 < n < K]
    if name == "measure":
        assert not [
            r.value for r in found if r.statistic in ("n", "open") and 0 < (r.value or 0) < K
        ]


def test_flow_tells_periods_of_enough_cases():
    log = log_of({"a": 60}, by_day=20)
    found = [(r.arrivals, r.finished) for r in cm.flow(log.using(withhold=K), CLOCK)]
    assert found == [(r.arrivals, r.finished) for r in cm.flow(log, CLOCK)] and (20, 20) in found
    with pytest.raises(NothingToShow, match="withheld"):
        cm.flow(log_of({"a": 60}, by_day=2).using(withhold=K), CLOCK)


def test_values_are_told_where_none_is_small():
    assert log_of({"a": 40, "b": 30}, 10).using(withhold=K).values("port") == {"a": 40, "b": 30}
    few = log_of({"a": 40, "b": 3}, 10)
    assert few.values("port") == {"a": 40, "b": 3}
    with pytest.raises(LogError, match="withheld"):
        few.using(withhold=K).values("port")
    assert few.using(withhold=K).only(port="a").count_cases() == 40  # parts are found all the same


def test_what_a_log_shows_of_itself_says_that_counts_are_left_out():
    few = log_of({"a": 40, "b": 3}, 10)
    (row,) = (row for row in cm.contents(few.using(withhold=K)) if row.name == "port")
    assert row.n == 43 and row.values == ()
    assert "without their counts" in repr(few.using(withhold=K))
    assert "without their counts" not in repr(few)
