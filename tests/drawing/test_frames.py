"""The picture after each step: what is seen when, that nothing moves, and the files it becomes."""

from __future__ import annotations

import functools
import io
import math
import operator
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import resvg_py
from drawing_graphs import GRAPHS, HOSTILE, exact, layer, network, regression, relu, square
from PIL import Image

import graphdiff as gd
from graphdiff.cli import examples
from graphdiff.drawing import ANNOTATIONS, THEMES, Frames, Picture
from graphdiff.drawing.scene import Group, Item, Rectangle, Scene, Text
from graphdiff.drawing.scene import Path as Line
from graphdiff.drawing.stepwise import captions, cumulative_scene, playing
from graphdiff.errors import DrawingError, FileError
from graphdiff.evaluation.run import Run
from graphdiff.workbench import Graph

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(params=GRAPHS, scope="module")
def graph(request) -> Graph:
    return GRAPHS[request.param]()


@pytest.fixture(scope="module")
def run(graph) -> Run:
    return graph.backward()


@pytest.fixture(scope="module")
def shown(graph, run) -> Frames:
    """The frames of a graph, made once for all that is looked at in them."""
    return graph.frames(run)


@pytest.fixture(scope="module")
def scenes(shown) -> tuple[Scene, ...]:
    return shown.scenes


@pytest.fixture(scope="module")
def whole(graph, run) -> Picture:
    """The whole picture that the frames lead to."""
    return graph.draw(run, show=ANNOTATIONS)


def swept(graph: Graph, **options) -> Frames:
    return graph.frames(graph.backward(), **options)


def groups(
    items: tuple[Item, ...], x: float = 0, y: float = 0
) -> Iterator[tuple[Group, float, float]]:
    """Yield all groups, with where they are on the sheet."""
    for item in items:
        if isinstance(item, Group):
            yield item, x + item.x, y + item.y
            yield from groups(item.items, x + item.x, y + item.y)


def said(group: Group) -> list[str]:
    """Return the sources of all that is typeset in a group."""
    inner = [said(item) if isinstance(item, Group) else item for item in group.items]
    found: list[str] = []
    for item in inner:
        found += item if isinstance(item, list) else []
        found += [item.fragment.source] if isinstance(item, Text) else []
    return found


def of_nodes(scene: Scene) -> dict[str, list[str]]:
    """Return what is said in each node."""
    return {
        dict(g.data)["node"]: said(g) for g, *_ in groups(scene.items) if "node" in dict(g.data)
    }


def of_edges(scene: Scene) -> dict[str, list[str]]:
    """Return what is said on each edge."""
    return {dict(g.data)["of"]: said(g) for g, *_ in groups(scene.items) if "of" in dict(g.data)}


def of_kind(scene: Scene, kind: str) -> list[Group]:
    return [group for group, *_ in groups(scene.items) if group.kind.startswith(kind)]


# Which frames there are


def test_a_frame_for_the_leaves_for_each_value_and_for_each_P(graph, run, shown):
    computed = sum(not node.is_leaf for node in graph)
    assert len(graph.frames(graph.forward())) == 1 + computed
    assert len(shown) == 1 + computed + len(run.terms) + bool(run.disconnected)


def test_captions_of_the_lectures_two_sweeps():
    graph = regression()
    assert graph.frames(graph.backward()).captions[1:] == (
        "Forward: u^5 = x*w = 1*5 = 5",
        "Forward: u^6 = u + b = 5 + 1 = 6",
        "Forward: u^7 = yhat - y = 6 - 2 = 4",
        "Forward: u^8 = e**2 = 4**2 = 16",
        "Backward: P^8 = I = 1",
        "Backward: P^7 = P^8 J^(7→8) = 1·8 = 8",
        "Backward: P^6 = P^7 J^(6→7) = 8·1 = 8",
        "Backward: P^5 = P^6 J^(5→6) = 8·1 = 8",
        "Backward: P^4 = P^6 J^(4→6) = 8·1 = 8",
        "Backward: P^3 = P^5 J^(3→5) = 8·1 = 8",
        "Backward: P^2 = P^7 J^(2→7) = 8·(-1) = -8",
        "Backward: P^1 = P^5 J^(1→5) = 8·5 = 40",
    )


