"""Rows of tables: the name in one cell, its formula and its value in the next."""

import graphdiff as gd

TABLE = r"""
| Quantity | Formula | Value |
|---|---|---|
| $z$ | $wx+b$ | $0.5$ |
| $\hat y$ | $\sigma(z)$ | 0.6225 |
| $q$ | $z^2$ | 9 |
| $\partial L/\partial \hat y$ | $(\hat y - y)$ | $-0.3775$ |
| $\partial L/\partial z$ | $\frac{\partial L}{\partial \hat y}\cdot \hat y(1-\hat y)$ | $-0.0887$ |
"""


def graph():
    g = gd.Graph()
    x, y = g.input("x", 2), g.input("y", 1)
    w, b = g.parameter("w", 0.5), g.parameter("b", -0.5)
    z = g.node("z", w * x + b)
    yhat = g.node("yhat", gd.sigmoid(z))
    g.node("L", (yhat - y) ** 2)
    return g


def test_each_row_is_about_its_first_cell(tmp_path):
    path = tmp_path / "page.md"
    path.write_text(TABLE, encoding="utf-8")
    report = graph().check_file(path)
    assert [(r.line, r.target, r.verdict) for r in report] == [
        (4, "z", "correct"), (4, "z", "correct"), (5, "yhat", "correct"), (5, "yhat", "correct"),
        (6, "q", "unread"), (6, "q", "unread"), (7, "dL/dyhat", "wrong"), (7, "dL/dyhat", "wrong"),
        (8, "dL/dz", "correct"), (8, "dL/dz", "follows"),
    ], str(report)  # fmt: skip


def test_a_line_that_goes_on_with_nothing_is_told(tmp_path):
    path = tmp_path / "page.md"
    path.write_text("$$\n= 0.5\n$$\n", encoding="utf-8")
    (result,) = graph().check_file(path)
    assert result.verdict == "unread"
    assert "goes on with nothing" in result.note
