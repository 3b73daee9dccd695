"""dataset.toml, read strictly: what the owner's files are called and what their columns mean."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from ..domain.opening import Opening, read_opening
from ..domain.parties import read_parties
from ..domain.strict_toml import Place
from ..domain.synonyms import suggestion
from ..domain.vocabulary import Clock, Column, Milestone, Vocabulary, load_vocabulary
from ..domain.zones import FIRST_YEAR, LAST_YEAR, zone
from ..errors import LogError, MappingError
from .columns import REQUIRED, ColumnSpec, column, described
from .keys import ALIASES, DATASET_KEYS, DEFAULT_KEYS, FILE_KEYS, OWN_KEYS, TOP_KEYS
from .keys import ENDINGS as ENDINGS

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
LAST_ROW = 1_048_576  # a sheet has no more, and no file so many title rows
EXAMPLES = {"boolean": "true", "integer": "2", "amount": "1200.50", "text": "its meaning"}
NAME_BYTES, PATH_BYTES = 255, 4000  # the longest that file systems take


@dataclass(frozen=True)
class FileSpec:
    """One [[file]] of the mapping.

    `header_row` and a `sheet` given as a number count from one; `fill_down` are headers. `only` and
    `skip` are texts by header, `ignore` codes of milestones: rows that the mapping leaves out.
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
    only: tuple[tuple[str, tuple[str, ...]], ...] = ()
    skip: tuple[tuple[str, tuple[str, ...]], ...] = ()
    ignore: tuple[str, ...] = ()
    several_rows: bool = False
    least_accepted: float = 95
    strict: bool = False


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
    parties: dict[str, dict[str, str]]
    opening: Opening | None = None


def load_mapping(path: Path) -> Mapping:
    """The mapping in `path`; MappingError names table and key of every mistake in it."""
    place = Place(str(path), MappingError)
    raw = place.parse(place.read(path))
    place = place.gathering()
    data = place.table(raw, TOP_KEYS, go_on=True)
    head, shared = _head(data["dataset"], place.at("dataset")), {}
    with place.each():
        shared = _defaults(data["defaults"], place.at("defaults"))
    own, words = _own(data, place)
    parties: dict[str, dict[str, str]] = {}
    with place.each():
        parties = read_parties(data["parties"], words, place.at("parties"))
    opening = None
    with place.each():
        opening = read_opening(data["opening"], place.at("opening"))
    usual = {k: head.pop(k) for k in ("least_accepted", "strict")}
    usual["timezone"] = shared.get("timezone") or head["timezone"]
    files = []
    for i, row in enumerate(data["file"] or (), 1):
        with place.each():
            files.append(_file(row, words, usual, shared, place.at(f"file {i}")))
    place.told()
    head["files"] = tuple(files)
    return Mapping(path=path, **head, own=own, words=words, parties=parties, opening=opening)


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
    head: dict = dict.fromkeys(DATASET_KEYS)
    with place.each():
        head = place.table(data, DATASET_KEYS, go_on=True)
    name, window = head["name"], head["plausible"] or ()
    if name is not None and not name.replace("-", "").replace("_", "").isalnum():
        what = f"name {name!r} cannot be a folder's name"
        place.note(place.fail(what, "use letters, digits, - and _"))
    if window and (len(window) != 2 or window[0] >= window[1]):
        remedy = "write [2015-01-01, 2023-12-31]"
        place.note(place.fail("plausible is not two days in order", remedy))
    if window and window[-1].year == date.max.year:
        remedy = "name a day of an earlier year"
        place.note(place.fail(f"plausible = {window[-1]} is no day of a log", remedy))
    last = head["as_of"]
    if last is not None and not FIRST_YEAR <= last.year <= LAST_YEAR:
        remedy = f"name a day from {FIRST_YEAR} to {LAST_YEAR}"
        place.note(place.fail(f"as_of = {last} is no day of a log", remedy))
    elif last is not None and window and last < window[0]:
        what = f"as_of = {last} lies before plausible begins ({window[0]})"
        place.note(place.fail(what, "correct one of the two: no row could count"))
    with place.each():
        _percent(head["least_accepted"], place)
    return head | {"plausible": tuple(window), "timezone": _zone(head["timezone"], place)}


def _percent(value: float | None, place: Place) -> None:
    if value is not None and not 0 <= value <= 100:
        what = f"least_accepted = {value} is no share of a file's rows"
        raise place.fail(what, "write a per cent from 0 (never stops) to 100")


