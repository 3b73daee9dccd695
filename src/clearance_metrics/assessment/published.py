"""published(), compressions(), contradictions(): the citable record, which needs no log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, TypeVar

from ..domain.reader import Reader
from ..notice import Notice, load_notice
from ..notice.published import base_year, citable, tables
from ..notice.published import compressions as _compressions
from ..notice.published import contradictions as _contradictions
from ..notice.published import published as _published
from ..results.published import SIDES, ListedRow, Published, PublishedList, PublishedRow
from ..results.recomputed import (
    CompressionRow,
    Compressions,
    ContradictionRow,
    Contradictions,
)
from ..results.table import ResultTable
from ..results.words import LANGUAGES, check_language
from ..statistics.reasons import Reason

UNVERIFIED = "K"
NATION = "China"
HOURS = {"import_hours": "import", "export_hours": "export"}
# the columns of each table that hold its figures, as the figures are called
FIGURES: Mapping[str, Mapping[str, str]] = {
    "national_clearance": HOURS,
    "regional_clearance": HOURS,
    "stage_split": {"hours": "hours"},
    "refunds": {"working_days": "working_days"},
    "certificates": {
        name: name for name in ("checked_at_port", "online", "not_networked", "via_single_window")
    },
}
UNITS = {"refunds": "working_days", "certificates": "types"}  # the others': hours, or in the row
Told = TypeVar("Told", bound=ResultTable)


def published(table: str, *, lang: str = "en", notice: Notice | str | None = None) -> Published:
    """The figures that authorities published, of one table of the record, each with its period,
    unit, how sure it is, its source and a note; `list_published()` lists the tables.

    No log is needed, and so none says the language: `lang` is that of the answer. With a `notice`
    the finding says where its subject stood before it was issued. Statements that nobody could
    verify are never rows; the answer counts them. NoticeError for a table that is not there.

    >>> found = published("refunds")
    >>> found[0].period, found[0].value, found[0].unit, found[0].confidence
    ('2018', 13.0, 'working_days', 'V2')
    >>> print(published("national_clearance").headline())
    Published overall clearance time, 2022: import 32.02 h, export 1.03 h
    """
    rows = tuple(_figures(table))
    found = Published(rows=rows, name=table, left_out=_unverified(table))
    issued = load_notice(notice) if isinstance(notice, str) else notice
    told = {"_bases": _bases()} | FINDINGS.get(table, lambda _: {})(issued)
    return _for(lang, found, told)


def list_published(*, lang: str = "en") -> PublishedList:
    """The tables of the published record, with the citable figures of each and the statements in
    circulation that are left out because nobody could verify them.

    >>> [row.name for row in list_published() if row.left_out > 1]
    ['targets']
    """
    rows = tuple(
        ListedRow(name=name, figures=_count(name), left_out=_unverified(name)) for name in tables()
    )
    return _for(lang, PublishedList(rows=rows), {})


def compressions(*, lang: str = "en") -> Compressions:
    """How far national clearance times are below the base year, in percent: recomputed beside what
    was announced, for every level that is citable.

    >>> row = next(row for row in compressions() if row.period == "2021-06")
    >>> row.direction, round(row.computed, 2), row.announced
    ('import', 62.34, 62.34)
    """
    every = _compressions()
    rows = tuple(
        CompressionRow(announced=row["stated"], **{k: row[k] for k in row if k != "stated"})
        for row in every
        if row["confidence"] != UNVERIFIED
    )
    base = citable("national_clearance")[0]
    found = Compressions(
        rows=rows,
        base={side: base[f"{side}_hours"] for side in SIDES},
        base_year=base_year(),
        left_out=_unverified("national_clearance"),
    )
    return _for(lang, found, {})


def contradictions(*, lang: str = "en") -> Contradictions:
    """Citable figures that do not fit each other: a level against its announced cut, or against a
    change that was announced later.

    >>> [(row.period, row.direction, round(row.implied, 2)) for row in contradictions()]
    [('2019-12', 'export', 2.73)]
    """
    known = {row["period_label"] for row in citable("national_clearance")}
    rows = tuple(
        ContradictionRow(implied=row["other"], **{k: row[k] for k in row if k != "other"})
        for row in _contradictions()
        if {row["period"], row["said_of"]} <= known
    )
    return _for(lang, Contradictions(rows=rows), {})


def _for(lang: str, found: Told, told: Mapping[str, Any]) -> Told:
    """The answer with the language it speaks and what was found."""
    return found._with(_reader=Reader(lang=check_language(lang)), **told)


def _unverified(table: str) -> int:
    return sum(row["confidence"] == UNVERIFIED for row in _published(table))


def _count(table: str) -> int:
    return sum(row.value is not None for row in _figures(table))


def _figures(table: str) -> Iterator[PublishedRow]:
    """A row per figure of each citable statement; a statement without any is a row by itself."""
    columns = FIGURES.get(table, {"value": "value"})
    for entry, row in enumerate(citable(table)):
        given = [column for column in columns if row[column] is not None]
        for column in given or list(columns)[:1]:
            yield PublishedRow(
                entry=entry,
                figure=columns[column],
                value=row[column],
                unit=row.get("unit") or UNITS.get(table, "" if column == "value" else "hours"),
                rule=row.get("rule") or "",
                clock=row.get("clock") or ("overall" if table == "national_clearance" else ""),
                kind=row.get("kind") or row.get("direction") or "",
                scope=row.get("scope") or row.get("stage") or "",
                period=_period(row),
                first=row["from"],
                last=row.get("to") or row.get("due"),
                confidence=row["confidence"],
                source=row["source"],
                **_texts(row),
            )


def _period(row: Mapping[str, Any]) -> str:
    """The period as its source names it; spans as "first..last", open on a side."""
    if "period_label" not in row:
        due = row.get("due")
        return f"{row['from'] or ''}..{due or ''}" if row["from"] or due else ""
    label = str(row["period_label"])
    if label.startswith("since "):
        return f"{label.removeprefix('since ')}.."
    return label.replace(" to ", "..")


def _texts(row: Mapping[str, Any]) -> dict[str, str]:
    """The texts that a figure brings in two languages; its English stands in for missing ones."""

    def first(*names: str) -> str:
        return next((str(row[name]) for name in names if row.get(name)), "")

    told = {"period_zh": first("period_zh")}
    for lang in ("zh", "en"):
        told[f"where_{lang}"] = first(*(f"{n}_{lang}" for n in ("place", "port", "document")))
        told[f"about_{lang}"] = first(*(f"{n}_{lang}" for n in ("about", "operation", "stage")))
        told[f"note_{lang}"] = first(f"note_{lang}", "note")
    if row.get("scope_zh"):
        told |= {"about_zh": first("scope_zh"), "about_en": first("scope")}
    return told


def _bases() -> dict[str, float]:
    """The nation's figures of the base year, by named clock."""
    rows = [r for r in citable("national_clearance") if r["kind"] == "annual"]
    rows += [r for r in citable("regional_clearance") if r["place_en"] == NATION]
    found: dict[str, float] = {}
    for row in rows:
        # a single month is no base for a year
        if str(row["from"]).startswith(base_year()) and row["kind"] != "month":
            for side in SIDES:
                found.setdefault(f"{side}_{row.get('clock', 'overall')}", row[f"{side}_hours"])
    return found


