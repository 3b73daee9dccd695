"""Which stages a clock has, and [parties] tables read strictly by mappings and notices."""

import json
import tomllib
from importlib.resources import files

import polars as pl
import pytest

from clearance_metrics import EventLog, load_vocabulary, parties
from clearance_metrics.domain.parties import PARTIES, plan_of
from clearance_metrics.errors import MappingError, NoticeError
from clearance_metrics.intake import ingest
from clearance_metrics.intake.mapping import load_mapping
from clearance_metrics.notice import load_notice
from clearance_metrics.notice.loader import notice_from

WORDS = load_vocabulary()
RAW = files("clearance_metrics.notice").joinpath("cn-2021-85.toml").read_text(encoding="utf-8")
MAPPING = """[dataset]
name = "t"
timezone = "Asia/Shanghai"
as_of = 2022-01-31
{parties}
[[file]]
path = "e.csv"
role = "wide"
[file.columns]
case_id = "id"
[file.milestones]
conveyance_arrived = {{ column = "a", formats = ["%Y-%m-%d %H:%M"] }}
discharged = {{ column = "d", formats = ["%Y-%m-%d %H:%M"] }}
declared = {{ column = "f", formats = ["%Y-%m-%d %H:%M"] }}
customs_released = {{ column = "r", formats = ["%Y-%m-%d %H:%M"] }}
"""


def test_all_that_the_vocabulary_says_of_parties_exists():
    for rows in WORDS.stages.values():
        for name, stage in rows.items():
            assert stage.party in PARTIES and stage.after
            assert {name, *stage.after, *stage.also} <= set(WORDS.milestones)
    stages = {name for rows in WORDS.stages.values() for name in rows}
    for hold in WORDS.holds.values():
        assert hold.party in PARTIES and hold.suspends in stages
        assert {hold.raised, *hold.ended} <= set(WORDS.milestones)
        assert not hold.unless or hold.unless in WORDS.milestones


@pytest.mark.parametrize(
    ("clock", "stages"),
    [
        ("import_overall", ["discharged", "declared", "customs_released"]),
        ("import_customs_only", ["customs_released"]),
        ("export_overall", ["declared", "customs_released"]),
        ("export_customs_only", ["gate_in", "customs_released"]),
        ("refund_tax", ["refund_approved"]),
        ("licence_lead", ["licence_issued"]),
    ],
)
def test_a_clock_has_the_stages_between_its_ends_those_ahead_first(clock, stages):
    told = WORDS.clocks[clock]
    plan = plan_of(WORDS, told.start, told.stop, frozenset(WORDS.milestones), told.kind)
    assert [stage.name for stage in plan.stages] == stages and not plan.lacking
    assert plan.milestones[0] == told.start and plan.milestones[-1] == told.stop


def test_where_beginnings_of_examinations_are_not_recorded_the_whole_is_not_known():
    ends = ("declared", "customs_released")
    there = frozenset({*ends, "exam_called", "exam_ended"})
    assert [h.name for h in plan_of(WORDS, *ends, there, "import").holds] == ["exam_whole"]
    more = there | {"exam_started"}
    names = [h.name for h in plan_of(WORDS, *ends, more, "import").holds]
    assert names == ["exam_wait", "exam_work"]


MISTAKES = [
    ('[parties]\nuntil = { gate_oot = "trader" }', "'gate_oot' is not known"),
    ('[parties]\nuntil = { gate_out = "broker" }', "gate_out = 'broker' is not known"),
    ('[parties]\nholds = { exams = "trader" }', "'exams' is not known"),
    ('[parties]\nstages = { gate_out = "trader" }', "unknown key 'stages'"),
    ('[parties]\nuntil = "trader"', "until = 'trader' has the wrong type"),
    ("[parties]\nuntil = { gate_out = 3 }", "gate_out = 3 is not known"),
]


@pytest.mark.parametrize(("text", "what"), MISTAKES)
def test_a_mistake_in_a_table_of_parties_is_told_by_mapping_and_notice(tmp_path, text, what):
    path = tmp_path / "dataset.toml"
    path.write_text(MAPPING.format(parties=text), encoding="utf-8")
    with pytest.raises(MappingError, match=what) as found:
        load_mapping(path)
    assert "parties" in found.value.where
    with pytest.raises(NoticeError, match=what):
        notice_from(tomllib.loads(RAW) | tomllib.loads(text), "my.toml")


WAY = ("conveyance_arrived", "customs_released")


def test_what_a_dataset_says_goes_through_intake_and_a_notice_goes_before_it(tmp_path):
    hours = {"a": 0, "d": 2, "f": 6, "r": 12}
    row = {"id": ["x"], **{c: [f"2022-01-03 {h:02}:00"] for c, h in hours.items()}}
    pl.DataFrame(row).write_csv(tmp_path / "e.csv")
    own = '[parties]\nuntil = { discharged = "government" }\nholds = { query = "unknown" }'
    found = {}
    for name, text in (("plain", ""), ("own", own)):
        path = tmp_path / f"{name}.toml"
        path.write_text(MAPPING.format(parties=text), encoding="utf-8")
        ingest(path, data=tmp_path, out=tmp_path / name)
        log = EventLog.open(tmp_path / name)
        told = json.loads((tmp_path / name / "dataset.json").read_text(encoding="utf-8"))
        assert ("parties" in told) == (name == "own")
        found[name] = {r.party: r.mean for r in parties(log, WAY)}
    assert log.vocabulary.holds["query"].party == "unknown"
    assert found["plain"] == dict(government=6, trader=4, terminal=2, several=0, unknown=0)
    assert found["own"] == dict(government=8, trader=4, terminal=0, several=0, unknown=0)
    assert load_notice().parties == {"until": {}, "holds": {}}
    table = {"parties": {"until": {"discharged": "trader"}}}
    notice = notice_from(tomllib.loads(RAW) | table, "my.toml")
    told = {r.party: r.mean for r in parties(log, WAY, notice=notice)}
    assert told == dict(government=6, trader=6, terminal=0, several=0, unknown=0)
