"""Tables of results: the ways out of each, a display in each language, and their pictures."""

from dataclasses import dataclass

import openpyxl
import polars as pl
import pytest

from clearance_metrics import (
    Duration,
    EventLog,
    bridge,
    changepoints,
    compare_matched,
    compare_survival,
    league,
    measure,
    stages,
)
from clearance_metrics.assessment.violations import Violations
from clearance_metrics.errors import LogError, OutputError
from clearance_metrics.results.table import Display, Record, ResultTable
from clearance_metrics.statistics.reasons import Reason

CLOCK = Duration("declared", "customs_released")


@dataclass(frozen=True, kw_only=True)
class Row(Record):
    groups: tuple[tuple[str, object], ...]
    name: str
    value: float | None
    parts: tuple[int, ...] = ()
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Rows(ResultTable):
    rows: tuple[Row, ...]
    as_of: str = "2022-12-31"
    shown = ("name", "value", "note")


@pytest.fixture
def rows():
    few = Reason("few_for_interval")
    return Rows(
        rows=(
            Row(groups=(("port", "上海"),), name="=1+1", value=1.5, parts=(1, 2)),
            Row(groups=(("port", "y"),), name="b", value=None, reasons=(few,)),
        )
    )


@pytest.fixture(scope="module")
def log():
    """Forty cases a month for two years and a half at two ports, from 2 to 6 hours each."""
    ids = [(m, i) for m in range(30) for i in range(40)]
    start = {key: 86400 * (31 * key[0] + key[1] % 28) for key in ids}
    hours = {(m, i): 2 + (i * 7 + m) % 5 for m, i in ids}
    stop = {key: start[key] + 3600 * hours[key] for key in ids}
    events = pl.DataFrame(
        {
            "case_id": [f"{m}-{i}" for m, i in ids] * 2,
            "milestone": ["declared"] * len(ids) + ["customs_released"] * len(ids),
            "time": [*start.values(), *stop.values()],
        }
    )
    ports = ["上海" if i % 2 else "宁波" for _, i in ids]
    return EventLog(events, pl.DataFrame({"case_id": [f"{m}-{i}" for m, i in ids], "port": ports}))


