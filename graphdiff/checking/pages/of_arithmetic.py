"""What sums, products, fractions, brackets and arrays mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from graphdiff.checking.pages import (
    known_functions,
    of_derivatives,
    of_functions,
    of_names,
    readings,
    updates,
)
from graphdiff.checking.pages.meaning import Meaning, NotUnderstoodError, reads
from graphdiff.checking.pages.readings import Readings, plain
from graphdiff.files.mathematics import trees
from graphdiff.files.mathematics.trees import Group, Name, Script, Tree
from graphdiff.graph import Node
from graphdiff.language import tensors
from graphdiff.language.expression import Apply, Constant, Expression, apply, pi
from graphdiff.language.functions import OPERATORS
from graphdiff.language.functions.arithmetic import neg


@reads(trees.Sum)
def _sum(meaning: Meaning, tree: trees.Sum) -> Readings:
    total: Readings | None = None
    for sign, term in _once_for_each_edge(meaning, tree.terms):
        if sign not in ("+", "-"):
            raise NotUnderstoodError(tree, f"{sign} has two values")
        part = meaning.readings(term)
        if total is None:
            total = readings.mapped([part], negative) if sign == "-" else part
        else:
            total = readings.summed(total, part, sign)
    assert total is not None  # noqa: S101 - a sum has terms
    return total


def _once_for_each_edge(
    meaning: Meaning, terms: Sequence[tuple[str, Tree]]
) -> Iterator[tuple[str, Tree]]:
    """Yield terms; of P J + P J, where there are two edges from j to i, one: J is of both."""
    keys = [(sign, key_of(term)) for sign, term in terms]
    for place, (sign, term) in enumerate(terms):
        first = keys.index(keys[place])
        repeated = keys.count(keys[place])
        if place == first or repeated < 2 or repeated != _edges_in(meaning, term):
            yield sign, term


def _edges_in(meaning: Meaning, term: Tree) -> int:
    """Return how many edges there are of the local Jacobian in a term; 1 without one."""
    factors = term.factors if isinstance(term, trees.Product) else (term,)
    for factor in factors:
        edge = of_names.edge_of(meaning, factor)
        if edge is not None and edge.target.kind == "J":
            return sum(parent is edge.target.wrt for parent in edge.target.of.parents)
    return 1


def key_of(tree: Any) -> Any:
    """Return what is the same for the same formula, wherever it stands."""
    if isinstance(tree, tuple):
        return tuple(map(key_of, tree))
    if not isinstance(tree, Tree):
        return tree
    fields = (name for name in type(tree).__dataclass_fields__ if name != "span")
    return type(tree).__name__, *(key_of(getattr(tree, name)) for name in fields)


@reads(trees.Product)
def _product(meaning: Meaning, tree: trees.Product) -> Readings:
    if (added := _with_ones(meaning, tree)) is not None:
        return added
    factors, operators = _with_their_d(meaning, list(tree.factors), ["", *tree.operators])
    if (chain := of_derivatives.chain_rule(meaning, factors, operators)) is not None:
        return chain
    parts: list[Readings] = []
    between: list[str] = []
    place = 0
    while place < len(factors):
        part, used = factor(meaning, factors, operators, place)
        if place and not operators[place] and _is_slope(factors[place - 1], factors[place]):
            parts[-1] = readings.multiplied(parts[-1], part, "⊙")
        else:
            parts.append(part)
            between.append(operators[place])
        place += used
    return readings.product(parts, between)


def _with_ones(meaning: Meaning, tree: trees.Product) -> Readings | None:
    """Return 1ᵀA, the sums of the columns of A, and A1, those of its rows; None without a 1ᵀ or 1.

    1ᵀ is no number, nor is a 1 behind an array, which nobody writes for a factor.
    """
    factors, operators = tree.factors, ["", *tree.operators]
    for place, part in enumerate(factors):
        is_row = place + 1 < len(factors) and _is_transposed_one(part)
        is_column = place + 1 == len(factors) and not operators[place] and _is_one(part)
        if not (is_row or is_column):
            continue
        inside, axis = ((place + 1, len(factors)), 0) if is_row else ((0, place), -1)
        array = _stretch(meaning, tree, *inside)
        if not any(one.expression.shape for one in array):
            return None
        added = readings.mapped([array], lambda a, axis=axis: a.sum(axis=axis) if a.shape else a)
        if not is_row or not place:
            return added
        return readings.multiplied(_stretch(meaning, tree, 0, place), added, operators[place])
    return None


def _stretch(meaning: Meaning, tree: trees.Product, begin: int, end: int) -> Readings:
    """Return some of the factors of a product."""
    if end - begin == 1:
        return meaning.readings(tree.factors[begin])
    operators = tree.operators[begin : end - 1]
    return meaning.readings(replace(tree, factors=tree.factors[begin:end], operators=operators))


def _is_one(tree: Tree) -> bool:
    """Whether it is the vector of ones, or the number."""
    return isinstance(tree, trees.Number | Name) and tree.text in ("1", "𝟙", "𝟏")


def _is_transposed_one(tree: Tree) -> bool:
    match tree:
        case trees.Transpose(body=body):
            return _is_one(body)
        case Script(body=body, below=None, above=Name(text=text), primes=0):
            return _is_one(body) and text in of_names.TRANSPOSED
        case _:
            return False


def _is_slope(before: Tree, tree: Tree) -> bool:
    """Whether it is the (1 − a) or (1 + a) after an a, which is meant entry by entry."""
    match tree:
        case Group(body=trees.Sum(terms=((_, first), (_, second)))):
            own = key_of(before)
            return key_of(first) == own or (
                isinstance(first, trees.Number) and key_of(second) == own
            )
        case _:
            return False


def _scientific(meaning: Meaning, first: Tree, second: Tree, operator: str) -> Readings | None:
    r"""Return 378 \cdot 10^{-3}, whose whole number is known to its digits, as one number."""
    match first, second:
        case (
            trees.Number(text=digits),
            Script(
                body=trees.Number(text="10"),
                above=trees.Sum(terms=(("-", trees.Number(text=power)),)),
                below=None,
            ),
        ) if operator in ("·", "×", "*") and digits.isdecimal() and power.isdecimal():
            if len(power) < 4:
                text = str(Decimal(digits).scaleb(-int(power)))
                return meaning.readings(replace(first, text=text))
    return None


def _mixed_number(meaning: Meaning, first: Tree, second: Tree, goes_on: bool) -> Readings | None:
    r"""Return 2\tfrac{1}{4}, a whole number beside a proper fraction: a sum, or a product."""
    match first, second:
        case (
            trees.Number(text=whole),
            trees.Fraction(above=trees.Number(text=above), below=trees.Number(text=below)),
        ) if all(text.isdecimal() for text in (whole, above, below)) and int(above) < int(below):
            parts = meaning.readings(first), meaning.readings(second)
            added, multiplied = readings.summed(*parts, "+"), readings.multiplied(*parts, "")
            return multiplied + added if goes_on else added + multiplied
        case _:
            return None


def _with_their_d(
    meaning: Meaning, factors: list[Tree], operators: list[str]
) -> tuple[list[Tree], list[str]]:
    """Put an upright d to the name after it, d W₂, where d is no node."""
    for place in reversed(range(len(factors) - 1)):
        d, after = factors[place : place + 2]
        name = after.body if isinstance(after, Script) else after
        if (
            of_names.text_of(d) not in ("d", "delta") or operators[place + 1]
            or meaning.exact(d) is not None or not isinstance(name, Name | trees.Accent)
        ):  # fmt: skip
            continue
        output = meaning.names.output
        if isinstance(name, Name) and of_names.text_of(d) == "d":
            whole = Name("d" + name.text, name.is_word, span=d.span)
            joined = replace(after, body=whole) if isinstance(after, Script) else whole
        elif output is not None and meaning.fuzzy(after) is not None:  # δh of an LSTM
            joined = trees.Derivative("∂", Name(output.name, True, span=d.span), (after,),
                                      span=d.span)  # fmt: skip
        else:
            continue
        factors[place : place + 2] = [joined]
        del operators[place + 1]
    return factors, operators


def _evaluated(meaning: Meaning, tree: Tree, after: Tree) -> Readings | None:
    r"""Return ``\frac{dL}{dw}(0.5)`` in a formula: a product, or the derivative taken there."""
    if not isinstance(tree, trees.Derivative) or len(tree.wrt) != 1:
        return None
    if not isinstance(after, Group) or after.bracket != "(" or updates.literal(after) is None:
        return None
    wrt = meaning.exact(tree.wrt[0])
    if not isinstance(wrt, Node) or not wrt.is_leaf or wrt.shape:
        return None
    own = meaning.readings(tree)
    return readings.multiplied(own, meaning.readings(after), "") + own


def factor(
    meaning: Meaning, factors: Sequence[Tree], operators: Sequence[str], place: int
) -> tuple[Readings, int]:
    """Return a factor, and how many trees it takes: two for a name and its argument."""
    tree = factors[place]
    if place + 1 < len(factors):
        whole = _scientific(meaning, tree, factors[place + 1], operators[place + 1])
        if whole is not None:
            return whole, 2
    if place + 1 < len(factors) and not operators[place + 1]:
        after = factors[place + 1]
        goes_on = place + 2 < len(factors) and not operators[place + 2]
        if (mixed := _mixed_number(meaning, tree, after, goes_on)) is not None:
            return mixed, 2
        if (taken := _evaluated(meaning, tree, after)) is not None:
            return taken, 2
        called = of_functions.called_without_brackets(meaning, tree, after)
        if called is not None:
            return called, 2
        if (change := of_derivatives.change(meaning, tree, after)) is not None:
            return plain(change), 2
        raised = after if isinstance(after, Script) and isinstance(after.body, Group) else None
        group = after if raised is None else raised.body
        if isinstance(group, Group) and (raised is None or raised.below is None):
            applied = of_functions.applied(meaning, tree, group)
            if applied is not None and raised is not None:  # f(x)^2 is the square of f(x)
                applied = of_names.raised(meaning, applied, raised)
            if applied is not None:
                return applied, 2
    return meaning.readings(tree), 1


@reads(trees.Fraction)
def _fraction(meaning: Meaning, tree: trees.Fraction) -> Readings:
    return readings.divided(meaning.readings(tree.above), meaning.readings(tree.below))


@reads(trees.Root)
def _root(meaning: Meaning, tree: trees.Root) -> Readings:
    body = meaning.readings(tree.body)
    if tree.index is None:
        return readings.mapped([body], lambda a: apply(known_functions.sqrt, a))
    return readings.raised(body, readings.divided(plain(Constant(1)), meaning.readings(tree.index)))


@reads(trees.Group)
def _group(meaning: Meaning, tree: trees.Group) -> Readings:
    if isinstance(tree.body, trees.Items):
        line = "row" if tree.bracket == "[" else ""
        return readings.listed([meaning.readings(item) for item in tree.body.items], line)
    if tree.bracket == "[" and isinstance(tree.body, trees.Comparison):
        return _comparison(meaning, tree.body)
    body = meaning.readings(tree.body)
    if tree.bracket == "|":
        return readings.mapped([body], lambda a: apply(known_functions.absolute, a))
    if tree.bracket == "‖":
        return readings.mapped([body], tensors.norm)
    return body


@reads(trees.Matrix)
def _matrix(meaning: Meaning, tree: trees.Matrix) -> Readings:
    rows = [[meaning.readings(entry) for entry in row] for row in tree.rows]
    if len(rows) == 1:
        return readings.listed(rows[0], "row") + readings.listed([readings.listed(rows[0])])
    nested = readings.listed([readings.listed(row) for row in rows])
    if all(len(row) == 1 for row in rows):
        return readings.listed([row[0] for row in rows], "column") + nested
    return nested


@reads(trees.Comparison)
def _comparison(meaning: Meaning, tree: trees.Comparison) -> Readings:
    operators = {"<": "less", "≤": "less_equal", ">": "greater", "≥": "greater_equal"}
    if len(tree.sides) != 2 or tree.relations[0] not in operators:
        raise NotUnderstoodError(tree, "this relation has no value")
    operator = OPERATORS[operators[tree.relations[0]]]
    return readings.mapped([meaning.readings(side) for side in tree.sides],
                           lambda a, b: apply(operator, a, b))  # fmt: skip


@reads(trees.Cases)
def _cases(meaning: Meaning, tree: trees.Cases) -> Readings:
    *first, (last, _) = tree.rows
    result = meaning.readings(last)
    for value, condition in reversed(first):
        if condition is None:
            raise NotUnderstoodError(tree, "a case has no condition")
        result = readings.mapped(
            [meaning.readings(condition), meaning.readings(value), result], _chosen
        )
    return result


@reads(trees.At)
def _at(meaning: Meaning, tree: trees.At) -> Readings:
    return meaning.readings(tree.body)


def _chosen(condition: Expression, a: Expression, b: Expression) -> Expression:
    return apply(known_functions.where, condition, a, b)


def negative(a: Expression) -> Expression:
    """Return the negative; of a number that was written, one with its digits."""
    if isinstance(a, Constant) and a is not pi and not a.text.startswith("-"):
        return Constant.written(-a.value, "-" + a.text)
    return Apply(neg, (a,))
