"""The strict loader of notice files: every key is known, every key is there, every name exists.

Nothing is optional, so that a key lost in an edit is an error and never a silent change of what is
measured: `needs` repeats the columns and milestones of the metric, and both must agree.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from importlib.resources import files
from math import isfinite
from pathlib import Path

from ..domain.metrics import Duration, Fee, MatchedDifference, Metric, Share, metric_from
from ..domain.vocabulary import vocabulary
from ..errors import LogError, NoticeError, closest
from .model import (
    BETTER,
    CONFIDENCE,
    KINDS,
    ORIGINS,
    RULES,
    STATUSES,
    WINDOWS,
    Compression,
    Department,
    Indicator,
    Measure,
    Notice,
    Target,
)
from .tariff import load_tariff

TEXT, LIST, TABLE, DAY, NUMBER = str, list, dict, date, (int, float)
NOTICE_KEYS = {
    "id": TEXT,
    "number": TEXT,
    "title_zh": TEXT,
    "title_en": TEXT,
    "issued": DAY,
    "source": TEXT,
    "checked": DAY,
    "baseline_first": DAY,
    "baseline_last": DAY,
    "after_first": DAY,
    "sets_hours": bool,
    "measures": int,
}
MEASURE_KEYS = {
    "no": int,
    "title_zh": TEXT,
    "title_en": TEXT,
    "clause": TEXT,
    "departments": LIST,
    "indicator": LIST,
}
HEAD = {
    "id": TEXT,
    "title_zh": TEXT,
    "title_en": TEXT,
    "kind": TEXT,
    "status": TEXT,
    "origin": TEXT,
    "companion_of": TEXT,
}
SILENT = {"reason_zh": TEXT, "reason_en": TEXT, "record_zh": TEXT, "record_en": TEXT}
LOUD = {"needs": LIST, "metric": TABLE, "statistic": TEXT, "also": LIST}
BY_KIND = {"level": {"target": TABLE}, "zero": {"target": TABLE}, "direction": {"better": TEXT}}
TARGET_KEYS = {
    "value": NUMBER,
    "unit": TEXT,
    "rule": TEXT,
    "due": DAY,
    "until": (date, str),
    "over": TEXT,
    "clause": TEXT,
    "source": TEXT,
    "checked": DAY,
    "confidence": TEXT,
}
COMPRESSION_KEYS = {
    "base": NUMBER,
    "unit": TEXT,
    "period": TEXT,
    "source": TEXT,
    "confidence": TEXT,
}
METRIC_KEYS = {
    "duration": {
        "type": TEXT,
        "start": TEXT,
        "stop": TEXT,
        "unit": TEXT,
        "dated_by": TEXT,
        "where": TABLE,
    },
    "share": {"type": TEXT, "condition": TABLE, "of": TABLE, "dated_by": TEXT},
    "line_share": {"type": TEXT, "condition": TABLE, "of": TABLE},
    "gap": {
        "type": TEXT,
        "start": TEXT,
        "stop": TEXT,
        "unit": TEXT,
        "dated_by": TEXT,
        "where": TABLE,
        "split": (str, dict),
        "strata": LIST,
    },
    "fee": {"type": TEXT, "per": TEXT, "items": LIST, "against": TEXT, "where": TABLE},
}
# charge items outside the port tariff
LAST_YEAR = 2069
OTHER_ITEMS = ("洗箱费", "修箱费", "验箱费")
MAY_BE_EMPTY = ("companion_of", "also", "items", "until", "where", "of", "needs")
UNITS_OF = {
    "duration": ("hours", "working_days", "working_hours"),
    "share": ("share",),
    "line_share": ("share",),
    "fee": ("CNY", "CNY per TEU"),
    "gap": ("hours", "working_days"),
}


def load_notice(name_or_path: str | Path = "cn-2021-85") -> Notice:
    """The notice that ships under a name, or the one in a TOML file.

    NoticeError names the file, the measure, the indicator and the key of the first mistake.

    >>> notice = load_notice("cn-2021-85")
    >>> len(notice.measures), notice.issued.isoformat()
    (27, '2021-08-20')
    """
    path = Path(name_or_path)
    if path.suffix == ".toml":
        if not path.is_file():
            raise NoticeError("the notice file is not there", str(path), "check the path")
        raw, file = path.read_bytes(), str(path)
    else:
        folder = files(__package__)
        known = sorted(
            entry.name[:-5] for entry in folder.iterdir() if entry.name.endswith(".toml")
        )
        if str(name_or_path) not in known:
            raise NoticeError(
                f"no notice is called {str(name_or_path)!r}",
                "notices that ship with the library",
                closest(str(name_or_path), known) + "; or give the path of a .toml file",
            )
        file = f"{name_or_path}.toml"
        raw = folder.joinpath(file).read_bytes()
    try:
        data = tomllib.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise NoticeError("the notice is not UTF-8 text", file, "save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise NoticeError(f"not valid TOML: {error}", file, "mend that line") from None
    return _Loader(file).notice(data, hashlib.sha256(raw).hexdigest())


class _Loader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.words = vocabulary()

    def fail(self, what: str, where: str, remedy: str) -> NoticeError:
        return NoticeError(what, f"{self.file}, {where}", remedy)

    def table(self, data: object, where: str, keys: dict) -> dict:
        """A table with exactly these keys, each of its type and not empty."""
        if not isinstance(data, dict):
            raise self.fail("not a table", where, f"write the keys {', '.join(keys)}")
        for key, value in data.items():
            if key not in keys:
                raise self.fail(f"unknown key {key!r}", where, closest(key, keys))
            if isinstance(value, datetime):
                raise self.fail(
                    f"{key} = {value} has a time of day",
                    where,
                    "write the day alone, as 2021-12-31",
                )
            if isinstance(value, float) and not isfinite(value):
                raise self.fail(f"{key} = {value} is no number", where, "write a number")
            wrong = not isinstance(value, keys[key]) or (
                isinstance(value, bool) and keys[key] is not bool
            )
            if wrong:
                raise self.fail(
                    f"{key} = {value!r} has the wrong type", where, f"{key} is a {_kind(keys[key])}"
                )
            if (
                value in ([], {}) or isinstance(value, str) and not value.strip()
            ) and key not in MAY_BE_EMPTY:
                raise self.fail(f"{key} is empty", where, "fill it in")
        for key in keys:
            if key not in data:
                raise self.fail(f"key {key!r} is missing", where, f"add {key}")
        return data

    def choice(self, data: dict, key: str, allowed: tuple, where: str) -> None:
        if data[key] not in allowed:
            raise self.fail(
                f"{key} = {data[key]!r} is not known",
                where,
                closest(str(data[key]), map(str, allowed)),
            )

    def notice(self, data: dict, sha256: str) -> Notice:
        self.table(data, "the top level", {"notice": TABLE, "department": LIST, "measure": LIST})
        head = self.table(data["notice"], "notice", NOTICE_KEYS)
        if not head["baseline_first"] < head["baseline_last"] < head["after_first"]:
            raise self.fail(
                "baseline_first, baseline_last, after_first are out of order",
                "notice",
                "put the days in order",
            )
        for key, day in (("baseline_first", 1), ("after_first", 1)):
            if head[key].day != day:
                raise self.fail(
                    f"{key} = {head[key]} is not a first of month",
                    "notice",
                    "baselines are whole months",
                )
        if (head["baseline_last"] + timedelta(days=1)).day != 1:
            raise self.fail(
                f"baseline_last = {head['baseline_last']} is not the end of a month",
                "notice",
                "whole months",
            )
        if head["checked"] < head["issued"]:
            raise self.fail(
                f"checked = {head['checked']} lies before issued", "notice", "correct it"
            )
        keys = {"code": TEXT, "zh": TEXT, "en": TEXT}
        departments = tuple(
            Department(**self.table(d, f"department {i}", keys))
            for i, d in enumerate(data["department"], 1)
        )
        codes = [d.code for d in departments]
        self.unique(codes, "department", "code")
        measures = tuple(self.measure(m, i, codes, head) for i, m in enumerate(data["measure"], 1))
        for i, measure in enumerate(measures, 1):
            if measure.no != i:
                raise self.fail(
                    f"no = {measure.no} where {i} is due",
                    f"measure {measure.no}",
                    "number them from 1 on",
                )
        if len(measures) != head["measures"]:
            raise self.fail(
                f"measures = {head['measures']}, but {len(measures)} are here",
                "notice",
                "has a measure been lost?",
            )
        self.unique([m.clause for m in measures], "measures", "clause")
        self.unique([d.zh for d in departments], "department", "zh")
        used = {code for m in measures for code in m.departments}
        for code in codes:
            if code not in used:
                raise self.fail(
                    f"department {code!r} answers for no measure", "department", "remove or use it"
                )
        found = [i for m in measures for i in m.indicators]
        self.unique([i.id for i in found], "indicators", "id")
        for indicator in found:
            if indicator.companion_of:
                mates = [
                    i.id for i in found if i.measure == indicator.measure and not i.companion_of
                ]
                if indicator.companion_of not in mates:
                    raise self.fail(
                        f"companion_of = {indicator.companion_of!r} is no indicator of this measure",
                        f"measure {indicator.measure}, indicator {indicator.id}",
                        closest(indicator.companion_of, mates),
                    )
        head = {key: value for key, value in head.items() if key != "measures"}
        return Notice(
            **head, departments=departments, measures=measures, sha256=sha256, file=self.file
        )

    def unique(self, names: list[str], where: str, key: str) -> None:
        twice = sorted({n for n in names if names.count(n) > 1})
        if twice:
            raise self.fail(f"{key} {twice[0]!r} stands twice", where, "give each its own")

    def measure(self, data: object, place: int, codes: list[str], head: dict) -> Measure:
        where = (
            f"measure {data.get('no', f'in place {place}') if isinstance(data, dict) else place}"
        )
        data = self.table(data, where, MEASURE_KEYS)
        self.unique(data["departments"], where, "departments")
        for code in data["departments"]:
            if code not in codes:
                raise self.fail(
                    f"departments: unknown code {code!r}", where, closest(str(code), codes)
                )
        indicators = tuple(self.indicator(i, data["no"], where, head) for i in data["indicator"])
        return Measure(
            data["no"],
            data["title_zh"],
            data["title_en"],
            data["clause"],
            tuple(data["departments"]),
            indicators,
        )

    def indicator(self, data: object, no: int, where: str, head: dict) -> Indicator:
        if not isinstance(data, dict):
            raise self.fail("an indicator is a table", where, "write [[measure.indicator]]")
        where = f"{where}, indicator {data.get('id', '(without id)')}"
        for key in ("kind", "status"):
            if key not in data:
                raise self.fail(f"key {key!r} is missing", where, f"add {key}")
        self.choice(data, "kind", KINDS, where)
        self.choice(data, "status", STATUSES, where)
        if (data["kind"] == "action") != (data["status"] == "not_measurable"):
            raise self.fail(
                f"kind {data['kind']!r} cannot have status {data['status']!r}",
                where,
                'an action is "not_measurable", and nothing else is',
            )
        if data["status"] != "computed":
            data = self.table(data, where, HEAD | SILENT)
            self.choice(data, "origin", ORIGINS, where)
            return Indicator(measure=no, **data)
        keys = HEAD | LOUD | BY_KIND[data["kind"]]
        asked = data.get("also")
        if "compression" in data or isinstance(asked, list) and "compression" in asked:
            keys = keys | {"compression": TABLE}
        data = dict(self.table(data, where, keys))
        self.choice(data, "origin", ORIGINS, where)
        metric, kind = self.metric(data["metric"], f"{where}, metric")
        self.needed(metric, list(self.texts(data["needs"], f"{where}, needs")), where)
        also = self.texts(data["also"], f"{where}, also")
        if "compression" in data:
            if "compression" not in also:
                raise self.fail(
                    "compression is given but not asked for", where, 'add "compression" to also'
                )
            data["compression"] = self.compression(
                data["compression"], metric, f"{where}, compression"
            )
        for name in (data["statistic"], *also):
            self.statistic(name, kind, where)
        fits = {
            "zero": ("count_above:0",),
            "level": ("mean", "median", "p90", "within:", "share"),
        }.get(data["kind"])
        if fits and not data["statistic"].startswith(fits):
            raise self.fail(
                f"statistic {data['statistic']!r} does not suit kind {data['kind']!r}",
                where,
                closest("", fits),
            )
        if "target" in data:
            data["target"] = self.target(
                data["target"], data, metric, kind, f"{where}, target", head
            )
        if "better" in data:
            self.choice(data, "better", BETTER, where)
        return Indicator(
            measure=no, **data | {"metric": metric, "needs": tuple(data["needs"]), "also": also}
        )

    def texts(self, values: list, where: str) -> tuple[str, ...]:
        for value in values:
            if not isinstance(value, str) or not value:
                raise self.fail(f"{value!r} is not a text", where, "write texts")
        return tuple(values)

    def metric(self, data: dict, where: str) -> tuple[Metric | MatchedDifference, str]:
        kind = data.get("type")
        if not isinstance(kind, str) or kind not in METRIC_KEYS:
            raise self.fail(f"type = {kind!r} is not known", where, closest(str(kind), METRIC_KEYS))
        keys = dict(METRIC_KEYS[kind])
        if data.get("unit") == "working_days":
            keys["start_day"] = int
        if kind == "share" and "each" in data:
            keys["each"] = TEXT
        if kind == "fee" and "counting" in data:
            keys["counting"] = TEXT
        if kind in ("duration", "gap") and "pause" in data:
            keys["pause"] = LIST
            for name in data["pause"] if isinstance(data["pause"], list) else ():
                if name not in self.words.milestones:
                    known = closest(str(name), self.words.milestones)
                    raise self.fail(f"pause: unknown milestone {name!r}", where, known)
        if "allowance" in data:
            keys["allowance"] = TABLE
            allowance = self.table(
                data["allowance"], f"{where}, allowance", {"column": TEXT, "values": TABLE}
            )
            column = self.words.columns.get(allowance["column"])
            if column is None:
                raise self.fail(
                    f"allowance: unknown column {allowance['column']!r}",
                    where,
                    closest(allowance["column"], self.words.columns),
                )
            if set(allowance["values"]) != set(column.values):
                raise self.fail(
                    f"allowance values: {sorted(allowance['values'])} are not the values of {column.name}",
                    where,
                    f"give each of {', '.join(column.values)}",
                )
            for key, days in allowance["values"].items():
                if isinstance(days, bool) or not isinstance(days, int) or days < 0:
                    raise self.fail(f"allowance {key} = {days!r}", where, "give whole working days")
        data = dict(self.table(data, where, keys))
        for key in ("where", "of"):
            if key in data and "kind" not in data[key] and kind not in ("fee", "line_share"):
                raise self.fail(
                    f"key 'kind' is missing in {key}", where, 'say which cases: kind = "import"'
                )
        if kind == "fee":
            data["against"] = None if data["against"] == "none" else data["against"]
            known = (*load_tariff().items, *OTHER_ITEMS)
            for item in data["items"]:
                if item not in known:
                    raise self.fail(
                        f"items: unknown charge item {item!r}", where, closest(str(item), known)
                    )
            data["items"] = data["items"] or None
        if kind == "share" and data["dated_by"] not in self.words.milestones:
            raise self.fail(
                f"dated_by: unknown milestone {data['dated_by']!r}",
                where,
                closest(data["dated_by"], self.words.milestones),
            )
        try:
            return metric_from(data), kind
        except LogError as error:
            raise self.fail(error.what, where, error.remedy) from None
        except (TypeError, ValueError, AttributeError) as error:
            remedy = "compare it with the notices that ship"
            raise self.fail(f"the metric cannot be read: {error}", where, remedy) from None

    def needed(self, metric: Metric | MatchedDifference, needs: list, where: str) -> None:
        known = {*self.words.milestones, *self.words.columns}
        if isinstance(metric, Fee) or getattr(metric, "over", "") == "lines":
            known |= {*self.words.charge_columns, "charged_on", "currency"}
        reads = metric.needs
        for name in [*needs, *sorted(reads)]:
            if name not in known:
                raise self.fail(
                    f"unknown milestone or column {name!r}", where, closest(str(name), known)
                )
        for name in needs:
            if needs.count(name) > 1 or name not in reads:
                raise self.fail(
                    f"needs lists {name!r}, which the metric does not read",
                    f"{where}, needs",
                    f"the metric reads {', '.join(sorted(reads))}; has a condition, the allowance, the pause, each or"
                    " counting been lost?",
                )
        for name in sorted(reads):
            if name not in needs:
                raise self.fail(
                    f"needs does not list {name!r}, which the metric reads",
                    f"{where}, needs",
                    "add it",
                )
        for key, test in _conditions(metric):
            column = self.words.columns.get(key)
            if column is None or isinstance(test, Mapping) or not column.values:
                continue
            for value in test if isinstance(test, tuple | list) else (test,):
                if value not in column.values:
                    raise self.fail(
                        f"{key} = {value!r} is no value of {key}",
                        where,
                        closest(str(value), column.values),
                    )

    def statistic(self, name: str, kind: str, where: str) -> None:
        good = {
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
            ),
            "share": ("share", "n", "count_above:", "share_above:"),
            "line_share": ("share", "n"),
            "gap": ("gap",),
            "fee": ("mean", "median", "p90", "sum", "count_above:", "share_above:", "n"),
        }[kind]
        head = name.partition(":")[0] + (":" if ":" in name else "")
        tail = name.partition(":")[2]
        if head not in good or (":" in head and not tail.replace(".", "", 1).isdigit()):
            raise self.fail(
                f"statistic {name!r} does not suit a {kind}", where, closest(name, good)
            )

    def compression(self, data: dict, metric: Metric, where: str) -> Compression:
        made = Compression(**self.table(data, where, COMPRESSION_KEYS))
        self.choice(data, "confidence", CONFIDENCE, where)
        if not isinstance(metric, Duration) or made.unit != metric.unit:
            raise self.fail(
                f"unit {made.unit!r} does not fit the metric", where, "use the metric's unit"
            )
        if made.base <= 0:
            raise self.fail(f"base = {made.base}", where, "give a positive level")
        return made

    def target(
        self,
        data: dict,
        indicator: dict,
        metric: Metric | MatchedDifference,
        kind: str,
        where: str,
        head: dict,
    ) -> Target:
        data = self.table(data, where, TARGET_KEYS)
        self.choice(data, "rule", RULES, where)
        self.choice(data, "over", WINDOWS, where)
        self.choice(data, "confidence", CONFIDENCE, where)
        in_time = indicator["kind"] == "level" and indicator["statistic"].startswith("within:")
        units = ("share",) if in_time else UNITS_OF[kind]
        units = ("cases", "lines", "types") if indicator["kind"] == "zero" else units
        self.choice(data, "unit", units, where)
        clock = isinstance(metric, Duration) and indicator["kind"] == "level" and not in_time
        if clock and data["unit"] != metric.unit:
            raise self.fail(
                f"unit {data['unit']!r} does not fit a clock in {metric.unit}",
                where,
                "use one unit",
            )
        if indicator["kind"] == "zero" and (data["value"] != 0 or data["rule"] != "at_most"):
            raise self.fail(
                "value and rule of a zero target are 0 and at_most",
                where,
                'or write kind = "level"',
            )
        if (isinstance(metric, Share) or in_time) and not 0 <= data["value"] <= 1:
            raise self.fail(
                f"value = {data['value']}: a share lies between 0 and 1",
                where,
                "write 1.0 for 100 %",
            )
        if data["checked"] < head["issued"]:
            raise self.fail(
                f"checked = {data['checked']} lies before the notice was issued",
                where,
                "correct it",
            )
        if data["value"] < 0:
            raise self.fail(f"value = {data['value']} is negative", where, "correct it")
        if indicator["origin"] == "notice":
            if isinstance(metric, Duration) and metric.unit == "hours" and not head["sets_hours"]:
                raise self.fail(
                    'unit: a target in hours cannot have origin "notice": the notice sets none',
                    where,
                    'write origin = "outside" and name its source',
                )
            if data["due"] < head["issued"]:
                raise self.fail(
                    f"due = {data['due']} lies before the notice ({head['issued']})",
                    where,
                    "correct it",
                )
        until = data["until"] or None
        if isinstance(until, str):
            raise self.fail(
                f"until = {until!r} is no date", where, 'write a date, or "" while it runs on'
            )
        if until and until < data["due"]:
            raise self.fail(
                f"until = {until} lies before due = {data['due']}", where, "put the days in order"
            )
        if data["due"].year > LAST_YEAR:
            raise self.fail(
                f"due = {data['due']} is no day that comes", where, f"name a day up to {LAST_YEAR}"
            )
        if data["over"] != "since" and until:
            raise self.fail('until belongs to over = "since"', where, 'write until = ""')
        if data["over"] != "since" and not _ends(data["due"], data["over"]):
            raise self.fail(
                f"due = {data['due']} does not end a {data['over']}", where, "name its last day"
            )
        return Target(**data | {"until": until})


def _ends(day: date, period: str) -> bool:
    following = date.fromordinal(day.toordinal() + 1)
    return following.day == 1 and (period == "month" or following.month == 1)


def _conditions(metric: Metric | MatchedDifference):
    metric = metric.duration if isinstance(metric, MatchedDifference) else metric
    for part in ("where", "condition", "of"):
        for key, test in (getattr(metric, part, None) or {}).items():
            if key == "any":
                for branch in test:
                    yield from branch.items()
            else:
                yield key, test


def _kind(kind: object) -> str:
    names = {
        str: "text",
        list: "list",
        dict: "table",
        date: "date",
        int: "whole number",
        NUMBER: "number",
    }
    return names.get(kind, "date or empty text")
