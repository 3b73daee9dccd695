"""What a file is: a row per event, per case, per charge line, or a port's published list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ...domain.synonyms import ROLE_COLUMNS, is_plan, meant
from .columns_seen import ColumnSeen
from .names_meant import CODE_ENOUGH, SURE, Found, assigned, kind_of, milestones, names_for
from .sampling import Sample

# what must be found, at which score, for a file to be one of these
LISTS = {
    "waivers": {"waived_percent": 0.6, "item": 0.6},
    "limits": {"minutes": 0.6, "operation": 0.6},
    "charge_list": {"item": 0.6, "port": 0.6},
}
PLAIN, NEARLY = 0.6, 0.8
UNIQUE, HALF = 0.98, 0.5


@dataclass(frozen=True)
class Laid:
    """A file with its role and what was found in it."""

    sample: Sample
    columns: tuple[ColumnSeen, ...]
    role: str
    sure: float
    found: dict[str, Found]
    kind: str = ""
    codes: dict[str, tuple[str, float]] = field(default_factory=dict)
    timed: tuple[tuple[ColumnSeen, str, float], ...] = ()
    plans: tuple[ColumnSeen, ...] = ()
    days: dict[str, str] = field(default_factory=dict)
    classifier: ColumnSeen | None = None

    def column(self, header: str) -> ColumnSeen | None:
        """The column under a header."""
        return next((c for c in self.columns if c.header == header), None)


def laid(sample: Sample, columns: Sequence[ColumnSeen]) -> Laid:
    """The likeliest role of a file, and its columns under it."""
    stem = sample.path.name.split(".")[0]
    columns = _ordered(columns)
    days = _clocks_with_days(columns)
    times = [c for c in columns if c.times and c.header not in days.values()]
    times = times or [c for c in columns if c.times]
    plans = tuple(c for c in times if is_plan(c.header) and not meant(c.header, "milestone"))
    facts = [c for c in times if c not in plans]
    ids = assigned(columns, "column", ("case_id",))
    named = [ids["case_id"].column.header] if "case_id" in ids else []
    kind = kind_of([*named, stem, sample.sheet])
    by_header = milestones([c.header for c in facts], kind)
    timed = tuple((c, *by_header.get(c.header, ("", 0.0))) for c in facts)
    certain = sum(score >= 0.6 for _, _, score in timed)
    seen = Laid(
        sample,
        tuple(columns),
        "cases",
        0.0,
        {},
        kind=kind,
        plans=plans,
        days=days,
        classifier=_classifier(columns),
    )
    listed = _listed(sample, columns, certain)
    if listed:
        return listed
    charged = _charged(columns, certain, len(facts))
    if charged:
        return replace(seen, role="charges", sure=0.9, found=charged)
    code, codes = _code_column(columns, kind)
    own = ids["case_id"].column if "case_id" in ids else None
    unique = own is not None and own.unique >= UNIQUE and not own.running
    guessed = code is None and len(facts) == 1 and not certain and not unique
    if guessed:
        code = _few_texts(columns, own)
        codes = _codes(code, kind) if code else {}
    if code and facts and not (certain >= 2 or certain and unique and len(sample.rows) > 3):
        found = _events(columns, code, facts)
        named = dict(meant(code.header, "column")).get("milestone", 0.0) >= SURE
        sure = 0.6 if guessed or not (codes or named) else 0.95
        if guessed:
            found["milestone"] = Found("milestone", code, PLAIN - 0.1)
        return replace(seen, role="events", sure=sure, found=found, codes=codes)
    role = "wide" if facts else "cases"
    taken = [c.header for c in (*facts, *plans)] + list(days.values())
    names = [n for n in names_for(role) if n not in ("measure_from",)]
    found = assigned(columns, "column", names, taken)
    found |= assigned(
        [c for c in columns if c.months],
        "column",
        ("measure_from",),
        [f.column.header for f in found.values()],
    )
    plain = certain or role == "cases" and len(found) > 2
    sure = 0.95 if plain else 0.9 if len(facts) > 1 else 0.6
    return replace(seen, role=role, sure=sure, found=found, timed=timed)


def _ordered(columns: Sequence[ColumnSeen]) -> list[ColumnSeen]:
    """The columns, the order of day and month that some tell taken for those that leave it open."""
    known = {c.times.order_known for c in columns if c.times} - {""}
    order = known.pop() if len(known) == 1 else ""
    return [replace(c, times=c.times.ordered(order)) if c.times else c for c in columns]


def _listed(sample: Sample, columns: Sequence[ColumnSeen], certain: int) -> Laid | None:
    """A port's published list, if the file is one: it has no cases."""
    if certain > 1:
        return None
    for role, wanted in LISTS.items():
        found = assigned(columns, ROLE_COLUMNS[role], names_for(role))
        cased = assigned(columns, "column", ("case_id",)).get("case_id")
        if (
            cased
            and cased.score >= SURE
            and cased.column.header not in {f.column.header for f in found.values()}
        ):
            continue
        if "valid_from" in found and all(
            name in found and found[name].score >= least for name, least in wanted.items()
        ):
            plain = all(found[name].score >= NEARLY for name in wanted)
            return Laid(sample, tuple(columns), role, 0.95 if plain else PLAIN, found)
    return _priced(sample, columns)


