"""Check a page of hand-computed backpropagation, line by line."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

import sympy as sp

from graphdiff.checking.causes import traced
from graphdiff.checking.descents import Descent
from graphdiff.checking.faults.effort import Effort
from graphdiff.checking.faults.ranking import recurring
from graphdiff.checking.judge import Options
from graphdiff.checking.pages import (
    delta_quotients,
    layers,
    learning,
    noticed,
    numbered_entries,
    of_second_derivatives,
    own_names,
    own_notation,
    rates,
    scopes,
    spelling,
    titled_tables,
    units,
    updates,
)
from graphdiff.checking.pages.chains import Chain
from graphdiff.checking.pages.interpreter import Interpreter, NotUnderstoodError
from graphdiff.checking.pages.known import Known
from graphdiff.checking.pages.lines import Line, claims_of
from graphdiff.checking.pages.names import Names
from graphdiff.checking.pages.readings import MisfitError
from graphdiff.checking.pages.scopes import Scope
from graphdiff.checking.pages.understanding import Understanding
from graphdiff.checking.pages.verdicts import ChainJudge
from graphdiff.checking.report import Report, Result
from graphdiff.checking.targets import Target
from graphdiff.errors import GraphdiffError, defects
from graphdiff.evaluation.leaf_values import given_values
from graphdiff.files import budget
from graphdiff.files.pages.extraction import extract
from graphdiff.files.pages.fragments import PageText
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language import quantity

_TARGET = re.compile(r"(.*?)(?:@(\d+))?(\[[\d, ]*\])?")
"""The name of a target, its step, and its entries."""

ANY_RATE = Fraction(37, 100)
"""The learning rate that formulas of steps are judged with, where a page has none."""


def check_page(
    graph: ComputationalGraph,
    text: str,
    kind: str,
    values: Mapping[str, Any],
    output: Node | None = None,
    *,
    learning_rate: Any = None,
    options: Options,
    own_values: bool = True,
    asked: Iterable[Target] = (),
) -> Report:
    """Judge the lines of a page; see :meth:`graphdiff.Graph.check_file`.

    With ``own_values`` it may have values of leaves of its own, for exercises and iterations, and
    for leaves that have none. Where time is short, what is asked for is judged before the rest.
    """
    found = extract(text, kind)
    given = {name: v for name, v in given_values(graph, values).items() if v is not None}
    page = _PageCheck(graph, found, given, output, options, own_values=own_values)
    return page.report(learning_rate, frozenset(target.quantity for target in asked))


class _Entry(NamedTuple):
    """A chain to be judged, the values of leaves there, and how many results stand above it.

    After `steps` of the page its targets have their number in their names, as ``w@1`` has it.
    """

    chain: Chain
    values: Mapping[str, Any]
    before: int
    steps: int = 0

    @property
    def many(self) -> int:
        """How many results it has."""
        return len(self.chain.links) if self.chain.targets or self.chain.instances else 1

    def named(self, result: Result) -> Result:
        """Return a result by the name that its target has after the steps made before."""
        match = _TARGET.fullmatch(result.target)
        targets = self.chain.targets
        is_quantity = bool(targets) and targets[0].kind != "expression"
        if not self.steps or match is None or not is_quantity:
            return result
        name, step, entries = match.groups("")
        return replace(result, target=f"{name}@{self.steps + int(step or 0)}{entries}")


class _PageCheck:
    """One page with one graph."""

    def __init__(
        self,
        graph: ComputationalGraph,
        text: PageText,
        given: Mapping[str, Any],
        output: Node | None,
        options: Options,
        *,
        own_values: bool,
    ) -> None:
        self.graph = graph
        self.own_values = own_values
        self.output = output if output is not None else _output(graph)
        self.deadline = time.monotonic() + min(budget.FILE, budget.left())
        self.names = Names(graph, self.output)
        self.remarks: list[str] = []
        lines = claims_of(text)
        noticed.aliases(self.names, lines)
        if text.tables:
            text, unread = titled_tables.with_cells(Interpreter(self.names), text)
            self.remarks += unread
            lines = claims_of(text)
        self.options = options._replace(effort=Effort(len(lines)))
        lines = delta_quotients.as_derivatives(self.names, lines)
        lines = own_notation.with_scripts(self.names, lines)
        lines = self.lines = numbered_entries.with_indices(self.names, lines)
        self.names.used_before = own_names.used_before(self.names, lines)
        self.unexplained = noticed.unexplained(self.names, lines)
        self.interpreter = Interpreter(self.names)
        self.interpreter.says_hessian = of_second_derivatives.speaks_of_hessian(lines)
        self.given = dict(given)
        self.remarks += self._layers()
        own = self._found(self._main_section(), given) if own_values else {}
        self.values = {**given, **own}

    def report(self, learning_rate: Any, asked: Container[Any] = ()) -> Report:
        """Judge all lines in their order, what is asked for earlier if time is short."""
        known = self._known(self.values)
        convention = learning.convention_of_deltas(self.interpreter, self.lines, known)
        if convention is not None:
            self.remarks.append(convention.described)
        if learning.samples_of_d(self.interpreter, self.lines, known):
            self.remarks.append("dZ is taken for the derivative of the loss of each sample")
        self.remarks += learning.predictions_of_d(self.interpreter, self.lines, known)
        self.interpreter.rate = self._rate(learning_rate, known)
        if learning.sign_of_changes(self.interpreter, self.lines, known):
            self.remarks.append("Δw is taken for η ∂L/∂w, which is taken off w")
        understanding = Understanding(
            self.interpreter,
            self._as_lists(),
            same=known.same,
            of_value=known.of_value,
            is_right=self._after_steps(),
        )
        understanding.units = units.units_of(self.names, self.lines)
        chains = list(self._chains(understanding))
        judges = _Judges(lambda values: self._judge(values, chains, understanding))
        entries: list[_Entry] = []
        for scope in self._scopes(chains):
            self._tell(scope)
            for chain in self._to_judge(scope, chains):
                before = entries[-1].before + entries[-1].many if entries else 0
                steps = 0 if self.own_values else scope.steps
                entries.append(_Entry(chain, scope.values, before, steps))
        found: list[Result | None] = [None] * sum(entry.many for entry in entries)
        for entry in self._in_time(entries, asked):
            results = judges.of(entry.values).results(entry.chain, entry.before)
            for place, result in enumerate(results, entry.before):
                found[place] = entry.named(result)
        remarks = dict.fromkeys((*self.remarks, *understanding.remarks))
        judged = traced(tuple(_joined([one for one in found if one is not None])))
        return Report(self.graph.title, recurring(judged), tuple(remarks))

    def _in_time(self, entries: Sequence[_Entry], asked: Container[Any]) -> Iterator[_Entry]:
        """Yield what is to be judged in the order of the page, as long as half of the time is left.

        After that comes what is asked for, the last that is said of it, and then the rest.
        """
        now = time.monotonic()
        half = now + (self.deadline - now) / 2
        last = {
            (target.quantity, target.key): entry
            for entry in entries
            for target in entry.chain.targets
            if target.quantity in asked
        }
        later: list[_Entry] = []
        for entry in entries:
            if time.monotonic() < half or any(entry is one for one in last.values()):
                yield entry
            else:
                later.append(entry)
        yield from later

    def _layers(self) -> list[str]:
        """Give the layers that the page numbers their nodes; return what was taken."""
        known = cache(lambda: self._known(self.given))

        def value_of(node: Node) -> Any:
            return known().ground.here.at(Target("value", node))

        return list(layers.name_layers(self.names, self.lines, value_of))

    # Values

    def _known(self, values: Mapping[str, Any]) -> Known:
        return Known(self.graph, self.output, values, self.deadline)

    def _after_steps(self) -> Callable[[Target, Any], bool]:
        """Return whether a side is right about a value, after steps of descent."""
        descent = self._descent()
        known = cache(lambda: Known(self.graph, self.output, self.values, self.deadline, descent))
        return lambda target, side: known().matches(target, side)

    def _as_lists(self) -> dict[str, list[Any]]:
        return {name: [value] for name, value in self.values.items()}

    def _main_section(self) -> Sequence[Line]:
        """Return the lines of the section that is most about the graph."""
        return max(scopes.sections(self.lines), key=self._understood, default=[])

    def _understood(self, lines: Sequence[Line]) -> int:
        """Return how many lines are about a computed node or a derivative of the graph."""
        understanding = Understanding(self.interpreter)
        count = 0
        for line in lines:
            try:
                targets = understanding.targets(line.statement.sides[0].tree)
            except (NotUnderstoodError, MisfitError, GraphdiffError):
                continue
            count += any(not target.of.is_leaf for target in targets)
        return count

    def _found(self, lines: Sequence[Line], given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values of leaves that the graph does not have, as lines show them."""
        found: dict[str, Any] = {}
        for among in (lines, self.lines):  # the other sections for what is left
            missing = [
                leaf.name
                for leaf in self.graph.leaves
                if leaf.name not in given and leaf.name not in found
            ]
            for line in among:
                stated = noticed.given(self.interpreter, line)
                if stated is not None and stated[0].name in missing:
                    found.setdefault(stated[0].name, stated[1])
            left = [name for name in missing if name not in found]
            for name, number in noticed.assumed(among, self.names, left).items():
                found[name] = sp.Rational(number)
                shown = scopes.shown(number)
                self.remarks.append(
                    f"{name} = {shown} is assumed, which the page puts in its place"
                )
        return found

    def _scopes(self, chains: Sequence[Chain]) -> Iterable[Scope]:
        """Return the stretches of the page with values of their own.

        Where it may not have such, these are values that a right step of its own led to.
        """
        if self.own_values:
            return scopes.scopes(chains, self.values, self._stated, self._known, lambda *_: True)
        return scopes.scopes(chains, self.values, lambda _: {}, self._known, self._is_stepped_to)

    def _is_stepped_to(self, values: Mapping[str, Any], name: str, value: Any) -> bool:
        """Whether a step leads a parameter from its value to another, or close to it."""
        known = Known(self.graph, self.output, values, self.deadline, self._descent())
        return known.is_step(self.graph[name], value)

    def _stated(self, chains: Sequence[Chain]) -> dict[str, Any]:
        """Return the values that the lines of some chains state."""
        found: dict[str, Any] = {}
        for chain in chains:
            stated = noticed.given(self.interpreter, chain.line)
            if stated is not None:
                found.setdefault(stated[0].name, stated[1])
        return found

    def _rate(self, learning_rate: Any, known: Known) -> sp.Expr | None:
        """Return the learning rate: the one given, the one stated, or the one that steps show."""
        if learning_rate is not None:
            return quantity.exact(learning_rate)
        stated = noticed.rate(self.names, self.lines)
        if stated is not None:
            return quantity.exact(stated)
        shown = learning.learning_rate(self.interpreter, self.lines, known, self._as_lists())
        if shown is None:
            return self._any_rate()
        self.remarks.append(f"the learning rate is taken to be {shown}, as in the steps")
        return quantity.exact(shown)

    def _any_rate(self) -> sp.Expr | None:
        """Return a learning rate to judge formulas of steps with, where none has numbers."""
        leaves = [leaf for leaf in self.graph.leaves if leaf.kind == "parameter"]
        values = self._as_lists()
        steps = [
            line.statement.sides[1:]
            for line in self.lines
            if updates.parameter_of(self.names, line.statement.sides, values, leaves) is not None
        ]
        sides = [side.tree for step in steps for side in step]
        if not any(map(rates.has_rate, sides)) or any(map(rates.has_number, sides)):
            return None
        self.remarks.append(f"no learning rate is stated; steps are judged with {float(ANY_RATE)}")
        return quantity.exact(ANY_RATE)

    # Chains

    def _chains(self, understanding: Understanding) -> Iterator[Chain]:
        for line in self.lines:
            if self._names_only(line):
                continue
            try:
                with budget.cpu(budget.EVALUATION):
                    yield from understanding.chains(line)
            except Exception as error:  # one line costs the others nothing
                defects.passed_over(error)
                problem = str(error) or type(error).__name__
                yield Chain(line, line.written(line.statement.span), (), (), problem=problem)

    def _names_only(self, line: Line) -> bool:
        """Whether a line gives a node another name, or a value to the learning rate."""
        sides = line.statement.sides
        own = spelling.parts_of(sides[0].tree)
        if len(sides) != 2 or own is None:
            return False
        if noticed.is_rate(self.names, line):
            return True
        other = spelling.parts_of(sides[1].tree)
        node = self.names.aliases.get(own)
        if node is None and self.names.exact(own) is None:  # y_hat = p
            node = self.names.node(own)
        return node is not None and other is not None and self.names.exact(other) is node

    def _descent(self) -> Descent | None:
        rate = self.interpreter.rate
        return None if rate is None or self.output is None else Descent.at_rate(self.output, rate)

    def _judge(
        self, values: Mapping[str, Any], chains: Sequence[Chain], understanding: Understanding
    ) -> ChainJudge:
        descent = self._descent()
        options = self.options._replace(descent=descent)
        return ChainJudge(
            self.graph, values, chains, options, understanding, self.deadline, self.unexplained
        )

    def _tell(self, scope: Scope) -> None:
        """Say from where on a leaf has another value."""
        for name in scope.changed:
            where = scope.chains[0].line.line_of(scope.chains[0].line.statement.sides[0])
            self.remarks.append(
                f"from line {where} on, {name} = {scopes.shown(scope.values[name])}"
            )

    def _to_judge(self, scope: Scope, chains: Sequence[Chain]) -> Iterator[Chain]:
        """Yield the chains of a stretch; values of exercises that are not this one are told."""
        is_about = any(scopes.is_checked(chain) for chain in scope.chains)
        for chain in scope.chains:
            stated = self._stated([chain]) if not is_about else {}
            for name, value in stated.items():
                several = sum(name in self._stated([other]) for other in chains) > 1
                if several and not updates.is_same(value, scope.values.get(name, [])):
                    where = chain.line.line_of(chain.line.statement.sides[0])
                    shown = scopes.shown(value), scopes.shown(scope.values.get(name))
                    self.remarks.append(f"line {where}: {name} = {shown[0]} here, else {shown[1]}")
                    break
            else:
                yield chain


