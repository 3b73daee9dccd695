"""The front door: the owner's files in, clean tables and a receipt for every row out."""

from __future__ import annotations

import json
import os
import re
import shutil
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from ..domain.work_folders import claimed, dead, work_folder
from ..errors import InputError, LogError, MappingError, OutputError, closest
from . import account, headers, history, parts, tables, together
from .enough import enough as enough
from .layout import BIG, LAYOUTS, Months, Whole
from .mapping import Mapping, load_mapping
from .receipt import Receipt

FORMAT_VERSION = 1
MOST_THREADS = 1024


@dataclass(frozen=True)
class Options:
    """How to run: what `ingest` was asked for."""

    add: bool = False
    remove_missing: bool = False
    verify: bool = False
    layout: str = "auto"
    memory: str | None = None
    threads: int | None = None
    progress: bool = False


def ingest(
    mapping: Path,
    data: Path | None = None,
    out: Path | None = None,
    progress: bool = False,
    *,
    add: bool = False,
    remove_missing: bool = False,
    verify: bool = False,
    layout: str = "auto",
    memory: str | None = None,
    threads: int | None = None,
) -> Receipt:
    """Read, map and check the files that `mapping` describes, found under `data` (default: beside
    the mapping).

    Writes the tables, rejects.parquet, dataset.json and receipt.json to `out` in one step: either
    all of it is there or what was there before. With `add`, what was read is kept beside the
    tables, and the next run with `add` reads only files that are new or changed; the tables are
    those that one run over all files would write. A file counts as unchanged while its size and
    time of change stand, or with `verify` while its sha256 does. A file of an earlier run that is
    gone is an error, unless `remove_missing` takes its rows out. `layout` is whole, months or auto
    (months from 20 million rows on); `memory` (as "6GB") and `threads` bound the engine. Raises
    MappingError, InputError, LogError or OutputError.

    >>> import tempfile
    >>> from clearance_metrics import simulate
    >>> folder = Path(tempfile.mkdtemp())
    >>> truth = simulate(folder / "raw", size=0.004)
    >>> receipt = ingest(folder / "raw" / "dataset.toml", out=folder / "log")
    >>> receipt.totals["rows_read"] == sum(file["rows_read"] for file in truth["files"].values())
    True
    """
    options = Options(add, remove_missing, verify, layout, memory, threads, progress)
    _check(options)
    mapping = Path(mapping)
    spec = load_mapping(mapping)
    data = Path(data) if data else mapping.parent
    out = Path(out) if out else Path("data/processed") / spec.name
    _restore(out)
    if (
        out.exists()
        and not (out / "receipt.json").is_file()
        and (not out.is_dir() or any(out.iterdir()))
    ):
        raise OutputError(
            "the output folder holds something else", str(out), "name a new or empty folder"
        )
    if not data.is_dir():
        raise InputError("the data folder is not there", str(data), "check --data")
    found = _find(spec, data)
    headers.check(spec, found)
    before = history.earlier(out) if add else history.Earlier(out)
    gone = history.missing(
        before, [path.relative_to(data).as_posix() for _, path in found], remove_missing
    )
    try:
        with work_folder(out.parent, f".{out.name}-") as work:
            receipt = _run(spec, data, found, work, options, before, gone)
            _move(work, out)
    except duckdb.OutOfMemoryException as error:
        raise OutputError(
            f"the memory does not suffice: {str(error).splitlines()[0]}",
            str(out),
            "give more with --memory, or fewer --threads",
        ) from None
    except duckdb.IOException as error:
        raise OutputError(
            f"cannot write: {str(error).splitlines()[0]}",
            str(out.parent),
            "make room, or name another folder",
        ) from None
    return receipt


def _check(options: Options) -> None:
    if options.layout not in LAYOUTS:
        raise LogError(
            f"unknown layout {options.layout!r}", "--layout", closest(options.layout, LAYOUTS)
        )
    if options.memory is not None and not re.fullmatch(
        r"[1-9]\d*(\.\d+)? ?([KMGT]i?B)", str(options.memory)
    ):
        raise LogError(
            f"{options.memory!r} is no size of memory", "--memory", "write for example 6GB or 800MB"
        )
    if options.threads is not None and not 1 <= options.threads <= MOST_THREADS:
        raise LogError(
            f"{options.threads} threads cannot work",
            "--threads",
            f"write a whole number from 1 to {MOST_THREADS}",
        )
    for option in ("remove_missing", "verify"):
        if getattr(options, option) and not options.add:
            raise LogError(
                "without --add every run begins anew",
                f"--{option.replace('_', '-')}",
                "give it together with --add",
            )


def _find(spec: Mapping, data: Path) -> list[tuple[int, Path]]:
    found = []
    for i, file in enumerate(spec.files):
        try:
            paths = sorted(p for p in data.glob(file.path) if p.is_file())
        except ValueError as error:
            raise MappingError(
                f"path {file.path!r} is no pattern: {error}",
                f"file {i + 1}",
                "write for example 2022/*.csv",
            ) from None
        if not paths:
            raise InputError(
                f"no file matches {file.path!r}", str(data), "check path in the mapping, or --data"
            )
        found += [(i, path) for path in paths]
    return found


