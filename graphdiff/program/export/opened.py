"""A tape in the catalogue's functions alone: those of one's own written out by their formulas."""

from __future__ import annotations

from collections.abc import Container

from graphdiff.errors import GraphError
from graphdiff.language.functions import Function
from graphdiff.program.tape.lowering import Lowering, by_formula
from graphdiff.program.tape.tape import Call, Line, Tape

MAX_LINES = 20_000
"""Lines of a tape that are written as text."""


def opened(tape: Tape, known: Container[Function], where: str) -> Tape:
    """Return a tape whose maps are all known ones.

    Parameters
    ----------
    where
        The language it is for, as error messages call it.

    Raises
    ------
    GraphError
        If a map is not known and its formula is not made of known ones, or if the tape is long.
    """
    if len(tape.lines) > MAX_LINES:
        raise GraphError(
            f"the program has {len(tape.lines)} lines, more than {MAX_LINES}, so it is not "
            f"written in {where}; build the graph of arrays in place of single numbers"
        )
    if all(_stranger(line, known) is None for line in tape.lines):
        return tape
    recorder = Lowering(str)
    place: list[int] = []
    for line, shape in zip(tape.lines, tape.shapes, strict=True):
        if not isinstance(line, Call):
            place.append(recorder.write(line, shape))
            continue
        operands = tuple(place[k] for k in line.operands)
        function = _stranger(line, known)
        if function is None:
            place.append(recorder.apply(line.function, *operands))
            continue
        found = by_formula(function)
        if found is None:
            raise _refusal(function, where)
        place.append(recorder.broadcast(recorder.within(found, operands), shape))
    names: dict[int, str] = {}
    for k, name in tape.names.items():
        names.setdefault(place[k], name)
    result = recorder.tape([place[k] for k in tape.outputs], names)
    for line in result.lines:
        function = _stranger(line, known)
        if function is not None:
            raise _refusal(function, where)
    return result


def _stranger(line: Line, known: Container[Function]) -> Function | None:
    """Return the map that a line applies, if it is not known."""
    if isinstance(line, Call) and isinstance(line.function, Function):
        return None if line.function in known else line.function
    return None


def _refusal(function: Function, where: str) -> GraphError:
    return GraphError(
        f"{function.name!r} cannot be written in {where}, as its formula is not made of the "
        "catalogue's functions; write it with those"
    )
