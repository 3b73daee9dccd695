"""CSV: what Python's csv module reads is what is read, and every line of the rest is told."""

import csv
import gzip
import io

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clearance_metrics.errors import InputError
from clearance_metrics.intake import ingest
from clearance_metrics.intake.files.shape import Shape

MAPPING = (
    '[dataset]\nname = "t"\ntimezone = "Asia/Shanghai"\n[[file]]\npath = "{path}"\nrole ='
    ' "cases"\n{more}[file.columns]\ncase_id = "id"\n'
)


def run(folder, content, path="c.csv", more=""):
    folder.mkdir(exist_ok=True)
    data = content if isinstance(content, bytes) else content.encode()
    (folder / path).write_bytes(data)
    (folder / "dataset.toml").write_text(MAPPING.format(path=path, more=more), encoding="utf-8")
    receipt = ingest(folder / "dataset.toml", out=folder / "out")
    totals = receipt.totals
    parts = ("accepted", "rejected", "duplicates", "left_out")
    assert totals["rows_read"] == sum(totals.get(k, 0) for k in parts)
    cases = pl.read_parquet(folder / "out" / "cases.parquet").sort("case_id").to_dicts()
    return cases, pl.read_parquet(folder / "out" / "rejects.parquet").to_dicts()


def lines(rejects):
    return [r["line"] for r in rejects]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_quote_that_never_closes_swallows_nothing(tmp_path, end):
    rows = ["id,b", "1,x", '2,"open', "3,y", "", "4,z"]
    cases, rejects = run(tmp_path, end.join(rows) + end)
    assert [c["id"] if "id" in c else c["case_id"] for c in cases] == ["1"]
    assert lines(rejects) == [3, 4, 6] and all("line 3 " in r["remedy"] for r in rejects)


def test_a_quote_that_closes_in_mid_text_is_told_and_reading_goes_on(tmp_path):
    cases, rejects = run(tmp_path, 'id,b\n1,"open\n2,"x"\n3,y\n')
    assert [c["case_id"] for c in cases] == ["3"] and lines(rejects) == [2, 3]


@pytest.mark.parametrize(
    ("cell", "read"),
    [('12" box', '12" box'), ('"abc"def', "abcdef"), ('"x" ', "x "), ('"a\nb"', "a\nb")],
)
def test_odd_quotes_on_one_line_are_read_as_pythons_csv_reads_them(tmp_path, cell, read):
    cases, rejects = run(tmp_path, f"id,b\n1,{cell}\n\n2,y\n")
    assert [c["b"] for c in cases] == [read, "y"] and not rejects


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", ['3,"open', '3,"', '"3,x', '3,"a""', '3,"a;b{end}'])
@pytest.mark.parametrize("more", ["", 'encoding = "gb18030"\n'])
def test_a_quote_that_opens_on_the_last_line_is_the_sign_of_a_cut_file(tmp_path, end, last, more):
    text = end.join(["id,b", '1,"x"', "2,y", last.format(end=end)])
    cases, rejects = run(tmp_path, text, more=more)
    assert [c["case_id"] for c in cases] == ["1", "2"]
    assert [(r["line"], r["rule"]) for r in rejects] == [(4, "malformed_row")]
    assert "line 4 " in rejects[0]["remedy"]


def test_the_line_of_an_open_quote_is_told_where_lines_end_in_returns_alone(tmp_path):
    _, rejects = run(tmp_path, 'id,b\r1,x\r"2\r3","open\r4,z\r')
    assert lines(rejects) == [3, 4, 5] and all("line 4 " in r["remedy"] for r in rejects)


def test_an_open_quote_in_a_file_of_headers_alone_is_one_error(tmp_path):
    with pytest.raises(InputError, match="line 1, among the headers"):
        run(tmp_path, 'id,"b\n')


def test_too_many_fields_are_malformed_empty_or_not(tmp_path):
    cases, rejects = run(tmp_path, "id,b\n1,x,\n2,y\n\n3\n4,z,w\n")
    assert [c["case_id"] for c in cases] == ["2"] and lines(rejects) == [2, 5, 6]


def test_an_open_quote_among_the_headers_is_one_error(tmp_path):
    with pytest.raises(InputError, match="line 1, among the headers"):
        run(tmp_path, 'id,"b\n1,x\n2,y\n')


def test_a_stray_byte_spoils_its_row_alone(tmp_path):
    cases, rejects = run(tmp_path, "id,b\n1,港\n2,".encode() + b"s\xffa\n3,\xe6\xb8\xaf\n")
    assert [c["case_id"] for c in cases] == ["1", "3"]
    assert [(r["line"], r["value"]) for r in rejects] == [(3, "2,s\\xffa")]
    text = "id,b\n1,港\n2,口\n".encode("gb18030") + b"3,\xff\n"
    _, rejects = run(tmp_path / "gb", text, more='encoding = "gb18030"\n')
    assert lines(rejects) == [4]


def test_chinese_under_ascii_headers_in_another_encoding_is_one_error(tmp_path):
    text = "id,b\n1,上海港\n2,宁波港\n".encode("gbk")
    with pytest.raises(InputError, match=r'(?s)line 2.*encoding = "gb18030"'):
        run(tmp_path, text)
    for mark in ("utf-16", "utf-16-le", "utf-16-be"):
        cases, _ = run(tmp_path / mark, "id,b\n1,港\n".encode(mark), more='encoding = "utf-16"\n')
        assert [c["b"] for c in cases] == ["港"]
    with pytest.raises(InputError, match='encoding = "utf-16"'):
        run(tmp_path, "id,b\n1,x\n".encode("utf-16"))


