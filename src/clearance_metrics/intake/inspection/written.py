"""The proposal as the text of dataset.toml, each line with how sure it is and why."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from .column_proposed import Line
from .file_proposed import FilePlan
from .said import Said, one_line

if TYPE_CHECKING:
    from .proposal import Inspection

_BARE = re.compile(r"[A-Za-z0-9_-]+")
WIDTH = 100
USUAL_HOURS = ("09:00", "17:00")


def written(found: Inspection, lang: str, beside: Path | None = None) -> str:
    """The text of the mapping; its paths begin at `beside`, else at the folder of the files."""
    return "\n".join(_text(found, lang, beside)) + "\n"


def decisions(found: Inspection, lang: str) -> list[str]:
    """What a person must decide, each in one line, in the order of the mapping."""
    told = [ask.text(lang) for line in (*found.head, *found.defaults) for ask in line.asks]
    for plan in found.files:
        told += [f"{plan.laid.sample.title}: {ask.text(lang)}" for ask in plan.asks]
    told += [f"{one_line(error.where, 200)}: {one_line(error.what, 200)}" for error in found.unread]
    return told


def _text(found: Inspection, lang: str, beside: Path | None) -> Iterator[str]:
    folder, away = _base(found, beside)
    count = len(decisions(found, lang))
    yield f"# {Said('top', files=len(found.files), n=count).text(lang)}"
    yield f"# {Said('levels').text(lang)}"
    if away:
        yield f"# {Said('away', folder=one_line(away, 300)).text(lang)}"
    for error in found.unread:
        told = Said("unreadable", file=one_line(error.where, 200), what=one_line(error.what, 200))
        yield f"# {Said('decide', what=told).text(lang)}"
    yield ""
    yield "[dataset]"
    yield f"name = {value(found.name)}"
    yield from _lines(found.head, lang)
    yield ""
    yield f"# [opening]  # {Said('opening').text(lang)}"
    yield f"# hours = {value(list(USUAL_HOURS))}"
    if found.defaults:
        yield ""
        yield "[defaults]"
        yield from _lines(found.defaults, lang)
    for own in (one for plan in found.files for one in plan.own):
        yield ""
        yield "[[milestone]]"
        yield f"name = {value(own.name)}"
        yield f"zh = {value(own.header)}"
        # a name that English readers can read
        plain = own.header if own.header.isascii() else own.name.replace("_", " ")
        yield f"en = {value(plain)}"
    for plan in found.files:
        yield ""
        yield from _file(plan, folder, lang)


def _file(plan: FilePlan, folder: Path, lang: str) -> Iterator[str]:
    for remark in plan.remarks:
        yield f"# {one_line(remark.text(lang), 300)}"
    yield "[[file]]"
    path = plan.laid.sample.path.resolve()
    yield f"path = {value(Path(os.path.relpath(path, folder)).as_posix())}"
    yield from _lines((line for line in plan.lines if not line.table), lang)
    for table in ("columns", "milestones"):
        lines = [line for line in plan.lines if line.table == table]
        if table == "columns" or any(not line.off for line in lines):
            yield ""
            yield f"[file.{table}]"
        yield from _lines(lines, lang)
        if table == "columns":
            yield from _rest(plan, lang)
    if plan.charges:
        yield ""
        yield f"# {Said('charges_beside').text(lang)}"
        yield "# [[file]]"
        yield f"# path = {value(Path(os.path.relpath(path, folder)).as_posix())}"
        for line in plan.charges:
            if line.table and line is next(x for x in plan.charges if x.table):
                yield f"# [file.{line.table}]"
            yield f"# {key(line.key)} = {value(line.value)}"


def _lines(lines: Iterable[Line], lang: str) -> Iterator[str]:
    """Lines of one table: decisions above their line, the reason behind it, or above if long."""
    for line in lines:
        for ask in line.asks:
            yield f"# {Said('decide', what=ask).text(lang)}"
        why = Said("mark.join").text(lang).join(one.text(lang) for one in line.why)
        level = Said(f"level_{line.sure}").text(lang)
        comment = f"# {level}{': ' if why else ''}{one_line(why, 400)}"
        text = f"{key(line.key)} = {value(line.value)}"
        if line.off:
            yield f"# {text}  {comment}"
        elif len(text) + len(comment) > WIDTH:
            yield comment
            yield text
        else:
            yield f"{text}  {comment}"


def _rest(plan: FilePlan, lang: str) -> Iterator[str]:
    """Below the columns that are mapped, each of the others with what becomes of it."""
    if plan.rest:
        yield f"# {Said('rest').text(lang)}"
    for one in plan.rest:
        for ask in one.asks:
            yield f"# {Said('decide', what=ask).text(lang)}"
        header = one_line(one.header, 60) or "-"
        yield f"#   {header}: {one_line(one.told.text(lang), 200)}"


def _base(found: Inspection, beside: Path | None) -> tuple[Path, str]:
    """The folder that paths are relative to; told where that is not where the mapping will lie."""
    if beside is None:
        return found.folder, ""
    near = beside.resolve()
    inside = all(p.laid.sample.path.resolve().is_relative_to(near) for p in found.files)
    return (near, "") if inside else (found.folder, str(found.folder))


def key(name: str) -> str:
    """A key of TOML, in quotes where it must be.

    >>> key("case_id"), key("a b")
    ('case_id', '"a b"')
    """
    return name if _BARE.fullmatch(name) else value(name)


def value(what: object) -> str:
    """A value of TOML.

    >>> value({"column": "A", "no_value": ["-"]}), value(date(2021, 9, 1)), value(True)
    ('{ column = "A", no_value = ["-"] }', '2021-09-01', 'true')
    """
    if isinstance(what, bool):
        return "true" if what else "false"
    if isinstance(what, date | int):
        return str(what)
    if isinstance(what, dict):
        return "{ " + ", ".join(f"{key(str(k))} = {value(v)}" for k, v in what.items()) + " }"
    if isinstance(what, list | tuple):
        return "[" + ", ".join(map(value, what)) + "]"
    whole = str(what).encode("utf-8", "replace").decode("utf-8")
    return json.dumps(whole, ensure_ascii=False).replace("\x7f", "\\u007f")
