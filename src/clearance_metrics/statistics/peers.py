"""Whether one of several has more events than its share, beside the others in the same strata."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln, ndtr

EXACT = 2000  # events up to which the distribution of their sum is worked out in full


@dataclass(frozen=True)
class Share:
    """Events of one beside what its share of the units would have: `p` is the probability of as
    many or more if each unit of a stratum were as likely to have one; None where nobody else is in
    any stratum with events.
    """

    events: int
    expected: float | None
    p: float | None


def beside_peers(own: ArrayLike, own_units: ArrayLike, all_: ArrayLike, units: ArrayLike) -> Share:
    """The events of one beside its peers, stratum by stratum.

    One entry per stratum: its own events and units, and those of all together, whole numbers.
    Given the events of a stratum, those of one are hypergeometric if units are alike; the strata
    are independent, so the distribution of the sum is their convolution: Fisher's exact test, one
    sided, over strata. Above 2000 events the normal distribution with the same mean and variance
    takes its place, half an event allowed for. Strata where one is alone say nothing and are left
    out.

    >>> found = beside_peers([3], [10], [3], [40])
    >>> found.events, found.expected, round(found.p, 6)
    (3, 0.75, 0.012146)
    """
    a, n, k, m = (np.asarray(x, "int64") for x in (own, own_units, all_, units))
    kept = (k > 0) & (n > 0) & (m > n)
    if not kept.any():
        return Share(int(a.sum()), None, None)
    a, n, k, m = a[kept], n[kept], k[kept], m[kept]
    part = n / m
    expected, seen = float((k * part).sum()), int(a.sum())
    if k.sum() > EXACT:
        spread = k * part * (1 - part) * (m - k) / np.maximum(m - 1, 1)
        se = float(np.sqrt(spread.sum()))
        p = float(ndtr(-(seen - 0.5 - expected) / se)) if se else float(seen <= expected)
        return Share(seen, expected, p)
    whole = np.ones(1)
    for units_, all_units, events in zip(n.tolist(), m.tolist(), k.tolist(), strict=True):
        whole = np.convolve(whole, _hypergeometric(units_, all_units, events))
    return Share(seen, expected, float(min(whole[seen:].sum(), 1.0)))


def _hypergeometric(own: int, units: int, events: int) -> np.ndarray:
    """How probable 0, 1 … `events` of the events are among `own` of the units."""
    x = np.arange(events + 1)
    fits = (x <= own) & (events - x <= units - own)
    at = x[fits]
    logs = _log_choose(own, at) + _log_choose(units - own, events - at) - _log_choose(units, events)
    found = np.zeros(events + 1)
    found[fits] = np.exp(logs)
    return found / found.sum()


def _log_choose(n: int, k: ArrayLike) -> np.ndarray:
    k = np.asarray(k, "float64")
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))


def holm(p: ArrayLike) -> np.ndarray:
    """Probabilities adjusted for how many were looked at, by Holm's steps: none below the chosen
    level is wrong but in that share of all such looks.

    >>> holm([0.01, 0.04, 0.03]).round(2).tolist()
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p, "float64")
    order = np.argsort(p, kind="stable")
    steps = p[order] * (len(p) - np.arange(len(p)))
    found = np.empty(len(p))
    found[order] = np.minimum(np.maximum.accumulate(steps), 1.0) if len(p) else steps
    return found
