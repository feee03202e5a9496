"""The parser: Python's precedence, nothing evaluated, every limit with its place."""

import math
import re

import pytest
from closeness import close
from counting import at_most
from hypothesis import assume, given, reject
from hypothesis import strategies as st

import graphdiff as gd
from graphdiff.errors import ExpressionError, GraphdiffError, NumericalError, UnknownNameError
from graphdiff.files.parser import MAX_DEPTH, parse
from graphdiff.files.tokens import MAX_LENGTH, tokens

LEAVES = {"x": 1.75, "y": -0.5, "ŷ": 3.25}


def graph_of(**leaves):
    graph = gd.Graph()
    for name, value in (leaves or LEAVES).items():
        graph.input(name, value)
    return graph


def read(source, **leaves):
    graph = graph_of(**leaves)
    return graph.node("out", parse(source, graph.__getitem__))


def value(source):
    node = read(source)
    return node.graph.forward().value["out"]


def expressions():
    atoms = st.sampled_from([*LEAVES, "0", "1", "2", "3", "0.5", "1.25", ".5", "2.", "1e-1", "3E0"])
    signs = st.sampled_from(["", "-", "+", "--", "-+"])
    space = st.sampled_from(["", " ", "  "])
    operator = st.sampled_from(["+", "-", "*", "/", "**"])

    def larger(parts):
        return st.one_of(
            st.builds(
                lambda a, s, o, t, b: a + s + o + t + b, parts, space, operator, space, parts
            ),
            st.builds(lambda s, a: s + a, signs, parts),
            st.builds(lambda a: f"({a})", parts),
            st.builds(lambda f, a: f"{f}({a})", st.sampled_from(["abs", "sin", "exp"]), parts),
            st.builds(
                lambda f, a, b: f"{f}({a}, {b})", st.sampled_from(["max", "min"]), parts, parts
            ),
        )

    return st.recursive(atoms, larger, max_leaves=12)


@given(expressions())
def test_reads_as_python_does(source):
    try:
        names = {"abs": math.fabs, "sin": math.sin, "exp": math.exp, "max": max, "min": min}
        python = eval(source, {"__builtins__": {}}, names | LEAVES)
    except (ArithmeticError, ValueError, TypeError):  # the last for what is complex
        reject()
    assume(not isinstance(python, complex) and abs(python) < 1e100)
    try:
        found = value(source)
    except ExpressionError as error:
        assert re.search(r"exponent|powers", str(error))  # bounds that Python has not
        assert "**" in source
        reject()
    except NumericalError as error:
        assert "finite" in str(error)  # 0**-1 and the like inside of max(…)
        assert re.search("max|min", source)
        reject()
    close(found, python, 1e-9, terms=1e-6)  # numbers of size 1 may cancel


@given(expressions())
def test_a_formula_reads_back_as_itself(source):
    try:
        node = read(source)
    except ExpressionError as error:
        assert re.search(r"exponent|powers", str(error))
        assert "**" in source
        reject()
    again = parse(node.formula, node.graph.__getitem__)
    other = node.graph.node("again", again)
    assert other.formula == node.formula
    assert (other.function, other.parents) == (node.function, node.parents)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_in_one_line(source):
    try:
        read(source)
    except GraphdiffError as error:
        assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("source", "column"),
    [
        ("sin('os')", 5),
        ("x.real", 2),
        ("'a'", 1),
        ('"a"', 1),
        ("x: 1", 2),
        ("sin(x).y", 7),
        ("x[0]", 2),
        ("[y for y in x]", 4),
        ("{x}", 1),
        ("x.__class__", 2),
        ("x if y else 1", 3),
        ("x == 1", 3),
        ("x and y", 3),
        ("x = 1", 3),
        ("x := 1", 3),
        ("x; y", 2),
        ("x, y", 2),
        ("*x", 1),
        ("x**", 4),
        ("x//2", 3),
        ("x % 2", 3),
        ("x < y < 1", 7),
        ("x << y", 4),
        ("x <> y", 4),
        ("x @ y", 3),
        ("x & y", 3),
        ("~x", 1),
        ("x!", 2),
        ("()", 2),
        ("", 1),
        ("  ", 3),
        ("(x", 3),
        ("x)", 2),
        ("sin(x", 6),
        ("sin(x,)", 7),
        ("sin()", 1),
        ("sin(x, y)", 1),
        ("max(x)", 1),
        ("sin", 1),
        ("sin x", 1),
        ("x(2)", 1),
        ("x y", 3),
        ("2x", 2),
        ("2(x)", 2),
        ("1.5.2", 4),
        ("1_000", 2),
        ("0x10", 2),
        ("1j", 2),
        ("1e", 2),
        ("x²", 2),
        ("½", 1),
        ("√x", 1),
        ("∞", 1),
        ("x\u200b", 2),
        ("x\u202e", 2),
        ("１", 1),
        ("١", 1),
        ("\x00", 1),
        ("x # y", 3),
        ("x\\", 2),
        ("x[y]", 3),
        ("x[", 3),
        ("x[0", 4),
        ("x.", 2),
        ("x -> y", 3),
        ("1e301", 1),
        ("1e-301", 1),
        ("1" * 302, 1),
        ("1e999999999", 1),
    ],
)
def test_what_is_no_expression_is_refused_at_its_column(source, column):
    with pytest.raises(ExpressionError, match=rf"column {column}\b") as raised:
        read(source)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("source", "limit"),
    [
        ("9**9**9**9", "exponent"),
        ("x**1001", "exponent"),
        ("x**-1001", "exponent"),
        ("((x**1000)**1000)", "powers of powers"),
        ("(x**2)**501", "powers of powers"),
        ("(x**0.001)**1000000", "exponent"),
        ("exp(9)**9**9", "exponent"),
        ("(" * (MAX_DEPTH + 1) + "x" + ")" * (MAX_DEPTH + 1), "nested"),
        ("sin(" * 100 + "x" + ")" * 100, "nested"),
        ("x**" * 100 + "x", "nested"),
        ("-" * 100 + "x", "signs"),
        ("-" * 100_000 + "x", "characters"),
        ("x+" * MAX_LENGTH + "x", "characters"),
        ("1" * 401, "characters"),
        ("0." + "0" * 500, "characters"),
    ],
)
def test_limits(source, limit):
    with at_most(calls=1e4), pytest.raises(ExpressionError, match=limit):
        read(source)


