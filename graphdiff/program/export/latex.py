r"""A tape as a list of equations: one for each node and each derivative, aligned at their =."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from graphdiff.errors import GraphError
from graphdiff.language.expression import AnyFunction
from graphdiff.language.functions import stable
from graphdiff.language.functions.writing import ATOM, POWER, PRODUCT, UNARY, LatexPart
from graphdiff.language.shapes import Shape
from graphdiff.notation import latex
from graphdiff.notation.latex.letters import is_atom
from graphdiff.notation.latex.writer import Writer
from graphdiff.program.export.opened import opened
from graphdiff.program.tape.tape import Call, Fixed, Leaf, Line, Number
from graphdiff.program.tape.transforms import Recording

MAX_INLINE = 60
"""Characters of a formula without a name that is written where it is used."""

MAX_ROWS = 2_000
"""Equations that are written."""

_HEIGHT = re.compile(r"\\begin\{(?:cases|bmatrix)\}")


def to_latex(recording: Recording, output: str, wrt: Sequence[str], form: str) -> str:
    r"""Return a program as an ``align*`` of equations, for pdflatex with ``amsmath``.

    Parameters
    ----------
    recording
        What it computes.
    output, wrt
        The names of what is computed, and of the leaves it is derived in.
    form
        What is derived.

    Raises
    ------
    GraphError
        If there are too many equations.
    """
    tape = opened(recording.tape, _Written(), "LaTeX")
    writer = _Equations(replace(recording, tape=tape))
    labels = dict(_labels(recording.result, output, wrt, form))
    for place, label in labels.items():
        writer.output(tape.outputs[place], label)
    rows = writer.rows
    if len(rows) > MAX_ROWS:
        raise GraphError(
            f"the program has {len(rows)} equations, more than {MAX_ROWS}; "
            "write a smaller graph in LaTeX, or use source"
        )
    body = " \\\\\n".join(f"{left} &= {right}" for left, right in rows)
    return latex.ascii_only(f"\\begin{{align*}}\n{body}\n\\end{{align*}}\n")


class _Written:
    """The functions that people write: all but those that stand for others in programs."""

    def __contains__(self, function: object) -> bool:
        return function not in stable.FUNCTIONS


class _Equations:
    def __init__(self, recording: Recording) -> None:
        tape = recording.tape
        self._tape = tape
        self._nodes = {name for name in tape.names.values() if not name.startswith("P_")}
        self._nodes |= {line.name for line in tape.lines if isinstance(line, Leaf)}
        self.rows: list[tuple[str, str]] = []
        self._uses = Counter(
            k for line in tape.lines if isinstance(line, Call) for k in line.operands
        )
        names = {self._name(name) for name in tape.names.values()}
        names |= {latex.name(line.name) for line in tape.lines if isinstance(line, Leaf)}
        self._taken = names
        self._writer = Writer(frozenset(names))
        self._letter = next(c for c in ("t", "r", "q", "h", r"\tau", "t'") if not self._has(c))
        self._parts: list[LatexPart] = []
        for k, line in enumerate(tape.lines):
            self._parts.append(self._part(k, line))

    def _has(self, letter: str) -> bool:
        return any(name == letter or name.startswith(f"{letter}_") for name in self._taken)

    def _name(self, name: str) -> str:
        node = name.removeprefix("P_")
        if name not in self._nodes and node != name and node in self._nodes:
            return derivative(node)
        return latex.name(name)

    def _part(self, k: int, line: Line) -> LatexPart:
        shape = self._tape.shapes[k]
        match line:
            case Leaf(name):
                return _symbol(latex.name(name), shape)
            case Number(value):
                return _number(value)
            case Fixed(array):
                part = LatexPart(latex.value(array, shape), ATOM, shape)
                return part if max(shape, default=0) <= 4 and len(shape) <= 2 else self._aside(part)
            case Call(function, operands):
                return self._applied(k, function, operands)
        raise TypeError(line)

    def _applied(self, k: int, function: AnyFunction, operands: tuple[int, ...]) -> LatexPart:
        parts = tuple(self._parts[place] for place in operands)
        found = self._writer.applied(function, parts, self._tape.shapes[k])
        named = self._tape.names.get(k)
        if named is not None:
            left = self._name(named)
            self.rows.append((left, found.latex))
            return _symbol(left, found.shape)
        is_long = len(found.latex) > MAX_INLINE or _HEIGHT.search(found.latex)
        if is_long and not (k in self._tape.outputs and not self._uses[k]):
            return self._aside(found)
        return found

    def _aside(self, found: LatexPart) -> LatexPart:
        """Return a name for a formula without one."""
        count = sum(left.startswith(f"{self._letter}_{{") for left, _ in self.rows) + 1
        left = f"{self._letter}_{{{count}}}"
        self.rows.append((left, found.latex))
        return _symbol(left, found.shape)

    def output(self, k: int, label: str) -> None:
        """Write what an output is, unless it is called so already."""
        found = self._parts[k].latex
        if found != label:
            self.rows.append((label, found))


def _symbol(name: str, shape: Shape) -> LatexPart:
    return LatexPart(name, ATOM if is_atom(name) else POWER, shape)


def _number(value: Any) -> LatexPart:
    if isinstance(value, int | float):
        written = latex.number(value, 17) if value == value else r"\mathrm{nan}"
        short = latex.number(value, 12)
        written = short if float(f"{value:.12g}") == value else written
    elif value.denominator == 1:
        written = str(value.numerator)
    else:
        sign = "-" if value < 0 else ""
        written = rf"{sign}\frac{{{abs(value.numerator)}}}{{{value.denominator}}}"
    if written.startswith("-"):
        return LatexPart(written, UNARY)
    return LatexPart(written, ATOM if written.isdigit() or "." in written else PRODUCT)


def derivative(node: str) -> str:
    r"""Return P of a node.

    Examples
    --------
    >>> print(derivative("W_1"))
    P^{W_{1}}
    """
    return f"P^{{{latex.name(node)}}}"


def _labels(result: Any, output: str, wrt: Sequence[str], form: str) -> list[tuple[int, str]]:
    """Return what each output is called."""
    name = latex.name(output)
    if isinstance(result, tuple):
        value, derived = result
        return [(value, name), *_labels(derived, output, wrt, "gradient")]
    if form == "value":
        return [(result, name)]
    if form == "jvp":
        return [(result, rf"\dot{{{name}}}")]
    entries = result if isinstance(result, dict) else {wrt[0]: result}
    label = _LABELS[form]
    return [(place, label(name, key)) for key, place in entries.items()]


def _second(output: str, key: Any) -> str:
    first, second = key if isinstance(key, tuple) else (key, key)
    below = rf"\partial {latex.name(first)} \, \partial {latex.name(second)}"
    return rf"\frac{{\partial^2 {output}}}{{{below}}}"


_LABELS: Mapping[str, Callable[[str, Any], str]] = {
    "gradient": lambda _, key: derivative(key),
    "vjp": lambda _, key: derivative(key),
    "hvp": lambda _, key: rf"\dot{{P}}^{{{latex.name(key)}}}",
    "jacobian": lambda output, key: rf"\frac{{\partial {output}}}{{\partial {latex.name(key)}}}",
    "hessian": _second,
}
