"""The shapes that the text of a time may have: one function for each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from ..formats import Format
from ..sql import quote
from .field import one_of

# resolutions as parts hold them, numbers being cheaper to write and compare than texts
RESOLUTIONS = ("second", "minute", "day")
SECOND, MINUTE, DAY = 0, 1, 2
NOON = "INTERVAL 12 HOUR"
ISO_DAY = r"\d{4}-\d{2}-\d{2}"
ISO_SECOND = ISO_DAY + r"[T ]\d{2}:\d{2}:\d{2}"
# no clock on earth is farther from that of Greenwich than -12:00 and +14:00
_PAST = r"(?::?[0-5]\d)?"
_LAST = "(?::?00)?"
OFFSET = rf"(?:\+(?:0?\d|1[0-3]){_PAST}|\+14{_LAST}|-(?:0?\d|1[01]){_PAST}|-12{_LAST})"
LOWEST, HIGHEST = -12 * 3600, 14 * 3600
# an offset beyond: a plus is no part of a day, a minus follows a time of day or begins the text
_BEYOND = r"(?:1[5-9]|[2-9]\d|14:?(?:0[1-9]|[1-5]\d))"
_BELOW = r"(?:1[3-9]|[2-9]\d|12:?(?:0[1-9]|[1-5]\d))"
BEYOND = rf"\+{_BEYOND}|(?:^|:\d\d(?:[.,]\d+)?|UTC|GMT)\s?-{_BELOW}"
ISO_OFFSET = rf"(Z|{OFFSET})"
# a day, an hour that may be 24, minutes, seconds and a fraction, an offset and the name of a zone
ISO = (
    r"^(\d{4}-\d{2}-\d{2}|\d{8})(?:[Tt ]"
    r"(?:(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?|(\d{2})(\d{2})(?:(\d{2})(?:[.,](\d+))?)?)"
    rf"(?:\s?([Zz]|(?i:UTC|GMT)|(?i:UTC|GMT)?{OFFSET}(?::00)?))?)?"
    r"(?:\[([A-Za-z0-9_/+-]+)\])?$"
)
PIECES = ("day", "h", "m", "s", "f", "hh", "mm", "ss", "ff", "offset", "zone")
WORDS = ("epoch", "infinity", "-infinity")
NUMBER = r"\d{1,14}(\.\d+)?"
# the day that a spreadsheet counts from, so far before 1970
EXCEL_DAYS = 25569


@dataclass(frozen=True)
class Shape:
    """One shape: how a text is known to have it, the moment it tells, and to what resolution.

    The moment is local time where `offset` is empty, else the time at that offset, in seconds.
    """

    test: str
    moment: str
    resolution: int | str
    offset: str = ""


def iso_quick(quick: str, text: str) -> Shape:
    """ISO to the second, minute or day, which the engine has read and written again alike."""
    by_length = f"CASE strlen({text}) WHEN 19 THEN {SECOND} WHEN 16 THEN {MINUTE} ELSE {DAY} END"
    noon = f"CASE WHEN strlen({text}) = 10 THEN {quick} + {NOON} ELSE {quick} END"
    return Shape(f"{quick} IS NOT NULL", noon, by_length)


def iso_fraction(text: str) -> Shape:
    """ISO finer than to the second."""
    test = f"regexp_full_match({text}, '{ISO_SECOND}[.,]\\d+')"
    return Shape(test, f"TRY_CAST(replace({text}, ',', '.') AS TIMESTAMP)", SECOND)


def iso_offset(text: str) -> Shape:
    """ISO with an offset."""
    test = f"regexp_full_match({text}, '{ISO_SECOND}([.,]\\d+)?{ISO_OFFSET}')"
    moment = f"TRY_CAST(replace({text}, ',', '.') AS TIMESTAMPTZ)"
    return Shape(test, f"make_timestamp(epoch_us({moment}))", SECOND, "0")


def iso_whole(parts: str, zone: str, half: str) -> Shape:
    """ISO as its pieces tell it: basic or extended, the hour 24 taken out before; the name of a
    zone has to be the file's own, or that of no offset.
    """
    hour, minute = f"({parts}.h || {parts}.hh)", f"({parts}.m || {parts}.mm)"
    second, fraction = f"({parts}.s || {parts}.ss)", f"({parts}.f || {parts}.ff)"
    day = f"CASE WHEN contains({parts}.day, '-') THEN {parts}.day ELSE"
    day += f" regexp_replace({parts}.day, '(....)(..)(..)', '\\1-\\2-\\3') END"
    clock = (
        f"CASE WHEN {hour} = '' THEN '' ELSE ' ' || {hour} || ':' || {minute} || ':' ||"
        f" CASE {second} WHEN '' THEN '00' ELSE {second} END"
        f" || CASE {fraction} WHEN '' THEN '' ELSE '.' || {fraction} END END"
    )
    named = f"{parts}.zone = '' OR {parts}.zone = {quote(zone)}"
    nought = f"{parts}.zone IN ('UTC', 'GMT', 'Z', 'Etc/UTC') AND {parts}.offset != ''"
    # an hour of one digit is no ISO, but clear where the half of the day is named
    hours = f"strlen({hour}) != 1 OR {half} IS NOT NULL"
    test = f"{parts}.day != '' AND ({named} OR {nought}) AND ({hours})"
    noon = f"CASE WHEN {hour} = '' THEN {NOON} ELSE INTERVAL 0 HOUR END"
    resolution = (
        f"CASE WHEN {hour} = '' THEN {DAY} WHEN {second} = '' THEN {MINUTE} ELSE {SECOND} END"
    )
    moment = f"TRY_CAST(({day}) || ({clock}) AS TIMESTAMP) + {noon}"
    return Shape(test, moment, resolution, offset_seconds(f"{parts}.offset"))


def offset_seconds(text: str) -> str:
    """SQL of the seconds that an offset adds, null where there is none or no clock has it."""
    digits = f"regexp_replace({text}, '[^0-9]', '', 'g')"
    four = (
        f"CASE strlen({digits}) WHEN 1 THEN '0' || {digits} || '00' WHEN 2 THEN {digits} || '00'"
        f" WHEN 3 THEN '0' || {digits} ELSE {digits} END"
    )
    minutes = f"CAST(left({four}, 2) AS BIGINT) * 60 + CAST(substr({four}, 3, 2) AS BIGINT)"
    sign = f"CASE WHEN contains({text}, '-') THEN -60 ELSE 60 END"
    seconds = f"{sign} * ({minutes})"
    return (
        f"CASE WHEN {text} = '' THEN NULL WHEN {digits} = '' THEN 0"
        f" WHEN {seconds} BETWEEN {LOWEST} AND {HIGHEST} THEN {seconds} END"
    )


def excel_number(text: str) -> Shape:
    """A spreadsheet's days and parts of a day, to the nearest second as it shows them itself; a
    whole number is a date.
    """
    days = f"TRY_CAST({text} AS DECIMAL(38, 18))"
    seconds = f"CAST(round(({days} - {EXCEL_DAYS}) * 86400, 0) AS BIGINT)"
    whole = f"NOT contains({text}, '.')"
    noon = f"CASE WHEN {whole} THEN {NOON} ELSE INTERVAL 0 HOUR END"
    test = rf"regexp_full_match({text}, '\d{{1,6}}(\.\d+)?')"
    resolution = f"CASE WHEN {whole} THEN {DAY} ELSE {SECOND} END"
    return Shape(test, f"make_timestamp({seconds} * 1000000) + {noon}", resolution)


def epoch_number(text: str, unit: str) -> Shape:
    """Seconds or milliseconds since 1970, in UTC."""
    micros = 1_000_000 if unit == "seconds" else 1000
    number = f"TRY_CAST({text} AS DECIMAL(22, 6))"
    moment = f"make_timestamp(CAST(floor({number} * {micros}) AS BIGINT))"
    return Shape(f"regexp_full_match({text}, '{NUMBER}')", moment, SECOND, "0")


@dataclass(frozen=True)
class Formats:
    """Formats that tell the same of a time and follow each other: the engine tries them in turn."""

    texts: tuple[str, ...]
    kind: Format

    @property
    def plain(self) -> bool:
        """Whether the text is read as it stands, with nothing taken out."""
        return not self.kind.half and self.kind.zone != "offset"

    def moment(self, text: str) -> str:
        """SQL of what the engine reads."""
        several = f"[{', '.join(map(quote, self.texts))}]"
        tried = f"try_strptime({text}, {several if self.texts[1:] else quote(self.texts[0])})"
        # the engine has words of its own for moments, which no file means
        fits = f"NOT (strlen({text}) IN (5, 8, 9) AND {one_of(f'lower({text})', WORDS)})"
        if self.kind.pattern:
            fits = f"regexp_full_match({text}, {quote(self.kind.pattern)})"
        if self.kind.zone == "engine":
            fits += f" AND NOT regexp_matches({text}, {quote(BEYOND)})"
        return f"CASE WHEN {fits} THEN {tried} END"


def grouped(formats: Iterable[Format]) -> list[Formats]:
    """The formats in order, those together that tell the same of a time."""

    def same(one: Format) -> tuple:
        return one.resolution, one.zone, one.half, one.pattern

    groups = [list(found) for _, found in groupby(formats, same)]
    return [Formats(tuple(one.engine for one in found), found[0]) for found in groups]


def by_format(group: Formats, moment: str, offset: str = "", half: str = "") -> Shape:
    """A declared format; `moment` is what the engine reads by it."""
    kind = group.kind
    resolution = RESOLUTIONS.index(kind.resolution)
    test = f"{moment} IS NOT NULL"
    if kind.zone == "offset":
        test = f"{offset} IS NOT NULL AND {test}"
    if kind.half == "any":
        test = f"{half} IS NOT NULL AND {test}"
    elif kind.half:
        test = f"{half} = {quote(kind.half)} AND {test}"
    if kind.zone == "engine":
        return Shape(test, f"make_timestamp(epoch_us({moment}))", resolution, "0")
    local = f"{moment} + {NOON}" if resolution == DAY else moment
    return Shape(test, local, resolution, offset if kind.zone else "")
