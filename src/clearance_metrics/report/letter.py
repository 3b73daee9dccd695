"""What a letter says of the pages: findings with their intervals and cases, by chapter, as many as
two sheets hold.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..results.block import LIST, Block, Picture, Points
from ..results.display import BAD, NONE, Display, head_word
from ..results.parts import Card, Cards, Tiles
from ..results.words import say, unit_word, verdict_word
from .furniture import FOLDED, MAIN
from .outputs import Page
from .pdf import columns_of

SIGNS = 28  # of a line
EACH = 6  # findings of one chapter
LONGEST = 5  # lines of one finding; a longer one is read in the annex
JOINED = 3  # lines up to which findings of several rows run on
SAID = re.compile(r"(?<![\d,.])(\d[\d,]*\.\d+|n=\d[\d,]*)")  # what two sentences of one thing share
BRACKETS = re.compile("[\uff08(][^\uff09)]*[\uff09)]")
SURE = re.compile(r"\d\uff5e|n[ =]\d|\d to |\d\u7b14|\d cases")  # an interval or cases
PART = re.compile(r"\d(\u4ef6| cases?\b).*\d%")  # cases, and a share of them
SPACED = re.compile(r"(?<=[\u4e00-\u9fff]) (?=\d)|(?<=\d) (?=[\u4e00-\u9fff])")
TARGET = re.compile("[≤≥]")  # before a target, and not before a baseline
SUMS = (Tiles, Cards, Points)  # of an overview, the first first
DAY = re.compile(r"(?<![\d-])(\d{4})-(\d\d)-(\d\d)(?![\d-])")
MONTH = re.compile(r"(?<![\d-])(\d{4})-(\d\d)(?![\d-])")


@dataclass(frozen=True)
class Chapter:
    """A heading of the letter and what stands below it, nothing twice: findings and their pages."""

    title: str
    found: list[str]
    of: tuple[Page, ...]

    @property
    def pages(self) -> list[Page]:
        """The pages of its findings, each once."""
        return [page for i, page in enumerate(self.of) if page not in self.of[:i]]


def chapters_of(pages: Sequence[Page], lang: str) -> list[Chapter]:
    """The office's own pages as chapters; beside pages that judge indicators the others are one."""
    own = [page for page in pages if not page.published]
    rows = {id(page): list(judged(page, lang)) for page in own}
    seen = {one for told in rows.values() for text in told for one in SAID.findall(text)}
    kept: list[Chapter] = []
    others: list[tuple[Page, list[str]]] = []
    for page in own:
        found: list[str] = []
        for text in findings(page, lang):
            said = SAID.findall(BRACKETS.sub("", text))
            cases = [one for one in SAID.findall(text) if one.startswith("n=")]
            again = any(one in seen for one in cases) or (0 < len(said) < 3 and said[0] in seen)
            if not again and not any(text in other for one in kept for other in one.found):
                found.append(text)
                seen.update(said + cases)
        if opens(page):
            title = say("official.overview", lang)
        else:
            title = page.title
            main = _main_of(page)  # in their order; what is no main point comes after them
            found.sort(key=lambda text: (main.get(text, len(main)), not SURE.search(text)))
        told = [dated(text, lang) for text in [*rows[id(page)], *found]]
        if told and (opens(page) or rows[id(page)] or not any(rows.values())):
            kept.append(Chapter(title, told, (page,) * len(told)))
        elif told:
            others.append((page, told))
    if others:
        others.sort(key=lambda one: not SURE.search(one[1][0]))
        most = max(len(told) for _, told in others)
        turns = [(told[n], page) for n in range(most) for page, told in others if n < len(told)]
        title = others[0][0].title if len(others) == 1 else say("official.others", lang)
        texts, sources = zip(*turns, strict=True)
        kept.append(Chapter(title, list(texts), sources))
    return kept


def _main_of(page: Page) -> dict[str, int]:
    """The main points of a page, and the place of each."""
    blocks = [part for part in page.parts if isinstance(part, Block) and part.role == MAIN]
    told = [one for block in blocks for one in block.parts if isinstance(one, Points)]
    return {point.text: i for i, point in enumerate(point for one in told for point in one.points)}


def opens(page: Page) -> bool:
    """Whether a page is the overview, which says in a sentence where things stand."""
    return any(isinstance(part, Block) and part.role == "lead" for part in page.parts)


def judged(page: Page, lang: str) -> Iterator[str]:
    """What a page's table of indicators finds: those with a target each with the other readings
    that have another verdict, the others run on.
    """
    run: list[str] = []
    since = ""
    between = say("official.and", lang)
    for period, told, alone in _rows(page, lang):
        whole = say("official.over", lang, period=period, text=told) if period else told
        joined = between.join([*run, told])
        if run and (alone or period != since or lines_of(joined) > JOINED):
            yield between.join(run)
            run = []
        if alone:
            yield whole
        else:
            run, since = [*run, told if run else whole], period
    if run:
        yield between.join(run)


