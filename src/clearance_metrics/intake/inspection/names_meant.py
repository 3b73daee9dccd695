"""Which of our columns and milestones the columns of a file mean, by header and by values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ...domain.synonyms import LEVELS, called, clean, has_table, is_plan, meant
from ...domain.vocabulary import Column, load_vocabulary
from ..columns import AMOUNTS, INTEGERS, OPTIONAL, REQUIRED, TIMES
from .columns_seen import ColumnSeen
from .said import shapes

ENOUGH = 0.5  # the least that a name must fit to be proposed
SURE = 0.9
CODE_ENOUGH = 0.6  # of a code, a part of which may mean a milestone by chance
KIND_ENOUGH = 0.45
IDENTIFIERS = ("case_id", "line_id", "bill", "box")
BY_VALUES = ("kind", "mode", "declaration_mode", "refund_method", "currency")
PORT_CODES = 0.95  # a header with "port" over codes of ports
# what a milestone of a file's own kind gains over one of another
OF_ITS_KIND = 0.7


@dataclass(frozen=True)
class Found:
    """One of our names, the column it stands in, and how well they fit (0 to 1)."""

    name: str
    column: ColumnSeen
    score: float
    by_values: bool = False


def assigned(
    columns: Sequence[ColumnSeen], table: str, names: Iterable[str], taken: Iterable[str] = ()
) -> dict[str, Found]:
    """The best column for each name, no column for two names; what fits best is placed first."""
    wanted, used = set(names), set(taken)
    pairs = []
    for column in columns:
        planned = column.times is not None and is_plan(column.header)
        if column.header in used or planned or is_zone(column):
            continue
        for name, score, by_values in _meanings(column, table, wanted):
            pairs.append(Found(name, column, score, by_values))
    pairs.sort(key=lambda found: (-found.score, found.column.place))
    placed: dict[str, Found] = {}
    for found in pairs:
        if found.score >= ENOUGH and found.name not in placed and found.column.header not in used:
            placed[found.name] = found
            used.add(found.column.header)
    return placed


def _meanings(
    column: ColumnSeen, table: str, wanted: set[str]
) -> Iterable[tuple[str, float, bool]]:
    told = dict(meant(column.header, table))
    if "port" in wanted and column.port_codes and "port" in clean(column.header).split():
        yield "port", PORT_CODES, False
    for name, score in told.items():
        if name in wanted:
            yield name, score * fits(column, name, table), False
    if told or column.times or not column.few or column.distinct < 2:
        return
    for name in BY_VALUES:
        if name in wanted and column.numbers < 0.5 and column.meaning(name)[0] >= 0.95:
            yield name, 0.6, True


def fits(column: ColumnSeen, name: str, table: str) -> float:
    """How well a column's values suit one of our columns: 1 is entirely, 0 not at all."""
    known = spec(name, table)
    timed = column.times is not None and not column.times.number
    if name in TIMES:
        return 1.0 if column.times else 0.0
    if name in AMOUNTS or known.type == "amount":
        return column.amounts if column.amounts > 0.5 and not timed else 0.0
    if known.values or name == "currency":
        share = column.meaning(name)[0] if has_table(name) else 0.0
        return 0.9 if name == "currency" and column.few and not share else 0.2 + 0.8 * share
    if known.type == "boolean":
        return 0.2 + 0.8 * column.meaning(truth_table(column, name))[0] if column.few else 0.0
    if known.type == "integer" or name in INTEGERS:
        return column.numbers if not timed else 0.0
    if name == "measure_from":
        return 1.0 if column.months or timed else 0.3
    if timed:
        return 0.0
    if name == "hs_chapter":
        return 0.3 + 0.7 * column.numbers
    if name == "milestone":
        return 1.0 if column.few else 0.2
    return 1.0 if column.rows_told else 0.3


def truth_table(column: ColumnSeen, name: str) -> str:
    """The table that a column of yes and no is read with: that of its own name, where it has one
    and its values suit that more.
    """
    own = has_table(name) and column.meaning(name)[0] > column.meaning("boolean")[0]
    return name if own else "boolean"


