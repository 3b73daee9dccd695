"""Stages: parts add up to the whole on every case, whatever is missing or early."""

from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from clearance_metrics.analysis.stages import SPLITS, stages
from clearance_metrics.engine.log import EventLog
from clearance_metrics.errors import LogError

CHAIN = SPLITS["import"]


def log_of(cases):
    events = [
        (str(i), name, int(t))
        for i, times in enumerate(cases)
        for name, t in zip(CHAIN, times, strict=True)
        if t is not None
    ]
    return EventLog(
        pl.DataFrame(events, schema=["case_id", "milestone", "time"], orient="row"),
        timezone="Asia/Shanghai",
    )


def test_published_split_of_qingdao():
    hours = [0, 8.3, 8.3 + 81.4, 8.3 + 81.4 + 5.9, 148.0]
    found = stages(log_of([[round(h * 3600) for h in hours]] * 3), "import", as_of=date(1970, 2, 1))
    assert (
        [round(r.mean, 1) for r in found] == [8.3, 81.4, 5.9, 52.4]
        and found.finished == 3
        and found.unequal == 0
    )
    assert round(found.rows[2].share, 4) == 0.0399


def test_missing_and_early_milestones_by_hand():
    h = 3600
    found = stages(
        log_of(
            [
                [0, 2 * h, 5 * h, 6 * h, 10 * h],  # all there
                [
                    0,
                    None,
                    5 * h,
                    6 * h,
                    10 * h,
                ],  # no discharge: arrival to declaration is one stage
                [5 * h, 7 * h, 1 * h, 8 * h, 9 * h],  # declared four hours before arrival
                [9 * h, None, None, None, 2 * h],  # ends before it starts
                [0, 2 * h, None, None, None],  # not finished
            ]
        ),
        "import",
        as_of=date(1970, 2, 1),
    )
    assert {r.stage: r.seconds // h for r in found} == {
        "conveyance_arrived..discharged": 4,
        "discharged..declared": 3,
        "declared..customs_released": 3,
        "customs_released..gate_out": 9,
        "conveyance_arrived..declared": 5,
    }
    assert sum(r.mean for r in found) == pytest.approx((10 + 10 + 4) / 3)
    assert (
        found.finished,
        found.unequal,
        found.left_out,
        found.advance_cases,
        found.advance_lead,
    ) == (3, 0, 1, 1, 4)
    assert (
        next(r for r in found if r.stage == "conveyance_arrived..declared").label("zh")
        == "合并阶段"
    )


TIMES = st.lists(
    st.tuples(
        st.integers(0, 10**6),
        *[st.one_of(st.none(), st.integers(0, 10**6))] * 3,
        st.integers(0, 10**6),
    ),
    min_size=1,
    max_size=20,
)


@settings(max_examples=25, deadline=None)
@given(TIMES)
def test_parts_sum_to_the_whole_on_every_case(cases):
    found = stages(log_of(cases), "import", as_of=date(1970, 2, 1))
    forward = [c for c in cases if c[-1] >= c[0]]
    assert (
        found.finished == len(forward)
        and found.unequal == 0
        and found.left_out == len(cases) - len(forward)
    )
    assert sum(r.seconds for r in found) == sum(c[-1] - c[0] for c in forward)
    assert all(r.seconds >= 0 for r in found)


def test_groups_and_periods_and_mistakes():
    log = log_of([[0, 1, 2, 3, 4]])
    assert stages(log, "import", as_of=date(1970, 2, 1), period="year").rows[0].period == "1970"
    with pytest.raises(LogError, match="no chain"):
        stages(log, "imports", as_of=date(1970, 2, 1))
    with pytest.raises(LogError, match="unknown period"):
        stages(log, "import", as_of=date(1970, 2, 1), period="week")


