"""Files of unknown kind, and the mapping that is proposed for them."""

import re
import tomllib

import openpyxl
import polars as pl
import pytest

import clearance_metrics as cm
from clearance_metrics.errors import InputError, LogError, OutputError
from clearance_metrics.intake import ingest
from clearance_metrics.intake.inspection.said import languages, words
from clearance_metrics.intake.mapping import load_mapping


def propose(folder, lang="en", **files):
    """The mapping proposed for small files, as data; and what was found."""
    for name, content in files.items():
        name = name.replace("__", ".")
        encoded = content if isinstance(content, bytes) else content.encode()
        (folder / name).write_bytes(encoded)
    found = cm.inspect_files(folder, lang=lang)
    return tomllib.loads(found.toml()), found


def lines(*rows):
    return "\n".join(rows) + "\n"


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("raw")
    cm.simulate(folder, size=0.01)
    return folder


@pytest.fixture(scope="module")
def demo_found(demo):
    return cm.inspect_files(demo, name="demo")


def _headers(table):
    return {k: v if isinstance(v, str) else v.get("column") for k, v in table.items()}


def test_the_demonstration_is_mapped_as_its_makers_map_it(demo, demo_found):
    """Every file, role, encoding, column, value and milestone; three decisions."""
    made = {f["path"]: f for f in tomllib.loads(demo_found.toml())["file"]}
    theirs = {
        f["path"]: f for f in tomllib.loads((demo / "dataset.toml").read_text("utf-8"))["file"]
    }
    assert set(made) == set(theirs)
    for path, want in theirs.items():
        got = made[path]
        assert got["role"] == want["role"], path
        assert got.get("encoding", "utf-8") == want.get("encoding", "utf-8"), path
        assert got.get("delimiter", ",") == want.get("delimiter", ","), path
        # under whose rates a port falls, no file tells
        want["columns"].pop("tariff_port", None)
        given = {k: v for k, v in _headers(want["columns"]).items() if v}
        assert given.items() <= _headers(got["columns"]).items(), path
        for name, spec in want["columns"].items():
            if isinstance(spec, dict) and "values" in spec:
                assert got["columns"][name]["values"].items() <= spec["values"].items()
        stones = want.get("milestones", {})
        if want["role"] == "wide":
            assert _headers(got["milestones"]) == _headers(stones), path
        else:
            assert got.get("milestones", {}).items() <= (
                stones.items() if stones else {(k, k) for k in got.get("milestones", {})}
            ), path
    assert len(demo_found.decisions) == 3


def test_the_demonstration_is_read_alike_by_the_proposal(demo, demo_found, tmp_path):
    ours = demo_found.write(demo / "proposed.toml")
    try:
        ingest(ours, out=tmp_path / "ours")
    finally:
        ours.unlink()
    ingest(demo / "dataset.toml", out=tmp_path / "theirs")
    keys = ["case_id", "milestone", "time"]
    one, other = (
        pl.read_parquet(tmp_path / name / "events.parquet").select(keys).sort(keys)
        for name in ("ours", "theirs")
    )
    assert one.equals(other)
    fees = {
        name: pl.read_parquet(tmp_path / name / "charges.parquet") for name in ("ours", "theirs")
    }
    # one currency is written in a word, which its makers leave to be rejected
    assert fees["theirs"].height < fees["ours"].height <= fees["theirs"].height + 20
    assert fees["theirs"].join(fees["ours"], on=["case_id", "line_id"], how="anti").is_empty()


