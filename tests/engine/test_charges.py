"""Charge lines against the tariff, waivers, pilotage, lists and each other; the price index;
published
limits.
"""

from datetime import date
from importlib.resources import files

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearance_metrics import (
    Fee,
    check_limits,
    exceedances,
    load_notice,
    load_tariff,
    measure,
    price_index,
    violations,
)
from clearance_metrics.assessment.assess import assess
from clearance_metrics.engine.log import EventLog
from clearance_metrics.errors import LogError, NoticeError
from clearance_metrics.notice.rates import pilotage_caps, pilotage_tiers
from clearance_metrics.statistics.price_index import fisher

DUES, PILOTAGE = "货物港务费", "引航(移泊)费"


def log_of(lines, cases=None, **dated):
    """A log of charge lines; each is a mapping over the usual one."""
    usual = {
        "case_id": "c",
        "item": DUES,
        "amount_fen": 3400,
        "charged_on": date(2023, 5, 1),
        "quantity": 1,
        "size": "20",
        "cargo_class": "general",
        "port": "甲",
        "payee": "码头",
        "bill": "B1",
        "net_tons": None,
        "distance_nm": None,
        "voyage": None,
        "currency": "CNY",
    }
    rows = [{**usual, "line_id": str(i), **line} for i, line in enumerate(lines)]
    frame = pl.DataFrame(
        rows, schema_overrides={"net_tons": pl.Int64, "distance_nm": pl.Int64, "voyage": pl.String}
    )
    ids = sorted({row["case_id"] for row in rows})
    cases = cases or {}
    of = pl.DataFrame(
        {"case_id": ids, "kind": [cases.get(c, "import") for c in ids], "teu": [1] * len(ids)}
    )
    events = pl.DataFrame({"case_id": ids, "milestone": "customs_released", "time": 0})
    return EventLog(events, of, frame, timezone="Asia/Shanghai", **dated)


def found(log, against, **more):
    lines = exceedances(log, Fee(per="line", against=against), as_of="2024-12-31", **more)
    return {row.line_id: (row.rule, row.rate, row.excess) for row in lines}


def test_a_waived_line_is_no_error_and_a_waiver_not_applied_is_one():
    """Half the cargo dues are waived at 中山 from 2023-04-01: 17 yuan is right, 34 is too much by
    17.
    """
    log = log_of(
        [
            {"port": "中山", "amount_fen": 1700},
            {"port": "中山", "amount_fen": 3400},
            {"port": "中山", "amount_fen": 4000},
            {"port": "中山", "amount_fen": 3400, "charged_on": date(2023, 3, 31)},
            {"port": "甲", "amount_fen": 3400},
            {"port": "甲", "amount_fen": 3401},
        ]
    )
    assert found(log, "tariff") == {
        "1": ("waiver_not_applied", 17.0, 17.0),
        "2": ("above_set_price", 17.0, 23.0),
        "5": ("above_set_price", 34.0, 0.01),
    }
    rows = {
        r.line_id: r
        for r in exceedances(log, Fee(per="line", against="tariff"), as_of="2024-12-31")
    }
    assert "x 0.50 per multiplier, 中山, 2023-04-01 to 2028-03-31, confidence V" in rows["1"].note
    per_box = "34.00 CNY per container, import, general, 20 ft, from 2021-01-01 on, confidence D"
    assert per_box in rows["5"].note
    assert (rows["1"].charged_on, rows["1"].bill, rows["1"].amount, rows["1"].unit) == (
        "2023-05-01",
        "B1",
        34.0,
        "CNY",
    )


def test_a_waiver_nobody_verified_judges_nothing():
    """That Guangzhou waives half is K: 17 is lawful either way, 34 cannot be told, 35 is too much
    either way.
    """
    log = log_of([{"port": "广州", "amount_fen": fen} for fen in (1700, 3400, 3500)])
    assert found(log, "tariff") == {"2": ("above_set_price", 34.0, 1.0)}
    row = measure(
        log, Fee(per="line", against="tariff"), as_of="2024-12-31", statistics="count_above:0"
    ).rows[0]
    assert (row.value, row.n) == (1, 2) and "1 left out: ceiling not verified" in row.note


def test_a_logs_own_waivers_count_on_their_days():
    waivers = pl.DataFrame(
        {
            "port": ["甲"],
            "item": [DUES],
            "waived_percent": [25],
            "valid_from": ["2023-05-01"],
            "valid_to": ["2023-05-31"],
        }
    )
    lines = [
        {"amount_fen": 2550},
        {"amount_fen": 2551},
        {"charged_on": date(2023, 6, 1)},
        {"item": "港口设施保安费"},
    ]
    assert found(log_of(lines, waivers=waivers), "tariff") == {
        "1": ("waiver_not_applied", 25.5, 0.01)
    }


