"""Signs around identifiers, and numbers that lost their digits, in SQL."""

import duckdb
import pytest

from clearance_metrics.domain.identifiers import marked, rounded, unmarked


def said(expression, text):
    asked = f"SELECT {expression} FROM (SELECT ? AS x)"
    return duckdb.connect().execute(asked, [text]).fetchall()[0][0]


def bare(text):
    for step in unmarked("x"):
        text = said(step, text)
    return text


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("\t42 ", "42"),
        ("'0042", "0042"),
        ('="0042"', "0042"),
        (" '0042 ", "0042"),
        ("4\u200b2\ufeff", "42"),
        ("\uff21\uff11\uff5a", "A1z"),
        ("\u3000\u7532-1\u00a0", "\u7532-1"),
        ("\u200b", None),
        ("'", None),
    ],
)
def test_signs_are_seen_and_taken_off(given, wanted):
    assert said(marked("x"), given) and bare(given) == wanted


@pytest.mark.parametrize("given", ["42", "A-1 b", "\u7532\u4e59 1", "= 1", "a'b", "0'", "\u00e9"])
def test_what_belongs_to_an_identifier_stays(given):
    assert not said(marked("x"), given) and bare(given) == given


@pytest.mark.parametrize("given", ["4.2102E+17", "4.2e17", "1e+17", "-4.2E17", "1001.0"])
def test_numbers_with_an_exponent_are_seen(given):
    assert said(rounded("x"), given)


@pytest.mark.parametrize("given", ["12E4", "5E1A", "421020211000012340", "E+17", "1.5", "4.2E+17x"])
def test_codes_are_no_such_numbers(given):
    assert not said(rounded("x"), given)
