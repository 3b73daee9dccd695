"""What folds of a page are chosen by: without a script, and whole where a browser does not know
how.

A choice is an option of a list; rules of style hide what lacks the value that is chosen. The rules
name no value: each fold and row carries the numbers of its own, each option the number of its.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from ..results.block import Block
from ..results.fold import Filter, Fold, Folds
from ..results.words import say
from .outputs import Page

EVERY = "0"  # of the option that chooses nothing


def marks(filters: Iterable[Filter], found: dict[str, Sequence[str]]) -> str:
    """The attributes of what can be chosen: the numbers of its values."""
    told = []
    for one in filters:
        if one.name in found:
            kept = [str(one.choices.index(v) + 1) for v in found[one.name] if v in one.choices]
            told.append(f' data-{one.name}="{" ".join(kept)}"')
    return "".join(told)


def form_of(part: Folds, lang: str) -> str:
    """The lists of choices, each with how many folds have it; nothing without a choice."""
    if not part.filters:
        return ""
    lists = "".join(_list(one, part.folds, lang) for one in part.filters)
    reset = escape(say("sheet.reset", lang))
    return f'<form class="filter">{lists}<button type="reset">{reset}</button></form>'


def _list(one: Filter, folds: Sequence[Fold], lang: str) -> str:
    options = [(EVERY, say("sheet.every", lang, n=len(folds)))]
    for place, choice in enumerate(one.choices, 1):
        n = sum(choice in _values(fold, one.name) for fold in folds)
        options.append((str(place), say("sheet.choice", lang, name=choice, n=n)))
    told = "".join(f'<option value="{place}">{escape(text)}</option>' for place, text in options)
    return f'<label>{escape(one.label)} <select class="by-{one.name}">{told}</select></label>'


def _values(fold: Fold, name: str) -> Sequence[str]:
    return (fold.facets or {}).get(name, ())


def name_of(part: Folds) -> str:
    """The name of all folds together, which their rules are about."""
    return f"all-{part.folds[0].anchor or 'folds'}" if part.folds else "all-folds"


def rules_of(page: Page) -> str:
    """The rules of a page's choices: one per number and list, and those that say when a heading, or
    the line that nothing is left, is shown. Documents in print show everything.
    """
    found = [p for b in page.parts if isinstance(b, Block) for p in b.parts if isinstance(p, Folds)]
    found = [part for part in found if part.filters]
    if not found:
        return ""
    longest: dict[str, int] = {}
    for one in (one for part in found for one in part.filters):
        longest[one.name] = max(longest.get(one.name, 0), len(one.choices))
    hidden = [
        f'.folds:has(.by-{name} [value="{k}"]:checked) [data-{name}]:not([data-{name}~="{k}"])'
        for name, most in longest.items()
        for k in range(1, most + 1)
    ]
    opened = [
        f'.folds:has(.by-{name} :checked:not([value="{EVERY}"])) {held}::details-content'
        for name in longest
        for held in (f".fold:has(.of-{name})", f".of-{name}")
        if any(_apart(part, name) for part in found)
    ]
    rules = [f"{','.join(hidden)}{{display:none}}"]
    rules += [f"{held}{{content-visibility:visible}}" for held in opened]
    chosen = '.folds:has(.by-{0} :checked:not([value="{1}"])) .of-{0}:not([open])>div'
    rules += [f"{chosen.format(name, EVERY)}{{display:block}}" for name in longest]
    rules += [rule for part in found for rule in _shown(part)]
    whole = "\n".join(rules)
    return f"@supports selector(:has(*)){{@media screen{{\n{whole}\n}}}}"


def _apart(part: Folds, name: str) -> bool:
    return any(isinstance(p, Fold) and p.facet == name for fold in part.folds for p in fold.parts)


def _shown(part: Folds) -> Iterable[str]:
    """While something is chosen, a heading is shown where one of its folds is, and the line that
    nothing is left where none is.
    """
    name = name_of(part)
    chosen = f'#{name}:has(.filter option:checked:not([value="{EVERY}"]))'
    yield f"{chosen} .group{{display:none}}{chosen} .left-none{{display:block}}"
    groups = list(dict.fromkeys(fold.group for fold in part.folds))
    kept: dict[str, list[str]] = {}
    for fold in part.folds:
        test = _fits(fold, part.filters)
        kept.setdefault(f"g{groups.index(fold.group)}", []).append(f"{chosen}{test}")
    for group, tests in kept.items():
        tests = list(dict.fromkeys(tests))
        yield f"{','.join(f'{test} .{group}' for test in tests)}{{display:block}}"
        yield f"{','.join(f'{test} .left-none' for test in tests)}{{display:none}}"


def _fits(fold: Fold, filters: Iterable[Filter]) -> str:
    """The test that a fold has all that is chosen."""
    tests = []
    for one in filters:
        kept = [one.choices.index(v) + 1 for v in _values(fold, one.name) if v in one.choices]
        values = ",".join(f'[value="{k}"]' for k in (EVERY, *kept))
        tests.append(f":has(.by-{one.name} :is({values}):checked)")
    return "".join(tests)