def test_a_real_log_in_english(shared_data, tmp_path):
    """Shipments with times that are no milestones of ours: they are named by their headers."""
    found = cm.inspect_files(
        shared_data("scms") / "SCMS_Delivery_History_Dataset.csv.gz", name="scms", lang="en"
    )
    made = tomllib.loads(found.toml())["file"][0]
    assert made["role"] == "wide"
    assert made["columns"]["case_id"] == "ID"
    assert made["columns"]["mode"]["values"] == {
        "Air": "air",
        "Air Charter": "air",
        "Truck": "road",
        "Ocean": "sea",
    }
    stones = made["milestones"]
    assert stones["po_sent_to_vendor"]["column"] == "PO Sent to Vendor Date"
    assert {"Date Not Captured", "N/A - From RDC"} <= set(stones["po_sent_to_vendor"]["no_value"])
    assert "Scheduled Delivery Date" not in str(stones), "a plan is no fact"
    assert len(found.decisions) <= 4
    path = found.write(tmp_path / "dataset.toml")
    receipt = ingest(path, shared_data("scms"), tmp_path / "out")
    assert receipt.totals["accepted"] == receipt.totals["rows_read"] == 10_324


def test_a_ledger_with_titles_totals_and_values_in_chinese(tmp_path):
    head = "业务编号,进出口标志,到港时间,预计放行时间,放行时间,运输方式"
    head += ",是否查验（是/否）,商品编码,备注"
    body = [
        f"JK{i:04},{'进口' if i % 3 else '出口'},2021年9月{1 + i % 28}日 8时30分,2021年9月3日,"
        f"2021年9月{1 + i % 28}日 10时30分,水路运输,{'查验' if i % 4 else '未查验'},84713000{i:02},"
        for i in range(40)
    ]
    sheet = lines("某港放行台账,,,,,,,,", "", head, *body, "合计,40票,,,,,,,", "制表人：某,,,,,,,,")
    made, found = propose(tmp_path, ledger__csv=sheet.encode("gb18030"))
    (file,) = made["file"]
    assert (file["encoding"], file["header_row"]) == ("gb18030", 3)
    assert file["skip"] == {"业务编号": ["合计", "制表人：某"]}
    columns = file["columns"]
    assert columns["case_id"] == "业务编号"
    assert columns["kind"] == {
        "column": "进出口标志",
        "values": {"进口": "import", "出口": "export"},
    }
    assert columns["mode"]["values"] == {"水路运输": "sea"}
    assert columns["inspected"]["values"] == {"查验": "true", "未查验": "false"}
    assert columns["hs_chapter"] == {"column": "商品编码", "prefix": 2}
    assert set(file["milestones"]) == {"conveyance_arrived", "customs_released"}
    assert file["milestones"]["customs_released"]["formats"] == ["%Y年%m月%d日 %H时%M分"]
    assert '# "预计放行时间"' in found.toml()


def test_a_refund_ledger_in_a_workbook(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["封面"])
    sheet = book.create_sheet("明细")
    sheet.append(["出口退税台账"])
    sheet.append(
        ["序号", "受理编号", "企业名称", "企业管理类别", "受理日期", "审核通过日期", "退库日期"]
    )
    for i in range(12):
        day = f"2021/3/{1 + i}"
        sheet.append([i, f"SL{i:05}", "某公司", "一类二类三类"[i % 3 * 2 :][:2], day, day, day])
    book.save(tmp_path / "a.xlsx")
    made, _ = propose(tmp_path)
    (file,) = made["file"]
    assert (file["sheet"], file["header_row"]) == ("明细", 2)
    assert file["columns"]["kind"] == {"constant": "refund"}
    assert file["columns"]["refund_class"]["values"] == {"一类": "1", "二类": "2", "三类": "3"}
    assert set(file["milestones"]) == {"refund_accepted", "refund_approved", "refund_paid"}


def test_formats_that_columns_share_are_said_once(tmp_path):
    body = [f"A{i},2021/9/1 8:3{i},2021/9/1 9:3{i},2021/9/2 1:3{i}" for i in range(9)]
    made, _ = propose(tmp_path, a__csv=lines("报关单号,申报时间,放行时间,提离时间", *body))
    assert made["defaults"]["formats"] == ["%Y/%m/%d %H:%M"]
    assert made["file"][0]["milestones"]["declared"] == "申报时间"


