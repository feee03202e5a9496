"""Each kind of verdict that was unfair once: a right answer accused, or a wrong one let through."""

import json
import re
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from one_claim import graph_of, verdict

import graphdiff as gd
from graphdiff.checking import rate_names
from graphdiff.checking.foreign import without_wrappers


def verdicts(graph, claims, **options):
    return [result.verdict for result in graph.check(claims, **options)]


# Numbers of one's own program


def cancelling():
    graph = gd.Graph()
    a, b, y = graph.input("a", 0.1), graph.input("b", 0.2), graph.input("y", 0.3)
    w = graph.parameter("w", 1)
    e = graph.node("e", w * a + b - y)
    graph.node("L", e**2)
    return graph


def test_zero_is_zero():
    graph = cancelling()
    claims = {"e": [0, "0", 0.0, Decimal("0.0")], "dL/dw": 0, "L": 0, "de/dw": 0.1}
    assert graph.check(claims).ok, str(graph.check(claims))
    assert verdicts(graph, {"e": [1e-9, "0.1", Decimal("1e-3")]}) == ["wrong"] * 3
    array = gd.Graph()
    x = array.input("x", [0.1, 0.2, 0.3])
    array.node("z", x - [0.1, 0.2, 0.3])
    assert array.check({"z": [0, 0, 0]}).ok
    assert verdicts(array, {"z": [0, 0, 0.001]}) == ["wrong"]


@pytest.mark.parametrize(
    ("node", "x"), [("sin(x)**2 + cos(x)**2 - 1", 0.3), ("log(exp(x)) - x", 0.7), ("tanh(x-x)", 2)]
)
def test_what_cancels_to_nothing_is_zero(node, x):
    assert verdict(node, 0, x=x).verdict == "correct"
    assert verdict(node, "0.01", x=x).verdict == "wrong"


def test_floats_of_a_program_count_to_their_type():
    graph = cancelling()
    of_float64 = 1 * 0.1 + 0.2 - 0.3
    of_float32 = np.float32(0.2) - np.float32(0.3) + np.float32(0.1)
    assert of_float64 != 0
    assert of_float32 != 0
    assert graph.check({"e": [of_float64, of_float32, str(of_float64), f"{of_float32:.9g}"]}).ok
    assert verdicts(graph, {"e": [1e-10, np.float32(1e-3)]}) == ["wrong", "wrong"]


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.float16])
def test_every_float_type(kind):
    graph = gd.Graph()
    W, x = graph.parameter("W", [[0.3, -0.2], [0.1, 0.4]]), graph.input("x", [0.5, -1])
    graph.node("a", gd.tanh(W @ x))
    right = np.tanh(kind([[0.3, -0.2], [0.1, 0.4]]) @ kind([0.5, -1]))
    assert right.dtype == kind
    claims = {"a": right, "a[0]": right[0], "a[1]": float(right[1])}
    assert graph.check(claims if kind != np.float16 else {"a": right, "a[0]": right[0]}).ok
    off = right * kind(1.2)
    assert verdicts(graph, {"a": off, "a[0]": off[0]}) == ["wrong", "wrong"]
    assert verdicts(graph, {"a": -right}) == ["wrong"]


def test_texts_of_floats():
    for text in (
        "0.30000000000000004",
        "0.30000001192092896",
        "0.3",
        "np.float64(0.3)",
        "0.30000001",
    ):
        assert verdict("x*1", text, x=0.3).ok, text
    for text in ("0.30000000001", "0.30000100192092896", "0.3000004", "0.30000011"):
        assert verdict("x*1", text, x=0.3).verdict == "wrong", text
    assert verdict("x*1", "0.30000001", x=0.3).note == "as float32"
    assert verdict("x*1", 0.1 + 0.2, x=0.3).verdict == "correct"


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("np.float64(0.25)", "0.25"),
        ("tensor(0.25, dtype=torch.float64)", "0.25"),
        ("tensor([0.25, -1e-3], requires_grad=True)", "[0.25, -1e-3]"),
        ("Array([1., 2.], dtype=float32)", "[1., 2.]"),
        ("[np.float32(0.5), array([1, 2])]", "[0.5, [1, 2]]"),
        ("tensor(x)", "tensor(x)"),
        ("sin(0.25)", "sin(0.25)"),
    ],
)
def test_printed_types_are_taken_off(text, bare):
    assert without_wrappers(text) == bare


