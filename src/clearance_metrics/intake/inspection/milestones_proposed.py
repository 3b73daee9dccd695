"""The milestones of a file and the kind of its cases: ours where known, else the owner's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from ...domain.synonyms import meant
from ...domain.vocabulary import load_vocabulary
from .column_proposed import Line, sureness, time_line
from .columns_seen import as_text
from .layouts import Laid
from .names_meant import CODE_ENOUGH, ENOUGH, shown
from .said import Said, one_line

FEWEST = 2  # milestones at least, for the other codes of a file to be left out
KEPT = ("time", "location", "month", "case_id")  # names that intake uses itself
MOVED = ("import", "export")


@dataclass(frozen=True)
class Own:
    """A milestone that the vocabulary does not have, under a name made from its header."""

    name: str
    header: str


def stones_of(laid: Laid, own: list[Own], taken: dict[str, str]) -> Iterator[Line]:
    """[file.milestones]: codes of events, or the columns of a wide file."""
    if laid.role == "events":
        told = {as_text(v): n for v, n in laid.found["milestone"].column.told.items()}
        for code, (name, score) in laid.codes.items():
            why = (Said("coded", n=told.get(code, 0)),)
            asks = (
                (Said("ask_milestone", text=code, name=shown(name)),) if score < CODE_ENOUGH else ()
            )
            yield Line("milestones", code, name, sureness(score), why, asks)
        yield from _own_codes(laid, told, own, taken) if all_own(laid) else ()
        return
    used: set[str] = set()
    asked_once = False
    strange = [c.header for c, name, score in laid.timed if not name or score < ENOUGH]
    for column, name, score in laid.timed if laid.role == "wide" else ():
        if not name or score < ENOUGH or name in used:
            first = () if asked_once else (Said("ask_time", headers=strange),)
            asked_once = asked_once or column.header in strange
            asked = (Said("ask_twice", name=shown(name)),) if name in used else first
            # another file may have the same header
            named = next((own_ for own_, header in taken.items() if header == column.header), "")
            if not named:
                named = _made_up(column.header, taken)
                own.append(Own(named, column.header))
            line = time_line(laid, "milestones", named, column, 0.0)
            hints = meant(column.header, "milestone")[:2]
            more = tuple(Said("perhaps", hint=shown(one)) for one, _ in hints if one not in used)
            asks = (*asked, *line.asks)
            yield replace(line, sure="ask", why=(*more, *line.why), asks=asks)
            continue
        used.add(name)
        yield time_line(laid, "milestones", name, column, score)
    for column in laid.plans:
        why = (Said("a_plan"),)
        yield Line("milestones", column.header, column.header, "likely", why, off=True)


def _own_codes(
    laid: Laid, told: Mapping[str, int], own: list[Own], taken: dict[str, str]
) -> Iterator[Line]:
    """The codes that mean nothing we know, each as a milestone of the owner's; asked for once."""
    unknown = [text for text in told if text not in laid.codes]
    some = [f"{one_line(t, 24)} ×{told[t]:,}" for t in unknown[:5]]
    asks: tuple[Said, ...] = (Said("ask_own", n=len(unknown), values=some),)
    for text in unknown:
        # another file of events may have the same code
        name = next((name for name, header in taken.items() if header == text), "")
        if not name:
            name = _made_up(text, taken)
            own.append(Own(name, one_line(text)))
        near = perhaps(text)
        why = (Said("coded", n=told[text]), *((near,) if near else ()))
        yield Line("milestones", text, name, "ask", why, asks)
        asks = ()


def all_own(laid: Laid) -> bool:
    """Whether so few codes are known that the others are milestones of the owner's: left out, they
    would leave nothing to measure.
    """
    return len({name for name, _ in laid.codes.values()}) < FEWEST


def perhaps(text: str, of: str = "") -> Said | None:
    """The milestone that a text may mean, told beside the text where several are told of."""
    found = meant(text, "milestone")
    if not found:
        return None
    hint = shown(found[0][0])
    return (
        Said("perhaps_of", text=one_line(of, 24), hint=hint) if of else Said("perhaps", hint=hint)
    )


def _made_up(header: str, taken: dict[str, str]) -> str:
    """A name for a milestone of the owner's, from its header where that is in Latin letters."""
    text = re.sub(r"[^a-z0-9]+", "_", header.casefold()).strip("_") if header.isascii() else ""
    text = re.sub(r"_(date|time|datetime|at)$", "", text)[:40].strip("_") or "own"
    text = text if text[0].isalpha() else f"own_{text}"
    if text == "own":
        return _numbered(header, taken)
    known = {*taken, *load_vocabulary().milestones, *load_vocabulary().columns, *KEPT}
    name, n = text, 1
    while name in known or name.endswith("_"):
        n += 1
        name = f"{text}_{n}"
    taken[name] = header
    return name


def _numbered(header: str, taken: dict[str, str]) -> str:
    """A name where the owner's word gives none: the first number that is free."""
    n = next(n for n in count(1) if f"own_{n}" not in taken)
    taken[f"own_{n}"] = header
    return f"own_{n}"


def kind_line(laid: Laid, stones: Sequence[Line]) -> list[Line]:
    """The kind of every case of a file, where no column says it: by name, else by milestones."""
    known = load_vocabulary().milestones
    names = [s.value if laid.role == "events" else s.key for s in stones if not s.off]
    every = {known[n].group for n in names if isinstance(n, str) and n in known}
    groups = every - {"both"}
    # a word in a file's name goes before its milestones only where it does not contradict them
    own = laid.kind in {stone.group for stone in known.values()} - set(MOVED)
    if laid.kind and not (own and groups and laid.kind not in groups):
        return [Line("columns", "kind", {"constant": laid.kind}, "likely", (Said("kind_named"),))]
    if len(groups) == 1:
        kind = groups.pop()
        if kind in MOVED and "both" not in every:
            # goods are moved alike whether they come or go: customs alone would tell
            return [Line("columns", "kind", {"constant": kind}, "ask", (), (Said("ask_kind"),))]
        return [Line("columns", "kind", {"constant": kind}, "likely", (Said("kind_by_stones"),))]
    kind = "import"
    return [Line("columns", "kind", {"constant": kind}, "ask", (), (Said("ask_kind"),))]
