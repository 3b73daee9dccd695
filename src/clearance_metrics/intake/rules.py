"""The rules that set a row apart, in the order they are told, and what to do about each; and what
is told of rows that are taken.
"""

from __future__ import annotations

REMEDY = {
    "malformed_row": "mend the quotes, the number of fields or the encoding of this line",
    "error_cell": "mend the formula of this cell, or clear it",
    "missing_case_id": "give the case its number, with fill_down for merged cells, or skip the row",
    "inexact_identifier": "store the identifier as text at the source: digits of it are lost",
    "unknown_milestone": "add the code to [file.milestones] or to ignore, or correct it",
    "missing_time": "give the event a time, or leave the row out with skip",
    "number_as_time": 'say what the number counts: number = "excel", "seconds" or "milliseconds"',
    "unknown_zone": "write an IANA name or an offset such as +08:00; CST and the like mean several",
    "sentinel_date": "a date that stands for none: add the text to no_value",
    "unparseable_time": "add its format to formats, or the text to no_value",
    "time_outside_window": "correct the date, widen plausible, or add the text to no_value",
    "ends_too_early": "put the later day into valid_to, or leave it empty while the row holds",
    "unknown_currency": "write the three-letter ISO 4217 code, or add the text to values",
    "decimal_comma": 'say that a comma parts the decimals: decimal = ","',
    "doubtful_grouping": "write the amount without commas, or one after every three digits",
    "unparseable_amount": "write the amount as a number with at most two decimals",
    "negative_amount": "book credits apart from charges",
    "unknown_value": "add the text to values of this column",
    "bad_type": "correct the value, or say with values what the text means",
    "duplicate": "keep one row per case; or write several_rows = true if a case has several",
}
DOUBTFUL = "correct one of the two times, or declare the clock signed"
ORDER = tuple(REMEDY)
NOTED = {
    "mark_removed": "signs taken off",
    "emptied": "unknown values emptied",
    "time_cut": "times cut to the second",
    "amount_rounded": "amounts rounded to the fen",
    "clock_change": "times that the change of the clocks repeats or leaves out",
}
