"""The assessments of parts from one of all, and what of them is withheld."""

import polars as pl
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
    found, hidden, seen = assess_parts(log, notice, "port", whole)
    assert cm.assess(log.only("port", PORT)).to_dicts() == found[PORT].to_dicts()
    assert not any(hidden.values()) and None not in found and seen is whole


def test_no_small_count_stands_alone_or_is_the_rest_of_the_others(log):
    k, notice, whole = 10, load_notice("cn-2021-85"), cm.assess(log)
    open_, _, _ = assess_parts(log, notice, "port", whole)
    guarded, hidden, seen = assess_parts(log, notice, "port", whole, k)
    assert any(hidden.values())
    for place, of_all in enumerate(seen):
        for name in ("n", "violations"):
            before = {v: getattr(found[place], name) or 0 for v, found in open_.items()}
            after = {v: getattr(found[place], name) for v, found in guarded.items()}
            assert all(not told or told >= k for told in after.values())
            lost = sum(n for v, n in before.items() if n and after[v] is None)
            small = [n for n in before.values() if 0 < n < k]
            rest = (getattr(of_all, name) or 0) - sum(n or 0 for n in after.values())
            if small and getattr(of_all, name) is not None:
                assert sum(n is None and before[v] > 0 for v, n in after.items()) > 1
                assert rest >= lost and rest >= k


def test_what_the_others_know_to_be_none_of_theirs_is_not_told_of_all_either():
    """Sea has the only three open cases: the whole less the zeros of the others is three."""
    modes = [*["sea"] * 40, *["air"] * 40, *["rail"] * 40]
    ids = [str(i) for i in range(len(modes))]
    times = [
        (i, m, 3600 * h) for i in ids for h, m in enumerate(("conveyance_arrived", "declared"))
    ]
    times += [(i, "customs_released", 9000) for i in ids[3:]]
    events = pl.DataFrame(times, schema=["case_id", "milestone", "time"], orient="row")
    cases = pl.DataFrame({"case_id": ids, "mode": modes, "kind": "import"})
    log = cm.EventLog(events, cases).using(as_of="1970-01-02")
    notice = load_notice("cn-2021-85").suited(log)
    whole = cm.assess(log, notice)
    told = {row.indicator: row for row in whole if row.n_open == 3}
    assert told
    parts, _, seen = assess_parts(log, notice, "mode", whole, 10)
    for rows in (*parts.values(), seen):
        assert all(row.n_open in (0, None) for row in rows if row.indicator in told)
    assert all(row.n_open is None for row in seen if row.indicator in told)


def test_groups_of_a_log_that_withholds_do_not_give_each_other_back(log):
    open_ = cm.assess(log, by="port")
    found = cm.assess(log.using(withhold=10), by="port")
    for name in {row.indicator for row in open_}:
        before = [row for row in open_ if row.indicator == name]
        after = [row for row in found if row.indicator == name]
        lost = [b for b, a in zip(before, after, strict=True) if b.n and a.n is None]
        if lost and any(row.n for row in after):
            assert len(lost) > 1
