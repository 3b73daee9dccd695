"""dataset.toml, read strictly: what the owner's files are called and what their columns mean."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ..domain.strict_toml import (
    DAY,
    DAYS,
    FLAG,
    LIST,
    TABLE,
    TEXT,
    TEXTS,
    WHOLE,
    Key,
    Place,
)
from ..domain.vocabulary import Clock, Column, Milestone, Vocabulary, load_vocabulary
from ..domain.zones import zone
from ..errors import LogError, MappingError, closest
from .columns import REQUIRED, ColumnSpec, column, described

FORMATS = ("csv", "parquet", "excel")
ENCODINGS = ("utf-8", "gb18030", "utf-16")
DELIMITERS = (",", ";", "\t", "|")
ENDINGS = {
    "csv": "csv",
    "tsv": "csv",
    "txt": "csv",
    "parquet": "parquet",
    "xlsx": "excel",
    "xlsm": "excel",
    "xls": "excel",
    "ods": "excel",
}
# names of columns that intake makes itself beside attributes told on event rows
OURS = {
    "milestone",
    "time",
    "time_resolution",
    "recorded_at",
    "location",
    "file_no",
    "source_file",
    "source_line",
}
MAYBE = TEXT.or_empty().optional("")
TOP_KEYS = {
    "dataset": TABLE,
    "milestone": LIST.or_empty().optional(()),
    "clock": LIST.or_empty().optional(()),
    "column": LIST.or_empty().optional(()),
    "file": LIST,
}
DATASET_KEYS = {
    "name": TEXT,
    "title_zh": MAYBE,
    "title_en": MAYBE,
    "simulated": FLAG.optional(False),
    "timezone": TEXT,
    "as_of": DAY.optional(),
    "plausible": DAYS.optional((date(1990, 1, 1), date(2059, 12, 31))),
    "source": MAYBE,
}
OWN_KEYS = {
    "milestone": {
        "name": TEXT,
        "zh": MAYBE,
        "en": MAYBE,
        "occurrence": TEXT.one_of("first", "last").optional("first"),
    },
    "clock": {
        "name": TEXT,
        "start": TEXT,
        "stop": TEXT,
        "kind": MAYBE,
        "signed": FLAG.optional(False),
        "unit": TEXT.optional("hours"),
        "zh": MAYBE,
        "en": MAYBE,
    },
    "column": {
        "name": TEXT,
        "type": TEXT.one_of("text", "integer", "boolean").optional("text"),
        "zh": MAYBE,
        "en": MAYBE,
    },
}
FILE_KEYS = {
    "path": TEXT.or_empty(),
    "role": TEXT.one_of(*REQUIRED),
    "format": TEXT.one_of(*FORMATS).optional(),
    "delimiter": Key((str,), TEXT.words, known=DELIMITERS, empty=True, default=None),
    "encoding": TEXT.one_of(*ENCODINGS).optional("utf-8"),
    "sheet": Key((str, int), "the sheet's name or number", empty=True, default=None),
    "header_row": WHOLE.optional(1),
    "fill_down": TEXTS.or_empty().optional(()),
    "timezone": TEXT.optional(),
    "keep": Key((str, list), '"all" or list of headers', each=str, empty=True, default="all"),
    "columns": TABLE.or_empty(),
    "milestones": TABLE.or_empty().optional({}),
}
LAST_ROW = 1_048_576  # of a worksheet
NAME_BYTES, PATH_BYTES = 255, 4000  # the longest that file systems take


@dataclass(frozen=True)
class FileSpec:
    """One [[file]] of the mapping.

    `header_row` and a `sheet` given as a number count from one; `fill_down` are headers.
    """

    path: str
    role: str
    format: str | None
    delimiter: str | None
    encoding: str
    sheet: str | int | None
    timezone: str
    keep: tuple[str, ...] | None
    columns: tuple[ColumnSpec, ...]
    codes: tuple[tuple[str, str], ...]
    milestones: tuple[ColumnSpec, ...]
    header_row: int = 1
    fill_down: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mapping:
    """The whole dataset.toml."""

    path: Path
    name: str
    title_zh: str
    title_en: str
    simulated: bool
    timezone: str
    as_of: date | None
    plausible: tuple[date, date]
    source: str
    own: dict[str, tuple]
    words: Vocabulary
    files: tuple[FileSpec, ...]


def load_mapping(path: Path) -> Mapping:
    """The mapping in `path`; MappingError names table and key of the first mistake."""
    place = Place(str(path), MappingError)
    data = place.table(place.parse(place.read(path)), TOP_KEYS)
    head = _head(data["dataset"], place.at("dataset"))
    own, words = _own(data, place)
    files = tuple(
        _file(row, words, head["timezone"], place.at(f"file {i}"))
        for i, row in enumerate(data["file"], 1)
    )
    return Mapping(path=path, **head, own=own, words=words, files=files)


def reserved(name: str, on_events: bool = False) -> bool:
    """Whether intake makes a column of this name itself, or would beside what event rows tell.

    >>> reserved("seq_"), reserved("location"), reserved("location", on_events=True)
    (True, False, True)
    """
    low = name.lower()
    return (
        low == "case_id"
        or low.endswith("_")
        or on_events
        and (low in OURS or low.startswith(("lo_", "hi_", "day_")))
    )


def _head(data: object, place: Place) -> dict:
    head = place.table(data, DATASET_KEYS)
    if not head["name"].replace("-", "").replace("_", "").isalnum():
        what = f"name {head['name']!r} cannot be a folder's name"
        raise place.fail(what, "use letters, digits, - and _")
    window = head["plausible"]
    if len(window) != 2 or window[0] >= window[1]:
        raise place.fail("plausible is not two days in order", "write [2015-01-01, 2023-12-31]")
    return head | {"plausible": tuple(window), "timezone": _zone(head["timezone"], place)}


def _zone(name: str, place: Place) -> str:
    try:
        zone(name)
    except LogError as error:
        raise place.fail(error.what, error.remedy) from None
    return name


def _own(data: dict, top: Place) -> tuple[dict[str, tuple], Vocabulary]:
    """The dataset's own milestones, clocks and columns, and the vocabulary with them."""
    kinds, words = {"milestone": Milestone, "clock": Clock, "column": Column}, load_vocabulary()
    own = {
        f"{table}s": tuple(
            kind(**top.at(f"{table} {i}").table(row, OWN_KEYS[table]))
            for i, row in enumerate(data[table], 1)
        )
        for table, kind in kinds.items()
    }
    for table, known in (("milestone", words.milestones), ("column", words.columns)):
        for name in (word.name for word in own[f"{table}s"]):
            twin = next((k for k in known if k.lower() == name.lower() and k != name), None)
            if reserved(name, table == "column") or twin:
                what = (
                    f"{name!r} and {twin!r} differ in case alone"
                    if twin
                    else f"intake makes a column {name!r} itself"
                )
                raise top.at(table).fail(what, "take another name")
    words = words.extended(*own.values())
    for clock in own["clocks"]:
        for end in (clock.start, clock.stop):
            if end not in words.milestones:
                raise top.at(f"clock {clock.name}").fail(
                    f"unknown milestone {end!r}", closest(end, words.milestones)
                )
    return own, words


