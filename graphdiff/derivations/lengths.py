"""How long a local Jacobian is at least, found without deriving it.

Deriving a formula of a hundred terms takes a second, only to find that no picture has room for it.
By the chain rule each function on the way to an argument is followed by what it is applied to, each
factor by the other; where several ways lead there, the result is as long as the longest of them,
however it is factored. Only where equal factors are collected, or terms cancel, is it shorter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graphdiff.graph.structure import Edge
from graphdiff.language.functions import Function
from graphdiff.language.functions.arithmetic import add, div, mul, neg, sub
from graphdiff.language.functions.elementary import exp
from graphdiff.local_functions.local_function import Formal, Instruction
from graphdiff.notation import latex

SUMS = (add, sub, neg)


def least_length(edge: Edge) -> int:
    """Return the number of characters of LaTeX that J^{j→i} has at least.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> x, y, z = g.input("x"), g.input("y"), g.input("z")
    >>> L = g.node("L", gd.sin(x * y) * gd.exp(z))
    >>> [least_length(edge) for edge in g.edges]  # y cos(xy) exp(z), x cos(xy) exp(z), L
    [3, 3, 0]
    """
    function = edge.child.function
    if function is None:
        return 0
    names = [len(latex.name(parent.name)) for parent in edge.child.parents]
    at_hand = _at_hand(function.program)
    has_exp = any(
        isinstance(line, Instruction) and line.function is exp and k in at_hand
        for k, line in enumerate(function.program)
    )
    whole: list[int] = []
    partial: list[int | None] = []
    for k, line in enumerate(function.program):
        match line:
            case Formal(slot):
                whole.append(names[slot])
                partial.append(0 if slot == edge.slot else None)
            case Instruction(applied, places):
                sign = 3 if applied in (add, sub) else 0 if applied in (mul, div, neg) else 4
                ways = _ways(line, whole, partial, at_hand.get(k, _AWAY), has_exp=has_exp)
                whole.append(sign + sum(whole[place] for place in places))
                partial.append(max(ways, default=None))
            case _:
                whole.append(0)
                partial.append(None)
    return partial[-1] or 0


_AWAY, _FACTOR, _VALUE = range(3)
"""Whether a line is within the node's value, a factor of it, or the value itself."""


def _at_hand(program: Sequence[object]) -> dict[int, int]:
    """Return which lines are the value, and its factors with what is raised to them."""
    found = {len(program) - 1: _VALUE}
    for k in reversed(range(len(program))):
        line = program[k]
        if k in found and isinstance(line, Instruction) and line.function in (mul, div, neg):
            found |= {place: found.get(place, _FACTOR) for place in line.lines}
    return found


def _ways(
    line: Instruction,
    whole: Sequence[int],
    partial: Sequence[int | None],
    at_hand: int,
    *,
    has_exp: bool,
) -> Iterator[int]:
    """Yield the least length of what each argument of a line gives to its derivative."""
    applied, places = line
    for at, place in enumerate(places):
        inner = partial[place]
        if inner is None:
            continue
        beside = sum(whole[other] for other in (*places[:at], *places[at + 1 :]))
        if applied in SUMS or not isinstance(applied, Function):
            yield inner
        elif applied in (mul, div) and at_hand and has_exp:
            yield inner  # exp(z) y is its own derivative in z
        elif applied is mul:
            yield inner + beside
        elif applied is div:
            yield inner + whole[places[1]]
        elif at_hand == _VALUE or (at_hand and applied is exp):
            yield inner  # the node's own value stands for it: 1 - a^2 for tanh
        else:
            yield inner + whole[place]
