"""A tape in the catalogue's functions alone: those of one's own written out by their formulas."""

from __future__ import annotations

from collections.abc import Container

from graphdiff.errors import GraphError
from graphdiff.functions import Function
from graphdiff.functions.tensor import TensorFunction
from graphdiff.program.lowering import Lowering, by_formula
from graphdiff.program.tape import Call, Tape

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
    if not any(_is_strange(line, known) for line in tape.lines):
        return tape
    recorder = Lowering(str)
    place: list[int] = []
    for line, shape in zip(tape.lines, tape.shapes, strict=True):
        if not isinstance(line, Call):
            place.append(recorder.write(line, shape))
            continue
        operands = tuple(place[k] for k in line.operands)
        if not _is_strange(line, known):
            place.append(recorder.apply(line.function, *operands))
            continue
        found = by_formula(line.function)  # pyright: ignore
        if found is None:
            raise _refusal(line.function, where)
        place.append(recorder.broadcast(recorder.within(found, operands), shape))
    names: dict[int, str] = {}
    for k, name in tape.names.items():
        names.setdefault(place[k], name)
    result = recorder.tape([place[k] for k in tape.outputs], names)
    for line in result.lines:
        if _is_strange(line, known):
            raise _refusal(line.function, where)  # pyright: ignore
    return result


def _is_strange(line: object, known: Container[Function]) -> bool:
    return (
        isinstance(line, Call)
        and isinstance(line.function, Function)
        and line.function not in known
    )


def _refusal(function: Function | TensorFunction, where: str) -> GraphError:
    return GraphError(
        f"{function.name!r} cannot be written in {where}, as its formula is not made of the "
        "catalogue's functions; write it with those"
    )
