"""A choice of which a style shows nothing is refused by its name, and is left out of a file's table."""

import pytest

import graphdiff as gd
from graphdiff.drawing.options import FOREIGN, OF_NETWORKS
from graphdiff.errors import DrawingError

GIVEN = {
    "colors": {"z": "red"},
    "font_size": {"z": 20},
    "hide": {"z": "value"},
    "highlight": "z",
    "note": {"z": "here"},
    "collapse": "alike",
    "expand": "z",
    "own_value": False,
    "edges": "gradient",
    "rate": 0.5,
    "sample": 1,
}
CASES = [(style, name) for style, names in FOREIGN.items() for name in names]


def neuron() -> gd.Graph:
    graph = gd.Graph("A neuron of arrays")
    x, W = graph.input("x", [1, 2]), graph.parameter("W", [[0.5, 0.25], [0.125, 1]])
    z = graph.node("z", W @ x)
    graph.node("E", gd.sum(gd.tanh(z) ** 2))
    return graph


@pytest.mark.parametrize(("style", "name"), CASES)
def test_a_choice_of_another_style_is_refused_by_name(style, name):
    graph = neuron()
    run = graph.backward()
    wanted = f"^{name}: .*style='{'network' if name in OF_NETWORKS else style}'"
    with pytest.raises(DrawingError, match=wanted) as refused:
        graph.draw(run, style=style, **{name: GIVEN[name]})
    assert "\n" not in str(refused.value)
    if style != "architecture":  # which has no steps at all
        with pytest.raises(DrawingError, match=wanted):
            graph.frames(run, style=style, **{name: GIVEN[name]})


@pytest.mark.parametrize("style", FOREIGN)
def test_what_a_file_says_for_other_styles_stands_in_no_way(style):
    graph = neuron()
    graph.drawing = {name: GIVEN[name] for name in FOREIGN[style] if name != "hide"}
    assert graph.draw(graph.backward(), style=style).svg


def test_all_that_is_in_vain_is_named():
    graph = neuron()
    with pytest.raises(DrawingError, match=r"edges, rate, sample: style='graph' shows nothing"):
        graph.draw(edges="both", rate=1, sample=2)
