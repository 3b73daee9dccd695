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
        return Block(say("part.nothing_beside", lang, part=part))
    heads = ("indicator", "statistic", "this", "this_n", "all", "all_n", "this_verdict")
    cells = [_cells(found, row, other, lang) for row, other in shown]
    table = Display(
        [say(f"part.{name}", lang) for name in (*heads, "all_verdict")],
        cells,
        caption=say("part.beside", lang, part=part),
        numbers=(2, 3, 4, 5),
        tones={(r, c): tone(pair[c - 6].verdict) for r, pair in enumerate(shown) for c in (6, 7)},
    )
    title = _title((*shown, *own), found, part, lang)
    return Block(capital(title), (table,), say("part.all_note", lang), found.source(lang), BESIDE)


def _title(
    pairs: Iterable[tuple[AssessRow, AssessRow]], found: Assessment, part: str, lang: str
) -> str:
    """The first figure of the part beside that of all, else alone; where none is told, that."""
    known = [(row, other) for row, other in pairs if row.value is not None]
    both = [(row, other) for row, other in known if other.value is not None]
    if not known:
        return say("part.none_told", lang, part=part)
    row, other = (both or known)[0]
    facts = {"name": found.name_of(row, lang), "part": part}
    facts |= {"this": figure(row.value, row.unit, lang)}
    if not both:
        return say("part.alone", lang, **facts)
    return say("part.pair", lang, **facts, all=figure(other.value, other.unit, lang))


def _tells(row: AssessRow) -> bool:
    """Whether a row has a figure, or would have one if it were not withheld."""
    return row.value is not None or any(why.code == "withheld" for why in row.reasons)


def _figure(row: AssessRow, lang: str) -> str:
    hidden = any(why.code == "withheld" for why in row.reasons)
    return joined(row.reasons, lang) if hidden else figure(row.value, row.unit, lang)


def _cells(found: Assessment, row: AssessRow, other: AssessRow, lang: str) -> tuple[str, ...]:
    clock = found.clock_unit(row)
    verdicts = [signed_of(one, lang) if _tells(one) or one.n else NONE for one in (row, other)]
    return (
        text_of(row, "title", lang),
        judged_statistic(row.statistic, clock, row.rule, lang=lang),
        _figure(row, lang),
        number(row.n, lang=lang),
        _figure(other, lang),
        number(other.n, lang=lang),
        *verdicts,
    )
