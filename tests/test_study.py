"""The study at a tiny size: its truths are true, its counts are right by hand, its files are the
same twice.
"""

import doctest
import json
from pathlib import Path

import numpy as np
import pytest
from scipy import integrate, stats
from support.oracles import LIFELINES

from clearance_metrics.statistics.change import mean_change
from study import __main__ as command
from study import chart, cover, draws, oracles, reasons, route, scenarios, verdicts, what_if, worlds
from study.scenarios import SCENARIOS
from study.worlds import World

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("module", [worlds, cover, verdicts, chart, reasons])
def test_the_examples_in_the_study_hold(module):
    assert doctest.testmod(module).failed == 0


def test_coverage_bias_and_width_by_hand():
    nan, inf = np.nan, np.inf
    rows = [
        (10, 9, 12),
        (13, 12, 14),
        (8, 7, 9),
        (11, 8, inf),
        (nan, 4, inf),
        (12, -inf, 13),
        (nan, nan, nan),
        (11, nan, nan),
    ]
    found = cover.summary("by hand", "p90", 10.0, np.array(rows))
    # of six intervals 9..12, 8.., 4.. and ..13 hold ten, 7..9 lies below it and 12..14 above
    assert (found.logs, found.told, found.coverage) == (8, 6 / 8, pytest.approx(4 / 6))
    assert (found.above, found.below) == (pytest.approx(1 / 6), pytest.approx(1 / 6))
    assert (found.one_sided, found.width) == (pytest.approx(3 / 6), 2.0)  # widths 3, 2, 2
    assert found.bias == pytest.approx((10 + 13 + 8 + 11 + 12 + 11) / 6 - 10)
    assert found.spread == pytest.approx(np.std([10, 13, 8, 11, 12, 11], ddof=1)) and found.outside
    nothing = cover.summary("by hand", "p90", 10.0, np.full((3, 3), nan))
    assert (nothing.told, nothing.coverage, nothing.bias, nothing.outside) == (0, None, None, False)
    for share, outside in ((0.93, False), (0.97, False), (0.929, True), (0.971, True)):
        rows = np.array(
            [[1.0, 0, 2]] * round(1000 * share) + [[1.0, 2, 3]] * round(1000 * (1 - share))
        )
        assert cover.summary("band", "mean", 1.0, rows).outside == outside


def test_truths_of_hours_against_integrals_and_a_huge_sample():
    world = World(30, sigma=0.9, shares=((0.7, 0.3), (0.4, 0.6)), medians=((20, 44), (18, 40)))
    told, parts = world.truths(), [stats.lognorm(0.9, scale=m) for m in (18, 40)]

    def mean(cut):
        return sum(
            w * integrate.quad(p.sf, 0, cut, limit=400)[0]
            for w, p in zip((0.4, 0.6), parts, strict=True)
        )

    assert told["mean"] == pytest.approx(
        sum(w * p.mean() for w, p in zip((0.4, 0.6), parts, strict=True))
    )
    assert told["restricted_mean:72"] == pytest.approx(mean(72))
    for name, p in (("median", 0.5), ("p90", 0.9)):
        assert 0.4 * parts[0].cdf(told[name]) + 0.6 * parts[1].cdf(told[name]) == pytest.approx(p)
    change = told["composition"] + told["own: x"] + told["own: y"]
    before = 0.7 * stats.lognorm(0.9, scale=20).mean() + 0.3 * stats.lognorm(0.9, scale=44).mean()
    assert change == pytest.approx(told["mean"] - before)
    middle = told["median: composition"] + told["median: own"]
    assert middle == pytest.approx(told["median"] - world.quantile(0.5, (0.7, 0.3), (20, 44)))


def test_truths_of_whole_days_against_their_chances():
    world = World(30, unit="working_days", sigma=0.6, medians=((5.5, 7.5), (4.2, 6.2)))
    days = np.arange(1, 3000)
    chance = np.diff(world.below(days, *(world.shares[1], world.medians[1])), prepend=0.0)
    told = world.truths()
    assert told["mean"] == pytest.approx(days @ chance) and told["within:8"] == pytest.approx(
        chance[:8].sum()
    )
    assert told["restricted_mean:15"] == pytest.approx(np.minimum(days, 15) @ chance)
    assert told["median"] == days[(chance.cumsum() >= 0.5).argmax()]


@pytest.mark.parametrize(
    "scenario", [s for s in SCENARIOS if s.world.still or s.world.clusters], ids=lambda s: s.id
)
def test_drawn_logs_are_what_the_world_says(scenario):
    world = World(**{**scenario.world.__dict__, "n": 100_000})
    log = draws.draw(world, np.random.default_rng(3))
    after = log.side == 1
    assert (log.end[after] == 0).mean() == pytest.approx(world.still, abs=0.01)
    if not world.still:
        # enterprises shift their own cases only: over many draws all cases keep the same
        # distribution
        many = World(**{**world.__dict__, "clusters": 20_000})
        logs = np.log(draws.draw(many, np.random.default_rng(4)).value / 3600)
        mix = [np.log(m) for side in world.medians for m in side]
        assert logs.std() == pytest.approx(
            np.hypot(
                world.sigma,
                np.sqrt(
                    np.average(
                        (np.array(mix) - np.average(mix, weights=[0.3, 0.2, 0.3, 0.2])) ** 2,
                        weights=[0.3, 0.2, 0.3, 0.2],
                    )
                ),
            ),
            rel=0.02,
        )