def _zone(name: str | None, place: Place) -> str:
    """A zone that exists; where it does not, another is read with until the mistakes are told."""
    try:
        zone(name or "UTC")
    except LogError as error:
        place.note(place.fail(error.what, error.remedy))
        return "UTC"
    return name or "UTC"


def _defaults(data: object, place: Place) -> dict:
    """What [defaults] says, by key; a key that it has not is not in it."""
    given = place.table(data, DEFAULT_KEYS, go_on=True)
    if given["timezone"] is not None:
        _zone(given["timezone"], place)
    for text in given["formats"]:
        if "%" not in text:
            remedy = 'write for example "%Y-%m-%d %H:%M"'
            place.note(place.fail(f"{text!r} is not a time format", remedy))
    return {
        key: value
        for key, value in given.items()
        if value and isinstance(data, dict) and key in data
    }


def _own(data: dict, top: Place) -> tuple[dict[str, tuple], Vocabulary]:
    """The dataset's own milestones, clocks and columns, and the vocabulary with them."""
    kinds: dict = {"milestone": Milestone, "clock": Clock, "column": Column}
    words, own = load_vocabulary(), {}
    for table, kind in kinds.items():
        made: list = []
        for i, row in enumerate(data[table], 1):
            with top.each():
                made.append(kind(**top.at(f"{table} {i}").table(row, OWN_KEYS[table])))
        own[f"{table}s"] = tuple(made)
    for table, known in (("milestone", words.milestones), ("column", words.columns)):
        for name in (word.name for word in own[f"{table}s"]):
            twin = next((k for k in known if k.lower() == name.lower() and k != name), None)
            if reserved(name, table == "column") or twin:
                what = (
                    f"{name!r} and {twin!r} differ in case alone"
                    if twin
                    else f"intake makes a column {name!r} itself"
                )
                top.note(top.at(table).fail(what, "take another name"))
    own["columns"] = tuple(_agreed(c, words.columns.get(c.name), top) for c in own["columns"])
    words = words.extended(*own.values())
    for clock in own["clocks"]:
        for end in (clock.start, clock.stop):
            if end not in words.milestones:
                remedy = suggestion(end, "milestone", words.milestones)
                what = f"unknown milestone {end!r}"
                top.note(top.at(f"clock {clock.name}").fail(what, remedy))
    return own, words


def _agreed(column: Column, known: Column | None, top: Place) -> Column:
    """The dataset's own words for a column; what the vocabulary says of its values stays."""
    if known is None:
        return replace(column, type=column.type or "text")
    if column.type not in (None, known.type):
        remedy = (
            f'remove type, and say what its texts mean: {column.name} = {{ column = "its header",'
            f' values = {{ "a text" = "{EXAMPLES[known.type]}" }} }}; or take another name'
        )
        what = f"column {column.name!r} is {known.type} in the vocabulary, not {column.type}"
        top.note(top.at(f"column {column.name}").fail(what, remedy))
    return replace(known, zh=column.zh or known.zh, en=column.en or known.en)


def _file(data: object, words: Vocabulary, usual: dict, shared: dict, place: Place) -> FileSpec:
    """One [[file]]; `usual` and `shared` are what [dataset] and [defaults] say for all files."""
    given = place.table(data, FILE_KEYS, go_on=True)
    if given["path"] is not None:
        with place.each():
            _check_path(given["path"], place)
        place = place.at(given["path"])
    role = given["role"]
    if role not in REQUIRED:
        if role is not None:
            place.note(
                place.fail(f"role = {role!r} is not known", suggestion(role, "role", REQUIRED))
            )
        role = "events" if given["milestones"] else "cases"
    _check_rows(given, role, place)
    own = {k: usual[k] if given[k] is None else given[k] for k in ("least_accepted", "strict")}
    shared = shared | {"strict": own["strict"]}
    columns = _columns(given["columns"] or {}, role, words, shared, place.at("columns"))
    codes, milestones = _milestones(given["milestones"], role, words, shared, place)
    encoding = given["encoding"] or shared.get("encoding", "utf-8")
    return FileSpec(
        **{k: v for k, v in given.items() if k not in ("columns", "milestones")}
        | own
        | {
            "encoding": ALIASES.get(encoding, encoding),
            "delimiter": given["delimiter"] or shared.get("delimiter"),
            "timezone": _zone(given["timezone"] or usual["timezone"], place),
            "keep": None if isinstance(given["keep"], str) else tuple(given["keep"]),
            "fill_down": tuple(given["fill_down"]),
            "only": _texts(given["only"]),
            "skip": _texts(given["skip"]),
            "ignore": tuple(given["ignore"]),
            "columns": columns,
            "codes": codes,
            "milestones": milestones,
        }
    )


