"""The command line: what it prints, its exit codes, and that a user's mistake is never a
traceback.
"""

import json
import re
from pathlib import Path

import pytest

from clearance_metrics.cli import main

ROOT = Path(__file__).resolve().parents[2]


def test_intake_prints_the_receipt(small, tmp_path, capsys):
    assert main(["intake", str(small / "raw" / "dataset.toml"), "--out", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    total = next(line for line in told.splitlines() if line.startswith("total"))
    read, accepted, rejected, doubles = (int(x.replace(",", "")) for x in total.split()[1:])
    assert read == accepted + rejected + doubles and rejected > 0 and doubles > 0


def test_measure_and_assess_print_rows_as_json(small, capsys):
    out = str(small / "out")
    assert (
        main(
            [
                "measure",
                out,
                "--start",
                "gate_in",
                "--stop",
                "customs_released",
                "--where",
                "kind=export",
                "--by",
                "mode",
                "--as-of",
                "2022-12-31",
                "--statistics",
                "n,median",
                "--json",
            ]
        )
        == 0
    )
    told = json.loads(capsys.readouterr().out)
    rows = told["rows"]
    assert (
        told["as_of"] == "2022-12-31"
        and {r["mode"] for r in rows} == {"sea", "air", "rail", "road"}
        and {r["statistic"] for r in rows}
        == {
            "n",
            "median",
        }
    )
    assert main(["assess", out, "--notice", "cn-2021-85", "--as-of", "2022-12-31", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    rows = told["rows"]
    assert (
        told["notice"] == "cn-2021-85" and told["resolution"] == "second" and told["queries"] < 10
    )
    assert {r["measure"] for r in rows} == set(range(1, 28))
    assert sum(not r["companion_of"] for r in rows) == 80
    assert main(["assess", out, "--as-of", "2022-12-31"]) == 0
    text = capsys.readouterr().out
    assert "violations: " in text and f"{told['queries']} engine queries" in text.splitlines()[0]


MISTAKES = [
    (
        [
            "measure",
            "{out}",
            "--start",
            "gate_inn",
            "--stop",
            "customs_released",
            "--as-of",
            "2022-12-31",
        ],
        5,
        "gate_in",
    ),
    (
        [
            "measure",
            "{out}",
            "--start",
            "gate_in",
            "--stop",
            "customs_released",
            "--as-of",
            "31.12.2022",
        ],
        5,
        "2022-12-31",
    ),
    (
        [
            "measure",
            "{out}",
            "--start",
            "gate_in",
            "--stop",
            "customs_released",
            "--as-of",
            "2022-12-31",
            "--where",
            "kind",
        ],
        5,
        "COLUMN=VALUE",
    ),
    (
        [
            "measure",
            "{out}",
            "--start",
            "gate_in",
            "--stop",
            "customs_released",
            "--as-of",
            "2022-12-31",
            "--statistics",
            "avg",
        ],
        5,
        "avg",
    ),
    (
        [
            "measure",
            "{tmp}",
            "--start",
            "gate_in",
            "--stop",
            "customs_released",
            "--as-of",
            "2022-12-31",
        ],
        4,
        "intake",
    ),
    (["assess", "{out}", "--notice", "cn-2021-58", "--as-of", "2022-12-31"], 7, "cn-2021-85"),
    (["assess", "{out}", "--notice", "{tmp}/x.toml", "--as-of", "2022-12-31"], 7, "x.toml"),
    (["assess", "{out}", "--as-of", "2022-12-31", "--by", "prot"], 5, "port"),
    (["intake", "{tmp}/dataset.toml"], 3, "dataset.toml"),
    (["simulate", "--out", "{tmp}/full"], 8, "full"),
    (["simulate", "--out", "{tmp}/new", "--size", "0"], 5, "size"),
    (["report", "{out}", "--notebooks", "{tmp}", "--out", "{tmp}/pages"], 4, "notebooks"),
    (["assess", "{out}", "--as-of", "2022-12-31", "--calendar", "{tmp}/none.csv"], 6, "none.csv"),
]


@pytest.mark.parametrize(
    ("words", "code", "says"), MISTAKES, ids=[" ".join(w[:1] + w[-1:]) for w, _, _ in MISTAKES]
)
def test_a_mistake_is_one_error_with_its_code(small, tmp_path, capsys, words, code, says):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("x")
    assert main([w.format(out=small / "out", tmp=tmp_path) for w in words]) == code
    told = capsys.readouterr()
    assert (
        told.err.startswith("error: ")
        and says in told.err
        and "Traceback" not in told.err
        and not told.out
    )
    assert re.search(r"^  (where|do): ", told.err, re.M)
    assert not (tmp_path / "pages").exists() and not (tmp_path / "new").exists()


BAD_DATA = [
    ('[dataset]\nname = "t"\ntimezone = "Asia/Shanghai"\nfoo = 1\n', b"id,code,at\n", 3, "foo"),
    (None, b"id,kode,at\n1,declared,2022-01-01\n", 4, "code"),
    (None, b"", 4, "empty"),
    (None, bytes(range(256)) * 50, 4, "binary"),
    (None, "编号,code,at\n".encode("gb18030"), 4, "gb18030"),
]


@pytest.mark.parametrize(
    ("head", "content", "code", "says"),
    BAD_DATA,
    ids=["unknown key", "missing column", "empty", "binary", "encoding"],
)
def test_bad_data_is_one_error_and_nothing_is_written(tmp_path, capsys, head, content, code, says):
    head = head or '[dataset]\nname = "t"\ntimezone = "Asia/Shanghai"\n'
    mapping = (
        head
        + '[[file]]\npath = "e.csv"\nrole = "events"\n[file.columns]\ncase_id = "id"\nmilestone ='
        ' "code"\ntime = "at"\n'
    )
    (tmp_path / "dataset.toml").write_text(mapping)
    (tmp_path / "e.csv").write_bytes(content)
    assert main(["intake", str(tmp_path / "dataset.toml"), "--out", str(tmp_path / "out")]) == code
    told = capsys.readouterr().err
    assert says in told and "Traceback" not in told
    assert sorted(p.name for p in tmp_path.iterdir()) == ["dataset.toml", "e.csv"]


@pytest.mark.parametrize("path", ["/etc/passwd", "../e.csv", ""])
def test_files_lie_inside_the_data_folder(tmp_path, capsys, path):
    mapping = (
        f'[dataset]\nname = "t"\ntimezone = "UTC"\n[[file]]\npath = "{path}"\nrole ='
        ' "cases"\n[file.columns]\ncase_id = "id"\n'
    )
    (tmp_path / "dataset.toml").write_text(mapping)
    assert main(["intake", str(tmp_path / "dataset.toml"), "--out", str(tmp_path / "out")]) == 3
    assert "data folder" in capsys.readouterr().err


def test_a_year_outside_the_calendar_is_named(tmp_path, capsys):
    (tmp_path / "dataset.toml").write_text(
        '[dataset]\nname = "t"\ntimezone = "Asia/Shanghai"\n[[file]]\npath = "r.csv"\nrole ='
        ' "wide"\n[file.columns]\ncase_id = "id"\nkind = { constant = "refund"'
        ' }\n[file.milestones]\nrefund_accepted = "a"\nrefund_approved = "b"\nrefund_query_raised ='
        ' "q"\n'
    )
    (tmp_path / "r.csv").write_text("id,a,b,q\n1,2031-03-03,2031-03-10,\n")
    assert main(["intake", str(tmp_path / "dataset.toml"), "--out", str(tmp_path / "out")]) == 0
    words = [
        "measure",
        str(tmp_path / "out"),
        "--start",
        "refund_accepted",
        "--stop",
        "refund_approved",
        "--unit",
        "working_days",
        "--as-of",
        "2031-12-31",
    ]
    capsys.readouterr()
    assert main(words) == 6
    assert "2031" in (told := capsys.readouterr().err) and "--calendar" in told
    (tmp_path / "days.csv").write_text(
        "date,type\n2031-01-01,holiday_off\n2031-03-05,holiday_off\n"
    )
    assert (
        main([*words, "--calendar", str(tmp_path / "days.csv"), "--statistics", "mean", "--json"])
        == 0
    )
    assert json.loads(capsys.readouterr().out)["rows"][0]["value"] == 4


def test_exit_codes_are_those_of_the_guide():
    from clearance_metrics import cli, errors

    guide = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    codes = {
        c.exit_code
        for c in vars(errors).values()
        if isinstance(c, type) and issubclass(c, errors.ClearanceError)
    } - {1}
    line = guide[guide.index("Exit codes:") :].split("\n\n")[0]
    assert {int(n) for n in re.findall(r"\b(\d) ", line)} - {0, 2} == codes
    assert all(f"{code} " in cli.__doc__ for code in codes)


def test_a_language_without_words_is_told_whatever_is_printed(small, tmp_path, capsys):
    out, day = str(small / "out"), ["--as-of", "2022-12-31", "--lang", "xx"]
    file = tmp_path / "found.csv"
    for line in (["assess", out, "--json"], ["violations", out, "--csv", str(file)]):
        assert main([*line, *day]) == 5
        told = capsys.readouterr()
        assert "no catalogue of words is called 'xx'" in told.err and not told.out
    assert not file.exists()


def test_a_demonstration_is_not_written_over_a_file(tmp_path, capsys):
    (tmp_path / "file").write_text("kept")
    assert main(["simulate", "--out", str(tmp_path / "file"), "--size", "0.01"]) == 8
    assert "holds something else" in capsys.readouterr().err
    assert (tmp_path / "file").read_text() == "kept"


@pytest.mark.parametrize(
    "words",
    [
        ["intake", "{}"],
        ["intake", "dataset.toml", "--out", "{}"],
        ["inspect", "{}"],
        ["run", "{}"],
        ["report", "{}"],
        ["report", "log", "--notebooks", "{}"],
        ["watch", "log", "--since", "{}"],
        ["simulate", "--out", "{}"],
    ],
)
def test_a_name_that_no_file_can_have_is_one_error(words, capsys):
    assert main([word.format("n" * 300) for word in words] + ["--lang", "en"]) == 4
    assert "error: no file can have so long a name" in capsys.readouterr().err
