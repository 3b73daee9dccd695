"""What can be supposed of cases: for how many each group then stands, and what cannot be."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from clearance_metrics.domain.changes import (
    Learnt,
    check_change,
    share_becomes,
    slowest_at_median,
    works_like,
)
from clearance_metrics.errors import LogError

GROUPS = [("a", "new"), ("a", "old"), ("b", "new"), ("b", "old"), ("b", "odd")]


def exact(counts):
    return np.array([Fraction(int(n)) for n in counts], dtype=object)


def test_a_rise_takes_the_same_part_of_all_others_by_hand():
    counts = np.array([10, 30, 20, 30, 10])
    change = share_becomes("way", "new", 0.65, within="port")
    assert change.now(GROUPS, counts) == 0.3 and change.columns == ("port", "way")
    # of 70 others half moves: 15 in a, and 15 and 5 in b
    sizes = change.sizes(GROUPS, counts)(exact(counts)).tolist()
    assert sizes == [25, 15, 40, 15, 5]
    told = change.learnt(GROUPS, counts)
    assert told == [Learnt(("a",), 10, 30), Learnt(("b",), 20, 40)]


def test_a_fall_is_the_same_the_other_way_round():
    counts = np.array([10, 30, 20, 30, 10])
    change = share_becomes("way", "new", 0.15, within="port")
    # half of 30 moves: 5 to a's old, 10 to b's old and odd as 3 to 1
    sizes = change.sizes(GROUPS, counts)(exact(counts)).tolist()
    assert sizes == [5, 35, 10, Fraction(75, 2), Fraction(25, 2)]
    assert change.learnt(GROUPS, counts) == [Learnt(("a",), 30, 10), Learnt(("b",), 40, 20)]


@given(some.lists(some.integers(1, 99), min_size=5, max_size=5), some.integers(0, 100))
def test_the_share_is_met_and_no_case_is_lost(counts, percent):
    counts = np.array(counts)
    change = share_becomes("way", "new", percent / 100, within="port")
    found = change.sizes(GROUPS, counts)(exact(counts))
    assert sum(found) == counts.sum() and min(found) >= 0
    assert (found[0] + found[2]) / counts.sum() == Fraction(percent, 100)
    # no port gains or loses a case
    assert sum(found[:2]) == counts[:2].sum()
    # and the derivative is taken of the same thing
    rough = change.sizes(GROUPS, counts)(counts.astype("float64"))
    assert rough == pytest.approx(found.astype("float64"))


def test_a_group_that_works_like_another_by_hand():
    groups = [("x", "a"), ("x", "b"), ("y", "a"), ("y", "b"), ("y", None)]
    counts = np.array([5, 7, 11, 13, 2])
    change = works_like("port", "a", "b", within="mode")
    assert change.sizes(groups, counts)(exact(counts)).tolist() == [0, 12, 0, 24, 2]
    assert change.learnt(groups, counts) == [Learnt(("x",), 7, 5), Learnt(("y",), 13, 11)]
    lone = works_like("port", "a", "b")
    assert lone.learnt([("a",), ("b",)], np.array([3, 0])) == [Learnt((), 0, 3)]


def test_a_stratum_without_anybody_to_learn_from_is_told():
    change = share_becomes("way", "new", 0.9, within="port")
    told = change.learnt([("a", "new"), ("a", "old"), ("b", "old")], np.array([9, 9, 4]))
    assert told[1] == Learnt(("b",), 0, 4)
    assert share_becomes("way", "new", 0.5).learnt([("new",), ("old",)], np.array([5, 5])) == []


def test_what_is_not_told_is_kept_out_of_a_share_and_left_where_it_is_by_ports():
    assert not share_becomes("way", "new", 0.5).keeps((None,))
    assert works_like("port", "a", "b").keeps((None,))
    assert slowest_at_median().keeps(()) and slowest_at_median().columns == ()


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (lambda: share_becomes("way", "new", 60), "share=60 is no share"),
        (lambda: share_becomes("way", "new", "0.6"), "share='0.6' is no number"),
        (lambda: share_becomes("way", None, 0.6), "value=None is no value"),
        (lambda: share_becomes("way", ["new"], 0.6), "is no value of a column"),
        (lambda: share_becomes({"way": "new"}, "new", 0.6), "is no name of a column"),
        (lambda: share_becomes("way", "new", 0.6, within=("way",)), "stands twice"),
        (lambda: works_like("port", "a", "a"), "a and b are both 'a'"),
        (lambda: works_like("port", "a", "b", within=5), "5 is no name of a column"),
        (lambda: slowest_at_median(0.5), "not between 0 and 0.5"),
        (lambda: slowest_at_median(True), "is no number"),
        (lambda: check_change(0.1), "nothing that can be supposed"),
        (lambda: works_like("port", "a", "c").check([("a",), ("b",)], None), "no case has port"),
        (lambda: share_becomes("way", "q", 0.5).check([("a",)], None), "no case has way = 'q'"),
    ],
)
def test_what_cannot_be_supposed_is_told(made, told):
    with pytest.raises(LogError, match=told):
        made()
