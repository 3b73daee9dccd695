"""Columns of frames as the vocabulary has them, amounts, currencies and what is no plain column."""

from datetime import date, datetime
from datetime import time as clock_time
from decimal import Decimal

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from clearance_metrics.analysis.measure import measure
from clearance_metrics.domain.metrics import Fee
from clearance_metrics.engine.log import EventLog
from clearance_metrics.errors import LogError

EVENTS = pd.DataFrame(
    {"case_id": ["a", "b"], "milestone": "declared", "time": [datetime(2021, 9, 1)] * 2}
)
LINE = {"case_id": ["a", "b"], "item": "THC", "amount_fen": [100, 200], "currency": "CNY"}
LINE |= {"charged_on": [date(2021, 9, 1)] * 2}


def with_cases(column, values):
    cases = pd.DataFrame({"case_id": ["a", "b"], column: values})
    log = EventLog(EVENTS, cases, timezone="Asia/Shanghai")
    rows = log.rows_of(log.cases_table.then("sorted", order=["case_id"]))
    return rows[column].to_pylist(), log.notes


def with_lines(**columns):
    return EventLog(EVENTS, charges=pd.DataFrame(LINE | columns), timezone="Asia/Shanghai")


@pytest.mark.parametrize(
    ("column", "given", "wanted"),
    [
        ("inspected", ["是", "否"], [True, False]),
        ("inspected", ["TRUE", "0"], [True, False]),
        ("inspected", [1, 0], [True, False]),
        ("inspected", [1.0, None], [True, None]),
        ("inspected", pd.array([True, None], "boolean"), [True, None]),
        ("inspected", pd.Categorical(["yes", "no"]), [True, False]),
        ("teu", [1.0, None], [1, None]),
        ("teu", ["2", "-3"], [2, -3]),
        ("teu", pd.array([2, None], "UInt8"), [2, None]),
        ("refund_class", [1, 2], ["1", "2"]),
        ("refund_class", [1.0, None], ["1", None]),
        ("port", pd.array(["x", None], "string"), ["x", None]),
    ],
)
def test_values_mean_what_they_mean_in_a_file(column, given, wanted):
    assert with_cases(column, given) == (wanted, ())


@pytest.mark.parametrize(
    ("column", "given", "said"),
    [
        ("inspected", ["maybe", "是"], "cases.inspected holds 'maybe', which is not true or false"),
        ("inspected", [2, 1], "holds 2, which is not true or false"),
        ("teu", [1.5, 2], "holds 1.5, which is not a whole number"),
        ("teu", ["2", "x"], "holds 'x', which is not a whole number"),
        ("teu", [True, False], "cases.teu holds bool"),
        ("port", [b"x", b"y"], "cases.port holds binary, such as b'x'"),
        ("port", [["x"], ["y"]], "cases.port holds list"),
        ("mine", [1, "a"], "cases.mine mixes int and str, such as 1 and 'a'"),
        ("mine", [True, "a"], "cases.mine mixes bool and str"),
        ("mine", [object(), object()], "cases.mine holds object, such as <object"),
    ],
)
def test_values_of_another_kind_are_refused_with_one_of_them(column, given, said):
    with pytest.raises(LogError, match=said) as error:
        with_cases(column, pd.Series(given, dtype=object))
    assert error.value.where == f"cases.{column}" and error.value.remedy


def test_words_that_the_vocabulary_does_not_know_stay_and_are_noted():
    values, (note,) = with_cases("kind", ["import", "进口"])
    assert values == ["import", "进口"]
    assert (note.column, note.kind, note.n, note.examples) == (
        "kind",
        "unknown_value",
        1,
        ("进口",),
    )


def test_columns_that_nobody_asks_for_may_hold_anything():
    assert with_cases("mine", [[1], [2]])[0] == [[1], [2]]
    assert with_cases("mine", [clock_time(1), clock_time(2)])[0] == [clock_time(1), clock_time(2)]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (pd.concat([EVENTS, EVENTS[["time"]]], axis=1), "events has 2 columns called time"),
        (pa.table([pa.array(["a"])] * 2, names=["case_id"] * 2), "2 columns called case_id"),
        (EVENTS.set_index("case_id"), "case_id is the index of events"),
        (pl.DataFrame({"case_id": [object()]}, schema={"case_id": pl.Object}), "Python objects"),
        (pl.LazyFrame({"a": [1]}).select("nope"), "events cannot be read: .*nope"),
        (EVENTS["time"], "events is a Series"),
    ],
)
def test_tables_that_say_too_much_or_nothing_are_refused(rows, said):
    with pytest.raises(LogError, match=said):
        EventLog(rows, timezone="Asia/Shanghai")


