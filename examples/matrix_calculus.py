"""Gradients and Hessians in matrix notation, as a table: the page docs/matrix-calculus.md."""

import re

import graphdiff as gd
from graphdiff.files.parser import parse
from graphdiff.symbolic.formula import Formula

TOO_LONG = 520
"""Letters of LaTeX beyond which a formula is left out of the table."""

GROUPS = {
    "Vectors": [
        ("x @ x", "x (n)", "x"),
        ("x @ A @ x", "A (n, n), x (n)", "x"),
        ("(x @ A @ x)/(x @ x)", "A (n, n), x (n)", "x"),
        ("norm(x)", "x (n)", "x"),
        ("norm(A @ x - b)**2", "A (m, n), x (n), b (m)", "x"),
        ("sum(exp(A @ x))", "A (m, n), x (n)", "x"),
        ("sum(x*log(x))", "x (n)", "x"),
        ("var(x)", "x (n)", "x"),
    ],
    "Matrices": [
        ("a @ X @ b", "a (m), X (m, n), b (n)", "X"),
        ("norm(A @ x - b)**2", "A (m, n), x (n), b (m)", "A"),
        ("trace(X)", "X (n, n)", "X"),
        ("trace(A @ X @ B)", "A (m, n), X (n, p), B (p, m)", "X"),
        ("trace(X.T @ A @ X)", "A (n, n), X (n, p)", "X"),
        ("trace(inv(X) @ A)", "A (n, n), X (n, n)", "X"),
        ("logdet(X)", "X (n, n)", "X"),
        ("norm(T - U @ V.T)**2", "T (m, n), U (m, k), V (n, k)", "U"),
        ("norm(T - U @ V.T)**2", "T (m, n), U (m, k), V (n, k)", "V"),
    ],
    "Statistics and learning": [
        ("sum(log(exp(-y*(X @ w)) + 1))", "y (m), X (m, n), w (n)", "w"),
        ("sum(softplus(X @ w) - y*(X @ w))", "y (m), X (m, n), w (n)", "w"),
        ("logsumexp(x)", "x (n)", "x"),
        ("c @ softmax(z)", "c (n), z (n)", "z"),
        ("logsumexp(z) - y @ z", "y (n), z (n)", "z"),
        ("cross_entropy_with_logits(X @ W.T + b, Y)", "X (m, n), W (k, n), b (k), Y (m, k)", "W"),
        ("mse(X @ W.T + b, Y)", "X (m, n), W (k, n), b (k), Y (m, k)", "b"),
        ("mse(tanh(X @ W.T + b), Y)", "X (m, n), W (k, n), b (k), Y (m, k)", "W"),
        ("c @ layer_norm(x)", "c (n), x (n)", "x"),
        ("sum(C*(softmax(Q @ K.T) @ V))", "C (m, p), Q (m, d), K (n, d), V (n, p)", "Q"),
        ("sum(C*(softmax(Q @ K.T) @ V))", "C (m, p), Q (m, d), K (n, d), V (n, p)", "V"),
    ],
}


def graph_of(formula: str, shapes: str, sizes: dict[str, int] | None = None) -> gd.Graph:
    """Return the graph of a row, its sizes letters, or numbers where they are given."""
    graph = gd.Graph()
    for name, letters in re.findall(r"(\w+) \(([^)]*)\)", shapes):
        shape = tuple((sizes or {}).get(letter, letter) for letter in letters.split(", "))
        graph.parameter(name, shape=shape)
    graph.node("f", parse(formula, graph.__getitem__))
    return graph


def cell(latex: str) -> str:
    """Return a formula for a cell of a table, where | would end the cell."""
    bars = (r"\left\|", r"\left\Vert "), (r"\right\|", r"\right\Vert ")
    single = (r"\left|", r"\left\vert "), (r"\right|", r"\right\vert ")
    for written, command in (*bars, *single):
        latex = latex.replace(written, command)
    return f"${latex}$" if len(latex) <= TOO_LONG else "(long)"


def table(rows: list[tuple[str, str, str]]) -> str:
    """Return the rows as a table in Markdown."""
    lines = [
        "| $f$ | written | with | in | gradient | Hessian, or its product |",
        "|---|---|---|---|---|---|",
    ]
    for formula, shapes, wrt in rows:
        graph = graph_of(formula, shapes)
        f = Formula(parse(formula, graph.__getitem__))
        cells = [cell(f.latex), f"`{formula}`", shapes, wrt]
        cells += [cell(graph.gradient("f", wrt).latex), cell(graph.hessian("f", wrt).latex)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print("\n\n".join(f"## {title}\n\n{table(rows)}" for title, rows in GROUPS.items()))