class Tensor:
    """What a tensor of PyTorch is to a reader."""

    def __init__(self, values, dtype="torch.float32"):
        self.values, self.dtype = np.asarray(values, np.float32), dtype
        self.shape = self.values.shape

    def detach(self):
        return self

    def cpu(self):
        return self

    def float(self):
        return self

    def numpy(self):
        return self.values

    def __array__(self, *_, **__):
        raise RuntimeError("Can't call numpy() on a tensor that requires grad")


def test_tensors_of_other_libraries():
    graph = gd.Graph()
    graph.node("z", graph.input("x", [0.1, 0.2]) * 3)
    assert graph.check({"z": Tensor([0.3, 0.6]), "z[0]": Tensor(0.3)}).ok
    assert graph.check({"z": Tensor([0.3008, 0.6016], "torch.bfloat16")}).ok
    assert verdicts(graph, {"z": Tensor([0.3, 0.61]), "z[0]": Tensor(0.31)}) == ["wrong", "wrong"]


class JaxArray:
    """What an array of JAX is to a reader."""

    def __init__(self, values):
        self.values = np.asarray(values, np.float32)
        self.dtype, self.shape = self.values.dtype, self.values.shape

    def __array__(self, *_, **__):
        return self.values


def test_arrays_of_jax_and_whatever_else_is_given():
    graph = gd.Graph()
    graph.node("z", graph.input("x", [0.1, 0.2]) * 3)
    assert graph.check({"z": JaxArray([0.3, 0.6]), "z[0]": JaxArray(0.3)}).ok
    assert verdicts(graph, {"z": JaxArray([0.3, 0.61])}) == ["wrong"]

    class Raising:
        dtype = shape = None

        def __array__(self, *_, **__):
            raise KeyError("nothing here")

        __str__ = __repr__ = __array__

    circle = []
    circle.append(circle)
    huge = np.broadcast_to(np.float64(1), (10**5, 10**5))
    others = [Raising(), circle, huge, 10**10000, object(), Decimal("sNaN"), {}, 1j, [[1], [2, 3]]]
    found = verdicts(graph, [*(("z", other) for other in others), ("z[1]", 0.6)])
    assert set(found[:-1]) <= {"unread", "wrong"}
    assert found[-1] == "correct"


def test_real_tensors_of_torch():
    torch = pytest.importorskip("torch")
    graph = gd.Graph()
    graph.node("z", graph.input("x", [0.1, 0.2]) * 3)
    z = torch.tensor([0.1, 0.2], requires_grad=True) * 3
    claims = {"z": [z, z.double(), z.bfloat16()], "z[0]": [z[0], str(z[0].detach())]}
    assert graph.check(claims).ok, str(graph.check(claims))


def test_numbers_of_numpy_are_rounded_but_not_cut_off():
    graph = graph_of("x*1", x=5.5678)
    for kind in (np.float64, np.float32):
        assert graph.check({"z": [np.round(kind(5.5678), 2), kind(5.568)]}).ok
        assert verdicts(graph, {"z": kind(5.56)}) == ["wrong"]
    assert verdict("x*1", "5.56", x=5.5678).note == "cut off, not rounded"
    assert verdict("x*1", "-7.931503e-05", x=-7.93150431806573e-5).note == "as float32"
    assert verdict("x*1", "-7.931507e-05", x=-7.93150431806573e-5).verdict == "wrong"


