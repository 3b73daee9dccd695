"""From a figure to its cases: the same ones that it counts, in order, with their milestones."""

import pickle
from dataclasses import replace

import openpyxl
import polars as pl
import pytest

from clearance_metrics import (
    Duration,
    EventLog,
    Fee,
    Share,
    Verdict,
    assess,
    bridge,
    league,
    measure,
    survival,
)
from clearance_metrics.errors import LogError

CLOCK = Duration("declared", "customs_released")
DAY = "1970-02-28"


@pytest.fixture(scope="module")
def log():
    """Case i of 40 begins on day i, is called for examination after an hour and released after i
    hours; every tenth is open, one stops before it starts.
    """
    ids = [f"c{i:02}" for i in range(40)]
    start = [86400 * i for i in range(40)]
    done = [(c, s + 3600 * i) for i, (c, s) in enumerate(zip(ids, start, strict=True)) if i % 10]
    done[0] = (done[0][0], -7200)
    events = pl.DataFrame(
        {
            "case_id": ids + ids + [c for c, _ in done],
            "milestone": ["declared"] * 40
            + ["exam_called"] * 40
            + ["customs_released"] * len(done),
            "time": start + [s + 3600 for s in start] + [t for _, t in done],
        }
    )
    cases = {"case_id": ids, "kind": ["import"] * 40, "port": ["上海", None] * 20}
    lines = pl.DataFrame(
        {
            "case_id": ids[:3],
            "line_id": ["1", "2", "3"],
            "item": "thc",
            "amount_fen": [100, 300, 200],
            "charged_on": "1970-01-05",
        }
    )
    return EventLog(events, pl.DataFrame(cases), lines, timezone="UTC")


def ids(found):
    return [row.case_id for row in found]


def test_the_cases_are_those_that_the_figure_counts(log):
    found = measure(log, CLOCK, by="port", period="month", as_of=DAY, statistics="n")
    for i, row in enumerate(found):
        cases = found.cases(i, limit=1000)
        assert len(cases) == row.n == len(set(ids(cases)))
        assert len(found.cases(row, which="open")) == row.n_open
        assert all(case.port == row.port for case in cases)
    assert sum(row.n for row in found) == 39


def test_the_slowest_come_first_with_milestones_and_hours_between(log):
    found = measure(log, CLOCK, as_of=DAY, statistics="median")
    slow = found.cases(which="finished", limit=2)
    assert ids(slow) == ["c39", "c38"] and [row.value for row in slow] == [39.0, 38.0]
    steps = slow[0].steps
    assert [(s.milestone, s.time, s.hours) for s in steps] == [
        ("declared", "1970-02-09 00:00", None),
        ("exam_called", "1970-02-09 01:00", 1.0),
        ("customs_released", "1970-02-10 15:00", 38.0),
    ]
    # open cases count what has passed so far, and are the longest here
    assert ids(found.cases(limit=1)) == ["c00"]
    assert "declaration accepted 1970-02-09 00:00" in str(slow)
    assert "申报接受" in str(slow.table("zh")) and "小时" in str(slow.table("zh"))


def test_past_a_limit_and_left_out(log):
    found = measure(log, CLOCK, as_of=DAY, statistics="within:36")
    past = found.cases(which="past", limit=100)
    assert {"c37", "c38", "c39", "c00", "c30"} == set(ids(past)) - {"c10", "c20"}
    assert all(row.past for row in past) and past.limit == 36
    assert {row.past for row in found.cases(limit=100)} == {True, False}
    assert ids(found.cases(which="past", beyond=38.5)) == ids(past)[:5]
    (out,) = found.cases(which="left_out")
    assert (out.case_id, out.value) == ("c01", None) and "stop before start" in str(out.to_dict())


def test_a_window_a_condition_and_a_date_by_end_hold_for_the_cases_too(log):
    window = ("1970-01-03", "1970-01-06")
    assert set(ids(measure(log, CLOCK, as_of=DAY, between=window).cases())) == {
        "c02",
        "c03",
        "c04",
        "c05",
    }
    ended = measure(log, replace(CLOCK, dated_by="end"), as_of=DAY, between=window)
    assert len(ended.cases()) == ended[0].n
    nowhere = measure(log, CLOCK, by="port", as_of=DAY, statistics="n")
    assert nowhere[1].port is None and len(nowhere.cases(1, limit=100)) == nowhere[1].n


