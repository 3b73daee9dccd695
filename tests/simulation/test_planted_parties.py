"""Whose time the demonstration's imports took, found again to the second."""

import pytest

from clearance_metrics import EventLog, parties
from clearance_metrics.intake import ingest
from clearance_metrics.simulation import simulate


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The truth, and the log."""
    folder = tmp_path_factory.mktemp("parties")
    truth = simulate(folder / "raw", size=0.1)
    ingest(folder / "raw" / "dataset.toml", out=folder / "log")
    return truth["parties"], EventLog.open(folder / "log")


@pytest.mark.parametrize("clock", ["import_overall", "import_port_release"])
def test_planted_shares_lie_in_their_intervals_and_seconds_are_found(demo, clock):
    truth, log = demo
    planted, found = truth[clock], parties(log, clock)
    assert found.finished == planted["cases"] > 1000 and found.unequal == 0
    assert {row.party: row.seconds for row in found} == planted["seconds"]
    for row in found:
        assert row.share_low <= planted["shares"][row.party] <= row.share_high, row
    assert sum(planted["shares"].values()) == pytest.approx(1)
    assert all(planted["seconds"].values())


@pytest.mark.parametrize("clock", ["import_overall", "import_port_release"])
def test_a_sample_of_the_cases_has_the_planted_shares_in_its_intervals(demo, clock):
    truth, log = demo
    inside = [
        row.share_low <= truth[clock]["shares"][row.party] <= row.share_high
        for row in parties(log, clock, by="aeo")
        if dict(row.groups)["aeo"] is False
    ]
    assert sum(inside) >= 4
