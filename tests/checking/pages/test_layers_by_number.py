"""Layers that a page numbers, a^{[1]} and z^{(2)}, in graphs that call them otherwise."""

import itertools

import numpy as np
import pytest
from small_pages import ACCEPTED, assert_right, check, verdicts

import graphdiff as gd

NAMES = {
    "h and o": ("W1", "b1", "z1", "h", "W2", "b2", "z2", "o"),
    "one letter each": ("W", "b", "s", "h", "V", "c", "u", "p"),
    "words": ("U", "k", "net_hidden", "hidden", "R", "m", "net_out", "yhat"),
}
STYLES = {"[1]": ("[{}]", 1), "(1)": ("({})", 1), "(2)": ("({})", 2)}
"""What stands above a name of the first layer after the input."""


def network(names: tuple[str, ...], sizes: tuple[int, int, int] = (2, 3, 2)) -> gd.Graph:
    """Return a network of two layers of sigmoids."""
    n, m, k = sizes
    g = gd.Graph("layers")
    number = (round(0.37 * i % 1.9 - 0.8, 2) for i in itertools.count(1))
    node = g.input("x", [next(number) for _ in range(n)])
    for (size, before), own in zip(((m, n), (k, m)), (names[:4], names[4:]), strict=True):
        w = g.parameter(own[0], [[next(number) for _ in range(before)] for _ in range(size)])
        b = g.parameter(own[1], [next(number) for _ in range(size)])
        node = g.node(own[3], gd.sigmoid(g.node(own[2], w @ node + b)))
    y = g.input("y", [1.0 - i % 2 for i in range(k)])
    g.node("L", gd.sum((node - y) ** 2) / 2)
    return g


def page(g: gd.Graph, names: tuple[str, ...], style: str) -> list[str]:
    """Return right lines with the numbers of the layers above."""
    written, first = STYLES[style]
    zero, one, two = (written.format(first + k) for k in (-1, 0, 1))
    run = g.forward()
    back = g.backward(g.output)
    z1, a1, z2, a2 = (_listed(run.value[names[k]]) for k in (2, 3, 6, 7))
    d1, d2 = (_listed(back.gradient[names[k]]) for k in (2, 6))
    own = (written.format(k) for k in (1, 2))
    w1, w2 = (f"^{{{number}}}" for number in own)
    lines = [
        f"a^{{{zero}}} = x",
        f"z^{{{one}}} = W{w1} a^{{{zero}}} + b{w1} = {z1}",
        f"a^{{{one}}} = \\sigma(z^{{{one}}}) = {a1}",
        f"a^{{{one}}}_2 = {a1[1]}",
        f"z^{{{two}}} = W{w2} a^{{{one}}} + b{w2} = {z2}",
        f"a^{{{two}}} = \\sigma(z^{{{two}}}) = {a2}",
        f"\\frac{{\\partial L}}{{\\partial z^{{{two}}}}}"
        f" = (a^{{{two}}} - y) a^{{{two}}} (1 - a^{{{two}}}) = {d2}",
        f"dW{w2} = dz^{{{two}}} a^{{{one}T}}",
        f"da^{{{one}}} = W{w2[:-1]}T}} dz^{{{two}}}",
        f"dz^{{{one}}} = da^{{{one}}} * a^{{{one}}} * (1 - a^{{{one}}}) = {d1}",
    ]
    return [f"${line}$" for line in lines]


def _listed(values: np.ndarray) -> list[float]:
    return [round(float(value), 4) for value in values]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("names", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("sizes", [(2, 3, 2), (3, 2, 2), (1, 4, 3)], ids=str)
def test_right_lines_are_right(names, style, sizes, tmp_path):
    if style == "(2)" and names[0] == "W1":
        pytest.skip("a page whose z^{(2)} is another than the graph's z2")
    g = network(names, sizes)
    report = assert_right(g, "\n\n".join(page(g, names, style)), tmp_path)
    assert len(report) >= 15


@pytest.mark.parametrize("style", STYLES)
def test_a_number_that_is_wrong_is_not_right_of_another_layer(style, tmp_path):
    names = NAMES["one letter each"]
    g = network(names)
    lines = page(g, names, style)
    for k, line in enumerate(lines):
        digits = line.rsplit(" = ", 1)[-1]
        if "." not in digits:
            continue
        place = digits.index(".") + 1
        other = digits[:place] + str((int(digits[place]) + 3) % 10) + digits[place + 1 :]
        changed = [*lines[:k], line.replace(digits, other), *lines[k + 1 :]]
        found = verdicts(check(g, "\n\n".join(changed), tmp_path))
        assert found.count("wrong") >= 1, line
        assert set(found) <= {"wrong", "follows", "coincidental", *ACCEPTED}, line


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("a^{(2)} = [0.1, 0.2]", "wrong"),  # of two entries is the last layer alone
        ("z^{(2)} = z^{(2)}", "unread"),
        ("a^{(2)}_1 = 0.123", "unread"),
        ("a^{[2]}_1 = 0.123", "wrong"),
    ],
)
def test_what_is_not_certain_is_not_read(line, told, tmp_path):
    report = check(network(NAMES["one letter each"]), f"${line}$", tmp_path)
    assert verdicts(report) == [told], str(report)
    if told == "unread":
        assert "counted from the input" in str(report)


def test_powers_stay_powers(tmp_path):
    g = network(NAMES["one letter each"])
    squares = [round(float(value) ** 2, 4) for value in g.forward().value["h"]]
    assert_right(g, f"$h^2 = {squares}$\n\n$h^{{2}} = h \\odot h$", tmp_path)


def test_neurons_of_layers(tmp_path):
    g = gd.Graph("neurons")
    x, y = g.input("x", 1.5), g.input("y", 1)
    hidden = []
    for k, weight in enumerate((0.5, -0.3), 1):
        net = g.node(f"n{k}", g.parameter(f"u{k}", weight) * x)
        hidden.append(g.node(f"h{k}", gd.sigmoid(net)))
    s = g.node("s", g.parameter("v1", 0.7) * hidden[0] + g.parameter("v2", 0.2) * hidden[1])
    g.node("L", (g.node("p", gd.sigmoid(s)) - y) ** 2)
    text = r"""
$a_1^{[1]} = \sigma(z_1^{[1]}) = 0.6792$

$a^{[1]}_2 = 0.3894$

$z^{[2]} = v_1 a_1^{[1]} + v_2 a_2^{[1]}$

$a^{[2]} = \sigma(z^{[2]}) = 0.6349$

$\delta^{[2]} = 2(a^{[2]} - y) a^{[2]} (1 - a^{[2]})$

$\frac{\partial L}{\partial a_1^{[1]}} = v_1 \delta^{[2]}$
"""
    assert_right(g, text, tmp_path)
    wrong = check(g, text.replace("v_1 \\delta", "v_2 \\delta"), tmp_path)
    assert verdicts(wrong)[-1] == "wrong"
