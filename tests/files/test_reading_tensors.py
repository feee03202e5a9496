"""The parser on tensors: what is printed reads back; what does not fit is said with its column."""

import pytest
from counting import at_most
from hypothesis import given, settings
from tensor_cases import CASES, graph_of, values_for
from tensor_expressions import leaves, tensor_expressions

import graphdiff as gd
from graphdiff.errors import ExpressionError, GraphdiffError
from graphdiff.files.parser import parse
from graphdiff.graph import Node
from graphdiff.language.expression import in_order


def graph():
    return leaves()["x"].graph


def read(source, given=None):
    given = given or graph()
    return given.node(f"n{len(given)}", parse(source, given.__getitem__))


def same(node, other):
    return (other.function, other.parents, other.shape) == (
        node.function,
        node.parents,
        node.shape,
    )


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_every_function_reads_back(case):
    graph = graph_of(case, values_for(case))
    again = graph.node("again", parse(graph["f"].formula, graph.__getitem__))
    assert same(graph["f"], again), graph["f"].formula


@settings(max_examples=400)
@given(tensor_expressions())
def test_expressions_read_back(expression):
    graph = next(part.graph for part in in_order(expression) if isinstance(part, Node))
    node = graph.node("f", expression)
    again = graph.node("again", parse(node.formula, graph.__getitem__))
    assert same(node, again), node.formula
    assert again.formula == node.formula


@pytest.mark.parametrize(
    ("source", "formula", "shape"),
    [
        ("W @ x", "W @ x", (2,)),
        ("W @ x*2", "(W @ x)*2", (2,)),
        ("2*W @ x", "2*W @ x", (2,)),
        ("-x @ y", "-x @ y", ()),
        ("W.T @ W", "W.T @ W", (3, 3)),
        ("x.T", "x", (3,)),
        ("W[0, 1:3]", "W[0, 1:3]", (2,)),
        ("W[:, None]", "W[:, None]", (2, 1, 3)),
        ("W[[0, 1], [2, 2]]", "W[[0, 1], [2, 2]]", (2,)),
        ("x[[[0], [1]]]", "x[[[0], [1]]]", (2, 1)),
        ("W[..., -1]", "W[..., -1]", (2,)),
        ("x[::-2]", "x[::-2]", (2,)),
        ("sum(W, 0)", "sum(W, axis=0)", (3,)),
        ("sum(W, axis=(0, 1))", "sum(W)", ()),
        ("sum(W, axis=[1], keepdims=True)", "sum(W, axis=1, keepdims=True)", (2, 1)),
        ("sum(x=W)", "sum(W)", ()),
        ("W.sum(axis=0).max()", "max(sum(W, axis=0))", ()),
        ("W.mean(axis=None)", "mean(W)", ()),
        ("max(W, axis=0)", "max(W, axis=0)", (3,)),
        ("max(x, y)", "max(x, y)", (3,)),
        ("max(x, y, 1)", "max(max(x, y), 1)", (3,)),
        ("leaky_relu(x, slope=0.2)", "leaky_relu(x, 0.2)", (3,)),
        ("reshape(W, 3, -1)", "reshape(W, (3, 2))", (3, 2)),
        ("W.reshape((3, 2))", "reshape(W, (3, 2))", (3, 2)),
        ("W.transpose(1, 0)", "W.T", (3, 2)),
        ("transpose(K, (1, 0, 2))", "transpose(K, (1, 0, 2))", (2, 1, 3)),
        ("concatenate([x, y])", "concatenate(x, y)", (6,)),
        ("concatenate([x, [1, 2]])", "concatenate(x, [1, 2])", (5,)),
        ("concatenate([1, 2], x)", "concatenate([1, 2], x)", (5,)),
        ("stack([x, y], axis=1)", "stack(x, y, axis=1)", (3, 2)),
        ("stack(x, [1, -2, 3])", "[x, [1, -2, 3]]", (2, 3)),
        ("stack([1, 2])", "[1, 2]", (2,)),
        ("[s, 2*s]", "[s, 2*s]", (2,)),
        ('einsum("ij,j", W, x)', 'einsum("ij,j->i", W, x)', (2,)),
        ("einsum('ij->ji', W)", 'einsum("ij->ji", W)', (3, 2)),
        ("huber(x, y, delta=1/2)", "huber(x, y, delta=1/2)", ()),
        ("layer_norm(x, eps=1e-06)", "layer_norm(x, eps=1e-06)", (3,)),
        ("eye(3) @ x", "eye(3) @ x", (3,)),
        ("ones((2, 3))*W", "ones(2, 3)*W", (2, 3)),
        ("where(x > 0, x, 0)", "where(x > 0, x, 0)", (3,)),
        ("(x < y) < 1", "(x < y) < 1", (3,)),
        ("x < (y < 1)", "x < (y < 1)", (3,)),
        ("x ≤ y", "x <= y", (3,)),
        ("x ⊙ y", "x*y", (3,)),
        ("[[1, -2], [0.5, 1/3]]", "[[1, -2], [0.5, 1/3]]", (2, 2)),
        ("x[0]**2 + x[1]", "x[0]**2 + x[1]", ()),
        ("(W @ x)[0]", "(W @ x)[0]", ()),
    ],
)
def test_spellings(source, formula, shape):
    node = read(source)
    assert (node.formula, node.shape) == (formula, shape)
    assert same(node, read(node.formula, node.graph))


