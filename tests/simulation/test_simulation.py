"""The demonstration's truth, recovered: what intake must refuse, what assess must find."""

import hashlib
import json
import re
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from clearance_metrics.analysis.holds import holds
from clearance_metrics.analysis.measure import measure
from clearance_metrics.assessment.assess import assess
from clearance_metrics.assessment.violations import violations
from clearance_metrics.domain.calendars import load_calendar
from clearance_metrics.domain.metrics import Duration
from clearance_metrics.errors import OutputError
from clearance_metrics.notice import load_notice
from clearance_metrics.notice.tariff import load_tariff
from clearance_metrics.simulation import simulate
from clearance_metrics.simulation.cases import MONTHS, levels, refunds


@pytest.fixture(scope="module")
def demo(demos):
    """The demonstration through intake: truth, receipt, log, raw folder."""
    made = demos()
    return made.truth, made.receipt, made.log, made.raw


def test_every_dirty_row_is_booked_under_its_rule(demo):
    truth, receipt, _, _ = demo
    for file in receipt.files:
        told = truth["files"][file["path"]]
        assert file["rows_read"] == file["accepted"] + file["rejected"] + file["duplicates"]
        assert {k: file[k] for k in told} == told, file["path"]
    assert sum(receipt.rejected_by_rule.values()) == sum(
        sum(f["rejected_by_rule"].values()) for f in truth["files"].values()
    )


def test_planted_violations_are_found_exactly(demo):
    truth, _, log, _ = demo
    rows = {r.indicator: r for r in assess(log, as_of=truth["as_of"])}
    planted = truth["charges"]
    for indicator, name in (
        ("security_fee_lines", "security"),
        ("outside_list", "outside_list"),
        ("above_ceiling", "above_ceiling"),
        ("security_sub_item", "sub_item"),
        ("above_published", "above_published"),
        ("pilotage_ratio", "pilotage"),
    ):
        row, also = rows[indicator], {f.statistic: f.value for f in rows[indicator].also}
        assert row.value == planted[f"{name}_lines"]
        assert round(also["sum"] * 100) == planted[f"{name}_fen"]
        assert row.verdict == "violations" and row.violations == planted[f"{name}_lines"]
    # the indicator is about the latest year; what was planted, about all lines since the notice
    twice = load_notice().indicator("billed_twice").metric
    found = measure(log, twice, as_of=truth["as_of"], statistics=("count_above:0", "sum"))
    assert [round(r.value * f) for r, f in zip(found, (1, 100), strict=True)] == [
        planted["billed_twice_lines"],
        planted["billed_twice_fen"],
    ]
    assert rows["billed_twice"].companion_of == "above_ceiling"
    assert rows["pilotage_ratio"].n == planted["pilotage_checked"]
    assert (
        f"{planted['pilotage_not_verified']:,} left out: ceiling not verified"
        in rows["pilotage_ratio"].note
    )
    listed = violations(log, as_of=truth["as_of"], indicator="above_ceiling")
    waived = [r for r in listed if r.rule == "waiver_not_applied"]
    assert len(listed) == planted["above_ceiling_lines"]
    assert (len(waived), sum(r.value for r in waived)) == (
        planted["waiver_not_applied_lines"],
        planted["waiver_not_applied_fen"],
    )
    for indicator, count in truth["planted"].items():
        assert rows[indicator].value == count > 0 and rows[indicator].violations == count
    assert rows["licence_types_left"].value == truth["licences"]["types_outside_2022_12"]
    assert rows["refund_class_limits"].value == truth["refunds"]["normal_over_class_limit"]
    assert rows["refund_mean_2021_all"].n_open == truth["refunds"]["open"]
    licence = rows["licence_single_window"]
    assert licence.n == truth["licences"]["applied_2021_12"]
    assert (
        round((1 - licence.value) * licence.n) == truth["licences"]["outside_single_window_2021_12"]
    )


def test_refund_means_lie_in_their_intervals_and_the_dropped_share_stands_beside(demo):
    truth, _, log, _ = demo
    rows = {r.indicator: r for r in assess(log, as_of=truth["as_of"])}
    for year in ("2021", "2022"):
        row = rows[f"refund_mean_{year}"]
        assert row.low <= truth["refunds"][f"mean_normal_{year}_12"] <= row.high and row.n > 400
        assert rows[f"refund_mean_{year}_day1"].value == pytest.approx(row.value + 1)
    done = measure(
        log,
        Duration("refund_accepted", "refund_approved", where={"kind": "refund"}),
        as_of=truth["as_of"],
        statistics=("n", "open"),
    )
    n, still = (r.value for r in done)
    assert n == truth["cases"]["refund"] and still == truth["refunds"]["open"]


