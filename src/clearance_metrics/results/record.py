"""What the rows of all answers share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from enum import Enum
from typing import Any

from .words import LANGUAGES, joined

LANG = "en"  # of records, where nobody says otherwise
START = "period_start"


class Record:
    """What the rows of all tables share; each is a frozen dataclass, made by keyword.

    Group values are attributes too: `row.port` of a table grouped by port. `reasons`, where a row
    has them, are said as `note` (English), `note_zh` and `note_en`.
    """

    labelled = False  # whether rows have a label in words beside their codes

    @classmethod
    def own_names(cls) -> frozenset[str]:
        """Fields and attributes of its own, which no column that groups it may be called."""
        told = {f"{head}_{lang}" for head in ("note", "label") for lang in LANGUAGES}
        return frozenset(
            {"note", START, *told, *dir(cls), *getattr(cls, "__dataclass_fields__", ())}
        )

    @classmethod
    def columns(cls, by: Iterable[str] = (), period: bool = False) -> tuple[str, ...]:
        """The columns of its flat record where the columns `by` group it; with a `period` also the
        first day of each.
        """
        names: list[str] = []
        for name in cls.__dataclass_fields__:  # type: ignore[attr-defined]
            if name == "groups":
                names += by
            elif name == "reasons":
                names += ["reasons", *(f"note_{lang}" for lang in LANGUAGES)]
            else:
                names += [name, START] if name == "period" and period else [name]
        return (*names, *(f"label_{lang}" for lang in LANGUAGES if cls.labelled))

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("_"):
            for group, value in self.__dict__.get("groups", ()):
                if group == name:
                    return value
            if name == "groups":
                return ()  # of rows that no column groups
            head, _, lang = name.partition("_")
            if head == "note" and lang in ("", *LANGUAGES) and "reasons" in self.__dict__:
                return self.said(lang or LANG)
        raise AttributeError(f"a {type(self).__name__} has no {name!r}")

    def said(self, lang: str = LANG) -> str:
        """What must be known of the row, or why it has no value, in one text."""
        return joined(getattr(self, "reasons", ()), lang)

    def to_dict(self) -> dict[str, Any]:
        """A flat record in the order of the fields: groups as columns, reasons also as notes."""
        record: dict[str, Any] = {}
        for name in (field.name for field in fields(self)):  # type: ignore[arg-type]
            value = getattr(self, name)
            if name == "groups":
                record |= dict(value)
            elif name == "reasons":
                record["reasons"] = [reason.to_dict() for reason in value]
                record |= {f"note_{lang}": joined(value, lang) for lang in LANGUAGES}
            else:
                record[name] = value.value if isinstance(value, Enum) else value
        if self.labelled:
            record |= {f"label_{lang}": self.label(lang) for lang in LANGUAGES}
        return record

    def label(self, lang: str = LANG) -> str:
        """What the row is about, in words."""
        raise AttributeError(f"a {type(self).__name__} has no label")
