"""The mapping read strictly: all of its mistakes at once, and remedies that work."""

import json

import polars as pl
import pytest

from clearance_metrics.errors import ClearanceError, InputError, MappingError
from clearance_metrics.intake import ingest
from clearance_metrics.intake.mapping import load_mapping

DATASET = '[dataset]\nname = "t"\ntimezone = "Asia/Shanghai"\n'
FILE = '[[file]]\npath = "e.csv"\nrole = "events"\n'
COLUMNS = '[file.columns]\ncase_id = "id"\nmilestone = "code"\ntime = "at"\n'
CODES = '[file.milestones]\n"D" = "declared"\n'
SOUND = DATASET + FILE + COLUMNS + CODES
CASES = '[[file]]\npath = "c.csv"\nrole = "cases"\n[file.columns]\ncase_id = "id"\n'


def load(folder, text):
    path = folder / "dataset.toml"
    path.write_text(text, encoding="utf-8")
    return load_mapping(path)


def mistakes(folder, text):
    try:
        load(folder, text)
    except MappingError as error:
        return error.mistakes or (error,)
    return ()


def test_all_mistakes_at_once_file_by_file_and_key_by_key(tmp_path):
    text = (
        '[dataset]\nname = "a b"\ntimezone = "Asia/Shanghi"\nleast_accepted = 120\n'
        '[defaults]\nencoding = "gbkk"\nformats = ["YYYY"]\n'
        '[[file]]\npath = "/e.csv"\nrole = "event"\nonly = { class = "ACT" }\nmood = 1\n'
        '[file.columns]\ncase_id = "id"\ndirection = "io"\ntime = { formats = ["%Y"] }\n'
        '[file.milestones]\n"A" = "arrived"\n"B" = 3\n'
        '[[file]]\npath = "c.csv"\nrole = "cases"\n[file.columns]\nkind = "k"\n'
    )
    found = mistakes(tmp_path, text)
    assert [error.what for error in found] == [
        "name 'a b' cannot be a folder's name",
        "least_accepted = 120 is no share of a file's rows",
        "unknown time zone 'Asia/Shanghi'",
        "encoding = 'gbkk' is not known",
        "'YYYY' is not a time format",
        "unknown key 'mood'",
        "path '/e.csv' leaves the data folder",
        "role = 'event' is not known",
        "only: 'class' has no list of texts",
        "unknown column 'direction'",
        "give either column or constant",
        "column 'milestone' is not mapped",
        "unknown milestone 'arrived'",
        "code 'B' must name a milestone",
        "column 'case_id' is not mapped",
    ]
    assert all(error.where and error.remedy for error in found)
    by_what = {error.what: error for error in found}
    assert "'conveyance_arrived'" in by_what["unknown milestone 'arrived'"].remedy
    assert "'kind'" in by_what["unknown column 'direction'"].remedy
    assert "/e.csv, columns" in by_what["unknown column 'direction'"].where


def test_a_single_mistake_is_told_as_ever(tmp_path):
    with pytest.raises(MappingError) as caught:
        load(tmp_path, SOUND.replace('"declared"', '"declraed"'))
    assert str(caught.value).startswith("unknown milestone 'declraed'\n  where: ")
    assert not caught.value.mistakes


def test_what_defaults_say_holds_where_nothing_else_is_said(tmp_path):
    text = (
        DATASET + '[defaults]\nformats = ["%d.%m.%Y"]\nno_value = ["无"]\nencoding = "gbk"\n'
        'delimiter = ";"\ntimezone = "Europe/Berlin"\nunit = "fen"\n'
        + FILE
        + COLUMNS
        + CODES
        + CASES.replace("[file.columns]", 'encoding = "utf-8"\ntimezone = "UTC"\n[file.columns]')
        + '[[file]]\npath = "f.csv"\nrole = "charges"\n[file.columns]\ncase_id = "id"\nitem = "i"\n'
        'currency = { constant = "CNY" }\namount = "fen"\ncharged_on = { column = "day", formats ='
        ' ["%Y%m%d"], no_value = [] }\n'
    )
    events, cases, charges = load(tmp_path, text).files
    assert (events.encoding, events.delimiter, events.timezone) == ("gb18030", ";", "Europe/Berlin")
    assert (cases.encoding, cases.timezone) == ("utf-8", "UTC")
    columns = {c.name: c for c in (*events.columns, *charges.columns)}
    assert columns["time"].formats == ("%d.%m.%Y",) and columns["case_id"].formats == ()
    assert columns["time"].no_value == columns["milestone"].no_value == ("无",)
    assert columns["charged_on"].formats == ("%Y%m%d",) and columns["charged_on"].no_value == ()
    assert (columns["amount"].unit, columns["currency"].no_value) == ("fen", ())


