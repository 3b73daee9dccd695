"""Rows that the mapping leaves out: counted by column and text, buried under no rule."""

import json

import polars as pl
import pytest

from clearance_metrics.errors import InputError, MappingError
from clearance_metrics.intake import ingest

HEAD = '[dataset]\nname = "t"\ntimezone = "Asia/Shanghai"\n'
EVENTS = (
    '[[file]]\npath = "e.csv"\nrole = "events"\n{more}[file.columns]\ncase_id = "id"\nmilestone ='
    ' "code"\ntime = "at"\n[file.milestones]\nD = "declared"\nR = "customs_released"\n'
)
MORE = 'only = { class = ["ACT", "REA"] }\nskip = { id = ["合计", "小计"] }\nignore = ["备注"]\n'
ROWS = (
    "id,code,at,class\n1,D,2021-05-01 08:00,ACT\n1,R,2021-05-02 08:00,ACT\n"
    "1,R,2021-06-02 08:00,PLN\n1,R,2021-06-02 08:00,PLN\n2,D,never,EST\n"
    "合计,,,ACT\n,备注,,ACT\n3,X,2021-05-01 08:00,ACT\n 合计 ,2\n"
)


def run(folder, mapping, files, **more):
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
    (folder / "dataset.toml").write_text(mapping, encoding="utf-8")
    return ingest(folder / "dataset.toml", out=folder / "out", **more)


def rejects(folder):
    found = pl.read_parquet(folder / "out" / "rejects.parquet").to_dicts()
    return [(r["line"], r["rule"]) for r in found]


@pytest.mark.parametrize("more", [{}, {"add": True}, {"layout": "months"}], ids=str)
def test_rows_left_out_come_before_every_rule_and_add_up(tmp_path, more):
    receipt = run(tmp_path, HEAD + EVENTS.format(more=MORE), {"e.csv": ROWS}, **more)
    if "add" in more:
        receipt = run(tmp_path, HEAD + EVENTS.format(more=MORE), {"e.csv": ROWS}, **more)
    assert receipt.totals == {
        "rows_read": 9,
        "accepted": 2,
        "rejected": 1,
        "duplicates": 0,
        "left_out": 6,
    }
    assert rejects(tmp_path) == [(9, "unknown_milestone")]
    (file,) = json.loads((tmp_path / "out" / "receipt.json").read_text())["files"]
    assert file["left_out_by"] == [
        {"column": "class", "value": "PLN", "n": 2},
        {"column": "id", "value": "合计", "n": 2},
        {"column": "class", "value": "EST", "n": 1},
        {"column": "code", "value": "备注", "n": 1},
    ]
    assert file["never_met"] == [
        {"column": "class", "value": "REA"},
        {"column": "id", "value": "小计"},
    ]
    told = str(receipt)
    assert "6 rows left out: class 'PLN' 2, id '合计' 2" in told
    assert "no row has class 'REA', id '小计'" in told


def test_many_texts_are_summed_up_beyond_the_first(tmp_path):
    rows = "".join(f"{n},D,2021-05-01,{n}\n" for n in range(60))
    mapping = HEAD + EVENTS.format(more='only = { class = ["x"] }\n')
    receipt = run(tmp_path, mapping, {"e.csv": f"id,code,at,class\n{rows}1,D,2021-05-01,x\n"})
    (file,) = receipt.files
    assert len(file["left_out_by"]) == 51
    assert file["left_out_by"][-1] == {"column": "class", "value": None, "n": 10}
    assert sum(row["n"] for row in file["left_out_by"]) == file["left_out"] == 60


def test_only_and_skip_know_the_empty_cell(tmp_path):
    mapping = HEAD + EVENTS.format(more='skip = { id = [""] }\n')
    receipt = run(tmp_path, mapping, {"e.csv": "id,code,at\n,D,2021-05-01\n1,D,2021-05-01\n"})
    assert (receipt.totals["left_out"], receipt.totals["accepted"]) == (1, 1)


