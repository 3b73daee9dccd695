"""Who has each open case now: the party of the stages and holds in which it waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from ..domain.as_of import AsOf
from ..domain.parties import SEVERAL, UNKNOWN, Plan
from ..domain.sql import every, name, some, value, when, whole
from .holds import turns_of
from .parties import KNOWN
from .query import Query

if TYPE_CHECKING:
    from .log import EventLog

ACTING, OVERTAKEN = "acting_", "overtaken_"


def with_acting(log: EventLog, cases: Query, plan: Plan, as_of: AsOf) -> Query:
    """Of rows with the milestones of a plan, as far as they are reached by the end of the day: the
    party that must act for the case to go on (`acting_`), and whether a milestone for which it is
    taken to wait comes before one that it has (`overtaken_`).

    A stage runs once what it waits for is reached and its own milestone is not; what the log does
    not record counts as reached with what is ahead of it, and then nobody knows whose a stage is
    that follows one of another party. An open hold takes the place of the stage that it suspends.
    """
    kept = list(cases.columns)
    open_holds = _held(log, cases, plan, as_of)
    held = [
        every([f"holds_{h} > 0", *_pending(hold.suspends, plan)])
        for h, hold in enumerate(plan.holds)
    ]
    runs, blurs = _running(plan)
    acts: dict[str, list[str]] = {party: [] for party in (*KNOWN, UNKNOWN)}
    for hold, test in zip(plan.holds, held, strict=True):
        acts[hold.party].append(test)
    for stage in plan.known:
        if stage.name not in runs:
            continue
        own = [
            f"NOT ({t})" for h, t in zip(plan.holds, held, strict=True) if h.suspends == stage.name
        ]
        party = UNKNOWN if blurs[stage.name] else stage.party
        acts[party].append(every([runs[stage.name], *own]))
    told = {f"acts_{p}": when((some(tests), 1), otherwise=0) for p, tests in acts.items()}
    told[OVERTAKEN] = when((some(_overtaken(plan, runs)), 1), otherwise=0)
    found = open_holds.then("acts", told)
    many = " + ".join(f"acts_{party}" for party in KNOWN)
    choices: list[tuple[str, object]] = [
        (f"acts_{UNKNOWN} = 1 OR {many} = 0", value(UNKNOWN)),
        (f"{many} > 1", value(SEVERAL)),
    ]
    choices += [(f"acts_{party} = 1", value(party)) for party in KNOWN]
    return found.then(
        "acting", {ACTING: when(*choices)}, kinds={ACTING: "text"}, keep=[*kept, OVERTAKEN]
    )


def needed_of(plan: Plan) -> frozenset[str]:
    """The milestones that say who must act, of those that the log has."""
    named = {name for stage in plan.stages for name in (*stage.after, stage.name)}
    return frozenset(named & plan.there)


def only_some(plan: Plan) -> tuple[str, ...]:
    """What a case can go on without, so that nobody can say before it is there who waits for it."""
    return tuple(stage.name for stage in plan.known if stage.name not in _waited_for(plan))


def unrecorded(plan: Plan) -> tuple[str, ...]:
    """What every case must pass and the log does not have."""
    needed = _waited_for(plan) - plan.there
    return tuple(stage.name for stage in plan.stages if stage.name in needed)


def _waited_for(plan: Plan) -> frozenset[str]:
    return frozenset({plan.stop, *(name for stage in plan.stages for name in stage.after)})


def _held(log: EventLog, cases: Query, plan: Plan, as_of: AsOf) -> Query:
    """How many of each hold are open at the end (`holds_0` is 0 or 1)."""
    if not plan.holds:
        return cases
    turns = turns_of(log, [(hold.raised, hold.ended) for hold in plan.holds], as_of)
    sums = {
        f"turned_{h}": whole(f"sum({when((f'hold = {h}', 'turn'), otherwise=0)})")
        for h, _ in enumerate(plan.holds)
    }
    last = turns.grouped("holds_now", ["case_id"], sums)
    on = f"{cases.name} LEFT JOIN {last.name} ON {last.name}.case_id = {cases.name}.case_id"
    told = {f"holds_{h}": f"coalesce({last.name}.turned_{h}, 0)" for h, _ in enumerate(plan.holds)}
    return cases.then("with_holds", told, source=on, beside=[last])


def _pending(milestone: str, plan: Plan) -> list[str]:
    return [f"{name(milestone)} IS NULL"] if milestone in plan.there else []


def _running(plan: Plan) -> tuple[Mapping[str, str], Mapping[str, bool]]:
    """When each stage of a known milestone runs, and whether its party is unknown in this log."""
    made = {stage.name: stage for stage in plan.stages}
    skipped, runs, blurs = set(only_some(plan)), {}, {}
    ready: dict[str, list[str]] = {}
    for stage in plan.stages:
        tests: list[str] = []
        blurs[stage.name] = False
        for ahead in stage.after:
            if ahead in plan.there:
                tests.append(f"{name(ahead)} IS NOT NULL")
            elif ahead in ready:
                tests += ready[ahead]
                blurs[stage.name] |= made[ahead].party != stage.party or blurs[ahead]
        ready[stage.name] = list(dict.fromkeys(tests))
        if stage.name in plan.there and stage.name not in skipped:
            runs[stage.name] = every([f"{name(stage.name)} IS NULL", *ready[stage.name]])
    return runs, blurs


def _overtaken(plan: Plan, runs: Mapping[str, str]) -> Iterable[str]:
    """That a stage runs although one that waits for it is over."""
    for stage in plan.known:
        for ahead in stage.after:
            if ahead in runs and not stage.parallel:
                yield every([runs[ahead], f"{name(stage.name)} IS NOT NULL"])