def _check_rows(given: dict, role: str, place: Place) -> None:
    """The keys of a file that say which of its rows and columns go along."""
    if isinstance(given["keep"], str) and given["keep"] != "all":
        what = f"keep = {given['keep']!r}"
        place.note(place.fail(what, 'write "all" or a list of headers'))
    row, sheet = given["header_row"], given["sheet"]
    if not 1 <= row <= LAST_ROW:
        remedy = f"count rows from one, as a spreadsheet does, up to {LAST_ROW}"
        place.note(place.fail(f"header_row = {row} is no row", remedy))
    if isinstance(sheet, int) and sheet < 1:
        remedy = "count sheets from one, or name it"
        place.note(place.fail(f"sheet = {sheet} is no sheet", remedy))
    for key in ("only", "skip"):
        for header, texts in given[key].items():
            listed = isinstance(texts, list) and texts and all(isinstance(t, str) for t in texts)
            if not listed:
                remedy = f'write {key} = {{ "{header}" = ["ACT"] }}, each text in quotes'
                place.note(place.fail(f"{key}: {header!r} has no list of texts", remedy))
    if given["ignore"] and role != "events":
        what = f"a {role} file has no codes to ignore"
        place.note(place.fail(what, 'write skip = { "a header" = ["a text"] } for its rows'))
    if given["several_rows"] and role != "wide":
        remedy = "remove several_rows: it is for wide files, of which a row is a case"
        place.note(place.fail(f"several_rows in a {role} file", remedy))
    both = [code for code in given["ignore"] if code in (given["milestones"] or {})]
    if both and role == "events":
        what = f"code {both[0]!r} is ignored and is a milestone"
        place.note(place.fail(what, "remove it from ignore, or from [file.milestones]"))
    with place.each():
        _percent(given["least_accepted"], place)


def _texts(rows: dict) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """only or skip: header by header the texts, without spaces around them."""
    listed = {h: texts if isinstance(texts, list) else [] for h, texts in rows.items()}
    return tuple((h, tuple(str(t).strip() for t in texts)) for h, texts in listed.items())


def _columns(
    given: dict, role: str, words: Vocabulary, shared: dict, place: Place
) -> tuple[ColumnSpec, ...]:
    made = []
    for name, spec in given.items():
        with place.each():
            made.append(column(name, spec, role, words, place, shared))
    for name in REQUIRED[role]:
        if name not in given:
            what = f"column {name!r} is not mapped"
            told = 'add currency = "its header", or { constant = "CNY" }'
            place.note(
                place.fail(what, told if name == "currency" else f'add {name} = "its header"')
            )
    return tuple(made)


def _milestones(
    given: dict | None, role: str, words: Vocabulary, shared: dict, place: Place
) -> tuple[tuple[tuple[str, str], ...], tuple[ColumnSpec, ...]]:
    """The codes of an events file, or the columns of a wide one: each names a milestone."""
    if role == "wide" and not given:
        remedy = 'add [file.milestones] declared = "header"'
        place.note(place.fail("a wide file needs its milestone columns", remedy))
    if given and role not in ("wide", "events"):
        place.note(place.fail(f"a {role} file has no milestones", "remove [file.milestones]"))
        return (), ()
    within, codes, columns = place.at("milestones"), [], []
    for key, value in (given or {}).items():
        with within.each():
            milestone = value if role == "events" else key
            if not isinstance(milestone, str):
                remedy = f'write "{key}" = "declared"'
                raise within.fail(f"code {key!r} must name a milestone", remedy)
            if milestone not in words.milestones:
                remedy = suggestion(milestone, "milestone", words.milestones)
                what = f"unknown milestone {milestone!r}"
                raise within.fail(what, remedy + "; or declare it with [[milestone]]")
            if role == "events":
                codes.append((key, milestone))
            else:
                columns.append(described(key, value, "time", within, shared))
    return tuple(codes), tuple(columns)


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