def test_a_teachers_tolerance_is_the_word():
    def with_tolerance(claim, tolerance):
        return graph_of("x*1", x=0.39322).check({"z": claim}, tolerance=tolerance).results[0]

    assert with_tolerance("0.3965", "1%").verdict == "rounded"
    assert with_tolerance("0.3965", "1%").note == "within the tolerance of 1%"
    assert with_tolerance("0.3932", "1%").verdict == "correct"
    assert with_tolerance("0.3975", "1%").verdict == "wrong"
    assert with_tolerance("0.3941", 0.001).verdict == "rounded"
    assert with_tolerance("0.3943", 0.001).verdict == "wrong"
    assert with_tolerance("0.40", "1%").verdict == "wrong"
    for bad in ("1 %%", "-1%", 0, True, "nan", "a", "1e999", "9" * 99):
        with pytest.raises(gd.GraphdiffError, match="the tolerance is"):
            with_tolerance(1, bad)


# Rounded chains


def test_a_chain_rounded_at_each_step():
    graph = gd.Graph()
    x, w, b, y = (graph.input(n, v) for n, v in (("x", 1.3), ("w", 0.7), ("b", -0.45), ("y", 1)))
    z = graph.node("z", w * x + b)
    a = graph.node("a", gd.sigmoid(z))
    graph.node("L", (a - y) ** 2)
    # 0.46, σ = 0.6130, …: each line from the one above, to two digits
    claims = {"z": "0.46", "a": "0.61", "dL/da": "-0.78", "da/dz": "0.24", "dL/dz": "-0.19"}
    report = graph.check(claims | {"dL/dw": "-0.25", "L": "0.15"})
    assert report.ok, str(report)
    assert report.results[2].verdict == "rounded"
    # each number changed by more than its digits and those above allow
    for target, off in (("dL/da", "-0.82"), ("dL/dz", "-0.16"), ("dL/dw", "-0.29"), ("L", "0.19")):
        assert graph.check(claims | {target: off}).results[list(claims | {target: off}).index(target)
                                                           ].verdict == "wrong"  # fmt: skip


def test_cut_off_and_one_unit_off():
    assert verdict("x*1", "0.249", x=Decimal("0.24988")).note == "cut off, not rounded"
    assert (
        verdict("x*1", "0.2491", x=Decimal("0.24904")).note == "off by one unit of the last digit"
    )
    for wrong in ("0.2492", "0.2488", "-0.2490"):
        assert verdict("x*1", wrong, x=Decimal("0.24904")).verdict == "wrong"
    assert verdict("x*1", "0.501", x=0.5).verdict == "wrong"  # there was nothing to round
    assert verdict("x*1", "0.4", x=0.5).verdict == "wrong"
    assert verdict("x*1", "145", x=145.152).note == "rounded to a whole number"
    assert verdict("x*1", "74.5", x=74.6496).verdict == "wrong"


def test_a_number_rounded_before_is_no_excuse_to_print_more_digits():
    assert verdicts(graph_of("x*1", x=0.39322), {"z": ["0.4", "0.4000"]}) == ["correct", "wrong"]


def test_every_number_keeps_its_text(tmp_path):
    (tmp_path / "a.toml").write_text(
        "[inputs]\nx = 0.04304\n[nodes]\nz = 'x*1'\nv = '[x, 2*x]'\n"
        "[claims]\nz = 0.0430\nv = [0.0430, 0.0861]\n"
    )
    graph, sheet = gd.workbench.load_with_claims(tmp_path / "a.toml")
    first, second = graph.check(sheet)
    assert (first.claimed, first.verdict) == ("0.0430", "correct")
    assert (second.claimed, second.verdict) == ("[0.0430, 0.0861]", "correct")


# Right for the given data


def neuron(**values):
    graph = gd.Graph()
    x, y = graph.input("x", values.get("x", 0.5)), graph.input("y", values.get("y", 0))
    w, b = graph.parameter("w", values.get("w", 2)), graph.parameter("b", -0.3)
    z = graph.node("z", w * x + b)
    a = graph.node("a", gd.sigmoid(z))
    graph.node("L", -(y * gd.log(a) + (1 - y) * gd.log(1 - a)))
    return graph


