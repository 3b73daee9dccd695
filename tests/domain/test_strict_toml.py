"""The one strict reader of TOML: each mistake is one error that says what, where and what to do."""

from datetime import date
from pathlib import Path

import pytest

from clearance_metrics.domain import strict_toml as st
from clearance_metrics.domain.zones import zone
from clearance_metrics.errors import LogError, MappingError, NoticeError
from clearance_metrics.intake.mapping import load_mapping
from clearance_metrics.notice import load_notice

PLACE = st.Place("my.toml", NoticeError)
KEYS = {
    "name": st.TEXT,
    "kind": st.TEXT.one_of("level", "zero").optional("level"),
    "day": st.DAY.optional(),
    "n": st.WHOLE.optional(0),
    "share": st.NUMBER.optional(1.0),
    "on": st.FLAG.optional(False),
    "names": st.TEXTS.or_empty().optional(()),
    "days": st.DAYS.optional(()),
    "note": st.TEXT.or_empty().optional(""),
}


def read(text, keys=KEYS):
    return PLACE.at("row 3").table(PLACE.parse(text.encode()), keys)


def test_what_is_left_out_stands_there_with_its_default():
    told = read('name = "a"\nday = 2021-01-02\nshare = 2\nnote = ""\nnames = []')
    assert told["day"] == date(2021, 1, 2) and told["share"] == 2 and told["kind"] == "level"
    assert list(told) == list(KEYS) and told["n"] == 0 and told["names"] == []


@pytest.mark.parametrize(
    ("text", "what", "where"),
    [
        ('nmae = "a"', "unknown key 'nmae'", "my.toml, row 3"),
        ('kind = "zero"', "key 'name' is missing", "my.toml, row 3"),
        ('name = " "', "name is empty", "my.toml, row 3"),
        ("name = 1", "name = 1 has the wrong type", "row 3"),
        ('name = "a"\nkind = "zreo"', "kind = 'zreo' is not known", "row 3"),
        ('name = "a"\nn = true', "n = True has the wrong type", "row 3"),
        ('name = "a"\nn = 1.0', "n = 1.0 has the wrong type", "row 3"),
        ('name = "a"\non = 1', "on = 1 has the wrong type", "row 3"),
        ('name = "a"\nshare = nan', "share = nan is no number", "row 3"),
        ('name = "a"\nday = 2021-01-02T10:00:00', "has a time of day", "row 3"),
        ('name = "a"\nday = 10:00:00', "has the wrong type", "row 3"),
        ('name = "a"\ndays = [2021-01-02T10:00:00Z]', "has a time of day", "row 3"),
        ('name = "a"\ndays = ["soon"]', "days: 'soon' is not a date", "row 3"),
        ('name = "a"\nnames = ["b", 2]', "names: 2 is not a text", "row 3"),
        ('name = "a"\nday = "2021-02-30"', "day = '2021-02-30' is no day of the cal", "row 3"),
        ('name = "a"\nday = "2021-02-28"', "day = '2021-02-28' is text", "row 3"),
        ("day = 2021-02-30", "2021-02-30 is no day of the calendar", "my.toml, line 1, column 7"),
        ("n = 1\nday = 2021-13-01", "2021-13-01 is no day of the calendar", "my.toml, line 2"),
        ("days = [2021-01-01, 2021-04-31]", "2021-04-31 is no day", "my.toml, line 1"),
        ("day = 2021-1-1", "2021-1-1 is no day of the calendar", "my.toml, line 1"),
        ("n = 1 2  # 2021-02-30", "not valid TOML", "my.toml, line 1, column 7"),
        ('name = "a"\ndays = []', "days is empty", "row 3"),
        ("name =", "not valid TOML: Invalid value", "my.toml, end of document"),
        ('\nname = "a"\nn = 1 2\n', "not valid TOML", "my.toml, line 3, column 7"),
        (f'name = "a"\n\nn = {"9" * 5000}', "a number is too long to be read", "my.toml, line 3"),
        ("name = " + "[" * 20000, "nested too deeply", "my.toml"),
        (f"n = {2**63}", "n is a whole number beyond 64 bits", "my.toml, the top level"),
        (f"[[a]]\n[[a]]\n[a.b]\nn = -{2**70}", "beyond 64 bits", "my.toml, a, row 2, b"),
        (f"a = [1, 0x{'f' * 6000}]", "beyond 64 bits", "my.toml, a"),
    ],
)
def test_each_mistake_says_what_and_where(text, what, where):
    with pytest.raises(NoticeError) as error:
        read(text)
    assert what in error.value.what and where in error.value.where and error.value.remedy
    assert len(str(error.value)) < 600


