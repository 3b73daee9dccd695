"""A file of which too little was accepted stops a report, and says why and what to write."""

import json

import pytest

from clearance_metrics.errors import InputError
from clearance_metrics.intake import enough, ingest

HEAD = '[dataset]\nname = "t"\ntimezone = "Asia/Shanghai"\nstrict = true\n'
EVENTS = (
    '[[file]]\npath = "e.csv"\nrole = "events"\n{more}[file.columns]\ncase_id = "id"\nmilestone ='
    ' "code"\ntime = "at"\nkind = {{ column = "进出口", values = {{ "I" = "import" }} }}\n'
    '[file.milestones]\nD = "declared"\n'
)
ROWS = (
    "id,code,at,进出口\n"
    + "".join(f"{n},D,2021-05-01 08:00,进口\n" for n in range(6))
    + "7,放行,2021-05-01 08:00,I\n7,放行,2021-05-01 08:01,I\n8,D,待定,I\n9,D,2021-05-01 08:00,I\n"
)


def run(folder, mapping, text=ROWS, **more):
    (folder / "e.csv").write_text(text, encoding="utf-8")
    (folder / "dataset.toml").write_text(mapping, encoding="utf-8")
    return ingest(folder / "dataset.toml", out=folder / "out", **more)


def test_the_largest_causes_are_told_with_what_to_write(tmp_path):
    receipt = run(tmp_path, HEAD + EVENTS.format(more=""))
    for told in (receipt, tmp_path / "out", str(tmp_path / "out")):
        with pytest.raises(InputError) as caught:
            enough(told)
        lines = str(caught.value).splitlines()
        assert lines[0] == "10.0% of 10 rows accepted, less than least_accepted = 95"
        assert lines[1] == "  where: e.csv"
        first, second, third = (line.strip().removeprefix("do: ") for line in lines[2:])
        assert first == (
            "1. kind ('进出口'): 6 rows, unknown value: '进口' 6, first on line 2; write values ="
            ' { "进口" = "import" }'
        )
        assert second == (
            "2. milestone ('code'): 2 rows, unknown milestone: '放行' 2, first on line 8; add"
            ' "放行" = "customs_released" to [file.milestones]'
        )
        assert third == (
            "3. time ('at'): 1 row, unparseable time: '待定' 1 (read in Asia/Shanghai), first on"
            ' line 10; write no_value = ["待定"]'
        )
    assert "10.0% accepted, below the 95 % of least_accepted" in str(receipt)


def test_the_remedies_written_down_make_it_enough(tmp_path):
    run(tmp_path, HEAD + EVENTS.format(more=""))
    mended = (HEAD + EVENTS.format(more="")).replace(
        '"I" = "import"', '"I" = "import", "进口" = "import"'
    )
    mended = mended.replace('time = "at"', 'time = { column = "at", no_value = ["待定"] }')
    mended += '"放行" = "customs_released"\n'
    receipt = run(tmp_path, mended)
    assert receipt.rejected_by_rule == {"missing_time": 1}
    with pytest.raises(InputError, match="90.0% of 10 rows"):
        enough(receipt)


@pytest.mark.parametrize(
    ("more", "stops"),
    [
        ("least_accepted = 0\n", False),
        ("least_accepted = 10\n", False),
        ("least_accepted = 10.5\n", True),
        ('only = { code = ["D", "放行"] }\nleast_accepted = 1\n', False),
        ('only = { code = ["X"] }\nleast_accepted = 1\n', True),
        ('skip = { "进出口" = ["进口"] }\nleast_accepted = 25\n', False),
    ],
)
def test_rows_left_out_do_not_count_but_all_of_them_do(tmp_path, more, stops):
    receipt = run(tmp_path, HEAD + EVENTS.format(more=more))
    if stops:
        with pytest.raises(InputError):
            enough(receipt)
    else:
        enough(receipt)


def test_all_rows_left_out_is_told_as_such(tmp_path):
    receipt = run(tmp_path, HEAD + EVENTS.format(more='only = { code = ["ACT"] }\n'))
    with pytest.raises(InputError) as caught:
        enough(receipt)
    assert caught.value.what == "all 10 rows are left out by the mapping"
    assert "code 'D': 8 rows left out; see only and skip" in caught.value.remedy


def test_a_file_without_rows_and_a_file_sent_twice_stop_nothing(tmp_path):
    twice = EVENTS.format(more="") * 2
    sound = "id,code,at,进出口\n1,D,2021-05-01,I\n"
    enough(run(tmp_path, HEAD + twice, sound))
    enough(run(tmp_path, HEAD + EVENTS.format(more=""), "id,code,at,进出口\n"))


def test_a_receipt_of_before_and_one_that_cannot_be_read(tmp_path):
    run(tmp_path, HEAD + EVENTS.format(more=""))
    path = tmp_path / "out" / "receipt.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    for file in told["files"]:
        del file["least_accepted"], file["causes"]
    path.write_text(json.dumps(told), encoding="utf-8")
    enough(tmp_path / "out")
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(InputError, match="receipt cannot be read"):
        enough(tmp_path / "out")


def test_another_threshold_reads_nothing_again(tmp_path):
    run(tmp_path, HEAD + EVENTS.format(more=""), add=True)
    receipt = run(tmp_path, HEAD + EVENTS.format(more="least_accepted = 5\n"), add=True)
    assert [f["action"] for f in receipt.history[-1]["files"]] == ["kept"]
    enough(receipt)


def test_a_column_that_is_hardly_understood_stops_as_well(tmp_path):
    lenient = HEAD.replace("strict = true\n", "") + EVENTS.format(more="")
    text = "id,code,at,进出口\n" + "".join(f"{n},D,2021-05-01,{'IE'[n % 2]}\n" for n in range(5))
    enough(run(tmp_path, lenient, text))
    receipt = run(tmp_path, lenient, text.replace(",I\n", ",进口\n"))
    assert receipt.totals["accepted"] == 5
    with pytest.raises(InputError) as caught:
        enough(receipt)
    assert caught.value.what == "most values are unknown of kind (5 / 5)"
    assert "kind ('进出口'): 5 rows, unknown value: '进口' 3, 'E' 2" in caught.value.remedy
    assert '"进口" = "import"' in caught.value.remedy and '"E" = "export"' in caught.value.remedy
    assert "most of kind is unknown and emptied" in str(receipt)
    mapped = lenient.replace('"I" = "import"', '"I" = "import", "进口" = "import", "E" = "export"')
    enough(run(tmp_path, mapped, text.replace(",I\n", ",进口\n")))
