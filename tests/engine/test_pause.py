"""Stop clocks: the net time by hand and against a count of every second, slot or day, whatever
repeats or overlaps.
"""

import copy
import tomllib
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearance_metrics.analysis.measure import measure
from clearance_metrics.domain.as_of import AsOf
from clearance_metrics.domain.calendars import load_calendar
from clearance_metrics.domain.ends import ENDED, OPEN, UNKNOWN
from clearance_metrics.domain.metrics import Duration
from clearance_metrics.engine.log import EventLog
from clearance_metrics.engine.refusals import MissingColumn
from clearance_metrics.engine.tally import outcomes
from clearance_metrics.errors import LogError, NoticeError
from clearance_metrics.notice.loader import notice_from

START, STOP, RAISED, CLEARED = (
    "refund_accepted",
    "refund_approved",
    "refund_query_raised",
    "refund_query_cleared",
)
PAUSE = (RAISED, CLEARED)
EPOCH = date(1970, 1, 1)


def log_of(cases, timezone="Asia/Shanghai"):
    """Cases as {milestone: [times]}; one more case has every milestone, so that none is unknown to
    the log.
    """
    cases = [*cases, {m: [cases[0][START][0]] for m in (START, STOP, *PAUSE)}]
    rows = [
        (str(i), m, t) for i, case in enumerate(cases) for m, times in case.items() for t in times
    ]
    frame = pl.DataFrame(rows, schema=["case_id", "milestone", "time"], orient="row")
    return EventLog(
        frame,
        pl.DataFrame({"case_id": list(map(str, range(len(cases)))), "who": range(len(cases))}),
        timezone=timezone,
    )


def values(cases, as_of, **options):
    """(end, value) of each case, in the units of the tally."""
    log = log_of(cases)
    when = AsOf.of(as_of, log.timezone)
    rows = outcomes(log, Duration(START, STOP, **options), as_of=when, by=("who",))
    told = {r["by_0"]: (r["end"], r["value"]) for r in log.rows_of(rows).to_pylist()}
    return [told.get(i) for i in range(len(cases))]


def golden_week(**pauses):
    return {START: [date(2021, 9, 27)], STOP: [date(2021, 10, 13)], **pauses}


def test_golden_week_by_hand():
    # 27 September to 13 October 2021: 28, 29, 30, 8, 9 (a made-up Saturday), 11, 12, 13 are 8
    # working days
    s, o = (lambda d: date(2021, 9, d)), (lambda d: date(2021, 10, d))
    by_hand = {
        "no pause": ([], [], 8),
        "across the week": ([s(29)], [o(11)], 4),
        "holidays only": ([o(1)], [o(7)], 8),
        "make-up Saturday": ([o(8)], [o(9)], 7),
        "overlapping": ([s(29), s(30)], [o(8), o(11)], 4),
        "one within the other": ([s(28), s(30)], [o(8), o(12)], 2),
        "apart": ([s(29), o(8)], [s(30), o(9)], 6),
        "end to end": ([s(29), s(30)], [s(30), o(9)], 5),
        "twice at once": ([s(29)] * 2, [s(30), o(11)], 4),
        "from before": ([s(1)], [s(28)], 7),
        "beyond the end": ([o(9)], [o(20)], 5),
        "never cleared": ([o(9)], [], 5),
        "over on the first day": ([s(1)], [s(27)], 8),
        "same day": ([o(9)], [o(9)], 8),
        "throughout": ([s(1)], [], 0),
    }
    cases = [
        golden_week(**{RAISED: raised, CLEARED: cleared}) for raised, cleared, _ in by_hand.values()
    ]
    for start_day in (0, 1):
        found = values(
            cases, date(2021, 12, 31), unit="working_days", pause=PAUSE, start_day=start_day
        )
        for (name, (*_, net)), told in zip(by_hand.items(), found, strict=True):
            assert told == (ENDED, net + start_day), name


def test_hours_and_working_hours_by_hand():
    def at(day, hour):
        return datetime(2021, day.month, day.day, hour) - timedelta(hours=8)

    week, back = date(2021, 9, 30), date(2021, 10, 9)
    case = {
        START: [at(week, 9)],
        RAISED: [at(week, 10), at(week, 12)],
        CLEARED: [at(week, 13), at(back, 11)],
        STOP: [at(back, 17)],
    }
    case = {m: [t.replace(tzinfo=UTC) for t in times] for m, times in case.items()}
    # gross: 8 h on the 30th, 8 on Friday the 8th, 8 on the made-up Saturday; open from 10:00 on the
    # 30th to 11:00 on the 9th
    assert values([case], date(2021, 12, 31), unit="working_hours") == [(ENDED, 24 * 3600)]
    assert values([case], date(2021, 12, 31), unit="working_hours", pause=PAUSE) == [
        (ENDED, 7 * 3600)
    ]
    assert values([case], date(2021, 12, 31), unit="hours", pause=PAUSE) == [(ENDED, 7 * 3600)]
    assert values(
        [case], date(2021, 12, 31), unit="working_hours", pause=PAUSE, resolution="minute"
    ) == [(ENDED, 420)]


