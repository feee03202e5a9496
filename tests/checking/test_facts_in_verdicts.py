"""Claims about graphs of whose leaves something is said."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import sympy as sp

import graphdiff as gd
from graphdiff.checking import ground
from graphdiff.graph.facts import Facts

KEYWORDS = {"symmetric": True, "positive": True, "integer": True, "one_hot": True,
            "rows": "distribution"}  # fmt: skip

CASES = {
    "symmetric": (
        {"A": ((3, 3), ["symmetric"]), "x": ((3,), [])}, lambda n: n["x"] @ n["A"] @ n["x"], "x",
        {"2*A@x": "A is symmetric", "A@x + x@A": "", "A.T@x + A@x": ""}, "A@x"),
    "positive": (
        {"x": ((3,), ["positive"]), "y": ((3,), [])}, lambda n: gd.sqrt(n["x"] ** 2) @ n["y"], "x",
        {"y": "x is positive", "abs(x)*y/x": "", "sign(x)*y": ""}, "-y"),
    "whole": (
        {"k": ((3,), ["integer"]), "y": ((3,), [])}, lambda n: gd.floor(n["k"]) @ n["y"], "y",
        {"k": "k is a whole number", "floor(k)": ""}, "k + 1"),
    "one-hot": (
        {"z": ((3,), []), "Y": ((3,), ["one_hot"])}, lambda n: (n["Y"] ** 2) @ n["z"], "z",
        {"Y": "the rows of Y are one-hot", "Y**2": ""}, "2*Y"),
    "distribution": (
        {"z": ((3,), []), "Y": ((3,), ["rows"])}, lambda n: n["Y"].sum() * (n["z"] ** 2).sum(), "z",
        {"2*z": "the rows of Y sum to 1", "2*sum(Y)*z": ""}, "2*Y"),
    "two": (
        {"A": ((3, 3), ["symmetric"]), "x": ((3,), ["positive"])},
        lambda n: n["x"] @ n["A"] @ n["x"] + abs(n["x"]).sum(), "x",
        {"2*A@x + 1": "A is symmetric and x is positive", "A@x + x@A + 1": "x is positive",
         "2*A@x + sign(x)": "A is symmetric"}, "2*A@x"),
}  # fmt: skip


def _numbers(written):
    return np.array(sp.sympify(written), dtype=float)


@pytest.mark.parametrize("has_values", [True, False])
@pytest.mark.parametrize("case", CASES)
def test_what_is_right_only_under_a_fact_is_correct_with_a_note(case, has_values):
    leaves, form, wrt, right, wrong = CASES[case]
    g = gd.Graph()
    generator = np.random.default_rng(5)
    for name, (shape, names) in leaves.items():
        said = {fact: KEYWORDS[fact] for fact in names}
        value = Facts(**said).obeyed(generator.normal(size=shape)) if has_values else None
        g.input(name, value, shape=shape, **said)
    g.node("L", form(g))
    for claim, why in right.items():
        (result,) = g.check({f"dL/d{wrt}": claim})
        assert result.verdict == "correct"
        assert result.note.removeprefix("right since ") == why
    (result,) = g.check({f"dL/d{wrt}": wrong})
    assert result.verdict in ("wrong", "coincidental")
    for name in leaves if result.point else ():
        g[name].facts.check_value(_numbers(result.point[name]), name)


@pytest.mark.parametrize("case", CASES)
def test_all_points_obey_what_is_said(case):
    leaves, form, *_ = CASES[case]
    g = gd.Graph()
    for name, (shape, names) in leaves.items():
        g.input(name, shape=shape, **{fact: KEYWORDS[fact] for fact in names})
    g.node("L", form(g))
    here = ground.Ground(g, {}, {}, [], None, 1e9)
    among = (
        here.generic,
        here.nearby,
        here.special,
        here.scales,
        here.samples.completed,
        here.proper,
    )
    for points in among:
        some = list(itertools.islice(points, 40))
        assert some
        for point in some:
            for name in leaves:
                g[name].facts.check_value(point.leaves[name], name)


def test_without_the_fact_it_is_wrong():
    for said, verdict in (({}, "wrong"), ({"symmetric": True}, "correct")):
        g = gd.Graph()
        A, x = g.input("A", shape=(2, 2), **said), g.parameter("x", shape=2)
        g.node("L", x @ A @ x)
        (result,) = g.check({"dL/dx": "2*A@x"})
        assert result.verdict == verdict


def test_the_number_of_a_constant_may_stand_for_it():
    for constant, verdict, strict in (
        (True, "correct", "correct"),
        (False, "given", "coincidental"),
    ):
        g = gd.Graph()
        w, lam = g.parameter("w", 2), g.input("lam", 0.5, constant=constant)
        g.node("L", lam * w**2)
        assert g.check({"dL/dw": "2*lam*w"}).results[0].note == ""
        assert [g.check({"dL/dw": "w"}, strict=s).results[0].verdict for s in (False, True)] == [
            verdict, strict]  # fmt: skip
        note = g.check({"dL/dw": "w"}).results[0].note
        assert note == (
            "right since lam = 0.5" if constant else "right with the given lam = 0.5 put in"
        )
