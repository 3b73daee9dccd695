"""A query as an ordered list of named steps, each one short SELECT, the last of which is asked.

Whatever is written here is DuckDB's SQL; an engine of another dialect gets it translated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256

from ..domain import sql

WIDTH = 96  # signs of a line
# what a column can hold, and how an empty one of it is written
KINDS = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "time": "TIMESTAMPTZ",
}


@dataclass(frozen=True, eq=False)
class Query:
    """Rows: the step called `name`, made from the `steps` before it.

    `columns` says what each column of these rows holds, as a key of KINDS. A table is a query
    without steps. `sources` are the tables that the steps read. `title` says above the text what
    it answers.

    >>> cases = Query("cases", {"case_id": "text", "began": "integer", "ended": "integer"})
    >>> asked = cases.then("begun", where=["began IS NOT NULL"])
    >>> print(asked.grouped("counted", ["began"], {"n": "count(*)"}))
    WITH begun AS (
      SELECT * FROM cases
      WHERE began IS NOT NULL
    )
    SELECT began, count(*) AS n FROM begun
    GROUP BY began
    """

    name: str
    columns: Mapping[str, str]
    steps: tuple[tuple[str, str], ...] = ()
    sources: tuple[Source, ...] = ()
    title: str = ""

    def then(
        self,
        step: str,
        new: Mapping[str, str] | None = None,
        *,
        kinds: Mapping[str, str] | None = None,
        keep: Iterable[str] | None = None,
        source: str = "",
        beside: Iterable[Query] = (),
        where: Iterable[str] = (),
        distinct: bool = False,
        order: Iterable[str] = (),
        limit: int | None = None,
    ) -> Query:
        """One more step: the columns kept (all, unless `keep` names them) and the new ones.

        `new` maps names to SQL; their `kinds` are integers unless told, or those of a column that
        is merely renamed. A new column takes the place of one that has its name. `source` is what
        stands after FROM where that is more than the rows so far; then the queries `beside` are
        those that it names.
        """
        new = dict(new or {})
        stays = list(self.columns if keep is None else keep)
        kept = [column for column in stays if column not in new]
        told = {column: self.columns[column] for column in kept}
        for column, text in new.items():
            told[column] = (kinds or {}).get(column) or self.columns.get(_bare(text), "integer")
        head = f"{self.name}." if source else ""
        whole = keep is None and len(kept) == len(self.columns)
        names = [f"{head}*"] if whole else [head + sql.name(column) for column in kept]
        made = [t if t == sql.name(c) else f"{t} AS {sql.name(c)}" for c, t in new.items()]
        text = select(
            [*names, *made],
            source or self.name,
            where,
            order=order,
            limit=limit,
            distinct=distinct,
        )
        return self._more(step, text, told, beside)

    def grouped(
        self,
        step: str,
        keys: Iterable[str],
        sums: Mapping[str, str],
        *,
        kinds: Mapping[str, str] | None = None,
        where: Iterable[str] = (),
    ) -> Query:
        """A row per combination of the keys, with these sums over its rows."""
        keys = list(keys)
        names = [sql.name(key) for key in keys]
        made = [f"{text} AS {sql.name(column)}" for column, text in sums.items()]
        told = {key: self.columns[key] for key in keys}
        told |= {column: (kinds or {}).get(column, "integer") for column in sums}
        return self._more(step, select([*names, *made], self.name, where, group=names), told)

    def stacked(self, step: str, *others: Query) -> Query:
        """The rows of this query and, below them, those of others with the same columns."""
        columns = [sql.name(column) for column in self.columns]
        parts = [select(columns, rows.name) for rows in (self, *others)]
        return self._more(step, "\nUNION ALL\n".join(parts), self.columns, others)

    def without(self, columns: Iterable[str]) -> Query:
        """The same table, some of whose columns are not to be asked for."""
        out = set(columns)
        return replace(self, columns={c: k for c, k in self.columns.items() if c not in out})

    def using(self, *others: Query | Source) -> Query:
        """The same rows, with the steps (or the source) of others at hand for a `source`."""
        steps, sources = list(self.steps), list(self.sources)
        for other in others:
            found = (other,) if isinstance(other, Source) else other.sources
            sources += [source for source in found if source not in sources]
            for step in other.steps if isinstance(other, Query) else ():
                if step not in steps:
                    if step[0] in dict(steps):
                        raise ValueError(f"two steps are called {step[0]}")
                    steps.append(step)
        return replace(self, steps=tuple(steps), sources=tuple(sources))

    def through(self, door: Callable[[Source], Source]) -> Query:
        """The same rows, made from what the door lets through of each table."""
        return replace(self, sources=tuple(door(source) for source in self.sources))

    def _more(
        self, step: str, text: str, columns: Mapping[str, str], beside: Iterable[Query] = ()
    ) -> Query:
        base = self.using(*beside)
        called = dict(base.steps)
        while step in called or step == self.name:
            step += "_again"
        return Query(step, columns, (*base.steps, (step, text)), base.sources)

    def __str__(self) -> str:
        """The text as it is shown: it runs as it stands where the log's folder is at hand."""
        told = ((source.name, source.told()) for source in self.sources)
        head = "".join(f"-- {line}\n" for line in self.title.splitlines())
        return head + self.text([(name, text) for name, text in told if text])

    def titled(self, title: str) -> Query:
        """The same, with what it answers above its text."""
        return replace(self, title=title)

    def text(self, sources: Iterable[tuple[str, str]], how: str = "AS") -> str:
        """The query with its sources as first steps; `how` stands between name and text of one."""
        first = [(name, how, text) for name, text in sources]
        if not self.steps:
            return with_steps(first, f"SELECT * FROM {sql.name(self.name)}")
        *before, (last, text) = self.steps
        if last != self.name:
            raise ValueError(f"the last step is {last}, not {self.name}")
        return with_steps([*first, *((name, "AS", step) for name, step in before)], text)


