"""What an earlier run left: which files it took in, and the parts it kept, so that a later run
reads only new files.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import InputError, OutputError
from . import parts
from .files import scan
from .layout import link
from .mapping import FileSpec, Mapping
from .parts import Part

if TYPE_CHECKING:
    import duckdb

PARTS = "parts"


@dataclass(frozen=True)
class Earlier:
    """An earlier run's folder: its files by path, its history, and the parts kept with how their
    files stood.
    """

    folder: Path
    files: dict[str, dict] = field(default_factory=dict)
    history: tuple[dict, ...] = ()
    parts: dict[str, dict] = field(default_factory=dict)
    events: dict = field(default_factory=dict)


def earlier(out: Path) -> Earlier:
    """What stands in `out`; OutputError if it cannot be understood."""
    if not (out / "receipt.json").is_file():
        return Earlier(out)
    try:
        receipt = json.loads((out / "receipt.json").read_text(encoding="utf-8"))
        files = {file["path"]: file for file in receipt["files"]}
        kept = out / PARTS / "parts.json"
        state = (
            json.loads(kept.read_text(encoding="utf-8"))
            if kept.is_file()
            else {"parts": {}, "events": {}}
        )
        # runs before there was a history count as one
        first = [
            {
                "run": 1,
                "files": [
                    _entry(f["path"], f["sha256"], f["rows_read"], "added")
                    for f in receipt["files"]
                ],
            }
        ]
        return Earlier(
            out, files, tuple(receipt.get("history") or first), state["parts"], state["events"]
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OutputError(
            f"what an earlier run left cannot be understood: {error!r}",
            str(out),
            "run once without --add to begin anew",
        ) from None


def missing(before: Earlier, names: list[str], remove: bool) -> list[str]:
    """Files taken in earlier that are there no more; InputError unless their rows are to go."""
    gone = [name for name in before.files if name not in names]
    if gone and not remove:
        listed = ", ".join(gone[:3]) + (f" and {len(gone) - 3} more" if len(gone) > 3 else "")
        raise InputError(
            f"taken in earlier and there no more: {listed}",
            str(before.folder),
            "put the file back, or give --remove-missing to take its rows out",
        )
    return gone


def take(
    con: duckdb.DuckDBPyConnection,
    mapping: Mapping,
    spec: FileSpec,
    path: Path,
    label: str,
    scratch: Path,
    before: Earlier,
    keep: Path,
    *,
    trust: bool,
) -> tuple[Part, list[int], bool]:
    """The file's part, kept from before or made now under `keep`; how the file stands; and whether
    it was made.
    """
    stat = path.stat()
    stands = [stat.st_size, stat.st_mtime_ns]
    how = parts.reading(mapping, spec)
    known = before.parts.get(key(label, how))
    if known is not None:
        part = Part.from_dict(known["part"])
        old = before.folder / PARTS / part.file
        same = trust and known["stands"] == stands
        if old.is_file() and (same or (stat.st_size and scan(spec, path).sha256 == part.sha256)):
            link(old, keep / part.file)
            return part, stands, False
    return parts.make(con, mapping, spec, path, label, scratch, keep), stands, True


def key(label: str, how: str) -> str:
    """What a part goes by in parts.json: one file may be read in several ways."""
    return f"{label} {how[:16]}"


def run(before: Earlier, told: list[dict], made: list[bool], gone: list[str]) -> tuple[dict, ...]:
    """The history with this run added: each file's sha256, rows and what was done with it."""
    files = []
    for file, new in zip(told, made, strict=True):
        was = before.files.get(file["path"])
        if was is None:
            action = "added"
        elif was["sha256"] != file["sha256"]:
            action = "replaced"
        else:
            action = "read again" if new else "kept"
        files.append(_entry(file["path"], file["sha256"], file["rows_read"], action))
    files += [
        _entry(name, before.files[name]["sha256"], before.files[name]["rows_read"], "removed")
        for name in gone
    ]
    number = before.history[-1]["run"] + 1 if before.history else 1
    return (*before.history, {"run": number, "files": files})


def _entry(path: str, digest: str, rows: int, action: str) -> dict:
    return {"path": path, "sha256": digest, "rows": rows, "action": action}
