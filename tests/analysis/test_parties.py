"""Whose time it is: by hand, against a case-by-case count, and on the demonstration."""

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from support.whose import PARTS, whose

import clearance_metrics as cm
from clearance_metrics import EventLog, parties
from clearance_metrics.analysis.parts import MEAN, SHARE
from clearance_metrics.analysis.party_records import PartyRow
from clearance_metrics.engine.refusals import MissingColumn
from clearance_metrics.errors import LogError, NothingToShow

AS_OF = date(1970, 2, 1)
MARKS = (
    "conveyance_arrived",
    "discharged",
    "declared",
    "customs_released",
    "delivery_order",
    "gate_out",
    "other_agency_cleared",
    "exam_called",
    "exam_started",
    "exam_ended",
    "query_raised",
    "query_answered",
    "duty_assessed",
    "duty_paid",
    "guaranteed",
)
OVERALL = ("conveyance_arrived", "customs_released")
RELEASE = ("conveyance_arrived", "gate_out")


def log_of(cases, attributes=None, known=MARKS):
    """Cases as {milestone: [seconds]}; one more case, without an end of a clock, makes every
    milestone known to the log.
    """
    more = {m: [0] for m in known if m not in OVERALL + RELEASE}
    rows = [
        (str(i), m, t)
        for i, case in enumerate([*cases, more])
        for m, times in case.items()
        for t in times
    ]
    names = {"case_id": pl.String, "milestone": pl.String, "time": pl.Int64}
    frame = pl.DataFrame(rows, schema=names, orient="row")
    facts = None if attributes is None else pl.DataFrame(attributes)
    return EventLog(frame, facts, timezone="Asia/Shanghai")


def case(arrived=0, landed=10, declared=30, released=50, **more):
    told = {
        "conveyance_arrived": arrived,
        "discharged": landed,
        "declared": declared,
        "customs_released": released,
    }
    return {m: [t] for m, t in told.items() if t is not None} | more


# government, trader, terminal, several, unknown
BY_HAND = {
    "in their order": (case(), (20, 20, 10, 0, 0)),
    "declared in advance": (case(declared=-20), (40, 0, 0, 10, 0)),
    "declared while unloading": (case(declared=4), (40, 0, 4, 6, 0)),
    "released before it was unloaded": (case(declared=-20, landed=60), (0, 0, 0, 50, 0)),
    "no declaration known": (case(declared=None), (0, 0, 10, 0, 40)),
    "no unloading known": (case(landed=None), (20, 0, 0, 0, 30)),
    "neither known": (case(landed=None, declared=None), (0, 0, 0, 0, 50)),
    "a query": (case(query_raised=[35], query_answered=[42]), (13, 27, 10, 0, 0)),
    "a query that is never answered": (case(query_raised=[35]), (5, 35, 10, 0, 0)),
    "waiting for an examination": (
        case(exam_called=[32], exam_started=[36], exam_ended=[44]),
        (16, 20, 10, 0, 4),
    ),
    "query and examination at once": (
        case(exam_called=[33], exam_started=[33], exam_ended=[44], query_raised=[40],
             query_answered=[48]),
        (12, 24, 10, 4, 0),
    ),
    "query and waiting at once": (
        case(exam_called=[32], exam_started=[40], exam_ended=[41], query_raised=[36],
             query_answered=[44]),
        (8, 23, 10, 1, 8),
    ),
    "query while the goods are aboard": (
        case(declared=-20, query_raised=[2], query_answered=[5]),
        (40, 0, 0, 10, 0),
    ),
    "duty, guaranteed before it is paid": (
        case(duty_assessed=[40], guaranteed=[43], duty_paid=[90]),
        (17, 23, 10, 0, 0),
    ),
    "an answer without a query": (case(query_answered=[42]), (0, 0, 0, 0, 50)),
    "an answer before it all": (case(query_answered=[-42]), (20, 20, 10, 0, 0)),
}  # fmt: skip


def parts_of(found, **group):
    """Seconds by party of one group."""
    rows = [r for r in found if all(dict(r.groups)[k] == v for k, v in group.items())]
    assert [r.party for r in rows] == list(PARTS)
    return tuple(row.seconds for row in rows)