def test_plans_and_estimates_are_left_out(tmp_path):
    body = [
        f"S{i // 4},{('ARRI', 'DISC', 'GTOT', 'DEPA')[i % 4]},{('ACT', 'PLN', 'EST')[i % 3]},"
        f"2021-09-0{1 + i % 9}T08:00:00+08:00"
        for i in range(36)
    ]
    head = "shipmentRef,eventTypeCode,eventClassifierCode,eventDateTime"
    made, _ = propose(tmp_path, a__csv=lines(head, *body))
    (file,) = made["file"]
    assert file["only"] == {"eventClassifierCode": ["ACT"]}
    assert file["columns"]["case_id"] == "shipmentRef"
    assert file["columns"]["time"] == "eventDateTime"
    assert file["milestones"]["GTOT"] == "gate_out"


def test_codes_without_a_meaning_are_left_out_and_asked_for(tmp_path):
    body = [f"A{i // 3},{('申报', '放行', '备注')[i % 3]},2021-09-01 08:00" for i in range(30)]
    made, found = propose(tmp_path, "zh", a__csv=lines("业务编号,环节,时间", *body))
    assert made["file"][0]["ignore"] == ["备注"]
    assert any("备注 ×10" in told for told in found.decisions)
    assert "# 请确定：" in found.toml() and "# DECIDE: " in found.toml("en")


def test_day_and_time_of_day_apart_are_joined(tmp_path):
    made, found = propose(
        tmp_path,
        a__csv=lines(
            "project;date;start;stop", "A;2021-09-01;08:37;11:06", "B;2021-09-01;22:37;01:06"
        ),
    )
    (file,) = made["file"]
    assert file["delimiter"] == ";"
    assert file["milestones"]["start"] == {"columns": ["date", "start"]}
    assert file["milestones"]["stop"] == {"columns": ["date", "stop"]}
    assert {m["name"] for m in made["milestone"]} == {"start", "stop"}
    assert sum("midnight" in told for told in found.decisions) == 1


def test_a_zone_on_every_row(tmp_path):
    rows = ["1,申报,2021-09-01 20:00,America/Los_Angeles", "1,放行,2021-09-02 12:00,CST"]
    made, found = propose(tmp_path, a__csv=lines("id,code,at,tz", *rows))
    assert made["file"][0]["columns"]["time"] == {"column": "at", "zone_column": "tz"}
    assert any("CST" in told for told in found.decisions)


def test_a_row_per_container(tmp_path):
    made, _ = propose(
        tmp_path,
        a__csv=lines(
            "报关单号,箱号,标箱,卸货,提离",
            "1,TEMU0000001,2,2021-09-01 08:00,2021-09-02 08:00",
            "1,TEMU0000002,2,2021-09-01 09:00,2021-09-03 08:00",
            "2,TEMU0000003,1,2021-09-01 08:00,2021-09-02 08:00",
        ),
    )
    (file,) = made["file"]
    assert file["several_rows"] is True
    assert file["columns"]["case_id"] == "报关单号"
    assert set(file["milestones"]) == {"discharged", "gate_out"}


def test_exact_copies_of_rows_are_not_several_rows_of_a_case(tmp_path):
    body = [f"A{i},2021-09-01 08:00,2021-09-02" for i in range(30)]
    made, _ = propose(tmp_path, a__csv=lines("报关单号,申报时间,放行时间", *body, *body[:5]))
    assert "several_rows" not in made["file"][0]


def test_day_before_month_or_month_before_day_is_asked_once(tmp_path):
    body = [f"E{i},0{1 + i % 9}/0{1 + i % 8}/2021,0{1 + i % 9}/09/2021" for i in range(20)]
    made, found = propose(tmp_path, a__csv=lines("Entry No,Declared,Released", *body))
    assert made["file"][0]["milestones"]["declared"]["formats"] == ["%d/%m/%Y"]
    assert sum("day first or month first" in told for told in found.decisions) == 1
    # one value above twelve in any column settles it
    told = lines("Entry No,Declared,Released", *body, "E99,02/25/2021,03/25/2021")
    made, found = propose(tmp_path, a__csv=told)
    assert made["file"][0]["milestones"]["declared"]["formats"] == ["%m/%d/%Y"]
    assert not any("month first" in told for told in found.decisions)


