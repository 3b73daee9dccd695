"""One question about several metrics: a tally each, and one answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Protocol, cast

from ..domain.arguments import check_clock
from ..domain.metrics import Condition, Duration, Metric
from ..engine.log import EventLog
from ..engine.refusals import MissingColumn
from ..errors import LogError, NoIndicator
from ..results.measures import CLOCK, MeasureRow, Measures
from ..results.wording import holds
from ..results.words import LANGUAGES, in_words, joined, lacking, say, word
from ..statistics.reasons import Reason
from .clocks import ClockRow, clock

ARRIVED = ("conveyance_arrived", "gate_in")
LATER = {("not_after", "declared"), ("before", "declared")}
CUSTOMS_ONLY = ("import_customs_only", "export_customs_only")
Words = dict[str, dict[str, str]]  # of a label, by language


class Indicated(Protocol):
    """An indicator of a notice: it brings its metric and its own words along."""

    @property
    def metric(self) -> Any:
        """What is measured."""

    @property
    def short_zh(self) -> str:
        """What the notice calls it in short."""


One = Metric | str | ClockRow | Indicated
Metrics = One | Iterable[One] | Mapping[str, One]


def metric_of(given: Any, log: EventLog) -> Metric:
    """A metric as it is, that of an indicator, a name or a row of a list of clocks as the clock,
    two milestones as the hours between them.
    """
    if isinstance(given, str | ClockRow):
        return clock(given if isinstance(given, str) else given.name, log)
    pair = given if isinstance(given, list | tuple) and len(given) == 2 else ()
    if pair and all(isinstance(milestone, str) for milestone in pair):
        return Duration(*pair)
    if not hasattr(given, "short_zh"):
        return given
    if given.metric is None:
        what = f"nothing is measured for the indicator {given.id!r}"
        raise LogError(what, "metric", "take one that the notice gives a metric")
    return given.metric


def clock_of(given: Any, log: EventLog) -> Duration:
    """A clock as it is, that of an indicator, by its name, or between two milestones; LogError for
    what is none.
    """
    found = metric_of(given, log)
    check_clock(found)
    return cast(Duration, found)


def caveats_of(given: Any) -> tuple[Reason, ...]:
    """What must be known of indicators: whose target is not the notice's own."""
    if hasattr(given, "short_zh"):
        found: list[Any] = [given]
    else:
        found = list(given.values() if isinstance(given, Mapping) else given)
    told = (
        Reason("several.outside", clause=i.target.clause)
        for i in found
        if hasattr(i, "short_zh") and i.origin != "notice" and i.target
    )
    return tuple(dict.fromkeys(told))


def targets_of(given: Any) -> dict[str, tuple[str, float, Reason]]:
    """The targets of indicators, by their ids: of which statistic, how much and when."""
    found = given if isinstance(given, list | tuple) else [given]
    called = (
        given.items() if isinstance(given, Mapping) else ((getattr(i, "id", ""), i) for i in found)
    )
    return {
        str(label): (i.statistic, float(i.target.value), holds(i.target))
        for label, i in called
        if hasattr(i, "short_zh") and i.target
    }


def unasked(
    found: Measures, targets: Mapping[str, tuple[str, float, Reason]]
) -> tuple[Reason, ...]:
    """Which targets are of a statistic that was not asked."""
    asked = {(row.label, row.statistic) for row in found}
    lost = [name for name in found.labels if name in targets]
    lost = [name for name in lost if (name, targets[name][0]) not in asked]
    return (Reason("several.targets_unasked", n=len(lost)),) if lost else ()


def labelled(given: Any, log: EventLog) -> tuple[dict[str, Metric], Words] | None:
    """Several metrics by what they are called, and what those that bring their words along
    (indicators of a notice) are in these; None where one metric is given.
    """
    if hasattr(given, "short_zh"):
        given = (given,)
    if isinstance(given, str | Metric) or not isinstance(given, Iterable) or _ends(given, log):
        return None
    if isinstance(given, Mapping):
        if not given:
            raise _none_given()
        told = {str(label): metric_of(one, log) for label, one in given.items()}
        return told, {name: said for name, one in told.items() if (said := ahead_said(name, one))}
    found: dict[str, Metric] = {}
    words: Words = {}
    for one in given:
        metric = metric_of(one, log)
        label = getattr(metric, "label", "") or getattr(metric, "name", str(metric))
        if hasattr(one, "short_zh"):
            label = one.id
            words[label] = {
                "zh": one.short_zh or one.title_zh,
                "en": one.short_en or one.title_en,
            }
        elif said := ahead_said(label, metric):
            words[label] = said
        if label in found:
            what, do = f"two metrics are called {label!r}", 'name them: {"one": …, "other": …}'
            raise LogError(what, "metric", do)
        found[label] = metric
    if not found:
        raise _none_given()
    return found, words