def test_two_columns_that_differ_in_capitals_are_one_to_an_engine():
    cases = pd.DataFrame({"case_id": ["a", "b"], "Port": "x", "port": "y"})
    with pytest.raises(LogError, match=r"cases has 2 columns called Port \(Port, port\)"):
        EventLog(EVENTS, cases, timezone="Asia/Shanghai")
    twice = EVENTS.assign(remark="").rename(columns={"remark": "note"})
    other = pd.concat([twice, twice[["note"]]], axis=1)
    assert EventLog(other, timezone="Asia/Shanghai").count_cases() == 2


@pytest.mark.parametrize("given", [[100.0, 200.0], [Decimal("100.00"), Decimal(200)], [100, 200]])
def test_amounts_are_whole_fen_of_whatever_kind(given):
    log = with_lines(amount_fen=given)
    (row,) = measure(log, Fee(), as_of="2021-12-31", statistics="sum")
    assert row.value == 3 and log.notes == ()


def test_noise_beyond_the_fen_is_rounded_and_noted():
    log = with_lines(amount_fen=[586.35 * 100 * 1.1 / 1.1 + 2e-8, 200.0])
    (note,) = log.notes
    assert (note.table, note.kind, note.n) == ("charges", "amount_rounded", 1)
    assert log.rows_of(log.charges)["amount_fen"].to_pylist() == [58635, 200]


@pytest.mark.parametrize(
    ("column", "given", "said"),
    [
        ("amount_fen", [1.5, 2], "charges.amount_fen holds 1.5, which is no whole number"),
        ("amount_fen", [Decimal("1.25"), Decimal(2)], "holds 1.25"),
        ("amount_fen", [float("inf"), 1.0], "holds inf"),
        ("amount_fen", [None, 2], "1 empty amount_fen in charges"),
        ("amount_fen", ["1", "2"], "charges.amount_fen holds (large_)?string"),
        ("amount_fen", [True, False], "charges.amount_fen holds bool"),
        ("amount_fen", [-1, 2], "1 of charges.amount_fen are negative, such as '-1'"),
        ("currency", ["yuan", "CNY"], "unknown currency 'YUAN'"),
        ("currency", ["RMB", "XXX"], "unknown currency 'RMB'"),
        ("charged_on", [None, date(2021, 9, 1)], "1 empty charged_on in charges"),
        ("charged_on", ["x", "y"], "charges.charged_on holds 'x', which is no date"),
        ("charged_on", [20210901, 20210902], "charges.charged_on holds int64, such as 20210901"),
        ("charged_on", [date(2021, 9, 1), datetime(2021, 9, 1)], "mixes dates and datetime"),
        ("item", ["", "THC"], "1 empty item in charges"),
        ("case_id", [None, "a"], "1 empty case_id in charges"),
        ("quantity", [1.5, 2], "charges.quantity holds 1.5"),
    ],
)
def test_charge_lines_that_would_be_read_wrongly_are_refused(column, given, said):
    with pytest.raises(LogError, match=said) as error:
        with_lines(**{column: given})
    assert error.value.where == f"charges.{column}" and error.value.remedy


def test_every_currency_of_iso_4217_is_known_and_none_is_mixed_with_another():
    log = with_lines(currency=["XOF", "UYU"])
    (row,) = measure(log, Fee(), as_of="2021-12-31", statistics="sum")
    assert row.unit == "UYU" and "1 line in XOF left out" in row.note


def test_codes_of_currencies_are_read_in_letters_of_any_size():
    assert with_lines(currency=["cny", " ＵＳＤ"]).currencies == {"CNY": 1, "USD": 1}
    assert with_lines(currency=["", "CNY"]).currencies == {"CNY": 1}


def test_empty_charges_are_no_charges():
    log = EventLog(EVENTS, charges=pd.DataFrame({c: [] for c in LINE}), timezone="Asia/Shanghai")
    assert log.rows_of(log.charges).num_rows == 0 and log.currencies == {}
