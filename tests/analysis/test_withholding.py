"""suppress_below: cells are withheld by the cases that a figure rests on, not only by all cases."""

from support.logs import log_of

from clearance_metrics.analysis.measure import measure
from clearance_metrics.domain.metrics import Duration

CLOCK = Duration("declared", "customs_released")
AS_OF = "2021-05-31"


def cases(done: int, still: int = 0, back: int = 0) -> list[dict]:
    ended = [{"declared": 0, "customs_released": 5}] * done
    return ended + [{"declared": 0}] * still + [{"declared": 0, "returned": 7}] * back


def asked(log, clock, names, **options):
    return measure(log, clock, as_of=AS_OF, statistics=names, suppress_below=10, **options)


def test_one_finished_case_among_eleven_open_ones_is_not_shown():
    log = log_of(cases(1, still=11))
    found = asked(log, CLOCK, ("sum", "min", "survival", "median", "within:6", "open", "n"))
    assert all(
        r.note.endswith("one table: cells may be given back by other tables of the same cases")
        for r in found
    )
    assert [r.statistic for r in found if r.value is not None] == ["n"]
    row = found.rows[-1]
    assert (row.value, row.n, row.n_open) == (12, 12, None)
    assert all(
        "under 10 finished cases" in r.note and r.n is None and r.n_open is None
        for r in found.rows[:-1]
    )
    assert asked(log_of(cases(12, still=11)), CLOCK, "sum").rows[0].value == 60
    waiting = log_of(cases(0, still=12) + cases(12), {"port": ["a"] * 12 + ["b"] * 12})
    assert [r.value for r in asked(waiting, CLOCK, "open", by="port")] == [12, 0]


def test_other_ends_do_not_hide_one_released_case_and_are_guarded_themselves():
    clock = Duration("declared", "customs_released", other_ends="returned")
    found = asked(log_of(cases(1, back=11)), clock, ("mean", "max", "sd", "n"))
    assert [r.value for r in found] == [None, None, None, 12]
    some = log_of(cases(12, back=2))
    assert asked(some, clock, "mean").rows[0].value == 5
    assert {r.value for r in asked(some, clock, ("mean", "incidence:6"))} == {None}


def test_another_cell_goes_with_one_of_few_finished_cases():
    log = log_of(
        cases(3, still=20) + cases(40) + cases(60), {"port": ["a"] * 23 + ["b"] * 40 + ["c"] * 60}
    )
    found = asked(log, CLOCK, ("min", "n"), by="port")
    assert [(r.groups[0][1], r.value) for r in found if r.value is not None] == [
        ("a", 23),
        ("b", 40),
        ("c", 5),
        ("c", 60),
    ]
