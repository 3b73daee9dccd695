"""What firms experience: Business Ready's clock and cost by hand, and against plain pandas."""

from datetime import UTC, date, datetime
from importlib.resources import files

import numpy as np
import pandas as pd
import polars as pl
import pytest

import clearance_metrics as cm
from clearance_metrics import EventLog, Fee, Formalities, assess, firms, load_notice, measure
from clearance_metrics.engine.refusals import MissingColumn
from clearance_metrics.errors import LogError, NothingToShow, NoticeError

START = int(datetime(2022, 5, 10, tzinfo=UTC).timestamp())  # 08:00 in Shanghai
AS_OF = date(2022, 12, 31)
TIME = {"import_time": Formalities(where={"kind": "import"})}


def log_of(cases, names, **more):
    """Cases as {milestone: hours after a Tuesday at eight, or a date}, and whose they are."""
    rows = [(str(i), m, h) for i, c in enumerate(cases) for m, h in c.items()]
    frame = pl.DataFrame(
        {
            "case_id": [i for i, _, _ in rows],
            "milestone": [m for _, m, _ in rows],
            "time": [_told(h) for _, _, h in rows],
        }
    )
    ids = [str(i) for i in range(len(cases))]
    facts = {"case_id": ids, "kind": ["import"] * len(ids), "enterprise": names}
    return EventLog(frame, pl.DataFrame(facts), timezone="Asia/Shanghai", **more)


def _told(hours):
    if isinstance(hours, date):
        return hours.isoformat()
    return datetime.fromtimestamp(START + round(3600 * hours), UTC).isoformat()


def _earlier(sure, other):
    return sure if pd.isna(other) else min(sure, other)


def _later(sure, other):
    return sure if pd.isna(other) else max(sure, other)


def days(number, before=0.0, after=0.0):
    """A case of so many days in all: applied for before the declaration, cleared after release."""
    released = 24 * (number - before - after)
    case = {"declared": 0, "customs_released": released}
    case |= {"licence_applied": -24 * before} if before else {}
    return case | ({"other_agency_cleared": released + 24 * after} if after else {})


# eight firms; the first has a shipment of one day and one of three, on average two
OWNERS = [*"aabcdefgh"]
EIGHT = [days(1), days(3, 1, 1), *(days(n, 0.5) for n in (2, 3, 3, 4, 5, 6, 7))]


def test_eight_firms_by_hand():
    """Averages 2, 2, 3, 3, 4, 5, 6, 7: sum 32, mean 4; squares about it 24, over 7; P90 6.3, median
    3.5. By shipments the mean would be (1 + 3 + 2 + 3 + 3 + 4 + 5 + 6 + 7) / 9 = 34 / 9.
    """
    log = log_of(EIGHT, OWNERS)
    found = firms(log, TIME, as_of=AS_OF)
    (row,) = found
    assert (row.firms, row.n, row.unit, row.dropped) == (8, 9, "days", ())
    assert (row.mean, row.p90_p50) == pytest.approx((4, 6.3 / 3.5))
    assert (row.sd, row.cv) == pytest.approx(((24 / 7) ** 0.5, (24 / 7) ** 0.5 / 4))
    half = 2.364624 * (24 / 7) ** 0.5 / 8**0.5
    assert (row.mean_low, row.mean_high) == pytest.approx((4 - half, 4 + half))
    assert found.headline("en").startswith("imports, time to comply: 4.00 days on average of 8 ")
    assert "进口合规时间按8家企业平均4.00天" in found.headline("zh")
    whole = measure(log, TIME["import_time"], as_of=AS_OF, statistics="mean")[0]
    assert whole.value == pytest.approx(34 / 9)
    each = found.each(0)
    assert [(r.firm, r.n, r.value) for r in each][-2:] == [("a", 2, 2.0), ("b", 1, 2.0)]


