"""Why an estimate is not given: a code and the facts that belong to it, put into words where
results are made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Refused:
    """No number, and the reason.

    >>> Refused("few_months", {"before": 5, "after": 20, "fewest": 8}).code
    'few_months'
    """

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)
