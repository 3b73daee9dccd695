"""Metrics of a notice, TOML tables read strictly: every key is known, and `needs` says the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..domain.arguments import LONGEST
from ..domain.metrics import Metric, metric_from
from ..domain.strict_toml import LIST, TABLE, TEXT, TEXTS, WHOLE, Key, Place
from ..domain.vocabulary import load_vocabulary
from ..errors import LogError, closest
from .items import known_items

CLOCK = {
    "type": TEXT,
    "start": TEXT,
    "stop": TEXT,
    "unit": TEXT,
    "dated_by": TEXT,
    "where": TABLE.or_empty(),
}
OVER = {"condition": TABLE, "of": TABLE.or_empty()}
METRIC_KEYS = {
    "duration": CLOCK,
    "share": {"type": TEXT, **OVER, "dated_by": TEXT},
    "line_share": {"type": TEXT, **OVER},
    "matched_difference": {**CLOCK, "split": Key((str, dict), "text or table"), "strata": LIST},
    "fee": {
        "type": TEXT,
        "per": TEXT,
        "items": TEXTS.or_empty(),
        "against": TEXT,
        "where": TABLE.or_empty(),
    },
    "formalities": {
        "type": TEXT,
        "starts": TEXTS,
        "stops": TEXTS,
        "where": TABLE.or_empty(),
    },
    "deferral": {
        "type": TEXT,
        "amount": TEXT,
        "start": TEXT,
        "stop": TEXT,
        "where": TABLE.or_empty(),
    },
}
# keys that a metric may have, and must have once `needs` or its unit says so
MORE_KEYS = {
    "duration": {"allowance": TABLE, "pause": TEXTS},
    "matched_difference": {"allowance": TABLE, "pause": TEXTS},
    "share": {"each": TEXT},
    "fee": {"counting": TEXT},
}
FIRMS = ("firm_mean", "firm_sd", "firm_cv", "firm_p90_p50")
STATISTICS = {
    "duration": (
        "n",
        "mean",
        "median",
        "p90",
        "sd",
        "within:",
        "count_above:",
        "share_above:",
        "compression",
        *FIRMS,
    ),
    "share": ("share", "n", "count_above:", "share_above:"),
    "line_share": ("share", "n"),
    "matched_difference": ("difference",),
    "fee": (
        "mean",
        "median",
        "p90",
        "sum",
        "ratio_of_sums",
        "count_above:",
        "share_above:",
        "n",
        *FIRMS,
    ),
    "formalities": ("n", "mean", "median", "p90", "sd", *FIRMS),
    "deferral": ("sum", "mean", "median", "p90", "n"),
}


def read_metric(data: dict, place: Place, calendar: str = "CN") -> Metric:
    """The metric that a table spells out; its working days are those of the calendar."""
    kind, words = data.get("type", ""), load_vocabulary()
    place.known(f"type = {kind!r}", kind, tuple(METRIC_KEYS))
    keys = METRIC_KEYS[kind] | {k: v for k, v in MORE_KEYS.get(kind, {}).items() if k in data}
    if data.get("unit") == "working_days":
        keys = keys | {"start_day": WHOLE}
    data = place.table(data, keys)
    for name in data.get("pause", ()):
        if name not in words.milestones:
            raise place.fail(f"pause: unknown milestone {name!r}", closest(name, words.milestones))
    if "allowance" in data:
        _allowance(data["allowance"], place.at("allowance"))
    for key in ("where", "of"):
        if key in data and "kind" not in data[key] and kind not in ("fee", "line_share"):
            raise place.fail(f"key 'kind' is missing in {key}", 'say which cases: kind = "import"')
    if kind == "fee":
        check_items(data["items"], place)
        against = None if data["against"] == "none" else data["against"]
        data |= {"against": against, "items": data["items"] or None}
    if kind == "share" and data["dated_by"] not in words.milestones:
        day = data["dated_by"]
        raise place.fail(f"dated_by: unknown milestone {day!r}", closest(day, words.milestones))
    if "working" in str(data.get("unit")):
        data |= {"calendar": calendar}
    try:
        return metric_from(data)
    except LogError as error:
        raise place.fail(error.what, error.remedy) from None
    except (TypeError, ValueError, AttributeError) as error:
        remedy = "compare it with the notices that ship"
        raise place.fail(f"the metric cannot be read: {error}", remedy) from None


def check_items(items: list[str], place: Place) -> None:
    """An error unless each is a charge item of the port tariff or one beside it."""
    known = known_items()
    for item in items:
        if item not in known:
            raise place.fail(f"items: unknown charge item {item!r}", closest(item, known))


def check_needs(
    metric: Metric, kind: str, needs: list[str], place: Place, more: frozenset[str] = frozenset()
) -> None:
    """An error unless `needs` lists what the metric reads, each once, and the words are known; what
    is read `more` is the column of firms.
    """
    words, reads = load_vocabulary(), metric.needs | more
    known = {*words.milestones, *words.columns}
    if kind in ("fee", "line_share"):
        known |= {*words.charge_columns, "charged_on", "currency"}
    for name in [*needs, *sorted(reads | getattr(metric, "also_reads", frozenset()))]:
        if name not in known:
            raise place.fail(f"unknown milestone or column {name!r}", closest(name, known))
    within = place.at("needs")
    for name in needs:
        if needs.count(name) > 1 or name not in reads:
            raise within.fail(
                f"needs lists {name!r}, which the metric does not read",
                f"the metric reads {', '.join(sorted(reads))}; has a condition, the allowance, the"
                " pause, each or counting been lost?",
            )
    for name in sorted(reads):
        if name not in needs:
            raise within.fail(f"needs does not list {name!r}, which the metric reads", "add it")
    for key, test in _conditions(metric):
        column = words.columns.get(key)
        if column is None or isinstance(test, Mapping) or not column.values:
            continue
        for value in test if isinstance(test, tuple | list) else (test,):
            if value not in column.values:
                remedy = closest(str(value), column.values)
                raise place.fail(f"{key} = {value!r} is no value of {key}", remedy)


def check_statistic(name: str, kind: str, place: Place) -> None:
    """An error unless a metric of that type can answer with the statistic."""
    head, colon, tail = name.partition(":")
    good = STATISTICS[kind]
    if head + colon not in good or (colon and not _is_limit(tail)):
        raise place.fail(f"statistic {name!r} does not suit a {kind}", closest(name, good))


def _is_limit(text: str) -> bool:
    """Whether a text is a plain number from zero on that a case can take."""
    plain = text.isascii() and text.replace(".", "", 1).isdigit()
    return plain and float(text) <= LONGEST


def _allowance(data: object, place: Place) -> None:
    data, columns = place.table(data, {"column": TEXT, "values": TABLE}), load_vocabulary().columns
    column = columns.get(data["column"])
    if column is None:
        remedy = closest(data["column"], columns)
        raise place.fail(f"allowance: unknown column {data['column']!r}", remedy)
    if set(data["values"]) != set(column.values):
        raise place.fail(
            f"allowance values: {sorted(data['values'])} are not the values of {column.name}",
            f"give each of {', '.join(column.values)}",
        )
    for key, days in data["values"].items():
        if not WHOLE.fits(days) or not 0 <= days <= LONGEST:
            raise place.fail(f"allowance {key} = {days!r}", "give whole working days")


def _conditions(metric: Metric) -> Iterator[tuple[str, object]]:
    metric = getattr(metric, "duration", metric)
    for part in ("where", "condition", "of"):
        for key, test in (getattr(metric, part, None) or {}).items():
            if key == "any":
                for branch in test:
                    yield from branch.items()
            else:
                yield key, test
