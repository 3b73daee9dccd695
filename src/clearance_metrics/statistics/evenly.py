"""Whether counts lie as evenly as the days of the calendar let them."""

from __future__ import annotations

from collections.abc import Sequence

from .distributions import chi_square_tail

EXPECTED = 5  # in each cell at least, for the chi-square distribution to hold (Cochran 1954)
CHANCE = 0.05


def evenly(counts: Sequence[int], weights: Sequence[int]) -> float | None:
    """The p value of Pearson's chi-square test that `counts` fall in proportion to `weights`; None
    where a cell expects fewer than five. Cells of no weight take no part. Source: Pearson (1900),
    Philosophical Magazine 50: 157-175; Cochran (1954), Biometrics 10: 417-451.

    >>> round(evenly([20, 10], [1, 1]), 3)
    0.068
    >>> evenly([3, 1], [1, 1]) is None
    True
    """
    cells = [(n, w) for n, w in zip(counts, weights, strict=True) if w]
    whole, total = sum(n for n, _ in cells), sum(w for _, w in cells)
    if len(cells) < 2 or any(whole * w < EXPECTED * total for _, w in cells):
        return None
    expected = [whole * w / total for _, w in cells]
    chi2 = sum((n - e) ** 2 / e for (n, _), e in zip(cells, expected, strict=True))
    return float(chi_square_tail(chi2, len(cells) - 1))