@pytest.mark.parametrize(
    ("target", "claim", "names"),
    [
        ("L", "-log(1-a)", "y = 0"),
        ("dL/dw", "(a-y)*0.5", "x = 0.5"),
        ("dL/dw", "a*0.5", "x = 0.5, y = 0"),
        ("dL/da", "1/(1 - a)", "y = 0"),
        ("z", "2*x + b", "w = 2"),
        ("z", "w/2 + b", "x = 0.5"),
        ("J[w->z]", "0.5 + 0*w", "x = 0.5"),
    ],
)
def test_values_put_in(target, claim, names):
    (result,) = neuron().check({target: claim})
    assert (result.verdict, result.note) == ("given", f"right with the given {names} put in")
    (strict,) = neuron().check({target: claim}, strict=True)
    assert strict.verdict == "coincidental"


@pytest.mark.parametrize(
    ("target", "claim", "values"),
    [
        ("J[z->a]", "z*(1 - a)", {"x": 0.5, "w": 2}),
        ("L", "-log(1-a)", {"y": 1}),
        ("dL/dw", "(a-y)*w", {"x": 2, "w": 2}),  # the number is right, w is the wrong factor
        ("dL/dz", "a - x", {"x": 0.5, "y": 0.5}),
        ("dL/dw", "(a - y)", {"x": 2}),
    ],
)
def test_what_values_do_not_explain(target, claim, values):
    (result,) = neuron(**values).check({target: claim})
    assert result.verdict in ("wrong", "coincidental")


def test_the_lectures_b_stays_coincidental():
    graph = graph_of({"u": "x*w", "v": "u + b"}, x=1, w=5, b=1)
    assert verdicts(graph, {"J[u->v]": ["b", "x"]}) == ["coincidental", "coincidental"]


# Follows


def test_what_follows_from_a_wrong_number():
    graph = neuron(x=2, y=1)
    report = graph.check({"z": "3.6", "a": "0.9734", "dL/dz": "-0.0266", "dL/dw": "-0.0532"})
    assert [result.verdict for result in report] == ["wrong", "follows", "follows", "follows"]
    assert {result.follows for result in report.results[1:]} == {1}
    assert {result.note for result in report.results[1:]} == {"it follows from z = 3.6"}
    assert report.exit_code == 1


def test_what_follows_from_a_wrong_formula():
    graph = neuron(x=2, y=1)
    claims = {
        "dL/da": ["a - y", "-0.0241"],
        "dL/dz": ["dL/da*a*(1 - a)", "(a - y)*a*(1 - a)", "-0.000567"],
        "dL/dw": "(a - y)*a*(1 - a)*x",
    }
    report = graph.check(claims)
    assert [result.verdict for result in report] == [
        "wrong", "follows", "correct", "follows", "follows", "follows",
    ]  # fmt: skip


def test_a_slip_of_its_own_does_not_follow():
    graph = neuron(x=2, y=1)
    report = graph.check({"z": "3.6", "a": "0.9811"})
    assert [result.verdict for result in report] == ["wrong", "wrong"]
    again = graph.check([("z", "3.6"), ("z", "3.7"), ("a", "0.9759")])
    assert [result.verdict for result in again] == ["wrong", "correct", "correct"]


# Accepted though wrong


@pytest.mark.parametrize("x", [[0.25, 0.75], [0, 1], [1, 0], [-0.5, 1.5]])
def test_inputs_that_sum_to_one_by_chance(x):
    graph = gd.Graph()
    x, y = graph.input("x", x), graph.input("y", 1)
    w, b = graph.parameter("w", [0.5, -1]), graph.parameter("b", 0.1)
    z = graph.node("z", w @ x + b)
    graph.node("L", (z - y) ** 2 / 2)
    report = graph.check({"dL/db": "(z-y)*sum(x)", "dL/dw[0]": "(z-y)*(1-x[1])"})
    assert [result.verdict for result in report] == ["coincidental"] * 2, str(report)
    assert graph.check({"dL/db": "z - y", "dL/dw": "(z-y)*x", "dL/dw[0]": "(z-y)*x[0]"}).ok


def losses(Y, rows=None):
    graph = gd.Graph()
    z, Y = graph.input("z", [0.1, 0.2, 0.5]), graph.input("Y", Y, rows=rows)
    p = graph.node("p", gd.softmax(z))
    return graph, z, Y, p


