"""Both sweeps over a tape of float operations, compiled once for all tapes by numba.

What an operation and its partial derivatives are is printed as one branch of each sweep.
Importing this file needs numba, the extra ``jit``.
"""

from __future__ import annotations

from collections.abc import Mapping

from graphdiff.program.jitted import jitted
from graphdiff.program.naming import Naming
from graphdiff.program.scalars.operations import CODE, OF_TWO
from graphdiff.program.scalars.python import Printer
from graphdiff.program.scalars.rules import cotangents
from graphdiff.program.scalars.scalar_tape import Lines
from graphdiff.program.scalars.triangular import VANISHED

_FORWARD = """
def forward{version}(op, a, b, v):
    start = len(v) - len(op)
    r = v[start - 1]
    for i in range(len(op)):
        code, j, k, before = op[i], a[i], b[i], start + i - 1
        x = r if j == before else v[j]
        y = r if k == before else v[k]
        {values}
        v[start + i] = r
"""
_BACKWARD = """
def backward{version}(op, a, b, v, P):
    start = len(v) - len(op)
    passed = 0.0
    for at in range(len(v) - 1, start - 1, -1):
        c = P[at] + passed
        if -{vanished} < c < {vanished}:
            c = 0.0
        P[at] = c
        code, j, k, r = op[at - start], a[at - start], b[at - start], v[at]
        x, y = v[j], v[k]
        passed = 0.0
        if code < {count_of_two}:
            {partials_of_two}
            if k == at - 1:
                passed = c * K
            else:
                P[k] += c * K
        else:
            {partials_of_one}
        if j == at - 1:
            passed += c * J
        else:
            P[j] += c * J
    P[start - 1] += passed
"""


def _printed(name: str, names: dict[str, object]) -> tuple[str, list[str]]:
    """Return an operation of x and y as text, and its partials, in which r is its value.

    The functions called are added to ``names``.
    """
    b = Lines()
    x, y = b.input(0), b.input(1)
    of = [x, y] if name in OF_TWO else [x]
    match name:
        case "square":
            line = b.mul(x, x)
        case "fixed_pow":
            line = b.pow(x, y)
        case "mark":
            line = b.mark(0, x)
        case _:
            line = b.op(name, *of)
    found = cotangents(b, line, of)

    def text(output: int, known: dict[int, str]) -> str:
        printer = Printer(b, Naming(), {x: "x", y: "y", **known}, {}, names=names)
        printer.assignments([output])
        return printer.use(output)

    return text(line, {}), [text(found.get(slot, b.number(0)), {line: "r"}) for slot in of]


def _branches(statements: Mapping[str, str], indent: int) -> str:
    """Return the choice of a statement by the code of its operation."""
    tests = [f"if code == {CODE[name]}:\n    {text}" for name, text in statements.items()]
    return "\nel".join(tests).replace("\n", f"\n{' ' * indent}")


_names: dict[str, object] = {}
_texts = {name: _printed(name, _names) for name in CODE}

forward = jitted(
    _FORWARD.replace(
        "{values}", _branches({name: f"r = {value}" for name, (value, _) in _texts.items()}, 8)
    ),
    _names,
)
"""Compute the values of all operations, which are the last in ``v``.

The value before goes on to the next operation by itself: a chain does not wait for memory.
"""
backward = jitted(
    _BACKWARD.format(
        version="{version}", vanished=VANISHED, count_of_two=len(OF_TWO),
        partials_of_two=_branches(
            {name: f"J, K = {J}, {K}" for name, (_, [J, *rest]) in _texts.items() for K in rest},
            12),
        partials_of_one=_branches(
            {name: f"J = {J}" for name, (_, [J, *rest]) in _texts.items() if not rest}, 12),
    ),
    _names,
)  # fmt: skip
"""Complete P, the derivative of the last value in every other; P is 1 there, else 0.

``passed`` is what has just been given to the operation before, as in forward.
"""
