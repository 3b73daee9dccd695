"""Imports of a command, without what it never uses."""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib import import_module


def import_without(name: str, unused: str) -> None:
    """Import a module, which does without `unused` if that is not there; for a process of our own.

    >>> import_without("json", "a_grammar_of_addresses")
    """
    spared = unused not in sys.modules
    if spared:
        sys.modules[unused] = None  # type: ignore[assignment]  # as import takes what is not there
    try:
        with suppress(ImportError):
            import_module(name)
    finally:
        if spared:
            del sys.modules[unused]
