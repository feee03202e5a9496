"""Each rule by which a line becomes simpler: fewer lines, the same values."""

from fractions import Fraction

import hypothesis.strategies as st
import numpy as np
import pytest
from closeness import close
from hypothesis import given

from graphdiff.language.functions import activations, comparisons, elementary
from graphdiff.language.functions.arithmetic import add, div, mul, neg, pow, sub
from graphdiff.language.functions.contraction import Einsum, MatMul
from graphdiff.language.functions.movement import Broadcast, Reshape, Transpose
from graphdiff.language.functions.reductions import Extremum, Mean, Sum
from graphdiff.program.tape.batching import on_samples
from graphdiff.program.tape.simplify import Simplifier
from graphdiff.program.tape.tape import Call, Leaf, Number, Recorder

SHAPES = {"x": (2, 3), "y": (2, 3), "row": (3,), "s": (), "t": (), "A": (3, 3)}
VALUES = {name: np.random.default_rng(k).uniform(0.5, 2, shape) for k, (name, shape) in
          enumerate(SHAPES.items())}  # fmt: skip


class Plain(Recorder):
    """Writes everything as it is."""

    def apply(self, function, *operands):
        shapes = [self.shapes[k] for k in operands]
        if hasattr(function, "shape"):
            return self.write(Call(function, operands), function.shape(*shapes))
        return self.write(Call(function, operands), np.broadcast_shapes(*shapes))


def built(recorder, build):
    leaves = {name: recorder.write(Leaf(name), shape) for name, shape in SHAPES.items()}
    return recorder.tape([build(recorder, **leaves)], {})


def computed(tape):
    (found,) = on_samples(tape, VALUES, np.dtype(float))
    return np.broadcast_to(found, tape.shapes[tape.outputs[0]])


def n(r, value):
    return r.number(Fraction(value))


