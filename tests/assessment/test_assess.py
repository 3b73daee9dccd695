"""Verdicts on small logs whose answer is known by hand."""

import json
from datetime import date, timedelta

import polars as pl
import pytest
from support.logs import frame_of

from clearance_metrics.analysis.compare_matched import compare_matched
from clearance_metrics.assessment.assess import assess
from clearance_metrics.assessment.exceedances import exceedances
from clearance_metrics.assessment.violations import violations
from clearance_metrics.domain.calendars import load_calendar
from clearance_metrics.domain.metrics import Duration
from clearance_metrics.engine.log import EventLog
from clearance_metrics.errors import CalendarError, InputError, LogError, NoticeError
from clearance_metrics.notice import load_notice


def by_id(found):
    return {row.indicator: row for row in found}


def refunds(durations, accepted=date(2021, 12, 1), queried=()):
    """Refunds accepted on one day that take so many working days."""
    table = load_calendar("CN").day_table()
    working = [d for d, w in zip(table["day"], table["working"], strict=True) if w]
    first = working.index((accepted - date(1970, 1, 1)).days)
    events = []
    for i, took in enumerate(durations):
        done = date(1970, 1, 1) + timedelta(days=int(working[first + took]))
        events += [(f"r{i}", "refund_accepted", accepted), (f"r{i}", "refund_approved", done)]
        if i in queried:
            events.append((f"r{i}", "refund_query_raised", accepted))
    # one more, still under query: a log without any query could not tell which refunds are normal
    events += [("q", "refund_accepted", accepted), ("q", "refund_query_raised", accepted)]
    frame = pl.DataFrame(events, schema=["case_id", "milestone", "time"], orient="row")
    cases = pl.DataFrame(
        {
            "case_id": [*(f"r{i}" for i in range(len(durations))), "q"],
            "kind": "refund",
            "refund_class": "2",
        }
    )
    return EventLog(frame, cases, timezone="Asia/Shanghai")


@pytest.mark.parametrize(
    ("durations", "verdict"),
    [
        ([5, 6, 7] * 20, "met"),
        ([8, 9, 10] * 20, "not met"),
        ([6, 7, 8] * 20, "cannot tell"),
        ([5, 6, 7] * 9, "cannot tell"),  # 27 cases
    ],
)
def test_a_level_is_met_only_when_its_whole_interval_is(durations, verdict):
    row = by_id(assess(refunds(durations), as_of="2021-12-31"))["refund_mean_2021"]
    assert row.verdict == verdict and row.n == len(durations) and row.period == "2021-12"
    assert row.value == pytest.approx(sum(durations) / len(durations))
    assert row.low <= row.value <= row.high and row.target == 7 and row.due == "2021-12-31"


def test_queried_refunds_are_left_out_of_normal_and_counted_beside():
    found = by_id(
        assess(refunds([5, 6, 7] * 20 + [15] * 12, queried=range(60, 72)), as_of="2022-12-31")
    )
    assert found["refund_mean_2021"].n == 60 and found["refund_mean_2021"].verdict == "met"
    assert (
        found["refund_mean_2021_all"].n == 72
        and found["refund_mean_2021_all"].verdict == "cannot tell"
    )
    # the year 2022 holds no completion of this log
    assert found["refund_mean_2022"].verdict == "no data"


def test_before_the_date_nothing_is_met():
    row = by_id(assess(refunds([5, 6, 7] * 20, accepted=date(2021, 11, 1)), as_of="2021-12-30"))[
        "refund_mean_2021"
    ]
    assert row.verdict == "not due" and row.period == "2021-11" and row.value == pytest.approx(6)


def test_class_limits_are_counted_by_hand():
    found = by_id(assess(refunds([9, 10, 11, 30]), as_of="2022-12-31"))["refund_class_limits"]
    assert (
        found.value == 2
        and found.verdict == "violations"
        and found.violations == 2
        and found.n == 4
    )


