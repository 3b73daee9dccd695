"""An assessment of a part beside that of the whole: each key figure with that of all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from .block import Block
from .display import NONE, Display, tone
from .wording import capital, figure, judged_statistic, number, part_words, signed_of, text_of
from .words import joined, say

if TYPE_CHECKING:
    from .assessment import Assessment, AssessRow


BESIDE = "beside"  # the role of the block on a page


def beside_block(found: Assessment, whole: Assessment, lang: str) -> Block:
    """What leads the page, or else each of its rows with a value: the part's figure and that of
    all, with cases and verdicts; the first pair is the title.
    """
    others = {row.indicator: row for row in whole.rows}
    pairs = [(row, others[row.indicator]) for row in found.rows if row.indicator in others]
    own = [(row, other) for row, other in pairs if not row.companion_of]
    key = found.leading or {indicator.id for indicator in found._notice.leading()}
    led = [(row, other) for row, other in own if row.indicator in key and _tells(row)]
    shown = led or [(row, other) for row, other in own if _tells(row)]
    part = part_words(found._reader, lang)
    if not any(_tells(row) for row, _ in shown):
        return Block(say("part.nothing_beside", lang), role=BESIDE)
    heads = ("indicator", "statistic", "this", "this_n", "all", "all_n", "this_verdict")
    cells = [_cells(found, row, other, lang) for row, other in shown]
    table = Display(
        [say(f"part.{name}", lang) for name in (*heads, "all_verdict")],
        cells,
        caption=say("part.beside", lang, part=part),
        numbers=(2, 3, 4, 5),
        tones={
            (r, 6 + c): tone(one.verdict)
            for r, pair in enumerate(shown)
            for c, one in enumerate(pair)
            if cells[r][6 + c] != NONE
        },
    )
    title = _title((*shown, *own), found, lang)
    return Block(capital(title), (table,), say("part.all_note", lang), found.source(lang), BESIDE)


def _title(pairs: Iterable[tuple[AssessRow, AssessRow]], found: Assessment, lang: str) -> str:
    """The first figure of the part beside that of all, else alone; where none is told, that."""
    known = [(row, other) for row, other in pairs if row.value is not None]
    both = [(row, other) for row, other in known if other.value is not None]
    if not known:
        return say("part.none_told", lang)
    row, other = (both or known)[0]
    facts = {"name": found.name_of(row, lang)}
    facts |= {"this": figure(row.value, row.unit, lang)}
    if not both:
        return say("part.alone", lang, **facts)
    return say("part.pair", lang, **facts, all=figure(other.value, other.unit, lang))


def _tells(row: AssessRow) -> bool:
    """Whether a row has a figure, or would have one if it were not withheld."""
    return row.value is not None or _hidden(row)


def _hidden(row: AssessRow) -> bool:
    """Whether what a row found is withheld."""
    return any(why.code == "withheld" for why in row.reasons)


def _figure(row: AssessRow, lang: str) -> str:
    return joined(row.reasons, lang) if _hidden(row) else figure(row.value, row.unit, lang)


def _cells(found: Assessment, row: AssessRow, other: AssessRow, lang: str) -> tuple[str, ...]:
    clock = found.clock_unit(row)
    verdicts = [
        NONE if _hidden(one) or not (_tells(one) or one.n) else signed_of(one, lang)
        for one in (row, other)
    ]
    return (
        text_of(row, "title", lang),
        judged_statistic(row.statistic, clock, row.rule, lang=lang),
        _figure(row, lang),
        number(row.n, lang=lang),
        _figure(other, lang),
        number(other.n, lang=lang),
        *verdicts,
    )
