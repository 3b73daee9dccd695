"""The page above a pack: its parts with what each found, and those that have no pages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from ..engine.log import EventLog
from ..errors import ReportError
from ..results.block import Block, Text
from ..results.display import head_word
from ..results.side_by_side import BESIDE
from ..results.wording import data_of, word_of
from ..results.words import figure, say
from ..statistics.reasons import Reason
from .cards import lead_of
from .outputs import Page, Prose
from .pack import LISTED

if TYPE_CHECKING:
    from .pack import PartOf, Plan

INDEX = "index.html"
KIND = "kind"  # the column of what a case is


def first_of(part: PartOf, plan: Plan, log: EventLog, pages: Mapping[str, Page]) -> Page:
    """The first page of a part of which no indicator counts a case: that, why, and the pages that
    it has all the same.
    """
    lang = log.lang
    known = log.values(KIND) if KIND in log.columns else {}
    kinds = [
        word_of(log.reader, KIND, str(kind), lang)
        for kind, n in known.items()
        if kind is not None and n >= (plan.withhold or 0)
    ]
    told = Reason("part.of_kinds", kinds=say("mark.list", lang).join(kinds)) if kinds else ""
    if not set(known) - {None}:
        told = Reason("part.of_no_kind")
    value = word_of(log.reader, plan.column, str(part.value), lang)
    why = Text(say("part.none_counts", lang, n=part.n, kinds=told))
    lead = Block(say("part.judges_nothing", lang, value=value), (why,), role="lead")
    links = "\n".join(f"- [{page.title}]({quote(name)})" for name, page in pages.items())
    return Page(say("report.overview", lang), (lead, Prose(links)) if links else (lead,))


def finding_of(page: Page, part: PartOf, lang: str) -> str:
    """How the part stands beside all, and that nothing is judged if so; where the first cannot be
    said, what the page says first.
    """
    if not part.counts:
        return say("part.out_of_reach", lang)
    judges = part.judges
    lead, parts = lead_of(page)
    beside = next((p for p in parts if isinstance(p, Block) and p.role == BESIDE), None)
    if beside is not None and (judges or beside.parts):
        return beside.title if judges else say("part.unjudged", lang, told=beside.title)
    return lead.title if lead is not None else page.title


def told_of_failed(failed: Mapping[str, ReportError], plan: Plan | None) -> ReportError:
    """One error for the parts whose pages could not be made."""
    parts = {part.folder: part for part in plan.shown} if plan else {}
    named = ", ".join(str(parts[folder].value) for folder in failed)
    first = next(iter(failed.values()))
    what = f"the pages of {named} could not be made, all others are written: {first.what}"
    return ReportError(what, first.where, first.remedy)


def write_parts(
    folder: Path,
    plan: Plan,
    log: EventLog,
    findings: Mapping[tuple[str, str], str],
    failed: Mapping[str, ReportError],
) -> None:
    """Write the index of the parts; the pages of parts that have none any more are taken away."""
    from jinja2 import Environment, StrictUndefined

    folder.mkdir(parents=True, exist_ok=True)
    lang, place = log.lang, files(__package__)
    made = [part for part in plan.shown if (lang, part.folder) in findings]
    kept = {part.folder for part in plan.shown}
    for name in sorted(_earlier(folder) - kept):
        _take_away(folder / name)
    others = []
    for part in plan.parts:
        if part.folder in failed:
            others.append((part, say("part.failed", lang, why=failed[part.folder].what)))
        elif part.why:
            others.append((part, say(f"part.{part.why}", lang, k=plan.withhold)))
    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    text = environment.from_string(place.joinpath("parts.html").read_text(encoding="utf-8")).render(
        made=[(p, _opened(folder / p.folder), findings[lang, p.folder]) for p in made],
        others=others,
        plan=plan,
        column=head_word(plan.column, lang),
        data=data_of(log.reader, lang),
        value=lambda part: word_of(log.reader, plan.column, str(part.value), lang),
        count=lambda n: figure(n, 0, lang),
        style=place.joinpath("page.css").read_text(encoding="utf-8"),
        say=lambda code, **facts: say(code, lang, **facts),
        log=log,
    )
    (folder / INDEX).write_text(text, encoding="utf-8")
    told = {"column": plan.column, "folders": sorted(p.folder for p in made)}
    (folder / LISTED).write_text(json.dumps(told, ensure_ascii=False) + "\n", encoding="utf-8")


def _opened(folder: Path) -> str:
    """The file by which a part is opened: its first page, or another form of it."""
    from .forms import NAMES

    here = next((name for name in (INDEX, *NAMES) if (folder / name).is_file()), INDEX)
    return f"{folder.name}/{here}"


def _earlier(folder: Path) -> set[str]:
    """The parts that an earlier run left there."""
    try:
        told = json.loads((folder / LISTED).read_text(encoding="utf-8"))["folders"]
        return {name for name in told if isinstance(name, str) and name == Path(name).name}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def _take_away(folder: Path) -> None:
    """Take away the files that a report wrote, and the folder if nothing else is in it."""
    try:
        run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        names = {*run["pages"], "run.json", "scorecard.json"}
    except (OSError, ValueError, KeyError, TypeError):
        return
    for name in names:
        if name == Path(name).name:
            (folder / name).unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()
