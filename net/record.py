"""What is written down: answers taken apart into keys and values, figures apart from sentences."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass

from .names import ClearanceError, term, verdict_word

Value = int | float | bool | str | list | None

# what tells the rows of one answer apart, in the order of a key; groups and the period follow
MARKS = (
    "indicator",
    "statistic",
    "term",
    "stage",
    "factor",
    "part",
    "label",
    "port",
    "operation",
    "minutes",
    "valid_from",
    "case_id",
    "line_id",
    "item",
    "group",
)
# fields that hold sentences, or names put together from words
SENTENCES = frozenset(
    {
        "note",
        "note_zh",
        "note_en",
        "title_zh",
        "title_en",
        "clause",
        "zh",
        "en",
        "term_zh",
        "term_en",
        "caveat",
        "caveat_zh",
        "metric",
        "method",
        "warnings",
        "tariff",
        "source",
        "no_data",
    }
)

# what a row was called when the numbers were written down
FORMER = {"difference": "gap"}


class Record:
    """Numbers and words by key. With `only`, just these fields, and of what is None `value`."""

    def __init__(self, only: Iterable[str] = ()) -> None:
        self.numbers: dict[str, Value] = {}
        self.words: dict[str, Value] = {}
        self.only = frozenset(only)

    def answer(self, key: str, ask: Callable, /, *arguments, **options) -> None:
        """Ask and write down the answer; a refusal is None, with its reason among the words."""
        try:
            found = ask(*arguments, **options)
        except ClearanceError as error:
            self.numbers[f"{key}|refused"] = None
            self.words[f"{key}|refused"] = f"{type(error).__name__}: {error}"
            return
        self.result(key, found)

    def result(self, key: str, found: object) -> None:
        """A result: its own figures, then its rows by what tells them apart."""
        rows = getattr(found, "rows", None)
        if rows is None or found in rows:  # an answer of one row is that row
            self.put(key, found.to_dict())
            return
        for field in fields(found):
            if (
                field.name != "rows"
                and field.name[0] != "_"
                and (not self.only or field.name in self.only)
            ):
                self.put(f"{key}|{field.name}", getattr(found, field.name), field.name)
        rows = [(row.to_dict(), dict(row.groups)) for row in found.rows]
        names = _apart([_name(row, groups) for row, groups in rows])
        self.numbers[f"{key}|rows"] = len(rows)
        # in which order they stand, in short: rows that trade places change it
        self.numbers[f"{key}|order"] = f"{zlib.crc32(chr(10).join(names).encode()):08x}"
        if rows and "metric" in rows[0][0]:
            self.put(f"{key}|metric", rows[0][0]["metric"], "metric")
        for name, (row, groups) in zip(names, rows, strict=True):
            # reasons are told in the notes, violations beside their verdict
            told = {*groups, *_marks(row), "period", "metric", "reasons", "violations"}
            for field, value in row.items():
                if field not in told:
                    self.put(f"{key}|{name}|{field}", _worded(row, field, value), field)

    def put(self, key: str, value: object, field: str = "") -> None:
        """One value, or the values in a record or a list; `field` is the name that it goes by."""
        if is_dataclass(value):
            value = value.to_dict() if hasattr(value, "to_dict") else dict(value.__dict__)
        if isinstance(value, Mapping):
            if set(value) == {"name", "value"}:
                # a fact: its own name is a better key than its place
                value, field = {value["name"]: value["value"]}, "note"
            for name, part in value.items():
                sentence = field if field in SENTENCES else str(name)
                self.put(f"{key}|{name}", part, sentence)
        elif isinstance(value, list | tuple):
            names = [_name(part, {}) if isinstance(part, Mapping) else "" for part in value]
            places = [name or str(i) for i, name in enumerate(names)]
            for name, part in zip(_apart(places), value, strict=True):
                self.put(key if _is_fact(part) else f"{key}|{name}", part, field)
        elif field in SENTENCES and isinstance(value, str):
            if value and not self.only:
                self.words[key] = value
        elif not self.only or (field in self.only and (value is not None or field == "value")):
            self.numbers[key] = plain(value)


def plain(value: object) -> Value:
    """A value as JSON holds it; numbers of NumPy become Python's, with every digit.

    >>> plain(float("nan")), plain(1), plain(None)
    ('nan', 1, None)
    """
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return str(value)
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def _worded(row: Mapping, field: str, value: object) -> object:
    """A verdict with the count that stands beside it, and what is broken, as one text."""
    if field == "verdict":
        return verdict_word(value, "en", row.get("violations"))
    return term("breach", value, "en") if field == "rule" and value else value


def _is_fact(part: object) -> bool:
    return is_dataclass(part) and set(part.__dict__) == {"name", "value"}


def _marks(row: Mapping) -> list[str]:
    """The fields that name a row; a float is a figure, whatever it is called."""
    return [m for m in MARKS if row.get(m) not in (None, "") and not isinstance(row[m], float)]


def _name(row: Mapping, groups: Mapping) -> str:
    marks = [FORMER.get(str(row[m]), str(row[m])) for m in _marks(row) if m not in groups]
    marks += [f"{column}={value}" for column, value in groups.items()]
    return "|".join(marks + ([str(row["period"])] if row.get("period") is not None else []))


def _apart(names: list[str]) -> list[str]:
    """Names with a number behind those that came before, so that each is one of its kind.

    >>> _apart(["a", "b", "a"])
    ['a', 'b', 'a#2']
    """
    seen: dict[str, int] = {}
    made = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        made.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return made
