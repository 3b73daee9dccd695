"""TOML files read strictly, for notices and datasets alike: every mistake is one error that says
what is wrong, in which file and place, and what to write. A place may gather its mistakes, to tell
them all at once.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from math import isfinite
from pathlib import Path

from ..errors import ClearanceError, closest
from .days import no_day, read_day

REQUIRED = object()
BITS = 64
AS_WRITTEN = "write a day of the calendar as 2022-12-31, without quotes"
ASCII_MARKS = set("=,[]{}\"'#")
CURLY = set("\u201c\u201d\u2018\u2019\u300c\u300d")


@dataclass(frozen=True)
class Key:
    """What may stand at a key: types, words for them, known values, and what stands there if it is
    left out (nothing: it is required). `each` is the type of a list's members.
    """

    types: tuple[type, ...]
    words: str
    each: type | None = None
    known: tuple[str, ...] = ()
    empty: bool = False
    default: object = REQUIRED

    def one_of(self, *known: str) -> Key:
        """The same, with these values alone."""
        return replace(self, known=known)

    def or_empty(self) -> Key:
        """The same, where nothing may be in it."""
        return replace(self, empty=True)

    def optional(self, default: object = None) -> Key:
        """The same, but it may be left out."""
        return replace(self, default=default)

    def fits(self, value: object) -> bool:
        """Whether a value is of the type; true and false are no numbers, a time is no day."""
        odd = (isinstance(value, bool) and bool not in self.types) or isinstance(value, datetime)
        return isinstance(value, self.types) and not odd


TEXT = Key((str,), "text")
FLAG = Key((bool,), "true or false")
WHOLE = Key((int,), "whole number")
NUMBER = Key((int, float), "number")
DAY = Key((date,), "date")
TABLE = Key((dict,), "table")
LIST = Key((list,), "list")
TEXTS = Key((list,), "list of texts", each=str)
DAYS = Key((list,), "list of dates", each=date)


class Noted(Exception):
    """The mistakes of a table have been noted, and it cannot be used; `Place.each` goes on after
    it.
    """


@dataclass(frozen=True)
class Place:
    """A place in a TOML file; mistakes found there are told as errors of the class `error`.

    >>> from clearance_metrics.errors import NoticeError
    >>> place = Place("my.toml", NoticeError).at("measure 2")
    >>> place.table({"nmae": "a"}, {"name": TEXT})
    Traceback (most recent call last):
    clearance_metrics.errors.NoticeError: unknown key 'nmae'
      where: my.toml, measure 2
      do: write 'name' instead of 'nmae'; known: name
    """

    file: str
    error: type[ClearanceError]
    where: str = ""
    mistakes: list[ClearanceError] | None = field(default=None, compare=False, repr=False)

    def gathering(self) -> Place:
        """The same place, which notes mistakes and goes on; `told` raises them.

        >>> from clearance_metrics.errors import NoticeError
        >>> place = Place("my.toml", NoticeError).gathering()
        >>> with place.each():
        ...     read = place.table({"name": 1, "more": 2}, {"name": TEXT})
        >>> [error.what for error in place.mistakes]
        ['name = 1 has the wrong type', "unknown key 'more'"]
        """
        return replace(self, mistakes=[])

    @contextmanager
    def each(self) -> Iterator[None]:
        """A stretch of reading that ends at its first mistake, after which reading goes on."""
        try:
            yield
        except Noted:
            pass
        except self.error as error:
            self.note(error)

    def note(self, error: ClearanceError) -> None:
        """Keep a mistake for later; raise it where mistakes are not gathered."""
        if self.mistakes is None:
            raise error
        self.mistakes.append(error)

    def told(self) -> None:
        """Raise what was gathered as one error, if there is any."""
        if self.mistakes:
            raise self.error.several(self.mistakes, self.file)

    def at(self, more: str) -> Place:
        """A place within this one."""
        return replace(self, where=f"{self.where}, {more}" if self.where else more)

    def fail(self, what: str, remedy: str) -> ClearanceError:
        """The error to raise."""
        return self.error(what, f"{self.file}, {self.where or 'the top level'}", remedy)

    def read(self, path: Path) -> bytes:
        """What is in the file."""
        try:
            return path.read_bytes()
        except (OSError, ValueError) as error:
            told = getattr(error, "strerror", error)
            raise self.error(
                "the file cannot be read", self.file, f"check the path ({told})"
            ) from None

    def parse(self, raw: bytes) -> dict:
        """The tables in the bytes of a file."""
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise self.error(
                "the file is not UTF-8 text",
                f"{self.file}, line {raw[: error.start].count(10) + 1}",
                "save it as UTF-8",
            ) from None
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            what, _, line = str(error).removesuffix(")").rpartition(" (at ")
            where = f"{self.file}, {line}" if what else self.file
            if (day := no_day(*_stopped(text, str(error)))) is not None:
                wrong = f"{day} is no day of the calendar"
                raise self.error(wrong, where, AS_WRITTEN) from None
            what = f"not valid TOML: {what or line}"
            raise self.error(what, where, _mended(text, str(error))) from None
        except (ValueError, RecursionError) as error:
            # a number too long to be read at all, or a list in a list in a list …
            deep = isinstance(error, RecursionError)
            found = None if deep else re.search(r"\d[\d_]{999,}", text)
            before = text[: found.start()] if found else ""
            line = f", line {before.count(chr(10)) + 1}" if found else ""
            what = "lists or tables nested too deeply" if deep else "a number is too long"
            raise self.error(f"{what} to be read", f"{self.file}{line}", "mend that line") from None
        for where, key, value in _numbers(data, ""):
            if value.bit_length() >= BITS:
                raise self.at(where).fail(
                    f"{key} is a whole number beyond {BITS} bits", "write a smaller number, or text"
                )
        return data

    def table(self, data: object, keys: Mapping[str, Key], *, go_on: bool = False) -> dict:
        """A table with these keys and no others, each as its Key says; what may be left out and is
        stands there with its default.

        Where mistakes are gathered, each key's is noted; then the table is given up, or with
        `go_on` used with the defaults (None) in place of what is wrong.
        """
        if not isinstance(data, dict):
            raise self.fail("not a table", f"write the keys {', '.join(keys)}")
        before, sound = len(self.mistakes or ()), {}
        for key, value in data.items():
            with self.each():
                if key not in keys:
                    raise self.fail(f"unknown key {key!r}", closest(key, keys))
                self.value(key, value, keys[key])
                sound[key] = value
        for key, wanted in keys.items():
            if key not in data and wanted.default is REQUIRED:
                self.note(self.fail(f"key {key!r} is missing", f"add {key} = …"))
        if len(self.mistakes or ()) > before and not go_on:
            raise Noted
        usual = {k: None if w.default is REQUIRED else w.default for k, w in keys.items()}
        return usual | sound

    def value(self, key: str, value: object, wanted: Key) -> None:
        """An error unless the value is what is wanted at that key."""
        for one in (value, *(value if isinstance(value, list) else ())):
            if isinstance(one, datetime):
                remedy = "write the day alone, as 2021-12-31"
                raise self.fail(f"{key} = {one} has a time of day", remedy)
            if isinstance(one, float) and not isfinite(one):
                raise self.fail(f"{key} = {one} is no number", "write a number")
        if date in wanted.types and isinstance(value, str) and value:
            if read_day(value) is None:
                raise self.fail(f"{key} = {_short(value)} is no day of the calendar", AS_WRITTEN)
            remedy = f"take away the quotes: {key} = {value}"
            raise self.fail(f"{key} = {_short(value)} is text", remedy)
        if not wanted.fits(value):
            remedy = f"{key} is a {wanted.words}"
            raise self.fail(f"{key} = {_short(value)} has the wrong type", remedy)
        if wanted.each and isinstance(value, list):
            word = TEXT.words if wanted.each is str else DAY.words
            for one in value:
                if wanted.each is date and isinstance(one, str):
                    raise self.fail(f"{key}: {_short(one)} is not a {word}", AS_WRITTEN)
                if not isinstance(one, wanted.each) or one == "" and not wanted.empty:
                    raise self.fail(f"{key}: {_short(one)} is not a {word}", f"write {word}s")
        blank = value in ([], {}) or isinstance(value, str) and not value.strip()
        if blank and not wanted.empty:
            raise self.fail(f"{key} is empty", "fill it in")
        if wanted.known:
            self.known(f"{key} = {value!r}", value, wanted.known)

    def known(self, what: str, value: object, known: Iterable[object], more: str = "") -> None:
        """An error with the nearest known name unless the value is one of them."""
        if value not in known:
            raise self.fail(f"{what} is not known", closest(str(value), map(str, known)) + more)

    def once(self, key: str, values: Sequence[object]) -> None:
        """An error unless each value stands there once."""
        for place, value in enumerate(values):
            if value in values[:place]:
                raise self.fail(f"{key} {value!r} stands twice", "give each its own")


def _stopped(text: str, error: str) -> tuple[str, int]:
    """The line of an error, and the sign at which it stopped."""
    place = re.search(r"line (\d+), column (\d+)", error)
    if place is None:
        return "", 0
    line = text.split("\n")[int(place[1]) - 1 :][:1] or [""]
    return line[0], int(place[2]) - 1


def _mended(text: str, error: str) -> str:
    """What to do about a line that is not TOML: names and signs of other scripts are what is met
    most.
    """
    line, at = _stopped(text, error)
    rest = line[at:]
    if sign := next(
        (
            c
            for c in rest[:1]
            if not c.isascii() and unicodedata.normalize("NFKC", c) in ASCII_MARKS
        ),
        None,
    ):
        return f"write {unicodedata.normalize('NFKC', sign)} in place of the wide sign {sign}"
    if rest[:1] in CURLY:
        return f'write straight quotes " in place of {rest[0]}'
    if word := re.match(r"[^\W\d_a-zA-Z][^\s=\]}.,]*", rest):
        return f'put the name in quotes: "{word[0]}"'
    return "mend that line"


def _numbers(data: dict | list, where: str) -> Iterator[tuple[str, str, int]]:
    """Every whole number with the place and the key it stands at."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data, 1)
    for key, value in pairs:
        if isinstance(value, dict | list):
            part = str(key) if isinstance(data, dict) else f"row {key}"
            yield from _numbers(value, f"{where}, {part}" if where else part)
        elif isinstance(value, int):
            yield where, str(key), value


def _short(value: object, most: int = 80) -> str:
    text = repr(value)
    return text if len(text) <= most else f"{text[:most]}…"