def test_a_firm_that_lies_too_far_out_is_named_and_counts_nowhere():
    # 3.18 deviations of log(1 + x), see the test of the rule
    cases = [days(1)] * 11 + [days(60)]
    names = [f"firm {i}" for i in range(11)] + ["far"]
    found = firms(log_of(cases, names), TIME, as_of=AS_OF)
    (row,) = found
    assert row.dropped == (("far", 60.0),) and (row.firms, row.n, row.mean) == (11, 11, 1.0)
    assert "far (60.00 days)" in found.beware("en") and "far（60.00天）" in found.beware("zh")
    assert [r.dropped for r in found.each()] == [True] + [False] * 11
    assert "customs" in found.beware("en").split("weigh")[0]  # nothing but customs is on them


def test_order_copies_and_too_few_firms():
    found = firms(log_of(EIGHT, OWNERS), TIME, as_of=AS_OF)[0]
    other = firms(log_of(EIGHT[::-1], OWNERS[::-1]), TIME, as_of=AS_OF)[0]
    assert other == found
    # all shipments of one firm twice: its average, and so every figure but n, stays
    again = firms(log_of([*EIGHT, *EIGHT[:2]], [*OWNERS, "a", "a"]), TIME, as_of=AS_OF)[0]
    assert (again.mean, again.sd, again.n) == (found.mean, found.sd, found.n + 2)
    five = firms(log_of(EIGHT[:6], OWNERS[:6]), TIME, as_of=AS_OF)
    assert (five[0].firms, five[0].mean, five[0].sd, five[0].p90_p50) == (5, None, None, None)
    assert "5 firms, and 6 are needed" in five.beware("en") and "只有5家" in five.beware("zh")
    nameless = firms(log_of(EIGHT, [None, *OWNERS[1:]]), TIME, as_of=AS_OF)[0]
    assert nameless.no_firm == 1 and nameless.n == 8 and nameless.mean == (34 - 1 + 0) / 8


def test_the_half_day_rule_and_what_is_left_out():
    day = date(2022, 5, 10)
    cases = [
        {"declared": day, "customs_released": day},  # one day, hours unknown: half a day
        {"declared": day, "customs_released": date(2022, 5, 12)},  # two days
        {"declared": 0, "customs_released": 6},  # hours known
        # applied for at an unknown hour (noon stands for it), declared at one, all on one day
        {"declared": 5, "customs_released": 15.5, "licence_applied": day},
        # a declaration at half past eight is earlier than that noon: 15 hours
        {"declared": 0.5, "customs_released": 15.5, "licence_applied": day},
        {"declared": 30, "customs_released": 6},  # the wrong way round
        {"declared": 0},  # not cleared
        {"customs_released": 6},  # never declared
    ]
    found = measure(log_of(cases, [*"abcdefgh"]), Formalities(), as_of=AS_OF, statistics="sum")[0]
    assert found.value == pytest.approx(0.5 + 2 + 0.25 + 0.5 + 15 / 24)
    # two hours in all, and half a day of customs alone, whose declaration is told by its date
    longer = {"licence_applied": 0, "declared": day, "customs_released": 2}
    row = measure(log_of([longer, *cases[5:]], [*"abcd"]), Formalities(), as_of=AS_OF)[0]
    assert row.n == 0 and row.value is None
    for told in ("customs alone longer", "stop before start", "not cleared yet", "not known"):
        assert f"1 left out: {told}" in row.note


def test_agencies_that_a_log_does_not_know_are_left_aside():
    log = log_of([{"declared": 0, "customs_released": 24}] * 6, [*"abcdef"])
    assert firms(log, TIME, as_of=AS_OF)[0].mean == 1
    with pytest.raises(MissingColumn, match="customs_released"):
        firms(log_of([{"declared": 0}] * 6, [*"abcdef"]), TIME, as_of=AS_OF)


