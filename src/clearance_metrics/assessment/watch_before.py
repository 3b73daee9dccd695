"""An earlier run of `watch` as it is read: of the same log, notice and version, no later day."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

from ..domain.as_of import AsOf
from ..engine.log import EventLog
from ..errors import InputError
from ..notice import Notice
from .watch_records import FORMAT, VERSION, Watch


def library_version() -> str:
    """The version of the library as it is installed; empty where it is run without that."""
    try:
        return version_of("clearance-metrics")
    except PackageNotFoundError:
        return ""


def state_of(before: Any, log: EventLog, notice: Notice, when: AsOf) -> dict[str, Any] | None:
    """The state of an earlier run with its day; InputError where it is of something else."""
    if before is None:
        return None
    where = str(before) if isinstance(before, str | Path) else "before"
    told: Any = before.to_state() if isinstance(before, Watch) else before
    if isinstance(before, str | Path):
        try:
            told = json.loads(Path(before).read_text(encoding="utf-8"))
        except OSError as error:
            what = f"the earlier run cannot be read: {error.strerror}"
            raise InputError(what, where, "name the file that an earlier run wrote") from None
        except ValueError:
            raise InputError(
                "the earlier run cannot be read: it is no JSON",
                where,
                "name the file that an earlier run wrote",
            ) from None
    if not isinstance(told, Mapping) or told.get("format") != FORMAT or not _whole(told):
        what = "the file holds no earlier run of watch"
        raise InputError(what, where, "name the file that an earlier run wrote")
    if what := _unlike(told, log, notice, when):
        raise InputError(what, where, "begin anew without it, or name the right file")
    return {**told["state"], "as_of": told["as_of"]}


def _unlike(told: Mapping[str, Any], log: EventLog, notice: Notice, when: AsOf) -> str:
    """What an earlier run is of that this one is not; nothing where both are of the same."""
    version, library = told.get("version"), told.get("library")
    if version != VERSION:
        return f"the earlier run is of another version of the file: {version!r}, not {VERSION!r}"
    if library != library_version():
        return f"the earlier run is of another version of the library: {library!r}"
    if told.get("log") != log.name:
        return f"the earlier run is of another log: {told.get('log')!r}, not {log.name!r}"
    if told.get("notice") != notice.id:
        return f"the earlier run is of another notice: {told.get('notice')!r}, not {notice.id!r}"
    if told.get("notice_sha256") != notice.sha256:
        return "the text of the notice has changed since the earlier run"
    if told["as_of"] > when.text:
        return f"the earlier run is of a later day: {told['as_of']}, not before {when.text}"
    return ""


def _whole(told: Mapping[str, Any]) -> bool:
    """Whether all that a run leaves is there, of the right kind."""
    state = told.get("state")
    if not isinstance(state, Mapping) or not isinstance(told.get("as_of"), str):
        return False
    kinds = {"verdicts": Mapping, "outside": list, "lines": list}
    if any(not isinstance(state.get(name), kind) for name, kind in kinds.items()):
        return False
    pairs = all(isinstance(p, list) and len(p) == 2 for p in state["lines"])
    return pairs and all(isinstance(key, str) for key in state["outside"])
