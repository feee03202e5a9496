"""Small scalar graphs as straight-line Python on plain floats.

The whole graph is one straight line: partials are written with the values already known,
common subexpressions once. Other numbers (NumPy's, whole ones, arrays without axes) are made
floats first. What is none (arrays of samples, a missing value) and what Python refuses and NumPy
does not (1/0, exp(1000)) goes to ``general``, with the same arguments.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np

from graphdiff.graph import Node
from graphdiff.program.arguments import AS_FLOAT
from graphdiff.program.naming import Naming
from graphdiff.program.scalars import numeric
from graphdiff.program.scalars.index_arrays import IndexArrays
from graphdiff.program.scalars.python import Printer, Reserved
from graphdiff.program.scalars.rules import as_float, cotangents, written
from graphdiff.program.scalars.scalar_tape import Lines
from graphdiff.program.source import compiled

Returned = Literal["value_and_gradient", "value", "gradient"]
General = Callable[..., Any]


@dataclass(frozen=True)
class Straight:
    """A graph written as one straight line.

    Attributes
    ----------
    lines
        The program; input k is the k-th leaf.
    place
        The line of each node that the output depends on.
    value
        The line of the output.
    cotangent
        The line of P of each node between the output and ``wrt``.
    """

    lines: Lines
    place: dict[int, int]
    value: int
    cotangent: dict[int, int]
    gradient: tuple[int, ...]


def straight(network: IndexArrays) -> Straight:
    """Write a graph, and its reverse sweep, as one straight line."""
    b = Lines()
    place = {node: b.input(k) for k, node in enumerate(network.leaves.tolist())}
    wrt = {node.index - 1 for node in network.wrt}
    for node, (kind, above) in zip(
        network.needed.tolist(), network.each(network.parents), strict=True
    ):
        line = written(b, network.functions[kind], tuple(place[parent] for parent in above))
        # A computed node to differentiate in is apart from others that are the same formula.
        place[node] = b.mark(node, line) if node in wrt else line
    value = place[network.end]
    found = cotangents(b, value, [place[node] for node in wrt if node in place], every=True)
    zero = b.number(0)
    gradient = tuple(
        found.get(place[node.index - 1], zero) if node.index - 1 in place else zero
        for node in network.wrt
    )
    return Straight(b, place, value, found, gradient)


@dataclass(frozen=True, eq=False)
class FloatProgram:
    """A program on plain floats.

    Attributes
    ----------
    source
        Its text: one function ``step`` of the leaves.
    arguments
        What the leaves are called there, in order.
    names
        What the functions are that it calls, but ``general``.
    """

    source: str
    arguments: tuple[str, ...]
    names: dict[str, object]
    general_name: str
    why: str
    straight: Straight
    wrt: tuple[str, ...]
    kind: str = field(default="floats", init=False)

    def function(self, general: General) -> Callable[..., Any]:
        """Return ``step``, which calls ``general`` with the same arguments where it must."""
        return compiled(self.source, {**self.names, self.general_name: general}, "graphdiff step")

    @cached_property
    def _step(self) -> Callable[..., Any]:
        return self.function(self.general)

    @cached_property
    def _numeric(self) -> tuple[dict[int, Any], list[numeric.NumericStep]]:
        lines = self.straight.lines
        outputs = (self.straight.value, *self.straight.gradient)
        return numeric.numbers(lines), numeric.steps(lines, outputs)

    def general(self, *leaves: Any) -> tuple[Any, tuple[Any, ...]]:
        """Compute the same with NumPy: on arrays of samples, and where 1/0 is infinite."""
        numbers, program = self._numeric
        values = dict(numbers)
        for k, line in enumerate(self.straight.lines.lines):
            if line[0] == "input":
                values[k] = np.asarray(leaves[line[1]], np.float64)[()]
        with np.errstate(all="ignore"):
            numeric.run(program, values)
        return values[self.straight.value], tuple(values[k] for k in self.straight.gradient)

    def __call__(self, leaves: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the value and the gradient for the values of all leaves."""
        value, gradient = self._step(*np.asarray(leaves, np.float64).tolist())
        parts = [gradient[name] for name in self.wrt] if isinstance(gradient, dict) else gradient
        return float(value), np.array(parts, np.float64)


