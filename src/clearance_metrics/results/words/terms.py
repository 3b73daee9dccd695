"""Words for units, statistics and verdicts, wherever they are shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ...domain.statistic import Statistic
from ...domain.verdicts import Verdict
from ...errors import LogError
from ...statistics.reasons import Reason
from .catalogue import has, say, word

WRITTEN = 6  # decimals that somebody writes
PER = re.compile(r"([A-Z]{3}) per (TEU|declaration)")
ITEMS = ": "  # stands before the items of charges
CLOCK = re.compile(r"([a-z_]+)\.\.([a-z_]+)")
LONG = re.compile(r"\d+\.\d+")  # a number with decimals
PLAIN = re.compile(r"(\[[a-z ]+ per case\])?")  # what the unit of a figure says as well


def unit_word(unit: str, lang: str, *, counted: bool = False) -> str:
    """A unit; of money the currency; `counted`: as it is written after a number.

    >>> unit_word("working_days", "en"), unit_word("CNY per TEU", "en")
    ('working days', 'CNY per TEU')
    """
    if counted and has(f"unit_counted.{unit}"):
        return say(f"unit_counted.{unit}", lang)
    if found := PER.fullmatch(unit):
        return say(f"unit.per_{found[2].lower()}", lang, currency=unit_word(found[1], lang))
    return say(f"unit.{unit}", lang) if has(f"unit.{unit}") else unit


def statistic_word(name: str, unit: str, lang: str, excess: bool = False) -> str:
    """A statistic with its limit in the unit of its metric; a label without words stands. `excess`:
    of what exceeds an allowance.

    >>> statistic_word("within:48", "hours", "en"), statistic_word("p90", "hours", "en")
    ('within 48 hours', 'P90')
    >>> statistic_word("share_above:0", "working_days", "en", excess=True)
    'share beyond what is allowed'
    """
    if excess:
        if has(f"beyond.{name}"):
            return say(f"beyond.{name}", lang)
        return say("statistic.excess", lang, statistic=statistic_word(name, unit, lang))
    text, _, end = name.partition(" ")
    try:
        found = Statistic.parse(text)
    except LogError:
        return say(f"statistic.{name}", lang) if has(f"statistic.{name}") else name
    limited = found.limit is not None and has(f"statistic.{found.kind}_to")
    code = f"statistic.{found.kind}{'_to' if limited else ''}"
    ended = say(f"milestone.{end}", lang) if has(f"milestone.{end}") else end
    # six digits are not enough for every limit, and a limit found from data has too many
    limit = None if found.limit is None else Decimal(rounded(f"{Decimal(str(found.limit)):f}"))
    told = {"limit": limit, "unit": unit_word(unit, lang, counted=True)}
    if limit == 1 and has(f"unit_one.{unit}"):
        told["unit"] = say(f"unit_one.{unit}", lang)
    said = say(code, lang, **told, end=ended)
    return say("statistic.midpoint", lang, statistic=said) if found.midpoint else said


def rounded(text: object) -> str:
    """A text with its numbers as an office writes limits: with two decimals at most; what would
    come to nothing stands.

    >>> [rounded(x) for x in ("restricted_mean:236.16666666666666", "within:24.0", "p0.001")]
    ['restricted_mean:236.17', 'within:24', 'p0.001']
    """

    def short(found: re.Match[str]) -> str:
        number = Decimal(found[0])
        kept = number.quantize(Decimal("0.01")) or number
        return f"{kept:f}".rstrip("0").rstrip(".") or "0"

    return LONG.sub(short, str(text))


def metric_word(name: str, lang: str) -> str:
    """A metric's name in words: of a clock its two milestones, of charges what they are counted by;
    a name that a user gave stands.

    >>> metric_word("declared..customs_released [hours per case]", "en")
    'declaration accepted to released by customs'
    >>> metric_word("charges per TEU: THC", "en")
    'charges per TEU: THC'
    """
    charge, _, items = name.partition(ITEMS)
    if has(f"metric.{charge}"):
        told = say(f"metric.{charge}", lang)
        return say("headline.of_items", lang, metric=told, items=items) if items else told
    found = CLOCK.match(name)
    if found is None or not all(has(f"milestone.{end}") for end in found.groups()):
        return name
    start, stop = (say(f"milestone.{end}", lang) for end in found.groups())
    told = say("stage.between", lang, start=start, stop=stop)
    rest = name[found.end() :].strip()
    return told if PLAIN.fullmatch(rest) else f"{told} {rest}"


def verdict_word(verdict: Verdict | str, lang: str, violations: int | None = None) -> str:
    """A verdict, with the count of violations where there are some.

    >>> verdict_word("violations", "en", 1204), verdict_word(Verdict.NOT_MET, "en")
    ('violations: 1,204', 'not met')
    """
    return say(Verdict(verdict).code, lang, n=violations)


def verdict_name(verdict: Verdict, lang: str) -> str:
    """A verdict without any count.

    >>> verdict_name(Verdict.VIOLATIONS, "en"), verdict_name(Verdict.MET, "en")
    ('violations', 'met')
    """
    return (
        say(verdict.code, lang, n=0)
        if verdict is not Verdict.VIOLATIONS
        else say("headline.violations", lang)
    )


def lacking(
    name: str, vocabulary: object = None, *, lines: bool = False
) -> Reason | Mapping[str, str] | str:
    """What a log lacks, as a fact of a reason: its word and its name, or the name alone; with
    `lines` a column of charge lines goes before one of cases that has the same name.

    >>> say("assess.log_lacks", "en", column=lacking("refund_paid"))
    "the log lacks “money in the exporter's account” (refund_paid)"
    >>> say("assess.log_lacks", "en", column=lacking("channel"))
    'the log lacks “channel” (channel)'
    >>> say("assess.log_lacks", "en", column=lacking("channel", lines=True))
    'the log lacks “payment channel” (channel)'
    """
    kinds = ("milestone", "column", "charge_column", "data_table")
    for kind in ("charge_column", *kinds) if lines else kinds:
        own = getattr(vocabulary, f"{kind}s", {}).get(name)
        if (found := word(kind, name, own)) != name:
            return Reason("assess.lacking", word=found, name=name)
    return name


def in_words(fact: Any) -> Any:
    """A reason, or several, for a heading: what a log lacks by its word alone.

    >>> say(in_words(Reason("assess.log_lacks", column=lacking("refund_paid"))), "en")
    "the log lacks “money in the exporter's account”"
    """
    if isinstance(fact, list | tuple):
        return tuple(map(in_words, fact))
    if not isinstance(fact, Reason):
        return fact
    if fact.code == "assess.lacking":
        return Reason("assess.lacking_word", word=fact.facts["word"])
    return Reason(fact.code, **{name: in_words(one) for name, one in fact.facts.items()})