def test_parts_by_hand_one_case_a_group():
    cases = [told for told, _ in BY_HAND.values()]
    ids = [str(i) for i in range(len(cases))]
    log = log_of(cases, {"case_id": ids, "name": list(BY_HAND)})
    found = parties(log, OVERALL, as_of=AS_OF, by="name")
    assert {name: parts_of(found, name=name) for name in BY_HAND} == {
        name: parts for name, (_, parts) in BY_HAND.items()
    }
    assert (found.finished, found.unequal, found.left_out) == (len(cases), 0, 0)
    assert (found.lacking, found.not_known, found.swapped) == (3, 1, 4)
    for told, parts in BY_HAND.values():
        assert whose(told, "customs_released") == dict(zip(PARTS, parts, strict=True))


def test_a_hold_whose_end_the_log_never_has_is_nobodys_known_time():
    def parts(one, *lacking):
        known = [m for m in MARKS if m not in lacking]
        return parties(log_of([one], known=known), OVERALL, as_of=AS_OF)

    asked = parts(case(query_raised=[35]), "query_answered")
    assert parts_of(asked) == (5, 20, 10, 0, 15) and asked.endless == ("query_raised",)
    assert "never that it was over: query on the declaration raised" in asked.beware("en")
    assert "由谁办理列为不明" in asked.beware("zh")
    # a case without a query loses nothing, and nor does one whose log has answers
    assert parts_of(parts(case(), "query_answered")) == (20, 20, 10, 0, 0)
    answered = parts(case(query_raised=[35], query_answered=[42]))
    assert parts_of(answered) == (13, 27, 10, 0, 0) and not answered.endless
    called = case(exam_called=[32])
    ends = ("exam_started", "exam_ended")
    assert parts_of(parts(called, *ends)) == (2, 20, 10, 0, 18)
    assert parts(called, *ends).endless == ("exam_called",)
    # where the log has no beginning of examinations, their end is the end of the wait
    whole = parts(called | {"exam_ended": [40]}, "exam_started")
    assert parts_of(whole) == (12, 20, 10, 0, 8) and not whole.endless


def test_after_release_carrier_and_firm_are_told_apart_by_the_delivery_order():
    cases = {
        "order after release": case(delivery_order=[60], gate_out=[90]),
        "order before release": case(delivery_order=[20], gate_out=[90]),
        "no order known": case(gate_out=[90]),
        "released aboard": case(declared=-20, released=5, delivery_order=[20], gate_out=[90]),
        "cleared by another agency": case(
            delivery_order=[60], other_agency_cleared=[70], gate_out=[90]
        ),
        "and a query before": case(
            query_raised=[35], query_answered=[42], other_agency_cleared=[40], delivery_order=[60],
            gate_out=[90],
        ),
    }  # fmt: skip
    ids = [str(i) for i in range(len(cases))]
    log = log_of(list(cases.values()), {"case_id": ids, "name": list(cases)})
    found = parties(log, RELEASE, as_of=AS_OF, by="name")
    assert {name: parts_of(found, name=name) for name in cases} == {
        "order after release": (20, 50, 20, 0, 0),
        "order before release": (20, 60, 10, 0, 0),
        "no order known": (20, 20, 10, 0, 40),
        "released aboard": (0, 70, 15, 5, 0),
        # from the release to the order beside the terminal, then alone
        "cleared by another agency": (20 + 10, 40, 10, 10, 0),
        "and a query before": (13, 20 + 2 + 30, 20, 5, 0),
    }


def test_what_ends_before_it_starts_or_is_not_done_is_counted_apart():
    cases = [case(), case(arrived=70, landed=80, declared=-20), case(released=None)]
    cases.append(case(arrived=None))
    found = parties(log_of(cases), OVERALL, as_of=AS_OF)
    assert (found.finished, found.left_out, found.n_open, found.no_start) == (1, 1, 1, 1)
    assert found.ahead == 20 / 3600
    assert "nobody waited" in found.beware("en") and "无人等待" in found.beware("zh")
    assert parts_of(found) == (20, 20, 10, 0, 0) and found[0].n_open == 1
    only = parties(
        log_of(cases), OVERALL, as_of=AS_OF, where={"declared": {"before": "conveyance_arrived"}}
    )
    assert (only.finished, only.left_out) == (0, 1) and not only.rows
    assert only.headline("zh") and only.block("en").title
    with pytest.raises(NothingToShow):
        only.chart()


