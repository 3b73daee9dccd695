"""An assessment on one screen: its finding in a sentence, one indicator in a sentence, and all
measures as tiles.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..domain.verdicts import Verdict
from ..statistics.reasons import Reason
from .assessed import COMPARED, told_of
from .block import Block, Text
from .display import BAD, GOOD, SIGNS
from .findings import SILENT, counts_of, own_of, summary_of
from .parts import Tile, Tiles
from .wording import capital, figure, number, period_words, text_of
from .words import has, joined, say, verdict_name

if TYPE_CHECKING:
    from .assessment import Assessment, AssessRow

NAMED = 3  # pieces of a title, beyond which they are counted
LEADING = 2  # directions that stand in for targets
# what leads a title: what is reached, what is missed, what nobody can say
ORDER = (Verdict.MET, Verdict.NOT_MET, Verdict.CANNOT_TELL, Verdict.NO_DATA, Verdict.NOT_DUE)
UNSURE = frozenset({Verdict.CANNOT_TELL, Verdict.NOT_DUE})
# what is to be known of a figure, and decides no verdict
REMARKS = frozenset(
    {
        "to_the_day",
        "assess.no_open_case",
        "assess.rule_about_mean",
        "assess.was_at_target",
        "assess.borrowed",
        "assess.rests_on",
    }
)
# verdicts of a measure from the worst to the best, as its tile shows them
WORST = (Verdict.NOT_MET, Verdict.VIOLATIONS, Verdict.WORSE, Verdict.NO_CLEAR_CHANGE)


@dataclass(frozen=True)
class Charged:
    """What is known of charge lines: how many were checked, how many of them break a rule, and of
    how many of these each breach rests on a rate that was worked out and not read.
    """

    checked: int
    broken: int
    derived: int = 0


def dated(found: Assessment) -> list[AssessRow]:
    """The notice's own targets by a day."""
    return [r for r in own_of(found.rows) if r.kind == "level" and r.origin == "notice"]


def missed_beside(found: Assessment) -> list[AssessRow]:
    """What other documents that hold on the day ask for and is not kept; charges are told apart."""
    return [
        row
        for row in own_of(found.rows)
        if row.origin == "outside"
        and row.unit != "lines"
        and row.verdict in (Verdict.NOT_MET, Verdict.VIOLATIONS)
        and _holds(found, row)
    ]


def _holds(found: Assessment, row: AssessRow) -> bool:
    target = found._notice.indicator(row.indicator).target
    return target is not None and (not target.until or str(target.until) >= found.as_of[:10])


def lead_of(found: Assessment, lang: str, charged: Charged | None) -> Block:
    """The finding of the whole as a title, and below it what the data can carry."""
    # targets of which the log holds nothing would be a list of lacks
    some = any(row.verdict is not Verdict.NO_DATA for row in dated(found))
    judged = sum(row.verdict not in SILENT for row in own_of(found.rows))
    told = _targets(found, lang) if some and judged else []
    if charged is not None and charged.checked:
        code = "overview.lines_broken" if charged.broken else "overview.lines_clean"
        rest = Reason("overview.derived_short", n=charged.derived) if charged.derived else ""
        told.append(say(code, lang, n=charged.broken or charged.checked, derived=rest))
    if not (some and judged):
        told = [*_directions(found, lang, leading=True), *told]
    told = told or _directions(found, lang) or _references(found, lang)
    if not told:
        counts = counts_of(found, lang)
        verdicts = tuple(Reason("headline.verdict", verdict=w, n=n) for _, w, n in counts)
        code = "little_told" if judged else "nothing_told" if verdicts else "nothing"
        told = [say(f"judged.{code}", lang, told=verdicts, n=judged)]
    title = capital(say("overview.comma", lang).join(told))
    carried = [summary_of(found, lang), say(f"overview.{'covers' if judged else 'look'}", lang)]
    if others := missed_beside(found):
        carried.insert(0, say("overview.others_missed", lang, n=len(others)))
    return Block(title, (Text(say("overview.stop", lang).join(carried)),), role="lead")


