"""A rule compiled: θ and all that is remembered as vectors, a step of which is made in place.

The program is made of the rule's own formulas, its settings put in as numbers. A rule that acts
entry by entry is computed in chunks that stay in a processor's cache; one that does not, such as a
bound on a norm, for each parameter by itself, or for all as one vector.
"""

from __future__ import annotations

import inspect
import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np

from graphdiff.errors import GraphError
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.graph import ComputationalGraph
from graphdiff.language.expression import Constant, Expression
from graphdiff.language.shapes import Shape
from graphdiff.optimisers.method import Method
from graphdiff.optimisers.rule import GRADIENT, RATE, STEP, THETA, Assignment
from graphdiff.program.arrays.array_program import array_program
from graphdiff.program.tape.batching import with_samples
from graphdiff.program.tape.lowering import Lowering
from graphdiff.program.tape.scalar_factors import divided
from graphdiff.program.tape.tape import Tape

CHUNK = 131072
"""Entries computed at a time; each call of NumPy costs as much as some hundred of them."""

BLOCK = 128
"""Steps whose numbers, such as 1 − β^t, are computed at a time."""


@dataclass(frozen=True, eq=False)
class Program:
    """Lines of a rule, compiled.

    Attributes
    ----------
    step
        Takes η, t, the factors, the gradient, θ and the state; returns what is wanted.
    factors
        What is computed of η and t alone, of :data:`BLOCK` steps at once; None where there is
        nothing.
    """

    step: Callable[..., tuple[np.ndarray, ...]]
    factors: Callable[..., tuple[np.ndarray, ...]] | None = None

    def numbers(self, rates: np.ndarray, steps: np.ndarray) -> list[tuple[Any, ...]]:
        """Return η, t and the factors of each of some steps."""
        found = () if self.factors is None else self.factors(rates, steps)
        return list(zip(rates, steps, *found, strict=True))


@dataclass(frozen=True)
class _Part:
    """Some entries of θ that are computed at a time.

    Attributes
    ----------
    program
        Takes η, t, the gradient and the views; returns what the views become.
    gradient
        Where the gradient is collected.
    views
        θ and the state, for these entries.
    pieces
        Of each parameter that has entries here: where they go, its number, and which of its
        entries they are, None for all.
    ahead, place
        The program of the place where the gradient is taken, and where it goes.
    """

    program: Program
    gradient: np.ndarray
    views: tuple[np.ndarray, ...]
    pieces: tuple[tuple[np.ndarray, int, slice | None], ...]
    ahead: Program | None
    place: np.ndarray

    def gathered(self, gradients: Sequence[Any]) -> np.ndarray:
        """Return the gradient in these entries, without a copy where one parameter has them all."""
        if len(self.pieces) == 1:
            _, k, chosen = self.pieces[0]
            whole = gradients[k]
            if type(whole) is np.ndarray and whole.dtype is self.gradient.dtype:
                part = whole.reshape(-1)
                return (part if chosen is None else part[chosen]).reshape(self.gradient.shape)
        for into, k, chosen in self.pieces:
            into[...] = gradients[k] if chosen is None else gradients[k].reshape(-1)[chosen]
        return self.gradient


