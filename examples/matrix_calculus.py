"""Classic derivatives beside their forms in the literature: the page docs/matrix-calculus.md.

Each gradient is derived in terms of the nodes and set beside the form a person writes, and how
many characters the one has for each of the other is counted.
"""

import re
from statistics import median
from typing import NamedTuple

import graphdiff as gd
from graphdiff.errors import DerivationError
from graphdiff.files.parser import parse
from graphdiff.graph.letter_sizes import letters_of
from graphdiff.symbolic.formula import Formula

TOO_LONG = 420
"""Letters of LaTeX beyond which a formula is left out of the table."""

DISTRIBUTION = "distribution"


class Row(NamedTuple):
    """A function, and its gradient as it stands in the literature.

    Attributes
    ----------
    formula
        Nodes, one after the other, and the formula of the output ``f``.
    leaves
        The shapes of the leaves, their sizes letters or numbers.
    wrt
        The leaf it is derived in.
    reference
        The gradient as a person writes it.
    source
        Where it stands; MC is The Matrix Cookbook of Petersen and Pedersen, 2012, by equation.
    """

    formula: str
    leaves: str
    wrt: str
    reference: str
    source: str


GROUPS = {
    "Linear and quadratic forms": [
        Row("a @ x", "a (n), x (n)", "x", "a", "MC 69"),
        Row("x @ x", "x (n)", "x", "2*x", "MC 131"),
        Row("x @ A @ x", "A (n, n), x (n)", "x", "(A + A.T) @ x", "MC 81"),
        Row("x @ A @ x + b @ x", "A (n, n), x (n), b (n)", "x", "(A + A.T) @ x + b", "MC 97"),
        Row("a @ X @ b", "a (m), X (m, n), b (n)", "X", "outer(a, b)", "MC 70"),
        Row("a @ X.T @ b", "a (n), X (m, n), b (m)", "X", "outer(b, a)", "MC 71"),
        Row("a @ X @ a", "a (n), X (n, n)", "X", "outer(a, a)", "MC 72"),
        Row("b @ X.T @ X @ c", "b (n), X (m, n), c (n)", "X",
            "X @ (outer(b, c) + outer(c, b))", "MC 77"),
        Row("(B @ x + b) @ C @ (D @ x + d)",
            "B (m, n), x (n), b (m), C (m, k), D (k, n), d (k)", "x",
            "B.T @ C @ (D @ x + d) + D.T @ C.T @ (B @ x + b)", "MC 78"),
        Row("b @ X.T @ D @ X @ c", "b (n), X (m, n), D (m, m), c (n)", "X",
            "D.T @ X @ outer(b, c) + D @ X @ outer(c, b)", "MC 82"),
        Row("(X @ b + c) @ D @ (X @ b + c)", "X (m, n), b (n), c (m), D (m, m)", "X",
            "outer((D + D.T) @ (X @ b + c), b)", "MC 83"),
        Row("norm(A @ x - b)**2", "A (m, n), x (n), b (m)", "x", "2*A.T @ (A @ x - b)", "MC 84"),
        Row("norm(A @ x - b)**2", "A (m, n), x (n), b (m)", "A", "2*outer(A @ x - b, x)", "MC 88"),
        Row("(x @ A @ x)/(x @ x)", "A (n, n), x (n)", "x",
            "((A + A.T) @ x - 2*(x @ A @ x)*x/(x @ x))/(x @ x)", "Rayleigh's quotient"),
    ],
    "Determinants": [
        Row("det(X)", "X (n, n)", "X", "det(X)*inv(X).T", "MC 49"),
        Row("det(A @ X @ B)", "A (n, n), X (n, n), B (n, n)", "X",
            "det(A @ X @ B)*inv(X).T", "MC 51"),
        Row("det(X.T @ A @ X)", "X (m, n), A (m, m)", "X",
            "det(X.T @ A @ X)*(A @ X @ inv(X.T @ A @ X) + A.T @ X @ inv(X.T @ A.T @ X))", "MC 54"),
        Row("logdet(X.T @ X)", "X (m, n)", "X", "2*X @ inv(X.T @ X)", "MC 55"),
        Row("log(abs(det(X)))", "X (n, n)", "X", "inv(X).T", "MC 57"),
        Row("logdet(X)", "X (n, n)", "X", "inv(X).T", "MC 57"),
        Row("det(matrix_power(X, 3))", "X (n, n)", "X", "3*det(X)**3*inv(X).T", "MC 58"),
        Row("det(inv(X))", "X (n, n)", "X", "-det(inv(X))*inv(X).T", "MC 62"),
        Row("logdet(eye(n) + X @ X.T)", "X (n, m)", "X", "2*inv(eye(n) + X @ X.T) @ X",
            "Boyd and Vandenberghe 2004, A.4.1"),
        Row("L = cholesky(A @ A.T); 2*sum(log(diag(L)))", "A (n, m)", "A", "2*inv(A @ A.T) @ A",
            "MC 55, by Cholesky's factor"),
    ],
    "Inverses": [
        Row("a @ inv(X) @ b", "a (n), X (n, n), b (n)", "X",
            "-inv(X).T @ outer(a, b) @ inv(X).T", "MC 61"),
        Row("trace(A @ inv(X) @ B)", "A (m, n), X (n, n), B (n, m)", "X",
            "-(inv(X) @ B @ A @ inv(X)).T", "MC 63"),
        Row("trace(inv(X + A))", "X (n, n), A (n, n)", "X",
            "-(inv(X + A) @ inv(X + A)).T", "MC 64"),
        Row("trace(inv(X.T @ C @ X) @ A)", "X (m, n), C (m, m), A (n, n)", "X",
            "-C @ X @ inv(X.T @ C @ X) @ A @ inv(X.T @ C @ X)"
            " - C.T @ X @ (inv(X.T @ C @ X) @ A @ inv(X.T @ C @ X)).T", "MC 125, any C"),
        Row("x = solve(A, b); c @ x", "A (n, n), b (n), c (n)", "A", "-outer(solve(A.T, c), x)",
            "Giles 2008, 2.3.1"),
        Row("x = solve(A, b); c @ x", "A (n, n), b (n), c (n)", "b", "solve(A.T, c)",
            "Giles 2008, 2.3.1"),
    ],
    "Traces": [
        Row("trace(X)", "X (n, n)", "X", "eye(n)", "MC 99"),
        Row("trace(X @ A)", "X (m, n), A (n, m)", "X", "A.T", "MC 100"),
        Row("trace(A @ X @ B)", "A (m, n), X (n, p), B (p, m)", "X", "A.T @ B.T", "MC 101"),
        Row("trace(A @ X.T @ B)", "A (m, n), X (p, n), B (p, m)", "X", "B @ A", "MC 102"),
        Row("trace(kron(A, X))", "A (m, m), X (n, n)", "X", "trace(A)*eye(n)", "MC 105"),
        Row("trace(X @ X)", "X (n, n)", "X", "2*X.T", "MC 106"),
        Row("trace(X @ X @ B)", "X (n, n), B (n, n)", "X", "(X @ B + B @ X).T", "MC 107"),
        Row("trace(X.T @ A @ X)", "A (n, n), X (n, p)", "X", "(A + A.T) @ X", "MC 108"),
        Row("trace(X @ B @ X.T)", "X (m, n), B (n, n)", "X", "X @ B.T + X @ B", "MC 111"),
        Row("trace(A @ X @ B @ X)", "A (n, m), X (m, n), B (n, m)", "X",
            "A.T @ X.T @ B.T + B.T @ X.T @ A.T", "MC 114"),
        Row("trace(B.T @ X.T @ C @ X @ B)", "B (n, p), X (m, n), C (m, m)", "X",
            "C.T @ X @ B @ B.T + C @ X @ B @ B.T", "MC 116"),
        Row("trace(X.T @ B @ X @ C)", "X (m, n), B (m, m), C (n, n)", "X",
            "B @ X @ C + B.T @ X @ C.T", "MC 117"),
        Row("norm(A @ X @ B + C)**2", "A (m, n), X (n, p), B (p, k), C (m, k)", "X",
            "2*A.T @ (A @ X @ B + C) @ B.T", "MC 119"),
        Row("trace(kron(X, X))", "X (n, n)", "X", "2*trace(X)*eye(n)", "MC 120"),
        Row("trace(matrix_power(X, 4))", "X (n, n)", "X", "4*matrix_power(X, 3).T", "MC 121"),
        Row("trace(A @ matrix_power(X, 2))", "A (n, n), X (n, n)", "X",
            "(A @ X + X @ A).T", "MC 122"),
    ],
    "Norms": [
        Row("norm(x - a)", "x (n), a (n)", "x", "(x - a)/norm(x - a)", "MC 129"),
        Row("norm(X)**2", "X (m, n)", "X", "2*X", "MC 132"),
        Row("norm(X)", "X (m, n)", "X", "X/norm(X)", "MC 132"),
        Row("norm(T - U @ V.T)**2", "T (m, n), U (m, k), V (n, k)", "U", "2*(U @ V.T - T) @ V",
            "Koren et al. 2009"),
        Row("norm(T - U @ V.T)**2", "T (m, n), U (m, k), V (n, k)", "V", "2*(U @ V.T - T).T @ U",
            "Koren et al. 2009"),
        Row("(x @ y)/(norm(x)*norm(y))", "x (n), y (n)", "x",
            "y/(norm(x)*norm(y)) - (x @ y)*x/(norm(x)**3*norm(y))", "cosine similarity"),
        Row("sum(norm(A, axis=1))", "A (m, n)", "A", "A/norm(A, axis=1, keepdims=True)",
            "Yuan and Lin 2006"),
        Row("(x - mu) @ inv(S) @ (x - mu)", "x (n), mu (n), S (n, n)", "S",
            "-inv(S).T @ outer(x - mu, x - mu) @ inv(S).T", "MC 61, Mahalanobis' distance"),
        Row("norm(W @ X)**2", "W (k, n), X (n, m)", "W", "2*W @ X @ X.T", "MC 116"),
        Row("y = A @ x; norm(y)", "A (n, n), x (n)", "x", "A.T @ y/norm(y)", "power iteration"),
        Row("C = W @ S @ W.T; norm(C - eye(k))**2", "W (k, n), S (n, n)", "W",
            "2*(C - eye(k)) @ W @ S.T + 2*(C - eye(k)).T @ W @ S", "whitening"),
    ],
    "Statistics": [
        Row("var(x)", "x (n)", "x", "2*(x - mean(x))/n", "variance"),
        Row("std(x)", "x (n)", "x", "(x - mean(x))/(n*std(x))", "standard deviation"),
        Row("sum(x*log(x))", "x (n)", "x", "log(x) + 1", "negative entropy"),
        Row("sum(p*log(p/q))", "p (n), q (n)", "q", "-p/q", "Kullback and Leibler 1951"),
        Row("p = softmax(z); -sum(p*log(p))", "z (n)", "z", "-p*(log(p) - p @ log(p))",
            "entropy of a softmax"),
        Row("m*logdet(S)/2 + trace(X @ inv(S) @ X.T)/2", "S (n, n), X (m, n)", "S",
            "(m*inv(S) - inv(S) @ X.T @ X @ inv(S)).T/2", "Bishop 2006, 2.118"),
        Row("sum((y - mu)**2*exp(-s)/2 + s/2)", "y (n), mu (n), s (n)", "s",
            "(1 - (y - mu)**2*exp(-s))/2", "Nix and Weigend 1994"),
        Row("sum((y - mu)**2*exp(-s)/2 + s/2)", "y (n), mu (n), s (n)", "mu", "(mu - y)*exp(-s)",
            "Nix and Weigend 1994"),
        Row("z = X @ M.T - sum(M**2, axis=1)/2; r = softmax(z); -sum(logsumexp(z, axis=1))",
            "X (m, n), M (k, n)", "M", "sum(r, axis=0)[:, None]*M - r.T @ X", "Bishop 2006, 9.16"),
        Row("k = exp(-norm(x - y)**2/(2*s**2)); c*k", "x (n), y (n), s (), c ()", "x",
            "c*k*(y - x)/s**2", "Gaussian kernel"),
        Row("k = exp(-norm(x - y)**2/(2*s**2)); c*k", "x (n), y (n), s (), c ()", "s",
            "c*k*norm(x - y)**2/s**3", "Gaussian kernel"),
        Row("-sum(s - mu**2 - exp(s) + 1)/2", "mu (n), s (n)", "s", "(exp(s) - 1)/2",
            "Kingma and Welling 2014, 10"),
        Row("z = mu + exp(s/2)*e; norm(y - W @ z)**2/2 - sum(s - mu**2 - exp(s) + 1)/2",
            "mu (n), s (n), e (n), W (m, n), y (m)", "mu", "W.T @ (W @ z - y) + mu",
            "Kingma and Welling 2014, 10"),
    ],
    "Regression and classification": [
        Row("norm(X @ w - y)**2 + c*norm(w)**2", "X (m, n), w (n), y (m), c ()", "w",
            "2*X.T @ (X @ w - y) + 2*c*w", "Hoerl and Kennard 1970"),
        Row("norm(X @ w - y)**2/2 + c*sum(abs(w))", "X (m, n), w (n), y (m), c ()", "w",
            "X.T @ (X @ w - y) + c*sign(w)", "Tibshirani 1996"),
        Row("eta = X @ w; sum(exp(eta) - y*eta)", "X (m, n), w (n), y (m)", "w",
            "X.T @ (exp(eta) - y)", "McCullagh and Nelder 1989"),
        Row("sum(log(exp(-y*(X @ w)) + 1))", "y (m), X (m, n), w (n)", "w",
            "-X.T @ (y*sigmoid(-y*(X @ w)))", "Hastie et al. 2009"),
        Row("sum(softplus(X @ w) - y*(X @ w))", "y (m), X (m, n), w (n)", "w",
            "X.T @ (sigmoid(X @ w) - y)", "Bishop 2006, 4.91"),
        Row("p = sigmoid(X @ w + b); binary_cross_entropy(p, y)", "X (m, n), w (n), b (), y (m)",
            "w", "X.T @ (p - y)/m", "Bishop 2006, 4.91"),
        Row("P = softmax(X @ W.T + b); cross_entropy(P, Y)",
            "X (m, n), W (k, n), b (k), Y (m, k) distribution", "W", "(P - Y).T @ X/m",
            "Bishop 2006, 4.109"),
        Row("P = softmax(X @ W.T + b); cross_entropy(P, Y)",
            "X (m, n), W (k, n), b (k), Y (m, k) distribution", "b", "mean(P - Y, axis=0)",
            "Bishop 2006, 4.109"),
        Row("logsumexp(x)", "x (n)", "x", "softmax(x)", "Boyd and Vandenberghe 2004, 3.1.5"),
        Row("p = softmax(z); c @ p", "c (n), z (n)", "z", "p*(c - p @ c)", "softmax"),
        Row("logsumexp(z) - y @ z", "y (n), z (n)", "z", "softmax(z) - y", "Bridle 1990"),
        Row("p = softmax(z); -sum(((1 - a)*y + a/n)*log(p))", "z (n), y (n) distribution, a ()",
            "z", "p - (1 - a)*y - a/n", "label smoothing, Szegedy et al. 2016"),
        Row("p = sigmoid(z); -sum((1 - p)**2*log(p))", "z (n)", "z",
            "(1 - p)**2*(2*p*log(p) + p - 1)", "focal loss, Lin et al. 2017"),
        Row("p = softmax(z/T); -sum(y*log(p))", "z (n), T (), y (n) distribution", "T",
            "(y - p) @ z/T**2", "temperature, Guo et al. 2017"),
        Row("sum(relu(1 - y*(X @ w)))", "y (m), X (m, n), w (n)", "w",
            "-X.T @ (y*(y*(X @ w) < 1))", "hinge, Cortes and Vapnik 1995"),
        Row("sum(max(1 - y*(X @ w), 0)**2)/2", "y (m), X (m, n), w (n)", "w",
            "-X.T @ (y*max(1 - y*(X @ w), 0))", "squared hinge"),
        Row("huber(X @ w, y, delta=2)", "X (m, n), w (n), y (m)", "w",
            "X.T @ clip(X @ w - y, -2, 2)/m", "Huber 1964"),
        Row("t = norm(a - p)**2 - norm(a - q)**2 + 1; relu(t)", "a (n), p (n), q (n)", "a",
            "2*(t > 0)*(q - p)", "triplet, Schroff et al. 2015"),
        Row("d = norm(a - b); y*d**2/2 + (1 - y)*relu(1 - d)**2/2", "a (n), b (n), y ()", "a",
            "(y*d - (1 - y)*relu(1 - d))*(a - b)/d", "contrastive, Hadsell et al. 2006"),
        Row("P = softmax(Z @ H.T/t); cross_entropy(P, eye(m))", "Z (m, n), H (m, n), t ()", "Z",
            "(P - eye(m)) @ H/(m*t)", "InfoNCE, van den Oord et al. 2018"),
    ],
    "Networks": [
        Row("h = tanh(W @ x + b); c @ h", "W (m, n), x (n), b (m), c (m)", "W",
            "outer((1 - h**2)*c, x)", "Rumelhart et al. 1986"),
        Row("H = tanh(X @ W.T + b); mse(H, Y)", "X (m, n), W (k, n), b (k), Y (m, k)", "W",
            "2*((1 - H**2)*(H - Y)).T @ X/(k*m)", "Rumelhart et al. 1986"),
        Row("Z = X @ A.T; H = relu(Z); P = softmax(H @ B.T); cross_entropy(P, Y)",
            "X (m, n), A (p, n), B (k, p), Y (m, k) distribution", "A",
            "((Z > 0)*((P - Y) @ B)).T @ X/m", "Glorot et al. 2011"),
        Row("z = W @ x; h = relu(z); y = x + V @ h; c @ y", "W (m, n), x (n), V (n, m), c (n)",
            "x", "c + W.T @ ((z > 0)*(V.T @ c))", "residual, He et al. 2016"),
        Row("d = x - mean(x); s = sqrt(mean(d**2) + 0.001); h = d/s; c @ h", "x (n), c (n)", "x",
            "(c - mean(c) - h*mean(c*h))/s", "layer norm, Ba et al. 2016"),
        Row("h = layer_norm(x); c @ h", "x (n), c (n)", "x",
            "(c - mean(c) - h*mean(c*h))/sqrt(var(x) + 0.00001)", "layer norm, Ba et al. 2016"),
        Row("H = batch_norm(X); sum(C*H)", "X (m, n), C (m, n)", "X",
            "(C - mean(C, axis=0) - H*mean(C*H, axis=0))/sqrt(var(X, axis=0) + 0.00001)",
            "batch norm, Ioffe and Szegedy 2015"),
        Row("r = sqrt(mean(x**2)); h = x/r; c @ h", "x (n), c (n)", "x",
            "(c - h*mean(c*h))/r", "Zhang and Sennrich 2019"),
        Row("P = softmax(Q @ K.T); sum(C*(P @ V))", "C (m, p), Q (m, d), K (n, d), V (n, p)", "Q",
            "(P*(C @ V.T - sum(P*(C @ V.T), axis=1, keepdims=True))) @ K", "attention"),
        Row("P = softmax(Q @ K.T); sum(C*(P @ V))", "C (m, p), Q (m, d), K (n, d), V (n, p)", "K",
            "(P*(C @ V.T - sum(P*(C @ V.T), axis=1, keepdims=True))).T @ Q", "attention"),
        Row("P = softmax(Q @ K.T); sum(C*(P @ V))", "C (m, p), Q (m, d), K (n, d), V (n, p)", "V",
            "P.T @ C", "attention, Vaswani et al. 2017"),
        Row("i = sigmoid(a); j = sigmoid(b); q = sigmoid(o); u = tanh(w); "
            "c = j*s + i*u; t = tanh(c); v @ (q*t)",
            "a (n), b (n), w (n), s (n), o (n), v (n)", "b", "v*q*(1 - t**2)*s*j*(1 - j)",
            "LSTM, Hochreiter and Schmidhuber 1997"),
        Row("z = sigmoid(W @ x + U @ s); h = (1 - z)*s + z*u; c @ h",
            "W (n, m), x (m), U (n, n), s (n), u (n), c (n)", "W", "outer(c*(u - s)*z*(1 - z), x)",
            "GRU, Cho et al. 2014"),
        Row("a = logsumexp(u + T, axis=1); sum(a) - y @ u", "u (n), T (n, n), y (n)", "T",
            "softmax(u + T)", "one step of a CRF, Lafferty et al. 2001"),
        Row("c @ conv1d(x, k)", "x (6), k (3), c (4)", "x", "conv1d(c, flip(k), padding=2)",
            "Dumoulin and Visin 2016"),
        Row("c @ conv1d(x, k)", "x (6), k (3), c (4)", "k", "conv1d(x, c)", "LeCun et al. 1989"),
        Row("sum(C*conv2d(X, K))", "X (5, 5), K (3, 3), C (3, 3)", "X",
            "conv2d(C, flip(K), padding=2)", "Dumoulin and Visin 2016"),
        Row("sum(C*conv2d(X, K))", "X (5, 5), K (3, 3), C (3, 3)", "K", "conv2d(X, C)",
            "LeCun et al. 1989"),
        Row("c @ avg_pool1d(x, 2)", "x (6), c (3)", "x", "kron(c, ones(2))/2", "LeCun et al. 1989"),
        Row("max(x)", "x (n)", "x", "x >= max(x)", "the largest entry, where it is one"),
    ],
}  # fmt: skip


