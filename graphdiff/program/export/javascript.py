"""A program as a module of JavaScript, which needs nothing else: a page may compute with it."""

from __future__ import annotations

import functools
import json
import math
import re
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any, NamedTuple

import numpy as np

from graphdiff.evaluation.floating import FLOAT64
from graphdiff.language.functions import Function, comparisons
from graphdiff.language.functions.contraction import Einsum, MatMul
from graphdiff.language.functions.linear_algebra import Adjugate, Det, Inverse, LogDet
from graphdiff.language.functions.movement import (
    Broadcast,
    Concatenate,
    Eye,
    Index,
    Reshape,
    Scatter,
    Stack,
    Transpose,
)
from graphdiff.language.functions.reductions import Extremum, Mean, Reduction, Sum, TieShares
from graphdiff.language.functions.tensor_function import TensorFunction
from graphdiff.language.tensors.cumulative import Cumsum
from graphdiff.language.tensors.kronecker import Kron
from graphdiff.language.tensors.rearranging import Flip, Triangle
from graphdiff.language.tensors.running_products import Cumprod, LinearScan, Prod
from graphdiff.language.tensors.solving import Cholesky, Solution
from graphdiff.program.export.maps import MAPS, SIGNS
from graphdiff.program.export.opened import opened
from graphdiff.program.export.straight import refusal
from graphdiff.program.naming import Naming
from graphdiff.program.tape.tape import Call, Fixed, Leaf, Number, Tape
from graphdiff.program.tape.transforms import Recording

Shape = tuple[int, ...]

MOVEMENT = (Broadcast, Concatenate, Flip, Index, Reshape, Stack, Transpose, Triangle)
"""Functions that only move entries about, or leave them out."""

_WORDS = (
    "abstract arguments await boolean break byte case catch char class const continue debugger "
    "default delete do double else enum eval export extends false final finally float for "
    "function goto if implements import in instanceof int interface let long native new null "
    "of package private protected public return short static super switch synchronized this throw "
    "throws transient true try typeof var void volatile while with yield async undefined NaN "
    "Infinity Math Number Array Float64Array Int32Array ArrayBuffer RangeError Object step i"
)
_CALLED = re.compile(r"\b[a-z]\w*(?=\()")
_WORD = re.compile(r"\w+")
_COMMENT = re.compile(r"//.*")
_OTHER_NAMES = {"fabs": "Math.abs", "isnan": "Number.isNaN"}


@functools.cache
def helpers() -> dict[str, str]:
    """Return the functions that a program may need, by name."""
    source = (
        resources.files("graphdiff.program.export")
        .joinpath("runtime.js")
        .read_text(encoding="utf-8")
    )
    found = re.findall(r"^((?://[^\n]*\n)*function (\w+).*?^}\n)", source, re.DOTALL | re.MULTILINE)
    return {name: text for text, name in found}


def to_javascript(recording: Recording, names: Sequence[str], about: str = "") -> str:
    """Return a program as a module of JavaScript that exports the function ``step``.

    It takes the leaves in the order of ``names``, arrays as lists, nested or flat, and returns
    what the program does: an array as a Float64Array of its entries, row by row, a pair as a list,
    derivatives by name.

    Raises
    ------
    GraphError
        If a function of it cannot be written in JavaScript.
    """
    step = _written(recording, names)
    head = [f"// {about}"] * bool(about) + list(step.tables) + [""] * bool(step.tables)
    return "\n".join([*head, f"export {step.text('step')}", *_needed(step)]) + "\n"


def as_functions(steps: Mapping[str, tuple[Recording, Sequence[str]]]) -> str:
    """Return several programs as a script of functions, each under the name it is given by.

    Raises
    ------
    GraphError
        If a function of one cannot be written in JavaScript.
    """
    written = {name: _written(*given) for name, given in steps.items()}
    lines = [
        "\n".join(
            ["", f"const {name} = (() => {{", *step.tables, f"return {step.text()};", "})();"]
        )
        for name, step in written.items()
    ]
    return "\n".join([*_needed(*written.values()), *lines]) + "\n"


class _Step(NamedTuple):
    """A program as a function: what it computes once, its arguments, its lines."""

    tables: tuple[str, ...]
    arguments: tuple[str, ...]
    body: tuple[str, ...]

    def text(self, name: str = "") -> str:
        head = f"function {name}({', '.join(self.arguments)}) {{"
        return "\n".join([head, *(f"  {line}" for line in self.body), "}"])