class Updates:
    """The steps of a method on parameters in floats.

    Parameters
    ----------
    method
        The method, whose steps are of gradients alone.
    shapes
        The shapes of the parameters.
    dtype
        The type of number.

    Attributes
    ----------
    theta
        The parameters, one after the other, each row by row.
    state
        What the rule remembers, by name, each of the size of θ.
    place
        Where the gradient of the next step is taken: θ, or what the rule looks ahead to.

    Raises
    ------
    GraphError
        For a method that asks for more; see :mod:`graphdiff.learning.full_updates`.

    Examples
    --------
    >>> import graphdiff as gd
    >>> updates = Updates(gd.learning.momentum(0.5), [(2,)])
    >>> updates.theta[:] = [1, 2]
    >>> updates([np.array([2.0, 4.0])], t=1)
    >>> updates.theta, updates.state["v"]
    (array([0., 0.]), array([2., 4.]))
    """

    def __init__(self, method: Method, shapes: Sequence[Shape], dtype: Any = np.float64) -> None:
        if not method.is_of_gradients:
            raise GraphError(f"{method!r} asks for more than gradients of batches")
        self.method, self.shapes = method, tuple(shapes)
        self._dtype = np.dtype(dtype)
        sizes = [math.prod(shape) for shape in shapes]
        self._ends = (0, *itertools.accumulate(sizes))
        self.theta = np.zeros(self._ends[-1], dtype)
        start = method.start(FLOAT64, self.theta.shape)
        self.state = {name: np.asarray(first, dtype) for name, first in start.items()}
        self.place = np.zeros_like(self.theta) if method.rule.at else self.theta
        self._programs: dict[Shape, tuple[Program, Program | None]] = {}
        self._parts = tuple(self._divided())
        self._block, self._rows = -1, list[Mapping[Program, tuple[Any, ...]]]()

    def __call__(self, gradients: Sequence[Any], t: int, _: Any = None) -> None:
        """Make step t = 1, 2, …, given the derivative in each parameter at :attr:`place`."""
        numbers = self._numbers(t)
        with np.errstate(all="ignore"):
            for part in self._parts:
                gradient = part.gathered(gradients)
                found = part.program.step(*numbers[part.program], gradient, *part.views)
                for view, new in zip(part.views, found, strict=True):
                    if new is not view:
                        view[...] = new

    def see(self, costs: Sequence[float]) -> None:
        """Take what the objective was after each epoch, for a schedule that watches it."""
        if self.method.watches:
            self.method, self._block = self.method.seeing(costs), -1

    def look_ahead(self, t: int) -> None:
        """Let :attr:`place` be where the gradient of step t is taken."""
        if self.place is self.theta:
            return
        numbers = self._numbers(t)
        for part in self._parts:
            if part.ahead is not None:
                found = part.ahead.step(*numbers[part.ahead], part.gradient, *part.views)
                part.place[...] = found[0]

    def _numbers(self, t: int) -> Mapping[Program, tuple[Any, ...]]:
        """Return the numbers of step t, for each program."""
        block, at = divmod(t - 1, BLOCK)
        if block != self._block:
            steps = np.arange(block * BLOCK + 1, (block + 1) * BLOCK + 1)
            method = self.method
            rates = (
                np.full(BLOCK, method.rate(FLOAT64, 1))
                if method.schedule is None
                else np.array([method.rate(FLOAT64, int(step)) for step in steps])
            )
            numbers = rates.astype(self._dtype), steps.astype(self._dtype)
            rows = {program: program.numbers(*numbers) for program in self._compiled}
            self._rows = [{program: of[k] for program, of in rows.items()} for k in range(BLOCK)]
            self._block = block
        return self._rows[at]

    @property
    def _compiled(self) -> Iterator[Program]:
        return (program for pair in self._programs.values() for program in pair if program)

    def values(self, vector: np.ndarray) -> list[np.ndarray]:
        """Return each parameter's part of a vector, as a view of its shape."""
        spans = itertools.pairwise(self._ends)
        return [
            vector[a:b].reshape(shape) for (a, b), shape in zip(spans, self.shapes, strict=True)
        ]

    def _divided(self) -> Iterator[_Part]:
        """Yield the parts: chunks of a rule that acts entry by entry, else the parameters."""
        whole = self.method.rule.program((1,))
        if all(line.formula.function.is_map for line in whole):
            spans = list(self._chunks())
            shapes: Sequence[Shape] = [(b - a,) for a, b in spans]
        elif self.method.rule.is_of_all:
            spans, shapes = [(0, self._ends[-1])], [self.theta.shape]
        else:
            spans = list(itertools.pairwise(self._ends))
            shapes = [shape or (1,) for shape in self.shapes]
        gradient = np.zeros(max((b - a for a, b in spans), default=0), self._dtype)
        for (a, b), shape in zip(spans, shapes, strict=True):
            program, ahead = self._of(shape)
            views = (array[a:b].reshape(shape) for array in (self.theta, *self.state.values()))
            pieces = tuple(self._pieces(gradient, a, b))
            place = self.place[a:b].reshape(shape)
            yield _Part(program, gradient[: b - a].reshape(shape), tuple(views), pieces, ahead,
                        place)  # fmt: skip

    def _chunks(self) -> Iterator[tuple[int, int]]:
        """Yield spans of entries: parts of a large parameter, or small ones that are neighbours."""
        at = 0
        for first, last in itertools.pairwise(self._ends):
            if last - first > CHUNK // 8:
                if at < first:
                    yield at, first
                for a in range(first, last, CHUNK):
                    yield a, min(a + CHUNK, last)
                at = last
            elif last - at > CHUNK:
                yield at, first
                at = first
        if at < self._ends[-1]:
            yield at, self._ends[-1]

    def _pieces(
        self, gradient: np.ndarray, a: int, b: int
    ) -> Iterator[tuple[np.ndarray, int, slice | None]]:
        """Yield what of each parameter is among the entries from a to b."""
        for k, (first, last) in enumerate(itertools.pairwise(self._ends)):
            low, high = max(first, a), min(last, b)
            if low < high:
                into = gradient[low - a : high - a]
                if (low, high) == (first, last):
                    yield into.reshape(self.shapes[k]), k, None
                else:
                    yield into, k, slice(low - first, high - first)

    def _of(self, shape: Shape) -> tuple[Program, Program | None]:
        """Return the programs for entries of a shape, made once."""
        if shape not in self._programs:
            self._programs[shape] = _programs(self.method, shape, self._dtype)
        return self._programs[shape]


