"""What the package tells a user who made a mistake, read out of its source, and held against the
catalogue of translations: `python tests/messages.py` lists what is missing, stale, or has other
places for values.

A message is the English text where an error is made; a value in it is a place, {1}, {2} … in order.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import product
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "clearance_metrics"
WORDS = SOURCE / "cli" / "words"
HOLE = "\0"
MOST = 40  # alternatives of one text; more are told as one place
DEEPEST = 6
# what gives the parts of an error, and which they are
PARTS = ("what", "where", "remedy")
# functions whose texts stand inside messages
HELPERS = ("closest", "remedy", "causes_told", "really")
SAID = ("said", "say")  # what the command line calls to tell something in a language
MADE_BY = {"fail": ("what", "remedy"), "error": PARTS, "known": ("what", "", "", "more")}
Function = ast.FunctionDef | ast.Lambda


GIVING = (ast.Assign, ast.AnnAssign, ast.NamedExpr, ast.AugAssign, ast.For, ast.comprehension)


@dataclass
class Source:
    """Every module's tree, and where its functions, classes, texts and calls are."""

    trees: dict[Path, ast.Module]
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)
    functions: dict[str, list[ast.FunctionDef]] = field(default_factory=lambda: defaultdict(list))
    calls: dict[str, list[ast.Call]] = field(default_factory=lambda: defaultdict(list))
    constants: dict[str, list[ast.expr]] = field(default_factory=lambda: defaultdict(list))
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)
    gifts: dict[ast.AST, list[ast.AST]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for tree in self.trees.values():
            for node in ast.walk(tree):
                for child in ast.iter_child_nodes(node):
                    self.parents[child] = node
                if isinstance(node, ast.FunctionDef):
                    self.functions[node.name].append(node)
                elif isinstance(node, ast.ClassDef):
                    self.classes[node.name] = node
                elif isinstance(node, ast.Call):
                    self.calls[name_of(node.func)].append(node)
            for node in tree.body:
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                    self.constants[node.targets[0].id].append(node.value)

    @cached_property
    def errors(self) -> set[str]:
        """Names of the classes of errors that a user can mend."""
        found = {"ClearanceError"}
        while True:
            more = {
                name
                for name, node in self.classes.items()
                if any(name_of(base) in found for base in node.bases)
            } - found
            if not more:
                return found
            found |= more

    def giving(self, function: ast.AST) -> list[ast.AST]:
        """What in a function gives names their values; it is asked for once per name."""
        if function not in self.gifts:
            self.gifts[function] = [n for n in ast.walk(function) if isinstance(n, GIVING)]
        return self.gifts[function]

    def called(self, function: ast.AST, name: str) -> list[ast.Call]:
        """The calls of a function: in its own module, where it is imported, or as a method."""
        home = self.around(function, ast.Module)
        path = next(path for path, tree in self.trees.items() if tree is home)
        return [
            call
            for call in self.calls.get(name, [])
            if isinstance(call.func, ast.Attribute)
            or (module := self.around(call, ast.Module)) is home
            or self.imported[module].get(name) in ("", path.stem, path.parent.name)
        ]

    @cached_property
    def imported(self) -> dict[ast.AST | None, dict[str, str]]:
        """The names that each module imports, and the module or room each comes from."""
        return {
            tree: {
                alias.name: (node.module or "").rpartition(".")[2]
                for node in ast.walk(tree)
                if isinstance(node, ast.ImportFrom)
                for alias in node.names
            }
            for tree in self.trees.values()
        }

    def in_room(self, node: ast.AST, room: str) -> bool:
        """Whether a node stands in a module of a room."""
        home = self.around(node, ast.Module)
        path = next(path for path, tree in self.trees.items() if tree is home)
        return path.relative_to(SOURCE).parts[0] == room

    def around(self, node: ast.AST, kind: type | tuple) -> ast.AST | None:
        """The nearest node of a kind that holds this one."""
        while (node := self.parents.get(node)) is not None:  # type: ignore[assignment]
            if isinstance(node, kind):
                return node
        return None


def name_of(node: ast.AST) -> str:
    """The last name of what is called or inherited."""
    return getattr(node, "id", None) or getattr(node, "attr", None) or ""


@dataclass
class Reader:
    """Turns an expression into the texts that it can be, values being holes."""

    source: Source

    def texts(self, node: ast.AST | None, depth: int = 0) -> set[str]:
        """Every text that the expression can be; {HOLE} where it can be anything."""
        if node is None:
            return {""}
        if depth > DEEPEST:
            return {HOLE}
        read = getattr(self, f"_{type(node).__name__.lower()}", None)
        found = read(node, depth + 1) if read else {HOLE}
        return found if len(found) <= MOST else {HOLE}

    def _constant(self, node: ast.Constant, depth: int) -> set[str]:
        return {node.value} if isinstance(node.value, str) else {HOLE}

    def _joinedstr(self, node: ast.JoinedStr, depth: int) -> set[str]:
        return self._together([self._part(part, depth) for part in node.values])

    def _part(self, node: ast.AST, depth: int) -> set[str]:
        if isinstance(node, ast.Constant):
            return {str(node.value)}
        assert isinstance(node, ast.FormattedValue)
        if node.conversion != -1 or node.format_spec is not None:
            return {HOLE}
        if isinstance(node.value, ast.IfExp):
            either = (node.value.body, node.value.orelse)
            if all(isinstance(e, ast.Constant) and isinstance(e.value, str) for e in either):
                return {e.value for e in either}  # type: ignore[attr-defined]
        if isinstance(node.value, ast.Name) and self._parameter(node.value):
            return {HOLE}
        if isinstance(node.value, ast.BoolOp) and not isinstance(
            node.value.values[-1], ast.Constant
        ):
            return {HOLE}
        # words of our own in a value are part of the message; any other value is a place
        found = self.texts(node.value, depth)
        return {t if not t or (" " in t and worded(t, "")) else HOLE for t in found}

    def _together(self, parts: list[set[str]]) -> set[str]:
        return {"".join(chosen) for chosen in product(*parts)}

    def _ifexp(self, node: ast.IfExp, depth: int) -> set[str]:
        return self.texts(node.body, depth) | self.texts(node.orelse, depth)

    def _boolop(self, node: ast.BoolOp, depth: int) -> set[str]:
        return {text for value in node.values for text in self.texts(value, depth)}

    def _binop(self, node: ast.BinOp, depth: int) -> set[str]:
        if not isinstance(node.op, ast.Add):
            return {HOLE}
        return self._together([self.texts(node.left, depth), self.texts(node.right, depth)])

    def _subscript(self, node: ast.Subscript, depth: int) -> set[str]:
        return self._listed(node.value, depth) or {HOLE}

    def _listed(self, node: ast.AST, depth: int) -> set[str]:
        """The texts of a table that a module has by this name."""
        tables = self.source.constants.get(name_of(node), [])
        values = [v for table in tables if isinstance(table, ast.Dict) for v in table.values]
        return {text for value in values for text in self.texts(value, depth)}

    def _call(self, node: ast.Call, depth: int) -> set[str]:
        name = name_of(node.func)
        if name == "get" and isinstance(node.func, ast.Attribute):
            return self._listed(node.func.value, depth) | {HOLE}
        foreign = isinstance(node.func, ast.Attribute) and name_of(node.func.value) != "self"
        own = [f for f in self.source.functions.get(name, []) if name_of(f.returns or f) == "str"]
        if not own or foreign or name in HELPERS:
            # what these tell are messages of their own
            return {HOLE}
        found: set[str] = set()
        for function in own:
            for inner in ast.walk(function):
                if isinstance(inner, ast.Return) and inner.value is not None:
                    found |= self.texts(inner.value, depth)
        return found or {HOLE}

    def _name(self, node: ast.Name, depth: int) -> set[str]:
        function = self.source.around(node, ast.FunctionDef)
        while function is not None:
            if self._argument(function, node.id) is not None:
                return self._given(function, node.id, depth)
            if given := self._assigned(function, node.id, depth):
                return given
            function = self.source.around(function, ast.FunctionDef)
        constants = self.source.constants.get(node.id, [])
        return {text for value in constants for text in self.texts(value, depth)} or {HOLE}

    def _parameter(self, node: ast.Name) -> bool:
        function = self.source.around(node, ast.FunctionDef)
        return function is not None and self._argument(function, node.id) is not None

    def _argument(self, function: ast.AST, name: str) -> int | None:
        assert isinstance(function, ast.FunctionDef)
        args = [*function.args.posonlyargs, *function.args.args]
        named = [a.arg for a in args]
        if name in named:
            return named.index(name)
        return -1 if name in [a.arg for a in function.args.kwonlyargs] else None

    def _given(self, function: ast.AST, name: str, depth: int) -> set[str]:
        """What callers give for an argument, its default and what is put there inside."""
        assert isinstance(function, ast.FunctionDef)
        place = self._argument(function, name)
        assert place is not None
        args = [*function.args.posonlyargs, *function.args.args]
        bound = bool(args) and args[0].arg in ("self", "cls")
        owner = self.source.around(function, (ast.ClassDef, ast.FunctionDef))
        called = function.name
        if called == "__init__" and isinstance(owner, ast.ClassDef):
            called = owner.name
        found: set[str] = self._assigned(function, name, depth)
        defaults = function.args.defaults
        if place >= 0 and (back := place - len(args) + len(defaults)) >= 0:
            found |= self.texts(defaults[back], depth)
        for call in self.source.called(function, called):
            given = [k.value for k in call.keywords if k.arg == name]
            at = place - bound
            if not given and place >= 0 and 0 <= at < len(call.args):
                given = [call.args[at]]
            for value in given:
                found |= self.texts(value, depth)
        return found or {HOLE}

    def _assigned(self, function: ast.AST, name: str, depth: int) -> set[str]:
        found: set[str] = set()
        more: list[set[str]] = []
        for node in self.source.giving(function):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    found |= self._taken(target, node.value, name, depth)
            elif isinstance(node, ast.AnnAssign | ast.NamedExpr):
                if node.value is not None:
                    found |= self._taken(node.target, node.value, name, depth)
            elif isinstance(node, ast.AugAssign) and name_of(node.target) == name:
                more.append(self.texts(node.value, depth))
            elif isinstance(node, ast.For | ast.comprehension):
                rows = node.iter.elts if isinstance(node.iter, ast.Tuple | ast.List) else [node]
                for row in rows:
                    found |= self._taken(node.target, row, name, depth)
        for added in more:
            found |= {text + end for text in found for end in added}
        return found

    def _taken(self, target: ast.AST, value: ast.AST, name: str, depth: int) -> set[str]:
        if isinstance(target, ast.Name) and target.id == name:
            return self.texts(value, depth)
        if not isinstance(target, ast.Tuple) or name not in map(name_of, target.elts):
            return set()
        if isinstance(value, ast.IfExp):
            return self._taken(target, value.body, name, depth) | self._taken(
                target, value.orelse, name, depth
            )
        if isinstance(value, ast.Tuple):
            return self.texts(value.elts[[*map(name_of, target.elts)].index(name)], depth)
        return {HOLE}


@cache
def package() -> Source:
    """The package's source."""
    return Source(
        {
            path: ast.parse(path.read_text(encoding="utf-8"))
            for path in sorted(SOURCE.rglob("*.py"))
            if path.relative_to(SOURCE).parts[0] != "statistics"
        }
    )


def parts_of(source: Source, call: ast.Call) -> tuple[str, ...]:
    """Which part of an error each argument of a call is; nothing for other calls."""
    name = name_of(call.func)
    if name in source.errors and name != "MissingColumn":
        return PARTS
    if isinstance(call.func, ast.Attribute) and name in MADE_BY:
        return MADE_BY[name]
    owner = source.around(call, ast.ClassDef)
    inside = isinstance(owner, ast.ClassDef) and owner.name in source.errors
    return PARTS if name in ("__init__", "cls") and inside else ()


@cache
def found() -> dict[str, set[str]]:
    """Every message that holds words, with the places (file and line) that make it."""
    source = package()
    reader, told = Reader(source), defaultdict(set)
    for path, tree in source.trees.items():
        for call in (n for n in ast.walk(tree) if isinstance(n, ast.Call)):
            for part, value in given(source, call):
                for text in reader.texts(value):
                    if worded(text, part):
                        told[numbered(text)].add(f"{path.relative_to(ROOT)}:{call.lineno}")
    for text, place in inner(reader):
        told[text].add(place)
    return told


def inner(reader: Reader) -> Iterator[tuple[str, str]]:
    """Messages that stand inside others: what helpers make, and the remedies and names of rules."""
    source = reader.source
    for name in HELPERS:
        for function in source.functions[name]:
            for node in ast.walk(function):
                if isinstance(node, ast.Return | ast.Yield):
                    for text in reader.texts(node.value):
                        if worded(text, "remedy"):
                            yield numbered(text), name
    for table in source.constants["MAGIC"]:
        if not isinstance(table, ast.Dict):
            continue
        for kind in table.values:
            for text in reader.texts(kind):
                yield text, "intake/files/raw.py"
    for table in source.constants["REMEDY"]:
        if not isinstance(table, ast.Dict):
            continue
        for rule, remedy in zip(table.keys, table.values, strict=True):
            assert isinstance(rule, ast.Constant)
            yield rule.value.replace("_", " "), "intake/rules.py"
            for text in reader.texts(remedy):
                yield text, "intake/rules.py"


def given(source: Source, call: ast.Call) -> list[tuple[str, ast.expr]]:
    """What a call gives for the parts of an error, and words that are put into messages."""
    name, parts = name_of(call.func), parts_of(source, call)
    if name in SAID and isinstance(call.func, ast.Name) and source.in_room(call, "cli"):
        return [("said", call.args[0])]
    if name == "at" and isinstance(call.func, ast.Attribute) and call.args:
        return [("where", call.args[0])]
    if name == "Key":
        return [("word", call.args[1])]
    named = [(k.arg, k.value) for k in call.keywords if parts and k.arg in PARTS]
    return [pair for pair in zip(parts, call.args, strict=False) if pair[0]] + named  # type: ignore


QUOTED = re.compile(r'"[^"]*"|\'[^\']*\'|--[a-z-]+')
CODE = re.compile(f"[a-z_]+\\.[a-z_{HOLE}]+")  # of a word of the pages
PLACE = re.compile(r"\{\d+\}")
WORD = re.compile(r"(?<![\w=.{\[-])[A-Za-z]{2,}(?![\w=(.]|:\S)")


def worded(text: str, part: str) -> bool:
    """Whether a text holds words to translate: not a value, an option or a piece of code alone.

    >>> worded("add it", "remedy"), worded('by="port"', "remedy"), worded("--limit", "where")
    (True, False, False)
    """
    if part == "said":
        return bool(text.strip(HOLE)) and not CODE.fullmatch(text)
    if part == "where" and " " not in text:
        return False
    if ", ," in text or "of of" in text or text.endswith((": ", "such as ")):
        return False  # two ways of making a text that never meet
    if "SELECT" in text:
        return False  # a query, of a function that another has the name of
    bare = QUOTED.sub("", text).replace(HOLE, "")
    return bool(WORD.search(bare))


def numbered(text: str) -> str:
    """A message with its places in order.

    >>> numbered("unknown key \\0")
    'unknown key {1}'
    """
    parts = text.split(HOLE)
    places = [f"{{{n}}}" for n in range(1, len(parts))] + [""]
    return "".join(part + place for part, place in zip(parts, places, strict=True))


def translated(lang: str) -> dict[str, str]:
    """The catalogue of a language, without what the parser of arguments says by itself."""
    tables = tomllib.loads((WORDS / f"{lang}.toml").read_text(encoding="utf-8"))
    return {text: other for name in ("message", "inner") for text, other in tables[name].items()}


def faults(lang: str) -> list[str]:
    """What is missing in a catalogue, stale there, or has other places."""
    told, known = found(), translated(lang)
    lines = [f"missing: {text}    ({min(told[text])})" for text in sorted(told.keys() - known)]
    lines += [f"stale: {text}" for text in sorted(known.keys() - told)]
    for text in sorted(told.keys() & known):
        if sorted(PLACE.findall(text)) != sorted(PLACE.findall(known[text])):
            lines.append(f"other places: {text} = {known[text]}")
    return lines


if __name__ == "__main__":
    left = [
        line
        for language in sorted(p.stem for p in WORDS.glob("*.toml"))
        for line in faults(language)
    ]
    print(*left, sep="\n")
    sys.exit(bool(left))
