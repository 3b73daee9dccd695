"""What metrics group by holds the vocabulary's words alone; what is not understood is told."""

import duckdb
import pyarrow as pa
import pytest
from support.values import CASES as FILE
from support.values import EVENTS, HEAD, attributes, taken

from clearance_metrics.errors import MappingError
from clearance_metrics.intake.files import RawFile
from clearance_metrics.intake.judged import judged
from clearance_metrics.intake.mapping import load_mapping

TRUTH = {
    **dict.fromkeys(
        ["true", "TRUE", "1", "1.0", "Y", "yes", "是", "有", "√", "✓", "Ｙ", "１"], True
    ),
    **dict.fromkeys(["false", "0", "0.0", "n", "否", "无", "×", "Ｎ", "０"], False),
    "maybe": None,
    "": None,
}
WHOLE = {
    "2": 2,
    "2.0": 2,
    "２": 2,
    "1,000": 1000,
    "1 000": 1000,
    "+5": 5,
    "2.5": None,
    "1,00": None,
    "two": None,
    "": None,
}
MODE = {"sea": "sea", "Sea": "sea", "海运": "sea", "水路运输": None, "ocean": None}
CHAPTER = {"01": "01", "84": "84", "1": None, "0106190090": None}
CODE = {
    "0106190090": "01",
    "8471.30.00": "84",
    "84": "84",
    "８４７１": "84",
    "106190090": None,
    "live animals": None,
}
CASES = [
    ("aeo", '"x"', TRUTH),
    ("teu", '"x"', WHOLE),
    ("mode", '{ column = "x", values = { "海运" = "sea" } }', MODE),
    ("hs_chapter", '"x"', CHAPTER),
    ("hs_chapter", '{ column = "x", prefix = 2 }', CODE),
]


@pytest.mark.parametrize(("column", "spec", "wanted"), CASES)
def test_what_is_not_understood_is_left_out_and_counted(tmp_path, column, spec, wanted):
    found, noted = attributes(tmp_path, list(wanted), column, spec)
    assert dict(zip(wanted, found, strict=True)) == wanted
    assert noted == {"emptied": sum(v is None and t != "" for t, v in wanted.items())}


@pytest.mark.parametrize(("column", "spec", "wanted"), CASES)
def test_a_strict_mapping_refuses_it(tmp_path, column, spec, wanted):
    head = "strict = true\n"
    texts = [t for t, v in wanted.items() if v is None and t]
    mapping = HEAD.replace("least_accepted", head + "least_accepted")
    found = refused(tmp_path, texts, column, spec, mapping)
    rule = "bad_type" if column in ("aeo", "teu") else "unknown_value"
    assert found == [rule] * len(texts)


def refused(folder, texts, column, spec, head):
    rows = [(f"c{i}", text) for i, text in enumerate(texts)]
    mapping = head.format(zone="UTC") + FILE.format(column=column, spec=spec)
    noted, rules = taken(folder, mapping, rows, ("id", "x"))
    assert not noted
    return [rules.get(i) for i in range(len(texts))]


@pytest.mark.parametrize(
    ("column", "spec", "says"),
    [
        ("mode", '{ column = "x", values = { "水路" = "ship" } }', "'ship', which is no mode"),
        ("kind", '{ constant = "进口" }', "which is no kind"),
        ("kind", '{ column = "x", values = { "进口" = "Import" } }', "which is no kind"),
        ("aeo", '{ column = "x", values = { "高" = "high" } }', "true or false"),
        ("teu", '{ column = "x", values = { "高" = "2.5" } }', "whole number"),
        ("hs_chapter", '{ column = "x", values = { "活动物" = "1" } }', "which is no hs_chapter"),
        ("hs_chapter", '{ column = "x", prefix = 0 }', "prefix"),
        ("teu", '{ column = "x", prefix = 2 }', "prefix"),
        ("enterprise", '{ column = "x", prefix = 2 }', "an identifier"),
        ("aeo", '{ column = "x", formats = ["%Y"] }', "formats"),
        ("port", '{ column = "x", constant = "y" }', "either"),
    ],
)
def test_what_a_text_means_is_looked_at_before_any_file_is_read(tmp_path, column, spec, says):
    with pytest.raises(MappingError) as told:
        attributes(tmp_path, ["y"], column, spec)
    assert says in str(told.value)


def test_cells_in_which_a_formula_failed_are_refused(tmp_path):
    texts = ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "2021-09-01"]
    con = duckdb.connect()
    con.register(
        "sheet",
        pa.table(
            {"h0": [f"c{i}" for i in range(len(texts))], "h1": texts, "line_": list(range(8))}
        ),
    )
    mapping = HEAD.format(zone="UTC") + EVENTS.format(time='"at"')
    (tmp_path / "dataset.toml").write_text(mapping, encoding="utf-8")
    loaded = load_mapping(tmp_path / "dataset.toml")
    file = RawFile(tmp_path, "a.xlsx", "excel", "sheet", ("id", "at"), ("EXCEL", "EXCEL"))
    query, faults, _ = judged(loaded, loaded.files[0], file)
    rows = con.execute(f"SELECT fault_, text_ FROM ({query})").fetchall()
    told = [(None if n is None else faults[n][0], text) for n, text in rows]
    assert told == [("error_cell", text) for text in texts[:-1]] + [(None, None)]


def test_a_firm_is_an_identifier_that_a_row_can_do_without(tmp_path):
    wanted = {
        "某某（上海）有限公司": "某某（上海）有限公司",
        "91310000MA1FL00001": "91310000MA1FL00001",
        "\t3122": "3122",
        "A.B. Ltd": "A.B. Ltd",
        "9.131E+17": None,
        "3122.0": None,
        "": None,
    }
    found, noted = attributes(tmp_path, list(wanted), "enterprise")
    assert dict(zip(wanted, found, strict=True)) == wanted
    assert noted == {"mark_removed": 1, "emptied": 2}
