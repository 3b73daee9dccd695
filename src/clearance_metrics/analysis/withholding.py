"""Which groups of a table are withheld since they hold too few cases, asked for by
`suppress_below=k`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from ..engine.log import EventLog
from ..errors import LogError, NothingToShow
from ..statistics import Sample, withheld_groups
from ..statistics.reasons import Reason

ONE_TABLE = Reason("one_table")


def check_suppression(k: int | None, names: int) -> None:
    """LogError for a bound that withholds nothing, or a table of more than two classifications."""
    if k is None:
        return
    if isinstance(k, bool) or not isinstance(k, int) or k < 2:
        raise LogError(
            f"suppress_below={k!r} withholds nothing",
            "suppress_below",
            "write a whole number from 2",
        )
    if names > 2:
        what = "small cells are withheld in tables of at most two classifications"
        raise LogError(what, "suppress_below", "take fewer groups")


def withholding(counts: Mapping[tuple, int], k: int | None) -> tuple[set[tuple], bool]:
    """The keys to withhold, and whether the total must be as well; nothing without a bound.

    >>> withholding({("a",): 3, ("b",): 40}, None)
    (set(), False)
    """
    return (set(), False) if k is None else _withheld(frozenset(counts.items()), k)


@lru_cache(256)  # the parts of a log ask for the same table one after another
def _withheld(counts: frozenset[tuple[tuple, int]], k: int) -> tuple[set[tuple], bool]:
    return withheld_groups(dict(sorted(counts, key=repr)), k)


def withholding_cases(
    samples: Mapping[tuple, Sample], k: int | None, every_end: bool = False
) -> tuple[set[tuple], set[tuple], set[tuple]]:
    """The keys to withhold wholly, those where n alone may be told since too few cases reached
    the stop, and those whose open cases may not be counted.

    With `every_end` the second is asked of each end. Each count (cases, those of an end, open ones)
    is guarded by itself, totals included; what one withholds only adds to what a reader of another
    must allow for.

    >>> samples = {("a",): Sample.of([1, 5], [1, 0], [1, 11]), ("b",): Sample.of([1], [1], [40])}
    >>> whole, part, still = withholding_cases(samples, 10)
    >>> sorted(whole), sorted(part), sorted(still)
    ([], [('a',), ('b',)], [])
    """
    whole, _ = withholding({key: sample.n for key, sample in samples.items()}, k)
    part, _ = withholding({key: int(sample.ended.sum()) for key, sample in samples.items()}, k)
    for end in range(
        max((sample.ways for sample in samples.values()), default=1) - 1 if every_end else 0
    ):
        others = {
            key: int(s.others[end].sum()) if s.ways > end + 1 else 0 for key, s in samples.items()
        }
        part |= withholding(others, k)[0]
    still, _ = withholding({key: sample.n_open for key, sample in samples.items()}, k)
    return whole, part, still


def bound_of(log: EventLog, asked: int | None, names: int) -> int | None:
    """The fewest cases that a cell may tell of: as asked, or else as the log withholds."""
    check_suppression(asked, names)
    if asked is None and log.withhold is not None and names > 2:
        what = "withheld: small cells are withheld in tables of at most two classifications"
        raise NothingToShow(what, "withhold", "take fewer groups")
    return log.withhold if asked is None else asked


def withholding_beside(
    log: EventLog,
    by: tuple[str, ...],
    samples: Callable[[EventLog, tuple[str, ...]], Mapping[tuple, Sample]],
    every_end: bool = False,
) -> tuple[set[tuple], set[tuple], set[tuple]]:
    """As `withholding_cases`, of a part whose log withholds: the keys that the other parts and the
    whole would give back. `samples` asks a log by columns, of which those of the part come first.
    """
    if log.withhold is None or not log.part:
        return set(), set(), set()
    names = tuple(column for column, _ in log.part if column not in by)
    place, n = tuple(value for column, value in log.part if column in names), len(names)
    if not names:
        return set(), set(), set()
    of_all = samples(log.whole, (*names, *by))
    keyed = {(key[:n], key[n:]) if key[n:] else (key[:n],): s for key, s in of_all.items()}
    whole, part, still = (
        {key[1] if len(key) > 1 else () for key in keys if key[0] == place}
        for keys in withholding_cases(keyed, log.withhold, every_end)
    )
    return whole, part, still


def withheld(k: int | None, finished: bool = False) -> Reason:
    """What is said in place of a withheld number."""
    return Reason("withheld_finished" if finished else "withheld", k=k)
