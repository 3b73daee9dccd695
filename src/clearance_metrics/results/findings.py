"""An assessment's findings one under the other, and all measures of a notice with their rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from ..domain.verdicts import Verdict
from ..statistics.reasons import Reason
from .assessed import table_of
from .block import Block, Point, Points
from .display import tone, too_few
from .wording import figure, judged, judged_statistic, number, period_words, signed_of, text_of
from .words import joined, say, verdict_name

if TYPE_CHECKING:
    from .assessment import Assessment, AssessRow

# verdicts that judge nothing
SILENT = frozenset(
    {
        Verdict.REFERENCE,
        Verdict.NOT_COMPUTED,
        Verdict.NOT_MEASURABLE,
        Verdict.NO_DATA,
        Verdict.NOT_DUE,
        Verdict.CANNOT_TELL,
    }
)
CLASSES = ("own", "level", "zero", "direction", "reference")  # in the order in which they are told


def own_of(rows: Iterable[AssessRow]) -> list[AssessRow]:
    """The rows of indicators, without what stands beside them."""
    return [row for row in rows if not row.companion_of]


def summary_of(found: Assessment, lang: str) -> str:
    """How many indicators can be judged, how many leave no trace in logs, and how many are left."""
    counts = Counter(row.verdict for row in own_of(found.rows))
    total, silent = counts.total(), counts[Verdict.NOT_MEASURABLE]
    facts: dict[str, Any] = {
        "measures": Reason("judged.of_measures", n=len(found._notice.measures)),
        "n": total,
        "judged": total - sum(counts[name] for name in SILENT),
    }
    told = [Reason(f"judged.summary{'' if facts['judged'] else '_none'}", **facts)]
    told += [Reason("judged.silent", n=silent)] if silent else []
    rest = total - facts["judged"] - silent
    told += [Reason("judged.rest", n=rest)] if rest and facts["judged"] else []
    return joined(told, lang)


def counts_of(found: Assessment, lang: str) -> list[tuple[Verdict, str, int]]:
    """Verdicts with their words and how many indicators have them, in the order of the verdicts."""
    counts = Counter(row.verdict for row in own_of(found.rows))
    return [(kind, verdict_name(kind, lang), counts[kind]) for kind in Verdict if counts[kind]]


def points_of(found: Assessment, lang: str, most: int | None) -> Block:
    """The findings: the notice's own figures, other levels, violations, directions."""
    known = [row for row in own_of(found.rows) if row.value is not None and _class(row)]
    if not known:
        told = [Reason("headline.verdict", verdict=w, n=n) for _, w, n in counts_of(found, lang)]
        title = say("judged.nothing_told" if told else "judged.nothing", lang, told=tuple(told))
        return Block(title, source=found.source(lang))
    kept = chosen(found, known, most)
    shown = sorted((r for r in known if r in kept), key=lambda r: (_rank(r), r.measure))
    own = [row for row in known if _class(row) == "own"]
    title = say("judged.main", lang)
    if own:
        said = [_verdict_of(found, row, lang) for row in own]
        title = say("judged.in_sample", lang, told=say("mark.sentence", lang).join(said))
    # what is only set beside a text is no judgement
    left = sum(row.verdict not in SILENT for row in known if row not in shown)
    note = say("judged.other_findings", lang, n=left) if left else ""
    points = Points(tuple(_point(found, row, lang) for row in shown))
    return Block(title, (points,), note, found.source(lang))


def _class(row: AssessRow) -> str:
    """What a finding is told as; empty for what is no finding."""
    if row.kind == "level":
        return "own" if row.origin == "notice" else "level"
    return row.kind if row.kind in CLASSES else ""


def _rank(row: AssessRow) -> int:
    return CLASSES.index(_class(row))


