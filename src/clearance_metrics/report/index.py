"""The page above all reports: which datasets and languages there are."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

from ..results.display import head_word
from ..results.words import say
from .forms import NAMES
from .pack import LISTED

INDEX = "index.html"


def write_index(folder: Path, lang: str) -> None:
    """Write the page that leads to the reports below a folder."""
    packs = {path.parent.parent: path for path in sorted(folder.glob(f"*/*/*/{LISTED}"))}
    found = [told for path in sorted(folder.glob("*/*/run.json")) if (told := _told(path))]
    datasets: dict[str, list[tuple[str, str]]] = {}
    for title, language, address in found:
        datasets.setdefault(title, []).append((language, address))
        if (told := _pack(packs.get((folder / address).parent))) is not None:
            datasets[title].append(told)
    (folder / INDEX).write_text(_page(datasets, lang), encoding="utf-8")


def _pack(listed: Path | None) -> tuple[str, str] | None:
    """How many parts of a report stand by themselves, and the address of their index."""
    if listed is None:
        return None
    try:
        told = json.loads(listed.read_text(encoding="utf-8"))
        lang, n = listed.parent.parent.name, len(told["folders"])
        named = say("part.part_of", lang, column=head_word(told["column"], lang), n=n)
    except (ValueError, KeyError, TypeError, OSError):
        return None
    return named, "/".join((*listed.parts[-4:-1], INDEX))


def _told(path: Path) -> tuple[str, str, str] | None:
    """Title, language and address of a report; None for what is none."""
    try:
        run = json.loads(path.read_text(encoding="utf-8"))
        named = f"{run['title']} · {run['as_of']} · {run['notice']['number']}"
        language = say("report.language", run["lang"])
    except (ValueError, KeyError, TypeError):
        return None
    folder = path.parent
    forms = (INDEX, *NAMES)
    here = next((name for name in forms if (folder / name).is_file()), None)
    return (named, language, f"{folder.parent.name}/{folder.name}/{here}") if here else None


def _page(datasets: dict[str, list[tuple[str, str]]], lang: str) -> str:
    from jinja2 import Environment

    place = files(__package__)
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(place.joinpath("index.html").read_text(encoding="utf-8"))
    return template.render(
        datasets=datasets,
        style=place.joinpath("page.css").read_text(encoding="utf-8"),
        say=lambda code, **facts: say(code, lang, **facts),
    )
