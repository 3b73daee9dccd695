"""The formats by which times are read: what their codes mean, and what none can read."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .signs import AFTERNOON, FORENOON, any_of, escaped, narrow

# codes of other programs by those of the engine; %n has the engine read ever finer times
MEANT = {
    "%F": "%Y-%m-%d",
    "%T": "%H:%M:%S",
    "%X": "%H:%M:%S",
    "%R": "%H:%M",
    "%D": "%m/%d/%y",
    "%x": "%Y-%m-%d",
    "%c": "%Y-%m-%d %H:%M:%S",
    "%r": "%I:%M:%S %p",
    "%e": "%d",
    "%k": "%H",
    "%l": "%I",
    "%h": "%b",
    "%n": "%f",
}
KNOWN = set("%" + code for code in "aAwudbBmyYHIMSfgpzZjUWGV%")
LOOSE = {f"%-{code}" for code in "dmyHIMSj"}
# digits of a code where no sign parts it from the next
DIGITS = {"Y": 4, "G": 4, "y": 2, "m": 2, "d": 2, "H": 2, "I": 2, "M": 2, "S": 2, "j": 3, "f": 6}
DIGITS |= {"g": 3, "U": 2, "W": 2, "V": 2, "w": 1, "u": 1}
EPOCH = {"%s": 'number = "seconds"'}

# an offset at the end of a text, with a label that adds nothing to it
OFFSET = (
    r"(?i)\s?(Z|UTC|GMT|(?:UTC|GMT)?[+-](?:0?\d|1[0-4])(?::?[0-5]\d)?)"
    r"(\s?\([^()]*\)|\s[A-Z]{2,5})?$"
)
HALF = rf"(?:[AaPp]\.?[Mm]\.?|{any_of(FORENOON + AFTERNOON)})"
LATER = rf"(?:[Pp]\.?[Mm]\.?|{any_of(AFTERNOON)})"


class FormatError(ValueError):
    """A format that no time can be read by: what is wrong, and what to write."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what, self.remedy = what, remedy


@dataclass(frozen=True)
class Format:
    """How the engine reads a text by a format, once the half of the day and the offset are taken
    out of both.

    `zone` is "" (local), "offset" (the text's own) or "engine"; `half` is "" (of 24 hours), "any",
    "forenoon" or "afternoon"; `pattern` is one that the text has to fit, where digits stand side by
    side.
    """

    engine: str
    resolution: str
    zone: str = ""
    half: str = ""
    pattern: str = ""


def understood(text: str, joined: bool = False) -> Format:
    """What a format means; FormatError where it can mean no time, or several.

    >>> understood("%Y/%m/%d %p %I:%M")
    Format(engine='%Y/%m/%d %H:%M', resolution='minute', zone='', half='any', pattern='')
    >>> understood("%FT%TZ").zone, understood("%d.%m.%Y").resolution
    ('offset', 'day')
    """
    codes, plain = _codes(text)
    half, plain = _half(text, codes, plain)
    zone, plain = _zone(text, plain)
    plain = " ".join(plain.split())
    codes = set(re.findall(r"%-?(.)", plain.replace("%%", "")))
    day = _has_day(codes)
    clock = bool(codes & {"H", "I"})
    if not day and not joined:
        raise FormatError(
            f"{text!r} has no year, month and day",
            'write all of them, or join columns: columns = ["date", "time"]',
        )
    if not day and not clock:
        raise FormatError(f"{text!r} has neither a day nor a time", 'write for example "%Y-%m-%d"')
    if half and not clock:
        raise FormatError(f"{text!r} has half of a day and no hour", "add %I")
    if not day:
        plain = f"%Y-%m-%d {plain}"
    resolution = "second" if "S" in codes else "minute" if clock else "day"
    return Format(plain, resolution, zone, half, _pattern(plain))


def _codes(text: str) -> tuple[set[str], str]:
    """The codes of a format, and the format in codes that the engine knows."""
    made = []
    for piece in re.findall(r"%-?.?|[^%]+", text):
        if not piece.startswith("%"):
            made.append(narrow(piece))
            continue
        piece = MEANT.get(piece, piece)
        if piece in EPOCH:
            raise FormatError(f"{text!r}: {piece} is a number, no text", f"write {EPOCH[piece]}")
        if len(piece) <= len("%-d") and piece not in KNOWN | LOOSE:
            known = ", ".join(sorted(KNOWN - {"%%"}, key=str.lower))
            raise FormatError(f"{text!r}: {piece} is no code of a time", f"known: {known}")
        made.append(piece)
    plain = "".join(made)
    return set(re.findall(r"%-?(.)", plain.replace("%%", ""))), plain


def _half(text: str, codes: set[str], plain: str) -> tuple[str, str]:
    """Which half of the day a format is of, and the format without it."""
    written = re.search(rf"(^|[^A-Za-z%]){HALF}([^A-Za-z]|$)", plain)
    half = ""
    if "p" in codes:
        half, plain = "any", plain.replace("%p", " ")
    elif written:
        half = "afternoon" if re.search(LATER, written[0]) else "forenoon"
        plain = plain.replace(written[0], f"{written[1]} {written[2]}", 1)
    elif "I" in codes:
        raise FormatError(
            f"{text!r}: %I is an hour of twelve, and nothing says of which half of the day",
            "add %p, which reads AM and PM and their Chinese words too, or write %H",
        )
    return half, plain.replace("%I", "%H").replace("%-I", "%-H")


def _zone(text: str, plain: str) -> tuple[str, str]:
    """Where a format's time has its zone from, and the format without it."""
    ending = r"\s?\(?(?:GMT|UTC)?%z(\s?\(?%Z\)?)?$|\s?\(?%Z\)?$|(?<=[SMHfg])\s?(Z|UTC|GMT)$"
    without = re.sub(ending, "", plain)
    if without != plain:
        return "offset", without
    if "%Z" in plain:
        raise FormatError(f"{text!r}: %Z is read at the end alone", "read the offset, as %z")
    return ("engine" if "%z" in plain else ""), plain


def _has_day(codes: set[str]) -> bool:
    month, week = codes & {"m", "b", "B"} and "d" in codes, codes & {"U", "W", "V"}
    weekday = codes & {"u", "w", "a", "A"}
    return bool(codes & {"Y", "y", "G"} and (month or "j" in codes or week and weekday))


def _pattern(plain: str) -> str:
    """What a text must fit if digits stand side by side: without it 2021111 is a day of November as
    well as one of January.
    """
    pieces = re.findall(r"%-?.|[^%]+", plain)
    fixed = [
        i
        for i, piece in enumerate(pieces)
        if piece[-1] in DIGITS
        and piece.startswith("%")
        and any(_digits(pieces, j) for j in (i - 1, i + 1))
    ]
    if not fixed:
        return ""
    made = []
    for i, piece in enumerate(pieces):
        if not piece.startswith("%"):
            made.append(escaped(piece))
        elif i in fixed:
            most = DIGITS[piece[-1]]
            made.append(rf"\d{{1,{most}}}" if piece == "%f" else rf"\d{{{most}}}")
        else:
            made.append(r"\d+" if piece[-1] in DIGITS else ".+")
    return "".join(made)


def _digits(pieces: list[str], at: int) -> bool:
    return 0 <= at < len(pieces) and pieces[at].startswith("%") and pieces[at][-1] in DIGITS
