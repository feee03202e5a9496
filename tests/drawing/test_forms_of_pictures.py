"""Every picture is written in every form, or refuses it in a sentence."""

from __future__ import annotations

import numpy as np
import pytest
from drawing_graphs import neuron

import graphdiff as gd
from graphdiff.drawing import formats
from graphdiff.drawing.picture import OF_NODES, Picture
from graphdiff.drawing.plots.plot import Plot
from graphdiff.drawing.styles import TooLargePicture
from graphdiff.errors import DrawingError


def of_layers():
    g = gd.Graph("layers")
    x, W = g.input("x", np.ones(3)), g.parameter("W", np.ones((2, 3)))
    g.node("a", gd.tanh(W @ x))
    return g


def tangled(many: int = 700):
    """Return a chain whose steps do not repeat, of which no reduction can be laid out."""
    maps = np.random.default_rng(1).integers(0, 3, many)
    g = gd.Graph("tangled")
    value = g.input("x", 0.5)
    for k, which in enumerate(maps):
        value = g.node(f"v_{k}", (gd.sin, gd.tanh, gd.cos)[which](value) + k % 7)
    return g


def pictures() -> dict[str, Picture]:
    graph, layers = neuron(), of_layers()
    run = graph.backward()
    return {
        "graph": graph.draw(run),
        "circuit": graph.draw(run, style="circuit"),
        "network": graph.draw(run, style="network"),
        "architecture": layers.draw(style="architecture"),
        "collapsed": gd.models.mlp([2, 2, 1]).draw(collapse="all"),
        "on a page": graph.draw(run, page="a4"),
        "plot of a decision": gd.models.gate("and").plot_decision(),
        "plot of an activation": gd.plot_activation("tanh"),
        "too large": tangled().draw(),
    }


PICTURES = pictures()


def test_every_kind_of_picture_is_here():
    def below(kind):
        for one in kind.__subclasses__():
            yield one
            yield from below(one)

    assert {type(one) for one in PICTURES.values()} >= {
        kind for kind in below(Picture) if not kind.__subclasses__()
    }
    assert isinstance(PICTURES["too large"], TooLargePicture)


@pytest.mark.parametrize("suffix", formats.PICTURES)
@pytest.mark.parametrize("kind", PICTURES)
def test_each_is_written_or_refused_in_a_sentence(kind, suffix, tmp_path):
    picture, file = PICTURES[kind], tmp_path / f"a{suffix}"
    try:
        picture.save(file)
    except DrawingError as refusal:
        assert not file.exists()
        is_formless = isinstance(picture, Plot) and suffix in OF_NODES
        assert is_formless or kind == "too large", refusal
        assert ("use .svg" if is_formless else "though alike nodes share one") in str(refusal) or (
            suffix == ".mmd" and "Mermaid" in str(refusal)
        )
    else:
        assert file.stat().st_size > 100
        assert not (isinstance(picture, Plot) and suffix in OF_NODES)


def test_a_graph_that_is_too_large_can_still_be_given_away():
    assert PICTURES["too large"].dot.count("->") > 100
