"""What is said when a sweep meets a number that is none."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from graphdiff.errors import GraphdiffError, NumericalError
from graphdiff.evaluation.arithmetic import Arithmetic, Array
from graphdiff.evaluation.values import value_of
from graphdiff.graph import Node
from graphdiff.language.functions import Function
from graphdiff.language.functions.tensor_function import Composite
from graphdiff.language.shapes import Shape
from graphdiff.local_functions.local_function import Formal, Instruction, LocalFunction
from graphdiff.notation import text

MAX_LINES = 200
"""Lines of a formula that are searched for the first that has no value."""

Place = tuple[int, ...]


def node(i: Node) -> str:
    """Return how to call a node: its name, index and formula."""
    formula = i.formula if len(i.formula) <= 80 else i.formula[:77] + "..."
    return f"node {i.name!r} (u^{i.index} = {formula})"


def edge(i: Node, slot: int) -> str:
    """Return how to call the local Jacobian of an edge."""
    return f"the local Jacobian J[{i.parents[slot].name}->{i.name}]"


@contextlib.contextmanager
def named(i: Node, slot: int) -> Iterator[None]:
    """Say of what is refused within of which edge it is the local Jacobian."""
    try:
        yield
    except GraphdiffError as error:
        raise of_edge(error, i, slot) from None


def of_edge(error: GraphdiffError, i: Node, slot: int) -> GraphdiffError:
    """Return an error that says of which edge the local Jacobian is refused."""
    return type(error)(f"{edge(i, slot)}: {error}")


def value(i: Node, u: Mapping[str, Array], arithmetic: Arithmetic) -> NumericalError:
    """Return the error for a node whose value is not finite: which entry, and what it is of."""
    found = _first(np.asarray(u[i.name]), i.shape, arithmetic)
    sentence = f"{node(i)} is {found.described}{found.at}"
    if i.function is None:
        return NumericalError(f"{sentence}; {MUST}")
    names = [parent.name for parent in i.parents]
    arguments = [u[name] for name in names]
    if i.function.is_map:
        return NumericalError(f"{sentence}{_where(_entries(i, found, arguments))}; {MUST}")
    cause = _cause(i.function, names, arguments, arithmetic)
    return NumericalError(f"{sentence}{cause}; {_caveat(i.function)}")


def jacobian(
    i: Node, slot: int, u: Mapping[str, Array], J: Array, arithmetic: Arithmetic
) -> NumericalError:
    """Return the error for a local Jacobian that is not finite: which derivative, and where."""
    assert i.function is not None  # noqa: S101 - leaves have no local Jacobian
    j = i.parents[slot]
    found = _first(np.asarray(J), (i.size, j.size), arithmetic)
    column: Any = ()
    if i.function.is_scalar:
        at, entry = found.sample_at, found._replace(place=())
    else:
        row, column = map(np.unravel_index, found.place, (i.shape, j.shape))
        entry = found._replace(place=tuple(map(int, row)))
        of = _of(i.name, row) if i.function.is_map else i.name
        at = f" at ∂{of}/∂{_of(j.name, column)}{found.of_sample}"
    arguments = [u[parent.name] for parent in i.parents]
    if i.function.is_map:
        entries = _entries(i, entry, arguments)
    else:
        own = np.asarray(arguments[slot])
        held = _sample(own, j.shape, found.sample)[tuple(map(int, column))]
        entries = {_of(j.name, column): held}
    sentence = f"{edge(i, slot)} is {found.described}{at}{_where(entries)}; {_caveat(i.function)}"
    if j.kind == "input" and not i.function.is_scalar:
        sentence += f"; if the derivative by {j.name!r} is not needed, leave it out with wrt="
    return NumericalError(sentence)


def product(i: Node, slot: int, found: Array, arithmetic: Arithmetic) -> NumericalError:
    """Return the error for a product P^i J^{j→i} that is not finite, of a J that was not made."""
    assert i.function is not None  # noqa: S101 - leaves have no local Jacobian
    entry = _first(np.asarray(found), np.shape(found)[-2:], arithmetic)
    column = np.unravel_index(entry.place[-1], i.parents[slot].shape)
    of = _of(i.parents[slot].name, tuple(map(int, column)))
    sentence = f"P[{i.name}] times {edge(i, slot)[4:]} is {entry.described}"
    return NumericalError(f"{sentence} at ∂/∂{of}{entry.of_sample}; {_caveat(i.function)}")


def check_formula(
    function: LocalFunction, names: Sequence[str], arguments: Sequence[Array],
    value: Array, arithmetic: Arithmetic,
) -> None:  # fmt: skip
    """Refuse a formula's value that is not finite: which entry, and the part that it comes of."""
    if not arithmetic.is_finite(value):
        found = _first(np.asarray(value), function.shape, arithmetic)
        cause = _cause(function, names, arguments, arithmetic)
        sentence = f"the formula is {found.described}{found.at}{cause}"
        raise NumericalError(f"{sentence}; {_caveat(function)}")


def check_matrix(J: Array, what: str, arithmetic: Arithmetic) -> None:
    """Refuse a matrix of derivatives that is not finite: in which row and column."""
    if not arithmetic.is_finite(J):
        found = _first(np.asarray(J), np.shape(J), arithmetic)
        raise NumericalError(f"{what} is {found.described}{found.at}; {MUST}")


MUST = "it must be a finite real number"