@pytest.mark.parametrize(
    "loss",
    [
        lambda z, Y, p: gd.cross_entropy(p, Y),
        lambda z, Y, p: gd.cross_entropy_with_logits(z, Y),
        lambda z, Y, p: -(Y * gd.log(p)).sum(),
        lambda z, Y, p: (-Y * gd.log(p)).sum(),
        lambda z, Y, p: -(Y @ gd.log(p)),
        lambda z, Y, p: -gd.sum(Y * gd.log_softmax(z)),
    ],
)
def test_targets_of_a_cross_entropy_are_probabilities(loss):
    graph, z, Y, p = losses([0, 1, 0])
    graph.node("L", loss(z, Y, p))
    (result,) = graph.check({"dL/dz": "p - Y"})
    assert (result.verdict, result.note) == ("correct", "right if the rows of Y sum to 1")
    assert verdicts(graph, {"dL/dz": "p + Y"}) == ["wrong"]
    graph, z, Y, p = losses([0, 1, 1])
    graph.node("L", loss(z, Y, p))
    assert verdicts(graph, {"dL/dz": "p - Y"}) == ["wrong"]


def test_targets_of_a_binary_cross_entropy_are_none():
    graph = gd.Graph()
    z, y = graph.input("z", [0.1, 0.5]), graph.input("y", [0, 1])
    a = graph.node("a", gd.sigmoid(z))
    graph.node("L", -(y * gd.log(a) + (1 - y) * gd.log(1 - a)).sum())
    assert graph.check({"dL/dz": "a - y"}).ok
    assert verdicts(graph, {"dL/dz": "(a - y)*sum(y)"}) == ["coincidental"]


def test_an_input_declared_so_is_one():
    graph, _, Y, p = losses([0, 1, 0], rows="distribution")
    graph.node("L", (p * Y).sum() + Y.sum())
    (result,) = graph.check({"L": "p @ Y + 1"})
    assert (result.verdict, result.note) == ("correct", "right since the rows of Y sum to 1")


# Sampling


@pytest.mark.parametrize("at", ["-30", "5000", "-123456", "0.0003", "-7/9"])
@pytest.mark.parametrize("sign", ["<", ">"])
def test_cases_are_found_on_every_scale(at, sign):
    outside = f"where(x {sign} {at}, 2*x + 1, 2*x)"
    inside = f"where(x {sign} {at}, 2*x, 2*x + 1)"
    for claim in (outside, inside):
        assert not verdict("2*x", claim, x=2).ok, claim
        assert not verdict(claim, "2*x", x=2).ok, claim
    assert verdict("2*x", f"where(x {sign} {at}, x + x, 2*x)", x=2).verdict == "correct"


def test_a_smaller_domain_is_said():
    result = verdict("log(x**2)", "2*log(x)", x=3)
    assert result.verdict == "correct"
    assert result.note.startswith("where it has a value: it has none at x = -")
    assert verdict("2*log(x)", "log(x**2)", x=3).note == ""


# Nothing said


@pytest.mark.parametrize(
    "claims",
    [{"dz/dx": "dz/dx"}, {"P[x]": "P[x]"}, {"z": "z"}, {"P[x]": "dz/dx"}, {"z": "2*z - z"},
     {"J[x->z]": "J[x->z]*1"}, {"z": "z + 0*x"}],
)  # fmt: skip
def test_a_claim_that_repeats_itself_says_nothing(claims):
    (result,) = graph_of("x**2", x=3).check(claims)
    assert result.verdict == "says-nothing"
    assert not result.ok


def test_a_claim_that_says_something():
    graph = graph_of({"u": "x**2", "z": "u*x"}, x=3)
    claims = {"dz/dx": "dz/du*du/dx + u", "P[x]": ["P[u]*J[x->u] + J[x->z]"], "u": "z/x"}
    assert verdicts(graph, claims) == ["correct"] * 3


# Kinks and ties


