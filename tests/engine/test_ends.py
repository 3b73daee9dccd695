"""Clocks with several ends, from events to numbers, and mistakes in naming them."""

from datetime import date, timedelta

import polars as pl
import pytest
from support.logs import DAY, cell_of, ibis_or_skip, log_of, rows_of

from clearance_metrics.analysis.compare_matched import compare_matched
from clearance_metrics.analysis.measure import measure
from clearance_metrics.domain import ends
from clearance_metrics.domain.metrics import Duration, Fee, metric_from
from clearance_metrics.engine.log import EventLog
from clearance_metrics.errors import CalendarError, LogError
from clearance_metrics.statistics import FROM_START

OTHERS = ("returned", "seized")
CLOCK = Duration("declared", "customs_released", other_ends=OTHERS)
SEVERAL = log_of(
    [
        {"declared": 0, "customs_released": 5},
        {"declared": 0, "returned": 3},
        {"declared": 0, "customs_released": 10, "returned": 12},
        {"declared": 0, "seized": 2, "customs_released": 8},
        {"declared": 0, "customs_released": 7, "returned": 7},
        {"declared": 3},
    ]
)


def test_the_earliest_end_counts_and_the_stop_at_a_tie():
    cell = cell_of(SEVERAL, CLOCK, "2021-05-03")
    told = sorted(zip((cell.value / 3600).round(2).tolist(), cell.end.tolist(), strict=True))
    assert told == [(2, 3), (3, 2), (5, 1), (7, 1), (10, 1), (21, 0)]
    assert CLOCK.name == "declared..customs_released [hours per case, or until returned, seized]"


def test_an_end_after_as_of_is_not_there_yet():
    found = rows_of(SEVERAL, CLOCK, ("n", "open", "incidence:24"), as_of=DAY + timedelta(hours=4))
    assert (found["n"].value, found["open"].value) == (6, 4)
    assert (
        found["incidence:24 returned"].value is None
        and "beyond" in found["incidence:24 returned"].note
    )


def test_statistics_of_several_ends():
    names = (
        "mean",
        "sum",
        "max",
        "median",
        "within:6",
        "incidence:6",
        "survival:6",
        "restricted_mean:6",
        "time_lost:6",
    )
    # the open case is out of the first six: the closed ones by hand
    closed = log_of(
        [
            {"declared": 0, "customs_released": 5},
            {"declared": 0, "returned": 3},
            {"declared": 0, "customs_released": 10},
            {"declared": 0, "seized": 2},
        ]
    )
    found = rows_of(closed, CLOCK, names)
    assert (
        found["mean"].value == 7.5
        and "of the 2 cases that reached the stop; 2 ended otherwise" in found["mean"].note
    )
    assert found["sum"].value == 15 and found["max"].value == 10 and found["max"].n == 4
    assert (
        found["within:6"].value == 0.25
        and "reaching released by customs, of all cases" in found["within:6"].note
    )
    assert found["median"].value == 10 and "Aalen-Johansen" in found["median"].note
    shares = [found[f"incidence:6 {end}"] for end in ("customs_released", *OTHERS)]
    assert [r.value for r in shares] == [0.25, 0.25, 0.25] and {r.unit for r in shares} == {"share"}
    assert shares[0].low == pytest.approx(0.0455873, abs=1e-6)  # Wilson, 1 of 4
    assert found["survival:6"].value == 0.25 and "until the first of" in found["survival:6"].note
    assert found["restricted_mean:6"].value == (5 + 3 + 6 + 2) / 4
    lost = [found[f"time_lost:6 {end}"] for end in ("customs_released", *OTHERS)]
    assert [r.value for r in lost] == [0.25, 0.75, 1] and lost[0].unit == "hours"
    half = rows_of(closed, CLOCK, "p90")["p90"]
    assert half.value is None and "never reached: 50.0 % of all cases end this way" in half.note


def test_with_open_cases_a_mean_is_refused_and_shares_are_aalen_johansens():
    found = rows_of(
        SEVERAL,
        CLOCK,
        ("mean", "within:24", "incidence:24", "share_above:4", "count_above:5", "follow_up"),
        as_of="2021-05-03",
    )
    assert found["mean"].value is None and "1 of 6 cases open" in found["mean"].note
    assert found["within:24"].value == found["incidence:24 customs_released"].value
    # the open one is watched for 21 h, longer than all others: shares of 6
    assert found["within:24"].value is None
    near = rows_of(SEVERAL, CLOCK, ("within:20", "incidence:20", "median"), as_of="2021-05-03")
    assert near["within:20"].value == pytest.approx(3 / 6) and near[
        "incidence:20 seized"
    ].value == pytest.approx(1 / 6)
    assert (
        near["median"].value == 10
        and "watched for 21 hours or longer (median follow-up)" in near["median"].note
    )
    assert found["share_above:4"].value is None and "open" in found["share_above:4"].note
    assert found["count_above:5"].value == 2 and found["follow_up"].value == pytest.approx(
        21, abs=0.001
    )


def test_a_date_beside_another_end_of_its_day_leaves_open_which_was_first():
    day = [("a", "returned"), ("b", "returned"), ("c", "returned")]
    rows = [(case, name, DAY + timedelta(hours=12), "day") for case, name in day]
    rows += [(c, "declared", DAY - timedelta(hours=9), "second") for c in "abc"]
    rows += [
        ("a", "customs_released", DAY + timedelta(hours=9), "second"),
        ("b", "customs_released", DAY + timedelta(hours=40), "second"),
    ]
    log = EventLog(
        pl.DataFrame(rows, schema=["case_id", "milestone", "time", "resolution"], orient="row"),
        timezone="Asia/Shanghai",
    )
    cell = cell_of(log, Duration("declared", "customs_released", other_ends="returned"))
    assert cell.left_out == ((ends.UNKNOWN, 1),)
    assert int(cell.n[cell.end == 2].sum()) == 2 and cell.date_only == 2


