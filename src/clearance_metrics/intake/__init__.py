"""The front door: the owner's files in, clean tables and a receipt for every row out."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path

import duckdb

from ..errors import InputError, OutputError
from . import tables
from .checks import REMEDY
from .mapping import Mapping, load_mapping
from .readers import read

FORMAT_VERSION = 1


@dataclass(frozen=True)
class Receipt:
    """What became of every row: per file, rows read = accepted + rejected + exact duplicates."""

    dataset: str
    mapping_sha256: str
    files: tuple[dict, ...]
    tables: dict[str, int]
    resolution: dict[str, dict[str, int]]
    cases_without_attributes: int
    charges_without_case: int
    totals: dict[str, int] = field(default_factory=dict)
    rejected_by_rule: dict[str, int] = field(default_factory=dict)

    def to_dict(self) -> dict:
        """The content of receipt.json."""
        return asdict(self)

    def __str__(self) -> str:
        rows = [("file", "read", "accepted", "rejected", "duplicates")]
        for f in self.files:
            rows.append((f["path"], *(f"{f[k]:,}" for k in ("rows_read", "accepted", "rejected", "duplicates"))))
        totals = self.totals
        rows.append(("total", *(f"{totals[k]:,}" for k in ("rows_read", "accepted", "rejected", "duplicates"))))
        widths = [max(len(row[i]) for row in rows) for i in range(5)]
        lines = [
            "  ".join([row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))])
            for row in rows
        ]
        lines += [f"  {rule}: {n:,} rejected; {REMEDY[rule]}" for rule, n in self.rejected_by_rule.items()]
        lines += ["tables: " + ", ".join(f"{name} {n:,}" for name, n in self.tables.items())]
        return "\n".join(lines)


def intake(mapping: Path, data: Path | None = None, out: Path | None = None, progress: bool = False) -> Receipt:
    """Read, map and check the files that `mapping` describes, found under `data` (default: beside the mapping).

    Writes the tables, rejects.parquet, dataset.json and receipt.json to `out` in one step: either all of it is
    there or none. Raises MappingError, InputError or OutputError.
    """
    mapping = Path(mapping)
    spec = load_mapping(mapping)
    data = Path(data) if data else mapping.parent
    out = Path(out) if out else Path("data/processed") / spec.name
    if out.exists() and not (out / "receipt.json").is_file() and (not out.is_dir() or any(out.iterdir())):
        raise OutputError("the output folder holds something else", str(out), "name a new or empty folder")
    if not data.is_dir():
        raise InputError("the data folder is not there", str(data), "check --data")
    found = _find(spec, data)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as error:
        raise OutputError(f"cannot write: {error.strerror}", str(out.parent), "name another folder") from None
    try:
        receipt = _run(spec, data, found, work, progress)
        _move(work, out)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return receipt


def _find(spec: Mapping, data: Path) -> list[tuple[int, Path]]:
    found = []
    for i, file in enumerate(spec.files):
        paths = sorted(p for p in data.glob(file.path) if p.is_file())
        if not paths:
            raise InputError(f"no file matches {file.path!r}", str(data), "check path in the mapping, or --data")
        found += [(i, path) for path in paths]
    return found


def _run(spec: Mapping, data: Path, found: list, work: Path, progress: bool) -> Receipt:
    from tqdm import tqdm

    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    scratch = work / "scratch"
    scratch.mkdir()
    con.execute("SET temp_directory = ?", [str(scratch)])
    raws = []
    with tqdm(total=len(found) + 3, unit="step", disable=None if progress else True, leave=False) as bar:
        for number, (i, path) in enumerate(found):
            bar.set_description(path.name)
            file = spec.files[i]
            raw = read(con, file, path, path.relative_to(data).as_posix(), number, scratch)
            tables.classify(con, spec, file, raw, number)
            raws.append((file, raw))
            bar.update()
        bar.set_description("checking rows against each other")
        tables.judge_together(con, spec, raws)
        bar.update()
        bar.set_description("writing")
        counts, details = tables.write(con, spec, raws, work)
        bar.update()
        receipt = _receipt(con, spec, raws, counts, details)
        bar.update()
    con.close()
    shutil.rmtree(scratch)
    head = {
        "format_version": FORMAT_VERSION, "name": spec.name, "title_zh": spec.title_zh, "title_en": spec.title_en,
        "simulated": spec.simulated, "timezone": spec.timezone, "as_of": spec.as_of and spec.as_of.isoformat(),
        "source": spec.source, **{key: [asdict(row) for row in rows] for key, rows in spec.own.items()},
    }  # fmt: skip
    _json(work / "dataset.json", head)
    _json(work / "receipt.json", receipt.to_dict())
    return receipt


def _receipt(con, spec: Mapping, raws: list, counts: dict, details: dict) -> Receipt:
    files, by_rule = [], dict.fromkeys(REMEDY, 0)
    for number, (file, raw) in enumerate(raws):
        outcome = dict(
            con.execute(
                "SELECT coalesce(rule, ''), count(*) FROM judged WHERE file_no = ? GROUP BY 1", [number]
            ).fetchall()
        )
        read_rows = con.execute(f"SELECT count(*) FROM {raw.table}").fetchall()[0][0] + len(raw.malformed)
        accepted, doubles = outcome.pop("", 0), outcome.pop("exact", 0)
        if raw.malformed:
            outcome["malformed_row"] = len(raw.malformed)
        rejected = sum(outcome.values())
        if read_rows != accepted + doubles + rejected:
            raise AssertionError(
                f"{raw.name}: {read_rows} rows read, {accepted} + {rejected} + {doubles} accounted for"
            )
        ordered = {rule: outcome[rule] for rule in REMEDY if rule in outcome}
        for rule, n in ordered.items():
            by_rule[rule] += n
        files.append({"path": raw.name, "role": file.role, "sha256": raw.sha256, "rows_read": read_rows,
                      "accepted": accepted, "rejected": rejected, "duplicates": doubles, "rejected_by_rule": ordered})  # fmt: skip
    totals = {k: sum(f[k] for f in files) for k in ("rows_read", "accepted", "rejected", "duplicates")}
    return Receipt(
        spec.name, sha256(spec.path.read_bytes()).hexdigest(), tuple(files), counts, totals=totals,
        rejected_by_rule={rule: n for rule, n in by_rule.items() if n}, **details,
    )  # fmt: skip


def _json(path: Path, content: dict) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1, default=list) + "\n", encoding="utf-8")


def _move(work: Path, out: Path) -> None:
    old = None
    if out.exists():
        old = Path(tempfile.mkdtemp(prefix=f".{out.name}-old-", dir=out.parent))
        out.rename(old / "was")
    work.chmod(0o755)
    work.rename(out)
    if old:
        shutil.rmtree(old, ignore_errors=True)
