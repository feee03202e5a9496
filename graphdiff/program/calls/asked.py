"""What a compiled step was asked for, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from graphdiff.errors import GraphError, quoted_list
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.graph.stable_graph import stable_graph
from graphdiff.program.arguments import FLOAT32, FLOAT64, Arguments, Dtype
from graphdiff.program.export.backends import Backend
from graphdiff.program.jitted import check_numba
from graphdiff.program.scalars import DESCRIBED, ScalarProgram, scalar_program
from graphdiff.program.tape.transforms import Recording, recorded
from graphdiff.symbolic import tensor_derivatives

SCALAR_FORMS = ("value_and_gradient", "value", "gradient")
"""Forms that graphs of scalars have programs of their own for."""


@dataclass(frozen=True, eq=False)
class Asked:
    """What a compiled step was asked for; the options are those of ``Graph.compile``."""

    graph: ComputationalGraph
    output: Node
    wrt: tuple[Node, ...]
    form: str
    arguments: Arguments
    single: bool
    dtype: Dtype | None
    reuse: bool
    jit: bool
    backend: Backend | None

    def check_jit(self) -> None:
        """Raise if numba is asked for and cannot be had."""
        if self.backend is not None:
            raise GraphError(
                f"jit=True is for programs in NumPy; {self.backend.title} has its own ways: "
                "leave out jit, or backend"
            )
        if self.is_of_scalars and self.form not in SCALAR_FORMS:
            raise GraphError(
                f"jit=True of a graph of scalars is for the forms {quoted_list(SCALAR_FORMS)}, "
                f"not {self.form!r}"
            )
        if self.dtype == FLOAT32:
            raise GraphError("jit=True computes in float64; leave dtype out, or jit")
        check_numba()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the leaves of ``wrt``."""
        return tuple(node.name for node in self.wrt)

    @property
    def described(self) -> str:
        """What is computed, as programs say it on top."""
        if self.form == "value":
            return f"value of {self.output.name}"
        more = ", …" if len(self.names) > 12 else ""
        return f"{self.form} of {self.output.name} in {', '.join(self.names[:12])}{more}"

    @cached_property
    def is_of_scalars(self) -> bool:
        """Whether all that a call is about is a scalar, leaves that nothing depends on too."""
        leaves = all(not node.shape for node in self.wrt)
        return leaves and tensor_derivatives.is_scalar(self.graph, self.output)

    @cached_property
    def computed(self) -> tuple[ComputationalGraph, Node, tuple[Node, ...]]:
        """The graph that programs are made of, the output and the leaves of ``wrt`` in it."""
        graph = stable_graph(self.graph, self.output)
        return graph, graph[self.output.name], tuple(graph[name] for name in self.names)

    @cached_property
    def scalars(self) -> ScalarProgram | None:
        """The program for a graph of scalars."""
        if self.form not in SCALAR_FORMS or self.dtype == FLOAT32 or self.backend is not None:
            return None
        if not self.is_of_scalars:
            return None
        graph, output, wrt = self.computed
        kind = "taped" if self.jit else None
        return scalar_program(
            graph, output, () if self.form == "value" else wrt,
            kind=kind, form=self.form, single=self.single,  # type: ignore[arg-type]
        )  # fmt: skip

    @cached_property
    def recording(self) -> Recording:
        """The tape of all that is computed, for programs of arrays."""
        return recorded(*self.computed, self.form, single=self.single)

    @cached_property
    def used(self) -> set[str]:
        """The arguments that the output depends on."""
        return self.graph.ancestors(self.output) | set(self.arguments.vectors)

    @cached_property
    def needed(self) -> set[str]:
        """The arguments that a call must have values for."""
        if self.scalars is None or self.scalars.kind == "floats":
            return set(self.recording.tape.leaves)
        return self.used

    def is_in_loops(self, dtype: Dtype) -> bool:
        """Whether lines of arrays become loops compiled by numba."""
        return self.jit and dtype == FLOAT64 and self.scalars is None

    def about(self, dtype: Dtype) -> list[str]:
        """Return what a program of arrays says on top."""
        lines = len(self.recording.tape.lines)
        loops = ", arithmetic in loops compiled by numba" if self.is_in_loops(dtype) else ""
        what = "arrays" if self.scalars is None else "scalars, for samples and other numbers"
        return [
            self.described,
            f"straight-line NumPy in {dtype.name}: a graph of {what}, {lines} lines{loops}",
        ]

    def source_of_scalars(self, program: ScalarProgram) -> str:
        """Return the text of the program for a graph of scalars, and why it is of its kind."""
        return f"# {self.described}\n# {DESCRIBED[program.kind]}: {program.why}\n{program.source}"

    def arranged(self, outputs: list[Any]) -> Any:
        """Return a value and derivatives, those in the order of ``wrt``, as the form has them."""
        if self.form == "value":
            return outputs[0]
        derived = outputs[1] if self.single else dict(zip(self.names, outputs[1:], strict=True))
        return derived if self.form == "gradient" else (outputs[0], derived)
