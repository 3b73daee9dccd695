"""What a log says of itself: its contents, and what it can carry."""

import polars as pl
import pytest

from clearance_metrics import EventLog, contents, describe
from clearance_metrics.engine.contents import SHOWN
from clearance_metrics.errors import NoticeError

ENDS = ("declared", "customs_released")


@pytest.fixture(scope="module")
def log():
    ids = [*"abcd"]
    day = 86400
    events = pl.DataFrame(
        {
            "case_id": ids + ids[:3],
            "milestone": [ENDS[0]] * 4 + [ENDS[1]] * 3,
            "time": [17 * 3600, day, 2 * day, 3 * day, 4 * day, 5 * day, 6 * day],
        }
    )
    cases = {
        "case_id": ids,
        "kind": ["import", "import", "import", "export"],
        "port": ["上海", "上海", "<b>", None],
        "aeo": [True, False, None, False],
        "teu": [1, 2, 2, 3],
    }
    lines = {"case_id": ["a"], "item": ["x"], "amount_fen": [100], "charged_on": ["1970-01-01"]}
    return EventLog(events, pl.DataFrame(cases), pl.DataFrame(lines), timezone="Asia/Shanghai")


def test_contents_count_milestones_with_local_days_and_columns_with_values(log):
    found = {row.name: row for row in contents(log)}
    assert (found["declared"].n, found["customs_released"].n) == (4, 3)
    # 17:00 UTC is the next day in Shanghai
    assert str(found["declared"].first) == "1970-01-02"
    assert str(found["customs_released"].last) == "1970-01-07"
    assert found["port"].values == (("上海", 2), ("<b>", 1), (None, 1)) and found["port"].n == 3
    assert found["aeo"].values[0] == ("false", 2) and found["teu"].values[0] == ("2", 2)
    assert not found["port"].more
    whole = contents(log)
    assert whole.kinds == (("import", 3), ("export", 1)) and whole.charges == 1
    assert whole.rows is contents(log).rows, "the engine is asked once"
    assert whole.to_pandas().shape[0] == 7, "two milestones, four columns, one of charge lines"


def test_of_many_values_the_most_frequent_stand(log):
    ids = [str(i) for i in range(60)]
    events = pl.DataFrame({"case_id": ids, "milestone": ENDS[0], "time": 0})
    firms = [f"firm {i % 20:02}" for i in range(60)]
    many = EventLog(events, pl.DataFrame({"case_id": ids, "enterprise": firms}))
    (row,) = (row for row in contents(many) if row.what == "column")
    assert len(row.values) == SHOWN and row.more and row.n == 60
    assert "firm 00 3" in repr(many) and "…" in repr(many)


def test_a_log_shows_what_it_holds(log):
    told = repr(log)
    assert told.startswith("<EventLog log: 4 cases, imports 3, exports 1, 1970-01-02 to 1970-01-07")
    assert "1 charge line" in told and "上海 2" in told and "customs_released" in told
    page = log._repr_html_()
    assert "<table>" in page and "&lt;b&gt;" in page and "<b>" not in page
    assert "4件业务" in contents(log).headline("zh") and "节点" in str(contents(log).table("zh"))


def test_milestones_columns_and_charges_stand_in_tables_of_their_own(log):
    tables = contents(log).block("en").parts
    assert [table.caption.split(":")[0] for table in tables] == [
        "milestones",
        "columns of cases",
        "columns of charge lines",
    ]
    assert tables[0].heads == ("name", "in words", "cases", "first day", "last day")
    assert tables[1].heads == ("name", "in words", "cases", "values")
    named = {cells[0]: cells[1] for table in tables for cells in table.cells}
    assert named["port"] == "port" and all(named.values()), "each has its word"
    assert tables[2].cells == (("item", "charge item", "1", "x 1"),)
    assert tables[2].heads[2] == "lines"
    caption = contents(log).block("zh").title
    assert "进口 3" in caption and not any(caption in table.caption for table in tables)


def test_who_groups_times_by_a_column_of_charges_is_told_where_it_is(log):
    from clearance_metrics import Duration, Fee, measure
    from clearance_metrics.errors import LogError

    with pytest.raises(LogError, match='column of charge lines(.|\n)*cm.Fee.., by="item"'):
        measure(log, Duration(*ENDS), by="item", as_of="1970-01-31")
    with pytest.raises(LogError, match="write 'item' instead of 'itm'"):
        measure(log, Fee(), by="itm", as_of="1970-01-31")
    with pytest.raises(LogError, match="write 'port' instead of 'prot'(.|\n)*cm.Fee.: item"):
        measure(log, Duration(*ENDS), by="prot", as_of="1970-01-31")


