"""What cannot be compiled or computed is said in one line."""

import numpy as np
import pytest
from compiling import agree, network

import graphdiff as gd
from graphdiff.errors import GraphError

W = np.ones((4, 3))
CALLS = {
    "unknown keyword": ([], {"Q": 1}, "unknown node 'Q'"),
    "unknown name": ([{"Q": 1}], {}, "unknown node 'Q'"),
    "no name": ([{3.5: 1}], {}, "3.5 is not a node"),
    "unhashable": ([{None: 1}], {}, "None is not a node"),
    "computed": ([], {"h": 1}, "'h' is computed as relu"),
    "computed node": ([{"h": 1}], {}, "'h' is computed as relu"),
    "too many": ([1] * 9, {}, "takes 6 values"),
    "twice": ([np.ones((5, 4))], {"X": np.ones((5, 4))}, "'X' is given by position and by keyword"),
    "shape": ([], {"W": np.ones((3, 4))}, "'W' has shape"),
    "scalar for an array": ([], {"W": 5}, "'W' has shape"),
    "array for a scalar": ([], {"c": np.ones((2, 2))}, "'c' has shape"),
    "flat": ([], {"W": np.ones(12)}, "'W' has shape"),
    "two axes more": ([], {"W": np.ones((1, 1, 4, 3))}, "'W' has shape"),
    "empty": ([], {"W": np.ones((0, 4, 3))}, "no entries"),
    "no value": ([], {"W": None}, "no value for 'W'"),
    "text": ([], {"W": "3"}, "'W' has shape"),
    "text for a scalar": ([], {"c": "3"}, "'c' is '3'"),
    "bool": ([], {"c": True}, "'c' is True"),
    "complex": ([], {"c": 1j}, "'c' is 1j"),
    "complexes": ([], {"W": np.ones((4, 3), complex)}, "'W' has entries"),
    "ragged": ([], {"W": [[1, 2], [3]]}, "'W' is no array"),
    "mapping in a wrong place": ([np.ones((5, 4)), {"W": W}], {}, "'Y' has shape"),
    "samples that differ": ([], {"X": np.ones((3, 5, 4)), "W": np.ones((2, 4, 3))}, "equally many"),
}  # fmt: skip


@pytest.mark.parametrize("dtype", [None, "float32"])
@pytest.mark.parametrize("case", CALLS)
def test_calls(case, dtype):
    positional, named, said = CALLS[case]
    graph = network()
    step = graph.compile("L", dtype=dtype)
    for _ in range(2):
        with pytest.raises(GraphError) as caught:
            step(*positional, **named)
        assert said in str(caught.value)
        assert "\n" not in str(caught.value)
        step(X=np.ones((2, 5, 4)))  # on samples it is said, too
    if dtype is None:
        agree(graph, "L", step)


@pytest.mark.parametrize("case", ["unknown keyword", "computed", "too many", "complex", "shape"])
def test_calls_of_graphs_of_scalars(case):
    graph = gd.Graph()
    a, c = graph.parameter("a", 1.0), graph.parameter("c", 2.0)
    graph.node("h", a * c)
    graph.node("L", graph["h"] ** 2)
    step = graph.compile("L")
    named = {
        "unknown keyword": {"Q": 1}, "computed": {"h": 1},
        "complex": {"c": 1j}, "shape": {"c": np.ones((2, 2))}, "too many": {},
    }[case]  # fmt: skip
    positional = [1, 2, 3] if case == "too many" else []
    with pytest.raises(GraphError):
        step(*positional, **named)
    agree(graph, "L", step)


def test_missing_values():
    graph = gd.Graph()
    x, w = graph.input("x", shape=(3,)), graph.parameter("w", shape=(3,))
    graph.node("L", (x * w).sum())
    step = graph.compile("L")
    with pytest.raises(GraphError, match=r"no value for 'x', 'w'; .* x=1"):
        step()
    with pytest.raises(GraphError, match="no value for 'w'"):
        step(x=[1, 2, 3])


def test_vectors():
    graph = network()
    several = graph.compile("L", ["W", "b"], form="jvp")
    with pytest.raises(GraphError, match="no value for 'tangent_W', 'tangent_b'"):
        several()
    with pytest.raises(GraphError, match="no tangent of 'V'; it has those of 'W', 'b'"):
        several(tangent={"W": W, "b": np.ones(3), "V": np.ones((3, 2))})
    with pytest.raises(GraphError, match="unknown node 'Q'"):
        several(tangent={"Q": W})
    with pytest.raises(GraphError, match="shape"):
        several(tangent={"W": W.T, "b": np.ones(3)})
    with pytest.raises(GraphError):
        graph.compile("L", "W", form="hvp")(tangent=3)
    with pytest.raises(GraphError):
        graph.compile("z", "W", form="vjp")(cotangent=np.ones((2, 5)))
    with pytest.raises(GraphError):
        graph.compile("z", "W", form="vjp")(tangent=np.ones((5, 2)))


@pytest.mark.parametrize(
    ("arguments", "options", "said"),
    [
        (("z",), {}, r"'z' has shape \(5, 2\)"),
        (("z",), {"form": "hvp"}, r"'z' has shape \(5, 2\)"),
        (("z",), {"form": "hessian"}, r"'z' has shape \(5, 2\)"),
        (("L", "h"), {}, "'h' is computed"),
        (("L", ["W", "z"]), {}, "'z' is computed"),
        (("Q",), {}, "unknown node 'Q'"),
        (("L", "Q"), {}, "unknown node 'Q'"),
        (("L", []), {}, "at least one"),
        (("L",), {"form": "gradients"}, "did you mean 'gradient'"),
        (("L",), {"dtype": "float16"}, "'float32' or 'float64'"),
        (("L",), {"dtype": int}, "'float32' or 'float64'"),
        (("L",), {"dtype": "nonsense"}, "'float32' or 'float64'"),
    ],
)
def test_compiling(arguments, options, said):
    with pytest.raises(GraphError, match=said) as caught:
        network().compile(*arguments, **options)
    assert "\n" not in str(caught.value)


def test_node_called_like_a_vector():
    graph = gd.Graph()
    t = graph.parameter("tangent", 2.0)
    graph.node("L", t**2)
    with pytest.raises(GraphError, match="rename the node"):
        graph.compile("L", "tangent", form="hvp")