SECOND = [
    ("x @ x", "x (n)", "x"),
    ("x @ A @ x", "A (n, n), x (n)", "x"),
    ("(x @ A @ x)/(x @ x)", "A (n, n), x (n)", "x"),
    ("norm(x)", "x (n)", "x"),
    ("norm(A @ x - b)**2", "A (m, n), x (n), b (m)", "x"),
    ("norm(A @ x - b)**2", "A (m, n), x (n), b (m)", "A"),
    ("sum(exp(A @ x))", "A (m, n), x (n)", "x"),
    ("sum(x*log(x))", "x (n)", "x"),
    ("var(x)", "x (n)", "x"),
    ("a @ X @ b", "a (m), X (m, n), b (n)", "X"),
    ("trace(X)", "X (n, n)", "X"),
    ("trace(A @ X @ B)", "A (m, n), X (n, p), B (p, m)", "X"),
    ("trace(X.T @ A @ X)", "A (n, n), X (n, p)", "X"),
    ("trace(inv(X) @ A)", "A (n, n), X (n, n)", "X"),
    ("logdet(X)", "X (n, n)", "X"),
    ("norm(T - U @ V.T)**2", "T (m, n), U (m, k), V (n, k)", "U"),
    ("norm(T - U @ V.T)**2", "T (m, n), U (m, k), V (n, k)", "V"),
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
]
"""Functions, the shapes of their leaves, and what they are derived in twice."""


