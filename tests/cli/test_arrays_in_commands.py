"""Arrays on the command line, in pictures and in derivations."""

import json

import pytest
from command_line import LAYER


def test_arrays_on_the_command_line(run, layer):
    code, out, _ = run("run", layer, "--set", "t=[1/2, 1]", "--exact", "--format", "json")
    nodes = {node["name"]: node for node in json.loads(out)["nodes"]}
    assert code == 0
    assert nodes["t"]["value"] == ["1/2", "1"]
    assert nodes["L"]["value"] == "13"
    assert nodes["W"]["gradient"] == [["-4", "-8"], ["6", "12"]]
    code, out, _ = run("run", layer, "--set", "t=[0, 0]", "--set", "W = [[1, 0], [0, 1]]")
    assert code == 0
    for part in ("shape", "(2, 2)", "in the shape of u^i", "[[2, 4], [4, 8]]", "2 × 4"):
        assert part in out


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([], "no value for 't'; write it into the file, or give it here: --set 't=[1, 1]'"),
        (["--set", "t=[1, 2, 3]"], "the value of input 't' has shape (3,); the node's is (2,)"),
        (["--set", "t=1"], "the value of input 't' has shape (); the node's is (2,)"),
        (["--set", "t=[1, [2]]"], "the rows of the list at column 1 are not equally long"),
        (["--set", "t=[1, x]"], "the value of 't' is '[1, x]'; it must be a number"),
        (["--set", "t=[1, __import__('os')]"], "the value of 't' is"),
        (["--set", "t=[1e400, 2]"], "a number beyond 1e±300"),
    ],
)
def test_arrays_that_do_not_fit_are_one_line(fails, layer, arguments, problem):
    assert problem in fails("run", layer, *arguments)


def test_sizes_that_are_letters_or_many(folder, run, fails):
    (folder / "s.toml").write_text(
        LAYER.replace("[1, 2]", '{ shape = ["n"] }').replace(
            '[["1/2", -1], [0, 2]]', '{ shape = [2, "n"] }'
        ),
        encoding="utf-8",
    )
    assert fails("run", "s.toml") == (
        "s.toml: no value for 'x', 't', 'W'; the sizes (n,) of 'x' are letters; an array says "
        "what they are, --set x=…; else use derive"
    )
    code, out, _ = run("draw", "s.toml", "-o", "s.svg")
    assert (code, out.splitlines()[-1]) == (0, "wrote s.svg")
    (folder / "m.toml").write_text(
        'inputs.X = {shape = [20, 4]}\nnodes.L = "sum(X)"', encoding="utf-8"
    )
    assert fails("run", "m.toml").endswith("into the file, as an array of shape (20, 4)")


@pytest.mark.parametrize("suffix", ["svg", "png", "dot"])
def test_pictures_of_tensors(run, folder, layer, suffix):
    code, out, _ = run("draw", layer, "--set", "t=[0, 1]", "-o", f"layer.{suffix}")
    assert (code, out) == (0, f"wrote layer.{suffix}\n")
    assert (folder / f"layer.{suffix}").stat().st_size > 500


@pytest.mark.parametrize("written", ["text", "markdown", "latex"])
def test_derivations_of_tensors(run, layer, written):
    code, out, _ = run("derive", layer, "--set", "t=[0, 1]", "--wrt", "W", "--format", written)
    assert code == 0
    assert ("outer(" if written == "text" else r"x^{\top}") in out