ALL = tuple(range(2))
RULES = {
    # what is written: how many calls are left
    "x + 0": (lambda r, x, **_: r.apply(add, x, n(r, 0)), 0),
    "0 + x": (lambda r, x, **_: r.apply(add, n(r, 0), x), 0),
    "x - 0": (lambda r, x, **_: r.apply(sub, x, n(r, 0)), 0),
    "0 - x": (lambda r, x, **_: r.apply(sub, n(r, 0), x), 1),
    "1 x": (lambda r, x, **_: r.apply(mul, n(r, 1), x), 0),
    "x 1": (lambda r, x, **_: r.apply(mul, x, n(r, 1)), 0),
    "-1 x": (lambda r, x, **_: r.apply(mul, n(r, -1), x), 1),
    "x / 1": (lambda r, x, **_: r.apply(div, x, n(r, 1)), 0),
    "x / 4": (lambda r, x, **_: r.apply(div, x, n(r, 4)), 1),
    "-(-x)": (lambda r, x, **_: r.apply(neg, r.apply(neg, x)), 0),
    "-(x - y)": (lambda r, x, y, **_: r.apply(neg, r.apply(sub, x, y)), 1),
    "x + -y": (lambda r, x, y, **_: r.apply(add, x, r.apply(neg, y)), 1),
    "-x + y": (lambda r, x, y, **_: r.apply(add, r.apply(neg, x), y), 1),
    "x - -y": (lambda r, x, y, **_: r.apply(sub, x, r.apply(neg, y)), 1),
    "x + x": (lambda r, x, **_: r.apply(add, x, x), 1),
    "-(x + s (-sum y))": (
        lambda r, x, y, s, **_: r.apply(neg, r.apply(add, x, r.apply(
            mul, s, r.apply(Sum((1,), 2, True), r.apply(neg, y))))), 3),
    "x - s (-y)": (
        lambda r, x, y, s, **_: r.apply(sub, x, r.apply(mul, s, r.apply(neg, y))), 2),
    "-(s (-y))": (lambda r, y, s, **_: r.apply(neg, r.apply(mul, s, r.apply(neg, y))), 1),
    "sum of a row as a number": (
        lambda r, row, **_: r.apply(
            Reshape(()), r.apply(Sum((1,), 2), r.apply(Reshape((1, 3)), row))), 2),
    "2x + 3x": (
        lambda r, x, **_: r.apply(add, r.apply(mul, n(r, 2), x), r.apply(mul, n(r, 3), x)), 1),
    "2x + 2y": (
        lambda r, x, y, **_: r.apply(add, r.apply(mul, n(r, 2), x), r.apply(mul, n(r, 2), y)), 2),
    "2x + 2row": (
        lambda r, x, row, **_: r.apply(add, r.apply(mul, n(r, 2), x), r.apply(mul, n(r, 2), row)),
        2),
    "2x - 2row": (
        lambda r, x, row, **_: r.apply(sub, r.apply(mul, n(r, 2), row), r.apply(mul, n(r, 2), x)),
        2),
    "2x - -2y": (
        lambda r, x, y, **_: r.apply(sub, r.apply(mul, n(r, 2), x), r.apply(mul, n(r, -2), y)), 2),
    "2 (3 x)": (lambda r, x, **_: r.apply(mul, n(r, 2), r.apply(mul, n(r, 3), x)), 1),
    "(2 x) (3 y)": (
        lambda r, x, y, **_: r.apply(mul, r.apply(mul, n(r, 2), x), r.apply(mul, n(r, 3), y)), 2),
    "x x": (lambda r, x, **_: r.apply(mul, x, x), 1),
    "-x -x": (lambda r, x, **_: r.apply(mul, r.apply(neg, x), r.apply(neg, x)), 1),
    "-x / y": (lambda r, x, y, **_: r.apply(div, r.apply(neg, x), y), 2),
    "x^1": (lambda r, x, **_: r.apply(pow, x, n(r, 1)), 0),
    "x^(1/2)": (lambda r, x, **_: r.apply(pow, x, n(r, "1/2")), 1),
    "x^-1": (lambda r, x, **_: r.apply(pow, x, n(r, -1)), 1),
    "2 + 3": (lambda r, **_: r.apply(add, n(r, 2), n(r, 3)), 0),
    "exp(1)": (lambda r, **_: r.apply(elementary.exp, n(r, 1)), 0),
    "where(x, y, y)": (lambda r, x, y, **_: r.apply(comparisons.where, x, y, y), 0),
    "where(x > y, 1, 0)": (
        lambda r, x, y, **_: r.apply(
            comparisons.where, r.apply(comparisons.greater, x, y), n(r, 1), n(r, 0)), 1),
    "x + all(s)": (lambda r, x, s, **_: r.apply(add, x, r.apply(Broadcast((2, 3)), s)), 1),
    "x + all(row)": (lambda r, x, row, **_: r.apply(add, x, r.apply(Broadcast((2, 3)), row)), 1),
    "all(s) all(t)": (
        lambda r, s, t, **_: r.apply(
            mul, r.apply(Broadcast((2, 3)), s), r.apply(Broadcast((2, 3)), t)), 2),
    "exp all(s)": (lambda r, s, **_: r.apply(elementary.exp, r.apply(Broadcast((2, 3)), s)), 2),
    "x times ones": (lambda r, x, **_: r.apply(mul, x, r.apply(Broadcast((2, 3)), n(r, 1))), 0),
    "x plus zeros": (lambda r, x, **_: r.apply(add, r.apply(Broadcast((2, 3)), n(r, 0)), x), 0),
    "row plus zeros": (
        lambda r, row, **_: r.apply(add, r.apply(Broadcast((2, 3)), n(r, 0)), row), None),
    "sum of all(s)": (lambda r, s, **_: r.apply(Sum(ALL, 2), r.apply(Broadcast((2, 3)), s)), 1),
    "sum of sums": (lambda r, x, **_: r.apply(Sum((0,), 1), r.apply(Sum((0,), 2), x)), 1),
    "sum of 2 x": (lambda r, x, **_: r.apply(Sum(ALL, 2), r.apply(mul, n(r, 2), x)), 2),
    "sum of -row": (lambda r, row, **_: r.apply(Sum((0,), 1), r.apply(neg, row)), 2),
    "sum of one": (
        lambda r, row, **_: r.apply(Sum((0,), 2), r.apply(Reshape((1, 3)), row)), 0),
    "mean": (lambda r, x, **_: r.apply(Mean((1,), 2, True), x), 2),
    "max of one": (
        lambda r, row, **_: r.apply(Extremum((0,), 2), r.apply(Reshape((1, 3)), row)), 0),
    "reshape twice": (lambda r, x, **_: r.apply(Reshape((6,)), r.apply(Reshape((3, 2)), x)), 1),
    "reshape and back": (
        lambda r, x, **_: r.apply(Reshape((2, 3)), r.apply(Reshape((6,)), x)), 0),
    "x.T.T": (lambda r, x, **_: r.apply(Transpose((1, 0)), r.apply(Transpose((1, 0)), x)), 0),
    "transpose of all(s)": (
        lambda r, s, **_: r.apply(Transpose((1, 0)), r.apply(Broadcast((2, 3)), s)), 1),
    "reshape of all(s)": (
        lambda r, s, **_: r.apply(Reshape((6,)), r.apply(Broadcast((2, 3)), s)), 1),
    "all(all(s))": (
        lambda r, s, **_: r.apply(Broadcast((2, 3)), r.apply(Broadcast((3,)), s)), 1),
    "-A @ -A": (lambda r, A, **_: r.apply(MatMul(), r.apply(neg, A), r.apply(neg, A)), 1),
    "-x @ A": (lambda r, x, A, **_: r.apply(MatMul(), r.apply(neg, x), A), 2),
    "einsum of itself": (lambda r, x, **_: r.apply(Einsum("ij->ij"), x), 0),
    "einsum of vectors": (lambda r, row, **_: r.apply(Einsum("i,i->"), row, row), 1),
    "[z > 0] beside relu": (
        lambda r, x, **_: r.apply(
            add, r.apply(activations.relu, x), r.apply(comparisons.greater, x, n(r, 0))), 3),
    "0 x": (lambda r, x, **_: r.apply(mul, n(r, 0), x), 1),
    "x - x": (lambda r, x, **_: r.apply(sub, x, x), 1),
    "x / x": (lambda r, x, **_: r.apply(div, x, x), 1),
    "x / 0": (lambda r, x, **_: r.apply(div, x, n(r, 0)), 1),
    "x^0": (lambda r, x, **_: r.apply(pow, x, n(r, 0)), 1),
    "log 0": (lambda r, **_: r.apply(elementary.log, n(r, 0)), 1),
}  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
def test_rules(rule):
    build, calls = RULES[rule]
    plain, simple = built(Plain(), build), built(Simplifier(), build)
    assert simple.shapes[simple.outputs[0]] == plain.shapes[plain.outputs[0]]
    with np.errstate(all="ignore"):
        expected, found = computed(plain), computed(simple)
    np.testing.assert_allclose(found, expected, rtol=1e-14)
    if calls is not None:
        assert sum(isinstance(line, Call) for line in simple.lines) == calls


