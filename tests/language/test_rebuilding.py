"""Expressions walked, made anew, and made one where they are equal."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import graphdiff as gd
from graphdiff.language.expression import Apply, Constant, Expression, in_order, rebuilt
from graphdiff.language.functions.arithmetic import add, mul
from graphdiff.language.functions.movement import Reshape, as_key
from graphdiff.language.interning import Interning

GRAPH = gd.Graph()
X, Y = GRAPH.input("x"), GRAPH.input("y")
DEPTH = 100_000

LEAVES = st.sampled_from([lambda: X, lambda: Y]) | st.sampled_from(
    [2, 2.0, 0, -0.0, Fraction(1, 3)]
).map(lambda number: lambda: Constant(number))
WRITTEN = st.recursive(
    LEAVES,
    lambda inner: (
        st.builds(lambda a, b: lambda: a() + b(), inner, inner)
        | st.builds(lambda a, b: lambda: a() * b(), inner, inner)
        | inner.map(lambda a: lambda: gd.sin(a()))
    ),
    max_leaves=6,
)
"""What makes an expression, another object at each call."""


def spelling(part: Expression):
    """Return what says all of an expression but how its numbers are written."""
    if isinstance(part, Constant):
        return part.value
    if isinstance(part, Apply):
        return part.function.name, *map(spelling, part.arguments)
    return part


def chain(length: int) -> Expression:
    part = X
    for _ in range(length):
        part = part * Y
    return part


def doubled(levels: int) -> Expression:
    part = gd.sin(X)
    for _ in range(levels):
        part = part + part
    return part


def test_parts_come_once_and_after_their_arguments():
    root = doubled(40) * Y
    parts = list(in_order(root))
    assert len(parts) == len(set(parts)) == 44
    place = {part: k for k, part in enumerate(parts)}
    assert parts[-1] is root
    assert all(place[a] < place[p] for p in parts if isinstance(p, Apply) for a in p.arguments)


def test_what_is_known_is_left_out_with_what_stands_below():
    inner = gd.sin(X)
    root = inner * Y + inner
    assert list(in_order(root, {inner})) == [Y, root.arguments[0], root]
    assert list(in_order(root, {root})) == []


def test_what_becomes_known_on_the_way_is_left_out_too():
    inner = gd.sin(X)
    root = Y + (inner + 1)
    known, found = set(), []
    for part in in_order(root, known):
        found.append(part)
        known |= {part, inner}
    assert inner not in found
    assert X not in found
    assert found[-1] is root


def test_an_expression_in_which_nothing_changes_is_rebuilt_as_itself():
    root = doubled(40) * 2.0 + Y
    assert rebuilt(root) is root
    assert rebuilt(root, replaced={gd.sin(X): Y}) is root  # equal to a part, and none of them


@given(WRITTEN, WRITTEN)
def test_replacing_a_leaf_is_writing_with_another(write, stand_in):
    root, other = write(), stand_in()
    found = rebuilt(root, replaced={X: other})
    replaced = itertools.count()

    def expected(part):
        if part is X:
            next(replaced)
            return spelling(other)
        if isinstance(part, Apply):
            return part.function.name, *map(expected, part.arguments)
        return spelling(part)

    assert spelling(found) == expected(root)
    if next(replaced) == 0:
        assert found is root


def test_each_part_is_made_once():
    made = []

    def make(part, arguments):
        made.append(part)
        return Apply(mul if part.function is add else part.function, arguments)

    found = rebuilt(doubled(40), make)
    assert len(made) == len(set(made)) == 41
    assert sum(1 for _ in in_order(found)) == 42


@pytest.mark.parametrize("walk", [rebuilt, Interning().interned])
def test_depth_costs_no_stack(walk):
    root = chain(DEPTH)
    assert walk(root) is root
    assert sum(1 for _ in in_order(rebuilt(root, replaced={X: Y}))) == DEPTH + 1


@given(st.lists(WRITTEN, min_size=2, max_size=5))
def test_equal_expressions_are_one_and_others_are_not(writes):
    table = Interning()
    written = [write() for write in writes]
    for a, b in itertools.product(written, [*written, *(write() for write in writes)]):
        assert (table.interned(a) is table.interned(b)) == (spelling(a) == spelling(b))
        for same in (table.interned(a), table.interned(a, {})):
            assert spelling(same) == spelling(a)
            assert table.interned(same) is same


def test_what_is_made_in_a_table_is_what_is_put_into_it():
    table = Interning()
    made = table(mul, table.interned(gd.sin(X)), Y)
    assert table.interned(gd.sin(X) * Y) is made
    assert table(mul, table.interned(gd.sin(X)), Y) is made
    assert table.interned(X * gd.sin(Y)) is not made


def test_leaves_are_themselves_and_options_tell_functions_apart():
    table, other = Interning(), gd.Graph()
    assert table.interned(gd.sin(X)) is not table.interned(gd.sin(other.input("x")))
    u = other.input("u", shape=(4,))
    flat, square = (Apply(Reshape(shape), (u,)) for shape in ((1, 4), (2, 2)))
    assert table.interned(flat) is not table.interned(square)
    assert table.interned(Apply(Reshape((2, 2)), (u,))) is table.interned(square)


def test_numbers_keep_the_text_of_the_first():
    table = Interning()
    first = table.interned(X * Constant(2.0))
    assert table.interned(X * 2) is first
    assert first.arguments[1].text == "2.0"


def test_numbers_as_they_are_written():
    table = Interning(as_written=True)
    first = table.interned(X * Constant(2.0))
    assert table.interned(X * 2) is not first
    assert table.interned(X * Constant(2.0)) is first


@pytest.mark.parametrize(
    ("one", "other"),
    [(np.s_[0:9:3], [0, 9, 3]), (np.s_[0:2:1], [0, 2, 1]), (np.s_[1:3:1, :], ([1, 3, 1],))],
)
def test_a_slice_is_not_the_list_of_its_ends(one, other):
    graph = gd.Graph()
    x = graph.parameter("x", np.arange(20.0).reshape(10, 2))
    for name, key in {"a": one, "b": other}.items():
        graph.node(name, x[key])
    a, b = graph.forward().value["a"], graph.forward().value["b"]
    np.testing.assert_array_equal(a, np.arange(20.0).reshape(10, 2)[one])
    np.testing.assert_array_equal(b, np.arange(20.0).reshape(10, 2)[other])
    assert as_key(one) != as_key(other) and as_key(other) != as_key(one)
    L = graph.node("L", gd.sum(x[one]) * gd.sum(x[other]))
    assert graph.forward().value["L"] == a.sum() * b.sum() == graph.compile(L)()[0]