def _priced(sample: Sample, columns: Sequence[ColumnSeen]) -> Laid | None:
    """A list of prices without days: items with rates, and nothing that names a case."""
    table = ROLE_COLUMNS["charge_list"]
    meanings = [dict(meant(c.header, table)) for c in columns]
    # rates of lists that people read are often sentences: their headers tell enough
    plain = all(any(m.get(name, 0) >= SURE for m in meanings) for name in ("item", "rate"))
    cased = any(dict(meant(c.header, "column")).get("case_id", 0) >= SURE for c in columns)
    if not plain or cased or any(c.times and not c.times.number for c in columns):
        return None
    return Laid(
        sample,
        tuple(columns),
        "charge_list",
        PLAIN,
        assigned(columns, table, names_for("charge_list")),
    )


def _charged(columns: Sequence[ColumnSeen], certain: int, times: int) -> dict[str, Found]:
    """What was found of a charge line, if the file is of them; its day may have any header where
    it is the only one.
    """
    found = assigned(columns, "charge_column", names_for("charges"))
    lines = "amount" in found and ("item" in found or "currency" in found or "bill" in found)
    alone = times == 1 and not certain and {"item", "currency"} <= set(found)
    return found if lines and ("charged_on" in found and certain <= 1 or alone) else {}


def _code_column(
    columns: Sequence[ColumnSeen], kind: str
) -> tuple[ColumnSeen | None, dict[str, tuple[str, float]]]:
    """The column whose values are codes of milestones, and what they mean."""
    best, top, codes = None, 0.0, {}
    for column in columns:
        if not column.few or column.times or column.numbers > 0.9 and column.distinct > 30:
            continue
        header = dict(meant(column.header, "column")).get("milestone", 0.0)
        found = _codes(column, kind)
        rows = sum(n for v, n in column.told.items() if str(v) in found)
        share = rows / max(column.rows_told, 1)
        several = len({name for name, _ in found.values()}) > 1
        score = header + share * (1.0 if several else 0.4)
        if score > max(top, 0.65):
            best, top, codes = column, score, found
    return best, codes


def _codes(column: ColumnSeen, kind: str) -> dict[str, tuple[str, float]]:
    """The values of a column that are codes of milestones, and what they mean."""
    texts = [str(v) for v in column.told]
    return {t: p for t, p in milestones(texts, kind).items() if p[1] >= CODE_ENOUGH}


def _few_texts(columns: Sequence[ColumnSeen], ids: ColumnSeen | None) -> ColumnSeen | None:
    """The column of few texts that may name what happened, of those that mean no other column:
    by its header, by the codes we know, else the one with most texts, the first of several.
    """
    names = [n for n in names_for("events") if n != "milestone"]
    other = {f.column.header for f in assigned(columns, "column", names).values()}

    def rank(column: ColumnSeen) -> tuple[bool, int, int, int]:
        header = dict(meant(column.header, "column")).get("milestone", 0.0) >= SURE
        return header, len(_codes(column, "")), column.distinct, -column.place

    some = [
        c
        for c in columns
        if c.few
        and not c.times
        and c is not ids
        and c.numbers < 0.5
        and c.distinct > 1
        and c.unique <= HALF
        and c.rows_told > HALF * c.n
        and c.header not in other
    ]
    return max(some, key=rank, default=None)


def _events(
    columns: Sequence[ColumnSeen], code: ColumnSeen, facts: Sequence[ColumnSeen]
) -> dict[str, Found]:
    """The columns of an events file: the time that is nearest to its meaning, and the others."""
    ranked = assigned(facts, "column", ("time", "recorded_at"))
    if "time" not in ranked:
        free = [
            c for c in facts if "recorded_at" not in ranked or c != ranked["recorded_at"].column
        ]
        ranked["time"] = Found("time", (free or list(facts))[0], 0.6 if len(free) > 1 else 0.9)
        if not free:
            del ranked["recorded_at"]
    taken = [code.header, *(c.header for c in facts)]
    names = [n for n in names_for("events") if n not in ("time", "recorded_at", "milestone")]
    found = assigned(columns, "column", names, taken)
    return {**found, "milestone": Found("milestone", code, 0.9), **ranked}


def _clocks_with_days(columns: Sequence[ColumnSeen]) -> dict[str, str]:
    """Headers of times of day, each with the header of the column that holds its day."""
    days = [c for c in columns if c.times and c.times.date_only and not is_plan(c.header)]
    clocks = [c for c in columns if c.times and c.times.clock_only]
    found = {}
    for clock in clocks:
        before = [day for day in days if day.place < clock.place]
        near = before[-1] if before else days[0] if days else None
        if near:
            found[clock.header] = near.header
    return found


def _classifier(columns: Sequence[ColumnSeen]) -> ColumnSeen | None:
    """The column that says whether a row is a fact, a plan or an estimate."""
    for column in columns:
        share, values = column.meaning("classifier")
        told = set(values.values())
        if share > 0.98 and "actual" in told and len(told) > 1 and max(map(len, values)) > 1:
            return column
    return None


def stem_of(path: Path) -> str:
    """A file's name without its endings."""
    return path.name.split(".")[0]
