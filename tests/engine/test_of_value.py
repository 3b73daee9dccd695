"""Charges as a share of what goods are worth, and amounts that are paid later: exact, or told."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from clearance_metrics import Deferral, EventLog, Fee, measure
from clearance_metrics.domain.as_of import AsOf
from clearance_metrics.engine.sharing import Ask, tallies
from clearance_metrics.engine.tally import tally
from clearance_metrics.errors import ClearanceError, LogError
from clearance_metrics.statistics import ratio_mean, ratio_of_totals

DAY = date(2022, 3, 1)
CLOCK_ENDS = ("customs_released", "duty_paid")
CLOCK = Deferral("duty", "customs_released", "duty_paid")


def charged(values, lines, **columns):
    """A log of cases with these values of goods in fen, and of lines: case, fen, currency."""
    ids = [f"c{i}" for i in range(len(values))]
    kinds = {"goods_value": pl.Int64}
    cases = pl.DataFrame({"case_id": ids, "goods_value": values, **columns}, schema_overrides=kinds)
    told = [(f"c{i}", fen, currency) for i, fen, currency in lines]
    heads = ("case_id", "amount_fen", "currency")
    charges = pl.DataFrame(told, schema=heads, orient="row").with_columns(
        item=pl.lit("THC"), charged_on=pl.lit(DAY)
    )
    events = pl.DataFrame({"case_id": ids, "milestone": "declared", "time": 0})
    return EventLog(events, cases, charges).using(as_of="2022-12-31")


def test_a_hand_worked_share():
    """1.00 of 400.00 yuan, 3.00 of 100.00, 2.00 in two lines of 300.00: 6 of 800 is 0.75 %."""
    lines = [(0, 100, "CNY"), (1, 300, "CNY"), (2, 150, "CNY"), (2, 50, "CNY")]
    log = charged([40000, 10000, 30000], lines)
    asked = ("ratio_of_sums", "mean", "median", "n")
    whole, mean, median, n = measure(log, Fee(per="value"), statistics=asked).rows
    assert (whole.value, n.value, whole.unit) == (0.75, 3, "percent_of_value")
    assert mean.value == pytest.approx((0.25 + 3 + 0.6667) / 3)
    assert median.value == 0.6667
    assert measure(log, Fee(per="value")).rows[0].statistic == "ratio_of_sums"


def test_cases_without_a_value_or_worth_nothing_are_left_out_and_counted():
    log = charged([40000, None, 0, 50], [(i, 100, "CNY") for i in range(4)])
    (row,) = measure(log, Fee(per="value"), statistics="ratio_of_sums").rows
    assert (row.value, row.n) == (100 * 200 / 40050, 2)
    assert (
        "1 left out: value of the goods not recorded" in row.note
        and "1 left out: goods worth nothing" in row.note
    )
    (none,) = measure(charged([0], [(0, 9, "CNY")]), Fee(per="value"), statistics="mean").rows
    assert none.value is None and none.n == 0 and "goods worth nothing" in none.note


@pytest.mark.parametrize("by", [(), ("currency",)])
def test_charges_in_another_currency_are_no_share_of_yuan(by):
    lines = [(0, 100, "CNY"), (1, 7, "USD"), (1, 8, "USD"), (1, 9, "USD")]
    log = charged([40000, 10000], lines)
    rows = measure(log, Fee(per="value"), by=by, statistics="ratio_of_sums").rows
    assert [r.value for r in rows if r.value is not None] == [0.25]
    assert any("3 lines in USD left out" in r.note for r in rows)


def test_what_a_share_of_value_has_not_is_refused():
    log = charged([40000], [(0, 100, "CNY")])
    with pytest.raises(LogError, match="cannot be summed"):
        measure(log, Fee(per="value"), statistics="sum")
    with pytest.raises(LogError, match="as a share of the value"):
        measure(log, Fee(), statistics="ratio_of_sums")
    with pytest.raises(LogError, match="one of"):
        Fee(per="ton")
    with pytest.raises(LogError, match="checked line by line"):
        Fee(per="value", against="tariff")
    bare = EventLog(pl.DataFrame({"case_id": ["a"], "milestone": ["declared"], "time": [0]}))
    with pytest.raises(ClearanceError):
        measure(bare, Fee(per="value"), as_of="2022-12-31")
    with pytest.raises(LogError, match="goods_value are negative"):
        charged([-1], [(0, 100, "CNY")])
    with pytest.raises(LogError, match="whole number"):
        cases = pl.DataFrame({"case_id": ["a"], "goods_value": [12.5]})
        EventLog(pl.DataFrame({"case_id": ["a"], "milestone": ["filed"], "time": [0]}), cases)


fen = some.integers(0, 10**9)
worth = some.one_of(some.none(), some.integers(0, 10**12))


@settings(max_examples=40, deadline=None)
@given(some.lists(some.tuples(worth, fen), min_size=1, max_size=12))
def test_the_ratio_of_sums_is_exact_and_shares_lie_within_half_a_millionth(cases):
    log = charged([v for v, _ in cases], [(i, paid, "CNY") for i, (_, paid) in enumerate(cases)])
    good = [(v, paid) for v, paid in cases if v]
    asked = ("ratio_of_sums", "mean", "max", "n")
    whole, mean, largest, n = measure(log, Fee(per="value"), statistics=asked).rows
    assert n.value == len(good)
    if not good:
        assert whole.value is None
        return
    assert whole.value == 100 * (sum(p for _, p in good) / sum(v for v, _ in good))
    shares = [100 * p / v for v, p in good]
    assert mean.value == pytest.approx(np.mean(shares), abs=5.001e-5, rel=1e-12)
    assert largest.value == pytest.approx(max(shares), abs=5.001e-5, rel=1e-12)


@settings(max_examples=60, deadline=None)
@given(
    some.lists(
        some.tuples(some.integers(0, 1000), some.integers(1, 10**6), some.integers(1, 4)),
        min_size=2,
        max_size=20,
    )
)
def test_sums_by_ratio_give_the_interval_of_single_cases(rows):
    """Cases of one ratio may differ in size: only their sums and squares are kept."""
    frame = pd.DataFrame(rows, columns=["permille", "base", "n"])
    frame["top"] = frame["permille"] * frame["base"] / 1000
    sums = frame.assign(
        tops=frame["top"] * frame["n"],
        bases=frame["base"] * frame["n"],
        squares=frame["base"].astype(float) ** 2 * frame["n"],
    )
    by = sums.groupby("permille")[["tops", "bases", "squares", "n"]].sum().reset_index()
    # tops are whole in the library's own use
    scaled = (by["tops"] * 1000).round().astype("int64")
    found = ratio_of_totals(
        by["permille"], scaled, by["bases"], by["squares"], by["n"], times=0.001
    )
    other = ratio_of_totals(
        by["permille"] / 1000, scaled / 1000, by["bases"], by["squares"], by["n"]
    )
    plain = ratio_mean(frame["top"], frame["base"], frame["n"], 1)
    assert found.value == pytest.approx(plain.value, rel=1e-9, abs=1e-12)
    if np.allclose(scaled % 1000, 0):
        assert other.high == pytest.approx(plain.high, rel=1e-6, abs=1e-9)


def test_many_tallies_at_once_are_those_of_one_at_a_time():
    lines = [(i, 100 + i, "CNY") for i in range(6)]
    log = charged([10000 + i for i in range(6)], lines, teu=[1, 2] * 3, declarations=[1, 1, 2] * 2)
    day = AsOf.of("2022-12-31", "UTC")
    metrics = [Fee(per=p) for p in ("value", "teu", "declaration", "case", "line")]
    together = tallies(log, [Ask(m) for m in metrics], as_of=day)
    for metric in metrics:
        one, other = tally(log, metric, as_of=day), together.cells(Ask(metric))
        for a, b in zip(one, other, strict=True):
            for name in ("value", "end", "n", "total", "weight", "paid", "worth", "squared"):
                mine, theirs = getattr(a, name), getattr(b, name)
                assert (mine is None) == (theirs is None), (metric.per, name)
                assert mine is None or mine.tolist() == theirs.tolist()
            assert (a.paid is not None) == (metric.per == "value")


def test_charges_per_declaration_are_a_ratio_of_sums():
    log = charged([None] * 3, [(0, 300, "CNY"), (1, 100, "CNY"), (2, 50, "CNY")])
    with pytest.raises(ClearanceError):
        measure(log, Fee(per="declaration"))
    lines = [(0, 300, "CNY"), (1, 100, "CNY"), (2, 50, "CNY")]
    log = charged([None] * 3, lines, declarations=[3, 1, None])
    (row,) = measure(log, Fee(per="declaration")).rows
    assert (row.value, row.n, row.unit) == (1.0, 2, "CNY per declaration")
    assert "divided by the declarations" in row.note and "1 left out" in row.note


def paid_later(rows, zone="Asia/Shanghai", **columns):
    """A log of releases and payments (local times or None) and duty in fen."""
    events, duties = [], []
    for i, (released, paid, duty) in enumerate(rows):
        duties.append(duty)
        for name, moment in (("customs_released", released), ("duty_paid", paid)):
            if moment is not None:
                local = moment.replace(tzinfo=ZoneInfo(zone))
                events.append((f"c{i}", name, int(local.timestamp())))
    frame = pl.DataFrame(events, schema=["case_id", "milestone", "time"], orient="row")
    ids = [f"c{i}" for i in range(len(rows))]
    told = {"case_id": ids, "duty": duties, **columns}
    cases = pl.DataFrame(told, schema_overrides={"duty": pl.Int64})
    return EventLog(frame, cases, timezone=zone).using(as_of="2022-12-31")


NOON = datetime(2022, 3, 1, 12)


def test_a_hand_worked_deferral():
    """1,000.00 yuan for 3 days and 50.00 for 1; what is paid by the day of release defers nothing;
    one is not paid, of one the duty is not known.
    """
    log = paid_later(
        [
            (NOON, NOON + timedelta(days=3), 100000),
            (datetime(2022, 3, 1, 23, 59), datetime(2022, 3, 2, 0, 1), 5000),
            (NOON, NOON + timedelta(hours=11), 777),
            (NOON, NOON - timedelta(days=2), 777),
            (NOON, None, 777),
            (NOON, NOON + timedelta(days=9), None),
        ]
    )
    total, mean, n = measure(log, CLOCK, statistics=("sum", "mean", "n")).rows
    assert (total.value, mean.value, n.value) == (3050.0, 762.5, 4)
    assert "1 left out: not paid yet" in total.note and "1 left out: not known" in total.note
    with pytest.raises(LogError, match="statistic of clocks"):
        measure(log, CLOCK, statistics="incidence:24")
    months = measure(log, CLOCK, period="month", statistics="sum").rows
    assert [(r.period, r.value) for r in months] == [("2022-02", 0.0), ("2022-03", 3050.0)]


@pytest.mark.parametrize("wrong", [("", "a", "b"), ("duty", "a", "a"), ("duty", "a", None)])
def test_a_deferral_that_is_none_is_refused(wrong):
    with pytest.raises(LogError):
        Deferral(*wrong)


@pytest.mark.parametrize("column", ["teu", "kind", "customs_released", "late"])
def test_what_is_no_money_is_not_deferred(column):
    events = pl.DataFrame({"case_id": ["a"] * 2, "time": [0, 9], "milestone": CLOCK_ENDS})
    more = {"teu": [2], "kind": ["import"], "late": [True], "own_fen": [300]}
    log = EventLog(events, pl.DataFrame({"case_id": ["a"]} | more)).using(as_of="1970-01-02")
    with pytest.raises(LogError, match="no amount of money"):
        measure(log, Deferral(column, *CLOCK_ENDS))
    assert measure(log, Deferral("own_fen", *CLOCK_ENDS))[0].value == 0


def test_a_number_that_no_engine_holds_is_told():
    events = pl.DataFrame({"case_id": ["a"], "time": [0], "milestone": ["declared"]})
    cases = pl.DataFrame({"case_id": ["a"], "goods_value": [10**17]})
    line = {"case_id": ["a"], "item": ["THC"], "amount_fen": [10**17], "charged_on": ["1970-01-01"]}
    log = EventLog(events, cases, pl.DataFrame(line)).using(as_of="1970-01-02")
    with pytest.raises(LogError, match="larger than any whole number"):
        measure(log, Fee(per="value"))


moments = some.one_of(
    some.none(),
    some.datetimes(min_value=datetime(2021, 1, 1), max_value=datetime(2022, 12, 30)),
)


@settings(max_examples=40, deadline=None)
@given(
    some.lists(some.tuples(moments, moments, worth), min_size=1, max_size=15),
    some.sampled_from(["Asia/Shanghai", "UTC", "Asia/Kolkata"]),
)
def test_deferrals_are_what_pandas_counts(rows, zone):
    rows = [(a and a.replace(microsecond=0), b and b.replace(microsecond=0), d) for a, b, d in rows]
    if not {"x" for a, b, _ in rows if a} or not {"x" for a, b, _ in rows if b}:
        return
    frame = pd.DataFrame(rows, columns=["begin", "end", "duty"])
    begun = frame[frame["begin"].notna()]
    done = begun[begun["end"].notna() & begun["duty"].notna()]
    days = pd.to_datetime(done["end"]).dt.normalize() - pd.to_datetime(done["begin"]).dt.normalize()
    wanted = sum(int(d) * max(k, 0) for d, k in zip(done["duty"], days.dt.days, strict=True))
    total, n = measure(paid_later(rows, zone), CLOCK, statistics=("sum", "n")).rows
    assert n.value == len(done)
    assert total.value is None if not len(begun) else total.value == wanted / 100
