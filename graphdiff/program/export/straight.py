"""A tape as straight-line Python over a library of arrays."""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from graphdiff.errors import GraphError
from graphdiff.language.functions import Function, arithmetic, comparisons
from graphdiff.language.functions.movement import Broadcast, Index, Reshape, Slice, Transpose
from graphdiff.language.functions.tensor_function import TensorFunction
from graphdiff.program.export.maps import MAPS, SIGNS, Spelling
from graphdiff.program.naming import Naming
from graphdiff.program.tape.tape import Call, Fixed, Leaf, Number, Tape

Shapes = Sequence[tuple[int, ...]]
Constant = Callable[[np.ndarray], str]
"""What writes an array of whole numbers, or gives it a name."""

MAX_WRITTEN = 64
"""Entries of an array that is written in the text; a larger one gets a name."""


class Library(ABC):
    """How a library of arrays is spoken to."""

    title: ClassVar[str]
    """What it is called."""

    imports: ClassVar[tuple[str, ...]]
    """How its parts are imported, each under the name that stands last."""

    helpers: ClassVar[Mapping[str, str]]
    """Functions that a program may need, by name."""

    @abstractmethod
    def spelled(self, spelling: Spelling) -> str:
        """Return how a map is written."""

    @abstractmethod
    def takes_numbers(self, spelling: Spelling) -> bool:
        """Whether a map takes a plain number beside an array."""

    @abstractmethod
    def number(self, written: str) -> str:
        """Return a number as an array."""

    @abstractmethod
    def kind(self, leaves: Sequence[str]) -> list[str]:
        """Return the lines that say which kind of number the leaves are."""

    @abstractmethod
    def fixed(self, written: str) -> str:
        """Return an array of numbers that never change."""

    @abstractmethod
    def call(
        self, function: TensorFunction, uses: Sequence[str], shapes: Shapes, constant: Constant
    ) -> str:
        """Return a function of tensors, applied to names."""

    @abstractmethod
    def returned(self, name: str, *, is_own: bool) -> str:
        """Return how a value is handed out; ``is_own`` if nothing else has its memory."""


def refusal(function: TensorFunction, title: str) -> GraphError:
    """Return that a function has no words in a library."""
    return GraphError(f"{function.name!r} cannot be written in {title}; compile runs it in NumPy")


class _Line(NamedTuple):
    text: str
    uses: frozenset[int]


@dataclass(frozen=True)
class Straight:
    """A program as text.

    Attributes
    ----------
    source
        The text: a module that defines the function ``step`` first.
    variables
        The argument of ``step`` for each leaf.
    constants
        The arrays that it uses and are too large to be written.
    """

    source: str
    variables: Mapping[str, str]
    constants: Mapping[str, np.ndarray]


def straight(
    tape: Tape, result: Any, arguments: Iterable[str], library: Library, about: str
) -> Straight:
    """Return a tape as text.

    Parameters
    ----------
    result
        What is returned: the number of an output, or a tuple or dict of such.
    arguments
        The names of the values that the function takes.
    about
        What is computed, for the first line.
    """
    writer = _Writer(tape, library, arguments)
    return Straight(writer.source(result, about), writer.arguments, writer.constants)