@dataclass(frozen=True, eq=False)
class Source:
    """A table that steps read: one of the log, or a calendar or tariff. Equal names, equal tables.

    `shown` gives SQL that reads or makes it wherever the text is run, "" where only the engine has
    it. An engine knows it as `called`; what is `made` of our own has to be put there first. Of a
    part of a log, the rows pass `tests`: each by itself, or by its case in another table.
    """

    name: str
    columns: Mapping[str, str]
    called: str = ""
    shown: Callable[[], str] = str  # gives ""
    made: bool = False
    tests: tuple[tuple[str, Source | None], ...] = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Source) and other._known() == self._known()

    def __hash__(self) -> int:
        return hash(self._known())

    def _known(self) -> tuple:
        return self.name, self.called, self.tests

    def read(self, place: Callable[[Source], str]) -> str:
        """The SELECT of its rows; `place` is what stands after FROM for a table as a whole."""
        tests = [
            test
            if table is None
            else f"case_id IN (SELECT case_id FROM {place(table)} WHERE {test})"
            for test, table in self.tests
        ]
        return select(["*"], place(self), tests)

    def told(self) -> str:
        """SQL of its rows that runs wherever the text does, "" where only the engine has them."""
        if not self.tests:
            return self.shown()
        return self.read(
            lambda table: f"(\n{text}\n) AS held" if (text := table.shown()) else table.name
        )

    @property
    def query(self) -> Query:
        """Its rows."""
        return Query(self.name, self.columns, (), (self,))


def listed(name: str, columns: Mapping[str, str], rows: Iterable[tuple], usual: bool) -> Source:
    """A table of our own as a list of values: a tariff, limits.

    Where it is not the `usual` one, its name says so, since a query may read several.
    """
    told = list(rows)
    called = f"{name}_{sha256(repr(told).encode()).hexdigest()[:12]}"
    text = partial(_as_values, dict(columns), told)
    return Source(name if usual else called, columns, called, text, made=True)


def _as_values(columns: Mapping[str, str], rows: list[tuple]) -> str:
    names = [sql.name(column) for column in columns]
    if not rows:
        none = [f"CAST(NULL AS {KINDS[columns[c]]}) AS {sql.name(c)}" for c in columns]
        return f"SELECT {', '.join(none)}\nWHERE FALSE"
    lines = ",\n  ".join(f"({', '.join(map(sql.value, row))})" for row in rows)
    cast = [
        f"CAST({n} AS {KINDS[kind]}) AS {n}" if kind == "integer" else n
        for n, kind in zip(names, columns.values(), strict=True)
    ]
    return f"SELECT {', '.join(cast)}\nFROM (VALUES\n  {lines}\n) AS listed ({', '.join(names)})"


def select(
    columns: Iterable[str],
    source: str,
    where: Iterable[str] = (),
    *,
    group: Iterable[str] = (),
    order: Iterable[str] = (),
    limit: int | None = None,
    distinct: bool = False,
) -> str:
    """One SELECT, a line per clause, and per column where they do not fit on one."""
    word, told = "SELECT DISTINCT" if distinct else "SELECT", list(columns)
    line = f"{word} {', '.join(told)} FROM {source}"
    if len(line) > WIDTH or "\n" in line:
        listed = ",\n  ".join(told)
        line = f"{word}\n  {listed}\nFROM {source}"
        if len(told) == 1 or sum(map(len, told)) + 2 * len(told) + len(word) < WIDTH:
            line = f"{word} {', '.join(told)}\nFROM {source}"
    lines = [line]
    tests = list(where)
    if len(tests) > 1:
        tests = [f"({test})" if " OR " in test else test for test in tests]
    if tests:
        lines.append("WHERE " + "\n  AND ".join(tests))
    if keys := list(group):
        lines.append(f"GROUP BY {', '.join(keys)}")
    if ordered := list(order):
        lines.append(f"ORDER BY {', '.join(ordered)}")
    if limit is not None:
        lines.append(f"LIMIT {limit}")
    return "\n".join(lines)


def with_steps(steps: Iterable[tuple[str, str, str]], last: str) -> str:
    """The steps ahead of the SELECT that is asked."""
    told = [f"{sql.name(step)} {how} (\n{indented(text)}\n)" for step, how, text in steps]
    return f"WITH {', '.join(told)}\n{last}" if told else last


def indented(text: str) -> str:
    """Two signs further in, but for the lines of a literal or a name in quotes."""
    told, quote = ["  "], ""
    for sign in text:
        told.append(sign)
        if quote:
            # a quote that is doubled closes and opens again
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign == "\n":
            told.append("  ")
    return "".join(told)


def _bare(text: str) -> str:
    """The column that an expression merely names."""
    if text.startswith('"') and text.endswith('"'):
        return text[1:-1].replace('""', '"')
    return text.rsplit(".", 1)[-1]
