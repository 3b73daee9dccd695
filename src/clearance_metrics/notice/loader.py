"""The strict loader of notice files: every key is known, every key is there, every name exists.

Nothing is optional, so that a key lost in an edit is an error and never a silent change of what is
measured: `needs` repeats the columns and milestones of the metric, and both must agree.
"""

from __future__ import annotations

import hashlib
import tomllib
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from ..domain.calendars import load_calendar
from ..domain.parties import read_parties
from ..domain.strict_toml import DAY, FLAG, LIST, NUMBER, TABLE, TEXT, TEXTS, WHOLE, Key, Place
from ..domain.vocabulary import load_vocabulary
from ..errors import CalendarError, LogError, NoticeError, closest
from .indicators import read_indicator
from .metrics import check_items
from .model import CONFIDENCE, Department, Flag, Indicator, Measure, Merged, Notice, Part
from .result import Result
from .targets import check_days, check_result

TOP_KEYS = {
    "merged": LIST.or_empty(),
    "flag": LIST.or_empty(),
    "notice": TABLE,
    "department": LIST,
    "measure": LIST,
    "result": LIST.or_empty(),
}
FLAG_KEYS = {"column": TEXT, "absent": TEXT}
NOTICE_KEYS = {
    "id": TEXT,
    "number": TEXT,
    "title_zh": TEXT,
    "title_en": TEXT,
    "issued": DAY,
    "source": TEXT,
    "checked": DAY,
    "baseline_first": DAY,
    "baseline_last": DAY,
    "after_first": DAY,
    "sets_hours": FLAG,
    "measures": WHOLE,
    "calendar": TEXT,
    "extends": TEXTS.or_empty(),
    "supersedes": TEXTS.or_empty(),
    "until": Key((date, str), 'date, or "" while it is in force').or_empty(),
}
STATED = ("met", "not met", "")  # what an authority said of its own figure, or nothing
RESULT_KEYS = {
    "indicator": TEXT,
    "period": TEXT,
    "value": NUMBER,
    "stated": TEXT.one_of(*STATED).or_empty(),
    "source": TEXT,
    "checked": DAY,
    "confidence": TEXT.one_of(*CONFIDENCE),
}
DEPARTMENT_KEYS = {"code": TEXT, "zh": TEXT, "en": TEXT}
MERGED_KEYS = {
    "items": TEXTS,
    "zh": TEXT,
    "en": TEXT,
    "day": DAY,
    "event_zh": TEXT,
    "event_en": TEXT,
    "clause": TEXT,
    "source": TEXT,
    "checked": DAY,
    "confidence": TEXT.one_of(*CONFIDENCE),
}
SHORT_KEYS = {"short_zh": TEXT, "short_en": TEXT}
PART_KEYS = {"clause": TEXT, "zh": TEXT, "en": TEXT}
MEASURE_KEYS = {
    "no": WHOLE,
    "title_zh": TEXT,
    "title_en": TEXT,
    "clause": TEXT,
    "departments": TEXTS,
    "indicator": LIST,
}


def load_notice(name_or_path: str | Path = "cn-2021-85") -> Notice:
    """The notice that ships under a name, or the one in a TOML file.

    NoticeError names the file, the measure, the indicator and the key of the first mistake.

    >>> notice = load_notice("cn-2021-85")
    >>> len(notice.measures), notice.issued.isoformat()
    (27, '2021-08-20')
    """
    name = str(name_or_path)
    if name.endswith(".toml"):
        file, raw = name, Place(name, NoticeError).read(Path(name))
    else:
        folder, known = files(__package__), shipped()
        if name not in known:
            raise NoticeError(
                f"no notice is called {name!r}",
                "notices that ship with the library",
                closest(name, known) + "; or give the path of a .toml file",
            )
        file = f"{name}.toml"
        raw = folder.joinpath(file).read_bytes()
    return _read(file, raw)


@lru_cache(maxsize=16)
def _read(file: str, raw: bytes) -> Notice:
    """The notice in these bytes, which a report asks for on every page."""
    return notice_from(Place(file, NoticeError).parse(raw), file, hashlib.sha256(raw).hexdigest())