def test_identifiers_that_lost_digits_are_told(tmp_path):
    body = [f"4.2021E+17,2021-09-0{1 + i},2021-09-0{2 + i}" for i in range(5)]
    made, found = propose(tmp_path, a__csv=lines("报关单号,申报日期,放行日期", *body))
    assert made["file"][0]["columns"]["case_id"] == "报关单号"
    assert "several_rows" not in made["file"][0]
    assert any("4.2021E+17" in told for told in found.decisions)


@pytest.mark.parametrize(
    ("head", "amount", "wanted"),
    [
        ("金额（元）", "￥1,234.50", {}),
        ("金额(分)", "123450", {"unit": "fen"}),
        ("金额（万元）", "12.5", {"unit": "wan"}),
        ("金额", "1.234,50", {"decimal": ","}),
        ("金额（元）", "(1234.50)", {"negative": "brackets"}),
    ],
)
def test_amounts(tmp_path, head, amount, wanted):
    body = [f'JK{i};港口设施保安费;"{amount}";人民币;2021/4/1' for i in range(9)]
    made, _ = propose(tmp_path, a__csv=lines(f"报关单号;收费项目;{head};币制;开票日期", *body))
    (file,) = made["file"]
    assert file["role"] == "charges"
    spec = file["columns"]["amount"]
    assert (spec if isinstance(spec, dict) else {"column": spec}) == {"column": head} | wanted
    assert file["columns"]["currency"]["values"] == {"人民币": "CNY"}


def test_values_that_are_ours_stay_beside_a_list_of_others(tmp_path):
    """A list of values is the whole list where the vocabulary fixes none."""
    body = [f"JK{i},保安费,1.50,{('CNY', '人民币', 'XOF')[i % 3]},2021-04-01" for i in range(9)]
    made, _ = propose(tmp_path, a__csv=lines("报关单号,收费项目,金额,币制,开票日期", *body))
    values = made["file"][0]["columns"]["currency"]["values"]
    assert values == {"CNY": "CNY", "XOF": "XOF", "人民币": "CNY"}
    body = [f"JK{i},2021-04-01,2021-04-02,{('是', '查验', '否')[i % 3]}" for i in range(9)]
    made, _ = propose(tmp_path, a__csv=lines("报关单号,申报日期,放行日期,是否查验", *body))
    values = made["file"][0]["columns"]["inspected"]["values"]
    assert values == {"是": "true", "查验": "true", "否": "false"}


def test_amounts_without_a_unit_are_asked_for(tmp_path):
    body = [f"JK{i},保安费,{100 + i},CNY,2021-04-01" for i in range(9)]
    _, found = propose(tmp_path, a__csv=lines("报关单号,收费项目,金额,币制,开票日期", *body))
    assert any("yuan or fen" in told for told in found.decisions)


def test_amounts_beside_milestones_are_offered_as_charges(tmp_path):
    body = [f"JK{i},2021-09-01,2021-09-02,12.5{i}" for i in range(9)]
    _, found = propose(tmp_path, a__csv=lines("报关单号,申报日期,放行日期,税费金额（元）", *body))
    assert '# role = "charges"' in found.toml()
    offered = re.sub(r"(?m)^# (?=\[|\w+ = )", "", found.toml())
    assert [f["role"] for f in tomllib.loads(offered)["file"]] == ["wide", "charges"]


def test_files_are_joined_by_the_values_they_share(tmp_path):
    declared = [f"JK{i},BL{i:03},2021-09-01 08:00,2021-09-02" for i in range(20)]
    cases = [f"{i},JK{i},进口,水路运输" for i in range(20)]
    made, _ = propose(
        tmp_path,
        a__csv=lines("报关单号,提运单号,申报时间,放行时间", *declared),
        b__csv=lines("序号,业务号,进出口,运输方式", *cases),
    )
    b, a = made["file"]
    assert (a["columns"]["case_id"], b["columns"]["case_id"]) == ("报关单号", "业务号")
    assert "kind" not in a["columns"], "the other file tells it"
    assert b["role"] == "cases"


