"""The columns that mean none of ours: what becomes of each, told one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...domain.synonyms import ROLE_COLUMNS, meant
from ..mapping import reserved
from .column_proposed import Line
from .columns_seen import ColumnSeen, as_text
from .layouts import Laid
from .names_meant import CODE_ENOUGH, names_for, shown
from .said import Said, one_line

CARRIED = ("wide", "cases", "charges")  # files of which further columns go along
SHOWN = 3  # values that are shown of a column


@dataclass(frozen=True)
class Unmapped:
    """A column, what becomes of it, and what a person must decide of it."""

    header: str
    told: Said
    asks: tuple[Said, ...] = ()


def unmapped(laid: Laid, lines: Sequence[Line]) -> tuple[Unmapped, ...]:
    """Each column of the file that no line is made from, in the order of the file."""
    used = _used(laid, lines)
    names = {line.key for line in lines if line.table == "columns" and not line.off}
    dropped = set(clashing(laid, lines))
    counts = Counter(laid.sample.headers)
    found = []
    for place, header in enumerate(laid.sample.headers):
        if header in used:
            continue
        column = laid.column(header) if header else None
        if column is None:
            # a header that stands twice is told once, an empty one where something stands below
            first = laid.sample.headers.index(header) == place
            values = _values(laid, place)
            if header and first:
                found.append(Unmapped(header, Said("rest_twice", n=counts[header])))
            elif not header and values:
                found.append(Unmapped("", Said("rest_unnamed", n=place + 1, values=values)))
            continue
        asks = tuple(_asked(laid, column, names))
        found.append(Unmapped(header, _told(laid, column, header in dropped), asks))
    return tuple(found)


def clashing(laid: Laid, lines: Sequence[Line]) -> list[str]:
    """Headers that cannot go along under their own name: those of intake's own, of a mapped column,
    or of another that differs in case alone.
    """
    used = _used(laid, lines)
    ours = {line.key.lower() for line in lines if line.table and not line.off}
    left = [h for h in laid.sample.headers if h and h not in used]
    counts = Counter(header.lower() for header in left)
    odd = [h for h in left if h.lower() in ours or reserved(h) or counts[h.lower()] > 1]
    return list(dict.fromkeys(odd)) if laid.role in CARRIED else []


def keep_line(laid: Laid, lines: Sequence[Line]) -> list[Line]:
    """`keep`, where not every further column can go along."""
    odd = clashing(laid, lines)
    if not odd:
        return []
    gone = {*odd, *_used(laid, lines)}
    kept = [h for h in dict.fromkeys(laid.sample.headers) if h and h not in gone]
    why = (Said("rest_dropped", headers=[one_line(h, 24) for h in odd]),)
    return [Line("", "keep", kept, "likely", why)]


def _used(laid: Laid, lines: Sequence[Line]) -> set[str]:
    """Headers that a line is made from, plans that are left out among them."""
    used: set[str] = set()
    for line in lines:
        if line.column:
            used.add(line.column.header)
        if isinstance(line.value, dict):
            used |= {str(line.value[k]) for k in ("column", "zone_column") if k in line.value}
            used |= set(map(str, line.value.get("columns", ())))
    if laid.role == "wide":
        used |= {plan.header for plan in laid.plans}
    return used | ({laid.classifier.header} if laid.classifier else set())


def _told(laid: Laid, column: ColumnSeen, dropped: bool) -> Said:
    if not column.rows_told:
        return Said("rest_empty")
    values = [f"{one_line(as_text(v), 20)} ×{n:,}" for v, n in column.told.most_common(SHOWN)]
    if not column.few:
        values = [one_line(text, 20) for text in column.examples(SHOWN)]
    kept = laid.role in CARRIED and not dropped
    return Said("rest_kept" if kept else "rest_unread", values=values)


def _asked(laid: Laid, column: ColumnSeen, names: set[str]) -> Iterator[Said]:
    """Whether the column is one of ours, where its header says so but its values hardly fit, or
    another column has the place.
    """
    table, ours = ROLE_COLUMNS.get(laid.role, "column"), names_for(laid.role)
    told = meant(column.header, table)
    hints = [name for name, score in told if score >= CODE_ENOUGH and name in ours]
    if hints and column.rows_told and column.times is None:
        hint = shown(hints[0], table)
        code = "ask_rest_twice" if hints[0] in names else "ask_rest"
        yield Said(code, header=one_line(column.header), name=hint)


def _values(laid: Laid, place: int) -> list[str]:
    """The first values below a place of the header."""
    cells = (row[place] for row in laid.sample.rows if place < len(row))
    told = dict.fromkeys(as_text(c).strip() for c in cells if c is not None)
    return [one_line(text, 20) for text in told if text][:SHOWN]