def test_the_same_on_the_polars_engine():
    frame = pl.DataFrame(
        [
            (str(i), name, int((DAY + timedelta(hours=h)).timestamp()))
            for i, case in enumerate(
                [
                    {"declared": 0, "customs_released": 5},
                    {"declared": 30, "returned": 33},
                    {"declared": 2, "customs_released": 30, "seized": 28},
                ]
            )
            for name, h in case.items()
        ],
        schema=["case_id", "milestone", "time"],
        orient="row",
    )
    one = EventLog(frame, timezone="Asia/Shanghai")
    ibis = ibis_or_skip()
    two = EventLog(ibis.polars.connect({"ev": frame}).table("ev"), timezone="Asia/Shanghai")
    clock = Duration("declared", "customs_released", other_ends=OTHERS, log_starts=date(2021, 5, 4))
    a, b = (cell_of(log, clock) for log in (one, two))
    for name in ("value", "end", "n", "total", "entry"):
        assert getattr(a, name).tolist() == getattr(b, name).tolist()
    # the first ended before the log; the third came at 22 h less a second, and was seized at 26 h
    assert a.left_out == ((ends.LATE, 1),)
    assert sorted(zip(a.value.tolist(), a.end.tolist(), a.entry.tolist(), strict=True))[1:] == [
        (3 * 3600, 2, FROM_START),
        (26 * 3600, 3, 22 * 3600 - 1),
    ]


def test_the_two_names_of_being_watched_from_the_start_agree():
    assert ends.FROM_START == FROM_START


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Duration("declared", "customs_released", other_ends=("returned", "returned")),
        lambda: Duration("declared", "customs_released", other_ends="declared"),
        lambda: Duration("declared", "customs_released", log_starts="2021-05-04"),
        lambda: Duration("declared", "customs_released", log_starts=DAY),
        lambda: Duration(
            "declared", "customs_released", log_starts=date(2021, 5, 4), dated_by="end"
        ),
        lambda: measure(
            SEVERAL,
            Duration("declared", "customs_released", log_starts=date(2022, 1, 1)),
            as_of="2021-05-31",
        ),
        lambda: measure(
            SEVERAL,
            Duration("declared", "customs_released", other_ends="abandoned"),
            as_of="2021-05-31",
        ),
        lambda: measure(SEVERAL, CLOCK, as_of="2021-05-31", statistics="incidence"),
        lambda: measure(SEVERAL, CLOCK, as_of="2021-05-31", statistics="mean:midpoint"),
        lambda: measure(SEVERAL, CLOCK, as_of="2021-05-31", statistics="within:nan"),
        lambda: measure(SEVERAL, Fee(), as_of="2021-05-31", statistics="follow_up"),
    ],
)
def test_mistakes_are_told(wrong):
    with pytest.raises(LogError, match="do: "):
        wrong()


def test_a_working_clock_whose_log_starts_in_an_unknown_year():
    with pytest.raises(CalendarError, match="1999"):
        measure(
            SEVERAL,
            Duration(
                "declared", "customs_released", unit="working_days", log_starts=date(1999, 5, 4)
            ),
            as_of="2021-05-31",
        )


def test_a_notice_can_name_ends_and_first_day():
    spelt = {
        "type": "duration",
        "start": "declared",
        "stop": "customs_released",
        "other_ends": ["returned"],
        "log_starts": date(2021, 5, 4),
    }
    assert metric_from(spelt) == Duration(
        "declared", "customs_released", other_ends=("returned",), log_starts=date(2021, 5, 4)
    )


def test_matched_means_are_of_the_stop_and_refuse_late_logs():
    cases = [
        {"declared": 0, "customs_released": 4},
        {"declared": 0, "customs_released": 6},
        {"declared": 0, "returned": 90},
    ]
    log = log_of(cases, {"aeo": [True, False, True], "port": ["x"] * 3})
    found = compare_matched(
        log,
        Duration("declared", "customs_released", other_ends="returned"),
        split="aeo",
        strata="port",
        as_of="2021-05-31",
    )
    assert (found.value, found.n_true) == (-2, 1) and "not of other ends" in found.note
    with pytest.raises(LogError, match="dated by their end"):
        compare_matched(
            log,
            Duration("declared", "customs_released", log_starts=date(2021, 5, 4)),
            split="aeo",
            strata="port",
            as_of="2021-05-31",
        )


def test_both_rules_for_flat_steps_through_measure():
    log = log_of(
        [{"declared": 0, "customs_released": h} for h in (1, 2, 3, 4)] + [{"declared": 20}] * 0
    )
    found = rows_of(
        log, Duration("declared", "customs_released"), ("median", "median:midpoint", "p25:midpoint")
    )
    assert [r.value for r in found.values()] == [2.5, 2.5, 1.5] and "midpoint" in found[
        "median:midpoint"
    ].note
    open_one = log_of(
        [{"declared": 0, "customs_released": h} for h in (1, 2, 4)] + [{"declared": 0}]
    )
    later = rows_of(
        open_one,
        Duration("declared", "customs_released"),
        ("median", "median:midpoint"),
        as_of="2021-05-03",
    )
    assert [r.value for r in later.values()] == [2, 3] and "left end" in later["median"].note