def _written(recording: Recording, names: Sequence[str]) -> _Step:
    return _Writer(opened(recording.tape, MAPS, "JavaScript"), names).step(recording.result)


class _Writer:
    def __init__(self, tape: Tape, names: Sequence[str]) -> None:
        self._naming = Naming({*_WORDS.split(), *helpers()})
        self._tape = tape
        self._arguments = {name: self._naming.variable(name) for name in names}
        self._tables: dict[tuple[Any, ...], tuple[str, str]] = {}
        self._variables: list[str] = []
        self._lines: dict[int, str] = {}
        for k, line in enumerate(tape.lines):
            self._variables.append(self._variable(k, line))

    def _variable(self, k: int, line: Any) -> str:
        shape = self._tape.shapes[k]
        match line:
            case Number(value):
                return _number(float(value))
            case Leaf(name):
                variable = self._arguments[name]
                if shape:
                    self._lines[k] = (
                        f"{variable} = flat({variable}, {math.prod(shape)}, {_text(name)})"
                    )
                return variable
            case Fixed(array):
                text = f"Float64Array.of({_listed(array)})"
            case Call(Function() as f, operands):
                text = self._map(f, operands, shape)
            case Call(TensorFunction() as f, operands):
                text = self._array(f, operands, shape) + ("" if shape else "[0]")
            case _:
                raise TypeError(line)
        name = self._naming.variable(self._tape.names.get(k, "t"))
        self._lines[k] = f"const {name} = {text}"
        return name

    # Maps

    def _map(self, f: Function, operands: Sequence[int], shape: Shape) -> str:
        texts = [self._entry(k, shape) for k in operands]
        if f is comparisons.where:
            texts[0] = self._condition(operands[0], shape)
        text = _spelled(f, texts)
        return f"map({math.prod(shape)}, (i) => {text})" if shape else text

    def _condition(self, k: int, shape: Shape) -> str:
        line = self._tape.lines[k]
        if isinstance(line, Call) and isinstance(line.function, Function):
            sign = SIGNS.get(line.function)
            if sign is not None:
                left, right = (self._entry(side, shape) for side in line.operands)
                return f"{left} {sign} {right}"
        return f"{self._entry(k, shape)} !== 0"

    def _entry(self, k: int, shape: Shape) -> str:
        """Return the entry of a value that stands in place i of a shape."""
        variable, own = self._variables[k], self._tape.shapes[k]
        if not own:
            return variable
        places = self._places(np.broadcast_to(_numbered(own), shape), math.prod(own))
        return f"{variable}[{places}[i]]" if places else f"{variable}[i]"

    # Functions of arrays

    def _array(self, f: TensorFunction, operands: Sequence[int], shape: Shape) -> str:
        """Return what computes the array of the value's entries."""
        shapes = [self._tape.shapes[k] for k in operands]
        whole = [self._whole(k) for k in operands]
        x, old = (whole[0], shapes[0]) if operands else ("", ())
        last = old[-1] if old else 1
        match f:
            case Eye():
                return self._moved("Float64Array.of(1)", 1, np.eye(*shape, dtype=int) - 1)
            case Scatter(key, to):
                table = self._table(Index(key).table(to))
                return f"scatter({x}, {table}, {math.prod(to)})"
            case Kron():
                first, second = shapes
                places = (
                    np.kron(_numbered(first), np.ones(second, int)),
                    np.kron(np.ones(first, int), _numbered(second)),
                )
                factors = (
                    f"{a}[{self._table(table)}[i]]" for a, table in zip(whole, places, strict=True)
                )
                return f"map({math.prod(shape)}, (i) => {' * '.join(factors)})"
            case MatMul():
                return self._contraction(Einsum(f.subscripts(*shapes)), shapes, whole)
            case Einsum():
                return self._contraction(f, shapes, whole)
            case Cumsum(axis, _, reverse):
                return self._along(axis, old, f"scan([1], {{}}, {{}}, {str(reverse).lower()})", x)
            case Cumprod(axis):
                return self._along(axis, old, "running_products({}, {})", x)
            case LinearScan(_, reverse):
                return f"scan({x}, {whole[1]}, {last}, {str(reverse).lower()})"
            case Inverse():
                return f"inverses({x}, {last})"
            case Det():
                return f"determinants({x}, {last})"
            case LogDet():
                return f"log_determinants({x}, {last})"
            case Cholesky():
                return f"choleskies({x}, {last})"
            case Adjugate():
                lead = np.broadcast_shapes(*(s[:-2] for s in shapes))
                a, *along = (
                    self._spread(w, s, lead + s[-2:]) for w, s in zip(whole, shapes, strict=True)
                )
                return f"adjugates({', '.join((a, str(last), *along))})"
            case Solution(of_vectors):
                rest = 1 if of_vectors else 2
                lead = np.broadcast_shapes(old[:-2], shapes[1][:-rest])
                a, b = (
                    self._spread(given, of, lead + of[len(of) - axes :])
                    for given, of, axes in zip(whole, shapes, (2, rest), strict=True)
                )
                return f"solutions({a}, {last}, {b}, {1 if of_vectors else shapes[1][-1]})"
            case Reduction():
                return self._reduction(f, x, old)
            case _ if isinstance(f, MOVEMENT):
                ends = np.cumsum([0, *(math.prod(s) for s in shapes)])
                numbered = [
                    _numbered(s) + end + 1 for s, end in zip(shapes, ends[:-1], strict=True)
                ]
                table = f.kernel(FLOAT64, numbered, shapes) - 1
                joined = x if len(whole) == 1 else f"join({', '.join(whole)})"
                return self._moved(joined, int(ends[-1]), table)
        raise refusal(f, "JavaScript")

    def _movement(self, f: TensorFunction, whole: Sequence[str], shapes: Sequence[Shape]) -> str:
        """Return the entries that the function puts in each place, 0 where it puts none."""
        size, numbered = 0, list[np.ndarray]()
        for shape in shapes:
            numbered.append(_numbered(shape) + size + 1)
            size += math.prod(shape)
        table = f.kernel(FLOAT64, numbered, shapes) - 1
        return self._moved(
            whole[0] if len(whole) == 1 else f"join({', '.join(whole)})", size, table
        )

    def _reduction(self, f: Reduction, x: str, old: Shape) -> str:
        there = np.moveaxis(_numbered(old), f.axes, range(-len(f.axes), 0))
        count = math.prod(old[axis] for axis in f.axes)
        rows = self._moved(x, math.prod(old), there)
        match f:
            case Sum():
                return f"sums({rows}, {count})"
            case Mean():
                return f"sums({rows}, {count}).map((total) => total / {count})"
            case Prod():
                return f"products({rows}, {count})"
            case Extremum(smallest=smallest):
                return f"{'smallest' if smallest else 'largest'}({rows}, {count})"
            case TieShares(smallest=smallest):
                best = f"{'smallest' if smallest else 'largest'}({rows}, {count})"
                back = np.argsort(there, axis=None)
                return self._moved(f"shares({rows}, {count}, {best})", math.prod(old), back)
        raise refusal(f, "JavaScript")

    def _along(self, axis: int, shape: Shape, of_rows: str, x: str) -> str:
        """Return what is made of rows, and of their size, along an axis."""
        there = np.moveaxis(_numbered(shape), axis, -1)
        found = of_rows.format(self._moved(x, math.prod(shape), there), shape[axis])
        return self._moved(found, math.prod(shape), np.argsort(there, axis=None))

    def _contraction(self, f: Einsum, shapes: Sequence[Shape], whole: Sequence[str]) -> str:
        sizes, output, operands = f.sizes(*shapes), f.output, f.operands
        summed = "".join(letter for letter in sizes if letter not in output)
        factors: list[str] = []
        for x, term, shape in zip(whole, operands, shapes, strict=True):
            step = dict.fromkeys(sizes, 0)
            for letter, stride in zip(term, _strides(shape), strict=True):
                step[letter] += stride  # of a diagonal the sum
            outer, inner = (
                self._table(_affine([sizes[k] for k in part], [step[k] for k in part]))
                for part in (output, summed)
            )
            factors.append(f"[{x}, {outer}, {inner}]")
        return f"contract({', '.join(factors)})"

    def _spread(self, x: str, old: Shape, new: Shape) -> str:
        return self._moved(x, math.prod(old), np.broadcast_to(_numbered(old), new))

    def _moved(self, x: str, size: int, table: np.ndarray) -> str:
        places = self._places(table, size)
        return f"take({x}, {places})" if places else x

    def _whole(self, k: int) -> str:
        """Return a value as an array."""
        return self._variables[k] if self._tape.shapes[k] else f"[{self._variables[k]}]"

    # Places

    def _places(self, table: np.ndarray, size: int) -> str:
        """Return the name of a table of places, or nothing where it is 0, 1, 2, … of all."""
        flat = table.ravel()
        if flat.size == size and (flat == np.arange(size)).all():
            return ""
        return self._table(table)

    def _table(self, table: np.ndarray) -> str:
        key = (table.shape, table.astype(np.int64).tobytes())
        if key not in self._tables:
            self._tables[key] = self._naming.variable("places"), _gridded(table)
        return self._tables[key][0]

    # The text

    def step(self, result: Any) -> _Step:
        """Return the function that hands out a result, with the lines that it needs."""
        returned = f"return {self._returned(result)};"
        used = set(_WORD.findall(returned))
        kept: list[int] = []
        for k in sorted(self._lines, reverse=True):
            if self._variables[k] in used:
                used |= set(_WORD.findall(self._lines[k]))
                kept.append(k)
        kept.sort(key=lambda k: (not isinstance(self._tape.lines[k], Leaf), k))
        body = [*(f"{self._lines[k]};" for k in kept), returned]
        tables = (f"const {name} = {text};" for name, text in self._tables.values() if name in used)
        return _Step(tuple(tables), tuple(self._arguments.values()), tuple(body))

    def _returned(self, result: Any) -> str:
        if isinstance(result, dict):
            entries = (f"{_property(key)}: {self._returned(part)}" for key, part in result.items())
            return "{" + ", ".join(entries) + "}"
        if isinstance(result, tuple):
            return f"[{', '.join(map(self._returned, result))}]"
        return self._variables[self._tape.outputs[result]]


