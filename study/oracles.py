"""Agreement with independent software: random censored data, a published series, a seeded panel."""

from __future__ import annotations

import ast
import csv
import importlib.util
import os
import warnings
from pathlib import Path

import numpy as np

from clearance_metrics.statistics import (
    FROM_START,
    Sample,
    aalen_johansen,
    kaplan_meier,
    log_rank,
    restricted_mean,
)
from clearance_metrics.statistics.clustered import clustered
from clearance_metrics.statistics.segmented import segmented
from clearance_metrics.statistics.staggered import aggregates, group_time

ROOT = Path(__file__).resolve().parent.parent
# Lopez Bernal, Cummins and Gasparrini (2017): ratio of levels with its interval, and digits
# published
SICILY = (
    ("Poisson", "poisson", 0, 3, (0.894, 0.865, 0.925)),
    ("quasi-Poisson", "quasipoisson", 0, 3, (0.894, 0.839, 0.953)),
    ("quasi-Poisson, two harmonics", "quasipoisson", 2, 7, (0.8850715, 0.8394010, 0.9332270)),
)


def random_cases(
    rng: np.random.Generator, ways: int = 1, late: bool = True
) -> tuple[np.ndarray, ...]:
    """Entry (-1 from the start), value and end of 30 to 400 cases: tied, censored, many late."""
    size = int(rng.integers(30, 400))
    value = np.ceil(rng.weibull(rng.uniform(0.7, 2), size) * rng.uniform(5, 80)).astype("int64")
    limit = rng.integers(1, 150, size)
    end = np.where(value <= limit, rng.integers(1, ways + 1, size), 0)
    value = np.minimum(value, limit)
    entry = np.where((rng.random(size) < 0.4) & late, rng.integers(0, 30, size), -1)
    kept = entry < value
    return entry[kept], value[kept], end[kept]


def _sample(entry, value, end, ways: int = 1) -> Sample:
    return Sample.of(
        value, end, np.ones(len(value)), entry=np.where(entry < 0, FROM_START, entry), ways=ways
    )


def survival(seed: int, sets: int) -> dict[str, float]:
    """Largest absolute differences to lifelines and statsmodels; empty where lifelines is not
    installed.
    """
    try:
        import lifelines
        from statsmodels.duration import survfunc
    except ImportError:
        return {}
    worst: dict[str, float] = {}

    def differ(name: str, gap) -> None:
        worst[name] = max(worst.get(name, 0.0), float(np.nanmax(np.abs(gap), initial=0)))

    for i in range(sets):
        rng = np.random.default_rng((seed, 90, i))
        entry, value, end = random_cases(rng)
        sample = _sample(entry, value, end)
        curve = kaplan_meier(sample)
        held = curve.survival > 0
        one = lifelines.KaplanMeierFitter().fit(value, end, entry=entry)
        mine = np.concatenate([[1.0], curve.survival])[
            np.searchsorted(curve.times, one.timeline, side="right")
        ]
        differ("Kaplan-Meier, lifelines", one.survival_function_.iloc[:, 0] - mine)
        bounds = one.confidence_interval_survival_function_.loc[curve.times].to_numpy()
        differ("log-log band, lifelines", (bounds - np.array([curve.low, curve.high]).T)[held])
        two = survfunc.SurvfuncRight(value, end, entry=entry)
        at = np.searchsorted(two.surv_times, curve.times)
        differ("Kaplan-Meier, statsmodels", two.surv_prob[at] - curve.survival)
        differ("Greenwood error, statsmodels", (two.surv_prob_se[at] - curve.se)[held])
        if curve.gap is None:
            tau = float(np.quantile(value, 0.8))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                theirs = lifelines.utils.restricted_mean_survival_time(one, t=tau)
            # the package integrates from the first entry, which is -1 for cases seen from their
            # start
            differ(
                "restricted mean, lifelines",
                restricted_mean(sample, tau).value - theirs + (entry < 0).any(),
            )
        group = rng.integers(0, 2 + i % 3, len(value))
        chi2, p = survfunc.survdiff(value, end, group, entry=entry)
        found = log_rank(
            [[_sample(*(a[group == g] for a in (entry, value, end))) for g in np.unique(group)]]
        )
        differ("log-rank chi-square (relative), statsmodels", (found.chi2 - chi2) / max(chi2, 1))
        differ("log-rank p, statsmodels", found.p - p)
        entry, value, end = random_cases(rng, ways=3, late=False)
        with np.errstate(all="ignore"):
            theirs = survfunc.CumIncidenceRight(value, end)
        found = aalen_johansen(_sample(entry, value, end, 3))
        at = np.searchsorted(theirs.times, found.times)
        held = found.curve.survival > 0
        for k in range(len(theirs.cinc)):
            differ("incidence of three ends, statsmodels", theirs.cinc[k][at] - found.share[k])
            differ("its error, statsmodels", (theirs.cinc_se[k][at] - found.se[k])[held])
    return worst


def sicily() -> list[dict[str, object]] | str:
    """Published and computed ratios of the smoking ban, or a word where the data are not here."""
    base = Path(os.environ.get("CLEARANCE_METRICS_DATA", ROOT.parent / "shared" / "data"))
    path = base / "sicily" / "sicily.csv"
    if not path.exists():
        return "skipped: sicily/sicily.csv is not here; set CLEARANCE_METRICS_DATA to its folder"
    with path.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    months = [12 * int(r["year"]) + int(r["month"]) - 1 for r in rows]
    counts, people = ([float(r[name]) for r in rows] for name in ("aces", "stdpop"))
    told = []
    for name, family, harmonics, digits, published in SICILY:
        found = segmented(
            months,
            counts,
            12 * 2005,
            slope=False,
            harmonics=harmonics,
            family=family,
            exposure=people,
            errors="model",
        )
        level = found.effects["level"]
        mine = [round(x, digits) for x in (level.value, level.low, level.high)]
        gap = max(abs(a - b) for a, b in zip(mine, published, strict=True))
        told.append(
            {
                "model": name,
                "published": list(published),
                "found": mine,
                "largest_difference": round(gap, digits),
            }
        )
    return told


def staggered() -> dict[str, float]:
    """Largest differences to two other packages' effects and errors, which stand in
    tests/statistics/test_policy_statistics.py.
    """
    tests = ROOT / "tests"
    tree = ast.parse((tests / "statistics/test_policy_statistics.py").read_text(encoding="utf-8"))
    told = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and node.targets[0].id in ("ATT", "UNIVERSAL"):
            told[node.targets[0].id] = ast.literal_eval(node.value)
    spec = importlib.util.spec_from_file_location("policy_logs", tests / "support" / "panels.py")
    logs = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(logs)
    worst = {"effect": 0.0, "error": 0.0, "figures": 0}
    for control, base, expected in (
        ("never", "varying", told["ATT"]["never"]),
        ("not_yet", "varying", told["ATT"]["not_yet"]),
        ("never", "universal", told["UNIVERSAL"]),
    ):
        cells = group_time(*logs.staggered_panel(), control=control, base=base)
        found = clustered(cells, aggregates(cells), method="influence", draws=9)
        for name, (value, error) in expected.items():
            worst["effect"] = max(worst["effect"], abs(found.estimates[name].value - value))
            worst["error"] = max(worst["error"], abs(found.errors[name] - error))
            worst["figures"] += 2
    return worst
