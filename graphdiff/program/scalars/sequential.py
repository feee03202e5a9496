"""Deep thin scalar graphs: values one after the other, all partials at once, P by one solve.

The values are computed in Python on plain floats, runs of alike nodes in one loop. Then the
partials of all nodes that have the same local function take one NumPy call each operation,
and P^j = Σ P^i J^{j→i} is one triangular system: in a chain a product from the end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import repeat
from typing import Any

import numpy as np

from graphdiff.program.naming import Naming
from graphdiff.program.scalars import python
from graphdiff.program.scalars.decomposition import Rule, whole
from graphdiff.program.scalars.index_arrays import IndexArrays
from graphdiff.program.scalars.partials import Reverse
from graphdiff.program.scalars.periods import Run, runs_of
from graphdiff.program.scalars.python import Printer, Reserved
from graphdiff.program.source import compiled

Array = np.ndarray
Values = Callable[[list[float]], list[float]]
MAX_STATEMENTS = 4_000
"""Statements in a generated program; a longer one becomes a loop over lists."""


class _Writer:
    """Writes the forward sweep as Python, with ``math`` or, never raising, as NumPy has it."""

    def __init__(self, network: IndexArrays, rules: list[Rule], *, safe: bool) -> None:
        self.network = network
        self.rules = rules
        self.safe = safe
        self.names: dict[str, object] = {}
        self.naming = Naming(Reserved())
        for name in ("values", "leaves", "repeat", "program", "u"):
            self.naming.variable(name)

    def printer(self, rule: Rule, arguments: list[str]) -> Printer:
        """Return what prints a rule of arguments that are written so."""
        inputs = dict(zip(rule.inputs(), arguments, strict=True))
        printer = Printer(
            rule.lines, self.naming, inputs, {},
            helpers=python.never_raising() if self.safe else python.HELPERS,
            named_division=self.safe, names=self.names, helper_names=self.helper_names,
        )  # fmt: skip
        printer.count([rule.output])
        return printer

    @cached_property
    def helper_names(self) -> dict[Any, str]:
        """The names of helpers, one for each in the whole text."""
        return {}

    def written(self, rule: Rule, arguments: list[str]) -> tuple[list[str], str]:
        """Return the assignments before a value, and its expression."""
        printer = self.printer(rule, arguments)
        before = printer.assignments([rule.output])
        return before, printer.use(rule.output)

    def at(self, node: int) -> str:
        """Return how an argument is read from the lists."""
        return f"values[{node}]" if node >= 0 else f"leaves[{-1 - node}]"

    def single(self, node: int) -> list[str]:
        """Return the statements for one node."""
        rule = self.rules[self.network.kinds[node]]
        before, text = self.written(rule, [self.at(j) for j in self.network.arguments_of(node)])
        return [*before, f"values.append({text})"]

    def run(self, run: Run) -> list[str]:
        """Return the statements for a run: what it needs at hand, then a loop."""
        variables = [self._variable(run.start + k) for k in range(run.width)]
        given: dict[tuple[int, int], str] = {}
        before: list[str] = []
        columns: list[tuple[str, str]] = []
        place = 0
        lines: list[tuple[list[str], str]] = []
        for offset in range(run.width):
            rule = self.rules[self.network.kinds[run.start + offset]]
            arguments = []
            for _ in range(rule.arity):
                argument, step = run.first[place], run.step[place]
                place += 1
                if argument >= 0 and step:
                    arguments.append(variables[(argument - run.start) % run.width])
                    if argument < run.start:
                        before.append(f"{arguments[-1]} = {self.at(argument)}")
                    continue
                if (argument, step) not in given:
                    name = self._variable(argument)
                    given[argument, step] = name
                    if step:
                        first, last = -1 - argument, -1 - argument - step * run.turns
                        columns.append((name, f"leaves[{first}:{last}:{-step}]"))
                    else:
                        before.append(f"{name} = {self.at(argument)}")
                arguments.append(given[argument, step])
            lines.append(self.written(rule, arguments))
        names = ", ".join(name for name, _ in columns)
        over = f"repeat(None, {run.turns})"
        if columns:
            texts = [text for _, text in columns]
            over = texts[0] if len(texts) == 1 else f"zip({', '.join(texts)})"
        head = f"for {names or '_'} in {over}"
        before = list(dict.fromkeys(before))
        if run.width == 1 and not lines[0][0]:
            return [*before, f"values += [{variables[0]} := {lines[0][1]} {head}]"]
        body = []
        for variable, (temporary, text) in zip(variables, lines, strict=True):
            body += [*temporary, f"{variable} = {text}"]
        body.append(f"values += {', '.join(variables)},")
        return [*before, f"{head}:", *(f"    {line}" for line in body)]

    def _variable(self, node: int) -> str:
        place = self.network.needed[node] if node >= 0 else self.network.leaves[-1 - node]
        return self.naming.variable(self.network.nodes[place].name)

    def program(self, runs: list[Run]) -> str:
        """Return the text of the forward sweep."""
        body = ["values = []"]
        at = 0
        for run in [*runs, None]:
            until = len(self.network.kinds) if run is None else run.start
            for node in range(at, until):
                body += self.single(node)
            if run is not None:
                body += self.run(run)
                at = run.end
        lines = [*body, "return values"]
        return "def values_of(leaves):\n" + "".join(f"    {line}\n" for line in lines)

    def functions(self) -> str:
        """Return the text of a loop over lists, and of a function for each local function."""
        count = len(self.network.kinds)
        widest = max((rule.arity for rule in self.rules), default=0)
        arguments = [self.naming.variable(f"a{k}") for k in range(widest)]
        text = (
            "def values_of(leaves):\n"
            f"    u = [0.0] * {count} + leaves[::-1]\n"
            "    for k, (f, places) in enumerate(program):\n"
            "        u[k] = f(*[u[j] for j in places])\n"
            f"    return u[:{count}]\n"
        )
        made = []
        for rule in self.rules:
            made.append(self.naming.variable(f"f{len(made)}"))
            before, value = self.written(rule, arguments[: rule.arity])
            text += f"def {made[-1]}({', '.join(arguments[: rule.arity])}):\n"
            text += "".join(f"    {line}\n" for line in (*before, f"return {value}"))
        return f"{text}values_of.functions = {', '.join(made)},\n"


@dataclass(frozen=True, eq=False)
class SequentialProgram:
    """A program that computes values one after the other.

    Attributes
    ----------
    source
        The text of the forward sweep.
    """

    source: str
    why: str
    values: Values
    reverse: Reverse
    _never_raising: Callable[[], Values]
    kind: str = field(default="sequential", init=False)

    @cached_property
    def values_never_raising(self) -> Values:
        """The forward sweep as NumPy has it: 1/0 is infinite."""
        return self._never_raising()

    def __call__(self, leaves: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the value and the gradient for the values of all leaves."""
        x = np.ascontiguousarray(leaves, np.float64)
        given = x.tolist()
        try:
            values = self.values(given)
        except (ArithmeticError, ValueError):
            values = self.values_never_raising(given)
        count = self.reverse.count
        u = np.empty(len(x) + count)
        u[: len(x)] = x
        u[len(x) :] = np.fromiter(values, np.float64, count)
        with np.errstate(all="ignore"):
            gradient = self.reverse.gradient(u)
        return float(u[-1]), gradient


def sequential_program(network: IndexArrays, why: str = "") -> SequentialProgram:
    """Return a graph as a program that computes values one after the other."""
    rules = [whole(function) for function in network.functions]
    runs = runs_of(network)
    inside = sum(run.end - run.start for run in runs)
    statements = len(network.kinds) - inside + sum(run.width for run in runs)
    in_one = statements <= MAX_STATEMENTS

    def forward(*, safe: bool = False) -> tuple[str, Values]:
        writer = _Writer(network, rules, safe=safe)
        text = writer.program(runs) if in_one else writer.functions()
        program: list[tuple[Callable[..., float], list[int]]] = []
        names = {**writer.names, "repeat": repeat, "program": program}
        function = compiled(text, names, "graphdiff forward sweep")
        if not in_one:
            made: Any = function.__dict__.pop("functions")
            program += [(made[kind], places) for kind, places in network.each(network.arguments)]
        return text, function

    source, values = forward()
    return SequentialProgram(
        source, why, values, Reverse(network, rules), lambda: forward(safe=True)[1]
    )
