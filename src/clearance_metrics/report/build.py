"""Notebooks on one log become pages, a scorecard and a record of the run."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import tempfile
from concurrent.futures import Future, ThreadPoolExecutor
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from threading import Event
from typing import Any

from .. import __version__
from ..errors import InputError, OutputError
from .blocks import LANG, Book, open_book
from .running import Page, notebooks_for, run_notebooks
from .scorecard import main_points, summary
from .wording import title_of

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


def notebooks_in(folder: Path) -> list[Path]:
    """The notebooks of a folder that are pages, in order; InputError where there are none."""
    every = sorted(folder.glob("[0-9]*.ipynb"))
    if not every:
        raise InputError("no notebooks are here", str(folder), "name their folder with --notebooks")
    return every


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

    A notebook on something that neither the notice nor the log knows is left out. Nothing in `out`
    changes unless every page could be made. Returns the path of index.html. Raises
    LogError without an as-of day, CalendarError and NoticeError as `assess` does, ReportError when
    a notebook fails.

    >>> build_report("nowhere")
    Traceback (most recent call last):
    clearance_metrics.errors.InputError: no log is here: dataset.json or receipt.json is missing
      where: nowhere
      do: ...
    """
    from tqdm import tqdm

    book = open_book(log, notice, as_of, str(calendar) if calendar else None, lang=lang)
    every = notebooks_in(Path(notebooks))
    found = notebooks_for(book, every)
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
        "as_of": book.as_of,
        "extra_years": str(calendar.resolve()) if calendar else None,
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
                    _json(work / "scorecard.json", book.assessment.to_dicts())
                    scorecard.set_result(str((work / "scorecard.json").resolve()))
                    bar.update()
                    pages = running.result()
                except BaseException as error:
                    stop.set()
                    if not scorecard.done():
                        scorecard.set_exception(error)
                    raise
        body = summary(book)._repr_html_() + main_points(book)._repr_html_()
        made = {f"{path.stem}.html": page for path, page in zip(found, pages, strict=True)}
        index = {"index.html": Page(book.say("report.overview"), body)}
        for name, page in (index | made).items():
            text = _render(book, index | made, name, page)
            (work / name).write_text(text, encoding="utf-8")
        _json(work / "run.json", _run(book, list(made)))
        _publish(work, out)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return out / "index.html"


def _render(book: Book, pages: dict[str, Page], file: str, page: Page) -> str:
    from jinja2 import Environment, StrictUndefined

    template = files(__package__).joinpath("page.html").read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    return environment.from_string(template).render(
        book=book,
        pages=pages,
        file=file,
        page=page,
        say=book.say,
        notice_title=title_of(book.notice, book.lang),
        version=__version__,
    )


def _run(book: Book, pages: list[str]) -> dict:
    """What this report rests on: nothing in it depends on the hour or the place."""
    receipt = book.log.receipt
    return {
        "dataset": book.log.name,
        "simulated": book.log.simulated,
        "as_of": book.as_of,
        "lang": book.lang,
        "inputs": list(receipt["files"]),
        "totals": receipt["totals"],
        "rejected_by_rule": receipt["rejected_by_rule"],
        "mapping_sha256": receipt["mapping_sha256"],
        "tables": receipt["tables"],
        "notice": {
            "id": book.notice.id,
            "number": book.notice.number,
            "sha256": book.notice.sha256,
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
