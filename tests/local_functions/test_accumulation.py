"""The one reverse accumulation: every edge once, in one order, however deep the graph."""

from graphdiff.local_functions.accumulation import accumulated, total

PARENTS = {"L": ("b", "a", "b"), "b": ("a", "x"), "a": ("x",), "x": (), "y": ("x",)}
"""L of b, a and b again; y is no part of it."""

ORDER = ("L", "y", "b", "a", "x")


def paths(parents, order, end, start=1, add=total):
    return accumulated(order, end, start, lambda i, c: ((j, c) for j in parents[i]), add)


def test_terms_are_added_along_every_edge():
    assert dict(paths(PARENTS, ORDER, "L")) == {"L": 1, "b": 2, "a": 3, "x": 5}


def test_nodes_come_in_order_with_the_end_first():
    assert [node for node, _ in paths(PARENTS, ORDER, "L")] == ["L", "b", "a", "x"]
    assert list(paths(PARENTS, ORDER, "y")) == [("y", 1), ("x", 1)]


def test_an_end_that_is_not_in_the_order_reaches_nothing():
    assert list(paths(PARENTS, ("b", "a", "x"), "L")) == []


def test_terms_of_later_children_come_first_and_those_of_one_child_by_slot():
    def through(i, _):
        return ((j, [(i, slot)]) for slot, j in enumerate(PARENTS[i]))

    found = dict(accumulated(ORDER, "L", [], through, total))
    assert found["x"] == [("b", 1), ("a", 0)]
    assert found["a"] == [("L", 1), ("b", 0)]
    assert found["b"] == [("L", 0), ("L", 2)]


def test_an_edge_is_gone_through_once_when_its_child_is_complete():
    gone = []

    def through(i, c):
        gone.append(i)
        return ((j, c) for j in PARENTS[i])

    assert dict(accumulated(ORDER, "L", 1, through, total))["x"] == 5
    assert gone == ["L", "b", "a", "x"]


def test_the_start_is_added_too():
    def doubled(_, terms):
        return 2 * sum(terms)

    assert dict(paths(PARENTS, ORDER, "L", add=doubled)) == {"L": 2, "b": 8, "a": 20, "x": 56}


def test_a_chain_of_a_hundred_thousand_takes_as_many_steps():
    order = range(100_000, -1, -1)
    parents = {k: (k - 1, k - 1) if k else () for k in order}
    added = [0]

    def modulo(_, terms):
        added[0] += len(terms)
        return sum(terms) % 1_000_003

    *_, (last, c) = paths(parents, order, 100_000, add=modulo)
    assert (last, c) == (0, pow(2, 100_000, 1_000_003))
    assert added == [200_001]