def chosen(found: Assessment, known: Sequence[AssessRow], most: int | None) -> Sequence[AssessRow]:
    """At most so many findings: the notice's own figures, then violations and directions in turn,
    of each those first that lead a page and are the notice's own; others where room is left.
    """
    if most is None or len(known) <= most:
        return known
    leading = {indicator.id for indicator in found._notice.leading()}

    def first(row: AssessRow) -> tuple[bool, bool, int]:
        return row.indicator not in leading, row.origin != "notice", row.measure

    own = [row for row in known if _class(row) == "own"]
    broken = [row for row in known if row.verdict is Verdict.VIOLATIONS]
    moved = [row for row in known if _class(row) == "direction"]
    others = [row for row in known if row not in own + broken + moved]
    turns = zip_longest(*(sorted(rows, key=first) for rows in (broken, moved)))
    return [*own, *(row for turn in turns for row in turn if row is not None), *others][:most]


def _verdict_of(found: Assessment, row: AssessRow, lang: str) -> str:
    name, period = found.name_of(row, lang), period_words(row.period, lang)
    return say("judged.told", lang, name=name, period=period, verdict=judged(row))


def _point(found: Assessment, row: AssessRow, lang: str) -> Point:
    """One finding: verdict, measure, title, value with interval and n, and what stands beside."""
    value = figure(row.value, row.unit, lang, row.low, row.high)
    if why := too_few(row.statistic, row.value, row.low, row.n):
        plain = figure(row.value, row.unit, lang)
        value = say("figure.with_interval", lang, value=plain, interval=why)
    bound = next((one.value for one in row.also if one.statistic == "bound"), None)
    if bound is not None:
        words = judged_statistic("bound", rule=row.rule, lang=lang, level=found.level)
        limit = number(bound, row.unit, lang=lang)
        value = say("judged.with_bound", lang, value=value, bound=words, limit=limit)
    if row.target is None and row.baseline is not None:
        was = number(row.baseline, row.unit, lang=lang)
        value = say("judged.against_baseline", lang, value=value, baseline=was)
    facts: dict[str, Any] = {
        "measure": Reason("judged.number", no=row.measure),
        "title": _called(found, row, lang),
        "value": value,
    }
    code = "judged.point_outside" if row.origin == "outside" else "judged.point"
    text = say(code, lang, **facts, cases=row.n or 0)
    mates = [
        Reason(
            "judged.mate",
            name=found.name_of(mate, lang),
            value=number(mate.value, mate.unit, lang=lang),
            verdict=judged(mate),
        )
        for mate in found.rows
        if mate.companion_of == row.indicator
        and mate.groups == row.groups
        and mate.value is not None
        and mate.kind == row.kind == "level"
    ]
    below = say("judged.mates", lang, told=joined(mates, lang)) if mates else ""
    return Point(signed_of(row, lang), tone(row.verdict), text, below)


def _called(found: Assessment, row: AssessRow, lang: str) -> str:
    """The title of a row's indicator, and its groups."""
    title = text_of(row, "title", lang)
    groups = [found.group_word(name, value, lang) for name, value in row.groups]
    if not groups:
        return title
    return title + say("headline.of_group", lang, group=say("mark.list", lang).join(groups))


def measures_of(found: Assessment, lang: str) -> Block:
    """A table per measure: its number, title, clause and departments above."""
    tables = []
    names = {d.code: text_of(d, "", lang) for d in found._notice.departments}
    for measure in found._notice.measures:
        rows = tuple(row for row in found.rows if row.measure == measure.no)
        if not rows:
            continue
        title = text_of(measure, "title", lang)
        head = say("judged.measure", lang, no=measure.no, title=title)
        who = say("mark.list", lang).join(names[code] for code in measure.departments)
        below = " · ".join(part for part in (measure.clause, who) if part)
        table = table_of(found._with(rows=rows), lang, f"{head}\n{below}")
        table.anchor = f"m{measure.no}"
        tables.append(table)
    title = say("judged.all", lang, number=found.named(lang))
    return Block(title, tuple(tables), found.beware(lang), found.source(lang))
