"""What became of the rows of a log: receipts, rejects, doubts, slips and coverage as answers."""

import polars as pl
import pytest

import clearance_metrics as cm
from clearance_metrics.errors import LogError, NothingToShow

HEAD = '[dataset]\nname = "t"\ntitle_zh = "测试"\ntimezone = "Asia/Shanghai"\nas_of = 2022-12-31\n'
HEAD += "least_accepted = 0\n"
FILE = (
    '[[file]]\npath = "{path}"\nrole = "events"\n{more}[file.columns]\ncase_id = "id"\nmilestone ='
    ' "code"\ntime = "at"\n[file.milestones]\nD = "declared"\nR = "customs_released"\n'
)
SOUND = ("a,D,2021-05-03 09:00:05,x", "a,R,2021-05-03 11:00:05,x")


def log_from(folder, files, more=""):
    mapping = HEAD
    for name, rows in files.items():
        text = "id,code,at,class\n" + "".join(f"{row}\n" for row in rows)
        (folder / name).write_text(text, encoding="utf-8")
        mapping += FILE.format(path=name, more=more)
    (folder / "dataset.toml").write_text(mapping, encoding="utf-8")
    cm.ingest(folder / "dataset.toml", out=folder / "out")
    return cm.EventLog.open(folder / "out")


def in_memory(*times, day=False):
    rows = [("a", milestone, second) for milestone, second in times]
    events = pl.DataFrame(rows, ["case_id", "milestone", "time"], orient="row")
    events = events.with_columns(resolution=pl.lit("day")) if day else events
    return cm.EventLog(events).using(as_of="2022-12-31")


def every(log):
    return (cm.receipt(log), cm.rejects(log), cm.doubts(log), cm.slips(log), cm.coverage(log))


def test_every_row_read_is_accounted_for(tmp_path):
    bad = ("b,X,2021-05-03 09:00,x", ",D,2021-05-03 09:00,x", "c,Y,2021-05-03 09:00,x")
    log = log_from(tmp_path, {"e.csv": [*SOUND, SOUND[0], *bad], "f.csv": bad[:1]})
    found = cm.receipt(log)
    assert [(r.file, r.rows_read, r.accepted, r.rejected, r.duplicates) for r in found] == [
        ("e.csv", 6, 2, 3, 1),
        ("f.csv", 1, 0, 1, 0),
    ]
    assert found.adds_up and all(row.adds_up for row in found)
    assert found.totals["rows_read"] == 7 and found.table().cells[-1][0] == "total"
    assert "left_out" not in str(found) and "left out" not in str(found)
    wrong = found._with(totals={**found.totals, "accepted": 9})
    assert not wrong.adds_up and "do not add up" in wrong.beware()


def test_rejects_have_the_first_row_of_their_rule_in_the_order_of_the_files(tmp_path):
    rows = {"z.csv": ["b,X,2021-05-03 09:00,x"], "a.csv": [*SOUND, "c,Y,2021-05-03 09:00,x"]}
    found = cm.rejects(log_from(tmp_path, rows))
    (row,) = found
    assert (row.rule, row.n, row.file, row.value) == ("unknown_milestone", 2, "z.csv", "X")
    assert f"z.csv:{row.line} “X”" in str(found)
    assert found.headline().startswith("The commonest reason for rejection is “unknown milestone”")
    assert found.chart().alt


def test_rows_left_out_by_the_mapping_have_a_column(tmp_path):
    rows = {"e.csv": [*SOUND, "a,R,2021-09-09 09:00,PLN"]}
    log = log_from(tmp_path, rows, 'skip = { class = ["PLN"] }\n')
    for lang, says in (("en", "1 left out by the mapping"), ("zh", "按映射略去1行")):
        assert says in cm.receipt(log.using(lang=lang)).headline()
        assert "e.csv class “PLN”" in str(cm.slips(log.using(lang=lang)))
    assert cm.receipt(log).adds_up


