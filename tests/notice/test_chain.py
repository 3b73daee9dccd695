"""Notices that follow each other, references and published results, read strictly."""

from __future__ import annotations

import re
from datetime import date
from importlib.resources import files

import pytest

from clearance_metrics import back_tests, load_notice, targets_in_force
from clearance_metrics.domain.verdicts import Verdict
from clearance_metrics.errors import NoticeError
from clearance_metrics.notice.chain import chain, steps
from clearance_metrics.notice.loader import shipped
from clearance_metrics.notice.result import Result


def changed(tmp_path, name: str, old: str, new: str):
    text = files("clearance_metrics.notice").joinpath(f"{name}.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "mine.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_a_line_is_found_from_either_end():
    line = ["cn-2021-85", "cn-2022-83", "cn-2023-1054"]
    for name in line:
        assert [found.id for found in chain(load_notice(name))] == line
    assert [found.id for found in chain(load_notice("in-ntfap"))] == ["in-ntfap", "in-ntfap-2024"]
    assert [found.id for found in chain(load_notice("rcep-tfa"))] == ["rcep-tfa"]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2021-12-31", {("cn-2021-85", 7)}),
        ("2022-01-01", {("cn-2021-85", 6)}),
        ("2022-06-19", {("cn-2021-85", 6)}),
        ("2022-06-20", {("cn-2021-85", 6), ("cn-2022-83", 3)}),
        ("2023-01-01", {("cn-2022-83", 3)}),
        ("2023-07-01", {("cn-2023-1054", 6), ("cn-2023-1054", 3)}),
        ("2024-12-31", {("cn-2023-1054", 6), ("cn-2023-1054", 3)}),
        ("2025-01-01", set()),  # later targets contradict each other and are not here
    ],
)
def test_the_refund_target_that_holds_on_a_day(day, expected):
    holding = targets_in_force(day, page="refunds").holding()
    assert {(row.notice, row.target) for row in holding} == expected


def test_a_plan_that_supersedes_ends_the_one_before():
    old, new = load_notice("in-ntfap"), load_notice("in-ntfap-2024")
    found = steps(new, date(2025, 6, 1))
    assert {step.standing for step in found if step.notice.id == old.id} == {"ended"}
    assert {step.standing for step in found if step.notice.id == new.id} == {"in_force"}
    assert {
        step.standing for step in steps(old, date(2025, 2, 14)) if step.notice.id == old.id
    } == {"run_out"}


def test_a_figure_older_than_its_target_is_not_judged_by_it():
    found = {row.indicator: row for row in back_tests("in-ntfap-2024") if row.target}
    # means of 2023, of a plan of 2025 that is due at the end of 2027
    assert {row.verdict for row in found.values()} == {Verdict.NOT_DUE} and len(found) == 4
    assert "not due" in str(back_tests("in-ntfap-2024").table("en"))
    # a year that ends on the day the target is due is judged
    assert [row.verdict.value for row in back_tests("cn-2021-85")] == ["met", "met"]


@pytest.mark.parametrize(
    "period, last",
    [("2021", "2021-12-31"), ("2020-02", "2020-02-29"), ("2011-12", "2011-12-31")]
    + [("2020-21", "2021-12-31"), ("1999-00", "2000-12-31"), ("2024-01..2025-02", "2025-02-28")],
)
def test_the_last_day_of_a_published_period(period, last):
    made = {"value": 1, "stated": "", "source": "", "checked": None, "confidence": "V"}
    assert str(Result(indicator="x", period=period, **made).last) == last


@pytest.mark.parametrize("period", ["2020-30", "2020/21", "last year"])
def test_a_period_that_is_none_is_told(tmp_path, period):
    path = changed(tmp_path, "au-import-standards", 'period = "2020-21"', f'period = "{period}"')
    with pytest.raises(NoticeError, match=f"period = '{period}' is no period"):
        load_notice(path)


@pytest.mark.parametrize("name", shipped())
def test_published_verdicts_come_out_the_same(name):
    found = back_tests(name)
    assert not [row.indicator for row in found if row.agrees is False]
    assert all(row.agrees is None for row in found if not row.stated)