def _file(data: object, words: Vocabulary, timezone: str, place: Place) -> FileSpec:
    data = place.table(data, FILE_KEYS)
    path, role, given = data["path"], data["role"], data.pop("milestones")
    _check_path(path, place)
    place = place.at(path)
    if isinstance(data["keep"], str) and data["keep"] != "all":
        raise place.fail(f"keep = {data['keep']!r}", 'write "all" or a list of headers')
    _check_rows(data["header_row"], data["sheet"], place)
    within = place.at("columns")
    columns = tuple(column(n, spec, role, words, within) for n, spec in data["columns"].items())
    for name in REQUIRED[role]:
        if name not in data["columns"]:
            raise within.fail(f"column {name!r} is not mapped", f'add {name} = "its header"')
    within = place.at("milestones")
    if role == "wide" and not given:
        remedy = 'add [file.milestones] declared = "header"'
        raise place.fail("a wide file needs its milestone columns", remedy)
    if given and role not in ("wide", "events"):
        raise place.fail(f"a {role} file has no milestones", "remove [file.milestones]")
    # a wide file has a column for each milestone, an events file a code
    for code, name in given.items() if role == "events" else zip(given, given, strict=True):
        if not isinstance(name, str):
            raise within.fail(
                f"code {code!r} must name a milestone", f'write "{code}" = "declared"'
            )
        if name not in words.milestones:
            raise within.fail(
                f"unknown milestone {name!r}",
                closest(name, words.milestones) + "; or declare it with [[milestone]]",
            )
    wide = role == "wide"
    return FileSpec(
        **data
        | {
            "timezone": _zone(data["timezone"] or timezone, place),
            "keep": None if data["keep"] == "all" else tuple(data["keep"]),
            "fill_down": tuple(data["fill_down"]),
            "columns": columns,
            "codes": () if wide else tuple(given.items()),
            "milestones": tuple(described(n, s, "time", within) for n, s in given.items())
            if wide
            else (),
        }
    )


def _check_rows(header_row: int, sheet: str | int | None, place: Place) -> None:
    if not 1 <= header_row <= LAST_ROW:
        remedy = f"count rows from one, as a spreadsheet does, up to {LAST_ROW}"
        raise place.fail(f"header_row = {header_row} is no row", remedy)
    if isinstance(sheet, int) and sheet < 1:
        raise place.fail(f"sheet = {sheet} is no sheet", "count sheets from one, or name it")


def _check_path(path: str, place: Place) -> None:
    parts = Path(path).parts
    if not parts or Path(path).is_absolute() or ".." in parts:
        remedy = "write it relative to the data folder, and give --data"
        raise place.fail(f"path {path!r} leaves the data folder", remedy)
    if "\0" in path:
        raise place.fail(f"path {path!r} holds a zero byte", "write the file's name")
    if max(map(_bytes, parts)) > NAME_BYTES or _bytes(path) > PATH_BYTES:
        raise place.fail(f"path {path[:40]!r}… is too long", "write the file's name")


def _bytes(text: str) -> int:
    return len(os.fsencode(text))
