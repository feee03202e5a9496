"""A network on a sheet says once what it does not show, and its legend no more than it shows."""

import pytest

import graphdiff as gd
from graphdiff.drawing.scene import Group, Text

SHEETS = {"slide": {"aspect": "16:9"}, "column": {"width": "84mm"}, "text": {"width": "160mm"}}
NETWORKS = {"3-4-3": [3, 4, 3], "2-5-1": [2, 5, 1], "4-4-4-2": [4, 4, 4, 2], "2-2-2": [2, 2, 2]}


def kinds(scene):
    """Return the kinds of all groups that have words in them."""
    found = set()

    def walk(items, inside):
        for item in items:
            if isinstance(item, Group):
                walk(item.items, (*inside, item.kind))
            elif isinstance(item, Text):
                found.update(inside)

    walk(scene.items, ())
    return found


@pytest.mark.parametrize("sheet", SHEETS)
@pytest.mark.parametrize("name", NETWORKS)
def test_numbers_of_weights_are_written_or_said_to_be_missing(name, sheet):
    sizes = NETWORKS[name]
    net = gd.models.mlp(sizes, x=[0.5] * sizes[0], y=[1] * sizes[-1], seed=2)
    picture = net.draw(net.backward(), style="network", **SHEETS[sheet])
    written = any(kind.startswith("weights layer") for kind in kinds(picture.scene))
    said = picture.alt
    assert written != ("no room for" in said and "weights" in said.partition("no room for")[2])
    assert said.count("no room for") <= 1
    if "weights and biases" in said:
        assert "biases are not drawn" not in picture.svg
