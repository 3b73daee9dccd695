"""Opening hours: the table [opening] read strictly, carried into the log, used by a question."""

import json
from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import clearance_metrics as cm
from clearance_metrics.domain.opening import WEEKDAYS, Opening, read_opening, window_of
from clearance_metrics.domain.strict_toml import Place
from clearance_metrics.errors import InputError, MappingError
from clearance_metrics.intake import ingest
from clearance_metrics.intake.mapping import load_mapping

WORK = cm.load_calendar("CN")
ENDS = ("declared", "customs_released")
MAPPING = """
[dataset]
name = "t"
timezone = "Asia/Shanghai"
as_of = 2022-12-31
{opening}
[[file]]
path = "e.csv"
role = "events"
[file.columns]
case_id = "id"
milestone = "code"
time = "at"
[file.milestones]
"D" = "declared"
"R" = "customs_released"
"""
OWN = '[opening]\nhours = ["08:30", "17:30"]\nfriday = ["08:30", "12:00"]\n'
OWN += 'monday = []\nsaturday = ["10:00", "24:00"]\n'


def logged(folder, cases, opening):
    """The log of cases as pairs of local times."""
    rows = [
        f"{i},{code},{at}"
        for i, ends in enumerate(cases)
        for code, at in zip("DR", ends, strict=True)
    ]
    (folder / "e.csv").write_text("id,code,at\n" + "\n".join(rows) + "\n", encoding="utf-8")
    (folder / "dataset.toml").write_text(MAPPING.format(opening=opening), encoding="utf-8")
    out = folder / f"log{len(list(folder.glob('log*')))}"
    ingest(folder / "dataset.toml", out=out)
    return cm.EventLog.open(out)


def plain(begun, done, opening):
    """Seconds of each kind, minute by minute, as a clerk with the table at hand counts them."""
    found = dict.fromkeys(("open", "night", "weekend", "holiday"), 0)
    own, usual = dict(opening.weekdays), opening.hours
    moment = begun
    while moment < done:
        day = moment.date()
        name = WEEKDAYS[day.weekday()]
        if day in WORK.off:
            kind, hours = "holiday", None
        elif day in WORK.on:
            kind, hours = "night", usual
            if day.weekday() < 5:
                hours = own.get(name, usual)
        elif day.weekday() < 5:
            kind, hours = "night", own.get(name, usual)
        else:
            kind, hours = "weekend", own.get(name)
        inside = hours and hours[0] <= f"{moment:%H:%M}" < hours[1]
        found["open" if inside else kind] += 60
        moment += timedelta(minutes=1)
    return found


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('[opening]\nopens = "09:00"', "unknown key 'opens'"),
        ('[opening]\nhours = ["09:00", "17:00"]\nsamstag = []', "unknown key 'samstag'"),
        ("[opening]\nsaturday = []", "key 'hours' is missing"),
        ("[opening]\nhours = []", "hours is empty"),
        ('[opening]\nhours = "09:00-17:00"', "hours = '09:00-17:00' has the wrong type"),
        ('[opening]\nhours = ["09:00"]', "hours = ['09:00'] are not two times of day"),
        ('[opening]\nhours = ["9:00", "17:00"]', "hours = ['9:00', '17:00'] are not two times of"),
        (
            '[opening]\nhours = ["09:00", "24:30"]',
            "hours = ['09:00', '24:30'] are not two times of",
        ),
        ("[opening]\nhours = [9, 17]", "hours = [9, 17] are not two times of day"),
        ('[opening]\nhours = ["17:00", "09:00"]', "hours = ['17:00', '09:00'] close before they"),
        (
            '[opening]\nhours = ["09:00", "17:00"]\nsunday = ["12:00", "12:00"]',
            "sunday = ['12:00', '12:00'] close before they open",
        ),
        ('opening = "09:00"', "unknown key 'opening'"),
    ],
)
def test_a_mistake_says_what_and_where(tmp_path, text, what):
    path = tmp_path / "dataset.toml"
    path.write_text(MAPPING.format(opening=text), encoding="utf-8")
    with pytest.raises(MappingError) as found:
        load_mapping(path)
    error = (found.value.mistakes or (found.value,))[0]
    assert error.what.startswith(what) and error.remedy
    assert str(path) in error.where
    assert ("opening" in error.where) == (not text.startswith("opening ="))


