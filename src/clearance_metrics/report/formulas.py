r"""Formulas of LaTeX in signs of a line, for what cannot hold a drawing: `\frac{a}{b}` is a/b.

Only signs that the fonts of every form have; what is not known stays as it was written.
"""

from __future__ import annotations

import re

# a name and its sign, in turn
NAMES = """
alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ iota ι kappa κ lambda λ
mu μ nu ν xi ξ pi π rho ρ sigma σ tau τ upsilon υ phi φ varphi φ chi χ psi ψ omega ω Gamma Γ
Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Phi Φ Psi Ψ Omega Ω sum ∑ prod ∏ int ∫ infty ∞
partial ∂ nabla ∇ le ≤ leq ≤ ge ≥ geq ≥ ne ≠ neq ≠ approx ≈ equiv ≡ pm ± times × cdot · div ÷
propto ∝ sim ~ ll ≪ gg ≫ in ∈ notin ∉ cup ∪ cap ∩ subset ⊂ emptyset ∅ to → rightarrow → leftarrow ←
Rightarrow ⇒ mid | lvert | rvert | forall ∀ exists ∃ neg ¬ land ∧ lor ∨ ldots … dots … cdots …
prime ′ ell ℓ lbrace { rbrace } { { } } | | % % _ _ $ $ & & # #
min min max max log log ln ln exp exp lim lim sin sin cos cos tan tan Pr Pr inf inf sup sup var var
"""
ROOM = ("left", "right", "big", "Big", "bigl", "bigr", "displaystyle", "limits", "quad", "qquad")
SIGNS = dict(zip(*[iter(NAMES.split())] * 2, strict=True))
SIGNS |= {**dict.fromkeys((*ROOM, ",", ";", ":", " "), " "), "!": "", "\\": "; "}
KEPT = ("text", "textrm", "mathrm", "mathit", "mathbf", "mathsf", "mathbb", "mathcal")
KEPT += ("operatorname", "boldsymbol")
OVER = {"bar": "\u0304", "overline": "\u0304"}  # of one sign, that sign with a mark over it
NAMED = ("hat", "tilde", "vec", "widehat", "widetilde")
SPACED = "=<>≤≥≠≈≡∈∉∝→⇒←"
HIGH = {"2": "²", "3": "³", "1": "¹", "4": "⁴"}  # the only ones that the fonts have
TOKEN = re.compile(r"\\([A-Za-z]+|.)|([{}^_])|(\s+)|(.)", re.DOTALL)
LOOSE = re.compile(r"[\s+\-−*/·×±=<>≤≥,]")
# a number, a sign, one with an index, a Chinese word
ONE = re.compile(r"\d+(\.\d+)?|.|[^\W\d_]_\w+|[\u4e00-\u9fff]+(_\w+)?")
Tokens = list[tuple[str, str]]


def in_a_line(latex: str) -> str:
    r"""A formula in signs of a line; empty where it has something that is not known.

    >>> in_a_line(r"\bar{x} = \frac{1}{n}\sum_{i=1}^{n} x_i^2 \le \frac{a+b}{c}")
    'x̄ = 1/n ∑_(i = 1)^n x_i² ≤ (a+b)/c'
    >>> in_a_line(r"\unheard{x}")
    ''
    """
    tokens: Tokens = []
    for command, mark, space, sign in TOKEN.findall(latex):
        if command:
            tokens.append(("command", command))
        elif mark:
            tokens.append(("mark", mark))
        else:
            tokens.append(("sign", " " if space else sign))
    try:
        told = _run(tokens[::-1])
    except (KeyError, IndexError):
        return ""
    told = re.sub(rf"\s*([{SPACED}])\s*", r" \1 ", told)
    return re.sub(r"([(|]) | (?=[),|])", r"\1", " ".join(told.split()))


def _run(tokens: Tokens, until: str = "") -> str:
    """What stands before the mark that ends a group; tokens are taken from the end."""
    made: list[str] = []
    while tokens:
        if until and tokens[-1] == ("mark", until):
            tokens.pop()
            return "".join(made)
        made.append(_next(tokens))
    if until:
        raise IndexError(until)
    return "".join(made)


def _next(tokens: Tokens) -> str:
    kind, told = tokens.pop()
    if kind == "sign":
        return told
    if kind == "command":
        return _command(told, tokens)
    if told == "{":
        return _run(tokens, "}")
    if told == "}":
        raise KeyError(told)
    inner = _argument(tokens)
    if told == "^" and inner in HIGH:
        return HIGH[inner]
    return f"{told}{inner if len(inner) == 1 or inner.isalnum() else f'({inner})'}"


def _argument(tokens: Tokens) -> str:
    while tokens and tokens[-1] == ("sign", " "):
        tokens.pop()
    return _next(tokens).strip()


def _command(name: str, tokens: Tokens) -> str:
    if name in ("frac", "dfrac", "tfrac"):
        above, below = _argument(tokens), _argument(tokens)
        return f"{_held(above)}/{_whole(below)} "
    if name == "sqrt":
        if tokens[-1] == ("sign", "["):
            raise KeyError("another root")
        return f"√{_whole(_argument(tokens))}"
    if name in KEPT:
        return _argument(tokens)
    if name in OVER:
        inner = _argument(tokens)
        return inner + OVER[name] if len(inner) == 1 else f"mean({inner})"
    if name in NAMED:
        return f"{name.removeprefix('wide')}({_argument(tokens)})"
    return SIGNS[name]


def _held(part: str) -> str:
    return f"({part})" if LOOSE.search(part) else part


def _whole(part: str) -> str:
    """What stands behind a stroke or a root: in brackets where it is a product."""
    return part if ONE.fullmatch(part) else f"({part})"