def test_inquiries_and_holds_are_recovered_to_the_day_and_second(demo):
    truth, _, log, _ = demo
    told, pause = truth["refunds"], ("refund_query_raised", "refund_query_cleared")
    clock = {
        "start": "refund_accepted",
        "stop": "refund_approved",
        "unit": "working_days",
        "dated_by": "end",
    }
    sums = []
    for stop in (None, pause):
        n, days = measure(
            log, Duration(**clock, pause=stop), as_of=truth["as_of"], statistics=("n", "sum")
        )
        assert n.value == told["completed"]
        sums.append(days.value)
    assert sums[1] == told["net_working_days_completed"] > 0
    assert sums[0] - sums[1] == told["paused_working_days_completed"] > 0
    raised = log.rows_of(log.events_of(pause[0]))["case_id"].to_pylist()
    assert len(set(raised)) == told["with_query"]
    assert len(raised) == told["with_query"] + told["second_letters"] > told["with_query"]
    notice = load_notice()
    fifth = replace(notice, measures=(notice.measures[4],))
    rows = {r.indicator: r for r in assess(log, fifth, as_of=truth["as_of"])}
    for year in ("2021", "2022"):
        # without the time of inquiries all refunds take what normal ones take
        row, every = rows[f"refund_mean_{year}_net"], rows[f"refund_mean_{year}_all"]
        assert (
            row.low <= told[f"mean_normal_{year}_12"] <= row.high < every.low and row.n == every.n
        )
    found = holds(log, "import_overall", as_of=truth["as_of"])
    several = found.rows[-1]
    assert (several.seconds, several.n) == (
        truth["holds"]["seconds_two_or_more"],
        truth["holds"]["cases_two_or_more"],
    )
    assert several.n > 100 and found.unequal == found.not_known == 0 and found.absent == ()


def test_intervals_of_monthly_means_cover_the_truth_as_often_as_they_say():
    days = load_calendar("CN").day_table()
    place = dict(
        zip(np.array(days["day"]).tolist(), np.array(days["ordinal"]).tolist(), strict=True)
    )

    def day(text):
        return place[(date(*map(int, re.findall(r"\d+", text))) - date(1970, 1, 1)).days]

    hits = 0
    for seed in range(20):
        frame, truth = refunds(np.random.RandomState(seed), 12000)
        chosen = frame.filter((frame["疑点"] == "") & frame["办结"].str.starts_with("2022-12"))
        took = np.array([day(b) - day(a) for a, b in chosen.select("受理", "办结").iter_rows()])
        half = 1.96 * took.std(ddof=1) / np.sqrt(len(took))
        hits += abs(took.mean() - truth["mean_normal_2022_12"]) <= half
    assert hits >= 16  # of 20 at 95 %: fewer has a chance of 3 in 1000


def test_monthly_levels_are_the_published_ones(demo):
    _, _, log, _ = demo
    for kind, start in (("import", "conveyance_arrived"), ("export", "gate_in")):
        clock = Duration(
            start, "customs_released", where={"kind": kind, "customs_released": {"present": True}}
        )
        rows = measure(log, clock, as_of="2022-12-31", period="month", statistics="mean")
        level = dict(zip([f"{y}-{m:02}" for y, m in MONTHS], levels(kind), strict=True))
        assert len(rows) == 48
        for row in rows:
            # cases still open move their month by little, and the last month by more
            assert row.value == pytest.approx(
                level[row.period], rel=0.05 if row.period < "2022-12" else 0.2
            ), row


def test_same_seed_same_bytes_and_nothing_else_is_overwritten(tmp_path):
    def digests(folder):
        return {
            p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())
        }

    simulate(tmp_path / "a", size=0.02)
    simulate(tmp_path / "b", size=0.02)
    assert digests(tmp_path / "a") == digests(tmp_path / "b")
    simulate(tmp_path / "b", seed=1, size=0.02)
    assert digests(tmp_path / "a") != digests(tmp_path / "b")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "x.csv").write_text("a")
    with pytest.raises(OutputError):
        simulate(tmp_path / "mine")
    assert json.loads((tmp_path / "a" / "truth.json").read_text())["seed"] == 20210820


def test_no_real_port_stands_in_what_is_simulated(demo):
    """The rule on pilotage names ports: the mapping says as which each invented one is ruled."""
    _, _, log, raw = demo
    real = {p for row in load_tariff().rows for p in row.port.split("|") if p}
    ports = set(log.values("port"))
    assert len(real) > 15 and ports and not {p for p in ports if p in real}
    for name in ("pilotage.csv", "port-calls.csv"):
        text = (raw / name).read_text("utf-8")
        assert not [port for port in real if port in text], name
    found = violations(log, indicator="pilotage_ratio")
    told = "\n".join(map(str, found.to_dicts())) + found.told("zh")
    assert len(found) and not [port for port in real if port in told]