def test_what_has_no_average_of_a_firm_is_refused():
    log = log_of(EIGHT, OWNERS)
    for metric in (
        cm.Share({"kind": "import"}),
        Fee(per="teu"),
        cm.Duration("declared", "exam_ended"),
    ):
        with pytest.raises(LogError):
            firms(log, metric, as_of=AS_OF)
    with pytest.raises(LogError, match="no column says which case is whose"):
        measure(log, Formalities(), as_of=AS_OF, statistics="firm_mean")
    with pytest.raises(LogError, match="stands twice"):
        Formalities(stops=("declared", "customs_released"))


def test_measure_says_the_same_of_the_column_of_firms():
    log, asked = log_of(EIGHT, OWNERS), ("firm_mean", "firm_sd", "firm_cv", "firm_p90_p50")
    rows = measure(log, Formalities(), as_of=AS_OF, cluster="enterprise", statistics=asked)
    row = firms(log, Formalities(), as_of=AS_OF)[0]
    assert [r.value for r in rows] == [row.mean, row.sd, row.cv, row.p90_p50]
    assert [r.unit for r in rows] == ["days", "days", "ratio", "ratio"]


def test_small_firms_are_withheld_from_the_list():
    names = [*"aaabbbccc", *"defgh"]
    log = log_of([days(n % 5 + 1) for n in range(14)], names)
    each = firms(log, TIME, as_of=AS_OF, suppress_below=3).each(0)
    shown = {row.firm for row in each if row.value is not None}
    # five firms that make five cases together would have one each: one more is withheld
    assert len(shown) == 2 and shown < {"a", "b", "c"} and {row.firm for row in each} == {*names}
    assert all(row.n is None and row.dropped is None for row in each if row.firm not in shown)


@pytest.fixture(scope="module")
def demo(small):
    return EventLog.open(small / "out")


def by_pandas(own):
    """Firms' averages without those that lie too far out: mean, sd, cv, P90/P50, firms."""
    logs = np.log1p(own)
    kept = own[(logs - logs.mean()).abs() <= 3 * logs.std()]
    ratio = kept.quantile(0.9) / kept.median()
    return kept.mean(), kept.std(), kept.std() / kept.mean(), ratio, len(kept)


def figures(row):
    return row.mean, row.sd, row.cv, row.p90_p50, row.firms


@pytest.mark.parametrize("side", ["import", "export"])
def test_time_and_cost_of_the_demonstration_by_plain_pandas(demo, side):
    cases = pl.read_parquet(demo.folder / "cases.parquet").to_pandas().set_index("case_id")
    wide = pl.read_parquet(demo.folder / "events.parquet").to_pandas()
    one = wide.groupby(["case_id", "milestone"])["time"].agg(["min", "max"]).unstack()
    end = pd.Timestamp("2022-12-31 23:59:59", tz="Asia/Shanghai")
    one = one.where(one <= end)
    at = pd.DataFrame({"begun": one["min", "declared"], "done": one["max", "customs_released"]})
    at = at.dropna()
    # a certificate before the declaration, another agency after customs
    at["begun"] = at["begun"].combine(one["min", "licence_applied"].reindex(at.index), _earlier)
    at["done"] = at["done"].combine(one["max", "other_agency_cleared"].reindex(at.index), _later)
    at = at[(cases["kind"].reindex(at.index) == side) & (at["done"] >= at["begun"])]
    took = (at["done"] - at["begun"]).dt.total_seconds() / 86400
    own = took.groupby(cases["enterprise"].reindex(took.index)).mean()
    (row,) = firms(demo, Formalities(where={"kind": side}))
    assert figures(row) == pytest.approx(by_pandas(own)) and row.firms > 50

    lines = pl.read_parquet(demo.folder / "charges.parquet").to_pandas()
    lines = lines[(lines["currency"] == "CNY") & (lines["kind"] == side)]
    paid = lines.groupby("case_id")["amount_fen"].sum()
    worth = cases["goods_value"].reindex(paid.index)
    paid, worth = paid[worth > 0], worth[worth > 0]
    firm = cases["enterprise"].reindex(paid.index)
    own = 100 * paid.groupby(firm).sum() / worth.groupby(firm).sum()
    (row,) = (found := firms(demo, Fee(per="value", where={"kind": side})))
    assert figures(row) == pytest.approx(by_pandas(own)) and row.firms > 20
    assert "broker" in found.beware("en") and "报关代理" in found.beware("zh")