ROLES = {
    "wide": (
        '[file.columns]\ncase_id = "id"\n[file.milestones]\ndeclared = "at"\n',
        "id,at,state\n1,2021-05-01,ok\n2,2021-05-01,void\n",
    ),
    "cases": ('[file.columns]\ncase_id = "id"\n', "id,state\n1,ok\n2,void\n"),
    "charges": (
        '[file.columns]\ncase_id = "id"\nitem = "item"\namount = "yuan"\ncurrency = { constant ='
        ' "CNY" }\ncharged_on = "day"\n',
        "id,item,yuan,day,state\n1,a,5,2021-05-01,ok\n2,a,5,2021-05-01,void\n",
    ),
    "limits": (
        '[file.columns]\nport = "port"\noperation = "what"\nminutes = "n"\nvalid_from = "day"\n',
        "port,what,n,day,state\nA,x,5,2021-05-01,ok\nB,x,5,2021-05-01,void\n",
    ),
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("form", ["csv", "parquet"])
@pytest.mark.parametrize("key", ['only = { state = ["ok"] }\n', 'skip = { state = ["void"] }\n'])
def test_every_role_and_format_leaves_rows_out(tmp_path, role, form, key):
    columns, text = ROLES[role]
    mapping = HEAD + f'[[file]]\npath = "f.{form}"\nrole = "{role}"\n{key}{columns}'
    if form == "parquet":
        pl.read_csv(text.encode(), infer_schema=False).write_parquet(tmp_path / "f.parquet")
    receipt = run(tmp_path, mapping, {} if form == "parquet" else {"f.csv": text})
    counts = {k: receipt.totals[k] for k in ("accepted", "rejected", "left_out")}
    assert counts == {"accepted": 1, "rejected": 0, "left_out": 1}
    table = "milestones" if role == "wide" else role
    assert receipt.tables[table] == 1


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ('only = { class = "ACT" }\n', "no list of texts"),
        ("only = { class = [1] }\n", "no list of texts"),
        ('ignore = ["D"]\n', "is ignored and is a milestone"),
        ("several_rows = true\n", "several_rows in a events file"),
    ],
)
def test_what_cannot_be_left_out_is_a_mistake_of_the_mapping(tmp_path, more, says):
    with pytest.raises(MappingError, match=says):
        run(tmp_path, HEAD + EVENTS.format(more=more), {"e.csv": ROWS})


def test_a_header_that_the_file_has_not_is_told(tmp_path):
    more = 'only = { classifer = ["ACT"] }\nskip = { "编号" = ["合计"] }\n'
    with pytest.raises(InputError) as caught:
        run(tmp_path, HEAD + EVENTS.format(more=more), {"e.csv": ROWS})
    assert [error.what for error in caught.value.mistakes] == [
        "the file has no column 'classifer' (for only)",
        "the file has no column '编号' (for skip)",
    ]
    assert "write 'class' instead of 'classifer'" in str(caught.value)


BOXES = (
    HEAD + '[[file]]\npath = "w.csv"\nrole = "wide"\n{more}[file.columns]\ncase_id = "id"\nport ='
    ' "port"\n[file.milestones]\ndeclared = "in"\ncustoms_released = "out"\n'
)
BOX_ROWS = (
    "id,in,out,port,box\n"
    "1,2021-05-01 08:00,2021-05-02 08:00,A,x\n1,2021-05-01 06:00,2021-05-02 19:30,B,y\n"
    "1,2021-05-01 08:00,2021-05-02 08:00,A,x\n2,2021-05-01 08:00,2021-05-02 17:30,C,z\n"
)


def test_a_row_per_box_on_request(tmp_path):
    mapping = BOXES.format(more="several_rows = true\n")
    receipt = run(tmp_path, mapping, {"w.csv": BOX_ROWS})
    assert (receipt.totals["accepted"], receipt.totals["duplicates"]) == (3, 1)
    assert receipt.tables["cases"] == receipt.tables["milestones"] == 2
    rows = pl.read_parquet(tmp_path / "out" / "milestones.parquet").sort("case_id").to_dicts()
    hours = [(r["customs_released"] - r["declared"]) / 3600 for r in rows]
    assert hours == [37.5, 33.5] and sum(hours) / 2 == 35.5
    assert [r["port"] for r in rows] == ["A", "C"]


def test_the_remedy_of_a_second_row_says_how_to_keep_it(tmp_path):
    run(tmp_path, BOXES.format(more=""), {"w.csv": BOX_ROWS})
    (row,) = pl.read_parquet(tmp_path / "out" / "rejects.parquet").to_dicts()
    assert (row["line"], row["rule"]) == (3, "duplicate")
    assert "several_rows = true" in row["remedy"]