@pytest.mark.parametrize("of", ["violations", "exceedances"])
def test_a_case_beyond_the_limit_of_its_class_says_whose_limit_since_when_and_how_long(of):
    log = refunds([9, 10, 11, 30])
    if of == "violations":
        found = violations(log, indicator="refund_class_limits", as_of="2022-12-31")
    else:
        metric = load_notice().indicator("refund_class_limits").metric
        found = exceedances(log, metric, as_of="2022-12-31")
    begun = "2021-12-01"
    assert [
        (r.case_id, r.limited_by, r.limit_group, r.begun_on, r.allowed, r.taken, r.excess)
        for r in found
    ] == [
        ("r3", "refund_class", "2", begun, 10.0, 30.0, 20.0),
        ("r2", "refund_class", "2", begun, 10.0, 11.0, 1.0),
    ]
    table = found.table("zh")
    heads = ("业务", "出口企业管理类别", "退税受理日", "时限（工作日）", "用时（工作日）", "违反")
    assert table.heads == (*heads, "超出（工作日）")
    assert table.cells[0] == ("r3", "二类", begun, "10", "30", "超过时限", "20"), "no decimals"
    assert table.numbers == {3, 4, 6}
    assert "超出合计21个工作日" in found.headline("zh")


def imports(levels, kind="import"):
    """Forty imports a month; `levels` gives their hours before and after the notice."""
    events, day = [], date(2020, 9, 1)
    i = 0
    while day < date(2022, 9, 1):
        for k in range(40):
            start = 86400 * (day - date(1970, 1, 1)).days + 3600 * k
            hours = levels[day >= date(2021, 9, 1)] + k % 5
            events += [
                (f"c{i}", "conveyance_arrived", start),
                (f"c{i}", "customs_released", start + 3600 * hours),
            ]
            i += 1
        day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    frame = pl.DataFrame(events, schema=["case_id", "milestone", "time"], orient="row")
    cases = pl.DataFrame(
        {"case_id": [f"c{k}" for k in range(i)], "kind": kind, "port": ["甲", "乙"] * (i // 2)}
    )
    return EventLog(frame, cases, timezone="Asia/Shanghai")


@pytest.mark.parametrize(
    ("levels", "verdict"),
    [((40, 30), "improved"), ((30, 40), "worse"), ((30, 30), "no clear change")],
)
def test_direction_against_the_same_months_before(levels, verdict):
    row = by_id(assess(imports(levels), as_of="2022-08-31"))["import_overall_time"]
    assert row.verdict == verdict and row.n == 480 and row.baseline == pytest.approx(levels[0] + 2)
    assert row.value == pytest.approx(levels[1] + 2) and row.period == "2021-09..2022-08"
    also = {f.statistic: f.value for f in row.also}
    assert also["compression"] == pytest.approx(1 - (levels[1] + 2) / 97.39)
    assert row.target is None and "borrows the national 2017 figure" in row.note
    assert "no open case" in row.note


def test_a_shorter_after_is_compared_with_the_same_calendar_months():
    row = by_id(assess(imports((40, 30)), as_of="2021-11-30"))["import_overall_time"]
    assert row.period == "2021-09..2021-11" and "2020-09 to 2020-11" in row.note and row.n == 120
    assert (
        by_id(assess(imports((40, 30)), as_of="2021-09-29"))["import_overall_time"].verdict
        == "not due"
    )


def test_groups_get_a_row_each():
    rows = [
        r
        for r in assess(imports((40, 30)), as_of="2022-08-31", by="port")
        if r.indicator == "import_overall_time"
    ]
    assert [dict(r.groups) for r in rows] == [{"port": "乙"}, {"port": "甲"}] and [
        r.n for r in rows
    ] == [240, 240]
    assert rows[0].to_dict()["port"] == "乙"


def charges(lines):
    events = pl.DataFrame({"case_id": ["c"], "milestone": ["customs_released"], "time": [0]})
    cases = pl.DataFrame({"case_id": ["c"], "kind": ["import"], "teu": [1]})
    frame = pl.DataFrame(
        [
            {
                "case_id": "c",
                "line_id": str(i),
                "item": item,
                "amount_fen": fen,
                "charged_on": day,
                "quantity": 1,
                "size": "20",
                "cargo_class": "general",
                "port": "甲",
                "currency": "CNY",
            }
            for i, (item, fen, day) in enumerate(lines)
        ]
    )
    lists = pl.DataFrame(
        {
            "port": ["甲"],
            "item": ["货物港务费"],
            "valid_from": [date(2018, 1, 1)],
            "valid_to": [None],
        },
        schema_overrides={"valid_to": pl.Date},
    )
    return EventLog(events, cases, frame, charge_list=lists, timezone="Asia/Shanghai")


def test_zeros_count_lines_since_their_own_day():
    log = charges(
        [
            ("港口设施保安费", 800, date(2022, 3, 31)),
            ("港口设施保安费", 800, date(2022, 4, 1)),
            ("货物港务费", 3400, date(2022, 4, 1)),
            ("货物港务费", 3550, date(2022, 4, 2)),
            ("货物港务费", 9900, date(2021, 8, 19)),
            ("信息费", 5000, date(2021, 8, 20)),
        ]
    )
    found = by_id(assess(log, as_of="2022-12-31"))
    assert (found["security_fee_lines"].value, found["security_fee_lines"].n) == (1, 3)
    assert found["above_ceiling"].value == 1 and found["above_ceiling"].also[0].value == 1.5
    assert found["outside_list"].value == 3 and found["outside_list"].also[0].value == 66
    assert by_id(assess(log, as_of="2022-03-31"))["security_fee_lines"].verdict == "not due"


def test_no_forbidden_line_among_others_is_met_and_no_line_at_all_is_no_data():
    many = [("货物港务费", 1, date(2022, 5, 1))] * 30
    assert by_id(assess(charges(many), as_of="2022-12-31"))["security_fee_lines"].verdict == "met"
    assert (
        by_id(assess(charges(many[:29]), as_of="2022-12-31"))["security_fee_lines"].verdict
        == "cannot tell"
    )
    assert (
        by_id(assess(charges([("货物港务费", 1, date(2022, 1, 1))]), as_of="2022-12-31"))[
            "security_fee_lines"
        ].verdict
        == "no data"
    )


def test_every_row_has_a_verdict_of_the_house_and_a_reason():
    found = assess(imports((40, 30)), as_of="2022-08-31")
    assert {r.measure for r in found} == set(range(1, 28))
    for row in found:
        assert (row.verdict == "violations") == (row.violations is not None)
        assert row.value is not None or row.note, row
    lacks = "the log lacks “refund filing accepted” (refund_accepted)"
    assert by_id(found)["refund_mean_2021"].note == lacks
    record = found.to_dicts()[0]
    assert {
        "measure",
        "indicator",
        "kind",
        "statistic",
        "value",
        "low",
        "high",
        "n",
        "n_open",
        "target",
        "due",
        "verdict",
    } <= set(record)
    assert found.to_polars().height == len(found) == len(found.to_pandas())


def test_full_coverage_leaves_no_exception():
    def licences(online):
        events = pl.DataFrame(
            [(f"l{i}", "licence_applied", date(2021, 12, 6)) for i in range(40)],
            schema=["case_id", "milestone", "time"],
            orient="row",
        )
        cases = pl.DataFrame(
            {
                "case_id": [f"l{i}" for i in range(40)],
                "kind": "licence",
                "secret": [False] * 39 + [True],
                "channel": ["single_window"] * online + ["counter"] * (40 - online),
            }
        )
        return by_id(assess(EventLog(events, cases, timezone="Asia/Shanghai"), as_of="2021-12-31"))[
            "licence_single_window"
        ]

    assert licences(39).verdict == "met" and licences(39).n == 39
    assert licences(38).verdict == "not met"


def test_mistakes_are_told():
    log = imports((40, 30))
    with pytest.raises(LogError, match="no column 'prot'"):
        assess(log, as_of="2022-08-31", by="prot")
    with pytest.raises(NoticeError, match="cn-2021-58"):
        assess(log, "cn-2021-58", as_of="2022-08-31")
    frame = pl.DataFrame(
        {
            "case_id": ["r"] * 2,
            "milestone": ["refund_accepted", "refund_approved"],
            "time": [date(2003, 5, 1), date(2003, 5, 9)],
        }
    )
    old = EventLog(
        frame, pl.DataFrame({"case_id": ["r"], "kind": ["refund"]}), timezone="Asia/Shanghai"
    )
    with pytest.raises(CalendarError, match="2003"):
        assess(old, as_of="2022-01-01")


def test_another_notice_needs_no_code():
    rows = by_id(assess(imports((40, 60)), "in-ntfap", as_of="2022-08-31"))
    assert rows["import_sea_mean"].verdict == "no data" and "mode" in rows["import_sea_mean"].note
    log = imports((40, 60))
    modes = pl.DataFrame(
        {"case_id": frame_of(log, log.cases_table)["case_id"], "kind": "import", "mode": "sea"}
    )
    frame = frame_of(log, log.milestones_table).unpivot(
        index="case_id", variable_name="milestone", value_name="time"
    )
    rows = by_id(
        assess(EventLog(frame, modes, timezone="Asia/Shanghai"), "in-ntfap", as_of="2022-08-31")
    )
    # 2020 holds four months of 42 hours on average; 2021-09 on, 62: within 48 h all, then none
    assert (
        rows["import_sea_mean"].value == pytest.approx(42)
        and rows["import_sea_mean"].verdict == "met"
    )
    assert (
        rows["import_sea_share"].value == pytest.approx(0)
        and rows["import_sea_share"].verdict == "cannot tell"
    )


def test_matched_gap_by_hand():
    """Two ports; certified firms 2 h faster at each, but mostly at the slow port: the plain
    difference has the wrong sign.
    """
    events, cases = [], []
    for m in range(24):
        start = (date(2020 + (8 + m) // 12, (8 + m) % 12 + 1, 1) - date(1970, 1, 1)).days * 86400
        for port, base, certified, others in (("快", 10, 2, 6), ("慢", 40, 6, 2)):
            for k in range(certified + others):
                case, aeo = f"{m}{port}{k}", k < certified
                events += [
                    (case, "conveyance_arrived", start),
                    (case, "customs_released", start + 3600 * (base - 2 * aeo + k % 2)),
                ]
                cases.append((case, "import", port, "sea", "84", aeo))
    log = EventLog(
        pl.DataFrame(events, schema=["case_id", "milestone", "time"], orient="row"),
        pl.DataFrame(
            cases, schema=["case_id", "kind", "port", "mode", "hs_chapter", "aeo"], orient="row"
        ),
        timezone="Asia/Shanghai",
    )
    found = compare_matched(
        log,
        Duration("conveyance_arrived", "customs_released"),
        split="aeo",
        strata="port",
        as_of="2022-12-31",
    )
    assert (
        found.value == pytest.approx(-2)
        and found.low < -2 < found.high
        and found.strata == 48
        and found.left_out == 0
    )
    row = by_id(assess(log, as_of="2022-08-31"))["aeo_difference"]
    assert (
        row.value == pytest.approx(-2)
        and row.baseline == pytest.approx(-2)
        and row.verdict == "no clear change"
    )
    assert row.n == 12 * 16 and "a difference, not an effect" in row.note


def test_a_gap_can_be_split_by_a_condition():
    """Of each port's cases those declared before arrival are released 5 h sooner; one port has none
    and matches nothing.
    """
    events, cases = [], []
    for port, ahead, others, base in (("甲", 3, 5, 20), ("乙", 6, 2, 60), ("丙", 0, 4, 30)):
        for k in range(ahead + others):
            case, early = f"{port}{k}", k < ahead
            events += [
                (case, "conveyance_arrived", 0),
                (case, "declared", -3600 if early else 3600),
                (case, "customs_released", 3600 * (base - 5 * early + k % 2)),
            ]
            cases.append((case, "import", port))
    log = EventLog(
        pl.DataFrame(events, schema=["case_id", "milestone", "time"], orient="row"),
        pl.DataFrame(cases, schema=["case_id", "kind", "port"], orient="row"),
        timezone="Asia/Shanghai",
    )
    clock = Duration("conveyance_arrived", "customs_released")
    split = {"declared": {"before": "conveyance_arrived"}}
    found = compare_matched(log, clock, split=split, strata="port", as_of="1970-01-31")
    by_hand = [(3, 5, (0 + 1 + 0) / 3 - (1 + 0 + 1 + 0 + 1) / 5 - 5), (6, 2, 3 / 6 - 1 / 2 - 5)]
    weights = [a * b / (a + b) for a, b, _ in by_hand]
    expected = sum(w * gap for w, (_, _, gap) in zip(weights, by_hand, strict=True)) / sum(weights)
    assert found.value == pytest.approx(expected) and (
        found.n_true,
        found.n_false,
        found.left_out,
    ) == (9, 7, 4)
    assert "declared before conveyance_arrived less others" in found.metric


def test_types_are_counted_once_each():
    events, cases = [], []
    for i, (kind, channel, day) in enumerate(
        [
            ("a", "counter", 5),
            ("a", "single_window", 6),
            ("b", "single_window", 7),
            ("c", "counter", 8),
            ("c", "counter", 9),
        ]
    ):
        events.append((f"l{i}", "licence_applied", date(2022, 12, day)))
        cases.append((f"l{i}", "licence", kind, channel, False, kind != "b"))
    log = EventLog(
        pl.DataFrame(events, schema=["case_id", "milestone", "time"], orient="row"),
        pl.DataFrame(
            cases,
            schema=["case_id", "kind", "licence_type", "channel", "secret", "checked_at_port"],
            orient="row",
        ),
        timezone="Asia/Shanghai",
    )
    found = by_id(assess(log, as_of="2022-12-31"))
    assert (found["licence_types_left"].value, found["licence_types_left"].n) == (2, 3)
    assert found["licence_types_left"].violations == 2 and found["licence_types_at_port"].value == 2


def test_only_months_with_cases_on_both_sides_are_compared():
    """Slow winters, no trend, and a log that ends in March: nothing changed."""
    events, i = [], 0
    for m in range(19):
        year, month = 2020 + (8 + m) // 12, (8 + m) % 12 + 1
        start = (date(year, month, 1) - date(1970, 1, 1)).days * 86400
        for k in range(40):
            hours = (60 if month in (12, 1, 2) else 20) + k % 5
            events += [
                (str(i), "conveyance_arrived", start),
                (str(i), "customs_released", start + 3600 * hours),
            ]
            i += 1
    frame = pl.DataFrame(events, schema=["case_id", "milestone", "time"], orient="row")
    log = EventLog(
        frame,
        pl.DataFrame({"case_id": [str(k) for k in range(i)], "kind": "import"}),
        timezone="Asia/Shanghai",
    )
    row = by_id(assess(log, as_of="2022-12-31"))["import_overall_time"]
    assert (
        row.verdict == "no clear change"
        and row.period == "2022-01..2022-03"
        and "2021-01 to 2021-03" in row.note
    )
    assert row.n == 120 and row.value == pytest.approx(row.baseline)


def test_a_saved_assessment_is_read_again_with_its_groups(tmp_path):
    log, file = refunds([5, 6, 7] * 20), tmp_path / "saved.json"
    made = assess(log, as_of="2021-12-31", by="refund_class")
    file.write_text(json.dumps(made.to_dicts()), encoding="utf-8")
    again = assess(log, as_of="2021-12-31", by="refund_class", saved=file)
    assert again.rows == made.rows and again.headline("zh") == made.headline("zh")
    assert again.queries == 0


@pytest.mark.parametrize(
    "text", ["no json", "{}", "[1]", "[{}]", '[{"verdict": "met"}]', "[]", '"text"', "3"]
)
def test_a_file_that_holds_no_saved_assessment_is_refused(tmp_path, text):
    file = tmp_path / "saved.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="saved assessment"):
        assess(refunds([5]), as_of="2021-12-31", saved=file)


def test_a_saved_assessment_of_another_notice_is_refused(tmp_path):
    file = tmp_path / "saved.json"
    other = assess(refunds([5]), "in-ntfap", as_of="2021-12-31")
    file.write_text(json.dumps(other.to_dicts()), encoding="utf-8")
    with pytest.raises(InputError, match="not of the notice cn-2021-85"):
        assess(refunds([5]), as_of="2021-12-31", saved=file)


def test_an_end_that_is_not_zero_is_not_shown_as_zero():
    from clearance_metrics.assessment.directions import change_word
    from clearance_metrics.domain.metrics import Duration
    from clearance_metrics.results.words import say
    from clearance_metrics.statistics import Estimate

    share = Duration("declared", "customs_released")
    near = change_word(Estimate(value=0.0008, low=0.0004, high=0.0012), share, "share")
    assert say(near, "zh") == "+0.08个百分点（+0.04～+0.12）"
    far = change_word(Estimate(value=0.02, low=0.01, high=0.03), share, "share")
    assert say(far, "en") == "+2.0 percentage points (+1.0 to +3.0)"
    # nothing to either side: one decimal says all there is, and no minus before a zero
    none = change_word(Estimate(value=-0.000057, low=-0.044, high=0.044), share, "share")
    assert say(none, "en") == "+0.0 percentage points (-4.4 to +4.4)"
