"""Tapes divided into numbers and arrays give what they gave before."""

import numpy as np
import pytest

from graphdiff.files.parser import parse
from graphdiff.graph import ComputationalGraph
from graphdiff.program.tape.batching import on_samples
from graphdiff.program.tape.lowering import Lowering
from graphdiff.program.tape.scalar_factors import divided
from graphdiff.program.tape.tape import Call

NUMBERS = {"a": 0.7, "b": -1.3, "c": 2.1}
ARRAYS = {"x": np.array([0.3, -1.2, 2.0]), "y": np.array([1.5, 0.4, -0.8])}
FORMULAS = [
    ("a*(x/b)/y*c", 1),
    ("-(a*x)*(b*y)", 1),
    ("x/(a*y)", 1),
    ("a/x", 1),
    ("(a*x)/(b*y)", 1),
    ("a*x + x/b", 2),
    ("sin(a*x)*c", 2),
    ("x*(c/norm(a*y))", 3),
    ("a*b + x", 0),
    ("a*b*c", 0),
    ("-x", 1),
    ("exp(a)*x*exp(a)", 1),
]


@pytest.mark.parametrize(("formula", "products"), FORMULAS)
def test_values_are_the_same_and_factors_are_put_in_once(formula, products):
    graph = ComputationalGraph()
    for name, value in {**NUMBERS, **ARRAYS}.items():
        graph.input(name, shape=np.shape(value))
    expression = parse(formula, graph.__getitem__)
    lowering = Lowering(lambda part: part.name)
    tape = lowering.tape([lowering.line(expression)], {})
    found = divided(tape)
    float64 = np.dtype(np.float64)
    given = {name: np.asarray(value) for name, value in {**NUMBERS, **ARRAYS}.items()}
    numbers = on_samples(found.numbers, given, float64)
    assert not any(map(len, found.numbers.shapes))
    leaves = {**given, **dict(zip(found.names, numbers, strict=True))}
    (ours,) = on_samples(found.arrays, leaves, float64)
    (theirs,) = on_samples(tape, leaves, float64)
    assert np.allclose(ours, theirs, rtol=1e-14)
    lines, shapes = found.arrays.lines, found.arrays.shapes
    by_number = [
        line
        for line in lines
        if isinstance(line, Call)
        and line.function.name in ("mul", "div", "neg")
        and {bool(shapes[k]) for k in line.operands} != {True}
        and any(shapes[k] for k in line.operands)
    ]
    assert len(by_number) <= products
