"""Tables that stay in an engine of Ibis are held to the contract of tables in memory."""

from datetime import date, datetime

import pandas as pd
import pyarrow as pa
import pytest
from support.logs import ibis_or_skip

from clearance_metrics.engine.log import EventLog
from clearance_metrics.errors import LogError

EVENTS = pd.DataFrame(
    {
        "case_id": ["a", "a", "b", "b"],
        "milestone": ["declared", "customs_released"] * 2,
        "time": [datetime(2021, 9, day, hour) for day in (1, 2) for hour in (8, 10)],
    }
)
LINES = {"case_id": ["a", "b"], "item": "THC", "amount_fen": [100, 200], "currency": "CNY"}
LINES |= {"charged_on": [date(2021, 9, 1)] * 2}


def tables(**frames):
    connection = ibis_or_skip().duckdb.connect()
    return {
        name: connection.create_table(name, pa.Table.from_pandas(rows, preserve_index=False))
        for name, rows in frames.items()
    }


def logs_of(zone="Asia/Shanghai", **frames):
    return EventLog(**tables(**frames), timezone=zone), EventLog(**frames, timezone=zone)


def events_of(log):
    order = ["case_id", "milestone", "time"]
    return log.rows_of(log.events_table.then("sorted", order=order)).to_pydict()


@pytest.mark.parametrize(
    "columns",
    [
        {"case_id": ["'a", "a ", "\tb", "\uff42"]},
        {"case_id": [1, 1, 2, 2]},
        {"time": [date(2021, 9, 1)] * 4},
        {"time": pd.to_datetime(["2021-10-31 02:30", "2021-03-28 02:30"] * 2)},
        {"time": [1_630_456_200] * 4},
        {"time": [datetime(2021, 9, 1)] * 4, "resolution": ["day", "day", "second", None]},
    ],
)
def test_both_are_read_alike(columns):
    there, here = logs_of("Europe/Berlin", events=EVENTS.assign(**columns))
    assert events_of(there) == events_of(here)
    assert [str(n).split("(")[0] for n in there.notes] == [str(n).split("(")[0] for n in here.notes]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"case_id": 1.0}, "case_id holds float64, in which the digits"),
        ({"case_id": "4.2E+17"}, "went through a floating-point number"),
        ({"case_id": ["a", None, "b", "b"]}, "1 empty case_id in events"),
        ({"time": [None, *EVENTS["time"][1:]]}, "1 empty time in events"),
        ({"time": 1_630_456_200_000}, "looks like milliseconds"),
        ({"time": "2021-09-01"}, "events.time holds string"),
        ({"resolution": "hour"}, "events.resolution holds 'hour'"),
    ],
)
def test_events_are_refused_in_the_same_words(columns, said):
    given = tables(events=EVENTS.assign(**columns))
    with pytest.raises(LogError, match=said) as error:
        EventLog(**given, timezone="Asia/Shanghai")
    assert error.value.where.startswith("events.") and error.value.remedy


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"currency": "RMB"}, "unknown currency 'RMB'"),
        ({"amount_fen": [1.5, 2]}, "1 of charges.amount_fen are not whole, such as '1.5'"),
        ({"amount_fen": [-1, 2]}, "1 of charges.amount_fen are negative"),
        ({"charged_on": [None, date(2021, 9, 1)]}, "1 empty charged_on in charges"),
    ],
)
def test_charge_lines_are_refused_in_the_same_words(columns, said):
    given = tables(events=EVENTS, charges=pd.DataFrame(LINES | columns))
    with pytest.raises(LogError, match=said):
        EventLog(**given, timezone="Asia/Shanghai")