class _Judges:
    """The judges of a page, one for all stretches that have the same values."""

    def __init__(self, make: Callable[[Mapping[str, Any]], ChainJudge]) -> None:
        self._make = make
        self._made: list[tuple[Mapping[str, Any], ChainJudge]] = []

    def of(self, values: Mapping[str, Any]) -> ChainJudge:
        """Return the judge for some values of leaves."""
        for known, judge in self._made:
            if scopes.are_same(known, values):
                return judge
        judge = self._make(values)
        self._made.append((values, judge))
        return judge


def _joined(results: Sequence[Result]) -> Iterator[Result]:
    """Yield results, as wrong as what they carry on where that stands in the same line."""
    for result in results:
        cause = None if result.follows is None else results[result.follows - 1]
        if cause is not None and _stands_beside(cause, result):  # in the cell before it
            yield replace(result, verdict=cause.verdict, follows=cause.follows,
                          note="as the step before", diagnosis=cause.diagnosis)  # fmt: skip
        else:
            yield result


def _stands_beside(cause: Result, result: Result) -> bool:
    """Whether two results are about the same in the same line of the page."""
    where = (cause.line, cause.cell, cause.target)
    return where == (result.line, result.cell, result.target) and cause.follows is None


def _output(graph: ComputationalGraph) -> Node | None:
    try:
        return graph.output
    except GraphdiffError:
        return None
