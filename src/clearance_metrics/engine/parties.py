"""A clock split by who must act at each instant, case by case, as SQL.

Stages run side by side where milestones came out of their order; each is a spell of its own beside
the holds, so that whatever the order every instant is counted once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from ..domain.as_of import AsOf
from ..domain.between import Between
from ..domain.instants import dated
from ..domain.metrics import Condition
from ..domain.parties import GOVERNMENT, PARTS, SEVERAL, TERMINAL, TRADER, UNKNOWN, Plan, Stage
from ..domain.sql import every, name, some, when, whole
from .finished import finished, grouped_by, in_periods, products
from .holds import spans_of, states_of, turns_of
from .query import Query

if TYPE_CHECKING:
    from .log import EventLog

KNOWN = (GOVERNMENT, TRADER, TERMINAL)
NO_SQUARES = "CAST(0 AS DECIMAL(38, 0))"


def time_of_parties(
    log: EventLog,
    plan: Plan,
    *,
    as_of: AsOf,
    where: Condition,
    by: tuple[str, ...] = (),
    period: str | None = None,
    between: Between | None = None,
) -> Query:
    """Sums by group, period and `state`: of "finished" cases the seconds of each part, and their
    products with themselves and with the whole; of cases that ran "backwards" the whole; how many
    are "open", and how many lack the start ("no_start").
    """
    cases = cases_of_parties(
        log, plan, as_of=as_of, where=where, by=by, period=period, between=between
    )
    summed = _summed(cases)
    others = _one_end(finished(log, plan.milestones, as_of, where, by, between, True), plan)
    kept = [*_groups(by), "state", "n"]
    counted = others.grouped("counted", kept[:-1], {"n": "count(*)"})
    none = {c: NO_SQUARES if "_by_" in c else "0" for c in summed.columns if c not in kept}
    none |= {"period": "CAST(NULL AS BIGINT)"} if period else {}
    return summed.stacked("parties", counted.then("unfinished", none, keep=kept))


def cases_of_parties(
    log: EventLog,
    plan: Plan,
    *,
    as_of: AsOf,
    where: Condition,
    by: tuple[str, ...] = (),
    period: str | None = None,
    between: Between | None = None,
) -> Query:
    """A row per case that finished the clock, with the seconds of each part, checked to sum to the
    whole.

    `forward` is whether the clock ends no earlier than it starts, `lost` whether a hold ended that
    never began (then all of it is unknown), `lacks` and `swapped` whether a milestone of a stage is
    missing, or came before what it waits for.
    """
    some_end = finished(log, plan.milestones, as_of, where, by, between, True)
    both = [f"{name(end)} IS NOT NULL" for end in (plan.start, plan.stop)]
    found = some_end.then("finished", where=both)
    clocks = _clocks(in_periods(log, found, name(plan.stop), period, as_of), plan)
    spells = _spells(clocks, plan)
    turns = [turns_of(log, [(h.raised, h.ended) for h in plan.holds], as_of)] if plan.holds else []
    turns = [rows.then("hold_turns", keep=COLUMNS) for rows in turns] + spells
    first, *others = turns or [_none(clocks)]
    stacked = first.stacked("turns_and_stages", *others) if others else first
    many = len(plan.holds) + len(plan.known)
    spans = spans_of(states_of(stacked, clocks, many), clocks)
    return _cases(_acting(spans, plan), plan, grouped_by(clocks))


COLUMNS = ("case_id", "hold", "key", "day", "turn", "lost")


def _groups(by: Iterable[str]) -> list[str]:
    return [f"by_{i}" for i, _ in enumerate(by)]


def _clocks(cases: Query, plan: Plan) -> Query:
    """When each case began and was done, and from when until when each stage ran (`from_0`,
    `upto_0`), and whether its party is not known (`blur_0`).
    """
    begun, done = plan.start, plan.stop
    flag = dated(cases.columns, *plan.milestones)
    told = {"begun": name(begun), "done": name(done)}
    told["dated"] = "0" if flag == "FALSE" else when((flag, 1), otherwise=0)
    cases = cases.then("ends", told)
    made: dict[str, int] = {}
    for i, stage in enumerate(plan.stages):
        ahead = [_reached(n, made, plan) for n in stage.after]
        ahead += [_reached(n, {}, plan) for n in stage.also if n in plan.there]
        starts = ahead[0] if len(ahead) == 1 else f"greatest({', '.join(ahead)})"
        unsure = some(filter(None, (_unsure(n, stage, made, plan) for n in stage.after)))
        upto = name(stage.name) if stage.name in plan.there else "NULL"
        told = {f"from_{i}": starts, f"blur_{i}": unsure, f"upto_{i}": f"CAST({upto} AS BIGINT)"}
        cases = cases.then(f"stage_{i}", told, kinds={f"blur_{i}": "boolean"})
        made[stage.name] = i
    needed = dict.fromkeys(n for stage in plan.stages for n in stage.after)
    lacks = some(f"{name(n)} IS NULL" if n in plan.there else "TRUE" for n in needed)
    serial = [i for i, stage in enumerate(plan.stages) if not stage.parallel]
    swapped = some(f"upto_{i} < from_{i}" for i in serial)
    kept = ["case_id", "begun", "done", "dated", *grouped_by(cases)]
    kept += [f"{c}_{i}" for i in range(len(plan.stages)) for c in ("from", "upto", "blur")]
    told = {"lacks": lacks, "swapped": f"coalesce({swapped}, FALSE)"}
    return cases.then("clocks", told, kinds=dict.fromkeys(told, "boolean"), keep=kept)


def _reached(milestone: str, made: Mapping[str, int], plan: Plan) -> str:
    """When a milestone ahead was reached; where the case lacks it, when its stage began."""
    before = f"from_{made[milestone]}" if milestone in made else "begun"
    return f"coalesce({name(milestone)}, {before})" if milestone in plan.there else before


def _unsure(milestone: str, stage: Stage, made: Mapping[str, int], plan: Plan) -> str:
    """Whether a stage swallowed the one ahead of it, which is another's or unsure itself."""
    if milestone not in made:
        return ""
    ahead = made[milestone]
    unsure = "" if plan.stages[ahead].party != stage.party else f"blur_{ahead}"
    missing = f"{name(milestone)} IS NULL" if milestone in plan.there else ""
    return every(filter(None, (missing, unsure)))


