"""What the demonstration planted of change, recovered with intervals: a mix shift, a staggered
effect, a step.
"""

import numpy as np
import pytest

from clearance_metrics import (
    Duration,
    bridge,
    changepoints,
    interrupted_series,
    measure,
    staggered,
)
from clearance_metrics.simulation import simulate

AS_OF = "2022-12-31"
IMPORTS = Duration(
    "conveyance_arrived", "customs_released", where={"kind": "import"}, dated_by="end"
)
AIR = Duration(
    "conveyance_arrived",
    "customs_released",
    where={"kind": "import", "mode": "air"},
    dated_by="end",
)
BOXES = Duration("discharged", "gate_out", where={"kind": "pickup"})
NEVER = Duration(
    "discharged", "gate_out", where={"kind": "pickup", "measure_from": {"present": False}}
)


@pytest.fixture(scope="module")
def demo(demos):
    """The demonstration through intake: what was planted, and the log."""
    made = demos()
    return made.truth, made.log


@pytest.mark.parametrize(("clock", "told"), [(IMPORTS, "imports"), (AIR, "air")])
def test_the_planted_mix_shift_lies_in_the_intervals_of_the_bridge(demo, clock, told):
    truth, log = demo
    planted, sides = truth["mix"][told], [tuple(truth["mix"][side]) for side in ("before", "after")]
    found = bridge(log, clock, by="port", before=sides[0], after=sides[1], as_of=AS_OF)
    first, *terms, last = found.rows
    assert sum(t.value for t in terms) == pytest.approx(last.value - first.value, abs=1e-9)
    # the clock of the whole is the one that was simulated, to the digit
    assert (first.value, last.value) == pytest.approx(
        (planted["mean_before"], planted["mean_after"]), abs=1e-9
    )
    composition = next(t for t in terms if t.term == "composition")
    assert composition.low <= planted["composition"] <= composition.high < 0
    own = {dict(t.groups)["port"]: t for t in terms if t.term == "own"}
    assert set(own) == set(planted["own"])
    for port, value in planted["own"].items():
        assert own[port].low <= value <= own[port].high, port
    assert planted["composition"] + sum(planted["own"].values()) == pytest.approx(
        last.value - first.value, abs=1e-9
    )


def test_both_airports_grew_slower_while_air_cargo_grew_faster(demo):
    truth, log = demo
    sides = [tuple(truth["mix"][side]) for side in ("before", "after")]
    found = bridge(log, AIR, by="port", before=sides[0], after=sides[1], as_of=AS_OF)
    assert found.rows[-1].high < found.rows[0].low
    assert all(t.low > 0 for t in found if t.term == "own")
    assert [warning.code for warning in found.warnings] == ["bridge.simpson"]


def test_moving_cargo_between_airports_moves_no_time_and_no_other_port(demo):
    truth, log = demo
    rows = measure(log, IMPORTS, as_of=AS_OF, by="port", period="year", statistics="n")
    ports = {dict(r.groups)["port"] for r in rows}
    assert ports == set(truth["mix"]["imports"]["own"])


def test_the_planted_effect_of_staggered_starts_is_found_and_the_months_before_agree(demo):
    truth, log = demo
    planted = truth["pickups"]
    found = staggered(log, BOXES, starts=planted["starts"], as_of=AS_OF)
    rows = {(r.term, r.period): r for r in found}
    for term in ("simple", "event", "group", "calendar"):
        row = rows[term, None]
        assert row.low <= planted["effect_hours"] <= row.high < 0, row
        assert row.n == len(planted["starts"]) == 8
    assert found.fact("pre_trend_p") > 0.05
    assert found.fact("ports_never") == len(planted["never"]) == 8
    months = [r for r in found if r.term == "event" and r.period is not None]
    after = [r for r in months if int(r.period) >= 0]
    inside = np.mean(
        [r.low <= planted["effect_hours"] <= r.high for r in after if r.low is not None]
    )
    assert len(after) > 9 and inside > 0.75


def test_an_effect_is_not_found_where_starts_are_made_up(demo):
    truth, log = demo
    never = truth["pickups"]["never"]
    false = dict.fromkeys(never[:2], "2021-06") | dict.fromkeys(never[2:4], "2021-11")
    found = staggered(log, NEVER, starts=false, as_of=AS_OF)
    # four ports a side: too few for an interval, so there is no effect to print
    assert found.rows[0].value is None and "too few ports" in found.rows[0].note


def test_the_planted_step_lies_in_the_interval_and_the_detector_names_its_month(demo):
    truth, log = demo
    planted = truth["pickups"]
    found = interrupted_series(log, NEVER, date="2021-08-20", as_of=AS_OF)
    rows = {r.term: r for r in found}
    assert found.start == planted["level_month"]
    assert rows["level"].low <= planted["level_hours"] <= rows["level"].high < 0
    assert rows["slope"].low <= 0 <= rows["slope"].high
    seen = changepoints(log, NEVER, as_of=AS_OF, policy_dates={"2021-08-20": "notice"})
    assert [r.period for r in seen if r.term == "change"] == [planted["level_month"]]
    assert next(r for r in seen if r.term == "policy_date").note.endswith("months apart: +1)")


def test_ports_that_start_hide_the_step_in_the_whole_so_the_step_is_read_from_the_others(demo):
    truth, log = demo
    whole = {r.term: r for r in interrupted_series(log, BOXES, date="2021-08-20", as_of=AS_OF)}
    # three ports start before the date, five after it: the trend of the whole carries their effect
    assert whole["average"].value < truth["pickups"]["level_hours"]


def test_small_logs_hold_the_planted_files_and_no_truth_where_a_port_is_missing(tmp_path):
    truth = simulate(tmp_path / "raw", size=0.01)
    assert truth["pickups"]["cases"] == 16 * 33 * 2
    assert truth["mix"]["imports"] is None and truth["mix"]["before"] == ["2020-09", "2021-08"]