def test_the_log_carries_what_the_dataset_says(tmp_path):
    cases = [("2022-03-07 08:00:00", "2022-03-08 09:00:00")]
    log = logged(tmp_path, cases, OWN)
    place = Place("t", MappingError)
    assert log.opening == read_opening(log.opening.to_dict(), place)
    assert log.opening.windows()[0] == (0, 0) and log.opening.windows()[5] == (36000, 86400)
    assert dict(log.opening.weekdays)["monday"] is None
    # on Monday closed, on Tuesday the first half-hour of opening
    told = {r.part: r.seconds / 3600 for r in cm.closed_hours(log, ENDS, as_of="2022-12-31")}
    assert told == {"open": 0.5, "night": 24.5, "weekend": 0, "holiday": 0}
    # what a question says goes before it, weekdays and all
    asked = cm.closed_hours(log, ENDS, hours=("08:00", "12:00"), as_of="2022-12-31")
    assert {r.part: r.seconds / 3600 for r in asked}["open"] == 4 + 1
    silent = logged(tmp_path, cases, "")
    assert silent.opening is None and "opening" not in json.loads(
        (silent.folder / "dataset.json").read_text(encoding="utf-8")
    )
    usual = cm.closed_hours(silent, ENDS, as_of="2022-12-31")
    assert {r.part: r.seconds / 3600 for r in usual}["open"] == 8 and usual.hours[0] == "09:00"


def test_the_answer_says_whose_hours_they_are(tmp_path):
    cases = [("2022-03-07 08:00:00", "2022-03-08 09:00:00")]
    log = logged(tmp_path, cases, OWN)
    said = cm.closed_hours(log, ENDS, as_of="2022-12-31")
    assert "that the dataset says: 08:30 to 17:30" in said.beware("en")
    assert "Monday: closed." in said.beware("en") and "周六10:00至24:00" in said.beware("zh")
    asked = cm.closed_hours(log, ENDS, hours=("08:00", "12:00"), as_of="2022-12-31")
    assert "of the question: 08:00 to 12:00" in asked.beware("en")
    assert "Monday" not in asked.beware("en")
    silent = cm.closed_hours(logged(tmp_path, cases, ""), ENDS, as_of="2022-12-31")
    assert "assumption" in silent.beware("en") and "假定" in silent.beware("zh")
    assert "assumption" not in said.beware("en") + asked.beware("en")


def test_a_folder_with_a_broken_table_is_told(tmp_path):
    log = logged(tmp_path, [("2022-03-07 08:00:00", "2022-03-08 09:00:00")], OWN)
    path = log.folder / "dataset.json"
    meta = json.loads(path.read_text(encoding="utf-8")) | {"opening": {"hours": ["9", "5"]}}
    path.write_text(json.dumps(meta), encoding="utf-8")
    with pytest.raises(InputError, match="two times of day"):
        cm.closed_hours(cm.EventLog.open(log.folder), ENDS, as_of="2022-12-31")


pairs = st.sampled_from([("00:00", "24:00"), ("09:00", "17:00"), ("08:30", "12:15")])
openings = st.builds(
    lambda hours, days: Opening(hours, tuple((d, days[d]) for d in WEEKDAYS if d in days)),
    pairs,
    st.dictionaries(st.sampled_from(WEEKDAYS), st.none() | pairs, max_size=4),
)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 330 * 24 * 60), st.integers(0, 12 * 24 * 60)),
        min_size=1,
        max_size=4,
    ),
    openings,
)
def test_as_counted_minute_by_minute(minutes, opening):
    zero = datetime(2022, 1, 1)
    spans = [(zero + timedelta(minutes=a), zero + timedelta(minutes=a + b)) for a, b in minutes]
    events = pl.DataFrame(
        [(str(i), m, at) for i, span in enumerate(spans) for m, at in zip(ENDS, span, strict=True)],
        schema=["case_id", "milestone", "time"],
        orient="row",
    )
    log = cm.EventLog(events, timezone="Asia/Shanghai")
    log.__dict__["opening"] = opening
    found = cm.closed_hours(log, ENDS, as_of="2022-12-31")
    told = dict.fromkeys(("open", "night", "weekend", "holiday"), 0)
    for begun, done in spans:
        told = {kind: told[kind] + n for kind, n in plain(begun, done, opening).items()}
    assert {r.part: r.seconds for r in found} == told and found.unequal == 0
    # beside it stands the same count over the whole days from first to last
    first = min(begun for begun, _ in spans).replace(hour=0, minute=0)
    last = max(done for _, done in spans).replace(hour=0, minute=0) + timedelta(days=1)
    if (last - first).days < 40:
        usual = plain(first, last, opening)
        whole = np.sum(list(usual.values()))
        assert {r.part: r.expected for r in found} == pytest.approx(
            {kind: n / whole for kind, n in usual.items()}
        )


def test_times_are_those_of_the_clock_on_the_wall():
    assert window_of(("00:00", "24:00")) == (0, 86400)
    assert window_of(("08:30:30", "23:59:59")) == (30630, 86399)
    for wrong in (("24:00", "24:00"), ("08:60", "09:00"), ("", "09:00"), ("08:00 ", "09:00")):
        with pytest.raises(ValueError, match=r"before|two times"):
            window_of(wrong)
