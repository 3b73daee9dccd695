"""Why an interval covers less, or more, than it says."""

from __future__ import annotations

from .cover import Cover

UNKNOWN = "no reason is known: look into it"


def why(found: Cover) -> str:
    """The reason for a coverage outside the band."""
    return UNKNOWN
