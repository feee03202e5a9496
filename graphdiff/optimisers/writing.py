"""A step of a rule written out: what is assigned, its formula, the numbers put in, the value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from graphdiff.language.shapes import Shape
from graphdiff.notation import equations, latex
from graphdiff.notation.equations import Link
from graphdiff.optimisers.rule import GRADIENT, THETA, Rule
from graphdiff.optimisers.steps import Stepped


def written(
    rule: Rule, name: str, output: str, before: Mapping[str, Any], found: Stepped,
    sizes: Shape, digits: int = 6,
) -> list[tuple[Link, tuple[Link, ...]]]:  # fmt: skip
    """Return a step written out: what is assigned, and its formula, numbers and value.

    Parameters
    ----------
    name, output
        The parameter's name, none for a rule of all, and the objective's.
    before
        The values of all names on the right before the step: θ, g, t, state, settings.
    found
        What the step has found.
    sizes
        The shape of the parameter; of a rule of all, n and m.
    """
    values, rows = {**before, **found.asked}, list[tuple[Link, tuple[Link, ...]]]()
    for line, (_, value) in zip(rule.program(sizes), found.lines, strict=True):
        if value is None:
            continue
        if line.name in rule.remembered:
            values[line.name] = value
            continue
        arguments = line.formula.arguments
        signs = [sign(rule, argument, name, output) for argument in arguments]
        numbers = [
            equations.value(values[argument], np.shape(values[argument]), digits)
            for argument in arguments
        ]
        values[line.name] = value
        formula = equations.applied(line.formula.function, signs)
        links = (
            formula._replace(latex=formula.latex.replace(r" \cdot ", " ")),
            equations.applied(line.formula.function, numbers),
            equations.value(value, np.shape(value), digits),
        )
        rows.append((sign(rule, line.name, name, output), links))
    return rows


def sign(rule: Rule, letter: str, name: str, output: str) -> Link:
    """Return what a letter of the rule is called for one parameter: m_w, ∂L/∂w."""
    own = latex.name(name)
    if letter == THETA and name:
        return Link(name, own)
    if letter == GRADIENT and name:
        objective = latex.name(output)
        return Link(f"d{output}/d{name}", rf"\frac{{\partial {objective}}}{{\partial {own}}}")
    written = rule.letters.get(letter) or latex.name(letter)
    if name and (letter in rule.kept or letter in rule.assigned):
        return Link(f"{letter}_{name}", f"{written}_{{{own}}}")
    return Link(letter, written)
