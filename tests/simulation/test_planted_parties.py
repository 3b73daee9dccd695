"""Whose time the demonstration's imports took, found again to the second."""

import pytest

from clearance_metrics import parties


@pytest.fixture(scope="module")
def demo(demos):
    """The truth, and the log."""
    made = demos(0.1)
    return made.truth["parties"], made.log


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
