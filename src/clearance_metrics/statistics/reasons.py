"""Why there is no number, or what a reader must know of one: a code and the facts that go with it.

The room that makes a result knows no language; `results.words` says a reason in the reader's.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any


class Reason:
    """A code of the catalogue of words and the facts that its sentence names.

    A fact is a number, a text that stands as it is, a text in several languages (a mapping from
    language to text), another reason, or a sequence of these.

    >>> Reason("few_months", before=5, after=20, fewest=8)
    Reason('few_months', before=5, after=20, fewest=8)
    >>> Reason("no_cases") == Reason("no_cases"), Reason("no_cases").facts
    (True, mappingproxy({}))
    """

    __slots__ = ("code", "facts")

    code: str
    facts: Mapping[str, Any]

    def __init__(self, code: str, **facts: object) -> None:
        object.__setattr__(self, "code", code)
        object.__setattr__(self, "facts", MappingProxyType(facts))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a Reason does not change; {name!r} cannot be set")

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Reason)
            and self.code == other.code
            and dict(self.facts) == dict(other.facts)
        )

    def __hash__(self) -> int:
        return hash((self.code, *self.facts))

    def __repr__(self) -> str:
        facts = "".join(f", {name}={value!r}" for name, value in self.facts.items())
        return f"Reason({self.code!r}{facts})"

    def __reduce__(self) -> tuple:
        return _remade, (self.code, dict(self.facts))

    def to_dict(self) -> dict[str, Any]:
        """Code and facts as plain data, which `of` reads back.

        >>> Reason.of(Reason("left_out", n=2, why=Reason("backwards")).to_dict())
        Reason('left_out', n=2, why=Reason('backwards'))
        """
        return {"code": self.code, "facts": {k: _plain(v) for k, v in self.facts.items()}}

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Reason:
        """The reason that `to_dict` made a record of."""
        facts = record.get("facts") or {}
        return cls(str(record["code"]), **{k: _read(v) for k, v in facts.items()})


def _remade(code: str, facts: dict) -> Reason:
    return Reason(code, **facts)


def _plain(value: object) -> object:
    if isinstance(value, Reason):
        return value.to_dict()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value


def _read(value: object) -> object:
    if isinstance(value, Mapping) and "code" in value:
        return Reason.of(value)
    if isinstance(value, list):
        return tuple(_read(v) for v in value)
    return value