@pytest.fixture(scope="module")
def verified(tmp_path_factory):
    """The tariff with the tiers of pilotage marked as verified, as an office that holds the table
    would have it.
    """
    text = (
        files("clearance_metrics.notice")
        .joinpath("tariffs/cn-port.csv")
        .read_text(encoding="utf-8")
    )
    lines = [
        line.replace(",K,", ",V,") if "net tons" in line and "引航" in line else line
        for line in text.splitlines()
    ]
    path = tmp_path_factory.mktemp("tariff") / "own.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return load_tariff(str(path))


SHIP = {
    "item": PILOTAGE,
    "distance_nm": 10,
    "voyage": "international",
    "port": "青岛",
    "charged_on": date(2022, 4, 1),
}


def test_pilotage_of_the_largest_ships_is_held_against_the_cap_of_their_port():
    """Caps of the follow-up: 41 650 at 深圳, 44 100 at 青岛, 49 000 where no port is named; before
    it
    49 000.
    """
    lines = [
        SHIP | {"net_tons": 130_000, "amount_fen": 4_410_000},
        SHIP | {"net_tons": 130_000, "amount_fen": 4_410_001},
        SHIP | {"net_tons": 130_000, "amount_fen": 4_200_000, "port": "深圳"},
        SHIP | {"net_tons": 130_000, "amount_fen": 9_800_000, "port": "天津", "quantity": 2},
        SHIP | {"net_tons": 130_000, "amount_fen": 4_900_000, "charged_on": date(2022, 3, 31)},
        SHIP
        | {
            "net_tons": 130_000,
            "amount_fen": 4_500_000,
            "port": "上海",
            "charged_on": date(2023, 12, 31),
        },
        SHIP
        | {
            "net_tons": 130_000,
            "amount_fen": 4_500_000,
            "port": "上海",
            "charged_on": date(2024, 1, 1),
        },
        SHIP | {"net_tons": 50_000, "amount_fen": 9_999_999},
        SHIP | {"net_tons": 130_000, "distance_nm": 11},
        SHIP | {"net_tons": 130_000, "amount_fen": 1, "voyage": None},
        {"amount_fen": 99_999_999},
    ]
    log = log_of(lines)
    rule = "above_pilotage_ceiling"
    assert found(log, "pilotage") == {
        "1": (rule, 44100.0, 0.01),
        "2": (rule, 41650.0, 350.0),
        "6": (rule, 44100.0, 900.0),
    }
    metric = Fee(per="line", items=(PILOTAGE,), against="pilotage")
    row = measure(log, metric, as_of="2024-12-31", statistics="count_above:0").rows[0]
    assert (
        row.n == 7
        and "2 left out: ceiling not verified" in row.note
        and "1 left out: not known" in row.note
    )


def test_a_line_is_ruled_by_the_name_that_the_rates_have_for_its_port():
    """Cap at 深圳 41 650, elsewhere 49 000; a line without another name has its own."""
    large = SHIP | {"net_tons": 130_000, "amount_fen": 4_500_000, "port": "甲港"}
    lines = [
        large | {"tariff_port": "深圳"},
        large | {"tariff_port": None},
        large | {"tariff_port": None, "port": "深圳"},
    ]
    rule = "above_pilotage_ceiling"
    expected = {"0": (rule, 41650.0, 3350.0), "2": (rule, 41650.0, 3350.0)}
    assert found(log_of(lines), "pilotage") == expected
    one = exceedances(log_of(lines), Fee(per="line", against="pilotage"), as_of="2024-12-31")
    assert {row.port for row in one.rows} == {"甲港", "深圳"}, "findings name the log's own port"


def test_a_waiver_of_the_rates_holds_at_the_port_they_name_and_one_of_the_log_at_its_own():
    """Half the cargo dues are waived at 中山, as which 甲港 is ruled here; the log's own waiver of
    three quarters names 乙港, and none of its lines is ruled as that.
    """
    own = pl.DataFrame(
        {
            "port": ["乙港", "中山"],
            "item": [DUES] * 2,
            "waived_percent": [75, 90],
            "valid_from": ["2023-01-01"] * 2,
            "valid_to": ["2023-12-31"] * 2,
        }
    )
    ports = [("甲港", "中山"), ("甲港", None), ("乙港", None)]
    lines = [{"port": port, "tariff_port": ruled} for port, ruled in ports]
    rule = "waiver_not_applied"
    assert found(log_of(lines), "tariff") == {"0": (rule, 17.0, 17.0)}
    beside = found(log_of(lines, waivers=own), "tariff")
    assert beside == {"0": (rule, 17.0, 17.0), "2": (rule, 8.5, 25.5)}


