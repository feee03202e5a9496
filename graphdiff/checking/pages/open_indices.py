"""Statements with open indices: ``∂L/∂z_i = p_i − y_i``, ``δ^l = (W^{l+1})ᵀ δ^{l+1} ⊙ σ′(z^l)``.

Such a statement is one for each index there is: for each entry, layer or step in time. It is put
down with numbers in their place, as far as the graph has what they name.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, Protocol, TypeVar

from graphdiff.files.mathematics import trees
from graphdiff.files.mathematics.trees import Name, Number, Script, Side, Sum, Tree

LETTERS = frozenset("ijklmnpqrstL")
"""Letters that an index is called."""

LAST = "L"
"""The letter of the last layer: the greatest number that is understood."""

MOST = {1: 8, 2: 5, 3: 4}
"""Up to which number indices are tried, for so many of them."""

DIFFERENT, SAME = 4, 2
"""How many instances are judged: with different indices, i ≠ j, and with the same."""

Values = Mapping[str, int]


def instances(sides: Sequence[Side]) -> Iterator[tuple[Values, list[Side]]]:
    """Yield sides with numbers for their open indices, and these numbers; the last layer first."""
    letters = sorted(set().union(*(_open(side.tree, False) for side in sides)))
    most = MOST.get(len(letters))
    if most is None:
        return
    ranges = [range(most, 0, -1) if letter == LAST else range(1, most + 1) for letter in letters]
    for numbers in itertools.product(*ranges):
        values = dict(zip(letters, numbers, strict=True))
        yield values, [at(side, values) for side in sides]


class HasIndices(Protocol):
    """What has numbers for its open indices."""

    @property
    def at(self) -> Values:
        """The numbers."""
        ...


Instance = TypeVar("Instance", bound=HasIndices)


def some(instances: Sequence[Instance]) -> tuple[Instance, ...]:
    """Return a few instances that stand for all: of different indices, and of the same."""
    if len(instances) <= DIFFERENT + SAME:
        return tuple(instances)
    ordered = sorted(instances, key=lambda one: -len({*one.at.values()}))
    return (*ordered[:DIFFERENT], *ordered[-SAME:])


def at(side: Side, values: Values) -> Side:
    """Return a side with numbers for its open indices."""
    return replace(side, tree=put(side.tree, values))


def put(tree: Tree, values: Values) -> Tree:
    """Return a tree with numbers for its open indices."""
    return _put(tree, values, False)


def _open(tree: Any, is_index: bool) -> set[str]:
    """Return the letters of indices that no sum runs over."""
    if isinstance(tree, tuple):
        return set().union(*(_open(part, is_index) for part in tree))
    if isinstance(tree, Name):
        is_bare = is_index and not tree.is_word and LETTERS.issuperset(tree.text)
        return set(tree.text) if is_bare else set()
    if not isinstance(tree, Tree):
        return set()
    if isinstance(tree, Script):
        above = _open(tree.above, True) if _is_index_above(tree.above) else set[str]()
        return _open(tree.body, is_index) | _open(tree.below, True) | above
    if isinstance(tree, trees.Large):
        return _open(tree.body, is_index) - _running(tree.below)
    return set().union(*(_open(part, is_index) for part in _parts(tree).values()))


def _put(tree: Any, values: Values, is_index: bool) -> Any:
    """Return a tree with numbers for the letters of indices."""
    if isinstance(tree, tuple):
        return tuple(_put(part, values, is_index) for part in tree)
    if isinstance(tree, Name):
        return _number(tree, values) if is_index else tree
    if not isinstance(tree, Tree):
        return tree
    if isinstance(tree, Script):
        return _put_into_script(tree, values, is_index)
    if isinstance(tree, trees.Large):
        values = {k: v for k, v in values.items() if k not in _running(tree.below)}
        return replace(tree, body=_put(tree.body, values, is_index))
    found = replace(
        tree, **{name: _put(part, values, is_index) for name, part in _parts(tree).items()}
    )
    return _added(found) if isinstance(found, Sum) and is_index else found


def _put_into_script(tree: Script, values: Values, is_index: bool) -> Tree:
    below = _put(tree.below, values, True)
    above = tree.above
    if _is_index_above(above):
        above = _put(above, values, True)
        if isinstance(above, Number) and above != tree.above:
            above = Name(above.text, True, span=above.span)  # of a layer, and no power
    if isinstance(tree.body, Name) and tree.body.text == "delta" and below != tree.below:
        match below:
            case trees.Product(factors=(Number() as i, Number() as j)):
                return Number(str(int(i.text == j.text)), span=tree.span)
            case trees.Items(items=(Number() as i, Number() as j)):
                return Number(str(int(i.text == j.text)), span=tree.span)
            case _:
                pass
    return replace(tree, body=_put(tree.body, values, is_index), below=below, above=above)


def _is_index_above(above: Tree | None) -> bool:
    """Whether what stands above a name may be an index; a transpose is none."""
    return not (isinstance(above, Name) and above.text in ("T", "t"))


def _number(tree: Name, values: Values) -> Tree:
    is_index = not tree.is_word and LETTERS.issuperset(tree.text)
    if not is_index or not any(letter in values for letter in tree.text):
        return tree
    parts = tuple(
        Number(str(values[letter]), span=tree.span)
        if letter in values
        else Name(letter, span=tree.span)
        for letter in tree.text
    )
    if len(parts) == 1:
        return parts[0]
    return trees.Product(parts, ("",) * (len(parts) - 1), span=tree.span)


def _added(tree: Sum) -> Tree:
    """Return l + 1 as a number, where it is one."""
    total = 0
    for sign, term in tree.terms:
        if not isinstance(term, Number) or not term.text.isdecimal() or sign not in "+-":
            return tree
        total += int(term.text) if sign == "+" else -int(term.text)
    return Number(str(total), span=tree.span) if total >= 0 else tree


def _running(below: Tree | None) -> set[str]:
    """Return what a sum runs over."""
    match below:
        case Name(text=text) | trees.Comparison(sides=(Name(text=text), *_)):
            return {text}
        case _:
            return set()


def _parts(tree: Tree) -> dict[str, Any]:
    return {part.name: getattr(tree, part.name) for part in fields(tree) if part.name != "span"}
