"""What owners write for yes, no and nothing, read from cells.toml beside this module."""

from __future__ import annotations

import tomllib
from importlib.resources import files

_WORDS = tomllib.loads(files(__package__).joinpath("cells.toml").read_text(encoding="utf-8"))
TRUE, FALSE = tuple(_WORDS["truth"]["true"]), tuple(_WORDS["truth"]["false"])
ABSENT = tuple(_WORDS["absent"]["words"])