def test_the_nearest_name_is_the_remedy():
    with pytest.raises(NoticeError, match="write 'name' instead of 'nmae'"):
        read('nmae = "a"')
    with pytest.raises(NoticeError, match="write 'zero' instead of 'zreo'"):
        read('name = "a"\nkind = "zreo"')


def test_the_largest_numbers_of_64_bits_are_read():
    assert PLACE.parse(f"a = {2**63 - 1}\nb = -{2**63 - 1}".encode())["a"] == 2**63 - 1


def test_bytes_that_are_no_text_are_told_with_their_line():
    with pytest.raises(NoticeError) as error:
        PLACE.parse('name = "a"\n# 海关'.encode("gb18030"))
    assert error.value.where == "my.toml, line 2" and "UTF-8" in error.value.what
    assert PLACE.parse(b'\xef\xbb\xbfname = "a"') == {"name": "a"}


@pytest.mark.parametrize("load", [load_mapping, load_notice])
@pytest.mark.parametrize("name", ["none.toml", "k" * 5000 + ".toml", "a\0.toml", "folder.toml"])
def test_a_file_that_cannot_be_read_is_one_error(tmp_path, load, name):
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises((MappingError, NoticeError), match="cannot be read"):
        load(tmp_path / name)


@pytest.mark.parametrize(
    ("case", "told"),
    [
        ("toml_bigint", "a number is too long"),
        ("toml_path_too_long", "is too long"),
        ("toml_timezone_localtime", "unknown time zone 'localtime'"),
    ],
)
def test_hostile_datasets_are_one_clear_error(shared_data, case, told):
    folder = Path(shared_data("")).parent / "hostile_cases" / case
    with pytest.raises(MappingError, match=told) as error:
        load_mapping(folder / "dataset.toml")
    assert "dataset.toml" in error.value.where and len(str(error.value)) < 12 * len(str(folder))


def test_a_hostile_notice_is_one_clear_error(shared_data):
    path = Path(shared_data("")).parent / "hostile_cases" / "toml_bigint" / "notice.toml"
    with pytest.raises(NoticeError, match="a number is too long"):
        load_notice(path)


@pytest.mark.parametrize("name", ["localtime", "posix/Asia/Shanghai", "asia/shanghai", "Factory"])
def test_a_time_zone_is_a_name_that_engines_know(name):
    with pytest.raises(LogError, match="unknown time zone"):
        zone(name)


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ('skip = { 编号 = ["合计"] }', 'put the name in quotes: "编号"'),
        ('时间 = "x"', 'put the name in quotes: "时间"'),
        ("[数据]", 'put the name in quotes: "数据"'),
        ("a = “x”", 'write straight quotes " in place of “'),
        ("a ＝ 1", "write = in place of the wide sign ＝"),
        ("a = [1，2]", "write , in place of the wide sign ，"),
        ("a = [b", "mend that line"),
    ],
)
def test_names_and_signs_of_other_scripts_are_told(text, remedy):
    with pytest.raises(NoticeError) as caught:
        PLACE.parse(text.encode())
    assert caught.value.remedy == remedy


def test_a_place_that_gathers_tells_all_mistakes_at_once():
    place = PLACE.gathering()
    with place.each():
        place.at("row 1").table({"nmae": 1, "kind": "x", "n": "y"}, KEYS)
    with place.each():
        told = place.at("row 2").table({"name": "a", "n": "y"}, KEYS, go_on=True)
    assert told["n"] == 0 and told["name"] == "a"
    with pytest.raises(NoticeError) as caught:
        place.told()
    assert [mistake.what for mistake in caught.value.mistakes] == [
        "unknown key 'nmae'",
        "kind = 'x' is not known",
        "n = 'y' has the wrong type",
        "key 'name' is missing",
        "n = 'y' has the wrong type",
    ]
    lines = str(caught.value).splitlines()
    assert lines[:3] == ["5 mistakes", "  where: my.toml", "  1. unknown key 'nmae'"]


def test_a_single_mistake_reads_as_if_it_were_not_gathered():
    place = PLACE.gathering()
    with place.each():
        place.table({"name": ""}, KEYS)
    with pytest.raises(NoticeError, match="^name is empty"):
        place.told()
    place = PLACE.gathering()
    place.told()