def test_cells_hold_each_case_once():
    world = scenarios.SCENARIOS[8].world
    log = draws.draw(world, np.random.default_rng(1))
    for clustered in (False, True):
        cell = draws.cell_of(log, clustered)
        assert cell.n.sum() == world.n and cell.total.sum() == log.value[log.side == 1].sum()
    assert len(set(cell.cluster)) <= world.clusters
    terms = mean_change([[0], [1]], *draws.sides_of(log, world))
    assert terms.after == pytest.approx(log.value[log.side == 1].mean() / 3600)


def test_the_engine_gives_what_the_tally_gives():
    assert set(route.IDS) <= {s.id for s in SCENARIOS}
    worst = route.differences(7)
    assert set(worst) == set(route.IDS) and max(worst.values()) < 1e-9


def test_days_of_verdicts_have_the_mean_they_say():
    for kind in verdicts.KINDS:
        for truth in verdicts.SIZES:
            days, chance = verdicts.days_of(kind, truth)
            assert chance.sum() == pytest.approx(1) and days @ chance == pytest.approx(
                truth, abs=1e-9
            )
    cell = next(verdicts.cells_of("rare", 6.01, 500, (1, 2), 1))
    assert cell.n.sum() == 500 and (cell.total == cell.value * cell.n).all()


def test_more_than_five_per_cent_wrong_is_told_from_chance():
    def made(met, truth=6.01):
        return verdicts.Verdicts("even", truth, 100, 5000, met, 0.0, met)

    assert (
        not made(0.05).wrong
        and not made(0.055).wrong
        and made(0.06).wrong
        and not made(0.9, truth=5.0).wrong
    )
    # of a hundred with a share of .9 in time, a verdict needs 95: by the binomial 5.8 %
    assert verdicts.share_rule(0.9, 100) == pytest.approx(stats.binom.sf(94, 100, 0.9))


def test_worlds_of_what_is_supposed_are_what_draws_of_them_are():
    rng = np.random.default_rng(6)

    def drawn(world, n=400_000):
        kind = rng.choice(8, size=n, p=world.chance.ravel())
        return world.hours.ravel()[kind] * np.exp(what_if.SIGMA * rng.standard_normal(n))

    now = drawn(what_if.NOW)
    moved = what_if.NOW.chance[:, 1].sum()
    assert moved == pytest.approx(0.335)  # .35 * .2 + .3 * .4 + .15 * .3 + .2 * .5
    part = np.array([[-1, 1]]) * what_if.NOW.chance[:, :1] * (0.6 - moved) / (1 - moved)
    after = drawn(what_if.World(what_if.NOW.chance + part, what_if.HOURS))
    alike = what_if.World(what_if.NOW.chance, what_if.HOURS[[1, 1, 2, 3]])
    slowest = np.sort(now)
    slowest[-len(now) // 10 :] = np.median(now)
    for hours, told in (
        (now, what_if.NOW.truths),
        (after, what_if.more_in_advance()),
        (drawn(alike), what_if.like_the_south()),
        (slowest, what_if.slowest_quick()),
    ):
        assert told["mean"] == pytest.approx(hours.mean(), rel=0.01)
        assert told["within:48"] == pytest.approx((hours <= 48).mean(), abs=0.004)
        assert told["median"] == pytest.approx(np.median(hours), rel=0.01)
        assert told["p90"] == pytest.approx(np.quantile(hours, 0.9), rel=0.015)


def test_a_planted_change_lies_within_what_was_said_of_it():
    runs = 60
    told = what_if.covers(what_if.batch(85, 0, runs))
    assert len(told) == 22 and all(one.told == 1 for one in told)
    # by chance one of 22 true 95 % intervals is held less often in one of a hundred such tests
    least = stats.binom.ppf(0.01 / len(told), runs, 0.95)
    assert least / runs < 0.85 and min(one.coverage for one in told) * runs >= least
    means = [one.coverage for one in told if ", mean" in one.statistic]
    assert np.mean(means) >= stats.binom.ppf(0.01, runs, 0.95) / runs


@pytest.mark.lifelines
def test_oracles_agree_on_a_few_sets():
    pytest.importorskip("lifelines", reason=LIFELINES)
    told = oracles.survival(5, 6)
    assert len(told) == 9 and max(told.values()) < 1e-11
    assert (
        oracles.staggered()["figures"] == 40
        and max(oracles.staggered()["effect"], oracles.staggered()["error"]) < 2e-8
    )


def test_absent_data_are_skipped_with_a_word(monkeypatch, tmp_path):
    monkeypatch.setenv("CLEARANCE_METRICS_DATA", str(tmp_path))
    assert oracles.sicily().startswith("skipped")


def test_a_tiny_study_is_written_and_is_the_same_twice(tmp_path, capsys):
    asked = ["--logs", "20", "--quiet", "--only", "open-20", "clusters-few", "--seed", "3"]
    for jobs in ("1", "2"):
        assert command.main([*asked, "--jobs", jobs, "--out", str(tmp_path / jobs)]) == 0
    for name in ("study.json", "study.svg"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()
    result = json.loads((tmp_path / "1" / "study.json").read_text(encoding="utf-8"))
    assert [s["id"] for s in result["scenarios"]] == ["clusters-few", "open-20"]
    told = {(c["scenario"], c["statistic"]): c for c in result["coverage"]}
    assert told["open-20", "median"]["logs"] == 20 and told["clusters-few", "mean"]["logs"] == 10
    assert ("open-20", "mean") not in told and ("clusters-few", "restricted_mean:72") not in told
    assert {(o["scenario"], o["statistic"]) for o in result["outside"]} == {
        k for k, c in told.items() if c["outside"]
    }
    out = capsys.readouterr().out
    assert (
        "outside 93 to 97 %" in out
        and "agreement" in out
        and str(tmp_path / "2" / "study.json") in out
    )
    with pytest.raises(SystemExit):
        command.main(["--logs", "0"])