def test_a_series_of_files_is_one(tmp_path):
    rows = ("A{m},到港,2021-{m}-01 08:00", "A{m},放行,2021-{m}-02 09:00")
    for month in ("01", "02", "03"):
        text = lines("业务编号,环节,时间", *(row.format(m=month) for row in rows))
        (tmp_path / f"log-2021{month}.csv").write_text(text)
    made, _ = propose(tmp_path)
    assert [f["path"] for f in made["file"]] == ["log-*.csv"]
    # not where the pattern would take in a file that is otherwise
    made, _ = propose(tmp_path, **{"log-9__csv": lines("id,teu", "1,2", "2,3")})
    assert "log-*.csv" not in [f["path"] for f in made["file"]]


def test_what_cannot_be_read_is_told_beside_what_can(tmp_path):
    made, found = propose(
        tmp_path,
        a__csv=lines("报关单号,申报日期,放行日期", *["JK1,2021-09-01,2021-09-02"] * 2),
        b__parquet=b"PAR1 no more",
    )
    assert [f["path"] for f in made["file"]] == ["a.csv"]
    assert any("b.parquet" in told for told in found.decisions)


def test_hostile_names_and_values_stay_texts(tmp_path):
    bad = 'a"]\n[dataset]\nx = "'.replace("\n", "\\n")
    rows = [f'1,"{bad}\x7f",<script>alert({i})</script>,2021-09-01' for i in range(3)]
    head = '"报关单号","<b>环\n节</b>","# DECIDE","申报日期"'
    made, found = propose(tmp_path, **{"a b'#__csv": lines(head, *rows)})
    assert made["file"][0]["path"] == "a b'#.csv"
    assert "<script>" not in found._repr_html_() and "<b>环" not in found._repr_html_()
    assert str(found)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_loads_and_shows_in_every_language(demo, tmp_path, lang):
    found = cm.inspect_files(demo / "refunds.csv", lang=lang)
    path = found.write(tmp_path / "dataset.toml")
    assert load_mapping(path).files[0].path == "refunds.csv"
    told = path.read_text("utf-8")
    assert f"--data {demo.resolve()}" in told, "the files lie elsewhere"
    assert words(lang)["level_sure"] in told
    assert "<table>" in found._repr_html_() and words(lang)["show_header"] in found._repr_html_()


def test_paths_begin_where_the_mapping_lies(demo, tmp_path):
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.csv").write_bytes((demo / "trains.csv").read_bytes())
    found = cm.inspect_files(tmp_path / "raw")
    path = found.write(tmp_path / "dataset.toml")
    assert load_mapping(path).files[0].path == "raw/a.csv"


def test_a_mapping_is_never_written_over(demo, tmp_path):
    found = cm.inspect_files(demo / "trains.csv")
    found.write(tmp_path / "a.toml")
    with pytest.raises(OutputError, match="stands there already"):
        found.write(tmp_path / "a.toml")
    with pytest.raises(OutputError, match="cannot be written"):
        found.write(tmp_path / "no" / "a.toml")


def test_mistakes_of_the_caller(demo, tmp_path):
    with pytest.raises(LogError, match="no catalogue"):
        cm.inspect_files(demo / "trains.csv", lang="fr")
    with pytest.raises(InputError, match="no file to look at"):
        cm.inspect_files(tmp_path)
    with pytest.raises(InputError, match="cannot be read"):
        cm.inspect_files(tmp_path / "no.csv")


def test_languages_say_the_same_things():
    told = {lang: words(lang) for lang in languages()}
    codes = {lang: set(texts) for lang, texts in told.items()}
    assert codes["zh"] == codes["en"]
    for code in codes["en"]:
        marks = {lang: set(re.findall(r"{(\w+)}", texts[code])) for lang, texts in told.items()}
        assert marks["zh"] == marks["en"], code
