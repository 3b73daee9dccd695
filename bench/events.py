"""Write an events file of any length, with its mapping, for timing intake.

    python bench/events.py --cases 10000 --out bench/data

Ten events a case, in order of time, as a national system would export them. One row in a thousand
stands twice, and one in two thousand breaks a rule; in some cases the release comes before the
declaration. The same arguments make the same bytes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import duckdb

CODES = (
    "arrival",
    "manifest",
    "declared",
    "accepted",
    "paid",
    "ordered",
    "inspected",
    "released",
    "unloaded",
    "gate_out",
)
MAPPING = """[dataset]
name = "bench"
title_en = "events for timing"
simulated = true
timezone = "Asia/Shanghai"
as_of = 2023-12-31
plausible = [2022-01-01, 2024-12-31]

[[file]]
path = "events*.csv"
role = "events"
[file.columns]
case_id = "declaration"
milestone = "status"
time = "moment"
port = "port"
[file.milestones]
arrival = "conveyance_arrived"
manifest = "manifest_lodged"
declared = "declared"
accepted = "channel_assigned"
paid = "duty_paid"
ordered = "exam_called"
inspected = "exam_ended"
released = "customs_released"
unloaded = "discharged"
gate_out = "gate_out"
"""
# status k of a case follows the one before by about an hour; the year is filled evenly
ROWS = """
SELECT 'I2023' || lpad(CAST(c AS VARCHAR), 13, '0') AS declaration,
  CASE WHEN hash(k, c, 'rule') % 2000 = 0 THEN 'void' ELSE code END AS status,
  strftime(make_timestamp(1672531200000000 + 1000000 * CAST(
    c * 31000000 // {cases} + k * 3600 + hash(c, k) % 3000
    - CASE WHEN k = 7 AND hash(c, 'back') % 500 = 0 THEN 90000 ELSE 0 END AS BIGINT)),
    '%Y-%m-%d %H:%M:%S') AS moment,
  ['上海', '宁波舟山', '深圳', '青岛', '天津'][CAST(1 + hash(c) % 5 AS BIGINT)] AS port,
  'W' || CAST(hash(k, c) % 100000 AS VARCHAR) AS officer{further}
FROM range({first}, {last}) cases(c),
  (SELECT unnest({codes}) AS code, unnest(range(10)) AS k) codes,
  (SELECT unnest([0, 1]) AS copy) copies
WHERE copy = 0 OR hash(c, k, 'twice') % 1000 = 0
ORDER BY moment, declaration, status
"""


def write(out: Path, cases: int, files: int = 1, further: int = 0) -> list[Path]:
    """`files` files of cases in order of time, and dataset.toml beside them; the paths of the
    files.

    `further` columns hold texts that the mapping leaves unread, as a system's export does.
    """
    out.mkdir(parents=True, exist_ok=True)
    (out / "dataset.toml").write_text(MAPPING, encoding="utf-8")
    con = duckdb.connect()
    paths = []
    sizes = [10 ** (2 + i % 4) for i in range(further)]
    more = "".join(
        f", 'C' || CAST(hash(c, {i}) % {n} AS VARCHAR) AS further_{i}" for i, n in enumerate(sizes)
    )
    for i in range(files):
        path = out / f"events-{i + 1:02}.csv"
        first, last = cases * i // files, cases * (i + 1) // files
        rows = ROWS.format(cases=cases, first=first, last=last, codes=list(CODES), further=more)
        con.execute(f"COPY ({rows}) TO '{path}' (HEADER)")
        paths.append(path)
    con.close()
    return paths


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="an events file for timing intake")
    parser.add_argument(
        "--cases", type=int, default=10_000, help="ten events each (default: %(default)s)"
    )
    parser.add_argument(
        "--files", type=int, default=1, help="share them among so many files (default: %(default)s)"
    )
    parser.add_argument(
        "--further", type=int, default=0, help="columns that are not mapped (default: %(default)s)"
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("bench/data"),
        help="folder to write (default: %(default)s)",
    )
    args = parser.parse_args()
    for path in write(args.out, args.cases, args.files, args.further):
        print(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
