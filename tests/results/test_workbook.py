"""Files of answers say what was asked, in which unit, of which data."""

from dataclasses import dataclass

import openpyxl
import pandas as pd
import polars as pl
import pytest

from clearance_metrics import EventLog, measure, stages, write_excel
from clearance_metrics.domain.reader import Reader
from clearance_metrics.errors import OutputError
from clearance_metrics.results.record import Record
from clearance_metrics.results.table import ResultTable

READER = Reader(titles={"en": "Port data", "zh": "港口数据"}, simulated=True)


@pytest.fixture(scope="module")
def log():
    ids = [f"c{i}" for i in range(40)]
    events = {
        "case_id": ids * 2,
        "milestone": ["declared"] * 40 + ["customs_released"] * 40,
        "time": [0] * 40 + [3600 * (1 + i % 5) for i in range(40)],
    }
    cases = {"case_id": ids, "port": ["x" if i % 2 else "y" for i in range(40)]}
    return EventLog(pl.DataFrame(events), pl.DataFrame(cases), timezone="UTC").using(
        as_of="1970-01-31"
    )


@pytest.fixture(scope="module")
def found(log):
    from clearance_metrics import Duration

    asked = Duration("declared", "customs_released")
    kinds = ("mean", "restricted_mean:3.3333333")
    return measure(log, asked, by="port", statistics=kinds)._with(_reader=READER)


def test_a_workbook_has_the_records_first_and_then_what_they_are(found, tmp_path):
    found.to_excel(tmp_path / "one.xlsx")
    sheets = pd.read_excel(tmp_path / "one.xlsx", sheet_name=None)
    assert list(sheets) == ["data", "about"]
    records = pd.read_excel(tmp_path / "one.xlsx")
    assert list(records["port"]) == ["x", "x", "y", "y"] and records["value"].dtype == float
    assert "reasons" not in records.columns and "note" in records.columns
    assert records["statistic"][1] == "restricted_mean:3.33"
    about = sheets["about"].iloc[0]
    assert about["unit"] == "hours" and str(about["as of"]) == "1970-01-31"
    assert about["source"] == "Simulated data · Port data · as of 1970-01-31"
    assert "neither is told to be the higher" in about["finding"] and "customs" in about["question"]
    words = dict(zip(sheets["about"]["sheet"], sheets["about"]["question"], strict=True))
    assert words["n_open"] == "open at as-of", "columns are told in words"


def test_several_answers_stand_in_one_workbook_each_in_its_language(log, found, tmp_path):
    chinese = found._with(_reader=Reader(lang="zh", titles=READER.titles))
    asked = {
        "ports": found,
        "中文": chinese,
        "about": stages(log, ("declared", "customs_released")),
    }
    write_excel(tmp_path / "all.xlsx", asked)
    sheets = pd.read_excel(tmp_path / "all.xlsx", sheet_name=None)
    assert list(sheets) == ["ports", "中文", "about", "about_"]
    told = sheets["about_"]
    assert list(told["sheet"][:3]) == ["ports", "中文", "about"] and told["unit"][1] == "小时"
    assert told["unit"][2] == "hours" and "分不出高低" in told["finding"][1]
    write_excel(tmp_path / "zh.xlsx", {"a": found}, lang="zh")
    assert list(pd.read_excel(tmp_path / "zh.xlsx", sheet_name=None)) == ["a", "说明"]


@pytest.mark.parametrize("answers", [{}, [1], {"a": 1}, {"a": {"value": 1}}])
def test_what_is_no_answer_is_told(answers, tmp_path):
    with pytest.raises(OutputError, match="no answer"):
        write_excel(tmp_path / "none.xlsx", answers)


@pytest.mark.parametrize("name", ["", "a/b", "x" * 40, "[a]"])
def test_a_name_that_no_sheet_can_have_is_told(found, name, tmp_path):
    with pytest.raises(OutputError, match="cannot write"):
        write_excel(tmp_path / "name.xlsx", {name: found})


def test_names_that_differ_by_case_alone_are_told(found, tmp_path):
    with pytest.raises(OutputError, match="cannot write"):
        write_excel(tmp_path / "name.xlsx", {"A": found, "a": found})


def test_texts_of_the_second_sheet_are_no_formulas(found, tmp_path):
    titled = found._with(_reader=Reader(titles={"en": "=1+1"}))
    titled.to_excel(tmp_path / "safe.xlsx")
    cells = [c for row in openpyxl.load_workbook(tmp_path / "safe.xlsx")["about"] for c in row]
    assert all(cell.data_type != "f" for cell in cells)


def test_the_last_columns_of_a_csv_say_where_it_comes_from(found, tmp_path):
    text = found.to_csv(tmp_path / "rows.csv")
    told = pl.read_csv(tmp_path / "rows.csv")
    assert told.columns[-3:] == ["asked", "as_of", "source"]
    assert set(told["source"]) == {"Simulated data · Port data · as of 1970-01-31"}
    assert text.splitlines()[0].endswith("asked,as_of,source")
    assert "source" not in found.drawn_data().splitlines()[0], "a page says it beside the picture"


@dataclass(frozen=True, kw_only=True)
class Row(Record):
    source: str
    value: float


@dataclass(frozen=True, kw_only=True, repr=False)
class Rows(ResultTable[Row]):
    rows: tuple[Row, ...]
    as_of: str = "2022-12-31"
    shown = ("source", "value")


def test_columns_of_its_own_keep_their_names():
    told = pl.read_csv(Rows(rows=(Row(source="书", value=1.0),)).to_csv().encode())
    assert told["source"].to_list() == ["书"] and told["as_of"].to_list() == ["2022-12-31"]
    assert Rows(rows=()).to_csv() == "source,value\n"


def test_an_answer_without_rows_is_a_sheet_with_its_columns(tmp_path):
    Rows(rows=()).to_excel(tmp_path / "empty.xlsx")
    assert list(pd.read_excel(tmp_path / "empty.xlsx").columns) == ["source", "value"]