times = st.integers(-40, 120)
several = st.lists(times, min_size=0, max_size=2)
once = st.lists(times, min_size=1, max_size=1)
random_case = st.fixed_dictionaries(
    {}, optional={m: once if m in MARKS[:7] else several for m in MARKS}
)


@settings(max_examples=60, deadline=None)
@given(st.lists(random_case, min_size=1, max_size=8), st.sampled_from([OVERALL, RELEASE]))
def test_parts_are_not_negative_and_sum_to_the_clock_whatever_the_order(cases, clock):
    expected = [whose(told, clock[1]) for told in cases]
    there = [parts for parts in expected if parts is not None]
    found = parties(log_of([*cases, case(gate_out=[50])]), clock, as_of=AS_OF)
    more = whose(case(gate_out=[50]), clock[1])
    assert found.unequal == 0 and found.finished == len(there) + 1
    assert parts_of(found) == tuple(sum(p[name] for p in [*there, more]) for name in PARTS)
    assert all(row.seconds >= 0 for row in found)


def test_intervals_are_those_of_scipy_and_of_a_ratio_of_sums():
    rng = np.random.default_rng(5)
    cases = [
        case(landed=int(a), declared=int(a + b), released=int(a + b + c))
        for a, b, c in rng.integers(1, 4000, (40, 3))
    ]
    found = parties(log_of(cases), OVERALL, as_of=AS_OF)
    parts = [whose(told, "customs_released") for told in cases]
    whole = np.array([sum(p.values()) for p in parts]) / 3600
    for row in found:
        own = np.array([p[row.party] for p in parts]) / 3600
        if not own.any():
            assert (row.mean, row.low, row.high, row.share) == (0, 0, 0, 0)
            continue
        low, high = stats.t.interval(0.95, 39, own.mean(), stats.sem(own))
        assert (row.mean, row.low, row.high) == pytest.approx((own.mean(), low, high))
        share = own.sum() / whole.sum()
        error = np.std(own - share * whole, ddof=0) * np.sqrt(40 / 39) / np.sqrt(40) / whole.mean()
        reach = stats.t.ppf(0.975, 39) * error
        assert (row.share, row.share_low, row.share_high) == pytest.approx(
            (share, share - reach, share + reach)
        )
    assert sum(row.share for row in found) == pytest.approx(1)
    assert sum(row.mean for row in found) == pytest.approx(whole.mean())


@pytest.fixture(scope="module")
def demo(small):
    return EventLog.open(small / "out")


@pytest.mark.parametrize("clock", ["import_overall", "import_port_release"])
def test_every_case_of_the_demonstration_is_as_pandas_counts_it(demo, clock):
    stop = demo.vocabulary.clocks[clock].stop
    cases = pl.read_parquet(demo.folder / "cases.parquet").to_pandas()
    events = pl.read_parquet(demo.folder / "events.parquet").to_pandas()
    imports = events[events["case_id"].isin(cases.loc[cases["kind"] == "import", "case_id"])]
    seconds = imports["time"].astype("datetime64[s, UTC]").astype("int64")
    imports = imports.assign(second=seconds)
    listed = imports.groupby(["case_id", "milestone"])["second"].apply(list)
    told = {c: whose(g.droplevel(0).to_dict(), stop) for c, g in listed.groupby(level=0)}
    told = {c: parts for c, parts in told.items() if parts is not None}
    found = parties(demo, clock, as_of="2022-12-31")
    assert found.finished == len(told) > 300 and found.unequal == 0
    assert parts_of(found) == tuple(sum(p[name] for p in told.values()) for name in PARTS)
    for row in found:
        longest = found.cases(row, limit=5)
        own = sorted((p[row.party] for p in told.values()), reverse=True)[:5]
        assert [c.value for c in longest] == pytest.approx([s / 3600 for s in own if s], abs=1e-9)