@pytest.mark.parametrize("name", ["gbk", "gb2312", "gb18030"])
def test_names_of_one_encoding(tmp_path, name):
    text = SOUND.replace("[file.columns]", f'encoding = "{name}"\n[file.columns]')
    assert load(tmp_path, text).files[0].encoding == "gb18030"


def test_a_file_says_otherwise_than_its_dataset(tmp_path):
    head = DATASET + "least_accepted = 80\nstrict = true\n"
    text = head + FILE + "least_accepted = 0\nstrict = false\n" + COLUMNS + CODES + CASES
    events, cases = load(tmp_path, text).files
    assert (events.least_accepted, events.strict) == (0, False)
    assert (cases.least_accepted, cases.strict) == (80, True)
    assert load(tmp_path, SOUND).files[0].least_accepted == 95


# a mistake, what is told, what the remedy says, and the text mended as it says
REMEDIES = [
    ('"D" = "arrived"', "unknown milestone", "conveyance_arrived", '"D" = "conveyance_arrived"'),
    ('"D" = "抵港"', "unknown milestone", "conveyance_arrived", '"D" = "conveyance_arrived"'),
    ('"D" = "loaded_up"', "unknown milestone", "[[milestone]]", None),
    ("D = 1", "must name a milestone", '"D" = "declared"', '"D" = "declared"'),
]


@pytest.mark.parametrize(("wrong", "what", "remedy", "right"), REMEDIES)
def test_the_remedy_of_a_milestone_works(tmp_path, wrong, what, remedy, right):
    text = SOUND.replace('"D" = "declared"', wrong)
    (error,) = mistakes(tmp_path, text)
    assert what in error.what and remedy in error.remedy
    mended = text.replace(wrong, right or wrong)
    if right is None:
        mended = text.replace(FILE, '[[milestone]]\nname = "loaded_up"\n' + FILE)
    assert not mistakes(tmp_path, mended)


# (before, mistaken part, what is told, what the remedy says, the part mended as it says)
PARTS = [
    (CASES + 'direction = "io"\n', "unknown column 'direction'", "'kind'", ("direction", "kind")),
    (CASES + 'my_own = "io"\n', "unknown column 'my_own'", "[[column]]", None),
    (CASES + "least_accepted = 101\n", "unknown column", "", ("least_accepted = 101", "")),
    (
        '[[file]]\npath = "c.csv"\nrole = "case"\n[file.columns]\ncase_id = "id"\n',
        "role = 'case'",
        "'cases'",
        ('"case"', '"cases"'),
    ),
    (CASES + "[file.milestones]\n", "", "", None),
    (
        CASES + '[file.milestones]\ndeclared = "x"\n',
        "a cases file has no milestones",
        "remove [file.milestones]",
        ('[file.milestones]\ndeclared = "x"\n', ""),
    ),
    (
        CASES.replace('"cases"', '"wide"'),
        "a wide file needs its milestone columns",
        'add [file.milestones] declared = "header"',
        ('"id"\n', '"id"\n[file.milestones]\ndeclared = "header"\n'),
    ),
    (
        CASES.replace('"cases"', '"cases"\nseveral_rows = true'),
        "several_rows in a cases file",
        "remove several_rows",
        ("several_rows = true\n", ""),
    ),
    (
        CASES.replace('"cases"', '"cases"\nignore = ["x"]'),
        "a cases file has no codes to ignore",
        'skip = { "a header" = ["a text"] }',
        ('ignore = ["x"]', 'skip = { "a header" = ["a text"] }'),
    ),
    (
        CASES.replace('"cases"', '"cases"\nonly = { "状态" = "ACT" }'),
        "only: '状态' has no list of texts",
        'only = { "状态" = ["ACT"] }',
        ('"ACT"', '["ACT"]'),
    ),
    (
        CASES.replace('"cases"', '"cases"\nkeep = "some"'),
        "keep = 'some'",
        'write "all"',
        ('"some"', '"all"'),
    ),
    (
        '[[column]]\nname = "aeo"\ntype = "text"\n' + CASES,
        "column 'aeo' is boolean in the vocabulary, not text",
        "remove type",
        ('type = "text"\n', ""),
    ),
]


