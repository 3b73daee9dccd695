"""Goods values, duty, payees, firms and tickets: what was planted, worked out from the raw files by
other means, and found again.
"""

import csv
import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import clearance_metrics.simulation as simulation
from clearance_metrics import Deferral, Duration, Fee, Share, assess, measure, violations
from clearance_metrics.simulation import simulate
from clearance_metrics.simulation.payees import REPEATED

SPANS = ("before", "after")
GUARANTEED = {"kind": "import", "guaranteed": {"present": True}}
NEW = ("货值", "税款", "货物类型")


@pytest.fixture(scope="module")
def demo(demos):
    """The demonstration through intake: truth, log, raw folder."""
    made = demos()
    return made.truth, made.log, made.raw


@pytest.fixture(scope="module")
def raw(demo):
    """Cases and charges as their owner wrote them, by plain pandas: fen as whole numbers."""

    def fen(texts):
        return texts.str.replace(",", "").str.replace(".", "").replace("", None).astype("Int64")

    cases = pd.read_csv(demo[2] / "cases.csv", dtype=str, keep_default_na=False)
    cases = cases.drop_duplicates("case_id")
    lines = pd.read_csv(demo[2] / "charges.csv.gz", dtype=str, keep_default_na=False)
    lines = lines[~lines["行号"].str.startswith("X")].drop_duplicates()
    pilots = pd.read_csv(demo[2] / "pilotage.csv", dtype=str, keep_default_na=False)
    cases = cases.assign(value=fen(cases["货值"]), duty=fen(cases["税款"]))
    return cases, lines.assign(fen=fen(lines["金额"])), pilots


