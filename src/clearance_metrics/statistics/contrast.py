"""Groups with open cases side by side: the log-rank test and differences of restricted means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from .distributions import chi_square_tail, normal_reach, normal_share
from .reasons import Reason
from .sample import Estimate, Sample
from .survival import FEW_ENDS, FEWEST, default_tau, ends_until, kaplan_meier, restricted_mean

WEIGHTS = ("log-rank", "gehan", "tarone-ware", "fleming-harrington")
# the weight of strata whose own error is not known, above which a difference has no interval; ours
BARE = 0.05
BLOCK = 1 << 16  # times handled at once, so that many groups of many values fit into memory


@dataclass(frozen=True)
class LogRank:
    """Chi-square with its degrees of freedom and p; ends seen and expected in each group, and the
    strata used.

    `chi2` and `p` are None where nothing could be compared.
    """

    chi2: float | None
    df: int
    p: float | None
    observed: tuple[int, ...]
    expected: tuple[float, ...]
    strata: int


@dataclass(frozen=True)
class Difference:
    """First less second with its error, two-sided p and interval, and the two sides;

    None where refused.
    """

    value: float | None
    low: float | None
    high: float | None
    se: float | None
    p: float | None
    tau: float | None
    first: Estimate
    second: Estimate
    reasons: tuple[Reason, ...] = ()
    strata: int = 1
    left_out: int = 0


def log_rank(
    strata: Iterable[Sequence[Sample]],
    weights: str = "log-rank",
    end: int | None = None,
    rho: float = 1.0,
) -> LogRank:
    """Whether groups end at the same rate, within strata: each stratum holds the groups in the same
    order.

    Mantel (1966), Peto and Peto (1972), hypergeometric variance, any number of groups, late entry
    allowed for. `weights`: "gehan" by cases at risk, "tarone-ware" by their root,
    "fleming-harrington" by S(t-) ** rho of the stratum. `end` takes the ends of one way alone
    (cause-specific), others leave the risk set; None takes any end.

    >>> quick = Sample.of([1, 2, 3], [1, 1, 1], [9, 9, 9])
    >>> slow = Sample.of([4, 5, 6], [1, 1, 0], [9, 9, 9])
    >>> found = log_rank([(quick, slow)])
    >>> found.df, found.observed, found.p < 0.001
    (1, (27, 18), True)
    """
    if weights not in WEIGHTS:
        raise ValueError(f"weights {weights!r} are not known: write one of {', '.join(WEIGHTS)}")
    parts = [_stratum(groups, weights, end, rho) for groups in strata]
    used = [part for part in parts if part is not None]
    if not used:
        return LogRank(None, 0, None, (), (), 0)
    observed, expected, score, variance = (
        np.sum([part[i] for part in used], axis=0) for i in range(4)
    )
    df = int(
        np.linalg.matrix_rank(
            variance, tol=1e-9 * max(float(np.abs(variance).max()), 1e-300), hermitian=True
        )
    )
    seen, wanted = tuple(int(x) for x in observed), tuple(float(x) for x in expected)
    if not df:
        return LogRank(None, 0, None, seen, wanted, len(used))
    chi2 = float(score @ np.linalg.pinv(variance, rcond=1e-9, hermitian=True) @ score)
    return LogRank(chi2, df, float(chi_square_tail(chi2, df)), seen, wanted, len(used))


def _stratum(groups: Sequence[Sample], weights: str, end: int | None, rho: float) -> tuple | None:
    """Ends seen and expected, weighted score and its variance;

    None where at most one group holds cases.
    """
    if sum(sample.n > 0 for sample in groups) < 2:
        return None
    if len({sample.scale for sample in groups if sample.n}) > 1:
        raise ValueError("samples of different scales cannot be compared")
    ends = [_ends(sample, end) for sample in groups]
    times = np.unique(np.concatenate([s.values[e > 0] for s, e in zip(groups, ends, strict=True)]))
    counters = [sample.counter() for sample in groups]
    d, n = np.zeros(len(times)), np.zeros(len(times))
    for sample, seen, count in zip(groups, ends, counters, strict=True):
        d[np.searchsorted(times, sample.values[seen > 0])] += seen[seen > 0]
        n += count(times)
    weight = np.ones(len(times))
    if weights == "gehan":
        weight = n
    elif weights == "tarone-ware":
        weight = np.sqrt(n)
    elif weights == "fleming-harrington":
        weight = np.concatenate([[1.0], np.cumprod(1 - d / n)[:-1]])[: len(times)] ** rho
    size = len(groups)
    expected, score, variance = np.zeros(size), np.zeros(size), np.zeros((size, size))
    for start in range(0, len(times), BLOCK):
        part = slice(start, start + BLOCK)
        inside = times[part]
        share = np.array([count(inside) for count in counters]) / n[part]
        own = np.zeros_like(share)
        for row, sample, seen in zip(own, groups, ends, strict=True):
            here = slice(*np.searchsorted(sample.values, [inside[0], inside[-1] + 1]))
            ended = seen[here] > 0
            row[np.searchsorted(inside, sample.values[here][ended])] = seen[here][ended]
        hyper = weight[part] ** 2 * d[part] * (n[part] - d[part]) / np.maximum(n[part] - 1, 1)
        expected += share @ d[part]
        score += (own - share * d[part]) @ weight[part]
        variance += np.diag(share @ hyper) - (share * hyper) @ share.T
    return np.array([seen.sum() for seen in ends]), expected, score, variance


def _ends(sample: Sample, end: int | None) -> np.ndarray:
    if end is None:
        return sample.any_end
    if end == 1:
        return sample.ended
    return sample.others[end - 2] if end <= sample.ways else np.zeros_like(sample.ended)


def common_tau(samples: Iterable[Sample]) -> float | None:
    """The least `default_tau` of the samples; None if one has none, or fewer than 10 ends by then.

    >>> common_tau([Sample.of([5], [1], [40]), Sample.of([9], [1], [40])]) is None
    True
    """
    curves = [kaplan_meier(sample) for sample in samples]
    found = [default_tau(curve) for curve in curves]
    if not found or None in found:
        return None
    return min(found) if all(ends_until(curve, min(found)) >= FEWEST for curve in curves) else None


def restricted_mean_difference(
    first: Sample, second: Sample, tau: float | None = None, level: float = 0.95
) -> Difference:
    """Restricted mean of the first less that of the second up to one `tau`, independent samples.

    The error is the root of the two sides' squared errors (Royston and Parmar 2013). Without `tau`
    it is `common_tau`. Refused where either side is.

    >>> one = Sample.of([1, 2, 3], [1, 1, 0], [5, 5, 5])
    >>> two = Sample.of([2, 4, 5], [1, 1, 1], [5, 5, 5])
    >>> round(restricted_mean_difference(one, two, tau=3).value, 4)
    -0.6667
    """
    return stratified_difference([(first, second)], tau, level)


def stratified_difference(
    pairs: Iterable[tuple[Sample, Sample]], tau: float | None = None, level: float = 0.95
) -> Difference:
    """The same within strata: differences weighted by n1 n2 / (n1 + n2), strata without both sides
    left out.

    Strata whose data end before `tau` are left out too, and their cases counted. The two sides are
    given for one stratum only. Weights of Cochran (1954).
    """
    pairs = list(pairs)
    both = [pair for pair in pairs if all(sample.n for sample in pair)]
    none = Estimate(None)
    if tau is None:
        tau = common_tau(sample for pair in both for sample in pair)
    if not both or tau is None:
        silent = any(not sample.any_end.any() for pair in both for sample in pair)
        why = (
            Reason("no_common_stratum")
            if not both
            else Reason("no_end_in_a_group")
            if silent
            else FEW_ENDS
        )
        left = sum(s.n for p in pairs for s in p)
        return _refused(tau, none, none, (why,), left)
    means = [tuple(restricted_mean(sample, tau, level) for sample in pair) for pair in both]
    kept = [i for i, sides in enumerate(means) if None not in (sides[0].value, sides[1].value)]
    left = sum(s.n for p in pairs for s in p) - sum(s.n for i in kept for s in both[i])
    first, second = means[0] if len(pairs) == 1 else (none, none)
    if not kept:
        silent = (side for sides in means for side in sides if side.value is None)
        why = tuple(dict.fromkeys(reason for side in silent for reason in side.reasons))
        return _refused(tau, first, second, why, left)
    sizes = np.array([[s.n for s in both[i]] for i in kept], "float64")
    weight = sizes.prod(axis=1) / sizes.sum(axis=1)
    weight /= weight.sum()
    gaps = np.array([means[i][0].value - means[i][1].value for i in kept])
    errors = np.array([np.hypot(means[i][0].se, means[i][1].se) for i in kept])
    value, se = float(weight @ gaps), float(np.sqrt(weight**2 @ errors**2))
    how: tuple[Reason, ...] = (Reason("up_to", tau=tau),)
    bare = sum(
        w for w, i in zip(weight, kept, strict=True) if any(side.low is None for side in means[i])
    )
    if bare > BARE or not se:
        how += (FEW_ENDS,)
        return Difference(value, None, None, se, None, tau, first, second, how, len(kept), left)
    half = float(normal_reach(level) * se)
    p = float(2 * normal_share(-abs(value) / se))
    return Difference(
        value, value - half, value + half, se, p, tau, first, second, how, len(kept), left
    )


def _refused(
    tau: float | None, first: Estimate, second: Estimate, why: tuple[Reason, ...], left_out: int
) -> Difference:
    return Difference(None, None, None, None, None, tau, first, second, why, 0, left_out)
