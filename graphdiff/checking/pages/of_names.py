"""What names with scripts mean: nodes, entries of arrays, powers, the P and J of the lecture."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from graphdiff.checking.pages import known_functions, of_derivatives, readings, spelling
from graphdiff.checking.pages.meaning import Meaning, NotUnderstoodError, reads
from graphdiff.checking.pages.readings import MisfitError, Readings, plain
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
    if not tree.is_word and (pieces := cut_into_names(meaning, tree.text)):
        found_pieces = [_name(meaning, Name(piece, True, span=tree.span)) for piece in pieces]
        result = found_pieces[0]
        for piece in found_pieces[1:]:
            result = readings.multiplied(result, piece, "")
        return result
    node = meaning.names.node(parts)
    if node is None:
        raise NotUnderstoodError(tree, f"there is no {tree.text!r} in the graph")
    return plain(node)


def cut_into_names(meaning: Meaning, text: str) -> list[str]:
    """Cut letters that touch into names of nodes, the longest first; none if that fails."""
    best: dict[int, list[str]] = {0: []}
    for end in range(1, len(text) + 1):
        for start in range(max(0, end - 12), end):
            piece = text[start:end]
            if start not in best or (start == 0 and end == len(text)):
                continue
            if meaning.known(spelling.split(piece)) is not None:
                cut = [*best[start], piece]
                if end not in best or len(cut) < len(best[end]):
                    best[end] = cut
    return best.get(len(text), [])


@reads(trees.Accent)
def _accent(meaning: Meaning, tree: trees.Accent) -> Readings:
    return meaning.named(tree)


@reads(trees.Transpose)
def _transpose(meaning: Meaning, tree: trees.Transpose) -> Readings:
    return readings.turned(meaning.readings(tree.body))


@reads(trees.Script)
def _script(meaning: Meaning, tree: Script) -> Readings:
    above = tree.above
    if isinstance(above, Name) and above.text in TRANSPOSED:
        return readings.turned(meaning.readings(without_above(tree)))
    if isinstance(tree.body, trees.At):  # what stands at the bar is no script of it
        return meaning.readings(tree.body)
    known = meaning.exact(tree)
    if known is not None:
        return plain(known)
    if tree.primes:
        raise NotUnderstoodError(tree, "a prime stands for no derivative here")
    if (edge := edge_of(meaning, tree)) is not None:
        return plain(edge, *of_derivatives.of_one_slot(edge.target))
    if isinstance(tree.body, Number | Name) and isinstance(tree.below, trees.Comparison):
        one = tree.body.text
        if one in INDICATORS:
            return meaning.readings(tree.below)
    if above is not None and is_sample(above):
        return meaning.readings(without_above(tree))
    if above is None:
        return indexed_name(meaning, tree)
    return _power(meaning, tree, above)


def is_sample(above: Tree) -> bool:
    """Whether it is an index of samples in brackets: ``(i)``."""
    if not isinstance(above, trees.Group):
        return False
    return isinstance(above.body, Name) and len(above.body.text) == 1


def indexed_name(meaning: Meaning, tree: Script) -> Readings:
    """Return a name with an index: a node, or an entry of one."""
    below = tree.below
    assert below is not None  # noqa: S101 - it has something
    try:
        return meaning.named(tree)
    except NotUnderstoodError as error:
        problem = error
    body = tree.body
    if isinstance(below, trees.Sum | trees.Product | trees.Items) or meaning.at_indices:
        index = [index_of(meaning, part) for part in split_indices(below)]
        if None not in index:
            return _entry_of(meaning, tree, index)
    parts = split_indices(below)
    if all(isinstance(part, Number) and part.text.isdecimal() for part in parts):
        index = [int(part.text) - 1 for part in parts if isinstance(part, Number)]
        whole = whole_array(meaning, body)
        if whole is not None:
            if len(index) == 1 and len(whole.shape) == 2:  # W_{12}
                index = [int(digit) - 1 for digit in str(index[0] + 1)]
            return _entry_of(meaning, tree, index)
    if _are_running(meaning, parts) and (whole := whole_array(meaning, body)) is not None:
        return plain(whole)
    raise problem


def whole_array(meaning: Meaning, body: Tree) -> Expression | None:
    """Return an array of which entries are meant."""
    try:
        found = meaning.readings(body)[0].expression
    except (NotUnderstoodError, MisfitError):
        return None
    return found if found.shape else None


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


def _entry_of(meaning: Meaning, tree: Script, index: Sequence[int | None]) -> Readings:
    whole = whole_array(meaning, tree.body)
    key = tuple(index)
    if whole is None or len(key) > len(whole.shape):
        raise NotUnderstoodError(tree, "there is no such entry")
    for place, size in zip(key, whole.shape, strict=False):
        if isinstance(size, int) and place is not None and not 0 <= place < size:
            raise NotUnderstoodError(tree, f"there is no entry {place + 1} of {size}")
    return plain(whole[key])


def _power(meaning: Meaning, tree: Script, above: Tree) -> Readings:
    """Return a power, in which e is Euler's number and ⊙2 a power entry by entry."""
    match above:
        case trees.Product(factors=(Name(text="⊙"), exponent)):
            above = exponent
    body = without_above(tree)
    if isinstance(body, Name) and body.text in ("e", "exp") and not body.style:
        found = readings.mapped([meaning.readings(above)], lambda a: apply(known_functions.exp, a))
        if meaning.names.exact(("e",)) is None or body.text == "exp":
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
    if letter in ("J", "P") and letter not in graph and script is not None:
        if letter == "P" and meaning.names.output is not None:
            node = numbered(meaning, script)
            return None if node is None else Reference(Target("P", meaning.names.output, node))
        if letter == "J" and isinstance(script, trees.Comparison) and "→" in script.relations:
            j, i = (numbered(meaning, side) for side in (script.sides[0], script.sides[-1]))
            if j is not None and i is not None:
                kind = "J" if j in i.parents else "derivative"
                return Reference(Target(kind, i, j))
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
    if tree.below is None and not tree.primes:
        return tree.body
    return Script(tree.body, tree.below, None, tree.primes, span=tree.span)


def split_indices(tree: Tree) -> list[Tree]:
    """Return the indices that stand below a name, written with commas or without."""
    if isinstance(tree, trees.Items):
        return list(tree.items)
    if isinstance(tree, trees.Product) and not any(tree.operators):
        return list(tree.factors)
    if isinstance(tree, Name) and len(tree.text) > 1 and not tree.is_word:
        return [Name(letter, span=tree.span) for letter in tree.text]
    return [tree]


def text_of(tree: Tree) -> str:
    """Return the letters of a bare name; nothing for anything else."""
    return tree.text if isinstance(tree, Name) else ""
