"""Four clocks on the same cases: by hand, against pandas, and the way from one to the other."""

from datetime import UTC, date, datetime
from fractions import Fraction

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import clearance_metrics as cm
from clearance_metrics import EventLog, reconcile
from clearance_metrics.engine.refusals import MissingColumn
from clearance_metrics.errors import LogError, NothingToShow

AS_OF = date(2021, 12, 31)
MONDAY = int(datetime(2021, 5, 10, tzinfo=UTC).timestamp())  # 08:00 in Shanghai
HAND = {
    "conveyance_arrived": 0,
    "declared": 10,
    "customs_released": 30,
    "gate_out": 54,
    "licence_applied": -14,
    "other_agency_cleared": 46,
}


def log_of(cases, kind="import", **facts):
    """Cases as {milestone: hours after a Monday at eight}."""
    rows = [
        (str(i), m, MONDAY + round(3600 * h)) for i, c in enumerate(cases) for m, h in c.items()
    ]
    names = {"case_id": pl.String, "milestone": pl.String, "time": pl.Int64}
    frame = pl.DataFrame(rows, schema=names, orient="row")
    numbers = [str(i) for i in range(len(cases))]
    table = pl.DataFrame({"case_id": numbers, "kind": kind, **facts})
    return EventLog(frame, table, timezone="Asia/Shanghai")


def values(found, weighting="shipments", unit="hours"):
    names = ("customs_only", "overall", "port_release", "all_agencies")
    return [found.of(name, weighting, unit).value for name in names]


def walked(found):
    """The levels that the steps lead to."""
    level = found.steps[0].value
    for rung in found.steps[1:]:
        if rung.kind == "step":
            level += rung.value
        else:
            assert level == pytest.approx(rung.value, abs=1e-9)
    return level


def test_one_case_by_hand_in_hours_days_and_working_days():
    # Monday 8:00 arrives, 18:00 declared, Tuesday 14:00 released, Wednesday 14:00 out; a
    # certificate was applied for on Sunday at 18:00 and given on Wednesday at 6:00
    found = reconcile(log_of([HAND]), "import", as_of=AS_OF)
    assert values(found) == [20, 30, 54, 60]
    assert values(found, unit="days") == [20 / 24, 30 / 24, 54 / 24, 60 / 24]
    # from Sunday to Wednesday there are three working days, of which the start's is none
    assert values(found, unit="working_days") == [1, 1, 2, 3]
    told = [(rung.kind, rung.value) for rung in found.steps]
    assert told == [
        ("level", 20),
        ("step", 10),
        ("level", 30),
        ("step", 24),
        ("level", 54),
        ("step", 14),
        ("step", -8),
        ("level", 60),
    ]
    assert walked(found) == 60 and not found.alike
    assert "starts at “conveyance arrived" in found.steps[1].label("en")
    assert "第一个正式步骤" in found.steps[5].label("zh")


def test_a_make_up_saturday_is_a_working_day_and_a_holiday_is_none():
    # Friday 30 April to Saturday 8 May 2021, which is worked: 6, 7 and 8 May count
    hours = (date(2021, 4, 30) - date(2021, 5, 10)).days * 24
    case = dict.fromkeys(("conveyance_arrived", "declared"), hours)
    case |= {"customs_released": hours + 8 * 24, "gate_out": hours + 8 * 24}
    found = reconcile(log_of([case]), "import", as_of=AS_OF)
    assert values(found, unit="working_days") == [3, 3, 3, 3]


def test_firms_count_once_each_from_six_on():
    firms = ["a", "a", "a", "b", "c", "d", "e", "f"]
    took = [1, 2, 6, 10, 20, 30, 40, 50]
    cases = [
        {**HAND, "customs_released": 10 + t, "gate_out": 90, "other_agency_cleared": 10}
        for t in took
    ]
    found = reconcile(log_of(cases, enterprise=firms), "import", as_of=AS_OF)
    own = [3, 10, 20, 30, 40, 50]
    row = found.of("customs_only", "firms")
    assert row.value == pytest.approx(np.mean(own)) and row.firms == 6
    assert (row.low, row.high) == pytest.approx(
        stats.t.interval(0.95, 5, np.mean(own), stats.sem(own))
    )
    shipments = found.of("customs_only")
    assert shipments.value == pytest.approx(np.mean(took))
    assert (shipments.low, shipments.high) == pytest.approx(
        stats.t.interval(0.95, 7, np.mean(took), stats.sem(took))
    )
    assert walked(found) == pytest.approx(found.of(found_longest(found), "firms").value)
    fewer = reconcile(log_of(cases[:-1], enterprise=firms[:-1]), "import", as_of=AS_OF)
    why = fewer.of("overall", "firms")
    assert why.value is None and [r.code for r in why.reasons] == ["reconcile.few_firms"]
    assert "5 firms, and 6 are needed" in fewer.beware("en") and "只有5家" in fewer.beware("zh")
    nameless = reconcile(log_of(cases), "import", as_of=AS_OF).of("overall", "firms")
    assert [r.code for r in nameless.reasons] == ["reconcile.no_firms"]
    some = reconcile(log_of(cases, enterprise=[None, *firms[1:]]), "import", as_of=AS_OF)
    assert some.no_firm == 1 and some.of("overall", "firms").n == 7