def spec(name: str, table: str) -> Column:
    """What the vocabulary says of one of our columns; one that it does not know is text."""
    words = load_vocabulary()
    known = words.charge_columns if table == "charge_column" else words.columns
    return known.get(name) or Column(name)


def names_for(role: str) -> tuple[str, ...]:
    """The columns that a role may map.

    >>> "mode" in names_for("events"), "mode" in names_for("limits")
    (True, False)
    """
    own = REQUIRED[role] + OPTIONAL.get(role, ())
    return (
        own
        if role in ("charges", "charge_list", "waivers", "limits")
        else (
            *own,
            *load_vocabulary().columns,
        )
    )


def shown(name: str, table: str = "milestone") -> dict[str, str]:
    """One of our names as a sentence tells it in each language.

    >>> shown("declared")["en"], shown("my_own")["zh"]
    ('declared', 'my_own')
    """
    word = called(name, table)
    return {"zh": name if word == name else f"{name} ({word})", "en": name}


def is_zone(column: ColumnSeen) -> bool:
    """Whether a column says in which zone a row's times are."""
    return clean(column.header) in shapes()["zone_headers"] and not column.times


def kind_of(texts: Iterable[str]) -> str:
    """The kind of case that names of files, sheets and identifiers tell of; "" if none does.

    >>> kind_of(["refunds-2021", "id"]), kind_of(["a"])
    ('refund', '')
    """
    best, top = "", 0.0
    for text in texts:
        bare = "".join(c for c in text if not c.isdigit()).strip("-_ ")
        for form in (bare, bare.removesuffix("s")):
            for name, score in meant(form, "kind")[:1]:
                if score >= KIND_ENOUGH and score > top:
                    best, top = name, score
    return best


def milestones(texts: Sequence[str], kind: str) -> dict[str, tuple[str, float]]:
    """The milestone that each code or header means, within the group of milestones that suits most
    of them; those that mean none are left out.

    >>> milestones(["arrived", "departed"], "train")["arrived"][0]
    'train_arrived'
    """
    known = load_vocabulary().milestones
    told = {text: meant(text, "milestone") for text in texts}
    groups = {known[name].group for pairs in told.values() for name, _ in pairs} - {"both"}
    if not groups:
        return {text: pairs[0] for text, pairs in told.items() if pairs}
    best = max(
        sorted(groups), key=lambda group: sum(_best(p, group, kind)[1] for p in told.values())
    )
    found = {}
    for text, pairs in told.items():
        name, score = _best(pairs, best, kind)
        if name:
            least = OF_ITS_KIND if known[name].group == kind else 0.0
            found[text] = (name, max(dict(pairs)[name], least) if score else 0.0)
    return _one_each(found, told)


def _best(pairs: Sequence[tuple[str, float]], group: str, kind: str) -> tuple[str, float]:
    """The likeliest of several milestones for a file of one group, with its weight."""
    known = load_vocabulary().milestones
    best, top = "", 0.0
    for name, score in pairs:
        own = known[name].group
        weight = (
            score + (OF_ITS_KIND if own == kind else 0) - (0.0 if own in (group, "both") else 0.35)
        )
        if weight > top:
            best, top = name, weight
    return best, top


def _one_each(
    found: Mapping[str, tuple[str, float]], told: Mapping[str, Sequence[tuple[str, float]]]
) -> dict[str, tuple[str, float]]:
    """Where two texts mean the same milestone, the less certain gives way if it can."""
    kept: dict[str, tuple[str, float]] = {}
    for text, (name, score) in sorted(found.items(), key=lambda item: -item[1][1]):
        taken = {n for n, _ in kept.values()}
        if name in taken and score < SURE:
            other = next((p for p in told[text] if p[0] not in taken and p[1] >= ENOUGH), None)
            name, score = other or (name, LEVELS["maybe"])
        kept[text] = (name, score)
    return {text: kept[text] for text in found}