def test_nothing_wrong_is_a_sentence_and_no_empty_table(tmp_path):
    log = log_from(tmp_path, {"e.csv": SOUND})
    _, rejects, doubts, slips, coverage = every(log)
    assert rejects.block().title == "No row was rejected" and rejects.block().parts == ()
    assert (
        doubts.block().title
        == "Of clocks that may not run backwards, no case stops before it starts"
        and doubts.block().parts == ()
    )
    assert slips.block().title == "None of 12 kinds of slips was found" and not slips.block().parts
    assert len(slips.absent) == 12 and "Not found: " in slips.beware()
    assert coverage.headline().startswith("2 milestones, 2 events, none timed to the day only")
    with pytest.raises(NothingToShow):
        rejects.chart()


def test_a_slip_says_what_it_does_to_the_headline(tmp_path):
    rows = ["1,D,2021-05-02 09:00:00,", "1,D,2021-05-02 09:00:41,", "1,R,2021-05-02 19:00,"]
    rows += ["2,D,2021-05-02 09:00,", "2,R,2021-05-02 13:00,"]
    found = cm.slips(log_from(tmp_path, {"e.csv": rows}))
    (row,) = (row for row in found if row.kind == "within_a_minute")
    assert (row.n, row.median, row.median_without) == (1, 7.0, 4.0)
    assert "median 7.00 h, without these cases 4.00 h" in str(found)
    assert (row.file, row.line, row.case_id) == ("e.csv", 3, "1")


def test_doubts_are_listed_up_to_a_limit_and_counted_whole(tmp_path):
    rows = [
        f"{i},{c},2021-05-03 {h}:00:00,x" for i in range(12) for c, h in (("D", "11"), ("R", "09"))
    ]
    log = log_from(tmp_path, {"e.csv": rows})
    found = cm.doubts(log)
    assert len(found) == 10 and found.counts == {"declared..customs_released": 12}
    assert found.headline().startswith("12 cases stop before they start")
    assert len(cm.doubts(log, limit=None)) == 12 and len(cm.doubts(log, limit=1)) == 1
    assert "doubts" in found.sql.lower()
    for limit in (0, -1, "ten", True):
        with pytest.raises(LogError, match="no number of cases"):
            cm.doubts(log, limit=limit)


def test_tables_in_memory_have_no_receipt_and_say_so():
    log = in_memory(("declared", 0), ("declared", 30), ("customs_released", 7200))
    receipt, rejects, doubts, slips, coverage = every(log)
    for found in (receipt, rejects):
        assert "there is no receipt" in found.headline() and found.block().parts == ()
        assert "没有读入记录" in found.block("zh").title
    assert doubts.headline().startswith("Of clocks that may not run backwards, no case stops")
    assert [row.kind for row in slips] == ["within_a_minute"] and len(slips.absent) == 5
    assert {row.milestone: (row.n, row.day) for row in coverage} == {
        "declared": (2, 0),
        "customs_released": (1, 0),
    }
    assert "to the second" not in str(coverage) and "seconds" not in coverage.beware()
    dated = cm.coverage(in_memory(("declared", 0), day=True))
    assert dated[0].day == 1 and "1 milestone" in dated.headline()
    backwards = cm.doubts(in_memory(("declared", 7200), ("customs_released", 0)))
    assert backwards.counts == {"declared..customs_released": 1}
    assert backwards.headline().startswith("1 case stops before it starts")


def test_the_answers_speak_as_the_log_does_and_become_frames(tmp_path):
    log = log_from(tmp_path, {"e.csv": [*SOUND, "b,X,2021-05-03 09:00,x"]}).using(lang="zh")
    for found in every(log):
        assert found.lang == "zh" and "测试" in found.source() and "2022-12-31" in found.source()
        assert found.to_pandas().shape[0] == len(found) == found.to_polars().height
        assert not any(mark in head for head in found.table().heads for mark in "_<{")
        assert found.to_csv()


def test_a_log_that_says_no_day_asks_for_one_only_where_it_matters():
    events = pl.DataFrame({"case_id": ["a"], "milestone": ["declared"], "time": [0]})
    log = cm.EventLog(events)
    assert cm.receipt(log).source() == "" and cm.coverage(log)[0].n == 1
    with pytest.raises(LogError, match="up to which"):
        cm.slips(log)
    assert len(cm.slips(log, as_of="2022-12-31")) == 0
