"""Tallies that share a query equal those asked one by one; periods and cells against plain
Python.
"""

from collections import Counter
from datetime import date, timedelta

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearance_metrics.domain.as_of import AsOf
from clearance_metrics.domain.ends import UNKNOWN
from clearance_metrics.domain.metrics import Duration, Fee, Share
from clearance_metrics.engine.cells import _order, cells_of, period_name, summed
from clearance_metrics.engine.days import known_date, period_of
from clearance_metrics.engine.log import EventLog
from clearance_metrics.engine.refusals import MissingColumn
from clearance_metrics.engine.sharing import Ask, tallies
from clearance_metrics.engine.tally import tally
from clearance_metrics.errors import CalendarError

EPOCH = date(1970, 1, 1)


def test_every_day_of_a_hundred_years_falls_into_its_month():
    days = list(range((date(2070, 1, 1) - EPOCH).days))
    outside = [-1, days[-1] + 1]
    con = duckdb.connect()
    con.execute("CREATE TABLE days AS SELECT unnest(?) AS day", [[*days, *outside]])
    for period in ("month", "quarter", "year"):
        number = period_of("day_", period)
        dates = f"SELECT day, {known_date('day')} AS day_ FROM days"
        found = dict(con.execute(f"SELECT day, {number} FROM ({dates})").fetchall())
        for day in days:
            told = EPOCH + timedelta(days=day)
            quarter = f"{told.year}-Q{(told.month + 2) // 3}"
            names = {"month": f"{told:%Y-%m}", "quarter": quarter, "year": f"{told.year}"}
            assert period_name(found[day], period) == names[period]
        assert all(found[day] is None for day in outside)


rows = st.lists(
    st.tuples(
        st.sampled_from(["b", "a", None]),
        st.sampled_from([True, False, None]),
        st.integers(600, 602),
        st.integers(-5, 5),
        st.integers(-1, 1),
    ),
    max_size=40,
)


@given(rows)
@settings(deadline=None)
def test_cells_hold_each_outcome_once_in_order(rows):
    counted = sorted(Counter(rows).items(), key=str)
    columns = list(zip(*(key for key, _ in counted), strict=True)) or [()] * 5
    kinds = (pa.string(), pa.bool_(), pa.int32(), pa.int64(), pa.int64())
    table = pa.table(
        {
            name: pa.array(values, kind)
            for name, values, kind in zip(
                ("by_0", "by_1", "period", "value", "end"), columns, kinds, strict=True
            )
        }
        | {"n": pa.array([n for _, n in counted], pa.int64())}
    )
    for name in ("total", "date_only"):
        table = table.append_column(name, table["n"])
    cells = cells_of(table, 2, "month")
    told = {
        (*c.group, c.period, int(v), int(e)): int(n)
        for c in cells
        for v, e, n in zip(c.value, c.end, c.n, strict=True)
    }
    assert told == {(a, b, period_name(p, "month"), v, e): n for (a, b, p, v, e), n in counted}
    keys = [(*c.group, c.period) for c in cells]
    assert keys == sorted(set(keys), key=lambda k: tuple((x is None, str(x)) for x in k))
    for cell in cells:
        pairs = list(zip(cell.value, cell.end, strict=True))
        assert pairs == sorted(pairs) and cell.date_only == cell.n.sum()