def test_captions_by_name_where_indices_are_not_shown():
    graph = square()
    found = graph.frames(graph.backward(), show=set(ANNOTATIONS) - {"index"}).captions
    assert found == (
        "Given: x = 3",
        "Forward: u = x*x = 3*3 = 9",
        "Backward: P[u] = I = 1",
        "Backward: P[x] = P[u] J[x→u]_1 + P[u] J[x→u]_2 = 1·3 + 1·3 = 6",
    )


def test_exact_numbers_stay_exact():
    graph = exact()
    shown = graph.frames(graph.backward(exact=True)).captions
    assert shown[1] == "Forward: u^3 = x*w = (2/3)*(-8/7) = -16/21"
    assert shown[2] == "Forward: u^4 = u**3/(x + 1) = (-16/21)**3/((2/3) + 1) = -4096/15435"


def test_disconnected_nodes_have_a_frame_that_says_why():
    graph = relu()
    shown = graph.frames(graph.backward())
    assert shown.captions[-1] == "Backward: P^6 = P^7 = 0 (L does not depend on z, q)"
    assert not any("P^{(6)}" in " ".join(said(g)) for g in of_kind(shown[-2].scene, "node"))
    assert of_nodes(shown[-1].scene)["z"][-2:] == ["P^{(6)} = 0", r"\text{not connected}"]


def test_samples_and_vector_valued_outputs():
    graph = Graph("batch")
    x = graph.input("x", [1.0, 2.0, 3.0, 4.0], shape=())
    graph.node("u", x * x)
    assert graph.frames(graph.backward()).captions[-1] == (
        "Backward: P^1 = P^2 J^(1→2)_1 + P^2 J^(1→2)_2 = [2, 4, 6, …]"
    )
    graph = GRAPHS["jacobian"]()
    shown = graph.frames(graph.backward()).captions
    assert shown[2] == "Backward: P^3 = I_2 (2×2)"
    assert shown[4].startswith("Backward: P^1 = P^3 J^(1→3) (2×2 · 2×3 = 2×3) ≈ [[0.0003352, ")


def test_the_smallest_graphs():
    alone = Graph()
    alone.input("x", 3)
    assert alone.frames(alone.backward("x")).captions == ("Given: x = 3", "Backward: P^1 = I = 1")
    constant = Graph()
    constant.node("c", gd.exp(1))
    shown = swept(constant)
    assert shown.captions[:2] == (
        "Given: nothing, there are no leaves",
        "Forward: u^1 = exp(1) ≈ 2.718",
    )
    assert all("= 1" in " ".join(said(g)) for g in of_kind(shown[2].scene, "node"))


def test_only_what_was_asked_for_is_swept():
    graph = regression()
    shown = graph.frames(graph.backward(wrt="w")).captions
    assert [c.split(" = ")[0] for c in shown if c.startswith("Backward")] == [
        f"Backward: P^{k}" for k in (8, 7, 6, 5, 3)
    ]


# What is seen in them


@pytest.mark.parametrize("name", ["regression", "relu", "square", "forty", "neuron", "layer"])
def test_values_and_gradients_are_seen_from_their_step_on(name):
    graph = GRAPHS[name]()
    run = graph.backward()
    shown = graph.frames(run)
    whole = of_nodes(shown[-1].scene)
    valued = [n.name for n in graph if not n.is_leaf]
    reverse = [n.name for n in reversed(graph.nodes) if n.name in run.terms]
    for k, frame in enumerate(shown):
        known = valued[:k]
        found = reverse[: max(0, k - len(valued))]
        if k == 1 + len(valued) + len(reverse):
            found += run.disconnected
        for node, lines in of_nodes(frame.scene).items():
            P = [line for line in whole[node] if line.startswith("P^")]
            at_P = whole[node].index(P[0])
            described = [x for x in whole[node][at_P + 1 :] if "not connected" not in x]
            hidden = [] if node in found else [*P, *described]
            if not graph[node].is_leaf and node not in known:
                hidden.append(whole[node][at_P - 1])
            assert lines == _without(whole[node], hidden), (k, node)


