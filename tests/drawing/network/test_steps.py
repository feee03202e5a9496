"""Networks step by step: what is seen when, with everything in its place."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import graphdiff as gd
from graphdiff.drawing.scene import Circle, Group, Item
from graphdiff.errors import DrawingError

EXAMPLES = Path(__file__).parents[3] / "examples"


def network(run="backward", **options):
    net = gd.models.mlp([2, 3, 2, 1], seed=2, x=[1, -1], y=0.5)
    found = net.backward() if run == "backward" else net.forward()
    return net.draw(found, style="network", **options).frames()


def kinds(items: tuple[Item, ...]) -> set[str]:
    found = set()
    for item in items:
        if isinstance(item, Group):
            found |= {item.kind, *kinds(item.items)}
    return found


def layers_of(frame, what):
    """Return the layers of which something is seen."""
    found = (re.fullmatch(rf"{what} layer-(\d+)", kind) for kind in kinds(frame.scene.items))
    return {int(match[1]) for match in found if match}


def test_forward_then_backward_layer_by_layer():
    frames = network()
    assert [caption.split(",")[0].split(": ∂")[0] for caption in frames.captions] == [
        "Given: the inputs", "Forward: hidden 1", "Forward: hidden 2", "Forward: output",
        frames.captions[4], "Backward: output", "Backward: hidden 2", "Backward: hidden 1",
    ]  # fmt: skip
    assert frames.captions[4].startswith("Forward: E ≈ ")


def test_values_are_seen_from_their_layer_on():
    frames = network()
    seen = [layers_of(frame, "values") for frame in frames]
    assert seen == [{0}, {0, 1}, {0, 1, 2}, *[{0, 1, 2, 3}] * 5]


def test_the_loss_is_seen_when_it_is_computed():
    seen = ["loss" in kinds(frame.scene.items) for frame in network()]
    assert seen == [False] * 4 + [True] * 4


def test_gradients_take_the_place_of_weights_from_the_last_layer_on():
    frames = network()
    assert [layers_of(frame, "gradients") for frame in frames] == [
        *[set()] * 5, {3}, {2, 3}, {1, 2, 3}
    ]  # fmt: skip
    assert [layers_of(frame, "weights") for frame in frames] == [
        *[{1, 2, 3}] * 5, {1, 2}, {1}, set()
    ]  # fmt: skip
    assert all(layers_of(frame, "edges") == {1, 2, 3} for frame in frames)


def circles(items, x=0.0, y=0.0):
    for item in items:
        if isinstance(item, Group):
            yield from circles(item.items, x + item.x, y + item.y)
        elif isinstance(item, Circle):
            yield x + item.x, y + item.y, item.radius


def test_nothing_moves():
    frames = network()
    first = list(circles(frames[0].scene.items))
    assert first
    for frame in frames:
        assert list(circles(frame.scene.items)) == first
        assert frame.scene.pixels == frames[0].scene.pixels


def test_a_forward_run_has_forward_steps():
    assert [c.split(":")[0] for c in network("forward").captions] == ["Given"] + ["Forward"] * 4


@pytest.mark.parametrize("theme", ["lecture", "print", "dark"])
@pytest.mark.parametrize(
    "name", ["sigmoid-neuron", "two-layer-network", "softmax-regression", "xor"]
)
def test_examples_are_drawn_step_by_step(name, theme):
    graph = gd.load(EXAMPLES / f"{name}.toml")
    frames = graph.frames(graph.backward(), style="network", theme=theme, width="300mm")
    ET.fromstring(frames.svg)
    assert frames[len(frames) - 1].caption.startswith("Backward")
    assert frames.alt.count("Forward") >= 1


def test_files(tmp_path):
    network(width=800).save(tmp_path / "net.tex")
    assert [path.name for path in tmp_path.iterdir()] == ["net.tex"]  # slides of one file


def test_what_is_no_network_is_told():
    graph = gd.load(EXAMPLES / "colah.toml")
    with pytest.raises(DrawingError, match="no parameters"):
        graph.frames(graph.backward(), style="network")