def test_pilotage_by_tier_with_a_verified_tariff(verified):
    """50 000 net tons at 青岛: (40 000 x 0.45 + 10 000 x 0.40) x 0.90 = 19 800 yuan; at a port not
    named 22 000.
    """
    lines = [SHIP | {"net_tons": 50_000, "amount_fen": fen} for fen in (1_980_000, 1_980_100)]
    lines += [SHIP | {"net_tons": 50_000, "amount_fen": 2_200_100, "port": "天津"}]
    lines += [SHIP | {"net_tons": 120_000, "amount_fen": 4_410_100}]
    rule = "above_pilotage_ceiling"
    assert found(log_of(lines), "pilotage") == {}
    assert found(log_of(lines), "pilotage", tariff=verified) == {
        "1": (rule, 19800.0, 1.0),
        "2": (rule, 22000.0, 1.0),
        "3": (rule, 44100.0, 1.0),
    }


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 200_000))
def test_tiers_meet_the_cap_and_never_fall(tons):
    def base(tons):
        return sum(max(min(tons, t["high"]) - t["low"], 0) * t["rate"] for t in pilotage_tiers())

    assert base(tons) <= base(tons + 1) <= 49_000_000
    cap = next(c["rate"] for c in pilotage_caps() if c["port"] == "")
    assert base(120_000) == cap * 10  # thousandths of a yuan against fen


def test_two_lines_of_one_number_do_not_disturb_each_other(verified):
    """Two files that each number their lines from 1: each line has the ceiling of its own port and
    ship.
    """
    log = log_of(
        [
            SHIP | {"line_id": "1", "net_tons": 150_000, "amount_fen": 4_165_000, "port": "深圳"},
            SHIP | {"line_id": "1", "net_tons": 150_000, "amount_fen": 4_900_000, "port": "天津"},
            SHIP | {"line_id": "1", "net_tons": 40_000, "amount_fen": 2_000_000, "port": "天津"},
        ]
    )
    found = exceedances(
        log, Fee(per="line", against="pilotage"), as_of="2024-12-31", tariff=verified
    )
    assert [(r.port, r.rate, r.excess) for r in found] == [("天津", 18000.0, 2000.0)]


def test_nothing_is_held_against_yuan_that_is_not_in_yuan_or_has_no_quantity():
    log = log_of(
        [
            {"currency": "USD", "amount_fen": 3401},
            {"quantity": 0},
            {"quantity": -1},
            {"amount_fen": 3500},
        ]
    )
    assert found(log, "tariff") == {"3": ("above_set_price", 34.0, 1.0)}


def test_the_row_that_sets_the_factor_is_the_one_that_is_named():
    waivers = pl.DataFrame(
        {"port": ["中山"], "item": [DUES], "waived_percent": [70], "valid_from": ["2023-01-01"]}
    )
    lines = [{"port": "中山", "amount_fen": 1700}]
    (row,) = exceedances(
        log_of(lines, waivers=waivers), Fee(per="line", against="tariff"), as_of="2024-12-31"
    )
    assert (row.rate, row.excess, row.tariff) == (10.2, 6.8, "waivers")
    assert row.note == "the dataset's own waivers"
    with pytest.raises(LogError, match="no whole per cent"):
        log_of(lines, waivers=waivers.with_columns(waived_percent=pl.lit(150)))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            "货物港务费,x,,foreign,,40,general,,,container,3000,,,set,cargo,p,,2021-01-01,,V,x",
            "two rates of 货物港务费 are in force",
        ),
        (
            "货物港务费,x,,foreign,import,20,general,,,container,,0.²,,set,cargo,p,,1990-01-01,1991-01-01,V,x",
            "no decimal number",
        ),
        (
            "货物港务费,x,,foreign,import,20,general,,,container,99999999999999999999,,,set,cargo,p,,1990-01-01,,V,x",
            "not a whole number",
        ),
        (
            "货物港务费,"
            + "x" * 140_000
            + ",,foreign,import,20,general,,,container,1,,,set,cargo,p,,1990-01-01,,V,x",
            "not a table",
        ),
    ],
)
def test_wrong_tariff_rows_are_told(tmp_path, line, told):
    text = (
        files("clearance_metrics.notice")
        .joinpath("tariffs/cn-port.csv")
        .read_text(encoding="utf-8")
    )
    path = tmp_path / "own.csv"
    path.write_text(text + line + "\n", encoding="utf-8")
    with pytest.raises(NoticeError, match=told):
        load_tariff(str(path))
    path.write_text(text.splitlines()[0] + "\n", encoding="utf-8")
    with pytest.raises(NoticeError, match="holds no row"):
        load_tariff(f"{tmp_path}/./own.csv")


