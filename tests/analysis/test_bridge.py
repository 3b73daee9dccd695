"""Changes split into terms: worked cases, closed forms, and terms that add up whatever the data."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearance_metrics import bridge, measure, stages
from clearance_metrics.analysis.bridge_sides import part
from clearance_metrics.domain.metrics import Duration, Fee, Share
from clearance_metrics.engine.log import EventLog
from clearance_metrics.errors import LogError
from clearance_metrics.results.charts.bridge import waterfall
from clearance_metrics.results.charts.canvas import to_svg
from clearance_metrics.statistics import Sample
from clearance_metrics.statistics.change import (
    Side,
    das_gupta,
    kitagawa,
    mean_change,
    shapley,
    simpson,
    structure,
)
from clearance_metrics.statistics.quantile_change import quantile_change

CLOCK = Duration("declared", "customs_released", dated_by="end")
DAY, HOUR = 86400, 3600


def log_of(rows, charges=None):
    """Cases from (month 1 or 2 of 1970, hours, columns…): each starts and ends within its month."""
    ids = [f"c{i}" for i in range(len(rows))]
    start = [(5 if month == 1 else 36) * DAY for month, _, _ in rows]
    events = pl.DataFrame(
        {
            "case_id": ids * 2,
            "milestone": ["declared"] * len(rows) + ["customs_released"] * len(rows),
            "time": [
                *start,
                *(s + round(h * HOUR) for s, (_, h, _) in zip(start, rows, strict=True)),
            ],
        }
    )
    cases = pl.DataFrame(
        [{"case_id": i, "month": m, **c} for i, (m, _, c) in zip(ids, rows, strict=True)]
    )
    return EventLog(events, cases, charges, timezone="Asia/Shanghai")


def bridged(rows, **options):
    return bridge(
        log_of(rows),
        CLOCK,
        before="1970-01",
        after="1970-02",
        as_of="1970-04-30",
        **{"by": "port", **options},
    )


def total(found):
    return sum(row.value for row in found.rows[1:-1])


# the worked examples


def test_mix_and_simpson_examples():
    mix, own = kitagawa([0.6, 0.3, 0.1], [20, 60, 100], [0.75, 0.15, 0.1], [22, 58, 100])
    assert (round(mix.sum(), 6), round(own.sum(), 6)) == (-5.7, 0.9)
    mix, own = kitagawa([0.5, 0.5], [10, 80], [0.8, 0.2], [12, 84])
    assert (round(mix.sum(), 6), round(own.sum(), 6)) == (-21.3, 2.7) and simpson(26.4 - 45, [2, 4])
    assert not simpson(0, [2, 4]) and not simpson(-5, [2, 0]) and not simpson(-5, [])


def test_two_factors_of_das_gupta():
    assert das_gupta([10930, 0.717892], [16591, 0.825974]).round(3).tolist() == [4369.913, 1487.262]
    assert das_gupta([10930, 0.717892], [16591, 0.825974]).sum().round(3) == 5857.175


def test_the_mix_example_through_the_log():
    rows = [
        (1, h, {"port": p})
        for p, h, n in (("x", 20, 12), ("y", 60, 6), ("z", 100, 2))
        for _ in range(n)
    ]
    rows += [
        (2, h, {"port": p})
        for p, h, n in (("x", 22, 15), ("y", 58, 3), ("z", 100, 2))
        for _ in range(n)
    ]
    found = bridged(rows)
    assert [(r.term, round(r.value, 4)) for r in found] == [
        ("before", 40.0),
        ("composition", -5.7),
        ("own", 1.35),
        ("own", -0.45),
        ("own", 0.0),
        ("after", 35.2),
    ]
    x = found.rows[2]
    assert (
        x.share_before,
        x.share_after,
        x.level_before,
        x.level_after,
        x.n_before,
        x.n_after,
    ) == (0.6, 0.75, 20, 22, 12, 15)
    assert "few" in x.note and not found.warnings and found.method == "Kitagawa (1955)"


# closed forms and orders


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(*[st.floats(0.1, 9)] * 2), min_size=2, max_size=4))
def test_shapley_of_a_product_is_the_mean_over_all_orders(factors):
    before, after = zip(*factors, strict=True)
    got, found = das_gupta(before, after), np.zeros(len(before))
    orders = list(permutations(range(len(before))))
    for order in orders:
        now = list(before)
        for place in order:
            old = np.prod(now)
            now[place] = after[place]
            found[place] += (np.prod(now) - old) / len(orders)
    assert np.allclose(got, found) and got.sum() == pytest.approx(np.prod(after) - np.prod(before))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0.1, 9), min_size=6, max_size=6))
def test_closed_forms_of_two_and_three_factors(x):
    a, b, c, A, B, C = x
    assert das_gupta([a, b], [A, B]) == pytest.approx(
        [(A - a) * (b + B) / 2, (B - b) * (a + A) / 2]
    )
    # Das Gupta (1993), chapter 2: alpha effect of three factors
    alpha = ((b * c + B * C) / 3 + (b * C + B * c) / 6) * (A - a)
    assert das_gupta([a, b, c], [A, B, C])[0] == pytest.approx(alpha)


def test_shapley_knows_dummies_and_symmetry():
    assert shapley(3, lambda on: 7 * on[0] + 0 * on[1] + 2 * on[2]).tolist() == [7, 0, 2]
    assert shapley(2, lambda on: on[0] * on[1]).tolist() == [0.5, 0.5]


def test_structure_factors_multiply_to_shares_and_follow_das_guptas_forms():
    levels = np.array([(i, j, k) for i in range(2) for j in range(3) for k in range(2)])
    n = np.arange(1.0, 13)
    cube = n.reshape(2, 3, 2)
    two = structure(levels[:, :2], n[None, :] * 0 + 1)
    assert np.allclose(np.prod(two, axis=0), 1 / 6)  # both cells of each pair share its margin
    a = structure(levels, n[None, :])
    assert np.allclose(np.prod(a, axis=0), n / n.sum())
    i, j, k = levels.T
    first = (cube[i, j, k] / cube.sum(axis=0)[j, k]) ** (1 / 3) * (
        cube.sum(axis=(1, 2))[i] / n.sum()
    ) ** (1 / 3)
    first *= (
        cube.sum(axis=2)[i, j]
        / cube.sum(axis=(0, 2))[j]
        * cube.sum(axis=1)[i, k]
        / cube.sum(axis=(0, 1))[k]
    ) ** (1 / 6)
    assert np.allclose(a[0][0], first)


# terms add up


CELLS = st.lists(
    st.tuples(
        st.integers(1, 2),
        st.integers(0, 200),
        st.sampled_from("xyz"),
        st.sampled_from("ab"),
        st.integers(1, 40),
    ),
    min_size=2,
    max_size=25,
)


def sides_of(rows, factors=2):
    cells = sorted({r[2 : 2 + factors] for r in rows})
    codes = [sorted({c[j] for c in cells}) for j in range(factors)]
    levels = np.array([[codes[j].index(c[j]) for j in range(factors)] for c in cells])
    made = []
    for side in (1, 2):
        kept = [r for r in rows if r[0] == side]
        at = [cells.index(r[2 : 2 + factors]) for r in kept]
        made.append(
            Side.of(len(cells), at, [1.0] * len(kept), [r[1] for r in kept], [r[4] for r in kept])
        )
    return levels, *made


@settings(max_examples=150, deadline=None)
@given(CELLS, st.integers(1, 2))
def test_terms_of_a_mean_add_up_for_any_tally(rows, factors):
    if {r[0] for r in rows} != {1, 2}:
        return
    levels, before, after = sides_of(rows, factors)
    found = mean_change(levels, before, after)
    common = (before.n > 0) & (after.n > 0)
    assert (found is None) == (not common.any())
    if found is None:
        return
    parts = found.left + found.composition.sum() + np.nansum(found.own) + found.entered
    means = [s.top.sum() / s.n.sum() for s in (before, after)]
    assert parts == pytest.approx(means[1] - means[0], abs=1e-9)
    assert (found.left == 0 or (before.n[~common] > 0).any()) and (
        found.entered == 0 or (after.n[~common] > 0).any()
    )
    if factors == 1 and common.all():
        mix, own = kitagawa(
            before.n / before.n.sum(),
            before.top / before.n,
            after.n / after.n.sum(),
            after.top / after.n,
        )
        assert found.composition[0] == pytest.approx(mix.sum(), abs=1e-9) and np.allclose(
            found.own, own, atol=1e-9
        )


@settings(max_examples=60, deadline=None)
@given(CELLS, st.floats(0.05, 0.95))
def test_terms_of_a_percentile_add_up_for_any_tally(rows, p):
    held = [
        [
            Sample.of(
                *zip(
                    *[(r[1], 1, r[4]) for r in rows if r[0] == side and r[2] == g] or [(0, 1, 0)],
                    strict=True,
                )
            )
            for g in "xyz"
        ]
        for side in (1, 2)
    ]
    if any(not sum(s.n for s in side) for side in held):
        return
    found = quantile_change(*held, p, draws=0)
    if found is None:
        return
    for side, value in zip((1, 2), (found.before, found.after), strict=True):
        cases = np.repeat(
            [r[1] for r in rows if r[0] == side], [r[4] for r in rows if r[0] == side]
        )
        assert value == np.sort(cases)[max(int(np.ceil(round(p * len(cases), 9))), 1) - 1]
    assert found.left + found.composition + np.nansum(found.own) + found.entered == pytest.approx(
        found.after - found.before
    )
    assert np.nansum(found.own) == pytest.approx(found.within)


def test_a_percentile_by_hand_and_many_groups_together():
    # all of the change is composition: no group changes, and the share of the slow one grows
    fast, slow = Sample.of([1, 2], [1, 1], [8, 8]), Sample.of([50, 60], [1, 1], [2, 2])
    more = Sample.of([50, 60], [1, 1], [20, 20])
    found = quantile_change([fast, slow], [fast, more], 0.5, draws=0)
    assert (found.before, found.after, found.composition, found.own.tolist()) == (2, 50, 48, [0, 0])
    # all of it is the slow group's own change: the 18th of 20 cases moves from 50 to 70, the
    # group's own P90 by 30
    late = Sample.of([70, 90], [1, 1], [2, 2])
    found = quantile_change([fast, slow], [fast, late], 0.9, draws=0)
    assert (found.composition, found.own.tolist()) == (0, [0, 20]) and found.alone.tolist() == [
        0,
        30,
    ]
    # ten groups are told apart by brute force over all orders, eleven are not
    rng = np.random.default_rng(0)
    sides = [
        [Sample.of(v, np.ones(30), np.ones(30)) for v in rng.integers(0, 50, (4, 30))]
        for _ in range(2)
    ]
    found = quantile_change(*sides, 0.5, draws=0)
    orders = []
    for order in permutations(range(4)):
        now, own = list(sides[0]), np.zeros(4)
        for g in order:
            old = quantile_of_pool(now)
            now[g] = sides[1][g]
            own[g] = quantile_of_pool(now) - old
        orders.append(own)
    assert np.allclose(found.own, np.mean(orders, axis=0))
    many = [[Sample.of([g], [1], [5]) for g in range(11)] for _ in range(2)]
    assert quantile_change(*many, 0.5, draws=0).together


def quantile_of_pool(samples):
    pool = Sample.pooled(samples)
    return pool.values[np.searchsorted(pool.ended.cumsum(), pool.n / 2)]


# intervals


def test_linearised_errors_equal_the_spread_of_repeated_draws():
    rng, share = np.random.default_rng(7), np.array([[0.5, 0.3, 0.2], [0.3, 0.3, 0.4]])
    centre, found, held = np.array([[10, 30, 60.0], [14, 28, 66.0]]), [], []
    for _ in range(250):
        made = []
        for side, n in ((0, 500), (1, 700)):
            port = rng.choice(3, n, p=share[side])
            made.append(
                Side.of(3, port, np.ones(n), rng.gamma(2, centre[side][port] / 2), np.ones(n))
            )
        terms = mean_change(np.arange(3)[:, None], *made)
        found.append([terms.composition[0], *terms.own, terms.own.sum()])
        held.append([terms.error["composition"][0], *terms.error["own"], terms.error["own_all"]])
    ratio = np.mean(held, axis=0) / np.std(found, axis=0)
    assert (abs(ratio - 1) < 0.12).all()
    mix, own = kitagawa(share[0], centre[0], share[1], centre[1])
    error = np.std(found, axis=0) / 250**0.5
    assert (abs(np.mean(found, axis=0) - [mix.sum(), *own, own.sum()]) < 4 * error).all()


def test_clusters_widen_the_errors_as_they_should():
    # each case twice, as one cluster: the error of half as many cases
    values = np.random.default_rng(0).gamma(2, 10, 60)
    side = Side.of(1, [0] * 60, np.ones(60), values, np.ones(60))
    double = Side.of(1, [0] * 60, np.ones(60), values, np.full(60, 2), np.arange(60), 120)
    other = Side.of(1, [0] * 60, np.ones(60), values + 1, np.full(60, 2), np.arange(60, 120), 120)
    plain = mean_change(
        np.zeros((1, 1)), side, Side.of(1, [0] * 60, np.ones(60), values + 1, np.ones(60))
    )
    wide = mean_change(np.zeros((1, 1)), double, other)
    assert wide.error["own"][0] / plain.error["own"][0] == pytest.approx(
        np.sqrt(120 / 119 * 59 / 60), rel=1e-6
    )
    # the same enterprises on both sides, all a little slower: only the change is sure
    same = Side.of(1, [0] * 60, np.ones(60), values + 1, np.full(60, 2), np.arange(60), 120)
    assert mean_change(np.zeros((1, 1)), double, same).error["own"][0] == pytest.approx(0, abs=1e-9)


def test_a_difference_without_groups_has_the_usual_error():
    rng = np.random.default_rng(3)
    x, y = rng.gamma(2, 10, 50), rng.gamma(2, 12, 70)
    found = mean_change(
        np.zeros((1, 1)),
        *(Side.of(1, [0] * len(v), np.ones(len(v)), v, np.ones(len(v))) for v in (x, y)),
    )
    assert found.own[0] == pytest.approx(y.mean() - x.mean())
    assert found.error["own"][0] == pytest.approx(np.sqrt(x.var(ddof=1) / 50 + y.var(ddof=1) / 70))


def test_percentile_intervals_are_seeded_and_hold_the_value():
    rng = np.random.default_rng(5)
    rows = [
        (m, float(h), {"port": p})
        for m in (1, 2)
        for p, k in (("x", 10 * m), ("y", 40))
        for h in rng.integers(k, 3 * k, 60)
    ]
    one, again, other = (bridged(rows, statistic="p75", seed=s, draws=100) for s in (1, 1, 2))
    assert one == again and one != other
    assert total(one) == pytest.approx(one.rows[-1].value - one.rows[0].value)
    assert one.rows[0].low <= one.rows[0].value <= one.rows[0].high and one.statistic == "p75"
    assert "Owen" in one.method and [r.level_before for r in one if r.term == "own"] == [
        float(np.sort([h for m, h, c in rows if m == 1 and c["port"] == p])[44]) for p in "xy"
    ]


# groups, sides and metrics


def test_groups_on_one_side_only_are_terms_of_their_own():
    rows = [
        (1, 10, {"port": "x"}),
        (1, 10, {"port": "x"}),
        (1, 40, {"port": "old"}),
        (2, 12, {"port": "x"}),
        (2, 30, {"port": "new"}),
    ]
    found = bridged(rows)
    # 20 -> 10 without "old"; x 10 -> 12; 12 -> 21 with "new"
    assert [
        (r.term, round(r.value, 6), r.n_before, r.n_after, r.note)
        for r in found
        if r.term in ("left", "entered")
    ] == [("left", -10, 1, 0, "port: old"), ("entered", 9, 0, 1, "port: new")]
    assert (
        found.rows[0].value == 20
        and found.rows[-1].value == 21
        and total(found) == pytest.approx(1)
    )
    median = bridged(rows, statistic="median", draws=100)
    assert {r.term for r in median} == {"before", "left", "composition", "own", "entered", "after"}
    assert total(median) == pytest.approx(median.rows[-1].value - median.rows[0].value)


def test_no_common_group_is_said():
    rows = [(1, 10, {"port": "x"}), (2, 12, {"port": "y"})]
    for statistic in ("mean", "median"):
        found = bridged(rows, statistic=statistic)
        assert [r.value for r in found] == [10, 12]
        assert [why.code for why in found.warnings] == ["bridge.apart"]


def test_conditions_as_sides_equal_months_as_sides():
    rows = [(m, h + m, {"port": p}) for m in (1, 2) for p in "xy" for h in range(5 * m, 20)]
    by_month = bridged(rows)
    log = log_of(rows)
    found = bridge(
        log, CLOCK, before={"month": 1}, after={"month": 2}, by="port", as_of="1970-04-30"
    )
    assert [r.value for r in found] == [r.value for r in by_month] and found.before == "month=1"
    with pytest.raises(LogError, match="share 20 cases"):
        bridge(
            log,
            CLOCK,
            before={"month": 2},
            after={"month": {"at_least": 2}},
            by="port",
            as_of="1970-04-30",
        )


def test_ends_equal_what_measure_says_for_every_kind_of_metric():
    rng = np.random.default_rng(1)
    rows = [
        (m, float(h), {"port": p, "teu": int(t), "aeo": bool(h % 2)})
        for m in (1, 2)
        for p in "xy"
        for h, t in zip(rng.integers(1, 90, 40), rng.integers(1, 4, 40), strict=True)
    ]
    charges = pl.DataFrame(
        [
            {
                "case_id": f"c{i}",
                "line_id": f"l{i}",
                "item": "a",
                "amount_fen": int(1000 * h),
                "currency": "CNY",
                "charged_on": f"1970-0{m}-15",
            }
            for i, (m, h, _) in enumerate(rows)
        ]
    )
    log = log_of(rows, charges.with_columns(pl.col("charged_on").str.to_date()))
    share = Share({"aeo": True}, dated_by="customs_released")
    for metric, name in (
        (CLOCK, "mean"),
        (share, "share"),
        (Fee(), "mean"),
        (Fee(per="teu"), "mean"),
        (Fee(per="line"), "mean"),
    ):
        found = bridge(
            log, metric, before="1970-01", after="1970-02", by="port", as_of="1970-04-30"
        )
        told = measure(log, metric, period="month", statistics=name, as_of="1970-04-30")
        assert [found.rows[0].value, found.rows[-1].value] == pytest.approx(
            [r.value for r in told]
        ), metric
        assert (
            total(found) == pytest.approx(told.rows[1].value - told.rows[0].value)
            and found.rows[0].unit == told.rows[0].unit
        )


def test_charges_by_condition_may_not_share_lines_either():
    rows = [(1, 10, {"port": p, "teu": 1}) for p in "xyz"]
    lines = pl.DataFrame(
        {
            "case_id": ["c0", "c1", "c2"],
            "line_id": ["a", "b", "c"],
            "item": ["tug", "tug", "lift"],
            "amount_fen": [100, 300, 500],
            "currency": ["CNY"] * 3,
            "charged_on": ["1970-01-15"] * 3,
        }
    ).with_columns(pl.col("charged_on").str.to_date())
    log = log_of(rows, lines)
    options = {"by": "teu", "as_of": "1970-04-30"}
    found = bridge(log, Fee(per="line"), before={"item": "tug"}, after={"item": "lift"}, **options)
    assert (found.rows[0].value, found.rows[-1].value, found.rows[0].unit) == (2, 5, "CNY")
    with pytest.raises(LogError, match="share 2 charge lines"):
        bridge(log, Fee(per="line"), before={"item": "tug"}, after={"port": ["x", "y"]}, **options)
    with pytest.raises(LogError, match="already speaks of 'item'"):
        bridge(
            log,
            Fee(per="line", where={"item": "tug"}),
            before={"item": "tug"},
            after={"item": "lift"},
            **options,
        )


def test_several_factors_tell_composition_apart():
    rows = [
        (m, h, {"port": p, "mode": q})
        for m in (1, 2)
        for p, q, h, n in (
            ("x", "sea", 40, 4 * m),
            ("x", "air", 10, 6),
            ("y", "sea", 60, 3),
            ("y", "air", 12, 2 + m),
        )
        for _ in range(n)
    ]
    found = bridged(rows, by=["port", "mode"])
    mixes = [r for r in found if r.term == "composition"]
    assert [r.factor for r in mixes] == ["port", "mode"] and found.method.startswith("Das Gupta")
    assert total(found) == pytest.approx(found.rows[-1].value - found.rows[0].value)
    assert [r.value for r in found if r.term == "own"] == pytest.approx([0] * 4)
    turned = bridged(rows, by=["mode", "port"])
    assert {r.factor: round(r.value, 9) for r in turned if r.term == "composition"} == {
        r.factor: round(r.value, 9) for r in mixes
    }


def staged_log(seed=0):
    rng, events, cases = np.random.default_rng(seed), [], []
    for i in range(160):
        month, port = 1 + i % 2, "xy"[rng.integers(2)]
        t = (5 if month == 1 else 36) * DAY
        cases.append({"case_id": f"c{i}", "port": port})
        for name in (
            "conveyance_arrived",
            "discharged",
            "declared",
            "customs_released",
            "gate_out",
        ):
            if name != "discharged" or rng.random() < 0.8:
                events.append((f"c{i}", name, int(t)))
            t += rng.integers(1, 20) * HOUR * (1 + (port == "y"))
    return EventLog(
        pl.DataFrame(events, schema=["case_id", "milestone", "time"], orient="row"),
        pl.DataFrame(cases),
        timezone="Asia/Shanghai",
    )


@pytest.mark.parametrize("by", [(), ("port",)])
def test_stages_are_bridged_one_by_one(by):
    log, clock = staged_log(), Duration("conveyance_arrived", "gate_out", dated_by="end")
    found = bridge(
        log, clock, before="1970-01", after="1970-02", by=by, stages="import", as_of="1970-04-30"
    )
    assert total(found) == pytest.approx(found.rows[-1].value - found.rows[0].value)
    told = stages(log, "import", period="month", as_of="1970-04-30")
    for stage in {r.stage for r in told}:
        before, after = (
            next(r.mean for r in told if r.stage == stage and r.period == p)
            for p in ("1970-01", "1970-02")
        )
        assert sum(r.value for r in found if r.stage == stage) == pytest.approx(after - before)
    order = list(dict.fromkeys(r.stage for r in found if r.stage))
    assert order[:3] == [
        "conveyance_arrived..discharged",
        "discharged..declared",
        "declared..customs_released",
    ]
    assert order[-1] == "conveyance_arrived..declared"
    plain = measure(log, clock, period="month", statistics="mean", as_of="1970-04-30")
    assert [found.rows[0].value, found.rows[-1].value] == pytest.approx([r.value for r in plain])


def test_open_cases_are_not_bridged():
    events = pl.DataFrame(
        {
            "case_id": ["a", "a", "b", "c", "c"],
            "milestone": [
                "declared",
                "customs_released",
                "declared",
                "declared",
                "customs_released",
            ],
            "time": [5 * DAY, 6 * DAY, 5 * DAY, 36 * DAY, 37 * DAY],
        }
    )
    log = EventLog(events, pl.DataFrame({"case_id": ["a", "b", "c"], "port": ["x"] * 3}))
    found = bridge(
        log,
        Duration("declared", "customs_released"),
        before="1970-01",
        after="1970-02",
        by="port",
        as_of="1970-04-30",
    )
    assert [r.value for r in found] == [None, None]
    assert [r.note for r in found] == [
        'not measurable: 1 of 2 cases open; ask for finished cases, with dated_by="end"',
        "nothing to set it against",
    ]
    empty = bridge(log, CLOCK, before="1969-01", after="1970-02", by="port", as_of="1970-04-30")
    assert empty.rows[0].note == "no cases" and empty.rows[0].value is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"within": "port"}, "no column beside by"),
        ({"within": "harbour"}, "no column"),
        ({"before": "1970-13"}, "neither months"),
        ({"before": ("1970-03", "1970-01")}, "before=.* ends before it begins"),
        (
            {"after": ("1970-03", "1970-01")},
            "(?s)after=.* ends before .*put the earlier month first",
        ),
        ({"before": {"port": "x"}}, "two kinds"),
        ({"by": ()}, "groups or stages"),
        ({"by": ("port", "port")}, "each once"),
        ({"statistic": "sum"}, "cannot be bridged"),
        ({"statistic": "share"}, "no share"),
        ({"stages": ("declared", "gate_out")}, "do not lead"),
        ({"stages": "import", "statistic": "p90"}, "finished cases"),
        ({"cluster": "port", "statistic": "p90"}, "cluster serves"),
        ({"level": 95}, "between 0 and 1"),
        ({"before": {}}, "empty condition"),
        ({"by": "harbour"}, "no column"),
    ],
)
def test_mistakes_are_named(options, message):
    given_ = {
        "before": "1970-01",
        "after": "1970-02",
        "by": "port",
        "as_of": "1970-04-30",
    } | options
    with pytest.raises(LogError, match=message):
        bridge(log_of([(1, 10, {"port": "x"}), (2, 12, {"port": "x"})]), CLOCK, **given_)


def test_months_on_both_sides_are_told_in_words():
    log = log_of([(1, 10, {"port": "x"}), (2, 12, {"port": "x"})])
    found = bridge(log, CLOCK, before="1970", after="1970-02", by="port", as_of="1970-04-30")
    assert [row.value for row in found] == [None, None]
    assert "share 1 month: the change cannot be split yet" in found.headline("en")
    assert "有1个月重合" in found.headline("zh") and not found.block("zh").parts


def test_a_bridge_within_each_value_of_a_column():
    """The whole moves against both of its ports within one mode, and with them within the other;
    a mode of one port is named and not split.
    """
    rows = [
        (month, hours, {"port": port, "mode": mode})
        for mode, month, port, hours, n in (
            ("air", 1, "x", 10, 10), ("air", 1, "y", 80, 30),
            ("air", 2, "x", 12, 30), ("air", 2, "y", 84, 10),
            ("sea", 1, "x", 10, 10), ("sea", 1, "y", 80, 10),
            ("sea", 2, "x", 12, 10), ("sea", 2, "y", 84, 10),
            ("rail", 1, "x", 10, 10), ("rail", 2, "x", 12, 10),
        )
        for _ in range(n)
    ]  # fmt: skip
    log, sides = log_of(rows), {"before": "1970-01", "after": "1970-02", "as_of": "1970-04-30"}
    found = bridge(log, CLOCK, by="port", within="mode", **sides)
    assert found.headline("en").partition(" (")[0].endswith("in air")
    assert [row[0] for row in found.table("zh").cells] == ["航空", "水运"]
    assert "铁路" in found.beware("zh") and "rail" in found.beware("en")
    alone = bridge(log, replace(CLOCK, where={"mode": "air"}), by="port", **sides)
    assert [row.value for row in found.of("air")] == [row.value for row in alone]
    assert {row.mode for row in found} == {"air", "sea", "rail"}
    assert found.chart("zh").axes and found.with_chart("en").parts
    with pytest.raises(LogError, match="no bridge within 'pipe'"):
        found.of("pipe")


def test_sides_as_users_write_them():
    assert part("2021", "before").months == part(("2021-01", "2021-12"), "before").months
    assert part("2021-Q4", "after").months == {"2021-10", "2021-11", "2021-12"}
    assert part({"mode": ["sea", "air"]}, "after").words == "mode=('sea', 'air')"


def test_results_render_and_the_chart_is_the_same_every_time():
    rows = [
        (m, h * m, {"port": p})
        for m in (1, 2)
        for p, k in (("x", 40), ("y", 35), ("上海", 5))
        for h in range(1, k)
    ]
    found = bridged(rows)
    assert found.to_polars()["port"].to_list()[2:5] == ["x", "y", "上海"] and "few" in str(found)
    assert [found.rows[2].label(lang) for lang in ("zh", "en")] == ["组内变化：x", "own change: x"]
    words = {"title": "变化", "source": "x", "unit": "小时", "lang": "zh"}
    one, two = (to_svg(waterfall(found, **words)) for _ in range(2))
    assert one == two and one.startswith("<?xml")
    # bars meet: each begins where the one above ended
    axis = waterfall(found, **words).axes[0]
    ends = [(b.get_x(), b.get_x() + b.get_width()) for b in axis.patches]
    assert [e[0] for e in ends] == pytest.approx([found.rows[0].value, *(e[1] for e in ends[:-1])])
    assert ends[-1][1] == pytest.approx(found.rows[-1].value) and len(ends) == len(found) - 2
    short = waterfall(found, most=2, **words).axes[0]
    assert (
        "其余3项" in "".join(t.get_text() for t in short.get_yticklabels())
        and len(short.patches) == 2
    )
    with pytest.raises(ValueError, match="before and after"):
        waterfall([], **words)


def test_counted_items_and_money_have_the_scale_and_unit_of_measure():
    """A bridge takes its scale from the metric, as `measure` does, and money is the log's own."""
    ids = [f"{m}{i}" for m in "ab" for i in range(40)]
    day = {"a": "2021-01-05", "b": "2022-01-05"}
    lines = [
        {"case_id": i, "item": f"item {k}", "amount_fen": 100 * (k + 1), "currency": "ZAR",
         "charged_on": day[i[0]]}
        for i in ids
        for k in range(1 + int(i[1:]) % 3 + (i[0] == "b"))
    ]  # fmt: skip
    events = pl.DataFrame({"case_id": ids, "milestone": "customs_released", "time": 0})
    cases = pl.DataFrame({"case_id": ids, "port": ["x", "y"] * 40})
    log = EventLog(events, cases, pl.DataFrame(lines))
    for metric, unit in ((Fee(counting="item"), "items"), (Fee(), "ZAR")):
        found = bridge(
            log,
            metric,
            by="port",
            statistic="median",
            before="2021",
            after="2022",
            as_of="2022-12-31",
        )
        told = measure(log, metric, period="year", statistics="median", as_of="2022-12-31")
        assert [found[0].value, found[-1].value] == [row.value for row in told]
        assert {row.unit for row in (*found, *told)} == {unit}


def test_of_one_group_all_own_change_has_the_error_of_both_sides():
    rng = np.random.default_rng(11)
    sides = [
        Side.of(1, [0] * n, np.ones(n), rng.gamma(2, mean, n), np.ones(n))
        for n, mean in ((80, 10), (90, 12))
    ]
    error = mean_change(np.zeros((1, 1)), *sides).error
    both = np.hypot(error["before"], error["after"])
    assert error["own_all"] == pytest.approx(both) == pytest.approx(error["own"][0])
    alone = Side.of(1, [0], [1.0], [3.0], [1])
    assert np.isnan(mean_change(np.zeros((1, 1)), sides[0], alone).error["own_all"])
