"""The marks by which a proposed mapping asks for decisions, as far as they still stand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from ..errors import MappingError
from .inspection.said import languages, words


@cache
def _mark() -> re.Pattern[str]:
    """A comment that begins as decisions are asked for, in any language."""
    marks = [words(lang)["decide"].split("{")[0].strip() for lang in languages()]
    bare = [re.escape(mark.rstrip(":\uff1a")) for mark in marks]
    return re.compile(rf"\s*#\s*(?:{'|'.join(bare)})\s*[:\uff1a]\s*(.*)")


def undecided(mapping: str | Path) -> tuple[tuple[int, str], ...]:
    """The open decisions of a mapping: line and what is asked, in the order of the file.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "dataset.toml"
    >>> _ = path.write_text("[dataset]\\n# DECIDE: which zone?\\ntimezone = 'Asia/Shanghai'\\n")
    >>> undecided(path)
    ((2, 'which zone?'),)
    """
    lines = Path(mapping).read_text(encoding="utf-8-sig").splitlines()
    found = ((number, _mark().match(line)) for number, line in enumerate(lines, 1))
    return tuple((number, match[1].strip()) for number, match in found if match)


def check_decided(mapping: str | Path) -> None:
    """MappingError that lists what is still to be decided; below a mark stands a mere guess."""
    remedy = "write the answer into the line below it, and delete the line of the mark"
    _refuse(undecided(mapping), str(mapping), remedy)


def check_answered(folder: str | Path) -> None:
    """MappingError where what intake wrote into a folder rests on guesses that nobody decided."""
    receipt = json.loads((Path(folder) / "receipt.json").read_text(encoding="utf-8"))
    remedy = "answer it in dataset.toml, delete the line of the mark, and run intake again"
    asked = [(one["line"], one["asks"]) for one in receipt.get("undecided", ())]
    _refuse(asked, f"{folder}, dataset.toml", remedy)


def _refuse(asked: Iterable[tuple[int, str]], where: str, remedy: str) -> None:
    found = [
        MappingError(f"still to be decided: {text}", f"{where}, line {number}", remedy)
        for number, text in asked
    ]
    if found:
        raise MappingError.several(found, where)
