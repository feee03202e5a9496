"""The commands train and optimisers."""

import re

import numpy as np
import pytest

import graphdiff as gd
from graphdiff.learning.methods import METHODS

LINE = """
output = "E"
[inputs]
x = {shape = [2]}
y = {}
[parameters]
w = [0, 0]
b = 0
[nodes]
E = "(w @ x + b - y)**2"
"""
ROWS = np.random.default_rng(0).normal(size=(40, 2))
TARGETS = ROWS @ [2, -3] + 1
QUICK = ("--learning-rate", "0.2", "--epochs", "150")


@pytest.fixture
def line(folder):
    (folder / "line.toml").write_text(LINE)

    def written(*header):
        table = [
            ",".join(header),
            *(f"{a},{b},{t}" for (a, b), t in zip(ROWS, TARGETS, strict=True)),
        ]
        (folder / "line.csv").write_text("\n".join(table) + "\n")

    written("x_1", "x_2", "y")
    np.savez(folder / "line.npz", x=ROWS, y=TARGETS)
    return written


@pytest.mark.parametrize(
    ("header", "more"),
    [
        (("x_1", "x_2", "y"), ()),
        (("x1", "x2", "y"), ()),
        (("size", "age", "y"), ()),
        (("size", "age", "price"), ("--target", "price")),
    ],
)
def test_a_graph_learns_from_the_columns_of_a_table(run, folder, line, header, more):
    line(*header)
    code, out, err = run(
        "train", "line.toml", "--data", "line.csv", *QUICK, *more, "-o", "found.toml"
    )
    assert (code, err) == (0, "")
    assert "all 150 epochs done, after 300 steps" in out
    found = gd.load(folder / "found.toml")
    assert np.allclose(found["w"].value, [2, -3], atol=1e-3)
    assert found["b"].value == pytest.approx(1, abs=1e-3)


def test_a_page_about_the_training_is_written_beside_the_graph(run, folder, line):
    code, out, err = run("train", "line.toml", "--data", "line.csv", "--epochs", "5", "--validation", "0.2",
                         "-o", "found.toml", "-o", "page.html")  # fmt: skip
    assert (code, err) == (0, "")
    assert "wrote found.toml" in out.replace(str(folder) + "/", "")
    page = (folder / "page.html").read_text(encoding="utf-8")
    for said in ("line.csv", "part to validate with", "validation", "<figure"):
        assert said in page
    code, _, err = run(
        "train", "line.toml", "--data", "line.csv", "--epochs", "1", "-o", "page.html"
    )
    assert code
    assert "exists" in err


def test_it_learns_from_an_archive_as_from_a_table(run, line):
    table = run("train", "line.toml", "--data", "line.csv", "--epochs", "3")
    assert run("train", "line.toml", "--data", "line.npz", "--epochs", "3") == table


def test_values_in_the_file_are_data_too(run, folder):
    (folder / "one.toml").write_text(
        'output = "L"\n[inputs]\nx = {samples = [0, 1, 2]}\ny = {samples = [1, 3, 5]}\n'
        '[parameters]\nw = 0\nb = 0\n[nodes]\nL = "(x*w + b - y)**2"\n'
    )
    code, out, _ = run("train", "one.toml", "--optimiser", "gradient-descent", "--learning-rate", "1/5",
                       "--epochs", "500")  # fmt: skip
    assert code == 0
    cells = [[cell.strip() for cell in row.split("│")] for row in out.splitlines()]
    found = {row[1]: float(row[2]) for row in cells if len(row) > 2 and row[1] in ("w", "b")}
    assert found == {"w": pytest.approx(2), "b": pytest.approx(1)}