def _ends(given: Any, log: EventLog) -> bool:
    """Whether two names are milestones: a list of clocks has none of these."""
    known = log.milestones | set(log.vocabulary.milestones)
    pair = given if isinstance(given, list | tuple) and len(given) == 2 else ()
    names = [name for name in pair if isinstance(name, str)]
    return (
        len(names) == 2
        and known.issuperset(names)
        and not any(name in log.vocabulary.clocks for name in names)
    )


def ahead_said(name: str, metric: Any) -> dict[str, str]:
    """What customs' own clock is called, by whether declarations in advance count, on which its
    length hangs; empty for any other clock, and where it is of those in advance alone.

    >>> ahead_said("import_customs_only", clock("import_customs_only"))["en"]
    'import, customs only (advance declarations included)'
    """
    if getattr(metric, "label", "") != name:
        return {}
    return ahead_words(name, ahead_counts(metric.population))


def ahead_words(name: str, counts: bool | None) -> dict[str, str]:
    """What customs' own clock is called where declarations in advance count, or do not; empty for
    any other clock.
    """
    if name not in CUSTOMS_ONLY or counts is None:
        return {}
    code = "called.ahead_too" if counts else "called.ahead_apart"
    return {lang: say(code, lang, clock=say(f"clock.{name}", lang)) for lang in LANGUAGES}


def ahead_counts(where: Condition) -> bool | None:
    """Whether declarations in advance are among the cases; None where they alone are.

    >>> ahead_counts({"gate_in": {"not_after": "declared"}}), ahead_counts({"kind": "export"})
    (False, True)
    """
    tests = [(key, test) for key, test in where.items() if isinstance(test, Mapping)]
    if any(key == "declared" and set(test) & {"before", "not_after"} for key, test in tests):
        return None
    return not any(set(test.items()) & LATER for key, test in tests if key in ARRIVED)


def _of_lines(asked: Any) -> bool:
    """Whether a metric, or that of an indicator, reads charge lines."""
    return bool(getattr(getattr(asked, "metric", asked), "reads_lines", False))


def _none_given() -> NoIndicator:
    # a list without a metric is a notice's, whose page then says so
    return NoIndicator("no metric is given", "metric", 'write clock("import_overall")')


def measured(
    log: EventLog,
    several: tuple[Mapping[str, Metric], Words],
    ask: Callable[[Metric], Measures],
) -> Measures:
    """The answers about each, one after the other, with what each is called as first group.

    What the log has no milestone or column for is left out and told; MissingColumn where that is
    all.
    """
    metrics, words = several
    found: dict[str, Measures] = {}
    absent: dict[str, MissingColumn] = {}
    for label, metric in metrics.items():
        try:
            found[label] = ask(metric)
        except MissingColumn as missing:
            absent[label] = missing
    left = tuple(
        Reason(
            "several.absent",
            name=words.get(label) or _name(label, log),
            missing=lacking(missing.name, log.vocabulary, lines=_of_lines(metrics[label])),
        )
        for label, missing in absent.items()
    )
    if not found:
        lang = log.reader.lang
        raise next(iter(absent.values())).found(_all_absent(left, lang))
    rows = [row.called(label) for label, part in found.items() for row in part]
    units = {part.unit for part in found.values()}
    day = next(iter(found.values())).as_of
    made = Measures(rows=tuple(rows), as_of=day, unit=units.pop() if len(units) == 1 else "")
    remarks = dict.fromkeys(why for part in found.values() for why in part._remarks)
    told = left + tuple(
        Reason(
            "several.empty",
            name=words.get(label) or _name(label, log),
            why=part._gone or Reason("no_cases"),
        )
        for label, part in found.items()
        if not part.rows
    )
    object.__setattr__(made, "_remarks", (*remarks, *told))
    object.__setattr__(made, "_called", words)
    object.__setattr__(made, "_asked_for", tuple(metrics))
    object.__setattr__(made, "_behind", partial(_cases, found))
    return made


def _all_absent(left: Iterable[Reason], lang: str) -> str:
    """What is left out where that is all, once for each thing that the log lacks."""
    names: dict[Any, list[Any]] = {}
    for why in left:
        names.setdefault(in_words(why.facts["missing"]), []).append(why.facts["name"])
    told = (Reason("several.all_absent", names=n, missing=lacks) for lacks, n in names.items())
    return joined(told, lang)


def _name(label: str, log: EventLog) -> Any:
    """What a metric is called, in whichever language it will be said."""
    found = word("clock", label, log.vocabulary.clocks.get(label))
    return word("called", label) if found == label else found


def _cases(found: Mapping[str, Measures], row: MeasureRow, **asked: Any) -> Any:
    """The cases behind a row, from the answer that it came from."""
    label, plain = dict(row.groups)[CLOCK], row.uncalled()
    return found[str(label)].cases(plain, **asked)