def test_the_notice_is_told_as_reference_and_never_scored(demo):
    found = assess(demo, "wb-bready-2026")
    assert {row.verdict.value for row in found} == {"for reference", "not computed"}
    year = demo.latest_year()
    row = next(r for r in found if r.indicator == "import_time")
    own = firms(demo, load_notice("wb-bready-2026").indicator("import_time"), between=year)
    assert (row.value, row.low, row.high) == (own[0].mean, own[0].mean_low, own[0].mean_high)
    assert row.unit == "days" and "10 days" in row.note and "cannot come from one log" in row.note
    spread = next(r for r in found if r.indicator == "export_dispersion")
    assert [one.statistic for one in spread.also] == ["firm_cv", "firm_p90_p50"]
    assert next(r for r in found if r.indicator == "score").value is None


def test_published_figures_of_the_survey_stand_beside(demo):
    found = firms(demo, {"import_time": Formalities(where={"kind": "import"})})
    assert [(side, one.value, one.unit) for side, one in found.references] == [
        ("import", 10, "days")
    ]
    published = {r.indicator: r.value for r in load_notice("wb-bready-2026").results}
    assert published == {"export_time": 3, "import_time": 10}


def test_figures_of_firms_are_references_and_need_the_firm(tmp_path):
    plain = files("clearance_metrics.notice").joinpath("wb-bready-2026.toml").read_text("utf-8")
    for old, new, told in (
        ('"declared", "enterprise", "kind"]', '"declared", "kind"]', "enterprise"),
        ('also = ["firm_cv"', 'also = ["firm_cvs"', "firm_cv"),
        ('starts = ["declared"', 'starts = ["declaredd"', "declaredd"),
    ):
        file = tmp_path / "other.toml"
        file.write_text(plain.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(NoticeError, match=told):
            load_notice(file)


def test_the_notice_reads_certificates_and_agencies_where_a_log_has_them():
    # tables from memory: the columns that are read beside those that are needed are joined too
    found = assess(log_of(EIGHT, OWNERS), "wb-bready-2026", as_of=AS_OF)
    rows = {row.indicator: row for row in found}
    assert rows["import_time"].value == 4 and rows["import_time"].n == 9
    assert rows["import_dispersion"].value == pytest.approx((24 / 7) ** 0.5)
    assert rows["export_time"].verdict.value == rows["import_cost"].verdict.value == "no data"
    assert "over 8 firms, each once" in rows["import_time"].note


def test_the_n_of_a_figure_of_firms_is_of_those_that_count():
    cases = [days(1)] * 12 + [days(60)]
    names = [f"firm {i}" for i in range(11)] + ["firm 0", "far"]
    found = assess(log_of(cases, names), "wb-bready-2026", as_of=date(2022, 8, 31))
    row = next(row for row in found if row.indicator == "import_time")
    # the case of the firm that lies too far out is in no figure
    assert (row.value, row.n) == (1, 12) and "1 firm left out" in row.note
    headings = found.on("clearance").headline("en"), found.on("clearance").headline("zh")
    assert "1.00 days (11 firms, n 12)" in headings[0] and "（11家企业，n=12）" in headings[1]


def test_times_that_may_run_backwards_leave_nobody_out_and_say_so():
    hours = [-30, -30, *[5] * 11, 900]
    rows = [{"conveyance_arrived": 0, "customs_released": h} for h in hours]
    names = [f"firm {i}" for i in range(len(hours))]
    found = firms(log_of(rows, names), {"x": "import_overall"}, as_of=AS_OF)
    assert not found[0].dropped and found[0].firms == 14
    assert "no firm is left out for lying too far away" in found.beware("en")
    assert "取不了对数" in found.beware("zh")
    forward = firms(log_of(rows[2:], names[2:]), {"x": "import_overall"}, as_of=AS_OF)
    assert [name for name, _ in forward[0].dropped] == ["firm 13"]
    assert "too far away" not in forward.beware("en")


def test_an_indicator_about_firms_is_measured_by_firm_without_being_told():
    indicator = load_notice("wb-bready-2026").indicator("import_time")
    log = log_of(EIGHT, OWNERS)
    (row,) = measure(log, indicator, as_of=AS_OF, statistics="firm_mean")
    assert (row.value, row.n) == (4, 9)
    (month,) = measure(log, indicator, as_of=AS_OF, statistics="firm_mean", period="month")
    assert (month.period, month.value) == ("2022-05", 4)


def test_shipments_of_a_firm_may_have_groups_and_months_of_their_own():
    log = log_of(EIGHT * 2, [*OWNERS, *OWNERS])
    rows = firms(log, TIME, as_of=AS_OF, by="kind", period="month").rows
    assert [(r.kind, r.period, r.firms, r.mean) for r in rows] == [("import", "2022-05", 8, 4)]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_picture_has_mean_spread_and_cost_of_each_row(demo, lang):
    sides = ("export", "import")
    asked = {f"{side}_time": Formalities(where={"kind": side}) for side in sides}
    asked |= {f"{side}_cost": Fee(per="value", where={"kind": side}) for side in sides}
    found = firms(demo.using(lang=lang), asked, as_of=AS_OF)
    figure = found.chart()
    times, costs = figure.axes
    for axis, rows in ((times, list(found)[:2]), (costs, list(found)[2:])):
        assert len(axis.get_yticks()) == 2
        drawn = [tuple(line.get_xdata()) for line in axis.lines]
        for row in rows:
            assert (row.mean,) in drawn and (row.mean_low, row.mean_high) in drawn
            assert (max(row.mean - row.sd, 0), row.mean + row.sd) in drawn
    words = " ".join(text.get_text() for axis in figure.axes for text in axis.texts)
    for row in found:
        assert f"{row.cv:.2f}" in words and f"{row.p90_p50:.2f}" in words
        assert {"zh": f"{row.firms:,}家企业", "en": f"{row.firms:,} firms"}[lang] in words
    assert "import_time" not in words and found.headline(lang).partition("（")[0][:6] in figure.alt


def test_too_few_firms_have_no_picture_and_the_block_stands_without():
    few = firms(log_of(EIGHT[:4], OWNERS[:4]), TIME, as_of=AS_OF)
    with pytest.raises(NothingToShow, match="nothing to draw"):
        few.chart()
    assert few.with_chart("en").title and few.with_chart("zh").title
    seven = firms(log_of(EIGHT[:8], OWNERS[:8]), TIME, as_of=AS_OF)
    # under ten firms the spread has no interval, and is drawn all the same
    assert seven[0].sd_low is None and len(seven.chart().axes[0].lines) == 3


def test_a_clock_that_is_customs_alone_is_named_where_another_is_not(demo):
    told = {f"{side}_time": Formalities(where={"kind": side}) for side in ("import", "export")}
    found = firms(demo, told, as_of=AS_OF)
    assert "exports, time to comply: no certificate and no other agency" in found.beware("en")
    assert "出口合规时间：没有许可证件" in found.beware("zh")
    assert "imports, time to comply: no certificate" not in found.beware("en")
    assert "These cases record no certificate" not in found.beware("en")
    alone = firms(demo, told["export_time"], as_of=AS_OF)
    assert "These cases record no certificate" in alone.beware("en")
