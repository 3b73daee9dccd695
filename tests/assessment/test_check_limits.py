"""What check_limits shows: a finding, a row per limit with its verdict, and who is not in it."""

import polars as pl
import pytest

from clearance_metrics import EventLog, check_limits

DAY = "1970-01-02"


def log(*ports, lang, without=0, ordered=0):
    """Operations at ports, for each (kept, late) of a limit of half an hour for 80 %."""
    events, cases = [], []
    for port, (kept, late) in enumerate(ports):
        for i in range(kept + late):
            case = f"{port}-{i}"
            cases.append((case, "operation", f"P{port}", "pick-up"))
            done = ordered + (1200 if i < kept else 3600)
            events += [(case, "operation_ordered", ordered), (case, "operation_done", done)]
    for i in range(without):
        cases.append((f"w{i}", "operation", "elsewhere", "pick-up"))
        events += [(f"w{i}", "operation_ordered", ordered), (f"w{i}", "operation_done", ordered)]
    limits = {
        "port": [f"P{port}" for port in range(len(ports))] or ["P"],
        "operation": "pick-up",
        "minutes": 30,
        "share_percent": 80,
        "valid_from": "1970-01-01",
    }
    return EventLog(
        pl.DataFrame(events, schema=["case_id", "milestone", "time"], orient="row"),
        pl.DataFrame(cases, schema=["case_id", "kind", "port", "operation"], orient="row"),
        limits=pl.DataFrame(limits),
    ).using(lang=lang)


@pytest.mark.parametrize(
    ("ports", "zh", "en"),
    [
        ((), "没有可以衡量的作业时限", "No limit that operations can be held against"),
        (((40, 0),), "公布的1项作业时限中，0项未达到", "Of the one published limit, 0 not kept"),
        (
            ((40, 0), (10, 40), (5, 40)),
            "公布的3项作业时限中，2项未达到",
            "2 of 3 published limits were not kept",
        ),
        (
            ((40, 0), (33, 7)),
            "公布的2项作业时限中，0项未达到，1项无法判断",
            "0 of 2 published limits were not kept, and of 1 it cannot be told",
        ),
    ],
)
def test_the_finding_counts_limits_and_what_cannot_be_told(ports, zh, en):
    for lang, told in (("zh", zh), ("en", en)):
        block = check_limits(log(*ports, lang=lang, without=1), as_of=DAY).block()
        assert block.title == told
        # the operation of no known limit is never left out silently
        assert ("1次作业没有已知时限" if lang == "zh" else "1 operation has no") in block.note


def test_each_limit_has_its_days_in_words_and_its_verdict_as_a_badge():
    table = check_limits(log((40, 0), (10, 40), lang="zh"), as_of=DAY).table()
    assert table.heads[2:6] == ("时限（分钟）", "承诺占比", "有效期", "达到占比")
    assert [row[4] for row in table.cells] == ["1970-01-01起"] * 2
    assert [row[-1] for row in table.cells] == ["✓ 达标", "✗ 未达标"]
    assert table.tones == {(0, 8): "good", (1, 8): "bad"}
    assert "operation" not in str(table) and "valid" not in str(table)


def test_operations_whose_limit_is_not_over_are_told():
    late = 2 * 86400 - 600
    found = check_limits(log((0, 2), lang="en", ordered=late), as_of=DAY)
    assert "The limits of 2 operations lie after the day of the log" in found.beware()
    assert found[0].n == 0 and found.table().cells[0][5:8] == ("–", "–", "0")
