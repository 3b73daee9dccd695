"""What is said where no case is what is asked for: the column, what it holds, and a remedy."""

import pickle

import polars as pl
import pytest

import clearance_metrics as cm
from clearance_metrics.engine.asking import hearing_conditions
from clearance_metrics.engine.values import check_values, unmet
from clearance_metrics.errors import LogError, NothingToShow

HOUR = 3600
STAGES = {"conveyance_arrived": 0, "discharged": 3, "declared": 5, "customs_released": 9}
STAGES |= {"gate_out": 20}


def log_of(n=30, **columns):
    """A log of so many cases that are all alike in these columns."""
    ids = [str(i) for i in range(n)]
    rows = [(i, m, (24 * int(i) + at) * HOUR) for i in ids for m, at in STAGES.items()]
    events = pl.DataFrame(rows, schema=["case_id", "milestone", "time"], orient="row")
    told = {c: [v] * n if isinstance(v, str) else v for c, v in columns.items()}
    return cm.EventLog(events, pl.DataFrame({"case_id": ids, **told})).using(as_of="1970-12-31")


OVERALL = "import_overall"
QUESTIONS = {
    "measure": lambda log: cm.measure(log, OVERALL),
    "parties": lambda log: cm.parties(log, OVERALL),
    "stages": lambda log: cm.stages(log, "import", where={"kind": "import"}),
    "reconcile": lambda log: cm.reconcile(log, "import"),
    "ageing": lambda log: cm.ageing(log, OVERALL),
    "flow": lambda log: cm.flow(log, OVERALL),
    "populations": lambda log: cm.populations(log, OVERALL),
    "survival": lambda log: cm.survival(log, OVERALL),
    "when": lambda log: cm.when(log, "declared", where={"kind": "import"}),
    "holds": lambda log: cm.holds(log, OVERALL, holds={"left": ("discharged", "gate_out")}),
}


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize("kind", ["refund", "IMPORT", None])
def test_each_question_names_the_column_and_what_it_holds(name, kind):
    log = log_of(kind=pl.Series([kind] * 30, dtype=pl.String), mode="sea")
    found = QUESTIONS[name](log)
    held = {"refund": "export tax refunds (refund) 30", "IMPORT": "IMPORT 30", None: "no value 30"}
    said = f"No case has imports (import) as “kind of case” (kind); there are: {held[kind]}."
    assert said in found.beware("en") and said in found.block("en").note
    assert "values = { … } } in dataset.toml" in found.beware("en")
    told = found.beware("zh")
    assert "没有“业务类型”（kind）为进口（import）的业务" in told and "30件" in told
    assert pickle.loads(pickle.dumps(found)).beware("en") == found.beware("en")


def test_a_picture_that_is_not_there_says_why():
    with pytest.raises(NothingToShow, match=r"(?s)finding: .*\n  why: No case has .*refund\) 30"):
        cm.flow(log_of(kind="refund"), OVERALL).chart("en")


def test_a_mode_that_no_case_has_is_named():
    found = cm.stages(log_of(kind="import", mode="rail"), "import", where={"mode": "sea"})
    assert "No case has sea as “mode of transport” (mode); there are: rail 30." in found.beware(
        "en"
    )


def test_a_flag_that_no_case_has_is_named():
    log = log_of(kind="import", normal=[False] * 30)
    clock = cm.Duration("declared", "customs_released", where={"normal": True})
    assert "as “normal refund” (normal); there are: false 30." in cm.measure(log, clock).beware(
        "en"
    )


def test_nothing_is_said_where_a_case_is_what_is_asked():
    mixed = log_of(kind=["import"] * 29 + ["refund"], mode="sea")
    assert not any("No case has" in ask(mixed).beware("en") for ask in QUESTIONS.values())
    empty = cm.measure(mixed, cm.Duration("gate_out", "declared", where={"kind": "refund"}))
    assert "No case has" not in empty.beware("en")


def test_a_log_that_withholds_tells_no_small_count():
    few = log_of(kind=["refund"] * 27 + ["export"] * 3)
    assert "there are: export tax refunds (refund) 27, exports (export) 3." in cm.flow(
        few, OVERALL
    ).beware("en")
    told = cm.flow(few.using(withhold=10), OVERALL).beware("en")
    assert "there are: export tax refunds (refund), exports (export)." in told
    assert "27" not in told and "3." not in told


def test_conditions_are_heard_by_whoever_asks_within():
    log = log_of(kind="refund")
    with hearing_conditions() as outer:
        cm.measure(log, OVERALL)
    assert unmet(outer) == (("kind", ("import",), (("refund", 30),)),)
    check_values(log, {"kind": "import"})  # nobody listens


def test_reconcile_refuses_a_value_that_nobody_knows():
    with pytest.raises(LogError, match="no case has port = 'X'"):
        cm.reconcile(log_of(kind="import", port="A"), "import", where={"port": "X"})


def test_the_scorecard_says_which_kinds_there_are():
    rows = [row for row in cm.assess(log_of(kind="refund", mode="sea")) if row.reasons]
    told = [row for row in rows if row.reasons[0].code == "assess.none_of_kind"]
    assert told and all("(refund) 30" in row.note_en for row in told)


def test_captions_of_waiting_name_the_cases_of_an_own_clock():
    log = log_of(kind="import", mode="sea")
    clock = cm.Duration("declared", "customs_released", where={"mode": "sea"})
    for found in (cm.ageing(log, clock), cm.flow(log, clock)):
        assert "sea" in found.caption("en") and "水运" in found.caption("zh")