class _Found(NamedTuple):
    """An entry that is not finite: the number, its place, and the sample it is of."""

    number: Any
    place: Place
    sample: Place

    @property
    def described(self) -> str:
        if isinstance(self.number, float | np.floating):
            words = {"nan": "not a number", "inf": "infinite", "-inf": "minus infinity"}
            return words[str(self.number)]
        return "not a finite real number"

    @property
    def sample_at(self) -> str:
        return f" at sample {_listed(self.sample)}" if self.sample else ""

    @property
    def of_sample(self) -> str:
        return f" of sample {_listed(self.sample)}" if self.sample else ""

    @property
    def at(self) -> str:
        return f" at [{_listed(self.place)}]{self.of_sample}" if self.place else self.sample_at


def _listed(place: Place) -> str:
    return ", ".join(map(str, place))


def _of(name: str, place: Sequence[Any]) -> str:
    return f"{_whole(name)}[{_listed(tuple(place))}]" if len(place) else name


def _whole(formula: str) -> str:
    """Return a formula that an index may follow: a word, a call, an array, else in parentheses."""
    rest = re.sub(r"^[\w.]*", "", formula)
    depth, closes = 0, list[int]()
    for place, sign in enumerate(rest):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(sign, 0)
        if depth == 0:
            closes.append(place)
    return formula if not rest or closes == [len(rest) - 1] else f"({formula})"


def _first(array: np.ndarray, shape: Shape, arithmetic: Arithmetic) -> _Found:
    """Return the first entry of samples of this shape that is not finite."""
    flat = array.ravel()
    if array.dtype.kind == "f":
        first = int(np.flatnonzero(~np.isfinite(flat))[0])
    else:
        first = next(k for k, entry in enumerate(flat) if not arithmetic.is_finite(entry))
    place = tuple(map(int, np.unravel_index(first, array.shape)))
    lead = array.ndim - len(shape)
    return _Found(flat[first], place[lead:], place[:lead])


def _sample(array: np.ndarray, shape: Shape, sample: Place) -> np.ndarray:
    """Return one sample of an array, which may hold a single one for all."""
    lead = array.ndim - len(shape)
    return array[sample[len(sample) - lead :]] if lead else array


def _entry_used(shape: Shape, place: Place) -> Place:
    """Return the entry of an operand that broadcasting puts at a place."""
    own = place[len(place) - len(shape) :] if shape else ()
    return tuple(0 if size == 1 else k for size, k in zip(shape, own, strict=True))


def _entries(i: Node, found: _Found, arguments: Sequence[Array]) -> dict[str, Any]:
    """Return the entries of the parents that a map computed an entry from, by name."""
    entries: dict[str, Any] = {}
    for parent, argument in zip(i.parents, arguments, strict=True):
        place = _entry_used(parent.shape, found.place)
        sample = _sample(np.asarray(argument), parent.shape, found.sample)
        entries[_of(parent.name, place)] = sample[place]
    return entries


def _where(entries: Mapping[str, Any]) -> str:
    given = [f"{name} = {text.number(number)}" for name, number in entries.items()]
    return f", where {', '.join(given[:6])}" if given else ""


def _caveat(function: LocalFunction) -> str:
    """Return what the functions of a formula say of where they have no value or derivative."""
    functions = (line.function for line in function.program if isinstance(line, Instruction))
    said = dict.fromkeys(getattr(function, "caveat", "") for function in functions)
    return "; ".join(filter(None, said)) or MUST


def _cause(
    function: LocalFunction,
    names: Sequence[str],
    arguments: Sequence[Array],
    arithmetic: Arithmetic,
    *,
    inside: bool = False,
) -> str:
    """Return which part of a formula is the first that is not finite, and what it is of."""
    values: list[np.ndarray] = []
    for k, line in zip(range(MAX_LINES), function.program, strict=False):
        part = LocalFunction(function.program[: k + 1], function.arity, function.shapes)
        values.append(np.asarray(value_of(arithmetic, part, arguments)))
        if not isinstance(line, Instruction) or arithmetic.is_finite(values[-1]):
            continue
        operands = [_part(function, operand, names) for operand in line.lines]
        shapes = [function.line_shapes[operand] for operand in line.lines]
        if isinstance(line.function, Composite) and line.function.kernel is None:
            inner = LocalFunction(_alone(line.function, len(shapes)), len(shapes), tuple(shapes))
            held = [values[operand] for operand in line.lines]
            return _cause(inner.opened, operands, held, arithmetic, inside=True)
        found = _first(values[-1], function.line_shapes[k], arithmetic)
        sentence = f", for {_part(function, k, names)} is {found.described}{found.at}"
        if k == len(function.program) - 1 and not inside:
            sentence = ""
        if not isinstance(line.function, Function):
            return sentence
        return sentence + _where(dict(_operands(function, line, operands, values, found)))
    return ""


def _operands(
    function: LocalFunction,
    line: Instruction,
    operands: Sequence[str],
    values: Sequence[np.ndarray],
    found: _Found,
) -> Iterator[tuple[str, Any]]:
    """Yield the entries a map within a formula was applied to, by their formulas."""
    for name, operand in zip(operands, line.lines, strict=True):
        shape = function.line_shapes[operand]
        place = _entry_used(shape, found.place)
        if isinstance(function.program[operand], Formal | Instruction):
            yield _of(name, place), _sample(values[operand], shape, found.sample)[place]


def _part(function: LocalFunction, line: int, names: Sequence[str]) -> str:
    part = LocalFunction(function.program[: line + 1], function.arity, function.shapes)
    found = text.authored(part, list(map(_whole, names)))
    return found if len(found) <= 60 else found[:57] + "..."


def _alone(function: Composite, arity: int) -> tuple[Formal | Instruction, ...]:
    return (*(Formal(slot) for slot in range(arity)), Instruction(function, tuple(range(arity))))