def _spells(clocks: Query, plan: Plan) -> list[Query]:
    """Both ends of each stage as turns, beside those of the holds."""
    found = []
    for place, stage in enumerate(plan.known, start=len(plan.holds)):
        i = plan.stages.index(stage)
        ran = when((f"from_{i} < upto_{i}", 1), otherwise=0)
        there = [f"upto_{i} IS NOT NULL"]
        told = {"hold": str(place), "key": f"from_{i}", "day": "0", "turn": ran, "lost": "0"}
        found.append(clocks.then(f"begins_{i}", told, keep=["case_id"], where=there))
        told = told | {"key": f"upto_{i}", "turn": f"-({ran})"}
        found.append(clocks.then(f"ends_{i}", told, keep=["case_id"], where=there))
    return found


def _none(clocks: Query) -> Query:
    """No turns, of a clock about which nothing is told."""
    told = {"hold": "0", "key": "begun", "day": "0", "turn": "0", "lost": "0"}
    return clocks.then("no_turns", told, keep=["case_id"], where=["FALSE"])


def _acting(spans: Query, plan: Plan) -> Query:
    """Whether each party must act in a span, and whether it is not known who must."""
    places = {stage.name: i for i, stage in enumerate(plan.stages)}
    # a hold is over with the stage that it suspends
    held = {
        f"held_{h}": f"open_{h} = 1 AND coalesce(since < upto_{places[hold.suspends]}, TRUE)"
        for h, hold in enumerate(plan.holds)
    }
    if held:
        spans = spans.then("held", held, kinds=dict.fromkeys(held, "boolean"))
    acts: dict[str, list[str]] = {party: [] for party in (*KNOWN, UNKNOWN)}
    for h, hold in enumerate(plan.holds):
        acts[hold.party].append(f"held_{h}")
    for place, stage in enumerate(plan.known, start=len(plan.holds)):
        own = [h for h, hold in enumerate(plan.holds) if hold.suspends == stage.name]
        runs = [f"open_{place} = 1", *(f"NOT held_{h}" for h in own)]
        blur = f"blur_{places[stage.name]}"
        if stage.party == UNKNOWN:
            acts[UNKNOWN].append(every(runs))
        else:
            acts[UNKNOWN].append(every([*runs, blur]))
            acts[stage.party].append(every([*runs, f"NOT {blur}"]))
    told = {f"acts_{party}": when((some(tests), 1), otherwise=0) for party, tests in acts.items()}
    return spans.then("acting", told)


def _cases(spans: Query, plan: Plan, keys: list[str]) -> Query:
    """The clock of each case by who had to act."""
    many = " + ".join(f"acts_{party}" for party in KNOWN)
    tests = {p: f"acts_{UNKNOWN} = 0 AND acts_{p} = 1 AND {many} = 1" for p in KNOWN}
    tests |= {
        SEVERAL: f"acts_{UNKNOWN} = 0 AND {many} > 1",
        UNKNOWN: f"acts_{UNKNOWN} = 1 OR {many} = 0",
    }
    sums = {p: whole(f"sum({when((tests[p], 'seconds'), otherwise=0)})") for p in PARTS}
    sums |= {"lost": "bool_or(late)", "coarse": "greatest(max(day), max(dated))"}
    ends = ["case_id", "begun", "done", "lacks", "swapped", *keys]
    flags = dict.fromkeys(("lost", "forward", "equal"), "boolean")
    split = spans.grouped("cases_split", ends, sums, kinds=flags)
    told = {p: when(("lost", 0), otherwise=p) for p in PARTS}
    told[UNKNOWN] = when(("lost", "greatest(done - begun, 0)"), otherwise=UNKNOWN)
    told |= {"whole": "done - begun", "forward": "done >= begun"}
    cases = split.then("of_parties", told, kinds=flags)
    equal = {"equal": f"{' + '.join(PARTS)} = whole"}
    return cases.then("checked", equal, kinds=flags)


def _summed(cases: Query) -> Query:
    state = {"state": when(("forward", "'finished'"), otherwise="'backwards'")}
    cases = cases.then("dealt", state, kinds={"state": "text"})
    sums = {"n": "count(*)", "unequal": "count(*) FILTER (WHERE NOT equal)"}
    sums |= {c: whole(f"sum({c})") for c in (*PARTS, "whole", "coarse")}
    sums |= {f"n_{p}": f"count(*) FILTER (WHERE {p} > 0)" for p in PARTS}
    sums |= {f"n_{c}": f"count(*) FILTER (WHERE {c})" for c in ("lacks", "swapped", "lost")}
    sums |= products(PARTS)
    return cases.grouped("summed", [*grouped_by(cases), "state"], sums)


def _one_end(cases: Query, plan: Plan) -> Query:
    """The cases that have one end of the clock alone: not yet done, or without a start."""
    start, stop = name(plan.start), name(plan.stop)
    told = {"state": when((f"{stop} IS NULL", "'open'"), otherwise="'no_start'")}
    kept = ["case_id", *grouped_by(cases)]
    one = [f"({start} IS NULL) <> ({stop} IS NULL)"]
    return cases.then("one_end", told, kinds={"state": "text"}, keep=kept, where=one)
