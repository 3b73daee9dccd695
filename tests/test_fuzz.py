"""The fuzz at a small size: nothing it makes may break a reader; and it sees what it is there to
see.
"""

import doctest
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from fuzz import __main__ as command
from fuzz import csv_files, run, texts, truth, workers
from fuzz.truth import EITHER, LEFT, REFUSED, TAKEN, Row, Truth


@pytest.mark.parametrize("module", [csv_files, run, texts, truth])
def test_the_examples_in_the_fuzz_hold(module):
    assert doctest.testmod(module).failed == 0


def test_two_hundred_inputs_break_nothing():
    found = list(workers.outcomes(1, range(200), jobs=2))
    assert len(found) == 200
    assert {o.kind for o in found} == {"csv", "excel", "parquet", "mapping", "frames"}
    at_fault = [o for o in found if o.faults]
    assert not at_fault, command.text(at_fault, 1, 0)


def test_the_same_number_makes_the_same_files(tmp_path):
    for number in (0, 5, 9, 12, 15):
        told = []
        for again in ("a", "b"):
            folder = tmp_path / again / str(number)
            run.one(3, number, folder)
            told.append({p.name: p.read_bytes() for p in folder.iterdir() if p.suffix != ".xlsx"})
        assert told[0] == told[1]


def test_python_csv_tells_lines_blank_lines_and_open_quotes():
    text = 'a,b\n\n"x\ny",1\r\n12" box,2\n"open,3\nz,4\n'
    found, unclosed = csv_files.records(text, ",")
    assert unclosed
    assert [(line, cells) for line, cells, _ in found] == [
        (1, ["a", "b"]),
        (3, ["x\ny", "1"]),
        (5, ['12" box', "2"]),
        (6, ["open,3\nz,4\n\n" + csv_files.END]),
    ]


def test_what_is_taken_wrongly_is_seen():
    known = Truth(
        "events",
        (
            Row(2, "A", TAKEN, second=60),
            Row(3, "B", REFUSED),
            Row(4, "C", LEFT),
            Row(5, "D", EITHER),
        ),
    )
    totals = {"rows_read": 4, "accepted": 2, "rejected": 1, "left_out": 1}
    moment = datetime(1970, 1, 1, 0, 1, tzinfo=UTC)
    events = [
        {"source_line": 2, "case_id": "A", "time": moment},
        {"source_line": 5, "case_id": "D", "time": moment},
    ]
    assert truth.lines(known, totals, events, [{"line": 3}]) == []
    later = [events[0] | {"time": moment + timedelta(seconds=1)}, events[1]]
    assert truth.lines(known, totals, later, [{"line": 3}]) == ["times: line 2: 61 is 60"]
    events[0]["case_id"] = "B"
    assert truth.lines(known, totals, events, [{"line": 3}])[0].startswith("cells")
    assert truth.lines(known, totals, events[1:], [{"line": 3}])[0].startswith("rows: line 2")
    assert truth.lines(known, totals | {"rows_read": 3}, events[1:], [])[0].startswith("rows: 3")
    moved = [{"source_line": 6, "case_id": "A"}]
    assert truth.lines(known, totals, moved, [{"line": 3}])[0].startswith("lines")


def test_a_receipt_that_does_not_add_up_is_seen():
    file = {"rows_read": 3, "accepted": 1, "rejected": 1, "duplicates": 0, "left_out": 1}
    told = {"rejected_by_rule": {"bad_type": 1}}
    assert truth.sums(SimpleNamespace(files=[file | told], totals=file)) == []
    wrong = SimpleNamespace(files=[file | {"left_out": 0}], totals=file)
    assert truth.sums(wrong)[0].startswith("receipt: 3 read")
    wrong = SimpleNamespace(files=[file | {"rejected_by_rule": {}}], totals=file)
    assert "0 by rule" in truth.sums(wrong)[0]


def test_the_command_counts_by_kind_and_names_the_numbers(capsys, tmp_path):
    out = tmp_path / "found.json"
    command.main(["--inputs", "20", "--seed", "2", "--jobs", "1", "--quiet", "--out", str(out)])
    assert "20 inputs of seed 2" in capsys.readouterr().out
    assert '"csv": {\n   "inputs": 9' in out.read_text(encoding="utf-8")
    command.main(["--replay", "15", "--seed", "2"])
    assert capsys.readouterr().out.startswith("mapping 15: ")
