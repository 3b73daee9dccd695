"""Which language a user reads, and what is told in it.

The English text of a message is its name, as in gettext: a catalogue holds, for every text with
its places {1}, {2} …, the same in another language. Whoever raises an error writes English alone.
"""

from __future__ import annotations

import locale
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ..errors import ClearanceError

TOLD = "en"  # where neither an option nor the locale names a language
VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
SILENT = ("C", "POSIX")
PLACE = re.compile(r"\{(\d+)\}")


def by_locale(environ: Mapping[str, str] | None = None) -> str | None:
    """The language that the user's locale names: zh, or en for any other; None for C or nothing.

    >>> by_locale({"LANG": "zh_CN.UTF-8"}), by_locale({"LANG": "de_DE"}), by_locale({"LANG": "C"})
    ('zh', 'en', None)
    >>> by_locale({"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"}) is None
    True
    """
    environ = os.environ if environ is None else environ
    name = next((environ[v] for v in VARIABLES if environ.get(v)), "")
    if not name and os.name == "nt":
        name = locale.getlocale()[0] or ""
    name = name.partition(".")[0]
    if not name or name in SILENT:
        return None
    return "zh" if name.lower().startswith(("zh", "chinese")) else "en"


@cache
def languages() -> frozenset[str]:
    """The languages in which something can be told.

    >>> sorted(languages())
    ['en', 'zh']
    """
    here = files(__package__).joinpath("words").iterdir()
    return frozenset({TOLD, *(f.name[:-5] for f in here if f.name.endswith(".toml"))})


def asked(words: Sequence[str]) -> str | None:
    """The language that a command line asks for, before it is read otherwise; the last one counts.

    >>> asked(["measure", "log", "--lang", "zh"]), asked(["--lang=en", "intake"]), asked([])
    ('zh', 'en', None)
    """
    found = None
    for word, following in zip(words, [*words, ""][1:], strict=True):
        if word == "--":
            break
        if word == "--lang" and following:
            found = following
        elif word.startswith("--lang="):
            found = word.removeprefix("--lang=")
    return found


def said(text: str, lang: str) -> str:
    """An English text in a language; a text that no catalogue has stands as it is.

    >>> said("unknown key 'foo'", "en")
    "unknown key 'foo'"
    """
    if "\n" in text:
        return "\n".join(said(line, lang) for line in text.split("\n"))
    for template in _templates(lang):
        if match := template.shape.fullmatch(text):
            return template.filled([_inner(value, lang) for value in match.groups()])
    return text


def error_text(error: ClearanceError, lang: str) -> str:
    """An error as the command line shows it.

    >>> print(error_text(ClearanceError("the file is empty", "a.csv", "leave it out"), "en"))
    error: the file is empty
      where: a.csv
      do: leave it out
    """
    told = [said("error: ", lang) + said(error.what, lang), *_rest(error, lang)]
    for number, mistake in enumerate(error.mistakes, 1):
        told.append(f"  {number}. {said(mistake.what, lang)}")
        told += [f"   {line}" for line in _rest(mistake, lang)]
    return "\n".join(told)


def _rest(error: ClearanceError, lang: str) -> list[str]:
    """Where an error is and what to do; of several mistakes each says by itself what to do."""
    lines = []
    if error.where:
        lines.append(said("  where: ", lang) + where_said(error.where, lang))
    if error.remedy and not error.mistakes:
        lines.append(said("  do: ", lang) + said(error.remedy, lang))
    return lines


def where_said(where: str, lang: str) -> str:
    """A place in a language: as a whole, or part by part.

    >>> where_said("my.toml, file 2", "en")
    'my.toml, file 2'
    """
    whole = said(where, lang)
    return whole if whole != where else ", ".join(said(part, lang) for part in where.split(", "))


@dataclass(frozen=True)
class _Template:
    """A message with places in English, as a pattern, and the same in another language."""

    shape: re.Pattern[str]
    other: str

    def filled(self, values: Sequence[str]) -> str:
        return PLACE.sub(lambda place: values[int(place[1]) - 1], self.other)


@cache
def _templates(lang: str, tables: tuple[str, ...] = ()) -> tuple[_Template, ...]:
    """A language's catalogue, or some tables of it, the most telling text first; none for
    English.
    """
    found = []
    for name, table in _catalogue(lang).items():
        for text, other in table.items() if not tables or name in tables else ():
            parts = PLACE.split(text)[::2]
            shape = re.compile("(.+?)".join(map(re.escape, parts)), re.DOTALL)
            found.append((sum(map(len, parts)), _Template(shape, other)))
    return tuple(template for _, template in sorted(found, key=lambda pair: -pair[0]))


@cache
def _catalogue(lang: str) -> dict[str, dict[str, str]]:
    file = files(__package__).joinpath("words", f"{lang}.toml")
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def _inner(value: str, lang: str) -> str:
    """What stands at a place: a value as it is, words of our own in the language."""
    known = _templates(lang, ("inner", "system"))
    return said(value, lang) if any(t.shape.fullmatch(value) for t in known) else value
