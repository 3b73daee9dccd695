"""Parquet files with every type of Arrow in every place, and damaged ones."""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq

from .texts import NOTES, garbled
from .truth import Truth

MOMENTS = (datetime(2021, 9, 1, 8, 30), datetime(2021, 9, 2, 10, 30, 15, 500000))
TYPES: tuple[tuple[pa.DataType, tuple], ...] = (
    (pa.string(), ("1", "2021-09-01 08:30", "申报")),
    (pa.large_string(), ("1", "2021-09-01 08:30", "放行")),
    (pa.string_view(), ("1", "2021-09-01", "申报")),
    (pa.binary(), (b"1", b"\xff\xfe", "申报".encode())),
    (pa.binary(4), (b"1234", b"\xff\xfe\x00\x01")),
    (pa.bool_(), (True, False)),
    *((kind, (0, 1, 127)) for kind in (pa.int8(), pa.uint8())),
    *((kind, (0, 1, 1630456200)) for kind in (pa.int32(), pa.uint32())),
    (pa.int64(), (0, 421020211000012345, -1)),
    (pa.uint64(), (0, 18446744073709551615)),
    (pa.float16(), (1.0, 2.0)),
    (pa.float32(), (1.5, float("nan"))),
    (pa.float64(), (421020211000012340.0, 0.1, float("inf"))),
    (pa.decimal128(20, 0), (Decimal(1001), Decimal(42102021100001234))),
    (pa.decimal128(10, 2), (Decimal("1.50"), Decimal("-2.25"))),
    (pa.decimal256(50, 10), (Decimal(1), Decimal("0.5"))),
    (pa.date32(), (date(2021, 9, 1), date(1, 1, 1), date(9999, 12, 31))),
    (pa.date64(), (date(2021, 9, 1), date(2022, 1, 1))),
    *((pa.timestamp(unit), MOMENTS) for unit in ("us", "ns")),
    *((pa.timestamp(unit), MOMENTS[:1]) for unit in ("s", "ms")),
    *((pa.timestamp(unit, "UTC"), MOMENTS[:1]) for unit in ("s", "ms", "us", "ns")),
    (pa.timestamp("us", "America/New_York"), MOMENTS),
    (pa.timestamp("ns", "+08:00"), MOMENTS),
    (pa.timestamp("us"), (datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59))),
    (pa.time32("s"), (time(8, 30),)),
    (pa.time64("us"), (time(8, 30, 15, 1),)),
    (pa.duration("us"), (timedelta(hours=2),)),
    (pa.null(), (None,)),
    (pa.list_(pa.int32()), ([1, 2], [])),
    (pa.list_(pa.string(), 2), (["a", "b"],)),
    (pa.map_(pa.string(), pa.int32()), ([("a", 1)],)),
    (pa.struct([("a", pa.int32())]), ({"a": 1},)),
    (pa.dictionary(pa.int32(), pa.string()), ("1", "申报", "2021-09-01")),
    (pa.uuid(), (b"0123456789abcdef",)),
    (pa.json_(), ('{"a": 1}',)),
)
ROLES = {
    "events": ('case_id = "a"', 'milestone = "b"', 'time = "c"'),
    "wide": ('case_id = "a"', 'aeo = "b"', 'teu = "d"'),
    "cases": ('case_id = "a"', 'teu = "b"', 'port = "c"'),
    "charges": (
        'case_id = "a"',
        'item = { constant = "x" }',
        'amount = "b"',
        'charged_on = "c"',
        'currency = { constant = "CNY" }',
        'quantity = "d"',
    ),
}


def make(rng: Random, folder: Path) -> Truth:
    """Write dataset.toml and one Parquet file."""
    count = rng.choice([0, 1, 5])
    role = rng.choice(list(ROLES))
    columns = {name: _column(rng, count) for name in "abcd"}
    if rng.random() < 0.5:
        columns["a"] = pa.array([f"C{i}" for i in range(count)], pa.string())
    if rng.random() < 0.3 and role == "events":
        columns["b"] = pa.array(["申报"] * count, pa.string())
    if rng.random() < 0.1:
        columns[rng.choice(["A", "e x", "k_a", "time", "fault_", 'q"', "", "milestone"])] = (
            pa.array([rng.choice(NOTES)] * count, pa.string())
        )
    held = io.BytesIO()
    codec = rng.choice(["snappy", "none", "zstd", "gzip", "brotli", "lz4"])
    try:
        pq.write_table(pa.table(columns), held, compression=codec)
    except (pa.ArrowException, NotImplementedError):
        pq.write_table(pa.table({"a": ["1"]}), held)
    raw = held.getvalue()
    if rng.random() < 0.4:
        raw = garbled(rng, raw)
    (folder / "a.parquet").write_bytes(raw)
    (folder / "dataset.toml").write_text(_mapping(role), encoding="utf-8")
    return Truth(role)


def _column(rng: Random, count: int) -> pa.Array:
    kind, values = rng.choice(TYPES)
    cells = [rng.choice([*values, *values, None]) for _ in range(count)]
    try:
        return pa.array(cells, kind)
    except (pa.ArrowException, TypeError, ValueError):
        storage = pa.array(cells, kind.storage_type)
        return pa.ExtensionArray.from_storage(kind, storage)


def _mapping(role: str) -> str:
    wide = role == "wide"
    milestones = ['"申报" = "declared"'] if role == "events" else ['declared = "c"'] if wide else []
    return "\n".join(
        [
            "[dataset]",
            'name = "t"',
            'timezone = "Asia/Shanghai"',
            "[[file]]",
            'path = "a.parquet"',
            f'role = "{role}"',
            "[file.columns]",
            *ROLES[role],
            *(["[file.milestones]", *milestones] if milestones else []),
            "",
        ]
    )
