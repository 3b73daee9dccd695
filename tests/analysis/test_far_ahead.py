"""A stop far ahead of its start: kept in the mean, said beside it, and listed with its line."""

from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import clearance_metrics as cm
from clearance_metrics.intake import ingest

DAY = 86400


def log_of(hours, kinds=None):
    """Cases that arrive and are released so many hours later."""
    rows = []
    for i, took in enumerate(hours):
        start = 1_650_000_000 + i * 3600
        rows += [(str(i), "conveyance_arrived", start)]
        rows += [(str(i), "customs_released", start + round(took * 3600))]
    events = pl.DataFrame(rows, schema=["case_id", "milestone", "time"], orient="row")
    ids = [str(i) for i in range(len(hours))]
    cases = pl.DataFrame({"case_id": ids, "kind": "import", "port": kinds or "甲"})
    return cm.EventLog(events, cases, timezone="Asia/Shanghai").using(as_of="2023-12-31")


CLOCK = cm.clock("import_overall")


def told(found):
    return [why for row in found.rows for why in row.reasons if why.code.startswith("far_ahead")]


def test_one_wrong_year_is_said_beside_the_mean_and_nowhere_else():
    """Nine cases of 24 h and one a year early: mean (9 x 24 - 8760) / 10 = -854.4; without 24."""
    log = log_of([24.0] * 9 + [-8760.0])
    found = cm.measure(log, CLOCK, statistics=("mean", "median"))
    mean, median = found.rows
    assert mean.value == pytest.approx(-854.4) and median.value == 24
    (why,) = told(found)
    assert (why.code, why.facts["n"], why.facts["days"]) == ("far_ahead.without", 1, 60)
    assert why.facts["value"] == 24 and why in mean.reasons and why not in median.reasons
    for lang, words in (("zh", "除去后为24.00小时"), ("en", "without it 24.00 hours")):
        assert words in found.wide().beware(lang) and words in found.told(lang)


@pytest.mark.parametrize(("days", "n"), [(59, 0), (60, 0), (61, 1), (-400, 0)])
def test_sixty_days_ahead_are_taken_for_granted(days, n):
    found = cm.measure(log_of([24.0] * 5 + [-24.0 * days]), CLOCK, statistics="mean")
    assert len(told(found)) == n


def test_it_is_said_of_the_group_that_holds_it_and_withheld_with_small_groups():
    log = log_of([24.0] * 9 + [-8760.0], ["甲"] * 5 + ["乙"] * 5)
    by_port = cm.measure(log, CLOCK, by="port", statistics="mean")
    assert [bool(told(by_port.of(port))) for port in ("甲", "乙")] == [False, True]
    hidden = cm.measure(log, CLOCK, by="port", statistics="mean", suppress_below=3)
    (why,) = told(hidden)
    assert why.code == "far_ahead.withheld" and set(why.facts) == {"days"}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-3000, 500), min_size=2, max_size=12))
def test_the_mean_without_them_is_the_mean_of_the_others(hours):
    found = cm.measure(log_of([float(h) for h in hours]), CLOCK, statistics="mean")
    kept = [h for h in hours if h >= -60 * 24]
    whys = told(found)
    assert found.rows[0].value == pytest.approx(sum(hours) / len(hours))
    assert bool(whys) == (len(kept) < len(hours))
    if whys and kept:
        assert whys[0].facts["n"] == len(hours) - len(kept)
        assert whys[0].facts["value"] == pytest.approx(sum(kept) / len(kept))
    elif whys:
        assert whys[0].code == "far_ahead.counted"


def test_the_scorecard_says_it_beside_its_value():
    hours = [24.0] * 60 + [-2400.0]
    rows = []
    for year in (2021, 2022):
        for i, took in enumerate(hours):
            # the month is that of the release: the wrong date is that of the arrival
            stop = datetime(year, 3, 1 + i % 28, tzinfo=UTC).timestamp()
            ids = f"{year}-{i}"
            rows += [(ids, "conveyance_arrived", int(stop - took * 3600))]
            rows += [(ids, "customs_released", int(stop))]
    events = pl.DataFrame(rows, schema=["case_id", "milestone", "time"], orient="row")
    cases = pl.DataFrame({"case_id": events["case_id"].unique(), "kind": "import", "mode": "sea"})
    log = cm.EventLog(events, cases, timezone="UTC").using(as_of="2022-12-31")
    found = cm.assess(log, resolution="minute")
    row = next(row for row in found.rows if row.indicator == "import_overall_time")
    assert row.value < 0 and "without it 24.00 hours" in row.said("en")


def test_page_one_lists_each_with_file_and_line(tmp_path):
    lines = ["id,kind,arrived,released"]
    lines += [f"B{i},import,2022-03-{i + 1:02} 08:00,2022-03-{i + 2:02} 08:00" for i in range(9)]
    lines += ["X1,import,2022-05-01 08:00,2021-05-02 08:00"]
    lines += ["X2,import,2022-06-01 08:00,2021-06-02 08:00"]
    (tmp_path / "e.csv").write_text("\n".join(lines) + "\n")
    (tmp_path / "dataset.toml").write_text(
        '[dataset]\nname = "t"\ntimezone = "Asia/Shanghai"\nas_of = 2022-12-31\n'
        '[[file]]\npath = "e.csv"\nrole = "wide"\n[file.columns]\ncase_id = "id"\nkind = "kind"\n'
        '[file.milestones]\nconveyance_arrived = "arrived"\ncustoms_released = "released"\n'
    )
    ingest(tmp_path / "dataset.toml", out=tmp_path / "out")
    log = cm.EventLog.open(tmp_path / "out").using(lang="zh")
    found = cm.slips(log)
    (row,) = (row for row in found.rows if row.kind == "far_ahead")
    assert (row.n, row.file, row.line, row.case_id) == (2, "e.csv", 11, "X1")
    assert row.others == (("e.csv", 12, "X2"),)
    shown = "\n".join(map(str, found.table("zh").cells))
    assert "止点早于起点60天以上" in shown and "X1" in shown and "X2" in shown and "12" in shown