def float_program(
    network: IndexArrays,
    *,
    form: Returned = "value_and_gradient",
    single: bool = False,
    most: int | None = None,
    why: str = "",
) -> FloatProgram | None:
    """Return a graph as a program on plain floats, None if it has more lines than ``most``.

    Parameters
    ----------
    form
        What the function returns.
    single
        Whether the gradient of the one node of ``wrt`` is returned bare, not as a dict.
    """
    written_out = straight(network)
    lines = written_out.lines
    naming = Naming(Reserved())
    leaves, needed = network.leaves.tolist(), network.needed.tolist()
    arguments = tuple(naming.variable(network.nodes[node].name) for node in leaves)
    inputs = {written_out.place[node]: name for node, name in zip(leaves, arguments, strict=True)}
    wanted: dict[int, str] = {}
    for node in needed:
        wanted.setdefault(written_out.place[node], network.nodes[node].name)
    value = () if form == "gradient" else (written_out.value,)
    gradient = () if form == "value" else written_out.gradient
    for node in (*reversed(needed), *leaves):
        line = written_out.cotangent.get(written_out.place[node])
        if line is not None and lines.lines[line][0] not in ("input", "number"):
            wanted.setdefault(line, f"P_{network.nodes[node].name}")
    general, kind_of, plain, as_floats = (
        naming.variable(name) for name in ("general", "type", "float", "as_float")
    )
    printer = Printer(lines, naming, inputs, wanted)
    printer.count([*value, *gradient])
    first = printer.assignments([written_out.value])
    second = printer.assignments(list(gradient))
    if most is not None and len(first) + len(second) > most:
        return None
    given = ", ".join(
        _argument(network.nodes[node], name) for node, name in zip(leaves, arguments, strict=True)
    )
    parts = [printer.use(line) for line in gradient]
    wrt = tuple(node.name for node in network.wrt)
    if single and parts:
        returned = parts[0]
    else:
        named = dict(zip(wrt, parts, strict=False))
        returned = f"{{{', '.join(f'{name!r}: {text}' for name, text in named.items())}}}"
    result = {
        "value": f"{printer.use(written_out.value)}",
        "gradient": returned,
        "value_and_gradient": f"{printer.use(written_out.value)}, {returned}",
    }[form]
    errors = naming.variable("errors")
    in_value = set(lines.needed([written_out.value]))
    used = [name for line, name in inputs.items() if line in in_value]
    others = " or ".join(f"{kind_of}({name}) is not {plain}" for name in used)
    made = ", ".join(f"{as_floats}[{kind_of}({name})]({name})" for name in used)
    checked = [f"if {others}:", f"    {', '.join(used)} = {made}"] if used else []
    body = [
        "try:",
        *(f"    {line}" for line in (*checked, *first, *second, f"return {result}")),
        f"except {errors}:",
        "    pass",
        f"return {general}({', '.join(arguments)})",
    ]
    source = f"def step({given}):\n" + "".join(f"    {line}\n" for line in body)
    names = {
        **printer.names, kind_of: type, plain: float, as_floats: AS_FLOAT,
        errors: (TypeError, ValueError, ArithmeticError, LookupError),
    }  # fmt: skip
    return FloatProgram(source, arguments, names, general, why, written_out, wrt)


def _argument(node: Node, name: str) -> str:
    """Return a leaf as an argument, its held value the default."""
    if node.value is None or np.ndim(node.value):
        return f"{name}=None"
    value = as_float(node.value)
    return f"{name}={value!r}" if np.isfinite(value) else f"{name}=None"
