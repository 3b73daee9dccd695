"""Page 00, the published record: true without any log."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from html import escape
from typing import Any

from ..notice import citable, compressions, contradictions, published
from ..notice.published import base_year
from ..results.charts.groups import bars
from ..results.charts.published import compression, published_levels
from ..results.words import has, say, term
from .blocks import LANG, Block, chart, table
from .wording import NONE, Html, number, period_words

SIDES = ("import", "export")
HALF = 50  # percent: the plan of 2018 asked for half of the base year
TABLES = ("national_clearance", "refunds", "certificates", "targets")


def _heads(lang: str, *codes: str) -> list[str]:
    return [say(f"field.{c}" if has(f"field.{c}") else f"record.{c}", lang) for c in codes]


def _period(row: Mapping[str, Any], lang: str) -> str:
    """The period of a figure as its source names it."""
    label = str(row.get(f"period_{lang}") or row["period_label"])
    span = re.fullmatch(r"since (\S+)|(\S+) to (\S+)", label)
    if not span:
        return label
    since, first, last = span.groups()
    return period_words(f"{since}.." if since else f"{first}..{last}", lang)


def _month(row: Mapping[str, Any], lang: str) -> str:
    from babel.dates import format_skeleton

    return format_skeleton("yMMMM", date.fromisoformat(str(row["from"])), locale=lang)


def _mark(row: Mapping[str, Any], lang: str) -> str:
    return say(f"confidence.{row['confidence']}", lang)


def _note(row: Mapping[str, Any], lang: str) -> str:
    return str(row.get(f"note_{lang}") or row["note"] or "")


def _cited(row: Mapping[str, Any], lang: str) -> Html:
    """Where a figure was read, and under it what must be known of it."""
    note = _note(row, lang)
    return Html(escape(str(row["source"])) + (f"<small>{escape(note)}</small>" if note else ""))


def _points(direction: str) -> list[dict[str, Any]]:
    made = []
    for row in citable("national_clearance"):
        hours, annual = row[f"{direction}_hours"], row["kind"] == "annual"
        if hours is not None and row["period_label"] != base_year():
            period = f"{row['from'][:4]}-07" if annual else row["from"][:7]
            point = {"period": period, "value": hours, "label": number(hours), "annual": annual}
            made.append(point)
    return made


def _plan() -> dict[str, Mapping[str, Any]]:
    """The targets that ask for half of the base year, by direction."""
    rows = (r for r in citable("targets") if (r["basis"] or "").startswith("half"))
    return {str(row["scope"]): row for row in rows}


def clearance_levels(lang: str = LANG, issued: date | None = None) -> Block:
    """National overall clearance times, with the level that the 2018 plan asked for; `issued`: the
    day of the notice that the report is on.
    """
    plan, rows = _plan(), citable("national_clearance")
    whole = [r for r in rows if all(r[f"{side}_hours"] is not None for side in SIDES)]
    before = [r for r in whole if r["kind"] == "month" and issued and r["to"] < str(issued)]
    last = (before or whole)[-1]
    hours = {f"{side}s": last[f"{side}_hours"] for side in SIDES}
    if before and all(last[f"{side}_hours"] < plan[side]["value"] for side in SIDES):
        title = say("record.levels_below", lang, month=_month(last, lang), **hours)
    else:
        title = say("record.levels", lang, period=_period(last, lang), **hours)
    words = {side: say(f"side.{side}", lang) for side in SIDES}
    figure = published_levels(
        {words[side]: _points(side) for side in SIDES},
        lang=lang,
        title=title,
        source=say("record.levels_source", lang),
        references={
            words[side]: [
                (plan[side]["value"], say("record.plan", lang, hours=plan[side]["value"]))
            ]
            for side in SIDES
        },
    )
    body = table(
        _heads(lang, "period", "imports_hours", "exports_hours", "confidence", "source_and_note"),
        [
            (
                _period(r, lang),
                *(number(r[f"{side}_hours"]) for side in SIDES),
                _mark(r, lang),
                _cited(r, lang),
            )
            for r in rows
        ],
        (1, 2),
    )
    levels = {f"{side}s": plan[side]["value"] for side in SIDES}
    document = {name: plan["import"][f"document_{name}"] for name in ("zh", "en")}
    note = say("record.levels_note", lang, document=document, **levels)
    return Block("", chart(figure, title) + body, note=note)


def compression_table(lang: str = LANG) -> Block:
    """Compression against the base year, recomputed beside what was announced."""
    rows = [r for r in compressions() if r["confidence"] != "K"]
    last = {side: [r for r in rows if r["direction"] == side][-1] for side in SIDES}
    base = next(r for r in citable("national_clearance") if r["period_label"] == base_year())
    cuts = {f"{side}s": last[side]["computed"] for side in SIDES}
    title = say("record.cuts", lang, period=last["import"]["period"], **cuts)
    words = {side: say(f"side.{side}", lang) for side in SIDES}
    series = [
        {
            "series": words[r["direction"]],
            "value": r["computed"],
            "period": r["period"] if "-" in r["period"] else f"{r['period']}-07",
        }
        for r in rows
    ]
    bases = {f"{side}s": base[f"{side}_hours"] for side in SIDES}
    figure = compression(
        series,
        lang=lang,
        title=title,
        reference=HALF,
        reference_words=say("record.plan_half", lang),
        source=say("record.cuts_source", lang, year=base_year(), **bases),
    )
    body = table(
        _heads(lang, "period", "direction", "hours", "computed", "announced", "confidence"),
        [
            (
                _period({"period_label": r["period"]}, lang),
                words[r["direction"]],
                number(r["hours"]),
                f"{r['computed']:.2f}%",
                NONE if r["stated"] is None else f"{r['stated']:g}%",
                _mark(r, lang),
            )
            for r in rows
        ],
        (2, 3, 4),
    )
    return Block("", chart(figure, title) + body)


def contradiction_table(lang: str = LANG) -> Block:
    """Published figures that do not fit each other."""
    rows = contradictions()
    body = table(
        _heads(lang, "period", "direction", "figure", "implied", "statement", "source"),
        [
            (
                r["period"],
                say(f"side.{r['direction']}", lang),
                number(r["figure"]),
                number(r["other"]),
                say(f"record.{r['statement']}", lang, value=r["stated"], said_of=r["said_of"]),
                r["source"],
            )
            for r in rows
        ],
        (2, 3),
    )
    return Block(say("record.contradictions", lang, n=len(rows)), body)


def refunds(lang: str = LANG) -> Block:
    """Refund times: targets and what was reported."""
    rows = citable("refunds")
    body = table(
        _heads(lang, "period", "kind", "scope", "working_days", "confidence", "source", "note"),
        [
            (
                _period(r, lang),
                say(f"refund_figure.{r['kind']}", lang),
                term("refund_scope", str(r["scope"]).replace(" ", "_"), lang),
                ("≤ " if r["rule"] == "at_most" else "") + f"{r['working_days']:g}",
                _mark(r, lang),
                r["source"],
                _note(r, lang),
            )
            for r in rows
        ],
        (3,),
    )
    return Block(_asked(lang), body, note=say("record.refunds_note", lang))


def _asked(lang: str) -> str:
    """The mean refund times that the notice of 2021 asks for, as a title."""
    rows = [r for r in citable("targets") if r["indicator"] == "refund_mean"]
    own = sorted((r for r in rows if r["origin"] == "notice"), key=lambda r: str(r["due"]))
    steps = [say("record.refund_step", lang, year=str(r["due"])[:4], days=r["value"]) for r in own]
    return say("record.refunds", lang, steps=steps)


def certificates(lang: str = LANG) -> Block:
    """Certificates checked at the port."""
    rows = [
        r
        for r in citable("certificates")
        if r["checked_at_port"] is not None and r["kind"] == "count"
    ]
    first, last = rows[0]["checked_at_port"], rows[-1]["checked_at_port"]
    title = say("record.certificates", lang, before=first, after=last)
    figure = bars(
        [{"label": _period(r, lang), "value": r["checked_at_port"]} for r in rows],
        title=title,
        source=say("record.sources", lang, pages=_pages(rows)),
        unit=say("unit.types", lang),
    )
    return Block("", chart(figure, title), note=say("record.certificates_note", lang))


def _pages(rows: Iterable[Mapping[str, Any]]) -> str:
    """The addresses that figures were read at, each once."""
    return " · ".join(dict.fromkeys(str(r["source"]).split(" ")[-1] for r in rows))


def unverified(lang: str = LANG) -> Block:
    """How many figures in circulation are left out because nobody could verify them."""
    count = sum(r["confidence"] == "K" for name in TABLES for r in published(name))
    return Block(say("record.unverified", lang, n=count), "")