def found_longest(found):
    clocks = ("customs_only", "overall", "port_release", "all_agencies")
    return max(clocks, key=lambda name: found.of(name).value)


def test_cases_that_lack_a_milestone_or_run_backwards_are_counted_by_it():
    without = [{m: h for m, h in HAND.items() if m != gone} for gone in ("gate_out", "declared")]
    bare = {"conveyance_arrived": 0}
    back = HAND | {"gate_out": -3}
    early = HAND | {"declared": -30, "customs_released": -10}
    found = reconcile(log_of([HAND, early, back, bare, *without]), "import", as_of=AS_OF)
    assert found.used == 2 and found.backwards == 1
    assert dict(found.missing) == {"gate_out": 2, "declared": 2, "customs_released": 1}
    assert found.of("overall").value == (30 - 10) / 2
    assert "2 cases without “declaration accepted”" in found.beware("en")
    none = reconcile(
        log_of([bare | {"declared": 1}, HAND | {"kind": 0}][:1] + without), "import", as_of=AS_OF
    )
    assert none.used == 0 and none.steps == () and none.of("overall").value is None
    assert none.headline("zh") and not none.block("zh").parts
    with pytest.raises(NothingToShow):
        none.chart()


hours = st.integers(-200, 400)
cases_of = st.lists(
    st.fixed_dictionaries(
        {
            "conveyance_arrived": hours,
            "declared": hours,
            "customs_released": hours,
            "gate_out": hours,
        },
        optional={"licence_applied": hours, "other_agency_cleared": hours},
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(cases_of, st.data())
def test_steps_sum_to_the_longest_figure_and_seconds_exactly(cases, data):
    firms = data.draw(
        st.lists(st.sampled_from("abcdefgh"), min_size=len(cases), max_size=len(cases))
    )
    found = reconcile(log_of([*cases, HAND], enterprise=[*firms, "z"]), "import", as_of=AS_OF)
    used = [
        c
        for c in [*cases, HAND]
        if c["customs_released"] >= c["declared"] and c["gate_out"] >= c["conveyance_arrived"]
    ]
    assert found.used == len(used) and found.backwards == len(cases) + 1 - len(used)
    overall = sum(Fraction(c["customs_released"] - c["conveyance_arrived"]) for c in used) / len(
        used
    )
    assert found.of("overall").value == pytest.approx(float(overall))
    every = [
        max(c["customs_released"], c.get("other_agency_cleared", -999))
        - min(c["declared"], c.get("licence_applied", 999))
        for c in used
    ]
    assert found.of("all_agencies").value == pytest.approx(np.mean(every))
    walked(found)
    seconds = found.steps[0].seconds
    for rung in found.steps[1:]:
        if rung.seconds is None:
            break
        seconds = seconds + rung.seconds if rung.kind == "step" else seconds
        assert rung.kind == "step" or seconds == rung.seconds
    levels = [
        rung.value for rung in found.steps if rung.kind == "level" and rung.seconds is not None
    ]
    assert levels == sorted(levels) and len(levels) == 4


@pytest.fixture(scope="module")
def demo(small):
    return EventLog.open(small / "out")


@pytest.mark.parametrize(
    ("side", "there", "out"),
    [("import", "conveyance_arrived", "gate_out"), ("export", "gate_in", "departed")],
)
def test_the_demonstration_by_plain_pandas(demo, side, there, out):
    cases = pl.read_parquet(demo.folder / "cases.parquet").to_pandas().set_index("case_id")
    wide = pl.read_parquet(demo.folder / "events.parquet").to_pandas()
    wide["time"] = wide["time"].dt.tz_convert("Asia/Shanghai")
    one = wide.groupby(["case_id", "milestone"])["time"].agg(["min", "max"]).unstack()
    end = pd.Timestamp("2022-12-31 23:59:59", tz="Asia/Shanghai")
    at = pd.DataFrame(
        {
            "declared": one["min", "declared"],
            "released": one["max", "customs_released"],
            "there": one["min", there],
            "out": one["max", out],
        }
    )
    at = at.where(at <= end)
    at = at[cases["kind"].reindex(at.index) == side]
    used = at.dropna()
    # of imports, a certificate before the declaration and another agency after customs
    formal = pd.DataFrame({"declared": used["declared"], "more": one["min", "licence_applied"]})
    last = pd.DataFrame({"released": used["released"], "more": one["max", "other_agency_cleared"]})
    formal, last = (rows.where(rows <= end).loc[used.index].T for rows in (formal, last))
    used = used.assign(formal=formal.min(), last=last.max())
    ends = {
        "customs_only": ("declared", "released"),
        "overall": ("there", "released"),
        "port_release": ("there", "out"),
        "all_agencies": ("formal", "last"),
    }
    used = used[(used["released"] >= used["declared"]) & (used["out"] >= used["there"])]
    firm = cases["enterprise"].reindex(used.index)
    found = reconcile(demo, side)
    assert found.used == len(used) > 700 and found.alike == (side == "export")
    calendar = cm.load_calendar("CN")
    for clock, (start, stop) in ends.items():
        took = (used[stop] - used[start]).dt.total_seconds() / 3600
        assert found.of(clock).value == pytest.approx(took.mean(), abs=1e-9)
        by_firm = took.groupby(firm).mean()
        row = found.of(clock, "firms")
        assert row.firms == len(by_firm)
        assert row.value == pytest.approx(by_firm.mean(), abs=1e-9)
        assert row.high - row.value == pytest.approx(
            stats.t.ppf(0.975, len(by_firm) - 1) * by_firm.sem(), abs=1e-9
        )
        pairs = zip(used[start].dt.date, used[stop].dt.date, strict=True)
        worked = [_between(calendar, a, b) for a, b in pairs]
        assert found.of(clock, unit="working_days").value == pytest.approx(np.mean(worked))
    columns = {"declared": "declared", "customs_released": "released", there: "there", out: "out"}
    assert found.agency_after == (used["last"] > used["released"]).sum()
    there = one.reindex(columns=pd.MultiIndex.from_tuples([("max", "licence_issued")]))
    there = pd.to_datetime(there["max", "licence_issued"], utc=True).reindex(used.index)
    issued = there.where(there <= end)
    assert found.issued_after == (issued > used["last"]).sum()
    applied = formal.T["more"].notna() if side == "import" else issued.notna()
    assert found.not_issued == (applied & issued.isna()).sum()
    lacking = {name: int(at[column].isna().sum()) for name, column in columns.items()}
    assert dict(found.missing) == {name: n for name, n in lacking.items() if n}
    walked(found)


def _between(calendar, first, last):
    """Working days after the first day up to the last; negative the other way round."""
    if last < first:
        return -_between(calendar, last, first)
    return sum(calendar.is_working(day.date()) for day in pd.date_range(first, last)[1:])


def test_refusals_and_spans(demo):
    with pytest.raises(LogError, match="'transit' is not known"):
        reconcile(demo, "transit")
    with pytest.raises(MissingColumn, match="departed"):
        reconcile(log_of([HAND], kind="export"), "export", as_of=AS_OF)
    year = reconcile(demo, "import", between=("2022", "2022"))
    assert 0 < year.used < reconcile(demo, "import").used
    assert "customs_released" not in dict(year.missing)
    far = {m: h + 24 * 365 * 20 for m, h in HAND.items()}
    late = reconcile(log_of([far]), "import", as_of=date(2042, 12, 31)).of(
        "overall", unit="working_days"
    )
    assert [r.code for r in late.reasons] == ["reconcile.no_calendar"]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("side", ["import", "export"])
def test_findings_tables_references_and_pictures(demo, lang, side):
    found = reconcile(demo.using(lang=lang), side)
    assert "_" not in found.headline() and f"{found.used:,}" in found.headline()
    four, ladder, beside = found.block().parts
    assert len(four.cells) == 4 and len(ladder.cells) == len(found.steps)
    days = {"import": "10", "export": "3"}[side]
    unit = {"zh": "天", "en": " days"}[lang]
    assert any(row[1] == f"{days}{unit}" for row in beside.cells)
    assert all(row[3].startswith("V") and "http" in row[4] for row in beside.cells)
    assert ("not found" if lang == "en" else "未查到") in beside.cells[1][4]
    figure = found.chart()
    assert len(figure.axes[0].get_yticks()) == len(found.steps)
    assert len(figure.axes[0].patches) == sum(rung.kind == "step" for rung in found.steps)
    assert found.to_pandas().shape[0] == 24 and found.with_chart().parts


def test_a_clock_that_is_not_recorded_is_no_step_and_has_no_figure():
    bare = {m: h for m, h in HAND.items() if m not in ("licence_applied", "other_agency_cleared")}
    found = reconcile(log_of([bare, bare]), "import", as_of=AS_OF)
    assert found.alike and [rung.value for rung in found.steps] == [20, 10, 30, 24, 54]
    assert "agencies" not in found.headline("en") and "全部部门" not in found.headline("zh")
    line = list(found.table("zh").cells)[-1]
    assert line[1] == "无记录" and set(line[2:]) == {"–"}
    both = reconcile(log_of([bare, HAND]), "import", as_of=AS_OF)
    assert not both.alike and "全部部门" in both.headline("zh")


def test_what_lies_outside_the_clocks_is_counted_and_said():
    # HAND is cleared by another agency at 46, 16 hours after customs at 30
    at_once = {**HAND, "other_agency_cleared": 30, "licence_issued": 20}
    late = {**HAND, "licence_issued": 50}  # four hours after the last clearance
    between = {**HAND, "licence_issued": 40}  # after customs, and within the clock of all agencies
    pending = {**at_once}
    del pending["licence_issued"]
    given_only = {m: HAND[m] for m in ("conveyance_arrived", "declared", "customs_released")}
    given_only |= {"gate_out": 54, "licence_issued": 31}
    unused = {**late, "gate_out": -3}
    cases = [at_once, late, between, pending, given_only, unused]
    found = reconcile(log_of(cases), "import", as_of=AS_OF)
    assert found.used == 5
    assert (found.agency_after, found.issued_after, found.not_issued) == (2, 2, 1)
    told = found.beware("en")
    assert "2 of these cases were cleared by another agency after customs' release" in told
    assert "2 of these cases got a certificate after the last clearance: that time lies" in told
    assert "1 of these cases applied for a certificate, whose issue is not recorded" in told
    told = found.beware("zh")
    assert "其中2件在海关放行之后才由其他部门放行" in told
    assert "其中2件的证件在最后一个部门放行之后才签发，这段时间在四种时间之外" in told
    assert "其中1件申请了证件，至截至日未见签发记录" in told and told in found.block("zh").note
    # as it stood on the Monday, when nothing had been released, nobody is used
    assert reconcile(log_of(cases), "import", as_of=date(2021, 5, 10)).issued_after == 0
    plain = reconcile(log_of([at_once]), "import", as_of=AS_OF)
    assert "certificate" not in plain.beware("en") and "证件" not in plain.beware("zh")


def test_a_certificate_that_moves_no_clock_is_still_recorded():
    bare = {m: h for m, h in HAND.items() if m not in ("licence_applied", "other_agency_cleared")}
    found = reconcile(log_of([{**bare, "licence_issued": 31}]), "import", as_of=AS_OF)
    assert not found.alike and found.issued_after == 1
    assert "record no certificate" not in found.beware("en")
    assert values(found)[0] == values(found)[3] == 20


def test_few_cases_outside_the_clocks_are_withheld():
    firms = [f"f{i % 3}" for i in range(40)]
    cases = [{**HAND, "licence_issued": 50 if i < 3 else 10} for i in range(40)]
    found = reconcile(log_of(cases, enterprise=firms).using(withhold=10), "import", as_of=AS_OF)
    assert found.issued_after is None and found.agency_after == 40
    assert "after the last clearance" not in found.beware("en")


def test_the_name_says_that_declarations_in_advance_count():
    found = reconcile(log_of([HAND]), "import", as_of=AS_OF)
    assert "海关通关（含提前申报）" in found.headline("zh")
    assert "customs only (advance declarations included)" in found.headline("en")
    ladder = found.block("en").parts[-2 if found.references else -1]
    assert "rounded by itself" in ladder.below[0] and "firm" not in ladder.caption


def test_a_log_that_does_not_say_which_cases_are_imports_is_refused():
    told = {"case_id": ["a"] * 4, "milestone": list(HAND)[:4], "time": [0, 1, 2, 3]}
    events = pl.DataFrame(told)
    with pytest.raises(MissingColumn, match="no column or milestone 'kind'"):
        reconcile(EventLog(events, timezone="Asia/Shanghai"), "import", as_of=AS_OF)


def test_each_remark_is_a_sentence():
    told = reconcile(log_of([HAND], enterprise=["A"]), "import", as_of=AS_OF)
    assert "too few cases for an interval. No figure by firm: 1 firm" in told.beware("en")
    assert "。不按企业计" in told.beware("zh")
