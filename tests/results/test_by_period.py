"""Measures with a column per period: order, finding, what is missing, and notes that add up."""

import polars as pl
import pytest

from clearance_metrics import Duration, EventLog, Share, load_notice, measure

CLOCK = Duration("declared", "customs_released", dated_by="end")
YEAR = 365 * 86400


def log(lang="en", open_cases=0, **ports):
    """Cases of ports, for each hours by year from 1970 on: three cases of that time."""
    events, cases = [], []
    for port, years in ports.items():
        for year, hours in enumerate(years):
            for i in range(3 if hours is not None else 0):
                case, at = f"{port}{year}{i}", year * YEAR + 86400
                cases.append((case, port))
                events += [(case, "declared", at), (case, "customs_released", at + hours * 3600)]
    for i in range(open_cases):
        cases.append((f"open{i}", "A"))
        events.append((f"open{i}", "declared", YEAR + 86400))
    return EventLog(
        pl.DataFrame(events, schema=["case_id", "milestone", "time"], orient="row"),
        pl.DataFrame(cases, schema=["case_id", "port"], orient="row"),
        timezone="UTC",
    ).using(lang=lang)


def asked(found, statistics="mean", metric=CLOCK, **more):
    more = {"by": "port", "period": "year", "as_of": "1972-12-31"} | more
    return measure(found, metric, statistics=statistics, **more)


def test_the_highest_of_the_last_period_comes_first_and_what_is_not_there_is_a_dash():
    found = asked(log(A=(5, 1), B=(2, 3), C=(9, None))).across()
    table = found.table()
    assert table.heads == ("port", "1970", "1971")
    assert [row[0] for row in table.cells] == ["B", "A", "C"]
    assert table.cells[0][2].split("\n")[0] == "3.00" and table.cells[0][2].endswith("n 3")
    assert table.cells[2][2] == "–"
    assert table.caption.startswith("declaration accepted to released by customs, mean (hours)")
    assert found.block().title.endswith("mean, 1971: B with 3.00 hours, A with 1.00 hours")


def test_many_groups_are_told_by_highest_and_lowest_and_one_by_first_and_last():
    many = {name: (1, hours) for hours, name in enumerate("ABCDE")}
    told = asked(log(**many)).across().headline("zh")
    assert "1971年最高E，为4.00小时；最低A，为0.00小时；共5组" in told
    told = asked(log(A=(5, 1))).across().headline("zh")
    assert "1970年为5.00小时，1971年为1.00小时" in told
    told = asked(log(A=(5,))).across().headline("zh")
    assert told.endswith("均值：1970年为5.00小时（截至1972-12-31）")


def test_a_last_period_without_a_value_says_why():
    """By start, the last year has open cases, and a plain mean is refused."""
    started = Duration("declared", "customs_released")
    found = asked(log(A=(5, 1), open_cases=2), metric=started, as_of="1971-12-31").across()
    assert "open" in found.headline("en") and found.table().cells[0][2] != "–"


def test_the_chart_is_of_the_last_period():
    figure = asked(log(A=(5, 1), B=(2, 3))).across().chart()
    labels = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert not any("1970" in label for label in labels)
    assert "1971" in figure.alt


@pytest.mark.parametrize("shown", ["across", "wide"])
def test_notes_of_counted_cases_add_up_over_periods_once(shown):
    day = [("a", 0, 1), ("b", 0, 2), ("c", 1, 3)]
    events = [
        (c, m, y * YEAR + 86400 * d, "day")
        for c, y, k in day
        for m, d in (("declared", 1), ("customs_released", 1 + k))
    ]
    frame = pl.DataFrame(
        events, schema=["case_id", "milestone", "time", "resolution"], orient="row"
    )
    found = asked(EventLog(frame, timezone="UTC"), ("mean", "median"), by=())
    note = getattr(found, shown)().beware("en")
    assert note.count("timed to the day") == 1 and "3 cases timed to the day" in note


def test_the_running_period_is_kept_where_it_is_asked_for():
    found = asked(log(A=(5, 1)), as_of="1971-06-30")
    assert {row.period for row in found.last(1)} == {"1970"}
    assert {row.period for row in found.last(1, running=True)} == {"1971"}
    assert {row.period for row in found.last(2, running=True)} == {"1970", "1971"}


def test_an_indicator_speaks_by_its_name_its_limit_and_whose_that_is():
    events = [
        (c, m, d * 86400)
        for c in "ab"
        for m, d in (("refund_accepted", 18700), ("refund_approved", 18712))
    ]
    cases = {"case_id": ["a", "b"], "kind": "refund", "refund_class": ["1", "2"], "normal": True}
    frame = pl.DataFrame(events, schema=["case_id", "milestone", "time"], orient="row")
    found = EventLog(frame, pl.DataFrame(cases), timezone="UTC").using(
        lang="en", as_of="2021-12-31"
    )
    limits = load_notice().suited(found).first("refunds", "limits")
    told = measure(found, limits, by="refund_class", period="year", statistics="share_above:0")
    assert "class 1: 5, class 2: 10" in told.beware() and "not the notice's own" in told.beware()
    assert told.across().block().title.startswith("Beyond the limit of the class, share beyond")
    whole = measure(found, limits.metric.but(allowance=None), statistics="mean")
    assert not whole.beware() and not whole.excess


def test_shares_are_told_without_a_word_twice():
    share = Share(condition={"port": "A"}, dated_by="declared")
    found = asked(log(A=(5, 1), B=(2, 3)), "share", metric=share, by=()).across()
    assert "50.0%" in found.headline("en") and "share, share" not in found.headline("en")
    assert "(share)" not in found.table().caption


def test_a_highest_and_a_lowest_that_cannot_be_told_apart_are_told_as_such():
    many = {name: (1, 5 if name == "A" else 4) for name in "ABCDE"}
    across = asked(log(**many)).across()
    ends = {"low": 3.0, "high": 6.0}
    wide = across._with(
        rows=tuple(type(row)(**{**vars(row), **ends}) for row in across.rows)
    ).across()
    assert "（两者区间重叠，分不出高低）；共5组" in wide.headline("zh")
    assert "neither is told to be the higher" in wide.headline("en")
    assert "重叠" not in across.headline("zh"), "they are exact"


def test_of_two_groups_that_overlap_neither_is_the_highest():
    found = asked(log(A=(5,), B=(3,)), period=None)
    ends = {"low": 2.0, "high": 6.0}
    told = found._with(rows=tuple(type(row)(**{**vars(row), **ends}) for row in found))
    assert "A为5.00小时，B为3.00小时，两者区间重叠，分不出高低" in told.headline("zh")
    assert "highest" not in told.headline("en") and "neither" in told.headline("en")
    assert "最高A" in found.headline("zh"), "those that can be told apart are"


def test_one_group_with_a_value_is_not_the_highest_and_the_lowest():
    found = asked(log(A=(5,), B=(3,), C=(1,)), period=None)
    rows = [row if row.port == "B" else type(row)(**{**vars(row), "value": None}) for row in found]
    told = found._with(rows=tuple(rows))
    assert "只有B有数值，为3.00小时；共3组" in told.headline("zh")
    assert told.headline("zh").count("B") == 1
    assert "highest" not in told.headline(
        "en"
    ) and "3.00 hours for B alone, of 3 groups" in told.headline("en")
