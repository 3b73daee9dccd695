"""The rules that set a row apart, in the order they are told, and what to do about each; and what
is told of rows that are taken.
"""

from __future__ import annotations

REMEDY = {
    "malformed_row": "mend the quotes or the number of fields of this line",
    "missing_case_id": "give the case its number",
    "unknown_milestone": "add the code to [file.milestones], or correct it",
    "missing_time": "give the event a time, or leave the row out at the source",
    "unparseable_time": "add its format to formats, or the text to no_value",
    "time_outside_window": "correct the date, or widen plausible in [dataset]",
    "unknown_currency": "write the three-letter ISO 4217 code",
    "unparseable_amount": "write the amount as a number with at most two decimals",
    "negative_amount": "book credits apart from charges",
    "unknown_value": "add the text to values of this column",
    "bad_type": "correct the value, or declare the column as text",
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
