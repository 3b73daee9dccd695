"""Headings and sentences say things in words, name ties, and claim no more than the data."""

from datetime import date

import polars as pl
import pytest

import clearance_metrics as cm
from clearance_metrics import EventLog, holds, judge_target, league, measure, stages
from clearance_metrics.errors import LogError
from clearance_metrics.notice import load_notice
from clearance_metrics.results.charts.canvas import day_of
from clearance_metrics.results.display import by_dates, digits_of
from clearance_metrics.results.doubted import SlipRow, Slips
from clearance_metrics.results.published import glossed
from clearance_metrics.results.quality import RejectRow, Rejects
from clearance_metrics.results.words import in_words, lacking, say
from clearance_metrics.statistics.reasons import Reason

RULES = ("malformed_row", "missing_case_id")
BASE = {"import": 97.39, "export": 12.29}  # hours of 2017


def log_of(cases, milestones, attributes=None):
    """Cases by name, each with its seconds in the order of the milestones, None where one lacks."""
    rows = [
        (case, name, second)
        for case, seconds in cases.items()
        for name, second in zip(milestones, seconds, strict=True)
        if second is not None
    ]
    ids, names, times = zip(*rows, strict=True)
    return EventLog(pl.DataFrame({"case_id": ids, "milestone": names, "time": times}), attributes)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_reason_for_a_heading_has_no_name_of_a_column(lang):
    why = (Reason("assess.log_lacks", column=lacking("kind")), Reason("no_cases"))
    told = say(in_words(why)[0], lang)
    assert "(kind)" in say(why[0], lang).replace("（", "(").replace("）", ")")
    assert say("column.kind", lang) in told and "kind)" not in told and "kind）" not in told
    assert in_words(why)[1] == why[1]
    own = Reason("assess.log_lacks", column=lacking("my_own"))  # an owner's column stays
    assert "my_own" in say(in_words(own), lang)


def reject(rule, n):
    return RejectRow(rule=rule, n=n, file="a.csv", line=1, column="c", value="v")


def test_reasons_that_are_equally_common_are_all_named():
    one = Rejects(rows=(reject(RULES[0], 3), reject(RULES[1], 2))).headline("en")
    two = Rejects(rows=(reject(RULES[0], 3), reject(RULES[1], 3))).headline("en")
    first, second = (say(f"rule.{rule}", "en") for rule in RULES)
    assert first in one and second not in one
    assert first in two and second in two and "equally" in two


def test_slips_that_are_equally_many_are_all_named():
    def told(*counts):
        rows = tuple(SlipRow(kind=k, n=n) for k, n in zip("ab", counts, strict=True))
        return Slips(rows=rows, as_of="", absent=(), clock=("declared", "gate_out")).headline("en")

    assert "most of all a" in told(3, 2) and "equally many of a" in told(3, 3)


def test_a_year_is_drawn_in_its_middle_and_a_month_at_its_first():
    assert [day_of(p) for p in ("2021", "2021-03", "2021-Q2", "2021-03-04")] == [
        date(2021, 7, 1),
        date(2021, 3, 1),
        date(2021, 4, 1),
        date(2021, 3, 4),
    ]


def test_hours_from_dates_alone_have_no_decimals_and_one_finer_case_gives_them_back():
    dated = [Reason("to_the_day", n=3).to_dict()]
    row = {"unit": "hours", "value": 36.5, "low": 1.25, "n": 3, "reasons": dated}
    assert digits_of([row])["hours"] == 0
    assert digits_of([row, row | {"reasons": []}])["hours"] == 2
    assert not by_dates(4, [Reason("to_the_day", n=3)]) and not by_dates(0, [])


def test_the_sentence_of_dated_cases_says_whole_hours():
    events = pl.DataFrame(
        {
            "case_id": ["a", "b", "c"] * 2,
            "milestone": ["declared"] * 3 + ["customs_released"] * 3,
            "time": [date(2021, 1, 1)] * 3 + [date(2021, 1, d) for d in (2, 2, 3)],
        }
    )
    found = measure(
        EventLog(events),
        cm.Duration("declared", "customs_released"),
        as_of="2021-02-01",
        statistics="mean",
    )
    assert found.rows[0].value == 32.0 and "32 hours" in found.headline("en")
    assert "32.0" not in found.headline("en")


