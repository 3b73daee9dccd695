"""What an indicator counts, in sentences: from which event to which, over which cases, by which
clock, as which statistic.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .display import head_word
from .wording import capital, judged_statistic
from .words import has, metric_word, say, unit_word

Word = Callable[[str, str, str], str]  # kind of a name, the name, the language: its word
MODES = frozenset({"mode", "onward_mode"})


def definition_of(indicator: Any, lang: str, word: Word) -> str:
    """An indicator of a notice in sentences; empty for one that no log can show.

    >>> from clearance_metrics import load_notice
    >>> from clearance_metrics.results.words import term
    >>> told = definition_of(load_notice().first("clearance", "headline"), "en", term)
    >>> told[:68]
    'From “conveyance arrived at the first port” to “released by customs”'
    """
    metric = indicator.metric
    if metric is None:
        return ""
    own = getattr(metric, "duration", metric)
    zero = indicator.kind == "zero"
    if own.kind == "share":
        told = [_share(own, lang, word, "count" if zero or own.each else "share")]
    else:
        told = [TOLD.get(own.kind, _clock)(own, lang, word)]
    if own is not metric:
        told += [_matched(metric, lang, word)]
    if own.kind != "share":
        told += [say("definition.over", lang, which=_cases(own, lang, word))]
    if own.is_time or own.kind in ("deferral", "formalities"):
        told += [say(f"definition.dated_{getattr(own, 'dated_by', 'end')}", lang)]
    elif own.is_share and own.dated_by:
        told += [say("definition.dated", lang, milestone=word("milestone", own.dated_by, lang))]
    if zero:
        told += [say("definition.zero", lang)]
    elif own is metric:
        named = judged_statistic(indicator.statistic, own.unit_in("CNY"), lang=lang)
        unit = unit_word(metric.unit_of(indicator.statistic), lang)
        code = "definition.statistic" if unit != named else "definition.statistic_alone"
        told += [say(code, lang, statistic=named, unit=unit)]
    return say("definition.gap", lang).join(map(capital, told))


def _clock(metric: Any, lang: str, word: Word) -> str:
    ends = {n: word("milestone", getattr(metric, n), lang) for n in ("start", "stop")}
    unit = f"{metric.unit}_{metric.start_day}" if metric.unit == "working_days" else metric.unit
    how = [say(f"definition.in_{unit}", lang)]
    if metric.pause:
        first, last = (word("milestone", name, lang) for name in metric.pause)
        how.append(say("definition.paused", lang, first=first, last=last))
    if metric.allowance:
        column = word("column", metric.allowance[0], lang)
        limits = [
            say(
                "definition.allowed",
                lang,
                value=_value(metric.allowance[0], value, lang, word),
                n=days,
            )
            for value, days in metric.allowance[1].items()
        ]
        listed = say("mark.list", lang).join(limits)
        how.append(say("definition.allowance", lang, column=column, limits=listed))
    return say("definition.clock", lang, **ends, how=say("mark.sentence", lang).join(how))


def _deferral(metric: Any, lang: str, word: Word) -> str:
    ends = {n: word("milestone", getattr(metric, n), lang) for n in ("start", "stop")}
    return say("definition.deferral", lang, amount=word("column", metric.amount, lang), **ends)


def _formalities(metric: Any, lang: str, word: Word) -> str:
    ends = {}
    for which, names in (("start", metric.starts), ("stop", metric.stops)):
        told = say("mark.list", lang).join(word("milestone", name, lang) for name in names)
        code = "reconcile.first_of" if which == "start" else "reconcile.last_of"
        ends[which] = told if len(names) == 1 else say(code, lang, names=told)
    return say("definition.formalities", lang, **ends)


def _share(metric: Any, lang: str, word: Word, what: str) -> str:
    counts = "lines" if metric.over == "lines" else "types" if metric.each else "cases"
    facts = {
        "holds": condition_words(metric.condition, lang, word),
        "of": _cases(metric, lang, word),
        "each": word("column", metric.each, lang) if metric.each else "",
    }
    return say(f"definition.{what}_{counts}", lang, **facts)


def _fee(metric: Any, lang: str, word: Word) -> str:
    if metric.against:
        return say(f"definition.against_{metric.against}", lang)
    named = metric_word(metric.name.partition(": ")[0], lang)
    if metric.items:
        items = say("mark.list", lang).join(word("item", item, lang) for item in metric.items)
        return say("definition.items", lang, metric=named, items=items)
    return say("definition.charged", lang, metric=named)


def _matched(metric: Any, lang: str, word: Word) -> str:
    split = metric.split
    holds = (
        condition_words({split: True}, lang, word)
        if isinstance(split, str)
        else condition_words(split, lang, word)
    )
    strata = [word("column", name, lang) for name in metric.strata]
    strata.append(say("assess.month", lang))
    return say("definition.matched", lang, holds=holds, strata=say("mark.list", lang).join(strata))


def _cases(metric: Any, lang: str, word: Word) -> str:
    lines = metric.reads_lines and getattr(metric, "per", "line") == "line"
    if not metric.population:
        return say(f"definition.all_{'lines' if lines else 'cases'}", lang)
    return condition_words(metric.population, lang, word)


def condition_words(condition: Mapping[str, Any], lang: str, word: Word) -> str:
    """A condition on cases in words.

    >>> from clearance_metrics.results.words import term
    >>> condition_words({"kind": "import", "declared": {"before": "gate_in"}}, "en", term)[:25]
    'kind of case: imports and'
    """
    told = []
    for key, test in condition.items():
        if key == "any":
            parts = [condition_words(part, lang, word) for part in test]
            told.append(say("definition.or", lang).join(parts))
        elif isinstance(test, Mapping):
            told += [_test(key, name, value, lang, word) for name, value in test.items()]
        else:
            told.append(_equal("is", key, test, lang, word))
    return say("definition.and", lang).join(told)


def _equal(code: str, key: str, value: object, lang: str, word: Word) -> str:
    if isinstance(value, bool):
        code = "yes" if value == (code == "is") else "no"
        return say(f"definition.{code}", lang, column=_column(key, lang, word))
    values = value if isinstance(value, tuple | list) else (value,)
    listed = say("mark.list", lang).join(_value(key, one, lang, word) for one in values)
    return say(f"definition.{code}", lang, column=_column(key, lang, word), value=listed)


def _column(key: str, lang: str, word: Word) -> str:
    told = word("column", key, lang)
    if told == key and has(f"charge_column.{key}"):  # a name may also be that of a field
        return say(f"charge_column.{key}", lang)
    return head_word(key, lang) if told == key else told


def _value(key: str, value: object, lang: str, word: Word) -> str:
    text = str(value)
    told = word("mode" if key in MODES else key, text, lang)
    if told == text and has(f"value_of.{text}"):
        return say(f"value_of.{text}", lang)
    return told


def _test(key: str, name: str, value: Any, lang: str, word: Word) -> str:
    if name in ("at_least", "at_most", "above", "below", "not"):
        return _equal(name, key, value, lang, word)
    here = word("milestone", key, lang)
    if name == "present":
        return say(f"definition.{'has' if value else 'lacks'}", lang, milestone=here)
    if name in ("before", "not_after"):
        there = word("milestone", str(value), lang)
        return say(f"definition.{name}", lang, milestone=here, other=there)
    other, within = value
    facts = {"milestone": here, "other": word("milestone", other, lang)}
    if isinstance(within, str):
        return say("definition.within_column", lang, **facts, column=word("column", within, lang))
    unit = "days" if name == "within_days_of" else "minutes"
    if unit == "minutes" and within % 60 == 0:
        unit, within = "hours", within // 60
    return say(f"definition.within_{unit}", lang, **facts, n=within)


TOLD: dict[str, Callable[[Any, str, Word], str]] = {
    "fee": _fee,
    "deferral": _deferral,
    "formalities": _formalities,
}
