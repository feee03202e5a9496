"""Programs and code that students put on pages: all of it is read, or told as unread."""

import pytest
from small_pages import assert_right, check, verdicts

import graphdiff as gd


def network():
    g = gd.Graph()
    x, y = g.input("x", [1, 2]), g.input("y", 1)
    W, v = g.parameter("W", [[0.5, -0.25], [0.25, 0.5], [1, -1]]), g.parameter("v", [0.5, 1, -1])
    z = g.node("z", W @ x)
    p = g.node("p", (v * z).sum())
    g.node("L", (p - y) ** 2 / 2)
    return g


def neurons():
    g = gd.Graph()
    x, y = g.input("x", 2), g.input("y", 1)
    w1, w2 = g.parameter("w1", 0.5), g.parameter("w2", -0.5)
    h1, h2 = g.node("h1", gd.tanh(w1 * x)), g.node("h2", gd.tanh(w2 * x))
    p = g.node("p", gd.sigmoid(h1 + h2))
    g.node("L", -(y * gd.log(p) + (1 - y) * gd.log(1 - p)))
    return g


def fence(code, language="python"):
    return f"# Homework\n\n```{language}\n{code}\n```\n"


FENCED = (
    "dL/dp = (p - y)/(p*(1-p))",
    "dL/dp = (p - y)/(p*(1-p)) = -2",
    "dp = (p - y)/(p*(1-p)) = -2.0",
    "dL/dp = -1/p",
    "L = -log(p) = 0.693",
    "dL/dh1 = dL/dp * p*(1-p)",
    "dL/dh1 = p - y = -0.5",
    "dL/dh2 = dL/dh1",
    "∂L/∂p = (p - y)/(p*(1-p))",
)


@pytest.mark.parametrize("line", FENCED)
@pytest.mark.parametrize("language", ["python", "py", "", "text", "julia"])
def test_mathematics_in_a_fence_is_read_beside_a_program(line, language, tmp_path):
    code = f"import numpy as np\n{line}\nprint(x)"
    links = line.count("=")
    report = assert_right(neurons(), fence(code, language), tmp_path)
    assert len(report) == links, str(report)
    wrong = line.replace("- y", "+ y").replace("-1/p", "1/p").replace("-log", "log")
    if wrong != line:
        assert not check(neurons(), fence(wrong, language), tmp_path).ok


@pytest.mark.parametrize(
    "line",
    [
        "import numpy as np", "plt.plot(x, y, label='p = 3')", "print('p = 3')", "assert p == 3, 'L'",
        "for i in range(n=3):", "model = Net(layers=3)", "f = lambda t: t**2", "rows = data[0]",
        "x, y = load()", "if p == 3: L = None", "losses = []", "x = load('x.csv')", "name = 'L = 3'",
        "w1 = np.random.randn()", "opt.step(lr=0.1)", "return p", "p, _ = forward(x)",
    ],
)  # fmt: skip
def test_the_rest_of_a_program_claims_nothing(line, tmp_path):
    assert not len(check(neurons(), fence(line), tmp_path))


@pytest.mark.parametrize(
    "line", ["p = model(x)", "dp = backward(L)", "loss = criterion(p, y)", "dw1 += h1 * x"]
)
def test_what_gives_a_quantity_its_value_unreadably_is_told(line, tmp_path):
    assert verdicts(check(neurons(), fence(line), tmp_path)) == ["unread"]


ARRAYS = {
    "z": [0, 1.25, -1],
    "dz": [1.625, 3.25, -3.25],
    "dW": [[1.625, 3.25], [3.25, 6.5], [-3.25, -6.5]],
}
CODE = {"z": "W @ x", "dz": "(p - y) * v", "dW": "np.outer(dz, x)"}


def printed(value, style):
    text = str(value)
    if style == "numpy":
        return text.replace(",", "")
    return {"list": text, "array": f"array({text})", "tensor": f"tensor({text}, grad_fn=<Mul>)",
            "note": f"{text} (exact)", "arrow": f"-> {text}", "equal": f"= {text}", "words": f"{text}, see above",
            "out": f"Output: {text}"}[style]  # fmt: skip


