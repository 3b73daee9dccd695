"""dataset.toml, read strictly: what the owner's files are called and what their columns mean."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ..domain.vocabulary import Clock, Column, Milestone, Vocabulary, vocabulary
from ..domain.zones import zone
from ..errors import LogError, MappingError, closest

REQUIRED = {
    "events": ("case_id", "milestone", "time"),
    "wide": ("case_id",),
    "cases": ("case_id",),
    "charges": ("case_id", "item", "amount", "charged_on", "currency"),
    "charge_list": ("port", "item", "valid_from"),
    "waivers": ("port", "item", "waived_percent", "valid_from"),
    "limits": ("port", "operation", "minutes", "valid_from"),
}
OPTIONAL = {
    "charges": (
        "quantity",
        "unit",
        "payee",
        "payer",
        "port",
        "bill",
        "channel",
        "size",
        "cargo_class",
        "place",
        "line_id",
        "net_tons",
        "distance_nm",
        "voyage",
        "box",
    ),
    "waivers": ("valid_to",),
    "limits": ("valid_to", "share_percent"),
    "charge_list": ("valid_to", "rate", "unit"),
    "events": ("recorded_at", "location"),
}
FORMATS = ("csv", "parquet", "excel")
ENCODINGS = ("utf-8", "gb18030", "utf-16")
DELIMITERS = (",", ";", "\t", "|")
ENDINGS = {
    "csv": "csv",
    "tsv": "csv",
    "txt": "csv",
    "parquet": "parquet",
    "xlsx": "excel",
    "xls": "excel",
    "ods": "excel",
}
TIMES = ("time", "recorded_at", "charged_on", "valid_from", "valid_to")
AMOUNTS = ("amount", "rate")
INTEGERS = ("quantity", "net_tons", "distance_nm", "waived_percent", "minutes", "share_percent")
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
# tables of what a port publishes, each row with the days it is in force
DATED = ("charge_list", "waivers", "limits")


@dataclass(frozen=True)
class ColumnSpec:
    """Where one of our columns comes from and how its text is read."""

    name: str
    header: str | None
    type: str
    formats: tuple[str, ...] = ()
    no_value: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    constant: str | None = None
    unit: str = "yuan"


@dataclass(frozen=True)
class FileSpec:
    """One [[file]] of the mapping."""

    path: str
    role: str
    format: str | None
    delimiter: str | None
    encoding: str
    sheet: str | None
    timezone: str
    keep: tuple[str, ...] | None
    columns: tuple[ColumnSpec, ...]
    codes: tuple[tuple[str, str], ...]
    milestones: tuple[ColumnSpec, ...]


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
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise MappingError(
            "the mapping cannot be read", str(path), f"check the path ({error.strerror})"
        ) from None
    except UnicodeDecodeError:
        raise MappingError("the mapping is not UTF-8 text", str(path), "save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise MappingError(f"not valid TOML: {error}", str(path), "mend that line") from None
    return _Reader(path).mapping(data)


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


class _Reader:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.words = vocabulary()

    def fail(self, what: str, table: str, remedy: str) -> MappingError:
        return MappingError(what, f"{self.path}, {table}", remedy)

    def table(
        self,
        data: object,
        table: str,
        known: dict[str, type | tuple],
        required: tuple[str, ...] = (),
    ) -> dict:
        """A TOML table with only known keys of the right types and all required ones."""
        if not isinstance(data, dict):
            raise self.fail(f"{table} must be a table", table, f"write [{table}]")
        for key, value in data.items():
            if key not in known:
                raise self.fail(f"unknown key {key!r}", table, closest(key, known))
            good = isinstance(value, known[key]) and not (
                isinstance(value, bool) and known[key] is not bool
            )
            if not good:
                kind = getattr(known[key], "__name__", "text or table")
                raise self.fail(f"{key} = {value!r} has the wrong type", table, f"give a {kind}")
        for key in required:
            if key not in data:
                raise self.fail(f"key {key!r} is missing", table, f"add {key} = …")
        return data

    def zone(self, name: str, table: str) -> str:
        try:
            zone(name)
        except LogError as error:
            raise self.fail(error.what, table, error.remedy) from None
        return name

    def mapping(self, data: dict) -> Mapping:
        self.table(
            data,
            "the top level",
            {"dataset": dict, "milestone": list, "clock": list, "column": list, "file": list},
            ("dataset", "file"),
        )
        head = self.table(
            data["dataset"],
            "dataset",
            {
                "name": str,
                "title_zh": str,
                "title_en": str,
                "simulated": bool,
                "timezone": str,
                "as_of": date,
                "plausible": list,
                "source": str,
            },
            ("name", "timezone"),
        )
        if not head["name"].replace("-", "").replace("_", "").isalnum():
            raise self.fail(
                f"name {head['name']!r} cannot be a folder's name",
                "dataset",
                "use letters, digits, - and _",
            )
        window = head.get("plausible", [date(1990, 1, 1), date(2059, 12, 31)])
        if (
            len(window) != 2
            or not all(isinstance(d, date) for d in window)
            or window[0] >= window[1]
        ):
            raise self.fail(
                "plausible is not two days in order", "dataset", "write [2015-01-01, 2023-12-31]"
            )
        own = {
            "milestones": self.own(
                data, "milestone", Milestone, ("name", "zh", "en", "occurrence")
            ),
            "clocks": self.own(
                data,
                "clock",
                Clock,
                ("name", "start", "stop", "kind", "signed", "unit", "zh", "en"),
            ),
            "columns": self.own(data, "column", Column, ("name", "type", "zh", "en")),
        }
        for milestone in own["milestones"]:
            if milestone.occurrence not in ("first", "last"):
                raise self.fail(
                    f"occurrence {milestone.occurrence!r}", "milestone", "write first or last"
                )
        for column in own["columns"]:
            if column.type not in ("text", "integer", "boolean"):
                raise self.fail(
                    f"type {column.type!r} of {column.name}",
                    "column",
                    "write text, integer or boolean",
                )
        for table, known in (("milestone", self.words.milestones), ("column", self.words.columns)):
            for name in (word.name for word in own[f"{table}s"]):
                twin = next((k for k in known if k.lower() == name.lower() and k != name), None)
                if reserved(name, table == "column") or twin:
                    what = (
                        f"{name!r} and {twin!r} differ in case alone"
                        if twin
                        else f"intake makes a column {name!r} itself"
                    )
                    raise self.fail(what, table, "take another name")
        self.words = self.words.extended(*own.values())
        for clock in own["clocks"]:
            for end in (clock.start, clock.stop):
                if end not in self.words.milestones:
                    raise self.fail(
                        f"unknown milestone {end!r}",
                        f"clock {clock.name}",
                        closest(end, self.words.milestones),
                    )
        place = self.zone(head["timezone"], "dataset")
        files = tuple(self.file(f, f"file {i}", place) for i, f in enumerate(data["file"], 1))
        return Mapping(
            self.path,
            head["name"],
            head.get("title_zh", ""),
            head.get("title_en", ""),
            head.get("simulated", False),
            place,
            head.get("as_of"),
            (window[0], window[1]),
            head.get("source", ""),
            own,
            self.words,
            files,
        )

    def own(self, data: dict, table: str, kind: type, keys: tuple[str, ...]) -> tuple:
        known = {key: bool if key == "signed" else str for key in keys}
        needed = ("name", "start", "stop") if kind is Clock else ("name",)
        return tuple(kind(**self.table(row, table, known, needed)) for row in data.get(table, []))

    def file(self, data: object, table: str, place: str) -> FileSpec:
        known = {
            "path": str,
            "role": str,
            "format": str,
            "delimiter": str,
            "encoding": str,
            "sheet": str,
            "timezone": str,
            "keep": (str, list),
            "columns": dict,
            "milestones": dict,
        }
        data = self.table(data, table, known, ("path", "role", "columns"))
        for key, allowed in (
            ("role", REQUIRED),
            ("format", FORMATS),
            ("encoding", ENCODINGS),
            ("delimiter", DELIMITERS),
        ):
            if key in data and data[key] not in allowed:
                raise self.fail(
                    f"{key} {data[key]!r} is not known",
                    table,
                    closest(data[key], map(str, allowed)),
                )
        parts = Path(data["path"]).parts
        if not parts or Path(data["path"]).is_absolute() or ".." in parts:
            raise self.fail(
                f"path {data['path']!r} leaves the data folder",
                table,
                "write it relative to the data folder, and give --data",
            )
        role, table = data["role"], f"{table} ({data['path']})"
        keep = data.get("keep", "all")
        if isinstance(keep, str) and keep != "all":
            raise self.fail(f"keep = {keep!r}", table, 'write "all" or a list of headers')
        columns = tuple(
            self.column(name, spec, role, table) for name, spec in data["columns"].items()
        )
        for name in REQUIRED[role]:
            if name not in data["columns"]:
                raise self.fail(
                    f"column {name!r} is not mapped",
                    f"{table} columns",
                    f'add {name} = "its header"',
                )
        codes, milestones = (), ()
        given = data.get("milestones", {})
        if role == "wide":
            if not given:
                raise self.fail(
                    "a wide file needs its milestone columns",
                    table,
                    'add [file.milestones] declared = "header"',
                )
            for name in given:
                self.known_milestone(name, table)
            milestones = tuple(
                self.spec(n, s, "time", f"{table} milestones") for n, s in given.items()
            )
        elif given and role != "events":
            raise self.fail(f"a {role} file has no milestones", table, "remove [file.milestones]")
        else:
            for code, name in given.items():
                if not isinstance(name, str):
                    raise self.fail(
                        f"code {code!r} must name a milestone",
                        table,
                        f'write "{code}" = "declared"',
                    )
                self.known_milestone(name, table)
            codes = tuple(given.items())
        return FileSpec(
            data["path"],
            role,
            data.get("format"),
            data.get("delimiter"),
            data.get("encoding", "utf-8"),
            data.get("sheet"),
            self.zone(data.get("timezone", place), table),
            None if keep == "all" else tuple(keep),
            columns,
            codes,
            milestones,
        )

    def known_milestone(self, name: str, table: str) -> None:
        if name not in self.words.milestones:
            raise self.fail(
                f"unknown milestone {name!r}",
                f"{table} milestones",
                closest(name, self.words.milestones) + "; or declare it with [[milestone]]",
            )

    def column(self, name: str, spec: object, role: str, table: str) -> ColumnSpec:
        own = REQUIRED[role] + OPTIONAL.get(role, ())
        shared = {} if role in ("charges", *DATED) else self.words.columns
        if name not in own and name not in shared:
            raise self.fail(
                f"unknown column {name!r}",
                f"{table} columns",
                closest(name, [*own, *shared]) + "; or declare it with [[column]]",
            )
        kind = (
            "time"
            if name in TIMES and name in own
            else "amount"
            if name in AMOUNTS and name in own
            else "text"
        )
        if name in INTEGERS and name in own:
            kind = "integer"
        if name in shared and name not in own:
            kind = shared[name].type
        return self.spec(name, spec, kind, f"{table} columns")

    def spec(self, name: str, spec: object, kind: str, table: str) -> ColumnSpec:
        if isinstance(spec, str):
            return ColumnSpec(name, spec, kind)
        known = {
            "column": str,
            "formats": list,
            "no_value": list,
            "values": dict,
            "constant": (str, int, bool),
            "unit": str,
        }
        table = f"{table}.{name}"
        spec = self.table(spec, table, known)
        if ("column" in spec) == ("constant" in spec):
            raise self.fail(
                "give either column or constant", table, f'{name} = {{ column = "its header" }}'
            )
        if "formats" in spec and kind != "time":
            raise self.fail("formats belong to times", table, "remove formats")
        if spec.get("unit", "yuan") not in ("yuan", "fen") or ("unit" in spec and kind != "amount"):
            raise self.fail(f"unit {spec['unit']!r}", table, "amounts are in yuan or fen")
        for key in ("formats", "no_value"):
            if not all(isinstance(text, str) for text in spec.get(key, [])):
                raise self.fail(f"{key} must be texts", table, f'{key} = ["…"]')
        for text in spec.get("formats", []):
            if "%" not in text:
                raise self.fail(
                    f"{text!r} is not a time format", table, 'write for example "%Y-%m-%d %H:%M"'
                )
        constant = spec.get("constant")
        return ColumnSpec(
            name,
            spec.get("column"),
            kind,
            tuple(spec.get("formats", ())),
            tuple(spec.get("no_value", ())),
            tuple((str(k), str(v)) for k, v in spec.get("values", {}).items()),
            None
            if constant is None
            else str(constant).lower()
            if isinstance(constant, bool)
            else str(constant),
            spec.get("unit", "yuan"),
        )
