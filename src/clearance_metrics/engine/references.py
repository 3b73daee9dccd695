"""The rates that a metric holds charge lines against."""

from __future__ import annotations

from ..domain.metrics import Metric
from ..domain.tariff import Tariff
from ..errors import LogError


def tariff_of(metric: Metric, tariff: Tariff | None = None) -> dict[str, tuple[dict, ...]]:
    """The rates that a metric holds charge lines against; without a tariff those of the one that
    ships.
    """
    if tariff is not None and not isinstance(tariff, Tariff):
        raise LogError(f"{tariff!r} is no tariff", "tariff", "give load_tariff(), or leave it out")
    if not metric.against:
        return {}
    from ..notice.rates import references  # notices are read only where rates are asked for

    return references(metric.against, tariff)
