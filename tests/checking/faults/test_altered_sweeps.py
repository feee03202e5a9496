"""What is computed with a mistake in it leaves what is computed without one as it is."""

import numpy as np
import pytest
from test_search import network

from graphdiff.checking.faults.derivation import Alteration, Derivation
from graphdiff.checking.points import Point
from graphdiff.checking.targets import target
from graphdiff.evaluation.leaf_values import given_values


def derivation(graph):
    return Derivation([Point(graph, given_values(graph, {})).in_floats])


@np.errstate(all="ignore")
@pytest.mark.parametrize("asked", ["value", "P"])
def test_a_wrong_value_changes_nothing_that_is_computed_after_it(asked):
    graph = network()
    exact, altered = derivation(graph), derivation(graph)
    places = [operation.place for operation in exact.operations if operation.function is not None]
    for changed in places:
        wrong = {changed: lambda at, k=changed: at.values[k] + 1}
        if asked == "value":  # the first that asks for the derivatives of an end
            altered.at(target(graph, f"d{graph.output.name}/dw1", None), Alteration(values=wrong))
        else:
            altered.with_values(wrong).P(places[-1], places[0])
        for of in places:
            for place in places:
                np.testing.assert_array_equal(altered.P(of, place), exact.P(of, place))
                np.testing.assert_array_equal(altered.values[place], exact.values[place])
        altered = derivation(graph)
