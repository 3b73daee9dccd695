"""A part of a log is asked like a log: its tallies against plain pandas, and parts against the
whole.
"""

from collections import Counter
from datetime import date, timedelta

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import clearance_metrics as cm
from clearance_metrics.domain.as_of import AsOf
from clearance_metrics.domain.metrics import Duration, Fee, Share
from clearance_metrics.engine.log import EventLog
from clearance_metrics.engine.part import Part
from clearance_metrics.engine.refusals import MissingColumn
from clearance_metrics.engine.tally import tally
from clearance_metrics.errors import InputError, LogError

DAY = AsOf.of("1970-12-31", "UTC")
HOUR = 3600
CLOCK = Duration("declared", "customs_released")


def log_of(rows, lines=(), **more):
    """A log of cases (port, mode, hours or None while open) and lines (case, port, fen)."""
    ids = [f"c{i}" for i in range(len(rows))]
    begun = [(c, "declared", i * HOUR) for i, c in enumerate(ids)]
    done = [
        (c, "customs_released", (i + row[2]) * HOUR)
        for i, (c, row) in enumerate(zip(ids, rows, strict=True))
        if row[2] is not None
    ]
    events = pd.DataFrame([*begun, *done], columns=["case_id", "milestone", "time"])
    cases = pd.DataFrame(
        {"case_id": ids, "port": [r[0] for r in rows], "mode": [r[1] for r in rows]}
    )
    charges = pd.DataFrame(
        [
            {
                "line_id": str(i),
                "case_id": case,
                "item": "x",
                "amount_fen": fen,
                "port": port,
                "charged_on": date(1970, 1, 2) + timedelta(days=i % 40),
            }
            for i, (case, port, fen) in enumerate(lines)
        ]
    )
    return EventLog(events, cases, charges if len(lines) else None, **more)


def sums(cells):
    """Cases and exact total of every group, period and end."""
    found = {}
    for cell in cells:
        for value, end, n, total in zip(cell.value, cell.end, cell.n, cell.total, strict=True):
            key = (*cell.group, cell.period, int(value), int(end))
            before = found.get(key, (0, 0))
            found[key] = (before[0] + int(n), before[1] + int(total))
    return found


def added(parts):
    found = {}
    for part in parts:
        for key, (n, total) in part.items():
            before = found.get(key, (0, 0))
            found[key] = (before[0] + n, before[1] + total)
    return found


CASES = st.lists(
    st.tuples(
        st.sampled_from(["甲", "乙's", "c"]),
        st.sampled_from(["sea", "air", None]),
        st.one_of(st.none(), st.integers(0, 50)),
    ),
    min_size=1,
    max_size=30,
)
LINES = st.lists(st.tuples(st.integers(0, 35), st.sampled_from(["甲", "c"]), st.integers(0, 900)))


@given(CASES, LINES)
@settings(deadline=None, max_examples=5)
def test_the_tallies_of_the_parts_sum_to_that_of_the_whole(rows, lines):
    rows = [("甲", "sea", 3), ("c", "air", 1), *rows]  # a port of no case makes no part
    told = [(f"c{case}", port, fen) for case, port, fen in lines if case < len(rows)]
    log = log_of(rows, told)
    metrics = [CLOCK, Share({"declared": {"before": "customs_released"}}, dated_by="declared")]
    metrics += [Fee(per="line")] if told else []
    # a case that is billed at two ports is a case of both parts
    ports = {case: {port for other, port, _ in told if other == case} for case, _, _ in told}
    metrics += [Fee()] if told and all(len(own) == 1 for own in ports.values()) else []
    for metric in metrics:
        parts = [log.only("port", port) for port in log.values("port")]
        for by, period in (((), None), (("mode",), "month")):
            asked = {"as_of": DAY, "by": by, "period": period}
            whole = sums(tally(log, metric, **asked))
            assert added(sums(tally(part, metric, **asked)) for part in parts) == whole


