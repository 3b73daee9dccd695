"""What a long page of tables is filtered by: without a script, and whole where a browser does not
know how.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ..results.block import Block
from ..results.display import Display
from ..results.words import say

TONES = ("good", "bad", "unsure")  # of verdicts; page.css hides what has none of the chosen one


def filter_of(block: Block, lang: str) -> str:
    """The choice above a block of several tables that a page can be opened at; else nothing."""
    held = [part for part in block.parts if isinstance(part, Display) and part.anchor]
    if len(held) < 2:
        return ""
    choices = [("all", len(held)), *((tone, _count(held, tone)) for tone in TONES)]
    made = "".join(
        f'<label><input type="radio" name="held" id="only-{tone}"'
        f"{' checked' if tone == 'all' else ''}> "
        f"{escape(say(f'filter.{tone}', lang, n=n))}</label>"
        for tone, n in choices
    )
    legend = escape(say("filter.show", lang))
    return f'<fieldset class="filter"><legend>{legend}</legend>{made}</fieldset>'


def _count(held: Sequence[Display], tone: str) -> int:
    return sum(tone in set(table.tones.values()) for table in held)


def held(table: Display, made: str) -> str:
    """A table that the choice shows or hides, by the verdicts in it."""
    if not table.anchor:
        return made
    tones = " ".join(sorted(set(table.tones.values())))
    return f'<div class="held" data-tones="{escape(tones, quote=True)}">{made}</div>'
