"""The forms in which the same pages are written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from ..errors import ReportError, closest
from .outputs import Page

HTML, LETTER = "html", "briefing.docx"
# the files beside the pages, by the form that asks for them
FILES = {
    "pdf": ("report.pdf",),
    "word": ("report.docx", LETTER),
    "excel": ("tables.xlsx",),
}
NAMES = {"report.pdf": "PDF", "report.docx": "Word", "tables.xlsx": "Excel"}
ALL = (HTML, *FILES)
LETTER_IN = ("zh",)  # its form is that of Chinese offices


def check_forms(asked: Iterable[str]) -> tuple[str, ...]:
    """The forms asked for, each once; ReportError for one that is not known.

    >>> check_forms(["html", "pdf", "html"])
    ('html', 'pdf')
    """
    found = tuple(dict.fromkeys(asked))
    for name in found:
        if name not in ALL:
            raise ReportError(f"there is no form {name!r}", "formats", closest(name, ALL))
    if not found:
        raise ReportError("no form is asked for", "formats", f"name some of {', '.join(ALL)}")
    return found


def files_of(forms: Iterable[str], lang: str) -> list[str]:
    """The files that these forms make beside the pages, in a language."""
    names = [name for form in ALL if form in set(forms) for name in FILES.get(form, ())]
    return [name for name in names if name != LETTER or lang in LETTER_IN]


def write_forms(
    pages: Mapping[str, Page],
    folder: Path,
    names: Sequence[str],
    *,
    title: str,
    letter: tuple[str, Sequence[str]],
    about: Sequence[str],
    lang: str,
    done: Callable[[], object] = lambda: None,
) -> None:
    """Write these files to the folder; `letter` is the title of the letter and its opening."""
    for name in names:
        own = letter if name == LETTER else (title, about)
        made = _makers()[name](list(pages.values()), title=own[0], about=own[1], lang=lang)
        (folder / name).write_bytes(made)
        done()


def _makers() -> dict[str, Callable[..., bytes]]:
    from .excel import excel_of
    from .official import official_of
    from .pdf import pdf_of
    from .word import word_of

    return {
        "report.pdf": pdf_of,
        "report.docx": word_of,
        LETTER: official_of,
        "tables.xlsx": excel_of,
    }
