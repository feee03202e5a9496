"""What a file asks to be checked: claims, cases with values of their own, what is supposed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from graphdiff.errors import FileError, GraphdiffError, GraphError, UnknownNameError, unknown
from graphdiff.files import tolerance, values
from graphdiff.files.direction import direction
from graphdiff.graph import ComputationalGraph
from graphdiff.graph.checked_values import checked_value
from graphdiff.language import quantity
from graphdiff.language.expression import Expression
from graphdiff.local_functions.local_function import LocalFunction, localise
from graphdiff.notation import text
from graphdiff.symbolic.result import Result

SECTIONS = ("claims", "suppose", "tolerance", "descent", "tangent", "cases", "grading")
"""The sections of a file, or keys of its JSON, that a worksheet is read from."""

_CASE = ("title", "values", "claims")

Claims = tuple[tuple[str, Any], ...]
"""Pairs of a target and what is claimed of it; a target may stand in several."""


@dataclass(frozen=True)
class Case:
    """One point with values of its own, such as a row of a truth table.

    Attributes
    ----------
    title
        What it is called, or nothing.
    values
        The values of leaves and computed nodes, by name, as leaves have them.
    claims
        What is claimed there.
    """

    title: str = ""
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])
    claims: Claims = ()


@dataclass(frozen=True)
class Worksheet:
    """What is to be checked, and how.

    Attributes
    ----------
    claims
        Pairs of a target and what is claimed of it, in order. The same target may stand
        twice: two attempts.
    cases
        Points with values and claims of their own.
    suppose
        Values of computed nodes that are to be taken for granted.
    tolerance
        How far a number may be off: a part, ``"1%"``, or a number; None for its own digits.
    learning_rate
        The η of a step of descent, or None.
    descent
        The method of descent by name, and its other settings, as [descent] has them.
    tangent
        What tangents go along: a node or one entry by name, tangents by name, or None.
    grading
        What a teacher asks for and gives points for, as written; None if it is no assignment.
    """

    claims: Claims = ()
    cases: tuple[Case, ...] = ()
    suppose: Mapping[str, Any] = field(default_factory=dict[str, Any])
    tolerance: str | Decimal | int | float | None = None
    learning_rate: Any = None
    descent: Mapping[str, Any] = field(default_factory=dict[str, Any])
    tangent: str | Mapping[str, Any] | None = None
    grading: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        if self.tolerance is not None:
            tolerance.tolerance(self.tolerance)
        if self.learning_rate is not None:
            _check_rate(self.learning_rate)

    def __bool__(self) -> bool:
        return bool(self.claims) or any(case.claims for case in self.cases)

    def __len__(self) -> int:
        return len(self.claims)

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return iter(self.claims)

    def ruled(self, tolerance: Any = None, learning_rate: Any = None) -> Worksheet:
        """Return it with another tolerance or learning rate, where they are given.

        Raises
        ------
        GraphdiffError
            If one is no number that it can be.
        """
        if isinstance(learning_rate, str):
            learning_rate = values.number_from_text("learning_rate", learning_rate)
        return replace(
            self,
            tolerance=self.tolerance if tolerance is None else tolerance,
            learning_rate=self.learning_rate if learning_rate is None else learning_rate,
        )

    def items(self) -> Claims:
        """Return the pairs of target and claim, as a mapping would."""
        return self.claims

    def as_entries(self) -> dict[str, Any]:
        """Return the sections of a file by name, those that say nothing left out."""
        cases = [
            {
                **({"title": case.title} if case.title else {}),
                "values": {name: values.plain(value) for name, value in case.values.items()},
                "claims": _attempts(case.claims),
            }
            for case in self.cases
        ]
        rate = self.learning_rate
        entries = {
            "tolerance": self.tolerance,
            "suppose": {name: values.plain(value) for name, value in self.suppose.items()},
            "descent": {
                **({} if rate is None else {"learning_rate": values.plain(rate)}),
                **{
                    name: value if name in WORDS or isinstance(value, bool) else values.plain(value)
                    for name, value in self.descent.items()
                },
            },
            "tangent": {} if self.tangent is None else {"wrt": _plain_direction(self.tangent)},
            "claims": _attempts(self.claims),
            "cases": cases,
            "grading": {} if self.grading is None else dict(self.grading),
        }
        return {name: entry for name, entry in entries.items() if entry not in (None, {}, [])}


Given = Worksheet | Mapping[str, Any] | Iterable[tuple[str, Any]] | None
"""Claims as a user gives them."""


def of(given: Given) -> Worksheet:
    """Return claims, however they are given, as a worksheet."""
    if given is None:
        return Worksheet()
    if isinstance(given, Worksheet):
        return given
    try:
        pairs: list[Any] = list(given.items() if isinstance(given, Mapping) else given)
        return Worksheet(tuple((target, _written(claim)) for target, claim in pairs))
    except (TypeError, ValueError):
        raise GraphError(
            f"{type(given).__name__} is no claims; give a mapping such as {{'dL/dw': 8}}, pairs of "
            "target and claim, or the worksheet of a file"
        ) from None


def _written(claim: Any) -> Any:
    """Return a claim, results of derivation in it as the text that is read."""
    if isinstance(claim, Result):
        return claim.text
    has_results = isinstance(claim, list | tuple) and any(isinstance(c, Result) for c in claim)
    return list(map(_written, claim)) if has_results else claim


def from_entries(content: Mapping[str, Any], names: Collection[str]) -> Worksheet:
    """Return the worksheet of the sections of a file.

    Parameters
    ----------
    content
        The sections by name; those of a graph are passed over.
    names
        The names of the nodes of the graph.

    Raises
    ------
    FileError
        Naming the section and the entry that is not of its kind.
    """
    cases = content.get("cases", [])
    if not isinstance(cases, list) or not all(isinstance(case, Mapping) for case in cases):
        raise FileError(f"'cases' must be a list of tables, [[cases]], not {cases!r:.60}")
    suppose = content.get("suppose", {})
    if not isinstance(suppose, Mapping):
        raise FileError(f"'suppose' must be a table, [suppose], not {suppose!r:.60}")
    descent = _descent(content.get("descent", {}))
    grading = content.get("grading")
    if grading is not None and not isinstance(grading, Mapping):
        raise FileError(f"'grading' must be a table, [grading], not {grading!r:.60}")
    return Worksheet(
        claims=claims_of(content.get("claims", {}), "claims"),
        cases=tuple(_case(case, f"case {place}", names) for place, case in enumerate(cases, 1)),
        suppose=_values(suppose, "[suppose]", names),
        tolerance=content.get("tolerance"),
        learning_rate=descent.pop("learning_rate", None),
        descent=descent,
        tangent=_tangent(content.get("tangent", {}), names),
        grading=grading,
    )


def check_values(sheet: Worksheet, graph: ComputationalGraph) -> None:
    """Raise unless the values of a worksheet are those of nodes of a graph, in their shapes.

    So is the direction of its tangents.

    Raises
    ------
    GraphError
        Naming the section and the node.
    """
    for name in sheet.suppose:
        if graph[name].is_leaf:
            raise GraphError(
                f"[suppose]: {name!r} is a leaf; give it another value where it is defined"
            )
    if sheet.tangent is not None:
        try:
            direction(graph, sheet.tangent)
        except GraphdiffError as error:
            raise type(error)(f"[tangent]: {error}") from None
    sections = [("[suppose]", sheet.suppose)]
    sections += [(f"case {place}", case.values) for place, case in enumerate(sheet.cases, 1)]
    for section, given in sections:
        for name, value in given.items():
            node = graph[name]
            described = f"{section}: the value of {node.name!r}"
            checked_value(value, node.shape, described, node.facts)


def claims_of(entry: Any, section: str) -> Claims:
    """Return the pairs of a table of claims, or of several, attempts in order.

    Raises
    ------
    FileError
        If it is neither.
    """
    tables: list[Any] = list(entry) if isinstance(entry, list) and entry else [entry]
    if not all(isinstance(table, Mapping) for table in tables):
        raise FileError(
            f'"{section}" must be an object (a table), or several, one for each attempt, '
            f"not {entry!r:.60}"
        )
    return tuple(pair for table in tables for pair in table.items())


def _case(case: Mapping[str, Any], section: str, names: Collection[str]) -> Case:
    title, inner = case.get("title", ""), case.get("values", {})
    if not isinstance(title, str):
        raise FileError(f"{section}: its title must be a text in quotes, not {title!r:.60}")
    if not isinstance(inner, Mapping):
        raise FileError(f"{section}: its values must be a table, {{x = 1}}, not {inner!r:.60}")
    beside = {name: value for name, value in case.items() if name not in _CASE}
    for name in beside:
        if name in inner:
            raise FileError(f"{section}: {name!r} has a value twice")
        if name not in names:
            raise UnknownNameError(f"{section}: {unknown('entry', name, [*_CASE, *names])}")
    given = _values({**inner, **beside}, section, names)
    return Case(title, given, claims_of(case.get("claims", {}), f"claims of {section}"))


def _values(entries: Mapping[str, Any], section: str, names: Collection[str]) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for name, entry in entries.items():
        if name not in names:
            raise UnknownNameError(f"{section}: {unknown('node', name, names)}")
        if not isinstance(entry, int | float | Decimal | str | list) or isinstance(entry, bool):
            raise FileError(
                f"{section}: the value of {name!r} is {entry!r:.60}; it must be a number, a text "
                'such as "2/3", or a list'
            )
        try:
            found[name] = values.given(name, entry, None).value
        except GraphdiffError as error:
            raise type(error)(f"{section}: {error}") from None
    return found


WORDS = {
    "method": 'its name, such as "adam"',
    "schedule": 'its name and settings, "cosine(steps=100)"',
    "line_search": 'its name, such as "backtracking"',
    "residuals": "the name of a node",
    "wrt": "names of parameters",
}
"""What [descent] says in words, and what that is."""


def _descent(entry: Any) -> dict[str, Any]:
    """Return what [descent] says: the method by name, settings as numbers."""
    if not isinstance(entry, Mapping):
        raise FileError(f"'descent' must be a table, [descent], not {entry!r:.60}")
    said = {name: entry[name] for name in entry if name in WORDS or isinstance(entry[name], bool)}
    settings = {name: entry[name] for name in entry if name not in said}
    found = {**_values(settings, "[descent]", settings), **said}
    for name in said.keys() & WORDS.keys():
        value = said[name]
        several = (
            name == "wrt" and isinstance(value, list) and all(isinstance(x, str) for x in value)
        )
        if not isinstance(value, str) and not several:
            called = name.replace("_", " ")
            raise FileError(f"[descent]: the {called} is {value!r:.60}; give {WORDS[name]}")
    return {name: found[name] for name in (*WORDS, *found) if name in found}


def _tangent(entry: Any, names: Collection[str]) -> str | Mapping[str, Any] | None:
    if not isinstance(entry, Mapping):
        raise FileError(f"'tangent' must be a table, [tangent], not {entry!r:.60}")
    for key in entry:
        if key != "wrt":
            raise UnknownNameError(f"[tangent]: {unknown('entry', key, ['wrt'])}")
    wrt = entry.get("wrt")
    if isinstance(wrt, Mapping):
        return _values(wrt, "[tangent]", names)
    if (wrt is None and not entry) or isinstance(wrt, str):
        return wrt
    raise FileError(
        f'[tangent]: wrt is {wrt!r:.60}; name a node, wrt = "x", or give tangents, wrt = {{x = 1}}'
    )


def _plain_direction(wrt: str | Mapping[str, Any]) -> Any:
    if isinstance(wrt, str):
        return wrt
    return {name: values.plain(value) for name, value in wrt.items()}


def _check_rate(rate: Any) -> None:
    if not quantity.exact(rate, "the learning rate") > 0:
        raise GraphError(f"the learning rate is {rate!s:.60}; give a positive number, such as 0.1")


def _attempts(claims: Claims) -> Any:
    """Return claims as one table, or as several where a target stands twice."""
    tables: list[dict[str, Any]] = [{}]
    for target, claim in claims:
        if target in tables[-1]:
            tables.append({})
        tables[-1][target] = _plain(claim)
    return tables[0] if len(tables) == 1 else tables


def _plain(claim: Any) -> Any:
    """Return a claim as files write it: arrays as lists, exact numbers and formulas as texts."""
    if isinstance(claim, np.ndarray | np.generic | sp.MatrixBase):
        return _plain(claim.tolist())
    if isinstance(claim, list | tuple):
        return [_plain(part) for part in claim]
    if isinstance(claim, Expression):
        program, parents = localise(claim)
        function = LocalFunction(program, len(parents), tuple(node.shape for node in parents))
        return text.authored(function, [str(getattr(node, "name", node)) for node in parents])
    return str(claim) if isinstance(claim, Fraction | sp.Expr) else claim