def graph_of(row: Row, sizes: dict[str, int] | None = None) -> gd.Graph:
    """Return the graph of a row, its sizes letters, or numbers where they are given."""
    graph = gd.Graph()
    for name, letters, fact in re.findall(rf"(\w+) \(([^)]*)\)( {DISTRIBUTION})?", row.leaves):
        shape = tuple(
            int(size) if size.isdigit() else (sizes or {}).get(size, size)
            for size in letters.split(", ") if size
        )  # fmt: skip
        if fact:
            graph.input(name, shape=shape, rows=DISTRIBUTION)
        else:
            graph.parameter(name, shape=shape)
    for formula in row.formula.split("; "):
        name, _, right = formula.rpartition(" = ")
        if not name.isidentifier():
            name, right = "f", formula
        graph.node(name, parsed(right, graph, sizes))
    return graph


def parsed(formula: str, graph: gd.Graph, sizes: dict[str, int] | None = None):
    """Return a formula over the nodes of a graph, in which a letter may be a size."""
    letters = {str(letter): letter for letter in letters_of(graph)} if sizes is None else sizes
    return parse(formula, graph.__getitem__, letters=letters)


def ratio(row: Row) -> float:
    """Return how many characters the gradient has for one of the reference, without spaces."""
    printed = graph_of(row).gradient("f", row.wrt, "nodes").text
    return len(printed.replace(" ", "")) / len(row.reference.replace(" ", ""))


