"""Tariff files: days of the calendar, in order, and one rate of a charge a day; both lines told."""

import pytest

from clearance_metrics.errors import NoticeError
from clearance_metrics.notice.tariff import load_tariff

HEAD = (
    "item,item_en,detail,trade,direction,size,cargo_class,band_from,band_to,unit,rate_fen,"
    "rate_yuan,factor,pricing,payer,payee,port,valid_from,valid_to,confidence,source"
)
PLACED = "tariff.csv, line 3, column"


def row(first, last, size="20", item="理货费"):
    rate = f"{item},tallying,,foreign,import,{size},general,,,container,1500,,,set,cargo,p,"
    return f"{rate},{first},{last},V,a page"


def loaded(folder, *rows):
    file = folder / "tariff.csv"
    file.write_text("\n".join((HEAD, *rows)) + "\n", encoding="utf-8")
    load_tariff.cache_clear()
    return load_tariff(str(file))


def test_rows_that_follow_one_another_are_read(tmp_path):
    tariff = loaded(tmp_path, row("2020-01-01", "2020-02-29"), row("2020-03-01", ""))
    assert [(str(r.valid_from), str(r.valid_to)) for r in tariff.rows] == [
        ("2020-01-01", "2020-02-29"),
        ("2020-03-01", "None"),
    ]


@pytest.mark.parametrize(
    ("first", "last", "what", "where"),
    [
        ("2023-02-30", "", "'2023-02-30' is no day of the calendar", f"{PLACED} valid_from"),
        ("2023-13-01", "", "'2023-13-01' is no day of the calendar", f"{PLACED} valid_from"),
        ("2023-01-01", "2023-02-29", "'2023-02-29' is no day", f"{PLACED} valid_to"),
        ("2023-W01-1", "", "'2023-W01-1' is no day", f"{PLACED} valid_from"),
        ("20230101", "", "'20230101' is no day", f"{PLACED} valid_from"),
        ("", "", "'' is no day", f"{PLACED} valid_from"),
        ("0202-01-01", "", "0202-01-01 is no day of a tariff", f"{PLACED} valid_from"),
        ("2023-01-01", "9999-12-31", "9999-12-31 is no day of a tariff", f"{PLACED} valid_to"),
        ("2023-01-02", "2023-01-01", "the row ends before it begins", f"{PLACED} valid_to"),
        ("2020-12-31", "", "two rates of 理货费 are in force", "tariff.csv, lines 2 and 3"),
        ("2019-01-01", "", "two rates of 理货费 are in force", "tariff.csv, lines"),
        ("2019-01-01", "2020-01-01", "on 2020-01-01", "tariff.csv, lines"),
    ],
)
def test_a_wrong_day_is_told_with_its_place_and_remedy(tmp_path, first, last, what, where):
    with pytest.raises(NoticeError) as error:
        loaded(tmp_path, row("2020-01-01", "2020-12-31"), row(first, last))
    assert what in error.value.what and where in error.value.where and error.value.remedy


def test_rates_that_meet_for_one_box_name_both_lines(tmp_path):
    """The one for any size, the other for 20 feet: a box of 20 feet would have two."""
    given = (row("2020-01-01", "", size=""), row("2021-01-01", "", item="港务费"))
    with pytest.raises(NoticeError) as error:
        loaded(tmp_path, *given, row("2022-01-01", ""))
    assert error.value.what == "two rates of 理货费 are in force for one box on 2022-01-01"
    assert error.value.where == "tariff.csv, lines 2 and 4"
