"""An earlier run of `watch` as it is read: of the same log, notice and version, no later day."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

from ..domain.arguments import brief
from ..domain.as_of import AsOf
from ..domain.verdicts import Verdict
from ..engine.log import EventLog
from ..errors import InputError
from ..notice import Notice
from .watch_records import FORMAT, VERSION, Watch

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
KEPT = {"verdicts": Mapping, "outside": list, "lines": list}  # what a run leaves, and of which kind


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
        except (ValueError, RecursionError):
            raise InputError(
                "the earlier run cannot be read: it is no JSON",
                where,
                "name the file that an earlier run wrote",
            ) from None
    if not isinstance(told, Mapping) or told.get("format") != FORMAT:
        what = "the file holds no earlier run of watch"
        raise InputError(what, where, "name the file that an earlier run wrote")
    # another version may keep its state otherwise, so that this is asked first
    if what := _unlike(told, log, notice, when) or _unsound(told, notice):
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
    day = told.get("as_of")
    if not isinstance(day, str) or not DAY.fullmatch(day) or not _is_day(day):
        return f"the earlier run was changed: as_of is {brief(day)}"
    if day > when.text:
        return f"the earlier run is of a later day: {day}, not before {when.text}"
    return ""


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _unsound(told: Mapping[str, Any], notice: Notice) -> str:
    """What in the state of an earlier run none can have left; nothing where all of it is sound."""
    state = told.get("state")
    if not isinstance(state, Mapping):
        return f"the earlier run was changed: state is {brief(state)}"
    for name, kind in KEPT.items():
        if not isinstance(state.get(name), kind):
            return f"the earlier run was changed: {name} is {brief(state.get(name))}"
    verdicts, known = {verdict.value for verdict in Verdict}, {i.id for i in notice.indicators}
    for name, verdict in state["verdicts"].items():
        if name not in known:
            return f"the earlier run was changed: no indicator is called {brief(name)}"
        if not isinstance(verdict, str) or verdict not in verdicts:
            return f"the earlier run was changed: {name} has no verdict {brief(verdict)}"
    for key in state["outside"]:
        if not isinstance(key, str):
            return f"the earlier run was changed: outside holds {brief(key)}"
    for pair in state["lines"]:
        if not isinstance(pair, list) or list(map(type, pair)) != [str, str]:
            return f"the earlier run was changed: lines hold {brief(pair)}"
    return ""