def test_what_is_planted_of_goods_is_what_the_raw_file_says(demo, raw):
    planted, value = demo[0]["goods"], raw[0]["value"]
    assert planted["unknown"] == value.isna().sum() and planted["zero"] == (value == 0).sum() > 0
    assert planted["known"] == (value > 0).sum() and planted["sum_fen"] == value.sum()
    assert planted["duty_fen"] == raw[0]["duty"].sum()
    for mode, median in planted["median_fen_by_mode"].items():
        known = value[(raw[0]["mode"] == mode) & (value > 0)].astype("int64").sort_values()
        assert median == known.iloc[(len(known) - 1) // 2]


def test_charges_are_the_share_of_value_that_pandas_finds(demo, raw):
    cases, lines, pilots = raw
    paid = lines.groupby("业务编号")["fen"].sum().rename("paid")
    both = cases.set_index("case_id").join(paid, how="inner")
    good = both[both["value"] > 0].astype({"paid": "int64", "value": "int64"})
    shares = 100 * good["paid"] / good["value"]
    asked = ("ratio_of_sums", "mean", "median", "n")
    whole, mean, median, n = measure(demo[1], Fee(per="value"), statistics=asked).rows
    assert n.value == len(good)
    assert whole.value == 100 * int(good["paid"].sum()) / int(good["value"].sum())
    assert mean.value == pytest.approx(shares.mean(), abs=5e-5)
    assert median.value == pytest.approx(shares.median(), abs=5e-5)
    # linearised: what each case adds is its charges less what its value makes expected
    rest = good["paid"] - whole.value / 100 * good["value"]
    error = 100 * np.sqrt((rest**2).sum() * len(good) / (len(good) - 1)) / good["value"].sum()
    assert (whole.high - whole.low) / 2 == pytest.approx(1.96 * error, rel=1e-3)
    zero, unknown = (both["value"] == 0).sum(), both["value"].isna().sum() + len(pilots)
    assert f"{zero:,} left out: goods worth nothing" in whole.note and zero
    assert f"{unknown:,} left out: value of the goods not recorded" in whole.note


def test_duty_deferred_is_found_to_the_fen_and_day(demo):
    planted = demo[0]["goods"]["deferred"]
    clock = Deferral("duty", "customs_released", "duty_paid", where=GUARANTEED)
    total, mean, n = measure(demo[1], clock, statistics=("sum", "mean", "n")).rows
    assert round(total.value * 100) == planted["fen_days"] and n.value == planted["cases"]
    assert mean.value == pytest.approx(planted["fen_days"] / 100 / planted["cases"])
    assert total.unit == "yuan_days" and total.n_open is None
    assert f"{planted['open']} left out: not paid yet" in total.note
    assert f"{planted['duty_unknown']} left out: not known" in total.note


@pytest.mark.parametrize("kind, begin", [("import", "conveyance_arrived"), ("export", "gate_in")])
def test_few_firms_have_most_shipments_and_their_weights_are_found(demo, kind, begin):
    planted = demo[0]["goods"]["firms"][kind]
    clock = Duration(begin, "customs_released", dated_by="end", where={"kind": kind})
    rows = measure(demo[1], clock, by="enterprise", statistics=("n", "mean")).rows
    counts = [r.value for r in rows if r.statistic == "n"]
    means = [r.value for r in rows if r.statistic == "mean"]
    assert (len(counts), sum(counts)) == (planted["firms"], planted["cases"])
    assert sum(sorted(counts)[-10:]) == planted["cases_of_ten_largest"] > 0.8 * sum(counts)
    assert np.mean(means) == pytest.approx(planted["mean_hours_by_firm"], rel=1e-12)
    whole = measure(demo[1], clock, statistics="mean").rows[0].value
    assert whole == pytest.approx(planted["seconds"] / 3600 / planted["cases"], rel=1e-12)
    assert whole != pytest.approx(planted["mean_hours_by_firm"], rel=1e-3)


@pytest.mark.parametrize("kind, begin", [("import", "conveyance_arrived"), ("export", "gate_in")])
def test_perishable_and_express_goods_are_released_in_six_hours_as_often_as_planted(
    demo, kind, begin
):
    for name, planted in demo[0]["goods"]["release_hours"][kind].items():
        hours = 48 if name == "general" else 6
        where = {"kind": kind, "goods_class": name}
        clock = Duration(begin, "customs_released", dated_by="end", where=where)
        (row,) = measure(demo[1], clock, statistics=f"within:{hours}").rows
        assert (row.n, round(row.value * row.n)) == (planted["cases"], planted["within"])


def test_what_lies_above_the_ceiling_is_billed_by_two_payees_most(demo, raw):
    planted = demo[0]["charges"]["payees"]
    by_line = raw[1].set_index("行号")["收费单位"]
    found: dict = {}
    for row in violations(demo[1], as_of=demo[0]["as_of"], indicator="above_ceiling"):
        entry = found.setdefault(by_line[row.line_id], {"lines": 0, "fen": 0})
        entry["lines"] += 1
        entry["fen"] += row.value
    assert found == planted["above_ceiling"]
    assert sum(e["fen"] for e in found.values()) == demo[0]["charges"]["above_ceiling_fen"]
    for port, payee in REPEATED.items():
        mine = found[payee]["lines"]
        there = sum(e["lines"] for name, e in found.items() if name.startswith(port))
        # a terminal that has at most three in ten of the port's cases
        assert planted["repeated"] and mine > there / 2


def test_lines_without_payee_ground_or_kind_of_price_are_counted(demo, raw):
    planted, lines = demo[0]["charges"]["payees"], raw[1]
    # a second bill of a planted line stands in the file, and not among the lines drawn
    once = lines[~lines["账单"].str.endswith("补")]
    again = demo[0]["charges"]["billed_twice_lines"]
    assert len(lines) - len(once) == again
    assert planted["lines"] == lines["收费单位"].value_counts().sort_index().to_dict()
    told = {"no_payee": "收费单位", "no_ground": "收费依据", "no_layer": "定价方式"}
    for name, column in told.items():
        assert planted[name] == (lines[column] == "").sum() > 0
    share = Share({"payee": {"present": True}}, over="lines")
    assert measure(demo[1], share, statistics="n").rows[0].value == len(lines) + len(raw[2])
    values = {r.groups[0][1] for r in measure(demo[1], Fee(per="line"), by="layer").rows}
    assert values == {"set", "guided", "market", None}


@pytest.mark.parametrize("span", SPANS)
def test_tickets_are_answered_as_planted(demo, span):
    first, last = {"before": ("2020-09", "2021-08"), "after": ("2021-09", "2022-08")}[span]
    planted = demo[0]["tickets"][span]
    within = demo[0]["tickets"]["within_working_days"]
    for name in ("answer", "close"):
        stop = {"answer": "ticket_answered", "close": "ticket_closed"}[name]
        clock = Duration("ticket_opened", stop, unit="working_days", where={"kind": "ticket"})
        asked = ("n", "open", f"within:{within}", "sum")
        n, still, share, days = measure(demo[1], clock, between=(first, last), statistics=asked)
        assert (n.value, n.value - still.value) == (planted["opened"], planted[name]["done"])
        assert days.value == planted[name]["working_days"]
        # those still open have been so for longer: Kaplan and Meier's share is the plain one
        assert round(share.value * n.value) == planted[name]["within"]
    online = Share({"channel": "single_window"}, of={"kind": "ticket"}, dated_by="ticket_opened")
    (row,) = measure(demo[1], online, between=(first, last), statistics="share")
    assert round(row.value * row.n) == planted["online"]


def test_the_notice_finds_that_answers_came_sooner(demo):
    planted = demo[0]["tickets"]
    rows = {r.indicator: r for r in assess(demo[1]).measure(25)}
    assert {name: r.verdict.value for name, r in rows.items()} == {
        "tickets_online": "improved",
        "ticket_answer": "improved",
        "ticket_close": "improved",
        "problem_desks": "not measurable from logs",
    }
    assert rows["ticket_answer"].n_open == planted["not_answered"]
    assert rows["ticket_close"].n_open == planted["not_closed"]
    quick = [planted[s]["answer"]["within"] / planted[s]["answer"]["done"] for s in SPANS]
    assert quick[1] > quick[0] + 0.05


def test_streams_of_their_own_move_nothing_else(demo, tmp_path, monkeypatch):
    """Other draws of values, duties, classes, payees and tickets leave every other text alone."""

    def stream(seed):
        moved = isinstance(seed, list) and seed[1] in range(11, 16)
        return np.random.RandomState([seed[0] + 1, seed[1]] if moved else seed)

    class Moved:
        random = SimpleNamespace(RandomState=stream)

        def __getattr__(self, name):
            return getattr(np, name)

    monkeypatch.setattr(simulation, "np", Moved())
    truth = simulate(tmp_path / "raw")
    own = {"cases.csv": NEW, "charges.csv.gz": ("收费单位", "收费依据", "定价方式")}
    for path in sorted(demo[2].iterdir()):
        other = tmp_path / "raw" / path.name
        if path.name in ("tickets.csv", "truth.json"):
            assert other.read_bytes() != path.read_bytes()
        elif path.name in own:
            one, two = (pd.read_csv(p, dtype=str, keep_default_na=False) for p in (path, other))
            for column in one.columns:
                assert one[column].equals(two[column]) == (column not in own[path.name]), column
        else:
            assert other.read_bytes() == path.read_bytes(), path.name
    same = ("refunds", "licences", "holds", "mix", "pickups", "planted", "files")
    assert {k: truth[k] for k in same} == {k: demo[0][k] for k in same}


def test_the_smallest_demonstration_has_a_truth_too(tmp_path):
    truth = simulate(tmp_path / "raw", size=0.004)
    assert json.loads((tmp_path / "raw" / "truth.json").read_text(encoding="utf-8")) == truth
    with (tmp_path / "raw" / "tickets.csv").open(encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == truth["tickets"]["tickets"] == 60
