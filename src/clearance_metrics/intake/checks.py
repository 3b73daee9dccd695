"""Reading texts as values and rows as accepted or rejected, as SQL expressions over one raw table.

A row is judged whole and has one outcome. The first rule it breaks is booked, in this order: malformed_row,
missing_case_id, unknown_milestone, missing_time, unparseable_time, time_outside_window, stop_before_start (within
a wide row), unknown_currency, unparseable_amount, negative_amount, unknown_value, bad_type; then, against other
rows: exact duplicate, duplicate, stop_before_start (events).
"""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import InputError, closest
from ..zones import last_second
from .mapping import ColumnSpec, FileSpec, Mapping
from .readers import RawFile

REMEDY = {
    "malformed_row": "mend the quotes or the number of fields of this line",
    "missing_case_id": "give the case its number",
    "unknown_milestone": "add the code to [file.milestones], or correct it",
    "missing_time": "give the event a time, or leave the row out at the source",
    "unparseable_time": "add its format to formats, or the text to no_value",
    "time_outside_window": "correct the date, or widen plausible in [dataset]",
    "stop_before_start": "correct one of the two times, or declare the clock signed",
    "unknown_currency": "write the three-letter ISO 4217 code",
    "unparseable_amount": "write the amount as a number with at most two decimals",
    "negative_amount": "book credits apart from charges",
    "unknown_value": "add the text to values of this column",
    "bad_type": "correct the value, or declare the column as text",
    "duplicate": "keep one row per case",
}
CURRENCIES = """
AED ARS AUD BDT BHD BRL CAD CHF CLP CNH CNY COP CZK DKK EGP EUR GBP GEL HKD HUF IDR ILS
INR IRR JOD JPY KES KGS KHR KRW KWD KZT LAK LKR MAD MMK MNT MOP MXN MYR NGN NOK NPR NZD
OMR PEN PHP PKR PLN QAR RON RUB SAR SEK SGD THB TJS TMT TRY TWD TZS UAH UGX USD UZS VND
ZAR ZMW
""".split()
ISO_DAY = r"\d{4}-\d{2}-\d{2}"
ISO_TIME = ISO_DAY + r"[T ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?"
# commas only where thousands end: 1,2,3 is no number
AMOUNT = r"[+-]?¥?\s?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?"
RANGES = {"waived_percent": (0, 100), "minutes": (1, 10**6)}
TRUE, FALSE = ("true", "1", "yes", "y", "是"), ("false", "0", "no", "n", "否")


@dataclass(frozen=True)
class Field:
    """One of our columns: its SQL value, and (rule, SQL condition, SQL text) of what can be wrong with it."""

    name: str
    value: str
    faults: tuple[tuple[str, str, str], ...]
    resolution: str | None = None


def quote(text: str) -> str:
    """An SQL text literal."""
    return "'" + text.replace("'", "''") + "'"


def name(text: str) -> str:
    """An SQL identifier."""
    return '"' + text.replace('"', '""') + '"'


def raw_text(spec: ColumnSpec, file: RawFile) -> tuple[str, str]:
    """SQL of the column's text, null where it has no value; and its type in the raw table."""
    if spec.constant is not None:
        return quote(spec.constant), "VARCHAR"
    if spec.header not in file.headers:
        known = closest(spec.header, file.headers)
        raise InputError(f"the file has no column {spec.header!r} (for {spec.name})", str(file.path), known)
    place = file.headers.index(spec.header)
    text = f"nullif(trim(CAST(h{place} AS VARCHAR)), '')"
    if spec.no_value:
        text = f"CASE WHEN {text} IN ({', '.join(map(quote, spec.no_value))}) THEN NULL ELSE {text} END"
    return text, file.types[place]


def field(spec: ColumnSpec, file: RawFile, where: FileSpec, mapping: Mapping, event: bool = False) -> Field:
    """The SQL of one column and of its faults."""
    text, kind = raw_text(spec, file)
    if spec.type == "time":
        return _time(spec, text, kind, file, where, mapping, event)
    faults = []
    if spec.values:
        cases = " ".join(f"WHEN {quote(k)} THEN {quote(v)}" for k, v in spec.values)
        value = f"CASE {text} {cases} END"
        faults.append(("unknown_value", f"{text} IS NOT NULL AND {value} IS NULL", text))
        text = value
    if spec.type == "amount":
        plain = f"CASE WHEN regexp_full_match({text}, '{AMOUNT}') THEN replace(replace({text}, ',', ''), '¥', '') END"
        number = f"TRY_CAST({plain} AS DECIMAL(24, 6))" + (" * 100" if spec.unit == "yuan" else "")
        value = f"CAST({number} AS BIGINT)"
        wrong = f"{text} IS NOT NULL AND ({number} IS NULL OR {number} != round({number}, 0))"
        faults.append(("unparseable_amount", wrong, text))
        faults.append(("negative_amount", f"{number} < 0", text))
        if spec.name == "amount":
            faults.insert(0, ("unparseable_amount", f"{text} IS NULL", "''"))
        return Field(spec.name, value, tuple(faults))
    if spec.type == "integer":
        value = f"TRY_CAST(CASE WHEN regexp_full_match({text}, '-?[0-9]+') THEN {text} END AS BIGINT)"
        faults.append(("bad_type", f"{text} IS NOT NULL AND {value} IS NULL", text))
        if spec.name in RANGES:
            low, high = RANGES[spec.name]
            faults.append(("bad_type", f"{text} IS NULL OR {value} NOT BETWEEN {low} AND {high}", f"coalesce({text}, '')"))
        return Field(spec.name, value, tuple(faults))
    if spec.type == "boolean":
        yes, no = (", ".join(map(quote, words)) for words in (TRUE, FALSE))
        value = f"CASE WHEN lower({text}) IN ({yes}) THEN true WHEN lower({text}) IN ({no}) THEN false END"
        faults.append(("bad_type", f"{text} IS NOT NULL AND {value} IS NULL", text))
        return Field(spec.name, value, tuple(faults))
    if spec.name == "case_id":
        faults.insert(0, ("missing_case_id", f"{text} IS NULL", "''"))
    if spec.name == "currency":
        codes = ", ".join(map(quote, CURRENCIES))
        faults.append(("unknown_currency", f"{text} IS NULL OR {text} NOT IN ({codes})", f"coalesce({text}, '')"))
    if spec.name == "milestone" and event:
        cases = " ".join(f"WHEN {quote(k)} THEN {quote(v)}" for k, v in where.codes)
        known = ", ".join(map(quote, mapping.words.milestones))
        value = f"CASE {text} {cases} END" if cases else f"CASE WHEN {text} IN ({known}) THEN {text} END"
        faults.append(("unknown_milestone", f"{value} IS NULL", f"coalesce({text}, '')"))
        text = value
    return Field(spec.name, text, tuple(faults))


