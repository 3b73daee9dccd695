"""Identifiers of tables in memory: digit for digit, bare, the same in every table, or refused."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from clearance_metrics.analysis.measure import measure
from clearance_metrics.domain.metrics import Duration, Fee
from clearance_metrics.engine.log import EventLog
from clearance_metrics.errors import LogError

LONG = 421020211000012340
CLOCK = Duration("declared", "customs_released")
TIMES = [datetime(2021, 9, day, hour) for day in (1, 2) for hour in (8, 10)]
EVENTS = pd.DataFrame(
    {
        "case_id": ["a", "a", "b", "b"],
        "milestone": ["declared", "customs_released"] * 2,
        "time": TIMES,
    }
)


def log_of(events, cases=None, charges=None):
    return EventLog(events, cases, charges, timezone="Asia/Shanghai")


def ids(log):
    return sorted(log.rows_of(log.milestones_table)["case_id"].to_pylist())


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (np.array([1, 1, 2, 2], "int8"), ["1", "2"]),
        (np.array([2**63 + 1, 2**63 + 1, 2**63 + 2, 2**63 + 2], "uint64"), None),
        (pd.array([LONG, LONG, LONG + 1, LONG + 1], "Int64"), None),
        ([Decimal(LONG)] * 2 + [Decimal(LONG + 1)] * 2, None),
        (pd.Series([2**70, 2**70, 2**70 + 1, 2**70 + 1], dtype=object), None),
        (pd.Series([1001, "1001", 1002, "1002"], dtype=object), ["1001", "1002"]),
        (pd.Series([UUID(int=1)] * 2 + [UUID(int=2)] * 2), [str(UUID(int=n)) for n in (1, 2)]),
        (pd.Categorical([7, 7, 8, 8]), ["7", "8"]),
        (pd.Categorical(["x", "x", "y", "y"]), ["x", "y"]),
        (pd.array(["007", "007", "08", "08"], "string"), ["007", "08"]),
    ],
)
def test_identifiers_are_read_digit_for_digit(given, wanted):
    log = log_of(EVENTS.assign(case_id=given))
    assert ids(log) == (wanted or sorted({str(int(one)) for one in given}))
    assert log.notes == ()


@pytest.mark.parametrize(
    "kind",
    [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())],
)
def test_every_text_of_arrow_is_read(kind):
    text = pa.array(["a", "a", "b", "b"]).cast(kind)
    milestones = pa.array(["declared", "customs_released"] * 2).cast(kind)
    events = pa.table({"case_id": text, "milestone": milestones, "time": TIMES})
    assert ids(log_of(events)) == ["a", "b"]


def test_whole_floats_that_are_exact_are_read_and_noted():
    """What pandas makes of whole numbers where one of them is missing in another row."""
    cases = pd.DataFrame({"case_id": [1001.0, 1002.0], "port": ["x", "y"]})
    log = log_of(EVENTS.assign(case_id=[1001, 1001, 1002, 1002]), cases)
    (note,) = log.notes
    assert (note.table, note.column, note.kind, note.n) == (
        "cases",
        "case_id",
        "read_from_number",
        2,
    )
    assert note.examples == ("1001", "1002")
    assert [row.value for row in measure(log, CLOCK, as_of="2021-12-31", by="port").rows][0] == 2


ROUNDED = [
    np.array([LONG] * 4, "float64"),
    np.array([2**24 + 2] * 4, "float32"),
    [1.5, 1.5, 2, 2],
    [1.0, np.inf, 2, 2],
]
# of objects of several kinds Arrow makes no column
MIXED = pd.Series(["a", 1e17, "b", "b"], dtype=object)


@pytest.mark.parametrize(
    ("given", "frame"),
    [
        *((given, frame) for given in ROUNDED for frame in (pd.DataFrame, pa.Table.from_pandas)),
        (MIXED, pd.DataFrame),
    ],
)
def test_floats_that_may_have_lost_digits_are_refused(given, frame):
    events = frame(EVENTS.assign(case_id=given))
    with pytest.raises(LogError, match="digits of identifiers are lost") as error:
        log_of(events)
    assert error.value.where == "events.case_id" and "dtype={'case_id': str}" in error.value.remedy


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["4.21020211E+17"] * 4, "such as '4.21020211E\\+17': their last digits may be lost"),
        (["'4.21E+17"] * 4, "their last digits may be lost"),
        (["4.2102021100001235e17"] * 4, "their last digits may be lost"),
        ([True, True, False, False], "holds bool, such as True"),
        ([b"a"] * 4, "holds bytes, such as b'a'"),
        ([[1]] * 4, r"holds list, such as \[1\]"),
        (TIMES, r"holds datetime, such as datetime.datetime\(2021"),
        ([Decimal("1.5")] * 4, "such as Decimal\\('1.5'\\)"),
        (["a", "", "b", "b"], "1 empty case_id in events"),
        (["1001.0"] * 4, "went through a floating-point number, such as '1001.0'"),
        (["a", "nan", "None", "b"], "2 empty case_id in events, such as 'None'"),
        (["a", "\u2014", "/", "b"], "2 empty case_id in events, such as '/'"),
        (["a", None, "b", "b"], "1 empty case_id in events"),
        (["a", "\u200b", "b", "b"], "1 empty case_id in events"),
    ],
)
def test_what_is_no_identifier_is_refused_in_words(given, said):
    with pytest.raises(LogError, match=said) as error:
        log_of(EVENTS.assign(case_id=pd.Series(given, dtype=object)))
    assert error.value.where == "events.case_id" and error.value.remedy


def test_a_code_that_only_looks_like_an_exponent_stays():
    assert ids(log_of(EVENTS.assign(case_id=["12E4", "12E4", "5E1A", "5E1A"]))) == ["12E4", "5E1A"]


MARKED = ["\ta", "'a", '="b"', "\uff42 \u3000"]


@pytest.mark.parametrize("frame", [lambda rows: rows, pl.from_pandas])
def test_signs_around_identifiers_go_in_every_table_so_that_they_meet(frame):
    events = EVENTS.assign(case_id=MARKED)
    cases = pd.DataFrame({"case_id": ["a\u00a0", "\u200bb"], "port": ["x", "y"]})
    charges = pd.DataFrame({"case_id": ["'a", " b"], "item": "THC", "amount_fen": [100, 300]})
    charges = charges.assign(charged_on=datetime(2021, 9, 1), bill=["'1", "2"], currency="CNY")
    log = log_of(*map(frame, (events, cases, charges)))
    told = {(note.table, note.column): (note.kind, note.n) for note in log.notes}
    assert told == {
        ("events", "case_id"): ("mark_removed", 4),
        ("cases", "case_id"): ("mark_removed", 2),
        ("charges", "case_id"): ("mark_removed", 2),
        ("charges", "bill"): ("mark_removed", 1),
    }
    assert log.notes[0].examples == ("\ta", "'a", '="b"', "\uff42 \u3000")
    (x, y) = measure(log, CLOCK, as_of="2021-12-31", by="port", statistics="mean").rows
    assert (x.value, y.value) == (2, 2)
    (x, y) = measure(log, Fee(), as_of="2021-12-31", by="port", statistics="sum").rows
    assert (x.value, y.value) == (1, 3)
    assert log.rows_of(log.charges)["bill"].to_pylist() == ["1", "2"]


def test_cases_that_differ_in_signs_alone_are_one_case_twice():
    cases = pd.DataFrame({"case_id": ["a", "'a"], "port": ["x", "y"]})
    with pytest.raises(LogError, match="stands twice in cases: 'a'"):
        log_of(EVENTS, cases)


def test_numbers_and_texts_of_one_identifier_meet():
    cases = pl.DataFrame({"case_id": ["1001", "1002"], "port": ["x", "y"]})
    log = log_of(EVENTS.assign(case_id=[1001, 1001, 1002, 1002]), cases)
    assert [
        dict(row.groups)
        for row in measure(log, CLOCK, as_of="2021-12-31", by="port", statistics="n")
    ] == [
        {"port": "x"},
        {"port": "y"},
    ]