def _spelled(function: Function, operands: Sequence[str]) -> str:
    """Return a map: as in C, whose operators are those of JavaScript."""
    text = MAPS[function].c.replace("(double)", "+").replace("fmod({0}, {1})", "({0} % {1})")
    return _CALLED.sub(lambda found: _function(found[0]), text).format(*operands)


def _function(name: str) -> str:
    return name if name in helpers() else _OTHER_NAMES.get(name, f"Math.{name}")


def _needed(*steps: _Step) -> list[str]:
    """Return the functions that programs need, and those that these do, each below a gap."""
    words = {w for s in steps for line in (*s.tables, *s.body) for w in _WORD.findall(line)}
    found: dict[str, str] = {}
    while new := [name for name in helpers() if name in words and name not in found]:
        found |= {name: helpers()[name] for name in new}
        words = words.union(*(_WORD.findall(_COMMENT.sub("", found[name])) for name in new))
    return ["\n" + text.rstrip() for name, text in helpers().items() if name in found]


def _numbered(shape: Shape) -> np.ndarray:
    return np.arange(math.prod(shape)).reshape(shape)


def _strides(shape: Shape) -> list[int]:
    return [math.prod(shape[k + 1 :]) for k in range(len(shape))]


def _affine(sizes: Sequence[int], steps: Sequence[int]) -> np.ndarray:
    """Return Σ steps[k] i_k for all indices below the sizes."""
    zeros = np.zeros(sizes, int)
    return zeros + sum(step * i for step, i in zip(steps, np.indices(sizes), strict=True))


def _gridded(table: np.ndarray) -> str:
    """Return a table of places as text, by how far each index moves where it is so."""
    listed = f"Int32Array.of({', '.join(map(str, table.ravel().tolist()))})"
    if not table.size:
        return listed
    first = table.flat[0]
    steps = [
        int(table[tuple(int(k == axis) for k in range(table.ndim))] - first) if size > 1 else 0
        for axis, size in enumerate(table.shape)
    ]
    places = first + _affine(table.shape, steps)
    grid = f"grid({list(table.shape)}, {steps}, {first})"
    return grid if (places == table).all() and len(grid) < len(listed) else listed


def _number(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    text = "Infinity" if math.isinf(value) else repr(abs(value))
    return f"(-{text})" if math.copysign(1, value) < 0 else text


def _listed(array: np.ndarray) -> str:
    return ", ".join(_number(float(entry)).strip("()") for entry in array.ravel())


def _text(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


def _property(key: Any) -> str:
    text = _text(", ".join(key) if isinstance(key, tuple) else key)
    return f"[{text}]" if key == "__proto__" else text
