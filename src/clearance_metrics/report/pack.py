"""A pack: of every part of a log, such as every port, the pages of its own, set beside all."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from ..analysis.withholding import withholding
from ..assessment.assess import assess
from ..assessment.parts import assess_parts
from ..domain.arguments import brief
from ..engine.log import EventLog
from ..engine.part import Part
from ..engine.refusals import MissingColumn
from ..errors import LogError, ReportError
from ..notice import Notice
from ..results.assessment import Assessment
from ..results.block import Block
from ..results.findings import SILENT, own_of
from .notebooks import INDEX, read_notebook, said_of
from .outputs import Page, Prose
from .running import run_parts

FEWEST = 10  # cases that a cell of a part may tell of, where nobody says otherwise
LISTED = "parts.json"  # in the folder of a pack: the folders of its parts
RESERVED = frozenset({"con", "prn", "aux", "nul", "conin$", "conout$", "clock$"}) | {
    f"{device}{number}" for device in ("com", "lpt") for number in "0123456789\u00b9\u00b2\u00b3"
}
LONGEST = 60  # bytes of a folder's name
SIGNS = re.compile(r"[^\w\-]+")


@dataclass(frozen=True)
class PartOf:
    """A part of the log: its value, its cases, the folder of its pages, or the `why` (a code of
    words) of having none.
    """

    value: object
    n: int
    folder: str
    why: str = ""
    rows: Assessment | None = None
    hidden: frozenset[str] = frozenset()

    @property
    def counts(self) -> bool:
        """Whether an indicator counts any case of the part, withheld or not."""
        rows = self.rows.rows if self.rows is not None else ()
        return self.rows is None or any(
            row.n or row.n_open or row.indicator in self.hidden for row in rows
        )

    @property
    def judges(self) -> bool:
        """Whether any indicator of the notice itself is judged on its cases."""
        rows = own_of(self.rows.rows) if self.rows is not None else ()
        return self.rows is None or any(row.verdict not in SILENT for row in rows)


@dataclass(frozen=True)
class Plan:
    """Which parts of a log get pages of their own, and what they are held against."""

    column: str
    withhold: int | None
    whole: Assessment
    parts: tuple[PartOf, ...]
    without: int  # cases without a value
    seen: Assessment  # the whole as a part may see it

    @property
    def folder(self) -> str:
        """The folder of the pack, below that of a language."""
        return f"by-{folders_of([self.column])[self.column]}"

    @property
    def shown(self) -> list[PartOf]:
        """The parts with pages."""
        return [part for part in self.parts if not part.why]


def folders_of(values: Iterable[object]) -> dict[object, str]:
    """A folder's name for each value, safe on every system: letters, digits, - and _ stay, whatever
    their script; a value that is changed, is a device of Windows, or differs from another in case
    alone, gets eight signs of its hash.

    >>> folders_of(["\u6d77\u6e2f\u7532", "A/B", "CON"])
    {'\u6d77\u6e2f\u7532': '\u6d77\u6e2f\u7532', 'A/B': 'A_B-7f2d28a3', 'CON': 'CON-4ea91c4c'}
    """
    known = list(values)
    folded = [unicodedata.normalize("NFKC", str(value)).casefold() for value in known]
    made: dict[object, str] = {}
    for value, low in zip(known, folded, strict=True):
        text = unicodedata.normalize("NFC", str(value))
        plain = SIGNS.sub("_", text).encode()[:LONGEST].decode(errors="ignore")
        if plain != str(value) or not plain or low in RESERVED or folded.count(low) > 1:
            plain += f"-{sha256(repr(value).encode()).hexdigest()[:8]}"
        made[value] = plain
    return made


def planned(log: EventLog, notice: Notice, column: str, withhold: int | None) -> Plan:
    """The parts of the log by the column, each with its assessment; MissingColumn for what is no
    column of cases.

    A part of few cases has no pages, and where the others and the whole would give it back, neither
    has the next smallest.
    """
    if column not in log.columns:
        raise MissingColumn(column, log)
    counts = log.values(column)
    hidden, _ = withholding({(value,): n for value, n in counts.items()}, withhold)
    whole = assess(log, notice)
    rows, blanked, seen = assess_parts(log, notice, column, whole, withhold)
    values = sorted((v for v in counts if v is not None), key=lambda v: (-counts[v], str(v)))
    if not values:
        raise LogError(f"no case has a value of {column!r}", "by", "name another column")
    folders = folders_of(values)
    parts = [
        PartOf(
            value=value,
            n=counts[value],
            folder=folders[value],
            why=("few" if counts[value] < (withhold or 0) else "for_others")
            if (value,) in hidden
            else "",
            rows=rows[value],
            hidden=blanked[value],
        )
        for value in values
    ]
    return Plan(column, withhold, whole, tuple(parts), counts.get(None, 0), seen)


def check_fewest(withhold: int | None, by: str | None) -> None:
    """LogError for a bound of small cells that withholds nothing, and is not None, or that is set
    where no parts are asked for: the report of all shows everything.
    """
    what = f"withhold={brief(withhold)} withholds nothing"
    if withhold is not None and (type(withhold) is not int or withhold < 2):
        raise LogError(what, "withhold", "write a whole number from 2")
    if by is None and withhold not in (None, FEWEST):
        what = f"withhold={brief(withhold)} is for parts alone: the report of all shows everything"
        raise LogError(what, "withhold", "also name the column of the parts, such as --by port")


def steps_of(
    plan: Plan | None, notice: Notice, paths: Sequence[Path], files: Sequence[Sequence[str]]
) -> int:
    """How many pages and files a pack has; `files` are those beside the pages, by language."""
    shown = plan.shown if plan else []
    beside = sum(map(len, files))
    return sum(len(files) * len(pages_for(part, notice, paths)) + beside for part in shown)


def pages_for(part: PartOf, notice: Notice, paths: Sequence[Path]) -> list[Path]:
    """The notebooks that have something to say of a part: not those of published figures, and of a
    page of the notice only where a case of the part counts there, withheld or not. Where none
    counts anywhere, the first page says so by itself, and none `of_indicators` is left.
    """
    kept = []
    for path in paths:
        ours = said_of(read_notebook(path))
        if not part.counts and (path.stem == INDEX or ours.get("of_indicators")):
            continue
        page = ours.get("page")
        rows = part.rows.on(page).rows if page and part.rows else ()
        told = not page or any(row.n or row.indicator in part.hidden for row in rows)
        if told and not ours.get("published"):
            kept.append(path)
    return kept


def made_parts(
    plan: Plan,
    log: EventLog,
    notice: Notice,
    paths: Sequence[Path],
    languages: Sequence[str],
    *,
    parameters: Mapping[str, Any],
    work: Path,
    done: Callable[[], object],
) -> tuple[dict[str, dict[str, dict[Path, Page]]], dict[str, ReportError]]:
    """The pages of each part by its folder and language, each with its figures beside those of all;
    and the errors of parts that could not be made.
    """
    asked: dict[str, list[Path]] = {}
    told: dict[str, dict] = {}
    for part in plan.shown:
        place = work / part.folder
        Part(Path(parameters["log"]), {plan.column: part.value}, plan.withhold, part.hidden).write(
            place / "log"
        )
        scorecard = place / "scorecard.json"
        records = part.rows.to_dicts() if part.rows is not None else []
        scorecard.write_text(json.dumps(records, ensure_ascii=False), encoding="utf-8")
        asked[part.folder] = pages_for(part, notice, paths)
        own = {"log": str((place / "log").resolve()), "assessment": str(scorecard.resolve())}
        told[part.folder] = {**parameters, **own}
    pages, failed = run_parts(asked, languages, told, done)
    by_folder = {part.folder: part for part in plan.shown}
    made = {
        folder: {
            lang: {
                path: _beside(page, path, by_folder[folder], plan, log, lang)
                for path, page in zip(asked[folder], found, strict=True)
            }
            for lang, found in by_lang.items()
        }
        for folder, by_lang in pages.items()
    }
    return made, failed


def _beside(page: Page, path: Path, part: PartOf, plan: Plan, log: EventLog, lang: str) -> Page:
    """The page with its key figures beside those of all, below what it says first."""
    of = said_of(read_notebook(path)).get("page")
    if part.rows is None or (of is None and path.stem != INDEX):
        return page
    reader = log.using(lang=lang).only(plan.column, part.value).reader
    rows = part.rows._with(_reader=reader)
    block = (rows.on(of) if of else rows).beside(plan.seen, lang)
    first = next(
        (i for i, p in enumerate(page.parts) if isinstance(p, Block) and p.role == "lead"), None
    )
    if first is None:
        first = 0 if page.parts and isinstance(page.parts[0], Prose) else -1
    parts = (*page.parts[: first + 1], block, *page.parts[first + 1 :])
    return replace(page, parts=parts)
