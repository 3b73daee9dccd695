"""Port tariffs, read from CSV files strictly: every figure with its source and how sure it is."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

from ..domain.days import read_day
from ..domain.tariff import (
    CARGO_CLASSES,
    CONFIDENCE,
    DIRECTIONS,
    PRICING,
    SIZES,
    TRADES,
    UNITS,
    Tariff,
    TariffRow,
)
from ..errors import NoticeError, closest
from .targets import FIRST_YEAR, LAST_YEAR


@cache
def load_tariff(name_or_path: str = "cn-port") -> Tariff:
    """The tariff that ships under a name, or the one in a CSV file of the same columns.

    Raises NoticeError with file, line and column for anything that is not as it should be, and for
    two rows of one key that are in force on the same day.

    >>> tariff = load_tariff()
    >>> len(tariff.items), tariff.rows[0].item_en
    (13, 'cargo port dues')
    """
    folder = files(__package__).joinpath("tariffs")
    path = Path(name_or_path)
    if path.suffix == ".csv":
        if not path.is_file():
            raise NoticeError(
                f"there is no tariff file {path.name!r}", str(path), "give the path of a CSV file"
            )
        raw = path.read_bytes()
    else:
        known = sorted(entry.name[:-4] for entry in folder.iterdir() if entry.name.endswith(".csv"))
        if name_or_path not in known:
            raise NoticeError(
                f"no tariff is called {name_or_path!r}", "tariffs", closest(name_or_path, known)
            )
        path = Path(f"{name_or_path}.csv")
        raw = folder.joinpath(path.name).read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NoticeError("the tariff is not UTF-8 text", path.name, "save it as UTF-8") from error
    try:
        found = tuple(_rows(text, path.name))
    except csv.Error as error:
        raise NoticeError(
            f"not a table of comma-separated values: {error}", path.name, "save it as CSV"
        ) from None
    if not found:
        raise NoticeError("the tariff holds no row", path.name, "add rates, or leave the file out")
    _no_overlap(found, path.name)
    return Tariff(path.stem, tuple(row for _, row in found))


def _rows(text: str, file: str) -> Iterator[tuple[int, TariffRow]]:
    """Each row with the line that it ends on."""
    reader = csv.DictReader(io.StringIO(text))
    fields = tuple(TariffRow.__dataclass_fields__)
    try:
        header = tuple(reader.fieldnames or ())
    except csv.Error as error:
        raise NoticeError(
            f"not a table of comma-separated values: {error}", file, "save it as CSV"
        ) from None
    if len(set(header)) < len(header):
        raise NoticeError("a column stands twice", f"{file}, line 1", "keep each column once")
    for name in header:
        if name not in fields:
            raise NoticeError(f"unknown column {name!r}", f"{file}, line 1", closest(name, fields))
    for name in fields:
        if name not in header:
            raise NoticeError(
                f"column {name!r} is missing",
                f"{file}, line 1",
                f"write the header {','.join(fields)}",
            )
    for row in reader:
        where = f"{file}, line {reader.line_num}"
        if None in row or None in row.values():
            raise NoticeError(
                "the line has not as many fields as the header", where, "quote texts with commas"
            )
        yield reader.line_num, _row(row, where)


def _row(row: dict[str, str], where: str) -> TariffRow:
    allowed = {
        "trade": TRADES,
        "direction": DIRECTIONS,
        "size": SIZES,
        "cargo_class": CARGO_CLASSES,
        "unit": UNITS,
        "pricing": PRICING,
        "confidence": CONFIDENCE,
    }
    for name, values in allowed.items():
        if row[name] not in values:
            raise NoticeError(
                f"{row[name]!r} cannot stand in {name}",
                f"{where}, column {name}",
                closest(row[name], values),
            )
    for name in ("item", "item_en", "payer", "source"):
        if not row[name].strip():
            raise NoticeError(f"{name} is empty", f"{where}, column {name}", "fill it in")
    at = {name: f"{where}, column {name}" for name in row}
    read: dict[str, Any] = {
        "rate_fen": _whole(row["rate_fen"], at["rate_fen"]),
        "band_from": _whole(row["band_from"], at["band_from"], "net tons"),
        "band_to": _whole(row["band_to"], at["band_to"], "net tons"),
        "valid_from": _day(row["valid_from"], at["valid_from"], "2021-01-01"),
        "valid_to": _day(row["valid_to"], at["valid_to"], "2021-12-31")
        if row["valid_to"]
        else None,
    }
    made = TariffRow(**{**row, **read})
    for name in ("rate_yuan", "factor"):
        if row[name] and not (row[name].isascii() and row[name].replace(".", "", 1).isdigit()):
            raise NoticeError(
                f"{row[name]!r} is no decimal number",
                f"{where}, column {name}",
                "write it like 0.85",
            )
        if len(row[name].partition(".")[2]) > 3:
            raise NoticeError(
                f"{row[name]!r} is finer than a thousandth",
                f"{where}, column {name}",
                "write 0.375",
            )
    if sum((made.rate_fen is not None, made.rate_yuan != "", made.factor != "")) > 1:
        raise NoticeError(
            "more than one rate", where, "fill in one of rate_fen, rate_yuan and factor"
        )
    if made.band_to is not None and made.band_to <= (made.band_from or 0):
        raise NoticeError(
            "the band ends before it begins",
            f"{where}, column band_to",
            "put the larger into band_to",
        )
    if made.valid_to is not None and made.valid_to < made.valid_from:
        raise NoticeError(
            "the row ends before it begins",
            f"{where}, column valid_to",
            "put the later day into valid_to",
        )
    return made


def _whole(text: str, where: str, unit: str = "fen") -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        remedy = (
            "write 3400 for 34 yuan; parts of a fen go into rate_yuan"
            if unit == "fen"
            else "write 40000"
        )
        raise NoticeError(f"{text!r} is not a whole number of {unit}", where, remedy)
    return int(text)


def _day(text: str, where: str, example: str) -> date:
    day = read_day(text)
    if day is None:
        raise NoticeError(f"{text!r} is no day of the calendar", where, f"write it like {example}")
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        remedy = f"name a day from {FIRST_YEAR} to {LAST_YEAR}; valid_to is empty while a row holds"
        raise NoticeError(f"{day} is no day of a tariff", where, remedy)
    return day


def _no_overlap(found: tuple[tuple[int, TariffRow], ...], file: str) -> None:
    """An error where a charge has two rates on one day, with the lines of both."""
    boxes: dict[str, list[tuple[int, TariffRow]]] = {}
    for line, row in found:
        if row.per_box and row.pricing in ("set", "ceiling"):
            boxes.setdefault(row.item, []).append((line, row))
    for same in boxes.values():
        for i, (line, one) in enumerate(same):
            for further, other in same[i + 1 :]:
                if _meet(one, other):
                    day = max(one.valid_from, other.valid_from)
                    raise NoticeError(
                        f"two rates of {one.item} are in force for one box on {day}",
                        f"{file}, lines {line} and {further}",
                        "let one row say which direction, size and class it is for, and the other"
                        " the rest",
                    )
    groups: dict[tuple, list[tuple[int, TariffRow]]] = {}
    for line, row in found:
        # a line is looked up by these columns, so `detail` must not tell two binding box rates
        # apart
        detail = "" if row.unit == "container" else row.detail
        key = (
            row.item,
            row.trade,
            row.direction,
            row.size,
            row.cargo_class,
            row.band_from,
            row.unit,
            row.port,
            detail,
        )
        groups.setdefault(key, []).append((line, row))
    for same in groups.values():
        by_day = sorted(same, key=lambda found: found[1].valid_from)
        for (line, earlier), (further, later) in pairwise(by_day):
            if earlier.valid_to is None or later.valid_from <= earlier.valid_to:
                raise NoticeError(
                    f"two rates of {earlier.item} are in force on {later.valid_from}",
                    f"{file}, lines {line} and {further}",
                    "end the earlier row (valid_to) the day before the later one begins",
                )


def _meet(one: TariffRow, other: TariffRow) -> bool:
    """Whether some box on some day falls under both rows; an empty text stands for any."""
    for name in ("trade", "direction", "size", "cargo_class"):
        a, b = getattr(one, name), getattr(other, name)
        if a and b and a != b:
            return False
    last = [row.valid_to or date.max for row in (one, other)]
    return one.valid_from <= last[1] and other.valid_from <= last[0]
