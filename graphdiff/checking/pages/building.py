"""The graph that a page defines by itself: ``z = w x + b``, ``a = σ(z)``, ``L = (a − y)²``.

A name that is defined by a formula of other names becomes a computed node, the others are leaves:
parameters by their letters, else inputs, with the values and the shapes that the page gives.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import networkx as nx
import numpy as np

from graphdiff.checking.pages import deltas, known_functions, spelling, updates
from graphdiff.checking.pages.interpreter import Interpreter, NotUnderstoodError
from graphdiff.checking.pages.lines import Line
from graphdiff.checking.pages.meaning import COUNTS
from graphdiff.checking.pages.names import LOSSES, Names
from graphdiff.checking.pages.readings import MisfitError
from graphdiff.checking.rate_names import is_rate
from graphdiff.errors import GraphdiffError, GraphError, quoted_list
from graphdiff.files.mathematics import trees
from graphdiff.files.mathematics.trees import Name, Tree
from graphdiff.graph import ComputationalGraph

PARAMETERS = ("w", "W", "b", "B", "v", "V", "U", "theta", "beta", "gamma", "c", "k", "weight",
              "bias")  # fmt: skip
"""Letters that parameters begin with."""

SHORT = 3
"""Letters that touch which are a product, not a word, even if the page says nothing of them."""

NO_NAMES = frozenset({"e", "pi", "ln", "log", "exp"})


def build(graph: ComputationalGraph, lines: Sequence[Line]) -> None:
    """Add the nodes that lines define to an empty graph.

    Raises
    ------
    GraphError
        If nothing is defined.
    """
    lines = [line for line in lines if line.fragment.certain]
    values = dict(found for line in reversed(lines) if (found := _given(line)) is not None)
    formulas = _formulas([found for line in lines if (found := _defined(line)) is not None], values)
    needs = {
        name: list(dict.fromkeys(_names(tree, formulas, values))) for name, tree in formulas.items()
    }
    order = _in_order(needs)
    if not order:
        raise GraphError(
            "the page defines no node by a formula, such as z = w x + b; give the graph, --graph"
        )
    leaves = dict.fromkeys(need for made in order for need in needs[made] if need not in order)
    unsized = [name for name in leaves if name not in values]
    if unsized and any(_has_matrices(side.tree) for line in lines for side in line.statement.sides):
        raise GraphError(
            f"the page has arrays, but does not say how large {quoted_list(unsized)} are; give the "
            "graph, --graph"
        )
    for name in leaves:
        value = values.get(name)
        add = graph.parameter if spelling.split(name)[0].startswith(PARAMETERS) else graph.input
        add(name, value, shape=np.shape(np.asarray(value, object)) if value is not None else ())
    names = Names(graph, None)
    interpreter = Interpreter(names)
    for name in order:
        try:
            made = interpreter.readings(formulas[name])[0].expression
            graph.node(name, made)
        except (NotUnderstoodError, MisfitError, GraphdiffError):
            continue
        names.__dict__.pop("_spelled", None)
    if not any(not node.is_leaf for node in graph.nodes):
        raise GraphError("no formula of the page could be read as that of a node; give the graph")


def _formulas(defined: Sequence[tuple[str, Tree]], values: Mapping[str, Any]) -> dict[str, Tree]:
    """Return the formula of each name: of several the first whose names the page explains."""
    known = {*values, *(name for name, _ in defined)}
    chosen: dict[str, tuple[int, Tree]] = {}
    for name, tree in defined:
        unknown = sum(need not in known for need in _names(tree, dict(defined), values))
        if name not in chosen or unknown < chosen[name][0]:
            chosen[name] = unknown, tree
    return {name: tree for name, (_, tree) in chosen.items()}


def _in_order(needs: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the defined names, each after those it needs; what needs itself is left out."""
    order = nx.DiGraph()
    order.add_nodes_from(needs)
    for name, others in needs.items():
        order.add_edges_from((other, name) for other in others if other in needs)
    for group in nx.strongly_connected_components(order.copy()):
        if len(group) > 1:
            order.remove_nodes_from(group)
    order.remove_nodes_from([name for name in list(order) if order.has_edge(name, name)])
    place = {name: k for k, name in enumerate(needs)}
    return list(nx.lexicographical_topological_sort(order, key=place.__getitem__))


