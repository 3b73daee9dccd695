"""Open cases by who has them now: by hand, beside pandas, and as the finished clock tells later."""

from collections import Counter

import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.whose import FIRST, HOLDS, PARTS, acting, has_it, spells_of

import clearance_metrics as cm
from clearance_metrics.errors import LogError

OVERALL = ("conveyance_arrived", "customs_released")
RELEASE = ("conveyance_arrived", "gate_out")
IN_TURN = ("conveyance_arrived", "discharged", "declared", "customs_released", "delivery_order")
MARKS = (*FIRST, *(m for raised, ended, _ in HOLDS for m in (raised, *ended)))
NOW = 86399  # the last second of 1 January 1970


def log_of(cases, known=MARKS):
    """Cases as {milestone: [seconds]}, and one that makes every milestone known to the log."""
    late = {m: [NOW + 50] for m in known}
    rows = [(str(i), m, t) for i, c in enumerate([*cases, late]) for m, ts in c.items() for t in ts]
    names = {"case_id": pl.String, "milestone": pl.String, "time": pl.Int64}
    facts = pl.DataFrame({"case_id": [str(i) for i in range(len(cases))]})
    facts = facts.with_columns(name=pl.col("case_id"))
    events = pl.DataFrame(rows, schema=names, orient="row")
    return cm.EventLog(events, facts, timezone="UTC")


def counted(found):
    """Open cases by party."""
    totals = Counter()
    for row in found:
        totals[row.party] += row.n
    return {party: n for party, n in totals.items() if n}


def case(*there, **more):
    return {m: [i + 1] for i, m in enumerate(IN_TURN) if m in there} | more


BY_HAND = {
    "terminal": case(*IN_TURN[:1]),
    "trader": case(*IN_TURN[:2]),
    "government": case(*IN_TURN[:3]),
    "terminal: the delivery order": case(*IN_TURN[:4]),
    "trader: to fetch it": case(*IN_TURN),
    "several: declared aboard": case("conveyance_arrived", "declared"),
    "trader: a query": case(*IN_TURN[:3], query_raised=[9]),
    "government: answered": case(*IN_TURN[:3], query_raised=[9], query_answered=[12]),
    "trader: asked again": case(*IN_TURN[:3], query_raised=[9, 20], query_answered=[12]),
    "government: answered in time": case(
        *IN_TURN[:3], query_raised=[9], query_answered=[12, NOW + 1], customs_released=[NOW + 2]
    ),
    "unknown: an examination is awaited": case(*IN_TURN[:3], exam_called=[9]),
    "government: examined": case(*IN_TURN[:3], exam_called=[9], exam_started=[12]),
    "several: examined and asked": case(
        *IN_TURN[:3], exam_called=[9], exam_started=[12], query_raised=[14]
    ),
    "terminal: released with a query open": case(*IN_TURN[:4], query_raised=[3]),
    "trader: duty": case(*IN_TURN[:3], duty_assessed=[9]),
}


def test_by_hand_one_case_a_group():
    log = log_of(list(BY_HAND.values()))
    found = cm.ageing(log, RELEASE, as_of="1970-01-01", by=("name", "party"))
    told = {row.name: row.party for row in found if row.n}
    for number, (name, one) in enumerate(BY_HAND.items()):
        expected = name.partition(":")[0]
        assert told[str(number)] == has_it(one, NOW, "gate_out") == expected, name
    # the one declared aboard lacks what usually comes first
    assert "1 open case lacks an event" in found.beware("en")


def test_parties_come_in_their_order_and_have_names():
    found = cm.ageing(log_of(list(BY_HAND.values())), RELEASE, as_of="1970-01-01", by="party")
    assert list(dict.fromkeys(r.party for r in found)) == [*PARTS]
    expected = Counter(name.partition(":")[0] for name in BY_HAND)
    assert counted(found) == dict(expected)
    heads = [row[0] for row in found.table("zh").cells]
    assert heads == ["政府部门", "企业及代理", "码头及承运人", "两方以上同时", "不明"]
    assert found.table("en").heads[0] == "who must act now"


def test_a_hold_whose_end_the_log_never_has_leaves_the_party_unknown():
    known = [m for m in MARKS if m != "query_answered"]
    cases = [case(*IN_TURN[:3], query_raised=[9]), case(*IN_TURN[:3])]
    found = cm.ageing(log_of(cases, known), RELEASE, as_of="1970-01-01", by="party")
    assert counted(found) == {"unknown": 1, "government": 1}
    assert "never that it was over: query on the declaration raised" in found.beware("en")
    assert "从不记结束" in found.beware("zh")