def test_a_log_whose_engine_fails_is_still_shown(log, monkeypatch):
    events = pl.DataFrame({"case_id": ["a"], "milestone": ["declared"], "time": [0]})
    broken = EventLog(events)
    monkeypatch.setattr(type(broken), "rows_of", lambda *_, **__: 1 / 0)
    assert repr(broken) == "<EventLog log: 1 milestones>"
    assert broken._repr_html_() == "&lt;EventLog log: 1 milestones&gt;"


def test_a_log_without_attributes_or_charges_has_contents():
    events = pl.DataFrame({"case_id": ["a"], "milestone": ["declared"], "time": [0]})
    found = contents(EventLog(events))
    assert [row.name for row in found] == ["declared"] and found.charges is None
    assert found.n_cases == 1


def test_describe_says_what_can_be_carried_and_what_is_missing(log):
    found = {row.name: row for row in log.describe()}
    assert found["import_customs_only"].carried and found["import_customs_only"].n == 3
    # no export has been released
    assert (found["export_customs_only"].carried, found["export_customs_only"].n) == (False, 0)
    assert found["import_overall"].lacks == ("conveyance_arrived",)
    assert "conveyance arrived" in found["import_overall"].note
    assert found["refund_tax"].lacks == ("refund_accepted", "refund_approved", "kind = refund")
    assert "抵港" in found["import_overall"].note_zh
    silent = next(row for row in found.values() if "leaves no trace" in row.note)
    assert silent.what == "indicator" and not silent.carried and not silent.lacks


def test_an_indicator_can_be_carried_as_an_assessment_finds():
    """What describe says can be carried has no verdict "no data" for a lack of columns, and the
    other way round.
    """
    from clearance_metrics import assess

    events = pl.DataFrame(
        {
            "case_id": ["a"] * 3,
            "milestone": ["conveyance_arrived", "declared", "customs_released"],
            "time": [0, 3600, 7200],
        }
    )
    cases = {"case_id": ["a"], "kind": ["import"], "port": ["x"], "mode": ["sea"], "aeo": [True]}
    log = EventLog(events, pl.DataFrame(cases))
    told = {row.name: row for row in describe(log) if row.what == "indicator"}
    judged = {row.indicator: row for row in assess(log, as_of="2022-12-31")}
    lacking = {n for n, row in judged.items() if "log lacks" in row.note}
    nothing = {n for n, row in judged.items() if "no cases of this kind" in row.note}
    assert lacking and lacking == {
        n for n, row in told.items() if row.lacks and not row.lacks[0].startswith("kind")
    }
    assert {n for n, row in told.items() if row.lacks} - lacking <= nothing


def test_describe_takes_any_notice(log):
    with pytest.raises(NoticeError):
        describe(log, "no-such-notice")
    assert "can carry 1 of 20 clocks" in describe(log).headline()
    assert "可计算" in describe(log).headline("zh")


def test_a_kind_of_few_cases_is_there_however_many_kinds_there_are():
    ids = [str(i) for i in range(31)]
    kinds = [f"kind {i % 10}" for i in range(30)] + ["return"]
    times = pl.DataFrame(
        {
            "case_id": ids * 2,
            "time": [0] * 31 + [3600] * 31,
            "milestone": ["return_declared"] * 31 + ["return_released"] * 31,
        }
    )
    log = EventLog(times, pl.DataFrame({"case_id": ids, "kind": kinds}))
    assert len(contents(log).kinds) == 11
    found = {row.name: row for row in describe(log)}
    assert found["ecommerce_returns"].carried, found["ecommerce_returns"].lacks


def test_money_is_shown_in_yuan_and_kept_in_fen():
    events = pl.DataFrame({"case_id": [*"ab"], "milestone": [ENDS[0]] * 2, "time": [0, 0]})
    cases = pl.DataFrame({"case_id": [*"ab"], "goods_value": [12_345_607, None]})
    row = next(r for r in contents(EventLog(events, cases)) if r.name == "goods_value")
    assert ("12345607", 1) in row.values
    assert "123,456.07元 1" in row.told("zh") and "123,456.07 CNY 1" in row.told("en")