@given(st.lists(st.tuples(*[st.integers(-(2**62), 2**62)] * 3), max_size=20))
def test_packed_and_unpacked_keys_sort_alike(keys):
    """Small numbers are packed into one, large ones are not."""
    for size in (1, 2**58):
        columns = [np.array([k[i] // size for k in keys], "int64") for i in range(3)]
        assert [tuple(int(c[i]) for c in columns) for i in _order(columns)] == sorted(
            tuple(x // size for x in k) for k in keys
        )


def log(cases=60, charges=None):
    kinds = ["import", "export", None]
    events = [
        (f"c{i}", name, 86400 * i + hours * 3600 + i)
        for i in range(cases)
        for name, hours in (
            ("conveyance_arrived", 0),
            ("declared", i % 7),
            ("customs_released", 30 + i % 11),
        )
        if not (name == "customs_released" and i % 5 == 0)
    ]
    attributes = pl.DataFrame(
        {
            "case_id": [f"c{i}" for i in range(cases)],
            "kind": [kinds[i % 3] for i in range(cases)],
            "port": ["p" if i % 2 else "q" for i in range(cases)],
            "aeo": [i % 4 == 0 for i in range(cases)],
        }
    )
    return EventLog(
        pl.DataFrame(events, schema=["case_id", "milestone", "time"], orient="row"),
        attributes,
        charges,
    )


DAY_50 = AsOf(86400 * 50, 50, "1970-02-20")
ASKS = [
    Ask(
        Duration(
            "conveyance_arrived", "customs_released", where={"kind": "import"}, dated_by="end"
        ),
        ("port",),
        "month",
    ),
    Ask(
        Duration("declared", "customs_released", where={"kind": ("import", "export")}),
        ("port",),
        "month",
    ),
    Ask(Duration("declared", "customs_released", resolution="minute"), (), "quarter"),
    Ask(Share({"aeo": True}, of={"kind": "export"}, dated_by="declared"), ("port",), "month"),
    Ask(
        Share({"aeo": {"not": True}}, of={"kind": "export"}, each="port", dated_by="declared"),
        (),
        "year",
    ),
    Ask(Duration("conveyance_arrived", "declared"), ("aeo", "port")),
]


def test_shared_tallies_equal_single_ones():
    here, as_of = log(), {"as_of": DAY_50}
    shared = tallies(here, [*ASKS, *ASKS], **as_of)
    for ask in ASKS:
        alone = tally(here, ask.metric, by=ask.by, period=ask.period, **as_of)
        found = shared.cells(ask)
        assert [(c.group, c.period, c.date_only) for c in found] == [
            (c.group, c.period, c.date_only) for c in alone
        ]
        for one, other in zip(found, alone, strict=True):
            for name in ("value", "end", "n", "total"):
                assert getattr(one, name).tolist() == getattr(other, name).tolist()
    # by port; by nothing; by aeo and port; and the join they share
    assert shared.queries == 4 and sum(int(c.n.sum()) for c in shared.cells(ASKS[0])) > 0


def test_charge_lines_go_first_and_then_the_most_group_columns(monkeypatch):
    charges = pl.DataFrame(
        {
            "case_id": ["c1", "c2"],
            "item": ["a", "b"],
            "amount_fen": [100, 200],
            "currency": ["CNY"] * 2,
            "charged_on": [date(1970, 1, 5)] * 2,
        }
    )
    here, seen, rows_of = log(charges=charges), [], EventLog.rows_of

    def told(self, query, aside=False):
        seen.append([c for c in query.columns if c.startswith("by_") or c == "weight"])
        return rows_of(self, query, aside)

    monkeypatch.setattr(EventLog, "rows_of", told)
    found = tallies(here, [ASKS[2], ASKS[0], ASKS[5], Ask(Fee())], as_of=DAY_50)
    assert [columns for columns in seen if columns] == [["weight"], ["by_0", "by_1"], ["by_0"]]
    assert [int(c.total.sum()) for c in found.cells(Ask(Fee()))] == [300]


def test_a_case_of_unknown_kind_is_left_out_and_counted():
    # arrived on days 2, 5 … 47: every third case has no kind, and day 50 is not over
    cells = tallies(log(), ASKS[:1], as_of=DAY_50).cells(ASKS[0])
    assert sum(dict(c.left_out).get(UNKNOWN, 0) for c in cells) == 16


def test_what_stands_in_the_way_of_one_is_raised_for_it_alone():
    asks = [
        ASKS[0],
        Ask(Share({"tir": True}, dated_by="declared")),
        Ask(Fee()),
        Ask(Duration("declared", "customs_released", unit="working_days")),
    ]
    found = tallies(log(), asks, as_of=DAY_50)
    assert found.cells(asks[0])
    for ask, error, words in zip(
        asks[1:],
        (MissingColumn, MissingColumn, CalendarError),
        ("tir", "charges", "1970"),
        strict=True,
    ):
        with pytest.raises(error, match=words):
            found.cells(ask)


AIMS = [
    Duration("declared", "customs_released", where={"kind": ("import", "export")}),
    Duration("conveyance_arrived", "declared", dated_by="end"),
    Share({"aeo": True}, of={"kind": "export"}, dated_by="declared"),
    Share({"aeo": {"not": True}}, of={"kind": "export"}, each="port", dated_by="declared"),
    Share({"tir": True}, dated_by="declared"),
    Fee(),
    Share({"item": "a"}, over="lines"),
]
columns_asked = st.lists(st.sampled_from(["port", "aeo", "kind"]), unique=True, max_size=3)
wanted = st.lists(
    st.tuples(
        st.sampled_from(range(len(AIMS))), columns_asked, st.sampled_from([None, "month", "year"])
    ),
    max_size=9,
)
CHARGES = pl.DataFrame(
    {
        "case_id": [f"c{i % 40}" for i in range(90)],
        "item": ["a" if i % 3 else "b" for i in range(90)],
        "port": ["p" if i % 4 else "q" for i in range(90)],  # several of one case
        "amount_fen": [100 + i % 7 for i in range(90)],
        "currency": ["CNY" if i % 5 else "USD" for i in range(90)],
        "charged_on": [date(1970, 1, 1 + i % 28) for i in range(90)],
    }
)


OUTCOME = ("value", "end", "n", "total")


def told(found, ask):
    try:
        return [
            (
                *(cell.group, cell.period, cell.date_only, cell.currency, cell.other_currencies),
                # lines of two currencies that are alike otherwise come in either order
                sorted(zip(*(getattr(cell, c).tolist() for c in OUTCOME), strict=True)),
            )
            for cell in found.cells(ask)
        ]
    except MissingColumn as missing:
        return str(missing)


@given(wanted)
@settings(deadline=None, max_examples=25)
def test_what_is_summed_from_finer_groups_equals_what_is_asked_by_itself(wanted):
    here = log(charges=CHARGES)
    asks = [Ask(AIMS[aim], tuple(by), period) for aim, by, period in wanted]
    finest = tallies(here, asks, as_of=DAY_50, finest=True)
    for ask in asks:
        assert told(finest, ask) == told(tallies(here, [ask], as_of=DAY_50), ask)


def test_groupings_of_one_metric_share_a_query():
    asks = [Ask(AIMS[0], by, "month") for by in ((), ("port",), ("kind",), ("kind", "port"))]
    finest, each = (tallies(log(), asks, as_of=DAY_50, finest=told) for told in (True, False))
    assert (finest.queries, each.queries) == (1, 4)
    assert [told(finest, ask) for ask in asks] == [told(each, ask) for ask in asks]


def test_sums_without_room_are_left_to_the_engine():
    """No sum goes round beyond 64 bits: it is asked by itself, and the engine refuses it."""
    column = [2**62, 2**62]
    table = pa.table({"ask": [0, 0], "by_0": ["a", "b"], "value": [1, 1], "end": [1, 1]})
    for name in ("n", "total", "date_only"):
        table = table.append_column(name, pa.array(column))
    with pytest.raises(OverflowError):
        summed(table, ())
    small = table.set_column(4, "n", pa.array([2, 3])).set_column(5, "total", pa.array([7, 9]))
    small = small.set_column(6, "date_only", pa.array([0, 1]))
    assert summed(small, ()).to_pylist() == [
        {"ask": 0, "value": 1, "end": 1, "n": 5, "total": 16, "date_only": 1}
    ]


def test_what_needs_no_attributes_is_asked_of_every_case_beside_what_does():
    """A table that others share holds their columns and the cases with attributes alone."""
    here = log()
    some = EventLog(
        here.rows_of(here.events_table).select(["case_id", "milestone", "time"]),
        pl.DataFrame({"case_id": ["c1", "c3"], "kind": ["import", "export"]}),
    )
    asks = [Ask(AIMS[0]), Ask(AIMS[0], (), "month"), Ask(AIMS[1])]
    cells = tallies(some, asks, as_of=DAY_50).cells(asks[2])
    assert sum(int(c.n.sum()) for c in cells) == 50
    assert told(tallies(some, asks, as_of=DAY_50), asks[2]) == told(
        tallies(some, asks[2:], as_of=DAY_50), asks[2]
    )