@given(CASES)
@settings(deadline=None, max_examples=5)
def test_a_part_is_what_pandas_filters(rows):
    rows = [("甲", "sea", 3), *rows]
    log = log_of(rows)
    frame = pd.DataFrame(rows, columns=["port", "mode", "hours"])
    for port, n in log.values("port").items():
        part, ours = log.only(port=port), frame[frame.port == port]
        assert part.count_cases() == n == len(ours)
        found = cm.measure(part, CLOCK, as_of="1970-12-31", statistics=("n", "open"))
        assert [row.value for row in found] == [len(ours), ours.hours.isna().sum()]
        done = ours.hours.dropna()
        if len(done) == len(ours):
            (mean,) = cm.measure(part, CLOCK, as_of="1970-12-31", statistics="mean")
            assert mean.value == pytest.approx(done.mean())
        by_mode = part.values("mode")
        # counted one by one: an index of pandas may turn None into NaN
        assert by_mode == Counter(None if pd.isna(v) else v for v in ours["mode"])


ROWS = [("甲", "sea", 2), ("甲", "air", 4), ("乙", "sea", 6), (None, "sea", 8)]


def test_several_columns_in_one_call_or_in_turn():
    log = log_of(ROWS)
    one, two = log.only(port="甲", mode="sea"), log.only("mode", "sea").only("port", "甲")
    assert one.count_cases() == two.count_cases() == 1
    assert log.only() is log
    assert one.whole is log and two.whole is log
    with pytest.raises(LogError, match="in this part"):
        one.only("port", "乙")


def test_a_line_goes_by_its_own_port_and_keeps_what_is_known_of_its_case():
    log = log_of(ROWS, [("c0", "甲", 100), ("c2", "甲", 30), ("c2", "乙", 7), ("c3", None, 1)])
    part = log.only("port", "甲")
    assert part.count_charges() == 2
    both = [cm.measure(part, Fee(per="line"), as_of="1970-12-31", statistics="sum")]
    both.append(cm.measure(log, Fee(per="line"), by="port", as_of="1970-12-31", statistics="sum"))
    assert both[0][0].value == next(r.value for r in both[1] if r.port == "甲") == 1.3
    # the line of 乙's case is among those of sea cargo
    by_mode = cm.measure(part, Fee(per="line"), by="mode", as_of="1970-12-31", statistics="sum")
    assert {row.mode: row.value for row in by_mode} == {"sea": 1.3}


def test_lines_without_a_column_of_their_own_go_by_their_case():
    log = log_of(ROWS, [("c0", "甲", 100), ("c1", "乙", 5)])
    assert log.only("mode", "air").count_charges() == 1


def test_cases_and_lines_without_a_value_are_in_no_part_and_told():
    log = log_of(ROWS, [("c0", "甲", 100), ("c3", None, 5)])
    part = log.only("port", "甲")
    told = [
        (note.table, note.column, note.n) for note in part.notes if note.kind == "without_value"
    ]
    assert told == [("cases", "port", 1), ("charges", "port", 1)]


def test_what_is_no_column_or_no_value():
    log = log_of([*ROWS, ("海港甲", "sea", 1)])
    with pytest.raises(MissingColumn, match="'prt'"):
        log.only(prt="甲")
    with pytest.raises(LogError) as error:
        log.only("port", "海港")
    assert "'海港甲' instead of '海港'" in error.value.remedy
    for none in (None, 3, True):
        with pytest.raises(LogError, match="no case has port"):
            log.only("port", none)


def test_a_value_of_another_part_is_no_slip_and_finds_nothing():
    part = log_of(ROWS).only("port", "乙")
    asked = Duration("declared", "customs_released", where={"port": "甲"})
    (row,) = cm.measure(part, asked, as_of="1970-12-31", statistics="n")
    assert not row.value


def test_the_source_of_every_answer_names_the_part():
    part = log_of(ROWS).only(port="甲").using(lang="zh", as_of="1970-12-31")
    found = cm.measure(part, CLOCK, statistics="n")
    assert "只含口岸为甲的业务" in found.source()
    assert "only port = 甲, mode of transport = sea" in cm.measure(
        part.only(mode="sea"), CLOCK, statistics="n"
    ).source("en")
    receipt = cm.receipt(part)
    assert "只含" not in receipt.source() and "1970-12-31" in receipt.source()
    assert "内存" in receipt.headline()


