"""What a page does not say but shows: what its δ means, and its learning rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from graphdiff.checking.claim_records import Side
from graphdiff.checking.pages import deltas, rates, spelling, updates
from graphdiff.checking.pages.interpreter import Interpreter, NotUnderstoodError
from graphdiff.checking.pages.known import Known
from graphdiff.checking.pages.lines import Line
from graphdiff.checking.pages.names import Names
from graphdiff.checking.pages.of_names import TRANSPOSED
from graphdiff.checking.pages.readings import MisfitError
from graphdiff.checking.pages.understanding import Understanding
from graphdiff.checking.targets import Reference, Target
from graphdiff.checking.targets import written as name_of
from graphdiff.files.mathematics import trees
from graphdiff.files.mathematics.trees import Tree
from graphdiff.language.expression import Expression

MOST_USES = 20
"""Lines with a δ on the right by which it is found out what it means."""


def convention_of_deltas(
    interpreter: Interpreter, lines: Sequence[Line], known: Known
) -> deltas.Convention | None:
    """Find out what δ means on a page, and teach it; None if there is no δ."""
    names = interpreter.names
    by_parts: dict[spelling.Parts, list[Line]] = {}
    for line in lines:
        parts = spelling.parts_of(line.statement.sides[0].tree)
        is_product = isinstance(line.statement.sides[0].tree, trees.Product)  # δh of an LSTM
        if parts is None or is_product:
            continue
        if deltas.is_delta(parts) and names.exact(parts) is None:
            by_parts.setdefault(parts, []).append(line)
    if any(parts[0] in deltas.SIGNS for parts in by_parts):
        by_parts = {parts: found for parts, found in by_parts.items() if parts[0] in deltas.SIGNS}
    if not by_parts:
        return _convention_by_use(interpreter, lines, known)
    understanding = Understanding(interpreter)
    sides = {parts: _sides(understanding, found) for parts, found in by_parts.items()}

    def fits(parts: spelling.Parts, meant: Any) -> int:
        target = understanding.target(meant)
        if target is None:
            return 0
        if any(known.is_near(target, side) for side in sides[parts]):
            return 2
        return int(any(side.shape == target.shape for side in sides[parts]))

    convention = deltas.chosen(names, list(by_parts), fits)
    words = frozenset(parts[0] for parts in by_parts) | deltas.SIGNS
    interpreter.convention = replace(convention, words=words)
    return convention


def _convention_by_use(
    interpreter: Interpreter, lines: Sequence[Line], known: Known
) -> deltas.Convention | None:
    """Find out what δ means where it only stands on the right: what most such lines fit."""
    names = interpreter.names
    uses = [(line, found) for line in lines if (found := _deltas_in(names, line))][:MOST_USES]
    several = dict.fromkeys(parts for _, found in uses for parts in found)
    if any(_is_delta_of(line.statement.sides[0].tree) for line in lines):  # δh of an LSTM
        several.pop((deltas.DELTA,), None)
    written = [
        parts
        for parts in several  # without the δ_ij of Kronecker
        if any(_meant(names, parts, one) is not None for one in deltas.CONVENTIONS)
    ]
    different: dict[tuple[Any, ...], deltas.Convention] = {}
    for convention in deltas.CONVENTIONS:
        meant = [_meant(names, parts, convention) for parts in written]
        if written and None not in meant:
            different.setdefault(tuple(map(repr, map(_shown, meant))), convention)
    understanding = Understanding(interpreter)

    def score(convention: deltas.Convention) -> int:
        interpreter.convention = convention
        return sum(_is_right(understanding, line, known) for line, _ in uses)

    interpreter.convention = max(different.values(), key=score, default=None)
    return interpreter.convention


def _is_delta_of(tree: Tree) -> bool:
    """Whether it is a δ before the name of what it is the derivative in."""
    return isinstance(tree, trees.Product) and spelling.parts_of(tree.factors[0]) == (deltas.DELTA,)


def _meant(names: Names, parts: spelling.Parts, convention: deltas.Convention) -> Expression | None:
    """Return what a δ means, of δ_k^{(2)} of a layer of several the layer."""
    found = deltas.of_delta(names, parts, convention)
    if found is None and len(parts) == 3:
        return deltas.of_delta(names, (parts[0], parts[2]), convention)
    return found


def _shown(meant: Any) -> Any:
    """Return what is the same for the same derivative."""
    target = getattr(meant, "target", None)
    if target is not None:
        return target.wrt.name
    return type(meant).__name__, *(_shown(part) for part in getattr(meant, "arguments", ()))


def _deltas_in(names: Names, line: Line) -> list[spelling.Parts]:
    """Return the δ on the right of a line, by their parts."""
    found: list[spelling.Parts] = []
    for side in line.statement.sides[1:]:
        inside: set[int] = set()
        for part in trees.walk(side.tree):
            if isinstance(part, trees.Script | trees.Name) and id(part) not in inside:
                inside |= {id(one) for one in trees.walk(part)}
                parts = spelling.parts_of(part)
                if parts and parts[-1] in TRANSPOSED:
                    parts = parts[:-1]
                is_sign = parts == (deltas.DELTA,) or len(parts or ()) > 1
                if parts and is_sign and parts[0] in deltas.SIGNS and names.exact(parts) is None:
                    found.append(parts)
    return found


def _is_right(understanding: Understanding, line: Line, known: Known) -> bool:
    """Whether what a line says of its left is near what is right."""
    try:
        targets = understanding.targets(line.statement.sides[0].tree)
    except (NotUnderstoodError, MisfitError):
        return False
    sides = _sides(understanding, [line])
    return any(known.is_near(target, side) for target in targets for side in sides)


def samples_of_d(interpreter: Interpreter, lines: Sequence[Line], known: Known) -> bool:
    """Find out whether the dZ of a page is of the loss of each sample, and teach it."""
    names = interpreter.names
    if names.samples < 2:
        return False
    understanding = Understanding(interpreter)
    fits = {1: 0, names.samples: 0}
    for line in lines:
        parts = spelling.parts_of(line.statement.sides[0].tree)
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


def predictions_of_d(interpreter: Interpreter, lines: Sequence[Line], known: Known) -> list[str]:
    """Find out which dy of a page are the derivatives in what is predicted of y, and teach it."""
    taught: list[str] = []
    for name in interpreter.names.graph.inputs:
        word = f"d{name.name}"
        parts = spelling.split(word)
        if interpreter.names.exact(parts) is not None:
            continue
        own = deltas.derivative_in_code(interpreter.names, word)
        other = deltas.in_the_prediction(interpreter.names, own)
        uses = [line for line in lines if _has(line, word)][:MOST_USES]
        if own is None or other is None or not uses:
            continue
        understanding, right = Understanding(interpreter), list[int]()
        for meant in (own, other):
            interpreter.meant[parts] = meant
            right.append(sum(_is_right(understanding, line, known) for line in uses))
        if right[1] <= right[0]:
            del interpreter.meant[parts]
        else:
            assert isinstance(other, Reference)  # noqa: S101 - it is a derivative
            taught.append(f"{word} is taken for {name_of(other.target)}")
    return taught


def _has(line: Line, word: str) -> bool:
    """Whether a name stands in a line."""
    return any(
        isinstance(part, trees.Name) and part.text == word
        for side in line.statement.sides
        for part in trees.walk(side.tree)
    )


def sign_of_changes(interpreter: Interpreter, lines: Sequence[Line], known: Known) -> bool:
    """Find out whether Δw is what is taken off w, not added to it, and teach it."""
    if interpreter.rate is None:
        return False
    understanding = Understanding(interpreter)
    changes = [line for line in lines if _is_change(line.statement.sides[0].tree)]
    fits = {-1: 0, 1: 0}
    for sign in fits:
        interpreter.sign_of_changes = sign
        for line in changes:
            try:
                targets = understanding.targets(line.statement.sides[0].tree)
            except (NotUnderstoodError, MisfitError):
                continue
            sides = _sides(understanding, [line])
            fits[sign] += any(known.is_near(target, side) for target in targets for side in sides)
    for line in lines:
        for side in line.statement.sides[1:]:
            terms = side.tree.terms if isinstance(side.tree, trees.Sum) else ()
            for sign, term in terms[1:]:
                fits[1 if sign == "-" else -1] += len(lines) * _is_change(term)
    interpreter.sign_of_changes = 1 if fits[1] > fits[-1] else -1
    return interpreter.sign_of_changes == 1


def _is_change(tree: Tree) -> bool:
    """Whether it is Δw."""
    head = tree.factors[0] if isinstance(tree, trees.Product) and not any(tree.operators) else None
    return isinstance(head, trees.Name) and head.text == "Delta"


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
        (node, sides)
        for line in lines
        for sides in [updates.written_out(line.statement.sides)]
        if (node := updates.parameter_of(names, sides, values, parameters)) is not None
    ]
    rate = rates.usual_rate([list(rates.in_step(interpreter, sides)) for _, sides in steps])
    if rate is not None or known.output is None:
        return rate
    moves: list[rates.Move] = []
    for node, sides in steps:
        new = updates.literal(sides[-1].tree)
        if new is not None:
            slope = known.ground.here.at(Target("derivative", known.output, node))
            moves += rates.moves(known.values.get(node.name), new, slope)
    return rates.rate_of(moves)