def test_one_service_on_two_bills_is_counted_once_too_often():
    lines = [
        {},
        {"bill": "B2"},
        {"bill": "B3"},
        {"amount_fen": 3500},
        {"charged_on": date(2023, 5, 2)},
        {"case_id": "d"},
    ]
    log = log_of(lines)
    assert found(log, "repeated") == {
        "1": ("billed_twice", None, 34.0),
        "2": ("billed_twice", None, 34.0),
    }
    bills = measure(
        log, Fee(counting="bill"), as_of="2024-12-31", statistics=("mean", "share_above:1", "n")
    )
    assert [(r.value, r.unit) for r in bills] == [(2.0, "bills"), (0.5, "share"), (2, "cases")]
    items = measure(
        log_of([{}, {"item": "理货服务费"}, {}]),
        Fee(counting="item"),
        as_of="2024-12-31",
        statistics="max",
    )
    assert items.rows[0].value == 2


def test_a_fee_folded_into_another_saves_nothing():
    """Security 8 + lump sum 470 before; lump sum 478 after; and the same again where traffic moves
    to the dear port.
    """
    lines, cases, n = [], {}, 0
    for day, parts, ports in (
        (date(2021, 5, 1), (("港口设施保安费", 800), ("港口作业包干费", 47000)), "甲甲甲乙"),
        (date(2022, 5, 1), (("港口作业包干费", 47800),), "甲乙乙乙"),
    ):
        for port in ports:
            n += 1
            dear = 2 if port == "乙" else 1
            lines += [
                {
                    "case_id": f"{n}",
                    "item": item,
                    "amount_fen": fen * dear,
                    "charged_on": day,
                    "port": port,
                }
                for item, fen in parts
            ]
    made = price_index(
        log_of(lines, cases),
        before=("2021-05", "2021-05"),
        after=("2022-05", "2022-05"),
        as_of="2024-12-31",
        strata="port",
        concordance={"港口设施保安费": "保安与包干", "港口作业包干费": "保安与包干"},
    )
    assert made.price.value == pytest.approx(1) and made.laspeyres == pytest.approx(1)
    assert made.value == pytest.approx(7 / 5) and made.price.value * made.quantity == pytest.approx(
        made.value
    )
    assert made.items == (("保安与包干", pytest.approx(478 * 5 / 4), pytest.approx(478 * 7 / 4)),)
    shared = price_index(
        log_of(lines),
        before=("2021-05", "2021-05"),
        after=("2021-05", "2021-06"),
        as_of="2024-12-31",
    )
    assert shared.price.value is None and "share the months 2021-05" in shared.headline()


prices = st.lists(st.tuples(*[st.floats(0.5, 500)] * 4), min_size=1, max_size=8)


@settings(max_examples=100, deadline=None)
@given(prices, st.floats(0.2, 5))
def test_fisher_passes_the_tests_that_are_asked_of_an_index(goods, k):
    p0, q0, p1, q1 = zip(*goods, strict=True)
    index = fisher(p0, q0, p1, q1)
    assert index.price.value * index.quantity == pytest.approx(index.value)
    assert fisher(p1, q1, p0, q0).price.value == pytest.approx(1 / index.price.value)
    assert fisher(p0, q0, [k * p for p in p0], q1).price.value == pytest.approx(k)
    assert (
        min(index.laspeyres, index.paasche) - 1e-9
        <= index.price.value
        <= max(index.laspeyres, index.paasche) + 1e-9
    )


def operations(minutes, day="2022-01-01", share=90):
    ids = [str(i) for i in range(len(minutes))]
    start = (date.fromisoformat("2022-03-01") - date(1970, 1, 1)).days * 86400
    events = [(i, "operation_ordered", start) for i in ids]
    events += [
        (i, "operation_done", start + 60 * m)
        for i, m in zip(ids, minutes, strict=True)
        if m is not None
    ]
    cases = pl.DataFrame({"case_id": ids, "kind": "operation", "port": "天津", "operation": "提箱"})
    limits = pl.DataFrame(
        {
            "port": ["天津"] * 2,
            "operation": ["提箱"] * 2,
            "minutes": [60, 30],
            "share_percent": [100, share],
            "valid_from": ["2019-01-01", day],
            "valid_to": ["2021-12-31", None],
        }
    )
    frame = pl.DataFrame(events, schema=["case_id", "milestone", "time"], orient="row")
    return frame, cases, limits