@pytest.mark.parametrize("name", ["z", "dW"])
@pytest.mark.parametrize(
    "style", ["list", "numpy", "array", "tensor", "note", "arrow", "equal", "words", "out"]
)
@pytest.mark.parametrize("kind", ["md", "py"])
def test_arrays_in_comments_are_judged(name, style, kind, tmp_path):
    value = {"z": [0.0, 1.25, 2.0], "dW": [[0.5, 1.0], [1.0, 2.0], [-1.0, -2.0]]}[name]
    g = gd.Graph()
    x, W = g.input("x", [1, 2]), g.parameter("W", [[0.5, -0.25], [0.25, 0.5], [4, -1]])
    z = g.node("z", W @ x)
    g.node("L", (z * [0.5, 1, -1]).sum())
    code = {"z": "W @ x", "dW": "np.outer(dz, x)"}[name]
    line = f"{name} = {code}  # {printed(value, style)}"
    page = line if kind == "py" else fence(line)
    assert len(assert_right(g, page, tmp_path, kind)) == 2
    assert verdicts(check(g, page.replace("2.0", "2.5"), tmp_path, kind))[-1] == "wrong"


@pytest.mark.parametrize(
    "comment", ["(3,)", "[3]", "(3, 2)", "shape (3, 2)", "3 x 2", "step 3", "TODO"]
)
def test_shapes_and_words_in_comments_are_no_values(comment, tmp_path):
    assert len(assert_right(network(), f"z = W @ x  # {comment}\n", tmp_path, "py")) == 1


def test_comments_that_count_the_lines_are_no_values(tmp_path):
    code = "h1 = np.tanh(w1*x)  # 1\nh2 = np.tanh(w2*x)  # 2\np = sigmoid(h1 + h2)  # 3\n"
    assert len(assert_right(neurons(), code, tmp_path, "py")) == 3


@pytest.mark.parametrize(
    "page", ["h1, h2 = {}, {}\n", "$h_1, h_2 = {}, {}$\n", "(h1, h2) = ({}, {})\n"]
)
def test_several_names_at_once(page, tmp_path):
    assert len(assert_right(neurons(), page.format(0.762, -0.762), tmp_path)) == 2
    wrong = check(neurons(), page.format(0.762, 0.762), tmp_path)
    assert verdicts(wrong) == ["correct", "wrong"], str(wrong)


def test_several_formulas_at_once(tmp_path):
    code = "h1, h2 = np.tanh(w1*x), np.tanh(w2*x)\ndh1, dh2 = p - y, p - y\n"
    assert len(assert_right(neurons(), code, tmp_path, "py")) == 4
    assert verdicts(check(neurons(), code.replace("w2*x", "w1*x"), tmp_path, "py"))[1] == "wrong"


@pytest.mark.parametrize(
    ("code", "links"),
    [
        ("dw1 = 0\ndw1 += (p - y)*(1 - h1**2)*x", 1),
        ("dw1 = 0.0\nx = 2\ndw1 = dw1 + (p - y)*(1 - h1**2)*x", 2),
        ("loss = 0\nloss -= y*np.log(p)\nloss -= (1 - y)*np.log(1 - p)", 1),
        ("s = h1\ns += h2\np = sigmoid(s)", 1),
        ("dw1 = np.zeros_like(w1)\nfor k in range(1):\n    dw1 = (p - y)*(1 - h1**2)*x", 1),
    ],
)
def test_a_sum_that_grows_is_judged_as_a_whole(code, links, tmp_path):
    report = assert_right(neurons(), code, tmp_path, "py")
    assert len(report) == links, str(report)
    wrong = code.replace("h1**2", "h1").replace("np.log(1 - p)", "np.log(p)").replace("h2", "h1")
    assert check(neurons(), wrong, tmp_path, "py").exit_code == 1


def test_a_sum_in_a_loop_is_unread(tmp_path):
    code = "dw1 = 0\nfor k in range(n):\n    dw1 += (p - y)*(1 - h1**2)*x\n"
    assert verdicts(check(neurons(), code, tmp_path, "py")) == ["unread"]


def test_a_step_of_descent_shows_its_rate(tmp_path):
    code = "dw1 = (p - y)*(1 - h1**2)*x\nw1 -= 0.5*dw1  # 0.70999\n"
    report = assert_right(neurons(), code, tmp_path, "py")
    assert [result.target for result in report] == ["dL/dw1", "w1@1", "w1@1"]


