"""What owners of files call our words, in Chinese and in English, read from synonyms.toml beside
this module: by meaning first, where the spelling alone leads astray.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files

from ..errors import LogError, closest

LEVELS = {"sure": 1.0, "likely": 0.7, "maybe": 0.4}
LEAST = 0.3  # below this a likeness is no meaning
CLOSE = 0.15  # a second meaning that near to the first is told beside it
TAKEN_OFF, IN_BRACKETS = 0.95, 0.85
ROLE_COLUMNS = {
    "charges": "charge_column",
    "charge_list": "listed_column",
    "waivers": "listed_column",
    "limits": "listed_column",
}
_BRACKETS = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|\u3010([^\u3010\u3011]*)\u3011")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_BETWEEN = re.compile(r"[\s_\-./\\,:;|*#'\"\u3001\u00b7]+")
_LETTERS = re.compile(r"[a-z0-9]+|[^a-z0-9\s]+")


def meant(word: str, table: str) -> list[tuple[str, float]]:
    """Our names that a word of an owner's file may mean, the likeliest first, each with how sure
    that is (1: hardly anything else).

    `table` is "milestone", "column", "charge_column", "listed_column", "role", "classifier",
    "boolean", "currency", "unit", or a column whose values are fixed, such as "kind" and "mode".

    >>> meant("arrived", "milestone")[0][0], meant("Release Date", "milestone")[0]
    ('conveyance_arrived', ('customs_released', 0.95))
    >>> meant("direction", "column"), meant("CNY", "currency")
    ([('kind', 1.0)], [('CNY', 1.0)])
    >>> meant("eventCreatedDateTime", "column")[0], meant("no such thing", "mode")
    (('recorded_at', 1.0), [])
    """
    return list(_meant(str(word), table))


@lru_cache(maxsize=65536)
def _meant(word: str, table: str) -> tuple[tuple[str, float], ...]:
    known = _known(table)
    found: dict[str, float] = {}
    for form, weight in _forms(word):
        for name, level in known.get(form, ()):
            found[name] = max(found.get(name, 0), level * weight)
    if not found and not is_plan(word):
        found = _within(word, known, table.endswith("column"))
    elif is_plan(word) and table == "milestone":
        found = {name: score for name, score in found.items() if score == 1}
    ranked = sorted(found.items(), key=lambda pair: -pair[1])
    return tuple((name, round(score, 2)) for name, score in ranked if score >= LEAST)


def suggestion(word: str, table: str, known: Iterable[str] | None = None) -> str:
    """What to write in place of a word that is not known: by meaning, else by spelling.

    `known` are the names that may stand there, by default all of the table.

    >>> suggestion("arrival", "milestone").split(" (")[0]
    "write 'conveyance_arrived'"
    >>> suggestion("ocean", "mode", ["air", "sea"]).split(" (")[0]
    "write 'sea'"
    >>> suggestion("declraed", "milestone", ["declared", "gate_in"])
    "write 'declared' instead of 'declraed'; known: declared, gate_in"
    """
    names = list(names_of(table) if known is None else map(str, known))
    found = [pair for pair in meant(word, table) if pair[0] in names]
    if not found:
        return closest(word, names)
    near = [name for name, score in found if score >= found[0][1] - CLOSE]
    told = [f"{name!r} ({called(name, table)})" for name in near]
    return f"write {' or '.join(told)} instead of {word!r}"


def is_plan(word: str) -> bool:
    """Whether a header or code tells of something planned or estimated.

    >>> is_plan("ETA"), is_plan("estimatedArrival"), is_plan("arrival")
    (True, True, False)
    """
    text = clean(word)
    marks = _data()["form"]["planned"]
    return any(m in text.split() if m.isascii() else text.startswith(m) for m in marks)


def called(name: str, table: str) -> str:
    """The word that people know one of our names by; the name itself where there is none.

    >>> called("gate_in", "milestone") == "gate_in", called("my_own", "milestone")
    (False, 'my_own')
    """
    return str(_data()[table].get(name, {}).get("sure", [name])[0])


def names_of(table: str) -> tuple[str, ...]:
    """Our names in a table.

    >>> names_of("mode")
    ('sea', 'air', 'rail', 'road')
    """
    return tuple(_rows(table))


def has_table(table: str) -> bool:
    """Whether there are words for the values of this column."""
    return table in _data() and table != "form"


def clean(word: str) -> str:
    """A word as it is looked up: half width, small letters, words apart, no marks between.

    >>> clean("eventType"), clean("Date_of\uff0eRelease"), clean(" A  (b) ")
    ('event type', 'date of release', 'a (b)')
    """
    text = unicodedata.normalize("NFKC", str(word)).strip()
    text = _CAMEL.sub(" ", text)
    parted = _BETWEEN.sub(" ", text).strip().casefold()
    spaced = " ".join(_LETTERS.findall(parted)) if not parted.isascii() else parted
    return spaced.replace("( ", "(").replace(" )", ")") or text.casefold()


def _data() -> Mapping[str, Mapping]:
    return _read()


@cache
def _read() -> Mapping[str, Mapping]:
    text = files(__package__).joinpath("synonyms.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _rows(table: str) -> Mapping[str, Mapping[str, list[str]]]:
    if not has_table(table):
        known = [name for name in _data() if has_table(name)]
        raise LogError(f"no table of words is called {table!r}", "table", closest(table, known))
    return _data()[table]


@cache
def _known(table: str) -> Mapping[str, list[tuple[str, float]]]:
    """Every form in a table with the names it may mean; a name means itself."""
    found: dict[str, dict[str, float]] = {}
    for name, row in _rows(table).items():
        pairs = [(name, 1.0), *((w, LEVELS[k]) for k, words in row.items() for w in words)]
        for word, level in pairs:
            names = found.setdefault(_key(clean(word)), {})
            names[name] = max(level, names.get(name, 0))
    return {form: sorted(names.items(), key=lambda p: -p[1]) for form, names in found.items()}


def _key(text: str) -> str:
    """Words of a Latin text in any order mean the same: "gate out" and "out gate"."""
    bare = text.replace("(", " ").replace(")", " ")
    return " ".join(sorted(bare.split())) if bare.strip() else text


def _forms(word: str) -> Iterator[tuple[str, float]]:
    """The forms under which a word is looked up, with how much of its weight each carries."""
    text = clean(word)
    outer = _BRACKETS.sub(" ", text).strip()
    inner = [part for groups in _BRACKETS.findall(text) for part in groups if part]
    yield _key(text), 1.0
    for part, weight in ((outer, 1.0), *((one, IN_BRACKETS) for one in inner)):
        if part:
            yield _key(part), weight
            yield from ((_key(form), weight * TAKEN_OFF) for form in _shorter(part))


def _shorter(text: str) -> Iterator[str]:
    """A text without words for time, for yes or no, and the like."""
    form = _data()["form"]
    left = [w for w in text.split() if w not in form["words"]]
    if left:
        yield " ".join(left)
    for start in ("", *form["beginnings"]):
        for end in ("", *form["endings"]):
            middle = text.removeprefix(start).removesuffix(end).strip()
            if middle and middle != text:
                yield middle


def _within(
    word: str, known: Mapping[str, list[tuple[str, float]]], headers: bool
) -> dict[str, float]:
    """Names of the longest known words that stand inside a longer word; its end weighs most.

    The last word of a header may be short: "shipment ref" is a reference.
    """
    text = _BRACKETS.sub(" ", clean(word)).strip()
    words = text.split()
    found: dict[str, float] = {}
    for form, names in known.items():
        plain = form.isascii()
        last = headers and plain and words[-1:] == [form]
        long = len(form) >= (4 if plain else 2) and names[0][1] >= LEVELS["sure"]
        if not (long or last) or not (set(form.split()) <= set(words) if plain else form in text):
            continue
        score = 0.35 + 0.3 * len(form) / max(len(text), 1) + 0.15 * text.endswith(form)
        for name, level in names:
            found[name] = max(found.get(name, 0), level * score)
    return found