def test_the_limit_in_force_on_the_day_is_the_one_that_counts():
    frame, cases, limits = operations([20] * 97 + [31] * 2 + [None])
    found = check_limits(EventLog(frame, cases, limits=limits), as_of="2022-03-31")
    (row,) = found
    assert (row.minutes, row.n, row.too_early, row.verdict, found.without) == (30, 100, 0, "met", 0)
    assert row.share == pytest.approx(0.97) and row.low > 0.9
    for kept, verdict in ((85, "not met"), (87, "cannot tell")):
        frame, cases, limits = operations([20] * kept + [40] * (100 - kept))
        found = check_limits(EventLog(frame, cases, limits=limits), as_of="2022-03-31")
        assert found[0].verdict == verdict
    frame, cases, limits = operations([20] * 50, day="2022-03-02")
    assert check_limits(EventLog(frame, cases, limits=limits), as_of="2022-03-31").without == 50


def test_the_indicator_takes_its_limit_from_the_dated_table():
    frame, cases, limits = operations([20] * 40 + [40] * 20)
    log = EventLog(frame, cases, limits=limits)
    metric = next(i.metric for i in load_notice().indicators if i.id == "published_limits_kept")
    row = measure(log, metric, as_of="2022-03-31").rows[0]
    assert (row.value, row.n) == (pytest.approx(2 / 3), 60)
    # before the new limit came into force the old one of 60 minutes held
    frame, cases, limits = operations([20] * 40 + [40] * 20, day="2022-03-02")
    limits = limits.with_columns(valid_to=pl.Series(["2022-03-01", None]))
    assert (
        measure(EventLog(frame, cases, limits=limits), metric, as_of="2022-03-31").rows[0].value
        == 1
    )


def test_without_limits_of_its_own_a_log_is_held_against_what_ports_published():
    """Tianjin, 2019: 60 % of pick-ups within 30 minutes, 90 % within 60."""
    frame, cases, _ = operations([20] * 80 + [50] * 40)
    found = check_limits(EventLog(frame, cases), as_of="2022-03-31")
    assert [(r.minutes, r.required, round(r.share, 3), r.verdict) for r in found] == [
        (30, 0.6, 0.667, "cannot tell"),
        (60, 0.9, 1.0, "met"),
    ]


def test_violations_of_a_notice_name_measure_line_and_row():
    log = log_of([{"amount_fen": 3450}, {"item": "港口设施保安费", "amount_fen": 800}])
    rows = list(violations(log, as_of="2024-12-31"))
    told = {(r.measure, r.indicator, r.line_id, r.rule) for r in rows}
    assert told == {
        (10, "security_fee_lines", "1", "not_allowed"),
        (12, "above_ceiling", "0", "above_set_price"),
    }
    assert violations(log, as_of="2024-12-31").no_data
    assert len(violations(log, as_of="2022-03-31")) == 0
    with pytest.raises(LogError, match="counts no violations"):
        violations(log, as_of="2024-12-31", indicator="import_overall_time")
    with pytest.raises(NoticeError, match="above_ceiling"):
        violations(log, as_of="2024-12-31", indicator="above_ceilin")


def test_a_verified_tariff_changes_the_verdict_of_the_scorecard(verified):
    lines = [
        SHIP | {"net_tons": 50_000, "amount_fen": 1_980_100 if i == 0 else 1_900_000}
        for i in range(40)
    ]
    rows = {r.indicator: r for r in assess(log_of(lines), as_of="2022-12-31")}
    assert (
        rows["pilotage_ratio"].verdict == "no data"
        and "40 left out: ceiling not verified" in rows["pilotage_ratio"].note
    )
    rows = {r.indicator: r for r in assess(log_of(lines), as_of="2022-12-31", tariff=verified)}
    assert (rows["pilotage_ratio"].violations, rows["pilotage_ratio"].n) == (1, 40)


def test_metrics_that_make_no_sense_are_refused():
    with pytest.raises(LogError, match="counted per case"):
        Fee(per="line", counting="bill")
    with pytest.raises(LogError, match="not known"):
        Fee(per="line", against="tarif")