def shipped() -> list[str]:
    """The names of the notices that ship.

    >>> "cn-2021-85" in shipped()
    True
    """
    found = (entry.name for entry in files(__package__).iterdir())
    return sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml"))


def notice_from(data: dict, file: str, sha256: str = "") -> Notice:
    """The notice in the tables of a TOML file of that name."""
    top = Place(file, NoticeError)
    parted = {"part": LIST} if "part" in data else {}
    owned = {"parties": TABLE} if "parties" in data else {}
    data = top.table(data, TOP_KEYS | parted | owned)
    head = _head(data["notice"], top.at("notice"))
    departments = tuple(
        Department(**top.at(f"department {i}").table(row, DEPARTMENT_KEYS))
        for i, row in enumerate(data["department"], 1)
    )
    codes = [d.code for d in departments]
    for key in ("code", "zh"):
        top.at("department").once(key, [getattr(d, key) for d in departments])
    merged = tuple(_merged(row, top.at(f"merged {i}")) for i, row in enumerate(data["merged"], 1))
    flags = tuple(_flag(row, top.at(f"flag {i}")) for i, row in enumerate(data["flag"], 1))
    short = SHORT_KEYS if parted else {}  # names for tiles, which stand under the parts
    measures = tuple(
        _measure(row, i, codes, head, top, short) for i, row in enumerate(data["measure"], 1)
    )
    if len(measures) != head["measures"]:
        raise top.at("notice").fail(
            f"measures = {head['measures']}, but {len(measures)} are here",
            "has a measure been lost?",
        )
    top.at("measures").once("clause", [m.clause for m in measures])
    parts = tuple(
        Part(**top.at(f"part {i}").table(row, PART_KEYS))
        for i, row in enumerate(data.get("part", ()), 1)
    )
    _parted(parts, measures, top.at("part"))
    used = {code for m in measures for code in m.departments}
    for code in codes:
        if code not in used:
            what = f"department {code!r} answers for no measure"
            raise top.at("department").fail(what, "remove or use it")
    indicators = [i for m in measures for i in m.indicators]
    top.at("indicators").once("id", [i.id for i in indicators])
    for measure in measures:
        _companions(measure.indicators, top.at(f"measure {measure.no}"))
    del head["measures"]
    results = tuple(
        _result(row, indicators, top.at(f"result {i}")) for i, row in enumerate(data["result"], 1)
    )
    return Notice(
        **head,
        departments=departments,
        measures=measures,
        merged=merged,
        sha256=sha256,
        file=file,
        flags=flags,
        parts=parts,
        results=results,
        parties=read_parties(data.get("parties", {}), load_vocabulary(), top.at("parties")),
    )


def _parted(parts: tuple[Part, ...], measures: tuple[Measure, ...], place: Place) -> None:
    """An error unless each measure belongs to one part, and each part has one."""
    place.once("clause", [part.clause for part in parts])
    for measure in measures if parts else ():
        own = [part for part in parts if measure.clause.startswith(part.clause)]
        if len(own) != 1:
            what = f"measure {measure.no} ({measure.clause}) belongs to {len(own)} parts"
            raise place.fail(what, "let clauses begin with that of one part")
    for part in parts:
        if not any(measure.clause.startswith(part.clause) for measure in measures):
            raise place.fail(f"part {part.clause!r} has no measure", "remove or use it")