def test_shares_lines_and_other_answers_have_cases(log):
    share = measure(log, Share({"port": "上海"}, dated_by="declared"), as_of=DAY).cases(limit=100)
    assert {row.value for row in share} == {1.0}
    assert len(share) == 20, "those of which it cannot be told are left out"
    share = measure(log, Share({"exam_called": {"present": True}}), as_of=DAY).cases(limit=100)
    assert len(share) == 40
    fees = measure(log, Fee(), as_of=DAY, statistics="n").cases()
    assert [(row.case_id, row.value) for row in fees] == [("c01", 3.0), ("c02", 2.0), ("c00", 1.0)]
    ranked = league(log, CLOCK, by="port", statistic="within:24", as_of=DAY)
    assert len(ranked.cases(limit=100)) == ranked[0].n
    curve = survival(log, CLOCK, as_of=DAY)
    assert len(curve.cases(limit=100)) == curve[0].n


def test_for_publication_identifiers_are_left_out(log, tmp_path):
    found = measure(log, CLOCK, as_of=DAY).cases(limit=5, publication=True)
    assert ids(found) == [None] * 5
    found.to_excel(tmp_path / "cases.xlsx")
    cells = [
        str(cell.value)
        for row in openpyxl.load_workbook(tmp_path / "cases.xlsx").active
        for cell in row
    ]
    texts = " ".join([*cells, found.to_csv(), str(found), found._repr_html_(), repr(found.rows)])
    assert not any(f"c{i:02}" in texts for i in range(40))


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"which": "slowest"}, "is not known"),
        ({"which": "past"}, "no limit"),
        ({"limit": 0}, "limit"),
        ({"limit": 5000}, "at most 1000"),
        ({"row": 99}, "no row 99"),
        ({"beyond": "x"}, "no number"),
    ],
)
def test_what_cannot_be_listed_is_told(log, asked, says):
    found = measure(log, CLOCK, as_of=DAY, statistics="median")
    with pytest.raises(LogError, match=says):
        found.cases(**asked)


def test_cases_of_withheld_cells_are_withheld(log):
    found = measure(log, CLOCK, by="port", as_of=DAY, statistics="median", suppress_below=10)
    with pytest.raises(LogError, match="withheld"):
        found.cases()
    with pytest.raises(LogError, match="no cases behind"):
        league(log, CLOCK, by="port", statistic="within:24", as_of=DAY, suppress_below=10).cases()
    sides = {"before": "1970-01", "after": "1970-02"}
    with pytest.raises(LogError, match="no cases behind"):
        bridge(log, replace(CLOCK, dated_by="end"), by="port", as_of=DAY, **sides).cases()


def test_an_assessments_row_lists_the_cases_of_its_months():
    ids_ = [str(i) for i in range(80)]
    events = pl.DataFrame(
        {
            "case_id": ids_ * 2,
            "milestone": ["refund_accepted"] * 80 + ["refund_approved"] * 80,
            "time": [f"2021-11-{1 + i % 20:02} 09:00" for i in range(80)]
            + [f"2021-{11 + i % 2}-{21 + i % 9:02} 09:00" for i in range(80)],
        }
    ).with_columns(pl.col("time").str.to_datetime())
    cases = pl.DataFrame({"case_id": ids_, "kind": "refund"})
    log = EventLog(events, cases, timezone="Asia/Shanghai")
    found = assess(log, as_of="2022-06-30")
    rows = [r for r in found if r.value is not None and r.n and r.period == "2021-12"]
    assert rows
    for row in rows:
        listed = found.cases(row, limit=1000)
        assert len(listed) == row.n
        late = [case for case in listed if case.value > row.target] if row.unit != "share" else []
        assert len(found.cases(row, which="past", limit=1000)) == len(late) or row.unit == "share"
    silent = next(r for r in found if r.verdict is Verdict.NOT_MEASURABLE)
    with pytest.raises(LogError, match="no figure of cases"):
        found.cases(silent)


def test_a_result_that_was_stored_keeps_its_figures_and_not_the_log(log):
    found = measure(log, CLOCK, as_of=DAY, statistics="n")
    again = pickle.loads(pickle.dumps(found))
    assert again == found and again.sql == found.sql
    with pytest.raises(LogError, match="left its log behind"):
        again.cases()