@lru_cache(maxsize=256)
def _programs(method: Method, shape: Shape, dtype: np.dtype[Any]) -> tuple[Program, Program | None]:
    """Return the programs of a step, and of where its gradient is taken, for entries of a shape."""
    rule = method.rule
    made = partial(_compiled, method, shape=shape, dtype=dtype)
    program = made(rule.program(shape), wanted=(THETA, *rule.kept), in_place=True)
    at = rule.lookahead(shape)
    return program, made(at, wanted=(THETA,), in_place=False) if at else None


def _compiled(
    method: Method,
    lines: Sequence[Assignment],
    shape: Shape,
    dtype: np.dtype[Any],
    wanted: Sequence[str],
    *,
    in_place: bool,
) -> Program:
    """Return lines of a rule as a program.

    It returns the new values of the names wanted; ``in_place`` these are written over their old
    ones where that may be.
    """
    tape = divided(_tape(method, lines, shape, wanted))
    arrays = (GRADIENT, THETA, *method.rule.kept)
    about = f"{method.rule.title}, a step of shape {shape} in {dtype.name}"
    step = array_program(
        tape.arrays, tuple(range(len(wanted))),
        dict.fromkeys((RATE, STEP, *tape.names, *arrays)), _refused,
        dtype=dtype, reuse=True, into=dict(enumerate(wanted)) if in_place else None, about=[about],
    ).function  # fmt: skip
    step = inspect.unwrap(step)  # its errors are ignored by who calls it
    if not tape.names:
        return Program(step)
    numbers = with_samples(tape.numbers, {RATE: BLOCK, STEP: BLOCK})
    factors = array_program(
        numbers, tuple(range(len(tape.names))), dict.fromkeys((RATE, STEP)), _refused,
        dtype=dtype, reuse=False, about=[f"{about}: what is of numbers alone"],
    ).function  # fmt: skip
    return Program(step, factors)


def _tape(method: Method, lines: Sequence[Assignment], shape: Shape, wanted: Sequence[str]) -> Tape:
    """Return lines of a rule on a tape, its settings put in as numbers."""
    graph = ComputationalGraph()
    arrays = (GRADIENT, THETA, *method.rule.kept)
    shapes: dict[str, Shape] = {RATE: (), STEP: (), **dict.fromkeys(arrays, shape)}
    known: dict[str, Expression] = {
        letter: Constant(number) for letter, number in method.settings.items()
    }
    known |= {name: graph.input(name, shape=of) for name, of in shapes.items()}
    for line in lines:
        arguments = tuple(known[argument] for argument in line.formula.arguments)
        known[line.name] = line.formula.function.expression(arguments)
    lowering = Lowering(lambda part: part.name)  # type: ignore[attr-defined]
    outputs = [lowering.line(known[name]) for name in wanted]
    return lowering.tape(outputs, dict(zip(outputs, wanted, strict=True)))


def _refused(*values: Any) -> Any:
    kinds = ", ".join(f"{type(value).__name__} {np.shape(value)}" for value in values)
    raise GraphError(f"a compiled rule was called with {kinds}, which it was not made for")
