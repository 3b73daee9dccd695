"""A share of nothing is no number: where no time passed, no row was read, nothing was charged."""

import polars as pl
import pytest

import clearance_metrics as cm
from clearance_metrics.results.quality import Coverage, Receipt
from clearance_metrics.statistics import Sample
from clearance_metrics.statistics.shortfall import parts_of_gap, slowest_tenth

HOUR = 3600
WAY = ("conveyance_arrived", "discharged", "declared", "exam_called", "exam_ended")
WAY += ("customs_released", "gate_out")


def log_of(took, **columns):
    """Imports whose clocks take so many hours each, all of it after the declaration."""
    rows = [
        (str(i), name, 1_641_168_000 + i * 7 * HOUR + (hours * HOUR if name in WAY[-2:] else 0))
        for i, hours in enumerate(took)
        for name in WAY
    ]
    events = pl.DataFrame(rows, schema=["case_id", "milestone", "time"], orient="row")
    ids = [str(i) for i in range(len(took))]
    cases = pl.DataFrame({"case_id": ids, "kind": ["import"] * len(ids), **columns})
    return cm.EventLog(events, cases, timezone="UTC").using(as_of="2022-12-31")


CLOCK = cm.Duration("declared", "customs_released")
PARTED = {
    "stages": lambda log, **more: cm.stages(log, "import", **more),
    "holds": lambda log, **more: cm.holds(log, CLOCK, **more),
    "parties": lambda log, **more: cm.parties(log, "import_overall", **more),
    "closed_hours": lambda log, **more: cm.closed_hours(log, CLOCK, **more),
}


@pytest.mark.parametrize("name", PARTED)
def test_clocks_that_stop_at_once_have_no_parts(name):
    found = PARTED[name](log_of([0] * 7))
    assert len(found) and all(row.share is None for row in found)
    assert "stopped at once on each of 7 cases" in found.headline("en")
    assert "7件业务的起止时间都相同，没有可拆分的时间" in found.headline("zh")
    for lang, said in (("en", "none to count"), ("zh", "无可计")):
        column = [
            cells[list(found.table(lang).heads).index(_head(lang))] for cells in _cells(found, lang)
        ]
        assert set(column) == {said}
        assert "0.0%" not in found.headline(lang)
    assert found.chart("zh") and found.to_polars()["share"].null_count() == len(found)


def _head(lang):
    return {"en": "share", "zh": "占比"}[lang]


def _cells(found, lang):
    return found.table(lang).cells


@pytest.mark.parametrize("name", PARTED)
def test_of_groups_only_the_instant_one_has_none_to_count(name):
    log = log_of([0] * 4 + [5] * 4, port=["A"] * 4 + ["B"] * 4)
    found = PARTED[name](log, by="port")
    by_port = {port: [r for r in found if dict(r.groups)["port"] == port] for port in "AB"}
    assert all(row.share is None for row in by_port["A"])
    assert sum(row.share for row in by_port["B"]) == pytest.approx(1)
    assert "none to count" in found.headline("en") and "无可计" in found.headline("zh")


def test_a_gap_of_nothing_has_no_shares():
    even = parts_of_gap([Sample.of([4], [1], [3]), Sample.of([8], [1], [3])], 6)
    assert [part.share for part in even] == [None, None]
    assert slowest_tenth(Sample.of([0], [1], [20])).share_of_time is None
    log, window = log_of([0] * 40), ("2022-01", "2022-01")
    found = cm.gap_to_target(log, "import_overall", target=24, by="stage", window=window)
    assert all(row.share is None for row in found)
    assert "none to count" in str(found.table("en")) and "slowest tenth" not in found.told("en")


def test_files_without_rows_have_no_accepted_share():
    totals = dict.fromkeys(("rows_read", "accepted", "rejected", "duplicates", "left_out"), 0)
    found = Receipt(rows=(), totals=totals, made="2022-12-31", as_of="")
    assert found.headline("en") == "no row was read: the files hold none"
    assert "没有读到任何一行" in found.headline("zh")
    assert Coverage(rows=()).headline("en") == "the log holds no event"
    assert "%" not in Coverage(rows=()).headline("zh")
