"""A column of a file as the mapping describes it: where it stands and how its text is read."""

from __future__ import annotations

from dataclasses import dataclass

from ..domain.strict_toml import TABLE, TEXT, TEXTS, Key, Place
from ..domain.vocabulary import Vocabulary
from ..errors import closest

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
        "box",
    ),
    "waivers": ("valid_to",),
    "limits": ("valid_to", "share_percent"),
    "charge_list": ("valid_to", "rate", "unit"),
    "events": ("recorded_at", "location"),
}
TIMES = ("time", "recorded_at", "charged_on", "valid_from", "valid_to")
AMOUNTS = ("amount", "rate")
INTEGERS = ("quantity", "net_tons", "distance_nm", "waived_percent", "minutes", "share_percent")
COLUMN_KEYS = {
    "column": TEXT.or_empty().optional(),
    "formats": TEXTS.or_empty().optional(()),
    "no_value": TEXTS.or_empty().optional(()),
    "values": TABLE.or_empty().optional({}),
    "constant": Key((str, int, bool), "text, whole number or flag", empty=True, default=None),
    "unit": TEXT.one_of("yuan", "fen").optional(),
}
# tables of what a port publishes, each row with the days it is in force
DATED = ("charge_list", "waivers", "limits")


@dataclass(frozen=True)
class ColumnSpec:
    """Where one of our columns comes from and how its text is read."""

    name: str
    header: str | None
    type: str
    formats: tuple[str, ...] = ()
    no_value: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    constant: str | None = None
    unit: str = "yuan"


def column(name: str, spec: object, role: str, words: Vocabulary, place: Place) -> ColumnSpec:
    own = REQUIRED[role] + OPTIONAL.get(role, ())
    shared = {} if role in ("charges", *DATED) else words.columns
    if name not in own and name not in shared:
        raise place.fail(
            f"unknown column {name!r}",
            closest(name, [*own, *shared]) + "; or declare it with [[column]]",
        )
    if name not in own:
        return described(name, spec, shared[name].type, place)
    kinds = (("time", TIMES), ("amount", AMOUNTS), ("integer", INTEGERS))
    return described(name, spec, next((k for k, names in kinds if name in names), "text"), place)


def described(name: str, spec: object, kind: str, place: Place) -> ColumnSpec:
    if isinstance(spec, str):
        return ColumnSpec(name, spec, kind)
    place = place.at(name)
    spec = place.table(spec, COLUMN_KEYS)
    header, constant, unit = spec["column"], spec["constant"], spec["unit"]
    if (header is None) == (constant is None):
        raise place.fail("give either column or constant", f'{name} = {{ column = "its header" }}')
    if spec["formats"] and kind != "time":
        raise place.fail("formats belong to times", "remove formats")
    if unit and kind != "amount":
        raise place.fail(f"unit {unit!r}", "amounts alone have a unit, yuan or fen")
    for text in spec["formats"]:
        if "%" not in text:
            raise place.fail(f"{text!r} is not a time format", 'write for example "%Y-%m-%d %H:%M"')
    if constant is not None:
        constant = str(constant).lower() if isinstance(constant, bool) else str(constant)
    return ColumnSpec(
        name=name,
        header=header,
        type=kind,
        formats=tuple(spec["formats"]),
        no_value=tuple(spec["no_value"]),
        values=tuple((str(k), str(v)) for k, v in spec["values"].items()),
        constant=constant,
        unit=unit or "yuan",
    )
