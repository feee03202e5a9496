"""Floats, arrays and tensors of programs: judged to the digits of their type, as texts to theirs."""

from decimal import Decimal

import numpy as np
import pytest
from one_claim import graph_of, verdict

import graphdiff as gd
from graphdiff.checking.foreign import without_wrappers


def verdicts(graph, claims, **options):
    return [result.verdict for result in graph.check(claims, **options)]


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


@pytest.mark.parametrize("part", [2e-11, -2e-11, 1e-9])
def test_floats_are_right_to_twelve_digits_and_no_fewer(part):
    off = 0.7312345678901234 * (1 + part)
    for claim in (off, np.float64(off), repr(off), f"{off:.15g}"):
        assert verdict("x*1", claim, x=0.7312345678901234).verdict == "wrong"
    near = 0.7312345678901234 * (1 + part / 1e5)
    assert verdict("x*1", near, x=0.7312345678901234).verdict == "correct"