def test_an_open_case_stands_still_until_as_of():
    case = {START: [date(2021, 9, 27)], RAISED: [date(2021, 9, 29)]}
    assert values([case], date(2021, 10, 13), unit="working_days", pause=PAUSE) == [(OPEN, 2)]
    cleared = case | {CLEARED: [date(2021, 10, 9)]}
    assert values([cleared], date(2021, 10, 13), unit="working_days", pause=PAUSE) == [(OPEN, 5)]
    # cleared after as_of is not yet known
    assert values([cleared], date(2021, 10, 8), unit="working_days", pause=PAUSE) == [(OPEN, 2)]


def test_cleared_without_raised_is_not_known_unless_it_was_over_before_the_start():
    assert (
        values(
            [golden_week(**{CLEARED: [date(2021, 9, 29)]})],
            date(2021, 12, 31),
            unit="working_days",
            pause=PAUSE,
        )[0][0]
        == UNKNOWN
    )
    over = golden_week(**{CLEARED: [date(2021, 9, 27)]})
    assert values([over], date(2021, 12, 31), unit="working_days", pause=PAUSE) == [(ENDED, 8)]
    log = log_of([golden_week(**{CLEARED: [date(2021, 9, 29)]})])
    row = measure(
        log,
        Duration(START, STOP, unit="working_days", pause=PAUSE),
        as_of="2021-12-31",
        statistics="mean",
    ).rows[0]
    assert row.n == 1 and "1 left out: not known" in row.note


def test_dates_beside_times_of_one_day():
    noon, three = datetime(2021, 9, 29, 4, tzinfo=UTC), datetime(2021, 9, 29, 7, tzinfo=UTC)
    begun, over = datetime(2021, 9, 27, 1, tzinfo=UTC), datetime(2021, 9, 30, 1, tzinfo=UTC)
    rows = [
        ("0", START, begun, "second"),
        ("0", RAISED, three, "second"),
        ("0", CLEARED, noon, "day"),
        ("0", STOP, over, "second"),
    ]
    frame = pl.DataFrame(rows, schema=["case_id", "milestone", "time", "resolution"], orient="row")
    log = EventLog(frame, timezone="Asia/Shanghai")
    # in days nothing is in doubt; in hours nobody can say whether the query was open
    row = measure(
        log,
        Duration(START, STOP, unit="working_days", pause=PAUSE),
        as_of="2021-12-31",
        statistics="max",
    ).rows[0]
    assert row.value == 3 and row.n == 1
    row = measure(
        log, Duration(START, STOP, pause=PAUSE), as_of="2021-12-31", statistics="max"
    ).rows[0]
    assert (
        row.value is None and "1 left out: not known" in row.note and "timed to the day" in row.note
    )


def test_the_name_and_the_note_say_what_was_done():
    clock = Duration(START, STOP, unit="working_days", pause=list(PAUSE))
    assert clock.name == f"{START}..{STOP} [working days per case, net of {RAISED}..{CLEARED}]"
    assert {RAISED, CLEARED} <= clock.needs
    row = measure(log_of([golden_week()]), clock, as_of="2021-12-31", statistics="mean").rows[0]
    assert row.metric == clock.name


@pytest.mark.parametrize(
    "pause", ["refund_query_raised", (RAISED,), (RAISED, RAISED), (RAISED, 3), {RAISED: CLEARED}]
)
def test_a_pause_is_two_milestones(pause):
    with pytest.raises(LogError, match="no pair of milestones"):
        Duration(START, STOP, pause=pause)


def test_a_log_without_the_pause_says_so():
    log = EventLog(pl.DataFrame({"case_id": ["a"], "milestone": [START], "time": [0]}))
    with pytest.raises(MissingColumn, match=STOP):
        measure(log, Duration(START, STOP, pause=PAUSE), as_of="1970-02-01")


def test_an_allowance_is_held_against_the_net_time():
    case, cases = golden_week(**{RAISED: [date(2021, 9, 29)], CLEARED: [date(2021, 10, 11)]}), ["1"]
    rows = [("0", m, t) for m, times in case.items() for t in times]
    log = EventLog(
        pl.DataFrame(rows, schema=["case_id", "milestone", "time"], orient="row"),
        pl.DataFrame({"case_id": ["0"], "refund_class": cases}),
        timezone="Asia/Shanghai",
    )
    clock = Duration(
        START, STOP, unit="working_days", pause=PAUSE, allowance=("refund_class", {"1": 5})
    )
    assert measure(log, clock, as_of="2021-12-31", statistics="max").rows[0].value == -1


