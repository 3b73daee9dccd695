"""The assessments of parts from one of all, and what of them is withheld."""

import pytest

import clearance_metrics as cm
from clearance_metrics.assessment.parts import assess_parts
from clearance_metrics.notice import load_notice

PORT = "海港甲"


@pytest.fixture(scope="module")
def log(small):
    return cm.EventLog.open(small / "out")


def test_each_part_is_assessed_as_if_it_were_asked_alone(log):
    notice, whole = load_notice("cn-2021-85"), cm.assess(log)
    found, hidden = assess_parts(log, notice, "port", whole)
    assert cm.assess(log.only("port", PORT)).to_dicts() == found[PORT].to_dicts()
    assert not any(hidden.values()) and None not in found


def test_no_small_count_stands_alone_or_is_the_rest_of_the_others(log):
    k, notice, whole = 10, load_notice("cn-2021-85"), cm.assess(log)
    open_, _ = assess_parts(log, notice, "port", whole)
    guarded, hidden = assess_parts(log, notice, "port", whole, k)
    assert any(hidden.values())
    for place, of_all in enumerate(whole):
        for name in ("n", "violations"):
            before = {v: getattr(found[place], name) or 0 for v, found in open_.items()}
            after = {v: getattr(found[place], name) for v, found in guarded.items()}
            assert all(not told or told >= k for told in after.values())
            lost = sum(n for v, n in before.items() if n and after[v] is None)
            small = [n for n in before.values() if 0 < n < k]
            rest = (getattr(of_all, name) or 0) - sum(n or 0 for n in after.values())
            if small and rest:
                assert rest >= lost and rest >= k or rest == (getattr(of_all, name) or 0)