def test_functions_of_mathematics_have_names_of_their_own(tmp_path):
    code = "def sigmoid(x):\n    p = 1/(1 + np.exp(-x))\n    return p\n\np = sigmoid(h1 + h2)\n"
    assert len(assert_right(neurons(), code, tmp_path, "py")) == 1


def test_what_is_kept_in_objects_has_the_name_it_is_kept_under(tmp_path):
    code = "self.h1 = np.tanh(w1*x)\ngrads[\"h1\"] = 3\ngrads['dh1'] = cache['p'] - y\n"
    report = check(neurons(), code, tmp_path, "py")
    assert [result.target for result in report] == ["h1", "h1", "dL/dh1"]
    assert verdicts(report) == ["correct", "wrong", "correct"]


ROWS = (
    "np.outer(dz, x)", "dz[:, None] * x[None, :]", "dz[:, np.newaxis] @ x[np.newaxis]",
    "dz.reshape(-1, 1) @ x.reshape(1, -1)", "np.outer(dz, x).astype(float)", "np.outer(dz, x).copy()",
    "np.array(np.outer(dz, x), dtype=float)", "np.reshape(dz, (3, 1)) * x",
)  # fmt: skip


@pytest.mark.parametrize("product", ROWS)
def test_arrays_are_put_in_shape_as_programs_do(product, tmp_path):
    code = f"x = x.reshape(-1)\ndz = (p - y)*v\ndW = {product}\n"
    assert_right(network(), code, tmp_path, "py")
    wrong = code.replace("dW = ", "dW = 2*")
    assert verdicts(check(network(), wrong, tmp_path, "py"))[-1] == "wrong"


@pytest.mark.parametrize("size", ["len(y)", "y.shape[0]", "X.shape[0]", "3"])
def test_a_number_of_samples_is_known_however_a_program_counts_them(size, tmp_path):
    g = gd.Graph()
    X, y = g.input("X", [[1, 2], [3, 1], [0, 2]]), g.input("y", [1, 2, 0])
    p = g.node("p", X @ g.parameter("w", [0.5, -0.2]))
    g.node("L", ((p - y) ** 2).mean())
    code = f"X = np.array([[1, 2], [3, 1], [0, 2]])\nN = {size}\nr = p - y\ndp = 2*r/N\n"
    assert_right(g, code, tmp_path, "py")
    assert check(g, code.replace("2*r", "r"), tmp_path, "py").exit_code == 1


def test_what_a_program_only_names_anew_says_nothing_wrong(tmp_path):
    code = "x = x.reshape(-1, 1)\ny_hat = p\nerror = y_hat - y\ndz = error*v\n"
    assert len(assert_right(network(), code, tmp_path, "py")) == 1


PROGRAM = "h1 = tanh(w1*x)\n{line}\ndp = (p - y)/(p*(1-p))\n"


@pytest.mark.parametrize(
    ("line", "function"),
    [
        ("L = criterion(p, y)", "criterion"),
        ("L = nn.BCELoss()(p, y)", "nn.BCELoss"),
        ("L = 0.5*loss_fn(p, y) + 1", "loss_fn"),
        ("dw1 = grad_of(L, w1)", "grad_of"),
        ("p = model(x)", "model"),
    ],
)
def test_a_function_that_is_not_known_is_told_and_costs_the_rest_nothing(line, function, tmp_path):
    report = check(neurons(), PROGRAM.format(line=line), tmp_path, "py")
    assert verdicts(report) == ["correct", "unread", "correct"]
    assert report.results[1].unknown_function == function
    assert report.results[1].note.startswith(f"'{function}' is not known")
    assert report.exit_code == 0 and report.ok
    assert type(report).from_json(report.to_json()) == report


def test_what_is_wrong_beside_it_decides(tmp_path):
    code = PROGRAM.format(line="L = criterion(p, y)").replace("p - y", "p + y")
    assert check(neurons(), code, tmp_path, "py").exit_code == 1


def test_it_alone_cannot_be_judged(tmp_path):
    report = check(neurons(), "L = criterion(p, y)\n", tmp_path, "py")
    assert report.exit_code == 2 and not report.ok


def test_other_unread_lines_of_a_program_cannot_be_judged(tmp_path):
    code = PROGRAM.format(line="dw1 = q*h1")
    assert check(neurons(), code, tmp_path, "py").exit_code == 2
