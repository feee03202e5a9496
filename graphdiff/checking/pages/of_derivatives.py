"""What derivatives mean: P, J, the slopes of maps, products of them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from graphdiff.checking.pages import deltas, of_entries, of_second_derivatives, readings, spelling
from graphdiff.checking.pages.meaning import Meaning, NotUnderstoodError, reads
from graphdiff.checking.pages.readings import MisfitError, Readings, plain
from graphdiff.checking.targets import Reference, Target, quantity
from graphdiff.errors import GraphdiffError
from graphdiff.files.mathematics import trees
from graphdiff.files.mathematics.trees import Tree
from graphdiff.graph import Node
from graphdiff.language import tensors
from graphdiff.language.expression import Constant, Expression, apply, in_order
from graphdiff.language.functions import OPERATORS, Function
from graphdiff.language.functions.movement import Key
from graphdiff.language.functions.scalar_derivative import prime
from graphdiff.local_functions.pullback import pullback


@reads(trees.Derivative)
def _derivative(meaning: Meaning, tree: trees.Derivative) -> Readings:
    if tree.mark == "∇" and not tree.wrt and meaning.stepping is not None:
        losses = [part[0] for part in differentiated(meaning, tree.of) if isinstance(part, tuple)]
        return plain(*(Reference(Target("derivative", of, meaning.stepping)) for of in losses))
    if tree.mark == "∇" and not tree.wrt:
        return _gradient(meaning, tree)
    if tree.mark == "∇²":
        return of_second_derivatives.gradient_twice(meaning, tree, differentiated(meaning, tree.of))
    if tree.mark == "∇" and len(tree.wrt) > 1:  # ∇_{w,b} L
        each = [_derivative(meaning, replace(tree, wrt=(part,))) for part in tree.wrt]
        return readings.listed(each)
    if len(tree.wrt) not in (1, 2):
        raise NotUnderstoodError(tree, "it is not said by what it is differentiated")
    found: list[Expression] = []
    for of in differentiated(meaning, tree.of):
        for wrt in itertools.product(*(variables(meaning, part) for part in tree.wrt)):
            found += _differentiated_by(of, wrt, partial=meaning.partial)
    if not found:
        raise MisfitError("the derivative of what is no node, or an array")
    return plain(*found)


def _gradient(meaning: Meaning, tree: trees.Derivative) -> Readings:
    """Return ∇L, the derivatives in all parameters, or in all leaves, where they are numbers."""
    found: Readings = []
    graph = meaning.names.graph
    for of in differentiated(meaning, tree.of):
        for leaves in (graph.parameters, graph.leaves):
            if isinstance(of, tuple) and leaves and not any(leaf.shape for leaf in leaves):
                slopes = [Reference(Target("derivative", of[0], leaf)) for leaf in leaves]
                found += plain(tensors.stack(slopes))
    if not found:
        raise NotUnderstoodError(tree, "it is not said by what it is differentiated")
    return found


Part = tuple[Node, Key]
"""A node, and the place of an entry of it; () for all of it."""


def _differentiated_by(
    of: Part | Expression, wrt: Sequence[Part], *, partial: bool
) -> list[Expression]:
    """Return the ways to read a derivative, of which entries may be meant."""
    nodes = [node for node, _ in wrt]
    key = tuple(place for _, places in wrt for place in places)
    if not isinstance(of, tuple):
        return [whole[key] if key else whole for whole in _of_expression(of, nodes)]
    node, own = of
    if len(wrt) == 1 and not key and not own:
        return derivative(node, nodes[0], partial=partial)
    kind = "derivative" if len(wrt) == 1 else "second"
    if kind == "derivative" and partial and nodes[0] in node.parents:
        kind = "J" if not node.shape and not nodes[0].shape else kind
    reference = Reference(Target(kind, node, nodes[0], nodes[1] if len(nodes) > 1 else None))
    key = key if node.size == 1 else own + key
    if not key:
        return [reference]
    return [reference[key]] if len(key) == len(reference.shape) else []


def _of_expression(of: Expression, wrt: Sequence[Node]) -> list[Expression]:
    """Return the ways to read the derivative of a formula, ∂/∂a (y − a)² or ∂/∂b (∂L/∂w).

    What else stands in it does not change, or changes as it depends on what is differentiated by.
    """
    held = None if any(isinstance(part, Reference) for part in in_order(of)) else of
    total: Expression | None = of
    for node in wrt:
        held = None if held is None or held.shape else _sum_of_slopes(held, {node: Constant(1)})
        total = None if total is None else _total_derivative(total, node)
    ways = [way for way in (held, total) if way is not None]
    return ways[:1] if held is total else ways


def _total_derivative(of: Expression, wrt: Node) -> Expression | None:
    """Return the derivative by a node on which others depend; None where it is not known."""
    if isinstance(of, Reference):
        return _slope(of, wrt)
    ends = [part for part in in_order(of) if isinstance(part, Node | Reference)]
    slopes = {end: slope for end in ends if (slope := _slope(end, wrt)) is not _CONSTANT}
    if of.shape or any(slope is None or slope.shape for slope in slopes.values()):
        return None
    return _sum_of_slopes(of, slopes)  # type: ignore[arg-type]


def _sum_of_slopes(of: Expression, slopes: Mapping[Any, Expression]) -> Expression:
    """Return Σ ∂f/∂v · v′ over some of the parts of a formula."""
    backs = pullback(of, Constant(1), list(slopes))
    terms = [
        back if isinstance(slope, Constant) else back * slope
        for back, slope in zip(backs, slopes.values(), strict=True) if back is not None
    ]  # fmt: skip
    return sum(terms[1:], start=terms[0]) if terms else Constant(0)


_CONSTANT = Constant(0)
"""The slope of what does not change."""


def _slope(end: Node | Reference, wrt: Node) -> Expression | None:
    """Return how a node, or a derivative of one, changes with a node; None if it is not known."""
    if end is wrt:
        return Constant(1)
    if isinstance(end, Node):
        depends = wrt.name in end.graph.ancestors(end)
        return Reference(Target("derivative", end, wrt)) if depends else _CONSTANT
    of, by = end.target.of, end.target.wrt
    is_gradient = end.target.kind in ("P", "derivative") and end.target.is_bare and of.size == 1
    if not is_gradient or by is None or not by.is_leaf or not wrt.is_leaf:
        return None
    return Reference(Target("second", of, by, wrt))


def variables(meaning: Meaning, tree: Tree) -> list[Part]:
    """Return the nodes, or entries of them, by which something may be differentiated."""
    try:
        found = meaning.readings(tree)
    except NotUnderstoodError:
        last = deltas.layers_of(meaning.names, "activation")[-1:]
        if not last or spelling.split(last[0].name)[:1] != (getattr(tree, "text", None),):
            raise
        return [(last[0], ())]  # the a of ∇_a L
    ways = [of_entries.node_and_key(way.expression) for way in found]
    parts = [way for way in ways if way is not None]
    if not parts:
        raise NotUnderstoodError(tree, "it is no node of the graph")
    return parts


def differentiated(meaning: Meaning, tree: Tree) -> list[Part | Expression]:
    """Return what may be differentiated: of f(z) the activation, of J(W, b) the loss, a formula."""
    found: list[Part | Expression] = []
    parts, output = spelling.bare_parts_of(tree), meaning.names.output
    is_free = parts and meaning.exact(tree) is None
    if parts and is_free and output is not None and meaning.names.is_loss(parts):
        return [(output, ())]  # the l of dl/dw, which else may be a learning rate
    for way in meaning.readings(tree):
        part = of_entries.node_and_key(way.expression)
        if part is None and (node := meaning.node_of(way.expression)) is not None:
            part = node, ()
        found.append(way.expression if part is None else part)
    return found


def change(meaning: Meaning, sign: Tree, name: Tree) -> Expression | None:
    """Return what Δw means: −η ∂L/∂w, or η ∂L/∂w where the page takes it off."""
    is_node = meaning.names.exact(("Delta",)) is not None
    if getattr(sign, "text", None) != "Delta" or is_node:
        return None
    node, output = meaning.fuzzy(name), meaning.names.output
    if node is None or not node.is_leaf or output is None:
        return None
    if meaning.rate is None:
        raise NotUnderstoodError(sign, "the learning rate is not known")
    slope = Reference(Target("derivative", output, node))
    return Constant(meaning.rate * meaning.sign_of_changes) * slope


def chain_rule(
    meaning: Meaning, factors: Sequence[Tree], operators: Sequence[str]
) -> Readings | None:
    """Return a product of derivatives as one of matrices, where it is one of arrays."""
    if len(factors) < 2 or not all(isinstance(part, trees.Derivative) for part in factors):
        return None
    if "/" in operators:
        return None
    ways = [meaning.readings(part) for part in factors]
    targets = [_target(way) for way in ways]
    known = [target for target in targets if target is not None]
    if len(known) < len(targets) or not any(target.shape for target in known):
        return None
    per_sample = any(map(has_sample_index, factors))
    found = [] if per_sample else _matrix_product(known)
    try:
        entrywise = ways[0]
        for way in ways[1:]:
            entrywise = readings.multiplied(entrywise, way, "⊙")
    except MisfitError:
        if per_sample:
            raise
        return found or None
    return found + entrywise


def _target(way: Readings) -> Target | None:
    """Return the derivative that a factor is, in whichever way it is read."""
    found = (one.expression for one in way)
    return next((one.target for one in found if isinstance(one, Reference)), None)


def _matrix_product(targets: Sequence[Target]) -> Readings:
    """Return P J J …, if the matrices fit together."""
    first, *others = [_as_matrix(target) for target in targets]
    try:
        for matrix in others:
            first = first @ matrix
    except GraphdiffError:
        return []
    return plain(first)


def has_sample_index(tree: Any) -> bool:
    """Whether something is of one sample, (i), without a sum over them."""
    if isinstance(tree, trees.Script):
        above = tree.above
        if isinstance(above, trees.Group) and isinstance(above.body, trees.Name):
            return len(above.body.text) == 1
        return has_sample_index(tree.body)
    if isinstance(tree, trees.Derivative):
        return any(map(has_sample_index, (tree.of, *tree.wrt)))
    return isinstance(tree, trees.Accent | trees.Group) and has_sample_index(tree.body)


def derivative(of: Node, wrt: Node, *, partial: bool = False) -> list[Expression]:
    """Return the ways to read ∂u/∂v: the derivative, of a map its slope at each entry, and J.

    Parameters
    ----------
    partial
        Whether ∂ may be partial, other paths left out, where u is what the graph is for.
    """
    whole: Expression = Reference(Target("derivative", of, wrt))
    if wrt not in of.parents:
        return [whole]
    found = [*(slopes(of, wrt) if of.shape == wrt.shape else []), whole]
    if partial or of is not of.graph.output:
        local = Target("J", of, wrt)
        if local.quantity != quantity(of, wrt):
            found.append(Reference(local))
        found += of_one_slot(local)
    return found


def of_one_slot(target: Target) -> list[Expression]:
    """Return the partial derivatives in each slot of a node that uses a parent several times."""
    i, j = target.of, target.wrt
    slots = [slot for slot, parent in enumerate(i.parents) if parent is j]
    if target.kind != "J" or len(slots) < 2 or i.function is None:
        return []
    function = getattr(i.function.program[-1], "function", None)
    if not isinstance(function, Function) or function.arity != len(i.parents):
        return []
    return [apply(prime(function, slot), *i.parents) for slot in slots]


def slopes(of: Node, wrt: Node) -> list[Expression]:
    """Return the slope of a map at each entry: the diagonal of its Jacobian."""
    if not of.shape or of.shape != wrt.shape or not _acts_entrywise(of):
        return []
    matrix = Reference(Target("J", of, wrt))
    diagonal = tensors.diag(matrix)
    return [diagonal.reshape(of.shape) if len(of.shape) > 1 else diagonal]


def _acts_entrywise(of: Node) -> bool:
    """Whether each entry comes of the same entry of an operand alone."""
    if of.function is None:
        return False
    return all(
        isinstance(getattr(line, "function", None) or OPERATORS["add"], Function)
        for line in of.function.program
    )


def _as_matrix(target: Target) -> Expression:
    if target.of.size == 1 and target.of is target.of.graph.output:
        return Reference(Target("P", target.of, target.wrt))
    if target.wrt in target.of.parents:
        return Reference(Target("J", target.of, target.wrt))
    whole = Reference(target)
    return whole.reshape((target.of.size, target.wrt.size)) if target.wrt is not None else whole
