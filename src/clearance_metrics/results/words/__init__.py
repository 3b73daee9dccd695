"""Words by code: each language is one catalogue, a TOML file that a translator can edit.

TOML was chosen over gettext: the key is a code that the program decides by and never an English
sentence, a translator sees both files side by side, and nothing is compiled. What is missing in a
language is an error of the tests, not of a page.
"""

from .catalogue import (
    LANGUAGES,
    check_language,
    codes,
    figure,
    has,
    joined,
    limit_of,
    say,
    term,
    texts_of,
    word,
)
from .terms import (
    in_words,
    lacking,
    metric_word,
    rounded,
    statistic_word,
    unit_word,
    verdict_name,
    verdict_word,
)

__all__ = [
    "LANGUAGES",
    "check_language",
    "codes",
    "figure",
    "has",
    "in_words",
    "joined",
    "lacking",
    "limit_of",
    "metric_word",
    "rounded",
    "say",
    "statistic_word",
    "term",
    "texts_of",
    "unit_word",
    "verdict_name",
    "verdict_word",
    "word",
]
