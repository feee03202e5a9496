"""The worked example that the project comes from, as its formulas: what is wrong is found."""

import graphdiff as gd

PAGE = r"""
# Perceptron

$w = -1$, $b = 0.25$

$w = [1, 1]$, $b = -2$

# Back-propagation

$x=1$, $y=2$: $u^1 = x$, $u^2 = w$, $u^3 = u$, $u^4 = b$, $u^5 = \hat{y}$, $u^6 = y$, $u^7 = e$, $u^8=\mathcal{L}$

$$
f^3(x, w) = x \cdot w = u
$$

$$
f^8(e) = e^2 = (x \cdot w + b - y)^2
$$

$$
J^{(1) \rightarrow (3)}(u^1, u^2) = \left.\begin{matrix}\frac{\partial u^3}{\partial u^1}\end{matrix}\right|_{u^1, u^2}^{f^3} = u^2 = w
$$

$$
J^{(3) \rightarrow (5)}(u^3, u^4) = \left.\begin{matrix}\frac{\partial u^5}{\partial u^3}\end{matrix}\right|_{u^3, u^4}^{f^5} = u^4 = b
$$

$$
f^1(x, w) = x \cdot w = 1 \times 5 = 5
$$

$$
f^2(u, b) = u + b = x \cdot w + b = \hat{y} = 5 + 1 = 6
$$

$$
J^{(1) \rightarrow (3)}(u^1, u^2) = w = 5
$$

$$
J^{(2) \rightarrow (3)}(u^1, u^2) = x = 2
$$

$$
J^{(3) \rightarrow (5)}(u^3, u^4) = b = 1
$$

$P^8 = 1$

$$
P^7 = P^8 \times J^{(7) \rightarrow (8)}(u^7) = 1 \cdot 2 \cdot e = 8
$$
"""


def graph():
    g = gd.Graph()
    x, w = g.input("x", 1), g.parameter("w")
    u = g.node("u", x * w)
    b = g.parameter("b", 1)
    yhat = g.node("yhat", u + b)
    y = g.input("y", 2)
    e = g.node("e", yhat - y)
    g.node("L", e**2)
    return g


def test_its_mistakes_and_no_others(tmp_path):
    path = tmp_path / "page.md"
    path.write_text(PAGE, encoding="utf-8")
    report = graph().check_file(path)
    assert not report.with_verdict("unread", "undecided"), str(report)
    wrong = [(r.line, r.claimed, r.verdict) for r in report if not r.ok]
    lines = PAGE.splitlines()
    place = {text: k for k, text in enumerate(lines, 1)}
    assert wrong == [
        (place[lines[24]], "b", "coincidental"),
        (place[lines[24]], "b", "coincidental"),
        (place[lines[40]], "2", "wrong"),
        (place[lines[44]], "b", "coincidental"),
    ], str(report)


def test_a_value_that_is_never_stated_is_told(tmp_path):
    path = tmp_path / "page.md"
    path.write_text(PAGE, encoding="utf-8")
    remarks = graph().check_file(path).remarks
    assert "w = 5 is assumed, which the page puts in its place" in remarks


def test_labels_that_do_not_fit_are_remarks(tmp_path):
    path = tmp_path / "page.md"
    path.write_text(PAGE, encoding="utf-8")
    told = " ".join(graph().check_file(path).remarks)
    assert "f^1(x, w) is no name of the graph; it is taken for u" in told
    assert "f^2(u, b) is no name of the graph; it is taken for yhat" in told


def test_its_mistakes_are_named(tmp_path):
    path = tmp_path / "page.md"
    path.write_text(PAGE, encoding="utf-8")
    wrong = [r for r in graph().check_file(path) if r.verdict in ("wrong", "coincidental")]
    assert wrong
    keys = {r.claimed: r.diagnosis and [e.faults for e in r.diagnosis.explanations] for r in wrong}
    assert ("product-on-sum",) in keys["b"]
    assert all(keys.values()), keys
