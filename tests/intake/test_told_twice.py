"""What event rows say of a case stands beside what its own row says."""

import polars as pl

from clearance_metrics.intake import ingest

MAPPING = """[dataset]
name = "t"
timezone = "UTC"
[[file]]
path = "e.csv"
role = "events"
[file.columns]
case_id = "id"
milestone = "code"
time = "at"
port = "port"
mode = "mode"
[[file]]
path = "c.csv"
role = "cases"
[file.columns]
case_id = "id"
kind = "kind"
mode = "mode"
"""
EVENTS = """id,code,at,port,mode
A,declared,2022-01-01 08:00,SH,sea
A,customs_released,2022-01-01 09:00,SH,sea
B,declared,2022-01-01 08:00,TJ,air
C,declared,2022-01-01 08:00,,
"""
CASES = """id,kind,mode
A,import,rail
C,import,
D,export,
B,import,
"""


def test_no_attribute_is_lost_where_two_files_tell_of_a_case(tmp_path):
    for name, text in (("dataset.toml", MAPPING), ("e.csv", EVENTS), ("c.csv", CASES)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    receipt = ingest(tmp_path / "dataset.toml", out=tmp_path / "out")
    cases = pl.read_parquet(tmp_path / "out" / "cases.parquet").sort("case_id")
    assert cases.select("case_id", "kind", "port", "mode").rows() == [
        ("A", "import", "SH", "rail"),
        ("B", "import", "TJ", "air"),
        ("C", "import", None, None),
        ("D", "export", None, None),
    ]
    assert receipt.totals["accepted"] == receipt.totals["rows_read"] == 8
