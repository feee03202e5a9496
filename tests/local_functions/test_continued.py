"""A pullback that goes on from the lines of the value gives what the whole of it gives."""

import numpy as np
import pytest
import sympy as sp

import graphdiff as gd
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.evaluation.values import lines_of, steps, value_of
from graphdiff.local_functions.continued import continued
from graphdiff.local_functions.local_function import Instruction

FORMULAS = {
    "softmax": (lambda x, y: gd.softmax(x) * y, {"softmax"}),
    "layer norm": (lambda x, y: (x - gd.mean(x)) / gd.sqrt(gd.var(x) + y**2), {"var", "sqrt"}),
    "norm": (lambda x, y: x / gd.norm(x) + y, {"norm"}),
    "matrix": (lambda x, y: gd.softmax(gd.outer(x, y), axis=-1) @ gd.tanh(x), {"softmax"}),
    "stable": (lambda x, y: gd.sum(gd.log(1 + gd.exp(300 * x))) + y, {"softplus"}),
    "numbers": (lambda x, y: (gd.eye(3) + [[0, 1, 0]] * 3) @ x / gd.sum(x), set()),
    "linear": (lambda x, y: gd.sum(x) * 2 + y, set()),
}


@pytest.mark.parametrize("name", FORMULAS)
@pytest.mark.parametrize("samples", [(), (2,)])
def test_it_goes_on_from_the_lines_of_the_value(name, samples):
    formula, computed = FORMULAS[name]
    rng = np.random.default_rng(1)
    g = gd.Graph()
    x, y = (g.input(name, rng.uniform(0.5, 2, (*samples, 3)), shape=3) for name in "xy")
    f = g.node("f", formula(x, y)).function.stable
    values = g.forward().value
    arguments = [np.asarray(values[parent.name]) for parent in g["f"].parents]
    for slot in range(f.arity):
        whole = f.pullback(slot).stable
        on, lines = continued(whole, f)
        c = rng.normal(size=samples + f.shape)
        known = lines_of(FLOAT64, f, arguments)
        found = steps(FLOAT64, on)(*[known[k] for k in lines], c)[-1]
        wanted = value_of(FLOAT64, f.pullback(slot), [*arguments, c])
        assert np.array_equal(found, wanted)
        again = {line.function.name for line in on.program if isinstance(line, Instruction)}
        assert len(on.program) <= len(whole.program)
        assert not again & computed


def test_a_sweep_computes_the_value_of_a_node_once():
    calls = []

    def kernel(x):
        calls.append(np.shape(x))
        return np.sin(x)

    wave = gd.function("wave", sp.sin, kernel=kernel)
    g = gd.Graph()
    x = g.parameter("x", [1, 2, 3])
    g.node("f", gd.sum(gd.outer(wave(x), wave(x)) @ [1, 2, 3]))
    g.backward()
    assert calls == [(3,)]
