"""What stands in the folder of a log beside its tables."""

from __future__ import annotations

import json
from pathlib import Path

from ..domain.opening import Opening, read_opening
from ..domain.strict_toml import Place
from ..domain.vocabulary import Clock, Column, Milestone, Vocabulary, load_vocabulary
from ..errors import InputError

AGAIN = "run intake again, to a new folder"


def words_of(meta: dict) -> Vocabulary:
    def made(kind: type, key: str) -> list:
        rows = meta.get(key) or []
        return [
            kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in row.items()})
            for row in rows
        ]

    own = made(Milestone, "milestones"), made(Clock, "clocks"), made(Column, "columns")
    words = load_vocabulary().extended(*own)
    return words.belonging(meta["parties"]) if meta.get("parties") else words


def opening_of(folder: Path | None) -> Opening | None:
    """The opening hours that a log's folder says; InputError where they are none."""
    given = None if folder is None else read_json(folder / "dataset.json").get("opening")
    return read_opening(given, Place(f"{folder}/dataset.json", InputError).at("opening"))


def read_json(path: Path) -> dict:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError, RecursionError) as error:
        raise InputError(f"{path.name} cannot be read: {error}", str(path.parent), AGAIN) from None
    if not isinstance(found, dict):
        raise InputError(f"{path.name} holds no table", str(path.parent), AGAIN)
    return found