def test_the_part_stays_where_the_tables_are():
    con = duckdb.connect()
    ibis = pytest.importorskip("ibis")
    events = pd.DataFrame(
        {"case_id": ["a", "b"], "milestone": "declared", "time": pd.to_datetime(["2022-01-01"] * 2)}
    )
    cases = pd.DataFrame({"case_id": ["a", "b"], "port": ["x", "y"]})
    con.register("events_", events)
    con.register("cases_", cases)
    con.execute("CREATE TABLE e AS FROM events_; CREATE TABLE c AS FROM cases_")
    here = ibis.duckdb.from_connection(con)
    log = EventLog(here.table("e"), here.table("c"), timezone="UTC")
    assert log.only("port", "y").count_cases() == 1
    assert log.only("port", "y").values("port") == {"y": 1}


def test_a_folder_can_stand_for_a_part(tmp_path, small):
    log = EventLog.open(small / "out")
    Part(small / "out", {"port": "海港甲"}, 10, frozenset({"x"})).write(tmp_path / "part")
    part = EventLog.open(tmp_path / "part")
    assert part.part == (("port", "海港甲"),) and part.withhold == 10 and part.hidden == {"x"}
    assert part.count_cases() == log.values("port")["海港甲"]
    (tmp_path / "part" / "part.json").write_text("{}")
    with pytest.raises(InputError, match=r"part\.json"):
        EventLog.open(tmp_path / "part")


def same(one, other, *left):
    """The records of two answers, without what only one of them has."""
    kept = [{k: v for k, v in row.items() if k not in left} for row in one.to_dicts()]
    return kept == [{k: v for k, v in row.items() if k not in left} for row in other.to_dicts()]


def test_questions_of_a_part_are_those_of_a_log_of_its_own(small):
    """Each question of a part equals that of a log made of the filtered tables."""
    whole = EventLog.open(small / "out")
    part = whole.only("port", "海港甲")
    folder = small / "out"
    frames = {t: pd.read_parquet(folder / f"{t}.parquet") for t in ("events", "cases", "charges")}
    cases = frames["cases"][frames["cases"].port == "海港甲"]
    ours = {
        "cases": cases,
        "events": frames["events"][frames["events"].case_id.isin(cases.case_id)],
        "charges": frames["charges"][frames["charges"].port == "海港甲"],
    }
    ours["charges"] = ours["charges"].drop(columns=["kind", "teu", "charged_day"])
    own = EventLog(**ours, timezone=whole.timezone, words=whole.vocabulary).using(as_of=whole.as_of)
    assert part.count_charges() == own.count_charges() == len(ours["charges"])
    year = {"period": "year"}
    for metric in ("import_overall", "export_overall", Fee(), Fee(per="teu"), Fee(per="line")):
        asked = {"statistics": ("n", "median") if isinstance(metric, str) else "sum"} | year
        assert same(cm.measure(part, metric, **asked), cm.measure(own, metric, **asked))
    assert same(cm.stages(part, "import", **year), cm.stages(own, "import", **year))
    assert same(cm.holds(part, "import_overall", **year), cm.holds(own, "import_overall", **year))
    finished = cm.clock("import_overall", dated_by="end")
    asked = {"by": "mode", "before": ("2019-01", "2019-12"), "after": ("2022-01", "2022-12")}
    assert same(cm.bridge(part, finished, **asked), cm.bridge(own, finished, **asked))
    assert same(cm.league(part, finished, by="mode"), cm.league(own, finished, by="mode"))
    rules = ["above_ceiling"]
    assert same(cm.violations(part, indicator=rules), cm.violations(own, indicator=rules))
    assert cm.violations(part, indicator=rules)[0].port == "海港甲"


def test_the_assessment_of_a_part_is_its_group_of_the_whole(small):
    whole = EventLog.open(small / "out")
    by_port = cm.assess(whole, by="port")
    ours = {r.indicator: r for r in by_port if r.groups == (("port", "海港甲"),)}
    found = [row for row in cm.assess(whole.only("port", "海港甲")) if row.indicator in ours]
    assert len(found) == len(ours) > 40
    for row in found:
        other = ours[row.indicator]
        assert (row.value, row.n, row.verdict) == (other.value, other.n, other.verdict)