def test_letters_of_sizes():
    given = graph()
    m = given["B"].shape[0]
    letters = {"m": m}
    mean = given.node("mean", parse("sum(B, axis=0)/m", given.__getitem__, letters=letters))
    assert mean.shape == (3,)
    wide = given.node("wide", parse("ones(2*m + 1, 3)", given.__getitem__))
    assert wide.shape == (2 * m + 1, 3)
    assert same(wide, read(wide.formula, given))
    seven = parse("ones(m, 3)*m", given.__getitem__, letters={"m": 7})
    assert seven.shape == (7, 3)


@pytest.mark.parametrize(
    ("source", "column", "problem"),
    [
        ("W @ y[:2]", 3, "the last axis of the left, 3, must equal"),
        ("x + W.T", 3, "do not fit element by element"),
        ("x + x[:, None]", 3, "'x[:, None]' of shape (3, 1) a column"),
        ("W[2]", 2, "index 2 is out of bounds"),
        ("W[0, 0, 0]", 2, "too many indices"),
        ("x[1:1]", 2, "chooses no entry"),
        ("x[::0]", 6, "the step of a slice is 0"),
        ("x[0.5]", 3, "expected an index: a whole number, 1:3, a list of whole numbers"),
        ("x[y]", 3, "expected an index"),
        ("x[]", 3, "expected an index"),
        ("x[0", 4, "expected ',' or ']'"),
        ("x[[[0], [0, 1]]]", 3, "not equally long"),
        ("x[99999999999]", 3, "a whole number beyond 1000000000"),
        ("[[1, 2], [3]]", 1, "not equally long: one has shape (2,), another (1,)"),
        ("[1, x]", 1, "not equally long"),
        ("[]", 2, "expected a number"),
        ("[1, 2", 6, "expected ',' or ']'"),
        ("sum(W, axes=0)", 8, "unknown option 'axes' of sum at column 8; did you mean 'axis'?"),
        ("sum(W, axis=2)", 1, "there is no axis 2 in 'W' of shape (2, 3)"),
        ("sum(W, axis=x)", 13, "axis of sum must be a whole number, a tuple such as (0, 1), or"),
        ("sum(W, axis=(0, x))", 13, "axis of sum must be"),
        ("sum(W, keepdims=1)", 17, "keepdims of sum must be True or False"),
        ("sum(W, axis=0, axis=1)", 16, "axis of sum is given twice"),
        ("sum(W, 0, axis=1)", 11, "axis of sum is given twice"),
        ("sum(W, axis=0, 1)", 16, "what is given by name stands last"),
        ("sum(W, 0, 1)", 11, "sum takes x, axis and by name keepdims=…"),
        ("sum()", 1, "sum needs x"),
        ("sum(axis=0)", 1, "sum needs x"),
        ("matmul(W)", 1, "matmul needs b"),
        ("reshape(W, 5)", 1, "cannot have shape (5,)"),
        ("reshape(W, x)", 12, "shape of reshape must be whole numbers such as (2, 3)"),
        ("eye(2.5)", 5, "n of eye must be a whole number"),
        ("eye(x)", 5, "n of eye must be a whole number"),
        ("einsum(W, x)", 8, 'subscripts of einsum must be indices in quotes such as "ij,j->i"'),
        ('einsum("ij,j->i", W)', 1, "takes 2 operands"),
        ('einsum("ij,j->i", W, s)', 1, "has 0 axes"),
        ('"ij"', 1, "a text in quotes stands only first in einsum"),
        ('sum("ij")', 5, "a text in quotes"),
        ("huber(x, y, delta=x)", 19, "delta of huber must be a number"),
        ("huber(x, y, delta=1/0)", 19, "delta of huber must be a number"),
        ("sin(x, axis=0)", 8, "sin takes no options"),
        ("leaky_relu(slope=0.2)", 1, "leaky_relu takes slope by name with 1 argument before"),
        ("max(x, y, axis=0)", 1, "max takes axis by name with one array"),
        ("x.foo()", 2, "after a dot stands .T, .sum(…)"),
        ("x.T()", 2, "after a dot stands .T"),
        ("x.sum", 6, "expected '('"),
        ("x.__class__", 2, "after a dot"),
        ("sum", 1, "'sum' at column 1 is a function"),
        ("W(2)", 1, "'W' at column 1 is a node"),
        ("0 < x < 1", 7, "comparisons stand alone"),
        ("softmax(s)", 1, "takes a vector or a batch"),
        ("conv1d(x, y, stride=0)", 1, "the stride of conv1d is 0"),
        ("9**[9**9, 1]", 13, "an exponent beyond ±1000"),
        ("x**[1001, 1, 2]", 16, "an exponent beyond ±1000"),
        ("x[0]**sum([1000, 1])", 21, "an exponent beyond ±1000"),
        ("(x**1000)[0]**1000", 19, "powers of powers"),
    ],
)
def test_what_does_not_fit_is_said_with_its_column(source, column, problem):
    with pytest.raises(ExpressionError, match=rf"column {column}\b") as raised:
        read(source)
    assert problem in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "source",
    [
        "ones((100000, 100000))",
        "ones(100000)[:, None]*ones(1, 100000)",
        "(reshape(b, (100000, 1))*reshape(b, (1, 100000)))[0]",
        "outer(b, b)",
        "diag(b)",
        "eye(1000000)",
        'einsum("i,j,k->", b, b, b)',
        "broadcast_to(x, (1000000000, 3))",
        "scatter(x, at=[0], shape=(1000000000, 3))",
        "tanh" + "'" * 4000 + "(x)",
        "conv1d(b, b[:50000])",
        "conv1d(x, [1, 2], padding=1000000000)",
        "conv2d(ones(3000, 3000), ones(1500, 1500))",
        "max_pool1d(b, 50000, stride=1)",
        "stack(" + ", ".join(["b"] * 101) + ")",
        "+".join(["ones(3000, 3000)"] * 12),
        "b" + "[:]" * 6000,
        "x" + "[None]" * 70,
        "[" + ", ".join(["1"] * 1001) + "]",
        "[" * 61 + "1" + "]" * 61,
        "x" + ".sum(keepdims=True)" * 1000,
        "reshape(x, " + "(" * 2000 + "3" + ")" * 2000 + ")",
    ],
)
def test_arrays_too_large_are_refused_at_once(source):
    given = graph()
    given.input("b", shape=(100_000,))
    with at_most(calls=3e5, megabytes=20), pytest.raises(GraphdiffError):
        read(source, given)


@pytest.mark.parametrize(("text", "column"), [("softmax(b, 3=1)", 13), ("exp(3=1)", 6)])
def test_only_a_name_may_stand_before_the_sign_of_an_option(text, column):
    g = gd.Graph()
    g.input("b", [1.0, 2.0])
    with pytest.raises(ExpressionError) as error:
        parse(text, g.__getitem__)
    assert str(error.value) == f"expected ',' or ')' at column {column}, found '=': {text!r}"
