"""Holds side by side: parts by hand, and against a count of every second; repeats, overlaps and
what cannot be told.
"""

import shutil
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearance_metrics import Duration, Fee, load_notice, measure
from clearance_metrics.analysis.holds import HOLDS, holds
from clearance_metrics.engine.log import EventLog
from clearance_metrics.engine.refusals import MissingColumn
from clearance_metrics.errors import LogError
from clearance_metrics.intake import ingest

CLOCK = ("declared", "customs_released")
NAMES = ("exam", "query", "duty")
MARKS = [
    "declared",
    "customs_released",
    "exam_called",
    "exam_ended",
    "query_raised",
    "query_answered",
    "duty_assessed",
    "duty_paid",
    "guaranteed",
]
AS_OF = date(1970, 2, 1)


def log_of(cases, attributes=None):
    """Cases as {milestone: [seconds]}; one more case, without a clock, makes every milestone known
    to the log.
    """
    rows = [
        (str(i), m, t)
        for i, case in enumerate([*cases, {m: [0] for m in MARKS[2:]}])
        for m, times in case.items()
        for t in times
    ]
    frame = pl.DataFrame(
        rows, schema={"case_id": pl.String, "milestone": pl.String, "time": pl.Int64}, orient="row"
    )
    return EventLog(
        frame, None if attributes is None else pl.DataFrame(attributes), timezone="Asia/Shanghai"
    )


def clock(**marks):
    return {"declared": [0], "customs_released": [100], **marks}


def seconds(found):
    return {row.part: row.seconds for row in found}


BY_HAND = {
    "nothing": ({}, (100, 0, 0, 0, 0)),
    "apart": (
        {"exam_called": [10], "exam_ended": [30], "query_raised": [40], "query_answered": [45]},
        (75, 20, 5, 0, 0),
    ),
    "side by side": (
        {"exam_called": [10], "exam_ended": [30], "query_raised": [20], "query_answered": [50]},
        (60, 10, 20, 0, 10),
    ),
    "three at once": (
        {
            "exam_called": [10],
            "exam_ended": [40],
            "query_raised": [20],
            "query_answered": [50],
            "duty_assessed": [30],
            "duty_paid": [60],
        },
        (50, 10, 0, 10, 30),
    ),
    "examined three times": (
        {"exam_called": [10, 30, 60], "exam_ended": [20, 50, 70]},
        (60, 40, 0, 0, 0),
    ),
    "called again before it ended": (
        {"exam_called": [10, 20], "exam_ended": [30, 50]},
        (60, 40, 0, 0, 0),
    ),
    "from before, beyond the end": (
        {"exam_called": [-50], "exam_ended": [20], "query_raised": [90], "query_answered": [500]},
        (70, 20, 10, 0, 0),
    ),
    "never answered": ({"query_raised": [30]}, (30, 0, 70, 0, 0)),
    "guaranteed, paid later": (
        {"duty_assessed": [10], "guaranteed": [30], "duty_paid": [80]},
        (80, 0, 0, 20, 0),
    ),
    "one ends as the other begins": (
        {"exam_called": [10], "exam_ended": [30], "query_raised": [30], "query_answered": [40]},
        (70, 20, 10, 0, 0),
    ),
    "called and ended in one second": (
        {"exam_called": [30], "exam_ended": [30]},
        (100, 0, 0, 0, 0),
    ),
    "ended before the start": ({"exam_ended": [-5]}, (100, 0, 0, 0, 0)),
}


def test_parts_by_hand_one_case_a_group():
    log = log_of(
        [clock(**marks) for marks, _ in BY_HAND.values()],
        {"case_id": [str(i) for i in range(len(BY_HAND))], "name": list(BY_HAND)},
    )
    found = holds(log, CLOCK, as_of=AS_OF, by="name")
    for name, (_, expected) in BY_HAND.items():
        rows = [r for r in found if dict(r.groups)["name"] == name]
        assert tuple(r.seconds for r in rows) == expected, name
        assert [r.part for r in rows] == ["none", *NAMES, "two or more"]
        assert sum(r.mean for r in rows) == pytest.approx(100 / 3600) and sum(
            r.share for r in rows
        ) == pytest.approx(1)
    assert (found.finished, found.unequal, found.left_out, found.not_known, found.absent) == (
        len(BY_HAND),
        0,
        0,
        0,
        (),
    )
    three = {r.part: r for r in found if dict(r.groups)["name"] == "three at once"}
    assert [three[n].open_seconds for n in NAMES] == [30, 30, 30] and three[
        "two or more"
    ].open_seconds is None
    assert (three["query"].n, three["query"].seconds, three["query"].open_mean) == (1, 0, 30 / 3600)


