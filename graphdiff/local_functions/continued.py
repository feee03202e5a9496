"""A local function that goes on from what another has computed.

The pullback of f begins as f does: of σ(z) it needs σ(z), of z/√(var z + ε) the variance and the
root. Who has computed f line by line need not compute these lines again.
"""

from __future__ import annotations

from typing import NamedTuple

from graphdiff.local_functions.local_function import Formal, Instruction, Literal, LocalFunction


class Continued(NamedTuple):
    """A function of lines of another one's program, and of its own further arguments.

    Attributes
    ----------
    function
        The function. Its first arguments are the values of lines, its last ones its own.
    lines
        Which lines of the other program they are.
    """

    function: LocalFunction
    lines: tuple[int, ...]


def continued(function: LocalFunction, begun: LocalFunction) -> Continued:
    """Return a function of all arguments of another and of more, from lines of the other."""
    known = _lines_of(begun, function)
    needed: set[int] = {len(function.program) - 1}
    for k in reversed(range(len(function.program))):
        line = function.program[k]
        if k in needed and k not in known and isinstance(line, Instruction):
            needed.update(line.lines)
    lines = tuple(sorted({known[k] for k in needed if k in known}))
    program: list[Formal | Literal | Instruction] = []
    place: dict[int, int] = {}
    for k in sorted(needed):
        place[k] = len(program)
        match function.program[k]:
            case _ if k in known:
                program.append(Formal(lines.index(known[k])))
            case Instruction(declared, operands):
                program.append(Instruction(declared, tuple([place[each] for each in operands])))
            case Formal(slot):
                program.append(Formal(len(lines) + slot - begun.arity))
            case number:
                program.append(number)
    own = function.shapes[begun.arity :]
    shapes = (*(begun.line_shapes[k] for k in lines), *own)
    return Continued(LocalFunction(tuple(program), len(shapes), shapes), lines)


def _lines_of(begun: LocalFunction, function: LocalFunction) -> dict[int, int]:
    """Return which lines of a function are lines of another too, of those made of arguments."""
    there = {line: k for k, line in enumerate(begun.program)}
    same: dict[int, int] = {}
    numbers: set[int] = set()
    for k, line in enumerate(function.program):
        if isinstance(line, Literal) or (
            isinstance(line, Instruction) and numbers.issuperset(line.lines)
        ):
            numbers.add(k)
        if isinstance(line, Instruction):
            line = Instruction(line.function, tuple([same.get(each, -1) for each in line.lines]))
        if line in there:
            same[k] = there[line]
    return {k: at for k, at in same.items() if k not in numbers}
