"""The language of the command line: the option's, else the locale's; help, errors, receipt."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from clearance_metrics.cli import main
from clearance_metrics.cli.language import by_locale
from clearance_metrics.cli.parser import make_parser

SOURCE = Path(__file__).resolve().parents[2] / "src"
ASK = ["--start", "gate_in", "--stop", "customs_released", "--as-of", "2022-12-31"]


@pytest.mark.parametrize(
    ("environ", "lang"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_TW.big5"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, None),
        ({"LC_ALL": "", "LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "C.UTF-8"}, None),
        ({"LANG": "POSIX"}, None),
    ],
)
def test_the_locale_names_a_language_or_nothing(environ, lang):
    assert by_locale(environ) == lang


def test_windows_names_its_locale_otherwise(monkeypatch):
    monkeypatch.setattr("os.name", "nt")
    monkeypatch.setattr("locale.getlocale", lambda: ("Chinese (Simplified)_China", "936"))
    assert by_locale({}) == "zh"
    monkeypatch.setattr("locale.getlocale", lambda: (None, None))
    assert by_locale({}) is None


@pytest.mark.parametrize("place", ["before", "after"])
def test_the_option_stands_before_or_after_the_command(small, capsys, place):
    line = ["measure", str(small / "out"), *ASK]
    lang = ["--lang", "zh"]
    assert main([*lang, *line] if place == "before" else [*line, *lang]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "运抵（进港）至海关放行，截至2022-12-31"


@pytest.mark.parametrize(
    ("locale", "first"), [("zh_CN.UTF-8", "运抵"), ("C", "arrived"), ("en_GB.UTF-8", "arrived")]
)
def test_tables_follow_the_locale_and_are_english_without_one(
    small, capsys, monkeypatch, locale, first
):
    monkeypatch.setenv("LC_ALL", locale)
    assert main(["measure", str(small / "out"), *ASK]) == 0
    assert capsys.readouterr().out.startswith(first)


@pytest.mark.parametrize(
    ("locale", "option", "lang"),
    [
        ("C", [], "zh"),
        ("C", ["--lang", "en"], "en"),
        ("en_US.UTF-8", [], "en"),
        ("zh_CN.UTF-8", [], "zh"),
        ("zh_CN.UTF-8", ["--lang", "en"], "en"),
    ],
)
def test_pages_follow_the_locale_and_are_chinese_without_one(
    small, monkeypatch, locale, option, lang
):
    asked = []
    monkeypatch.setenv("LC_ALL", locale)
    monkeypatch.setattr(
        "clearance_metrics.report.build_report", lambda log, **how: asked.extend(how["languages"])
    )
    assert main(["report", str(small / "out"), *option]) == 0
    assert asked == [lang]


def commands():
    """Every command's name."""
    groups = make_parser()._subparsers._group_actions
    return sorted(groups[0].choices)


@pytest.mark.parametrize("command", [None, *commands()])
def test_help_is_in_chinese_and_leaves_nothing_in_english(capsys, command):
    with pytest.raises(SystemExit) as left:
        main([*([command] if command else []), "--help", "--lang", "zh"])
    assert left.value.code == 0
    told = capsys.readouterr().out
    assert told.startswith("用法：") and "选项" in told
    for action in (
        make_parser("zh")._subparsers._group_actions[0].choices[command or "intake"]._actions
    ):
        assert any("一" <= sign <= "鿿" for sign in action.help), action.help


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (["intake"], "缺少参数：dataset.toml"),
        (["intake", "x", "--threads", "many"], "参数--threads: 'many'不是int类型的值"),
        (["intake", "x", "--threads"], "参数--threads: 需要一个值"),
        (["inteke"], "不能选'inteke'（可选："),
        (["intake", "x", "--quick"], "不认识的参数：--quick"),
        (["measure", "x", *ASK, "--json", "--sql"], "参数--sql: 不能与参数--json同用"),
        (["intake", "x", "--add=1"], "参数--add: 多余的值'1'"),
        (["intake", "x", "--l", "y"], "选项--l有歧义，可能是--layout, --lang"),
        (["inspect"], "缺少参数：FILE"),
    ],
)
def test_what_is_wrong_with_the_command_itself_is_told_in_chinese(capsys, line, says):
    with pytest.raises(SystemExit) as left:
        main(["--lang", "zh", *line])
    assert left.value.code == 2
    told = capsys.readouterr().err
    assert says in told and told.startswith("用法：") and "错误：" in told


def test_the_receipt_is_told_in_chinese_with_columns_in_line(small, tmp_path, capsys):
    from wcwidth import wcswidth

    mapping = str(small / "raw" / "dataset.toml")
    assert main(["intake", mapping, "--out", str(tmp_path), "--lang", "zh"]) == 0
    lines = capsys.readouterr().out.splitlines()
    total = next(i for i, line in enumerate(lines) if line.startswith("合计"))
    assert len({wcswidth(line) for line in lines[: total + 1]}) == 1
    assert lines[0].split() == ["文件", "读入", "接受", "拒绝", "重复"]
    assert any(line.startswith("  缺时间 (missing_time)：拒绝") for line in lines)


def test_a_terminal_without_chinese_signs_gets_no_traceback(tmp_path):
    told = subprocess.run(
        [sys.executable, "-m", "clearance_metrics.cli", "intake", "no.toml", "--lang", "zh"],
        cwd=tmp_path,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(SOURCE), "PYTHONIOENCODING": "ascii"},
    )
    assert told.returncode == 3 and b"Traceback" not in told.stderr
    assert told.stderr.startswith(b"\\u9519\\u8bef")
