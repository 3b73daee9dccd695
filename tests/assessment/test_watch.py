"""What changed since an earlier run: by hand, and how seldom a log without change is told."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from clearance_metrics import EventLog, load_notice, watch
from clearance_metrics.assessment import watch as watching
from clearance_metrics.assessment.watch_records import Severity
from clearance_metrics.domain.as_of import AsOf
from clearance_metrics.errors import InputError, LogError

DUES = "货物港务费"
BEFORE, DAY = "2022-11-30", "2022-12-31"
MONTHS = [date(2021 + (m // 12), 1 + m % 12, 1) for m in range(24)]
NOTICE = load_notice()


def log_of(last=40.0, dear=(), name="port", cases=36, still=0):
    """Imports of two years, 36 a month, that took about 40 hours, in December 2022 about `last`;
    their cargo dues, `dear` cases above the set price; `still` open at the end.
    """
    rng = np.random.default_rng(3)
    events, lines, kept = [], [], []
    for m, first in enumerate(MONTHS):
        mean = (last if m == 23 else 40.0) + rng.normal(0, 1)
        for i in range(cases):
            case = f"I{m:02}{i:03}"
            begun = datetime(first.year, first.month, 1 + i % 25, 6, tzinfo=UTC)
            hours = mean + (i % 9) - 4
            events.append((case, "conveyance_arrived", int(begun.timestamp())))
            kept.append(case)
            if m == 23 and i < still:
                continue
            done = begun + timedelta(hours=float(hours))
            events.append((case, "customs_released", int(done.timestamp())))
            fen = 3500 if case in dear else 3400
            lines.append((case, f"L{case}", DUES, fen, done.date()))
    columns = ["case_id", "line_id", "item", "amount_fen", "charged_on"]
    charges = pl.DataFrame(lines, columns, orient="row").with_columns(
        quantity=pl.lit(1), size=pl.lit("20"), cargo_class=pl.lit("general"), port=pl.lit("甲")
    )
    table = pl.DataFrame(events, ["case_id", "milestone", "time"], orient="row")
    cases_ = pl.DataFrame({"case_id": kept, "kind": "import", "port": "甲"})
    log = EventLog(table, cases_, charges, timezone="UTC", name=name)
    return log.using(lang="en", as_of=DAY)


def test_the_first_run_says_so_and_keeps_what_the_next_needs():
    found = watch(log_of(last=80))
    assert found.first and not found.rows and found.exit_code == 0
    assert "the first run" in found.text() and "首次运行" in found.text("zh")
    assert set(found.state) == {"verdicts", "outside", "lines"}
    assert found.state["outside"] == ["import_overall_time|甲|2022-12"]


def test_the_same_again_is_no_change_and_the_same_bytes():
    log = log_of(dear=("I20001",))
    first = watch(log)
    again = watch(log, before=first)
    assert not again.rows and again.exit_code == 0 and again.since == DAY
    assert again.text() == f"port, {NOTICE.number}, as of {DAY}: nothing changed since {DAY}."
    assert again.to_json() == watch(log, before=json.loads(first.to_json())).to_json()


def test_a_month_outside_its_own_past_is_told_once():
    log = log_of(last=50)
    before = watch(log, as_of=BEFORE)
    found = watch(log, before=before)
    (one,) = (row for row in found if row.kind == "limits")
    assert (one.port, one.period, one.severity) == ("甲", "2022-12", Severity.WARNING)
    assert one.high < one.value and one.n == 23
    assert found.exit_code in (11, 12) and "甲, in 2022-12" in found.text()
    assert not [row for row in watch(log, before=found) if row.kind == "limits"]


def test_quicker_is_a_notice():
    log = log_of(last=30)
    found = watch(log, before=watch(log, as_of=BEFORE))
    (one,) = (row for row in found if row.kind == "limits")
    assert one.severity is Severity.NOTICE and "below the limits" in one.note


def test_a_steady_log_is_quiet():
    log = log_of()
    found = watch(log, before=watch(log, as_of=BEFORE))
    assert [row for row in found if row.kind in ("limits", "violations")] == []


def test_months_of_few_cases_are_not_watched():
    log = log_of(last=80, cases=watching.ENOUGH - 1)
    assert watch(log).watched == 0
    assert watch(log).state["outside"] == []


def test_new_lines_are_told_by_what_they_are():
    before = watch(log_of(dear=("I20001",)), as_of=BEFORE)
    found = watch(log_of(dear=("I20001", "I23002", "I23003")), before=before)
    (one,) = (row for row in found if row.kind == "violations")
    assert one.lines == (("I23002", "LI23002"), ("I23003", "LI23003"))
    assert (one.n, one.severity, one.indicator) == (2, Severity.WARNING, "above_ceiling")


def test_a_verdict_that_turns_to_violations_is_an_alarm():
    before = watch(log_of(), as_of=BEFORE)
    assert before.state["verdicts"]["above_ceiling"] == "met"
    found = watch(log_of(dear=("I23002",)), before=before)
    top = found[0]
    assert (top.kind, top.before, top.now) == ("verdict", "met", "violations")
    assert found.exit_code == 12 and found.severity is Severity.ALARM
    assert "to “violations: 1”" in found.text("en")
    # how many they were is not kept
    assert "from “violations” to “met”" in watch(log_of(), before=found).text("en")


def test_a_backlog_is_told_when_it_begins():
    log = log_of(still=30)
    found = watch(log, before=watch(log, as_of=BEFORE))
    (one,) = (row for row in found if row.kind == "backlog")
    assert one.n == 30 and one.n > one.high
    assert not [row for row in watch(log, before=found) if row.kind == "backlog"]


def test_runs_of_steady_figures_are_told_as_rarely_as_said():
    """Fifteen series of two years, none of which changes: one run in a hundred tells of any."""
    rng, runs = np.random.default_rng(16), 3000
    indicator, when = NOTICE.indicator("import_overall_time"), AsOf.of(DAY, "UTC")
    names = [f"{day:%Y-%m}" for day in MONTHS]
    told = 0
    for _ in range(runs):
        noise = rng.normal(40, 3, (15, 24))
        figures = [
            (indicator, f"P{i}", dict(zip(names, row.tolist(), strict=True)))
            for i, row in enumerate(noise)
        ]
        told += bool(list(watching._outside(figures, when)))
    rate = watching.FALSE_ALARMS
    assert 0 < told / runs < rate + 4 * np.sqrt(rate * (1 - rate) / runs)


def kept(**changes):
    return {"state": {"verdicts": {}, "outside": [], "lines": []} | changes}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"log": "other"}, "another log: 'other', not 'port'"),
        ({"notice": "other"}, "another notice"),
        ({"notice_sha256": "0"}, "text of the notice has changed"),
        ({"version": 0}, "another version of the file"),
        ({"library": "0.0"}, "another version of the library"),
        ({"as_of": "2023-01-31"}, "of a later day"),
        ({"format": "else"}, "no earlier run"),
        ({"as_of": 20221130}, "as_of is 20221130"),
        ({"as_of": "2022-11-31"}, "as_of is '2022-11-31'"),
        ({"as_of": "soon"}, "as_of is 'soon'"),
        ({"state": []}, "state is \\[\\]"),
        ({"state": {"verdicts": {}}}, "outside is None"),
        (kept(verdicts=[]), "verdicts is \\[\\]"),
        (kept(verdicts={"above_ceiling": "fine"}), "above_ceiling has no verdict 'fine'"),
        (kept(verdicts={"above_ceiling": None}), "above_ceiling has no verdict None"),
        (kept(verdicts={"above_ceiling": ["met"]}), "above_ceiling has no verdict"),
        (kept(verdicts={"above_sky": "met"}), "no indicator is called 'above_sky'"),
        (kept(outside={}), "outside is {}"),
        (kept(outside=[1]), "outside holds 1"),
        (kept(lines=["ab"]), "lines hold 'ab'"),
        (kept(lines=[["a"]]), "lines hold \\['a'\\]"),
        (kept(lines=[["a", 1]]), "lines hold \\['a', 1\\]"),
        (kept(lines=[["a", ["b"]]]), "lines hold"),
    ],
)
def test_an_earlier_run_of_something_else_is_refused(changes, told):
    log = log_of()
    with pytest.raises(InputError, match=told):
        watch(log, before=watch(log).to_state() | changes)


def test_files_that_hold_no_run_are_refused(tmp_path):
    deep = "[" * 100_000
    for text, told in (("{", "no JSON"), ("[]", "no earlier run"), (deep, "no JSON")):
        (tmp_path / "a.json").write_text(text)
        with pytest.raises(InputError, match=told):
            watch(log_of(), before=tmp_path / "a.json")
    with pytest.raises(InputError, match="cannot be read"):
        watch(log_of(), before=tmp_path)
    with pytest.raises(LogError, match="withheld"):
        watch(log_of().using(withhold=5))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_is_told_in_both_languages(lang):
    log = log_of(last=50, dear=("I23002",))
    found = watch(log, before=watch(log, as_of=BEFORE))
    told = json.loads(found.to_json(lang))
    assert told["language"] == lang and all(signal["text"] for signal in told["signals"])
    assert len(found.table(lang).cells) == len(found) and found.block(lang).note
    many = found._with(rows=tuple(replace(found[0], key=str(i)) for i in range(20)))
    assert ("另有12条" if lang == "zh" else "And 12 more.") in many.text(lang)