def test_the_parts_sum_to_the_mean_that_measure_gives(demo):
    clock = cm.clock("import_port_release", dated_by="end")
    whole = cm.measure(demo, clock, as_of="2022-12-31", by="mode", statistics="mean")
    found = parties(demo, "import_port_release", as_of="2022-12-31", by="mode")
    for row in whole:
        own = [r.mean for r in found if r.groups == row.groups]
        assert sum(own) == pytest.approx(row.value, abs=1e-9)


def test_a_dataset_and_a_notice_say_whose_a_stage_is(demo):
    found = parties(demo, "import_port_release", as_of="2022-12-31")

    class Notice:
        parties = {"until": {"gate_out": "terminal"}, "holds": {"exam_wait": "government"}}

    other = parties(demo, "import_port_release", as_of="2022-12-31", notice=Notice())
    before, after = (dict(zip(PARTS, parts_of(f), strict=True)) for f in (found, other))
    assert after["terminal"] > before["terminal"] and after["unknown"] == 0 < before["unknown"]
    assert sum(before.values()) == sum(after.values())
    assert ("delivery_order", "gate_out", "terminal") in other.belonging


def test_refusals_name_what_is_lacking_and_what_can_be_asked(demo):
    with pytest.raises(LogError, match="who must act until 'berthed'"):
        parties(demo, ("conveyance_arrived", "berthed"), as_of="2022-12-31")
    with pytest.raises(LogError, match="there is no clock"):
        parties(demo, "import_overal", as_of="2022-12-31")
    bare = log_of([case()], known=MARKS[:5])
    with pytest.raises(MissingColumn, match="gate_out"):
        parties(bare, RELEASE, as_of=AS_OF)
    lacking = log_of([{m: t for m, t in case().items() if m != "discharged"}], known=())
    found = parties(lacking, OVERALL, as_of=AS_OF)
    assert found.absent == ("discharged",) and parts_of(found) == (20, 0, 0, 0, 30)
    assert "record: discharged" in found.beware("en") and "卸货" in found.beware("zh")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_findings_tables_and_pictures_say_every_party(demo, lang):
    found = parties(demo.using(lang=lang), "import_port_release", as_of="2022-12-31", period="year")
    last = found.last()
    words = {row.party: row.label(lang) for row in last}
    finding = last.headline(lang)
    assert all(words[row.party] in finding for row in last if row.seconds or row.party == "unknown")
    assert "_" not in finding and not any("_" in head for head in last.table().heads)
    assert len(last.table().cells) == 6 and len(last.block().parts) == 2
    figure = last.chart()
    legend = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert legend == list(words.values())
    both = parties(demo.using(lang=lang), "import_port_release", as_of="2022-12-31", by="mode")
    assert "highest" in both.headline("en") and "最高" in both.headline("zh")
    assert len(both.chart().axes[0].get_yticks()) == 4
    # what is not done is counted in each group
    assert sum(r.n_open for r in both if r.party == "unknown") == both.n_open > 0


def test_a_share_that_reads_as_nothing_has_no_bounds_of_nothing():
    row = PartyRow(
        groups=(),
        period=None,
        party="unknown",
        mean=0.004,
        low=0.001,
        high=0.007,
        share=0.0001,
        share_low=0.0,
        share_high=0.0002,
        n=3,
        cases=900,
        n_open=0,
        seconds=12_960,
    )
    shown, none = SHARE[0], replace(row, mean=0.0, low=0.0, high=0.0, share=0.0, n=0, seconds=0)
    assert shown(row, "en") == "under 0.1%" and shown(row, "zh") == "不足0.1%"
    assert shown(none, "en") == "0.0%" and MEAN[0](none, "en") == "0.00"
    wide = replace(row, share=0.02, share_low=0.01, share_high=0.03)
    assert shown(wide, "en") == "2.0%\n1.0% to 3.0%"
