"""A compiled step: a function of the leaves that gives values and derivatives fast.

A program is made for one type of number and one set of leaves that are samples. The last
one that was used is tried first; it refuses what it was not made for, and then the right one
is looked up or made.
"""

from __future__ import annotations

import operator
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from graphdiff.errors import GraphError, quoted_list
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.graph.letter_sizes import letters_of, sized, sizes_in
from graphdiff.graph.stable_graph import stable_graph
from graphdiff.program import export
from graphdiff.program.arguments import FLOAT32, FLOAT64, Arguments, Dtype, floats_of
from graphdiff.program.arrays.array_program import array_program
from graphdiff.program.export import Exported
from graphdiff.program.export.backends import Backend, Run, Runner, backend_of
from graphdiff.program.jitted import check_numba
from graphdiff.program.packing import Gradient, LeafVector, Packing
from graphdiff.program.scalars import DESCRIBED, FloatProgram, ScalarProgram, scalar_program
from graphdiff.program.tape.batching import is_of_scalars, on_samples, with_samples
from graphdiff.program.tape.transforms import (
    VECTOR_OF,
    Recording,
    checked_form,
    recorded,
    vectors_of,
)
from graphdiff.symbolic import scalar_derivatives, tensor_derivatives

MAX_PROGRAMS = 32
"""Programs kept for one step; of more kinds of calls the oldest is made anew."""

_LEFT_OUT: Any = object()
"""The value of an argument that is left out, until those held have been cast."""

SCALAR_FORMS = ("value_and_gradient", "value", "gradient")
"""Forms that graphs of scalars have programs of their own for."""