def _targets(found: Assessment, lang: str) -> list[str]:
    """The dated targets: each measure's by verdict, or counted where there are many."""
    rows = dated(found)
    pieces = Counter((_short(found, row, lang), row.verdict) for row in rows)
    if len(pieces) > NAMED:
        every = Counter(row.verdict for row in rows)
        told = [Reason(f"overview.all_{_end(v)}", n=every[v]) for v in ORDER if every[v]]
        listed = joined(told, lang, "mark.list")
        return [say("overview.of_targets", lang, n=len(rows), told=listed)]
    told = [
        say(f"overview.target_{_end(verdict)}", lang, name=name, n=n)
        for verdict in ORDER
        for (name, which), n in pieces.items()
        if which is verdict
    ]
    return [say("overview.own_targets", lang, told=told[0]), *told[1:]] if told else []


def _end(verdict: Verdict) -> str:
    return verdict.code.rpartition(".")[2]


def _short(found: Assessment, row: AssessRow, lang: str) -> str:
    (measure,) = (m for m in found._notice.measures if m.no == row.measure)
    return text_of(measure, "short", lang) or found.name_of(row, lang)


def _references(found: Assessment, lang: str) -> list[str]:
    """The first figures that are set beside a text, where nothing is judged: those that lead a
    page, if any does.
    """
    leading = {indicator.id for indicator in found._notice.leading()}
    rows = [r for r in own_of(found.rows) if r.verdict is Verdict.REFERENCE]
    first = [row for row in rows if row.indicator in leading] or rows
    told = [told_of(found, row, lang) for row in first[:NAMED]]
    return [*told, say("overview.beside_alone", lang)] if told else []


def _directions(found: Assessment, lang: str, *, leading: bool = False) -> list[str]:
    """Where the first clocks went: of those that lead a page, or where none does and not only the
    `leading` are asked for, of any.
    """
    key = {indicator.id for indicator in found._notice.leading()}
    rows = [r for r in own_of(found.rows) if r.verdict in COMPARED and r.value is not None]
    first = [row for row in rows if row.indicator in key]
    return [
        say(
            "overview.moved",
            lang,
            name=found.name_of(r, lang),
            verdict=verdict_name(r.verdict, lang),
        )
        for r in (first if first or leading else rows)[:LEADING]
    ]


def finding_of(found: Assessment, row: AssessRow, lang: str) -> str:
    """One indicator in a sentence: its level, and how far it moved since the baseline."""
    against = next((why for why in row.reasons if why.code == "assess.against"), None)
    change = against.facts["change"] if against is not None else None
    if row.kind == "direction" and (row.value is None or row.verdict is Verdict.CANNOT_TELL):
        return _unjudged(found, row, lang)
    if row.value is None or not isinstance(change, Reason) or "low" not in change.facts:
        return capital(told_of(found, row, lang))
    value, low, high = (float(change.facts[end]) for end in ("value", "low", "high"))
    points = change.code.startswith("assess.change_points")
    unit = "points" if points else row.unit
    facts: dict[str, Any] = {
        "name": found.name_of(row, lang),
        "level": figure(row.value, row.unit, lang),
        "period": period_words(row.period, lang),
        "cases": row.n or 0,
        "statistic": Reason(f"overview.{'mean' if row.statistic == 'mean' else 'unsaid'}"),
    }
    code = "same"
    if row.verdict in (Verdict.IMPROVED, Verdict.WORSE):
        code = "less" if value < 0 else "more"
        value, low, high = (abs(value), *sorted((abs(low), abs(high))))
    shown = [number(end, lang=lang) for end in (value, low, high)]
    facts |= dict(zip(("change", "low", "high"), shown, strict=True))
    if points:
        facts["change"] = say("overview.points", lang, value=facts["change"])
    elif unit:
        facts["change"] = figure(value, row.unit, lang)
    return capital(say(f"overview.{code}", lang, **facts))