@pytest.mark.parametrize(
    "source", ["x+" * 9_000 + "x", "+" * 19_000 + "x", "(" * 50 + "x" + ")" * 50]
)
def test_within_the_limits_size_is_no_matter(source):
    with at_most(calls=2e6):
        assert value(source) >= 1.75


def test_powers_that_cannot_be_written_out_are_refused():
    with pytest.raises(ExpressionError, match="digits"):
        read("(" + "*".join(["9" * 300] * 60) + ")**400").function.formula  # noqa: B018


@pytest.mark.parametrize(
    ("source", "formula"),
    [
        ("-x**2", "-x**2"),
        ("(-x)**2", "(-x)**2"),
        ("2**-x", "2**(-x)"),
        ("x-(y-x)", "x - (y - x)"),
        ("x/(y*x)", "x/(y*x)"),
        ("x/y*x", "x/y*x"),
        ("x**y**x", "x**y**x"),
        ("(x**y)**x", "(x**y)**x"),
        ("x·y", "x*y"),
        ("x × y", "x*y"),
        ("x − y", "x - y"),
        ("x÷y", "x/y"),
        ("x^2", "x**2"),
        ("0.40*x", "0.40*x"),
        ("ln(x)", "log(x)"),
        ("π*x", "pi*x"),
        ("max(x,y,1)", "max(max(x, y), 1)"),
    ],
)
def test_the_formula_is_kept_as_written(source, formula):
    assert read(source).formula == formula


def test_names_are_letters_digits_and_marks():
    assert [word.text for word in tokens("ŷ_1·x̂")][:3] == ["ŷ_1", "*", "x̂"]
    assert read("L + ℒ*x̂", **{"L": 1, "ℒ": 2, "x̂": 3}).parents[1].name == "ℒ"
    assert value("y\u0302") == value("ŷ")


def test_unknown_names_suggest_the_nearest():
    with pytest.raises(UnknownNameError, match="unknown function 'sine'; did you mean 'sin'"):
        read("sine(x)")
    with pytest.raises(UnknownNameError, match="did you mean 'ŷ'"):
        read("ŷ_ + x")


@pytest.mark.parametrize("source", ["__import__('os')", "lambda: 1", "P[x]", "open(x)", "x*eval"])
def test_names_that_are_not_there(source):
    with pytest.raises(UnknownNameError):
        read(source)


def test_a_node_may_be_called_like_a_function_or_pi():
    assert read("sin + sin(sin) + pi", sin=0.0, pi=3.0).graph.forward().value["out"] == 3.0


@pytest.mark.parametrize("name", ["trọng", "độ_lỗi", "ab_ŷ", "xα1", "d2ŷ"])
def test_names_of_ascii_letters_and_others_are_one_word(name):
    assert [word.text for word in tokens(f"x*{name} + 1")] == ["x", "*", name, "+", "1", ""]
