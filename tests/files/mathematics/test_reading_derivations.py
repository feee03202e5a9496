"""What the package prints of derivations is read as it stands."""

import re

import pytest
import strategies
import tensor_strategies
from hypothesis import given

import graphdiff as gd
from graphdiff.files.mathematics.reader import read
from graphdiff.files.mathematics.trees import Unread

DISPLAY = re.compile(r"\\\[\n?(.*?)\\\]|\\begin\{align\*\}(.*?)\\end\{align\*\}", re.DOTALL)


def check(graph) -> None:
    """Check that the derivation of a graph is read whole, formulas and numbers."""
    derivation = graph.explain(graph.outputs[-1], next(iter(graph.leaves)))
    for display in DISPLAY.finditer(derivation.latex()):
        formula = display[1] or display[2]
        for statement in read(formula, "latex").statements:
            for side in statement.sides:
                assert not isinstance(side.tree, Unread), formula


@pytest.mark.random
@given(strategies.graphs())
def test_derivations_of_scalars(graph):
    check(graph)


@pytest.mark.random
@given(tensor_strategies.graphs())
def test_derivations_of_tensors(graph):
    check(graph)


def test_a_table_of_numbers_keeps_its_brackets():
    graph = gd.Graph()
    x = graph.parameter("x", [[1.0, 2.0], [3.0, 4.0]])
    graph.node("u", gd.max([[0.0, 0.5], [0.25, 0.75]] - x))
    check(graph)
