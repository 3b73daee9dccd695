"""A port tariff as dated rows: the rate of a charge is the row in force on its day."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from ..errors import NoticeError, closest
from .zones import EPOCH

CONFIDENCE = ("V", "V2", "D", "K", "NF")
TRADES = ("", "foreign", "domestic")
DIRECTIONS = ("", "import", "export")
SIZES = ("", "20", "40")
CARGO_CLASSES = ("", "general", "dangerous_or_reefer")
PRICING = ("set", "ceiling", "market", "fund")
UNITS = (
    "container",
    "tonne",
    "tonne or cubic metre",
    "movement",
    "tug movement",
    "net ton",
    "net ton x day",
    "net ton x hour",
    "net ton x nautical mile",
    "multiplier",
    "operation",
    "operator list",
)


@dataclass(frozen=True)
class TariffRow:
    """One rate of one charge item for one span of days.

    `rate_fen` is whole fen per `unit`; rates that are not (per tonne, per net ton) stand as exact
    decimal text in `rate_yuan`, factors on another rate in `factor`. An empty text in `trade`,
    `direction`, `size`, `cargo_class` or `port` means "any"; `band_from` (not included) to
    `band_to` are the net tons that a rate or a cap of pilotage is for. `pricing`: "set" and
    "ceiling" bind, "market" is the operator's own list, "fund" is a government fund. `confidence`:
    V, V2, D (worked out), K (not verified), NF (not found).
    """

    item: str
    item_en: str
    detail: str
    trade: str
    direction: str
    size: str
    cargo_class: str
    band_from: int | None
    band_to: int | None
    unit: str
    rate_fen: int | None
    rate_yuan: str
    factor: str
    pricing: str
    payer: str
    payee: str
    port: str
    valid_from: date
    valid_to: date | None
    confidence: str
    source: str

    @property
    def ports(self) -> tuple[str, ...]:
        """The ports the row is for; empty for the whole country."""
        return tuple(self.port.split("|")) if self.port else ()

    @property
    def from_day(self) -> int:
        """First day in force, as days since 1970-01-01."""
        return (self.valid_from - EPOCH).days

    @property
    def to_day(self) -> int | None:
        """Last day in force, as days since 1970-01-01; None while it runs on."""
        return None if self.valid_to is None else (self.valid_to - EPOCH).days

    @property
    def per_box(self) -> bool:
        """Whether a national, binding rate per container stands here, verified or not."""
        binding = self.unit == "container" and self.pricing in ("set", "ceiling")
        return binding and self.rate_fen is not None and not self.port

    @property
    def verified(self) -> bool:
        """Whether the figure was read somewhere or worked out: a line may be judged by it."""
        return self.confidence not in ("K", "NF")

    @property
    def checkable(self) -> bool:
        """Whether a container line may be judged by this row."""
        return self.per_box and self.verified

    def in_force(self, day: date) -> bool:
        """Whether the row holds on that day; both ends are included."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class Tariff:
    """A table of tariff rows.

    >>> from clearance_metrics import load_tariff
    >>> tariff = load_tariff()
    >>> len(tariff.rows), len(tariff.checkable), len(tariff.unverified)
    (114, 54, 14)
    """

    name: str
    rows: tuple[TariffRow, ...]

    @property
    def checkable(self) -> tuple[TariffRow, ...]:
        """National rates per container that bind and whose figure is verified or worked out."""
        return tuple(row for row in self.rows if row.checkable)

    @property
    def unverified(self) -> tuple[TariffRow, ...]:
        """National rates per container that bind, but whose figure nobody has verified.

        A line that falls on one of these days is reported as "not checked: rate not verified".
        """
        return tuple(row for row in self.rows if row.per_box and not row.checkable)

    @property
    def items(self) -> tuple[str, ...]:
        """The charge items named, each once, in the order of the table."""
        return tuple(dict.fromkeys(row.item for row in self.rows))

    def on(self, day: date, **key: str) -> tuple[TariffRow, ...]:
        """Rows in force on a day; `key` narrows by any column of text.

        >>> from clearance_metrics import load_tariff
        >>> box = dict(size="20", direction="import", cargo_class="general", trade="foreign")
        >>> rows = load_tariff().on(date(2021, 9, 1), item_en="cargo port dues", port="", **box)
        >>> [row.rate_fen for row in rows]
        [3400]
        """
        for name in key:
            if name not in TariffRow.__dataclass_fields__:
                raise NoticeError(
                    f"a tariff has no column {name!r}",
                    self.name,
                    closest(name, TariffRow.__dataclass_fields__),
                )
        wanted = key.items()
        return tuple(
            r for r in self.rows if r.in_force(day) and all(getattr(r, k) == v for k, v in wanted)
        )

    def to_dicts(self) -> list[dict[str, Any]]:
        """Every row as a plain mapping, with the first and last day also as whole numbers."""
        return [
            {
                **asdict(row),
                "from_day": row.from_day,
                "to_day": row.to_day,
                "checkable": row.checkable,
            }
            for row in self.rows
        ]
