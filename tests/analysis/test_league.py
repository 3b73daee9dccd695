"""League tables and withheld cells on logs: who is ranked, who is not, and what is kept back."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from scipy import stats

from clearance_metrics import league, measure
from clearance_metrics.domain.metrics import Duration, Fee, Share
from clearance_metrics.engine.log import EventLog
from clearance_metrics.errors import LogError
from clearance_metrics.results.charts.canvas import to_svg
from clearance_metrics.results.charts.league import ranks

CLOCK = Duration("declared", "customs_released", dated_by="end")
HOUR, DAY = 3600, 86400
AS_OF = "1970-06-30"


def log_of(groups, still=0):
    """Cases of {group: hours}, a day apart, with columns port, enterprise, fast; the first `still`
    do not end.
    """
    rows = [(port, int(h)) for port, hours in groups.items() for h in hours]
    ids = [f"c{i}" for i in range(len(rows))]
    start = [(1 + i % 90) * DAY for i in range(len(rows))]
    ended = [
        (c, "customs_released", s + h * HOUR) for c, s, (_, h) in zip(ids, start, rows, strict=True)
    ][still:]
    events = [(c, "declared", s) for c, s in zip(ids, start, strict=True)] + ended
    cases = [
        {
            "case_id": c,
            "port": p,
            "enterprise": f"e{i % 17}",
            "mode": "sea" if i % 3 else "air",
            "fast": h < 20,
        }
        for i, (c, (p, h)) in enumerate(zip(ids, rows, strict=True))
    ]
    charges = [
        {"case_id": c, "line_id": c, "item": "a", "amount_fen": h * 100, "currency": "CNY"}
        for c, (_, h) in zip(ids, rows, strict=True)
    ]
    return EventLog(
        pl.DataFrame(events, schema=["case_id", "milestone", "time"], orient="row"),
        pl.DataFrame(cases),
        pl.DataFrame(charges).with_columns(charged_on=pl.lit("1970-02-01").str.to_date()),
        timezone="UTC",
    )


def ports(seed=0):
    rng = np.random.default_rng(seed)
    sizes, centre = (
        {"a": 60, "b": 80, "c": 45, "d": 200, "small": 12, "tiny": 4},
        {"a": 20, "b": 26, "c": 45, "d": 24, "small": 70, "tiny": 5},
    )
    return {p: np.ceil(rng.gamma(3, centre[p] / 3, n)) for p, n in sizes.items()}


def test_values_ranks_and_p_against_independent_software():
    hours = ports()
    found = league(log_of(hours), CLOCK, by="port", as_of=AS_OF)
    rows = {r.label: r for r in found}
    told = {
        r.port: r for r in measure(log_of(hours), CLOCK, by="port", statistics="mean", as_of=AS_OF)
    }
    for port, row in rows.items():
        assert (row.value, row.low, row.high, row.n) == (
            told[port].value,
            told[port].low,
            told[port].high,
            len(hours[port]),
        )
    assert [r.label for r in found if r.rank] == sorted("abcd", key=lambda p: hours[p].mean())
    assert [r.rank for r in found] == [1, 2, 3, 4, None, None] and found.overall.n == 401
    p = [
        stats.ttest_ind(
            hours[g], np.concatenate([v for k, v in hours.items() if k != g]), equal_var=False
        ).pvalue
        for g in "abcd"
    ]
    assert [rows[g].p for g in "abcd"] == pytest.approx(p)
    assert [rows[g].p_adjusted for g in "abcd"] == pytest.approx(stats.false_discovery_control(p))
    for g in ("small", "tiny"):
        assert rows[g].few and rows[g].p is rows[g].rank is None and "not ranked" in rows[g].note
        assert rows[g].pooled is not None
    # the smallest group is drawn towards the centre the most
    drawn = {g: rows[g].pooled - rows[g].value for g in ("small", "tiny")}
    assert drawn["tiny"] > 5 and drawn["small"] < -2
    assert found.tau > 0 and "small" in str(found) and "all groups" in repr(found)


def test_even_groups_without_spread_of_their_own_take_that_of_the_others():
    found = league(
        log_of({"a": [10] * 30, "b": [12, 14] * 20, "c": [20, 30] * 20}),
        CLOCK,
        by="port",
        as_of=AS_OF,
    )
    assert [r.label for r in found] == ["a", "b", "c"] and all(r.pooled is not None for r in found)
    none = league(
        log_of({"a": [10] * 30, "b": [12] * 30, "c": [20] * 30}), CLOCK, by="port", as_of=AS_OF
    )
    assert none.rows[0].pooled is None and "not pooled" in none.note


def test_shares_are_ranked_from_the_highest():
    hours = ports()
    found = league(log_of(hours), Share({"fast": True}), by="port", as_of=AS_OF)
    shares = {g: (np.array(hours[g]) < 20).mean() for g in "abcd"}
    assert [r.label for r in found if r.rank] == sorted(shares, key=shares.get, reverse=True)
    table = [
        [(np.array(v) < 20).sum(), (np.array(v) >= 20).sum()]
        for v in (hours["a"], np.concatenate([v for k, v in hours.items() if k != "a"]))
    ]
    assert next(r.p for r in found if r.label == "a") == pytest.approx(
        stats.chi2_contingency(table, correction=False).pvalue
    )
    within = league(log_of(hours), CLOCK, by="port", statistic="within:19.5", as_of=AS_OF)
    assert [(r.label, r.value) for r in within] == [(r.label, r.value) for r in found]
    assert all(0 <= r.pooled_low <= r.pooled_high <= 1 for r in found if r.pooled is not None)


def test_open_cases_clusters_and_charges():
    hours = ports()
    clock = Duration("declared", "customs_released")
    refused = league(log_of(hours, still=3), clock, by="port", as_of=AS_OF)
    a = next(r for r in refused if r.label == "a")
    assert a.value is None and "3 of 60 cases open" in a.note and a.rank is None
    cut = league(
        log_of(hours, still=3), clock, by="port", statistic="restricted_mean:100", as_of=AS_OF
    )
    assert next(r for r in cut if r.label == "a").rank is not None
    share = league(log_of(hours, still=3), clock, by="port", statistic="within:19.5", as_of=AS_OF)
    assert {r.label for r in share if r.rank} == set("abcd")
    plain, wide = (
        league(log_of(hours), CLOCK, by="port", cluster=c, as_of=AS_OF)
        for c in (None, "enterprise")
    )
    assert {r.label: r.value for r in plain} == {r.label: r.value for r in wide} and plain.rows[
        0
    ].low != wide.rows[0].low
    fee = league(log_of(hours), Fee(), by="port", best="high", as_of=AS_OF)
    assert [r.label for r in fee if r.rank] == [r.label for r in plain if r.rank][
        ::-1
    ] and fee.rows[0].unit == "CNY"


def test_small_groups_are_withheld_with_another():
    hours = ports()
    found = league(log_of(hours), CLOCK, by="port", suppress_below=10, as_of=AS_OF)
    kept = {r.label for r in found if r.value is None}
    assert kept == {"tiny", "small"} and found.overall.n == 401
    for row in found:
        if row.label in kept:
            assert {row.n, row.value, row.low, row.pooled, row.rank} == {
                None
            } and "withheld" in row.note
    assert "withheld" in str(found)
    alone = league(log_of({"a": [1] * 4}), CLOCK, by="port", suppress_below=10, as_of=AS_OF)
    assert alone.overall.n is None and alone.rows[0].n is None and "withheld" in repr(alone)


def test_a_league_without_a_whole_says_why():
    """Open cases leave no plain mean: nothing was withheld, and the reason stands in its place."""
    found = repr(
        league(
            log_of(ports(), still=3),
            Duration("declared", "customs_released"),
            by="port",
            as_of=AS_OF,
        )
    )
    head = found.splitlines()[0]
    assert (
        "withheld" not in found
        and "not measurable: 3 of 401 cases open" in head
        and head.endswith("n 401")
    )


def test_measure_withholds_cells_of_tables_so_that_totals_do_not_give_them_back():
    log = log_of(ports())
    found = measure(
        log, CLOCK, by=("port", "mode"), statistics=("mean", "n"), suppress_below=10, as_of=AS_OF
    )
    shown = measure(log, CLOCK, by=("port", "mode"), statistics=("mean", "n"), as_of=AS_OF)
    hidden = {tuple(v for _, v in r.groups) for r in found if r.value is None}
    small = {tuple(v for _, v in r.groups) for r in shown if r.n < 10}
    assert small < hidden and all(
        r.n is None and r.n_open is None for r in found if r.value is None
    )
    for at in (0, 1):
        lines = [key[at] for key in hidden]
        totals = {k for k in lines if lines.count(k) == 1}
        # a line with one withheld cell is one whose own total is under the bound
        assert all(
            sum(r.n for r in shown if r.statistic == "n" and r.groups[at][1] == k) < 10
            for k in totals
        )
    kept = [r for r in shown if tuple(v for _, v in r.groups) not in hidden]
    assert [replace(r, reasons=()) for r in found if r.value is not None] == [
        replace(r, reasons=()) for r in kept
    ]
    assert all(r.note.endswith("by other tables of the same cases") for r in found)
    assert not any("other tables" in r.note for r in shown)
    months = measure(
        log, CLOCK, by="port", period="month", statistics="n", suppress_below=10, as_of=AS_OF
    )
    assert all(r.n is None or r.n >= 10 for r in months) and any(r.n is None for r in months)
    assert (
        measure(log_of({"a": [1] * 4}), CLOCK, statistics="mean", suppress_below=10, as_of=AS_OF)
        .rows[0]
        .n
        is None
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"by": ()}, "needs group columns"),
        ({"statistic": "median"}, "makes no league"),
        ({"statistic": "within:x"}, "unknown statistic 'within:x'"),
        ({"statistic": "restricted_mean"}, "makes no league"),
        ({"statistic": "restricted_mean:0"}, "not above zero"),
        ({"by": ("port", "port")}, "stands twice"),
        ({"by": "rank"}, "my_rank"),
        ({"best": "first"}, "best='first'"),
        ({"suppress_below": 1}, "withholds nothing"),
        ({"statistic": "share"}, "makes no league"),
        ({"by": ("port", "mode", "fast"), "suppress_below": 5}, "at most two"),
        ({"cluster": "enterprise", "statistic": "within:9"}, "plain mean"),
    ],
)
def test_mistakes_are_named(options, message):
    with pytest.raises(LogError, match=message):
        league(log_of({"a": [1, 2]}), CLOCK, **{"by": "port", "as_of": AS_OF} | options)


def test_intervals_of_percentiles_and_shares_by_enterprise_and_by_day():
    log = log_of(ports())
    for metric, names in (
        (CLOCK, ("median", "p90", "within:24")),
        (Share({"fast": True}, dated_by="declared"), ("share",)),
    ):
        plain = measure(log, metric, statistics=names, as_of=AS_OF)
        for cluster, many in (("enterprise", 17), ("day", 90)):
            found = measure(log, metric, statistics=names, cluster=cluster, as_of=AS_OF)
            assert [r.value for r in found] == [r.value for r in plain]
            if metric is not CLOCK or cluster == "enterprise":
                assert all(f"by {many} clusters" in r.note for r in found)
            assert all(r.low < r.value < r.high for r in found)
    assert (
        measure(log, Fee(), statistics="mean", cluster="day", as_of=AS_OF).rows[0].note
        == "too few cases for an interval"
    )
    with pytest.raises(LogError, match="no date to cluster"):
        measure(log, Share({"fast": True}), cluster="day", as_of=AS_OF)
    monthly = measure(log, CLOCK, statistics="mean", cluster="day", period="month", as_of=AS_OF)
    assert [r.n for r in monthly] == [
        r.n for r in measure(log, CLOCK, statistics="mean", period="month", as_of=AS_OF)
    ]


def test_the_chart_is_the_same_every_time():
    found = league(
        log_of(ports() | {"上海": [9, 11] * 30}), CLOCK, by="port", suppress_below=5, as_of=AS_OF
    )
    words = {"title": "名次", "source": "x", "unit": "小时", "lang": "zh"}
    one, two = (to_svg(ranks(found, **words)) for _ in range(2))
    assert one == two
    labels = [t.get_text() for t in ranks(found, **words).axes[0].get_yticklabels()]
    assert labels == [r.label for r in found][::-1]


def test_a_league_with_open_cases_says_so_and_names_the_remedy():
    """Five large groups with some open cases: not too few, but without a plain mean."""
    hours = {port: found for port, found in ports().items() if len(found) >= 30}
    still = log_of(hours, still=300)
    found = league(still, Duration("declared", "customs_released"), by="port", as_of=AS_OF)
    assert all(row.rank is None for row in found)
    assert "no group of" not in found.beware("en") and 'dated_by="end"' in found.beware("en")
    assert "没有一组达到" not in found.beware("zh") and 'dated_by="end"' in found.beware("zh")
    ended = league(still, CLOCK, by="port", as_of=AS_OF)
    assert "dated_by" not in ended.beware("en") and "notice" not in ended.beware("en").lower()
    few = league(log_of({"a": [1, 2], "b": [3]}), CLOCK, by="port", as_of=AS_OF)
    assert "no group of 30 cases" in few.beware("en")


def test_a_rank_without_room_is_called_certain():
    rng = np.random.default_rng(1)
    apart = {p: np.ceil(rng.normal(c, 1, 60)) for p, c in {"a": 10, "b": 40, "c": 80}.items()}
    found = league(log_of(apart), CLOCK, by="port", as_of=AS_OF)
    assert [row[-1] for row in found.table("en").cells] == [f"{i}\ncertain" for i in (1, 2, 3)]
    assert [row[-1] for row in found.table("zh").cells] == [f"{i}\n确定" for i in (1, 2, 3)]


def test_a_single_group_is_not_said_to_have_others():
    for groups, zh, en in (
        ({"a": [5] * 40}, "只有这一组", "the only group"),
        ({"a": [5] * 40, "b": [5] * 4}, "其余各组都不足30件", "all other groups have fewer"),
    ):
        found = league(log_of(groups), CLOCK, by="port", as_of=AS_OF)
        assert zh in found.headline("zh") and en in found.headline("en")
