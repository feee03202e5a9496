"""What a name before brackets means: a function, its slope, a node of its arguments, a product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from graphdiff.checking.pages import (
    known_functions,
    of_derivatives,
    of_entries,
    of_names,
    readings,
    spelling,
)
from graphdiff.checking.pages.meaning import Meaning, NotUnderstoodError, reads
from graphdiff.checking.pages.names import activation_of
from graphdiff.checking.pages.readings import Readings, plain
from graphdiff.checking.targets import Reference, Target
from graphdiff.files.mathematics import trees
from graphdiff.files.mathematics.trees import Name, Number, Script, Side, Tree
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language.expression import Apply, Expression, apply


def applied(meaning: Meaning, tree: Tree, group: trees.Group) -> Readings | None:
    """Return f(x), where that is no product; None where it is."""
    if group.bracket not in ("(", "[", "{"):
        return None
    tree = of_names.flat(tree) if isinstance(tree, Script) else tree
    if isinstance(group.body, trees.Comparison) and of_names.is_indicator(tree):
        return meaning.readings(group.body)
    if (bracketed := with_bracket(meaning, tree, group)) is not None:
        return plain(bracketed)
    known = meaning.exact(tree)
    if known is None and not isinstance(tree, Name | Script | trees.Accent):
        return None
    if known is None and (edge := of_names.edge_of(meaning, tree)) is not None:
        if not are_its_arguments(meaning, edge, group):
            return None
        return plain(edge, *of_derivatives.of_one_slot(edge.target))
    if known is not None:
        is_node = isinstance(known, Node)  # δ (a)ᵀ is a product
        return plain(known) if is_node and are_its_arguments(meaning, known, group) else None
    if isinstance(tree, Script) and _is_entry(meaning, tree):
        return None
    if of_names.adjoint(meaning, tree) is not None:
        return None  # ā (1 − a²)
    node = meaning.fuzzy(tree)
    if node is not None and are_its_arguments(meaning, node, group):
        return plain(node)
    return function_applied(meaning, tree, group, may_be_any=node is None)


def _is_entry(meaning: Meaning, tree: Script) -> bool:
    """Whether a name with an index is an entry of an array, a_j of a_j (1 − a_j)."""
    try:
        return of_entries.entries(meaning, tree) is not None
    except NotUnderstoodError:
        return False


def with_bracket(meaning: Meaning, tree: Tree, group: trees.Group) -> Expression | None:
    """Return what a name with something in brackets is called: ``Z_1(in)``."""
    inside = group.body
    if not isinstance(inside, Name | Number) or group.bracket == "{":
        return None
    try:
        parts = meaning.parts(tree) + spelling.split(inside.text)
    except NotUnderstoodError:
        return None
    if isinstance(inside, Name) and meaning.names.exact(spelling.split(inside.text)) is not None:
        return None
    if isinstance(inside, Number) and meaning.exact(tree) is not None:
        return None
    found = meaning.known(parts)
    if found is None and isinstance(inside, Name) and len(inside.text) > 1:
        found = meaning.names.node(parts)
    return found


def are_its_arguments(meaning: Meaning, known: Expression, group: trees.Group) -> bool:
    """Whether what stands in brackets are nodes that a value comes of: ``J(W, b)``."""
    target = known.target if isinstance(known, Reference) else None
    node = target.of if target is not None else known
    if not isinstance(node, Node):
        return False
    if not isinstance(group.body, trees.Items):
        found = meaning.exact(group.body)
        if found is None and isinstance(group.body, Script):
            found = of_names.array_of_samples(meaning, group.body)
            if meaning.at_indices and found is not None and not isinstance(found, Node):
                raise NotUnderstoodError(group, "what it is of one sample has no name of its own")
        return isinstance(found, Node) and found.name in node.graph.ancestors(node)
    return all(_is_a_name(meaning, part) for part in group.body.items)


def _is_a_name(meaning: Meaning, part: Tree) -> bool:
    """Whether something is a node, or what several nodes are called together, W of W1 and W2."""
    if isinstance(meaning.exact(part), Node) or meaning.fuzzy(part) is not None:
        return True
    word = of_names.text_of(part)
    return bool(word) and any(name.startswith(word) for name in meaning.names.all)


def function_applied(
    meaning: Meaning, tree: Tree, group: trees.Group, *, may_be_any: bool = False
) -> Readings | None:
    """Return a function applied; None if the name is no function.

    Parameters
    ----------
    may_be_any
        Whether the name may be that of an activation the page does not name, f(z).
    """
    primes = tree.primes if isinstance(tree, Script) else 0
    bare = _without_primes(tree) if isinstance(tree, Script) else tree
    try:
        parts = meaning.parts(bare)
    except NotUnderstoodError:
        return None
    word = "".join(parts)
    inside = group.body.items if isinstance(group.body, trees.Items) else (group.body,)
    given = _given(of_names.text_of(bare), inside)
    options = dict(_option(part) for part in inside if _is_option(part))
    if primes == 1 and len(given) == 1 and (own := _slope_of_node(meaning, bare, given[0])):
        return own
    if primes == 1 and len(given) == 1:
        return derivative_of_function(meaning, word, parts, given[0])
    if primes:
        return None
    function = known_functions.function(word) or known_functions.function(of_names.text_of(bare))
    if function is not None:
        return readings.mapped(
            [meaning.readings(part) for part in given],
            lambda *arguments: function(*arguments, **options),
        )
    if may_be_any and parts[0] in known_functions.GENERIC and len(given) == 1:
        return activated(meaning, given[0])
    return None


def _slope_of_node(meaning: Meaning, tree: Tree, argument: Tree) -> Readings | None:
    """Return p′(z), the derivative of a node in a node that it comes of."""
    of, wrt = meaning.exact(tree), meaning.exact(argument)
    if not isinstance(of, Node) or not isinstance(wrt, Node):
        return None
    if wrt.name not in of.graph.ancestors(of):
        return None
    return plain(*of_derivatives.derivative(of, wrt))


def called_without_brackets(meaning: Meaning, tree: Tree, argument: Tree) -> Readings | None:
    r"""Return \operatorname{th} z, a word for a function before what it is of."""
    if not isinstance(tree, Name) or not tree.is_word or isinstance(argument, trees.Group):
        return None
    function = known_functions.scalar(tree.text)
    if function is None or function.arity != 1 or meaning.exact(tree) is not None:
        return None
    return readings.mapped([meaning.readings(argument)], lambda a: apply(function, a))


def activated(meaning: Meaning, argument: Tree) -> Readings | None:
    """Return f(z) of a function the page does not name: the activation of z."""
    found = meaning.readings(argument)
    node = found[0].expression
    if isinstance(node, Node) and (after := activation_of(node)) is not None:
        return plain(after)
    function = meaning.common_activation()
    if function is None:
        return None
    return readings.mapped([found], lambda a: Apply(function, (a,)))


def derivative_of_function(
    meaning: Meaning, word: str, parts: spelling.Parts, argument: Tree
) -> Readings | None:
    """Return f′(z): the slope of the activation of z, else the derivative of a function."""
    derivative = known_functions.derivative(word)
    if derivative is None and (not parts or parts[0] not in known_functions.GENERIC):
        return None
    found = meaning.readings(argument)
    node = found[0].expression
    if isinstance(node, Node) and (after := activation_of(node)) is not None:
        slopes: Readings = []
        if node.shape and derivative is not None:
            slopes += readings.mapped([found], derivative)
        if node.shape:
            slopes += plain(*of_derivatives.slopes(after, node))
        else:
            slopes += plain(Reference(Target("J", after, node)))
        return slopes
    if derivative is None:
        function = meaning.common_activation()
        name = getattr(function, "name", "")
        derivative = known_functions.derivative(name) if name else None
    return None if derivative is None else readings.mapped([found], derivative)


@reads(trees.Call)
def _call(meaning: Meaning, tree: trees.Call) -> Readings:
    function, power = tree.function, None
    if isinstance(function, Script) and function.primes and len(tree.arguments) == 1:
        group = trees.Group("(", tree.arguments[0], span=tree.arguments[0].span)
        if (slope := function_applied(meaning, function, group)) is not None:
            return slope  # tanh′(z)
    if isinstance(function, Script) and function.above is not None:
        power, function = function.above, of_names.without_above(function)
    word = of_names.text_of(function)
    if word == "exp" and power is not None:
        raise NotUnderstoodError(tree, "a power of exp")
    applied = known_functions.function(word)
    if applied is None:
        raise NotUnderstoodError(tree, f"there is no function {word!r}")
    given = [meaning.readings(part) for part in _given(word, tree.arguments)]
    options = dict(_option(part) for part in tree.arguments if _is_option(part))
    found = readings.mapped(given, lambda *parts: applied(*parts, **options))
    return found if power is None else readings.raised(found, meaning.readings(power))


def function_alone(tree: Tree) -> tuple[ComputationalGraph, Target] | None:
    """Return σ(x), σ′(x) or dσ(x)/dx as a value or a slope of a graph of this function alone."""
    orders, argument = 0, None
    if isinstance(tree, trees.Derivative) and len(tree.wrt) == 1:
        orders, argument, tree = 1, of_names.text_of(tree.wrt[0]), tree.of
    group = None
    if isinstance(tree, trees.Call) and len(tree.arguments) == 1:
        tree, group = tree.function, trees.Group("(", tree.arguments[0], span=tree.span)
    elif isinstance(tree, trees.Product) and not any(tree.operators) and len(tree.factors) == 2:
        tree, group = tree.factors
    inside = group.body if isinstance(group, trees.Group) else None
    inside = of_names.text_of(inside) if inside is not None else argument
    orders += tree.primes if isinstance(tree, Script) else 0
    bare = _without_primes(tree) if isinstance(tree, Script) else tree
    function = known_functions.scalar(of_names.text_of(bare))
    if function is None or function.arity != 1 or orders > 1 or not inside:
        return None
    if argument not in (None, inside) or not inside.isidentifier():
        return None
    graph = ComputationalGraph()
    x = graph.input(inside)
    f = graph.node("f" if inside != "f" else "g", apply(function, x))
    return graph, Target("J", f, x) if orders else Target("value", f)


def with_argument(sides: Sequence[Side]) -> Sequence[Side]:
    """Return σ′ = σ(1 − σ), in which no argument is written, with one: σ′(t) = σ(t)(1 − σ(t))."""
    first = sides[0].tree
    if not isinstance(first, Script) or first.primes != 1 or _scalar_function(first.body) is None:
        return sides
    argument = (Name("t", False, span=first.span),)

    def applied(tree: Tree) -> Tree:
        is_function = _scalar_function(tree) is not None
        return trees.Call(tree, argument, span=tree.span) if is_function else tree

    left = Side(sides[0].relation, trees.Call(first, argument, span=first.span))
    return [left, *(replace(side, tree=trees.mapped(side.tree, applied)) for side in sides[1:])]


def _scalar_function(tree: Tree) -> Any | None:
    return known_functions.scalar(of_names.text_of(tree)) if isinstance(tree, Name) else None


def _without_primes(tree: Script) -> Tree:
    if tree.below is None and tree.above is None:
        return tree.body
    return Script(tree.body, tree.below, tree.above, 0, span=tree.span)


def _given(word: str, arguments: Sequence[Tree]) -> list[Tree]:
    """Return the arguments that a function is of: of a copy the first, without a type."""
    given = [part for part in arguments if not _is_option(part)]
    word = word.rpartition(".")[2]
    if word in known_functions.COPIES:
        return given[:1]
    match given:
        case [of, trees.Group(body=trees.Items(items=sizes))] if word == "reshape":
            return [of, *sizes]
        case _:
            return given


def _is_option(tree: Tree) -> bool:
    return isinstance(tree, trees.Comparison) and tree.relations == ("=",)


def _option(tree: Tree) -> tuple[str, Any]:
    assert isinstance(tree, trees.Comparison)  # noqa: S101 - asked
    name, value = tree.sides
    found: Any = None
    if isinstance(value, Number):
        found = int(value.text)
    elif isinstance(value, Name):
        found = {"True": True, "False": False, "None": None}.get(value.text)
    return of_names.text_of(name), found
