"""The text of a time read step by step: first as it stands, then with its signs put right."""

from __future__ import annotations

from dataclasses import dataclass

from ..columns import ColumnSpec
from ..formats import HALF, LATER, OFFSET, Format, understood
from ..signs import HOUR, bare, narrowed
from ..sql import quote
from . import shapes
from .field import Draft
from .shapes import DAY, Formats, Shape

HALF_WORD = rf"(^|[^A-Za-z]){HALF}([^A-Za-z]|$)"
LATER_WORD = rf"(^|[^A-Za-z]){LATER}([^A-Za-z]|$)"
# after a minus alone where that ends the day: elsewhere it begins an offset, as a plus does
_DAY = r"(?:\d{8}|\d{1,4}\D{1,2}\d{1,2}\D{1,2}\d{1,4}\D?)"
END_OF_DAY = rf"(^|[^0-9:.+-]|^{_DAY}-)24(:?00|[{HOUR}](?:00)?)(:?00(?:\.0+)?|[^0-9:]|$)"
# what a time of day of its own column may be, beside what the mapping says
CLOCKS = ("%H:%M:%S", "%H:%M", "%H%M%S")


@dataclass(frozen=True)
class Read:
    """A column's times: their shapes, and the aliases of the shape's number, the moment, the offset
    in seconds (null: local), and the text in which a zone may be named.
    """

    shapes: list[Shape]
    shape: str
    moment: str
    offset: str = ""
    worded: str = ""


def read(draft: Draft, text: str, zone: str) -> Read:
    """Steps to the moments of texts."""
    groups = shapes.grouped(_formats(draft.spec))
    early = _as_it_stands(draft, text, groups)
    shape = draft.add("shapes", "s", _number(f"{text} IS NULL", "NULL", early, 0))
    left = f"{text} IS NOT NULL AND {shape} IS NULL"
    mended = draft.add("mended", "m", f"CASE WHEN {left} THEN {_mended(text)} END")
    half = draft.add("halves", "y", _half(mended))
    ends = draft.add("halves", "e", f"contains({mended}, '24') AND {_has(mended, END_OF_DAY)}")
    worded = draft.add("taken", "w", _without_half(mended, half, ends))
    late = _sign_by_sign(draft, worded, half, groups, zone)
    told = draft.add("reshaped", "k", _number(f"{worded} IS NULL", shape, late, len(early)))
    every = [*early, *late]
    moments = " ".join(f"WHEN {i} THEN {one.moment}" for i, one in enumerate(every))
    moment = draft.add("moments", "j", f"CASE {told} {moments} END")
    zoned = " ".join(f"WHEN {i} THEN {one.offset}" for i, one in enumerate(every) if one.offset)
    offset = draft.add("moments", "o", f"CAST(CASE {told} {zoned} END AS BIGINT)")
    days = " ".join(
        f"WHEN {i} THEN {one.resolution} = {DAY}" for i, one in enumerate(late, len(early))
    )
    shifted = draft.add("shifted", "l", _shifted(moment, half, ends, f"CASE {told} {days} END"))
    return Read(every, told, shifted, offset, worded)


def _formats(spec: ColumnSpec) -> list[Format]:
    """The declared formats; for a day and a time of day that are joined, those of both."""
    if not spec.headers:
        return [understood(text) for text in spec.formats]
    made = [understood(text, joined=True) for text in spec.formats]
    days = [text for text, one in zip(spec.formats, made, strict=True) if one.resolution == "day"]
    both = [f"{day} {clock}" for day in ("%Y-%m-%d", *days) for clock in CLOCKS]
    return [*(understood(text) for text in both), *made]


def _as_it_stands(draft: Draft, text: str, groups: list[Formats]) -> list[Shape]:
    """Shapes of texts of which no sign has to be looked at."""
    lengths = f"strlen({text}) IN (19, 16, 10)"
    if groups:
        lengths += f" AND {text}[5] = '-'"
    # a format that has the day before the month is not overruled
    if any("%Y-%d" in one for group in groups for one in group.texts):
        lengths = "false"
    elif groups:
        # to try in vain takes time: the third sign of such a year is a digit
        lengths += f" AND contains({text}, '-') AND substr({text}, 3, 1) >= '0'"
    usual = draft.add("usual", "i", f"CASE WHEN {lengths} THEN TRY_CAST({text} AS TIMESTAMP) END")
    again = f"CAST({usual} AS VARCHAR)"
    same = f"prefix({again}, {text}) OR prefix({again}, replace({text}, 'T', ' '))"
    quick = draft.add("quick", "q", f"CASE WHEN {same} THEN {usual} END")
    found = [shapes.iso_quick(quick, text)]
    for i, group in enumerate(one for one in groups if one.plain):
        moment = group.moment(text)
        if i == 0:
            moment = draft.add("formats", "f", f"CASE WHEN {quick} IS NULL THEN {moment} END")
        found.append(shapes.by_format(group, moment))
    return [*found, shapes.iso_fraction(text), shapes.iso_offset(text)]


