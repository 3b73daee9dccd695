"""What the further indicators need of a trade case: schemes, duty, onward legs, cold chain, planted
breaches.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

NOTICE_MONTH = 32  # 2021-09, counted from 2019-01: the first whole month after the notice


def yes(mask: np.ndarray) -> np.ndarray:
    """True or false as the owner writes it."""
    return np.where(mask, "是", "否")


def some(rng: np.random.RandomState, among: np.ndarray, count: int) -> np.ndarray:
    """A mask of `count` (or all, if fewer) of the places in `among`."""
    places = np.flatnonzero(among)
    mask = np.zeros(len(among), bool)
    mask[rng.choice(places, min(count, len(places)), replace=False)] = True
    return mask


def hours(rng: np.random.RandomState, mean: np.ndarray, sigma: float = 0.6) -> np.ndarray:
    """Long-tailed hours as whole seconds."""
    return np.round(
        3600 * mean * np.exp(rng.normal(0, sigma, len(mean)) - sigma * sigma / 2)
    ).astype("int64")


def imports(
    rng: np.random.RandomState,
    *,
    p: np.ndarray,
    mode: np.ndarray,
    inspected: np.ndarray,
    released: np.ndarray,
    landed: np.ndarray,
    out: np.ndarray,
    settled: np.ndarray,
    after: Callable[..., np.ndarray],
) -> tuple[dict, dict, dict]:
    """Milestones and columns of imports, and how many breaches were planted.

    `p` runs from 0 to 1 over the years; `settled`: released within the log; `after`: released in a
    whole month after the notice.
    """
    n = len(p)
    sea, air, road = mode == "sea", mode == "air", mode == "road"
    always = np.ones(n, bool)
    direct = sea & (rng.rand(n) < 0.03 + 0.06 * p)
    dutiable = rng.rand(n) < 0.7
    guaranteed = dutiable & (rng.rand(n) < 0.2 + 0.25 * p)
    eligible = rng.rand(n) < 0.05
    rail = sea & (rng.rand(n) < 0.05 + 0.04 * p)
    train_ship = rail & (rng.rand(n) < 0.1 + 0.15 * p)
    cold = rng.rand(n) < 0.06
    purpose = np.where(
        ~inspected & (rng.rand(n) < 0.02),
        np.array(["exhibition_food", "exempt_cosmetic", "other"])[rng.randint(0, 3, n)],
        "",
    )
    tested = some(rng, (purpose == "exhibition_food") & settled & after, 5)
    asked = some(rng, (purpose == "exempt_cosmetic") & settled & after, 4)
    assessed = released - hours(rng, 4 - 2 * p)
    paid = np.where(guaranteed, released + hours(rng, np.full(n, 90.0)), released - 300)
    disinfected = landed + hours(rng, np.full(n, 3.0))
    steps = {
        "yard_in": (landed + hours(rng, np.full(n, 2.0)), sea & ~direct & ~train_ship),
        "duty_assessed": (assessed, dutiable),
        "guaranteed": (assessed + 600, guaranteed),
        "duty_paid": (paid, dutiable),
        "delivery_order": (landed + hours(rng, 30 - 16 * p), always),
        "breakdown_done": (landed + hours(rng, 6 - 2 * p), air),
        "rail_departed": (landed + hours(rng, 75 - 25 * p), rail),
        "disinfect_started": (disinfected, cold),
        "disinfect_ended": (disinfected + hours(rng, 5 - p), cold),
        "sample_taken": (released - 900, tested | (inspected & (rng.rand(n) < 0.3))),
        "document_requested": (released - 1200, asked),
        "empty_returned": (out + hours(rng, 60 - 10 * p), sea & settled),
    }
    columns = {
        "cross_district": yes(rng.rand(n) < 0.25),
        "direct_pickup": yes(direct),
        "dutiable": yes(dutiable),
        "self_assessed": yes(dutiable & (rng.rand(n) < 0.5 + 0.3 * p)),
        "scheme_eligible": yes(eligible),
        "scheme": np.where(eligible & (rng.rand(n) < 0.2 + 0.5 * p), "inspect_release", "ordinary"),
        "result_source": np.where(
            ~inspected, "", np.where(rng.rand(n) < 0.1 + 0.2 * p, "third_party", "own")
        ),
        "inspection_method": np.where(
            ~inspected, "", np.where(rng.rand(n) < 0.2 + 0.3 * p, "image", "manual")
        ),
        "sample_purpose": purpose,
        "onward_mode": np.where(~sea, "", np.where(rail, "rail", "road")),
        "cold_chain": yes(cold),
        "tir": yes(road & (rng.rand(n) < 0.12)),
        "rcep": yes(rng.rand(n) < 0.25),
    }
    return (
        steps,
        columns,
        {"food_samples_tested": int(tested.sum()), "cosmetic_samples_asked": int(asked.sum())},
    )


def exports(
    rng: np.random.RandomState,
    *,
    p: np.ndarray,
    mode: np.ndarray,
    start: np.ndarray,
    settled: np.ndarray,
    after: Callable[..., np.ndarray],
) -> tuple[dict, dict, dict]:
    """Milestones and columns of exports, and how many breaches were planted."""
    n = len(p)
    sea, air = mode == "sea", mode == "air"
    feeder = sea & (rng.rand(n) < 0.25)
    combined = feeder & (rng.rand(n) < 0.1 + 0.4 * p)
    twice = some(rng, combined & settled & after, 6)
    steps = {"empty_picked_up": (start - 6 * 3600 - hours(rng, 30 - 8 * p), sea)}
    columns = {
        "direct_loading": yes(sea & (rng.rand(n) < 0.03 + 0.05 * p)),
        "feeder": yes(feeder),
        "combined_port": yes(combined),
        "declarations": np.where(twice, 2, 1),
        "screened_off_airport": yes(air & (rng.rand(n) < 0.2 + 0.3 * p)),
        "transhipment": yes(sea & (rng.rand(n) < 0.08 + 0.04 * p)),
    }
    return steps, columns, {"combined_port_second_declaration": int(twice.sum())}
