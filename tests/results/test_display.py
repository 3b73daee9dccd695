"""How a table looks: sides, decimals, badges, captions, and what HTML leaves to frames."""

import datetime as dt
from dataclasses import dataclass

import openpyxl
import pytest

from clearance_metrics.results.display import LONGEST, decimals
from clearance_metrics.results.table import Record, ResultTable
from clearance_metrics.statistics.reasons import Reason


@dataclass(frozen=True, kw_only=True)
class Row(Record):
    groups: tuple = ()
    period: str | None = None
    value: float | None = None
    low: float | None = None
    n: int = 0
    p: float | None = None
    unit: str = "hours"
    verdict: str = ""
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Rows(ResultTable):
    rows: tuple
    metric: str = "a clock"
    as_of: str = "2022-12-31"
    shown = ("period", "value", "low", "n", "p", "unit", "verdict", "note")


def cells(found, lang="en"):
    table = found.table(lang)
    return [dict(zip(table.heads, row, strict=True)) for row in table.cells]


def test_figures_of_one_unit_have_the_same_decimals():
    found = Rows(rows=(Row(value=5.517, low=4.5), Row(value=37.777, low=32.9)))
    assert [(row["value"], row["low"]) for row in cells(found)] == [
        ("5.52", "4.50"),
        ("37.78", "32.90"),
    ]
    mixed = Rows(rows=(Row(value=1204.4, n=1204), Row(value=0.51234, unit="share")))
    assert [row["value"] for row in cells(mixed)] == ["1,204.40", "51.2%"]
    assert cells(mixed)[0]["n"] == "1,204"
    assert [row["p"] for row in cells(Rows(rows=(Row(p=0.0002), Row(p=0.04))))] == [
        "<0.001",
        "0.040",
    ]
    assert cells(Rows(rows=(Row(value=-0.00001, low=8.0),)))[0]["value"] == "0.00"


@pytest.mark.parametrize(("most", "places"), [(0.0, 2), (0.05, 4), (0.5, 3), (9.99, 2), (1e6, 2)])
def test_decimals_follow_the_largest_figure(most, places):
    assert decimals(most) == places


def test_html_has_a_caption_sides_and_badges():
    found = Rows(rows=(Row(value=1.5, verdict="met"), Row(value=2.5, verdict="not met")))
    page = found._repr_html_()
    assert "a clock, as of 2022-12-31</caption>" in page
    assert page.count("text-align:right") >= 2 and page.count("border-radius") == 2
    assert "a clock，截至2022-12-31" in found.table("zh")._repr_html_()
    assert "<script>" not in Rows(rows=(Row(groups=(("port", "<script>"),)),))._repr_html_()


def test_html_shows_some_of_many_rows_and_says_so():
    found = Rows(rows=(Row(value=1.0, n=1),) * (LONGEST + 5))
    page = found._repr_html_()
    assert page.count("<tr>") == LONGEST + 1 and "and 5 more rows" in page
    assert len(str(found).splitlines()) == LONGEST + 6


def test_numbers_that_are_names_stay_names():
    found = Rows(rows=(Row(groups=(("year_built", 2021), ("n_doors", 1204)), value=1.0),))
    row = cells(found)[0]
    assert (row["year_built"], row["n_doors"]) == ("2021", "1204")


@pytest.mark.parametrize(
    ("period", "first"),
    [("2021-09", (2021, 9, 1)), ("2021-Q3", (2021, 7, 1)), ("2021", (2021, 1, 1))],
)
def test_periods_have_their_first_day_in_every_frame_and_file(period, first, tmp_path):
    found = Rows(rows=(Row(period=period, value=1.0), Row(value=2.0)))
    day = dt.date(*first)
    assert found.to_polars()["period_start"].to_list() == [day, None]
    assert found.to_arrow()["period_start"].to_pylist() == [day, None]
    pandas = found.to_pandas()
    assert pandas["period_start"].dt.date[0] == day and pandas["period"][0] == period
    assert list(pandas.columns)[:2] == ["period", "period_start"]
    assert f"{period},{day}" in found.to_csv()
    found.to_excel(tmp_path / "rows.xlsx")
    assert openpyxl.load_workbook(tmp_path / "rows.xlsx").active["B2"].value.date() == day


def test_what_has_no_period_has_no_first_day():
    found = Rows(rows=(Row(period="-3", value=1.0),))
    assert "period_start" not in found.to_polars().columns
    assert "period_start" not in found.to_dicts()[0]