def _without(lines: list[str], hidden: list[str]) -> list[str]:
    left = list(lines)
    for line in hidden:
        left.reverse()
        left.remove(line)
        left.reverse()
    return left


def test_numbers_of_jacobians_are_seen_when_they_are_used():
    graph = regression()
    shown = graph.frames(graph.backward())
    first = {
        edge: next(k for k, frame in enumerate(shown) if "= 8" in of_edges(frame.scene)[edge])
        for edge in ("e->L",)
    }
    assert first == {"e->L": 6}
    assert of_edges(shown[0].scene)["e->L"] == [r"J^{7\to 8} = 2 e"]
    assert of_edges(shown[0].scene)["w->u"] == [r"J^{3\to 5} = x"]
    late = of_edges(shown[10].scene)["w->u"]
    assert late[1] == "= 1" and late[2].endswith(r"x = 8 \cdot 1 = 8")


def test_jacobians_without_formulas_have_no_number_before_their_step():
    graph = layer()
    shown = graph.frames(graph.backward(), show=["index", "jacobian_value"])
    early = [line for lines in of_edges(shown[4].scene).values() for line in lines]
    late = [line for lines in of_edges(shown[-1].scene).values() for line in lines]
    assert early == []
    assert any("bmatrix" in line for line in late)


def test_what_is_at_work_is_marked():
    graph = regression()
    shown = graph.frames(graph.backward())
    marks = [of_kind(frame.scene, "step") for frame in shown]
    assert [len(found) for found in marks] == [0] + [1] * 12
    for frame, (mark,), edges in zip(
        list(shown)[1:], marks[1:], [2, 2, 2, 1, 0] + [1] * 7, strict=True
    ):
        assert mark.kind == ("step " + frame.caption.split(":")[0].lower())
        assert sum(isinstance(item, Rectangle) for item in mark.items) == 1
        assert sum(isinstance(item, Line) for item in mark.items) == 2 * edges
        colours = {item.stroke.colour for item in mark.items if getattr(item, "stroke", None)}
        theme = THEMES["lecture"]
        assert colours == {theme.forward if "forward" in mark.kind else theme.reverse}


def test_a_parent_that_repeats_has_both_its_arrows_marked():
    graph = square()
    (mark,) = of_kind(graph.frames(graph.backward())[3].scene, "step")
    assert sum(isinstance(item, Line) for item in mark.items) == 4


def test_cards_are_pale_until_their_value_is_found():
    graph = regression()
    shown = graph.frames(graph.forward())

    def fills(k: int) -> dict[str, set[str | None]]:
        return {
            dict(node.data)["node"]: {
                item.fill
                for inner in (node, *(i for i in node.items if isinstance(i, Group)))
                for item in inner.items
                if isinstance(item, Rectangle) and item.fill
            }
            for node in of_kind(shown[k].scene, "node")
        }

    full = {THEMES["lecture"].kinds["computation"].fill}
    assert fills(0)["u"] not in (full, set())
    assert fills(1)["u"] == full
    assert fills(1)["L"] == fills(0)["u"]
    assert all(len(found) == 1 for k in range(5) for found in fills(k).values())


def test_titles_and_descriptions_tell_nothing_before_its_time():
    graph = regression()
    shown = graph.frames(graph.backward())
    early, late = shown[0], shown[len(shown) - 1]
    assert "= 16" not in early.svg
    assert "= 16" in shown[4].svg
    assert "= 40" not in shown[11].svg
    assert early.alt == (
        "Linear regression, step 1 of 13. Given: x = 1, y = 2, w = 5, b = 1. "
        "Known: x = 1; y = 2; w = 5; b = 1."
    )
    assert late.alt.endswith(
        "L = 16; P^8 = 1; P^7 = 8; P^6 = 8; P^5 = 8; P^4 = 8; P^3 = 8; P^2 = -8; P^1 = 40."
    )
    assert all(caption in shown.alt for caption in shown.captions)


