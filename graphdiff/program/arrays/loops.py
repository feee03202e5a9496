"""The text of one loop over the entries of arrays.

    def loop(a0, a1, s0, o0, o1, n0, n1):
        for i0 in range(n0):
            for i1 in range(n1):
                x0 = a0[i0, i1]
                ...
                o0[i0, i1] = ...
                o1[i1] += ...

The entry of an operand is read where it lies: through transposes, slices, stretched axes and axes
of size 1, which are a matter of the index.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from graphdiff.language.functions import Function
from graphdiff.language.functions.movement import Broadcast, Index, Reshape, Slice, Transpose
from graphdiff.language.functions.reductions import Extremum, Sum
from graphdiff.program.arrays.fusing import SHORT, Loop, reduced_axes, without_ones
from graphdiff.program.jitted import jitted
from graphdiff.program.naming import Naming
from graphdiff.program.scalars.python import Printer
from graphdiff.program.scalars.rules import applied
from graphdiff.program.scalars.scalar_tape import Lines
from graphdiff.program.tape.tape import Call, Number, Tape


class Place(NamedTuple):
    """A place along an axis: ``offset`` behind where the loop over an axis is, if over one."""

    axis: int | None
    offset: int = 0

    @property
    def text(self) -> str:
        """The place in brackets."""
        if self.axis is None:
            return str(self.offset)
        return f"i{self.axis}" + (f" + {self.offset}" if self.offset else "")


Places = tuple[Place, ...]


class Output(NamedTuple):
    """An array that a loop writes.

    Attributes
    ----------
    line
        The line it is the value of, or that value before it is reduced along its last axis.
    shape
        Its shape, without axes of size 1.
    start
        What its entries are before the loop; None if it sets them.
    is_last_reduced
        Whether its last axis is yet to be reduced.
    also
        Other lines that have the same entries.
    """

    line: int
    shape: tuple[int, ...]
    start: float | None
    is_last_reduced: bool
    also: tuple[int, ...] = ()


@dataclass(frozen=True)
class LoopText:
    """A loop as text.

    Attributes
    ----------
    template
        A function of the arrays read, the numbers read, the arrays written and the sizes.
    names
        What is called in it.
    arrays, numbers
        The lines that are read.
    outputs
        The arrays written.
    sizes
        The sizes that are handed to it.
    """

    template: str
    names: dict[str, object]
    arrays: tuple[int, ...]
    numbers: tuple[int, ...]
    outputs: tuple[Output, ...]
    sizes: tuple[int, ...]


_COMPILED: dict[str, Callable[..., Any]] = {}


def compiled_loop(tape: Tape, text: LoopText) -> Callable[..., Any]:
    """Return a loop compiled by numba, for arrays that lie row by row."""
    if text.template not in _COMPILED:
        types = importlib.import_module("numba").types

        def array(rank: int, readonly: bool) -> Any:
            return types.Array(types.float64, rank, "C", readonly=readonly)

        signature = (
            *(array(len(tape.shapes[k]), True) for k in text.arrays),
            *(types.float64 for _ in text.numbers),
            *(array(len(output.shape), False) for output in text.outputs),
            *(types.int64 for _ in text.sizes),
        )
        _COMPILED[text.template] = jitted(text.template, text.names, signature)
    return _COMPILED[text.template]


def read_by(tape: Tape, loop: Loop) -> set[int]:
    """Return the lines whose values a loop reads from memory."""
    writer = _Writer(tape, loop)
    for k in loop.lines:
        writer.value(k)
    return {*writer.arrays, *writer.numbers}


def text_of(tape: Tape, loop: Loop, wanted: Iterable[int]) -> LoopText:
    """Return a loop as text.

    Parameters
    ----------
    wanted
        The lines of it whose values are used elsewhere.
    """
    return _Writer(tape, loop).text(wanted)


@dataclass
class _Level:
    """What is done in the loop over one axis, before and after the loop within it."""

    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)


class _Writer:
    def __init__(self, tape: Tape, loop: Loop) -> None:
        self.tape = tape
        self.loop = loop
        self.inside = {*loop.lines, *loop.again}
        self.lines = Lines()
        self.arrays: dict[int, str] = {}
        self.numbers: dict[int, str] = {}
        self._read: dict[tuple[int, Places], int] = {}
        self._entries: dict[tuple[int, Places], int] = {}

    # What is computed

    def value(self, k: int) -> int:
        """Return the scalar line of an entry of a line, before it is summed if it is a sum."""
        line = self.tape.lines[k]
        if isinstance(line, Call) and isinstance(line.function, Sum | Extremum):
            k = line.operands[0]
        axes = iter(range(len(self.loop.space)))
        return self._entry(
            k, tuple(Place(next(axes) if size > 1 else None) for size in self.tape.shapes[k])
        )

    def _entry(self, k: int, at: Places) -> int:
        if (k, at) not in self._entries:
            self._entries[k, at] = self._written(k, at)
        return self._entries[k, at]

    def _written(self, k: int, at: Places) -> int:
        line = self.tape.lines[k]
        if isinstance(line, Number):
            return self.lines.number(float(line.value))
        if k in self.inside and isinstance(line, Call):
            if isinstance(line.function, Function):
                operands = [
                    self._entry(o, _stretched(at, self.tape.shapes[o])) for o in line.operands
                ]
                return applied(self.lines, line.function, operands)
            (operand,) = line.operands  # of a reshape, the only other that has a use within
            old = self.tape.shapes[operand]
            return self._entry(operand, _reshaped(at, self.tape.shapes[k], old))
        found = self._seen_through(line, at)
        if found is not None:
            return self._entry(*found)
        return self._input(k, at)

    def _seen_through(self, line: object, at: Places) -> tuple[int, Places] | None:
        """Return the line that a view is of, and the place there."""
        if not isinstance(line, Call) or len(line.operands) != 1:
            return None
        (operand,) = line.operands
        old = self.tape.shapes[operand]
        match line.function:
            case Transpose(order=order):
                return operand, tuple(at[order.index(axis)] for axis in range(len(order)))
            case Broadcast():
                return operand, _stretched(at, old)
            case Reshape(to=to) if without_ones(to) == without_ones(old):
                return operand, _reshaped(at, to, old)
            case Index(key=key):
                places = _indexed(key, at, old)
                return None if places is None else (operand, places)
        return None

    def _input(self, k: int, at: Places) -> int:
        if (k, at) not in self._read:
            if self.tape.shapes[k]:
                self.arrays.setdefault(k, f"a{len(self.arrays)}")
            else:
                self.numbers.setdefault(k, f"s{len(self.numbers)}")
            self._read[k, at] = self.lines.input(len(self._read))
        return self._read[k, at]

    # How it is written

    def text(self, wanted: Iterable[int]) -> LoopText:
        """Return the loop as text."""
        space, wanted = self.loop.space, set(wanted)
        reductions = [k for k in self.loop.lines if self._reduction(k) is not None]
        same = self._stored(wanted)
        values = {k: self.value(k) for k in (*same, *(k for k in reductions if k in wanted))}
        levels = [_Level() for _ in space]
        known = self._loaded(levels)
        names: dict[str, object] = {}
        printer = Printer(self.lines, Naming(_RESERVED), known, {}, names=names)
        printer.count([*values.values()])
        inner = levels[-1].before
        inner += printer.assignments([*values.values()])
        outputs: list[Output] = []
        for k, value in values.items():
            output = self._output(k, printer.use(value), f"o{len(outputs)}", levels, names)
            outputs.append(output._replace(also=tuple(same.get(k, ()))))
        sizes = tuple(size for size in space if size > SHORT)
        given = [*self.arrays.values(), *self.numbers.values()]
        given += [f"o{k}" for k in range(len(outputs))]
        given += [f"n{axis}" for axis, size in enumerate(space) if size > SHORT]
        body: list[str] = []
        for axis, level in enumerate(levels):
            size = f"n{axis}" if space[axis] > SHORT else space[axis]
            indent = "    " * (axis + 1)
            body.append(f"{indent}for i{axis} in range({size}):")
            body += [f"{indent}    {line}" for line in level.before]
        for axis in range(len(space) - 1, 0, -1):
            body += ["    " * (axis + 1) + line for line in levels[axis - 1].after]
        head = f"def loop{{version}}({', '.join(given)}):"
        return LoopText(
            "\n".join([head, *body]) + "\n", names, tuple(self.arrays), tuple(self.numbers),
            tuple(outputs), sizes,
        )  # fmt: skip

    def _reduction(self, k: int) -> Sum | Extremum | None:
        line = self.tape.lines[k]
        function = line.function if isinstance(line, Call) else None
        return function if isinstance(function, Sum | Extremum) else None

    def _stored(self, wanted: set[int]) -> dict[int, list[int]]:
        """Return the lines whose entries are written, each with others of the same entries."""
        first: dict[int, int] = {}
        same: dict[int, list[int]] = {}
        for k in self.loop.lines:
            if k in wanted and self._reduction(k) is None:
                one = first.setdefault(self.value(k), k)
                same.setdefault(one, [])
                same[one] += [k] * (k != one)
        return same

    def _loaded(self, levels: Sequence[_Level]) -> dict[int, str]:
        """Read each entry in the outermost loop that knows where it is; return its name."""
        known: dict[int, str] = {}
        for (k, at), line in self._read.items():
            if k in self.numbers:
                known[line] = self.numbers[k]
                continue
            known[line] = f"x{len(known)}"
            deepest = max((place.axis for place in at if place.axis is not None), default=0)
            places = ", ".join(place.text for place in at)
            levels[deepest].before.append(f"{known[line]} = {self.arrays[k]}[{places}]")
        return known

    def _output(
        self, k: int, text: str, name: str, levels: Sequence[_Level], names: dict[str, object]
    ) -> Output:
        """Write what is done with the entry of a line."""
        space, inner, function = self.loop.space, levels[-1].before, self._reduction(k)
        if function is None:
            inner.append(f"{name}{_at(range(len(space)))} = {text}")
            return Output(k, space, None, False)
        axes, last = reduced_axes(function, self.tape.shapes[self._operand(k)]), len(space) - 1
        is_along_last = axes == (last,)
        start = 0.0
        if isinstance(function, Extremum):
            names["inf"] = math.inf
            start = math.inf if function.smallest else -math.inf
        kept = [axis for axis in range(len(space)) if axis not in axes or axis == last]
        into = name + _at(kept)
        if is_along_last:
            kept.remove(last)
            into = f"r_{name}"
            levels[-2].before.append(f"{into} = {start}")
            levels[-2].after.append(f"{name}{_at(kept)} = {into}")
        if isinstance(function, Extremum):
            sign = "<" if function.smallest else ">"
            inner.append(f"e_{name} = {text}")
            inner.append(f"if e_{name} {sign} {into} or e_{name} != e_{name}:")
            inner.append(f"    {into} = e_{name}")
        else:
            inner.append(f"{into} += {text}")
        shape = tuple(space[axis] for axis in kept)
        is_open = last in axes and not is_along_last
        return Output(k, shape, None if is_along_last else start, is_open)

    def _operand(self, k: int) -> int:
        line = self.tape.lines[k]
        assert isinstance(line, Call)  # noqa: S101 - of a reduction
        return line.operands[0]


_RESERVED = {"range", "inf"}


def _at(axes: Iterable[int]) -> str:
    return f"[{', '.join(f'i{axis}' for axis in axes)}]"


def _stretched(at: Places, shape: tuple[int, ...]) -> Places:
    """Return the place in an operand that is stretched to a larger shape."""
    tail = at[len(at) - len(shape) :]
    return tuple(
        place if size > 1 else Place(None) for place, size in zip(tail, shape, strict=True)
    )


def _reshaped(at: Places, shape: tuple[int, ...], old: tuple[int, ...]) -> Places:
    """Return the place in a shape that has other axes of size 1."""
    places = iter(place for place, size in zip(at, shape, strict=True) if size > 1)
    return tuple(next(places) if size > 1 else Place(None) for size in old)


def _indexed(key: tuple[object, ...], at: Places, old: tuple[int, ...]) -> Places | None:
    """Return the place in what entries are picked of, None where a list picks, or a step."""
    consumed = sum(part is not None and part is not Ellipsis for part in key)
    spread = (Slice(None, None, None),) * (len(old) - consumed)
    place = key.index(Ellipsis) if Ellipsis in key else len(key)
    found: list[Place] = []
    sizes, given = iter(old), iter(at)
    for part in (*key[:place], *spread, *key[place + 1 :]):
        if part is None:
            next(given)
            continue
        size = next(sizes)
        if isinstance(part, Slice):
            start, _, step = slice(*part).indices(size)
            if step != 1:
                return None
            axis, offset = next(given)
            found.append(Place(axis, offset + start))
        elif isinstance(part, int):
            found.append(Place(None, part % size))
        else:
            return None
    return tuple(found)
