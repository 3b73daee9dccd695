"""What all answers about change say in the same way: the caution under each, figures, spans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from ..results.display import NONE, digits_of, measured, whole_days
from ..results.table import ResultTable, Row
from ..results.words import joined, metric_word, say, texts_of, word
from ..statistics.reasons import Reason
from .stage_records import stage_word

CAVEAT = Reason("policy.caveat")  # what a series around one national date cannot show
Found = TypeVar("Found", bound="OfChange")


class OfChange(ResultTable[Row]):
    """An answer about change: one sentence on causes stands under each, and is said with each
    picture.
    """

    _label: str | Mapping[str, str] = ""  # what its clock is called, or the words for it
    _by_end = False  # whether it is of finished cases, by the month of their end
    _level = 0.95  # of its intervals

    def named(self, lang: str) -> str:
        """Its metric in words: as a named clock is called, or from milestone to milestone."""
        if isinstance(self._label, Mapping):
            return self._label.get(lang) or self._label["en"]
        if self._label:
            return self.word("clock", self._label, lang)
        return metric_word(str(getattr(self, "metric", "")), lang)

    def _caption(self, lang: str) -> str:
        return self.named(lang)

    def _alt(self, lang: str) -> str:
        told, caution = super()._alt(lang), self._caution()
        return say("change.drawn", lang, told=told, caveat=caution) if caution else told

    def _caution(self) -> tuple[Reason, ...]:
        """What its kind of answer cannot show."""
        return (CAVEAT,)

    def _warned(self, lang: str) -> Iterable[Reason]:
        """What is to be known of this answer, before the sentence on causes."""
        return ()

    def _beware(self, lang: str) -> str:
        ended = (Reason("change.finished"),) if self._by_end else ()
        told = (*self._remarks, *self._warned(lang), *ended, *self._caution())
        return joined(told, lang, "report.gap")

    def _headed(self, what: str, lang: str) -> str:
        """The head of a column whose figures have their interval below."""
        return f"{what}\n{say('change.interval', lang, level=self._level)}"


def about(found: Found, metric: Any, level: float = 0.95, indicator: Any = None) -> Found:
    """The answer, which knows from now on what its metric is called: as a notice's `indicator`
    says, where the question was about one.
    """
    known: dict[str, Any] = {"_label": getattr(metric, "label", ""), "_level": level}
    if getattr(indicator, "short_en", ""):
        known["_label"] = texts_of(indicator, "short")
    known["_by_end"] = bool(getattr(metric, "by_end", False))
    return found._with(**known)


def stage_said(stage: str) -> Reason:
    """The word for a stage "start..stop", or its two milestones in words.

    >>> stage_said("loaded..departed").code, stage_said("declared..loaded").code
    ('stage.departure', 'stage.between')
    """
    start, _, stop = stage.partition("..")
    ends = {"start": word("milestone", start), "stop": word("milestone", stop)}
    return stage_word(stage) or Reason("stage.between", **ends)


class Figures:
    """Figures of one table, all with the decimals that their units have there.

    >>> figures = Figures([{"unit": "hours", "value": 36.654, "low": 35.2, "high": 38.0}], "en")
    >>> figures("hours", 0.174, -0.3, 0.65, signed=True)
    '+0.17\\n-0.30 to 0.65'
    """

    def __init__(self, records: Iterable[Mapping[str, Any]], lang: str) -> None:
        self.lang, self.digits = lang, digits_of(list(records))

    def __call__(
        self,
        unit: str,
        value: float | None,
        low: float | None = None,
        high: float | None = None,
        *,
        signed: bool = False,
        statistic: str = "",
    ) -> str:
        if value is None:
            return NONE
        # what is some days by nature has no decimals
        digits = whole_days(self.digits, statistic, unit, value, low, high)
        told = measured(value, unit, digits, self.lang)
        told = f"+{told}" if signed and value > 0 else told
        if low is None or high is None:
            return told
        ends = (measured(bound, unit, digits, self.lang) for bound in (low, high))
        between = dict(zip(("low", "high"), ends, strict=True))
        return f"{told}\n{say('figure.interval', self.lang, **between)}"


def signed(value: float, unit: str, low: float | None = None, high: float | None = None) -> Reason:
    """A change with its sign, its interval and its unit, as sentences say it; of shares in
    percentage points.
    """
    share = unit == "share"
    size = 100.0 if share else 1.0
    told: str | Reason = ""
    # what is nothing in the decimals told is not told as less than nothing
    if low is not None and high is not None:
        ends = {"low": size * low, "high": size * high}
        bounds = {end: x if round(x, 1 if share else 2) else 0.0 for end, x in ends.items()}
        told = Reason("change.bounds_points" if share else "change.bounds", **bounds)
    code = "change.signed_points" if share else "change.signed"
    return Reason(code, value=size * value if round(size * value, 2) else 0.0, bounds=told)


__all__ = ["CAVEAT", "Figures", "OfChange", "about", "signed", "stage_said"]