def positions(items: tuple[Item, ...], x: float = 0, y: float = 0, of: str = "") -> Iterator[str]:
    """Yield all that is there with its place, but for marks, captions and pale cards."""
    for item in items:
        if isinstance(item, Group) and not item.kind.startswith(("step", "caption")):
            yield from positions(
                item.items, x + item.x, y + item.y, f"{of} {item.kind} {item.data}"
            )
        elif isinstance(item, Text):
            yield f"{of}: {item.fragment.source} {x + item.x:.3f} {y + item.y:.3f}"
        elif isinstance(item, Rectangle):
            yield f"{of}: card {x + item.x:.3f} {y + item.y:.3f} {item.width} {item.height}"
        elif isinstance(item, Line):
            yield f"{of}: line {x} {y} {item.start} {item.pieces}"


def test_nothing_moves(scenes):
    assert len({(scene.width, scene.height) for scene in scenes}) == 1
    last = set(positions(scenes[-1].items))
    for scene in scenes:
        assert set(positions(scene.items)) <= last
    headings = {(group.x, group.y) for scene in scenes for group in of_kind(scene, "caption")}
    assert len(headings) == 1


def test_the_graph_is_as_in_the_whole_picture(scenes, whole):
    """But that the sum of a P is written out, and each edge says what it contributes."""
    for name, lines in of_nodes(scenes[-1]).items():
        wanted = of_nodes(whole.scene)[name]
        assert len(lines) == len(wanted)
        for line, other in zip(lines, wanted, strict=True):
            first, last = other.split(" ")[0], other.split(" ")[-1]
            assert line == other or (line.startswith(first) and line.endswith(last))
    for name, lines in of_edges(whole.scene).items():
        assert of_edges(scenes[-1])[name][: len(lines)] == lines


@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_captions_have_room(graph, run, scenes, direction):
    for scene in scenes if direction == "LR" else graph.frames(run, direction="TB").scenes:
        placed = [
            (g, x, y) for g, x, y in groups(scene.items) if g.kind in ("caption", "graph", "title")
        ]
        inks: dict[str, list[tuple[float, float, float, float]]] = {}
        for group, x, y in placed:
            for words in (item for item in group.items if isinstance(item, Text)):
                f = words.fragment
                left, base = x + words.x, y + words.y
                inks.setdefault(group.kind, []).append(
                    (left, base - f.ascent, left + f.width, base + f.descent)
                )
        top = next(y for g, _, y in placed if g.kind == "graph")
        for left, above, right, below in inks["caption"]:
            assert left >= 24 - 0.01 and right <= scene.width - 24 + 0.01
            assert above >= max((ink[3] for ink in inks.get("title", [])), default=0)
            assert below < top
        rows = sorted(inks["caption"])
        for one in rows:
            for other in rows:
                apart = max(
                    other[0] - one[2], one[0] - other[2], other[1] - one[3], one[1] - other[3]
                )
                assert one is other or apart >= -0.01


# The numbers in captions


@pytest.mark.parametrize("name", ["regression", "relu", "neuron", "forty", "square"])
def test_the_numbers_in_captions_are_those_of_the_run(name):
    graph = GRAPHS[name]()
    run = graph.backward()
    shown = graph.frames(run, digits=12).captions
    number = r"-?\d[\d.]*(?:e[+-]?\d+)?"
    checked = 0
    for line in shown:
        if found := re.match(rf"Forward: u\^(\d+) = .*[=≈] ({number})$", line):
            assert float(found[2]) == pytest.approx(run.value[int(found[1])], rel=1e-10, abs=1e-15)
        elif found := re.match(rf"Backward: P\^(\d+) = .*[=≈] \(?({number})\)?$", line):
            name, sides = graph[int(found[1])].name, re.split(" [=≈] ", line)
            assert float(found[2]) == pytest.approx(run.P[name], rel=1e-10, abs=1e-15)
            if len(sides) == 4:
                terms = [
                    part.replace("(", "").replace(")", "").split("·")
                    for part in sides[2].split(" + ")
                ]
                wanted = [(term.P, term.J) for term in run.terms[name]]
                assert [(float(P), float(J)) for P, J in terms] == [
                    pytest.approx(pair, rel=1e-10, abs=1e-15) for pair in wanted
                ]
        checked += found is not None
    assert checked == len(shown) - 1 - bool(run.disconnected)