def _rows(page: Page, lang: str) -> Iterator[tuple[str, str, bool]]:
    """The indicators of a page's first table of them, the latest target first: period, sentence,
    and whether it has a paragraph of its own.
    """
    found = next((t for t in _tables(page) if _of_indicators(t, lang)), None)
    if found is None:
        return
    at = {head: place for place, head in enumerate(found.heads)}
    value, against = at[head_word("value", lang)], at[say("judged.against", lang)]
    beside = say("judged.is_beside", lang)
    rows = [[cell.split("\n") for cell in row] for row in found.cells]
    bare = Counter(BRACKETS.sub("", row[0][0]).strip() for row in rows)
    own = [i for i, row in enumerate(rows) if not row[0][-1].startswith(beside)]
    due = {i: rows[i][against][1] for i in own if TARGET.match(rows[i][against][0])}
    outside = say("judged.outside", lang)
    own.sort(key=lambda i: due.get(i, ""), reverse=True)  # those of one day in their order
    own.sort(key=lambda i: (i not in due, rows[i][against][-1] == outside))
    for i in own:
        row = rows[i]
        verdict = _words(row[-1][0])
        if row[value][0] == NONE or verdict == row[-1][0]:
            continue
        others = []
        for other in rows[i + 1 :]:
            if not other[0][-1].startswith(beside):
                break
            if TARGET.match(other[against][0]) and _words(other[-1][0]) != verdict:
                words = other[0][0].removeprefix(say("official.same", lang))
                others.append(
                    f"{words}{other[value][0]}{say('official.comma', lang)}{_words(other[-1][0])}"
                )
        plain = BRACKETS.sub("", row[0][0]).strip()
        name = plain if bare[plain] == 1 else row[0][0]
        told = _row(name, row, value, against, lang)
        if others:
            listed = say("official.and", lang).join(others)
            told = say("official.readings", lang, text=told, others=listed)
        period = _period(row[0][-1], lang) if len(row[0]) > 1 else ""
        yield period, told, bool(others)


def _period(line: str, lang: str) -> str:
    """The period of the line below an indicator, without the marks of its notes."""
    first, *_marks = line.split(" · ")
    mark = say("note.mark", lang, n="")
    return "" if mark and first.startswith(mark) else first


def _row(name: str, row: Sequence[Sequence[str]], value: int, against: int, lang: str) -> str:
    """An indicator in a sentence: its figure, interval, cases and verdict."""
    verdict = _words(row[-1][0])
    number, unit = row[value][0], "".join(row[value][1:])
    if unit == unit_word("working_days", lang):
        unit = unit_word("working_days", lang, counted=True)
    told = say("official.figure", lang, figure=number, unit=unit).strip()
    statistic = row[1][0]
    sampled = row[value + 1][0] != NONE
    if sampled and value != 1 and statistic not in name and "%" not in told:
        told = say("official.statistic", lang, statistic=statistic, figure=told)
    facts = [row[value + 1][0]] if sampled else []
    facts.append(f"n={row[value + 2][0]}")
    if row[against][-1] == say("judged.outside", lang):
        facts.append(row[against][-1])
    elif len(row[against]) > 1 and not TARGET.match(row[against][0]):
        verdict = say("official.than_before", lang, verdict=verdict)
    comma = say("official.comma", lang)
    code = "row_counted" if number in verdict.split() else "row"
    return say(
        f"official.{code}",
        lang,
        name=name,
        value=told,
        facts=comma.join(facts),
        verdict=SPACED.sub("", verdict),
    )


def _words(verdict: str) -> str:
    """A verdict without the sign that pages put before it."""
    return verdict.partition(" ")[2] or verdict


def _of_indicators(table: Display, lang: str) -> bool:
    needed = [head_word("value", lang), say("judged.against", lang)]
    return set(needed) <= set(table.heads) and table.heads[-1] == head_word("verdict", lang)


def _tables(page: Page) -> Iterator[Display]:
    for part in page.parts:
        if isinstance(part, Block) and part.role not in (MAIN, FOLDED):
            yield from (one for one in part.parts if isinstance(one, Display))


