"""Arrays of one, two, three and four axes, as NumPy prints them, wherever they stand on a page."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_pages import ACCEPTED, assert_right, check, verdicts

import graphdiff as gd

SHAPES = [(3,), (2, 3), (3, 1), (2, 2, 2), (1, 2, 2), (3, 1, 2), (2, 1, 2, 2)]
KINDS = {
    "whole": lambda draw, shape: draw.integers(0, 9, shape).astype(float),
    "signs": lambda draw, shape: draw.integers(-9, 9, shape).astype(float),
    "decimals": lambda draw, shape: np.round(draw.uniform(-2, 2, shape), 3),
    "mixed": lambda draw, shape: np.round(
        draw.uniform(-9, 9, shape) * draw.integers(0, 2, shape), 1
    ),
}


def notebook(array):
    cells = [
        ("print('T =', T)", {"output_type": "stream", "name": "stdout", "text": f"T = {array}\n"}),
        ("T", {"output_type": "execute_result", "metadata": {}, "execution_count": 2,
               "data": {"text/plain": repr(array)}}),
    ]  # fmt: skip
    return json.dumps({
        "cells": [{"cell_type": "code", "source": source, "metadata": {}, "outputs": [output],
                   "execution_count": 1} for source, output in cells],
        "metadata": {}, "nbformat": 4, "nbformat_minor": 5,
    })  # fmt: skip


PAGES = {
    "txt": lambda array: f"T = {array}\n",
    "md": lambda array: f"The value is\n\nT = {array}\n\nas computed.\n",
    "ipynb": notebook,
}


def graph(array):
    g = gd.Graph()
    g.node("L", gd.sum(g.node("T", 2 * g.input("A", array / 2)) ** 2))
    return g


@pytest.mark.parametrize("kind", PAGES)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 999), numbers=st.sampled_from(sorted(KINDS)))
def test_what_is_printed_is_read(tmp_path_factory, kind, shape, seed, numbers):
    array = KINDS[numbers](np.random.default_rng(seed), shape)
    folder = tmp_path_factory.mktemp("printed")
    report = check(graph(array), PAGES[kind](array), folder, kind)
    assert len(report) == (2 if kind == "ipynb" else 1), PAGES[kind](array)
    assert set(verdicts(report)) <= set(ACCEPTED), f"{array}\n{report}"
    wrong = check(graph(array + 1), PAGES[kind](array), folder, kind)
    assert set(verdicts(wrong)) <= {"wrong", "follows"}, str(wrong)


@pytest.mark.parametrize("sign", ["^T", r"^\top", r"^{\mathsf{T}}"])
@pytest.mark.parametrize("brackets", ["()", "[]"])
def test_a_row_that_is_turned_is_a_column(sign, brackets, tmp_path):
    g = gd.Graph()
    w = g.parameter("w", [[1], [-1], [0.5]])
    g.node("L", gd.sum(w**2) + gd.sum(g.input("u", [1, 2, 3])))
    left, right = brackets
    for name in ("w", "u"):  # a column, and a vector
        page = f"${name} = {left}1, {'-1, 0.5' if name == 'w' else '2, 3'}{right}{sign}$\n"
        assert_right(g, page, tmp_path)
    report = check(g, f"$w = {left}1, -1, 0.6{right}{sign}$\n", tmp_path)
    assert verdicts(report) == ["wrong"], str(report)
