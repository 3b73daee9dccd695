"""Indicators of a notice, TOML tables read strictly: what is looked at, and where it is shown."""

from __future__ import annotations

from ..domain.metrics import FIRM
from ..domain.strict_toml import TABLE, TEXT, TEXTS, Place
from ..domain.vocabulary import load_vocabulary
from ..errors import closest
from .metrics import FIRMS, check_needs, check_statistic, read_metric
from .model import BETTER, KINDS, ORIGINS, ROLES, STATUSES, Indicator
from .targets import compression_from, reference_from, target_from

HEAD = {
    "id": TEXT,
    "title_zh": TEXT,
    "title_en": TEXT,
    "kind": TEXT.one_of(*KINDS),
    "status": TEXT.one_of(*STATUSES),
    "origin": TEXT.one_of(*ORIGINS),
    "companion_of": TEXT.or_empty(),
}
SILENT = {"reason_zh": TEXT, "reason_en": TEXT, "record_zh": TEXT, "record_en": TEXT}
LOUD = {
    "needs": TEXTS.or_empty(),
    "metric": TABLE,
    "statistic": TEXT,
    "also": TEXTS.or_empty(),
}
BY_KIND = {
    "level": {"target": TABLE},
    "zero": {"target": TABLE},
    "direction": {"better": TEXT.one_of(*BETTER)},
    "reference": {"reference": TABLE},
}
# what kinds may rest on
FITS = {
    "zero": ("count_above:0",),
    "level": ("mean", "median", "p90", "within:", "share"),
}
SHOWN = {"page": TEXT.one_of(*ROLES), "role": TEXT}
SHORT = {"short_zh": TEXT, "short_en": TEXT}
# keys and values that the metric of a role must have
SUITS: dict[str, dict[str, str | None]] = {
    "advance": {"type": "share"},
    "by_kind": {"type": "share"},
    "left_out": {"type": "share"},
    "all": {"type": "duration"},
    "net": {"type": "duration", "pause": None},
    "limits": {"type": "duration", "allowance": None},
    "lines": {"type": "fee", "per": "line"},
    "per_teu": {"type": "fee", "per": "teu"},
}


def read_indicator(data: object, measure: int, head: dict, place: Place) -> Indicator:
    """The indicator in a table of the measure of that number; `head` is the notice's own."""
    if not isinstance(data, dict):
        raise place.fail("an indicator is a table", "write [[measure.indicator]]")
    place = place.at(f"indicator {data.get('id', '(without id)')}")
    first = {key: HEAD[key] for key in ("kind", "status")}
    place.table({key: data[key] for key in first if key in data}, first)
    if (data["kind"] == "action") != (data["status"] == "not_measurable"):
        raise place.fail(
            f"kind {data['kind']!r} cannot have status {data['status']!r}",
            'an action is "not_measurable", and nothing else is',
        )
    if data["status"] != "computed":
        return Indicator(measure=measure, **place.table(data, HEAD | SILENT))
    keys = HEAD | _shown(data, place) | LOUD | BY_KIND[data["kind"]]
    asked = data.get("also")
    if "compression" in data or isinstance(asked, list) and "compression" in asked:
        keys = keys | {"compression": TABLE}
    data = place.table(data, keys)
    spec = data["metric"]
    metric = read_metric(spec, place.at("metric"), head["calendar"])
    firms = [n for n in (data["statistic"], *data["also"]) if n in FIRMS]
    if firms and data["kind"] != "reference":
        what = f"statistic {firms[0]!r} does not suit kind {data['kind']!r}"
        raise place.fail(what, 'write kind = "reference"')
    check_needs(metric, spec["type"], data["needs"], place, frozenset([FIRM] if firms else []))
    if "compression" in data:
        if "compression" not in data["also"]:
            raise place.fail("compression is given but not asked for", 'add "compression" to also')
        unit = spec["unit"] if spec["type"] == "duration" else ""
        at = place.at("compression")
        data["compression"] = compression_from(data["compression"], unit, at)
    for name in (data["statistic"], *data["also"]):
        check_statistic(name, spec["type"], place)
    fits = FITS.get(data["kind"])
    if fits and not data["statistic"].startswith(fits):
        what = f"statistic {data['statistic']!r} does not suit kind {data['kind']!r}"
        raise place.fail(what, closest("", fits))
    if "target" in data:
        data["target"] = target_from(data["target"], data, head, place.at("target"))
    if "reference" in data:
        data["reference"] = reference_from(data["reference"], place.at("reference"))
    _suits(data, place)
    lists = {key: tuple(data[key]) for key in ("needs", "also")}
    return Indicator(measure=measure, **data | lists | {"metric": metric})


def _shown(data: dict, place: Place) -> dict:
    """The keys that say where a report shows an indicator: more of them where it is named."""
    place.table({key: data[key] for key in SHOWN if key in data}, SHOWN)
    page, role = data["page"], data["role"]
    place.known(f"role = {role!r} on page {page!r}", role, ROLES[page])
    return SHOWN | ({} if role == "row" else SHORT) | ({"by": TEXT} if role == "by_kind" else {})


def _suits(data: dict, place: Place) -> None:
    """An error unless the page can do with the indicator what its role promises."""
    role, spec = data["role"], data["metric"]
    for key, value in SUITS.get(role, {}).items():
        if key not in spec or value not in (None, spec[key]):
            told = f'{key} = "{value}"' if value else key
            raise place.fail(f"role {role!r} does not suit this metric", f"it needs {told}")
    needs_target = data["page"] == "refunds" and role == "headline" and "target" not in data
    if needs_target or role == "lines" and data["kind"] != "zero":
        kind = "level" if needs_target else "zero"
        what = f"role {role!r} does not suit kind {data['kind']!r}"
        raise place.fail(what, f'write kind = "{kind}", or role = "row"')
    columns = load_vocabulary().columns
    if "by" in data and data["by"] not in columns:
        raise place.fail(f"by: unknown column {data['by']!r}", closest(data["by"], columns))