def findings(page: Page, lang: str) -> Iterator[str]:
    """What a page finds, in its order: what its lists and cards say, and the titles of its other
    blocks with a table or picture, which are findings; what must be known before use comes last.
    """
    blocks = [part for part in page.parts if isinstance(part, Block)]
    if opens(page):  # an overview: what sums up comes first
        blocks.sort(key=lambda block: min(map(_rank, block.parts), default=len(SUMS)))
        blocks.sort(key=lambda block: block.role != "lead")
    for part in blocks:
        if part.role in (MAIN, FOLDED, LIST):
            continue
        listed = [one for one in part.parts if isinstance(one, Points | Cards | Tiles)]
        tables = [one for one in part.parts if isinstance(one, Display)]
        borne = bool(tables) or any(isinstance(one, Picture) for one in part.parts)
        if part.title and part.role == "lead":
            yield part.title
        elif part.title and (borne and not listed):
            if not any(_of_indicators(one, lang) for one in tables):
                yield part.title
        elif re.search(r"\d", part.title) and any(isinstance(one, Tiles) for one in listed):
            yield part.title
        for one in listed:
            if isinstance(one, Points):
                told = [(point.text, point.badge) for point in one.points]
            elif isinstance(one, Cards):
                told = [(_carded(card, lang), card.badge) for card in one.cards]
            else:
                told = []
            for text, mark in told:
                yield _marked(text, mark, lang)


def _rank(part: object) -> int:
    return next((i for i, kind in enumerate(SUMS) if isinstance(part, kind)), len(SUMS))


def _marked(text: str, mark: str, lang: str) -> str:
    """A finding with its verdict in words, without the sign that pages put before it."""
    return say("official.marked", lang, text=text, mark=_words(mark)) if mark else text


def _carded(card: Card, lang: str) -> str:
    told = say("official.card", lang, title=card.title, figure=card.figure, unit=card.unit)
    below = card.below.replace(" · ", say("official.comma", lang))
    return say("official.marked", lang, text=told, mark=below) if below else told


def dated(text: str, lang: str) -> str:
    """A text with its days and months as letters write them.

    >>> dated("2022-12-31", "zh"), dated("2022-12-31", "en")
    ('2022年12月31日', '2022-12-31')
    """

    def days(found: re.Match) -> str:
        year, month, day = map(int, found.groups())
        return say("official.day", lang, year=year, month=month, day=day)

    def months(found: re.Match) -> str:
        year, month = map(int, found.groups())
        return say("official.month", lang, year=year, month=month)

    def spans(found: re.Match) -> str:
        year, first, last = map(int, found.groups())
        return say("official.span", lang, year=year, first=first, last=last)

    to = say("figure.span", lang, first="|", last="|").strip("|")
    text = re.sub(rf"(?<![\d-])(\d{{4}})-(\d\d){to}\1-(\d\d)(?![\d-])", spans, text)
    return MONTH.sub(months, DAY.sub(days, text))


def lines_of(text: str, indent: int = 4) -> int:
    """The lines that a paragraph needs in a letter, its indent of two signs allowed for.

    >>> lines_of("二十八个字" * 5), lines_of("二十八个字" * 6)
    (1, 2)
    """
    return -(-(columns_of(text) + indent) // (2 * SIGNS))


def fitting(chapters: Sequence[Chapter], room: int, lang: str) -> list[Chapter]:
    """As many findings as so many lines hold: two of the first chapter, the first of each other
    one and of each other page, then the next that fits of each, what is missed or broken before
    what is not; a chapter of which none fits is left out, as is a long finding.
    """
    short = [[text for text in one.found if lines_of(text) <= LONGEST] for one in chapters]
    kept: list[list[str]] = [[] for _ in chapters]

    def keep(i: int, text: str) -> bool:
        nonlocal room
        needed = lines_of(text + " " * 8) + (not kept[i])
        fits = needed <= room and text not in kept[i] and len(kept[i]) < EACH
        if fits:
            kept[i].append(text)
            room -= needed
        return fits

    for text in short[0][:2] if short else ():
        keep(0, text)
    for i, found in enumerate(short):
        if i and found:
            keep(i, found[0])
            if not kept[i]:
                keep(i, min(found, key=lines_of))
            others = found[1 : len(chapters[i].pages)]
            for text in [t for t in others if SURE.search(t) or PART.search(t)]:
                keep(i, text)
    missed = [verdict_word(verdict, lang, 1).partition(" 1")[0] for verdict in sorted(BAD)]
    for wanted in (missed, ("",)):
        for _ in range(EACH):
            for i, found in enumerate(short):
                due = [one for one in found if any(word in one for word in wanted)]
                next((one for one in due if i and one not in kept[i] and keep(i, one)), None)
    for text in short[0] if short else ():
        keep(0, text)
    told = [sorted(said, key=found.index) for said, found in zip(kept, short, strict=True)]
    return [
        replace(one, found=said, of=tuple(one.of[one.found.index(text)] for text in said))
        for one, said in zip(chapters, told, strict=True)
        if said
    ]