def test_it_validates_stops_early_and_goes_on(run, line):
    common = (
        "train",
        "line.toml",
        "--data",
        "line.csv",
        "--validation",
        "0.25",
        "--checkpoint",
        "run.npz",
    )
    first = run(*common, "--epochs", "2")[1]
    assert "validation" in first
    second = run(*common, "--epochs", "4")[1]
    rows = [["".join(row.split()) for row in out.splitlines()] for out in (first, second)]
    assert [row in rows[1] for row in rows[0] if row.startswith("│2│")] == [True]
    code, out, _ = run(*common[:6], "--learning-rate", "0.3", "--epochs", "900", "--patience", "5")
    assert (code, "stopped early, 5 epochs" in out) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("--data", "line.csv", "--optimiser", "adan"),
            "unknown method 'adan'; did you mean 'adam'?",
        ),
        (
            ("--data", "line.csv", "--learning-rate", "-1"),
            "the learning rate is -1; give a number of (0, inf)",
        ),
        (("--data", "line.csv", "--setting", "beta1=0.8"), "did you mean 'beta_1'?"),
        (("--data", "line.csv", "--setting", "beta"), "write NAME=VALUE"),
        (("--data", "line.csv", "--batch-size", "50"), "a batch has 50 rows, and the data 40"),
        (("--data", "line.csv", "--epochs", "0"), "epochs is 0"),
        (
            ("--data", "line.csv", "--target", "price"),
            "'line.csv' has no column 'price'; it has 'x_1', 'x_2', 'y'",
        ),
        (("--data", "line.npz", "--target", "price"), "price"),
        (("--target", "price"), "--target 'price' is a column of a file; name the file, --data"),
        (("--data", "line.csv", "--residuals", "r"), "unknown node 'r'"),
        (("--data", "line.csv", "--optimiser", "gauss_newton"), "needs the residuals"),
        (("--data", "none.csv"), "cannot read 'none.csv'"),
        (("--data", "line.toml"), "is of no kind that is read as data"),
        ((), "input 'x' has no value; give data"),
    ],
)
def test_what_makes_no_sense_is_one_line(run, line, arguments, said):
    code, out, err = run("train", "line.toml", *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(("mark", "said"), [(";", "';'"), ("\t", "tabs"), ("|", "'|'")])
def test_another_separator_is_said(run, folder, line, mark, said):
    table = (folder / "line.csv").read_text()
    (folder / "line.csv").write_text(table.replace(",", mark))
    code, _, err = run("train", "line.toml", "--data", "line.csv")
    assert code == 2
    assert f"'line.csv' has {said} between its columns; the separator of a .csv is a comma" in err
    (folder / "sum.toml").write_text('[inputs]\nx = {file = "line.csv"}\n[nodes]\ny = "sum(x)"\n')
    with pytest.raises(gd.GraphdiffError, match=f"{re.escape(said)} between its columns"):
        gd.load(folder / "sum.toml")


@pytest.mark.parametrize("target", ["price", "size"])
def test_a_target_that_is_left_over_must_be_named_right(run, folder, line, target):
    (folder / "one.toml").write_text(
        "[inputs]\nx = {shape = [2]}\ny = {shape = [1]}\n[parameters]\nw = [0, 0]\n"
        '[nodes]\nE = "sum((w @ x - y)**2)"\n'
    )
    line("a", "b", "cost")
    code, _, err = run("train", "one.toml", "--data", "line.csv", "--target", target)
    assert (code, err.count("\n")) == (2, 1)
    assert f"has no column '{target}'; it has 'a', 'b', 'cost'" in err
    assert (
        run("train", "one.toml", "--data", "line.csv", "--target", "cost", "--epochs", "1")[0] == 0
    )


def test_a_target_of_a_graph_without_such_an_input_is_refused(run, folder, line):
    (folder / "one.toml").write_text(
        '[inputs]\nx = {}\n[parameters]\nw = 0\n[nodes]\nE = "(w - x)**2"\n'
    )
    line("x", "b", "price")
    code, _, err = run("train", "one.toml", "--data", "line.csv", "--target", "price")
    assert code == 2
    assert "the graph has no input that is called a target (y, Y, t, T) to take 'price'" in err


@pytest.mark.parametrize("method", ["gauss_newton", "levenberg-marquardt"])
def test_least_squares_take_their_residuals_by_name(run, folder, line, method):
    (folder / "line.toml").write_text(LINE.replace('E = "(w', 'r = "w').replace(
        'y)**2"', 'y"\nE = "r**2"'))  # fmt: skip
    common = ("train", "line.toml", "--data", "line.csv", "--optimiser", method, "--epochs", "5")
    code, _, err = run(*common, "--residuals", "r", "-o", "found.toml")
    assert (code, err) == (0, "")
    assert np.allclose(gd.load(folder / "found.toml")["w"].value, [2, -3], atol=1e-3)
    assert "'E' is no multiple of the sum of squares of 'E'" in run(*common, "--residuals", "E")[2]


def test_every_method_is_listed_with_its_formulas(run):
    code, out, _ = run("optimisers")
    assert code == 0
    for name, made in METHODS.items():
        assert f"{name}: {made().rule.title}" in out
        shown = run("optimisers", name.replace("_", " "))[1]
        assert all(line in shown for line in made().rule.text().splitlines())
        assert made().rule.reference in shown
    assert r"\theta_{t}" in run("optimisers", "adam", "--latex")[1]