def test_what_the_log_does_not_record_leaves_the_party_unknown():
    known = [m for m in MARKS if m not in ("discharged", "delivery_order")]
    cases = [{m: [1] for m in IN_TURN[:n] if m in known} for n in (1, 3, 4)]
    found = cm.ageing(log_of(cases, known), RELEASE, as_of="1970-01-01", by="party")
    # ahead of the declaration lies the unloading, ahead of the gate the delivery order
    assert counted(found) == {"unknown": 2, "government": 1}
    assert "unloaded" in found.beware("en").lower() or "discharge" in found.beware("en").lower()


def test_a_clock_whose_stages_nobody_told_is_refused():
    log = log_of(list(BY_HAND.values()))
    with pytest.raises(LogError, match="who must act until 'exam_started'"):
        cm.ageing(log, ("declared", "exam_started"), as_of="1970-01-01", by="party")


moment = st.integers(1, 2 * NOW)
# whether another agency must clear a case nobody can tell before it has
NEEDED = tuple(m for m in FIRST if m != "other_agency_cleared")
whole_case = st.fixed_dictionaries(
    {m: st.tuples(moment) for m in NEEDED},
    optional={m: st.lists(moment, min_size=1, max_size=2) for m in MARKS if m not in FIRST},
)


@settings(max_examples=60, deadline=None)
@given(st.lists(whole_case, min_size=1, max_size=8), st.sampled_from([OVERALL, RELEASE]))
def test_it_is_who_the_finished_clock_says_had_to_act_that_second(cases, clock):
    expected = Counter()
    for told in cases:
        begun, done = (told[end][0] for end in clock)
        if begun <= NOW < done:
            at = {m: told[m][0] for m in NEEDED}
            spells = {hold: spells_of(told, hold[0], hold[1]) for hold in HOLDS}
            expected[acting(at, spells, NOW, clock[1])] += 1
    found = cm.ageing(log_of(cases), clock, as_of="1970-01-01", by="party")
    assert counted(found) == dict(expected)


@pytest.fixture(scope="module")
def demo(demos):
    return demos(0.2).folder


@pytest.mark.parametrize("clock", ["import_overall", "import_port_release"])
@pytest.mark.parametrize("day", ["2022-12-31", "2022-03-10", "2020-06-30"])
def test_every_open_case_of_the_demonstration_is_as_pandas_has_it(demo, clock, day):
    log = cm.EventLog.open(demo).using(as_of=day)
    stop = log.vocabulary.clocks[clock].stop
    end = int((pd.Timestamp(day, tz="Asia/Shanghai") + pd.Timedelta(days=1)).timestamp()) - 1
    cases = pl.read_parquet(demo / "cases.parquet").to_pandas()
    events = pl.read_parquet(demo / "events.parquet").to_pandas()
    own = events[events["case_id"].isin(cases.loc[cases["kind"] == "import", "case_id"])]
    own = own.assign(second=own["time"].astype("datetime64[s, UTC]").astype("int64"))
    own = own[own["second"] <= end]
    listed = own.groupby(["case_id", "milestone"])["second"].apply(list)
    told = {c: g.droplevel(0).to_dict() for c, g in listed.groupby(level=0)}
    ends = ("returned", "seized", "abandoned", "transferred", stop)
    still = {
        c: one for c, one in told.items()
        if "conveyance_arrived" in one and not any(m in one for m in ends)
    }  # fmt: skip
    expected = Counter(has_it(one, end, stop) for one in still.values())
    found = cm.ageing(log, clock, by="party")
    assert counted(found) == dict(expected) and sum(expected.values()) > 0
    whole = cm.ageing(log, clock)
    assert sum(r.n for r in found) == whole[0].n_open
    # the yardstick is one
    assert {r.n_finished for r in found} == {whole[0].n_finished}
    for row in found:
        cases_of_row = found.cases(row, limit=1000) if row.n else ()
        assert len(cases_of_row) == row.n
        assert all(has_it(still[one.case_id], end, stop) == row.party for one in cases_of_row)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_is_said_and_drawn_in_words(demo, lang):
    log = cm.EventLog.open(demo).using(as_of="2022-12-31", lang=lang)
    found = cm.ageing(log, "import_port_release", by="party")
    figure = found.chart()
    words = " ".join(
        text.get_text() for text in figure.findobj(match=lambda o: hasattr(o, "get_text"))
    )
    name = {"zh": "政府部门", "en": "government"}[lang]
    assert name in words and "unknown" not in words and name in figure.alt
    assert {"zh": "在谁手里", "en": "must act"}[lang] in found.beware(lang)
