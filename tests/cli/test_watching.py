"""`watch` at the command line: the file, the paragraph, and the exit code."""

import json

import pytest

from clearance_metrics.cli import main

BEFORE, DAY = "2022-11-30", "2022-12-31"


def told(small, *more):
    return main(["watch", str(small / "out"), *map(str, more)])


def test_a_job_names_one_file_and_is_told_what_changed(small, tmp_path, capsys):
    file = tmp_path / "deep" / "state.json"
    assert told(small, "--since", file, "--out", file, "--as-of", BEFORE, "--lang", "en") == 0
    out, err = capsys.readouterr()
    assert "the first run" in out and "is not there: this is the first run" in err
    first = json.loads(file.read_text(encoding="utf-8"))
    assert first["first"] and first["signals"] == [] and first["exit_code"] == 0
    code = told(small, "--since", file, "--out", file, "--as-of", DAY, "--lang", "zh")
    out, err = capsys.readouterr()
    held = json.loads(file.read_text(encoding="utf-8"))
    assert code == held["exit_code"] in (11, 12) and held["since"] == BEFORE
    assert out.strip() == held["text"] and "自2022-11-30以来" in out and "正在查看" in err
    assert [p.name for p in file.parent.iterdir()] == ["state.json"]
    # the planted lines of December are among what is new
    lines = {tuple(pair) for pair in held["state"]["lines"]}
    new = {tuple(pair) for one in held["signals"] for pair in one["lines"]}
    assert new == lines - {tuple(pair) for pair in first["state"]["lines"]} and new
    assert told(small, "--since", file, "--out", file, "--lang", "zh") == 0
    assert "没有变化" in capsys.readouterr().out


def test_without_a_file_json_is_printed_byte_for_byte_the_same(small, capsys):
    assert told(small) == 0
    out = capsys.readouterr().out
    assert json.loads(out)["first"] and told(small) == 0
    assert capsys.readouterr().out == out


@pytest.mark.parametrize(("lang", "words"), [("en", "another notice"), ("zh", "另一份通知")])
def test_an_earlier_run_of_another_notice_is_refused_in_words(small, tmp_path, capsys, lang, words):
    file = tmp_path / "state.json"
    assert told(small, "--out", file) == 0
    kept = file.read_bytes()
    code = told(small, "--since", file, "--out", file, "--notice", "rcep-tfa", "--lang", lang)
    assert code == 4 and words in capsys.readouterr().err
    assert file.read_bytes() == kept


def test_what_cannot_be_written_or_read_is_said(small, tmp_path, capsys):
    (tmp_path / "file").write_text("{")
    assert told(small, "--since", tmp_path / "file") == 4
    assert told(small, "--out", tmp_path / "file" / "state.json") == 8
    assert told(small, "--out", tmp_path) == 8
    assert told(small, "--as-of", "never") == 5
    assert "Traceback" not in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
