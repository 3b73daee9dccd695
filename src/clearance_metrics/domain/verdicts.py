"""The verdicts that there are."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """What is said of an indicator; a count stands beside VIOLATIONS.

    >>> Verdict("met") is Verdict.MET, Verdict.NO_DATA.code
    (True, 'verdict.no_data')
    """

    MET = "met"
    NOT_MET = "not met"
    CANNOT_TELL = "cannot tell"
    NOT_DUE = "not due"
    IMPROVED = "improved"
    WORSE = "worse"
    NO_CLEAR_CHANGE = "no clear change"
    VIOLATIONS = "violations"
    REFERENCE = "for reference"
    NO_DATA = "no data"
    NOT_COMPUTED = "not computed"
    NOT_MEASURABLE = "not measurable from logs"

    @property
    def code(self) -> str:
        """Its code in the catalogues of words."""
        return f"verdict.{self.name.lower()}"
