"""A column of a file as the mapping describes it: where it stands and how its text is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from ..domain.currencies import CURRENCIES
from ..domain.identifiers import IDENTIFIERS as IDENTIFIERS
from ..domain.strict_toml import TABLE, TEXT, TEXTS, WHOLE, Key, Place
from ..domain.synonyms import ROLE_COLUMNS, has_table, suggestion
from ..domain.vocabulary import Column, Vocabulary
from ..errors import closest
from .formats import Format, FormatError, understood
from .signs import FALSE, TRUE

REQUIRED = {
    "events": ("case_id", "milestone", "time"),
    "wide": ("case_id",),
    "cases": ("case_id",),
    "charges": ("case_id", "item", "amount", "charged_on", "currency"),
    "charge_list": ("port", "item", "valid_from"),
    "waivers": ("port", "item", "waived_percent", "valid_from"),
    "limits": ("port", "operation", "minutes", "valid_from"),
}
OPTIONAL = {
    "charges": (
        "quantity",
        "unit",
        "payee",
        "payer",
        "port",
        "bill",
        "channel",
        "size",
        "cargo_class",
        "place",
        "line_id",
        "net_tons",
        "distance_nm",
        "voyage",
        "tariff_port",
        "box",
        "ground",
        "layer",
    ),
    "waivers": ("valid_to",),
    "limits": ("valid_to", "share_percent"),
    "charge_list": ("valid_to", "rate", "unit"),
    "events": ("recorded_at", "location"),
}
TIMES = ("time", "recorded_at", "charged_on", "valid_from", "valid_to")
AMOUNTS = ("amount", "rate")
INTEGERS = ("quantity", "net_tons", "distance_nm", "waived_percent", "minutes", "share_percent")
UNITS = ("yuan", "fen", "wan")
COLUMN_KEYS = {
    "column": TEXT.or_empty().optional(),
    "columns": TEXTS.optional(()),
    "formats": TEXTS.or_empty().optional(),
    "no_value": TEXTS.or_empty().optional(),
    "values": TABLE.or_empty().optional({}),
    "constant": Key((str, int, bool), "text, whole number or flag", empty=True, default=None),
    "unit": TEXT.one_of(*UNITS).optional(),
    "decimal": TEXT.one_of(".", ",").optional(),
    "negative": TEXT.one_of("brackets").optional(),
    "prefix": WHOLE.optional(),
    "number": TEXT.one_of("excel", "seconds", "milliseconds").optional(),
    "zone_column": TEXT.optional(),
}
# the keys that belong to some types of columns alone, and what these are called
BELONG = {
    "formats": (("time",), "times"),
    "number": (("time",), "times"),
    "columns": (("time",), "times"),
    "zone_column": (("time",), "times"),
    "unit": (("amount",), "amounts"),
    "negative": (("amount",), "amounts"),
    "decimal": (("amount", "integer"), "amounts and whole numbers"),
    "prefix": (("text",), "texts"),
}
# tables of what a port publishes, each row with the days it is in force
DATED = ("charge_list", "waivers", "limits")
NOTHING: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True)
class ColumnSpec:
    """Where one of our columns comes from and how its text is read.

    `headers` are the columns of the file whose texts are joined to one. `allowed` and `pattern` say
    which texts may stand there at last; where another does, it is left out if the column is
    `lenient`, else the row is refused.
    """

    name: str
    header: str | None
    type: str
    formats: tuple[str, ...] = ()
    no_value: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    constant: str | None = None
    unit: str = "yuan"
    headers: tuple[str, ...] = ()
    decimal: str = "."
    negative: str = ""
    prefix: int = 0
    number: str = ""
    zone_column: str = ""
    allowed: tuple[str, ...] = ()
    pattern: str = ""
    whole: str = ""
    lenient: bool = False

    @property
    def sources(self) -> tuple[str, ...]:
        """The headers of the file that the column is made from.

        >>> ColumnSpec("time", None, "time", headers=("day", "clock"), zone_column="zone").sources
        ('day', 'clock', 'zone')
        """
        own = self.headers or ((self.header,) if self.header is not None else ())
        return (*own, self.zone_column) if self.zone_column else own


def column(
    name: str,
    spec: object,
    role: str,
    words: Vocabulary,
    place: Place,
    defaults: Mapping[str, object] = NOTHING,
) -> ColumnSpec:
    """A column of a file of that role; `defaults` stand where the column itself says nothing."""
    own = REQUIRED[role] + OPTIONAL.get(role, ())
    shared = {} if role in ("charges", *DATED) else words.columns
    if name not in own and name not in shared:
        raise place.fail(
            f"unknown column {name!r}",
            suggestion(name, ROLE_COLUMNS.get(role, "column"), [*own, *shared])
            + "; or declare it with [[column]]",
        )
    kinds = (("time", TIMES), ("amount", AMOUNTS), ("integer", INTEGERS))
    usual = next((kind for kind, names in kinds if name in names), "text")
    known = words.charge_columns.get(name) if role == "charges" else shared.get(name)
    if name in own:
        # what is needed, and what tables of charges count by, is refused rather than left out
        needed = role in DATED or name in REQUIRED[role] or name in IDENTIFIERS
        lenient = not needed and usual == "text"
        return described(name, spec, usual, place, defaults, known=known, lenient=lenient)
    kind = shared[name].type
    return described(name, spec, kind, place, defaults, known=known, lenient=True)


def described(
    name: str,
    spec: object,
    kind: str,
    place: Place,
    defaults: Mapping[str, object] = NOTHING,
    *,
    known: Column | None = None,
    lenient: bool = False,
) -> ColumnSpec:
    """A column of that kind; `known` is what the vocabulary says of its values."""
    place = place.at(name)
    if isinstance(spec, str):
        spec = {"column": spec}
    given = place.table(spec, COLUMN_KEYS)
    header, constant, joined = given["column"], given["constant"], tuple(given["columns"])
    if sum((header is not None, constant is not None, bool(joined))) != 1:
        raise place.fail("give either column or constant", f'{name} = {{ column = "its header" }}')
    for key, (kinds, called) in BELONG.items():
        if given[key] and kind not in kinds:
            raise place.fail(
                f"{key} belong{'' if key == 'formats' else 's'} to {called}", f"remove {key}"
            )
    if given["prefix"] is not None and name in IDENTIFIERS:
        raise place.fail(f"{name} is an identifier: its first signs are another", "remove prefix")
    if given["prefix"] is not None and given["prefix"] < 1:
        raise place.fail(f"prefix = {given['prefix']}", "write how many signs, such as 2")
    if constant is not None:
        constant = str(constant).lower() if isinstance(constant, bool) else str(constant)

    def said(key: str, nothing: Any) -> Any:
        """The column's own word, else the dataset's where it is for this kind, else nothing."""
        shared = defaults.get(key) if kind in BELONG.get(key, ((kind,),))[0] else None
        usual = shared if constant is None else None
        return next((v for v in (given[key], usual) if v is not None), nothing)

    made = ColumnSpec(
        name=name,
        header=header,
        type=kind,
        formats=tuple(said("formats", ())),
        no_value=tuple(said("no_value", ())),
        values=tuple((str(k), _flag(v)) for k, v in given["values"].items()),
        constant=constant,
        unit=said("unit", "yuan"),
        headers=joined,
        decimal=said("decimal", "."),
        negative=said("negative", ""),
        prefix=given["prefix"] or 0,
        number=given["number"] or "",
        zone_column=given["zone_column"] or "",
        allowed=known.values if known else (),
        pattern=known.pattern if known else "",
        whole=known.whole if known else "",
        lenient=lenient and not defaults.get("strict", False),
    )
    _check_formats(made, place)
    _check_meanings(made, place)
    return made


def _flag(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _check_formats(made: ColumnSpec, place: Place) -> None:
    known: list[tuple[str, Format]] = []
    for text in made.formats:
        if "%" not in text:
            raise place.fail(f"{text!r} is not a time format", 'write for example "%Y-%m-%d %H:%M"')
        try:
            found = understood(text, joined=bool(made.headers))
        except FormatError as error:
            raise place.fail(f"column {made.name}: {error.what}", error.remedy) from None
        if rival := next((other for other, one in known if _exchanged(one, found)), ""):
            raise place.fail(
                f"column {made.name}: {rival!r} and {text!r} read one text as two days",
                "keep the one it is written in; files written in the other are a [[file]] of"
                " their own",
            )
        known.append((text, found))


def _exchanged(one: Format, other: Format) -> bool:
    """Whether some text fits both formats, and the one takes for the day what is the other's month
    or year.

    >>> [_exchanged(understood("%d/%m/%Y"), understood(text)) for text in ("%m/%d/%Y", "%d/%m/%y")]
    [True, False]
    """
    if one.zone != other.zone or {one.half, other.half} == {"forenoon", "afternoon"}:
        return False
    pieces = [re.findall("%.|[^%]+", f.engine.replace("%-", "%")) for f in (one, other)]
    if len(pieces[0]) != len(pieces[1]):
        return False
    differ = {pair for pair in zip(*pieces, strict=True) if pair[0] != pair[1]}
    # each is two digits, and nothing in the text says which it is
    return bool(differ) and all(set(pair) <= {"%d", "%m", "%y"} for pair in differ)


def _check_meanings(made: ColumnSpec, place: Place) -> None:
    """What the mapping says that a text means is looked at before any file is read."""
    for text, value in made.values:
        if remedy := _no_meaning(made, value):
            what = f"{text!r} is said to mean {value!r}, which is no {made.name}"
            raise place.fail(what, remedy)
    if made.constant is not None and (remedy := _no_meaning(made, made.constant)):
        what = f"the constant is {made.constant!r}, which is no {made.name}"
        raise place.fail(what, remedy)


def _no_meaning(made: ColumnSpec, value: str) -> str:
    """What to write instead of a value that the column cannot have; nothing where it can."""
    low = value.lower()
    if made.type == "boolean":
        return "" if low in TRUE + FALSE else "write true or false"
    if made.type == "integer":
        return "" if re.fullmatch("-?[0-9]+", value) else "write a whole number"
    if made.name == "currency":
        known = value.upper() in CURRENCIES
        return "" if known else "write the three-letter ISO 4217 code, such as CNY"
    if made.allowed and value not in made.allowed:
        table = made.name if has_table(made.name) else ""
        return suggestion(value, table, made.allowed) if table else closest(value, made.allowed)
    # of a constant the first signs are taken as of any text
    if made.pattern and not made.prefix and not re.fullmatch(made.pattern, value):
        return f"write a text that fits {made.pattern}"
    return ""