def cell(latex: str) -> str:
    """Return a formula for a cell of a table, where | would end the cell."""
    bars = (r"\left\|", r"\left\Vert "), (r"\right\|", r"\right\Vert ")
    single = (r"\left|", r"\left\vert "), (r"\right|", r"\right\vert ")
    for written, command in (*bars, *single):
        latex = latex.replace(written, command)
    return f"${latex}$" if len(latex) <= TOO_LONG else "(long)"


def table(rows: list[Row]) -> str:
    """Return the gradients of the rows as a table in Markdown."""
    lines = [
        "| $f$ | with | in | printed | as in the literature | source | ratio |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        graph = graph_of(row)
        gradient = graph.gradient("f", row.wrt, "nodes")
        reference = Formula(parsed(row.reference, graph))
        same = reference.text == gradient.text
        cells = [
            f"`{row.formula}`", row.leaves, row.wrt,
            f"{cell(gradient.latex)} `{gradient.text}`",
            "the same" if same else f"{cell(reference.latex)} `{row.reference}`",
            row.source, f"{ratio(row):.2f}",
        ]  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def entries(graph: gd.Graph, wrt: str) -> str:
    """Return the gradient in index notation for a cell of a table."""
    try:
        return cell(graph.index_jacobian(wrt, "f").latex)
    except DerivationError:
        return "(none)"


def second_table(rows: list[tuple[str, str, str]]) -> str:
    """Return gradients entry by entry, and Hessians, as a table in Markdown."""
    lines = [
        "| $f$ | in | entries of the gradient | Hessian, or its product |",
        "|---|---|---|---|",
    ]
    for formula, leaves, wrt in rows:
        graph = graph_of(Row(formula, leaves, wrt, "", ""))
        cells = [f"`{formula}`", wrt, entries(graph, wrt), cell(graph.hessian("f", wrt).latex)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def measured() -> list[float]:
    """Return the ratios of all rows, the least first."""
    return sorted(ratio(row) for rows in GROUPS.values() for row in rows)


def measure() -> str:
    """Return the measure of all rows in a sentence."""
    ratios = measured()
    return (
        f"Of {len(ratios)} gradients the median ratio is {median(ratios):.2f}, the largest "
        f"{ratios[-1]:.2f}; {sum(found > 1 for found in ratios)} are longer than the reference."
    )


if __name__ == "__main__":
    print("\n\n".join(f"## {title}\n\n{table(rows)}" for title, rows in GROUPS.items()))
    print(f"\n## Second derivatives\n\n{second_table(SECOND)}\n\n## The measure\n\n{measure()}")
