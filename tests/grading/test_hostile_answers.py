"""One claim that is heavy, odd or no claim at all costs the others nothing."""

import json

import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st
from nasty_texts import texts

from graphdiff.files.taming import tamed
from graphdiff.grading.assignment import assignment_of
from graphdiff.grading.grader import graded

ASSIGNMENT = assignment_of("""
inputs.x = 2
inputs.y = 1
parameters.w = 0.5
parameters.b = 0.17
[nodes]
z = "w*x + b"
a = "sigmoid(z)"
L = "(a - y)**2"
[grading]
required = ["z", "a", "L", "dL/dw", "dL/db"]
""")
REST = {"a": ["sigmoid(z)", 0.763], "L": 0.0561, "dL/dw": ["x*dL/dz", -0.171], "dL/db": "2*(a - y)"}

FORMULAS = [
    "exp(exp(exp(9)))", "exp(exp(exp(x)))", "10**1000**1000", "9**9**9", "x**(10**8)", "9^9^9^9",
    "sum(" * 40 + "x" + ")" * 40, "(" * 5000 + "x" + ")" * 5000, "x" + "+x" * 100_000, "-" * 5000 + "x",
    "nan", "-inf", "1/0", "log(0)", "0*exp(exp(exp(9)))", "1e999999", "1e-999999", "1" * 5000,
    "ones(10**9)", "arange(10**12)", "eye(100000)", "x = " * 300, "= = =", "", "\x1b[2Jz", "z\u202ex",
    "a\x00b", "J[w->z] @ [1e999]", "factorial(10**9)", "dL/d(", "w@99999999", "[" * 60 + "]" * 60,
]  # fmt: skip
"""Texts of claims."""

VALUES = [
    "1e999999", "1e999999999999999999999", "1e-99999999999999999999", "1" * 5000, "-" + "1" * 20_000,
    "0." + "1" * 20_000, "[" * 60 + "]" * 60, "[" * 3000 + "]" * 3000, "[[1, 2], [3]]", "true", "[]",
    "[[[]]]", "NaN", "Infinity", "-Infinity", "[1e999999, 2]", "[1e99999999999999999999, 2]",
    "[" + "[1, 2], " * 12 + "3]", r'"\ud800"', r'"\ud83d\ude00"', "{}", "null",
]  # fmt: skip
"""Numbers and lists of claims, as JSON has them, and mostly TOML too."""

TARGETS = ["z", "w@1", "J[w->z]", "dL/dz", "no such", "x**(10**8)", "exp(exp(exp(9)))*z"]


def as_json(key, value, rest):
    return "ada.json", f"{{{json.dumps(key)}: {value}, {json.dumps(rest)[1:]}"


def as_toml(key, value, rest):
    lines = [f"{json.dumps(k)} = {json.dumps(v)}" for k, v in rest.items()]
    text = json.loads(value) if value.startswith('"') and "\\ud" not in value else None
    said = value if text is None else tomli_w.dumps({"k": text}).removeprefix("k = ").strip("\n")
    name = tomli_w.dumps({key: 0}).removesuffix("0\n")
    return "ada.toml", "\n".join([*lines, f"{name}{said}"])


def as_page(key, value, rest):
    return "ada.md", "\n\n".join(page_lines(key, value, rest))


def as_notebook(key, value, rest):
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": [line]}
        for line in page_lines(key, value, rest)
    ]
    return "ada.ipynb", json.dumps(
        {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    )


def page_lines(key, value, rest):
    said = {k: " = ".join(map(str, v)) if isinstance(v, list) else v for k, v in rest.items()}
    return [f"${k} = {v}$" for k, v in said.items()] + [f"${key} = {value}$"]


def verdicts(file, text, of):
    done = graded(ASSIGNMENT, "ada", file, text)
    assert not done.problem, done.problem
    return {
        one.required.target: (one.verdict, one.earned)
        for one in done.marks
        if one.required.target in of
    }


def untouched(write, key, value):
    """Check that the marks of the others are those that they have without a hostile claim."""
    of = [target for target in REST if target != key]
    rest = {target: REST[target] for target in of}
    assert verdicts(*write(key, value, rest), of) == verdicts(*write("b", "0.17", rest), of)


@pytest.mark.parametrize("write", [as_json, as_toml])
@pytest.mark.parametrize(
    "value", [*map(json.dumps, FORMULAS), *VALUES], ids=lambda value: value[:20]
)
def test_a_hostile_value_costs_its_own_claim(write, value):
    if write is as_toml and value in ("{}", r'"\ud83d\ude00"'):
        return
    untouched(write, "z", value)


@pytest.mark.parametrize("write", [as_page, as_notebook])
@pytest.mark.parametrize("value", FORMULAS, ids=lambda value: value[:20])
def test_a_hostile_line_costs_its_own(write, value):
    untouched(write, "z", "".join(sign for sign in value if sign.isprintable()))


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from([as_json, as_toml]),
    st.sampled_from(TARGETS) | texts(),
    st.sampled_from([*map(json.dumps, FORMULAS), *VALUES[:17]])
    | texts().map(lambda text: json.dumps(text, ensure_ascii=False)),
)
def test_the_verdicts_of_the_others_stay(write, key, value):
    if key.strip() in ASSIGNMENT.graph and key != "z":
        return
    untouched(write, key, value)


@given(st.recursive(st.none() | st.booleans() | st.integers() | texts(), st.lists, max_leaves=30))
def test_what_can_be_read_stays_as_it_is(content):
    text = json.dumps({"claims": content}, ensure_ascii=False)
    if "\\ud" not in text and "null" not in text:
        assert json.loads(tamed(text)) == json.loads(text)
