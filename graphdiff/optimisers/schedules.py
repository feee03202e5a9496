"""Schedules of the learning rate: η at step t = 1, 2, …, as a formula."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sympy as sp

from graphdiff.errors import GraphError
from graphdiff.evaluation.arithmetic import Arithmetic, Array
from graphdiff.evaluation.values import value_of
from graphdiff.files.parser import parse
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language import quantity
from graphdiff.language.expression import pi
from graphdiff.notation import latex, text

FORMULAS = {
    "step": "eta*gamma**floor((t - 1)/k)",
    "exponential": "eta*gamma**(t - 1)",
    "cosine": "low + (eta - low)*(1 + cos(pi*min(t - 1, T)/T))/2",
    "inverse time": "eta/(1 + gamma*(t - 1))",
    "warm-up": "eta*min(t, T)/T",
}
"""Each by its name; t − 1 is the number of steps made before."""


@dataclass(frozen=True)
class Schedule:
    """How the learning rate changes from step to step.

    Attributes
    ----------
    name
        Its name among :data:`FORMULAS`.
    start
        The rate η it is made of.
    numbers
        Its other numbers by letter.
    after
        A schedule that follows it, from step T on; for a warm-up.
    """

    name: str
    start: Any
    numbers: Mapping[str, sp.Expr]
    after: Schedule | None = None

    def rate(self, arithmetic: Arithmetic, eta: Array, t: int) -> Array:
        """Return the rate of step t in a kind of number."""
        T = self.numbers.get("T")
        if self.after is not None and T is not None and t > T:
            return self.after.rate(arithmetic, eta, t - int(T))
        node = _formula(self.name)
        assert node.function is not None  # noqa: S101 - it is a formula
        values = {name: arithmetic.number(number) for name, number in self.numbers.items()}
        values |= {"eta": eta, "t": arithmetic.number(t)}
        with arithmetic.guard():
            return value_of(arithmetic, node.function, [values[j.name] for j in node.parents])

    def latex(self) -> str:
        r"""Return the formula in LaTeX: ``\eta_{t} = …``."""
        node = _formula(self.name)
        assert node.function is not None  # noqa: S101 - it is a formula
        signs = [_LETTERS.get(j.name) or latex.name(j.name) for j in node.parents]
        right = latex.authored(node.function, signs).replace(r" \cdot ", " ")
        return rf"\eta_{{t}} = {right}"

    def __repr__(self) -> str:
        numbers = {"eta": quantity.exact(self.start), **self.numbers}
        shown = ", ".join(f"{name}={text.number(float(x))}" for name, x in numbers.items())
        return f"{self.name}({shown})" + (f", then {self.after}" if self.after else "")


_LETTERS = {"low": r"\eta_{\min}"}


@lru_cache(maxsize=16)
def _formula(name: str) -> Node:
    graph = ComputationalGraph()
    known = {letter: graph.input(letter) for letter in ("eta", "t", "gamma", "k", "T", "low")}
    known_as = {**known, "pi": pi}
    return graph.node("eta_t", parse(FORMULAS[name], known_as.__getitem__))


def step_decay(learning_rate: Any, factor: Any = 0.5, every: int = 10) -> Schedule:
    """Return a rate that is multiplied by a factor after every so many steps.

    Parameters
    ----------
    learning_rate
        The first rate.
    factor
        γ of (0, 1].
    every
        Steps at one rate.
    """
    numbers = {"gamma": _factor(factor), "k": _whole(every, "every")}
    return Schedule("step", learning_rate, numbers)


def exponential_decay(learning_rate: Any, factor: Any = 0.99) -> Schedule:
    """Return a rate that is multiplied by a factor γ of (0, 1] after each step."""
    return Schedule("exponential", learning_rate, {"gamma": _factor(factor)})


def inverse_time_decay(learning_rate: Any, decay: Any = 0.01) -> Schedule:
    """Return the rate η/(1 + γ(t − 1)), of Robbins and Monro for γ = 1."""
    gamma = quantity.exact(decay, "the decay")
    if gamma < 0:
        raise GraphError(f"the decay is {decay}; give a number of [0, inf)")
    return Schedule("inverse time", learning_rate, {"gamma": gamma})


def cosine(learning_rate: Any, steps: int, lowest: Any = 0) -> Schedule:
    """Return a rate that falls to the lowest one along half a cosine, in so many steps.

    It is SGDR's of Loshchilov and Hutter, 2017, without restarts.
    """
    low = quantity.exact(lowest, "the lowest rate")
    if low < 0:
        raise GraphError(f"the lowest rate is {lowest}; give a number of [0, inf)")
    return Schedule("cosine", learning_rate, {"T": _whole(steps, "steps"), "low": low})


def warm_up(learning_rate: Any, steps: int) -> Schedule:
    """Return a rate that grows in equal steps, and then stays, or follows another schedule.

    Parameters
    ----------
    learning_rate
        The rate reached, or a schedule to follow from then on.
    steps
        Steps until it is reached.
    """
    after = learning_rate if isinstance(learning_rate, Schedule) else None
    start = learning_rate if after is None else after.start
    return Schedule("warm-up", start, {"T": _whole(steps, "steps")}, after)


def _factor(factor: Any) -> sp.Expr:
    gamma = quantity.exact(factor, "the factor")
    if not 0 < gamma <= 1:
        raise GraphError(f"the factor is {factor}; give a number of (0, 1]")
    return gamma


def _whole(number: Any, name: str) -> sp.Expr:
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise GraphError(f"{name} is {number!r:.40}; give a whole number, at least 1")
    return sp.Integer(number)
