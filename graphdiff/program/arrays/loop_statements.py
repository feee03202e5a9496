"""Loops as statements: the arrays they write, one call each, and what is left to be reduced."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from typing import Any

import numpy as np

from graphdiff.language.functions.reductions import Extremum
from graphdiff.program.arrays.fusing import Loop
from graphdiff.program.arrays.loops import Output, compiled_loop, read_by, text_of
from graphdiff.program.arrays.statements import Statements, Variable
from graphdiff.program.tape.tape import Call, Tape


class LoopStatements:
    """Writes the statements of loops.

    Parameters
    ----------
    order
        The lines of the tape and the loops, in the order in which they are written.
    variables
        The variable of each line that has been written; those of loops are added.
    """

    def __init__(
        self,
        tape: Tape,
        order: Iterable[int | Loop],
        statements: Statements,
        variables: MutableMapping[int, Variable],
    ) -> None:
        self.tape = tape
        self.statements = statements
        self.variables = variables
        self._names: dict[str, str] = {}
        self._in_rows: dict[int, Variable] = {}
        self.texts: list[str] = []
        """The text of each loop, once."""
        self._wanted = set(tape.outputs)
        for one in order:
            if isinstance(one, Loop):
                self._wanted |= read_by(tape, one)
            elif isinstance(line := tape.lines[one], Call):
                self._wanted.update(line.operands)

    def write(self, loop: Loop) -> None:
        """Write the statements of a loop."""
        s = self.statements
        text = text_of(self.tape, loop, self._wanted)
        name = self._names.get(text.template)
        if name is None:
            name = s.constant("loop", compiled_loop(self.tape, text))
            self._names[text.template] = name
            self.texts.append(text.template.replace("loop{version}", name))
        made = [self._made(output) for output in text.outputs]
        given = [*map(self._lying, text.arrays), *map(self._number, text.numbers), *made]
        places = [f"{{{k}}}" for k in range(len(given))] + [str(size) for size in text.sizes]
        done = s.add("done", (), "scalar", tuple(given), f"{name}({', '.join(places)})")
        for output, array in zip(text.outputs, made, strict=True):
            named = self.tape.names.get(output.line, "t")
            filled = s.add(named, output.shape, "view", (array, done), "{0}")
            self._give(output, filled)

    def _made(self, output: Output) -> Variable:
        """Return the memory that an output is written to."""
        start = "0.0" if output.start == 0 else f"float('{output.start}')"
        filled = [] if output.start is None else [f"{{t}}.fill({start})"]
        return self.statements.add("t", output.shape, "buffer", (), "{alloc}", *filled)

    def _lying(self, k: int) -> Variable:
        """Return an array whose entries lie row by row."""
        s, x = self.statements, self.variables[k]
        if x.memory.storage == "buffer" and x.contiguous:
            return x
        if k not in self._in_rows:
            in_rows = s.shared_constant("in_rows", _in_rows)
            self._in_rows[k] = s.add("t", x.shape, "new", (x,), f"{in_rows}({{0}})")
        return self._in_rows[k]

    def _number(self, k: int) -> Variable:
        x = self.variables[k]
        if x.storage != "fixed":
            return x
        return self.statements.add("t", (), "scalar", (x,), "float({0})")

    def _give(self, output: Output, filled: Variable) -> None:
        """Make the value the variable of its line, and of those that have the same entries."""
        s, line = self.statements, self.tape.lines[output.line]
        found = filled
        if output.is_last_reduced and isinstance(line, Call):
            call = "add"
            if isinstance(line.function, Extremum):
                call = "minimum" if line.function.smallest else "maximum"
            text = f"{call}.reduce({{0}}, -1, None, {{into}})"
            found = s.add("t", output.shape[:-1], "buffer", (filled,), text)
        self.variables[output.line] = s.reshaped(found, self.tape.shapes[output.line])
        for k in output.also:
            self.variables[k] = s.reshaped(found, self.tape.shapes[k])


def _in_rows(x: np.ndarray) -> Any:
    """Return an array, or a copy of it, whose entries lie row by row in memory."""
    flags = x.flags
    return x if flags.c_contiguous and flags.aligned else np.array(x, order="C")
