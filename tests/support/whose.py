"""Whose time an import took, one case at a time and in plain Python: what the tests of `parties`
are held against.
"""

from itertools import pairwise

HOLDS = (
    ("exam_called", ("exam_started",), "unknown"),
    ("exam_started", ("exam_ended",), "government"),
    ("query_raised", ("query_answered",), "trader"),
    ("duty_assessed", ("duty_paid", "guaranteed"), "trader"),
)
FIRST = {
    m: min if m in ("conveyance_arrived", "declared", "delivery_order") else max
    for m in (
        "conveyance_arrived",
        "discharged",
        "declared",
        "customs_released",
        "delivery_order",
        "gate_out",
        "other_agency_cleared",
    )
}
PARTS = ("government", "trader", "terminal", "several", "unknown")


def whose(case, stop):
    """Seconds by party between arrival and `stop` of a case {milestone: [seconds]}; None where it
    lacks an end, or stops before it starts.
    """
    at = {m: pick(case[m]) for m, pick in FIRST.items() if case.get(m)}
    begun, done = at.get("conveyance_arrived"), at.get(stop)
    if begun is None or done is None or done < begun:
        return None
    spells = {hold: spells_of(case, hold[0], hold[1]) for hold in HOLDS}
    if any(lost > begun for _, losses in spells.values() for lost in losses):
        return dict.fromkeys(PARTS, 0) | {"unknown": done - begun}
    times = {t for times in case.values() for t in times if begun < t < done}
    sums = dict.fromkeys(PARTS, 0)
    for low, high in pairwise(sorted({begun, done, *times})):
        sums[acting(at, spells, low, stop)] += high - low
    return sums


def acting(at, spells, now, stop):
    """Who has to act from `now` on."""
    landed, declared, released = (at.get(m) for m in ("discharged", "declared", "customs_released"))
    arrived = at["conveyance_arrived"]
    acts = set()
    if landed is not None and arrived <= now < landed:
        acts.add("terminal")
    ashore = arrived if landed is None else landed
    if declared is not None and ashore <= now < declared:
        acts.add("trader" if landed is not None else "unknown")
    lodged = ashore if declared is None else declared
    open_holds = {
        party
        for (_, _, party), (spans, _) in spells.items()
        if any(a <= now < b for a, b in spans) and (released is None or now < released)
    }
    if released is not None and lodged <= now < released and not open_holds:
        acts.add("government" if declared is not None else "unknown")
    if stop == "gate_out":
        free = max(ashore, lodged if released is None else released)
        order = at.get("delivery_order")
        # what swallowed the stage of another party, or one that is unsure itself, is unsure
        sure = landed is not None and released is not None
        # another agency works beside customs, and goods that it must clear are not fetched before
        agency = at.get("other_agency_cleared")
        if agency is not None and lodged <= now < agency:
            acts.add("government" if declared is not None else "unknown")
        if order is not None and free <= now < order:
            # the stage that it swallows where nobody knows of unloading is the terminal's own
            acts.add("terminal" if released is not None else "unknown")
        last = max(free, free if order is None else order, free if agency is None else agency)
        if last <= now < at["gate_out"]:
            acts.add("trader" if sure and order is not None else "unknown")
    acts |= open_holds
    if "unknown" in acts or not acts:
        return "unknown"
    return acts.pop() if len(acts) == 1 else "several"


def spells_of(case, raised, ended):
    """When a hold stands open, and when it ended without having begun."""
    marks = sorted(
        [(t, 0) for t in case.get(raised, ())] + [(t, 1) for m in ended for t in case.get(m, ())]
    )
    spans, losses, count, since, begun = [], [], 0, None, False
    for t, ending in marks:
        if not ending:
            begun = True
            since, count = (t if not count else since), count + 1
        elif count:
            count -= 1
            if not count:
                spans.append((since, t))
        elif len(ended) == 1 or not begun:
            losses.append(t)
    if count:
        spans.append((since, float("inf")))
    return spans, losses


def has_it(case, now, stop):
    """Who has a case that is open at `now`: what happens later nobody knows yet."""
    known = {m: there for m, times in case.items() if (there := [t for t in times if t <= now])}
    there = {m for m in FIRST if known.get(m)}
    spells = {hold: spells_of(known, hold[0], hold[1]) for hold in HOLDS}
    free = {"discharged", "customs_released"} <= there
    acts = {
        party
        for (_, _, party), (spans, _) in spells.items()
        if "customs_released" not in there and any(a <= now < b for a, b in spans)
    }
    if {"declared"} <= there and "customs_released" not in there and not acts:
        acts.add("government")
    if "discharged" not in there:
        acts.add("terminal")
    if "discharged" in there and "declared" not in there:
        acts.add("trader")
    if stop == "gate_out" and free:
        acts.add("trader" if "delivery_order" in there else "terminal")
    if "unknown" in acts or not acts:
        return "unknown"
    return acts.pop() if len(acts) == 1 else "several"