def test_what_cannot_be_told_is_left_out_and_counted():
    found = holds(
        log_of(
            [
                clock(exam_called=[10], exam_ended=[30]),
                clock(exam_ended=[30]),
                clock(query_answered=[500]),
                clock(duty_paid=[30]),
                clock(exam_called=[40], exam_ended=[30, 50]),
                {"declared": [100], "customs_released": [0]},
                {"declared": [0]},
            ]
        ),
        CLOCK,
        as_of=AS_OF,
    )
    assert (found.finished, found.not_known, found.left_out) == (1, 4, 1) and seconds(found)[
        "exam"
    ] == 20
    assert "4 not known" in repr(found) and "two or more" in str(found)


def test_only_what_was_known_at_as_of_counts():
    case = {
        "declared": [0],
        "customs_released": [90000],
        "exam_called": [100],
        "exam_ended": [200],
        "query_answered": [90001],
    }
    log = log_of([case])
    assert holds(log, CLOCK, as_of=date(1970, 1, 1)).finished == 0
    assert holds(log, CLOCK, as_of=date(1970, 1, 2)).not_known == 1


def test_groups_periods_clocks_and_conditions():
    cases = [
        clock(exam_called=[10], exam_ended=[30]),
        {"declared": [0], "customs_released": [86400 * 20]},
    ]
    log = log_of(cases, {"case_id": ["0", "1"], "kind": ["import", "export"], "port": ["甲", "乙"]})
    found = holds(log, CLOCK, as_of=AS_OF, by="port", period="month")
    assert [(dict(r.groups)["port"], r.period, r.cases) for r in found if r.part == "none"] == [
        ("乙", "1970-01", 1),
        ("甲", "1970-01", 1),
    ]
    assert (
        holds(log, "import_customs_only", as_of=AS_OF).finished
        == 1
        == holds(log, CLOCK, as_of=AS_OF, where={"port": "乙"}).finished
    )
    assert seconds(
        holds(log, "import_customs_only", {"查验": ("exam_called", "exam_ended")}, as_of=AS_OF)
    ) == {"none": 80, "查验": 20, "two or more": 0}
    assert found.to_dicts()[0]["port"] == "乙" and found.to_polars().height == len(found)


def test_usual_holds_that_the_log_lacks_are_named():
    rows = [
        ("a", m, t)
        for m, t in (
            ("declared", 0),
            ("customs_released", 100),
            ("duty_assessed", 10),
            ("guaranteed", 30),
        )
    ]
    log = EventLog(pl.DataFrame(rows, schema=["case_id", "milestone", "time"], orient="row"))
    found = holds(log, CLOCK, as_of=AS_OF)
    assert found.absent == ("exam", "query") and seconds(found) == {
        "none": 80,
        "duty": 20,
        "two or more": 0,
    }
    with pytest.raises(MissingColumn, match="exam_called"):
        holds(log, CLOCK, {"exam": HOLDS["exam"]}, as_of=AS_OF)
    bare = EventLog(pl.DataFrame(rows[:2], schema=["case_id", "milestone", "time"], orient="row"))
    with pytest.raises(MissingColumn, match="exam_called"):
        holds(bare, CLOCK, as_of=AS_OF)


