"""What is told of a file, as a code with facts, and said in a language at the end."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from ...errors import LogError, closest


class Said:
    """A code of words/LANG.toml with the facts that fill it.

    >>> Said("rows", n=1200).text("en")
    'rows: 1,200'
    """

    __slots__ = ("code", "facts")

    def __init__(self, code: str, **facts: object) -> None:
        self.code, self.facts = code, facts

    def __repr__(self) -> str:
        told = "".join(f", {k}={v!r}" for k, v in self.facts.items())
        return f"Said({self.code!r}{told})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Said) and (self.code, self.facts) == (other.code, other.facts)

    def __hash__(self) -> int:
        return hash((self.code, str(self.facts)))

    def text(self, lang: str) -> str:
        """The sentence in a language; facts that are themselves said are said in it too."""
        facts = {name: _told(fact, lang) for name, fact in self.facts.items()}
        return words(lang)[self.code].format(**facts)


def _told(fact: object, lang: str) -> object:
    if isinstance(fact, Said):
        return fact.text(lang)
    if isinstance(fact, Mapping):
        return fact.get(lang, fact["en"])
    if isinstance(fact, bool | str):
        return fact
    if isinstance(fact, int):
        return f"{fact:,}"
    if isinstance(fact, list | tuple):
        return words(lang)["and"].join(str(_told(one, lang)) for one in fact)
    return fact


def one_line(text: object, most: int = 60) -> str:
    """A value as it can stand in a comment: on one line, with its ends, not too long.

    >>> one_line("a\\nb"), one_line("x" * 70, 9)
    ('a b', 'xxxxxxxx…')
    """
    flat = " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
    return flat if len(flat) <= most else f"{flat[: most - 1]}…"


@cache
def languages() -> tuple[str, ...]:
    """The languages that there are words in."""
    here = files(__package__).joinpath("words").iterdir()
    return tuple(sorted(entry.name[:-5] for entry in here if entry.name.endswith(".toml")))


def check_language(lang: str) -> str:
    """The language, or LogError for one without words."""
    if lang not in languages():
        what = f"no catalogue of words is called {lang!r}"
        raise LogError(what, "lang", closest(str(lang), languages()))
    return lang


@cache
def words(lang: str) -> Mapping[str, str]:
    """Every sentence of a language by its code."""
    text = files(__package__).joinpath("words", f"{check_language(lang)}.toml")
    return tomllib.loads(text.read_text(encoding="utf-8"))


@cache
def shapes() -> Mapping[str, Any]:
    """Signs and words by which files are read."""
    text = files(__package__).joinpath("shapes.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