@pytest.mark.parametrize(("part", "what", "remedy", "mended"), PARTS, ids=range(len(PARTS)))
def test_the_remedy_of_a_file_works(tmp_path, part, what, remedy, mended):
    found = mistakes(tmp_path, DATASET + part)
    if not what:
        assert not found
        return
    assert any(what in error.what and remedy in error.remedy for error in found), found
    declared = '[[column]]\nname = "my_own"\n'
    right = part.replace(*mended) if mended else declared + part
    assert not mistakes(tmp_path, DATASET + right)


def test_text_and_boolean_do_not_send_to_each_other(tmp_path):
    """A flag with texts of its own: each remedy on the way leads out."""
    columns = CASES + 'inspected = { column = "flag", values = {'
    (tmp_path / "c.csv").write_text("id,flag\n1,好\n2,坏\n", encoding="utf-8")
    strict = DATASET + "strict = true\n"
    load(tmp_path, strict + columns + "} }\n")
    ingest(tmp_path / "dataset.toml", out=tmp_path / "out")
    rows = pl.read_parquet(tmp_path / "out" / "rejects.parquet").to_dicts()
    assert [r["rule"] for r in rows] == ["bad_type"] * 2
    assert all("say with values" in r["remedy"] for r in rows)
    load(tmp_path, strict + columns + '"好" = "true", "坏" = "false" } }\n')
    receipt = ingest(tmp_path / "dataset.toml", out=tmp_path / "out")
    assert receipt.totals["rejected"] == 0
    cases = pl.read_parquet(tmp_path / "out" / "cases.parquet").sort("case_id")
    assert cases["inspected"].to_list() == [True, False]


def test_all_missing_headers_of_all_files_before_any_is_read(tmp_path):
    (tmp_path / "e.csv").write_text("编号,code,时间\n" + "1,D,never\n" * 3, encoding="utf-8")
    pl.DataFrame({"no": ["1"]}).write_parquet(tmp_path / "c.parquet")
    load(tmp_path, SOUND + CASES.replace("c.csv", "c.parquet"))
    with pytest.raises(InputError) as caught:
        ingest(tmp_path / "dataset.toml", out=tmp_path / "out")
    found = caught.value.mistakes
    assert [(error.what, error.where.rpartition("/")[2]) for error in found] == [
        ("the file has no column 'id' (for case_id)", "e.csv"),
        ("the file has no column 'at' (for time)", "e.csv"),
        ("the file has no column 'id' (for case_id)", "c.parquet"),
    ]
    assert "perhaps '时间'" in found[1].remedy and "headers: 编号, code, 时间" in found[1].remedy
    assert not (tmp_path / "out").exists()


def test_own_words_for_a_column_leave_its_values_as_they_are(tmp_path):
    own = '[[column]]\nname = "kind"\nzh = "类型"\n[[column]]\nname = "aeo"\nen = "trusted"\n'
    words = load(tmp_path, DATASET + own + CASES).words.columns
    assert words["kind"].zh == "类型" and "import" in words["kind"].values
    assert words["aeo"].type == "boolean"