def test_other_conventions_at_kinks():
    for claim in ("1/2", 1, 0.5, "1.0"):
        assert verdict("relu(x)", claim, "dz/dx", x=0).verdict == "convention"
        assert verdict("where(x > 0, x, 0)", claim, "dz/dx", x=0).verdict == "convention"
    assert verdict("relu(x)", 0, "dz/dx", x=0).verdict == "correct"
    for claim in (0.7, -1, 2):
        assert verdict("relu(x)", claim, "dz/dx", x=0).verdict == "wrong"
    for x in (1, -1):
        assert verdict("relu(x)", "1/2", "dz/dx", x=x).verdict == "wrong"
    assert verdict("abs(x)", [1], "dz/dx", x=0).verdict == "convention"
    assert verdict("leaky_relu(x)", 1, "dz/dx", x=0).verdict == "convention"


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ([0, "1/2", "1/2"], "correct"),
        ([0, 1, 0], "convention"),
        ([0, 0, 1], "convention"),
        ([0, 1, 1], "convention"),
        ([1, 0, 0], "wrong"),
        ([0, 0, 0], "wrong"),
        ([0, 0.7, 0.3], "wrong"),
    ],
)
def test_tied_maxima(claim, expected):
    graph = gd.Graph()
    graph.node("z", graph.input("x", [1, 2, 2]).max())
    (result,) = graph.check({"dz/dx": claim})
    assert result.verdict == expected


def test_a_convention_is_followed_through_a_graph():
    graph = gd.Graph()
    w, x = graph.parameter("w", 2), graph.input("x", 0)
    h = graph.node("h", gd.relu(w * x))
    graph.node("L", (h - 3) ** 2)
    assert verdicts(graph, {"dL/dx": [0, -12, -6]}) == ["correct", "convention", "convention"]
    assert verdicts(graph, {"dL/dx": [-3, 12]}) == ["wrong", "wrong"]


# Targets


def quadratic():
    graph = gd.Graph()
    w, b, x = graph.parameter("w", 0.5), graph.parameter("b", 1), graph.input("x", 3)
    graph.node("L", (w * x + b) ** 2 * w)
    return graph


@pytest.mark.parametrize(
    "target", ["d2L/dw2", "d2L/dw^2", "∂²L/∂w²", "d^2L/dw^2", "H[w, w]", "d2L/dwdw", "d2L/dw dw"]
)
def test_second_derivatives(target):
    assert verdicts(quadratic(), {target: ["2*w*x**2 + 4*x*(w*x + b)", 39, 38]}) == [
        "correct", "correct", "wrong",
    ]  # fmt: skip


def test_mixed_second_derivatives_and_arrays():
    graph = quadratic()
    claims = {"d2L/dwdb": ["4*w*x + 2*b", 8], "H[w, b]": "d2L/dbdw", "d2L/db2": "2*w"}
    assert graph.check(claims).ok, str(graph.check(claims))
    assert graph.check({"d2L/dw2": 39}).results[0].verdict == "correct"
    arrays = gd.Graph()
    x = arrays.input("x", [1, 2])
    arrays.node("L", x[0] ** 2 * x[1])
    claims = {"H[x, x]": [[4, 2], [2, 0]], "d2L/dx2": "[[2*x[1], 2*x[0]], [2*x[0], 0]]"}
    assert arrays.check(claims).ok, str(arrays.check(claims))
    assert arrays.check({"d2L/dx2[0, 1]": 2}).ok
    (unread,) = arrays.check({"d2x/dx2": 0})
    assert unread.verdict == "unread"


def test_products_with_a_seed():
    graph = gd.Graph()
    x = graph.input("x", [1, 2])
    graph.node("z", x**2 * [1, 3])
    claims = {
        "J[x->z] @ [1, 0]": "[2, 0]",
        "dz/dx @ [1, 1]": [2, 12],
        "[1, 1] @ J[x->z]": "[2*x[0], 6*x[1]]",
        "-z": "-x**2*[1, 3]",
        "2*dz/dx": [[4, 0], [0, 24]],
    }
    assert graph.check(claims).ok, str(graph.check(claims))
    assert verdicts(graph, {"J[x->z] @ [1, 0]": "[0, 2]"}) == ["wrong"]