def test_every_way_out_holds_the_same_rows(rows, tmp_path):
    assert rows.to_polars()["value"].to_list() == [1.5, None]
    assert rows.to_arrow()["port"].to_pylist() == ["上海", "y"]
    assert list(rows.to_pandas()["note_en"]) == ["", "too few cases for an interval"]
    # what is nested stands as JSON text, in frames and in files
    assert rows.to_polars()["parts"][0] == "[1, 2]"
    rows.to_csv(tmp_path / "rows.csv")
    assert pl.read_csv(tmp_path / "rows.csv")["port"].to_list() == ["上海", "y"]
    assert (tmp_path / "rows.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    told = pl.read_csv(tmp_path / "rows.csv")["name"].to_list()
    assert told == ["'=1+1", "b"], "a text that begins like a formula has an apostrophe in front"
    rows.to_excel(tmp_path / "rows.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "rows.xlsx").active
    assert [cell.value for cell in sheet["B"]] == ["name", "=1+1", "b"]
    assert sheet["B2"].data_type == "s", "a text that begins like a formula stays a text"
    assert rows.rows[0].port == "上海" and rows[1].port == "y"
    with pytest.raises(AttributeError, match="no 'harbour'"):
        rows[0].harbour  # noqa: B018


def test_a_table_speaks_the_language_asked_for(rows):
    # the only reason stands in place of the value, and not once more as a note
    assert rows.table("en").heads == ("port", "name", "value")
    assert rows.to_dicts()[1]["note_en"] == "too few cases for an interval"
    assert rows.table("zh").heads[0] == "口岸" and rows.table("zh").heads[2] == "数值"
    # a value that is not there is answered in words
    assert rows.table("en").cells[1][2] == "too few cases for an interval"
    assert "样本" in rows.table("zh").cells[1][2] or "业务" in rows.table("zh").cells[1][2]
    with pytest.raises(LogError, match="no catalogue of words is called 'xx'"):
        rows.table("xx")
    assert str(Rows(rows=())) == "(no rows)" and Rows(rows=()).to_polars().columns == [
        "name",
        "value",
        "note",
    ]


def test_wide_signs_stand_in_line_and_markup_is_escaped():
    shown = Display(("口岸", "n"), (("上海洋山", "1"), ("<b>", "22")))
    lines = str(shown).splitlines()
    # a Chinese sign takes two places of a terminal
    places = [sum(2 if ord(c) > 0x2E80 else 1 for c in line.rsplit(" ", 1)[0]) for line in lines]
    assert len(set(places)) == 1
    assert "&lt;b&gt;" in shown._repr_html_()


def test_results_draw_their_natural_picture(log):
    day = "1972-08-31"
    drawn = [
        measure(log, CLOCK, as_of=day, period="month", statistics="mean"),
        measure(log, CLOCK, as_of=day, by="port"),
        bridge(log, CLOCK, by="port", before="1970", after="1971", as_of=day),
        league(log, CLOCK, by="port", as_of=day),
        changepoints(log, CLOCK, as_of=day),
    ]
    for found in drawn:
        for lang in ("zh", "en"):
            figure = found.chart(lang)
            texts = [t.get_text() for t in figure.findobj(lambda a: hasattr(a, "get_text"))]
            assert any(day in text for text in texts), f"{type(found).__name__}: no day below"
            assert figure.axes and found.chart(lang, title="A finding") is not figure
    with pytest.raises(LogError, match="no picture of its own"):
        Rows(rows=()).chart()
    with pytest.raises(LogError, match="no catalogue"):
        drawn[0].chart("xx")


def test_a_table_without_values_draws_nothing():
    events = pl.DataFrame({"case_id": ["a"], "milestone": ["declared"], "time": [0]})
    both = events.vstack(events.with_columns(pl.lit("customs_released").alias("milestone")))
    open_case = both.with_columns(pl.Series("case_id", ["a", "b"]))
    found = measure(EventLog(open_case), CLOCK, as_of="1970-01-31", statistics="mean")
    with pytest.raises(LogError, match="no value to draw"):
        found.chart()


@dataclass(frozen=True, kw_only=True)
class Coded(Record):
    groups: tuple
    rule: str
    own: bool
    line_id: str
    currency: str


def test_codes_of_a_table_are_said_in_its_language():
    row = Coded(groups=(("mode", "sea"),), rule="at_most", own=False, line_id="7", currency="ZAR")

    @dataclass(frozen=True)
    class Codes(ResultTable):
        rows: tuple
        as_of: str = "2022-12-31"
        shown = ("rule", "own", "line_id", "currency")

    found = Codes((row,)).table("zh")
    assert dict(zip(found.heads, found.cells[0], strict=True)) == {
        "运输方式": "水运",
        "规则": "不超过",
        "所定规则": "否",
        "收费行号": "7",
        "币种": "ZAR",
    }
    assert Codes((row,)).table("en").cells == (("sea", "at most", "false", "7", "ZAR"),)


def test_composition_names_its_column_in_words(log):
    sides = {"before": "1970", "after": "1971"}
    clock = Duration("declared", "customs_released", dated_by="end")
    found = bridge(log, clock, by="port", as_of="2022-12-31", **sides)
    told = [row.label("zh") for row in found if row.term == "composition"]
    assert told and all("口岸" in text and "port" not in text for text in told)


def test_violations_name_what_is_lacking_in_the_language_asked_for():
    found = Violations(rows=(), as_of="2022-12-31", no_data=(("outside_list", "charge_list"),))
    assert found.told("zh").splitlines()[0] == "0行收费或业务，截至2022-12-31"
    assert "outside_list无数据：缺少 charge_list" in found.told("zh")
    assert repr(found) == found.told("en")


def test_an_answer_of_one_row_is_a_table_as_well(log, tmp_path):
    day = "1972-08-31"
    matched = compare_matched(log, CLOCK, split={"port": "上海"}, strata="port", as_of=day)
    survival = compare_survival(log, CLOCK, by="port", as_of=day)
    assert len(matched) == len(survival) == 1 and matched[0] is matched
    for found in (matched, survival):
        assert found.to_polars().height == 1 and "数值" in str(found.table("zh"))
        found.to_excel(tmp_path / "one.xlsx")
        assert openpyxl.load_workbook(tmp_path / "one.xlsx").active.max_row == 2
        assert found.to_dict()["as_of"] == day


@pytest.mark.parametrize("name", ["n", "stage", "period", "note_zh", "label_en", "said", "to_dict"])
def test_no_group_takes_the_place_of_what_a_row_has_itself(name):
    events = {
        "case_id": ["a"] * 2,
        "time": [0, 3600],
        "milestone": ["declared", "customs_released"],
    }
    log = EventLog(pl.DataFrame(events), pl.DataFrame({"case_id": ["a"], name: ["x"]}))
    for ask in (
        lambda: stages(log, ("declared", "customs_released"), by=name, as_of="1970-01-02"),
        lambda: measure(log, CLOCK, by=name, as_of="1970-01-02"),
        lambda: bridge(log, CLOCK, by=name, before="1970-01", after="1970-02", as_of="1970-03-01"),
    ):
        try:
            found = ask()
        except LogError as error:
            assert "of their own" in str(error)
        else:
            for row in found:
                assert getattr(row, name) == row.to_dict()[name] == dict(row.groups)[name]


def test_a_file_that_cannot_be_written_is_told(tmp_path):
    found = Rows(rows=(Row(groups=(), name="a", value=float("nan")),))
    for write in (found.to_csv, found.to_excel):
        with pytest.raises(OutputError, match="cannot write"):
            write(tmp_path / "nowhere" / "file")
    found.to_excel(tmp_path / "nan.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "nan.xlsx").active
    assert "#NUM!" in str(sheet["B2"].value)


def test_more_rows_than_a_sheet_has_are_told_before_anything_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr("clearance_metrics.results.frames.SHEET", 2)
    found = Rows(rows=(Row(groups=(), name="a", value=1.0),) * 3)
    with pytest.raises(OutputError, match="do not fit"):
        found.to_excel(tmp_path / "big.xlsx")
    assert not (tmp_path / "big.xlsx").exists()