# the oracle pairs first with first and asks of every second, slot or day whether any pause covers
# it
def pauses(raised, cleared):
    """Intervals (raised, cleared or None), and the ends that have no beginning."""
    waiting, intervals, orphans = [], [], []
    for moment, is_end in sorted([(t, 0) for t in raised] + [(t, 1) for t in cleared]):
        if not is_end:
            waiting.append(moment)
        elif waiting:
            intervals.append((waiting.pop(0), moment))
        else:
            orphans.append(moment)
    return intervals + [(t, None) for t in waiting], orphans


CALENDAR = load_calendar("CN")
FIRST = int(datetime(2021, 9, 27, tzinfo=UTC).timestamp()) - 8 * 3600
SLOT = 1800


def local_day(second):
    return (second + 8 * 3600) // 86400


def worked(unit, start, finish, intervals):
    """The net time between two moments, counted out."""
    if unit == "working_days":
        days = [(local_day(a), None if b is None else local_day(b)) for a, b in intervals]
        return sum(
            CALENDAR.is_working(EPOCH + timedelta(days=d))
            and not any(a < d and (b is None or d <= b) for a, b in days)
            for d in range(local_day(start) + 1, local_day(finish) + 1)
        )
    total = 0
    for s in range(start, finish, SLOT):
        counts = not any(a <= s and (b is None or s < b) for a, b in intervals)
        if unit == "working_hours":
            counts &= (
                CALENDAR.is_working(EPOCH + timedelta(days=local_day(s)))
                and 9 * 3600 <= (s + 8 * 3600) % 86400 < 17 * 3600
            )
        total += SLOT * counts
    return total


SLOTS = st.integers(0, 16 * 48)
CASES = st.lists(
    st.tuples(SLOTS, st.none() | SLOTS, st.lists(SLOTS, max_size=4), st.lists(SLOTS, max_size=4)),
    min_size=1,
    max_size=8,
)


@settings(max_examples=25, deadline=None)
@given(
    CASES, st.sampled_from(["hours", "working_days", "working_hours"]), st.integers(8 * 48, 16 * 48)
)
def test_net_time_equals_a_count_of_every_slot_and_day(cases, unit, until):
    made, expected = [], []
    as_of = FIRST + until * SLOT
    for start, stop, raised, cleared in cases:
        start, raised, cleared = (
            FIRST + start * SLOT,
            [FIRST + t * SLOT for t in raised],
            [FIRST + t * SLOT for t in cleared],
        )
        stop = None if stop is None else FIRST + stop * SLOT
        made.append(
            {START: [start], STOP: [] if stop is None else [stop], RAISED: raised, CLEARED: cleared}
        )
        ended = stop is not None and stop <= as_of
        finish = stop if ended else as_of
        told = [[t for t in times if t <= as_of] for times in (raised, cleared)]
        # days know nothing of hours
        keys = (
            [[local_day(t) * 86400 - 8 * 3600 for t in times] for times in told]
            if unit == "working_days"
            else told
        )
        intervals, orphans = pauses(*keys)
        begun = local_day(start) * 86400 - 8 * 3600 if unit == "working_days" else start
        if start > as_of:
            expected.append(None)
        elif finish < start:
            expected.append("backwards")
        elif any(t > begun for t in orphans):
            expected.append((UNKNOWN, 0))
        else:
            expected.append((ENDED if ended else OPEN, worked(unit, start, finish, intervals)))
    found = values(made, datetime.fromtimestamp(as_of, UTC), unit=unit, pause=PAUSE)
    for one, other in zip(found, expected, strict=True):
        assert one[0] < 0 if other == "backwards" else one == other


def net_indicator():
    raw = tomllib.loads(
        files("clearance_metrics.notice").joinpath("cn-2021-85.toml").read_text(encoding="utf-8")
    )
    return raw, next(
        i for m in raw["measure"] for i in m["indicator"] if i["id"] == "refund_mean_2022_net"
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda metric: metric.pop("pause"), "the pause"),
        (lambda metric: metric.update(pause=[RAISED]), "no pair of milestones"),
        (lambda metric: metric.update(pause=RAISED), "wrong type"),
        (lambda metric: metric.update(pause=[]), "pause is empty"),
        (lambda metric: metric.update(pause=[RAISED, "kind"]), "unknown milestone 'kind'"),
        (lambda metric: metric.update(pause=[RAISED, "exam_ended"]), "needs"),
    ],
)
def test_the_notice_reads_pauses_strictly(change, told):
    raw, indicator = net_indicator()
    notice_from(copy.deepcopy(raw), "cn.toml")
    change(indicator["metric"])
    with pytest.raises(NoticeError, match=told) as error:
        notice_from(raw, "cn.toml")
    assert "refund_mean_2022_net" in str(error.value)


def test_a_share_has_no_pause():
    raw, _ = net_indicator()
    share = next(i for m in raw["measure"] for i in m["indicator"] if i["id"] == "refund_autofill")
    share["metric"]["pause"] = list(PAUSE)
    with pytest.raises(NoticeError, match="unknown key 'pause'"):
        notice_from(raw, "cn.toml")
