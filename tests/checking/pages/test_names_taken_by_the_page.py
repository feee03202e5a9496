"""What a page defines beats a constant, a habit and a likeness: e, π, E, S, I of a program."""

import pytest
from small_pages import assert_right, check

import graphdiff as gd


def classifier():
    g = gd.Graph()
    x, y = g.input("x", [1, -2, 0.5]), g.input("y", [0, 1, 0])
    W1, W2 = (
        g.parameter("W1", [[0.3, -0.1, 0.4], [0.2, 0.5, -0.6]]),
        g.parameter("W2", [[0.5, -0.2], [0.1, 0.4], [-0.3, 0.6]]),
    )
    h = g.node("h", gd.relu(g.node("z", W1 @ x)))
    p = g.node("p", gd.softmax(g.node("o", W2 @ h)))
    g.node("L", -(y * gd.log(p)).sum())
    return g


def neuron():
    g = gd.Graph()
    x, y, w = g.input("x", 2), g.input("y", 1), g.parameter("w", 0.5)
    p = g.node("p", gd.sigmoid(g.node("z", w * x)))
    g.node("L", -(y * gd.log(p) + (1 - y) * gd.log(1 - p)))
    return g


NAMES = ("e", "pi", "E", "I", "i", "S", "C", "J", "tmp", "exps", "n")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["py", "md"])
def test_a_program_may_call_its_exponentials_anything(name, kind, tmp_path):
    code = f"{name} = np.exp(o - o.max())\np = {name} / {name}.sum()\ndo = p - y\n"
    text = code if kind == "py" else f"```python\n{code}```\n"
    assert_right(classifier(), text, tmp_path, kind)
    wrong = check(classifier(), text.replace(".sum()", ".max()"), tmp_path, kind)
    assert wrong.exit_code == 1, str(wrong)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", ["$${}$$\n", "{}\n"])
def test_so_may_a_page(name, form, tmp_path):
    lines = f"{name} = exp(-z)", f"p = 1/(1 + {name})", f"dp/dz = {name}/(1 + {name})^2"
    written = [line.replace("exp", r"\exp") if "$" in form else line for line in lines]
    text = "\n".join(form.format(line) for line in written)
    report = assert_right(neuron(), text, tmp_path)
    assert [result.target for result in report] == ["p", "dp/dz"], str(report)


def test_e_is_again_eulers_where_the_page_says_so(tmp_path):
    text = "e = p - y\ndL/dz = e = -0.2689\ne = 2.718\np = 1/(1 + e^(-z)) = 0.7311\n"
    assert_right(neuron(), text, tmp_path)


def test_a_power_of_an_error_called_e_is_one_and_that_of_eulers_too(tmp_path):
    assert_right(neuron(), "$e = p - y$, $p = \\frac{1}{1 + e^{-z}}$, $dL/dw = e x$\n", tmp_path)


def test_a_loss_that_the_page_calls_E_is_judged(tmp_path):
    right = "E = -y*log(p) - (1 - y)*log(1 - p)\n"
    assert_right(neuron(), right, tmp_path)
    assert check(neuron(), right.replace("- (1", "+ (1"), tmp_path).exit_code == 1


def test_an_index_that_a_program_counts_with_is_a_number(tmp_path):
    text = "i = 1\nL = -np.log(p[i])\n"
    assert_right(classifier(), text, tmp_path, "py")
    assert check(classifier(), text.replace("i = 1", "i = 0"), tmp_path, "py").exit_code == 1


@pytest.mark.parametrize("product", ["do h^T", "do hᵀ", "do · h^T", "do·hᵀ"])
def test_a_name_that_looks_like_a_word_is_one_in_a_product(product, tmp_path):
    g = classifier()
    value = [[round(float(v), 4) for v in row] for row in g.backward().gradient["W2"]]
    assert_right(g, f"dW2 = {product} = {value}\n", tmp_path)
    assert_right(g, "dh = W2^T do\n", tmp_path)


def test_a_side_with_words_in_it_is_left_out_whole(tmp_path):
    report = check(classifier(), "dW2 = something h^T = [[1, 0], [2, 0], [3, 0]]\n", tmp_path)
    assert not [result for result in report if result.target == "h"], str(report)
