"""Certificates and other agencies of imports: what is planted is found again, and moves no file."""

import json

import pandas as pd
import polars as pl
import pytest

import clearance_metrics as cm
from clearance_metrics.simulation import simulate

WHOLE, CUSTOMS = "all_agencies", "customs_only"
AS_OF = "2022-12-31"


@pytest.fixture(scope="module")
def demo(demos):
    made = demos(0.1)
    return made.truth["agencies"], made.log, made


@pytest.fixture(scope="module")
def table(demo):
    """The imports as pandas has them, in seconds."""
    read = pl.read_parquet(demo[2].folder / "milestones.parquet")
    return read.filter(pl.col("kind") == "import").to_pandas()


def test_what_is_planted_is_in_the_file(demo):
    truth, _, made = demo
    rows = pd.read_csv(made.raw / "agencies.csv")
    counts = rows["办理事项"].value_counts()
    assert counts["申请证件"] == counts["签发证件"] == truth["certificates"] > 200
    assert counts["检疫放行"] == truth["cleared"] > truth["cleared_after_release"] > 50
    assert not rows.duplicated(["业务编号", "办理事项"]).any()


def test_steps_come_in_an_order_that_can_be(table):
    certified = table.dropna(subset=["licence_applied"])
    assert (certified["licence_applied"] < certified["licence_issued"]).all()
    assert (certified["licence_issued"] < certified["declared"]).all()
    cleared = table.dropna(subset=["other_agency_cleared", "gate_out"])
    # the feed of imports is cut to the minute, this one is not
    assert (cleared["other_agency_cleared"] < cleared["gate_out"] + 60).all()


def test_time_to_comply_is_the_planted_one_to_the_second(demo, table):
    truth, log, _ = demo
    for stops, seconds in (
        (("customs_released", "other_agency_cleared"), truth["seconds"]),
        (("customs_released",), None),
    ):
        clock = cm.Formalities(where={"kind": "import"}, stops=stops)
        found = cm.measure(log, clock, as_of=AS_OF, statistics=("n", "sum"))
        told = {row.statistic: row.value for row in found}
        assert told["n"] == truth["finished"]
        if seconds is not None:
            assert round(told["sum"] * 86400) == seconds
    done = table.dropna(subset=["declared", "customs_released"])
    start = done[["declared", "licence_applied"]].min(axis=1)
    stop = done[["customs_released", "other_agency_cleared"]].max(axis=1)
    assert int((stop - start).sum()) == truth["seconds"]
    alone = int((done["customs_released"] - done["declared"]).sum())
    assert alone == truth["seconds_customs_only"] < truth["seconds"]


def test_the_fourth_clock_is_a_rung_of_the_ladder(demo, table):
    _, log, _ = demo
    found = cm.reconcile(log, "import", as_of=AS_OF)
    needed = ["conveyance_arrived", "declared", "customs_released", "gate_out"]
    used = table.dropna(subset=needed)
    start = used[["declared", "licence_applied"]].min(axis=1)
    stop = used[["customs_released", "other_agency_cleared"]].max(axis=1)
    took = (stop - start) / 3600
    rows = {(r.clock, r.weighting, r.unit): r.value for r in found}
    assert not found.alike and found.used == len(used) and not found.backwards
    assert rows[WHOLE, "shipments", "hours"] == pytest.approx(took.mean())
    by_firm = took.groupby(used["enterprise"]).mean().mean()
    assert rows[WHOLE, "firms", "hours"] == pytest.approx(by_firm)
    levels = [rung.value for rung in found.steps if rung.kind == "level"]
    assert levels[-2] == pytest.approx(took.mean()) == max(levels[:-1])
    walked = levels[0] + sum(rung.value for rung in found.steps if rung.kind == "step")
    assert walked == pytest.approx(levels[-1])
    # of exports nobody recorded any
    assert cm.reconcile(log, "export", as_of=AS_OF).alike


def test_it_has_a_stream_of_its_own(demo, tmp_path, monkeypatch):
    from clearance_metrics import simulation

    def none(rng, cases, events):
        rng.rand(7)
        frame = pl.DataFrame({"业务编号": ["x"], "办理事项": ["申请证件"], "办理时间": [""]})
        return frame, {}

    monkeypatch.setattr(simulation, "import_agencies", none)
    simulate(tmp_path / "raw", size=0.1)
    raw = demo[2].raw
    same = [path.name for path in raw.iterdir() if path.name not in ("agencies.csv", "truth.json")]
    assert len(same) > 20
    for name in same:
        assert (raw / name).read_bytes() == (tmp_path / "raw" / name).read_bytes(), name
    before, after = (
        json.loads((folder / "truth.json").read_text(encoding="utf-8"))
        for folder in (raw, tmp_path / "raw")
    )
    moved = [key for key in before if before[key] != after[key]]
    assert moved == ["files", "parties", "agencies"]
    # customs' own clocks are nobody else's
    assert before["parties"]["import_overall"] == after["parties"]["import_overall"]