def grouped(**more):
    """Two hours and eight at port a, one and one at port b, a year later half of each."""
    rows, events = [], []
    for year in (0, 1):
        for port, hours in (("a", (2, 10)), ("b", (1, 2))):
            for i in range(5):
                name, start = f"{port}{year}{i}", 86400 * (366 * year + i)
                rows.append((name, port))
                cut = [0, *(3600 * h // (1 + year) for h in hours)]
                events += [
                    (name, what, start + t)
                    for what, t in zip(("gate_in", "declared", "departed"), cut, strict=True)
                ]
    log = EventLog(
        pl.DataFrame(events, schema=["case_id", "milestone", "time"], orient="row"),
        pl.DataFrame(rows, schema=["case_id", "port"], orient="row"),
        timezone="UTC",
    )
    return stages(log, ("gate_in", "declared", "departed"), as_of="1972-01-01", **more)


def test_the_finding_is_of_all_groups_and_of_the_first_and_the_last_period():
    told = grouped(by="port")
    assert "highest a with 7.50 h (80.0% of it" in told.headline()
    assert "lowest b with 1.50 h (50.0% of it" in told.headline() and "of 2" in told.headline()
    assert "最高a平均7.50小时" in told.headline("zh") and "共2组" in told.headline("zh")
    years = grouped(period="year").headline()
    assert "from 6.00 h in 1970 (" in years and "to 3.00 h in 1971 (" in years
    one = grouped(where={"port": "a"}, by="port", period="year").headline("zh")
    assert "，a）：1970年平均10.00小时" in one and "1971年平均5.00小时" in one
    both = grouped(by="port", period="year").headline()
    assert "highest a, 1970 with 10.00 h" in both and "lowest b, 1971 with 1.00 h" in both
    assert "of 4" in both
    assert grouped().headline().count("h on average") == 1


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 10**7), st.none() | st.integers(0, 10**6), st.integers(0, 10**6)),
        min_size=2,
        max_size=30,
    )
)
def test_means_and_shares_have_the_intervals_of_the_cases_themselves(drawn):
    """Student's t of each case's own hours, and the linearised error of a ratio, from scratch."""
    cases = [
        (
            0,
            None,
            None if first is None else begin % 999 + first,
            None,
            begin % 999 + (first or 0) + rest,
        )
        for begin, first, rest in drawn
    ]
    found = stages(log_of(cases), "import", as_of=date(1990, 1, 1), level=0.9)
    whole = np.array([case[-1] for case in cases], "float64") / 3600
    for row in found:
        start, stop = (CHAIN.index(name) for name in row.stage.split(".."))
        has = [
            case[start] is not None
            and case[stop] is not None
            and not any(time is not None for time in case[start + 1 : stop])
            for case in cases
        ]
        part = np.array(
            [
                (case[stop] - case[start]) / 3600 if there else 0.0
                for case, there in zip(cases, has, strict=True)
            ]
        )
        reach = stats.t.ppf(0.95, len(cases) - 1)
        half = reach * part.std(ddof=1) / np.sqrt(len(cases))
        assert row.low == pytest.approx(max(part.mean() - half, 0), abs=1e-9)
        assert row.high == pytest.approx(part.mean() + half, abs=1e-9)
        if whole.sum():
            share = part.sum() / whole.sum()
            residuals = part - share * whole
            half = reach * residuals.std(ddof=1) * np.sqrt(len(cases)) / whole.sum()
            assert row.share_low == pytest.approx(max(share - half, 0), abs=1e-6)
            assert row.share_high == pytest.approx(min(share + half, 1), abs=1e-6)


def test_one_case_has_no_interval_and_a_table_shows_those_there_are():
    h = 3600
    one = stages(log_of([[0, h, 2 * h, 3 * h, 4 * h]]), "import", as_of=date(1970, 2, 1))
    assert {(row.low, row.high, row.share_low) for row in one} == {(None, None, None)}
    two = stages(
        log_of([[0, h, 2 * h, 3 * h, 4 * h], [0, h, 2 * h, 3 * h, 6 * h]]),
        "import",
        as_of=date(1970, 2, 1),
    )
    cells = two.table("en").cells
    # 1 and 3 hours: 2 more or less 12.706 x 1, never below zero
    assert cells[3][1] == "2.00\n0.00 to 14.71" and cells[0][1] == "1.00\n1.00 to 1.00"
    with pytest.raises(LogError, match="level"):
        stages(log_of([[0, h, 2 * h, 3 * h, 4 * h]]), "import", as_of=date(1970, 2, 1), level=2)
