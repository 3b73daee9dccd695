"""Everything that a user may be told has its words in every language, and says the same there."""

import messages
import pytest

from clearance_metrics.cli.language import error_text, languages, said
from clearance_metrics.errors import MappingError, closest

OTHERS = sorted(languages() - {"en"})


@pytest.mark.parametrize("lang", OTHERS)
def test_every_message_is_translated_with_its_places_and_none_is_stale(lang):
    assert messages.faults(lang) == []


def test_messages_are_found_where_they_are_made():
    """By whatever way a text comes to be: a condition, a helper, an argument, a table."""
    told = messages.found()
    assert len(told) > 500
    for text in (
        "unknown key {1}",
        "the file is empty",
        "{1}; or declare it with [[milestone]]",
        "write {1} instead of {2}; known: {3}",
        "lists or tables nested too deeply to be read",
        "unit {1} does not fit a clock in {2}",
        "the log has no {1} {2}",
    ):
        assert text in told, text


@pytest.mark.parametrize("lang", OTHERS)
def test_no_message_is_taken_for_another(lang):
    """Filled with values, each message is found again as itself and the values come through."""
    for text, other in messages.translated(lang).items():
        values = [f"'v{n}'" for n in range(1, 10)]
        english, wanted = text, other
        for n, value in enumerate(values, 1):
            english = english.replace(f"{{{n}}}", value)
            wanted = wanted.replace(f"{{{n}}}", value)
        assert said(english, lang) == wanted, text


def test_values_are_no_messages():
    """What a user wrote stands as it is, also where it reads like one of our texts."""
    assert said("unknown key 'the file is empty'", "zh") == "不认识的键'the file is empty'"
    assert said("no such message", "zh") == "no such message"


def test_an_error_says_what_where_and_do_in_chinese():
    error = MappingError(
        "unknown key 'pth'", "data/raw/x, y/dataset.toml, file 2", closest("pth", ["path", "role"])
    )
    assert error_text(error, "zh").splitlines() == [
        "错误：不认识的键'pth'",
        "  位置：data/raw/x, y/dataset.toml, 文件2",
        "  处理：把'pth'改为'path'；已知的有：path, role",
    ]


def test_several_mistakes_are_each_told_in_chinese():
    mistakes = [
        MappingError("unknown key 'pth'", "d.toml, file 1", "known: path"),
        MappingError("key 'path' is missing", "d.toml, file 1", "add path = …"),
    ]
    told = error_text(MappingError.several(mistakes, "d.toml"), "zh")
    assert told.splitlines() == [
        "错误：2处错误",
        "  位置：d.toml",
        "  1. 不认识的键'pth'",
        "     位置：d.toml, 文件1",
        "     处理：已知的有：path",
        "  2. 缺少键'path'",
        "     位置：d.toml, 文件1",
        "     处理：加上path = …",
    ]
    english = error_text(MappingError.several(mistakes, "d.toml"), "en")
    assert english == f"error: {MappingError.several(mistakes, 'd.toml')}"