@pytest.mark.parametrize("name", ["regression", "relu", "neuron", "forty", "square"])
def test_formulas_with_numbers_have_the_value_they_are_said_to_have(name):
    graph = GRAPHS[name]()
    run = graph.backward()
    functions = {
        "log": math.log,
        "relu": lambda x: max(x, 0.0),
        "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    }
    lines = [c for c in graph.frames(run, digits=17).captions if c.startswith("Forward")]
    for line in lines:
        index = int(line.removeprefix("Forward: u^").split(" ")[0])
        filled = re.split(" [=≈] ", line)[2]
        assert eval(filled, functions) == pytest.approx(run.value[index], rel=1e-12), line
    assert lines


def test_long_sums_are_shortened():
    graph = Graph("wide")
    w = graph.parameter("w", 2)
    h = [graph.node(f"h_{k}", graph.input(f"x_{k}", k) * w) for k in range(1, 41)]
    graph.node("L", functools.reduce(operator.add, h))
    shown = graph.frames(graph.backward())
    (line,) = (c for c in shown.captions if c.startswith("Backward: P^1 = P"))
    assert " + … + " in line
    assert line.endswith("+ 1·40 = 820")
    assert len(max(shown.captions, key=len)) < 320


def test_tensors_are_told_by_dimensions_and_values():
    graph = network()
    shown = graph.frames(graph.backward()).captions
    assert shown[0].startswith("Given: X ∈ ℝ^(5 × 4), Y ∈ ℝ^(5 × 2), W_1 ∈ ℝ^(3 × 4), b_1 ∈ ℝ^3")
    assert "u^8 = relu(z_1) with min 0, max " in shown[2]
    (W,) = (c for c in shown if c.startswith("Backward: P^5 "))
    assert "(1×10 · 10×6 = 1×6) in the shape of W_2: [[" in W


def test_a_built_in_tensor_graph():
    graph = gd.load(Path(examples.__file__).parent / "softmax-regression.toml")
    shown = graph.frames(graph.backward())
    assert len(shown) == 9
    for frame in shown:
        ET.fromstring(frame.svg)


# As SVG that plays


def drawn(root: ET.Element, seen=None) -> list[str]:
    """Return what is drawn in an SVG, but for the names of glyphs and for what is hidden."""
    found: list[str] = []

    def walk(element: ET.Element) -> None:
        name = element.get("class", "")
        if re.fullmatch(r"g\w+-\d+-\d+", name):
            if not (seen(name) if seen else element.get("opacity") != "0"):
                return
        elif element.tag in (f"{SVG}path", f"{SVG}rect", f"{SVG}use", f"{SVG}circle"):
            attributes = dict(element.attrib)
            link = attributes.pop("{http://www.w3.org/1999/xlink}href", "")
            found.append(f"{element.tag}{sorted(attributes.items())}{link[10:]}")
        elif element.tag == f"{SVG}g" and (at := element.get("transform")):
            found.append(f"{at}{element.get('fill')}")
        for inner in element:
            if inner.tag != f"{SVG}defs":
                walk(inner)

    walk(root)
    return found


def test_the_animation_ends_with_the_last_frame(shown):
    root = ET.fromstring(shown.svg)
    assert drawn(root) == drawn(ET.fromstring(shown[-1].svg))


def test_each_moment_of_the_animation_is_a_frame():
    graph = regression()
    shown = graph.frames(graph.backward())
    svg = shown.animated_svg(seconds=2)
    root = ET.fromstring(svg)
    rules = r"\.([\w-]+)\{animation:\1 30s step-end infinite\}@keyframes \1\{(.*?\})\}"
    changes = {
        name: [(float(at), on) for at, on in re.findall(r"([\d.]+)%\{opacity:(\d)\}", keys)]
        for name, keys in re.findall(rules, svg)
    }
    for k, frame in enumerate(shown):
        at = 100 * (k + 0.5) / 15  # the last of 13 steps is three steps long

        def seen(name: str, at: float = at) -> bool:
            return [on for start, on in changes[name] if start <= at][-1] == "1"

        assert drawn(root, seen) == drawn(ET.fromstring(frame.svg))


def test_without_animation_the_last_frame_is_rendered():
    graph = regression()
    shown = graph.frames(graph.backward())
    still = bytes(resvg_py.svg_to_bytes(svg_string=shown.animated_svg(), dpi=96))
    assert np.array_equal(pixels(still), pixels(shown[-1].png(1)))


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def test_it_stands_still_in_print_and_for_those_who_asked_for_less_motion():
    svg = swept(square()).animated_svg()
    (style,) = re.findall(r"<style>(.*)</style>", svg, re.DOTALL)
    assert style.startswith("@media screen and (prefers-reduced-motion:no-preference){")
    depth = [0]
    for character in style:
        depth.append(depth[-1] + (character == "{") - (character == "}"))
    assert depth[-1] == 0
    assert 0 not in depth[len("@media screen and (prefers-reduced-motion:no-preference){") : -1]


def test_the_animation_is_not_much_larger_than_a_picture(shown, whole):
    assert len(shown.svg) < 3 * len(whole.svg)


def test_the_animation_leaves_others_on_a_page_alone():
    styles = [
        set(re.findall(r"@keyframes ([\w-]+)", swept(made).animated_svg()))
        for made in (regression(), regression("Another"))
    ]
    assert styles[0]
    assert not styles[0] & styles[1]


def test_frames_show_themselves_in_a_notebook():
    shown = swept(square())
    assert shown._repr_svg_() == shown.animated_svg()
    assert shown[0]._repr_svg_() == shown[0].svg == shown.svgs[0]
    assert repr(shown[1]) == "<Frame: Forward: u^2 = x*x = 3*3 = 9>"
    assert repr(shown) == "<Frames of 'Square': 4 steps>"
    assert [frame.caption for frame in shown] == list(shown.captions)
    with pytest.raises(IndexError):
        shown[4]


# As a GIF


@pytest.mark.slow
def test_a_gif_has_all_frames_and_plays_forever():
    shown = swept(regression())
    image = Image.open(io.BytesIO(shown.gif(seconds=0.5)))
    assert image.n_frames == 13
    assert image.info["loop"] == 0
    durations = []
    for k, frame in enumerate(shown):
        image.seek(k)
        durations.append(image.info["duration"])
        wanted = pixels(frame.png(1)).astype(int)
        assert np.abs(np.asarray(image.convert("RGB")) - wanted).max() <= 40
    assert durations == [500] * 12 + [1500]


@pytest.mark.parametrize("theme", THEMES)
def test_a_gif_has_the_colours_of_the_theme(theme):
    image = Image.open(io.BytesIO(swept(square(), theme=theme).gif(0.5)))
    image.seek(image.n_frames - 1)
    found = {"#" + bytes(c).hex() for _, c in image.convert("RGB").getcolors(1 << 20)}
    colours = THEMES[theme]
    assert {colours.background, *(colours.kinds[k].fill for k in ("input", "computation"))} <= found


def test_a_gif_too_large_says_what_to_do():
    shown = swept(regression())
    what = r"13 frames of \d+ × \d+ pixels; use scale=4\.\d \(dpi=\d+\) or less"
    with pytest.raises(DrawingError, match=what):
        shown.gif(scale=20)
    with pytest.raises(DrawingError, match="scale is 'big'"):
        shown.gif(scale="big")
    with pytest.raises(DrawingError, match=r"13 pictures of .* use scale=1\d \(dpi=\d+\) or less"):
        shown.save("never.png", scale=30)
    with pytest.raises(DrawingError, match="at most 120 are written"):
        playing.check_size("GIF", 121, (10, 10), 1)


# In files


def test_files_by_suffix(tmp_path):
    shown = swept(square())
    assert shown.save(tmp_path / "a.svg") == (tmp_path / "a.svg",)
    assert (tmp_path / "a.svg").read_text(encoding="utf-8") == shown.animated_svg()
    assert shown.save(tmp_path / "a.gif", seconds=1) == (tmp_path / "a.gif",)
    assert (tmp_path / "a.gif").read_bytes() == shown.gif(seconds=1)
    paths = shown.save(tmp_path / "a.PNG")
    assert [path.name for path in paths] == [f"a-{k:03}.PNG" for k in range(1, 5)]
    assert [path.read_bytes() for path in paths] == [frame.png() for frame in shown]
    small = shown.save(tmp_path / "small.png", scale=0.5)
    assert [path.read_bytes() for path in small] == [frame.png(0.5) for frame in shown]
    assert shown.save(tmp_path / "small.gif", scale=0.5)[0].read_bytes() == shown.gif(0.5)
    paths = shown.save(tmp_path / "a.svg", numbered=True)
    assert [path.read_text(encoding="utf-8") for path in paths] == list(shown.svgs)


def test_steps_are_saved_again_or_beside_what_is_there_and_not_half(tmp_path):
    shown = swept(square())
    (tmp_path / "a-003.png").write_bytes(b"mine")
    with pytest.raises(FileError, match=r"a-003.png' exists"):
        shown.save(tmp_path / "a.png", overwrite=False)
    assert [path.name for path in tmp_path.iterdir()] == ["a-003.png"]
    assert len(shown.save(tmp_path / "a.png")) == 4
    assert len(shown.save(tmp_path / "a.png", overwrite=False)) == 4  # the same again


@pytest.mark.parametrize("path", ["a.dot", "a", "a.jpeg"])
def test_other_suffixes_are_refused(tmp_path, path):
    with pytest.raises(DrawingError, match=r"cannot be written as .*; use .*\.gif"):
        swept(square()).save(tmp_path / path)
    assert list(tmp_path.iterdir()) == []


# Limits and mistakes


def test_there_must_be_a_run_of_this_graph():
    with pytest.raises(DrawingError, match=r"give one: frames\(graph.backward\(\)\)"):
        regression().frames(None)
    with pytest.raises(DrawingError, match="another graph"):
        regression().frames(regression().backward())


def test_frames_hide_no_node():
    graph = regression()
    with pytest.raises(DrawingError, match="none hidden; leave the nodes in hide out"):
        graph.frames(graph.backward(), hide=[graph.nodes[0].name])
    with pytest.raises(DrawingError, match=r"collapse: .* leave style='circuit' out"):
        graph.frames(graph.backward(), style="circuit", collapse="alike")


def test_too_many_steps_are_refused():
    graph = Graph("chain")
    node = graph.parameter("w", 1)
    for k in range(cumulative_scene.MAX_FRAMES):
        node = graph.node(f"h_{k}", node + 1)
    with pytest.raises(DrawingError, match="take 602 steps; at most 300"):
        graph.frames(graph.backward())


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), "fast", True])
def test_times_that_are_none(seconds):
    with pytest.raises(DrawingError, match=r"seconds is .*; give a number from 0.02 to 60"):
        swept(square()).animated_svg(seconds)


def test_titles_are_not_markup():
    shown = swept(regression(HOSTILE))
    for svg in (*shown.svgs, shown.animated_svg()):
        tags = {element.tag.removeprefix(SVG) for element in ET.fromstring(svg).iter()}
        assert tags <= {"svg", "title", "desc", "style", "defs", "path", "rect", "g", "use"}
        assert "<script" not in svg


def test_captions_of_unreadable_length_are_cut():
    shown = swept(GRAPHS["long_names"]())
    assert max(map(len, shown.captions)) <= captions.MAX_PLAIN + len("Backward: ")
    assert all(of_kind(frame.scene, "caption") for frame in shown)