def test_every_follow_up_has_a_published_result_or_says_none():
    told = {name: len(back_tests(name)) for name in shipped()}
    assert told["au-import-standards"] == 7 and told["in-ntfap-2024"] == 8
    assert "no published results" in back_tests("cn-2022-83").headline("en")


def test_a_wrong_result_is_seen(tmp_path):
    path = changed(tmp_path, "au-import-standards", "value = 0.94", "value = 0.96")
    assert [row.agrees for row in back_tests(load_notice(path))][:2] == [False, True]
    assert "6 of 7" in back_tests(load_notice(path)).headline("en")


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("cn-2022-83", 'extends = ["cn-2021-85"]', 'extends = ["cn-2021"]', "no notice that ships"),
        ("cn-2022-83", 'extends = ["cn-2021-85"]', 'extends = ["cn-2022-83"]', "no notice that"),
        ("cn-2022-83", "until = 2023-06-30", "until = 2022-06-19", "lies before issued"),
        ("cn-2022-83", '["cn-2021-85"]', '["cn-2023-1054"]', "was issued later"),
        ("cn-2022-83", "supersedes = []", 'supersedes = ["cn-2021-85"]', "and ends with it"),
        ("au-import-standards", 'calendar = "AU-ACT"', 'calendar = "XX"', "unknown calendar 'XX'"),
        ("au-import-standards", "value = 0.94", "value = 94", "a share lies between 0 and 1"),
        ("au-import-standards", "value = 0.94", "value = -1", "a share lies between 0 and 1"),
        ("au-import-standards", "value = 0.94", "value = 1.01", "a share lies between 0 and 1"),
        ("au-import-standards", "value = 0.94", "value = nan", "is no number"),
        ("cn-2021-85", "checked = 2026", "checked = 9999", "is no day of a notice"),
        ("cn-2022-83", "until = 2023-06-30", "until = 9999-12-31", "is no day of a notice"),
        ("in-ntfap-2024", "within:48", "within:-48", "does not suit a duration"),
        ("in-ntfap-2024", "within:48", f"within:{'9' * 400}", "does not suit a duration"),
        ("au-import-standards", 'stated = "not met"', 'stated = "missed"', "'missed' is not known"),
        ("in-ntfap-2024", 'stated = ""', 'stated = "met"', "has no target"),
        (
            "in-ntfap-2024",
            'indicator = "import_sea_share"',
            'indicator = "import_sea"',
            "none that is computed",
        ),
        ("rcep-tfa", 'clause = "RCEP 4.11", source', "source", "key 'clause' is missing"),
    ],
)
def test_mistakes_are_named(tmp_path, name, old, new, told):
    with pytest.raises(NoticeError, match=re.escape(told)):
        load_notice(changed(tmp_path, name, old, new))


def test_an_unknown_page_is_an_error():
    with pytest.raises(NoticeError, match="no page"):
        targets_in_force("2022-01-01", page="refund")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_said_of_zero_one_and_many(lang):
    none = targets_in_force("2000-01-01", lang=lang)
    assert "2000-01-01" in none.headline() and len(none.holding()) == 0
    many = targets_in_force("2022-10-01", lang=lang)
    assert many.headline().count("〔") == 2 and str(many.holding().table(lang))
    assert targets_in_force("2022-10-01", "rcep-tfa", lang=lang).rows == ()


def test_other_countries_count_their_own_working_days():
    from clearance_metrics import load_calendar

    act, nsw = load_calendar("AU-ACT"), load_calendar("AU-NSW")
    # Canberra Day is kept in the capital alone; Anzac Day in all of the country
    assert not act.is_working(date(2021, 3, 8)) and nsw.is_working(date(2021, 3, 8))
    assert not act.is_working(date(2019, 4, 25)) and not nsw.is_working(date(2019, 4, 25))
    metric = load_notice("au-import-standards").indicator("inspections_in_time").metric
    assert metric.calendar == "AU-ACT"
