"""What owners write for yes and no."""

from __future__ import annotations

import tomllib
from importlib.resources import files

_WORDS = tomllib.loads(files(__package__).joinpath("truth.toml").read_text(encoding="utf-8"))
TRUE, FALSE = tuple(_WORDS["true"]), tuple(_WORDS["false"])