def _head(data: object, place: Place) -> dict:
    head = place.table(data, NOTICE_KEYS)
    check_days(head, place)
    if not head["baseline_first"] < head["baseline_last"] < head["after_first"]:
        what = "baseline_first, baseline_last, after_first are out of order"
        raise place.fail(what, "put the days in order")
    for key, edge, day in (
        ("baseline_first", "a first of month", head["baseline_first"]),
        ("after_first", "a first of month", head["after_first"]),
        ("baseline_last", "the end of a month", head["baseline_last"] + timedelta(days=1)),
    ):
        if day.day != 1:
            raise place.fail(f"{key} = {head[key]} is not {edge}", "baselines are whole months")
    if head["checked"] < head["issued"]:
        raise place.fail(f"checked = {head['checked']} lies before issued", "correct it")
    try:
        load_calendar(head["calendar"])
    except CalendarError as error:
        raise place.fail(f"calendar: {error.what}", error.remedy) from None
    head["until"] = until = head["until"] or None
    if until and until < head["issued"]:
        raise place.fail(f"until = {until} lies before issued", "correct it")
    for key in ("extends", "supersedes"):
        place.once(key, head[key])
        head[key] = tuple(head[key])
        for name in head[key]:
            if name == head["id"] or name not in shipped():
                remedy = closest(name, [n for n in shipped() if n != head["id"]])
                raise place.fail(f"{key}: no notice that ships is called {name!r}", remedy)
            if issued_on(name) > head["issued"]:
                raise place.fail(f"{key}: {name!r} was issued later", "name earlier notices alone")
    if both := sorted({*head["extends"]} & {*head["supersedes"]}):
        what = f"{both[0]!r} goes on beside this notice and ends with it"
        raise place.fail(what, "keep it in extends or in supersedes")
    return head


@lru_cache
def issued_on(name: str) -> date:
    """The day on which a notice that ships was issued."""
    text = files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["notice"]["issued"]


def _result(data: object, indicators: list[Indicator], place: Place) -> Result:
    """A published figure of an indicator that is computed, judged only where it has a target."""
    made = Result(**place.table(data, RESULT_KEYS))
    known = {i.id: i for i in indicators if i.metric is not None}
    if made.indicator not in known:
        what = f"indicator = {made.indicator!r} is none that is computed"
        raise place.fail(what, closest(made.indicator, known))
    check_days(vars(made), place)
    try:
        _ = made.last
    except LogError as unread:
        what = f"period = {made.period!r} is no period"
        raise place.fail(what, 'write "2021", "2021-06", "2020-21" or first..last') from unread
    found = known[made.indicator]
    check_result(made.value, found.statistic, found.metric, place)
    if made.stated and known[made.indicator].target is None:
        what = f"stated = {made.stated!r}, but {made.indicator} has no target"
        raise place.fail(what, 'write stated = ""')
    return made


def _merged(data: object, place: Place) -> Merged:
    data = place.table(data, MERGED_KEYS)
    check_items(data["items"], place)
    place.once("items", data["items"])
    check_days(data, place)
    return Merged(**data | {"items": tuple(data["items"])})


def _flag(data: object, place: Place) -> Flag:
    made, words = Flag(**place.table(data, FLAG_KEYS)), load_vocabulary()
    flags = [name for name, column in words.columns.items() if column.type == "boolean"]
    place.known(f"column = {made.column!r}", made.column, flags)
    place.known(f"absent = {made.absent!r}", made.absent, words.milestones)
    return made


def _measure(
    data: object, due: int, codes: list[str], head: dict, top: Place, keys: dict
) -> Measure:
    no = data.get("no", f"in place {due}") if isinstance(data, dict) else due
    place = top.at(f"measure {no}")
    data = place.table(data, MEASURE_KEYS | keys)
    if no != due:
        raise place.fail(f"no = {no} where {due} is due", "number them from 1 on")
    place.once("departments", data["departments"])
    for code in data["departments"]:
        if code not in codes:
            raise place.fail(f"departments: unknown code {code!r}", closest(code, codes))
    indicators = tuple(read_indicator(row, no, head, place) for row in data.pop("indicator"))
    return Measure(**data | {"departments": tuple(data["departments"]), "indicators": indicators})


def _companions(indicators: tuple[Indicator, ...], place: Place) -> None:
    mates = [i.id for i in indicators if not i.companion_of]
    for indicator in indicators:
        mate = indicator.companion_of
        if mate and mate not in mates:
            raise place.at(f"indicator {indicator.id}").fail(
                f"companion_of = {mate!r} is no indicator of this measure", closest(mate, mates)
            )
