"""Parquet: one clear error for what cannot be read, and headers as they stand."""

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clearance_metrics.errors import InputError
from clearance_metrics.intake import ingest
from clearance_metrics.intake.inspection.sampling import samples

MAPPING = (
    '[dataset]\nname = "t"\ntimezone = "Asia/Shanghai"\n[[file]]\npath = "c.parquet"\nrole ='
    ' "cases"\n{more}[file.columns]\ncase_id = "id"\nport = "b"\n'
)


def run(folder, more=""):
    (folder / "dataset.toml").write_text(MAPPING.format(more=more), encoding="utf-8")
    ingest(folder / "dataset.toml", out=folder / "out")
    return duckdb.sql(f"FROM '{folder}/out/cases.parquet' ORDER BY case_id")


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ([["x"]], "nested"),
        ([{"k": "v"}], "nested"),
        ([b"x"], "bytes"),
    ],
)
def test_what_is_no_text_number_or_time_is_refused_where_it_is_asked_for(tmp_path, values, says):
    pq.write_table(pa.table({"id": ["1"], "b": values}), tmp_path / "c.parquet")
    with pytest.raises(InputError, match=says):
        run(tmp_path)
    pq.write_table(pa.table({"id": ["1"], "b": ["p"], "c": values}), tmp_path / "c.parquet")
    assert run(tmp_path).fetchall()[0][:2] == ("1", "p")


def test_two_columns_of_one_name(tmp_path):
    table = pa.Table.from_arrays([pa.array(["1"])] * 4, names=["id", "b", "c", "c"])
    pq.write_table(table, tmp_path / "c.parquet")
    assert run(tmp_path).columns == ["case_id", "port", "c", "c (2)"]
    table = pa.Table.from_arrays([pa.array(["1"])] * 3, names=["id", "b", "b"])
    pq.write_table(table, tmp_path / "c.parquet")
    with pytest.raises(InputError, match="stands twice"):
        run(tmp_path)


def test_damage_is_one_error_wherever_it_shows(tmp_path):
    pq.write_table(
        pa.table({"id": [f"id{i}" for i in range(5000)], "b": ["p"] * 5000}),
        tmp_path / "c.parquet",
        compression="snappy",
    )
    whole = (tmp_path / "c.parquet").read_bytes()
    spoilt = bytearray(whole)
    spoilt[200:400] = b"\xff" * 200
    for content in (whole[: len(whole) // 2], bytes(spoilt), b"PAR1" + b"\0" * 40 + b"PAR1"):
        (tmp_path / "c.parquet").write_bytes(content)
        with pytest.raises(InputError, match="Parquet"):
            run(tmp_path)


@pytest.mark.parametrize("name", ["a.parquet", "a.xlsx"])
@pytest.mark.parametrize("cut", [0.5, 0.95])
def test_a_look_at_a_damaged_file_says_what_intake_says(tmp_path, name, cut):
    path = tmp_path / name
    frame = pl.DataFrame({"case": ["1", "2"], "kind": ["import"] * 2, "port": ["A", "B"]})
    frame.write_parquet(path) if path.suffix == ".parquet" else frame.write_excel(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * cut)])
    (tmp_path / "dataset.toml").write_text(
        f'[dataset]\nname = "t"\ntimezone = "UTC"\nplausible = [2020-01-01, 2023-12-31]\n'
        f'[[file]]\npath = "{name}"\nrole = "cases"\n[file.columns]\ncase_id = "case"\n'
    )
    with pytest.raises(InputError) as seen:
        list(samples(path))
    with pytest.raises(InputError) as read:
        ingest(tmp_path / "dataset.toml", out=tmp_path / "out")
    assert seen.value.remedy == read.value.remedy
    assert seen.value.what.partition(":")[0] == read.value.what.partition(":")[0]


def test_keys_of_other_formats_are_refused(tmp_path):
    pq.write_table(pa.table({"id": ["1"], "b": ["p"]}), tmp_path / "c.parquet")
    with pytest.raises(InputError, match="header_row"):
        run(tmp_path, "header_row = 2\n")
