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
from clearance_metrics.errors import InputError, LogError, MappingError
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


# of the port Nord from eight to twelve, on Saturdays from nine to ten; of Süd around the clock
PORTS = '[opening."Nord"]\nhours = ["08:00", "12:00"]\nsaturday = ["09:00", "10:00"]\n'
PORTS += '[opening."Süd"]\nhours = ["00:00", "24:00"]\n'
GENERAL = '[opening]\nhours = ["09:00", "17:00"]\n'
CASES_FILE = """
[[file]]
path = "c.csv"
role = "cases"
[file.columns]
case_id = "id"
port = "port"
"""


def logged_at(folder, cases, ports, opening):
    """The log of such cases at these ports (None for none)."""
    told = "\n".join(f"{i},{port or ''}" for i, port in enumerate(ports))
    (folder / "c.csv").write_text(f"id,port\n{told}\n", encoding="utf-8")
    return logged(folder, cases, opening + CASES_FILE)


def seconds_at(found, **groups):
    return {r.part: r.seconds for r in found if dict(r.groups) == groups}


def test_hours_by_port_by_hand(tmp_path):
    # each from Friday 4 March 2022, 10:00, to Monday 7 March, 10:00: 72 hours
    span = ("2022-03-04 10:00:00", "2022-03-07 10:00:00")
    ports = ["Nord", "Süd", "Ost", None]
    log = logged_at(tmp_path, [span] * 4, ports, GENERAL + PORTS)
    found = cm.closed_hours(log, ENDS, by="port")
    hours = {p: {k: s // 3600 for k, s in seconds_at(found, port=p).items()} for p in ports}
    # Nord: Friday 10 to 12, Saturday 9 to 10, Monday 8 to 10
    assert hours["Nord"] == {"open": 5, "night": 12 + 8, "weekend": 47, "holiday": 0}
    assert hours["Süd"] == {"open": 24, "night": 0, "weekend": 48, "holiday": 0}
    # Friday 10 to 17, Monday 9 to 10; a case without a port as well
    assert hours["Ost"] == hours[None] == {"open": 8, "night": 16, "weekend": 48, "holiday": 0}
    assert found.unequal == found.no_hours == 0
    whole = cm.closed_hours(log, ENDS)
    assert seconds_at(whole)["open"] == (5 + 24 + 8 + 8) * 3600 and whole.rows[0].cases == 4
    # beside it the calendar of the four days, of each port as often as it has cases
    of_calendar = [(4 + 1 + 4) / 96, 48 / 96, 16 / 96, 16 / 96]
    assert whole.rows[0].expected == pytest.approx(np.mean(of_calendar))
    assert len(whole._asked) == 1  # one query, however many ports
    said = whole.beware("en")
    assert "that the dataset says: 09:00 to 17:00" in said and "Süd: 00:00 to 24:00." in said
    assert "Nord: 08:00 to 12:00; Saturday 09:00 to 10:00." in said
    assert "Nord：08:00至12:00；周六09:00至10:00。" in whole.beware("zh")
    # of a part only the hours of its own ports are told
    assert "Nord" not in cm.closed_hours(log.only(port="Süd"), ENDS).beware("en")
    # hours of the question go before those of the ports
    asked = cm.closed_hours(log, ENDS, hours=("09:00", "17:00"))
    assert seconds_at(asked)["open"] == 4 * 8 * 3600 and "Nord" not in asked.beware("en")


def test_without_general_hours_other_ports_are_left_out_and_counted(tmp_path):
    span = ("2022-03-04 10:00:00", "2022-03-07 10:00:00")
    log = logged_at(tmp_path, [span] * 5, ["Nord", "Süd", "Ost", "West", None], PORTS)
    assert log.opening.only_ports and log.opening.to_dict().keys() == {"Nord", "Süd"}
    found = cm.closed_hours(log, ENDS)
    assert (found.finished, found.no_hours) == (2, 3)
    assert seconds_at(found)["open"] == (5 + 24) * 3600
    assert "3 cases are left out, as their ports have no opening hours" in found.beware("en")
    assert "(Ost, West)." in found.beware("en") and "（Ost、West）" in found.beware("zh")
    assert "says of each port" in found.beware("en") and "assumption" not in found.beware("en")
    none = cm.closed_hours(log.only(port="Ost"), ENDS)
    assert "the 1 case is of a port without opening hours" in none.headline("en")
    assert "1件所在口岸都没有开放时间" in none.headline("zh")
    hidden = cm.closed_hours(
        logged_at(
            tmp_path, [span] * 23, ["Nord"] * 20 + ["Ost"] * 3, PORTS.split('[opening."S')[0]
        ).using(withhold=10),
        ENDS,
    )
    assert hidden.no_hours is None and "left out, as" not in hidden.beware("en")


def test_hours_of_a_port_that_no_case_has_are_an_error_that_lists_the_ports(tmp_path):
    span = ("2022-03-04 10:00:00", "2022-03-07 10:00:00")
    log = logged_at(tmp_path, [span] * 2, ["Nord", "Ost"], PORTS)
    with pytest.raises(LogError, match=r"(?s)no case has port = 'Süd'.*\[opening\].*Nord, Ost"):
        cm.closed_hours(log, ENDS)
    bare = logged(tmp_path, [span], PORTS)
    with pytest.raises(LogError, match="'port'"):
        cm.closed_hours(bare, ENDS)


@pytest.mark.parametrize(
    ("text", "what", "where"),
    [
        ('[opening."Nord"]\nfriday = []', "key 'hours' is missing", "Nord"),
        ('[opening."Nord"]\nhours = ["9", "5"]', "hours = ['9', '5'] are not two times", "Nord"),
        ('[opening."Nord"."Kai"]\nhours = ["09:00", "12:00"]', "unknown key 'Kai'", "Nord"),
        ('[opening]\nsunday = []\n[opening."Nord"]\nhours = ["09:00", "12:00"]', "key 'hours'", ""),
        ('[opening]\n"Nord" = ["09:00", "12:00"]', "unknown key 'Nord'", "opening"),
    ],
)
def test_a_mistake_in_a_port_says_which(tmp_path, text, what, where):
    path = tmp_path / "dataset.toml"
    path.write_text(MAPPING.format(opening=text), encoding="utf-8")
    with pytest.raises(MappingError) as found:
        load_mapping(path)
    errors = found.value.mistakes or (found.value,)
    assert any(one.what.startswith(what) and where in one.where for one in errors)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 330 * 24 * 60),
            st.integers(0, 6 * 24 * 60),
            st.sampled_from(["A", "B", "C", None]),
        ),
        min_size=1,
        max_size=4,
    ),
    openings,
    openings,
    st.none() | openings,
)
def test_by_port_as_counted_minute_by_minute(cases, one, two, general):
    zero = datetime(2022, 1, 1)
    rows, told = [], {}
    own = {"A": one, "B": two}
    for i, (begun, length, port) in enumerate(cases):
        span = [zero + timedelta(minutes=m) for m in (begun, begun + length)]
        rows += [(str(i), m, at) for m, at in zip(ENDS, span, strict=True)]
        if hours := own.get(port, general):
            kept = told.setdefault(port, dict.fromkeys(("open", "night", "weekend", "holiday"), 0))
            for kind, n in plain(*span, hours).items():
                kept[kind] += n
    # a case of each port that opens later than all is there, so that each port is known
    for port in own:
        rows.append((port, ENDS[0], datetime(2022, 12, 30)))
    events = pl.DataFrame(rows, schema=["case_id", "milestone", "time"], orient="row")
    ports = [port for *_, port in cases] + list(own)
    numbers = [*map(str, range(len(cases))), *own]
    log = cm.EventLog(
        events, pl.DataFrame({"case_id": numbers, "port": ports}), timezone="Asia/Shanghai"
    )
    each = tuple(own.items())
    hours = (
        Opening(general.hours, general.weekdays, each)
        if general
        else Opening(ports=each, only_ports=True)
    )
    log.__dict__["opening"] = hours
    found = cm.closed_hours(log, ENDS, by="port", as_of="2022-12-31")
    assert {port: seconds_at(found, port=port) for port in told} == told
    assert len(found) == 4 * len(told) and found.unequal == 0
    assert found.no_hours == sum(port not in own for *_, port in cases) * (general is None)
