"""Notebooks on one log become pages, a scorecard and a record of the run."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import quote

from .. import __version__
from ..assessment.assess import assess
from ..domain.work_folders import work_folder
from ..engine.asking import day_of
from ..engine.log import EventLog
from ..errors import OutputError, ReportError
from ..notice import Notice, load_notice
from ..results.assessment import Assessment
from ..results.wording import data_of
from ..results.words import check_language, say, texts_of
from .forms import ALL, HTML, LETTER, NAMES, check_forms, files_of, write_forms
from .furniture import furnished
from .index import write_index
from .kernels import Kernels
from .letter import dated
from .notebooks import INDEX, notebooks_for, notebooks_in, suite
from .outputs import Page, Prose
from .pack import FEWEST, Plan, check_fewest, made_parts, planned, steps_of
from .pack_index import finding_of, first_of, told_of_failed, write_parts
from .running import run_notebooks
from .typeset import html_of

LANG = "zh"  # of pages, where nobody says otherwise
MARKS, BARE = re.compile(r"([\\`*_{}\[\]()<>#|$~!])"), r"\\\1"  # of Markdown in a title
PACKAGES = (
    "duckdb",
    "matplotlib",
    "numpy",
    "pandas",
    "polars",
    "pyarrow",
    "scipy",
    "sqlglot",
)


@dataclass(frozen=True)
class Asked:
    """What a report is about: a log, a notice, a day, and the forms it is written in."""

    log: EventLog
    notice: Notice
    languages: tuple[str, ...]
    forms: tuple[str, ...]

    @property
    def day(self) -> str:
        """The day up to which the log is complete."""
        return str(self.log.as_of)

    def in_language(self, lang: str) -> EventLog:
        """The log, read in a language."""
        return self.log.using(lang=lang)


def build_report(
    log: str | Path,
    *,
    notice: str = "cn-2021-85",
    notebooks: str | Path | None = None,
    out: str | Path = "reports",
    as_of: str | None = None,
    calendar: Path | None = None,
    languages: Iterable[str] = (LANG,),
    formats: Iterable[str] = ALL,
    by: str | None = None,
    withhold: int | None = FEWEST,
    progress: bool = False,
    begun: Kernels | None = None,
) -> Path:
    """Run the notebooks on the log and write, for each language, a folder `out`/dataset/language
    with index.html, a page each, scorecard.json, run.json, and the same as PDF, Word and workbook;
    above them `out`/index.html leads to every report there is.

    `by` adds a pack: for every value of that column of cases, such as each port, the same pages in
    `out`/dataset/language/by-port/value, set beside all, and an index of them above. There, cells
    of fewer than `withhold` cases are withheld (None: none are), and others with them where the
    total would give them back; a part of so few has no pages; without `by` nothing is withheld, and
    another bound than the usual a LogError. Where the pages of a part fail, the
    others are written and a ReportError names it.

    `begun` are kernels that start already, for a process of one's own that has more to load first.

    Any notebook of the folder (by default the suite's) becomes a page; one of the suite on
    something that neither the notice nor the log knows is left out. Nothing in `out` changes unless
    everything could be made. Returns the path of the first index.html, or of the first file where
    no pages are asked for. Raises LogError without an as-of day, CalendarError and NoticeError as
    `assess` does, ReportError when a notebook fails or a form is not known.

    >>> build_report("nowhere")
    Traceback (most recent call last):
    clearance_metrics.errors.InputError: no log is here: dataset.json or receipt.json is missing
      where: nowhere
      do: ...
    """
    from tqdm import tqdm

    check_fewest(withhold, by)
    languages = tuple(dict.fromkeys(check_language(lang) for lang in languages))
    found_log = EventLog.open(log).using(as_of=as_of, calendar=calendar)
    day_of(found_log)  # an error where there is none
    asked = Asked(found_log, load_notice(notice).suited(found_log), languages, check_forms(formats))
    found = notebooks_for(found_log, asked.notice, notebooks_in(Path(notebooks or suite())))
    out = Path(out)
    plan = planned(found_log, asked.notice, by, withhold) if by else None
    own = str(notice).endswith(".toml")
    parameters = {
        "log": str(Path(log).resolve()),
        "notice": str(Path(notice).resolve()) if own else str(notice),
        "as_of": asked.day,
        "calendar": str(calendar.resolve()) if calendar else None,
    }
    steps = 1 + sum(len(found) + len(files_of(asked.forms, lang)) for lang in languages)
    steps += steps_of(plan, asked.notice, found, [files_of(asked.forms, la) for la in languages])
    failed: dict[str, ReportError] = {}
    hidden = None if progress else True
    with (
        work_folder(out, ".building-") as work,
        tqdm(total=steps, unit="page", disable=hidden, leave=False) as bar,
    ):
        known = plan.whole if plan else None
        pages = _pages(asked, found, parameters, work, bar.update, known=known, begun=begun)
        with _told(out):
            for lang in languages:
                made = {
                    f"{path.stem}.html": page for path, page in zip(found, pages[lang], strict=True)
                }
                made = {f"{INDEX}.html": _contents(made, lang)} | made
                made = {name: furnished(page, lang) for name, page in made.items()}
                _write(asked, made, work, lang, bar.update, pack=plan.folder if plan else None)
            for lang in languages:
                _publish(work / lang, out / asked.log.name / lang)
            if plan is not None:
                failed = _pack(asked, plan, found, parameters, work / "parts", out, bar.update)
            write_index(out, languages[0])
    if failed:
        raise told_of_failed(failed, plan)
    first = out / asked.log.name / languages[0]
    return first / ("index.html" if HTML in asked.forms else files_of(asked.forms, first.name)[0])


def _pack(
    asked: Asked,
    plan: Plan,
    found: Sequence[Path],
    parameters: dict,
    work: Path,
    out: Path,
    done: Callable[[], object],
) -> dict[str, ReportError]:
    """Write the pages of each part, and above them the index; the errors by the part's folder."""
    made, failed = made_parts(
        plan,
        asked.log,
        asked.notice,
        found,
        asked.languages,
        parameters=parameters,
        work=work,
        done=done,
    )
    findings: dict[tuple[str, str], str] = {}
    for part in plan.shown:
        if part.folder in failed:
            continue
        own = replace(asked, log=asked.log.only(plan.column, part.value))
        place = work / part.folder
        for lang in asked.languages:
            pages = {f"{path.stem}.html": page for path, page in made[part.folder][lang].items()}
            here = own.in_language(lang)
            first = _contents(pages, lang) if part.counts else first_of(part, plan, here, pages)
            pages = {f"{INDEX}.html": first} | pages
            pages = {name: furnished(page, lang) for name, page in pages.items()}
            within = f"{plan.folder}/{part.folder}/"
            _write(own, pages, place, lang, done, within=within)
            _publish(place / lang, out / asked.log.name / lang / within)
            findings[lang, part.folder] = finding_of(pages[f"{INDEX}.html"], part, lang)
    for lang in asked.languages:
        folder = out / asked.log.name / lang / plan.folder
        write_parts(folder, plan, asked.in_language(lang), findings, failed)
    return failed


@contextmanager
def _told(out: Path) -> Iterator[None]:
    """What cannot be written, such as a file that a program holds open, is told as such."""
    try:
        yield
    except OSError as error:
        where = str(error.filename2 or error.filename or out)
        remedy = "close the file where it is open, make room, or name another folder"
        raise OutputError(f"cannot write: {error.strerror or error}", where, remedy) from None


def _pages(
    asked: Asked,
    found: Sequence[Path],
    parameters: dict,
    work: Path,
    done: Callable[[], object],
    *,
    known: Assessment | None = None,
    begun: Kernels | None = None,
) -> dict[str, list[Page]]:
    """The pages in each language; the scorecard is made while the first notebooks run."""
    scorecard, stop = Future[Any](), Event()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(
            run_notebooks, found, asked.languages, parameters, scorecard, stop, done, begun=begun
        )
        try:
            file = work / "scorecard.json"
            write_json(file, (known or assess(asked.log, asked.notice)).to_dicts())
            scorecard.set_result(str(file.resolve()))
            done()
            return running.result()
        except BaseException as error:
            stop.set()
            if not scorecard.done():
                scorecard.set_exception(error)
            raise


def _write(
    asked: Asked,
    pages: Mapping[str, Page],
    work: Path,
    lang: str,
    done: Callable[[], object],
    *,
    within: str = "",
    pack: str | None = None,
) -> None:
    """The pages in every form, with what they rest on, to a folder of the language.

    Those of a part stand `within` a folder below the language; `pack` is that of the parts of all.
    """
    folder, log, notice = work / lang, asked.in_language(lang), asked.notice
    folder.mkdir()
    files = files_of(asked.forms, lang)
    told = texts_of(notice, "title")
    title = told[lang] or told["en"]
    frame: dict[str, Any] = {
        "log": log,
        "day": asked.day,
        "lang": lang,
        "data": data_of(log.reader, lang),
        "notice": notice,
        "notice_title": title,
        "say": lambda code, **facts: say(code, lang, **facts),
        "version": __version__,
        "inputs": [(f["path"], f["sha256"][:12]) for f in log.receipt["files"]],
    }
    up = "../" * (1 + within.count("/"))
    for name in pages if HTML in asked.forms else ():
        others = [
            (f"{up}{other}/{within}{name}", say("report.language", other), other)
            for other in asked.languages
            if other != lang
        ]
        if within:
            others.append(("../index.html", say("part.back", lang), lang))
        elif pack is not None:
            others.append((f"{pack}/index.html", say("part.pack", lang), lang))
        named = NAMES | {LETTER: say("official.name", lang)}
        links = [*others, *((file, named[file], "") for file in files if file in named)]
        (folder / name).write_text(html_of(pages, name, links=links, **frame), encoding="utf-8")
    data = data_of(log.reader, lang)
    lines = [say("report.as_of", lang, day=asked.day), f"{notice.number} {title}"]
    lines += [say("report.simulated", lang)] if log.simulated else []
    opening = [
        say(
            "official.opening",
            lang,
            day=dated(asked.day, lang),
        ),
        *([say("official.simulated", lang)] if log.simulated else []),
    ]
    write_forms(
        pages,
        folder,
        files,
        title=say("report.title", lang, data=data, number=notice.number),
        letter=(say("official.title", lang, data=data, number=notice.number), opening),
        about=lines,
        lang=lang,
        done=done,
    )
    shutil.copy(work / "scorecard.json", folder / "scorecard.json")
    write_json(
        folder / "run.json", _run(log, notice, [*(pages if HTML in asked.forms else ()), *files])
    )


def _contents(pages: Mapping[str, Page], lang: str) -> Page:
    """A first page for notebooks that have none of their own: what the others are called."""
    if (own := pages.get(f"{INDEX}.html")) is not None:
        return own
    links = (f"- [{MARKS.sub(BARE, p.title)}]({quote(name)})" for name, p in pages.items())
    return Page(say("report.overview", lang), (Prose("\n".join(links)),))


def _run(log: EventLog, notice: Notice, pages: list[str]) -> dict:
    """What this report rests on: nothing in it depends on the hour or the place."""
    receipt = log.receipt
    return {
        "dataset": log.name,
        "title": data_of(log.reader, log.lang),
        **({"part": dict(log.part)} if log.part else {}),
        "simulated": log.simulated,
        "as_of": str(log.as_of),
        "lang": log.lang,
        "inputs": list(receipt["files"]),
        "totals": receipt["totals"],
        "rejected_by_rule": receipt["rejected_by_rule"],
        "mapping_sha256": receipt["mapping_sha256"],
        "tables": receipt["tables"],
        "notice": {
            "id": notice.id,
            "number": notice.number,
            "sha256": notice.sha256,
        },
        "versions": {
            "clearance-metrics": __version__,
            "python": platform.python_version(),
            **{name: version(name) for name in PACKAGES},
        },
        "commit": _commit(),
        "pages": pages,
    }


def _commit() -> str | None:
    """The commit of the code that ran, with a mark if it was changed since;

    None outside a repository, also where the library is installed inside of another one.
    """
    here = str(Path(__file__).parent)

    def git(*words: str) -> str:
        return subprocess.run(
            ["git", "-C", here, *words], capture_output=True, text=True, check=True
        ).stdout.strip()

    try:
        git("ls-files", "--error-unmatch", Path(__file__).name)
        changed = git("status", "--porcelain", "--untracked-files=no", "--", ":/src", ":/notebooks")
        return git("rev-parse", "HEAD") + ("+changed" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return None


def _publish(work: Path, out: Path) -> None:
    """Move the finished files in, and take away files of an earlier run that are no longer made."""
    out.mkdir(parents=True, exist_ok=True)
    made = {path.name for path in work.iterdir()}
    earlier = out / "run.json"
    stale = set()
    if earlier.is_file():
        try:
            stale = set(json.loads(earlier.read_text(encoding="utf-8")).get("pages", ())) - made
        except (ValueError, AttributeError):
            stale = set()
    for name in sorted(made):
        os.replace(work / name, out / name)
    for name in stale:
        if name == Path(name).name:
            (out / name).unlink(missing_ok=True)


def write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