def _levels(issued: Notice | None) -> dict[str, Any]:
    """The last level there is, or where levels stood before a notice that came later; and the
    levels that the plan of 2018 asked for.
    """
    rows, plan = citable("national_clearance"), _plan()
    levels = {side: row["value"] for side, row in plan.items()}
    whole = [r for r in rows if all(r[f"{side}_hours"] is not None for side in SIDES)]
    before = [r for r in whole if r["kind"] == "month" and issued and r["to"] < str(issued.issued)]
    last = (before or whole)[-1]
    hours = {f"{side}s": last[f"{side}_hours"] for side in SIDES}
    if before and all(last[f"{side}_hours"] < levels[side] for side in SIDES):
        finding = Reason("record.levels_below", month=_month(last["from"]), **hours)
    else:
        finding = Reason("record.levels", period=last["period_label"], **hours)
    document = {lang: plan["import"][f"document_{lang}"] for lang in LANGUAGES}
    asked = {f"{side}s": levels[side] for side in SIDES}
    remarks = (Reason("record.levels_note", document=document, **asked),)
    if issued and not issued.sets_hours:
        remarks = (Reason("record.levels_unset"), *remarks)
    return {"_finding": finding, "_remarks": remarks, "_levels": levels}


def _plan() -> dict[str, Mapping[str, Any]]:
    """The targets that ask for half of the base year, by direction."""
    rows = (r for r in citable("targets") if (r["basis"] or "").startswith("half"))
    return {str(row["scope"]): row for row in rows}


def _month(day: str) -> dict[str, str]:
    """The month of a day, in each language."""
    from babel.dates import format_skeleton

    first = date.fromisoformat(day)
    return {lang: format_skeleton("yMMMM", first, locale=lang) for lang in LANGUAGES}


def _refunds(_issued: Notice | None) -> dict[str, Any]:
    """The mean refund times that the notice of 2021 asks for."""
    rows = [r for r in citable("targets") if r["indicator"] == "refund_mean"]
    own = sorted((r for r in rows if r["origin"] == "notice"), key=lambda r: str(r["due"]))
    steps = [Reason("record.refund_step", year=str(r["due"])[:4], days=r["value"]) for r in own]
    note = Reason("record.refunds_note")
    return {"_finding": Reason("record.refunds", steps=steps), "_remarks": (note,)}


def _certificates(_issued: Notice | None) -> dict[str, Any]:
    """From how many types to how many."""
    rows = [r for r in citable("certificates") if r["kind"] == "count"]
    counts = [r["checked_at_port"] for r in rows if r["checked_at_port"] is not None]
    finding = Reason("record.certificates", before=counts[0], after=counts[-1])
    both = next(r for r in rows if r["online"] and r["via_single_window"] and r["period_zh"])
    facts = {"online": both["online"], "through": both["via_single_window"]}
    period = {"zh": both["period_zh"], "en": both["period_label"]}
    note = Reason("record.certificates_note", period=period, **facts)
    return {"_finding": finding, "_remarks": (note,)}


FINDINGS = {"national_clearance": _levels, "refunds": _refunds, "certificates": _certificates}
