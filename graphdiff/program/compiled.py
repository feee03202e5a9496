"""A compiled step: a function of the leaves that gives values and derivatives fast.

A program is made for one type of number and one set of leaves that are samples. The last
one that was used is tried first; it refuses what it was not made for, and then the right one
is looked up or made.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from graphdiff.errors import GraphError
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.graph.letter_sizes import letters_of, sized, sizes_in
from graphdiff.program import export
from graphdiff.program.arguments import FLOAT32, FLOAT64, Arguments, Dtype, floats_of
from graphdiff.program.calls.asked import Asked
from graphdiff.program.calls.of_arrays import ArrayCalls
from graphdiff.program.calls.of_scalars import ScalarCalls
from graphdiff.program.calls.programs import Programs
from graphdiff.program.export import Exported
from graphdiff.program.export.backends import backend_of
from graphdiff.program.packing import Packing
from graphdiff.program.tape.transforms import VECTOR_OF, checked_form, vectors_of
from graphdiff.symbolic import scalar_derivatives


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
        kind = None if dtype is None else _checked_dtype(dtype)
        vectors = vectors_of(output, wrt, form, single=single)
        self._arguments = Arguments(graph, vectors, VECTOR_OF.get(form), kind)
        self._asked = Asked(
            graph, output, tuple(wrt), form, self._arguments,
            single=single, dtype=kind, reuse=reuse, jit=jit, backend=backend_of(backend),
        )  # fmt: skip
        self.form, self.output, self.wrt = form, output.name, self._asked.names
        if jit:
            self._asked.check_jit()
        if form != "value":
            scalar_derivatives.check_real(graph, output, wrt)
        self._programs = Programs()
        self._general = ArrayCalls(self._asked, self._programs)
        self._of_scalars: ScalarCalls | None = None
        if letters_of(graph):
            self._programs.begin_with("sizes", self._by_sizes, _SIZES.format(form, output.name))
        elif (program := self._asked.scalars) is None:
            self._programs.first = self._general.program(kind or FLOAT64, {})
        else:
            self._of_scalars = ScalarCalls(self._asked, program, self._programs, self._general)
        self.seconds = time.perf_counter() - started

    def __reduce__(self) -> tuple[Any, ...]:
        """Give what it is made of: a copy has programs of its own."""
        return _compiled, (self._asked.graph, self.output, self.wrt, self.form, self._options)

    @property
    def _options(self) -> dict[str, Any]:
        asked = self._asked
        return {
            "single": asked.single, "dtype": asked.dtype, "reuse": asked.reuse, "jit": asked.jit,
            "backend": self.backend,
        }  # fmt: skip

    def __call__(self, /, *values: Any, **named: Any) -> Any:
        """Return what the form says, for these values of the leaves."""
        try:
            return self._programs.first(*values, **named)
        except TypeError:
            bound = self._arguments.bound(values, named)
            floats = None if self._of_scalars is None else self._of_scalars.floats
            if floats is not None and (numbers := floats_of(bound)) is not None:
                return floats(*numbers.tolist())
            return self._general(*bound)

    @property
    def backend(self) -> str:
        """Who runs the program: ``"numpy"``, ``"jax"`` or ``"torch"``."""
        return "numpy" if self._asked.backend is None else self._asked.backend.name

    @property
    def source(self) -> str:
        """The program as text: the one that calls like the last one use."""
        return self._programs.source

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
        found = None if self._of_scalars is None else self._of_scalars.theta()
        if found is not None:
            return found
        return self._packing.packed(self._arguments.held, self._asked.dtype)

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
        if self._of_scalars is not None and vector.dtype != FLOAT32:
            return self._of_scalars.flat(vector, named)
        value, found = self(**self._packing.unpacked(vector), **named)
        by_name = {self.wrt[0]: found} if self._asked.single else found
        return value, self._packing.packed(by_name, FLOAT32 if vector.dtype == FLOAT32 else None)

    @cached_property
    def _packing(self) -> Packing:
        return Packing(self._asked.wrt)

    # Elsewhere

    def to_jax(self) -> Exported:
        """Return the program as a function of JAX arrays, for ``jit``, ``vmap`` and ``grad``.

        JAX is imported when it is called first; its text is ``.source``.

        Raises
        ------
        GraphError
            If a function of it cannot be written in JAX.
        """
        return export.to_jax(self._asked.recording, self._arguments, self._asked.described)

    def to_torch(self) -> Exported:
        """Return the program as a function of PyTorch's tensors, on their device.

        PyTorch is imported when it is called first; its text is ``.source``.

        Raises
        ------
        GraphError
            If a function of it cannot be written in PyTorch.
        """
        return export.to_torch(self._asked.recording, self._arguments, self._asked.described)

    def to_latex(self) -> str:
        """Return the program as equations in LaTeX, an ``align*`` for ``amsmath``."""
        return export.to_latex(self._asked.recording, self.output, self.wrt, self.form)

    def to_c(self) -> str:
        """Return a program of scalars as a function ``step`` in C99.

        Raises
        ------
        GraphError
            If something in it is no scalar.
        """
        return export.to_c(self._asked.recording, self._arguments.names, self._asked.described)

    def to_javascript(self) -> str:
        """Return the program as a module of JavaScript that exports a function ``step``.

        It takes the leaves in order, arrays as nested lists or flat, and needs nothing else. An
        array of the result is a ``Float64Array`` of its entries, row by row.

        Raises
        ------
        GraphError
            If a function of it cannot be written in JavaScript.
        """
        return export.to_javascript(
            self._asked.recording, self._arguments.names, self._asked.described
        )

    # Sizes that are letters

    def _by_sizes(self, *values: Any, **named: Any) -> Any:
        bound = self._arguments.bound(values, named)
        return self._of_size(dict(zip(self._arguments.names, bound, strict=True)))(*bound)

    def _of_size(self, values: Mapping[str, Any]) -> Compiled:
        asked, sizes = self._asked, sizes_in(self._asked.graph, values)

        def make() -> tuple[Compiled, str]:
            needed = asked.graph.ancestors(asked.output) | set(self.wrt)
            graph = sized(asked.graph, sizes, needed)
            made = _compiled(graph, self.output, self.wrt, self.form, self._options)
            return made, made.source

        key = ("of size", *sorted((str(letter), size) for letter, size in sizes.items()))
        return self._programs.of(key, make)  # type: ignore[return-value]


_SIZES = "# {} of {}: a program is made for the sizes of the first values it is called with"


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