@pytest.mark.parametrize("name", [*sorted(rate_names.CLEAR), "learning_rate", "step_size"])
def test_each_name_of_a_learning_rate_is_read_where_no_node_is_called_so(name):
    graph = gd.Graph()
    w = graph.parameter("w", 1)
    graph.node("L", w**2)
    claims = {"w@1": f"w - {name}*dL/dw"}
    assert verdicts(graph, claims, learning_rate=0.1) == ["correct"]
    assert verdicts(graph, claims) == ["unread"]
    graph = gd.Graph()
    w, given = graph.parameter("w", 1), graph.input(name, 0.5)
    graph.node("L", given * w**2)
    assert verdicts(graph, claims, learning_rate=0.1) == ["wrong"]


def test_steps_of_gradient_descent():
    graph = gd.Graph()
    w, b, x = graph.parameter("w", 1), graph.parameter("b", 0.5), graph.input("x", 2)
    graph.node("L", (w * x + b - 1) ** 2)
    claims = {
        "dL/dw": "2*(w*x + b - 1)*x",
        "w@1": ["w - eta*dL/dw", "w - 0.1*2*(w*x + b - 1)*x", 0.4],
        "b@1": 0.2,
        "L@1": ["(w@1*x + b@1 - 1)**2", 0],
        "w@2": ["w@1 - eta*dL/dw@1", "0.4"],
    }
    report = graph.check(claims, learning_rate="1/10")
    assert report.ok, str(report)
    wrong = {"w@1": ["w + eta*dL/dw", "w - dL/dw", 1.6], "b@1": 0.4}
    assert "correct" not in verdicts(graph, wrong, learning_rate=0.1)
    (unread,) = graph.check({"w@1": 0.4})
    assert "learning rate" in unread.note


def test_arrays_of_one_and_attempts_and_suppositions():
    graph = graph_of({"v": "x**2 + x", "L": "v**2"}, x=2)
    assert graph.check({"v": [[6]], "L": np.array([[36.0]])}).ok
    assert verdicts(graph, [("v", 5), ("v", 6)]) == ["wrong", "correct"]
    assert graph.check({"L": "121.022001", "dL/dv": 22.002, "v": 11.001}, v=11.001).ok
    with pytest.raises(gd.GraphdiffError, match="unknown node 'q'"):
        graph.check({"v": 6}, {"q": 1})


def test_cases_of_a_file(tmp_path):
    (tmp_path / "and.toml").write_text(
        "[inputs]\na = 0\nb = 0\n[nodes]\ny = 'step(a + b - 1.5)'\n[claims]\ny = 0\n"
        + "".join(
            f"[[cases]]\na = {a}\nb = {b}\nclaims = {{y = {y}}}\n"
            for a, b, y in [(0, 1, 0), (1, 0, 1), (1, 1, 1)]
        )
    )
    graph, sheet = gd.workbench.load_with_claims(tmp_path / "and.toml")
    report = graph.check(sheet)
    assert [(result.case, result.verdict) for result in report] == [
        ("", "correct"), ("a = 0, b = 1", "correct"), ("a = 1, b = 0", "wrong"),
        ("a = 1, b = 1", "correct"),
    ]  # fmt: skip
    assert "a = 1, b = 0:\n✗ y = 1: wrong" in str(report)


# What is said


def test_notes_are_true():
    assert "rounds" not in verdict("x*1", "0.31", x=0.3).note
    assert verdict("x*1", "0.33", x=0.3).note == "it is 0.3; the last digit is off by 3"
    assert verdict("x/3", "0.35", x=1).note == (
        "it is 0.333333, which rounds to 0.33; the last digit is off by 2"
    )
    graph = gd.Graph()
    graph.node("B", graph.input("A", np.arange(9.0).reshape(3, 3)) / 7)
    (result,) = graph.check({"B": [[0, 0, 0]] * 3})
    assert "norm" not in result.expected
    assert "np.float64" not in str(graph.check({"B": [np.float64(0.5)] * 9}))