def test_how_many_announced_cuts_can_be_recomputed_is_counted_and_the_others_are_named():
    """Against plain arithmetic on the published hours."""
    found = cm.compressions()
    apart = []
    for row in found:
        if row.announced is None:
            continue
        places = len(f"{row.announced:g}".partition(".")[2])
        exact = 100 * (1 - row.hours / BASE[row.direction])
        if abs(exact - row.announced) > 0.5 * 10**-places + 1e-9:
            apart.append(row)
    told = sum(row.announced is not None for row in found)
    assert found.headline("en").startswith(f"{told - len(apart)} of {told} announced cuts")
    assert len(apart) == 3
    assert all(f"{row.period} {row.direction}" in found.beware("en") for row in apart)


def test_a_source_keeps_its_own_name_and_gets_a_gloss_in_the_other_language():
    sources = {
        row.source for name in ("national_clearance", "refunds") for row in cm.published(name)
    }
    glosses = {source: glossed(source, "en") for source in sources}
    assert all(source == glossed(source, "zh") for source in sources)
    for source, told in glosses.items():
        name = source.split(" ")[0].split(";")[0]
        if not name.isascii() and not name.startswith("署岸发"):
            assert told.startswith(f"{name} (") and told.endswith(source[len(name) :])


def test_a_figure_read_in_a_copy_is_not_marked_as_read_in_the_original():
    own = (
        "gov.cn",
        "people.cn",
        "globaltimes.cn",
        "chinadaily.com.cn",
        "china.org.cn",
        "qingdaonews.com",
        "tjbh.com",
        "tass.com",
    )
    for name in ("national_clearance", "regional_clearance", "refunds", "certificates"):
        for row in cm.published(name):
            if row.confidence == "V" and "http" in row.source and "85" not in row.source[:12]:
                assert any(host in row.source for host in own), row.source


def test_stages_that_join_others_are_told_apart():
    chain = ("conveyance_arrived", "discharged", "declared", "customs_released", "gate_out")
    log = log_of({"a": (0, None, 7200, 9000, 9900), "b": (0, 3600, 7200, None, 9900)}, chain)
    found = stages(log, "import", as_of="1970-02-01")
    joined = [found._part(row, "zh") for row in found if row.combined]
    assert len(joined) == 2 == len(set(joined))


def test_a_league_says_of_which_days_it_is():
    cases = {f"{p}{i}": (0, 3600 * (i % 5 + 1)) for p in "xyz" for i in range(30)}
    ports = pl.DataFrame({"case_id": list(cases), "port": [name[0] for name in cases]})
    log = log_of(cases, ("declared", "customs_released"), ports)
    clock = cm.Duration("declared", "customs_released")
    every = league(log, clock, by="port", as_of="1970-02-01")
    some = league(log, clock, by="port", as_of="1970-02-01", between=("1970-01-01", "1970-01-05"))
    assert "(all days)" in every.headline("en")
    assert "(1970-01-01 to 1970-01-05)" in some.headline("en")


def test_holds_say_where_they_leave_cases_out():
    names = ("declared", "exam_called", "exam_ended", "customs_released")
    whole = {"a": (0, 100, 200, 3600), "b": (0, 100, 200, 7200)}
    clock = ("declared", "customs_released")
    kept = holds(log_of(whole, names), clock, as_of="1970-02-01")
    left = holds(log_of(whole | {"c": (3600, 100, 200, 60)}, names), clock, as_of="1970-02-01")
    assert left.left_out == 1
    assert "without cases" in left.headline("en") and "without cases" not in kept.headline("en")


def test_what_a_log_lacks_says_which_answer_it_stands_for():
    log = log_of({"a": (0, 60)}, ("declared", "customs_released")).using(
        lang="en", as_of="1970-02-01"
    )
    with pytest.raises(LogError, match="left out: .*, as the log lacks") as caught:
        measure(log, load_notice().on("clearance", "headline"))
    assert "conveyance_arrived" not in caught.value.finding


def test_an_indicator_sets_the_rule_that_is_judged():
    notice = load_notice()
    refund = notice.indicator("refund_mean_2022")
    log = log_of({"a": (0, 86400)}, ("refund_accepted", "refund_approved"))
    cases = {"as_of": "1970-02-01", "calendar": None}
    with pytest.raises(LogError, match="a mean of at most 6 and no share") as caught:
        judge_target(log, refund, **cases)
    assert caught.value.remedy.startswith("write share=0.9")
    with pytest.raises(LogError, match="no limit is set"):
        judge_target(log, cm.Duration("refund_accepted", "refund_approved"), share=0.9, **cases)
    named = cm.Duration("refund_accepted", "refund_approved")
    with pytest.raises(LogError, match="no share is set"):
        judge_target(log, named, within=6, **cases)
