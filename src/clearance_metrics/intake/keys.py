"""What may stand in dataset.toml: its tables and their keys."""

from __future__ import annotations

from datetime import date

from ..domain.strict_toml import (
    DAY,
    DAYS,
    FLAG,
    LIST,
    NUMBER,
    TABLE,
    TEXT,
    TEXTS,
    WHOLE,
    Key,
)

FORMATS = ("csv", "parquet", "excel")
ENCODINGS = ("utf-8", "gb18030", "utf-16")
# what others call an encoding that holds all of theirs
ALIASES = {"gbk": "gb18030", "gb2312": "gb18030"}
DELIMITERS = (",", ";", "\t", "|")
ENDINGS = {
    "csv": "csv",
    "tsv": "csv",
    "txt": "csv",
    "parquet": "parquet",
    "xlsx": "excel",
    "xlsm": "excel",
    "xls": "excel",
    "ods": "excel",
}
MAYBE = TEXT.or_empty().optional("")
ENCODING = TEXT.one_of(*ENCODINGS, *ALIASES)
DELIMITER = Key((str,), TEXT.words, known=DELIMITERS, empty=True, default=None)
TOP_KEYS = {
    "dataset": TABLE,
    "defaults": TABLE.or_empty().optional({}),
    "milestone": LIST.or_empty().optional(()),
    "clock": LIST.or_empty().optional(()),
    "column": LIST.or_empty().optional(()),
    "parties": TABLE.or_empty().optional({}),
    "opening": TABLE.or_empty().optional(),
    "file": LIST,
}
DATASET_KEYS = {
    "name": TEXT,
    "title_zh": MAYBE,
    "title_en": MAYBE,
    "simulated": FLAG.optional(False),
    "timezone": TEXT,
    "as_of": DAY.optional(),
    "plausible": DAYS.optional((date(1990, 1, 1), date(2059, 12, 31))),
    "source": MAYBE,
    "least_accepted": NUMBER.optional(95),
    "strict": FLAG.optional(False),
}
# what stands for every file and column that does not say otherwise
DEFAULT_KEYS = {
    "formats": TEXTS.or_empty().optional(()),
    "no_value": TEXTS.or_empty().optional(()),
    "encoding": ENCODING.optional("utf-8"),
    "delimiter": DELIMITER,
    "timezone": TEXT.optional(),
    "decimal": TEXT.one_of(".", ",").optional("."),
    "negative": TEXT.one_of("brackets").optional(),
    "unit": TEXT.one_of("yuan", "fen", "wan").optional(),
}
OWN_KEYS = {
    "milestone": {
        "name": TEXT,
        "zh": MAYBE,
        "en": MAYBE,
        "occurrence": TEXT.one_of("first", "last").optional("first"),
    },
    "clock": {
        "name": TEXT,
        "start": TEXT,
        "stop": TEXT,
        "kind": MAYBE,
        "signed": FLAG.optional(False),
        "unit": TEXT.optional("hours"),
        "zh": MAYBE,
        "en": MAYBE,
    },
    "column": {
        "name": TEXT,
        "type": TEXT.one_of("text", "integer", "boolean", "amount").optional(),
        "zh": MAYBE,
        "en": MAYBE,
    },
}
FILE_KEYS = {
    "path": TEXT.or_empty(),
    "role": TEXT,
    "format": TEXT.one_of(*FORMATS).optional(),
    "delimiter": DELIMITER,
    "encoding": ENCODING.optional(),
    "sheet": Key((str, int), "the sheet's name or number", empty=True, default=None),
    "header_row": WHOLE.optional(1),
    "fill_down": TEXTS.or_empty().optional(()),
    "timezone": TEXT.optional(),
    "keep": Key((str, list), '"all" or list of headers', each=str, empty=True, default="all"),
    "only": TABLE.optional({}),
    "skip": TABLE.optional({}),
    "ignore": TEXTS.optional(()),
    "several_rows": FLAG.optional(False),
    "least_accepted": NUMBER.optional(),
    "strict": FLAG.optional(),
    "columns": TABLE.or_empty(),
    "milestones": TABLE.or_empty().optional({}),
}