def test_any_text_in_a_mapping_is_read_or_told_in_words(tmp_path):
    """Each value of a sound mapping replaced by one of each kind: no traceback."""
    for key in ("path", "role", "least_accepted", "only", "skip", "ignore", "several_rows", "keep"):
        for value in (1, -1.5, True, "x", [], ["x"], [1], {}, {"a": []}, {"a": ["x"]}, {"a": 1}):
            told = json.dumps(value, ensure_ascii=False)
            told = told.replace(": ", " = ") if isinstance(value, dict) else told
            line = f"{key} = {told}\n"
            text = DATASET + "[[file]]\n" + line
            for other in ('path = "e.csv"\n', 'role = "events"\n'):
                text += "" if other.startswith(key) else other
            try:
                load(tmp_path, text + COLUMNS + CODES)
            except ClearanceError as error:
                assert error.what


RIVALS = [
    (["%d/%m/%Y", "%m/%d/%Y"], True),
    (["%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%d-%m %H:%M"], True),
    (["%-d.%-m.%Y", "%m.%d.%Y"], True),
    (["%d/%m/%y", "%y/%m/%d"], True),
    (["%d/%m/%Y %H:%M", "%m/%d/%Y %p %I:%M"], True),
    (["%D", "%d/%m/%y"], True),
    (["%Y%m%d", "%Y%d%m"], True),
    (["%d/%m/%Y", "%m-%d-%Y"], False),
    (["%d/%m/%Y", "%d/%m/%y"], False),
    (["%d/%m/%Y", "%m/%d/%Y %H:%M"], False),
    (["%d/%m/%Y", "%-d/%-m/%Y"], False),
    (["%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M %z"], False),
    (["%d/%m/%Y AM %I:%M", "%m/%d/%Y PM %I:%M"], False),
]


@pytest.mark.parametrize(("formats", "rivals"), RIVALS)
def test_formats_that_read_one_text_as_two_days_cannot_both_stand(tmp_path, formats, rivals):
    spec = f'time = {{ column = "at", formats = {json.dumps(formats)} }}'
    found = mistakes(tmp_path, SOUND.replace('time = "at"', spec))
    told = [f"column time: {formats[0]!r} and {formats[-1]!r} read one text as two days"]
    assert [error.what for error in found] == (told if rivals else [])


def test_so_of_a_day_beside_its_time_and_of_the_defaults(tmp_path):
    formats = 'formats = ["%d/%m/%Y", "%m/%d/%Y"]'
    joined = SOUND.replace('"at"', f'{{ columns = ["day", "clock"], {formats} }}')
    shared = SOUND.replace(FILE, f"[defaults]\n{formats}\n{FILE}")
    for text in (joined, shared):
        (error,) = mistakes(tmp_path, text)
        assert "'%d/%m/%Y' and '%m/%d/%Y'" in error.what and error.remedy


@pytest.mark.parametrize(
    ("days", "what"),
    [
        ("as_of = 2023-02-30", "2023-02-30 is no day of the calendar"),
        ("as_of = 2023-13-01", "2023-13-01 is no day of the calendar"),
        ('as_of = "2022-12-31"', "as_of = '2022-12-31' is text"),
        ("as_of = 1950-01-01", "as_of = 1950-01-01 is no day of a log"),
        ("plausible = [2015-01-01, 9999-12-31]", "plausible = 9999-12-31 is no day of a log"),
        ("plausible = [2015-01-01, 2014-01-01]", "plausible is not two days in order"),
        (
            "plausible = [2015-01-01, 2023-12-31]\nas_of = 2014-12-31",
            "as_of = 2014-12-31 lies before plausible begins (2015-01-01)",
        ),
    ],
)
def test_days_of_a_dataset_are_days_of_the_calendar_in_order(tmp_path, days, what):
    (error,) = mistakes(tmp_path, SOUND.replace(DATASET, f"{DATASET}{days}\n"))
    assert error.what == what and error.remedy and "dataset.toml" in error.where


def test_the_day_of_a_dataset_may_be_the_first_that_is_plausible(tmp_path):
    days = "plausible = [2015-01-01, 2023-12-31]\nas_of = 2015-01-01\n"
    assert mistakes(tmp_path, SOUND.replace(DATASET, DATASET + days)) == ()
