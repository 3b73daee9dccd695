"""Are two answers the same? Whole numbers exactly, others to a part in a thousand million."""

from __future__ import annotations

from math import isclose

TOLERANCE = 1e-9
# a survival curve is a product of thousands of factors: its band is held to this, absolutely
BAND = 1e-8


def difference(mine: dict, other: dict, common: bool = False) -> str | None:
    """The first difference in words, or None; with `common` only names that both have are compared.

    >>> difference({"n": 3, "mean": 2.0}, {"n": 3, "mean": 2.0 + 1e-12})
    >>> difference({"n": 3}, {"n": 4})
    'n is 3 against 4'
    """
    names = sorted(set(mine) & set(other)) if common else sorted(set(mine) | set(other))
    if not names:
        return "nothing to compare"
    for name in names:
        if name not in mine or name not in other:
            return f"{name} is in one answer only"
        told = _apart(mine[name], other[name])
        if told:
            return f"{name} {told}"
    return None


def _apart(a: object, b: object) -> str | None:
    if isinstance(a, list) and isinstance(b, list):
        if len(a) != len(b):
            return f"has {len(a)} values against {len(b)}"
        for place, (x, y) in enumerate(zip(a, b, strict=True)):
            if (told := _apart(x, y)) and not _near(x, y):
                return f"at place {place} {told}"
        return None
    if isinstance(a, list) or isinstance(b, list):
        return "is a list in one answer only"
    if a is None or b is None or isinstance(a, int) and isinstance(b, int):
        same = a == b
    else:
        same = isclose(a, b, rel_tol=TOLERANCE)
    return None if same else f"is {a} against {b}"


def _near(a: object, b: object) -> bool:
    return isinstance(a, float) and isinstance(b, float) and abs(a - b) <= BAND
