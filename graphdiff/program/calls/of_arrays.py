"""Calls with values of any kind: a program for each type of number and each set of samples."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from graphdiff.program.arguments import FLOAT64, Dtype
from graphdiff.program.arrays.array_program import array_program
from graphdiff.program.calls.asked import Asked
from graphdiff.program.calls.programs import Program, Programs
from graphdiff.program.export.backends import Backend, Run, Runner
from graphdiff.program.tape.batching import is_of_scalars, on_samples, with_samples

FLOATS = "floats"
"""The key of a program of plain floats, which is returned to where it can be."""

_LEFT_OUT: Any = object()
"""The value of an argument that is left out, until those held have been cast."""

_SAMPLES = "# {} of {} on samples: each line of the tape by its function's kernel, one axis more"
_MAPPED = ", mapped over the first axis of what is samples"


class ArrayCalls:
    """Calls of a step with values of any kind.

    Parameters
    ----------
    asked
        What the step is of.
    programs
        Where programs are kept.
    """

    def __init__(self, asked: Asked, programs: Programs) -> None:
        self._asked, self._programs, self._arguments = asked, programs, asked.arguments

    def __call__(self, /, *values: Any) -> Any:
        """Compute with the program for these values, made now if there is none."""
        if values and isinstance(values[0], Mapping):  # which came in the place of the first leaf
            values = tuple(self._arguments.bound((self.by_name(values),), {}))
        checked = self._arguments.checked(self._named(values), self._asked.needed, self._asked.used)
        program = self.program(checked.dtype, checked.samples)
        if checked.dtype != FLOAT64 and not self._asked.dtype:
            self._programs.first = self._given(program)
        elif FLOATS not in self._programs or checked.samples:
            self._programs.first = program
        else:  # what plain floats could not compute now, they may the next time
            self._programs.return_to(FLOATS)
        return program(*(checked.arrays.get(name) for name in self._arguments.names))

    def program(self, dtype: Dtype, samples: Mapping[str, int]) -> Callable[..., Any]:
        """Return the program for a type of number, the leaves given being samples."""
        key = (dtype, *sorted(samples.items()))
        return self._programs.of(key, lambda: self._made(dtype, samples))

    def by_name(self, values: Sequence[Any]) -> dict[Any, Any]:
        """Return the values given by a mapping in the place of the first leaf, and by keyword."""
        pairs = zip(self._arguments.held.items(), values, strict=True)
        rest = {name: value for (name, was), value in pairs if value is not was}
        del rest[self._arguments.names[0]]
        return {**values[0], **rest}

    def _named(self, values: Sequence[Any]) -> dict[str, Any]:
        return dict(zip(self._arguments.names, values, strict=True))

    def _given(self, program: Callable[..., Any]) -> Callable[..., Any]:
        """Return a program in float32 that is used for values given, not for those held alone."""

        def step(*values: Any, **named: Any) -> Any:
            if not values and not named:
                return self(*self._arguments.held.values())
            return program(*values, **named)

        return step

    def _made(self, dtype: Dtype, samples: Mapping[str, int]) -> Program:
        asked, tape = self._asked, self._asked.recording.tape
        if asked.backend is not None:
            return self._elsewhere(asked.backend, dtype, samples)
        if samples and not (is_of_scalars(tape) and samples.keys() <= asked.needed):
            return self._on_samples(dtype, samples)
        if samples:
            tape = with_samples(tape, samples)
        own = self._arguments.held
        cast = [name for name, value in own.items() if value is not None and name in tape.leaves]
        held = {**own, **dict.fromkeys(cast, _LEFT_OUT)}

        def general(*values: Any) -> Any:
            """Compute anew, the values held not as this program has them but as they were.

            They are cast at the first call that leaves one out: in another type they are copies.
            """
            if any(value is _LEFT_OUT for value in values):
                for name in cast:
                    held[name] = self._arguments.array(name, own[name], dtype)
                program.hold(tuple(held.values()))
                pairs = zip(values, held.values(), strict=True)
                return program.function(*(h if v is _LEFT_OUT else v for v, h in pairs))
            pairs = zip(values, held.values(), own.values(), strict=True)
            return self(*(was if value is kept else value for value, kept, was in pairs))

        program = array_program(
            tape, asked.recording.result, held, general,
            dtype=dtype, reuse=asked.reuse, jit=asked.is_in_loops(dtype),
            zeros_once=asked.form in ("jacobian", "hessian"), about=asked.about(dtype),
        )  # fmt: skip
        return program.function, program.source

    def _on_samples(self, dtype: Dtype, samples: Mapping[str, int]) -> Program:
        """Return a program that computes line by line, with one axis more for the samples."""
        recording, names = self._asked.recording, self._arguments.names
        lead = (next(iter(samples.values())),)

        def step(*values: Any, **named: Any) -> Any:
            if named or len(values) != len(names) or not self._fits(values, dtype, samples):
                return self(*self._arguments.bound(values, named))
            outputs = on_samples(recording.tape, self._named(values), dtype)
            whole = [
                np.array(np.broadcast_to(found, lead + recording.tape.shapes[k]))
                for found, k in zip(outputs, recording.tape.outputs, strict=True)
            ]
            return _filled(recording.result, whole)

        return step, _SAMPLES.format(self._asked.form, self._asked.output.name)

    def _elsewhere(self, backend: Backend, dtype: Dtype, samples: Mapping[str, int]) -> Program:
        """Return the program that another library runs, and its text."""
        recording, names = self._asked.recording, self._arguments.names
        why = f"asked for by backend={backend.name!r}" + (_MAPPED if samples else "")
        about = f"{self._asked.described}\n# {backend.title} in {dtype.name}, {backend.how}: {why}"
        exported = backend.export(recording, self._arguments, about)
        taken = [name in recording.tape.leaves or name in samples for name in names]
        axes = tuple(0 if name in samples else None for name in names)
        run = Run(backend, exported, [*self._arguments.held.values()], dtype, axes)
        is_own, numpy = run.runner.is_own, run.runner.numpy

        def step(*values: Any, **named: Any) -> Any:
            if named or len(values) != len(names):
                values = tuple(self._arguments.bound(values, named))
            has_own = any(map(is_own, values))
            if not self._fits(values, dtype, samples, run.runner if has_own else None):
                return self._with_own(run.runner, values) if has_own else self(*values)
            found = run(*(v if used else None for v, used in zip(values, taken, strict=True)))
            if not has_own:
                found = [numpy(one) for one in found]
                if not samples:
                    found = [one if one.shape else float(one) for one in found]
            return _filled(recording.result, found)

        return step, exported.source

    def _with_own(self, runner: Runner, values: Sequence[Any]) -> Any:
        """Compute with values of any kind, arrays of the library among them, which stay there.

        What is checked is an array of NumPy's of the same type and shape, of one entry.
        """
        given = self._named(values)
        own = {name: value for name, value in given.items() if runner.is_own(value)}
        for name, value in own.items():
            kind, shape = runner.kind(value)
            given[name] = np.broadcast_to(np.zeros((), kind), shape)
        checked = self._arguments.checked(given, self._asked.needed, self._asked.used)
        program = self._programs.first = self.program(checked.dtype, checked.samples)
        filled = {**checked.arrays, **own}
        for name, value in own.items():
            if runner.kind(value)[0] != checked.dtype:
                filled[name] = runner.kept(np.asarray(runner.numpy(value), checked.dtype))
        return program(*(filled.get(name) for name in self._arguments.names))

    def _fits(
        self,
        values: Sequence[Any],
        dtype: Dtype,
        samples: Mapping[str, int],
        runner: Runner | None = None,
    ) -> bool:
        """Whether values are arrays of the type, samples where they were and nowhere else.

        Arrays of the library that a runner is of are as good as NumPy's.
        """
        for name, value in zip(self._arguments.names, values, strict=True):
            if name in self._asked.used and (value is not None or name in self._asked.needed):
                lead = (samples[name],) if name in samples else ()
                if isinstance(value, np.ndarray | np.generic):
                    kind = value.dtype, value.shape
                elif runner is not None and runner.is_own(value):
                    kind = runner.kind(value)
                else:
                    return False
                if kind != (dtype, lead + self._arguments.shape(name)):
                    return False
        return True


def _filled(result: Any, outputs: Sequence[Any]) -> Any:
    if isinstance(result, dict):
        return {key: _filled(part, outputs) for key, part in result.items()}
    if isinstance(result, tuple):
        return tuple(_filled(part, outputs) for part in result)
    return outputs[result]