def deciding(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Why a row has no verdict, without what is to be known of its figure.

    >>> deciding([Reason("to_the_day", n=1), Reason("assess.few_cases", enough=30)])
    (Reason('assess.few_cases', enough=30),)
    """
    return tuple(reason for reason in reasons if reason.code not in REMARKS)


def _unjudged(found: Assessment, row: AssessRow, lang: str) -> str:
    """One indicator of which nobody can say whether it moved, with the reason."""
    why = joined(deciding(row.reasons), lang) or verdict_name(row.verdict, lang)
    facts: dict[str, Any] = {"name": found.name_of(row, lang), "why": why}
    if row.value is None:
        return capital(say("overview.no_level", lang, **facts))
    facts |= {
        "level": figure(row.value, row.unit, lang),
        "statistic": Reason(f"overview.{'mean' if row.statistic == 'mean' else 'unsaid'}"),
        "n": row.n or 0,
    }
    return capital(say("overview.unjudged", lang, **facts))


def tiles_of(found: Assessment, lang: str, page: str) -> Block:
    """A tile per measure under the parts of the notice, with how many of its indicators that can be
    judged are met or improved.
    """
    notice = found._notice
    made: dict[str, list[Tile]] = {part.clause: [] for part in notice.parts}
    heads = {part.clause: text_of(part, "", lang) for part in notice.parts}
    kinds: Counter[str] = Counter()
    for measure in notice.measures:
        rows = [row for row in own_of(found.rows) if row.measure == measure.no]
        if not rows:
            continue
        state, kind = _state(rows, lang)
        kinds[kind] += 1
        part = next((c for c in made if measure.clause.startswith(c)), "")
        title = text_of(measure, "title", lang)
        tile = Tile(
            number=str(measure.no),
            name=text_of(measure, "short", lang) or title,
            state=state,
            tone="none" if kind in ("lacking", "beside") else kind,
            title=say("judged.measure", lang, no=measure.no, title=title),
            address=f"{page}#m{measure.no}" if page else "",
        )
        made.setdefault(part, []).append(tile)
    groups = tuple((heads.get(clause, ""), tuple(tiles)) for clause, tiles in made.items() if tiles)
    told = [
        Reason(f"overview.tiles_{kind}", n=kinds[kind])
        for kind in ("good", "bad", "open", "unsure", "beside", "lacking", "none")
        if kinds[kind]
    ]
    measures = Reason("judged.of_measures", n=kinds.total())
    title = say(
        "overview.tiles", lang, measures=measures, told=joined(told, lang, "overview.comma")
    )
    names = ("part", "number", "measure", "state")
    part, number_, measure_, state = (say(f"overview.{name}", lang) for name in names)
    tiles = Tiles(groups, (part, number_, measure_, state))
    parts = (Text(say("overview.how_tiles", lang)), tiles) if groups else ()
    return Block(capital(title) if groups else say("judged.nothing", lang), parts)


def _state(rows: Sequence[AssessRow], lang: str) -> tuple[str, str]:
    """What a tile says of a measure's indicators, and its kind: a tone, or what is lacking."""
    judged = [row for row in rows if row.verdict not in SILENT]
    if not judged:
        known = [r for r in rows if r.verdict is not Verdict.NOT_MEASURABLE]
        (verdict, _), *_ = Counter(r.verdict for r in known or rows).most_common(1)
        code = f"overview.tile_{_end(verdict)}"
        words = say(code, lang) if has(code) else verdict_name(verdict, lang)
        kind = "unsure" if verdict in UNSURE else "lacking" if known else "none"
        kind = "beside" if verdict is Verdict.REFERENCE else kind
        return f"{SIGNS[verdict]} {words}", kind
    good = sum(row.verdict in GOOD for row in judged)
    seen = {row.verdict for row in judged}
    worst = next((verdict for verdict in WORST if verdict in seen), Verdict.MET)
    tone = "bad" if worst in BAD else "good" if worst in GOOD else "open"
    sign = SIGNS[Verdict.NOT_MET if tone == "bad" else worst]
    return f"{sign} {good}/{len(judged)}", tone


def turned(found: Assessment, row: AssessRow) -> Iterable[AssessRow]:
    """The readings of a row's indicator that are judged otherwise."""
    return [
        mate
        for mate in found.rows
        if mate.companion_of == row.indicator
        and mate.groups == row.groups
        and mate.kind == row.kind
        and mate.value is not None
        and mate.verdict is not row.verdict
        and mate.verdict not in SILENT
    ]
