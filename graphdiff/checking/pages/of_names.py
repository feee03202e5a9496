"""What names with scripts mean: nodes, powers, the P and J of the lecture."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal, InvalidOperation

from graphdiff.checking.pages import (
    known_functions,
    of_derivatives,
    of_entries,
    of_second_derivatives,
    readings,
    spelling,
    updates,
)
from graphdiff.checking.pages.meaning import Meaning, NotUnderstoodError, reads
from graphdiff.checking.pages.readings import Readings, plain
from graphdiff.checking.targets import Reference, Target
from graphdiff.files.bounds import MAX_DECIMAL_EXPONENT
from graphdiff.files.mathematics import trees
from graphdiff.files.mathematics.trees import Name, Number, Script, Tree
from graphdiff.graph import Node
from graphdiff.language.expression import Constant, Expression, apply

TRANSPOSED = frozenset({"T", "t", "tr", "intercal", "top", "transpose"})
"""What stands above a name for its transpose."""

INDICATORS = frozenset({"1", "I", "𝟙", "mathbb1"})


@reads(trees.Number)
def _number(_: Meaning, tree: Number) -> Readings:
    return plain(constant(tree))


@reads(trees.Name)
def _name(meaning: Meaning, tree: Name) -> Readings:
    parts = spelling.split(tree.text)
    found = meaning.known(parts)
    if found is None:
        found = meaning.habitual(tree, parts)
    if found is not None:
        return plain(found)
    if not tree.is_word and (pieces := meaning.cut(tree.text)):
        found_pieces = [_name(meaning, Name(piece, True, span=tree.span)) for piece in pieces]
        result = found_pieces[0]
        for piece in found_pieces[1:]:
            result = readings.multiplied(result, piece, "")
        return result
    if (stepped := _after_a_step(meaning, tree)) is not None:
        return plain(stepped)
    if (hessian := of_second_derivatives.named(meaning, tree)) is not None:
        return hessian
    node = meaning.names.node(parts)
    if node is None:
        why = of_second_derivatives.as_said(meaning, tree)
        raise NotUnderstoodError(tree, why or f"there is no {tree.text!r} in the graph")
    return plain(node)


@reads(trees.Accent)
def _accent(meaning: Meaning, tree: trees.Accent) -> Readings:
    if (slope := adjoint(meaning, tree)) is not None:
        return plain(slope)
    if (
        tree.accent == "dot"
        and meaning.exact(tree) is None
        and meaning.exact(tree.body) is not None
    ):
        why = "a dot is a derivative in what is not said; write it as a quotient, or as a bar"
        raise NotUnderstoodError(tree, why)
    return meaning.named(tree)


def adjoint(meaning: Meaning, tree: Tree) -> Reference | None:
    r"""Return the adjoint ∂L/∂w that ``\bar w`` is, where no node has this name."""
    body = tree.body if isinstance(tree, Script) else tree
    if not isinstance(body, trees.Accent) or body.accent not in ("bar", "overline"):
        return None
    if meaning.exact(tree) is not None or meaning.names.output is None:
        return None
    bare = replace(tree, body=body.body) if isinstance(tree, Script) else body.body
    node = meaning.fuzzy(bare)
    if node is None:
        return None
    return Reference(Target("derivative", meaning.names.output, node))


@reads(trees.Transpose)
def _transpose(meaning: Meaning, tree: trees.Transpose) -> Readings:
    return _turned(meaning, tree.body, meaning.readings(tree.body))


@reads(trees.Script)
def _script(meaning: Meaning, tree: Script) -> Readings:
    tree = flat(tree)
    if isinstance(entry := meaning.at_its_indices(tree), Number):
        return plain(constant(entry))  # Kronecker's δ_ij in a sum that is written out
    above = tree.above
    stepping = meaning.stepping
    name = None if stepping is None else spelling.without_step(tree)
    is_step = name is not None and meaning.exact(name) is stepping
    if stepping is not None and is_step and meaning.exact(tree) is None:
        return plain(stepping)  # the w_t of w_{t+1} = w_t − η ∂L/∂w
    if (product := _touching(meaning, tree)) is not None:
        return product
    if isinstance(above, Name) and above.text in TRANSPOSED:
        return _turned(meaning, tree.body, meaning.readings(without_above(tree)))
    is_norm = isinstance(tree.body, trees.Group) and tree.body.bracket == "‖"
    if is_norm and isinstance(tree.below, Name | Number) and tree.below.text in ("F", "2"):
        return meaning.readings(bare(replace(tree, below=None)))  # ‖A‖_F, ‖v‖_2
    if isinstance(tree.body, trees.At):  # what stands at the bar is no script of it
        return meaning.readings(tree.body)
    if (stepped := _after_a_step(meaning, tree)) is not None:
        return plain(stepped)
    known = meaning.exact(tree)
    if known is not None:
        return plain(known)
    if (slope := adjoint(meaning, tree)) is not None:
        return plain(slope)
    if tree.primes:
        raise NotUnderstoodError(tree, "a prime stands for no derivative here")
    if (edge := edge_of(meaning, tree)) is not None:
        return plain(edge, *of_derivatives.of_one_slot(edge.target))
    if isinstance(tree.body, Number | Name) and isinstance(tree.below, trees.Comparison):
        one = tree.body.text
        if one in INDICATORS:
            return meaning.readings(tree.below)
    if above is not None and (layer := without_sample(above)) is not above:
        return _of_samples(meaning, Script(tree.body, tree.below, layer, span=tree.span), above)
    if above is None and (second := of_second_derivatives.below(meaning, tree)):
        return second
    if above is None:
        return of_entries.indexed_name(meaning, tree)
    if (samples := of_entries.of_one_sample(meaning, tree)) is not None:
        return samples
    if (entries := of_entries.entries(meaning, tree)) is not None:
        is_node = isinstance(above, Number) and meaning.exact(without_above(tree)) is not None
        return entries + _power(meaning, tree, above) if is_node else entries  # a_2^2
    return _power(meaning, tree, above)


def _turned(meaning: Meaning, body: Tree, found: Readings) -> Readings:
    """Return transposes; of a row that is written out, ``(1, 0)^T``, the column too."""
    turned = readings.turned(found)
    if not isinstance(body, trees.Group) or not isinstance(body.body, trees.Items):
        return turned
    column = [readings.listed([meaning.readings(item)]) for item in body.body.items]
    return turned + readings.listed(column)


def _after_a_step(meaning: Meaning, tree: Tree) -> Reference | None:
    """Return z_new and w⁺, what a computed node or a parameter is after a step of descent."""
    name, is_new = updates.marked_as_new(tree)
    own = meaning.exact(tree)
    node = meaning.exact(name) if is_new else None
    if own is not None and own is not node:  # a node of the name with the word
        return None
    if not isinstance(node, Node) or node.kind == "input" or node is meaning.stepping:
        return None
    return Reference(Target("value", node, step=1))


def _touching(meaning: Meaning, tree: Script) -> Readings | None:
    """Return hW_2^T, letters that touch, of which the last has what stands beside them."""
    name = tree.body
    if not isinstance(name, Name) or name.is_word or len(name.text) < 2 or tree.primes:
        return None
    if meaning.fuzzy(without_above(tree)) is not None or name.text in ("exp", "net", "out"):
        return None
    for cut in range(len(name.text) - 1, 0, -1):
        before = meaning.cut(name.text[:cut])
        if not before and meaning.known(spelling.split(name.text[:cut])) is not None:
            before = [name.text[:cut]]
        last = replace(tree, body=replace(name, text=name.text[cut:]))
        if before and meaning.exact(without_above(last)) is not None:
            found = [_name(meaning, Name(piece, True, span=name.span)) for piece in before]
            parts = [*found, meaning.readings(last)]
            return readings.product(parts, [""] * len(parts))
    return None


def flat(tree: Script) -> Script:
    """Return a name with several signs above it, W^{[2]T} or g^{[1]'}, as one with each in turn."""
    above, primes = tree.above, 0
    if isinstance(above, Script) and above.below is None:
        parts, primes = [above.body, above.above], above.primes
    elif isinstance(above, trees.Product) and not any(above.operators):
        parts = list(above.factors)
    else:
        return tree
    turned = [part for part in parts if isinstance(part, Name) and part.text in TRANSPOSED]
    layers = [part for part in parts if part not in turned and part is not None]
    if len(layers) != 1 or not isinstance(layers[0], trees.Group | Number):
        return tree
    if text_of(tree.body) in ("e", "exp") or not (turned or primes):
        return tree
    name = Script(tree.body, tree.below, layers[0], tree.primes + primes, span=tree.span)
    return Script(name, above=turned[0], span=tree.span) if turned else name


def without_sample(above: Tree) -> Tree | None:
    """Return what stands above a name without the index of a sample in brackets, ``(i)``."""
    if isinstance(above, trees.Group) and above.bracket == "(":
        return None if isinstance(above.body, Name) and len(above.body.text) == 1 else above
    if isinstance(above, trees.Product) and not any(above.operators) and len(above.factors) == 2:
        layer, sample = above.factors
        return layer if without_sample(sample) is None else above
    return above


def _of_samples(meaning: Meaning, tree: Script, above: Tree) -> Readings:
    """Return the array of all samples, of one of which something is said; Y for y^{(i)}."""
    sample = above.factors[-1] if isinstance(above, trees.Product) else above
    if isinstance(sample, trees.Group) and text_of(sample.body) in meaning.at_indices:
        one = of_entries.of_one_sample(meaning, replace(tree, above=above))
        if one is not None:
            return one
        raise NotUnderstoodError(tree, "samples have no names of their own")
    try:
        found = meaning.readings(bare(tree))
        rows = [one for one in found if _has_rows_of_samples(meaning, one.expression)]
        return found + readings.turned(rows)  # of w^T x^{(i)}, where each row is a sample
    except NotUnderstoodError:
        if not isinstance(tree.body, Name):
            raise
        large = replace(tree.body, text=tree.body.text.capitalize())
        return meaning.readings(bare(replace(tree, body=large)))


def _has_rows_of_samples(meaning: Meaning, expression: Expression) -> bool:
    return len(expression.shape) == 2 and expression.shape[0] == meaning.names.samples > 1


def array_of_samples(meaning: Meaning, tree: Script) -> Expression | None:
    """Return what x^{(i)} is one sample of; None if it is no sample."""
    if tree.above is None or without_sample(tree.above) is tree.above:
        return None
    try:
        return meaning.readings(tree)[0].expression
    except NotUnderstoodError:
        return None


def is_indicator(tree: Tree) -> bool:
    """Whether it is the 𝟙 before a condition in brackets."""
    return isinstance(tree, Number | Name) and tree.text in INDICATORS


def bare(tree: Script) -> Tree:
    """Return a name without scripts that are empty."""
    has_script = tree.below is not None or tree.above is not None or tree.primes
    return tree if has_script else tree.body


def _power(meaning: Meaning, tree: Script, above: Tree) -> Readings:
    """Return a power, in which e is Euler's number and ⊙2 a power entry by entry."""
    match above:
        case trees.Product(factors=(Name(text="⊙"), exponent)):
            above = exponent
    body = without_above(tree)
    if isinstance(above, trees.Group) and isinstance(above.body, Number):
        letter = text_of(body.body if isinstance(body, Script) else body)
        if letter in meaning.names.uncertain:
            why = "whether its layers are counted from the input or from the first after it is open"
            raise NotUnderstoodError(
                tree, f"{why}; a line that gives a^{{[0]}} or a value shows it"
            )
        raise NotUnderstoodError(tree, "the number in brackets above it is of no layer or step")
    if isinstance(body, Name) and body.text in ("e", "exp") and not body.style:
        found = readings.mapped([meaning.readings(above)], lambda a: apply(known_functions.exp, a))
        if meaning.known(("e",)) is None or body.text == "exp":
            return found
        power = readings.raised(meaning.readings(body), meaning.readings(above))
        whole = isinstance(above, Number) and "." not in above.text
        return power + found if whole else found + power
    if isinstance(body, trees.Group) and body.bracket == "‖":
        return _group_power(meaning, body, above)
    try:
        base = meaning.readings(body)
    except NotUnderstoodError as error:
        node = meaning.fuzzy(tree)
        if node is None:
            raise error from None
        return plain(node)
    return readings.raised(base, meaning.readings(above))


def _group_power(meaning: Meaning, body: trees.Group, above: Tree) -> Readings:
    squared = isinstance(above, Number) and above.text == "2"
    if squared:
        return readings.mapped([meaning.readings(body.body)], lambda a: (a**2).sum())
    return readings.raised(meaning.readings(body), meaning.readings(above))


def edge_of(meaning: Meaning, tree: Tree) -> Reference | None:
    """Return P^j or J^{j→i}, in the notation of the lecture; None for another name."""
    if not isinstance(tree, Script) or not isinstance(tree.body, Name):
        return None
    script = tree.above if tree.above is not None else tree.below
    letter = tree.body.text
    graph = meaning.names.graph
    is_arrow = letter == "J" and isinstance(script, trees.Comparison)
    if letter in ("J", "P") and script is not None and (is_arrow or letter not in graph):
        if letter == "P" and meaning.names.output is not None:
            node = numbered(meaning, script)
            return None if node is None else Reference(Target("P", meaning.names.output, node))
        if letter == "J" and isinstance(script, trees.Comparison) and "→" in script.relations:
            j, i = (numbered(meaning, side) for side in (script.sides[0], script.sides[-1]))
            if j is not None and i is not None:
                kind = "J" if j in i.parents else "derivative"
                return Reference(Target(kind, i, j))
        if letter == "J" and (pair := _pair(meaning, script)) is not None:
            j, i = pair
            return Reference(Target("J" if j in i.parents else "derivative", i, j))
    return None


def _pair(meaning: Meaning, script: Tree) -> tuple[Node, Node] | None:
    """Return the two nodes of J_{zp} or J_{pz}, first the one that the other depends on."""
    names = list(script.items) if isinstance(script, trees.Items) else []
    if isinstance(script, Name):
        pieces = meaning.cut(script.text)
        names = [Name(piece, False, span=script.span) for piece in pieces]
    nodes = [found for name in names if isinstance(found := meaning.exact(name), Node)]
    if len(names) != 2 or len(nodes) != 2 or nodes[0] is nodes[1]:
        return None
    for j, i in (nodes, nodes[::-1]):
        if j.name in i.graph.ancestors(i):
            return j, i
    return None


def raised(meaning: Meaning, base: Readings, script: Script) -> Readings:
    """Return what stands above something that was read: a power of it, or its transpose."""
    above = script.above
    if above is None:
        return base
    if isinstance(above, Name) and above.text in TRANSPOSED:
        return readings.turned(base)
    return readings.raised(base, meaning.readings(above))


def numbered(meaning: Meaning, tree: Tree) -> Node | None:
    """Return the node of a number, or of a name."""
    while isinstance(tree, trees.Group):
        tree = tree.body
    if isinstance(tree, Number) and tree.text.isdecimal():
        place = int(tree.text[:9])
        return meaning.names.graph[place] if 0 < place <= len(meaning.names.graph) else None
    return meaning.fuzzy(tree)


def constant(tree: Number) -> Constant:
    """Return a number with the digits it was written in.

    Raises
    ------
    NotUnderstoodError
        If it is too large.
    """
    try:
        number = Decimal(tree.text)
    except InvalidOperation:
        raise NotUnderstoodError(tree, "this number is not read") from None
    if not number.is_finite() or abs(number.adjusted()) > MAX_DECIMAL_EXPONENT:
        raise NotUnderstoodError(tree, f"a number beyond 1e±{MAX_DECIMAL_EXPONENT}")
    return Constant(number, tree.text)


def without_above(tree: Script) -> Tree:
    """Return a name without what stands above it."""
    return bare(replace(tree, above=None))


def text_of(tree: Tree) -> str:
    """Return the letters of a bare name; nothing for anything else."""
    return tree.text if isinstance(tree, Name) else ""
