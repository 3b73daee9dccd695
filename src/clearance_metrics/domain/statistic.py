"""The statistics by name: parsed once, at the edge; inside the house a statistic is a value.

A new statistic is one function in `statistics/` (named as its row here, or told apart in
`analysis/estimators.py`), one row in KINDS, one wording per language and one test.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from math import isfinite

from ..errors import LogError, closest
from .arguments import LONGEST, brief, is_number

TIMES, SHARES, MONEY, DEFERRED = "duration", "share", "fee", "deferral"
FORMALITIES = "formalities"
ALL = frozenset({TIMES, SHARES, MONEY, DEFERRED, FORMALITIES})


@dataclass(frozen=True)
class Kind:
    """One statistic: the limit it takes ("none", "may", "must"), of which metrics it can be asked.

    `unit` is "" for the metric's own, "counts" for cases or lines. `clustered`: it has an interval
    that allows for clusters. `of_ratio`: a ratio of sums has it as well. `adds`: it is told of
    logs of which nothing can be said of times. `of_firms`: it is over firms' own
    averages, and needs the column that names them.
    """

    name: str
    limit: str = "none"
    unit: str = ""
    of: frozenset[str] = ALL
    clustered: bool = False
    of_ratio: bool = False
    adds: bool = False
    of_firms: bool = False
    example: float | None = None


NOT_SHARES = frozenset({TIMES, MONEY, DEFERRED, FORMALITIES})
CLOCKS = frozenset({TIMES})
KINDS = {
    kind.name: kind
    for kind in (
        Kind("n", unit="counts", clustered=True, of_ratio=True, adds=True),
        Kind("open", unit="counts", clustered=True, adds=True),
        Kind("mean", clustered=True, of_ratio=True),
        Kind("sd"),
        Kind("median", clustered=True),
        Kind("percentile", clustered=True),
        Kind("min"),
        Kind("max"),
        Kind("sum", of_ratio=True, adds=True),
        Kind("ratio_of_sums", of=frozenset({MONEY})),
        Kind("share", unit="share", clustered=True),
        Kind("within", "must", "share", clustered=True, example=24),
        Kind("restricted_mean", "may", example=168),
        Kind("survival", "may", "share", example=24),
        Kind("count_above", "must", "counts", adds=True, example=0),
        Kind("share_above", "must", "share", example=0),
        Kind("buffer_index", unit="ratio", of=NOT_SHARES),
        Kind("planning_ratio", unit="ratio", of=NOT_SHARES),
        Kind("geometric_mean", of=NOT_SHARES),
        Kind("mean_without_top", "must", of=NOT_SHARES, example=1),
        Kind("incidence", "must", "share", CLOCKS, example=24),
        Kind("time_lost", "may", of=CLOCKS, example=168),
        Kind("follow_up", of=CLOCKS, adds=True),
        Kind("firm_mean", of=NOT_SHARES, clustered=True, of_firms=True),
        Kind("firm_sd", of=NOT_SHARES, clustered=True, of_firms=True),
        Kind("firm_cv", unit="ratio", of=NOT_SHARES, clustered=True, of_firms=True),
        Kind("firm_p90_p50", unit="ratio", of=NOT_SHARES, clustered=True, of_firms=True),
    )
}


@dataclass(frozen=True)
class Statistic:
    """A kind of statistic with its limit in the metric's units, or its place from 0 to 100.

    >>> Statistic.parse("within:24"), str(Statistic.parse("p90"))
    (Statistic(kind='within', limit=24.0, midpoint=False), 'p90')
    >>> Statistic.parse("median:midpoint").midpoint
    True
    """

    kind: str
    limit: float | None = None
    midpoint: bool = False

    def __str__(self) -> str:
        return self._text

    @cached_property
    def _text(self) -> str:
        middle = ":midpoint" if self.midpoint else ""
        if self.kind == "percentile":
            return f"p{self.limit:.15g}{middle}"
        return f"{self.kind}{middle}" + ("" if self.limit is None else f":{_written(self.limit)}")

    @cached_property
    def row(self) -> Kind:
        """What the table says of its kind."""
        return KINDS[self.kind]

    @cached_property
    def place(self) -> float | None:
        """Of a quantile the share of cases below it, else None."""
        if self.kind == "median":
            return 0.5
        return self.limit / 100 if self.kind == "percentile" and self.limit is not None else None

    def cut(self, signed: bool = False) -> Statistic:
        """Itself, or LogError where times cannot be cut at its limit; a `signed` clock can be cut
        below zero.
        """
        if self.kind in ("restricted_mean", "time_lost") and self.limit is not None and not signed:
            check_tau(self.limit)
        return self

    @classmethod
    def parse(cls, text: Statistic | str) -> Statistic:
        """The statistic of a name such as "median", "p90", "within:24"; LogError for any other.

        >>> Statistic.parse("within")
        Traceback (most recent call last):
        clearance_metrics.errors.LogError: unknown statistic 'within'
          where: statistics
          do: write 'within:24' instead of 'within'; known: ...
        """
        if isinstance(text, cls):
            return text
        if not isinstance(text, str):
            what = f"{text!r} is no name of a statistic"
            raise LogError(what, "statistics", 'write "median"')
        head, _, limit = text.partition(":")
        if head[:1] == "p" and head[1:].replace(".", "", 1).isdigit():
            if 0 < float(head[1:]) < 100 and limit in ("", "midpoint"):
                return cls("percentile", float(head[1:]), bool(limit))
            raise _unknown(text)
        if head == "median" and limit in ("", "midpoint"):
            return cls(head, None, bool(limit))
        kind = KINDS.get(head)
        if kind is None or head == "percentile":
            raise _unknown(text)
        if (limit and kind.limit == "none") or (kind.limit == "must" and not _number(limit)):
            raise _unknown(text)
        if limit and not _number(limit):
            raise _unknown(text)
        found = float(limit) if limit else None
        if head == "mean_without_top" and found is not None and not 0 <= found < 100:
            what = f"{text!r}: no share of the cases"
            raise LogError(what, "statistics", "write per cent from 0 to under 100")
        return cls(head, found)


@cache
def names() -> tuple[str, ...]:
    """Every name as one may write it, with an example of a limit.

    >>> "p90" in names(), "within:24" in names(), "restricted_mean" in names()
    (True, True, True)
    """
    made = []
    for kind in KINDS.values():
        if kind.name == "percentile":
            made.append("p90")
            continue
        if kind.limit != "must":
            made.append(kind.name)
        if kind.example is not None:
            made.append(f"{kind.name}:{kind.example:g}")
    return (*made, "median:midpoint")


def check_tau(tau: object, signed: bool = False) -> None:
    """LogError where times cannot be cut at `tau` units.

    >>> check_tau(168), check_tau(-5, signed=True)
    (None, None)
    """
    if not is_number(tau) or abs(tau) > LONGEST:
        raise LogError(f"tau {brief(tau)} is not a number of units", "tau", "write 168")
    if tau <= 0 and not signed:
        what = f"tau {tau:g} is not above zero, and the clock cannot be below it"
        raise LogError(what, "tau", "write 168")


def _written(limit: float) -> str:
    """A limit in full: rounded, it would be another one."""
    return str(int(limit)) if limit == int(limit) else repr(float(limit))


def _unknown(text: str) -> LogError:
    return LogError(f"unknown statistic {text!r}", "statistics", closest(text, names()))


def _number(text: str) -> bool:
    try:
        return isfinite(float(text))
    except ValueError:
        return False
