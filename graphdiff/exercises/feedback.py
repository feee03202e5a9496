"""What a student is told who chooses a wrong answer, its names and formulas typeset.

The sentences of the catalogue of mistakes are filled in with names and formulas as text. These are
marked when they are put in, so that a name is never mistaken for a word, and become LaTeX together
with the signs that the sentences have between them: ∂, ′, − and ·.
"""

from __future__ import annotations

import html
import re

from graphdiff.derivations import symbols
from graphdiff.errors import GraphdiffError
from graphdiff.files.parser import parse
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language.expression import Constant
from graphdiff.language.functions import ALIASES, NAMED
from graphdiff.local_functions.local_function import LocalFunction, localise
from graphdiff.notation import latex

OPEN, CLOSE = "\ue000", "\ue001"

_M = f"{OPEN}([^{CLOSE}]*){CLOSE}"
_RUN = re.compile(rf"∂{_M}/∂{_M}|{_M}′|−\({_M}\)|{_M} ?· ?{_M}|{_M} − {_M}|{_M}")
_FORMS = (
    r"\frac{{\partial {0}}}{{\partial {1}}}", "{0}'", r"-{0}", r"{0} \cdot {1}", "{0} - {1}", "{0}",
)  # fmt: skip
"""How the alternatives of a run are written, in their order."""

_SLOPE, _PARTIAL = re.compile(r"(\w+)′\((.+)\)"), re.compile(r"∂(.+)/∂(.+)")
_BETWEEN = re.compile(
    r"(, (?![^([]*[)\]])| and |^.*? (?:of|in|at|for|as|before) | (?:of|in|at|for|as) )"
)
"""What stands between formulas, and before the first."""
_APPLIED = r"{\left({0}\right)}"
"""What stands behind the name of a function in its LaTeX, if it is written with a name."""


def marked(word: str) -> str:
    """Return a name or a formula in marks."""
    return f"{OPEN}{word}{CLOSE}"


def plain(words: str) -> str:
    """Return words without marks."""
    return words.replace(OPEN, "").replace(CLOSE, "")


def as_html(words: str, graph: ComputationalGraph) -> str:
    """Return words as HTML, what is marked as LaTeX where it is of a graph."""
    parts, done = list[str](), 0
    for found in _RUN.finditer(words):
        parts += html.escape(plain(words[done : found.start()])), _run(found, graph)
        done = found.end()
    return "".join([*parts, html.escape(plain(words[done:]))])


def _run(found: re.Match[str], graph: ComputationalGraph) -> str:
    """Return one run of marked words; as it is where one of them is no formula."""
    inner = [part for part in found.groups() if part is not None]
    form = _FORMS[_alternative(found)]
    if len(inner) == 1 and form == "{0}":
        return "".join(_listed(inner[0], graph))
    is_slope = form.endswith("'")
    shown = [_function(part) if is_slope else formula(part, graph) for part in inner]
    if any(part is None for part in shown):
        return html.escape(plain(found[0]))
    return _in_html(form.format(*shown))


def _alternative(found: re.Match[str]) -> int:
    sizes = (2, 1, 1, 2, 2, 1)
    first = next(k for k, part in enumerate(found.groups()) if part is not None)
    return next(k for k in range(len(sizes)) if first < sum(sizes[: k + 1]))


def _listed(words: str, graph: ComputationalGraph) -> list[str]:
    """Return one formula, several, or some with words before them: the derivative of a in b."""
    parts = [words] if formula(words, graph) else _BETWEEN.split(words)
    shown = (_operand(part, graph) or formula(part, graph) for part in parts)
    return [
        html.escape(part) if said is None else _in_html(said)
        for part, said in zip(parts, shown, strict=True)
    ]


def _in_html(shown: str) -> str:
    return html.escape(rf"\({shown}\)", quote=False)


def _function(name: str) -> str:
    r"""Return the name of a function as its declaration has it in LaTeX.

    Examples
    --------
    >>> _function("σ"), _function("asin"), _function("relu")
    ('\\sigma', '\\arcsin', '\\operatorname{relu}')
    """
    declared = NAMED.get(ALIASES.get(name, name))
    shown = "" if declared is None else declared.latex
    own = rf"\operatorname{{{name}}}"
    return shown.removesuffix(_APPLIED) if shown.endswith(_APPLIED) else own


def formula(words: str, graph: ComputationalGraph) -> str | None:
    r"""Return a formula of a graph as LaTeX: its value, a slope σ′(z), a derivative ∂a/∂z.

    None for words that are none.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> v_1 = g.input("v_1", 2)
    >>> formula("2*v_1", g), formula("σ′(v_1)", g), formula("product", g)
    ('2 v_{1}', "\\sigma'\\left(v_{1}\\right)", None)
    """
    if slope := _SLOPE.fullmatch(words):
        inner = formula(slope[2], graph)
        return inner and rf"{_function(slope[1])}'\left({inner}\right)"
    if partial := _PARTIAL.fullmatch(words):
        both = [_operand(part, graph) for part in partial.groups()]
        return None if None in both else _FORMS[0].format(*both)
    try:
        read = parse(words, graph.__getitem__)
    except GraphdiffError:
        return None
    if isinstance(read, Node):
        return symbols.name(read).latex
    if isinstance(read, Constant):
        return words
    program, names = localise(read)
    function = LocalFunction(program, len(names), tuple(name.shape for name in names))
    return latex.authored(function, [latex.name(getattr(name, "name", "")) for name in names])


def _operand(words: str, graph: ComputationalGraph) -> str | None:
    """Return a formula as it stands after ∂, in the brackets that it has."""
    if words.startswith("(") and words.endswith(")"):
        inner = formula(words[1:-1], graph)
        return inner and rf"\left({inner}\right)"
    return formula(words, graph)
