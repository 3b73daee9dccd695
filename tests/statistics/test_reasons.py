"""Every reason that statistics can give has its sentence in every language."""

import ast
from pathlib import Path
from string import Formatter

import pytest

from clearance_metrics import statistics
from clearance_metrics.results.words import LANGUAGES, codes, say
from clearance_metrics.statistics import Estimate
from clearance_metrics.statistics.progress import BANDS, REACHED, UNTOLD, WORSE
from clearance_metrics.statistics.reasons import Reason

ROOM = Path(statistics.__file__).parent
PACES = {band for _, band in BANDS} | {REACHED, UNTOLD, WORSE}


def given():
    """Each Reason that the source makes: file and line, code, names of its facts."""
    for path in sorted(ROOM.glob("*.py")):
        if path.name == "reasons.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Reason":
                code = getattr(node.args[0], "value", None) if len(node.args) == 1 else None
                yield f"{path.name}:{node.lineno}", code, {fact.arg for fact in node.keywords}


def texts(entry):
    return list(entry.values()) if isinstance(entry, dict) else [entry]


def test_every_code_is_written_out():
    found = list(given())
    assert len(found) > 50
    for where, code, facts in found:
        assert isinstance(code, str) and None not in facts, where


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_reason_has_its_words(lang):
    known = codes(lang)
    for where, code, facts in given():
        entry = known.get(code if "." in code else f"reason.{code}")
        assert entry, f"{where}: {code} has no words in {lang}"
        for text in texts(entry):
            named = {name for _, name, _, _ in Formatter().parse(text) if name}
            assert named <= facts, f"{where}: {code} in {lang} names {named - facts}"
        said = say(Reason(code, **dict.fromkeys(facts, 3)), lang)
        assert said and "{" not in said
    assert all(say(band, lang) for band in PACES)


def test_a_fact_that_a_sentence_needs_is_asked_for():
    with pytest.raises(KeyError):
        say(Reason("open_cases", n=3), "en")


def test_no_code_stands_for_two_sentences():
    for lang in LANGUAGES:
        mine = {code for _, code, _ in given() if "." not in code}
        words = [str(codes(lang)[f"reason.{code}"]) for code in sorted(mine)]
        assert len(set(words)) == len(words)


def test_an_estimate_is_refused_with_its_reasons():
    found = Estimate.refused(Reason("few_ends"), Reason("up_to", tau=3))
    assert found.value is None and [r.code for r in found.reasons] == ["few_ends", "up_to"]
    assert Estimate(2.0).reasons == ()
