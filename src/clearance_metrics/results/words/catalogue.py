"""The catalogues, and the only place that turns a code and its facts into a sentence."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any

from ...errors import LogError, closest
from ...statistics.reasons import Reason

FALLBACK = "en"  # for texts that data brings, such as a notice's titles


@cache
def _languages() -> tuple[str, ...]:
    here = files(__package__).iterdir()
    return tuple(sorted(entry.name[:-5] for entry in here if entry.name.endswith(".toml")))


LANGUAGES = _languages()


def check_language(lang: str) -> str:
    """The language, or LogError for one without a catalogue.

    >>> check_language("zh")
    'zh'
    """
    if lang not in LANGUAGES:
        what = f"no catalogue of words is called {lang!r}"
        raise LogError(what, "lang", closest(str(lang), LANGUAGES))
    return lang


@cache
def _catalogue(lang: str) -> Mapping[str, Any]:
    """Every entry under its dotted code; an entry is a text, or texts by plural form."""
    check_language(lang)
    raw = files(__package__).joinpath(f"{lang}.toml").read_text(encoding="utf-8")
    return dict(_flat("", tomllib.loads(raw)))


def _flat(head: str, table: Mapping) -> Iterable[tuple[str, object]]:
    for name, entry in table.items():
        code = f"{head}{name}"
        if isinstance(entry, Mapping) and "other" not in entry:
            yield from _flat(f"{code}.", entry)
        else:
            yield code, entry


def codes(lang: str) -> Mapping[str, Any]:
    """A copy of a language's catalogue: code → text, or texts by plural form."""
    return dict(_catalogue(lang))


def has(code: str) -> bool:
    """Whether the catalogues have an entry of this code."""
    return code in _catalogue(FALLBACK)


def say(what: str | Reason, lang: str, **facts: object) -> str:
    """A code or reason in a language; KeyError for a code or fact that is not there.

    A code without a dot stands in the table `reason`.

    >>> say("verdict.met", "en")
    'met'
    >>> say(Reason("left_out", n=1204, why=Reason("end.backwards")), "en")
    '1,204 left out: stop before start'
    """
    if isinstance(what, Reason):
        facts = dict(what.facts)
    code = what.code if isinstance(what, Reason) else what
    entry = _catalogue(lang)[code if "." in code else f"reason.{code}"]
    if isinstance(entry, Mapping):
        entry = entry.get(_plural(lang, facts["n"]), entry["other"])
    return _Said(lang).vformat(str(entry), (), facts)


def joined(reasons: Iterable[str | Reason], lang: str, mark: str = "mark.sentence") -> str:
    """Several reasons in one text, each said once.

    >>> joined([Reason("no_cases"), Reason("no_cases")], "en")
    'no cases'
    """
    told = dict.fromkeys(say(reason, lang) for reason in reasons)
    return str(_catalogue(lang)[mark]).join(text for text in told if text)


def term(kind: str, name: str, lang: str, own: object = None) -> str:
    """The word for a milestone, clock, column, item or value; a dataset's own word goes first.

    `own` has the words that data brings, as `zh` and `en`. Without any word the name stands.

    >>> term("milestone", "declared", "en"), term("milestone", "my_event", "en")
    ('declaration accepted', 'my_event')
    """
    brought = getattr(own, lang, "") or ("" if has(f"{kind}.{name}") else getattr(own, "en", ""))
    if brought:
        return str(brought)
    return say(f"{kind}.{name}", lang) if has(f"{kind}.{name}") else name


def word(kind: str, name: str, own: object = None) -> Reason | Mapping[str, str] | str:
    """The same as a fact of a reason, to be said in a language later.

    >>> word("milestone", "declared"), word("milestone", "my_event")
    (Reason('milestone.declared'), 'my_event')
    """
    brought = texts_of(own, "") if own is not None else {}
    if any(brought.values()):
        return brought
    return Reason(f"{kind}.{name}") if has(f"{kind}.{name}") else name


def texts_of(owner: object, name: str) -> Mapping[str, str]:
    """The texts that a record holds by language, as `title_zh` and `title_en`, or `zh` and `en`."""
    return {lang: getattr(owner, f"{name}_{lang}" if name else lang, "") for lang in LANGUAGES}


def _plural(lang: str, n: Any) -> str:
    from babel import Locale

    return Locale.parse(lang).plural_form(n)


@cache
def _marks(lang: str) -> dict[int, str]:
    """How a language writes the decimal point and the sign between thousands."""
    marks = _catalogue(lang)
    return {ord("."): marks["mark.decimal"], ord(","): marks["mark.group"]}


def figure(value: float, places: int, lang: str) -> str:
    """A number with so many decimals, as a language writes it.

    >>> figure(1204.5, 2, "en"), figure(-0.0001, 1, "en")
    ('1,204.50', '0.0')
    """
    text = f"{value:,.{places}f}"
    text = text.removeprefix("-") if not text.strip("-0.,") else text
    return text.translate(_marks(lang))


def limit_of(value: Any, lang: str) -> str:
    """A limit as an office writes it: with two decimals at most; what would come to nothing stands.

    >>> limit_of(236.16666, "en"), limit_of(24.0, "en"), limit_of(0.0012, "en")
    ('236.17', '24', '0.0012')
    """
    kept = round(value, 2)
    text = f"{kept:,.2f}".rstrip("0").rstrip(".") if kept or not value else f"{value:g}"
    return text.translate(_marks(lang))


class _Said(Formatter):
    """Fills a template: facts that are reasons or lists are said in the same language."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def format_field(self, value: object, spec: str) -> str:
        if isinstance(value, Reason):
            return say(value, self.lang)
        if isinstance(value, Mapping):
            return str(value.get(self.lang) or value.get(FALLBACK) or "")
        if isinstance(value, Sequence) and not isinstance(value, str):
            mark = str(_catalogue(self.lang)["mark.list"])
            return mark.join(self.format_field(part, spec) for part in value)
        if spec == "limit":
            return limit_of(value, self.lang)
        text = format(value, spec)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return text.translate(_marks(self.lang)) if number else text
