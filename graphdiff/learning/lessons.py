"""What a rule of one neuron did, row by row, as states, a table, and written out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from graphdiff.graph import ComputationalGraph
from graphdiff.models.perceptron import Threshold
from graphdiff.models.separability import Separation
from graphdiff.notation import latex, text
from graphdiff.notation.display import Shown, Table
from graphdiff.notation.equations import Line, Link, applied, chain, symbolic, value


def _update(with_slope: bool) -> Any:
    graph = ComputationalGraph()
    theta, eta, t, o = (graph.input(name) for name in ("theta", "eta", "t", "o"))
    step = eta * (t - o) * graph.input("slope") if with_slope else eta * (t - o)
    return graph.node("new", theta + step).function


_UPDATE, _PLAIN = _update(True), _update(False)
"""θ + η (t − o) s, and the same where s is 1."""


@dataclass(frozen=True)
class Visit:
    """One row, and what it has changed.

    Attributes
    ----------
    epoch, row
        Both counted from 1.
    inputs, target
        The row, and t; −1 or 1 for false and true where net is led there.
    net, output
        What the neuron had for it.
    error, slopes
        t − o or t − s, and the slope by parameter; no slopes where the error is 0.
    before, values
        The parameters by name, before and after.
    """

    epoch: int
    row: int
    inputs: Mapping[str, Any]
    target: Any
    net: Any
    output: Any
    error: Any
    slopes: Mapping[str, Any]
    before: Mapping[str, Any]
    values: Mapping[str, Any]


@dataclass(frozen=True, repr=False)
class Lesson(Shown, Sequence[Visit]):
    """How a neuron has learned: every row it was shown, in order.

    Made by :func:`rosenblatt` and :func:`delta_rule`.

    Attributes
    ----------
    neuron
        The perceptron as it was at first.
    title
        The name of the rule.
    learning_rate
        η.
    of, sloped
        The node that the error is of, and the node whose slope is taken.
    visits
        The rows it was shown.
    wrong
        The rows that are wrong after the last visit, counted from 1.
    rows
        How many rows there are.
    repeats
        The epoch after which the parameters are those after an earlier one, so that all
        comes again; None where it was not noticed.
    separation
        Whether any perceptron has all rows right, and why not; None where it was not asked, as
        the neuron has them right or is no threshold.
    """

    neuron: Threshold
    title: str
    learning_rate: Any
    of: str
    sloped: str
    visits: tuple[Visit, ...]
    wrong: tuple[int, ...]
    rows: int
    repeats: int | None = None
    separation: Separation | None = None

    def __getitem__(self, index: Any) -> Any:
        return self.visits[index]

    def __len__(self) -> int:
        return len(self.visits)

    @property
    def is_right(self) -> bool:
        """Whether all rows are right in the end."""
        return not self.wrong

    @property
    def epochs(self) -> int:
        """How many times it was shown all rows."""
        return len(self.visits) // self.rows

    @property
    def values(self) -> dict[str, Any]:
        """The parameters by name in the end."""
        if self.visits:
            return dict(self.visits[-1].values)
        return {p.name: p.value for p in self.neuron.parameters}

    @cached_property
    def graph(self) -> Threshold:
        """The perceptron with the parameters it has in the end."""
        return self.neuron.with_values(self.values)

    @property
    def verdict(self) -> str:
        """What has come of it, in words."""
        when = f"after {self.epochs} epoch{'s' * (self.epochs != 1)}"
        if self.is_right:
            return f"{when} {f'all {self.rows} rows are' if self.rows > 1 else 'the row is'} right"
        said = f"{when} {len(self.wrong)} of {self.rows} rows are wrong"
        if self.repeats is not None:
            said += f", and the parameters are those after epoch {self.repeats}: all comes again"
        return said if self.separation is None else f"{said}; {self.separation}"

    def table(self) -> Table:
        """Return a row for each visit: the inputs, t, net, o, the error, the parameters after."""
        inputs = tuple(node.name for node in self.neuron.inputs)
        parameters = tuple(p.name for p in self.neuron.parameters)
        outputs = ("net",) if self.neuron.output.name == "net" else ("net", self._output)
        columns = ("epoch", "row", *inputs, "t", *outputs, f"t - {self.of}", *parameters)

        def row(visit: Visit) -> tuple[str, ...]:
            found = [visit.net, visit.output][: len(outputs)]
            numbers = [*visit.inputs.values(), visit.target, *found, visit.error]
            numbers += visit.values.values()
            return (str(visit.epoch), str(visit.row), *(text.value(x, ()) for x in numbers))

        return Table.of(self.title, columns, self.visits, row)

    def shown(self) -> Iterator[Table | str]:
        """Yield the visits as a table, and what has come of them."""
        yield self.table()
        yield self.verdict

    def text(self, digits: int = 6) -> str:
        """Return every row that changes something written out: formulas, numbers, what comes."""
        parts = [
            "\n".join([f"epoch {visit.epoch}, row {visit.row}", *(
                f"  {name.text} <- {line.text}" for name, line in self._lines(visit, digits)
            )])
            for visit in self.visits if visit.slopes
        ]  # fmt: skip
        return "\n\n".join([*parts, self.verdict])

    def latex(self, digits: int = 6) -> str:
        r"""Return the same as an ``aligned`` of equations for each row, for ``amsmath``."""
        parts = list[str]()
        for visit in self.visits:
            if visit.slopes:
                lines = self._lines(visit, digits)
                rows = [rf"{name.latex} &\leftarrow {line.latex}" for name, line in lines]
                body = " \\\\\n".join(rows)
                parts.append(rf"\paragraph{{Epoch {visit.epoch}, row {visit.row}}}")
                parts.append(f"\\[\n\\begin{{aligned}}\n{body}\n\\end{{aligned}}\n\\]")
        return latex.ascii_only("\n".join(parts)) + "\n"

    @property
    def _output(self) -> str:
        return self.neuron.output.name

    @cached_property
    def _formulas(self) -> dict[str, Link]:
        """The slope in each parameter, as a formula of the nodes."""
        return {
            p.name: symbolic(self.neuron.gradient(self.sloped, p, "nodes").sympy)  # type: ignore[union-attr]
            for p in self.neuron.parameters
        }

    def _lines(self, visit: Visit, digits: int) -> Iterator[tuple[Link, Line]]:
        found = visit.net if self.of == "net" else visit.output
        for name, after in visit.values.items():
            sign, slope = Link(name, latex.name(name)), self._formulas[name]
            signs = [sign, Link("eta", r"\eta"), Link("t", "t"),
                     Link(self.of, latex.name(self.of)), slope]  # fmt: skip
            numbers = [visit.before[name], self.learning_rate, visit.target, found,
                       visit.slopes[name]]  # fmt: skip
            update = _PLAIN if slope.text == "1" else _UPDATE
            arity = update.arity
            shown = [value(number, (), digits) for number in numbers]
            yield sign, chain(applied(update, signs[:arity]), applied(update, shown[:arity]),
                              value(after, (), digits))  # fmt: skip