def _given(line: Line) -> tuple[str, Any] | None:
    sides = line.statement.sides
    if len(sides) != 2 or sides[0].relation or updates.without_mark(sides[0].tree)[1]:
        return None
    name, literal = _name(sides[0].tree), updates.literal(sides[1].tree)
    return None if name is None or literal is None else (name, literal)


def _defined(line: Line) -> tuple[str, Tree] | None:
    """Return a name and the formula that defines it, where a line has both."""
    sides = line.statement.sides
    if len(sides) < 2 or sides[0].relation or sides[1].relation in updates.ARROWS - {":="}:
        return None
    if updates.literal(sides[1].tree) is not None:
        return None
    name = _name(sides[0].tree)
    if name is None or updates.without_mark(sides[0].tree)[1]:
        return None
    formula = sides[1].tree
    has_names = any(True for _ in _names(formula, {}, {}))
    return (name, formula) if has_names and not _has_derivative(formula) else None


def _name(tree: Tree) -> str | None:
    """Return the name of a node that is defined, as a graph writes it."""
    if isinstance(tree, trees.Product) and not any(tree.operators) and len(tree.factors) == 2:
        head, group = tree.factors  # a(z), J(W, b)
        if isinstance(group, trees.Group):
            tree = head
    parts = spelling.bare_parts_of(tree)
    if parts is None:
        return None
    name = "".join(parts)
    is_function = known_functions.function(name) is not None
    rate = is_rate(name) and len(name) > 1
    if deltas.is_delta(parts) or is_function or rate or not name.isidentifier():
        return None
    return name


def _has_matrices(tree: Tree) -> bool:
    """Whether a formula has what only arrays have: a transpose, ⊙, @, np.dot, a sample (i)."""
    return any(map(_is_of_arrays, trees.walk(tree)))


def _is_of_arrays(tree: Tree) -> bool:
    match tree:
        case trees.Script(above=trees.Group(body=Name(text=index))) if len(index) == 1:
            return True
        case trees.Transpose() | trees.Script(above=Name(text="T" | "top" | "⊤")):
            return True
        case trees.Product(operators=operators):
            return bool({"⊙", "@", "⊗"} & set(operators))
        case Name(text="np.dot" | "np.matmul" | "dot" | "matmul"):
            return True
        case _:
            return False


def _has_derivative(tree: Tree) -> bool:
    return any(isinstance(part, trees.Derivative) for part in trees.walk(tree))


def _names(tree: Tree, formulas: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names in a formula, in their order; letters that touch are several, if known so."""
    if isinstance(tree, trees.Call):
        for argument in tree.arguments:
            yield from _names(argument, formulas, values)
        return
    if isinstance(tree, trees.Script) and isinstance(tree.body, Name):
        if tree.body.text in NO_NAMES or _is_power(tree):
            for part in (tree.body, tree.above):
                if part is not None:
                    yield from _names(part, formulas, values)
            return
        name = _name(tree)
        if name is not None:
            yield name
        return
    if isinstance(tree, Name | trees.Accent):
        if isinstance(tree, Name) and known_functions.function(tree.text) is not None:
            return  # np.exp, whose name without its module it is
        name = _name(tree)
        if name is None or name in NO_NAMES or (name in COUNTS and name not in values):
            return
        known = name in formulas or name in values
        pieces = [] if known or isinstance(tree, trees.Accent) or tree.is_word else _letters(name)
        stated = all(piece in formulas or piece in values for piece in pieces)
        yield from pieces if len(pieces) > 1 and (stated or len(pieces) <= SHORT) else [name]
        return
    for part in trees.parts_of(tree):
        yield from _names(part, formulas, values)


def _is_power(tree: trees.Script) -> bool:
    return tree.above is not None and not isinstance(tree.above, trees.Group)


def _letters(name: str) -> list[str]:
    """Return the letters of a product that was written without a sign, each with its digits."""
    found: list[str] = []
    for sign in name:
        if sign.isdecimal() and found:
            found[-1] += sign
        else:
            found.append(sign)
    return found


def output_name(graph: ComputationalGraph) -> str | None:
    """Return the name of the node that is differentiated: a loss, else the last one."""
    ends = [node for node in graph.nodes if not graph.children(node) and not node.is_leaf]
    losses = [node for node in ends if node.name in LOSSES or node.name.lower() in LOSSES]
    return (losses or ends)[-1].name if ends else None
