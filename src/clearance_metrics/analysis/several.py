"""One question about several metrics: a tally each, and one answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Protocol, runtime_checkable

from ..domain.metrics import Metric
from ..engine.log import EventLog
from ..engine.refusals import MissingColumn
from ..errors import LogError, NothingToShow
from ..results.measures import CLOCK, MeasureRow, Measures
from ..results.words import lacking, texts_of, word
from ..statistics.reasons import Reason
from .clocks import ClockRow, clock


@runtime_checkable
class Indicated(Protocol):
    """An indicator of a notice: a metric with names, and where its target stands."""

    id: str
    metric: Any
    origin: str
    target: Any
    short_en: str
    title_en: str


One = Metric | str | ClockRow | Indicated
Metrics = One | Iterable[One] | Mapping[str, One]


def metric_of(given: One, log: EventLog) -> Metric:
    """A metric as it is, a name or a row of a list of clocks as its clock, an indicator as its
    metric.
    """
    if isinstance(given, str | ClockRow):
        return clock(given if isinstance(given, str) else given.name, log)
    if not isinstance(given, Indicated):
        return given
    if not isinstance(given.metric, Metric):
        what = f"the indicator {given.id!r} has no metric that is measured by itself"
        raise LogError(what, "metric", "assess tells what the notice asks of it")
    return given.metric


def words_of(given: Indicated) -> Mapping[str, str]:
    """What a notice calls its indicator, by language: in short, or else in full."""
    short = texts_of(given, "short")
    return short if any(short.values()) else texts_of(given, "title")


def caveats_of(given: Indicated) -> tuple[Reason, ...]:
    """What must be known of an indicator: that its target is not the notice's own."""
    if given.origin == "notice" or given.target is None:
        return ()
    return (Reason("several.outside", clause=given.target.clause),)


def labelled(given: Any, log: EventLog) -> dict[str, Metric] | None:
    """Several metrics by what they are called; None where one is given."""
    if isinstance(given, str | Metric | ClockRow | Indicated) or not isinstance(given, Iterable):
        return None
    if isinstance(given, Mapping):
        return {str(label): metric_of(one, log) for label, one in given.items()}
    found: dict[str, Metric] = {}
    for one in given:
        metric = metric_of(one, log)
        label = one.id if isinstance(one, Indicated) else getattr(metric, "label", "")
        label = label or getattr(metric, "name", str(metric))
        if label in found:
            what, do = f"two metrics are called {label!r}", 'name them: {"one": …, "other": …}'
            raise LogError(what, "metric", do)
        found[label] = metric
    if not found:
        raise NothingToShow("no metric is given", "metric", 'write clock("import_overall")')
    return found


def names_of_indicators(given: Any) -> dict[tuple[str, str], Mapping[str, str]]:
    """The words for the labels of several, of those that are indicators of a notice."""
    return {(CLOCK, one.id): words_of(one) for one in given if isinstance(one, Indicated)}


def measured(
    log: EventLog,
    metrics: Mapping[str, Metric],
    ask: Callable[[Metric], Measures],
    words: Mapping[tuple[str, str], Mapping[str, str]],
) -> Measures:
    """The answers about each, one after the other, with what each is called as first group.

    What the log has no milestone or column for is left out and told; MissingColumn where that is
    all. `words`: for labels that are no clock of the vocabulary.
    """
    found: dict[str, Measures] = {}
    absent: dict[str, MissingColumn] = {}
    for label, metric in metrics.items():
        try:
            found[label] = ask(metric)
        except MissingColumn as missing:
            absent[label] = missing
    if not found:
        raise next(iter(absent.values()))
    rows = [row.called(label) for label, part in found.items() for row in part]
    units = {part.unit for part in found.values()}
    day = next(iter(found.values())).as_of
    made = Measures(rows=tuple(rows), as_of=day, unit=units.pop() if len(units) == 1 else "")
    told = tuple(
        Reason(
            "several.absent",
            name=words.get((CLOCK, label)) or _name(label, log),
            missing=lacking(missing.name, log.vocabulary),
        )
        for label, missing in absent.items()
    )
    told += tuple(
        Reason("several.empty", name=words.get((CLOCK, label)) or _name(label, log))
        for label, part in found.items()
        if not part.rows
    )
    remarks = dict.fromkeys(why for part in found.values() for why in part._remarks)
    object.__setattr__(made, "_remarks", (*remarks, *told))
    object.__setattr__(made, "_words", dict(words))
    object.__setattr__(made, "_behind", partial(_cases, found))
    return made


def _name(label: str, log: EventLog) -> Any:
    """What a metric is called, in whichever language it will be said."""
    found = word("clock", label, log.vocabulary.clocks.get(label))
    return word("called", label) if found == label else found


def _cases(found: Mapping[str, Measures], row: MeasureRow, **asked: Any) -> Any:
    """The cases behind a row, from the answer that it came from."""
    label, plain = dict(row.groups)[CLOCK], row.uncalled()
    return found[str(label)].cases(plain, **asked)
