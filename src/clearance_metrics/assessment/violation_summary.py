"""What breaks the rules of a notice, rule by rule, in a short table."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..results.block import Block
from ..results.display import NONE, Display
from ..results.withheld import few
from ..results.words import figure, in_words, joined, say
from ..statistics.reasons import Reason

if TYPE_CHECKING:
    from .violation_records import Violations
    from .violation_rows import Broken, Rule


def without_small(rules: Iterable[Rule], k: int, hidden: Collection[str]) -> tuple[Rule, ...]:
    """The rules without counts below k, or those that are withheld for others' sake; of a rule of
    which a month or an item has so few, the sum alone.
    """
    made = []
    for rule in rules:
        if rule.indicator in hidden or few(rule.n, k) or few(rule.checked, k):
            rule = replace(rule, broken=(), checked=0, why=Reason("withheld", k=k))
        elif any(few(one.n, k) for one in rule.broken):
            rule = replace(rule, broken=_in_one(rule))
        made.append(rule)
    return tuple(made)


def _in_one(rule: Rule) -> tuple[Broken, ...]:
    """What breaks the rule, once per unit."""
    sums: dict[str, list[Broken]] = {}
    for one in rule.broken:
        sums.setdefault(one.unit, []).append(one)
    none: Any = {"period": None, "item": None}
    return tuple(
        replace(some[0], n=sum(o.n for o in some), excess=sum(o.excess for o in some), **none)
        for some in sums.values()
    )


def summary_of(found: Violations, lang: str) -> Block:
    """The lines that break a rule as a title, and a row per rule, the most broken first; rules of
    which nobody can say anything stand below with the reason.
    """
    if not found.rules:
        return Block(say("violations.no_rule", lang, notice=found.notice), role="half")
    known = sorted((rule for rule in found.rules if rule.why is None), key=lambda rule: -rule.n)
    mute = [rule for rule in found.rules if rule.why is not None]
    told = tuple(Reason("overview.rule_mute", name=rule.name(lang), why=rule.why) for rule in mute)
    note, source = joined(told, lang), found.source(lang)
    if not known:
        whys = tuple(dict.fromkeys(rule.why for rule in mute if rule.why is not None))
        rules = Reason("violations.rules", n=len(mute))
        title = say("violations.all_mute", lang, rules=rules, why=joined(in_words(whys), lang))
        return Block(title, source=source, role="half")
    most = max(rule.n for rule in known)
    heads = ("rule", "broken", "checked")
    table = Display(
        [say(f"overview.charges_{name}", lang) for name in heads],
        [
            (rule.name(lang), figure(rule.n, 0, lang), figure(rule.checked, 0, lang) or NONE)
            for rule in known
        ],
        numbers=(1, 2),
        bars={1: [rule.n / most if most else 0.0 for rule in known]},
    )
    return Block(_title(found, lang), (table,), note, source, "half")


def _title(found: Violations, lang: str) -> str:
    """How many lines break a rule; a line that breaks several counts once."""
    known = [rule for rule in found.rules if rule.why is None]
    broken = sum(rule.n > 0 for rule in known)
    rules = Reason("violations.rules", n=len(known))
    hidden = sum(rule.withheld for rule in found.rules)
    rest = say("overview.charges_hidden", lang, n=hidden) if hidden else ""
    if not broken:
        return say("overview.charges_clean", lang, rules=rules) + rest
    once, whole = found.charged, sum(rule.n for rule in known)
    facts = {"rules": rules, "broken": broken}
    if once is None:
        return say("overview.charges_hits", lang, n=whole, **facts) + rest
    code = "charges" if once.broken == whole else "charges_once"
    facts["derived"] = Reason("overview.derived", n=once.derived) if once.derived else ""
    return say(f"overview.{code}", lang, n=once.broken, hits=whole, **facts)