def test_times_known_to_the_day_are_counted():
    rows = [
        ("a", m, d, "day")
        for m, d in (
            ("declared", date(2022, 5, 2)),
            ("exam_called", date(2022, 5, 3)),
            ("exam_ended", date(2022, 5, 4)),
            ("customs_released", date(2022, 5, 6)),
        )
    ]
    log = EventLog(
        pl.DataFrame(rows, schema=["case_id", "milestone", "time", "resolution"], orient="row"),
        timezone="Asia/Shanghai",
    )
    found = holds(log, CLOCK, {"exam": ("exam_called", "exam_ended")}, as_of="2022-06-01")
    assert found.date_only == 1 and seconds(found) == {
        "none": 3 * 86400,
        "exam": 86400,
        "two or more": 0,
    }


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"clock": "imp_overal"}, "there is no clock"),
        ({"clock": ("declared", "declared")}, "start and stop are both"),
        ({"clock": 3}, "is no clock"),
        ({"clock": Fee()}, "is no clock"),
        ({"clock": ("declared", "customs_relaesed")}, "no column or milestone"),
        ({"clock": Duration(*CLOCK, other_ends=("seized",))}, "has no parts that sum to it"),
        ({"clock": Duration(*CLOCK, pause=("exam_called", "exam_ended"))}, "has no parts"),
        ({"holds": {}}, "holds no hold"),
        ({"holds": ["exam"]}, "holds no hold"),
        ({"holds": {"exam": "exam_called"}}, "is no hold"),
        ({"holds": {"none": HOLDS["exam"]}}, "is no hold"),
        ({"holds": {"exam": ("exam_called", "exam_called")}}, "is no hold"),
        ({"holds": {"exam": ("exam_caled", "exam_ended")}}, "no column or milestone 'exam_caled'"),
        ({"period": "week"}, "unknown period"),
        ({"by": "prot"}, "no column or milestone 'prot'"),
        ({"where": {"prot": 1}}, "no column or milestone 'prot'"),
    ],
)
def test_mistakes_are_told(options, told):
    with pytest.raises(LogError, match=told):
        holds(**{"log": log_of([clock()]), "clock": CLOCK, "as_of": AS_OF, **options})


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    """Two imports and two refunds through intake, with repeated events."""
    folder = tmp_path_factory.mktemp("held")
    (folder / "dataset.toml").write_text(
        '[dataset]\nname = "held"\ntimezone = "Asia/Shanghai"\nas_of = 2022-12-31\n[[file]]\npath ='
        ' "e.csv"\nrole = "events"\n[file.columns]\ncase_id = "id"\nmilestone = "m"\ntime ='
        ' "t"\n[[file]]\npath = "c.csv"\nrole = "cases"\n[file.columns]\ncase_id = "id"\nkind ='
        ' "kind"\n'
    )
    (folder / "c.csv").write_text("id,kind\ni,import\nj,import\nr,refund\ns,refund\n")
    (folder / "e.csv").write_text(
        "id,m,t\n"
        + "".join(
            f"{c},{m},2022-03-0{d} {h:02}:00\n"
            for c, m, d, h in [
                ("i", "conveyance_arrived", 1, 0),
                ("i", "exam_called", 1, 1),
                ("i", "exam_ended", 1, 3),
                ("i", "exam_called", 1, 5),
                ("i", "exam_ended", 1, 6),
                ("i", "query_raised", 1, 2),
                ("i", "query_answered", 1, 4),
                ("i", "customs_released", 1, 10),
                ("j", "conveyance_arrived", 1, 0),
                ("j", "customs_released", 1, 10),
                ("r", "refund_accepted", 1, 9),
                ("r", "refund_query_raised", 2, 9),
                ("r", "refund_query_cleared", 3, 9),
                ("r", "refund_query_raised", 4, 9),
                ("r", "refund_query_cleared", 7, 9),
                ("r", "refund_approved", 8, 9),
                ("s", "refund_accepted", 1, 9),
                ("s", "refund_approved", 2, 9),
            ]
        )
    )
    ingest(folder / "dataset.toml", out=folder / "out")
    return EventLog.open(folder / "out")


def test_an_opened_folder_keeps_every_event(log):
    events = log.events_table
    assert tuple(events.columns) == ("case_id", "milestone", "time", "day")
    rows = log.rows_of(events)
    assert rows.num_rows == 18 and not any(rows["day"].to_pylist())
    assert log.rows_of(log.events_of("exam_called")).num_rows == 2
    assert min(rows["time"].to_pylist()) == 1646064000  # 2022-03-01 00:00 in Shanghai
    found = holds(log, "import_overall", as_of="2022-12-31")
    assert {part: s // 3600 for part, s in seconds(found).items()} == {
        "none": 16,
        "exam": 2,
        "query": 1,
        "two or more": 1,
    }


def test_a_folder_without_events_says_what_to_do(log, tmp_path):
    shutil.copytree(log.folder, tmp_path / "log")
    (tmp_path / "log" / "events.parquet").unlink()
    with pytest.raises(MissingColumn, match="run intake again"):
        holds(EventLog.open(tmp_path / "log"), "import_overall", as_of="2022-12-31")


def test_both_are_told_in_words(log):
    found = holds(log, "import_overall", period="year").last()
    assert (
        "进口整体通关时间（2022年）：平均10.00小时，其中有查验、补充资料事项未了的占20.0%"
        in found.headline("zh")
    )
    assert "不等0件" in found.beware("zh") and "本数据没有：税费" in found.beware("zh")
    assert found.table("zh").cells[-1][1:4] == ("合计", "10.00", "100.0%")
    assert "examination, query" in found.headline("en")
    notice = load_notice()
    both = [notice.first("refunds", "all"), notice.first("refunds", "net")]
    text = measure(log, both, period="year", statistics="mean").across().headline("zh")
    # 1 to 8 March: five working days, of which two (the 3rd and the 7th, a Monday) stood still; the
    # other refund took one
    assert "2022年为3.00个工作日" in text and "2022年为2.00个工作日" in text
    with pytest.raises(MissingColumn):
        holds(log, "export_overall")


