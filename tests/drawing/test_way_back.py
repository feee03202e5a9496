"""What goes back along each edge, step by step: its numbers, its arrows, and the sums at nodes."""

from __future__ import annotations

import math
import re

import pytest
from closeness import close
from drawing_graphs import GRAPHS, tangled

import graphdiff as gd
from graphdiff.drawing.arrows import against
from graphdiff.drawing.labels.describe import describe
from graphdiff.drawing.labels.description import Description
from graphdiff.drawing.layout import boxes
from graphdiff.drawing.layout.clearing import lay_out_clearly
from graphdiff.drawing.layout.labelling import labelled
from graphdiff.drawing.layout.layout import Curve
from graphdiff.drawing.options import Options
from graphdiff.drawing.scene import Group, Path, Scene, Stroke
from graphdiff.drawing.stepwise.contributions import with_contributions
from graphdiff.evaluation.run import Run
from graphdiff.graph.structure import Edge

SCALARS = {name: GRAPHS[name] for name in ("regression", "square", "relu", "neuron", "exact")} | {
    f"tangled {seed}": lambda seed=seed: tangled(seed, 8) for seed in range(4)
}
SIDES = re.compile(r" [=≈] ")


def described(graph: gd.Graph, run: Run, **options) -> Description:
    chosen = Options(digits=15, **options)
    return with_contributions(describe(graph, run, chosen, graph.inputs), run, chosen)


def contributions(said: Description) -> dict[tuple[int, int, int], list[str]]:
    """Return the sides of what is contributed along each edge."""
    found: dict[tuple[int, int, int], list[str]] = {}
    for label in said.edges:
        if lines := [phrase.plain for phrase in label.phrases if phrase.role == "contribution"]:
            assert len(lines) <= 2
            found[label.tail, label.head, label.slot] = SIDES.split(" ".join(lines))
    return found


@pytest.mark.parametrize("name", SCALARS)
def test_each_edge_contributes_P_times_J(name):
    graph = SCALARS[name]()
    run = graph.backward()
    said = contributions(described(graph, run))
    assert len(said) == sum(map(len, run.terms.values()))
    for (j, i, slot), sides in said.items():
        term = run.term(Edge(graph[j], graph[i], slot))
        assert term is not None and sides[0].lstrip("-").startswith(f"P^{i}")
        close(float(sides[-1].strip("()")), float(term.product), terms=1e-3)
        if len(sides) == 3:
            P, J = (float(part.strip("()")) for part in sides[1].split("·"))
            close(P, float(term.P), terms=1e-3)
            close(J, float(term.J), terms=1e-3)
        else:
            assert sides[0] in (f"P^{i}", f"-P^{i}") or sides[0] == sides[-1]
            assert abs(float(term.J)) == 1


@pytest.mark.parametrize("name", SCALARS)
def test_the_sum_at_a_node_is_written_term_by_term(name):
    graph = SCALARS[name]()
    run = graph.backward()
    said = described(graph, run)
    along = contributions(said)
    summed = 0
    for label in said.nodes:
        (P,) = (phrase for phrase in label.phrases if phrase.role == "P")
        sides = SIDES.split(P.plain)
        close(float(sides[-1].strip("()")), float(run.P[label.name]), terms=1e-3)
        terms = [float(sides[-1]) for (j, _, _), sides in along.items() if j == label.index]
        assert label.name == run.output or math.isclose(
            sum(terms), float(run.P[label.name]), rel_tol=1e-9, abs_tol=1e-9
        )
        if 1 < len(terms) <= 5 and len(sides) == 3:
            summed += 1
            written = re.sub(r" - ", " + -", sides[1]).split(" + ")
            assert sorted(map(float, written)) == sorted(terms)
    assert summed or not any(len(terms) > 1 for terms in run.terms.values())


def test_sums_pass_on_and_products_swap():
    graph = gd.Graph()
    x, y, z = graph.input("x", -2), graph.input("y", 5), graph.input("z", -4)
    q = graph.node("q", x + y)
    graph.node("f", q * z)
    said = contributions(described(graph, graph.backward()))
    first = {key: sides[0] for key, sides in said.items()}
    assert first == {(1, 4, 0): "P^4", (2, 4, 1): "P^4", (4, 5, 0): "P^5·z", (3, 5, 1): "P^5·q"}
    legend = described(graph, graph.backward()).legend[-1].meaning
    assert legend == (
        "on the way back: a sum passes it on to each term; a product gives each factor the other"
    )


def test_between_tensors_the_rules_say_it():
    graph = GRAPHS["layer"]()
    assert contributions(described(graph, graph.backward())) == {}


def test_nothing_is_said_of_what_is_not_shown():
    graph = GRAPHS["regression"]()
    run = graph.backward()
    assert contributions(described(graph, run, show=["name", "value"])) == {}
    some = contributions(described(graph, run, show=["P"]))
    assert some[3, 5, 1][1:] == ["8·1", "8"]
    whole = describe(graph, graph.forward(), Options())
    assert with_contributions(whole, graph.forward(), Options()) == whole


def arrows(scene: Scene) -> list[Group]:
    found: list[Group] = []
    stack = list(scene.items)
    while stack:
        item = stack.pop()
        if isinstance(item, Group):
            stack += item.items
            if item.kind == "step backward":
                found.append(item)
    return found


@pytest.mark.parametrize("style", ["graph", "circuit"])
@pytest.mark.parametrize("name", ["regression", "relu", "tangled 1"])
def test_a_backward_step_has_an_arrow_for_each_edge_that_leads_to_its_node(name, style):
    graph = SCALARS[name]()
    run = graph.backward()
    steps = graph.frames(run, style=style)
    for frame in steps:
        if not frame.caption.startswith("Backward"):
            continue
        (marks,) = arrows(frame.scene)
        ring, *lines = marks.items
        heads = [item for item in lines if isinstance(item, Path) and item.closed]
        shafts = [item for item in lines if isinstance(item, Path) and not item.closed]
        assert len(heads) == len(shafts)
        for shaft, head in zip(shafts, heads, strict=True):
            tip = head.pieces[0][0]
            # the head is at the node that is found, the other end at its child
            x, y = ring.x + ring.width / 2, ring.y + ring.height / 2
            assert math.dist(tip, (x, y)) < math.dist(shaft.start, (x, y))


@pytest.mark.parametrize("name", ["relu", "exact", "neuron", "tangled 0", "tangled 2"])
def test_what_is_said_of_contributions_stands_nearest_to_its_edge(name):
    graph = SCALARS[name]()
    said = described(graph, graph.backward())
    laid_out = lay_out_clearly(boxes.measure(said), "LR")
    assert labelled(laid_out)[1] == 0


def test_an_arrow_against_a_curve_runs_beside_it():
    for points in [
        ((0, 0), (30, 0), (60, 0), (90, 0)),
        ((0, 0), (0, 0), (2, 0), (2, 0), (2, 0), (90, 0), (90, 0)),
    ]:
        shaft, head = against(Curve(points, (100, 0)), 5.0, Stroke("#000000", 1.0), 4.0)
        line = [shaft.start, *(piece[0] for piece in shaft.pieces)]
        assert all(y == pytest.approx(5) for _, y in line)
        assert [x for x, _ in line] == sorted((x for x, _ in line), reverse=True)
        assert head.pieces[0][0] == pytest.approx((12, 5)) and shaft.start == pytest.approx((94, 5))
        assert 20 <= line[-1][0] <= 24
