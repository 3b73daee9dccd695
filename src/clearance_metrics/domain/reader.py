"""Who reads an answer: the language, and what the dataset says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Reader:
    """What an answer needs to speak: a language, the dataset's title and words, and whether its
    data are simulated.

    `words`: the dataset's own, as (kind, name) to texts by language. `part`: the columns and values
    of the cases that were asked, where that was a part of the log.

    >>> Reader(lang="zh").lang
    'zh'
    """

    lang: str = "en"
    titles: Mapping[str, str] = field(default_factory=dict)
    simulated: bool = False
    words: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)
    part: tuple[tuple[str, object], ...] = ()

    def title(self, lang: str) -> str:
        """The dataset's title in a language, or else in English; empty where it has none."""
        return self.titles.get(lang) or self.titles.get("en") or ""