# the oracle asks of every second of the clock which holds are open, pairing first with first
def open_at(raised, ended, several):
    waiting, spans, orphans, begun = [], [], [], False
    for moment, is_end in sorted([(t, 0) for t in raised] + [(t, 1) for t in ended]):
        if not is_end:
            waiting.append(moment)
            begun = True
        elif waiting:
            spans.append((waiting.pop(0), moment))
        elif not (several and begun):
            orphans.append(moment)
    return spans + [(t, 10**9) for t in waiting], orphans


T = st.integers(-5, 45)
CASE = st.fixed_dictionaries(
    {"stop": st.integers(-3, 40)} | {m: st.lists(T, max_size=3) for m in MARKS[2:]}
)


@settings(max_examples=25, deadline=None)
@given(st.lists(CASE, min_size=1, max_size=12))
def test_parts_equal_a_count_of_every_second(cases):
    made = [
        {"declared": [0], "customs_released": [c["stop"]]} | {m: c[m] for m in MARKS[2:]}
        for c in cases
    ]
    found = holds(log_of(made), CLOCK, as_of=AS_OF)
    parts, n, opened = (
        dict.fromkeys(("none", *NAMES, "two or more"), 0),
        dict.fromkeys(("none", *NAMES, "two or more"), 0),
        dict.fromkeys(NAMES, 0),
    )
    kept = backwards = unknown = 0
    for case in cases:
        told = {
            name: open_at(case[r], [t for m in e for t in case[m]], len(e) > 1)
            for name, (r, e) in HOLDS.items()
        }
        if case["stop"] < 0:
            backwards += 1
            continue
        if any(t > 0 for _, orphans in told.values() for t in orphans):
            unknown += 1
            continue
        kept += 1
        seen = set()
        for second in range(case["stop"]):
            now = [
                name for name, (spans, _) in told.items() if any(a <= second < b for a, b in spans)
            ]
            part = "none" if not now else now[0] if len(now) == 1 else "two or more"
            parts[part] += 1
            seen |= {*now, *({part} - set(NAMES))}
            for name in now:
                opened[name] += 1
        for name in seen:
            n[name] += 1
    assert (found.finished, found.left_out, found.not_known, found.unequal) == (
        kept,
        backwards,
        unknown,
        0,
    )
    if kept:
        assert seconds(found) == parts
        assert {r.part: r.n for r in found} == n
        assert {r.part: r.open_seconds for r in found if r.part in NAMES} == opened


def test_the_intervals_are_those_of_the_hours_of_the_cases():
    """Three clocks of 100 seconds with 0, 30 and 60 seconds of duty alone; t at 2 degrees."""
    cases = [
        clock(),
        clock(duty_assessed=[10], duty_paid=[40]),
        clock(duty_assessed=[10], duty_paid=[70]),
    ]
    found = {row.part: row for row in holds(log_of(cases), CLOCK, as_of=AS_OF)}
    reach = 4.302652729911275  # of Student's t, two-sided 95 %
    half = reach * 30 / 3**0.5
    assert found["duty"].mean == pytest.approx(30 / 3600) and found["duty"].low == 0.0
    assert found["duty"].high == pytest.approx((30 + half) / 3600)
    assert found["none"].low == pytest.approx(max(70 - half, 0) / 3600)
    assert found["duty"].share_high == pytest.approx(min(0.3 + half / 100, 1))
    assert (found["exam"].low, found["exam"].high) == (0.0, 0.0)
    wider = {row.part: row for row in holds(log_of(cases), CLOCK, as_of=AS_OF, level=0.99)}
    assert wider["duty"].high > found["duty"].high
    with pytest.raises(LogError, match="level"):
        holds(log_of(cases), CLOCK, as_of=AS_OF, level=1)


def test_a_duration_is_split_as_its_two_ends_are():
    log = log_of([clock()])
    pair, whole = (holds(log, one, as_of=AS_OF) for one in (CLOCK, Duration(*CLOCK)))
    assert pair.rows and pair.to_dicts() == whole.to_dicts()


def test_more_holds_than_one_number_tells_are_told_by_several(monkeypatch):
    here = log_of([clock(**told) for told, _ in BY_HAND.values()])
    asked = {"as_of": AS_OF}
    one = holds(here, Duration(*CLOCK), **asked)
    monkeypatch.setattr("clearance_metrics.engine.holds.BITS", 2)
    several = holds(here, Duration(*CLOCK), **asked)
    assert "bits_1" in several.sql and "bits_1" not in one.sql
    assert several.to_dicts() == one.to_dicts()
