"""Numbers of one digit: what is computed from them is right, but they excuse no other result."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import graphdiff as gd

COARSE = [
    "0",
    "1",
    "0.0",
    "1e0",
    "1E+0",
    "10^0",
    "10**0",
    "1.",
    "1.0",
    "-0",
    "0e0",
    "1e1",
    "8e-1",
    "0.8",
]


def neuron(x=2, w=0.5, b=0.17, y=1):
    """A neuron, whose a is 0.763 and dL/dz −0.0856 if nothing else is said."""
    g = gd.Graph()
    z = g.node("z", g.input("x", x) * g.parameter("w", w) + g.parameter("b", b))
    a = g.node("a", gd.sigmoid(z))
    g.node("L", (a - g.input("y", y)) ** 2)
    return g


def verdicts(graph, *claims):
    report = graph.check(claims, diagnose=False)
    return [result.verdict for result in report], [result.ok for result in report]


@pytest.mark.parametrize("first", COARSE)
@pytest.mark.parametrize(
    "later", ["0", "0.00", "-0", "0.086", "0.1", "1e-1", "-0.2", "1e-3", "-1e0"]
)
def test_a_coarse_number_excuses_nothing_that_is_off_by_all_of_it(first, later):
    _, accepted = verdicts(neuron(), ("a", first), ("dL/dz", later))
    assert not accepted[1]


@pytest.mark.parametrize("later", ["-0.1", "-0.09", "-0.064"])
def test_what_comes_of_one_digit_is_accepted(later):
    assert verdicts(neuron(), ("a", "0.8"), ("dL/dz", later))[1] == [True, True]


@pytest.mark.parametrize("arithmetic", ["1e0 - 1", "1e0 - 1.0", "1.2 - 1e0 - 0.9", "-1e0*0.3"])
def test_decimals_of_one_digit_excuse_no_other_arithmetic(arithmetic):
    g = gd.Graph()
    g.node("u", g.input("x", 0.17) + g.input("t", 0.13))
    assert verdicts(g, ("u", arithmetic))[1] == [False]


@pytest.mark.parametrize(
    "claims",
    [
        (("a", "1e0"), ("dL/dz", "2*(a - y)*1e0*(1 - 1e0)")),
        (("a", "1e0"), ("dL/dw", ["2*(1e0 - 1)*1e0*(1 - 1e0)*2", "0"])),
        (("a", "1e0"), ("L", "0"), ("dL/da", "0"), ("dL/dz", "0"), ("dL/dw", "0"), ("dL/db", "0")),
    ],
)
def test_nothing_of_a_page_of_coarse_numbers_is_accepted_but_the_first(claims):
    _, accepted = verdicts(neuron(), *claims)
    assert not any(accepted[1:])


def test_what_cancels_may_be_left_with_few_digits():
    """1.0003 − 0.9996, each to three digits, is 0.00, of which nothing is right."""
    g = gd.Graph()
    u, v = g.node("u", g.input("x", 1.00034) * 1), g.node("v", g.input("t", 0.99964) * 1)
    g.node("d", u - v)
    assert verdicts(g, ("u", "1.0003"), ("v", "0.9996"), ("d", "0.0007"))[1] == [True] * 3
    assert verdicts(g, ("u", "1.00"), ("v", "1.00"), ("d", "0.000"))[1] == [True] * 3
    assert verdicts(g, ("u", "1.00"), ("v", "1.00"), ("d", "0.5"))[1] == [True, True, False]


def printed(value, digits):
    return f"{value:.{digits - 1}e}"


@settings(deadline=None, max_examples=60)
@given(
    st.floats(-1.5, 1.5), st.floats(0.2, 1.5), st.floats(-1, 1), st.sampled_from([0, 1]),
    st.integers(1, 4),
)  # fmt: skip
def test_chains_from_printed_numbers_are_right_unless_nothing_is_left(x, w, b, y, digits):
    """Each line from the printed ones above it, as on a page that is computed by hand."""
    x, w, b = (round(value, 2) for value in (x, w, b))
    g = neuron(x, w, b, y)
    lines, said, near = [], {}, True

    def line(target, value, right):
        nonlocal near
        shown = printed(value, digits)
        said[target] = float(shown)
        lines.append((target, shown))
        near = near and abs(value - right) < 0.6 * abs(right)

    values = {"z": x * w + b}
    values["a"] = 1 / (1 + math.exp(-values["z"]))
    slope = values["a"] * (1 - values["a"])
    line("z", values["z"], values["z"])
    line("a", 1 / (1 + math.exp(-said["z"])), values["a"])
    line("dL/da", 2 * (said["a"] - y), 2 * (values["a"] - y))
    line("da/dz", said["a"] * (1 - said["a"]), slope)
    line("dL/dz", said["dL/da"] * said["da/dz"], 2 * (values["a"] - y) * slope)
    line("dL/dw", said["dL/dz"] * x, 2 * (values["a"] - y) * slope * x)
    report = g.check([(target, [shown]) for target, shown in lines], diagnose=False)
    assert report.ok or not near, f"{x=} {w=} {b=} {y=}\n{report}"
    for result in report:
        if result.verdict == "rounded":
            right = float(result.expected)
            assert abs(float(result.claimed) - right) < abs(right) * 1.01 + 1e-9, str(report)


@pytest.mark.parametrize("true", [0.3, 0.5, 0.62, -0.62, 6.1, -14, 40, 271.8, 0])
@pytest.mark.parametrize(
    "said", ["0e0", "1e0", "-1e0", "1e1", "2e1", "3e2", "0e2", "1e3", "≈ 0", "≈ 1", "≈ 10", "≈ -1"]
)
def test_a_number_with_no_decimals_is_off_by_half_of_what_is_right_at_most(true, said, tmp_path):
    g = gd.Graph()
    g.node("u", g.input("x", true) * 1)
    if said[0] == "≈":
        (tmp_path / "page.md").write_text(f"$u {said}$", encoding="utf-8")
        report = g.check_file(tmp_path / "page.md", diagnose=False)
    else:
        report = g.check({"u": said}, diagnose=False)
    off = abs(float(said.strip("≈ ")) - true)
    unit = 10 ** int(said.partition("e")[2] or 0)
    assert report.ok == (off <= unit / 2 and off <= abs(true) / 2)
    if off < unit / 2 and not report.ok and unit == 1 and float(said.strip("≈ ")):
        assert report.results[0].note.endswith("has too few digits to say so")