class _Writer:
    def __init__(self, tape: Tape, library: Library, arguments: Iterable[str]) -> None:
        modules = {line.split()[-1] for line in library.imports}
        self._naming = Naming({*modules, *library.helpers, *_RESERVED})
        self.tape = tape
        self.library = library
        self.arguments = {name: self._naming.variable(name) for name in arguments}
        self.constants: dict[str, np.ndarray] = {}
        self._named_constants: dict[tuple[Any, ...], str] = {}
        self._variables: list[str] = []
        self._lines: dict[int, _Line] = {}
        for k, line in enumerate(tape.lines):
            self._variables.append(self._variable(k, line))

    def _variable(self, k: int, line: Any) -> str:
        match line:
            case Leaf(name):
                return self.arguments[name]
            case Number(value):
                return _number(float(value))
            case Call(function, operands):
                text, uses = self._call(function, operands)
            case Fixed(array):
                text, uses = self.library.fixed(self.constant(array)), frozenset[int]()
            case _:
                raise TypeError(line)
        name = self._naming.variable(self.tape.names.get(k, "t"))
        self._lines[k] = _Line(text, uses)
        return name

    def _call(
        self, function: Function | TensorFunction, operands: tuple[int, ...]
    ) -> tuple[str, frozenset[int]]:
        if isinstance(function, Function):
            return self._map(function, operands)
        uses = [self._array(k) for k in operands]
        shapes = [self.tape.shapes[k] for k in operands]
        return self.library.call(function, uses, shapes, self.constant), frozenset(operands)

    def _map(self, function: Function, operands: tuple[int, ...]) -> tuple[str, frozenset[int]]:
        spelling = MAPS[function]
        values = operands[1:] if function is comparisons.where else operands
        are_numbers = [self._is_number(k) for k in values]
        if all(are_numbers) or not self.library.takes_numbers(spelling):
            texts = [self._array(k) for k in values]
        else:
            texts = [self._variables[k] for k in values]
            if function is arithmetic.pow and are_numbers[1]:
                texts[1] = _exponent(texts[1])
        uses = set(values)
        if function is comparisons.where:
            condition, used = self._condition(operands[0])
            texts.insert(0, condition)
            uses |= used
        return self.library.spelled(spelling).format(*texts), frozenset(uses)

    def _condition(self, k: int) -> tuple[str, set[int]]:
        line = self.tape.lines[k]
        if isinstance(line, Call) and isinstance(line.function, Function):
            sign = SIGNS.get(line.function)
            if sign is not None and not all(map(self._is_number, line.operands)):
                left, right = (self._variables[side] for side in line.operands)
                return f"{left} {sign} {right}", set(line.operands)
        return f"{self._array(k)} != 0", {k}

    def _is_number(self, k: int) -> bool:
        return isinstance(self.tape.lines[k], Number)

    def _array(self, k: int) -> str:
        text = self._variables[k]
        return self.library.number(text) if self._is_number(k) else text

    def constant(self, array: np.ndarray) -> str:
        """Return an array as text, or its name if it is large."""
        if array.size <= MAX_WRITTEN:
            return _nested(array.tolist())
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._named_constants:
            name = self._named_constants[key] = self._naming.variable("constant")
            self.constants[name] = array
        return self._named_constants[key]

    # The text

    def source(self, result: Any, about: str) -> str:
        """Return the module."""
        needed = set(self.tape.outputs)
        for k in sorted(self._lines, reverse=True):
            if k in needed:
                needed |= self._lines[k].uses
        body = [f"{self._variables[k]} = {self._lines[k].text}" for k in self._lines if k in needed]
        body.append(f"return {self._returned(result, {})}")
        used = set(_WORD.findall("\n".join(body)))
        if used & _KINDS:
            leaves = [self.arguments[name] for name in self.tape.leaves]
            body = [*self.library.kind(leaves), *body]
        below: list[str] = []
        for name, text in self.library.helpers.items():  # each before those it calls
            if name in used:
                below.append(text)
                used |= set(_WORD.findall(text))
        whole = "\n".join([*body, *below])
        imports = [
            line for line in self.library.imports
            if re.search(rf"\b{line.split()[-1]}\.", whole)
        ]  # fmt: skip
        lines = [f"# {about}", *self._about_constants(), *imports, "", ""]
        lines += _headed(list(self.arguments.values()))
        lines += ["    " + line for line in body]
        for text in below:
            lines += ["", "", text]
        return "\n".join(lines) + "\n"

    def _about_constants(self) -> list[str]:
        return [
            f"# {name}: an array of shape {array.shape}, in .constants"
            for name, array in self.constants.items()
        ]

    def _returned(self, result: Any, seen: dict[int, int]) -> str:
        if isinstance(result, dict):
            entries = (f"{key!r}: {self._returned(part, seen)}" for key, part in result.items())
            return "{" + ", ".join(entries) + "}"
        if isinstance(result, tuple):
            entries = [self._returned(part, seen) for part in result]
            return f"({', '.join(entries)}{',' * (len(entries) == 1)})"
        k = self.tape.outputs[result]
        memory = k
        while isinstance(line := self.tape.lines[memory], Call) and _is_view(line):
            memory = line.operands[0]
        seen[memory] = seen.get(memory, 0) + 1
        is_own = isinstance(self.tape.lines[memory], Call) and seen[memory] == 1
        return self.library.returned(self._array(k), is_own=is_own or self._is_number(k))


def _is_view(line: Call) -> bool:
    return isinstance(line.function, Broadcast | Index | Reshape | Transpose)


_KINDS = {"dtype", "device", "kind"}
_RESERVED = {*_KINDS, "step", "float"}
_WORD = re.compile(r"\w+")
MAX_LINE = 96


def _headed(arguments: Sequence[str]) -> list[str]:
    line = f"def step({', '.join(arguments)}):"
    if len(line) <= MAX_LINE:
        return [line]
    lines, current = ["def step("], "   "
    for name in arguments:
        if len(current) + len(name) > MAX_LINE - 2:
            lines.append(current)
            current = "   "
        current += f" {name},"
    return [*lines, current, "):"]


def _plain(value: float) -> str:
    return repr(value) if math.isfinite(value) else f"float('{value}')"


def _number(value: float) -> str:
    """Return a number as an operand."""
    return f"({value!r})" if value < 0 and math.isfinite(value) else _plain(value)


def _exponent(written: str) -> str:
    """Return an exponent as a whole number where it is one, which a library multiplies by."""
    bare = written.strip("()")
    if not re.fullmatch(r"-?\d+\.0", bare):
        return written
    whole = bare.removesuffix(".0")
    return f"({whole})" if whole.startswith("-") else whole


def _nested(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_nested, value))}]"
    return str(value) if isinstance(value, int) else _plain(float(value))


def keys(key: tuple[Any, ...], listed: Callable[[np.ndarray], str]) -> str:
    """Return what stands in brackets."""
    parts: list[str] = []
    for part in key:
        if isinstance(part, Slice):
            parts.append(str(part))
        elif isinstance(part, tuple):
            parts.append(listed(np.array(part)))
        else:
            parts.append("..." if part is Ellipsis else repr(part))
    return ", ".join(parts) or "()"
