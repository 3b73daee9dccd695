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
from . import parts, tables, together
from .checks import REMEDY
from .layout import Whole
from .mapping import Mapping, load_mapping

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
    files = []
    with tqdm(total=len(found) + 3, unit="step", disable=None if progress else True, leave=False) as bar:
        for number, (i, path) in enumerate(found):
            bar.set_description(path.name)
            part = parts.make(con, spec, spec.files[i], path, path.relative_to(data).as_posix(), scratch)
            parts.view(con, part, number, scratch)
            files.append((spec.files[i], part))
            bar.update()
        bar.set_description("checking rows against each other")
        judged = together.judge(con, spec, files)
        bar.update()
        bar.set_description("writing")
        counts, details = tables.write(con, spec, files, judged, Whole(work))
        bar.update()
        receipt = _receipt(con, spec, files, counts, details)
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


def _receipt(con, spec: Mapping, files: list, counts: dict, details: dict) -> Receipt:
    told, by_rule = [], dict.fromkeys(REMEDY, 0)
    for number, (file, part) in enumerate(files):
        outcome = {part.faults[n][0] if n is not None else "": 0 for n in (None, *range(len(part.faults)))}
        for n, many in con.execute(f"SELECT fault_, count(*) FROM part_{number} GROUP BY 1").fetchall():
            outcome["" if n is None else part.faults[n][0]] += many
        for rule, n in con.execute("SELECT rule, count(*) FROM aside WHERE file_no = ? GROUP BY 1", [number]).fetchall():
            outcome[rule] = outcome.get(rule, 0) + n
            outcome[""] -= n
        read_rows = part.rows + len(part.malformed)
        accepted, doubles = outcome.pop("", 0), outcome.pop("exact", 0)
        if part.malformed:
            outcome["malformed_row"] = len(part.malformed)
        rejected = sum(outcome.values())
        if read_rows != accepted + doubles + rejected:
            raise AssertionError(
                f"{part.name}: {read_rows} rows read, {accepted} + {rejected} + {doubles} accounted for"
            )
        ordered = {rule: outcome[rule] for rule in REMEDY if outcome.get(rule)}
        for rule, n in ordered.items():
            by_rule[rule] += n
        told.append({"path": part.name, "role": file.role, "sha256": part.sha256, "rows_read": read_rows,
                     "accepted": accepted, "rejected": rejected, "duplicates": doubles, "rejected_by_rule": ordered})  # fmt: skip
    totals = {k: sum(f[k] for f in told) for k in ("rows_read", "accepted", "rejected", "duplicates")}
    return Receipt(
        spec.name, sha256(spec.path.read_bytes()).hexdigest(), tuple(told), counts, totals=totals,
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
