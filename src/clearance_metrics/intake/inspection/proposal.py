"""The whole mapping that files ask for: one [[file]] each, and what they share."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from ...errors import ClearanceError, InputError, OutputError
from ..keys import ENDINGS
from ..together import ATTRIBUTES
from .column_proposed import Line
from .columns_seen import columns
from .display import html, plain
from .file_proposed import FilePlan, proposed
from .joined import joined
from .layouts import laid
from .names_meant import is_zone
from .said import Said, check_language, languages
from .sampling import gathered, samples
from .times_seen import TimesSeen
from .written import decisions, written

USUAL = 3  # columns that share formats or texts of "no value", from which they are said once
KIND_BY = ("cases", "wide", "events", "charges", "charge_list", "waivers", "limits")
HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Inspection:
    """What files of unknown kind were found to be, and the mapping proposed for them.

    `files` has what was found file by file, `unread` those that cannot be read at all, each with
    why. Shown in a notebook it is a table of columns, first values, and what is proposed.
    """

    name: str
    files: tuple[FilePlan, ...]
    head: tuple[Line, ...]
    defaults: tuple[Line, ...] = ()
    unread: tuple[ClearanceError, ...] = ()
    folder: Path = field(default_factory=Path)
    lang: str = "zh"

    @property
    def decisions(self) -> list[str]:
        """What a person must decide, in the order of the mapping."""
        return decisions(self, self.lang)

    def toml(self, lang: str | None = None) -> str:
        """The text of dataset.toml, its comments in a language (by default that of the look)."""
        return written(self, check_language(lang or self.lang))

    def write(self, path: str | Path = "dataset.toml", lang: str | None = None) -> Path:
        """Write dataset.toml; OutputError if something stands there already."""
        target = Path(path)
        text = written(self, check_language(lang or self.lang), target.parent)
        try:
            with target.open("x", encoding="utf-8", newline="\n") as out:
                out.write(text)
        except FileExistsError:
            raise OutputError(
                "a mapping stands there already", str(target), "name another file, or move it"
            ) from None
        except OSError as error:
            told = error.strerror or str(error)
            raise OutputError(
                f"the mapping cannot be written: {told}", str(target), "name another folder"
            ) from None
        return target

    def __str__(self) -> str:
        return plain(self, self.lang)

    def _repr_html_(self) -> str:
        return html(self, self.lang)


def inspect_files(
    paths: str | Path | Iterable[str | Path], name: str | None = None, lang: str = "zh"
) -> Inspection:
    """Look at files of unknown kind and propose the dataset.toml that reads them.

    `paths` are files, or folders whose files are taken (`name` is the dataset's, by default the
    folder's). Each proposed line says how sure it is and why; what a person must decide is marked
    in the language `lang` ("zh" or "en"), with a default so that the mapping loads. Of large files
    the head, the end and rows at even distances are looked at. InputError if no file can be read.

    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "log.csv"
    >>> _ = file.write_text("entry no,status,time\\nA,declared,2021-09-01 08:00\\n"
    ...                     "A,released,2021-09-01 09:00\\n")
    >>> found = inspect_files(file, lang="en")
    >>> found.files[0].laid.role, found.files[0].line("milestones", "released").value
    ('events', 'customs_released')
    """
    check_language(lang)
    given = [Path(p) for p in ([paths] if isinstance(paths, str | Path) else paths)]
    chosen = _files(given)
    if not chosen:
        where = ", ".join(map(str, given))
        raise InputError("there is no file to look at", where, "name files, or a folder of them")
    found, unread = [], []
    for path in chosen:
        try:
            found += samples(path)
        except ClearanceError as error:
            unread.append(error)
    if not found:
        raise unread[0]
    looks = [laid(sample, columns(sample)) for sample in gathered(found)]
    taken: dict[str, str] = {}
    plans = [proposed(file, taken) for file in joined(looks)]
    plans, usual = _said_once(_kinds_once(_cases_first(plans)))
    folder = Path(os.path.commonpath([path.resolve().parent for path in chosen]))
    named = _named(name or folder.name)
    return Inspection(
        name=named,
        files=tuple(plans),
        head=tuple(_head(plans, named)),
        defaults=tuple(usual),
        unread=tuple(unread),
        folder=folder,
        lang=lang,
    )


def _files(given: Sequence[Path]) -> list[Path]:
    """The files named, and those in folders named; each once, dataset.toml and the like apart."""
    found: list[Path] = []
    for path in given:
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.is_file())
            found += [p for p in inside if not p.name.startswith((".", "~$")) and _raw(p)]
        elif path.suffix.lower() != ".toml":
            # a pattern such as raw/* takes the mapping too, once it is there
            found.append(path)
    return list(dict.fromkeys(found))


def _raw(path: Path) -> bool:
    return path.suffix.lower() not in (".toml", ".json", ".md", ".py", ".ipynb", ".log", ".pdf")


def _named(text: str) -> str:
    """A name that a folder can have."""
    bare = re.sub(rf"(\.({'|'.join((*ENDINGS, 'gz', 'zip'))}))+$", "", text, flags=re.IGNORECASE)
    kept = re.sub(r"[^\w-]+", "-", bare).strip("-_")
    return kept[:60] or "dataset"


def _kinds_once(plans: Sequence[FilePlan]) -> list[FilePlan]:
    """The kind of a case is told by one file: those that share its cases need no constant."""
    order = sorted(range(len(plans)), key=lambda i: KIND_BY.index(plans[i].laid.role))
    made = list(plans)
    told: set[str] = set()
    for i in sorted(order, key=lambda i: _unsure(plans[i].line("columns", "kind"))):
        line = plans[i].line("columns", "kind")
        if line and _constant(line) and told & set(plans[i].shared):
            kept = tuple(one for one in plans[i].lines if one is not line)
            made[i] = replace(plans[i], lines=kept)
        elif line:
            told.add(plans[i].laid.sample.title)
    return made


def _unsure(line: Line | None) -> tuple[bool, bool]:
    """A column goes before a constant, and one that is read before one that must be asked."""
    return _constant(line), line is not None and line.sure == "ask"


def _cases_first(plans: Sequence[FilePlan]) -> list[FilePlan]:
    """Of files that share cases the one with the most comes first, and a wide one after it tells
    more of them: a case of it stands on several rows.
    """
    about = [i for i, plan in enumerate(plans) if plan.laid.role in ATTRIBUTES and _cases(plan)]
    titles = {plans[i].laid.sample.title for i in about}
    about = [i for i in about if titles & set(plans[i].shared)]
    order = sorted(about, key=lambda i: (plans[i].laid.role != "cases", -_cases(plans[i])))
    made, told = list(plans), set[str]()
    for place, i in zip(about, order, strict=True):
        plan = plans[i]
        before = [title for title in plan.shared if title in told]
        if before and plan.laid.role == "wide" and plan.line("", "several_rows") is None:
            line = Line("", "several_rows", True, "likely", (Said("told_in", file=before[0]),))
            head = sum(one.table == "" for one in plan.lines)
            plan = replace(plan, lines=(*plan.lines[:head], line, *plan.lines[head:]))
        told.add(plan.laid.sample.title)
        made[place] = plan
    return made


def _cases(plan: FilePlan) -> int:
    """How many cases a file tells of."""
    line = plan.line("columns", "case_id")
    return line.column.distinct if line and line.column else 0


def _constant(line: Line | None) -> bool:
    return line is not None and isinstance(line.value, dict) and "constant" in line.value


def _said_once(plans: Sequence[FilePlan]) -> tuple[list[FilePlan], list[Line]]:
    """Formats and texts of "no value" that several columns share are said once, in [defaults]."""
    usual, kept = [], list(plans)
    for key in ("formats", "no_value"):
        seen: Counter = Counter()
        for line in _lines(kept):
            if isinstance(line.value, dict) and key in line.value:
                seen[tuple(line.value[key])] += 1
        several = [texts for texts, n in seen.most_common() if n >= USUAL]
        if several and _safe(several[0], key, kept):
            usual.append(
                Line(
                    "defaults", key, list(several[0]), "sure", (Said("usual", n=seen[several[0]]),)
                )
            )
            kept = [
                replace(p, lines=tuple(_without(x, key, several[0]) for x in p.lines)) for p in kept
            ]
    return kept, usual


def _lines(plans: Sequence[FilePlan]) -> list[Line]:
    return [line for plan in plans for line in plan.lines]


def _safe(texts: tuple[str, ...], key: str, plans: Sequence[FilePlan]) -> bool:
    """Whether other columns can be read with these as well: formats never do harm, but a text that
    means "no value" here can be a value there.
    """
    if key == "formats":
        return True
    for plan in plans:
        for line in plan.lines:
            mapped = line.column
            own = line.value.get(key, ()) if isinstance(line.value, dict) else ()
            if mapped and any(t in mapped.told and t not in own for t in texts):
                return False
    return True


def _without(line: Line, key: str, texts: tuple[str, ...]) -> Line:
    if not isinstance(line.value, dict) or tuple(line.value.get(key, ())) != texts:
        return line
    left = {k: v for k, v in line.value.items() if k != key}
    return replace(line, value=left["column"] if list(left) == ["column"] else left)


def _head(plans: Sequence[FilePlan], name: str) -> Iterable[Line]:
    """[dataset]: titles, zone, the last day, and the days that can be."""
    yield from _titles(name)
    timed = [times for plan in plans for times in _times(plan)]
    headers = [h for plan in plans for h in plan.laid.sample.headers]
    chinese = any(HAN.search(h) for h in headers)
    naive = any(
        not t.zones and not t.date_only and t.number not in ("seconds", "milliseconds")
        for plan in plans
        if not any(map(is_zone, plan.laid.columns))
        for t in _times(plan)
    )
    asks = (Said("ask_timezone"),) if naive and not chinese else ()
    why = Said("zone_chinese" if chinese else "zone_open" if naive else "zone_unused")
    yield Line("dataset", "timezone", "Asia/Shanghai", "ask" if asks else "likely", (why,), asks)
    charged = [times for plan in plans for times in _times(plan, ("charges",), "charged_on")]
    lasts = [t.last for t in (timed or charged) if t.last]
    firsts = [t.first for t in (*timed, *charged) if t.first]
    if lasts:
        last = max(lasts)
        latest = max(t.last for t in (*timed, *charged) if t.last)
        yield Line("dataset", "as_of", last, "ask", (), (Said("ask_as_of", day=str(last)),))
        span = [date(max(min(firsts).year - 1, 1), 1, 1), date(min(latest.year + 1, 9998), 12, 31)]
        why = Said("days_seen", first=str(min(firsts)), last=str(latest))
        yield Line("dataset", "plausible", span, "likely", (why,))


def _titles(name: str) -> Iterable[Line]:
    """What pages call the dataset, in each language, and a line for who gave the files: a name that
    is Chinese is a title in itself.
    """
    for lang in sorted(languages(), reverse=True):
        han = lang == "zh" and HAN.search(name)
        title = name if han else Said("title", name=name).text(lang)
        yield Line("dataset", f"title_{lang}", title, "likely", (Said("title_shown"),))
    yield Line("dataset", "source", "…", "likely", (Said("source_shown"),), off=True)


def _times(
    plan: FilePlan, roles: Sequence[str] = ("events", "wide"), key: str = "time"
) -> list[TimesSeen]:
    """The times of a file's milestones, or of one key; of a time of day, those of its day."""
    laid, found = plan.laid, []
    for line in plan.lines if laid.role in roles else ():
        header = line.column.header if line.column else ""
        if header and not line.off and (line.table == "milestones" or line.key == key):
            columns = [laid.column(h) for h in {header, laid.days.get(header, header)}]
            found += [c.times for c in columns if c and c.times]
    return found
