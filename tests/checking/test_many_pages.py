"""Many pages about one exercise: each is judged as if it were the only one, and quickly."""

import pickle
import random

import pytest
from fairness import answers, chain_rules, graph_of
from random_exercises import EXACT, exercise

import graphdiff as gd
from graphdiff.checking import judge, points, samples
from graphdiff.checking.points import Point


def pages(seed, many=4):
    """Return an exercise and pages of right and wrong claims about it."""
    found, draw = exercise(seed)
    made = answers(found, draw)
    made += chain_rules(draw, found, found.forward(EXACT))
    made = [(answer.target, [answer.claim]) for answer in made if answer.claim is not None]
    name, output = draw.choice(list(found.leaves)), found.output
    made += [
        (output, f"{output} + 0*{name} = 1"), (f"d{output}/d{name}", "3 = 3*x = )"), ("nobody", 1),
        (f"d{output}/d{name}", f"2*d{output}/d{name}"), (output, "exp(exp(exp(99)))"),
    ]  # fmt: skip
    return found, [draw.sample(made, min(9, len(made))) for _ in range(many)], draw


def told(report):
    return report.to_json()


@pytest.mark.parametrize("seed", range(10))
def test_a_page_is_judged_the_same_whatever_was_judged_before(seed):
    found, sheets, draw = pages(seed)
    options = [draw.choice(({}, {"tolerance": "1%"}, {"strict": True})) for _ in sheets]
    alone = [
        told(graph_of(found).check(sheet, **chosen))
        for sheet, chosen in zip(sheets, options, strict=True)
    ]
    graph = graph_of(found)
    order = [*range(len(sheets)), *range(len(sheets))]
    draw.shuffle(order)
    for place in order:
        assert told(graph.check(sheets[place], **options[place])) == alone[place]


def test_pages_at_other_values_do_not_mix():
    g = gd.Graph()
    x, w = g.input("x", 2), g.parameter("w", 0.5)
    g.node("L", gd.relu(w * x - 1) ** 2)
    points = [{"x": k, "w": w} for k in range(-3, 4) for w in (0.5, 0.25)]
    claims = {"L": 0, "dL/dw": ["2*x*relu(w*x - 1)", 0], "w@1": "w - eta*dL/dw"}
    options = [(at, rate) for at in points for rate in (0.1, 0.2)]
    random.Random(0).shuffle(options)
    for at, rate in options * 2:
        fresh = pickle.loads(pickle.dumps(g))
        alone = told(fresh.check(claims, at, learning_rate=rate))
        assert told(g.check(claims, at, learning_rate=rate)) == alone
    assert len(g.kept["samples"]) == samples.MOST


def test_a_graph_that_has_grown_is_judged_as_it_is():
    g = gd.Graph()
    x = g.input("x", 2)
    g.node("y", x**2)
    assert g.check({"dy/dx": "2*x"}).ok
    g.node("z", g["y"] ** 2)
    assert g.check({"dz/dx": ["4*x**3", 32], "P[x]": 32}).ok


def test_what_is_right_is_found_once_for_all_pages(monkeypatch):
    g = gd.Graph()
    x, w = g.input("x", 2), g.parameter("w", 0.5)
    a = g.node("a", gd.tanh(w * x))
    g.node("L", (a - 1) ** 2)
    claims = {"dL/dw": ["2*(a - 1)*(1 - a**2)*x", -0.4005], "dL/da": "2*a - 2"}
    first = g.check(claims)
    assert first.ok

    def again(*_):
        raise AssertionError("it is computed again")

    monkeypatch.setattr(points, "reverse", again)
    monkeypatch.setattr(judge, "formula_of", again)
    other = g.check({"dL/dw": ["J[w->a]*dL/da", -0.4], "dL/da": "-2*(1 - a)"})
    assert other.ok
    assert other.results[2].expected == first.results[2].expected != ""


def test_what_ran_out_of_time_is_found_the_next_time(monkeypatch):
    g = gd.Graph()
    x = g.input("x", 2)
    g.node("y", gd.sin(x) * x)
    whole, tries = Point._whole, []

    def interrupted(self, target):
        tries.append(target)
        if len(tries) == 3:
            raise gd.errors.BudgetError("it takes too long")
        return whole(self, target)

    monkeypatch.setattr(Point, "_whole", interrupted)
    claims = {"dy/dx": "cos(x)*x + sin(x)"}
    assert [result.verdict for result in g.check(claims)] == ["undecided"]
    assert [result.verdict for result in g.check(claims)] == ["correct"]
