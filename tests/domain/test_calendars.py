"""Working days against the official years and worked examples."""

import csv
import json
from datetime import date, timedelta

import pytest

from clearance_metrics.domain.calendars import load_calendar
from clearance_metrics.errors import CalendarError

OFFICIAL = {2017: 249, 2018: 250, 2019: 250, 2020: 249, 2021: 250, 2022: 249, 2023: 249, 2024: 251}


@pytest.mark.parametrize(("year", "days"), OFFICIAL.items())
def test_working_days_of_official_years(year, days):
    assert load_calendar().year_count(year) == days


@pytest.mark.parametrize(
    ("start", "stop", "days"),
    [
        ((2021, 4, 29), (2021, 5, 11), 6),
        ((2021, 9, 29), (2021, 10, 11), 4),
        ((2022, 1, 27), (2022, 2, 10), 7),
        ((2021, 9, 15), (2021, 10, 12), 15),
    ],
)
def test_worked_examples(start, stop, days):
    assert load_calendar().working_days(date(*start), date(*stop)) == days


def test_the_day_table_counts_as_the_plain_reading_does():
    table, work = load_calendar().day_table(), load_calendar()
    first = date(1970, 1, 1) + timedelta(days=int(table["day"][0]))
    assert first == date(work.first_year, 1, 1)
    start, stop = date(2019, 12, 20), date(2023, 3, 7)
    place = [(d - first).days for d in (start, stop)]
    assert table["ordinal"][place[1]] - table["ordinal"][place[0]] == work.working_days(start, stop)


def test_an_unknown_year_is_an_error_that_names_it():
    with pytest.raises(CalendarError, match="2050"):
        load_calendar().is_working(date(2050, 5, 6))


def test_a_list_adds_a_year(tmp_path):
    path = tmp_path / "days.csv"
    path.write_text(
        "date,type\n2050-05-06,holiday_off\n2050-05-07,makeup_workday\n", encoding="utf-8"
    )
    work = load_calendar().with_years(path)
    assert not work.is_working(date(2050, 5, 6)) and work.is_working(date(2050, 5, 7))


def test_every_day_equals_the_state_council_notices(shared_data):
    folder = shared_data("calendars") / "holiday-cn"
    compared = 0
    for path in sorted(folder.glob("*.json")):
        days = {
            d["date"]: d["isOffDay"] for d in json.loads(path.read_text(encoding="utf-8"))["days"]
        }
        year = int(path.stem)
        if not days or year not in load_calendar().years:
            continue
        for i in range((date(year + 1, 1, 1) - date(year, 1, 1)).days):
            day = date(year, 1, 1) + timedelta(days=i)
            if day.isoformat() in days:
                assert load_calendar().is_working(day) == (not days[day.isoformat()]), day
                compared += 1
    assert compared > 500


def test_every_day_equals_the_published_calendar(shared_data):
    path = shared_data("..") / "facts" / "working_calendar.csv"
    if not path.exists():
        pytest.skip("the published working calendar is not beside the test data")
    with path.open(encoding="utf-8") as lines:
        kinds = {row["date"]: row["type"] for row in csv.DictReader(lines)}
    day = date(2017, 1, 1)
    while day < date(2025, 1, 1):
        expected = {"holiday_off": False, "makeup_workday": True}.get(
            kinds.get(day.isoformat()), day.weekday() < 5
        )
        assert load_calendar().is_working(day) == expected, day
        day += timedelta(days=1)


@pytest.mark.parametrize("day", ["2031-02-29", "2031-13-01", "20310101", "soon"])
def test_a_list_names_the_line_of_what_is_no_day(tmp_path, day):
    path = tmp_path / "days.csv"
    path.write_text(f"date,type\n2031-01-01,holiday_off\n{day},holiday_off\n")
    with pytest.raises(CalendarError, match=f"'{day}' is no day of the calendar") as error:
        load_calendar().with_years(path)
    assert error.value.where == f"{path}, line 3" and "2027-01-01" in error.value.remedy
