r"""The evaluation trace of the literature: a row for each node, and its derivative beside or below.

In *forward* mode the tangent of a node stands beside its value, for one direction of the leaves;
as *dual* numbers both are one number a + bε with ε² = 0. In *reverse* mode the values come
first, then the adjoints, each contribution a row in the order in which they are added:

.. math::

    \dot u^i = \sum_{j \to i} J^{j \to i} \dot u^j, \qquad
    \bar u^j \mathrel{+}= \bar u^i \frac{\partial u^i}{\partial u^j}

(A. Griewank and A. Walther, *Evaluating Derivatives*, SIAM 2008; A. G. Baydin, B. A. Pearlmutter,
A. A. Radul and J. M. Siskind, "Automatic differentiation in machine learning: a survey", JMLR
18, 2018).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np

from graphdiff.derivations import derivation, edge_formulas, symbols
from graphdiff.derivations.forward_mode import ForwardMode
from graphdiff.derivations.mode_costs import ModeCosts, mode_costs
from graphdiff.derivations.tables import plain
from graphdiff.errors import DerivationError, GraphError, quoted_list
from graphdiff.errors.plain_text import neutral
from graphdiff.evaluation.run import ByNode, Run
from graphdiff.evaluation.tangents import Tangents
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.graph.checked_values import checked_value
from graphdiff.graph.path_enumeration import between
from graphdiff.graph.structure import Edge
from graphdiff.language.shapes import shown
from graphdiff.notation import equations
from graphdiff.notation.equations import Line, Link, chain, product
from graphdiff.notation.notation import current
from graphdiff.symbolic import tensor_derivatives
from graphdiff.symbolic.formula import Letter

Mode = Literal["forward", "reverse", "dual"]
MODES: tuple[Mode, ...] = get_args(Mode)

TEXT_COLUMN = 60
"""Characters of a value beside which a tangent still stands in plain text."""

LATEX_ROWS = 25
"""Rows of a table in LaTeX, which does not break between pages."""


@dataclass(frozen=True, repr=False)
class Row:
    """A row of a trace.

    Attributes
    ----------
    node
        Whose value or derivative it is.
    primal
        u = f(α) = value; None for a contribution to an adjoint.
    derivative
        The tangent, or what is added to the adjoint; None where there is the value alone.
    """

    node: Node
    primal: Line | None = None
    derivative: Line | None = None

    def __repr__(self) -> str:
        lines = (line.text for line in (self.primal, self.derivative) if line is not None)
        return f"{self.node.index}  {'  '.join(lines)}"


@dataclass(frozen=True)
class TraceTable:
    """A table of a trace: what stands above its columns after i, and a line for each."""

    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[Line | None, ...]], ...]

    def text(self) -> Iterator[str]:
        """Yield it line by line; a tangent stands below a value that is long."""
        rows = [
            (number, [neutral(line.text) for line in lines if line]) for number, lines in self.rows
        ]
        places = len(str(max((index for index, _ in rows), default=1)))
        short = [len(cells[0]) for _, cells in rows if len(cells[0]) <= TEXT_COLUMN]
        width = max([*short, len(self.headings[0])])
        yield _row(f"{'i':>{places}}", self.headings, width)
        for index, cells in rows:
            begin = f"{index:>{places}}"
            if len(cells) > 1 and len(cells[0]) > width:
                yield _row(begin, cells[:1], width)
                begin, cells = " " * places, ["", *cells[1:]]
            yield _row(begin, cells, width)

    def latex(self) -> Iterator[str]:
        """Yield displays of some rows each."""
        heads = " & ".join(rf"\text{{{head}}}" for head in self.headings)
        columns = f"r|{'l' * len(self.headings)}"
        for first in range(0, len(self.rows), LATEX_ROWS):
            rows = [
                " & ".join([str(number), *("" if line is None else line.latex for line in lines)])
                for number, lines in self.rows[first : first + LATEX_ROWS]
            ]
            inside = f"i & {heads} \\\\\n\\hline\n" + " \\\\[1ex]\n".join(rows)
            table = f"\\begin{{array}}{{{columns}}}\n{inside}\n\\end{{array}}"
            yield f"\\[\n\\graphdifffit{{\\linewidth}}{{{table}}}\n\\]"

    def markdown(self) -> Iterator[str]:
        """Yield it line by line."""
        yield f"| i | {' | '.join(self.headings)} |"
        yield "|---:|" + "---|" * len(self.headings)
        for number, lines in self.rows:
            cells = ["" if line is None else _in_cell(line) for line in lines]
            yield f"| {number} | {' | '.join(cells)} |"


def _row(begin: str, cells: Sequence[str], width: int) -> str:
    return f"{begin}  {cells[0]:<{width}}  {''.join(cells[1:])}".rstrip()


def _nothing(_: EvaluationTrace) -> str:
    raise NotImplementedError


@dataclass(frozen=True, repr=False)
class EvaluationTrace:
    """An evaluation trace; print it.

    Attributes
    ----------
    mode
        ``"forward"``, ``"reverse"`` or ``"dual"``.
    title
        What is traced.
    rows
        The rows in the order in which they are computed.
    derivative
        The tangents or adjoints by node, in the shape of each; None without values.
    value
        The values by node; None without values.
    costs
        The multiplications both modes take; None where no output is chosen.
    first
        The number of the first node.
    """

    mode: Mode
    title: str
    rows: tuple[Row, ...]
    value: Mapping[Any, Any] | None = None
    derivative: Mapping[Any, Any] | None = None
    costs: ModeCosts | None = None
    first: int = 1
    _html: Callable[[EvaluationTrace], str] = field(default=_nothing, compare=False)

    @functools.cached_property
    def tables(self) -> tuple[TraceTable, ...]:
        """The rows as tables: values and derivatives side by side, in reverse mode two."""
        if self.mode == "forward":
            both = ((self._number(row), (row.primal, row.derivative)) for row in self.rows)
            return (TraceTable(("primal", "tangent"), tuple(both)),)
        first = ((self._number(row), (row.primal,)) for row in self.rows if row.primal)
        if self.mode == "dual":
            return (TraceTable(("dual number",), tuple(first)),)
        second = ((self._number(row), (row.derivative,)) for row in self.rows if row.derivative)
        return TraceTable(("primal",), tuple(first)), TraceTable(("adjoint",), tuple(second))

    def _number(self, row: Row) -> int:
        return row.node.index - 1 + self.first

    @property
    def notes(self) -> tuple[Line, ...]:
        """What both modes cost."""
        return () if self.costs is None else self.costs.lines()

    @property
    def text(self) -> str:
        """The trace as plain text."""
        title = neutral(self.title)
        parts = ["\n".join([title, "=" * len(title)])]
        parts += ["\n".join(table.text()) for table in self.tables]
        parts += ["\n".join(line.text for line in self.notes)]
        return "\n\n".join(filter(None, parts))

    @property
    def latex(self) -> str:
        r"""The trace as LaTeX to ``\input``, which needs amsmath, amssymb and graphicx."""
        return derivation.with_macros(self._body())

    def document(self) -> str:
        """Return it as a whole document for pdflatex."""
        return derivation.whole(self._body())

    def _body(self) -> str:
        displays = [display for table in self.tables for display in table.latex()]
        notes = [f"\\[\n{line.latex}\n\\]" for line in self.notes]
        return derivation.section(self.title, [*displays, *notes])

    def markdown(self) -> str:
        """Return it as Markdown tables with formulas between dollar signs."""
        parts = [
            f"## {derivation.as_markdown(self.title)}",
            *("\n".join(table.markdown()) for table in self.tables),
            "  \n".join(derivation.as_markdown(line.text) for line in self.notes),
        ]
        return "\n\n".join(filter(None, parts)) + "\n"

    @property
    def html(self) -> str:
        """The trace as a table in HTML, its formulas typeset as outlines."""
        return self._html(self)

    def data(self) -> dict[str, Any]:
        """Return it as plain data, as JSON holds it."""
        return {
            "title": self.title,
            "mode": self.mode,
            "rows": [
                {
                    "index": self._number(row),
                    "node": row.node.name,
                    "primal": None if row.primal is None else row.primal.text,
                    "derivative": None if row.derivative is None else row.derivative.text,
                }
                for row in self.rows
            ],
            "value": _by_name(self.value),
            "adjoint" if self.mode == "reverse" else "tangent": _by_name(self.derivative),
            "multiplications": None
            if self.costs is None
            else {"reverse": plain(self.costs.reverse), "forward": plain(self.costs.forward)},
        }

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<EvaluationTrace in {self.mode} mode: {len(self.rows)} rows>"

    def _repr_html_(self) -> str:
        return self.html

    def _repr_markdown_(self) -> str:
        return self.markdown()

    def _repr_latex_(self) -> str:
        return self._body()


_BAR = re.compile(r"(\\left|\\right)?\\?\|")


def _in_cell(line: Line) -> str:
    """Return a formula within a row of Markdown, where a bar would end the cell."""

    def bar(found: re.Match[str]) -> str:
        sign = r"\Vert " if found[0].endswith(r"\|") else r"\vert "
        return (found[1] or "") + sign

    return f"${_BAR.sub(bar, line.latex)}$"


def _by_name(found: Mapping[Any, Any] | None) -> dict[str, Any] | None:
    return None if found is None else {name: plain(value) for name, value in found.items()}


def primal(node: Node, run: Run | None, digits: int) -> Line:
    """Write u = f(α) = value, of a leaf its value alone."""
    links = [symbols.name(node)]
    if not node.is_leaf:
        links.append(symbols.formula(node))
    if run is not None:
        shape = run.graph[node.name].shape
        links.append(equations.value(run.value[node.name], shape, digits))
    return chain(*links)


# Forward


def forward_trace(
    graph: ComputationalGraph,
    output: Node | None,
    seed: Mapping[str, Any],
    found: Tangents | None,
    digits: int,
    html: Callable[[EvaluationTrace], str],
) -> EvaluationTrace:
    """Return the trace in forward mode: values and tangents side by side.

    Parameters
    ----------
    output
        The node up to which is traced; all nodes if None.
    seed
        The tangents that it begins with, by name; None where one is a letter.
    found
        The numbers, or None.
    """
    said = ForwardMode(graph, seed, found, digits)
    run = None if found is None else found.run
    rows = []
    for node in _traced(graph, output):
        computed = node.name in said.reached and node.name not in seed
        derivative = said.computed(node) if computed else said.start(node)
        rows.append(Row(node, primal(node, run, digits), derivative))
    return EvaluationTrace(
        "forward",
        f"Evaluation trace in forward mode{_along(seed)}",
        tuple(rows),
        None if run is None else run.value,
        None if found is None else found.tangent,
        _costs(output, run),
        current().first,
        html,
    )


def _costs(output: Node | None, run: Run | None) -> ModeCosts | None:
    if output is None:
        return None
    output = _same(run, output)
    return mode_costs(output.graph, output)


def _same(run: Run | None, node: Node) -> Node:
    """Return a node in the graph of a run, where sizes that are letters have numbers."""
    return node if run is None else run.graph[node.name]


def _along(seed: Mapping[str, Any]) -> str:
    ones = [name for name, value in seed.items() if isinstance(value, int) and value == 1]
    if len(ones) == len(seed) == 1:
        return f": d/d{ones[0]}"
    return f", along {', '.join(seed)}"


def _traced(graph: ComputationalGraph, output: Node | None) -> Sequence[Node]:
    if output is None:
        return graph.nodes
    needed = graph.ancestors(output)
    return [node for node in graph.nodes if node.name in needed]


# Dual numbers


def dual_trace(
    graph: ComputationalGraph,
    output: Node | None,
    found: Tangents,
    digits: int,
    html: Callable[[EvaluationTrace], str],
) -> EvaluationTrace:
    """Return the trace in dual numbers a + bε: each a value and its tangent at once.

    Raises
    ------
    GraphError
        For a node that is no scalar, and for samples.
    """
    numbers: dict[str, Link] = {}
    rows = []
    for node in _traced(graph, output):
        if node.shape:
            raise GraphError(
                f"{node.name!r} has shape {shown(node.shape)}; dual numbers are shown for scalars, "
                "use mode 'forward'"
            )
        both = found.run.value[node.name], found.tangent[node.name]
        if any(map(np.ndim, both)):
            raise GraphError("dual numbers are shown for one sample, use mode 'forward'")
        numbers[node.name] = dual(*both, digits)
        links = [symbols.name(node)]
        if node.function is not None:
            links.append(symbols.applied(node, [numbers[j.name] for j in node.parents]))
        rows.append(Row(node, chain(*links, numbers[node.name])))
    return EvaluationTrace(
        "dual",
        f"Evaluation trace in dual numbers{_along(found.seed)}",
        tuple(rows),
        found.run.value,
        found.tangent,
        _costs(output, found.run),
        current().first,
        html,
    )


def dual(value: Any, tangent: Any, digits: int) -> Link:
    """Return a + bε.

    Examples
    --------
    >>> dual(2.0, 1.0, 6).text, dual(2.0, -0.5, 6).text, dual(3.0, 0, 6).text
    ('2 + ε', '2 - 0.5ε', '3')
    """
    a, b = (equations.value(number, digits=digits) for number in (value, tangent))
    if tangent == 0:
        return a
    if tangent in (1, -1):
        sign = "-" if tangent == -1 else ""
        return equations.total([a, Link(f"{sign}ε", rf"{sign}\varepsilon")])
    b = equations.factor(b) if "/" in b.text else b
    return equations.total([a, Link(f"{b.text}ε", rf"{b.latex} \, \varepsilon", b.rounded)])


# Reverse


def reverse_trace(
    graph: ComputationalGraph,
    output: Node,
    wrt: Sequence[Node] | None,
    run: Run | None,
    cotangent: Any,
    digits: int,
    html: Callable[[EvaluationTrace], str],
) -> EvaluationTrace:
    """Return the trace in reverse mode: the values, then every contribution to an adjoint.

    Parameters
    ----------
    wrt
        The nodes whose adjoint is asked for; all leaves but constants if None.
    cotangent
        The adjoint of the output, in its shape; 1 if None, where it has one entry.

    Raises
    ------
    GraphError
        If the output has several entries and no adjoint is given for it.
    """
    said = _Reverse(output, run, digits, _seed(_same(run, output), cotangent))
    ends = [leaf for leaf in graph.leaves if not leaf.facts.constant] if wrt is None else wrt
    way = between(graph, ends, output)
    rows = [Row(node, primal(node, run, digits)) for node in _traced(graph, output)]
    rows.append(
        Row(output, None, chain(symbols.adjoint(output, output), said.value(output, said.seed)))
    )
    rows += said.updates(way)
    return EvaluationTrace(
        "reverse",
        f"Evaluation trace in reverse mode: adjoints of {output.name}",
        tuple(rows),
        None if run is None else run.value,
        None if run is None else ByNode(graph, said.adjoints([*way.values(), *ends])),
        _costs(output, run),
        current().first,
        html,
    )


def _seed(output: Node, cotangent: Any) -> Any:
    if cotangent is None:
        if output.size != 1:
            raise GraphError(
                f"{output.name!r} has shape {shown(output.shape)}, so its adjoint is to be given: "
                "cotangent=…, in that shape"
            )
        return np.ones(output.shape) if output.shape else 1
    return checked_value(cotangent, output.shape, f"the adjoint of {output.name!r}")


@dataclass(frozen=True)
class _Reverse:
    """Writes the contributions to adjoints, with numbers where there is a run."""

    output: Node
    run: Run | None
    digits: int
    seed: Any

    def updates(self, way: dict[str, Node]) -> Iterator[Row]:
        """Yield what each node on the way adds to the adjoint of each of its parents, in order."""
        sums: dict[str, Any] = {}
        for i in reversed(way.values()):
            for slot, j in enumerate(i.parents):
                if j.name in way:
                    yield Row(j, None, self._update(Edge(j, i, slot), sums))

    def _update(self, edge: Edge, sums: dict[str, Any]) -> Line:
        j, i = edge.parent, edge.child
        above = symbols.adjoint(i, self.output)
        formula = self._formula(edge)
        links = [product([above, symbols.derivative(i, j)], equations.BESIDE)]
        links = [links[0]._replace(text=product([above, symbols.J_of(edge)]).text)]
        if formula is not None:
            links.append(formula)
        first = j.name not in sums
        left = symbols.adjoint(j, self.output)
        aside = None
        if self.run is not None:
            term = self.run.term(Edge(self.run.graph[j.name], self.run.graph[i.name], edge.slot))
            assert term is not None  # noqa: S101 - the edge is on the way
            added = self._pulled(term.product, j)
            if self._is_scalar(i) and self.output.size == 1 and self.seed == 1:
                numbers = (equations.value(n, digits=self.digits) for n in (term.P, term.J))
                links.append(product(list(numbers)))
            links.append(self.value(j, added))
            sums[j.name] = added if first else sums[j.name] + added
            if not first:
                total = equations.equal(self.value(j, sums[j.name]))
                aside = Link(
                    f"-> {left.text} {total.text}", rf"\quad \to {left.latex} {total.latex}"
                )
        else:
            sums[j.name] = None
        line = chain(left, *links)
        if not first:
            line = Line(
                line.text.replace(" = ", " += ", 1),
                line.latex.replace(" = ", r" \;{+}\!{=}\; ", 1),
            )
        return line if aside is None else line.aside(aside)

    @staticmethod
    def _is_scalar(i: Node) -> bool:
        return i.function is not None and i.function.is_scalar

    def _formula(self, edge: Edge) -> Link | None:
        above = symbols.adjoint(edge.child, self.output)
        if self._is_scalar(edge.child):
            return product([above, edge_formulas.of_scalars(edge)])
        letter = Letter(above.text, edge.child.shape, above.latex)
        try:
            found = tensor_derivatives.contributions([edge], [letter])
            return Link(found.text, found.latex)
        except (DerivationError, GraphError):
            return None

    def value(self, node: Node, found: Any) -> Link:
        """Return a number in the shape of a node."""
        return equations.value(found, _same(self.run, node).shape, self.digits)

    def adjoints(self, nodes: Sequence[Node]) -> dict[str, Any]:
        """Return the adjoints of nodes by name."""
        assert self.run is not None  # noqa: S101 - asked for where there are numbers
        return {node.name: self._pulled(self.run.P[node.name], node) for node in nodes}

    def _pulled(self, matrix: Any, j: Node) -> Any:
        """Return c̄ᵀ P in the shape of j, of a matrix dⁿ × dʲ or a number."""
        assert self.run is not None  # noqa: S101 - it has the matrix
        n, j = self.run.graph[self.output.name], self.run.graph[j.name]
        found = np.asarray(matrix, dtype=object if self.run.exact else None)
        if (n.size, j.size) == (1, 1):
            found = found[..., None, None]
        c = np.asarray(self.seed, dtype=object if self.run.exact else None).reshape(1, n.size)
        pulled = (c @ found)[..., 0, :]
        shaped = pulled.reshape(pulled.shape[:-1] + j.shape)
        return shaped if shaped.ndim else shaped.item()


def check_mode(mode: object) -> None:
    """Raise a GraphError unless it is a mode."""
    if mode not in MODES:
        raise GraphError(f"the mode is {mode!r}; choose from {quoted_list(MODES)}")
