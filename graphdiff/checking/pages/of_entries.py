"""What names with indices mean: nodes, or entries of arrays.

``p_2`` is the node p2 if there is one, else the second entry of an array p; ``a^3_2`` is the second
entry of a3, as ``a_{3,2}`` is, and ``w[0]`` of a program is the first of w.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from graphdiff.checking.pages.meaning import Meaning, NotUnderstoodError, reads
from graphdiff.checking.pages.readings import MisfitError, Readings, plain
from graphdiff.checking.targets import Reference, Target
from graphdiff.files.mathematics import trees
from graphdiff.files.mathematics.trees import Name, Number, Script, Tree
from graphdiff.graph import Node
from graphdiff.language.expression import Apply, Constant, Expression
from graphdiff.language.functions.movement import Index, Key
from graphdiff.language.shapes import Shape


def indexed_name(meaning: Meaning, tree: Script) -> Readings:
    """Return a name with an index: an entry of an array, or a node that is called so."""
    found = (entries(meaning, tree) or []) + _slope(meaning, tree)
    slope = _slope_of_another(meaning, tree)
    try:
        found = found + meaning.named(tree)
    except NotUnderstoodError as error:
        problem = error
    else:
        return found + slope
    found = found + slope
    if found:
        return found
    assert tree.below is not None  # noqa: S101 - it has something
    whole = whole_array(meaning, tree.body)
    if whole is not None and _are_running(meaning, split_indices(tree.below)):
        return plain(whole)
    if whole is not None and (index := _index(meaning, split_indices(tree.below))):
        raise NotUnderstoodError(tree, _no_entry(index, whole.shape))
    raise problem


def _slope(meaning: Meaning, tree: Script) -> Readings:
    """Return L_w, the derivative of the output in w, and g_w, where no node is called g."""
    output, wrt = meaning.names.output, tree.below
    node = meaning.exact(wrt) if wrt is not None else None
    if output is None or not isinstance(node, Node):
        return []
    whole = meaning.exact(tree.body)
    is_gradient = whole is None and isinstance(tree.body, Name) and tree.body.text == "g"
    if whole is not output and not is_gradient:
        return []
    return plain(Reference(Target("derivative", output, node)))


def _slope_of_another(meaning: Meaning, tree: Script) -> Readings:
    """Return a_u, the derivative of one node in another that it is computed from."""
    wrt = meaning.exact(tree.below) if isinstance(tree.below, Name) else None
    of = meaning.exact(tree.body)
    if not isinstance(of, Node) or not isinstance(wrt, Node) or of is meaning.names.output:
        return []
    if of is wrt or wrt.name not in of.graph.ancestors(of):
        return []
    return plain(Reference(Target("derivative", of, wrt)))


def entries(meaning: Meaning, tree: Script) -> Readings | None:
    """Return the entry of an array that a name with an index means; None where it means none."""
    for whole, indices in _cuts(meaning, tree):
        index = _index(meaning, indices)
        key = None if index is None else _key(whole.shape, index)
        if key is not None:
            return plain(whole[key])
        if meaning.running and _are_running(meaning, indices):
            return plain(whole)
        if len(indices) == 1 and _is_at_index(meaning, indices[0]) and len(whole.shape) > 1:
            of_sample = Script(
                tree.body, above=trees.Group("(", indices[0], span=tree.span), span=tree.span
            )
            return of_one_sample(meaning, of_sample)  # Σ_i r_i x_i
        if index is not None and tree.above is not None:
            raise NotUnderstoodError(tree, _no_entry(index, whole.shape))
    return None


def _is_at_index(meaning: Meaning, index: Tree) -> bool:
    """Whether an index is the running one of a sum that is written out."""
    return isinstance(index, Name) and index.text in meaning.at_indices


def _no_entry(index: Sequence[int], shape: Shape) -> str:
    sizes = ", ".join(map(str, shape))
    return f"there is no entry {', '.join(str(place + 1) for place in index)} of {sizes}"


def of_one_sample(meaning: Meaning, tree: Script) -> Readings | None:
    """Return x^{(2)} or x_1^{(2)}, the second sample of all, where no node is called so."""
    above, layer = tree.above, None
    if isinstance(above, trees.Product) and not any(above.operators) and len(above.factors) == 2:
        layer, above = above.factors
    if not isinstance(above, trees.Group) or above.bracket != "(" or tree.primes:
        return None
    sample = index_of(meaning, above.body)
    whole = _of_all_samples(meaning, Script(tree.body, above=layer, span=tree.span))
    if sample is None or whole is None or sample >= meaning.names.samples:
        return None
    axis = whole.shape.index(meaning.names.samples)
    key: list[Any] = [slice(None)] * len(whole.shape)
    key[axis] = sample
    rest = [place for place in range(len(key)) if place != axis]
    if tree.below is not None:
        index = _index(meaning, split_indices(tree.below))
        if index is None or len(index) != len(rest):
            return None
        for place, value in zip(rest, index, strict=True):
            key[place] = value
    elif all(whole.shape[place] == 1 for place in rest):
        for place in rest:
            key[place] = 0
    found = plain(whole[tuple(key)])
    named = meaning.fuzzy(tree) if tree.below is None else None
    return found if named is None else found + plain(named)


def _of_all_samples(meaning: Meaning, name: Script) -> Expression | None:
    """Return the array of all samples that a name is one of; X for x."""
    heads: list[Tree] = [name.body]
    if isinstance(name.body, Name):
        heads.append(Name(name.body.text.capitalize(), name.body.is_word, span=name.body.span))
    for head in heads:
        tree = head if name.above is None else Script(head, above=name.above, span=name.span)
        whole = whole_array(meaning, tree)
        if isinstance(whole, Node) and whole.kind == "parameter":
            return None
        if whole is not None and meaning.names.samples in whole.shape:
            return whole if meaning.names.samples > 1 else None
    return None


def _cuts(meaning: Meaning, tree: Script) -> Iterator[tuple[Expression, Sequence[Tree]]]:
    """Yield the arrays that a name may begin with, and the indices that are left of it."""
    if tree.below is None or tree.primes:
        return
    indices = split_indices(tree.below)
    wholes: list[tuple[Expression | None, Sequence[Tree]]] = []
    if tree.above is None:
        wholes.append((whole_array(meaning, tree.body), indices))
        if len(indices) > 1:
            layer = Script(tree.body, below=indices[0], span=tree.span)
            wholes.append((meaning.exact(layer), indices[1:]))
    else:
        layer = Script(tree.body, above=tree.above, span=tree.span)
        known = meaning.exact(layer)
        wholes.append((meaning.fuzzy(layer) if known is None else known, indices))
    yield from ((whole, rest) for whole, rest in wholes if whole is not None and whole.shape)


def _index(meaning: Meaning, parts: Sequence[Tree]) -> list[int] | None:
    """Return indices, from 0, where all of them are known."""
    index = [index_of(meaning, part) for part in parts]
    return [place for place in index if place is not None] if None not in index else None


def _key(shape: Shape, index: Sequence[int]) -> Key | None:
    """Return the place of an entry; a row or a column of a matrix has its entries in a line."""
    places = list(index)
    if len(places) == 1 and len(shape) == 2:
        if 1 in shape:
            places = [0, *places] if shape[0] == 1 else [*places, 0]
        elif len(str(places[0] + 1)) == 2:  # W_{12}
            places = [int(digit) - 1 for digit in str(places[0] + 1)]
        else:
            return None
    if len(places) != len(shape):
        return None
    fits = all(
        0 <= place < size
        for place, size in zip(places, shape, strict=True)
        if isinstance(size, int)
    )
    return tuple(places) if fits else None


def whole_array(meaning: Meaning, body: Tree) -> Expression | None:
    """Return an array of which entries are meant."""
    try:
        found = meaning.readings(body)[0].expression
    except (NotUnderstoodError, MisfitError):
        return None
    return found if found.shape else None


def node_and_key(expression: Expression) -> tuple[Node, Key] | None:
    """Return the node that an expression is, with the place of the entry, if it is one of it."""
    match expression:
        case Node():
            return expression, ()
        case Apply(function=Index(key=key), arguments=(Node() as node,)):
            return node, key
        case _:
            return None


def _are_running(meaning: Meaning, parts: Sequence[Tree]) -> bool:
    return all(isinstance(part, Name) and part.text in meaning.running for part in parts)


def index_of(meaning: Meaning, part: Tree) -> int | None:
    """Return an index from 0, where its value is known."""
    try:
        found = meaning.readings(part)[0].expression
    except (NotUnderstoodError, MisfitError):
        return None
    value = found.value if isinstance(found, Constant) else None
    return int(value) - 1 if value is not None and value.is_Integer and value > 0 else None


def split_indices(tree: Tree) -> list[Tree]:
    """Return the indices that stand below a name, written with commas or without."""
    if isinstance(tree, trees.Items):
        return list(tree.items)
    if isinstance(tree, trees.Product) and not any(tree.operators):
        return list(tree.factors)
    if isinstance(tree, Name) and len(tree.text) > 1 and not tree.is_word:
        return [Name(letter, span=tree.span) for letter in tree.text]
    return [tree]


@reads(trees.Indexed)
def _indexed(meaning: Meaning, tree: trees.Indexed) -> Readings:
    """Return an entry of an array of a program, counted from 0, or the node of a layer."""
    index = [
        int(part.text)
        for part in map(meaning.counted, tree.indices)
        if isinstance(part, Number) and part.text.isdecimal()
    ]
    whole = whole_array(meaning, tree.body)
    if whole is not None and (widened := _with_new_axes(whole, tree.indices)) is not None:
        return plain(widened)
    if whole is not None and len(index) == len(tree.indices) <= len(whole.shape):
        sizes = zip(index, whole.shape, strict=False)
        if all(not isinstance(size, int) or place < size for place, size in sizes):
            return plain(whole[tuple(index)])
    below = tree.indices[0] if len(tree.indices) == 1 else trees.Items(tree.indices, span=tree.span)
    layer = trees.Group("[", below, span=tree.span)
    return meaning.named(Script(tree.body, below=layer, span=tree.span))


def _with_new_axes(whole: Expression, indices: Sequence[Tree]) -> Expression | None:
    """Return ``a[:, None]``, an array with axes of one entry more; None for other indices."""
    words = [part.text if isinstance(part, Name) else "" for part in indices]
    is_new = [word.rpartition(".")[2] in ("None", "newaxis") for word in words]
    if not any(is_new) or words.count(":") != len(words) - sum(is_new):
        return None
    if words.count(":") > len(whole.shape):
        return None
    left = iter(whole.shape)
    shape = [1 if new else next(left) for new in is_new]
    return whole.reshape(*shape, *left)