def test_lines_cannot_be_forged():
    graph = graph_of("x*1", x=2)
    report = graph.check({"z": "3 +\n✓ z = 2: correct\n0", "z\n✓ all": 1, "z ": "5\x1b[2J"})
    assert not report.ok
    lines = str(report).splitlines()
    assert len(lines) == len(report) + 1
    assert not any(line.startswith("✓") for line in lines)
    assert "\x1b" not in str(report)
    assert json.loads(report.json())["ok"] is False


# Pages of others

WORKSHEETS = json.loads((Path(__file__).with_name("worksheets.json")).read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", WORKSHEETS, ids=lambda page: page["name"])
def test_hand_computed_pages(page, tmp_path):
    """Verdicts on pages of public repositories, as facts; their sources are named in the file."""
    (tmp_path / "a.toml").write_text(page["graph"], encoding="utf-8")
    graph = gd.load(tmp_path / "a.toml")
    pairs = [(line["target"], line["claimed"]) for line in page["lines"]]
    report = graph.check(pairs, learning_rate=page["learning_rate"])
    found = [result.verdict for result in report]
    assert found == [line["verdict"] for line in page["lines"]], str(report)
    assert not re.search("nan|inf", str(report))


@pytest.mark.parametrize("part", [2e-11, -2e-11, 1e-9])
def test_floats_are_right_to_twelve_digits_and_no_fewer(part):
    off = 0.7312345678901234 * (1 + part)
    for claim in (off, np.float64(off), repr(off), f"{off:.15g}"):
        assert verdict("x*1", claim, x=0.7312345678901234).verdict == "wrong"
    near = 0.7312345678901234 * (1 + part / 1e5)
    assert verdict("x*1", near, x=0.7312345678901234).verdict == "correct"


# Numbers of lines above put into formulas


def small_neuron():
    graph = gd.Graph()
    x, w, y = graph.input("x", 2), graph.parameter("w", 0.5), graph.input("y", 1)
    z = graph.node("z", w * x)
    a = graph.node("a", gd.sigmoid(z))
    graph.node("L", (a - y) ** 2)
    return graph


def test_numbers_of_lines_above_may_stand_in_a_formula():
    right = [
        ("z", ["w*x", 1]),
        ("a", ["sigmoid(z)", 0.731]),
        ("dL/da", ["2*(a - y)", "2*(0.731 - y)", -0.538]),
        ("dL/dz", ["dL/da*a*(1 - a)", "-0.538*a*(1 - a)", -0.106]),
        ("dL/dw", ["-0.106*x", -0.212]),
    ]
    assert small_neuron().check(right).ok, str(small_neuron().check(right))
    assert verdicts(small_neuron(), right, strict=True).count("coincidental") == 3
    wrong = [*right[:3], ("dL/dz", ["-0.538*a*a"]), ("dL/dw", ["-0.538*x", "0.106*x"])]
    assert verdicts(small_neuron(), wrong)[-3:] == ["wrong"] * 3


def test_a_formula_with_a_wrong_number_of_a_line_above_follows():
    claims = [("a", [0.731]), ("dL/da", [-0.269]), ("dL/dz", ["-0.269*a*(1 - a)"])]
    *_, result = small_neuron().check(claims)
    assert (result.verdict, result.follows) == ("follows", 2)


def test_a_number_put_in_for_what_all_else_hangs_on():
    graph = graph_of({"p": "y - x", "q": "exp(p)", "r": "p/q"}, x=-1.3, y=0.9)
    assert graph.check([("p", [2.2]), ("r", ["p/q", "2.2/q", 0.244])]).ok
    assert verdicts(graph, [("p", [2.2]), ("r", ["p/q", "2.3/q", "q/2.2"])])[-2:] == ["wrong"] * 2
    powers = graph_of({"s": "u*y", "v": "s*y"}, u=3.0, y=-1.42)
    assert powers.check([("ds/du", ["y", -1.42]), ("dv/du", ["ds/du*y", "ds/du*(-1.42)"])]).ok


def test_the_number_that_is_one_by_chance_stays_coincidental():
    assert verdicts(small_neuron(), [("z", [1]), ("L", ["(a - z)**2"])])[-1] == "coincidental"
    assert verdicts(small_neuron(), [("z", [1]), ("dL/da", ["2*(a - z)"])])[-1] == "coincidental"
