"""The command trace."""

import json

import pytest


def test_reverse_mode_is_the_default(run):
    code, out, _ = run("trace", "colah.toml")
    assert code == 0
    assert "adjoint[b] += adjoint[c]*J[b->c] = adjoint[c]*1 = 2*1 = 2   -> adjoint[b] = 5" in out


def test_forward_mode_and_dual_numbers(run):
    out = run("trace", "colah.toml", "--mode", "forward", "--wrt", "b")[1]
    assert "tangent[e] = d*tangent[c] + c*tangent[d] = 2*1 + 3*1 = 5" in out
    out = run("trace", "colah.toml", "--mode", "dual", "--wrt", "a=2", "--wrt", "b=1/3", "--exact")[
        1
    ]
    assert "5  e = (3 + (7/3)ε)*(2 + (1/3)ε) = 6 + (17/3)ε" in out


@pytest.mark.parametrize(
    ("form", "begin"),
    [
        ("markdown", "## Evaluation trace"),
        ("latex", "\\documentclass"),
        ("html", "<!DOCTYPE html>"),
        ("json", "{"),
        ("text", "Evaluation trace"),
    ],
)
def test_every_format(run, form, begin):
    code, out, _ = run("trace", "colah.toml", "--format", form)
    assert code == 0
    assert out.startswith(begin)
    if form == "json":
        assert json.loads(out)["adjoint"]["b"] == 5.0
        assert json.loads(out)["multiplications"] == {"reverse": 5, "forward": 6}


def test_fragments_go_into_documents_of_ones_own(run):
    assert "documentclass" not in run("trace", "colah.toml", "--format", "latex", "--fragment")[1]
    out = run("trace", "colah.toml", "--format", "html", "--fragment")[1]
    assert out.startswith("<svg")
    assert "<html" not in out


def test_directions_and_cotangents_of_arrays(run, layer):
    along = ("trace", layer, "--set", "t=[0, 1]", "--mode", "forward", "--wrt")
    assert "tangent[z] = tangent[W] @ x = [2, 0]" in run(*along, "W[0, 1]")[1]
    assert "= [-1, 6]" in run(*along, "x=[0, 1]", "--wrt", "W=[[0, 0], [0, 2]]")[1]
    back = ("trace", layer, "--set", "t=[0, 1]", "--output", "z", "--cotangent", "[1, 0]")
    assert "adjoint[x] = adjoint[z]*J[x->z] = W.T @ adjoint[z] = [0.5, -1]" in run(*back)[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--mode", "forward"], "name a leaf"),
        (["--mode", "forward", "--wrt", "q"], "unknown node 'q'"),
        (["--mode", "forward", "--wrt", "a=[[1, 2]]"], "the tangent of 'a'"),
        (["--mode", "forward", "--wrt", "a=one"], "'a'"),
        (["--fragment"], "--fragment goes with"),
        (["--mode", "forward", "--wrt", "a", "--cotangent", "1"], "reverse mode"),
        (["--mode", "back"], "invalid choice"),
    ],
)
def test_what_cannot_be_traced_is_one_line(fails, arguments, said):
    assert said in fails("trace", "colah.toml", *arguments)


# Notation


def test_every_command_that_writes_formulas_has_the_notation(run, folder):
    derived = run("derive", "colah.toml", "--wrt", "b", "--notation", "bar")[1]
    assert "adjoint[b] = adjoint[c]*(dc/db) + adjoint[d]*(dd/db)" in derived
    assert "u^0" in run("run", "colah.toml", "--notation", "first=0")[1]
    traced = run("trace", "colah.toml", "--notation", "partial, first=0")[1]
    assert "de/db += (de/dc)*(dc/db)" in traced
    code, _, err = run("draw", "colah.toml", "-o", "a.svg", "--notation", "nabla, layers=(l)")
    assert (code, err) == (0, "")
    assert "nabla" in (folder / "a.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["derive", "run", "trace", "draw"])
def test_an_unknown_notation_is_one_line(fails, command):
    more = ["-o", "a.svg"] if command == "draw" else []
    assert "choose from 'P', 'partial'" in fails(command, "colah.toml", *more, "--notation", "x")