def test_a_zero_byte_is_told_with_its_line(tmp_path):
    with pytest.raises(InputError, match="zero byte in line 3"):
        run(tmp_path, b"id,b\n1,x\n2,\0\n")


def test_headers_stand_where_the_mapping_says(tmp_path):
    text = '某表,"制表\nx,y,z\n\nid\u200b,\ufeff b \n1,x\n2\n'
    cases, rejects = run(tmp_path, text, more="header_row = 4\n")
    assert cases == [{"case_id": "1", "b": "x"}] and lines(rejects) == [6]
    with pytest.raises(InputError, match="header_row = 2"):
        run(tmp_path, "title,\nid,b\n1,x\n")
    with pytest.raises(InputError, match='delimiter = ";"'):
        run(tmp_path, "id;b\n1;x\n")


def test_only_a_header_that_is_asked_for_must_stand_once(tmp_path):
    cases, _ = run(tmp_path, "id,b,b,\n1,x,y,\n")
    assert cases == [{"case_id": "1", "b": "x", "b (2)": "y"}]
    with pytest.raises(InputError, match="stands twice"):
        run(tmp_path, "id,id\n1,2\n")
    with pytest.raises(InputError, match="stands twice"):
        run(tmp_path, "id,b,b\n1,2,3\n", more='keep = ["b"]\n')


def test_merged_cells_of_an_export_are_filled_down(tmp_path):
    cases, rejects = run(tmp_path, "id,b\n1,x\n,y\n2,z\n", more='fill_down = ["id"]\n')
    assert [c["b"] for c in cases] == ["x", "z"]
    assert [(r["line"], r["rule"]) for r in rejects] == [(3, "duplicate")]


def test_packed_files_are_whole_or_refused(tmp_path):
    whole = gzip.compress(b"id,b\n1,x\n") + gzip.compress(b"2,y\n")
    assert len(run(tmp_path, whole, "c.csv.gz")[0]) == 2
    big = gzip.compress(b"id,b\n" + b"".join(b"%d,x%d\n" % (i, i * 7) for i in range(9000)))
    flipped = bytearray(big)
    flipped[len(big) // 2] ^= 4
    for damaged in (big[: len(big) // 2], bytes(flipped), b"x\x9c" + big[2:]):
        with pytest.raises(InputError, match="unpacked"):
            run(tmp_path, damaged, "c.csv.gz")
    with pytest.raises(InputError, match="zip archive, not gzip"):
        run(tmp_path, b"PK\x03\x04" + b"x" * 50, "c.csv.gz")


TOKENS = ['"', ",", "\n", "\r\n", "a", 'x"y', '""', "\n\n", " ", "中", '"q"', '"a\nb"', "\r", "1"]


def expected(text):
    """(line, fields) by Python's csv module, and the lines of what is no row."""
    held, good, bad, line, width = [], [], [], 1, None
    ended = []

    def feed():
        for one in io.StringIO(text, newline=""):
            held.append(one)
            yield one
        ended.append(True)

    for row in csv.reader(feed()):
        raw, at = list(held), line
        held.clear()
        line += len(raw)
        sound = True
        if len(raw) > 1 or ended:
            try:
                list(csv.reader(raw, strict=True))
            except csv.Error:
                sound = False
        if width is None and row:
            width = len(row)
        elif not sound:
            bad += [at + i for i, one in enumerate(raw) if one.strip("\r\n")]
        elif row and len(row) != width:
            bad.append(at)
        elif row:
            good.append((at, row))
    return good, bad


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(body=st.lists(st.sampled_from(TOKENS), max_size=25))
def test_any_text_is_read_as_pythons_csv_reads_it(tmp_path_factory, body):
    text = "id,b\n" + "".join(body)
    good, bad = expected(text)
    cases, rejects = run(tmp_path_factory.mktemp("any"), text)
    assert [r["line"] for r in rejects if r["rule"] == "malformed_row"] == bad
    assert {c["case_id"] for c in cases} == {r[0].strip(" \r\n\t\"'") for _, r in good} - {""} or (
        {r["rule"] for r in rejects} >= {"missing_case_id"} or '"' in text
    )


@given(
    st.lists(st.lists(st.sampled_from(["a", "", "b\nc", 'd"', ","]), min_size=2, max_size=2)),
    st.sampled_from(["\n", "\r\n"]),
    st.integers(1, 9),
)
def test_records_and_lines_are_counted_alike_wherever_blocks_end(rows, end, size):
    out = io.StringIO()
    csv.writer(out, lineterminator=end).writerows([["id", "b"], *rows])
    text, shape = out.getvalue().encode(), Shape(",", 2)
    for i in range(0, len(text), size):
        shape.add(text[i : i + size])
    found = shape.found()
    good, _ = expected(out.getvalue())
    assert found.regular and found.records == len(rows) + 1
    shifts, _ = found.lines()
    steps = dict(shifts)
    line, shift = [], steps.get(0, 0)
    for n in range(1, len(rows) + 1):
        shift = steps.get(n, shift)
        line.append(n + 1 + shift)
    assert line == [at for at, _ in good]


@pytest.mark.parametrize("size", [1, 2, 5, 7])
def test_pieces_of_a_file_are_counted_like_the_whole(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from clearance_metrics.intake.files import shape

    text = b'a,b\r\n"1\r\n","x"",y"\r\n\r\n,""\r\n"",2\r\n'
    found = []
    for piece in (size, len(text)):
        monkeypatch.setattr(shape, "PIECE", piece)
        counted = shape.Shape(",", 2)
        counted.add(text)
        told = counted.found()
        found.append((told.regular, told.records, told.lines()[0]))
    assert found[0] == found[1]
    assert found[0][:2] == (True, 4)
