"""Products of arrays that do not say which product is meant: entry by entry, of matrices, outer."""

import itertools

import pytest
from small_pages import ACCEPTED, check

import graphdiff as gd

LAYERS = {
    "one": (1, 1, 1),
    "narrowing": (2, 3, 2),
    "square": (2, 2, 2),
    "widening": (3, 2, 4),
    "to one": (2, 3, 1),
}
"""Sizes of input, hidden layer and output."""

FACTORS = {
    "\\frac{{dL}}{{dz_2}}": [["{o}(1-{o})", "\\frac{{dL}}{{d{o}}}"], ["({o}-y)", "{o}(1-{o})"]],
    "\\frac{{dL}}{{dz_1}}": [
        ["{h}(1-{h})", "W_2^T \\frac{{dL}}{{dz_2}}"],
        ["{h} \\odot (1-{h})", "W_2^T [({o}-y) {o}(1-{o})]"],
        ["({h} - {h}^2)", "W_2^T \\frac{{dL}}{{dz_2}}"],
    ],
}
"""What each derivative is a product of entry by entry, in any order."""

OUTER = {
    "\\frac{{dL}}{{dW_2}}": ["{o}(1-{o}) ({o}-y) {h}^T", "({o}-y){o}(1-{o}) {h}^T"],
    "\\frac{{dL}}{{dW_1}}": [
        "{h}(1-{h}) (W_2^T \\frac{{dL}}{{dz_2}}) x^T",
        "W_2^T \\frac{{dL}}{{dz_2}} {h}(1-{h}) x^T",
        "[{h}(1-{h}) \\odot W_2^T \\frac{{dL}}{{dz_2}}] x^T",
    ],
}
JOINED = itertools.cycle([" ", " \\cdot ", " \\odot ", " \\circ ", " "])


def network(sizes: tuple[int, int, int], hidden: str = "h", out: str = "o") -> gd.Graph:
    """Return a network of two layers of sigmoids, whose weights are all different."""
    n, m, k = sizes
    g = gd.Graph("layers")
    number = (i / 7 - 0.8 for i in itertools.count())
    x = g.input("x", [next(number) for _ in range(n)])
    first = g.parameter("W1", [[next(number) * (-1) ** j for j in range(n)] for _ in range(m)])
    z = g.node("z1", first @ x + g.parameter("b1", [0.1 * i for i in range(m)]))
    h = g.node(hidden, gd.sigmoid(z))
    second = g.parameter("W2", [[next(number) / 3 * (-1) ** j for j in range(m)] for _ in range(k)])
    o = g.node(out, gd.sigmoid(g.node("z2", second @ h)))
    y = g.input("y", [1.0 - i % 2 for i in range(k)])
    g.node("L", gd.sum((o - y) ** 2) / 2)
    return g


def right_lines(hidden: str, out: str) -> list[str]:
    """Return right derivatives, their factors in each order, with each sign between them."""
    lines = [
        f"{left} = {next(JOINED).join(order)}"
        for left, ways in FACTORS.items()
        for way in ways
        for order in itertools.permutations(way)
    ]
    lines += [f"{left} = {way}" for left, ways in OUTER.items() for way in ways]
    return [line.format(h=hidden, o=out) for line in lines]


@pytest.mark.parametrize(
    ("sizes", "hidden", "out"),
    [*((sizes, "h", "o") for sizes in LAYERS.values()), (LAYERS["narrowing"], "a", "p")],
)
def test_right_products_are_right_in_each_order(sizes, hidden, out, tmp_path):
    lines = right_lines(hidden, out)
    report = check(
        network(sizes, hidden, out), "\n\n".join(f"${line}$" for line in lines), tmp_path
    )
    assert len(report) == len(lines)
    wrong = [str(result) for result in report if result.verdict not in ACCEPTED]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("sizes", [LAYERS["narrowing"], LAYERS["square"]], ids=str)
def test_wrong_products_are_wrong_in_each_order(sizes, tmp_path):
    lines = [
        line.replace("o(1-o)", "o(1+o)").replace("h(1-h)", "h(1+h)").replace("h \\odot (1-h)", "(h)")
        .replace("(h - h^2)", "(h + h^2)").replace("{dL}{do}", "{dL}{dz_2}")
        for line in right_lines("h", "o")
    ]  # fmt: skip
    report = check(network(sizes), "\n\n".join(f"${line}$" for line in lines), tmp_path)
    right = [str(result) for result in report if result.verdict not in ("wrong", "follows")]
    assert len(report) == len(lines)
    assert not right, "\n".join(right)


def test_a_scalar_before_brackets_is_a_factor(tmp_path):
    g = network(LAYERS["one"])
    page = "dL/dz2 = o(1-o) dL/do\n\ndL/dz1 = W2 h(1-h) dL/dz2\n\ndL/dW1 = x(W2 h(1-h)) dL/dz2\n"
    report = check(g, page, tmp_path)
    assert [result.verdict for result in report] == ["correct"] * 3, str(report)
