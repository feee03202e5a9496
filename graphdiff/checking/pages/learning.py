"""What a page does not say but shows: what its δ means, and its learning rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from graphdiff.checking.claim_records import Side
from graphdiff.checking.pages import deltas, spelling, updates
from graphdiff.checking.pages.interpreter import Interpreter
from graphdiff.checking.pages.known import Known
from graphdiff.checking.pages.lines import Line
from graphdiff.checking.pages.understanding import Understanding
from graphdiff.checking.targets import Target
from graphdiff.files.mathematics.trees import Tree


def convention_of_deltas(
    interpreter: Interpreter, lines: Sequence[Line], known: Known
) -> deltas.Convention | None:
    """Find out what δ means on a page, and teach it; None if there is no δ."""
    names = interpreter.names
    by_parts: dict[spelling.Parts, list[Line]] = {}
    for line in lines:
        parts = parts_of(line.statement.sides[0].tree)
        if parts is not None and deltas.is_delta(parts) and names.exact(parts) is None:
            by_parts.setdefault(parts, []).append(line)
    if not by_parts:
        return None
    understanding = Understanding(interpreter, {}, lambda _: (), lambda _: ())
    sides = {parts: _sides(understanding, found) for parts, found in by_parts.items()}

    def fits(parts: spelling.Parts, meant: Any) -> bool:
        target = understanding.target(meant)
        return target is not None and any(known.is_near(target, side) for side in sides[parts])

    convention = deltas.chosen(names, list(by_parts), fits)
    interpreter.convention = convention
    return convention


def samples_of_d(interpreter: Interpreter, lines: Sequence[Line], known: Known) -> bool:
    """Find out whether the dZ of a page is of the loss of each sample, and teach it."""
    names = interpreter.names
    if names.samples < 2:
        return False
    understanding = Understanding(interpreter, {}, lambda _: (), lambda _: ())
    fits = {1: 0, names.samples: 0}
    for line in lines:
        parts = parts_of(line.statement.sides[0].tree)
        if parts is None or names.exact(parts) is not None:
            continue
        for times in fits:
            interpreter.times = times
            meant = deltas.derivative_by_its_d(names, parts, times)
            if meant is None:
                break
            target = understanding.target(meant)
            sides = _sides(understanding, [line])
            fits[times] += target is not None and any(known.is_near(target, s) for s in sides)
    interpreter.times = max(fits, key=lambda times: fits[times])
    return interpreter.times > 1


def _sides(understanding: Understanding, lines: Sequence[Line]) -> list[Side]:
    """Return the sides of lines, as far as they can be read."""
    return [
        way
        for line in lines
        for link in understanding.links(line, line.statement.sides[1:])
        for way in link.ways
    ]


def learning_rate(
    interpreter: Interpreter,
    lines: Sequence[Line],
    known: Known,
    values: Mapping[str, Sequence[Any]],
) -> Fraction | None:
    """Return the learning rate that the steps of a page were made with, if they show one."""
    names = interpreter.names
    parameters = [leaf for leaf in names.graph.leaves if leaf.kind == "parameter"]
    steps = [
        (node, line.statement.sides)
        for line in lines
        if (node := updates.parameter_of(names, line.statement.sides, values, parameters))
        is not None
    ]
    rate = updates.usual_rate([list(updates.rates(interpreter, sides)) for _, sides in steps])
    if rate is not None or known.output is None:
        return rate
    moves: list[updates.Move] = []
    for node, sides in steps:
        new = updates.literal(sides[-1].tree)
        if new is not None:
            slope = known.ground.here.at(Target("derivative", known.output, node))
            moves += updates.moves(known.values.get(node.name), new, slope)
    return updates.rate_of(moves)


def parts_of(tree: Tree) -> spelling.Parts | None:
    """Return the parts of a written name; None for anything else."""
    try:
        return spelling.parts_of(tree)
    except spelling.NoNameError:
        return None
