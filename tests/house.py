"""The house in figures: rooms, floors, imports between rooms, largest file, lines and statements.

    python tests/house.py [FOLDER …]       FOLDER: a checkout, by default this one

A room is a folder of the package or a module beside them; a room's floor is one above the highest
that it imports; an import is a pair of rooms. Files of other languages and tests are not counted.
"""

import ast
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
PACKAGE = Path("src") / "clearance_metrics"
CJK = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff01-\uff5e]")


def measured(folder: Path) -> dict[str, object]:
    """The figures of a checkout."""
    source = folder / PACKAGE
    texts = {p: p.read_text(encoding="utf-8") for p in sorted(source.rglob("*.py"))}
    trees = {p: ast.parse(text) for p, text in texts.items()}
    arrows: dict[str, set[str]] = {}
    for path, tree in trees.items():
        inside = path.relative_to(source).with_suffix("").parts
        if inside == ("__init__",):  # the door, which is no room
            continue
        below = arrows.setdefault(inside[0], set())
        below |= {room for room in rooms_of(tree, inside, source) if room != inside[0]}
    floors: dict[str, int] = {}
    while len(floors) < len(arrows):
        ready = [r for r in arrows if r not in floors and (arrows[r] & set(arrows)) <= set(floors)]
        if not ready:
            raise SystemExit(f"{folder}: a circle among {sorted(set(arrows) - set(floors))}")
        floors |= {
            r: 1 + max((floors[b] for b in arrows[r] if b in floors), default=0) for r in ready
        }
    lines = {p: len(text.splitlines()) for p, text in texts.items()}
    largest = max(lines, key=lambda p: lines[p])
    nodes = [node for tree in trees.values() for node in ast.walk(tree)]
    return {
        "rooms": len(arrows),
        "floors": max(floors.values()),
        "imports between rooms": sum(len(below) for below in arrows.values()),
        "files": len(texts),
        "largest file": f"{largest.relative_to(source)}, {lines[largest]} lines",
        "files over 400 lines": sum(n > 400 for n in lines.values()),
        "lines of Python": sum(lines.values()),
        "statements": sum(isinstance(node, ast.stmt) for node in nodes),
        "asking a metric for its class": sum(map(asks_class, nodes)),
        "CJK texts outside simulation": sum(
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and bool(CJK.search(node.value))
            for path, tree in trees.items()
            if not path.relative_to(source).parts[0].startswith("simul")
            for node in ast.walk(tree)
        ),
        "fmt: skip": sum(text.count("# fmt: skip") for text in texts.values()),
        "parameters of public functions without a type": sum(map(untyped, nodes)),
        "functions of more than 8 positional parameters": sum(positional(n) > 8 for n in nodes),
    }


def rooms_of(tree: ast.AST, inside: tuple[str, ...], source: Path) -> set[str]:
    """The rooms that a module imports from, wherever in it."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = [*inside[:-1][: len(inside) - node.level], *(node.module or "").split(".")]
            whole = [name for name in base if name]
            found |= {whole[0]} if whole else {a.name for a in node.names}
    return {r for r in found if (source / r).is_dir() or (source / f"{r}.py").exists()}


def asks_class(node: ast.AST) -> bool:
    """Whether a call asks which class of metric something is."""
    kinds = {"Duration", "Share", "Fee", "Gap", "MatchedDifference"}
    called = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "isinstance"
    return called and bool(
        kinds & {getattr(n, "id", getattr(n, "attr", "")) for n in ast.walk(node.args[1])}
    )


def positional(node: ast.AST) -> int:
    """How many parameters a function takes by position, itself or its class apart."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return 0
    named = [*node.args.posonlyargs, *node.args.args]
    return len(named) - (bool(named) and named[0].arg in ("self", "cls"))


def untyped(node: ast.AST) -> int:
    """How many parameters of a public function have no type."""
    if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
        return 0
    named = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return sum(a.annotation is None and a.arg not in ("self", "cls") for a in named)


def main(folders: list[Path]) -> None:
    """Print the figures of each checkout in a column."""
    told = [measured(folder) for folder in folders]
    for name in told[0]:
        print(f"{name:48}", *(f"{t[name]!s:>34}" for t in told))


if __name__ == "__main__":
    main([Path(word) for word in sys.argv[1:]] or [HERE])