class Compiled:
    """A compiled function of the leaves of a graph.

    Call it with the values of leaves, ``step(x=1, W=array)``, ``step({"x": 1})`` or in the
    order of the leaves; a leaf that is left out has the value it was built with.

    Attributes
    ----------
    form
        What a call returns: ``"value_and_gradient"`` and so on.
    wrt
        The names of the leaves it is differentiated in.
    seconds
        How long compiling took.
    """

    def __init__(
        self,
        graph: ComputationalGraph,
        output: Node,
        wrt: Sequence[Node],
        form: str = "value_and_gradient",
        *,
        single: bool = False,
        dtype: Any = None,
        reuse: bool = False,
        jit: bool = False,
        backend: str = "numpy",
    ) -> None:
        started = time.perf_counter()
        checked_form(output, wrt, form)
        self._backend = backend_of(backend)
        self.form = form
        self.output = output.name
        self.wrt = tuple(node.name for node in wrt)
        self._graph, self._output, self._wrt = graph, output, tuple(wrt)
        self._single, self._reuse, self._jit = single, reuse, jit
        self._dtype = None if dtype is None else _checked_dtype(dtype)
        vectors = vectors_of(output, wrt, form, single=single)
        self._arguments = Arguments(graph, vectors, VECTOR_OF.get(form), self._dtype)
        self._programs: dict[Any, tuple[Callable[..., Any], str]] = {}
        self._fast: Callable[..., Any]
        self._floats: Any = None
        self._last: Any = None
        if jit:
            self._check_jit()
        if form != "value":
            scalar_derivatives.check_real(graph, output, wrt)
        if letters_of(graph):
            self._use("sizes", self._by_sizes, _SIZES.format(form, output.name))
        elif self._scalars is None:
            self._fast = self._program(self._dtype or FLOAT64, {})
        elif isinstance(self._scalars, FloatProgram):
            self._floats = self._scalars.function(self._of_floats)
            self._use("floats", self._floats, self._source_of_scalars)
        else:
            self._use("vector", self._by_vector, self._source_of_scalars)
        self.seconds = time.perf_counter() - started

    def __reduce__(self) -> tuple[Any, ...]:
        """Give what it is made of: a copy has programs of its own."""
        options = {
            "single": self._single, "dtype": self._dtype, "reuse": self._reuse, "jit": self._jit,
            "backend": self.backend,
        }  # fmt: skip
        return _compiled, (self._graph, self.output, self.wrt, self.form, options)

    def __call__(self, /, *values: Any, **named: Any) -> Any:
        """Return what the form says, for these values of the leaves."""
        try:
            return self._fast(*values, **named)
        except TypeError:
            bound = self._arguments.bound(values, named)
            if self._floats is not None and (numbers := floats_of(bound)) is not None:
                return self._floats(*numbers.tolist())
            return self._general(*bound)

    @property
    def backend(self) -> str:
        """Who runs the program: ``"numpy"``, ``"jax"`` or ``"torch"``."""
        return "numpy" if self._backend is None else self._backend.name

    @property
    def source(self) -> str:
        """The program as text: the one that calls like the last one use."""
        return self._programs[self._last][1]

    def __repr__(self) -> str:
        more = ", …" if len(self.wrt) > 8 else ""
        return (
            f"<compiled {self.form} of {self.output} in {', '.join(self.wrt[:8])}{more}: "
            f"{self.seconds * 1e3:.3g} ms>"
        )

    # Vectors

    def theta(self) -> np.ndarray:
        """Return the values that the leaves of ``wrt`` were built with, as one vector.

        Raises
        ------
        GraphError
            If one has none.
        """
        if self._scalars is not None:
            found = self._leaves.held[self._leaves.places]
            if not np.isnan(found).any():
                return found
        return self._packing.packed(self._arguments.held, self._dtype)

    def flat(self, theta: Any, /, **named: Any) -> tuple[float, np.ndarray]:
        """Return value and gradient, the leaves of ``wrt`` given as one vector.

        The gradient is a vector of the same entries. It is what ``scipy.optimize.minimize``
        wants with ``jac=True``.

        Parameters
        ----------
        theta
            The entries of the leaves in the order of ``wrt``, each row by row.
        **named
            Values for other leaves.

        Raises
        ------
        GraphError
            If the vector has not as many entries, or the form is another.

        Examples
        --------
        >>> import graphdiff as gd
        >>> g = gd.Graph()
        >>> a, b = g.parameter("a", 1), g.parameter("b", [2, 3])
        >>> step = g.compile(g.node("L", a * (b**2).sum()))
        >>> step.theta()
        array([1., 2., 3.])
        >>> step.flat([2, 1, 0])
        (2.0, array([1., 4., 0.]))
        """
        if self.form != "value_and_gradient":
            raise GraphError(f"flat is for the form value_and_gradient, not {self.form}")
        vector = np.asarray(theta)
        if not named and vector.dtype == FLOAT64 and vector.shape == self._shape_of_flat:
            return self._flat_of_floats(vector)
        if self._scalars is not None and vector.dtype != FLOAT32:
            return self._flat_of_scalars(vector, named)
        value, found = self(**self._packing.unpacked(vector), **named)
        by_name = {self.wrt[0]: found} if self._single else found
        return value, self._packing.packed(by_name, FLOAT32 if vector.dtype == FLOAT32 else None)

    @cached_property
    def _packing(self) -> Packing:
        return Packing(self._wrt)

    @cached_property
    def _computed(self) -> tuple[ComputationalGraph, Node, tuple[Node, ...]]:
        """The graph that programs are made of, the output and the leaves of ``wrt`` in it."""
        graph = stable_graph(self._graph, self._output)
        return graph, graph[self.output], tuple(graph[name] for name in self.wrt)

    # Graphs of scalars

    @cached_property
    def _scalars(self) -> ScalarProgram | None:
        """The program for a graph of scalars."""
        if self.form not in SCALAR_FORMS or self._dtype == FLOAT32 or self._backend is not None:
            return None
        if not self._is_of_scalars:
            return None
        graph, output, wrt = self._computed
        kind = "taped" if self._jit else None
        return scalar_program(
            graph, output, () if self.form == "value" else wrt,
            kind=kind, form=self.form, single=self._single,  # type: ignore[arg-type]
        )  # fmt: skip

    @property
    def _is_of_scalars(self) -> bool:
        """Whether all that a call is about is a scalar, leaves that nothing depends on too."""
        leaves = all(not self._graph[name].shape for name in self.wrt)
        return leaves and tensor_derivatives.is_scalar(self._graph, self._output)

    def _check_jit(self) -> None:
        if self._backend is not None:
            raise GraphError(
                f"jit=True is for programs in NumPy; {self._backend.title} has its own ways: "
                "leave out jit, or backend"
            )
        if self._is_of_scalars and self.form not in SCALAR_FORMS:
            raise GraphError(
                f"jit=True of a graph of scalars is for the forms {quoted_list(SCALAR_FORMS)}, "
                f"not {self.form!r}"
            )
        if self._dtype == FLOAT32:
            raise GraphError("jit=True computes in float64; leave dtype out, or jit")
        check_numba()

    @cached_property
    def _leaves(self) -> LeafVector:
        """All leaves as one vector."""
        whole = all(type(value) is float for value in self._arguments.held.values())
        return LeafVector(self._arguments, self.wrt, set() if whole else self._used)

    def _flat_of_scalars(self, theta: np.ndarray, named: Mapping[str, Any]) -> tuple[float, Any]:
        program = self._scalars
        assert program is not None  # noqa: S101 - of the one caller
        if theta.shape != (len(self.wrt),):
            self._packing.unpacked(theta)  # which says what is wrong
        leaves = self._leaves.filled((), named, theta)
        if leaves is None:
            leaves = self._filled_slowly(theta, named)
        return program(leaves) if self._floats is None else self._vector_of_floats(leaves.tolist())

    @cached_property
    def _shape_of_flat(self) -> tuple[int] | None:
        """The shape of a vector that plain floats are called with, None where that cannot be."""
        complete = self._floats is not None and self._leaves.is_complete
        return (len(self.wrt),) if complete else None

    def _flat_of_floats(self, theta: np.ndarray) -> tuple[float, np.ndarray]:
        leaves = self._held_floats.copy()
        if isinstance(self._leaves.places, slice):
            leaves[self._leaves.places] = theta.tolist()
        else:
            for place, number in zip(self._leaves.places.tolist(), theta.tolist(), strict=True):
                leaves[place] = number
        return self._vector_of_floats(leaves)

    @cached_property
    def _held_floats(self) -> list[float]:
        return self._leaves.held.tolist()

    def _vector_of_floats(self, leaves: list[float]) -> tuple[float, np.ndarray]:
        value, found = self._floats(*leaves)
        return float(value), np.array([found] if self._single else [*found.values()], np.float64)

    def _filled_slowly(self, theta: np.ndarray, named: Mapping[str, Any]) -> np.ndarray:
        """Return the vector of all leaves for any kind of values, or say which are wrong."""
        given = dict(zip(self.wrt, theta.tolist(), strict=True))
        bound = self._arguments.bound((given,), named)
        values = dict(zip(self._arguments.names, bound, strict=True))
        checked = self._arguments.checked(values, self._used, self._used)
        if checked.samples:
            name = next(iter(checked.samples))
            raise GraphError(f"flat takes one value of {name!r}, no samples of it")
        return np.array([checked.arrays.get(name, np.nan) for name in values], np.float64)

    def _by_vector(self, *values: Any, **named: Any) -> Any:
        leaves = self._leaves.filled(values, named)
        if leaves is None:
            return self._by_samples(*values, **named)
        program = self._scalars
        assert program is not None  # noqa: S101 - of the one caller
        value, gradient = program(leaves)
        if self.form == "value":
            return value
        derived = gradient.item() if self._single else Gradient(self._place_in_wrt, gradient)
        return derived if self.form == "gradient" else (value, derived)

    @cached_property
    def _place_in_wrt(self) -> Mapping[str, int]:
        return {name: k for k, name in enumerate(self.wrt)}

    def _by_samples(self, *values: Any, **named: Any) -> Any:
        """Compute with values of any kind, samples among them, one row after the other."""
        checked = self._arguments.checked(
            dict(zip(self._arguments.names, self._arguments.bound(values, named), strict=True)),
            self._needed,
            self._used,
        )
        program = self._scalars
        assert program is not None  # noqa: S101 - of the one caller
        leaves = [checked.arrays.get(name, 0.0) for name in self._arguments.names]
        if not checked.samples:
            value, gradient = program(np.array(leaves, np.float64))
            found: list[Any] = [value, *gradient.tolist()]
        else:
            rows = np.broadcast_arrays(*leaves)
            pairs = [program(np.array(row, np.float64)) for row in zip(*rows, strict=True)]
            found = [np.array([value for value, _ in pairs])]
            found += list(np.array([gradient for _, gradient in pairs]).T)
        if self.form == "value":
            return found[0]
        derived = found[1] if self._single else dict(zip(self.wrt, found[1:], strict=True))
        return derived if self.form == "gradient" else (found[0], derived)

    @cached_property
    def _needed(self) -> set[str]:
        """The arguments that a call must have values for."""
        if self._scalars is None or self._scalars.kind == "floats":
            return set(self._recording.tape.leaves)
        return self._used

    @cached_property
    def _used(self) -> set[str]:
        """The arguments that the output depends on."""
        return self._graph.ancestors(self._output) | set(self._arguments.vectors)

    # Any values

    def _general(self, *values: Any) -> Any:
        """Compute with the program for these values, made now if there is none."""
        if values and isinstance(values[0], Mapping):  # which came in the place of the first leaf
            values = tuple(self._arguments.bound((self._by_name(values),), {}))
        names = self._arguments.names
        given = dict(zip(names, values, strict=True))
        checked = self._arguments.checked(given, self._needed, self._used)
        program = self._program(checked.dtype, checked.samples)
        if checked.dtype != FLOAT64 and not self._dtype:
            self._fast = self._given(program)
        elif self._floats is None or checked.samples:
            self._fast = program
        else:  # what plain floats could not compute now, they may the next time
            self._fast, self._last = self._floats, "floats"
        return program(*(checked.arrays.get(name) for name in names))

    def _of_floats(self, *values: Any) -> Any:
        """Compute what plain floats cannot, the values held as they were, samples among them."""
        defaults = self._floats.__defaults__ or ()
        by_dict = values and type(values[0]) is dict and self._has_plain_names
        if by_dict and all(map(operator.is_, values[1:], defaults[1:])):
            return self._floats(**values[0])
        held = self._arguments.held.values()
        triples = zip(values, defaults, held, strict=True)
        values = tuple(was if value is own else value for value, own, was in triples)
        if values and isinstance(values[0], Mapping):
            leaves = self._leaves.filled((self._by_name(values),), {})
            if leaves is not None:
                return self._floats(*leaves.tolist())
        return self._general(*values)

    @cached_property
    def _has_plain_names(self) -> bool:
        """Whether every leaf is called the same in the text of the program."""
        program = self._scalars
        return isinstance(program, FloatProgram) and program.arguments == self._arguments.names

    def _by_name(self, values: Sequence[Any]) -> dict[Any, Any]:
        """Return the values given by a mapping in the place of the first leaf, and by keyword."""
        pairs = zip(self._arguments.held.items(), values, strict=True)
        rest = {name: value for (name, was), value in pairs if value is not was}
        del rest[self._arguments.names[0]]
        return {**values[0], **rest}

    def _given(self, program: Callable[..., Any]) -> Callable[..., Any]:
        """Return a program in float32 that is used for values given, not for those held alone."""

        def step(*values: Any, **named: Any) -> Any:
            if not values and not named:
                return self._general(*self._arguments.held.values())
            return program(*values, **named)

        return step

    @cached_property
    def _recording(self) -> Recording:
        return recorded(*self._computed, self.form, single=self._single)

    def _program(self, dtype: Dtype, samples: Mapping[str, int]) -> Callable[..., Any]:
        key = (dtype, *sorted(samples.items()))
        made = self._programs.get(key)
        if made is None:
            if len(self._programs) >= MAX_PROGRAMS:
                oldest = next(other for other in list(self._programs) if other != "floats")
                self._programs.pop(oldest, None)
            made = self._programs[key] = self._made(dtype, samples)
        self._last = key
        return made[0]

    def _use(self, key: str, function: Callable[..., Any], source: str) -> None:
        self._programs[key] = function, source
        self._fast, self._last = function, key

    def _made(self, dtype: Dtype, samples: Mapping[str, int]) -> tuple[Callable[..., Any], str]:
        recording, arguments = self._recording, self._arguments
        if self._backend is not None:
            return self._elsewhere(self._backend, dtype, samples)
        if samples and not (is_of_scalars(recording.tape) and samples.keys() <= self._needed):
            step = self._on_samples(recording, dtype, samples)
            return step, _SAMPLES.format(self.form, self.output)
        tape = with_samples(recording.tape, samples) if samples else recording.tape
        cast = [
            name
            for name, value in arguments.held.items()
            if value is not None and name in tape.leaves
        ]
        held = {**arguments.held, **dict.fromkeys(cast, _LEFT_OUT)}

        def general(*values: Any) -> Any:
            """Compute anew, the values held not as this program has them but as they were.

            They are cast at the first call that leaves one out: in another type they are copies.
            """
            if any(value is _LEFT_OUT for value in values):
                for name in cast:
                    held[name] = arguments.array(name, arguments.held[name], dtype)
                program.hold(tuple(held.values()))
                pairs = zip(values, held.values(), strict=True)
                return program.function(*(h if v is _LEFT_OUT else v for v, h in pairs))
            pairs = zip(values, held.values(), arguments.held.values(), strict=True)
            return self._general(*(was if value is own else value for value, own, was in pairs))

        program = array_program(
            tape, recording.result, held, general,
            dtype=dtype, reuse=self._reuse, jit=self._is_in_loops(dtype),
            zeros_once=self.form in ("jacobian", "hessian"), about=self._about(dtype),
        )  # fmt: skip
        return program.function, program.source

    def _is_in_loops(self, dtype: Dtype) -> bool:
        """Whether lines of arrays become loops compiled by numba."""
        return self._jit and dtype == FLOAT64 and self._scalars is None

    def _about(self, dtype: Dtype) -> list[str]:
        lines = len(self._recording.tape.lines)
        loops = ", arithmetic in loops compiled by numba" if self._is_in_loops(dtype) else ""
        what = "arrays" if self._scalars is None else "scalars, for samples and other numbers"
        return [
            self._described,
            f"straight-line NumPy in {dtype.name}: a graph of {what}, {lines} lines{loops}",
        ]

    @property
    def _source_of_scalars(self) -> str:
        program = self._scalars
        assert program is not None  # noqa: S101 - of a graph of scalars
        about = f"# {self._described}\n# {DESCRIBED[program.kind]}: {program.why}\n"
        return about + program.source

    def _elsewhere(
        self, backend: Backend, dtype: Dtype, samples: Mapping[str, int]
    ) -> tuple[Callable[..., Any], str]:
        """Return the program that another library runs, and its text."""
        recording, names = self._recording, self._arguments.names
        why = f"asked for by backend={backend.name!r}" + (_MAPPED if samples else "")
        about = f"{self._described}\n# {backend.title} in {dtype.name}, {backend.how}: {why}"
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
                return self._with_own(run.runner, values) if has_own else self._general(*values)
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
        own = {
            name: value
            for name, value in zip(self._arguments.names, values, strict=True)
            if runner.is_own(value)
        }
        given = dict(zip(self._arguments.names, values, strict=True))
        for name, value in own.items():
            kind, shape = runner.kind(value)
            given[name] = np.broadcast_to(np.zeros((), kind), shape)
        checked = self._arguments.checked(given, self._needed, self._used)
        program = self._program(checked.dtype, checked.samples)
        self._fast = program
        filled = {**checked.arrays, **own}
        for name, value in own.items():
            if runner.kind(value)[0] != checked.dtype:
                filled[name] = runner.kept(np.asarray(runner.numpy(value), checked.dtype))
        return program(*(filled.get(name) for name in self._arguments.names))

    def _on_samples(
        self, recording: Recording, dtype: Dtype, samples: Mapping[str, int]
    ) -> Callable[..., Any]:
        tape, names = recording.tape, self._arguments.names
        lead = (next(iter(samples.values())),)

        def step(*values: Any, **named: Any) -> Any:
            if named or len(values) != len(names) or not self._fits(values, dtype, samples):
                return self._general(*self._arguments.bound(values, named))
            outputs = on_samples(tape, dict(zip(names, values, strict=True)), dtype)
            whole = [
                np.array(np.broadcast_to(found, lead + tape.shapes[k]))
                for found, k in zip(outputs, tape.outputs, strict=True)
            ]
            return _filled(recording.result, whole)

        return step

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
            if name in self._used and (value is not None or name in self._needed):
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

    # Elsewhere

    def to_jax(self) -> Exported:
        """Return the program as a function of JAX arrays, for ``jit``, ``vmap`` and ``grad``.

        JAX is imported when it is called first; its text is ``.source``.

        Raises
        ------
        GraphError
            If a function of it cannot be written in JAX.
        """
        return export.to_jax(self._recording, self._arguments, self._described)

    def to_torch(self) -> Exported:
        """Return the program as a function of PyTorch's tensors, on their device.

        PyTorch is imported when it is called first; its text is ``.source``.

        Raises
        ------
        GraphError
            If a function of it cannot be written in PyTorch.
        """
        return export.to_torch(self._recording, self._arguments, self._described)

    def to_latex(self) -> str:
        """Return the program as equations in LaTeX, an ``align*`` for ``amsmath``."""
        return export.to_latex(self._recording, self.output, self.wrt, self.form)

    def to_c(self) -> str:
        """Return a program of scalars as a function ``step`` in C99.

        Raises
        ------
        GraphError
            If something in it is no scalar.
        """
        return export.to_c(self._recording, self._arguments.names, self._described)

    @property
    def _described(self) -> str:
        if self.form == "value":
            return f"value of {self.output}"
        more = ", …" if len(self.wrt) > 12 else ""
        return f"{self.form} of {self.output} in {', '.join(self.wrt[:12])}{more}"

    # Sizes that are letters

    def _by_sizes(self, *values: Any, **named: Any) -> Any:
        bound = self._arguments.bound(values, named)
        return self._of_size(dict(zip(self._arguments.names, bound, strict=True)))(*bound)

    def _of_size(self, values: Mapping[str, Any]) -> Compiled:
        sizes = sizes_in(self._graph, values)
        key: Any = ("of size", *sorted((str(letter), size) for letter, size in sizes.items()))
        if key not in self._programs:
            if len(self._programs) > MAX_PROGRAMS:
                del self._programs[next(key for key in self._programs if key != "sizes")]
            needed = self._graph.ancestors(self._output) | set(self.wrt)
            graph = sized(self._graph, sizes, needed)
            made = Compiled(
                graph, graph[self.output], [graph[name] for name in self.wrt], self.form,
                single=self._single, dtype=self._dtype, reuse=self._reuse, jit=self._jit,
                backend=self.backend,
            )  # fmt: skip
            self._programs[key] = made, made.source
        self._last = key
        return self._programs[key][0]  # type: ignore[return-value]


_SAMPLES = "# {} of {} on samples: each line of the tape by its function's kernel, one axis more"
_MAPPED = ", mapped over the first axis of what is samples"
_SIZES = "# {} of {}: a program is made for the sizes of the first values it is called with"


def _filled(result: Any, outputs: Sequence[Any]) -> Any:
    if isinstance(result, dict):
        return {key: _filled(part, outputs) for key, part in result.items()}
    if isinstance(result, tuple):
        return tuple(_filled(part, outputs) for part in result)
    return outputs[result]


def _checked_dtype(dtype: Any) -> Dtype:
    try:
        found = np.dtype(dtype)
    except TypeError:
        found = np.dtype(object)
    if found not in (FLOAT32, FLOAT64):
        raise GraphError(f"the dtype is {dtype!r:.40}; it must be 'float32' or 'float64'")
    return found


def _compiled(
    graph: ComputationalGraph,
    output: str,
    wrt: tuple[str, ...],
    form: str,
    options: Mapping[str, Any],
) -> Compiled:
    return Compiled(graph, graph[output], [graph[name] for name in wrt], form, **options)
