"""Notebooks on one log become pages, a scorecard and a record of the run."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import quote

from .. import __version__
from ..assessment.assess import assess
from ..engine.asking import day_of
from ..engine.log import EventLog
from ..errors import OutputError
from ..notice import Notice, load_notice
from ..notice.flags import suited
from ..results.words import check_language, say, texts_of
from .notebooks import INDEX, notebooks_for, notebooks_in
from .outputs import Page, Prose
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


def build_report(
    log: str | Path,
    *,
    notice: str = "cn-2021-85",
    notebooks: str | Path = "notebooks",
    out: str | Path = "reports",
    as_of: str | None = None,
    calendar: Path | None = None,
    lang: str = LANG,
    progress: bool = False,
) -> Path:
    """Run the notebooks on the log and write index.html, a page each, scorecard.json and run.json
    to `out`, in one language.

    Any notebook of the folder becomes a page; one of the suite on something that neither the notice
    nor the log knows is left out. Nothing in `out` changes unless every page could be made. Returns
    the path of index.html. Raises LogError without an as-of day, CalendarError and NoticeError as
    `assess` does, ReportError when a notebook fails.

    >>> build_report("nowhere")
    Traceback (most recent call last):
    clearance_metrics.errors.InputError: no log is here: dataset.json or receipt.json is missing
      where: nowhere
      do: ...
    """
    from tqdm import tqdm

    found_log = EventLog.open(log).using(lang=check_language(lang), as_of=as_of, calendar=calendar)
    asked = suited(load_notice(notice), {*found_log.milestones, *found_log.columns})
    day = str(day_of(found_log))
    every = notebooks_in(Path(notebooks))
    found = notebooks_for(found_log, asked, every)
    out = Path(out)
    try:
        out.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".building-", dir=out))
    except OSError as error:
        raise OutputError(
            f"cannot write: {error.strerror}", str(out), "name another folder"
        ) from None
    parameters = {
        "log": str(Path(log).resolve()),
        "notice": str(notice),
        "as_of": day,
        "calendar": str(calendar.resolve()) if calendar else None,
        "lang": lang,
    }
    if str(notice).endswith(".toml"):
        parameters["notice"] = str(Path(notice).resolve())
    try:
        with tqdm(
            total=len(found) + 1, unit="page", disable=None if progress else True, leave=False
        ) as bar:
            scorecard, stop = Future[Any](), Event()
            with ThreadPoolExecutor(1) as pool:
                running = pool.submit(run_notebooks, found, parameters, scorecard, stop, bar.update)
                try:
                    _json(work / "scorecard.json", assess(found_log, asked).to_dicts())
                    scorecard.set_result(str((work / "scorecard.json").resolve()))
                    bar.update()
                    pages = running.result()
                except BaseException as error:
                    stop.set()
                    if not scorecard.done():
                        scorecard.set_exception(error)
                    raise
        made = {f"{path.stem}.html": page for path, page in zip(found, pages, strict=True)}
        made = {f"{INDEX}.html": _contents(made, lang)} | made
        about = {
            "log": found_log,
            "day": day,
            "lang": lang,
            "notice": asked,
            "notice_title": texts_of(asked, "title")[lang] or texts_of(asked, "title")["en"],
            "say": lambda code, **facts: say(code, lang, **facts),
            "version": __version__,
        }
        for name in made:
            (work / name).write_text(html_of(made, name, **about), encoding="utf-8")
        _json(work / "run.json", _run(found_log, asked, list(made)))
        _publish(work, out)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return out / "index.html"


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

    None outside a repository.
    """
    here = str(Path(__file__).parent)

    def git(*words: str) -> str:
        return subprocess.run(
            ["git", "-C", here, *words], capture_output=True, text=True, check=True
        ).stdout.strip()

    try:
        changed = git("status", "--porcelain", "--untracked-files=no", "--", ":/src", ":/notebooks")
        return git("rev-parse", "HEAD") + ("+changed" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return None


def _publish(work: Path, out: Path) -> None:
    """Move the finished files in, and take away pages of an earlier run that are no longer made."""
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


def _json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
