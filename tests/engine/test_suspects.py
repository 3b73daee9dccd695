"""Slips that no rule refuses: each kind planted, counted, and told with its effect."""

import polars as pl
import pytest

from clearance_metrics.analysis.quality import receipt, slips
from clearance_metrics.engine.log import EventLog
from clearance_metrics.engine.suspects import footer_words, sound, suspects_of
from clearance_metrics.intake import ingest

HEAD = '[dataset]\nname = "t"\ntimezone = "Asia/Shanghai"\nas_of = 2022-12-31\nleast_accepted = 0\n'
FILE = (
    '[[file]]\npath = "{path}"\nrole = "events"\n{more}[file.columns]\ncase_id = "id"\nmilestone ='
    ' "code"\ntime = "at"\n[file.milestones]\nD = "declared"\nR = "customs_released"\nA ='
    ' "conveyance_arrived"\nG = "gate_out"\n'
)


def rows_of(*rows):
    return "id,code,at,class\n" + "".join(f"{row}\n" for row in rows)


def plain(n=40):
    """Cases declared at nine and released after n minutes."""
    rows = []
    for i in range(n):
        day = f"2021-05-{i % 28 + 1:02d}"
        rows += [f"C{i:03d},D,{day} 09:00:{i:02d},x", f"C{i:03d},R,{day} 10:{i:02d}:07,x"]
    return rows


def found(folder, files, more=""):
    mapping = HEAD
    for name, rows in files.items():
        (folder / name).write_text(rows_of(*rows), encoding="utf-8")
        mapping += FILE.format(path=name, more=more)
    (folder / "dataset.toml").write_text(mapping, encoding="utf-8")
    ingest(folder / "dataset.toml", out=folder / "out")
    log = EventLog.open(folder / "out")
    return {s.kind: s for s in suspects_of(log, "2022-12-31") if s.n}


def test_a_sound_log_is_suspected_of_nothing(tmp_path):
    assert found(tmp_path, {"e.csv": plain()}) == {}
    block = slips(EventLog.open(tmp_path / "out")).block()
    assert block.title == "None of 12 kinds of slips was found" and not block.parts


def test_the_same_event_twice_within_a_minute(tmp_path):
    more = ["C001,D,2021-05-02 09:00:41,x", "C002,D,2021-05-03 09:01:03,x"]
    suspect = found(tmp_path, {"e.csv": plain() + more})["within_a_minute"]
    assert (suspect.n, suspect.case_id, suspect.milestone) == (1, "C001", "declared")
    assert (suspect.file, suspect.line, suspect.time) == ("e.csv", 82, "2021-05-02 09:00:41")
    assert sum(n for _, n in sound(suspect.values)) == 39
    assert sum(n for _, n, _ in suspect.values) == 40


@pytest.mark.parametrize("many", [2, 3])
def test_pairs_eight_hours_apart_are_told_where_they_are_no_chance(tmp_path, many):
    more = [f"C{i:03d},D,2021-05-{i + 1:02d} 17:00:{i:02d},x" for i in range(many)]
    told = found(tmp_path, {"e.csv": plain() + more})
    assert ("eight_hours_apart" in told) == (many == 3)


def test_a_file_of_another_zone_is_told_by_its_nights(tmp_path):
    night = [f"C{i:03d},A,2021-05-{i % 28 + 1:02d} 0{i % 8}:30:0{i % 7},x" for i in range(40)]
    told = found(tmp_path, {"e.csv": plain(), "n.csv": night})
    assert list(told) == ["at_night"]
    assert (told["at_night"].n, told["at_night"].file) == (40, "n.csv")


def test_times_without_a_time_of_day(tmp_path):
    sharp = [f"C{i:03d},G,2021-06-{i % 28 + 1:02d} 00:00:00,x" for i in range(30)]
    told = found(tmp_path, {"e.csv": plain() + sharp})
    assert list(told) == ["without_time_of_day"] and told["without_time_of_day"].n == 30
    days = [row.replace(" 00:00:00", "") for row in sharp]
    assert found(tmp_path, {"e.csv": plain() + days}) == {}


def test_footers_that_became_cases(tmp_path):
    more = [
        "合计,D,2021-05-02 09:00,x",
        "制表人：张三,R,2021-05-02 19:00,x",
        "合计号9,D,2021-05-02 09:00,x",
    ]
    told = found(tmp_path, {"e.csv": plain() + more})
    assert told["footers"].n == 2
    assert (told["footers"].file, told["footers"].line) == ("e.csv", 83)


def test_rows_left_out_are_on_the_page_and_in_the_receipt(tmp_path):
    more = 'skip = { class = ["PLN"] }\n'
    found(tmp_path, {"e.csv": [*plain(), "C001,R,2021-09-09 09:00,PLN"]}, more)
    for lang, says in (("en", "1 left out by the mapping"), ("zh", "按映射略去1行")):
        log = EventLog.open(tmp_path / "out").using(lang=lang)
        assert says in receipt(log).block().title
        assert "e.csv class “PLN”" in str(slips(log))


def test_the_page_says_what_a_slip_does_to_the_headline(tmp_path):
    rows = ["1,D,2021-05-02 09:00,", "1,D,2021-05-02 09:01,", "1,R,2021-05-02 19:00,"]
    rows += ["2,D,2021-05-02 09:00,", "2,R,2021-05-02 13:00,"]
    found(tmp_path, {"e.csv": rows})
    told = str(slips(EventLog.open(tmp_path / "out")))
    assert "median 7.00 h, without these cases 4.00 h" in told


def test_a_log_in_memory_and_one_without_the_headline():
    events = pl.DataFrame({"case_id": ["a", "a"], "time": [0, 30], "milestone": ["gate_out"] * 2})
    told = {s.kind: s for s in suspects_of(EventLog(events), "2022-12-31") if s.n}
    assert list(told) == ["within_a_minute"]
    assert told["within_a_minute"].values == () and told["within_a_minute"].file == ""


def test_every_word_of_a_sum_is_found_and_no_number_that_merely_begins_so():
    words = footer_words()
    sums = [w + end for w in words for end in ("", ":", "\uff1a", " 2021", "\uff1a\u7532")]
    sums += [w.upper() for w in words if w.upper() != w]
    others = [f"{w}7" for w in words] + [w[:-1] for w in words if len(w) > 2] + ["I0001", "7"]
    others = [one for one in others if one.strip().lower() not in words]
    ids = list(dict.fromkeys([*sums, *others]))
    events = pl.DataFrame({"case_id": ids, "time": 0, "milestone": "declared"})
    told = {s.kind: s.n for s in suspects_of(EventLog(events), "2022-12-31")}
    ends = (":", "\uff1a", " ")
    small = [one.lower() for one in ids]
    wanted = sum(
        low in words or any(low.startswith(w + e) for w in words for e in ends) for low in small
    )
    assert told["footers"] == wanted and len(dict.fromkeys(sums)) <= wanted < len(ids)