def _sign_by_sign(
    draft: Draft, worded: str, half: str, groups: list[Formats], zone: str
) -> list[Shape]:
    """Shapes of texts whose signs have been put right."""
    bared, offset = worded, ""
    if any(group.kind.zone == "offset" for group in groups):
        bared = draft.add("bared", "b", f"regexp_replace({worded}, {quote(OFFSET)}, '')")
        ending = draft.add("bared", "z", f"regexp_extract({worded}, {quote(OFFSET)}, 1)")
        offset = draft.add("parts", "a", shapes.offset_seconds(ending))
    pieces = ", ".join(map(quote, shapes.PIECES))
    taken_apart = f"regexp_extract({worded}, {quote(shapes.ISO)}, [{pieces}])"
    parts = draft.add("parts", "p", f"CASE WHEN {worded} IS NOT NULL THEN {taken_apart} END")
    found = []
    for group in groups:
        moment = group.moment(bared if group.kind.zone == "offset" else worded)
        found.append(shapes.by_format(group, moment, offset, half))
    found.append(shapes.iso_whole(parts, zone, half))
    if draft.spec.number == "excel":
        found.append(shapes.excel_number(worded))
    elif draft.spec.number:
        found.append(shapes.epoch_number(worded, draft.spec.number))
    return found


def _number(absent: str, otherwise: str, found: list[Shape], start: int) -> str:
    """SQL of the number of the first shape that a text has."""
    tests = " ".join(f"WHEN {one.test} THEN {i}" for i, one in enumerate(found, start))
    return f"CAST(CASE WHEN {absent} THEN {otherwise} {tests} END AS TINYINT)"


def _mended(text: str) -> str:
    """SQL of a text in signs of half width, with single spaces, without marks around it; of a
    fraction as much as the engine reads.
    """
    narrow = f"CASE WHEN strlen({text}) = length({text}) THEN {text} ELSE {narrowed(text)} END"
    single = rf"regexp_replace({bare(narrow)}, '\s+', ' ', 'g')"
    return rf"regexp_replace({single}, '(:\d\d[.,]\d{{6}})\d+', '\1')"


def _half(text: str) -> str:
    """SQL of the half of the day that a text names."""
    return (
        f"CASE WHEN {_has(text, HALF_WORD)} THEN CASE WHEN {_has(text, LATER_WORD)} THEN"
        " 'afternoon' ELSE 'forenoon' END END"
    )


def _without_half(text: str, half: str, ends: str) -> str:
    """SQL of a text of which the half of the day is taken out, and whose last hour is its first."""
    without = rf"regexp_replace({text}, {quote(HALF_WORD)}, '\1 \2')"
    single = rf"trim(regexp_replace({without}, '\s+', ' ', 'g'))"
    first = rf"regexp_replace({text}, {quote(END_OF_DAY)}, '\100\2\3')"
    return f"CASE WHEN {half} IS NOT NULL THEN {single} WHEN {ends} THEN {first} ELSE {text} END"


def _shifted(moment: str, half: str, ends: str, day: str) -> str:
    """SQL of the moment in its half of the day, or on the next day where the hour was 24; null
    where that makes no sense.
    """
    noon = "INTERVAL 12 HOUR"
    return (
        f"CASE WHEN {half} IS NULL AND {ends} IS NOT TRUE THEN {moment} WHEN {day} THEN NULL"
        f" WHEN {half} IS NULL THEN {moment} + INTERVAL 1 DAY"
        f" WHEN {half} = 'afternoon' AND hour({moment}) < 12 THEN {moment} + {noon}"
        f" WHEN {half} = 'afternoon' THEN {moment}"
        f" WHEN hour({moment}) < 12 THEN {moment}"
        f" WHEN hour({moment}) = 12 THEN {moment} - {noon} END"
    )


def _has(text: str, pattern: str) -> str:
    return f"regexp_matches({text}, {quote(pattern)})"