def _time(spec, text: str, kind: str, file: RawFile, where: FileSpec, mapping: Mapping, event: bool) -> Field:
    """Epoch seconds and resolution; a date stands for local noon and says so, never for midnight."""
    zone = quote(where.timezone)
    iso = [
        (f"regexp_full_match({text}, '{ISO_DAY}')", f"TRY_CAST({text} AS TIMESTAMP)", "day"),
        (f"regexp_full_match({text}, '{ISO_TIME}')", f"TRY_CAST(replace(replace({text}, 'T', ' '), ',', '.') AS TIMESTAMP)", None),
        (f"regexp_full_match({text}, '{ISO_TIME}([Zz]|[+-]\\d{{2}}:?\\d{{2}})')",
         f"TRY_CAST(replace({text}, ',', '.') AS TIMESTAMPTZ)", "zoned"),
    ]  # fmt: skip
    parts = [
        (f"try_strptime({text}, {quote(f)}) IS NOT NULL", f"try_strptime({text}, {quote(f)})", _shape(f))
        for f in spec.formats
    ]
    if kind.startswith("TIMESTAMP WITH"):
        place = file.headers.index(spec.header)
        parts = [("true", f"h{place}", "zoned")]
    elif kind == "DATE":
        parts = [("true", f"CAST({text} AS TIMESTAMP)", "day")]
    elif kind.startswith("TIMESTAMP"):
        place = file.headers.index(spec.header)
        parts = [("true", f"CAST(h{place} AS TIMESTAMP)", None)]
    elif not spec.formats or kind == "EXCEL":
        parts += iso
    seconds, shapes = [], []
    for test, value, shape in parts:
        local = f"{value} + INTERVAL 12 HOUR" if shape == "day" else value
        moment = value if shape == "zoned" or shape == "zoned minute" else f"timezone({zone}, {local})"
        seconds.append(f"WHEN {test} THEN CAST(floor(epoch_us({moment}) / 1000000.0) AS BIGINT)")
        if shape in ("minute", "zoned minute"):
            shapes.append(f"WHEN {test} THEN 'minute'")
        elif shape == "day":
            shapes.append(f"WHEN {test} THEN 'day'")
        elif "ISO" not in shape if shape else False:
            shapes.append(f"WHEN {test} THEN 'second'")
        else:
            to_minute = f"regexp_matches({text}, '^{ISO_DAY}[T ]\\d{{2}}:\\d{{2}}([^:\\d]|[+-]|$)')"
            shapes.append(f"WHEN {test} THEN CASE WHEN {to_minute} THEN 'minute' ELSE 'second' END")
    value = f"CASE WHEN {text} IS NULL THEN NULL {' '.join(seconds)} END"
    first, last = mapping.plausible
    low, high = last_second(first, where.timezone) - 86399, last_second(last, where.timezone)
    faults = [
        ("unparseable_time", f"{text} IS NOT NULL AND ({value}) IS NULL", text),
        ("time_outside_window", f"({value}) NOT BETWEEN {low} AND {high}", text),
    ]
    if event or spec.name in ("charged_on", "valid_from"):
        faults.insert(0, ("missing_time", f"{text} IS NULL", "''"))
    resolution = f"CASE WHEN {text} IS NULL THEN NULL {' '.join(shapes)} END"
    return Field(spec.name, value, tuple(faults), resolution)


def _shape(text: str) -> str:
    if not any(code in text for code in ("%H", "%I", "%-H", "%-I", "%T", "%X", "%c")):
        return "day"
    minute = not any(code in text for code in ("%S", "%-S", "%T", "%X", "%c"))
    if "%z" in text or "%Z" in text:
        return "zoned minute" if minute else "zoned"
    return "minute" if minute else "second"


ORDER = tuple(REMEDY)


def verdict(fields: list[Field], extra: list[tuple[str, str, str, str]] = ()) -> tuple[str, str, str]:
    """SQL of the first broken rule (null: none), of the column it names and of the offending text."""
    faults = [(rule, test, text, f.name) for f in fields for rule, test, text in f.faults] + list(extra)
    faults.sort(key=lambda fault: ORDER.index(fault[0]))
    if not faults:
        return "NULL", "NULL", "NULL"

    def choose(what) -> str:
        return (
            "CASE " + " ".join(f"WHEN {test} THEN {what(rule, text, col)}" for rule, test, text, col in faults) + " END"
        )

    return (
        choose(lambda rule, text, col: quote(rule)),
        choose(lambda rule, text, col: quote(col)),
        choose(lambda rule, text, col: f"CAST({text} AS VARCHAR)"),
    )