def _run(
    spec: Mapping,
    data: Path,
    found: list,
    work: Path,
    options: Options,
    before: history.Earlier,
    gone: list[str],
) -> Receipt:
    from tqdm import tqdm

    scratch = work / "scratch"
    scratch.mkdir()
    keep = work / history.PARTS if options.add else scratch
    keep.mkdir(exist_ok=True)
    con = duckdb.connect()
    try:
        con.execute("SET TimeZone = 'UTC'")
        con.execute("SET enable_progress_bar = false")
        con.execute("SET temp_directory = ?", [str(scratch)])
        if options.memory:
            try:
                con.execute("SET memory_limit = ?", [options.memory])
            except duckdb.Error:
                raise LogError(
                    f"{options.memory!r} is no size of memory here",
                    "--memory",
                    "write for example 6GB",
                ) from None
        if options.threads:
            con.execute("SET threads = ?", [options.threads])
        files, stands, made = [], {}, []
        with tqdm(
            total=len(found) + 3,
            unit="step",
            disable=None if options.progress else True,
            leave=False,
        ) as bar:
            for number, (i, path) in enumerate(found):
                bar.set_description(path.name)
                label = path.relative_to(data).as_posix()
                taken = history.take(
                    con,
                    spec,
                    spec.files[i],
                    path,
                    label,
                    scratch,
                    before,
                    keep,
                    trust=not options.verify,
                )
                parts.view(con, taken[0], number, keep)
                files.append((spec.files[i], taken[0]))
                stands[history.key(label, taken[0].reading)] = {
                    "part": taken[0].to_dict(),
                    "stands": taken[1],
                }
                made.append(taken[2])
                bar.update()
            bar.set_description("checking rows against each other")
            judged = together.judge(con, spec, files)
            bar.update()
            bar.set_description("writing")
            layout = _layout(options, spec, files, work, before)
            counts, details = tables.write(con, spec, files, judged, layout)
            bar.update()
            receipt = account.receipt(con, spec, files, counts, details, layout.kind)
            bar.update()
    finally:
        con.close()
    receipt = replace(receipt, history=history.run(before, list(receipt.files), made, gone))
    shutil.rmtree(scratch)
    head: dict[str, Any] = {
        "format_version": FORMAT_VERSION,
        "name": spec.name,
        "title_zh": spec.title_zh,
        "title_en": spec.title_en,
        "simulated": spec.simulated,
        "timezone": spec.timezone,
        "as_of": spec.as_of and spec.as_of.isoformat(),
        "since": spec.plausible[0].isoformat(),
        "source": spec.source,
        # so that what was rejected can be shown to its supplier as it stands in the file
        "mapping": _way(spec.path, work),
        "data": _way(data, work),
        **{key: [asdict(row) for row in rows] for key, rows in spec.own.items()},
    }
    if any(spec.parties.values()):
        head["parties"] = spec.parties
    if spec.opening:
        head["opening"] = spec.opening.to_dict()
    _json(work / "dataset.json", head)
    _json(work / "receipt.json", receipt.to_dict())
    if options.add:
        _json(keep / "parts.json", {"parts": stands, "events": getattr(layout, "written", {})})
    return receipt


def _layout(
    options: Options, spec: Mapping, files: list, work: Path, before: history.Earlier
) -> Whole:
    rows = sum(part.rows for file, part in files if file.role in ("events", "wide", "cases"))
    if options.layout == "months" or (options.layout == "auto" and rows >= BIG):
        if named := next((part for part in work.resolve().parts if "=" in part), None):
            raise OutputError(
                f"the folder {named!r} reads as a column of months",
                str(work.parent),
                "name a folder without =, or --layout whole",
            )
        return Months(work, spec.timezone, before.folder, before.events)
    return Whole(work)


def _way(path: Path, work: Path) -> str:
    """The way to a path from the folder of the log, beside which `work` lies."""
    try:
        return Path(os.path.relpath(path.resolve(), work.resolve())).as_posix()
    except ValueError:  # on another drive
        return path.resolve().as_posix()


def _json(path: Path, content: dict) -> None:
    path.write_text(
        json.dumps(content, ensure_ascii=False, indent=1, default=list) + "\n", encoding="utf-8"
    )


def _move(work: Path, out: Path) -> None:
    work.chmod(0o755)
    if not out.exists():
        work.rename(out)
        return
    # what was there before is deleted only where the new stands in its place
    with work_folder(out.parent, _aside(out), keep_failed=True) as old:
        out.rename(old / "was")
        try:
            work.rename(out)
        except BaseException:
            (old / "was").rename(out)
            raise


def _restore(out: Path) -> None:
    """Put back what a run that was killed between two renames had moved aside."""
    for old in dead(out.parent, _aside(out)):
        if not out.exists() and (old / "was").exists():
            with claimed(old) as free:
                if free:
                    (old / "was").rename(out)
                    old.rmdir()


def _aside(out: Path) -> str:
    return f".{out.name}-old-"