def test_factors_far_from_one_stay():
    for factor in (Fraction(10) ** 200, Fraction(1, 10**200)):
        tape = built(Simplifier(), lambda r, x, f=factor, **_: r.apply(
            mul, r.number(f), r.apply(mul, r.number(f), x)))  # fmt: skip
        assert sum(isinstance(line, Call) for line in tape.lines) == 2
    tape = built(Simplifier(), lambda r, x, **_: r.apply(div, x, r.number(Fraction(1, 10**200))))
    assert sum(isinstance(line, Call) for line in tape.lines) == 1


def test_numbers_stay_short():
    def build(r, x, **_):
        for k in range(1, 60):
            x = r.apply(mul, r.number(Fraction(997 + k, 1009)), x)
        return x

    tape = built(Simplifier(), build)
    for line in tape.lines:
        if isinstance(line, Number) and isinstance(line.value, Fraction):
            assert line.value.denominator <= 10**18
    np.testing.assert_allclose(computed(tape), computed(built(Plain(), build)), rtol=1e-12)


BINARY = st.sampled_from([add, sub, mul, div])
NUMBERS = st.sampled_from([Fraction(0), Fraction(1), Fraction(-1), Fraction(2), Fraction(-1, 3),
                           Fraction(5, 7), 0.5, -1.25])  # fmt: skip


@given(st.data())
def test_random_lines(data):
    steps = data.draw(
        st.lists(
            st.tuples(st.integers(0, 9), st.integers(0, 30), st.integers(0, 30), BINARY, NUMBERS),
            min_size=1, max_size=12,
        )
    )  # fmt: skip

    def build(r, **leaves):
        lines = list(leaves.values())[:-1]  # all but A, which fits no other
        for kind, i, j, function, number in steps:
            a, b = lines[i % len(lines)], lines[j % len(lines)]
            shape = r.shapes[a]
            if kind < 4:
                lines.append(r.apply(function, a, b))
            elif kind == 4:
                lines.append(r.apply(function, a, r.number(number)))
            elif kind == 5:
                lines.append(r.apply(function, r.number(number), a))
            elif kind == 6:
                lines.append(r.apply(neg, a))
            elif kind == 7 and len(shape) < 2:
                lines.append(r.apply(Broadcast((2, 3)), a))
            elif kind == 8 and shape:
                lines.append(r.apply(Sum(tuple(range(len(shape))), len(shape)), a))
            else:
                lines.append(r.apply(mul, a, a))
        return lines[-1]

    plain, simple = built(Plain(), build), built(Simplifier(), build)
    with np.errstate(all="ignore"):
        expected, found = computed(plain), computed(simple)
    assert found.shape == expected.shape
    finite = np.isfinite(expected) & (np.abs(expected) < 1e8)
    if np.isfinite(found).all() and finite.all():
        scale = _largest(plain)
        close(found / scale, expected / scale, 1e-10)
    np.testing.assert_array_equal(np.isfinite(found) | ~np.isfinite(expected), True)


def _largest(tape):
    """Return the largest number met, by which rounding is measured."""
    every = tape.__class__(tape.lines, tape.shapes, {}, tuple(range(len(tape.lines))))
    with np.errstate(all="ignore"):
        values = on_samples(every, VALUES, np.dtype(float))
    return max(1.0, *(float(np.abs(value).max()) for value in values))
