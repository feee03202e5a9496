"""A tape as straight-line Python over NumPy, with buffers that are used again."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from graphdiff.program.arrays.buffers import Allocation, allocated
from graphdiff.program.arrays.numpy_code import Selection
from graphdiff.program.arrays.statements import Statement, Variable
from graphdiff.program.naming import Naming
from graphdiff.program.source import compiled
from graphdiff.program.tape.tape import Tape

Result = int | tuple[Any, ...] | dict[Any, Any]
"""What to return: the number of an output, or a tuple or dict of such."""

_NUMPY = (
    "absolute", "add", "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctan2", "arctanh",
    "array", "asarray", "bincount", "ceil", "concatenate", "copyto", "cos", "cosh", "divide",
    "dot", "einsum", "empty", "equal", "errstate", "exp", "expm1", "floor", "floor_divide", "full",
    "greater", "greater_equal", "heaviside", "hypot", "less", "less_equal", "log", "log10",
    "log1p", "log2", "logaddexp", "matmul", "maximum", "minimum", "multiply", "ndarray", "negative",
    "power", "remainder", "rint", "sign", "sin", "sinh", "sqrt", "square", "stack", "subtract",
    "tan", "tanh", "where", "zeros",
)  # fmt: skip
_SCIPY = ("erf", "erfc", "xlogy")

RESERVED = {
    *_NUMPY, *_SCIPY, "step", "general", "workspace", "pool", "buffers", "dtype", "numbers",
    "float", "type", "hasattr", "IndexError", "read_only",
}  # fmt: skip
MAX_LINE = 96


@dataclass(frozen=True)
class ArrayProgram:
    """A compiled program.

    Attributes
    ----------
    function
        Takes the values of the leaves in order, held values where they are left out.
    source
        Its text.
    memory
        Bytes of its buffers.
    """

    function: Callable[..., Any]
    source: str
    memory: int

    def hold(self, values: Sequence[Any]) -> None:
        """Let the arguments have these values where they are left out."""
        inspect.unwrap(self.function).__defaults__ = tuple(values)


def array_program(
    tape: Tape,
    result: Result,
    parameters: Mapping[str, Any],
    general: Callable[..., Any],
    *,
    dtype: np.dtype[Any],
    reuse: bool,
    jit: bool = False,
    zeros_once: bool = False,
    into: Mapping[int, str] | None = None,
    about: Sequence[str] = (),
) -> ArrayProgram:
    """Compile a tape.

    Parameters
    ----------
    result
        What the function returns.
    parameters
        The arguments of the function in order, with the values they have where left out.
    general
        What is called, with the same arguments, where one is no array of the right shape and
        type.
    jit
        Whether lines are computed in loops compiled by numba.
    zeros_once
        Whether buffers that are handed out keep their zeros from call to call, read-only.
    into
        Of outputs, by their numbers, the arguments that are overwritten with them where nothing
        computed later uses these; elsewhere the output is an array of its own.
    """
    naming = Naming(RESERVED)
    arguments = {name: naming.variable(name) for name in parameters}
    selection = Selection(tape, dtype, naming.variable, arguments, jit=jit)
    outputs = [selection.variables[k] for k in tape.outputs]
    overwritten = {
        outputs[k]: selection.variables[tape.leaves[name]]
        for k, name in (into or {}).items()
        if name in tape.leaves
    }
    found = allocated(selection.statements.found, outputs, reuse=reuse, into=overwritten)
    text = _Text(tape, selection, found, arguments, outputs if zeros_once else ())
    once = {statement.target for statement in text.filled_once}
    returned = _returned(result, outputs, once, {})
    source = "\n".join(text.lines(returned, about)) + "\n"
    names = {
        **_called(source),
        **selection.statements.constants,
        "general": general,
        "dtype": dtype,
        "numbers": (float, np.float64) if dtype == np.float64 else (dtype.type,),
        "pool": [],
        "read_only": _read_only,
    }
    memory = sum(found.sizes) * dtype.itemsize
    shown = "\n\n".join([source, *selection.loops.texts])
    program = ArrayProgram(compiled(source, names, "step"), shown, memory)
    program.hold(tuple(parameters.values()))
    return program


def _read_only(array: np.ndarray) -> np.ndarray:
    shown = array.view()
    shown.flags.writeable = False
    return shown


def _called(source: str) -> dict[str, Any]:
    """Return the functions that a program may call, those of SciPy where it does."""
    called: dict[str, Any] = {name: getattr(np, name) for name in _NUMPY}
    for name in _SCIPY:
        if f"{name}(" in source:
            called[name] = getattr(importlib.import_module("scipy.special"), name)
    return called


class _Text:
    """The text of a program."""

    def __init__(
        self,
        tape: Tape,
        selection: Selection,
        allocation: Allocation,
        arguments: Mapping[str, str],
        filled_once: Sequence[Variable],
    ) -> None:
        self.tape = tape
        self.selection = selection
        self.allocation = allocation
        self.arguments = arguments
        variable = selection.statements.variable
        self.buffers = {
            buffer: variable(f"out{k}")
            for k, buffer in enumerate(dict.fromkeys(allocation.buffers.values()))
        }
        self.held = [s for s in allocation.statements if self._is_held(s)]
        views = {v.memory for v in filled_once if v.memory is not v}
        alone = {v for v in filled_once if v not in views}
        self.filled_once = [
            statement
            for statement in allocation.statements
            if "{cleared}" in statement.first
            and statement.target in alone
            and statement.target in allocation.buffers
        ]
        """What is handed out in a buffer of its own, the same few entries of it written each time:
        its zeros are written once, and it is read-only, so that they stay zeros."""

    def lines(self, returned: str, about: Sequence[str]) -> list[str]:
        """Return the lines of the program."""
        names = [*self.buffers.values(), *(s.target.name for s in self.held)]
        body = [
            line
            for statement in self.allocation.statements
            if statement not in set(self.held)
            for line in self._statement(statement)
        ]
        lines = [f"# {line}" for line in about]
        lines += ['@errstate(all="ignore")', f"def step({', '.join(self._parameters())}):"]
        lines += ["    " + line for line in self._checks()]
        if names:
            lines += [
                "    try:",
                "        buffers = pool.pop()",
                "    except IndexError:",
                "        buffers = workspace()",
                *_wrapped(f"    {', '.join(names)}{',' * (len(names) == 1)} = buffers"),
            ]
        lines += ["    " + line for line in body]
        if names:
            lines.append("    pool.append(buffers)")
        lines.append(f"    return {returned}")
        return [*lines, *self._workspace(names)] if names else lines

    def _parameters(self) -> list[str]:
        """Return the parameters, by position only where Python cannot call one as the graph does.

        Else the keyword of one leaf could be the name of another.
        """
        variables = list(self.arguments.values())
        return variables if variables == list(self.arguments) else [*variables, "/"]

    def _checks(self) -> list[str]:
        checks: list[str] = []
        first = next(iter(self.arguments), None)
        if first is not None and first not in self.tape.leaves:
            checks.append(f"hasattr({self.arguments[first]}, 'keys')")
        for name, line in self.tape.leaves.items():
            shape, x = self.tape.shapes[line], self.arguments[name]
            if shape:
                checks.append(
                    f"type({x}) is not ndarray or {x}.shape != {shape} or {x}.dtype is not dtype"
                )
            else:
                checks.append(f"type({x}) not in numbers")
        if not checks:
            return []
        one, *rest = checks
        conditions = [f"if ({one}" if rest else f"if {one}:"]
        conditions += [f"        or {check}" for check in rest]
        if rest:
            conditions[-1] += "):"
        return [*conditions, f"    return general({', '.join(self.arguments.values())})"]

    def _is_held(self, statement: Statement) -> bool:
        """Whether a view is one of a buffer, to be made once."""
        target = statement.target
        return (
            target.storage == "view" and target.is_pure and target.memory in self.allocation.buffers
        )

    def _name(self, variable: Variable) -> str:
        buffer = self.allocation.buffers.get(variable)
        return variable.name if buffer is None else self.buffers[buffer]

    def _statement(self, statement: Statement) -> list[str]:
        target = statement.target
        buffer = self.allocation.buffers.get(target)
        into = None if buffer is None else self.buffers[buffer]
        if target in self.allocation.given:
            into = self.allocation.given[target].name
        uses = [use.name for use in statement.uses]
        fields = {
            "t": target.name,
            "out": "" if into is None else f", {into}",
            "into": into,
            "alloc": into or f"empty({target.shape}, dtype)",
            "cleared": into or f"zeros({target.shape}, dtype)",
        }
        once = statement in self.filled_once
        clears = into and "{cleared}" in statement.first and not once
        return [
            *([f"{into}.fill(0.0)"] if clears else []),
            f"{target.name} = {statement.first.format(*uses, **fields)}",
            *(line.format(*uses, **fields) for line in statement.then),
            *([f"{target.name} = read_only({target.name})"] if once else []),
        ]

    def _workspace(self, names: list[str]) -> list[str]:
        lines = ["", "", "def workspace():"]
        first: dict[int, str] = {}
        once = {self.allocation.buffers[s.target] for s in self.filled_once}
        for buffer, name in self.buffers.items():
            if buffer.number in first:
                lines.append(f"    {name} = {first[buffer.number]}.reshape({buffer.shape})")
            else:
                first[buffer.number] = name
                made = "zeros" if buffer in once else "empty"
                lines.append(f"    {name} = {made}({buffer.shape}, dtype)")
        for statement in self.held:
            text = statement.first.format(*(self._name(use) for use in statement.uses))
            lines.append(f"    {statement.target.name} = {text}")
        return [*lines, *_wrapped(f"    return {', '.join(names)}{',' * (len(names) == 1)}")]


def _wrapped(line: str) -> list[str]:
    """Return a long list of names on several lines."""
    if len(line) <= MAX_LINE:
        return [line]
    head, equals, tail = line.partition(" = ")
    if not equals:
        head, _, tail = line.partition("return ")
        return _in_brackets(head + "return ", tail, "")
    return _in_brackets("    ", head.strip(), f" = {tail}")


def _in_brackets(before: str, names: str, after: str) -> list[str]:
    lines, current = [before + "("], "       "
    for name in names.split(", "):
        if len(current) + len(name) > MAX_LINE - 2:
            lines.append(current)
            current = "       "
        current += f" {name},"
    return [*lines, current, f"    ){after}"]


def _returned(
    result: Result,
    outputs: Sequence[Variable],
    read_only: Collection[Variable],
    seen: dict[Variable, int],
) -> str:
    """Return the text of what is returned; no two arrays of it share memory that one can write."""
    if isinstance(result, dict):
        entries = (
            f"{key!r}: {_returned(part, outputs, read_only, seen)}" for key, part in result.items()
        )
        return "{" + ", ".join(entries) + "}"
    if isinstance(result, tuple):
        entries = [_returned(part, outputs, read_only, seen) for part in result]
        return f"({', '.join(entries)}{',' * (len(entries) == 1)})"
    variable = outputs[result]
    if variable.storage in ("scalar", "number"):
        return f"float({variable.name})"
    if variable in read_only:
        return variable.name
    memory = variable.memory
    seen[memory] = seen.get(memory, 0) + 1
    if memory.storage in ("given", "fixed") or seen[memory] > 1:
        return f"array({variable.name})"
    return variable.name
