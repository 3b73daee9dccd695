"""Figures that authorities published, as dated rows with source and confidence.

Confidence: V read on the page named; V2 in a secondary copy; D worked out from V figures; K not
verified: such a row is kept so that nobody looks for it again, and is never shown as fact.
"""

from __future__ import annotations

import csv
import io
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType

from ..errors import NoticeError, closest

NUMBERS = (
    "import_hours",
    "export_hours",
    "import_cut",
    "export_cut",
    "import_change",
    "export_change",
    "hours",
    "working_days",
    "value",
    "share_percent",
    "checked_at_port",
    "online",
    "not_networked",
    "via_single_window",
    "order",
)


def _folder() -> Traversable:
    return files(__package__).joinpath("published")


@cache
def tables() -> tuple[str, ...]:
    """The tables of published figures.

    >>> "refunds" in tables()
    True
    """
    found = (entry.name for entry in _folder().iterdir())
    return tuple(sorted(name.removesuffix(".csv") for name in found if name.endswith(".csv")))


@cache
def published(name: str) -> tuple[MappingProxyType, ...]:
    """Rows of one table: national_clearance, regional_clearance, stage_split, refunds,
    certificates, …

    Numbers are floats, empty cells None. NoticeError for an unknown table.

    >>> row = published("national_clearance")[0]
    >>> row["period_label"], row["import_hours"]
    ('2017', 97.39)
    """
    if name not in tables():
        what = f"no published table {name!r}"
        raise NoticeError(what, "published figures", closest(str(name), tables()))
    text = _folder().joinpath(f"{name}.csv").read_text(encoding="utf-8")
    rows = []
    for row in csv.DictReader(io.StringIO(text), strict=True):
        made = {k: float(v) if k in NUMBERS and v else v or None for k, v in row.items()}
        rows.append(MappingProxyType(made))
    return tuple(rows)


def citable(name: str) -> tuple[MappingProxyType, ...]:
    """Rows of one table that may be shown as fact: verified or worked out, never K.

    >>> sorted({row["confidence"] for row in citable("national_clearance")})
    ['V', 'V2']
    """
    return tuple(row for row in published(name) if row["confidence"] in ("V", "V2", "D"))


def base_year() -> str:
    """The year that cuts of national clearance times are announced against: the table's first row.

    >>> base_year()
    '2017'
    """
    return str(published("national_clearance")[0]["period_label"])


def compressions() -> tuple[dict, ...]:
    """Each national level against that of the base year, the table's first row: 1 - T / T(base) in
    percent, beside the cut that was published.

    Rows: direction, period, kind, hours, computed (percent), stated (percent, None where none was
    published), confidence, source.

    >>> row = next(r for r in compressions() if r["period"] == "2021-06")
    >>> round(row["computed"], 2), row["stated"]
    (62.34, 62.34)
    """
    rows = published("national_clearance")
    base, *later = rows
    made = []
    for row in later:
        for direction in ("import", "export"):
            hours = row[f"{direction}_hours"]
            if hours is None:
                continue
            made.append(
                {
                    "direction": direction,
                    "period": row["period_label"],
                    "kind": row["kind"],
                    "hours": hours,
                    "computed": 100 * (1 - hours / base[f"{direction}_hours"]),
                    "stated": row[f"{direction}_cut"],
                    "confidence": row["confidence"],
                    "source": row["source"],
                }
            )
    return tuple(made)


def contradictions(tolerance_hours: float = 0.05) -> tuple[dict, ...]:
    """Published figures that do not fit each other: a level against its stated cut, or against a
    later stated change.

    Rows: period, direction, figure, other (hours that the other statement implies), source, and
    that `statement` ("stated_cut" or "stated_change") with its figure and the period it is
    `said_of`.

    >>> [(row["period"], row["direction"], round(row["other"], 2)) for row in contradictions()]
    [('2019-12', 'export', 2.73)]
    """
    rows = {row["period_label"]: row for row in published("national_clearance")}
    found = []
    for made in compressions():
        # base and level are rounded too; a cut printed in whole percent says no more than half a
        # point
        rounding = 0.5 if made["stated"] is not None and made["stated"].is_integer() else 0.3
        if made["stated"] is not None and abs(made["computed"] - made["stated"]) > rounding:
            base = next(iter(rows.values()))[f"{made['direction']}_hours"]
            found.append(
                {
                    "period": made["period"],
                    "direction": made["direction"],
                    "figure": made["hours"],
                    "other": base * (1 - made["stated"] / 100),
                    "statement": "stated_cut",
                    "stated": made["stated"],
                    "said_of": made["period"],
                    "source": made["source"],
                }
            )
    for row in rows.values():
        for direction in ("import", "export"):
            change, earlier = row[f"{direction}_change"], rows.get(row["change_against"] or "")
            if change is None or earlier is None:
                continue
            implied = row[f"{direction}_hours"] - change
            if abs(implied - earlier[f"{direction}_hours"]) > tolerance_hours:
                found.append(
                    {
                        "period": earlier["period_label"],
                        "direction": direction,
                        "figure": earlier[f"{direction}_hours"],
                        "other": implied,
                        "statement": "stated_change",
                        "stated": change,
                        "said_of": row["period_label"],
                        "source": row["source"],
                    }
                )
    return tuple(found)
